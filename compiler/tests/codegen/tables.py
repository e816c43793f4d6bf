"""Modules that run one operation over tables of operands, and what they must give: for the test of every operation.

A case is a loop over a table: operands are loaded, the operation runs, results are stored. Operands that a case names
as constants are built into the code, so that selection's immediate forms are met as well.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from compiler.ir.builder import Builder
from compiler.ir.evaluate import evaluate
from compiler.ir.function import Function, Value
from compiler.ir.module import Data, Module
from compiler.ir.types import F32, F64, F128, I1, I8, I16, I32, I64, I128, VOID, Type
from compiler.terms import ops
from compiler.terms.ops import Op

INTEGERS: Final = (I1, I8, I16, I32, I64, I128)
FLOATS: Final = (F32, F64, F128)
CELL: Final = 16  # bytes of a table's entry


def boundary(type: Type) -> list[int]:
    """Values at which operations change their behaviour, canonical."""
    if type.is_float:
        return float_boundary(type)
    bits = type.bits
    near = [0, 1, 2, 3, 7, bits - 1, bits, bits + 1, 64, 127, 128, 255, 256, 2046, 2047, 2048, 4095]
    powers = [15, 16, 31, 32, 33, 63, 64, 65, 127]
    signed = near + [-value for value in near] + [-2049]
    for power in (*powers, bits - 1):
        if power < bits:
            signed += [1 << power, (1 << power) - 1, -(1 << power), -(1 << power) - 1]
    signed += [(1 << bits) // 3, (1 << bits) // 5 * 4, 0x0123456789ABCDEF0011223344556677 >> max(0, 128 - bits)]
    return sorted({value & type.mask for value in signed})


def float_boundary(type: Type) -> list[int]:
    """Zeros, subnormals, infinities, a NaN, and what lies beside the powers at which conversions overflow."""
    exponent_bits = {32: 8, 64: 11, 128: 15}[type.bits]
    fraction_bits = type.bits - 1 - exponent_bits
    bias = (1 << (exponent_bits - 1)) - 1
    one = bias << fraction_bits
    positive = [0, 1, 1 << fraction_bits, (1 << fraction_bits) - 1, one, one + 1, one - 1]
    positive.append(one | 1 << (fraction_bits - 1))
    infinity = ((1 << exponent_bits) - 1) << fraction_bits
    positive += [infinity, infinity - 1, one + (1 << fraction_bits)]
    for power in (-1, 7, 8, 15, 16, 24, 31, 32, 53, 63, 64, 127):
        if power <= bias:
            whole = (bias + power) << fraction_bits
            positive += [whole, whole - 1, whole + 1]
    positive.append(infinity | 1 << (fraction_bits - 1))  # the default NaN
    return sorted({*positive, *[value | 1 << (type.bits - 1) for value in positive[:-1]]})


def thinned(values: list[int], limit: int) -> list[int]:
    """At most `limit` of the values, spread evenly, first and last kept."""
    if len(values) <= limit:
        return values
    return [values[index * (len(values) - 1) // (limit - 1)] for index in range(limit)]


def is_nan(type: Type, value: int) -> bool:
    exponent_bits = {32: 8, 64: 11, 128: 15}[type.bits]
    fraction_bits = type.bits - 1 - exponent_bits
    return value & ((1 << (type.bits - 1)) - 1) > ((1 << exponent_bits) - 1) << fraction_bits


class Case:
    """One operation with some operands constant. `rows` are the operands that vary, `expected` the results."""

    def __init__(self, op: Op, named: Type, second: Type, operand_types: list[Type], result_types: list[Type]) -> None:
        self.op: Final = op
        self.named: Final = named
        self.second: Final = second
        self.operand_types: Final = operand_types
        self.result_types: Final = result_types
        self.constants: dict[int, int] = {}
        self.rows: list[list[int]] = []
        self.expected: list[list[int]] = []

    @property
    def name(self) -> str:
        second = "." + self.second.name if self.second is not VOID else ""
        fixed = "".join([f" #{index}={value:#x}" for index, value in sorted(self.constants.items())])
        return f"{self.op.name}.{self.named.name}{second}{fixed}"

    def add(self, operands: list[int]) -> bool:
        """Adds a row unless the operation is undefined there. Operands are complete, constants included."""
        results = evaluate(self.op, self.named, self.second, operands)
        if results is None:
            return False
        self.rows.append([value for index, value in enumerate(operands) if index not in self.constants])
        self.expected.append(results)
        return True


def operand_type(kind: str, named: Type, second: Type) -> Type:
    return {"t": named, "u": second, "i1": I1, "i8": I8, "i32": I32, "p": I64}[kind]


def shapes() -> list[tuple[Op, Type, Type]]:
    """Every scalar operation with every type and pair of types that it is defined for."""
    found: list[tuple[Op, Type, Type]] = []
    for op in ops.OPS[ops.PTR_ADD.number : ops.BITCAST.number + 1]:
        for named in (*INTEGERS, *FLOATS):
            if named.is_integer and op.domain & ops.INT == 0 and op is not ops.PTR_ADD:
                continue
            if named.is_float and op.domain & ops.FLOAT == 0:
                continue
            if (op is ops.BSWAP and named.bits < 16) or (op is ops.PTR_ADD and named is not I64):
                continue
            if not op.two_types:
                found.append((op, named, VOID))
                continue
            for second in (*INTEGERS, *FLOATS):
                if convertible(op, named, second):
                    found.append((op, named, second))
    return found


def convertible(op: Op, named: Type, second: Type) -> bool:
    if op is ops.ZEXT or op is ops.SEXT:
        return second.is_integer and second.bits < named.bits
    if op is ops.TRUNC:
        return second.is_integer and second.bits > named.bits
    if op is ops.FCVT:
        return second.is_float and second is not named
    if op is ops.SITOF or op is ops.UITOF:
        return second.is_integer
    if op is ops.FTOSI or op is ops.FTOUI:
        return second.is_float
    assert op is ops.BITCAST, op.name
    return second.bits == named.bits


def make_case(op: Op, named: Type, second: Type) -> Case:
    operands = [operand_type(kind, named, second) for kind in op.operands]
    results = [operand_type(kind, named, second) for kind in op.results]
    return Case(op, named, second, operands, results)


def register_case(op: Op, named: Type, second: Type, limit: int = 1000) -> Case:
    """All operands in registers: boundary × boundary."""
    case = make_case(op, named, second)
    per_operand = limit if len(case.operand_types) < 3 else 9
    for operands in product(*[thinned(boundary(type), per_operand) for type in case.operand_types]):
        case.add(list(operands))
    return case


def constant_cases(op: Op, named: Type, second: Type, limit: int = 1000) -> list[Case]:
    """One operand constant, at each side; all constants, too, for one row."""
    cases: list[Case] = []
    count = len(op.operands)
    if count < 2:
        return cases
    types = make_case(op, named, second).operand_types
    for position in range(count):
        for constant in thinned(boundary(types[position]), limit):
            case = make_case(op, named, second)
            case.constants = {position: constant}
            others = [
                [constant] if index == position else thinned(boundary(type), 7) for index, type in enumerate(types)
            ]
            for operands in product(*others):
                case.add(list(operands))
            if case.rows:
                cases.append(case)
    return cases


def data(name: str, content: bytes, size: int) -> Data:
    item = Data(name, 0, size, 16)
    item.content = content
    return item


def add_loop(module: Module, case: Case, index: int, out_offset: int) -> int:
    """A function that runs the case over its table; returns the bytes of output it writes."""
    width = len(case.operand_types) - len(case.constants)
    table = b"".join([value.to_bytes(CELL, "little") for row in case.rows for value in row])
    name = f"case{index}"
    module.items.append(data(f"{name}.in", table, max(len(table), 1)))
    function = Function(name, 0)
    builder = Builder(function)
    loop = builder.new_block("loop")
    done = builder.new_block("done")
    source = builder.parameter(I64, "", loop)
    target = builder.parameter(I64, "", loop)
    left = builder.parameter(I64, "", loop)
    rows = builder.const(I64, len(case.rows))
    builder.jump(loop, [builder.symbol(f"{name}.in"), builder.symbol("out", out_offset), rows])
    builder.start(loop)
    operands: list[Value] = []
    taken = 0
    for position, type in enumerate(case.operand_types):
        if position in case.constants:
            operands.append(builder.const(type, case.constants[position]))
            continue
        operands.append(builder.load(type, builder.offset(source, taken * CELL), CELL))
        taken += 1
    operation = builder.emit(case.op, case.named, operands, case.second)
    for position, result in enumerate(operation.results):
        builder.store(builder.offset(target, position * CELL), result, CELL)
    remaining = builder.binary(ops.SUB, left, builder.const(I64, 1))
    step = len(case.result_types) * CELL
    arguments = [builder.offset(source, width * CELL), builder.offset(target, step), remaining]
    builder.branch(builder.compare(ops.NE, remaining, builder.const(I64, 0)), loop, done, list(arguments), [])
    builder.start(done)
    builder.ret()
    module.items.append(function)
    return step * len(case.rows)


def module_of(cases: list[Case]) -> Module:
    """All cases in one module, run by `test_main` in order."""
    module = Module("cases", 64)
    offset = 0
    main = Function("test_main")
    builder = Builder(main)
    for index, case in enumerate(cases):
        offset += add_loop(module, case, index, offset)
        builder.call(f"case{index}", [], [])
    builder.ret()
    module.items.append(main)
    module.items.append(data("out", b"", offset))
    return module


def differences(cases: list[Case], output: bytes) -> list[str]:
    """Where an output differs from what the evaluator says; NaNs are one class."""
    found: list[str] = []
    offset = 0
    for case in cases:
        for row, expected in zip(case.rows, case.expected, strict=True):
            for type, value in zip(case.result_types, expected, strict=True):
                given = int.from_bytes(output[offset : offset + type.size], "little")
                offset += CELL
                if given == value or (type.is_float and is_nan(type, given) and is_nan(type, value)):
                    continue
                shown = ", ".join([hex(operand) for operand in row])
                found.append(f"{case.name} ({shown}): {given:#x} instead of {value:#x}")
    return found
