"""Undefined behaviour is seen; its absence is claimed only where somebody looked."""

from __future__ import annotations

import pytest

from emulators.limits import Limits
from oracle.ub_filter import UbStatus, check, sanitizing_compilers

pytestmark = pytest.mark.skipif(not sanitizing_compilers("riscv64"), reason="no compiler with sanitizers is installed")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ("return 0;", UbStatus.CLEAN, ""),
        ("return n * 3;", UbStatus.CLEAN, ""),
        ("int x = 0x7fffffff; x += n; return x == 0;", UbStatus.UB, "signed integer overflow"),
        ("return 1 << (n + 40);", UbStatus.UB, "shift exponent"),
        ("int a[3] = {0}; return a[n + 2];", UbStatus.UB, "out of bounds"),
        ("int *p = 0; if (n) return *p; return 1;", UbStatus.UB, "null pointer"),
        ("int *p; { int y = n; p = &y; } return *p;", UbStatus.UB, "stack-use-after-scope"),
        ("return 5 / (n - 1);", UbStatus.UB, "division by zero"),
        ("double d = 1e30 * n; return (int)d;", UbStatus.UB, "outside the range"),
        ("return nowhere(n);", UbStatus.UB, "implicit"),
        ("for (;;) ;", UbStatus.UNKNOWN, "cpu-limit"),
    ],
)
def test_check(body: str, status: UbStatus, detail: str) -> None:
    text = f"volatile int one = 1; int main(void) {{ int n = one; {body} }}"
    verdict = check(text.encode(), "riscv64", limits=Limits(cpu_seconds=0.2))
    assert verdict.status is status, verdict
    assert detail in verdict.detail
