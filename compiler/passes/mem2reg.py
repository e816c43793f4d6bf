"""Turns stack slots that are only loaded and stored as a whole into values.

A block parameter is made where definitions meet and the variable is live (pruned SSA by iterated dominance frontiers:
Cytron et al., Efficiently Computing Static Single Assignment Form). A variable read before it is written is 0.
Left alone: slots whose address is used otherwise, volatile and atomic accesses, accesses of different sizes, functions
that call something that returns twice, variables that would need a parameter on a block a computed goto reaches.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg, remove_unreachable
from compiler.analysis.dominators import Dominators
from compiler.analysis.facts import Facts
from compiler.ir.builder import make
from compiler.ir.edit import Replacements, drop_dead_notes, make_const
from compiler.ir.function import Call, Function, Memory, Operation, Parameter, Slot, Value
from compiler.ir.order import edges_of
from compiler.ir.types import Type
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops


@final
class _Variable:
    """A slot that may become values. Blocks by index in the Cfg; `exposed` read it before they write it."""

    def __init__(self, slot: Slot) -> None:
        self.slot: Final = slot
        self.type: Type | None = None
        self.writers: Final[list[int]] = []
        self.exposed: Final[list[int]] = []


def calls_returning_twice(function: Function) -> bool:
    for block in function.blocks:
        for operation in block.operations:
            if isinstance(operation, Call) and operation.returns_twice:
                return True
    return False


def _same_shape(left: Type, right: Type) -> bool:
    return left.bits * left.lanes == right.bits * right.lanes and left.size == right.size


@final
class Mem2Reg(FunctionPass):
    """`mem2reg`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        if remove_unreachable(function):
            facts.keep(0)
        if calls_returning_twice(function):
            return False
        variables = _candidates(function)
        if not variables:
            return False
        cfg = facts.cfg()
        _find_accesses(cfg, variables)
        dominators = facts.dominators()
        places = _place_parameters(function, cfg, dominators, variables, counters)
        if not variables:
            return False
        _Renamer(function, cfg, dominators, variables, places, facts.pointer).run()
        drop_dead_notes(function)
        return True


def _candidates(function: Function) -> dict[int, _Variable]:
    """Slots all of whose uses are whole loads and stores of one size, by number."""
    found: dict[int, _Variable] = {}
    for operation in function.entry.operations:
        if isinstance(operation, Slot):
            found[operation.number] = _Variable(operation)
    if not found:
        return found
    for block in function.blocks:
        for operation in block.operations:
            for index, value in enumerate(operation.args):
                variable = found.get(value.number)
                if variable is not None and not (index == 0 and _is_plain_access(operation, variable)):
                    del found[value.number]
        for edge in edges_of(block):
            for value in edge.args:
                found.pop(value.number, None)
    return found


def _is_plain_access(operation: Operation, variable: _Variable) -> bool:
    if operation.op in (ops.LIFETIME_START, ops.LIFETIME_END, ops.DEBUG_VALUE):
        return True
    if not isinstance(operation, Memory) or (operation.op is not ops.LOAD and operation.op is not ops.STORE):
        return False
    if operation.volatile or operation.order > 1:
        return False
    type = operation.named
    if type.size > variable.slot.size:
        return False
    if variable.type is None:
        variable.type = type
    return _same_shape(variable.type, type)


def _find_accesses(cfg: Cfg, variables: dict[int, _Variable]) -> None:
    for index, block in enumerate(cfg.order):
        written: set[int] = set()
        read: set[int] = set()
        for operation in block.operations:
            if not isinstance(operation, Memory) or not operation.args:
                continue
            number = operation.args[0].number
            variable = variables.get(number)
            if variable is None:
                continue
            if operation.op is ops.STORE:
                if number not in written:
                    written.add(number)
                    variable.writers.append(index)
            elif number not in written and number not in read:
                read.add(number)
                variable.exposed.append(index)


def _place_parameters(
    function: Function, cfg: Cfg, dominators: Dominators, variables: dict[int, _Variable], counters: Counters
) -> list[list[tuple[int, Parameter]]]:
    """For every block the parameters it gets, with their slots' numbers; drops variables that must stay in memory."""
    frontiers = dominators.frontiers()
    pinned = [False] * len(cfg.order)
    for block in cfg.order:
        if block.operations[-1].op is ops.INDIRECT:
            for edge in edges_of(block):
                pinned[cfg.index[edge.target.number]] = True
    places: list[list[tuple[int, Parameter]]] = [[] for _ in cfg.order]
    for number in list(variables):
        variable = variables[number]
        joins = _joins(cfg, frontiers, variable)
        if any(pinned[index] for index in joins) or not counters.allow("mem2reg"):
            del variables[number]
            continue
        if variable.type is None:
            continue
        for index in joins:
            parameter = Parameter(variable.type, function.number(), variable.slot.name)
            places[index].append((number, parameter))
    return places


