"""Programs under --run-ir: calls, start-up and jumps as the interpreter pictures them, held against machines.

Each program is interpreted before and after the passes, run as pycc compiles it and, where the cross compiler is
installed, as gcc does.
"""

from __future__ import annotations

import shutil
import subprocess

from compiler.tests.driver.conftest import Pycc

CROSS = "riscv64-linux-gnu-gcc"


def same_everywhere(pycc: Pycc, source: str, code: int = 0) -> str:
    """What the program prints, which is the same in every way to run it."""
    pycc.write("a.c", source)
    outputs: dict[str, str] = {}
    for level in ("-O0", "-O1"):
        result = pycc(level, "--run-ir", "--verify-ir", "a.c")
        assert (result.code, result.err) == (code, ""), (level, result.err)
        outputs["--run-ir " + level] = result.out
        pycc.good(level, "a.c", "-o", "a")
        run = pycc.execute("a")
        assert run.exit_code == code, level
        outputs["pycc " + level] = run.stdout.decode()
    if shutil.which(CROSS):
        subprocess.run([CROSS, "-O1", "-w", "-static", "a.c", "-o", "b"], cwd=pycc.folder, check=True, timeout=120)
        run = pycc.execute("b")
        assert run.exit_code == code
        outputs["gcc"] = run.stdout.decode()
    expected = outputs["--run-ir -O0"]
    assert {way for way, text in outputs.items() if text != expected} == set(), outputs
    return expected


def variadic_program() -> str:
    """Records of all sizes to 40 bytes and several alignments, between scalars of one and two registers."""
    records: list[tuple[str, str]] = []
    text = ["int printf(const char *, ...);", "typedef __builtin_va_list list;"]
    for size in range(1, 41):
        name = f"struct bytes{size}"
        text.append(f"{name} {{ unsigned char at[{size}]; }};")
        records.append((name, f"{size}"))
    for tag, fields in (
        ("a4", "int x[3];"), ("a8", "long x; char y;"), ("a16", "__attribute__((aligned(16))) char x;"),
        ("q", "long double x;"), ("qc", "long double x; char y;"), ("i128", "__int128 x;"), ("dd", "double x, y;"),
        ("fi", "float x; int y;"), ("f1", "float x;"), ("big", "__int128 x; double y; char z;"),
        ("bits", "long a : 40; long b : 50;"),
    ):  # fmt: skip
        text.append(f"struct {tag} {{ {fields} }};")
        records.append((f"struct {tag}", f"sizeof(struct {tag})"))
    text.append("static unsigned hash(const void *at, unsigned long size) {")
    text.append("  unsigned h = 7; const unsigned char *p = at;")
    text.append("  while (size--) h = h * 31 + *p++; return h; }")
    calls: list[str] = []
    for index, (name, length) in enumerate(records):
        # One or two named parameters: the first variable argument is in an even or an odd register.
        named = "int n" if index % 2 else "int n, long m"
        text.append(f"static void f{index}({named}, ...) {{")
        text.append(f"  list ap, again; __builtin_va_start(ap, {'n' if index % 2 else 'm'});")
        text.append(f"  for (int i = 0; i < n; i++) {{ {name} r = __builtin_va_arg(ap, {name});")
        text.append("    __int128 w = __builtin_va_arg(ap, __int128); double d = __builtin_va_arg(ap, double);")
        text.append("    __builtin_va_copy(again, ap);")
        text.append("    long double q = __builtin_va_arg(ap, long double); int c = __builtin_va_arg(ap, int);")
        text.append("    long double p = __builtin_va_arg(again, long double); __builtin_va_end(again);")
        text.append(
            f'    printf("{name} %u %lx %lx %g %g %d %d\\n", hash(&r, {length}), (long)(w >> 64), (long)w, d,'
            " (double)q, p == q, c); }"
        )
        text.append("  __builtin_va_end(ap); }")
        # The bytes are static, so zero between the fields on either side.
        fill = f"for (unsigned long k = 0; k < {length}; k++) ((unsigned char *)&r{index})[k] = k * 7 + {index};"
        if name in ("struct a8", "struct qc", "struct big", "struct a16", "struct bits"):
            fill = f"*(char *)&r{index} = {index};"
        text.append(f"static {name} r{index};")
        given = ", ".join(
            f"r{index}, ((__int128){k - 1} << 70) + {index}, {k}.5 * {index}, {k + 2}.25L, {k - 300}" for k in range(2)
        )
        calls.append(f"  {fill} f{index}(2, {'' if index % 2 else '5L, '}{given});")
    return "\n".join([*text, "int main(void) {", *calls, "  return 0; }", ""])


