"""Programs under QEMU's user-mode emulation, and natively: a child process whose ending becomes a `Run`.

Invariant: the same record as Unicorn's. QEMU passes the program's signals on to itself, so both kinds of process are
read alike. QEMU needs address space of its own beside the program's.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

from emulators.arch import ARCHES
from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import How, Run
from emulators.process import Ended, Execution, execute

QEMU_BYTES = 3 << 30  # translated code, and QEMU itself
FAULTS = frozenset((signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP))
MINIMAL_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def qemu_user(machine: str) -> str | None:
    """The path of QEMU for programs of `machine`, or None."""
    return shutil.which(ARCHES[machine].qemu_user)


def run_under_qemu(executable: Path, machine: str, limits: Limits = RUN_LIMITS, folder: Path | None = None) -> Run:
    """Run `executable` under QEMU in a fresh folder under `folder`. `limits.insns` has no effect."""
    qemu = qemu_user(machine)
    if qemu is None:
        return Run(How.HARNESS_ERROR, detail=f"{ARCHES[machine].qemu_user} is not installed", emulator="qemu-user")
    argv = [qemu, "-s", str(limits.stack_bytes), str(executable.resolve())]
    return _run(argv, replace(limits, memory_bytes=limits.memory_bytes + QEMU_BYTES), folder, "qemu-user")


def run_natively(executable: Path, limits: Limits = RUN_LIMITS, folder: Path | None = None) -> Run:
    """Run `executable` on this machine in a fresh folder under `folder`, without network. `limits.insns` has no
    effect.
    """
    try:
        with executable.open("rb") as file:
            if file.read(4) != b"\x7fELF":  # a shell would take any other file for a script
                return Run(How.BAD_IMAGE, detail="not an ELF file", emulator="native")
    except OSError as error:
        return Run(How.BAD_IMAGE, detail=f"cannot read the executable: {error.strerror}", emulator="native")
    return _run([str(executable.resolve())], limits, folder, "native")


def _run(argv: list[str], limits: Limits, folder: Path | None, emulator: str) -> Run:
    with tempfile.TemporaryDirectory(prefix="run-", dir=folder) as own:
        execution = execute(argv, folder=Path(own), limits=limits, environment=MINIMAL_ENVIRONMENT, network=False)
    return run_of(execution, emulator)


_LIMITS: dict[Ended, How] = {
    Ended.CPU_LIMIT: How.CPU_LIMIT,
    Ended.IDLE_LIMIT: How.IDLE_LIMIT,
    Ended.OUTPUT_LIMIT: How.OUTPUT_LIMIT,
    Ended.NOT_STARTED: How.HARNESS_ERROR,
}


def run_of(execution: Execution, emulator: str) -> Run:
    """The `Run` that a child process amounts to."""
    if execution.ended is Ended.EXITED:
        how = How.EXITED
    elif execution.ended is Ended.SIGNAL:
        how = How.FAULT if execution.signal in FAULTS else How.SIGNAL
    else:
        how = _LIMITS[execution.ended]
    return Run(
        how,
        exit_code=execution.exit_code,
        stdout=execution.stdout,
        stderr=execution.stderr,
        signal=execution.signal,
        cpu_seconds=execution.cpu_seconds,
        detail=execution.detail,
        emulator=emulator,
    )
