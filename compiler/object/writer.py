"""An object file as ELF bytes. Class, machine and REL or RELA are the object's; the bytes depend on nothing else."""

from __future__ import annotations

from typing import Final, final

from compiler.object.elf import (
    EHDR,
    EV_CURRENT,
    REL,
    RELA,
    SHDR,
    SHN_ABS,
    SHN_COMMON,
    SHN_LORESERVE,
    SHN_UNDEF,
    SHN_XINDEX,
    StringTable,
    align,
    ident,
    pack_symbol,
)
from compiler.object.model import (
    ABSOLUTE,
    COMMON,
    ET_REL,
    SHF_GROUP,
    SHF_INFO_LINK,
    SHT_GROUP,
    SHT_NOBITS,
    SHT_REL,
    SHT_RELA,
    SHT_STRTAB,
    SHT_SYMTAB,
    SHT_SYMTAB_SHNDX,
    STB_LOCAL,
    STT_SECTION,
    UNDEFINED,
    ObjectFile,
    Section,
    Symbol,
)


@final
class Header:
    """A section header to be, with its contents."""

    __slots__ = (
        "address",
        "alignment",
        "data",
        "entry_size",
        "flags",
        "info",
        "link",
        "name",
        "offset",
        "size",
        "type",
    )

    def __init__(self, name: str, type: int, flags: int, data: bytes | bytearray, size: int, alignment: int) -> None:
        self.name: Final = name
        self.type: Final = type
        self.flags: Final = flags
        self.data: Final = data
        self.size: Final = size
        self.alignment: Final = alignment
        self.link = 0
        self.info = 0
        self.entry_size = 0
        self.address = 0
        self.offset = 0


def write_object(obj: ObjectFile) -> bytes:
    return ObjectWriter(obj).run()


