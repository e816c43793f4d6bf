"""Inline assembly: operands get registers, memory or constants by their constraints, and the template its text.

An operand that is read and written (a tied input) is one virtual register, copied into before the statement. Registers
that the statement clobbers are taken from before it reads until after it writes (GCC manual, "Clobbers and Scratch
Registers"). What cannot be met is refused by name.
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.legal import Legalizer, Refused
from compiler.codegen.matcher import Selection, copy_insn
from compiler.codegen.mfunc import ASM, BlockArg, Copy, MInsn, Piece
from compiler.ir.function import Asm, AsmOperand, Const, Edge, LabelAddress, Operation, SymbolAddress, Value
from compiler.ir.types import Type
from compiler.machine.isa import (
    READ,
    WRITE,
    Arg,
    ImmediateArg,
    MemoryArg,
    Register,
    RegisterArg,
    SymbolArg,
    VirtualArg,
)
from compiler.machine.target import Target
from compiler.terms import ops

# What a constraint letter stands for; `Backend.asm_constraints` maps letters to (kind, lowest, highest).
GENERAL: Final = 0
FLOATING: Final = 1
IN_MEMORY: Final = 2
NUMBER: Final = 3  # within the range
CONSTANT: Final = 4  # any number, symbol or label
SYMBOLIC: Final = 5
ANYTHING: Final = 6
BARE_MEMORY: Final = 7  # without displacement

_NOT_REGISTERS: Final = ("memory", "cc", "redzone")


# --- legalisation -----------------------------------------------------------------------------------------------------


def legalize_asm(lg: Legalizer, operation: Operation) -> None:
    """Results narrower than a register are cut after the statement, which may leave anything above them."""
    assert isinstance(operation, Asm)
    for arg in operation.args:
        if arg.type.bits > lg.word.bits:
            raise lg.refuse(f"an operand of type {arg.type.name} in asm")
    operation.args = [lg.map(arg) for arg in operation.args]
    cut: list[tuple[Value, Type]] = []
    for result in operation.results:
        type = result.type
        if type.bits > lg.word.bits:
            raise lg.refuse(f"an operand of type {type.name} in asm")
        if type.is_integer and type.bits < lg.word.bits:
            cut.append((result, type))
            result.type = lg.word
    if operation.edges is not None:
        edges: list[Edge] = []
        for edge in operation.edges:
            edges.append(Edge(edge.target, [word for arg in edge.args for word in lg.words(arg)]))
        operation.edges = edges
    lg.builder.append(operation)
    if operation.edges is None:
        for result, type in cut:
            lg.values[result.number] = lg.builder.convert(ops.TRUNC, type, result)


# --- selection --------------------------------------------------------------------------------------------------------


@final
class _Statement:
    """One asm statement on its way to a machine instruction. `places[i]` is the index in `args` of operand i."""

    def __init__(self, sel: Selection, asm: Asm) -> None:
        assert asm.outputs is not None and asm.inputs is not None and asm.clobbers is not None
        self.sel: Final = sel
        self.asm: Final = asm
        self.outputs: Final[list[AsmOperand]] = asm.outputs
        self.inputs: Final[list[AsmOperand]] = asm.inputs
        self.args: Final[list[Arg]] = []
        self.accesses: Final[list[int]] = []
        self.early: Final[list[bool]] = []
        self.places: Final[list[int]] = []
        self.before: Final[list[Copy]] = []
        self.after: Final[list[Copy]] = []
        self.alternative = self._alternative()

    def refuse(self, what: str) -> Refused:
        return Refused(f"{what} in an asm statement of function '{self.sel.function.name}'")

    def _kinds(self, operand: AsmOperand, alternative: int) -> list[tuple[int, int, int]]:
        """What an operand may be, in order of the letters."""
        parts = operand.constraint.split(",")
        letters = parts[min(alternative, len(parts) - 1)]
        found: list[tuple[int, int, int]] = []
        for letter in letters:
            if letter in "=+&%*#!?^$ " or letter.isdigit():
                continue
            kind = self.sel.backend.asm_constraints.get(letter)
            if kind is None:
                raise self.refuse(f"constraint '{operand.constraint}'")
            found.append(kind)
        return found

    def _alternative(self) -> int:
        """The first alternative that all operands can meet."""
        count = max([operand.constraint.count(",") + 1 for operand in (*self.outputs, *self.inputs)], default=1)
        for alternative in range(count):
            if self._all_meet(alternative):
                return alternative
        for operand in self.inputs:
            if not self._meets(operand, 0):
                raise self.refuse(f"impossible constraint '{operand.constraint}'")
        raise self.refuse("no alternative of the constraints that all operands meet")

    def _all_meet(self, alternative: int) -> bool:
        return all(self._meets(operand, alternative) for operand in self.inputs)

    def _meets(self, operand: AsmOperand, alternative: int) -> bool:
        if operand.tied >= 0 or operand.register or operand.is_address:
            return True
        value = self.asm.args[operand.value]
        for kind, low, high in self._kinds(operand, alternative):
            if kind in (GENERAL, FLOATING, ANYTHING) or self._constant(value, kind, low, high) is not None:
                return True
        return False

    def _constant(self, value: Value, kind: int, low: int, high: int) -> Arg | None:
        """The value as a constant of the kind, None if it is none."""
        if isinstance(value, Const) and value.type.is_integer:
            number = self.sel.number_of(value)
            if kind == CONSTANT or kind == ANYTHING or (kind == NUMBER and low <= number <= high):
                return ImmediateArg(number)
            return None
        if kind not in (CONSTANT, SYMBOLIC, ANYTHING):
            return None
        offset = 0
        while isinstance(value, Operation) and value.op is ops.PTR_ADD:
            further = value.args[1]
            if not isinstance(further, Const):
                return None
            offset += self.sel.number_of(further)
            value = value.args[0]
        if isinstance(value, SymbolAddress) and value.symbol not in self.sel.thread_locals:
            return SymbolArg(value.symbol, value.addend + offset)
        if isinstance(value, LabelAddress) and value.block is not None:
            return SymbolArg(self.sel.blocks[value.block.number].label, offset)
        return None

    def add(self, arg: Arg, access: int, early: bool = False) -> int:
        self.args.append(arg)
        self.accesses.append(access)
        self.early.append(early)
        return len(self.args) - 1

    # --- operands ---------------------------------------------------------------------------------------------------

    def output(self, index: int) -> None:
        sel = self.sel
        operand = self.outputs[index]
        if operand.is_address:
            self.places.append(self.add(self._memory(operand), READ))
            return
        result = self.asm.results[operand.value]
        kinds = [kind for kind, _, _ in self._kinds(operand, self.alternative)]
        self._register_class(operand, kinds, result.type)
        tied = [other for other in self.inputs if other.tied == index]
        access = WRITE | READ if tied else WRITE
        virtual = sel.virtual(result)
        place: Arg = virtual
        if operand.register:
            place = RegisterArg(self._register(operand.register, result.type))
            self.after.append(Copy(virtual, place))
        for other in tied:
            value = self.asm.args[other.value]
            if value.type.is_float != result.type.is_float:
                raise self.refuse("a matching constraint between an integer and a float")
            self.before.append(Copy(place, sel.register(value)))
        self.places.append(self.add(place, access, operand.early_clobber and not tied))

    def input(self, operand: AsmOperand) -> None:
        sel = self.sel
        if operand.tied >= 0:
            self.places.append(self.places[operand.tied])
            return
        if operand.is_address:
            self.places.append(self.add(self._memory(operand), READ))
            return
        value = self.asm.args[operand.value]
        if operand.register:
            fixed = RegisterArg(self._register(operand.register, value.type))
            self.before.append(Copy(fixed, sel.register(value)))
            self.places.append(self.add(fixed, READ))
            return
        kinds = self._kinds(operand, self.alternative)
        for kind, low, high in kinds:
            constant = self._constant(value, kind, low, high)
            if constant is not None:
                self.places.append(self.add(constant, 0))
                return
        self._register_class(operand, [kind for kind, _, _ in kinds], value.type)
        self.places.append(self.add(sel.register(value), READ))

    def _register_class(self, operand: AsmOperand, kinds: list[int], type: Type) -> None:
        """Refuses a value in registers where its constraint wants another class."""
        wanted = FLOATING if type.is_float else GENERAL
        if wanted in kinds or ANYTHING in kinds or operand.register:
            return
        raise self.refuse(f"constraint '{operand.constraint}' for a value of type {type.name}")

    def _register(self, name: str, type: Type) -> Register:
        register = self.sel.backend.target.register_by_name.get(name)
        if register is None or register.register_class.is_float != type.is_float:
            raise self.refuse(f"register '{name}' for a value of type {type.name}")
        return register

    def _memory(self, operand: AsmOperand) -> MemoryArg:
        sel = self.sel
        value = self.asm.args[operand.value]
        kinds = [kind for kind, _, _ in self._kinds(operand, self.alternative)]
        displacement = 0
        row = sel.backend.target.accesses[0].load.operands[1]
        while BARE_MEMORY not in kinds and isinstance(value, Operation) and value.op is ops.PTR_ADD:
            offset = value.args[1]
            if not isinstance(offset, Const) or not row.accepts_value(displacement + sel.number_of(offset)):
                break
            displacement += sel.number_of(offset)
            value = value.args[0]
        return MemoryArg(sel.register(value), displacement)

    # --- the whole --------------------------------------------------------------------------------------------------

    def finish(self) -> list[MInsn]:
        sel = self.sel
        made = MInsn(None, self.args, ASM)
        made.accesses = self.accesses
        made.early = self.early
        made.tied = [-1] * len(self.args)
        made.template = self.asm.template
        made.loc = self.asm.loc
        made.writes = self._clobbers()
        if self.asm.basic:
            made.pieces = [Piece(self.asm.template, -1, "")]
        else:
            labels: list[int] = []
            if self.asm.edges is not None:
                for edge in self.asm.edges[1:]:
                    labels.append(self.add(BlockArg(sel.blocks[edge.target.number]), 0))
                    made.tied.append(-1)
            made.pieces = _Template(self, self.places, labels).pieces
        insns: list[MInsn] = []
        scratch = sel.backend.scratch
        # Scratch registers serve parallel copies: what must be in one itself comes last.
        late = [copy for copy in self.before if _is_one_of(copy.destination, scratch)]
        early = [copy for copy in self.before if copy not in late]
        if early:
            insns.append(copy_insn(early))
        insns += [copy_insn([copy]) for copy in late]
        insns.append(made)
        first = [copy for copy in self.after if _is_one_of(copy.source, scratch)]
        insns += [copy_insn([copy]) for copy in first]
        rest = [copy for copy in self.after if copy not in first]
        if rest:
            if self.asm.edges is not None:
                raise self.refuse("a register variable as an output of asm goto")
            insns.append(copy_insn(rest))
        return insns

    def _clobbers(self) -> list[Register]:
        backend = self.sel.backend
        found: list[Register] = []
        used = [arg.register for arg in self.args if isinstance(arg, RegisterArg)]
        for name in self.asm.clobbers or []:
            if name in _NOT_REGISTERS:
                continue
            register = backend.target.register_by_name.get(name)
            if register is None:
                raise self.refuse(f"unknown register name '{name}'")
            if register in used:
                raise self.refuse(f"an operand in the clobbered register '{name}'")
            if register is backend.target.return_address:
                self.sel.mf.has_calls = True  # so that the frame saves it
            if register is not backend.target.stack_pointer:
                found.append(register)
        return found


def _is_one_of(arg: Arg, registers: tuple[Register, ...]) -> bool:
    return isinstance(arg, RegisterArg) and arg.register in registers


def select_asm(sel: Selection, asm: Asm) -> list[MInsn]:
    """The statement with the copies around it."""
    statement = _Statement(sel, asm)
    for index in range(len(statement.outputs)):
        statement.output(index)
    for operand in statement.inputs:
        statement.input(operand)
    return statement.finish()


# --- templates --------------------------------------------------------------------------------------------------------


@final
class _Template:
    """Splits a template at its operands (GCC manual, "Assembler Template" and "Generic Operand Modifiers")."""

    def __init__(self, statement: _Statement, places: list[int], labels: list[int]) -> None:
        self.statement: Final = statement
        self.places: Final = places
        self.labels: Final = labels
        self.names: Final[dict[str, int]] = {}
        operands = [*statement.outputs, *statement.inputs]
        for index, operand in enumerate(operands):
            if operand.name:
                self.names[operand.name] = index
        for index, label in enumerate(statement.asm.labels or []):
            self.names.setdefault(label, len(operands) + index)
        self.pieces: Final[list[Piece]] = []
        self._split(statement.asm.template)

    def _split(self, text: str) -> None:
        plain = ""
        at = 0
        while at < len(text):
            if text[at] != "%":
                plain += text[at]
                at += 1
                continue
            at += 1
            letter = text[at : at + 1]
            if letter in ("%", "{", "|", "}"):
                plain += letter
                at += 1
                continue
            if letter == "=":
                plain += str(self.statement.sel.mf.unique_number())
                at += 1
                continue
            modifier = ""
            if letter.isalpha():
                modifier = letter
                at += 1
            number, at = self._operand(text, at)
            self.pieces.append(Piece(plain, -1, ""))
            plain = ""
            self.pieces.append(Piece("", self._place(number, modifier), modifier))
        self.pieces.append(Piece(plain, -1, ""))

    def _operand(self, text: str, at: int) -> tuple[int, int]:
        """The operand number that stands at a position, and the position behind it."""
        if text[at : at + 1] == "[":
            end = text.find("]", at)
            name = text[at + 1 : end]
            if end < 0 or name not in self.names:
                raise self.statement.refuse(f"undefined named operand '{name}'")
            return self.names[name], end + 1
        end = at
        while end < len(text) and text[end].isdigit():
            end += 1
        if end == at:
            raise self.statement.refuse("invalid 'asm': operand number missing after %-letter")
        return int(text[at:end]), end

    def _place(self, number: int, modifier: str) -> int:
        if number < len(self.places):
            return self.places[number]
        if number - len(self.places) < len(self.labels):
            return self.labels[number - len(self.places)]
        raise self.statement.refuse("invalid 'asm': operand number out of range")


def asm_text(insn: MInsn, target: Target) -> str:
    """The statement's text with its operands in place; after allocation."""
    out: list[str] = []
    for piece in insn.pieces:
        out.append(piece.text if piece.place < 0 else _printed(insn.args[piece.place], piece.modifier, target))
    return "".join(out)


def _printed(arg: Arg, modifier: str, target: Target) -> str:
    prefix = target.syntax.register_prefix
    if isinstance(arg, RegisterArg):
        return "" if modifier == "i" else prefix + arg.register.name
    if isinstance(arg, ImmediateArg):
        if modifier == "z" and arg.value == 0 and target.zero is not None:
            return prefix + target.zero.name
        if modifier == "i":
            return "i"
        value = -arg.value if modifier == "n" else arg.value
        plain = modifier in ("c", "n", "l") or not target.syntax.immediate_prefix
        return str(value) if plain else target.syntax.immediate_prefix + str(value)
    if isinstance(arg, SymbolArg):
        if modifier == "i":
            return "i"
        return arg.symbol + (f"{arg.addend:+d}" if arg.addend else "")
    if isinstance(arg, BlockArg):
        return arg.block.label
    assert isinstance(arg, MemoryArg) and isinstance(arg.base, RegisterArg) and not isinstance(arg.base, VirtualArg)
    return f"{arg.displacement}({prefix}{arg.base.register.name})"
