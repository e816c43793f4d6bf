"""Remembers what memory holds: loads take the value stored or loaded before, stores that change nothing or are
overwritten unread go, loads from constant objects become constants.

Within extended basic blocks: what is known at the end of a block holds in a block that it alone leads to. Volatile and
atomic accesses are never touched and end what is known of the memory they may reach; calls and asm end it for all but
slots whose address goes nowhere. Stores are dropped only within one block.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.alias import Aliases, Place, place_of
from compiler.analysis.facts import Facts
from compiler.ir.builder import make
from compiler.ir.edit import Replacements, drop_dead_notes, make_const
from compiler.ir.function import COMMON, WEAK, Asm, Call, Function, Memory, Operation, Value
from compiler.ir.order import edges_of
from compiler.ir.types import Type
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.passes.mem2reg import calls_returning_twice
from compiler.terms import ops

_REMEMBERED: Final = 48  # places known at once


@final
class _Known:
    """`value`, of that type, is what memory holds at `place`."""

    def __init__(self, place: Place, type: Type, value: Value) -> None:
        self.place: Final = place
        self.type: Final = type
        self.value: Final = value


@final
class Forward(FunctionPass):
    """`forward`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        if calls_returning_twice(function):
            return False
        cfg = facts.cfg()
        worker = _Worker(function, facts, counters)
        at_end: list[dict[str, _Known] | None] = [None] * len(cfg.order)
        for index, block in enumerate(cfg.order):
            previous = cfg.predecessors[index]
            known: dict[str, _Known] = {}
            if len(previous) == 1 and previous[0] < index:
                inherited = at_end[previous[0]]
                if inherited is not None:
                    known = dict(inherited)
            worker.known = known
            block.operations = worker.block(block.operations)
            for edge in edges_of(block):
                worker.replaced.apply_list(edge.args)
            at_end[index] = worker.known
        if not worker.changed:
            return False
        worker.replaced.apply(function)
        drop_dead_notes(function)
        return True


