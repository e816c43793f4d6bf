"""Tokens, splices, trigraphs and positions of the scanner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.lex.clean import decode, load_text, restore
from compiler.lex.scanner import Dialect, Scanner
from compiler.lex.tokens import (
    CHAR,
    HASH,
    IDENT,
    K_INLINE,
    K_INT,
    LBRACKET,
    OTHER,
    PP_NUMBER,
    PUNCT,
    SPACE_BEFORE,
    STRING,
    SpellingTable,
    Token,
    keywords,
)
from compiler.platform.language import Language, language
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap


def scan(text: str, standard: str = "gnu17") -> tuple[list[Token], Sink]:
    dialect = language(standard)
    assert dialect is not None
    source_map = SourceMap()
    source_map.add("other.h", "so that bases are not zero\n")
    sink = Sink(source_map)
    file = load_text(source_map, "test.c", text, dialect.trigraphs, sink)
    scanner = Scanner(file, SpellingTable(keywords(dialect.version, dialect.gnu)), Dialect(dialect), sink)
    out: list[Token] = []
    while scanner.scan_line(out):
        pass
    return out, sink


def texts(text: str, standard: str = "gnu17") -> list[str]:
    return [token.text for token in scan(text, standard)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a+++++b", ["a", "++", "++", "+", "b"]),
        ("x>>=y<<=z->w...", ["x", ">>=", "y", "<<=", "z", "->", "w", "..."]),
        (".5 5. 1.e+3 0x1p-2 1..2 .. .", [".5", "5.", "1.e+3", "0x1p-2", "1..2", ".", ".", "."]),
        ("0xe+1 1e+x", ["0xe+1", "1e+x"]),
        ("a / b /= c", ["a", "/", "b", "/=", "c"]),
        ("a/**/b//c\nd", ["a", "b", "d"]),
        ("L\"a\" L'b' u8\"c\" Lx\"d\"", ["L\"a\"", "L'b'", "u8\"c\"", "Lx", "\"d\""]),
        ("\"a\\\"b\" '\\''", ["\"a\\\"b\"", "'\\''"]),
        ("<::> %:%:", ["<:", ":>", "%:%:"]),
        ("R\"x(a)y)x\"", ["R\"x(a)y)x\""]),
        ("a\\\nb", ["ab"]),
        ("$x été", ["$x", "été"]),
        ("\\u00e9t\\u00E9", ["été"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_dialects_differ() -> None:
    assert texts("??=define", "c99") == ["#", "define"]
    assert texts("??=define", "gnu99") == ["?", "?", "=", "define"]
    assert texts("1//2", "c89") == ["1", "/", "/", "2"]
    assert texts("1'000", "gnu2x") == ["1'000"]
    assert texts("0x1p+2", "c89") == ["0x1p", "+", "2"]
    assert texts("u\"x\"", "c99") == ["u", "\"x\""]


def test_kinds_and_ids() -> None:
    tokens = scan("int __inline__ x 1 'a' \"b\" <: @")[0]
    assert [token.kind for token in tokens] == [IDENT, IDENT, IDENT, PP_NUMBER, CHAR, STRING, PUNCT, OTHER]
    assert [token.id for token in tokens] == [K_INT, K_INLINE, 0, 0, 0, 0, LBRACKET, 0]


def test_keywords_follow_the_standard() -> None:
    assert "inline" not in keywords(1989, False) and "inline" in keywords(1989, True)
    assert "restrict" not in keywords(1989, True) and "restrict" in keywords(1999, False)
    assert "typeof" not in keywords(2017, False) and "typeof" in keywords(2023, False)


def test_positions_lead_back_to_the_file() -> None:
    text = "ab \\\n  cd\n\te /* x\n*/ f ??/\n g\n"
    source_map = SourceMap()
    file = load_text(source_map, "test.c", text, True)
    scanner = Scanner(file, SpellingTable({}), Dialect(Language(2017, False)), Sink(source_map))
    tokens: list[Token] = []
    while scanner.scan_line(tokens):
        pass
    found = [(token.text, *source_map.locate(token.pos)[1:]) for token in tokens]
    assert found == [("ab", 1, 1), ("cd", 2, 3), ("e", 3, 9), ("f", 4, 4), ("g", 5, 2)]


def test_a_logical_line_at_a_time() -> None:
    source_map = SourceMap()
    file = load_text(source_map, "test.c", "\n\n a /*\n*/ b\n  # c\n", False)
    scanner = Scanner(file, SpellingTable({}), Dialect(Language()), Sink(source_map))
    first: list[Token] = []
    second: list[Token] = []
    assert scanner.scan_line(first) and scanner.scan_line(second) and not scanner.scan_line([])
    assert [token.text for token in first] == ["a", "b"]
    assert second[0].id == HASH and second[0].flags & SPACE_BEFORE


def test_unterminated_things_are_diagnosed() -> None:
    tokens, sink = scan("x 'abc\ny \"d\nz /* e")
    assert [token.text for token in tokens] == ["x", "'abc", "y", "\"d", "z"]
    assert tokens[1].kind == OTHER
    assert [d.text for d in sink.diagnostics] == [
        "missing terminating ' character", "missing terminating \" character", "unterminated comment",
    ]  # fmt: skip
    assert [(d.line, d.column) for d in sink.diagnostics] == [(1, 3), (2, 3), (3, 3)]


def test_raw_strings_undo_splices() -> None:
    tokens = scan("R\"(a\\\nb)\" c")[0]
    assert [token.text for token in tokens] == ["R\"(a\\\nb)\"", "c"]


def test_bytes_survive() -> None:
    text = decode(b"\xef\xbb\xbf\"\xff\xc3\xa9\"")
    assert texts(text)[0].encode("utf-8", "surrogateescape") == b"\"\xff\xc3\xa9\""


def test_skipping_sees_comments_and_strings() -> None:
    text = "don't /* x\n\"/*\" '\"' // /*\n /* \n#endif */ a\n  /**/ # /**/ endif\nb\n"
    source_map = SourceMap()
    sink = Sink(source_map)
    scanner = Scanner(load_text(source_map, "t.c", text, False), SpellingTable({}), Dialect(Language()), sink)
    assert scanner.skip_to_directive() == "endif"
    line: list[Token] = []
    scanner.scan_line(line)
    assert [token.text for token in line] == ["#", "endif"] and not sink.diagnostics


@given(st.text(alphabet="ab1.+-<>=#&|/*\"'\\\n \t?u8LR(){}%:", max_size=40))
def test_tokens_tile_the_text(text: str) -> None:
    """Every token stands where its position says, in order, and no token overlaps the next."""
    source_map = SourceMap()
    file = load_text(source_map, "t.c", text, False)
    scanner = Scanner(file, SpellingTable({}), Dialect(Language()), Sink(source_map))
    tokens: list[Token] = []
    while scanner.scan_line(tokens):
        pass
    end = 0
    for token in tokens:
        assert token.pos >= end
        end = token.pos + len(token.text)
        if not token.text.startswith("R") and "R\"" not in token.text:
            assert file.text[token.pos : end] == token.text
    assert restore(file, 0, 0) == ""
