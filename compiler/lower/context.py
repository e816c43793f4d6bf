"""What every part of lowering shares: the function being built, its places and its scopes.

Invariant: `value` gives a scalar's value, or the address of a record's bytes; every conversion is already a node of the
AST. Nothing here knows a machine: sizes come from the data model, calls from the classifier.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.builder import Builder
from compiler.ir.function import Block, Function, Value
from compiler.ir.module import Data, Module
from compiler.ir.types import I1, I8, Type, integer
from compiler.lower.types import Shapes, Unsupported
from compiler.platform.classify import Abi
from compiler.source.diagnostics import Sink
from compiler.syntax import decl, expr, stmt
from compiler.terms import ops
from compiler.types import ctypes
from compiler.types.ctypes import CType, Field


@final
class LowerOptions:
    """What the command line says to lowering: -fwrapv, -fno-common, -fno-builtin, -finstrument-functions and the level
    (0: no hidden constant tables)."""

    def __init__(
        self,
        wrapv: bool = False,
        common: bool = False,
        checks: bool = False,
        level: int = 0,
        builtins: bool = False,
        instrument: bool = False,
    ) -> None:
        self.wrapv: Final = wrapv
        self.common: Final = common
        self.checks: Final = checks
        self.level: Final = level
        self.builtins: Final = builtins
        self.instrument: Final = instrument


@final
class Place:
    """An object or bit-field in memory: `align` is what is known of the address, in bytes. `field` is set for
    bit-fields."""

    def __init__(self, address: Value, type: CType, align: int, volatile: bool, field: Field | None = None) -> None:
        self.address: Final = address
        self.type: Final = type
        self.align: Final = align
        self.volatile: Final = volatile
        self.field: Final = field
        self.record: CType | None = None  # the record a bit-field belongs to


class Cleanup:
    """Something to run on every exit from a scope."""

    def run(self, cx: Context) -> None:
        raise AssertionError("abstract")


@final
class Scope:
    """A block or `for` statement being lowered and its cleanups, first made first."""

    def __init__(self, block: stmt.Stmt) -> None:
        self.block: Final = block
        self.cleanups: list[Cleanup] = []


@final
class Target:
    """Where break or continue goes, and how many scopes stay open there."""

    def __init__(self, block: Block, depth: int) -> None:
        self.block: Final = block
        self.depth: Final = depth


@final
class LabelInfo:
    """A label's block and the statements with a scope around it, outermost first; once the label is met, `alive` says
    how many cleanups each of those scopes has there."""

    def __init__(self, block: Block) -> None:
        self.block: Final = block
        self.chain: list[stmt.Stmt] = []
        self.alive: list[int] | None = None


class Context:
    """The state of lowering one function into one module; `Lowering` implements the dispatch that the parts call
    back."""

    def __init__(self, module: Module, shapes: Shapes, abi: Abi, sink: Sink, options: LowerOptions) -> None:
        self.module: Final = module
        self.shapes: Final = shapes
        self.abi: Final = abi
        self.sink: Final = sink
        self.options: Final = options
        self.pointer: Final[Type] = shapes.pointer
        self.strings: Final[dict[bytes, str]] = {}
        self.string_count = 0
        self.defined: Final[set[str]] = set()
        self.statement_start = -1  # of the statement being lowered: where a refusal without a place is reported
        self.begin_function(Function(""), None)

    def begin_function(self, function: Function, source: decl.Function | None) -> None:
        self.function = function
        self.source = source
        self.builder = Builder(function, self.pointer)
        self.slots: dict[int, Value] = {}  # Variable.id -> address
        self.reused: dict[expr.Expr, Value] = {}
        self.updated: dict[expr.Expr, Place] = {}  # places of compound assignments, read where the old value is used
        self.labels: dict[decl.Label, LabelInfo] = {}
        self.scopes: list[Scope] = []
        self.breaks: list[Target] = []
        self.continues: list[Target] = []
        self.cases: dict[stmt.Case, Block] = {}
        self.indirect: Block | None = None
        self.sret: Value | None = None

    # --- implemented by Lowering ------------------------------------------------------------------------------------

    def value(self, node: expr.Expr) -> Value:
        """The value of a scalar, or the address of a record's bytes."""
        raise AssertionError("abstract")

    def effect(self, node: expr.Expr) -> None:
        """Evaluates for its effects alone."""
        raise AssertionError("abstract")

    def place(self, node: expr.Expr) -> Place:
        """Where an lvalue lies."""
        raise AssertionError("abstract")

    def condition(self, node: expr.Expr) -> Value:
        """A scalar compared with zero, as i1."""
        raise AssertionError("abstract")

    def branch(self, node: expr.Expr, if_true: Block, if_false: Block) -> None:
        """Control flow of a condition, without a value."""
        raise AssertionError("abstract")

    def statement(self, node: stmt.Stmt) -> None:
        raise AssertionError("abstract")

    def scoped_block(self, block: stmt.Block, result: expr.Expr | None) -> Value | None:
        """Lowers a block and then `result` inside its scope."""
        raise AssertionError("abstract")

    def inline_asm(self, node: stmt.Asm) -> None:
        raise AssertionError("abstract")

    def initialize(self, variable: decl.Variable, address: Value) -> None:
        """Stores an automatic variable's initializer."""
        raise AssertionError("abstract")

    def leave_scopes(self, depth: int) -> None:
        """Runs the cleanups of all scopes above `depth`, innermost first; the scopes stay open."""
        for index in range(len(self.scopes) - 1, depth - 1, -1):
            cleanups = self.scopes[index].cleanups
            for position in range(len(cleanups) - 1, -1, -1):
                cleanups[position].run(self)

    # --- small things -----------------------------------------------------------------------------------------------

    def size(self, type: CType) -> int:
        return self.shapes.size(type)

    def ir(self, type: CType) -> Type:
        return self.shapes.ir(type)

    def constant(self, value: int) -> Value:
        """A pointer-wide constant."""
        return self.builder.const(self.pointer, value)

    def boolean(self, bit: Value, type: Type) -> Value:
        """An i1 widened to 0 or 1 of `type`."""
        return bit if type is I1 else self.builder.convert(ops.ZEXT, type, bit)

    def resize(self, value: Value, to: Type, is_signed: bool) -> Value:
        """An integer at another width: sign- or zero-extended, or truncated."""
        if value.type is to:
            return value
        if value.type.bits > to.bits:
            return self.builder.convert(ops.TRUNC, to, value)
        return self.builder.convert(ops.SEXT if is_signed else ops.ZEXT, to, value)

    def temporary(self, type: CType, name: str = "") -> Place:
        """A new object of the frame; its size is rounded up to whole registers so that parts can be moved whole."""
        size = self.size(type)
        align = self.shapes.align(type)
        unit = self.abi.register_bytes
        rounded = (size + unit - 1) // unit * unit
        slot = self.builder.slot(rounded, max(align, unit) if size > align else align, name)
        return Place(slot, type, slot.align, False)

    def new_block(self, name: str) -> Block:
        return self.builder.new_block(name)

    def start(self, block: Block) -> None:
        """Continues at `block`, falling through into it where the current block is open."""
        if not self.builder.terminated:
            self.builder.jump(block)
        self.builder.start(block)

    def dead(self) -> None:
        """After a jump: what follows is unreachable unless a label starts it."""
        self.builder.start(self.new_block("dead"))

    def copy_record(self, destination: Value, source: Value, type: CType, align: int, volatile: bool = False) -> None:
        size = self.size(type)
        if size:
            self.builder.copy(destination, source, size, align, volatile)

    def zero(self, address: Value, size: int, align: int) -> None:
        if size:
            self.builder.fill(address, self.builder.const(I8, 0), size, align)

    def string_symbol(self, data: bytes, align: int) -> str:
        """The symbol of an anonymous read-only string; equal strings share one."""
        found = self.strings.get(data)
        if found is None:
            found = f".Lstr{self.string_count}"
            self.string_count += 1
            self.strings[data] = found
            self.module.items.append(constant_data(found, data, align))
        return found

    def constant_symbol(self, data: bytes, align: int) -> str:
        """The symbol of an anonymous read-only table."""
        name = f".Lconst{self.string_count}"
        self.string_count += 1
        self.module.items.append(constant_data(name, data, align))
        return name

    def unsupported(self, what: str, start: int) -> Unsupported:
        return Unsupported(what, start)


def constant_data(name: str, content: bytes, align: int) -> Data:
    """A LOCAL read-only object."""
    made = Data(name, 0, len(content), align)
    made.content = content
    made.read_only = True
    return made


def is_volatile(type: CType) -> bool:
    """An array is as volatile as its element (C17 6.7.3p9)."""
    while isinstance(type, ctypes.ArrayType):
        type = type.element
    return type.qualifiers & ctypes.VOLATILE != 0


def entity_symbol(entity: decl.Entity) -> str:
    """The linker's name of a function or static object."""
    if entity.asm_name:
        return entity.asm_name
    if isinstance(entity, decl.Variable) and entity.symbol:
        return entity.symbol
    return entity.name


def register_integer(abi: Abi) -> Type:
    return integer(abi.register_bytes * 8)
