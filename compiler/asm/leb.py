"""LEB128 numbers. (DWARF 5 section 7.6)"""

from __future__ import annotations

from compiler.asm.expressions import AsmError


def leb128(value: int, is_signed: bool, size: int = 0) -> bytes:
    """Padded to `size` bytes where that is longer."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        done = (value == 0 and not (is_signed and byte & 0x40)) or (is_signed and value == -1 and byte & 0x40 != 0)
        if not is_signed and value < 0:
            raise AsmError("negative value of .uleb128")
        if done and len(out) + 1 >= size:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)
