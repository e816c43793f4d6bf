"""Expressions of arithmetic type, made at random from what is in scope.

Invariant: unsequenced operands are independent of each other; where a drawn operand is not, a constant takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from fuzz.generators.c.context import Context
from fuzz.generators.c.ctypes import (
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    UINT,
    ULONG,
    USHORT,
    ArrayType,
    CType,
    FloatType,
    IntType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import (
    Arithmetic,
    Builtin,
    Comma,
    Comparison,
    Conditional,
    Conversion,
    Expression,
    Generic,
    Logical,
    Shift,
    SizeOf,
    Unary,
    clashes,
    independent,
)
from fuzz.generators.c.functions import (
    Call,
    CompoundLiteral,
    Function,
    FunctionName,
    StatementExpression,
    ValueMember,
)
from fuzz.generators.c.initializers import ScalarInitializer
from fuzz.generators.c.lvalues import (
    LOCAL,
    AddressOf,
    Assignment,
    CompoundAssignment,
    Element,
    Increment,
    Lvalue,
    Member,
    Name,
    PointerDifference,
    target_type,
)
from fuzz.generators.c.make_constants import constant, constant_expression, literal, plain_constant, string_literal
from fuzz.generators.c.make_initializers import make_initializer
from fuzz.generators.c.make_places import byte_view, make_index, make_place, make_pointer, make_record_value, new_global
from fuzz.generators.c.statements import Block, Declaration, Evaluate, Statement

Maker: TypeAlias = Callable[[Context, int], Expression | None]


def leaf(context: Context) -> Expression:
    context.nodes += 1
    if context.choices.below(100) < 68:
        place = make_place(context, 0, write=False)
        if place is not None:
            return place
    return constant(context)


def arithmetic(context: Context, depth: int) -> Expression:
    """An expression of any arithmetic type."""
    context.nodes += 1
    if depth <= 0 or context.nodes > context.node_limit:
        return leaf(context)
    for _ in range(3):
        feature, maker = context.choices.weighted(MAKERS)
        if feature and not context.has(feature):
            continue
        made = maker(context, depth)
        if made is not None:
            return made
    return leaf(context)


def as_integer(context: Context, expression: Expression) -> Expression:
    if isinstance(expression.ctype, IntType):
        return expression
    if context.choices.below(2):
        return Unary("!", expression)
    return Conversion(expression, context.choices.pick([ctype for ctype in context.integers if ctype.bits <= 64]), True)


def integer_expression(context: Context, depth: int) -> Expression:
    return as_integer(context, arithmetic(context, depth))


def condition(context: Context, depth: int) -> Expression:
    """What `if`, `while` and `?:` test."""
    kind = context.choices.below(6)
    if kind < 3:
        return comparison(context, depth)
    if kind < 4 and context.has("dense"):
        return dense(context, min(depth + 1, 3))
    return arithmetic(context, depth)


def operands(context: Context, depth: int, integers: bool) -> tuple[Expression, Expression]:
    """Two operands that may be unsequenced."""
    make = integer_expression if integers else arithmetic
    left = make(context, depth - 1)
    right = make(context, context.choices.below(depth))
    if context.choices.below(3) == 0:
        left, right = right, left
    if not independent(left, right):
        right = plain_constant(context)
    return left, right


def binary(context: Context, depth: int) -> Expression:
    operators = ["+", "-", "*", "&", "|", "^", "+", "-"]
    if context.has("division"):
        operators += ["/", "%"]
    operator = context.choices.pick(operators)
    left, right = operands(context, depth, operator in "%&|^")
    return Arithmetic(operator, left, right)


def float_binary(context: Context, depth: int) -> Expression:
    left, right = operands(context, depth, False)
    left = Conversion(left, context.choices.pick((FLOAT, DOUBLE)), True)
    return Arithmetic(context.choices.pick(("+", "-", "*", "/")), left, right)


def shifting(context: Context, depth: int) -> Expression:
    left, right = operands(context, depth, True)
    if context.choices.below(2):
        right = literal(context, context.choices.below(40), INT)
    elif context.choices.below(2):
        right = Arithmetic("&", right, literal(context, 31, INT))
    return Shift(context.choices.pick(("<<", ">>")), left, right)


def comparison(context: Context, depth: int) -> Expression:
    left, right = operands(context, depth, False) if depth > 0 else (leaf(context), leaf(context))
    if not independent(left, right):
        right = plain_constant(context)
    return Comparison(context.choices.pick(("==", "!=", "<", ">", "<=", ">=")), left, right)


def logical(context: Context, depth: int) -> Expression:
    left, right = arithmetic(context, depth - 1), arithmetic(context, depth - 1)
    return Logical(context.choices.pick(("&&", "||")), left, right)


def dense(context: Context, depth: int) -> Expression:
    """Constants 0 and 1 and a few variables under many logical operators: what constant folders get wrong."""
    choices = context.choices
    if depth <= 0:
        kind = choices.below(8)
        if kind < 3:
            return literal(context, choices.below(2), INT)
        if kind < 4:
            return constant(context, choices.pick((INT, INT, LONG, UINT)))
        return leaf(context)
    kind = choices.below(12)
    if kind < 6:
        return Logical(
            choices.pick(("&&", "||")), dense(context, depth - 1), dense(context, depth - 1 - choices.below(2))
        )
    if kind < 7:
        return Unary("!", dense(context, depth - 1))
    if kind < 8:
        return Conditional(dense(context, depth - 1), dense(context, depth - 1), dense(context, depth - 2))
    if kind < 9 and context.has("comma"):
        return Comma(dense(context, depth - 2), dense(context, depth - 1))
    left, right = dense(context, depth - 1), dense(context, depth - 2)
    if not independent(left, right):
        right = plain_constant(context)
    if kind < 11:
        return Comparison(choices.pick(("==", "!=", "<", ">=")), left, right)
    left, right = as_integer(context, left), as_integer(context, right)
    return Arithmetic(choices.pick(("&", "|", "^", "+", "*")), left, right)


def conditional(context: Context, depth: int) -> Expression:
    return Conditional(condition(context, depth - 1), arithmetic(context, depth - 1), arithmetic(context, depth - 1))


def comma(context: Context, depth: int) -> Expression:
    return Comma(arithmetic(context, depth - 1), arithmetic(context, depth - 1))


def unary(context: Context, depth: int) -> Expression:
    operand = arithmetic(context, depth - 1)
    operators = ("-", "!", "+") if isinstance(operand.ctype, FloatType) else ("-", "~", "!", "+", "~")
    return Unary(context.choices.pick(operators), operand)


def cast(context: Context, depth: int) -> Expression:
    return Conversion(arithmetic(context, depth - 1), context.scalar(), True)


def size_of(context: Context, depth: int) -> Expression:
    if context.choices.below(2):
        return SizeOf(context.object_type(2), None, ULONG)
    operand = arithmetic(context, min(depth - 1, 1))
    return SizeOf(operand.ctype, operand, ULONG)


def store_place(context: Context) -> Lvalue | None:
    return make_place(context, 1, write=True) if context.effects else None


def may_assign(target: Lvalue, value: Expression) -> bool:
    """Whether `target = value` is well defined: the value's side effects meet neither the target nor its address."""
    if isinstance(target, Name) and isinstance(value, Call) and not any(one.writes for one in value.arguments):
        return not target.volatile  # a call is complete before the store
    stored = target.stored_bits() | target.reads | target.writes
    return not clashes(value.writes, stored) and not clashes(target.writes, value.reads | value.writes)


