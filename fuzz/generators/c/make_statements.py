"""Statements: declarations, branches, every kind of loop, switches, gotos.

Invariant: each loop ends after a bounded number of rounds, because only the loop itself writes its counter; no jump
enters the scope of a variable past its initialiser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from fuzz.generators.c.arithmetic import promote
from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import (
    INT,
    LONG,
    UINT,
    VOID,
    ArrayType,
    CType,
    IntType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import Arithmetic, Comparison, Conditional, Conversion, Expression, Logical, Unary
from fuzz.generators.c.functions import FunctionName
from fuzz.generators.c.initializers import Item, ListInitializer, ScalarInitializer
from fuzz.generators.c.lvalues import (
    LOCAL,
    STATIC,
    AddressOf,
    Assignment,
    CompoundAssignment,
    Increment,
    Name,
    PointerStep,
    Variable,
)
from fuzz.generators.c.machine import BREAK, CONTINUE
from fuzz.generators.c.make_constants import constant_equal_to, interesting, literal
from fuzz.generators.c.make_expressions import (
    arithmetic,
    assignment,
    compound_assignment,
    condition,
    increment,
    integer_expression,
    make_call,
)
from fuzz.generators.c.make_groups import assign_fields, conditional_group, evaluated, operate_on_constants, sweep
from fuzz.generators.c.make_initializers import make_initializer
from fuzz.generators.c.make_places import (
    addressable,
    make_index,
    make_pointer,
    make_record_value,
    make_typed_place,
)
from fuzz.generators.c.statements import (
    Arm,
    Block,
    ComputedGoto,
    Declaration,
    Evaluate,
    Goto,
    If,
    Jump,
    Label,
    Loop,
    Observe,
    Return,
    Statement,
    Switch,
)

StatementMaker: TypeAlias = Callable[[Context, int], list[Statement]]


def make_block(context: Context, depth: int, count: int) -> Block:
    context.open_scope()
    statements: list[Statement] = []
    for _ in range(count):
        statements += make_statement(context, depth)
    context.close_scope()
    return Block(statements)


def small_block(context: Context, depth: int) -> Block:
    return make_block(context, depth - 1, context.choices.between(1, 3))


def make_statement(context: Context, depth: int) -> list[Statement]:
    """One statement, or a few that belong together."""
    context.spend()
    if context.nodes > context.node_limit:
        return []
    while True:
        feature, cost, maker = context.choices.weighted(STATEMENTS)
        if feature and not context.has(feature):
            continue
        if cost and (depth <= 0 or not context.affords(cost)):
            continue
        made = maker(context, depth)
        if made:
            return made


def expression_depth(context: Context) -> int:
    return context.choices.between(1, context.options.depth)


def assign(context: Context, depth: int) -> list[Statement]:
    return evaluated(context, assignment(context, expression_depth(context)))


def compound(context: Context, depth: int) -> list[Statement]:
    return evaluated(context, compound_assignment(context, expression_depth(context)))


def count_up_or_down(context: Context, depth: int) -> list[Statement]:
    return evaluated(context, increment(context, 1))


def any_expression(context: Context, depth: int) -> list[Statement]:
    return evaluated(context, arithmetic(context, expression_depth(context)))


def call_statement(context: Context, depth: int) -> list[Statement]:
    expression = make_call(context, 2, context.choices.pick(("", "", "void")))
    if expression is not None and context.choices.below(3) == 0:
        expression = Conversion(expression, VOID, True)
    return evaluated(context, expression)


def observe(context: Context, depth: int) -> list[Statement]:
    expression = arithmetic(context, expression_depth(context))
    context.note_effects(expression)
    if context.function is not None:
        context.function.writes = 1  # it changes the checksum
    name = context.function.name if context.function is not None else "main"
    context.next_label += 1
    return [Observe(f"{name}.{context.next_label}", expression)]


def assign_record(context: Context, depth: int) -> list[Statement]:
    if not context.records:
        return []
    ctype = context.choices.pick(context.records)
    if pointers_inside(ctype):
        return []  # what the pointers of a copy may outlive is not tracked
    target = make_typed_place(context, ctype, 99, 1)
    if target is None:
        return []
    value = make_record_value(context, ctype, 2)
    if target.writes or value.writes or target.reads & value.reads:
        return []
    return evaluated(context, Assignment(target, value))


def pointers_inside(ctype: CType) -> bool:
    if isinstance(ctype, ArrayType):
        return pointers_inside(ctype.element)
    if isinstance(ctype, RecordType):
        return any(pointers_inside(field.ctype) for field in ctype.fields)
    return isinstance(ctype, PointerType)


def assign_pointer(context: Context, depth: int) -> list[Statement]:
    """A pointer variable gets another object of its type, one that lives as long as it does."""
    variables = [
        variable
        for variable in context.visible()
        if isinstance(variable.ctype, PointerType)
        and "(" not in variable.ctype.key
        and variable.writable
        and not variable.const
        and variable.extent == 1
    ]
    if not variables:
        return []
    variable = context.choices.pick(variables)
    assert isinstance(variable.ctype, PointerType)
    value = make_pointer(context, variable.ctype.target, variable.level, 1)
    target = Name(variable)
    if value.writes:
        return []
    return evaluated(context, Assignment(target, value))


def declare(context: Context, depth: int) -> list[Statement]:
    """A local or static variable with an initialiser."""
    choices = context.choices
    static = context.has("static-locals") and choices.below(8) == 0
    ctype: CType = context.object_type()
    if context.has("pointers") and choices.below(5) == 0:
        ctype = PointerType(context.object_type(1))
        if choices.below(5) == 0 and context.level > 0:
            ctype = PointerType(ctype)
    if isinstance(ctype, RecordType) and pointers_inside(ctype) and not static and choices.below(2):
        ctype = context.scalar()
    variable = context.new_variable("s" if static else "v", ctype, STATIC if static else LOCAL)
    initializer = make_initializer(
        context, ctype, 0 if static else choices.between(0, 2), static=static, level=0 if static else context.level
    )
    qualify(context, variable)
    if static:
        context.global_bits |= variable.bit
    reads, writes = initializer.effects()
    if context.function is not None:
        if reads & context.global_bits:
            context.function.reads = 1
        if writes & context.global_bits or static:
            context.function.writes = 1
    declaration = Declaration(variable, initializer)
    if static:
        context.statics.append(declaration)
    context.declare(variable)
    return [declaration]


def qualify(context: Context, variable: Variable) -> None:
    """Sometimes const, volatile or register."""
    choices = context.choices
    if context.has("volatile") and choices.below(8) == 0 and not isinstance(variable.ctype, RecordType):
        variable.volatile = True
    if context.has("const") and choices.below(8) == 0 and not isinstance(variable.ctype, PointerType):
        variable.const = True
        variable.writable = False
    if variable.storage == LOCAL and choices.below(20) == 0 and variable.ctype.is_arithmetic and not variable.volatile:
        variable.register = True


def declare_function_pointer(context: Context, depth: int) -> list[Statement]:
    """`int (*p)(long) = c ? f : g;` or an array of such pointers."""
    choices = context.choices
    functions = [one for one in context.functions if one.result.is_arithmetic and not one.recursion and not one.unnamed]
    if not functions:
        return []
    first = choices.pick(functions)
    alike = [one for one in functions if one.ctype.key == first.ctype.key]
    alike = [one for one in alike if [p.extent for p in one.parameters] == [p.extent for p in first.parameters]]
    pointer = PointerType(first.ctype)
    if choices.below(2):
        length = choices.between(1, 4)
        ctype: CType = ArrayType(pointer, length)
        chosen = [choices.pick(alike) for _ in range(length)]
        items = [
            Item("", number, number, ScalarInitializer(FunctionName(one, bool(choices.below(2))), pointer), False)
            for number, one in enumerate(chosen)
        ]
        variable = context.new_variable("table", ctype, STATIC if choices.below(2) else LOCAL)
        declaration = Declaration(variable, ListInitializer(items))
        if variable.storage == STATIC:
            context.statics.append(declaration)
    else:
        chosen = [choices.pick(alike), choices.pick(alike)]
        variable = context.new_variable("fp", pointer, LOCAL)
        value: Expression = FunctionName(chosen[0])
        if choices.below(2):
            test = condition(context, 1)
            context.note_effects(test)
            value = Conditional(test, value, FunctionName(chosen[1], True))
        declaration = Declaration(variable, ScalarInitializer(value, pointer))
    variable.writable = variable.addressable = False
    context.callees[variable.index] = chosen
    context.declare(variable)
    return [declaration]


def branch(context: Context, depth: int) -> list[Statement]:
    test = condition(context, expression_depth(context))
    context.note_effects(test)
    yes = small_block(context, depth)
    no: Statement | None = None
    kind = context.choices.below(4)
    if kind == 0:
        no = small_block(context, depth)
    elif kind == 1 and depth > 1:
        chain = branch(context, depth - 1)
        no = chain[0]
    return [If(test, yes, no)]


def counter(context: Context, rounds: int) -> Variable:
    """A variable that only its loop writes, of a type that holds the count."""
    types = [ctype for ctype in context.integers if not ctype.is_bool and ctype.bits <= 64]
    variable = context.new_variable("i", context.choices.pick((INT, INT, INT, UINT, LONG, *types)), LOCAL)
    variable.writable = variable.addressable = False
    return variable


def initial(context: Context, variable: Variable, value: int) -> Declaration:
    return Declaration(variable, ScalarInitializer(literal(context, value, INT), variable.ctype))


def loop_body(context: Context, depth: int, rounds: int) -> Block:
    saved = context.times
    context.times *= max(rounds, 1)
    context.loops += 1
    body = small_block(context, depth)
    context.loops -= 1
    context.times = saved
    return body


def for_loop(context: Context, depth: int) -> list[Statement]:
    """Counts up or down by one or more, with every way of writing the end."""
    choices = context.choices
    rounds = choices.between(1, 6)
    context.open_scope()
    variable = counter(context, rounds)
    name = Name(variable)
    stride = choices.pick((1, 1, 1, 2, 3))
    up = bool(choices.below(3))
    assert isinstance(variable.ctype, IntType)
    if not up and not variable.ctype.signed:
        # An unsigned counter that counts down is tested before it is decremented.
        first = initial(context, variable, rounds)
        test: Expression = Comparison(">", Increment(name, "-", False), literal(context, 0, INT))
        step: Expression | None = None
    elif up:
        first = initial(context, variable, 0)
        operator = "!=" if stride == 1 and choices.below(3) == 0 else "<"
        test = Comparison(operator, name, literal(context, rounds * stride, INT))
        step = step_by(context, name, "+", stride)
        variable.bound = rounds * stride
    else:
        first = initial(context, variable, (rounds - 1) * stride)
        test = Comparison(">=", name, literal(context, 0, INT))
        step = step_by(context, name, "-", stride)
        variable.bound = (rounds - 1) * stride + 1
    if choices.below(6) == 0:
        extra = condition(context, 1)
        context.note_effects(extra)
        test = Logical("&&", test, extra)
    context.declare(variable)
    outside = choices.below(3) == 0
    body = loop_body(context, depth, rounds)
    context.close_scope()
    if outside:
        return [Block([first, Loop("for", None, test, step, body)])]
    return [Loop("for", first, test, step, body)]


def step_by(context: Context, name: Name, operator: str, stride: int) -> Expression:
    if stride == 1 and context.choices.below(3):
        return Increment(name, operator, bool(context.choices.below(2)))
    return CompoundAssignment(name, operator, literal(context, stride, INT))


def while_loop(context: Context, depth: int) -> list[Statement]:
    """`while (n--)`, `while (--n > 0)`, and the same with `do`."""
    choices = context.choices
    rounds = choices.between(1, 5)
    context.open_scope()
    variable = counter(context, rounds)
    test: Expression = Increment(Name(variable), "-", bool(choices.below(2)))
    prefix = isinstance(test, Increment) and test.prefix
    if choices.below(2):
        # The counter may pass zero where the body leaves the count alone; `> 0` alone would let an unsigned one run on.
        test = Comparison("!=", test, literal(context, 0, INT))
    if choices.below(4) == 0:
        extra = condition(context, 1)
        context.note_effects(extra)
        test = Logical("&&", test, extra)
    elif choices.below(8) == 0:
        test = Unary("!", Unary("!", test))
    first = initial(context, variable, rounds + (1 if prefix else 0))
    variable.bound = rounds + 2
    context.declare(variable)
    body = loop_body(context, depth, rounds + 1)
    context.close_scope()
    return [Block([first, Loop(choices.pick(("while", "do")), None, test, None, body)])]


def pointer_walk(context: Context, depth: int) -> list[Statement]:
    """A pointer runs over an array, forwards or backwards."""
    choices = context.choices
    arrays = [
        variable
        for variable in context.visible()
        if isinstance(variable.ctype, ArrayType)
        and addressable(variable)
        and not isinstance(variable.ctype.element, PointerType)
        and variable.writable
    ]
    if not arrays:
        return []
    array = choices.pick(arrays)
    assert isinstance(array.ctype, ArrayType)
    length = array.ctype.length
    context.open_scope()
    variable = context.new_variable("p", PointerType(array.ctype.element), LOCAL)
    variable.writable = variable.addressable = False
    start: Expression = AddressOf(Name(array), decay=True)
    end = PointerStep(AddressOf(Name(array), decay=True), "+", literal(context, length, INT))
    backwards = choices.below(3) == 0
    first = Declaration(variable, ScalarInitializer(end if backwards else start, variable.ctype))
    name = Name(variable)
    statements: list[Statement] = []
    context.declare(variable)
    if backwards:
        # The pointer stands one past the end until the body's first statement steps it down.
        test: Expression = Comparison(choices.pick((">", "!=")), name, start)
        step: Expression | None = None
        statements.append(Evaluate(Assignment(name, PointerStep(name, "-", literal(context, 1, INT)))))
    else:
        test = Comparison(choices.pick(("<", "!=")), name, end)
        step = Assignment(name, PointerStep(name, "+", literal(context, 1, INT)))
    body = loop_body(context, depth, length)
    body.statements[:0] = statements
    context.close_scope()
    return [Loop("for", first, test, step, body)]


def goto_loop(context: Context, depth: int) -> list[Statement]:
    """A label, a body, and a conditional jump back."""
    rounds = context.choices.between(1, 4)
    variable = counter(context, rounds)
    first = initial(context, variable, rounds)
    label = context.new_label()
    saved_loops, saved_times = context.loops, context.times
    context.times *= rounds + 1
    context.loops = 0  # `break` and `continue` in the body would mean an outer loop; that is legal but hard to bound
    body = small_block(context, depth)
    context.loops, context.times = saved_loops, saved_times
    test = Comparison("!=", Increment(Name(variable), "-", False), literal(context, 0, INT))
    return [Block([first, Label(label), body, If(test, Block([Goto(label)]), None)])]


def forward_goto(context: Context, depth: int) -> list[Statement]:
    """A jump over a block, out of a nested one."""
    label = context.new_label()
    test = condition(context, 1)
    context.note_effects(test)
    before = small_block(context, depth)
    before.statements.append(If(test, Block([Goto(label)]), None))
    return [Block([before, small_block(context, depth), Label(label)])]


def computed_goto(context: Context, depth: int) -> list[Statement]:
    if context.function is not None and context.function.inline:
        return []
    count = context.choices.between(2, 4)
    labels = [context.new_label() for _ in range(count)]
    end = context.new_label()
    index = make_index(context, count, 2)
    context.note_effects(index)
    statements: list[Statement] = [ComputedGoto(f"to_{labels[0]}", labels, index)]
    for label in labels:
        statements += [Label(label), small_block(context, depth)]
        if context.choices.below(3):
            statements.append(Goto(end))
    return [Block([*statements, Label(end)])]


def switch(context: Context, depth: int) -> list[Statement]:
    choices = context.choices
    control = integer_expression(context, expression_depth(context))
    if choices.below(3):
        control = Arithmetic("&", control, literal(context, choices.pick((3, 7)), INT))
    context.note_effects(control)
    promoted = promote(control.ctype)
    assert isinstance(promoted, IntType)
    if promoted.bits > 64:
        control, promoted = Conversion(control, LONG, True), LONG
    taken: list[tuple[int, int]] = []
    arms: list[Arm] = []
    default_at = choices.below(6)
    for number in range(choices.between(1, 5)):
        labels: list[tuple[Expression, Expression | None] | None] = []
        if number == default_at:
            labels.append(None)
        for _ in range(choices.pick((1, 1, 1, 2, 3))):
            label = case_label(context, promoted, taken)
            if label is not None:
                labels.append(label)
        if not labels:
            continue
        block = small_block(context, depth)
        if choices.below(4):
            block.statements.append(Jump(BREAK))
        arms.append(Arm(labels, block))
    return [Switch(control, promoted, arms)] if arms else []


def case_label(
    context: Context, ctype: IntType, taken: list[tuple[int, int]]
) -> tuple[Expression, Expression | None] | None:
    """A label, or a GNU range of them, that meets none of those taken."""
    choices = context.choices
    low = choices.below(9) if choices.below(3) else interesting(context, ctype)
    high = min(low + choices.between(1, 5), ctype.maximum) if choices.below(6) == 0 else low
    if any(low <= other_high and other_low <= high for other_low, other_high in taken):
        return None
    taken.append((low, high))
    first = constant_equal_to(context, low, ctype)
    return first, (constant_equal_to(context, high, ctype) if high > low else None)


def leave_loop(context: Context, depth: int) -> list[Statement]:
    """`if (...) break;` or `continue;`"""
    if not context.loops:
        return []
    test = condition(context, 1)
    context.note_effects(test)
    return [If(test, Block([Jump(context.choices.pick((BREAK, CONTINUE)))]), None)]


def leave_function(context: Context, depth: int) -> list[Statement]:
    """`if (...) return ...;`"""
    function = context.function
    if function is None:
        return []
    test = condition(context, 1)
    context.note_effects(test)
    return [If(test, Block([make_return(context, function.result)]), None)]


def make_return(context: Context, result: CType) -> Return:
    if result.key == "void":
        return Return(None, result)
    if isinstance(result, RecordType):
        value = make_record_value(context, result, 2)
    elif isinstance(result, PointerType):
        value = make_pointer(context, result.target, 0, 1)
    else:
        value = arithmetic(context, expression_depth(context))
    context.note_effects(value)
    return Return(value, result)


def nested_block(context: Context, depth: int) -> list[Statement]:
    return [small_block(context, depth)]


# (weight, (feature or "", cost it must afford or 0 for a simple statement, maker))
STATEMENTS: Final[tuple[tuple[int, tuple[str, int, StatementMaker]], ...]] = (
    (20, ("", 0, assign)),
    (13, ("", 0, compound)),
    (4, ("", 0, count_up_or_down)),
    (2, ("", 0, any_expression)),
    (6, ("calls", 0, call_statement)),
    (5, ("", 0, observe)),
    (3, ("", 0, operate_on_constants)),
    (7, ("loops", 36, sweep)),
    (4, ("conditional-groups", 0, conditional_group)),
    (4, ("structs", 0, assign_record)),
    (4, ("bit-fields", 0, assign_fields)),
    (4, ("pointers", 0, assign_pointer)),
    (13, ("", 0, declare)),
    (3, ("function-pointers", 0, declare_function_pointer)),
    (11, ("", 4, branch)),
    (8, ("loops", 12, for_loop)),
    (5, ("loops", 12, while_loop)),
    (4, ("pointers", 12, pointer_walk)),
    (2, ("goto", 12, goto_loop)),
    (2, ("goto", 6, forward_goto)),
    (2, ("computed-goto", 8, computed_goto)),
    (6, ("switch", 8, switch)),
    (3, ("", 0, leave_loop)),
    (2, ("", 0, leave_function)),
    (1, ("", 4, nested_block)),
)
