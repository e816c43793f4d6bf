"""Tcl's words, scripts and expressions, as far as test directives need them."""

from __future__ import annotations

import pytest

from torture.tcl import TclError, commands, condition, split_list


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("a b", ["a", "b"]),
        ('run { target { ! int16 } } "-O2 -w"', ["run", " target { ! int16 } ", "-O2 -w"]),
        (r'"a \"b\" c" {x \} y}', ['a "b" c', r"x \} y"]),
        ("[istarget a-b] x", ["[istarget a-b]", "x"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split_list(text) == words


def test_unbalanced_text_is_an_error() -> None:
    for text in ("{a", '"a', "x[y"):
        with pytest.raises(TclError, match="without end"):
            split_list(text)


def test_commands() -> None:
    script = """
    # a comment with { a brace
    if { [istarget x] } then {
        return 1
    }
    lappend flags "-a" "-b"; return 0
    """
    assert commands(script) == [
        ["if", " [istarget x] ", "then", "\n        return 1\n    "],
        ["lappend", "flags", "-a", "-b"],
        ["return", "0"],
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[yes]", True),
        ("! [yes]", False),
        ("[no] || [yes] && [no]", False),
        ("([no] || [yes]) && ! [no]", True),
        ("[no] && [unknown]", False),
        ("[yes] || [unknown]", True),
    ],
)
def test_expressions_ask_no_more_than_they_must(text: str, value: bool) -> None:
    assert condition(text, lambda words: {"yes": True, "no": False}[words[0]]) is value


def test_expressions_not_understood() -> None:
    for text in ("", "[yes] [yes]", "$x == 1", "([yes]", "[yes] &&"):
        with pytest.raises(TclError):
            condition(text, lambda _: True)
