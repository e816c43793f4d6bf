"""Fixed-width integers against ctypes, against each other, and at their edges."""

from __future__ import annotations

import ctypes

from hypothesis import given
from hypothesis import strategies as st

from compiler.arith import ints

WIDTHS = st.sampled_from((1, 7, 8, 16, 24, 32, 64, 128))
C_SIGNED = {8: ctypes.c_int8, 16: ctypes.c_int16, 32: ctypes.c_int32, 64: ctypes.c_int64}
C_UNSIGNED = {8: ctypes.c_uint8, 16: ctypes.c_uint16, 32: ctypes.c_uint32, 64: ctypes.c_uint64}


@st.composite
def operands(draw: st.DrawFn) -> tuple[int, int, int]:
    bits = draw(WIDTHS)
    edges = st.sampled_from((0, 1, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1)).map(
        lambda value: value & ((1 << bits) - 1)
    )
    number = st.one_of(edges, st.integers(0, (1 << bits) - 1))
    return bits, draw(number), draw(number)


@given(st.integers(-(2**70), 2**70), st.sampled_from((8, 16, 32, 64)))
def test_fit_is_a_c_conversion(value: int, bits: int) -> None:
    assert ints.fit(value, bits, True) == C_SIGNED[bits](value).value
    assert ints.fit(value, bits, False) == C_UNSIGNED[bits](value).value == ints.wrap(value, bits)
    assert ints.to_signed(ints.wrap(value, bits), bits) == C_SIGNED[bits](value).value


@given(operands())
def test_ring_and_overflow(case: tuple[int, int, int]) -> None:
    bits, left, right = case
    a, b = ints.to_signed(left, bits), ints.to_signed(right, bits)
    low, high = ints.minimum(bits, True), ints.maximum(bits, True)
    table = (
        (ints.add(left, right, bits), a + b, left + right, ints.add_overflows),
        (ints.sub(left, right, bits), a - b, left - right, ints.sub_overflows),
        (ints.mul(left, right, bits), a * b, left * right, ints.mul_overflows),
    )
    for result, signed, unsigned, overflows in table:
        assert result == signed % (1 << bits) == unsigned % (1 << bits)
        assert overflows(left, right, bits, True) == (not low <= signed <= high)
        assert overflows(left, right, bits, False) == (not 0 <= unsigned < 1 << bits)
    assert ints.neg(left, bits) == -a % (1 << bits)
    assert ints.neg_overflows(left, bits, True) == (-a > high)
    assert ints.neg_overflows(left, bits, False) == (left != 0)
    assert ints.slt(left, right, bits) == (a < b)
    assert ints.sle(left, right, bits) == (a <= b)
    assert ints.mulhi_unsigned(left, right, bits) << bits | ints.mul(left, right, bits) == left * right
    assert ints.to_signed(ints.mulhi_signed(left, right, bits), bits) == (a * b) >> bits
    assert ints.to_signed(ints.mulhi_signed_unsigned(left, right, bits), bits) == (a * right) >> bits


@given(operands())
def test_division_truncates(case: tuple[int, int, int]) -> None:
    bits, left, right = case
    a, b = ints.to_signed(left, bits), ints.to_signed(right, bits)
    quotient, remainder = ints.udiv(left, right, bits), ints.urem(left, right, bits)
    if right == 0:
        assert quotient is remainder is ints.sdiv(left, right, bits) is ints.srem(left, right, bits) is None
        return
    assert quotient is not None and remainder is not None
    assert quotient * right + remainder == left and remainder < right
    quotient, remainder = ints.sdiv(left, right, bits), ints.srem(left, right, bits)
    if a == ints.minimum(bits, True) and b == -1:
        assert quotient is remainder is None
        return
    assert quotient is not None and remainder is not None
    q, r = ints.to_signed(quotient, bits), ints.to_signed(remainder, bits)
    assert q * b + r == a and abs(r) < abs(b) and (r == 0 or (r < 0) == (a < 0))


@given(operands(), st.integers(0, 300))
def test_shifts_count_modulo_the_width(case: tuple[int, int, int], amount: int) -> None:
    bits, value, _ = case
    steps = amount % bits
    assert ints.shl(value, amount, bits) == value * 2**steps % 2**bits
    assert ints.lshr(value, amount, bits) == value // 2**steps
    assert ints.to_signed(ints.ashr(value, amount, bits), bits) == ints.to_signed(value, bits) // 2**steps
    text = f"{value:0{bits}b}"
    assert f"{ints.rotl(value, amount, bits):0{bits}b}" == text[steps:] + text[:steps]
    assert f"{ints.rotr(value, amount, bits):0{bits}b}" == text[bits - steps :] + text[: bits - steps]
    lossless = ints.lshr(ints.shl(value, amount, bits), amount, bits) == value
    assert ints.shl_overflows(value, amount, bits, False) == (not lossless)


@given(operands())
def test_bit_counts(case: tuple[int, int, int]) -> None:
    bits, value, _ = case
    text = f"{value:0{bits}b}"
    assert ints.clz(value, bits) == len(text) - len(text.lstrip("0"))
    assert ints.ctz(value, bits) == len(text) - len(text.rstrip("0"))
    assert ints.clrsb(value, bits) == len(text) - len(text.lstrip(text[0])) - 1
    assert ints.popcount(value, bits) == text.count("1")
    assert ints.parity(value, bits) == text.count("1") % 2
    assert f"{ints.bitreverse(value, bits):0{bits}b}" == text[::-1]
    assert ints.invert(ints.invert(value, bits), bits) == value
    if bits % 8 == 0:
        assert ints.bswap(value, bits).to_bytes(bits // 8, "big") == value.to_bytes(bits // 8, "little")
    assert ints.to_signed(ints.sign_extend(value, bits, 2 * bits), 2 * bits) == ints.to_signed(value, bits)
