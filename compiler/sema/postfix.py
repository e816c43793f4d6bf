"""Postfix and unary expressions that name objects: subscripts, members, calls, addresses, sizeof (C17 6.5.2, 6.5.3)."""

from __future__ import annotations

from compiler.sema.context import Context
from compiler.sema.convert import (
    PASSING,
    Target,
    assign_convert,
    convert,
    default_promote,
    error_expr,
    load,
)
from compiler.sema.operators import pointer_add
from compiler.syntax import expr
from compiler.syntax.decl import REGISTER, Entity, Function, Variable
from compiler.syntax.expr import (
    AddressOf,
    Call,
    Cast,
    Comma,
    CompoundLiteral,
    Dereference,
    Expr,
    IntegerConstant,
    Member,
    Name,
    SizeofVariable,
    VectorElement,
)
from compiler.types import ctypes
from compiler.types.ctypes import (
    ARRAY,
    ERROR,
    FUNCTION,
    POINTER,
    VOID,
    CType,
    Field,
    FunctionType,
    PointerType,
    RecordInfo,
    RecordType,
    VectorType,
)
from compiler.types.derive import (
    is_complete,
    is_variable_length,
    pointer_to,
    qualified,
    unqualified,
)
from compiler.types.names import describe, type_name


def dereference(cx: Context, operand: Expr, at: int, start: int, end: int) -> Expr:
    """*operand"""
    operand = load(cx, operand)
    bare = operand.type.bare
    if not isinstance(bare, PointerType):
        if bare.kind != ERROR:
            cx.error(at, "invalid type argument of unary '*' (have {})", describe(operand.type))
        return error_expr(cx, start, end)
    if bare.target.kind == VOID and not cx.constant_depth:
        cx.warning("", at, "dereferencing 'void *' pointer")
    return Dereference(bare.target, start, end, operand)


def subscript(cx: Context, base: Expr, index: Expr, at: int, end: int) -> Expr:
    """base[index], in either order (C17 6.5.2.1)."""
    start = base.start
    if base.type.kind == ctypes.VECTOR:
        vector = base.type.bare
        assert isinstance(vector, VectorType)
        index = load(cx, index)
        if not index.type.is_integer:
            cx.error(at, "array subscript is not an integer")
            return error_expr(cx, start, end)
        element = qualified(vector.element, base.type.qualifiers)
        return VectorElement(element, start, end, base, convert(cx, index, cx.types.ptrdiff))
    base = load(cx, base)
    index = load(cx, index)
    if base.type.kind == ERROR or index.type.kind == ERROR:
        return error_expr(cx, start, end)
    if base.type.kind != POINTER and index.type.kind == POINTER:
        base, index = index, base
    bare = base.type.bare
    if not isinstance(bare, PointerType):
        cx.error(at, "subscripted value is neither array nor pointer nor vector")
        return error_expr(cx, start, end)
    if not index.type.is_integer:
        cx.error(at, "array subscript is not an integer")
        return error_expr(cx, start, end)
    if bare.target.kind == FUNCTION:
        cx.error(at, "subscripted value is pointer to function")
        return error_expr(cx, start, end)
    if isinstance(index.type.bare, ctypes.IntegerType) and index.type.bare is cx.types.char:
        if not isinstance(index, IntegerConstant):
            cx.warning("char-subscripts", at, "array subscript has type 'char'")
    address = pointer_add(cx, expr.POINTER_ADD, base, index, at, start, end)
    if address.type.kind == ERROR:
        return address
    if bare.target.kind == VOID and not cx.constant_depth:
        cx.warning("", at, "dereferencing 'void *' pointer")
    return Dereference(bare.target, start, end, address)


def find_field(info: RecordInfo, name: str, path: list[Field], depth: int = 0) -> bool:
    """Fills `path` with the fields from the record to the member called `name`, through anonymous records."""
    if depth > 500:
        return False
    for field in info.fields or []:
        if field.name == name:
            path.append(field)
            return True
        if not field.name and isinstance(field.type.bare, RecordType):
            path.append(field)
            if find_field(field.type.bare.info, name, path, depth + 1):
                return True
            path.pop()
    return False


def member(cx: Context, base: Expr, name: str, at: int, start: int, end: int) -> Expr:
    """base.name"""
    bare = base.type.bare
    if not isinstance(bare, RecordType):
        if base.type.kind == ERROR:
            return error_expr(cx, start, end)
        if isinstance(bare, PointerType) and isinstance(bare.target.bare, RecordType):
            cx.error(at, "'{}' is a pointer; did you mean to use '->'?", source_text(cx, base))
        else:
            cx.error(at, "request for member '{}' in something not a structure or union", name)
        return error_expr(cx, start, end)
    if bare.info.fields is None:
        cx.error(at, "invalid use of undefined type '{}'", type_name(bare))
        return error_expr(cx, start, end)
    path: list[Field] = []
    if not find_field(bare.info, name, path):
        cx.error(at + 1, "'{}' has no member named '{}'", type_name(unqualified(base.type)), name)
        return error_expr(cx, start, end)
    if not base.is_lvalue and isinstance(base, Cast) and base.kind == expr.LOAD:
        base = base.operand
    node = base
    for field in path:
        type = field.type
        if field.bits >= 0:
            type = cx.types.bit_field_of(type, field.bits)
            type = qualified(type, field.type.qualifiers)
        # C17 6.5.2.3p3: the member is as qualified as the record it is in.
        type = qualified(type, node.type.qualifiers)
        node = Member(type, start, end, node, field)
    return node


