"""The rule engine, and the tables as a whole."""

from __future__ import annotations

import random

from compiler.analysis.known_bits import KnownBits
from compiler.ir.builder import Builder
from compiler.ir.function import Function, Operation, Value
from compiler.ir.types import I8, I16, I32, I64, TYPE_BY_NAME, Type
from compiler.passes import rules_float, rules_int
from compiler.rewrite.match import Binding
from compiler.rewrite.rules import RuleSet, orders
from compiler.terms import ops
from compiler.terms.ops import ADD, AND, MUL, SUB, UDIV
from compiler.terms.term import Any, App, Const, Lit, MetaApp, Rule, Term, TypeVariable
from oracle.rule_types import assignments, operand_widths

RULES = RuleSet(rules_int.TABLES + rules_float.TABLES)
x, y, c = rules_int.x, rules_int.y, rules_int.c


def name_of(operation: Operation, rules: RuleSet = RULES) -> str:
    found = rules.find(operation, Binding(KnownBits()))
    return "" if found is None else found.name


def builder_with(types: list[Type]) -> tuple[Builder, list[Value]]:
    builder = Builder(Function("f"))
    return builder, [builder.parameter(type) for type in types]


def test_a_repeated_constant_must_be_equal() -> None:
    b, (v,) = builder_with([I32])
    rules = RuleSet(((Rule("cancel", SUB(ADD(x, c), c), x),),))
    one, two = b.const(I32, 1), b.const(I32, 2)
    sum_ = b.binary(ADD, v, one)
    assert name_of(b.binary(SUB, sum_, two), rules) == ""
    assert name_of(b.binary(SUB, sum_, one), rules) == "cancel"


def test_a_repeated_value_must_be_the_same() -> None:
    b, (v, w) = builder_with([I32, I32])
    assert name_of(b.binary(SUB, v, w)) == ""
    assert name_of(b.binary(SUB, v, v)) == "sub-self"


def test_commutative_operands_match_both_ways_at_every_depth() -> None:
    b, (v, w) = builder_with([I32, I32])
    for first, second in ((v, w), (w, v)):
        assert name_of(b.binary(SUB, b.binary(ADD, first, second), w)) == "add-sub-cancel"
    assert len(orders(ADD(MUL(x, y), c))) == 4
    assert len(orders(ADD(x, x))) == 1


def test_the_power_of_two_at_the_sign_bit_is_not_positive() -> None:
    b, (v,) = builder_with([I8])
    least = b.const(I8, 0x80)
    assert name_of(b.binary(UDIV, v, least)) == "udiv-pow2"
    assert name_of(b.binary(ops.SDIV, v, least)) == ""
    exact = b.binary(ops.SDIV, v, least, ops.EXACT)
    assert name_of(exact) == ""
    assert name_of(b.binary(ops.SDIV, v, b.const(I8, 4), ops.EXACT)) == "sdiv-exact-pow2"
    assert name_of(b.binary(ops.SDIV, v, b.const(I8, 4))) == "sdiv-pow2"


def test_type_variables_must_agree() -> None:
    b, (v, w) = builder_with([I8, I16])
    same = b.convert(ops.TRUNC, I8, b.convert(ops.ZEXT, I32, v))
    wider = b.convert(ops.TRUNC, I16, b.convert(ops.ZEXT, I32, v))
    narrower = b.convert(ops.TRUNC, I8, b.convert(ops.ZEXT, I32, w))
    assert [name_of(op) for op in (same, wider, narrower)] == [
        "trunc-zext-same", "trunc-zext-wider", "trunc-zext-narrower",
    ]  # fmt: skip
    mixed = b.compare(ops.EQ, b.convert(ops.ZEXT, I64, v), b.convert(ops.ZEXT, I64, w))
    assert name_of(mixed) == ""


def test_conditions_ask_known_bits() -> None:
    b, (v, w) = builder_with([I32, I32])
    masked = b.binary(AND, v, b.const(I32, 0x7F))
    assert name_of(b.compare(ops.LT_S, masked, b.binary(ops.LSHR, w, b.const(I32, 1)))) == "lt.s-not-negative"
    assert name_of(b.compare(ops.LT_S, masked, w)) == ""


# --- the tables ------------------------------------------------------------------------------------------------------


class Instance:
    """A rule's left side as operations, with random constants."""

    def __init__(self, rule: Rule, types: dict[TypeVariable, int], source: random.Random) -> None:
        self.types = types
        self.source = source
        self.builder = Builder(Function("f"))
        self.leaves: dict[int, Value] = {}
        self.root = self.operation(rule.before, None)

    def type_of(self, variable: TypeVariable) -> Type:
        return TYPE_BY_NAME[("f" if variable.floating else "i") + str(self.types[variable])]

    def value(self, term: Term, width: int | None) -> Value:
        if isinstance(term, App):
            return self.operation(term, width)
        if isinstance(term, Lit):
            bits = self.types[term.type] if term.type is not None else width
            assert bits is not None
            return self.builder.const(TYPE_BY_NAME[f"i{bits}"], term.value)
        assert isinstance(term, (Any, Const)) and term.type is not None
        if term.slot not in self.leaves:
            type = self.type_of(term.type)
            if isinstance(term, Any):
                made: Value = self.builder.parameter(type)
            else:
                kind = self.source.randrange(3)
                value = self.source.getrandbits(type.bits) if kind else 1 << self.source.randrange(type.bits)
                made = self.builder.const(type, value if kind < 2 else self.source.randrange(min(type.bits, 4) + 1))
            self.leaves[term.slot] = made
        return self.leaves[term.slot]

    def operation(self, term: App, width: int | None) -> Operation:
        named, second = operand_widths(term, self.types, width)
        args = []
        for index, part in enumerate(term.args):
            kind = term.op.operands[index]
            args.append(self.value(part, 1 if kind == "i1" else second if kind == "u" else named))
        letter = "f" if term.op.domain == ops.FLOAT else "i"
        to = TYPE_BY_NAME[f"{letter}{named}"]
        if second:
            return self.builder.convert(term.op, to, args[0])
        return self.builder.emit(term.op, to, args, flags=term.flags)


def test_no_rule_is_shadowed_by_those_before_it() -> None:
    """Every rule is the first to match some instance of its own left side."""
    source = random.Random(3)
    never = []
    for rule in RULES.rules:
        if rule.when is not None and "known" in repr_of(rule.when):
            continue  # asks facts of operands that an instance does not give
        fired = False
        for types in assignments(rule, (1, 8, 16, 32)):
            for _ in range(60):
                fired = fired or name_of(Instance(rule, types, source).root) == rule.name
                if fired:
                    break
            if fired:
                break
        if not fired:
            never.append(rule.name)
    assert never == []


def repr_of(term: Term) -> str:
    if isinstance(term, MetaApp):
        return term.meta.name + " ".join(repr_of(part) for part in term.args)
    return ""


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in RULES.rules]
    assert len(names) == len(set(names))
