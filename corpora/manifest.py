"""The manifest: where each corpus comes from, under which licence, and which hash proves that it is the same."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

MANIFEST = Path(__file__).with_name("manifest.toml")


@dataclass(frozen=True, slots=True)
class Corpus:
    """One entry. `member` is the archive inside the Debian package, `strip` what its paths begin with."""

    name: str
    purpose: str
    licence: str
    origin: str
    package: str
    member: str
    sha256: str
    strip: str
    folders: tuple[str, ...]
    files: int  # how many files the folders hold: a check that nothing is missing


def load_manifest(path: Path = MANIFEST) -> dict[str, Corpus]:
    """All entries by name. An entry with a key missing or unknown is a TypeError: the manifest is part of the
    program.
    """
    with path.open("rb") as file:
        entries = tomllib.load(file)
    return {name: Corpus(name=name, **{**entry, "folders": tuple(entry["folders"])}) for name, entry in entries.items()}
