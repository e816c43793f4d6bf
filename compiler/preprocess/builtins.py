"""Macros whose value is made at each use: `__LINE__`, `__has_include`, `defined` and their kin."""

from __future__ import annotations

import os
import time
from typing import Final

from compiler.lex.tokens import HEADER_NAME, IDENT, LIMIT, LPAREN, PADDING, PP_NUMBER, RPAREN, STRING, Token
from compiler.preprocess.expand import PRAGMA_OPERATOR
from compiler.preprocess.include import Found
from compiler.preprocess.macros import BUILTIN, ONLY_VARIADIC, POISONED, Macro
from compiler.preprocess.reader import Reader, escape
from compiler.source.files import expansion_pos

BUILTIN_FILE: Final = 2
BUILTIN_LINE: Final = 3
BUILTIN_DATE: Final = 4
BUILTIN_TIME: Final = 5
BUILTIN_TIMESTAMP: Final = 6
BUILTIN_COUNTER: Final = 7
BUILTIN_BASE_FILE: Final = 8
BUILTIN_INCLUDE_LEVEL: Final = 9
BUILTIN_HAS_INCLUDE: Final = 10
BUILTIN_HAS_INCLUDE_NEXT: Final = 11
BUILTIN_HAS_ATTRIBUTE: Final = 12
BUILTIN_HAS_C_ATTRIBUTE: Final = 13
BUILTIN_HAS_BUILTIN: Final = 14
BUILTIN_DEFINED: Final = 15  # in the table only while an #if is read