def test_variable_arguments(pycc: Pycc) -> None:
    printed = same_everywhere(pycc, variadic_program())
    assert len(printed.splitlines()) == 2 * (40 + 11)


CONSTRUCTORS = """
#include <stdio.h>
#include <stdlib.h>
static int order;
static void note(const char *who) { printf("%s %d\\n", who, ++order); }
static void __attribute__((constructor)) last(void) { note("last"); }
static void __attribute__((constructor(200))) second(int argc, char **argv) { note(argc > 0 && argv[0] ? "two" : "?"); }
static void __attribute__((constructor(101))) first(void) { note("one"); }
static void handler(void) { note("handler"); }
static void __attribute__((destructor(101))) bottom(void) { note("bottom"); }
static void __attribute__((destructor)) top(void) { note("top"); }
static void __attribute__((destructor)) upper(void) { note("upper"); }
int main(void) { atexit(handler); note("main"); return 5; }
"""


def test_constructors_and_destructors(pycc: Pycc) -> None:
    printed = same_everywhere(pycc, CONSTRUCTORS, 5)
    assert printed.split()[::2] == "one two last main handler upper top bottom".split()


def test_constructors_without_a_library(pycc: Pycc) -> None:
    source = "int printf(const char *, ...); static int n;\n"
    source += "__attribute__((constructor)) static void set(void) { n = 4; }\n"
    source += 'int main(void) { printf("%d\\n", n); return n; }\n'
    assert same_everywhere(pycc, source, 4) == "4\n"


JUMPS = """
#include <setjmp.h>
#include <stdio.h>
static jmp_buf outer, inner;
static int depth;
static void sink(int n) {
  char room[100];
  room[n] = n;
  if (n == 0) longjmp(n ? outer : inner, 0);
  sink(n - 1);
  printf("never %d\\n", room[n]);
}
static int nested(int kind) {
  volatile int kept = kind;
  int got = setjmp(inner);
  if (got == 0) { kept++; sink(5); }
  printf("inner %d %d\\n", got, kept);
  if (kind == 3) longjmp(outer, 9);
  return got + kept;
}
static int loop(void) {
  volatile int count = 0;
  jmp_buf here;
  if (setjmp(here) < 4) { count++; longjmp(here, count); }
  switch (setjmp(here)) {
    case 0: longjmp(here, -7);
    case -7: printf("switch\\n"); break;
    default: printf("other\\n");
  }
  return count;
}
int main(void) {
  volatile int i = 0;
  int code = setjmp(outer);
  printf("outer %d %d\\n", code, i);
  while (i < 5) { i++; depth += nested(i); }
  printf("%d %d\\n", depth, loop());
  return 0;
}
"""


def test_long_jumps(pycc: Pycc) -> None:
    printed = same_everywhere(pycc, JUMPS)
    assert printed.splitlines()[:3] == ["outer 0 0", "inner 1 2", "inner 1 3"]
    assert printed.splitlines()[-2:] == ["switch", "20 4"]


def test_a_jump_to_a_function_that_has_returned(pycc: Pycc) -> None:
    source = "#include <setjmp.h>\nstatic jmp_buf at; static int f(void) { return setjmp(at); }\n"
    source += "int main(void) { f(); longjmp(at, 1); }\n"
    pycc.write("a.c", source)
    result = pycc("--run-ir", "a.c")
    assert (result.code, result.err) == (3, "pycc: run-ir: undefined: longjmp to a function that has returned\n")


WIDTHS = """
#include <stdio.h>
int main(void) {
  printf("[%*d][%-*d][%*d][%.*s][%.*s][%+.*f][%0*x]\\n", 5, 42, 5, 42, -5, 42, 2, "abc", -1, "abc", 3, 2.5, 6, 0xbeef);
  return 0;
}
"""


def test_widths_and_precisions_among_the_arguments(pycc: Pycc) -> None:
    assert same_everywhere(pycc, WIDTHS) == "[   42][42   ][42   ][ab][abc][+2.500][00beef]\n"


def test_a_silenced_warning_takes_its_note_along(pycc: Pycc) -> None:
    source = "int f(__builtin_va_list list) { return __builtin_va_arg(list, short); }\n"
    (pycc.folder / "p.c").write_text(source)
    loud, quiet = pycc("-c", "p.c"), pycc("-w", "-c", "p.c")
    assert ("if this code is reached" in loud.err, quiet.err) == (True, "")
