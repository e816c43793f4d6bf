"""What the parts of legalisation share: the value maps and the builder standing at the rewritten code."""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.ir.builder import Builder, set_results
from compiler.ir.function import Call, Const, Function, Operation, Value
from compiler.ir.types import VOID, Type
from compiler.terms import ops


class Refused(Exception):
    """An operation that code generation does not know on this machine; becomes an error that names it."""


@final
class Legalizer:
    """`values` maps old value numbers to new values; `pairs` maps wide ones to (low word, high word)."""

    def __init__(self, function: Function, backend: Backend) -> None:
        self.function: Final = function
        self.backend: Final = backend
        self.word: Final[Type] = backend.word
        self.builder: Final = Builder(function, backend.word)
        self.values: Final[dict[int, Value]] = {}
        self.pairs: Final[dict[int, tuple[Value, Value]]] = {}

    def refuse(self, what: str) -> Refused:
        return Refused(f"{what} in function '{self.function.name}'")

    def map(self, value: Value) -> Value:
        """What stands for a value now."""
        return self.values.get(value.number, value)

    def pair(self, value: Value) -> tuple[Value, Value]:
        """The words of a wide value, low first."""
        found = self.pairs.get(value.number)
        if found is not None:
            return found
        assert isinstance(value, Const), "wide value used before its definition"
        bits = self.word.bits
        return (self.builder.const(self.word, value.value), self.builder.const(self.word, value.value >> bits))

    def words(self, value: Value) -> list[Value]:
        """The values that stand for one: itself, or its two words."""
        if value.type.bits > self.word.bits:
            low, high = self.pair(value)
            return [low, high]
        return [self.map(value)]

    def replace(self, operation: Value, value: Value) -> None:
        self.values[operation.number] = value

    def alias(self, operation: Operation, source: Value) -> None:
        """The operation's value is another's."""
        if source.type.bits > self.word.bits:
            self.pairs[operation.number] = self.pair(source)
        else:
            self.values[operation.number] = self.map(source)

    def is_wide(self, operation: Operation) -> bool:
        """Whether an operation works on values of two words. Calls pass parts and are none; asm refuses them itself."""
        if operation.op is ops.CALL or operation.op is ops.ASM or operation.op is ops.ASM_GOTO:
            return False
        if operation.type.bits > self.word.bits or operation.named.bits > self.word.bits:
            return True
        return operation.second.bits > self.word.bits

    def keep(self, operation: Operation, wide_arguments: bool = False) -> None:
        """Appends the operation itself with its operands replaced."""
        if wide_arguments:
            assert isinstance(operation, Call)
            for arg in operation.args:
                assert arg.type.bits <= self.word.bits, "calls pass parts"
        operation.args = [self.map(arg) for arg in operation.args]
        self.builder.append(operation)

    def library(self, name: str, args: list[Value], results: list[Type]) -> list[Value]:
        """A call of a run-time function with word-sized scalar parts, classified in order by the convention."""
        made = Call(ops.CALL, results[0] if results else VOID, self.function.number(), args)
        set_results(self.function, made, results)
        made.callee = name
        self.builder.append(made)
        return made.results

    def constant_of(self, value: Value) -> int | None:
        """The bits of a constant, None for anything else."""
        return value.value if isinstance(value, Const) else None
