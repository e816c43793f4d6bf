"""Reads the text form of the IR (see `printer`). What it accepts need not be valid: that is the verifier's business.

Every defect of the text raises ParseError with its line; whatever the input, nothing else is raised.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import COMMON, GLOBAL, LOCAL, WEAK, Block, Definition, Function, Operation, Parameter, Value
from compiler.ir.module import Alias, Data, DataRelocation, Module, ModuleAsm
from compiler.ir.parse_operation import OperationParser
from compiler.ir.parse_signature import parse_parameters, parse_results, parse_type
from compiler.ir.scan import MARK, NAME, STRING, SYMBOL, VALUE, Line, ParseError
from compiler.ir.types import integer

__all__ = ["ParseError", "SourceMap", "parse_function", "parse_module"]

_LINKAGES: Final = {"local": LOCAL, "weak": WEAK, "common": COMMON}
_VISIBILITIES: Final = ("hidden", "protected", "internal")


@final
class SourceMap:
    """Where things stood: line numbers of functions by name, of blocks by `function:block`, of operations by their
    value number within the function."""

    def __init__(self) -> None:
        self.functions: Final[dict[str, int]] = {}
        self.blocks: Final[dict[str, int]] = {}
        self.operations: Final[dict[str, dict[int, int]]] = {}


@final
class _ModuleParser:
    def __init__(self, text: str) -> None:
        self.lines: Final = text.split("\n")
        self.index = 0
        self.module = Module("", 64)
        self.map: Final = SourceMap()

    def next_line(self) -> Line | None:
        """The next line that holds a token."""
        while self.index < len(self.lines):
            line = Line(self.lines[self.index], self.index + 1)
            self.index += 1
            if len(line.kinds) > 1:
                return line
        return None

    def run(self) -> Module:
        name = ""
        bits = 64
        while True:
            start = self.index
            line = self.next_line()
            if line is None:
                break
            if line.accept("module"):
                name = line.take(STRING, "a string")
            elif line.accept("pointer"):
                bits = line.number_token()
                if bits not in (16, 32, 64):
                    raise line.fail("pointers have 16, 32 or 64 bits")
            else:
                self.index = start
                break
            line.end()
        self.module = Module(name, bits)
        while True:
            line = self.next_line()
            if line is None:
                return self.module
            self.item(line)

    def item(self, line: Line) -> None:
        module = self.module
        if line.accept("source"):
            module.source_files.append(line.take(STRING, "a string"))
            line.end()
        elif line.accept("extern"):
            linkage = self.linkage(line)
            module.externals[line.take(SYMBOL, "a symbol")] = linkage
            line.end()
        elif line.accept("thread"):
            module.thread_locals.add(line.take(SYMBOL, "a symbol"))
            line.end()
        elif line.accept("asm"):
            module.items.append(ModuleAsm(line.take(STRING, "a string")))
            line.end()
        else:
            linkage = self.linkage(line)
            if line.accept("func"):
                module.items.append(self.function(line, linkage))
            elif line.accept("data"):
                module.items.append(self.data(line, linkage))
                line.end()
            elif line.accept("alias"):
                module.items.append(self.alias(line, linkage))
                line.end()
            else:
                raise line.fail(f"expected func, data, alias, asm or extern, found {line.found()}")

    @staticmethod
    def linkage(line: Line) -> int:
        found = _LINKAGES.get(line.text, GLOBAL) if line.kind == NAME else GLOBAL
        if found != GLOBAL:
            line.at += 1
        return found

    @staticmethod
    def attribute(line: Line, item: Definition) -> bool:
        """One of the attributes every definition may have."""
        if line.accept("section"):
            item.section = line.take(STRING, "a string")
        elif line.accept("align"):
            item.align = line.number_token()
        elif line.kind == NAME and line.text in _VISIBILITIES:
            item.visibility = line.take(NAME, "a visibility")
        elif line.accept("used"):
            item.used = True
        else:
            return False
        return True

    def data(self, line: Line, linkage: int) -> Data:
        name = line.take(SYMBOL, "a symbol")
        line.expect("size")
        data = Data(name, linkage, line.number_token(), 0)
        while line.accept(","):
            if line.accept("read_only"):
                data.read_only = True
            elif line.accept("thread_local"):
                data.thread_local = True
            elif line.accept("mergeable"):
                data.mergeable_string = True
            elif not self.attribute(line, data):
                raise line.fail(f"unknown attribute {line.found()}")
        if line.accept("="):
            data.content = line.string_bytes()
        if line.accept("["):
            while not line.accept("]"):
                offset = line.number_token()
                line.expect(":")
                size = line.number_token()
                symbol = line.take(SYMBOL, "a symbol")
                addend = parse_addend(line)
                minus = line.take(SYMBOL, "a symbol") if line.accept("minus") else ""
                data.relocations.append(DataRelocation(offset, size, symbol, addend, minus))
                if not line.peek("]"):
                    line.expect(",")
        return data

    def alias(self, line: Line, linkage: int) -> Alias:
        alias = Alias(line.take(SYMBOL, "a symbol"), linkage, "")
        while line.accept(","):
            if not self.attribute(line, alias):
                raise line.fail(f"unknown attribute {line.found()}")
        line.expect("=")
        alias.target = line.take(SYMBOL, "a symbol")
        return alias

    def function(self, line: Line, linkage: int) -> Function:
        function = Function(line.take(SYMBOL, "a symbol"), linkage)
        self.map.functions[function.name] = line.number
        parameters = parse_parameters(line, True)
        function.variadic = parameters.variadic
        results = parse_results(line, parameters)
        function.result_types = results.types
        function.signature = results.signature
        while line.accept(","):
            if self.attribute(line, function):
                continue
            if line.accept("file"):
                function.file = line.number_token()
            elif line.accept("line"):
                function.line = line.number_token()
            elif line.kind == NAME or line.kind == STRING:
                function.attributes.append(line.text)
                line.at += 1
            else:
                raise line.fail(f"unknown attribute {line.found()}")
        line.expect("{")
        line.end()
        body = _Body(function, self.module.pointer_bits, self.map)
        for index, name in enumerate(parameters.names):
            body.entry_parameters.append(body.parameter(line, name, parameters.types[index].name))
        while True:
            following = self.next_line()
            if following is None:
                raise ParseError(len(self.lines), f"the body of @{function.name} has no end")
            if following.accept("}"):
                following.end()
                break
            body.line(following)
        body.finish(self.index)
        return function


def parse_addend(line: Line) -> int:
    if line.accept("+"):
        return line.number_token()
    if line.accept("-"):
        return -line.number_token()
    return 0


@final
class _Body:
    """The blocks of one function; operands are resolved at its end, since text order is not dominance order."""

    def __init__(self, function: Function, pointer_bits: int, source_map: SourceMap) -> None:
        self.function: Final = function
        self.map: Final = source_map
        self.entry_parameters: Final[list[Parameter]] = []
        self.values: Final[dict[str, Value]] = {}
        self.unnumbered: Final[list[Value]] = []
        self.operation_lines: Final[list[int]] = []
        self.operations: Final[list[Operation]] = []
        self.current: Block | None = None
        self.defined: Final[set[str]] = set()
        self.parser: Final = OperationParser(function, integer(pointer_bits))

    def define(self, line: Line, name: str, value: Value) -> None:
        if name in self.values:
            raise line.fail(f"%{name} is defined twice")
        self.values[name] = value
        if name.isdigit() and len(name) < 10:
            value.number = int(name)
        else:
            value.name = name
            self.unnumbered.append(value)

    def parameter(self, line: Line, name: str, type_name: str) -> Parameter:
        made = Parameter(parse_type(line, type_name), -1)
        self.define(line, name, made)
        return made

    def line(self, line: Line) -> None:
        if line.kind == NAME and line.kinds[line.at + 1] == MARK and line.texts[line.at + 1] in (":", "("):
            # `name:` or `name(%x: i32):`; no operation begins with a word before a parenthesis
            self.block(line)
            return
        if self.current is None:
            raise line.fail("an operation before the first block")
        names: list[str] = []
        while line.kind == VALUE:
            names.append(line.take(VALUE, "a value"))
            if not line.accept(","):
                break
        if names:
            line.expect("=")
        operation = self.parser.operation(line)
        line.end()
        results = operation.results
        if len(results) != len(names):
            raise line.fail(f"{operation.op.name} defines {len(results)} values, not {len(names)}")
        for index, name in enumerate(names):
            self.define(line, name, results[index])
        if not names:
            self.unnumbered.append(operation)
        self.current.operations.append(operation)
        self.operations.append(operation)
        self.operation_lines.append(line.number)

    def block(self, line: Line) -> None:
        name = line.take(NAME, "a block")
        block = self.parser.block(name)
        if name in self.defined:
            raise line.fail(f"block {name} is defined twice")
        self.defined.add(name)
        self.map.blocks[f"{self.function.name}:{name}"] = line.number
        if line.accept("("):
            while not line.accept(")"):
                value = line.take(VALUE, "a value")
                line.expect(":")
                block.parameters.append(self.parameter(line, value, line.take(NAME, "a type")))
                if not line.peek(")"):
                    line.expect(",")
        line.expect(":")
        if line.accept("address_taken"):
            block.address_taken = True
        line.end()
        if not self.function.blocks:
            if block.parameters:
                raise line.fail("the entry block's parameters stand in the function's header")
            block.parameters.extend(self.entry_parameters)
        self.function.blocks.append(block)
        self.current = block

    def finish(self, last_line: int) -> None:
        if not self.function.blocks and self.entry_parameters:
            raise ParseError(last_line, "a function with parameters and no block")
        for name, line in self.parser.block_uses.items():
            if name not in self.defined:
                raise ParseError(line, f"no block {name}")
        for fix in self.parser.fixups:
            value = self.values.get(fix.name)
            if value is None:
                raise ParseError(fix.line, f"%{fix.name} is not defined")
            fix.args[fix.index] = value
        numbered = [value.number for value in self.values.values()]
        self.function.next_number = max(numbered, default=-1) + 1
        for value in self.unnumbered:
            value.number = self.function.number()
        lines: dict[int, int] = {}
        for index, operation in enumerate(self.operations):
            lines[operation.number] = self.operation_lines[index]
        self.map.operations[self.function.name] = lines


def parse_module(text: str, source_map: SourceMap | None = None) -> Module:
    """Raises ParseError. `source_map`, if given, is filled."""
    parser = _ModuleParser(text)
    module = parser.run()
    if source_map is not None:
        source_map.functions.update(parser.map.functions)
        source_map.blocks.update(parser.map.blocks)
        source_map.operations.update(parser.map.operations)
    return module


def parse_function(text: str) -> Function:
    """The one function of a text without other items; raises ParseError."""
    functions = parse_module(text).functions()
    if len(functions) != 1:
        raise ParseError(1, f"one function expected, found {len(functions)}")
    return functions[0]
