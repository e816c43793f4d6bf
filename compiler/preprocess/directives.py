"""The directives (C17 6.10), GNU's included: one method each."""

from __future__ import annotations

from typing import Final

from compiler.lex.tokens import (
    BANG,
    BOL,
    COMMENT,
    HASH,
    HEADER_NAME,
    IDENT,
    LPAREN,
    PP_NUMBER,
    PUNCT,
    RAW_LINE,
    RPAREN,
    SPACE_BEFORE,
    STRING,
    PragmaToken,
    Token,
)
from compiler.preprocess.builtins import BUILTIN_DEFINED, header_of
from compiler.preprocess.conditions import Condition
from compiler.preprocess.include import Found
from compiler.preprocess.macros import (
    BUILTIN,
    FUNCTION_LIKE,
    OBJECT_LIKE,
    ONLY_VARIADIC,
    POISONED,
    DefinitionParser,
    Macro,
    same_definition,
    spell_definition,
)
from compiler.preprocess.pragmas import Pragmas
from compiler.preprocess.state import GUARD_NONE, GUARD_OPEN
from compiler.source.files import NO_POSITION, SYSTEM_FILE, Span

_CONDITIONALS: Final = frozenset(("if", "ifdef", "ifndef", "elif", "elifdef", "elifndef", "else", "endif"))
_RESERVED: Final = ("__has_include", "__has_include_next")
_VARIADIC: Final = ("__VA_ARGS__", "__VA_OPT__")
_UNSUPPORTED: Final[dict[str, str]] = {
    "assert": "#assert is not supported: assertions are a deprecated extension",
    "unassert": "#unassert is not supported: assertions are a deprecated extension",
    "embed": "#embed is not supported",
}


def spell_line(tokens: list[Token]) -> str:
    """Tokens as text, blanks where the source had some."""
    parts: list[str] = []
    for token in tokens:
        if parts and token.flags & SPACE_BEFORE:
            parts.append(" ")
        parts.append(token.text)
    return "".join(parts)


