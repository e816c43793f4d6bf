"""Soft floats against a native C compiler's long double, __float128, float and _Float16-free double operations."""

from __future__ import annotations

import platform
import random
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from compiler.arith import soft
from compiler.arith.formats import BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.tests.arith.exact import at_ordinal, ordinal

COMPILER: Final = shutil.which("gcc")

PROGRAM: Final = r"""
#include <stdio.h>
#include <string.h>
typedef unsigned __int128 u128;
static void show(const void *p, unsigned n) {
    unsigned char b[16] = {0};
    memcpy(b, p, n);
    for (int i = 15; i >= 0; i--) printf("%02x", b[i]);
    putchar(' ');
}
#define ROW(T, N) do { T a, b, r; double d; float f; long long s; memcpy(&a, &x, N); memcpy(&b, &y, N); \
    r = a + b; show(&r, N); r = a - b; show(&r, N); r = a * b; show(&r, N); r = a / b; show(&r, N); \
    d = a; show(&d, 8); f = a; show(&f, 4); s = (long long)y; r = s; show(&r, N); \
    r = (unsigned long long)y; show(&r, N); \
    printf("%d%d%d%d\n", a < b, a <= b, a == b, __builtin_isunordered(a, b)); } while (0)
int main(void) {
    char kind; unsigned long long a, b, c, d;
    while (scanf(" %c %llx %llx %llx %llx", &kind, &a, &b, &c, &d) == 5) {
        u128 x = (u128)a << 64 | b, y = (u128)c << 64 | d;
        if (kind == 's') ROW(float, 4);
        else if (kind == 'd') ROW(double, 8);
        else if (kind == 'x') ROW(long double, 10);
        else ROW(__float128, 16);
    }
    return 0;
}
"""

FORMATS: Final = (("s", BINARY32), ("d", BINARY64), ("x", X87_80), ("q", BINARY128))


def sample(generator: random.Random, fmt: FloatFormat) -> int:
    top, step = ordinal(fmt.infinity, fmt), 1 << (fmt.precision - 1)
    choice = generator.randrange(6)
    if choice == 0:
        bits = at_ordinal(generator.randrange(top), fmt)
    elif choice == 1:
        bits = at_ordinal(generator.randrange(3 * step), fmt)
    elif choice == 2:
        bits = at_ordinal(top - 1 - generator.randrange(2 * step), fmt)
    elif choice == 3:
        bits = generator.choice((0, 1, fmt.infinity, fmt.nan, fmt.one, fmt.largest, fmt.smallest_normal))
    else:
        bits = at_ordinal(ordinal(fmt.one, fmt) + generator.randrange(-70 * step, 70 * step), fmt)
    return bits | (generator.getrandbits(1) * fmt.sign_mask)


def expected(left: int, right: int, fmt: FloatFormat) -> str:
    low = right & (2**64 - 1)
    values = [(operation(left, right, fmt), fmt) for operation in (soft.add, soft.sub, soft.mul, soft.div)]
    values += [(soft.convert(left, fmt, BINARY64), BINARY64), (soft.convert(left, fmt, BINARY32), BINARY32)]
    values += [(soft.from_int(low, True, 64, fmt), fmt), (soft.from_int(low, False, 64, fmt), fmt)]
    relations = (soft.lt, soft.le, soft.eq, soft.unordered)
    tail = "".join(str(int(relation(left, right, fmt))) for relation in relations)
    return " ".join(f"{bits:032x}" for bits, _ in values) + " " + tail


def canonical(text: str, fmt: FloatFormat) -> str:
    """A row of the program with its NaNs made canonical, since their signs and payloads depend on the machine."""
    fields = text.split()
    kinds = (fmt, fmt, fmt, fmt, BINARY64, BINARY32, fmt, fmt)
    for index, kind in enumerate(kinds):
        if soft.is_nan(int(fields[index], 16), kind):
            fields[index] = f"{kind.nan:032x}"
    return " ".join(fields)


@pytest.mark.skipif(COMPILER is None or platform.machine() != "x86_64", reason="needs gcc on x86-64")
def test_arithmetic_equals_native_code(tmp_path: Path) -> None:
    source = tmp_path / "native.c"
    source.write_text(PROGRAM)
    subprocess.run([str(COMPILER), "-O0", "-w", "-o", str(tmp_path / "native"), str(source)], check=True, timeout=60)
    generator = random.Random(20240229)
    cases = [(kind, fmt, sample(generator, fmt), sample(generator, fmt)) for _ in range(1500) for kind, fmt in FORMATS]
    lines = [
        f"{kind} {left >> 64:x} {left & (2**64 - 1):x} {right >> 64:x} {right & (2**64 - 1):x}"
        for kind, _, left, right in cases
    ]
    run = subprocess.run(
        [str(tmp_path / "native")], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=60
    )
    rows = run.stdout.splitlines()
    assert len(rows) == len(cases)
    for row, line, (_, fmt, left, right) in zip(rows, lines, cases, strict=True):
        assert canonical(row, fmt) == expected(left, right, fmt), line
