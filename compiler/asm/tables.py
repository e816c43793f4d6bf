"""What the writers of frame and line tables need of the unit being finished."""

from __future__ import annotations

from typing import Final

from compiler.asm.fragments import AsmSection, LineEntry
from compiler.asm.items import File
from compiler.machine.target import Target
from compiler.object.model import Section, Symbol


class TableWriter:
    """Implemented by `finish.Finisher`."""

    def __init__(self, target: Target) -> None:
        self.target: Final = target

    def new_section(self, name: str, type: int, flags: int, alignment: int, entry_size: int = 0) -> Section:
        """The object's section of this name, made if it is missing."""
        raise NotImplementedError

    def add_relocation(self, section: Section, offset: int, name: str, symbol: Symbol | None, addend: int) -> None:
        raise NotImplementedError

    def named_symbol(self, name: str) -> Symbol:
        """The object's symbol, kept in its symbol table from now on."""
        raise NotImplementedError

    def section_symbol(self, asm_section: AsmSection) -> Symbol:
        raise NotImplementedError

    def report(self, loc: int, text: str) -> None:
        """An error at a position."""
        raise NotImplementedError

    def line_files(self) -> dict[int, File]:
        raise NotImplementedError

    def line_entries(self) -> list[LineEntry]:
        raise NotImplementedError
