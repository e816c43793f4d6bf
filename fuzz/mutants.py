"""Planted bugs: source patches on a copy of the compiler that a short campaign has to catch as wrong code.

Invariant: a mutant counts as caught only if the patch applies, hello world still works under it at both levels, and a
campaign files wrong code (a crash of the compiler alone does not count); the same campaign on the unpatched copy must
file nothing. A patch begins with lines that say what it is, which part it is in, and what is to catch it:

    # about: one sentence
    # area: register allocation
    # campaign: grammar -O1

It is applied with -p1 at the root of the tree, and touches files under compiler/ only.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from fuzz.abi import AbiBench
from fuzz.choices import derive_seed
from fuzz.executor import Bench, Task, close_benches, references_of, run_unit, subjects_of
from fuzz.generators.abi import make_abi_program
from fuzz.generators.program import GeneratedProgram
from fuzz.settings import GENERATORS, Settings, make_generator, units
from oracle.compilers import ROOT
from oracle.outcome import Outcome, is_finding, is_ok

PATCHES = Path(__file__).with_name("mutants")
HELLO = 'int printf(const char *, ...);\nint main(void) {\n    printf("hello, world\\n");\n    return 0;\n}\n'
HELLO_LEVELS = ("-O0", "-O1")
# What a copy of the tree needs so that the compiler in it runs.
COPIED = ("compiler",)
ABI = "abi"  # not a generator of whole programs: halves, linked with a reference's
ABI_SIGNATURES = 10  # in one program
PROGRAMS = 60  # at most; most bugs are caught within twenty
SEED = 0
HEADER = ("about", "area", "campaign")


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    CRASHES_ONLY = "crashes-only"  # findings, but no wrong code
    INCONCLUSIVE = "inconclusive"  # too few programs had an expected behaviour for the campaign to mean anything
    DOES_NOT_APPLY = "does-not-apply"
    BREAKS_HELLO = "breaks-hello"  # too crude a bug to show that the campaign finds anything
    HARNESS_ERROR = "harness-error"


class MutantError(Exception):
    """The mutants cannot be judged; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug; the clean tree is a mutant without a patch. `generator` and `levels` are its campaign's."""

    name: str
    about: str
    patch: Path | None
    area: str = ""
    generator: str = "grammar"
    levels: tuple[str, ...] = HELLO_LEVELS


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What a campaign made of a mutant. `programs` is how many it took, the catching one included; `outcome` is that
    of the last finding, None if there was none."""

    mutant: Mutant
    fate: Fate
    programs: int
    detail: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One program of a campaign: what became of it under every subject."""

    name: str  # generator and seed
    results: tuple[tuple[str, Outcome, str], ...]  # subject, outcome, detail


def clean(generator: str, levels: tuple[str, ...] = HELLO_LEVELS) -> Mutant:
    """The tree as it is, under a campaign of this generator."""
    return Mutant(f"clean-{generator}", "the tree as it is", None, "", generator, levels)


def mutants(folder: Path = PATCHES) -> list[Mutant]:
    """All patches in a folder, by name; raises MutantError for a header that is not as it should be."""
    return [read_mutant(path) for path in sorted(folder.glob("*.patch"))]


def read_mutant(path: Path) -> Mutant:
    said: dict[str, str] = {}
    for line, key in zip(path.read_text(encoding="utf-8").split("\n"), HEADER, strict=False):
        if not line.startswith(f"# {key}: "):
            raise MutantError(f"'{path}' does not begin with the lines '# {': ', '# '.join(HEADER)}: '")
        said[key] = line.removeprefix(f"# {key}: ").strip()
    generator, *levels = said["campaign"].split()
    if generator not in (*GENERATORS, ABI) or not levels or any(level not in HELLO_LEVELS for level in levels):
        raise MutantError(f"'{path}': '{said['campaign']}' is no campaign: a generator and levels, such as grammar -O1")
    return Mutant(path.stem, said["about"], path, said["area"], generator, tuple(levels))


def choose(names: Iterable[str], folder: Path = PATCHES) -> list[Mutant]:
    """The mutants of these names, or all; raises MutantError for one that is not there."""
    known = {mutant.name: mutant for mutant in mutants(folder)}
    wanted = list(names) or sorted(known)
    for name in wanted:
        if name not in known:
            raise MutantError(f"no mutant '{name}'; there are: {', '.join(sorted(known)) or 'none'}")
    return [known[name] for name in wanted]


def campaign_of(mutant: Mutant, target: str, programs: int = PROGRAMS, seed: int = SEED) -> Settings:
    """The campaign that a mutant names. Only a generator whose programs know their output needs no reference."""
    return Settings(
        target, seed, ((mutant.generator, 0),), programs, mutant.levels, "pycc",
        no_references=mutant.generator == "grammar",
    )  # fmt: skip


