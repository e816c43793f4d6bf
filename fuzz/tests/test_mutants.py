"""The mutant engine: on a small compiler of its own, a script around gcc, and on pycc with all the bugs kept here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fuzz.mutants import Fate, Mutant, Trial, campaign_of, clean, judge_mutant, lacking, mutants, watch
from fuzz.settings import Settings
from oracle.compilers import HOST, TARGETS
from oracle.outcome import Outcome

TARGET = HOST if HOST in TARGETS else "x86_64"
COMPILER = """\
import os
import sys

words = sys.argv[1:]
del words[words.index("--target") : words.index("--target") + 2]
source = words[-1]
with open(source) as file:
    text = file.read()
# from here on the text may be changed
text = text.replace("unused", "unused")
# up to here
with open(source, "w") as file:
    file.write(text)
os.execvp("gcc", ["gcc", "-ffp-contract=off", *words])
"""
PATCH = """\
# about: {about}
# area: any
# campaign: grammar -O0
--- a/compiler/driver/cli.py
+++ b/compiler/driver/cli.py
@@ -8,5 +8,5 @@
     text = file.read()
 # from here on the text may be changed
-text = text.replace("unused", "unused")
+text = text.replace({old!r}, {new!r})
 # up to here
 with open(source, "w") as file:
"""


@pytest.fixture
def planted(tmp_path: Path) -> dict[str, Mutant]:
    """A tree with a compiler, and three patches for it."""
    folder = tmp_path / "tree" / "compiler" / "driver"
    folder.mkdir(parents=True)
    (folder / "cli.py").write_text(COMPILER)
    patches = tmp_path / "patches"
    patches.mkdir()
    for name, old, new in (("sign", " - ", " + "), ("harmless", "/*", "/* "), ("crude", "main(", "niam(")):
        (patches / f"{name}.patch").write_text(PATCH.format(about=name, old=old, new=new))
    return {mutant.name: mutant for mutant in mutants(patches)}


@pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("patch") is None, reason="gcc or patch is not installed"
)
@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("sign", Fate.CAUGHT),
        ("harmless", Fate.SURVIVED),
        ("crude", Fate.BREAKS_HELLO),
        ("clean-grammar", Fate.SURVIVED),
    ],
)
def test_the_fate_of_a_mutant(name: str, fate: Fate, planted: dict[str, Mutant], tmp_path: Path) -> None:
    settings = Settings(
        TARGET, 3, (("grammar", 0),), 12 if fate is Fate.CAUGHT else 3, ("-O0",), "pycc", no_references=True
    )
    result = judge_mutant(planted.get(name, clean("grammar")), settings, tmp_path / "tree")
    assert (result.fate, result.mutant.name) == (fate, name), result.detail
    if fate is Fate.CAUGHT:
        assert "wrong-code" in result.detail and result.programs <= 12


def trial(*outcomes: Outcome) -> Trial:
    return Trial("grammar 1", tuple((f"pycc-O{level}", outcome, "") for level, outcome in enumerate(outcomes)))


@pytest.mark.parametrize(
    ("trials", "fate", "programs"),
    [
        ([trial(Outcome.OK, Outcome.ICE), trial(Outcome.OK, Outcome.WRONG_CODE), trial(Outcome.OK)], Fate.CAUGHT, 2),
        ([trial(Outcome.OK, Outcome.ICE), trial(Outcome.REJECTED_VALID)], Fate.CRASHES_ONLY, 2),
        ([trial(Outcome.OK), trial(Outcome.REFERENCE_TIMEOUT)], Fate.SURVIVED, 2),
        ([trial(Outcome.REFERENCE_FAILED), trial(Outcome.UB), trial(Outcome.OK)], Fate.INCONCLUSIVE, 3),
        ([trial(Outcome.OK), trial(Outcome.HARNESS_ERROR), trial(Outcome.WRONG_CODE)], Fate.HARNESS_ERROR, 2),
    ],
)
def test_only_wrong_code_counts_as_caught(trials: list[Trial], fate: Fate, programs: int) -> None:
    planted = Mutant("name", "about", Path("name.patch"))
    result = watch(planted, iter(trials))
    assert (result.fate, result.programs) == (fate, programs)


# Parts of the compiler in each of which a bug is planted.
AREAS = {
    "bit-fields", "calling convention", "conditional constants", "constant folding", "encoder", "initialisers",
    "inlining", "instruction selection", "linker", "mem2reg", "memory forwarding", "narrowing", "preprocessor",
    "promotions and conversions", "register allocation", "rewrite rule", "value numbering",
}  # fmt: skip
PLANTED = {mutant.name: mutant for mutant in mutants()}


def test_bugs_are_planted_in_every_part() -> None:
    assert {mutant.area for mutant in PLANTED.values()} == AREAS


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_caught(name: str) -> None:
    mutant = PLANTED[name]
    missing = lacking(mutant, "riscv64")
    if missing:
        pytest.skip(missing)
    result = judge_mutant(mutant, campaign_of(mutant, "riscv64"))
    assert result.fate is Fate.CAUGHT, f"{result.fate} after {result.programs} programs: {result.detail}"


@pytest.mark.parametrize("generator", sorted({mutant.generator for mutant in PLANTED.values()}))
def test_without_a_planted_bug_nothing_is_caught(generator: str) -> None:
    tree = clean(generator)
    missing = lacking(tree, "riscv64")
    if missing:
        pytest.skip(missing)
    result = judge_mutant(tree, campaign_of(tree, "riscv64"))
    assert result.fate is Fate.SURVIVED, f"{result.fate} after {result.programs} programs: {result.detail}"
