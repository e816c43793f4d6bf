"""The same tokens as gcc 12 -E, posing as the same gcc: small programs, a sample of glibc's headers, Csmith."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.tests.preprocess.programs import LINES, PROGRAMS
from compiler.tests.preprocess.reference import NATIVE, RISCV, difference, is_yardstick, options_for, ours

RISCV_HEADERS = Path("/usr/riscv64-linux-gnu/include")
HEADERS = (
    "assert.h complex.h ctype.h errno.h fcntl.h float.h inttypes.h limits.h math.h pthread.h setjmp.h signal.h stdarg.h"
    " stddef.h stdint.h stdio.h stdlib.h string.h tgmath.h time.h unistd.h wchar.h sys/stat.h sys/socket.h linux/fs.h"
).split()

native = pytest.mark.skipif(not is_yardstick(NATIVE), reason="gcc 12 for x86-64 is not installed")
riscv = pytest.mark.skipif(not is_yardstick(RISCV), reason="gcc 12 for riscv64 is not installed")


@native
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_programs(number: int, tmp_path: Path) -> None:
    source = tmp_path / "program.c"
    source.write_bytes(PROGRAMS[number].encode())
    assert difference(str(source), NATIVE) == ""


@native
@pytest.mark.parametrize("number", range(len(LINES)))
def test_lines(number: int, tmp_path: Path) -> None:
    source = tmp_path / "line.c"
    source.write_bytes(LINES[number].encode())
    assert difference(str(source), NATIVE) == ""


@native
@pytest.mark.parametrize("standard", ["c89", "gnu89", "c99", "c11", "c17", "gnu2x"])
def test_dialects(standard: str, tmp_path: Path) -> None:
    source = tmp_path / "dialect.c"
    source.write_text(
        "??= ??( a // b\n<: :> %:%: u8\"a\" u'b' U\"c\" R\"(d)\" 0x1p+3 1'000 u8'x' x::y ??/\nz unix\n"
        "#define f(...) g(__VA_ARGS__) h(0, ## __VA_ARGS__)\nf() f(1)\n__STDC_VERSION__ inline\n"
    )
    assert difference(str(source), NATIVE, standard) == ""


@riscv
@pytest.mark.parametrize("name", HEADERS)
def test_main_headers(name: str, tmp_path: Path) -> None:
    source = tmp_path / "includes.c"
    source.write_text("#define _GNU_SOURCE 1\n#include <{0}>\n#include <{0}>\n".format(name))
    assert difference(str(source), RISCV) == ""


@riscv
def test_sample_of_all_headers() -> None:
    for path in sorted(RISCV_HEADERS.rglob("*.h"))[7::50]:
        assert difference(str(path), RISCV) == "", path


@riscv
@pytest.mark.skipif(shutil.which("csmith") is None, reason="csmith is not installed")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_csmith_programs(seed: int, tmp_path: Path) -> None:
    source = tmp_path / "program.c"
    command = ["csmith", "-s", str(seed), "--max-funcs", "3", "--max-block-depth", "3", "-o", str(source)]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert difference(str(source), RISCV, directories=("/usr/include/csmith",)) == ""


@native
def test_output_scans_to_itself(tmp_path: Path) -> None:
    """Preprocessing our own output again changes no token."""
    source = tmp_path / "program.c"
    definitions = "#define m -\n#define p +\n#define d .\n#define f(x) x\n"
    source.write_text(definitions + "-m p+ d.. 1f(x) f(a)f(b) /f(*) f(L)'a' <f(:)\n")
    once = ours(str(source), options_for(NATIVE), NATIVE)
    (tmp_path / "again.i").write_text(once.output)
    options = options_for(NATIVE)
    options.preprocessed = True
    again = ours(str(tmp_path / "again.i"), options, NATIVE)
    assert [t.text for t in again.tokens if t.kind < 6] == [t.text for t in once.tokens if t.kind < 6]
