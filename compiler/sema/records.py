"""Tags, members and enumerators (C17 6.7.2.1 to 6.7.2.3)."""

from __future__ import annotations

from typing import Final, final

from compiler.sema.attributes import ParsedAttribute, apply_to_field, apply_to_record, apply_to_type, has
from compiler.sema.context import Context
from compiler.sema.convert import load
from compiler.sema.declarators import Declarator, make_type
from compiler.sema.scope import ENUMERATOR, Symbol, Tag
from compiler.syntax.expr import Expr
from compiler.types import ctypes
from compiler.types.ctypes import (
    ENUM,
    ERROR,
    FUNCTION,
    STRUCT,
    UNION,
    ArrayType,
    CType,
    EnumInfo,
    EnumType,
    Field,
    IntegerType,
    RecordInfo,
    RecordType,
)
from compiler.types.derive import (
    is_complete,
    is_variably_modified,
    value_bits,
)
from compiler.types.names import type_name

_WORDS: Final[dict[int, str]] = {STRUCT: "struct", UNION: "union", ENUM: "enum"}


def reference_tag(cx: Context, kind: int, name: str, at: int, declares: bool) -> CType:
    """The type of `struct name` without a member list; `declares`: the declaration ends here (`struct name;`), so
    it makes a tag of the innermost scope (C17 6.7.2.3p7)."""
    tag = cx.scopes.lookup_tag_here(name) if declares else cx.scopes.lookup_tag(name)
    if tag is not None:
        if tag.kind == kind:
            return tag.type
        cx.error(at, "'{}' defined as wrong kind of tag", name)
        return cx.types.error
    if kind == ENUM:
        cx.pedantic("pedantic", at, "ISO C forbids forward references to 'enum' types")
    return _new_tag(cx, kind, name, at)


def _new_tag(cx: Context, kind: int, name: str, at: int) -> CType:
    type: CType
    if kind == ENUM:
        type = EnumType(EnumInfo(name, cx.types.uint))
    else:
        info = RecordInfo(name, kind == UNION)
        info.ordinal = at
        type = RecordType(kind, info)
    if name:
        cx.scopes.declare_tag(Tag(kind, name, type, at))
    return type


def define_tag(cx: Context, kind: int, name: str, at: int) -> CType:
    """The type whose member list begins: a new one, or the incomplete one declared in this scope."""
    if name:
        tag = cx.scopes.lookup_tag_here(name)
        if tag is not None:
            if tag.kind != kind:
                cx.error(at, "'{}' defined as wrong kind of tag", name)
                return _new_tag(cx, kind, "", at)
            if tag.type in cx.open_tags:
                cx.error(at, "nested redefinition of '{} {}'", _WORDS[kind], name)
                return _new_tag(cx, kind, "", at)
            if not is_complete(tag.type):
                return tag.type
            cx.error(at, "redefinition of '{} {}'", _WORDS[kind], name)
            cx.note(tag.ordinal, "originally defined here")
            return _new_tag(cx, kind, "", at)
    return _new_tag(cx, kind, name, at)


@final
class RecordBuilder:
    """A member list being read."""

    def __init__(self, type: RecordType) -> None:
        self.type: Final = type
        self.fields: Final[list[Field]] = []
        self.names: Final[dict[str, int]] = {}
        self.at: Final[list[int]] = []


