"""The dominator tree and dominance frontiers of the reachable blocks, by their index in a Cfg."""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg
from compiler.ir.order import immediate_dominators


@final
class Dominators:
    """`idom[0]` is 0. `enter`/`leave` number the tree depth first, so that `dominates` costs two comparisons."""

    def __init__(self, cfg: Cfg) -> None:
        count = len(cfg.order)
        self.cfg: Final = cfg
        self.idom: Final[list[int]] = immediate_dominators(list(range(count)), cfg.predecessors)
        self.children: Final[list[list[int]]] = [[] for _ in range(count)]
        for index in range(1, count):
            self.children[self.idom[index]].append(index)
        self.enter: Final[list[int]] = [0] * count
        self.leave: Final[list[int]] = [0] * count
        self.preorder: Final[list[int]] = []
        stack = [0]
        while stack:
            node = stack.pop()
            if node < 0:
                self.leave[~node] = len(self.preorder)
                continue
            self.enter[node] = len(self.preorder)
            self.preorder.append(node)
            stack.append(~node)
            children = self.children[node]
            for position in range(len(children) - 1, -1, -1):
                stack.append(children[position])

    def dominates(self, above: int, below: int) -> bool:
        """Whether every path to `below` passes `above`; a block dominates itself."""
        return self.enter[above] <= self.enter[below] < self.leave[above]

    def nearest_common(self, left: int, right: int) -> int:
        """The nearest block that dominates both."""
        while left != right:
            if left > right:  # a dominator comes first in reverse postorder
                left = self.idom[left]
            else:
                right = self.idom[right]
        return left

    def frontiers(self) -> list[list[int]]:
        """Of every block the blocks it does not strictly dominate but has an edge into from what it dominates."""
        out: list[list[int]] = [[] for _ in self.idom]
        last = [-1] * len(self.idom)
        for index, previous in enumerate(self.cfg.predecessors):
            if len(previous) < 2 and not (index == 0 and previous):
                continue
            stop = self.idom[index]
            for runner in previous:
                while runner != stop:
                    if last[runner] != index:
                        last[runner] = index
                        out[runner].append(index)
                    if runner == 0:
                        break
                    runner = self.idom[runner]
        return out
