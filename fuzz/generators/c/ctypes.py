"""C types for LP64 with the layout rules that x86-64, AArch64 and RISC-V 64 have in common.

Invariant: sizes, alignments and bit-field positions follow the System V psABIs; constructs in which the three differ
(zero-width bit-fields after packed ones, `long double`) are not representable here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final


class CType:
    """A type; `key` tells types apart as far as pointers to them are concerned."""

    size: int
    align: int
    key: str

    def declare(self, name: str) -> str:
        """The declaration of `name` (or, with "", the type name), inside out as C writes it."""
        raise NotImplementedError

    @property
    def is_arithmetic(self) -> bool:
        return isinstance(self, (IntType, FloatType))


def joined(base: str, name: str) -> str:
    return f"{base} {name}" if name else base


class IntType(CType):
    """An integer type; `rank` as C17 6.3.1.1 orders them, `canonical` the type that `_Generic` sees."""

    def __init__(
        self, spelling: str, bits: int, signed: bool, rank: int, canonical: str = "", is_bool: bool = False
    ) -> None:
        self.spelling = spelling
        self.bits = bits
        self.signed = signed
        self.rank = rank
        self.canonical = canonical or spelling
        self.is_bool = is_bool
        self.size = max(bits // 8, 1)
        self.align = self.size
        self.key = spelling if spelling.startswith("enum ") else self.canonical
        self.mask = 1 if is_bool else (1 << bits) - 1
        self.minimum = -(1 << (bits - 1)) if signed else 0
        self.maximum = (1 << (bits - 1)) - 1 if signed else self.mask

    def declare(self, name: str) -> str:
        return joined(self.spelling, name)

    def wrap(self, value: int) -> int:
        """The value modulo 2^bits in the type's range; for `_Bool` whether it is not zero."""
        if self.minimum <= value <= self.maximum:
            return value
        if self.is_bool:
            return 1
        value &= self.mask
        return value - self.mask - 1 if self.signed and value > self.maximum else value


class FloatType(CType):
    """binary32 or binary64."""

    def __init__(self, spelling: str, bits: int) -> None:
        self.spelling = spelling
        self.bits = bits
        self.size = self.align = bits // 8
        self.key = self.canonical = spelling

    def declare(self, name: str) -> str:
        return joined(self.spelling, name)


class VoidType(CType):
    size = align = 1
    key = "void"

    def declare(self, name: str) -> str:
        return joined("void", name)


class PointerType(CType):
    size = align = 8

    def __init__(self, target: CType) -> None:
        self.target = target
        self.key = target.key + "*"

    def declare(self, name: str) -> str:
        if isinstance(self.target, (ArrayType, FunctionType)):
            return self.target.declare(f"(*{name})")
        return self.target.declare("*" + name)


class ArrayType(CType):
    def __init__(self, element: CType, length: int) -> None:
        self.element = element
        self.length = length
        self.size = element.size * length
        self.align = element.align
        self.key = f"{element.key}[{length}]"

    def declare(self, name: str) -> str:
        return self.element.declare(f"{name}[{self.length}]")


class FunctionType(CType):
    size = align = 1

    def __init__(self, result: CType, parameters: Sequence[CType], variadic: bool = False) -> None:
        self.result = result
        self.parameters = tuple(parameters)
        self.variadic = variadic
        self.key = f"{result.key}({','.join(parameter.key for parameter in parameters)}{'...' if variadic else ''})"

    def declare(self, name: str) -> str:
        texts = [parameter.declare("") for parameter in self.parameters] or ["void"]
        if self.variadic:
            texts.append("...")
        return self.result.declare(f"{name}({', '.join(texts)})")


class Field:
    """A member; for a bit-field `width` is set and `bit_offset` counts from the record's first bit.

    An empty name is an unnamed bit-field.
    """

    def __init__(self, name: str, ctype: CType, width: int | None = None) -> None:
        self.name = name
        self.ctype = ctype
        self.width = width
        self.offset = 0
        self.bit_offset = 0


