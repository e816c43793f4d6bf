"""Programs that are kept: a C file with, beside it, the output that a reference compiler gave it.

Form: `NAME.c` begins with a comment `/* about: what is tested, or what was wrong */`; one with `/* options: ... */` may
follow. `NAME.expected` is what it prints before it exits with status 0. A file that uses the macro CALLER is also two
halves: with CALLER defined everything but the callees, with CALLEE defined only those; by itself it is a whole program.

Invariant: the kept output has a voice of its own in the vote, so that a reference that is there must agree with it, and
a machine without one tests all the same.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulators.outcome import Behaviour
from oracle.compare import Verdict, Voice, Vote
from oracle.compilers import CompileService, references
from oracle.execute import Executor
from oracle.judge import Program, judge
from oracle.outcome import Outcome
from oracle.services import open_service

_HEADING = re.compile(r"\s*/\* (about|options): (.*?) \*/", re.DOTALL)
COMMON_OPTIONS = ("-funsigned-char", "-ffp-contract=off", "-w")


class KeptError(Exception):
    """A kept program that is not in the form that this module's docstring gives."""


@dataclass(frozen=True, slots=True)
class KeptProgram:
    """One program as it lies in a folder."""

    path: Path
    about: str
    options: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def expected_path(self) -> Path:
        return self.path.with_suffix(".expected")

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def has_halves(self) -> bool:
        return re.search(r"\bCALLER\b", self.text) is not None

    def expected(self) -> str:
        """What it prints. KeptError where nothing is kept."""
        try:
            return self.expected_path.read_text()
        except FileNotFoundError:
            raise KeptError(f"{self.expected_path} is missing: python -m oracle.kept {self.path}") from None


def read_kept(path: Path) -> KeptProgram:
    """The program at `path` with its headings. KeptError without an `about`."""
    text = path.read_text()
    headings: dict[str, str] = {}
    position = 0
    while (found := _HEADING.match(text, position)) is not None:
        headings[found[1]] = " ".join(found[2].split())
        position = found.end()
    if "about" not in headings:
        raise KeptError(f"{path}: the first line is no /* about: ... */")
    return KeptProgram(path, headings["about"], tuple(headings.get("options", "").split()))


def kept_programs(folder: Path) -> list[KeptProgram]:
    """All programs of a folder by name."""
    return [read_kept(path) for path in sorted(folder.glob("*.c"))]


def judge_kept(
    kept: KeptProgram, subjects: Sequence[CompileService], voters: Sequence[CompileService], executor: Executor
) -> dict[str, Verdict]:
    """The verdict of every subject by its name; `references-disagree` where a voter contradicts what is kept."""
    vote = Vote("kept", "kept", Voice.FINISHED, Behaviour(0, kept.expected().encode()))
    program = Program(kept.path.read_bytes(), (*COMMON_OPTIONS, *kept.options), extra_votes=(vote,))
    with tempfile.TemporaryDirectory(prefix="pycc-kept-") as name:
        judged = judge(program, subjects=subjects, references=voters, executor=executor, folder=Path(name))
    return {f"{one.subject.name} {' '.join(one.subject.options)}": one.verdict for one in judged.subjects}


def bless(kept: KeptProgram, voter: CompileService, executor: Executor) -> Verdict:
    """Write what the reference makes of the program into its `.expected`; nothing is written unless it exits with 0."""
    program = Program(kept.path.read_bytes(), (*COMMON_OPTIONS, *kept.options))
    with tempfile.TemporaryDirectory(prefix="pycc-kept-") as name:
        judged = judge(program, subjects=[], references=[voter], executor=executor, folder=Path(name))
    behaviour = judged.expected.behaviour
    if behaviour is None:
        return Verdict(judged.expected.outcome, judged.expected.detail)
    if behaviour.exit_code != 0:
        return Verdict(Outcome.REFERENCE_FAILED, f"exit status {behaviour.exit_code}")
    kept.expected_path.write_bytes(behaviour.stdout)
    return Verdict(Outcome.OK)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m oracle.kept", description="Write .expected beside kept programs.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.c")
    parser.add_argument("--reference", default="riscv64-gcc-O0")
    parser.add_argument("--target", default="riscv64")
    given = parser.parse_args(arguments)
    voters = references(given.target, [given.reference])
    if not voters:
        print(f"python -m oracle.kept: {given.reference} is not installed", file=sys.stderr)
        return 2
    failed = 0
    voter = open_service(voters[0])
    try:
        with Executor() as executor:
            for path in given.files:
                try:
                    verdict = bless(read_kept(path), voter, executor)
                except (KeptError, OSError) as error:
                    verdict = Verdict(Outcome.REFERENCE_FAILED, str(error))
                if verdict.outcome is not Outcome.OK:
                    print(f"{path}: {verdict.outcome}: {verdict.detail}", file=sys.stderr)
                    failed = 1
    finally:
        voter.close()
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
