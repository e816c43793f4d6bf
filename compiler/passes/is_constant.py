"""Decides what is left of `is_constant` (__builtin_constant_p) and takes `expect` as branch weights.

An operand is constant if it is a constant now, computed from constants alone, or the address of a string literal. Runs
once, after what may make operands constant; at -O0 nothing ran before it, so it looks through operations itself.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.facts import Facts
from compiler.ir.edit import Replacements, drop_dead_notes, make_const
from compiler.ir.evaluate import evaluate, is_evaluable
from compiler.ir.function import Const, Function, Operation, SymbolAddress, Terminator, Value
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops

_DEPTH: Final = 50
_LIKELY: Final = 19  # against 1


@final
class IsConstant(FunctionPass):
    """`is_constant`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        if not _has_hints(function):
            return False
        replaced = Replacements()
        changed = _weigh_branches(function, counters)
        for block in function.blocks:
            out: list[Operation] = []
            for operation in block.operations:
                replaced.apply_list(operation.args)
                if operation.op is ops.IS_CONSTANT and counters.allow("is_constant"):
                    known = _constant_value(operation.args[0], _DEPTH) is not None or _is_string(
                        operation.args[0], facts
                    )
                    made = make_const(function, operation.type, 1 if known else 0, operation.loc)
                    out.append(made)
                    replaced.add(operation, made)
                elif operation.op is ops.EXPECT and counters.allow("is_constant"):
                    replaced.add(operation, operation.args[0])
                else:
                    out.append(operation)
            block.operations = out
        if not replaced.map:
            return changed
        replaced.apply(function)
        _fold_users(function)
        drop_dead_notes(function)
        return True


def _has_hints(function: Function) -> bool:
    for block in function.blocks:
        for operation in block.operations:
            if operation.op is ops.IS_CONSTANT or operation.op is ops.EXPECT:
                return True
    return False


def _constant_value(value: Value, depth: int) -> int | None:
    """The value, if it is computed from constants alone."""
    if isinstance(value, Const):
        return value.value
    if depth == 0 or not isinstance(value, Operation) or not is_evaluable(value.op):
        return None
    given: list[int] = []
    for arg in value.args:
        known = _constant_value(arg, depth - 1 if len(value.args) == 1 else depth // 2)
        if known is None:
            return None
        given.append(known)
    results = evaluate(value.op, value.named, value.second, given)
    return None if results is None else results[0]


def _is_string(value: Value, facts: Facts) -> bool:
    if not isinstance(value, SymbolAddress):
        return False
    data = facts.constant_data(value.symbol)
    return data is not None and data.mergeable_string


def _fold_users(function: Function) -> None:
    """Conditions computed from the answers become constants, so that branches on them fold without an optimizer."""
    replaced = Replacements()
    for block in function.blocks:
        for index, operation in enumerate(block.operations):
            replaced.apply_list(operation.args)
            if operation.type.bits != 1 or isinstance(operation, Const) or len(operation.results) != 1:
                continue
            known = _constant_value(operation, _DEPTH)
            if known is not None:
                made = make_const(function, operation.type, known, operation.loc)
                block.operations[index] = made
                replaced.add(operation, made)
    replaced.apply(function)


def _weigh_branches(function: Function, counters: Counters) -> bool:
    """A branch on an expected condition gets weights, unless it has some."""
    changed = False
    for block in function.blocks:
        last = block.operations[-1]
        if not isinstance(last, Terminator) or last.op is not ops.BRANCH or last.weights:
            continue
        likely = _expected(last.args[0], 4)
        if likely is not None and counters.allow("is_constant"):
            last.weights = [_LIKELY, 1] if likely else [1, _LIKELY]
            changed = True
    return changed


def _expected(value: Value, depth: int) -> int | None:
    """The value a condition has if every `expect` under it is right."""
    if isinstance(value, Const):
        return value.value
    if depth == 0 or not isinstance(value, Operation):
        return None
    if value.op is ops.EXPECT:
        return _constant_value(value.args[1], _DEPTH)
    if not is_evaluable(value.op):
        return None
    given: list[int] = []
    for arg in value.args:
        known = _expected(arg, depth - 1)
        if known is None:
            return None
        given.append(known)
    results = evaluate(value.op, value.named, value.second, given)
    return None if results is None else results[0]
