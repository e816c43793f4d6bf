"""Printer, parser and verifier over every operation."""

from __future__ import annotations

import random

import pytest

from compiler.ir.builder import Builder
from compiler.ir.function import Function
from compiler.ir.parser import ParseError, parse_module
from compiler.ir.printer import print_function, print_module
from compiler.ir.types import I32
from compiler.ir.verifier import verify_function, verify_module
from compiler.terms import ops
from compiler.tests.ir.everything import EVERYTHING


def test_every_operation_is_printed_parsed_and_valid() -> None:
    module = parse_module(EVERYTHING)
    assert verify_module(module) == []
    present = {operation.op for f in module.functions() for block in f.blocks for operation in block.operations}
    assert {op.name for op in ops.OPS} - {op.name for op in present} == set()
    text = print_module(module)
    assert print_module(parse_module(text)) == text
    # The hand-written text is the printed one, but for blank space: nothing is lost on the first reading either.
    assert text.split() == EVERYTHING.split()


def test_every_damaged_text_gives_a_parse_error_or_a_module() -> None:
    """Deleting, doubling and swapping characters: never a traceback."""
    source = random.Random(7)
    letters = '%@(){}[],:=.-+ "\\ax0123456789;\n'
    errors = 0
    for _ in range(300):
        text = list(EVERYTHING)
        for _ in range(source.randrange(1, 4)):
            place = source.randrange(len(text))
            kind = source.randrange(3)
            if kind == 0:
                del text[place]
            elif kind == 1:
                text.insert(place, source.choice(letters))
            else:
                text[place] = source.choice(letters)
        try:
            module = parse_module("".join(text))
        except ParseError as error:
            errors += 1
            assert error.line >= 1
        else:
            verify_module(module)
            print_module(module)
    assert errors > 100


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("func @f() {\nentry:\n  %x = foo.i32 1\n", 3, "no operation foo"),
        ("func @f() {\nentry:\n  return %x\n}\n", 3, "%x is not defined"),
        ("func @f() {\nentry:\n  jump nowhere\n}\n", 3, "no block nowhere"),
        ("func @f() {\nentry:\n  %x = const.i32 1\n  %x = const.i32 2\n", 4, "%x is defined twice"),
        ("func @f() {\nentry:\n  %x = const.i8 256\n", 3, "256 does not fit i8"),
        ("func @f() {\nentry:\n  return\n", 4, "the body of @f has no end"),
        ("func @f(i33 %x) {\n", 1, "no type i33"),
        ("data @x\n", 1, "expected 'size', found the end of the line"),
        ("func @f() {\n  return\n}\n", 2, "an operation before the first block"),
        ("func @f() {\nentry:\n  %x = add.i32 nonsense\n}\n", 3, "expected the end of the line, found 'nonsense'"),
    ],
)
def test_errors_name_the_line(text: str, line: int, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_module(text)
    assert (caught.value.line, caught.value.message) == (line, message)


def test_deep_inlining_locations_are_refused() -> None:
    location = "1:1 in @f file 0 line 0 at (" * 500 + "1:1" + ")" * 500
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_module("func @f() {\nentry:\n  return  !loc " + location + "\n}\n")


def test_duplicate_and_odd_names_are_made_unique() -> None:
    function = Function("odd name")
    builder = Builder(function)
    for name in ("x", "x", "1", "é", "a b"):
        builder.parameter(I32, name)
    second = builder.new_block("entry")
    builder.jump(second)
    builder.start(second)
    builder.ret()
    assert verify_function(function, builder.pointer) == []
    assert [block.name for block in function.blocks] == ["entry", "entry.1"]
    text = print_function(function)
    assert '@"odd name"' in text
    assert print_function(parse_module(text).functions()[0]) == text
