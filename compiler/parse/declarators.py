"""Attributes, declarators, parameter lists and type names (C17 6.7.6, 6.7.7)."""

from __future__ import annotations

from compiler.lex import tokens as tk
from compiler.parse.cursor import NESTING_LIMIT
from compiler.parse.keywords import KeywordParser
from compiler.sema.attributes import AttributeArgument, ParsedAttribute
from compiler.sema.declarations import NONE, REGISTER_STORAGE, Specifiers, old_style_parameter
from compiler.sema.declarators import (
    ArrayPiece,
    Declarator,
    FunctionPiece,
    Piece,
    PointerPiece,
    make_parameter,
    make_type,
)
from compiler.sema.scope import ENTITY, TYPEDEF, Symbol
from compiler.syntax import decl
from compiler.syntax.decl import Variable
from compiler.syntax.expr import Expr, StringConstant
from compiler.types import ctypes
from compiler.types.ctypes import CType

_QUALIFIERS: dict[int, int] = {
    tk.K_CONST: ctypes.CONST,
    tk.K_VOLATILE: ctypes.VOLATILE,
    tk.K_RESTRICT: ctypes.RESTRICT,
    tk.K_ATOMIC: ctypes.ATOMIC,
}


def plain_attribute_name(text: str) -> str:
    """`__packed__` is `packed`."""
    if len(text) > 4 and text.startswith("__") and text.endswith("__"):
        return text[2:-2]
    return text


