"""Dependency rules for make: -M and its kin."""

from __future__ import annotations

from typing import Final

_WIDTH: Final = 72


def quote_for_make(name: str) -> str:
    """A file name as a make target or prerequisite (-MQ)."""
    out: list[str] = []
    backslashes = 0
    for character in name:
        if character == "\\":
            backslashes += 1
            out.append(character)
            continue
        if character == " " or character == "\t":
            out.append("\\" * (backslashes + 1))  # make halves the backslashes before a blank
        elif character == "$":
            out.append("$")
        elif character == "#":
            out.append("\\")
        out.append(character)
        backslashes = 0
    return "".join(out)


def make_rule(
    targets: list[str], dependencies: list[tuple[str, bool]], with_system: bool = True, phony: bool = False
) -> str:
    """The rule `targets: files`. `targets` are quoted already; `with_system` is False for -MM, `phony` is -MP: an
    empty rule for each file but the first, so that deleting a header breaks no build."""
    words = [quote_for_make(path) for path, system in dependencies if with_system or not system]
    column = 0
    parts: list[str] = []
    for index, target in enumerate(targets):
        if column and column + len(target) > _WIDTH:
            parts.append(" \\\n ")
            column = 1
        elif index:
            parts.append(" ")
            column += 1
        parts.append(target)
        column += len(target)
    parts.append(":")
    column += 1
    for word in words:
        if column + 1 + len(word) > _WIDTH + 4:
            parts.append(" \\\n")
            column = 0
        parts.append(" " + word)
        column += 1 + len(word)
    parts.append("\n")
    if phony:
        for word in words[1:]:
            parts.append(word + ":\n")
    return "".join(parts)
