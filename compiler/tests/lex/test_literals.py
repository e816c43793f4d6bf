"""Values and types of constants; the types are those that gcc's _Generic shows on x86-64."""

from __future__ import annotations

import pytest

from compiler.arith.formats import BINARY128
from compiler.lex.literals import (
    FLOAT_F64X,
    FLOAT_LONG,
    FLOAT_SINGLE,
    INT128_KIND,
    PREFIX_CHAR16,
    PREFIX_WIDE,
    integer_type,
    parse_char,
    parse_number,
    parse_strings,
)
from compiler.lex.tokens import CHAR, STRING, Token
from compiler.platform.data_model import ilp32, lp64
from compiler.platform.language import Language
from compiler.platform.platform import INT_KIND, LLONG_KIND, LONG_KIND, UINT_KIND, ULLONG_KIND, ULONG_KIND
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap

UNSIGNED_CHAR = lp64(False, BINARY128)
SIGNED_CHAR = lp64(True, BINARY128)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0", INT_KIND, 0), ("2147483647", INT_KIND, 2147483647), ("2147483648", LONG_KIND, 2147483648),
        ("0x7fffffff", INT_KIND, 0x7FFFFFFF), ("0xffffffff", UINT_KIND, 0xFFFFFFFF),
        ("037777777777", UINT_KIND, 0xFFFFFFFF),
        ("0x100000000", LONG_KIND, 1 << 32), ("0xffffffffffffffff", ULONG_KIND, (1 << 64) - 1), ("1u", UINT_KIND, 1),
        ("4294967296u", ULONG_KIND, 1 << 32), ("1ll", LLONG_KIND, 1), ("1LLU", ULLONG_KIND, 1), ("0b101", INT_KIND, 5),
        ("18446744073709551615", INT128_KIND, (1 << 64) - 1),
        ("1'000", INT_KIND, 1000), ("0x8000000000000000LL", ULLONG_KIND, 1 << 63),
    ],
)  # fmt: skip
def test_integers(text: str, kind: int, value: int) -> None:
    number = parse_number(text)
    assert not number.error and not number.is_float
    found = integer_type(number, SIGNED_CHAR, Language())
    assert (found.kind, found.value) == (kind, value)


def test_too_large_integers_lose_high_bits() -> None:
    found = integer_type(parse_number("99999999999999999999999"), SIGNED_CHAR, Language())
    assert found.warning == "integer constant is too large for its type"
    assert found.value == (10**23 - 1) & ((1 << 64) - 1)


def test_old_c_has_unsigned_long_decimals() -> None:
    number = parse_number("3000000000")
    assert integer_type(number, ilp32(True), Language(1989)).kind == ULONG_KIND
    assert integer_type(number, ilp32(True), Language(1999)).kind == LLONG_KIND


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("08", 'invalid digit "8" in octal constant'), ("0b12", 'invalid digit "2" in binary constant'),
        ("1lul", 'invalid suffix "lul" on integer constant'), ("1lL", 'invalid suffix "lL" on integer constant'),
        ("0x", 'invalid suffix "x" on integer constant'), ("1.2.3", "too many decimal points in number"),
        ("1e", "exponent has no digits"), ("1.0q5", 'invalid suffix "q5" on floating constant'),
        ("0x1.0", "hexadecimal floating constants require an exponent"),
    ],
)  # fmt: skip
def test_bad_numbers(text: str, error: str) -> None:
    assert parse_number(text).error == error


def test_floats() -> None:
    number = parse_number("0x1.8p+3L")
    assert number.is_float and (number.digits, number.float_type) == ("0x1.8p+3", FLOAT_LONG)
    assert parse_number("1.F").float_type == FLOAT_SINGLE
    assert parse_number("09.5").digits == "09.5"
    assert parse_number("1e5F64x").float_type == FLOAT_F64X
    imaginary = parse_number("2.5if")
    assert imaginary.imaginary and imaginary.float_type == FLOAT_SINGLE


def char(text: str, signed: bool = True) -> int:
    return parse_char(Token(CHAR, text, 0, 0, None, 0), SIGNED_CHAR if signed else UNSIGNED_CHAR, None).value


def test_characters() -> None:
    assert (char("'a'"), char("'\\n'"), char("'\\0'"), char("'\\x41'"), char("'\\101'"), char("'\\e'")) == (
        97, 10, 0, 65, 65, 27)  # fmt: skip
    assert char("'\\377'") == -1 and char("'\\377'", signed=False) == 255
    assert char("'ab'") == 24930 and char("'abcde'") == 1650680933
    assert char("L'\\u20ac'") == 0x20AC and char("u'\\xffff'") == 0xFFFF and char("L'\\xffffffff'") == -1
    assert char("'é'", signed=False) == 0xC3A9


def test_character_complaints() -> None:
    source_map = SourceMap()
    base = source_map.add("t.c", "'' 'ab' '\\q' '\\x' '\\400'\n").base
    sink = Sink(source_map)
    for text, offset in (("''", 0), ("'ab'", 3), ("'\\q'", 8), ("'\\x'", 13), ("'\\400'", 18)):
        parse_char(Token(CHAR, text, base + offset, 0, None, 0), SIGNED_CHAR, sink)
    assert [d.text for d in sink.diagnostics] == [
        "empty character constant", "multi-character character constant", "unknown escape sequence: '\\q'",
        "\\x used with no following hex digits", "octal escape sequence out of range",
    ]  # fmt: skip


def strings(*parts: str) -> tuple[int, bytes]:
    value = parse_strings([Token(STRING, part, 0, 0, None, 0) for part in parts], UNSIGNED_CHAR, None)
    assert value.count * value.unit_bits == len(value.data) * 8
    return value.prefix, value.data


def test_strings() -> None:
    assert strings('"a\\0b"', '"\\x4" "') [1] == b'a\0b\x04" \0'
    assert strings('"\\x1"', '"2"')[1] == b"\x012\0"  # an escape never runs into the next literal
    assert strings('"\u20ac"')[1] == b"\xe2\x82\xac\0"
    assert strings('u"\U0001f600"') == (PREFIX_CHAR16, b"\x3d\xd8\x00\xde\0\0")
    assert strings('"a"', 'L"b"') == (PREFIX_WIDE, b"a\0\0\0b\0\0\0\0\0\0\0")
    assert strings('R"x(\\n)" )x"')[1] == b'\\n)" \0'
    assert strings('"' + "\udcff" + '"')[1] == b"\xff\0"
