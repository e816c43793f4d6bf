"""How C types look below the AST: the IR type of a scalar and the calling shape of anything."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.types import F16, F32, F64, F80, F128, Type, integer
from compiler.platform.abi import Leaf, Shape
from compiler.platform.platform import VA_POINTER, Platform
from compiler.types import ctypes
from compiler.types.ctypes import CType
from compiler.types.layout import Layout

_FORMATS: Final[dict[str, Type]] = {
    "binary16": F16, "binary32": F32, "binary64": F64, "x87": F80, "x87_80": F80, "binary128": F128,
}  # fmt: skip


class Unsupported(Exception):
    """A construct that is understood but not lowered: becomes a `sorry, unimplemented` error at the node."""

    def __init__(self, what: str, start: int) -> None:
        super().__init__(what)
        self.what: Final = what
        self.start: Final = start


@final
class Shapes:
    """Answers by C type; `pointer` is the pointer's IR integer."""

    def __init__(self, platform: Platform, layout: Layout) -> None:
        self.platform: Final = platform
        self.layout: Final = layout
        self.pointer: Final = integer(platform.model.pointer_bits)

    def size(self, type: CType) -> int:
        return self.layout.size_of(type)

    def align(self, type: CType) -> int:
        return self.layout.align_of(type)

    def ir(self, type: CType) -> Type:
        """The IR type of a scalar; _Bool is an i8 that holds 0 or 1. AssertionError for records."""
        kind = type.kind
        bare = type.bare
        if kind == ctypes.INTEGER or kind == ctypes.BOOL:
            assert isinstance(bare, ctypes.IntegerType)
            return integer(bare.bits)
        if kind == ctypes.POINTER or kind == ctypes.NULLPTR:
            return self.pointer
        if kind == ctypes.ENUM:
            assert isinstance(bare, ctypes.EnumType)
            underlying = bare.info.underlying
            assert underlying is not None, bare.info.tag
            return integer(underlying.bits)
        if kind == ctypes.FLOATING:
            assert isinstance(bare, ctypes.FloatType)
            return _FORMATS[bare.format]
        if kind == ctypes.VA_LIST and self.platform.va_list == VA_POINTER:
            return self.pointer
        raise AssertionError(f"no scalar: kind {kind}")

    def is_signed(self, type: CType) -> bool:
        """Signedness of an integer type; pointers and _Bool are unsigned."""
        bare = type.bare
        if isinstance(bare, ctypes.IntegerType):
            return bare.is_signed
        if isinstance(bare, ctypes.EnumType):
            underlying = bare.info.underlying
            return underlying is not None and underlying.is_signed
        return False

    def is_memory(self, type: CType) -> bool:
        """Whether a value of this type is handled by its address."""
        if type.kind == ctypes.VA_LIST:
            return self.platform.va_list != VA_POINTER
        return type.kind in (ctypes.STRUCT, ctypes.UNION, ctypes.ARRAY, ctypes.COMPLEX, ctypes.VECTOR)

    def shape(self, type: CType) -> Shape:
        """What the classifier sees: scalar leaves at their offsets, arrays unrolled while few."""
        size = self.size(type)
        align = self.align(type)
        if not self.is_memory(type):
            value = self.ir(type)
            return Shape(size, align, [Leaf(value.is_float, value.bits, 0, self.is_signed(type))], False)
        leaves: list[Leaf] = []
        has_union = self._leaves(type, 0, leaves)
        return Shape(size, align, leaves, True, has_union)

    def _leaves(self, type: CType, offset: int, leaves: list[Leaf]) -> bool:
        """Appends the leaves of `type` at `offset`; true if a union is among them. More than eight need not be told
        apart."""
        bare = type.bare
        if len(leaves) > 8:
            return False
        if isinstance(bare, ctypes.RecordType):
            has_union = bare.info.is_union
            for field in bare.info.fields or []:
                if field.bits == 0:
                    continue
                if field.bits > 0:
                    bits = 8
                    while bits < field.bit_offset % 8 + field.bits:
                        bits *= 2
                    leaves.append(Leaf(False, bits, offset + field.offset + field.bit_offset // 8))
                elif self._leaves(field.type, offset + field.offset, leaves):
                    has_union = True
            return has_union
        if isinstance(bare, ctypes.ArrayType):
            has_union = False
            step = self.size(bare.element)
            for index in range(min(bare.length or 0, 9)):
                if self._leaves(bare.element, offset + index * step, leaves):
                    has_union = True
            return has_union
        if isinstance(bare, ctypes.ComplexType):
            value = self.ir(bare.element)
            for index in range(2):
                at = offset + index * self.size(bare.element)
                leaves.append(Leaf(value.is_float, value.bits, at, self.is_signed(bare.element)))
            return False
        if isinstance(bare, ctypes.VectorType):
            # Without vector registers a vector travels in integer registers, never by the rules for one or two scalars.
            leaves.append(Leaf(False, self.size(bare) * 8, offset, False, True))
            return False
        value = self.ir(type)
        is_pointer = type.kind == ctypes.POINTER or type.kind == ctypes.VA_LIST
        leaves.append(Leaf(value.is_float, value.bits, offset, self.is_signed(type), is_pointer))
        return False