def assignment(context: Context, depth: int) -> Expression | None:
    target = store_place(context)
    if target is None:
        return None
    value = arithmetic(context, depth - 1)
    if not may_assign(target, value):
        value = constant(context)
    return Assignment(target, for_bit_field(target, value))


def compound_assignment(context: Context, depth: int) -> Expression | None:
    target = store_place(context)
    if target is None or is_wide_bit_field(target):
        return None
    is_float = isinstance(target_type(target), FloatType)
    operator = context.choices.pick(("+", "-", "*", "&", "|", "^", "<<", ">>") if not is_float else ("+", "-", "*"))
    if context.has("division") and context.choices.below(6) == 0:
        operator = "/" if is_float else context.choices.pick(("/", "%"))
    value = arithmetic(context, depth - 1)
    if operator not in ("+", "-", "*", "/"):
        value = as_integer(context, value)
    value = for_bit_field(target, value)
    # `x op= f()` reads x, so even a call must leave it alone.
    stored = target.stored_bits() | target.reads | target.writes
    if clashes(value.writes, stored) or clashes(target.writes, value.reads | value.writes):
        value = plain_constant(context)
    return CompoundAssignment(target, operator, value)


def for_bit_field(target: Lvalue, value: Expression) -> Expression:
    """A float reaches a bit-field through its declared type: gcc takes the range of the field for the type's own."""
    if target.is_bit_field and isinstance(value.ctype, FloatType):
        return Conversion(value, target_type(target), True)
    return value


