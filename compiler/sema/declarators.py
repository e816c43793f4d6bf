"""Declarators as data, and the types they make (C17 6.7.6).

A declarator is a list of pieces in the order in which they are applied to the base type: `*(*f)(int)[3]`... read inside
out by the parser, so that this file needs no recursion.
"""

from __future__ import annotations

from typing import Final, final

from compiler.sema.attributes import ParsedAttribute, apply_to_type
from compiler.sema.context import Context
from compiler.sema.convert import convert, load
from compiler.sema.scope import Symbol, Tag
from compiler.syntax.decl import PARAMETER, Variable
from compiler.syntax.expr import Expr
from compiler.types import ctypes
from compiler.types.ctypes import (
    ARRAY,
    ERROR,
    FUNCTION,
    VOID,
    ArrayType,
    CType,
    FunctionType,
    RecordType,
)
from compiler.types.derive import (
    innermost_element,
    is_complete,
    pointer_to,
    qualified,
)
from compiler.types.names import type_name


class Piece:
    """One step of a declarator; `at` is its token."""

    def __init__(self, at: int) -> None:
        self.at: Final = at


@final
class PointerPiece(Piece):
    def __init__(self, at: int, qualifiers: int) -> None:
        super().__init__(at)
        self.qualifiers: Final = qualifiers


@final
class ArrayPiece(Piece):
    """`size` None without an expression. `qualifiers` and `is_static` stand inside the brackets of a parameter."""

    def __init__(self, at: int, size: Expr | None, is_star: bool, is_static: bool, qualifiers: int) -> None:
        super().__init__(at)
        self.size: Final = size
        self.is_star: Final = is_star
        self.is_static: Final = is_static
        self.qualifiers: Final = qualifiers


