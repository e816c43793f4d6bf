"""Statement nodes: C text, and execution on the machine.

Invariant: `execute` returns NORMAL, BREAK, CONTINUE, RETURN or GOTO; a GOTO travels outwards until a block that holds
the label takes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.generators.c.ctypes import CType, FloatType, IntType
from fuzz.generators.c.expressions import ASSIGNMENT, COMMA, Expression, converted
from fuzz.generators.c.initializers import Initializer
from fuzz.generators.c.lvalues import STATIC, Variable
from fuzz.generators.c.machine import BREAK, CONTINUE, GOTO, NORMAL, RETURN, Machine

INDENT = "    "


class Statement:
    def execute(self, machine: Machine) -> int:
        raise NotImplementedError

    def emit(self, lines: list[str], depth: int) -> None:
        raise NotImplementedError


class Declaration(Statement):
    """An object with an initialiser; statics are initialised before the program starts."""

    def __init__(self, variable: Variable, initializer: Initializer | None) -> None:
        self.variable = variable
        self.initializer = initializer
        self.open_length = False  # `int a[] = {...}`

    def execute(self, machine: Machine) -> int:
        machine.step()
        if self.variable.storage == STATIC:
            return NORMAL
        address = machine.frame.get(self.variable.index)
        if address is None:
            address = machine.frame[self.variable.index] = machine.allocate(self.variable.ctype.size)
        if self.initializer is not None:
            self.initializer.store(machine, address, self.variable.ctype)
        return NORMAL

    def initialise_static(self, machine: Machine) -> None:
        """Fills the object that the program's start has allocated."""
        if self.initializer is not None:
            self.initializer.store(machine, machine.globals[self.variable.index], self.variable.ctype)

    def line(self) -> str:
        text = self.variable.declaration()
        if self.open_length:
            text = text.replace("[", "[]", 1).replace(text[text.index("[") + 1 : text.index("]") + 1], "", 1)
        return f"{text} = {self.initializer.text()};" if self.initializer is not None else f"{text};"

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(INDENT * depth + self.line())


