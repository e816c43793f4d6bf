"""Builtin functions of constants."""

from __future__ import annotations

from typing import Final

from compiler.arith import ints, soft
from compiler.arith.formats import FloatFormat
from compiler.sema.constants import AddressConstant, FloatValue, IntegerValue
from compiler.sema.context import Context
from compiler.sema.convert import convert
from compiler.sema.effects import has_effects
from compiler.syntax import expr
from compiler.syntax.expr import BuiltinCall, Expr, FloatConstant, IntegerConstant, Name, StringConstant
from compiler.types import ctypes
from compiler.types.basic import format_of
from compiler.types.ctypes import CType, FloatType
from compiler.types.derive import integer_of

LIBRARY_NAMES: Final = frozenset((
    "strlen", "abs", "labs", "llabs", "fabs", "fabsf", "fabsl", "floor", "floorf", "ceil", "ceilf", "trunc", "truncf",
    "sqrt", "sqrtf", "strcmp", "copysign", "copysignf", "fmin", "fmax",
))  # fmt: skip


def _integer(cx: Context, node: Expr) -> int | None:
    if isinstance(node, IntegerConstant):
        return node.value
    if isinstance(node, (expr.Call, expr.Assign)):
        return None
    return cx.evaluator.constant_integer(node) if node.type.is_integer else None


def _float(cx: Context, node: Expr) -> int | None:
    if isinstance(node, FloatConstant) and isinstance(node.type.bare, FloatType):
        return node.bits
    if node.type.kind != ctypes.FLOATING or isinstance(node, (expr.Call, expr.Assign)):
        return None
    value = cx.evaluator.evaluate(node)
    return value.bits if isinstance(value, FloatValue) else None


def string_of(cx: Context, node: Expr) -> bytes | None:
    """The bytes of a string that a pointer constant points into, up to its null."""
    if not isinstance(node, (expr.Cast, expr.Binary, StringConstant)):
        return None
    value = cx.evaluator.evaluate(node)
    if not isinstance(value, AddressConstant) or value.string is None:
        return None
    data = value.string.data
    array = value.string.type.bare
    assert isinstance(array, ctypes.ArrayType)
    if cx.layout.size_of(array.element) != 1 or not 0 <= value.offset < len(data):
        return None
    return data[value.offset : data.index(0, value.offset)]


def constant_p(cx: Context, node: Expr, at: int, end: int) -> Expr:
    """1 for what is constant already, 0 where the operand has side effects; otherwise the optimizer decides."""
    value = cx.evaluator.evaluate(node) if node.type.kind != ctypes.ERROR else None
    if isinstance(value, (IntegerValue, FloatValue)) and node.type.kind != ctypes.POINTER:
        return IntegerConstant(cx.types.int, at, end, 1)
    if isinstance(value, AddressConstant) and value.string is not None and value.offset == 0:
        return IntegerConstant(cx.types.int, at, end, 1)
    if isinstance(value, IntegerValue):
        return IntegerConstant(cx.types.int, at, end, 1)
    if isinstance(value, AddressConstant) or not node.type.is_scalar or cx.function is None:
        return IntegerConstant(cx.types.int, at, end, 0)
    if has_effects(node):
        return IntegerConstant(cx.types.int, at, end, 0)
    return BuiltinCall(cx.types.int, at, end, "constant_p", [node])


