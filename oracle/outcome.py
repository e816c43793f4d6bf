"""The closed list of outcomes of one work unit under one subject.

Invariant: every unit ends in exactly one of them and only `Outcome.OK` is ok. In particular a program on which
subject and reference both fail is not ok: it is the reference's failure, counted under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one program compiled by one subject."""

    OK = "ok"
    WRONG_CODE = "wrong-code"  # the references agree, the subject's program does something else (a crash included)
    ICE = "ice"  # the subject failed by its own fault
    REJECTED_VALID = "rejected-valid"  # the subject refused what the references accept
    ACCEPTED_INVALID = "accepted-invalid"  # the subject accepted what must be diagnosed
    MISDIAGNOSED = "misdiagnosed"  # the subject refused an invalid program, but not on the line at fault
    LINK_FAILED = "link-failed"  # compiled, but the subject's assembler or linker refused
    COMPILE_TIMEOUT = "compile-timeout"
    COMPILE_MEMORY = "compile-memory"
    RUN_TIMEOUT = "run-timeout"  # the references finish, the subject's program does not within its budget
    REFERENCE_FAILED = "reference-failed"  # no reference gives an expected behaviour
    REFERENCE_TIMEOUT = "reference-timeout"  # no reference's program finishes
    REFERENCES_DISAGREE = "references-disagree"
    UB = "ub"  # the program has undefined behaviour, so it shows nothing
    GENERATOR_FAILED = "generator-failed"
    VACUOUS = "vacuous"  # the program tests nothing: it prints nothing and computes nothing
    UNSUPPORTED = "unsupported"  # the test cannot be run here, with its reason (counts as a failure)
    HARNESS_ERROR = "harness-error"  # the suite itself failed


# What a subject is to blame for: these become findings.
FINDINGS: frozenset[Outcome] = frozenset(
    (
        Outcome.WRONG_CODE,
        Outcome.ICE,
        Outcome.REJECTED_VALID,
        Outcome.ACCEPTED_INVALID,
        Outcome.MISDIAGNOSED,
        Outcome.LINK_FAILED,
        Outcome.COMPILE_TIMEOUT,
        Outcome.COMPILE_MEMORY,
        Outcome.RUN_TIMEOUT,
    )
)

# What says nothing about the subject, because nothing to compare with was obtained.
INCONCLUSIVE: frozenset[Outcome] = frozenset(
    (
        Outcome.REFERENCE_FAILED,
        Outcome.REFERENCE_TIMEOUT,
        Outcome.REFERENCES_DISAGREE,
        Outcome.UB,
        Outcome.GENERATOR_FAILED,
        Outcome.VACUOUS,
    )
)


def is_ok(outcome: Outcome) -> bool:
    """Only `ok` is ok."""
    return outcome is Outcome.OK


def is_finding(outcome: Outcome) -> bool:
    """Whether the subject is to blame."""
    return outcome in FINDINGS


def count(outcomes: Iterable[Outcome]) -> dict[Outcome, int]:
    """How often each outcome occurs, in the order of the list above, zeros left out."""
    seen: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
    for outcome in outcomes:
        seen[outcome] += 1
    return {outcome: number for outcome, number in seen.items() if number}


def format_counts(counts: Mapping[Outcome, int]) -> str:
    """`ok 98/100, ice 2/100`: every count with its denominator."""
    total = sum(counts.values())
    if not total:
        return "0 units"
    return ", ".join(f"{outcome} {number}/{total}" for outcome, number in counts.items() if number)
