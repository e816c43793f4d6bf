"""From input sections to output sections, segments and addresses.

Read-only data, code and writable data each fill one loadable segment; addresses agree with file offsets modulo the page
size. Thread-local data stands first in the writable segment, zero-initialised data last.
"""

from __future__ import annotations

from typing import Final, final

from compiler.link.options import LinkOptions
from compiler.machine.target import Target
from compiler.object.elf import PF_R, PF_W, PF_X, align
from compiler.object.model import (
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_GROUP,
    SHF_LINK_ORDER,
    SHF_MERGE,
    SHF_STRINGS,
    SHF_TLS,
    SHF_WRITE,
    SHT_FINI_ARRAY,
    SHT_INIT_ARRAY,
    SHT_NOBITS,
    SHT_NOTE,
    SHT_PREINIT_ARRAY,
    Section,
)

# `.text.hot` goes to `.text`. Longer prefixes first.
FAMILIES: Final = (
    ".data.rel.ro", ".init_array", ".fini_array", ".preinit_array", ".gcc_except_table", ".text", ".rodata", ".srodata",
    ".sdata", ".sbss", ".tdata", ".tbss", ".data", ".bss", ".ctors", ".dtors",
)  # fmt: skip
ARRAY_TYPES: Final = {".init_array": SHT_INIT_ARRAY, ".fini_array": SHT_FINI_ARRAY, ".preinit_array": SHT_PREINIT_ARRAY}

READ_ONLY: Final = 0
CODE: Final = 1
WRITABLE: Final = 2
NOT_LOADED: Final = 3

WRITABLE_ORDER: Final = (
    ".tdata", ".tbss", ".preinit_array", ".init_array", ".fini_array", ".ctors", ".dtors", ".data.rel.ro", ".got",
)  # fmt: skip
CODE_ORDER: Final = (".init", ".plt", ".text", ".fini")


@final
class Placed:
    """An input section at its place in an output section."""

    __slots__ = ("offset", "output", "section")

    def __init__(self, section: Section, output: OutputSection) -> None:
        self.section: Final = section
        self.output: Final = output
        self.offset = 0


@final
class OutputSection:
    """`address` and `file_offset` are valid after `assign`."""

    __slots__ = (
        "address", "alignment", "data", "entry_size", "file_offset", "flags", "name", "parts", "segment", "size",
        "type",
    )  # fmt: skip

    def __init__(self, name: str, type: int, flags: int) -> None:
        self.name: Final = name
        self.type = type
        self.flags = flags
        self.parts: list[Placed] = []
        self.alignment = 1
        self.address = 0
        self.file_offset = 0
        self.size = 0
        self.entry_size = 0
        self.segment = NOT_LOADED
        self.data = bytearray()


@final
class Segment:
    __slots__ = ("flags", "sections")

    def __init__(self, flags: int) -> None:
        self.flags: Final = flags
        self.sections: list[OutputSection] = []


