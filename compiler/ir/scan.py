"""Tokens of the IR's text form, one line at a time, and the error its parser raises."""

from __future__ import annotations

import re
from typing import Final, final

NAME: Final = 0  # a word, a mnemonic with its types, a block
VALUE: Final = 1  # %x
SYMBOL: Final = 2  # @x, without the @
STRING: Final = 3
NUMBER: Final = 4
MARK: Final = 5
END: Final = 6

_TOKEN: Final = re.compile(
    r'\s*(?:(@?"(?:[^"\\]|\\[0-9a-fA-F]{2})*")|(@[\w.$:]+)|(%[\w.$]+)|(-?0x[0-9a-fA-F]+|-?[0-9]+)'
    r"|(\.\.\.|[A-Za-z_.$][\w.$]*)|(->|!loc|[(){}\[\]:,=+\-@/])|(;.*)?$)"
)


@final
class ParseError(Exception):
    """A defect of the text; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line: Final = line
        self.message: Final = message


def unquoted(text: str) -> bytes:
    """The bytes of a string token, quotes included."""
    out = bytearray()
    index = 1
    while index < len(text) - 1:
        if text[index] == "\\":
            out.append(int(text[index + 1 : index + 3], 16))
            index += 3
        else:
            out += text[index].encode("utf-8", "surrogateescape")
            index += 1
    return bytes(out)


@final
class Line:
    """A cursor over the tokens of one line."""

    def __init__(self, text: str, number: int) -> None:
        self.number: Final = number
        self.kinds: Final[list[int]] = []
        self.texts: Final[list[str]] = []
        self.bytes: Final[dict[int, bytes]] = {}
        self.at = 0
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise ParseError(number, f"cannot read {text[position : position + 20].strip()!r}")
            position = match.end()
            self._add(match)
        self.kinds.append(END)
        self.texts.append("")

    def _add(self, match: re.Match[str]) -> None:
        string, symbol, value, number, name, mark = match.group(1, 2, 3, 4, 5, 6)
        if string is not None:
            is_symbol = string[0] == "@"
            content = unquoted(string[1:] if is_symbol else string)
            self.bytes[len(self.kinds)] = content
            self.kinds.append(SYMBOL if is_symbol else STRING)
            self.texts.append(content.decode("utf-8", "surrogateescape"))
        elif symbol is not None:
            self.kinds.append(SYMBOL)
            self.texts.append(symbol[1:])
        elif value is not None:
            self.kinds.append(VALUE)
            self.texts.append(value[1:])
        elif number is not None:
            self.kinds.append(NUMBER)
            self.texts.append(number)
        elif name is not None:
            self.kinds.append(NAME)
            self.texts.append(name)
        elif mark is not None:
            self.kinds.append(MARK)
            self.texts.append(mark)

    @property
    def kind(self) -> int:
        return self.kinds[self.at]

    @property
    def text(self) -> str:
        return self.texts[self.at]

    def fail(self, message: str) -> ParseError:
        return ParseError(self.number, message)

    def found(self) -> str:
        return "the end of the line" if self.kind == END else repr(self.text)

    def take(self, kind: int, what: str) -> str:
        """The text of the next token, which must be of that kind."""
        if self.kinds[self.at] != kind:
            raise self.fail(f"expected {what}, found {self.found()}")
        self.at += 1
        return self.texts[self.at - 1]

    def number_token(self, least: int | None = 0) -> int:
        text = self.take(NUMBER, "a number")
        if len(text) > 400:
            raise self.fail("number too long")
        value = int(text, 16) if "x" in text else int(text)
        if least is not None and value < least:
            raise self.fail(f"{text} is too small")
        return value

    def string_bytes(self) -> bytes:
        self.take(STRING, "a string")
        return self.bytes[self.at - 1]

    def accept(self, mark: str) -> bool:
        """Skips that mark or word if it comes next."""
        if self.texts[self.at] == mark and (self.kinds[self.at] == MARK or self.kinds[self.at] == NAME):
            self.at += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            raise self.fail(f"expected '{mark}', found {self.found()}")

    def peek(self, mark: str) -> bool:
        return self.texts[self.at] == mark and self.kinds[self.at] in (MARK, NAME)

    def end(self) -> None:
        if self.kinds[self.at] != END:
            raise self.fail(f"expected the end of the line, found {self.found()}")
