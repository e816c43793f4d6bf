"""Global value numbering over the dominator tree: what a dominating operation computes already is replaced by it.

Equal means the same op, types, payload and operands (commutative operands in any order). The survivor keeps only the
flags both have. Memory is not looked at; equality never comes from comparisons, so no address changes the object it
belongs to.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.facts import Facts
from compiler.ir.edit import Replacements, drop_dead_notes
from compiler.ir.function import Const, Function, LabelAddress, Operation, SymbolAddress
from compiler.ir.order import edges_of
from compiler.ir.types import Type
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops
from compiler.terms.ops import Op

_KEY_BITS: Final = 28  # of a value's number in a key


def _is_numbered(op: Op) -> bool:
    if op is ops.SLOT or op is ops.EXPECT:
        return False
    return op.effects & ~ops.UNDEFINED == 0


_NUMBERED: Final = tuple([_is_numbered(op) for op in ops.OPS])


@final
class Gvn(FunctionPass):
    """`gvn`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        worker = _Worker(counters)
        cfg = facts.cfg()
        children = facts.dominators().children
        stack = [0]
        marks: list[int] = []
        while stack:
            node = stack.pop()
            if node < 0:
                worker.forget(marks.pop())
                continue
            marks.append(len(worker.added))
            stack.append(~node)
            block = cfg.order[node]
            block.operations = worker.block(block.operations)
            for edge in edges_of(block):
                worker.replaced.apply_list(edge.args)
            stack.extend(reversed(children[node]))
        if not worker.replaced.map:
            return False
        worker.replaced.apply(function)
        drop_dead_notes(function)
        return True


@final
class _Worker:
    """`table` maps keys to the operation that computes them here; `added` undoes it on leaving a subtree."""

    def __init__(self, counters: Counters) -> None:
        self.counters: Final = counters
        self.replaced: Final = Replacements()
        self.table: Final[dict[int, Operation]] = {}
        self.named: Final[dict[str, Operation]] = {}
        self.added: Final[list[tuple[int, str]]] = []
        self.types: Final[dict[Type, int]] = {}

    def forget(self, mark: int) -> None:
        while len(self.added) > mark:
            key, name = self.added.pop()
            if name:
                del self.named[name]
            else:
                del self.table[key]

    def type_number(self, type: Type) -> int:
        found = self.types.get(type, -1)
        if found < 0:
            found = len(self.types)
            self.types[type] = found
        return found

    def key(self, operation: Operation) -> int:
        key = (self.type_number(operation.named) << 10 | self.type_number(operation.second)) << 8 | operation.op.number
        if isinstance(operation, Const):
            return ~(operation.value << 10 | self.type_number(operation.type))
        args = operation.args
        if operation.op.commutes and len(args) == 2 and args[0].number > args[1].number:
            return ((key << _KEY_BITS | args[1].number) << _KEY_BITS) | args[0].number
        for value in args:
            key = key << _KEY_BITS | value.number
        return key

    def block(self, operations: list[Operation]) -> list[Operation]:
        out: list[Operation] = []
        for operation in operations:
            if operation.args:
                self.replaced.apply_list(operation.args)
            if not _NUMBERED[operation.op.number]:
                out.append(operation)
                continue
            name = ""
            key = 0
            if isinstance(operation, SymbolAddress):
                name = f"@{operation.symbol}+{operation.addend}"
            elif isinstance(operation, LabelAddress):
                assert operation.block is not None
                name = f"&{operation.block.number}"
            else:
                key = self.key(operation)
            found = self.named.get(name) if name else self.table.get(key)
            if found is None:
                if name:
                    self.named[name] = operation
                else:
                    self.table[key] = operation
                self.added.append((key, name))
                out.append(operation)
            elif self.counters.allow("gvn"):
                found.flags &= operation.flags
                theirs = found.results
                for index, value in enumerate(operation.results):
                    self.replaced.add(value, theirs[index])
            else:
                out.append(operation)
        return out
