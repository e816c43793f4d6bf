"""What every operation on values means, for known operands. The folder, SCCP and the interpreter's tests call this.

Values are canonical: integers modulo their width, floats as bit patterns, vectors as the pattern of their lanes with
lane 0 lowest. Arithmetic that gives a NaN gives the format's canonical one. None means undefined for these operands, or
that the operation has no meaning apart from its place (memory, calls, control): neither is ever folded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from compiler.arith import ints, soft
from compiler.arith.formats import BINARY16, BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.ir.types import Type
from compiler.terms import ops
from compiler.terms.ops import EXACT, NSW, NUW, Op

Handler = Callable[[list[int], Type, Type], list[int] | None]

_FORMATS: Final[dict[int, FloatFormat]] = {
    16: BINARY16, 32: BINARY32, 64: BINARY64, 80: X87_80, 128: BINARY128,
}  # fmt: skip


def float_format(type: Type) -> FloatFormat:
    """The format of a floating type's lanes."""
    return _FORMATS[type.bits]


def evaluate(op: Op, named: Type, second: Type, args: list[int]) -> list[int] | None:
    """The results of `op`, `named` and `second` being the types its mnemonic names; None as the module says."""
    if op is ops.PTR_ADD:
        return [(args[0] + args[1]) & named.mask]
    if named.lanes > 1 or second.lanes > 1:
        return _evaluate_vector(op, named, second, args)
    handler = _HANDLERS[op.number]
    if handler is None:
        return None
    return handler(args, named, second)


def violates(op: Op, flags: int, bits: int, args: list[int]) -> bool:
    """Whether one of `flags` is false for these operands, so that executing the operation is undefined."""
    left, right = args
    if op is ops.ADD:
        return (flags & NSW != 0 and ints.add_overflows(left, right, bits, True)) or (
            flags & NUW != 0 and ints.add_overflows(left, right, bits, False)
        )
    if op is ops.SUB:
        return (flags & NSW != 0 and ints.sub_overflows(left, right, bits, True)) or (
            flags & NUW != 0 and ints.sub_overflows(left, right, bits, False)
        )
    if op is ops.MUL:
        return (flags & NSW != 0 and ints.mul_overflows(left, right, bits, True)) or (
            flags & NUW != 0 and ints.mul_overflows(left, right, bits, False)
        )
    if op is ops.SHL:
        return (flags & NSW != 0 and ints.shl_overflows(left, right, bits, True)) or (
            flags & NUW != 0 and ints.shl_overflows(left, right, bits, False)
        )
    if flags & EXACT == 0:
        return False
    if op is ops.UDIV:
        return right != 0 and left % right != 0
    if op is ops.SDIV:
        return ints.srem(left, right, bits) not in (0, None)
    assert op is ops.LSHR or op is ops.ASHR, op.name
    return left & ((1 << (right % bits)) - 1) != 0


# --- vectors -------------------------------------------------------------------------------------------------------


def split_lanes(value: int, bits: int, lanes: int) -> list[int]:
    mask = (1 << bits) - 1
    return [(value >> (index * bits)) & mask for index in range(lanes)]


def join_lanes(values: list[int], bits: int) -> int:
    result = 0
    for value in reversed(values):
        result = result << bits | value
    return result


def _evaluate_vector(op: Op, named: Type, second: Type, args: list[int]) -> list[int] | None:
    if op is ops.BITCAST:
        return [args[0]]
    if op is ops.SPLAT:
        return [join_lanes([args[0]] * named.lanes, named.bits)]
    if op is ops.EXTRACT:
        return [split_lanes(args[0], second.bits, second.lanes)[args[1] % second.lanes]]
    if op is ops.INSERT:
        lanes = split_lanes(args[0], named.bits, named.lanes)
        lanes[args[2] % named.lanes] = args[1]
        return [join_lanes(lanes, named.bits)]
    if op is ops.SHUFFLE:
        both = split_lanes(args[0], named.bits, named.lanes) + split_lanes(args[1], named.bits, named.lanes)
        chosen = split_lanes(args[2], second.bits, second.lanes)
        return [join_lanes([both[lane % len(both)] for lane in chosen], named.bits)]
    handler = _HANDLERS[op.number]
    if handler is None:
        return None
    split: list[list[int]] = []
    for index, arg in enumerate(args):
        kind = op.operands[index]
        bits = named.bits if kind == "t" else second.bits if kind == "u" else 1
        split.append(split_lanes(arg, bits, named.lanes))
    columns: list[list[int]] = []
    for lane in range(named.lanes):
        results = handler([values[lane] for values in split], named, second)
        if results is None:
            return None
        columns.append(results)
    joined: list[int] = []
    for index, kind in enumerate(op.results):
        bits = named.bits if kind == "t" else 1
        joined.append(join_lanes([results[index] for results in columns], bits))
    return joined


