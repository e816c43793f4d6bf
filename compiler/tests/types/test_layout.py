"""Layouts against the cross compiler: sizes, alignments, offsets and bit-field places of random records."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from compiler.tests.parse.support import CROSS, Parsed, parse
from compiler.types.ctypes import BOOL
from compiler.types.layout import Layout

TYPES = [
    "char", "short", "int", "long", "unsigned char", "unsigned short", "unsigned", "unsigned long", "float", "double",
    "long double", "_Bool", "char *", "__int128", "long long",
]  # fmt: skip
ALIGNED = ["A16", "P1"]
BIT_TYPES = [
    ("char", 8), ("short", 16), ("int", 32), ("long", 64), ("unsigned char", 8), ("unsigned short", 16),
    ("unsigned", 32), ("unsigned long", 64), ("_Bool", 1), ("long long", 64), ("E", 32),
]  # fmt: skip
Names = list[tuple[str, bool]]  # (designator, is a bit-field)


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def attributes(self) -> str:
        text = ""
        if self.random.random() < 0.12:
            text = f" __attribute__((aligned({self.random.choice([1, 2, 4, 8, 16, 32])})))"
        if self.random.random() < 0.1:
            text += " __attribute__((packed))"
        return text

    def fields(self, depth: int, prefix: str) -> tuple[list[str], Names]:
        lines: list[str] = []
        names: Names = []
        for number in range(self.random.randint(1, 7)):
            name = f"{prefix}{number}"
            choice = self.random.random()
            attributes = self.attributes()
            if choice < 0.45:
                self.bit_field(name, attributes, lines, names)
            elif choice < 0.55 and depth < 2:
                word = "union" if self.random.random() < 0.3 else "struct"
                inner, inner_names = self.fields(depth + 1, name + "_")
                own = self.random.choice(["", " __attribute__((packed))", " __attribute__((aligned(8)))"])
                lines.append(f"{word}{own} {{ {' '.join(inner)} }} {name}{attributes};")
                names.append((name, False))
                names += [(f"{name}.{other}", bits) for other, bits in inner_names]
            elif choice < 0.65:
                lines.append(f"{self.random.choice(TYPES)} {name}[{self.random.randint(0, 4)}]{attributes};")
                names.append((name, False))
            else:
                lines.append(f"{self.random.choice(TYPES + ALIGNED)} {name}{attributes};")
                names.append((name, False))
        return lines, names

    def bit_field(self, name: str, attributes: str, lines: list[str], names: Names) -> None:
        type, width = self.random.choice(BIT_TYPES)
        kind = self.random.random()
        random_width = self.random.randint(1, width)
        bits = self.random.choice([random_width, random_width, width, min(width, 8), min(width, 16), min(width, 32)])
        if kind < 0.12:
            lines.append(f"{type} : 0;")
        elif kind < 0.25:
            lines.append(f"{type} : {bits};")
        else:
            lines.append(f"{type} {name} : {bits}{attributes};")
            names.append((name, True))

    def program(self, count: int) -> str:
        out = [
            "#include <stddef.h>", "typedef int A16 __attribute__((aligned(16)));",
            "typedef long P1 __attribute__((aligned(2)));", "typedef enum { e0, e1 } E;",
        ]  # fmt: skip
        for number in range(count):
            pack = self.random.choice([0, 0, 0, 1, 2, 4, 8])
            word = "union" if self.random.random() < 0.2 else "struct"
            lines, names = self.fields(0, "f")
            own = self.random.choice(
                [""] * 5 + [f" __attribute__(({text}))" for text in ("packed", "aligned(16)", "packed,aligned(4)")]
            )
            if pack:
                out.append(f"#pragma pack(push, {pack})")
            out.append(f"{word} S{number} {{ {' '.join(lines)} }}{own};")
            if pack:
                out.append("#pragma pack(pop)")
            tag = f"{word} S{number}"
            out.append(f"char size{number}[sizeof({tag}) + 1]; char align{number}[__alignof__({tag})];")
            for index, (name, is_bits) in enumerate(names):
                if is_bits:
                    out.append(f"{tag} b{number}_{index} = {{ .{name} = -1 }};")
                else:
                    out.append(f"char o{number}_{index}[offsetof({tag}, {name}) + 1];")
        return "\n".join(out) + "\n"


def compare(parsed: Parsed, object_file: Path) -> list[str]:
    layout = Layout(parsed.platform.model)
    differences: list[str] = []
    with object_file.open("rb") as stream:
        elf = ELFFile(stream)
        symbols = {symbol.name: symbol for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        for variable in parsed.unit.variables:
            symbol = symbols[variable.name]
            if variable.name[0] != "b":
                if layout.size_of(variable.type) != symbol["st_size"]:
                    differences.append(variable.name)
                continue
            data = elf.get_section(symbol["st_shndx"]).data()[symbol["st_value"] :][: symbol["st_size"]]
            initializer = variable.initializer
            assert initializer is not None
            entry = initializer.entries[0]
            field = entry.field
            assert field is not None
            ones = 1 if field.type.kind == BOOL else (1 << field.bits) - 1
            if int.from_bytes(data, "little") != ones << (entry.offset * 8 + field.bit_offset):
                differences.append(variable.name)
    return differences


@pytest.mark.skipif(shutil.which(CROSS) is None, reason=f"{CROSS} is not installed")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_records_are_laid_out_as_gcc_does(seed: int, tmp_path: Path) -> None:
    source = tmp_path / "records.c"
    text = Generator(seed).program(100)
    source.write_text(text)
    command = [CROSS, "-w", "-c", "-fno-common", "-fno-zero-initialized-in-bss", str(source), "-o", str(tmp_path / "o")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    parsed = parse(text)
    assert parsed.errors() == []
    assert len(parsed.unit.variables) > 300
    assert compare(parsed, tmp_path / "o") == []
