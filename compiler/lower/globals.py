"""Objects: static initializers become bytes and relocations, automatic ones stores."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import COMMON, Value
from compiler.ir.module import Data, DataRelocation
from compiler.lower.context import Context, Place, entity_symbol, is_volatile
from compiler.lower.linkage import linkage_of
from compiler.lower.lvalues import Pointer, bytes_of, low_bit, write
from compiler.sema.constants import (
    AddressConstant,
    ComplexValue,
    ConstantValue,
    Evaluator,
    FloatValue,
    IntegerValue,
    LabelDifference,
)
from compiler.syntax import decl, expr
from compiler.types import ctypes
from compiler.types.basic import BasicTypes
from compiler.types.ctypes import CType

TABLE_ENTRIES: Final = 16  # an automatic initializer with more constants is copied from a read-only table


@final
class Image:
    """The bytes of an object under construction."""

    def __init__(self, size: int) -> None:
        self.bytes: Final = bytearray(size)
        self.relocations: list[DataRelocation] = []

    def put(self, offset: int, size: int, value: int) -> None:
        """`size` bytes, little endian; what lies past the object (a flexible member) extends it."""
        self.extend(offset + size)
        self.bytes[offset : offset + size] = (value & ((1 << (size * 8)) - 1)).to_bytes(size, "little")

    def put_bits(self, first: int, width: int, value: int) -> None:
        """`width` bits from bit number `first` of the object."""
        start = first // 8
        end = (first + width + 7) // 8
        self.extend(end)
        mask = ((1 << width) - 1) << (first - start * 8)
        word = int.from_bytes(self.bytes[start:end], "little") & ~mask
        word |= (value << (first - start * 8)) & mask
        self.bytes[start:end] = word.to_bytes(end - start, "little")

    def extend(self, size: int) -> None:
        if size > len(self.bytes):
            self.bytes.extend(bytes(size - len(self.bytes)))

    def content(self) -> bytes:
        """Without the zeros at the end, unless a relocation needs them."""
        used = max([relocation.offset + relocation.size for relocation in self.relocations], default=0)
        data = bytes(self.bytes)
        return data[: max(used, len(data.rstrip(b"\0")))]


@final
class Statics:
    """Evaluates static initializers of one unit; those that mention labels wait until the functions are lowered."""

    def __init__(self, cx: Context) -> None:
        self.cx: Final = cx
        layout = cx.shapes.layout
        self.evaluator: Final = Evaluator(BasicTypes(layout.model, layout.va_list_kind), layout)
        self.labels: Final[dict[decl.Label, str]] = {}

    def define(self, variable: decl.Variable) -> Data:
        """The data item of a defined or tentative variable."""
        cx = self.cx
        size = cx.size(variable.type)
        image = Image(size)
        if variable.initializer is not None:
            self.fill(image, 0, variable.initializer)
        made = Data(entity_symbol(variable), linkage_of(variable), max(size, len(image.bytes)), 1)
        made.align = max(cx.shapes.align(variable.type), variable.align)
        made.content = image.content()
        made.relocations = image.relocations
        made.section = variable.attributes.section
        made.visibility = variable.attributes.visibility
        made.used = variable.attributes.used
        made.thread_local = variable.is_thread_local
        made.read_only = is_read_only(variable.type)
        common = variable.attributes.common
        if variable.is_tentative and variable.initializer is None and variable.linkage == decl.EXTERNAL:
            if (common == 1 or (common < 0 and cx.options.common)) and not made.section and not made.thread_local:
                made.linkage = COMMON
        if made.thread_local:
            cx.module.thread_locals.add(made.name)
        return made

    def fill(self, image: Image, base: int, initializer: decl.Initializer) -> None:
        for entry in initializer.entries:
            self.entry(image, base + entry.offset, entry)

    def entry(self, image: Image, offset: int, entry: decl.InitializerEntry) -> None:
        cx = self.cx
        node = entry.value
        if isinstance(node, expr.StringConstant) and entry.type.kind == ctypes.ARRAY:
            size = cx.size(entry.type) or len(node.data)
            data = node.data[:size]
            image.extend(offset + max(size, len(data)))
            image.bytes[offset : offset + len(data)] = data
            return
        if cx.shapes.is_memory(entry.type) and entry.type.kind != ctypes.COMPLEX:
            inner = node
            while isinstance(inner, expr.Cast):
                inner = inner.operand
            if isinstance(inner, expr.CompoundLiteral) and inner.variable.initializer is not None:
                self.fill(image, offset, inner.variable.initializer)
                return
            raise cx.unsupported("initializer of a static record by a record value", node.start)
        value = self.evaluator.evaluate(node)
        if value is None:
            raise cx.unsupported("static initializer that is no constant", node.start)
        if entry.field is not None:
            assert isinstance(value, IntegerValue)
            image.put_bits(offset * 8 + entry.field.bit_offset, entry.field.bits, value.value)
            return
        self.scalar(image, offset, entry.type, value, node.start)

    def scalar(self, image: Image, offset: int, type: CType, value: ConstantValue, start: int) -> None:
        cx = self.cx
        size = cx.size(type)
        if isinstance(value, IntegerValue):
            image.put(offset, size, value.value)
        elif isinstance(value, FloatValue):
            image.put(offset, size, value.bits)
        elif isinstance(value, ComplexValue):
            image.put(offset, size // 2, value.real)
            image.put(offset + size // 2, size // 2, value.imaginary)
        elif isinstance(value, LabelDifference):
            image.extend(offset + size)
            left = self.labels[value.left]
            image.relocations.append(DataRelocation(offset, size, left, value.offset, self.labels[value.right]))
        else:
            assert isinstance(value, AddressConstant), start
            image.extend(offset + size)
            image.relocations.append(DataRelocation(offset, size, self.symbol_of(value), value.offset))

    def symbol_of(self, value: AddressConstant) -> str:
        cx = self.cx
        if value.string is not None:
            return cx.string_symbol(value.string.data, cx.shapes.align(value.string.type))
        if value.label is not None:
            return self.labels[value.label]
        assert value.entity is not None
        return entity_symbol(value.entity)

    def mentions_unknown_label(self, variable: decl.Variable) -> bool:
        """Whether an initializer needs a label whose function is not lowered yet."""
        if variable.initializer is None:
            return False
        for entry in variable.initializer.entries:
            if self.cx.shapes.is_memory(entry.type) or entry.field is not None:
                continue
            value = self.evaluator.evaluate(entry.value)
            if isinstance(value, AddressConstant) and value.label is not None and value.label not in self.labels:
                return True
            if isinstance(value, LabelDifference) and (value.left not in self.labels or value.right not in self.labels):
                return True
        return False


def is_read_only(type: CType) -> bool:
    while isinstance(type, ctypes.ArrayType):
        type = type.element
    return type.qualifiers & ctypes.CONST != 0 and not is_volatile(type)


# --- automatic objects
# ------------------------------------------------------------------------------------------------------


def initialize_automatic(cx: Context, statics: Statics, variable: decl.Variable, address: Value) -> None:
    """Zeros what is not mentioned, then stores each entry; many constants come from a table in one copy."""
    initializer = variable.initializer
    if initializer is None:
        return
    align = max(cx.shapes.align(variable.type), variable.align)
    size = cx.size(variable.type)
    entries = initializer.entries
    volatile = is_volatile(variable.type)
    rest: list[decl.InitializerEntry] = []
    if cx.shapes.is_memory(variable.type):
        rest = _from_table(cx, statics, variable, address, align, size)
    else:
        rest = entries
    evaluated = Evaluated() if initializer.is_repeated else None
    for entry in rest:
        _store_entry(cx, variable, address, entry, align, volatile, evaluated)


@final
class Evaluated:
    """What the values of an initializer gave that stand in several of its entries."""

    def __init__(self) -> None:
        self.values: Final[dict[expr.Expr, Value]] = {}
        self.records: Final[dict[expr.Expr, Pointer]] = {}

    def value(self, cx: Context, node: expr.Expr) -> Value:
        known = self.values.get(node)
        if known is None:
            known = self.values[node] = cx.value(node)
        return known

    def record(self, cx: Context, node: expr.Expr) -> Pointer:
        known = self.records.get(node)
        if known is None:
            known = self.records[node] = bytes_of(cx, node)
        return known


def _from_table(
    cx: Context, statics: Statics, variable: decl.Variable, address: Value, align: int, size: int
) -> list[decl.InitializerEntry]:
    """Writes the constant part of a record or array; returns the entries that remain to be stored."""
    initializer = variable.initializer
    assert initializer is not None
    entries = initializer.entries
    strings = any(isinstance(entry.value, expr.StringConstant) for entry in entries)
    constant: list[decl.InitializerEntry] = []
    rest: list[decl.InitializerEntry] = []
    for entry in entries:
        is_table = isinstance(entry.value, expr.StringConstant) and entry.type.kind == ctypes.ARRAY
        if not is_table and not cx.shapes.is_memory(entry.type) and len(entries) > TABLE_ENTRIES:
            is_table = isinstance(statics.evaluator.evaluate(entry.value), (IntegerValue, FloatValue))
        (constant if is_table else rest).append(entry)
    if len(constant) < TABLE_ENTRIES and not strings:
        if initializer.zero_rest:
            cx.zero(address, size, align)
        return entries
    image = Image(size)
    for entry in constant:
        statics.entry(image, entry.offset, entry)
    if size:
        symbol = cx.constant_symbol(bytes(image.bytes[:size]), align)
        cx.builder.copy(address, cx.builder.symbol(symbol), size, align)
    return rest


def _store_entry(
    cx: Context, variable: decl.Variable, address: Value, entry: decl.InitializerEntry, align: int, volatile: bool,
    evaluated: Evaluated | None,
) -> None:  # fmt: skip
    at = cx.builder.offset(address, entry.offset) if entry.field is None else address
    if cx.shapes.is_memory(entry.type):
        source = bytes_of(cx, entry.value) if evaluated is None else evaluated.record(cx, entry.value)
        known = min(align, low_bit(entry.offset, align))
        cx.copy_record(at, source.value, entry.type, min(known, source.align))
        return
    value = cx.value(entry.value) if evaluated is None else evaluated.value(cx, entry.value)
    if entry.field is not None:
        field = entry.field
        # The field's own offset counts from its record, which starts here.
        base = cx.builder.offset(address, entry.offset - field.offset)
        place = Place(base, entry.type, min(align, low_bit(entry.offset - field.offset, align)), volatile, field)
        place.record = record_around(cx, variable.type, entry.offset, field)
        write(cx, place, value, entry.value.start)
        return
    known = min(align, low_bit(entry.offset, align))
    write(cx, Place(at, entry.type, known, volatile), value, entry.value.start)


def record_around(cx: Context, type: CType, offset: int, field: ctypes.Field) -> CType:
    """The record type that directly holds `field`, which lies at byte `offset` of `type`."""
    bare = type.bare
    while True:
        if isinstance(bare, ctypes.ArrayType):
            offset %= max(cx.size(bare.element), 1)
            bare = bare.element.bare
            continue
        assert isinstance(bare, ctypes.RecordType), "bit-field outside of a record"
        members = bare.info.fields or []
        if any(member is field for member in members):
            return bare
        inner: CType | None = None
        for member in members:
            if member.bits < 0 and member.offset <= offset < member.offset + max(cx.size(member.type), 1):
                if holds(member.type, field):
                    inner = member.type.bare
                    offset -= member.offset
                    break
        assert inner is not None, field.name
        bare = inner


def holds(type: CType, field: ctypes.Field) -> bool:
    """Whether a type has that very field somewhere inside."""
    bare = type.bare
    if isinstance(bare, ctypes.ArrayType):
        return holds(bare.element, field)
    if isinstance(bare, ctypes.RecordType):
        for member in bare.info.fields or []:
            if member is field or holds(member.type, field):
                return True
    return False
