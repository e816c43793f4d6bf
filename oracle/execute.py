"""Run a compiled program by whichever means its machine and this host allow, always with the same record.

Order: native where the program's machine is the host's and `native` is wanted; Unicorn first otherwise, with what ends
there at the instruction limit or at an unknown system call run again under qemu-user, which is slower to start and faster to run.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import Run


class Executor:
    """Runs executables; keeps a recycled Unicorn worker. One per process; use as a context manager."""

    def __init__(self, *, folder: Path | None = None) -> None:
        """`folder` is where native programs get a fresh folder each (default: the system's temporary folder)."""
        raise NotImplementedError

    def run(self, executable: Path, machine: str, limits: Limits = RUN_LIMITS) -> Run:
        """Run `executable`, built for `machine` ("riscv64", "aarch64", "x86_64"); never raises for what it does."""
        raise NotImplementedError

    def close(self) -> None:
        """End the worker."""
        raise NotImplementedError

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
