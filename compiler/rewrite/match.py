"""Matches the terms of rules against operations, and builds what replaces them.

Invariant: a pattern that matched has every slot bound to a value and every type variable to one type; the same slot is
the same value (equal constants are the same), the same variable the same type. Commutative operations are written out
into variants beforehand, so matching never has to go back.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.known_bits import KnownBits
from compiler.ir import function as ir
from compiler.ir.builder import make
from compiler.ir.edit import make_const
from compiler.ir.function import Function, Operation, Value
from compiler.ir.types import Type, integer
from compiler.terms import term as terms
from compiler.terms.ops import Op
from compiler.terms.term import Any, App, Const, Lit, MetaApp, Term, TypeVariable

SLOTS: Final = 8


@final
class Number:
    """A constant with its width; width 0 fits any place."""

    def __init__(self, value: int, bits: int) -> None:
        self.value: Final = value
        self.bits: Final = bits


@final
class Binding:
    """What the slots and type variables of one rule stand for."""

    def __init__(self, known: KnownBits) -> None:
        self.values: Final[list[Value | None]] = [None] * SLOTS
        self.types: Final[dict[TypeVariable, Type]] = {}
        self.known: Final = known
        self._bound = 0

    def clear(self) -> None:
        for index in range(SLOTS):
            self.values[index] = None
        self.types.clear()

    def bind_type(self, variable: TypeVariable, type: Type) -> bool:
        found = self.types.get(variable)
        if found is not None:
            return found is type
        if type.lanes != 1 or (variable.bits != 0 and variable.bits != type.bits):
            return False
        if variable.floating != type.is_float:
            return False
        self.types[variable] = type
        return True

    def match(self, term: Term, value: Value) -> bool:
        """Whether the value has the pattern's form; on failure the binding is spoilt."""
        if isinstance(term, Any):
            assert term.type is not None
            return self._bind(term.slot, value) and self.bind_type(term.type, value.type)
        if isinstance(term, App):
            return isinstance(value, Operation) and value.op is term.op and self.match_operation(term, value)
        if not isinstance(value, ir.Const) or not value.type.is_integer or value.type.lanes != 1:
            return False
        if isinstance(term, Const):
            assert term.type is not None
            return self._bind(term.slot, value) and self.bind_type(term.type, value.type)
        assert isinstance(term, Lit), term
        if term.type is not None and not self.bind_type(term.type, value.type):
            return False
        return value.value == term.value & value.type.mask

    def match_operation(self, term: App, operation: Operation) -> bool:
        """As match, the op being right already."""
        if term.flags & ~operation.flags:
            return False
        if term.type is not None and not self.bind_type(term.type, operation.named):
            return False
        args = operation.args
        good = True
        for index, part in enumerate(term.args):
            if not self.match(part, args[index]):
                good = False
                break
        return good

    def _bind(self, slot: int, value: Value) -> bool:
        found = self.values[slot]
        if found is None:
            self.values[slot] = value
            return True
        if found is value:
            return True
        return (
            isinstance(found, ir.Const)
            and isinstance(value, ir.Const)
            and found.value == value.value
            and found.type is value.type
        )

    # --- constants and conditions -------------------------------------------------------------------------------

    def holds(self, term: Term) -> bool:
        return self.number(term, 0).value != 0

    def type_of(self, term: Term) -> Type:
        """The type of a leaf of the pattern."""
        if isinstance(term, (Any, Const)):
            value = self.values[term.slot]
            assert value is not None
            return value.type
        assert term.type is not None
        return self.type_named(term.type)

    def type_named(self, variable: TypeVariable) -> Type:
        """What the variable stands for; one of fixed width need not have been matched."""
        found = self.types.get(variable)
        return integer(variable.bits) if found is None else found

    def number(self, term: Term, bits: int) -> Number:
        """The value of a constant term where `bits` wide constants stand (0: unknown)."""
        if isinstance(term, Const):
            value = self.values[term.slot]
            assert isinstance(value, ir.Const)
            return Number(value.value, value.type.bits)
        if isinstance(term, Lit):
            width = self.type_named(term.type).bits if term.type is not None else bits
            return Number(term.value & ((1 << width) - 1) if width else term.value, width)
        assert isinstance(term, MetaApp), term
        return self._meta(term, bits)

    def _meta(self, term: MetaApp, bits: int) -> Number:
        meta = term.meta
        args = term.args
        if meta is terms.WIDTH:
            return Number(self.type_of(args[0]).bits, 0)
        if meta is terms.SIGN_BIT:
            width = self.type_of(args[0]).bits
            return Number(1 << (width - 1), width)
        if meta is terms.KNOWN_ZERO:
            value = self.values[_slot(args[0])]
            assert value is not None
            wanted = self.number(args[1], value.type.bits).value
            return Number(1 if wanted & ~self.known.of(value).zeros == 0 else 0, 0)
        if meta is terms.BOTH:
            return Number(1 if self.holds(args[0]) and self.holds(args[1]) else 0, 0)
        if meta is terms.EITHER:
            return Number(1 if self.holds(args[0]) or self.holds(args[1]) else 0, 0)
        if meta is terms.NOT:
            return Number(0 if self.holds(args[0]) else 1, 0)
        if meta is terms.LOW_MASK:
            assert bits > 0
            return Number(((1 << self.number(args[0], 0).value) - 1) & ((1 << bits) - 1), bits)
        if meta is terms.C_TRUNC:
            assert bits > 0
            return Number(self.number(args[0], 0).value & ((1 << bits) - 1), bits)
        left = self.number(args[0], 0)
        if len(args) == 1:
            return _unary(term, left)
        right = self.number(args[1], left.bits)
        if left.bits == 0 and right.bits:
            left = self.number(args[0], right.bits)
        return _binary(term, left, right, left.bits or right.bits or bits)

    # --- building -----------------------------------------------------------------------------------------------

    def build(self, term: Term, expected: Type | None, builder: Rebuilder) -> Value:
        """The value of the replacement; `expected` is the type its place needs, where that is known."""
        if isinstance(term, (Any, Const)):
            value = self.values[term.slot]
            assert value is not None
            return value
        if isinstance(term, App):
            return self._build_operation(term, expected, builder)
        type = self.type_named(term.type) if term.type is not None else expected
        assert type is not None
        return builder.constant(type, self.number(term, type.bits).value)

    def _build_operation(self, term: App, expected: Type | None, builder: Rebuilder) -> Value:
        op = term.op
        named: Type | None = None
        if term.type is not None:
            named = self.type_named(term.type)
        elif op.results[0] == "t":
            named = expected
        args: list[Value | None] = [None] * len(term.args)
        second: Type | None = None
        # Constants last: they take their type from the operands beside them.
        for constants in (False, True):
            for index, part in enumerate(term.args):
                if (isinstance(part, (Lit, MetaApp)) and part.type is None) != constants:
                    continue
                kind = op.operands[index]
                place = named if kind == "t" else builder.pointer if kind == "p" else builder.fixed(kind)
                value = self.build(part, place, builder)
                args[index] = value
                if kind == "t" and named is None:
                    named = value.type
                elif kind == "u" and second is None:
                    second = value.type
        assert named is not None or op.domain == 0, op.name
        given = [value for value in args if value is not None]
        return builder.operation(op, named or builder.pointer, given, second)


