"""Values of two words: 128-bit integers in word arithmetic, binary128 by run-time calls.

Source for the shifts: Hacker's Delight (2nd ed.) 2-18; names of helpers: libgcc's (gcc internals, "The GCC low-level
runtime library").
"""

from __future__ import annotations

from typing import Final

from compiler.codegen import expand
from compiler.codegen.legal import Legalizer
from compiler.codegen.memory import legalize_memory
from compiler.ir.function import Memory, Operation, Value
from compiler.ir.types import F32, F64, I1, I32, Type, integer
from compiler.terms import ops
from compiler.terms.ops import Op

_DIVISIONS: Final[dict[Op, str]] = {
    ops.UDIV: "__udivti3", ops.SDIV: "__divti3", ops.UREM: "__umodti3", ops.SREM: "__modti3",
}  # fmt: skip
_QUAD: Final[dict[Op, str]] = {
    ops.FADD: "__addtf3", ops.FSUB: "__subtf3", ops.FMUL: "__multf3", ops.FDIV: "__divtf3",
}  # fmt: skip
# Comparison helpers return an int compared with 0: (name, op).
_QUAD_COMPARE: Final[dict[Op, tuple[str, Op]]] = {
    ops.FEQ: ("__eqtf2", ops.EQ), ops.FNE: ("__netf2", ops.NE), ops.FLT: ("__lttf2", ops.LT_S),
    ops.FLE: ("__letf2", ops.LE_S), ops.FUNORDERED: ("__unordtf2", ops.NE),
}  # fmt: skip
_MODES: Final[dict[int, str]] = {32: "si", 64: "di", 128: "ti"}
_FLOAT_MODES: Final[dict[int, str]] = {32: "sf", 64: "df", 128: "tf"}

Pair = tuple[Value, Value]


def legalize_wide(lg: Legalizer, operation: Operation) -> None:
    """One operation with an operand or result of two words."""
    op = operation.op
    if operation.named.bits > 2 * lg.word.bits or operation.named.bits == 80 or operation.second.bits == 80:
        raise lg.refuse(f"{op.name} of {operation.named.name}")
    if op is ops.CONST:
        return  # written out where it is used
    if isinstance(operation, Memory):
        _memory(lg, operation)
        return
    if op is ops.BITCAST:
        lg.alias(operation, operation.args[0])
        return
    if op is ops.SELECT:
        condition = lg.map(operation.args[0])
        true_low, true_high = lg.pair(operation.args[1])
        false_low, false_high = lg.pair(operation.args[2])
        builder = lg.builder
        low = builder.select(condition, true_low, false_low)
        lg.pairs[operation.number] = (low, builder.select(condition, true_high, false_high))
        return
    if operation.named.is_float or operation.second.is_float:
        _float(lg, operation)
        return
    if op in (ops.ZEXT, ops.SEXT, ops.TRUNC):
        _convert(lg, operation)
        return
    if operation.type is I1:
        lg.replace(operation, compare(lg, op, lg.pair(operation.args[0]), lg.pair(operation.args[1])))
        return
    _arithmetic(lg, operation)


def _memory(lg: Legalizer, operation: Memory) -> None:
    """Loads and stores word by word."""
    if operation.order or operation.op not in (ops.LOAD, ops.STORE):
        raise lg.refuse(f"{operation.op.name} of {operation.named.name}")
    builder = lg.builder
    word = lg.word
    base = lg.map(operation.args[0])
    align = min(operation.align, word.size)
    if operation.op is ops.STORE:
        for index, value in enumerate(lg.pair(operation.args[1])):
            store = builder.store(builder.offset(base, index * word.size), value, align, operation.volatile)
            _again(lg, store)
        return
    halves: list[Value] = []
    for index in range(2):
        load = builder.load(word, builder.offset(base, index * word.size), align, operation.volatile)
        _again(lg, load)
        halves.append(lg.map(load))
    lg.pairs[operation.number] = (halves[0], halves[1])


def _again(lg: Legalizer, access: Memory) -> None:
    """A word access may itself be too little aligned: takes it back and legalises it."""
    if access.align < lg.word.size and not lg.backend.unaligned:
        popped = lg.builder.block.operations.pop()
        assert popped is access
        legalize_memory(lg, access)


def _convert(lg: Legalizer, operation: Operation) -> None:
    builder = lg.builder
    word = lg.word
    if operation.op is ops.TRUNC:
        low, _ = lg.pair(operation.args[0])
        lg.replace(operation, low if operation.named is word else builder.convert(ops.TRUNC, operation.named, low))
        return
    value = lg.map(operation.args[0])
    if value.type is not word:
        value = builder.convert(operation.op, word, value)
    if operation.op is ops.ZEXT:
        high: Value = builder.const(word, 0)
    else:
        high = builder.binary(ops.ASHR, value, builder.const(word, word.bits - 1))
    lg.pairs[operation.number] = (value, high)


