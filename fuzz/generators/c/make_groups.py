"""Statements that belong together and add what they find to the checksum: `#if` groups, stores to all fields of a
record, operations of mixed types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fuzz.choices import Choices
from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import INT, LONG, UINT, ULONG, ArrayType, IntType
from fuzz.generators.c.expressions import ANYWHERE, Arithmetic, Comparison, Conversion, Expression, Shift
from fuzz.generators.c.initializers import Item, ListInitializer, ScalarInitializer
from fuzz.generators.c.lvalues import GLOBAL, LOCAL, Assignment, Element, Increment, Member, Name, Variable
from fuzz.generators.c.make_constants import interesting, literal
from fuzz.generators.c.make_expressions import arithmetic, for_bit_field, may_assign
from fuzz.generators.c.make_places import make_typed_place, new_global
from fuzz.generators.c.preprocessor import ConditionalGroup, Constant, make_constant, make_mixed
from fuzz.generators.c.statements import Block, Declaration, Evaluate, Loop, Observe, Statement


def evaluated(context: Context, expression: Expression | None) -> list[Statement]:
    if expression is None:
        return []
    context.note_effects(expression)
    return [Evaluate(expression)]


def conditional_group(context: Context, depth: int) -> list[Statement]:
    """`#if` groups under any conditions."""
    return choose(context, make_constant)


def mixed_group(context: Context) -> list[Statement]:
    """`#if` groups whose conditions hang on signedness."""
    return choose(context, make_mixed)


def choose(context: Context, make_condition: Callable[[Choices, int], Constant]) -> list[Statement]:
    """`#if` groups, each of which adds a number of its own to the checksum, and one that is hard to make."""
    choices = context.choices
    if context.function is not None:
        context.function.writes = 1
    groups: list[tuple[Constant | None, Block]] = []
    count = choices.between(1, 3)
    for number in range(count + 1):
        test = make_condition(choices, choices.between(1, 4)) if number < count else None
        if test is None and choices.below(4) == 0:
            continue
        context.next_label += 1
        name = f"#{context.next_label}"
        ctype = choices.pick((INT, UINT, LONG, ULONG))
        numbers = (literal(context, context.next_label, INT), literal(context, interesting(context, ctype), ctype))
        groups.append((test, Block([Observe(name, number) for number in numbers])))
    return [ConditionalGroup(groups)]


def assign_fields(context: Context, depth: int) -> list[Statement]:
    """Stores to several fields of one record with bit-fields, in any order, and what they all hold afterwards."""
    choices = context.choices
    records = [ctype for ctype in context.records if any(field.width is not None for field in ctype.named_fields)]
    if not records:
        return []
    ctype = choices.pick(records)
    place = make_typed_place(context, ctype, 99, 0) or Name(new_global(context, ctype))
    fields = [field for field in ctype.named_fields if isinstance(field.ctype, IntType)]
    statements: list[Statement] = []
    for field in choices.shuffled(fields)[:4]:
        target = Member(place, field)
        value = arithmetic(context, 1)
        if not may_assign(target, value):
            value = literal(context, choices.below(1000), INT)
        statements += evaluated(context, Assignment(target, for_bit_field(target, value)))
    if context.function is not None:
        context.function.writes = 1
    for field in fields:
        source = Member(place, field)
        context.note_effects(source)
        statements.append(Observe(f"{ctype.key}.{field.name}", source))
        if source.is_bit_field and source.ctype is INT:
            # Below zero the difference shows which type the field was promoted to.
            below = Arithmetic("-", source, literal(context, choices.below(1000), INT))
            statements.append(Observe(f"{ctype.key}.{field.name}-", below))
    return statements


SWEPT: Final = 6  # values in one sweep


def sweep(context: Context, depth: int) -> list[Statement]:
    """A loop over arrays of values near boundaries: operations and conversions of mixed types on each, and the results.

    What the operands are is known at run time only, so this is for rules, selection and conversions, not for folding.
    """
    choices = context.choices
    if context.function is not None:
        context.function.reads = context.function.writes = ANYWHERE
    context.open_scope()
    variable = context.new_variable("i", INT, LOCAL)
    variable.writable = variable.addressable = False
    variable.bound = SWEPT
    arrays = [swept_array(context), swept_array(context)]
    body: list[Statement] = []
    operands: list[Expression] = [Element(Name(array), Name(variable)) for array in arrays]
    for number, array in enumerate(arrays):  # a value that is named can be shared by several operations
        assert isinstance(array.ctype, ArrayType)
        local = context.new_variable("v", array.ctype.element, LOCAL)
        body.append(Declaration(local, ScalarInitializer(operands[number], local.ctype)))
        if choices.below(5):
            operands[number] = Name(local)
    for _ in range(choices.between(3, 6)):
        left, right = operands if choices.below(2) else operands[::-1]
        kind = choices.below(4)
        if kind == 0:
            right = literal(context, interesting(context, choices.pick((INT, UINT, LONG))), LONG)
        elif kind < 3:
            right = literal(context, choices.pick((1, 2, 3, 4, 7, 8, 9, 10, 16, 31, 64, 255, 256)), INT)
        if choices.below(4) == 0:
            left = Conversion(left, plain_integer(context), True)
        result = operate(context, left, right)
        results = [result]
        if isinstance(result, (Arithmetic, Comparison)) and choices.below(3) == 0:
            results.append(type(result)(result.operator, right, left))  # the same, but not if operands may be swapped
        elif choices.below(3) == 0:
            results = [Conversion(result, plain_integer(context), True)]
        context.next_label += 1
        body += [Observe(f"sweep{context.next_label}", one) for one in results]
    context.spend(SWEPT * len(body))
    context.declare(variable)
    context.close_scope()
    first = Declaration(variable, ScalarInitializer(literal(context, 0, INT), INT))
    test = Comparison("<", Name(variable), literal(context, SWEPT, INT))
    return [Loop("for", first, test, Increment(Name(variable), "+", False), Block(body))]


def plain_integer(context: Context) -> IntType:
    return context.choices.pick([ctype for ctype in context.integers if ctype.bits <= 64])


def swept_array(context: Context) -> Variable:
    """A global array of values at and near the boundaries of its type and of others."""
    ctype = plain_integer(context)
    variable = context.new_variable("g", ArrayType(ctype, SWEPT), GLOBAL)
    items = [
        Item("", number, number, ScalarInitializer(literal(context, interesting(context, ctype), ctype), ctype), False)
        for number in range(SWEPT)
    ]
    context.globals.append(Declaration(variable, ListInitializer(items)))
    context.declare(variable)
    return variable


def operate(context: Context, left: Expression, right: Expression) -> Expression:
    """A binary operation, comparisons and divisions more often than elsewhere."""
    choices = context.choices
    kind = choices.below(10)
    if kind < 3:
        return Comparison(choices.pick(("<", "<=", ">", ">=", "==", "!=")), left, right)
    if kind < 5:
        return Shift(choices.pick(("<<", ">>")), left, literal(context, choices.below(40), INT))
    if kind < 7:
        return Arithmetic(choices.pick(("/", "%")), left, right)
    return Arithmetic(choices.pick(("+", "-", "*", "&", "|", "^")), left, right)


def operate_on_constants(context: Context, depth: int) -> list[Statement]:
    """Operations on constants of different types near the boundaries of some, which a compiler works out itself."""
    if context.function is not None:
        context.function.writes = 1
    statements: list[Statement] = []
    for _ in range(3):
        types = [plain_integer(context) for _ in range(2)]
        left, right = (literal(context, interesting(context, ctype), ctype) for ctype in types)
        statements.append(Observe(f"{types[0].key}:{types[1].key}", operate(context, left, right)))
    return statements
