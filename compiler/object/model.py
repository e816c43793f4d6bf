"""An object file in memory, as assembler, reader, writer and linker share it.

Invariant: section headers that only carry the file's own bookkeeping (symbol and string tables, relocations, groups)
are not sections here; the writer makes them and the reader dissolves them. Numbers are ELF's.
"""

from __future__ import annotations

from typing import Final, final

SHT_NULL: Final = 0
SHT_PROGBITS: Final = 1
SHT_SYMTAB: Final = 2
SHT_STRTAB: Final = 3
SHT_RELA: Final = 4
SHT_NOTE: Final = 7
SHT_NOBITS: Final = 8
SHT_REL: Final = 9
SHT_INIT_ARRAY: Final = 14
SHT_FINI_ARRAY: Final = 15
SHT_PREINIT_ARRAY: Final = 16
SHT_GROUP: Final = 17
SHT_SYMTAB_SHNDX: Final = 18

SHF_WRITE: Final = 1
SHF_ALLOC: Final = 2
SHF_EXECINSTR: Final = 4
SHF_MERGE: Final = 16
SHF_STRINGS: Final = 32
SHF_INFO_LINK: Final = 64
SHF_LINK_ORDER: Final = 128
SHF_GROUP: Final = 512
SHF_TLS: Final = 1024
SHF_COMPRESSED: Final = 2048
SHF_GNU_RETAIN: Final = 1 << 21
SHF_EXCLUDE: Final = 1 << 31

STB_LOCAL: Final = 0
STB_GLOBAL: Final = 1
STB_WEAK: Final = 2
STB_GNU_UNIQUE: Final = 10

STT_NOTYPE: Final = 0
STT_OBJECT: Final = 1
STT_FUNC: Final = 2
STT_SECTION: Final = 3
STT_FILE: Final = 4
STT_COMMON: Final = 5
STT_TLS: Final = 6
STT_GNU_IFUNC: Final = 10

STV_DEFAULT: Final = 0
STV_INTERNAL: Final = 1
STV_HIDDEN: Final = 2
STV_PROTECTED: Final = 3

ET_REL: Final = 1
ET_EXEC: Final = 2
ET_DYN: Final = 3

# How a symbol is placed.
UNDEFINED: Final = 0
DEFINED: Final = 1  # in `section`, at offset `value`
ABSOLUTE: Final = 2
COMMON: Final = 3  # `value` is the alignment, `size` the room wanted


@final
class Relocation:
    """At `offset` bytes of its section; `kind` is the ELF number, `symbol` is None for *ABS*."""

    __slots__ = ("addend", "kind", "offset", "symbol")

    def __init__(self, offset: int, kind: int, symbol: Symbol | None, addend: int) -> None:
        self.offset = offset
        self.kind = kind
        self.symbol = symbol
        self.addend = addend


@final
class Section:
    """`data` is empty for SHT_NOBITS, whose length is `size`; otherwise size is len(data) once complete."""

    __slots__ = (
        "alignment", "data", "entry_size", "flags", "group", "index", "info", "link", "name", "relocations", "size",
        "symbol", "type",
    )  # fmt: skip

    def __init__(
        self, name: str, type: int = SHT_PROGBITS, flags: int = 0, alignment: int = 1, entry_size: int = 0
    ) -> None:
        self.name = name
        self.type = type
        self.flags = flags
        self.alignment = alignment
        self.entry_size = entry_size
        self.data = bytearray()
        self.size = 0
        self.relocations: list[Relocation] = []
        self.group: Group | None = None
        self.link: Section | None = None
        self.symbol: Symbol | None = None  # its section symbol, made on demand
        self.info = 0
        self.index = 0  # header number in the file read or to be written


@final
class Group:
    """A COMDAT group: of all groups with one signature in a link, one is kept."""

    __slots__ = ("flags", "sections", "signature")

    def __init__(self, signature: Symbol, flags: int = 1) -> None:
        self.signature = signature
        self.flags = flags
        self.sections: list[Section] = []


@final
class Symbol:
    """`where`: UNDEFINED, DEFINED, ABSOLUTE or COMMON. Section symbols have type STT_SECTION and an empty name."""

    __slots__ = ("binding", "index", "name", "other", "section", "size", "type", "value", "visibility", "where")

    def __init__(
        self,
        name: str,
        where: int = UNDEFINED,
        section: Section | None = None,
        value: int = 0,
        size: int = 0,
        type: int = STT_NOTYPE,
        binding: int = STB_LOCAL,
        visibility: int = STV_DEFAULT,
    ) -> None:
        self.name = name
        self.where = where
        self.section = section
        self.value = value
        self.size = size
        self.type = type
        self.binding = binding
        self.visibility = visibility
        self.other = 0  # the bits of st_other above visibility
        self.index = 0


@final
class ObjectFile:
    """A relocatable file. Symbols: locals in any order with globals; the writer sorts stably, locals first."""

    __slots__ = ("bits", "flags", "groups", "is_rela", "machine", "name", "sections", "symbols")

    def __init__(self, name: str, machine: int, bits: int, flags: int = 0, is_rela: bool = True) -> None:
        self.name = name
        self.machine = machine  # EM_*
        self.bits = bits  # 32 or 64: ELF class
        self.flags = flags
        self.is_rela = is_rela
        self.sections: list[Section] = []
        self.symbols: list[Symbol] = []
        self.groups: list[Group] = []

    def section(self, name: str) -> Section | None:
        for section in self.sections:
            if section.name == name:
                return section
        return None
