"""Removes operations and block parameters that nothing needs, and stores to slots that nothing reads.

Mark and sweep: what has an effect is needed, and so is what the needed uses; a block parameter's arguments are needed
only if it is. So values that only feed themselves around a loop go too.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import remove_unreachable
from compiler.analysis.facts import Facts
from compiler.ir.edit import drop_dead_notes
from compiler.ir.function import Asm, Block, Call, Edge, Function, Memory, Operation, Parameter, Result, Value
from compiler.ir.order import edges_of
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops


def is_removable(operation: Operation) -> bool:
    """Whether the operation may go if its results are unused."""
    effects = operation.op.effects
    if effects & (ops.WRITES | ops.CONTROL | ops.PINNED) == 0:
        return not isinstance(operation, Memory) or (not operation.volatile and operation.order <= 1)
    if isinstance(operation, Call):
        return (operation.reads_only or operation.no_memory) and not operation.noreturn
    if isinstance(operation, Asm):
        return not operation.volatile and operation.op is ops.ASM and not _clobbers_memory(operation)
    return False


def _clobbers_memory(operation: Asm) -> bool:
    return "memory" in (operation.clobbers or []) or any(operand.is_address for operand in operation.outputs or [])


@final
class Dce(FunctionPass):
    """`dce`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        changed = remove_unreachable(function) > 0
        needs = _Needs(function)
        needs.solve()
        return _sweep(function, needs, counters) or changed


@final
class _Needs:
    """Which values, and which operations, are needed."""

    def __init__(self, function: Function) -> None:
        self.function: Final = function
        self.needed: Final[list[bool]] = [False] * function.next_number
        self.work: Final[list[Value]] = []
        self.incoming: Final[list[list[tuple[int, Edge]]]] = [[] for _ in range(function.next_block)]
        self.block_of: Final[dict[int, Block]] = {}
        self.unread: Final[set[int]] = unread_slots(function)

    def solve(self) -> None:
        for block in self.function.blocks:
            for parameter in block.parameters:
                self.block_of[parameter.number] = block
            for edge in edges_of(block):
                self.incoming[edge.target.number].append((len(block.operations[-1].results), edge))
            for operation in block.operations:
                if operation.op is ops.DEBUG_VALUE:
                    self.needed[operation.number] = True
                elif not is_removable(operation) and not self.is_dead_store(operation):
                    self.need(operation)
        for parameter in self.function.entry.parameters:
            self.needed[parameter.number] = True
        while self.work:
            value = self.work.pop()
            if isinstance(value, Parameter):
                self.need_arguments(value)
            elif isinstance(value, Result):
                self.need(value.definer)
            else:
                assert isinstance(value, Operation)
                for arg in value.args:
                    self.need(arg)

    def is_dead_store(self, operation: Operation) -> bool:
        return isinstance(operation, Memory) and bool(operation.args) and operation.args[0].number in self.unread

    def need(self, value: Value) -> None:
        if not self.needed[value.number]:
            self.needed[value.number] = True
            self.work.append(value)

    def need_arguments(self, parameter: Parameter) -> None:
        block = self.block_of[parameter.number]
        index = block.parameters.index(parameter)
        for leading, edge in self.incoming[block.number]:
            if index >= leading:
                self.need(edge.args[index - leading])


def unread_slots(function: Function) -> set[int]:
    """Numbers of slots that are only written to, by stores, fills and copies at their very address."""
    slots = {operation.number for operation in function.entry.operations if operation.op is ops.SLOT}
    if not slots:
        return slots
    for block in function.blocks:
        for operation in block.operations:
            first = _written_only(operation)
            for index, value in enumerate(operation.args):
                if value.number in slots and not (index == 0 and first):
                    slots.discard(value.number)
        for edge in edges_of(block):
            for value in edge.args:
                slots.discard(value.number)
    return slots


def _written_only(operation: Operation) -> bool:
    """Whether operand 0 is an address that the operation only writes to (or says nothing about)."""
    if isinstance(operation, Memory):
        plain = not operation.volatile and operation.order <= 1
        return plain and operation.op in (ops.STORE, ops.FILL, ops.COPY)
    return operation.op in (ops.LIFETIME_START, ops.LIFETIME_END, ops.DEBUG_VALUE)


def _sweep(function: Function, needs: _Needs, counters: Counters) -> bool:
    """All or nothing, one counted change: a dead operation's operands are dead with it."""
    needed = needs.needed
    changed = False
    for block in function.blocks:
        if block is not function.entry and not _all_needed(block.parameters, needed):
            dead = [not needed[parameter.number] for parameter in block.parameters]
            leading = max([count for count, _ in needs.incoming[block.number]], default=0)
            for index in range(leading):  # what a terminator defines is passed whether it is needed or not
                dead[index] = False
            if any(dead):
                if not changed and not counters.allow("dce"):
                    return False
                changed = True
                _drop_parameters(block, dead, needs.incoming[block.number])
        kept = [operation for operation in block.operations if _is_needed(operation, needs)]
        if len(kept) != len(block.operations):
            if not changed and not counters.allow("dce"):
                return False
            changed = True
            block.operations = kept
    if changed:
        drop_dead_notes(function)
    return changed


def _all_needed(parameters: list[Parameter], needed: list[bool]) -> bool:
    return all(needed[parameter.number] for parameter in parameters)


def _is_needed(operation: Operation, needs: _Needs) -> bool:
    if needs.needed[operation.number]:
        return True
    if operation.op in (ops.LIFETIME_START, ops.LIFETIME_END):
        return operation.args[0].number not in needs.unread
    return any(needs.needed[extra.number] for extra in operation.extra)


def _drop_parameters(block: Block, dead: list[bool], incoming: list[tuple[int, Edge]]) -> None:
    block.parameters = [parameter for index, parameter in enumerate(block.parameters) if not dead[index]]
    for leading, edge in incoming:
        edge.args = [value for index, value in enumerate(edge.args) if not dead[index + leading]]