def lacking(mutant: Mutant, target: str) -> str:
    """What of the mutant's campaign is not installed here, or nothing."""
    if shutil.which("patch") is None:
        return "patch is not installed (Debian package patch)"
    if mutant.generator == ABI:
        found = [one for one in references_of(campaign_of(mutant, target)) if one.machine == target]
        return "" if found else f"{target}-linux-gnu-gcc is not installed"
    return make_generator(mutant.generator, target).missing() or ""


def plant(mutant: Mutant, source: Path, root: Path) -> str:
    """Copy the compiler from `source` to `root` and apply the patch. Returns what went wrong, or nothing."""
    for name in COPIED:
        # Byte code is copied, too: files keep their times, and those that the patch changes get new ones.
        ignored = shutil.ignore_patterns("*.so", "tests")
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
    """Plant it, see that hello world works, and run the campaign up to the first wrong code.

    The clean tree's campaign ends at the first finding of any kind.
    """
    with tempfile.TemporaryDirectory(prefix="pycc-mutant-") as name, ExitStack() as ends:
        trouble = plant(mutant, source, Path(name))
        if trouble:
            return MutantResult(mutant, Fate.DOES_NOT_APPLY, 0, trouble)
        local = replace(settings, root=name)
        trouble = hello_trouble(local)
        if trouble:
            return MutantResult(mutant, Fate.BREAKS_HELLO, 0, trouble)
        ends.callback(close_benches)
        return watch(mutant, abi_trials(local) if mutant.generator == ABI else program_trials(local))


def watch(mutant: Mutant, trials: Iterator[Trial]) -> MutantResult:
    """The fate that a campaign's trials decide."""
    number = conclusive = 0
    other: tuple[str, Outcome] | None = None
    for number, trial in enumerate(trials, 1):
        conclusive += any(is_ok(outcome) or is_finding(outcome) for _, outcome, _ in trial.results)
        for subject, outcome, detail in trial.results:
            text = f"{subject} {outcome} at {trial.name}: {detail}"
            if outcome is Outcome.HARNESS_ERROR:
                return MutantResult(mutant, Fate.HARNESS_ERROR, number, text)
            if outcome is Outcome.WRONG_CODE:
                return MutantResult(mutant, Fate.CAUGHT, number, text, outcome)
            if is_finding(outcome):
                other = text, outcome
        if other is not None and mutant.patch is None:
            break
    if other is not None:
        return MutantResult(mutant, Fate.CRASHES_ONLY, number, *other)
    if 2 * conclusive < number:
        return MutantResult(mutant, Fate.INCONCLUSIVE, number, f"only {conclusive}/{number} programs could be judged")
    return MutantResult(mutant, Fate.SURVIVED, number, f"no finding; {conclusive}/{number} programs judged")


def program_trials(settings: Settings) -> Iterator[Trial]:
    """The campaign's units, as a worker carries them out."""
    for number, unit in enumerate(islice(units(settings), settings.programs or None), 1):
        report = run_unit(Task(number, unit, settings))
        results = tuple((one.subject, one.outcome, one.detail) for one in report.results)
        yield Trial(f"{unit.generator} {unit.seed:010d}", results)


def abi_trials(settings: Settings) -> Iterator[Trial]:
    """Halves linked both ways with those of an optimizing reference, which relies on all that the convention says."""
    partners = [one for one in references_of(settings) if one.machine == settings.target]
    if not partners:
        raise MutantError(f"no reference compiler here that makes programs for {settings.target}")
    with ExitStack() as ends:
        benches = [AbiBench(compiler, partners[-1]) for compiler in subjects_of(settings)]
        for bench in benches:
            ends.callback(bench.close)
        for number in range(settings.programs):
            program = make_abi_program(derive_seed(settings.seed, ABI, number), ABI_SIGNATURES)
            results = [
                (f"{one.caller} calls {one.callee}", one.outcome, one.detail)
                for bench in benches
                for one in bench.judge(program)
            ]
            yield Trial(f"{ABI} {program.seed:010d}", tuple(results))


def hello_trouble(settings: Settings) -> str:
    """Why hello world does not work under the compiler in `settings.root`, or nothing."""
    bench = Bench(replace(settings, generators=(), levels=HELLO_LEVELS, no_references=True))
    try:
        _, judgement = bench.judge(GeneratedProgram("hello", 0, HELLO, "hello, world\n"), {})
    finally:
        bench.close()
    for one in judgement.subjects:
        if one.verdict.outcome is not Outcome.OK:
            return f"{one.subject.name}: {one.verdict.outcome}: {one.verdict.detail}"
    return ""


def judge_all(
    chosen: Sequence[Mutant], campaigns: Sequence[Settings], jobs: int, source: Path = ROOT
) -> Iterable[MutantResult]:
    """The results in order as they come; each mutant in a process of its own."""
    if jobs == 1:
        for mutant, settings in zip(chosen, campaigns, strict=True):
            yield judge_mutant(mutant, settings, source)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(judge_mutant, chosen, campaigns, [source] * len(chosen))
