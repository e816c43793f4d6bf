"""One IR function as Python source, for the interpreter: values become local variables, blocks a dispatch loop.

A block with a single incoming edge is written where the edge is; all others are leaves of a decision tree over `b`.
Names of the generated code: `v7` values; `f3` functions of the program; `w8`..`w64` the memory as a whole and in words;
`SP`, `N` one-element lists, the stack pointer and the remaining steps; `R` the Machine, for all that is slow.

Invariant: every emitted block ends in `return`, `continue` or `raise`, so arms need no `else`. What is undefined raises
`Undefined`; accesses below LOWEST go the slow way, which refuses them. (i1 values may be Python bools: they are ints.)

What follows a call of setjmp is a leaf of its own. longjmp raises `Jump`, which the activation that it names catches
around its loop: it goes on at that leaf, with all locals as they are. Values that live across such a call are in slots.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import (
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
from compiler.ir.order import edges_of
from compiler.ir.types import Type
from compiler.ir.verifier import part_count
from compiler.platform.abi import DIRECT, MEMORY
from compiler.terms import ops

LOWEST: Final = 4096  # accesses below this address are refused
_MAX_INDENT: Final = 70  # Python's own limit is 100
_COUNTED: Final = 8  # inlined blocks of more operations than this are counted one by one
_SIMPLE: Final[dict[int, str]] = {
    ops.AND.number: "{0} & {1}", ops.OR.number: "{0} | {1}", ops.XOR.number: "{0} ^ {1}",
    ops.EQ.number: "{0} == {1}", ops.NE.number: "{0} != {1}", ops.LT_U.number: "{0} < {1}",
    ops.LE_U.number: "{0} <= {1}", ops.SELECT.number: "{1} if {0} else {2}", ops.ZEXT.number: "+{0}",
    ops.ADD.number: "({0} + {1}) & {m}", ops.SUB.number: "({0} - {1}) & {m}", ops.MUL.number: "({0} * {1}) & {m}",
    ops.PTR_ADD.number: "({0} + {1}) & {m}", ops.UDIV.number: "{0} // {1}", ops.UREM.number: "{0} % {1}",
    ops.SHL.number: "({0} << ({1} & {w})) & {m}", ops.LSHR.number: "{0} >> ({1} & {w})",
    ops.ASHR.number: "((({0} ^ {s}) - {s}) >> ({1} & {w})) & {m}",
    ops.LT_S.number: "({0} ^ {s}) < ({1} ^ {s})", ops.LE_S.number: "({0} ^ {s}) <= ({1} ^ {s})",
    ops.TRUNC.number: "{0} & {m}", ops.SEXT.number: "(({0} ^ {us}) - {us}) & {m}",
    ops.BITCAST.number: "{0}", ops.EXPECT.number: "{0}",
    ops.SDIV.number: "R.sdiv({0}, {1}, {bits})", ops.SREM.number: "R.srem({0}, {1}, {bits})",
}  # fmt: skip
_SET_JUMP: Final = ("setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp")
_LANEWISE_AS_SCALAR: Final = (ops.AND, ops.OR, ops.XOR, ops.BITCAST)


class Names:
    """What the translator asks the program for."""

    def function_index(self, name: str) -> int:
        """The program's number of a function, -1 for one that is not defined."""
        raise AssertionError("abstract")

    def parameter_count(self, index: int) -> int:
        raise AssertionError("abstract")

    def is_variadic(self, index: int) -> bool:
        raise AssertionError("abstract")

    def symbol_address(self, name: str) -> int:
        raise AssertionError("abstract")

    def label_address(self, function: Function, block: Block) -> int:
        raise AssertionError("abstract")

    def constant(self, value: object) -> str:
        """A name in the generated code's globals that holds `value`."""
        raise AssertionError("abstract")


@final
class Resumption:
    """A leaf of the dispatch: a block from operation `start`, which is 0 or follows a call of setjmp."""

    def __init__(self, block: Block, start: int) -> None:
        self.block: Final = block
        self.start: Final = start


