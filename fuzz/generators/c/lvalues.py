"""Variables, lvalues, and the expressions that store: assignment, compound assignment, increments.

Invariant: an lvalue that an operator names twice in its guarded text has no side effects.
"""

from __future__ import annotations

from typing import Final

from fuzz.generators.c.arithmetic import Value, convert, float_operation, int_operation, promote, shift, usual
from fuzz.generators.c.ctypes import (
    INT,
    ArrayType,
    CType,
    Field,
    FloatType,
    IntType,
    PointerType,
    unsigned_of,
)
from fuzz.generators.c.expressions import (
    ANYWHERE,
    ASSIGNMENT,
    CAST,
    COMMA,
    POSTFIX,
    PRIMARY,
    SUM,
    UNARY,
    Expression,
    converted,
    helper_name,
)
from fuzz.generators.c.machine import Machine

GLOBAL: Final = "global"
STATIC: Final = "static"
LOCAL: Final = "local"
PARAMETER: Final = "parameter"


class Variable:
    """A declared object. `writable` is false for constants and for loop counters, which only their loop may change.

    `level` is the nesting depth of its scope (0 for what lives as long as the program): a pointer of level n may point
    to objects of level n and less. `extent` is how many elements a pointer parameter points to at least.
    """

    def __init__(self, index: int, name: str, ctype: CType, storage: str, level: int) -> None:
        self.index = index
        self.name = name
        self.ctype = ctype
        self.storage = storage
        self.level = level
        self.const = False
        self.volatile = False
        self.register = False
        self.thread_local = False
        self.writable = True
        self.addressable = True
        self.extent = 1
        self.bound = 0  # for loop counters: all values are below it; 0 means unknown

    @property
    def bit(self) -> int:
        return 0 if self.const else 2 << self.index

    def declaration(self) -> str:
        words = ""
        if self.storage == STATIC:
            words = "static "
        elif self.register:
            words = "register "
        elif self.thread_local:
            words = "__thread "
        qualifiers = ("const " if self.const else "") + ("volatile " if self.volatile else "")
        if isinstance(self.ctype, PointerType):
            return words + self.ctype.declare(f"{qualifiers}{self.name}")
        return words + qualifiers + self.ctype.declare(self.name)


class Lvalue(Expression):
    """Designates an object; evaluating it loads."""

    volatile = False
    level = 0  # of the object designated

    def address(self, machine: Machine) -> int:
        raise NotImplementedError

    def evaluate(self, machine: Machine) -> Value:
        return machine.load(self.address(machine), self.ctype)

    def store(self, machine: Machine, address: int, value: Value) -> Value:
        """Stores a value of the lvalue's type; returns what the assignment expression yields."""
        machine.store(address, self.ctype, value)
        return value

    def load_at(self, machine: Machine, address: int) -> Value:
        return machine.load(address, self.ctype)

    def stored_bits(self) -> int:
        """What a store through it writes, besides the side effects of its own evaluation."""
        return ANYWHERE

    @property
    def is_bit_field(self) -> bool:
        return False


class Name(Lvalue):
    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.ctype = variable.ctype
        self.reads = variable.bit
        self.writes = variable.bit if variable.volatile else 0  # a volatile read is a side effect
        self.volatile = variable.volatile
        self.level = variable.level

    def address(self, machine: Machine) -> int:
        found = machine.frame.get(self.variable.index)
        return machine.globals[self.variable.index] if found is None else found

    def code(self) -> tuple[str, int]:
        return self.variable.name, PRIMARY

    def stored_bits(self) -> int:
        return self.variable.bit


