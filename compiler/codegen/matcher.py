"""The state of selecting one function, and the rules' matcher.

An operation is folded into its user when the user is the only one, in the same block, and no store lies between (for
loads). Constants, symbols and addresses of stack objects are made again in each block that needs them.
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.legal import Refused
from compiler.codegen.mfunc import (
    COPY,
    BlockArg,
    Copy,
    JumpTable,
    MBlock,
    MFunction,
    MInsn,
    SlotArg,
    StackSlot,
)
from compiler.codegen.selection import (
    ADDRESS,
    BASE,
    FALSE,
    FIXED,
    LET,
    NUMBER,
    RESULT,
    TABLE,
    TEMPORARY,
    TRUE,
    VARIABLE,
    CompiledRule,
    Piece,
)
from compiler.ir.function import (
    Block,
    Const,
    Function,
    LabelAddress,
    Memory,
    Operation,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.types import Type
from compiler.machine.isa import (
    REMATERIALISABLE,
    Arg,
    ImmediateArg,
    MemoryArg,
    Operand,
    RegisterArg,
    RegisterClass,
    SymbolArg,
    VirtualArg,
)
from compiler.terms import ops
from compiler.terms.meta import Number, evaluate
from compiler.terms.ops import READS, WRITES
from compiler.terms.term import Any, App, Lit, Term
from compiler.terms.term import Const as ConstTerm


def block_label(function: str, block: str) -> str:
    """The assembler's name of a block; references to taken labels in data use it, too."""
    return f".L{function}.{block}"


@final
class Rules:
    """The compiled rules of a backend by operation; made once per target."""

    def __init__(self, backend: Backend) -> None:
        self.by_op: Final[dict[int, list[CompiledRule]]] = {}
        self.fitting: Final[dict[int, list[CompiledRule]]] = {}  # by operation, type and first operand's operation
        for rule in backend.rules:
            self.by_op.setdefault(rule.pattern.op.number, []).append(CompiledRule(rule, backend.target))

    def candidates(self, operation: Operation) -> list[CompiledRule]:
        """The rules that an operation's type and its first operand's operation do not rule out, in table order."""
        named = operation.named
        key = (operation.op.number << 9 | named.bits) << 1 | named.kind & 1
        args = operation.args
        inner = args[0].op.number if args and isinstance(args[0], Operation) else -1
        key = key << 8 | inner + 1
        found = self.fitting.get(key)
        if found is None:
            found = [rule for rule in self.by_op.get(operation.op.number, []) if _may_match(rule, named, inner)]
            self.fitting[key] = found
        return found


def _may_match(rule: CompiledRule, named: Type, inner: int) -> bool:
    pattern = rule.rule.pattern
    kind = pattern.type
    if kind is not None and kind.bits and (kind.bits != named.bits or kind.floating != named.is_float):
        return False
    if not pattern.args or pattern.op.commutes:
        return True
    first = pattern.args[0]
    return not isinstance(first, App) or first.op.number == inner


