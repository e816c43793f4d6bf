"""Conversions as nodes: lvalues to values, promotions, assignment conversions and casts (C17 6.3, 6.5.16.1, 6.5.4).

Invariant: what these functions return is a value (never an lvalue), its type unqualified; an operand of error type
comes back as an error without a second diagnostic.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith import ints
from compiler.sema.constants import IntegerValue
from compiler.sema.context import Context
from compiler.syntax import expr
from compiler.syntax.decl import PARAMETER, Variable
from compiler.syntax.expr import Cast, ErrorExpr, Expr, IntegerConstant, Member, Name
from compiler.types import ctypes
from compiler.types.conversions import is_compatible, promoted
from compiler.types.ctypes import (
    ARRAY,
    BOOL,
    COMPLEX,
    ERROR,
    FLOATING,
    FUNCTION,
    POINTER,
    VECTOR,
    VOID,
    ArrayType,
    ComplexType,
    CType,
    EnumType,
    FloatType,
    IntegerType,
    PointerType,
    RecordType,
)
from compiler.types.derive import (
    integer_of,
    is_complete,
    pointer_to,
    qualifiers_of,
    unqualified,
)
from compiler.types.names import describe, type_name

_ASM_QUALIFIERS: Final = ctypes.CONST | ctypes.VOLATILE | ctypes.RESTRICT | ctypes.ATOMIC


def error_expr(cx: Context, start: int, end: int) -> ErrorExpr:
    return ErrorExpr(cx.types.error, start, end)


def load(cx: Context, node: Expr) -> Expr:
    """The value of an expression: C17 6.3.2.1."""
    type = node.type
    kind = type.kind
    if kind == ARRAY:
        assert isinstance(type, ArrayType)
        return Cast(pointer_to(type.element), node.start, node.end, expr.DECAY, node, True)
    if not node.is_lvalue:
        return node
    if kind == FUNCTION:
        return Cast(pointer_to(type), node.start, node.end, expr.DECAY, node, True)
    if kind == VOID or kind == ERROR:
        return node
    bare = type.bare if type.qualifiers else type
    if isinstance(bare, RecordType) and bare.info.fields is None:
        cx.error(node.start, "invalid use of undefined type '{}'", type_name(bare))
        return error_expr(cx, node.start, node.end)
    if isinstance(bare, EnumType) and bare.info.underlying is None:
        cx.error(node.start, "invalid use of incomplete type '{}'", type_name(bare))
        return error_expr(cx, node.start, node.end)
    return Cast(bare, node.start, node.end, expr.LOAD, node, True)


def promote(cx: Context, node: Expr) -> Expr:
    """The integer promotions on a value."""
    type = node.type
    if not type.is_integer:
        return node
    wanted = promoted(cx.types, type)
    if wanted.bare is type.bare:
        return node
    return convert(cx, node, wanted)


def default_promote(cx: Context, node: Expr) -> Expr:
    """The default argument promotions (C17 6.5.2.2p6)."""
    type = node.type.bare
    if isinstance(type, FloatType):
        return convert(cx, node, cx.types.double) if type.name == "float" else node
    return promote(cx, node)


def convert(cx: Context, node: Expr, type: CType) -> Expr:
    """An implicit conversion of a scalar value; the constraints have been checked."""
    return make_cast(cx, node, type, node.start, node.end, True)


def make_cast(cx: Context, node: Expr, type: CType, start: int, end: int, implicit: bool) -> Expr:
    """The conversion of a value to an unqualified type, as one or two Cast nodes."""
    source = node.type.bare
    target = type.bare
    if target.kind == ERROR or source.kind == ERROR:
        return node if source.kind == ERROR else error_expr(cx, start, end)
    if source is target:
        return node if implicit else Cast(type, start, end, expr.NO_OP, node, False)
    if target.kind == VOID:
        return Cast(type, start, end, expr.TO_VOID, node, implicit)
    if target.kind == BOOL:
        return Cast(type, start, end, expr.TO_BOOL, node, implicit)
    if source.is_integer:
        return _from_integer(cx, node, type, start, end, implicit)
    if source.kind == FLOATING:
        return _from_float(cx, node, type, start, end, implicit)
    if source.kind == POINTER or source.kind == ctypes.NULLPTR:
        if target.is_integer:
            wide = cx.types.unsigned_of(cx.types.intptr)
            if integer_of(target).bits != wide.bits:
                node = Cast(wide, start, end, expr.POINTER_TO_INT, node, True)
                return Cast(type, start, end, expr.INT_TO_INT, node, implicit)
            return Cast(type, start, end, expr.POINTER_TO_INT, node, implicit)
        return Cast(type, start, end, expr.NO_OP, node, implicit)
    if isinstance(source, ComplexType):
        if target.kind == COMPLEX:
            return Cast(type, start, end, expr.COMPLEX_TO_COMPLEX, node, implicit)
        real = Cast(source.element, start, end, expr.COMPLEX_TO_REAL, node, implicit)
        return make_cast(cx, real, type, start, end, implicit) if source.element is not target else real
    if source.kind == VECTOR or target.kind == VECTOR:
        return Cast(type, start, end, expr.VECTOR_BITS, node, implicit)
    return Cast(type, start, end, expr.NO_OP, node, implicit)


def _from_integer(cx: Context, node: Expr, type: CType, start: int, end: int, implicit: bool) -> Expr:
    source = integer_of(node.type.bare)
    target = type.bare
    if target.is_integer:
        integer = integer_of(target)
        if implicit and isinstance(node, IntegerConstant):
            value = ints.fit(node.value, integer.precision or integer.bits, integer.is_signed)
            return IntegerConstant(type, start, end, value)
        kind = expr.INT_TO_INT if source.bits != integer.bits or source.kind == BOOL else expr.NO_OP
        result = Cast(type, start, end, kind, node, implicit)
        if integer.precision and not (source.precision and source.precision <= integer.precision):
            return narrow(cx, result, integer)
        return result
    if target.kind == FLOATING:
        return Cast(type, start, end, expr.INT_TO_FLOAT, node, implicit)
    if isinstance(target, ComplexType):
        return Cast(type, start, end, expr.REAL_TO_COMPLEX, convert(cx, node, target.element), implicit)
    if target.kind == VECTOR:
        return Cast(type, start, end, expr.VECTOR_BITS, node, implicit)
    wide = cx.types.intptr
    if source.bits != wide.bits:
        node = convert(cx, node, wide if source.is_signed else cx.types.unsigned_of(wide))
    return Cast(type, start, end, expr.INT_TO_POINTER, node, implicit)


def _from_float(cx: Context, node: Expr, type: CType, start: int, end: int, implicit: bool) -> Expr:
    source = node.type.bare
    target = type.bare
    if target.is_integer:
        return Cast(type, start, end, expr.FLOAT_TO_INT, node, implicit)
    if isinstance(target, FloatType):
        assert isinstance(source, FloatType)
        kind = expr.NO_OP if source.format == target.format else expr.FLOAT_TO_FLOAT
        return Cast(type, start, end, kind, node, implicit)
    if isinstance(target, ComplexType):
        return Cast(type, start, end, expr.REAL_TO_COMPLEX, convert(cx, node, target.element), implicit)
    return Cast(type, start, end, expr.NO_OP, node, implicit)


def narrow(cx: Context, node: Expr, type: IntegerType) -> Expr:
    """Wraps a value held in `type.bits` bits to the type's precision: two shifts, which every stage below knows."""
    distance = type.bits - type.precision
    amount = IntegerConstant(cx.types.int, node.start, node.end, distance)
    up = expr.Binary(type, node.start, node.end, expr.SHL, node, amount)
    return expr.Binary(type, node.start, node.end, expr.SHR, up, amount)


