"""The A extension. One row for each of `amoswap.w`, `.aq`, `.rl`, `.aqrl`: the ordering is part of the mnemonic."""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import EARLY, INTERNAL, LOAD, REGISTER, SIDE_EFFECT, STORE, Insn, Operand
from compiler.targets.riscv64.operands import bare_mem, rd, rs2
from compiler.targets.riscv64.registers import GPR

ORDERS: Final = (("", "00"), (".aq", "10"), (".rl", "01"), (".aqrl", "11"))
WIDTHS: Final = (("w", "010", 4), ("d", "011", 8))
OPERATIONS: Final = (
    ("amoadd", "00000"), ("amoswap", "00001"), ("amoxor", "00100"), ("amoor", "01000"), ("amoand", "01100"),
    ("amomin", "10000"), ("amomax", "10100"), ("amominu", "11000"), ("amomaxu", "11100"),
)  # fmt: skip
# Of the compare-and-exchange loop, which code generation uses and writes out after allocation: it writes before it has
# read for the last time.
early_rd: Final = Operand("rd", REGISTER, GPR, 64, constraint=EARLY)
early_temporary: Final = Operand("temporary", REGISTER, GPR, 64, constraint=EARLY)
expected: Final = Operand("expected", REGISTER, GPR, 64)
desired: Final = Operand("desired", REGISTER, GPR, 64)


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
        rows.append(Insn(
            f"cmpxchg.{width}", (early_rd, early_temporary, expected, desired, bare_mem), "",
            writes="rd temporary", reads="expected desired mem", features="a",
            flags=LOAD | STORE | SIDE_EFFECT | INTERNAL,
            expands=f"lr.{width}.aqrl rd, mem; bne rd, expected, 12; sc.{width}.rl temporary, desired, mem; "
                    "bne temporary, zero, -12",
        ))  # fmt: skip
    return tuple(rows)


INSNS: Final = _rows()
