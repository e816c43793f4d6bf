"""Invalid programs: gcc's own tests that demand an error, and whether a compiler reports it on the right line.

Invariant: the selection depends on the files alone (not on the compiler or target tested) and is no choice: it is every
test that demands an error on every target here with options that are supported. Of the 882 files with `dg-error`
directly in gcc.dg, 430 want other options, 136 give none of their own (they are for -ansi -pedantic-errors), 22 do not
run on every target, 7 demand no error there, 6 are to be run or linked. A test passes if every line at fault has an
error; errors on other lines are reported with it. The wording is each compiler's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oracle.compare import Verdict
from oracle.compilers import CompileResult, CompileStatus
from oracle.outcome import Outcome
from torture.expectations import ErrorLine, expect
from torture.selectors import MACHINES

SELECTED = 281

# Tests that want other options (-fopenmp, -fgimple, -std=c2x, -pedantic-errors ...) are not selected.
SUPPORTED_OPTIONS = frozenset(
    """
    -ansi -std=c89 -std=c90 -std=gnu89 -std=gnu90 -std=c99 -std=gnu99 -std=c11 -std=gnu11 -std=c17 -std=gnu17 -O -O0
    -O1 -O2 -g -w -Wall -Wextra -fgnu89-inline -fsyntax-only
    """.split()
)


def select_invalid(folder: Path) -> list[Path]:
    """All tests directly in `folder` that demand errors on every target here and want supported options only."""
    return [path for path in sorted(folder.glob("*.c")) if b"dg-error" in path.read_bytes() and _suitable(path)]


def _suitable(path: Path) -> bool:
    for machine in MACHINES.values():
        expectation = expect(path, machine, "-O0", "compile")
        # A test without options of its own is for gcc's -ansi -pedantic-errors.
        if expectation.not_run or expectation.kind != "compile" or not expectation.options_given:
            return False
        if not expectation.errors or not SUPPORTED_OPTIONS.issuperset(expectation.options):
            return False
    return True


_ERROR = re.compile(r"^(?P<file>[^:\n]+):(?:(?P<line>\d+):)?(?:\d+:)? (?:fatal )?error:", re.MULTILINE)


def error_lines(diagnostics: str, file: str) -> set[int]:
    """The lines of `file` with an error, in GNU's format; 0 stands for an error without a line or in another file."""
    found = set()
    for match in _ERROR.finditer(diagnostics):
        own = Path(match["file"]).name == file and match["line"] is not None
        found.add(int(match["line"]) if own else 0)
    return found


def judge_errors(demanded: Iterable[ErrorLine], compiled: CompileResult, file: str) -> Verdict:
    """Whether a compile diagnosed what it should."""
    if compiled.status is CompileStatus.OK:
        return Verdict(Outcome.ACCEPTED_INVALID, "compiled without an error")
    if compiled.status is CompileStatus.TIMEOUT:
        return Verdict(Outcome.COMPILE_TIMEOUT, compiled.describe())
    if compiled.status is CompileStatus.MEMORY_LIMIT:
        return Verdict(Outcome.COMPILE_MEMORY, compiled.describe())
    if compiled.status is CompileStatus.HARNESS_ERROR:
        return Verdict(Outcome.HARNESS_ERROR, compiled.describe())
    if compiled.status not in (CompileStatus.REJECTED, CompileStatus.LINK_FAILED):
        return Verdict(Outcome.ICE, compiled.describe())
    reported = error_lines(compiled.stderr.decode("utf-8", "replace"), file)
    wanted = {error.line for error in demanded}
    missing = sorted(line for line in wanted if line not in reported and not (line == 0 and reported))
    if missing:
        got = ", ".join(map(str, sorted(reported))) or "none"
        return Verdict(Outcome.MISDIAGNOSED, f"no error on line {', '.join(map(str, missing))}; errors on {got}")
    more = sorted(reported - wanted)
    return Verdict(Outcome.OK, f"also errors on line {', '.join(map(str, more))}" if more else "")
