"""The basic types of one translation unit, made from the platform's data model.

Invariant: every basic type exists once per unit, so identity of `bare` is equality. `by_kind` answers in the terms in
which a data model names the types behind size_t and its kin.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith.formats import BINARY16, BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.platform.platform import VA_REGISTER_SAVE, DataModel
from compiler.types import ctypes
from compiler.types.ctypes import (
    BOOL,
    CONST,
    INTEGER,
    ComplexType,
    CType,
    FloatType,
    IntegerType,
    OpaqueType,
    PointerType,
    VoidType,
)
from compiler.types.derive import integer_of, pointer_to, qualified

# Ranks of floating types (C17 6.3.1.8p1); types of one format keep apart by rank.
RANK_FLOAT16: Final = 0
RANK_FLOAT: Final = 1
RANK_FLOAT32: Final = 2
RANK_DOUBLE: Final = 3
RANK_FLOAT32X: Final = 4
RANK_FLOAT64: Final = 5
RANK_LONG_DOUBLE: Final = 6
RANK_FLOAT64X: Final = 7
RANK_FLOAT128: Final = 8

FORMATS: Final[dict[str, FloatFormat]] = {
    "binary16": BINARY16,
    "binary32": BINARY32,
    "binary64": BINARY64,
    "binary128": BINARY128,
    "x87_80": X87_80,
}


def format_of(type: CType) -> FloatFormat:
    """The arith format of a floating type."""
    assert isinstance(type, FloatType), type.kind
    return FORMATS[type.format]


@final
class BasicTypes:
    """All types without a declaration; `size`, `ptrdiff`, `wchar` ... are those behind size_t, ptrdiff_t, wchar_t."""

    def __init__(self, model: DataModel, va_list_kind: int) -> None:
        self.model: Final = model
        self.error: Final[CType] = OpaqueType(ctypes.ERROR)
        self.void: Final[CType] = VoidType()
        self.boolean: Final = IntegerType(BOOL, "_Bool", 8, False, ctypes.RANK_BOOL)
        self.char: Final = IntegerType(INTEGER, "char", 8, model.char_signed, ctypes.RANK_CHAR)
        self.schar: Final = IntegerType(INTEGER, "signed char", 8, True, ctypes.RANK_CHAR)
        self.uchar: Final = IntegerType(INTEGER, "unsigned char", 8, False, ctypes.RANK_CHAR)
        self.short: Final = IntegerType(INTEGER, "short int", 16, True, ctypes.RANK_SHORT)
        self.ushort: Final = IntegerType(INTEGER, "short unsigned int", 16, False, ctypes.RANK_SHORT)
        self.int: Final = IntegerType(INTEGER, "int", model.int_bits, True, ctypes.RANK_INT)
        self.uint: Final = IntegerType(INTEGER, "unsigned int", model.int_bits, False, ctypes.RANK_INT)
        self.long: Final = IntegerType(INTEGER, "long int", model.long_bits, True, ctypes.RANK_LONG)
        self.ulong: Final = IntegerType(INTEGER, "long unsigned int", model.long_bits, False, ctypes.RANK_LONG)
        self.llong: Final = IntegerType(INTEGER, "long long int", 64, True, ctypes.RANK_LONG_LONG)
        self.ullong: Final = IntegerType(INTEGER, "long long unsigned int", 64, False, ctypes.RANK_LONG_LONG)
        self.int128: Final = IntegerType(INTEGER, "__int128", 128, True, ctypes.RANK_INT128)
        self.uint128: Final = IntegerType(INTEGER, "__int128 unsigned", 128, False, ctypes.RANK_INT128)
        self.by_kind: Final[tuple[IntegerType, ...]] = (
            self.char, self.schar, self.uchar, self.short, self.ushort, self.int, self.uint, self.long, self.ulong,
            self.llong, self.ullong,
        )  # fmt: skip
        self.size: Final = self.by_kind[model.size_kind]
        self.ptrdiff: Final = self.by_kind[model.ptrdiff_kind]
        self.wchar: Final = self.by_kind[model.wchar_kind]
        self.wint: Final = self.by_kind[model.wint_kind]
        self.intmax: Final = self.by_kind[model.intmax_kind]
        self.uintmax: Final = self.by_kind[model.intmax_kind + 1]
        self.char16: Final = self.ushort
        self.char32: Final = self.uint
        # The integer type as wide as a pointer, signed.
        self.intptr: Final = self.long if model.pointer_bits == model.long_bits else self.int

        self.float: Final = FloatType("float", "binary32", RANK_FLOAT)
        self.double: Final = FloatType("double", "binary64", RANK_DOUBLE)
        self.long_double: Final = FloatType("long double", model.long_double.name, RANK_LONG_DOUBLE)
        self.float16: Final = FloatType("_Float16", "binary16", RANK_FLOAT16)
        self.float32: Final = FloatType("_Float32", "binary32", RANK_FLOAT32)
        self.float64: Final = FloatType("_Float64", "binary64", RANK_FLOAT64)
        self.float128: Final = FloatType("_Float128", "binary128", RANK_FLOAT128)
        self.float32x: Final = FloatType("_Float32x", "binary64", RANK_FLOAT32X)
        self.float64x: Final = FloatType(
            "_Float64x", "x87_80" if model.long_double is X87_80 else "binary128", RANK_FLOAT64X
        )
        self.by_name: Final[dict[str, CType]] = {
            "void": self.void, "char": self.char, "schar": self.schar, "uchar": self.uchar, "short": self.short,
            "ushort": self.ushort, "int": self.int, "uint": self.uint, "long": self.long, "ulong": self.ulong,
            "llong": self.llong, "ullong": self.ullong, "float": self.float, "double": self.double,
            "ldouble": self.long_double, "bool": self.boolean, "int128": self.int128, "uint128": self.uint128,
        }  # fmt: skip
        self.complexes: Final[dict[int, ComplexType]] = {}
        self.bit_fields: Final[dict[int, IntegerType]] = {}

        self.va_list: Final[CType] = OpaqueType(ctypes.VA_LIST)
        self.va_list_kind: Final = va_list_kind
        self.nullptr: Final[CType] = OpaqueType(ctypes.NULLPTR)
        self.void_pointer: Final[PointerType] = pointer_to(self.void)
        self.const_void_pointer: Final[PointerType] = pointer_to(qualified(self.void, CONST))
        self.char_pointer: Final[PointerType] = pointer_to(self.char)
        self.const_char_pointer: Final[PointerType] = pointer_to(qualified(self.char, CONST))

    def complex_of(self, element: FloatType | IntegerType) -> ComplexType:
        """`element _Complex`, once per element type."""
        if isinstance(element, FloatType):
            key = element.rank
        else:
            key = 1000 + element.rank * 4 + element.is_signed * 2 + (element is self.char)
        known = self.complexes.get(key)
        if known is None:
            known = ComplexType(element)
            self.complexes[key] = known
        return known

    def bit_field_of(self, declared: CType, width: int) -> CType:
        """The type of the value of a bit-field: as gcc has it, of just that precision (it shows in promotions and,
        past the width of int, in arithmetic)."""
        if declared.kind == BOOL:
            return declared.bare
        integer = integer_of(declared.bare)
        if integer.bits == width:
            return integer
        key = (integer.rank * 256 + width) * 2 + integer.is_signed
        known = self.bit_fields.get(key)
        if known is None:
            name = f"{integer.name}:{width}"
            known = IntegerType(INTEGER, name, integer.bits, integer.is_signed, integer.rank, width)
            self.bit_fields[key] = known
        return known

    @property
    def va_list_is_array(self) -> bool:
        """Whether a va_list parameter is a pointer to the caller's object, as an array's would be."""
        return self.va_list_kind == VA_REGISTER_SAVE

    def unsigned_of(self, type: IntegerType) -> IntegerType:
        """The unsigned type of the same rank."""
        rank = type.rank
        if rank == ctypes.RANK_INT:
            return self.uint
        if rank == ctypes.RANK_LONG:
            return self.ulong
        if rank == ctypes.RANK_LONG_LONG:
            return self.ullong
        if rank == ctypes.RANK_INT128:
            return self.uint128
        if rank == ctypes.RANK_SHORT:
            return self.ushort
        return self.uchar if rank == ctypes.RANK_CHAR else self.boolean

    def signed_of(self, type: IntegerType) -> IntegerType:
        """The signed type of the same rank; _Bool stays."""
        rank = type.rank
        if rank == ctypes.RANK_INT:
            return self.int
        if rank == ctypes.RANK_LONG:
            return self.long
        if rank == ctypes.RANK_LONG_LONG:
            return self.llong
        if rank == ctypes.RANK_INT128:
            return self.int128
        if rank == ctypes.RANK_SHORT:
            return self.short
        return self.schar if rank == ctypes.RANK_CHAR else self.boolean

    def integer_of_bits(self, bits: int, signed: bool) -> IntegerType | None:
        """The integer type that modes and sized builtins mean: the smallest rank of exactly that width."""
        for candidate in (self.schar, self.short, self.int, self.long, self.llong, self.int128):
            if candidate.bits == bits:
                return candidate if signed else self.unsigned_of(candidate)
        return None
