"""What a campaign is asked to do, as data that the store keeps and a resumed campaign reads back.

Invariant: settings and an index give a unit; so two campaigns with equal settings test equal programs in equal order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from fuzz.choices import derive_seed
from fuzz.generators.c.context import Options
from fuzz.generators.csmith import OPTION_SETS, CsmithGenerator
from fuzz.generators.grammar import GrammarGenerator
from fuzz.generators.program import Generator
from oracle.compilers import CHAR_IS_SIGNED
from oracle.store import Unit

GENERATORS = (*(f"csmith-{option_set}" for option_set in OPTION_SETS), "grammar")


class SettingsError(Exception):
    """The settings make no sense; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of a campaign that decides what is tested and against what.

    `generators` are (name, count) pairs; a count of 0 means an equal share of `programs`, which is 0 where only the
    time ends the campaign. `references` empty means: those found here. `root` is another source tree of the compiler.
    """

    target: str
    seed: int
    generators: tuple[tuple[str, int], ...]
    programs: int
    levels: tuple[str, ...]
    subject: str
    references: tuple[str, ...] = ()
    no_references: bool = False
    root: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def command(self, programs: int) -> list[str]:
        """The command line that tests the first `programs` programs of this campaign again."""
        words = ["pycc-fuzz", "run", "--target", self.target, "--seed", f"{self.seed:x}"]
        words += ["--generator", ",".join(f"{name}:{count}" if count else name for name, count in self.generators)]
        words += ["--opt", ",".join(level.removeprefix("-O") for level in self.levels)]
        if any(not count for _, count in self.generators):
            words += ["--programs", str(programs)]
        if self.subject != "pycc":
            words += ["--subject", self.subject]
        if self.no_references:
            words += ["--reference", "none"]
        elif self.references:
            words += ["--reference", ",".join(self.references)]
        if self.root:
            words += ["--compiler-root", self.root]
        return words


def settings_from_json(stored: Mapping[str, object]) -> Settings:
    """The inverse of `as_json`; raises SettingsError for what another version wrote."""
    try:
        generators, levels, references = stored["generators"], stored["levels"], stored["references"]
        seed, programs = stored["seed"], stored["programs"]
        if not (isinstance(generators, list) and isinstance(levels, list) and isinstance(references, list)):
            raise SettingsError("the stored settings of this campaign are not understood by this version")
        if not (isinstance(seed, int) and isinstance(programs, int)):
            raise SettingsError("the stored settings of this campaign are not understood by this version")
        return Settings(
            target=str(stored["target"]),
            seed=seed,
            generators=tuple((str(name), int(count)) for name, count in generators),
            programs=programs,
            levels=tuple(str(level) for level in levels),
            subject=str(stored["subject"]),
            references=tuple(str(name) for name in references),
            no_references=bool(stored.get("no_references", False)),
            root=str(stored.get("root", "")),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise SettingsError(f"the stored settings of this campaign are not understood ({error})") from None


def parse_generators(text: str) -> tuple[tuple[str, int], ...]:
    """`csmith-small:1000,grammar` as pairs; raises SettingsError."""
    found: list[tuple[str, int]] = []
    for word in text.split(","):
        name, colon, count = word.strip().partition(":")
        if name not in GENERATORS:
            raise SettingsError(f"no generator '{name}'; there are: {', '.join(GENERATORS)}")
        if colon and not (count.isdecimal() and int(count) > 0):
            raise SettingsError(f"'{word}': the count behind the colon must be a positive number")
        if name in (known for known, _ in found):
            raise SettingsError(f"generator '{name}' is named twice")
        found.append((name, int(count) if colon else 0))
    if any(count for _, count in found) and not all(count for _, count in found):
        raise SettingsError("either all generators have a count or none has")
    return tuple(found)


def make_generator(name: str, target: str) -> Generator:
    """The generator of a name, with the plain `char` of the target."""
    if name == "grammar":
        return GrammarGenerator(Options(char_signed=CHAR_IS_SIGNED[target]))
    return CsmithGenerator(name.removeprefix("csmith-"))


def generator_options(name: str, target: str) -> str:
    """What else than the seed decides a program, as the store keeps it."""
    return f"char={'signed' if CHAR_IS_SIGNED[target] else 'unsigned'}" if name == "grammar" else ""


def total_programs(settings: Settings) -> int:
    """How many programs the campaign tests at most; 0 means no limit."""
    counted = sum(count for _, count in settings.generators)
    return counted or settings.programs


def units(settings: Settings) -> Iterator[Unit]:
    """The campaign's units in order: the generators take turns until each has its count; seeds do not repeat."""
    left = dict(settings.generators)
    counted = any(left.values())
    taken: set[tuple[str, int]] = set()
    total = total_programs(settings)
    given = 0
    index = 0
    while not total or given < total:
        for name, _ in settings.generators:
            if counted and left[name] == 0:
                continue
            if total and given >= total:
                return
            attempt = 0
            seed = derive_seed(settings.seed, name, index)
            while (name, seed) in taken:
                attempt += 1
                seed = derive_seed(settings.seed, name, index, attempt)
            taken.add((name, seed))
            left[name] -= 1
            given += 1
            yield Unit(name, seed, generator_options(name, settings.target))
        index += 1