# --- integers ------------------------------------------------------------------------------------------------------


def _add(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.add(args[0], args[1], named.bits)]


def _sub(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.sub(args[0], args[1], named.bits)]


def _mul(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.mul(args[0], args[1], named.bits)]


def _one(value: int | None) -> list[int] | None:
    return None if value is None else [value]


def _udiv(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(ints.udiv(args[0], args[1], named.bits))


def _sdiv(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(ints.sdiv(args[0], args[1], named.bits))


def _urem(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(ints.urem(args[0], args[1], named.bits))


def _srem(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(ints.srem(args[0], args[1], named.bits))


def _and(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0] & args[1]]


def _or(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0] | args[1]]


def _xor(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0] ^ args[1]]


def _shl(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.shl(args[0], args[1], named.bits)]


def _lshr(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.lshr(args[0], args[1], named.bits)]


def _ashr(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.ashr(args[0], args[1], named.bits)]


def _eq(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if args[0] == args[1] else 0]


def _ne(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if args[0] != args[1] else 0]


def _lt_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if ints.slt(args[0], args[1], named.bits) else 0]


def _lt_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if args[0] < args[1] else 0]


def _le_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if ints.sle(args[0], args[1], named.bits) else 0]


def _le_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if args[0] <= args[1] else 0]


def _select(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[1] if args[0] else args[2]]


def _zext(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0]]


def _sext(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.sign_extend(args[0], second.bits, named.bits)]


def _trunc(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0] & named.mask]


def _clz(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.clz(args[0], named.bits) & named.mask]


def _ctz(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.ctz(args[0], named.bits) & named.mask]


def _popcount(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.popcount(args[0], named.bits) & named.mask]


def _bswap(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.bswap(args[0], named.bits)]


def _rotl(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.rotl(args[0], args[1], named.bits)]


def _mulh_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.mulhi_unsigned(args[0], args[1], named.bits)]


def _mulh_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [ints.mulhi_signed(args[0], args[1], named.bits)]


def _add_overflow_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.add_overflows(args[0], args[1], named.bits, True)
    return [ints.add(args[0], args[1], named.bits), 1 if overflow else 0]


def _add_overflow_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.add_overflows(args[0], args[1], named.bits, False)
    return [ints.add(args[0], args[1], named.bits), 1 if overflow else 0]


def _sub_overflow_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.sub_overflows(args[0], args[1], named.bits, True)
    return [ints.sub(args[0], args[1], named.bits), 1 if overflow else 0]


def _sub_overflow_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.sub_overflows(args[0], args[1], named.bits, False)
    return [ints.sub(args[0], args[1], named.bits), 1 if overflow else 0]


