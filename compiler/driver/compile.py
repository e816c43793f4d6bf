"""One source through the stages: tokens, AST, IR, passes, machine code, object. Stages are imported as they are needed.

Every stage stops when the sink has errors, so what a stage receives is well-formed.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, TextIO, final

from compiler.driver import frontend
from compiler.driver.frontend import Source, Unit
from compiler.driver.options import Command
from compiler.driver.targets import Choice
from compiler.source.diagnostics import Fatal, Sink
from compiler.source.files import SourceMap

if TYPE_CHECKING:
    from compiler.asm.items import Item
    from compiler.ir.module import Module
    from compiler.lex.tokens import Token
    from compiler.passes.pipeline import Report
    from compiler.syntax.decl import Unit as SyntaxUnit


CODEGEN_STAGES: Final = ("select", "regalloc", "layout")  # that --dump-after knows beside passes

@final
class Statistics:
    """What --stats reports: CPU seconds by stage, and counts by pass, rule and selection row."""

    def __init__(self) -> None:
        self.seconds: Final[dict[str, float]] = {}
        self.counts: Final[dict[str, int]] = {}
        self.selected: Final[dict[str, int]] = {}
        self.changes = 0
        self.tokens = 0
        self.started = time.process_time()

    def lap(self, stage: str) -> None:
        """The time since the last call belongs to `stage`."""
        now = time.process_time()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.started
        self.started = now

    def add_report(self, report: Report) -> None:
        self.changes += report.counters.total
        for name, count in report.counters.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        for name, seconds in report.seconds.items():
            self.seconds["pass." + name] = self.seconds.get("pass." + name, 0.0) + seconds

    def json(self) -> str:
        import json

        made = {
            "seconds": self.seconds,
            "tokens": self.tokens,
            "changes": self.changes,
            "changes_by_name": self.counts,
            "selected": self.selected,
        }
        return json.dumps(made, indent=1, sort_keys=True) + "\n"


@final
class Parsed:
    """A parsed unit with what later stages ask of it."""

    def __init__(self, unit: Unit, syntax: SyntaxUnit, tokens: list[Token]) -> None:
        self.unit: Final = unit
        self.syntax: Final = syntax
        self.tokens: Final = tokens


@final
class Compiler:
    """The stages under one command line. `object_of`, `assembly_of` ... return None after errors, which were shown."""

    def __init__(self, command: Command, choice: Choice) -> None:
        self.command: Final = command
        self.choice: Final = choice
        self.statistics: Final = Statistics()
        self.failed = False
        self.stream: TextIO | None = sys.stderr  # of diagnostics; None keeps a second run of the same source quiet
        self.dependencies: list[tuple[str, bool]] = []  # of the last source

    def new_sink(self, source_map: SourceMap) -> Sink:
        command = self.command
        limit = int(command.switch_values.get("max-errors", "0"))
        if limit == 0 and "fatal-errors" in command.warnings:
            limit = 1
        caret = command.switch("diagnostics-show-caret", True)
        return Sink(source_map, frontend.warning_state(command), self.stream, limit, caret)

    def _finish(self, sink: Sink) -> bool:
        """Whether the source is free of errors; remembers the failure."""
        if sink.warnings_as_errors and sink.stream is not None:
            which = "all" if sink.state.all_errors else "some"
            sink.stream.write(f"pycc: {which} warnings being treated as errors\n")
        if sink.errors:
            self.failed = True
        return sink.errors == 0

    # --- the preprocessor --------------------------------------------------------------------------------------------

    def preprocessed(self, source: Source) -> str | None:
        """What -E prints. Text is returned after errors, too, as gcc prints what it has."""
        source_map = SourceMap()
        sink = self.new_sink(source_map)
        unit = Unit(self.command, self.choice, source, sink, source_map)
        text: str | None = None
        try:
            text = unit.text()
            self.dependencies = unit.dependencies
        except Fatal:
            pass
        self.statistics.lap("preprocess")
        self._finish(sink)
        return text

    def token_text(self, source: Source) -> str | None:
        """--emit=tokens: kind and spelling, a token a line."""
        from compiler.lex.tokens import KIND_NAMES

        source_map = SourceMap()
        sink = self.new_sink(source_map)
        lines: list[str] = []
        try:
            for token in Unit(self.command, self.choice, source, sink, source_map).tokens():
                name, line, column = source_map.locate(token.pos)
                lines.append(f"{name}:{line}:{column}: {KIND_NAMES[token.kind]} {token.text}\n")
        except Fatal:
            pass
        return "".join(lines) if self._finish(sink) else None

    # --- C and IR to IR ----------------------------------------------------------------------------------------------

    def module_of(self, source: Source, sink: Sink, source_map: SourceMap) -> Module | None:
        """The module as the passes leave it. Fatal passes through."""
        if source.language == "ir":
            module = self._read_ir(source, sink)
        else:
            module = self._lower(source, sink, source_map)
        if module is None:
            return None
        self._verify(module, "lower")
        if "lower" in self.command.given("dump-after"):
            from compiler.ir.printer import print_module

            sys.stderr.write(f"; after lower\n{print_module(module)}")
        if not self.command.has("check-undefined"):  # a pass may use what is undefined, so that it is not seen any more
            self._optimize(module, sink)
        return None if sink.errors else module

    def check_syntax(self, source: Source) -> None:
        """-fsyntax-only."""
        source_map = SourceMap()
        sink = self.new_sink(source_map)
        try:
            if source.language == "ir":
                self._read_ir(source, sink)
            else:
                self._parse(source, sink, source_map)
        except Fatal:
            pass
        self._finish(sink)

    def _parse(self, source: Source, sink: Sink, source_map: SourceMap) -> Parsed | None:
        from compiler.parse.unit import parse_unit

        unit = Unit(self.command, self.choice, source, sink, source_map)
        tokens = unit.tokens()
        self.statistics.tokens += len(tokens)
        self.statistics.lap("preprocess")
        self.dependencies = unit.dependencies
        options = frontend.sema_options(self.command, frontend.language_of(self.command, False))
        parsed = parse_unit(tokens, unit.platform, options, source_map, sink)
        self.statistics.lap("parse")
        return None if sink.errors else Parsed(unit, parsed, tokens)

    def _lower(self, source: Source, sink: Sink, source_map: SourceMap) -> Module | None:
        from compiler.lex.tokens import PRAGMA
        from compiler.lower.context import LowerOptions
        from compiler.lower.unit import lower_unit

        parsed = self._parse(source, sink, source_map)
        if parsed is None:
            return None
        command = self.command
        builtins = command.switch("builtin", not command.freestanding)
        wrapv = command.switch("wrapv", False)
        checks = command.has("check-undefined")
        common = command.switch("common", False)
        instrument = command.switch("instrument-functions", False)
        options = LowerOptions(wrapv, common, checks, command.level, builtins, instrument)
        spans = [token.span() for token in parsed.tokens if token.kind != PRAGMA]
        module = lower_unit(parsed.syntax, parsed.unit.platform, self.choice.backend().abi, sink, spans, options)
        module.source_files = [source.shown]
        self.statistics.lap("lower")
        return None if sink.errors else module

    def _read_ir(self, source: Source, sink: Sink) -> Module | None:
        from compiler.ir.parser import parse_module
        from compiler.ir.scan import ParseError
        from compiler.ir.verifier import verify_module

        try:
            module = parse_module(source.read().decode("utf-8", "surrogateescape"))
        except ParseError as error:
            sink.error(None, "{}:{}: {}", source.shown, error.line, error.message)
            return None
        for violation in verify_module(module):
            sink.error(None, "{}: {}", source.shown, violation)
        self.statistics.lap("read-ir")
        return None if sink.errors else module

    def _verify(self, module: Module, stage: str) -> None:
        if self.command.has("verify-ir"):
            from compiler.ir.verifier import verify_module

            violations = verify_module(module)
            assert not violations, f"after {stage}: " + "; ".join([str(item) for item in violations[:5]])

    def _optimize(self, module: Module, sink: Sink) -> None:
        from compiler.passes.pipeline import PipelineOptions, pass_names, run_pipeline

        command = self.command
        dumps = [name for name in command.given("dump-after") if name != "lower" and name not in CODEGEN_STAGES]
        disabled = list(command.given("disable-pass"))
        for name in dumps + disabled:
            if name not in pass_names():
                sink.error(None, "there is no pass '{}'; see --print-passes", name)
                return
        if not command.switch("inline", True):
            disabled.append("inline")
        limit = int(command.value("opt-limit", "-1"))
        options = PipelineOptions(dumps, disabled, limit, command.has("verify-ir"), command.has("stats"))
        report = run_pipeline(module, command.level, options)
        for dump in report.dumps:
            sys.stderr.write(dump if dump.endswith("\n") else dump + "\n")
        self.statistics.add_report(report)
        self.statistics.lap("passes")

    def ir_text(self, source: Source) -> str | None:
        """--emit=ir"""
        from compiler.ir.printer import print_module

        module = self.checked_module(source)
        return None if module is None else print_module(module)

    def checked_module(self, source: Source) -> Module | None:
        source_map = SourceMap()
        sink = self.new_sink(source_map)
        module: Module | None = None
        try:
            module = self.module_of(source, sink, source_map)
        except Fatal:
            pass
        return module if self._finish(sink) else None

    # --- machine code ------------------------------------------------------------------------------------------------

    def _items(self, source: Source, sink: Sink, source_map: SourceMap) -> list[Item] | None:
        module = self.module_of(source, sink, source_map)
        if module is None:
            return None
        from compiler.codegen.emit import EmitOptions, compile_module
        from compiler.codegen.legal import Refused

        backend = self.choice.backend()
        stages = [name for name in self.command.given("dump-after") if name in CODEGEN_STAGES]
        options = EmitOptions(
            self.command.switch("function-sections", False),
            self.command.switch("data-sections", False),
            self.command.has("check-allocation"),
            tuple(stages),
        )
        try:
            items = compile_module(module, backend, self.choice.rules(), options)
        except Refused as problem:
            sink.error(None, "{}: sorry, unimplemented: {}", source.shown, problem)
            return None
        for dump in options.dumped:
            sys.stderr.write(dump)
        for name, count in options.fired.items():
            self.statistics.selected[name] = self.statistics.selected.get(name, 0) + count
        self.statistics.lap("codegen")
        return items

    def assembly_of(self, source: Source) -> str | None:
        """-S"""
        from compiler.asm.printer import print_items

        source_map = SourceMap()
        sink = self.new_sink(source_map)
        text: str | None = None
        try:
            items = self._items(source, sink, source_map)
            if items is not None:
                text = print_items(items, self.choice.backend().target)
        except Fatal:
            pass
        return text if self._finish(sink) else None

    def object_of(self, source: Source) -> bytes | None:
        """The object file of a C, IR or assembly source."""
        from compiler.asm.unit import assemble_items, assemble_text
        from compiler.object.writer import write_object

        source_map = SourceMap()
        sink = self.new_sink(source_map)
        target = self.choice.backend().target
        data: bytes | None = None
        try:
            if source.language in ("assembler", "assembler-with-cpp"):
                text = self._assembly_text(source, sink, source_map)
                made = assemble_text(text, target, sink, source.shown, self.command.given("include"))
                data = None if sink.errors else write_object(made)
            else:
                items = self._items(source, sink, source_map)
                if items is not None:
                    made = assemble_items(items, target, sink, source.shown)
                    data = None if sink.errors else write_object(made)
        except Fatal:
            pass
        self.statistics.lap("assemble")
        return data if self._finish(sink) else None

    def _assembly_text(self, source: Source, sink: Sink, source_map: SourceMap) -> str:
        if source.language == "assembler":
            return source.read().decode("utf-8", "surrogateescape")
        unit = Unit(self.command, self.choice, source, sink, source_map)
        text = unit.text()
        self.dependencies = unit.dependencies
        if sink.errors:
            raise Fatal("preprocessing failed")
        return text