def add_member(
    cx: Context, builder: RecordBuilder, base: CType, declarator: Declarator, width: Expr | None,
    attributes: list[ParsedAttribute], align: int, has_width: bool,
) -> None:  # fmt: skip
    """One member; `width` is a bit-field's."""
    at = declarator.at
    type = apply_to_type(cx, make_type(cx, base, declarator), attributes)
    name = declarator.name
    if type.kind == ERROR:
        if name:
            builder.names[name] = at
            builder.fields.append(Field(name, cx.types.int))
            builder.at.append(at)
        return
    if type.kind == FUNCTION:
        cx.error(at, "field '{}' declared as a function", name)
        return
    if is_variably_modified(type):
        cx.error(at, "a member of a structure or union cannot have a variably modified type")
        return
    bits = -1
    if has_width:
        bits = _bit_field_width(cx, type, name, width, at)
        if bits < 0:
            return
    elif not is_complete(type) and not (isinstance(type, ArrayType) and type.length is None):
        cx.error(at, "field '{}' has incomplete type", name) if type.kind != ctypes.VOID else cx.error(
            at, "variable or field '{}' declared void", name
        )
        return
    field = Field(name, type, bits)
    field.align = align
    field.at = at
    apply_to_field(cx, field, attributes)
    append_field(cx, builder, field, at)


def append_field(cx: Context, builder: RecordBuilder, field: Field, at: int) -> None:
    """Adds a field, or an anonymous record, whose members must be new names too."""
    if field.name:
        if field.name in builder.names:
            cx.error(at, "duplicate member '{}'", field.name)
            return
        builder.names[field.name] = at
    elif isinstance(field.type.bare, RecordType) and field.bits < 0:
        _add_anonymous_names(cx, builder, field.type.bare.info, at, 0)
    builder.fields.append(field)
    builder.at.append(at)


def _add_anonymous_names(cx: Context, builder: RecordBuilder, info: RecordInfo, at: int, depth: int) -> None:
    for inner in info.fields or []:
        if inner.name:
            if inner.name in builder.names:
                cx.error(inner.at if inner.at >= 0 else at, "duplicate member '{}'", inner.name)
            builder.names[inner.name] = at
        elif isinstance(inner.type.bare, RecordType) and depth < 500:
            _add_anonymous_names(cx, builder, inner.type.bare.info, at, depth + 1)


def _bit_field_width(cx: Context, type: CType, name: str, width: Expr | None, at: int) -> int:
    """The checked width, -1 after an error (C17 6.7.2.1p4, p5)."""
    shown = name or "<anonymous>"
    if not type.is_integer:
        cx.error(at, "bit-field '{}' has invalid type", shown)
        return -1
    if width is None or width.type.kind == ERROR:
        return -1
    width = load(cx, width)
    if not width.type.is_integer:
        cx.error(at, "bit-field '{}' width not an integer constant", shown)
        return -1
    value = cx.evaluator.constant_integer(width)
    if value is None:
        cx.error(at, "bit-field '{}' width not an integer constant", shown)
        return -1
    if value < 0:
        cx.error(at, "negative width in bit-field '{}'", shown)
        return -1
    if value == 0 and name:
        cx.error(at, "zero width for bit-field '{}'", shown)
        return -1
    if not is_complete(type):
        cx.error(at, "bit-field '{}' has incomplete type", shown)
        return -1
    if value > value_bits(type.bare):
        cx.error(at, "width of '{}' exceeds its type", shown)
        return -1
    return value


def finish_record(cx: Context, builder: RecordBuilder, attributes: list[ParsedAttribute], pack: int) -> None:
    """Checks flexible array members and lays the record out."""
    type = builder.type
    info = type.info
    apply_to_record(cx, type, attributes)
    info.pack = pack
    fields = builder.fields
    for index, field in enumerate(fields):
        inner = field.type.bare
        is_last = index + 1 == len(fields)
        if isinstance(inner, ArrayType) and inner.length is None:
            at = builder.at[index]
            if info.is_union:
                cx.error(at, "flexible array member in union")
            elif not is_last:
                cx.error(at, "flexible array member not at end of struct")
            elif not any(other.name or isinstance(other.type.bare, RecordType) for other in fields[:index]):
                cx.error(at, "flexible array member in a struct with no named members")
            info.has_flexible_array = True
        elif isinstance(inner, RecordType) and inner.info.has_flexible_array:
            if is_last or info.is_union:
                info.has_flexible_array = True
            cx.pedantic("pedantic", builder.at[index], "invalid use of structure with flexible array member")
    if info.packed:
        for field in fields:
            field.packed = True
    info.fields = fields
    cx.layout.lay_out(info)
    if info.size >= 1 << (cx.platform.model.pointer_bits - 1):
        cx.error(builder.at[-1], "type '{}' is too large", type_name(type))
        info.size = 0


