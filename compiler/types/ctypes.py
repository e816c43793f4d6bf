"""C types. Unqualified types that have no tag are interned by their makers; `unqualified` leads to the bare type.

Qualified versions share everything but `qualifiers`. Arrays are qualified through their element (C17 6.7.3p9). Sizes
and alignments are asked of `types.layout`, which knows the platform; a variable-length array names its hidden length
variable.
"""

from __future__ import annotations

from typing import Final, final

# Qualifiers, as bits.
CONST: Final = 1
VOLATILE: Final = 2
RESTRICT: Final = 4
ATOMIC: Final = 8

# Kinds.
VOID: Final = 0
BOOL: Final = 1
INTEGER: Final = 2  # char, short, int, long, long long, __int128, signed and unsigned; and bit-precise later
ENUM: Final = 3
FLOATING: Final = 4
COMPLEX: Final = 5
POINTER: Final = 6
ARRAY: Final = 7
FUNCTION: Final = 8
STRUCT: Final = 9
UNION: Final = 10
VECTOR: Final = 11
VA_LIST: Final = 12  # the platform's __builtin_va_list, opaque to sema
NULLPTR: Final = 13
ERROR: Final = 14  # stands where a diagnosed construct has no type; silences follow-up errors

# Integer conversion ranks (C17 6.3.1.1).
RANK_BOOL: Final = 0
RANK_CHAR: Final = 1
RANK_SHORT: Final = 2
RANK_INT: Final = 3
RANK_LONG: Final = 4
RANK_LONG_LONG: Final = 5
RANK_INT128: Final = 6


class CType:
    """A C type. `bare` is itself for unqualified types. `align` overrides the natural alignment in bytes (attribute
    aligned through a typedef), 0 if none."""

    def __init__(self, kind: int) -> None:
        self.kind: Final = kind
        self.qualifiers = 0
        self.bare: CType = self
        self.align = 0
        self.typedef_name = ""  # for diagnostics ('size_t' {aka 'unsigned long'})
        self.variants: list[CType] | None = None  # qualified versions made so far
        self.pointer: CType | None = None  # the pointer type to this one, once made

    @property
    def is_integer(self) -> bool:
        """An integer type in the standard's sense: _Bool, char types, enumerations included."""
        return self.kind == INTEGER or self.kind == BOOL or self.kind == ENUM

    @property
    def is_arithmetic(self) -> bool:
        return BOOL <= self.kind <= COMPLEX

    @property
    def is_scalar(self) -> bool:
        return BOOL <= self.kind <= POINTER or self.kind == NULLPTR

    @property
    def is_record(self) -> bool:
        return self.kind == STRUCT or self.kind == UNION


@final
class VoidType(CType):
    def __init__(self) -> None:
        super().__init__(VOID)


@final
class IntegerType(CType):
    """_Bool and the integer types; `bits` is the width (1 value bit in 8 storage bits for _Bool: bits = 8, kind BOOL).

    `precision` is not 0 for the type of a bit-field's value, narrower than `bits`: sema wraps results to it itself, so
    that to everybody else it is an integer of `bits` bits.
    """

    def __init__(self, kind: int, name: str, bits: int, is_signed: bool, rank: int, precision: int = 0) -> None:
        super().__init__(kind)
        self.name: Final = name
        self.bits: Final = bits
        self.is_signed: Final = is_signed
        self.rank: Final = rank
        self.precision: Final = precision


@final
class FloatType(CType):
    """float, double, long double, _Float128 ...; `format` is the name of an arith format (binary32, binary64, x87,
    binary128).
    """

    def __init__(self, name: str, format: str, rank: int) -> None:
        super().__init__(FLOATING)
        self.name: Final = name
        self.format: Final = format
        self.rank: Final = rank


@final
class ComplexType(CType):
    def __init__(self, element: CType) -> None:
        super().__init__(COMPLEX)
        self.element: Final = element


@final
class PointerType(CType):
    def __init__(self, target: CType) -> None:
        super().__init__(POINTER)
        self.target: Final = target


@final
class ArrayType(CType):
    """`length` is the element count, None while incomplete (`int a[]`) or when the length is variable.

    `length_variable` names the hidden variable (syntax.decl.Variable, held here as an opaque id of the unit) that holds
    the run-time element count of a variable-length array, -1 otherwise; `is_star` marks `[*]` in prototypes.
    """

    def __init__(self, element: CType, length: int | None, length_variable: int = -1, is_star: bool = False) -> None:
        super().__init__(ARRAY)
        self.element: Final = element
        self.length: Final = length
        self.length_variable: Final = length_variable
        self.is_star: Final = is_star


@final
class VectorType(CType):
    def __init__(self, element: CType, lanes: int) -> None:
        super().__init__(VECTOR)
        self.element: Final = element
        self.lanes: Final = lanes


@final
class FunctionType(CType):
    """`parameters` are adjusted types (arrays and functions decayed). Without a prototype `has_prototype` is false."""

    def __init__(self, result: CType, parameters: list[CType], variadic: bool, has_prototype: bool) -> None:
        super().__init__(FUNCTION)
        self.result: Final = result
        self.parameters: Final = parameters
        self.variadic: Final = variadic
        self.has_prototype: Final = has_prototype


@final
class Field:
    """A member. `offset` in bytes from the record's start. Bit-fields: `bits` >= 0 is the width, and the value lies
    `bit_offset` bits (little-endian count) above the byte `offset`; access uses the storage unit that sema/lower
    chooses. Anonymous records have an empty name and are searched through. `bits` is -1 for ordinary members."""

    def __init__(self, name: str, type: CType, bits: int = -1) -> None:
        self.name: Final = name
        self.type: Final = type
        self.bits: Final = bits
        self.offset = 0
        self.bit_offset = 0
        self.align = 0  # attribute aligned or _Alignas, bytes; 0 if none
        self.packed = False
        self.at = -1  # the token of its name


@final
class RecordInfo:
    """What a tag declares; shared by all qualified versions. `fields` None: incomplete. Size and align in bytes."""

    def __init__(self, tag: str, is_union: bool) -> None:
        self.tag = tag
        self.is_union: Final = is_union
        self.fields: list[Field] | None = None
        self.size = 0
        self.align = 1
        self.packed = False
        self.pack = 0  # #pragma pack(n) in force, 0 if none
        self.aligned = 0  # attribute aligned(n)
        self.transparent = False
        self.has_flexible_array = False
        self.big_endian = False  # scalar_storage_order
        self.ordinal = 0


@final
class RecordType(CType):
    def __init__(self, kind: int, info: RecordInfo) -> None:
        super().__init__(kind)
        self.info: Final = info


@final
class EnumInfo:
    """`underlying` None: incomplete (a GNU forward reference); values count as of type `assumed` then."""

    def __init__(self, tag: str, assumed: IntegerType | None = None) -> None:
        self.tag = tag
        self.underlying: IntegerType | None = None
        self.assumed: Final = assumed
        self.packed = False


@final
class EnumType(CType):
    def __init__(self, info: EnumInfo) -> None:
        super().__init__(ENUM)
        self.info: Final = info


@final
class OpaqueType(CType):
    """va_list, nullptr_t and the error type: kind says which."""
