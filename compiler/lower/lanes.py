"""Complex numbers and vectors: values of several equal parts, handled by the address of their bytes like records.

Invariant: `elements` evaluates an expression once and gives its parts as scalars, so an operation reads all of its
operands before anything is written. Arithmetic on complex numbers is C17 6.5.5 and annex G: products and quotients of
floats are calls of the helper library, which mends infinities. Vectors are computed lane by lane (gcc manual, "Vector
Extensions"); their arithmetic wraps.
"""

from __future__ import annotations

from typing import Final

from compiler.ir.function import Value
from compiler.ir.types import I1, integer
from compiler.lower.calls import helper_call
from compiler.lower.context import Context, Place, is_volatile
from compiler.lower.lvalues import Pointer, add_scaled, bytes_of, low_bit
from compiler.lower.scalars import apply_binary, compare_values, is_updated
from compiler.syntax import expr
from compiler.terms import ops
from compiler.types import ctypes
from compiler.types.ctypes import CType

# How the helper library's names end, by the element's width.
_MODES: Final[dict[int, str]] = {32: "sc3", 64: "dc3", 80: "xc3", 128: "tc3"}


def is_lanes(type: CType) -> bool:
    return type.kind == ctypes.COMPLEX or type.kind == ctypes.VECTOR


def element_type(type: CType) -> CType:
    bare = type.bare
    assert isinstance(bare, (ctypes.ComplexType, ctypes.VectorType))
    return bare.element


def lane_count(type: CType) -> int:
    bare = type.bare
    return bare.lanes if isinstance(bare, ctypes.VectorType) else 2


def materialize(cx: Context, node: expr.Expr) -> Value:
    """The address of a new object that holds the value of an operation."""
    place = cx.temporary(node.type, "lanes")
    store(cx, place, elements(cx, node))
    return place.address


def store(cx: Context, place: Place, values: list[Value]) -> None:
    step = cx.size(element_type(place.type))
    for index, value in enumerate(values):
        offset = index * step
        align = min(place.align, low_bit(offset, place.align))
        cx.builder.store(cx.builder.offset(place.address, offset), value, align, place.volatile)


def _load(cx: Context, source: Pointer, type: CType) -> list[Value]:
    element = element_type(type)
    step = cx.size(element)
    kind = cx.ir(element)
    values: list[Value] = []
    for index in range(lane_count(type)):
        offset = index * step
        align = min(source.align, low_bit(offset, source.align))
        values.append(cx.builder.load(kind, cx.builder.offset(source.value, offset), align, source.volatile))
    return values


def elements(cx: Context, node: expr.Expr) -> list[Value]:
    """The parts of a complex number or vector: real and imaginary, or the lanes."""
    if isinstance(node, expr.Cast) and node.kind != expr.LOAD:
        return _cast(cx, node)
    if isinstance(node, expr.Binary):
        return _binary(cx, node)
    if isinstance(node, expr.Unary) and node.op in (expr.NEGATE, expr.BIT_NOT, expr.CONJUGATE):
        return _unary(cx, node)
    if isinstance(node, expr.FloatConstant):
        kind = cx.ir(element_type(node.type))
        return [cx.builder.const(kind, 0), cx.builder.const(kind, node.bits)]
    if isinstance(node, expr.BuiltinCall) and node.name == "complex":
        return [cx.value(node.arguments[0]), cx.value(node.arguments[1])]
    if isinstance(node, expr.BuiltinCall) and node.name == "shuffle":
        return _shuffle(cx, node)
    return _load(cx, bytes_of(cx, node), node.type)


def _shuffle(cx: Context, node: expr.BuiltinCall) -> list[Value]:
    """Each lane of the mask, modulo their number, picks a lane of the vectors laid side by side."""
    lanes: list[Value] = []
    for argument in node.arguments[:-1]:
        lanes.extend(elements(cx, argument))
    mask = elements(cx, node.arguments[-1])
    builder = cx.builder
    step = cx.size(element_type(node.type))
    table = builder.slot(step * len(lanes), min(step * len(lanes), 16), "shuffled")
    for index, value in enumerate(lanes):
        builder.store(builder.offset(table, index * step), value, step)
    kind = cx.ir(element_type(node.type))
    picked: list[Value] = []
    for lane in mask:
        number = builder.binary(ops.AND, cx.resize(lane, cx.pointer, False), cx.constant(len(lanes) - 1))
        place = builder.ptr_add(table, builder.binary(ops.MUL, number, cx.constant(step)))
        picked.append(builder.load(kind, place, step))
    return picked


