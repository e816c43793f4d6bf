"""Analyses against slow definitions of what they say, on random functions."""

from __future__ import annotations

import random

import pytest

from compiler.analysis.alias import Aliases, place_of
from compiler.analysis.callgraph import CallGraph
from compiler.analysis.cfg import Cfg, split_critical_edges
from compiler.analysis.dominators import Dominators
from compiler.analysis.facts import Facts, ModuleFacts
from compiler.analysis.known_bits import KnownBits
from compiler.analysis.liveness import Liveness
from compiler.analysis.loops import Loops
from compiler.ir.builder import Builder
from compiler.ir.evaluate import evaluate
from compiler.ir.function import Block, Const, Function, Value
from compiler.ir.module import Module
from compiler.ir.order import edges_of
from compiler.ir.parser import parse_module
from compiler.ir.types import I1, I32
from compiler.ir.verifier import verify_module
from compiler.terms import ops
from compiler.tests.ir.generate import generate
from compiler.tests.passes.test_differential import outcomes


def random_graph(source: random.Random, count: int) -> Function:
    """Blocks with random edges, irreducible ones included."""
    function = Function("f")
    builder = Builder(function)
    condition = builder.parameter(I1)
    blocks = [builder.new_block("b") for _ in range(count)]
    builder.jump(source.choice(blocks))
    for block in blocks:
        builder.start(block)
        kind = source.randrange(5)
        if kind == 0:
            builder.ret()
        elif kind == 1:
            builder.jump(source.choice(blocks))
        else:
            builder.branch(condition, source.choice(blocks), source.choice(blocks))
    return function


def reachable(cfg: Cfg, without: int) -> set[int]:
    seen: set[int] = set()
    work = [0] if without != 0 else []
    while work:
        node = work.pop()
        if node not in seen:
            seen.add(node)
            work.extend(target for target in cfg.successors[node] if target != without)
    return seen


@pytest.mark.parametrize("seed", range(40))
def test_dominators_frontiers_and_loops_by_definition(seed: int) -> None:
    cfg = Cfg(random_graph(random.Random(seed), 3 + seed % 17))
    count = len(cfg.order)
    dominators = Dominators(cfg)
    dominated = [set(range(count)) - reachable(cfg, node) for node in range(count)]
    for above in range(count):
        for below in range(count):
            assert dominators.dominates(above, below) == (below in dominated[above])
    for node, frontier in enumerate(dominators.frontiers()):
        wanted = {
            target for source in dominated[node] for target in cfg.successors[source]
            if target == node or target not in dominated[node]
        }  # fmt: skip
        assert set(frontier) == wanted
    loops = Loops(cfg, dominators)
    headers = {target for node in range(count) for target in cfg.successors[node] if node in dominated[target]}
    assert {loop.header for loop in loops.all} == headers
    for loop in loops.all:
        body = {loop.header}
        work = [node for node in range(count) if loop.header in cfg.successors[node] and node in dominated[loop.header]]
        while work:
            node = work.pop()
            if node not in body:
                body.add(node)
                work.extend(cfg.predecessors[node])
        assert set(loop.blocks) == body
    for node in range(count):
        assert loops.depth(node) == sum(node in loop.blocks for loop in loops.all)


@pytest.mark.parametrize("seed", range(8))
def test_liveness_by_definition(seed: int) -> None:
    """Live out: some path from the block's end reaches a use without passing the definition's block start."""
    function = generate(random.Random(seed), 60).functions()[-1]
    cfg = Cfg(function)
    live = Liveness(cfg, function.next_number)
    home: dict[int, int] = {}
    uses: dict[int, set[int]] = {}
    for index, block in enumerate(cfg.order):
        for value in [*block.parameters, *[result for op in block.operations for result in op.results]]:
            home[value.number] = index
        given: list[Value] = [arg for op in block.operations for arg in op.args]
        given += [arg for edge in edges_of(block) for arg in edge.args]
        for value in given:
            uses.setdefault(value.number, set()).add(index)
    for index in range(len(cfg.order)):
        found = {value.number for value in live.values(live.live_in[index])}
        wanted = set()
        for number, where in uses.items():
            seen: set[int] = set()
            work = [index]
            while work:
                node = work.pop()
                if node in seen or node == home[number]:
                    continue
                seen.add(node)
                work.extend(cfg.successors[node])
            if seen & where:
                wanted.add(number)
        assert found == wanted


