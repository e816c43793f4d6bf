"""The line-number program of `.file` and `.loc`. (DWARF 5 section 6.2; version 3 where no file 0 is named)

Distances are final when this runs, so addresses advance by constants; a section that the linker may shrink is refused
by `finish` before.
"""

from __future__ import annotations

from typing import Final

from compiler.asm.fragments import AsmSection, LineEntry
from compiler.asm.leb import leb128
from compiler.asm.tables import TableWriter
from compiler.object.model import Section

LINE_BASE: Final = -5
LINE_RANGE: Final = 14
OPCODE_BASE: Final = 13
LENGTHS: Final = bytes((0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1))


def line_program(tables: TableWriter, section: Section) -> None:
    """Append the table of the unit to .debug_line."""
    data = section.data
    start = len(data)
    is_five = 0 in tables.line_files()
    data += bytes(4) + (b"\x05\x00" if is_five else b"\x03\x00")
    if is_five:
        data += bytes((tables.target.pointer_bits // 8, 0))
    header = len(data)
    data += (
        bytes(4) + bytes((1,)) + (b"\x01" if is_five else b"") + bytes((1, LINE_BASE & 255, LINE_RANGE, OPCODE_BASE))
    )
    data += LENGTHS
    if is_five:
        _files_five(tables, data)
    else:
        _files_three(tables, data)
    data[header : header + 4] = (len(data) - header - 4).to_bytes(4, "little")
    by_section: dict[AsmSection, list[LineEntry]] = {}
    for entry in tables.line_entries():
        by_section.setdefault(entry.section, []).append(entry)
    for asm_section, entries in by_section.items():
        entries.sort(key=_address)  # subsections are written in another order than they are numbered
        _sequence(tables, section, asm_section, entries)
    data[start : start + 4] = (len(data) - start - 4).to_bytes(4, "little")
    section.size = len(data)


def _address(entry: LineEntry) -> int:
    return entry.address


def _text(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape") + b"\0"


def _files_three(tables: TableWriter, data: bytearray) -> None:
    files = tables.line_files()
    directories: list[str] = []
    for number in sorted(files):
        directory = files[number].directory
        if directory and directory not in directories:
            directories.append(directory)
    for directory in directories:
        data += _text(directory)
    data.append(0)
    for number in range(1, max(files, default=0) + 1):
        file = files.get(number)
        name = file.name if file is not None else ""
        index = directories.index(file.directory) + 1 if file is not None and file.directory else 0
        data += _text(name) + bytes((index, 0, 0))
    data.append(0)


def _files_five(tables: TableWriter, data: bytearray) -> None:
    files = tables.line_files()
    directories = [files[0].directory]
    for number in sorted(files):
        if files[number].directory and files[number].directory not in directories:
            directories.append(files[number].directory)
    data += bytes((1, 0x01, 0x08)) + leb128(len(directories), False)  # DW_LNCT_path, DW_FORM_string
    for directory in directories:
        data += _text(directory)
    with_md5 = all(file.md5 >= 0 for file in files.values())
    data += bytes((3 if with_md5 else 2, 0x01, 0x08, 0x02, 0x0B))  # path; directory index, DW_FORM_data1
    if with_md5:
        data += bytes((0x05, 0x1E))
    count = max(files) + 1
    data += leb128(count, False)
    for number in range(count):
        file = files.get(number, files[0])
        data += _text(file.name)
        data.append(directories.index(file.directory) if file.directory else 0)
        if with_md5:
            data += file.md5.to_bytes(16, "big")


def _sequence(tables: TableWriter, section: Section, asm_section: AsmSection, entries: list[LineEntry]) -> None:
    data = section.data
    pointer = tables.target.pointer_bits // 8
    names = tables.target.data_relocations
    data += bytes((0, 1 + pointer, 2))  # DW_LNE_set_address
    start = entries[0].address
    tables.add_relocation(section, len(data), names[str(pointer)], tables.section_symbol(asm_section), start)
    data += bytes(pointer)
    address, line, file, column, is_stmt = start, 1, 1, 0, True
    for entry in entries:
        loc = entry.loc
        if loc.file != file:
            file = loc.file
            data += b"\x04" + leb128(file, False)
        if loc.column != column:
            column = loc.column
            data += b"\x05" + leb128(column, False)
        if loc.discriminator:
            number = leb128(loc.discriminator, False)
            data += bytes((0, 1 + len(number), 4)) + number
        if loc.is_stmt >= 0 and (loc.is_stmt == 1) != is_stmt:
            is_stmt = not is_stmt
            data.append(6)
        if loc.basic_block:
            data.append(7)
        if loc.prologue_end:
            data.append(10)
        data += advance(loc.line - line, entry.address - address)
        address, line = entry.address, loc.line
    if asm_section.size > address:
        data += b"\x02" + leb128(asm_section.size - address, False)
    data += b"\x00\x01\x01"  # DW_LNE_end_sequence


def advance(lines: int, bytes_: int) -> bytes:
    """A row `lines` and `bytes_` further on: one special opcode where it suffices."""
    out = bytearray()
    if not LINE_BASE <= lines < LINE_BASE + LINE_RANGE:
        out += b"\x03" + leb128(lines, True)
        lines = 0
    special = lines - LINE_BASE + LINE_RANGE * bytes_ + OPCODE_BASE
    if special > 255:
        out += b"\x02" + leb128(bytes_, False)
        special = lines - LINE_BASE + OPCODE_BASE
    out.append(special)
    return bytes(out)
