"""Switches: tables of addresses for dense stretches of cases, comparisons in a balanced tree for the rest.

Source: Bernstein, Producing good code for the case statement (1985); Sayle, A Superoptimizer Analysis of Multiway
Branch
Code Generation (GCC Summit 2008). A table's `switch` counts from 0 and has no default: a comparison stands before it.
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.legal import Legalizer
from compiler.ir.function import Block, Edge, Terminator, Value
from compiler.ir.types import I32, Type
from compiler.terms import ops

SHORTEST_TABLE: Final = 5
SPARSEST: Final = 3  # a table has at most so many entries per case
LONGEST_TABLE: Final = 1 << 16
LINEAR: Final = 2  # so many clusters are compared one after the other


@final
class Case:
    """One value of a switch and where it goes."""

    __slots__ = ("edge", "value")

    def __init__(self, value: int, edge: Edge) -> None:
        self.value: Final = value
        self.edge: Final = edge


@final
class Cluster:
    """Cases from `low` to `high`: `cases` has one for a comparison, several for a table."""

    __slots__ = ("cases", "high", "is_range", "low")

    def __init__(self, cases: list[Case], is_range: bool) -> None:
        self.cases: Final = cases
        self.low: Final = cases[0].value
        self.high: Final = cases[-1].value
        self.is_range: Final = is_range  # every value between goes to one target


def legalize_switch(lg: Legalizer, operation: Terminator, default: Edge, edges: list[Edge]) -> None:
    """Ends the builder's block with the comparisons and tables of a switch; `edges` are the cases' in order."""
    value = operation.args[0]
    cases = [Case(case, edge) for case, edge in zip(operation.cases, edges, strict=True)]
    cases.sort(key=_case_value)
    if value.type.bits > lg.word.bits:
        low, high = lg.pair(value)
        _wide(lg, low, high, cases, default)
        return
    mapped = lg.map(value)
    type = mapped.type
    if type.bits < I32.bits and len(cases) > LINEAR:
        mapped = lg.builder.convert(ops.ZEXT, I32, mapped)
        type = I32
    clusters = make_clusters(cases)
    _Switch(lg, mapped, type, default).tree(clusters, 0, len(clusters))


def _case_value(case: Case) -> int:
    return case.value


def same_edge(left: Edge, right: Edge) -> bool:
    return left.target is right.target and not left.args and not right.args


def make_clusters(cases: list[Case]) -> list[Cluster]:
    """Ranges of one target, then tables over the longest dense stretches, found from the left."""
    ranges: list[list[Case]] = []
    for case in cases:
        last = ranges[-1] if ranges else []
        if last and last[-1].value + 1 == case.value and same_edge(last[-1].edge, case.edge):
            last.append(case)
        else:
            ranges.append([case])
    clusters: list[Cluster] = []
    first = 0
    while first < len(ranges):
        end = _dense(ranges, first)
        if end - first > 1:
            clusters.append(Cluster([case for part in ranges[first:end] for case in part], False))
            first = end
        else:
            clusters.append(Cluster(ranges[first], True))
            first += 1
    return clusters


def _dense(ranges: list[list[Case]], first: int) -> int:
    """The end of the longest stretch from `first` that deserves a table; `first` + 1 if none does."""
    best = first + 1
    count = 0
    for end in range(first + 1, len(ranges) + 1):
        count += len(ranges[end - 1])
        span = ranges[end - 1][-1].value - ranges[first][0].value + 1
        if span > LONGEST_TABLE or span > SPARSEST * (count + SHORTEST_TABLE):
            break
        if end - first >= SHORTEST_TABLE and span <= SPARSEST * count:
            best = end
    return best


@final
class _Switch:
    """Writes the decisions over one value."""

    def __init__(self, lg: Legalizer, value: Value, type: Type, default: Edge) -> None:
        self.lg: Final = lg
        self.value: Final = value
        self.type: Final = type
        self.default: Final = default

    def tree(self, clusters: list[Cluster], first: int, end: int) -> None:
        builder = self.lg.builder
        if end - first <= LINEAR:
            for index in range(first, end):
                more = builder.new_block("switch")
                self._cluster(clusters[index], more)
                builder.start(more)
            builder.jump(self.default.target, list(self.default.args))
            return
        middle = (first + end) // 2
        below = builder.new_block("switch")
        above = builder.new_block("switch")
        limit = builder.const(self.type, clusters[middle].low)
        builder.branch(builder.compare(ops.LT_U, self.value, limit), below, above)
        builder.start(below)
        self.tree(clusters, first, middle)
        builder.start(above)
        self.tree(clusters, middle, end)

    def _cluster(self, cluster: Cluster, more: Block) -> None:
        builder = self.lg.builder
        edge = cluster.cases[0].edge
        low = builder.const(self.type, cluster.low)
        if cluster.low == cluster.high:
            equal = builder.compare(ops.EQ, self.value, low)
            builder.branch(equal, edge.target, more, list(edge.args), [])
            return
        index = self.value if cluster.low == 0 else builder.binary(ops.SUB, self.value, low)
        if self.type.bits < I32.bits:
            index = builder.convert(ops.ZEXT, I32, self.value)
            index = builder.binary(ops.SUB, index, builder.const(I32, cluster.low)) if cluster.low else index
        inside = builder.compare(ops.LE_U, index, builder.const(index.type, cluster.high - cluster.low))
        if cluster.is_range:
            builder.branch(inside, edge.target, more, list(edge.args), [])
            return
        table = builder.new_block("table")
        builder.branch(inside, table, more)
        builder.start(table)
        word = self.lg.word
        if index.type is not word:
            index = builder.convert(ops.ZEXT, word, index)
        self._table(cluster, index)

    def _table(self, cluster: Cluster, index: Value) -> None:
        """Edges with arguments go through a block of their own, one for each distinct edge."""
        lg = self.lg
        position = 0
        entries: list[Edge] = []
        through: list[Edge] = []
        blocks: list[Block] = []
        for value in range(cluster.low, cluster.high + 1):
            edge = self.default
            if cluster.cases[position].value == value:
                edge = cluster.cases[position].edge
                position += 1
            if not edge.args:
                entries.append(Edge(edge.target, []))
                continue
            found = -1
            for number, other in enumerate(through):
                if other is edge or (other.target is edge.target and _same_args(other, edge)):
                    found = number
            if found < 0:
                found = len(blocks)
                through.append(edge)
                blocks.append(lg.builder.new_block("case"))
            entries.append(Edge(blocks[found], []))
        made = Terminator(ops.SWITCH, lg.function.number(), [index], [Edge(entries[0].target, []), *entries])
        made.named = index.type
        made.cases = list(range(len(entries)))
        lg.builder.append(made)
        for edge, block in zip(through, blocks, strict=True):
            lg.builder.start(block)
            lg.builder.jump(edge.target, list(edge.args))


def _same_args(left: Edge, right: Edge) -> bool:
    if len(left.args) != len(right.args):
        return False
    return all(left.args[index] is right.args[index] for index in range(len(left.args)))


def _wide(lg: Legalizer, low: Value, high: Value, cases: list[Case], default: Edge) -> None:
    """Two words: one comparison after the other."""
    builder = lg.builder
    bits = lg.word.bits
    for case in cases:
        more = builder.new_block("switch")
        same_low = builder.compare(ops.EQ, low, builder.const(lg.word, case.value))
        same_high = builder.compare(ops.EQ, high, builder.const(lg.word, case.value >> bits))
        both = builder.binary(ops.AND, same_low, same_high)
        builder.branch(both, case.edge.target, more, list(case.edge.args), [])
        builder.start(more)
    builder.jump(default.target, list(default.args))
