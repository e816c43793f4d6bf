"""Text to binary floating point and back, correctly rounded in every format.

Reading: the exact rational value is formed on big ints and rounded once (nearest, ties to even). Two guards keep the
cost bounded by the text's length: exponents are saturated far outside every format's range, and significant decimal
digits past the longest possible tie are folded into one sticky digit.
Writing: hexadecimal is exact; the shortest decimal that reads back as the same value comes from free-format digit
generation on big ints (Steele & White 1990; Burger & Dybvig 1996).
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith import soft
from compiler.arith.formats import FloatFormat

# A tie between two neighbours of binary128 has at most 16494 + 1 fractional binary digits, hence fewer than 11600
# significant decimal ones; beyond them a digit only says whether the value is above the tie.
_MAX_DIGITS: Final = 12000
# CPython refuses to convert longer decimal strings (sys.set_int_max_str_digits); pieces stay below the limit.
_CHUNK: Final = 4000
# Far outside every format (binary128 ends near 10**4932 and 10**-4966) and small enough to compute with.
_MAX_EXPONENT: Final = 1 << 40


@final
class ParsedFloat:
    """`overflow`: a finite text became an infinity (a constant C17 6.4.4.2 leaves to a diagnostic); `underflow`: a
    non-zero text became zero or an inexact subnormal; `inexact`: the text's value is not the pattern's."""

    def __init__(self, bits: int, overflow: bool, underflow: bool, inexact: bool) -> None:
        self.bits: Final[int] = bits
        self.overflow: Final[bool] = overflow
        self.underflow: Final[bool] = underflow
        self.inexact: Final[bool] = inexact


def parse_float(text: str, fmt: FloatFormat) -> int:
    """The pattern of a C floating constant without its suffix; see parse_float_checked()."""
    return parse_float_checked(text, fmt).bits


def parse_float_checked(text: str, fmt: FloatFormat) -> ParsedFloat:
    """Reads decimal and hexadecimal constants (C17 6.4.4.2, and plain integers), with an optional sign, and what
    format_hex() and format_shortest() write: `inf`, `nan`, `nan(0x...)` with the whole pattern.

    Raises ValueError when the text is none of these; a lexer has checked its tokens before.
    """
    sign = 0
    start = 0
    if text[:1] == "-":
        sign = 1
        start = 1
    elif text[:1] == "+":
        start = 1
    if text.startswith(("0x", "0X"), start):
        return _parse_hex(text, start + 2, sign, fmt)
    body = text[start:]
    if body == "inf":
        return ParsedFloat(soft.infinity(sign, fmt), False, False, False)
    if body == "nan":
        return ParsedFloat(fmt.nan | (fmt.sign_mask if sign else 0), False, False, False)
    if body.startswith("nan(0x") and body.endswith(")"):
        bits = int(body[6:-1], 16)
        if bits >> fmt.total_bits or not soft.is_nan(bits, fmt):
            raise ValueError("not a NaN of this format: " + text)
        return ParsedFloat(bits, False, False, False)
    return _parse_decimal(text, start, sign, fmt)


def _scan_digits(text: str, start: int, hexadecimal: bool) -> int:
    """The index after the digits that begin at `start`."""
    index = start
    length = len(text)
    while index < length:
        char = text[index]
        if not ("0" <= char <= "9" or (hexadecimal and ("a" <= char <= "f" or "A" <= char <= "F"))):
            break
        index += 1
    return index


def _parse_exponent(text: str, start: int) -> int:
    """The exponent whose sign or first digit stands at `start` and that ends the text, saturated."""
    negative = text[start : start + 1] == "-"
    if text[start : start + 1] in ("+", "-"):
        start += 1
    end = _scan_digits(text, start, False)
    if end == start or end != len(text):
        raise ValueError("malformed exponent: " + text)
    digits = text[start:end].lstrip("0")
    value = _MAX_EXPONENT if len(digits) > 12 else min(int(digits or "0"), _MAX_EXPONENT)
    return -value if negative else value


def _parse_hex(text: str, start: int, sign: int, fmt: FloatFormat) -> ParsedFloat:
    point = _scan_digits(text, start, True)
    whole = text[start:point]
    fraction = ""
    end = point
    if text[point : point + 1] == ".":
        end = _scan_digits(text, point + 1, True)
        fraction = text[point + 1 : end]
    if not whole and not fraction:
        raise ValueError("no digits: " + text)
    exponent = 0
    if text[end : end + 1] in ("p", "P"):
        exponent = _parse_exponent(text, end + 1)
    elif end != len(text) or end != point:
        raise ValueError("malformed hexadecimal constant: " + text)
    magnitude = int(whole + fraction, 16)
    return _finish(sign, magnitude, 1, exponent - 4 * len(fraction), fmt)


def decimal_to_int(digits: str) -> int:
    """The value of a decimal digit string of any length, in sub-quadratic time and without CPython's limit."""
    if len(digits) <= _CHUNK:
        return int(digits or "0")
    low = len(digits) // 2
    power: int = 10**low
    return decimal_to_int(digits[: len(digits) - low]) * power + decimal_to_int(digits[len(digits) - low :])


