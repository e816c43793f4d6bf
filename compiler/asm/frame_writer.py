"""Call-frame information as bytes: .eh_frame and .debug_frame. (DWARF 5 section 6.4; LSB "Exception Frames")"""

from __future__ import annotations

from typing import Final, final

from compiler.asm.cfi import OMIT, PLAIN, FrameEntry
from compiler.asm.items import Cfi
from compiler.asm.leb import leb128
from compiler.asm.tables import TableWriter
from compiler.object.model import SHF_ALLOC, SHT_PROGBITS

PCREL_SDATA4: Final = 0x1B


@final
class FrameWriter:
    __slots__ = ("cies", "entries", "tables", "is_eh", "section")

    def __init__(self, tables: TableWriter, entries: list[FrameEntry], is_eh: bool) -> None:
        self.tables: Final = tables
        self.entries: Final = entries
        self.is_eh: Final = is_eh
        pointer = tables.target.pointer_bits // 8
        self.section: Final = (
            tables.new_section(".eh_frame", SHT_PROGBITS, SHF_ALLOC, pointer)
            if is_eh
            else tables.new_section(".debug_frame", SHT_PROGBITS, 0, pointer)
        )
        self.cies: dict[str, int] = {}

    def run(self) -> None:
        for entry in self.entries:
            addresses = [entry.start.address, *[step.address for step in entry.steps]]
            if entry.end is None or sorted(addresses) != addresses or entry.end.address < addresses[-1]:
                self.tables.report(entry.start.item.loc, "call-frame information goes back to an earlier subsection")
                continue
            self._entry(entry)
        self.section.size = len(self.section.data)

    def _finish_record(self, start: int) -> None:
        """Pad with DW_CFA_nop and set the length."""
        data = self.section.data
        size = self.tables.target.pointer_bits // 8 if not self.is_eh else 4
        while (len(data) - start) % size:
            data.append(0)
        data[start : start + 4] = (len(data) - start - 4).to_bytes(4, "little")

    def _cie(self, entry: FrameEntry) -> int:
        key = entry.key()
        if key in self.cies:
            return self.cies[key]
        frame = self.tables.target.frame
        assert frame is not None
        data = self.section.data
        start = len(data)
        self.cies[key] = start
        data += bytes(4) + (bytes(4) if self.is_eh else b"\xff\xff\xff\xff")
        augmentation = ""
        if self.is_eh:
            augmentation = "z" + ("P" if entry.personality else "") + ("L" if entry.lsda_encoding != OMIT else "") + "R"
            augmentation += "S" if entry.is_signal else ""
        data += b"\x01" + augmentation.encode() + b"\0"
        data += leb128(frame.code_factor, False) + leb128(frame.data_factor, True)
        data.append(entry.return_column)
        if self.is_eh:
            size = 1 + (5 if entry.personality else 0) + (1 if entry.lsda_encoding != OMIT else 0)
            data.append(size)
            if entry.personality:
                data.append(entry.personality_encoding)
                self._pointer(entry.personality)
            if entry.lsda_encoding != OMIT:
                data.append(entry.lsda_encoding)
            data.append(PCREL_SDATA4)
        if not entry.is_simple:
            data += b"\x0c" + leb128(frame.cfa_register, False) + leb128(frame.cfa_offset, False)
            if frame.return_offset is not None:
                data.append(0x80 | frame.return_column)
                data += leb128(frame.return_offset // frame.data_factor, False)
        self._finish_record(start)
        return start

    def _pointer(self, name: str) -> None:
        """A 4-byte place relative to itself."""
        data = self.section.data
        relocation = self.tables.target.data_relocations["pcrel4"]
        self.tables.add_relocation(self.section, len(data), relocation, self.tables.named_symbol(name), 0)
        data += bytes(4)

    def _entry(self, entry: FrameEntry) -> None:
        cie = self._cie(entry)
        assert entry.end is not None
        data = self.section.data
        start = len(data)
        tables = self.tables
        pointer = tables.target.pointer_bits // 8
        data += bytes(4)
        names = tables.target.data_relocations
        function = tables.section_symbol(entry.section)
        if self.is_eh:
            data += (start + 4 - cie).to_bytes(4, "little")
            tables.add_relocation(self.section, len(data), names["pcrel4"], function, entry.start.address)
            data += bytes(4)
            pointer = 4
        else:
            assert self.section.symbol is not None
            tables.add_relocation(self.section, len(data), names["4"], self.section.symbol, cie)
            data += bytes(4)
            tables.add_relocation(self.section, len(data), names[str(pointer)], function, entry.start.address)
            data += bytes(pointer)
        data += (entry.end.address - entry.start.address).to_bytes(pointer, "little")
        if self.is_eh:
            data.append(4 if entry.lsda_encoding != OMIT else 0)
            if entry.lsda_encoding != OMIT:
                self._pointer(entry.lsda)
        self._steps(entry)
        self._finish_record(start)

    def _steps(self, entry: FrameEntry) -> None:
        data = self.section.data
        address = entry.start.address
        for step in entry.steps:
            if step.address != address:
                data += self._advance(step.address - address)
                address = step.address
            data += self._operation(step.item)

    def _advance(self, distance: int) -> bytes:
        frame = self.tables.target.frame
        assert frame is not None and distance % frame.code_factor == 0
        distance //= frame.code_factor
        if distance < 64:
            return bytes([0x40 | distance])
        if distance < 256:
            return b"\x02" + distance.to_bytes(1, "little")
        if distance < 65536:
            return b"\x03" + distance.to_bytes(2, "little")
        return b"\x04" + distance.to_bytes(4, "little")

    def _operation(self, item: Cfi) -> bytes:
        frame = self.tables.target.frame
        assert frame is not None
        numbers = item.numbers
        if item.operation == "escape":
            return bytes([number & 255 for number in numbers])
        if item.operation == "restore":
            return bytes([0xC0 | numbers[0]]) if numbers[0] < 64 else b"\x06" + leb128(numbers[0], False)
        if item.operation == "offset":
            factored = numbers[1] // frame.data_factor
            if factored < 0:
                return b"\x11" + leb128(numbers[0], False) + leb128(factored, True)
            if numbers[0] < 64:
                return bytes([0x80 | numbers[0]]) + leb128(factored, False)
            return b"\x05" + leb128(numbers[0], False) + leb128(factored, False)
        opcode, kinds = PLAIN[item.operation]
        out = bytearray([opcode])
        for kind, number in zip(kinds, numbers, strict=True):
            if kind == "s":
                out += leb128(number // frame.data_factor, True)
            elif number < 0:  # def_cfa_offset_sf
                out[0] = 0x13
                out += leb128(number // frame.data_factor, True)
            else:
                out += leb128(number, False)
        return bytes(out)
