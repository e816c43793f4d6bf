"""The command that proves allocations: a program passes, a source without meaning does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle.check_allocation import main

PROGRAM = """
double mix(int n, double *a, long *b) {
    double sum = 0; long product = 1;
    for (int i = 0; i < n; i++) { sum += a[i] * b[i]; product *= b[i] + mix(i - 1, a, b); }
    return sum + product;
}
"""


def test_a_program_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "mix.c"
    source.write_text(PROGRAM)
    assert main(["--target=riscv64", str(source)]) == 0
    assert capsys.readouterr().out.endswith("0 of 2 failed\n")


def test_what_cannot_be_compiled_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.c"
    source.write_text("int f(void) { return nothing; }\n")
    assert main(["--target=riscv64", "--level", "1", str(source)]) == 1
    assert "1 of 1 failed" in capsys.readouterr().out
    assert main([]) == 2
