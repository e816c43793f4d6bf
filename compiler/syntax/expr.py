"""Typed expression nodes. `sema` builds them; `lower` reads them and knows no C conversion rule: every conversion is
a node.

Each node has `type` (the type of the value, or of the object when `is_lvalue`) and its token extent [start, end) in the
unit's token list. An lvalue used for its value is wrapped in a Cast of kind LOAD; arrays and functions decay by DECAY.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from compiler.types.ctypes import CType, Field

if TYPE_CHECKING:
    from compiler.syntax.decl import Entity, Label, Variable
    from compiler.syntax.stmt import Block


class Expr:
    """An expression. `is_lvalue`: designates an object (or function) rather than a value."""

    is_lvalue: bool = False

    def __init__(self, type: CType, start: int, end: int) -> None:
        self.type = type
        self.start = start
        self.end = end


@final
class IntegerConstant(Expr):
    """An integer, enumeration or character constant, a folded sizeof and so on. `value` is the mathematical value in
    range of `type`."""

    def __init__(self, type: CType, start: int, end: int, value: int) -> None:
        super().__init__(type, start, end)
        self.value: Final = value


@final
class FloatConstant(Expr):
    """`bits` is the bit pattern in the format of `type`; an imaginary constant has a complex type and is the
    imaginary part."""

    def __init__(self, type: CType, start: int, end: int, bits: int) -> None:
        super().__init__(type, start, end)
        self.bits: Final = bits


@final
class StringConstant(Expr):
    """An lvalue of array type. `data` holds the elements' bytes in the platform's order, terminating null included."""

    is_lvalue = True

    def __init__(self, type: CType, start: int, end: int, data: bytes) -> None:
        super().__init__(type, start, end)
        self.data: Final = data


@final
class Name(Expr):
    """A variable, function or parameter. Enumeration constants are IntegerConstants."""

    is_lvalue = True

    def __init__(self, type: CType, start: int, end: int, entity: Entity) -> None:
        super().__init__(type, start, end)
        self.entity: Final = entity


# Cast kinds: what the conversion does. Operand and result types give the widths.
LOAD: Final = 0  # lvalue to value; loses qualifiers
DECAY: Final = 1  # array or function lvalue to pointer
NO_OP: Final = 2  # same representation: pointer to pointer, signedness, enum to its integer, record to itself
INT_TO_INT: Final = 3
INT_TO_FLOAT: Final = 4
FLOAT_TO_INT: Final = 5
FLOAT_TO_FLOAT: Final = 6
TO_BOOL: Final = 7  # scalar != 0
INT_TO_POINTER: Final = 8
POINTER_TO_INT: Final = 9
TO_VOID: Final = 10
TO_UNION: Final = 11  # GNU cast to union
REAL_TO_COMPLEX: Final = 12
COMPLEX_TO_REAL: Final = 13
COMPLEX_TO_COMPLEX: Final = 14
VECTOR_BITS: Final = 15  # reinterpretation between equal sizes
SPLAT: Final = 16


@final
class Cast(Expr):
    """A conversion. `implicit` ones have the operand's extent."""

    def __init__(self, type: CType, start: int, end: int, kind: int, operand: Expr, implicit: bool) -> None:
        super().__init__(type, start, end)
        self.kind: Final = kind
        self.operand: Final = operand
        self.implicit: Final = implicit


# Unary operators.
NEGATE: Final = 0
BIT_NOT: Final = 1
LOGICAL_NOT: Final = 2  # operand scalar; result int
REAL: Final = 3
IMAG: Final = 4
CONJUGATE: Final = 5


@final
class Unary(Expr):
    """`operand` already has the promoted type, except for LOGICAL_NOT (any scalar). Unary plus is its operand."""

    def __init__(self, type: CType, start: int, end: int, op: int, operand: Expr) -> None:
        super().__init__(type, start, end)
        self.op: Final = op
        self.operand: Final = operand


@final
class AddressOf(Expr):
    """&operand; operand is an lvalue that is no bit-field."""

    def __init__(self, type: CType, start: int, end: int, operand: Expr) -> None:
        super().__init__(type, start, end)
        self.operand: Final = operand


@final
class Dereference(Expr):
    """*pointer and, through sema, a[i] (as *(a + i)) and p->f (as (*p).f)."""

    is_lvalue = True

    def __init__(self, type: CType, start: int, end: int, pointer: Expr) -> None:
        super().__init__(type, start, end)
        self.pointer: Final = pointer


@final
class Member(Expr):
    """base.field. `base` may be an rvalue record (f().x): then the node is no lvalue."""

    def __init__(self, type: CType, start: int, end: int, base: Expr, field: Field) -> None:
        super().__init__(type, start, end)
        self.base: Final = base
        self.field: Final = field
        self.is_lvalue = base.is_lvalue


# Binary operators.
ADD: Final = 0
SUB: Final = 1
MUL: Final = 2
DIV: Final = 3
MOD: Final = 4
SHL: Final = 5
SHR: Final = 6
AND: Final = 7
OR: Final = 8
XOR: Final = 9
EQ: Final = 10
NE: Final = 11
LT: Final = 12
GT: Final = 13
LE: Final = 14
GE: Final = 15
POINTER_ADD: Final = 16  # pointer on the left, integer on the right (already of ptrdiff width); scaled by lower
POINTER_SUB: Final = 17  # pointer - integer
POINTER_DIFFERENCE: Final = 18  # result ptrdiff_t, in elements


