"""Initialisers of every type: braces and elided braces, designators, ranges, strings.

Invariant: with `static`, all expressions are constant expressions or addresses of globals.
"""

from __future__ import annotations

from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import ArrayType, CType, FloatType, IntType, PointerType, RecordType
from fuzz.generators.c.expressions import Conversion, Expression, Unary, clashes
from fuzz.generators.c.initializers import Initializer, Item, ListInitializer, ScalarInitializer, StringInitializer
from fuzz.generators.c.make_constants import constant, constant_expression, string_literal
from fuzz.generators.c.make_places import make_pointer, make_record_value


def scalar_expression(context: Context, ctype: CType, depth: int, static: bool, level: int) -> Expression:
    if isinstance(ctype, PointerType):
        return make_pointer(context, ctype.target, 0 if static else level, 0, 1, static)
    if static or depth <= 0:
        if isinstance(ctype, IntType) and context.choices.below(3) == 0:
            return constant_expression(context, 2 if static else 1)
        if context.choices.below(4) == 0:
            return constant(context)
        return constant(context, ctype)
    return context.make.arithmetic(context, depth)


def make_initializer(
    context: Context,
    ctype: CType,
    depth: int,
    static: bool = False,
    level: int = 0,
    braced: bool = False,
    bit_field: bool = False,
) -> Initializer:
    """An initialiser for an object of the type; pointers in it point to objects of at most `level`.

    With `braced` it can stand in braces, as a whole record could not.
    """
    choices = context.choices
    if isinstance(ctype, (ArrayType, RecordType)):
        if isinstance(ctype, RecordType) and not static and not braced and depth > 0 and choices.below(3) == 0:
            return ScalarInitializer(make_record_value(context, ctype, depth - 1), ctype)
        if isinstance(ctype, ArrayType) and ctype.element.key == "char" and choices.below(2):
            found = string_literal(context)
            if len(found.elements) - 1 <= ctype.length:
                return StringInitializer(found.spelling, found.image(), choices.below(4) == 0)
        return list_initializer(context, ctype, depth, static, level)
    expression = scalar_expression(context, ctype, depth, static, level)
    if isinstance(ctype, PointerType):
        return ScalarInitializer(expression, ctype)
    expression = converted_statically(expression, ctype, static)
    if bit_field and isinstance(expression.ctype, FloatType):
        expression = Conversion(expression, ctype, True)  # gcc takes the field's range for the type's own
    return ScalarInitializer(expression, ctype, choices.below(20) == 0)


def converted_statically(expression: Expression, ctype: CType, static: bool) -> Expression:
    """In a static initialiser a float whose integer conversion would be undefined is replaced by its comparison."""
    if static and isinstance(ctype, IntType) and not isinstance(expression.ctype, IntType):
        trial = Conversion(expression, ctype)
        if trial.guarded:
            return Unary("!", expression)
    return expression


def list_initializer(
    context: Context, ctype: ArrayType | RecordType, depth: int, static: bool, level: int
) -> ListInitializer:
    choices = context.choices
    if isinstance(ctype, ArrayType):
        count = ctype.length
        types: list[CType] = [ctype.element] * count
        widths: list[int | None] = [None] * count
        names = [str(number) for number in range(count)]
    else:
        types = [field.ctype for field in ctype.named_fields]
        widths = [field.width for field in ctype.named_fields]
        names = [field.name for field in ctype.named_fields]
        count = len(types)
    if isinstance(ctype, RecordType) and ctype.is_union:
        return union_initializer(context, ctype, depth, static, level)
    # A pointer without an initialiser would be null, which nothing here expects.
    partial = choices.below(4) == 0 and not holds_pointer(ctype)
    designated = choices.below(4) == 0
    items: list[Item] = []
    reads = writes = 0
    order = choices.shuffled(range(count)) if designated and choices.below(2) else list(range(count))
    if partial:
        order = order[: choices.below(count) + 1]
    previous = -1
    for position in order:
        last = position
        child = make_initializer(context, types[position], depth, static, level, bit_field=widths[position] is not None)
        child_reads, child_writes = child.effects()
        if clashes(child_writes, reads | writes) or clashes(writes, child_reads | child_writes):
            bit_field = widths[position] is not None
            child = make_initializer(context, types[position], 0, True, level, bit_field=bit_field)
            child_reads, child_writes = child.effects()
        needs = position != previous + 1
        designator = ""
        if needs or (designated and choices.below(2)):
            designator = f"[{names[position]}] = " if isinstance(ctype, ArrayType) else f".{names[position]} = "
            in_order = order == list(range(count))
            # gcc refuses a range of non-constant lists of which a later item overrides one.
            plain = static or not isinstance(child, ListInitializer)
            if isinstance(ctype, ArrayType) and in_order and plain and not child_writes and choices.below(4) == 0:
                last = choices.between(position, count - 1)
                designator = f"[{position} ... {last}] = " if last > position else designator
        reads, writes = reads | child_reads, writes | child_writes
        elided = not designator and isinstance(child, ListInitializer) and is_full(child, types[position])
        items.append(Item(designator, position, last, child, elided and choices.below(3) == 0))
        previous = last
        # A range may be overridden by what follows; the items that follow start behind it or are designated.
    return ListInitializer(items, choices.below(8) == 0)


def union_initializer(context: Context, ctype: RecordType, depth: int, static: bool, level: int) -> ListInitializer:
    fields = ctype.named_fields
    position = context.choices.below(len(fields)) if context.choices.below(3) == 0 else 0
    constant_only = isinstance(fields[position].ctype, FloatType)  # see usable_field
    child = make_initializer(context, fields[position].ctype, 0 if constant_only else depth, static, level)
    designator = f".{fields[position].name} = " if position or context.choices.below(3) == 0 else ""
    return ListInitializer([Item(designator, position, position, child, False)])


def is_full(child: ListInitializer, ctype: CType) -> bool:
    """Whether every subobject has its own undesignated item, so that the braces may be left out."""
    if isinstance(ctype, ArrayType):
        count = ctype.length
    elif isinstance(ctype, RecordType) and not ctype.is_union:
        count = len(ctype.named_fields)
    else:
        return False
    if not count or len(child.items) != count or any(item.designator for item in child.items):
        return False
    for number, item in enumerate(child.items):
        inner = item.initializer
        if number == 0 and isinstance(inner, ListInitializer) and not item.elided:
            return False  # its brace would be taken for that of the elided list
        # An elided list starts with its first scalar: a whole record or string there would be taken for the outer one.
        if isinstance(inner, StringInitializer):
            return False
        if isinstance(inner, ScalarInitializer) and (inner.braced or not is_scalar_value(inner)):
            return False
    return True


def is_scalar_value(initializer: ScalarInitializer) -> bool:
    return not isinstance(initializer.expression.ctype, RecordType)


def holds_pointer(ctype: CType) -> bool:
    if isinstance(ctype, ArrayType):
        return holds_pointer(ctype.element)
    if isinstance(ctype, RecordType):
        return any(holds_pointer(field.ctype) for field in ctype.fields)
    return isinstance(ctype, PointerType)
