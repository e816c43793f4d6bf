"""Child processes under limits: CPU, memory, stack, output, file size, own folder, own process group, no network.

Invariant: when `execute` returns, no process of the child's group is left. CPU time decides hangs: the parent sleeps for
the CPU time that the group has left, looks at what it has used, and sleeps again, so that a fraction of a second can be a limit
(RLIMIT_CPU counts whole seconds and stands behind as a backstop). Limits are set by a shell in the child before the program
starts, because a Python `preexec_fn` is unsafe in the threaded processes that call this.
"""

from __future__ import annotations

import functools
import math
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from emulators.limits import Limits


class Ended(StrEnum):
    """How a child process ended."""

    EXITED = "exited"
    SIGNAL = "signal"
    CPU_LIMIT = "cpu-limit"
    IDLE_LIMIT = "idle-limit"
    OUTPUT_LIMIT = "output-limit"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Execution:
    """The record of one child process. `exit_code` is set for EXITED, `signal` for SIGNAL."""

    ended: Ended
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_seconds: float = 0.0  # of the child and everything it waited for
    peak_bytes: int = 0
    detail: str = ""

    def describe(self) -> str:
        """One line."""
        if self.ended is Ended.EXITED:
            return f"exit status {self.exit_code}"
        if self.ended is Ended.SIGNAL:
            return f"killed by signal {self.signal}"
        return f"{self.ended}: {self.detail}" if self.detail else str(self.ended)


def execute(
    argv: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    network: bool = True,
) -> Execution:
    """Run `argv` in `folder` to its end or to a limit.

    `network=False` takes the network away where the kernel permits that (`network_can_be_removed`). Never raises for what
    the program does; a program that cannot be started gives NOT_STARTED.
    """
    raise NotImplementedError