def condition(cx: Context, node: Expr, at: int) -> Expr:
    """A value that is compared with zero: it must be scalar."""
    node = load(cx, node)
    kind = node.type.kind
    if node.type.is_scalar or kind == ERROR:
        return node
    if kind == VOID:
        cx.error(at, "void value not ignored as it ought to be")
    elif kind == ctypes.STRUCT or kind == ctypes.UNION:
        word = "struct" if kind == ctypes.STRUCT else "union"
        cx.error(at, "used {} type value where scalar is required", word)
    else:
        cx.error(at, "used vector type where scalar is required")
    return error_expr(cx, node.start, node.end)


def is_null_pointer_constant(cx: Context, node: Expr) -> bool:
    """C17 6.3.2.3p3. Constant expressions that fold to 0 count, as far as gcc takes them."""
    type = node.type
    if type.kind == ctypes.NULLPTR:
        return True
    if isinstance(node, IntegerConstant):
        return node.value == 0
    if isinstance(node, Cast) and type.kind == POINTER:
        bare = type.bare
        assert isinstance(bare, PointerType)
        if node.implicit or bare.target.kind != VOID or bare.target.qualifiers:
            return False
        operand = node.operand
        while isinstance(operand, Cast) and operand.implicit:
            operand = operand.operand
        return operand.type.is_integer and is_null_pointer_constant(cx, operand)
    if type.is_integer and not isinstance(node, (Name, expr.Call, expr.Assign)):
        if isinstance(node, Cast) and node.kind == expr.LOAD:
            return False
        value = cx.evaluator.evaluate(node)
        return isinstance(value, IntegerValue) and value.value == 0
    return False


