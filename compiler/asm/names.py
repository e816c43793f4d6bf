"""What names mean by themselves: well-known sections, and symbol attributes as ELF's numbers."""

from __future__ import annotations

from typing import Final

from compiler.asm import items as it
from compiler.object.model import (
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_MERGE,
    SHF_STRINGS,
    SHF_TLS,
    SHF_WRITE,
    SHT_FINI_ARRAY,
    SHT_INIT_ARRAY,
    SHT_NOBITS,
    SHT_NOTE,
    SHT_PREINIT_ARRAY,
    SHT_PROGBITS,
    STB_GLOBAL,
    STB_GNU_UNIQUE,
    STB_LOCAL,
    STB_WEAK,
    STT_FUNC,
    STT_GNU_IFUNC,
    STT_NOTYPE,
    STT_OBJECT,
    STT_TLS,
    STV_HIDDEN,
    STV_INTERNAL,
    STV_PROTECTED,
)

# prefix -> type and flags of sections named without them; the name itself or followed by "."
WELL_KNOWN: Final = (
    (".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR),
    (".init", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR),
    (".fini", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR),
    (".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE),
    (".sdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE),
    (".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE),
    (".sbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE),
    (".tdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS),
    (".tbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS),
    (".rodata", SHT_PROGBITS, SHF_ALLOC),
    (".srodata", SHT_PROGBITS, SHF_ALLOC),
    (".eh_frame", SHT_PROGBITS, SHF_ALLOC),
    (".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE),
    (".fini_array", SHT_FINI_ARRAY, SHF_ALLOC | SHF_WRITE),
    (".preinit_array", SHT_PREINIT_ARRAY, SHF_ALLOC | SHF_WRITE),
    (".note", SHT_NOTE, 0),
    (".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS),
)

BINDINGS: Final = {it.GLOBAL: STB_GLOBAL, it.WEAK: STB_WEAK, it.LOCAL: STB_LOCAL, it.GNU_UNIQUE: STB_GNU_UNIQUE}
VISIBILITIES: Final = {it.HIDDEN: STV_HIDDEN, it.PROTECTED: STV_PROTECTED, it.INTERNAL: STV_INTERNAL}
TYPES: Final = {
    it.FUNCTION: STT_FUNC, it.OBJECT: STT_OBJECT, it.TLS_OBJECT: STT_TLS, it.NO_TYPE: STT_NOTYPE,
    it.GNU_INDIRECT_FUNCTION: STT_GNU_IFUNC, it.COMMON_OBJECT: STT_OBJECT,
}  # fmt: skip


def section_defaults(name: str) -> tuple[int, int]:
    for prefix, type, flags in WELL_KNOWN:
        if name == prefix or name.startswith(prefix + "."):
            return type, flags
    return SHT_PROGBITS, 0