def is_wide_bit_field(target: Lvalue) -> bool:
    return isinstance(target, Member) and target.field.width is not None and target.field.width >= 32


def increment(context: Context, depth: int) -> Expression | None:
    target = store_place(context)
    if target is None or is_wide_bit_field(target):
        return None
    return Increment(target, context.choices.pick("+-"), bool(context.choices.below(2)))


def callable_functions(context: Context, key: str) -> list[Function]:
    return [
        function
        for function in context.functions
        if (function.result.key == key if key else function.result.is_arithmetic)
        and context.affords(function.cost + 1)
        and (context.effects or not function.writes)
    ]


def make_call(context: Context, depth: int, key: str = "") -> Expression | None:
    """A call of a function whose result is arithmetic, or has the type named by `key`."""
    functions = callable_functions(context, key)
    if not functions or not context.has("calls"):
        return None
    function = context.choices.pick(functions)
    context.spend(function.cost + 1)
    return call_of(context, FunctionName(function, context.choices.below(12) == 0), function, depth)


def call_of(context: Context, callee: Expression, function: Function, depth: int) -> Call:
    """A call with fresh arguments of the function's types."""
    arguments: list[Expression] = []
    for position, parameter in enumerate(function.parameters):
        if position == 0 and (function.recursion or function.unnamed):
            rounds = context.choices.below(4)
            arguments.append(literal(context, rounds, INT))
        else:
            arguments.append(argument(context, parameter.ctype, depth, parameter.extent))
    unnamed: list[Expression] = []
    if function.unnamed:
        for _ in range(rounds):
            for ctype in function.unnamed:
                unnamed.append(exactly(context, argument(context, ctype, depth, 1), ctype))
    for position, made in enumerate(arguments):
        if any(not independent(made, other) for other in arguments[position + 1 :] + unnamed):
            if made.ctype.is_arithmetic:
                arguments[position] = plain_constant(context)
            else:
                parameter = function.parameters[position]
                arguments[position] = quiet_argument(context, parameter.ctype, parameter.extent)
    for position, made in enumerate(unnamed):
        if any(not independent(made, other) for other in unnamed[position + 1 :] + arguments):
            unnamed[position] = exactly(context, quiet_argument(context, made.ctype, 1), made.ctype)
    call = Call(callee, function.ctype, arguments, unnamed)
    call.starred = not isinstance(callee, FunctionName) and bool(context.choices.below(2))
    return call


def exactly(context: Context, expression: Expression, ctype: CType) -> Expression:
    """The expression with a cast to the promoted type that the callee will ask `va_arg` for."""
    plain = not isinstance(expression, Member) and expression.ctype.key == ctype.key
    if plain or not ctype.is_arithmetic:
        return expression
    return Conversion(expression, ctype, True)