def _cast(cx: Context, node: expr.Cast) -> list[Value]:
    operand = node.operand
    kind = node.kind
    element = element_type(node.type)
    if kind == expr.REAL_TO_COMPLEX:
        return [cx.value(operand), cx.builder.const(cx.ir(element), 0)]
    if kind == expr.COMPLEX_TO_COMPLEX:
        source = element_type(operand.type)
        return [_converted(cx, value, source, element) for value in elements(cx, operand)]
    if kind == expr.SPLAT:
        value = cx.value(operand)
        return [value] * lane_count(node.type)
    if kind == expr.NO_OP:
        return elements(cx, operand)
    assert kind == expr.VECTOR_BITS, kind
    if is_lanes(operand.type):
        return _load(cx, bytes_of(cx, operand), node.type)
    place = cx.temporary(operand.type, "bits")
    cx.builder.store(place.address, cx.value(operand), place.align)
    return _load(cx, Pointer(place.address, place.align), node.type)


def _converted(cx: Context, value: Value, source: CType, to: CType) -> Value:
    """One part of a complex number as another element type."""
    type = cx.ir(to)
    if value.type.is_float:
        if type.is_float:
            return value if value.type is type else cx.builder.convert(ops.FCVT, type, value)
        return cx.builder.convert(ops.FTOSI if cx.shapes.is_signed(to) else ops.FTOUI, type, value)
    if type.is_float:
        return cx.builder.convert(ops.SITOF if cx.shapes.is_signed(source) else ops.UITOF, type, value)
    return cx.resize(value, type, cx.shapes.is_signed(source))


def _unary(cx: Context, node: expr.Unary) -> list[Value]:
    values = elements(cx, node.operand)
    if node.op == expr.CONJUGATE:
        return [values[0], cx.builder.neg(values[1])]
    if node.op == expr.NEGATE:
        return [cx.builder.neg(value) for value in values]
    return [cx.builder.invert(value) for value in values]


def _binary(cx: Context, node: expr.Binary) -> list[Value]:
    op = node.op
    is_update = is_updated(cx, node.left)  # then the object is read after the right operand
    early = [] if is_update else elements(cx, node.left)
    right = elements(cx, node.right)
    left = elements(cx, node.left) if is_update else early
    element = element_type(node.left.type)
    if node.left.type.kind == ctypes.VECTOR:
        if expr.EQ <= op <= expr.GE:
            return _lane_truths(cx, node, left, right)
        signed = cx.shapes.is_signed(element)
        return [apply_binary(cx, op, signed, a, b, 0) for a, b in zip(left, right, strict=True)]
    if op == expr.ADD or op == expr.SUB:
        return [apply_binary(cx, op, True, a, b, 0) for a, b in zip(left, right, strict=True)]
    assert op == expr.MUL or op == expr.DIV, op
    if left[0].type.is_float:
        place = cx.temporary(node.type, "complex")
        name = ("__mul" if op == expr.MUL else "__div") + _MODES[left[0].type.bits]
        helper_call(cx, name, [*left, *right], place)
        return _load(cx, Pointer(place.address, place.align), node.type)
    return _integer_product(cx, op, cx.shapes.is_signed(element), left, right)


def _integer_product(cx: Context, op: int, signed: bool, left: list[Value], right: list[Value]) -> list[Value]:
    """(a + bi) op (c + di) with integers."""
    a, b = left
    c, d = right
    builder = cx.builder
    if op == expr.DIV:
        return _integer_quotient(cx, signed, left, right)
    real = builder.binary(ops.SUB, builder.binary(ops.MUL, a, c), builder.binary(ops.MUL, b, d))
    return [real, builder.binary(ops.ADD, builder.binary(ops.MUL, a, d), builder.binary(ops.MUL, b, c))]