# --- assignment ---

ASSIGNING: Final = 0
INITIALIZING: Final = 1
RETURNING: Final = 2
PASSING: Final = 3


@final
class Target:
    """What is assigned to, for the wording of diagnostics. `argument` counts from 1; `function` may be empty."""

    def __init__(self, context: int, function: str = "", argument: int = 0) -> None:
        self.context: Final = context
        self.function: Final = function
        self.argument: Final = argument

    def makes(self, type: CType, source: CType, what: str) -> str:
        """`assignment to 'A' from 'B' makes pointer from integer without a cast` and its kin."""
        if self.context == ASSIGNING:
            return f"assignment to {describe(type)} from {describe(source)} {what}"
        if self.context == INITIALIZING:
            return f"initialization of {describe(type)} from {describe(source)} {what}"
        if self.context == RETURNING:
            return f"returning {describe(source)} from a function with return type {describe(type)} {what}"
        return f"passing argument {self.argument}{self._of()} {what}"

    def incompatible_pointers(self, type: CType, source: CType) -> str:
        if self.context == ASSIGNING:
            return f"assignment to {describe(type)} from incompatible pointer type {describe(source)}"
        if self.context == INITIALIZING:
            return f"initialization of {describe(type)} from incompatible pointer type {describe(source)}"
        if self.context == RETURNING:
            return f"returning {describe(source)} from a function with incompatible return type {describe(type)}"
        return f"passing argument {self.argument}{self._of()} from incompatible pointer type"

    def incompatible(self, type: CType, source: CType) -> str:
        if self.context == ASSIGNING:
            return f"incompatible types when assigning to type {describe(type)} from type {describe(source)}"
        if self.context == INITIALIZING:
            return f"incompatible types when initializing type {describe(type)} using type {describe(source)}"
        if self.context == RETURNING:
            return f"incompatible types when returning type {describe(source)} but {describe(type)} was expected"
        return f"incompatible type for argument {self.argument}{self._of()}"

    def discards(self, qualifiers: str) -> str:
        word = ("assignment", "initialization", "return", "")[self.context]
        if self.context == PASSING:
            word = f"passing argument {self.argument}{self._of()}"
        return f"{word} discards '{qualifiers}' qualifier from pointer target type"

    def sign(self, type: CType, source: CType) -> str:
        if self.context == ASSIGNING:
            return f"pointer targets in assignment from {describe(source)} to {describe(type)} differ in signedness"
        if self.context == INITIALIZING:
            return (
                f"pointer targets in initialization of {describe(type)} from {describe(source)} differ in signedness"
            )
        if self.context == RETURNING:
            return (
                f"pointer targets in returning {describe(source)} from a function with return type {describe(type)} "
                "differ in signedness"
            )
        return f"pointer targets in passing argument {self.argument}{self._of()} differ in signedness"

    def _of(self) -> str:
        return f" of '{self.function}'" if self.function else ""


