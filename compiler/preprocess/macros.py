"""Macro definitions: the record, parsing of `#define` lines, comparison and printing.

Invariant: a body holds no `#` or `##` operators any more: they are flags (STRINGIFY on a parameter, PASTE_LEFT on the
left operand), and a parameter is a MACRO_ARG token whose `id` is its index, so expansion never looks names up.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.tokens import (
    BOL,
    CHAR,
    COMMA,
    COMMENT,
    ELLIPSIS,
    HASH,
    HASH_HASH,
    IDENT,
    LPAREN,
    MACRO_ARG,
    NO_EXPAND,
    PASTE_LEFT,
    PP_NUMBER,
    RPAREN,
    SPACE_BEFORE,
    STRING,
    STRINGIFY,
    VA_OPT_GROUP,
    Token,
)
from compiler.source.diagnostics import Sink

# What a name in the macro table is.
OBJECT_LIKE: Final = 0
FUNCTION_LIKE: Final = 1
POISONED: Final = 2  # using the name is an error
ONLY_VARIADIC: Final = 3  # __VA_ARGS__, __VA_OPT__ outside a variadic macro's body
BUILTIN: Final = 4  # `builtin` says which


@final
class GroupToken(Token):
    """`__VA_OPT__ ( tokens )` in a macro body."""

    __slots__ = ("tokens",)

    def __init__(self, pos: int, flags: int, tokens: list[Token]) -> None:
        super().__init__(VA_OPT_GROUP, "__VA_OPT__", pos, flags, None, 0)
        self.tokens = tokens


@final
class Macro:
    """`pos`: where it was defined, -1 for predefined ones. `expanding`: its expansion is being rescanned (C17
    6.10.3.4p2). `simple`: no name and no `##` in the body, so nothing can happen on rescanning."""

    __slots__ = (
        "body",
        "builtin",
        "expanding",
        "kind",
        "name",
        "named_variadic",
        "needs_expansion",
        "parameters",
        "pos",
        "simple",
        "system",
        "variadic",
    )

    def __init__(
        self, name: str, kind: int, parameters: list[str], variadic: bool, body: list[Token], pos: int
    ) -> None:
        self.name = name
        self.kind = kind
        self.parameters = parameters
        self.variadic = variadic
        self.named_variadic = False  # `args...`
        self.body = body
        self.pos = pos
        self.builtin = 0
        self.expanding = False
        self.system = False
        self.simple: bool = True
        self.needs_expansion: list[bool] = []
        if kind == OBJECT_LIKE or kind == FUNCTION_LIKE:
            self._summarize()

    def _summarize(self) -> None:
        for token in self.body:
            if token.kind == IDENT or token.flags & PASTE_LEFT or token.kind == MACRO_ARG or token.kind == VA_OPT_GROUP:
                self.simple = False
        self.needs_expansion = [False] * len(self.parameters)
        self._mark_uses(self.body)

    def _mark_uses(self, body: list[Token]) -> None:
        """An argument is macro-expanded only where it is no operand of `#` or `##` (C17 6.10.3.1p1)."""
        previous_pastes = False
        for token in body:
            if token.kind == MACRO_ARG:
                if not (token.flags & (STRINGIFY | PASTE_LEFT)) and not previous_pastes:
                    self.needs_expansion[token.id] = True
            elif isinstance(token, GroupToken):
                self._mark_uses(token.tokens)
                self.needs_expansion[len(self.parameters) - 1] = True  # whether it is empty is asked of the expansion
            previous_pastes = token.flags & PASTE_LEFT != 0


def object_macro(name: str, body: list[Token], pos: int = -1) -> Macro:
    return Macro(name, OBJECT_LIKE, [], False, body, pos)


class DefinitionParser:
    """Reads one `#define` line, from the macro's name on."""

    def __init__(self, tokens: list[Token], sink: Sink, allow_vaopt: bool, is_c99: bool) -> None:
        self.tokens = tokens
        self.sink = sink
        self.allow_vaopt = allow_vaopt
        self.is_c99 = is_c99
        self.index = 0
        self.parameters: list[str] = []
        self.variadic = False
        self.named_variadic = False
        self.failed = False

    def _fail(self, token: Token, format: str, *args: object) -> None:
        if not self.failed:
            self.sink.error(token.span(), format, *args)
        self.failed = True

    def parse(self) -> Macro | None:
        """None after an error that was reported."""
        name = self.tokens[0]
        self.index = 1
        kind = OBJECT_LIKE
        tokens = self.tokens
        if len(tokens) > 1 and tokens[1].id == LPAREN and not tokens[1].flags & SPACE_BEFORE:
            kind = FUNCTION_LIKE
            self.index = 2
            self._parameters(tokens[1])
        elif len(tokens) > 1 and not tokens[1].flags & SPACE_BEFORE:
            # C17 6.10.3p3 wants a blank there; gcc accepts it all the same.
            if self.is_c99:
                self.sink.pedantic("", tokens[1].span(), "ISO C99 requires whitespace after the macro name")
            else:
                self.sink.warning("", tokens[1].span(), "missing whitespace after the macro name")
        if self.failed:
            return None
        body = self._body(tokens, self.index, len(tokens), kind == FUNCTION_LIKE, False)
        if self.failed:
            return None
        macro = Macro(name.text, kind, self.parameters, self.variadic, body, name.pos)
        macro.named_variadic = self.named_variadic
        return macro

    def _parameters(self, opening: Token) -> None:
        tokens = self.tokens
        expect_name = True
        while self.index < len(tokens):
            token = tokens[self.index]
            self.index += 1
            if token.kind == COMMENT:
                continue
            if token.id == RPAREN and (not expect_name or not self.parameters):
                return
            if expect_name and token.kind == IDENT:
                if token.text == "__VA_ARGS__":
                    self.sink.warning(
                        "", token.span(), "__VA_ARGS__ can only appear in the expansion of a C99 variadic macro"
                    )
                if token.text in self.parameters:
                    self._fail(token, "duplicate macro parameter \"{}\"", token.text)
                    return
                self.parameters.append(token.text)
                expect_name = False
                if self.index < len(tokens) and tokens[self.index].id == ELLIPSIS:
                    self.index += 1
                    self.variadic = self.named_variadic = True
                    self._close()
                    return
            elif expect_name and token.id == ELLIPSIS:
                self.variadic = True
                self.parameters.append("__VA_ARGS__")
                self._close()
                return
            elif not expect_name and token.id == COMMA:
                expect_name = True
            elif expect_name:
                self._fail(token, "expected parameter name, found \"{}\"", token.text)
                return
            else:
                self._fail(token, "expected ',' or ')', found \"{}\"", token.text)
                return
        what = "parameter name" if expect_name else "')'"
        self._fail(opening, "expected {} before end of line", what)

    def _close(self) -> None:
        """After `...` only `)` may come."""
        if self.index >= len(self.tokens) or self.tokens[self.index].id != RPAREN:
            self._fail(self.tokens[self.index - 1], "expected ')' after \"...\"")
        self.index += 1

    def _body(self, tokens: list[Token], start: int, end: int, function_like: bool, in_group: bool) -> list[Token]:
        body: list[Token] = []
        index = start
        pending_hash: Token | None = None
        variadic = self.variadic
        while index < end and not self.failed:
            token = tokens[index]
            index += 1
            flags = token.flags & ~(BOL | NO_EXPAND)
            if token.kind == COMMENT:
                continue
            if token.id == HASH_HASH:
                if not body or pending_hash is not None:
                    where = "__VA_OPT__" if in_group else "a macro expansion"
                    self._fail(token, "'##' cannot appear at either end of {}", where)
                    return body
                last = body[-1]
                if last.flags & PASTE_LEFT:
                    continue  # `a ## ## b` pastes once
                body[-1] = with_flags(last, last.flags | PASTE_LEFT)
                continue
            if not body:
                flags &= ~SPACE_BEFORE
            if token.kind == IDENT and function_like and token.text in self.parameters:
                if pending_hash is not None:
                    flags = STRINGIFY | (pending_hash.flags & SPACE_BEFORE)
                    pending_hash = None
                body.append(Token(MACRO_ARG, token.text, token.pos, flags, None, self.parameters.index(token.text)))
                continue
            if token.kind == IDENT and token.text == "__VA_OPT__" and variadic and self.allow_vaopt:
                if in_group:
                    self._fail(token, "__VA_OPT__ may not appear in a __VA_OPT__")
                    return body
                closing = self._group_end(tokens, index, end, token)
                if self.failed:
                    return body
                if pending_hash is not None:
                    flags = STRINGIFY | (pending_hash.flags & SPACE_BEFORE)
                    pending_hash = None
                body.append(GroupToken(token.pos, flags, self._body(tokens, index + 1, closing, True, True)))
                index = closing + 1
                continue
            if pending_hash is not None:
                self._fail(pending_hash, "'#' is not followed by a macro parameter")
                return body
            if token.kind == IDENT and (token.text == "__VA_ARGS__" or token.text == "__VA_OPT__"):
                if token.text == "__VA_ARGS__" or self.allow_vaopt:
                    self.sink.warning(
                        "", token.span(), "{} can only appear in the expansion of a C99 variadic macro", token.text
                    )
            if token.id == HASH and function_like:
                pending_hash = token
                continue
            body.append(Token(token.kind, token.text, token.pos, flags, None, token.id))
        if pending_hash is not None:
            self._fail(pending_hash, "'#' is not followed by a macro parameter")
        elif body and body[-1].flags & PASTE_LEFT:
            where = "__VA_OPT__" if in_group else "a macro expansion"
            self._fail(tokens[end - 1], "'##' cannot appear at either end of {}", where)
        return body

    def _group_end(self, tokens: list[Token], index: int, end: int, name: Token) -> int:
        """The index of the parenthesis that closes a `__VA_OPT__` group."""
        if index >= end or tokens[index].id != LPAREN:
            self._fail(name, "__VA_OPT__ must be followed by an open parenthesis")
            return end
        depth = 0
        for at in range(index, end):
            if tokens[at].id == LPAREN:
                depth += 1
            elif tokens[at].id == RPAREN:
                depth -= 1
                if depth == 0:
                    return at
        self._fail(name, "unterminated __VA_OPT__")
        return end


