"""Run a compiled program by whichever means its machine and this host allow, always with the same record.

Order: natively where the program is built for this machine; otherwise Unicorn first, and what does not exit there again
under qemu-user, which starts slower, runs faster and knows more system calls.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType

from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import How, Run
from emulators.qemu_user import qemu_user, run_natively, run_under_qemu
from emulators.unicorn_runner import UnicornPool
from oracle.compilers import HOST

# Unicorn's budget where QEMU can take over: longer programs are cheaper there even with the first attempt lost.
FIRST_ATTEMPT_INSNS = 20_000_000

# Endings of a first attempt that need no second opinion. Faults and signals do: a program may handle its signals or
# read a
# file, which the emulated kernel does not know.
CERTAIN = frozenset((How.EXITED, How.OUTPUT_LIMIT, How.MEMORY_LIMIT, How.BAD_IMAGE))


class Executor:
    """Runs executables; keeps a recycled Unicorn worker. One per process; use as a context manager."""

    def __init__(self, *, folder: Path | None = None, native: bool = True) -> None:
        """`folder` is where native programs get a fresh folder each (default: the system's temporary folder).

        `native=False` emulates even this host's own programs.
        """
        self._folder = folder
        self._native = native
        self._pool = UnicornPool(size=1)

    def run(self, executable: Path, machine: str, limits: Limits = RUN_LIMITS) -> Run:
        """Run `executable`, built for `machine` ("riscv64", "aarch64", "x86_64"); never raises for what it does."""
        if machine == HOST and self._native:
            return run_natively(executable, limits, self._folder)
        second = qemu_user(machine) is not None
        first = (
            replace(limits, insns=min(limits.insns or FIRST_ATTEMPT_INSNS, FIRST_ATTEMPT_INSNS)) if second else limits
        )
        run = self._pool.run(executable, machine, first)
        if not second or run.how in CERTAIN:
            return run
        confirmed = run_under_qemu(executable, machine, limits, self._folder)
        # Where both see a fault, Unicorn knows the address.
        return run if run.how is confirmed.how is How.FAULT else confirmed

    def close(self) -> None:
        """End the worker."""
        self._pool.close()

    def __enter__(self) -> Executor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
