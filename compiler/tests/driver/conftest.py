"""Running pycc in this process, and its programs under emulation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.driver import cli
from compiler.driver.tables import Tables
from emulators.outcome import Run
from emulators.unicorn_runner import UnicornPool


class Result:
    """Exit code and what was printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


class Pycc:
    """Commands run in a folder of their own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str], runner: UnicornPool) -> None:
        self.folder = folder
        self.capture = capture
        self.runner = runner

    def __call__(self, *words: str) -> Result:
        self.capture.readouterr()
        code = cli.run(list(words), Tables())
        captured = self.capture.readouterr()
        return Result(code, captured.out, captured.err)

    def good(self, *words: str) -> str:
        """Standard output of a command that must succeed in silence."""
        result = self(*words)
        assert (result.code, result.err) == (0, ""), result.err
        return result.out

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def execute(self, name: str) -> Run:
        return self.runner.run(self.folder / name, "riscv64")


@pytest.fixture(scope="session")
def runner() -> Iterator[UnicornPool]:
    with UnicornPool() as made:
        yield made


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of run-time libraries for all tests of a worker."""
    own = os.environ.get("PYCC_TEST_CACHE", "")
    return Path(own) if own else tmp_path_factory.mktemp("cache")


@pytest.fixture
def pycc(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    runner: UnicornPool,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Pycc:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYCC_CACHE", str(cache))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return Pycc(tmp_path, capfd, runner)
