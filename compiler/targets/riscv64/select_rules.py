"""Selection rules of RV64IMFD. Values narrower than a register are sign-extended in it, i1 is 0 or 1."""

from __future__ import annotations

from typing import Final

from compiler.codegen.selection import Select
from compiler.terms import ops
from compiler.terms.ops import Op
from compiler.terms.term import (
    BOOL,
    BOTH,
    C_ADD,
    C_NEG,
    EQUAL,
    FITS_SIGNED,
    NOT,
    Any,
    App,
    Const,
    Lit,
    TypeVariable,
)

T: Final = TypeVariable("T")  # any type
I8: Final = TypeVariable("I8", 8)
I16: Final = TypeVariable("I16", 16)
I32: Final = TypeVariable("I32", 32)
I64: Final = TypeVariable("I64", 64)
F32: Final = TypeVariable("F32", 32, floating=True)
F64: Final = TypeVariable("F64", 64, floating=True)


def x(type: TypeVariable = T) -> Any:
    return Any(0, "x", type)


def y(type: TypeVariable = T) -> Any:
    return Any(1, "y", type)


def z(type: TypeVariable = T) -> Any:
    return Any(2, "z", type)


def c(type: TypeVariable = T) -> Const:
    return Const(3, "c", type)


p: Final = Any(4, "p", I64)
NEGATIVE_FITS: Final = FITS_SIGNED(C_NEG(c()), Lit(12))


def _arithmetic() -> list[Select]:
    rules: list[Select] = [
        Select("ptr_add-constant", ops.PTR_ADD(x(), c()), "addi $d, $x, $c"),
        Select("ptr_add", ops.PTR_ADD(x(), y()), "add $d, $x, $y"),
    ]
    for type, w in ((I64, ""), (I32, "w")):
        rules += [
            Select(f"add{w}-constant", ops.ADD.at(type, x(), c()), f"addi{w} $d, $x, $c"),
            Select(f"add{w}", ops.ADD.at(type, x(), y()), f"add{w} $d, $x, $y"),
            Select(f"sub{w}-constant", ops.SUB.at(type, x(), c(type)), f"addi{w} $d, $x, #n", when=NEGATIVE_FITS,
                   lets=(("n", C_NEG(c())),)),
            Select(f"sub{w}", ops.SUB.at(type, x(), y()), f"sub{w} $d, $x, $y"),
            Select(f"mul{w}", ops.MUL.at(type, x(), y()), f"mul{w} $d, $x, $y"),
            Select(f"sdiv{w}", ops.SDIV.at(type, x(), y()), f"div{w} $d, $x, $y"),
            Select(f"udiv{w}", ops.UDIV.at(type, x(), y()), f"divu{w} $d, $x, $y"),
            Select(f"srem{w}", ops.SREM.at(type, x(), y()), f"rem{w} $d, $x, $y"),
            Select(f"urem{w}", ops.UREM.at(type, x(), y()), f"remu{w} $d, $x, $y"),
        ]
        for op, name in ((ops.SHL, "sll"), (ops.LSHR, "srl"), (ops.ASHR, "sra")):
            rules += [
                Select(f"{name}{w}-constant", op.at(type, x(), c()), f"{name}i{w} $d, $x, $c"),
                Select(f"{name}{w}", op.at(type, x(), y()), f"{name}{w} $d, $x, $y"),
            ]
    rules += [
        Select("mulh.u", ops.MULH_U.at(I64, x(), y()), "mulhu $d, $x, $y"),
        Select("mulh.s", ops.MULH_S.at(I64, x(), y()), "mulh $d, $x, $y"),
    ]
    for op, name in ((ops.AND, "and"), (ops.OR, "or"), (ops.XOR, "xor")):
        rules += [
            Select(f"{name}-constant", op(x(), c()), f"{name}i $d, $x, $c"),
            Select(name, op(x(), y()), f"{name} $d, $x, $y"),
        ]
    return rules


