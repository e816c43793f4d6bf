"""Records of the preprocessor's position: the include stack and the open conditionals."""

from __future__ import annotations

from typing import Final, final

from compiler.lex.scanner import Scanner
from compiler.lex.tokens import Token
from compiler.preprocess.include import Header, LineRecord

GUARD_POSSIBLE: Final = 0  # nothing but blanks and comments so far
GUARD_OPEN: Final = 1  # inside the #ifndef that came first
GUARD_CLOSED: Final = 2  # behind its #endif
GUARD_NONE: Final = 3


@final
class Conditional:
    """An open `#if`. `taken`: one of its groups was processed already."""

    __slots__ = ("is_guard", "seen_else", "taken", "token")

    def __init__(self, token: Token, taken: bool, is_guard: bool) -> None:
        self.token = token
        self.taken = taken
        self.seen_else = False
        self.is_guard = is_guard


@final
class FileState:
    """A file being read."""

    __slots__ = (
        "conditionals",
        "directory",
        "guard",
        "guard_state",
        "header",
        "index",
        "lines",
        "marker_stack",
        "scanner",
        "silent",
        "system",
    )

    def __init__(self, scanner: Scanner, header: Header | None, directory: str, index: int, system: int) -> None:
        self.scanner = scanner
        self.header = header
        self.directory = directory
        self.index = index  # in the search chain
        self.system = system
        self.conditionals: list[Conditional] = []
        self.guard_state = GUARD_POSSIBLE
        self.guard = ""
        self.lines: dict[int, LineRecord] | None = None
        self.marker_stack: list[int] = []  # includers of the line markers met in it
        self.silent = False  # shows no line markers of its own
