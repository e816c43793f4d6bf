"""A wheel carries what the packages need: every data file matches a pattern, every code folder is a package."""

from __future__ import annotations

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def configuration() -> dict[str, Any]:  # what a TOML file holds has no better type
    with open(ROOT / "pyproject.toml", "rb") as file:
        return tomllib.load(file)


def tracked_files() -> list[Path]:
    """The files of the packages that git knows, tests left out."""
    packages: list[str] = configuration()["tool"]["pytest"]["ini_options"]["testpaths"]
    listing = subprocess.run(["git", "ls-files", "-z", *packages], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(name) for name in listing.stdout.split("\0") if name]
    return [path for path in paths if "tests" not in path.parts and (ROOT / path).exists()]


def carried(path: Path, data: dict[str, list[str]]) -> bool:
    for package, patterns in data.items():
        folder = Path(*package.split(".")) if package != "*" else path.parent
        if path.is_relative_to(folder):
            inner = str(path.relative_to(folder))
            if any(fnmatch(inner, pattern) or fnmatch(inner, pattern.replace("**/", "")) for pattern in patterns):
                return True
    return False


def test_every_data_file_is_carried_by_the_wheel() -> None:
    data: dict[str, list[str]] = configuration()["tool"]["setuptools"]["package-data"]
    packages: list[str] = configuration()["tool"]["setuptools"]["packages"]["find"]["include"]
    # What no wheel carries, such as the benchmarks, runs from a clone only.
    files = [path for path in tracked_files() if any(fnmatch(path.parts[0], pattern) for pattern in packages)]
    lost = [str(path) for path in files if path.suffix != ".py" and not carried(path, data)]
    assert lost == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in tracked_files() if path.suffix == ".py"}
    folders = {folder for folder in folders if "regressions" not in folder.parts}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []


def test_every_console_script_has_its_function() -> None:
    for name, entry in configuration()["project"]["scripts"].items():
        module, _, function = entry.partition(":")
        path = ROOT / (module.replace(".", "/") + ".py")
        assert path.exists(), name
        assert f"def {function}(" in path.read_text(encoding="utf-8"), name