def with_flags(token: Token, flags: int) -> Token:
    """A copy of a body token with other flags."""
    if isinstance(token, GroupToken):
        return GroupToken(token.pos, flags, token.tokens)
    return Token(token.kind, token.text, token.pos, flags, token.origin, token.id)


def same_definition(left: Macro, right: Macro) -> bool:
    """Whether a redefinition is allowed (C17 6.10.3p2)."""
    if left.kind != right.kind or left.parameters != right.parameters or left.variadic != right.variadic:
        return False
    return left.builtin == right.builtin and _same_body(left.body, right.body)


def _same_body(left: list[Token], right: list[Token]) -> bool:
    if len(left) != len(right):
        return False
    for index in range(len(left)):
        a = left[index]
        b = right[index]
        if a.kind != b.kind or a.text != b.text or (a.flags ^ b.flags) & (SPACE_BEFORE | PASTE_LEFT | STRINGIFY):
            return False
        if isinstance(a, GroupToken) and isinstance(b, GroupToken) and not _same_body(a.tokens, b.tokens):
            return False
    return True


def spell_body(body: list[Token]) -> str:
    parts: list[str] = []
    previous: Token | None = None
    for token in body:
        if previous is not None:
            if previous.flags & PASTE_LEFT:
                parts.append(" ##")
            if token.flags & SPACE_BEFORE:
                parts.append(" ")
        if token.flags & STRINGIFY:
            parts.append("#")
        parts.append(token.text)
        if isinstance(token, GroupToken):
            parts.append("(" + spell_body(token.tokens) + ")")
        previous = token
    return "".join(parts)