def _parse_decimal(text: str, start: int, sign: int, fmt: FloatFormat) -> ParsedFloat:
    point = _scan_digits(text, start, False)
    digits = text[start:point]
    exponent = 0
    end = point
    if text[point : point + 1] == ".":
        end = _scan_digits(text, point + 1, False)
        digits += text[point + 1 : end]
        exponent = point + 1 - end
    if not digits:
        raise ValueError("no digits: " + text)
    if text[end : end + 1] in ("e", "E"):
        exponent += _parse_exponent(text, end + 1)
    elif end != len(text):
        raise ValueError("malformed constant: " + text)
    digits = digits.lstrip("0")
    significant = digits.rstrip("0")
    exponent += len(digits) - len(significant)
    if not significant:
        return ParsedFloat(soft.zero(sign, fmt), False, False, False)
    if len(significant) > _MAX_DIGITS:
        exponent += len(significant) - _MAX_DIGITS - 1
        significant = significant[:_MAX_DIGITS] + "1"
    magnitude_of_ten = exponent + len(significant)  # the value lies in [10**(m-1), 10**m)
    if magnitude_of_ten > 6000:
        return _finish(sign, 1, 1, _MAX_EXPONENT, fmt)
    if magnitude_of_ten < -6000:
        return _finish(sign, 1, 1, -_MAX_EXPONENT, fmt)
    magnitude = decimal_to_int(significant)
    if exponent >= 0:
        return _finish(sign, magnitude * 5**exponent, 1, exponent, fmt)
    return _finish(sign, magnitude, 5**-exponent, exponent, fmt)


def _finish(sign: int, numerator: int, denominator: int, exponent: int, fmt: FloatFormat) -> ParsedFloat:
    """The nearest pattern to numerator / denominator * 2**exponent, and what was lost."""
    sticky = False
    if denominator != 1:
        shift = fmt.precision + 3 + denominator.bit_length() - numerator.bit_length()
        if shift < 0:
            shift = 0
        quotient = (numerator << shift) // denominator
        sticky = quotient * denominator != numerator << shift
        numerator = quotient
        exponent -= shift
    bits = soft.round_exact(sign, numerator, exponent, fmt, soft.NEAREST_EVEN, sticky)
    if soft.is_infinite(bits, fmt):
        return ParsedFloat(bits, True, False, True)
    inexact = sticky or not _is_value(bits, numerator, exponent, fmt)
    tiny = numerator != 0 and bits & ~fmt.sign_mask < fmt.smallest_normal
    return ParsedFloat(bits, False, tiny and inexact, inexact)


def _is_value(bits: int, magnitude: int, exponent: int, fmt: FloatFormat) -> bool:
    """Whether the pattern's magnitude is exactly magnitude * 2**exponent."""
    if magnitude == 0 or soft.is_zero(bits, fmt):
        return magnitude == 0 and soft.is_zero(bits, fmt)
    own = soft.significand_of(bits, fmt)
    own_exponent = soft.exponent_of(bits, fmt)
    own_zeros = (own & -own).bit_length() - 1
    zeros = (magnitude & -magnitude).bit_length() - 1
    return own >> own_zeros == magnitude >> zeros and own_exponent + own_zeros == exponent + zeros


# --- writing ---------------------------------------------------------------------------------------------------------

