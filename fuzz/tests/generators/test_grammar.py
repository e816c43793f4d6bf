"""The grammar's expected output is gcc's, under sanitizers and optimized; its programs are varied and repeatable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz.choices import SeededChoices
from fuzz.generators.c.context import Options
from fuzz.generators.c.preprocessor import make_constant
from fuzz.generators.grammar import GrammarGenerator, programs
from fuzz.generators.program import GeneratedProgram
from oracle.compilers import ROOT

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
SANITIZED = ("-O0", "-fsanitize=undefined,address", "-fno-sanitize-recover=all")
OPTIMIZED = ("-O2",)
# Each construct by what its text looks like; all must occur in a sample.
CONSTRUCTS = {
    "switch": r"\bswitch \(", "case range": r"case [^:?]+ \.\.\. ", "while": r"\bwhile \(", "do": r"\bdo \{",
    "for": r"\bfor \(", "goto": r"\bgoto L", "computed goto": r"\bgoto \*", "continue": r"\bcontinue;",
    "struct": r"\bstruct S\d", "union": r"\bunion U\d", "bit-field": r" : \d+;", "unnamed bit-field": r"\w : \d+;",
    "packed": r"__packed__|\(packed\)", "designator": r"\.f\d = ", "index designator": r"\[\d+\] = ",
    "range designator": r"\[\d+ \.\.\. \d+\] = ", "statement expression": r"\(\{ ", "compound literal": r"\)\{",
    "_Generic": r"_Generic\(", "sizeof": r"sizeof\(", "varargs": r"va_arg\(", "va_copy": r"va_copy\(",
    "function pointer": r"\(\*fp\d+\)\(|\btable\d+\[", "int128": r"__int128", "float": r"\bfloat\b",
    "double": r"\bdouble\b", "volatile": r"\bvolatile\b", "const": r"\bconst\b", "register": r"\bregister\b",
    "static local": r"static .* s\d+ = ", "enum": r"\benum E\d", "string": r'= \{?"|\("|"\[', "wide string": r'L"',
    "_Bool": r"_Bool", "arrow": r"->", "multi-dimensional": r"\]\[",
    "compound assignment": r" (?:<<|>>|[-+*/%&|^])= ",
    "increment": r"\+\+", "decrement": r"--", "comma": r"\([^()]+, [^()]+\) ?[;&|^+]", "conditional": r" \? ",
    "short": r"\bshort\b", "recursion": r"n\d+ > 0", "inline": r"\binline\b", "builtin": r"__builtin_",
    "hex": r"0[xX]\d", "binary": r"0b[01]", "character": r"'.'",
    "struct by value": r"\(struct S\d a\d|, struct S\d a\d", "cast": r"\(long\)",
    "directive": r"\n#if .*[<>=]", "else if": r"\n#elif ",
    "logical": r" \|\| ", "guarded division": r"(?:divide|remainder)_", "pointer to pointer": r"\*\*",
    "thread-local": r"\n(?:static )?__thread \w", "sweep": r'mix\("sweep\d+", ',
    "all fields of a record": r'mix\("struct S\d\.f\d"',
}  # fmt: skip


def output_of(program: GeneratedProgram, folder: Path, options: tuple[str, ...]) -> str:
    """What the program prints, compiled natively; diagnostics of sanitizers are part of it."""
    source = folder / f"{program.seed}.c"
    executable = folder / f"{program.seed}{options[0]}"
    source.write_text(program.source)
    command = ["gcc", *options, *program.flags, str(source), "-o", str(executable)]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, f"seed {program.seed}: {compiled.stderr[:2000]}"
    ran = subprocess.run([str(executable)], capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout + ran.stderr


@needs_gcc
def test_gcc_agrees_with_the_expected_output(tmp_path: Path) -> None:
    generator = GrammarGenerator(Options(char_signed=False))
    sample = [generator.generate(seed) for seed in range(9000, 9060)]

    def differences(program: GeneratedProgram) -> list[str]:
        levels = (SANITIZED, OPTIMIZED) if program.seed % 2 else (SANITIZED,)
        outputs = ((options, output_of(program, tmp_path, options)) for options in levels)
        return [f"{program.seed} {options[0]}: {out}" for options, out in outputs if out != program.expected]

    with ThreadPoolExecutor(2) as pool:
        assert [line for found in pool.map(differences, sample) for line in found] == []


@needs_gcc
def test_signed_char_changes_the_meaning_with_the_flag(tmp_path: Path) -> None:
    generator = GrammarGenerator(Options(char_signed=True))
    for seed in range(6):
        program = generator.generate(seed)
        assert "-fsigned-char" in program.flags
        assert output_of(program, tmp_path, OPTIMIZED) == program.expected


@needs_gcc
def test_trace_prints_every_value_that_enters_the_checksum(tmp_path: Path) -> None:
    program = GrammarGenerator().generate(11)
    lines = output_of(program, tmp_path, ("-O1", "-DTRACE")).splitlines()
    assert lines[-1] + "\n" == program.expected
    assert len(lines) > 3 and all(re.fullmatch(r".+ = [0-9a-f]+", line) for line in lines[:-1])


def test_every_construct_occurs() -> None:
    generator = GrammarGenerator()
    text = "\n".join(generator.generate(seed).source for seed in range(250))
    assert [name for name, pattern in CONSTRUCTS.items() if not re.search(pattern, text)] == []


def test_programs_are_different() -> None:
    generator = GrammarGenerator()
    assert len({generator.generate(seed).digest for seed in range(200)}) == 200


def test_the_same_seed_gives_the_same_program_whatever_the_hash_seed() -> None:
    code = "import sys; from fuzz.generators.grammar import GrammarGenerator as G\n"
    code += "print([G().generate(seed).digest for seed in range(8)])"
    printed = set()
    for hash_seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
        printed.add(done.stdout)
    assert len(printed) == 1


def test_features_can_be_left_out() -> None:
    generator = GrammarGenerator(Options(without=("float", "int128", "structs", "goto", "computed-goto")))
    text = "\n".join(generator.generate(seed).source for seed in range(60))
    assert not re.search(
        r"\bfloat\b|\bdouble [a-z]\d|__int128 [a-z]\d|struct S|\bgoto\b", text.replace("mix_double(", "")
    )


@given(programs())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_hypothesis_draws_programs(program: GeneratedProgram) -> None:
    assert re.fullmatch(r"checksum = [0-9a-f]+\n", program.expected or "")
    assert "int main(void)" in program.source


@needs_gcc
def test_gcc_agrees_about_conditions_of_the_preprocessor(tmp_path: Path) -> None:
    choices = SeededChoices(7)
    made = [make_constant(choices, 1 + number % 5) for number in range(400)]
    lines: list[str] = []
    for number, one in enumerate(made):
        lines += [f"#if {one.text}", f"yes{number}", "#endif"]
        if one.value:
            lines += [f"#if ({one.text}) != {one.value & ((1 << 64) - 1):#x}u", f"value of {one.text}", "#endif"]
            sign = f"({one.text}) * 0 - 1 > 0"  # -1 is large if the expression is unsigned
            lines += [f"#if {'!' if one.unsigned else ''}({sign})", f"type of {one.text}", "#endif"]
    source = tmp_path / "conditions.c"
    source.write_text("\n".join(lines) + "\n")
    done = subprocess.run(["gcc", "-E", "-P", "-w", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    assert done.stdout.split("\n")[:-1] == [f"yes{number}" for number, one in enumerate(made) if one.value]