def argument(context: Context, ctype: CType, depth: int, extent: int) -> Expression:
    if isinstance(ctype, PointerType):
        return make_pointer(context, ctype.target, 99, min(depth, 1), extent)
    if isinstance(ctype, RecordType):
        return make_record_value(context, ctype, min(depth, 1))
    return arithmetic(context, depth)


def quiet_argument(context: Context, ctype: CType, extent: int) -> Expression:
    """An argument without side effects that reads only constants, to be unsequenced with anything."""
    if isinstance(ctype, RecordType):
        index = context.new_variable("c", ctype, LOCAL).index
        return CompoundLiteral(ctype, make_initializer(context, ctype, 0, static=True, braced=True), index)
    if isinstance(ctype, PointerType):
        if extent > 1:
            return AddressOf(Name(new_global(context, ArrayType(ctype.target, extent))), decay=True)
        return AddressOf(Name(new_global(context, ctype.target)))
    return plain_constant(context)


def call(context: Context, depth: int) -> Expression | None:
    return make_call(context, depth - 1)


def pointer_call(context: Context, depth: int) -> Expression | None:
    """A call through a pointer variable or an array of pointers to functions."""
    if not context.effects:
        return None
    variables = [
        variable
        for variable in context.visible()
        if variable.index in context.callees
        and context.affords(max(one.cost for one in context.callees[variable.index]) + 1)
    ]
    if not variables:
        return None
    variable = context.choices.pick(variables)
    callee: Expression = Name(variable)
    if isinstance(variable.ctype, ArrayType):
        callee = Element(Name(variable), make_index(context, variable.ctype.length, 0))
    context.spend(max(one.cost for one in context.callees[variable.index]) + 1)
    return call_of(context, callee, context.callees[variable.index][0], depth - 1)


def record_member(context: Context, depth: int) -> Expression | None:
    """A member of a record that a call returns or a compound literal holds."""
    records = [record for record in context.records if not record.is_union]
    if not records:
        return None
    record = context.choices.pick(records)
    fields = [field for field in record.named_fields if field.width is None and field.ctype.is_arithmetic]
    if not fields:
        return None
    base = make_record_value(context, record, depth - 1)
    field = context.choices.pick(fields)
    return Member(base, field) if isinstance(base, Lvalue) else ValueMember(base, field)


def compound_literal(context: Context, depth: int) -> Expression | None:
    ctype = context.object_type(1)
    literal_ = CompoundLiteral(
        ctype,
        make_initializer(context, ctype, depth - 1, level=context.level, braced=True),
        context.new_variable("c", ctype, LOCAL).index,
    )
    if isinstance(ctype, ArrayType) and ctype.element.is_arithmetic:
        return Element(literal_, make_index(context, ctype.length, 0))
    return literal_ if ctype.is_arithmetic else None


def statement_expression(context: Context, depth: int) -> Expression | None:
    if not context.effects:
        return None
    ctype = context.scalar()
    first = arithmetic(context, depth - 1)
    context.open_scope()
    variable = context.new_variable("t", ctype, LOCAL)
    statements: list[Statement] = [Declaration(variable, ScalarInitializer(first, ctype))]
    context.declare(variable)
    inner = [arithmetic(context, depth - 1) for _ in range(context.choices.below(3))]
    statements += [Evaluate(expression) for expression in inner]
    value = arithmetic(context, depth - 1)
    context.close_scope()
    reads = writes = 0
    for expression in (first, *inner, value):
        reads, writes = reads | expression.reads, writes | expression.writes
    return StatementExpression(Block(statements), value, reads, writes)