def compare(lg: Legalizer, op: Op, left: Pair, right: Pair) -> Value:
    """A comparison of two-word integers."""
    builder = lg.builder
    if op is ops.EQ or op is ops.NE:
        low = builder.binary(ops.XOR, left[0], right[0])
        either = builder.binary(ops.OR, low, builder.binary(ops.XOR, left[1], right[1]))
        return builder.compare(op, either, builder.const(lg.word, 0))
    if op is ops.LE_S or op is ops.LE_U:  # not (right < left)
        strict = compare(lg, ops.LT_S if op is ops.LE_S else ops.LT_U, right, left)
        return builder.binary(ops.XOR, strict, builder.const(I1, 1))
    high = builder.compare(op, left[1], right[1])
    equal = builder.compare(ops.EQ, left[1], right[1])
    low = builder.compare(ops.LT_U, left[0], right[0])
    return builder.binary(ops.OR, high, builder.binary(ops.AND, equal, low))


def add(lg: Legalizer, left: Pair, right: Pair) -> Pair:
    builder = lg.builder
    low = builder.binary(ops.ADD, left[0], right[0])
    carry = builder.convert(ops.ZEXT, lg.word, builder.compare(ops.LT_U, low, left[0]))
    high = builder.binary(ops.ADD, builder.binary(ops.ADD, left[1], right[1]), carry)
    return (low, high)


def subtract(lg: Legalizer, left: Pair, right: Pair) -> Pair:
    builder = lg.builder
    low = builder.binary(ops.SUB, left[0], right[0])
    borrow = builder.convert(ops.ZEXT, lg.word, builder.compare(ops.LT_U, left[0], right[0]))
    high = builder.binary(ops.SUB, builder.binary(ops.SUB, left[1], right[1]), borrow)
    return (low, high)


def multiply(lg: Legalizer, left: Pair, right: Pair) -> Pair:
    """Modulo two words: the cross products meet the high word only."""
    builder = lg.builder
    low = builder.binary(ops.MUL, left[0], right[0])
    cross = builder.binary(
        ops.ADD, builder.binary(ops.MUL, left[0], right[1]), builder.binary(ops.MUL, left[1], right[0])
    )
    return (low, builder.binary(ops.ADD, builder.binary(ops.MULH_U, left[0], right[0]), cross))


def shift(lg: Legalizer, op: Op, value: Pair, amount: Value) -> Pair:
    """By an amount modulo twice the word: both cases are computed, the amount's top bit selects."""
    builder = lg.builder
    word = lg.word
    zero = builder.const(word, 0)
    bits = builder.const(word, word.bits)
    is_large = builder.compare(ops.NE, builder.binary(ops.AND, amount, bits), zero)
    is_none = builder.compare(ops.EQ, builder.binary(ops.AND, amount, builder.const(word, word.bits - 1)), zero)
    back = builder.binary(ops.SUB, zero, amount)
    if op is ops.SHL:
        low = builder.binary(ops.SHL, value[0], amount)
        spill = builder.select(is_none, zero, builder.binary(ops.LSHR, value[0], back))
        high = builder.binary(ops.OR, builder.binary(ops.SHL, value[1], amount), spill)
        return (builder.select(is_large, zero, low), builder.select(is_large, low, high))
    high = builder.binary(op, value[1], amount)
    spill = builder.select(is_none, zero, builder.binary(ops.SHL, value[1], back))
    low = builder.binary(ops.OR, builder.binary(ops.LSHR, value[0], amount), spill)
    beyond: Value = zero
    if op is ops.ASHR:
        beyond = builder.binary(ops.ASHR, value[1], builder.const(word, word.bits - 1))
    return (builder.select(is_large, high, low), builder.select(is_large, beyond, high))


