"""Which characters beyond ASCII identifiers may hold: C17 annex D, as gcc accepts them, and universal names."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

_RANGES: Final = (
    0x00A8, 0x00A8, 0x00AA, 0x00AA, 0x00AD, 0x00AD, 0x00AF, 0x00AF, 0x00B2, 0x00B5, 0x00B7, 0x00BA, 0x00BC, 0x00BE,
    0x00C0, 0x00D6, 0x00D8, 0x00F6, 0x00F8, 0x167F, 0x1681, 0x180D, 0x180F, 0x1FFF, 0x200B, 0x200D, 0x202A, 0x202E,
    0x203F, 0x2040, 0x2054, 0x2054, 0x2060, 0x218F, 0x2460, 0x24FF, 0x2776, 0x2793, 0x2C00, 0x2DFF, 0x2E80, 0x2FFF,
    0x3004, 0x3007, 0x3021, 0x302F, 0x3031, 0xD7FF, 0xF900, 0xFD3D, 0xFD40, 0xFDCF, 0xFDF0, 0xFE44, 0xFE47, 0xFFFD,
    0x10000, 0x1FFFD, 0x20000, 0x2FFFD, 0x30000, 0x3FFFD, 0x40000, 0x4FFFD, 0x50000, 0x5FFFD, 0x60000, 0x6FFFD,
    0x70000, 0x7FFFD, 0x80000, 0x8FFFD, 0x90000, 0x9FFFD, 0xA0000, 0xAFFFD, 0xB0000, 0xBFFFD, 0xC0000, 0xCFFFD,
    0xD0000, 0xDFFFD, 0xE0000, 0xEFFFD,
)  # fmt: skip
_STARTS: Final[list[int]] = [_RANGES[index] for index in range(0, len(_RANGES), 2)]
_NOT_FIRST: Final = ((0x0300, 0x036F), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))


def identifier_character(code: int) -> bool:
    """Whether a code point may stand in an identifier (ASCII letters and digits included)."""
    if code < 128:
        return 97 <= code <= 122 or 65 <= code <= 90 or code == 95 or 48 <= code <= 57
    index = bisect_right(_STARTS, code) - 1
    return index >= 0 and code <= _RANGES[2 * index + 1]


def identifier_start(code: int) -> bool:
    """Whether a code point beyond ASCII may start an identifier (annex D.2 excludes combining characters)."""
    if not identifier_character(code) or 48 <= code <= 57:
        return False
    return all(not low <= code <= high for low, high in _NOT_FIRST)


def read_ucn(text: str, i: int) -> tuple[int, int]:
    """Value and length of the universal character name at `i`; length 0 if there is none."""
    kind = text[i + 1 : i + 2]
    count = 4 if kind == "u" else 8 if kind == "U" else 0
    if count == 0:
        return 0, 0
    value = 0
    for c in text[i + 2 : i + 2 + count]:
        digit = hex_digit(ord(c))
        if digit < 0:
            return 0, 0
        value = value * 16 + digit
        count -= 1
    if count:
        return 0, 0
    return value, 6 if kind == "u" else 10


def hex_digit(code: int) -> int:
    """The value of a hexadecimal digit's code, -1 for other characters."""
    if 48 <= code <= 57:
        return code - 48
    if 97 <= code <= 102:
        return code - 87
    if 65 <= code <= 70:
        return code - 55
    return -1
