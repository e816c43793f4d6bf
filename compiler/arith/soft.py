"""Correctly rounded floating-point arithmetic on bit patterns, for every format of `arith.formats`.

Every result is computed exactly on big ints and rounded once, so it is what IEEE 754-2019 clause 5 prescribes, in any
rounding mode. Tininess has no visible effect, for no exception flags are kept.

NaNs: an operation that yields a NaN yields the format's canonical one (positive, quiet, no payload), whatever its
operands were. `neg`, `absolute` and `copysign` only move the sign bit and keep a NaN's payload (clause 5.5.1).
An x87 pattern whose integer bit contradicts its exponent ("unnormal", pseudo-infinity, pseudo-NaN) is read as a NaN;
a pseudo-denormal is read as the number it stands for (Intel SDM volume 1, 8.2.2).

Binary64 and binary32 under round-to-nearest go through the host's doubles (IEEE on every host CPython supports). For
binary32 this rounds twice, which is harmless for + - * / sqrt since 53 >= 2 * 24 + 2 (Figueroa 1995).
"""

from __future__ import annotations

import math
import struct
from typing import Final

from compiler.arith.formats import BINARY32, BINARY64, FloatFormat
from compiler.arith.ints import to_signed

# Rounding modes; the numbers are those of the RISC-V `rm` field.
NEAREST_EVEN: Final = 0
TOWARD_ZERO: Final = 1
DOWNWARD: Final = 2
UPWARD: Final = 3
NEAREST_AWAY: Final = 4

# Results of classify().
ZERO: Final = 0
SUBNORMAL: Final = 1
NORMAL: Final = 2
INFINITE: Final = 3
NAN: Final = 4

_U64: Final = struct.Struct("<Q")
_F64: Final = struct.Struct("<d")
_U32: Final = struct.Struct("<I")
_F32: Final = struct.Struct("<f")


def classify(bits: int, fmt: FloatFormat) -> int:
    """ZERO, SUBNORMAL, NORMAL, INFINITE or NAN. An x87 pseudo-denormal is NORMAL, as its value is."""
    exponent = (bits >> fmt.significand_bits) & fmt.exponent_ones
    significand = bits & fmt.significand_mask
    if exponent == fmt.exponent_ones:
        return INFINITE if bits & ~fmt.sign_mask == fmt.infinity else NAN
    if exponent == 0:
        if significand == 0:
            return ZERO
        return NORMAL if fmt.explicit_integer_bit and significand & fmt.integer_bit else SUBNORMAL
    if fmt.explicit_integer_bit and not significand & fmt.integer_bit:
        return NAN
    return NORMAL


def is_nan(bits: int, fmt: FloatFormat) -> bool:
    return classify(bits, fmt) == NAN


def is_signaling(bits: int, fmt: FloatFormat) -> bool:
    """Whether it is a NaN with the quiet bit clear."""
    return classify(bits, fmt) == NAN and not bits & fmt.quiet_bit


def is_infinite(bits: int, fmt: FloatFormat) -> bool:
    return bits & ~fmt.sign_mask == fmt.infinity


def is_zero(bits: int, fmt: FloatFormat) -> bool:
    return bits & ~fmt.sign_mask == 0


def is_finite(bits: int, fmt: FloatFormat) -> bool:
    return classify(bits, fmt) <= NORMAL


def sign_of(bits: int, fmt: FloatFormat) -> int:
    """The sign bit, of a NaN too."""
    return 1 if bits & fmt.sign_mask else 0


def zero(sign: int, fmt: FloatFormat) -> int:
    return fmt.sign_mask if sign else 0


def infinity(sign: int, fmt: FloatFormat) -> int:
    return fmt.infinity | (fmt.sign_mask if sign else 0)


def significand_of(bits: int, fmt: FloatFormat) -> int:
    """The integer m of a finite value's magnitude m * 2**exponent_of(bits), leading bit included."""
    significand = bits & fmt.significand_mask
    if not fmt.explicit_integer_bit and (bits >> fmt.significand_bits) & fmt.exponent_ones:
        significand |= fmt.integer_bit
    return significand