@final
class Layout:
    """All output sections; `placed` finds an input section's place."""

    def __init__(self, target: Target, options: LinkOptions) -> None:
        self.target: Final = target
        self.options: Final = options
        self.outputs: list[OutputSection] = []
        self.by_name: dict[str, OutputSection] = {}
        self.placed: dict[Section, Placed] = {}
        self.segments: Final = [Segment(PF_R), Segment(PF_R | PF_X), Segment(PF_R | PF_W)]
        self.base = 0
        self.header_size = 0
        self.tls: list[OutputSection] = []
        self.tls_address = 0
        self.tls_size = 0
        self.tls_alignment = 1
        self.end = 0

    def add(self, section: Section) -> None:
        """Append an input section to the output section of its family."""
        name = output_name(section)
        output = self.by_name.get(name)
        flags = section.flags & ~(SHF_GROUP | SHF_LINK_ORDER)
        if output is None:
            output = OutputSection(name, ARRAY_TYPES.get(name, section.type), flags)
            output.entry_size = section.entry_size
            self.by_name[name] = output
            self.outputs.append(output)
        else:
            merge = output.flags & flags & (SHF_MERGE | SHF_STRINGS)
            if output.entry_size != section.entry_size:
                merge = 0
            output.flags = ((output.flags | flags) & ~(SHF_MERGE | SHF_STRINGS)) | merge
            if not merge:
                output.entry_size = 0
            if output.type == SHT_NOBITS and section.type != SHT_NOBITS:
                output.type = section.type
        placed = Placed(section, output)
        output.parts.append(placed)
        self.placed[section] = placed

    def size_sections(self) -> None:
        """Offsets within output sections."""
        for output in self.outputs:
            if output.name in ARRAY_TYPES or output.name in (".ctors", ".dtors"):
                output.parts.sort(key=_priority)
            offset = 0
            for placed in output.parts:
                section = placed.section
                offset = align(offset, section.alignment)
                placed.offset = offset
                offset += section.size if section.type == SHT_NOBITS else len(section.data)
                output.alignment = max(output.alignment, section.alignment)
            output.size = offset
            output.segment = segment_of(output)

    def assign(self) -> None:
        """Addresses and file offsets."""
        self.outputs.sort(key=_rank)
        thread_local = [output for output in self.outputs if output.flags & SHF_TLS and output.segment != NOT_LOADED]
        if thread_local:  # the block as a whole starts at its strictest alignment
            thread_local[0].alignment = max([output.alignment for output in thread_local])
        for segment in self.segments:
            segment.sections = []
        for output in self.outputs:
            if output.segment != NOT_LOADED:
                self.segments[output.segment].sections.append(output)
        used = [segment for segment in self.segments if segment.sections]
        has_tls = any(output.flags & SHF_TLS for output in self.outputs)
        count = len(used) + 1 + (1 if has_tls else 0) + (1 if self.segments[0] not in used else 0)
        bits = self.target.elf.bits
        self.header_size = (64 + 56 * count) if bits == 64 else (52 + 32 * count)
        page = self.target.elf.page_size
        base = self.options.base_address
        self.base = self.target.elf.base_address if base is None else base
        address, offset = self.base + self.header_size, self.header_size
        for number, segment in enumerate(self.segments):
            if not segment.sections:
                continue
            if number:
                address = align(address, page) + offset % page
            for output in segment.sections:
                address, offset = self._place(output, address, offset)
        self.end = address
        for output in self.outputs:
            if output.segment == NOT_LOADED:
                offset = align(offset, output.alignment)
                output.file_offset = offset
                offset += output.size
        self._thread_block()

    def _place(self, output: OutputSection, address: int, offset: int) -> tuple[int, int]:
        aligned = align(address, output.alignment)
        start = self.options.section_starts.get(output.name, aligned)
        if start != aligned:
            offset += (start - address) % self.target.elf.page_size
            aligned = start
        else:
            offset += aligned - address
        output.address = aligned
        output.file_offset = offset
        if output.type == SHT_NOBITS:
            # Thread-local zeros take no addresses of the process image.
            return (
                (address, offset - (aligned - address)) if output.flags & SHF_TLS else (aligned + output.size, offset)
            )
        return aligned + output.size, offset + output.size

    def _thread_block(self) -> None:
        self.tls = [output for output in self.outputs if output.flags & SHF_TLS and output.segment != NOT_LOADED]
        if not self.tls:
            return
        self.tls_alignment = max([output.alignment for output in self.tls])
        self.tls_address = self.tls[0].address
        end = self.tls_address
        for output in self.tls:
            if output.type == SHT_NOBITS:
                output.address = align(end, output.alignment)
            end = output.address + output.size
        self.tls_size = end - self.tls_address

    def address(self, section: Section, offset: int) -> int:
        placed = self.placed[section]
        return placed.output.address + placed.offset + offset


def output_name(section: Section) -> str:
    name = section.name
    if not section.flags & SHF_ALLOC:
        return name
    for family in FAMILIES:
        if name == family or name.startswith(family + "."):
            return family
    if name.startswith(".gnu.linkonce."):
        kind = name[14:].split(".")[0]
        return {"t": ".text", "r": ".rodata", "d": ".data", "b": ".bss", "s": ".sdata", "sb": ".sbss"}.get(kind, name)
    return name


def segment_of(output: OutputSection) -> int:
    if not output.flags & SHF_ALLOC:
        return NOT_LOADED
    if output.flags & SHF_WRITE:
        return WRITABLE
    return CODE if output.flags & SHF_EXECINSTR else READ_ONLY


def _rank(output: OutputSection) -> tuple[int, int, int]:
    """Order of output sections; sorting is stable, so equals stay in input order."""
    if output.segment == READ_ONLY:
        return 0, 0 if output.type == SHT_NOTE else 1, 0
    if output.segment == CODE:
        return 1, CODE_ORDER.index(output.name) if output.name in CODE_ORDER else 2, 0
    if output.segment == WRITABLE:
        if output.flags & SHF_TLS:
            return 2, 0, 1 if output.type == SHT_NOBITS else 0
        if output.name in WRITABLE_ORDER:
            return 2, 1, WRITABLE_ORDER.index(output.name)
        if output.type == SHT_NOBITS:
            return 2, 4, 0 if output.name == ".sbss" else 1
        return 2, 3 if output.name == ".sdata" else 2, 0
    return 3, 0, 0


def _priority(placed: Placed) -> tuple[int, int]:
    """`.init_array.00100` before `.init_array`; `.ctors.65435` counts the other way."""
    name = placed.section.name
    number = name.rpartition(".")[2]
    if number.isdigit():
        value = int(number)
        return (0, 65535 - value) if name.startswith((".ctors", ".dtors")) else (0, value)
    return 1, 0
