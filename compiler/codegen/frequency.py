"""How often blocks run, estimated: ten times per loop around them, half per branch. (Wu and Larus, MICRO 1994,
simplified)

Only ratios matter: they steer where values are split and kept in memory.
"""

from __future__ import annotations

from typing import Final

from compiler.codegen.mfunc import MFunction
from compiler.ir.order import immediate_dominators, predecessor_indices, reverse_postorder

LOOP_FACTOR: Final = 8.0
DEEPEST: Final = 6


def estimate(mf: MFunction) -> None:
    """Sets `loop_depth` and `frequency` of every block, from the natural loops of the flow graph."""
    successors = [[edge.target.number for edge in block.edges] for block in mf.blocks]
    order = reverse_postorder(successors)
    predecessors = predecessor_indices(successors)
    dominators = immediate_dominators(order, predecessors)
    rank = [-1] * len(mf.blocks)
    for index, number in enumerate(order):
        rank[number] = index
    for block in mf.blocks:
        block.loop_depth = 0
    for header in order:
        latches: list[int] = []
        for number in predecessors[header]:
            if rank[number] >= 0 and _dominates(header, number, dominators, rank):
                latches.append(number)
        if not latches:
            continue
        body: set[int] = {header}
        todo = latches
        while todo:
            number = todo.pop()
            if number not in body:
                body.add(number)
                todo += [other for other in predecessors[number] if rank[other] >= 0]
        for number in body:
            mf.blocks[number].loop_depth += 1
    for block in mf.blocks:
        block.frequency = LOOP_FACTOR ** min(block.loop_depth, DEEPEST)


def _dominates(header: int, number: int, dominators: list[int], rank: list[int]) -> bool:
    while rank[number] > rank[header]:
        number = dominators[number]
    return number == header
