"""Programs that are kept: a C file with, beside it, the output that a reference compiler gave it.

Form: `NAME.c` begins with a comment `/* about: what is tested, or what was wrong */`; one with `/* options: ... */` may
follow, in which HERE is the folder. `NAME.expected` is what it prints before it exits with status 0. A file that uses
the macro CALLER is also two halves: with CALLER defined everything but the callees, with CALLEE defined only those; by
itself it is a whole program. `python -m oracle.kept NAME.c` writes what a reference says, if it says so at all levels:
the cheapest sign that nothing in the program is undefined.

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
from oracle.compare import Verdict, Voice, Vote, show
from oracle.compilers import CompileService, references
from oracle.execute import Executor
from oracle.judge import Program, judge
from oracle.outcome import Outcome
from oracle.services import open_service

_HEADING = re.compile(r"\s*/\* (about|options): (.*?) \*/", re.DOTALL)
ENCODING = "latin-1"  # every byte has its character: programs print what they like
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
        return self.path.read_text(ENCODING)

    @property
    def has_halves(self) -> bool:
        return re.search(r"\bCALLER\b", self.text) is not None

    def program(self, *votes: Vote) -> Program:
        """As it is judged."""
        return Program(self.path.read_bytes(), (*COMMON_OPTIONS, *self.options), ("-lm",), votes)

    def expected(self) -> str:
        """What it prints. KeptError where nothing is kept."""
        try:
            return self.expected_path.read_text(ENCODING)
        except FileNotFoundError:
            raise KeptError(f"{self.expected_path} is missing: python -m oracle.kept {self.path}") from None


def read_kept(path: Path) -> KeptProgram:
    """The program at `path` with its headings. KeptError without an `about`."""
    text = path.read_text(ENCODING)
    headings: dict[str, str] = {}
    position = 0
    while (found := _HEADING.match(text, position)) is not None:
        headings[found[1]] = " ".join(found[2].split())
        position = found.end()
    if "about" not in headings:
        raise KeptError(f"{path}: the first line is no /* about: ... */")
    options = headings.get("options", "").replace("HERE", str(path.parent.resolve()))
    return KeptProgram(path, headings["about"], tuple(options.split()))


def kept_programs(folder: Path) -> list[KeptProgram]:
    """All programs of a folder by name."""
    return [read_kept(path) for path in sorted(folder.glob("*.c"))]


def judge_kept(
    kept: KeptProgram, subjects: Sequence[CompileService], voters: Sequence[CompileService], executor: Executor
) -> dict[str, Verdict]:
    """The verdict of every subject by its name; `references-disagree` where a voter contradicts what is kept."""
    vote = Vote("kept", "kept", Voice.FINISHED, Behaviour(0, kept.expected().encode(ENCODING)))
    program = kept.program(vote)
    with tempfile.TemporaryDirectory(prefix="pycc-kept-") as name:
        judged = judge(program, subjects=subjects, references=voters, executor=executor, folder=Path(name))
    return {f"{one.subject.name} {' '.join(one.subject.options)}": one.verdict for one in judged.subjects}


def bless(kept: KeptProgram, voters: Sequence[CompileService], executor: Executor) -> Verdict:
    """Write what the voters make of the program into its `.expected`; nothing is written unless they agree and it exits
    with 0."""
    behaviours: set[Behaviour] = set()
    for voter in voters:
        with tempfile.TemporaryDirectory(prefix="pycc-kept-") as name:
            judged = judge(kept.program(), subjects=[], references=[voter], executor=executor, folder=Path(name))
        if judged.expected.behaviour is None:
            return Verdict(judged.expected.outcome, judged.expected.detail)
        behaviours.add(judged.expected.behaviour)
    if len(behaviours) != 1:
        return Verdict(Outcome.REFERENCES_DISAGREE, "; ".join(sorted(show(one) for one in behaviours)))
    [behaviour] = behaviours
    if behaviour.exit_code != 0:
        return Verdict(Outcome.REFERENCE_FAILED, f"exit status {behaviour.exit_code}")
    kept.expected_path.write_bytes(behaviour.stdout)
    return Verdict(Outcome.OK)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m oracle.kept", description="Write .expected beside kept programs.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.c")
    parser.add_argument("--reference", action="append", metavar="NAME", help="default: gcc at -O0 and -O2")
    parser.add_argument("--target", default="riscv64")
    given = parser.parse_args(arguments)
    names = given.reference or [f"{given.target}-gcc-O0", f"{given.target}-gcc-O2"]
    try:
        found = references(given.target, names)
    except LookupError as error:
        print(f"python -m oracle.kept: {error}", file=sys.stderr)
        return 2
    failed = 0
    voters = [open_service(one) for one in found]
    try:
        with Executor() as executor:
            for path in given.files:
                try:
                    verdict = bless(read_kept(path), voters, executor)
                except (KeptError, OSError) as error:
                    verdict = Verdict(Outcome.REFERENCE_FAILED, str(error))
                if verdict.outcome is not Outcome.OK:
                    print(f"{path}: {verdict.outcome}: {verdict.detail}", file=sys.stderr)
                    failed = 1
    finally:
        for voter in voters:
            voter.close()
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
