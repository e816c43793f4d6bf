"""Every construct of the language: programs whose output must be gcc's, at each level and in the interpreter.

Invariant: `NAME.expected` is what gcc printed, at -O0 and at -O2 alike, so no program here leaves anything undefined
that shows. Where gcc is installed the file is compared with it again; where it is not, the file stands in its place.
After a change of a program: `python -m compiler.tests.constructs.bless [NAME ...]`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compiler.tests.constructs.bless import FOLDER, GCC, Failed, expected_output, gcc_output, options_of, programs
from compiler.tests.driver.conftest import Pycc

PROGRAMS = programs()

# What the interpreter refuses, with what it says. A program that it learns to run must leave this table.
NOT_INTERPRETED: dict[str, str] = {}


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.stem for program in PROGRAMS])
def test_compiled_program_prints_what_gcc_says(pycc: Pycc, program: Path) -> None:
    for level in ("-O0", "-O1"):
        pycc.good("-w", level, *options_of(program), str(program), "-o", "program")
        run = pycc.execute("program")
        assert (run.stdout.decode("latin-1"), run.exit_code) == (expected_output(program), 0), level


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.stem for program in PROGRAMS])
def test_interpreted_program_prints_what_gcc_says(pycc: Pycc, program: Path) -> None:
    for level in ("-O0", "-O1"):
        result = pycc("-w", level, "--run-ir", *options_of(program), str(program))
        if program.stem in NOT_INTERPRETED:
            assert result.code != 0, level
            assert NOT_INTERPRETED[program.stem] in result.err, level
        else:
            assert (result.code, result.err, result.out) == (0, "", expected_output(program)), level


@pytest.mark.skipif(shutil.which(GCC) is None, reason=f"{GCC} is not installed")
@pytest.mark.parametrize("program", PROGRAMS, ids=[program.stem for program in PROGRAMS])
def test_expected_output_is_that_of_gcc(program: Path, tmp_path: Path) -> None:
    assert gcc_output(program, tmp_path, "-O2") == expected_output(program)


def test_every_program_has_an_expected_output_and_the_reverse() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.expected")) == [program.stem for program in PROGRAMS]
    assert set(NOT_INTERPRETED) <= {program.stem for program in PROGRAMS}


@pytest.mark.skipif(shutil.which(GCC) is None, reason=f"{GCC} is not installed")
def test_a_program_that_does_not_end_well_is_never_blessed(tmp_path: Path) -> None:
    program = tmp_path / "fails.c"
    program.write_text("int main(void) { return 3; }\n")
    with pytest.raises(Failed, match="exit status 3"):
        gcc_output(program, tmp_path, "-O0")
