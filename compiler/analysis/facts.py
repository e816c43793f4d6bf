"""What passes may ask: cached analyses of the function at hand, and facts of its module.

`Facts` recomputes an analysis when it is asked for and not valid; a pass that changed something declares what it
preserves, the rest is forgotten. Every fact about another function or object is recorded in `reads`: two compilations
of a function with equal text and equal answers to these questions give equal results (the key of a function cache).
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg
from compiler.analysis.dominators import Dominators
from compiler.analysis.liveness import Liveness
from compiler.analysis.loops import Loops
from compiler.ir.function import Function
from compiler.ir.module import Data, Module
from compiler.ir.types import Type, integer

# What a pass may preserve, as bits.
NOTHING: Final = 0
CFG: Final = 1  # blocks and edges, hence dominators and loops
LIVENESS: Final = 2


@final
class ModuleFacts:
    """The definitions of a module by name."""

    def __init__(self, module: Module) -> None:
        self.module: Final = module
        self.pointer: Final[Type] = integer(module.pointer_bits)
        self.functions: Final[dict[str, Function]] = {}
        self.data: Final[dict[str, Data]] = {}
        for item in module.items:
            if isinstance(item, Function):
                self.functions[item.name] = item
            elif isinstance(item, Data):
                self.data[item.name] = item


@final
class Facts:
    def __init__(self, function: Function, module: ModuleFacts) -> None:
        self.function: Final = function
        self.module: Final = module
        self.pointer: Final = module.pointer
        self.reads: Final[list[str]] = []
        self._cfg: Cfg | None = None
        self._dominators: Dominators | None = None
        self._loops: Loops | None = None
        self._liveness: Liveness | None = None

    def keep(self, preserved: int) -> None:
        """Forgets what a change may have made false."""
        if preserved & CFG == 0:
            self._cfg = None
            self._dominators = None
            self._loops = None
            self._liveness = None
        if preserved & LIVENESS == 0:
            self._liveness = None

    def cfg(self) -> Cfg:
        if self._cfg is None:
            self._cfg = Cfg(self.function)
        return self._cfg

    def dominators(self) -> Dominators:
        if self._dominators is None:
            self._dominators = Dominators(self.cfg())
        return self._dominators

    def loops(self) -> Loops:
        if self._loops is None:
            self._loops = Loops(self.cfg(), self.dominators())
        return self._loops

    def liveness(self) -> Liveness:
        if self._liveness is None:
            self._liveness = Liveness(self.cfg(), self.function.next_number)
        return self._liveness

    def callee(self, name: str) -> Function | None:
        """The definition of a function that cannot be replaced by another module's; recorded."""
        self.reads.append("function " + name)
        return self.module.functions.get(name)

    def constant_data(self, name: str) -> Data | None:
        """An object that nothing can write; recorded."""
        self.reads.append("data " + name)
        found = self.module.data.get(name)
        if found is None or not found.read_only:
            return None
        return found

    def stale(self) -> list[str]:
        """The cached analyses that do not describe the function any more; tests ask after every pass."""
        out: list[str] = []
        if self._cfg is not None:
            fresh = Cfg(self.function)
            if [block.number for block in fresh.order] != [block.number for block in self._cfg.order] or (
                fresh.successors != self._cfg.successors
            ):
                out.append("cfg")
            elif self._dominators is not None and self._dominators.idom != Dominators(fresh).idom:
                out.append("dominators")
        return out
