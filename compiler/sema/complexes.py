"""Sums, differences and products of complex constants, as pairs of parts."""

from __future__ import annotations

from compiler.arith import soft
from compiler.syntax import expr
from compiler.types.basic import format_of
from compiler.types.ctypes import CType, FloatType


def combine(op: int, element: CType, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int] | None:
    """Parts of `left op right`: bit patterns of a floating element, or integers that are not yet cut to their width.
    None for quotients and for products that come out as NaN, which annex G.5.1 of C17 mends at run time."""
    a, b = left
    c, d = right
    if not isinstance(element, FloatType):
        if op == expr.ADD:
            return a + c, b + d
        if op == expr.SUB:
            return a - c, b - d
        return (a * c - b * d, a * d + b * c) if op == expr.MUL else None
    fmt = format_of(element)
    if op == expr.ADD:
        return soft.add(a, c, fmt), soft.add(b, d, fmt)
    if op == expr.SUB:
        return soft.sub(a, c, fmt), soft.sub(b, d, fmt)
    if op != expr.MUL:
        return None
    real = soft.sub(soft.mul(a, c, fmt), soft.mul(b, d, fmt), fmt)
    imaginary = soft.add(soft.mul(a, d, fmt), soft.mul(b, c, fmt), fmt)
    return None if soft.is_nan(real, fmt) and soft.is_nan(imaginary, fmt) else (real, imaginary)
