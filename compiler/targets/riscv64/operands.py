"""Operands that the rows of several files share. Ranges and spellings are those of the RISC-V assembler manual."""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import IMMEDIATE, LABEL, MEMORY, REGISTER, Operand
from compiler.targets.riscv64.registers import CSRS, FPR, GPR
from compiler.terms.term import Any, Const, TypeVariable

# Types of meanings: variables of a term have the slot of their operand.
X: Final = TypeVariable("X", 64)
W: Final = TypeVariable("W", 32)
H: Final = TypeVariable("H", 16)
B: Final = TypeVariable("B", 8)
Q: Final = TypeVariable("Q", 128)
BIT: Final = TypeVariable("BIT", 1)
S: Final = TypeVariable("S", 32, floating=True)
D: Final = TypeVariable("D", 64, floating=True)

x0: Final = Any(0, "x", X)  # operand 0, where it is read (stores, branches)
x: Final = Any(1, "x", X)
y: Final = Any(2, "y", X)
y1: Final = Any(1, "y", X)  # operand 1 of a branch
c: Final = Const(2, "c", X)
c1: Final = Const(1, "c", X)

rd: Final = Operand("rd", REGISTER, GPR, 64)
rs1: Final = Operand("rs1", REGISTER, GPR, 64)
rs2: Final = Operand("rs2", REGISTER, GPR, 64)
fd: Final = Operand("fd", REGISTER, FPR, 64)
fs1: Final = Operand("fs1", REGISTER, FPR, 64)
fs2: Final = Operand("fs2", REGISTER, FPR, 64)
fs3: Final = Operand("fs3", REGISTER, FPR, 64)

LOW_I: Final = {"lo": "R_RISCV_LO12_I", "pcrel_lo": "R_RISCV_PCREL_LO12_I", "tprel_lo": "R_RISCV_TPREL_LO12_I"}
LOW_S: Final = {"lo": "R_RISCV_LO12_S", "pcrel_lo": "R_RISCV_PCREL_LO12_S", "tprel_lo": "R_RISCV_TPREL_LO12_S"}
HIGH: Final = {"hi": "R_RISCV_HI20", "tprel_hi": "R_RISCV_TPREL_HI20"}
PCREL_HIGH: Final = {
    "pcrel_hi": "R_RISCV_PCREL_HI20",
    "got_pcrel_hi": "R_RISCV_GOT_HI20",
    "tls_ie_pcrel_hi": "R_RISCV_TLS_GOT_HI20",
    "tls_gd_pcrel_hi": "R_RISCV_TLS_GD_HI20",
}

i12: Final = Operand("imm", IMMEDIATE, bits=12, low=-2048, high=2047, relocations=LOW_I)
u20: Final = Operand("imm", IMMEDIATE, bits=20, low=0, high=0xFFFFF, relocations=HIGH)
p20: Final = Operand("imm", IMMEDIATE, bits=20, low=0, high=0xFFFFF, relocations=PCREL_HIGH)
shift6: Final = Operand("shamt", IMMEDIATE, bits=6, low=0, high=63)
shift5: Final = Operand("shamt", IMMEDIATE, bits=5, low=0, high=31)
zimm: Final = Operand("zimm", IMMEDIATE, bits=5, low=0, high=31)
csr: Final = Operand("csr", IMMEDIATE, bits=12, low=0, high=4095, names=CSRS)
any_number: Final = Operand("number", IMMEDIATE, bits=64, low=-(1 << 63), high=(1 << 64) - 1)

load_mem: Final = Operand("mem", MEMORY, GPR, low=-2048, high=2047, relocations=LOW_I)
store_mem: Final = Operand("mem", MEMORY, GPR, low=-2048, high=2047, relocations=LOW_S)
bare_mem: Final = Operand("mem", MEMORY, GPR, low=0, high=0)  # atomics take no displacement

branch_target: Final = Operand(
    "target", LABEL, low=-4096, high=4094, multiple=2, relocations={"": "R_RISCV_BRANCH"}
)
jump_target: Final = Operand(
    "target", LABEL, low=-(1 << 20), high=(1 << 20) - 2, multiple=2, relocations={"": "R_RISCV_JAL"}
)
call_target: Final = Operand("symbol", LABEL, relocations={"": "R_RISCV_CALL_PLT", "plt": "R_RISCV_CALL_PLT"}, low=1)
any_symbol: Final = Operand("symbol", LABEL, relocations={"": "R_RISCV_PCREL_HI20"}, low=1)
tprel_add: Final = Operand("symbol", LABEL, relocations={"tprel_add": "R_RISCV_TPREL_ADD"}, low=1)

ROUNDING: Final = {"rne": 0, "rtz": 1, "rdn": 2, "rup": 3, "rmm": 4, "dyn": 7}
rm: Final = Operand("rm", IMMEDIATE, bits=3, low=0, high=7, excluded=(5, 6), names=ROUNDING, omitted=7)


def _fence_names() -> dict[str, int]:
    """`i` 8, `o` 4, `r` 2, `w` 1, letters in this order."""
    names: dict[str, int] = {}
    for value in range(1, 16):
        names["".join([letter for bit, letter in ((8, "i"), (4, "o"), (2, "r"), (1, "w")) if value & bit])] = value
    return names


FENCE_SETS: Final = _fence_names()
pred: Final = Operand("pred", IMMEDIATE, bits=4, low=1, high=15, names=FENCE_SETS, omitted=15)
succ: Final = Operand("succ", IMMEDIATE, bits=4, low=1, high=15, names=FENCE_SETS, omitted=15)
