"""The values of constants and string literals (C17 6.4.4, 6.4.5 with gcc's extensions).

Numbers come back as records; which type an integer gets follows from the data model by the lists of 6.4.4.1p5. A
floating constant keeps its digits as text for `arith.decimal`. Errors are texts in the record or go to the sink, and
a value is always there, so the caller can go on.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.tokens import Token
from compiler.lex.unicode import hex_digit, read_ucn
from compiler.platform.language import C99, Language
from compiler.platform.platform import INT_KIND, LLONG_KIND, LONG_KIND, DataModel, is_unsigned_kind
from compiler.source.diagnostics import Sink
from compiler.source.files import Span

# What an integer constant's type may be, beyond the kinds of the platform.
INT128_KIND: Final = 11
UINT128_KIND: Final = 12

# Types of floating constants, by suffix.
FLOAT_DOUBLE: Final = 0
FLOAT_SINGLE: Final = 1  # f
FLOAT_LONG: Final = 2  # l
FLOAT_F16: Final = 3
FLOAT_F32: Final = 4
FLOAT_F64: Final = 5
FLOAT_F128: Final = 6  # also q
FLOAT_F32X: Final = 7
FLOAT_F64X: Final = 8
FLOAT_W: Final = 9  # __float80
FLOAT_DECIMAL32: Final = 10
FLOAT_DECIMAL64: Final = 11
FLOAT_DECIMAL128: Final = 12

_FLOAT_SUFFIXES: Final[dict[str, int]] = {
    "": FLOAT_DOUBLE, "f": FLOAT_SINGLE, "F": FLOAT_SINGLE, "l": FLOAT_LONG, "L": FLOAT_LONG, "d": FLOAT_DOUBLE,
    "D": FLOAT_DOUBLE, "f16": FLOAT_F16, "F16": FLOAT_F16, "f32": FLOAT_F32, "F32": FLOAT_F32, "f64": FLOAT_F64,
    "F64": FLOAT_F64, "f128": FLOAT_F128, "F128": FLOAT_F128, "f32x": FLOAT_F32X, "F32x": FLOAT_F32X,
    "f64x": FLOAT_F64X, "F64x": FLOAT_F64X, "q": FLOAT_F128, "Q": FLOAT_F128, "w": FLOAT_W, "W": FLOAT_W,
    "df": FLOAT_DECIMAL32, "DF": FLOAT_DECIMAL32, "dd": FLOAT_DECIMAL64, "DD": FLOAT_DECIMAL64,
    "dl": FLOAT_DECIMAL128, "DL": FLOAT_DECIMAL128,
}  # fmt: skip

# (unsigned, how many l) of an integer suffix
_INTEGER_SUFFIXES: Final[dict[str, tuple[bool, int]]] = {
    "": (False, 0), "l": (False, 1), "L": (False, 1), "ll": (False, 2), "LL": (False, 2),
    "u": (True, 0), "U": (True, 0), "ul": (True, 1), "uL": (True, 1), "Ul": (True, 1), "UL": (True, 1),
    "lu": (True, 1), "lU": (True, 1), "Lu": (True, 1), "LU": (True, 1), "ull": (True, 2), "uLL": (True, 2),
    "Ull": (True, 2), "ULL": (True, 2), "llu": (True, 2), "llU": (True, 2), "LLu": (True, 2), "LLU": (True, 2),
}  # fmt: skip


@final
class Number:
    """A pp-number read as a constant. `error` is empty if it is one. `digits` is the floating constant without its
    suffix; `value` and `base` are an integer's. `imaginary`: GNU's suffix i or j."""

    __slots__ = (
        "base",
        "digits",
        "error",
        "float_type",
        "imaginary",
        "is_float",
        "longs",
        "suffix",
        "unsigned",
        "value",
    )

    def __init__(self) -> None:
        self.error = ""
        self.is_float = False
        self.imaginary = False
        self.value = 0
        self.base = 10
        self.unsigned = False
        self.longs = 0
        self.digits = ""
        self.float_type = FLOAT_DOUBLE
        self.suffix = ""


def parse_number(text: str) -> Number:
    """Any pp-number, digit separators (C23) removed."""
    number = Number()
    if len(text) == 1:  # most constants are one digit
        number.value = ord(text) - 48
        number.base = 8 if text == "0" else 10
        return number
    if "'" in text:
        text = text.replace("'", "")
    size = len(text)
    i = 0
    base = 10
    if text[0] == "0" and size > 1:
        mark = text[1]
        if (mark == "x" or mark == "X") and size > 2 and (hex_digit(ord(text[2])) >= 0 or text[2] == "."):
            base = 16
            i = 2
        elif (mark == "b" or mark == "B") and size > 2 and text[2] in "01":
            base = 2
            i = 2
        else:
            base = 8
    start = i
    points = 0
    bad_digit = ""
    while i < size:
        digit = hex_digit(ord(text[i]))
        if text[i] == ".":
            points += 1
        elif digit < 0 or (digit > 9 and base != 16):
            break
        elif digit >= base:
            bad_digit = bad_digit if bad_digit else text[i]
        i += 1
    exponent = text[i] if i < size else ""
    has_exponent = exponent in ("p", "P") if base == 16 else exponent in ("e", "E")
    if not points and not has_exponent:
        return _integer(number, text, start, i, base, bad_digit)
    number.is_float = True
    if points > 1:
        number.error = "too many decimal points in number"
        return number
    if base == 2:
        number.error = "invalid suffix \"{}\" on integer constant".format(text[i - 1 :])
        return number
    if base == 16 and text[start:i] == ".":
        number.error = "no digits in hexadecimal floating constant"
        return number
    if has_exponent:
        i += 1
        if i < size and text[i] in "+-":
            i += 1
        first = i
        while i < size and "0" <= text[i] <= "9":
            i += 1
        if first == i:
            number.error = "exponent has no digits"
            return number
    elif base == 16:
        number.error = "hexadecimal floating constants require an exponent"
        return number
    number.base = 16 if base == 16 else 10
    number.digits = text[:i]
    number.suffix = text[i:]
    suffix = number.suffix
    float_type = _FLOAT_SUFFIXES.get(suffix, -1)
    if float_type < 0:
        number.imaginary = True
        for letter in "ijIJ":
            if float_type < 0 and letter in suffix:
                float_type = _FLOAT_SUFFIXES.get(suffix.replace(letter, "", 1), -1)
        if float_type < 0:
            number.error = "invalid suffix \"{}\" on floating constant".format(suffix)
            return number
    number.float_type = float_type
    return number


def _integer(number: Number, text: str, start: int, end: int, base: int, bad_digit: str) -> Number:
    suffix = text[end:]
    known = _INTEGER_SUFFIXES.get(suffix)
    if known is None:
        for letter in "ijIJ":
            if known is None and letter in suffix:
                known = _INTEGER_SUFFIXES.get(suffix.replace(letter, "", 1))
        number.imaginary = known is not None
    number.base = base
    if known is None:
        number.error = "invalid suffix \"{}\" on integer constant".format(suffix)
        return number
    if bad_digit:
        number.error = "invalid digit \"{}\" in {} constant".format(bad_digit, "binary" if base == 2 else "octal")
        return number
    number.unsigned, number.longs = known
    number.suffix = suffix
    digits = text[start:end]
    if base == 10 and len(digits) > 4000:
        # int() refuses more; only the low bits and the fact that it is too large matter
        number.value = (1 << 200) + int(digits[-4000:])
    elif digits:
        number.value = int(digits, base)
    return number


@final
class IntegerType:
    """`kind` of the platform (INT_KIND ...) or INT128_KIND, UINT128_KIND; `value` reduced to what the type can hold;
    `warning` is empty or what gcc says."""

    __slots__ = ("kind", "value", "warning")

    def __init__(self, kind: int, value: int, warning: str) -> None:
        self.kind = kind
        self.value = value
        self.warning = warning


def integer_type(number: Number, model: DataModel, language: Language) -> IntegerType:
    """The first type of C17 6.4.4.1p5's list that holds the value."""
    value = number.value
    both = number.base != 10  # octal and hexadecimal constants may become unsigned without a suffix
    warning = ""
    if value >> 64:
        value &= 0xFFFFFFFFFFFFFFFF
        warning = "integer constant is too large for its type"
    first = INT_KIND if number.longs == 0 else LONG_KIND if number.longs == 1 else LLONG_KIND
    for kind in (INT_KIND, LONG_KIND, LLONG_KIND):
        if kind < first:
            continue
        bits = model.kind_bits(kind)
        if not number.unsigned and value >> (bits - 1) == 0:
            return IntegerType(kind, value, warning)
        if number.unsigned or both:
            if value >> bits == 0:
                return IntegerType(kind + 1, value, warning)
        elif kind == LONG_KIND and language.version < C99 and value >> bits == 0:
            return IntegerType(kind + 1, value, "this decimal constant is unsigned only in ISO C90")
    # A decimal constant that only an unsigned type of 64 bits holds.
    if not warning:
        warning = "integer constant is so large that it is unsigned"
    return IntegerType(INT128_KIND if model.has_int128 else LLONG_KIND + 1, value, warning)