@final
class FunctionPiece(Piece):
    """A parameter list. `identifiers`: a K&R list of names, whose declarations follow the declarator. `lengths`: hidden
    variables of the parameters' variably modified types. `symbols`, `tags`: what its scope declared, for the body."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.parameters: list[Variable] = []
        self.variadic = False
        self.has_prototype = False
        self.identifiers: list[tuple[str, int]] = []
        self.lengths: list[Variable] = []
        self.symbols: list[Symbol] = []
        self.tags: list[Tag] = []


@final
class Declarator:
    """`name` is empty for an abstract one; `at` is the token of the name, or where it would stand."""

    def __init__(self, start: int, at: int) -> None:
        self.start = start
        self.at = at
        self.end = at
        self.name = ""
        self.pieces: list[Piece] = []
        self.attributes: list[ParsedAttribute] = []
        self.asm_name = ""

    def function_piece(self) -> FunctionPiece | None:
        """The parameter list of the function declared itself: the last piece."""
        last = self.pieces[-1] if self.pieces else None
        return last if isinstance(last, FunctionPiece) else None


def make_type(cx: Context, base: CType, declarator: Declarator, is_parameter: bool = False) -> CType:
    """The declared type. Errors are reported once and give the error type."""
    type = base
    name = declarator.name or "type name"
    count = len(declarator.pieces)
    for index, piece in enumerate(declarator.pieces):
        if type.kind == ERROR:
            return type
        if isinstance(piece, PointerPiece):
            type = qualified(pointer_to(type), piece.qualifiers)
        elif isinstance(piece, ArrayPiece):
            outermost = is_parameter and index + 1 == count
            type = _array(cx, type, piece, name, declarator.at, outermost)
        else:
            assert isinstance(piece, FunctionPiece)
            type = _function(cx, type, piece, name, declarator.at)
    return type


def _array(cx: Context, element: CType, piece: ArrayPiece, name: str, at: int, outermost_parameter: bool) -> CType:
    if element.kind == FUNCTION:
        cx.error(at, "declaration of '{}' as array of functions", name)
        return cx.types.error
    if element.kind == VOID:
        cx.error(at, "declaration of '{}' as array of voids", name)
        return cx.types.error
    innermost = innermost_element(element)
    if not is_complete(element):
        if element.kind == ARRAY:
            cx.error(at, "array type has incomplete element type '{}'", type_name(element))
            return cx.types.error
        if not is_complete(innermost):
            cx.error(at, "array type has incomplete element type '{}'", type_name(innermost))
            return cx.types.error
    elif isinstance(innermost.bare, RecordType) and innermost.bare.info.has_flexible_array:
        cx.pedantic("pedantic", at, "invalid use of structure with flexible array member")
    if (piece.is_static or piece.qualifiers) and not outermost_parameter:
        cx.error(at, "static or type qualifiers in non-parameter array declarator")
    if piece.is_star:
        return ArrayType(element, None, -1, True)
    if piece.size is None:
        return ArrayType(element, None)
    size = load(cx, piece.size)
    if size.type.kind == ERROR:
        return cx.types.error
    if not size.type.is_integer:
        cx.error(piece.at, "size of array '{}' has non-integer type", name)
        return cx.types.error
    value = cx.evaluator.constant_integer(size)
    if value is not None:
        return _constant_array(cx, element, value, name, piece.at)
    if not outermost_parameter and cx.function is None and cx.scopes.depth == 0:
        cx.error(at, "variably modified '{}' at file scope", name)
        return cx.types.error
    variable = cx.new_length(size.start, size.end)
    variable.length = convert(cx, size, cx.types.size)
    cx.pending_lengths.append(variable)
    if outermost_parameter:
        # `int a[n]` is `int *a` (C17 6.7.6.3p7), but n is evaluated on entry (C17 6.9.1p10).
        return ArrayType(element, None)
    return ArrayType(element, None, variable.id)


def _constant_array(cx: Context, element: CType, length: int, name: str, at: int) -> CType:
    if length < 0:
        cx.error(at, "size of array '{}' is negative", name)
        return cx.types.error
    if length == 0:
        cx.pedantic("pedantic", at, "ISO C forbids zero-size array '{}'", name)
    maximum = (1 << (cx.platform.model.pointer_bits - 1)) - 1
    inner = element
    bytes_each = 1
    while isinstance(inner, ArrayType):
        bytes_each *= inner.length if inner.length is not None else 1
        inner = inner.element
    if is_complete(inner) and length * bytes_each * cx.layout.size_of(inner) > maximum:
        cx.error(at, "size of array '{}' is too large", name)
        return cx.types.error
    if is_complete(element) and 0 < cx.layout.size_of(inner) < cx.layout.align_of(inner):
        cx.error(at, "alignment of array elements is greater than element size")
    return ArrayType(element, length)


def _function(cx: Context, result: CType, piece: FunctionPiece, name: str, at: int) -> CType:
    if result.kind == FUNCTION:
        cx.error(at, "'{}' declared as function returning a function", name)
        return cx.types.error
    if result.kind == ARRAY:
        cx.error(at, "'{}' declared as function returning an array", name)
        return cx.types.error
    if result.qualifiers and result.kind != ERROR:
        # C17 6.7.6.3p5: qualifiers on the result have no effect.
        result = result.bare if not result.typedef_name else qualified(result.bare, 0)
    parameters = [parameter.type for parameter in piece.parameters]
    plain = [parameter.bare if parameter.qualifiers else parameter for parameter in parameters]
    return FunctionType(result, plain, piece.variadic, piece.has_prototype)


def adjust_parameter(cx: Context, type: CType, declarator: Declarator) -> CType:
    """Arrays and functions become pointers (C17 6.7.6.3p7, p8)."""
    if isinstance(type, ArrayType):
        qualifiers = 0
        if declarator.pieces:
            last = declarator.pieces[-1]
            if isinstance(last, ArrayPiece):
                qualifiers = last.qualifiers
        return qualified(pointer_to(type.element), qualifiers)
    if type.kind == FUNCTION:
        return pointer_to(type)
    if type.kind == ctypes.VA_LIST and cx.types.va_list_is_array:
        return pointer_to(type)
    return type


def make_parameter(cx: Context, base: CType, declarator: Declarator, attributes: list[ParsedAttribute]) -> Variable:
    """A parameter, not yet declared in a scope."""
    type = apply_to_type(cx, make_type(cx, base, declarator, True), attributes)
    type = adjust_parameter(cx, type, declarator)
    variable = cx.new_variable(declarator.name, type, declarator.at, declarator.at + 1, PARAMETER)
    variable.is_defined = True
    return variable
