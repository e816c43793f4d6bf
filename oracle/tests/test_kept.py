"""Every kept program prints what a reference made it print, compiled at every level and interpreted; and a wrong one
is seen.

corpora/regressions has what was wrong once, corpora/constructs what the language has, a file for each family.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle.compilers import HOST, ROOT, references, subject
from oracle.execute import Executor
from oracle.kept import COMMON_OPTIONS, ENCODING, KeptError, KeptProgram, judge_kept, kept_programs, main, read_kept
from oracle.outcome import Outcome
from oracle.services import open_service

FOLDERS = ("constructs", "regressions")
KEPT = [program for folder in FOLDERS for program in kept_programs(ROOT / "corpora" / folder)]
NAMES = [f"{program.path.parent.name}/{program.name}" for program in KEPT]
TARGET = "riscv64"
LEVELS = ("-O0", "-O1")

# What the interpreter cannot do, and why. A program that it learns to run must leave this table.
NOT_INTERPRETED = {"instrumented-functions": "the address that a call returns to is 0: there is no machine code"}


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with Executor() as one:
        yield one


def kept(folder: Path, text: str, expected: str) -> KeptProgram:
    path = folder / "program.c"
    path.write_text(text)
    path.with_suffix(".expected").write_text(expected)
    return read_kept(path)


@pytest.mark.parametrize("program", KEPT, ids=NAMES)
def test_a_kept_program_compiled(program: KeptProgram, executor: Executor) -> None:
    subjects = [open_service(subject("pycc", TARGET, level)) for level in LEVELS]
    voters = [open_service(one) for one in references(TARGET) if one.machine == TARGET]
    try:
        verdicts = judge_kept(program, subjects, voters, executor)
    finally:
        for service in (*subjects, *voters):
            service.close()
    assert len(verdicts) == len(LEVELS)
    assert {(one.outcome, one.detail) for one in verdicts.values()} == {(Outcome.OK, "")}, verdicts


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", KEPT, ids=NAMES)
def test_a_kept_program_interpreted(program: KeptProgram, level: str) -> None:
    compiler = subject("pycc", TARGET, level)
    options = (*compiler.options, *COMMON_OPTIONS, *program.options, "--run-ir")
    ended = subprocess.run(
        [*compiler.argv, *options, str(program.path)],
        env={**os.environ, **dict(compiler.environment)},
        capture_output=True,
        check=False,
    )
    came = (ended.returncode, ended.stderr.decode(ENCODING), ended.stdout.decode(ENCODING))
    if program.name in NOT_INTERPRETED:
        assert came != (0, "", program.expected())
    else:
        assert came == (0, "", program.expected())


def test_every_output_belongs_to_a_program() -> None:
    for folder in FOLDERS:
        outputs = sorted(path.stem for path in (ROOT / "corpora" / folder).glob("*.expected"))
        assert outputs == [program.name for program in KEPT if program.path.parent.name == folder] != []
    assert NOT_INTERPRETED.keys() <= {program.name for program in KEPT}


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
@pytest.mark.parametrize(
    ("text", "expected", "outcome"),
    [
        ('#include <stdio.h>\nint main(void) { puts("1"); return 0; }', "1\n", Outcome.OK),
        ('#include <stdio.h>\nint main(void) { puts("2"); return 0; }', "1\n", Outcome.WRONG_CODE),
        ("int main(void) { return 3; }", "", Outcome.WRONG_CODE),
        ("int main(void) { return }", "", Outcome.REJECTED_VALID),
    ],
)
def test_a_wrong_program_is_seen(
    text: str, expected: str, outcome: Outcome, executor: Executor, tmp_path: Path
) -> None:
    program = kept(tmp_path, "/* about: a test */" + text, expected)
    service = open_service(subject("gcc", HOST, "-O1"))
    verdicts = judge_kept(program, [service], [], executor)
    assert [one.outcome for one in verdicts.values()] == [outcome]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_a_kept_output_that_the_reference_contradicts_is_seen(executor: Executor, tmp_path: Path) -> None:
    program = kept(tmp_path, '/* about: a test */\n#include <stdio.h>\nint main(void) { puts("1"); return 0; }', "2\n")
    service = open_service(subject("gcc", HOST, "-O1"))
    [voter] = references(HOST, ["gcc-O2"])
    verdicts = judge_kept(program, [service], [open_service(voter)], executor)
    assert [one.outcome for one in verdicts.values()] == [Outcome.REFERENCES_DISAGREE]


def test_headings_are_read_and_wanted(tmp_path: Path) -> None:
    path = tmp_path / "program.c"
    path.write_text("/* about: one\n   two */\n/* options: -std=gnu89 -IHERE/x */\nint x;\n")
    program = read_kept(path)
    assert (program.about, program.options, program.has_halves) == ("one two", ("-std=gnu89", f"-I{tmp_path}/x"), False)
    with pytest.raises(KeptError, match=r"program\.expected is missing"):
        program.expected()
    path.write_text("int x;\n")
    with pytest.raises(KeptError, match="about"):
        read_kept(path)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_blessing_writes_only_what_ended_well(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.c", tmp_path / "bad.c"
    good.write_text('/* about: a test */\n#include <stdio.h>\nint main(void) { puts("7"); return 0; }\n')
    bad.write_text("/* about: a test */\nint main(void) { return 1; }\n")
    assert main([str(bad), str(good), "--target", HOST, "--reference", "gcc-O0"]) == 1
    assert good.with_suffix(".expected").read_text() == "7\n"
    assert not bad.with_suffix(".expected").exists()


def test_blessing_wants_its_references(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "x.c"), "--reference", "nothing"]) == 2
    assert "no reference compiler 'nothing'" in capsys.readouterr().err
