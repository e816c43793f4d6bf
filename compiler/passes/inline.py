"""Puts the bodies of called functions in place of their calls, callees before callers.

`always_inline` functions at every level; the others by size: small ones everywhere, those called once up to a larger
size, both within a limit of what the caller may grow to. Never: functions that another module's may replace, that take
variable arguments or labels' addresses, ask for their frame, call what returns twice, or may call themselves. Inlined
operations keep their locations, under the call's.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.callgraph import CallGraph
from compiler.analysis.facts import ModuleFacts
from compiler.ir.builder import make
from compiler.ir.debug import Location
from compiler.ir.edit import Replacements, copy_operation
from compiler.ir.function import (
    LOCAL,
    WEAK,
    Block,
    Call,
    Edge,
    Function,
    Memory,
    Operation,
    Parameter,
    Slot,
    Terminator,
    Value,
)
from compiler.ir.order import edges_of
from compiler.ir.types import VOID, Type
from compiler.ir.verifier import argument_count
from compiler.passes.base import ModulePass
from compiler.passes.counters import Counters
from compiler.platform.abi import MEMORY
from compiler.terms import ops

_SMALL: Final = 30  # operations that are no constants
_ONCE: Final = 400
_CALLER: Final = 8000
_NEVER: Final = frozenset(
    (
        ops.VA_START, ops.LABEL, ops.INDIRECT, ops.FRAME_ADDRESS, ops.RETURN_ADDRESS, ops.STATIC_CHAIN, ops.ASM_GOTO,
    )
)  # fmt: skip


@final
class Inline(ModulePass):
    """`inline`, and with `forced_only` `always_inline`."""

    def __init__(self, forced_only: bool = False) -> None:
        self.forced_only: Final = forced_only

    def run(self, module: ModuleFacts, counters: Counters) -> list[Function]:
        if self.forced_only and not any(
            "always_inline" in function.attributes for function in module.functions.values()
        ):
            return []
        graph = CallGraph(module.module)
        changed: list[Function] = []
        sizes: dict[str, int] = {name: size_of(function) for name, function in graph.functions.items()}
        allowed: dict[str, bool] = {name: may_inline(function) for name, function in graph.functions.items()}
        for caller in graph.bottom_up:
            inliner = _Inliner(caller, module.pointer)
            if inliner.run(self, graph, sizes, allowed, counters):
                changed.append(caller)
                sizes[caller.name] = size_of(caller)
                allowed[caller.name] = may_inline(caller)
        return changed

    def wants(self, call: Call, callee: Function, caller_size: int, size: int, graph: CallGraph) -> bool:
        if "always_inline" in callee.attributes:
            return True
        if self.forced_only or "noinline" in callee.attributes or "cold" in callee.attributes:
            return False
        if caller_size + size > _CALLER:
            return False
        if size <= _SMALL:
            return True
        return callee.linkage == LOCAL and graph.sites[callee.name] == 1 and size <= _ONCE


def size_of(function: Function) -> int:
    """Operations without constants and addresses."""
    count = 0
    for block in function.blocks:
        for operation in block.operations:
            if operation.op.number > ops.SLOT.number:
                count += 1
    return count


def may_inline(function: Function) -> bool:
    """Whether the body can stand elsewhere at all."""
    if function.linkage == WEAK or function.variadic or "naked" in function.attributes:
        return False
    for block in function.blocks:
        if block.address_taken:
            return False
        for operation in block.operations:
            if operation.op in _NEVER or (isinstance(operation, Call) and operation.returns_twice):
                return False
    return True


def _fits(call: Call, callee: Function) -> bool:
    """Arguments and results are what the callee has."""
    parameters = callee.entry.parameters
    args = call.arguments
    if call.variadic or len(args) != len(parameters):
        return False
    if call.signature is not None and argument_count(call.signature) != len(args):
        return False
    for index, parameter in enumerate(parameters):
        if args[index].type is not parameter.type:
            return False
    return [value.type for value in call.results] == callee.result_types


@final
class _Inliner:
    """Works on one caller; blocks copied in are not looked at again, their calls were decided in the callee."""

    def __init__(self, caller: Function, pointer: Type) -> None:
        self.caller: Final = caller
        self.pointer: Final = pointer
        self.replaced: Final = Replacements()
        self.slots: Final[list[Operation]] = []

    def run(
        self,
        policy: Inline,
        graph: CallGraph,
        sizes: dict[str, int],
        allowed: dict[str, bool],
        counters: Counters,
    ) -> bool:
        caller = self.caller
        size = sizes[caller.name]
        out: list[Block] = []
        changed = False
        for original in caller.blocks:
            block = original
            out.append(block)
            position = 0
            while position < len(block.operations):
                call = block.operations[position]
                position += 1
                if not isinstance(call, Call) or call.callee not in graph.functions:
                    continue
                callee = graph.functions[call.callee]
                if not allowed[callee.name] or callee.name in graph.in_cycle or not _fits(call, callee):
                    continue
                if not policy.wants(call, callee, size, sizes[callee.name], graph):
                    continue
                name = "always_inline" if policy.forced_only else "inline"
                if not counters.allow(name):
                    continue
                size += sizes[callee.name]
                changed = True
                copied, rest = self.expand(block, position - 1, call, callee)
                out.extend(copied)
                out.append(rest)
                block = rest
                position = 0
        if changed:
            caller.blocks[:] = out
            caller.entry.operations[0:0] = self.slots
            self.replaced.apply(caller)
        return changed

    def expand(self, block: Block, position: int, call: Call, callee: Function) -> tuple[list[Block], Block]:
        """Splits the block at the call; the copies of the callee's blocks, and the block that goes on."""
        caller = self.caller
        rest = caller.new_block(f"{block.name.partition('.')[0]}.after")
        rest.operations = block.operations[position + 1 :]
        for value in call.results:
            parameter = Parameter(value.type, caller.number(), value.name)
            rest.parameters.append(parameter)
            self.replaced.add(value, parameter)
        del block.operations[position:]
        copies: dict[int, Block] = {}
        values: dict[int, Value] = {}
        for source in callee.blocks:
            copies[source.number] = caller.new_block(f"{callee.name}.{source.name}".replace("@", ""))
        self.pass_arguments(block, call, callee, values)
        saves = any(operation.op is ops.ALLOCA for source in callee.blocks for operation in source.operations)
        saved: Operation | None = None
        if saves:
            saved = make(caller, ops.STACK_SAVE, self.pointer, [], self.pointer)
            block.operations.append(saved)
        made: list[Block] = []
        for source in callee.blocks:
            copy = copies[source.number]
            made.append(copy)
            if source is not callee.entry:
                for parameter in source.parameters:
                    fresh = Parameter(parameter.type, caller.number(), parameter.name)
                    copy.parameters.append(fresh)
                    values[parameter.number] = fresh
            for operation in source.operations:
                self.copy_operation(operation, copy, values, call, callee)
        for copy in made:
            for operation in copy.operations:
                operation.args = [values[value.number] for value in operation.args]
            for edge in edges_of(copy):
                edge.target = copies[edge.target.number]
                edge.args = [values[value.number] for value in edge.args]
            self.replace_return(copy, rest, saved)
        jump = Terminator(ops.JUMP, caller.number(), [], [Edge(copies[callee.entry.number], [])])
        jump.loc = call.loc
        block.operations.append(jump)
        return made, rest

    def pass_arguments(self, block: Block, call: Call, callee: Function, values: dict[int, Value]) -> None:
        """What travels in memory is copied, since the callee owns it."""
        ways: list[int] = []
        extents: list[tuple[int, int]] = []
        if call.signature is not None:
            if call.signature.sret is not None:
                ways.append(0)
                extents.append((0, 1))
            for passing in call.signature.parameters:
                if passing.way == MEMORY:
                    ways.append(MEMORY)
                    extents.append((passing.size, passing.align))
                else:
                    for _ in passing.parts:
                        ways.append(0)
                        extents.append((0, 1))
        args = call.arguments
        for index, parameter in enumerate(callee.entry.parameters):
            given = args[index]
            if index < len(ways) and ways[index] == MEMORY:
                size, align = extents[index]
                slot = Slot(ops.SLOT, self.pointer, self.caller.number(), [])
                slot.size = size
                slot.align = max(align, 1)
                self.slots.append(slot)
                copy = Memory(ops.COPY, VOID, self.caller.number(), [slot, given])
                copy.size = size
                copy.loc = call.loc
                block.operations.append(copy)
                given = slot
            values[parameter.number] = given

    def copy_operation(
        self, operation: Operation, copy: Block, values: dict[int, Value], call: Call, callee: Function
    ) -> None:
        made = copy_operation(self.caller, operation)
        made.loc = self.location(operation.loc, call.loc, callee)
        values[operation.number] = made
        for mine, theirs in zip(made.extra, operation.extra, strict=True):
            values[theirs.number] = mine
        if isinstance(made, Slot):
            self.slots.append(made)
        else:
            copy.operations.append(made)

    def location(self, inner: int, outer: int, callee: Function) -> int:
        """`inner`, a location of the callee, as one of the caller, inlined at `outer`."""
        if inner == 0:
            return outer
        location: Location = callee.locations.items[inner]
        locations = self.caller.locations
        if location.inlined_at:
            around = self.location(location.inlined_at, outer, callee)
            return locations.add_inlined(
                location.line, location.column, location.scope, around, location.function, location.file,
                location.first_line,
            )  # fmt: skip
        if outer == 0:
            outer = locations.add(0, 0)
        return locations.add_inlined(
            location.line, location.column, location.scope, outer, callee.name, callee.file, callee.line
        )

    def replace_return(self, copy: Block, rest: Block, saved: Operation | None) -> None:
        last = copy.operations[-1]
        if last.op is not ops.RETURN:
            return
        copy.operations.pop()
        if saved is not None:
            copy.operations.append(make(self.caller, ops.STACK_RESTORE, VOID, [saved], self.pointer))
        jump = Terminator(ops.JUMP, self.caller.number(), [], [Edge(rest, list(last.args))])
        jump.loc = last.loc
        copy.operations.append(jump)
