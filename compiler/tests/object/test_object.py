"""Object files and archives: what is written is read back, binutils reads it without a word, damage is an error."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.asm.unit import assemble_text
from compiler.object.archive import Member, read_archive, write_archive
from compiler.object.model import DEFINED, Group, ObjectFile, Relocation, Section, Symbol
from compiler.object.reader import FormatError, read_object
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.targets.riscv64.target import TARGET

TEXT = """
.file "t.c"
.text
.globl main
.type main, @function
main: .cfi_startproc
 la a0, message
 call puts
 lw a1, counter
 ret
 .cfi_endproc
.size main, .-main
.section .rodata.str1.8,"aMS",@progbits,1
message: .string "hello"
.section .text.inline,"axG",@progbits,inline,comdat
.weak inline
inline: ret
.data
counter: .word 1
.dword message+2, main
.bss
.space 40
.section .note.GNU-stack,"",@progbits
"""


def make(text: str = TEXT) -> ObjectFile:
    sink = Sink(SourceMap(), stream=io.StringIO())
    obj = assemble_text(text, TARGET, sink, "t.s")
    assert not sink.errors
    return obj


def summary(obj: ObjectFile) -> list[object]:
    sections = [
        (
            section.name, section.type, section.flags, section.alignment, bytes(section.data), section.entry_size,
            [(item.offset, item.kind, item.addend, item.symbol.name if item.symbol else "")
             for item in section.relocations],
        )
        for section in obj.sections
    ]  # fmt: skip
    symbols = [(item.name, item.value, item.size, item.binding, item.type, item.where) for item in obj.symbols]
    groups = [(group.signature.name, [section.name for section in group.sections]) for group in obj.groups]
    return [sections, sorted(symbols), groups, obj.flags, obj.machine]


def test_reading_back_gives_the_same_object() -> None:
    data = write_object(make())
    first = read_object(data, "t.o")
    assert write_object(first) == write_object(read_object(write_object(first), "t.o"))
    assert summary(first) == summary(read_object(write_object(first), "t.o"))
    assert [section.name for section in first.sections if section.group is not None] == [".text.inline"]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("is_rela", [True, False])
def test_class_and_relocation_form_are_parameters(bits: int, is_rela: bool) -> None:
    obj = ObjectFile("x.o", 3, bits, 0, is_rela)
    section = Section(".text", flags=6)
    section.data += b"\0" * 8
    symbol = Symbol("f", DEFINED, section, 4, 4, 2, 1)
    obj.sections.append(section)
    obj.symbols.append(symbol)
    section.relocations.append(Relocation(0, 2, symbol, -4 if is_rela else 0))
    back = read_object(write_object(obj), "x.o")
    assert (back.bits, back.is_rela) == (bits, is_rela)
    assert [(item.offset, item.kind, item.addend) for item in back.sections[0].relocations] == [
        (0, 2, -4 if is_rela else 0)
    ]
    assert (back.symbols[0].name, back.symbols[0].value, back.symbols[0].size) == ("f", 4, 4)


def test_more_sections_than_a_half_word_counts() -> None:
    obj = ObjectFile("x.o", 243, 64)
    for number in range(0xFF10):
        obj.sections.append(Section(f".s{number}"))
    obj.symbols.append(Symbol("last", DEFINED, obj.sections[-1], 0, 0, 0, 1))
    back = read_object(write_object(obj), "x.o")
    assert len(back.sections) == 0xFF10
    section = back.symbols[-1].section
    assert section is not None and section.name == f".s{0xFF10 - 1}"


needs_binutils = pytest.mark.skipif(
    shutil.which("riscv64-linux-gnu-readelf") is None, reason="binutils for riscv64 are not installed"
)


@needs_binutils
def test_binutils_reads_objects_and_archives_without_warning(tmp_path: Path) -> None:
    path = tmp_path / "t.o"
    path.write_bytes(write_object(make()))
    archive = tmp_path / "t.a"
    archive.write_bytes(write_archive([Member("t.o", path.read_bytes()), Member("a-rather-long-name.o", b"x")]))
    for command in (
        ["readelf", "-aW", str(path)], ["objdump", "-dr", str(path)], ["nm", "-s", str(archive)],
        ["ar", "t", str(archive)],
    ):  # fmt: skip
        run = subprocess.run(
            ["riscv64-linux-gnu-" + command[0], *command[1:]], capture_output=True, text=True, timeout=60, check=True
        )
        noise = [line for line in run.stderr.splitlines() if "file format not recognized" not in line]
        assert not noise
    assert run.stdout.split() == ["t.o", "a-rather-long-name.o"]


def test_archive_members_and_index() -> None:
    data = write_object(make())
    names = ["short.o", "x" * 40 + ".o", "odd"]
    made = write_archive([Member(names[0], data), Member(names[1], data + b"\0"), Member(names[2], b"abc")])
    archive = read_archive(made, "t.a")
    assert [member.name for member in archive.members] == names
    assert [len(member.data) for member in archive.members] == [len(data), len(data) + 1, 3]
    assert archive.index["main"] is archive.members[0] and "counter" not in archive.index


def test_damaged_files_are_errors_not_crashes() -> None:
    """Truncation at every length, and random bytes changed: the reader answers or raises FormatError."""
    data = write_object(make())
    generator = random.Random(1)
    outcomes = set()
    for length in range(0, len(data), 7):
        outcomes.add(outcome(data[:length]))
    for _ in range(600):
        damaged = bytearray(data)
        for _ in range(generator.randrange(1, 8)):
            damaged[generator.randrange(4, len(data))] = generator.randrange(256)
        outcomes.add(outcome(bytes(damaged)))
    assert outcomes == {"read", "error"}


def outcome(data: bytes) -> str:
    try:
        read_object(data, "t.o")
    except FormatError:
        return "error"
    return "read"


def test_damaged_archives_are_errors() -> None:
    data = write_archive([Member("t.o", write_object(make()))])
    for damaged in (data[:70], data[:8] + b"x" * 60, b"!<thin>\n", b"", data.replace(b"`\n", b"??")):
        with pytest.raises(FormatError):
            read_archive(damaged, "t.a")


@pytest.mark.skipif(not Path("/usr/riscv64-linux-gnu/lib/libc.a").exists(), reason="no cross libc is installed")
def test_every_member_of_libc_is_read_and_written_the_same() -> None:
    archive = read_archive(Path("/usr/riscv64-linux-gnu/lib/libc.a").read_bytes(), "libc.a")
    assert len(archive.members) > 1500
    for member in archive.members[::12]:
        obj = read_object(member.data, member.name)
        assert summary(obj) == summary(read_object(write_object(obj), member.name)), member.name


def test_groups_are_kept_together() -> None:
    obj = make()
    group: Group = obj.groups[0]
    assert group.signature.name == "inline" and [section.name for section in group.sections] == [".text.inline"]
