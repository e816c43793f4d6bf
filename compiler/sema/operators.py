"""Operators: constraints, usual conversions and the nodes (C17 6.5.3 to 6.5.17).

Every function takes operands as parsed (lvalues included) and returns a finished node; `at` is the operator's token,
where gcc puts the caret.
"""

from __future__ import annotations

from typing import Final

from compiler.sema.context import Context
from compiler.sema.convert import (
    ASSIGNING,
    Target,
    assign_convert,
    condition,
    convert,
    default_promote,
    error_expr,
    is_lax_vector,
    is_null_pointer_constant,
    load,
    narrow,
    promote,
    require_modifiable,
)
from compiler.syntax import expr
from compiler.syntax.expr import (
    Assign,
    Binary,
    Comma,
    CompoundAssign,
    Conditional,
    Expr,
    IntegerConstant,
    Logical,
    Reused,
    Unary,
)
from compiler.types import ctypes
from compiler.types.conversions import common_arithmetic, composite, is_compatible
from compiler.types.ctypes import (
    COMPLEX,
    ERROR,
    FLOATING,
    FUNCTION,
    POINTER,
    VECTOR,
    VOID,
    ComplexType,
    CType,
    IntegerType,
    PointerType,
    VectorType,
)
from compiler.types.derive import (
    innermost_element,
    integer_of,
    is_complete,
    pointer_to,
    qualified,
    qualifiers_of,
    unqualified,
)
from compiler.types.names import describe, type_name

SPELLINGS: Final = (
    "+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "==", "!=", "<", ">", "<=", ">=", "+", "-", "-",
)  # fmt: skip


def invalid_operands(cx: Context, op: int, left: Expr, right: Expr, at: int) -> Expr:
    if left.type.kind != ERROR and right.type.kind != ERROR:
        if left.type.kind == VOID or right.type.kind == VOID:
            cx.error(at, "void value not ignored as it ought to be")
        else:
            cx.error(
                at, "invalid operands to binary {} (have {} and {})", SPELLINGS[op], describe(left.type),
                describe(right.type),
            )  # fmt: skip
    return error_expr(cx, left.start, right.end)


# --- unary ---


def plus(cx: Context, operand: Expr, at: int) -> Expr:
    operand = load(cx, operand)
    if not operand.type.is_arithmetic and operand.type.kind not in (VECTOR, ERROR):
        cx.error(at, "wrong type argument to unary plus")
        return error_expr(cx, at, operand.end)
    return promote(cx, operand)


def minus(cx: Context, operand: Expr, at: int) -> Expr:
    operand = load(cx, operand)
    if not operand.type.is_arithmetic and operand.type.kind != VECTOR:
        if operand.type.kind != ERROR:
            cx.error(at, "wrong type argument to unary minus")
        return error_expr(cx, at, operand.end)
    operand = promote(cx, operand)
    return _wrapped(cx, Unary(operand.type, at, operand.end, expr.NEGATE, operand))


def bit_not(cx: Context, operand: Expr, at: int) -> Expr:
    """~; on a complex number the conjugate (GNU)."""
    operand = load(cx, operand)
    type = operand.type.bare
    if type.kind == COMPLEX:
        return Unary(operand.type, at, operand.end, expr.CONJUGATE, operand)
    if not type.is_integer and not (isinstance(type, VectorType) and type.element.is_integer):
        if type.kind != ERROR:
            cx.error(at, "wrong type argument to bit-complement")
        return error_expr(cx, at, operand.end)
    operand = promote(cx, operand)
    return _wrapped(cx, Unary(operand.type, at, operand.end, expr.BIT_NOT, operand))


def logical_not(cx: Context, operand: Expr, at: int) -> Expr:
    operand = load(cx, operand)
    type = operand.type
    if type.kind == VECTOR:
        zero = convert_to_vector(cx, IntegerConstant(cx.types.int, at, operand.end, 0), type)
        return binary(cx, expr.EQ, operand, zero, at)
    if not type.is_scalar:
        if type.kind != ERROR:
            cx.error(at, "wrong type argument to unary exclamation mark")
        return error_expr(cx, at, operand.end)
    return Unary(cx.types.int, at, operand.end, expr.LOGICAL_NOT, operand)