def _arithmetic(lg: Legalizer, operation: Operation) -> None:
    op = operation.op
    left = lg.pair(operation.args[0])
    if op in _DIVISIONS:
        right = lg.pair(operation.args[1])
        results = lg.library(_DIVISIONS[op], [*left, *right], [lg.word, lg.word])
        lg.pairs[operation.number] = (results[0], results[1])
        return
    if op in (ops.SHL, ops.LSHR, ops.ASHR):
        lg.pairs[operation.number] = shift(lg, op, left, lg.pair(operation.args[1])[0])
        return
    if len(operation.args) == 1:
        lg.pairs[operation.number] = _count(lg, op, left)
        return
    right = lg.pair(operation.args[1])
    if op is ops.ADD:
        result = add(lg, left, right)
    elif op is ops.SUB:
        result = subtract(lg, left, right)
    elif op is ops.MUL:
        result = multiply(lg, left, right)
    elif op in (ops.AND, ops.OR, ops.XOR):
        low = lg.builder.binary(op, left[0], right[0])
        result = (low, lg.builder.binary(op, left[1], right[1]))
    elif op is ops.ROTL:
        amount = right[0]
        back = lg.builder.binary(ops.SUB, lg.builder.const(lg.word, 0), amount)
        up = shift(lg, ops.SHL, left, amount)
        down = shift(lg, ops.LSHR, left, back)
        low = lg.builder.binary(ops.OR, up[0], down[0])
        result = (low, lg.builder.binary(ops.OR, up[1], down[1]))
    elif op is ops.MULH_U or op is ops.MULH_S:
        result = multiply_high(lg, left, right, op is ops.MULH_S)
    else:
        result, bit = _overflow(lg, op, left, right)
        lg.values[operation.extra[0].number] = bit
    lg.pairs[operation.number] = result


def _overflow(lg: Legalizer, op: Op, left: Pair, right: Pair) -> tuple[Pair, Value]:
    """Sums, differences and products of two words with their overflow."""
    builder = lg.builder
    zero = builder.const(lg.word, 0)
    if op is ops.ADD_OVERFLOW_U:
        total = add(lg, left, right)
        return total, compare(lg, ops.LT_U, total, left)
    if op is ops.SUB_OVERFLOW_U:
        return subtract(lg, left, right), compare(lg, ops.LT_U, left, right)
    if op is ops.ADD_OVERFLOW_S:
        total = add(lg, left, right)
        signs = builder.binary(
            ops.AND, builder.binary(ops.XOR, total[1], left[1]), builder.binary(ops.XOR, total[1], right[1])
        )
        return total, builder.compare(ops.LT_S, signs, zero)
    if op is ops.SUB_OVERFLOW_S:
        total = subtract(lg, left, right)
        signs = builder.binary(
            ops.AND, builder.binary(ops.XOR, left[1], right[1]), builder.binary(ops.XOR, total[1], left[1])
        )
        return total, builder.compare(ops.LT_S, signs, zero)
    assert op is ops.MUL_OVERFLOW_U or op is ops.MUL_OVERFLOW_S, op.name
    product = multiply(lg, left, right)
    high = multiply_high(lg, left, right, op is ops.MUL_OVERFLOW_S)
    sign: Value = zero
    if op is ops.MUL_OVERFLOW_S:
        sign = builder.binary(ops.ASHR, product[1], builder.const(lg.word, lg.word.bits - 1))
    return product, compare(lg, ops.NE, high, (sign, sign))


def multiply_high(lg: Legalizer, left: Pair, right: Pair, signed: bool) -> Pair:
    """The upper two words of the four-word product (Hacker's Delight 8-1, 8-3). None of the sums below can carry
    out."""
    builder = lg.builder
    zero = builder.const(lg.word, 0)

    low_high = builder.binary(ops.MULH_U, left[0], right[0])
    cross = add(lg, _product(lg, left[0], right[1]), (low_high, zero))
    other = add(lg, _product(lg, left[1], right[0]), (cross[0], zero))
    high = add(lg, add(lg, _product(lg, left[1], right[1]), (cross[1], zero)), (other[1], zero))
    if not signed:
        return high
    for one, another in ((left, right), (right, left)):
        mask = builder.binary(ops.ASHR, one[1], builder.const(lg.word, lg.word.bits - 1))
        taken = (builder.binary(ops.AND, another[0], mask), builder.binary(ops.AND, another[1], mask))
        high = subtract(lg, high, taken)
    return high


def _product(lg: Legalizer, left: Value, right: Value) -> Pair:
    """Of two words, both words."""
    return (lg.builder.binary(ops.MUL, left, right), lg.builder.binary(ops.MULH_U, left, right))


def _count(lg: Legalizer, op: Op, value: Pair) -> Pair:
    """Bit counts and byte swaps of two words, from those of one (which are legalised on the way)."""
    builder = lg.builder
    word = lg.word
    zero = builder.const(word, 0)
    if op is ops.BSWAP:
        return (_count_word(lg, op, value[1]), _count_word(lg, op, value[0]))
    if op is ops.POPCOUNT:
        return (builder.binary(ops.ADD, _count_word(lg, op, value[0]), _count_word(lg, op, value[1])), zero)
    first, second = (value[1], value[0]) if op is ops.CLZ else (value[0], value[1])
    beyond = builder.binary(ops.ADD, _count_word(lg, op, second), builder.const(word, word.bits))
    is_zero = builder.compare(ops.EQ, first, zero)
    return (builder.select(is_zero, beyond, _count_word(lg, op, first)), zero)