@final
class Selection:
    """One function being selected. `uses` counts the IR's uses of each value, `folded` has what its user absorbed."""

    def __init__(
        self, function: Function, backend: Backend, rules: Rules, fired: dict[str, int], thread_locals: set[str]
    ) -> None:
        self.function: Final = function
        self.backend: Final = backend
        self.rules: Final = rules
        self.fired: Final = fired
        self.thread_locals: Final = thread_locals
        self.mf: Final = MFunction(function.name)
        self.gpr: Final[RegisterClass] = backend.target.stack_pointer.register_class
        self.fpr: Final[RegisterClass] = backend.target.classes[1]
        self.uses: Final[dict[int, int]] = {}
        self.home: Final[dict[int, int]] = {}  # operation number -> its block's number
        self.epoch: Final[dict[int, int]] = {}  # operation number -> memory writes before it in its block
        self.virtuals: Final[dict[int, VirtualArg]] = {}
        self.slots: Final[dict[int, StackSlot]] = {}
        self.folded: Final[set[int]] = set()
        self.blocks: Final[dict[int, MBlock]] = {}
        self.out: list[MInsn] = []  # of the current block, last instruction first
        self.before: list[MInsn] = []  # what the current operation needs made, in order
        self.block: Block = function.blocks[0]
        self.at_epoch = 0
        self.dynamic_base: StackSlot | None = None
        self.return_address: VirtualArg | None = None
        self.zero: Final = RegisterArg(backend.target.zero) if backend.target.zero is not None else None
        self.sp: Final = RegisterArg(backend.target.stack_pointer)

    # --- registers -------------------------------------------------------------------------------------------------

    def class_of(self, type: Type) -> RegisterClass:
        return self.fpr if type.is_float else self.gpr

    def virtual(self, value: Value) -> VirtualArg:
        """The virtual register of a value that has a definition of its own."""
        found = self.virtuals.get(value.number)
        if found is None:
            bits = value.type.bits if value.type.is_float else self.backend.word.bits
            found = self.mf.new_virtual(self.class_of(value.type), bits)
            self.virtuals[value.number] = found
        return found

    def temporary(self, register_class: RegisterClass) -> VirtualArg:
        return self.mf.new_virtual(register_class, register_class.bits)

    def register(self, value: Value) -> Arg:
        """A register that holds the value where the current operation stands."""
        if isinstance(value, Const):
            if value.value == 0 and value.type.is_integer and self.zero is not None:
                return self.zero
            if self.home.get(value.number, -1) != self.block.number:
                return self.make_constant(value, None)
        elif isinstance(value, Operation) and value.op in (ops.SYMBOL, ops.SLOT, ops.LABEL):
            if self.home.get(value.number, -1) != self.block.number:
                return self.make_address(value, None)
        return self.virtual(value)

    def number_of(self, value: Const) -> int:
        """The number whose bits a register holds: sign-extended, i1 as 0 or 1."""
        if value.type.bits == 1 or not value.type.is_integer:
            return value.value
        return Number(value.value, value.type.bits).signed

    def make_constant(self, value: Const, into: VirtualArg | None) -> VirtualArg:
        backend = self.backend
        number = self.number_of(value)
        if value.type.is_float:
            result = into if into is not None else self.mf.new_virtual(self.fpr, value.type.bits)
            bits: Arg
            if number == 0 and self.zero is not None:
                bits = self.zero
            else:
                bits = self.temporary(self.gpr)
                self.before.append(MInsn(backend.constant, [bits, ImmediateArg(number)]))
            self.before.append(MInsn(backend.float_from_bits[value.type.bits], [result, bits]))
            return result
        result = into if into is not None else self.temporary(self.gpr)
        made = MInsn(backend.constant, [result, ImmediateArg(number)])
        self.before.append(made)
        self._rematerialisable(result, made)
        return result

    def make_address(self, value: Operation, into: VirtualArg | None) -> VirtualArg:
        """The address of a symbol, a label or a stack object in a register."""
        backend = self.backend
        result = into if into is not None else self.temporary(self.gpr)
        if isinstance(value, Slot):
            made = MInsn(backend.add_immediate, [result, SlotArg(self.slot(value)), ImmediateArg(0)])
        elif isinstance(value, LabelAddress):
            assert value.block is not None
            made = MInsn(backend.address_of, [result, SymbolArg(block_label(self.function.name, value.block.name))])
        else:
            assert isinstance(value, SymbolAddress)
            if value.symbol in self.thread_locals:
                self._thread_address(value, result)
                return result
            made = MInsn(backend.address_of, [result, SymbolArg(value.symbol, value.addend)])
        self.before.append(made)
        self._rematerialisable(result, made)
        return result

    def _thread_address(self, value: SymbolAddress, result: VirtualArg) -> None:
        """By the rows of the backend: `$d`, temporaries `$1 $2`, `%operator` for the symbol, registers by name."""
        temporaries: dict[str, Arg] = {"$d": result}
        for line in self.backend.thread_address_of:
            key, _, rest = line.partition(" ")
            args: list[Arg] = []
            for word in rest.replace(",", " ").split():
                if word[0] == "$":
                    if word not in temporaries:
                        temporaries[word] = self.temporary(self.gpr)
                    args.append(temporaries[word])
                elif word[0] == "%":
                    args.append(SymbolArg(value.symbol, value.addend, word[1:]))
                else:
                    args.append(RegisterArg(self.backend.target.register(word)))
            self.before.append(MInsn(self.backend.target.insn(key), args))

    def _rematerialisable(self, result: VirtualArg, made: MInsn) -> None:
        assert made.insn is not None
        info = self.mf.virtuals[result.number]
        if made.insn.flags & REMATERIALISABLE or made.insn is self.backend.add_immediate:
            info.remat = made.insn
            info.remat_args = list(made.args)

    def slot(self, value: Slot) -> StackSlot:
        found = self.slots.get(value.number)
        if found is None:
            found = self.mf.new_slot(value.size, value.align)
            self.slots[value.number] = found
        return found

    def memory(self, value: Value, operand: Operand) -> MemoryArg:
        """A memory operand for an address, constant offsets folded while the operand can hold them."""
        displacement = 0
        while isinstance(value, Operation) and value.op is ops.PTR_ADD:
            offset = value.args[1]
            if not isinstance(offset, Const):
                break
            further = displacement + self.number_of(offset)
            if not operand.accepts_value(further):
                break
            displacement = further
            value = value.args[0]
        if isinstance(value, Slot) and operand.low < operand.high:
            return MemoryArg(SlotArg(self.slot(value)), displacement)
        return MemoryArg(self.register(value), displacement)

    def jump_table(self, operation: Operation) -> str:
        """The label of a new table of addresses, one for each case of a switch that counts from 0."""
        assert isinstance(operation, Terminator)
        targets = [self.blocks[edge.target.number] for edge in operation.edges[1:]]
        table = JumpTable(f".L{self.function.name}.table{len(self.mf.tables)}", targets)
        self.mf.tables.append(table)
        return table.label

    # --- rules ----------------------------------------------------------------------------------------------------

    def match_rules(self, operation: Operation) -> list[MInsn] | None:
        """The instructions of the first rule that matches; marks what it folds."""
        for rule in self.rules.candidates(operation):
            bound: list[Value | None] = [None] * rule.slots
            covered: list[int] = []
            if not self._match(rule.rule.pattern, operation, bound, covered, True):
                continue
            if not self._conditions(rule, bound):
                continue
            self.folded.update(covered)
            self.fired[rule.rule.name] = self.fired.get(rule.rule.name, 0) + 1
            return self._emit(rule, operation, bound)
        return None

    def _match(self, pattern: Term, value: Value, bound: list[Value | None], covered: list[int], root: bool) -> bool:
        if isinstance(pattern, App):
            if not isinstance(value, Operation) or value.op is not pattern.op:
                return False
            kind = pattern.type
            if kind is not None and kind.bits and (
                value.named.bits != kind.bits or value.named.is_float != kind.floating
            ):
                return False
            if not root and not self._foldable(value, covered):
                return False
            mark = len(covered)
            saved = list(bound)
            if not root:
                covered.append(value.number)
            if self._match_args(pattern.args, value.args, bound, covered):
                return True
            del covered[mark:]
            if pattern.op.commutes and len(pattern.args) == 2:
                bound[:] = saved
                if not root:
                    covered.append(value.number)
                if self._match_args((pattern.args[1], pattern.args[0]), value.args, bound, covered):
                    return True
                del covered[mark:]
            return False
        if isinstance(pattern, Lit):
            return isinstance(value, Const) and value.type.is_integer and (
                (value.value ^ pattern.value) & value.type.mask == 0
            )
        if isinstance(pattern, ConstTerm):
            if not isinstance(value, Const) or not value.type.is_integer:
                return False
            if pattern.type is not None and pattern.type.bits and pattern.type.bits != value.type.bits:
                return False
            return self._bind(pattern.slot, value, bound)
        assert isinstance(pattern, Any)
        kind = pattern.type
        if kind is not None and kind.bits and (value.type.bits != kind.bits or value.type.is_float != kind.floating):
            return False
        return self._bind(pattern.slot, value, bound)

    def _match_args(
        self, patterns: tuple[Term, ...], values: list[Value], bound: list[Value | None], covered: list[int]
    ) -> bool:
        for index, pattern in enumerate(patterns):
            matched = self._match(pattern, values[index], bound, covered, False)
            if not matched:
                return False
        return True

    def _bind(self, slot: int, value: Value, bound: list[Value | None]) -> bool:
        known = bound[slot]
        if known is None:
            bound[slot] = value
            return True
        if known is value:
            return True
        return (
            isinstance(known, Const) and isinstance(value, Const)
            and known.value == value.value and known.type is value.type
        )  # fmt: skip

    def _foldable(self, value: Operation, covered: list[int]) -> bool:
        if self.uses.get(value.number, 0) != 1 or self.home.get(value.number, -1) != self.block.number:
            return False
        if value.number in self.virtuals or value.number in self.folded:
            return False
        effects = value.op.effects
        if effects & (WRITES | ops.PINNED):
            return False
        if effects & READS or (isinstance(value, Memory)):
            return self.epoch[value.number] == self.at_epoch
        return True

    def _conditions(self, rule: CompiledRule, bound: list[Value | None]) -> bool:
        for slot, insn, position in rule.immediates:
            value = bound[slot]
            assert isinstance(value, Const)
            if not insn.operands[position].accepts_value(self.number_of(value)):
                return False
        if rule.rule.when is None:
            return True
        return evaluate(rule.rule.when, self._numbers(bound)).value == 1

    def _numbers(self, bound: list[Value | None]) -> list[Number | None]:
        numbers: list[Number | None] = []
        for value in bound:
            numbers.append(Number(value.value, value.type.bits) if isinstance(value, Const) else None)
        return numbers

    def _emit(self, rule: CompiledRule, operation: Operation, bound: list[Value | None]) -> list[MInsn]:
        if rule.same >= 0:
            source = bound[rule.same]
            assert source is not None
            if source.number in self.virtuals or _is_made_again(source):
                return [copy_insn([Copy(self.virtual(operation), self.register(source))])]
            self.virtuals[source.number] = self.virtual(operation)  # one register for both
            return []
        temporaries: list[VirtualArg | None] = [None] * rule.temporaries
        insns: list[MInsn] = []
        for step in rule.steps:
            args: list[Arg] = []
            for position, piece in enumerate(step.pieces):
                if piece.kind == TEMPORARY:
                    register = temporaries[piece.index]
                    if register is None:
                        register_class = step.insn.operands[position].register_class
                        assert register_class is not None
                        register = self.temporary(register_class)
                        temporaries[piece.index] = register
                    args.append(register)
                elif piece.kind == BASE:
                    base = temporaries[piece.index]
                    assert base is not None
                    args.append(MemoryArg(base))
                else:
                    args.append(self._argument(piece, step.insn.operands[position], rule, operation, bound))
            made = MInsn(step.insn, args)
            made.loc = operation.loc
            insns.append(made)
        return insns

    def _argument(
        self, piece: Piece, operand: Operand, rule: CompiledRule, operation: Operation, bound: list[Value | None]
    ) -> Arg:
        kind = piece.kind
        if kind == FIXED:
            assert piece.arg is not None
            return piece.arg
        if kind == RESULT:
            if piece.index == 0:
                return self.virtual(operation)
            return self.virtual(operation.extra[piece.index - 1])
        if kind == TRUE or kind == FALSE:
            assert isinstance(operation, Terminator)
            return BlockArg(self.blocks[operation.edges[0 if kind == TRUE else 1].target.number])
        if kind == TABLE:
            return SymbolArg(self.jump_table(operation))
        if kind == LET:
            return ImmediateArg(evaluate(rule.lets[piece.index], self._numbers(bound)).signed)
        value = bound[piece.index]
        assert value is not None
        if kind == NUMBER:
            assert isinstance(value, Const)
            return ImmediateArg(self.number_of(value))
        if kind == ADDRESS:
            return self.memory(value, operand)
        assert kind == VARIABLE
        return self.register(value)


def _is_made_again(value: Value) -> bool:
    """Constants and addresses have a register in each block that uses them."""
    return isinstance(value, (Const, Slot, SymbolAddress, LabelAddress))


def copy_insn(copies: list[Copy]) -> MInsn:
    """A parallel copy."""
    made = MInsn(None, [], COPY)
    made.copies = copies
    return made


def refused(selection: Selection, what: str) -> Refused:
    """An operation code generation does not know, by name."""
    return Refused(f"{what} in function '{selection.function.name}'")
