"""Promotions, the usual arithmetic conversions, and compatible and composite types (C17 6.2.7, 6.3.1, 6.7.6).

Types only: the nodes that carry the conversions out are made by `sema`.
"""

from __future__ import annotations

from compiler.types import ctypes
from compiler.types.basic import BasicTypes
from compiler.types.ctypes import (
    ArrayType,
    ComplexType,
    CType,
    EnumType,
    FloatType,
    FunctionType,
    IntegerType,
    PointerType,
    RecordType,
    VectorType,
)
from compiler.types.derive import integer_of, qualified

# The depth to which types are compared; a type nested deeper than the parser admits cannot exist.
_MAX_DEPTH = 5000


def promoted(types: BasicTypes, type: CType) -> CType:
    """The type after the integer promotions.

    C17 6.3.1.1p2: a bit-field promotes by width, not by declared type; one wider than int keeps its own (gcc).
    """
    if not type.is_integer:
        return type.bare if type.qualifiers else type
    integer = integer_of(type.bare)
    int_type = types.int
    if integer.precision:
        if integer.precision < int_type.bits or (integer.precision == int_type.bits and integer.is_signed):
            return int_type
        return integer if integer.precision > int_type.bits else types.uint
    if integer.rank > ctypes.RANK_INT:
        return type.bare if type.qualifiers else type if type.kind != ctypes.ENUM else integer
    if integer.rank == ctypes.RANK_INT:
        return integer if type.kind == ctypes.ENUM else types.int if integer.is_signed else types.uint
    if integer.bits < int_type.bits or integer.is_signed:
        return int_type
    return types.uint


def common_integer(types: BasicTypes, left: CType, right: CType) -> IntegerType:
    """C17 6.3.1.8 for two promoted integer types."""
    a = integer_of(left.bare)
    b = integer_of(right.bare)
    if a is b:
        return a
    if a.rank == b.rank and (a.precision or b.precision):
        left_bits = a.precision or a.bits
        right_bits = b.precision or b.bits
        if left_bits == right_bits:
            return b if a.is_signed else a
        return a if left_bits > right_bits else b
    if a.is_signed == b.is_signed:
        return a if a.rank >= b.rank else b
    unsigned, signed = (b, a) if a.is_signed else (a, b)
    if unsigned.rank >= signed.rank:
        return unsigned
    if signed.bits > unsigned.bits:
        return signed
    return types.unsigned_of(signed)


def common_arithmetic(types: BasicTypes, left: CType, right: CType) -> CType:
    """The usual arithmetic conversions of two promoted arithmetic types."""
    left = left.bare
    right = right.bare
    if left.kind == ctypes.COMPLEX or right.kind == ctypes.COMPLEX:
        a = left.element if isinstance(left, ComplexType) else left
        b = right.element if isinstance(right, ComplexType) else right
        element = common_arithmetic(types, promoted(types, a), promoted(types, b)).bare
        assert isinstance(element, (FloatType, IntegerType)), element.kind
        return types.complex_of(element)
    if isinstance(left, FloatType):
        if isinstance(right, FloatType):
            return left if left.rank >= right.rank else right
        return left
    if isinstance(right, FloatType):
        return right
    return common_integer(types, left, right)


def is_same(left: CType, right: CType) -> bool:
    """Compatible, qualifiers included (C17 6.7.3p10)."""
    return left.qualifiers == right.qualifiers and is_compatible(left, right)


def is_compatible(left: CType, right: CType) -> bool:
    """Compatible types (C17 6.2.7), top-level qualifiers not looked at."""
    return _compatible(left, right, 0)


