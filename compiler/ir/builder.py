"""Builds functions: one method per group of operations, types derived from the op's signature.

Invariant: an operation that a method returns stands in its block with `type`, `named` and `second` as its signature
says; nothing can be added behind a terminator. Slots go to the front of the entry block wherever the builder stands,
and a block has each constant once.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import (
    Asm,
    AsmOperand,
    Block,
    Call,
    Const,
    Edge,
    Function,
    LabelAddress,
    Memory,
    Named,
    Operation,
    Parameter,
    Result,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.types import I1, I8, I32, I64, VOID, Type, vector
from compiler.platform.abi import Signature
from compiler.terms import ops
from compiler.terms.ops import Op

_FIXED: Final[dict[str, Type]] = {"i1": I1, "i8": I8, "i32": I32}


def result_type(op: Op, index: int, named: Type, second: Type, pointer: Type) -> Type:
    """The type of result `index` by the op's signature; `i1` results of lane-wise ops have as many lanes as `named`."""
    what = op.results[index]
    if what == "t":
        return named
    if what == "u":
        return second
    if what == "p":
        return pointer
    fixed = _FIXED[what]
    return vector(fixed, named.lanes) if named.lanes > 1 and op is not ops.IS_CONSTANT else fixed


def make(
    function: Function, op: Op, named: Type, args: list[Value], pointer: Type, second: Type = VOID, flags: int = 0
) -> Operation:
    """A plain operation with its results, not yet in a block."""
    if not op.results:
        operation = Operation(op, VOID, function.number(), args, second, flags)
    else:
        operation = Operation(op, result_type(op, 0, named, second, pointer), function.number(), args, second, flags)
        for index in range(1, len(op.results)):
            kind = result_type(op, index, named, second, pointer)
            operation.extra.append(Result(kind, function.number(), operation, index))
    operation.named = named
    return operation


def set_results(function: Function, operation: Operation, types: list[Type]) -> None:
    """Gives an operation with a variable number of results those of `types`."""
    operation.extra = []
    if types:
        operation.type = types[0]
        for index in range(1, len(types)):
            operation.extra.append(Result(types[index], function.number(), operation, index))