def generic(context: Context, depth: int) -> Expression:
    control = arithmetic(context, depth - 1)
    ctype = control.ctype
    assert isinstance(ctype, (IntType, FloatType))
    names = ["int", "unsigned int", "long", "unsigned long", "char", "short", "unsigned char", "_Bool"]
    names += [one.canonical for one in context.floats]
    if ctype.canonical not in names or context.choices.below(3):
        names = [name for name in names if name != ctype.canonical][:: context.choices.between(1, 3)]
        position = context.choices.below(len(names) + 1)
        names.insert(position, "default" if context.choices.below(4) == 0 else ctype.canonical)
    selected = names.index("default") if ctype.canonical not in names else names.index(ctype.canonical)
    choices = [
        (name, plain_constant(context) if number != selected else leaf(context)) for number, name in enumerate(names)
    ]
    return Generic(control, choices, selected)


def builtin(context: Context, depth: int) -> Expression:
    name, parameter, result = context.choices.pick(
        (
            ("__builtin_expect", LONG, LONG),
            ("__builtin_popcount", UINT, INT),
            ("__builtin_popcountl", ULONG, INT),
            ("__builtin_parity", UINT, INT),
            ("__builtin_clz", UINT, INT),
            ("__builtin_clzl", ULONG, INT),
            ("__builtin_ctz", UINT, INT),
            ("__builtin_ctzl", ULONG, INT),
            ("__builtin_bswap16", USHORT, USHORT),
            ("__builtin_bswap32", UINT, UINT),
            ("__builtin_bswap64", ULONG, ULONG),
        )
    )
    return Builtin(name, integer_expression(context, depth - 1), parameter, result)


def pointer_question(context: Context, depth: int) -> Expression | None:
    """A comparison or a difference of pointers into one array."""
    arrays = [
        variable
        for variable in context.visible()
        if isinstance(variable.ctype, ArrayType) and not variable.volatile and not variable.register
    ]
    if not arrays:
        return None
    variable = context.choices.pick(arrays)
    assert isinstance(variable.ctype, ArrayType)
    sides = [
        AddressOf(Element(Name(variable), make_index(context, variable.ctype.length, depth - 1))) for _ in range(2)
    ]
    if not independent(sides[0], sides[1]):
        return None
    if context.choices.below(2):
        return PointerDifference(sides[0], sides[1], LONG)
    return Comparison(context.choices.pick(("==", "!=", "<", ">", "<=", ">=")), sides[0], sides[1])


def string_element(context: Context, depth: int) -> Expression:
    string = string_literal(context, wide=context.choices.below(5) == 0)
    return Element(string, make_index(context, len(string.elements), depth - 1))


def byte_of(context: Context, depth: int) -> Expression | None:
    places = [
        variable
        for variable in context.visible()
        if isinstance(variable.ctype, IntType) and not (variable.const or variable.volatile or variable.register)
    ]
    return byte_view(context, Name(context.choices.pick(places)), depth - 1) if places else None


def constants(context: Context, depth: int) -> Expression:
    return constant_expression(context, depth)


# (weight, (feature that it needs or "", maker))
MAKERS: Final[tuple[tuple[int, tuple[str, Maker]], ...]] = (
    (24, ("", binary)),
    (5, ("float", float_binary)),
    (7, ("shifts", shifting)),
    (8, ("", comparison)),
    (5, ("", logical)),
    (4, ("dense", dense)),
    (5, ("", conditional)),
    (2, ("comma", comma)),
    (7, ("", unary)),
    (8, ("casts", cast)),
    (2, ("", size_of)),
    (5, ("side-effects", assignment)),
    (5, ("side-effects", compound_assignment)),
    (5, ("side-effects", increment)),
    (9, ("calls", call)),
    (4, ("function-pointers", pointer_call)),
    (4, ("structs", record_member)),
    (3, ("compound-literals", compound_literal)),
    (3, ("statement-expressions", statement_expression)),
    (2, ("generic", generic)),
    (3, ("builtins", builtin)),
    (2, ("pointers", pointer_question)),
    (2, ("strings", string_element)),
    (2, ("pointers", byte_of)),
    (3, ("", constants)),
)