def real_or_imaginary(cx: Context, op: int, operand: Expr, at: int) -> Expr:
    """__real__ and __imag__: an lvalue where the operand is one."""
    type = operand.type
    bare = type.bare
    if isinstance(bare, ComplexType):
        result = Unary(qualified(bare.element, type.qualifiers), at, operand.end, op, operand)
        result.is_lvalue = operand.is_lvalue
        return result
    if not type.is_arithmetic:
        if type.kind != ERROR:
            cx.error(at, "wrong type argument to {}", "__real" if op == expr.REAL else "__imag")
        return error_expr(cx, at, operand.end)
    if op == expr.REAL:
        return operand
    zero = IntegerConstant(cx.types.int, at, operand.end, 0)
    value = load(cx, operand)
    return Comma(value.type, at, operand.end, value, convert(cx, zero, value.type))


def _wrapped(cx: Context, node: Expr) -> Expr:
    """Keeps a result of a wide bit-field's type within its precision."""
    type = node.type
    if isinstance(type, IntegerType) and type.precision:
        return narrow(cx, node, type)
    return node


# --- binary ---


def binary(cx: Context, op: int, left: Expr, right: Expr, at: int) -> Expr:
    """Any binary operator but the logical ones, assignment and comma; `op` is one of expr.ADD ... expr.GE."""
    left = load(cx, left)
    right = load(cx, right)
    a = left.type
    b = right.type
    if a.kind == ERROR or b.kind == ERROR:
        return error_expr(cx, left.start, right.end)
    if a.kind == VECTOR or b.kind == VECTOR:
        return _vector(cx, op, left, right, at)
    if a.is_arithmetic and b.is_arithmetic:
        return _arithmetic(cx, op, left, right, at)
    if expr.EQ <= op <= expr.GE:
        return _compare_pointers(cx, op, left, right, at)
    if op == expr.ADD:
        if a.kind == POINTER and b.is_integer:
            return pointer_add(cx, expr.POINTER_ADD, left, right, at, left.start, right.end)
        if b.kind == POINTER and a.is_integer:
            return pointer_add(cx, expr.POINTER_ADD, right, left, at, left.start, right.end)
    elif op == expr.SUB and a.kind == POINTER:
        if b.is_integer:
            return pointer_add(cx, expr.POINTER_SUB, left, right, at, left.start, right.end)
        if b.kind == POINTER:
            return _pointer_difference(cx, left, right, at)
    return invalid_operands(cx, op, left, right, at)


def _arithmetic(cx: Context, op: int, left: Expr, right: Expr, at: int) -> Expr:
    start = left.start
    end = right.end
    left = promote(cx, left)
    right = promote(cx, right)
    if op == expr.SHL or op == expr.SHR:
        if not left.type.is_integer or not right.type.is_integer:
            return invalid_operands(cx, op, left, right, at)
        _check_shift(cx, op, left, right, at)
        return _wrapped(cx, Binary(left.type, start, end, op, left, right))
    if op in (expr.MOD, expr.AND, expr.OR, expr.XOR) and not (left.type.is_integer and right.type.is_integer):
        return invalid_operands(cx, op, left, right, at)
    common = common_arithmetic(cx.types, left.type, right.type)
    is_comparison = expr.EQ <= op <= expr.GE
    if is_comparison and op > expr.NE and common.kind == COMPLEX:
        return invalid_operands(cx, op, left, right, at)
    if op == expr.DIV or op == expr.MOD:
        if isinstance(right, IntegerConstant) and right.value == 0 and common.is_integer and not cx.constant_depth:
            cx.warning("div-by-zero", at, "division by zero")
    if is_comparison and common.is_integer:
        _check_sign_compare(cx, left, right, common, at)
    left = convert(cx, left, common)
    right = convert(cx, right, common)
    if is_comparison:
        return Binary(cx.types.int, start, end, op, left, right)
    return _wrapped(cx, Binary(common, start, end, op, left, right))


def _check_sign_compare(cx: Context, left: Expr, right: Expr, common: CType, at: int) -> None:
    """-Wsign-compare, where a signed operand that is no constant becomes unsigned."""
    if integer_of(common.bare).is_signed:
        return
    a = integer_of(left.type.bare)
    b = integer_of(right.type.bare)
    if a.is_signed == b.is_signed:
        return
    signed = left if a.is_signed else right
    if isinstance(signed, expr.Cast) and signed.implicit and signed.operand.type.is_integer:
        inner = integer_of(signed.operand.type.bare)
        if not inner.is_signed:
            return  # a promoted unsigned type is never negative
    value = cx.evaluator.constant_integer(signed) if not isinstance(signed, expr.Cast) else None
    if value is not None and value >= 0:
        return
    if isinstance(signed, Binary) and expr.EQ <= signed.op <= expr.GE:
        return
    cx.warning(
        "sign-compare", at, "comparison of integer expressions of different signedness: {} and {}",
        describe(left.type), describe(right.type),
    )  # fmt: skip


