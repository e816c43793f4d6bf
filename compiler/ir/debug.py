"""Where operations come from: interned locations of one function.

Invariant: location 0 is "unknown"; a location's number never changes. Lines count from the function's first line, so
that moving a function in its file changes none of its operations (the function cache relies on that).
"""

from __future__ import annotations

from typing import Final, final


@final
class Location:
    """`line` relative to the function the location is in, `column` from 1 (0: unknown), `scope` a lexical block.

    An inlined operation names the function it came from in `function` and the call's location in `inlined_at`; `line`
    then counts from the first line of that function, `first_line`, in file `file`.
    """

    def __init__(
        self,
        line: int,
        column: int,
        scope: int = 0,
        inlined_at: int = 0,
        function: str = "",
        file: int = 0,
        first_line: int = 0,
    ) -> None:
        self.line: Final = line
        self.column: Final = column
        self.scope: Final = scope
        self.inlined_at: Final = inlined_at
        self.function: Final = function
        self.file: Final = file
        self.first_line: Final = first_line


@final
class Locations:
    """The location table of a function; `add` interns."""

    def __init__(self) -> None:
        self.items: Final[list[Location]] = [Location(0, 0)]
        self._plain: Final[dict[int, int]] = {}
        self._inlined: Final[dict[str, int]] = {}

    def add(self, line: int, column: int, scope: int = 0) -> int:
        """The number of a location in the function itself."""
        key = ((line << 16 | (column & 0xFFFF)) << 16) | scope
        found = self._plain.get(key, 0)
        if found == 0:
            found = len(self.items)
            self.items.append(Location(line, column, scope))
            self._plain[key] = found
        return found

    def add_inlined(
        self, line: int, column: int, scope: int, inlined_at: int, function: str, file: int, first_line: int
    ) -> int:
        """The number of a location of an inlined function, called from location `inlined_at` of this one."""
        key = f"{line}:{column}:{scope}:{inlined_at}:{file}:{first_line}:{function}"
        found = self._inlined.get(key, 0)
        if found == 0:
            found = len(self.items)
            self.items.append(Location(line, column, scope, inlined_at, function, file, first_line))
            self._inlined[key] = found
        return found
