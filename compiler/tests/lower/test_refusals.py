"""What lowering does not know is an error with a place, and never wrong code or an internal error."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.driver.cli import run
from compiler.driver.tables import Tables

REFUSED = {
    "register_variable": "register long x asm(\"s1\");\nlong f(void) { return x; }",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_unsupported_value_is_refused_with_a_line(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "refused.c"
    source.write_text(REFUSED[name])
    code = run(["--target", "riscv64", "-S", "-o", str(tmp_path / "out.s"), str(source)], Tables())
    errors = capfd.readouterr().err
    assert code == 1
    line = REFUSED[name].count("\n") + 1
    assert f"refused.c:{line}:" in errors and "sorry, unimplemented" in errors


def test_label_table_of_a_function_that_is_not_emitted_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "labels.c"
    source.write_text(
        "static inline int f(int n) { static void *t[] = {&&a, &&b}; goto *t[n]; a: return 1; b: return 2; }\n"
        "int main(void) { return 0; }\n"
    )
    assert run(["--target", "riscv64", "-S", "-o", str(tmp_path / "out.s"), str(source)], Tables()) == 0
    assert "t." not in (tmp_path / "out.s").read_text()