def arrow(cx: Context, base: Expr, name: str, at: int, end: int) -> Expr:
    """base->name"""
    start = base.start
    base = load(cx, base)
    bare = base.type.bare
    if not isinstance(bare, PointerType):
        if bare.kind != ERROR:
            cx.error(at, "invalid type argument of '->' (have {})", describe(base.type))
        return error_expr(cx, start, end)
    if not isinstance(bare.target.bare, RecordType):
        if bare.target.kind != ERROR:
            if isinstance(bare.target.bare, PointerType) and isinstance(bare.target.bare.target.bare, RecordType):
                cx.error(at, "'*{}' is a pointer; did you mean to use '->'?", source_text(cx, base))
            else:
                cx.error(at, "request for member '{}' in something not a structure or union", name)
        return error_expr(cx, start, end)
    return member(cx, Dereference(bare.target, start, base.end, base), name, at, start, end)


def source_text(cx: Context, node: Expr) -> str:
    """The tokens of an expression, for diagnostics."""
    return "".join([token.text for token in cx.tokens[node.start : min(node.end, node.start + 20)]])


def address_of(cx: Context, operand: Expr, at: int, end: int) -> Expr:
    """&operand (C17 6.5.3.2)."""
    type = operand.type
    if type.kind == ERROR:
        return error_expr(cx, at, end)
    if isinstance(operand, Dereference) and type.kind != VOID:
        # &*p is p, and &a[i] is a + i (C17 6.5.3.2p3); no access happens.
        return Cast(pointer_to(type), at, end, expr.NO_OP, operand.pointer, True)
    if not operand.is_lvalue:
        cx.error(at, "lvalue required as unary '&' operand")
        return error_expr(cx, at, end)
    if isinstance(operand, Member) and operand.field.bits >= 0:
        cx.error(at, "cannot take address of bit-field '{}'", operand.field.name)
        return error_expr(cx, at, end)
    if isinstance(operand, VectorElement):
        vector = operand.vector
        address = convert(cx, address_of(cx, vector, at, end), pointer_to(type))
        return pointer_add(cx, expr.POINTER_ADD, address, operand.index, at, at, end)
    root: Expr = operand
    while isinstance(root, Member):
        root = root.base
    if isinstance(root, Name) and isinstance(root.entity, Variable) and root.entity.storage == REGISTER:
        if root.entity.register_name:
            cx.error(at, "address of explicit register variable '{}' requested", root.entity.name)
        else:
            cx.error(at, "address of register variable '{}' requested", root.entity.name)
        return error_expr(cx, at, end)
    return AddressOf(pointer_to(type), at, end, operand)


# --- sizeof ---


def take_lengths(cx: Context, mark: int) -> list[Variable]:
    """The hidden length variables made since the pending list had `mark` entries; they are no longer pending."""
    lengths = cx.pending_lengths[mark:]
    del cx.pending_lengths[mark:]
    return lengths


def with_lengths(cx: Context, node: Expr, lengths: list[Variable]) -> Expr:
    """`node` after the hidden lengths of a type named inside the expression have been computed."""
    function = cx.function
    if not lengths or function is None:
        return node
    for variable in reversed(lengths):
        length = variable.length
        if length is None:
            continue
        variable.length = None
        function.hoisted.append(variable)
        name = Name(variable.type, length.start, length.end, variable)
        store = expr.Assign(variable.type, length.start, length.end, name, length)
        node = Comma(node.type, node.start, node.end, store, node)
    return node


def size_of(cx: Context, type: CType, operand: Expr | None, at: int, start: int, end: int) -> Expr:
    """sizeof of a type, or of `operand`, whose type it is then."""
    size = cx.types.size
    kind = type.kind
    if kind == ERROR:
        return error_expr(cx, start, end)
    if operand is not None and isinstance(operand, Member) and operand.field.bits >= 0:
        cx.error(at, "'sizeof' applied to a bit-field")
        return error_expr(cx, start, end)
    if kind == FUNCTION or kind == VOID:
        word = "function" if kind == FUNCTION else "void"
        cx.pedantic("pointer-arith", at, "invalid application of 'sizeof' to a {} type", word)
        return IntegerConstant(size, start, end, 1)
    if is_variable_length(type):
        return SizeofVariable(size, start, end, type, operand)
    if not is_complete(type):
        cx.error(at, "invalid application of 'sizeof' to incomplete type '{}'", type_name(type))
        return error_expr(cx, start, end)
    return IntegerConstant(size, start, end, cx.layout.size_of(type))


