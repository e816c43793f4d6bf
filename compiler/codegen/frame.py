"""The frame: where stack objects lie, what the prologue saves, and how far displacements are reached.

From the stack pointer upwards: stack arguments of calls, objects, saved registers, the area for variable register
arguments; above it, at the stack pointer's value on entry, the caller's stack arguments. Functions that move the stack
pointer reach everything from the frame pointer, which then holds the entry value.
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.legal import Refused
from compiler.codegen.mfunc import (
    COPY,
    ENTRY,
    EPILOGUE,
    INCOMING,
    LOCAL,
    OUTGOING,
    PROLOGUE,
    SPILL,
    MFunction,
    MInsn,
    SlotArg,
    StackSlot,
)
from compiler.codegen.parallel import access
from compiler.machine.isa import READ, WRITE, Arg, ImmediateArg, MemoryArg, Register, RegisterArg


def _round_up(value: int, unit: int) -> int:
    return (value + unit - 1) // unit * unit


def over_alignment(mf: MFunction, backend: Backend) -> int:
    """The largest alignment of an object if it is beyond the stack's own, else 0."""
    largest = max([slot.align for slot in mf.slots if slot.kind == LOCAL], default=1)
    return largest if largest > backend.target.stack_alignment else 0


def reserved_registers(mf: MFunction, backend: Backend) -> list[Register]:
    """Registers that the frame will need for itself, so that the allocator does not give them away."""
    if mf.has_dynamic_stack:
        return [backend.target.frame_pointer, backend.base_pointer]
    if over_alignment(mf, backend) or mf.needs_frame_pointer:
        return [backend.target.frame_pointer]
    return []


def _slot_order(slot: StackSlot) -> tuple[int, int, int]:
    """Spilled values next to the stack pointer, then small objects: what is used often is within reach."""
    return (0 if slot.kind == SPILL else 1, slot.size, slot.number)


