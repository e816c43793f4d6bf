"""Small programs through the whole chain, compiled and interpreted; each holds a construct that once went wrong."""

from __future__ import annotations

from typing import Final

import pytest

from compiler.tests.driver.conftest import Pycc

MEMORY_OPERANDS: Final = r"""
#include <stdio.h>
int main(void) {
    long a = 5, b = 7;
    struct { int x, y; } pair = {1, 2};
    asm volatile("ld t2, %1\n\taddi t2, t2, 3\n\tsd t2, %0" : "=m"(a) : "m"(b) : "t2", "memory");
    asm("add %0, %1, %2" : "=r"(b) : "r"(a), "r"(b));
    asm volatile("" : "+m"(pair));
    asm("addi %0, %0, %1" : "+r"(b) : "i"(4));
    printf("%ld %ld %d %d\n", a, b, pair.x, pair.y);
    return 0;
}
"""

ALIGNED_FUNCTION: Final = r"""
#include <stdio.h>
void other(void) {}
void function(void) __attribute__((aligned(256)));
void function(void) {}
int main(void) {
    printf("%d %d\n", (int)((unsigned long)function & 255), (int)__alignof__(function));
    return 0;
}
"""


PARAMETER_SIZES: Final = r"""
#include <stdio.h>
void count(int a, int b[a++], int c, int d[c++][a++]) { printf("%d %d %d\n", a, c, (int)sizeof d[0]); }
int main(void) {
    int e[10];
    count(1, e, 1, (void *)e);
    return 0;
}
"""

# The library's own `ffs` stands in the same object as `strlen`.
OWN_LIBRARY_NAME: Final = r"""
#include <stdio.h>
#include <string.h>
int ffs(int x) { return x + 100; }
int main(int argc, char **argv) {
    printf("%d %d\n", ffs(argc), (int)strlen(argv[0]) > 0);
    return 0;
}
"""


THREAD_VARIABLES: Final = r"""
#include <stdio.h>
#include <stdlib.h>
_Thread_local int a = 5;
static _Thread_local char b[3000];
__thread long c __attribute__((aligned(64))) = 9;
int *place(void) { return &a; }
int compare(const void *left, const void *right) { return *(const int *)left - *(const int *)right; }
int main(void) {
    int numbers[] = {5, 3, 9, 1};
    char *memory = malloc(100);
    memory[99] = 1;
    for (int i = 0; i < 3000; i++)
        b[i] = i;
    *place() += 2;
    c += b[2999];
    qsort(numbers, 4, sizeof *numbers, compare);
    printf("%d %ld %d %d %d %.3f\n", a, c, b[100], (int)((unsigned long)&c & 63), numbers[0], c / 7.0);
    return 0;
}
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [(MEMORY_OPERANDS, "10 21 1 2\n"), (ALIGNED_FUNCTION, "0 256\n"), (PARAMETER_SIZES, "3 2 8\n"),
     (OWN_LIBRARY_NAME, "101 1\n"), (THREAD_VARIABLES, "7 192 100 0 1 27.429\n")],
    ids=["memory operands of asm", "aligned function", "sizes of parameters", "own library name", "thread variables"],
)  # fmt: skip
def test_compiled_program(pycc: Pycc, source: str, expected: str) -> None:
    pycc.write("a.c", source)
    for level in ("-O0", "-O1"):
        pycc.good(level, "--verify-ir", "a.c", "-o", "a")
        run = pycc.execute("a")
        assert (run.exit_code, run.stdout.decode()) == (0, expected), level


@pytest.mark.parametrize(
    ("source", "expected"),
    [(PARAMETER_SIZES, "3 2 8\n"), (OWN_LIBRARY_NAME, "101 1\n"), (THREAD_VARIABLES, "7 192 100 0 1 27.429\n")],
    ids=["sizes of parameters", "own library name", "thread variables"],
)
def test_interpreted_program(pycc: Pycc, source: str, expected: str) -> None:
    pycc.write("a.c", source)
    for level in ("-O0", "-O1"):
        result = pycc(level, "--run-ir", "a.c")
        assert (result.code, result.out, result.err) == (0, expected, ""), level


def test_what_code_generation_does_not_know_is_refused_by_name(pycc: Pycc) -> None:
    pycc.write("a.c", '__int128 f(__int128 x) { __int128 r; asm("do %0, %1" : "=r"(r) : "r"(x)); return r; }\n')
    result = pycc("-c", "a.c")
    assert result.code == 1
    assert "a.c: sorry, unimplemented: an operand of type i128 in asm in function 'f'" in result.err
