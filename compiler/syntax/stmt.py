"""Statement nodes, with token extents. Conditions are scalars of any type; lower compares them with zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from compiler.syntax.expr import Expr

if TYPE_CHECKING:
    from compiler.syntax.decl import Label, Variable


class Stmt:
    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


@final
class ExprStmt(Stmt):
    def __init__(self, start: int, end: int, expr: Expr) -> None:
        super().__init__(start, end)
        self.expr: Final = expr


@final
class DeclStmt(Stmt):
    """Declares block-scope variables in order: automatic ones are initialised here (and variable-length ones
    allocated);
    static ones and functions stand in the unit. Hidden length variables precede the arrays that use them."""

    def __init__(self, start: int, end: int, variables: list[Variable]) -> None:
        super().__init__(start, end)
        self.variables: Final = variables


@final
class Block(Stmt):
    """{ ... }: a scope. `cleanups` run on every exit edge, last declared first."""

    def __init__(self, start: int, end: int, body: list[Stmt]) -> None:
        super().__init__(start, end)
        self.body: Final = body
        self.has_variable_arrays = False


@final
class If(Stmt):
    def __init__(self, start: int, end: int, condition: Expr, then: Stmt, other: Stmt | None) -> None:
        super().__init__(start, end)
        self.condition: Final = condition
        self.then: Final = then
        self.other: Final = other


@final
class While(Stmt):
    def __init__(self, start: int, end: int, condition: Expr, body: Stmt) -> None:
        super().__init__(start, end)
        self.condition: Final = condition
        self.body: Final = body


@final
class DoWhile(Stmt):
    def __init__(self, start: int, end: int, body: Stmt, condition: Expr) -> None:
        super().__init__(start, end)
        self.body: Final = body
        self.condition: Final = condition


@final
class For(Stmt):
    """`initial` is a DeclStmt or an ExprStmt or None."""

    def __init__(
        self, start: int, end: int, initial: Stmt | None, condition: Expr | None, step: Expr | None, body: Stmt
    ) -> None:
        super().__init__(start, end)
        self.initial: Final = initial
        self.condition: Final = condition
        self.step: Final = step
        self.body: Final = body


@final
class CaseRange:
    """Values low..high inclusive, as mathematical values of the promoted controlling type."""

    def __init__(self, low: int, high: int, case: Case) -> None:
        self.low: Final = low
        self.high: Final = high
        self.case: Final = case


@final
class Switch(Stmt):
    """`condition` has the promoted type; `cases` are all case labels inside, `default` the default label or None."""

    def __init__(self, start: int, end: int, condition: Expr) -> None:
        super().__init__(start, end)
        self.condition: Final = condition
        self.body: Stmt | None = None
        self.cases: list[CaseRange] = []
        self.default: Case | None = None


@final
class Case(Stmt):
    """A case or default label in front of `body`; its Switch lists it."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.body: Stmt | None = None


@final
class Labeled(Stmt):
    def __init__(self, start: int, end: int, label: Label) -> None:
        super().__init__(start, end)
        self.label: Final = label
        self.body: Stmt | None = None


@final
class Goto(Stmt):
    def __init__(self, start: int, end: int, label: Label) -> None:
        super().__init__(start, end)
        self.label: Final = label


@final
class ComputedGoto(Stmt):
    def __init__(self, start: int, end: int, address: Expr) -> None:
        super().__init__(start, end)
        self.address: Final = address


@final
class Break(Stmt):
    pass


@final
class Continue(Stmt):
    pass


@final
class Return(Stmt):
    """`value` is converted to the function's result type; None in a void function. A void expression may be returned
    (GNU)."""

    def __init__(self, start: int, end: int, value: Expr | None) -> None:
        super().__init__(start, end)
        self.value: Final = value


@final
class Empty(Stmt):
    pass


@final
class AsmOperand:
    """One operand of inline asm: [name] "constraint" (expr). Outputs are lvalues (not LOAD-wrapped)."""

    def __init__(self, name: str, constraint: str, expr: Expr) -> None:
        self.name: Final = name
        self.constraint: Final = constraint
        self.expr: Final = expr


@final
class Asm(Stmt):
    """asm [volatile|goto|inline] (...). `is_basic`: no operand list, so % is not special."""

    def __init__(self, start: int, end: int, template: str) -> None:
        super().__init__(start, end)
        self.template: Final = template
        self.is_basic = False
        self.is_volatile = False
        self.outputs: list[AsmOperand] = []
        self.inputs: list[AsmOperand] = []
        self.clobbers: list[str] = []
        self.labels: list[Label] = []