class Member(Lvalue):
    """`base.field`, or `pointer->field` where the base is a dereference."""

    def __init__(self, base: Lvalue, field: Field) -> None:
        self.base = base
        self.field = field
        self.ctype = field.ctype
        if field.width is not None:
            assert isinstance(field.ctype, IntType)
            # Promotion by width: what fits into int becomes int; 32 unsigned bits become unsigned int.
            if field.width < 32 or (field.width == 32 and field.ctype.signed):
                self.ctype = INT
            elif field.width == 32:
                self.ctype = promote(unsigned_of(INT))
        self.take_effects(base)
        self.volatile = base.volatile
        self.level = base.level

    @property
    def is_bit_field(self) -> bool:
        return self.field.width is not None

    def address(self, machine: Machine) -> int:
        address = self.base.address(machine)
        return address if self.is_bit_field else address + self.field.offset

    def evaluate(self, machine: Machine) -> Value:
        return machine.load_field(self.base.address(machine), self.field)

    def load_at(self, machine: Machine, address: int) -> Value:
        if self.is_bit_field:
            return machine.load_field(address, self.field)
        return machine.load(address, self.ctype)

    def store(self, machine: Machine, address: int, value: Value) -> Value:
        if not self.is_bit_field:
            machine.store(address, self.ctype, value)
            return value
        machine.store_field(address, self.field, value)
        return machine.load_field(address, self.field)

    def stored_type(self) -> CType:
        return self.field.ctype

    def place(self) -> tuple[str, int]:
        if isinstance(self.base, Dereference) and self.base.index is None:
            return f"{self.base.pointer.text(POSTFIX)}->{self.field.name}", POSTFIX
        return f"{self.base.text(POSTFIX)}.{self.field.name}", POSTFIX

    def code(self) -> tuple[str, int]:
        text, precedence = self.place()
        if self.field.width is not None and self.field.width > 32:
            # Compilers disagree on whether the arithmetic of such a bit-field happens in its own width.
            return f"({self.field.ctype.declare('')}){text}", CAST
        return text, precedence

    def plain_text(self, least: int = COMMA) -> str:
        return f"(+{self.text(CAST)})" if self.is_bit_field else self.text(least)

    def stored_bits(self) -> int:
        return self.base.stored_bits()


class Element(Lvalue):
    """`array[index]` with an index that is in range by construction."""

    def __init__(self, base: Lvalue, index: Expression) -> None:
        assert isinstance(base.ctype, ArrayType)
        self.base = base
        self.index = index
        self.ctype = base.ctype.element
        self.take_effects(base, index)
        self.volatile = base.volatile
        self.level = base.level
        self.swapped = False  # index[array]

    def address(self, machine: Machine) -> int:
        return self.base.address(machine) + int(self.index.evaluate(machine)) * self.ctype.size

    def code(self) -> tuple[str, int]:
        if self.swapped:
            return f"{self.index.text(POSTFIX)}[{self.base.text()}]", POSTFIX
        return f"{self.base.text(POSTFIX)}[{self.index.text()}]", POSTFIX

    def stored_bits(self) -> int:
        return self.base.stored_bits()


class Dereference(Lvalue):
    """`*pointer`, `pointer[index]` or `*(pointer + index)`."""

    def __init__(self, pointer: Expression, index: Expression | None = None, starred: bool = False) -> None:
        assert isinstance(pointer.ctype, PointerType)
        self.pointer = pointer
        self.index = index
        self.starred = starred
        self.ctype = pointer.ctype.target
        self.take_effects(pointer)
        if index is not None:
            self.take_effects(index)
        self.reads |= ANYWHERE

    def address(self, machine: Machine) -> int:
        address = int(self.pointer.evaluate(machine))
        if self.index is not None:
            address += int(self.index.evaluate(machine)) * self.ctype.size
        return address

    def code(self) -> tuple[str, int]:
        if self.index is None:
            return f"*{self.pointer.text(CAST)}", UNARY
        if self.starred:
            return f"*({self.pointer.text(SUM)} + {self.index.text(SUM + 1)})", UNARY
        return f"{self.pointer.text(POSTFIX)}[{self.index.text()}]", POSTFIX


