"""Which values live across block borders.

Only values used outside their block are numbered (densely), and the sets are Python ints as bit sets: their cost grows
with the values that cross blocks, not with all values. Edge arguments are used at the end of the source; a block's
parameters are defined at its start; `debug_value` is no use.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg
from compiler.ir.function import Value
from compiler.ir.order import edges_of
from compiler.terms import ops


@final
class Liveness:
    """`live_in[b]` and `live_out[b]` by index in the Cfg are bit sets over `crossing`; `bit_of` gives a value's bit."""

    def __init__(self, cfg: Cfg, values: int) -> None:
        self.cfg: Final = cfg
        self.crossing: Final[list[Value]] = []
        self.bit_of: Final[list[int]] = [-1] * values
        home = [-1] * values
        upward: list[list[int]] = []
        for index, block in enumerate(cfg.order):
            for parameter in block.parameters:
                home[parameter.number] = index
            for operation in block.operations:
                home[operation.number] = index
                for extra in operation.extra:
                    home[extra.number] = index
        for index, block in enumerate(cfg.order):
            used: list[int] = []
            for operation in block.operations:
                if operation.op is not ops.DEBUG_VALUE:
                    for value in operation.args:
                        if home[value.number] != index:
                            used.append(self._bit(value))
            for edge in edges_of(block):
                for value in edge.args:
                    if home[value.number] != index:
                        used.append(self._bit(value))
            upward.append(used)
        self.live_in: Final[list[int]] = [0] * len(cfg.order)
        self.live_out: Final[list[int]] = [0] * len(cfg.order)
        self._solve(home, upward)

    def _bit(self, value: Value) -> int:
        bit = self.bit_of[value.number]
        if bit < 0:
            bit = len(self.crossing)
            self.bit_of[value.number] = bit
            self.crossing.append(value)
        return bit

    def _solve(self, home: list[int], upward: list[list[int]]) -> None:
        count = len(self.cfg.order)
        kill = [0] * count
        for bit, value in enumerate(self.crossing):
            kill[home[value.number]] |= 1 << bit
        generate = [0] * count
        for index in range(count):
            bits = 0
            for bit in upward[index]:
                bits |= 1 << bit
            generate[index] = bits
            self.live_in[index] = bits
        changed = True
        while changed:
            changed = False
            for index in range(count - 1, -1, -1):
                out = 0
                for target in self.cfg.successors[index]:
                    out |= self.live_in[target]
                if out != self.live_out[index]:
                    self.live_out[index] = out
                    new = generate[index] | (out & ~kill[index])
                    if new != self.live_in[index]:
                        self.live_in[index] = new
                        changed = True

    def values(self, bits: int) -> list[Value]:
        """The members of a set, in the order of their numbers here."""
        out: list[Value] = []
        while bits:
            low = bits & -bits
            out.append(self.crossing[low.bit_length() - 1])
            bits ^= low
        return out
