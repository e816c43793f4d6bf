"""Places: where lvalues lie, and how they are read and written, bit-fields included.

A bit-field is reached through the smallest naturally aligned container that lies within its record and meets no
ordinary
member, so that neighbours are never written (C17 3.14p3); where there is none, byte by byte.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import NOT_ATOMIC, SEQ_CST, Value
from compiler.ir.types import Type, integer
from compiler.lower.context import Context, Place, entity_symbol, is_volatile
from compiler.syntax import decl, expr
from compiler.terms import ops
from compiler.types import ctypes
from compiler.types.ctypes import CType, Field


@final
class Pointer:
    """A pointer value and the alignment known of what it points to, in bytes."""

    def __init__(self, value: Value, align: int, volatile: bool = False) -> None:
        self.value: Final = value
        self.align: Final = align
        self.volatile: Final = volatile


def low_bit(value: int, otherwise: int) -> int:
    """The largest power of two that divides `value`, `otherwise` for 0."""
    return value & -value if value else otherwise


def place_of(cx: Context, node: expr.Expr) -> Place:
    """The place of an lvalue, or of an rvalue record (which has an address, too)."""
    if isinstance(node, expr.Name):
        return _name(cx, node)
    if isinstance(node, expr.Member):
        return _member(cx, node)
    if isinstance(node, expr.Dereference):
        pointer = pointer_of(cx, node.pointer)
        return Place(pointer.value, node.type, pointer.align, is_volatile(node.type) or pointer.volatile)
    if isinstance(node, expr.CompoundLiteral):
        return _compound_literal(cx, node)
    if isinstance(node, expr.StringConstant):
        align = cx.shapes.align(node.type)
        return Place(cx.builder.symbol(cx.string_symbol(node.data, align)), node.type, align, False)
    if isinstance(node, expr.Cast) and node.kind in (expr.NO_OP, expr.LOAD) and cx.shapes.is_memory(node.type):
        return place_of(cx, node.operand)
    if isinstance(node, expr.Comma):
        cx.effect(node.left)
        return place_of(cx, node.right)
    return Place(cx.value(node), node.type, cx.shapes.align(node.type), False)


def _name(cx: Context, node: expr.Name) -> Place:
    entity = node.entity
    align = 1
    if isinstance(entity, decl.Variable):
        found = cx.slots.get(entity.id)
        align = max(cx.shapes.align(entity.type) if entity.type.kind != ctypes.FUNCTION else 1, entity.align)
        if entity.register_name and found is None:
            raise cx.unsupported("global register variable", node.start)
        if found is not None:
            return Place(found, node.type, align, is_volatile(node.type))
        if entity.is_thread_local:
            cx.module.thread_locals.add(entity_symbol(entity))
    return Place(cx.builder.symbol(entity_symbol(entity)), node.type, align, is_volatile(node.type))


def _member(cx: Context, node: expr.Member) -> Place:
    base = cx.place(node.base)
    field = node.field
    record = node.base.type
    bare = record.bare
    if isinstance(bare, ctypes.RecordType) and bare.info.big_endian:
        raise cx.unsupported("scalar_storage_order", node.start)
    volatile = base.volatile or is_volatile(node.type)
    if field.bits >= 0:
        made = Place(base.address, node.type, base.align, volatile, field)
        made.record = record
        return made
    address = cx.builder.offset(base.address, field.offset)
    return Place(address, node.type, min(base.align, low_bit(field.offset, base.align)), volatile)


def pointer_of(cx: Context, node: expr.Expr) -> Pointer:
    """A pointer with its alignment: an element of a packed record's array is less aligned than its type says."""
    inner = node
    while isinstance(inner, expr.Cast) and inner.kind == expr.NO_OP and inner.implicit:
        inner = inner.operand
    if isinstance(inner, expr.Cast) and inner.kind == expr.DECAY:
        place = cx.place(inner.operand)
        return Pointer(place.address, place.align, place.volatile)
    if isinstance(inner, expr.Binary) and inner.op == expr.POINTER_ADD:
        base = pointer_of(cx, inner.left)
        step = element_size(cx, inner.type, inner.start)
        if isinstance(step, int):
            align = min(base.align, low_bit(step, base.align))
            return Pointer(add_scaled(cx, base.value, inner.right, step, False), align, base.volatile)
    target = node.type.bare
    assert isinstance(target, ctypes.PointerType)
    align = 1
    if target.target.kind not in (ctypes.VOID, ctypes.FUNCTION) and not is_incomplete(target.target):
        align = cx.shapes.align(target.target)
    return Pointer(cx.value(node), align)