def exponent_of(bits: int, fmt: FloatFormat) -> int:
    """The exponent of the last significand bit of a finite value."""
    exponent = (bits >> fmt.significand_bits) & fmt.exponent_ones
    if exponent == 0:
        exponent = 1
    return exponent - fmt.bias - (fmt.precision - 1)


def _rounds_up(odd: bool, remainder: int, half: int, sign: int, mode: int) -> bool:
    """Whether the magnitude goes up, from the bits cut off; `half` is the weight of half a unit."""
    if remainder == 0:
        return False
    if mode == NEAREST_EVEN:
        return remainder > half or (remainder == half and odd)
    if mode == NEAREST_AWAY:
        return remainder >= half
    if mode == UPWARD:
        return sign == 0
    if mode == DOWNWARD:
        return sign == 1
    assert mode == TOWARD_ZERO, mode
    return False


def _overflow(sign: int, fmt: FloatFormat, mode: int) -> int:
    """IEEE 754-2019 7.4: what a too large magnitude becomes."""
    if mode == TOWARD_ZERO or (mode == UPWARD and sign) or (mode == DOWNWARD and not sign):
        return fmt.largest | (fmt.sign_mask if sign else 0)
    return infinity(sign, fmt)


def round_exact(sign: int, magnitude: int, exponent: int, fmt: FloatFormat, mode: int = NEAREST_EVEN,
                sticky: bool = False) -> int:
    """The pattern nearest to magnitude * 2**exponent, which is exact unless `sticky`: then something less than one unit
    more, and the magnitude must have more bits than the format's precision. Exponents may be of any size."""
    if magnitude == 0:
        assert not sticky
        return zero(sign, fmt)
    length = magnitude.bit_length()
    if sticky:
        assert length > fmt.precision, length
        magnitude = (magnitude << 2) | 1
        exponent -= 2
        length += 2
    top = exponent + length - 1
    if top > fmt.emax:
        return _overflow(sign, fmt, mode)
    unit = (top if top > fmt.emin else fmt.emin) - (fmt.precision - 1)
    shift = unit - exponent
    if shift > 0:
        if shift > length + 1:
            # Less than a quarter of the least subnormal: every mode decides as it does for a remainder of 1 in 4.
            magnitude = 1
            shift = 2
        kept = magnitude >> shift
        remainder = magnitude - (kept << shift)
        if _rounds_up(kept & 1 == 1, remainder, 1 << (shift - 1), sign, mode):
            kept += 1
    else:
        kept = magnitude << -shift
    biased = unit + (fmt.precision - 1) + fmt.bias
    if kept >> fmt.precision:
        kept >>= 1
        biased += 1
        if biased >= fmt.exponent_ones:
            return _overflow(sign, fmt, mode)
    if kept < fmt.integer_bit:
        biased = 0
    if not fmt.explicit_integer_bit:
        kept &= fmt.significand_mask
    return (sign << (fmt.total_bits - 1)) | (biased << fmt.significand_bits) | kept


# --- the host's doubles ---------------------------------------------------------------------------------------------

def to_host(bits: int, fmt: FloatFormat) -> float:
    """The value as a Python float; exact for formats up to binary64, rounded to nearest for wider ones."""
    if fmt is BINARY64:
        return float(_F64.unpack(_U64.pack(bits))[0])
    if fmt is BINARY32:
        return float(_F32.unpack(_U32.pack(bits))[0])
    return float(_F64.unpack(_U64.pack(convert(bits, fmt, BINARY64)))[0])


def from_host(value: float, fmt: FloatFormat) -> int:
    """The pattern of a Python float, rounded to nearest; NaNs become canonical."""
    if value != value:
        return fmt.nan
    if fmt is BINARY64:
        return int(_U64.unpack(_F64.pack(value))[0])
    if fmt is BINARY32 and -3.4028234663852886e38 <= value <= 3.4028234663852886e38:
        return int(_U32.unpack(_F32.pack(value))[0])
    return convert(int(_U64.unpack(_F64.pack(value))[0]), BINARY64, fmt)


def _has_host_path(fmt: FloatFormat, mode: int) -> bool:
    return mode == NEAREST_EVEN and (fmt is BINARY64 or fmt is BINARY32)


# --- arithmetic ------------------------------------------------------------------------------------------------------

