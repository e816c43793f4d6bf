"""What a pass is."""

from __future__ import annotations

from compiler.analysis.facts import Facts, ModuleFacts
from compiler.ir.function import Function
from compiler.passes.counters import Counters


class FunctionPass:
    """Changes one function; says whether it did. Every change is first allowed by `counters`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        raise AssertionError("abstract")


class ModulePass:
    """Changes a module's functions; says which."""

    def run(self, module: ModuleFacts, counters: Counters) -> list[Function]:
        raise AssertionError("abstract")