COMPARE: Final = (
    Select("eq-zero", ops.EQ(x(), Lit(0)), "sltiu $d, $x, 1"),
    Select("eq-constant", ops.EQ(x(I64), c(I64)), "addi %t, $x, #n; sltiu $d, %t, 1", when=NEGATIVE_FITS,
           lets=(("n", C_NEG(c())),)),
    Select("eq", ops.EQ(x(), y()), "xor %t, $x, $y; sltiu $d, %t, 1"),
    Select("ne-zero", ops.NE(x(), Lit(0)), "sltu $d, zero, $x"),
    Select("ne-constant", ops.NE(x(I64), c(I64)), "addi %t, $x, #n; sltu $d, zero, %t", when=NEGATIVE_FITS,
           lets=(("n", C_NEG(c())),)),
    Select("ne", ops.NE(x(), y()), "xor %t, $x, $y; sltu $d, zero, %t"),
    Select("lt.s-constant", ops.LT_S(x(), c()), "slti $d, $x, $c"),
    Select("lt.s", ops.LT_S(x(), y()), "slt $d, $x, $y"),
    Select("lt.u-constant", ops.LT_U(x(), c()), "sltiu $d, $x, $c"),
    Select("lt.u", ops.LT_U(x(), y()), "sltu $d, $x, $y"),
    # x <= c is x < c + 1 unless that wraps, which at 32 and 64 bits leaves the range of an immediate.
    Select("le.s-constant", ops.LE_S(x(I32), c(I32)), "slti $d, $x, #n", when=FITS_SIGNED(C_ADD(c(), Lit(1)), Lit(12)),
           lets=(("n", C_ADD(c(), Lit(1))),)),
    Select("le.s-constant64", ops.LE_S(x(I64), c(I64)), "slti $d, $x, #n",
           when=FITS_SIGNED(C_ADD(c(), Lit(1)), Lit(12)), lets=(("n", C_ADD(c(), Lit(1))),)),
    Select("le.s", ops.LE_S(x(), y()), "slt %t, $y, $x; xori $d, %t, 1"),
    Select("le.u-constant", ops.LE_U(x(), c()), "sltiu $d, $x, #n",
           when=BOTH(FITS_SIGNED(C_ADD(c(), Lit(1)), Lit(12)), NOT(EQUAL(C_ADD(c(), Lit(1)), Lit(0)))),
           lets=(("n", C_ADD(c(), Lit(1))),)),
    Select("le.u", ops.LE_U(x(), y()), "sltu %t, $y, $x; xori $d, %t, 1"),
    Select("select-or-zero", ops.SELECT(x(BOOL), y(), Lit(0)), "sub %m, zero, $x; and $d, $y, %m"),
    Select("select", ops.SELECT(x(BOOL), y(), z()),
           "sub %m, zero, $x; xor %t, $y, $z; and %u, %t, %m; xor $d, %u, $z"),
)  # fmt: skip


def _branches() -> list[Select]:
    rules: list[Select] = []
    for op, text in (
        (ops.EQ, "beq $x, $y"), (ops.NE, "bne $x, $y"), (ops.LT_S, "blt $x, $y"), (ops.LT_U, "bltu $x, $y"),
        (ops.LE_S, "bge $y, $x"), (ops.LE_U, "bgeu $y, $x"),
    ):  # fmt: skip
        rules.append(Select(f"branch-{op.name}", ops.BRANCH(op(x(), y())), f"{text}, :true"))
    rules.append(Select("switch", ops.SWITCH(x(I64)),
                        "lla %t, :table; slli %i, $x, 2; add %a, %i, %t; lw %o, (%a); add %g, %o, %t; jr %g"))
    rules.append(Select("branch-not", ops.BRANCH(ops.XOR(x(BOOL), Lit(1))), "beq $x, zero, :true"))
    rules.append(Select("branch", ops.BRANCH(x(BOOL)), "bne $x, zero, :true"))
    return rules


CONVERT: Final = (
    Select("zext-load8", ops.ZEXT(ops.LOAD.at(I8, p)), "lbu $d, @p"),
    Select("zext-load16", ops.ZEXT(ops.LOAD.at(I16, p)), "lhu $d, @p"),
    Select("zext-load32", ops.ZEXT.at(I64, ops.LOAD.at(I32, p)), "lwu $d, @p"),
    Select("zext-trunc8", ops.ZEXT(ops.TRUNC.at(I8, x())), "andi $d, $x, 255"),
    Select("zext-trunc16", ops.ZEXT(ops.TRUNC.at(I16, x())), "slli %t, $x, 48; srli $d, %t, 48"),
    Select("zext-trunc32", ops.ZEXT.at(I64, ops.TRUNC.at(I32, x())), "slli %t, $x, 32; srli $d, %t, 32"),
    Select("zext-bool", ops.ZEXT(x(BOOL)), "", same="x"),
    Select("zext8", ops.ZEXT(x(I8)), "andi $d, $x, 255"),
    Select("zext16", ops.ZEXT(x(I16)), "slli %t, $x, 48; srli $d, %t, 48"),
    Select("zext32", ops.ZEXT.at(I64, x(I32)), "slli %t, $x, 32; srli $d, %t, 32"),
    Select("sext-bool", ops.SEXT(x(BOOL)), "sub $d, zero, $x"),
    Select("sext", ops.SEXT(x()), "", same="x"),
    Select("trunc-bool", ops.TRUNC.at(BOOL, x()), "andi $d, $x, 1"),
    Select("trunc8", ops.TRUNC.at(I8, x()), "slli %t, $x, 56; srai $d, %t, 56"),
    Select("trunc16", ops.TRUNC.at(I16, x()), "slli %t, $x, 48; srai $d, %t, 48"),
    Select("trunc-add", ops.TRUNC.at(I32, ops.ADD.at(I64, x(), y())), "addw $d, $x, $y"),
    Select("trunc-sub", ops.TRUNC.at(I32, ops.SUB.at(I64, x(), y())), "subw $d, $x, $y"),
    Select("trunc-mul", ops.TRUNC.at(I32, ops.MUL.at(I64, x(), y())), "mulw $d, $x, $y"),
    Select("trunc32", ops.TRUNC.at(I32, x()), "addiw $d, $x, 0"),
    Select("bits-of-float", ops.BITCAST.at(I32, x(F32)), "fmv.x.w $d, $x"),
    Select("bits-of-double", ops.BITCAST.at(I64, x(F64)), "fmv.x.d $d, $x"),
    Select("float-of-bits", ops.BITCAST.at(F32, x(I32)), "fmv.w.x $d, $x"),
    Select("double-of-bits", ops.BITCAST.at(F64, x(I64)), "fmv.d.x $d, $x"),
    Select("bitcast-same", ops.BITCAST(x()), "", same="x"),
    Select("float-to-double", ops.FCVT.at(F64, x(F32)), "fcvt.d.s $d, $x"),
    Select("double-to-float", ops.FCVT.at(F32, x(F64)), "fcvt.s.d $d, $x"),
)  # fmt: skip