def align_of(cx: Context, type: CType, operand: Expr | None, at: int, start: int, end: int, spelling: str) -> Expr:
    """_Alignof and __alignof__, of a type or (GNU) of an expression, whose declared alignment counts."""
    if type.kind == ERROR:
        return error_expr(cx, start, end)
    if type.kind == FUNCTION or type.kind == VOID:
        if isinstance(operand, Name) and isinstance(operand.entity, Function) and operand.entity.align:
            return IntegerConstant(cx.types.size, start, end, operand.entity.align)
        cx.pedantic("pointer-arith", at, "invalid application of '{}' to a void type", spelling)
        return IntegerConstant(cx.types.size, start, end, 1)
    element = type
    while isinstance(element, ctypes.ArrayType):
        element = element.element
    if not is_complete(element):
        cx.error(at, "invalid application of '{}' to incomplete type '{}'", spelling, type_name(type))
        return error_expr(cx, start, end)
    align = cx.layout.align_of(type)
    if isinstance(operand, Member):
        if operand.field.bits >= 0:
            cx.error(at, "'{}' applied to a bit-field", spelling)
            return error_expr(cx, start, end)
        align = operand.field.align if operand.field.packed else max(align, operand.field.align)
        align = max(align, 1)
    elif isinstance(operand, Name) and isinstance(operand.entity, Variable):
        align = operand.entity.align or align
    return IntegerConstant(cx.types.size, start, end, align)


# --- calls ---


def callee_name(function: Expr) -> str:
    """The name of the function of a direct call, or an empty string."""
    if isinstance(function, Cast) and function.kind == expr.DECAY and isinstance(function.operand, Name):
        return function.operand.entity.name
    return ""


def _callee(function: Expr) -> Entity | None:
    if isinstance(function, Cast) and function.kind == expr.DECAY and isinstance(function.operand, Name):
        return function.operand.entity
    return None


def call(cx: Context, function: Expr, arguments: list[Expr], at: int, end: int) -> Expr:
    """function(arguments) (C17 6.5.2.2); `at` is the token of the parenthesis."""
    start = function.start
    function = load(cx, function)
    bare = function.type.bare
    if isinstance(bare, PointerType) and isinstance(bare.target, FunctionType):
        type = bare.target
    else:
        if bare.kind != ERROR:
            text = source_text(cx, function)
            cx.error(start, "called object '{}' is not a function or function pointer", text)
        return error_expr(cx, start, end)
    result = type.result
    if result.kind != VOID and not is_complete(result):
        cx.error(start, "invalid use of undefined type '{}'", type_name(unqualified(result)))
        return error_expr(cx, start, end)
    name = callee_name(function)
    converted = _arguments(cx, type, arguments, name, function, at)
    if converted is None:
        return error_expr(cx, start, end)
    return Call(unqualified(result), start, end, function, converted)


def _arguments(
    cx: Context, type: FunctionType, arguments: list[Expr], name: str, function: Expr, at: int
) -> list[Expr] | None:
    """The arguments converted to the parameters' types; None if one is wrong."""
    parameters = type.parameters if type.has_prototype else []
    count = len(parameters)
    ok = True
    if type.has_prototype and len(arguments) != count:
        few = len(arguments) < count
        if few or not type.variadic:
            of = f" '{name}'" if name else f" '{source_text(cx, function)}'"
            cx.error(function.start, "too {} arguments to function{}", "few" if few else "many", of)
            entity = _callee(function)
            if isinstance(entity, Function):
                cx.note(entity.start, "declared here")
            ok = False
    converted: list[Expr] = []
    for index, argument in enumerate(arguments):
        if index < count:
            value = assign_convert(
                cx, argument, parameters[index], argument.start, Target(PASSING, name, index + 1)
            )
        else:
            value = load(cx, argument)
            if value.type.kind == VOID:
                cx.error(argument.start, "invalid use of void expression")
                ok = False
            else:
                value = default_promote(cx, value)
        if value.type.kind == ERROR:
            ok = False
        converted.append(value)
    return converted if ok else None


def name_of(cx: Context, entity: Entity, start: int, end: int) -> Expr:
    """The expression that names an entity."""
    cx_reference(cx, entity)
    if entity.attributes.unavailable:
        refuse_unavailable(cx, entity, start)
    return Name(entity.type, start, end, entity)


def refuse_unavailable(cx: Context, entity: Entity, at: int) -> None:
    text = entity.attributes.unavailable
    cx.error(at, "'{}' is unavailable{}", entity.name, "" if text == "unavailable" else f": {text}")


def cx_reference(cx: Context, entity: Entity) -> None:
    """Marks the entity as needed, unless it stands where nothing is evaluated."""
    if cx.constant_depth == 0:
        cx.reference(entity)


__all__ = [
    "ARRAY", "CompoundLiteral", "address_of", "align_of", "arrow", "call", "callee_name", "dereference", "find_field",
    "member", "name_of", "refuse_unavailable", "size_of", "source_text", "subscript", "take_lengths", "with_lengths",
]  # fmt: skip