BUILTINS: Final[dict[str, int]] = {
    "_Pragma": PRAGMA_OPERATOR, "__FILE__": BUILTIN_FILE, "__LINE__": BUILTIN_LINE, "__DATE__": BUILTIN_DATE,
    "__TIME__": BUILTIN_TIME, "__TIMESTAMP__": BUILTIN_TIMESTAMP, "__COUNTER__": BUILTIN_COUNTER,
    "__BASE_FILE__": BUILTIN_BASE_FILE, "__INCLUDE_LEVEL__": BUILTIN_INCLUDE_LEVEL,
    "__has_include": BUILTIN_HAS_INCLUDE, "__has_include_next": BUILTIN_HAS_INCLUDE_NEXT,
    "__has_attribute": BUILTIN_HAS_ATTRIBUTE, "__has_c_attribute": BUILTIN_HAS_C_ATTRIBUTE,
    "__has_cpp_attribute": BUILTIN_HAS_ATTRIBUTE, "__has_builtin": BUILTIN_HAS_BUILTIN,
}  # fmt: skip
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Builtins(Reader):
    """Reader with the built-in macros."""

    counter: int = 0
    in_condition: bool = False
    now: time.struct_time | None = None

    def install_builtins(self) -> None:
        for name, builtin in BUILTINS.items():
            macro = Macro(name, BUILTIN, [], False, [], -1)
            macro.builtin = builtin
            self.macros[name] = macro
        for name in ("__VA_ARGS__", "__VA_OPT__"):
            self.macros[name] = Macro(name, ONLY_VARIADIC, [], False, [], -1)
        if self.language.version < 2023 and not self.language.gnu:
            del self.macros["__VA_OPT__"]

    def builtin_token(self, name: Token, macro: Macro) -> Token | None:
        builtin = macro.builtin
        if builtin == BUILTIN_LINE:
            return self._number(name, self.source_map.line_of(expansion_pos(name.pos, name.origin)))
        if builtin == BUILTIN_DEFINED:
            return self._defined(name)
        if builtin == BUILTIN_COUNTER:
            if self.in_directive and not self.in_condition:
                self.sink.error(name.span(), "__COUNTER__ expanded inside directive with -fdirectives-only")
            self.counter += 1
            return self._number(name, self.counter - 1)
        if builtin == BUILTIN_FILE:
            return self._string(name, self.source_map.locate(expansion_pos(name.pos, name.origin))[0])
        if builtin == BUILTIN_BASE_FILE:
            return self._string(name, self.main_name)
        if builtin == BUILTIN_INCLUDE_LEVEL:
            return self._number(name, len(self.states) - 1)
        if builtin == BUILTIN_DATE:
            now = self._time()
            return self._string(name, "{} {:2} {}".format(_MONTHS[now.tm_mon - 1], now.tm_mday, now.tm_year))
        if builtin == BUILTIN_TIME:
            now = self._time()
            return self._string(name, "{:02}:{:02}:{:02}".format(now.tm_hour, now.tm_min, now.tm_sec))
        if builtin == BUILTIN_TIMESTAMP:
            return self._string(name, self._timestamp())
        if builtin == BUILTIN_HAS_INCLUDE or builtin == BUILTIN_HAS_INCLUDE_NEXT:
            return self._has_include(name, builtin == BUILTIN_HAS_INCLUDE_NEXT)
        return self._has_name(name, builtin)

    def _number(self, name: Token, value: int) -> Token:
        return Token(PP_NUMBER, str(value), name.pos, name.flags, name.origin, 0)

    def _string(self, name: Token, text: str) -> Token:
        return Token(STRING, '"' + escape(text) + '"', name.pos, name.flags, name.origin, 0)

    def _time(self) -> time.struct_time:
        now = self.now
        if now is None:
            epoch = self.options.source_date_epoch
            now = time.gmtime(epoch) if epoch is not None else time.localtime()
            self.now = now
        return now

    def _timestamp(self) -> str:
        """When the current file was last changed, as asctime writes it."""
        state = self.state
        try:
            header = state.header if state is not None else None
            if header is None:
                return "??? ??? ?? ??:??:?? ????"
            when = time.localtime(os.stat(header.path).st_mtime)
        except OSError:
            return "??? ??? ?? ??:??:?? ????"
        day = _DAYS[when.tm_wday]
        clock = "{:02}:{:02}:{:02}".format(when.tm_hour, when.tm_min, when.tm_sec)
        return "{} {} {:2} {} {}".format(day, _MONTHS[when.tm_mon - 1], when.tm_mday, clock, when.tm_year)

    # -- operators that read on ---------------------------------------------------------------------------------------

    def _operand(self) -> Token:
        while True:
            token = self.raw_next(False)
            if token.kind != PADDING:
                return token

    def _defined(self, name: Token) -> Token:
        token = self._operand()
        parenthesized = token.id == LPAREN
        if parenthesized:
            token = self._operand()
        if token.kind != IDENT:
            self.sink.error(name.span(), "operator \"defined\" requires an identifier")
            self.unread(token)
            return self._number(name, 0)
        if parenthesized:
            closing = self._operand()
            if closing.id != RPAREN:
                self.sink.error(name.span(), "missing ')' after \"defined\"")
                self.unread(closing)
        if name.origin is not None:
            self.sink.warning(
                "expansion-to-defined", name.span(), "this use of \"defined\" may not be portable"
            )
        return self._number(name, 1 if self.is_defined(token.text) else 0)

    def is_defined(self, text: str) -> bool:
        macro = self.macros.get(text)
        if macro is None or macro.kind == POISONED or macro.kind == ONLY_VARIADIC:
            return False
        return macro.kind != BUILTIN or (macro.builtin != BUILTIN_DEFINED and macro.builtin != PRAGMA_OPERATOR)

    def _has_include(self, name: Token, next: bool) -> Token | None:
        if not self.in_condition:
            self.sink.error(name.span(), "\"{}\" used outside of preprocessing directive", name.text)
            return None
        token = self._operand()
        if token.id != LPAREN:
            self.sink.error(name.span(), "missing '(' before \"{}\" operand", name.text)
        else:
            token = self._operand()
        header = ""
        quoted = False
        if token.kind == STRING or token.kind == HEADER_NAME:
            header = token.text[1:-1]
            quoted = token.text[0] == '"'
        elif token.kind == IDENT or token.text == "<":
            header, quoted = self._expanded_header(token)
        if not header:
            self.sink.error(name.span(), "operator \"{}\" requires a header-name", name.text)
            return self._number(name, 0)
        closing = self._operand()
        if closing.id != RPAREN:
            self.sink.error(name.span(), "missing ')' after \"{}\" operand", name.text)
            self.unread(closing)
        found = self.locate_header(header, quoted, next)
        return self._number(name, 0 if found is None else 1)

    def _expanded_header(self, token: Token) -> tuple[str, bool]:
        """A header name that macros make: everything up to the parenthesis."""
        tokens = [token]
        while True:
            token = self._operand()
            if token.id == RPAREN or token.kind == LIMIT:
                self.unread(token)
                break
            tokens.append(token)
        saved = self.in_condition
        expanded = self.expand_list(tokens)
        self.in_condition = saved
        return header_of(expanded)

    def locate_header(self, name: str, quoted: bool, next: bool) -> Found | None:
        """Where `#include` or `#include_next` would find a header."""
        state = self.state
        assert state is not None
        if next and len(self.states) > 1:
            start = state.index + 1
            return self.search.find(name, start, self.sink)
        if quoted:
            return self.search.find_beside(name, state.directory, state.system, self.sink)
        return self.search.find(name, self.search.bracket, self.sink)

    def _has_name(self, name: Token, builtin: int) -> Token | None:
        """`__has_attribute ( name )` and the like."""
        opening = self._operand()
        if opening.id != LPAREN:
            self.unread(opening)
            self.sink.error(name.span(), "missing '(' after \"{}\"", name.text)
            return self._number(name, 0)
        words: list[str] = []
        depth = 0
        while True:
            token = self._operand()
            if token.kind == LIMIT:
                self.sink.error(name.span(), "missing ')' after \"{}\"", name.text)
                break
            if token.id == LPAREN:
                depth += 1
            elif token.id == RPAREN:
                if depth == 0:
                    break
                depth -= 1
            words.append(token.text)
        word = "".join(words)
        if not word:
            self.sink.error(name.span(), "operator \"{}\" requires an identifier", name.text)
            return self._number(name, 0)
        if builtin == BUILTIN_HAS_BUILTIN:
            return self._number(name, 1 if word in self.options.builtins else 0)
        plain = word[2:-2] if word.startswith("__") and word.endswith("__") and len(word) > 4 else word
        if builtin == BUILTIN_HAS_C_ATTRIBUTE or name.text == "__has_cpp_attribute":
            value = self.options.standard_attributes.get(plain)
            if value is not None:
                return Token(PP_NUMBER, value, name.pos, name.flags, name.origin, 0)
            for prefix in ("gnu::", "__gnu__::"):
                if plain.startswith(prefix):
                    return self._number(name, 1 if plain[len(prefix) :] in self.options.attributes else 0)
            return self._number(name, 0)
        return self._number(name, 1 if plain in self.options.attributes else 0)


def header_of(tokens: list[Token]) -> tuple[str, bool]:
    """The header that expanded tokens name (C17 6.10.2p4), "" if they name none."""
    if not tokens:
        return "", False
    first = tokens[0]
    if first.kind == STRING and first.text[0] == '"':
        return first.text[1:-1], True
    if first.kind == HEADER_NAME:
        return first.text[1:-1], first.text[0] == '"'
    if first.text != "<":
        return "", False
    parts: list[str] = []
    for token in tokens[1:]:
        if token.text == ">":
            return "".join(parts), False
        if parts and token.flags & 2:
            parts.append(" ")
        parts.append(token.text)
    return "", False