@final
class Builder:
    """Appends to `block`, the current block; `loc` is put on all that is made. `pointer`: the pointer integer."""

    def __init__(self, function: Function, pointer: Type = I64) -> None:
        self.function: Final = function
        self.pointer: Final = pointer
        self.loc = 0
        self._started: Final[set[int]] = {block.number for block in function.blocks}
        self._constants: dict[int, dict[Type, Const]] = {}
        self._slots = 0
        if function.blocks:
            self.block = function.blocks[-1]
            for operation in function.blocks[0].operations:
                if operation.op is not ops.SLOT:
                    break
                self._slots += 1
        else:
            self.block = function.new_block("entry")
            function.blocks.append(self.block)
            self._started.add(self.block.number)

    # --- blocks --------------------------------------------------------------------------------------------------

    def parameter(self, type: Type, name: str = "", block: Block | None = None) -> Parameter:
        """A new parameter of `block`, by default of the entry block: the function's."""
        made = Parameter(type, self.function.number(), name)
        (self.function.blocks[0] if block is None else block).parameters.append(made)
        return made

    def new_block(self, name: str = "b") -> Block:
        """A block that is not yet part of the function: `start` adds it."""
        return self.function.new_block(name)

    def start(self, block: Block) -> None:
        """Makes `block` the current one, adding it behind the function's blocks the first time."""
        if block.number not in self._started:
            self._started.add(block.number)
            self.function.blocks.append(block)
        self.block = block
        self._constants = {}

    @property
    def terminated(self) -> bool:
        """Whether the current block has its terminator, so that nothing can be added."""
        operations = self.block.operations
        return bool(operations) and operations[-1].op.is_terminator

    def at(self, line: int, column: int, scope: int = 0) -> None:
        """What follows comes from this place; `line` counts from the function's first."""
        self.loc = self.function.locations.add(line, column, scope)

    def append(self, operation: Operation) -> Operation:
        operations = self.block.operations
        assert not operations or not operations[-1].op.is_terminator, self.block.name
        operation.loc = self.loc
        operations.append(operation)
        return operation

    def emit(self, op: Op, named: Type, args: list[Value], second: Type = VOID, flags: int = 0) -> Operation:
        """Any operation that has no payload beyond its types and flags."""
        return self.append(make(self.function, op, named, args, self.pointer, second, flags))

    # --- constants and addresses -----------------------------------------------------------------------------------

    def const(self, type: Type, value: int) -> Const:
        """An integer modulo the width, or a float's bit pattern; of a vector, the lanes' pattern, lane 0 lowest."""
        value &= (1 << (type.bits * type.lanes)) - 1
        by_type = self._constants.get(value)
        if by_type is None:
            by_type = {}
            self._constants[value] = by_type
        found = by_type.get(type)
        if found is None:
            found = Const(ops.CONST, type, self.function.number(), [])
            found.value = value
            self.append(found)
            by_type[type] = found
        return found

    def symbol(self, name: str, addend: int = 0) -> SymbolAddress:
        made = SymbolAddress(ops.SYMBOL, self.pointer, self.function.number(), [])
        made.symbol = name
        made.addend = addend
        self.append(made)
        return made

    def label(self, block: Block) -> LabelAddress:
        """`&&label`; marks the block."""
        made = LabelAddress(ops.LABEL, self.pointer, self.function.number(), [])
        made.block = block
        block.address_taken = True
        self.append(made)
        return made

    def slot(self, size: int, align: int, name: str = "") -> Slot:
        """A stack object of fixed size, wherever the builder stands."""
        made = Slot(ops.SLOT, self.pointer, self.function.number(), [])
        made.size = size
        made.align = align
        made.name = name
        made.loc = self.loc
        self.function.blocks[0].operations.insert(self._slots, made)
        self._slots += 1
        return made

    def ptr_add(self, base: Value, offset: Value) -> Operation:
        """`offset` is an integer of the pointer's width, in bytes."""
        return self.emit(ops.PTR_ADD, self.pointer, [base, offset])

    def offset(self, base: Value, bytes: int) -> Value:
        """`base` plus a constant number of bytes; `base` itself for 0."""
        return base if bytes == 0 else self.ptr_add(base, self.const(self.pointer, bytes))

    # --- arithmetic --------------------------------------------------------------------------------------------------

    def unary(self, op: Op, value: Value) -> Operation:
        """neg-like operations, clz, fabs, is_constant ...: `t -> ...`."""
        return self.emit(op, value.type, [value])

    def binary(self, op: Op, left: Value, right: Value, flags: int = 0) -> Operation:
        """`t t -> ...`, the *_overflow ops included (their second result is `extra[0]`)."""
        return self.emit(op, left.type, [left, right], VOID, flags)

    def compare(self, op: Op, left: Value, right: Value) -> Operation:
        return self.emit(op, left.type, [left, right])

    def select(self, condition: Value, if_true: Value, if_false: Value) -> Operation:
        return self.emit(ops.SELECT, if_true.type, [condition, if_true, if_false])

    def convert(self, op: Op, to: Type, value: Value) -> Operation:
        """zext, sext, trunc, fcvt, sitof ..., bitcast, splat: `u -> t`."""
        return self.emit(op, to, [value], value.type)

    def extract(self, source: Value, lane: Value, element: Type) -> Operation:
        return self.emit(ops.EXTRACT, element, [source, lane], source.type)

    def insert(self, into: Value, element: Value, lane: Value) -> Operation:
        return self.emit(ops.INSERT, into.type, [into, element, lane], element.type)

    def shuffle(self, left: Value, right: Value, lanes: Value) -> Operation:
        return self.emit(ops.SHUFFLE, left.type, [left, right, lanes], lanes.type)

    def neg(self, value: Value, flags: int = 0) -> Operation:
        """0 - value; a float's sign changed."""
        if value.type.is_float:
            return self.unary(ops.FNEG, value)
        return self.binary(ops.SUB, self.const(value.type, 0), value, flags)

    def invert(self, value: Value) -> Operation:
        return self.binary(ops.XOR, value, self.const(value.type, -1))

    # --- memory ------------------------------------------------------------------------------------------------------

    def _memory(
        self, op: Op, named: Type, args: list[Value], align: int, volatile: bool, order: int, tag: str
    ) -> Memory:
        kind = result_type(op, 0, named, VOID, self.pointer) if op.results else VOID
        made = Memory(op, kind, self.function.number(), args)
        made.named = named
        for index in range(1, len(op.results)):
            extra_type = result_type(op, index, named, VOID, self.pointer)
            made.extra.append(Result(extra_type, self.function.number(), made, index))
        made.align = align
        made.volatile = volatile
        made.order = order
        made.tag = tag
        self.append(made)
        return made

    def load(
        self, type: Type, address: Value, align: int, volatile: bool = False, order: int = 0, tag: str = ""
    ) -> Memory:
        return self._memory(ops.LOAD, type, [address], align, volatile, order, tag)

    def store(
        self, address: Value, value: Value, align: int, volatile: bool = False, order: int = 0, tag: str = ""
    ) -> Memory:
        return self._memory(ops.STORE, value.type, [address, value], align, volatile, order, tag)

    def copy(
        self, destination: Value, source: Value, size: int, align: int, volatile: bool = False, tag: str = ""
    ) -> Memory:
        """`size` bytes; the objects are disjoint or the same."""
        made = self._memory(ops.COPY, VOID, [destination, source], align, volatile, 0, tag)
        made.size = size
        return made

    def fill(
        self, destination: Value, byte: Value, size: int, align: int, volatile: bool = False, tag: str = ""
    ) -> Memory:
        made = self._memory(ops.FILL, VOID, [destination, byte], align, volatile, 0, tag)
        made.size = size
        return made

    def atomic_rmw(
        self, rmw: str, address: Value, value: Value, align: int, order: int, volatile: bool = False
    ) -> Memory:
        made = self._memory(ops.ATOMIC_RMW, value.type, [address, value], align, volatile, order, "")
        made.rmw = rmw
        return made

    def atomic_cmpxchg(
        self,
        address: Value,
        expected: Value,
        desired: Value,
        align: int,
        order: int,
        failure_order: int,
        volatile: bool = False,
    ) -> Memory:
        """Old value, and `extra[0]`: did it succeed."""
        made = self._memory(ops.ATOMIC_CMPXCHG, expected.type, [address, expected, desired], align, volatile, order, "")
        made.failure_order = failure_order
        return made

    def fence(self, order: int) -> Memory:
        return self._memory(ops.FENCE, VOID, [], 1, False, order, "")

    # --- calls, frames, varargs --------------------------------------------------------------------------------------

    def call(
        self,
        callee: str,
        args: list[Value],
        results: list[Type],
        signature: Signature | None = None,
        variadic: bool = False,
    ) -> Call:
        """A direct call. With `sret` the hidden address is args[0]."""
        return self._call(callee, args, results, signature, variadic)

    def call_indirect(
        self,
        address: Value,
        args: list[Value],
        results: list[Type],
        signature: Signature | None = None,
        variadic: bool = False,
    ) -> Call:
        return self._call("", [address] + args, results, signature, variadic)

    def _call(
        self, callee: str, args: list[Value], results: list[Type], signature: Signature | None, variadic: bool
    ) -> Call:
        made = Call(ops.CALL, VOID, self.function.number(), args)
        set_results(self.function, made, results)
        made.callee = callee
        made.signature = signature
        made.variadic = variadic
        self.append(made)
        return made

    def va_arg(self, type: Type, list_address: Value, align: int = 0) -> Named:
        """The next word of the arguments, a pointer wide at most; with `align`, the next one that is so aligned."""
        return self.named(ops.VA_ARG, type, [list_address], "", align)

    def named(self, op: Op, type: Type, args: list[Value], text: str = "", level: int = 0) -> Named:
        """The operations of class `Named`: registers, check, debug_value, frame_address, va_arg."""
        made = Named(
            op, result_type(op, 0, type, VOID, self.pointer) if op.results else VOID, self.function.number(), args
        )
        made.named = type
        made.text = text
        made.level = level
        self.append(made)
        return made

    def read_register(self, type: Type, register: str) -> Named:
        return self.named(ops.READ_REGISTER, type, [], register)

    def write_register(self, register: str, value: Value) -> Named:
        return self.named(ops.WRITE_REGISTER, value.type, [value], register)

    def frame_address(self, level: int) -> Named:
        return self.named(ops.FRAME_ADDRESS, self.pointer, [], "", level)

    def return_address(self, level: int) -> Named:
        return self.named(ops.RETURN_ADDRESS, self.pointer, [], "", level)

    def check(self, kind: str, condition: Value) -> Named:
        """`condition` false here is undefined behaviour of that kind."""
        return self.named(ops.CHECK, VOID, [condition], kind)

    def debug_value(self, variable: str, value: Value) -> Named:
        return self.named(ops.DEBUG_VALUE, value.type, [value], variable)

    def effect(self, op: Op, args: list[Value]) -> Operation:
        """Operations without type and payload: va_start/copy/end, alloca, stack_save/restore, static_chain, assume,
        trap, lifetime_*; the result, if any, is a pointer."""
        return self.emit(op, self.pointer if op.results else VOID, args)

    def asm(
        self,
        template: str,
        outputs: list[AsmOperand],
        inputs: list[AsmOperand],
        clobbers: list[str],
        args: list[Value],
        results: list[Type],
        volatile: bool = True,
        basic: bool = False,
    ) -> Asm:
        """Operands index `args` and the results by `value`."""
        return self._asm(ops.ASM, template, outputs, inputs, clobbers, args, results, volatile, basic)

    def _asm(
        self, op: Op, template: str, outputs: list[AsmOperand], inputs: list[AsmOperand], clobbers: list[str],
        args: list[Value], results: list[Type], volatile: bool, basic: bool,
    ) -> Asm:  # fmt: skip
        made = Asm(op, VOID, self.function.number(), args)
        set_results(self.function, made, results)
        made.template = template
        made.outputs = outputs
        made.inputs = inputs
        made.clobbers = clobbers
        made.volatile = volatile
        made.basic = basic
        self.append(made)
        return made

    # --- terminators -------------------------------------------------------------------------------------------------

    def _terminator(self, op: Op, named: Type, args: list[Value], edges: list[Edge]) -> Terminator:
        made = Terminator(op, self.function.number(), args, edges)
        made.named = named
        self.append(made)
        return made

    def jump(self, target: Block, args: list[Value] | None = None) -> Terminator:
        return self._terminator(ops.JUMP, VOID, [], [Edge(target, args or [])])

    def branch(
        self,
        condition: Value,
        if_true: Block,
        if_false: Block,
        true_args: list[Value] | None = None,
        false_args: list[Value] | None = None,
    ) -> Terminator:
        return self._terminator(
            ops.BRANCH, VOID, [condition], [Edge(if_true, true_args or []), Edge(if_false, false_args or [])]
        )

    def switch(self, value: Value, default: Block, cases: list[int], targets: list[Block]) -> Terminator:
        """Case values modulo the width; edges carry no arguments (set them on `edges` if needed)."""
        made = self._terminator(
            ops.SWITCH, value.type, [value], [Edge(default, [])] + [Edge(target, []) for target in targets]
        )
        made.cases = [case & value.type.mask for case in cases]
        return made

    def ret(self, values: list[Value] | None = None) -> Terminator:
        return self._terminator(ops.RETURN, VOID, values or [], [])

    def unreachable(self) -> Terminator:
        return self._terminator(ops.UNREACHABLE, VOID, [], [])

    def indirect(self, address: Value, targets: list[Block]) -> Terminator:
        """A computed goto; `targets` are all blocks whose address is taken."""
        return self._terminator(ops.INDIRECT, VOID, [address], [Edge(target, []) for target in targets])

    def asm_goto(
        self,
        template: str,
        outputs: list[AsmOperand],
        inputs: list[AsmOperand],
        clobbers: list[str],
        args: list[Value],
        results: list[Type],
        labels: list[str],
        edges: list[Edge],
    ) -> Asm:
        """edges[0] falls through; edges[i + 1] belongs to labels[i]. Targets take the results as leading parameters."""
        made = self._asm(ops.ASM_GOTO, template, outputs, inputs, clobbers, args, results, True, False)
        made.labels = labels
        made.edges = edges
        return made
