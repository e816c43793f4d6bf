"""Planted bugs: source patches on a copy of the compiler that a short campaign has to catch.

Invariant: a mutant counts as caught only if the patch applies, hello world still works under it, and a campaign with
these settings files a finding; the same campaign on the unpatched copy must file none. A patch begins with a line
`# about: ...`, is applied with -p1 at the root of the tree, and touches files under compiler/ only.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from fuzz.executor import Bench, Report, Task, run_unit
from fuzz.generators.program import GeneratedProgram
from fuzz.settings import Settings, units
from oracle.compilers import ROOT
from oracle.outcome import Outcome, is_finding

PATCHES = Path(__file__).with_name("mutants")
HELLO = 'int printf(const char *, ...);\nint main(void) {\n    printf("hello, world\\n");\n    return 0;\n}\n'
# What a copy of the tree needs so that the compiler in it runs.
COPIED = ("compiler",)


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    DOES_NOT_APPLY = "does-not-apply"
    BREAKS_HELLO = "breaks-hello"  # too crude a bug to show that the campaign finds anything
    HARNESS_ERROR = "harness-error"


class MutantError(Exception):
    """The mutants cannot be judged; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug; the clean tree is a mutant without a patch."""

    name: str
    about: str
    patch: Path | None


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What a campaign made of a mutant; `programs` is how many it took, the catching one included."""

    mutant: Mutant
    fate: Fate
    programs: int
    detail: str


CLEAN = Mutant("clean", "the tree as it is", None)


def mutants(folder: Path = PATCHES) -> list[Mutant]:
    """All patches in a folder, by name."""
    found = []
    for path in sorted(folder.glob("*.patch")):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        if not first.startswith("# about: "):
            raise MutantError(f"'{path}' does not begin with '# about: '")
        found.append(Mutant(path.stem, first.removeprefix("# about: "), path))
    return found


def choose(names: Iterable[str], folder: Path = PATCHES) -> list[Mutant]:
    """The mutants of these names, or all; raises MutantError for one that is not there."""
    known = {mutant.name: mutant for mutant in mutants(folder)}
    wanted = list(names) or sorted(known)
    for name in wanted:
        if name not in known:
            raise MutantError(f"no mutant '{name}'; there are: {', '.join(sorted(known)) or 'none'}")
    return [known[name] for name in wanted]


def plant(mutant: Mutant, source: Path, root: Path) -> str:
    """Copy the compiler from `source` to `root` and apply the patch. Returns what went wrong, or nothing."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "tests")
        shutil.copytree(source / name, root / name, ignore=ignored)
    if mutant.patch is None:
        return ""
    if shutil.which("patch") is None:
        raise MutantError("the command 'patch' is not installed (Debian package patch)")
    # No fuzz and no backups: a patch that has drifted must be renewed, not planted somewhere near.
    applied = subprocess.run(
        ["patch", "-p1", "--fuzz=0", "--forward", "--batch", "--no-backup-if-mismatch", "-i", str(mutant.patch)],
        cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if applied.returncode != 0:
        lines = (applied.stdout + applied.stderr).strip().splitlines()
        return "; ".join(lines[-3:]) or f"patch: exit status {applied.returncode}"
    return ""


def judge_mutant(mutant: Mutant, settings: Settings, source: Path = ROOT) -> MutantResult:
    """Plant it, see that hello world works, and run the campaign up to the first finding."""
    with tempfile.TemporaryDirectory(prefix="pycc-mutant-") as name:
        trouble = plant(mutant, source, Path(name))
        if trouble:
            return MutantResult(mutant, Fate.DOES_NOT_APPLY, 0, trouble)
        local = replace(settings, root=name)
        trouble = hello_trouble(local)
        if trouble:
            return MutantResult(mutant, Fate.BREAKS_HELLO, 0, trouble)
        number = 0
        for number, unit in enumerate(islice(units(local), settings.programs or None), 1):
            report = run_unit(Task(number, unit, local))
            fate, detail = fate_of(report)
            if fate is not Fate.SURVIVED:
                return MutantResult(mutant, fate, number, detail)
        return MutantResult(mutant, Fate.SURVIVED, number, "no finding")


def fate_of(report: Report) -> tuple[Fate, str]:
    for result in report.results:
        if is_finding(result.outcome):
            seed = f"{report.unit.generator} {report.unit.seed:010d}"
            return Fate.CAUGHT, f"{result.subject} {result.outcome} at {seed}: {result.detail}"
        if result.outcome is Outcome.HARNESS_ERROR:
            return Fate.HARNESS_ERROR, result.detail
    return Fate.SURVIVED, ""


def hello_trouble(settings: Settings) -> str:
    """Why hello world does not work under the compiler in `settings.root`, or nothing."""
    bench = Bench(settings)
    try:
        _, judgement = bench.judge(GeneratedProgram("hello", 0, HELLO, "hello, world\n"), {})
    finally:
        bench.close()
    for one in judgement.subjects:
        if one.verdict.outcome is not Outcome.OK:
            return f"{one.subject.name}: {one.verdict.outcome}: {one.verdict.detail}"
    return ""


def judge_all(chosen: Sequence[Mutant], settings: Settings, jobs: int, source: Path = ROOT) -> Iterable[MutantResult]:
    """The results in order as they come; each mutant in a process of its own."""
    if jobs == 1:
        for mutant in chosen:
            yield judge_mutant(mutant, settings, source)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(judge_mutant, chosen, [settings] * len(chosen), [source] * len(chosen))
