"""Static ELF executables as memory to be loaded.

Invariant: an `Image` can be mapped as it is: its segments lie in the file, do not overlap, stay inside the user half
of the address space and below a total size, and the entry point is executable. Whatever else a file holds, however
damaged or hostile, gives `ImageError` with one line of explanation.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

PAGE = 4096
MAX_FILE = 256 << 20
MAX_SEGMENTS = 64
TOP = 1 << 47  # end of the user half on x86-64; RISC-V Sv48 and AArch64 allow no less
PIE_BASE = 0x5555_0000_0000  # where a position-independent static executable is put

READ, WRITE, EXECUTE = 4, 2, 1  # ELF's p_flags bits


class ImageError(Exception):
    """The file is no executable that can be loaded here; the message says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`data` at `address`, followed by zeros up to `size`."""

    address: int
    data: bytes
    size: int
    flags: int  # READ | WRITE | EXECUTE

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + self.size


@dataclass(frozen=True, slots=True)
class Image:
    """A loadable program. `program_headers` is the address of the table in memory, 0 if it is not loaded."""

    machine: str  # the suite's target name
    entry: int
    segments: tuple[Segment, ...]
    program_headers: int
    program_header_size: int
    program_header_count: int

    @property
    def end(self) -> int:
        """The first page behind the highest segment: where the heap begins."""
        return page_up(max(segment.end for segment in self.segments))


def page_down(address: int) -> int:
    """The start of the page of `address`."""
    return address & -PAGE


def page_up(address: int) -> int:
    """The first page start not below `address`."""
    return (address + PAGE - 1) & -PAGE


def load_image(path: Path, machine: str, elf_machine: str, memory_bytes: int) -> Image:
    """Read an executable for `machine`, whose e_machine is `elf_machine` as pyelftools spells it. Raises ImageError."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise ImageError(f"the file has {size} bytes, more than {MAX_FILE}")
        content = path.read_bytes()
    except OSError as error:
        raise ImageError(f"cannot read the executable: {error.strerror}") from None
    return parse_image(content, machine, elf_machine, memory_bytes)


def parse_image(content: bytes, machine: str, elf_machine: str, memory_bytes: int) -> Image:
    """The image in the bytes of an ELF file. Raises ImageError."""
    if content[:4] != b"\x7fELF":
        raise ImageError("not an ELF file")
    try:
        elf = ELFFile(io.BytesIO(content))
        header = elf.header
        kind, count, entry = str(header["e_type"]), int(header["e_phnum"]), int(header["e_entry"])
        found, bits, little = str(header["e_machine"]), int(elf.elfclass), bool(elf.little_endian)
        table, header_size = int(header["e_phoff"]), int(header["e_phentsize"])
        if count > MAX_SEGMENTS:
            raise ImageError(f"{count} program headers, more than {MAX_SEGMENTS}")
        rows = [_row(elf, index) for index in range(count)]
    except ImageError:
        raise
    except Exception as error:  # pyelftools lets errors of its parser, of struct and of int through on damaged files
        raise ImageError(f"damaged ELF file: {type(error).__name__}: {error}") from None
    if found != elf_machine:
        raise ImageError(f"built for {found}, not for {elf_machine}")
    if bits != 64 or not little:
        raise ImageError(f"{bits}-bit {'little' if little else 'big'}-endian, where 64-bit little-endian is needed")
    if kind not in ("ET_EXEC", "ET_DYN"):
        raise ImageError(f"of type {kind}, not an executable")
    if any(row.kind == "PT_INTERP" for row in rows):
        raise ImageError("dynamically linked: it needs a dynamic loader")
    base = PIE_BASE if kind == "ET_DYN" else 0
    segments = tuple(_segment(content, row, base) for row in rows if row.kind == "PT_LOAD" and row.memory_size)
    _check(segments, entry + base, memory_bytes)
    headers = 0
    for row in rows:
        if row.kind == "PT_LOAD" and row.offset <= table < row.offset + row.file_size:
            headers = base + row.address + table - row.offset
    return Image(machine, entry + base, segments, headers, header_size, count)


@dataclass(frozen=True, slots=True)
class _Row:
    """One program header."""

    kind: str
    offset: int
    address: int
    file_size: int
    memory_size: int
    flags: int


def _row(elf: ELFFile, index: int) -> _Row:
    header = elf.get_segment(index).header
    return _Row(
        str(header["p_type"]),
        int(header["p_offset"]),
        int(header["p_vaddr"]),
        int(header["p_filesz"]),
        int(header["p_memsz"]),
        int(header["p_flags"]),
    )


def _segment(content: bytes, row: _Row, base: int) -> Segment:
    if row.file_size > row.memory_size:
        raise ImageError("a segment is larger in the file than in memory")
    if row.offset + row.file_size > len(content):
        raise ImageError("a segment reaches past the end of the file")
    data = content[row.offset : row.offset + row.file_size]
    return Segment(base + row.address, data, row.memory_size, row.flags & (READ | WRITE | EXECUTE))


def _check(segments: tuple[Segment, ...], entry: int, memory_bytes: int) -> None:
    if not segments:
        raise ImageError("no loadable segment")
    end = PAGE  # the first page stays unmapped, so that a null pointer traps
    total = 0
    for segment in sorted(segments, key=lambda one: one.address):
        if segment.address < end:
            what = "the null page" if end == PAGE else "another segment"
            raise ImageError(f"the segment at {segment.address:#x} overlaps {what}")
        end = segment.end
        total += page_up(segment.end) - page_down(segment.address)
        if end > TOP:
            raise ImageError(f"the segment at {segment.address:#x} leaves the user address space")
    if total > memory_bytes:
        raise ImageError(f"the program needs {total} bytes of memory, more than {memory_bytes}")
    for segment in segments:
        if segment.address <= entry < segment.end and segment.flags & EXECUTE:
            return
    raise ImageError(f"the entry point {entry:#x} is in no executable segment")
