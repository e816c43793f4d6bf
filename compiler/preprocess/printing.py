"""-E output: tokens as text that scans to the same tokens, with line markers."""

from __future__ import annotations

from typing import Final, TextIO

from compiler.lex.tokens import COMMENT, EOF, IDENT, PRAGMA, RAW_LINE, SPACE_BEFORE, PragmaToken, Token
from compiler.preprocess.macros import need_space
from compiler.preprocess.pragmas import spell_pragma
from compiler.preprocess.reader import escape, marker_flags
from compiler.source.files import SourceMap

_NEWLINES: Final = 8  # more empty lines than that become a line marker, as in gcc


class Printer:
    """Writes a token stream piece by piece; `markers` is off under -P."""

    def __init__(self, stream: TextIO, source_map: SourceMap, markers: bool = True) -> None:
        self.stream = stream
        self.source_map = source_map
        self.markers = markers
        self.name = ""  # what the reader of the output thinks: current file and line
        self.line = 0
        self.low = 0  # positions of the current source line
        self.high = 0
        self.file_low = 0  # where the current source file starts
        self.previous: Token | None = None  # on the current output line
        self.parts: list[str] = []

    def write(self, tokens: list[Token]) -> None:
        parts = self.parts
        for token in tokens:
            kind = token.kind
            if kind == RAW_LINE:
                self._raw_line(token)
                continue
            pos = token.pos
            origin = token.origin
            while origin is not None:
                pos = origin.pos
                origin = origin.parent
            if not self.low <= pos < self.high and not (
                # What a macro body adds behind an argument from a later line stays on that line.
                token.origin is not None and self.previous is not None and self.file_low <= pos < self.high
            ):
                self._move(pos)
            if kind == EOF:
                continue
            if kind == PRAGMA:
                assert isinstance(token, PragmaToken)
                if self.previous is not None:
                    parts.append("\n")
                parts.append(spell_pragma(token) + "\n")
                self.previous = None
                self.line += 1
                self.high = -1  # the next token looks where it is
                continue
            previous = self.previous
            if previous is None:
                column = self.source_map.locate(pos)[2] if token.flags & SPACE_BEFORE else 1
                if column > 1:
                    parts.append(" " * (column - 1))
            elif token.flags & SPACE_BEFORE or (
                (token.pos != previous.pos + len(previous.text) or token.origin is not None)
                and kind != COMMENT
                and need_space(previous, token)
            ):
                parts.append(" ")
            text = token.text
            parts.append(text if text.isascii() else self._spelling(token))
            if "\n" in token.text:
                self.line += token.text.count("\n")
            self.previous = token
        self.flush()

    def finish(self) -> None:
        if self.previous is not None:
            self.parts.append("\n")
            self.previous = None
        self.flush()

    def flush(self) -> None:
        self.stream.write("".join(self.parts))
        self.parts.clear()

    def _spelling(self, token: Token) -> str:
        """Identifiers beyond ASCII are written with universal character names, as gcc does."""
        if token.kind != IDENT:
            return token.text
        return "".join([c if c.isascii() else "\\U{:08x}".format(ord(c)) for c in token.text])

    def _raw_line(self, token: Token) -> None:
        if self.previous is not None:
            self.parts.append("\n")
            self.previous = None
        self.high = -1
        if token.id == 0:  # a line marker: its position is the line that follows
            if self.markers:
                self.parts.append(token.text + "\n")
            first = token.text.find('"')
            name = token.text[first + 1 : token.text.rfind('"')]
            self.name = name.replace("\\\\", "\\").replace('\\"', '"')
            self.line = token.pos
        else:
            self.parts.append(token.text + "\n")
            self.line += 1

    def _move(self, pos: int) -> None:
        """Start a new output line that stands for another source line."""
        if pos < 0:
            return
        file = self.source_map.file_of(pos)
        offset = pos - file.base
        self.file_low = file.base
        self.low = file.base + file.text.rfind("\n", 0, offset) + 1
        end = file.text.find("\n", offset)
        self.high = file.base + (end + 1 if end >= 0 else len(file.text))
        name, line, system = file.presumed(offset)
        if self.previous is not None:
            if name == self.name and line == self.line:
                return
            self.parts.append("\n")
            self.line += 1
            self.previous = None
        if name == self.name and line == self.line:
            return
        if name == self.name and 0 < line - self.line <= _NEWLINES:
            self.parts.append("\n" * (line - self.line) if self.markers else "")
        elif self.markers:
            self.parts.append('# {} "{}"{}\n'.format(line, escape(name), marker_flags(system)))
        self.name = name
        self.line = line


def print_tokens(tokens: list[Token], source_map: SourceMap, stream: TextIO, markers: bool = True) -> None:
    """The whole -E output at once."""
    printer = Printer(stream, source_map, markers)
    printer.write(tokens)
    printer.finish()
