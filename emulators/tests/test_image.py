"""Executables that are refused, and why."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from emulators.image import ImageError, load_image, parse_image
from emulators.outcome import How
from emulators.tests.programs import build, build_hosted, needs_riscv_gcc
from emulators.unicorn_runner import UnicornPool

MEMORY = 64 << 20


def parse(content: bytes) -> object:
    return parse_image(content, "riscv64", "EM_RISCV", MEMORY)


def elf(*segments: tuple[int, int, int, int, int], entry: int = 0x10000, machine: int = 243, kind: int = 2) -> bytes:
    """An ELF file with PT_LOAD segments (flags, offset, address, file size, memory size) and a page of content."""
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, entry, 64, 0, 0, 64, 56, len(segments), 64, 0, 0)
    for flags, offset, address, file_size, memory_size in segments:
        header += struct.pack("<IIQQQQQQ", 1, flags, offset, address, address, file_size, memory_size, 0x1000)
    return header.ljust(0x1000, b"\0") + bytes(0x1000)


GOOD = (5, 0x1000, 0x10000, 0x100, 0x100)


def test_a_good_one() -> None:
    image = parse_image(elf(GOOD), "riscv64", "EM_RISCV", MEMORY)
    assert (image.entry, len(image.segments), image.end) == (0x10000, 1, 0x11000)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an ELF file"),
        (b"#!/bin/sh\nexit 0\n", "not an ELF file"),
        (b"\x7fELF", "damaged ELF file"),
        (elf(GOOD)[:40], "damaged ELF file"),
        (elf(GOOD, machine=62), "built for EM_X86_64"),
        (elf(GOOD, kind=1), "not an executable"),
        (elf(), "no loadable segment"),
        (elf(GOOD, entry=0x50000), "entry point 0x50000 is in no executable segment"),
        (elf((4, 0x1000, 0x10000, 0x100, 0x100)), "in no executable segment"),
        (elf((5, 0x1000, 0x10000, 0x100, 0x10)), "larger in the file than in memory"),
        (elf((5, 0x1000, 0x10000, 0x100000, 0x100000)), "past the end of the file"),
        (elf((5, 1 << 63, 0x10000, 0x100, 0x100)), "past the end of the file"),
        (elf((5, 0x1000, 0, 0x100, 0x100), entry=0), "overlaps the null page"),
        (elf(GOOD, (6, 0x1000, 0x10080, 0x100, 0x100)), "overlaps another segment"),
        (elf(GOOD, (6, 0x1000, 0x20000, 0x100, 1 << 40)), "needs"),
        (elf((5, 0x1000, (1 << 64) - 0x80, 0x100, 0x100)), "leaves the user address space"),
        (elf(*[GOOD] * 100), "100 program headers"),
    ],
)
def test_refused(content: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        parse(content)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No such file"):
        load_image(tmp_path / "none", "riscv64", "EM_RISCV", MEMORY)


@needs_riscv_gcc
def test_dynamic_executables_are_refused(tmp_path: Path) -> None:
    program = build_hosted(tmp_path, "int main(void) { return 0; }", linking="-no-pie")
    with pytest.raises(ImageError, match="dynamic loader"):
        load_image(program, "riscv64", "EM_RISCV", MEMORY)


@needs_riscv_gcc
def test_damaged_files_never_escape(tmp_path: Path) -> None:
    """Two thousand corruptions of a real executable: an image or ImageError, nothing else."""
    good = build(tmp_path, "int main(void) { return 0; }").read_bytes()
    chance = random.Random(1)
    refused = 0
    for _ in range(2000):
        bad = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            bad[chance.randrange(64 + 56 * 4)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        try:
            parse(bytes(bad[: chance.choice((len(bad), len(bad), chance.randrange(len(bad))))]))
        except ImageError:
            refused += 1
    assert 200 < refused < 2000


def test_a_bad_image_is_an_ending_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"not at all")
    with UnicornPool() as pool:
        run = pool.run(tmp_path / "bad", "riscv64")
    assert (run.how, run.detail) == (How.BAD_IMAGE, "not an ELF file")