@final
class CharValue:
    """A character constant's value and the kind of its type; `is_char` if it is one plain character."""

    __slots__ = ("is_char", "kind", "value")

    def __init__(self, value: int, kind: int, is_char: bool = False) -> None:
        self.value = value
        self.kind = kind
        self.is_char = is_char


# Prefixes of character and string literals.
PREFIX_NONE: Final = 0
PREFIX_WIDE: Final = 1
PREFIX_UTF8: Final = 2
PREFIX_CHAR16: Final = 3
PREFIX_CHAR32: Final = 4
_PREFIXES: Final[dict[str, int]] = {
    "": PREFIX_NONE, "L": PREFIX_WIDE, "u8": PREFIX_UTF8, "u": PREFIX_CHAR16, "U": PREFIX_CHAR32,
    "R": PREFIX_NONE, "LR": PREFIX_WIDE, "u8R": PREFIX_UTF8, "uR": PREFIX_CHAR16, "UR": PREFIX_CHAR32,
}  # fmt: skip

_SIMPLE_ESCAPES: Final[dict[str, int]] = {
    "n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "E": 27, "\\": 92, "'": 39, '"': 34,
    "?": 63, "(": 40, "{": 123, "[": 91, "%": 37,
}  # fmt: skip


def unit_bits(prefix: int, model: DataModel) -> int:
    """Bits of a code unit of a literal."""
    if prefix == PREFIX_WIDE:
        return model.wchar_bits()
    if prefix == PREFIX_CHAR16:
        return 16
    return 32 if prefix == PREFIX_CHAR32 else 8