class Evaluate(Statement):
    """An expression statement."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def execute(self, machine: Machine) -> int:
        machine.step()
        self.expression.evaluate(machine)
        return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * depth}{self.expression.text(COMMA)};")


class Block(Statement):
    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = list(statements)

    def execute(self, machine: Machine) -> int:
        statements = self.statements
        position = 0
        while position < len(statements):
            signal = statements[position].execute(machine)
            if signal == NORMAL:
                position += 1
            elif signal == GOTO and (found := self.find(machine.target)) is not None:
                machine.step()
                position = found
            else:
                return signal
        return NORMAL

    def find(self, label: str) -> int | None:
        for position, statement in enumerate(self.statements):
            if isinstance(statement, Label) and statement.name == label:
                return position
        return None

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(INDENT * depth + "{")
        self.emit_inner(lines, depth + 1)
        lines.append(INDENT * depth + "}")

    def emit_inner(self, lines: list[str], depth: int) -> None:
        for statement in self.statements:
            statement.emit(lines, depth)


class Label(Statement):
    def __init__(self, name: str) -> None:
        self.name = name

    def execute(self, machine: Machine) -> int:
        return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * max(depth - 1, 0)}{self.name}:;")


class Goto(Statement):
    def __init__(self, name: str) -> None:
        self.name = name

    def execute(self, machine: Machine) -> int:
        machine.target = self.name
        return GOTO

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * depth}goto {self.name};")


class ComputedGoto(Statement):
    """`goto *table[index]` over a static table of label addresses; the index is in range by construction."""

    def __init__(self, table: str, labels: Sequence[str], index: Expression) -> None:
        self.table = table
        self.labels = list(labels)
        self.index = index

    def execute(self, machine: Machine) -> int:
        machine.target = self.labels[int(self.index.evaluate(machine))]
        return GOTO

    def emit(self, lines: list[str], depth: int) -> None:
        addresses = ", ".join(f"&&{label}" for label in self.labels)
        lines.append(f"{INDENT * depth}static void *const {self.table}[] = {{{addresses}}};")
        lines.append(f"{INDENT * depth}goto *{self.table}[{self.index.text(COMMA)}];")


class Observe(Statement):
    """`mix("name", (unsigned long)expression);`: adds a value to the checksum where it arises."""

    def __init__(self, name: str, expression: Expression) -> None:
        self.name = name
        self.expression = expression

    def execute(self, machine: Machine) -> int:
        machine.step()
        machine.observe(self.name, self.expression.evaluate(machine), self.expression.ctype)
        return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * depth}{observe_text(self.name, self.expression.ctype, self.expression.text(1))}")


def observe_text(name: str, ctype: CType, text: str) -> str:
    """The call that adds a value of arithmetic type to the checksum."""
    if isinstance(ctype, FloatType):
        return f'mix_double("{name}", {text});'
    assert isinstance(ctype, IntType)
    if ctype.bits == 128:
        return f'mix("{name}", (unsigned long)({text}));'
    return f'mix("{name}", {text});'


class If(Statement):
    def __init__(self, condition: Expression, yes: Block, no: Statement | None) -> None:
        self.condition, self.yes, self.no = condition, yes, no

    def execute(self, machine: Machine) -> int:
        machine.step()
        if self.condition.evaluate(machine):
            return self.yes.execute(machine)
        return NORMAL if self.no is None else self.no.execute(machine)

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * depth}if ({self.condition.text(COMMA)}) {{")
        self.yes.emit_inner(lines, depth + 1)
        if isinstance(self.no, Block):
            lines.append(INDENT * depth + "} else {")
            self.no.emit_inner(lines, depth + 1)
        elif self.no is not None:
            lines.append(INDENT * depth + "} else")
            self.no.emit(lines, depth)
            return
        lines.append(INDENT * depth + "}")


class Loop(Statement):
    """`for`, `while` or `do`; bounded by what its maker put into the condition and step."""

    def __init__(
        self,
        kind: str,
        first: Declaration | Expression | None,
        condition: Expression,
        step: Expression | None,
        body: Block,
    ) -> None:
        self.kind = kind
        self.first, self.condition, self.step, self.body = first, condition, step, body

    def execute(self, machine: Machine) -> int:
        if isinstance(self.first, Declaration):
            self.first.execute(machine)
        elif self.first is not None:
            self.first.evaluate(machine)
        at_end = self.kind == "do"
        while True:
            machine.step()
            if not at_end and not self.condition.evaluate(machine):
                return NORMAL
            signal = self.body.execute(machine)
            if signal == BREAK:
                return NORMAL
            if signal not in (NORMAL, CONTINUE):
                return signal
            if self.step is not None:
                self.step.evaluate(machine)
            if at_end and not self.condition.evaluate(machine):
                return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        condition = self.condition.text(COMMA)
        if self.kind == "for":
            first = ";"
            if isinstance(self.first, Declaration):
                first = self.first.line()
            elif self.first is not None:
                first = self.first.text(COMMA) + ";"
            step = f" {self.step.text(COMMA)}" if self.step is not None else ""
            lines.append(f"{INDENT * depth}for ({first} {condition};{step}) {{")
        else:
            lines.append(INDENT * depth + (f"while ({condition}) {{" if self.kind == "while" else "do {"))
        self.body.emit_inner(lines, depth + 1)
        lines.append(INDENT * depth + (f"}} while ({condition});" if self.kind == "do" else "}"))


class Jump(Statement):
    """`break` or `continue`."""

    def __init__(self, signal: int) -> None:
        self.signal = signal

    def execute(self, machine: Machine) -> int:
        return self.signal

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(INDENT * depth + ("break;" if self.signal == BREAK else "continue;"))


class Return(Statement):
    def __init__(self, expression: Expression | None, ctype: CType) -> None:
        self.expression = expression
        if expression is not None and ctype.is_arithmetic:
            self.expression = converted(expression, ctype)

    def execute(self, machine: Machine) -> int:
        value = None if self.expression is None else self.expression.evaluate(machine)
        machine.result = value
        return RETURN

    def emit(self, lines: list[str], depth: int) -> None:
        text = "" if self.expression is None else " " + self.expression.text(COMMA)
        lines.append(f"{INDENT * depth}return{text};")


class Arm:
    """The labels of one place in a switch (None is `default`; a pair is a GNU range), and the statements behind it."""

    def __init__(self, labels: Sequence[tuple[Expression, Expression | None] | None], statements: Block) -> None:
        self.labels = list(labels)
        self.statements = statements

    def takes(self, value: int, ctype: IntType) -> bool:
        for label in self.labels:
            if label is None:
                continue
            low = ctype.wrap(label[0].folded)
            high = low if label[1] is None else ctype.wrap(label[1].folded)
            if low <= value <= high:
                return True
        return False


class Switch(Statement):
    """Arms in order; control falls from one into the next unless a `break` ends it."""

    def __init__(self, control: Expression, promoted: IntType, arms: Sequence[Arm]) -> None:
        self.control = control
        self.promoted = promoted
        self.arms = list(arms)

    def execute(self, machine: Machine) -> int:
        machine.step()
        value = self.promoted.wrap(int(self.control.evaluate(machine)))
        start = next((number for number, arm in enumerate(self.arms) if arm.takes(value, self.promoted)), None)
        if start is None:
            start = next((number for number, arm in enumerate(self.arms) if None in arm.labels), len(self.arms))
        for arm in self.arms[start:]:
            signal = arm.statements.execute(machine)
            if signal == BREAK:
                return NORMAL
            if signal != NORMAL:
                return signal
        return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(f"{INDENT * depth}switch ({self.control.text(COMMA)}) {{")
        for arm in self.arms:
            for label in arm.labels:
                if label is None:
                    lines.append(INDENT * depth + "default:")
                elif label[1] is None:
                    lines.append(f"{INDENT * depth}case {label[0].text(ASSIGNMENT)}:")
                else:
                    lines.append(f"{INDENT * depth}case {label[0].text(ASSIGNMENT)} ... {label[1].text(ASSIGNMENT)}:")
            arm.statements.emit(lines, depth + 1)
        lines.append(INDENT * depth + "}")


class Fixed(Statement):
    """Text whose meaning is a fixed action on the machine: `va_start`, `va_copy`, `va_end`."""

    def __init__(self, text: str, target: Variable | None = None, source: Variable | None = None) -> None:
        self.text = text
        self.target = target
        self.source = source

    def execute(self, machine: Machine) -> int:
        if self.target is not None:
            machine.cursors[self.target.index] = 0 if self.source is None else machine.cursors[self.source.index]
        return NORMAL

    def emit(self, lines: list[str], depth: int) -> None:
        lines.append(INDENT * depth + self.text)
