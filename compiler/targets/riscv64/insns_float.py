"""The F and D extensions. Rows of both precisions are made from one pattern each: they differ in a field and a letter.

A single lies NaN-boxed in a 64-bit register: the meanings are those of its low half. Rounding is to nearest by default;
an `rm` operand other than dynamic is for assembly text.
"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import IMMEDIATE, LOAD, MOVE, STORE, Insn, Operand
from compiler.targets.riscv64.operands import (
    ROUNDING,
    D,
    S,
    W,
    X,
    fd,
    fs1,
    fs2,
    fs3,
    load_mem,
    rd,
    rm,
    rs1,
    store_mem,
)
from compiler.terms import ops
from compiler.terms.ops import (
    BITCAST,
    FADD,
    FCOPYSIGN,
    FCVT,
    FDIV,
    FEQ,
    FFMA,
    FLE,
    FLT,
    FMUL,
    FNEG,
    FSQRT,
    FSUB,
    FTOSI,
    FTOUI,
    SEXT,
    SITOF,
    TRUNC,
    UITOF,
    ZEXT,
)
from compiler.terms.term import Any, Term, TypeVariable

# Conversions to integers truncate in C, so a selected row says rtz itself. The default of the text form is dynamic.
rm_exact: Final = Operand("rm", IMMEDIATE, bits=3, low=0, high=7, excluded=(5, 6), names=ROUNDING, omitted=0)

r1: Final = Any(1, "x", X)


def _binary(name: str, funct: str, letter: str, fmt: str, feature: str, meaning: Term) -> Insn:
    return Insn(f"{name}.{letter}", (fd, fs1, fs2, rm), f"{funct} {fmt} fs2:5 fs1:5 rm:3 fd:5 1010011",
                writes="fd", reads="fs1 fs2", meaning=meaning, features=feature)


def _rows(letter: str, fmt: str, feature: str, t: TypeVariable, width: str, funct3: str, bytes: int) -> list[Insn]:
    """All computational rows of one precision."""
    a, b, c = Any(1, "a", t), Any(2, "b", t), Any(3, "c", t)
    stored = Any(0, "a", t)
    rows = [
        Insn(f"fl{width}", (fd, load_mem), f"mem[11:0] mem.base:5 {funct3} fd:5 0000111", writes="fd", reads="mem",
             flags=LOAD, access=bytes, meaning=ops.LOAD.at(t, Any(1, "address", X)), features=feature),
        Insn(f"fs{width}", (fs2, store_mem), f"mem[11:5] fs2:5 mem.base:5 {funct3} mem[4:0] 0100111",
             reads="fs2 mem", flags=STORE, access=bytes, meaning=ops.STORE(Any(1, "address", X), stored),
             features=feature),
        _binary("fadd", "00000", letter, fmt, feature, FADD(a, b)),
        _binary("fsub", "00001", letter, fmt, feature, FSUB(a, b)),
        _binary("fmul", "00010", letter, fmt, feature, FMUL(a, b)),
        _binary("fdiv", "00011", letter, fmt, feature, FDIV(a, b)),
        Insn(f"fsqrt.{letter}", (fd, fs1, rm), f"01011 {fmt} 00000 fs1:5 rm:3 fd:5 1010011", writes="fd", reads="fs1",
             meaning=FSQRT(a), features=feature),
    ]  # fmt: skip
    for name, opcode, meaning in (
        ("fmadd", "1000011", FFMA(a, b, c)),
        ("fmsub", "1000111", FFMA(a, b, FNEG(c))),
        ("fnmsub", "1001011", FFMA(FNEG(a), b, c)),
        ("fnmadd", "1001111", FFMA(FNEG(a), b, FNEG(c))),
    ):
        rows.append(Insn(f"{name}.{letter}", (fd, fs1, fs2, fs3, rm), f"fs3:5 {fmt} fs2:5 fs1:5 rm:3 fd:5 {opcode}",
                         writes="fd", reads="fs1 fs2 fs3", meaning=meaning, features=feature))
    for name, bits, term in (
        ("fsgnj", "000", FCOPYSIGN(a, b)), ("fsgnjn", "001", FCOPYSIGN(a, FNEG(b))), ("fsgnjx", "010", None),
    ):  # fmt: skip
        rows.append(Insn(f"{name}.{letter}", (fd, fs1, fs2), f"00100 {fmt} fs2:5 fs1:5 {bits} fd:5 1010011",
                         writes="fd", reads="fs1 fs2", meaning=term, features=feature))
    for name, bits in (("fmin", "000"), ("fmax", "001")):
        rows.append(Insn(f"{name}.{letter}", (fd, fs1, fs2), f"00101 {fmt} fs2:5 fs1:5 {bits} fd:5 1010011",
                         writes="fd", reads="fs1 fs2", features=feature))
    for name, bits, condition in (("feq", "010", FEQ(a, b)), ("flt", "001", FLT(a, b)), ("fle", "000", FLE(a, b))):
        rows.append(Insn(f"{name}.{letter}", (rd, fs1, fs2), f"10100 {fmt} fs2:5 fs1:5 {bits} rd:5 1010011",
                         writes="rd", reads="fs1 fs2", meaning=ZEXT.at(X, condition), features=feature))
    rows.append(Insn(f"fclass.{letter}", (rd, fs1), f"11100 {fmt} 00000 fs1:5 001 rd:5 1010011", writes="rd",
                     reads="fs1", features=feature))
    for source, bits, narrow in (
        ("w", "00000", True), ("wu", "00001", True), ("l", "00010", False), ("lu", "00011", False),
    ):  # fmt: skip
        is_signed = not source.endswith("u")
        out = FTOSI.at(W if narrow else X, a) if is_signed else FTOUI.at(W if narrow else X, a)
        integer: Term = TRUNC.at(W, r1) if narrow else r1
        exact = narrow and letter == "d"  # every int is a double: gas encodes these with rm 0
        rows.append(Insn(f"fcvt.{source}.{letter}", (rd, fs1, rm), f"11000 {fmt} {bits} fs1:5 rm:3 rd:5 1010011",
                         writes="rd", reads="fs1", meaning=SEXT.at(X, out) if narrow else out, features=feature))
        operands = (fd, rs1, rm_exact) if exact else (fd, rs1, rm)
        rows.append(Insn(f"fcvt.{letter}.{source}", operands, f"11010 {fmt} {bits} rs1:5 rm:3 fd:5 1010011",
                         writes="fd", reads="rs1", meaning=SITOF.at(t, integer) if is_signed else UITOF.at(t, integer),
                         features=feature))
    return rows


FMV_X_W: Final = Insn("fmv.x.w", (rd, fs1), "1110000 00000 fs1:5 000 rd:5 1010011", writes="rd", reads="fs1",
                      meaning=SEXT.at(X, BITCAST.at(W, Any(1, "a", S))), features="f", spellings=("fmv.x.s",))
FMV_W_X: Final = Insn("fmv.w.x", (fd, rs1), "1111000 00000 rs1:5 000 fd:5 1010011", writes="fd", reads="rs1",
                      meaning=BITCAST.at(S, TRUNC.at(W, r1)), features="f", spellings=("fmv.s.x",))
FMV_X_D: Final = Insn("fmv.x.d", (rd, fs1), "1110001 00000 fs1:5 000 rd:5 1010011", writes="rd", reads="fs1",
                      meaning=BITCAST.at(X, Any(1, "a", D)), features="d")
FMV_D_X: Final = Insn("fmv.d.x", (fd, rs1), "1111001 00000 rs1:5 000 fd:5 1010011", writes="fd", reads="rs1",
                      meaning=BITCAST.at(D, r1), features="d")
FCVT_S_D: Final = Insn("fcvt.s.d", (fd, fs1, rm), "0100000 00001 fs1:5 rm:3 fd:5 1010011", writes="fd", reads="fs1",
                       meaning=FCVT.at(S, Any(1, "a", D)), features="d")
FCVT_D_S: Final = Insn("fcvt.d.s", (fd, fs1, rm_exact), "0100001 00000 fs1:5 rm:3 fd:5 1010011", writes="fd",
                       reads="fs1", meaning=FCVT.at(D, Any(1, "a", S)), features="d")

# The row that copies a whole register (a NaN-boxed single included): `fsgnj.d fd, fs1, fs1`.
FMV_D: Final = Insn("fmv.d", (fd, fs1), "0010001 fs1:5 fs1:5 000 fd:5 1010011", writes="fd", reads="fs1", flags=MOVE,
                    meaning=Any(1, "a", D), features="d")

INSNS: Final = (
    *_rows("s", "00", "f", S, "w", "010", 4),
    *_rows("d", "01", "d", D, "d", "011", 8),
    FMV_X_W, FMV_W_X, FMV_X_D, FMV_D_X, FCVT_S_D, FCVT_D_S, FMV_D,
)  # fmt: skip
