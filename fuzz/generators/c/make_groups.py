"""Statements that belong together and add what they find to the checksum: `#if` groups, stores to all fields of a
record, comparisons of mixed types.
"""

from __future__ import annotations

from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import INT, LONG, UINT, ULONG, IntType
from fuzz.generators.c.expressions import Arithmetic, Comparison, Expression
from fuzz.generators.c.lvalues import Assignment, Member, Name
from fuzz.generators.c.make_constants import interesting, literal
from fuzz.generators.c.make_expressions import arithmetic, for_bit_field, may_assign
from fuzz.generators.c.make_places import has_side_effects, make_place, make_typed_place, new_global
from fuzz.generators.c.preprocessor import ConditionalGroup, Constant, make_constant
from fuzz.generators.c.statements import Block, Evaluate, Observe, Statement


def evaluated(context: Context, expression: Expression | None) -> list[Statement]:
    if expression is None:
        return []
    context.note_effects(expression)
    return [Evaluate(expression)]


def conditional_group(context: Context, depth: int) -> list[Statement]:
    """`#if` groups, each of which adds a number of its own to the checksum, and one that is hard to make."""
    choices = context.choices
    if context.function is not None:
        context.function.writes = 1
    groups: list[tuple[Constant | None, Block]] = []
    count = choices.between(1, 3)
    for number in range(count + 1):
        test = make_constant(choices, choices.between(1, 4)) if number < count else None
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


def compare_types(context: Context, depth: int) -> list[Statement]:
    """Comparisons of values of different types near the boundaries of some: the common type decides them."""
    choices = context.choices
    if context.function is not None:
        context.function.writes = 1
    statements: list[Statement] = []
    for _ in range(3):
        types = [choices.pick([ctype for ctype in context.integers if ctype.bits <= 64]) for _ in range(2)]
        left, right = (literal(context, interesting(context, ctype), ctype) for ctype in types)
        place = make_place(context, 0, False)
        if place is not None and choices.below(2) and not has_side_effects(place):
            left = place
        context.note_effects(left)
        compared = Comparison(choices.pick(("<", "<=", ">", ">=", "==", "!=")), left, right)
        statements.append(Observe(f"{types[0].key}:{types[1].key}", compared))
    return statements
