"""The worker's side of a campaign: one unit generated, compiled, run, judged, and described as plain data.

Invariant: `run_unit` returns exactly one report for every unit and raises nothing; what the suite itself does wrong is
reported as `harness-error`. A worker keeps one emulator process and removes every file it makes.
"""

from __future__ import annotations

import re
import tempfile
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

from emulators.limits import RUN_LIMITS
from emulators.outcome import Behaviour, Run
from fuzz.generators.program import GeneratedProgram, GeneratorFailed
from fuzz.settings import Settings, make_generator
from oracle import ub_filter
from oracle.compare import Voice, Vote
from oracle.compilers import (
    CompileJob,
    Compiler,
    CompileResult,
    CompileService,
    pycc,
    references,
    subject,
)
from oracle.execute import Executor
from oracle.judge import Judgement, Program, SubjectResult, judge
from oracle.outcome import Outcome, is_finding
from oracle.services import open_service
from oracle.store import NewFinding, Result, Unit

# Programs that end at all take milliseconds; one in twelve of Csmith's never ends.
RUN_CPU_SECONDS = 1.0
SHOWN = 4000  # bytes of an output kept in a finding


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is sent. `known_hash` and `known_votes` are the cache's answer for an equal unit."""

    unit_id: int
    unit: Unit
    settings: Settings
    known_hash: str = ""
    known_votes: dict[str, Vote] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a unit: everything that is put into the store, in one transaction."""

    unit_id: int
    unit: Unit
    program_hash: str
    results: list[Result]
    votes: dict[str, Vote]
    findings: list[NewFinding]
    timings: dict[str, float]
    wall_seconds: float = 0.0


class TimedService:
    """A compile service that adds up the CPU time of its compiles."""

    def __init__(self, inner: CompileService) -> None:
        self._inner = inner
        self.cpu_seconds = 0.0

    @property
    def compiler(self) -> Compiler:
        """Whose results these are."""
        return self._inner.compiler

    def compile(self, job: CompileJob) -> CompileResult:
        """Compile one job, and note the time."""
        result = self._inner.compile(job)
        self.cpu_seconds += result.cpu_seconds
        return result

    def close(self) -> None:
        """End any process that is kept."""
        self._inner.close()


def subjects_of(settings: Settings) -> list[Compiler]:
    """The compilers under test, one per optimization level; raises LookupError if there is none such here."""
    if settings.subject == "pycc" and settings.root:
        return [pycc(settings.target, level, Path(settings.root)) for level in settings.levels]
    return [subject(settings.subject, settings.target, level) for level in settings.levels]


def references_of(settings: Settings) -> list[Compiler]:
    """The reference compilers; raises LookupError for a name that is not found here.

    Without names: gcc at two levels, cross where there is one and else native, and one of each other family.
    """
    if settings.no_references:
        return []
    if settings.references:
        return references(settings.target, settings.references)
    chosen: list[Compiler] = []
    for compiler in references(settings.target):
        alike = [one for one in chosen if one.family == compiler.family]
        if not alike or (compiler.family == "gcc" and len(alike) < 2 and alike[0].machine == compiler.machine):
            chosen.append(compiler)
    return chosen


class Bench:
    """One worker's tools for one campaign."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.generators = {name: make_generator(name, settings.target) for name, _ in settings.generators}
        self.subjects = [TimedService(open_service(compiler)) for compiler in subjects_of(settings)]
        self.references = [TimedService(open_service(compiler)) for compiler in references_of(settings)]
        self.executor = Executor()

    def close(self) -> None:
        for service in (*self.subjects, *self.references):
            service.close()
        self.executor.close()

    def judge(
        self, generated: GeneratedProgram, known: dict[str, Vote], known_hash: str = ""
    ) -> tuple[Program, Judgement]:
        """The verdicts on a program. One that brings its expected output is compared with that first, and shown to
        the reference compilers only where a subject's result differs.
        """
        options = tuple(f"-I{folder}" for folder in generated.include_folders) + generated.flags
        text = generated.source.encode("utf-8")
        limits = replace(RUN_LIMITS, cpu_seconds=RUN_CPU_SECONDS)
        votes: tuple[Vote, ...] = ()
        if generated.expected is not None:
            behaviour = Behaviour(0, generated.expected.encode())
            votes = (Vote(generated.generator, generated.generator, Voice.FINISHED, behaviour),)
        program = Program(text, options, extra_votes=votes)
        if program.hash != known_hash:
            known = {}  # the generator has changed since: these votes are about another program
        with tempfile.TemporaryDirectory(prefix="pycc-fuzz-") as name:
            first = judge(
                program,
                subjects=self.subjects,
                references=() if votes else self.references,
                executor=self.executor,
                folder=Path(name),
                cached=known,
                limits=limits,
            )
            if votes and self.references and any(is_finding(one.verdict.outcome) for one in first.subjects):
                first = judge(
                    program,
                    subjects=self.subjects,
                    references=self.references,
                    executor=self.executor,
                    folder=Path(name),
                    cached=known,
                    limits=limits,
                )
        return program, first