def assign_convert(cx: Context, node: Expr, type: CType, at: int, target: Target) -> Expr:
    """`node` converted as if by assignment to an object of `type` (C17 6.5.16.1); diagnosed at the token `at`."""
    node = load(cx, node)
    wanted = unqualified(type)
    source = node.type
    if source.kind == ERROR or wanted.kind == ERROR:
        return error_expr(cx, node.start, node.end)
    if source.bare is wanted.bare and source.kind != VOID:
        return node
    if source.kind == VOID:
        cx.error(at, "void value not ignored as it ought to be")
        return error_expr(cx, node.start, node.end)
    if wanted.is_arithmetic and source.is_arithmetic:
        _check_constant_range(cx, node, wanted, at)
        return convert(cx, node, wanted)
    if wanted.kind == POINTER:
        return _assign_pointer(cx, node, wanted, at, target)
    if source.kind == POINTER or source.kind == ctypes.NULLPTR:
        if wanted.kind == BOOL:
            return convert(cx, node, wanted)
        if wanted.is_integer:
            text = target.makes(wanted, source, "makes integer from pointer without a cast")
            cx.warning("int-conversion", at, "{}", text)
            return convert(cx, node, wanted)
    if is_compatible(wanted, source):
        if wanted.kind == VECTOR:
            return convert(cx, node, wanted)
        return node
    if wanted.kind == VECTOR and source.kind == VECTOR:
        if cx.layout.size_of(wanted) == cx.layout.size_of(source) and is_lax_vector(wanted, source):
            return convert(cx, node, wanted)
    if wanted.kind == ctypes.UNION:
        member = _transparent_member(cx, node, wanted)
        if member is not None:
            return member
    cx.error(at, "{}", target.incompatible(wanted, source))
    return error_expr(cx, node.start, node.end)


def is_lax_vector(left: CType, right: CType) -> bool:
    """Whether two vectors of one size convert implicitly: integer elements that differ in sign alone."""
    a = left.bare
    b = right.bare
    if not isinstance(a, ctypes.VectorType) or not isinstance(b, ctypes.VectorType) or a.lanes != b.lanes:
        return False
    return a.element.is_integer and b.element.is_integer


def _transparent_member(cx: Context, node: Expr, type: CType) -> Expr | None:
    """An argument for a transparent union: the first member it fits."""
    bare = type.bare
    if not isinstance(bare, RecordType) or not bare.info.transparent:
        return None
    for field in bare.info.fields or []:
        fits = is_compatible(field.type, node.type)
        if not fits and field.type.kind == POINTER:
            fits = is_null_pointer_constant(cx, node) or node.type.kind == POINTER
        if fits:
            value = convert(cx, node, unqualified(field.type)) if field.type.is_scalar else node
            return Cast(type, node.start, node.end, expr.TO_UNION, value, True)
    return None


def _assign_pointer(cx: Context, node: Expr, wanted: CType, at: int, target: Target) -> Expr:
    source = node.type
    if source.kind == ctypes.NULLPTR or (source.kind != POINTER and is_null_pointer_constant(cx, node)):
        return convert(cx, node, wanted)
    if source.is_integer:
        text = target.makes(wanted, source, "makes pointer from integer without a cast")
        if cx.warning("int-conversion", at, "{}", text):
            expected(cx, at, wanted, source, target)
        return convert(cx, node, wanted)
    if source.kind != POINTER:
        cx.error(at, "{}", target.incompatible(wanted, source))
        expected(cx, at, wanted, source, target)
        return error_expr(cx, node.start, node.end)
    to = wanted.bare
    of = source.bare
    assert isinstance(to, PointerType) and isinstance(of, PointerType)
    check_pointers(cx, node, to, of, wanted, source, at, target)
    return convert(cx, node, wanted)


def check_pointers(
    cx: Context, node: Expr, to: PointerType, of: PointerType, wanted: CType, source: CType, at: int, target: Target
) -> None:
    """Warns where one pointer may not be assigned to the other without a cast."""
    left = to.target
    right = of.target
    if left.kind == ERROR or right.kind == ERROR:
        return
    is_void = left.kind == VOID or right.kind == VOID
    lost = qualifiers_of(right) & ~qualifiers_of(left) & _ASM_QUALIFIERS
    if is_void and ((left.kind != FUNCTION and right.kind != FUNCTION) or is_null_pointer_constant(cx, node)):
        if lost and right.kind != FUNCTION:
            _discards(cx, at, lost, wanted, source, target)
        return
    if is_void or is_compatible(left, right):
        if is_void:
            cx.pedantic("pedantic", at, "ISO C forbids conversion between function pointer and 'void *'")
        elif lost and left.kind != FUNCTION:
            group = "discarded-array-qualifiers" if left.kind == ARRAY else "discarded-qualifiers"
            if group == "discarded-qualifiers":
                _discards(cx, at, lost, wanted, source, target)
            else:
                cx.warning(group, at, "{}", target.discards(_words(lost)))
        return
    if left.is_integer and right.is_integer and left.kind != BOOL and right.kind != BOOL:
        a = integer_of(left.bare) if is_complete(left) else None
        b = integer_of(right.bare) if is_complete(right) else None
        if a is not None and b is not None and (
            (a.rank == b.rank and a.kind == b.kind) or (a.bits == b.bits and cx.types.unsigned_of(a).rank == b.rank)
        ):
            if cx.warning("pointer-sign", at, "{}", target.sign(wanted, source)):
                expected(cx, at, wanted, source, target)
            return
    if cx.warning("incompatible-pointer-types", at, "{}", target.incompatible_pointers(wanted, source)):
        expected(cx, at, wanted, source, target)


