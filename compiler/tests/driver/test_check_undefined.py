# ruff: noqa: E501 (a program is a line)
"""--run-ir --check-undefined: undefined behaviour is told by name, and a program that has none runs as ever."""

from __future__ import annotations

import pytest

from compiler.tests.driver.conftest import Pycc

ZERO = "volatile int zero; int *volatile null; int printf(const char *, ...); void *malloc(unsigned long); void free(void *);\n"
MAIN = "int main(void) { %s return 0; }\n"

UNDEFINED = {
    "add": ("signed overflow", MAIN % "int x = 0x7fffffff; x += 1 + zero;"),
    "subtract": ("signed overflow", MAIN % "int x = -2147483647 - 1; x -= 1 + zero;"),
    "multiply": ("signed overflow", MAIN % "long x = 1L << 62; x *= 2 + zero;"),
    "negate": ("signed overflow", MAIN % "int x = -2147483647 - 1 + zero; x = -x;"),
    "shift": ("shift amount", MAIN % "int x = 1 << (32 + zero);"),
    "negative shift": ("shift amount", MAIN % "long x = 1L >> (zero - 1);"),
    "shift assigned": ("shift amount", MAIN % "unsigned x = 1; x <<= 32 + zero;"),
    "division": ("division by zero", MAIN % "int x = 5 / zero;"),
    "remainder": ("division by zero", MAIN % "unsigned x = 5u % (unsigned)zero;"),
    "quotient": ("overflow in division", MAIN % "int x = (-2147483647 - 1) / (zero - 1);"),
    "null": ("access through a null pointer", MAIN % "*null = 1;"),
    "field of null": ("access through a null pointer", "struct s { int a[50]; };\n" + MAIN % "((struct s *)null)->a[9]++;"),
    "past an array": ("access outside an object", MAIN % "int a[4]; a[4 + zero] = 1;"),
    "before an array": ("access outside an object", MAIN % "int a[4]; a[zero - 1] = 1;"),
    "into the neighbour": ("access outside an object", MAIN % "int a[4], b[4]; for (int i = -64; i < 64; i++) b[i] = a[0] = 1;"),
    "static": ("access outside an object", "static int a[4], b[4];\n" + MAIN % "return b[0] + a[4 + zero];"),
    "string": ("access outside an object", MAIN % 'return "abc"[4 + zero];'),
    "kept in memory": ("access outside an object", "static char *p; static char a[8], b[8];\n" + MAIN % "p = a; p += 8 + zero; b[0] = 1; *p = 1;"),
    "as an integer": ("access outside an object", MAIN % "int a, b; long p = (long)&a; p += 4 + zero; b = 1; a = *(int *)p;"),
    "copied": ("access outside an object", "struct s { int a[9]; } s; int t[4];\n" + MAIN % "s = *(struct s *)(t + zero);"),
    "returned": ("access after the object's lifetime", "int *f(void) { int x = 1, *volatile p = &x; return p; } int g(void) { int y[9] = {0}; return y[0]; }\n" + MAIN % "int *p = f(); g(); return *p;"),
    "alloca": ("access after the object's lifetime", "char *f(void) { char *volatile p = __builtin_alloca(9); return p; }\n" + MAIN % "*f() = 1;"),
    "freed": ("access after the object's lifetime", MAIN % "int *p = malloc(8); *p = 1; free(p); *p = 1;"),
    "freed twice": ("free of what is no block of the heap", MAIN % "int *p = malloc(8); free(p); free(p);"),
    "block": ("access outside an object", MAIN % "char *p = malloc(8 + zero); p[8] = 1;"),
    "misaligned": ("misaligned access", MAIN % "char a[9] = {0}; return *(int *)(a + 1 + zero);"),
    "decision": ("branch on an uninitialised value", MAIN % "int x, *volatile p = &x; if (*p > 3) zero = 1;"),
    "loop": ("branch on an uninitialised value", MAIN % "int a[3]; a[0] = a[1] = 0; for (int i = 0; i < 3; i++) if (a[i]) zero = 1;"),
    "switch": ("branch on an uninitialised value", MAIN % "int x, y = x + 1; switch (y) { case 0: case 1: case 2: case 3: case 4: case 5: return 1; }"),
    "block unset": ("branch on an uninitialised value", MAIN % "int *p = malloc(8); p[1] = 0; return p[0] ? 1 : 0;"),
    "bit-field": ("branch on an uninitialised value", MAIN % "struct { unsigned a : 3, b : 5; } s; s.a = 1; if (s.b) return 1;"),
    "pointer": ("access through an uninitialised pointer", MAIN % "int *p; return *p;"),
    "divisor": ("division by an uninitialised value", MAIN % "unsigned x; return 5u / x;"),
    "variable arguments": ("access outside an object", "#include <stdarg.h>\nint f(int n, ...) { va_list ap; va_start(ap, n); while (n--) zero += va_arg(ap, int); return 0; }\n" + MAIN % "f(3, 1, 2);"),
    "unreachable": ("unreachable", MAIN % "if (!zero) __builtin_unreachable();"),
}  # fmt: skip

