"""Cleans up blocks and edges.

Branches and switches on constants become jumps; unreachable blocks go; a block and its only successor become one if it
is that block's only predecessor; edges through empty blocks go straight to where those jump; parameters that get the
same value on every edge are replaced by it; a branch whose one side is `unreachable` becomes a jump.
With `minimal` (-O0) only the first two happen.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import remove_unreachable
from compiler.analysis.facts import Facts
from compiler.ir.edit import Replacements, drop_dead_notes, replace_terminator_by_jump
from compiler.ir.function import Block, Const, Edge, Function, Parameter, Terminator, Value
from compiler.ir.order import edges_of
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops


@final
class SimplifyCfg(FunctionPass):
    """`simplify_cfg`."""

    def __init__(self, minimal: bool = False) -> None:
        self.minimal: Final = minimal

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        changed = fold_constant_terminators(function, counters)
        if remove_unreachable(function):
            changed = True
        if not self.minimal:
            # Each round may enable the next; few are needed, and a bound keeps the cost linear.
            for _ in range(4):
                again = _round(function, counters)
                changed = changed or again
                if not again:
                    break
        if changed:
            drop_dead_notes(function)
        return changed


def _round(function: Function, counters: Counters) -> bool:
    changed = _drop_impossible_edges(function, counters)
    changed = _skip_empty_blocks(function, counters) or changed
    changed = fold_constant_terminators(function, counters) or changed
    changed = remove_unreachable(function) > 0 or changed
    changed = drop_redundant_parameters(function, counters) or changed
    return _merge_chains(function, counters) or changed


# --- terminators -----------------------------------------------------------------------------------------------------


def _same_edges(left: Edge, right: Edge) -> bool:
    if left.target is not right.target or len(left.args) != len(right.args):
        return False
    for index, value in enumerate(left.args):
        other = right.args[index]
        if value is not other and not _equal_constants(value, other):
            return False
    return True


def _equal_constants(left: Value, right: Value) -> bool:
    return (
        isinstance(left, Const) and isinstance(right, Const) and left.type is right.type and left.value == right.value
    )


def fold_constant_terminators(function: Function, counters: Counters) -> bool:
    """Branches and switches that can go one way only."""
    changed = False
    for block in function.blocks:
        last = block.operations[-1]
        if not isinstance(last, Terminator):
            continue
        if last.op is ops.SWITCH:
            changed = _shrink_switch(function, block, last, counters) or changed
            last = block.operations[-1]
        if last.op is ops.BRANCH:
            assert isinstance(last, Terminator)
            condition = last.args[0]
            edge: Edge | None = None
            if isinstance(condition, Const):
                edge = last.edges[0 if condition.value else 1]
            elif _same_edges(last.edges[0], last.edges[1]):
                edge = last.edges[0]
            if edge is not None and counters.allow("simplify_cfg"):
                replace_terminator_by_jump(function, block, edge)
                changed = True
    return changed


def _shrink_switch(function: Function, block: Block, switch: Terminator, counters: Counters) -> bool:
    subject = switch.args[0]
    default = switch.edges[0]
    if isinstance(subject, Const):
        chosen = default
        for index, case in enumerate(switch.cases):
            if case == subject.value:
                chosen = switch.edges[index + 1]
        if counters.allow("simplify_cfg"):
            replace_terminator_by_jump(function, block, chosen)
            return True
        return False
    useful = [index for index in range(len(switch.cases)) if not _same_edges(switch.edges[index + 1], default)]
    if len(useful) == len(switch.cases) and useful:
        return False
    if not counters.allow("simplify_cfg"):
        return False
    if not useful:
        replace_terminator_by_jump(function, block, default)
        return True
    if switch.weights:
        switch.weights = [switch.weights[0]] + [switch.weights[index + 1] for index in useful]
    switch.edges = [default] + [switch.edges[index + 1] for index in useful]
    switch.cases = [switch.cases[index] for index in useful]
    return True


def _is_impossible(block: Block) -> bool:
    return len(block.operations) == 1 and block.operations[0].op is ops.UNREACHABLE and not block.address_taken


def _drop_impossible_edges(function: Function, counters: Counters) -> bool:
    """A branch into `unreachable` is never taken; a switch loses such cases."""
    changed = False
    for block in function.blocks:
        last = block.operations[-1]
        if not isinstance(last, Terminator):
            continue
        if last.op is ops.BRANCH:
            for side in (0, 1):
                if _is_impossible(last.edges[side].target) and not _is_impossible(last.edges[1 - side].target):
                    if counters.allow("simplify_cfg"):
                        replace_terminator_by_jump(function, block, last.edges[1 - side])
                        changed = True
                    break
        elif last.op is ops.JUMP and _is_impossible(last.edges[0].target) and len(block.operations) == 1:
            if block is not function.entry and not block.parameters and counters.allow("simplify_cfg"):
                gone = Terminator(ops.UNREACHABLE, function.number(), [], [])
                gone.loc = last.loc
                block.operations[-1] = gone
                changed = True
    return changed


# --- blocks ----------------------------------------------------------------------------------------------------------


def _skip_empty_blocks(function: Function, counters: Counters) -> bool:
    """Edges into a block that only jumps on go where it jumps, taking its arguments along."""
    outside: set[int] = set()
    empty: dict[int, Terminator] = {}
    for block in function.blocks:
        last = block.operations[-1]
        if (
            len(block.operations) == 1
            and last.op is ops.JUMP
            and block is not function.entry
            and not block.address_taken
            and isinstance(last, Terminator)
            and last.edges[0].target is not block
        ):
            empty[block.number] = last
    if not empty:
        return False
    # A parameter of an empty block may only be used by its own jump.
    for block in function.blocks:
        for operation in block.operations:
            for value in operation.args:
                if isinstance(value, Parameter):
                    outside.add(value.number)
        if block.number in empty:
            own = {parameter.number for parameter in block.parameters}
            for value in empty[block.number].edges[0].args:
                if isinstance(value, Parameter) and value.number not in own:
                    outside.add(value.number)
        else:
            for edge in edges_of(block):
                for value in edge.args:
                    if isinstance(value, Parameter):
                        outside.add(value.number)
    changed = False
    for block in function.blocks:
        last = block.operations[-1]
        if last.op is ops.ASM_GOTO or last.op is ops.INDIRECT:
            continue
        for edge in edges_of(block):
            for _ in range(8):  # a chain, or a cycle of empty blocks
                middle = edge.target
                jump = empty.get(middle.number)
                if jump is None or any(parameter.number in outside for parameter in middle.parameters):
                    break
                if jump.edges[0].target is edge.target or not counters.allow("simplify_cfg"):
                    break
                given = {parameter.number: edge.args[index] for index, parameter in enumerate(middle.parameters)}
                edge.args = [given.get(value.number, value) for value in jump.edges[0].args]
                edge.target = jump.edges[0].target
                changed = True
    return changed


def _merge_chains(function: Function, counters: Counters) -> bool:
    """Appends a block to its only predecessor when that jumps to it."""
    incoming = [0] * function.next_block
    for block in function.blocks:
        for edge in edges_of(block):
            incoming[edge.target.number] += 1
    gone: set[int] = set()
    replaced = Replacements()
    for block in function.blocks:
        if block.number in gone:
            continue
        while True:
            last = block.operations[-1]
            if last.op is not ops.JUMP or not isinstance(last, Terminator):
                break
            target = last.edges[0].target
            if incoming[target.number] != 1 or target.address_taken or target is block or target is function.entry:
                break
            if not counters.allow("simplify_cfg"):
                break
            for index, parameter in enumerate(target.parameters):
                replaced.add(parameter, last.edges[0].args[index])
            block.operations.pop()
            block.operations.extend(target.operations)
            gone.add(target.number)
    if not gone:
        return False
    function.blocks[:] = [block for block in function.blocks if block.number not in gone]
    replaced.apply(function)
    return True


# --- parameters ------------------------------------------------------------------------------------------------------


def drop_redundant_parameters(function: Function, counters: Counters) -> bool:
    """A parameter that gets one value (or itself) on every edge is that value, which dominates the block then.

    Equal constants count as one value if the parameter's block can have a copy of it.
    """
    incoming: list[list[Edge]] = [[] for _ in range(function.next_block)]
    pinned = [False] * function.next_block
    for block in function.blocks:
        defines = len(block.operations[-1].results) > 0
        for edge in edges_of(block):
            incoming[edge.target.number].append(edge)
            pinned[edge.target.number] = pinned[edge.target.number] or defines
    replaced = Replacements()
    changed = True
    any_change = False
    while changed:
        changed = False
        for block in function.blocks:
            if not block.parameters or block is function.entry or pinned[block.number]:
                continue
            edges = incoming[block.number]
            dead = [False] * len(block.parameters)
            copies: list[Const] = []
            for index, parameter in enumerate(block.parameters):
                value = _only_value(parameter, index, edges, replaced)
                if value is None or not counters.allow("simplify_cfg"):
                    continue
                if isinstance(value, Const):  # the constant of one edge need not dominate: make one here
                    copy = Const(ops.CONST, value.type, function.number(), [])
                    copy.value = value.value
                    copy.loc = value.loc
                    copies.append(copy)
                    value = copy
                replaced.add(parameter, value)
                dead[index] = True
            if any(dead):
                changed = True
                any_change = True
                block.operations[0:0] = list(copies)
                block.parameters = [item for index, item in enumerate(block.parameters) if not dead[index]]
                for edge in edges:
                    edge.args = [item for index, item in enumerate(edge.args) if not dead[index]]
    replaced.apply(function)
    return any_change


def _only_value(parameter: Parameter, index: int, edges: list[Edge], replaced: Replacements) -> Value | None:
    found: Value | None = None
    for edge in edges:
        value = replaced.find(edge.args[index])
        if value is parameter or value is found:
            continue
        if found is not None and not _equal_constants(found, value):
            return None
        found = value
    return found