class AddressOf(Expression):
    """`&lvalue`, or an array that decays to a pointer to its first element."""

    def __init__(self, operand: Lvalue, decay: bool = False) -> None:
        self.operand = operand
        self.decay = decay
        if decay:
            assert isinstance(operand.ctype, ArrayType)
            self.ctype: CType = PointerType(operand.ctype.element)
        else:
            self.ctype = PointerType(operand.ctype)
        self.take_effects(operand)

    def evaluate(self, machine: Machine) -> Value:
        return self.operand.address(machine)

    def code(self) -> tuple[str, int]:
        return self.operand.code() if self.decay else (f"&{self.operand.text(CAST)}", UNARY)


class PointerStep(Expression):
    """`pointer + n` or `pointer - n`, in range by construction."""

    def __init__(self, pointer: Expression, operator: str, count: Expression) -> None:
        assert isinstance(pointer.ctype, PointerType)
        self.pointer, self.operator, self.count = pointer, operator, count
        self.ctype = pointer.ctype
        self.size = pointer.ctype.target.size
        self.take_effects(pointer, count)

    def evaluate(self, machine: Machine) -> Value:
        distance = int(self.count.evaluate(machine)) * self.size
        pointer = int(self.pointer.evaluate(machine))
        return pointer + distance if self.operator == "+" else pointer - distance

    def code(self) -> tuple[str, int]:
        return f"{self.pointer.text(SUM)} {self.operator} {self.count.text(SUM + 1)}", SUM


class PointerDifference(Expression):
    def __init__(self, left: Expression, right: Expression, ctype: IntType) -> None:
        assert isinstance(left.ctype, PointerType)
        self.left, self.right = left, right
        self.size = left.ctype.target.size
        self.ctype = ctype
        self.take_effects(left, right)

    def evaluate(self, machine: Machine) -> Value:
        return (int(self.left.evaluate(machine)) - int(self.right.evaluate(machine))) // self.size

    def code(self) -> tuple[str, int]:
        return f"{self.left.text(SUM)} - {self.right.text(SUM + 1)}", SUM


def target_type(target: Lvalue) -> CType:
    """The type that an assigned value is converted to: for a bit-field the declared one."""
    return target.stored_type() if isinstance(target, Member) else target.ctype


def target_text(target: Lvalue) -> str:
    return target.place()[0] if isinstance(target, Member) else target.text(UNARY)


class Assignment(Expression):
    """`target = value`. The value of an assigned bit-field is read through a cast, for its type is in dispute."""

    def __init__(self, target: Lvalue, value: Expression) -> None:
        self.target = target
        self.ctype = target_type(target)
        self.value = converted(value, self.ctype)
        self.take_effects(target, value)
        self.writes |= target.stored_bits()

    def evaluate(self, machine: Machine) -> Value:
        address = self.target.address(machine)
        return self.target.store(machine, address, self.value.evaluate(machine))

    def code(self) -> tuple[str, int]:
        text = f"{target_text(self.target)} = {self.value.text(ASSIGNMENT)}"
        if self.target.is_bit_field:
            return f"({self.ctype.declare('')})({text})", CAST
        return text, ASSIGNMENT


