"""ELF relocatable files into the object model. Damaged input is a `FormatError` that says what is wrong where."""

from __future__ import annotations

import struct
from typing import Final, final

from compiler.object.elf import (
    EHDR,
    MAGIC,
    REL,
    RELA,
    SHDR,
    SHN_ABS,
    SHN_COMMON,
    SHN_LORESERVE,
    SHN_XINDEX,
    unpack_symbol,
)
from compiler.object.model import (
    ABSOLUTE,
    COMMON,
    DEFINED,
    ET_REL,
    SHF_GROUP,
    SHF_LINK_ORDER,
    SHT_GROUP,
    SHT_NOBITS,
    SHT_NULL,
    SHT_REL,
    SHT_RELA,
    SHT_STRTAB,
    SHT_SYMTAB,
    SHT_SYMTAB_SHNDX,
    STT_SECTION,
    UNDEFINED,
    Group,
    ObjectFile,
    Relocation,
    Section,
    Symbol,
)

BOOKKEEPING: Final = (SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX)


class FormatError(Exception):
    """The bytes are not what they claim to be."""


@final
class RawSection:
    __slots__ = ("alignment", "entry_size", "flags", "info", "link", "name", "offset", "size", "type")

    def __init__(self, fields: tuple[int, ...]) -> None:
        self.name = fields[0]
        self.type = fields[1]
        self.flags = fields[2]
        self.offset = fields[4]
        self.size = fields[5]
        self.link = fields[6]
        self.info = fields[7]
        self.alignment = fields[8]
        self.entry_size = fields[9]


def is_elf(data: bytes) -> bool:
    return data[:4] == MAGIC


def read_object(data: bytes, name: str = "") -> ObjectFile:
    """A relocatable object; executables and shared libraries are refused by FormatError."""
    try:
        return ObjectReader(data, name).run()
    except struct.error:
        raise FormatError(f"{name}: truncated ELF file") from None