class DeclaratorParser(KeywordParser):
    # --- what subclasses add ----------------------------------------------------------------------------------------

    def specifiers(self, allow_storage: bool) -> Specifiers:
        raise AssertionError("abstract")

    # --- attributes -------------------------------------------------------------------------------------------------

    def attributes(self, into: list[ParsedAttribute]) -> None:
        """Any number of __attribute__((...))."""
        while self.token.id == tk.K_ATTRIBUTE:
            self.advance()
            self.expect(tk.LPAREN, "(")
            self.expect(tk.LPAREN, "(")
            while self.token.id != tk.RPAREN:
                if self.accept(tk.COMMA):
                    continue
                if self.token.kind != tk.IDENT:
                    raise self.missing(")")
                into.append(self._attribute())
                if self.token.id not in (tk.COMMA, tk.RPAREN):
                    raise self.missing(")")
            self.expect(tk.RPAREN, ")")
            self.expect(tk.RPAREN, ")")

    def _attribute(self) -> ParsedAttribute:
        at = self.pos
        name = plain_attribute_name(self.token.text)
        self.advance()
        arguments: list[AttributeArgument] = []
        if self.token.id != tk.LPAREN:
            return ParsedAttribute(name, arguments, False, at)
        self.advance()
        while self.token.id != tk.RPAREN:
            arguments.append(self._attribute_argument(name))
            if not self.accept(tk.COMMA):
                break
        self.expect(tk.RPAREN, ")")
        return ParsedAttribute(name, arguments, True, at)

    def _attribute_argument(self, name: str) -> AttributeArgument:
        """An identifier stays one where the attribute wants a word, or where nothing of that name is declared."""
        token = self.token
        if token.kind == tk.IDENT and self.peek().id in (tk.COMMA, tk.RPAREN):
            words = ("mode", "format", "cleanup", "access", "copy", "malloc")
            if token.id or name in words or self.cx.scopes.lookup(token.text) is None:
                self.advance()
                return AttributeArgument(token.text, None)
        if self.starts_type():
            self.type_name()
            return AttributeArgument("", None)
        if name == "malloc" and token.kind == tk.IDENT:
            self.advance()
            return AttributeArgument(token.text, None)
        self.cx.constant_depth += 1
        value = self.assignment()
        self.cx.constant_depth -= 1
        return AttributeArgument("", value)

    def asm_label(self) -> str:
        """asm("name") behind a declarator; empty if there is none."""
        if self.token.id != tk.K_ASM:
            return ""
        self.advance()
        self.expect(tk.LPAREN, "(")
        if self.token.kind != tk.STRING:
            raise self.syntax_error("expected string literal")
        text = self.asm_string()
        self.expect(tk.RPAREN, ")")
        return text

    def asm_string(self) -> str:
        """A string literal as text."""
        if self.token.kind != tk.STRING:
            raise self.syntax_error("expected string literal")
        at = self.pos
        node = self.string()
        assert isinstance(node, StringConstant)
        if isinstance(node.type, ctypes.ArrayType) and node.type.element is not self.cx.types.char:
            self.cx.error(at, "a wide string is invalid in this context")
            return ""
        return node.data[:-1].decode("utf-8", "surrogateescape")

    # --- declarators ------------------------------------------------------------------------------------------------

    def type_name(self) -> CType:
        specifiers = self.specifiers(False)
        id = self.token.id
        if id == tk.RPAREN or id == tk.COMMA:
            return specifiers.type
        declarator = self.declarator(True, False)
        return make_type(self.cx, specifiers.type, declarator)

    def declarator(self, abstract: bool, concrete: bool) -> Declarator:
        """A declarator; `abstract` and `concrete` say whether it may lack and may have a name."""
        result = Declarator(self.pos, self.pos)
        result.at = -1
        self._declarator(result, result.pieces, abstract, concrete)
        if len(result.pieces) > NESTING_LIMIT:
            raise self.cx.sink.fatal(
                self.tokens[result.start].span(), "nesting is too deep: more than {} levels", NESTING_LIMIT
            )
        if result.at < 0:
            result.at = min(result.start, self.pos)
        result.end = self.pos
        return result

    def _declarator(self, result: Declarator, pieces: list[Piece], abstract: bool, concrete: bool) -> None:
        """Appends the pieces in the order of their application: pointers, suffixes last to first, the inner part."""
        token = self.token
        while token.id == tk.STAR or token.id == tk.K_ATTRIBUTE:
            if token.id == tk.K_ATTRIBUTE:
                # These belong to the declared entity (or its type) as a whole.
                self.attributes(result.attributes)
            else:
                at = self.pos
                self.advance()
                pieces.append(PointerPiece(at, self.qualifiers()))
            token = self.token
        inner: list[Piece] = []
        if token.kind == tk.IDENT and token.id == 0 and concrete:
            result.name = token.text
            result.at = self.pos
            self.advance()
        elif token.id == tk.LPAREN and self._opens_declarator(abstract, concrete):
            self.advance()
            self.deepen()
            self._declarator(result, inner, abstract, concrete)
            self.depth -= 1
            self.expect(tk.RPAREN, ")")
        elif not abstract:
            raise self.syntax_error("expected identifier or '('")
        suffixes: list[Piece] = []
        while True:
            if self.token.id == tk.LBRACKET:
                suffixes.append(self._array_suffix())
            elif self.token.id == tk.LPAREN:
                suffixes.append(self._function_suffix())
            else:
                break
        for index in range(len(suffixes) - 1, -1, -1):
            pieces.append(suffixes[index])
        pieces += inner

    def _opens_declarator(self, abstract: bool, concrete: bool) -> bool:
        """Whether `(` begins a nested declarator rather than a parameter list."""
        if not abstract:
            return True
        token = self.tokens[self.pos + 1]
        id = token.id
        if id in (tk.STAR, tk.LPAREN, tk.LBRACKET, tk.K_ATTRIBUTE):
            return id != tk.K_ATTRIBUTE or not self._attribute_then_type()
        if id == tk.CARET:
            return False
        if token.kind == tk.IDENT and id == 0 and concrete:
            symbol = self.cx.scopes.lookup(token.text)
            return symbol is None or symbol.kind != TYPEDEF
        return False

    def _attribute_then_type(self) -> bool:
        """Whether what follows the attributes after `(` is a parameter's type."""
        index = self.pos + 1
        while self.tokens[index].id == tk.K_ATTRIBUTE:
            index += 1
            opens = 0
            while self.tokens[index].kind != tk.EOF:
                if self.tokens[index].id == tk.LPAREN:
                    opens += 1
                elif self.tokens[index].id == tk.RPAREN:
                    opens -= 1
                index += 1
                if opens == 0:
                    break
        at = self.pos
        self.seek(index)
        result = self.starts_type()
        self.seek(at)
        return result

    def qualifiers(self) -> int:
        """Qualifiers (and attributes, which are passed over) behind a star or in brackets."""
        result = 0
        while True:
            id = self.token.id
            bit = _QUALIFIERS.get(id, 0)
            if bit:
                result |= bit
                self.advance()
            elif id == tk.K_ATTRIBUTE:
                ignored: list[ParsedAttribute] = []
                self.attributes(ignored)
            else:
                return result

    def _array_suffix(self) -> Piece:
        at = self.pos
        self.advance()
        is_static = self.accept(tk.K_STATIC)
        qualifiers = self.qualifiers()
        is_static = self.accept(tk.K_STATIC) or is_static
        size: Expr | None = None
        is_star = False
        if self.token.id == tk.STAR and self.peek().id == tk.RBRACKET:
            self.advance()
            is_star = True
        elif self.token.id != tk.RBRACKET:
            self.deepen()
            size = self.assignment()
            self.depth -= 1
        self.expect(tk.RBRACKET, "]")
        return ArrayPiece(at, size, is_star, is_static, qualifiers)

    def _function_suffix(self) -> Piece:
        """( parameter-type-list or identifier-list )"""
        cx = self.cx
        piece = FunctionPiece(self.pos)
        self.advance()
        self.deepen()
        cx.scopes.enter()
        mark = len(cx.pending_lengths)
        try:
            self._parameters(piece)
        finally:
            piece.lengths = cx.pending_lengths[mark:]
            del cx.pending_lengths[mark:]
            piece.tags = list(cx.scopes.declared_tags[-1])
            piece.symbols = cx.scopes.leave()
            self.depth -= 1
        self.expect(tk.RPAREN, ")")
        return piece

    def _parameters(self, piece: FunctionPiece) -> None:
        if self.token.id == tk.RPAREN:
            piece.has_prototype = self.cx.options.language.version >= 2023
            return
        if self.token.id == tk.K_VOID and self.peek().id == tk.RPAREN:
            self.advance()
            piece.has_prototype = True
            return
        if self.token.kind == tk.IDENT and self.token.id == 0 and not self.starts_type():
            if self.peek().id in (tk.COMMA, tk.RPAREN):
                self._identifier_list(piece)
                return
        piece.has_prototype = True
        while True:
            if self.token.id == tk.ELLIPSIS:
                if not piece.parameters:
                    self.cx.error(self.pos, "ISO C requires a named argument before '...'")
                self.advance()
                piece.variadic = True
                break
            piece.parameters.append(self._parameter(len(piece.parameters)))
            if self.token.id == tk.SEMICOLON:  # GNU forward declaration of parameters
                self.cx.error(self.pos, "forward declarations of parameters are not supported")
                raise self.syntax_error("expected ')'")
            if not self.accept(tk.COMMA):
                break
        if len(piece.parameters) == 1 and not piece.variadic:
            only = piece.parameters[0]
            if only.type.kind == ctypes.VOID and not only.name:
                if only.type.qualifiers:
                    self.cx.error(only.start, "'void' as only parameter may not be qualified")
                piece.parameters = []

    def _identifier_list(self, piece: FunctionPiece) -> None:
        while True:
            at = self.pos
            name = self.expect_identifier()
            if any(name == other for other, _ in piece.identifiers):
                self.cx.error(at, "redefinition of parameter '{}'", name)
            piece.identifiers.append((name, at))
            if not self.accept(tk.COMMA):
                return

    def _parameter(self, index: int) -> Variable:
        cx = self.cx
        if not self.starts_type() and self.token.id not in (tk.K_REGISTER, tk.K_EXTENSION):
            if self.token.kind == tk.IDENT and self.token.id == 0:
                cx.error(self.pos, "unknown type name '{}'", self.token.text)
                at = self.pos
                self.advance()
                declarator = self.declarator(True, True)
                variable = old_style_parameter(cx, declarator.name, at)
                variable.type = cx.types.error
                if declarator.name and cx.scopes.lookup_here(declarator.name) is None:
                    cx.scopes.declare(Symbol(ENTITY, declarator.name, variable.type, variable, 0, at))
                return variable
            raise self.syntax_error("expected declaration specifiers or '...'")
        specifiers = self.specifiers(True)
        if specifiers.storage not in (NONE, REGISTER_STORAGE) or specifiers.is_inline:
            cx.error(specifiers.start, "storage class specified for parameter")
        declarator = self.declarator(True, True)
        if not declarator.name:
            declarator.at = specifiers.start
        attributes: list[ParsedAttribute] = list(specifiers.attributes)
        attributes += declarator.attributes
        self.attributes(attributes)
        variable = make_parameter(cx, specifiers.type, declarator, attributes)
        if specifiers.align:
            cx.error(specifiers.start, "alignment specified for parameter '{}'", declarator.name)
        if specifiers.storage == REGISTER_STORAGE:
            variable.storage = decl.PARAMETER
        for attribute in attributes:
            if attribute.name in ("unused", "maybe_unused"):
                variable.attributes.unused = True
        name = declarator.name
        if name:
            if cx.scopes.lookup_here(name) is not None:
                cx.error(declarator.at, "redefinition of parameter '{}'", name)
            else:
                cx.scopes.declare(Symbol(ENTITY, name, variable.type, variable, 0, declarator.at))
        return variable
