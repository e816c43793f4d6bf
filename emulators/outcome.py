"""How one execution of one program ended.

Invariant: every execution gives exactly one `Run`, whose `how` is one of a closed list; only `How.EXITED` carries an
exit code that means anything. What the ending *means* (wrong code, time-out of a reference ...) is judged by the
oracle.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """The closed list of endings."""

    EXITED = "exited"  # called exit; `exit_code` is 0..255
    FAULT = "fault"  # a hardware trap: bad address, bad instruction, division trap
    SIGNAL = "signal"  # sent itself a signal, as abort() does; `signal` says which
    INSTRUCTION_LIMIT = "instruction-limit"
    CPU_LIMIT = "cpu-limit"
    IDLE_LIMIT = "idle-limit"  # used no CPU time, but did not end either
    MEMORY_LIMIT = "memory-limit"  # was refused memory and then did not exit with status 0
    OUTPUT_LIMIT = "output-limit"
    UNSUPPORTED_SYSCALL = "unsupported-syscall"  # was refused a system call and then did not exit with status 0
    BAD_IMAGE = "bad-image"  # the executable is no loadable ELF file for this machine
    HARNESS_ERROR = "harness-error"  # the emulator or its worker failed; says nothing about the program


TIMED_OUT = frozenset((How.INSTRUCTION_LIMIT, How.CPU_LIMIT, How.IDLE_LIMIT))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What two executions of one program must have in common: the exit status and the bytes printed."""

    exit_code: int
    stdout: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one execution. `stdout` and `stderr` hold what was printed up to the ending, cut at the limit."""

    how: How
    exit_code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    fault_address: int | None = None  # the address whose access trapped, where the emulator tells
    pc: int | None = None  # where execution stood at a fault, a limit or a refused system call
    signal: int | None = None
    insns: int | None = None  # executed instructions, where known
    cpu_seconds: float = 0.0
    detail: str = ""  # one line for people
    emulator: str = ""  # who ran it: "unicorn", "qemu-user", "native"

    @property
    def behaviour(self) -> Behaviour | None:
        """What is compared; None unless the program exited by itself."""
        if self.how is not How.EXITED or self.exit_code is None:
            return None
        return Behaviour(self.exit_code, self.stdout)

    @property
    def timed_out(self) -> bool:
        """Whether a budget of time ended the run."""
        return self.how in TIMED_OUT

    def describe(self) -> str:
        """One line: the ending with the numbers that belong to it."""
        parts = [str(self.how)]
        if self.exit_code is not None:
            parts.append(f"status {self.exit_code}")
        if self.signal is not None:
            parts.append(f"signal {self.signal}")
        if self.fault_address is not None:
            parts.append(f"address {self.fault_address:#x}")
        if self.pc is not None:
            parts.append(f"pc {self.pc:#x}")
        if self.detail:
            parts.append(self.detail)
        return ", ".join(parts)
