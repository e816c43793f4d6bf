"""Pragmas that the preprocessor executes; all others go to the parser as one PRAGMA token."""

from __future__ import annotations

from typing import Final

from compiler.lex.tokens import BOL, COMMENT, IDENT, LPAREN, RPAREN, STRING, PragmaToken, Token
from compiler.preprocess.builtins import Builtins
from compiler.preprocess.macros import POISONED, Macro
from compiler.source.diagnostics import AS_ERROR, AS_WARNING, IGNORED
from compiler.source.files import SYSTEM_FILE, Expansion

# Pragmas whose operands are macro-expanded before the parser sees them.
_EXPANDED: Final = frozenset(("pack", "omp", "message", "redefine_extname", "scalar_storage_order"))
_LEVELS: Final[dict[str, int]] = {"ignored": IGNORED, "warning": AS_WARNING, "error": AS_ERROR}


class Pragmas(Builtins):
    """Builtins with pragmas."""

    def execute_pragma(self, tokens: list[Token], pos: int, origin: Expansion | None) -> Token | None:
        """`tokens`: what follows `#pragma`. A PRAGMA token if it concerns the parser or the -E output."""
        tokens = [token for token in tokens if token.kind != COMMENT]
        keep = self.options.keep_pragmas
        if not tokens:
            return PragmaToken(pos, origin, tokens) if keep else None
        first = tokens[0]
        name = first.text if first.kind == IDENT else ""
        if name == "once":
            self._once(first)
            return None
        if name == "push_macro" or name == "pop_macro":
            self._push_or_pop(tokens, name == "push_macro")
            return None
        if name == "poison" or (name == "GCC" and len(tokens) > 1 and self._gcc_pragma(tokens)):
            if name == "poison":
                self._poison(tokens[1:])
            return None
        if keep:
            self._check_poison(tokens)
            return PragmaToken(pos, origin, tokens)
        if name == "GCC" and len(tokens) > 1 and tokens[1].text == "diagnostic":
            return None
        if name in _EXPANDED:
            tokens = [first] + self.expand_list(tokens[1:])
            if name == "message":
                self._message(first, tokens)
                return None
        else:
            self._check_poison(tokens)
        return PragmaToken(pos, origin, tokens)

    def _check_poison(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.kind == IDENT:
                macro = self.macros.get(token.text)
                if macro is not None and macro.kind == POISONED:
                    self.sink.error(token.span(), "attempt to use poisoned \"{}\"", token.text)

    def _gcc_pragma(self, tokens: list[Token]) -> bool:
        """Pragmas in the GCC namespace; False if this one is the parser's."""
        name = tokens[1].text
        if name == "poison":
            self._poison(tokens[2:])
        elif name == "system_header":
            self._system_header(tokens[1])
        elif name == "warning" or name == "error":
            if len(tokens) < 3 or any(token.kind != STRING for token in tokens[2:]):
                self.sink.warning("", tokens[1].span(), "invalid \"#pragma GCC {}\" directive", name)
            else:
                text = "".join([token.text[1:-1].replace('\\"', '"').replace("\\\\", "\\") for token in tokens[2:]])
                if name == "error":
                    self.sink.error(tokens[2].span(), "{}", text)
                else:
                    self.sink.warning("", tokens[2].span(), "{}", text)
        elif name == "dependency":
            self._dependency(tokens)
        elif name == "diagnostic":
            self._diagnostic(tokens)
            return False  # -E passes it on
        else:
            return False
        return True

    def _once(self, token: Token) -> None:
        state = self.state
        assert state is not None
        if len(self.states) == 1:
            self.sink.warning("", token.span(), "#pragma once in main file")
        elif state.header is not None:
            state.header.once = True
            for header in self.cache.headers.values():  # the same file under another name
                if header.identity == state.header.identity:
                    header.once = True

    def _push_or_pop(self, tokens: list[Token], push: bool) -> None:
        if len(tokens) < 4 or tokens[1].id != LPAREN or tokens[2].kind != STRING or tokens[3].id != RPAREN:
            self.sink.warning("", tokens[0].span(), "invalid #pragma {} directive", tokens[0].text)
            return
        name = tokens[2].text[1:-1].strip()
        stack = self.pushed_macros.setdefault(name, [])
        if push:
            stack.append(self.macros.get(name))
        elif stack:
            macro = stack.pop()
            if macro is None:
                self.macros.pop(name, None)
            else:
                self.macros[name] = macro

    def _poison(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.kind != IDENT:
                self.sink.error(token.span(), "invalid #pragma GCC poison directive")
                return
            macro = self.macros.get(token.text)
            if macro is not None and macro.kind != POISONED:
                self.sink.warning("", token.span(), "poisoning existing macro \"{}\"", token.text)
            self.macros[token.text] = Macro(token.text, POISONED, [], False, [], token.pos)

    def _system_header(self, token: Token) -> None:
        state = self.state
        assert state is not None
        if len(self.states) == 1:
            self.sink.warning("", token.span(), "#pragma system_header ignored outside include file")
            return
        file = state.scanner.file
        state.system = SYSTEM_FILE
        name, line, _ = file.presumed(token.pos - file.base)
        file.add_marker(state.scanner.pos, line + 1, name, SYSTEM_FILE)
        self.marker(line + 1, name, 0, SYSTEM_FILE)

    def _dependency(self, tokens: list[Token]) -> None:
        """Warn if the named file is newer than this one."""
        state = self.state
        assert state is not None
        text = "".join([token.text for token in tokens[2:]])
        closing = text.find(">") if text.startswith("<") else text.find('"', 1)
        if closing < 0:
            self.sink.error(tokens[1].span(), "#pragma dependency expects \"FILENAME\" or <FILENAME>")
            return
        name = text[1:closing]
        found = self.locate_header(name, text[0] == '"', False)
        if found is None:
            self.sink.warning("", tokens[1].span(), "cannot find source file {}", name)
        elif state.header is not None and found.header.modified > state.header.modified:
            self.sink.warning("", tokens[1].span(), "current file is older than {}", name)

    def _diagnostic(self, tokens: list[Token]) -> None:
        what = tokens[2].text if len(tokens) > 2 else ""
        pos = tokens[0].pos
        if what == "push":
            self.sink.pragma_push(pos)
        elif what == "pop":
            self.sink.pragma_pop(pos)
        elif what in _LEVELS and len(tokens) > 3 and tokens[3].kind == STRING:
            option = tokens[3].text[1:-1]
            if option.startswith("-W"):
                self.sink.pragma_level(pos, option[2:], _LEVELS[what])
            else:
                self.sink.warning("pragmas", tokens[3].span(), "unknown option after '#pragma GCC diagnostic' kind")
        elif what in _LEVELS:
            self.sink.warning("pragmas", tokens[2].span(), "missing option after '#pragma GCC diagnostic' kind")
        else:
            span = tokens[2].span() if what else tokens[1].span()
            self.sink.warning(
                "pragmas", span, "expected [error|warning|ignored|push|pop] after '#pragma GCC diagnostic'"
            )

    def _message(self, first: Token, tokens: list[Token]) -> None:
        text = "".join([token.text[1:-1].replace('\\"', '"') for token in tokens[1:] if token.kind == STRING])
        if text:
            self.sink.note(first.span(), "'#pragma message: {}'", text)
        else:
            self.sink.warning("pragmas", first.span(), "expected a string after '#pragma message'")


def spell_pragma(token: PragmaToken) -> str:
    """The line as -E prints it."""
    parts = ["#pragma"]
    for index, part in enumerate(token.tokens):
        if index == 0 or part.flags & (2 | BOL):
            parts.append(" ")
        parts.append(part.text)
    return "".join(parts) if token.tokens else "#pragma "
