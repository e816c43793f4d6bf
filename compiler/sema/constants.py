"""Constant expressions: integer, floating, complex and address constants at C's widths (C17 6.6).

Invariant: integers are mathematical values in range of their type; floats are bit patterns of their type's format. What
gcc folds in initialisers is folded, more than C17 6.6 asks; `None` means that the value is not known before run time.
Long operator chains are walked with an explicit stack; only right operands recurse, and the parser bounds their depth.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith import ints, soft
from compiler.sema.complexes import combine
from compiler.syntax import decl, expr
from compiler.syntax.decl import Entity, Function, Label, Variable
from compiler.syntax.expr import (
    AddressOf,
    Binary,
    BuiltinCall,
    Cast,
    Comma,
    CompoundLiteral,
    Conditional,
    Dereference,
    Expr,
    FloatConstant,
    IntegerConstant,
    LabelAddress,
    Logical,
    Member,
    Name,
    Reused,
    StringConstant,
    Unary,
)
from compiler.types import ctypes
from compiler.types.basic import BasicTypes, format_of
from compiler.types.ctypes import ComplexType, CType, FloatType, PointerType
from compiler.types.derive import integer_of, is_variable_length
from compiler.types.layout import Layout


class ConstantValue:
    """What a constant expression evaluates to."""


@final
class IntegerValue(ConstantValue):
    """Of an integer type, or an absolute address (then 0 <= value < 2**pointer bits)."""

    def __init__(self, value: int) -> None:
        self.value: Final = value


@final
class FloatValue(ConstantValue):
    """A bit pattern in the format of the expression's type."""

    def __init__(self, bits: int) -> None:
        self.bits: Final = bits


@final
class ComplexValue(ConstantValue):
    """Bit patterns of the element's format, or integers for a complex integer type."""

    def __init__(self, real: int, imaginary: int) -> None:
        self.real: Final = real
        self.imaginary: Final = imaginary


@final
class AddressConstant(ConstantValue):
    """`offset` bytes past exactly one of: an object or function, a string, a label of the current function."""

    def __init__(
        self, entity: Entity | None, string: StringConstant | None, label: Label | None, offset: int
    ) -> None:
        self.entity: Final = entity
        self.string: Final = string
        self.label: Final = label
        self.offset: Final = offset

    def moved(self, distance: int) -> AddressConstant:
        if distance == 0:
            return self
        return AddressConstant(self.entity, self.string, self.label, self.offset + distance)

    def same_base(self, other: AddressConstant) -> bool:
        if self.string is not other.string:
            # Equal literals are one object, as far as this compiler's output goes (C17 6.4.5p7 leaves it open).
            if self.string is None or other.string is None or self.string.data != other.string.data:
                return False
        return self.entity is other.entity and self.label is other.label


@final
class LabelDifference(ConstantValue):
    """&&left - &&right + offset."""

    def __init__(self, left: Label, right: Label, offset: int) -> None:
        self.left: Final = left
        self.right: Final = right
        self.offset: Final = offset


def is_static_object(entity: Entity) -> bool:
    """Whether the address is known before the program starts (C17 6.6p9)."""
    if isinstance(entity, Variable):
        return (entity.storage == decl.STATIC or entity.linkage != decl.NO_LINKAGE) and not entity.is_thread_local
    return True


