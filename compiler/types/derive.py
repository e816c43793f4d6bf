"""Types made from types: qualified versions, pointers and arrays, and the questions that look through them.

Invariant: qualified versions of one type are interned in its `variants`, pointers in its `pointer`; so equal
derivations
of non-array, non-function types are the same object and comparing `bare` by identity answers most questions.
"""

from __future__ import annotations

from compiler.types import ctypes
from compiler.types.ctypes import (
    ARRAY,
    ENUM,
    ArrayType,
    ComplexType,
    CType,
    EnumType,
    FloatType,
    FunctionType,
    IntegerType,
    OpaqueType,
    PointerType,
    RecordType,
    VectorType,
    VoidType,
)


def copy_of(type: CType) -> CType:
    """A new type object that stands for the same type; `bare` is shared."""
    result: CType
    if isinstance(type, IntegerType):
        result = IntegerType(type.kind, type.name, type.bits, type.is_signed, type.rank, type.precision)
    elif isinstance(type, PointerType):
        result = PointerType(type.target)
    elif isinstance(type, RecordType):
        result = RecordType(type.kind, type.info)
    elif isinstance(type, ArrayType):
        result = ArrayType(type.element, type.length, type.length_variable, type.is_star)
    elif isinstance(type, FunctionType):
        result = FunctionType(type.result, type.parameters, type.variadic, type.has_prototype)
    elif isinstance(type, EnumType):
        result = EnumType(type.info)
    elif isinstance(type, FloatType):
        result = FloatType(type.name, type.format, type.rank)
    elif isinstance(type, ComplexType):
        result = ComplexType(type.element)
    elif isinstance(type, VectorType):
        result = VectorType(type.element, type.lanes)
    elif isinstance(type, VoidType):
        result = VoidType()
    else:
        assert isinstance(type, OpaqueType), type.kind
        result = OpaqueType(type.kind)
    result.bare = type.bare
    result.qualifiers = type.qualifiers
    result.align = type.align
    result.typedef_name = type.typedef_name
    return result


def qualified(type: CType, qualifiers: int) -> CType:
    """`type` with these qualifiers added; an array is qualified through its element (C17 6.7.3p9)."""
    if qualifiers == 0 or type.qualifiers | qualifiers == type.qualifiers:
        return type
    if isinstance(type, ArrayType):
        element = qualified(type.element, qualifiers)
        if element is type.element:
            return type
        array = ArrayType(element, type.length, type.length_variable, type.is_star)
        array.align = type.align
        array.typedef_name = type.typedef_name
        return array
    wanted = type.qualifiers | qualifiers
    variants = type.variants
    if variants is None:
        variants = []
        type.variants = variants
    for variant in variants:
        if variant.qualifiers == wanted:
            return variant
    result = copy_of(type)
    result.qualifiers = wanted
    variants.append(result)
    return result


def unqualified(type: CType) -> CType:
    """Without qualifiers; the typedef's name is lost only where there was one to drop."""
    if type.qualifiers == 0:
        return type
    return type.bare


def requalified(type: CType, qualifiers: int) -> CType:
    """The unqualified version with exactly these qualifiers."""
    return qualified(type.bare if type.qualifiers else type, qualifiers)


def qualifiers_of(type: CType) -> int:
    """The qualifiers of an object of this type: those of the innermost element for arrays."""
    while isinstance(type, ArrayType):
        type = type.element
    return type.qualifiers


def pointer_to(target: CType) -> PointerType:
    known = target.pointer
    if known is not None:
        assert isinstance(known, PointerType)
        return known
    result = PointerType(target)
    target.pointer = result
    return result


def array_of(element: CType, length: int | None) -> ArrayType:
    return ArrayType(element, length)


def named(type: CType, name: str) -> CType:
    """The version of a type that a typedef's name stands for; only diagnostics and `align` tell it from the type."""
    result = copy_of(type)
    result.typedef_name = name
    return result


def element_of(type: CType) -> CType:
    """The element type of an array or the target of a pointer."""
    if isinstance(type, ArrayType):
        return type.element
    assert isinstance(type, PointerType), type.kind
    return type.target


def innermost_element(type: CType) -> CType:
    while isinstance(type, ArrayType):
        type = type.element
    return type


def is_variably_modified(type: CType) -> bool:
    """Whether a variable length stands anywhere in the declarator's derivation (C17 6.7.6p3)."""
    while True:
        if isinstance(type, ArrayType):
            if type.length_variable >= 0 or type.is_star:
                return True
            type = type.element
        elif isinstance(type, PointerType):
            type = type.target
        elif isinstance(type, FunctionType):
            type = type.result
        else:
            return False


def is_variable_length(type: CType) -> bool:
    """Whether the size of an object of this type is known only at run time."""
    while isinstance(type, ArrayType):
        if type.length_variable >= 0 or type.is_star:
            return True
        type = type.element
    return False


def is_complete(type: CType) -> bool:
    """Whether objects of this type can be made; void and function types are not object types."""
    kind = type.kind
    if kind == ARRAY:
        assert isinstance(type, ArrayType)
        if type.length is None and type.length_variable < 0 and not type.is_star:
            return False
        return is_complete(type.element)
    if isinstance(type, RecordType):
        return type.info.fields is not None
    if kind == ENUM:
        assert isinstance(type, EnumType)
        return type.info.underlying is not None
    return kind != ctypes.VOID and kind != ctypes.FUNCTION


def integer_of(type: CType) -> IntegerType:
    """The integer type that represents an integer, _Bool or enumeration type."""
    if isinstance(type, IntegerType):
        return type
    assert isinstance(type, EnumType), type.kind
    underlying = type.info.underlying or type.info.assumed
    assert underlying is not None, type.info.tag
    return underlying


def value_bits(type: CType) -> int:
    """The number of bits that carry the value: 1 for _Bool."""
    if type.kind == ctypes.BOOL:
        return 1
    integer = integer_of(type)
    return integer.precision or integer.bits


def is_signed(type: CType) -> bool:
    """Of an integer type."""
    return integer_of(type).is_signed


def is_character(type: CType) -> bool:
    return isinstance(type, IntegerType) and type.rank == ctypes.RANK_CHAR


def is_void_pointer(type: CType) -> bool:
    return isinstance(type, PointerType) and type.target.kind == ctypes.VOID
