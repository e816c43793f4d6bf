"""Parsing a text for tests: preprocessed by pycc itself, posing as the riscv64 cross compiler."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.parse.unit import parse_unit
from compiler.platform.data_model import riscv_lp64d
from compiler.platform.language import language
from compiler.platform.platform import Platform
from compiler.preprocess.options import PreprocessorOptions
from compiler.preprocess.preprocessor import preprocess
from compiler.sema.context import Options
from compiler.source.diagnostics import ERROR, WARNING, Sink
from compiler.source.files import SourceMap
from compiler.syntax.decl import Function, Unit, Variable

CROSS = "riscv64-linux-gnu-gcc"
SYSTEM_DIRECTORIES = ["/usr/lib/gcc-cross/riscv64-linux-gnu/12/include", "/usr/riscv64-linux-gnu/include"]


@dataclass
class Parsed:
    unit: Unit
    sink: Sink
    platform: Platform

    def errors(self) -> list[tuple[int, str]]:
        return [(item.line, item.text) for item in self.sink.diagnostics if item.severity >= ERROR]

    def warnings(self) -> list[tuple[int, str]]:
        return [(item.line, item.text) for item in self.sink.diagnostics if item.severity == WARNING]

    def function(self, name: str) -> Function:
        return next(item for item in self.unit.functions if item.name == name)

    def variable(self, name: str) -> Variable:
        return next(item for item in self.unit.variables if item.name == name)


def parse(
    text: str, standard: str = "gnu17", lazy: bool = True, directories: list[str] | None = None, groups: str = "",
    path: str = "test.c",
) -> Parsed:  # fmt: skip
    """Parses `text` (or the file at `path`, if the text is empty)."""
    dialect = language(standard)
    assert dialect is not None
    source_map = SourceMap()
    sink = Sink(source_map)
    for group in groups.split():
        sink.state.option(group)
    preprocessing = PreprocessorOptions(dialect)
    preprocessing.system_directories = SYSTEM_DIRECTORIES
    preprocessing.directories = directories or []
    platform = riscv_lp64d({})
    tokens = preprocess(path, preprocessing, platform, source_map, sink, text or None)
    options = Options(dialect)
    options.lazy_bodies = lazy
    return Parsed(parse_unit(tokens, platform, options, source_map, sink), sink, platform)
