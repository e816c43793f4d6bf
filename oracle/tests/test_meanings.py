"""The prover's meaning of every operation that it has one for, held against the evaluator on boundary values."""

from __future__ import annotations

from itertools import product

import pytest

from compiler.ir.evaluate import evaluate
from compiler.ir.types import F32, F64, I1, I8, I16, I32, I64, VOID, Type
from compiler.terms import ops
from compiler.terms.ops import Op
from compiler.tests.codegen import tables

z3 = pytest.importorskip("z3")
from oracle import prove_rules  # noqa: E402  (needs z3)

KERNEL = (
    ops.ADD, ops.SUB, ops.MUL, ops.UDIV, ops.SDIV, ops.UREM, ops.SREM, ops.AND, ops.OR, ops.XOR, ops.SHL, ops.LSHR,
    ops.ASHR, ops.EQ, ops.NE, ops.LT_S, ops.LT_U, ops.LE_S, ops.LE_U, ops.SELECT,
)  # fmt: skip
CONVERSIONS = (ops.ZEXT, ops.SEXT, ops.TRUNC)
FLOATS = (
    ops.FADD, ops.FSUB, ops.FMUL, ops.FDIV, ops.FNEG, ops.FABS, ops.FCOPYSIGN, ops.FEQ, ops.FNE, ops.FLT, ops.FLE,
    ops.FUNORDERED,
)  # fmt: skip


def operands(op: Op, named: Type, second: Type, limit: int) -> list[tuple[int, ...]]:
    types = [tables.operand_type(kind, named, second) for kind in op.operands]
    return list(product(*[tables.thinned(tables.boundary(type), limit if len(types) < 3 else 5) for type in types]))


def agrees(op: Op, named: Type, second: Type, values: tuple[int, ...]) -> bool:
    results = evaluate(op, named, second, list(values))
    if results is None:
        return True
    types = [tables.operand_type(kind, named, second) for kind in op.operands]
    args = [z3.BitVecVal(value, type.bits) for value, type in zip(values, types, strict=True)]
    if op in FLOATS:
        args += [z3.BitVecVal(0, named.bits)] * (2 - len(args))
        given = prove_rules.float_meaning(op, args, named.bits)
    else:
        given = prove_rules.meaning(op, args, named.bits, second.bits)
    if not z3.is_bv(given) and tables.is_nan(named, results[0]):
        return bool(z3.is_true(z3.simplify(z3.fpIsNaN(given))))
    pattern = given if z3.is_bv(given) else z3.fpToIEEEBV(given)
    return bool(z3.simplify(pattern).as_long() == results[0])


@pytest.mark.parametrize("op", KERNEL, ids=lambda op: str(op.name))
def test_integers(op: Op) -> None:
    for named in (I1, I8, I16, I32, I64):
        wrong = [values for values in operands(op, named, VOID, 10) if not agrees(op, named, VOID, values)]
        assert wrong == [], named.name


@pytest.mark.parametrize("op", CONVERSIONS, ids=lambda op: str(op.name))
def test_conversions(op: Op) -> None:
    for named, second in product((I1, I8, I16, I32, I64), repeat=2):
        if tables.convertible(op, named, second):
            assert all(agrees(op, named, second, values) for values in operands(op, named, second, 30))


@pytest.mark.parametrize("op", FLOATS, ids=lambda op: str(op.name))
def test_floats(op: Op) -> None:
    for named in (F32, F64):
        wrong = [values for values in operands(op, named, VOID, 12) if not agrees(op, named, VOID, values)]
        assert wrong == [], named.name


def test_a_wrong_meaning_is_seen() -> None:
    args = [z3.BitVecVal(1, 8), z3.BitVecVal(8, 8)]
    assert z3.simplify(args[0] << args[1]).as_long() == 0
    assert evaluate(ops.SHL, I8, VOID, [1, 8]) == [1]
    assert agrees(ops.SHL, I8, VOID, (1, 8))
