"""C's rules as the generator implements them, held against facts of the standard and against gcc's layouts."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path

import pytest

from fuzz.choices import SeededChoices
from fuzz.generators.abi import AbiMaker
from fuzz.generators.c.arithmetic import (
    convert,
    float_operation,
    int_operation,
    int_to_float,
    promote,
    round_to_binary32,
    shift,
    usual,
)
from fuzz.generators.c.ctypes import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT,
    INT128,
    LLONG,
    LONG,
    SCHAR,
    UCHAR,
    UINT,
    ULLONG,
    ULONG,
    USHORT,
    ArrayType,
    Field,
    FunctionType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import Arithmetic, Conversion, Literal, Shift, clashes


def test_usual_arithmetic_conversions() -> None:
    assert usual(UCHAR, USHORT) is INT
    assert usual(INT, UINT) is UINT
    assert usual(UINT, LONG) is LONG  # long holds every unsigned int
    assert usual(ULONG, LLONG) is ULLONG  # neither holds the other: the unsigned type of the higher rank
    assert usual(ULLONG, INT128) is INT128
    assert usual(FLOAT, ULLONG) is FLOAT and usual(FLOAT, DOUBLE) is DOUBLE
    assert promote(BOOL) is INT and promote(ULONG) is ULONG


def test_conversions() -> None:
    assert convert(300, INT, UCHAR) == (44, True)
    assert convert(200, INT, SCHAR) == (-56, True)
    assert convert(0.5, DOUBLE, BOOL) == (1, True)
    assert convert(256, INT, BOOL) == (1, True)
    assert convert(-0.75, DOUBLE, UINT) == (0, True)
    assert convert(-1.0, DOUBLE, UINT) == (0, False)
    assert convert(2147483648.0, DOUBLE, INT) == (0, False)
    assert convert(math.nan, DOUBLE, INT) == (0, False)


def test_an_integer_is_rounded_once_on_its_way_to_float() -> None:
    # Through double this would be rounded to 2^60 + 2^36, halfway, and then down.
    assert int_to_float((1 << 60) + (1 << 36) + 1, FLOAT) == float((1 << 60) + (1 << 37))
    assert int_to_float((1 << 128) - 1, FLOAT) == math.inf
    assert int_to_float(-(1 << 63), FLOAT) == -float(1 << 63)


def test_float_operations_do_not_trap() -> None:
    assert float_operation("/", 1.0, -0.0, DOUBLE) == -math.inf
    assert math.isnan(float_operation("/", 0.0, 0.0, DOUBLE))
    assert float_operation("*", 3e38, 10.0, FLOAT) == math.inf
    assert float_operation("+", 16777216.0, 1.0, FLOAT) == 16777216.0
    assert round_to_binary32(0.1) == 0.10000000149011612


def test_undefined_operations_are_recognised() -> None:
    assert int_operation("+", INT.maximum, 1, INT) == (INT.minimum, False)
    assert int_operation("+", UINT.maximum, 1, UINT) == (0, True)
    assert int_operation("/", INT.minimum, -1, INT) == (INT.minimum, False)
    assert int_operation("%", -7, 2, INT) == (-1, True)
    assert int_operation("/", 5, 0, INT) == (5, False)
    assert shift("<<", 1, 31, INT) == (INT.minimum, False)
    assert shift(">>", -8, 1, INT) == (-4, True)
    assert shift("<<", 1, 33, UINT) == (2, False)


def test_guards_appear_only_where_needed() -> None:
    one, most, zero = Literal(1, INT, "1"), Literal(INT.maximum, INT, "2147483647"), Literal(0, INT, "0")
    assert Arithmetic("+", one, one).text() == "1 + 1"
    assert Arithmetic("+", most, one).text() == "(int)((unsigned int)2147483647 + (unsigned int)1)"
    assert Arithmetic("*", Arithmetic("+", one, one), one).text() == "(1 + 1) * 1"
    assert Arithmetic("/", one, zero).folded == 1
    assert Shift("<<", most, one).text() == "(int)((unsigned int)2147483647 << (1 & 31))"
    assert Conversion(Literal(1e30, DOUBLE, "1e30"), INT).text() == "truncate_int(1e30)"


def test_side_effects_clash_with_what_they_may_reach() -> None:
    anywhere, first, second = 1, 2, 4
    assert clashes(first, first) and not clashes(first, second)
    assert clashes(anywhere, second) and clashes(first, anywhere)
    assert not clashes(0, anywhere) and not clashes(first, 0)


def test_declarators_are_written_inside_out() -> None:
    function = FunctionType(INT, (LONG, PointerType(INT)))
    assert PointerType(function).declare("p") == "int (*p)(long, int *)"
    assert ArrayType(PointerType(function), 3).declare("table") == "int (*table[3])(long, int *)"
    assert PointerType(ArrayType(INT, 4)).declare("row") == "int (*row)[4]"
    assert ArrayType(ArrayType(INT, 4), 2).declare("m") == "int m[2][4]"


def test_bit_fields_do_not_cross_their_unit() -> None:
    record = RecordType("struct", "S", [Field("a", INT, 20), Field("b", INT, 20), Field("c", UCHAR)])
    assert [field.bit_offset for field in record.fields[:2]] == [0, 32]
    assert record.fields[2].offset == 7 and record.size == 8
    packed = RecordType("struct", "P", [Field("a", INT, 20), Field("b", INT, 20)], packed=True)
    assert packed.fields[1].bit_offset == 20 and packed.size == 5 and packed.align == 1


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_layouts_are_those_of_gcc(tmp_path: Path) -> None:
    maker = AbiMaker(SeededChoices(5))
    for _ in range(300):
        maker.record()
    lines: list[str] = []
    for record in maker.records:
        lines += record.definition()
        lines.append(f'_Static_assert(sizeof({record.key}) == {record.size}, "size");')
        lines.append(f'_Static_assert(_Alignof({record.key}) == {record.align}, "alignment");')
        for field in record.named_fields:
            if field.width is None:
                place = f"__builtin_offsetof({record.key}, {field.name})"
                lines.append(f'_Static_assert({place} == {field.offset}, "offset");')
    (tmp_path / "layout.c").write_text("\n".join(lines) + "\n")
    command = ["gcc", "-fsyntax-only", str(tmp_path / "layout.c")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
