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


@pytest.mark.parametrize(
    ("source", "expected"),
    [(MEMORY_OPERANDS, "10 21 1 2\n"), (ALIGNED_FUNCTION, "0 256\n")],
    ids=["memory operands of asm", "aligned function"],
)
def test_compiled_program(pycc: Pycc, source: str, expected: str) -> None:
    pycc.write("a.c", source)
    for level in ("-O0", "-O1"):
        pycc.good(level, "--verify-ir", "a.c", "-o", "a")
        run = pycc.execute("a")
        assert (run.exit_code, run.stdout.decode()) == (0, expected), level
