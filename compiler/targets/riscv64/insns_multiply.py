"""The M extension: multiplication and division.

The meanings of divisions use IR operations, which are undefined for a zero divisor and on overflow; the instructions
define those cases too (all ones, the dividend), so a selection through them only ever makes more defined.
"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import Insn
from compiler.targets.riscv64.operands import Q, W, X, rd, rs1, rs2, x, y
from compiler.terms.ops import LSHR, MUL, MULH_S, MULH_U, SDIV, SEXT, SREM, TRUNC, UDIV, UREM, ZEXT
from compiler.terms.term import App, Lit, Term


def _low(term: Term) -> App:
    return TRUNC.at(W, term)


MULR: Final = Insn("mul", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 000 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=MUL(x, y), features="m")
MULH: Final = Insn("mulh", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 001 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=MULH_S(x, y), features="m")
MULHSU: Final = Insn("mulhsu", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 010 rd:5 0110011", writes="rd", reads="rs1 rs2",
                     meaning=TRUNC.at(X, LSHR(MUL(SEXT.at(Q, x), ZEXT.at(Q, y)), Lit(64))), features="m")
MULHU: Final = Insn("mulhu", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 011 rd:5 0110011", writes="rd", reads="rs1 rs2",
                    meaning=MULH_U(x, y), features="m")
DIV: Final = Insn("div", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 100 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=SDIV(x, y), features="m")
DIVU: Final = Insn("divu", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 101 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=UDIV(x, y), features="m")
REM: Final = Insn("rem", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 110 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=SREM(x, y), features="m")
REMU: Final = Insn("remu", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 111 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=UREM(x, y), features="m")
MULW: Final = Insn("mulw", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 000 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=SEXT.at(X, MUL(_low(x), _low(y))), features="m")
DIVW: Final = Insn("divw", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 100 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=SEXT.at(X, SDIV(_low(x), _low(y))), features="m")
DIVUW: Final = Insn("divuw", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 101 rd:5 0111011", writes="rd", reads="rs1 rs2",
                    meaning=SEXT.at(X, UDIV(_low(x), _low(y))), features="m")
REMW: Final = Insn("remw", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 110 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=SEXT.at(X, SREM(_low(x), _low(y))), features="m")
REMUW: Final = Insn("remuw", (rd, rs1, rs2), "0000001 rs2:5 rs1:5 111 rd:5 0111011", writes="rd", reads="rs1 rs2",
                    meaning=SEXT.at(X, UREM(_low(x), _low(y))), features="m")

INSNS: Final = (MULR, MULH, MULHSU, MULHU, DIV, DIVU, REM, REMU, MULW, DIVW, DIVUW, REMW, REMUW)
