"""Natural loops: a header that dominates the source of a back edge, and the blocks that reach it without leaving.

Loops of one header are one loop. Irreducible cycles have no header and are no loops here.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg
from compiler.analysis.dominators import Dominators


@final
class Loop:
    """Blocks by index in the Cfg; `parent` is the innermost loop around it, `depth` 1 for an outermost loop."""

    def __init__(self, header: int) -> None:
        self.header: Final = header
        self.blocks: list[int] = []
        self.parent: Loop | None = None
        self.depth = 1


@final
class Loops:
    """`of[b]` is the innermost loop of block b or None; `all` lists outer loops before inner ones."""

    def __init__(self, cfg: Cfg, dominators: Dominators) -> None:
        count = len(cfg.order)
        self.of: Final[list[Loop | None]] = [None] * count
        self.all: Final[list[Loop]] = []
        latches: dict[int, list[int]] = {}
        for index in range(count):
            for target in cfg.successors[index]:
                if dominators.dominates(target, index):
                    latches.setdefault(target, []).append(index)
        # Inner headers come later in reverse postorder: innermost loops first, and blocks keep the first loop they get.
        inner_first: list[Loop] = []
        for header in sorted(latches, reverse=True):
            loop = Loop(header)
            inner_first.append(loop)
            self._collect(cfg, loop, latches[header])
        self.all.extend(reversed(inner_first))
        for loop in self.all:
            if loop.parent is not None:
                loop.depth = loop.parent.depth + 1
        for index in range(count):
            around = self.of[index]
            while around is not None:
                around.blocks.append(index)
                around = around.parent

    def _collect(self, cfg: Cfg, loop: Loop, latches: list[int]) -> None:
        """Walks backwards from the latches; a known inner loop is stepped over as a whole."""
        work = list(latches)
        self.of[loop.header] = loop if self.of[loop.header] is None else self.of[loop.header]
        seen: set[int] = {loop.header}
        while work:
            index = work.pop()
            inner = self.of[index]
            if inner is not None and inner is not loop:
                while inner.parent is not None:
                    inner = inner.parent
                if inner is loop or inner.header in seen:
                    continue
                inner.parent = loop
                seen.add(inner.header)
                for previous in cfg.predecessors[inner.header]:
                    if previous not in seen:
                        work.append(previous)
                continue
            if index in seen:
                continue
            seen.add(index)
            self.of[index] = loop
            for previous in cfg.predecessors[index]:
                if previous not in seen:
                    work.append(previous)

    def depth(self, index: int) -> int:
        """How many loops block `index` is in."""
        loop = self.of[index]
        return 0 if loop is None else loop.depth
