"""Functions and calls, compound literals, statement expressions, strings: expressions that own objects or statements.

Invariant: a call runs in a frame of its own, whose objects die with it; arguments are evaluated before it exists.
"""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.generators.c.arithmetic import Value
from fuzz.generators.c.ctypes import (
    ArrayType,
    CType,
    Field,
    FunctionType,
    IntType,
    PointerType,
)
from fuzz.generators.c.expressions import ANYWHERE, ASSIGNMENT, CAST, POSTFIX, PRIMARY, UNARY, Expression, converted
from fuzz.generators.c.initializers import Initializer
from fuzz.generators.c.lvalues import Lvalue, Variable
from fuzz.generators.c.machine import RETURN, Machine, Runnable
from fuzz.generators.c.statements import Block


class Function(Runnable):
    """A function definition; `reads` and `writes` say what a call touches outside (0 or ANYWHERE)."""

    def __init__(self, name: str, result: CType, parameters: Sequence[Variable], variadic: bool = False) -> None:
        self.name = name
        self.result = result
        self.parameters = list(parameters)
        self.ctype = FunctionType(result, [parameter.ctype for parameter in parameters], variadic)
        self.unnamed: list[CType] = []  # of a variadic function: the types of one round of arguments
        self.body = Block([])
        self.reads = 0
        self.writes = 0
        self.cost = 1
        self.inline = False
        self.recursion = 0  # how deep the first argument may let it go; 0 if it does not call itself
        self.address = 0

    def header(self) -> str:
        texts = [parameter.declaration() for parameter in self.parameters] or ["void"]
        if self.ctype.variadic:
            texts.append("...")
        declarator = f"{self.name}({', '.join(texts)})"
        return f"static {'inline ' if self.inline else ''}{self.result.declare(declarator)}"

    def run(self, machine: Machine, values: list[Value], unnamed: list[Value]) -> Value:
        machine.step()
        saved = machine.frame, machine.variadic, machine.cursors
        frame: dict[int, int] = {}
        for parameter, value in zip(self.parameters, values, strict=True):
            frame[parameter.index] = machine.allocate(parameter.ctype.size)
            machine.store(frame[parameter.index], parameter.ctype, value)
        machine.frame, machine.variadic, machine.cursors = frame, unnamed, {}
        machine.result = None
        signal = self.body.execute(machine)
        assert signal == RETURN or self.result.key == "void", self.name
        for address in frame.values():
            machine.release(address)
        machine.frame, machine.variadic, machine.cursors = saved
        return machine.result


class FunctionName(Expression):
    """A function designator: decays to a pointer."""

    def __init__(self, function: Function, ampersand: bool = False) -> None:
        self.function = function
        self.ampersand = ampersand
        self.ctype = PointerType(function.ctype)

    def evaluate(self, machine: Machine) -> Value:
        if not self.function.address:
            self.function.address = machine.allocate(1)
        machine.functions[self.function.address] = self.function
        return self.function.address

    def code(self) -> tuple[str, int]:
        return ("&" + self.function.name, UNARY) if self.ampersand else (self.function.name, PRIMARY)


class Call(Expression):
    """A call by name, or through a pointer to a function of the same type."""

    def __init__(
        self,
        callee: Expression,
        ctype: FunctionType,
        arguments: Sequence[Expression],
        unnamed: Sequence[Expression] = (),
    ) -> None:
        self.callee = callee
        self.starred = False  # (*pointer)(...)
        self.ctype = ctype.result
        self.arguments = [converted(argument, to) for argument, to in zip(arguments, ctype.parameters, strict=True)]
        self.unnamed = list(unnamed)
        self.take_effects(callee, *arguments, *unnamed)
        if isinstance(callee, FunctionName):
            self.reads |= callee.function.reads
            self.writes |= callee.function.writes
        else:
            self.reads |= ANYWHERE
            self.writes |= ANYWHERE

    def evaluate(self, machine: Machine) -> Value:
        function = machine.functions.get(self.callee.evaluate(machine))
        assert function is not None, "call of what is no function"
        values = [argument.evaluate(machine) for argument in self.arguments]
        return function.run(machine, values, [argument.evaluate(machine) for argument in self.unnamed])

    def code(self) -> tuple[str, int]:
        callee = f"(*{self.callee.text(CAST)})" if self.starred else self.callee.text(POSTFIX)
        texts = [argument.text(ASSIGNMENT) for argument in (*self.arguments, *self.unnamed)]
        return f"{callee}({', '.join(texts)})", POSTFIX