class Rebuilder:
    """Where built operations go."""

    def __init__(self, function: Function, pointer: Type, boolean: Type) -> None:
        self.function: Final = function
        self.pointer: Final = pointer
        self.boolean: Final = boolean
        self.out: list[Operation] = []
        self.loc = 0

    def fixed(self, kind: str) -> Type | None:
        return self.boolean if kind == "i1" else None

    def constant(self, type: Type, value: int) -> Value:
        made = make_const(self.function, type, value, self.loc)
        self.out.append(made)
        return made

    def operation(self, op: Op, named: Type, args: list[Value], second: Type | None) -> Value:
        if second is None:
            made = make(self.function, op, named, args, self.pointer)
        else:
            made = make(self.function, op, named, args, self.pointer, second)
        made.loc = self.loc
        self.out.append(made)
        return made


def _slot(term: Term) -> int:
    assert isinstance(term, (Any, Const))
    return term.slot


def _unary(term: MetaApp, value: Number) -> Number:
    meta = term.meta
    mask = (1 << value.bits) - 1
    if meta is terms.IS_POW2:
        return Number(1 if value.value != 0 and value.value & (value.value - 1) == 0 else 0, 0)
    if meta is terms.LOG2:
        return Number(value.value.bit_length() - 1, value.bits)
    if meta is terms.C_NEG:
        return Number(-value.value & mask, value.bits)
    assert meta is terms.C_NOT, meta.name
    return Number(value.value ^ mask, value.bits)


def _binary(term: MetaApp, left: Number, right: Number, bits: int) -> Number:
    meta = term.meta
    mask = (1 << bits) - 1 if bits else -1
    a = left.value
    b = right.value
    if meta is terms.C_ADD:
        return Number((a + b) & mask, bits)
    if meta is terms.C_SUB:
        return Number((a - b) & mask, bits)
    if meta is terms.C_MUL:
        return Number((a * b) & mask, bits)
    if meta is terms.C_AND:
        return Number(a & b, bits)
    if meta is terms.C_OR:
        return Number(a | b, bits)
    if meta is terms.C_XOR:
        return Number(a ^ b, bits)
    if meta is terms.C_SHL:
        assert bits
        return Number((a << (b % bits)) & mask, bits)
    if meta is terms.C_LSHR:
        assert bits
        return Number(a >> (b % bits), bits)
    if meta is terms.LESS_UNSIGNED:
        return Number(1 if a < b else 0, 0)
    if meta is terms.EQUAL:
        return Number(1 if a == b else 0, 0)
    if meta is terms.FITS_UNSIGNED:
        return Number(1 if a >> b == 0 else 0, 0)
    assert meta is terms.FITS_SIGNED, meta.name
    sign = 1 << (left.bits - 1)
    value = (a ^ sign) - sign
    return Number(1 if -(1 << (b - 1)) <= value < 1 << (b - 1) else 0, 0)
