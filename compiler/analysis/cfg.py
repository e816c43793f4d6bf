"""The control-flow graph: reachable blocks in reverse postorder, and edges by index.

Invariant: it describes the function as it was when made. `order` holds the reachable blocks, entry first; every list is
indexed by position in `order`; `index` maps block numbers to positions (-1: unreachable).
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Block, Edge, Function, Operation, Parameter, Terminator, Value
from compiler.ir.order import edges_of, reverse_postorder, successor_indices
from compiler.terms import ops


@final
class Cfg:
    def __init__(self, function: Function) -> None:
        successors = successor_indices(function)
        positions = reverse_postorder(successors)
        self.order: Final[list[Block]] = [function.blocks[position] for position in positions]
        self.index: Final[list[int]] = [-1] * function.next_block
        for new, block in enumerate(self.order):
            self.index[block.number] = new
        renamed = [-1] * len(function.blocks)
        for new, old in enumerate(positions):
            renamed[old] = new
        self.successors: Final[list[list[int]]] = [
            [renamed[old] for old in successors[position]] for position in positions
        ]
        self.predecessors: Final[list[list[int]]] = [[] for _ in positions]
        for source, targets in enumerate(self.successors):
            for target in targets:
                self.predecessors[target].append(source)

    def reaches(self, block: Block) -> bool:
        """Whether the entry reaches it."""
        return self.index[block.number] >= 0


def remove_unreachable(function: Function) -> int:
    """Drops blocks the entry does not reach, and says how many; one whose address is taken stays as an empty trap."""
    order = reverse_postorder(successor_indices(function))
    if len(order) == len(function.blocks):
        return 0
    reachable = [False] * len(function.blocks)
    for index in order:
        reachable[index] = True
    kept: list[Block] = []
    dropped = 0
    for index, block in enumerate(function.blocks):
        if reachable[index]:
            kept.append(block)
        elif block.address_taken:
            if len(block.operations) != 1 or block.operations[0].op is not ops.UNREACHABLE or block.parameters:
                dropped += 1
                block.operations = [Terminator(ops.UNREACHABLE, function.number(), [], [])]
                block.parameters = []
            kept.append(block)
        else:
            dropped += 1
    function.blocks[:] = kept
    return dropped


def incoming_edges(function: Function) -> list[list[tuple[Block, Edge]]]:
    """For every block, by its number, the edges into it in block order, with the block each leaves."""
    incoming: list[list[tuple[Block, Edge]]] = [[] for _ in range(function.next_block)]
    for block in function.blocks:
        for edge in edges_of(block):
            incoming[edge.target.number].append((block, edge))
    return incoming


def split_critical_edges(function: Function) -> int:
    """Gives every edge from a block with several edges to a block with several an empty block of its own, behind its
    source; every edge of a terminator that defines values is split too. Edges of computed gotos stay."""
    counts = [0] * function.next_block
    for block in function.blocks:
        for edge in edges_of(block):
            counts[edge.target.number] += 1
    out: list[Block] = []
    made = 0
    for block in function.blocks:
        out.append(block)
        edges = edges_of(block)
        last = block.operations[-1]
        if last.op is ops.INDIRECT or (len(edges) < 2 and not last.results):
            continue
        for edge in edges:
            target = edge.target
            if counts[target.number] < 2 and not last.results:
                continue
            if last.results and counts[target.number] < 2 and not edge.args:
                continue
            out.append(_split(function, last, edge))
            made += 1
    function.blocks[:] = out
    return made


def _split(function: Function, terminator: Operation, edge: Edge) -> Block:
    """A block on `edge` that takes the terminator's values and passes on what the edge passed."""
    middle = function.new_block("edge")
    given: list[Value] = []
    for value in terminator.results:
        parameter = Parameter(value.type, function.number())
        middle.parameters.append(parameter)
        given.append(parameter)
    jump = Terminator(ops.JUMP, function.number(), [], [Edge(edge.target, given + edge.args)])
    jump.loc = terminator.loc
    middle.operations.append(jump)
    edge.target = middle
    edge.args = []
    return middle
