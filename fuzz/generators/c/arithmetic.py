"""C's conversions and operators on exact values: Python's integers and binary64 floats.

Invariant: a result is (value, defined); when `defined` is false the C operation is undefined for these operands and the
value is what the guarded form of the operation gives instead. Sources: C17 6.3 and 6.5; IEEE 754 for the floats.
"""

from __future__ import annotations

import math
import struct
from typing import Any, TypeAlias

from fuzz.generators.c.ctypes import DOUBLE, FLOAT, INT, UINT, CType, FloatType, IntType, unsigned_of

# A C value is an int, a float or bytes, as its C type says; a union type here would only move the test to every use.
Value: TypeAlias = Any


def round_to_binary32(value: float) -> float:
    """The nearest binary32 value (ties to even), infinity past the range."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def int_to_float(value: int, to: FloatType) -> float:
    """Correctly rounded once: an integer of more than 53 bits must not go through binary64 on its way to binary32."""
    if to is DOUBLE:
        return float(value)
    magnitude = abs(value)
    surplus = magnitude.bit_length() - 50
    if surplus > 0:
        sticky = 1 if magnitude & ((1 << surplus) - 1) else 0
        magnitude = ((magnitude >> surplus) | sticky) << surplus
    return round_to_binary32(float(-magnitude if value < 0 else magnitude))


def promote(ctype: CType) -> CType:
    """C17 6.3.1.1p2; every type narrower than int fits into int."""
    if isinstance(ctype, IntType):
        if ctype.rank < INT.rank:
            return INT
        if ctype.key.startswith("enum "):
            return INT if ctype.signed else UINT
    return ctype


def usual(left: CType, right: CType) -> CType:
    """C17 6.3.1.8."""
    for wide in (DOUBLE, FLOAT):
        if left is wide or right is wide:
            return wide
    left, right = promote(left), promote(right)
    assert isinstance(left, IntType) and isinstance(right, IntType)
    if left.canonical == right.canonical:
        return left
    if left.signed == right.signed:
        return left if left.rank > right.rank else right
    unsigned, signed = (right, left) if left.signed else (left, right)
    if unsigned.rank >= signed.rank:
        return unsigned
    return unsigned_of(signed) if signed.bits == unsigned.bits else signed


def convert(value: Value, source: CType, target: CType) -> tuple[Value, bool]:
    """C17 6.3.1; undefined only from a float whose truncated value the integer type lacks (then 0)."""
    if isinstance(target, IntType):
        if isinstance(source, FloatType):
            if target.is_bool:
                return (0 if value == 0 else 1), True
            if math.isnan(value) or math.isinf(value):
                return 0, False
            whole = int(value)
            return (whole, True) if target.minimum <= whole <= target.maximum else (0, False)
        return target.wrap(value), True
    if isinstance(target, FloatType):
        if isinstance(source, FloatType):
            return (round_to_binary32(value) if target is FLOAT else value), True
        return int_to_float(value, target), True
    return value, True


def float_operation(operator: str, left: float, right: float, ctype: CType) -> float:
    """IEEE 754 with nothing trapped; binary32 by rounding the binary64 result, which is exact for these operators."""
    if operator == "/":
        if right == 0.0:
            if left == 0.0 or math.isnan(left):
                return math.nan
            return math.copysign(math.inf, math.copysign(1.0, left) * math.copysign(1.0, right))
        result = left / right
    elif operator == "+":
        result = left + right
    elif operator == "-":
        result = left - right
    else:
        result = left * right
    return round_to_binary32(result) if ctype is FLOAT else result


def truncated_division(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return -quotient if (left < 0) != (right < 0) else quotient


def int_operation(operator: str, left: int, right: int, ctype: IntType) -> tuple[int, bool]:
    """`+ - * / % & | ^` in the common type of both operands."""
    if operator == "&":
        return left & right, True
    if operator == "|":
        return left | right, True
    if operator == "^":
        return left ^ right, True
    if operator in "/%":
        if right == 0 or (ctype.signed and right == -1 and left == ctype.minimum):
            return left, False
        quotient = truncated_division(left, right)
        return (quotient if operator == "/" else left - quotient * right), True
    if operator == "+":
        exact = left + right
    elif operator == "-":
        exact = left - right
    else:
        exact = left * right
    if ctype.minimum <= exact <= ctype.maximum:
        return exact, True
    return ctype.wrap(exact), not ctype.signed


def shift(operator: str, left: int, count: int, ctype: IntType) -> tuple[int, bool]:
    """`<<` and `>>`; the guarded form masks the count and shifts left as unsigned."""
    defined = 0 <= count < ctype.bits
    count &= ctype.bits - 1
    if operator == ">>":
        return left >> count, defined
    exact = left << count
    if ctype.signed and (left < 0 or exact > ctype.maximum):
        defined = False
    return ctype.wrap(exact), defined


def compare(operator: str, left: Value, right: Value) -> int:
    """A NaN compares unequal to everything, as Python has it too."""
    if operator == "==":
        return int(left == right)
    if operator == "!=":
        return int(left != right)
    if operator == "<":
        return int(left < right)
    if operator == ">":
        return int(left > right)
    if operator == "<=":
        return int(left <= right)
    return int(left >= right)


def float_image(value: float, ctype: CType) -> bytes:
    return struct.pack("<f" if ctype is FLOAT else "<d", value)


def hash_bits(value: Value, ctype: CType) -> int:
    """The 64-bit number that a value adds to the checksum; every NaN is one number, for its bits are unspecified."""
    if isinstance(ctype, FloatType):
        if math.isnan(value):
            return 0x7FF8000000000000
        return int.from_bytes(struct.pack("<d", value), "little")
    return int(value) & ((1 << 64) - 1)
