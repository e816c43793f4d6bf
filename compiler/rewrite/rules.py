"""The engine: rules by the op at their root, commutative operations in both orders, first match in table order wins."""

from __future__ import annotations

from typing import Final, final

from compiler.ir import function as ir
from compiler.ir.function import Operation, Value
from compiler.rewrite.match import Binding
from compiler.terms.ops import OPS
from compiler.terms.term import Any, App, Const, Lit, Rule, Term

# What an operand of the root must be.
_ANYTHING: Final = -1
_CONSTANT: Final = -2


@final
class Variant:
    """A rule with one order of its commutative operands; `first` and `second` say cheaply what those must be."""

    def __init__(self, rule: Rule, before: App, order: int) -> None:
        self.rule: Final = rule
        self.before: Final = before
        self.order: Final = order  # of the rule in its table
        self.first: Final = _needed(before.args[0]) if before.args else _ANYTHING
        self.second: Final = _needed(before.args[1]) if len(before.args) > 1 else _ANYTHING


def _needed(term: Term) -> int:
    if isinstance(term, App):
        return term.op.number
    return _CONSTANT if isinstance(term, (Const, Lit)) else _ANYTHING


def _shape(term: Term) -> str:
    """Equal for patterns that match the same."""
    if isinstance(term, (Any, Const)):
        return f"{'x' if isinstance(term, Any) else 'c'}{term.slot}"
    if isinstance(term, Lit):
        return f"={term.value}:{'' if term.type is None else term.type.name}"
    assert isinstance(term, App)
    type = "" if term.type is None else term.type.name
    return f"{term.op.name}.{type}.{term.flags}(" + ",".join([_shape(part) for part in term.args]) + ")"


def orders(term: Term) -> list[Term]:
    """The pattern with the operands of its commutative operations in every order."""
    if not isinstance(term, App):
        return [term]
    choices: list[list[Term]] = [[]]
    for part in term.args:
        choices = [made + [variant] for made in choices for variant in orders(part)]
    if term.op.commutes:
        choices = choices + [[made[1], made[0]] + made[2:] for made in choices]
    out: list[Term] = []
    seen: set[str] = set()
    for made in choices:
        built = App(term.op, tuple(made), term.type, term.flags)
        shape = _shape(built)
        if shape not in seen:
            seen.add(shape)
            out.append(built)
    return out


@final
class RuleSet:
    """Made once from tables; `find` is the hot path."""

    def __init__(self, tables: tuple[tuple[Rule, ...], ...]) -> None:
        self.by_op: Final[list[list[Variant]]] = [[] for _ in OPS]
        self.rules: Final[list[Rule]] = []
        for table in tables:
            for rule in table:
                for pattern in orders(rule.before):
                    assert isinstance(pattern, App)
                    self.by_op[pattern.op.number].append(Variant(rule, pattern, len(self.rules)))
                self.rules.append(rule)

    def find(self, operation: Operation, binding: Binding) -> Rule | None:
        """The first rule that matches, with `binding` filled; None if there is none."""
        variants = self.by_op[operation.op.number]
        if not variants:
            return None
        args = operation.args
        first = _kind(args[0]) if args else _ANYTHING
        second = _kind(args[1]) if len(args) > 1 else _ANYTHING
        for variant in variants:
            if variant.first != _ANYTHING and variant.first != first:
                continue
            if variant.second != _ANYTHING and variant.second != second:
                continue
            binding.clear()
            if binding.match_operation(variant.before, operation):
                when = variant.rule.when
                if when is None or binding.holds(when):
                    return variant.rule
        return None


def _kind(value: Value) -> int:
    if isinstance(value, ir.Const):
        return _CONSTANT
    if isinstance(value, Operation):
        return value.op.number
    return -3
