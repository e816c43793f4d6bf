"""Counts the instructions that a program executes, exactly, in this process: for measuring programs that one trusts.

Invariant: the count of each straight piece of code that Unicorn translates is taken once, from the instructions'
lengths, and added whenever the piece begins; so a program that faults in the middle of one is counted too high.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import unicorn.unicorn_const as uc_const

from emulators.arch import ARCHES
from emulators.image import load_image
from emulators.limits import RUN_LIMITS, Limits
from emulators.outcome import Run
from emulators.unicorn_machine import Machine


def instruction_starts(code: bytes, unit: int) -> int:
    """How many instructions `code` is. `unit` is the shortest instruction: 4 means that all are of 4 bytes, 2 that the
    low two bits of the first tell 2 from 4. (RISC-V unprivileged specification, 1.5)
    """
    assert unit in (2, 4), unit
    if unit == 4:
        return len(code) // 4
    count = place = 0
    while place < len(code):
        place += 4 if code[place] & 3 == 3 else 2
        count += 1
    return count


class _Counter:
    """A hook of Unicorn, with its sum."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        self.executed = 0
        self.known: dict[tuple[int, int], int] = {}

    def __call__(self, uc: Any, address: int, size: int, _data: object) -> None:
        count = self.known.get((address, size))
        if count is None:
            count = self.known[address, size] = instruction_starts(bytes(uc.mem_read(address, size)), self.unit)
        self.executed += count


def count_instructions(executable: Path, machine: str, limits: Limits = RUN_LIMITS) -> Run:
    """Run `executable` with `insns` in the record; `machine` is one whose instructions are 2 or 4 bytes long.

    Not in a child process: limits of memory, output and instructions hold, that of CPU time does not.
    """
    arch = ARCHES[machine]
    assert arch.shortest_insn, f"instructions of {machine} cannot be counted"
    began = time.process_time()
    image = load_image(executable, arch.name, arch.elf_machine, limits.memory_bytes)
    emulated = Machine(arch, image, limits)
    counter = _Counter(arch.shortest_insn)
    emulated.hook(uc_const.UC_HOOK_BLOCK, counter)
    run = emulated.run(image.entry)
    return replace(run, insns=counter.executed, cpu_seconds=time.process_time() - began, emulator="unicorn")
