"""One program, judged: references vote, each subject is compiled, run and compared.

Invariant: every subject gets exactly one verdict per program. Results of references come from a cache where it has
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import How, Run
from oracle.compare import Expected, Verdict, Voice, Vote, decide, verdict, vote_of
from oracle.compilers import CompileJob, Compiler, CompileResult, CompileService, CompileStatus
from oracle.execute import Executor

# A subject's program may be this many times slower than the slowest reference's before it counts as hanging, but always
# gets a minimum, below which process start-up dominates.
SLOWDOWN = 40.0


@dataclass(frozen=True, slots=True)
class Program:
    """One C program: its text, and the options every compiler needs for it (-I of the generator's headers)."""

    text: bytes
    options: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    extra_votes: tuple[Vote, ...] = ()  # such as the expected output of a generator that interprets what it generates

    @property
    def hash(self) -> str:
        """Hex SHA-256 of everything that decides what the program does (headers that it includes are the caller's
        care).
        """
        digest = hashlib.sha256()
        for part in (self.text, *(word.encode() for word in (*self.options, "--", *self.libraries))):
            digest.update(str(len(part)).encode() + b":" + part)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """What one subject did with one program. `run` is None exactly when there is no executable."""

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

    `cached` maps `Compiler.identity` to votes known already (`Store.reference_votes`). Subjects are compiled even
    when the references conclude nothing, since a crash of a compiler is a finding by itself. The first reference that
    runs out of time ends the vote; what finished before it counts.
    """
    source = folder / "program.c"
    source.write_bytes(program.text)
    known = cached or {}
    votes = list(program.extra_votes)
    new_votes: dict[str, Vote] = {}
    for service in references:
        identity = service.compiler.identity
        vote = known.get(identity)
        if vote is None:
            compiled, run = _compile_and_run(service, program, source, executor, limits, wanted=True)
            vote = vote_of(service.compiler.name, service.compiler.family, compiled, run)
            if not _harness_failed(compiled, run):  # a full disk today says nothing about tomorrow
                new_votes[identity] = vote
        votes.append(vote)
        if vote.voice is Voice.TIMED_OUT:
            break  # the program hangs, or is too long to be of use: more references would only cost as much again
    expected = decide(votes)
    slowest = max((vote.cpu_seconds for vote in votes), default=0.0)
    subject_limits = replace(limits, cpu_seconds=max(limits.cpu_seconds, SLOWDOWN * slowest))
    results = []
    for service in subjects:
        wanted = expected.behaviour is not None
        compiled, run = _compile_and_run(service, program, source, executor, subject_limits, wanted=wanted)
        results.append(SubjectResult(service.compiler, verdict(expected, compiled, run), compiled, run))
    return Judgement(expected, tuple(votes), new_votes, tuple(results))


def _harness_failed(compiled: CompileResult, run: Run | None) -> bool:
    return compiled.status is CompileStatus.HARNESS_ERROR or (run is not None and run.how is How.HARNESS_ERROR)


def _compile_and_run(
    service: CompileService, program: Program, source: Path, executor: Executor, limits: Limits, *, wanted: bool
) -> tuple[CompileResult, Run | None]:
    """Compile, and run what came out if its behaviour is `wanted`. The executable is removed."""
    output = source.with_name("program.exe")
    job = CompileJob(source, output, source.parent, program.options, libraries=program.libraries)
    compiled = service.compile(job)
    run = None
    if wanted and compiled.executable is not None:
        run = executor.run(compiled.executable, service.compiler.machine, limits)
    output.unlink(missing_ok=True)
    return compiled, run