def expected(cx: Context, at: int, wanted: CType, source: CType, target: Target) -> None:
    """gcc's note below a diagnosed argument."""
    if target.context == PASSING:
        cx.note(at, "expected {} but argument is of type {}", describe(wanted), describe(source))


def _words(qualifiers: int) -> str:
    if qualifiers & ctypes.CONST:
        return "const" if not qualifiers & ctypes.VOLATILE else "const volatile"
    if qualifiers & ctypes.VOLATILE:
        return "volatile"
    return "restrict" if qualifiers & ctypes.RESTRICT else "_Atomic"


def _discards(cx: Context, at: int, lost: int, wanted: CType, source: CType, target: Target) -> None:
    if cx.warning("discarded-qualifiers", at, "{}", target.discards(_words(lost))):
        expected(cx, at, wanted, source, target)


def _check_constant_range(cx: Context, node: Expr, wanted: CType, at: int) -> None:
    """-Woverflow: a constant that an implicit conversion changes."""
    if not isinstance(node, IntegerConstant) or not wanted.is_integer or wanted.kind == BOOL:
        return
    integer = integer_of(wanted.bare)
    bits = integer.precision or integer.bits
    value = ints.fit(node.value, bits, integer.is_signed)
    if value == node.value or cx.constant_depth:
        return
    # A constant that fits the unsigned counterpart only changes its sign, which -Woverflow does not report.
    if ints.fits(node.value, bits, not integer.is_signed) or -(1 << (bits - 1)) <= node.value < 0:
        return
    cx.warning(
        "overflow", at, "{} conversion from {} to {} changes value from '{}' to '{}'",
        "overflow in" if integer.is_signed else "unsigned", describe(node.type), describe(wanted), node.value, value,
    )  # fmt: skip


def cast(cx: Context, node: Expr, type: CType, start: int, end: int, at: int) -> Expr:
    """An explicit cast (C17 6.5.4) to any type; `at` is the token of its parenthesis."""
    if type.kind == ERROR or node.type.kind == ERROR:
        return error_expr(cx, start, end)
    if type.kind == VOID:
        node = load(cx, node) if node.type.kind in (ARRAY, FUNCTION) or not node.is_lvalue else node
        if node.is_lvalue and node.type.kind != VOID:
            node = load(cx, node)
        return Cast(cx.types.void, start, end, expr.TO_VOID, node, False)
    if type.kind == ARRAY:
        cx.error(at, "cast specifies array type")
        return error_expr(cx, start, end)
    if type.kind == FUNCTION:
        cx.error(at, "cast specifies function type")
        return error_expr(cx, start, end)
    node = load(cx, node)
    source = node.type
    target = unqualified(type)
    if source.kind == ERROR:
        return node
    if isinstance(target.bare, RecordType):
        return _cast_to_record(cx, node, target, start, end, at)
    if source.kind == VOID:
        cx.error(at, "void value not ignored as it ought to be")
        return error_expr(cx, start, end)
    if source.is_record:
        word = "a pointer type" if target.kind == POINTER else "integer" if target.is_integer else "floating-point"
        if target.kind == POINTER:
            cx.error(at, "cannot convert to {}", word)
        else:
            cx.error(at, "aggregate value used where {} was expected", ("an " if target.is_integer else "a ") + word)
        return error_expr(cx, start, end)
    if source.kind == VECTOR or target.kind == VECTOR:
        if cx.layout.size_of(source) != cx.layout.size_of(target):
            cx.error(at, "cannot convert a value of type {} to vector type {} which has different size",
                     describe(source), describe(target))  # fmt: skip
            return error_expr(cx, start, end)
        return make_cast(cx, node, target, start, end, False)
    if target.kind == POINTER and source.kind in (FLOATING, COMPLEX):
        cx.error(at, "cannot convert to a pointer type")
        return error_expr(cx, start, end)
    if source.kind == POINTER and target.kind in (FLOATING, COMPLEX):
        cx.error(at, "pointer value used where a floating-point was expected")
        return error_expr(cx, start, end)
    if not target.is_scalar and target.kind != source.kind:
        cx.error(at, "conversion to non-scalar type requested")
        return error_expr(cx, start, end)
    _warn_cast(cx, node, source, target, at)
    return make_cast(cx, node, target, start, end, False)