class CompoundAssignment(Expression):
    """`target op= value`: the operation in the common type, then the conversion back (C17 6.5.16.2)."""

    def __init__(self, target: Lvalue, operator: str, value: Expression) -> None:
        self.target = target
        self.operator = operator
        self.ctype = target_type(target)
        if operator in ("<<", ">>"):
            self.common = promote(target.ctype)
            self.value = converted(value, promote(value.ctype))
        else:
            self.common = usual(target.ctype, value.ctype)
            self.value = converted(value, self.common)
        self.guarded = False
        self.truncating = False
        self.take_effects(target, value)
        self.writes |= target.stored_bits()

    def operate(self, left: Value, right: Value) -> tuple[Value, bool]:
        if isinstance(self.common, FloatType):
            return float_operation(self.operator, left, right, self.common), True
        assert isinstance(self.common, IntType)
        if self.operator in ("<<", ">>"):
            return shift(self.operator, left, right, self.common)
        return int_operation(self.operator, left, right, self.common)

    def evaluate(self, machine: Machine) -> Value:
        address = self.target.address(machine)
        old, _ = convert(self.target.load_at(machine, address), self.target.ctype, self.common)
        value, defined = self.operate(old, self.value.evaluate(machine))
        if not defined:
            self.guarded = True
        value, defined = convert(value, self.common, self.ctype)
        if not defined:
            self.truncating = True
        return self.target.store(machine, address, value)

    def code(self) -> tuple[str, int]:
        name = target_text(self.target)
        text = f"{name} {self.operator}= {self.value.text(ASSIGNMENT)}"
        if self.guarded or self.truncating:
            text = f"{name} = {self.guarded_text()}"
        if self.target.is_bit_field:
            return f"({self.ctype.declare('')})({text})", CAST
        return text, ASSIGNMENT

    def guarded_text(self) -> str:
        left, right = self.target.text(CAST), self.value.text(CAST)
        if not self.guarded:
            plain = f"{left} {self.operator} {right}"
            assert isinstance(self.ctype, IntType)
            return f"{helper_name('truncate', self.ctype)}({plain})"
        assert isinstance(self.common, IntType)
        common, unsigned = self.common.canonical, unsigned_of(self.common).canonical
        if self.operator in ("<<", ">>"):
            count = f"({right} & {self.common.bits - 1})"
            if self.operator == ">>":
                return f"({common}){left} >> {count}"
            return f"({common})(({unsigned}){left} << {count})"
        if self.operator in "/%":
            kind = "divide" if self.operator == "/" else "remainder"
            return f"{helper_name(kind, self.common)}({left}, {right})"
        return f"({common})(({unsigned}){left} {self.operator} ({unsigned}){right})"


class Increment(Expression):
    """`++` and `--`, before or behind, on every arithmetic type."""

    def __init__(self, target: Lvalue, operator: str, prefix: bool) -> None:
        self.target = target
        self.operator = operator  # "+" or "-"
        self.prefix = prefix
        self.ctype = target_type(target)
        self.guarded = False
        self.take_effects(target)
        self.writes |= target.stored_bits()

    def evaluate(self, machine: Machine) -> Value:
        address = self.target.address(machine)
        old = self.target.load_at(machine, address)
        common = usual(self.target.ctype, INT)
        left, _ = convert(old, self.target.ctype, common)
        if isinstance(common, FloatType):
            new: Value = float_operation(self.operator, left, 1.0, common)
        else:
            assert isinstance(common, IntType)
            new, defined = int_operation(self.operator, left, 1, common)
            if not defined:
                self.guarded = True
        new, _ = convert(new, common, self.ctype)
        stored = self.target.store(machine, address, new)
        return stored if self.prefix else old

    def code(self) -> tuple[str, int]:
        name = target_text(self.target)
        if self.guarded:
            assert isinstance(self.ctype, IntType)
            unsigned, spelled = unsigned_of(self.ctype).canonical, self.ctype.declare("")
            assert not self.target.is_bit_field
            stored = f"({name} = ({spelled})(({unsigned}){name} {self.operator} 1))"
            if self.prefix:
                return stored, PRIMARY
            back = "-" if self.operator == "+" else "+"
            return f"({spelled})(({unsigned}){stored} {back} 1)", CAST
        if self.target.is_bit_field:
            inner = f"{self.operator * 2}{name}" if self.prefix else f"{name}{self.operator * 2}"
            return f"({self.ctype.declare('')})({inner})", CAST
        if self.prefix:
            return f"{self.operator * 2}{name}", UNARY
        return f"{self.target.text(POSTFIX)}{self.operator * 2}", POSTFIX