def add(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    if _has_host_path(fmt, mode):
        return from_host(to_host(left, fmt) + to_host(right, fmt), fmt)
    return add_exactly(left, right, fmt, mode)


def add_exactly(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """`add` without the host's doubles."""
    left_class = classify(left, fmt)
    right_class = classify(right, fmt)
    if left_class == NAN or right_class == NAN:
        return fmt.nan
    if left_class == INFINITE:
        return fmt.nan if right_class == INFINITE and left != right else left
    if right_class == INFINITE:
        return right
    return _sum(sign_of(left, fmt), significand_of(left, fmt), exponent_of(left, fmt),
                sign_of(right, fmt), significand_of(right, fmt), exponent_of(right, fmt), fmt, mode)


def _sum(left_sign: int, left: int, left_exponent: int, right_sign: int, right: int, right_exponent: int,
         fmt: FloatFormat, mode: int) -> int:
    """The rounded sum of two finite values."""
    exponent = left_exponent if left_exponent < right_exponent else right_exponent
    left <<= left_exponent - exponent
    right <<= right_exponent - exponent
    total = (-left if left_sign else left) + (-right if right_sign else right)
    if total == 0:
        # IEEE 754-2019 6.3: an exact zero sum of unlike signs is -0 only when rounding downward.
        if left_sign == right_sign:
            return zero(left_sign, fmt)
        return zero(1 if mode == DOWNWARD else 0, fmt)
    if total < 0:
        return round_exact(1, -total, exponent, fmt, mode)
    return round_exact(0, total, exponent, fmt, mode)


def sub(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    return add(left, right ^ fmt.sign_mask, fmt, mode)


def mul(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    if _has_host_path(fmt, mode):
        return from_host(to_host(left, fmt) * to_host(right, fmt), fmt)
    return mul_exactly(left, right, fmt, mode)


def mul_exactly(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """`mul` without the host's doubles."""
    left_class = classify(left, fmt)
    right_class = classify(right, fmt)
    if left_class == NAN or right_class == NAN:
        return fmt.nan
    sign = sign_of(left ^ right, fmt)
    if left_class == INFINITE or right_class == INFINITE:
        return fmt.nan if left_class == ZERO or right_class == ZERO else infinity(sign, fmt)
    return round_exact(sign, significand_of(left, fmt) * significand_of(right, fmt),
                       exponent_of(left, fmt) + exponent_of(right, fmt), fmt, mode)


def div(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """Division by zero is defined here as IEEE does: an infinity, or a NaN for 0/0."""
    if _has_host_path(fmt, mode) and not is_zero(right, fmt):
        return from_host(to_host(left, fmt) / to_host(right, fmt), fmt)
    return div_exactly(left, right, fmt, mode)


def div_exactly(left: int, right: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """`div` without the host's doubles."""
    left_class = classify(left, fmt)
    right_class = classify(right, fmt)
    if left_class == NAN or right_class == NAN:
        return fmt.nan
    sign = sign_of(left ^ right, fmt)
    if left_class == INFINITE:
        return fmt.nan if right_class == INFINITE else infinity(sign, fmt)
    if right_class == INFINITE:
        return zero(sign, fmt)
    if right_class == ZERO:
        return fmt.nan if left_class == ZERO else infinity(sign, fmt)
    if left_class == ZERO:
        return zero(sign, fmt)
    dividend = significand_of(left, fmt)
    divisor = significand_of(right, fmt)
    # Enough that the quotient has at least precision + 2 bits, whatever the lengths of the two.
    shift = fmt.precision + 2 + divisor.bit_length() - dividend.bit_length()
    if shift < 0:
        shift = 0
    quotient = (dividend << shift) // divisor
    inexact = quotient * divisor != dividend << shift
    return round_exact(sign, quotient, exponent_of(left, fmt) - exponent_of(right, fmt) - shift, fmt, mode, inexact)


def fma(left: int, right: int, addend: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """left * right + addend, rounded once."""
    left_class = classify(left, fmt)
    right_class = classify(right, fmt)
    addend_class = classify(addend, fmt)
    if left_class == NAN or right_class == NAN or addend_class == NAN:
        return fmt.nan
    sign = sign_of(left ^ right, fmt)
    if left_class == INFINITE or right_class == INFINITE:
        if left_class == ZERO or right_class == ZERO:
            return fmt.nan
        if addend_class == INFINITE and sign_of(addend, fmt) != sign:
            return fmt.nan
        return infinity(sign, fmt)
    if addend_class == INFINITE:
        return addend
    return _sum(sign, significand_of(left, fmt) * significand_of(right, fmt),
                exponent_of(left, fmt) + exponent_of(right, fmt),
                sign_of(addend, fmt), significand_of(addend, fmt), exponent_of(addend, fmt), fmt, mode)


def sqrt(bits: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    if _has_host_path(fmt, mode) and not bits & fmt.sign_mask:
        return from_host(math.sqrt(to_host(bits, fmt)), fmt)
    return sqrt_exactly(bits, fmt, mode)


def sqrt_exactly(bits: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """`sqrt` without the host's doubles."""
    kind = classify(bits, fmt)
    if kind == ZERO:
        return bits
    if kind == NAN or bits & fmt.sign_mask:
        return fmt.nan
    if kind == INFINITE:
        return bits
    magnitude = significand_of(bits, fmt)
    exponent = exponent_of(bits, fmt)
    shift = 2 * (fmt.precision + 2)
    if (exponent - shift) & 1:
        shift += 1
    magnitude <<= shift
    root = math.isqrt(magnitude)
    return round_exact(0, root, (exponent - shift) >> 1, fmt, mode, root * root != magnitude)


def rem(left: int, right: int, fmt: FloatFormat) -> int:
    """C's fmod: left - right * trunc(left / right), always exact, with the sign of `left`."""
    left_class = classify(left, fmt)
    right_class = classify(right, fmt)
    if left_class in (NAN, INFINITE) or right_class in (NAN, ZERO):
        return fmt.nan
    if left_class == ZERO or right_class == INFINITE:
        return left
    dividend = significand_of(left, fmt)
    divisor = significand_of(right, fmt)
    left_exponent = exponent_of(left, fmt)
    exponent = exponent_of(right, fmt)
    if left_exponent >= exponent:
        dividend = dividend * pow(2, left_exponent - exponent, divisor) % divisor
    else:
        dividend %= divisor << (exponent - left_exponent)
        exponent = left_exponent
    return round_exact(sign_of(left, fmt), dividend, exponent, fmt)


# --- sign, comparison ------------------------------------------------------------------------------------------------

def neg(bits: int, fmt: FloatFormat) -> int:
    return bits ^ fmt.sign_mask


def absolute(bits: int, fmt: FloatFormat) -> int:
    return bits & ~fmt.sign_mask


def copysign(magnitude: int, sign: int, fmt: FloatFormat) -> int:
    return (magnitude & ~fmt.sign_mask) | (sign & fmt.sign_mask)


def unordered(left: int, right: int, fmt: FloatFormat) -> bool:
    return classify(left, fmt) == NAN or classify(right, fmt) == NAN


def _order_key(bits: int, fmt: FloatFormat) -> int:
    """An integer that orders non-NaN values and joins the zeros."""
    magnitude = bits & ~fmt.sign_mask
    if fmt.explicit_integer_bit and magnitude >> fmt.significand_bits == 0 and magnitude & fmt.integer_bit:
        magnitude += 1 << fmt.significand_bits  # a pseudo-denormal has the value of exponent 1
    return -magnitude if bits & fmt.sign_mask else magnitude


def eq(left: int, right: int, fmt: FloatFormat) -> bool:
    """False when unordered."""
    return not unordered(left, right, fmt) and _order_key(left, fmt) == _order_key(right, fmt)


def lt(left: int, right: int, fmt: FloatFormat) -> bool:
    """False when unordered."""
    return not unordered(left, right, fmt) and _order_key(left, fmt) < _order_key(right, fmt)


def le(left: int, right: int, fmt: FloatFormat) -> bool:
    """False when unordered."""
    return not unordered(left, right, fmt) and _order_key(left, fmt) <= _order_key(right, fmt)


def minimum(left: int, right: int, fmt: FloatFormat) -> int:
    """C's fmin: a NaN operand gives the other one; -0 is below +0 (IEEE 754-2019 minimumNumber)."""
    return _extremum(left, right, fmt, True)


def maximum(left: int, right: int, fmt: FloatFormat) -> int:
    """C's fmax: a NaN operand gives the other one; +0 is above -0 (IEEE 754-2019 maximumNumber)."""
    return _extremum(left, right, fmt, False)


def _extremum(left: int, right: int, fmt: FloatFormat, least: bool) -> int:
    if classify(left, fmt) == NAN:
        return fmt.nan if classify(right, fmt) == NAN else right
    if classify(right, fmt) == NAN:
        return left
    left_key = _order_key(left, fmt)
    right_key = _order_key(right, fmt)
    if left_key == right_key:
        return left if bool(left & fmt.sign_mask) == least else right
    return left if (left_key < right_key) == least else right


# --- conversions -----------------------------------------------------------------------------------------------------

def convert(bits: int, source: FloatFormat, target: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """The same value in another format; a NaN becomes canonical, in the same format too."""
    kind = classify(bits, source)
    if kind == NAN:
        return target.nan
    if kind == INFINITE:
        return infinity(sign_of(bits, source), target)
    return round_exact(sign_of(bits, source), significand_of(bits, source), exponent_of(bits, source), target, mode)


def from_int(value: int, signed: bool, bits: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """`value` is the canonical pattern of a `bits` wide integer; an overflow (binary16) gives what the mode says."""
    if signed:
        value = to_signed(value, bits)
    if value < 0:
        return round_exact(1, -value, 0, fmt, mode)
    return round_exact(0, value, 0, fmt, mode)


def to_int(bits: int, fmt: FloatFormat, signed: bool, width: int) -> int | None:
    """Truncated toward zero, as a canonical pattern; None for a NaN or where the truncated value does not fit
    (undefined, C17 6.3.1.4p1)."""
    if classify(bits, fmt) > NORMAL:
        return None
    exponent = exponent_of(bits, fmt)
    magnitude = significand_of(bits, fmt)
    if exponent >= 0:
        if magnitude.bit_length() + exponent > width and magnitude:
            return None
        magnitude <<= exponent
    else:
        magnitude >>= -exponent
    if bits & fmt.sign_mask:
        if magnitude > (1 << (width - 1) if signed else 0):
            return None
        return -magnitude & ((1 << width) - 1)
    if magnitude >> (width - 1 if signed else width):
        return None
    return magnitude


def round_to_integral(bits: int, fmt: FloatFormat, mode: int) -> int:
    """The integral value in the same format; the sign survives, so ceil(-0.5) is -0."""
    kind = classify(bits, fmt)
    if kind == NAN:
        return fmt.nan
    exponent = exponent_of(bits, fmt)
    if kind in (INFINITE, ZERO) or exponent >= 0:
        return bits
    sign = sign_of(bits, fmt)
    magnitude = significand_of(bits, fmt)
    kept = magnitude >> -exponent
    remainder = magnitude - (kept << -exponent)
    if _rounds_up(kept & 1 == 1, remainder, 1 << (-exponent - 1), sign, mode):
        kept += 1
    return round_exact(sign, kept, 0, fmt)


def floor(bits: int, fmt: FloatFormat) -> int:
    return round_to_integral(bits, fmt, DOWNWARD)


def ceil(bits: int, fmt: FloatFormat) -> int:
    return round_to_integral(bits, fmt, UPWARD)


def trunc(bits: int, fmt: FloatFormat) -> int:
    return round_to_integral(bits, fmt, TOWARD_ZERO)


def rint(bits: int, fmt: FloatFormat) -> int:
    """To the nearest, ties to even: C's rint and nearbyint in the default environment."""
    return round_to_integral(bits, fmt, NEAREST_EVEN)


def round_away(bits: int, fmt: FloatFormat) -> int:
    """To the nearest, ties away from zero: C's round."""
    return round_to_integral(bits, fmt, NEAREST_AWAY)


def scale(bits: int, amount: int, fmt: FloatFormat, mode: int = NEAREST_EVEN) -> int:
    """bits * 2**amount rounded once: C's ldexp."""
    kind = classify(bits, fmt)
    if kind == NAN:
        return fmt.nan
    if kind in (INFINITE, ZERO):
        return bits
    return round_exact(sign_of(bits, fmt), significand_of(bits, fmt), exponent_of(bits, fmt) + amount, fmt, mode)
