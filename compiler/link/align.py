"""Alignment relocations: an assembler that lets the linker delete code pads as much as could ever be needed, and the
linker must delete what is too much. (RISC-V psABI, R_RISCV_ALIGN)

A section starts at a multiple of its alignment, so the padding is known before layout, and each section is settled
once, when it is read. Nothing else is ever deleted: RELAX markers are hints.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, final

from compiler.machine.relocation import ALIGNMENT
from compiler.machine.target import Target
from compiler.object.model import DEFINED, ObjectFile, Relocation, Section
from compiler.object.reader import FormatError


@final
class Deletions:
    """Ranges deleted from a section, in order; `moved` maps old offsets to new ones."""

    def __init__(self) -> None:
        self.ends: list[int] = []  # old offsets behind each deleted range
        self.totals: list[int] = []  # bytes deleted up to there
        self.starts: list[int] = []

    def add(self, start: int, count: int) -> None:
        self.starts.append(start)
        self.ends.append(start + count)
        self.totals.append((self.totals[-1] if self.totals else 0) + count)

    def moved(self, offset: int) -> int:
        index = bisect_right(self.ends, offset)
        new = offset - (self.totals[index - 1] if index else 0)
        if index < len(self.starts) and offset > self.starts[index]:  # within a deleted range
            new -= offset - self.starts[index]
        return new


def settle_alignments(obj: ObjectFile, target: Target) -> None:
    kinds = [kind.number for kind in target.relocations.kinds if kind.formula == ALIGNMENT]
    if not kinds:
        return
    changed: dict[Section, Deletions] = {}
    for section in obj.sections:
        places = [relocation for relocation in section.relocations if relocation.kind in kinds]
        if places:
            deletions = _delete(obj, section, places, target)
            if deletions.ends:
                changed[section] = deletions
            section.relocations = [relocation for relocation in section.relocations if relocation.kind not in kinds]
    if not changed:
        return
    for section, deletions in changed.items():
        for relocation in section.relocations:
            relocation.offset = deletions.moved(relocation.offset)
    _move_symbols(obj, changed)


def _move_symbols(obj: ObjectFile, changed: dict[Section, Deletions]) -> None:
    for symbol in obj.symbols:
        if symbol.where == DEFINED and symbol.section in changed:
            deletions = changed[symbol.section]
            end = deletions.moved(symbol.value + symbol.size)
            symbol.value = deletions.moved(symbol.value)
            if symbol.size:
                symbol.size = end - symbol.value
    # A reference through the section's own symbol carries the offset in its addend.
    for section in obj.sections:
        for relocation in section.relocations:
            symbol_ = relocation.symbol
            if symbol_ is not None and symbol_.section in changed and not symbol_.name and relocation.addend:
                relocation.addend = changed[symbol_.section].moved(relocation.addend)


def _delete(obj: ObjectFile, section: Section, places: list[Relocation], target: Target) -> Deletions:
    deletions = Deletions()
    data = section.data
    out = bytearray()
    done = 0
    nops: Final = target.nops
    for place in sorted(places, key=_offset):
        alignment = 1
        while alignment <= place.addend:
            alignment *= 2
        if section.alignment < alignment:
            section.alignment = alignment
        out += data[done : place.offset]
        needed = -len(out) & (alignment - 1)
        if needed > place.addend:
            raise FormatError(
                f"{obj.name}:({section.name}+{place.offset:#x}): {needed} bytes of padding are needed for alignment "
                f"{alignment}, {place.addend} are there"
            )
        remaining = needed
        tail = b""
        for nop in nops:
            while remaining >= len(nop):
                tail += nop
                remaining -= len(nop)
        out += bytes(remaining) + tail
        if place.addend != needed:
            deletions.add(place.offset + needed, place.addend - needed)
        done = place.offset + place.addend
    out += data[done:]
    section.data = out
    section.size = len(out)
    return deletions


def _offset(relocation: Relocation) -> int:
    return relocation.offset
