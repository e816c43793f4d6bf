"""`#if` groups: integer expressions of the preprocessor, worked out here, choose among statements.

Invariant: every operand has the type intmax_t or uintmax_t (C17 6.10.1p4), both of 64 bits; nothing that is evaluated
overflows a signed type, divides by zero or shifts by a width it must not, so that all compilers agree on the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fuzz.choices import Choices
from fuzz.generators.c.machine import NORMAL, Machine
from fuzz.generators.c.statements import Block, Statement

WIDTH = 64
SPAN = 1 << WIDTH
LARGEST = (1 << (WIDTH - 1)) - 1
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ARITHMETIC = ("+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^")
SUFFIXES = ("u", "U", "ul", "LLU")
UNDEFINED_NAMES = ("NOT_DEFINED", "x", "if_not")  # identifiers that are no macros count as 0


@dataclass(frozen=True, slots=True)
class Constant:
    """A preprocessor expression: its text, written so that it can be an operand of anything, and its value."""

    text: str
    value: int
    unsigned: bool


def wrapped(value: int, unsigned: bool) -> int | None:
    """The value in its type; None where a signed one overflows."""
    if unsigned:
        return value % SPAN
    return value if -LARGEST - 1 <= value <= LARGEST else None


def make_number(choices: Choices) -> Constant:
    kind = choices.below(8)
    if kind == 0:
        return Constant(choices.pick(UNDEFINED_NAMES), 0, False)
    if kind == 1:
        letter = chr(choices.between(ord("0"), ord("z")))
        # As an operand of an unsigned operation: whether it is unsigned itself, compilers see differently.
        return Constant("(0u | '\\\\')" if letter == "\\" else f"(0u | '{letter}')", ord(letter), True)
    value = choices.below(10)
    if kind < 5:
        value = (1 << choices.pick((7, 8, 15, 16, 31, 32, 62, 63))) + choices.pick((-1, 0, 1))
    # A decimal constant too large for intmax_t has no type.
    unsigned = value > LARGEST or choices.below(4) == 0
    suffix = choices.pick(SUFFIXES) if unsigned else choices.pick(("", "", "l", "LL"))
    digits = choices.pick((str(value), f"0x{value:x}", f"0{value:o}" if value else "0"))
    return Constant(digits + suffix, value, unsigned)


def make_constant(choices: Choices, depth: int) -> Constant:
    """An expression of at most this depth."""
    if depth <= 0:
        return make_number(choices)
    kind = choices.below(10)
    if kind < 2:
        return make_unary(choices, make_constant(choices, depth - 1))
    if kind < 3:
        return make_conditional(choices, depth)
    if kind < 4:
        return make_logical(choices, depth)
    left, right = make_constant(choices, depth - 1), make_constant(choices, depth - 1)
    if kind < 7:
        return compare(choices.pick(COMPARISONS), left, right)
    made = combine(choices.pick(ARITHMETIC), left, right)
    return left if made is None else made


def make_unary(choices: Choices, operand: Constant) -> Constant:
    operator = choices.pick(("-", "~", "!", "+"))
    if operator == "!":
        return Constant(f"(!{operand.text})", int(not operand.value), False)
    plain = {"-": -operand.value, "~": ~operand.value, "+": operand.value}[operator]
    value = wrapped(plain, operand.unsigned)
    return operand if value is None else Constant(f"({operator} {operand.text})", value, operand.unsigned)


def make_conditional(choices: Choices, depth: int) -> Constant:
    """C17 6.5.15p5: the type is common to both arms, whichever is taken."""
    test, yes, no = (make_constant(choices, depth - 1) for _ in range(3))
    unsigned = yes.unsigned or no.unsigned
    chosen = (yes if test.value else no).value
    return Constant(f"({test.text} ? {yes.text} : {no.text})", chosen % SPAN if unsigned else chosen, unsigned)


def make_logical(choices: Choices, depth: int) -> Constant:
    """The right side is not evaluated where the left one decides: there it may divide by zero."""
    left, right = make_constant(choices, depth - 1), make_constant(choices, depth - 1)
    text = right.text
    if choices.below(2):
        if left.value and choices.below(3) == 0:
            text = f"({right.text} / 0)"
        return Constant(f"({left.text} || {text})", int(bool(left.value or right.value)), False)
    if not left.value and choices.below(3) == 0:
        text = f"({right.text} % 0)"
    return Constant(f"({left.text} && {text})", int(bool(left.value and right.value)), False)


def compare(operator: str, left: Constant, right: Constant) -> Constant:
    """C17 6.5.8, after the usual arithmetic conversions of both sides."""
    a, b = left.value, right.value
    if left.unsigned or right.unsigned:
        a, b = a % SPAN, b % SPAN
    holds = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[operator]
    return Constant(f"({left.text} {operator} {right.text})", int(holds), False)


def make_mixed(choices: Choices, depth: int) -> Constant:
    """A comparison of a negative number and one that may be unsigned: the common type decides which is larger."""
    value = choices.pick((1, 2, 3, 1 << 31, 1 << 32, LARGEST))
    negative = Constant(f"(-{value})", -value, False)
    other = make_constant(choices, depth)
    if not other.unsigned and choices.below(4):
        other = Constant(f"(0u | {other.text})", other.value % SPAN, True)
    left, right = (negative, other) if choices.below(2) else (other, negative)
    return compare(choices.pick(COMPARISONS), left, right)


def combine(operator: str, left: Constant, right: Constant) -> Constant | None:
    """The result in the common type; None where it is undefined or differs between compilers."""
    text = f"({left.text} {operator} {right.text})"
    if operator in ("<<", ">>"):
        if not 0 <= right.value < WIDTH or (operator == "<<" and left.value < 0):
            return None
        moved = left.value << right.value if operator == "<<" else left.value >> right.value
        value = wrapped(moved, left.unsigned)
        return None if value is None else Constant(text, value, left.unsigned)
    unsigned = left.unsigned or right.unsigned
    a, b = left.value, right.value
    if unsigned:
        a, b = a % SPAN, b % SPAN
    if operator in ("/", "%"):
        if b == 0:
            return None
        quotient = abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)
        value = wrapped(quotient if operator == "/" else a - quotient * b, unsigned)
        if wrapped(quotient, unsigned) is None:
            return None
    else:
        value = wrapped({"+": a + b, "-": a - b, "*": a * b, "&": a & b, "|": a | b, "^": a ^ b}[operator], unsigned)
    return None if value is None else Constant(text, value, unsigned)


class ConditionalGroup(Statement):
    """`#if`, any number of `#elif`, `#else`: the first group whose condition holds is all that the compiler sees."""

    def __init__(self, groups: Sequence[tuple[Constant | None, Block]]) -> None:
        self.groups = list(groups)

    def chosen(self) -> Block | None:
        return next((body for test, body in self.groups if test is None or test.value), None)

    def execute(self, machine: Machine) -> int:
        chosen = self.chosen()
        return NORMAL if chosen is None else chosen.execute(machine)

    def emit(self, lines: list[str], depth: int) -> None:
        for number, (test, body) in enumerate(self.groups):
            if test is None:
                lines.append("#else")
            else:
                lines.append(f"#{'elif' if number else 'if'} {test.text}")
            body.emit_inner(lines, depth)
        lines.append("#endif")
