"""Fixed-width integer arithmetic on Python ints.

Invariant: an integer of width `bits` is its unsigned canonical pattern, 0 <= value < 2**bits; every function that takes
`bits` expects canonical operands and returns a canonical result. Signedness belongs to the operation, as in the IR.
An operation that C and the IR leave undefined (division by zero, the signed quotient that overflows) returns None
and is never folded. Shift amounts count modulo the width.
"""

from __future__ import annotations


def mask(bits: int) -> int:
    """The largest unsigned value of that width, which is also the pattern of -1."""
    return (1 << bits) - 1


def wrap(value: int, bits: int) -> int:
    """The canonical pattern of any Python int, modulo 2**bits."""
    return value & ((1 << bits) - 1)


def to_signed(value: int, bits: int) -> int:
    """The two's complement reading of a canonical pattern, in -2**(bits-1) .. 2**(bits-1)-1."""
    if value >> (bits - 1):
        return value - (1 << bits)
    return value


def fit(value: int, bits: int, signed: bool) -> int:
    """What any Python int becomes when converted to a C type of that width and signedness, as a mathematical value."""
    value &= (1 << bits) - 1
    if signed and value >> (bits - 1):
        return value - (1 << bits)
    return value


def fits(value: int, bits: int, signed: bool) -> bool:
    """Whether the mathematical value lies in the type's range."""
    return minimum(bits, signed) <= value <= maximum(bits, signed)


def minimum(bits: int, signed: bool) -> int:
    """The least mathematical value of the type."""
    return -(1 << (bits - 1)) if signed else 0


def maximum(bits: int, signed: bool) -> int:
    """The greatest mathematical value of the type."""
    return (1 << (bits - 1)) - 1 if signed else (1 << bits) - 1


def read(value: int, bits: int, signed: bool) -> int:
    """The mathematical value of a canonical pattern."""
    return to_signed(value, bits) if signed else value


def sign_extend(value: int, from_bits: int, to_bits: int) -> int:
    """The canonical pattern of the same signed value in a wider type."""
    return to_signed(value, from_bits) & ((1 << to_bits) - 1)


def add(left: int, right: int, bits: int) -> int:
    return (left + right) & ((1 << bits) - 1)


def sub(left: int, right: int, bits: int) -> int:
    return (left - right) & ((1 << bits) - 1)


def mul(left: int, right: int, bits: int) -> int:
    return (left * right) & ((1 << bits) - 1)


def neg(value: int, bits: int) -> int:
    return -value & ((1 << bits) - 1)


def invert(value: int, bits: int) -> int:
    return value ^ ((1 << bits) - 1)


def mulhi_unsigned(left: int, right: int, bits: int) -> int:
    """The upper half of the double-width product."""
    return (left * right) >> bits


def mulhi_signed(left: int, right: int, bits: int) -> int:
    """The upper half of the double-width signed product."""
    return ((to_signed(left, bits) * to_signed(right, bits)) >> bits) & ((1 << bits) - 1)


def mulhi_signed_unsigned(left: int, right: int, bits: int) -> int:
    """The upper half of signed left times unsigned right."""
    return ((to_signed(left, bits) * right) >> bits) & ((1 << bits) - 1)


def udiv(left: int, right: int, bits: int) -> int | None:
    """None when the divisor is zero."""
    if right == 0:
        return None
    return left // right


def urem(left: int, right: int, bits: int) -> int | None:
    """None when the divisor is zero."""
    if right == 0:
        return None
    return left % right


def divide_truncating(left: int, right: int) -> int:
    """C's quotient of two mathematical values, rounded toward zero (C17 6.5.5p6); `right` must not be 0."""
    quotient = abs(left) // abs(right)
    return -quotient if (left < 0) != (right < 0) else quotient


def sdiv(left: int, right: int, bits: int) -> int | None:
    """None when the divisor is zero or the quotient overflows (INT_MIN / -1)."""
    if right == 0 or sdiv_overflows(left, right, bits):
        return None
    return divide_truncating(to_signed(left, bits), to_signed(right, bits)) & ((1 << bits) - 1)


