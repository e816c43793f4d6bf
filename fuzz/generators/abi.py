"""Calls across two translation units, so that two compilers' halves can be linked both ways.

Invariant: caller and callee hold the same constants for every scalar that is passed; each prints one line per scalar
that arrives otherwise, and the last line counts both. Only the calling convention can make the halves disagree.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

from fuzz.choices import Choices, SeededChoices, derive_seed
from fuzz.generators.c.ctypes import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT,
    INT128,
    LLONG,
    LONG,
    PLAIN_CHAR_UNSIGNED,
    SCHAR,
    SHORT,
    STANDARD,
    UCHAR,
    UINT,
    UINT128,
    ULLONG,
    ULONG,
    USHORT,
    VOID,
    ArrayType,
    CType,
    Field,
    FloatType,
    IntType,
    PointerType,
    RecordType,
)

SCALARS: Final[tuple[CType, ...]] = (
    *STANDARD,
    PLAIN_CHAR_UNSIGNED,
    INT128,
    UINT128,
    FLOAT,
    DOUBLE,
    FLOAT,
    DOUBLE,
    PointerType(VOID),
)
PROMOTED: Final[tuple[CType, ...]] = (INT, UINT, LONG, ULONG, LLONG, ULLONG, INT128, DOUBLE, PointerType(VOID))
LARGEST: Final = 64
MOST_PARAMETERS: Final = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar inside an argument: how it is reached from the argument's name, its type, its constant."""

    path: str
    ctype: CType
    constant: str


@dataclass(frozen=True, slots=True)
class AbiProgram:
    """Two halves with their common header; linked, they print `expected`."""

    seed: int
    header: str
    caller: str
    callee: str
    expected: str
    coverage: Counter[str]  # what was passed and returned, by kind
    signatures: int


class Passed:
    """One parameter, argument or result."""

    def __init__(self, name: str, ctype: CType, leaves: list[Leaf]) -> None:
        self.name = name
        self.ctype = ctype
        self.leaves = leaves