@final
class Binary(Expr):
    """Both operands have the common type; shifts: each its own promoted type. Comparisons give int (or a vector
    mask)."""

    def __init__(self, type: CType, start: int, end: int, op: int, left: Expr, right: Expr) -> None:
        super().__init__(type, start, end)
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right


@final
class Logical(Expr):
    """&& and ||: scalar operands of any type, int result."""

    def __init__(self, type: CType, start: int, end: int, is_and: bool, left: Expr, right: Expr) -> None:
        super().__init__(type, start, end)
        self.is_and: Final = is_and
        self.left: Final = left
        self.right: Final = right


@final
class Conditional(Expr):
    """condition ? then : other, both converted to `type`. GNU `a ?: b`: `then` is None, the condition is evaluated
    once and,
    when true, converted by `reuse`: a Cast chain (or plain Reused) around a Reused leaf that stands for the
    condition's value."""

    def __init__(
        self, type: CType, start: int, end: int, condition: Expr, then: Expr | None, other: Expr, reuse: Expr | None
    ) -> None:
        super().__init__(type, start, end)
        self.condition: Final = condition
        self.then: Final = then
        self.other: Final = other
        self.reuse: Final = reuse


@final
class Reused(Expr):
    """A value already computed by an enclosing node: the condition of `?:`, the old value inside CompoundAssign."""


@final
class Assign(Expr):
    """target = value; `value` is converted to the target's unqualified type, which is the type of the result."""

    def __init__(self, type: CType, start: int, end: int, target: Expr, value: Expr) -> None:
        super().__init__(type, start, end)
        self.target: Final = target
        self.value: Final = value


@final
class CompoundAssign(Expr):
    """target op= value, and ++/--: the lvalue is evaluated once. `old` is the Reused leaf that stands for its old
    value inside
    `result`, an expression (the op and all conversions back to the target's type). `post`: the node's value is the
    old value."""

    def __init__(self, type: CType, start: int, end: int, target: Expr, old: Reused, result: Expr, post: bool) -> None:
        super().__init__(type, start, end)
        self.target: Final = target
        self.old: Final = old
        self.result: Final = result
        self.post: Final = post


@final
class Comma(Expr):
    def __init__(self, type: CType, start: int, end: int, left: Expr, right: Expr) -> None:
        super().__init__(type, start, end)
        self.left: Final = left
        self.right: Final = right


@final
class Call(Expr):
    """`function` has pointer-to-function type (a decayed Name for direct calls). Arguments are converted (prototype or
    default promotions)."""

    def __init__(self, type: CType, start: int, end: int, function: Expr, arguments: list[Expr]) -> None:
        super().__init__(type, start, end)
        self.function: Final = function
        self.arguments: Final = arguments


@final
class BuiltinCall(Expr):
    """A builtin that needs lowering of its own (`va_start`, `clz`, `add_overflow`, `memcpy` known as builtin ...).
    `name` is
    without `__builtin_`. Builtins with a library function and no special meaning are plain Calls of that function."""

    def __init__(
        self, type: CType, start: int, end: int, name: str, arguments: list[Expr], operand_type: CType | None = None
    ) -> None:
        super().__init__(type, start, end)
        self.name: Final = name
        self.arguments: Final = arguments
        self.operand_type: Final = operand_type  # va_arg: the type read; types: the type operand


@final
class CompoundLiteral(Expr):
    """(type){...}: an lvalue; `variable` is the hidden object, static at file scope."""

    is_lvalue = True

    def __init__(self, type: CType, start: int, end: int, variable: Variable) -> None:
        super().__init__(type, start, end)
        self.variable: Final = variable


@final
class StatementExpr(Expr):
    """({ ... }): `result` is the last expression's value, None for void; it is evaluated as the block's last
    statement."""

    def __init__(self, type: CType, start: int, end: int, block: Block, result: Expr | None) -> None:
        super().__init__(type, start, end)
        self.block: Final = block
        self.result: Final = result


@final
class LabelAddress(Expr):
    """&&label"""

    def __init__(self, type: CType, start: int, end: int, label: Label) -> None:
        super().__init__(type, start, end)
        self.label: Final = label


@final
class SizeofVariable(Expr):
    """sizeof of a variable-length array type: element counts times `element_size`. `operand` is evaluated for
    effects when given."""

    def __init__(self, type: CType, start: int, end: int, measured: CType, operand: Expr | None) -> None:
        super().__init__(type, start, end)
        self.measured: Final = measured
        self.operand: Final = operand


@final
class VectorElement(Expr):
    """vector[index]"""

    def __init__(self, type: CType, start: int, end: int, vector: Expr, index: Expr) -> None:
        super().__init__(type, start, end)
        self.vector: Final = vector
        self.index: Final = index
        self.is_lvalue = vector.is_lvalue


@final
class ErrorExpr(Expr):
    """Stands for a diagnosed expression; type kind ERROR. Never reaches lower."""