def test_known_bits_hold_for_every_value() -> None:
    source = random.Random(5)
    binary = (ops.ADD, ops.SUB, ops.MUL, ops.AND, ops.OR, ops.XOR, ops.SHL, ops.LSHR, ops.ASHR, ops.UREM, ops.UDIV)
    informative = 0
    for _ in range(400):
        builder = Builder(Function("f"))
        leaf = builder.parameter(I32)
        values: list[Value] = [leaf]
        for _ in range(6):
            const = builder.const(I32, source.choice((0, 1, 7, 0xFF, 0xFFFF0000, 0x80000000, 4, 31)))
            pick = source.randrange(10)
            if pick < 8:
                left, right = source.choice(values), source.choice([const, const, *values])
                values.append(builder.binary(source.choice(binary), left, right))
            else:
                narrow = builder.convert(ops.TRUNC, I1, source.choice(values))
                values.append(builder.convert(source.choice((ops.ZEXT, ops.SEXT)), I32, narrow))
        known = KnownBits()
        facts = [known.of(value) for value in values]
        informative += sum(bits.zeros | bits.ones != 0 for bits in facts)
        for _ in range(10):
            given = source.choice((0, 1, source.getrandbits(32), 0xFFFFFFFF, 0x80000000))
            computed: dict[int, int] = {leaf.number: given}
            run(builder.block, computed)
            for value, bits in zip(values, facts, strict=True):
                if value.number in computed:
                    assert computed[value.number] & bits.zeros == 0
                    assert ~computed[value.number] & bits.ones == 0
    assert informative > 500


def run(block: Block, computed: dict[int, int]) -> None:
    for operation in block.operations:
        if isinstance(operation, Const):
            computed[operation.number] = operation.value
            continue
        if any(arg.number not in computed for arg in operation.args):
            continue
        results = evaluate(
            operation.op, operation.named, operation.second, [computed[a.number] for a in operation.args]
        )
        if results is not None:
            computed[operation.number] = results[0]


@pytest.mark.parametrize("seed", range(10))
def test_splitting_critical_edges_leaves_none_and_keeps_the_meaning(seed: int) -> None:
    module = generate(random.Random(seed), 60)
    before = [str(outcome) for outcome in outcomes(module)]
    for function in module.functions():
        split_critical_edges(function)
        incoming = [edge.target.number for block in function.blocks for edge in edges_of(block)]
        for block in function.blocks:
            edges = edges_of(block)
            assert len(edges) < 2 or all(incoming.count(edge.target.number) == 1 for edge in edges)
    assert verify_module(module) == []
    assert [str(outcome) for outcome in outcomes(module)] == before


def test_edges_of_asm_goto_are_split_so_that_its_values_have_a_block() -> None:
    text = """
    func @f() -> i32 {
    entry:
      %a = asm_goto "" () -> i32 out("=r" i32 0) labels("l") edges(done, done)
    done(%x: i32):
      return %x
    }
    """
    module = parse_module(text)
    assert split_critical_edges(module.functions()[0]) == 2
    assert verify_module(module) == []


def test_call_graph_orders_callees_first_and_finds_cycles() -> None:
    def function(name: str, *callees: str) -> str:
        calls = "".join(f"  call @{callee}()\n" for callee in callees)
        return f"func @{name}() {{\nentry:\n{calls}  return\n}}\n"

    text = function("a", "b", "c", "external") + function("b", "d", "d") + function("c", "e") + function("d")
    graph = CallGraph(parse_module(text + function("e", "c") + function("self", "self")))
    order = [item.name for item in graph.bottom_up]
    assert order.index("d") < order.index("b") < order.index("a")
    assert graph.in_cycle == {"c", "e", "self"}
    assert graph.is_recursive("c", "e") and not graph.is_recursive("a", "b")
    assert graph.sites["d"] == 2


def test_facts_are_kept_as_declared_and_checked() -> None:
    function = parse_module("func @f(i1 %c) {\nentry:\n  branch %c, a, b\na:\n  jump b\nb:\n  return\n}\n").functions()[
        0
    ]
    facts = Facts(function, ModuleFacts(Module("", 64)))
    cfg = facts.cfg()
    facts.dominators()
    facts.keep(1)
    assert facts.cfg() is cfg and facts.stale() == []
    edges_of(function.blocks[1])[0].target = function.blocks[1]
    assert facts.stale() == ["cfg"]
    facts.keep(0)
    assert facts.cfg() is not cfg and facts.stale() == []


def test_places_and_overlaps() -> None:
    text = """
    data @g size 8, align 8
    data @h size 8, align 8
    weak data @w size 8, align 8
    func @f(i64 %p, i64 %i) {
    entry:
      %s = slot 8, align 8
      %t = slot 8, align 8
      %g = symbol @g + 2
      %h = symbol @h
      %w = symbol @w
      %minus = const.i64 -2
      %g0 = ptr_add %g, %minus
      %s2 = ptr_add %s, %i
      %byte = load.i8 %s2, align 1
      call @leak(%t)
      return
    }
    """
    module = parse_module(text)
    function = module.functions()[0]
    named: dict[str, Value] = {op.name: op for op in function.entry.operations}
    named.update({parameter.name: parameter for parameter in function.entry.parameters})
    aliases = Aliases(function, ModuleFacts(module))

    def overlap(left: str, right: str, size: int = 4) -> bool:
        return aliases.may_overlap(place_of(named[left]), size, place_of(named[right]), size)

    assert (place_of(named["g0"]).symbol, place_of(named["g0"]).offset) == ("g", 0)
    assert overlap("g", "g0") and not overlap("g", "g0", 2)
    assert not overlap("g", "h") and overlap("g", "w") and overlap("w", "p") and overlap("g", "p")
    assert not overlap("s", "t") and not overlap("s", "p") and overlap("t", "p") and overlap("s", "s2")
