"""The manifest names exactly the files that are there, and the headers keep to their layer."""

from __future__ import annotations

import pytest

from compiler.runtime import manifest


def test_every_source_is_listed_once() -> None:
    folders = sorted(path.name for path in (manifest.ROOT / "arch").iterdir())
    assert len(folders) == 3
    listed = set()
    for folder in folders:
        sources = manifest.sources(folder)
        assert len(set(sources)) == len(sources)
        listed |= set(sources)
    present = {path for suffix in ("*.c", "*.s", "*.S") for path in manifest.ROOT.rglob(suffix)}
    assert listed == present


def test_unknown_architecture_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="no architecture folder 'vax'"):
        manifest.libc_sources("vax")


def test_runtime_has_no_inline_assembly() -> None:
    for source in manifest.ROOT.rglob("*.[ch]"):
        assert "asm" not in source.read_text().split(), source
