"""Values of relocations. All kinds are rows of `machine.relocation`; this file knows formulas, not instruction sets."""

from __future__ import annotations

from typing import Final, final

from compiler.link.layout import Layout, OutputSection, Placed
from compiler.link.resolve import Resolution
from compiler.machine.relocation import (
    ABSOLUTE,
    ADD_TO,
    DYNAMIC,
    GOT_ABSOLUTE,
    GOT_PC_RELATIVE,
    NOTHING,
    PC_RELATIVE,
    PCREL_LOW,
    SECTION_TLS,
    SUBTRACT_FROM,
    TLS_GD_PC_RELATIVE,
    TLS_GOT_PC_RELATIVE,
    TLS_OFFSET,
    RelocationKind,
)
from compiler.machine.target import Target
from compiler.object.model import (
    ABSOLUTE as ABSOLUTE_SYMBOL,
)
from compiler.object.model import (
    COMMON,
    SHF_ALLOC,
    SHF_TLS,
    SHF_WRITE,
    SHT_NOBITS,
    SHT_PROGBITS,
    STB_WEAK,
    STT_GNU_IFUNC,
    UNDEFINED,
    Relocation,
    Section,
    Symbol,
)
from compiler.source.diagnostics import Sink

GOT_KINDS: Final = (GOT_PC_RELATIVE, GOT_ABSOLUTE)
MAXIMUM_REPORTS: Final = 3  # of one undefined symbol
ADDRESS: Final = 0
THREAD_OFFSET: Final = 1
THREAD_DYNAMIC: Final = 2


