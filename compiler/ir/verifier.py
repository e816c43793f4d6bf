"""Checks the invariants of functions and modules; returns all violations, none for a valid one.

 1 blocks      a function has a block; edges stay in it; names and numbers of blocks are unique
 2 terminator  every block ends in a terminator and has no other
 3 entry       the entry block has no predecessor
 4 slot        slots stand in the entry block
 5 operands    as many operands and results as the signature says
 6 types       operands, results and the named types agree with the signature; widths with the conversion
 7 edge        an edge passes as many values as the target has parameters, counting those its terminator defines, of
               the same types
 8 dominance   a definition dominates its uses (uses in unreachable blocks need only be defined in the function)
 9 number      value numbers are unique and below `next_number`; no operation stands twice
10 return      `return` gives the function's result types
11 payload     an operation has the class, and its fields the values, that its op needs
12 switch      as many edges as cases and a default; cases distinct and canonical; weights fit the edges
13 memory      alignments are powers of two, sizes not negative, atomics have an order
14 label       labels and computed gotos name address-taken blocks, and a label's block is in the function
15 call        arguments and results are as many as the signature has parts; `return` and parameters likewise
16 flags       an operation has only flags its op allows
17 module      definitions have distinct names; aliases and labels in data refer to definitions
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import (
    ORDER_NAMES,
    Asm,
    Block,
    Call,
    Const,
    Edge,
    Function,
    LabelAddress,
    Memory,
    Named,
    Operation,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.module import Alias, Data, Module
from compiler.ir.order import (
    edges_of,
    immediate_dominators,
    predecessor_indices,
    reverse_postorder,
    successor_indices,
)
from compiler.ir.parse_operation import MEMORY_OPS, NAMED_OPS, RMW_NAMES
from compiler.ir.types import I1, I8, I32, VOID, Type, element_of, integer, vector
from compiler.platform.abi import DIRECT, IGNORED, MEMORY, REFERENCE, Passing, Signature
from compiler.terms import ops
from compiler.terms.ops import Op

_FIXED: Final[dict[str, Type]] = {"i1": I1, "i8": I8, "i32": I32}


@final
class Violation:
    """One broken invariant, by the short name above; `operation` is None where a block or the function is at fault."""

    def __init__(self, kind: str, function: str, block: str, operation: Operation | None, message: str) -> None:
        self.kind: Final = kind
        self.function: Final = function
        self.block: Final = block
        self.operation: Final = operation
        self.message: Final = message

    def __str__(self) -> str:
        where = f"@{self.function}" + (f":{self.block}" if self.block else "")
        what = ""
        if self.operation is not None:
            what = f" %{self.operation.name or self.operation.number} = {self.operation.op.name}:"
        return f"{where}:{what} {self.message} [{self.kind}]"


def part_count(passing: Passing) -> int:
    """How many values travel for it."""
    if passing.way == DIRECT or passing.way == REFERENCE:
        return len(passing.parts)
    return 1 if passing.way == MEMORY else 0


def argument_count(signature: Signature) -> int:
    """How many arguments a call with this signature has, the hidden address included."""
    count = 0 if signature.sret is None else 1
    for passing in signature.parameters:
        count += part_count(passing)
    return count


def _lanes_like(kind: str, op: Op, named: Type) -> Type:
    fixed = _FIXED[kind]
    return vector(fixed, named.lanes) if named.lanes > 1 and kind == "i1" and op is not ops.IS_CONSTANT else fixed


@final
class _FunctionVerifier:
    def __init__(self, function: Function, pointer: Type) -> None:
        self.function: Final = function
        self.pointer: Final = pointer
        self.violations: Final[list[Violation]] = []
        self.block = ""
        self.home: Final[dict[int, int]] = {}  # value number -> block index
        self.place: Final[dict[int, int]] = {}  # value number -> position in its block, -1 for parameters
        self.defined: Final[dict[int, Value]] = {}

    def report(self, kind: str, operation: Operation | None, message: str) -> None:
        self.violations.append(Violation(kind, self.function.name, self.block, operation, message))

    def run(self) -> None:
        function = self.function
        if not function.blocks:
            self.report("blocks", None, "a function without blocks")
            return
        names: set[str] = set()
        numbers: dict[int, Block] = {}
        for index, block in enumerate(function.blocks):
            self.block = block.name
            if block.name in names or block.number in numbers:
                self.report("blocks", None, "two blocks of one name or number")
            names.add(block.name)
            numbers[block.number] = block
            self.define_block(index, block)
        self.check_signature()
        for index, block in enumerate(function.blocks):
            self.block = block.name
            for position, operation in enumerate(block.operations):
                self.check_operation(operation, index, position, position == len(block.operations) - 1)
            self.check_edges(block, numbers)
        self.block = ""
        self.check_dominance()

    # --- definitions --------------------------------------------------------------------------------------------

    def define(self, value: Value, operation: Operation | None, index: int, position: int) -> None:
        if value.number in self.defined:
            self.report("number", operation, f"the number {value.number} is used twice")
        if not 0 <= value.number < self.function.next_number:
            self.report("number", operation, f"the number {value.number} is out of range")
        self.defined[value.number] = value
        self.home[value.number] = index
        self.place[value.number] = position

    def define_block(self, index: int, block: Block) -> None:
        for parameter in block.parameters:
            if parameter.type is VOID:
                self.report("types", None, "a parameter of no type")
            self.define(parameter, None, index, -1)
        if not block.operations:
            self.report("terminator", None, "an empty block")
        for position, operation in enumerate(block.operations):
            self.define(operation, operation, index, position)
            for extra in operation.extra:
                self.define(extra, operation, index, position)
            is_last = position == len(block.operations) - 1
            if operation.op.is_terminator != is_last:
                self.report("terminator", operation, "a terminator inside a block" if not is_last else "no terminator")
            if index > 0 and operation.op is ops.SLOT:
                self.report("slot", operation, "a slot outside the entry block")

    def check_signature(self) -> None:
        function = self.function
        self.block = ""
        if function.signature is None:
            return
        if argument_count(function.signature) != len(function.entry.parameters):
            self.report("call", None, "the signature has another number of parts than there are parameters")
        self.check_result_parts(function.signature, len(function.result_types), None)

    def check_result_parts(self, signature: Signature, count: int, operation: Operation | None) -> None:
        way = signature.result.way
        wanted = len(signature.result.parts) if way == DIRECT else 0
        if way in (DIRECT, IGNORED) and wanted != count:
            self.report("call", operation, f"{count} results for {wanted} parts")

    # --- operations ---------------------------------------------------------------------------------------------

    def check_operation(self, operation: Operation, index: int, position: int, is_last: bool) -> None:
        op = operation.op
        if operation.flags & ~op.flags:
            self.report("flags", operation, "a flag this operation cannot have")
        if not self.check_payload(operation):
            self.report("payload", operation, "the wrong class of operation, or a field out of range")
        self.check_arity_and_types(operation)
        if op is ops.RETURN:
            if [value.type for value in operation.args] != self.function.result_types:
                self.report("return", operation, "other types than the function's results")

    def check_payload(self, operation: Operation) -> bool:
        """Class by op, then the fields."""
        op = operation.op
        if op is ops.CONST:
            return isinstance(operation, Const) and 0 <= operation.value < 1 << (
                operation.type.bits * operation.type.lanes
            )
        if op is ops.SYMBOL:
            return isinstance(operation, SymbolAddress) and operation.symbol != ""
        if op is ops.LABEL:
            self.check_label(operation)
            return isinstance(operation, LabelAddress) and operation.block is not None
        if op is ops.SLOT:
            return isinstance(operation, Slot) and operation.size >= 0 and _is_power(operation.align)
        if op in MEMORY_OPS:
            if not isinstance(operation, Memory):
                return False
            self.check_memory(operation)
            return True
        if op is ops.CALL:
            if not isinstance(operation, Call) or not (operation.callee or operation.args):
                return False
            self.check_call(operation)
            return True
        if op is ops.ASM or op is ops.ASM_GOTO:
            return isinstance(operation, Asm) and self.check_asm(operation)
        if op in NAMED_OPS:
            return isinstance(operation, Named) and self.check_level(operation)
        if op.is_terminator:
            if not isinstance(operation, Terminator):
                return False
            self.check_terminator(operation)
            return True
        return type(operation) is Operation

    def check_level(self, operation: Named) -> bool:
        if operation.op is ops.VA_ARG:
            if operation.named.size > self.pointer.size:
                self.report("types", operation, "wider than a word: it travels in parts")
            return operation.level == 0 or _is_power(operation.level)
        return operation.level >= 0

    def check_label(self, operation: Operation) -> None:
        if isinstance(operation, LabelAddress) and operation.block is not None:
            if not operation.block.address_taken:
                self.report("label", operation, "its block is not marked address_taken")
            if operation.block not in self.function.blocks:
                self.report("label", operation, "its block is not in the function")

    def check_memory(self, operation: Memory) -> None:
        op = operation.op
        if not _is_power(operation.align) or operation.size < 0:
            self.report("memory", operation, "a bad alignment or size")
        if not 0 <= operation.order < len(ORDER_NAMES) or not 0 <= operation.failure_order < len(ORDER_NAMES):
            self.report("memory", operation, "no such memory order")
        atomic = op is ops.ATOMIC_RMW or op is ops.ATOMIC_CMPXCHG or op is ops.FENCE
        if atomic and operation.order == 0:
            self.report("memory", operation, "an atomic operation without order")
        if (operation.rmw in RMW_NAMES) != (op is ops.ATOMIC_RMW):
            self.report("memory", operation, "atomic_rmw, and only that, names an operation")
        if operation.named.lanes > 1 and operation.named.bits < 8:
            self.report("memory", operation, "vectors of bits have no memory form")

    def check_call(self, call: Call) -> None:
        if not call.callee and call.args[0].type is not self.pointer:
            self.report("types", call, "what is called is not a pointer")
        signature = call.signature
        if signature is not None:
            if argument_count(signature) != len(call.arguments):
                self.report("call", call, f"{len(call.arguments)} arguments for {argument_count(signature)} parts")
            self.check_result_parts(signature, len(call.results), call)

    def check_asm(self, asm: Asm) -> bool:
        if (
            asm.outputs is None
            or asm.inputs is None
            or asm.clobbers is None
            or (asm.edges is not None) != (asm.op is ops.ASM_GOTO)
        ):
            return False
        results = asm.results
        for operand in asm.outputs:
            pool: list[Value] = asm.args if operand.is_address else results
            if not 0 <= operand.value < len(pool):
                return False
            if not operand.is_address and pool[operand.value].type is not operand.type:
                self.report("types", asm, "an output of another type than its result")
        for operand in asm.inputs:
            if not 0 <= operand.value < len(asm.args) or operand.tied >= len(asm.outputs):
                return False
            if not operand.is_address and asm.args[operand.value].type is not operand.type:
                self.report("types", asm, "an input of another type than its operand")
        if asm.edges is not None:
            return len(asm.edges) == len(asm.labels or []) + 1
        return True

    def check_terminator(self, operation: Terminator) -> None:
        op = operation.op
        wanted = {ops.JUMP.number: 1, ops.BRANCH.number: 2, ops.RETURN.number: 0, ops.UNREACHABLE.number: 0}
        count = wanted.get(op.number, len(operation.edges))
        if len(operation.edges) != count:
            self.report("operands", operation, f"{len(operation.edges)} edges, not {count}")
        if op is ops.SWITCH:
            bits = operation.named.bits
            if len(operation.cases) + 1 != len(operation.edges) or len(set(operation.cases)) != len(operation.cases):
                self.report("switch", operation, "cases are not distinct, or not one for each edge")
            if not all(0 <= case < 1 << bits for case in operation.cases):
                self.report("switch", operation, "a case that is not canonical")
        elif operation.cases:
            self.report("switch", operation, "cases without a switch")
        if operation.weights and len(operation.weights) != len(operation.edges):
            self.report("switch", operation, "not one weight for each edge")
        if op is ops.INDIRECT and not all(edge.target.address_taken for edge in operation.edges):
            self.report("label", operation, "a target that is not address_taken")

    # --- types --------------------------------------------------------------------------------------------------

    def check_arity_and_types(self, operation: Operation) -> None:
        op = operation.op
        results = operation.results
        if not op.variadic:
            if len(operation.args) != len(op.operands) or len(results) != len(op.results):
                self.report(
                    "operands", operation, f"{len(operation.args)} operands, {len(results)} results for {op.signature}"
                )
                return
            for index, kind in enumerate(op.operands):
                self.check_type(operation, kind, operation.args[index].type, f"operand {index}")
            for index, kind in enumerate(op.results):
                self.check_type(operation, kind, results[index].type, f"result {index}")
        for index, extra in enumerate(operation.extra):
            if extra.definer is not operation or extra.index != index + 1:
                self.report("operands", operation, "a further result that does not know its operation")
        self.check_named(operation)
        self.check_conversion(operation)

    def check_type(self, operation: Operation, kind: str, type: Type, what: str) -> None:
        op = operation.op
        named = operation.named
        if kind == "t":
            wanted = named
        elif kind == "u":
            wanted = operation.second
        elif kind == "p":
            wanted = self.pointer
        else:
            wanted = _lanes_like(kind, op, named)
            if op is ops.SELECT and type is I1:
                return  # one condition for all lanes
        if type is not wanted:
            self.report("types", operation, f"{what} has type {type.name}, not {wanted.name}")

    def check_named(self, operation: Operation) -> None:
        domain = operation.op.domain
        named = operation.named
        if domain == ops.NO_TYPE:
            return
        if named is VOID or not (
            (named.is_integer and domain & ops.INT != 0) or (named.is_float and domain & ops.FLOAT != 0)
        ):
            self.report("types", operation, f"{operation.op.name} of {named.name}")

    def check_conversion(self, operation: Operation) -> None:
        op = operation.op
        to = operation.named
        source = operation.second
        if op.two_types != (source is not VOID):
            self.report("types", operation, "a second type where none belongs, or none")
            return
        good = True
        if op is ops.ZEXT or op is ops.SEXT:
            good = source.is_integer and source.bits < to.bits and source.lanes == to.lanes
        elif op is ops.TRUNC:
            good = source.is_integer and source.bits > to.bits and source.lanes == to.lanes
        elif op is ops.FCVT:
            good = source.is_float and source is not to and source.lanes == to.lanes
        elif op is ops.SITOF or op is ops.UITOF:
            good = source.is_integer and source.lanes == to.lanes
        elif op is ops.FTOSI or op is ops.FTOUI:
            good = source.is_float and source.lanes == to.lanes
        elif op is ops.BITCAST:
            good = source is not to and source.bits * source.lanes == to.bits * to.lanes
        elif op is ops.SPLAT or op is ops.INSERT:
            good = to.lanes > 1 and source is element_of(to)
        elif op is ops.EXTRACT:
            good = source.lanes > 1 and to is element_of(source)
        elif op is ops.SHUFFLE:
            good = to.lanes > 1 and source.is_integer and source.lanes == to.lanes
        elif op is ops.BSWAP:
            good = to.bits >= 16
        if not good:
            self.report("types", operation, f"{op.name} from {source.name} to {to.name}")

    # --- edges and dominance ------------------------------------------------------------------------------------

    def check_edges(self, block: Block, numbers: dict[int, Block]) -> None:
        if not block.operations:
            return
        terminator = block.operations[-1]
        for edge in edges_of(block):
            if numbers.get(edge.target.number) is not edge.target:
                self.report("blocks", terminator, f"an edge to {edge.target.name}, which is not in the function")
                continue
            if edge.target is self.function.entry:
                self.report("entry", terminator, "an edge to the entry block")
            given = terminator.results + edge.args
            wanted = edge.target.parameters
            if len(given) != len(wanted):
                self.report(
                    "edge", terminator, f"{len(given)} values for {len(wanted)} parameters of {edge.target.name}"
                )
                continue
            for index, value in enumerate(given):
                if value.type is not wanted[index].type:
                    self.report("edge", terminator, f"value {index} for {edge.target.name} has type {value.type.name}")

    def check_dominance(self) -> None:
        function = self.function
        successors = successor_indices(function)
        order = reverse_postorder(successors)
        idom = immediate_dominators(order, predecessor_indices(successors))
        # Depth-first numbers of the dominator tree: a dominates b if b's number lies within a's subtree.
        children: list[list[int]] = [[] for _ in function.blocks]
        for index in order:
            if idom[index] != index:
                children[idom[index]].append(index)
        enter = [-1] * len(function.blocks)
        leave = [-1] * len(function.blocks)
        clock = 0
        stack = [0]
        while stack:
            node = stack.pop()
            if node < 0:
                leave[~node] = clock
                continue
            enter[node] = clock
            clock += 1
            stack.append(~node)
            stack.extend(children[node])
        for index, block in enumerate(function.blocks):
            self.block = block.name
            for position, operation in enumerate(block.operations):
                for value in operation.args:
                    self.check_use(operation, value, index, position, enter, leave)
                if position == len(block.operations) - 1:
                    for edge in edges_of(block):
                        self.check_edge_uses(operation, edge, index, position, enter, leave)

    def check_edge_uses(
        self, operation: Operation, edge: Edge, index: int, position: int, enter: list[int], leave: list[int]
    ) -> None:
        for value in edge.args:
            self.check_use(operation, value, index, position, enter, leave)

    def check_use(
        self, operation: Operation, value: Value, index: int, position: int, enter: list[int], leave: list[int]
    ) -> None:
        if self.defined.get(value.number) is not value:
            self.report("dominance", operation, f"%{value.name or value.number} is not defined in the function")
            return
        if value.type is VOID:
            self.report("types", operation, "an operand that is no value")
        home = self.home[value.number]
        if enter[index] < 0:
            return
        if home == index:
            good = self.place[value.number] < position
        else:
            good = enter[home] >= 0 and enter[home] <= enter[index] < leave[home]
        if not good:
            self.report("dominance", operation, f"%{value.name or value.number} does not dominate this use")


def _is_power(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0


def verify_function(function: Function, pointer: Type) -> list[Violation]:
    """All violations of a function; `pointer` is the module's pointer integer."""
    verifier = _FunctionVerifier(function, pointer)
    verifier.run()
    return verifier.violations


def verify_module(module: Module) -> list[Violation]:
    out: list[Violation] = []
    names: set[str] = set()
    labels: set[str] = set()
    for item in module.items:
        if item.name and item.name in names:
            out.append(Violation("module", item.name, "", None, "defined twice"))
        if item.name:
            names.add(item.name)
        if isinstance(item, Function):
            for block in item.blocks:
                if block.address_taken:
                    labels.add(f"{item.name}:{block.name}")
    for item in module.items:
        if isinstance(item, Alias) and item.target not in names:
            out.append(
                Violation("module", item.name, "", None, f"an alias of @{item.target}, which is not defined here")
            )
        elif isinstance(item, Data):
            if len(item.content) > item.size:
                out.append(Violation("module", item.name, "", None, "content longer than the object"))
            for relocation in item.relocations:
                for name in (relocation.symbol, relocation.minus):
                    if ":" in name and name not in labels:
                        out.append(Violation("module", item.name, "", None, f"no label {name}"))
                if relocation.offset < 0 or relocation.offset + relocation.size > item.size:
                    out.append(Violation("module", item.name, "", None, "a relocation outside the object"))
        elif isinstance(item, Function):
            out.extend(verify_function(item, integer(module.pointer_bits)))
    return out