_benches: dict[Settings, Bench] = {}


def bench_for(settings: Settings) -> Bench:
    """This process's bench for a campaign, made at its first unit; another campaign's is closed."""
    bench = _benches.get(settings)
    if bench is None:
        close_benches()
        bench = _benches[settings] = Bench(settings)
    return bench


def close_benches() -> None:
    """Ends what `bench_for` keeps, before the compiler that it uses goes away."""
    for bench in _benches.values():
        bench.close()
    _benches.clear()


def run_unit(task: Task) -> Report:
    """All of one unit."""
    started = time.monotonic()
    try:
        return replace(_run_unit(task), wall_seconds=time.monotonic() - started)
    except Exception as error:  # a report must come back whatever happens: here ends the suite's own failure
        lines = traceback.format_exc().strip().splitlines()
        place = lines[-3].strip() if len(lines) >= 3 else ""
        return failed(task, Outcome.HARNESS_ERROR, f"{type(error).__name__}: {error} ({place})")


def failed(task: Task, outcome: Outcome, detail: str, cpu_seconds: float = 0.0) -> Report:
    """A report in which every subject has the same outcome, because none was tried."""
    try:
        names = [compiler.name for compiler in subjects_of(task.settings)]
    except LookupError:
        names = [f"{task.settings.subject}{level}" for level in task.settings.levels]
    results = [Result(name, outcome, detail) for name in names]
    return Report(task.unit_id, task.unit, "", results, {}, [], {"generation": cpu_seconds})


def _run_unit(task: Task) -> Report:
    bench = bench_for(task.settings)
    for service in (*bench.subjects, *bench.references):
        service.cpu_seconds = 0.0
    before = child_cpu_seconds()
    try:
        generated = bench.generators[task.unit.generator].generate(task.unit.seed)
    except GeneratorFailed as error:
        return failed(task, Outcome.GENERATOR_FAILED, str(error), child_cpu_seconds() - before)
    generation = child_cpu_seconds() - before
    program, judgement = bench.judge(generated, task.known_votes, task.known_hash)
    results: list[Result] = []
    findings: list[NewFinding] = []
    for one in judgement.subjects:
        outcome, detail = one.verdict.outcome, one.verdict.detail
        if outcome is Outcome.OK and not (judgement.expected.behaviour and judgement.expected.behaviour.stdout):
            outcome, detail = Outcome.VACUOUS, "the program prints nothing"
        if outcome in (Outcome.WRONG_CODE, Outcome.RUN_TIMEOUT):
            doubt = ub_filter.check(program.text, task.settings.target, program.options)
            if doubt.status is ub_filter.UbStatus.UB:
                outcome, detail = Outcome.UB, doubt.detail
        run_cpu = one.run.cpu_seconds if one.run is not None else 0.0
        results.append(Result(one.subject.name, outcome, detail, one.compiled.cpu_seconds, run_cpu))
        if is_finding(outcome):
            findings.append(describe_finding(task, program, judgement, one, outcome, detail))
    timings = {
        "generation": generation,
        "reference compile": sum(service.cpu_seconds for service in bench.references),
        "reference run": sum(vote.cpu_seconds for vote in judgement.new_votes.values()),
    }
    return Report(task.unit_id, task.unit, program.hash, results, dict(judgement.new_votes), findings, timings)


def child_cpu_seconds() -> float:
    """CPU time of this process and of all children it has waited for."""
    import os

    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def shown(data: bytes) -> str:
    """The end of an output, which holds the checksum and the last diagnostics."""
    text = data[-SHOWN:].decode("utf-8", "backslashreplace")
    return ("...\n" if len(data) > SHOWN else "") + text


