"""What one run or one compile may consume.

Invariant: every run ends, because each quantity that can grow without bound has a limit here. A hang is decided by CPU
time, never by the wall clock, so that a loaded machine changes no outcome; `idle_seconds` only ends processes that wait
for something that will never come (and a stopped process).
"""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run. Memory is address space for native processes and mapped bytes for emulated ones."""

    cpu_seconds: float = 5.0
    memory_bytes: int = 512 * MEGABYTE
    output_bytes: int = 4 * MEGABYTE  # standard output and standard error together
    file_bytes: int = 64 * MEGABYTE  # largest file a native process may write
    stack_bytes: int = 8 * MEGABYTE
    insns: int = 100_000_000  # emulated instructions; 0 means no instruction budget
    idle_seconds: float = 600.0  # wall clock


RUN_LIMITS = Limits()
COMPILE_LIMITS = Limits(cpu_seconds=60.0, memory_bytes=4096 * MEGABYTE, output_bytes=4 * MEGABYTE)