@final
class _Worker:
    def __init__(self, function: Function, facts: Facts, counters: Counters) -> None:
        self.function: Final = function
        self.facts: Final = facts
        self.counters: Final = counters
        self.aliases: Final = Aliases(function, facts.module)
        self.replaced: Final = Replacements()
        self.known: dict[str, _Known] = {}
        self.unread: dict[str, tuple[Place, int, int]] = {}  # key: place, size, position of the store in `out`
        self.out: list[Operation | None] = []
        self.changed = False

    def block(self, operations: list[Operation]) -> list[Operation]:
        self.out = []
        self.unread = {}
        for operation in operations:
            if operation.args:
                self.replaced.apply_list(operation.args)
            if isinstance(operation, Memory):
                self.access(operation)
            else:
                self.other(operation)
        return [operation for operation in self.out if operation is not None]

    def other(self, operation: Operation) -> None:
        effects = operation.op.effects
        if operation.op is ops.RETURN:
            for place, _, position in self.unread.values():
                if self.aliases.is_private(place) and self.counters.allow("forward.dead-store"):
                    self.out[position] = None
                    self.changed = True
        elif isinstance(operation, Call) and operation.no_memory:
            pass
        elif effects & (ops.READS | ops.WRITES) and not _is_note(operation):
            self.read_all()
            reads_only = isinstance(operation, Call) and operation.reads_only
            if not reads_only and (effects & ops.WRITES or isinstance(operation, Asm)):
                self.write_all()
        elif operation.op.is_terminator:
            self.unread = {}
        self.out.append(operation)

    # --- what is known ------------------------------------------------------------------------------------------

    def read_all(self) -> None:
        """Everything but private slots may be read."""
        for key in [key for key, (place, _, _) in self.unread.items() if not self.aliases.is_private(place)]:
            del self.unread[key]

    def write_all(self) -> None:
        for key in [key for key, item in self.known.items() if not self.aliases.is_private(item.place)]:
            del self.known[key]

    def read(self, place: Place, size: int) -> None:
        dead = [
            key for key, (other, length, _) in self.unread.items()
            if self.aliases.may_overlap(place, size, other, length)
        ]  # fmt: skip
        for key in dead:
            del self.unread[key]

    def write(self, place: Place, size: int) -> None:
        dead = [
            key for key, item in self.known.items()
            if self.aliases.may_overlap(place, size, item.place, item.type.size)
        ]  # fmt: skip
        for key in dead:
            del self.known[key]

    def remember(self, key: str, place: Place, type: Type, value: Value) -> None:
        if place.exact:
            if len(self.known) >= _REMEMBERED:
                del self.known[next(iter(self.known))]
            self.known[key] = _Known(place, type, value)

    # --- accesses -----------------------------------------------------------------------------------------------

    def access(self, operation: Memory) -> None:
        op = operation.op
        if op is ops.FENCE or operation.order > 1 or op is ops.ATOMIC_RMW or op is ops.ATOMIC_CMPXCHG:
            self.read_all()
            self.write_all()
            if operation.args:  # a private slot may be the very one
                place = place_of(operation.args[0])
                self.read(place, operation.named.size)
                self.write(place, operation.named.size)
            self.out.append(operation)
            return
        place = place_of(operation.args[0])
        if op is ops.LOAD:
            self.load(operation, place)
        elif op is ops.STORE:
            self.store(operation, place)
        else:
            if op is ops.COPY:
                self.read(place_of(operation.args[1]), operation.size)
            self.write(place, operation.size)
            self.out.append(operation)

    def load(self, operation: Memory, place: Place) -> None:
        type = operation.named
        key = place.key()
        if operation.volatile or operation.order:
            self.read(place, type.size)
            self.out.append(operation)
            return
        found = self.known.get(key) if place.exact else None
        if found is not None and found.type is type:
            if self.counters.allow("forward.load"):
                self.replaced.add(operation, found.value)
                self.changed = True
                return
        elif found is not None and found.type.bits * found.type.lanes == type.bits * type.lanes:
            if self.counters.allow("forward.load"):
                cast = make(self.function, ops.BITCAST, type, [found.value], self.facts.pointer, found.type)
                cast.loc = operation.loc
                self.out.append(cast)
                self.replaced.add(operation, cast)
                self.changed = True
                return
        constant = self.constant(place, type)
        if constant >= 0 and self.counters.allow("forward.constant"):
            made = make_const(self.function, type, constant, operation.loc)
            self.out.append(made)
            self.replaced.add(operation, made)
            self.changed = True
            return
        self.read(place, type.size)
        if found is None:
            self.remember(key, place, type, operation)
        self.out.append(operation)

    def store(self, operation: Memory, place: Place) -> None:
        type = operation.named
        key = place.key()
        if operation.volatile or operation.order:
            self.write(place, type.size)
            self.read(place, type.size)
            self.out.append(operation)
            return
        found = self.known.get(key) if place.exact else None
        if found is not None and found.type is type and found.value is operation.args[1]:
            if self.counters.allow("forward.same-store"):
                self.changed = True
                return
        older = self.unread.get(key) if place.exact else None
        if older is not None and older[1] <= type.size and self.counters.allow("forward.dead-store"):
            self.out[older[2]] = None
            self.changed = True
        self.write(place, type.size)
        if place.exact:
            self.unread[key] = (place, type.size, len(self.out))
            self.remember(key, place, type, operation.args[1])
        self.out.append(operation)

    def constant(self, place: Place, type: Type) -> int:
        """What a constant object of this module holds there; -1 if that is not known."""
        if not place.exact or not place.symbol or type.bits % 8 or place.symbol not in self.facts.module.data:
            return -1
        data = self.facts.constant_data(place.symbol)
        if data is None or data.linkage in (WEAK, COMMON) or data.thread_local:
            return -1
        first = place.offset
        if first < 0 or first + type.size > data.size:
            return -1
        for relocation in data.relocations:
            if relocation.offset < first + type.size and first < relocation.offset + relocation.size:
                return -1
        content = data.content[first : first + type.size]
        return int.from_bytes(content + bytes(type.size - len(content)), "little")


def _is_note(operation: Operation) -> bool:
    """Operations that are pinned to their place but touch no memory."""
    return operation.op in (
        ops.ASSUME, ops.CHECK, ops.DEBUG_VALUE, ops.STACK_SAVE, ops.STATIC_CHAIN, ops.FRAME_ADDRESS, ops.RETURN_ADDRESS,
        ops.READ_REGISTER,
    )  # fmt: skip
