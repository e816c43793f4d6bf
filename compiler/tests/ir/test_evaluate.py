"""Evaluator and interpreter agree on every operation on values, at every width, on boundary operands."""

from __future__ import annotations

import itertools

import pytest

from compiler.ir.builder import Builder
from compiler.ir.evaluate import evaluate, float_format, is_evaluable, join_lanes, split_lanes
from compiler.ir.function import Function
from compiler.ir.host import Host
from compiler.ir.interpreter import Machine
from compiler.ir.module import Module
from compiler.ir.types import F32, I8, I32, SCALARS, VOID, Type, vector
from compiler.terms import ops
from compiler.terms.ops import Op


def boundaries(type: Type) -> list[int]:
    """Zero, one, the ends of both ranges and their neighbours; of floats also infinities, NaN and a subnormal."""
    if type.is_float:
        form = float_format(type)
        plain = [0, form.one, form.infinity, form.nan, 1, form.largest, form.one + (3 << (form.precision - 4))]
        return plain + [value | form.sign_mask for value in plain if value != form.nan]
    sign = 1 << (type.bits - 1)
    values = [0, 1, 2, 7, sign - 1, sign, sign + 1, type.mask - 1, type.mask, type.bits, 0x5A]
    return list(dict.fromkeys(value & type.mask for value in values))


def type_pairs(op: Op) -> list[tuple[Type, Type]]:
    """Types the mnemonic may name."""
    firsts = [t for t in SCALARS if (op.domain & ops.INT and t.is_integer) or (op.domain & ops.FLOAT and t.is_float)]
    if op is ops.BSWAP:
        firsts = [type for type in firsts if type.bits >= 16]
    if not op.two_types:
        return [(type, VOID) for type in firsts]
    pairs = []
    for first, second in itertools.product(firsts, SCALARS):
        if op in (ops.ZEXT, ops.SEXT):
            good = second.is_integer and second.bits < first.bits
        elif op is ops.TRUNC:
            good = second.is_integer and second.bits > first.bits
        elif op is ops.BITCAST:
            good = second.bits == first.bits and second is not first
        elif op in (ops.SITOF, ops.UITOF):
            good = second.is_integer
        else:
            good = second.is_float and (second is not first or op is not ops.FCVT)
        if good:
            pairs.append((first, second))
    return pairs


SCALAR_OPS = [op for op in ops.OPS if is_evaluable(op) and not ops.SPLAT.number <= op.number <= ops.SHUFFLE.number]


@pytest.mark.parametrize("op", SCALAR_OPS, ids=lambda op: op.name)
def test_interpreter_agrees_with_evaluator(op: Op) -> None:
    pairs = type_pairs(op) if op is not ops.PTR_ADD else [(SCALARS[4], VOID)]
    assert pairs
    compared = 0
    for named, second in pairs:
        function = Function("f")
        builder = Builder(function)
        kinds = {"t": named, "u": second, "p": named, "i1": SCALARS[0]}
        types = [kinds[kind] for kind in op.operands]
        args = [builder.parameter(type) for type in types]
        made = builder.emit(op, named, list(args), second)
        function.result_types = [value.type for value in made.results]
        builder.ret(made.results)
        module = Module("", 64)
        module.items.append(function)
        machine = Machine([module], Host(), memory_size=16 << 20)
        choices = [boundaries(type) for type in types]
        if len(choices) == 3 and op is not ops.SELECT:
            choices = [values[:5] for values in choices]
        for operands in itertools.product(*choices):
            wanted = evaluate(op, named, second, list(operands))
            outcome = machine.run("f", list(operands))
            assert (outcome.kind == "undefined") if wanted is None else (outcome.values == wanted), (named, operands)
            compared += 1
    assert compared >= 4


def test_undefined_is_none() -> None:
    assert evaluate(ops.SDIV, I8, VOID, [0x80, 0xFF]) is None
    assert evaluate(ops.UREM, I8, VOID, [1, 0]) is None
    assert evaluate(ops.FTOSI, I8, F32, [float_format(F32).nan]) is None
    assert evaluate(ops.LOAD, I8, VOID, [0]) is None


def test_vectors_work_lane_by_lane() -> None:
    four = vector(I32, 4)
    a = join_lanes([1, 2, 3, 0xFFFFFFFF], 32)
    b = join_lanes([1, 5, 2, 1], 32)
    sums = evaluate(ops.ADD, four, VOID, [a, b])
    assert sums is not None and split_lanes(sums[0], 32, 4) == [2, 7, 5, 0]
    assert evaluate(ops.LT_S, four, VOID, [a, b]) == [0b1010]
    chosen = evaluate(ops.SELECT, four, VOID, [0b0011, a, b])
    assert chosen is not None and split_lanes(chosen[0], 32, 4) == [1, 2, 2, 1]
    shuffled = evaluate(ops.SHUFFLE, four, four, [a, b, join_lanes([7, 0, 4, 9], 32)])
    assert shuffled is not None and split_lanes(shuffled[0], 32, 4) == [1, 1, 1, 2]
    assert evaluate(ops.EXTRACT, I32, four, [b, 1]) == [5]
    assert evaluate(ops.UDIV, four, VOID, [a, 0]) is None
