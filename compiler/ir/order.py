"""Order of blocks: reachability, reverse postorder, predecessors, immediate dominators.

Blocks are known by their index in `function.blocks`. Dominators by iteration over the reverse postorder (Cooper,
Harvey, Kennedy: A Simple, Fast Dominance Algorithm).
"""

from __future__ import annotations

from compiler.ir.function import Asm, Block, Edge, Function, Terminator


def edges_of(block: Block) -> list[Edge]:
    """As Block.edges, but an incomplete block has none."""
    if not block.operations:
        return []
    last = block.operations[-1]
    if isinstance(last, Terminator):
        return last.edges
    if isinstance(last, Asm) and last.edges is not None:
        return last.edges
    return []


def block_indices(function: Function) -> dict[int, int]:
    """Block number to index in `function.blocks`."""
    return {block.number: index for index, block in enumerate(function.blocks)}


def successor_indices(function: Function) -> list[list[int]]:
    """For every block the indices of its distinct successors, in edge order; edges out of the function are left out."""
    indices = block_indices(function)
    out: list[list[int]] = []
    for block in function.blocks:
        seen: dict[int, int] = {}
        for edge in edges_of(block):
            index = indices.get(edge.target.number, -1)
            if index >= 0:
                seen[index] = 0
        out.append(list(seen))
    return out


def reverse_postorder(successors: list[list[int]], start: int = 0) -> list[int]:
    """Indices of the blocks reachable from `start`, each before its successors except along back edges."""
    if not successors:
        return []
    order: list[int] = []
    seen = [False] * len(successors)
    seen[start] = True
    stack = [start]
    positions = [0]
    while stack:
        node = stack[-1]
        position = positions[-1]
        following = successors[node]
        # Later edges first, so that the first edge's region comes first in the result.
        if position < len(following):
            positions[-1] = position + 1
            target = following[len(following) - 1 - position]
            if not seen[target]:
                seen[target] = True
                stack.append(target)
                positions.append(0)
        else:
            order.append(node)
            stack.pop()
            positions.pop()
    order.reverse()
    return order


def ordered_blocks(function: Function) -> list[Block]:
    """The reachable blocks in reverse postorder, then unreachable ones whose address is taken."""
    order = reverse_postorder(successor_indices(function))
    reached = set(order)
    blocks = [function.blocks[index] for index in order]
    for index, block in enumerate(function.blocks):
        if block.address_taken and index not in reached:
            blocks.append(block)
    return blocks


def predecessor_indices(successors: list[list[int]]) -> list[list[int]]:
    """The distinct predecessors of every block, unreachable ones included."""
    out: list[list[int]] = [[] for _ in successors]
    for index, following in enumerate(successors):
        for target in following:
            out[target].append(index)
    return out


def immediate_dominators(order: list[int], predecessors: list[list[int]]) -> list[int]:
    """The immediate dominator of every block of `order` by index; the start is its own, others get -1."""
    idom = [-1] * len(predecessors)
    if not order:
        return idom
    rank = [-1] * len(predecessors)
    for position, index in enumerate(order):
        rank[index] = position
    idom[order[0]] = order[0]
    changed = True
    while changed:
        changed = False
        for index in order:
            if index == order[0]:
                continue
            found = -1
            for previous in predecessors[index]:
                if idom[previous] < 0:
                    continue
                if found < 0:
                    found = previous
                    continue
                left = previous
                while left != found:
                    if rank[left] > rank[found]:
                        left = idom[left]
                    else:
                        found = idom[found]
            if idom[index] != found:
                idom[index] = found
                changed = True
    return idom