@final
class EnumBuilder:
    """An enumerator list being read; `type` of an enumerator so far is that of its value."""

    def __init__(self, type: EnumType) -> None:
        self.type: Final = type
        self.next_value = 0
        self.next_type: IntegerType | None = None
        self.lowest = 0
        self.highest = 0
        self.symbols: Final[list[Symbol]] = []


def add_enumerator(cx: Context, builder: EnumBuilder, name: str, value: Expr | None, at: int) -> None:
    number = builder.next_value
    if value is not None and value.type.kind != ERROR:
        value = load(cx, value)
        known = cx.evaluator.constant_integer(value) if value.type.is_integer else None
        if known is None:
            cx.error(at, "enumerator value for '{}' is not an integer constant", name)
        else:
            number = known
    integer: IntegerType = cx.types.int
    maximum = 1 << (integer.bits - 1)
    if not -maximum <= number < maximum:
        integer = _wide_type(cx, number)
        if value is None:
            if number >= 1 << 64:
                cx.error(at, "overflow in enumeration values")
        else:
            cx.pedantic("pedantic", at, "ISO C restricts enumerator values to range of 'int'")
    builder.lowest = min(builder.lowest, number)
    builder.highest = max(builder.highest, number)
    builder.next_value = number + 1
    existing = cx.scopes.lookup_here(name)
    if existing is not None:
        if existing.kind == ENUMERATOR:
            cx.error(at, "redeclaration of enumerator '{}'", name)
        else:
            cx.error(at, "'{}' redeclared as different kind of symbol", name)
        cx.note(existing.ordinal, "previous definition of '{}' with type '{}'", name, type_name(existing.type))
        return
    symbol = Symbol(ENUMERATOR, name, integer, None, number, at)
    cx.scopes.declare(symbol)
    builder.symbols.append(symbol)


def _wide_type(cx: Context, number: int) -> IntegerType:
    """The type of a value that int cannot hold (GNU): the first of unsigned, long and unsigned long that can."""
    if 0 <= number < 1 << cx.types.uint.bits:
        return cx.types.uint
    long_bits = cx.types.long.bits
    if -(1 << (long_bits - 1)) <= number < 1 << (long_bits - 1):
        return cx.types.long
    if 0 <= number < 1 << long_bits:
        return cx.types.ulong
    return cx.types.llong if number < 1 << 63 else cx.types.ullong


def finish_enum(cx: Context, builder: EnumBuilder, attributes: list[ParsedAttribute]) -> None:
    """Chooses the underlying type as gcc does: unsigned int unless a value is negative, wider where needed."""
    info = builder.type.info
    if has(attributes, "packed"):
        info.packed = True
    lowest = builder.lowest
    highest = builder.highest
    signed = lowest < 0
    needed = max(highest.bit_length(), (-lowest - 1).bit_length() if signed else 0) + (1 if signed else 0)
    if info.packed or cx.options.short_enums:
        candidates = (8, 16, 32, 64)
    else:
        candidates = (cx.types.int.bits, 64, 128, 128)
    made: IntegerType | None = None
    for bits in candidates:
        if made is None and needed <= bits:
            made = cx.types.integer_of_bits(bits, signed)
    if made is None:
        made = cx.types.long
    for attribute in attributes:
        if attribute.name == "mode":
            changed = apply_to_type(cx, made, [attribute])
            if isinstance(changed, IntegerType):
                made = changed
    info.underlying = made
    # Enumerators that int can hold stay int; otherwise all of them get the enumeration's type (gcc).
    if made.bits > cx.types.int.bits:
        for symbol in builder.symbols:
            if symbol.type is not cx.types.int:
                symbol.type = made