class Directives(Pragmas):
    """Pragmas with all other directives."""

    def directive(self, tokens: list[Token]) -> bool:
        state = self.state
        assert state is not None
        if len(tokens) == 1:
            if state.guard_state != GUARD_OPEN:
                state.guard_state = GUARD_NONE
            return False  # the null directive
        word = tokens[1]
        name = word.text
        if word.kind == PP_NUMBER and name.isdigit():
            self._line_marker(tokens)
            return False
        if name not in _CONDITIONALS and state.guard_state != GUARD_OPEN:
            state.guard_state = GUARD_NONE
        if word.kind != IDENT:
            if self.language.assembler:
                return self._as_text(tokens)
            self.sink.error(word.span(), "invalid preprocessing directive #{}", name)
            return False
        if self.options.keep_comments:
            tokens = [token for token in tokens if token.kind != COMMENT]
        if name in _CONDITIONALS:
            self._conditional(name, word, tokens)
        elif name == "define":
            self._define(word, tokens)
        elif name == "include" or name == "include_next" or name == "import":
            self._include(word, tokens)
        elif name == "undef":
            self._undef(word, tokens)
        elif name == "pragma":
            return self._pragma(word, tokens)
        elif name == "line":
            self._line(word, tokens)
        elif name == "error":
            self.sink.error(word.span(), "#error {}", spell_line(tokens[2:]))
        elif name == "warning":
            self.sink.warning("cpp", word.span(), "#warning {}", spell_line(tokens[2:]))
        elif name == "ident" or name == "sccs":
            self._ident(word, tokens)
        elif name in _UNSUPPORTED:
            self.sink.error(word.span(), "{}", _UNSUPPORTED[name])
        elif self.language.assembler:
            return self._as_text(tokens)
        else:
            self.sink.error(word.span(), "invalid preprocessing directive #{}", name)
        return False

    def _as_text(self, tokens: list[Token]) -> bool:
        """In assembler, `#` may start a comment or an immediate operand: the line is text."""
        self.line = tokens
        self.index = 0
        return True

    def _no_more(self, word: Token, tokens: list[Token], used: int) -> None:
        if len(tokens) > used:
            group = "endif-labels" if word.text in ("else", "endif") else ""
            self.sink.warning(group, tokens[used].span(), "extra tokens at end of #{} directive", word.text)

    # -- macros -------------------------------------------------------------------------------------------------------

    def _macro_name(self, word: Token, tokens: list[Token]) -> Token | None:
        """The name that #define, #undef, #ifdef act on; None after an error."""
        if len(tokens) < 3:
            self.sink.error(word.span(), "no macro name given in #{} directive", word.text)
            return None
        token = tokens[2]
        if token.kind != IDENT:
            self.sink.error(token.span(), "macro names must be identifiers")
            return None
        if token.text == "defined" and word.text in ("define", "undef"):
            self.sink.error(token.span(), "\"defined\" cannot be used as a macro name")
            return None
        macro = self.macros.get(token.text)
        if macro is not None and macro.kind == POISONED:
            self.sink.error(token.span(), "attempt to use poisoned \"{}\"", token.text)
            return None
        return token

    def _define(self, word: Token, tokens: list[Token]) -> None:
        name = self._macro_name(word, tokens)
        if name is None:
            return
        if name.text in _VARIADIC and name.text in self.macros:
            self.sink.warning(
                "", name.span(), "{} can only appear in the expansion of a C99 variadic macro", name.text
            )
            return
        if name.text in _RESERVED and name.text in self.macros:
            self.sink.error(name.span(), "\"{}\" cannot be used as a macro name", name.text)
            return
        gnu_or_new = self.language.gnu or self.language.version >= 2023
        parser = DefinitionParser(tokens[2:], self.sink, gnu_or_new, self.language.version >= 1999)
        macro = parser.parse()
        if macro is None:
            return
        old = self.macros.get(name.text)
        if old is not None:
            if old.kind == BUILTIN:
                self.sink.warning("builtin-macro-redefined", name.span(), "redefining \"{}\"", name.text)
            elif old.expanding or not same_definition(old, macro):
                if old.pos == NO_POSITION and self.sink.source_map.files:
                    self.sink.warning("", name.span(), "\"{}\" redefined", name.text)
                elif self.sink.warning("", name.span(), "\"{}\" redefined", name.text):
                    span = Span(old.pos, old.pos + len(old.name), None)
                    self.sink.note(span, "this is the location of the previous definition")
        self.macros[name.text] = macro
        self._show_definition(macro, "#define " + spell_definition(macro))

    def _show_definition(self, macro: Macro, text: str) -> None:
        """-dD and -dN."""
        if self.options.keep_definitions:
            if self.options.names_only:
                text = " ".join(text.split(" ")[:1] + [macro.name])
            self.out.append(Token(RAW_LINE, text, macro.pos, BOL, None, 1))

    def _undef(self, word: Token, tokens: list[Token]) -> None:
        name = self._macro_name(word, tokens)
        if name is None:
            return
        self._no_more(word, tokens, 3)
        macro = self.macros.get(name.text)
        if macro is None or macro.kind == ONLY_VARIADIC:
            return
        if macro.kind == BUILTIN:
            self.sink.warning("builtin-macro-redefined", name.span(), "undefining \"{}\"", name.text)
        del self.macros[name.text]
        if self.options.keep_definitions:
            self.out.append(Token(RAW_LINE, "#undef " + name.text, name.pos, BOL, None, 1))

    # -- conditionals -------------------------------------------------------------------------------------------------

    def _conditional(self, name: str, word: Token, tokens: list[Token]) -> None:
        if name == "ifdef" or name == "ifndef":
            macro_name = self._macro_name(word, tokens)
            holds = False
            guard = ""
            if macro_name is not None:
                self._no_more(word, tokens, 3)
                holds = self.is_defined(macro_name.text) == (name == "ifdef")
                guard = macro_name.text if name == "ifndef" else ""
            self.open_conditional(word, holds, guard)
        elif name == "if":
            guard = _guard_name(tokens)
            self.open_conditional(word, self._holds(word, tokens), guard)
        else:
            self._continue_conditional(name, word, tokens)

    def _holds(self, word: Token, tokens: list[Token]) -> bool:
        """The value of an #if or #elif."""
        defined = Macro("defined", BUILTIN, [], False, [], NO_POSITION)
        defined.builtin = BUILTIN_DEFINED
        self.macros["defined"] = defined
        self.in_condition = True
        expanded = self.expand_list(tokens[2:])
        self.in_condition = False
        del self.macros["defined"]
        return Condition(self.platform.model, self.sink, word).evaluate(expanded)

    def _continue_conditional(self, name: str, word: Token, tokens: list[Token]) -> None:
        """#elif, #else, #endif and C23's #elifdef, #elifndef."""
        state = self.state
        assert state is not None
        if not state.conditionals:
            self.sink.error(word.span(), "#{} without #if", name)
            return
        conditional = state.conditionals[-1]
        if name == "endif":
            self._no_more(word, tokens, 2)
            self.close_conditional()
            return
        if conditional.is_guard and state.guard_state == GUARD_OPEN:
            state.guard_state = GUARD_NONE
            conditional.is_guard = False
        if conditional.seen_else:
            self.sink.error(word.span(), "#{} after #else", name)
            opening = conditional.token
            self.sink.note(opening.span(), "the conditional began here")
        if name == "else":
            conditional.seen_else = True
            self._no_more(word, tokens, 2)
            if conditional.taken:
                self.skip_group()
            conditional.taken = True
            return
        if conditional.taken or conditional.seen_else:
            self.skip_group()
            return
        if name == "elif":
            holds = self._holds(word, tokens)
        else:
            macro_name = self._macro_name(word, tokens)
            holds = macro_name is not None and self.is_defined(macro_name.text) == (name == "elifdef")
        if holds:
            conditional.taken = True
        else:
            self.skip_group()

    # -- files --------------------------------------------------------------------------------------------------------

    def _include(self, word: Token, tokens: list[Token]) -> None:
        rest = tokens[2:]
        if not rest:
            self.sink.error(word.span(), "#{} expects \"FILENAME\" or <FILENAME>", word.text)
            return
        first = rest[0]
        if first.kind == HEADER_NAME:
            name, quoted = first.text[1:-1], first.text[0] == '"'
            self._no_more(word, tokens, 3)
        else:
            name, quoted = header_of(self.expand_list(rest))
            if not name and not (first.kind == STRING and len(first.text) == 2):
                self.sink.error(first.span(), "#{} expects \"FILENAME\" or <FILENAME>", word.text)
                return
        if not name:
            self.sink.error(first.span(), "empty filename in #{}", word.text)
            return
        if len(self.states) > self.options.max_include_depth:
            limit = self.options.max_include_depth
            raise self.sink.fatal(
                first.span(),
                "#include nested depth {} exceeds maximum of {}"
                " (use -fmax-include-depth=DEPTH to increase the maximum)",
                len(self.states), limit,
            )  # fmt: skip
        next = word.text == "include_next"
        if next and len(self.states) == 1:
            self.sink.warning("", word.span(), "#include_next in primary source file")
        found = self.locate_header(name, quoted, next)
        if found is None:
            raise self.sink.fatal(first.span(), "{}: No such file or directory", name)
        if self.options.keep_includes:
            self.out.append(Token(RAW_LINE, spell_line(tokens), word.pos, BOL, None, 1))
        if word.text == "import":
            self._import(found)
        self.push_header(found, word.pos)

    def _import(self, found: Found) -> None:
        """#import: the header counts as having said #pragma once, from its first inclusion on."""
        if found.header.inclusions:
            found.header.once = True

    def _line(self, word: Token, tokens: list[Token]) -> None:
        expanded = self.expand_list(tokens[2:])
        if not expanded:
            self.sink.error(word.span(), "unexpected end of file after #line")
            return
        number = expanded[0]
        if number.kind != PP_NUMBER or not (number.text.isascii() and number.text.isdigit()):
            self.sink.error(number.span(), "\"{}\" after #line is not a positive integer", number.text)
            return
        line = int(number.text) if len(number.text) < 12 else 1 << 40
        if line == 0 or line > 2147483647 or (self.language.version < 1999 and line > 32767):
            self.sink.pedantic("", number.span(), "line number out of range")
        state = self.state
        assert state is not None
        file = state.scanner.file
        name, _, system = file.presumed(word.pos - file.base)
        if len(expanded) > 1:
            if expanded[1].kind != STRING or expanded[1].text[0] != '"':
                self.sink.error(expanded[1].span(), "\"{}\" is not a valid filename", expanded[1].text)
                return
            name = _unescape(expanded[1].text[1:-1])
            if len(expanded) > 2:
                self.sink.warning("", expanded[2].span(), "extra tokens at end of #line directive")
        file.add_marker(state.scanner.pos, line, name, system, file.includer(word.pos - file.base))
        self.marker(line, name, 0, system)

    def _line_marker(self, tokens: list[Token]) -> None:
        """`# 33 "file.h" 1 3 4`, as preprocessors write it: flag 1 enters a file, 2 returns to one, 3 is a system
        header."""
        state = self.state
        assert state is not None
        word = tokens[1]
        file = state.scanner.file
        old_name, _, system = file.presumed(word.pos - file.base)
        name = old_name
        included_at = file.includer(word.pos - file.base)
        line = int(word.text) if len(word.text) < 12 else 0
        if len(tokens) > 2:
            if tokens[2].kind != STRING:
                self.sink.error(tokens[2].span(), "\"{}\" is not a valid filename", tokens[2].text)
                return
            name = _unescape(tokens[2].text[1:-1])
            system = 0
            for token in tokens[3:]:
                if token.text == "1":
                    state.marker_stack.append(included_at)
                    included_at = word.pos
                elif token.text == "2":
                    included_at = state.marker_stack.pop() if state.marker_stack else NO_POSITION
                elif token.text == "3":
                    system = SYSTEM_FILE
                elif token.text != "4":
                    self.sink.error(token.span(), "invalid flag \"{}\" in line directive", token.text)
                    return
        file.add_marker(state.scanner.pos, line, name, system, included_at)
        if self.options.markers:
            self.out.append(Token(RAW_LINE, spell_line(_normalized(tokens)), line, BOL, None, 0))

    # -- others -------------------------------------------------------------------------------------------------------

    def _pragma(self, word: Token, tokens: list[Token]) -> bool:
        pragma = self.execute_pragma(tokens[2:], word.pos, None)
        if pragma is None:
            return False
        assert isinstance(pragma, PragmaToken)
        self.line = [pragma]
        self.index = 0
        return True

    def _ident(self, word: Token, tokens: list[Token]) -> None:
        if len(tokens) < 3 or tokens[2].kind != STRING:
            self.sink.error(word.span(), "invalid #{} directive", word.text)
            return
        self._no_more(word, tokens, 3)
        if self.options.markers:
            self.out.append(Token(RAW_LINE, "#ident " + tokens[2].text, word.pos, BOL, None, 1))


def _guard_name(tokens: list[Token]) -> str:
    """X of `#if !defined X` or `#if !defined(X)`, "" for any other condition."""
    if len(tokens) == 5 and tokens[2].id == BANG and tokens[3].text == "defined" and tokens[4].kind == IDENT:
        return tokens[4].text
    if len(tokens) == 7 and tokens[2].id == BANG and tokens[3].text == "defined" and tokens[4].id == LPAREN:
        if tokens[5].kind == IDENT and tokens[6].id == RPAREN:
            return tokens[5].text
    return ""


def _unescape(text: str) -> str:
    return text.replace("\\\\", "\\").replace('\\"', '"') if "\\" in text else text


def _normalized(tokens: list[Token]) -> list[Token]:
    """A line marker with one blank between its parts."""
    hash_sign = tokens[0]
    assert hash_sign.kind == PUNCT and hash_sign.id == HASH
    parts = [hash_sign]
    for token in tokens[1:]:
        parts.append(Token(token.kind, token.text, token.pos, SPACE_BEFORE, None, token.id))
    return parts


def listed(macro: Macro) -> bool:
    """Whether -dM names it."""
    return macro.kind == OBJECT_LIKE or macro.kind == FUNCTION_LIKE