class RecordType(CType):
    """A struct or union; laid out on construction."""

    def __init__(self, keyword: str, tag: str, fields: Sequence[Field], packed: bool = False) -> None:
        self.keyword = keyword
        self.tag = tag
        self.fields = list(fields)
        self.packed = packed
        self.key = f"{keyword} {tag}"
        self.size = 0
        self.align = 1
        self.lay_out()

    @property
    def is_union(self) -> bool:
        return self.keyword == "union"

    def lay_out(self) -> None:
        position = 0  # in bits
        largest = 0
        for field in self.fields:
            if self.is_union:
                position = 0
            ctype = field.ctype
            unit = ctype.size * 8
            if field.width is None:
                align = 1 if self.packed else ctype.align
                position = -(-position // (align * 8)) * (align * 8)
                field.offset = position // 8
                self.align = max(self.align, align)
                position += unit
            elif field.width == 0:
                position = -(-position // unit) * unit
            else:
                if not self.packed:
                    # A bit-field does not cross a boundary of its declared type.
                    if position % unit + field.width > unit:
                        position = -(-position // unit) * unit
                    if field.name:
                        self.align = max(self.align, ctype.align)
                field.bit_offset = position
                position += field.width
            largest = max(largest, position)
        bytes_used = -(-largest // 8)
        self.size = -(-bytes_used // self.align) * self.align

    def declare(self, name: str) -> str:
        return joined(self.key, name)

    def definition(self) -> list[str]:
        lines = [f"{self.key} {{"]
        for field in self.fields:
            text = field.ctype.declare(field.name)
            lines.append(f"    {text};" if field.width is None else f"    {text} : {field.width};")
        lines.append("} __attribute__((packed));" if self.packed else "};")
        return lines

    @property
    def named_fields(self) -> list[Field]:
        return [field for field in self.fields if field.name]


BOOL: Final = IntType("_Bool", 8, False, 1, is_bool=True)
BOOL.maximum = 1
PLAIN_CHAR_SIGNED: Final = IntType("char", 8, True, 2)
PLAIN_CHAR_UNSIGNED: Final = IntType("char", 8, False, 2)
SCHAR: Final = IntType("signed char", 8, True, 2)
UCHAR: Final = IntType("unsigned char", 8, False, 2)
SHORT: Final = IntType("short", 16, True, 3)
USHORT: Final = IntType("unsigned short", 16, False, 3)
INT: Final = IntType("int", 32, True, 4)
UINT: Final = IntType("unsigned int", 32, False, 4)
LONG: Final = IntType("long", 64, True, 5)
ULONG: Final = IntType("unsigned long", 64, False, 5)
LLONG: Final = IntType("long long", 64, True, 6)
ULLONG: Final = IntType("unsigned long long", 64, False, 6)
INT128: Final = IntType("__int128", 128, True, 7)
UINT128: Final = IntType("unsigned __int128", 128, False, 7)
FLOAT: Final = FloatType("float", 32)
DOUBLE: Final = FloatType("double", 64)
VOID: Final = VoidType()

# Other spellings of the same types: C lets the words stand in any order.
SPELLINGS: Final = (
    IntType("short int", 16, True, 3, "short"),
    IntType("int unsigned short", 16, False, 3, "unsigned short"),
    IntType("signed", 32, True, 4, "int"),
    IntType("unsigned", 32, False, 4, "unsigned int"),
    IntType("long int", 64, True, 5, "long"),
    IntType("long unsigned", 64, False, 5, "unsigned long"),
    IntType("long long int", 64, True, 6, "long long"),
    IntType("unsigned long long int", 64, False, 6, "unsigned long long"),
)
STANDARD: Final = (BOOL, SCHAR, UCHAR, SHORT, USHORT, INT, UINT, LONG, ULONG, LLONG, ULLONG)
UNSIGNED_OF: Final = {
    "int": UINT, "long": ULONG, "long long": ULLONG, "__int128": UINT128, "short": USHORT, "signed char": UCHAR,
    "char": UCHAR,
}  # fmt: skip


def unsigned_of(ctype: IntType) -> IntType:
    """The corresponding unsigned type; the type itself if it is unsigned."""
    return UNSIGNED_OF[ctype.canonical] if ctype.signed else ctype