def _check_shift(cx: Context, op: int, left: Expr, right: Expr, at: int) -> None:
    if not isinstance(right, IntegerConstant) or cx.constant_depth:
        return
    word = "left" if op == expr.SHL else "right"
    integer = integer_of(left.type.bare)
    if right.value < 0:
        cx.warning("shift-count-negative", at, "{} shift count is negative", word)
    elif right.value >= (integer.precision or integer.bits):
        cx.warning("shift-count-overflow", at, "{} shift count >= width of type", word)


def pointer_add(cx: Context, op: int, pointer: Expr, index: Expr, at: int, start: int, end: int) -> Expr:
    """pointer ± integer, scaled by lower; void and functions count as one byte (GNU)."""
    bare = pointer.type.bare
    assert isinstance(bare, PointerType)
    target = bare.target
    if target.kind == VOID:
        cx.pedantic("pointer-arith", at, "pointer of type 'void *' used in arithmetic")
    elif target.kind == FUNCTION:
        cx.pedantic("pointer-arith", at, "pointer to a function used in arithmetic")
    elif not is_complete(target):
        name = type_name(unqualified(innermost_element(target)))
        cx.error(at, "invalid use of undefined type '{}'", name) if target.is_record else cx.error(
            at, "arithmetic on a pointer to an incomplete type"
        )
        return error_expr(cx, start, end)
    index = promote(cx, index)
    integer = integer_of(index.type.bare)
    wide = cx.types.ptrdiff if integer.is_signed or integer.bits < cx.types.ptrdiff.bits else cx.types.size
    index = convert(cx, index, wide)
    index = convert(cx, index, cx.types.ptrdiff)
    return Binary(pointer.type, start, end, op, pointer, index)


def _pointer_difference(cx: Context, left: Expr, right: Expr, at: int) -> Expr:
    a = left.type.bare
    b = right.type.bare
    assert isinstance(a, PointerType) and isinstance(b, PointerType)
    if not is_compatible(unqualified(a.target), unqualified(b.target)):
        return invalid_operands(cx, expr.SUB, left, right, at)
    target = a.target
    if target.kind == VOID or target.kind == FUNCTION:
        what = "'void *'" if target.kind == VOID else "a pointer to a function"
        cx.pedantic("pointer-arith", at, "pointer of type {} used in subtraction", what)
    elif not is_complete(target):
        cx.error(at, "arithmetic on a pointer to an incomplete type")
        return error_expr(cx, left.start, right.end)
    right = convert(cx, right, left.type)
    return Binary(cx.types.ptrdiff, left.start, right.end, expr.POINTER_DIFFERENCE, left, right)


def _compare_pointers(cx: Context, op: int, left: Expr, right: Expr, at: int) -> Expr:
    """C17 6.5.8, 6.5.9 where at least one side is no arithmetic type."""
    a = left.type.bare
    b = right.type.bare
    start = left.start
    end = right.end
    is_equality = op <= expr.NE
    if a.kind == ctypes.NULLPTR or b.kind == ctypes.NULLPTR:
        if a.kind != POINTER and b.kind != POINTER:
            left = convert(cx, left, cx.types.void_pointer)
        common: CType = a if a.kind == POINTER else b if b.kind == POINTER else cx.types.void_pointer
    elif isinstance(a, PointerType) and isinstance(b, PointerType):
        common = left.type
        left_target = unqualified(a.target)
        right_target = unqualified(b.target)
        if is_compatible(left_target, right_target):
            if not is_equality and left_target.kind == FUNCTION:
                cx.pedantic("pedantic", at, "ISO C forbids ordered comparisons of pointers to functions")
        elif left_target.kind == VOID or right_target.kind == VOID:
            common = left.type if left_target.kind == VOID else right.type
        elif not is_null_pointer_constant(cx, left) and not is_null_pointer_constant(cx, right):
            cx.warning("", at, "comparison of distinct pointer types lacks a cast")
            common = cx.types.void_pointer
    elif isinstance(a, PointerType) and b.is_integer:
        common = left.type
        if not is_null_pointer_constant(cx, right):
            cx.warning("", at, "comparison between pointer and integer")
    elif isinstance(b, PointerType) and a.is_integer:
        common = right.type
        if not is_null_pointer_constant(cx, left):
            cx.warning("", at, "comparison between pointer and integer")
    else:
        return invalid_operands(cx, op, left, right, at)
    return Binary(cx.types.int, start, end, op, convert(cx, left, common), convert(cx, right, common))


