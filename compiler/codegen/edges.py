"""Edges that moves can stand on: critical ones are split, and nothing lives in a register into a computed goto's
targets.

An edge out of `indirect` cannot be split, since the label's address is taken. So what is live into such a target is
kept in
a slot: stored behind its definition, loaded at the top of every other block that uses it.
"""

from __future__ import annotations

from compiler.codegen.legal import Legalizer
from compiler.ir.function import Block, Const, Edge, Function, Memory, Operation, Parameter, Slot, Terminator, Value
from compiler.ir.order import edges_of
from compiler.ir.types import VOID
from compiler.terms import ops


def split_critical_edges(function: Function) -> None:
    """Puts a block on every edge from a block with several successors to one with several predecessors or parameters,
    so that moves for block parameters have a place of their own."""
    predecessors: dict[int, int] = {}
    for block in function.blocks:
        for number in {edge.target.number for edge in edges_of(block)}:
            predecessors[number] = predecessors.get(number, 0) + 1
    added: list[Block] = []
    for block in function.blocks:
        edges = edges_of(block)
        last = block.operations[-1]
        if last.op is ops.INDIRECT or (len(edges) < 2 and last.op is not ops.ASM_GOTO):
            continue
        results = last.results
        through: dict[int, Block] = {}
        for edge in edges:
            if not results and not edge.args and predecessors[edge.target.number] < 2:
                continue
            between = through.get(edge.target.number) if not edge.args and not results else None
            if between is None:
                between = _between(function, edge, results)
                added.append(between)
                if not edge.args and not results:
                    through[edge.target.number] = between
            edge.target = between
            edge.args = []
    function.blocks += added


def _between(function: Function, edge: Edge, results: list[Value]) -> Block:
    """A block that passes on an edge's arguments, and before them the values that its terminator defines."""
    between = function.new_block("edge")
    args: list[Value] = []
    for index, result in enumerate(results):
        made = Parameter(result.type, function.number())
        between.parameters.append(made)
        wanted = edge.target.parameters[index].type
        if wanted is result.type:
            args.append(made)
            continue
        narrow = Operation(ops.TRUNC, wanted, function.number(), [made], result.type)
        between.operations.append(narrow)
        args.append(narrow)
    jump = Terminator(ops.JUMP, function.number(), [], [Edge(edge.target, args + edge.args)])
    between.operations.append(jump)
    return between


# --- computed gotos ---------------------------------------------------------------------------------------------------


def demote_into_indirect(lg: Legalizer) -> None:
    """Keeps in slots what lives into the targets of computed gotos."""
    function = lg.function
    targets: dict[int, Block] = {}
    for block in function.blocks:
        if block.operations[-1].op is ops.INDIRECT:
            for edge in edges_of(block):
                targets[edge.target.number] = edge.target
    if not targets:
        return
    live = live_in_values(function)
    wanted: dict[int, Value] = {}
    for target in targets.values():
        assert not target.parameters, "a computed goto passes no arguments"
        wanted.update(live[target.number])
    if wanted:
        _demote(lg, wanted)


def _is_local(value: Value) -> bool:
    """Made again in every block that uses it, or not a value at all."""
    if isinstance(value, (Const, Slot)):
        return True
    return isinstance(value, Operation) and value.op in (ops.SYMBOL, ops.LABEL)


def live_in_values(function: Function) -> dict[int, dict[int, Value]]:
    """By block number the values live into it, parameters excluded."""
    exposed: dict[int, dict[int, Value]] = {}
    defined: dict[int, set[int]] = {}
    for block in function.blocks:
        known = {parameter.number for parameter in block.parameters}
        read: dict[int, Value] = {}
        for operation in block.operations:
            for arg in operation.args:
                if arg.number not in known and not _is_local(arg):
                    read[arg.number] = arg
            known.update([result.number for result in operation.results])
        for edge in edges_of(block):
            for arg in edge.args:
                if arg.number not in known and not _is_local(arg):
                    read[arg.number] = arg
        exposed[block.number] = read
        defined[block.number] = known
    changed = True
    while changed:
        changed = False
        for block in reversed(function.blocks):
            current = exposed[block.number]
            size = len(current)
            for edge in edges_of(block):
                for number, value in exposed[edge.target.number].items():
                    if number not in defined[block.number]:
                        current[number] = value
            changed = changed or len(current) != size
    return exposed


def _demote(lg: Legalizer, wanted: dict[int, Value]) -> None:
    function = lg.function
    slots: dict[int, Slot] = {}
    for number, value in wanted.items():
        slots[number] = lg.builder.slot(value.type.size, value.type.size)
    for block in function.blocks:
        here = {parameter.number for parameter in block.parameters}
        loads: dict[int, Memory] = {}
        operations: list[Operation] = []
        for parameter in block.parameters:
            if parameter.number in wanted:
                operations.append(_store(function, slots[parameter.number], parameter))
        for operation in block.operations:
            operation.args = [_loaded(function, arg, slots, here, loads) for arg in operation.args]
            for edge in edges_of(block) if operation.op.is_terminator else []:
                edge.args = [_loaded(function, arg, slots, here, loads) for arg in edge.args]
            operations.append(operation)
            for result in operation.results:
                here.add(result.number)
                if result.number in wanted:
                    assert not operation.op.is_terminator, "results of a terminator are parameters by now"
                    operations.append(_store(function, slots[result.number], result))
        leading = 0
        while leading < len(operations) and operations[leading].op is ops.SLOT:
            leading += 1
        fetched: list[Operation] = list(loads.values())
        block.operations = operations[:leading] + fetched + operations[leading:]


def _loaded(
    function: Function, arg: Value, slots: dict[int, Slot], here: set[int], loads: dict[int, Memory]
) -> Value:
    slot = slots.get(arg.number)
    if slot is None or arg.number in here:
        return arg
    found = loads.get(arg.number)
    if found is None:
        found = Memory(ops.LOAD, arg.type, function.number(), [slot])
        found.named = arg.type
        found.align = arg.type.size
        loads[arg.number] = found
    return found


def _store(function: Function, slot: Slot, value: Value) -> Memory:
    made = Memory(ops.STORE, VOID, function.number(), [slot, value])
    made.named = value.type
    made.align = value.type.size
    return made
