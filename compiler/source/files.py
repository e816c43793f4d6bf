"""Source files and the map from integer positions to presumed locations.

Invariant: every file owns the positions `base .. base + len(text)`, ranges never overlap, so one int names a
character of one file. `text` is the file after translation phases 1 and 2 (C17 5.1.1.2: trigraphs replaced, line
splices removed); what was removed is kept as two sorted arrays, so the scanner sees clean text and `locate` still
answers in terms of the file on disk. Line tables are built on the first question about a file, not before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Final, final

NO_POSITION: Final = -1

USER_FILE: Final = 0
SYSTEM_FILE: Final = 1  # warnings are suppressed
EXTERN_C_FILE: Final = 2  # gcc's flag 4; the same as SYSTEM_FILE for C


@final
class Expansion:
    """One macro expansion: tokens made by it refer to it by `origin`.

    `pos` and `parent` are those of the macro name that was replaced, `definition` is where the macro was defined
    (NO_POSITION for a built-in macro).
    """

    __slots__ = ("definition", "name", "parent", "pos")

    def __init__(self, name: str, pos: int, definition: int, parent: Expansion | None) -> None:
        self.name = name
        self.pos = pos
        self.definition = definition
        self.parent = parent


@final
class Span:
    """Characters `pos .. end` (exclusive, positions of a SourceMap), made by the macro expansions of `origin`."""

    __slots__ = ("end", "origin", "pos")

    def __init__(self, pos: int, end: int, origin: Expansion | None = None) -> None:
        self.pos = pos
        self.end = end
        self.origin = origin


def expansion_pos(pos: int, origin: Expansion | None) -> int:
    """Where the text that produced a token stands outside of all macros: what `__LINE__` and debug lines mean."""
    while origin is not None:
        pos = origin.pos
        origin = origin.parent
    return pos


@final
class Location:
    """A presumed location: what `#line` and line markers make of a position. Lines and columns count from 1."""

    __slots__ = ("column", "file", "line", "system")

    def __init__(self, file: str, line: int, column: int, system: int) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.system = system


@final
class SourceFile:
    """One file's text with its tables.

    `included_at` is the position of the `#include` last seen to open it, NO_POSITION for a main file: it is set
    again at each inclusion, so a diagnostic shows the include stack of the moment.
    """

    __slots__ = (
        "base",
        "included_at",
        "last_line",
        "line_starts",
        "marker_includes",
        "marker_lines",
        "marker_names",
        "marker_offsets",
        "marker_systems",
        "name",
        "original",
        "splice_offsets",
        "splice_removed",
        "system",
        "text",
    )  # fmt: skip

    def __init__(self, name: str, text: str, base: int) -> None:
        self.name = name
        self.original = text
        self.text = text
        self.base = base
        self.system = USER_FILE
        self.included_at = NO_POSITION
        self.line_starts: array[int] | None = None
        # At clean offset splice_offsets[i] and after, splice_removed[i] characters of the original are missing.
        self.splice_offsets: list[int] = []
        self.splice_removed: list[int] = []
        # From clean offset marker_offsets[i] on, the line that starts there is marker_lines[i] of marker_names[i].
        self.marker_offsets: list[int] = []
        self.marker_lines: list[int] = []
        self.marker_names: list[str] = []
        self.marker_systems: list[int] = []
        self.marker_includes: list[int] = []
        self.last_line = 0

    def set_clean(self, text: str, splice_offsets: list[int], splice_removed: list[int]) -> None:
        """Install the text of phase 2; offsets count in the clean text, `splice_removed` is cumulative."""
        self.text = text
        self.splice_offsets = splice_offsets
        self.splice_removed = splice_removed

    def original_offset(self, offset: int) -> int:
        """The offset in the file on disk (in characters) of an offset in the clean text."""
        if not self.splice_offsets:
            return offset
        index = bisect_right(self.splice_offsets, offset)
        return offset + self.splice_removed[index - 1] if index else offset

    def _lines(self) -> array[int]:
        starts = self.line_starts
        if starts is None:
            starts = array("q", [0])
            text = self.original
            at = text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = text.find("\n", at + 1)
            self.line_starts = starts
        return starts

    def physical_line(self, offset: int) -> int:
        """The line on disk, from 1, of a clean offset."""
        original = self.original_offset(offset)
        starts = self._lines()
        last = self.last_line
        if starts[last] <= original:  # questions mostly go forward: try the last answer and the line after it
            if last + 1 == len(starts) or original < starts[last + 1]:
                return last + 1
            if last + 2 == len(starts) or original < starts[last + 2]:
                self.last_line = last + 1
                return last + 2
        last = bisect_right(starts, original) - 1
        self.last_line = last
        return last + 1

    def column(self, offset: int) -> int:
        """Display column from 1; tabs advance to multiples of eight as in gcc's `-fdiagnostics-column-unit=display`."""
        original = self.original_offset(offset)
        start = self._lines()[self.physical_line(offset) - 1]
        if "\t" not in self.original[start:original]:
            return original - start + 1
        column = 0
        for character in self.original[start:original]:
            column = (column // 8 + 1) * 8 if character == "\t" else column + 1
        return column + 1

    def line_text(self, line: int) -> str:
        """The text on disk of a physical line, without its newline."""
        starts = self._lines()
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.original)
        text = self.original[start:end]
        return text[:-1] if text.endswith("\r") else text

    def add_marker(self, offset: int, line: int, name: str, system: int, included_at: int = NO_POSITION) -> None:
        """`#line` or a line marker: the line that starts at clean `offset` is `line` of `name`."""
        index = bisect_right(self.marker_offsets, offset)
        if index and self.marker_offsets[index - 1] == offset:
            index -= 1
            del self.marker_offsets[index], self.marker_lines[index], self.marker_names[index]
            del self.marker_systems[index], self.marker_includes[index]
        self.marker_offsets.insert(index, offset)
        self.marker_lines.insert(index, line)
        self.marker_names.insert(index, name)
        self.marker_systems.insert(index, system)
        self.marker_includes.insert(index, included_at)

    def presumed(self, offset: int) -> tuple[str, int, int]:
        """Presumed file name, line and kind of file (USER_FILE ...) of a clean offset."""
        line = self.physical_line(offset)
        if not self.marker_offsets:
            return self.name, line, self.system
        index = bisect_right(self.marker_offsets, offset)
        if index == 0:
            return self.name, line, self.system
        index -= 1
        marked = self.physical_line(self.marker_offsets[index])
        return self.marker_names[index], self.marker_lines[index] + line - marked, self.marker_systems[index]

    def includer(self, offset: int) -> int:
        """The position of the `#include` that an offset is seen through, line markers honoured."""
        index = bisect_right(self.marker_offsets, offset)
        if index and self.marker_includes[index - 1] != NO_POSITION:
            return self.marker_includes[index - 1]
        return self.included_at