def convert_to_vector(cx: Context, node: Expr, type: CType) -> Expr:
    """A scalar spread over the lanes of a vector type."""
    bare = type.bare
    assert isinstance(bare, VectorType)
    value = convert(cx, node, unqualified(bare.element))
    return expr.Cast(bare, node.start, node.end, expr.SPLAT, value, True)


def _vector(cx: Context, op: int, left: Expr, right: Expr, at: int) -> Expr:
    """Element-wise; comparisons give a vector of signed integers of the element's width (GNU vector extension)."""
    if left.type.kind != VECTOR and left.type.is_arithmetic:
        left = convert_to_vector(cx, left, right.type)
    elif right.type.kind != VECTOR and right.type.is_arithmetic:
        right = convert_to_vector(cx, right, left.type)
    a = left.type.bare
    b = right.type.bare
    if not isinstance(a, VectorType) or not isinstance(b, VectorType):
        return invalid_operands(cx, op, left, right, at)
    if not is_compatible(a, b) and not is_lax_vector(a, b):
        return invalid_operands(cx, op, left, right, at)
    if a is not b:
        right = convert(cx, right, a)
    needs_integer = op in (expr.MOD, expr.AND, expr.OR, expr.XOR, expr.SHL, expr.SHR)
    if needs_integer and not a.element.is_integer:
        return invalid_operands(cx, op, left, right, at)
    if expr.EQ <= op <= expr.GE:
        bits = cx.layout.size_of(a.element) * 8
        lane = cx.types.integer_of_bits(bits, True)
        assert lane is not None, bits
        return Binary(VectorType(lane, a.lanes), left.start, right.end, op, left, right)
    return Binary(a, left.start, right.end, op, left, right)


def logical(cx: Context, is_and: bool, left: Expr, right: Expr, at: int) -> Expr:
    start = left.start
    end = right.end
    left = condition(cx, left, at)
    right = condition(cx, right, at)
    if left.type.kind == ERROR or right.type.kind == ERROR:
        return error_expr(cx, start, end)
    return Logical(cx.types.int, start, end, is_and, left, right)


def comma(cx: Context, left: Expr, right: Expr, at: int) -> Expr:
    start = left.start
    end = right.end
    left = load(cx, left)
    right = load(cx, right)
    if right.type.kind == ERROR or left.type.kind == ERROR:
        return error_expr(cx, start, end)
    return Comma(unqualified(right.type), start, end, left, right)


# --- conditional ---


def conditional(cx: Context, test: Expr, then: Expr | None, other: Expr, at: int) -> Expr:
    """C17 6.5.15; `then` None is GNU's `a ?: b`. `test` has been through condition() already."""
    start = test.start
    end = other.end
    other = load(cx, other)
    if then is None:
        reused = Reused(test.type, test.start, test.end)
        left: Expr = reused
    else:
        left = load(cx, then)
    if test.type.kind == ERROR or left.type.kind == ERROR or other.type.kind == ERROR:
        return error_expr(cx, start, end)
    type = _conditional_type(cx, left, other, at)
    if type is None:
        cx.error(at, "type mismatch in conditional expression")
        return error_expr(cx, start, end)
    if type.is_scalar:
        left = convert(cx, left, type)
        other = convert(cx, other, type)
    elif type.kind == VOID:
        left = _to_void(cx, left)
        other = _to_void(cx, other)
    if then is None:
        return Conditional(type, start, end, test, None, other, left)
    return Conditional(type, start, end, test, left, other, None)


def _to_void(cx: Context, node: Expr) -> Expr:
    if node.type.kind == VOID:
        return node
    return expr.Cast(cx.types.void, node.start, node.end, expr.TO_VOID, node, True)


def _conditional_type(cx: Context, left: Expr, right: Expr, at: int) -> CType | None:
    a = left.type
    b = right.type
    if a.is_arithmetic and b.is_arithmetic:
        if a.bare is b.bare and (a.kind == FLOATING or a.kind == COMPLEX):
            return a
        return common_arithmetic(cx.types, promote(cx, left).type, promote(cx, right).type)
    if a.kind == VOID or b.kind == VOID:
        if a.kind != b.kind:
            cx.pedantic("pedantic", at, "ISO C forbids conditional expr with only one void side")
        return cx.types.void
    if a.is_record or a.kind in (VECTOR, ctypes.VA_LIST):
        return a if is_compatible(a, b) else None
    left_bare = a.bare
    right_bare = b.bare
    if isinstance(left_bare, PointerType) and isinstance(right_bare, PointerType):
        return _conditional_pointers(cx, left, right, left_bare, right_bare, at)
    if isinstance(left_bare, PointerType) and (b.is_integer or b.kind == ctypes.NULLPTR):
        if not is_null_pointer_constant(cx, right):
            cx.warning("", at, "pointer/integer type mismatch in conditional expression")
        return a
    if isinstance(right_bare, PointerType) and (a.is_integer or a.kind == ctypes.NULLPTR):
        if not is_null_pointer_constant(cx, left):
            cx.warning("", at, "pointer/integer type mismatch in conditional expression")
        return b
    return a if a.kind == ctypes.NULLPTR and b.kind == ctypes.NULLPTR else None