def _float_to_integer() -> list[Select]:
    rules: list[Select] = []
    for real, letter in ((F32, "s"), (F64, "d")):
        for integer, signed, unsigned in ((I32, "w", "wu"), (I64, "l", "lu")):
            rules += [
                Select(f"sitof-{letter}{signed}", ops.SITOF.at(real, x(integer)), f"fcvt.{letter}.{signed} $d, $x"),
                Select(f"uitof-{letter}{signed}", ops.UITOF.at(real, x(integer)), f"fcvt.{letter}.{unsigned} $d, $x"),
                Select(f"ftosi-{letter}{signed}", ops.FTOSI.at(integer, x(real)), f"fcvt.{signed}.{letter} $d, $x, 1"),
                Select(f"ftoui-{letter}{signed}", ops.FTOUI.at(integer, x(real)),
                       f"fcvt.{unsigned}.{letter} $d, $x, 1"),
            ]
    return rules


def _floats() -> list[Select]:
    rules: list[Select] = []
    binary: tuple[tuple[Op, str], ...] = (
        (ops.FADD, "fadd"), (ops.FSUB, "fsub"), (ops.FMUL, "fmul"), (ops.FDIV, "fdiv"), (ops.FCOPYSIGN, "fsgnj"),
        (ops.FEQ, "feq"), (ops.FLT, "flt"), (ops.FLE, "fle"),
    )  # fmt: skip
    for type, letter in ((F32, "s"), (F64, "d")):
        for op, name in binary:
            rules.append(Select(f"{name}.{letter}", op.at(type, x(), y()), f"{name}.{letter} $d, $x, $y"))
        rules += [
            Select(f"fsqrt.{letter}", ops.FSQRT.at(type, x()), f"fsqrt.{letter} $d, $x"),
            Select(f"fmadd.{letter}", ops.FFMA.at(type, x(), y(), z()), f"fmadd.{letter} $d, $x, $y, $z"),
            Select(f"fneg.{letter}", ops.FNEG.at(type, x()), f"fsgnjn.{letter} $d, $x, $x"),
            Select(f"fabs.{letter}", ops.FABS.at(type, x()), f"fsgnjx.{letter} $d, $x, $x"),
        ]
    return rules


def _memory() -> list[Select]:
    rules: list[Select] = []
    for type, suffix in ((I8, "b"), (I16, "h"), (I32, "w"), (I64, "d")):
        if type is not I64:
            narrowed: App = ops.TRUNC.at(type, x())
            rules.append(Select(f"store-trunc-{suffix}", ops.STORE.at(type, p, narrowed), f"s{suffix} $x, @p"))
        rules += [
            Select(f"load-{suffix}", ops.LOAD.at(type, p), f"l{suffix} $d, @p"),
            Select(f"store-{suffix}", ops.STORE.at(type, p, x()), f"s{suffix} $x, @p"),
        ]
    for type, suffix in ((F32, "w"), (F64, "d")):
        rules += [
            Select(f"load-f{suffix}", ops.LOAD.at(type, p), f"fl{suffix} $d, @p"),
            Select(f"store-f{suffix}", ops.STORE.at(type, p, x()), f"fs{suffix} $x, @p"),
        ]
    rules += [
        Select("load-bool", ops.LOAD.at(BOOL, p), "lbu $d, @p"),
        Select("store-bool", ops.STORE.at(BOOL, p, x()), "sb $x, @p"),
        Select("fence", ops.FENCE(), "fence 3, 3"),
    ]
    return rules


RULES: Final[tuple[Select, ...]] = (
    *_arithmetic(), *COMPARE, *_branches(), *CONVERT, *_float_to_integer(), *_floats(), *_memory(),
)  # fmt: skip