def _code_units(text: str, start: int, end: int, bits: int, sink: Sink | None, token: Token) -> list[int]:
    """The code units of the characters and escapes in text[start:end]; UTF-8, UTF-16 or UTF-32 by `bits`."""
    units: list[int] = []
    i = start
    while i < end:
        stop = text.find("\\", i, end)
        if stop < 0:
            stop = end
        if stop > i:
            _encode(text[i:stop], bits, units)
        i = stop
        if i >= end:
            break
        c = text[i + 1]
        value = _SIMPLE_ESCAPES.get(c, -1)
        if value >= 0:
            units.append(value)
            i += 2
        elif "0" <= c <= "7":
            stop = i + 1
            value = 0
            while stop < end and stop < i + 4 and "0" <= text[stop] <= "7":
                value = value * 8 + ord(text[stop]) - 48
                stop += 1
            if value >> bits:
                _complain(sink, token, i, stop, "octal escape sequence out of range")
            units.append(value & ((1 << bits) - 1))
            i = stop
        elif c == "x":
            stop = i + 2
            while stop < end and hex_digit(ord(text[stop])) >= 0:
                stop += 1
            if stop == i + 2:
                if sink is not None:
                    sink.error(_part(token, i, stop), "\\x used with no following hex digits")
                value = 0
            else:
                value = int(text[i + 2 : stop], 16)
            if value >> bits:
                _complain(sink, token, i, stop, "hex escape sequence out of range")
            units.append(value & ((1 << bits) - 1))
            i = stop
        elif c == "u" or c == "U":
            value, length = read_ucn(text, i)
            if length == 0 or i + length > end:
                if sink is not None:
                    sink.error(_part(token, i, i + 2), "incomplete universal character name {}", text[i : i + 2])
                i += 2
                continue
            if 0xD800 <= value <= 0xDFFF or value > 0x10FFFF or (value < 0xA0 and value not in (0x24, 0x40, 0x60)):
                if sink is not None:
                    name = text[i : i + length]
                    sink.error(_part(token, i, i + length), "{} is not a valid universal character", name)
                value = 0x3F
            _encode(chr(value), bits, units)
            i += length
        else:
            shown = c if " " < c <= "~" else "\\{:o}".format(ord(c))
            _complain(sink, token, i, i + 2, "unknown escape sequence: '\\{}'", shown)
            _encode(c, bits, units)
            i += 2
    return units