class AbiMaker:
    """Makes one program of several signatures."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.records: list[RecordType] = []
        self.coverage: Counter[str] = Counter()
        self.checks = 0

    # Types.

    def record(self, depth: int = 2) -> RecordType:
        """A struct or union of 1 to 64 bytes."""
        for _ in range(30):
            fields, keyword, packed = self.fields(depth)
            made = RecordType(keyword, f"R{len(self.records)}", fields, packed)
            if 1 <= made.size <= LARGEST:
                break
        else:
            made = RecordType("struct", f"R{len(self.records)}", [Field("f0", ArrayType(UCHAR, 24))])
        self.records.append(made)
        return made

    def fields(self, depth: int) -> tuple[list[Field], str, bool]:
        choices = self.choices
        shape = choices.below(12)
        if shape == 0:  # all of one floating type
            one = choices.pick((FLOAT, DOUBLE))
            return [Field(f"f{n}", one) for n in range(choices.between(1, 5))], "struct", False
        if shape == 1:  # one integer and one float, either first: passed in two kinds of registers on some machines
            pair = choices.shuffled((choices.pick((SCHAR, SHORT, INT, LONG, UINT)), choices.pick((FLOAT, DOUBLE))))
            return [Field(f"f{n}", ctype) for n, ctype in enumerate(pair)], "struct", False
        if shape == 2:  # bytes of any number
            return [Field("f0", ArrayType(UCHAR, choices.between(1, LARGEST)))], "struct", False
        if shape == 3:  # bit-fields, sometimes beside a float
            found = [self.bit_field(f"f{n}") for n in range(choices.between(1, 5))]
            if choices.below(3) == 0:
                found.append(Field(f"f{len(found)}", choices.pick((FLOAT, DOUBLE))))
            return found, "struct", choices.below(4) == 0
        if shape == 4:
            members = [Field(f"f{n}", self.member(depth - 1)) for n in range(choices.between(2, 4))]
            return members, "union", False
        members = [Field(f"f{n}", self.member(depth - 1)) for n in range(choices.between(1, 5))]
        return members, "struct", choices.below(5) == 0

    def bit_field(self, name: str) -> Field:
        ctype = self.choices.pick((INT, UINT, LONG, ULONG, UCHAR, SHORT, USHORT, BOOL))
        return Field(name, ctype, 1 if ctype is BOOL else self.choices.between(1, ctype.bits))

    def member(self, depth: int) -> CType:
        kind = self.choices.below(10)
        if kind < 2 and depth > 0:
            return self.record(depth)
        if kind < 4:
            return ArrayType(self.choices.pick(SCALARS[: len(STANDARD)] + (FLOAT, DOUBLE)), self.choices.between(1, 4))
        return self.choices.pick(SCALARS)

    def any_type(self) -> CType:
        return self.record() if self.choices.below(100) < 45 else self.choices.pick(SCALARS)

    # Values.

    def leaves(self, ctype: CType, path: str = "") -> list[Leaf]:
        """Constants for all scalars; of a union one member is the active one."""
        if isinstance(ctype, ArrayType):
            return [leaf for n in range(ctype.length) for leaf in self.leaves(ctype.element, f"{path}[{n}]")]
        if isinstance(ctype, RecordType):
            fields = ctype.named_fields
            if ctype.is_union:
                fields = [self.choices.pick(fields)]
            found: list[Leaf] = []
            for field in fields:
                if field.width is None:
                    found += self.leaves(field.ctype, f"{path}.{field.name}")
                else:
                    assert isinstance(field.ctype, IntType)
                    value = self.choices.bits(field.width)
                    if field.ctype.signed and value >> (field.width - 1):
                        value -= 1 << field.width
                    found.append(Leaf(f"{path}.{field.name}", field.ctype, int_text(value, field.ctype)))
            return found
        return [Leaf(path, ctype, self.constant(ctype))]

    def constant(self, ctype: CType) -> str:
        choices = self.choices
        if isinstance(ctype, FloatType):
            value = math.ldexp(choices.between(-(1 << 20), 1 << 20), choices.between(-12, 12))
            return f"({ctype.spelling}){value!r}"
        if isinstance(ctype, PointerType):
            return f"(void *)0x{choices.bits(47):x}ul"
        assert isinstance(ctype, IntType)
        pattern = choices.pick((choices.bits(ctype.bits), ctype.maximum, ctype.minimum, -1, 1 << (ctype.bits - 1)))
        return int_text(ctype.wrap(pattern), ctype)

    def passed(self, name: str, ctype: CType) -> Passed:
        self.note(ctype, "parameter" if name != "result" else "result")
        return Passed(name, ctype, self.leaves(ctype))

    def note(self, ctype: CType, role: str) -> None:
        """Counts what the histogram shows."""
        if not isinstance(ctype, RecordType):
            self.coverage[f"{role}: {'pointer' if isinstance(ctype, PointerType) else ctype.key}"] += 1
            return
        self.coverage[f"{role}: {ctype.keyword}"] += 1
        low = next(bound for bound in (64, 33, 17, 9, 5, 3, 2, 1) if bound <= ctype.size)
        high = {64: 64, 33: 63, 17: 32, 9: 16, 5: 8, 3: 4, 2: 2, 1: 1}[low]
        self.coverage[f"{role}: record of {low}-{high} bytes" if low != high else f"{role}: record of {low} bytes"] += 1
        kinds = scalar_kinds(ctype)
        for found, label in (
            (ctype.packed, "packed"),
            (any(field.width is not None for field in ctype.fields), "bit-fields"),
            (any(isinstance(field.ctype, RecordType) for field in ctype.fields), "nested"),
            (kinds == {"float"}, "floats only"),
            (kinds == {"float", "integer"}, "integers and floats"),
        ):
            if found:
                self.coverage[f"{role}: record, {label}"] += 1

    # Text.

    def signature(self, number: int, header: list[str], caller: list[str], callee: list[str]) -> None:
        choices = self.choices
        variadic = choices.below(3) == 0
        count = choices.between(1 if variadic else 0, MOST_PARAMETERS)
        named = [self.passed(f"p{n}", self.any_type()) for n in range(count)]
        unnamed: list[Passed] = []
        if variadic:
            for n in range(choices.between(0, 8)):
                ctype = self.record() if choices.below(3) == 0 else choices.pick(PROMOTED)
                unnamed.append(self.passed(f"u{n}", ctype))
        result: Passed | None = None
        if choices.below(8):
            result = self.passed("result", self.any_type())
        else:
            self.coverage["result: void"] += 1
        self.coverage["signature: variadic" if variadic else "signature: fixed"] += 1
        self.coverage[f"signature: {count:2d} parameters"] += 1
        texts = [one.ctype.declare(one.name) for one in named]
        if variadic:
            texts.append("...")
        declarator = f"f{number}({', '.join(texts) or 'void'})"
        prototype = result.ctype.declare(declarator) if result else f"void {declarator}"
        header.append(f"{prototype};")
        self.callee_text(number, prototype, named, unnamed, result, callee)
        self.caller_text(number, named, unnamed, result, caller)

    def callee_text(
        self, number: int, prototype: str, named: list[Passed], unnamed: list[Passed], result: Passed | None,
        lines: list[str],
    ) -> None:  # fmt: skip
        lines += ["", f"{prototype} {{"]
        if unnamed:
            lines += ["    va_list ap;", f"    va_start(ap, {named[-1].name});"]
            for one in unnamed:
                lines.append(f"    {one.ctype.declare(one.name)} = va_arg(ap, {one.ctype.declare('')});")
            lines.append("    va_end(ap);")
        if result:
            lines.append(f"    {result.ctype.declare(result.name)};")
        for one in named + unnamed:
            self.check(number, one, lines)
        if result:
            self.fill(result, lines)
            lines.append("    return result;")
        lines.append("}")

    def caller_text(
        self, number: int, named: list[Passed], unnamed: list[Passed], result: Passed | None, lines: list[str]
    ) -> None:
        lines += ["", f"static void call_f{number}(void) {{"]
        arguments = named + unnamed
        for one in arguments:
            lines.append(f"    {one.ctype.declare(one.name)};")
        for one in arguments:
            self.fill(one, lines)
        call = f"f{number}({', '.join(one.name for one in arguments)})"
        if result:
            lines.append(f"    {result.ctype.declare(result.name)} = {call};")
            self.check(number, result, lines)
        else:
            lines.append(f"    {call};")
        lines.append("}")

    def fill(self, one: Passed, lines: list[str]) -> None:
        """Assigns the constants. A union is cleared first, so that no byte of it is unset."""
        if not one.ctype.is_arithmetic and not isinstance(one.ctype, PointerType):
            lines.append(f"    __builtin_memset(&{one.name}, 0, sizeof {one.name});")
        for leaf in one.leaves:
            lines.append(f"    {one.name}{leaf.path} = {leaf.constant};")

    def check(self, number: int, one: Passed, lines: list[str]) -> None:
        for leaf in one.leaves:
            place = f"{one.name}{leaf.path}"
            lines.append(f'    check({place} == {leaf.constant}, "f{number}: {place}");')
            self.checks += 1


def int_text(value: int, ctype: IntType) -> str:
    """A constant expression with this value, of a type wide enough; the cast gives it the type."""
    if ctype.bits == 128:
        image = value & UINT128.mask
        return f"({ctype.spelling})((unsigned __int128)0x{image >> 64:x}ul << 64 | 0x{image & ULONG.mask:x}ul)"
    if value == LONG.minimum:
        return f"({ctype.spelling})(-0x7fffffffffffffffl - 1)"
    if value < 0:
        return f"({ctype.spelling})-{-value}l"
    return f"({ctype.spelling}){value}ul"


def scalar_kinds(ctype: CType) -> set[str]:
    if isinstance(ctype, ArrayType):
        return scalar_kinds(ctype.element)
    if isinstance(ctype, RecordType):
        return {kind for field in ctype.fields for kind in scalar_kinds(field.ctype)}
    return {"float" if isinstance(ctype, FloatType) else "integer"}


CHECK: Final = """\
static void check(int same, const char *what) {
    checked++;
    if (!same) {
        differences++;
        printf("%s differs\\n", what);
    }
}
"""


def make_abi_program(seed: int, signatures: int = 10) -> AbiProgram:
    """The program of a seed, with that many signatures."""
    maker = AbiMaker(SeededChoices(derive_seed("abi", seed)))
    prototypes: list[str] = []
    caller: list[str] = []
    callee: list[str] = []
    for number in range(signatures):
        maker.signature(number, prototypes, caller, callee)
    header = ["int printf(const char *format, ...);", "extern int checked, differences;"]
    for record in maker.records:
        header += record.definition()
    head = '#include <stdarg.h>\n#include "abi.h"\n\n'
    main = ["", "int main(void) {"]
    main += [f"    call_f{number}();" for number in range(signatures)]
    main += [
        '    printf("checked %d, differences %d\\n", checked, differences);',
        "    return differences != 0;",
        "}",
        "",
    ]
    return AbiProgram(
        seed,
        "\n".join([*header, *prototypes, ""]),
        head + "int checked, differences;\n" + CHECK + "\n".join(caller + main),
        head + CHECK + "\n".join([*callee, ""]),
        f"checked {maker.checks}, differences 0\n",
        maker.coverage,
        signatures,
    )
