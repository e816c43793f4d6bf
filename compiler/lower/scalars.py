"""Operators on scalar values that are already evaluated: what both expressions and lanes are made of."""

from __future__ import annotations

from typing import Final

from compiler.ir.function import Value
from compiler.ir.types import Type
from compiler.lower.context import Context
from compiler.syntax import expr
from compiler.terms import ops
from compiler.terms.ops import Op

_INTEGER: Final[dict[int, tuple[Op, Op]]] = {  # signed, unsigned
    expr.ADD: (ops.ADD, ops.ADD),
    expr.SUB: (ops.SUB, ops.SUB),
    expr.MUL: (ops.MUL, ops.MUL),
    expr.DIV: (ops.SDIV, ops.UDIV),
    expr.MOD: (ops.SREM, ops.UREM),
    expr.SHL: (ops.SHL, ops.SHL),
    expr.SHR: (ops.ASHR, ops.LSHR),
    expr.AND: (ops.AND, ops.AND),
    expr.OR: (ops.OR, ops.OR),
    expr.XOR: (ops.XOR, ops.XOR),
}
_FLOAT: Final[dict[int, Op]] = {expr.ADD: ops.FADD, expr.SUB: ops.FSUB, expr.MUL: ops.FMUL, expr.DIV: ops.FDIV}


def apply_binary(cx: Context, op: int, signed: bool, left: Value, right: Value, flags: int) -> Value:
    """An arithmetic operator on two values of one type; a shift amount may have another. `flags` are for signed
    ADD, SUB and MUL."""
    builder = cx.builder
    if left.type.is_float:
        return builder.binary(_FLOAT[op], left, right)
    for_signed, for_unsigned = _INTEGER[op]
    if op == expr.SHL or op == expr.SHR:
        if cx.options.checks:
            builder.check("shift amount", builder.compare(ops.LT_U, right, builder.const(right.type, left.type.bits)))
        right = cx.resize(right, left.type, False)
    elif signed and op in (expr.ADD, expr.SUB, expr.MUL):
        return builder.binary(for_signed, left, right, flags)
    return builder.binary(for_signed if signed else for_unsigned, left, right)


def compare_values(cx: Context, op: int, signed: bool, left: Value, right: Value) -> Value:
    """A comparison as i1. `a > b` is `b < a`: false when unordered, as it must be."""
    builder = cx.builder
    if left.type.is_float:
        if op == expr.EQ:
            return builder.compare(ops.FEQ, left, right)
        if op == expr.NE:
            return builder.compare(ops.FNE, left, right)
        if op == expr.LT:
            return builder.compare(ops.FLT, left, right)
        if op == expr.GT:
            return builder.compare(ops.FLT, right, left)
        if op == expr.LE:
            return builder.compare(ops.FLE, left, right)
        return builder.compare(ops.FLE, right, left)
    if op == expr.EQ:
        return builder.compare(ops.EQ, left, right)
    if op == expr.NE:
        return builder.compare(ops.NE, left, right)
    if op == expr.LT:
        return builder.compare(ops.LT_S if signed else ops.LT_U, left, right)
    if op == expr.GT:
        return builder.compare(ops.LT_S if signed else ops.LT_U, right, left)
    if op == expr.LE:
        return builder.compare(ops.LE_S if signed else ops.LE_U, left, right)
    return builder.compare(ops.LE_S if signed else ops.LE_U, right, left)


def is_updated(cx: Context, node: expr.Expr) -> bool:
    """Whether an operand is the old value of a compound assignment that is read late."""
    while isinstance(node, expr.Cast):
        node = node.operand
    return isinstance(node, expr.Reused) and node in cx.updated


def significand_bits(type: Type) -> int:
    """Stored bits below the exponent, the explicit integer bit of the x87 format not counted."""
    return {16: 10, 32: 23, 64: 52, 80: 64, 128: 112}[type.bits]


def infinity_of(type: Type) -> int:
    """The bit pattern of positive infinity."""
    shift = significand_bits(type)
    exponent = ((1 << (type.bits - 1 - shift)) - 1) << shift
    return exponent | (1 << 63) if type.bits == 80 else exponent
