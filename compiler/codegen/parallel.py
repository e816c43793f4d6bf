"""Parallel copies in sequence: registers, stack slots and values made again, with one scratch register for cycles.

Source: Boissinot et al., Revisiting Out-of-SSA Translation (CGO 2009), "Parallel copies".
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.mfunc import MInsn, SlotArg, StackSlot, VirtualInfo
from compiler.machine.isa import Arg, Insn, MemoryArg, Register, RegisterArg, RegisterClass

SLOT_KEYS: Final = 1 << 20  # keys of slots begin above those of registers


@final
class Place:
    """Where a value is: in a register, in a stack slot, or (as a source) nowhere because `info` can be made again."""

    __slots__ = ("info", "register", "register_class", "slot")

    def __init__(
        self, register_class: RegisterClass, register: Register | None, slot: StackSlot | None,
        info: VirtualInfo | None = None,
    ) -> None:  # fmt: skip
        self.register_class: Final = register_class
        self.register: Final = register
        self.slot: Final = slot
        self.info: Final = info

    @property
    def key(self) -> int:
        """Tells places apart: registers by index, slots by number, -1 for what is made again."""
        if self.register is not None:
            return self.register.index
        return SLOT_KEYS + self.slot.number if self.slot is not None else -1

    def same(self, other: Place) -> bool:
        return self.key == other.key and self.key >= 0


@final
class Move:
    """One move of a parallel copy."""

    __slots__ = ("destination", "source")

    def __init__(self, destination: Place, source: Place) -> None:
        self.destination: Final = destination
        self.source: Final = source


def access(backend: Backend, register_class: RegisterClass, store: bool) -> Insn:
    """The row that moves a whole register of the class to or from memory."""
    for row in backend.target.accesses:
        if row.register_class is register_class and row.bytes * 8 == register_class.bits:
            return row.store if store else row.load
    raise AssertionError(register_class.name)


def load_insn(backend: Backend, register: Register, slot: StackSlot) -> MInsn:
    return MInsn(access(backend, register.register_class, False), [RegisterArg(register), MemoryArg(SlotArg(slot))])


def store_insn(backend: Backend, register: Register, slot: StackSlot) -> MInsn:
    return MInsn(access(backend, register.register_class, True), [RegisterArg(register), MemoryArg(SlotArg(slot))])


def move_insn(backend: Backend, destination: Register, source: Register) -> MInsn:
    row = backend.target.moves[destination.register_class.number]
    return MInsn(row, [RegisterArg(destination), RegisterArg(source)])


def remake(info: VirtualInfo, register: Register) -> MInsn:
    """The instruction that makes a value again, into a register."""
    assert info.remat is not None
    args: list[Arg] = [RegisterArg(register), *info.remat_args[1:]]
    return MInsn(info.remat, args)


def sequence(moves: list[Move], backend: Backend) -> list[MInsn]:
    """Instructions with the effect of the moves done at once. scratch[0] breaks cycles, scratch[1] carries memory
    moves."""
    out: list[MInsn] = []
    pending = [move for move in moves if not move.destination.same(move.source)]
    scratch = backend.scratch[0]
    while pending:
        sources: set[int] = {move.source.key for move in pending}
        ready = [move for move in pending if move.destination.key not in sources]
        if ready:
            waiting = scratch.index in sources
            for move in ready:
                begin = len(out)
                _emit(move, backend, out)
                if waiting:
                    for insn in out[begin:]:
                        insn.busy = scratch
            pending = [move for move in pending if move.destination.key in sources]
        else:
            # Only cycles are left: one source waits in the scratch register.
            pending = _break_cycle(pending, backend, out)
    return out


def _emit(move: Move, backend: Backend, out: list[MInsn]) -> None:
    source = move.source
    destination = move.destination.register
    if destination is None:
        _to_memory(move, backend, out)
    elif source.slot is not None:
        out.append(load_insn(backend, destination, source.slot))
    elif source.register is None:
        assert source.info is not None
        out.append(remake(source.info, destination))
    elif source.register.register_class is destination.register_class:
        out.append(move_insn(backend, destination, source.register))
    else:  # a float that waited in a general register
        row = backend.float_from_bits[destination.register_class.bits]
        out.append(MInsn(row, [RegisterArg(destination), RegisterArg(source.register)]))


def _break_cycle(pending: list[Move], backend: Backend, out: list[MInsn]) -> list[Move]:
    scratch = backend.scratch[0]
    held = pending[0].source
    if held.slot is not None:
        out.append(load_insn(backend, scratch, held.slot))
    else:
        assert held.register is not None, "a value made again is no part of a cycle"
        if held.register.register_class is scratch.register_class:
            out.append(move_insn(backend, scratch, held.register))
        else:
            out.append(MInsn(backend.bits_from_float, [RegisterArg(scratch), RegisterArg(held.register)]))
    waiting = Place(scratch.register_class, scratch, None)
    return [Move(move.destination, waiting) if move.source.key == held.key else move for move in pending]


def _to_memory(move: Move, backend: Backend, out: list[MInsn]) -> None:
    slot = move.destination.slot
    assert slot is not None
    source = move.source
    if source.register is not None:
        out.append(store_insn(backend, source.register, slot))
        return
    carrier = backend.scratch[1]
    if source.slot is not None:
        out.append(load_insn(backend, carrier, source.slot))
    else:
        info = source.info
        assert info is not None
        out.append(remake(info, carrier))
    out.append(store_insn(backend, carrier, slot))
