"""Values of expressions: constants, conversions, operators, assignments, control inside expressions."""

from __future__ import annotations

from compiler.ir.function import SEQ_CST, Block, Value
from compiler.ir.types import I1, I8, Type
from compiler.lower import lanes
from compiler.lower.context import Context
from compiler.lower.lvalues import (
    add_scaled,
    add_scaled_value,
    bytes_of,
    element_size,
    is_variable,
    read,
    variable_size,
    write,
)
from compiler.lower.scalars import apply_binary, compare_values, infinity_of, is_updated
from compiler.syntax import expr
from compiler.terms import ops
from compiler.types import ctypes


def cast(cx: Context, node: expr.Cast) -> Value:
    """One conversion node."""
    kind = node.kind
    operand = node.operand
    if kind == expr.LOAD:
        return read(cx, cx.place(operand), node.start)
    if kind == expr.DECAY:
        return cx.place(operand).address
    builder = cx.builder
    if kind != expr.NO_OP and lanes.is_lanes(node.type):
        return lanes.materialize(cx, node)
    if kind == expr.TO_BOOL:
        return cx.boolean(cx.condition(operand), I8)
    if kind == expr.TO_UNION:
        place = cx.temporary(node.type, "union")
        cx.zero(place.address, cx.size(node.type), place.align)
        value = cx.value(operand)
        if cx.shapes.is_memory(operand.type):
            cx.copy_record(place.address, value, operand.type, 1)
        else:
            builder.store(place.address, value, place.align)
        return place.address
    if kind == expr.COMPLEX_TO_REAL:
        return lanes.elements(cx, operand)[0]
    if kind == expr.VECTOR_BITS:
        return lanes.scalar_of_bits(cx, node)
    value = cx.value(operand)
    if kind == expr.NO_OP:
        if cx.shapes.is_memory(node.type):
            return value
        return cx.resize(value, cx.ir(node.type), cx.shapes.is_signed(operand.type))
    if kind == expr.INT_TO_INT or kind == expr.INT_TO_POINTER or kind == expr.POINTER_TO_INT:
        return cx.resize(value, cx.ir(node.type), cx.shapes.is_signed(operand.type))
    if kind == expr.INT_TO_FLOAT:
        op = ops.SITOF if cx.shapes.is_signed(operand.type) else ops.UITOF
        return builder.convert(op, cx.ir(node.type), value)
    if kind == expr.FLOAT_TO_INT:
        op = ops.FTOSI if cx.shapes.is_signed(node.type) else ops.FTOUI
        return builder.convert(op, cx.ir(node.type), value)
    if kind == expr.FLOAT_TO_FLOAT:
        to = cx.ir(node.type)
        return value if value.type is to else builder.convert(ops.FCVT, to, value)
    raise AssertionError(f"conversion of no known kind: {kind}")


def unary(cx: Context, node: expr.Unary) -> Value:
    if node.op == expr.REAL or node.op == expr.IMAG:
        return lanes.elements(cx, node.operand)[0 if node.op == expr.REAL else 1]
    if lanes.is_lanes(node.type):
        return lanes.materialize(cx, node)
    if node.op == expr.LOGICAL_NOT:
        inverse = cx.builder.binary(ops.XOR, cx.condition(node.operand), cx.builder.const(I1, 1))
        return cx.boolean(inverse, cx.ir(node.type))
    value = cx.value(node.operand)
    if node.op == expr.NEGATE:
        return cx.builder.neg(value, _overflow_flag(cx, node.type) if value.type.is_integer else 0)
    assert node.op == expr.BIT_NOT, node.op
    return cx.builder.invert(value)


def _overflow_flag(cx: Context, type: ctypes.CType) -> int:
    """NSW where signed overflow is undefined (C17 6.5p5) and -fwrapv does not define it."""
    return ops.NSW if cx.shapes.is_signed(type) and not cx.options.wrapv else 0


def binary(cx: Context, node: expr.Binary) -> Value:
    op = node.op
    if lanes.is_lanes(node.type):
        return lanes.materialize(cx, node)
    if expr.EQ <= op <= expr.GE:
        return cx.boolean(compare(cx, node), cx.ir(node.type))
    if is_updated(cx, node.left):
        return _update(cx, node)
    if op == expr.POINTER_ADD or op == expr.POINTER_SUB:
        base = cx.value(node.left)
        step = element_size(cx, node.left.type, node.start)
        return add_scaled(cx, base, node.right, step, op == expr.POINTER_SUB)
    left = cx.value(node.left)
    right = cx.value(node.right)
    builder = cx.builder
    if op == expr.POINTER_DIFFERENCE:
        bytes = builder.binary(ops.SUB, left, right)
        size = element_size(cx, node.left.type, node.start)
        if isinstance(size, int):
            if size in (0, 1):
                return bytes
            if size & (size - 1) == 0:
                return builder.binary(ops.ASHR, bytes, cx.constant(size.bit_length() - 1), ops.EXACT)
            return builder.binary(ops.SDIV, bytes, cx.constant(size), ops.EXACT)
        return builder.binary(ops.SDIV, bytes, size, ops.EXACT)
    flags = _overflow_flag(cx, node.type) if left.type.is_integer else 0
    return apply_binary(cx, op, cx.shapes.is_signed(node.left.type), left, right, flags)


