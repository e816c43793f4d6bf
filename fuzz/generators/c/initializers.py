"""Initialisers: what they store and how they are written, with designators and brace elision.

Invariant: the object is zero-filled first (C17 6.7.9p21), then items are stored in order; a later item for the same
subobject wins, and an overridden item is constant, because whether it is evaluated is unspecified (p23).
"""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.generators.c.ctypes import ArrayType, CType, Field, RecordType
from fuzz.generators.c.expressions import ASSIGNMENT, Expression, converted
from fuzz.generators.c.machine import Machine


class Initializer:
    """What stands behind `=` or inside a compound literal."""

    def store(self, machine: Machine, address: int, ctype: CType) -> None:
        raise NotImplementedError

    def text(self, braces: bool = False) -> str:
        raise NotImplementedError

    def effects(self) -> tuple[int, int]:
        """(reads, writes) of all expressions."""
        raise NotImplementedError


class ScalarInitializer(Initializer):
    """One expression, for a scalar or a whole record."""

    def __init__(self, expression: Expression, ctype: CType, braced: bool = False) -> None:
        self.expression = converted(expression, ctype) if ctype.is_arithmetic else expression
        self.braced = braced

    def store(self, machine: Machine, address: int, ctype: CType) -> None:
        machine.store(address, ctype, self.expression.evaluate(machine))

    def text(self, braces: bool = False) -> str:
        text = self.expression.text(ASSIGNMENT)
        return f"{{{text}}}" if braces or self.braced else text

    def effects(self) -> tuple[int, int]:
        return self.expression.reads, self.expression.writes


class StringInitializer(Initializer):
    """A string that initialises an array of its element type; the terminating zero may fall off the end."""

    def __init__(self, spelling: str, image: bytes, braced: bool = False) -> None:
        self.spelling = spelling
        self.image = image
        self.braced = braced

    def store(self, machine: Machine, address: int, ctype: CType) -> None:
        image = self.image[: ctype.size]
        machine.write(address, image + bytes(ctype.size - len(image)))

    def text(self, braces: bool = False) -> str:
        return f"{{{self.spelling}}}" if self.braced or braces else self.spelling

    def effects(self) -> tuple[int, int]:
        return 0, 0


class Item:
    """One initialiser of a list: which subobjects (a range of elements or one field), and how it is designated."""

    def __init__(self, designator: str, first: int, last: int, initializer: Initializer, elided: bool) -> None:
        self.designator = designator
        self.first = first  # element index, or index into the record's named fields
        self.last = last
        self.initializer = initializer
        self.elided = elided


class ListInitializer(Initializer):
    def __init__(self, items: Sequence[Item], trailing_comma: bool = False) -> None:
        self.items = list(items)
        self.trailing_comma = trailing_comma

    def store(self, machine: Machine, address: int, ctype: CType) -> None:
        machine.write(address, bytes(ctype.size))
        for item in self.items:
            if isinstance(ctype, ArrayType):
                size = ctype.element.size
                item.initializer.store(machine, address + item.first * size, ctype.element)
                image = machine.read(address + item.first * size, size)
                for index in range(item.first + 1, item.last + 1):
                    machine.write(address + index * size, image)
            else:
                assert isinstance(ctype, RecordType)
                store_member(machine, address, ctype.named_fields[item.first], item.initializer)

    def text(self, braces: bool = True) -> str:
        return f"{{{self.inner_text()}{',' if self.trailing_comma and self.items else ''}}}"

    def inner_text(self) -> str:
        texts: list[str] = []
        for item in self.items:
            if item.elided and isinstance(item.initializer, ListInitializer):
                texts.append(item.designator + item.initializer.inner_text())
            else:
                texts.append(item.designator + item.initializer.text())
        return ", ".join(texts)

    def effects(self) -> tuple[int, int]:
        reads = writes = 0
        for item in self.items:
            item_reads, item_writes = item.initializer.effects()
            reads |= item_reads
            writes |= item_writes
        return reads, writes


def store_member(machine: Machine, address: int, field: Field, initializer: Initializer) -> None:
    if field.width is None:
        initializer.store(machine, address + field.offset, field.ctype)
    else:
        assert isinstance(initializer, ScalarInitializer)
        machine.store_field(address, field, initializer.expression.evaluate(machine))