def library(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr | None:
    """A library function of constants, None where it does not fold."""
    if name == "strlen" and len(arguments) == 1:
        data = string_of(cx, arguments[0])
        return None if data is None else IntegerConstant(cx.types.size, at, end, len(data))
    if name == "strcmp" and len(arguments) == 2:
        left = string_of(cx, arguments[0])
        right = string_of(cx, arguments[1])
        if left is None or right is None:
            return None
        return IntegerConstant(cx.types.int, at, end, 0 if left == right else -1 if left < right else 1)
    if len(arguments) == 1 and arguments[0].type.kind == ctypes.FLOATING:
        bits = _float(cx, arguments[0])
        if bits is None:
            return None
        type = arguments[0].type
        made = _rounded(name.rstrip("fl") if name not in ("ceil", "ceill") else "ceil", bits, format_of(type.bare))
        return None if made is None else FloatConstant(type, at, end, made)
    if len(arguments) == 1 and name in ("abs", "labs", "llabs"):
        value = _integer(cx, arguments[0])
        if value is not None:
            integer = integer_of(arguments[0].type.bare)
            return IntegerConstant(integer, at, end, ints.fit(abs(value), integer.bits, True))
    return None


def _rounded(name: str, bits: int, fmt: FloatFormat) -> int | None:
    if name == "fab" or name == "fabs":
        return soft.absolute(bits, fmt)
    if name == "floor" or name == "foor":
        return soft.floor(bits, fmt)
    if name == "cei" or name == "ceil":
        return soft.ceil(bits, fmt)
    if name == "trunc":
        return soft.trunc(bits, fmt)
    if name == "sqrt" and not soft.sign_of(bits, fmt):
        return soft.sqrt(bits, fmt)
    return None


def special(cx: Context, name: str, result: CType, arguments: list[Expr], at: int, end: int) -> Expr | None:
    """A builtin node of constants, None where it does not fold."""
    if isinstance(result.bare, FloatType):
        return _special_float(cx, name, result, arguments, at, end)
    if name in ("expect", "expect_with_probability"):
        value = _integer(cx, arguments[0])
        return None if value is None else IntegerConstant(result, at, end, value)
    if name in ("object_size", "dynamic_object_size"):
        mode = _integer(cx, arguments[1])
        unknown = 0 if mode is not None and mode >= 2 else ints.mask(cx.types.size.bits)
        return IntegerConstant(cx.types.size, at, end, unknown)
    if not arguments:
        return None
    first = arguments[0]
    if first.type.kind == ctypes.FLOATING:
        return _classified(cx, name, arguments, at, end)
    if not first.type.is_integer or not result.is_integer or name in ("frame_address", "return_address"):
        return None
    value = _integer(cx, first)
    if value is None:
        return None
    made = _counted(name, value, integer_of(first.type.bare).bits)
    return None if made is None else IntegerConstant(result, at, end, made)


def _counted(name: str, value: int, bits: int) -> int | None:
    """Bit counting and byte swapping of a `bits` wide value."""
    pattern = ints.wrap(value, bits)
    if name.startswith("bswap"):
        return ints.bswap(pattern, bits)
    if name in ("abs", "labs", "llabs"):
        return ints.fit(abs(value), bits, True)
    base = name.removesuffix("ll").removesuffix("l")
    if base == "clz":
        return ints.clz(pattern, bits) if pattern else None
    if base == "ctz":
        return ints.ctz(pattern, bits) if pattern else None
    if base == "popcount":
        return ints.popcount(pattern, bits)
    if base == "parity":
        return ints.parity(pattern, bits)
    if base == "ffs":
        return ints.ctz(pattern, bits) + 1 if pattern else 0
    if base == "clrsb":
        return ints.clrsb(pattern, bits)
    return None


def _special_float(cx: Context, name: str, result: CType, arguments: list[Expr], at: int, end: int) -> Expr | None:
    fmt = format_of(result.bare)
    if name.startswith(("huge_val", "inf")):
        return FloatConstant(result, at, end, fmt.infinity)
    if name.startswith("nan"):
        text = string_of(cx, arguments[0])
        if text is None:
            return None
        try:
            payload = int(text.decode("ascii", "replace") or "0", 0)
        except ValueError:
            return None
        payload &= fmt.quiet_bit - 1
        if name.startswith("nans"):
            bits = (fmt.nan ^ fmt.quiet_bit) | (payload or fmt.quiet_bit >> 1)
        else:
            bits = fmt.nan | payload
        return FloatConstant(result, at, end, bits)
    values: list[int] = []
    for argument in arguments:
        value = _float(cx, argument)
        if value is None:
            return None
        values.append(value)
    if name.startswith("fabs"):
        return FloatConstant(result, at, end, soft.absolute(values[0], fmt))
    if name.startswith("copysign"):
        return FloatConstant(result, at, end, soft.copysign(values[0], values[1], fmt))
    if name.startswith("sqrt") and not soft.sign_of(values[0], fmt):
        return FloatConstant(result, at, end, soft.sqrt(values[0], fmt))
    if name.startswith("fma"):
        return FloatConstant(result, at, end, soft.fma(values[0], values[1], values[2], fmt))
    return None


def _classified(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr | None:
    """isnan and its kin, and the quiet comparisons."""
    values: list[int] = []
    for argument in arguments:
        value = _float(cx, argument)
        if value is None:
            return None
        values.append(value)
    fmt = format_of(arguments[0].type.bare)
    first = values[0]
    kind = soft.classify(first, fmt)
    known: int
    if name.startswith("isnan"):
        known = 1 if kind == soft.NAN else 0
    elif name == "isinf_sign":
        known = 0 if kind != soft.INFINITE else -1 if soft.sign_of(first, fmt) else 1
    elif name.startswith("isinf"):
        known = 1 if kind == soft.INFINITE else 0
    elif name.startswith(("isfinite", "finite")):
        known = 1 if kind not in (soft.INFINITE, soft.NAN) else 0
    elif name == "isnormal":
        known = 1 if kind == soft.NORMAL else 0
    elif name.startswith("signbit"):
        known = 1 if soft.sign_of(first, fmt) else 0
    elif len(values) == 2:
        return _compared(cx, name, first, values[1], fmt, at, end)
    else:
        return None
    return IntegerConstant(cx.types.int, at, end, known)


def _compared(cx: Context, name: str, left: int, right: int, fmt: FloatFormat, at: int, end: int) -> Expr | None:
    if name == "isunordered":
        truth = soft.unordered(left, right, fmt)
    elif name == "isgreater":
        truth = soft.lt(right, left, fmt)
    elif name == "isgreaterequal":
        truth = soft.le(right, left, fmt)
    elif name == "isless":
        truth = soft.lt(left, right, fmt)
    elif name == "islessequal":
        truth = soft.le(left, right, fmt)
    elif name == "islessgreater":
        truth = soft.lt(left, right, fmt) or soft.lt(right, left, fmt)
    else:
        return None
    return IntegerConstant(cx.types.int, at, end, 1 if truth else 0)


def overflow_p(cx: Context, name: str, values: list[Expr], at: int, end: int) -> Expr | None:
    """The predicates of constants; the storing forms never fold, for they store."""
    if not name.endswith("_p"):
        return None
    left = _integer(cx, values[0])
    right = _integer(cx, values[1])
    if left is None or right is None:
        return None
    exact = left + right if name.startswith("add") else left - right if name.startswith("sub") else left * right
    integer = integer_of(values[2].type.bare)
    fits = ints.fits(exact, integer.precision or integer.bits, integer.is_signed)
    return IntegerConstant(cx.types.boolean, at, end, 0 if fits else 1)


def classify(cx: Context, classes: list[Expr], value: Expr, at: int, end: int) -> Expr:
    """fpclassify as a chain of tests on one hidden variable (or on the constant)."""
    types = cx.types
    first: Expr | None = None
    if _float(cx, value) is None and cx.function is not None:
        variable = cx.new_variable("", value.type, at, end, 0)
        variable.is_defined = True
        cx.function.hoisted.append(variable)
        first = expr.Assign(value.type, at, end, Name(value.type, at, end, variable), value)
        value = expr.Cast(value.type, at, end, expr.LOAD, Name(value.type, at, end, variable), True)
    node: Expr = classes[3]
    for test, chosen in (("isnormal", classes[2]), ("isinf", classes[1]), ("isnan", classes[0])):
        made = special(cx, test, types.int, [value], at, end)
        condition = made if made is not None else BuiltinCall(types.int, at, end, test, [value])
        node = expr.Conditional(types.int, at, end, condition, chosen, node, None)
    zero = convert(cx, IntegerConstant(types.int, at, end, 0), value.type)
    is_zero = expr.Binary(types.int, at, end, expr.EQ, value, zero)
    node = expr.Conditional(types.int, at, end, is_zero, classes[4], node, None)
    return node if first is None else expr.Comma(types.int, at, end, first, node)
