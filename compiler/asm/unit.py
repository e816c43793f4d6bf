"""The assembler's two entries: a stream of items, or a text."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.asm.assemble import Assembler
from compiler.asm.finish import finish
from compiler.asm.items import Item
from compiler.asm.parser import Parser
from compiler.machine.target import Target
from compiler.object.model import ObjectFile
from compiler.source.diagnostics import Sink


def assemble_items(items: Iterable[Item], target: Target, sink: Sink, name: str = "") -> ObjectFile:
    """What code generation emitted as an object; not to be used if the sink has errors afterwards."""
    assembler = Assembler(target, sink, name)
    Parser(assembler)
    for item in items:
        assembler.add(item)
    return finish(assembler)


def assemble_text(
    text: str, target: Target, sink: Sink, name: str, include_paths: list[str] | None = None
) -> ObjectFile:
    """A `.s` file as an object; `name` is its file name for diagnostics."""
    assembler = Assembler(target, sink, name)
    assembler.include_paths = include_paths if include_paths is not None else []
    Parser(assembler).run_file(name, text)
    return finish(assembler)
