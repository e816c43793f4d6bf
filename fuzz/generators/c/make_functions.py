"""Function definitions: ordinary, recursive and variadic ones.

Invariant: a recursive function calls itself once, behind a test of its first parameter; a variadic one asks for exactly
the arguments that its calls pass; no result points to what dies with the call.
"""

from __future__ import annotations

from typing import Final

from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import (
    DOUBLE,
    INT,
    INT128,
    LLONG,
    LONG,
    UINT,
    ULONG,
    VOID,
    CType,
    PointerType,
)
from fuzz.generators.c.expressions import (
    ANYWHERE,
    Arithmetic,
    Comparison,
    Conditional,
    Conversion,
    Expression,
)
from fuzz.generators.c.functions import Function, FunctionName, NextArgument
from fuzz.generators.c.initializers import ScalarInitializer
from fuzz.generators.c.lvalues import LOCAL, PARAMETER, CompoundAssignment, Increment, Lvalue, Name, Variable
from fuzz.generators.c.make_constants import constant, literal
from fuzz.generators.c.make_expressions import call_of, condition
from fuzz.generators.c.make_places import descend
from fuzz.generators.c.make_statements import make_return, make_statement, pointers_inside
from fuzz.generators.c.statements import Block, Declaration, Evaluate, Fixed, If, Loop, Return, Statement

FUNCTION_COST: Final = 120


def result_type(context: Context) -> CType:
    kind = context.choices.below(20)
    records = [record for record in context.records if not pointers_inside(record)]
    if kind < 2:
        return VOID
    if kind < 6 and records:
        return context.choices.pick(records)
    if kind < 8 and context.has("pointers"):
        return PointerType(context.scalar())
    return context.scalar()


def make_parameter(context: Context) -> Variable:
    choices = context.choices
    kind = choices.below(20)
    ctype: CType = context.scalar()
    extent = 1
    if kind < 4 and context.records:
        ctype = choices.pick(context.records)
    elif kind < 7 and context.has("pointers"):
        extent = choices.pick((1, 1, 2, 4))
        ctype = PointerType(context.object_type(0 if extent > 1 else 1))
    variable = context.new_variable("a", ctype, PARAMETER)
    variable.extent = extent
    # A pointer parameter that promises several elements keeps pointing to the first.
    variable.writable = extent == 1
    variable.addressable = extent == 1
    return variable


def make_function(context: Context) -> Function:
    """A new function, callable by those made later."""
    choices = context.choices
    saved = context.scopes, context.cost, context.cost_limit, context.times, context.loops
    context.scopes = [context.scopes[0], []]
    context.cost, context.cost_limit, context.times, context.loops = 0, FUNCTION_COST, 1, 0
    special = choices.below(10)
    variadic = special == 0 and context.has("varargs")
    recursive = special == 1 and context.has("recursion")
    alike = [one for one in context.functions if not one.recursion and not one.unnamed]
    parameters: list[Variable] = []
    result = result_type(context)
    if variadic or recursive:
        first = context.new_variable("n", INT, PARAMETER)
        first.writable = first.addressable = False
        parameters.append(first)
        if variadic:
            result = context.scalar()
    if alike and not parameters and choices.below(3) == 0:
        # The type of an earlier function, so that one pointer may point to both.
        model = choices.pick(alike)
        result = model.result
        for parameter in model.parameters:
            twin = context.new_variable("a", parameter.ctype, PARAMETER)
            twin.extent, twin.writable, twin.addressable = parameter.extent, parameter.writable, parameter.addressable
            parameters.append(twin)
    else:
        parameters += [make_parameter(context) for _ in range(choices.pick((0, 1, 1, 2, 2, 3, 4, 6)))]
    function = Function(f"f{len(context.functions)}", result, parameters, variadic)
    function.inline = choices.below(4) == 0 and not variadic
    context.function = function
    for parameter in parameters:
        context.declare(parameter)
    statements: list[Statement] = []
    if recursive:
        function.reads = function.writes = ANYWHERE
        function.recursion = 3
        statements += recursion(context, function)
    if variadic:
        function.unnamed = unnamed_types(context)
        statements += variadic_body(context, function)
    for _ in range(choices.between(1, context.options.statements)):
        statements += make_statement(context, 2)
    last: Return | None = make_return(context, result)
    if result is VOID and choices.below(2):
        last = None
    function.body = Block(statements if last is None else [*statements, last])
    function.cost = (context.cost + 2) * (4 if recursive or variadic else 1)
    context.function = None
    context.scopes, context.cost, context.cost_limit, context.times, context.loops = saved
    context.functions.append(function)
    return function


