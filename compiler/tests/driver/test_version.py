"""The build that runs is the build the caller asked for: a suite that tests the wrong one proves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import compiler
from compiler.driver import version


def expected() -> bool:
    """What `./run test` says is under test; a bare pytest run takes the source tree unless told otherwise."""
    return os.environ.get("PYCC_EXPECT_NATIVE", "1" if os.environ.get("PYCC_NATIVE_DIR") else "0") == "1"


def test_the_build_under_test_is_the_one_asked_for() -> None:
    assert version.accelerated() is expected()
    built = "build" in Path(compiler.__path__[0]).parts
    assert built is expected()


def test_a_child_process_runs_the_same_build_from_any_directory(tmp_path: Path) -> None:
    code = "from compiler.driver import version; print(version.accelerated(), version.describe())"
    for directory in (tmp_path, Path(version.__file__).parents[2]):
        result = subprocess.run([sys.executable, "-c", code], cwd=directory, capture_output=True, text=True, check=True)
        assert result.stdout.split()[0] == str(expected())


def test_the_source_tree_holds_no_extension_modules() -> None:
    source = Path(__file__).resolve().parents[2]
    assert not list(source.rglob("*.so"))


def test_the_version_line_names_the_build() -> None:
    assert ("accelerated" if expected() else "pure Python") in version.describe()