def _compatible(left: CType, right: CType, depth: int) -> bool:
    if left is right:
        return True
    left_bare = left.bare
    right_bare = right.bare
    if left_bare is right_bare:
        return True
    if left.kind == ctypes.ERROR or right.kind == ctypes.ERROR or depth > _MAX_DEPTH:
        return True
    if left.kind != right.kind:
        # An enumerated type is compatible with the integer type that represents it (C17 6.7.2.2p4).
        if isinstance(left_bare, EnumType) and isinstance(right_bare, IntegerType):
            return left_bare.info.underlying is right_bare
        if isinstance(right_bare, EnumType) and isinstance(left_bare, IntegerType):
            return right_bare.info.underlying is left_bare
        return False
    if isinstance(left_bare, PointerType) and isinstance(right_bare, PointerType):
        a = left_bare.target
        b = right_bare.target
        return _element_qualifiers(a) == _element_qualifiers(b) and _compatible(a, b, depth + 1)
    if isinstance(left_bare, RecordType) and isinstance(right_bare, RecordType):
        return left_bare.info is right_bare.info
    if isinstance(left_bare, EnumType) and isinstance(right_bare, EnumType):
        return left_bare.info is right_bare.info
    if isinstance(left_bare, ArrayType) and isinstance(right_bare, ArrayType):
        if left_bare.length is not None and right_bare.length is not None and left_bare.length != right_bare.length:
            return False
        a = left_bare.element
        b = right_bare.element
        return a.qualifiers == b.qualifiers and _compatible(a, b, depth + 1)
    if isinstance(left_bare, FunctionType) and isinstance(right_bare, FunctionType):
        return _compatible_functions(left_bare, right_bare, depth + 1)
    if isinstance(left_bare, VectorType) and isinstance(right_bare, VectorType):
        return left_bare.lanes == right_bare.lanes and _compatible(left_bare.element, right_bare.element, depth + 1)
    # Basic types are unique objects.
    return left.kind in (ctypes.VOID, ctypes.VA_LIST, ctypes.NULLPTR)


def _element_qualifiers(type: CType) -> int:
    while isinstance(type, ArrayType):
        type = type.element
    return type.qualifiers


def _fits_transparent(union: CType, type: CType, depth: int) -> bool:
    """GNU: a parameter of transparent union type matches one of the type of any member."""
    bare = union.bare
    if not isinstance(bare, RecordType) or not bare.info.transparent:
        return False
    return any(_compatible(field.type, type, depth) for field in bare.info.fields or [])


def _compatible_functions(left: FunctionType, right: FunctionType, depth: int) -> bool:
    """C17 6.7.6.3p15."""
    if not _compatible(left.result, right.result, depth):
        return False
    if left.has_prototype and right.has_prototype:
        if left.variadic != right.variadic or len(left.parameters) != len(right.parameters):
            return False
        for index in range(len(left.parameters)):
            a = left.parameters[index]
            b = right.parameters[index]
            if not _compatible(a, b, depth) and not _fits_transparent(a, b, depth):
                if not _fits_transparent(b, a, depth):
                    return False
        return True
    if not left.has_prototype and not right.has_prototype:
        return True
    prototype = left if left.has_prototype else right
    if prototype.variadic:
        return False
    return all(is_self_promoting(parameter) for parameter in prototype.parameters)


def is_self_promoting(type: CType) -> bool:
    """Whether the default argument promotions leave a parameter's type alone, so an unprototyped call may pass it."""
    bare = type.bare
    if isinstance(bare, IntegerType):
        return bare.rank >= ctypes.RANK_INT
    if isinstance(bare, FloatType):
        return bare.name != "float"
    return True


def composite(left: CType, right: CType) -> CType:
    """The composite of two compatible types (C17 6.2.7p3), with the qualifiers of the left one."""
    if left is right:
        return left
    a = left.bare
    b = right.bare
    if isinstance(a, ArrayType) and isinstance(b, ArrayType):
        element = composite(a.element, b.element)
        if a.length is not None or (a.length_variable >= 0 and b.length is None):
            if element is a.element:
                return left
            result = ArrayType(element, a.length, a.length_variable)
        else:
            if element is b.element and not left.align:
                return right
            result = ArrayType(element, b.length, b.length_variable)
        result.align = left.align
        return result
    if isinstance(a, PointerType) and isinstance(b, PointerType):
        target = composite(a.target, b.target)
        if target is a.target:
            return left
        if target is b.target and right.qualifiers == left.qualifiers:
            return right
        return qualified(PointerType(target), left.qualifiers)
    if isinstance(a, FunctionType) and isinstance(b, FunctionType):
        return _composite_function(a, b)
    return left


def _composite_function(left: FunctionType, right: FunctionType) -> FunctionType:
    result = composite(left.result, right.result)
    if not right.has_prototype:
        if result is left.result:
            return left
        return FunctionType(result, left.parameters, left.variadic, left.has_prototype)
    if not left.has_prototype:
        return FunctionType(result, right.parameters, right.variadic, True)
    same = result is left.result
    parameters: list[CType] = []
    for index in range(len(left.parameters)):
        parameter = composite(left.parameters[index], right.parameters[index])
        if parameter is not left.parameters[index]:
            same = False
        parameters.append(parameter)
    return left if same else FunctionType(result, parameters, left.variadic, True)
