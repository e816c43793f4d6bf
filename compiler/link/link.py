"""The static linker: objects and archives in, an executable out. Steps stand in a row; each has a file.

resolve (symbols, archives, groups) -> gc_sections -> relocate.scan (slots) -> layout -> symbols -> relocate -> image
"""

from __future__ import annotations

from compiler.link.gc_sections import reachable
from compiler.link.image import write_image
from compiler.link.layout import Layout
from compiler.link.options import LinkInput, LinkOptions
from compiler.link.relocate import GlobalOffsetTable, Relocator
from compiler.link.resolve import Resolution, Resolver
from compiler.link.symbols import define_linker_symbols
from compiler.machine.target import Target
from compiler.object.model import (
    COMMON,
    DEFINED,
    SHF_ALLOC,
    SHF_EXCLUDE,
    SHF_MERGE,
    SHF_STRINGS,
    SHF_TLS,
    SHF_WRITE,
    SHT_NOBITS,
    STT_TLS,
    UNDEFINED,
    Section,
)
from compiler.source.diagnostics import Sink

DROPPED = (".note.GNU-stack", ".gnu.warning", ".gnu.lto_", ".deplibs", ".note.gnu.property")


def link(inputs: list[LinkInput], options: LinkOptions, target: Target, sink: Sink) -> bytes:
    """The executable; empty after errors, which name object, section and offset."""
    resolution = Resolver(options, target, sink).run(inputs)
    if sink.errors:
        return b""
    if not resolution.objects:
        sink.error(None, "no input files")
        return b""
    sections = _sections(resolution, options)
    sections.extend(_common_sections(resolution))
    if options.gc_sections:
        kept = reachable(resolution, options, sections)
        sections = [section for section in sections if section in kept]
    layout = Layout(target, options)
    got = GlobalOffsetTable(target)
    relocator = Relocator(resolution, layout, got, target, sink)
    relocator.scan(sections)
    if got.size:
        sections.append(got.section)
    for section in sections:
        layout.add(section)
    layout.size_sections()
    layout.assign()
    define_linker_symbols(resolution, layout)
    entry = resolution.definitions.get(options.entry)
    if entry is None or entry.where == UNDEFINED:
        sink.error(None, "entry symbol '{}' is not defined", options.entry)
        return b""
    relocator.fill_got()
    for output in layout.outputs:
        for placed in output.parts:
            relocator.relocate(placed)
    if sink.errors:
        return b""
    fill(layout, target)
    flags = _flags(resolution, target)
    return write_image(resolution, layout, relocator, options, flags, relocator.symbol_address(entry))


def _flags(resolution: Resolution, target: Target) -> int:
    """e_flags: the union over all inputs, as features only ever add."""
    flags = 0
    for obj in resolution.objects:
        flags |= obj.flags
    return flags


def _sections(resolution: Resolution, options: LinkOptions) -> list[Section]:
    """Input sections that take part. Of sections with build attributes the first speaks for all."""
    sections: list[Section] = []
    attributes: set[str] = set()
    for obj in resolution.objects:
        for section in obj.sections:
            if section in resolution.discarded or section.flags & SHF_EXCLUDE or section.name.startswith(DROPPED):
                continue
            if not section.flags & SHF_ALLOC:
                is_debug = section.name.startswith((".debug", ".zdebug", ".stab", ".line"))
                if options.strip_debug and is_debug:
                    continue
                if section.type >= 0x70000000 or (
                    section.flags & SHF_MERGE and section.flags & SHF_STRINGS and section.name == ".comment"
                ):
                    if section.name in attributes:
                        continue
                    attributes.add(section.name)
            elif not section.size and not section.data and not _is_named(resolution, section):
                continue
            sections.append(section)
    return sections


def _is_named(resolution: Resolution, section: Section) -> bool:
    """An empty section matters if a symbol stands in it."""
    owner = resolution.owner_of_section[section]
    return any(symbol.section is section for symbol in owner.symbols)


def _common_sections(resolution: Resolution) -> list[Section]:
    """A zeroed section for each common symbol that won."""
    made: list[Section] = []
    for symbol in resolution.definitions.values():
        if symbol.where != COMMON:
            continue
        thread = SHF_TLS if symbol.type == STT_TLS else 0
        section = Section(
            ".tbss" if thread else ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE | thread, max(symbol.value, 1)
        )
        section.size = symbol.size
        symbol.where, symbol.section, symbol.value = DEFINED, section, 0
        owner = resolution.owners.get(symbol)
        if owner is not None:
            resolution.owner_of_section[section] = owner
        made.append(section)
    return made


def fill(layout: Layout, target: Target) -> None:
    """Contents of output sections: parts at their offsets, gaps zero (in code, too: nothing falls through them)."""
    for output in layout.outputs:
        if output.type == SHT_NOBITS:
            continue
        data = bytearray(output.size)
        for placed in output.parts:
            part = placed.section
            if part.type != SHT_NOBITS:
                data[placed.offset : placed.offset + len(part.data)] = part.data
        output.data = data


__all__ = ["LinkInput", "LinkOptions", "link"]