def _mul_overflow_s(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.mul_overflows(args[0], args[1], named.bits, True)
    return [ints.mul(args[0], args[1], named.bits), 1 if overflow else 0]


def _mul_overflow_u(args: list[int], named: Type, second: Type) -> list[int] | None:
    overflow = ints.mul_overflows(args[0], args[1], named.bits, False)
    return [ints.mul(args[0], args[1], named.bits), 1 if overflow else 0]


# --- floats --------------------------------------------------------------------------------------------------------


def _fadd(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.add(args[0], args[1], _FORMATS[named.bits])]


def _fsub(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.sub(args[0], args[1], _FORMATS[named.bits])]


def _fmul(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.mul(args[0], args[1], _FORMATS[named.bits])]


def _fdiv(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.div(args[0], args[1], _FORMATS[named.bits])]


def _fsqrt(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.sqrt(args[0], _FORMATS[named.bits])]


def _ffma(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.fma(args[0], args[1], args[2], _FORMATS[named.bits])]


def _fneg(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.neg(args[0], _FORMATS[named.bits])]


def _fabs(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.absolute(args[0], _FORMATS[named.bits])]


def _fcopysign(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.copysign(args[0], args[1], _FORMATS[named.bits])]


def _feq(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if soft.eq(args[0], args[1], _FORMATS[named.bits]) else 0]


def _fne(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [0 if soft.eq(args[0], args[1], _FORMATS[named.bits]) else 1]


def _flt(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if soft.lt(args[0], args[1], _FORMATS[named.bits]) else 0]


def _fle(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if soft.le(args[0], args[1], _FORMATS[named.bits]) else 0]


def _funordered(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [1 if soft.unordered(args[0], args[1], _FORMATS[named.bits]) else 0]


def _fcvt(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.convert(args[0], _FORMATS[second.bits], _FORMATS[named.bits])]


def _sitof(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.from_int(args[0], True, second.bits, _FORMATS[named.bits])]


def _uitof(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [soft.from_int(args[0], False, second.bits, _FORMATS[named.bits])]


def _ftosi(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(soft.to_int(args[0], _FORMATS[second.bits], True, named.bits))


def _ftoui(args: list[int], named: Type, second: Type) -> list[int] | None:
    return _one(soft.to_int(args[0], _FORMATS[second.bits], False, named.bits))


def _same(args: list[int], named: Type, second: Type) -> list[int] | None:
    return [args[0]]


def _table() -> list[Handler | None]:
    table: list[Handler | None] = [None] * len(ops.OPS)
    pairs: list[tuple[Op, Handler]] = [
        (ops.ADD, _add), (ops.SUB, _sub), (ops.MUL, _mul), (ops.UDIV, _udiv), (ops.SDIV, _sdiv), (ops.UREM, _urem),
        (ops.SREM, _srem), (ops.AND, _and), (ops.OR, _or), (ops.XOR, _xor), (ops.SHL, _shl), (ops.LSHR, _lshr),
        (ops.ASHR, _ashr), (ops.EQ, _eq), (ops.NE, _ne), (ops.LT_S, _lt_s), (ops.LT_U, _lt_u), (ops.LE_S, _le_s),
        (ops.LE_U, _le_u), (ops.SELECT, _select), (ops.ZEXT, _zext), (ops.SEXT, _sext), (ops.TRUNC, _trunc),
        (ops.CLZ, _clz), (ops.CTZ, _ctz), (ops.POPCOUNT, _popcount), (ops.BSWAP, _bswap), (ops.ROTL, _rotl),
        (ops.MULH_U, _mulh_u), (ops.MULH_S, _mulh_s), (ops.ADD_OVERFLOW_S, _add_overflow_s),
        (ops.ADD_OVERFLOW_U, _add_overflow_u), (ops.SUB_OVERFLOW_S, _sub_overflow_s),
        (ops.SUB_OVERFLOW_U, _sub_overflow_u), (ops.MUL_OVERFLOW_S, _mul_overflow_s),
        (ops.MUL_OVERFLOW_U, _mul_overflow_u),
        (ops.FADD, _fadd), (ops.FSUB, _fsub), (ops.FMUL, _fmul), (ops.FDIV, _fdiv), (ops.FSQRT, _fsqrt),
        (ops.FFMA, _ffma), (ops.FNEG, _fneg), (ops.FABS, _fabs), (ops.FCOPYSIGN, _fcopysign), (ops.FEQ, _feq),
        (ops.FNE, _fne), (ops.FLT, _flt), (ops.FLE, _fle), (ops.FUNORDERED, _funordered), (ops.FCVT, _fcvt),
        (ops.SITOF, _sitof), (ops.UITOF, _uitof), (ops.FTOSI, _ftosi), (ops.FTOUI, _ftoui), (ops.BITCAST, _same),
        (ops.EXPECT, _same),
    ]  # fmt: skip
    for op, handler in pairs:
        table[op.number] = handler
    return table


_HANDLERS: Final[list[Handler | None]] = _table()


def is_evaluable(op: Op) -> bool:
    """Whether `evaluate` can give results for some operands."""
    return _HANDLERS[op.number] is not None or op is ops.PTR_ADD or ops.SPLAT.number <= op.number <= ops.SHUFFLE.number