def srem(left: int, right: int, bits: int) -> int | None:
    """The remainder has the dividend's sign. None where the quotient is undefined (C17 6.5.5p6)."""
    if right == 0 or sdiv_overflows(left, right, bits):
        return None
    dividend = to_signed(left, bits)
    divisor = to_signed(right, bits)
    return (dividend - divide_truncating(dividend, divisor) * divisor) & ((1 << bits) - 1)


def shl(value: int, amount: int, bits: int) -> int:
    return (value << (amount % bits)) & ((1 << bits) - 1)


def lshr(value: int, amount: int, bits: int) -> int:
    return value >> (amount % bits)


def ashr(value: int, amount: int, bits: int) -> int:
    return (to_signed(value, bits) >> (amount % bits)) & ((1 << bits) - 1)


def rotl(value: int, amount: int, bits: int) -> int:
    amount %= bits
    return ((value << amount) | (value >> (bits - amount))) & ((1 << bits) - 1)


def rotr(value: int, amount: int, bits: int) -> int:
    return rotl(value, bits - amount % bits, bits)


def clz(value: int, bits: int) -> int:
    """Leading zero bits; `bits` for zero."""
    return bits - value.bit_length()


def ctz(value: int, bits: int) -> int:
    """Trailing zero bits; `bits` for zero."""
    if value == 0:
        return bits
    return (value & -value).bit_length() - 1


def clrsb(value: int, bits: int) -> int:
    """Redundant sign bits: how many bits after the sign bit equal it."""
    if value >> (bits - 1):
        value ^= (1 << bits) - 1
    return bits - 1 - value.bit_length()


def popcount(value: int, bits: int) -> int:
    return value.bit_count()


def parity(value: int, bits: int) -> int:
    return value.bit_count() & 1


def bswap(value: int, bits: int) -> int:
    """The bytes reversed; the width must be a whole number of bytes."""
    assert bits % 8 == 0, bits
    return int.from_bytes(value.to_bytes(bits // 8, "little"), "big")


def bitreverse(value: int, bits: int) -> int:
    result = 0
    for _ in range(bits):
        result = (result << 1) | (value & 1)
        value >>= 1
    return result


def slt(left: int, right: int, bits: int) -> bool:
    """Signed less-than: flipping the sign bits maps signed order to unsigned order."""
    sign = 1 << (bits - 1)
    return (left ^ sign) < (right ^ sign)


def sle(left: int, right: int, bits: int) -> bool:
    sign = 1 << (bits - 1)
    return (left ^ sign) <= (right ^ sign)


def add_overflows(left: int, right: int, bits: int, signed: bool) -> bool:
    if signed:
        return not fits(to_signed(left, bits) + to_signed(right, bits), bits, True)
    return left + right >= 1 << bits


def sub_overflows(left: int, right: int, bits: int, signed: bool) -> bool:
    if signed:
        return not fits(to_signed(left, bits) - to_signed(right, bits), bits, True)
    return left < right


def mul_overflows(left: int, right: int, bits: int, signed: bool) -> bool:
    if signed:
        return not fits(to_signed(left, bits) * to_signed(right, bits), bits, True)
    return left * right >= 1 << bits


def neg_overflows(value: int, bits: int, signed: bool) -> bool:
    if signed:
        return value == 1 << (bits - 1)
    return value != 0


def sdiv_overflows(left: int, right: int, bits: int) -> bool:
    """Whether it is the minimum divided by -1."""
    return left == 1 << (bits - 1) and right == (1 << bits) - 1


def shl_overflows(value: int, amount: int, bits: int, signed: bool) -> bool:
    """Whether shifting back (after the amount is taken modulo the width) does not restore the value."""
    amount %= bits
    shifted = (value << amount) & ((1 << bits) - 1)
    if signed:
        return ashr(shifted, amount, bits) != value
    return shifted >> amount != value
