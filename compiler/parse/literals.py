"""Numbers, characters and strings as typed constants (C17 6.4.4, 6.4.5).

A number's value and type depend on its spelling alone, so each spelling is read once.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith.decimal import parse_float_checked
from compiler.lex import literals
from compiler.lex.literals import Number
from compiler.lex.tokens import Token
from compiler.sema.context import Context
from compiler.syntax.expr import BuiltinCall, Expr, FloatConstant, IntegerConstant, StringConstant
from compiler.types.basic import format_of
from compiler.types.ctypes import ArrayType, CType, FloatType, IntegerType


@final
class Literals:
    def __init__(self, context: Context) -> None:
        self.cx: Final = context
        self.values: Final[dict[str, int]] = {}
        self.types: Final[dict[str, IntegerType]] = {}

    def number(self, token: Token, at: int) -> Expr:
        text = token.text
        type = self.types.get(text)
        if type is not None:
            return IntegerConstant(type, at, at + 1, self.values[text])
        cx = self.cx
        number = literals.parse_number(text)
        if number.error:
            cx.error(at, "{}", number.error)
            return IntegerConstant(cx.types.int, at, at + 1, 0)
        if number.is_float:
            return self._float(number, at)
        made = literals.integer_type(number, cx.platform.model, cx.options.language)
        if made.kind == literals.INT128_KIND:
            type = cx.types.int128
        elif made.kind == literals.UINT128_KIND:
            type = cx.types.uint128
        else:
            type = cx.types.by_kind[made.kind]
        if made.warning:
            cx.warning("", at, "{}", made.warning)
        elif number.imaginary:
            zero = IntegerConstant(type, at, at + 1, 0)
            part = IntegerConstant(type, at, at + 1, made.value)
            return BuiltinCall(cx.types.complex_of(type), at, at + 1, "complex", [zero, part])
        else:
            self.types[text] = type
            self.values[text] = made.value
        return IntegerConstant(type, at, at + 1, made.value)

    def _float(self, number: Number, at: int) -> Expr:
        cx = self.cx
        type = self._float_type(number.float_type)
        if type is None:
            cx.error(at, "unsupported floating constant suffix \"{}\"", number.suffix)
            return FloatConstant(cx.types.double, at, at + 1, 0)
        parsed = parse_float_checked(number.digits, format_of(type))
        if parsed.overflow:
            cx.warning("overflow", at, "floating constant exceeds range of '{}'", type.name)
        result: CType = type
        if number.imaginary:
            result = cx.types.complex_of(type)
        return FloatConstant(result, at, at + 1, parsed.bits)

    def _float_type(self, kind: int) -> FloatType | None:
        types = self.cx.types
        if kind == literals.FLOAT_DOUBLE:
            return types.double
        if kind == literals.FLOAT_SINGLE:
            return types.float
        if kind == literals.FLOAT_LONG:
            return types.long_double
        table: dict[int, FloatType] = {
            literals.FLOAT_F16: types.float16,
            literals.FLOAT_F32: types.float32,
            literals.FLOAT_F64: types.float64,
            literals.FLOAT_F128: types.float128,
            literals.FLOAT_F32X: types.float32x,
            literals.FLOAT_F64X: types.float64x,
        }
        return table.get(kind)

    def character(self, token: Token, at: int) -> Expr:
        cx = self.cx
        value = literals.parse_char(token, cx.platform.model, cx.sink)
        return IntegerConstant(cx.types.by_kind[value.kind], at, at + 1, value.value)

    def string(self, parts: list[Token], start: int, end: int) -> StringConstant:
        cx = self.cx
        value = literals.parse_strings(parts, cx.platform.model, cx.sink)
        types = cx.types
        element: IntegerType = types.char
        if value.prefix == literals.PREFIX_WIDE:
            element = types.wchar
        elif value.prefix == literals.PREFIX_CHAR16:
            element = types.char16
        elif value.prefix == literals.PREFIX_CHAR32:
            element = types.char32
        return StringConstant(ArrayType(element, value.count), start, end, value.data)
