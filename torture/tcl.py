"""The little of Tcl that test directives are written in: lists, and scripts of `if`, `set`, `lappend`, `return`.

Invariant: what is not understood raises `TclError`; nothing is skipped in silence. Grammar: the Tcl manual's rules
for words.
"""

from __future__ import annotations

import re
from collections.abc import Callable


class TclError(Exception):
    """The text is not in the subset that is understood here."""


def split_list(text: str) -> list[str]:
    """The words of a Tcl list: braced, quoted or bare, with one level of braces or quotes removed."""
    words: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at >= len(text):
            return words
        word, at = _word(text, at, " \t\r\n")
        words.append(word)


def _word(text: str, at: int, separators: str) -> tuple[str, int]:
    """The word that begins at `at`, and where it ends."""
    if text[at] == "{":
        end = closing_brace(text, at)
        return text[at + 1 : end], end + 1
    if text[at] == '"':
        end = at + 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        if end >= len(text):
            raise TclError(f"quote without end: {text[at : at + 40]}")
        return re.sub(r"\\(.)", r"\1", text[at + 1 : end], flags=re.DOTALL), end + 1
    end = at
    while end < len(text) and text[end] not in separators:
        if text[end] == "[":  # a command substitution is one word, blanks included
            end = _closing_bracket(text, end)
        end += 2 if text[end : end + 1] == "\\" else 1
    return text[at:end], min(end, len(text))


def closing_brace(text: str, at: int) -> int:
    """The index of the brace that closes the one at `at`; a backslash hides the character behind it."""
    depth = 0
    index = at
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
        index += 1
    raise TclError(f"brace without end: {text[at : at + 40]}")


def _closing_bracket(text: str, at: int) -> int:
    index = at
    while index < len(text) and text[index] != "]":
        index += 2 if text[index] == "\\" else 1
    if index >= len(text):
        raise TclError(f"bracket without end: {text[at : at + 40]}")
    return index


def commands(script: str) -> list[list[str]]:
    """The commands of a script as lists of words, comments left out."""
    found: list[list[str]] = []
    words: list[str] = []
    at = 0
    while at < len(script):
        character = script[at]
        if character in " \t\r":
            at += 1
        elif script.startswith("\\\n", at):
            at += 2
        elif character in "\n;":
            if words:
                found.append(words)
            words = []
            at += 1
        elif character == "#" and not words:
            while at < len(script) and script[at] != "\n":
                at += 2 if script[at] == "\\" else 1
        else:
            word, at = _word(script, at, " \t\r\n;")
            words.append(word)
    if words:
        found.append(words)
    return found


_TOKEN = re.compile(r"\s*(\[(?:\\.|[^\]\\])*\]|&&|\|\||[!()]|\S+)")


def condition(text: str, ask: Callable[[list[str]], bool]) -> bool:
    """The value of an expression of `[command]`, `!`, `&&`, `||` and parentheses; `ask` answers commands, as few as
    needed.
    """
    tokens = [match.group(1) for match in _TOKEN.finditer(text)]
    value, at = _either(tokens, 0, ask, True)
    if at != len(tokens):
        raise TclError(f"expression not understood: {text.strip()}")
    return value


def _either(tokens: list[str], at: int, ask: Callable[[list[str]], bool], wanted: bool) -> tuple[bool, int]:
    value, at = _both(tokens, at, ask, wanted)
    while at < len(tokens) and tokens[at] == "||":
        right, at = _both(tokens, at + 1, ask, wanted and not value)
        value = value or right
    return value, at


def _both(tokens: list[str], at: int, ask: Callable[[list[str]], bool], wanted: bool) -> tuple[bool, int]:
    value, at = _single(tokens, at, ask, wanted)
    while at < len(tokens) and tokens[at] == "&&":
        right, at = _single(tokens, at + 1, ask, wanted and value)
        value = value and right
    return value, at


def _single(tokens: list[str], at: int, ask: Callable[[list[str]], bool], wanted: bool) -> tuple[bool, int]:
    if at >= len(tokens):
        raise TclError("expression ends too early")
    token = tokens[at]
    if token == "!":
        value, at = _single(tokens, at + 1, ask, wanted)
        return not value, at
    if token == "(":
        value, at = _either(tokens, at + 1, ask, wanted)
        if at >= len(tokens) or tokens[at] != ")":
            raise TclError("parenthesis without end")
        return value, at + 1
    if not token.startswith("["):
        raise TclError(f"expression not understood at '{token}'")
    return (ask(split_list(token[1:-1])) if wanted else False), at + 1