@final
class Translator:
    def __init__(self, function: Function, names: Names, checks: bool) -> None:
        self.function: Final = function
        self.names: Final = names
        self.checks: Final = checks
        self.out: Final[list[str]] = []
        self.literals: Final[dict[int, str]] = {}
        self.frame_offsets: Final[dict[int, int]] = {}
        self.slots: Final[list[Slot]] = []
        self.frame = 0
        self.uses_stack = False
        self.incoming: Final[dict[int, int]] = {}
        self.roots: Final[dict[int, int]] = {}
        self.deep: Final[list[int]] = []
        self.resumed: Final[dict[int, int]] = {}  # call of setjmp -> its index among them
        self.resumptions: Final[list[Resumption]] = []

    # --- the whole ----------------------------------------------------------------------------------------------

    def run(self, name: str) -> str:
        """The text of a Python function of that name."""
        self.survey()
        self.write(name)
        while self.deep:  # what would be nested too deeply becomes a leaf of the dispatch instead
            for number in self.deep:
                self.roots[number] = 0
            self.deep.clear()
            self.number_roots()
            self.out.clear()
            self.write(name)
        return "\n".join(self.out) + "\n"

    def write(self, name: str) -> None:
        function = self.function
        parameters = [f"v{value.number}" for value in function.entry.parameters]
        if function.variadic:
            parameters.append("va")
        self.line(0, f"def {name}({', '.join(parameters)}):")
        if self.uses_stack:
            self.prologue()
        roots = [Resumption(block, 0) for block in function.blocks if block.number in self.roots]
        if self.resumptions:
            self.line(1, "frame = R.new_activation()")
            self.line(1, "b = 0")
            self.line(1, "while True:")
            self.line(2, "try:")
            self.line(3, "while True:")
            leaves = roots + list(self.resumptions)
            self.dispatch(leaves, 0, len(leaves), 4)
            self.line(2, "except Jump as jump:")
            self.line(3, "if jump.frame != frame: raise")
            self.line(3, "b = jump.place")
            self.line(3, "j = jump.value")
        elif len(roots) == 1:
            self.block(function.entry, 1, True)
        else:
            self.line(1, "b = 0")
            self.line(1, "while True:")
            self.dispatch(roots, 0, len(roots), 2)

    def line(self, indent: int, text: str) -> None:
        self.out.append(" " * indent + text)

    def survey(self) -> None:
        """Finds the roots, places the slots, and writes constants as literals."""
        function = self.function
        for block in function.blocks:
            for edge in edges_of(block):
                target = edge.target.number
                self.incoming[target] = self.incoming.get(target, 0) + 1
            for index, operation in enumerate(block.operations):
                self.survey_operation(operation)
                if isinstance(operation, Call) and self.sets_jump(operation):
                    self.resumed[operation.number] = len(self.resumptions)
                    self.resumptions.append(Resumption(block, index + 1))
        self.frame = (self.frame + 15) // 16 * 16
        for block in function.blocks:
            if block is function.entry or self.incoming.get(block.number, 0) > 1 or block.address_taken:
                self.roots[block.number] = 0
        self.number_roots()

    def number_roots(self) -> None:
        position = 0
        for block in self.function.blocks:
            if block.number in self.roots:
                self.roots[block.number] = position
                position += 1

    def sets_jump(self, call: Call) -> bool:
        return call.callee in _SET_JUMP and len(call.arguments) > 0 and self.names.function_index(call.callee) < 0

    def survey_operation(self, operation: Operation) -> None:
        op = operation.op
        if isinstance(operation, Const):
            self.literals[operation.number] = str(operation.value)
        elif isinstance(operation, SymbolAddress):
            address = self.names.symbol_address(operation.symbol) + operation.addend
            self.literals[operation.number] = str(address & operation.type.mask)
        elif isinstance(operation, LabelAddress):
            assert operation.block is not None
            self.literals[operation.number] = str(self.names.label_address(self.function, operation.block))
        elif isinstance(operation, Slot):
            self.uses_stack = True
            align = max(operation.align, 1)
            self.frame = (self.frame + align - 1) // align * align
            self.frame_offsets[operation.number] = self.frame
            self.frame += operation.size
            self.slots.append(operation)
        elif op is ops.ALLOCA or op is ops.STACK_SAVE or op is ops.STACK_RESTORE or op is ops.FRAME_ADDRESS:
            self.uses_stack = True

    def prologue(self) -> None:
        largest = max([slot.align for slot in self.slots], default=16)
        self.line(1, "sp = SP[0]")
        self.line(1, f"fp = (sp - {self.frame}) & -{max(largest, 16)}")
        self.line(1, "if fp < STACK_LIMIT: raise Overflow()")
        self.line(1, "SP[0] = fp")
        if self.frame:
            self.line(1, f"mem[fp:fp + {self.frame}] = {self.names.constant(bytes(self.frame))}")
        for slot in self.slots:
            place = f"fp + {self.frame_offsets[slot.number]}"
            self.line(1, f"v{slot.number} = " + (f"R.open({place}, {slot.size})" if self.checks else place))

    def dispatch(self, roots: list[Resumption], low: int, high: int, indent: int) -> None:
        if high - low == 1:
            leaf = roots[low]
            if leaf.start:
                for value in leaf.block.operations[leaf.start - 1].results:
                    self.line(indent, f"v{value.number} = j & {value.type.mask}")
            self.block(leaf.block, indent, True, leaf.start)
            return
        middle = (low + high) // 2
        self.line(indent, f"if b < {middle}:")
        self.dispatch(roots, low, middle, indent + 1)
        self.dispatch(roots, middle, high, indent)

    # --- blocks -------------------------------------------------------------------------------------------------

    def block(self, block: Block, indent: int, is_root: bool, start: int = 0) -> None:
        """Iterative along chains of jumps, recursive (bounded by the indentation) at branches."""
        current: Block | None = block
        counted = is_root
        while current is not None:
            size = len(current.operations)
            if counted or size > _COUNTED:
                self.line(indent, f"N[0] -= {size}")
                self.line(indent, "if N[0] < 0: raise Budget()")
            counted = False
            for operation in current.operations[start:]:
                if operation.number in self.resumed:
                    self.set_jump(operation, indent)
                    return
                if not operation.op.is_terminator:
                    self.operation(operation, indent)
            start = 0
            current = self.terminator(current.operations[-1], indent)

    def set_jump(self, operation: Operation, indent: int) -> None:
        """Notes where longjmp goes on, and goes on there with 0."""
        assert isinstance(operation, Call)
        leaf = len(self.roots) + self.resumed[operation.number]
        self.line(indent, f"R.set_jump({self.use(operation.arguments[0])}, frame, {leaf})")
        self.line(indent, "j = 0")
        self.line(indent, f"b = {leaf}")
        self.line(indent, "continue")

    def may_inline(self, target: Block, indent: int) -> bool:
        return target.number not in self.roots and indent < _MAX_INDENT

    def pass_values(self, terminator: Operation, edge: Edge, indent: int) -> None:
        given = terminator.results + edge.args
        left: list[str] = []
        right: list[str] = []
        for parameter, value in zip(edge.target.parameters, given, strict=True):
            left.append(f"v{parameter.number}")
            right.append(self.use(value))
        if left:
            self.line(indent, f"{', '.join(left)} = {', '.join(right)}")

    def go(self, terminator: Operation, edge: Edge, indent: int) -> None:
        """Follows an edge for good."""
        self.pass_values(terminator, edge, indent)
        if self.may_inline(edge.target, indent):
            self.block(edge.target, indent, False)
        else:
            self.far(edge.target, indent)

    def far(self, target: Block, indent: int) -> None:
        root = self.roots.get(target.number, -1)
        if root < 0:
            self.deep.append(target.number)
        self.line(indent, f"b = {root}")
        self.line(indent, "continue")

    def terminator(self, operation: Operation, indent: int) -> Block | None:
        """Emits it; a block to be written next at the same indentation, or None."""
        op = operation.op
        if isinstance(operation, Asm):
            self.assembly(operation, indent)
            assert operation.edges is not None
            return self.follow(operation, operation.edges[0], indent)
        assert isinstance(operation, Terminator)
        if op is ops.JUMP:
            return self.follow(operation, operation.edges[0], indent)
        if op is ops.BRANCH:
            self.line(indent, f"if {self.use(operation.args[0])}:")
            self.go(operation, operation.edges[0], indent + 1)
            return self.follow(operation, operation.edges[1], indent)
        if op is ops.SWITCH:
            return self.switch(operation, indent)
        if op is ops.RETURN:
            self.leave(operation, indent)
        elif op is ops.UNREACHABLE:
            self.line(indent, "raise Undefined('unreachable')")
        else:
            assert op is ops.INDIRECT, op.name
            self.line(indent, f"t = {self.use(operation.args[0])}")
            for edge in operation.edges:
                self.line(indent, f"if t == {self.names.label_address(self.function, edge.target)}:")
                self.go(operation, edge, indent + 1)
            self.line(indent, "raise Undefined('computed goto to no label')")
        return None

    def follow(self, operation: Operation, edge: Edge, indent: int) -> Block | None:
        self.pass_values(operation, edge, indent)
        if edge.target.number not in self.roots:
            return edge.target
        self.far(edge.target, indent)
        return None

    def switch(self, operation: Terminator, indent: int) -> Block | None:
        """Small ones compare; large ones find the number of their edge in a table."""
        subject = self.use(operation.args[0])
        if len(operation.cases) <= 4:
            for index, case in enumerate(operation.cases):
                self.line(indent, f"if {subject} == {case}:")
                self.go(operation, operation.edges[index + 1], indent + 1)
            return self.follow(operation, operation.edges[0], indent)
        arms: dict[tuple[int, tuple[int, ...]], int] = {}
        table: dict[int, int] = {}
        edges: list[Edge] = []
        for index, edge in enumerate(operation.edges):
            key = (edge.target.number, tuple([value.number for value in edge.args]))
            if key not in arms:
                arms[key] = len(edges)
                edges.append(edge)
            if index > 0:
                table[operation.cases[index - 1]] = arms[key]
        self.line(indent, f"t = {self.names.constant(table)}.get({subject}, 0)")
        self.arms(operation, edges, 1, len(edges), indent)
        return self.follow(operation, operation.edges[0], indent)

    def arms(self, operation: Operation, edges: list[Edge], low: int, high: int, indent: int) -> None:
        """A decision tree over `t` for the arms from `low`; falls through for t < low."""
        if low >= high:
            return
        if high - low == 1:
            self.line(indent, f"if t == {low}:")
            self.go(operation, edges[low], indent + 1)
            return
        middle = (low + high) // 2
        self.line(indent, f"if t >= {middle}:")
        self.arms(operation, edges, middle, high, indent + 1)
        self.arms(operation, edges, low, middle, indent)

    def leave(self, operation: Operation, indent: int) -> None:
        if self.uses_stack:
            self.line(indent, "R.restore_stack(sp)" if self.checks else "SP[0] = sp")
        values = [self.use(value) for value in operation.args]
        self.line(
            indent, "return " + (values[0] if len(values) == 1 else f"({', '.join(values)})" if values else "None")
        )

    # --- operations ---------------------------------------------------------------------------------------------

    def use(self, value: Value) -> str:
        return self.literals.get(value.number) or f"v{value.number}"

    def operation(self, operation: Operation, indent: int) -> None:
        op = operation.op
        number = op.number
        if operation.number in self.literals or number == ops.SLOT.number:
            return
        if isinstance(operation, Memory):
            self.memory(operation, indent)
        elif isinstance(operation, Call):
            self.call(operation, indent)
        elif isinstance(operation, Asm):
            self.assembly(operation, indent)
        elif isinstance(operation, Named):
            self.named(operation, indent)
        elif ops.VA_START.number <= number <= ops.ASM.number or number >= ops.IS_CONSTANT.number:
            self.effect(operation, indent)
        else:
            self.value(operation, indent)

    def value(self, operation: Operation, indent: int) -> None:
        op = operation.op
        args = [self.use(value) for value in operation.args]
        named = operation.named
        if self.checks and operation.flags:
            self.line(indent, f"R.check_flags({op.number}, {operation.flags}, {named.bits}, [{', '.join(args)}])")
        is_scalar = named.lanes == 1 and operation.second.lanes == 1
        form = _SIMPLE.get(op.number) if is_scalar or op in _LANEWISE_AS_SCALAR else None
        if form is not None:
            text = form.format(
                *args, m=named.mask, w=named.bits - 1, s=1 << max(named.bits - 1, 0), bits=named.bits,
                us=1 << max(operation.second.bits - 1, 0),
            )  # fmt: skip
            self.line(indent, f"v{operation.number} = {text}")
            return
        operation_name = self.names.constant(op)
        types = f"{self.names.constant(named)}, {self.names.constant(operation.second)}"
        targets = ", ".join([f"v{value.number}" for value in operation.results])
        comma = "," if len(operation.results) == 1 else ""
        self.line(indent, f"{targets}{comma} = R.evaluate({operation_name}, {types}, [{', '.join(args)}])")

    def memory(self, operation: Memory, indent: int) -> None:
        op = operation.op
        args = [self.use(value) for value in operation.args]
        if self.checks and op is not ops.FENCE:
            args[0] = f"R.aligned({args[0]}, {operation.align})"
        if self.checks and op is ops.COPY:
            args[1] = f"R.aligned({args[1]}, {operation.align})"
        type = operation.named
        if op is ops.LOAD:
            self.line(indent, f"v{operation.number} = {self.load_text(args[0], type)}")
        elif op is ops.STORE:
            self.store(args[0], args[1], type, indent)
        elif op is ops.COPY:
            self.line(indent, f"R.copy({args[0]}, {args[1]}, {operation.size})")
        elif op is ops.FILL:
            self.line(indent, f"R.fill({args[0]}, {args[1]}, {operation.size})")
        elif op is ops.ATOMIC_RMW:
            self.line(indent, f"t = {args[0]}")
            self.line(indent, f"v{operation.number} = {self.load_text('t', type)}")
            value = f"R.combine({operation.rmw!r}, v{operation.number}, {args[1]}, {type.bits})"
            self.store("t", value, type, indent)
        elif op is ops.ATOMIC_CMPXCHG:
            flag = operation.extra[0].number
            self.line(indent, f"t = {args[0]}")
            self.line(indent, f"v{operation.number} = {self.load_text('t', type)}")
            self.line(indent, f"v{flag} = v{operation.number} == {args[1]}")
            self.line(indent, f"if v{flag}:")
            self.store("t", args[2], type, indent + 1)
        else:
            assert op is ops.FENCE, op.name

    def load_text(self, address: str, type: Type) -> str:
        slow = f"R.load({address}, {type.size})"
        if type.bits == 1:
            slow += " & 1"
        if self.checks or type.size not in (1, 2, 4, 8) or not _is_whole(type):
            return slow
        if type.size == 1:
            bit = " & 1" if type.bits == 1 else ""
            return f"mem[{address}]{bit} if {address} >= {LOWEST} else {slow}"
        shift = (type.size - 1).bit_length()
        return (
            f"w{type.size * 8}[{address} >> {shift}] if {address} >= {LOWEST} and not {address} & {type.size - 1} "
            f"else {slow}"
        )

    def store(self, address: str, value: str, type: Type, indent: int) -> None:
        slow = f"R.store({address}, {value}, {type.size})"
        if self.checks or type.size not in (1, 2, 4, 8) or not _is_whole(type):
            self.line(indent, slow)
            return
        if type.size == 1:
            self.line(indent, f"if {address} >= {LOWEST}: mem[{address}] = {value}")
        else:
            shift = (type.size - 1).bit_length()
            self.line(
                indent,
                f"if {address} >= {LOWEST} and not {address} & {type.size - 1}: "
                f"w{type.size * 8}[{address} >> {shift}] = {value}",
            )
        self.line(indent, f"else: {slow}")

    def assign(self, operation: Operation, text: str, indent: int) -> None:
        """`text` gives one value, a tuple of several, or None."""
        results = operation.results
        if results:
            text = ", ".join([f"v{value.number}" for value in results]) + " = " + text
        self.line(indent, text)

    def call(self, call: Call, indent: int) -> None:
        args = [self.use(value) for value in call.arguments]
        index = self.names.function_index(call.callee) if call.callee else -1
        memory = call.signature is not None and any(item.way == MEMORY for item in call.signature.parameters)
        if index >= 0 and not call.variadic and not memory and not self.names.is_variadic(index):
            if self.names.parameter_count(index) == len(args):
                self.assign(call, f"f{index}({', '.join(args)})", indent)
                return
        listed = f"[{', '.join(args)}]"
        result_bits = self.names.constant(tuple([value.type.bits * value.type.lanes for value in call.results]))
        if call.callee and index < 0:
            self.assign(call, f"R.call_host({call.callee!r}, {listed}, {result_bits})", indent)
            return
        groups = self.names.constant(tuple(argument_groups(call)))
        target = str(index) if index >= 0 else f"R.callee({self.use(call.args[0])})"
        self.assign(call, f"R.call({target}, {listed}, {groups}, {result_bits})", indent)

    def assembly(self, operation: Asm, indent: int) -> None:
        """Only an empty template means something here: outputs tied to inputs keep their values."""
        if operation.template.strip():
            self.line(indent, "raise Unsupported('asm')")
            for value in operation.results:
                self.line(indent, f"v{value.number} = 0")
            return
        assert operation.outputs is not None and operation.inputs is not None
        for index, output in enumerate(operation.outputs):
            if output.is_address:
                continue
            kept = "0"
            for given in operation.inputs:
                if given.tied == index and not given.is_address:
                    kept = self.use(operation.args[given.value])
            self.line(indent, f"v{operation.results[output.value].number} = {kept}")

    def named(self, operation: Named, indent: int) -> None:
        op = operation.op
        args = [self.use(value) for value in operation.args]
        if op is ops.CHECK:
            self.line(indent, f"if not {args[0]}: raise Undefined({operation.text!r})")
        elif op is ops.VA_ARG:
            self.line(indent, f"t = R.next_argument({args[0]}, {operation.args[0].type.size}, {operation.level})")
            self.line(indent, f"v{operation.number} = {self.load_text('t', operation.named)}")
        elif op is ops.FRAME_ADDRESS:
            self.line(indent, f"v{operation.number} = {'fp' if operation.level == 0 else '0'}")
        elif op is ops.RETURN_ADDRESS:
            self.line(indent, f"v{operation.number} = 0")
        elif op is ops.READ_REGISTER:
            self.line(indent, f"v{operation.number} = R.registers.get({operation.text!r}, 0) & {operation.named.mask}")
        elif op is ops.WRITE_REGISTER:
            self.line(indent, f"R.registers[{operation.text!r}] = {args[0]}")
        else:
            assert op is ops.DEBUG_VALUE, op.name

    def effect(self, operation: Operation, indent: int) -> None:
        op = operation.op
        args = [self.use(value) for value in operation.args]
        if op is ops.VA_START:
            self.store(args[0], "va", operation.args[0].type, indent)
        elif op is ops.VA_COPY:
            pointer = operation.args[0].type
            self.line(indent, f"t = {self.load_text(args[1], pointer)}")
            self.store(args[0], "t", pointer, indent)
        elif op is ops.ALLOCA:
            self.line(indent, f"v{operation.number} = R.alloca({args[0]})")
        elif op is ops.STACK_SAVE:
            self.line(indent, f"v{operation.number} = SP[0]")
        elif op is ops.STACK_RESTORE:
            self.line(indent, f"R.restore_stack({args[0]})" if self.checks else f"SP[0] = {args[0]}")
        elif op is ops.STATIC_CHAIN:
            self.line(indent, f"v{operation.number} = 0")
        elif op is ops.IS_CONSTANT:
            known = isinstance(operation.args[0], Const)
            self.line(indent, f"v{operation.number} = {1 if known else 0}")
        elif op is ops.ASSUME:
            self.line(indent, f"if not {args[0]}: raise Undefined('assume')")
        elif op is ops.EXPECT:
            self.line(indent, f"v{operation.number} = {args[0]}")
        elif op is ops.TRAP:
            self.line(indent, "raise Trap()")
        elif op is ops.LIFETIME_START or op is ops.LIFETIME_END:
            if self.checks and isinstance(operation.args[0], Slot):
                method = "revive" if op is ops.LIFETIME_START else "expire"
                self.line(indent, f"R.{method}({args[0]}, {operation.args[0].size})")
        else:
            assert op is ops.VA_END, op.name


def _is_whole(type: Type) -> bool:
    """Whether the type's bytes hold nothing but its bits (not f80)."""
    return type.bits == 1 or type.bits * type.lanes == type.size * 8


def argument_groups(call: Call) -> list[tuple[int, int, int, int]]:
    """For each parameter its way, how many values travel, its size and its alignment; a plain argument is one."""
    signature = call.signature
    groups: list[tuple[int, int, int, int]] = []
    if signature is None:
        for value in call.arguments:
            groups.append((DIRECT, 1, value.type.size, 1))
        return groups
    if signature.sret is not None:
        groups.append((DIRECT, 1, 8, 1))
    for passing in signature.parameters:
        count = part_count(passing)
        if count:
            groups.append((passing.way, count, passing.size, passing.align))
    return groups
