"""The binary floating-point formats that targets use, as records.

Invariant: a value of a format is its bit pattern as an int, sign bit on top, 0 <= pattern < 2**total_bits. Padding that
a target stores after it (6 bytes after the x87 format) is a matter of layout and no part of the pattern.
Source: IEEE 754-2019 clause 3.4; Intel SDM volume 1, 4.2.2 and 8.2.2 for the 80-bit format.
"""

from __future__ import annotations

from typing import Final, final


@final
class FloatFormat:
    """Derived facts are computed once: `precision` counts the leading bit, whether it is stored or not; `emin` and
    `emax` are the unbiased exponents of the least and greatest normal numbers 1.xxx * 2**e."""

    def __init__(self, name: str, exponent_bits: int, precision: int, explicit_integer_bit: bool) -> None:
        self.name: Final[str] = name
        self.exponent_bits: Final[int] = exponent_bits
        self.precision: Final[int] = precision
        self.explicit_integer_bit: Final[bool] = explicit_integer_bit
        self.significand_bits: Final[int] = precision if explicit_integer_bit else precision - 1
        self.total_bits: Final[int] = 1 + exponent_bits + self.significand_bits
        self.bias: Final[int] = (1 << (exponent_bits - 1)) - 1
        self.emax: Final[int] = self.bias
        self.emin: Final[int] = 1 - self.bias
        self.sign_mask: Final[int] = 1 << (self.total_bits - 1)
        self.significand_mask: Final[int] = (1 << self.significand_bits) - 1
        self.exponent_ones: Final[int] = (1 << exponent_bits) - 1
        self.integer_bit: Final[int] = 1 << (precision - 1)
        quiet = 1 << (precision - 2)
        top = self.exponent_ones << self.significand_bits
        stored_integer = self.integer_bit if explicit_integer_bit else 0
        self.quiet_bit: Final[int] = quiet
        self.infinity: Final[int] = top | stored_integer
        self.nan: Final[int] = top | stored_integer | quiet
        self.largest: Final[int] = ((self.exponent_ones - 1) << self.significand_bits) | self.significand_mask
        self.smallest_normal: Final[int] = (1 << self.significand_bits) | stored_integer
        self.one: Final[int] = (self.bias << self.significand_bits) | stored_integer

    def __repr__(self) -> str:
        return self.name


BINARY16: Final = FloatFormat("binary16", 5, 11, False)
BFLOAT16: Final = FloatFormat("bfloat16", 8, 8, False)
BINARY32: Final = FloatFormat("binary32", 8, 24, False)
BINARY64: Final = FloatFormat("binary64", 11, 53, False)
X87_80: Final = FloatFormat("x87_80", 15, 64, True)
BINARY128: Final = FloatFormat("binary128", 15, 113, False)

ALL_FORMATS: Final = (BINARY16, BFLOAT16, BINARY32, BINARY64, X87_80, BINARY128)
