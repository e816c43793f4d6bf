"""The A extension. One row for each of `amoswap.w`, `.aq`, `.rl`, `.aqrl`: the ordering is part of the mnemonic."""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import LOAD, SIDE_EFFECT, STORE, Insn
from compiler.targets.riscv64.operands import bare_mem, rd, rs2

ORDERS: Final = (("", "00"), (".aq", "10"), (".rl", "01"), (".aqrl", "11"))
WIDTHS: Final = (("w", "010", 4), ("d", "011", 8))
OPERATIONS: Final = (
    ("amoadd", "00000"), ("amoswap", "00001"), ("amoxor", "00100"), ("amoor", "01000"), ("amoand", "01100"),
    ("amomin", "10000"), ("amomax", "10100"), ("amominu", "11000"), ("amomaxu", "11100"),
)  # fmt: skip


def _rows() -> tuple[Insn, ...]:
    rows: list[Insn] = []
    for width, funct3, bytes in WIDTHS:
        for order, bits in ORDERS:
            rows.append(Insn(
                f"lr.{width}{order}", (rd, bare_mem), f"00010 {bits} 00000 mem.base:5 {funct3} rd:5 0101111",
                writes="rd", reads="mem", flags=LOAD | SIDE_EFFECT, access=bytes, features="a",
            ))  # fmt: skip
            rows.append(Insn(
                f"sc.{width}{order}", (rd, rs2, bare_mem), f"00011 {bits} rs2:5 mem.base:5 {funct3} rd:5 0101111",
                writes="rd", reads="rs2 mem", flags=STORE | SIDE_EFFECT, access=bytes, features="a",
            ))  # fmt: skip
            for name, funct5 in OPERATIONS:
                rows.append(Insn(
                    f"{name}.{width}{order}", (rd, rs2, bare_mem),
                    f"{funct5} {bits} rs2:5 mem.base:5 {funct3} rd:5 0101111",
                    writes="rd", reads="rs2 mem", flags=LOAD | STORE | SIDE_EFFECT, access=bytes, features="a",
                ))  # fmt: skip
    return tuple(rows)


INSNS: Final = _rows()