class NextArgument(Expression):
    """`va_arg(list, type)`; the type is the promoted type of the argument that comes next."""

    def __init__(self, pointer: Variable, ctype: CType) -> None:
        self.pointer = pointer
        self.ctype = ctype
        self.writes = ANYWHERE

    def evaluate(self, machine: Machine) -> Value:
        position = machine.cursors[self.pointer.index]
        machine.cursors[self.pointer.index] = position + 1
        return machine.variadic[position]

    def code(self) -> tuple[str, int]:
        return f"va_arg({self.pointer.name}, {self.ctype.declare('')})", POSTFIX


class ValueMember(Expression):
    """A member of a record that is no lvalue: `f(x).a`."""

    def __init__(self, base: Expression, field: Field) -> None:
        self.base = base
        self.field = field
        self.ctype = field.ctype
        assert field.width is None
        self.take_effects(base)

    def evaluate(self, machine: Machine) -> Value:
        address = machine.allocate(self.base.ctype.size)
        machine.write(address, self.base.evaluate(machine))
        value = machine.load_field(address, self.field)
        machine.release(address)
        return value

    def code(self) -> tuple[str, int]:
        return f"{self.base.text(POSTFIX)}.{self.field.name}", POSTFIX


class CompoundLiteral(Lvalue):
    """`(type){ initialisers }`: an unnamed object of the enclosing block."""

    def __init__(self, ctype: CType, initializer: Initializer, index: int) -> None:
        self.ctype = ctype
        self.initializer = initializer
        self.index = index  # in the frame, as a variable's
        self.reads, self.writes = initializer.effects()

    def address(self, machine: Machine) -> int:
        address = machine.frame.get(self.index)
        if address is None:
            address = machine.frame[self.index] = machine.allocate(self.ctype.size)
        image = machine.allocate(self.ctype.size)
        self.initializer.store(machine, image, self.ctype)
        machine.write(address, machine.read(image, self.ctype.size))
        machine.release(image)
        return address

    def code(self) -> tuple[str, int]:
        return f"({self.ctype.declare('')}){self.initializer.text(braces=True)}", POSTFIX

    def stored_bits(self) -> int:
        return 0


class StatementExpression(Expression):
    """GNU's `({ ... })`, whose value is its last expression's."""

    def __init__(self, block: Block, value: Expression, reads: int, writes: int) -> None:
        self.block = block
        self.value = value
        self.ctype = value.ctype
        self.reads, self.writes = reads, writes

    def evaluate(self, machine: Machine) -> Value:
        signal = self.block.execute(machine)
        assert signal == 0, "control leaves a statement expression"
        return self.value.evaluate(machine)

    def code(self) -> tuple[str, int]:
        lines: list[str] = []
        for statement in self.block.statements:
            statement.emit(lines, 0)
        # A directive needs a line of its own.
        joined = "".join(f"\n{line}\n" if line.startswith("#") else f" {line.strip()}" for line in lines)
        return f"({{{joined} {self.value.plain_text()}; }})", PRIMARY


class StringLiteral(Lvalue):
    """A string; `elements` includes the terminating zero."""

    def __init__(self, spelling: str, element: IntType, elements: Sequence[int]) -> None:
        self.spelling = spelling
        self.elements = list(elements)
        self.ctype = ArrayType(element, len(self.elements))

    def address(self, machine: Machine) -> int:
        address = machine.strings.get(self.spelling)
        if address is None:
            address = machine.strings[self.spelling] = machine.allocate(self.ctype.size)
            machine.write(address, self.image())
        return address

    def image(self) -> bytes:
        size = self.ctype.size // len(self.elements)
        mask = (1 << (8 * size)) - 1
        return b"".join((value & mask).to_bytes(size, "little") for value in self.elements)

    def code(self) -> tuple[str, int]:
        return self.spelling, PRIMARY
