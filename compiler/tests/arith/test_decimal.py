"""Reading and writing floats: against exact fractions, against Python's own, and on hostile lengths."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.arith import decimal, soft
from compiler.arith.formats import ALL_FORMATS, BINARY16, BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.tests.arith.exact import at_ordinal, formats, is_nearest, magnitude_value, ordinal, pattern_groups, value

Group = tuple[FloatFormat, tuple[int, ...]]


def int_text(number: int) -> str:
    """Decimal digits without CPython's limit on str(int)."""
    text = ""
    while number:
        number, piece = divmod(number, 10**1000)
        text = f"{piece:01000d}" + text
    return text or "0"


@given(st.integers(0, 10**40), st.integers(0, 45), st.integers(-5000, 5000), formats)
def test_decimal_constants_are_nearest(digits: int, point: int, exponent: int, fmt: FloatFormat) -> None:
    text = str(digits).rjust(point + 1, "0")
    text = f"{text[: len(text) - point]}.{text[len(text) - point :]}e{exponent:+d}"
    parsed = decimal.parse_float_checked(text, fmt)
    exact = digits * Fraction(10) ** (exponent - point)
    if digits == 0:
        assert parsed.bits == 0 and not parsed.inexact
        return
    assert is_nearest(parsed.bits, exact, fmt)
    assert parsed.overflow == (parsed.bits == fmt.infinity)
    assert parsed.inexact == (parsed.overflow or value(parsed.bits, fmt) != exact)
    assert parsed.underflow == (parsed.inexact and parsed.bits < fmt.smallest_normal)


@given(pattern_groups(1, finite=True), st.sampled_from((-1, 0, 1)))
def test_ties_and_their_neighbourhood(group: Group, nudge: int) -> None:
    """The exact decimal text of the midpoint between two neighbours, and a hair off it."""
    fmt, (bits,) = group
    position = min(ordinal(soft.absolute(bits, fmt), fmt), ordinal(fmt.largest, fmt) - 1)
    middle = (magnitude_value(position, fmt) + magnitude_value(position + 1, fmt)) / 2
    scale = middle.denominator.bit_length() - 1
    digits = middle.numerator * 5**scale
    text = f"{int_text(digits * 10**20 + nudge)}e{-scale - 20}"
    expected = position + (1 if nudge > 0 or (nudge == 0 and position & 1) else 0)
    assert decimal.parse_float(text, fmt) == at_ordinal(expected, fmt)


def test_long_tie() -> None:
    """The longest tie there is, between 0 and the least binary128, needs some 11,500 digits."""
    text = int_text(5**16495)
    assert decimal.parse_float(f"{text}e-16495", BINARY128) == 0
    assert decimal.parse_float(f"{text}{'0' * 30000}1e-46496", BINARY128) == 1
    assert decimal.parse_float(f"{text}{'0' * 30000}e-46495", BINARY128) == 0


@given(st.floats(allow_nan=False), st.floats(width=32, allow_nan=False))
def test_shortest_is_pythons_repr(double: float, single: float) -> None:
    def unify(text: str) -> str:
        return text.replace("e-0", "e-").replace("e+0", "e+")

    assert unify(decimal.format_shortest(soft.from_host(double, BINARY64), BINARY64)) == unify(repr(double))
    bits = soft.from_host(single, BINARY32)
    assert decimal.parse_float(decimal.format_shortest(bits, BINARY32), BINARY32) == bits


@given(pattern_groups(1))
def test_text_round_trips(group: Group) -> None:
    fmt, (bits,) = group
    assert decimal.parse_float(decimal.format_float(bits, fmt), fmt) == bits
    if not soft.is_nan(bits, fmt):
        assert decimal.parse_float(decimal.format_shortest(bits, fmt), fmt) == bits


@given(pattern_groups(1, finite=True))
def test_shortest_has_no_shorter_rival(group: Group) -> None:
    fmt, (bits,) = group
    bits = soft.absolute(bits, fmt)
    if bits == 0:
        return
    digits, exponent = decimal.shortest_digits(bits, fmt)
    if len(digits) > 1:
        cut = int(digits[:-1])
        for rival in (cut, cut + 1):
            assert decimal.parse_float(f"{rival}e{exponent - len(digits) + 1}", fmt) != bits


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_hex_agrees_with_python(number: float) -> None:
    bits = soft.from_host(number, BINARY64)
    assert float.fromhex(decimal.format_hex(bits, BINARY64)) == number
    assert decimal.parse_float(number.hex(), BINARY64) == bits


@given(st.text("0123456789abcdefABCDEF", min_size=1, max_size=40), st.integers(0, 40), st.integers(-1200, 1100))
def test_hex_constants_agree_with_python(digits: str, point: int, exponent: int) -> None:
    text = f"0x{digits[:point]}.{digits[point:]}p{exponent}"
    try:
        expected = soft.from_host(float.fromhex(text), BINARY64)
    except OverflowError:
        expected = BINARY64.infinity
    assert decimal.parse_float(text, BINARY64) == expected


def test_written_forms() -> None:
    for text, fmt, bits in (
        ("1", BINARY64, BINARY64.one),
        ("1.", BINARY64, BINARY64.one),
        (".5e1", BINARY32, 0x40A00000),
        ("0x1p-16494", BINARY128, 1),
        ("0x.8p1", X87_80, X87_80.one),
        ("65504", BINARY16, BINARY16.largest),
        ("-0.0", BINARY64, 1 << 63),
        ("-inf", BINARY64, 0xFFF << 52),
        ("1.18973149535723176502e4932", X87_80, X87_80.largest),
    ):
        assert decimal.parse_float(text, fmt) == bits, text
    assert decimal.format_hex(BINARY64.one + 1, BINARY64) == "0x1.0000000000001p+0"
    assert decimal.format_hex(1 << 63, BINARY64) == "-0x0p+0"
    assert decimal.format_hex(1, BINARY64) == "0x1p-1074"
    assert decimal.format_hex(BINARY64.nan | 5, BINARY64) == "nan(0x7ff8000000000005)"
    assert decimal.format_shortest(BINARY64.largest, BINARY64) == "1.7976931348623157e+308"


@pytest.mark.parametrize("text", ["", ".", "0x", "0x.", "1e", "1e+", "0x1p", "1.0f", "0x1.8", "e5", "1e5x", "nan(0x1)"])
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decimal.parse_float(text, BINARY64)


def test_hostile_exponents_and_lengths() -> None:
    for fmt in ALL_FORMATS:
        for text in ("1e999999999", "0x1p999999999999999999999", "1e" + "9" * 100000, "9" * 100000):
            parsed = decimal.parse_float_checked(text, fmt)
            assert parsed.bits == fmt.infinity and parsed.overflow
        for text in ("1e-999999999", "-0x1p-999999999999999999999", "1e-" + "9" * 100000, "." + "0" * 100000 + "1"):
            parsed = decimal.parse_float_checked(text, fmt)
            assert soft.is_zero(parsed.bits, fmt) and parsed.underflow
        assert decimal.parse_float("0e999999999", fmt) == 0
        assert decimal.parse_float("0." + "0" * 50000 + "1e50001", fmt) == fmt.one
        assert decimal.parse_float("1" + "0" * 50000 + "e-50000", fmt) == fmt.one
        assert decimal.parse_float("0x1" + "0" * 50000 + "p-200000", fmt) == fmt.one
