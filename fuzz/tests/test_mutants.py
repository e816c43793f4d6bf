"""The mutant engine on a small compiler of its own: a script around gcc, into which real patches plant bugs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fuzz.mutants import CLEAN, Fate, Mutant, judge_mutant, mutants
from fuzz.settings import Settings
from oracle.compilers import HOST, TARGETS

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("patch") is None, reason="gcc or patch is not installed"
)
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


@pytest.mark.parametrize(
    ("name", "fate"),
    [("sign", Fate.CAUGHT), ("harmless", Fate.SURVIVED), ("crude", Fate.BREAKS_HELLO), ("clean", Fate.SURVIVED)],
)
def test_the_fate_of_a_mutant(name: str, fate: Fate, planted: dict[str, Mutant], tmp_path: Path) -> None:
    settings = Settings(
        TARGET, 3, (("grammar", 0),), 12 if fate is Fate.CAUGHT else 3, ("-O0",), "pycc", no_references=True
    )
    result = judge_mutant(planted.get(name, CLEAN), settings, tmp_path / "tree")
    assert (result.fate, result.mutant.name) == (fate, name), result.detail
    if fate is Fate.CAUGHT:
        assert "wrong-code" in result.detail and result.programs <= 12
