"""Functions in SSA form with block parameters: Value, Operation, Block, Edge, Function.

An operation is its own first result; further results are `Result` objects in `extra`. No use lists are kept: passes
count uses when they need them and replace values by one sweep over the operands. Every block ends in one terminator.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.debug import Locations
from compiler.ir.types import VOID, Type
from compiler.platform.abi import Signature
from compiler.terms.ops import Op


class Value:
    """Something an operand can name. `number` is unique in its function; `name` is kept for the text form or empty."""

    def __init__(self, type: Type, number: int, name: str = "") -> None:
        self.type = type
        self.number = number
        self.name = name


@final
class Parameter(Value):
    """A parameter of a block; the entry block's are the function's."""


class Operation(Value):
    """One operation in a block. `second`: the source type of a conversion, else VOID; `loc`: a debug location."""

    def __init__(self, op: Op, type: Type, number: int, args: list[Value], second: Type = VOID, flags: int = 0) -> None:
        super().__init__(type, number)
        self.op = op
        self.args = args
        self.second = second  # `u` of the mnemonic
        self.named = type  # `t` of the mnemonic: equals `type` unless the result type is fixed (comparisons, stores)
        self.flags = flags
        self.extra: list[Result] = []
        self.loc = 0

    @property
    def results(self) -> list[Value]:
        """All values this operation defines, in order."""
        if self.type is VOID:
            return []
        first: list[Value] = [self]
        return first + list(self.extra)


@final
class Result(Value):
    """The second or a later result of an operation."""

    def __init__(self, type: Type, number: int, definer: Operation, index: int) -> None:
        super().__init__(type, number)
        self.definer: Final = definer
        self.index: Final = index


@final
class Const(Operation):
    """`const`: integers canonical unsigned modulo the width, floats their bit pattern."""

    value: int = 0


@final
class SymbolAddress(Operation):
    """`symbol @name + addend`; thread-local symbols give the address in the current thread."""

    symbol: str = ""
    addend: int = 0


@final
class LabelAddress(Operation):
    """`label block`: a block whose address is taken is neither cloned nor inlined."""

    block: Block | None = None


@final
class Slot(Operation):
    """`slot size, align`: a stack object of the frame, bytes. Lives in the entry block."""

    size: int = 0
    align: int = 1


# Memory orders, C11 7.17.3.
NOT_ATOMIC: Final = 0
RELAXED: Final = 1
CONSUME: Final = 2
ACQUIRE: Final = 3
RELEASE: Final = 4
ACQ_REL: Final = 5
SEQ_CST: Final = 6
ORDER_NAMES: Final = ("", "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst")


@final
class Memory(Operation):
    """load, store, copy, fill, atomics and fence. `size` is used by copy and fill (bytes); `rmw` names the operation
    of atomic_rmw (xchg add sub and or xor nand max.s max.u min.s min.u). `tag` is an alias class, "" for any."""

    align: int = 1
    volatile: bool = False
    order: int = 0
    failure_order: int = 0
    size: int = 0
    rmw: str = ""
    tag: str = ""


@final
class Call(Operation):
    """`call`: direct when `callee` is set, else args[0] is the address. Then come the scalar arguments.

    `signature` gives each argument part's place; None means plain scalars, classified in order by the convention. With
    a signature the arguments are the parts of its parameters in order; a REFERENCE parameter passes its one address,
    a MEMORY parameter the address of the bytes to copy, and `sret`, when present, comes first.
    """

    callee: str = ""
    signature: Signature | None = None
    variadic: bool = False
    noreturn: bool = False
    returns_twice: bool = False
    reads_only: bool = False  # __attribute__((pure))
    no_memory: bool = False  # __attribute__((const))
    tail: bool = False

    @property
    def arguments(self) -> list[Value]:
        return self.args if self.callee else self.args[1:]


@final
class AsmOperand:
    """A constraint of inline asm after `lower`: alternatives as written without modifiers, tied to output `tied` or -1.

    `value` indexes the operation's args for an input (or the address of a memory operand), its results for a register
    output; symbol operands that folded to symbol + addend are recognised in `codegen`. `name` is the [symbolic] name.
    """

    def __init__(self, constraint: str, value: int, type: Type, name: str = "", tied: int = -1) -> None:
        self.constraint: Final = constraint
        self.value: Final = value
        self.type: Final = type
        self.name: Final = name
        self.tied: Final = tied
        self.early_clobber = False
        self.commutes = False
        self.register = ""  # an explicit register variable
        self.is_address = False  # `value` indexes args and is the address of the operand in memory, for outputs too


@final
class Asm(Operation):
    """`asm` and `asm_goto`: template with %-escapes as in GNU C, outputs, inputs, clobbers; volatile unless said."""

    template: str = ""
    outputs: list[AsmOperand] | None = None
    inputs: list[AsmOperand] | None = None
    clobbers: list[str] | None = None
    volatile: bool = True
    basic: bool = False
    labels: list[str] | None = None
    edges: list[Edge] | None = None


@final
class Named(Operation):
    """Operations whose payload is a name or a number: read/write_register, check (kind), debug_value (variable),
    frame_address and return_address (`level`), va_arg (`level`: an alignment beyond a word's, else 0)."""

    text: str = ""
    level: int = 0


@final
class Edge:
    """A control-flow edge with the arguments for the target's parameters (after any values its terminator defines)."""

    def __init__(self, target: Block, args: list[Value]) -> None:
        self.target = target
        self.args = args


@final
class Terminator(Operation):
    """jump, branch, switch, return, unreachable, indirect. `cases[i]` belongs to `edges[i + 1]` of a switch; edges[0]
    is the default. `weights` are relative edge frequencies or empty."""

    def __init__(self, op: Op, number: int, args: list[Value], edges: list[Edge]) -> None:
        super().__init__(op, VOID, number, args)
        self.edges = edges
        self.cases: list[int] = []
        self.weights: list[int] = []


@final
class Block:
    """A basic block; its last operation is the terminator once the function is complete."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.parameters: list[Parameter] = []
        self.operations: list[Operation] = []
        self.address_taken = False

    @property
    def terminator(self) -> Operation:
        last = self.operations[-1]
        assert last.op.is_terminator, self.name
        return last

    @property
    def edges(self) -> list[Edge]:
        """Outgoing edges in order; empty for return and unreachable."""
        last = self.operations[-1]
        if isinstance(last, Terminator):
            return last.edges
        assert isinstance(last, Asm) and last.edges is not None, self.name
        return last.edges


# Linkage of functions and data.
LOCAL: Final = 0
GLOBAL: Final = 1
WEAK: Final = 2
COMMON: Final = 3


class Definition:
    """What every symbol of a module has. `section` is empty for the default one of its kind; `align` in bytes."""

    def __init__(self, name: str, linkage: int) -> None:
        self.name = name
        self.linkage = linkage
        self.section = ""
        self.align = 0
        self.visibility = ""  # "", hidden, protected, internal
        self.used = False


@final
class Function(Definition):
    """A function body in SSA form. blocks[0] is the entry and has no predecessors.

    `result_types` are the scalars `return` gives, in the order of `signature.result.parts`; entry parameters follow the
    same order as a call's arguments. `signature` None: plain scalars, classified in order by the convention.
    """

    def __init__(self, name: str, linkage: int = GLOBAL) -> None:
        super().__init__(name, linkage)
        self.blocks: list[Block] = []
        self.result_types: list[Type] = []
        self.signature: Signature | None = None
        self.variadic = False
        self.attributes: list[str] = []  # noinline always_inline noreturn cold naked constructor(N) ...
        self.next_number = 0
        self.next_block = 0
        self.file = 0
        self.line = 0
        self.locations = Locations()
        self._block_names: dict[str, int] = {}

    @property
    def entry(self) -> Block:
        return self.blocks[0]

    def number(self) -> int:
        """A fresh value number."""
        self.next_number += 1
        return self.next_number - 1

    def new_block(self, name: str) -> Block:
        """A block with a name no other block of the function has; it is not yet in `blocks`."""
        if not name.isascii() or not name.replace(".", "_").replace("$", "_").isidentifier():
            name = "b"
        times = self._block_names.get(name, 0)
        self._block_names[name] = times + 1
        unique = name
        while times:
            unique = f"{name}.{times}"
            if unique not in self._block_names:
                self._block_names[unique] = 1
                break
            times += 1
        block = Block(unique, self.next_block)
        self.next_block += 1
        return block
