"""Which object an address lies in, and whether two accesses may overlap.

The object is found through `ptr_add` bases only: slots, symbols, or an unknown value. Different objects of this module
do not overlap; a slot whose address is only loaded from and stored to is reached by nothing else.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.facts import ModuleFacts
from compiler.ir.function import WEAK, Const, Function, Memory, Operation, Slot, SymbolAddress, Value
from compiler.ir.order import edges_of
from compiler.terms import ops


@final
class Place:
    """An address: `base` and a byte offset from it; `offset` counts only if `exact`."""

    def __init__(self, base: Value, symbol: str, offset: int, exact: bool) -> None:
        self.base: Final = base
        self.symbol: Final = symbol  # the object's name, "" if the base is none
        self.offset: Final = offset
        self.exact: Final = exact

    def key(self) -> str:
        """Equal for equal exact addresses."""
        return f"{self.symbol or self.base.number}+{self.offset}"


def place_of(address: Value) -> Place:
    """Looks through `ptr_add`, in reachable code only: elsewhere it may be circular."""
    offset = 0
    exact = True
    value = address
    while isinstance(value, Operation) and value.op is ops.PTR_ADD:
        step = value.args[1]
        if isinstance(step, Const):
            offset += signed(step.value, step.type.bits)
        else:
            exact = False
        value = value.args[0]
    if isinstance(value, SymbolAddress):
        return Place(value, value.symbol, offset + value.addend, exact)
    return Place(value, "", offset, exact)


def signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


@final
class Aliases:
    """Answers for one function as it is now; `private` are the slots whose address goes nowhere."""

    def __init__(self, function: Function, module: ModuleFacts) -> None:
        self.module: Final = module
        self.private: Final[set[int]] = private_slots(function)

    def is_object(self, place: Place) -> bool:
        """Whether the base is an object known to be apart from all others."""
        if isinstance(place.base, Slot):
            return True
        data = self.module.data.get(place.symbol)
        return data is not None and data.linkage != WEAK

    def is_private(self, place: Place) -> bool:
        return place.base.number in self.private

    def may_overlap(self, left: Place, left_size: int, right: Place, right_size: int) -> bool:
        """Whether accesses of so many bytes may touch a common byte."""
        same = left.base is right.base or (left.symbol != "" and left.symbol == right.symbol)
        if same:
            if not (left.exact and right.exact):
                return True
            return left.offset < right.offset + right_size and right.offset < left.offset + left_size
        if self.is_object(left) and self.is_object(right):
            return False
        return not (self.is_private(left) or self.is_private(right))


def private_slots(function: Function) -> set[int]:
    """Slots whose address is only accessed: loaded from, stored to, copied or filled, also through `ptr_add`."""
    slots = {operation.number for operation in function.entry.operations if isinstance(operation, Slot)}
    if not slots:
        return slots
    root: dict[int, int] = {number: number for number in slots}
    # An address is computed before it is used in block order only if dominators come first: so to a fixpoint.
    growing = True
    while growing:
        growing = False
        for block in function.blocks:
            for operation in block.operations:
                if operation.op is ops.PTR_ADD and operation.number not in root:
                    base = root.get(operation.args[0].number, -1)
                    if base >= 0:
                        root[operation.number] = base
                        growing = True
    for block in function.blocks:
        for operation in block.operations:
            for index, value in enumerate(operation.args):
                base = root.get(value.number, -1)
                if base >= 0 and not _is_access(operation, index):
                    slots.discard(base)
        for edge in edges_of(block):
            for value in edge.args:
                slots.discard(root.get(value.number, -1))
    return slots


def _is_access(operation: Operation, index: int) -> bool:
    """Whether operand `index` is only an address to the operation."""
    if isinstance(operation, Memory):
        return index == 0 or (index == 1 and operation.op is ops.COPY)
    if operation.op is ops.PTR_ADD:
        return index == 0
    return operation.op in (ops.LIFETIME_START, ops.LIFETIME_END, ops.DEBUG_VALUE)
