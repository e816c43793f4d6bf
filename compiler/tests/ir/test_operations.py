"""Every operation of the table is printed, read, accepted, refused and run; and what has no case is named."""

from __future__ import annotations

import pytest

from compiler.ir.function import Block, Call, Const, Function, Named, Operation, Terminator
from compiler.ir.interpreter import run_module
from compiler.ir.parser import parse_module
from compiler.ir.printer import print_module
from compiler.ir.types import F16, I64
from compiler.ir.verifier import verify_function, verify_module
from compiler.terms import ops
from compiler.terms.ops import Op
from compiler.tests.ir.everything import EVERYTHING
from compiler.tests.ir.operation_cases import CASES, Case, missing

RUN = [case for case in CASES if case.run]
REFUSED = [case for case in CASES if case.refused]


def names_in(text: str) -> set[str]:
    """Operations of a text that verifies and comes back from the printer as it is."""
    module = parse_module(text)
    assert [str(violation) for violation in verify_module(module)] == []
    printed = print_module(module)
    assert print_module(parse_module(printed)) == printed
    return {operation.op.name for operation in operations_of(text)}


def operations_of(text: str) -> list[Operation]:
    functions = parse_module(text).functions()
    return [operation for function in functions for block in function.blocks for operation in block.operations]


def test_every_operation_has_its_cases() -> None:
    assert missing(CASES, ops.OPS, names_in(EVERYTHING)) == []


def test_an_operation_without_a_case_is_named() -> None:
    printed = names_in(EVERYTHING)
    planted = Op("planted", "t t -> t", ops.INT)
    assert missing(CASES, [*ops.OPS, planted], printed) == [
        "planted: no text that is printed and read", "planted: no function to run", "planted: no refusal",
    ]  # fmt: skip
    assert missing([case for case in CASES if case.op != "va_arg"], ops.OPS, printed) == [
        "va_arg: no function to run", "va_arg: no refusal",
    ]  # fmt: skip
    assert missing(CASES, ops.OPS, printed - {"fence"}) == ["fence: no text that is printed and read"]
    assert missing([*CASES, Case("nonsense", "return %x", 0, 0)], ops.OPS, printed) == ["nonsense: no such operation"]


@pytest.mark.parametrize("case", RUN, ids=lambda case: str(case.op))
def test_run(case: Case) -> None:
    """As written, as printed and read again, and with the interpreter's checks."""
    text = case.run_text()
    assert case.op in names_in(text)
    for checks in (False, True):
        for module in (parse_module(text), parse_module(print_module(parse_module(text)))):
            assert str(run_module(module, "f", [case.x], 10_000, checks)) == case.expected, checks


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.op} {case.kind}")
def test_refused(case: Case) -> None:
    """The operation itself is what the violation names, but for what is wrong with its place."""
    module = parse_module(case.refused_text())
    found = [
        (violation.kind, violation.operation.op.name)
        for violation in verify_module(module)
        if violation.operation is not None
    ]
    assert (case.kind, case.op) in found, [str(violation) for violation in verify_module(module)]


# --- damage, the same for all -----------------------------------------------------------------------------------------


def kinds_at(function: Function, operation: Operation) -> set[str]:
    return {violation.kind for violation in verify_function(function, I64) if violation.operation is operation}


def homes() -> list[tuple[Function, Block, Operation]]:
    """Every operation of the large text with its place; what is damaged is mended again."""
    functions = parse_module(EVERYTHING).functions()
    return [
        (function, block, operation)
        for function in functions
        for block in function.blocks
        for operation in block.operations
    ]


def test_an_operand_too_many_and_one_of_a_strange_type() -> None:
    for function, _, operation in homes():
        if operation.op.variadic:
            continue
        strange = Const(ops.CONST, F16, function.number(), [])
        strange.named = F16
        function.entry.operations.insert(0, strange)
        assert kinds_at(function, operation) == set(), operation.op.name
        count = len(operation.args)
        operation.args.append(strange)
        assert "operands" in kinds_at(function, operation), operation.op.name
        operation.args.pop()
        for place in range(count):
            kept = operation.args[place]
            operation.args[place] = strange
            assert "types" in kinds_at(function, operation), (operation.op.name, place)
            operation.args[place] = kept
        del function.entry.operations[0]


def test_a_flag_too_many_and_the_wrong_class() -> None:
    every = ops.NSW | ops.NUW | ops.EXACT
    for function, block, operation in homes():
        kept = operation.flags
        if operation.op.flags != every:
            operation.flags |= every & ~operation.op.flags
            assert "flags" in kinds_at(function, operation), operation.op.name
            operation.flags = kept
        if isinstance(operation, (Terminator, Call)) or operation.op is ops.ASM_GOTO or operation.extra:
            continue  # edges and further results know their operation
        wrong: Operation = Operation(operation.op, operation.type, operation.number, operation.args)
        if type(operation) is Operation:
            wrong = Named(operation.op, operation.type, operation.number, operation.args)
        wrong.named, wrong.second, wrong.flags = operation.named, operation.second, operation.flags
        place = block.operations.index(operation)
        block.operations[place] = wrong
        assert "payload" in kinds_at(function, wrong), operation.op.name
        block.operations[place] = operation
