"""Real headers and Csmith programs parse without an error."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.tests.parse.support import CROSS, parse

HEADERS = (
    "assert complex ctype dirent errno fcntl fenv float getopt inttypes iso646 limits locale math netdb poll pthread "
    "regex sched search setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn "
    "string strings tgmath threads time uchar ucontext unistd utime wchar wctype sys/epoll sys/ioctl sys/mman "
    "sys/resource sys/select sys/socket sys/stat sys/time sys/types sys/uio sys/wait netinet/in arpa/inet"
).split()
SMALL = (
    "--max-funcs 3 --max-block-depth 3 --max-block-size 3 --max-expr-complexity 5 --max-array-dim 2 "
    "--max-array-len-per-dim 5 --max-struct-fields 5 --max-union-fields 4 --concise"
).split()
CSMITH_HEADERS = ["/usr/include/csmith"]


@pytest.mark.skipif(shutil.which(CROSS) is None, reason=f"{CROSS} and its headers are not installed")
def test_library_headers_parse_with_every_body() -> None:
    text = "#define _GNU_SOURCE 1\n" + "".join([f"#include <{name}.h>\n" for name in HEADERS])
    parsed = parse(text, lazy=False)
    assert parsed.errors() == []
    assert len(parsed.unit.functions) > 2000


@pytest.mark.skipif(shutil.which("csmith") is None, reason="csmith is not installed")
@pytest.mark.parametrize(("seed", "options"), [*[(seed, SMALL) for seed in range(1, 9)], (1, [])])
def test_csmith_programs_parse(seed: int, options: list[str], tmp_path: Path) -> None:
    source = tmp_path / "program.c"
    command = ["csmith", "--seed", str(seed), *options]
    made = subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=tmp_path, text=True)
    source.write_text(made.stdout)
    parsed = parse("", path=str(source), directories=CSMITH_HEADERS)
    assert parsed.errors() == []
    assert parsed.function("main").body is not None


def test_a_header_function_that_nothing_needs_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text(
        "static inline int unused(void) { return nothing_of_this + exists; }\n"
        "static inline int inner(int x) { return sizeof(struct late) ? x : 0; }\n"
        "static inline int used(int x) { return x + 1; }\n"
        "static inline int outer(int x) { return used(x); }\n"
    )
    source = tmp_path / "m.c"
    source.write_text('#include "h.h"\nstruct late { int x; };\nint main(void) { return outer(1); }\n')
    parsed = parse("", path=str(source))
    assert parsed.errors() == []
    assert parsed.function("unused").body is None
    assert parsed.function("used").body is not None
    assert parsed.function("used").emit
    # A deferred body sees the file scope as of its own place: `struct late` came later.
    source.write_text('#include "h.h"\nstruct late { int x; };\nint main(void) { return inner(1); }\n')
    assert [text for _, text in parse("", path=str(source)).errors()] == [
        "invalid application of 'sizeof' to incomplete type 'struct late'"
    ]


def test_items_stand_in_source_order_and_statics_have_symbols() -> None:
    parsed = parse(
        "int a; static int b = 1; int f(void) { static int n; return n++ + b; }\n"
        'int g(void) { static int n; return n + f(); } asm("nop"); int c = 2; int a;\n'
    )
    assert parsed.errors() == []
    names = [getattr(item, "symbol", "") or getattr(item, "name", "asm") for item in parsed.unit.items]
    assert names == ["b", "f", "n.0", "g", "n.1", "asm", "c", "a"]


@pytest.mark.parametrize(
    ("source", "emit", "inline_only"),
    [
        ("inline int f(void) { return 1; }", False, True),
        ("extern inline int f(void) { return 1; }", True, False),
        ("inline int f(void) { return 1; } int f(void);", True, False),
        ("static int f(void) { return 1; }", False, False),
        ("static int f(void) { return 1; } int (*p)(void) = f;", True, False),
        ("extern inline __attribute__((gnu_inline)) int f(void) { return 1; }", False, True),
        ("inline __attribute__((gnu_inline)) int f(void) { return 1; }", True, False),
    ],
)
def test_inline_kinds_decide_what_is_emitted(source: str, emit: bool, inline_only: bool) -> None:
    function = parse(source + "\n").function("f")
    assert (function.emit, function.is_inline_only) == (emit, inline_only)
