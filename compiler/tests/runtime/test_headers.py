"""The headers: each alone, the freestanding ones before a hosted library's, and Csmith programs on all of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from compiler.runtime import manifest
from compiler.tests.runtime.toolchain import Toolchain

STRICT: Final = ("-Wall", "-Wextra", "-Werror", "-pedantic-errors", "-fsyntax-only", "-Wno-long-long")
CSMITH_INCLUDE: Final = Path("/usr/include/csmith")
CSMITH_OPTIONS: Final = (
    "--max-funcs 3 --max-block-depth 3 --max-block-size 3 --max-expr-complexity 5 --max-array-dim 2 "
    "--max-array-len-per-dim 5 --max-struct-fields 5 --max-union-fields 4 --concise"
).split()


def headers(own_libc: bool) -> list[str]:
    folders = manifest.include_folders(own_libc)
    return sorted(str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.h"))


def gcc_system_folders() -> list[str]:
    """Where gcc looks for a hosted library's headers, without its own."""
    command = ["gcc", "-E", "-v", "-xc", "/dev/null", "-o", "/dev/null"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    listing = run.stderr.split("#include <...> search starts here:")[1].split("End of search list.")[0]
    return [line.strip() for line in listing.splitlines() if line.strip() and "/lib/gcc/" not in line]


def compile_text(command: list[str], folder: Path, text: str) -> str:
    source = folder / "header.c"
    source.write_text(text)
    run = subprocess.run([*command, str(source)], capture_output=True, text=True, timeout=120)
    return run.stderr if run.returncode else ""


@pytest.mark.parametrize("standard", ["gnu89", "c99", "c11", "gnu17"])
def test_headers_stand_alone_and_twice(tmp_path: Path, standard: str) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    flags = [f"-isystem{folder}" for folder in manifest.include_folders(True)]
    names = [name for name in headers(True) if name != "stdatomic.h" or standard in ("c11", "gnu17")]
    command = ["gcc", "-nostdinc", *flags, f"-std={standard}", *STRICT]
    everything = ""
    for name in names:
        everything += f"#include <{name}>\n"
        assert compile_text(command, tmp_path, f"#include <{name}>\n#include <{name}>\nint unit;\n") == "", name
    assert compile_text(command, tmp_path, everything + "int unit;\n") == ""


FACTS: Final = r"""
#include <float.h>
#include <inttypes.h>
#include <iso646.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <wchar.h>
#define SHOW(value) printf(#value " %d %lld %d\n", (int)sizeof(value), (long long)(value), (value) < 0)
#define TYPE(type) printf(#type " %d %d %d\n", (int)sizeof(type), (int)alignof(type), (type)-1 < (type)0)
int main(void) {
    SHOW(CHAR_BIT); SHOW(SCHAR_MIN); SHOW(SCHAR_MAX); SHOW(UCHAR_MAX); SHOW(CHAR_MIN); SHOW(CHAR_MAX); SHOW(SHRT_MIN);
    SHOW(SHRT_MAX); SHOW(USHRT_MAX); SHOW(INT_MIN); SHOW(INT_MAX); SHOW(UINT_MAX); SHOW(LONG_MIN); SHOW(LONG_MAX);
    SHOW(ULONG_MAX); SHOW(LLONG_MIN); SHOW(LLONG_MAX); SHOW(ULLONG_MAX); SHOW(MB_LEN_MAX);
    SHOW(INT8_MIN); SHOW(INT8_MAX); SHOW(UINT8_MAX); SHOW(INT16_MIN); SHOW(UINT16_MAX); SHOW(INT32_MIN);
    SHOW(UINT32_MAX); SHOW(INT64_MIN); SHOW(INT64_MAX); SHOW(UINT64_MAX); SHOW(INT_LEAST8_MAX); SHOW(INT_FAST8_MAX);
    SHOW(INT_FAST16_MIN); SHOW(UINT_FAST32_MAX); SHOW(INTPTR_MIN); SHOW(UINTPTR_MAX); SHOW(INTMAX_MIN);
    SHOW(UINTMAX_MAX); SHOW(PTRDIFF_MIN); SHOW(PTRDIFF_MAX); SHOW(SIZE_MAX); SHOW(SIG_ATOMIC_MIN); SHOW(WCHAR_MIN);
    SHOW(WCHAR_MAX); SHOW(WINT_MIN); SHOW(WINT_MAX); SHOW(INT8_C(5)); SHOW(UINT16_C(5)); SHOW(INT64_C(5));
    SHOW(UINT64_C(5)); SHOW(INTMAX_C(5)); SHOW(UINTMAX_C(5)); SHOW(EXIT_FAILURE); SHOW(RAND_MAX); SHOW(FLT_RADIX);
    SHOW(FLT_MANT_DIG); SHOW(DBL_MANT_DIG); SHOW(DBL_DIG); SHOW(DBL_MIN_EXP); SHOW(DBL_MAX_10_EXP); SHOW(LDBL_DIG);
    SHOW(FLT_EVAL_METHOD); SHOW(FLT_ROUNDS); SHOW(DECIMAL_DIG); SHOW(FLT_HAS_SUBNORM); SHOW(DBL_DECIMAL_DIG);
    SHOW(true); SHOW(__bool_true_false_are_defined); SHOW(not 1 or 0);
    TYPE(size_t); TYPE(ptrdiff_t); TYPE(wchar_t); TYPE(wint_t); TYPE(int8_t); TYPE(uint8_t); TYPE(int_least16_t);
    TYPE(int_fast16_t); TYPE(uint_fast32_t); TYPE(int64_t); TYPE(intptr_t); TYPE(uintmax_t); TYPE(bool);
    printf("%d %d\n", (int)sizeof(max_align_t), (int)alignof(max_align_t));
    printf("%a %a %a %a\n", (double)FLT_MAX, DBL_MIN, DBL_EPSILON, DBL_TRUE_MIN);
    printf("%" PRId8 " %" PRIu64 " %" PRIxFAST16 " %" PRIoLEAST32 "\n", (int8_t)-1, UINT64_MAX, (uint_fast16_t)77,
           (uint_least32_t)8);
    return 0;
}
"""


@pytest.mark.parametrize("own_libc", [True, False])
def test_limits_and_types_are_the_hosted_ones(tmp_path: Path, own_libc: bool) -> None:
    """Native only: the reference is gcc's own headers with the system's library; also ours in front of that library."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    source = tmp_path / "facts.c"
    source.write_text(FACTS)
    flags = [f"-isystem{folder}" for folder in manifest.include_folders(own_libc)]
    if not own_libc:
        flags += [f"-isystem{folder}" for folder in gcc_system_folders()]
    outputs = []
    for name, extra in (("reference", []), ("ours", ["-nostdinc", *flags])):
        program = tmp_path / name
        # Linked with the system's library in both cases: its printf is not what is tested.
        subprocess.run(["gcc", "-w", *extra, "-o", str(program), str(source)], check=True, timeout=120)
        outputs.append(subprocess.run([str(program)], capture_output=True, text=True, check=True, timeout=60).stdout)
    assert outputs[0].splitlines() == outputs[1].splitlines()


def test_freestanding_headers_serve_the_hosted_library(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    folders = gcc_system_folders()
    flags = [f"-isystem{folder}" for folder in [*map(str, manifest.include_folders(False)), *folders]]
    command = ["gcc", "-nostdinc", *flags, "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Werror"]
    names = (
        "assert ctype dirent errno fcntl fenv inttypes limits locale math netdb poll pthread regex sched semaphore "
        "setjmp signal stdatomic stdint stdio stdlib string strings sys/mman sys/socket sys/stat sys/time sys/types "
        "sys/wait syslog termios time unistd wchar wctype"
    ).split()
    text = "".join(f"#include <{name}.h>\n" for name in names)
    check = "int paths = PATH_MAX + IOV_MAX, largest = INT_MAX; int64_t wide; wint_t character; va_list list;\n"
    assert compile_text(command, tmp_path, text + "#include <stdarg.h>\n" + check) == ""


@pytest.mark.parametrize("seed", range(1001, 1007))
def test_csmith_checksums(toolchain: Toolchain, runtime: Path, tmp_path: Path, seed: int) -> None:
    if shutil.which("csmith") is None or not CSMITH_INCLUDE.is_dir() or shutil.which("gcc") is None:
        pytest.skip("csmith or gcc is not installed")
    source = tmp_path / "program.c"
    subprocess.run(
        ["csmith", "--seed", str(seed), *CSMITH_OPTIONS, "-o", str(source)], check=True, cwd=tmp_path, timeout=60
    )
    hosted = tmp_path / "hosted"
    include = f"-I{CSMITH_INCLUDE}"
    subprocess.run(["gcc", "-w", "-O1", include, "-o", str(hosted), str(source)], check=True, timeout=120)
    try:
        expected = subprocess.run([str(hosted)], capture_output=True, text=True, timeout=2)
    except subprocess.TimeoutExpired:
        pytest.fail(f"seed {seed} does not terminate: choose another")
    bare = tmp_path / "bare"
    toolchain.link(runtime, source, bare, include, "-fsigned-char")
    run = toolchain.run(bare)
    assert expected.stdout.startswith("checksum = ")
    assert (run.stdout, run.returncode) == (expected.stdout, expected.returncode)
