"""Who calls whom in a module, and what refers to what.

Strongly connected components by Tarjan's algorithm (iterative): `bottom_up` lists callees before callers, the members
of a cycle next to each other.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Asm, Call, Definition, Function, SymbolAddress
from compiler.ir.module import Alias, Data, Module, ModuleAsm


@final
class CallGraph:
    """Only functions the module defines; `sites[f]` counts the direct calls of f; `in_cycle`: may call itself."""

    def __init__(self, module: Module) -> None:
        self.functions: Final[dict[str, Function]] = {function.name: function for function in module.functions()}
        self.callees: Final[dict[str, list[str]]] = {}
        self.sites: Final[dict[str, int]] = dict.fromkeys(self.functions, 0)
        for name, function in self.functions.items():
            called: dict[str, bool] = {}
            for block in function.blocks:
                for operation in block.operations:
                    if isinstance(operation, Call) and operation.callee in self.functions:
                        called[operation.callee] = True
                        self.sites[operation.callee] += 1
            self.callees[name] = list(called)
        self.component: Final[dict[str, int]] = {}
        self.bottom_up: Final[list[Function]] = []
        self.in_cycle: Final[set[str]] = set()
        self._find_components()

    def is_recursive(self, caller: str, callee: str) -> bool:
        """Whether the two are in one cycle of calls (or the same function)."""
        return self.component[caller] == self.component[callee]

    def _find_components(self) -> None:
        index: dict[str, int] = {}
        low: dict[str, int] = {}
        on_stack: set[str] = set()
        stack: list[str] = []
        components = 0
        for root in self.functions:
            if root in index:
                continue
            work: list[tuple[str, int]] = [(root, 0)]
            while work:
                name, position = work.pop()
                if position == 0:
                    index[name] = low[name] = len(index)
                    stack.append(name)
                    on_stack.add(name)
                callees = self.callees[name]
                descended = False
                while position < len(callees):
                    callee = callees[position]
                    position += 1
                    if callee not in index:
                        work.append((name, position))
                        work.append((callee, 0))
                        descended = True
                        break
                    if callee in on_stack:
                        low[name] = min(low[name], index[callee])
                if descended:
                    continue
                if low[name] == index[name]:
                    if stack[-1] != name or name in callees:
                        self.in_cycle.update(stack[stack.index(name) :])
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        self.component[member] = components
                        self.bottom_up.append(self.functions[member])
                        if member == name:
                            break
                    components += 1
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[name])


def references(item: Definition) -> list[str]:
    """The symbols a definition names. The text of asm counts word by word, since it may name anything."""
    names: dict[str, bool] = {}
    if isinstance(item, Function):
        for block in item.blocks:
            for operation in block.operations:
                if isinstance(operation, SymbolAddress):
                    names[operation.symbol] = True
                elif isinstance(operation, Call):
                    if operation.callee:
                        names[operation.callee] = True
                elif isinstance(operation, Asm):
                    for word in words(operation.template):
                        names[word] = True
    elif isinstance(item, Data):
        for relocation in item.relocations:
            names[relocation.symbol.partition(":")[0]] = True
            if relocation.minus:
                names[relocation.minus.partition(":")[0]] = True
    elif isinstance(item, Alias):
        names[item.target] = True
    elif isinstance(item, ModuleAsm):
        for word in words(item.text):
            names[word] = True
    return list(names)


def words(text: str) -> list[str]:
    """What could be symbols in assembly."""
    out: list[str] = []
    start = -1
    for index, letter in enumerate(text):
        if letter.isalnum() or letter in "_.$":
            if start < 0:
                start = index
        elif start >= 0:
            out.append(text[start:index])
            start = -1
    if start >= 0:
        out.append(text[start:])
    return out