def _encode(text: str, bits: int, units: list[int]) -> None:
    if bits == 8:
        units.extend(text.encode("utf-8", "surrogateescape"))
    elif bits == 16:
        for c in text:
            code = ord(c)
            if code >= 0x10000:
                code -= 0x10000
                units.append(0xD800 | code >> 10)
                code = 0xDC00 | code & 0x3FF
            units.append(code)
    else:
        units.extend([ord(c) for c in text])


def _part(token: Token, start: int, end: int) -> Span:
    return Span(token.pos + start, token.pos + end, token.origin)


def _complain(sink: Sink | None, token: Token, start: int, end: int, format: str, *args: object) -> None:
    if sink is not None:
        sink.warning("", _part(token, start, end), format, *args)


def parse_char(token: Token, model: DataModel, sink: Sink | None) -> CharValue:
    """The value of a character constant (C17 6.4.4.4); several characters as gcc packs them."""
    text = token.text
    quote = text.index("'")
    prefix = _PREFIXES[text[:quote]]
    bits = unit_bits(prefix, model)
    units = _code_units(text, quote + 1, len(text) - 1, bits, sink, token)
    if prefix == PREFIX_WIDE:
        kind = model.wchar_kind
    elif prefix == PREFIX_CHAR16:
        kind = 4
    elif prefix == PREFIX_CHAR32:
        kind = 6
    elif prefix == PREFIX_UTF8:
        kind = 2
    else:
        kind = INT_KIND
    if not units:
        if sink is not None:
            sink.error(token.span(), "empty character constant")
        return CharValue(0, kind)
    if prefix != PREFIX_NONE:
        if len(units) > 1:
            _complain(sink, token, 0, len(text), "character constant too long for its type")
        value = units[-1]
        if not is_unsigned_kind(kind) and value >> (bits - 1):
            value -= 1 << bits
        return CharValue(value, kind)
    count = len(units)
    if count == 1:
        value = units[0]
        if model.char_signed and value >= 128:
            value -= 256
        return CharValue(value, kind, True)
    if count > model.int_bits // 8:
        _complain(sink, token, 0, len(text), "character constant too long for its type")
    elif sink is not None:
        sink.warning("multichar", token.span(), "multi-character character constant")
    value = 0
    for unit in units:
        value = (value << 8 | unit) & ((1 << model.int_bits) - 1)
    if value >> (model.int_bits - 1):
        value -= 1 << model.int_bits
    return CharValue(value, kind)


@final
class StringValue:
    """`data` is the array's bytes in the platform's order with the terminating null; `count` its elements, that null
    included, each of `unit_bits`."""

    __slots__ = ("count", "data", "prefix", "unit_bits")

    def __init__(self, prefix: int, unit_bits: int, data: bytes) -> None:
        self.prefix = prefix
        self.unit_bits = unit_bits
        self.data = data
        self.count: int = len(data) * 8 // unit_bits


def parse_strings(tokens: list[Token], model: DataModel, sink: Sink | None) -> StringValue:
    """Adjacent string literals concatenated (C17 6.4.5p5): a prefix holds for all of them, two different ones are an
    error."""
    prefix = PREFIX_NONE
    for token in tokens:
        own = _PREFIXES[token.text[: token.text.index('"')]]
        if own != PREFIX_NONE and own != prefix:
            if prefix != PREFIX_NONE and sink is not None:
                sink.error(token.span(), "unsupported non-standard concatenation of string literals")
                continue
            prefix = own
    bits = unit_bits(prefix, model)
    units: list[int] = []
    for token in tokens:
        text = token.text
        quote = text.index('"')
        if quote and text[quote - 1] == "R":
            delimiter = text[quote + 1 : text.index("(", quote)]
            _encode(text[quote + len(delimiter) + 2 : len(text) - len(delimiter) - 2], bits, units)
        else:
            units += _code_units(text, quote + 1, len(text) - 1, bits, sink, token)
    units.append(0)
    if bits == 8:
        return StringValue(prefix, bits, bytes(units))
    order = "big" if model.big_endian else "little"
    size = bits // 8
    if order == "big":
        data = b"".join([unit.to_bytes(size, "big") for unit in units])
    else:
        data = b"".join([unit.to_bytes(size, "little") for unit in units])
    return StringValue(prefix, bits, data)