def recursion(context: Context, function: Function) -> list[Statement]:
    """`T r = n > 0 ? f(n - 1, ...) : c;`"""
    first = function.parameters[0]
    call = call_of(context, FunctionName(function), function, 1)
    less = Arithmetic("-", Name(first), literal(context, 1, INT))
    call.arguments[0] = less
    test = Comparison(">", Name(first), literal(context, 0, INT))
    context.note_effects(call)
    if not function.result.is_arithmetic:
        return [If(test, Block([Evaluate(call)]), None)]
    variable = context.new_variable("v", function.result, LOCAL)
    value = Conditional(test, call, constant(context))
    context.declare(variable)
    return [Declaration(variable, ScalarInitializer(value, function.result))]


def unnamed_types(context: Context) -> list[CType]:
    """Types that stay as they are when passed through `...`."""
    types: list[CType] = [INT, INT, UINT, LONG, ULONG, LLONG]
    if context.floats:
        types += [DOUBLE, DOUBLE]
    if context.has("int128"):
        types.append(INT128)
    if context.has("pointers"):
        types.append(PointerType(context.choices.pick((INT, LONG))))
    types += [record for record in context.records if not pointers_inside(record)]
    return [context.choices.pick(types) for _ in range(context.choices.between(1, 4))]


def variadic_body(context: Context, function: Function) -> list[Statement]:
    """Two passes over the arguments where `va_copy` was drawn, one otherwise."""
    choices = context.choices
    count = function.parameters[0]
    total = context.new_variable("v", context.scalar(), LOCAL)
    statements: list[Statement] = [Declaration(total, ScalarInitializer(constant(context), total.ctype))]
    context.declare(total)
    first = context.new_variable("ap", INT, LOCAL)
    statements += [Fixed(f"va_list {first.name};"), Fixed(f"va_start({first.name}, {count.name});", first)]
    lists = [first]
    if choices.below(3) == 0:
        second = context.new_variable("ap", INT, LOCAL)
        statements += [Fixed(f"va_list {second.name};"), Fixed(f"va_copy({second.name}, {first.name});", second, first)]
        lists.append(second)
    for pointer in choices.shuffled(lists):
        counter = context.new_variable("i", INT, LOCAL)
        counter.writable = counter.addressable = False
        start = Declaration(counter, ScalarInitializer(literal(context, 0, INT), INT))
        test = Comparison("<", Name(counter), Name(count))
        body: list[Statement] = []
        context.open_scope()
        for ctype in function.unnamed:
            body += take_argument(context, pointer, ctype, total)
        context.close_scope()
        statements.append(Loop("for", start, test, Increment(Name(counter), "+", False), Block(body)))
        statements.append(Fixed(f"va_end({pointer.name});"))
    return statements


def take_argument(context: Context, pointer: Variable, ctype: CType, total: Variable) -> list[Statement]:
    """Adds one argument, or one scalar of it, to the total."""
    value: Expression = NextArgument(pointer, ctype)
    statements: list[Statement] = []
    if not ctype.is_arithmetic:
        copy = context.new_variable("v", ctype, LOCAL)
        statements.append(Declaration(copy, ScalarInitializer(value, ctype)))
        place: Lvalue | None = descend(context, Name(copy), 0, write=False)
        if place is None:
            return statements
        value = place
    operator = context.choices.pick(("+", "-", "*"))
    if not isinstance(value.ctype, type(total.ctype)):
        value = Conversion(value, LONG, True)
    statements.append(Evaluate(CompoundAssignment(Name(total), operator, value)))
    if context.choices.below(4) == 0:
        test = condition(context, 0)
        context.note_effects(test)
        statements.append(Evaluate(CompoundAssignment(Name(total), "+", test)))
    return statements
