"""The programs that are measured, by name: Csmith's by seed, so that runs on other days and machines compare.

Seeds are those of the first programs close to the size that their option set is known for: 7 KB and 120 KB.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from fuzz.generators.csmith import CsmithGenerator

SEEDS: dict[str, tuple[int, ...]] = {"small": (4, 5, 9, 12), "default": (1, 2, 7, 9)}
TARGET = "riscv64"
# Headers that a hosted program is likely to include, as one source: many tokens, macros and declarations, no code.
HEADERS = ("assert", "ctype", "errno", "fcntl", "inttypes", "limits", "locale", "math", "pthread", "signal", "stdarg",
           "stdio", "stdlib", "string", "sys/socket", "sys/stat", "time", "unistd", "wchar")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A program in a file. `options` are those it needs of any compiler."""

    name: str
    group: str
    path: Path
    options: tuple[str, ...]

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


def csmith_missing() -> str | None:
    """Why there are no programs, or None."""
    return CsmithGenerator("small").missing()


def csmith_sources(folder: Path, group: str, count: int) -> list[Source]:
    """The first `count` programs of a group, written into `folder`."""
    generator = CsmithGenerator(group)
    made = []
    for seed in SEEDS[group][:count]:
        program = generator.generate(seed)
        path = folder / f"{group}-{seed}.c"
        path.write_text(program.source, encoding="utf-8")
        options = (*(f"-I{place}" for place in program.include_folders), *program.flags)
        made.append(Source(f"{group}-{seed}", group, path, options))
    return made


def system_folders(gcc: str) -> list[str]:
    """Where that gcc finds <...>."""
    command = [gcc, "-E", "-v", "-xc", "/dev/null"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stderr
    listed = shown.partition("#include <...> search starts here:\n")[2]
    return listed.partition("End of search list")[0].split()


def header_source(folder: Path, gcc: str) -> Source:
    """The source that includes HEADERS, those of the C library that `gcc` uses."""
    path = folder / "headers.c"
    path.write_text("".join(f"#include <{name}.h>\n" for name in HEADERS), encoding="utf-8")
    places = tuple(word for place in system_folders(gcc) for word in ("-isystem", place))
    return Source("headers", "headers", path, ("-w", "-nostdinc", *places))
