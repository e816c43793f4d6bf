"""Checks of statements: switch labels, jumps, returns (C17 6.8)."""

from __future__ import annotations

from typing import Final

from compiler.arith import ints
from compiler.sema.context import Context, FunctionState, LabelState, SwitchState
from compiler.sema.convert import RETURNING, Target, assign_convert, cast, load, promote
from compiler.sema.names import find_label
from compiler.syntax.decl import Label
from compiler.syntax.expr import (
    Binary,
    Expr,
    IntegerConstant,
    Name,
    Unary,
)
from compiler.syntax.stmt import Block, Case, CaseRange, ExprStmt, Return, Stmt, Switch
from compiler.types import ctypes
from compiler.types.derive import integer_of

_STATEMENT_EXPRESSION: Final = "statement expression"
_VARIABLY_MODIFIED: Final = "scope of identifier with variably modified type"


def begin_switch(cx: Context, node: Expr, start: int, at: int) -> SwitchState:
    """The controlling expression of a switch, promoted (C17 6.8.4.2p5)."""
    node = load(cx, node)
    if not node.type.is_integer:
        if node.type.kind != ctypes.ERROR:
            cx.error(at, "switch quantity not an integer")
        node = IntegerConstant(cx.types.int, node.start, node.end, 0)
    node = promote(cx, node)
    state = SwitchState(Switch(start, node.end, node), node.type)
    function = cx.function
    assert function is not None
    state.jump_scope = len(function.vla_scopes)
    function.switches.append(state)
    return state


def add_case(cx: Context, case: Case, low: Expr | None, high: Expr | None, at: int) -> None:
    """A case label (`low` None: default) of the innermost switch."""
    function = cx.function
    assert function is not None
    if not function.switches:
        if low is None:
            cx.error(at, "'default' label not within a switch statement")
        else:
            cx.error(at, "case label not within a switch statement")
        return
    state = function.switches[-1]
    if len(function.vla_scopes) > state.jump_scope:
        into = function.vla_scopes[state.jump_scope]
        cx.error(at, "switch jumps into {}", _STATEMENT_EXPRESSION if into < 0 else _VARIABLY_MODIFIED)
    if low is None:
        if state.node.default is not None:
            cx.error(at, "multiple default labels in one switch")
            cx.note(state.node.default.start, "this is the first default label")
            return
        state.node.default = case
        return
    first = _case_value(cx, state, low, at)
    last = first if high is None else _case_value(cx, state, high, at)
    if first is None or last is None:
        return
    if last < first:
        cx.warning("", at, "empty range specified")
        return
    _check_duplicates(cx, state, first, last, at)
    state.node.cases.append(CaseRange(first, last, case))


def _case_value(cx: Context, state: SwitchState, node: Expr, at: int) -> int | None:
    node = load(cx, node)
    if node.type.kind == ctypes.ERROR:
        return None
    if not node.type.is_integer:
        cx.error(at, "case label does not reduce to an integer constant")
        return None
    value = cx.evaluator.constant_integer(node)
    if value is None:
        cx.error(at, "case label does not reduce to an integer constant")
        return None
    integer = integer_of(state.type.bare)
    bits = integer.precision or integer.bits
    converted = ints.fit(value, bits, integer.is_signed)
    if converted != value and not ints.fits(value, bits, not integer.is_signed):
        cx.warning("overflow", at, "case label value exceeds maximum value for type")
    return converted


def _check_duplicates(cx: Context, state: SwitchState, first: int, last: int, at: int) -> None:
    if first == last:
        previous = state.values.get(first)
        if previous is not None:
            cx.error(at, "duplicate case value")
            cx.note(previous, "previously used here")
            return
    for low, high, place in state.ranges:
        if first <= high and low <= last:
            cx.error(at, "duplicate (or overlapping) case value")
            cx.note(place, "this is the first entry overlapping that value")
            return
    if first == last:
        state.values[first] = at
        return
    for value, place in state.values.items():
        if first <= value <= last:
            cx.error(at, "duplicate (or overlapping) case value")
            cx.note(place, "this is the first entry overlapping that value")
            return
    state.ranges.append((first, last, at))


def define_label(cx: Context, name: str, at: int) -> Label:
    state = find_label(cx, name, at)
    assert state is not None and cx.function is not None
    if state.label.is_defined:
        cx.error(at, "duplicate label '{}'", name)
        cx.note(state.defined_at, "previous definition of '{}' was here", name)
        return Label(name)
    state.label.is_defined = True
    state.defined_at = at
    state.vla_path = tuple(cx.function.vla_scopes)
    return state.label


def use_label(cx: Context, name: str, at: int) -> Label:
    state = find_label(cx, name, at)
    assert state is not None and cx.function is not None
    state.is_used = True
    state.uses.append((at, tuple(cx.function.vla_scopes)))
    return state.label


def finish_labels(cx: Context, labels: dict[str, LabelState]) -> None:
    """At the end of the function, or of the block for local labels."""
    for name, state in labels.items():
        if not state.label.is_defined:
            at = state.uses[0][0] if state.uses else state.address_at if state.address_at >= 0 else state.at
            cx.error(at, "label '{}' used but not defined", name)
            continue
        if not state.is_used:
            cx.warning("unused-label", state.defined_at, "label '{}' defined but not used", name)
        depth = len(state.vla_path)
        if depth == 0:
            continue
        for at, path in state.uses:
            if path[:depth] != state.vla_path:
                outer = 0
                while outer < len(path) and path[outer] == state.vla_path[outer]:
                    outer += 1
                is_expression = state.vla_path[outer] < 0
                cx.error(at, "jump into {}", _STATEMENT_EXPRESSION if is_expression else _VARIABLY_MODIFIED)


def declare_local_label(cx: Context, function: FunctionState, name: str, at: int) -> None:
    """__label__ name; (GNU)"""
    scope = function.local_labels[-1]
    if name in scope:
        cx.error(at, "duplicate label declaration '{}'", name)
        return
    state = LabelState(Label(name), at)
    scope[name] = state
    function.function.labels.append(state.label)


def return_statement(cx: Context, value: Expr | None, start: int, end: int) -> Stmt:
    function = cx.function
    assert function is not None
    result = function.result
    if function.function.attributes.noreturn:
        cx.warning("", start, "function declared 'noreturn' has a 'return' statement")
    if value is None:
        if result.kind not in (ctypes.VOID, ctypes.ERROR) and cx.options.c99:
            cx.warning("return-mismatch", start, "'return' with no value, in function returning non-void")
        return Return(start, end, None)
    at = value.start
    if result.kind == ctypes.VOID:
        value = load(cx, value)
        if value.type.kind == ctypes.VOID:
            cx.pedantic("pedantic", at, "ISO C forbids 'return' with expression, in function returning void")
            return Return(start, end, value)
        if value.type.kind != ctypes.ERROR:
            cx.warning("return-mismatch", at, "'return' with a value, in function returning void")
        block = Block(start, end, [])
        if value.type.kind != ctypes.ERROR:
            block.body.append(ExprStmt(start, end, cast(cx, value, cx.types.void, at, end, at)))
        block.body.append(Return(start, end, None))
        return block
    value = assign_convert(cx, value, result, at, Target(RETURNING))
    return Return(start, end, value)


def check_unused_value(cx: Context, node: Expr, at: int) -> None:
    """-Wunused-value, for what plainly has no effect."""
    if isinstance(node, (Binary, Name, IntegerConstant, Unary)) and node.type.kind not in (ctypes.VOID, ctypes.ERROR):
        cx.warning("unused-value", at, "statement with no effect")