def bytes_of(cx: Context, node: expr.Expr) -> Pointer:
    """Where the bytes of a record value lie; a member of a packed record is less aligned than its type says."""
    inner = node
    while isinstance(inner, expr.Cast) and inner.kind in (expr.LOAD, expr.NO_OP):
        inner = inner.operand
    if inner is not node and inner.is_lvalue:
        place = cx.place(inner)
        return Pointer(place.address, place.align, place.volatile)
    return Pointer(cx.value(node), cx.shapes.align(node.type))


def is_incomplete(type: CType) -> bool:
    bare = type.bare
    if isinstance(bare, ctypes.RecordType):
        return bare.info.fields is None
    if isinstance(bare, ctypes.EnumType):
        return bare.info.underlying is None
    if isinstance(bare, ctypes.ArrayType):
        return is_incomplete(bare.element)
    return False


def element_size(cx: Context, pointer: CType, start: int) -> int | Value:
    """Bytes from one element to the next: a number, or a value for variable-length element types."""
    bare = pointer.bare
    assert isinstance(bare, ctypes.PointerType)
    target = bare.target
    if target.kind in (ctypes.VOID, ctypes.FUNCTION):
        return 1  # GNU arithmetic on void and function pointers
    if is_variable(target):
        return variable_size(cx, target)
    return cx.size(target)


def is_variable(type: CType) -> bool:
    """Whether the type's size is known only at run time."""
    while isinstance(type, ctypes.ArrayType):
        if type.length_variable >= 0:
            return True
        type = type.element
    return False


def variable_size(cx: Context, type: CType) -> Value:
    """The size in bytes of a variable-length array type, from its hidden length variables."""
    if isinstance(type, ctypes.ArrayType) and is_variable(type):
        inner = variable_size(cx, type.element)
        if type.length_variable >= 0:
            slot = cx.slots.get(type.length_variable)
            assert slot is not None, "length variable not declared before use"
            count: Value = cx.builder.load(cx.pointer, slot, cx.pointer.size)
        else:
            count = cx.constant(type.length or 0)
        return cx.builder.binary(ops.MUL, inner, count)
    return cx.constant(cx.size(type))


def add_scaled(cx: Context, base: Value, index: expr.Expr, step: int | Value, subtract: bool) -> Value:
    """base + index * step, in bytes."""
    if isinstance(step, int) and isinstance(index, expr.IntegerConstant):
        offset = -index.value * step if subtract else index.value * step
        return cx.builder.offset(base, offset)
    value = cx.resize(cx.value(index), cx.pointer, cx.shapes.is_signed(index.type))
    return add_scaled_value(cx, base, value, step, subtract)


def add_scaled_value(cx: Context, base: Value, value: Value, step: int | Value, subtract: bool) -> Value:
    """base + value * step, of a value as wide as a pointer."""
    if not isinstance(step, int):
        value = cx.builder.binary(ops.MUL, value, step)
    elif step != 1:
        value = cx.builder.binary(ops.MUL, value, cx.constant(step))
    if subtract:
        value = cx.builder.neg(value)
    return cx.builder.ptr_add(base, value)


def _compound_literal(cx: Context, node: expr.CompoundLiteral) -> Place:
    variable = node.variable
    align = max(cx.shapes.align(variable.type), variable.align)
    if variable.storage == decl.STATIC:
        return Place(cx.builder.symbol(entity_symbol(variable)), node.type, align, is_volatile(node.type))
    slot = cx.slots.get(variable.id)
    if slot is None:
        slot = cx.builder.slot(max(cx.size(variable.type), 1), align, variable.name or "literal")
        cx.slots[variable.id] = slot
    cx.initialize(variable, slot)
    return Place(slot, node.type, align, is_volatile(node.type))


# --- reading and writing
# ------------------------------------------------------------------------------------------------


def read(cx: Context, place: Place, start: int) -> Value:
    """The value at a place; the address itself for records."""
    if cx.shapes.is_memory(place.type):
        return place.address
    if place.field is not None:
        return _read_bits(cx, place, place.field)
    order = SEQ_CST if place.type.qualifiers & ctypes.ATOMIC else NOT_ATOMIC
    return cx.builder.load(cx.ir(place.type), place.address, place.align, place.volatile, order)


def write(cx: Context, place: Place, value: Value, start: int) -> Value:
    """Stores and returns the value the assignment has: a bit-field's is cut to its width (C17 6.5.16p3)."""
    if cx.shapes.is_memory(place.type):
        cx.copy_record(place.address, value, place.type, place.align, place.volatile)
        return place.address
    if place.field is not None:
        return _write_bits(cx, place, place.field, value)
    order = SEQ_CST if place.type.qualifiers & ctypes.ATOMIC else NOT_ATOMIC
    cx.builder.store(place.address, value, place.align, place.volatile, order)
    return value


