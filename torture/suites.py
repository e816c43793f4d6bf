"""The suites: which files are tests, and what is common to them.

Invariant: a suite lists every test of its folder, whether it can run here or not, in an order that depends on names
alone. The counts that published figures use are checked when the suite is loaded, so that a damaged copy cannot look
like a better result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from torture.errors import SELECTED, select_invalid


class SuiteError(Exception):
    """The suite cannot be loaded; the message is for the user."""


class Judged(StrEnum):
    """What decides about a test."""

    BY_EXIT = "exit"  # the program must exit with status 0
    BY_ERRORS = "errors"  # the program is invalid and must be diagnosed on the right lines


@dataclass(frozen=True, slots=True)
class Test:
    """One test: sources (the first one holds the directives) and the options its suite gives."""

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own

    name: str
    sources: tuple[Path, ...]
    options: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite out of a corpus. `count` is how many tests there must be."""

    name: str
    purpose: str
    corpus: str
    count: int
    load: Callable[[Path], list[Test]]
    judged: Judged = Judged.BY_EXIT

    def tests(self, root: Path) -> list[Test]:
        """All tests under the corpus folder `root`. Raises SuiteError unless they are all there."""
        found = self.load(root)
        if len(found) != self.count:
            raise SuiteError(
                f"suite {self.name} has {len(found)} tests in '{root}', not {self.count}: remove it, fetch it again"
            )
        return found


QUIET = "-w"
MATHS = "-lm"


def _execute(root: Path) -> list[Test]:
    """Top-level tests, then those of ieee/, whose driver forbids inlining."""
    folder = root / "gcc.c-torture" / "execute"
    tests = [Test(path.name, (path,), (QUIET,), (MATHS,)) for path in sorted(folder.glob("*.c"))]
    for path in sorted((folder / "ieee").glob("*.c")):
        tests.append(Test(f"ieee/{path.name}", (path,), (QUIET, "-fno-inline"), (MATHS,)))
    return tests


# What the driver of builtins/ gives: the tests define library functions themselves and count who calls them.
_BUILTINS = (
    QUIET,
    "-fno-tree-dse",
    "-fno-tree-loop-distribute-patterns",
    "-fno-tracer",
    "-fno-ipa-ra",
    "-fno-inline-functions",
)


def _builtins(root: Path) -> list[Test]:
    """Tests in two files, with a main program and library functions of their own."""
    folder = root / "gcc.c-torture" / "execute" / "builtins"
    tests = []
    for path in sorted(folder.glob("*.c")):
        library = path.with_name(f"{path.stem}-lib.c")
        if library.is_file():
            tests.append(Test(f"builtins/{path.name}", (path, library, folder / "lib" / "main.c"), _BUILTINS, (MATHS,)))
    return tests


def _errors(root: Path) -> list[Test]:
    """Invalid programs of gcc.dg."""
    return [Test(path.name, (path,)) for path in select_invalid(root / "gcc.dg")]


SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("gcc-execute", "GCC's torture tests that run, with ieee/", "gcc-torture", 1653, _execute),
        Suite("gcc-builtins", "GCC's torture tests of built-in functions", "gcc-torture", 55, _builtins),
        Suite("gcc-errors", "invalid programs of gcc.dg", "gcc-torture", SELECTED, _errors, Judged.BY_ERRORS),
    )
}
