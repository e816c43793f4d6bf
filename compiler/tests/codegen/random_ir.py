"""Random modules without undefined behaviour: loops, swaps in block parameters, calls, memory, many live values.

Everything a function computes flows into a checksum that `test_main` leaves in `out`. The shape is structured: values
made in a branch or a loop's body leave it through block parameters only. Every loop counts down a small constant.
"""

from __future__ import annotations

import random
from typing import Final

from compiler.ir.builder import Builder
from compiler.ir.function import Block, Function, Terminator, Value
from compiler.ir.module import Data, Module
from compiler.ir.types import F32, F64, I1, I8, I16, I32, I64, I128, Type
from compiler.terms import ops
from compiler.terms.ops import Op

TYPES: Final = (I32, I64, I64, I32, F64, F32, I8, I16, I1, I128)
SCALARS: Final = (I32, I64, I8, I16, I1, F32, F64)  # what calls pass as one part
BINARY: Final = (
    ops.ADD, ops.SUB, ops.MUL, ops.AND, ops.OR, ops.XOR, ops.SHL, ops.LSHR, ops.ASHR, ops.ROTL, ops.ADD, ops.SUB,
)  # fmt: skip
COMPARE: Final = (ops.EQ, ops.NE, ops.LT_S, ops.LT_U, ops.LE_S, ops.LE_U)
OVERFLOWS: Final = (
    ops.ADD_OVERFLOW_S, ops.ADD_OVERFLOW_U, ops.SUB_OVERFLOW_S, ops.SUB_OVERFLOW_U, ops.MUL_OVERFLOW_S,
    ops.MUL_OVERFLOW_U,
)  # fmt: skip
FLOAT_BINARY: Final = (ops.FADD, ops.FSUB, ops.FMUL, ops.FDIV, ops.FCOPYSIGN)
FLOAT_COMPARE: Final = (ops.FEQ, ops.FNE, ops.FLT, ops.FLE, ops.FUNORDERED)
CONSTANTS: Final = (
    0, 1, 2, 3, 5, 8, -1, -2, 63, 127, 128, 255, 2047, 2048, -2048, -2049, 4096, 0x7FFFFFFF, 1 << 31, 1 << 40,
)  # fmt: skip
SCRATCH_SIZE: Final = 64


class Callee:
    """A generated function that others may call."""

    def __init__(self, name: str, parameters: list[Type], results: list[Type]) -> None:
        self.name: Final = name
        self.parameters: Final = parameters
        self.results: Final = results


