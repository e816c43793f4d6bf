"""What every generator returns, and the one way a generator fails.

Invariant: a program is a function of (generator, options, seed) alone; `digest` is what duplicates are recognised by.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

CHAR_SIGNED: Final = "signed"
CHAR_UNSIGNED: Final = "unsigned"


class GeneratorFailed(Exception):
    """A generator gave no usable program; the message says why in one line."""


class GeneratedProgram:
    """One self-contained C program.

    `expected` is the standard output it must print, or None where only reference compilers can say.
    `include_folders` and `flags` are what every compiler of it needs (never optimization or target flags).
    """

    def __init__(
        self,
        generator: str,
        seed: int,
        source: str,
        expected: str | None = None,
        include_folders: Sequence[str] = (),
        flags: Sequence[str] = (),
    ) -> None:
        self.generator = generator
        self.seed = seed
        self.source = source
        self.expected = expected
        self.include_folders = tuple(include_folders)
        self.flags = tuple(flags)

    @property
    def digest(self) -> str:
        """SHA-256 of the source; two programs are the same if these are."""
        return hashlib.sha256(self.source.encode("utf-8")).hexdigest()


class Generator(ABC):
    """A named source of programs."""

    name: str

    @abstractmethod
    def generate(self, seed: int) -> GeneratedProgram:
        """The program of a 32-bit seed; raises GeneratorFailed."""

    @abstractmethod
    def missing(self) -> str | None:
        """Why this generator cannot run here, or None if it can."""
