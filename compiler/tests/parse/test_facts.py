"""One file of facts that gcc and pycc must both accept, and whose initialised objects must have the same bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from compiler.sema.constants import ComplexValue, Evaluator, FloatValue, IntegerValue
from compiler.syntax.decl import Variable
from compiler.syntax.expr import StringConstant
from compiler.tests.parse.support import CROSS, parse
from compiler.types.basic import BasicTypes
from compiler.types.ctypes import BOOL, ComplexType
from compiler.types.layout import Layout

FACTS = Path(__file__).with_name("facts.c")


def image(variable: Variable, evaluator: Evaluator, layout: Layout) -> bytes:
    """The bytes of an initialised object without addresses."""
    initializer = variable.initializer
    assert initializer is not None, variable.name
    data = bytearray(layout.size_of(variable.type))
    for entry in initializer.entries:
        if isinstance(entry.value, StringConstant):
            size = layout.size_of(entry.type)
            raw = entry.value.data[:size].ljust(size, b"\0")
        else:
            value = evaluator.evaluate(entry.value)
            size = layout.size_of(entry.type)
            if isinstance(value, IntegerValue):
                number = value.value
            elif isinstance(value, FloatValue):
                number = value.bits
            else:
                assert isinstance(value, ComplexValue) and isinstance(entry.type.bare, ComplexType)
                number = value.real | value.imaginary << (size * 4)
            if entry.field is not None:
                bits = 1 if entry.field.type.kind == BOOL else entry.field.bits
                first = entry.offset * 8 + entry.field.bit_offset
                word = int.from_bytes(data, "little")
                word |= (number & ((1 << bits) - 1)) << first
                data = bytearray(word.to_bytes(len(data), "little"))
                continue
            raw = (number & ((1 << (size * 8)) - 1)).to_bytes(size, "little")
        if entry.offset + len(raw) > len(data):
            data.extend(bytes(entry.offset + len(raw) - len(data)))
        data[entry.offset : entry.offset + len(raw)] = raw
    return bytes(data)


@pytest.mark.skipif(shutil.which(CROSS) is None, reason=f"{CROSS} is not installed")
def test_gcc_and_pycc_agree_on_the_facts(tmp_path: Path) -> None:
    command = [CROSS, "-std=gnu17", "-w", "-c", "-fno-zero-initialized-in-bss", "-fno-common", str(FACTS)]
    subprocess.run([*command, "-o", str(tmp_path / "o")], check=True, capture_output=True, timeout=60)
    parsed = parse("", path=str(FACTS))
    assert parsed.errors() == []
    types = BasicTypes(parsed.platform.model, parsed.platform.va_list)
    layout = Layout(parsed.platform.model)
    evaluator = Evaluator(types, layout)
    compared = 0
    with (tmp_path / "o").open("rb") as stream:
        elf = ELFFile(stream)
        symbols = {symbol.name: symbol for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        for variable in parsed.unit.variables:
            if variable.initializer is None or not variable.name or variable.name not in symbols:
                continue
            symbol = symbols[variable.name]
            data = elf.get_section(symbol["st_shndx"]).data()[symbol["st_value"] :][: symbol["st_size"]]
            mine = image(variable, evaluator, layout)
            assert mine == data.ljust(len(mine), b"\0"), variable.name
            compared += 1
    assert compared >= 40
