"""Random IR: modules whose functions end, for comparing runs before and after passes.

Structured control flow with bounded loops, slots of several widths, an array, switches, calls of earlier functions (no
recursion), every integer operation and a few float ones. Division by zero may happen: runs are compared by outcome,
and one that is undefined before a pass says nothing about the run after it.
"""

from __future__ import annotations

import random

from compiler.ir.builder import Builder
from compiler.ir.function import LOCAL, Function, Value
from compiler.ir.module import Data, Module
from compiler.ir.types import F32, F64, I8, I16, I32, I64, I128, Type
from compiler.terms import ops
from compiler.terms.ops import Op

INTEGERS = (I8, I16, I32, I64, I128)
BINARY = (ops.ADD, ops.SUB, ops.MUL, ops.AND, ops.OR, ops.XOR, ops.SHL, ops.LSHR, ops.ASHR) + (
    ops.ROTL, ops.MULH_U, ops.MULH_S)  # fmt: skip
DIVISIONS = (ops.UDIV, ops.SDIV, ops.UREM, ops.SREM)
COMPARISONS = (ops.EQ, ops.NE, ops.LT_S, ops.LT_U, ops.LE_S, ops.LE_U)
OVERFLOWS = (ops.ADD_OVERFLOW_S, ops.SUB_OVERFLOW_U, ops.MUL_OVERFLOW_S)
FLOAT_BINARY = (ops.FADD, ops.FSUB, ops.FMUL, ops.FDIV)