def is_infinity(cx: Context, node: expr.FloatConstant) -> bool:
    return node.bits == infinity_of(cx.ir(node.type))


def _update(cx: Context, node: expr.Binary) -> Value:
    """The operation of a compound assignment. The right operand goes first, the object is read after it: where that
    calls a function which changes the object, either order is allowed (C17 6.5.16p3), and this one is gcc's."""
    if node.op == expr.POINTER_ADD or node.op == expr.POINTER_SUB:
        index = cx.resize(cx.value(node.right), cx.pointer, cx.shapes.is_signed(node.right.type))
        step = element_size(cx, node.left.type, node.start)
        return add_scaled_value(cx, cx.value(node.left), index, step, node.op == expr.POINTER_SUB)
    right = cx.value(node.right)
    left = cx.value(node.left)
    flags = _overflow_flag(cx, node.type) if left.type.is_integer else 0
    return apply_binary(cx, node.op, cx.shapes.is_signed(node.left.type), left, right, flags)


def compare(cx: Context, node: expr.Binary) -> Value:
    """A comparison of scalars or complex numbers as i1."""
    if node.left.type.kind == ctypes.COMPLEX:
        return lanes.compare(cx, node)
    if node.op == expr.GT and isinstance(node.right, expr.FloatConstant) and is_infinity(cx, node.right):
        cx.effect(node.left)  # nothing is greater, at any level
        return cx.builder.const(I1, 0)
    left = cx.value(node.left)
    right = cx.value(node.right)
    return compare_values(cx, node.op, cx.shapes.is_signed(node.left.type), left, right)


def condition(cx: Context, node: expr.Expr) -> Value:
    """A scalar compared with zero, as i1."""
    if isinstance(node, expr.Binary) and expr.EQ <= node.op <= expr.GE:
        return compare(cx, node)
    if isinstance(node, expr.Unary) and node.op == expr.LOGICAL_NOT:
        return cx.builder.binary(ops.XOR, condition(cx, node.operand), cx.builder.const(I1, 1))
    if isinstance(node, expr.Logical):
        return logical(cx, node, I1)
    if isinstance(node, expr.Cast) and node.kind == expr.TO_BOOL:
        return condition(cx, node.operand)
    if node.type.kind == ctypes.COMPLEX:
        return lanes.nonzero(cx, node)
    return nonzero(cx, cx.value(node))


def nonzero(cx: Context, value: Value) -> Value:
    zero = cx.builder.const(value.type, 0)
    return cx.builder.compare(ops.FNE if value.type.is_float else ops.NE, value, zero)


def branch(cx: Context, node: expr.Expr, if_true: Block, if_false: Block) -> None:
    """Jumps on a condition; && || and ! become control flow."""
    while isinstance(node, expr.Unary) and node.op == expr.LOGICAL_NOT:
        node = node.operand
        if_true, if_false = if_false, if_true
    if isinstance(node, expr.Logical):
        chain: list[expr.Expr] = []
        first: expr.Expr = node
        while isinstance(first, expr.Logical) and first.is_and == node.is_and:
            chain.append(first.right)
            first = first.left
        chain.append(first)
        for index in range(len(chain) - 1, 0, -1):
            more = cx.new_block("logical_more")
            if node.is_and:
                branch(cx, chain[index], more, if_false)
            else:
                branch(cx, chain[index], if_true, more)
            cx.builder.start(more)
        branch(cx, chain[0], if_true, if_false)
        return
    if isinstance(node, expr.IntegerConstant):  # what a constant condition excludes is not emitted at any level
        cx.builder.jump(if_true if node.value else if_false)
        return
    cx.builder.branch(condition(cx, node), if_true, if_false)


