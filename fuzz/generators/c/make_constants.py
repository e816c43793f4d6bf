"""Literals and constant expressions: interesting values in every spelling, and dense trees of logical operators.

Invariant: a literal's type is the one that C17 6.4.4.1p5 gives to its spelling.
"""

from __future__ import annotations

import math
from typing import Final

from fuzz.generators.c.arithmetic import round_to_binary32
from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import (
    FLOAT,
    INT,
    INT128,
    LLONG,
    LONG,
    UINT,
    UINT128,
    ULLONG,
    ULONG,
    CType,
    FloatType,
    IntType,
)
from fuzz.generators.c.expressions import (
    CAST,
    OR,
    PRIMARY,
    UNARY,
    Arithmetic,
    Comparison,
    Conditional,
    Conversion,
    Expression,
    Literal,
    Logical,
    Shift,
    SizeOf,
    Unary,
)
from fuzz.generators.c.functions import StringLiteral

SUFFIXES: Final = {
    "int": ("",), "unsigned int": ("u", "U"), "long": ("l", "L"), "unsigned long": ("ul", "UL", "Lu"),
    "long long": ("ll", "LL"), "unsigned long long": ("ull", "ULL", "LLU"),
}  # fmt: skip
FLOATS: Final = (0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -0.0, 1.5, 100.0, 0.1, 1e10, -2.75, 1024.0, 3.0e-5, 16777217.0, 1e30)


def interesting(context: Context, ctype: IntType) -> int:
    """A value of the type, often at or near a boundary of some width."""
    choices = context.choices
    kind = choices.below(10)
    if kind < 4:
        value = choices.below(10)
    elif kind < 5:
        value = -1 - choices.below(4)
    elif kind < 7:
        value = (1 << choices.pick((7, 8, 15, 16, 31, 32, 63, 64))) + choices.pick((-1, 0, 1))
    elif kind < 8:
        value = ctype.maximum if choices.below(2) else ctype.minimum
    elif kind < 9:
        value = 1 << choices.below(ctype.bits)
    else:
        value = choices.bits(choices.pick((8, 16, 32, 64)))
    return ctype.wrap(value)


def literal(context: Context, value: int, ctype: IntType) -> Expression:
    """An expression of exactly this type and value."""
    if ctype.canonical in ("__int128", "unsigned __int128"):
        return wide_literal(context, value, ctype)
    if ctype.canonical not in SUFFIXES or ctype.key.startswith("enum "):
        return Conversion(literal(context, value, INT if INT.minimum <= value <= INT.maximum else UINT), ctype, True)
    if value < 0:
        if value == ctype.minimum:
            return Arithmetic("-", literal(context, value + 1, ctype), literal(context, 1, INT))
        return Literal(value, ctype, f"-{digits(context, -value, ctype)}", UNARY)
    if ctype.canonical == "int" and 32 <= value < 127 and context.choices.below(4) == 0:
        character = chr(value)
        return Literal(value, ctype, f"'\\{character}'" if character in "\\'" else f"'{character}'")
    return Literal(value, ctype, digits(context, value, ctype))


def digits(context: Context, value: int, ctype: IntType) -> str:
    """A constant without sign that C reads as this value of this type."""
    choices = context.choices
    suffix = choices.pick(SUFFIXES[ctype.canonical])
    form = choices.below(8)
    # Without a suffix a hexadecimal constant takes the first of int, unsigned, long, unsigned long that holds it.
    if form == 0 and ctype.canonical == "unsigned int" and value > INT.maximum:
        suffix = ""
    if form == 0 and ctype.canonical == "unsigned long" and value > LONG.maximum:
        suffix = ""
    if form == 1 and ctype.canonical == "long" and value > INT.maximum:
        return str(value)
    if form in (0, 2):
        return f"0x{value:x}{suffix}" if form == 0 else f"0X{value:X}{suffix}"
    if form == 3 and value < 1 << 30:
        return f"0{value:o}{suffix}" if value else f"0{suffix}"
    if form == 4 and value < 1 << 12:
        return f"0b{value:b}{suffix}"
    return f"{value}{suffix}"


def wide_literal(context: Context, value: int, ctype: IntType) -> Expression:
    image = value & UINT128.mask
    if LONG.minimum <= value <= LONG.maximum and context.choices.below(2):
        return Conversion(literal(context, value, LONG), ctype, True)
    high, low = image >> 64, image & ULONG.mask
    text = f"(unsigned __int128){high}ul << 64 | {low}ul"
    if ctype is INT128:
        return Literal(value, ctype, f"(__int128)({text})", CAST)
    return Literal(value, ctype, text, OR)