def _count_word(lg: Legalizer, op: Op, value: Value) -> Value:
    if op is ops.BSWAP:
        return expand.byte_swap(lg, lg.word, value)
    if op is ops.POPCOUNT:
        return expand.population(lg, lg.word, value)
    if op is ops.CLZ:
        return expand.leading_zeros(lg, lg.word, value)
    assert op is ops.CTZ, op.name
    return expand.trailing_zeros(lg, lg.word, value)


# --- binary128 ----------------------------------------------------------------------------------------------------


def _float(lg: Legalizer, operation: Operation) -> None:
    op = operation.op
    builder = lg.builder
    word = lg.word
    if op in _QUAD:
        args = [*lg.pair(operation.args[0]), *lg.pair(operation.args[1])]
        results = lg.library(_QUAD[op], args, [word, word])
        lg.pairs[operation.number] = (results[0], results[1])
        return
    if op in _QUAD_COMPARE:
        name, test = _QUAD_COMPARE[op]
        args = [*lg.pair(operation.args[0]), *lg.pair(operation.args[1])]
        answer = builder.convert(ops.TRUNC, I32, lg.library(name, args, [word])[0])
        lg.replace(operation, builder.compare(test, answer, builder.const(I32, 0)))
        return
    if op is ops.FNEG or op is ops.FABS or op is ops.FCOPYSIGN:
        low, high = lg.pair(operation.args[0])
        sign = builder.const(word, 1 << (word.bits - 1))
        if op is ops.FNEG:
            high = builder.binary(ops.XOR, high, sign)
        else:
            high = builder.binary(ops.AND, high, builder.const(word, (1 << (word.bits - 1)) - 1))
        if op is ops.FCOPYSIGN:
            from_high = lg.pair(operation.args[1])[1]
            high = builder.binary(ops.OR, high, builder.binary(ops.AND, from_high, sign))
        lg.pairs[operation.number] = (low, high)
        return
    if op in (ops.FCVT, ops.SITOF, ops.UITOF, ops.FTOSI, ops.FTOUI):
        _float_convert(lg, operation)
        return
    raise lg.refuse(f"{op.name} of {operation.named.name}")


def _float_convert(lg: Legalizer, operation: Operation) -> None:
    """Conversions with two words on one side or both, by libgcc's helpers."""
    op = operation.op
    to = operation.named
    source = operation.second
    if op is ops.FCVT:
        kind = "extend" if to.bits > source.bits else "trunc"
        name = f"__{kind}{_FLOAT_MODES[source.bits]}{_FLOAT_MODES[to.bits]}2"
        args = lg.words(operation.args[0])
    elif op is ops.SITOF or op is ops.UITOF:
        args, value_type = _integer_argument(lg, operation.args[0], op is ops.SITOF)
        unsigned = "un" if op is ops.UITOF else ""
        name = f"__float{unsigned}{_MODES[value_type.bits]}{_FLOAT_MODES[to.bits]}"
    else:
        args = lg.words(operation.args[0])
        unsigned = "uns" if op is ops.FTOUI else ""
        name = f"__fix{unsigned}{_FLOAT_MODES[source.bits]}{_MODES[max(to.bits, 32)]}"
    results = lg.library(name, args, _result_parts(lg, to))
    if to.bits > lg.word.bits:
        lg.pairs[operation.number] = (results[0], results[1])
    elif to is F32 or to is F64 or to is lg.word:
        lg.replace(operation, results[0])
    else:
        lg.replace(operation, lg.builder.convert(ops.TRUNC, to, results[0]))


def _integer_argument(lg: Legalizer, value: Value, signed: bool) -> tuple[list[Value], Type]:
    """An integer argument of a helper: widened to 32 bits at least, then to a word as the convention does."""
    if value.type.bits > lg.word.bits:
        return list(lg.pair(value)), value.type
    mapped = lg.map(value)
    if mapped.type.bits < 32:
        mapped = lg.builder.convert(ops.SEXT if signed else ops.ZEXT, I32, mapped)
    kind = integer(mapped.type.bits)
    if mapped.type is not lg.word:
        mapped = lg.builder.convert(ops.SEXT, lg.word, mapped)  # psABI: 32-bit integers travel sign-extended
    return [mapped], kind


def _result_parts(lg: Legalizer, to: Type) -> list[Type]:
    if to.bits > lg.word.bits:
        return [lg.word, lg.word]
    return [to] if to.is_float else [lg.word]