class Generator:
    def __init__(self, source: random.Random, budget: int = 40) -> None:
        self.source = source
        self.budget = budget
        self.module = Module("", 64)
        self.functions: list[Function] = []

    def run(self) -> Module:
        data = Data("table", LOCAL, 64, 8)
        data.content = bytes(range(64))
        self.module.items.append(data)
        for index in range(self.source.randrange(1, 4)):
            self.functions.append(self.function(f"f{index}"))
        self.functions[-1].linkage = 1
        return self.module

    def function(self, name: str) -> Function:
        function = Function(name, LOCAL)
        self.module.items.append(function)
        self.b = Builder(function)
        self.values: list[Value] = [self.b.parameter(self.source.choice(INTEGERS), f"p{i}") for i in range(2)]
        self.left = self.budget
        self.slots = []
        for _ in range(self.source.randrange(1, 5)):
            type = self.source.choice(INTEGERS)
            slot = self.b.slot(type.size, type.size)
            self.slots.append((slot, type))
            self.b.store(slot, self.constant(type), type.size)
        self.objects = [self.b.slot(24, 8) for _ in range(3)]
        for item in self.objects:
            self.b.fill(item, self.b.const(I8, self.source.randrange(3)), 24, 8)
        self.statements(0)
        result = self.integer(I64)
        for item in self.objects[:2]:
            result = self.b.binary(ops.XOR, result, self.b.load(I64, self.b.offset(item, 8), 8))
        for slot, type in self.slots:
            result = self.b.binary(ops.XOR, result, self.resize(self.b.load(type, slot, type.size), I64))
        function.result_types = [I64]
        self.b.ret([result])
        return function

    # --- values ---------------------------------------------------------------------------------------------------

    def constant(self, type: Type) -> Value:
        kind = self.source.randrange(4)
        if kind == 0:
            value = self.source.choice((0, 1, -1, 1 << (type.bits - 1), (1 << (type.bits - 1)) - 1))
        elif kind == 1:
            value = 1 << self.source.randrange(type.bits)
        else:
            value = self.source.randrange(-20, 20)
        return self.b.const(type, value)

    def integer(self, type: Type) -> Value:
        fitting = [value for value in self.values if value.type is type]
        if fitting and self.source.random() < 0.7:
            return self.source.choice(fitting)
        others = [value for value in self.values if value.type.is_integer]
        if others and self.source.random() < 0.5:
            return self.resize(self.source.choice(others), type)
        return self.constant(type)

    def resize(self, value: Value, type: Type) -> Value:
        if value.type is type:
            return value
        if value.type.bits > type.bits:
            return self.b.convert(ops.TRUNC, type, value)
        return self.b.convert(self.source.choice((ops.ZEXT, ops.SEXT)), type, value)

    def condition(self) -> Value:
        type = self.source.choice(INTEGERS)
        return self.b.compare(self.source.choice(COMPARISONS), self.integer(type), self.integer(type))

    def operation(self) -> None:
        b = self.b
        source = self.source
        type = source.choice(INTEGERS)
        kind = source.randrange(13)
        made: Value
        if kind < 5:
            op: Op = source.choice(BINARY)
            made = b.binary(op, self.integer(type), self.integer(type))
        elif kind == 5:
            divisor = self.integer(type)
            if source.random() < 0.9:
                divisor = b.binary(ops.OR, divisor, b.const(type, 1))
            made = b.binary(source.choice(DIVISIONS), self.integer(type), divisor)
        elif kind == 6:
            made = b.select(self.condition(), self.integer(type), self.integer(type))
        elif kind == 7:
            made = self.condition()
            self.values.append(made)
            made = b.convert(ops.ZEXT, type, made)
        elif kind == 8:
            made = b.unary(source.choice((ops.CLZ, ops.CTZ, ops.POPCOUNT)), self.integer(type))
        elif kind == 9:
            pair = b.binary(source.choice(OVERFLOWS), self.integer(type), self.integer(type))
            self.values.append(pair)
            made = b.select(pair.extra[0], pair, self.integer(type))
        elif kind == 10:
            float_type = source.choice((F32, F64))
            x = b.convert(ops.SITOF, float_type, self.integer(type))
            y = b.convert(ops.UITOF, float_type, self.integer(type))
            z = b.binary(source.choice(FLOAT_BINARY), x, b.unary(ops.FNEG, y))
            made = b.compare(source.choice((ops.FLT, ops.FEQ, ops.FNE)), z, x)
        elif kind == 11:
            address = b.ptr_add(b.symbol("table"), b.binary(ops.AND, self.integer(I64), b.const(I64, 56)))
            if source.random() < 0.5:
                b.store(address, self.integer(type), 1) if type.bits <= 64 else None
            made = b.load(source.choice((I8, I16, I32, I64)), address, 1)
        else:
            if not self.functions:
                return
            callee = source.choice(self.functions)
            args = [self.integer(parameter.type) for parameter in callee.entry.parameters]
            made = b.call(callee.name, args, [I64])
        self.values.append(made)

    # --- statements -----------------------------------------------------------------------------------------------

    def statements(self, depth: int) -> None:
        for _ in range(self.source.randrange(1, 6)):
            self.left -= 1
            if self.left < 0:
                return
            kind = self.source.randrange(12)
            if kind < 5:
                self.operation()
            elif kind < 7:
                slot, type = self.source.choice(self.slots)
                self.b.store(slot, self.integer(type), type.size)
            elif kind < 9:
                slot, type = self.source.choice(self.slots)
                self.values.append(self.b.load(type, slot, type.size))
            elif kind == 9 and self.source.random() < 0.5:
                self.object_access()
            elif depth < 4 and kind == 9:
                self.conditional(depth)
            elif depth < 3 and kind == 10:
                self.loop(depth)
            elif depth < 4:
                self.switch(depth)

    def object_access(self) -> None:
        """Fields of 24-byte objects, and copies and fills of whole ones and parts."""
        b = self.b
        source = self.source
        item = source.choice(self.objects)
        kind = source.randrange(6)
        if kind < 4:
            type = source.choice((I8, I16, I32, I64)) if source.random() < 0.2 else I32
            address = b.offset(item, source.randrange(0, 24, type.size))
            if kind < 2:
                b.store(address, self.integer(type), type.size)
            else:
                self.values.append(b.load(type, address, type.size))
            return
        start, size = source.choice(((0, 24), (0, 24), (8, 16), (0, 8), (4, 4)))
        if kind == 4:
            b.fill(b.offset(item, start), b.const(I8, source.randrange(256)), size, 4)
            return
        other = source.choice([*self.objects, b.symbol("table")])
        if other is not item:
            to, from_ = b.offset(item, start), b.offset(other, start)
            b.copy(to, from_, size, 4) if source.random() < 0.7 else b.copy(from_, to, size, 4)

    def conditional(self, depth: int) -> None:
        b = self.b
        then, other, join = b.new_block("then"), b.new_block("else"), b.new_block("join")
        type = self.source.choice(INTEGERS)
        result = b.parameter(type, "", join)
        b.branch(self.condition(), then, other)
        known = list(self.values)
        for block in (then, other):
            b.start(block)
            self.values = list(known)
            self.statements(depth + 1)
            b.jump(join, [self.integer(type)])
        b.start(join)
        self.values = [*known, result]

    def loop(self, depth: int) -> None:
        b = self.b
        head, body, done = b.new_block("head"), b.new_block("body"), b.new_block("done")
        type = self.source.choice(INTEGERS)
        b.jump(head, [b.const(I8, 0), self.integer(type)])
        count = b.parameter(I8, "", head)
        carried = b.parameter(type, "", head)
        b.start(head)
        known = [*self.values, carried]
        limit = b.const(I8, self.source.randrange(5))
        b.branch(b.compare(ops.LT_U, count, limit), body, done)
        b.start(body)
        self.values = [*known, count]
        self.statements(depth + 1)
        b.jump(head, [b.binary(ops.ADD, count, b.const(I8, 1)), self.integer(type)])
        b.start(done)
        self.values = known

    def switch(self, depth: int) -> None:
        b = self.b
        count = self.source.randrange(1, 7)
        blocks = [b.new_block("case") for _ in range(count)]
        join = b.new_block("join")
        type = self.source.choice((I8, I32))
        cases = self.source.sample(range(-5, 12), count)
        b.switch(b.binary(ops.AND, self.integer(type), b.const(type, 7)), join, cases, blocks)
        known = list(self.values)
        for index, block in enumerate(blocks):
            b.start(block)
            self.values = list(known)
            self.statements(depth + 1)
            falls = index + 1 < count and self.source.random() < 0.3
            b.jump(blocks[index + 1] if falls else join)
        b.start(join)
        self.values = known


def generate(source: random.Random, budget: int = 40) -> Module:
    """A valid module; its last function is global and takes two integers."""
    return Generator(source, budget).run()


