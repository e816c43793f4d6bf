"""Sizes, alignments and member offsets, as gcc lays them out under the System V family of ABIs (little endian).

Invariant: a complete record's `size`, `align` and field offsets are computed once, by `lay_out`. Bit-fields follow the
PCC rule: a bit-field may not span more units of its declared type's alignment than the type has; `packed` and
`#pragma pack` lift it. (gcc internals, "Storage Layout"; psABI supplements "Bit-Fields".)
"""

from __future__ import annotations

from typing import Final, final

from compiler.platform.platform import VA_AAPCS64, VA_POINTER, DataModel
from compiler.types import ctypes
from compiler.types.ctypes import (
    ArrayType,
    ComplexType,
    CType,
    EnumType,
    Field,
    FloatType,
    IntegerType,
    RecordInfo,
    RecordType,
    VectorType,
)
from compiler.types.derive import integer_of

_FLOAT_SIZES: Final[dict[str, int]] = {"binary16": 2, "binary32": 4, "binary64": 8, "binary128": 16, "x87_80": 16}


def _round_up(value: int, unit: int) -> int:
    return (value + unit - 1) // unit * unit


@final
class Layout:
    """Answers for one data model. `anonymous_bit_fields_align`: unnamed bit-fields raise a record's alignment
    (AAPCS).
    """

    def __init__(self, model: DataModel, va_list_kind: int = VA_POINTER) -> None:
        self.model: Final = model
        self.va_list_kind: Final = va_list_kind
        self.pointer_size: Final[int] = model.pointer_bits // 8
        self.anonymous_bit_fields_align: Final[bool] = va_list_kind == VA_AAPCS64

    def size_of(self, type: CType) -> int:
        """In bytes, of a complete type of constant size. void and functions count 1, as in GNU pointer arithmetic."""
        if isinstance(type, IntegerType):
            return type.bits // 8
        kind = type.kind
        if kind == ctypes.POINTER or kind == ctypes.NULLPTR:
            return self.pointer_size
        if isinstance(type, RecordType):
            return type.info.size
        if isinstance(type, ArrayType):
            assert type.length is not None or type.length_variable < 0, "size of a variable-length array"
            return (type.length or 0) * self.size_of(type.element)
        if isinstance(type, EnumType):
            return integer_of(type).bits // 8
        if isinstance(type, FloatType):
            if type.name == "long double":
                return self.model.long_double_size
            return _FLOAT_SIZES[type.format]
        if isinstance(type, ComplexType):
            return 2 * self.size_of(type.element)
        if isinstance(type, VectorType):
            return type.lanes * self.size_of(type.element)
        if kind == ctypes.VA_LIST:
            if self.va_list_kind == VA_POINTER:
                return self.pointer_size
            return 32 if self.va_list_kind == VA_AAPCS64 else 24
        assert kind in (ctypes.VOID, ctypes.FUNCTION, ctypes.ERROR), kind
        return 1

    def align_of(self, type: CType) -> int:
        """In bytes: what an object of this type needs, an attribute of a typedef in between included."""
        if type.align:
            return type.align
        kind = type.kind
        if isinstance(type, IntegerType):
            if type.rank == ctypes.RANK_LONG_LONG:
                return self.model.long_long_align
            return type.bits // 8
        if isinstance(type, RecordType):
            return type.info.align
        if isinstance(type, ArrayType):
            return self.align_of(type.element)
        if isinstance(type, FloatType):
            if type.name == "long double":
                return self.model.long_double_align
            if type.format == "binary64":
                return self.model.double_align
            return _FLOAT_SIZES[type.format]
        if isinstance(type, ComplexType):
            return self.align_of(type.element)
        if isinstance(type, VectorType):
            return max(1, self.size_of(type))
        if isinstance(type, EnumType):
            return integer_of(type).bits // 8
        if kind == ctypes.POINTER or kind == ctypes.NULLPTR or kind == ctypes.VA_LIST:
            return self.pointer_size
        return 1

    def lay_out(self, info: RecordInfo) -> None:
        """Sets the offsets of all fields, and the record's size and alignment, from its fields and attributes."""
        fields = info.fields
        assert fields is not None
        align = 1
        position = 0  # in bits
        union_size = 0
        for field in fields:
            if info.is_union:
                position = 0
            field_align = self._field_align(info, field, position)
            if field.bits < 0:
                position = _round_up(position, field_align * 8)
                field.offset = position // 8
                field.bit_offset = 0
                align = max(align, field_align)
                position += self._field_size(field) * 8
            else:
                position = self._place_bit_field(info, field, position, field_align)
                align = max(align, self._bit_field_record_align(info, field, field_align))
            union_size = max(union_size, position)
        size = (max(union_size, position) + 7) // 8
        info.align = max(align, info.aligned, 1)
        info.size = _round_up(size, info.align)

    def _field_size(self, field: Field) -> int:
        type = field.type
        if isinstance(type, ArrayType) and type.length is None:
            return 0  # a flexible array member (C17 6.7.2.1p18)
        return self.size_of(type)

    def _field_align(self, info: RecordInfo, field: Field, position: int) -> int:
        """The alignment the field asks of its position, in bytes; 0 for a bit-field that may start at any bit."""
        packed = field.packed or info.packed
        natural = self.align_of(field.type)
        if field.bits < 0:
            if packed:
                align = field.align or 1
            else:
                align = max(natural, field.align)
            return min(align, info.pack) if info.pack else align
        if field.bits == 0:
            # gcc exempts zero-width bit-fields from packed and from #pragma pack.
            return max(natural, field.align)
        align = field.align
        # A bit-field as wide as an integer mode that lies aligned already is treated as an ordinary member.
        if field.bits in (8, 16, 32, 64, 128):
            mode_align = field.bits // 8
            lowest = (position & -position) // 8
            if not (mode_align > 1 and packed) and (position == 0 or lowest >= mode_align):
                align = max(align, mode_align)
        return min(align, info.pack) if info.pack and align else align

    def _place_bit_field(self, info: RecordInfo, field: Field, position: int, field_align: int) -> int:
        """Sets the field's place and returns the bit position after it."""
        if field_align:
            position = _round_up(position, field_align * 8)
        packed = field.packed or info.packed
        if field.bits > 0 and not packed and not info.pack:
            unit = self.align_of(field.type) * 8
            first = position % unit
            if (first + field.bits + unit - 1) // unit > self.size_of(field.type) * 8 // unit:
                position = _round_up(position, unit)
        field.offset = position // 8
        field.bit_offset = position % 8
        return position + field.bits

    def _bit_field_record_align(self, info: RecordInfo, field: Field, field_align: int) -> int:
        """What a bit-field does to the alignment of its record, in bytes."""
        if not field.name and not self.anonymous_bit_fields_align:
            return 1
        natural = self.align_of(field.type)
        if field.bits == 0:
            return natural
        if info.pack:
            natural = min(natural, info.pack)
        elif field.packed or info.packed:
            natural = 1
        return max(natural, field_align, 1)
