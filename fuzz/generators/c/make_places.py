"""Lvalues, addresses, pointers and record values, made of what is in scope.

Invariant: an index is in range and a pointer valid by construction, at every execution; a pointer never points to an
object of a deeper scope than its own.
"""

from __future__ import annotations

from fuzz.generators.c.context import Context, contains
from fuzz.generators.c.ctypes import (
    INT,
    UINT,
    ULONG,
    ArrayType,
    CType,
    Field,
    FloatType,
    IntType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import Arithmetic, Conditional, Conversion, Expression, independent
from fuzz.generators.c.functions import CompoundLiteral
from fuzz.generators.c.lvalues import (
    GLOBAL,
    AddressOf,
    Assignment,
    Dereference,
    Element,
    Lvalue,
    Member,
    Name,
    Variable,
)
from fuzz.generators.c.make_constants import literal
from fuzz.generators.c.statements import Declaration


def make_index(context: Context, length: int, depth: int) -> Expression:
    """An index below `length`."""
    choices = context.choices
    counters = [variable for variable in context.visible() if 0 < variable.bound <= length]
    kind = choices.below(10)
    if kind < 5 and counters:
        return Name(choices.pick(counters))
    if kind < 7 or depth <= 0 or length == 1:
        return literal(context, choices.below(length), choices.pick((INT, INT, INT, UINT, ULONG)))
    expression = context.make.integer(context, depth - 1)
    assert isinstance(expression.ctype, IntType)
    if length & (length - 1) == 0 and choices.below(4):
        return Arithmetic("&", expression, literal(context, length - 1, INT))
    wide = choices.pick((UINT, ULONG))
    return Arithmetic("%", Conversion(expression, wide, True), literal(context, length, wide))


def usable_field(field: Field, record: RecordType) -> bool:
    """A float in a union only gets an initialiser: no bits of a NaN that was computed must become visible."""
    return not (record.is_union and isinstance(field.ctype, FloatType))


def descend(context: Context, place: Lvalue, depth: int, write: bool, extent: int = 1) -> Lvalue | None:
    """A scalar place of arithmetic type inside `place`, through members, elements and pointers."""
    while True:
        ctype = place.ctype
        if ctype.is_arithmetic:
            return place
        if isinstance(ctype, RecordType):
            fields = [field for field in ctype.named_fields if usable_field(field, ctype)]
            if not fields:
                return None
            place = Member(place, context.choices.pick(fields))
        elif isinstance(ctype, ArrayType):
            index = make_index(context, ctype.length, depth)
            element = Element(place, index)
            element.swapped = context.choices.below(40) == 0
            place = element
        elif isinstance(ctype, PointerType) and ctype.target.key != "void" and "(" not in ctype.target.key:
            if write and not context.effects:
                return None
            indexed = extent > 1 or context.choices.below(6) == 0
            offset = make_index(context, extent, depth) if indexed else None
            place = Dereference(place, offset, bool(context.choices.below(2)))
            extent = 1
        else:
            return None


def make_place(context: Context, depth: int, write: bool) -> Lvalue | None:
    """An arithmetic lvalue to read, or one that may be written."""
    candidates = [
        variable
        for variable in context.visible()
        if variable.ctype.is_arithmetic or not write or (variable.writable and not variable.const)
    ]
    if write:
        candidates = [
            variable
            for variable in candidates
            if (variable.writable and not variable.const) or isinstance(variable.ctype, PointerType)
        ]
    for _ in range(4):
        if not candidates:
            return None
        # The newest names are near the end; half of the picks prefer them.
        recent = candidates[-6:] if context.choices.below(2) else candidates
        variable = context.choices.pick(recent)
        found = descend(context, Name(variable), depth, write, variable.extent)
        if found is not None and not (write and has_side_effects(found)):
            return found
    return None


def has_side_effects(place: Lvalue) -> bool:
    """Whether evaluating the lvalue has side effects, which an operator that names it twice must not repeat."""
    return place.writes != 0 and not place.volatile


def addressable(variable: Variable) -> bool:
    return variable.addressable and not (variable.const or variable.volatile or variable.register)


def embedded(context: Context, place: Lvalue, goal: str, depth: int, static: bool = False) -> Lvalue:
    """The place of type `goal` inside `place`, which `contains` one; with `static` at a constant address."""
    while place.ctype.key != goal:
        ctype = place.ctype
        if isinstance(ctype, ArrayType):
            index = (
                literal(context, context.choices.below(ctype.length), INT)
                if static
                else make_index(context, ctype.length, depth)
            )
            place = Element(place, index)
        else:
            assert isinstance(ctype, RecordType)
            fields = [field for field in ctype.named_fields if field.width is None and contains(field.ctype, goal)]
            place = Member(place, context.choices.pick(fields))
    return place


def make_typed_place(
    context: Context, goal: CType, level: int, depth: int, address: bool = True, static: bool = False
) -> Lvalue | None:
    """An lvalue of exactly this type in a scope of at most this level; addressable ones where `address`.

    With `static` it is in a global, whose name is known wherever globals are initialised.
    """
    candidates = [
        variable
        for variable in context.visible()
        if variable.level <= level and contains(variable.ctype, goal.key) and (addressable(variable) or not address)
    ]
    if address:
        candidates = [variable for variable in candidates if variable.writable]
    if static:
        candidates = [variable for variable in candidates if variable.storage == GLOBAL]
    if not candidates:
        return None
    return embedded(context, Name(context.choices.pick(candidates)), goal.key, depth, static)


def new_global(context: Context, ctype: CType) -> Variable:
    """A further global of a type that is needed, initialised like the others."""
    variable = context.new_variable("g", ctype, GLOBAL)
    context.globals.append(Declaration(variable, context.make.initializer(context, ctype, 0, True, 0)))
    context.declare(variable)
    return variable


def make_pointer(
    context: Context, goal: CType, level: int, depth: int, extent: int = 1, static: bool = False
) -> Expression:
    """A pointer to an object of type `goal` (or to the first of `extent` elements) that outlives `level`.

    With `static` it is an address constant.
    """
    choices = context.choices
    if extent > 1:
        arrays = [
            variable
            for variable in context.visible()
            if isinstance(variable.ctype, ArrayType)
            and variable.ctype.element.key == goal.key
            and variable.ctype.length >= extent
            and variable.level <= level
            and addressable(variable)
            and (variable.storage == GLOBAL or not static)
        ]
        if not arrays:
            arrays = [new_global(context, ArrayType(goal, extent))]
        return AddressOf(Name(choices.pick(arrays)), decay=True)
    pointers = [
        variable
        for variable in context.visible()
        if isinstance(variable.ctype, PointerType)
        and variable.ctype.target.key == goal.key
        and variable.level <= level
        and not variable.volatile
    ]
    if pointers and not static and choices.below(4) == 0:
        return Name(choices.pick(pointers))
    place = make_typed_place(context, goal, level, depth, static=static)
    if place is None:
        place = Name(new_global(context, goal))
    pointer: Expression = AddressOf(place)
    if depth > 0 and choices.below(6) == 0:
        other = make_typed_place(context, goal, level, 0)
        if other is not None:
            pointer = Conditional(context.make.condition(context, 0), pointer, AddressOf(other))
    return pointer


def make_record_value(context: Context, ctype: RecordType, depth: int) -> Expression:
    """An expression of record type: an object, a call, a compound literal, a conditional or an assignment."""
    choices = context.choices
    kind = choices.below(10)
    if kind < 2 and depth > 0:
        call = context.make.call(context, depth - 1, ctype.key)
        if call is not None:
            return call
    if kind < 4 and context.has("compound-literals") and depth > 0:
        index = context.new_variable("c", ctype, "local").index
        return CompoundLiteral(ctype, context.make.braced_initializer(context, ctype, depth - 1), index)
    if kind < 5 and depth > 0:
        yes, no = make_record_value(context, ctype, 0), make_record_value(context, ctype, 0)
        return Conditional(context.make.condition(context, depth - 1), yes, no)
    if kind < 6 and depth > 0 and context.effects and context.has("side-effects"):
        target, value = make_typed_place(context, ctype, 99, 0), make_record_value(context, ctype, 0)
        # An object is not assigned to itself, nor a union to one that shares its storage (C17 6.5.16.1p3).
        if target is not None and independent(target, value) and not target.reads & value.reads:
            return Assignment(target, value)
    found = make_typed_place(context, ctype, 99, depth, address=False)
    return found if found is not None else Name(new_global(context, ctype))


def byte_view(context: Context, place: Lvalue, depth: int) -> Expression | None:
    """A byte of an object's representation through a pointer to character type, which may alias anything."""
    ctype = place.ctype
    if not isinstance(ctype, IntType) or place.is_bit_field or place.volatile or ctype.is_bool:
        return None
    byte = context.choices.pick(
        [context.plain_char, *[one for one in context.integers if one.size == 1 and not one.is_bool]]
    )
    pointer = Conversion(AddressOf(place), PointerType(byte), True)
    return Dereference(pointer, make_index(context, ctype.size, depth))
