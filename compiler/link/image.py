"""The executable's bytes: ELF header, program headers, sections, symbol table."""

from __future__ import annotations

from typing import Final

from compiler.link.layout import Layout, OutputSection
from compiler.link.options import LinkOptions
from compiler.link.relocate import Relocator
from compiler.link.resolve import Resolution
from compiler.object.elf import (
    EHDR,
    EV_CURRENT,
    PF_R,
    PF_W,
    PHDR32,
    PHDR64,
    PT_GNU_STACK,
    PT_LOAD,
    PT_TLS,
    SHDR,
    SHN_ABS,
    StringTable,
    align,
    ident,
    pack_symbol,
)
from compiler.object.model import (
    ET_EXEC,
    SHF_TLS,
    SHT_NOBITS,
    SHT_STRTAB,
    SHT_SYMTAB,
    STB_LOCAL,
    STT_FILE,
    STT_SECTION,
    STT_TLS,
    UNDEFINED,
    Symbol,
)
from compiler.object.writer import Header

STACK_FLAGS: Final = PF_R | PF_W


def write_image(
    resolution: Resolution, layout: Layout, relocator: Relocator, options: LinkOptions, flags: int, entry: int
) -> bytes:
    bits = layout.target.elf.bits
    out = bytearray(layout.header_size)
    headers = [Header("", 0, 0, b"", 0, 0)]
    numbers: dict[OutputSection, int] = {}
    in_file_order = sorted(layout.outputs, key=_file_offset)
    for output in in_file_order:
        header = Header(output.name, output.type, output.flags, output.data, output.size, output.alignment)
        header.entry_size = output.entry_size
        header.address = output.address
        header.offset = output.file_offset
        numbers[output] = len(headers)
        headers.append(header)
        if output.type != SHT_NOBITS:
            assert output.file_offset >= len(out) or not output.size, (output.name, output.file_offset, len(out))
            out += bytes(max(0, output.file_offset - len(out)))
            out += output.data
    if not options.strip_symbols:
        _symbol_table(resolution, relocator, bits, numbers, layout, headers, out)
    names = StringTable()
    table = Header(".shstrtab", SHT_STRTAB, 0, names.data, 0, 1)
    headers.append(table)
    for header in headers:
        names.add(header.name)
    table.offset = len(out)
    out += names.data
    start = align(len(out), bits // 8)
    out += bytes(start - len(out))
    for header in headers:
        size = len(names.data) if header is table else header.size
        out += SHDR[bits].pack(
            names.add(header.name), header.type, header.flags, header.address, header.offset, size, header.link,
            header.info, header.alignment, header.entry_size,
        )  # fmt: skip
    program = _program_headers(layout)
    entry_size = PHDR64.size if bits == 64 else PHDR32.size
    out[: EHDR[bits].size] = EHDR[bits].pack(
        ident(bits), ET_EXEC, layout.target.elf.machine, EV_CURRENT, entry, EHDR[bits].size, start, flags,
        EHDR[bits].size, entry_size, len(program) // entry_size, SHDR[bits].size, len(headers), len(headers) - 1,
    )  # fmt: skip
    assert EHDR[bits].size + len(program) <= layout.header_size
    out[EHDR[bits].size : EHDR[bits].size + len(program)] = program
    return bytes(out)


def _file_offset(output: OutputSection) -> tuple[int, int]:
    return output.file_offset, 0 if output.type != SHT_NOBITS else 1


def _program_header(
    bits: int, type: int, flags: int, offset: int, address: int, file_size: int, size: int, alignment: int
) -> bytes:
    if bits == 64:
        return PHDR64.pack(type, flags, offset, address, address, file_size, size, alignment)
    return PHDR32.pack(type, offset, address, address, file_size, size, flags, alignment)


def _program_headers(layout: Layout) -> bytes:
    bits = layout.target.elf.bits
    page = layout.target.elf.page_size
    out = bytearray()
    for number, segment in enumerate(layout.segments):
        sections = [output for output in segment.sections if not (output.flags & SHF_TLS and output.type == SHT_NOBITS)]
        if number == 0:  # with the file's headers
            offset, address = 0, layout.base
            file_end, end = layout.header_size, layout.base + layout.header_size
        elif sections:
            offset, address = sections[0].file_offset, sections[0].address
            file_end, end = offset, address
        else:
            continue
        for output in sections:
            end = output.address + output.size
            if output.type != SHT_NOBITS:
                file_end = output.file_offset + output.size
        out += _program_header(bits, PT_LOAD, segment.flags, offset, address, file_end - offset, end - address, page)
    if layout.tls:
        loaded = [output for output in layout.tls if output.type != SHT_NOBITS]
        file_size = loaded[-1].address + loaded[-1].size - layout.tls_address if loaded else 0
        out += _program_header(
            bits, PT_TLS, PF_R, layout.tls[0].file_offset, layout.tls_address, file_size, layout.tls_size,
            layout.tls_alignment,
        )  # fmt: skip
    out += _program_header(bits, PT_GNU_STACK, STACK_FLAGS, 0, 0, 0, 0, 16)
    return bytes(out)


def _symbol_table(
    resolution: Resolution, relocator: Relocator, bits: int, numbers: dict[OutputSection, int], layout: Layout,
    headers: list[Header], out: bytearray,
) -> None:  # fmt: skip
    strings = StringTable()
    data = bytearray(pack_symbol(bits, 0, 0, 0, 0, 0, 0))
    prefix = layout.target.elf.local_symbol_prefix
    count = 1
    for obj in resolution.objects:
        for symbol in obj.symbols:
            if symbol.binding != STB_LOCAL or symbol.type == STT_SECTION or symbol.name.startswith(prefix):
                continue
            if symbol.type == STT_FILE or (symbol.section is not None and symbol.section in layout.placed):
                data += _pack(symbol, relocator, layout, numbers, strings, bits)
                count += 1
    first_global = count
    for symbol in resolution.definitions.values():
        if symbol.where == UNDEFINED or (symbol.section is not None and symbol.section not in layout.placed):
            continue
        data += _pack(symbol, relocator, layout, numbers, strings, bits)
    table = Header(".symtab", SHT_SYMTAB, 0, data, len(data), bits // 8)
    table.entry_size = 24 if bits == 64 else 16
    table.info = first_global
    table.link = len(headers) + 1
    out += bytes(-len(out) % 8)
    table.offset = len(out)
    out += data
    text = Header(".strtab", SHT_STRTAB, 0, strings.data, len(strings.data), 1)
    text.offset = len(out)
    out += strings.data
    headers.append(table)
    headers.append(text)


def _pack(
    symbol: Symbol, relocator: Relocator, layout: Layout, numbers: dict[OutputSection, int], strings: StringTable,
    bits: int,
) -> bytes:  # fmt: skip
    number = SHN_ABS
    value = symbol.value
    if symbol.section is not None:
        number = numbers[layout.placed[symbol.section].output]
        value = relocator.symbol_address(symbol)
        if symbol.type == STT_TLS:
            value -= layout.tls_address
    mask = (1 << bits) - 1
    return pack_symbol(
        bits, strings.add(symbol.name), symbol.binding << 4 | symbol.type, symbol.visibility | symbol.other, number,
        value & mask, symbol.size,
    )  # fmt: skip