def _special(bits: int, fmt: FloatFormat) -> str:
    """The text of an infinity or NaN; empty for a finite value."""
    kind = soft.classify(bits, fmt)
    if kind == soft.INFINITE:
        return "-inf" if bits & fmt.sign_mask else "inf"
    if kind == soft.NAN:
        return "nan" if bits == fmt.nan else f"nan(0x{bits:x})"
    return ""


def format_float(bits: int, fmt: FloatFormat) -> str:
    """The text printers use: exact, and parse_float() gives the pattern back, NaN payloads included."""
    return format_hex(bits, fmt)


def format_hex(bits: int, fmt: FloatFormat) -> str:
    """As C's %a with a leading 1 (0 for zero only) and no trailing zeros: 0x1.8p+1, -0x0p+0, inf, nan, nan(0x...)."""
    special = _special(bits, fmt)
    if special:
        return special
    sign = "-" if bits & fmt.sign_mask else ""
    magnitude = soft.significand_of(bits, fmt)
    if magnitude == 0:
        return sign + "0x0p+0"
    length = magnitude.bit_length()
    exponent = soft.exponent_of(bits, fmt) + length - 1
    fraction_bits = (length + 2) // 4 * 4  # the bits after the leading one, padded to whole hexadecimal digits
    fraction = (magnitude - (1 << (length - 1))) << (fraction_bits - (length - 1))
    digits = f"{fraction:0{fraction_bits // 4}x}".rstrip("0") if fraction_bits else ""
    return f"{sign}0x1{'.' if digits else ''}{digits}p{exponent:+d}"


def shortest_digits(bits: int, fmt: FloatFormat) -> tuple[str, int]:
    """For a finite non-zero value: the fewest decimal digits d1 d2 ... and the exponent e such that
    0.d1d2... * 10**e reads back as the same value, and among those the nearest to it."""
    magnitude = soft.significand_of(bits, fmt)
    exponent = soft.exponent_of(bits, fmt)
    # Value = r / s; m_plus / s and m_minus / s are half the distances to the neighbours.
    if exponent >= 0:
        r, s = magnitude << (exponent + 1), 2
        m_plus = m_minus = 1 << exponent
    else:
        r, s = magnitude * 2, 1 << (1 - exponent)
        m_plus = m_minus = 1
    if magnitude == fmt.integer_bit and (bits & ~fmt.sign_mask) >> fmt.significand_bits > 1:
        r, s, m_plus = r * 2, s * 2, m_plus * 2  # the neighbour below a power of two is half as far away
    inclusive = magnitude & 1 == 0  # ties read back to the even significand
    # An estimate of the decimal exponent that is exact or one too small, then corrected.
    ten = ((exponent + magnitude.bit_length() - 1) * 30103 - 100000) // 100000
    if ten >= 0:
        s *= 10**ten
    else:
        r, m_plus, m_minus = r * 10**-ten, m_plus * 10**-ten, m_minus * 10**-ten
    while r + m_plus > s or (inclusive and r + m_plus == s):
        s *= 10
        ten += 1
    digits = ""
    while True:
        digit, r = divmod(r * 10, s)
        m_plus *= 10
        m_minus *= 10
        low = r < m_minus or (inclusive and r == m_minus)
        high = r + m_plus > s or (inclusive and r + m_plus == s)
        if low or high:
            break
        digits += str(digit)
    if high and (not low or r * 2 > s or (r * 2 == s and digit & 1)):
        digit += 1
    return digits + str(digit), ten


def format_shortest(bits: int, fmt: FloatFormat) -> str:
    """The shortest decimal that reads back as the same value, in plain notation from 1e-5 up to 1e16."""
    special = _special(bits, fmt)
    if special:
        return special
    sign = "-" if bits & fmt.sign_mask else ""
    if soft.is_zero(bits, fmt):
        return sign + "0.0"
    digits, ten = shortest_digits(bits, fmt)
    if -4 < ten <= 0:
        return f"{sign}0.{'0' * -ten}{digits}"
    if 0 < ten <= 16:
        if len(digits) <= ten:
            return f"{sign}{digits}{'0' * (ten - len(digits))}.0"
        return f"{sign}{digits[:ten]}.{digits[ten:]}"
    point = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}e{ten - 1:+03d}"
