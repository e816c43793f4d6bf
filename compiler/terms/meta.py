"""The meaning of meta operations on constants: what conditions and computed constants of rules evaluate to.

A constant is its canonical unsigned value and its width; width 0 is a literal that takes any width. The prover has the
same operations over bit vectors, and a test compares the two.
"""

from __future__ import annotations

from typing import Final, final

from compiler.terms import term
from compiler.terms.term import Const, Lit, Meta, MetaApp, Term


@final
class Number:
    """A constant of a rule: `value` canonical unsigned where `bits` is not 0, any integer otherwise."""

    __slots__ = ("bits", "value")

    def __init__(self, value: int, bits: int) -> None:
        self.value: Final = value
        self.bits: Final = bits

    @property
    def signed(self) -> int:
        """The value as a signed integer of its width."""
        if self.bits and self.value >> (self.bits - 1) & 1:
            return self.value - (1 << self.bits)
        return self.value


def evaluate(condition: Term, bound: list[Number | None]) -> Number:
    """The value of a term of constants; `bound` gives the constants by slot. Truth is 1 of width 1."""
    if isinstance(condition, Lit):
        bits = condition.type.bits if condition.type is not None else 0
        return Number(condition.value & ((1 << bits) - 1) if bits else condition.value, bits)
    if isinstance(condition, Const):
        found = bound[condition.slot]
        assert found is not None, condition.name
        return found
    assert isinstance(condition, MetaApp), condition
    args = [evaluate(arg, bound) for arg in condition.args]
    return apply(condition.meta, args)


def _truth(value: bool) -> Number:
    return Number(1 if value else 0, 1)


def apply(meta: Meta, args: list[Number]) -> Number:
    """One meta operation. Fact queries (KNOWN_ZERO) have no meaning on constants alone and are the caller's."""
    first = args[0]
    if meta is term.BOTH:
        return _truth(first.value == 1 and args[1].value == 1)
    if meta is term.EITHER:
        return _truth(first.value == 1 or args[1].value == 1)
    if meta is term.NOT:
        return _truth(first.value == 0)
    if meta is term.FITS_SIGNED:
        limit = 1 << (args[1].value - 1)
        return _truth(-limit <= first.signed < limit)
    if meta is term.FITS_UNSIGNED:
        return _truth(0 <= first.value < 1 << args[1].value)
    if meta is term.IS_POW2:
        return _truth(first.value > 0 and first.value & (first.value - 1) == 0)
    if meta is term.EQUAL:
        bits = max(first.bits, args[1].bits)
        return _truth(_cut(first.value, bits) == _cut(args[1].value, bits))
    if meta is term.LESS_UNSIGNED:
        bits = max(first.bits, args[1].bits)
        return _truth(_cut(first.value, bits) < _cut(args[1].value, bits))
    if meta is term.LOG2:
        return Number(first.value.bit_length() - 1, first.bits)
    if meta is term.WIDTH:
        return Number(first.bits, 0)
    return _arithmetic(meta, args)


def _cut(value: int, bits: int) -> int:
    return value & ((1 << bits) - 1) if bits else value


def _arithmetic(meta: Meta, args: list[Number]) -> Number:
    bits = max([arg.bits for arg in args])
    left = args[0].value
    if meta is term.C_NEG:
        return Number(_cut(-left, bits), bits)
    if meta is term.C_NOT:
        return Number(_cut(~left, bits), bits)
    right = args[1].value
    if meta is term.C_ADD:
        value = left + right
    elif meta is term.C_SUB:
        value = left - right
    elif meta is term.C_MUL:
        value = left * right
    elif meta is term.C_AND:
        value = left & right
    elif meta is term.C_OR:
        value = left | right
    elif meta is term.C_XOR:
        value = left ^ right
    elif meta is term.C_SHL:
        value = left << (right % bits if bits else right)
    else:
        assert meta is term.C_LSHR, meta.name
        value = left >> (right % bits if bits else right)
    return Number(_cut(value, bits), bits)
