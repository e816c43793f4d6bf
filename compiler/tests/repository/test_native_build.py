"""The native build on a two-module tree: falls back only for want of tools, fails on type errors, skips when equal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ONE = '"""One."""\n\n\ndef one(x: int) -> int:\n    return x + 1\n'
TWO = '"""Two."""\n\nfrom compiler.one import one\n\n\ndef two() -> int:\n    return one(1)\n'
VERSION = '"""Version."""\n\nfrom typing import Final\n\nVERSION: Final = "0"\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "compiler" / "driver").mkdir(parents=True)
    files = {"__init__": "", "one": ONE, "two": TWO, "driver/__init__": "", "driver/version": VERSION}
    for name, text in files.items():
        (tmp_path / "compiler" / f"{name}.py").write_text(text)
    return tmp_path


def build(tree: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYCC_")} | settings
    command = [sys.executable, "setup.py", "-q", "native"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def call_two(tree: Path) -> list[str]:
    code = "from compiler import two; print(two.two(), two.__file__)"
    environment = {"PYTHONPATH": str(tree / "build" / "native"), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("settings", [{"PYCC_PURE": "1"}, {"CC": "no-such-compiler"}])
def test_no_tools_or_a_wish_make_it_pure(tree: Path, settings: dict[str, str]) -> None:
    result = build(tree, **settings)
    assert result.returncode == 0
    assert result.stdout.startswith("native build: none, ")
    assert not (tree / "build" / "native").exists()


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_built_once_and_rebuilt_when_a_source_changes_but_never_over_a_type_error(tree: Path) -> None:
    assert build(tree).stdout == "native build: built with mypyc at -O1\n"
    answer, file = call_two(tree)
    assert (answer, Path(file).suffix) == ("2", ".so")
    assert not list((tree / "compiler").rglob("*.so"))
    assert build(tree).stdout == "native build: up to date\n"

    (tree / "compiler" / "one.py").write_text(ONE.replace("+ 1", "+ 2"))
    assert build(tree).stdout == "native build: built with mypyc at -O1\n"
    assert call_two(tree)[0] == "3"

    (tree / "compiler" / "one.py").write_text(ONE.replace("x + 1", "str(x)"))
    failed = build(tree)
    assert failed.returncode != 0
    assert "Incompatible return value type" in failed.stdout + failed.stderr
    assert not (tree / "build" / "native").exists(), "a build of other sources must not pass for one of these"
