"""The parts of the text form that calls and functions share: parameters, arguments and results with their places."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.scan import MARK, NAME, SYMBOL, VALUE, Line
from compiler.ir.types import VOID, Type, type_named
from compiler.platform.abi import DIRECT, IGNORED, MEMORY, REFERENCE, Part, Passing, Signature

_WAYS: Final = {"ref": REFERENCE, "mem": MEMORY, "none": IGNORED}


def parse_type(line: Line, name: str) -> Type:
    found = type_named(name)
    if found is None:
        raise line.fail(f"no type {name}")
    return found


@final
class Passed:
    """A parsed list of parameters or arguments: value names, their types (VOID if not written), and the passings."""

    def __init__(self) -> None:
        self.names: Final[list[str]] = []
        self.types: Final[list[Type]] = []
        self.passings: Final[list[Passing]] = []
        self.sret: Part | None = None
        self.variadic = False


@final
class Results:
    def __init__(self, types: list[Type], signature: Signature | None) -> None:
        self.types: Final = types
        self.signature: Final = signature


def _value(line: Line, passed: Passed) -> Type:
    """`i32 %x` or `%x`."""
    type = VOID
    if line.kind == NAME:
        type = parse_type(line, line.take(NAME, "a type"))
    passed.names.append(line.take(VALUE, "a value"))
    passed.types.append(type)
    return type


def _part(line: Line, type: Type) -> Part:
    """`:place`, `(i24)`, `+8`, `sext`, as the printer writes them."""
    line.expect(":")
    register = ""
    stack = 0
    if line.accept("["):
        stack = line.number_token(None)
        line.expect("]")
    else:
        register = line.take(NAME, "a register")
    shown = type.name
    if line.kind == MARK and line.text == "(":
        line.at += 1
        shown = line.take(NAME, "a type")
        line.expect(")")
    if shown[:1] not in ("i", "f") or not shown[1:].isdigit() or len(shown) > 8:
        raise line.fail(f"no scalar type {shown}")
    offset = line.number_token() if line.accept("+") else 0
    extend = 1 if line.accept("sext") else 2 if line.accept("zext") else 0
    return Part(shown[0] == "f", int(shown[1:]), offset, register, stack, extend)


def _simple(part: Part) -> Passing:
    bytes = (part.bits + 7) // 8
    return Passing(DIRECT, [part], bytes, bytes)


def _extent(line: Line, way: int, parts: list[Part]) -> Passing:
    """`size/align`, `at stack offset`."""
    size = line.number_token()
    line.expect("/")
    align = line.number_token()
    stack = line.number_token(None) if line.accept("at") else 0
    return Passing(way, parts, size, align, stack)


def _way(line: Line) -> int:
    if line.kind == NAME and line.text in _WAYS and line.texts[line.at + 1] == "{":
        line.at += 1
        return _WAYS[line.texts[line.at - 1]]
    return DIRECT


def parse_parameters(line: Line, typed: bool) -> Passed:
    """The list in parentheses; `typed` for a function's header."""
    passed = Passed()
    line.expect("(")
    while not line.accept(")"):
        if line.accept("..."):
            passed.variadic = True
        elif line.kind == NAME and line.text == "sret" and line.kinds[line.at + 1] == NAME:
            line.at += 1
            type = _value(line, passed)
            passed.sret = _part(line, type)
        else:
            way = _way(line)
            if line.accept("{"):
                parts: list[Part] = []
                while not line.accept("}"):
                    type = _value(line, passed)
                    if line.peek(":"):
                        parts.append(_part(line, type))
                    if not line.peek("}"):
                        line.expect(",")
                passed.passings.append(_extent(line, way, parts))
            else:
                type = _value(line, passed)
                if line.peek(":"):
                    passed.passings.append(_simple(_part(line, type)))
                elif typed and type is VOID:
                    raise line.fail("a parameter without type")
        if not line.peek(")"):
            line.expect(",")
    return passed


def parse_results(line: Line, passed: Passed) -> Results:
    """`-> types`, and the signature if `abi(...)` stands there."""
    types: list[Type] = []
    parts: list[Part] = []
    result = Passing(IGNORED, [], 0, 1)
    if line.accept("->"):
        way = _way(line)
        if line.accept("{"):
            while not line.accept("}"):
                _result(line, types, parts)
                if not line.peek("}"):
                    line.expect(",")
            result = _extent(line, way, parts)
        else:
            while True:
                _result(line, types, parts)
                # A comma may also begin the attributes.
                if not (line.peek(",") and line.kinds[line.at + 1] == NAME and type_named(line.texts[line.at + 1])):
                    break
                line.at += 1
            if parts:
                result = _simple(parts[0])
    if not line.accept("abi"):
        if passed.passings or parts or passed.sret is not None:
            raise line.fail("places without abi(...)")
        return Results(types, None)
    line.expect("(")
    numbers: list[int] = []
    for index in range(4):
        if index:
            line.expect(",")
        numbers.append(line.number_token())
    line.expect(")")
    return Results(
        types,
        Signature(
            passed.passings, result, passed.sret, numbers[0], passed.variadic, numbers[1], numbers[2], numbers[3]
        ),
    )


def _result(line: Line, types: list[Type], parts: list[Part]) -> None:
    type = parse_type(line, line.take(NAME, "a type"))
    types.append(type)
    if line.peek(":"):
        parts.append(_part(line, type))


def parse_callee(line: Line) -> tuple[str, str]:
    """A symbol, or the name of the value that holds the address."""
    if line.kind == SYMBOL:
        return line.take(SYMBOL, "a symbol"), ""
    return "", line.take(VALUE, "what is called")
