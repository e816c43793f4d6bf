"""Layouts of ELF structures for both classes, and string tables. (System V gABI, "Object Files")"""

from __future__ import annotations

import struct
from typing import Final, final

MAGIC: Final = b"\x7fELF"
EHDR: Final = {32: struct.Struct("<16sHHIIIIIHHHHHH"), 64: struct.Struct("<16sHHIQQQIHHHHHH")}
SHDR: Final = {32: struct.Struct("<IIIIIIIIII"), 64: struct.Struct("<IIQQQQIIQQ")}
PHDR64: Final = struct.Struct("<IIQQQQQQ")
PHDR32: Final = struct.Struct("<IIIIIIII")
SYM64: Final = struct.Struct("<IBBHQQ")
SYM32: Final = struct.Struct("<IIIBBH")
RELA: Final = {32: struct.Struct("<IIi"), 64: struct.Struct("<QQq")}
REL: Final = {32: struct.Struct("<II"), 64: struct.Struct("<QQ")}

EV_CURRENT: Final = 1
SHN_UNDEF: Final = 0
SHN_LORESERVE: Final = 0xFF00
SHN_ABS: Final = 0xFFF1
SHN_COMMON: Final = 0xFFF2
SHN_XINDEX: Final = 0xFFFF

PT_LOAD: Final = 1
PT_NOTE: Final = 4
PT_TLS: Final = 7
PT_GNU_EH_FRAME: Final = 0x6474E550
PT_GNU_STACK: Final = 0x6474E551
PF_X: Final = 1
PF_W: Final = 2
PF_R: Final = 4


def pack_symbol(bits: int, name: int, info: int, other: int, section: int, value: int, size: int) -> bytes:
    mask = (1 << bits) - 1  # `.size f, -1` is written as it stands
    value &= mask
    size &= mask
    if bits == 64:
        return SYM64.pack(name, info, other, section, value, size)
    return SYM32.pack(name, value, size, info, other, section)


def unpack_symbol(bits: int, data: bytes, offset: int) -> tuple[int, int, int, int, int, int]:
    """name, info, other, section, value, size"""
    if bits == 64:
        name, info, other, section, value, size = SYM64.unpack_from(data, offset)
    else:
        name, value, size, info, other, section = SYM32.unpack_from(data, offset)
    return name, info, other, section, value, size


@final
class StringTable:
    """Names, each stored once."""

    __slots__ = ("data", "offsets")

    def __init__(self) -> None:
        self.data: Final = bytearray(b"\0")
        self.offsets: Final[dict[str, int]] = {"": 0}

    def add(self, name: str) -> int:
        offset = self.offsets.get(name, -1)
        if offset < 0:
            offset = len(self.data)
            self.offsets[name] = offset
            self.data.extend(name.encode("utf-8", "surrogateescape"))
            self.data.append(0)
        return offset


def ident(bits: int, abi: int = 0) -> bytes:
    return MAGIC + bytes((1 if bits == 32 else 2, 1, EV_CURRENT, abi)) + bytes(8)


def align(value: int, alignment: int) -> int:
    return (value + alignment - 1) & -alignment if alignment > 1 else value
