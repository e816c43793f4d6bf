"""The command as a user meets it: outputs, exit codes, messages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import compiler
from compiler.driver import crash, targets
from compiler.driver.compile import Compiler
from compiler.driver.frontend import Source
from compiler.driver.options import parse_command
from compiler.driver.tables import Tables
from compiler.object.reader import read_object
from compiler.tests.driver.conftest import Pycc

ANSWER = "int main(void) { return 42; }\n"
HELLO = '#include <stdio.h>\nint main(int argc, char **argv) { printf("%s %d\\n", "hello", argc); return 3; }\n'


def command_line(folder: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    root = str(Path(compiler.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-m", "compiler.driver.cli", *words], cwd=folder, env=environment, input=stdin,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


# --- programs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-Os"])
def test_a_program_is_linked_with_the_runtime_and_runs(pycc: Pycc, level: str) -> None:
    pycc.write("hello.c", HELLO)
    pycc.good(level, "hello.c", "-o", "hello")
    run = pycc.execute("hello")
    assert (run.exit_code, run.stdout) == (3, b"hello 1\n")
    assert os.access("hello", os.X_OK)


def test_sources_objects_archives_and_assembly_link_together(pycc: Pycc) -> None:
    from compiler.object.archive import Member, write_archive

    pycc.write("main.c", "int one(void), two(void), three(void); int main(void) { return one() + two() * three(); }\n")
    pycc.write("one.c", "int one(void) { return 1; }\n")
    pycc.write("two.S", "#define RESULT 2\n.globl two\ntwo: li a0, RESULT\n ret\n")
    pycc.write("three.ir", "module \"three.ir\"\nfunc @three() -> i32 {\nentry:\n  %0 = const.i32 3\n  return %0\n}\n")
    pycc.good("-c", "one.c", "three.ir")
    Path("libone.a").write_bytes(write_archive([Member("one.o", Path("one.o").read_bytes())]))
    pycc.good("main.c", "two.S", "-L.", "-lone", "three.o", "-lm")
    assert pycc.execute("a.out").exit_code == 7


def test_standard_input_and_output(pycc: Pycc) -> None:
    done = command_line(pycc.folder, "-S", "-x", "c", "-", "-o", "-", stdin=ANSWER.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"main:" in done.stdout
    assert command_line(pycc.folder, "-c", "-", stdin=b"").returncode == 1


def test_printed_assembly_assembles_to_the_same_object(pycc: Pycc) -> None:
    pycc.write(
        "a.c",
        "extern int there[]; static double table[3] = {1, 2.5}; int *where = there + 2;\n"
        "const char *text = \"a\\\"b\\n\\0c\";\n"
        "int f(int n, double d) {\n"
        "  switch (n) { case 1: return 5; case 2: return table[n] > d; } return there[n] + text[n]; }\n",
    )
    pycc.good("-O1", "-c", "a.c", "-o", "direct.o")
    pycc.good("-O1", "-S", "a.c", "-o", "a.s")
    pycc.good("-c", "a.s", "-o", "printed.o")
    direct = read_object(Path("direct.o").read_bytes())
    printed = read_object(Path("printed.o").read_bytes())
    assert [(section.name, bytes(section.data)) for section in direct.sections] == [
        (section.name, bytes(section.data)) for section in printed.sections
    ]
    assert {symbol.name for symbol in direct.symbols} == {symbol.name for symbol in printed.symbols}


def test_the_interpreter_runs_a_program(pycc: Pycc) -> None:
    pycc.write("hello.c", HELLO)
    for level in ("-O0", "-O1"):
        result = pycc(level, "--run-ir", "--verify-ir", "hello.c")
        assert (result.code, result.out, result.err) == (3, "hello 1\n", "")


def test_the_interpreter_tells_what_ended_a_program(pycc: Pycc) -> None:
    pycc.write("a.c", "int main(void) { __builtin_trap(); }\n")
    result = pycc("--run-ir", "a.c")
    assert (result.code, result.out) == (134, "")
    assert "trap" in result.err


def test_nostdlib_leaves_the_entry_to_the_user(pycc: Pycc) -> None:
    pycc.write("start.s", ".globl go\ngo: li a0, 9\n li a7, 93\n ecall\n")
    pycc.good("-nostdlib", "start.s", "-Wl,-e,go", "-o", "start")
    assert pycc.execute("start").exit_code == 9
    assert "_start" in pycc("-nostdlib", "start.s").err


# --- the front end's outputs -----------------------------------------------------------------------------------------


def test_preprocessing_for_every_known_target(pycc: Pycc) -> None:
    pycc.write("a.c", "__riscv __aarch64__ __x86_64__ (char)-1 < 0\n")
    assert pycc.good("-E", "-P", "a.c") == "1 __aarch64__ __x86_64__ (char)-1 < 0\n"
    assert pycc.good("--target=aarch64-linux-gnu", "-E", "-P", "a.c") == "__riscv 1 __x86_64__ (char)-1 < 0\n"
    assert pycc.good("--target", "x86_64", "-E", "-P", "a.c") == "__riscv __aarch64__ 1 (char)-1 < 0\n"


def test_options_show_in_predefined_macros(pycc: Pycc) -> None:
    pycc.write("a.c", "")
    macros = pycc.good("-E", "-dM", "-Os", "-std=c99", "-ffreestanding", "-fsigned-char", "-DX=5", "-UX", "-DY", "a.c")
    lines = macros.splitlines()
    assert "#define __OPTIMIZE_SIZE__ 1" in lines
    assert "#define __STDC_VERSION__ 199901L" in lines
    assert "#define __STDC_HOSTED__ 0" in lines
    assert "#define Y 1" in lines
    assert not [line for line in lines if line.startswith(("#define X ", "#define __CHAR_UNSIGNED__"))]


def test_dependency_rules(pycc: Pycc) -> None:
    pycc.write("inc/own.h", "#include <stddef.h>\n")
    pycc.write("a.c", '#include "inc/own.h"\n')
    assert pycc.good("-MM", "a.c") == "a.o: a.c inc/own.h\n"
    assert "stddef.h" in pycc.good("-M", "a.c")
    pycc.good("-MMD", "-MP", "-MT", "goal", "-c", "a.c", "-o", "out.o")
    assert Path("out.d").read_text() == "goal: a.c inc/own.h\ninc/own.h:\n"
    pycc.good("-MD", "-MF", "x.dep", "-MQ", "a$b", "-fsyntax-only", "a.c")
    assert Path("x.dep").read_text().startswith("a$$b: a.c inc/own.h")


def test_forms_to_look_at(pycc: Pycc) -> None:
    pycc.write("a.c", ANSWER)
    assert pycc.good("--emit=tokens", "a.c").splitlines()[0] == "a.c:1:1: IDENT int"
    assert "func @main()" in pycc.good("--emit=ir", "a.c")
    dumped = pycc("-O1", "--dump-after=lower", "--dump-after=dce", "--emit=ir", "a.c", "-o", "a.ir").err
    assert "; after lower\n" in dumped
    assert "; after dce\n" in dumped
    assert "return" in Path("a.ir").read_text()
    assert "there is no pass 'nothing'" in pycc("--disable-pass=nothing", "-c", "a.c").err


def test_the_limit_of_changes_cuts_the_optimizer_off(pycc: Pycc) -> None:
    pycc.write("a.c", "int f(int x) { int y = x; return y * 4; }\n")
    full = pycc.good("-O1", "--emit=ir", "a.c")
    none = pycc.good("-O1", "--opt-limit=0", "--emit=ir", "a.c")
    assert "slot" in none
    assert "slot" not in full


def test_statistics(pycc: Pycc) -> None:
    import json

    pycc.write("a.c", "int f(int x) { int y = x; return y * 4; }\n")
    made = json.loads(pycc("-O1", "--stats=json", "-c", "a.c").err)
    assert made["changes_by_name"]["mem2reg"] > 0
    assert made["selected"]
    assert {"preprocess", "parse", "lower", "passes", "codegen", "assemble"} <= set(made["seconds"])


def test_temporary_files_are_kept_on_request(pycc: Pycc) -> None:
    pycc.write("a.c", ANSWER)
    pycc.good("-save-temps", "a.c", "-o", "a")
    assert "main" in Path("a.i").read_text()
    assert "main:" in Path("a.s").read_text()
    assert read_object(Path("a.o").read_bytes()).symbols


# --- questions -------------------------------------------------------------------------------------------------------


def test_questions(pycc: Pycc) -> None:
    assert pycc.good("--version").startswith("pycc ")
    assert pycc.good("-dumpmachine") == "riscv64-linux-gnu\n"
    assert pycc.good("-print-file-name=nothing.a") == "nothing.a\n"
    assert Path(pycc.good("-print-file-name=include").strip(), "stddef.h").is_file()
    assert "-fstrict-aliasing" in pycc.good("--print-ignored-flags").splitlines()
    assert "mem2reg" in pycc.good("--print-passes").splitlines()
    assert "--emit=FORM" in pycc.good("--help")


def test_steps_are_shown_and_not_run(pycc: Pycc) -> None:
    pycc.write("a.c", ANSWER)
    result = pycc("-###", "-O1", "a.c", "-o", "a b")
    assert result.code == 0
    assert " pycc -O1 -c a.c\n pycc -O1 a.o -o 'a b'\n" in result.err
    assert not Path("a b").exists()


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no input files"),
        (("missing.c",), "missing.c: No such file or directory"),
        (("missing.o",), "missing.o: No such file or directory"),
        (("-c", "a.c", "b.c", "-o", "c.o"), "cannot specify '-o'"),
        (("-c", "a.c", "-o", "no/such/folder.o"), "cannot write 'no/such/folder.o': No such file or directory"),
        (("-fnonsense", "a.c"), "unrecognized command-line option '-fnonsense'"),
        (("-mnonsense", "a.c"), "unrecognized command-line option '-mnonsense'"),
        (("-march=rv64i", "a.c"), "-march=rv64i"),
        (("-mabi=lp64", "a.c"), "'-mabi=lp64' is not supported"),
        (("-std=c77", "a.c"), "'-std=c77'"),
        (("--target=vax", "a.c"), "unknown target 'vax'"),
        (("--target=aarch64", "-c", "a.c"), "aarch64 is not yet supported as a code generation target"),
        (("a.c", "-lnothing"), "cannot find -lnothing"),
        (("a.c", "-Wl,--nonsense"), "unrecognized option of the linker '--nonsense'"),
        (("a.c", "b.c"), "main"),
        (("bad.o",), "bad.o"),
        (("folder.c",), "folder.c: Is a directory"),
        (("broken.ir", "-c"), "broken.ir:2:"),
    ],
)
def test_mistakes_are_told_and_end_with_one(pycc: Pycc, words: tuple[str, ...], message: str) -> None:
    pycc.write("a.c", ANSWER)
    pycc.write("b.c", ANSWER)
    pycc.write("bad.o", "neither object nor archive")
    pycc.write("broken.ir", "module \"x\"\nnonsense\n")
    (pycc.folder / "folder.c").mkdir()
    result = pycc(*words)
    assert result.code == 1
    assert message in result.err
    assert "Traceback" not in result.err


def test_errors_of_the_source_leave_no_object(pycc: Pycc) -> None:
    pycc.write("a.c", "int f(void) { return x; }\nint g(void) { return y; }\n")
    result = pycc("-c", "a.c")
    assert result.code == 1
    assert "a.c:1:22: error: 'x' undeclared" in result.err
    assert "a.c:2:22: error: 'y' undeclared" in result.err
    assert not Path("a.o").exists()
    assert "compilation terminated" in pycc("-c", "-fmax-errors=1", "a.c").err


def test_warnings_as_errors(pycc: Pycc) -> None:
    pycc.write("a.c", "int f(void) { g(); return 0; }\n")
    assert pycc("-c", "a.c").code == 0
    assert pycc.good("-w", "-c", "a.c") == ""
    result = pycc("-Werror", "-c", "a.c")
    assert result.code == 1
    assert "warnings being treated as errors" in result.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_message(pycc: Pycc) -> None:
    pycc.write("a.c", ANSWER)
    for words in (("-c", "a.c", "-o", "/dev/full"), ("-E", "a.c", "-o", "/dev/full"), ("a.c", "-o", "/dev/full")):
        result = pycc(*words)
        assert result.code == 1
        assert "No space left on device" in result.err
    assert Path("/dev/full").exists()


def test_nesting_works_or_is_told(pycc: Pycc) -> None:
    pycc.write("parentheses.c", "int x = " + "(" * 10000 + "1" + ")" * 10000 + ";\n")
    pycc.write("braces.c", "void f(void) {" + "{" * 10000 + "}" * 10000 + "}\n")
    pycc.write("structs.c", "struct {" * 10000 + "int x;" + "} a;" * 10000 + "\n")
    pycc.write("conditions.c", "#if 1\n" * 10000 + "int x;\n" + "#endif\n" * 10000)
    for name in ("parentheses.c", "braces.c", "structs.c", "conditions.c"):
        done = command_line(pycc.folder, "-c", name)
        if done.returncode:
            assert done.returncode == 1
            assert b"nesting is too deep" in done.stderr


def test_an_internal_error_saves_what_reproduces_it(pycc: Pycc) -> None:
    pycc.write("a.c", "#define VALUE 42\nint x = VALUE;\n")
    stages = Compiler(parse_command(["-c", "a.c"]), targets.choose(targets.DEFAULT, [], Tables()))
    try:
        raise AssertionError("a planted defect")
    except AssertionError as error:
        code = crash.report(error, ["-c", "a.c"], stages, Source("a.c", "c"))
    told = pycc.capture.readouterr().err
    assert code == 70
    assert "pycc: internal error: AssertionError: a planted defect" in told
    assert "Traceback" not in told
    folder = Path(told.rsplit(" in ", 1)[1].strip())
    assert "int x = 42;" in (folder / "a.i").read_text()
    assert (folder / "command.txt").read_text() == "pycc -c a.c\n"
    assert "a planted defect" in (folder / "traceback.txt").read_text()