@final
class Evaluator:
    """Evaluates typed expressions. `overflowed` is set when a signed operation wrapped since it was last cleared."""

    def __init__(self, types: BasicTypes, layout: Layout) -> None:
        self.types: Final = types
        self.layout: Final = layout
        self.pointer_bits: Final[int] = layout.model.pointer_bits
        self.overflowed = False
        self.reused: ConstantValue | None = None

    def constant_integer(self, node: Expr) -> int | None:
        """The value of an integer expression, None if it is not constant or no plain integer."""
        if isinstance(node, IntegerConstant):
            return node.value
        value = self.evaluate(node)
        return value.value if isinstance(value, IntegerValue) else None

    def evaluate(self, node: Expr) -> ConstantValue | None:
        """The value, with `__builtin_constant_p` of something unknown taken as 0: for places that need a constant."""
        if isinstance(node, IntegerConstant):
            return IntegerValue(node.value)
        spine: list[Expr] = []
        while True:
            if isinstance(node, Cast) and node.kind != expr.LOAD and node.kind != expr.DECAY:
                spine.append(node)
                node = node.operand
            elif isinstance(node, (Binary, Logical)):
                spine.append(node)
                node = node.left
            elif isinstance(node, Unary):
                spine.append(node)
                node = node.operand
            else:
                break
        value = self._leaf(node)
        while spine and value is not None:
            outer = spine.pop()
            if isinstance(outer, Cast):
                value = self._cast(outer, value)
            elif isinstance(outer, Binary):
                right = self.evaluate(outer.right)
                value = None if right is None else self._binary(outer, value, right)
            elif isinstance(outer, Logical):
                value = self._logical(outer, value)
            else:
                assert isinstance(outer, Unary)
                value = self._unary(outer, value)
        return value

    def truth(self, value: ConstantValue, type: CType) -> bool | None:
        """Whether a scalar compares unequal to zero; None if the linker decides."""
        if isinstance(value, IntegerValue):
            return value.value != 0
        if isinstance(value, FloatValue):
            return not soft.is_zero(value.bits, format_of(type.bare))
        if isinstance(value, AddressConstant):
            if value.entity is not None and value.entity.attributes.weak:
                return None
            return True
        if isinstance(value, ComplexValue):
            element = type.bare
            assert isinstance(element, ComplexType)
            if isinstance(element.element, FloatType):
                fmt = format_of(element.element)
                return not (soft.is_zero(value.real, fmt) and soft.is_zero(value.imaginary, fmt))
            return value.real != 0 or value.imaginary != 0
        return None

    # --- leaves -----------------------------------------------------------------------------------------------------

    def _leaf(self, node: Expr) -> ConstantValue | None:
        if isinstance(node, IntegerConstant):
            return IntegerValue(node.value)
        if isinstance(node, FloatConstant):
            if isinstance(node.type.bare, ComplexType):
                return ComplexValue(0, node.bits)
            return FloatValue(node.bits)
        if isinstance(node, Cast):
            if node.kind == expr.DECAY:
                return self.address(node.operand)
            assert node.kind == expr.LOAD
            return self._load(node.operand)
        if isinstance(node, AddressOf):
            return self.address(node.operand)
        if isinstance(node, Conditional):
            return self._conditional(node)
        if isinstance(node, Comma):
            # Not constant by C17 6.6p3; gcc folds it where the left side is constant too.
            return self.evaluate(node.right) if self.evaluate(node.left) is not None else None
        if isinstance(node, LabelAddress):
            return AddressConstant(None, None, node.label, 0)
        if isinstance(node, BuiltinCall):
            return self._builtin(node)
        if isinstance(node, Reused):
            return self.reused
        return None

    def _load(self, operand: Expr) -> ConstantValue | None:
        """The value of a scalar compound literal that has static storage; no other object's value is constant."""
        if isinstance(operand, CompoundLiteral) and is_static_object(operand.variable):
            initializer = operand.variable.initializer
            if initializer is not None and len(initializer.entries) == 1 and operand.type.is_scalar:
                return self.evaluate(initializer.entries[0].value)
        return None

    def address(self, node: Expr) -> ConstantValue | None:
        """The address of an lvalue."""
        offset = 0
        while isinstance(node, Member):
            if node.field.bits >= 0:
                return None
            offset += node.field.offset
            node = node.base
        base: ConstantValue | None = None
        if isinstance(node, Name):
            if is_static_object(node.entity):
                return AddressConstant(node.entity, None, None, offset)
        elif isinstance(node, StringConstant):
            return AddressConstant(None, node, None, offset)
        elif isinstance(node, CompoundLiteral):
            if is_static_object(node.variable):
                return AddressConstant(node.variable, None, None, offset)
        elif isinstance(node, Dereference):
            base = self.evaluate(node.pointer)
        elif isinstance(node, Unary) and node.op in (expr.REAL, expr.IMAG):
            base = self.address(node.operand)
            if node.op == expr.IMAG:
                offset += self.layout.size_of(node.type)
        elif isinstance(node, Cast) and node.kind == expr.NO_OP:
            base = self.address(node.operand)
        if isinstance(base, AddressConstant):
            return base.moved(offset)
        if isinstance(base, IntegerValue):
            return IntegerValue(ints.wrap(base.value + offset, self.pointer_bits))
        return None

    def _conditional(self, node: Conditional) -> ConstantValue | None:
        condition = self.evaluate(node.condition)
        if condition is None:
            return None
        truth = self.truth(condition, node.condition.type)
        if truth is None:
            return None
        if not truth:
            return self.evaluate(node.other)
        if node.then is not None:
            return self.evaluate(node.then)
        if node.reuse is None:
            return condition
        outer = self.reused
        self.reused = condition
        value = self.evaluate(node.reuse)
        self.reused = outer
        return value

    def _builtin(self, node: BuiltinCall) -> ConstantValue | None:
        if node.name == "constant_p":
            value = self.evaluate(node.arguments[0])
            known = isinstance(value, (IntegerValue, FloatValue)) or (
                isinstance(value, AddressConstant) and value.string is not None
            )
            return IntegerValue(1 if known else 0)
        if node.name == "complex":
            real = self.evaluate(node.arguments[0])
            imaginary = self.evaluate(node.arguments[1])
            if isinstance(real, FloatValue) and isinstance(imaginary, FloatValue):
                return ComplexValue(real.bits, imaginary.bits)
            if isinstance(real, IntegerValue) and isinstance(imaginary, IntegerValue):
                return ComplexValue(real.value, imaginary.value)
            return None
        if node.name in ("expect", "expect_with_probability", "assume_aligned", "assoc_barrier"):
            return self.evaluate(node.arguments[0])
        return None

    # --- operators --------------------------------------------------------------------------------------------------

    def _fit(self, value: int, type: CType) -> IntegerValue:
        """The value converted to an integer or pointer type."""
        bare = type.bare
        if not bare.is_integer:
            return IntegerValue(ints.wrap(value, self.pointer_bits))
        if bare.kind == ctypes.BOOL:
            return IntegerValue(1 if value else 0)
        integer = integer_of(bare)
        return IntegerValue(ints.fit(value, integer.precision or integer.bits, integer.is_signed))

    def _cast(self, node: Cast, value: ConstantValue) -> ConstantValue | None:
        kind = node.kind
        source = node.operand.type.bare
        target = node.type.bare
        if kind == expr.NO_OP or kind == expr.INT_TO_INT:
            if isinstance(value, IntegerValue):
                return self._fit(value.value, target)
            if kind == expr.INT_TO_INT and integer_of(target).bits < self.pointer_bits:
                return value if isinstance(value, LabelDifference) else None
            return value
        if kind == expr.INT_TO_FLOAT and isinstance(value, IntegerValue):
            return FloatValue(self._float_of(value.value, target))
        if kind == expr.FLOAT_TO_INT and isinstance(value, FloatValue):
            integer = integer_of(target)
            return IntegerValue(self._truncated(value.bits, source, integer.bits, integer.is_signed))
        if kind == expr.FLOAT_TO_FLOAT and isinstance(value, FloatValue):
            return FloatValue(soft.convert(value.bits, format_of(source), format_of(target)))
        if kind == expr.TO_BOOL:
            truth = self.truth(value, source)
            return None if truth is None else IntegerValue(1 if truth else 0)
        if kind == expr.INT_TO_POINTER or kind == expr.POINTER_TO_INT:
            if isinstance(value, IntegerValue):
                return self._fit(value.value, target)
            if kind == expr.POINTER_TO_INT and integer_of(target).bits < self.pointer_bits:
                return value if isinstance(value, LabelDifference) else None
            return value
        if kind == expr.REAL_TO_COMPLEX:
            if isinstance(value, IntegerValue):
                return ComplexValue(value.value, 0)
            return ComplexValue(value.bits, 0) if isinstance(value, FloatValue) else None
        if kind == expr.COMPLEX_TO_REAL and isinstance(value, ComplexValue):
            assert isinstance(source, ComplexType)
            return self._part(value.real, source.element)
        if kind == expr.COMPLEX_TO_COMPLEX and isinstance(value, ComplexValue):
            assert isinstance(source, ComplexType) and isinstance(target, ComplexType)
            real = self._convert_part(value.real, source.element, target.element)
            imaginary = self._convert_part(value.imaginary, source.element, target.element)
            return None if real is None or imaginary is None else ComplexValue(real, imaginary)
        return None

    def _truncated(self, bits: int, source: CType, width: int, signed: bool) -> int:
        """A float as an integer; out of range it saturates and a NaN gives 0, as gcc folds it."""
        fmt = format_of(source)
        made = soft.to_int(bits, fmt, signed, width)
        if made is not None:
            return ints.read(made, width, signed)
        self.overflowed = True
        if soft.is_nan(bits, fmt):
            return 0
        return ints.minimum(width, signed) if soft.sign_of(bits, fmt) else ints.maximum(width, signed)

    def _float_of(self, value: int, type: CType) -> int:
        bits = max(value.bit_length() + 1, 64)
        return soft.from_int(ints.wrap(value, bits), True, bits, format_of(type))

    def _part(self, value: int, element: CType) -> ConstantValue:
        return FloatValue(value) if isinstance(element, FloatType) else IntegerValue(value)

    def _convert_part(self, value: int, source: CType, target: CType) -> int | None:
        if isinstance(source, FloatType) and isinstance(target, FloatType):
            return soft.convert(value, format_of(source), format_of(target))
        if isinstance(target, FloatType):
            return self._float_of(value, target)
        integer = integer_of(target)
        if isinstance(source, FloatType):
            bits = soft.to_int(value, format_of(source), integer.is_signed, integer.bits)
            return None if bits is None else ints.read(bits, integer.bits, integer.is_signed)
        return ints.fit(value, integer.bits, integer.is_signed)

    def _unary(self, node: Unary, value: ConstantValue) -> ConstantValue | None:
        op = node.op
        if op == expr.LOGICAL_NOT:
            truth = self.truth(value, node.operand.type)
            return None if truth is None else IntegerValue(0 if truth else 1)
        if isinstance(value, IntegerValue):
            if op == expr.NEGATE:
                return self._checked(-value.value, node.type)
            if op == expr.BIT_NOT:
                return self._fit(~value.value, node.type)
            return IntegerValue(value.value if op != expr.IMAG else 0)
        if isinstance(value, FloatValue):
            if op == expr.NEGATE:
                return FloatValue(soft.neg(value.bits, format_of(node.type.bare)))
            return FloatValue(value.bits if op != expr.IMAG else 0)
        if isinstance(value, ComplexValue):
            source = node.operand.type.bare
            assert isinstance(source, ComplexType)
            if op == expr.REAL:
                return self._part(value.real, source.element)
            if op == expr.IMAG:
                return self._part(value.imaginary, source.element)
            real = value.real if op == expr.CONJUGATE else self._negate_part(value.real, source.element)
            return ComplexValue(real, self._negate_part(value.imaginary, source.element))
        return None

    def _negate_part(self, value: int, element: CType) -> int:
        return soft.neg(value, format_of(element)) if isinstance(element, FloatType) else -value

    def _checked(self, value: int, type: CType) -> IntegerValue:
        """As _fit, noting a signed overflow."""
        result = self._fit(value, type)
        if result.value != value and type.is_integer and integer_of(type.bare).is_signed:
            self.overflowed = True
        return result

    def _logical(self, node: Logical, left: ConstantValue) -> ConstantValue | None:
        truth = self.truth(left, node.left.type)
        if truth is None:
            return None
        if truth != node.is_and:
            return IntegerValue(1 if truth else 0)
        right = self.evaluate(node.right)
        if right is None:
            return None
        truth = self.truth(right, node.right.type)
        return None if truth is None else IntegerValue(1 if truth else 0)

    def _binary(self, node: Binary, left: ConstantValue, right: ConstantValue) -> ConstantValue | None:
        if isinstance(left, IntegerValue) and isinstance(right, IntegerValue):
            return self._integers(node, left.value, right.value)
        if isinstance(left, FloatValue) and isinstance(right, FloatValue):
            return self._floats(node, left.bits, right.bits)
        if isinstance(left, ComplexValue) and isinstance(right, ComplexValue):
            return self._complexes(node, left, right)
        return self._addresses(node, left, right)

    def _integers(self, node: Binary, left: int, right: int) -> ConstantValue | None:
        op = node.op
        if op == expr.ADD:
            return self._checked(left + right, node.type)
        if op == expr.SUB:
            return self._checked(left - right, node.type)
        if op == expr.MUL:
            return self._checked(left * right, node.type)
        if op == expr.DIV or op == expr.MOD:
            if right == 0:
                return None
            quotient = ints.divide_truncating(left, right)
            return self._checked(quotient if op == expr.DIV else left - quotient * right, node.type)
        if op == expr.AND:
            return self._fit(left & right, node.type)
        if op == expr.OR:
            return self._fit(left | right, node.type)
        if op == expr.XOR:
            return self._fit(left ^ right, node.type)
        if op == expr.SHL or op == expr.SHR:
            if not 0 <= right < 256:
                return None if right < 0 else IntegerValue(-1 if left < 0 and op == expr.SHR else 0)
            return self._fit(left << right if op == expr.SHL else left >> right, node.type)
        if expr.EQ <= op <= expr.GE:
            return IntegerValue(1 if _compare(op, left, right) else 0)
        if op == expr.POINTER_DIFFERENCE:
            size = self._target_size(node.left.type)
            distance = ints.fit(left - right, self.pointer_bits, True)
            return IntegerValue(ints.divide_truncating(distance, size)) if size else None
        size = self._target_size(node.type)
        distance = right * size
        address = left + distance if op == expr.POINTER_ADD else left - distance
        return IntegerValue(ints.wrap(address, self.pointer_bits))

    def _target_size(self, pointer: CType) -> int:
        """The size of what a pointer points to; 0 where it is not constant."""
        bare = pointer.bare
        assert isinstance(bare, PointerType), bare.kind
        if is_variable_length(bare.target):
            return 0
        return self.layout.size_of(bare.target)

    def _floats(self, node: Binary, left: int, right: int) -> ConstantValue | None:
        op = node.op
        fmt = format_of(node.left.type.bare)
        if op == expr.ADD:
            return FloatValue(soft.add(left, right, fmt))
        if op == expr.SUB:
            return FloatValue(soft.sub(left, right, fmt))
        if op == expr.MUL:
            return FloatValue(soft.mul(left, right, fmt))
        if op == expr.DIV:
            return FloatValue(soft.div(left, right, fmt))
        if op == expr.EQ:
            truth = soft.eq(left, right, fmt)
        elif op == expr.NE:
            truth = not soft.eq(left, right, fmt)
        elif op == expr.LT:
            truth = soft.lt(left, right, fmt)
        elif op == expr.GT:
            truth = soft.lt(right, left, fmt)
        elif op == expr.LE:
            truth = soft.le(left, right, fmt)
        else:
            assert op == expr.GE, op
            truth = soft.le(right, left, fmt)
        return IntegerValue(1 if truth else 0)

    def _complexes(self, node: Binary, left: ComplexValue, right: ComplexValue) -> ConstantValue | None:
        type = node.left.type.bare
        assert isinstance(type, ComplexType)
        op = node.op
        if op == expr.EQ or op == expr.NE:
            if isinstance(type.element, FloatType):
                fmt = format_of(type.element)
                same = soft.eq(left.real, right.real, fmt) and soft.eq(left.imaginary, right.imaginary, fmt)
            else:
                same = left.real == right.real and left.imaginary == right.imaginary
            return IntegerValue(1 if same == (op == expr.EQ) else 0)
        parts = combine(op, type.element, (left.real, left.imaginary), (right.real, right.imaginary))
        if parts is None:
            return None
        if isinstance(type.element, FloatType):
            return ComplexValue(parts[0], parts[1])
        return ComplexValue(self._fit(parts[0], type.element).value, self._fit(parts[1], type.element).value)

    def _addresses(self, node: Binary, left: ConstantValue, right: ConstantValue) -> ConstantValue | None:
        """At least one operand is an address."""
        op = node.op
        if isinstance(left, AddressConstant) and isinstance(right, IntegerValue):
            if op == expr.POINTER_ADD or op == expr.POINTER_SUB:
                size = self._target_size(node.type)
                if size == 0 and right.value:
                    return None
                return left.moved(right.value * size if op == expr.POINTER_ADD else -right.value * size)
            if op == expr.ADD or op == expr.SUB:
                return left.moved(right.value if op == expr.ADD else -right.value)
        elif isinstance(left, IntegerValue) and isinstance(right, AddressConstant) and op == expr.ADD:
            return right.moved(left.value)
        elif isinstance(left, AddressConstant) and isinstance(right, AddressConstant):
            return self._address_pair(node, left, right)
        elif isinstance(left, LabelDifference) and isinstance(right, IntegerValue):
            if op == expr.ADD or op == expr.SUB:
                return LabelDifference(
                    left.left, left.right, left.offset + (right.value if op == expr.ADD else -right.value)
                )
        if op == expr.EQ or op == expr.NE:
            known = left if isinstance(left, AddressConstant) else right
            other = right if known is left else left
            if isinstance(known, AddressConstant) and isinstance(other, IntegerValue) and other.value == 0:
                if self.truth(known, node.left.type):
                    return IntegerValue(1 if op == expr.NE else 0)
        return None

    def _address_pair(self, node: Binary, left: AddressConstant, right: AddressConstant) -> ConstantValue | None:
        op = node.op
        if op == expr.POINTER_DIFFERENCE or op == expr.SUB:
            if left.same_base(right):
                distance = left.offset - right.offset
                size = self._target_size(node.left.type) if op == expr.POINTER_DIFFERENCE else 1
                return IntegerValue(ints.divide_truncating(distance, size)) if size else None
            if left.label is not None and right.label is not None:
                return LabelDifference(left.label, right.label, left.offset - right.offset)
            return None
        if expr.EQ <= op <= expr.GE and left.same_base(right) and left.string is None:
            return IntegerValue(1 if _compare(op, left.offset, right.offset) else 0)
        if op in (expr.EQ, expr.NE) and _are_distinct(left, right):
            return IntegerValue(1 if op == expr.NE else 0)
        return None


def _are_distinct(left: AddressConstant, right: AddressConstant) -> bool:
    """Two different objects of this unit at their starts; weak and aliased ones may coincide."""
    a = left.entity
    b = right.entity
    if a is None or b is None or a is b or left.offset or right.offset:
        return False
    for entity in (a, b):
        if entity.attributes.weak or entity.attributes.alias:
            return False
        if isinstance(entity, Variable) and not entity.is_defined:
            return False
        if isinstance(entity, Function) and entity.body is None:
            return False
    return True


def _compare(op: int, left: int, right: int) -> bool:
    if op == expr.EQ:
        return left == right
    if op == expr.NE:
        return left != right
    if op == expr.LT:
        return left < right
    if op == expr.GT:
        return left > right
    if op == expr.LE:
        return left <= right
    assert op == expr.GE, op
    return left >= right