def _conditional_pointers(
    cx: Context, left: Expr, right: Expr, a: PointerType, b: PointerType, at: int
) -> CType:
    """C17 6.5.15p6: the composite type, or void, with the qualifiers of both targets."""
    if a is b:
        return left.type
    qualifiers = qualifiers_of(a.target) | qualifiers_of(b.target)
    left_target = a.target if a.target.kind == ctypes.ARRAY else unqualified(a.target)
    right_target = b.target if b.target.kind == ctypes.ARRAY else unqualified(b.target)
    if is_compatible(left_target, right_target):
        return pointer_to(qualified(composite(left_target, right_target), qualifiers))
    if is_null_pointer_constant(cx, left):
        return right.type
    if is_null_pointer_constant(cx, right):
        return left.type
    if left_target.kind != VOID and right_target.kind != VOID:
        cx.warning("", at, "pointer type mismatch in conditional expression")
    return pointer_to(qualified(cx.types.void, qualifiers if left_target.kind != FUNCTION else 0))


# --- assignment ---


def assign(cx: Context, target: Expr, value: Expr, at: int) -> Expr:
    start = target.start
    end = value.end
    if not require_modifiable(cx, target, at, "assignment", "left operand of assignment"):
        load(cx, value)
        return error_expr(cx, start, end)
    value = assign_convert(cx, value, target.type, at, Target(ASSIGNING))
    if value.type.kind == ERROR:
        return value
    return Assign(unqualified(target.type), start, end, target, value)


def compound_assign(cx: Context, op: int, target: Expr, value: Expr, at: int) -> Expr:
    """target op= value."""
    start = target.start
    end = value.end
    if not require_modifiable(cx, target, at, "assignment", "left operand of assignment"):
        return error_expr(cx, start, end)
    old = Reused(unqualified(target.type), target.start, target.end)
    if old.type.kind == POINTER and op in (expr.ADD, expr.SUB):
        value = load(cx, value)
        if not value.type.is_integer:
            return invalid_operands(cx, op, old, value, at)
    result: Expr = binary(cx, op, old, value, at)
    if result.type.kind == ERROR:
        return result
    result = assign_convert(cx, result, target.type, at, Target(ASSIGNING))
    if result.type.kind == ERROR:
        return result
    return CompoundAssign(old.type, start, end, target, old, result, False)


def increment(cx: Context, op: int, target: Expr, post: bool, at: int, start: int, end: int) -> Expr:
    """++ and --; `op` is expr.ADD or expr.SUB."""
    word = "increment" if op == expr.ADD else "decrement"
    if target.type.kind == ERROR:
        return error_expr(cx, start, end)
    if not require_modifiable(cx, target, at, word, f"{word} operand"):
        return error_expr(cx, start, end)
    type = unqualified(target.type)
    if not type.is_scalar and type.kind != VECTOR:
        cx.error(at, "wrong type argument to {}", word)
        return error_expr(cx, start, end)
    old = Reused(type, target.start, target.end)
    one = IntegerConstant(cx.types.int, start, end, 1)
    result: Expr
    if type.kind == ctypes.BOOL:
        # C17 6.5.2.4, 6.5.3.1 by way of 6.5.16.2: b++ stores (b + 1) != 0, that is 1; b-- stores (b - 1) != 0.
        result = convert(cx, binary(cx, op, old, one, at), type)
    elif type.kind == POINTER and isinstance(type.bare, PointerType) and type.bare.target.kind == FUNCTION:
        cx.pedantic("pointer-arith", at, "wrong type argument to {}", word)
        result = binary(cx, op, old, one, at)
    else:
        result = binary(cx, op, old, one, at)
        if result.type.kind != ERROR:
            result = convert(cx, result, type)
    if result.type.kind == ERROR:
        return result
    return CompoundAssign(type, start, end, target, old, result, post)


__all__ = [
    "assign", "binary", "bit_not", "comma", "compound_assign", "conditional", "default_promote", "increment", "logical",
    "logical_not", "minus", "plus", "pointer_add", "real_or_imaginary",
]  # fmt: skip