def describe_run(run: Run | None) -> dict[str, object]:
    if run is None:
        return {"how": "not run"}
    return {
        "how": run.describe(),
        "emulator": run.emulator,
        "stdout": shown(run.stdout),
        "stderr": shown(run.stderr),
        "cpu_seconds": run.cpu_seconds,
    }


def describe_finding(
    task: Task, program: Program, judgement: Judgement, one: SubjectResult, outcome: Outcome, detail: str
) -> NewFinding:
    """All that somebody needs who wants to see it again."""
    stderr = one.compiled.stderr.decode("utf-8", "replace")
    record: dict[str, object] = {
        "target": task.settings.target,
        "generator": task.unit.generator,
        "seed": task.unit.seed,
        "generator_options": task.unit.options,
        "subject": one.subject.name,
        "subject_command": task.settings.subject,
        "level": one.subject.options[-1] if one.subject.options else "",
        "version": one.subject.version,
        "root": task.settings.root,
        "program_hash": program.hash,
        "program_options": list(program.options),
        "command": list(one.compiled.command),
        "compile": {"status": str(one.compiled.status), "stderr": shown(one.compiled.stderr),
                    "cpu_seconds": one.compiled.cpu_seconds},
        "run": describe_run(one.run),
        "expected": None
        if judgement.expected.behaviour is None
        else {
            "exit_code": judgement.expected.behaviour.exit_code,
            "stdout": shown(judgement.expected.behaviour.stdout),
        },
        "votes": [
            {
                "reference": vote.reference,
                "voice": str(vote.voice),
                "stdout": "" if vote.behaviour is None else shown(vote.behaviour.stdout),
                "exit_code": None if vote.behaviour is None else vote.behaviour.exit_code,
                "detail": vote.detail,
            }
            for vote in judgement.votes
        ],
        "detail": detail,
        "blame": None,  # which side of the IR is at fault; filled in by the blame step
    }  # fmt: skip
    bucket = signature(outcome, one, stderr)
    title = detail if detail.startswith(str(outcome)) else f"{outcome}: {detail}".removesuffix(": ")
    return NewFinding(one.subject.name, outcome, bucket, title[:300], program.text, record)


FRAME = re.compile(r'^\s*File "([^"]+)", line \d+, in (\S+)')
EXCEPTION = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Failure))\b")
GCC_PLACE = re.compile(r"internal compiler error: (.*)", re.IGNORECASE)
PLACE = re.compile(r"^\S+?:\d+(?::\d+)?: ")
QUOTED = re.compile(r"'[^']*'|‘[^’]*’|\"[^\"]*\"|\b0[xX][0-9a-fA-F]+\b|-?\b\d+\b")


def signature(outcome: Outcome, one: SubjectResult, stderr: str) -> str:
    """The bucket: a crash by exception and innermost frame, a refusal by its message without names and numbers, all
    else by outcome and level.
    """
    family = one.subject.family
    if outcome is Outcome.ICE:
        return f"ice:{family}:{crash_place(stderr) or f'exit {one.compiled.exit_code}'}"
    if outcome in (Outcome.REJECTED_VALID, Outcome.LINK_FAILED):
        message = QUOTED.sub("_", PLACE.sub("", one.compiled.detail))
        return f"{outcome}:{family}:{message[:160]}"
    return f"{outcome}:{family}:{one.subject.options[-1] if one.subject.options else ''}"


def crash_place(stderr: str) -> str:
    """`AssertionError in fold.py:evaluate` from a traceback, or what a GNU internal error says without its position."""
    frame = exception = ""
    for line in stderr.splitlines():
        found = FRAME.match(line)
        if found:
            frame = f"{Path(found.group(1)).name}:{found.group(2)}"
        named = EXCEPTION.match(line)
        if named:
            exception = named.group(1).rsplit(".", 1)[-1]
    if frame:
        return f"{exception or 'crash'} in {frame}"
    gnu = GCC_PLACE.search(stderr)
    if gnu:
        return QUOTED.sub("_", gnu.group(1))[:160]
    lines = [line for line in stderr.splitlines() if "internal error" in line.lower()]
    return QUOTED.sub("_", PLACE.sub("", lines[0]))[:160] if lines else exception