def _integer_quotient(cx: Context, signed: bool, left: list[Value], right: list[Value]) -> list[Value]:
    """By the ratio of the divisor's parts, the smaller over the larger, which rounds to zero on the way: gcc defines
    this extension by doing so, and code that was tested with it expects no better."""
    a, b = left
    c, d = right
    builder = cx.builder
    swap = compare_values(cx, expr.LT, signed, _magnitude(cx, signed, c), _magnitude(cx, signed, d))
    large = builder.select(swap, d, c)
    small = builder.select(swap, c, d)
    ratio = apply_binary(cx, expr.DIV, signed, small, large, 0)
    denominator = builder.binary(ops.ADD, builder.binary(ops.MUL, small, ratio), large)
    scaled_a = builder.binary(ops.MUL, a, ratio)
    scaled_b = builder.binary(ops.MUL, b, ratio)
    real = builder.select(swap, builder.binary(ops.ADD, scaled_a, b), builder.binary(ops.ADD, scaled_b, a))
    imaginary = builder.select(swap, builder.binary(ops.SUB, scaled_b, a), builder.binary(ops.SUB, b, scaled_a))
    return [apply_binary(cx, expr.DIV, signed, value, denominator, 0) for value in (real, imaginary)]


def _magnitude(cx: Context, signed: bool, value: Value) -> Value:
    if not signed:
        return value
    negative = compare_values(cx, expr.LT, True, value, cx.builder.const(value.type, 0))
    return cx.builder.select(negative, cx.builder.neg(value), value)


def _lane_truths(cx: Context, node: expr.Binary, left: list[Value], right: list[Value]) -> list[Value]:
    """A comparison of vectors: all bits of a lane set where it holds."""
    type = cx.ir(element_type(node.type))
    signed = cx.shapes.is_signed(element_type(node.left.type))
    values: list[Value] = []
    for a, b in zip(left, right, strict=True):
        values.append(cx.builder.convert(ops.SEXT, type, compare_values(cx, node.op, signed, a, b)))
    return values


def compare(cx: Context, node: expr.Binary) -> Value:
    """== or != of complex numbers, as i1."""
    left = elements(cx, node.left)
    right = elements(cx, node.right)
    real = compare_values(cx, node.op, True, left[0], right[0])
    imaginary = compare_values(cx, node.op, True, left[1], right[1])
    return cx.builder.binary(ops.AND if node.op == expr.EQ else ops.OR, real, imaginary)


def nonzero(cx: Context, node: expr.Expr) -> Value:
    """Whether a complex number is not zero, as i1."""
    bit: Value = cx.builder.const(I1, 0)
    for value in elements(cx, node):
        test = compare_values(cx, expr.NE, True, value, cx.builder.const(value.type, 0))
        bit = cx.builder.binary(ops.OR, bit, test)
    return bit


def scalar_of_bits(cx: Context, node: expr.Cast) -> Value:
    """A vector's bytes read as a scalar of the same size."""
    source = bytes_of(cx, node.operand)
    type = cx.ir(node.type)
    if not type.is_float:
        assert type is integer(cx.size(node.operand.type) * 8)
    return cx.builder.load(type, source.value, source.align, source.volatile)


def part_place(cx: Context, node: expr.Unary) -> Place:
    """The place of `__real__ x` or `__imag__ x`."""
    base = cx.place(node.operand)
    offset = 0 if node.op == expr.REAL else cx.size(element_type(node.operand.type))
    address = cx.builder.offset(base.address, offset)
    return Place(address, node.type, min(base.align, low_bit(offset, base.align)), base.volatile)


def element_place(cx: Context, node: expr.VectorElement) -> Place:
    """The place of `vector[index]`."""
    base = cx.place(node.vector)
    step = cx.size(node.type)
    address = add_scaled(cx, base.address, node.index, step, False)
    return Place(address, node.type, min(base.align, step), base.volatile or is_volatile(node.type))