@final
class GlobalOffsetTable:
    """Slots of addresses and thread-local offsets; in a static executable their contents are constants."""

    def __init__(self, target: Target) -> None:
        self.pointer: Final = target.pointer_bits // 8
        self.section: Final = Section(".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, self.pointer)
        self.slots: dict[tuple[int, Symbol, int], int] = {}
        self.size = 0

    def slot(self, use: int, symbol: Symbol, addend: int) -> int:
        key = (use, symbol, addend)
        offset = self.slots.get(key, -1)
        if offset < 0:
            offset = self.size
            self.slots[key] = offset
            self.size += self.pointer * (2 if use == THREAD_DYNAMIC else 1)
        return offset


def got_use(kind: RelocationKind) -> int:
    """Which slot a relocation needs, -1 for none."""
    if kind.formula in GOT_KINDS:
        return ADDRESS
    if kind.formula == TLS_GOT_PC_RELATIVE:
        return THREAD_OFFSET
    return THREAD_DYNAMIC if kind.formula == TLS_GD_PC_RELATIVE else -1


@final
class Relocator:
    def __init__(
        self, resolution: Resolution, layout: Layout, got: GlobalOffsetTable, target: Target, sink: Sink
    ) -> None:
        self.resolution: Final = resolution
        self.layout: Final = layout
        self.got: Final = got
        self.target: Final = target
        self.sink: Final = sink
        self.reported: dict[str, int] = {}
        self.high_parts: dict[Section, dict[int, int]] = {}  # section -> offset -> value of the HI20 there

    # -- before layout ---------------------------------------------------------------------------------------------

    def scan(self, sections: list[Section]) -> None:
        """Make the slots that relocations need."""
        by_number = self.target.relocations.by_number
        for section in sections:
            for relocation in section.relocations:
                kind = by_number.get(relocation.kind)
                if kind is None:
                    self._error(section, relocation, f"unknown relocation type {relocation.kind}")
                    continue
                use = got_use(kind)
                if use >= 0 and relocation.symbol is not None:
                    self.got.slot(use, self.resolution.resolve(relocation.symbol), relocation.addend)
        self.got.section.data = bytearray(self.got.size)
        self.got.section.size = self.got.size

    # -- after layout ----------------------------------------------------------------------------------------------

    def symbol_address(self, symbol: Symbol) -> int:
        """Of a resolved symbol; 0 if it is weak and undefined or its section is gone."""
        if symbol.section is not None and symbol.where != UNDEFINED:
            placed = self.layout.placed.get(symbol.section)
            if placed is None:
                return 0
            return placed.output.address + placed.offset + symbol.value
        if symbol.where == ABSOLUTE_SYMBOL:
            return symbol.value
        assert symbol.where in (UNDEFINED, COMMON), symbol.name
        return 0

    def fill_got(self) -> None:
        data = self.got.section.data
        pointer = self.got.pointer
        mask = (1 << (8 * pointer)) - 1
        for (use, symbol, addend), offset in self.got.slots.items():
            value = self.symbol_address(symbol) + addend
            if use == THREAD_OFFSET:
                value = self._thread_offset(value)
            elif use == THREAD_DYNAMIC:
                data[offset : offset + pointer] = (1).to_bytes(pointer, "little")  # the executable is module 1
                offset += pointer
                value = value - self.layout.tls_address - self.target.elf.dynamic_thread_offset
            data[offset : offset + pointer] = (value & mask).to_bytes(pointer, "little")

    def _thread_offset(self, address: int) -> int:
        layout = self.layout
        start = layout.tls_address
        if self.target.elf.thread_at_end:
            size = (layout.tls_size + layout.tls_alignment - 1) & -layout.tls_alignment
            return address - start - size
        return address - start + self.target.elf.thread_offset

    def relocate(self, placed: Placed) -> None:
        """Patch one input section's data in place."""
        section = placed.section
        if section.type == SHT_NOBITS:
            return
        by_number = self.target.relocations.by_number
        base = placed.output.address + placed.offset
        low_parts: list[tuple[Relocation, RelocationKind]] = []
        high = self.high_parts.setdefault(section, {})
        for relocation in section.relocations:
            kind = by_number.get(relocation.kind)
            if kind is None or kind.formula == NOTHING:
                continue
            if kind.formula == PCREL_LOW:
                low_parts.append((relocation, kind))
                continue
            value = self._value(placed.output, section, relocation, kind, base)
            if value is None:
                continue
            if kind.bias and kind.size == 4:
                high[relocation.offset] = value
            self._apply(section, relocation, kind, value)
            if kind.absolute_bits and self._is_absent(relocation.symbol):
                word = int.from_bytes(section.data[relocation.offset : relocation.offset + kind.size], "little")
                word |= kind.absolute_bits
                section.data[relocation.offset : relocation.offset + kind.size] = word.to_bytes(kind.size, "little")
        for relocation, kind in low_parts:
            self._low_part(section, relocation, kind)

    def _low_part(self, section: Section, relocation: Relocation, kind: RelocationKind) -> None:
        """The symbol marks the instruction that holds the high part."""
        symbol = relocation.symbol
        value = None
        if symbol is not None and symbol.section is not None:
            value = self.high_parts.get(symbol.section, {}).get(symbol.value)
        if value is None:
            if not self.sink.errors:
                self._error(section, relocation, f"no high part belongs to this {kind.name}")
            return
        self._apply(section, relocation, kind, value)

    def _value(
        self, output: OutputSection, section: Section, relocation: Relocation, kind: RelocationKind, base: int
    ) -> int | None:
        symbol = relocation.symbol
        address = relocation.addend
        place = base + relocation.offset
        formula = kind.formula
        target: Symbol | None = None
        if symbol is not None:
            target = self.resolution.resolve(symbol)
            if not self._is_defined(section, relocation, target, symbol):
                return None
            if target.section is not None and target.section not in self.layout.placed and not output.flags & SHF_ALLOC:
                return 0  # debug information about code that was dropped
            address += self.symbol_address(target)
        if formula == ABSOLUTE:
            return address
        if formula == PC_RELATIVE:
            return address if kind.absolute_bits and self._is_absent(target) else address - place
        if formula == ADD_TO or formula == SUBTRACT_FROM:
            old = self._old(section, relocation, kind)
            return old + address if formula == ADD_TO else old - address
        if formula == TLS_OFFSET:
            return self._thread_offset(address)
        if formula == SECTION_TLS or (formula == DYNAMIC and self._is_thread_local(target)):
            return address - self.layout.tls_address - self.target.elf.dynamic_thread_offset
        use = got_use(kind)
        if use >= 0 and target is not None:
            slot = self.layout.address(self.got.section, self.got.slot(use, target, relocation.addend))
            return slot if formula == GOT_ABSOLUTE else slot - place
        self._error(section, relocation, f"relocation {kind.name} is not possible in a static executable")
        return None

    def _is_absent(self, symbol: Symbol | None) -> bool:
        """Whether it is undefined, which only a weak one may be."""
        return symbol is not None and self.resolution.resolve(symbol).where == UNDEFINED

    def _is_thread_local(self, symbol: Symbol | None) -> bool:
        return symbol is not None and symbol.section is not None and symbol.section.flags & SHF_TLS != 0

    def _is_defined(self, section: Section, relocation: Relocation, target: Symbol, symbol: Symbol) -> bool:
        if target.type == STT_GNU_IFUNC:
            self._error(
                section, relocation, f"'{target.name}' is an indirect function (IRELATIVE), which is not supported"
            )
            return False
        if target.where != UNDEFINED or target.binding == STB_WEAK or symbol.binding == STB_WEAK:
            return True
        if not section.flags & SHF_ALLOC:
            return True
        count = self.reported.get(target.name, 0)
        self.reported[target.name] = count + 1
        if count < MAXIMUM_REPORTS:
            self._error(section, relocation, f"undefined reference to '{target.name}'")
        elif count == MAXIMUM_REPORTS:
            self.sink.error(None, "more references to '{}' follow", target.name)
        return False

    def _old(self, section: Section, relocation: Relocation, kind: RelocationKind) -> int:
        if kind.uleb128:
            return read_uleb128(section.data, relocation.offset)[0]
        word = int.from_bytes(section.data[relocation.offset : relocation.offset + kind.size], "little")
        return word & kind.clear

    def _apply(self, section: Section, relocation: Relocation, kind: RelocationKind, value: int) -> None:
        problem = kind.problem(value)
        if problem:
            name = relocation.symbol.name if relocation.symbol is not None else ""
            against = f" against '{name}'" if name else ""
            self._error(section, relocation, f"relocation {kind.name}{against} {problem}")
            return
        offset = relocation.offset
        data = section.data
        if kind.uleb128:
            if not write_uleb128(data, offset, value):
                self._error(section, relocation, f"relocation {kind.name} needs more bytes than it has")
            return
        if offset + kind.size > len(data):
            self._error(section, relocation, f"relocation {kind.name} lies outside of its section")
            return
        word = int.from_bytes(data[offset : offset + kind.size], "little")
        data[offset : offset + kind.size] = kind.insert(word, value).to_bytes(kind.size, "little")

    def _error(self, section: Section, relocation: Relocation, text: str) -> None:
        obj = self.resolution.owner_of_section.get(section)
        name = obj.name if obj is not None else "linker"
        self.sink.error(None, "{}:({}+{:#x}): {}", name, section.name, relocation.offset, text)


def read_uleb128(data: bytearray, offset: int) -> tuple[int, int]:
    """The value and its length in bytes."""
    value, shift, length = 0, 0, 0
    while offset + length < len(data):
        byte = data[offset + length]
        value |= (byte & 0x7F) << shift
        shift += 7
        length += 1
        if not byte & 0x80:
            break
    return value, length


def write_uleb128(data: bytearray, offset: int, value: int) -> bool:
    """In as many bytes as stand there."""
    length = read_uleb128(data, offset)[1]
    value &= (1 << 64) - 1
    for index in range(length):
        data[offset + index] = (value & 0x7F) | (0x80 if index + 1 < length else 0)
        value >>= 7
    return value == 0
