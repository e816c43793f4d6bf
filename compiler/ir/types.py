"""IR types: (kind, bits, lanes), interned, so that `is` compares them. Pointers are integers of the target's width."""

from __future__ import annotations

from typing import Final, final

INTEGER: Final = 0
FLOATING: Final = 1
NOTHING: Final = 2


@final
class Type:
    """One IR type. `lanes` is 1 for scalars; `bits` is the width of one lane. Make them with `integer`, `vector`."""

    def __init__(self, kind: int, bits: int, lanes: int, name: str) -> None:
        self.kind: Final = kind
        self.bits: Final = bits
        self.lanes: Final = lanes
        self.name: Final = name

    @property
    def is_integer(self) -> bool:
        return self.kind == INTEGER

    @property
    def is_float(self) -> bool:
        return self.kind == FLOATING

    @property
    def size(self) -> int:
        """Bytes a load or store of this type touches; i1 takes one byte, f80 ten."""
        return (self.bits + 7) // 8 * self.lanes

    @property
    def mask(self) -> int:
        return (1 << self.bits) - 1

    def __repr__(self) -> str:
        return self.name


VOID: Final = Type(NOTHING, 0, 1, "void")
I1: Final = Type(INTEGER, 1, 1, "i1")
I8: Final = Type(INTEGER, 8, 1, "i8")
I16: Final = Type(INTEGER, 16, 1, "i16")
I32: Final = Type(INTEGER, 32, 1, "i32")
I64: Final = Type(INTEGER, 64, 1, "i64")
I128: Final = Type(INTEGER, 128, 1, "i128")
F16: Final = Type(FLOATING, 16, 1, "f16")
F32: Final = Type(FLOATING, 32, 1, "f32")
F64: Final = Type(FLOATING, 64, 1, "f64")
F80: Final = Type(FLOATING, 80, 1, "f80")
F128: Final = Type(FLOATING, 128, 1, "f128")

SCALARS: Final[tuple[Type, ...]] = (I1, I8, I16, I32, I64, I128, F16, F32, F64, F80, F128)
TYPE_BY_NAME: Final[dict[str, Type]] = {type.name: type for type in SCALARS}
_VECTORS: Final[dict[str, Type]] = {}


def integer(bits: int) -> Type:
    """The integer type of that width: 1, 8, 16, 32, 64 or 128. KeyError for others."""
    return TYPE_BY_NAME["i" + str(bits)]


def vector(element: Type, lanes: int) -> Type:
    """`lanes` elements side by side, written `i32x4`; one lane is the element itself."""
    if lanes == 1:
        return element
    name = element.name + "x" + str(lanes)
    found = _VECTORS.get(name)
    if found is None:
        found = Type(element.kind, element.bits, lanes, name)
        _VECTORS[name] = found
    return found


def element_of(type: Type) -> Type:
    """The type of one lane."""
    return TYPE_BY_NAME[("i" if type.kind == INTEGER else "f") + str(type.bits)]


def type_named(name: str) -> Type | None:
    """The type a text form names (`i32`, `f64x2`), or None."""
    found = TYPE_BY_NAME.get(name)
    if found is None and "x" in name:
        base, _, lanes = name.partition("x")
        element = TYPE_BY_NAME.get(base)
        if element is not None and lanes.isdigit() and int(lanes) > 1:
            return vector(element, int(lanes))
    return found
