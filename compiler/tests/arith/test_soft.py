"""Soft floats against exact fractions, and the host's doubles against the generic path."""

from __future__ import annotations

import struct
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.arith import soft
from compiler.arith.formats import ALL_FORMATS, BINARY16, BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.tests.arith.exact import formats, is_directed, is_nearest, pattern_groups, patterns, value

Group = tuple[FloatFormat, tuple[int, ...]]
MODES = st.sampled_from((soft.TOWARD_ZERO, soft.DOWNWARD, soft.UPWARD))


def check(bits: int, exact: Fraction, fmt: FloatFormat) -> None:
    assert is_nearest(bits, exact, fmt), (fmt, hex(bits), exact)


@given(pattern_groups(2, finite=True))
def test_add_sub_mul_div_are_nearest(group: Group) -> None:
    fmt, (left, right) = group
    a, b = value(left, fmt), value(right, fmt)
    for result, generic, exact in (
        (soft.add(left, right, fmt), soft.add_exactly(left, right, fmt), a + b),
        (soft.sub(left, right, fmt), soft.add_exactly(left, right ^ fmt.sign_mask, fmt), a - b),
        (soft.mul(left, right, fmt), soft.mul_exactly(left, right, fmt), a * b),
        (soft.div(left, right, fmt), soft.div_exactly(left, right, fmt), a / b if b else Fraction(0)),
    ):
        assert result == generic
        if exact:
            check(result, exact, fmt)


@given(pattern_groups(2))
def test_host_path_equals_generic_path_on_specials(group: Group) -> None:
    fmt, (left, right) = group
    assert soft.add(left, right, fmt) == soft.add_exactly(left, right, fmt)
    assert soft.mul(left, right, fmt) == soft.mul_exactly(left, right, fmt)
    assert soft.div(left, right, fmt) == soft.div_exactly(left, right, fmt)
    assert soft.sqrt(left, fmt) == soft.sqrt_exactly(left, fmt)


@given(pattern_groups(3, finite=True), MODES)
def test_directed_rounding(group: Group, mode: int) -> None:
    fmt, (left, right, third) = group
    a, b, c = value(left, fmt), value(right, fmt), value(third, fmt)
    results = [
        (soft.add(left, right, fmt, mode), a + b),
        (soft.mul(left, right, fmt, mode), a * b),
        (soft.fma(left, right, third, fmt, mode), a * b + c),
    ]
    if b:
        results.append((soft.div(left, right, fmt, mode), a / b))
    for bits, exact in results:
        if exact:
            up = mode == soft.UPWARD or (mode == soft.TOWARD_ZERO and exact < 0)
            assert is_directed(bits, exact, fmt, up), (fmt, hex(bits), exact)


@given(pattern_groups(3, finite=True))
def test_fma_is_nearest(group: Group) -> None:
    fmt, (left, right, third) = group
    exact = value(left, fmt) * value(right, fmt) + value(third, fmt)
    if exact:
        check(soft.fma(left, right, third, fmt), exact, fmt)


@given(pattern_groups(1, finite=True))
def test_sqrt_is_nearest(group: Group) -> None:
    fmt, (bits,) = group
    bits = soft.absolute(bits, fmt)
    root = soft.sqrt(bits, fmt)
    assert root == soft.sqrt_exactly(bits, fmt)
    if bits:
        # A root is never a tie, so it is nearest if the squares of the two midpoints enclose the operand.
        half = Fraction(2) ** (soft.exponent_of(root, fmt) - 1)
        below = half / 2 if soft.significand_of(root, fmt) == fmt.integer_bit else half
        assert (value(root, fmt) - below) ** 2 < value(bits, fmt) < (value(root, fmt) + half) ** 2


@given(pattern_groups(2, finite=True))
def test_rem_is_exact(group: Group) -> None:
    fmt, (left, right) = group
    a, b = value(left, fmt), value(right, fmt)
    result = soft.rem(left, right, fmt)
    if not b:
        assert result == fmt.nan
    else:
        quotient = abs(a) // abs(b)
        assert abs(value(result, fmt)) == abs(a) - quotient * abs(b)
        assert soft.sign_of(result, fmt) == soft.sign_of(left, fmt)