def spell_definition(macro: Macro) -> str:
    """`NAME(a,b) body` as -dM prints it."""
    name = macro.name
    if macro.kind == FUNCTION_LIKE:
        parameters = list(macro.parameters)
        if macro.variadic:
            parameters[-1] = parameters[-1] + "..." if macro.named_variadic else "..."
        name += "(" + ",".join(parameters) + ")"
    return name + " " + spell_body(macro.body)


def need_space(left: Token, right: Token) -> bool:
    """Whether printing two tokens side by side could make one, or another one, of them."""
    a = left.kind
    b = right.kind
    if a == IDENT or a == PP_NUMBER:
        if b == IDENT or b == PP_NUMBER:
            return True
        if a == IDENT:
            return b == CHAR or b == STRING
        return right.text[0] in "+-.'"
    if b == PP_NUMBER:
        return left.text.endswith(".")
    if right.text and left.text:
        if left.text == "." and right.text[0] == ".":
            return True
        pair = left.text[-1] + right.text[0]
        return pair in _RISKY_PAIRS or left.text == "\\"
    return False


_RISKY_PAIRS: Final = frozenset((
    "++", "--", "->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=",
    "##", "//", "/*", "<:", "<%", ":>", "%>", "%:", "::", "..", ".%", "<>",
))  # fmt: skip


