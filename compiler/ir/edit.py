"""Changes to functions that several passes make: replacing values in one sweep, counting uses, copying operations.

`debug_value` operations are no uses: `count_uses` leaves them out, `drop_dead_notes` removes those whose value is gone.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.builder import set_results
from compiler.ir.function import (
    Asm,
    Block,
    Call,
    Const,
    Edge,
    Function,
    LabelAddress,
    Memory,
    Named,
    Operation,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.order import edges_of
from compiler.ir.types import Type
from compiler.terms import ops


@final
class Replacements:
    """A map from values to those that stand for them; chains are followed and shortened."""

    def __init__(self) -> None:
        self.map: Final[dict[int, Value]] = {}

    def add(self, old: Value, new: Value) -> None:
        new = self.find(new)
        assert new.number != old.number, old.number
        self.map[old.number] = new

    def find(self, value: Value) -> Value:
        found = self.map.get(value.number)
        if found is None:
            return value
        root = found
        while True:
            further = self.map.get(root.number)
            if further is None:
                break
            root = further
        while found is not root:
            self.map[value.number] = root
            value = found
            further = self.map.get(value.number)
            if further is None:
                break
            found = further
        return root

    def apply_list(self, args: list[Value]) -> None:
        table = self.map
        for index in range(len(args)):
            if args[index].number in table:
                args[index] = self.find(args[index])

    def apply_block(self, block: Block) -> None:
        for operation in block.operations:
            if operation.args:
                self.apply_list(operation.args)
        for edge in edges_of(block):
            if edge.args:
                self.apply_list(edge.args)

    def apply(self, function: Function) -> None:
        if self.map:
            for block in function.blocks:
                self.apply_block(block)


def count_uses(function: Function) -> list[int]:
    """Uses per value number, by operations and edges."""
    counts = [0] * function.next_number
    for block in function.blocks:
        for operation in block.operations:
            if operation.op is not ops.DEBUG_VALUE:
                for value in operation.args:
                    counts[value.number] += 1
        for edge in edges_of(block):
            for value in edge.args:
                counts[value.number] += 1
    return counts


def make_const(function: Function, type: Type, value: int, loc: int = 0) -> Const:
    """A constant that is not yet in a block."""
    made = Const(ops.CONST, type, function.number(), [])
    made.value = value & ((1 << (type.bits * type.lanes)) - 1)
    made.loc = loc
    return made


def copy_edge(edge: Edge) -> Edge:
    return Edge(edge.target, list(edge.args))


def copy_operation(function: Function, old: Operation) -> Operation:
    """The same operation with fresh numbers, its operand list and edges copied but not renamed."""
    args = list(old.args)
    number = function.number()
    made: Operation
    if isinstance(old, Const):
        const = Const(old.op, old.type, number, args)
        const.value = old.value
        made = const
    elif isinstance(old, Terminator):
        terminator = Terminator(old.op, number, args, [copy_edge(edge) for edge in old.edges])
        terminator.cases = list(old.cases)
        terminator.weights = list(old.weights)
        made = terminator
    elif isinstance(old, Memory):
        memory = Memory(old.op, old.type, number, args)
        memory.align = old.align
        memory.volatile = old.volatile
        memory.order = old.order
        memory.failure_order = old.failure_order
        memory.size = old.size
        memory.rmw = old.rmw
        memory.tag = old.tag
        made = memory
    else:
        made = _copy_rare(old, number, args)
    made.type = old.type
    made.named = old.named
    made.second = old.second
    made.flags = old.flags
    made.name = old.name
    made.loc = old.loc
    if old.extra:
        set_results(function, made, [value.type for value in old.results])
        for mine, theirs in zip(made.extra, old.extra, strict=True):
            mine.name = theirs.name
    return made


def _copy_rare(old: Operation, number: int, args: list[Value]) -> Operation:
    if isinstance(old, SymbolAddress):
        symbol = SymbolAddress(old.op, old.type, number, args)
        symbol.symbol = old.symbol
        symbol.addend = old.addend
        return symbol
    if isinstance(old, LabelAddress):
        label = LabelAddress(old.op, old.type, number, args)
        label.block = old.block
        return label
    if isinstance(old, Slot):
        slot = Slot(old.op, old.type, number, args)
        slot.size = old.size
        slot.align = old.align
        return slot
    if isinstance(old, Call):
        call = Call(old.op, old.type, number, args)
        call.callee = old.callee
        call.signature = old.signature
        call.variadic = old.variadic
        call.noreturn = old.noreturn
        call.returns_twice = old.returns_twice
        call.reads_only = old.reads_only
        call.no_memory = old.no_memory
        call.tail = old.tail
        return call
    if isinstance(old, Asm):
        asm = Asm(old.op, old.type, number, args)
        asm.template = old.template
        asm.outputs = old.outputs
        asm.inputs = old.inputs
        asm.clobbers = old.clobbers
        asm.volatile = old.volatile
        asm.basic = old.basic
        asm.labels = old.labels
        asm.edges = None if old.edges is None else [copy_edge(edge) for edge in old.edges]
        return asm
    if isinstance(old, Named):
        named = Named(old.op, old.type, number, args)
        named.text = old.text
        named.level = old.level
        return named
    return Operation(old.op, old.type, number, args, old.second, old.flags)


def drop_dead_notes(function: Function) -> None:
    """Removes debug values of values that are no longer defined."""
    noted = False
    defined = [False] * function.next_number
    for block in function.blocks:
        for parameter in block.parameters:
            defined[parameter.number] = True
        for operation in block.operations:
            defined[operation.number] = True
            for extra in operation.extra:
                defined[extra.number] = True
            noted = noted or operation.op is ops.DEBUG_VALUE
    if noted:
        for block in function.blocks:
            block.operations = [
                operation
                for operation in block.operations
                if operation.op is not ops.DEBUG_VALUE or defined[operation.args[0].number]
            ]


def replace_terminator_by_jump(function: Function, block: Block, edge: Edge) -> None:
    """The block's terminator, which must define no values, becomes a jump along `edge`."""
    old = block.operations[-1]
    assert not old.results, block.name
    jump = Terminator(ops.JUMP, function.number(), [], [edge])
    jump.loc = old.loc
    block.operations[-1] = jump
