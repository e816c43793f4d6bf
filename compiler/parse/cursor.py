"""The token cursor: looking, advancing, expecting, and recovering from syntax errors.

Invariant: `token` is tokens[pos], and the list ends in an EOF token that is never passed. A syntax error is reported
once and unwinds as SyntaxProblem to the nearest declaration or statement, which skips to a place where it can go on.
Nesting of any kind is counted by `deepen`, so that no input exhausts the stack.
"""

from __future__ import annotations

from typing import Final

from compiler.lex import tokens as tk
from compiler.lex.tokens import Token
from compiler.sema.context import Context

# Levels of parentheses, braces, prefix operators and statements inside one another.
NESTING_LIMIT: Final = 1000


class SyntaxProblem(Exception):
    """A syntax error that has been reported; the construct is abandoned."""


def token_description(token: Token) -> str:
    """As gcc names the token it stumbled on: `before 'x'`, `at end of input`."""
    kind = token.kind
    if kind == tk.EOF:
        return "at end of input"
    if kind == tk.IDENT:
        return f"before '{token.text}'"
    if kind == tk.PP_NUMBER or kind == tk.CHAR:
        return "before numeric constant" if kind == tk.PP_NUMBER else f"before {token.text}"
    if kind == tk.STRING:
        return "before string constant"
    return f"before '{token.text}' token"


class Cursor:
    def __init__(self, context: Context, tokens: list[Token]) -> None:
        self.cx: Final[Context] = context
        self.tokens: Final[list[Token]] = tokens
        self.pos = 0
        self.token: Token = tokens[0]
        self.depth = 0

    # --- moving -----------------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """To the next token; stays on EOF."""
        if self.token.kind != tk.EOF:
            self.pos += 1
            self.token = self.tokens[self.pos]

    def seek(self, pos: int) -> None:
        self.pos = pos
        self.token = self.tokens[pos]

    def accept(self, id: int) -> bool:
        """Passes the punctuator or keyword if it is there."""
        if self.token.id == id:
            self.pos += 1
            self.token = self.tokens[self.pos]
            return True
        return False

    def peek(self, distance: int = 1) -> Token:
        index = self.pos + distance
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def deepen(self) -> None:
        """One more level of nesting; `self.depth -= 1` undoes it."""
        self.depth += 1
        if self.depth > NESTING_LIMIT:
            raise self.cx.sink.fatal(self.token.span(), "nesting is too deep: more than {} levels", NESTING_LIMIT)

    # --- errors -----------------------------------------------------------------------------------------------------

    def syntax_error(self, message: str) -> SyntaxProblem:
        """Reports `message` before the current token: `raise self.syntax_error("expected expression")`."""
        self.cx.error(self.pos, "{} {}", message, token_description(self.token))
        return SyntaxProblem(message)

    def expect(self, id: int, spelling: str) -> None:
        """Passes a token that must be there."""
        if self.token.id == id:
            self.pos += 1
            self.token = self.tokens[self.pos]
            return
        raise self.missing(spelling)

    def missing(self, spelling: str) -> SyntaxProblem:
        """A single token is missing: gcc points behind the previous one, where it should be inserted, unless that came
        out of a macro."""
        at = self.pos - 1 if self.pos > 0 and self.tokens[self.pos - 1].origin is None else self.pos
        self.cx.error(at, "expected '{}' {}", spelling, token_description(self.token))
        return SyntaxProblem(spelling)

    def expect_semicolon(self) -> None:
        """A missing semicolon at the end of a line is reported and taken as there."""
        if self.token.id == tk.SEMICOLON:
            self.pos += 1
            self.token = self.tokens[self.pos]
            return
        problem = self.missing(";")
        if self.token.flags & tk.BOL or self.token.id == tk.RBRACE or self.token.kind == tk.EOF:
            return
        raise problem

    def expect_identifier(self) -> str:
        token = self.token
        if token.kind == tk.IDENT and token.id == 0:
            self.advance()
            return token.text
        raise self.syntax_error("expected identifier")

    # --- recovery ---------------------------------------------------------------------------------------------------

    def skip_balanced(self) -> None:
        """Past the bracket at the cursor and what it encloses."""
        opens = 0
        while self.token.kind != tk.EOF:
            id = self.token.id
            if id == tk.LPAREN or id == tk.LBRACE or id == tk.LBRACKET:
                opens += 1
            elif id == tk.RPAREN or id == tk.RBRACE or id == tk.RBRACKET:
                opens -= 1
            self.advance()
            if opens <= 0:
                return

    def skip_statement(self) -> None:
        """Past the next semicolon or braced block at this level, or to the brace that closes the enclosing block."""
        while self.token.kind != tk.EOF:
            id = self.token.id
            if id == tk.SEMICOLON:
                self.advance()
                return
            if id == tk.RBRACE:
                return
            if id == tk.LBRACE:
                self.skip_balanced()
                return
            self.advance()

    def skip_declaration(self) -> None:
        """Past the end of a file-scope declaration or function body."""
        while self.token.kind != tk.EOF:
            id = self.token.id
            if id == tk.SEMICOLON:
                self.advance()
                return
            if id == tk.LBRACE:
                self.skip_balanced()
                if self.token.id == tk.SEMICOLON:
                    self.advance()
                return
            self.advance()