@final
class ObjectReader:
    def __init__(self, data: bytes, name: str) -> None:
        self.data: Final = data
        self.name: Final = name
        if data[:4] != MAGIC or len(data) < 20:
            raise FormatError(f"{name}: not an ELF file")
        if data[4] not in (1, 2) or data[5] != 1:
            raise FormatError(f"{name}: not a little-endian ELF file of a known class")
        self.bits: Final = 32 if data[4] == 1 else 64
        self.raw: list[RawSection] = []
        self.sections: list[Section | None] = []
        self.symbols: list[Symbol] = []

    def fail(self, text: str) -> FormatError:
        return FormatError(f"{self.name}: {text}")

    def run(self) -> ObjectFile:
        fields = EHDR[self.bits].unpack_from(self.data, 0)
        type, machine, offset, flags, count, names = fields[1], fields[2], fields[6], fields[7], fields[12], fields[13]
        if type != ET_REL:
            raise self.fail("not a relocatable object")
        obj = ObjectFile(self.name, machine, self.bits, flags)
        self._headers(offset, count, names)
        self._make_sections(obj)
        self._symbol_table(obj)
        self._groups(obj)
        self._relocations(obj)
        return obj

    def _headers(self, offset: int, count: int, names: int) -> None:
        size = SHDR[self.bits].size
        if not offset:
            return
        if offset > len(self.data):
            raise self.fail("section headers reach past the end of the file")
        first = RawSection(SHDR[self.bits].unpack_from(self.data, offset))
        count = count or first.size
        names = first.link if names == SHN_XINDEX else names
        if offset + count * size > len(self.data):
            raise self.fail("section headers reach past the end of the file")
        for index in range(count):
            self.raw.append(RawSection(SHDR[self.bits].unpack_from(self.data, offset + index * size)))
        if names >= count:
            raise self.fail("no section-name table")
        self.names = self._contents(names)

    def _contents(self, index: int) -> bytes:
        if index >= len(self.raw):
            raise self.fail(f"section number {index} is out of range")
        raw = self.raw[index]
        if raw.type == SHT_NOBITS:
            return b""
        if raw.offset + raw.size > len(self.data):
            raise self.fail(f"section {index} reaches past the end of the file")
        return self.data[raw.offset : raw.offset + raw.size]

    def _string(self, table: bytes, offset: int) -> str:
        end = table.find(b"\0", offset)
        if end < 0 or offset >= len(table):
            raise self.fail("a name lies outside of its string table")
        return table[offset:end].decode("utf-8", "surrogateescape")

    def _make_sections(self, obj: ObjectFile) -> None:
        for index, raw in enumerate(self.raw):
            if raw.type in BOOKKEEPING:
                self.sections.append(None)
                continue
            name = self._string(self.names, raw.name)
            section = Section(name, raw.type, raw.flags, max(raw.alignment, 1), raw.entry_size)
            section.data = bytearray(self._contents(index))
            section.size = raw.size
            section.index = index
            section.info = raw.info
            self.sections.append(section)
            obj.sections.append(section)
        for index, raw in enumerate(self.raw):
            made = self.sections[index]
            if made is not None and raw.flags & SHF_LINK_ORDER and 0 < raw.link < len(self.sections):
                made.link = self.sections[raw.link]

    def _symbol_table(self, obj: ObjectFile) -> None:
        wide = b""
        table = -1
        for index, raw in enumerate(self.raw):
            if raw.type == SHT_SYMTAB:
                table = index
            elif raw.type == SHT_SYMTAB_SHNDX:
                wide = self._contents(index)
        if table < 0:
            return
        raw = self.raw[table]
        data = self._contents(table)
        strings = self._contents(raw.link)
        size = 24 if self.bits == 64 else 16
        for index in range(len(data) // size):
            name, info, other, number, value, length = unpack_symbol(self.bits, data, index * size)
            if number == SHN_XINDEX and len(wide) >= 4 * index + 4:
                number = int.from_bytes(wide[4 * index : 4 * index + 4], "little")
                where, section = DEFINED, self._section_at(number)
            elif number == 0:
                where, section = UNDEFINED, None
            elif number == SHN_ABS:
                where, section = ABSOLUTE, None
            elif number == SHN_COMMON:
                where, section = COMMON, None
            elif number >= SHN_LORESERVE:
                raise self.fail(f"symbol {index} has the unknown section number {number:#x}")
            else:
                where, section = DEFINED, self._section_at(number)
            symbol = Symbol(self._string(strings, name), where, section, value, length, info & 15, info >> 4, other & 3)
            symbol.other = other & ~3
            symbol.index = index
            if symbol.type == STT_SECTION and section is not None:
                section.symbol = symbol
            self.symbols.append(symbol)
            if index:
                obj.symbols.append(symbol)

    def _section_at(self, number: int) -> Section | None:
        """None for a symbol of a bookkeeping section (the signature of a group may be one)."""
        if number >= len(self.sections):
            raise self.fail(f"section number {number} is out of range")
        return self.sections[number]

    def _groups(self, obj: ObjectFile) -> None:
        for index, raw in enumerate(self.raw):
            if raw.type != SHT_GROUP:
                continue
            data = self._contents(index)
            if raw.info >= len(self.symbols) or len(data) < 4:
                raise self.fail("a group without signature")
            group = Group(self.symbols[raw.info], int.from_bytes(data[:4], "little"))
            for at in range(4, len(data), 4):
                number = int.from_bytes(data[at : at + 4], "little")
                section = self._section_at(number)
                if section is not None:
                    group.sections.append(section)
                    section.group = group
                    section.flags |= SHF_GROUP
            obj.groups.append(group)

    def _relocations(self, obj: ObjectFile) -> None:
        shift = 32 if self.bits == 64 else 8
        for index, raw in enumerate(self.raw):
            if raw.type != SHT_RELA and raw.type != SHT_REL:
                continue
            section = self._section_at(raw.info)
            if section is None:
                continue
            data = self._contents(index)
            is_rela = raw.type == SHT_RELA
            obj.is_rela = is_rela
            layout = RELA[self.bits] if is_rela else REL[self.bits]
            for fields in layout.iter_unpack(data[: len(data) // layout.size * layout.size]):
                number = fields[1] >> shift
                if number >= len(self.symbols):
                    raise self.fail(f"a relocation of '{section.name}' names symbol {number}, which does not exist")
                symbol = self.symbols[number] if number else None
                kind = fields[1] & ((1 << shift) - 1)
                section.relocations.append(Relocation(fields[0], kind, symbol, fields[2] if is_rela else 0))
