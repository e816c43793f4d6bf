"""Every scalar operation, at every type, on boundary × boundary values: evaluator, interpreter and machine code agree.

Operands are tried in registers and as constants in the code. `oracle/tests/test_meanings.py` holds the prover's meaning
against the same evaluator on the same values.
"""

from __future__ import annotations

import pytest

from compiler.codegen.legal import Refused
from compiler.ir.types import F128, VOID, Type
from compiler.terms import ops
from compiler.terms.ops import Op
from compiler.tests.codegen import tables
from compiler.tests.codegen.execution import build, interpreted_output, machine_output
from compiler.tests.codegen.tables import Case

# Calls of the C library's functions, not operations, on every machine that has them.
REFUSED = ((ops.FSQRT, F128), (ops.FFMA, F128))


def supported(op: Op, named: Type) -> bool:
    return (op, named) not in REFUSED


def group_of(named: Type, second: Type) -> str:
    """Cases are compiled together by the widest type they touch."""
    widest = second if second.bits > named.bits else named
    return "quad" if widest.bits == 128 else "float" if named.is_float or second.is_float else widest.name


GROUPS = ("i1", "i8", "i16", "i32", "i64", "float", "quad")


def agree(cases: list[Case]) -> None:
    assert sum([len(case.rows) for case in cases]) > 500 or cases[0].named.bits == 1
    assert tables.differences(cases, interpreted_output(tables.module_of(cases))) == []
    # The checker of allocations is slower than all else; random programs give it more to do.
    assert tables.differences(cases, machine_output(tables.module_of(cases), check=False)) == []


@pytest.mark.parametrize("group", GROUPS)
def test_operands_in_registers(group: str) -> None:
    limit = 12 if group in ("quad", "float") else 26
    agree([
        tables.register_case(op, named, second, limit)
        for op, named, second in tables.shapes()
        if group_of(named, second) == group and supported(op, named)
    ])  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_operands_as_constants(group: str) -> None:
    limit = 5 if group in ("quad", "float") else 9
    cases: list[Case] = []
    for op, named, second in tables.shapes():
        if group_of(named, second) == group and supported(op, named):
            cases += tables.constant_cases(op, named, second, limit)
    agree(cases)


def test_what_is_refused_is_refused_by_name() -> None:
    for op, named in REFUSED:
        module = tables.module_of([tables.register_case(op, named, VOID, 3)])
        with pytest.raises(Refused, match=f"{op.name} of {named.name}"):
            build(module)