@given(pattern_groups(2))
def test_comparisons(group: Group) -> None:
    fmt, (left, right) = group
    bound = Fraction(2) ** (fmt.emax + 2)

    def extended(bits: int) -> Fraction:
        if soft.is_infinite(bits, fmt):
            return -bound if soft.sign_of(bits, fmt) else bound
        return value(bits, fmt)

    if soft.is_nan(left, fmt) or soft.is_nan(right, fmt):
        assert soft.unordered(left, right, fmt)
        assert not (soft.eq(left, right, fmt) or soft.lt(left, right, fmt) or soft.le(left, right, fmt))
        return
    a, b = extended(left), extended(right)
    assert not soft.unordered(left, right, fmt)
    assert (soft.eq(left, right, fmt), soft.lt(left, right, fmt), soft.le(left, right, fmt)) == (a == b, a < b, a <= b)
    assert extended(soft.minimum(left, right, fmt)) == min(a, b)
    assert extended(soft.maximum(left, right, fmt)) == max(a, b)


@given(pattern_groups(1, finite=True), formats)
def test_convert_is_nearest(group: Group, target: FloatFormat) -> None:
    fmt, (bits,) = group
    if value(bits, fmt):
        check(soft.convert(bits, fmt, target), value(bits, fmt), target)
    else:
        assert soft.convert(bits, fmt, target) == soft.zero(soft.sign_of(bits, fmt), target)


@given(formats, st.integers(0, 2**128 - 1), st.sampled_from((8, 16, 32, 64, 128)), st.booleans())
def test_from_int_and_back(fmt: FloatFormat, number: int, width: int, signed: bool) -> None:
    number >>= 128 - width
    exact = number - (1 << width) if signed and number >> (width - 1) else number
    bits = soft.from_int(number, signed, width, fmt)
    if exact:
        check(bits, Fraction(exact), fmt)
    else:
        assert bits == 0
    if soft.is_finite(bits, fmt):
        rounded = int(value(bits, fmt))
        low, high = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
        expected = rounded % (1 << width) if low <= rounded < high else None
        assert soft.to_int(bits, fmt, signed, width) == expected


@given(pattern_groups(1, finite=True), st.sampled_from((8, 32, 64)), st.booleans())
def test_to_int_truncates(group: Group, width: int, signed: bool) -> None:
    fmt, (bits,) = group
    truncated = int(value(bits, fmt))
    low, high = (-(1 << (width - 1)), 1 << (width - 1)) if signed else (0, 1 << width)
    expected = truncated % (1 << width) if low <= truncated < high else None
    assert soft.to_int(bits, fmt, signed, width) == expected


