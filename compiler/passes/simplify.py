"""Folds constants and applies the rule tables, block by block in reverse postorder.

Operands are simplified before their users, except around loops; a replacement is simplified again, up to a bound. What
an operation's result is replaced by takes effect at once in later operations and at the end everywhere.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.facts import Facts
from compiler.analysis.known_bits import KnownBits
from compiler.ir.edit import Replacements, drop_dead_notes, make_const
from compiler.ir.evaluate import evaluate, is_evaluable
from compiler.ir.function import Const, Function, Memory, Operation, Value
from compiler.ir.types import I1, Type
from compiler.passes import rules_float, rules_int
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.rewrite.match import Binding, Rebuilder
from compiler.rewrite.rules import RuleSet
from compiler.terms import ops
from compiler.terms.term import Any, App, Rule, Term

RULES: Final = RuleSet(rules_int.TABLES + rules_float.TABLES)
_AGAIN: Final = 8  # how often the result of one operation may be simplified further
_EVALUABLE: Final = tuple([is_evaluable(op) for op in ops.OPS])


@final
class Simplify(FunctionPass):
    """`simplify`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        changed = False
        for _ in range(3):
            worker = _Worker(function, facts.pointer, counters)
            for block in facts.cfg().order:
                worker.block(block.operations)
                block.operations = worker.out
            worker.replaced.apply(function)
            if not worker.changed:
                break
            changed = True
            if counters.exhausted:
                break
        if changed:
            drop_dead_notes(function)
        return changed


def _addresses(function: Function) -> set[int]:
    """Numbers of values that are the base of an address or an address."""
    found: set[int] = set()
    for block in function.blocks:
        for operation in block.operations:
            if operation.op is ops.PTR_ADD or isinstance(operation, Memory):
                for value in operation.args[:2]:
                    found.add(value.number)
    return found


def chooses_a_value(rule: Rule) -> bool:
    """Whether the rule replaces a computation on several values by one of them (`x - y + y`).

    Not for addresses: the value may be equal and yet point into another object than the computation might.
    """
    return isinstance(rule.after, Any) and rule.before.op is not ops.PTR_ADD and _slots(rule.before) > 1


def _slots(term: Term) -> int:
    found: set[int] = set()
    work: list[Term] = [term]
    while work:
        part = work.pop()
        if isinstance(part, Any):
            found.add(part.slot)
        elif isinstance(part, App):
            work.extend(part.args)
    return len(found)


@final
class _Worker(Rebuilder):
    def __init__(self, function: Function, pointer: Type, counters: Counters) -> None:
        super().__init__(function, pointer, I1)
        self.counters: Final = counters
        self.binding: Final = Binding(KnownBits())
        self.replaced: Final = Replacements()
        self.changed = False
        self.addresses: Final[set[int]] = _addresses(function)

    def block(self, operations: list[Operation]) -> None:
        self.out = []
        for operation in operations:
            if operation.args:
                self.replaced.apply_list(operation.args)
            self.loc = operation.loc
            self.visit(operation)

    def visit(self, operation: Operation) -> None:
        """Appends the operation, or what replaces it."""
        op = operation.op
        if not _EVALUABLE[op.number] and not RULES.by_op[op.number]:
            self.out.append(operation)
            return
        if op.commutes and isinstance(operation.args[0], Const) and not isinstance(operation.args[1], Const):
            operation.args[0], operation.args[1] = operation.args[1], operation.args[0]
        if self.fold(operation):
            return
        rule = RULES.find(operation, self.binding)
        if rule is not None and operation.number in self.addresses and chooses_a_value(rule):
            rule = None
        if rule is None or not self.counters.allow("simplify." + rule.name):
            self.out.append(operation)
            return
        self.changed = True
        self.replaced.add(operation, self.rewritten(rule, operation))

    def fold(self, operation: Operation) -> bool:
        """An operation on constants that has a defined value."""
        if not operation.args or not _EVALUABLE[operation.op.number]:
            return False
        given: list[int] = []
        for value in operation.args:
            if not isinstance(value, Const):
                return False
            given.append(value.value)
        results = evaluate(operation.op, operation.named, operation.second, given)
        if results is None or not self.counters.allow("simplify.fold"):
            return False
        self.changed = True
        for index, result in enumerate(operation.results):
            made = make_const(self.function, result.type, results[index], operation.loc)
            self.out.append(made)
            self.replaced.add(result, made)
        return True

    def rewritten(self, rule: Rule, operation: Operation) -> Value:
        """Builds the rule's right side; each operation of it, operands first, is simplified in its turn."""
        mark = len(self.out)
        value = self.binding.build(rule.after, operation.type, self)
        new = self.out[mark:]
        del self.out[mark:]
        local = Replacements()
        for made in new:
            local.apply_list(made.args)
            current: Value = self.simplified(made)
            if current is not made:
                local.add(made, current)
        return local.find(value)

    def simplified(self, operation: Operation) -> Value:
        """Appends a freshly built operation in its simplest form, and returns that."""
        for _ in range(_AGAIN):
            if operation.op.commutes and isinstance(operation.args[0], Const):
                if not isinstance(operation.args[1], Const):
                    operation.args[0], operation.args[1] = operation.args[1], operation.args[0]
            if len(operation.results) == 1 and self.fold(operation):
                return self.replaced.find(operation)
            rule = RULES.find(operation, self.binding)
            if rule is None or not self.counters.allow("simplify." + rule.name):
                break
            mark = len(self.out)
            value = self.binding.build(rule.after, operation.type, self)
            if not isinstance(value, Operation) or len(self.out) == mark or self.out[-1] is not value:
                return value
            self.out.pop()  # its operands stay; it is tried again itself
            operation = value
        self.out.append(operation)
        return operation
