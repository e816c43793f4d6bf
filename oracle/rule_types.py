"""Widths for the type variables of rewrite rules: which ones make a rule's left side well typed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from compiler.terms import ops
from compiler.terms.term import App, Lit, MetaApp, Rule, Term, TypeVariable

FLOAT_WIDTHS = (16, 32, 64)


def variables_of(term: Term, found: dict[TypeVariable, None]) -> None:
    if term.type is not None:
        found[term.type] = None
    parts: tuple[Term, ...] = ()
    if isinstance(term, (App, MetaApp)):
        parts = term.args
    for part in parts:
        variables_of(part, found)


def rule_variables(rule: Rule) -> list[TypeVariable]:
    found: dict[TypeVariable, None] = {}
    variables_of(rule.before, found)
    variables_of(rule.after, found)
    return list(found)


def assignments(rule: Rule, widths: tuple[int, ...]) -> Iterator[dict[TypeVariable, int]]:
    """All widths of the rule's type variables at which its left side is well typed."""
    variables = rule_variables(rule)
    choices: list[tuple[int, ...]] = []
    for variable in variables:
        if variable.bits:
            choices.append((variable.bits,))
        elif variable.floating:
            choices.append(tuple([width for width in widths if width in FLOAT_WIDTHS]))
        else:
            choices.append(widths)
    for bits in itertools.product(*choices):
        assignment = dict(zip(variables, bits, strict=True))
        try:
            width_of(rule.before, assignment, None)
        except IllTyped:
            continue
        yield assignment


class IllTyped(Exception):
    """The widths do not fit the operations."""


def width_of(term: Term, types_: dict[TypeVariable, int], expected: int | None) -> int:
    """The width of a term's value; raises IllTyped."""
    if not isinstance(term, App):
        if term.type is not None:
            return types_[term.type]
        if expected is None:
            raise IllTyped
        return expected
    named, second = operand_widths(term, types_, expected)
    op = term.op
    ok = True
    if op in (ops.ZEXT, ops.SEXT):
        ok = second < named
    elif op is ops.TRUNC:
        ok = second > named
    elif op is ops.BITCAST:
        ok = second == named
    if not ok:
        raise IllTyped
    return 1 if op.results[0] == "i1" else named


def operand_widths(term: App, types_: dict[TypeVariable, int], expected: int | None) -> tuple[int, int]:
    """The widths of the types the operation names."""
    op = term.op
    named = types_[term.type] if term.type is not None else 0
    if named == 0 and op.results[0] != "i1" and expected is not None:
        named = expected
    second = 0
    for pass_constants in (False, True):
        for index, part in enumerate(term.args):
            untyped = isinstance(part, (Lit, MetaApp)) and part.type is None
            if untyped != pass_constants:
                continue
            kind = op.operands[index]
            place = named if kind in ("t", "p") else 1 if kind == "i1" else second
            got = width_of(part, types_, place or None)
            if kind in ("t", "p"):
                if named and got != named:
                    raise IllTyped
                named = got
            elif kind == "u":
                second = got
            elif got != 1:
                raise IllTyped
    return named, second
