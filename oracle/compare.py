"""From what the references did and what the subject did to one outcome.

Voting: a *family* (gcc, clang, ...) has one voice, because two optimization levels of one compiler share its bugs. A
family whose finishing members contradict each other abstains but still counts in the denominator. The expected
behaviour is the one that a strict majority of the families that finished hold; otherwise the references disagree and
nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from emulators.outcome import Behaviour, How, Run
from oracle.compilers import CompileResult, CompileStatus
from oracle.outcome import Outcome

SHOWN_BYTES = 200


class Voice(StrEnum):
    """How one reference fared."""

    FINISHED = "finished"
    TIMED_OUT = "timed-out"  # at compile or at run time
    FAILED = "failed"  # refused, crashed, faulted, or the harness failed


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reference says about one program; `behaviour` is set exactly when it finished."""

    reference: str
    family: str
    voice: Voice
    behaviour: Behaviour | None = None
    detail: str = ""
    cpu_seconds: float = 0.0  # of the run alone: lets the subject's limit be a multiple of it


@dataclass(frozen=True, slots=True)
class Expected:
    """The result of the vote: a behaviour, or the outcome that says why there is none."""

    behaviour: Behaviour | None
    outcome: Outcome  # OK exactly when `behaviour` is set
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One outcome with one line of explanation."""

    outcome: Outcome
    detail: str = ""


def vote_of(reference: str, family: str, compiled: CompileResult, run: Run | None) -> Vote:
    """A reference's vote from its compile and its run (None where it did not get that far)."""
    if compiled.status is CompileStatus.TIMEOUT:
        return Vote(reference, family, Voice.TIMED_OUT, detail="compile: " + compiled.describe())
    if compiled.status is not CompileStatus.OK:
        return Vote(reference, family, Voice.FAILED, detail="compile: " + compiled.describe())
    if run is None:
        return Vote(reference, family, Voice.FAILED, detail="compiled but not run")
    if run.behaviour is not None:
        return Vote(reference, family, Voice.FINISHED, run.behaviour, cpu_seconds=run.cpu_seconds)
    voice = Voice.TIMED_OUT if run.timed_out else Voice.FAILED
    return Vote(reference, family, voice, detail="run: " + run.describe(), cpu_seconds=run.cpu_seconds)


def decide(votes: Sequence[Vote]) -> Expected:
    """The expected behaviour by majority of families, or why there is none."""
    by_family: dict[str, list[Vote]] = {}
    for vote in votes:
        if vote.voice is Voice.FINISHED:
            by_family.setdefault(vote.family, []).append(vote)
    if not by_family:
        return _none_finished(votes)
    voices: dict[Behaviour, int] = {}
    for members in by_family.values():
        behaviours = {member.behaviour for member in members}
        if len(behaviours) == 1:
            behaviour = members[0].behaviour
            assert behaviour is not None, members[0].reference
            voices[behaviour] = voices.get(behaviour, 0) + 1
    for behaviour, number in voices.items():
        if 2 * number > len(by_family):
            return Expected(behaviour, Outcome.OK)
    return Expected(None, Outcome.REFERENCES_DISAGREE, _describe_disagreement(votes))


def _none_finished(votes: Sequence[Vote]) -> Expected:
    if not votes:
        return Expected(None, Outcome.REFERENCE_FAILED, "no reference")
    detail = "; ".join(f"{vote.reference}: {vote.detail}" for vote in votes)
    if any(vote.voice is Voice.TIMED_OUT for vote in votes):
        return Expected(None, Outcome.REFERENCE_TIMEOUT, detail)
    return Expected(None, Outcome.REFERENCE_FAILED, detail)


def _describe_disagreement(votes: Sequence[Vote]) -> str:
    said = []
    for vote in votes:
        shown = show(vote.behaviour) if vote.behaviour is not None else str(vote.voice)
        said.append(f"{vote.reference}: {shown}")
    return "; ".join(said)


def show(behaviour: Behaviour) -> str:
    """Exit status and the end of the output, on one line (the checksum is printed last)."""
    text = behaviour.stdout[-SHOWN_BYTES:].decode("utf-8", "backslashreplace")
    dots = "..." if len(behaviour.stdout) > SHOWN_BYTES else ""
    return f"status {behaviour.exit_code}, output {dots}{text!r}"


# What a compile that gives no executable means, for a program that the references accept.
_COMPILE_OUTCOMES: dict[CompileStatus, Outcome] = {
    CompileStatus.REJECTED: Outcome.REJECTED_VALID,
    CompileStatus.ICE: Outcome.ICE,
    CompileStatus.LINK_FAILED: Outcome.LINK_FAILED,
    CompileStatus.TIMEOUT: Outcome.COMPILE_TIMEOUT,
    CompileStatus.MEMORY_LIMIT: Outcome.COMPILE_MEMORY,
    CompileStatus.OUTPUT_LIMIT: Outcome.ICE,
    CompileStatus.HARNESS_ERROR: Outcome.HARNESS_ERROR,
}


def verdict(expected: Expected, compiled: CompileResult, run: Run | None) -> Verdict:
    """The outcome of a subject.

    A compiler that crashes is always a finding (ICE), whatever the references said; everything else needs an expected
    behaviour. `run` is None exactly when the compile gave no executable.
    """
    if compiled.status is CompileStatus.ICE:
        return Verdict(Outcome.ICE, compiled.describe())
    if expected.behaviour is None:
        return Verdict(expected.outcome, expected.detail)
    if compiled.status is not CompileStatus.OK:
        return Verdict(_COMPILE_OUTCOMES[compiled.status], compiled.describe())
    if run is None:
        return Verdict(Outcome.HARNESS_ERROR, "compiled but not run")
    if run.behaviour is not None:
        if run.behaviour == expected.behaviour:
            return Verdict(Outcome.OK)
        return Verdict(Outcome.WRONG_CODE, f"expected {show(expected.behaviour)}; got {show(run.behaviour)}")
    if run.timed_out:
        return Verdict(Outcome.RUN_TIMEOUT, run.describe())
    if run.how in (How.HARNESS_ERROR, How.UNSUPPORTED_SYSCALL):
        # An unknown system call is one that the emulator lacks until QEMU has confirmed that the program is wrong.
        return Verdict(Outcome.HARNESS_ERROR, run.describe())
    return Verdict(Outcome.WRONG_CODE, f"expected {show(expected.behaviour)}; got {run.describe()}")