def _joins(cfg: Cfg, frontiers: list[list[int]], variable: _Variable) -> list[int]:
    """The iterated dominance frontier of the writers, where the variable is live."""
    if not variable.exposed:
        return []
    is_writer: dict[int, bool] = dict.fromkeys(variable.writers, True)
    live: dict[int, bool] = {}
    work = list(variable.exposed)
    while work:
        index = work.pop()
        if index in live:
            continue
        live[index] = True
        for previous in cfg.predecessors[index]:
            if previous not in is_writer and previous not in live:
                work.append(previous)
    joins: dict[int, bool] = {}
    work = list(variable.writers)
    # The entry writes 0 implicitly, which is a definition too where paths meet.
    if 0 not in is_writer:
        work.append(0)
    while work:
        index = work.pop()
        for join in frontiers[index]:
            if join not in joins and join in live:
                joins[join] = True
                if join not in is_writer:
                    work.append(join)
    return sorted(joins)


@final
class _Renamer:
    """Walks the dominator tree with the current value of every variable; undoes its changes on the way up."""

    def __init__(
        self,
        function: Function,
        cfg: Cfg,
        dominators: Dominators,
        variables: dict[int, _Variable],
        places: list[list[tuple[int, Parameter]]],
        pointer: Type,
    ) -> None:
        self.function: Final = function
        self.cfg: Final = cfg
        self.dominators: Final = dominators
        self.variables: Final = variables
        self.places: Final = places
        self.pointer: Final = pointer
        self.current: Final[dict[int, Value]] = {}
        self.replaced: Final = Replacements()
        self.zeros: Final[dict[Type, Operation]] = {}

    def run(self) -> None:
        for index, parameters in enumerate(self.places):
            for _, parameter in parameters:
                self.cfg.order[index].parameters.append(parameter)
        undo: list[tuple[int, Value | None]] = []
        stack = [0]
        marks: list[int] = []
        while stack:
            node = stack.pop()
            if node < 0:
                mark = marks.pop()
                while len(undo) > mark:
                    number, old = undo.pop()
                    if old is None:
                        del self.current[number]
                    else:
                        self.current[number] = old
                continue
            marks.append(len(undo))
            stack.append(~node)
            self.block(node, undo)
            stack.extend(reversed(self.dominators.children[node]))
        self.replaced.apply(self.function)
        if self.zeros:
            entry = self.function.entry
            first = 0
            while first < len(entry.operations) and entry.operations[first].op is ops.SLOT:
                first += 1
            entry.operations[first:first] = list(self.zeros.values())

    def assign(self, number: int, value: Value, undo: list[tuple[int, Value | None]]) -> None:
        undo.append((number, self.current.get(number)))
        self.current[number] = value

    def value_of(self, number: int) -> Value:
        found = self.current.get(number)
        if found is not None:
            return found
        type = self.variables[number].type
        assert type is not None
        zero = self.zeros.get(type)
        if zero is None:
            zero = make_const(self.function, type, 0)
            self.zeros[type] = zero
        return zero

    def block(self, index: int, undo: list[tuple[int, Value | None]]) -> None:
        block = self.cfg.order[index]
        for number, parameter in self.places[index]:
            self.assign(number, parameter, undo)
        kept: list[Operation] = []
        for operation in block.operations:
            variable = self.variables.get(operation.args[0].number) if operation.args else None
            if variable is not None and variable.slot is operation.args[0]:
                self.access(operation, variable, kept, undo)
            elif operation.number not in self.variables:
                kept.append(operation)
        block.operations = kept
        for edge in edges_of(block):
            for number, _ in self.places[self.cfg.index[edge.target.number]]:
                edge.args.append(self.value_of(number))

    def access(
        self, operation: Operation, variable: _Variable, kept: list[Operation], undo: list[tuple[int, Value | None]]
    ) -> None:
        number = variable.slot.number
        type = variable.type
        if operation.op is ops.STORE:
            assert type is not None
            value = self.replaced.find(operation.args[1])
            self.assign(number, self.converted(value, type, operation, kept), undo)
        elif operation.op is ops.LOAD:
            value = self.converted(self.value_of(number), operation.named, operation, kept)
            self.replaced.add(operation, value)
        # lifetimes and notes about the address go with the slot

    def converted(self, value: Value, to: Type, at: Operation, kept: list[Operation]) -> Value:
        if value.type is to:
            return value
        cast = make(self.function, ops.BITCAST, to, [value], self.pointer, value.type)
        cast.loc = at.loc
        kept.append(cast)
        return cast
