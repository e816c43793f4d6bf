"""A translation unit in IR: functions, data, aliases and top-level asm in source order."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Definition, Function


@final
class DataRelocation:
    """`size` bytes at `offset` of a data item hold symbol + addend (- minus). Labels are written `function:block`."""

    def __init__(self, offset: int, size: int, symbol: str, addend: int, minus: str = "") -> None:
        self.offset: Final = offset
        self.size: Final = size
        self.symbol: Final = symbol
        self.addend: Final = addend
        self.minus: Final = minus


@final
class Data(Definition):
    """An object with static storage. `content` shorter than `size` is followed by zeros (all zeros: bss)."""

    def __init__(self, name: str, linkage: int, size: int, align: int) -> None:
        super().__init__(name, linkage)
        self.size = size
        self.align = align
        self.content = b""
        self.relocations: list[DataRelocation] = []
        self.read_only = False
        self.thread_local = False
        self.mergeable_string = False


@final
class Alias(Definition):
    """`name` is another name for `target` (alias, weak alias) defined in this module."""

    def __init__(self, name: str, linkage: int, target: str) -> None:
        super().__init__(name, linkage)
        self.target = target


@final
class ModuleAsm(Definition):
    """A top-level `asm("...")`."""

    def __init__(self, text: str) -> None:
        super().__init__("", 0)
        self.text = text


@final
class Module:
    """`items` in source order. `externals` are symbols used but not defined, with linkage GLOBAL or WEAK."""

    def __init__(self, name: str, pointer_bits: int) -> None:
        self.name: Final = name
        self.pointer_bits: Final = pointer_bits
        self.items: list[Definition] = []
        self.externals: dict[str, int] = {}
        self.thread_locals: set[str] = set()
        self.source_files: list[str] = []

    def functions(self) -> list[Function]:
        return [item for item in self.items if isinstance(item, Function)]
