"""Every golden file holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.tests import golden


@pytest.mark.parametrize("path", golden.golden_files(), ids=lambda path: str(path.relative_to(golden.ROOT)))
def test_golden(path: Path) -> None:
    golden.check(path)


def test_there_are_golden_files() -> None:
    assert len(golden.golden_files()) >= 20