# What may look undefined and is not.
DEFINED = r"""
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct fields { unsigned a : 3; int b : 7; unsigned c : 20; long d : 40; };
struct holes { char a; long b; char c; };
union both { int i; unsigned char c[8]; };
static jmp_buf at;
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static struct holes made(int n) { struct holes h; h.a = n; h.b = n; h.c = n; return h; }
static int sum(int n, ...) {
  va_list ap; int total = 0;
  va_start(ap, n);
  while (n--) total += va_arg(ap, int);
  va_end(ap);
  return total;
}
static int deep(int n) { int room[10]; room[n] = n; if (n == 0) longjmp(at, 3); return deep(n - 1) + room[n]; }
int main(int argc, char **argv) {
  struct fields f;
  f.b = -3; f.c = 99999; f.a = 5; f.d = -(1L << 35);
  if (f.b < 0 && f.c == 99999 && f.a == 5 && f.d < 0) printf("fields %d %u\n", f.b, (unsigned)f.a);
  struct holes h = made(3), copy = h, more[3];
  memcpy(&more[1], &copy, sizeof copy);
  if (more[1].b == 3) printf("holes %d\n", more[1].c);
  union both u; u.i = 7;
  if (u.c[0] == 7) printf("union %d\n", u.c[3]);
  int numbers[6] = {5, -3, 9, 0, 2, 2}, *end = numbers + 6;
  qsort(numbers, 6, sizeof *numbers, compare);
  for (int *p = numbers; p != end; p++) printf("%d ", *p);
  char text[40], *heap = malloc(20);
  snprintf(text, sizeof text, "%s %5.2f %ld", "abc", 3.25, strtol("-77x", NULL, 10));
  strcpy(heap, text + 4);
  printf("%s %zu\n", heap, strlen(text));
  free(heap);
  unsigned x = 0xffffffffu; x += 2; x <<= 31; x = -x;
  printf("%u %d\n", x, sum(4, 1, 2, 3, 4));
  int unused, other = setjmp(at);
  if (other == 0) other = deep(9);
  char bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8}; int word;
  memcpy(&word, bytes + 1, 4);
  int vla[other]; vla[other - 1] = word;
  printf("%d %x %d %d\n", other, vla[2], argc, argv[argc] == NULL);
  int kept = unused; (void)kept;
  return 0;
}
"""


@pytest.mark.parametrize("name", UNDEFINED)
def test_undefined(pycc: Pycc, name: str) -> None:
    message, source = UNDEFINED[name]
    pycc.write("a.c", ZERO + source)
    result = pycc("-w", "--run-ir", "--check-undefined", "a.c")
    assert (result.code, result.err) == (3, f"pycc: run-ir: undefined: {message}\n")


def test_defined(pycc: Pycc) -> None:
    pycc.write("a.c", DEFINED)
    plain = pycc("-w", "--run-ir", "a.c")
    assert (plain.code, plain.err) == (0, "")
    checked = pycc("-w", "-O1", "--run-ir", "--check-undefined", "--verify-ir", "a.c")
    assert (checked.code, checked.err, checked.out) == (0, "", plain.out)


def test_wrapping_is_defined_where_the_switch_says_so(pycc: Pycc) -> None:
    pycc.write("a.c", "int main(void) { int x = 0x7fffffff; x++; return x < 0 ? 7 : 0; }\n")
    assert pycc("-fwrapv", "--run-ir", "--check-undefined", "a.c").code == 7
    assert pycc("--run-ir", "--check-undefined", "a.c").code == 3


def test_the_switch_is_for_the_interpreter(pycc: Pycc) -> None:
    pycc.write("a.c", "int main(void) { return 0; }\n")
    assert "--check-undefined is for --run-ir" in pycc("-c", "--check-undefined", "a.c").err