@final
class ObjectWriter:
    def __init__(self, obj: ObjectFile) -> None:
        self.object: Final = obj
        self.headers: Final[list[Header]] = [Header("", 0, 0, b"", 0, 0)]
        self.numbers: Final[dict[Section, int]] = {}
        self.pointer: Final = obj.bits // 8

    def run(self) -> bytes:
        obj = self.object
        symbols = self._ordered_symbols()
        group_headers: list[Header] = []
        for group in obj.groups:
            data = group.flags.to_bytes(4, "little") + bytes(4 * self._group_size(group.sections))
            header = Header(".group", SHT_GROUP, 0, bytearray(data), len(data), 4)
            header.entry_size = 4
            header.info = group.signature.index
            self.headers.append(header)
            group_headers.append(header)
        for section in obj.sections:
            size = section.size if section.type == SHT_NOBITS else len(section.data)
            header = Header(section.name, section.type, section.flags, section.data, size, section.alignment)
            header.entry_size = section.entry_size
            header.info = section.info
            self.numbers[section] = len(self.headers)
            self.headers.append(header)
        for section, number in self.numbers.items():
            if section.link is not None:
                self.headers[number].link = self.numbers[section.link]
        relocation_headers: dict[Section, int] = {}
        for section in obj.sections:
            if section.relocations:
                relocation_headers[section] = len(self.headers)
                self.headers.append(self._relocations(section))
        for group, header in zip(obj.groups, group_headers, strict=True):
            self._fill_group(header, group.sections, relocation_headers)
        strings = StringTable()
        table, wide = self._symbol_table(symbols, strings)
        symtab = len(self.headers)
        self.headers.append(table)
        if wide:
            extended = Header(".symtab_shndx", SHT_SYMTAB_SHNDX, 0, wide, len(wide), 4)
            extended.link, extended.entry_size = symtab, 4
            self.headers.append(extended)
        table.link = len(self.headers)
        self.headers.append(Header(".strtab", SHT_STRTAB, 0, strings.data, len(strings.data), 1))
        for header in self.headers:
            if header.type in (SHT_RELA, SHT_REL, SHT_GROUP):
                header.link = symtab
        return write_sections(self.headers, obj.bits, ET_REL, obj.machine, obj.flags)

    def _group_size(self, sections: list[Section]) -> int:
        return len(sections) + sum(1 for section in sections if section.relocations)

    def _fill_group(self, header: Header, sections: list[Section], relocations: dict[Section, int]) -> None:
        assert isinstance(header.data, bytearray)
        at = 4
        for section in sections:
            numbers = [self.numbers[section]] + ([relocations[section]] if section in relocations else [])
            for number in numbers:
                header.data[at : at + 4] = number.to_bytes(4, "little")
                at += 4

    def _ordered_symbols(self) -> list[Symbol]:
        """Locals first, as ELF wants; section symbols only where a relocation uses them."""
        used: set[Symbol] = set()
        for section in self.object.sections:
            for relocation in section.relocations:
                if relocation.symbol is not None:
                    used.add(relocation.symbol)
        for group in self.object.groups:
            used.add(group.signature)
        kept = [symbol for symbol in self.object.symbols if symbol.type != STT_SECTION or symbol in used]
        assert used <= set(kept), [symbol.name for symbol in used - set(kept)]
        ordered = [symbol for symbol in kept if symbol.binding == STB_LOCAL]
        ordered += [symbol for symbol in kept if symbol.binding != STB_LOCAL]
        for index, symbol in enumerate(ordered):
            symbol.index = index + 1
        return ordered

    def _symbol_table(self, symbols: list[Symbol], strings: StringTable) -> tuple[Header, bytearray]:
        bits = self.object.bits
        data = bytearray(pack_symbol(bits, 0, 0, 0, 0, 0, 0))
        wide = bytearray(4)
        needs_wide = False
        locals_count = 1
        for symbol in symbols:
            if symbol.binding == STB_LOCAL:
                locals_count += 1
            number, extended = self._section_number(symbol)
            needs_wide = needs_wide or extended != 0
            wide += extended.to_bytes(4, "little")
            data += pack_symbol(
                bits, strings.add(symbol.name), symbol.binding << 4 | symbol.type, symbol.visibility | symbol.other,
                number, symbol.value, symbol.size,
            )  # fmt: skip
        header = Header(".symtab", SHT_SYMTAB, 0, data, len(data), self.pointer)
        header.info = locals_count
        header.entry_size = 24 if bits == 64 else 16
        return header, wide if needs_wide else bytearray()

    def _section_number(self, symbol: Symbol) -> tuple[int, int]:
        if symbol.where == UNDEFINED:
            return SHN_UNDEF, 0
        if symbol.where == ABSOLUTE:
            return SHN_ABS, 0
        if symbol.where == COMMON:
            return SHN_COMMON, 0
        assert symbol.section is not None, symbol.name
        number = self.numbers[symbol.section]
        return (number, 0) if number < SHN_LORESERVE else (SHN_XINDEX, number)

    def _relocations(self, section: Section) -> Header:
        bits = self.object.bits
        shift = 32 if bits == 64 else 8
        out = bytearray()
        is_rela = self.object.is_rela
        for relocation in section.relocations:
            index = relocation.symbol.index if relocation.symbol is not None else 0
            info = index << shift | relocation.kind
            if is_rela:
                addend = relocation.addend
                if bits == 64:
                    addend = (addend + (1 << 63)) % (1 << 64) - (1 << 63)
                out += RELA[bits].pack(relocation.offset, info, addend)
            else:
                out += REL[bits].pack(relocation.offset, info)
        prefix = ".rela" if is_rela else ".rel"
        flags = SHF_INFO_LINK | (section.flags & SHF_GROUP)
        header = Header(prefix + section.name, SHT_RELA if is_rela else SHT_REL, flags, out, len(out), self.pointer)
        header.info = self.numbers[section]
        header.entry_size = RELA[bits].size if is_rela else REL[bits].size
        return header


def write_sections(headers: list[Header], bits: int, type: int, machine: int, flags: int) -> bytes:
    """ELF header, contents, section headers. The section-name table is added here."""
    names = StringTable()
    table = Header(".shstrtab", SHT_STRTAB, 0, names.data, 0, 1)
    headers = [*headers, table]
    for header in headers:
        names.add(header.name)
    out = bytearray(EHDR[bits].size)
    for header in headers[1:]:
        header.offset = align(len(out), header.alignment)
        if header.type != SHT_NOBITS:
            out += bytes(header.offset - len(out))
            out += header.data
    start = align(len(out), bits // 8)
    out += bytes(start - len(out))
    count = len(headers)
    for index, header in enumerate(headers):
        size = len(names.data) if header is table else header.size
        link = header.link
        if index == 0 and count >= SHN_LORESERVE:
            size, link = count, count - 1
        out += SHDR[bits].pack(
            names.add(header.name), header.type, header.flags, header.address, header.offset, size, link,
            header.info, header.alignment, header.entry_size,
        )  # fmt: skip
    shown = count if count < SHN_LORESERVE else 0
    names_index = count - 1 if count < SHN_LORESERVE else SHN_XINDEX
    out[: EHDR[bits].size] = EHDR[bits].pack(
        ident(bits), type, machine, EV_CURRENT, 0, 0, start, flags, EHDR[bits].size, 0, 0, SHDR[bits].size, shown,
        names_index,
    )  # fmt: skip
    return bytes(out)