def float_literal(context: Context, ctype: FloatType) -> Expression:
    value = context.choices.pick(FLOATS)
    if context.choices.below(4) == 0:
        value = float(context.choices.bits(20) - (1 << 19)) / (1 << context.choices.below(12))
    if ctype is FLOAT:
        value = round_to_binary32(value)
    suffix = context.choices.pick(("f", "F")) if ctype is FLOAT else ""
    magnitude = abs(value)
    text = magnitude.hex() if context.choices.below(3) == 0 else repr(magnitude)
    if math.copysign(1.0, value) < 0:
        return Literal(value, ctype, f"-{text}{suffix}", UNARY)
    return Literal(value, ctype, text + suffix, PRIMARY)


def constant(context: Context, ctype: CType | None = None) -> Expression:
    """A constant of the type, or of any type that literals have."""
    if ctype is None:
        if context.enums and context.choices.below(8) == 0:
            return context.enum_constant()
        if context.floats and context.choices.below(8) == 0:
            return float_literal(context, context.choices.pick(context.floats))
        ctype = context.choices.weighted(
            (
                (6, INT),
                (2, UINT),
                (2, LONG),
                (1, ULONG),
                (1, LLONG),
                (1, ULLONG),
                (1, context.choices.pick(context.integers)),
            )
        )
    if isinstance(ctype, FloatType):
        return float_literal(context, ctype)
    assert isinstance(ctype, IntType)
    return literal(context, interesting(context, ctype), ctype)


def plain_constant(context: Context) -> Expression:
    """A small constant of an integer type that literals have."""
    return literal(context, context.choices.below(8), context.choices.pick((INT, INT, UINT, LONG)))


def constant_expression(context: Context, depth: int) -> Expression:
    """An integer constant expression (C17 6.6p6), with every operator that may stand in one."""
    choices = context.choices
    if depth <= 0 or choices.below(5) == 0:
        if choices.below(6) == 0:
            of = context.object_type(2)
            return SizeOf(of, None, ULONG)
        expression = constant(context, choices.pick((INT, INT, INT, UINT, LONG, ULONG, ULLONG)))
        return context.enum_constant() if context.enums and choices.below(6) == 0 else expression
    kind = choices.below(14)
    if kind < 4:
        operator = choices.pick(("+", "-", "*", "/", "%", "&", "|", "^"))
        return Arithmetic(operator, constant_expression(context, depth - 1), constant_expression(context, depth - 1))
    if kind < 5:
        left, right = constant_expression(context, depth - 1), literal(context, choices.below(32), INT)
        return Shift(choices.pick(("<<", ">>")), left, right)
    if kind < 7:
        operator = choices.pick(("==", "!=", "<", ">", "<=", ">="))
        return Comparison(operator, constant_expression(context, depth - 1), constant_expression(context, depth - 1))
    if kind < 9:
        operator = choices.pick(("&&", "||"))
        return Logical(operator, constant_expression(context, depth - 1), constant_expression(context, depth - 1))
    if kind < 11:
        return Conditional(
            constant_expression(context, depth - 1),
            constant_expression(context, depth - 1),
            constant_expression(context, depth - 1),
        )
    if kind < 12:
        ctype = context.integer()
        return Conversion(constant_expression(context, depth - 1), ctype, True)
    return Unary(choices.pick(("-", "~", "!", "+")), constant_expression(context, depth - 1))


def constant_equal_to(context: Context, value: int, ctype: IntType) -> Expression:
    """A constant expression of an integer type with this value, sometimes a roundabout one."""
    plain = literal(context, value, ctype)
    kind = context.choices.below(6)
    if kind == 0:
        other = interesting(context, ctype)
        return Arithmetic("^", literal(context, ctype.wrap(value ^ other), ctype), literal(context, other, ctype))
    if kind == 1:
        return Conditional(literal(context, context.choices.below(2), INT), plain, plain)
    return plain


def string_literal(context: Context, wide: bool = False) -> StringLiteral:
    """A string with escapes; its elements' values follow the signedness of plain char."""
    choices = context.choices
    pieces: list[tuple[str, int]] = []
    for _ in range(choices.between(1, 7)):
        pieces.append(
            choices.weighted(
                (
                    (6, (chr(97 + choices.below(26)), 0)),
                    (1, ("\\n", 10)),
                    (1, ("\\\\", 92)),
                    (1, ('\\"', 34)),
                    (1, ("\\0", 0)),
                    (1, ("\\x80", 0x80)),
                    (1, ("\\377", 0xFF)),
                    (1, (" ", 32)),
                )
            )
        )
    # An escape takes all digits that follow, so each piece is a string of its own and C joins them.
    spelled, elements, prefix = "", [], "L" if wide else ""
    for text, value in pieces:
        letter = len(text) == 1 and text != " "
        elements.append(ord(text) if letter else value)
        joint = f'{prefix}"{text}"'
        if spelled and not text.startswith("\\") and not spelled.endswith(('\\x80"', '\\0"', '\\377"')):
            spelled = spelled[:-1] + text + '"'
        else:
            spelled = f"{spelled} {joint}" if spelled else joint
    elements.append(0)
    element = INT if wide else context.plain_char
    return StringLiteral(spelled, element, [element.wrap(value) for value in elements])