@final
class SourceMap:
    """All files of one compilation, in the order in which they got their bases."""

    __slots__ = ("bases", "current", "files", "next_base")

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self.bases: list[int] = []
        self.next_base = 0
        self.current: SourceFile | None = None

    def add(self, name: str, text: str) -> SourceFile:
        """A new file behind all others; one position is left free behind it, which stands for its end."""
        file = SourceFile(name, text, self.next_base)
        self.files.append(file)
        self.bases.append(file.base)
        self.next_base += len(text) + 1
        return file

    def file_of(self, pos: int) -> SourceFile:
        current = self.current
        if current is not None and current.base <= pos <= current.base + len(current.text):
            return current
        assert self.files and pos >= 0, pos
        current = self.files[bisect_right(self.bases, pos) - 1]
        self.current = current
        return current

    def locate(self, pos: int) -> tuple[str, int, int]:
        """Presumed file name, line and display column; lines and columns count from 1."""
        if pos < 0 or not self.files:
            return "<built-in>", 0, 0
        file = self.file_of(pos)
        name, line, _ = file.presumed(pos - file.base)
        return name, line, file.column(pos - file.base)

    def location(self, pos: int) -> Location:
        if pos < 0 or not self.files:
            return Location("<built-in>", 0, 0, SYSTEM_FILE)
        file = self.file_of(pos)
        name, line, system = file.presumed(pos - file.base)
        return Location(name, line, file.column(pos - file.base), system)

    def line_of(self, pos: int) -> int:
        """The presumed line alone, which is cheaper than `locate`."""
        if pos < 0 or not self.files:
            return 0
        file = self.file_of(pos)
        if not file.marker_offsets:
            return file.physical_line(pos - file.base)
        return file.presumed(pos - file.base)[1]

    def line_text(self, pos: int) -> str:
        """The whole line on disk that holds `pos`."""
        file = self.file_of(pos)
        return file.line_text(file.physical_line(pos - file.base))

    def in_system_header(self, pos: int) -> bool:
        if pos < 0 or not self.files:
            return True
        file = self.file_of(pos)
        if not file.marker_offsets:
            return file.system != USER_FILE
        return file.presumed(pos - file.base)[2] != USER_FILE

    def include_stack(self, pos: int) -> list[int]:
        """Positions of the `#include` lines that lead to `pos`, innermost first."""
        stack: list[int] = []
        while pos >= 0 and self.files and len(stack) < 1000:
            file = self.file_of(pos)
            pos = file.includer(pos - file.base)
            if pos >= 0:
                stack.append(pos)
        return stack
