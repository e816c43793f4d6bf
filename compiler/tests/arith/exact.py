"""An oracle for soft floats that shares nothing with them: exact fractions and the neighbours of a result."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from compiler.arith.formats import ALL_FORMATS, FloatFormat

formats = st.sampled_from(ALL_FORMATS)


def ordinal(bits: int, fmt: FloatFormat) -> int:
    """The position of a non-negative pattern among all representable magnitudes."""
    if not fmt.explicit_integer_bit:
        return bits
    exponent, significand = bits >> 64, bits & (2**64 - 1)
    return exponent * 2**63 + (significand & (2**63 - 1))


def at_ordinal(position: int, fmt: FloatFormat) -> int:
    if not fmt.explicit_integer_bit:
        return position
    exponent, fraction = position >> 63, position & (2**63 - 1)
    return exponent << 64 | (2**63 if exponent else 0) | fraction


def magnitude_value(position: int, fmt: FloatFormat) -> Fraction:
    """The value at an ordinal; the infinity counts as the first power of two past the range, as in IEEE 754 4.3.1."""
    exponent, fraction = divmod(position, 1 << (fmt.precision - 1))
    if exponent == 0:
        return Fraction(fraction) * Fraction(2) ** (fmt.emin - fmt.precision + 1)
    return (fraction + (1 << (fmt.precision - 1))) * Fraction(2) ** (exponent - fmt.bias - fmt.precision + 1)


def value(bits: int, fmt: FloatFormat) -> Fraction:
    """The value of a finite pattern."""
    magnitude = magnitude_value(ordinal(bits & ~fmt.sign_mask, fmt), fmt)
    return -magnitude if bits & fmt.sign_mask else magnitude


def is_nearest(bits: int, exact: Fraction, fmt: FloatFormat) -> bool:
    """Whether the pattern is the round-to-nearest-even result for a non-zero exact value."""
    if bool(bits & fmt.sign_mask) != (exact < 0):
        return False
    position = ordinal(bits & ~fmt.sign_mask, fmt)
    distance = abs(abs(exact) - magnitude_value(position, fmt))
    infinity = ordinal(fmt.infinity, fmt)
    if position > infinity:
        return False
    if position == infinity:
        distance = max(magnitude_value(position, fmt) - abs(exact), Fraction(0))
    for neighbour in (position - 1, position + 1):
        if 0 <= neighbour <= infinity:
            other = abs(abs(exact) - magnitude_value(neighbour, fmt))
            if other < distance or (other == distance and position & 1):
                return False
    return True


def is_directed(bits: int, exact: Fraction, fmt: FloatFormat, up: bool) -> bool:
    """Whether the pattern is the least value >= exact (up) or the greatest <= exact, infinities included."""
    negative = bool(bits & fmt.sign_mask)
    position = ordinal(bits & ~fmt.sign_mask, fmt)
    away = up != negative  # the magnitude was rounded up
    magnitude = -exact if negative else exact
    infinity = ordinal(fmt.infinity, fmt)
    if away:
        below = position == 0 or magnitude_value(position - 1, fmt) < magnitude
        return below and (position == infinity or magnitude_value(position, fmt) >= magnitude)
    if position >= infinity:
        return False
    return magnitude_value(position, fmt) <= magnitude and (
        position + 1 == infinity or magnitude_value(position + 1, fmt) > magnitude
    )


@st.composite
def patterns(draw: st.DrawFn, fmt: FloatFormat, finite: bool = False) -> int:
    """Patterns of a format, rich in boundaries and in exponents near each other; x87 ones are valid encodings."""
    top = ordinal(fmt.infinity, fmt)
    one = ordinal(fmt.one, fmt)
    step = 1 << (fmt.precision - 1)
    near = draw(st.sampled_from((0, step, one, one + step, one - step, top - 1, one + step * (fmt.precision + 1))))
    position = draw(
        st.one_of(
            st.integers(0, top - 1),
            st.integers(-3, 3).map(lambda offset: near + offset),
            st.integers(one - 4 * step, one + 4 * step),
            st.integers(0, 3 * step),
            st.integers(0, 40).map(lambda exponent: one + exponent * step),
        )
    )
    position = max(0, min(position, top - 1))
    bits = at_ordinal(position, fmt)
    if not finite:
        bits = draw(st.sampled_from((bits,) * 12 + (fmt.infinity, fmt.nan, fmt.nan + 1)))
    return bits | (fmt.sign_mask if draw(st.booleans()) else 0)


@st.composite
def pattern_groups(draw: st.DrawFn, count: int, finite: bool = False) -> tuple[FloatFormat, tuple[int, ...]]:
    fmt = draw(formats)
    return fmt, tuple(draw(patterns(fmt, finite)) for _ in range(count))
