"""Whether a program that looks miscompiled has undefined behaviour.

Invariant: `CLEAN` means that sanitizers watched the program run to its end and saw nothing; where no sanitizer is
installed the answer is `UNKNOWN`, never `CLEAN`. A native sanitized run stands for every LP64 machine.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from emulators.limits import MEGABYTE, RUN_LIMITS, Limits
from emulators.outcome import How, Run
from emulators.qemu_user import run_natively
from oracle.compilers import CHAR_IS_SIGNED, HOST, CompileJob, Compiler, CompileStatus, Kind, ProcessService, version_of

# AddressSanitizer reserves its shadow in the address space.
SANITIZER_ADDRESS_SPACE = 32 << 40

SANITIZERS = (
    "-fsanitize=address,undefined,float-divide-by-zero,float-cast-overflow",
    "-fno-sanitize-recover=all",
    "-fsanitize-address-use-after-scope",
    "-fno-omit-frame-pointer",
)
# What the compiler itself can see of undefined behaviour, as errors.
WARNINGS = (
    "-Werror=implicit-function-declaration",
    "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types",
    "-Werror=return-type",
    "-Werror=format",
)
MARKERS = (b"runtime error:", b"ERROR: AddressSanitizer", b"ERROR: LeakSanitizer")


class UbStatus(StrEnum):
    """What the sanitizers say."""

    CLEAN = "clean"
    UB = "ub"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UbVerdict:
    """The answer and one line about it."""

    status: UbStatus
    detail: str = ""


def check(
    text: bytes, target: str, options: Sequence[str] = (), libraries: Sequence[str] = (), limits: Limits = RUN_LIMITS
) -> UbVerdict:
    """Compile `text` with the native compilers' sanitizers and run it. UB if any of them objects."""
    compilers = sanitizing_compilers(target)
    if not compilers:
        return UbVerdict(UbStatus.UNKNOWN, "no compiler with sanitizers here")
    verdicts = [_check_with(compiler, text, options, libraries, limits) for compiler in compilers]
    for status in (UbStatus.UB, UbStatus.UNKNOWN):
        for verdict in verdicts:
            if verdict.status is status:
                return verdict
    return UbVerdict(UbStatus.CLEAN)


@functools.cache
def sanitizing_compilers(target: str) -> tuple[Compiler, ...]:
    """The native compilers that can link a sanitized program here."""
    char = "-fsigned-char" if CHAR_IS_SIGNED[target] else "-funsigned-char"
    found = []
    for command in ("gcc", "clang"):
        version = version_of((command,))
        if version:
            options = ("-O1", "-g", *SANITIZERS, *WARNINGS, char, "-ffp-contract=off")
            compiler = Compiler(
                f"{command}-sanitized", Kind.REFERENCE, command, target, HOST, (command,), options, version
            )
            probe = _check_with(compiler, b"int main(void) { return 0; }", (), (), RUN_LIMITS)
            if probe.status is UbStatus.CLEAN:
                found.append(compiler)
    return tuple(found)


def _check_with(
    compiler: Compiler, text: bytes, options: Sequence[str], libraries: Sequence[str], limits: Limits
) -> UbVerdict:
    with tempfile.TemporaryDirectory(prefix="ub-") as name:
        folder = Path(name)
        source = folder / "program.c"
        source.write_bytes(text)
        job = CompileJob(source, folder / "program.exe", folder, tuple(options), libraries=tuple(libraries))
        compiled = ProcessService(compiler).compile(job)
        if compiled.status is not CompileStatus.OK or compiled.executable is None:
            if any(warning[8:].encode() in compiled.stderr for warning in WARNINGS):
                return UbVerdict(UbStatus.UB, compiled.describe())
            return UbVerdict(UbStatus.UNKNOWN, f"{compiler.name}: {compiled.describe()}")
        roomy = replace(
            limits,
            memory_bytes=SANITIZER_ADDRESS_SPACE,
            cpu_seconds=4 * limits.cpu_seconds,
            stack_bytes=max(limits.stack_bytes, 64 * MEGABYTE),
        )
        return _read(compiler.name, run_natively(compiled.executable, roomy, folder))


def _read(name: str, run: Run) -> UbVerdict:
    for line in run.stderr.splitlines():
        if any(marker in line for marker in MARKERS):
            return UbVerdict(UbStatus.UB, f"{name}: {line.decode('utf-8', 'replace').strip()}")
    if run.how is How.FAULT:
        return UbVerdict(UbStatus.UB, f"{name}: {run.describe()}")
    if run.how is not How.EXITED:
        return UbVerdict(UbStatus.UNKNOWN, f"{name}: {run.describe()}")
    return UbVerdict(UbStatus.CLEAN)
