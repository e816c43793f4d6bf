"""Sparse conditional constant propagation (Wegman, Zadeck: Constant Propagation with Conditional Branches).

A value is unknown so far, one constant, or varying; only edges that can be taken count. What turns out constant is
replaced; the branches on it are left to `simplify_cfg`.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.cfg import Cfg
from compiler.analysis.facts import Facts
from compiler.ir.edit import Replacements, drop_dead_notes, make_const
from compiler.ir.evaluate import evaluate, is_evaluable
from compiler.ir.function import Asm, Block, Const, Edge, Function, Operation, Terminator, Value
from compiler.ir.order import edges_of
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.terms import ops

_UNKNOWN: Final = 0
_CONSTANT: Final = 1
_VARYING: Final = 2
_EVALUABLE: Final = tuple([is_evaluable(op) for op in ops.OPS])


@final
class Sccp(FunctionPass):
    """`sccp`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        solver = _Solver(function, facts.cfg())
        solver.solve()
        return _replace(function, solver, counters)


@final
class _Solver:
    def __init__(self, function: Function, cfg: Cfg) -> None:
        self.cfg: Final = cfg
        count = function.next_number
        self.state: Final[list[int]] = [_UNKNOWN] * count
        self.constant: Final[list[int]] = [0] * count
        self.users: Final[list[list[Operation]]] = [[] for _ in range(count)]
        self.passes: Final[list[list[tuple[int, Edge, int]]]] = [[] for _ in range(count)]  # block, edge, parameter
        self.home: Final[list[int]] = [-1] * count
        self.reached: Final[list[bool]] = [False] * len(cfg.order)
        self.taken: Final[set[int]] = set()  # ids of edges, made stable by `edge_ids`
        self.edge_ids: Final[dict[Edge, int]] = {}
        self.blocks: Final[list[int]] = []
        self.values: Final[list[int]] = []
        for index, block in enumerate(cfg.order):
            for operation in block.operations:
                self.home[operation.number] = index
                for value in operation.args:
                    self.users[value.number].append(operation)
            leading = len(block.operations[-1].results)
            for edge in edges_of(block):
                self.edge_ids[edge] = len(self.edge_ids)
                for position, value in enumerate(edge.args):
                    self.passes[value.number].append((index, edge, position + leading))

    def solve(self) -> None:
        for parameter in self.cfg.order[0].parameters:
            self.state[parameter.number] = _VARYING
        self.reached[0] = True
        self.blocks.append(0)
        while self.blocks or self.values:
            if self.values:
                self.changed(self.values.pop())
                continue
            for operation in self.cfg.order[self.blocks.pop()].operations:
                self.visit(operation)

    def changed(self, number: int) -> None:
        for operation in self.users[number]:
            if self.reached[self.home[operation.number]]:
                self.visit(operation)
        for _, edge, position in self.passes[number]:
            if self.edge_ids[edge] in self.taken:
                self.meet(edge.target.parameters[position], number)

    def set(self, value: Value, state: int, constant: int = 0) -> None:
        """Lowers a value's state; states only go down, so every value changes at most twice."""
        number = value.number
        old = self.state[number]
        if old == _VARYING or (old == state and self.constant[number] == constant):
            return
        if old == _CONSTANT:
            state = _VARYING
        self.state[number] = state
        self.constant[number] = constant
        self.values.append(number)

    def meet(self, parameter: Value, number: int) -> None:
        if self.state[number] != _UNKNOWN:
            self.set(parameter, self.state[number], self.constant[number])

    def take(self, block: Block, edge: Edge) -> None:
        identity = self.edge_ids[edge]
        if identity in self.taken:
            return
        self.taken.add(identity)
        results = block.operations[-1].results
        target = edge.target
        for position in range(len(results)):
            self.set(target.parameters[position], _VARYING)
        for position, value in enumerate(edge.args):
            self.meet(target.parameters[position + len(results)], value.number)
        index = self.cfg.index[target.number]
        if not self.reached[index]:
            self.reached[index] = True
            self.blocks.append(index)

    def visit(self, operation: Operation) -> None:
        op = operation.op
        if op.is_terminator:
            self.visit_terminator(operation)
        elif isinstance(operation, Const):
            self.set(operation, _CONSTANT, operation.value)
        elif not _EVALUABLE[op.number]:
            for value in operation.results:
                self.set(value, _VARYING)
        elif op is ops.SELECT and self.state[operation.args[0].number] == _CONSTANT:
            chosen = operation.args[1 if self.constant[operation.args[0].number] else 2]
            if operation.args[0].type.lanes == 1:
                self.meet(operation, chosen.number)
            else:
                self.set(operation, _VARYING)
        else:
            self.visit_value(operation)

    def visit_value(self, operation: Operation) -> None:
        given: list[int] = []
        unknown = False
        for value in operation.args:
            state = self.state[value.number]
            if state == _VARYING:
                if not self.absorbed(operation):
                    for result in operation.results:
                        self.set(result, _VARYING)
                return
            unknown = unknown or state == _UNKNOWN
            given.append(self.constant[value.number])
        if unknown:
            return
        results = evaluate(operation.op, operation.named, operation.second, given)
        for index, result in enumerate(operation.results):
            if results is None:
                self.set(result, _VARYING)
            else:
                self.set(result, _CONSTANT, results[index])

    def absorbed(self, operation: Operation) -> bool:
        """0 & x, 0 * x, -1 | x are constant whatever x is (and stay unknown while the other side is)."""
        op = operation.op
        if op is not ops.AND and op is not ops.MUL and op is not ops.OR:
            return False
        if operation.type.lanes > 1:
            return False
        wanted = operation.type.mask if op is ops.OR else 0
        for value in operation.args:
            if self.state[value.number] == _CONSTANT and self.constant[value.number] == wanted:
                self.set(operation, _CONSTANT, wanted)
                return True
        return any(self.state[value.number] == _UNKNOWN for value in operation.args)

    def visit_terminator(self, operation: Operation) -> None:
        block = self.cfg.order[self.home[operation.number]]
        if isinstance(operation, Asm):
            for edge in operation.edges or []:
                self.take(block, edge)
            return
        assert isinstance(operation, Terminator)
        edges = operation.edges
        if operation.op is ops.BRANCH or operation.op is ops.SWITCH:
            subject = operation.args[0].number
            if self.state[subject] == _UNKNOWN:
                return
            if self.state[subject] == _CONSTANT:
                self.take(block, self.chosen(operation, self.constant[subject]))
                return
        for edge in edges:
            self.take(block, edge)

    @staticmethod
    def chosen(operation: Terminator, value: int) -> Edge:
        if operation.op is ops.BRANCH:
            return operation.edges[0 if value else 1]
        for index, case in enumerate(operation.cases):
            if case == value:
                return operation.edges[index + 1]
        return operation.edges[0]


