"""Text to preprocessing tokens (C17 6.4), one logical line at a time.

Invariant: the scanner works on clean text (see `lex.clean`) that ends in a newline, so no character test needs a bounds
check; every token's position is the file's base plus its offset. It never looks at macros or conditionals; the
preprocessor asks for a line, or to skip to the next line that starts with `#`.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.clean import restore
from compiler.lex.tokens import (
    BOL,
    CHAR,
    COMMENT,
    HASH,
    HEADER_NAME,
    IDENT,
    OTHER,
    PP_NUMBER,
    PUNCT,
    PUNCTUATORS,
    SPACE_BEFORE,
    STRING,
    Spelling,
    SpellingTable,
    Token,
)
from compiler.lex.unicode import identifier_character, identifier_start, read_ucn
from compiler.platform.language import C11, C23, C89, C94, C99, Language
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceFile, Span

_INCLUDES: Final = frozenset(("include", "include_next", "import", "embed"))
_HAS_INCLUDES: Final = frozenset(("__has_include", "__has_include_next"))
_LINE_NAMES: Final = frozenset(("error", "warning"))

# Results of Scanner.skip_to_directive.
SKIP_EOF: Final = 0
SKIP_FOUND: Final = 1


@final
class Dialect:
    """What the scanner takes from the language: plain flags."""

    __slots__ = (
        "assembler",
        "digraphs",
        "dollars",
        "exponents",
        "line_comments",
        "prefixes",
        "raw",
        "separators",
        "u8_chars",
    )

    def __init__(self, language: Language) -> None:
        gnu, version = language.gnu, language.version
        self.line_comments: bool = gnu or version >= C99
        self.digraphs: bool = gnu or version >= C94
        self.exponents: bool = gnu or version >= C99  # p+ in numbers
        self.prefixes: bool = version >= C11 or (gnu and version >= C99)  # u8 u U
        self.raw: bool = gnu and version >= C99  # R"x( )x"
        self.u8_chars: bool = version >= C23
        self.separators: bool = version >= C23  # 1'000
        self.dollars: bool = language.dollars
        self.assembler: bool = language.assembler
        assert version >= C89


@final
class Scanner:
    """Reads one file. `pos` is the offset of the next unread character, at a line's start between calls."""

    __slots__ = ("base", "dialect", "end", "file", "keep_comments", "names", "pos", "quiet", "sink", "table", "text")

    def __init__(self, file: SourceFile, table: SpellingTable, dialect: Dialect, sink: Sink) -> None:
        self.file = file
        self.text: str = file.text
        self.base: int = file.base
        self.end: int = len(file.text)
        assert file.text.endswith("\n") or not file.text
        self.pos: int = 0
        self.table = table
        self.names: dict[str, Spelling] = table.names
        self.dialect = dialect
        self.sink = sink
        self.keep_comments = False
        self.quiet = False  # no diagnostics: trial scans of pasted text and skipped groups

    def _warn(self, group: str, offset: int, end: int, format: str, *args: object) -> None:
        if not self.quiet:
            self.sink.warning(group, Span(self.base + offset, self.base + end), format, *args)

    # The hot loop. It is one long function on purpose: a call per token costs as much as the token.
    def scan_line(self, out: list[Token]) -> bool:
        """Append the tokens of the next line that has any; False at the end of the file. A comment may make one
        logical line of several (C17 5.1.1.2p3)."""
        text = self.text
        end = self.end
        names = self.names
        base = self.base
        i = self.pos
        flags = BOL
        before = len(out)
        is_directive = False
        in_include = False
        is_message = False
        dialect = self.dialect
        while i < end:
            c = ord(text[i])
            if c == 32 or c == 9:
                flags |= SPACE_BEFORE
                i += 1
                continue
            start = i
            if 97 <= c <= 122 or 65 <= c <= 90 or c == 95:
                i += 1
                c = ord(text[i])
                while 97 <= c <= 122 or c == 95 or 48 <= c <= 57 or 65 <= c <= 90:
                    i += 1
                    c = ord(text[i])
                if c > 127 or c == 92 or c == 36:
                    i = self._extended_identifier(start, i, flags, out)
                    flags = 0
                    continue
                word = text[start:i]
                if (c == 34 or c == 39) and i - start <= 3 and self._is_prefix(word, c == 39):
                    i = self._quoted(start, i, flags, out)
                    flags = 0
                    continue
                name = names.get(word)
                if name is None:
                    name = Spelling(word, 0)
                    names[word] = name
                out.append(Token(IDENT, name.text, base + start, flags, None, name.id))
                if is_directive and len(out) - before == 2:
                    if name.text in _INCLUDES:
                        in_include = True
                    elif name.text in _LINE_NAMES and not self.quiet:
                        self.quiet = is_message = True  # apostrophes in an #error text are no mistake
                flags = 0
                continue
            if c == 10:
                i += 1
                if len(out) != before:
                    self.pos = i
                    if is_message:
                        self.quiet = False
                    return True
                flags = BOL
                continue
            if 48 <= c <= 57 or (c == 46 and 48 <= ord(text[i + 1]) <= 57):
                i = self._number_end(i)
                out.append(Token(PP_NUMBER, text[start:i], base + start, flags, None, 0))
                flags = 0
                continue
            if c == 34 or c == 39:
                if in_include and c == 34:
                    i = self._header_name(start, '"', flags, out)
                else:
                    i = self._quoted(start, i, flags, out)
                flags = 0
                continue
            if c == 47:  # a slash may start a comment
                second = ord(text[i + 1])
                if second == 42:
                    i = self._block_comment(start, flags, out)
                    flags |= SPACE_BEFORE
                    continue
                if second == 47 and dialect.line_comments:
                    i = text.find("\n", i)
                    if self.keep_comments and not self.quiet:
                        out.append(Token(COMMENT, text[start:i], base + start, flags, None, 0))
                    continue
            if c <= 32:  # \v \f \r and NUL count as blanks; gcc warns of NUL
                if c == 0:
                    self._warn("", i, i + 1, "null character(s) ignored")
                elif not (c == 11 or c == 12 or c == 13):
                    out.append(Token(OTHER, text[i], base + i, flags, None, 0))
                    flags = 0
                    i += 1
                    continue
                flags |= SPACE_BEFORE
                i += 1
                continue
            # Punctuators: no longer one can start unless the next character is among = < > & | + - . # : % @
            character = text[i]
            id = PUNCTUATORS.get(character, 0)
            if id == 0:
                i = self._other(start, flags, out)
                flags = 0
                continue
            c = ord(text[i + 1])
            if c == 61 or c == 62 or c == 60 or c == 38 or c == 124 or c == 43 or c == 45 or c == 46 or c == 58:
                if is_directive and character == "<" and (in_include or self._after_has_include(out)):
                    i = self._header_name(start, ">", flags, out)
                    flags = 0
                    continue
                character = self._longest(i)
                id = PUNCTUATORS[character]
                i += len(character)
            elif c == 35 or c == 37:
                character = self._longest(i)
                id = PUNCTUATORS[character]
                i += len(character)
            else:
                if is_directive and character == "<" and (in_include or self._after_has_include(out)):
                    i = self._header_name(start, ">", flags, out)
                    flags = 0
                    continue
                i += 1
            if id == HASH and len(out) == before:
                is_directive = True
            out.append(Token(PUNCT, character, base + start, flags, None, id))
            flags = 0
        self.pos = i
        return len(out) != before

    def _longest(self, i: int) -> str:
        """The longest punctuator at `i` (C17 6.4p4)."""
        text = self.text
        if self.dialect.digraphs and text.startswith("%:%:", i):
            return "%:%:"
        three = text[i : i + 3]
        if three in ("...", "<<=", ">>="):
            return three
        two = text[i : i + 2]
        if two in PUNCTUATORS:
            if two in ("<:", ":>", "<%", "%>", "%:"):
                return two if self.dialect.digraphs else text[i]
            if two == "::" and self.dialect.u8_chars is False:
                return ":"  # one token in C23 only, for attributes
            return two
        return text[i]

    def _number_end(self, i: int) -> int:
        text = self.text
        dialect = self.dialect
        while True:
            i += 1
            c = ord(text[i])
            if 48 <= c <= 57 or c == 46:
                continue
            if 97 <= c <= 122 or 65 <= c <= 90 or c == 95:
                if c == 101 or c == 69 or ((c == 112 or c == 80) and dialect.exponents):
                    c = ord(text[i + 1])
                    if c == 43 or c == 45:
                        i += 1
                continue
            if c == 39 and dialect.separators:
                c = ord(text[i + 1])
                if 48 <= c <= 57 or 97 <= c <= 122 or 65 <= c <= 90 or c == 95:
                    continue
                return i
            if c == 36 and dialect.dollars:
                continue
            if c > 127 and identifier_character(c):
                continue
            return i

    def _extended_identifier(self, start: int, i: int, flags: int, out: list[Token]) -> int:
        """An identifier with `$`, UTF-8 or universal character names; the token's text has the characters."""
        text = self.text
        word = text[start:i]
        while True:
            c = ord(text[i])
            if identifier_character(c) or (c == 36 and self.dialect.dollars):
                word += text[i]
                i += 1
            elif c == 92:
                value, length = read_ucn(text, i)
                if length == 0 or not identifier_character(value):
                    break
                word += chr(value)
                i += length
            else:
                break
        if (text[i] == '"' or text[i] == "'") and self._is_prefix(word, text[i] == "'"):
            return self._quoted(start, i, flags, out)
        name = self.table.intern(word)
        out.append(Token(IDENT, name.text, self.base + start, flags, None, name.id))
        return i

    def _other(self, start: int, flags: int, out: list[Token]) -> int:
        """A character that starts no ASCII token: `$`, UTF-8, a UCN, or a stray one."""
        text = self.text
        c = ord(text[start])
        if (c == 36 and self.dialect.dollars) or (c > 127 and identifier_start(c)):
            return self._extended_identifier(start, start, flags, out)
        if c == 92:
            value, length = read_ucn(text, start)
            if length and identifier_start(value):
                return self._extended_identifier(start, start, flags, out)
        out.append(Token(OTHER, text[start], self.base + start, flags, None, 0))
        return start + 1

    def _is_prefix(self, word: str, is_char: bool) -> bool:
        """Whether the word before a quote belongs to the literal (C17 6.4.4.4, 6.4.5; R is GNU's)."""
        if word == "L":
            return True
        if word == "u" or word == "U":
            return self.dialect.prefixes
        if word == "u8":
            return self.dialect.u8_chars if is_char else self.dialect.prefixes
        if is_char or not self.dialect.raw:
            return False
        return word in ("R", "LR", "uR", "UR", "u8R")

    def _quoted(self, start: int, quote: int, flags: int, out: list[Token]) -> int:
        """A string or character constant whose prefix starts at `start`; unterminated, it takes the line as OTHER."""
        text = self.text
        if quote > start and text[quote - 1] == "R" and text[quote] == '"':
            return self._raw_string(start, quote, flags, out)
        mark = text[quote]
        eol = text.find("\n", quote)
        at = text.find(mark, quote + 1, eol)
        if at >= 0 and text.find("\\", quote, at) >= 0:
            at = quote + 1
            while at < eol:
                c = text[at]
                if c == mark:
                    break
                at += 2 if c == "\\" else 1
            if at >= eol:
                at = -1
        if at < 0:
            if not self.dialect.assembler:
                self._warn("", quote, eol, "missing terminating {} character", mark)
                out.append(Token(OTHER, text[start:eol], self.base + start, flags, None, 0))
                return eol
            out.append(Token(OTHER, text[start : quote + 1], self.base + start, flags, None, 0))
            return quote + 1
        kind = STRING if mark == '"' else CHAR
        out.append(Token(kind, text[start : at + 1], self.base + start, flags, None, 0))
        return at + 1

    def _raw_string(self, start: int, quote: int, flags: int, out: list[Token]) -> int:
        """R"delimiter( ... )delimiter": line splices and trigraphs inside are undone."""
        text = self.text
        open_paren = text.find("(", quote, quote + 18)
        delimiter = text[quote + 1 : open_paren] if open_paren >= 0 else " "
        if any(c in ' ()\\\t\v\f\n"' for c in delimiter):
            if not self.quiet:
                self.sink.error(Span(self.base + start, self.base + quote + 1), "invalid raw string delimiter")
            out.append(Token(OTHER, text[start : quote + 1], self.base + start, flags, None, 0))
            return quote + 1
        closing = ")" + delimiter + '"'
        at = text.find(closing, open_paren)
        if at < 0:
            if not self.quiet:
                self.sink.error(Span(self.base + start, self.base + quote + 1), "unterminated raw string")
            out.append(Token(OTHER, text[start : quote + 1], self.base + start, flags, None, 0))
            return self.end - 1
        at += len(closing)
        out.append(Token(STRING, restore(self.file, start, at), self.base + start, flags, None, 0))
        return at

    def _block_comment(self, start: int, flags: int, out: list[Token]) -> int:
        at = self.text.find("*/", start + 2)
        if at < 0:
            if not self.quiet:
                self.sink.error(Span(self.base + start, self.base + start + 2), "unterminated comment")
            return self.end - 1
        if self.keep_comments and not self.quiet:
            out.append(Token(COMMENT, self.text[start : at + 2], self.base + start, flags, None, 0))
        return at + 2

    def _after_has_include(self, out: list[Token]) -> bool:
        count = len(out)
        if count >= 3 and out[count - 1].text == "(" and out[count - 2].text in _HAS_INCLUDES:
            return True
        return count >= 2 and out[count - 1].text in _HAS_INCLUDES

    def _header_name(self, start: int, closing: str, flags: int, out: list[Token]) -> int:
        """`<...>` or `"..."` of an include, in which nothing is escaped (C17 6.4.7)."""
        text = self.text
        eol = text.find("\n", start)
        at = text.find(closing, start + 1, eol)
        if at < 0:
            if closing == '"':
                return self._quoted(start, start, flags, out)
            out.append(Token(PUNCT, "<", self.base + start, flags, None, PUNCTUATORS["<"]))
            return start + 1
        out.append(Token(HEADER_NAME, text[start : at + 1], self.base + start, flags, None, 0))
        return at + 1

    # -- skipped groups ----------------------------------------------------------------------------------------------

    def skip_to_directive(self) -> str:
        """Advance to the next line that starts with `#` and hand back its directive's name ("" if it has none): the
        line itself is left unread. At the end of the file the name is "\\n"."""
        text = self.text
        end = self.end
        i = self.pos
        while i < end:
            i = self._skip_blanks(i)
            if i >= end:
                break
            c = text[i]
            if c == "\n":
                i += 1
                continue
            if c == "#" or (c == "%" and text[i + 1] == ":" and self.dialect.digraphs):
                self.pos = i
                at = self._skip_blanks(i + (1 if c == "#" else 2))
                start = at
                while "a" <= text[at] <= "z" or text[at] == "_":
                    at += 1
                return text[start:at]
            i = self._skip_line(i)
        self.pos = end
        return "\n"

    def next_line(self) -> None:
        """Skip the line that `skip_to_directive` stopped at."""
        self.pos = self._skip_line(self.pos)

    def _skip_blanks(self, i: int) -> int:
        text = self.text
        while i < self.end:
            c = text[i]
            if c == " " or c == "\t" or c == "\v" or c == "\f" or c == "\r" or c == "\0":
                i += 1
            elif c == "/" and text[i + 1] == "*":
                i = text.find("*/", i + 2)
                if i < 0:
                    return self.end
                i += 2
            else:
                break
        return i

    def _skip_line(self, i: int) -> int:
        """The start of the next line; a comment that starts on this one may carry over."""
        text = self.text
        eol = text.find("\n", i)
        if text.find("/*", i, eol) < 0:
            return eol + 1
        while True:
            c = text[i]
            if c == "\n":
                return i + 1
            if c == '"' or c == "'":
                i += 1
                while text[i] != c and text[i] != "\n":
                    i += 2 if text[i] == "\\" and text[i + 1] != "\n" else 1
                if text[i] == c:
                    i += 1
            elif c == "/" and text[i + 1] == "*":
                start = i
                i = text.find("*/", i + 2)
                if i < 0:
                    self.sink.error(Span(self.base + start, self.base + start + 2), "unterminated comment")
                    return self.end
                i += 2
            elif c == "/" and text[i + 1] == "/" and self.dialect.line_comments:
                i = text.find("\n", i)
            else:
                i += 1
