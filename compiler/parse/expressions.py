"""Expressions (C17 6.5) by precedence climbing.

Chains of one operator kind - binary, comma, assignment, conditional - are loops; only brackets, prefix operators and a
step up in precedence recurse, and those are counted. Types and statement expressions are parsed by the subclasses.
"""

from __future__ import annotations

from typing import Final

from compiler.lex import tokens as tk
from compiler.parse.cursor import Cursor
from compiler.parse.literals import Literals
from compiler.sema import builtins, operators, postfix
from compiler.sema.context import Context
from compiler.sema.convert import cast, condition, error_expr
from compiler.sema.declarations import implicit_function
from compiler.sema.initializers import RawInitializer, initialize
from compiler.sema.names import label_address, undeclared
from compiler.sema.postfix import refuse_unavailable
from compiler.sema.scope import ENUMERATOR, TYPEDEF
from compiler.syntax import decl, expr
from compiler.syntax.expr import CompoundLiteral, Expr, IntegerConstant, Name
from compiler.types import ctypes
from compiler.types.ctypes import CType
from compiler.types.derive import innermost_element, is_complete

# Precedence of a binary operator by token id; 0 for anything else.
_PRECEDENCE: Final[list[int]] = [0] * (tk.LAST_KEYWORD + 1)
# The operator of a token id; -1 && and -2 ||.
_OPERATOR: Final[list[int]] = [0] * (tk.LAST_KEYWORD + 1)
_COMPOUND: Final[list[int]] = [-1] * (tk.LAST_KEYWORD + 1)
_TYPE_START: Final[list[bool]] = [False] * (tk.LAST_KEYWORD + 1)


def _fill_tables() -> None:
    rows = (
        (tk.STAR, 10, expr.MUL), (tk.SLASH, 10, expr.DIV), (tk.PERCENT, 10, expr.MOD), (tk.PLUS, 9, expr.ADD),
        (tk.MINUS, 9, expr.SUB), (tk.SHIFT_LEFT, 8, expr.SHL), (tk.SHIFT_RIGHT, 8, expr.SHR), (tk.LESS, 7, expr.LT),
        (tk.GREATER, 7, expr.GT), (tk.LESS_EQUAL, 7, expr.LE), (tk.GREATER_EQUAL, 7, expr.GE),
        (tk.EQUAL_EQUAL, 6, expr.EQ), (tk.BANG_EQUAL, 6, expr.NE), (tk.AMP, 5, expr.AND), (tk.CARET, 4, expr.XOR),
        (tk.PIPE, 3, expr.OR), (tk.AMP_AMP, 2, -1), (tk.PIPE_PIPE, 1, -2),
    )  # fmt: skip
    for id, precedence, op in rows:
        _PRECEDENCE[id] = precedence
        _OPERATOR[id] = op
    compounds = (
        (tk.STAR_EQUAL, expr.MUL), (tk.SLASH_EQUAL, expr.DIV), (tk.PERCENT_EQUAL, expr.MOD), (tk.PLUS_EQUAL, expr.ADD),
        (tk.MINUS_EQUAL, expr.SUB), (tk.SHIFT_LEFT_EQUAL, expr.SHL), (tk.SHIFT_RIGHT_EQUAL, expr.SHR),
        (tk.AMP_EQUAL, expr.AND), (tk.CARET_EQUAL, expr.XOR), (tk.PIPE_EQUAL, expr.OR),
    )  # fmt: skip
    for id, op in compounds:
        _COMPOUND[id] = op
    starters = (
        tk.K_CHAR, tk.K_CONST, tk.K_DOUBLE, tk.K_ENUM, tk.K_FLOAT, tk.K_INT, tk.K_LONG, tk.K_SHORT, tk.K_SIGNED,
        tk.K_STRUCT, tk.K_UNION, tk.K_UNSIGNED, tk.K_VOID, tk.K_VOLATILE, tk.K_RESTRICT, tk.K_BOOL, tk.K_COMPLEX,
        tk.K_IMAGINARY, tk.K_ATOMIC, tk.K_TYPEOF, tk.K_TYPEOF_UNQUAL, tk.K_INT128, tk.K_FLOAT16, tk.K_FLOAT32,
        tk.K_FLOAT64, tk.K_FLOAT128, tk.K_FLOAT32X, tk.K_FLOAT64X, tk.K_DECIMAL32, tk.K_DECIMAL64, tk.K_DECIMAL128,
        tk.K_ATTRIBUTE, tk.K_BITINT, tk.K_SEG_FS, tk.K_SEG_GS, tk.K_AUTO_TYPE, tk.K_ALIGNAS,
    )  # fmt: skip
    for id in starters:
        _TYPE_START[id] = True


