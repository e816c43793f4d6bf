"""What a program under construction consists of, and what its makers may use at this point.

Invariant: every decision goes through `choices`; names are numbered in the order of creation; `cost` bounds the steps
that the program takes when it runs (statements times loop counts), so that generation and test stay short.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from fuzz.choices import Choices
from fuzz.generators.c.ctypes import (
    DOUBLE,
    FLOAT,
    INT,
    INT128,
    PLAIN_CHAR_SIGNED,
    PLAIN_CHAR_UNSIGNED,
    SPELLINGS,
    STANDARD,
    UINT,
    UINT128,
    ArrayType,
    CType,
    Field,
    FloatType,
    IntType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import ANYWHERE, Expression, Literal
from fuzz.generators.c.functions import Function
from fuzz.generators.c.initializers import Initializer
from fuzz.generators.c.lvalues import GLOBAL, STATIC, Variable
from fuzz.generators.c.statements import Declaration

FEATURES: Final = (
    "float", "int128", "bit-fields", "packed", "pointers", "structs", "unions", "volatile", "const", "arrays", "goto",
    "computed-goto", "switch", "loops", "calls", "recursion", "function-pointers", "varargs", "compound-literals",
    "statement-expressions", "generic", "enums", "strings", "static-locals", "dense", "builtins", "spellings",
    "side-effects", "comma", "casts", "shifts", "division", "bool", "conditional-groups",
    "thread-local",
)  # fmt: skip


class Options:
    """Sizes and permissions of the programs to make."""

    def __init__(
        self,
        char_signed: bool = False,
        functions: int = 4,
        statements: int = 5,
        depth: int = 3,
        cost: int = 1500,
        without: Sequence[str] = (),
    ) -> None:
        unknown = [feature for feature in without if feature not in FEATURES]
        assert not unknown, unknown
        self.char_signed = char_signed
        self.functions = functions
        self.statements = statements
        self.depth = depth
        self.cost = cost
        self.without = frozenset(without)


class Makers(ABC):
    """What the makers of one kind of construct ask of those of another; so that none imports the other."""

    @abstractmethod
    def arithmetic(self, context: Context, depth: int) -> Expression: ...

    @abstractmethod
    def integer(self, context: Context, depth: int) -> Expression: ...

    @abstractmethod
    def condition(self, context: Context, depth: int) -> Expression: ...

    @abstractmethod
    def call(self, context: Context, depth: int, key: str) -> Expression | None:
        """A call of a function whose result has the type named by `key` (arithmetic if empty), or None."""

    @abstractmethod
    def initializer(self, context: Context, ctype: CType, depth: int, static: bool, level: int) -> Initializer: ...

    @abstractmethod
    def braced_initializer(self, context: Context, ctype: CType, depth: int) -> Initializer: ...


class Context:
    """The program so far, the scopes that are open, and the source of decisions."""

    def __init__(self, choices: Choices, options: Options, make: Makers) -> None:
        self.make = make
        self.choices = choices
        self.options = options
        # Swarm: each program leaves out some constructs, so that those it has meet more often.
        self.features = {
            name
            for name in FEATURES
            if name not in options.without and choices.below(100) < (35 if name == "int128" else 80)
        }
        self.plain_char = PLAIN_CHAR_SIGNED if options.char_signed else PLAIN_CHAR_UNSIGNED
        self.integers: list[IntType] = [ctype for ctype in STANDARD if self.has("bool") or not ctype.is_bool]
        self.integers.append(self.plain_char)
        if self.has("spellings"):
            self.integers += SPELLINGS
        if self.has("int128"):
            self.integers += [INT128, UINT128]
        self.floats: list[FloatType] = [FLOAT, DOUBLE] if self.has("float") else []
        self.records: list[RecordType] = []
        self.enums: list[tuple[IntType, list[tuple[str, int]]]] = []
        self.globals: list[Declaration] = []
        self.statics: list[Declaration] = []
        self.functions: list[Function] = []
        self.scopes: list[list[Variable]] = [[]]
        self.callees: dict[int, list[Function]] = {}  # of pointers to functions, by variable index
        self.global_bits = ANYWHERE
        self.function: Function | None = None
        self.next_variable = 0
        self.next_label = 0
        self.cost = 0
        self.cost_limit = options.cost
        self.times = 1  # how often the statement being made will run at most
        self.loops = 0  # loops around it, within the function
        self.jumps = True  # whether a jump out of the place is allowed
        self.effects = True  # whether expressions may have side effects here
        self.nodes = 0
        self.node_limit = 1400
        self.apart = 0  # bytes of thread-local storage that stand before the program's own

    def has(self, feature: str) -> bool:
        return feature in self.features

    @property
    def level(self) -> int:
        return len(self.scopes) - 1

    def visible(self) -> list[Variable]:
        return [variable for scope in self.scopes for variable in scope]

    def new_variable(self, prefix: str, ctype: CType, storage: str) -> Variable:
        """A variable with a fresh name, not yet in scope."""
        number = self.next_variable
        self.next_variable += 1
        level = 0 if storage in (GLOBAL, STATIC) else max(self.level, 1)
        variable = Variable(number, f"{prefix}{number}", ctype, storage, level)
        if storage in (GLOBAL, STATIC):
            self.global_bits |= variable.bit
        return variable

    def new_label(self) -> str:
        self.next_label += 1
        return f"L{self.next_label}"

    def open_scope(self) -> None:
        self.scopes.append([])

    def close_scope(self) -> None:
        self.scopes.pop()

    def declare(self, variable: Variable) -> None:
        self.scopes[0 if variable.storage == GLOBAL else -1].append(variable)

    def spend(self, amount: int = 1) -> None:
        self.cost += amount * self.times

    def affords(self, amount: int) -> bool:
        return self.cost + amount * self.times <= self.cost_limit

    def note_effects(self, expression: Expression) -> None:
        """Adds what an expression does outside the function to what a call of the function does."""
        if self.function is not None:
            if expression.reads & self.global_bits:
                self.function.reads = ANYWHERE
            if expression.writes & self.global_bits:
                self.function.writes = ANYWHERE

    # Types.

    def integer(self) -> IntType:
        choice = self.choices.below(10)
        if choice == 0 and self.enums:
            return self.choices.pick(self.enums)[0]
        if choice < 4:
            return INT if choice < 3 else UINT
        return self.choices.pick(self.integers)

    def scalar(self) -> IntType | FloatType:
        """An arithmetic type."""
        if self.floats and self.choices.below(100) < 15:
            return self.choices.pick(self.floats)
        return self.integer()

    def object_type(self, depth: int = 2) -> CType:
        """Any type that a variable may have, pointers left out."""
        choice = self.choices.below(100)
        if depth > 0:
            if choice < 18 and self.has("arrays"):
                return ArrayType(self.object_type(depth - 1), self.choices.pick((1, 2, 2, 3, 4, 4, 5, 8)))
            if choice < 34 and self.records:
                return self.choices.pick(self.records)
        return self.scalar()

    def make_enum(self) -> None:
        number = len(self.enums)
        negative = self.choices.chance(40)
        value = self.choices.pick((-3, -1, -100)) if negative else self.choices.pick((0, 0, 1, 7))
        constants: list[tuple[str, int]] = []
        for position in range(self.choices.between(2, 5)):
            constants.append((f"E{number}_{position}", value))
            value += self.choices.pick((1, 1, 1, 2, 10, 1000))
        # gcc and clang choose unsigned int unless a constant is negative.
        ctype = IntType(f"enum E{number}", 32, negative, 4, "int" if negative else "unsigned int")
        self.enums.append((ctype, constants))

    def enum_text(self) -> list[str]:
        return [
            f"{ctype.spelling} {{ {', '.join(f'{name} = {value}' for name, value in constants)} }};"
            for ctype, constants in self.enums
        ]

    def enum_constant(self) -> Literal:
        _, constants = self.choices.pick(self.enums)
        name, value = self.choices.pick(constants)
        return Literal(value, INT, name)

    def make_record(self) -> None:
        number = len(self.records)
        if self.has("unions") and self.choices.below(100) < 25:
            self.records.append(RecordType("union", f"U{number}", self.union_fields()))
            return
        packed = self.has("packed") and self.choices.chance(15)
        fields: list[Field] = []
        for position in range(self.choices.between(1, 6)):
            fields.append(self.field(f"f{position}", packed))
        self.records.append(RecordType("struct", f"S{number}", fields, packed))

    def field(self, name: str, packed: bool) -> Field:
        choice = self.choices.below(100)
        if choice < 30 and self.has("bit-fields"):
            ctype = self.choices.pick([ctype for ctype in self.integers if ctype.bits <= 64])
            if ctype.is_bool:
                return Field(name, ctype, 1)
            if self.choices.below(12) == 0 and not packed:
                return Field("", ctype, self.choices.between(1, ctype.bits))
            return Field(name, ctype, self.choices.between(1, ctype.bits))
        if choice < 38 and self.has("pointers") and not packed:
            return Field(name, PointerType(self.scalar()))
        return Field(name, self.object_type(1))

    def union_fields(self) -> list[Field]:
        """Members of one size without padding, so that each is readable after a store to any other."""
        size = self.choices.pick((4, 8))
        whole = [ctype for ctype in self.integers if ctype.size == size]
        parts = [ctype for ctype in self.integers if ctype.size < size and not ctype.is_bool]
        fields = [Field("f0", self.choices.pick(whole))]
        for position in range(1, self.choices.between(2, 4)):
            part: CType = self.choices.pick(whole)
            if self.choices.chance(60):
                element = self.choices.pick(parts)
                part = ArrayType(element, size // element.size)
            elif self.floats and self.choices.chance(50):
                part = FLOAT if size == 4 else DOUBLE
            fields.append(Field(f"f{position}", part))
        return fields


def contains(ctype: CType, goal: str) -> bool:
    """Whether an object of `ctype` holds a subobject of type `goal` whose address may be taken."""
    if ctype.key == goal:
        return True
    if isinstance(ctype, ArrayType):
        return contains(ctype.element, goal)
    if isinstance(ctype, RecordType) and not ctype.packed and not ctype.is_union:
        return any(field.width is None and contains(field.ctype, goal) for field in ctype.named_fields)
    return False
