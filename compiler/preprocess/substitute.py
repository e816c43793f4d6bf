"""Parameter substitution, `#` and `##` (C17 6.10.3.1 to 6.10.3.3).

Blanks matter to `#`, so replacement lists carry PADDING tokens: the blank of a replaced name or of a parameter.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.scanner import Dialect, Scanner
from compiler.lex.tokens import (
    CHAR,
    COMMA,
    COMMENT,
    IDENT,
    LIMIT,
    MACRO_ARG,
    OTHER,
    PADDING,
    PASTE_LEFT,
    PP_NUMBER,
    PUNCT,
    PUNCTUATORS,
    SPACE_BEFORE,
    STRING,
    STRINGIFY,
    SpellingTable,
    Token,
)
from compiler.preprocess.macros import GroupToken, Macro
from compiler.source.diagnostics import Sink
from compiler.source.files import Expansion, SourceFile, Span, expansion_pos

# Paddings carry only what `#` asks of them: the blank before what they stand for (PAD_NULL stands for nothing).
PAD_WHITE: Final = Token(PADDING, "", -1, SPACE_BEFORE, None, 1)
PAD_PLAIN: Final = Token(PADDING, "", -1, 0, None, 1)
PAD_NULL: Final = Token(PADDING, "", -1, 0, None, 0)
END_OF_TOKENS: Final = Token(LIMIT, "", -1, 0, None, 0)

# State of the paddings seen since the last token.
NO_PAD: Final = 0
WHITE: Final = 1
PLAIN: Final = 2

@final
class Argument:
    """`omitted`: the variable argument was not there at all, which GNU's `, ## __VA_ARGS__` tells from empty."""

    __slots__ = ("expanded", "omitted", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.expanded: list[Token] = tokens
        self.omitted = False


def padding_after(state: int, pad: Token) -> int:
    """The padding state after one more padding token."""
    if pad.id == 0:
        return NO_PAD if state == PLAIN else state
    if state == NO_PAD:
        return WHITE if pad.flags & SPACE_BEFORE else PLAIN
    return state


class Substituter:
    """What of expansion needs no reading: subclasses read."""

    def __init__(self, sink: Sink, table: SpellingTable, dialect: Dialect) -> None:
        self.sink = sink
        self.table = table
        self.dialect = dialect
        self.in_directive = False  # a directive's tokens are expanded without paddings

    def _trim(self, tokens: list[Token]) -> list[Token]:
        while tokens and tokens[-1].kind == PADDING:
            tokens.pop()
        return tokens

    # -- substitution -------------------------------------------------------------------------------------------------

    def _substitute(
        self,
        source: list[Token],
        macro: Macro,
        arguments: list[Argument],
        origin: Expansion,
        body: list[Token],
        in_group: bool,
    ) -> None:
        """C17 6.10.3.1: append the replacement list with its parameters replaced."""
        pasting = False  # the token before had ## behind it
        last = len(macro.parameters) - 1
        for index, token in enumerate(source):
            if token.kind != MACRO_ARG and not isinstance(token, GroupToken):
                body.append(Token(token.kind, token.text, token.pos, token.flags, origin, token.id))
                pasting = token.flags & PASTE_LEFT != 0
                continue
            pastes_left = token.flags & PASTE_LEFT != 0
            omitted = False
            swallows = False
            ends_empty = False
            if isinstance(token, GroupToken):
                inserted = self._group(token, macro, arguments, origin)
                # A placemarker at the group's edge (C17 6.10.3.3p2) is what `##` meets there.
                ends_empty = pastes_left and _edge_is_empty(token.tokens, arguments, True)
                if pasting and body and inserted and _edge_is_empty(token.tokens, arguments, False):
                    self._set_paste(body, False)
            else:
                argument = arguments[token.id]
                inserted = argument.tokens if pastes_left or pasting else argument.expanded
                if token.flags & STRINGIFY:
                    inserted = argument.tokens
                else:
                    omitted = argument.omitted
                    swallows = macro.variadic and token.id == last
            if token.flags & STRINGIFY:
                inserted = [self._stringify(inserted, token, origin)]
            elif pasting and body:
                before = body[-1]
                if swallows and before.id == COMMA:
                    # GNU: `, ## args` drops the comma with an omitted argument and never pastes.
                    if omitted:
                        body.pop()
                    else:
                        self._set_paste(body, pastes_left)
                elif not inserted and before.flags & PASTE_LEFT:
                    self._set_paste(body, pastes_left)
            if not self.in_directive and index and not pasting:
                body.append(PAD_WHITE if token.flags & SPACE_BEFORE else PAD_PLAIN)
            if inserted:
                body.extend(inserted)
                if pastes_left and not ends_empty:
                    self._set_paste(body, True)
            if not pastes_left and not self.in_directive:
                body.append(PAD_NULL)
            pasting = pastes_left

    def _set_paste(self, body: list[Token], on: bool) -> None:
        token = body[-1]
        flags = token.flags | PASTE_LEFT if on else token.flags & ~PASTE_LEFT
        body[-1] = Token(token.kind, token.text, token.pos, flags, token.origin, token.id)

    def _group(
        self, group: GroupToken, macro: Macro, arguments: list[Argument], origin: Expansion
    ) -> list[Token]:
        """The tokens of `__VA_OPT__(...)`: none if the variable argument expands to nothing."""
        body: list[Token] = []
        for token in arguments[-1].expanded:
            if token.kind != PADDING:
                self._substitute(group.tokens, macro, arguments, origin, body, True)
                break
        while body and body[0].kind == PADDING:
            body.pop(0)
        return self._trim(body)

    def _stringify(self, tokens: list[Token], parameter: Token, origin: Expansion) -> Token:
        """C17 6.10.3.2. The blanks of the argument count, whatever their number, as one."""
        parts: list[str] = []
        state = NO_PAD
        backslashes = 0
        for token in tokens:
            if token.kind == PADDING:
                state = padding_after(state, token)
                continue
            if token.kind == COMMENT:
                continue
            if parts and (state == WHITE or (state == NO_PAD and token.flags & SPACE_BEFORE)):
                parts.append(" ")
            state = NO_PAD
            text = token.text
            if token.kind == STRING or token.kind == CHAR:
                text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            elif token.kind == OTHER and len(text) > 1:
                text = text.replace("\\", "\\\\").replace('"', '\\"') if text[-1] != "\\" else text
            parts.append(text)
            if token.kind == OTHER and text == "\\":
                backslashes += 1
            else:
                backslashes = 0
        if backslashes & 1:
            self.sink.warning("", parameter.span(), "invalid string literal, ignoring final '\\'")
            parts.pop()
        return Token(STRING, '"' + "".join(parts) + '"', parameter.pos, parameter.flags & SPACE_BEFORE, origin, 0)

    # -- ## ------------------------------------------------------------------------------------------------------

    def paste(self, left: Token, right: Token) -> Token | None:
        """One token out of two, or None after an error."""
        text = left.text + right.text
        flags = (left.flags & SPACE_BEFORE) | (right.flags & PASTE_LEFT)
        kind = left.kind
        if kind == IDENT and (right.kind == IDENT or (right.kind == PP_NUMBER and right.text.isalnum())):
            name = self.table.intern(text)
            return Token(IDENT, name.text, left.pos, flags, left.origin, name.id)
        if kind == PP_NUMBER and right.kind == IDENT:
            return Token(PP_NUMBER, text, left.pos, flags, left.origin, 0)
        if kind == PUNCT and right.kind == PUNCT and text in PUNCTUATORS and (text != "::" or self.dialect.u8_chars):
            return Token(PUNCT, text, left.pos, flags, left.origin, PUNCTUATORS[text])
        found = self.scan_text(text, True)
        if len(found) == 1 and found[0].text == text and found[0].kind != OTHER:
            token = found[0]
            return Token(token.kind, token.text, left.pos, flags, left.origin, token.id)
        if not self.dialect.assembler:
            problem = "pasting \"{}\" and \"{}\" does not give a valid preprocessing token"
            pos = expansion_pos(left.pos, left.origin)
            self.sink.error(Span(pos, pos + 1), problem, left.text, right.text)
        return None

    def scan_text(self, text: str, quiet: bool) -> list[Token]:
        """The tokens of a text that stands in no file; their positions mean nothing."""
        scanner = Scanner(SourceFile("", text + "\n", 0), self.table, self.dialect, self.sink)
        scanner.quiet = quiet
        out: list[Token] = []
        while scanner.scan_line(out):
            pass
        return out


def _edge_is_empty(source: list[Token], arguments: list[Argument], at_end: bool) -> bool:
    """Whether a `__VA_OPT__` group ends (or starts) with an empty argument, or several that `##` joins."""
    index = len(source) - 1 if at_end else 0
    while 0 <= index < len(source):
        token = source[index]
        before = index > 0 and source[index - 1].flags & PASTE_LEFT != 0
        after = token.flags & PASTE_LEFT != 0
        if token.kind != MACRO_ARG or token.flags & STRINGIFY:
            return False
        if arguments[token.id].tokens if before or after else arguments[token.id].expanded:
            return False
        if not (before if at_end else after):
            return True
        index += -1 if at_end else 1
    return False
