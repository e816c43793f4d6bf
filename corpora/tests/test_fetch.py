"""Corpora arrive whole or not at all."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from corpora.fetch import FetchError, cache_folder, corpus_folder, fetch, main, unpack
from corpora.manifest import Corpus, load_manifest


def archive(path: Path, names: list[str]) -> Corpus:
    with tarfile.open(path, "w:xz") as tar:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = 4
            tar.addfile(entry, io.BytesIO(b"text"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Corpus("c", "", "", "", "p", "m", digest, "top/", ("wanted",), 2)


def test_unpacks_the_wanted_folders(tmp_path: Path) -> None:
    names = ["top/wanted/a.c", "top/wanted/deep/b.c", "top/other/c.c", "else/wanted/d.c"]
    unpack(archive(tmp_path / "a.tar.xz", names), tmp_path / "a.tar.xz", tmp_path / "into")
    found = sorted(str(path.relative_to(tmp_path / "into")) for path in (tmp_path / "into").rglob("*.c"))
    assert found == ["wanted/a.c", "wanted/deep/b.c"]


def test_another_hash_is_refused(tmp_path: Path) -> None:
    corpus = archive(tmp_path / "a.tar.xz", ["top/wanted/a.c", "top/wanted/b.c"])
    with pytest.raises(FetchError, match="where the manifest has 0000"):
        unpack(replace(corpus, sha256="0" * 64), tmp_path / "a.tar.xz", tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_missing_files_are_noticed(tmp_path: Path) -> None:
    corpus = archive(tmp_path / "a.tar.xz", ["top/wanted/a.c"])
    with pytest.raises(FetchError, match="holds 1 files of c, where the manifest has 2"):
        unpack(corpus, tmp_path / "a.tar.xz", tmp_path / "into")


def test_no_file_leaves_the_folder(tmp_path: Path) -> None:
    corpus = archive(tmp_path / "a.tar.xz", ["top/wanted/../../../escaped.c", "top/wanted/b.c"])
    (tmp_path / "deep").mkdir()
    with pytest.raises(FetchError, match="outside of its folder"):
        unpack(corpus, tmp_path / "a.tar.xz", tmp_path / "deep" / "into")
    assert not list(tmp_path.rglob("escaped.c"))


def test_what_is_in_the_cache_is_not_fetched_again(tmp_path: Path) -> None:
    corpus = load_manifest()["gcc-torture"]
    folder = corpus_folder(corpus, tmp_path)
    folder.mkdir()
    assert fetch("gcc-torture", tmp_path) == folder


def test_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCC_CACHE", "/somewhere")
    assert cache_folder() == Path("/somewhere")
    monkeypatch.delenv("PYCC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/pycc")


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-corpus"]) == 1
    assert "no corpus 'no-such-corpus'; there are: gcc-torture" in capsys.readouterr().err
    assert main([]) == 0
    assert "GPL-3.0-or-later" in capsys.readouterr().out