def logical(cx: Context, node: expr.Logical, type: Type) -> Value:
    """&& and ||, short-circuited: 0 or 1 of `type`."""
    builder = cx.builder
    done = cx.new_block("logical_done")
    result = builder.parameter(type, "", done)
    # A chain of the same operator is walked without recursion: `a && b && ...` of any length.
    chain: list[expr.Expr] = []
    first: expr.Expr = node
    while isinstance(first, expr.Logical) and first.is_and == node.is_and:
        chain.append(first.right)
        first = first.left
    chain.append(first)
    for index in range(len(chain) - 1, 0, -1):
        more = cx.new_block("logical_more")
        bit = condition(cx, chain[index])
        known = builder.const(type, 0 if node.is_and else 1)
        if node.is_and:
            builder.branch(bit, more, done, [], [known])
        else:
            builder.branch(bit, done, more, [known], [])
        builder.start(more)
    last = cx.boolean(condition(cx, chain[0]), type)
    builder.jump(done, [last])
    builder.start(done)
    return result


def conditional(cx: Context, node: expr.Conditional) -> Value | None:
    """?: ; None where the type is void."""
    builder = cx.builder
    then = cx.new_block("then")
    other = cx.new_block("else")
    done = cx.new_block("conditional_done")
    is_void = node.type.kind == ctypes.VOID
    reuse = node.reuse
    if node.then is None:
        value = cx.value(node.condition)
        assert reuse is not None
        leaf = reuse
        while isinstance(leaf, expr.Cast):
            leaf = leaf.operand
        cx.reused[leaf] = value
        is_complex = reuse.type.kind == ctypes.COMPLEX
        builder.branch(lanes.nonzero(cx, leaf) if is_complex else nonzero(cx, value), then, other)
    else:
        cx.branch(node.condition, then, other)
        reuse = node.then
    builder.start(then)
    if is_void:
        cx.effect(reuse)
        builder.jump(done)
    else:
        builder.jump(done, [cx.value(reuse)])
    builder.start(other)
    if is_void:
        cx.effect(node.other)
        builder.jump(done)
        builder.start(done)
        return None
    last = cx.value(node.other)
    result = builder.parameter(last.type, "", done)
    builder.jump(done, [last])
    builder.start(done)
    return result


def assign(cx: Context, node: expr.Assign) -> Value:
    """The value is evaluated before the place: either order is allowed (C17 6.5.16p3)."""
    if cx.shapes.is_memory(node.type):
        source = bytes_of(cx, node.value)
        place = cx.place(node.target)
        cx.copy_record(place.address, source.value, place.type, min(place.align, source.align), place.volatile)
        return place.address
    value = cx.value(node.value)
    return write(cx, cx.place(node.target), value, node.start)


def compound_assign(cx: Context, node: expr.CompoundAssign) -> Value:
    place = cx.place(node.target)
    if place.type.qualifiers & ctypes.ATOMIC and place.field is None:
        return _atomic_update(cx, node)
    if not node.post:
        cx.updated[node.old] = place
        return write(cx, place, cx.value(node.result), node.start)
    old = read(cx, place, node.start)
    if cx.shapes.is_memory(place.type):
        kept = cx.temporary(place.type, "old")
        cx.copy_record(kept.address, old, place.type, min(kept.align, place.align), place.volatile)
        old = kept.address
    cx.reused[node.old] = old
    write(cx, place, cx.value(node.result), node.start)
    return old


def _atomic_update(cx: Context, node: expr.CompoundAssign) -> Value:
    """A compare-and-exchange loop (C17 6.5.16.2p3)."""
    builder = cx.builder
    place = cx.place(node.target)
    type = cx.ir(place.type)
    if type.is_float:
        raise cx.unsupported("atomic floating-point update", node.start)
    again = cx.new_block("atomic_again")
    done = cx.new_block("atomic_done")
    old = builder.parameter(type, "", again)
    builder.jump(again, [builder.load(type, place.address, place.align, place.volatile, SEQ_CST)])
    builder.start(again)
    cx.reused[node.old] = old
    wanted = cx.value(node.result)
    exchanged = builder.atomic_cmpxchg(place.address, old, wanted, place.align, SEQ_CST, SEQ_CST)
    builder.branch(exchanged.extra[0], done, again, [], [exchanged])
    builder.start(done)
    return old if node.post else wanted


def statement_expression(cx: Context, node: expr.StatementExpr) -> Value | None:
    """({ ... }): the block with its scope, the value taken inside it."""
    return cx.scoped_block(node.block, node.result)


def sizeof_variable(cx: Context, node: expr.SizeofVariable) -> Value:
    if node.operand is not None:
        cx.effect(node.operand)
    measured = node.measured
    assert is_variable(measured)
    return cx.resize(variable_size(cx, measured), cx.ir(node.type), False)


def string_address(cx: Context, node: expr.StringConstant) -> Value:
    return cx.builder.symbol(cx.string_symbol(node.data, cx.shapes.align(node.type)))


def label_address(cx: Context, node: expr.LabelAddress) -> Value:
    info = cx.labels[node.label]
    return cx.builder.label(info.block)
