"""One program, judged: references vote, each subject is compiled, run and compared.

Invariant: every subject gets exactly one verdict per program. Results of references come from a cache where it has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import Run
from oracle.compare import Expected, Verdict, Vote
from oracle.compilers import CompileResult, CompileService, Compiler
from oracle.execute import Executor


@dataclass(frozen=True, slots=True)
class Program:
    """One C program: its text, and the options every compiler needs for it (-I of the generator's headers)."""

    text: bytes
    options: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    extra_votes: tuple[Vote, ...] = ()  # such as the expected output of a generator that interprets what it generates

    @property
    def hash(self) -> str:
        """Hex SHA-256 of everything that decides what the program does."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """What one subject did with one program."""

    subject: Compiler
    verdict: Verdict
    compiled: CompileResult
    run: Run | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was found out about one program. `votes` holds every reference's, cached ones included."""

    expected: Expected
    votes: tuple[Vote, ...]
    new_votes: Mapping[str, Vote]  # by `Compiler.identity`: to be put into the cache
    subjects: tuple[SubjectResult, ...]


def judge(
    program: Program,
    *,
    subjects: Sequence[CompileService],
    references: Sequence[CompileService],
    executor: Executor,
    folder: Path,
    cached: Mapping[str, Vote] | None = None,
    limits: Limits = RUN_LIMITS,
) -> Judgement:
    """Judge `program` in `folder` (an existing folder that the caller removes).

    `cached` maps `Compiler.identity` to votes known already (`Store.reference_votes`). Subjects are compiled even when the
    references conclude nothing, since a crash of a compiler is a finding by itself.
    """
    raise NotImplementedError
