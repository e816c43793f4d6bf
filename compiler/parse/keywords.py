"""Primary expressions that begin with a keyword: _Generic, __func__, offsetof and GNU's operators on types."""

from __future__ import annotations

from compiler.lex import tokens as tk
from compiler.parse.expressions import ExpressionParser
from compiler.sema import builtins, generic, lanes, postfix
from compiler.sema.convert import error_expr, load
from compiler.sema.names import function_name
from compiler.syntax import expr
from compiler.syntax.expr import Expr, IntegerConstant
from compiler.types import ctypes
from compiler.types.ctypes import CType
from compiler.types.derive import is_complete, pointer_to, unqualified
from compiler.types.names import type_name


class KeywordParser(ExpressionParser):
    def keyword_expression(self, id: int) -> Expr:
        cx = self.cx
        at = self.pos
        if id == tk.K_FUNC or id == tk.K_GNU_FUNCTION or id == tk.K_PRETTY_FUNCTION:
            text = self.token.text
            self.advance()
            return function_name(cx, text, at)
        if id == tk.K_GENERIC:
            return self._generic()
        if id == tk.K_BUILTIN_VA_ARG:
            self.advance()
            self.expect(tk.LPAREN, "(")
            operand = self.assignment()
            self.expect(tk.COMMA, ",")
            type = self.type_name()
            self.expect(tk.RPAREN, ")")
            return builtins.va_arg(cx, operand, type, at, self.pos)
        if id == tk.K_BUILTIN_OFFSETOF:
            return self._offsetof()
        if id == tk.K_BUILTIN_TYPES_COMPATIBLE_P:
            self.advance()
            self.expect(tk.LPAREN, "(")
            left = self.type_name()
            self.expect(tk.COMMA, ",")
            right = self.type_name()
            self.expect(tk.RPAREN, ")")
            return generic.types_compatible(cx, left, right, at, self.pos)
        if id == tk.K_BUILTIN_CHOOSE_EXPR:
            return self._choose_expr()
        if id == tk.K_BUILTIN_COMPLEX:
            self.advance()
            arguments = self.arguments()
            return lanes.complex_value(cx, arguments, at, self.pos)
        if id in (tk.K_TRUE, tk.K_FALSE):
            self.advance()
            return IntegerConstant(cx.types.boolean, at, at + 1, 1 if id == tk.K_TRUE else 0)
        if id == tk.K_NULLPTR:
            self.advance()
            return IntegerConstant(cx.types.nullptr, at, at + 1, 0)
        if id == tk.K_BUILTIN_ASSOC_BARRIER:
            self.advance()
            arguments = self.arguments()
            return load(cx, arguments[0]) if arguments else error_expr(cx, at, self.pos)
        if id == tk.K_BUILTIN_HAS_ATTRIBUTE:
            self.advance()
            self.skip_balanced()
            cx.error(at, "'{}' is not supported", self.tokens[at].text)
            return error_expr(cx, at, self.pos)
        if id == tk.K_BUILTIN_SHUFFLE:
            self.advance()
            arguments = self.arguments()
            return lanes.shuffle(cx, arguments, at, self.pos)
        if id in (tk.K_BUILTIN_SHUFFLEVECTOR, tk.K_BUILTIN_CONVERTVECTOR, tk.K_BUILTIN_TGMATH,
                  tk.K_BUILTIN_CALL_WITH_STATIC_CHAIN):  # fmt: skip
            self.advance()
            self.skip_balanced()
            cx.error(at, "'{}' is not supported", self.tokens[at].text)
            return error_expr(cx, at, self.pos)
        raise self.syntax_error("expected expression")

    def _generic(self) -> Expr:
        """_Generic (C17 6.5.1.1)"""
        cx = self.cx
        at = self.pos
        self.advance()
        self.expect(tk.LPAREN, "(")
        self.deepen()
        cx.constant_depth += 1
        controlling = load(cx, self.assignment())
        cx.constant_depth -= 1
        selection = generic.Selection(cx, controlling, at)
        while self.accept(tk.COMMA):
            place = self.pos
            if self.accept(tk.K_DEFAULT):
                type: CType | None = None
            else:
                type = self.type_name()
            self.expect(tk.COLON, ":")
            wanted = selection.wants(type, place)
            if not wanted:
                cx.constant_depth += 1
            node = self.assignment()
            if not wanted:
                cx.constant_depth -= 1
            selection.add(type, node, wanted)
        self.depth -= 1
        self.expect(tk.RPAREN, ")")
        return selection.result(at, self.pos)

    def _choose_expr(self) -> Expr:
        cx = self.cx
        at = self.pos
        self.advance()
        self.expect(tk.LPAREN, "(")
        self.deepen()
        test = load(cx, self.assignment())
        value = cx.evaluator.constant_integer(test) if test.type.is_integer else None
        self.expect(tk.COMMA, ",")
        cx.constant_depth += 1 if value == 0 else 0
        then = self.assignment()
        cx.constant_depth -= 1 if value == 0 else 0
        self.expect(tk.COMMA, ",")
        cx.constant_depth += 0 if value == 0 else 1
        other = self.assignment()
        cx.constant_depth -= 0 if value == 0 else 1
        self.depth -= 1
        self.expect(tk.RPAREN, ")")
        if value is None:
            if test.type.kind != ctypes.ERROR:
                cx.error(at, "first argument to '__builtin_choose_expr' not a constant")
            return error_expr(cx, at, self.pos)
        return then if value else other

    def _offsetof(self) -> Expr:
        """__builtin_offsetof(type, member-designator)"""
        cx = self.cx
        at = self.pos
        self.advance()
        self.expect(tk.LPAREN, "(")
        type = self.type_name()
        self.expect(tk.COMMA, ",")
        place = self.pos
        name = self.expect_identifier()
        if type.is_record and not is_complete(type):
            cx.error(place, "invalid use of undefined type '{}'", type_name(unqualified(type)))
            type = cx.types.error
        zero = IntegerConstant(cx.types.intptr, at, at + 1, 0)
        pointer = expr.Cast(pointer_to(type), at, at + 1, expr.INT_TO_POINTER, zero, True)
        node = postfix.member(cx, expr.Dereference(type, at, at + 1, pointer), name, place - 1, at, self.pos)
        while self.token.id in (tk.DOT, tk.LBRACKET, tk.ARROW):
            place = self.pos
            if self.accept(tk.DOT):
                node = postfix.member(cx, node, self.expect_identifier(), place, at, self.pos)
            elif self.accept(tk.ARROW):
                node = postfix.arrow(cx, node, self.expect_identifier(), place, self.pos)
            else:
                self.advance()
                index = self.expression()
                self.expect(tk.RBRACKET, "]")
                node = postfix.subscript(cx, node, index, place, self.pos)
        self.expect(tk.RPAREN, ")")
        return generic.offset_of(cx, node, at, self.pos)