@given(pattern_groups(1, finite=True))
def test_round_to_integral(group: Group) -> None:
    fmt, (bits,) = group
    exact = value(bits, fmt)
    floor = exact.numerator // exact.denominator
    assert value(soft.floor(bits, fmt), fmt) == floor
    assert value(soft.ceil(bits, fmt), fmt) == -(-exact.numerator // exact.denominator)
    assert value(soft.trunc(bits, fmt), fmt) == int(exact)
    assert value(soft.rint(bits, fmt), fmt) == round(exact)
    away = int(abs(exact) + Fraction(1, 2))
    assert value(soft.round_away(bits, fmt), fmt) == (-away if exact < 0 else away)
    for result in (soft.floor(bits, fmt), soft.ceil(bits, fmt), soft.rint(bits, fmt)):
        assert soft.sign_of(result, fmt) == soft.sign_of(bits, fmt)


@given(pattern_groups(1, finite=True), st.integers(-40000, 40000))
def test_scale_is_nearest(group: Group, amount: int) -> None:
    fmt, (bits,) = group
    if value(bits, fmt):
        check(soft.scale(bits, amount, fmt), value(bits, fmt) * Fraction(2) ** amount, fmt)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
@settings(max_examples=300)
def test_binary64_equals_the_host(left: int, right: int) -> None:
    a, b = (struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in (left, right))

    def pattern(number: float) -> int:
        return BINARY64.nan if number != number else int(struct.unpack("<Q", struct.pack("<d", number))[0])

    assert soft.add_exactly(left, right, BINARY64) == pattern(a + b)
    assert soft.mul_exactly(left, right, BINARY64) == pattern(a * b)
    if b:
        assert soft.div_exactly(left, right, BINARY64) == pattern(a / b)
    assert soft.lt(left, right, BINARY64) == (a < b)
    assert soft.eq(left, right, BINARY64) == (a == b)


@given(patterns(BINARY32), patterns(BINARY64))
def test_host_round_trip(single: int, double: int) -> None:
    for bits, fmt in ((single, BINARY32), (double, BINARY64)):
        if not soft.is_nan(bits, fmt):
            assert soft.from_host(soft.to_host(bits, fmt), fmt) == bits
    assert soft.from_host(soft.to_host(double, BINARY64), BINARY32) == soft.convert(double, BINARY64, BINARY32)


def test_special_values_follow_ieee() -> None:
    for fmt in ALL_FORMATS:
        infinity, one, nan = fmt.infinity, fmt.one, fmt.nan
        minus = fmt.sign_mask
        assert soft.sub(infinity, infinity, fmt) == nan
        assert soft.mul(infinity, 0, fmt) == nan
        assert soft.div(0, minus, fmt) == nan
        assert soft.div(one, minus, fmt) == infinity | minus
        assert soft.sqrt(one | minus, fmt) == nan
        assert soft.sqrt(minus, fmt) == minus
        assert soft.add(one, one | minus, fmt) == 0
        assert soft.add(one, one | minus, fmt, soft.DOWNWARD) == minus
        assert soft.add(minus, minus, fmt) == minus
        assert soft.fma(infinity, 0, nan, fmt) == nan
        assert soft.fma(one, infinity, infinity | minus, fmt) == nan
        assert soft.rem(infinity, one, fmt) == nan
        assert soft.rem(one, infinity, fmt) == one
        assert soft.minimum(nan, one, fmt) == one
        assert soft.minimum(0, minus, fmt) == minus
        assert soft.maximum(minus, 0, fmt) == 0
        assert soft.neg(nan, fmt) == nan | minus
        assert soft.add(nan | minus, one, fmt) == nan
        assert soft.add(fmt.largest, fmt.largest, fmt) == infinity
        assert soft.add(fmt.largest, fmt.largest, fmt, soft.TOWARD_ZERO) == fmt.largest
        assert soft.to_int(nan, fmt, True, 32) is None
        assert soft.to_int(infinity, fmt, False, 64) is None
        assert soft.is_signaling((fmt.infinity | 1), fmt)
        assert not soft.is_signaling(nan, fmt)
        assert soft.classify(1, fmt) == soft.SUBNORMAL
        assert soft.classify(fmt.smallest_normal, fmt) == soft.NORMAL


def test_x87_odd_encodings() -> None:
    unnormal = (0x3FFF << 64) | 1
    pseudo_denormal = 1 << 63
    pseudo_infinity = 0x7FFF << 64
    assert soft.add(unnormal, X87_80.one, X87_80) == X87_80.nan
    assert soft.classify(pseudo_infinity, X87_80) == soft.NAN
    assert soft.eq(pseudo_denormal, X87_80.smallest_normal, X87_80)
    assert soft.add(pseudo_denormal, 0, X87_80) == X87_80.smallest_normal


def test_known_patterns() -> None:
    assert BINARY128.total_bits == 128
    assert X87_80.total_bits == 80
    three = soft.from_int(3, False, 8, BINARY128)
    assert soft.div(BINARY128.one, three, BINARY128) == 0x3FFD5555555555555555555555555555
    assert soft.div(X87_80.one, soft.from_int(3, False, 8, X87_80), X87_80) == 0x3FFDAAAAAAAAAAAAAAAB
    assert soft.from_int(65520, False, 32, BINARY16) == BINARY16.infinity
    assert soft.from_int(65519, False, 32, BINARY16) == BINARY16.largest
