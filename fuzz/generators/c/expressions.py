"""Expression nodes: each knows its C text, its value on the machine, and which objects it reads and writes.

Invariant: an operator whose operands make it undefined at some execution becomes *guarded*: its text changes to a form
that is defined for them and equal wherever the plain form is defined. So one execution suffices to make a program free
of undefined behaviour, and its result is the program's. `reads` and `writes` are bit sets of variables, bit 0 standing
for whatever a pointer or a call may reach; operands that clash are never left unsequenced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fuzz.generators.c.arithmetic import (
    Value,
    compare,
    convert,
    float_operation,
    int_operation,
    promote,
    shift,
    usual,
)
from fuzz.generators.c.ctypes import INT, CType, FloatType, IntType, unsigned_of
from fuzz.generators.c.machine import Machine

ANYWHERE: Final = 1
COMMA, ASSIGNMENT, CONDITION, LOGICAL_OR, LOGICAL_AND, OR, XOR, AND, EQUALITY, RELATION, SHIFT, SUM, PRODUCT, CAST = (
    range(14)
)
UNARY: Final = 14
POSTFIX: Final = 15
PRIMARY: Final = 16
PRECEDENCE: Final = {
    "||": LOGICAL_OR, "&&": LOGICAL_AND, "|": OR, "^": XOR, "&": AND, "==": EQUALITY, "!=": EQUALITY, "<": RELATION,
    ">": RELATION, "<=": RELATION, ">=": RELATION, "<<": SHIFT, ">>": SHIFT, "+": SUM, "-": SUM, "*": PRODUCT,
    "/": PRODUCT, "%": PRODUCT,
}  # fmt: skip


def clashes(writes: int, touched: int) -> bool:
    """Whether a side effect on `writes` may meet an access to `touched`."""
    return bool(writes) and bool(writes & touched or (touched and writes & ANYWHERE) or touched & ANYWHERE)


class Expression:
    """An rvalue. `constant` says that it is an arithmetic constant expression whose `folded` value is known."""

    ctype: CType
    reads: int = 0
    writes: int = 0
    constant: bool = False
    folded: Value = 0

    def evaluate(self, machine: Machine) -> Value:
        raise NotImplementedError

    def code(self) -> tuple[str, int]:
        """The text and its precedence."""
        raise NotImplementedError

    def text(self, least: int = COMMA) -> str:
        """The text, in parentheses where it binds less tightly than `least`."""
        text, precedence = self.code()
        return text if precedence >= least else f"({text})"

    def plain_text(self, least: int = COMMA) -> str:
        """The text in a place that sees the type without a promotion; bit-fields differ."""
        return self.text(least)

    def take_effects(self, *operands: Expression) -> None:
        for operand in operands:
            self.reads |= operand.reads
            self.writes |= operand.writes

    def fold(self) -> None:
        """Called by constructors whose operands are all constant: fixes the value and sets the guards for good."""
        self.folded = self.evaluate(NOWHERE)
        self.constant = True


NOWHERE: Final = Machine(0)  # constants need no machine


def independent(left: Expression, right: Expression) -> bool:
    """Whether the two may be evaluated unsequenced, in any order, with one meaning."""
    return not clashes(left.writes, right.reads | right.writes) and not clashes(right.writes, left.reads | left.writes)


class Literal(Expression):
    def __init__(self, value: Value, ctype: CType, spelling: str, precedence: int = PRIMARY) -> None:
        self.ctype = ctype
        self.folded = value
        self.constant = True
        self.spelling = spelling
        self.precedence = precedence

    def evaluate(self, machine: Machine) -> Value:
        return self.folded

    def code(self) -> tuple[str, int]:
        return self.spelling, self.precedence


class Conversion(Expression):
    """An implicit conversion, or a cast where `written`."""

    def __init__(self, operand: Expression, ctype: CType, written: bool = False) -> None:
        self.operand = operand
        self.ctype = ctype
        self.written = written
        self.guarded = False
        self.take_effects(operand)
        if operand.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        value, defined = convert(self.operand.evaluate(machine), self.operand.ctype, self.ctype)
        if not defined:
            self.guarded = True
        return value

    def code(self) -> tuple[str, int]:
        if self.guarded:
            assert isinstance(self.ctype, IntType)
            return f"{helper_name('truncate', self.ctype)}({self.operand.text(ASSIGNMENT)})", POSTFIX
        if self.written:
            return f"({self.ctype.declare('')}){self.operand.text(CAST)}", CAST
        return self.operand.code()


def converted(operand: Expression, ctype: CType) -> Expression:
    return operand if operand.ctype is ctype else Conversion(operand, ctype)


# Guard functions that the text of a program calls: (kind, canonical type) -> name; see `helper_definition`.
def helper_name(kind: str, ctype: IntType) -> str:
    return f"{kind}_{ctype.canonical.replace(' ', '_').strip('_')}"


def helper_definition(kind: str, ctype: IntType) -> str:
    """A guard function: equal to the operator where that is defined, and defined everywhere."""
    name, spelled = helper_name(kind, ctype), ctype.canonical
    if kind == "truncate":
        low = f"{float(ctype.minimum - 1 if ctype.bits < 53 else ctype.minimum)!r}"
        compared = ">" if ctype.bits < 53 else ">="
        if not ctype.signed:
            low, compared = "-1.0", ">"
        high = f"{float(ctype.maximum + 1)!r}"
        return f"static {spelled} {name}(double x) {{ return x {compared} {low} && x < {high} ? ({spelled})x : 0; }}"
    operator = "/" if kind == "divide" else "%"
    bad = "b == 0"
    if ctype.signed:
        # The smallest value in the words of the type itself: -max - 1.
        top = f"({spelled})((({unsigned_of(ctype).canonical})-1) >> 1)"
        bad += f" || (b == -1 && a == -{top} - 1)"
    return f"static {spelled} {name}({spelled} a, {spelled} b) {{ return {bad} ? a : a {operator} b; }}"


class Unary(Expression):
    """`- ~ + !`"""

    def __init__(self, operator: str, operand: Expression) -> None:
        self.operator = operator
        self.ctype = INT if operator == "!" else promote(operand.ctype)
        self.operand = operand if operator == "!" else converted(operand, self.ctype)
        self.guarded = False
        self.take_effects(operand)
        if operand.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        value = self.operand.evaluate(machine)
        if self.operator == "!":
            return int(not value)
        if self.operator == "+":
            return value
        if isinstance(self.ctype, FloatType):
            return -value
        assert isinstance(self.ctype, IntType)
        if self.operator == "~":
            return self.ctype.wrap(~value)
        value, defined = int_operation("-", 0, value, self.ctype)
        if not defined:
            self.guarded = True
        return value

    def code(self) -> tuple[str, int]:
        text = self.operand.text(CAST)
        if self.guarded:
            assert isinstance(self.ctype, IntType)
            unsigned = unsigned_of(self.ctype).canonical
            return f"({self.ctype.canonical})-({unsigned}){text}", CAST
        space = " " if text[0] == self.operator and self.operator in "+-" else ""
        return self.operator + space + text, UNARY


class Arithmetic(Expression):
    """`+ - * / % & | ^` on arithmetic operands; for floats `+ - * /`."""

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.ctype = usual(left.ctype, right.ctype)
        self.left = converted(left, self.ctype)
        self.right = converted(right, self.ctype)
        self.guarded = False
        self.take_effects(left, right)
        if left.constant and right.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        left = self.left.evaluate(machine)
        right = self.right.evaluate(machine)
        if isinstance(self.ctype, FloatType):
            return float_operation(self.operator, left, right, self.ctype)
        assert isinstance(self.ctype, IntType)
        value, defined = int_operation(self.operator, left, right, self.ctype)
        if not defined:
            self.guarded = True
        return value

    def code(self) -> tuple[str, int]:
        level = PRECEDENCE[self.operator]
        if not self.guarded:
            return f"{self.left.text(level)} {self.operator} {self.right.text(level + 1)}", level
        assert isinstance(self.ctype, IntType)
        if self.operator in "/%":
            left, right = self.left.text(ASSIGNMENT), self.right.text(ASSIGNMENT)
            if self.constant:
                if self.operator == "/":
                    return f"({self.ctype.canonical})({left})", CAST
                return f"({self.ctype.canonical})({left}) + 0 * ({right})", SUM
            kind = "divide" if self.operator == "/" else "remainder"
            return f"{helper_name(kind, self.ctype)}({left}, {right})", POSTFIX
        unsigned = unsigned_of(self.ctype).canonical
        left = f"({unsigned}){self.left.text(CAST)}"
        right = f"({unsigned}){self.right.text(CAST)}"
        return f"({self.ctype.canonical})({left} {self.operator} {right})", CAST


class Shift(Expression):
    """`<<` and `>>`: each operand is promoted by itself."""

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.ctype = promote(left.ctype)
        self.left = converted(left, self.ctype)
        self.right = converted(right, promote(right.ctype))
        self.guarded = False
        self.take_effects(left, right)
        if left.constant and right.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        assert isinstance(self.ctype, IntType)
        value, defined = shift(self.operator, self.left.evaluate(machine), self.right.evaluate(machine), self.ctype)
        if not defined:
            self.guarded = True
        return value

    def code(self) -> tuple[str, int]:
        if not self.guarded:
            return f"{self.left.text(SHIFT)} {self.operator} {self.right.text(SUM)}", SHIFT
        assert isinstance(self.ctype, IntType)
        count = f"({self.right.text(AND)} & {self.ctype.bits - 1})"
        if self.operator == ">>":
            return f"{self.left.text(SHIFT)} >> {count}", SHIFT
        unsigned = unsigned_of(self.ctype).canonical
        return f"({self.ctype.canonical})(({unsigned}){self.left.text(CAST)} << {count})", CAST


class Comparison(Expression):
    """Relational and equality operators on arithmetic operands, or on pointers into one object."""

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.ctype = INT
        if left.ctype.is_arithmetic and right.ctype.is_arithmetic:
            common = usual(left.ctype, right.ctype)
            left, right = converted(left, common), converted(right, common)
        self.left, self.right = left, right
        self.take_effects(left, right)
        if left.constant and right.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        return compare(self.operator, self.left.evaluate(machine), self.right.evaluate(machine))

    def code(self) -> tuple[str, int]:
        level = PRECEDENCE[self.operator]
        return f"{self.left.text(level)} {self.operator} {self.right.text(level + 1)}", level


class Logical(Expression):
    """`&&` and `||`: the left operand is sequenced before the right one, which may not be evaluated."""

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.ctype = INT
        self.left, self.right = left, right
        self.take_effects(left, right)
        if left.constant and right.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        left = bool(self.left.evaluate(machine))
        if left == (self.operator == "||"):
            return int(left)
        return int(bool(self.right.evaluate(machine)))

    def code(self) -> tuple[str, int]:
        level = PRECEDENCE[self.operator]
        return f"{self.left.text(level)} {self.operator} {self.right.text(level + 1)}", level


class Conditional(Expression):
    """`?:` with arithmetic operands of any types, or two operands of one other type."""

    def __init__(self, condition: Expression, yes: Expression, no: Expression) -> None:
        self.condition = condition
        if yes.ctype.is_arithmetic and no.ctype.is_arithmetic:
            self.ctype = usual(yes.ctype, no.ctype)
            yes, no = converted(yes, self.ctype), converted(no, self.ctype)
        else:
            self.ctype = yes.ctype
        self.yes, self.no = yes, no
        self.take_effects(condition, yes, no)
        if condition.constant and yes.constant and no.constant:
            self.fold()

    def evaluate(self, machine: Machine) -> Value:
        if self.constant:
            return self.folded
        return (self.yes if self.condition.evaluate(machine) else self.no).evaluate(machine)

    def code(self) -> tuple[str, int]:
        text = f"{self.condition.text(LOGICAL_OR)} ? {self.yes.text(COMMA)} : {self.no.text(CONDITION)}"
        return text, CONDITION


class Comma(Expression):
    def __init__(self, first: Expression, second: Expression) -> None:
        self.ctype = second.ctype
        self.first, self.second = first, second
        self.take_effects(first, second)

    def evaluate(self, machine: Machine) -> Value:
        self.first.evaluate(machine)
        return self.second.evaluate(machine)

    def code(self) -> tuple[str, int]:
        return f"{self.first.text(COMMA)}, {self.second.plain_text(ASSIGNMENT)}", COMMA


class SizeOf(Expression):
    """`sizeof` of a type or of an expression, which is not evaluated."""

    def __init__(self, of: CType, operand: Expression | None, ctype: CType) -> None:
        self.ctype = ctype
        self.of = of
        self.operand = operand
        self.folded = of.size
        self.constant = True

    def evaluate(self, machine: Machine) -> Value:
        return self.folded

    def code(self) -> tuple[str, int]:
        if self.operand is None:
            return f"sizeof({self.of.declare('')})", UNARY
        return f"sizeof({self.operand.plain_text()})", UNARY


class Generic(Expression):
    """`_Generic`: the type of the controlling expression, as the generator knows it, selects."""

    def __init__(self, control: Expression, choices: Sequence[tuple[str, Expression]], selected: int) -> None:
        self.control = control
        self.choices = list(choices)
        self.selected = self.choices[selected][1]
        self.ctype = self.selected.ctype
        self.take_effects(self.selected)

    def evaluate(self, machine: Machine) -> Value:
        return self.selected.evaluate(machine)

    def code(self) -> tuple[str, int]:
        texts = [f"{name}: {expression.text(ASSIGNMENT)}" for name, expression in self.choices]
        return f"_Generic({self.control.plain_text(ASSIGNMENT)}, {', '.join(texts)})", POSTFIX


class Builtin(Expression):
    """A GNU builtin whose value is simple arithmetic: `__builtin_expect`, `popcount`, `clz`, `ctz`, `bswap`."""

    def __init__(self, name: str, operand: Expression, parameter: IntType, result: IntType) -> None:
        self.name = name
        self.ctype = result
        self.parameter = parameter
        self.operand = converted(operand, parameter)
        self.take_effects(operand)

    def evaluate(self, machine: Machine) -> Value:
        value = self.operand.evaluate(machine)
        mask = self.parameter.mask
        bits = self.parameter.bits
        if self.name.startswith("__builtin_expect"):
            return value
        if self.name.startswith("__builtin_popcount"):
            return (value & mask).bit_count()
        if self.name.startswith("__builtin_parity"):
            return (value & mask).bit_count() & 1
        if self.name.startswith("__builtin_bswap"):
            return int.from_bytes((value & mask).to_bytes(bits // 8, "little"), "big")
        value = (value & mask) | 1 << (bits // 2)  # the text does the same: zero is undefined for these
        if self.name.startswith("__builtin_clz"):
            return bits - value.bit_length()
        assert self.name.startswith("__builtin_ctz"), self.name
        return (value & -value).bit_length() - 1

    def code(self) -> tuple[str, int]:
        text = self.operand.text(ASSIGNMENT)
        if self.name.startswith("__builtin_expect"):
            text += ", 1"
        elif self.name.startswith(("__builtin_clz", "__builtin_ctz")):
            text = (
                f"({self.parameter.canonical}){self.operand.text(CAST)} | 1{'ul' if self.parameter.bits == 64 else 'u'}"
            )
            text += f" << {self.parameter.bits // 2}"
        return f"{self.name}({text})", POSTFIX
