"""pycc as it is measured: plain Python or the native build, as a process of its own or through the compile server."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from bench.measure import MeasuringFailed, Sample, measure_process, telling
from emulators.limits import MEGABYTE, Limits
from oracle.compilers import ROOT, CompileJob, Compiler, pycc, references
from oracle.services import CompileServer

NATIVE = ROOT / "build" / "native"
# Measuring is not judging: what a slow machine needs, it gets.
LIMITS = Limits(cpu_seconds=900.0, memory_bytes=8192 * MEGABYTE, output_bytes=4 * MEGABYTE)


def builds() -> tuple[str, ...]:
    """Those that are here."""
    return ("pure", "native") if (NATIVE / "complete").exists() else ("pure",)


def compiler_of(build: str, target: str, level: str) -> Compiler:
    """pycc of one build."""
    path = [str(NATIVE), str(ROOT)] if build == "native" else [str(ROOT)]
    environment = (("PYTHONPATH", os.pathsep.join(path)), ("PYTHONSAFEPATH", "1"))
    return replace(pycc(target, level), environment=environment, limits=LIMITS)


def gcc_of(target: str) -> list[Compiler]:
    """The cross compiler at -O0 and -O2; empty where it is not installed."""
    return [one for one in references(target) if one.family == "gcc" and one.machine == target]


def environment_of(compiler: Compiler) -> dict[str, str]:
    """What a process of this compiler gets; byte code may be kept, as it is wherever pycc is installed."""
    environment = {**os.environ, "LC_ALL": "C", **dict(compiler.environment)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def cold(compiler: Compiler, job: CompileJob) -> Sample:
    """One compile in a process of its own."""
    return measure_process(compiler.command(job), folder=job.folder, environment=environment_of(compiler))


@dataclass(slots=True)
class Warm:
    """A compile server of one build and level; one compile is a fork of it."""

    compiler: Compiler
    server: CompileServer

    @classmethod
    def start(cls, compiler: Compiler) -> Warm:
        """Start it; what it does at first is not measured."""
        path = [os.path.realpath(entry) for entry in dict(compiler.environment)["PYTHONPATH"].split(os.pathsep)]
        environment = {**environment_of(compiler), "PYTHONPATH": os.pathsep.join(path)}
        return cls(compiler, CompileServer([*compiler.server, *compiler.options], environment))

    def run(self, arguments: list[str], folder: Path) -> Sample:
        """One command line of pycc, without what the compiler's own options are."""
        ended = self.server.run([*self.compiler.options, *arguments], folder, self.compiler.limits).execution
        if ended.exit_code != 0:
            said = telling(ended.stderr.decode("utf-8", "replace"))
            raise MeasuringFailed(f"{self.compiler.name}: {ended.describe()}: {said}")
        return Sample(ended.cpu_seconds, ended.peak_bytes)

    def compile(self, job: CompileJob) -> Sample:
        """A whole compile."""
        words = self.compiler.command(job)[len(self.compiler.argv) + len(self.compiler.options):]
        return self.run(words, job.folder)

    def close(self) -> None:
        """End the server."""
        self.server.close()