@final
class Container:
    """The bytes [offset, offset + size) a bit-field is reached through; `shift` counts bits from the container's
    start."""

    def __init__(self, offset: int, size: int, shift: int) -> None:
        self.offset: Final = offset
        self.size: Final = size
        self.shift: Final = shift


def container_of(cx: Context, record: CType, field: Field) -> Container:
    """The container of a bit-field; its size is no power of two where byte-wise access is needed."""
    bare = record.bare
    assert isinstance(bare, ctypes.RecordType)
    first = field.offset * 8 + field.bit_offset
    last = first + field.bits
    size = 1
    while size <= 8:
        start = first // (size * 8) * size
        if (start + size) * 8 >= last and start + size <= bare.info.size and _is_free(cx, bare, start, start + size):
            return Container(start, size, first - start * 8)
        size *= 2
    start = first // 8
    return Container(start, (last + 7) // 8 - start, first - start * 8)


def _is_free(cx: Context, record: ctypes.RecordType, start: int, end: int) -> bool:
    """Whether no ordinary member overlaps the bytes; in a union all members do, and are kept by read-modify-write."""
    if record.info.is_union:
        return True
    for field in record.info.fields or []:
        if field.bits < 0 and field.offset < end and field.offset + cx.size(field.type) > start:
            return False
    return True


def _pieces(container: Container, align: int) -> list[tuple[int, int]]:
    """Accesses that cover a container: (offset within it, size), each a power of two."""
    if container.size in (1, 2, 4, 8):
        return [(0, container.size)]
    return [(index, 1) for index in range(container.size)]


def _read_container(cx: Context, place: Place, container: Container, wide: Type) -> Value:
    builder = cx.builder
    total: Value | None = None
    for offset, size in _pieces(container, place.align):
        at = container.offset + offset
        align = min(place.align, low_bit(at, place.align))
        piece: Value = builder.load(integer(size * 8), builder.offset(place.address, at), align, place.volatile)
        piece = cx.resize(piece, wide, False)
        if offset:
            piece = builder.binary(ops.SHL, piece, builder.const(wide, offset * 8))
        total = piece if total is None else builder.binary(ops.OR, total, piece)
    assert total is not None
    return total


def _wide_type(container: Container, field_type: Type) -> Type:
    bits = 8
    while bits < container.size * 8:
        bits *= 2
    return integer(max(bits, field_type.bits))


def _cut(cx: Context, value: Value, bits: int, type: Type, is_signed: bool) -> Value:
    """The low `bits` of a value, extended to `type`; the value may be wider or narrower than `type`."""
    builder = cx.builder
    wide = value.type
    if bits < wide.bits:
        distance = builder.const(wide, wide.bits - bits)
        value = builder.binary(ops.SHL, value, distance)
        value = builder.binary(ops.ASHR if is_signed else ops.LSHR, value, distance)
    return cx.resize(value, type, is_signed)


def _read_bits(cx: Context, place: Place, field: Field) -> Value:
    assert place.record is not None
    builder = cx.builder
    type = cx.ir(field.type)
    container = container_of(cx, place.record, field)
    wide = _wide_type(container, type)
    value = _read_container(cx, place, container, wide)
    is_signed = cx.shapes.is_signed(field.type)
    left = wide.bits - container.shift - field.bits
    if left:
        value = builder.binary(ops.SHL, value, builder.const(wide, left))
    right = wide.bits - field.bits
    if right:
        value = builder.binary(ops.ASHR if is_signed else ops.LSHR, value, builder.const(wide, right))
    return cx.resize(value, type, is_signed)


def _write_bits(cx: Context, place: Place, field: Field, value: Value) -> Value:
    assert place.record is not None
    builder = cx.builder
    type = cx.ir(field.type)
    container = container_of(cx, place.record, field)
    wide = _wide_type(container, type)
    mask = (1 << field.bits) - 1
    bits: Value = builder.binary(ops.AND, cx.resize(value, wide, False), builder.const(wide, mask))
    if container.shift:
        bits = builder.binary(ops.SHL, bits, builder.const(wide, container.shift))
    if field.bits != container.size * 8:
        old = _read_container(cx, place, container, wide)
        kept = builder.binary(ops.AND, old, builder.const(wide, ~(mask << container.shift)))
        bits = builder.binary(ops.OR, kept, bits)
    for offset, size in _pieces(container, place.align):
        at = container.offset + offset
        align = min(place.align, low_bit(at, place.align))
        piece: Value = bits
        if offset:
            piece = builder.binary(ops.LSHR, piece, builder.const(wide, offset * 8))
        piece = cx.resize(piece, integer(size * 8), False)
        builder.store(builder.offset(place.address, at), piece, align, place.volatile)
    return _cut(cx, value, field.bits, type, cx.shapes.is_signed(field.type))