def _replace(function: Function, solver: _Solver, counters: Counters) -> bool:
    replaced = Replacements()
    for index, block in enumerate(solver.cfg.order):
        if not solver.reached[index]:
            continue
        made: list[Operation] = []
        for parameter in block.parameters:
            number = parameter.number
            if solver.state[number] != _CONSTANT or not (solver.users[number] or solver.passes[number]):
                continue
            if counters.allow("sccp"):
                const = make_const(function, parameter.type, solver.constant[parameter.number])
                made.append(const)
                replaced.add(parameter, const)
        slots = 0
        while slots < len(block.operations) and block.operations[slots].op is ops.SLOT:
            slots += 1
        out: list[Operation] = block.operations[:slots] + made
        for operation in block.operations[slots:]:
            kept = True
            if operation.type.bits and not isinstance(operation, Const) and not operation.op.is_terminator:
                for value in operation.results:
                    if solver.state[value.number] == _CONSTANT and counters.allow("sccp"):
                        const = make_const(function, value.type, solver.constant[value.number], operation.loc)
                        out.append(const)
                        replaced.add(value, const)
                        kept = kept and len(operation.results) > 1
            if kept:
                out.append(operation)
        block.operations = out
    if not replaced.map:
        return False
    replaced.apply(function)
    drop_dead_notes(function)
    return True
