"""Operations written out in simpler ones: bit counting, byte swapping, overflow tests, selects of floats.

Sources: Warren, Hacker's Delight (2nd ed.), chapters 2, 5 and 7.
"""

from __future__ import annotations

from compiler.codegen.legal import Legalizer
from compiler.ir.function import Operation, Value
from compiler.ir.types import I32, Type, integer
from compiler.terms import ops
from compiler.terms.ops import Op


def population(lg: Legalizer, type: Type, value: Value) -> Value:
    """Bits set, by summing ever wider fields (Hacker's Delight 5-1)."""
    builder = lg.builder
    ones = (1 << type.bits) - 1
    fields_1 = builder.const(type, ones // 3)
    fields_2 = builder.const(type, ones // 5)
    fields_4 = builder.const(type, ones // 17)
    one = builder.const(type, 1)
    two = builder.const(type, 2)
    four = builder.const(type, 4)
    pairs = builder.binary(
        ops.SUB, value, builder.binary(ops.AND, builder.binary(ops.LSHR, value, one), fields_1)
    )
    fours = builder.binary(
        ops.ADD,
        builder.binary(ops.AND, pairs, fields_2),
        builder.binary(ops.AND, builder.binary(ops.LSHR, pairs, two), fields_2),
    )
    bytes = builder.binary(
        ops.AND, builder.binary(ops.ADD, fours, builder.binary(ops.LSHR, fours, four)), fields_4
    )
    total = builder.binary(ops.MUL, bytes, builder.const(type, ones // 255))
    return builder.binary(ops.LSHR, total, builder.const(type, type.bits - 8))


def leading_zeros(lg: Legalizer, type: Type, value: Value) -> Value:
    """Smears the top bit downwards and counts what stays clear."""
    builder = lg.builder
    smeared = value
    distance = 1
    while distance < type.bits:
        smeared = builder.binary(
            ops.OR, smeared, builder.binary(ops.LSHR, smeared, builder.const(type, distance))
        )
        distance *= 2
    return population(lg, type, builder.invert(smeared))


def trailing_zeros(lg: Legalizer, type: Type, value: Value) -> Value:
    """The bits below the lowest set one: ~x & (x - 1)."""
    builder = lg.builder
    below = builder.binary(ops.ADD, value, builder.const(type, -1))
    return population(lg, type, builder.binary(ops.AND, builder.invert(value), below))


def byte_swap(lg: Legalizer, type: Type, value: Value) -> Value:
    """Exchanges halves of ever smaller fields."""
    builder = lg.builder
    ones = (1 << type.bits) - 1
    result = value
    width = 8
    while width < type.bits:
        distance = builder.const(type, width)
        if width * 2 == type.bits:
            left = builder.binary(ops.SHL, result, distance)
            return builder.binary(ops.OR, left, builder.binary(ops.LSHR, result, distance))
        mask = builder.const(type, ones // ((1 << width) + 1))
        left = builder.binary(ops.SHL, builder.binary(ops.AND, result, mask), distance)
        right = builder.binary(ops.AND, builder.binary(ops.LSHR, result, distance), mask)
        result = builder.binary(ops.OR, left, right)
        width *= 2
    return result


def narrow_count(lg: Legalizer, op: Op, type: Type, value: Value) -> Value:
    """A count or byte swap of i1, i8 or i16, whose value is zero-extended in `value` (i32)."""
    builder = lg.builder
    if op is ops.POPCOUNT:
        return population(lg, I32, value)
    if op is ops.CLZ:
        return builder.binary(ops.SUB, leading_zeros(lg, I32, value), builder.const(I32, 32 - type.bits))
    if op is ops.CTZ:
        # A bit just above the type stops the count at its width.
        return trailing_zeros(lg, I32, builder.binary(ops.OR, value, builder.const(I32, 1 << type.bits)))
    assert op is ops.BSWAP and type.bits == 16, op.name
    left = builder.binary(ops.SHL, value, builder.const(I32, 8))
    return builder.binary(ops.OR, left, builder.binary(ops.LSHR, value, builder.const(I32, 8)))


def overflow(lg: Legalizer, op: Op, type: Type, left: Value, right: Value) -> tuple[Value, Value]:
    """The wrapped result and whether it differs from the exact one (Hacker's Delight 2-13)."""
    builder = lg.builder
    zero = builder.const(type, 0)
    if op is ops.ADD_OVERFLOW_U:
        total = builder.binary(ops.ADD, left, right)
        return total, builder.compare(ops.LT_U, total, left)
    if op is ops.SUB_OVERFLOW_U:
        return builder.binary(ops.SUB, left, right), builder.compare(ops.LT_U, left, right)
    if op is ops.ADD_OVERFLOW_S:
        total = builder.binary(ops.ADD, left, right)
        signs = builder.binary(
            ops.AND, builder.binary(ops.XOR, total, left), builder.binary(ops.XOR, total, right)
        )
        return total, builder.compare(ops.LT_S, signs, zero)
    if op is ops.SUB_OVERFLOW_S:
        total = builder.binary(ops.SUB, left, right)
        signs = builder.binary(ops.AND, builder.binary(ops.XOR, left, right), builder.binary(ops.XOR, total, left))
        return total, builder.compare(ops.LT_S, signs, zero)
    product = builder.binary(ops.MUL, left, right)
    if type.bits < lg.word.bits:
        extend = ops.SEXT if op is ops.MUL_OVERFLOW_S else ops.ZEXT
        exact = builder.binary(
            ops.MUL, builder.convert(extend, lg.word, left), builder.convert(extend, lg.word, right)
        )
        return product, builder.compare(ops.NE, exact, builder.convert(extend, lg.word, product))
    if op is ops.MUL_OVERFLOW_U:
        high = builder.binary(ops.MULH_U, left, right)
        return product, builder.compare(ops.NE, high, zero)
    high = builder.binary(ops.MULH_S, left, right)
    sign = builder.binary(ops.ASHR, product, builder.const(type, type.bits - 1))
    return product, builder.compare(ops.NE, high, sign)


def float_select(lg: Legalizer, operation: Operation) -> Value:
    """A select of floats as a select of their bits."""
    builder = lg.builder
    bits = integer(operation.named.bits)
    condition = lg.map(operation.args[0])
    if_true = builder.convert(ops.BITCAST, bits, lg.map(operation.args[1]))
    if_false = builder.convert(ops.BITCAST, bits, lg.map(operation.args[2]))
    return builder.convert(ops.BITCAST, operation.named, builder.select(condition, if_true, if_false))