def _warn_cast(cx: Context, node: Expr, source: CType, target: CType, at: int) -> None:
    if source.kind == POINTER and target.is_integer and target.kind != BOOL:
        if integer_of(target.bare).bits < cx.types.intptr.bits and not isinstance(node, IntegerConstant):
            cx.warning("pointer-to-int-cast", at, "cast from pointer to integer of different size")
    elif target.kind == POINTER and source.is_integer:
        if integer_of(source.bare).bits != cx.types.intptr.bits and cx.evaluator.constant_integer(node) is None:
            cx.warning("int-to-pointer-cast", at, "cast to pointer from integer of different size")


def _cast_to_record(cx: Context, node: Expr, target: CType, start: int, end: int, at: int) -> Expr:
    source = node.type
    if source.bare is target.bare:
        cx.pedantic("pedantic", at, "ISO C forbids casting nonscalar to the same type")
        return Cast(target, start, end, expr.NO_OP, node, False)
    record = target.bare
    assert isinstance(record, RecordType)
    if record.info.fields is None:
        cx.error(at, "conversion to incomplete type")
        return error_expr(cx, start, end)
    if not record.info.is_union:
        cx.error(at, "conversion to non-scalar type requested")
        return error_expr(cx, start, end)
    for field in record.info.fields:
        if field.name and is_compatible(field.type, source):
            cx.pedantic("pedantic", at, "ISO C forbids casts to union type")
            value = convert(cx, node, unqualified(field.type)) if field.type.is_scalar else node
            return Cast(target, start, end, expr.TO_UNION, value, False)
    cx.error(at, "cast to union type from type not present in union")
    return error_expr(cx, start, end)


# --- lvalues ---


def is_bit_field(node: Expr) -> bool:
    return isinstance(node, Member) and node.field.bits >= 0


def has_const_member(type: CType, depth: int = 0) -> bool:
    """Whether a record has a const member somewhere, so that it cannot be assigned as a whole (C17 6.3.2.1p1)."""
    while isinstance(type, ArrayType):
        type = type.element
    bare = type.bare
    if not isinstance(bare, RecordType) or depth > 200:
        return False
    for field in bare.info.fields or []:
        if qualifiers_of(field.type) & ctypes.CONST or has_const_member(field.type, depth + 1):
            return True
    return False


def require_modifiable(cx: Context, node: Expr, at: int, action: str, operand: str) -> bool:
    """Diagnoses what may not be stored to. `action`: "assignment", "increment" ...; `operand`: its name as an
    operand.
    """
    if node.type.kind == ERROR:
        return False
    if not node.is_lvalue or node.type.kind == FUNCTION:
        cx.error(at, "lvalue required as {}", operand)
        return False
    if node.type.kind == ARRAY:
        if action == "assignment":
            cx.error(at, "assignment to expression with array type")
        else:
            cx.error(at, "wrong type argument to {}", action)
        return False
    if node.type.qualifiers & ctypes.CONST:
        cx.error(at, "{} of read-only {}", action, read_only_name(node))
        return False
    if node.type.is_record and has_const_member(node.type):
        cx.error(at, "{} of {} with const member", action, _plain_name(node))
        return False
    if node.type.kind == VOID or not is_complete(node.type):
        if node.type.kind == VOID:
            cx.error(at, "invalid use of void expression")
        else:
            cx.error(at, "invalid use of undefined type '{}'", type_name(unqualified(node.type)))
        return False
    return True


def _plain_name(node: Expr) -> str:
    if isinstance(node, Name):
        return f"read-only variable '{node.entity.name}'"
    return "read-only location"


def read_only_name(node: Expr) -> str:
    """`variable 'x'`, `parameter 'x'`, `member 'm'`, `location '*p'`, as gcc names what is read-only."""
    if isinstance(node, Name):
        entity = node.entity
        is_parameter = isinstance(entity, Variable) and entity.storage == PARAMETER
        return f"{'parameter' if is_parameter else 'variable'} '{entity.name}'"
    if isinstance(node, Member):
        return f"member '{node.field.name}'"
    return "location"
