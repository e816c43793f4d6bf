"""Builtins that make complex numbers and vectors."""

from __future__ import annotations

from compiler.sema.builtins import wrong_count
from compiler.sema.context import Context
from compiler.sema.convert import error_expr, load
from compiler.syntax.expr import BuiltinCall, Expr
from compiler.types import ctypes
from compiler.types.conversions import is_compatible
from compiler.types.ctypes import ComplexType, FloatType


def complex_value(cx: Context, arguments: list[Expr], at: int, end: int) -> Expr:
    """__builtin_complex(real, imaginary)"""
    if len(arguments) != 2:
        return wrong_count(cx, "__builtin_complex", len(arguments), 2, at, end)
    values = [load(cx, argument) for argument in arguments]
    element = values[0].type.bare
    if not isinstance(element, FloatType) or values[1].type.bare is not element:
        if values[0].type.kind != ctypes.ERROR and values[1].type.kind != ctypes.ERROR:
            cx.error(at, "'__builtin_complex' operands not of real binary floating-point type of the same kind")
        return error_expr(cx, at, end)
    type: ComplexType = cx.types.complex_of(element)
    return BuiltinCall(type, at, end, "complex", values)


def shuffle(cx: Context, arguments: list[Expr], at: int, end: int) -> Expr:
    """__builtin_shuffle(vector, [vector,] mask)"""
    if len(arguments) not in (2, 3):
        return wrong_count(cx, "__builtin_shuffle", len(arguments), 2, at, end)
    values = [load(cx, argument) for argument in arguments]
    first = values[0].type.bare
    mask = values[-1].type.bare
    if any(value.type.kind == ctypes.ERROR for value in values):
        return error_expr(cx, at, end)
    if not isinstance(first, ctypes.VectorType) or not isinstance(mask, ctypes.VectorType):
        cx.error(at, "'__builtin_shuffle' arguments must be vectors")
        return error_expr(cx, at, end)
    is_fitting = mask.element.is_integer and mask.lanes == first.lanes and values[-2].type.bare.kind == first.kind
    if not is_fitting or cx.layout.size_of(mask) != cx.layout.size_of(first):
        cx.error(at, "'__builtin_shuffle' last argument must have as many lanes as the first, of integers as wide")
        return error_expr(cx, at, end)
    if len(values) == 3 and not is_compatible(first, values[1].type.bare):
        cx.error(at, "'__builtin_shuffle' argument vectors must be of the same type")
        return error_expr(cx, at, end)
    return BuiltinCall(first, at, end, "shuffle", values)