@final
class Frame:
    """`size` is what the prologue takes off the stack pointer. Offsets of slots are from the lowered stack pointer."""

    def __init__(self, mf: MFunction, backend: Backend) -> None:
        self.mf: Final = mf
        self.backend: Final = backend
        target = backend.target
        word = backend.word.size
        self.emergency: Final = mf.outgoing_size  # a word for a register that far addresses borrow
        offset = mf.outgoing_size
        if offset + sum([slot.size for slot in mf.slots if slot.kind == SPILL]) > 1024:
            offset += word
        variadic = 0
        for slot in sorted(mf.slots, key=_slot_order):
            if slot.kind == LOCAL or slot.kind == SPILL:
                offset = _round_up(offset, max(slot.align, 1))
                slot.offset = offset
                offset += slot.size
            elif slot.kind == OUTGOING and slot.offset < 0:
                slot.offset = mf.outgoing_size
            elif slot.kind == INCOMING:
                variadic = max(variadic, -slot.offset)
        self.over_aligned: Final = over_alignment(mf, backend)
        reserved = reserved_registers(mf, backend)
        self.uses_frame_pointer: Final[bool] = len(reserved) > 0
        self.uses_base_pointer: Final[bool] = len(reserved) > 1
        self.saved: Final[list[tuple[Register, int]]] = []
        offset = _round_up(offset, word)
        saves: list[Register] = list(mf.used_callee_saved)
        if mf.has_calls and target.return_address is not None:
            saves.insert(0, target.return_address)
        for register in reserved:
            if register not in saves:
                saves.append(register)
        for register in saves:
            self.saved.append((register, offset))
            offset += word
        # The variadic area ends at the entry stack pointer, the saved registers end where it begins.
        self.size: Final[int] = _round_up(offset + variadic, max(target.stack_alignment, 1))
        self.restore: MInsn | None = None

    def lower(self) -> None:
        """Writes prologue and epilogues, and replaces every reference to a slot."""
        for block in self.mf.blocks:
            out: list[MInsn] = []
            for insn in block.insns:
                if insn.role == PROLOGUE:
                    self._prologue(out)
                elif insn.role == EPILOGUE:
                    self._epilogue(out)
                elif insn.role != ENTRY and insn.role != COPY:  # which only said what registers hold
                    self._insn(insn, out)
            block.insns = out

    # --- entry and exit -------------------------------------------------------------------------------------------

    def _adjust(self, out: list[MInsn], destination: Register, source: Register, amount: int) -> None:
        """destination = source + amount, of any size."""
        backend = self.backend
        if destination is source and amount == 0:
            return
        operand = backend.add_immediate.operands[2]
        if operand.accepts_value(amount):
            out.append(
                MInsn(backend.add_immediate, [RegisterArg(destination), RegisterArg(source), ImmediateArg(amount)])
            )
            return
        scratch = RegisterArg(backend.scratch[0] if destination is source else destination)
        assert scratch.register is not backend.target.stack_pointer, "the stack pointer holds nothing else for a moment"
        out.append(MInsn(backend.constant, [scratch, ImmediateArg(amount)]))
        out.append(MInsn(backend.add, [RegisterArg(destination), RegisterArg(source), scratch]))

    def _near(self) -> int:
        """The part of a large frame taken first, so that saves are within reach of the stack pointer."""
        operand = self.backend.add_immediate.operands[2]
        if operand.accepts_value(-self.size):
            return self.size
        lowest = min([offset for _, offset in self.saved], default=self.size)
        return _round_up(self.size - lowest, self.backend.target.stack_alignment)

    def _prologue(self, out: list[MInsn]) -> None:
        backend = self.backend
        sp = backend.target.stack_pointer
        if self.size == 0:
            return
        near = self._near()
        self._adjust(out, sp, sp, -near)
        rest = self.size - near
        for register, offset in self.saved:
            row = access(backend, register.register_class, True)
            out.append(MInsn(row, [RegisterArg(register), MemoryArg(RegisterArg(sp), offset - rest)]))
        if self.uses_frame_pointer:
            self._adjust(out, backend.target.frame_pointer, sp, near)
        self._adjust(out, sp, sp, -rest)
        if self.over_aligned:
            self._align(out, sp)
        if self.uses_base_pointer:
            self._adjust(out, backend.base_pointer, sp, 0)

    def _align(self, out: list[MInsn], sp: Register) -> None:
        backend = self.backend
        mask = ImmediateArg(-self.over_aligned)
        if backend.align_down.operands[2].accepts(mask):
            out.append(MInsn(backend.align_down, [RegisterArg(sp), RegisterArg(sp), mask]))
            return
        scratch = RegisterArg(backend.scratch[0])
        out.append(MInsn(backend.constant, [scratch, mask]))
        out.append(MInsn(backend.mask, [RegisterArg(sp), RegisterArg(sp), scratch]))

    def _epilogue(self, out: list[MInsn]) -> None:
        backend = self.backend
        sp = backend.target.stack_pointer
        if self.size == 0:
            return
        near = self._near()
        if self.uses_frame_pointer:
            self._adjust(out, sp, backend.target.frame_pointer, -near)
        else:
            self._adjust(out, sp, sp, self.size - near)
        rest = self.size - near
        for register, offset in self.saved:
            row = access(backend, register.register_class, False)
            out.append(MInsn(row, [RegisterArg(register), MemoryArg(RegisterArg(sp), offset - rest)]))
        self._adjust(out, sp, sp, near)

    # --- references -----------------------------------------------------------------------------------------------

    def _base(self, slot: SlotArg) -> tuple[Register, int]:
        """The register and offset that reach a slot's start."""
        target = self.backend.target
        what = slot.slot
        if what.kind == INCOMING:
            if self.uses_frame_pointer:
                return (target.frame_pointer, what.offset)
            return (target.stack_pointer, self.size + what.offset)
        if what.kind == OUTGOING or not self.mf.has_dynamic_stack:
            return (target.stack_pointer, what.offset)
        return (self.backend.base_pointer, what.offset)

    def _insn(self, insn: MInsn, out: list[MInsn]) -> None:
        backend = self.backend
        if insn.insn is backend.add_immediate and isinstance(insn.args[1], SlotArg):
            base, offset = self._base(insn.args[1])
            extra = insn.args[2]
            destination = insn.args[0]
            assert isinstance(extra, ImmediateArg) and isinstance(destination, RegisterArg)
            total = offset + extra.value
            if backend.add_immediate.operands[2].accepts_value(total):
                out.append(MInsn(insn.insn, [destination, RegisterArg(base), ImmediateArg(total)]))
            else:
                self._adjust(out, destination.register, base, total)
            return
        for index, arg in enumerate(insn.args):
            if isinstance(arg, MemoryArg) and isinstance(arg.base, SlotArg):
                insn.args[index] = self._memory(insn, index, arg, out)
        if self.restore is not None:  # the instruction stands there already, with the borrowed register
            out.append(self.restore)
            self.restore = None
            return
        out.append(insn)

    def _memory(self, insn: MInsn, index: int, arg: MemoryArg, out: list[MInsn]) -> Arg:
        assert isinstance(arg.base, SlotArg)
        base, offset = self._base(arg.base)
        total = offset + arg.displacement
        if insn.insn is not None and insn.insn.operands[index].accepts_value(total):
            return MemoryArg(RegisterArg(base), total)
        backend = self.backend
        scratch = self._scratch(insn)
        if scratch is not None:
            out += self._far(scratch, base, total)
            return MemoryArg(RegisterArg(scratch), 0)
        # A store of one scratch register while a cycle of copies waits in the other: borrow any register.
        assert insn.insn is not None and insn.insn.is_store
        taken = [arg.register for arg in insn.args if isinstance(arg, RegisterArg)]
        borrowed = [register for register in backend.caller_saved if register not in taken][1]
        near = backend.base_pointer if self.uses_base_pointer else backend.target.stack_pointer
        place = MemoryArg(RegisterArg(near), self.emergency)
        store = access(backend, borrowed.register_class, True)
        if not store.operands[1].accepts(place):
            raise Refused(f"a frame with too many spilled values in function '{self.mf.name}'")
        out.append(MInsn(store, [RegisterArg(borrowed), place]))
        out += self._far(borrowed, base, total)
        out.append(MInsn(insn.insn, [insn.args[0], MemoryArg(RegisterArg(borrowed), 0)]))
        self.restore = MInsn(access(backend, borrowed.register_class, False), [RegisterArg(borrowed), place])
        return arg

    def _far(self, register: Register, base: Register, offset: int) -> list[MInsn]:
        backend = self.backend
        return [
            MInsn(backend.constant, [RegisterArg(register), ImmediateArg(offset)]),
            MInsn(backend.add, [RegisterArg(register), RegisterArg(register), RegisterArg(base)]),
        ]

    def _scratch(self, insn: MInsn) -> Register | None:
        """A register for an address: the one the instruction writes anyway, or a scratch register that nothing
        holds."""
        first = insn.args[0] if insn.args else None
        if isinstance(first, RegisterArg) and insn.accesses and insn.accesses[0] & (READ | WRITE) == WRITE:
            if first.register.register_class is self.backend.scratch[0].register_class:
                if first.register is not self.backend.target.zero:
                    return first.register
        taken = [arg.register for arg in insn.args if isinstance(arg, RegisterArg)]
        for register in self.backend.scratch:
            if register not in taken and register is not insn.busy:
                return register
        return None
