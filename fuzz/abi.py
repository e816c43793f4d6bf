"""Links halves of one program made by two compilers, both ways, and runs them.

Invariant: every program is judged in both directions; a direction ends in one named outcome, and only `ok` is ok.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulators.outcome import How
from fuzz.generators.abi import AbiProgram, make_abi_program
from oracle.compilers import CompileJob, Compiler, CompileService, CompileStatus
from oracle.execute import Executor
from oracle.kept import KeptProgram
from oracle.outcome import Outcome
from oracle.services import open_service

OPTIONS = ("-funsigned-char", "-ffp-contract=off", "-w")
STATUS_OUTCOMES = {
    CompileStatus.REJECTED: Outcome.REJECTED_VALID,
    CompileStatus.ICE: Outcome.ICE,
    CompileStatus.LINK_FAILED: Outcome.LINK_FAILED,
    CompileStatus.TIMEOUT: Outcome.COMPILE_TIMEOUT,
    CompileStatus.MEMORY_LIMIT: Outcome.COMPILE_MEMORY,
    CompileStatus.OUTPUT_LIMIT: Outcome.ICE,
    CompileStatus.HARNESS_ERROR: Outcome.HARNESS_ERROR,
}


@dataclass(frozen=True, slots=True)
class Direction:
    """What one pairing gave: `caller` and `callee` name the compilers of the halves."""

    seed: int
    caller: str
    callee: str
    outcome: Outcome
    detail: str


class AbiBench:
    """A subject and a reference for one target; the reference also links."""

    def __init__(self, subject: Compiler, reference: Compiler) -> None:
        self.subject: CompileService = open_service(subject)
        self.reference: CompileService = open_service(reference)
        self.executor = Executor()

    def close(self) -> None:
        self.subject.close()
        self.reference.close()
        self.executor.close()

    def judge(self, program: AbiProgram) -> list[Direction]:
        """Both directions."""
        return [
            self.direction(program, self.subject, self.reference),
            self.direction(program, self.reference, self.subject),
        ]

    def direction(self, program: AbiProgram, caller: CompileService, callee: CompileService) -> Direction:
        with tempfile.TemporaryDirectory(prefix="pycc-abi-") as name:
            outcome, detail = self.link_and_run(program, caller, callee, Path(name))
        return Direction(program.seed, caller.compiler.name, callee.compiler.name, outcome, detail)

    def link_and_run(
        self, program: AbiProgram, caller: CompileService, callee: CompileService, folder: Path
    ) -> tuple[Outcome, str]:
        (folder / "abi.h").write_text(program.header)
        objects: list[Path] = []
        for service, half, text in ((caller, "caller", program.caller), (callee, "callee", program.callee)):
            source = folder / f"{half}.c"
            source.write_text(text)
            objects.append(folder / f"{half}.o")
            compiled = service.compile(CompileJob(source, objects[-1], folder, (*OPTIONS, "-c", f"-I{folder}")))
            if compiled.status is not CompileStatus.OK:
                blamed = STATUS_OUTCOMES[compiled.status]
                return (blamed if service is self.subject else Outcome.REFERENCE_FAILED), compiled.describe()
        # The reference links in both directions: what is compared is the calling convention, not the linkers.
        job = CompileJob(objects[0], folder / "program.exe", folder, more_sources=(objects[1],))
        linked = self.reference.compile(job)
        if linked.executable is None:
            return Outcome.LINK_FAILED, linked.describe()
        run = self.executor.run(linked.executable, self.reference.compiler.machine)
        printed = run.stdout.decode("utf-8", "backslashreplace")
        if run.how is How.EXITED and printed == program.expected:
            return Outcome.OK, ""
        if run.timed_out:
            return Outcome.RUN_TIMEOUT, run.describe()
        first = printed.splitlines()[0] if printed else ""
        return Outcome.WRONG_CODE, f"{run.describe()}: {first}"


def kept_halves(kept: KeptProgram) -> AbiProgram:
    """A kept program with CALLER and CALLEE as the two halves that it is then."""
    halves = [f'#define {half}\n#include "abi.h"\n' for half in ("CALLER", "CALLEE")]
    return AbiProgram(0, kept.text, halves[0], halves[1], kept.expected(), Counter(), 0)


def run_abi(
    subject: Compiler, reference: Compiler, seeds: Sequence[int], signatures: int = 10
) -> tuple[list[Direction], Counter[str]]:
    """Judge the programs of some seeds; returns every direction, and what was covered."""
    bench = AbiBench(subject, reference)
    coverage: Counter[str] = Counter()
    directions: list[Direction] = []
    try:
        for seed in seeds:
            program = make_abi_program(seed, signatures)
            coverage.update(program.coverage)
            directions += bench.judge(program)
    finally:
        bench.close()
    return directions, coverage
