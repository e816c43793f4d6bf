"""Which files make up the runtime of a target: the one list that the driver, the tests and the packaging read.

The library has three parts: `builtins/`, what the compiler itself calls; `libc/`, the bare-metal subset of C's
library; and `arch/FOLDER/`, a few assembly files and the system-call numbers. A caller passes the folder's name, which
its target record holds; nothing here knows one. Paths are returned absolute, in a fixed order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent

BUILTIN_SOURCES: Final = (
    "bits.c",
    "complex.c",
    "int128.c",
    "quad_arithmetic.c",
    "quad_convert.c",
    "trapping.c",
    "x87.c",
)
LIBC_SOURCES: Final = (
    "ctype.c",
    "format.c",
    "format_float.c",
    "malloc.c",
    "math.c",
    "mathf.c",
    "memory.c",
    "power.c",
    "start.c",
    "stdio.c",
    "stdlib.c",
    "string.c",
    "strtod.c",
    "wchar.c",
)
ARCH_SOURCES: Final = ("setjmp.s", "start.s", "syscall.s")

# No built-in knowledge of the functions being defined, no loop turned into a call of the function it stands in, and
# words read through any pointer.
FLAGS: Final = ("-std=c11", "-ffreestanding", "-fno-builtin", "-fno-strict-aliasing")


def builtin_sources() -> tuple[Path, ...]:
    """The helper library: C that includes nothing but the freestanding headers and its own."""
    return tuple(ROOT / "builtins" / name for name in BUILTIN_SOURCES)


def libc_sources(arch_folder: str) -> tuple[Path, ...]:
    """C and assembly (.s, no preprocessing) of the bare-metal library, `_start` included.

    FileNotFoundError if there is no such architecture folder.
    """
    folder = ROOT / "arch" / arch_folder
    if not folder.is_dir():
        raise FileNotFoundError(f"the runtime has no architecture folder {arch_folder!r}")
    return tuple(ROOT / "libc" / name for name in LIBC_SOURCES) + tuple(folder / name for name in ARCH_SOURCES)


def sources(arch_folder: str) -> tuple[Path, ...]:
    """Everything that goes into the runtime archive of a bare-metal target."""
    return builtin_sources() + libc_sources(arch_folder)


def private_include_folders(arch_folder: str) -> tuple[Path, ...]:
    """What the runtime's own sources need besides include_folders(True): the system-call numbers."""
    return (ROOT / "arch" / arch_folder,)


def include_folders(own_libc: bool) -> tuple[Path, ...]:
    """The system include folders that come first: the freestanding headers, and with `own_libc` pycc's library's;
    without it a hosted library's folders follow, whose limits.h and stdint.h the freestanding ones then include."""
    free = ROOT / "include" / "free"
    return (free, ROOT / "include" / "libc") if own_libc else (free,)
