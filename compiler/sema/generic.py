"""Expressions that choose or measure by type: _Generic, offsetof, __builtin_types_compatible_p."""

from __future__ import annotations

from typing import Final, final

from compiler.sema.constants import IntegerValue
from compiler.sema.context import Context
from compiler.sema.convert import convert, error_expr, is_bit_field
from compiler.sema.postfix import address_of
from compiler.syntax.expr import Expr, IntegerConstant
from compiler.types import ctypes
from compiler.types.conversions import is_compatible, is_same
from compiler.types.ctypes import CType
from compiler.types.derive import is_complete, is_variably_modified, unqualified
from compiler.types.names import type_name


@final
class Selection:
    """A _Generic in progress: associations are checked as they come, the chosen one is kept (C17 6.5.1.1)."""

    def __init__(self, cx: Context, controlling: Expr, at: int) -> None:
        self.cx: Final = cx
        self.type: Final = unqualified(controlling.type)
        self.at: Final = at
        self.types: Final[list[CType]] = []
        self.chosen: Expr | None = None
        self.default: Expr | None = None
        self.has_default = False
        self.failed = controlling.type.kind == ctypes.ERROR

    def wants(self, type: CType | None, at: int) -> bool:
        """Whether this association may be the one; it is parsed as evaluated then."""
        cx = self.cx
        if type is None:
            if self.has_default:
                cx.error(at, "duplicate 'default' case in '_Generic'")
                self.failed = True
            self.has_default = True
            return self.chosen is None
        if type.kind == ctypes.FUNCTION:
            cx.error(at, "'_Generic' association has function type")
            self.failed = True
        elif not is_complete(type) and type.kind != ctypes.ERROR:
            if type.kind != ctypes.VOID:
                cx.error(at, "'_Generic' association has incomplete type")
                self.failed = True
        elif is_variably_modified(type):
            cx.error(at, "'_Generic' association has variable length type")
            self.failed = True
        for other in self.types:
            if is_same(other, type):
                cx.error(at, "'_Generic' specifies two compatible types")
                self.failed = True
        self.types.append(type)
        return self.chosen is None and is_same(type, self.type)

    def add(self, type: CType | None, node: Expr, wanted: bool) -> None:
        if type is None:
            self.default = node
        elif wanted:
            self.chosen = node

    def result(self, start: int, end: int) -> Expr:
        node = self.chosen if self.chosen is not None else self.default
        if self.failed:
            return error_expr(self.cx, start, end)
        if node is None:
            self.cx.error(
                self.at, "'_Generic' selector of type '{}' is not compatible with any association",
                type_name(self.type),
            )  # fmt: skip
            return error_expr(self.cx, start, end)
        return node


def types_compatible(cx: Context, left: CType, right: CType, start: int, end: int) -> Expr:
    """1 if the types are compatible, top-level qualifiers ignored; enumerations count as different (gcc)."""
    same = is_compatible(unqualified(left), unqualified(right))
    if same and left.bare is not right.bare and ctypes.ENUM in (left.kind, right.kind):
        same = False
    return IntegerConstant(cx.types.int, start, end, 1 if same else 0)


def offset_of(cx: Context, node: Expr, start: int, end: int) -> Expr:
    """The offset of an lvalue that was built upon address 0; not constant if a subscript is not."""
    if node.type.kind == ctypes.ERROR:
        return error_expr(cx, start, end)
    if is_bit_field(node):
        cx.error(start, "attempt to take address of bit-field")
        return error_expr(cx, start, end)
    value = cx.evaluator.address(node)
    if isinstance(value, IntegerValue):
        return IntegerConstant(cx.types.size, start, end, value.value)
    return convert(cx, address_of(cx, node, start, end), cx.types.size)