_fill_tables()

_ASSOCIATES: Final = (tk.K_SIZEOF, tk.K_ALIGNOF, tk.K_GNU_ALIGNOF)


class ExpressionParser(Cursor):
    def __init__(self, context: Context, tokens: list[tk.Token]) -> None:
        super().__init__(context, tokens)
        self.literals: Final = Literals(context)

    # --- what subclasses add ----------------------------------------------------------------------------------------

    def type_name(self) -> CType:
        """Parses a type-name; its hidden lengths are left pending."""
        raise AssertionError("abstract")

    def braced_initializer(self) -> RawInitializer:
        raise AssertionError("abstract")

    def statement_expression(self, start: int) -> Expr:
        raise AssertionError("abstract")

    def keyword_expression(self, id: int) -> Expr:
        """A primary expression that begins with a keyword."""
        raise AssertionError("abstract")

    def starts_type(self) -> bool:
        """Whether a type-name or declaration begins at the cursor (storage classes not counted)."""
        token = self.token
        if token.kind != tk.IDENT:
            return False
        if token.id:
            return _TYPE_START[token.id]
        symbol = self.cx.scopes.lookup(token.text)
        return symbol is not None and symbol.kind == TYPEDEF

    def next_starts_type(self) -> bool:
        """The same question of the token after the cursor."""
        token = self.tokens[self.pos + 1]
        if token.kind != tk.IDENT:
            return False
        if token.id:
            if token.id == tk.K_EXTENSION:
                return self._after_extension_is_type()
            return _TYPE_START[token.id]
        symbol = self.cx.scopes.lookup(token.text)
        return symbol is not None and symbol.kind == TYPEDEF

    def _after_extension_is_type(self) -> bool:
        at = self.pos
        index = at + 1
        while self.tokens[index].id == tk.K_EXTENSION:
            index += 1
        self.seek(index)
        result = self.starts_type()
        self.seek(at)
        return result

    # --- expressions ------------------------------------------------------------------------------------------------

    def expression(self) -> Expr:
        return self._commas(self.assignment())

    def _commas(self, left: Expr) -> Expr:
        while self.token.id == tk.COMMA:
            at = self.pos
            self.advance()
            left = operators.comma(self.cx, left, self.assignment(), at)
        return left

    def assignment(self) -> Expr:
        return self._assignments(self.conditional())

    def _assignments(self, left: Expr) -> Expr:
        id = self.token.id
        if id < tk.EQUAL or id > tk.PIPE_EQUAL:
            return left
        targets: list[Expr] = []
        places: list[int] = []
        ids: list[int] = []
        while tk.EQUAL <= id <= tk.PIPE_EQUAL:
            targets.append(left)
            places.append(self.pos)
            ids.append(id)
            self.advance()
            left = self.conditional()
            id = self.token.id
        for index in range(len(targets) - 1, -1, -1):
            id = ids[index]
            if id == tk.EQUAL:
                left = operators.assign(self.cx, targets[index], left, places[index])
            else:
                left = operators.compound_assign(self.cx, _COMPOUND[id], targets[index], left, places[index])
        return left

    def conditional(self) -> Expr:
        return self._conditionals(self.unary())

    def _conditionals(self, left: Expr) -> Expr:
        if _PRECEDENCE[self.token.id]:
            left = self._climb(left, 1)
        if self.token.id != tk.QUESTION:
            return left
        tests: list[Expr] = []
        thens: list[Expr | None] = []
        places: list[int] = []
        while self.token.id == tk.QUESTION:
            at = self.pos
            places.append(at)
            tests.append(condition(self.cx, left, at))
            self.advance()
            if self.token.id == tk.COLON:
                self.cx.pedantic("pedantic", at, "ISO C forbids omitting the middle term of a '?:' expression")
                thens.append(None)
            else:
                self.deepen()
                thens.append(self.expression())
                self.depth -= 1
            self.expect(tk.COLON, ":")
            left = self.unary()
            if _PRECEDENCE[self.token.id]:
                left = self._climb(left, 1)
        for index in range(len(tests) - 1, -1, -1):
            left = operators.conditional(self.cx, tests[index], thens[index], left, places[index])
        return left

    def _climb(self, left: Expr, lowest: int) -> Expr:
        """Binary operators of at least the precedence `lowest` after `left`."""
        precedence = _PRECEDENCE[self.token.id]
        while precedence >= lowest and precedence:
            at = self.pos
            op = _OPERATOR[self.token.id]
            self.pos = at + 1
            self.token = self.tokens[at + 1]
            right = self.unary()
            following = _PRECEDENCE[self.token.id]
            if following > precedence:
                right = self._climb(right, precedence + 1)
            if op >= 0:
                left = operators.binary(self.cx, op, left, right, at)
            else:
                left = operators.logical(self.cx, op == -1, left, right, at)
            precedence = _PRECEDENCE[self.token.id]
        return left

    def constant_expression(self) -> Expr:
        return self.conditional()

    # --- prefix -----------------------------------------------------------------------------------------------------

    def unary(self) -> Expr:
        """A cast-expression: casts and prefix operators, then postfix."""
        token = self.token
        id = token.id
        if id == 0 or id > tk.AMP_AMP:
            if id < tk.K_SIZEOF:
                return self._postfix(self._primary())
            return self._keyword_prefix(id)
        if id == tk.LPAREN:
            if self.next_starts_type():
                return self._cast_or_literal()
            return self._postfix(self._primary())
        return self._prefix_operator(id)

    def _prefix_operator(self, id: int) -> Expr:
        cx = self.cx
        at = self.pos
        if id == tk.AMP_AMP:
            self.advance()
            name = self.expect_identifier()
            return label_address(cx, name, at, self.pos)
        if id not in (tk.STAR, tk.AMP, tk.MINUS, tk.BANG, tk.TILDE, tk.PLUS, tk.PLUS_PLUS, tk.MINUS_MINUS):
            return self._postfix(self._primary())
        self.advance()
        self.deepen()
        operand = self.unary()
        self.depth -= 1
        if id == tk.STAR:
            return postfix.dereference(cx, operand, at, at, operand.end)
        if id == tk.AMP:
            return postfix.address_of(cx, operand, at, operand.end)
        if id == tk.MINUS:
            return operators.minus(cx, operand, at)
        if id == tk.BANG:
            return operators.logical_not(cx, operand, at)
        if id == tk.TILDE:
            return operators.bit_not(cx, operand, at)
        if id == tk.PLUS:
            return operators.plus(cx, operand, at)
        op = expr.ADD if id == tk.PLUS_PLUS else expr.SUB
        return operators.increment(cx, op, operand, False, at, at, operand.end)

    def _keyword_prefix(self, id: int) -> Expr:
        cx = self.cx
        at = self.pos
        if id == tk.K_SIZEOF:
            return self._sizeof()
        if id == tk.K_ALIGNOF or id == tk.K_GNU_ALIGNOF:
            return self._alignof()
        if id == tk.K_EXTENSION:
            self.advance()
            self.deepen()
            operand = self.unary()
            self.depth -= 1
            return operand
        if id == tk.K_REAL or id == tk.K_IMAG:
            self.advance()
            self.deepen()
            operand = self.unary()
            self.depth -= 1
            return operators.real_or_imaginary(cx, expr.REAL if id == tk.K_REAL else expr.IMAG, operand, at)
        return self._postfix(self._primary())

    def _parenthesised_type(self) -> CType:
        """( type-name )"""
        self.expect(tk.LPAREN, "(")
        self.deepen()
        type = self.type_name()
        self.depth -= 1
        self.expect(tk.RPAREN, ")")
        return type

    def _cast_or_literal(self) -> Expr:
        cx = self.cx
        at = self.pos
        mark = len(cx.pending_lengths)
        type = self._parenthesised_type()
        if self.token.id == tk.LBRACE:
            return self._postfix(self._compound_literal(type, at))
        lengths = postfix.take_lengths(cx, mark)
        self.deepen()
        operand = self.unary()
        self.depth -= 1
        node = cast(cx, operand, type, at, operand.end, at)
        return postfix.with_lengths(cx, node, lengths) if lengths else node

    def _compound_literal(self, type: CType, start: int) -> Expr:
        """(type){ ... } (C17 6.5.2.5)"""
        cx = self.cx
        raw = self.braced_initializer()
        end = self.pos
        if type.kind in (ctypes.FUNCTION, ctypes.VOID) or not is_complete(innermost_element(type)):
            if type.kind != ctypes.ERROR:
                word = "function" if type.kind == ctypes.FUNCTION else "incomplete"
                cx.error(start, "compound literal has {} type", word)
            return error_expr(cx, start, end)
        is_static = cx.function is None
        variable = cx.new_variable("", type, start, end, decl.STATIC if is_static else decl.AUTOMATIC)
        initializer, completed = initialize(cx, type, raw, is_static)
        if initializer is None:
            return error_expr(cx, start, end)
        variable.type = completed
        variable.initializer = initializer
        variable.is_defined = True
        variable.is_used = True
        if is_static:
            variable.symbol = cx.static_symbol("__compound_literal")
            cx.unit.variables.append(variable)
            cx.unit.items.append(variable)
        return CompoundLiteral(completed, start, end, variable)

    def _sizeof(self) -> Expr:
        cx = self.cx
        at = self.pos
        self.advance()
        mark = len(cx.pending_lengths)
        cx.constant_depth += 1
        self.deepen()
        operand: Expr | None = None
        if self.token.id == tk.LPAREN and self.next_starts_type():
            start = self.pos
            type = self._parenthesised_type()
            if self.token.id == tk.LBRACE:
                operand = self._postfix(self._compound_literal(type, start))
                type = operand.type
        else:
            operand = self.unary()
            type = operand.type
        self.depth -= 1
        cx.constant_depth -= 1
        lengths = postfix.take_lengths(cx, mark)
        node = postfix.size_of(cx, type, operand, at, at, self.pos)
        return postfix.with_lengths(cx, node, lengths) if lengths else node

    def _alignof(self) -> Expr:
        cx = self.cx
        at = self.pos
        spelling = self.token.text
        self.advance()
        cx.constant_depth += 1
        self.deepen()
        operand: Expr | None = None
        if self.token.id == tk.LPAREN and self.next_starts_type():
            mark = len(cx.pending_lengths)
            type = self._parenthesised_type()
            postfix.take_lengths(cx, mark)
        else:
            operand = self.unary()
            type = operand.type
        self.depth -= 1
        cx.constant_depth -= 1
        return postfix.align_of(cx, type, operand, at, at, self.pos, spelling)

    # --- postfix ----------------------------------------------------------------------------------------------------

    def _postfix(self, node: Expr) -> Expr:
        cx = self.cx
        while True:
            id = self.token.id
            if id == 0 or id > tk.MINUS_MINUS:
                return node
            at = self.pos
            if id == tk.LPAREN:
                arguments = self.arguments()
                node = postfix.call(cx, node, arguments, at, self.pos)
                node = builtins.library_call(cx, node)
            elif id == tk.LBRACKET:
                self.advance()
                self.deepen()
                index = self.expression()
                self.depth -= 1
                self.expect(tk.RBRACKET, "]")
                node = postfix.subscript(cx, node, index, at, self.pos)
            elif id == tk.ARROW or id == tk.DOT:
                self.advance()
                if self.token.kind != tk.IDENT:
                    raise self.syntax_error("expected identifier")
                name = self.expect_identifier()
                if id == tk.ARROW:
                    node = postfix.arrow(cx, node, name, at, self.pos)
                else:
                    node = postfix.member(cx, node, name, at, node.start, self.pos)
            elif id == tk.PLUS_PLUS or id == tk.MINUS_MINUS:
                self.advance()
                op = expr.ADD if id == tk.PLUS_PLUS else expr.SUB
                node = operators.increment(cx, op, node, True, at, node.start, self.pos)
            else:
                return node

    def arguments(self) -> list[Expr]:
        """( argument, ... ) with both parentheses."""
        self.advance()
        result: list[Expr] = []
        if self.accept(tk.RPAREN):
            return result
        self.deepen()
        result.append(self.assignment())
        while self.accept(tk.COMMA):
            result.append(self.assignment())
        self.depth -= 1
        self.expect(tk.RPAREN, ")")
        return result

    # --- primary ----------------------------------------------------------------------------------------------------

    def _primary(self) -> Expr:
        token = self.token
        kind = token.kind
        at = self.pos
        if kind == tk.IDENT:
            if token.id:
                return self.keyword_expression(token.id)
            return self._identifier(token)
        if kind == tk.PP_NUMBER:
            self.advance()
            return self.literals.number(token, at)
        if kind == tk.STRING:
            return self.string()
        if kind == tk.CHAR:
            self.advance()
            return self.literals.character(token, at)
        if token.id == tk.LPAREN:
            return self._parenthesised()
        if kind == tk.OTHER:
            self.cx.error(at, "stray '{}' in program", token.text)
            self.advance()
            return self._primary()
        raise self.syntax_error("expected expression")

    def _parenthesised(self) -> Expr:
        """( expression ), or a statement expression. Parentheses directly inside one another do not recurse: each
        closes upon an operand, after which the expression of the next outer one goes on."""
        outer: list[int] = []
        at = self.pos
        self.advance()
        while self.token.id == tk.LPAREN and not self.next_starts_type():
            outer.append(at)
            at = self.pos
            self.advance()
        self.deepen()
        if self.token.id == tk.LBRACE:
            node = self.statement_expression(at)
        else:
            node = self.expression()
            self.expect(tk.RPAREN, ")")
        while outer:
            node.start = at
            node.end = self.pos
            at = outer.pop()
            node = self._commas(self._assignments(self._conditionals(self._postfix(node))))
            self.expect(tk.RPAREN, ")")
        self.depth -= 1
        node.start = at
        node.end = self.pos
        return node

    def string(self) -> Expr:
        """Adjacent string literals as one constant."""
        start = self.pos
        parts: list[tk.Token] = []
        while self.token.kind == tk.STRING:
            parts.append(self.token)
            self.advance()
        return self.literals.string(parts, start, self.pos)

    def _identifier(self, token: tk.Token) -> Expr:
        cx = self.cx
        at = self.pos
        symbol = cx.scopes.lookup(token.text)
        self.pos = at + 1
        self.token = self.tokens[at + 1]
        if symbol is not None:
            entity = symbol.entity
            if entity is not None:
                if not entity.is_used and cx.constant_depth == 0:
                    cx.reference(entity)
                if entity.attributes.unavailable:
                    refuse_unavailable(cx, entity, at)
                return Name(entity.type, at, at + 1, entity)
            if symbol.kind == ENUMERATOR:
                return IntegerConstant(symbol.type, at, at + 1, symbol.value)
            self.seek(at)
            raise self.syntax_error("expected expression")
        name = token.text
        if builtins.is_builtin(cx, name):
            if self.token.id == tk.LPAREN:
                arguments = self.arguments()
                return builtins.call_builtin(cx, name, arguments, at, self.pos)
            return builtins.builtin_name(cx, name, at)
        if self.token.id == tk.LPAREN:
            function = builtins.implicit_library_function(cx, name, at)
            if function is None:
                function = implicit_function(cx, name, at)
            cx.reference(function)
            return Name(function.type, at, at + 1, function)
        return undeclared(cx, name, at)
