"""Macro expansion (C17 6.10.3), token by token with a stack of contexts.

A macro is disabled while the context that holds its expansion is on the stack, and a name met while its macro is
disabled is painted NO_EXPAND for ever; a context is popped when a token behind its end is asked for. That is the
reading of 6.10.3.4 that GNU C has, and it decides the cases the standard leaves open. Blanks matter to `#`, so the
expander passes PADDING tokens that stand for the blank of a replaced name or parameter.

Invariant: no recursion. An argument that must be expanded before substitution becomes a Frame on an explicit list, so
nesting is bounded by memory only.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.scanner import Dialect
from compiler.lex.tokens import (
    COMMA,
    COMMENT,
    IDENT,
    LIMIT,
    LPAREN,
    NO_EXPAND,
    PADDING,
    PASTE_LEFT,
    PRAGMA,
    PUNCT,
    RPAREN,
    SPACE_BEFORE,
    STRING,
    SpellingTable,
    Token,
)
from compiler.preprocess.macros import BUILTIN, FUNCTION_LIKE, OBJECT_LIKE, POISONED, Macro
from compiler.preprocess.substitute import (
    END_OF_TOKENS,
    NO_PAD,
    PAD_NULL,
    PAD_PLAIN,
    PAD_WHITE,
    PLAIN,
    WHITE,
    Argument,
    Substituter,
    padding_after,
)
from compiler.source.diagnostics import Sink
from compiler.source.files import Expansion, SourceMap

NOT_ENTERED: Final = 0
ENTERED: Final = 1
NEEDS_ARGUMENTS: Final = 2


@final
class Context:
    """Tokens to be read before the file goes on; `macro` is enabled again when they are used up."""

    __slots__ = ("index", "macro", "tokens")

    def __init__(self, tokens: list[Token], macro: Macro | None) -> None:
        self.tokens = tokens
        self.index = 0
        self.macro = macro


@final
class Frame:
    """An invocation whose arguments are being expanded: argument `which` goes to `out`."""

    __slots__ = ("arguments", "limit", "macro", "name", "out", "pending", "which")

    def __init__(self, macro: Macro, name: Token, arguments: list[Argument], pending: list[int], limit: int) -> None:
        self.macro = macro
        self.name = name
        self.arguments = arguments
        self.pending = pending
        self.which = 0
        self.out: list[Token] = []
        self.limit = limit  # the limit to come back to


class Expander(Substituter):
    """The engine. Subclasses supply lines, built-in macros and pragmas."""

    def __init__(self, sink: Sink, source_map: SourceMap, table: SpellingTable, dialect: Dialect) -> None:
        super().__init__(sink, table, dialect)
        self.source_map = source_map
        self.macros: dict[str, Macro] = {}
        self.contexts: list[Context] = []
        self.limit = -1  # index of the context that ends an argument or directive; -1: read on in the file
        self.line: list[Token] = []
        self.index = 0
        self.in_arguments = False
        self.pad = NO_PAD
        self.frame: Frame | None = None
        self.held_pragmas: list[Token] = []
        self.standard_comma = False  # ISO mode: `f()` of a macro `f(...)` has an empty, not an omitted argument

    # -- what the preprocessor supplies -------------------------------------------------------------------------------

    def fetch_line(self, for_parenthesis: bool) -> bool:
        """Make `line` the next line of the current file, executing directives on the way; False at the file's end and,
        if only a parenthesis is looked for, before a directive."""
        raise NotImplementedError

    def builtin_token(self, name: Token, macro: Macro) -> Token | None:
        """The value of a built-in macro; None after an error."""
        raise NotImplementedError

    def execute_pragma(self, tokens: list[Token], pos: int, origin: Expansion | None) -> Token | None:
        """Run a `_Pragma`; a PRAGMA token if the parser shall see it."""
        raise NotImplementedError

    # -- reading ------------------------------------------------------------------------------------------------------

    def raw_next(self, for_parenthesis: bool) -> Token:
        """The next token before macro replacement, `##` done. A LIMIT token at the end of the argument, directive or
        file; it is handed out again and again."""
        contexts = self.contexts
        while contexts:
            context = contexts[-1]
            if context.index < len(context.tokens):
                token = context.tokens[context.index]
                context.index += 1
                if token.flags & PASTE_LEFT:
                    token = self._paste_all(token, context)
                return token
            if len(contexts) - 1 == self.limit:
                return END_OF_TOKENS
            contexts.pop()
            if context.macro is not None:
                context.macro.expanding = False
            if not self.in_directive:
                return PAD_NULL
        if self.index < len(self.line) or self.fetch_line(for_parenthesis):
            token = self.line[self.index]
            self.index += 1
            return token
        return END_OF_TOKENS

    def unread(self, token: Token) -> None:
        """Give back the token that raw_next returned last."""
        if token.kind == LIMIT:
            return
        if not self.contexts and self.index and self.line[self.index - 1] is token:
            self.index -= 1
        else:
            self.contexts.append(Context([token], None))

    # -- expansion ----------------------------------------------------------------------------------------------------

    def expand_name(self, name: Token, macro: Macro, out: list[Token]) -> None:
        """Expand a macro name read from the file, and all that follows from it, into `out` (paddings resolved)."""
        self.pad = NO_PAD
        status = self._enter(name, macro, out, True)
        if status == NOT_ENTERED:
            out.append(name)
            if not self.contexts:
                return
        self._loop(out, True, self.frame if status == NEEDS_ARGUMENTS else None)

    def expand_list(self, tokens: list[Token]) -> list[Token]:
        """Expand the tokens of a directive; nothing is read from the file."""
        out: list[Token] = []
        saved_limit, saved_directive = self.limit, self.in_directive
        self.in_directive = True
        self.contexts.append(Context(tokens, None))
        depth = len(self.contexts)
        self.limit = depth - 1
        self._loop(out, False, None)
        assert len(self.contexts) == depth
        self.contexts.pop()
        self.limit, self.in_directive = saved_limit, saved_directive
        return out

    def _loop(self, out: list[Token], top: bool, frame: Frame | None) -> None:
        frames: list[Frame] = []
        current = out
        resolve = top
        if frame is not None:
            frames.append(frame)
            current = frame.out
            resolve = False
        macros = self.macros
        while True:
            if resolve and not self.contexts:
                return
            token = self.raw_next(False)
            kind = token.kind
            if kind == IDENT:
                if not token.flags & NO_EXPAND:
                    macro = macros.get(token.text)
                    if macro is not None:
                        if macro.expanding:
                            token = Token(IDENT, token.text, token.pos, token.flags | NO_EXPAND, token.origin, token.id)
                        else:
                            status = self._enter(token, macro, current, resolve)
                            if status == ENTERED:
                                continue
                            if status == NEEDS_ARGUMENTS:
                                frame = self.frame
                                assert frame is not None
                                frames.append(frame)
                                current = frame.out
                                resolve = False
                                continue
            elif kind == LIMIT:
                if not frames:
                    return
                frame = frames[-1]
                self.contexts.pop()
                frame.arguments[frame.pending[frame.which]].expanded = frame.out
                frame.which += 1
                frame.out = []
                current = frame.out
                if frame.which < len(frame.pending):
                    self.contexts.append(Context(frame.arguments[frame.pending[frame.which]].tokens, None))
                    continue
                frames.pop()
                self.limit = frame.limit
                if frames:
                    current = frames[-1].out
                else:
                    current = out
                    resolve = top
                self._push_body(frame.name, frame.macro, frame.arguments, current, resolve)
                continue
            if resolve:
                self._emit(token, current)
            else:
                current.append(token)

    def _emit(self, token: Token, out: list[Token]) -> None:
        """To the preprocessor's output: paddings turn into the flag of the token that follows them."""
        if token.kind == PADDING:
            self.pad = padding_after(self.pad, token)
            return
        if self.pad != NO_PAD:
            flags = token.flags & ~SPACE_BEFORE
            if self.pad == WHITE:
                flags |= SPACE_BEFORE
            self.pad = NO_PAD
            if flags != token.flags and token.kind != PRAGMA:
                token = Token(token.kind, token.text, token.pos, flags, token.origin, token.id)
        out.append(token)

    def _put(self, token: Token, out: list[Token], resolve: bool) -> None:
        if resolve:
            self._emit(token, out)
        elif not (self.in_directive and token.kind == PADDING):
            out.append(token)

    def _enter(self, name: Token, macro: Macro, out: list[Token], resolve: bool) -> int:
        """Start the expansion of `name`."""
        kind = macro.kind
        if kind == OBJECT_LIKE:
            origin = Expansion(macro.name, name.pos, macro.pos, name.origin)
            self._put(PAD_WHITE if name.flags & SPACE_BEFORE else PAD_PLAIN, out, resolve)
            if macro.simple:
                for token in macro.body:
                    copy = Token(token.kind, token.text, token.pos, token.flags, origin, token.id)
                    self._put(copy, out, resolve)
                self._put(PAD_NULL, out, resolve)
                return ENTERED
            body = [Token(t.kind, t.text, t.pos, t.flags, origin, t.id) for t in macro.body]
            macro.expanding = True
            self.contexts.append(Context(body, macro))
            return ENTERED
        if kind == FUNCTION_LIKE:
            if not self._find_parenthesis():
                return NOT_ENTERED
            arguments = self._collect(macro, name)
            for pragma in self.held_pragmas:
                self._put(pragma, out, resolve)
            self.held_pragmas.clear()
            if arguments is None:
                return NOT_ENTERED
            return self._start_call(name, macro, arguments, out, resolve)
        if kind == BUILTIN:
            if macro.builtin == PRAGMA_OPERATOR:
                return self._pragma_operator(name, out, resolve)
            value = self.builtin_token(name, macro)
            if value is None:
                return NOT_ENTERED
            self._put(PAD_WHITE if name.flags & SPACE_BEFORE else PAD_PLAIN, out, resolve)
            self._put(value, out, resolve)
            self._put(PAD_NULL, out, resolve)
            return ENTERED
        if kind == POISONED:
            self.sink.error(name.span(), "attempt to use poisoned \"{}\"", name.text)
        else:
            self.sink.warning(
                "", name.span(), "{} can only appear in the expansion of a C99 variadic macro", name.text
            )
        return NOT_ENTERED

    def _find_parenthesis(self) -> bool:
        """Read the `(` of an invocation, or nothing (C17 6.10.3p10)."""
        state = NO_PAD
        padded = False
        while True:
            token = self.raw_next(True)
            if token.kind == PADDING:
                state = padding_after(state, token)
                padded = True
            elif token.kind != COMMENT:
                break
        if token.id == LPAREN:
            return True
        self.unread(token)
        if padded and token.kind != LIMIT:
            pad = PAD_WHITE if state == WHITE else PAD_PLAIN if state == PLAIN else PAD_NULL
            self.contexts.append(Context([pad], None))
        return False

    def _collect(self, macro: Macro, name: Token) -> list[Argument] | None:
        """Read the arguments up to the closing parenthesis; None after an error."""
        arguments: list[Argument] = []
        tokens: list[Token] = []
        depth = 0
        expected = len(macro.parameters)
        macros = self.macros
        was_in_arguments = self.in_arguments
        self.in_arguments = True
        while True:
            token = self.raw_next(False)
            kind = token.kind
            if kind == PUNCT:
                id = token.id
                if id == LPAREN:
                    depth += 1
                elif id == RPAREN:
                    if depth == 0:
                        break
                    depth -= 1
                elif id == COMMA and depth == 0 and not (macro.variadic and len(arguments) + 1 == expected):
                    arguments.append(Argument(self._trim(tokens)))
                    tokens = []
                    continue
            elif kind == IDENT:
                if not token.flags & NO_EXPAND:
                    other = macros.get(token.text)
                    if other is not None and other.expanding:
                        token = Token(IDENT, token.text, token.pos, token.flags | NO_EXPAND, token.origin, token.id)
            elif kind == PADDING:
                if tokens:
                    tokens.append(token)
                continue
            elif kind == COMMENT:
                continue
            elif kind == LIMIT:
                self.in_arguments = was_in_arguments
                self.sink.error(name.span(), "unterminated argument list invoking macro \"{}\"", macro.name)
                return None
            elif kind == PRAGMA and not self.contexts:
                self.held_pragmas.append(token)
                continue
            tokens.append(token)
        self.in_arguments = was_in_arguments
        arguments.append(Argument(self._trim(tokens)))
        return self._check_count(macro, arguments, token)

    def _check_count(self, macro: Macro, arguments: list[Argument], closing: Token) -> list[Argument] | None:
        expected = len(macro.parameters)
        count = len(arguments)
        if expected == 0 and count == 1 and not arguments[0].tokens:
            return []
        if count == expected:
            if macro.variadic and count == 1 and not arguments[0].tokens and not self.standard_comma:
                arguments[0].omitted = True
            return arguments
        if count + 1 == expected and macro.variadic:
            missing = Argument([])
            missing.omitted = True
            arguments.append(missing)
            self.sink.pedantic(
                "", closing.span(), "ISO C99 requires at least one argument for the \"...\" in a variadic macro"
            )
            return arguments
        if count < expected:
            self.sink.error(
                closing.span(), "macro \"{}\" requires {} arguments, but only {} given", macro.name, expected, count
            )
        else:
            self.sink.error(
                closing.span(), "macro \"{}\" passed {} arguments, but takes just {}", macro.name, count, expected
            )
        if macro.pos >= 0:
            self.sink.note(_definition(macro).span(), "macro \"{}\" defined here", macro.name)
        return None

    def _start_call(
        self, name: Token, macro: Macro, arguments: list[Argument], out: list[Token], resolve: bool
    ) -> int:
        pending: list[int] = []
        macros = self.macros
        for index, argument in enumerate(arguments):
            if not macro.needs_expansion[index]:
                continue
            for token in argument.tokens:
                if token.kind == IDENT and not token.flags & NO_EXPAND and token.text in macros:
                    pending.append(index)
                    break
        if not pending:
            self._push_body(name, macro, arguments, out, resolve)
            return ENTERED
        self.frame = Frame(macro, name, arguments, pending, self.limit)
        self.contexts.append(Context(arguments[pending[0]].tokens, None))
        self.limit = len(self.contexts) - 1
        return NEEDS_ARGUMENTS

    def _push_body(
        self, name: Token, macro: Macro, arguments: list[Argument], out: list[Token], resolve: bool
    ) -> None:
        self._put(PAD_WHITE if name.flags & SPACE_BEFORE else PAD_PLAIN, out, resolve)
        origin = Expansion(macro.name, name.pos, macro.pos, name.origin)
        body: list[Token] = []
        self._substitute(macro.body, macro, arguments, origin, body, False)
        macro.expanding = True
        self.contexts.append(Context(body, macro))

    # -- ## -----------------------------------------------------------------------------------------------------------

    def _paste_all(self, left: Token, context: Context) -> Token:
        tokens = context.tokens
        while left.flags & PASTE_LEFT:
            while context.index < len(tokens) and tokens[context.index].kind == PADDING:
                context.index += 1
            if context.index >= len(tokens):
                break
            right = tokens[context.index]
            pasted = self.paste(left, right)
            if pasted is None:
                break
            context.index += 1
            left = pasted
        if left.flags & PASTE_LEFT:
            left = Token(left.kind, left.text, left.pos, left.flags & ~PASTE_LEFT, left.origin, left.id)
        return left

    # -- _Pragma ------------------------------------------------------------------------------------------------------

    def _pragma_operator(self, name: Token, out: list[Token], resolve: bool) -> int:
        """C17 6.10.9: destringize and execute."""
        if self.in_directive:
            return NOT_ENTERED
        opening = self._next_solid()
        if opening.id != LPAREN:
            self.unread(opening)
            self.sink.error(name.span(), "_Pragma takes a parenthesized string literal")
            return NOT_ENTERED
        string = self._next_solid()
        closing = self._next_solid() if string.kind == STRING else string
        if string.kind != STRING or closing.id != RPAREN:
            self.unread(closing)
            self.sink.error(name.span(), "_Pragma takes a parenthesized string literal")
            return NOT_ENTERED
        text = string.text[string.text.index('"') + 1 : -1].replace('\\"', '"').replace("\\\\", "\\")
        tokens = [
            Token(token.kind, token.text, string.pos, token.flags, string.origin, token.id)
            for token in self.scan_text(text.replace("\n", " "), True)
        ]
        pragma = self.execute_pragma(tokens, name.pos, name.origin)
        self._put(PAD_WHITE if name.flags & SPACE_BEFORE else PAD_PLAIN, out, resolve)
        if pragma is not None:
            self._put(pragma, out, resolve)
        return ENTERED

    def _next_solid(self) -> Token:
        while True:
            token = self.raw_next(True)
            if token.kind != PADDING and token.kind != COMMENT:
                return token


PRAGMA_OPERATOR: Final = 1  # the `builtin` of _Pragma; those of the preprocessor follow it


def _definition(macro: Macro) -> Token:
    return Token(IDENT, macro.name, macro.pos, 0, None, 0)