class Generator:
    """Fills one function. `live` are the values in reach of the builder's position, newest last."""

    def __init__(self, source: random.Random, function: Function, callees: list[Callee], budget: int) -> None:
        self.source: Final = source
        self.builder: Final = Builder(function)
        self.callees: Final = callees
        self.budget = budget
        self.live: list[Value] = []
        self.memory: list[Value] = []

    # --- values ---------------------------------------------------------------------------------------------------

    def constant(self, type: Type) -> Value:
        source = self.source
        if type.is_float:
            number = source.choice((0, 0x3F800000, 0xC0490FDB, 0x7F800000, 0x00000001, 0x4B000001))
            return self.builder.const(type, number if type is F32 else number << 32 | source.getrandbits(8))
        value = source.choice(CONSTANTS) if source.random() < 0.8 else source.getrandbits(type.bits)
        return self.builder.const(type, value)

    def value(self, type: Type) -> Value:
        """A value of the type: mostly one that lives already, recent ones first, else a constant or a conversion."""
        source = self.source
        fitting = [value for value in self.live if value.type is type]
        if fitting and source.random() < 0.85:
            return source.choice(fitting if source.random() < 0.5 else fitting[-4:])
        if self.live and source.random() < 0.5:
            return self.converted(source.choice(self.live), type)
        return self.constant(type)

    def converted(self, value: Value, type: Type) -> Value:
        builder = self.builder
        source = value.type
        if source is type:
            return value
        if source.is_integer and type.is_integer:
            if source.bits > type.bits:
                return builder.convert(ops.TRUNC, type, value)
            return builder.convert(self.source.choice((ops.ZEXT, ops.SEXT)), type, value)
        if source.is_integer:
            return builder.convert(self.source.choice((ops.SITOF, ops.UITOF)), type, value)
        if type.is_float:
            return builder.convert(ops.FCVT, type, value)
        bits = builder.convert(ops.BITCAST, I32 if source is F32 else I64, value)
        return self.converted(bits, type)

    def keep(self, value: Value) -> None:
        self.live.append(value)

    def type(self) -> Type:
        return self.source.choice(TYPES)

    # --- statements -----------------------------------------------------------------------------------------------

    def body(self, depth: int, statements: int) -> None:
        for _ in range(statements):
            if self.budget <= 0:
                return
            self.budget -= 1
            chance = self.source.random()
            if chance < 0.62:
                self.arithmetic()
            elif chance < 0.72:
                self.access()
            elif chance < 0.77 and self.callees:
                self.call()
            elif chance < 0.88 and depth:
                self.branch(depth - 1)
            elif chance < 0.95 and depth:
                self.loop(depth - 1)
            elif depth:
                self.switch(depth - 1)

    def arithmetic(self) -> None:
        source = self.source
        builder = self.builder
        type = self.type()
        chance = source.random()
        if type.is_float:
            if chance < 0.6:
                self.keep(builder.binary(source.choice(FLOAT_BINARY), self.value(type), self.value(type)))
            elif chance < 0.8:
                self.keep(builder.compare(source.choice(FLOAT_COMPARE), self.value(type), self.value(type)))
            elif chance < 0.9:
                self.keep(builder.unary(source.choice((ops.FNEG, ops.FABS, ops.FSQRT)), self.value(type)))
            else:
                self.keep(builder.select(self.value(I1), self.value(type), self.value(type)))
            return
        if chance < 0.55:
            self.keep(builder.binary(source.choice(BINARY), self.value(type), self.value(type)))
        elif chance < 0.7:
            self.keep(builder.compare(source.choice(COMPARE), self.value(type), self.value(type)))
        elif chance < 0.78:
            self.keep(builder.select(self.value(I1), self.value(type), self.value(type)))
        elif chance < 0.86:
            self.keep(self.converted(source.choice(self.live), type) if self.live else self.constant(type))
        elif chance < 0.92:
            self.keep(self.division(source.choice((ops.UDIV, ops.UREM, ops.SDIV, ops.SREM)), type))
        elif chance < 0.96:
            made = builder.binary(source.choice(OVERFLOWS), self.value(type), self.value(type))
            self.keep(made)
            self.keep(made.extra[0])
        else:
            counts = (ops.CLZ, ops.CTZ, ops.POPCOUNT) + ((ops.BSWAP,) if type.bits >= 16 else ())
            self.keep(builder.unary(source.choice(counts), self.value(type)))

    def division(self, op: Op, type: Type) -> Value:
        """The divisor's lowest bit is set and its second and top ones are clear: neither 0 nor -1."""
        builder = self.builder
        if type is I1:
            return self.constant(type)
        divisor = builder.binary(ops.AND, self.value(type), builder.const(type, type.mask >> 1 & ~2))
        divisor = builder.binary(ops.OR, divisor, builder.const(type, 1))
        return builder.binary(op, self.value(type), divisor)

    def access(self) -> None:
        """A store, a load, or a block operation, within an object of SCRATCH_SIZE bytes; any alignment."""
        source = self.source
        builder = self.builder
        type = self.type()
        base = source.choice(self.memory)
        align = source.choice((1, 2, 4, 8))
        offset = source.randrange(0, SCRATCH_SIZE - type.size + 1) // align * align
        address = builder.offset(base, offset)
        if source.random() < 0.3:
            index = builder.convert(ops.ZEXT, I64, self.value(I8))
            index = builder.binary(ops.AND, index, builder.const(I64, (SCRATCH_SIZE - 16) // align * align & -align))
            address = builder.ptr_add(base, builder.binary(ops.AND, index, builder.const(I64, 15 // align * align)))
        chance = source.random()
        if chance < 0.4:
            builder.store(address, self.value(type), align, source.random() < 0.1)
        elif chance < 0.8:
            if type is I1:  # a byte in memory that is not 0 or 1 is no i1
                return
            self.keep(builder.load(type, address, align, source.random() < 0.1))
        elif chance < 0.9:
            size = source.randrange(0, SCRATCH_SIZE - offset + 1)
            builder.fill(builder.offset(base, offset), self.value(I8), size, align)
        else:
            other = source.choice(self.memory)
            if other is not base:
                size = source.randrange(0, SCRATCH_SIZE - offset + 1)
                builder.copy(builder.offset(base, offset), builder.offset(other, offset), size, align)

    def call(self) -> None:
        callee = self.source.choice(self.callees)
        args = [self.value(type) for type in callee.parameters]
        if self.source.random() < 0.3:
            made = self.builder.call_indirect(self.builder.symbol(callee.name), args, callee.results)
        else:
            made = self.builder.call(callee.name, args, callee.results)
        for result in made.results:
            self.keep(result)

    # --- control --------------------------------------------------------------------------------------------------

    def joined(self, types: list[Type], block: Block) -> None:
        """Starts a join; its parameters are the values that come out."""
        made = [self.builder.parameter(type, "", block) for type in types]
        self.builder.start(block)
        self.live += made

    def branch(self, depth: int) -> None:
        source = self.source
        builder = self.builder
        types = [self.type() for _ in range(source.randrange(0, 5))]
        join = builder.new_block("join")
        condition = self.value(I1)
        if source.random() < 0.5 and not types:
            then = builder.new_block("then")
            builder.branch(condition, then, join)
            sides = [then]
        else:
            sides = [builder.new_block("then"), builder.new_block("else")]
            builder.branch(condition, sides[0], sides[1])
        mark = len(self.live)
        for side in sides:
            builder.start(side)
            self.body(depth, source.randrange(0, 6))
            args = [self.value(type) for type in types]
            builder.jump(join, args)
            del self.live[mark:]
        self.joined(types, join)

    def switch(self, depth: int) -> None:
        source = self.source
        builder = self.builder
        type = source.choice((I8, I16, I32, I64, I128))
        count = source.choice((1, 3, 6, 20))
        first = source.choice((0, -3, 100, source.getrandbits(type.bits)))
        step = source.choice((1, 1, 1, 3, 1000))
        cases = list(dict.fromkeys([(first + index * step) & type.mask for index in range(count)]))
        chosen = builder.binary(ops.AND, self.value(type), builder.const(type, 31))
        chosen = builder.binary(ops.MUL, chosen, builder.const(type, step))
        chosen = builder.binary(ops.ADD, chosen, builder.const(type, first))
        types = [self.type() for _ in range(source.randrange(0, 3))]
        join = builder.new_block("join")
        sides = [builder.new_block("case") for _ in range(min(4, len(cases)))]
        other = builder.new_block("default")
        made = builder.switch(chosen, other, cases, [sides[index % len(sides)] for index in range(len(cases))])
        self.widen_edges(made, types, join)
        mark = len(self.live)
        for side in (*sides, other):
            builder.start(side)
            self.body(depth, source.randrange(0, 3))
            builder.jump(join, [self.value(kind) for kind in types])
            del self.live[mark:]
        self.joined(types, join)

    def widen_edges(self, made: Terminator, types: list[Type], join: Block) -> None:
        """Sends the last case straight to the join, with arguments."""
        args = [value for kind in types for value in self.live if value.type is kind][: len(types)]
        if [arg.type for arg in args] == types and len(made.edges) > 2:
            made.edges[-1].target = join
            made.edges[-1].args = args

    def loop(self, depth: int) -> None:
        """Counts down; carried values are permuted on the way back, so that copies form cycles."""
        source = self.source
        builder = self.builder
        header = builder.new_block("loop")
        after = builder.new_block("after")
        width = source.choice((0, 2, 3, 6))
        types = [self.type() for _ in range(width)]
        if width and source.random() < 0.5:
            types = [types[0]] * width
        counter = builder.parameter(I32, "", header)
        carried: list[Value] = [builder.parameter(type, "", header) for type in types]
        exits = [self.type() for _ in range(source.randrange(0, 3))]
        builder.jump(header, [builder.const(I32, source.randrange(1, 5)), *[self.value(type) for type in types]])
        builder.start(header)
        mark = len(self.live)
        self.live += carried
        self.body(depth, source.randrange(1, 8))
        if source.random() < 0.3:
            on = builder.new_block("on")
            builder.branch(self.value(I1), after, on, [self.value(type) for type in exits], [])
            builder.start(on)
        left = builder.binary(ops.SUB, counter, builder.const(I32, 1))
        back: list[Value] = []
        for index, type in enumerate(types):
            same = [value for value in carried if value.type is type]
            back.append(source.choice(same) if source.random() < 0.5 else self.value(type))
            del index
        if width and source.random() < 0.5 and len(set(types)) == 1:
            back = carried[1:] + carried[:1]
        args = [self.value(type) for type in exits]
        again = builder.compare(ops.NE, left, builder.const(I32, 0))
        builder.branch(again, header, after, [left, *back], args)
        del self.live[mark:]
        self.joined(exits, after)

    # --- ends -----------------------------------------------------------------------------------------------------

    def checksum(self) -> Value:
        builder = self.builder
        total: Value = builder.const(I64, 1)
        for value in self.live:
            word = value
            if value.type is I128:
                high = builder.binary(ops.LSHR, value, builder.const(I128, 64))
                low = builder.convert(ops.TRUNC, I64, value)
                word = builder.binary(ops.XOR, low, builder.convert(ops.TRUNC, I64, high))
            elif value.type.is_float:
                bits = builder.convert(ops.BITCAST, I32 if value.type is F32 else I64, value)
                word = bits if value.type is F64 else builder.convert(ops.ZEXT, I64, bits)
            elif value.type is not I64:
                word = builder.convert(ops.ZEXT, I64, value)
            total = builder.binary(ops.ADD, builder.binary(ops.MUL, total, builder.const(I64, 31)), word)
        return total


def add_function(module: Module, source: random.Random, name: str, callees: list[Callee], budget: int) -> Callee:
    """One more function; heavy ones keep dozens of values of one class alive across everything."""
    function = Function(name, 0)
    made = Generator(source, function, callees[-3:], budget)
    builder = made.builder
    parameters = [source.choice(SCALARS) for _ in range(source.choice((0, 1, 4, 9, 20)))]
    made.live = [builder.parameter(type) for type in parameters]
    for _ in range(2):
        size = source.choice((SCRATCH_SIZE, SCRATCH_SIZE, SCRATCH_SIZE, 3000, 100000))
        slot = builder.slot(size, source.choice((8, 16, 16, 64)))
        builder.fill(slot, builder.const(I8, source.getrandbits(8)), SCRATCH_SIZE, 8)
        made.memory.append(slot)
    made.memory.append(builder.symbol("shared"))
    if source.random() < 0.15:
        area = builder.emit(ops.ALLOCA, I64, [builder.const(I64, SCRATCH_SIZE)])
        builder.fill(area, builder.const(I8, 7), SCRATCH_SIZE, 8)
        made.memory.append(area)
    if source.random() < 0.3:
        kind = source.choice((I64, F64, I32, F32))
        for number in range(source.choice((12, 30, 45))):
            loaded = builder.load(kind, builder.offset(made.memory[number % 2], number % 8 * 8), 8)
            made.keep(loaded if kind.is_float else builder.binary(ops.ADD, loaded, builder.const(kind, number)))
    made.body(3, 12 if budget < 1000 else budget)
    result = made.checksum()
    kinds = source.choice(([I64], [I64], [I64, I64], [F64, I64], [F64, F64], [I32]))
    builder.ret([made.converted(result, kind) if kind.is_integer else made.value(kind) for kind in kinds])
    function.result_types = list(kinds)
    module.items.append(function)
    return Callee(name, parameters, list(kinds))


def random_module(seed: int, functions: int = 4, budget: int = 60) -> Module:
    """The module of a seed, always the same."""
    source = random.Random(seed)
    module = Module("random", 64)
    shared = Data("shared", 0, SCRATCH_SIZE, 16)
    module.items.append(shared)
    callees: list[Callee] = []
    for number in range(functions):
        callees.append(add_function(module, source, f"f{number}", callees, budget))
    main = Function("test_main")
    made = Generator(source, main, callees, 0)
    made.memory.append(made.builder.symbol("shared"))
    for callee in callees:
        args = [made.value(type) for type in callee.parameters]
        for result in made.builder.call(callee.name, args, callee.results).results:
            made.keep(result)
    made.keep(made.builder.load(I64, made.memory[0], 8))
    made.builder.store(made.builder.symbol("out"), made.checksum(), 8)
    made.builder.ret()
    module.items.append(main)
    module.items.append(Data("out", 0, 8, 8))
    return module
