"""Tries rewrite rules on numbers, with the compiler's own evaluator and meta operations: for what Z3 cannot decide."""

from __future__ import annotations

import itertools
import random

from compiler.analysis.known_bits import KnownBits
from compiler.ir import types
from compiler.ir.builder import Builder
from compiler.ir.edit import make_const
from compiler.ir.evaluate import evaluate, float_format, violates
from compiler.ir.function import Function
from compiler.rewrite.match import Binding
from compiler.terms import ops
from compiler.terms.term import Any, App, Const, Rule, Term, TypeVariable
from oracle.rule_types import assignments, operand_widths, width_of


def leaves_of(term: Term, found: dict[int, Any | Const]) -> None:
    if isinstance(term, (Any, Const)):
        found[term.slot] = term
    elif isinstance(term, App):
        for part in term.args:
            leaves_of(part, found)


class Tester:
    """Evaluates both sides on numbers, with the compiler's own evaluator and meta operations."""

    def __init__(self, rule: Rule, types_: dict[TypeVariable, int]) -> None:
        self.rule = rule
        self.types = types_
        self.leaves: dict[int, Any | Const] = {}
        leaves_of(rule.before, self.leaves)
        self.function = Function("rule")
        self.builder = Builder(self.function)
        self.binding = Binding(KnownBits())

    def type_of(self, variable: TypeVariable) -> types.Type:
        bits = self.types[variable]
        return types.TYPE_BY_NAME[("f" if variable.floating else "i") + str(bits)]

    def bind(self, values: dict[int, int]) -> None:
        self.binding.clear()
        for slot, leaf in self.leaves.items():
            assert leaf.type is not None
            type = self.type_of(leaf.type)
            self.binding.values[slot] = make_const(self.function, type, values[slot])
        for variable in self.types:
            self.binding.types[variable] = self.type_of(variable)

    def value(self, term: Term, expected: int | None, values: dict[int, int]) -> int | None:
        """None where undefined."""
        if isinstance(term, (Any, Const)):
            return values[term.slot]
        if not isinstance(term, App):
            width = self.types[term.type] if term.type is not None else expected
            assert width is not None
            return self.binding.number(term, width).value & ((1 << width) - 1)
        named, second = operand_widths(term, self.types, expected)
        args: list[int] = []
        for index, part in enumerate(term.args):
            kind = term.op.operands[index]
            value = self.value(part, 1 if kind == "i1" else second if kind == "u" else named, values)
            if value is None:
                return None
            args.append(value)
        if term.flags and violates(term.op, term.flags, named, args):
            return None
        letter = "f" if term.op.domain == ops.FLOAT else "i"
        first = types.TYPE_BY_NAME[f"{letter}{named}"]
        other = types.TYPE_BY_NAME[f"i{second}"] if second else types.VOID
        results = evaluate(term.op, first, other, args)
        return None if results is None else results[0]

    def wrong(self, values: dict[int, int]) -> bool:
        before = self.value(self.rule.before, None, values)
        if before is None:
            return False
        self.bind(values)
        if self.rule.when is not None and not self.binding.holds(self.rule.when):
            return False
        after = self.value(self.rule.after, width_of(self.rule.before, self.types, None), values)
        return after != before and not self.both_nan(before, after)

    def both_nan(self, before: int, after: int | None) -> bool:
        if after is None or not any(variable.floating for variable in self.types):
            return False
        width = width_of(self.rule.before, self.types, None)
        if width == 1:
            return False
        exponent = float_format(types.TYPE_BY_NAME[f"f{width}"]).infinity
        magnitude = (1 << (width - 1)) - 1
        return before & magnitude > exponent and after & magnitude > exponent


def interesting(bits: int, source: random.Random) -> int:
    """A random number that is often a boundary or a power of two."""
    kind = source.randrange(6)
    if kind == 0:
        return source.choice((0, 1, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1))
    if kind == 1:
        return 1 << source.randrange(bits)
    if kind == 2:
        return source.randrange(min(1 << bits, 2 * bits))
    return source.getrandbits(bits)


def try_values(rule: Rule, bits: int, count: int | None) -> str:
    """All values (`count` None: at most a million of them) or `count` random ones; a counterexample, or nothing.

    Type variables get `bits`, or neighbouring widths where the rule crosses widths.
    """
    near = (bits // 2, bits, bits * 2) if bits > 8 else (bits, bits * 2, bits * 4)
    fitting = [item for item in assignments(rule, near) if bits in item.values() or not item]
    source = random.Random(1)
    for types_ in fitting[:4]:
        tester = Tester(rule, types_)
        slots = list(tester.leaves)
        widths = []
        for slot in slots:
            variable = tester.leaves[slot].type
            assert variable is not None
            widths.append(types_[variable])
        total = sum(widths)
        if count is None and total <= 20:
            for values in itertools.product(*[range(1 << width) for width in widths]):
                if tester.wrong(dict(zip(slots, values, strict=True))):
                    return f"wrong for {dict(zip(slots, values, strict=True))} at {bits} bits"
            continue
        for _ in range((count or 1_000_000) // len(fitting[:4])):
            drawn = {slot: interesting(width, source) for slot, width in zip(slots, widths, strict=True)}
            if tester.wrong(drawn):
                return f"wrong for {drawn} at {bits} bits"
    return ""
