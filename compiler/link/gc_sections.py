"""`--gc-sections`: keep what the entry reaches through relocations, and what must stay anyway."""

from __future__ import annotations

from compiler.link.options import LinkOptions
from compiler.link.resolve import Resolution
from compiler.link.symbols import is_identifier
from compiler.object.model import (
    SHF_ALLOC,
    SHF_GNU_RETAIN,
    SHT_FINI_ARRAY,
    SHT_INIT_ARRAY,
    SHT_NOTE,
    SHT_PREINIT_ARRAY,
    Section,
)

ROOT_TYPES = (SHT_INIT_ARRAY, SHT_FINI_ARRAY, SHT_PREINIT_ARRAY, SHT_NOTE)
ROOT_NAMES = (".init", ".fini", ".ctors", ".dtors", ".jcr", ".vectors", ".init_array", ".fini_array")


def is_root(section: Section) -> bool:
    if section.type in ROOT_TYPES or section.flags & SHF_GNU_RETAIN:
        return True
    return any(section.name == name or section.name.startswith(name + ".") for name in ROOT_NAMES)


def reachable(resolution: Resolution, options: LinkOptions, sections: list[Section]) -> set[Section]:
    """Sections to keep. Debug information and other unloaded sections stay; exception tables keep no code alive."""
    kept: set[Section] = set()
    queue: list[Section] = []
    by_identifier: dict[str, list[Section]] = {}
    for section in sections:
        if is_identifier(section.name):
            by_identifier.setdefault(section.name, []).append(section)
        if not section.flags & SHF_ALLOC:
            kept.add(section)
        elif is_root(section) or section.name == ".eh_frame":
            kept.add(section)
            if section.name != ".eh_frame":
                queue.append(section)
    for name in (options.entry, *options.required):
        symbol = resolution.definitions.get(name)
        if symbol is not None and symbol.section is not None and symbol.section not in kept:
            kept.add(symbol.section)
            queue.append(symbol.section)
    while queue:
        section = queue.pop()
        for relocation in section.relocations:
            if relocation.symbol is None:
                continue
            symbol = resolution.resolve(relocation.symbol)
            found = [symbol.section] if symbol.section is not None else []
            for prefix in ("__start_", "__stop_"):
                if symbol.name.startswith(prefix):
                    found.extend(by_identifier.get(symbol.name[len(prefix) :], []))
            for target in found:
                if target not in kept:
                    kept.add(target)
                    queue.append(target)
    return kept
