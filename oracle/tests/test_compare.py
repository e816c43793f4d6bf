"""Voting and verdicts: whatever fails has a name, and only ok is ok."""

from __future__ import annotations

import pytest

from emulators.outcome import Behaviour, How, Run
from oracle.compare import Expected, Voice, Vote, decide, verdict
from oracle.compilers import CompileResult, CompileStatus
from oracle.outcome import FINDINGS, INCONCLUSIVE, Outcome, count, format_counts, is_ok

ONE = Behaviour(0, b"1\n")
TWO = Behaviour(0, b"2\n")


def said(family: str, behaviour: Behaviour, name: str = "") -> Vote:
    return Vote(name or family, family, Voice.FINISHED, behaviour)


def without(voice: Voice, family: str = "gcc") -> Vote:
    return Vote(family, family, voice, detail="because")


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([said("gcc", ONE)], ONE),
        ([said("gcc", ONE), said("gcc", ONE), said("clang", ONE)], ONE),
        ([said("gcc", ONE), said("clang", ONE), said("tcc", TWO)], ONE),
        ([said("gcc", ONE), without(Voice.FAILED, "clang")], ONE),
        # Levels of one compiler have one voice: two against one is a draw.
        ([said("gcc", ONE), said("gcc", ONE), said("clang", TWO)], None),
        ([said("gcc", ONE), said("gcc", TWO)], None),
        # A family that contradicts itself abstains but counts: one of two is no majority, two of three is.
        ([said("gcc", ONE), said("gcc", TWO), said("clang", ONE)], None),
        ([said("gcc", ONE), said("gcc", TWO), said("clang", ONE), said("tcc", ONE)], ONE),
        ([said("gcc", Behaviour(1, b"1\n")), said("clang", ONE)], None),
    ],
)
def test_vote(votes: list[Vote], expected: Behaviour | None) -> None:
    decided = decide(votes)
    assert decided.behaviour == expected
    assert decided.outcome is (Outcome.OK if expected else Outcome.REFERENCES_DISAGREE)


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ([], Outcome.REFERENCE_FAILED),
        ([without(Voice.FAILED)], Outcome.REFERENCE_FAILED),
        ([without(Voice.TIMED_OUT)], Outcome.REFERENCE_TIMEOUT),
        ([without(Voice.FAILED), without(Voice.TIMED_OUT, "clang")], Outcome.REFERENCE_TIMEOUT),
    ],
)
def test_no_reference_finishes(votes: list[Vote], outcome: Outcome) -> None:
    assert decide(votes).behaviour is None
    assert decide(votes).outcome is outcome


COMPILED = CompileResult(CompileStatus.OK)
EXPECTED = Expected(ONE, Outcome.OK)
NOTHING = Expected(None, Outcome.REFERENCE_FAILED, "because")


@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        (Run(How.EXITED, 0, b"1\n"), Outcome.OK),
        (Run(How.EXITED, 0, b"1\n", b"noise on stderr"), Outcome.OK),
        (Run(How.EXITED, 1, b"1\n"), Outcome.WRONG_CODE),
        (Run(How.EXITED, 0, b"2\n"), Outcome.WRONG_CODE),
        (Run(How.EXITED, 0, b""), Outcome.WRONG_CODE),
        (Run(How.FAULT, None, b"1\n"), Outcome.WRONG_CODE),
        (Run(How.SIGNAL, None, b"1\n", signal=6), Outcome.WRONG_CODE),
        (Run(How.OUTPUT_LIMIT, None, b"1\n"), Outcome.WRONG_CODE),
        (Run(How.MEMORY_LIMIT, 0, b"1\n"), Outcome.WRONG_CODE),
        (Run(How.BAD_IMAGE), Outcome.WRONG_CODE),
        (Run(How.INSTRUCTION_LIMIT, None, b"1\n"), Outcome.RUN_TIMEOUT),
        (Run(How.CPU_LIMIT, None, b"1\n"), Outcome.RUN_TIMEOUT),
        (Run(How.IDLE_LIMIT, None, b"1\n"), Outcome.RUN_TIMEOUT),
        (Run(How.HARNESS_ERROR), Outcome.HARNESS_ERROR),
        (Run(How.UNSUPPORTED_SYSCALL, 0, b"1\n"), Outcome.HARNESS_ERROR),
        (None, Outcome.HARNESS_ERROR),
    ],
)
def test_verdict_of_a_run(run: Run | None, outcome: Outcome) -> None:
    assert verdict(EXPECTED, COMPILED, run).outcome is outcome


def test_every_ending_has_a_verdict() -> None:
    for how in How:
        outcome = verdict(EXPECTED, COMPILED, Run(how, 1 if how is How.EXITED else None)).outcome
        assert not is_ok(outcome)


@pytest.mark.parametrize("status", [status for status in CompileStatus if status is not CompileStatus.OK])
def test_a_failed_compile_is_never_ok(status: CompileStatus) -> None:
    assert verdict(EXPECTED, CompileResult(status), None).outcome in FINDINGS | {Outcome.HARNESS_ERROR}
    both = verdict(NOTHING, CompileResult(status), None).outcome
    assert both is (Outcome.ICE if status is CompileStatus.ICE else Outcome.REFERENCE_FAILED)


def test_both_failing_is_not_ok() -> None:
    crashed = Run(How.FAULT)
    assert verdict(NOTHING, COMPILED, crashed).outcome is Outcome.REFERENCE_FAILED


def test_counts_name_their_denominator() -> None:
    counts = count([Outcome.OK, Outcome.ICE, Outcome.OK])
    assert format_counts(counts) == "ok 2/3, ice 1/3"
    assert format_counts({}) == "0 units"
    assert not FINDINGS & INCONCLUSIVE and Outcome.OK not in FINDINGS | INCONCLUSIVE
