"""Proves an allocation right, after the fact and knowing nothing of how it was made.

What each register and spill slot holds is a set of names, followed through the allocated code by a forward dataflow
(meet: intersection). Names are the virtual registers of the code before allocation, and each physical register as a
name for what instructions themselves put there. An inserted move carries names on; a definition takes its name away
everywhere else. Then every use must find its name in its register. Inserted instructions that are no moves must equal
the only definition of the values they make again. Source: Rideau and Leroy, Validating Register Allocation and Spilling
(CC 2010), without equations for what lies in user memory.
"""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.frame import reserved_registers
from compiler.codegen.mfunc import ASM, COPY, SPILL, MBlock, MFunction, MInsn, SlotArg, StackSlot
from compiler.machine.isa import (
    EARLY,
    READ,
    TIED,
    WRITE,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Register,
    RegisterArg,
    SymbolArg,
    VirtualArg,
)

PHYSICAL: Final = -1  # the name of physical register i is PHYSICAL - i; virtual registers are their numbers
SLOTS: Final = 1 << 20  # locations: registers by index, slots behind SLOTS

State = dict[int, frozenset[int]]
NOTHING: Final[frozenset[int]] = frozenset()


def physical(register: Register) -> int:
    return PHYSICAL - register.index


@final
class Before:
    """One instruction as it was before allocation."""

    def __init__(self, insn: MInsn) -> None:
        self.insn: Final = insn
        self.args: Final = list(insn.args)


@final
class Snapshot:
    """A function's code before allocation; made between selection and allocation."""

    def __init__(self, mf: MFunction) -> None:
        self.blocks: Final[list[list[Before]]] = [[Before(insn) for insn in block.insns] for block in mf.blocks]
        self.known: Final[dict[int, Before]] = {id(old.insn): old for block in self.blocks for old in block}
        self.made_again: Final[dict[str, frozenset[int]]] = _remakable(self.blocks)


def _remakable(blocks: list[list[Before]]) -> dict[str, frozenset[int]]:
    """Values whose definition reads no register, by the text of that definition."""
    found: dict[str, set[int]] = {}
    for block in blocks:
        for old in block:
            insn = old.insn.insn
            if insn is None or not old.args or not isinstance(old.args[0], VirtualArg):
                continue
            text = _definition(insn, old.args)
            if text:
                found.setdefault(text, set()).add(old.args[0].number)
    return {text: frozenset(numbers) for text, numbers in found.items()}


def _definition(insn: Insn, args: list[Arg]) -> str:
    """Row and arguments but the first of an instruction that depends on nothing else, "" for others."""
    if insn.accesses[0] != WRITE or insn.reads_memory or insn.implicit_reads:
        return ""
    parts = [insn.key]
    for arg in args[1:]:
        if isinstance(arg, ImmediateArg):
            parts.append(str(arg.value))
        elif isinstance(arg, SymbolArg):
            parts.append(f"{arg.symbol}+{arg.addend}-{arg.minus}%{arg.modifier}")
        elif isinstance(arg, SlotArg):
            parts.append(f"slot{arg.slot.number}")
        else:
            return ""
    return " ".join(parts)


@final
class Checker:
    """Compares one allocated function with its snapshot; `errors` lists all that is wrong, in code order."""

    def __init__(self, snapshot: Snapshot, mf: MFunction, backend: Backend) -> None:
        self.snapshot: Final = snapshot
        self.mf: Final = mf
        self.backend: Final = backend
        self.errors: list[str] = []
        self.reporting = False
        self.where = ""
        self.given: dict[int, list[int]] = {}  # names by source, of the copy whose moves follow
        self.entry_states: Final[list[State | None]] = [None for _ in mf.blocks]
        self.loads: Final = {access.load.number: access for access in backend.target.accesses}
        self.stores: Final = {access.store.number: access for access in backend.target.accesses}
        self.moves: Final = {move.number for move in backend.target.moves} | {backend.bits_from_float.number}
        self.moves.add(backend.float_from_bits[max(backend.float_from_bits)].number)

    def run(self) -> list[str]:
        self._same_code()
        if self.errors:
            return self.errors
        start: State = {
            register.index: frozenset((physical(register),)) for register in self.backend.target.registers
        }
        self.entry_states[0] = start
        todo = [0]
        while todo:
            number = todo.pop()
            block = self.mf.blocks[number]
            before = self.entry_states[number]
            assert before is not None
            state = self._block(block, dict(before))
            for edge in block.edges:
                if self._flow(state, edge.args, edge.target) and edge.target.number not in todo:
                    todo.append(edge.target.number)
        self.reporting = True
        for block in self.mf.blocks:
            reached = self.entry_states[block.number]
            if reached is not None:
                self._block(block, dict(reached))
        self._callee_saved()
        return self.errors

    def _error(self, text: str) -> None:
        if self.reporting:
            self.errors.append(f"{self.mf.name}: {self.where}: {text}")

    def _same_code(self) -> None:
        """Every instruction stands once, in its block and order."""
        self.reporting = True
        for block, old in zip(self.mf.blocks, self.snapshot.blocks, strict=True):
            self.where = block.label
            kept = [insn for insn in block.insns if id(insn) in self.snapshot.known]
            if [id(insn) for insn in kept] != [id(before.insn) for before in old]:
                self._error("instructions are missing, doubled or in another order")
        self.reporting = False

    def _callee_saved(self) -> None:
        """What a function changes of its caller's registers it must know, so that the frame saves it."""
        saved = set(self.mf.used_callee_saved) | set(reserved_registers(self.mf, self.backend))
        owned = {register.index: register for registers in self.backend.target.callee_saved for register in registers}
        for block in self.mf.blocks:
            self.where = block.label
            for insn in block.insns:
                for register in _written(insn):
                    if register.index in owned and owned[register.index] not in saved:
                        self._error(f"{register.name} is changed and not saved")

    # --- flow --------------------------------------------------------------------------------------------------------

    def _flow(self, state: State, args: list[VirtualArg], target: MBlock) -> bool:
        """Meets an edge's state into its target's; arguments take the names of parameters. Whether it changed."""
        carried: dict[int, list[int]] = {}
        names: set[int] = set()
        for parameter, arg in zip(target.parameters, args, strict=True):
            carried.setdefault(arg.number, []).append(parameter.number)
            names.add(parameter.number)
        arriving: State = {}
        for location, held in state.items():
            if names:
                added = [name for old in held if old in carried for name in carried[old]]
                if added or not names.isdisjoint(held):
                    held = (held - names) | frozenset(added)
            if held:
                arriving[location] = held
        known = self.entry_states[target.number]
        if known is None:
            self.entry_states[target.number] = arriving
            return True
        changed = False
        for location in list(known):
            held = known[location]
            both = held & arriving.get(location, NOTHING)
            if both != held:
                changed = True
                if both:
                    known[location] = both
                else:
                    del known[location]
        return changed

    def _block(self, block: MBlock, state: State) -> State:
        self.given = {}
        for number, insn in enumerate(block.insns):
            self.where = f"{block.label}[{number}]"
            old = self.snapshot.known.get(id(insn))
            if old is None:
                self._inserted(insn, state)
            elif insn.role == COPY:
                self._copy(insn, state)
            else:
                self._kept(insn, old, state)
        return state

    def _define(self, state: State, definitions: list[tuple[Register, int]]) -> None:
        """Each register now holds its name, and nothing else does."""
        names = frozenset([name for _, name in definitions])
        for place in [place for place, held in state.items() if not names.isdisjoint(held)]:
            state[place] = state[place] - names
        for register, name in definitions:
            state[register.index] = frozenset((name,))

    def _copy(self, insn: MInsn, state: State) -> None:
        """A parallel copy only gives names; the moves that follow bring the values to where the names are needed."""
        given: dict[int, list[int]] = {}
        for copy in insn.copies:
            source = physical(copy.source.register) if isinstance(copy.source, RegisterArg) else _number(copy.source)
            target = copy.destination
            name = physical(target.register) if isinstance(target, RegisterArg) else _number(target)
            if source != name:
                given.setdefault(source, []).append(name)
        self.given = given
        taken = {name for names in given.values() for name in names}
        for location in list(state):
            held = state[location]
            added = [name for old in held if old in given for name in given[old]]
            state[location] = (held - taken) | frozenset(added)

    # --- instructions ------------------------------------------------------------------------------------------------

    def _inserted(self, insn: MInsn, state: State) -> None:
        row = insn.insn
        assert row is not None, self.where
        first = insn.args[0]
        second = insn.args[1] if len(insn.args) > 1 else None
        assert isinstance(first, RegisterArg), self.where
        if row.number in self.moves and isinstance(second, RegisterArg):
            state[first.register.index] = state.get(second.register.index, NOTHING)
            return
        slot = _spill_slot(second)
        if slot is not None and row.number in self.stores:
            self._whole(self.stores[row.number].bytes, first.register)
            state[SLOTS + slot.number] = state.get(first.register.index, NOTHING)
        elif slot is not None and row.number in self.loads:
            self._whole(self.loads[row.number].bytes, first.register)
            state[first.register.index] = state.get(SLOTS + slot.number, NOTHING)
        else:
            values = self.snapshot.made_again.get(_definition(row, insn.args), NOTHING)
            if not values:
                self._error(f"an inserted '{row.key}' makes no known value")
            more = [name for value in values if value in self.given for name in self.given[value]]
            state[first.register.index] = values | frozenset(more)

    def _whole(self, size: int, register: Register) -> None:
        if size * 8 != register.register_class.bits:
            self._error(f"{register.name} is spilled by {size} bytes")

    def _kept(self, insn: MInsn, old: Before, state: State) -> None:
        self.given = {}
        reads: list[Register] = []
        writes: list[tuple[Register, int]] = []
        early: list[Register] = []
        for position, arg in enumerate(old.args):
            now = insn.args[position]
            access = insn.accesses[position]
            if isinstance(arg, (VirtualArg, RegisterArg)):
                name = physical(arg.register) if isinstance(arg, RegisterArg) else arg.number
                if not isinstance(now, RegisterArg) or _index(arg) not in (-1, now.register.index):
                    self._error(f"operand {position} has no register or another one")
                    continue
                if isinstance(arg, VirtualArg) and now.register.register_class is not arg.register_class:
                    self._error(f"operand {position} is in {now.register.name}, a register of another class")
                if access & READ:
                    self._expect(state, now.register, name)
                    reads.append(now.register)
                if access & WRITE:
                    writes.append((now.register, name))
                    if self._is_early(insn, position):
                        early.append(now.register)
            elif isinstance(arg, MemoryArg):
                assert isinstance(now, MemoryArg)
                self._address(state, arg.base, now.base, reads)
                self._address(state, arg.index, now.index, reads)
        self._tied(insn)
        implicit_reads = list(insn.reads)
        clobbers = list(insn.writes)
        if insn.insn is not None:
            implicit_reads += insn.insn.implicit_reads
            clobbers += insn.insn.implicit_writes
        for register in implicit_reads:
            self._expect(state, register, physical(register))
        self._disjoint(reads, writes, early + clobbers if insn.role == ASM else early, clobbers)
        made = [(register, physical(register)) for register in clobbers]
        made += [(register, name) for register, name in writes if register is not self.backend.target.zero]
        if made:
            self._define(state, made)

    def _disjoint(
        self, reads: list[Register], writes: list[tuple[Register, int]], early: list[Register], clobbers: list[Register]
    ) -> None:
        for register in early:
            if register in reads:
                self._error(f"{register.name} is written before it is read")
        seen: set[int] = {register.index for register in clobbers}
        for register, name in writes:
            if register.index in seen and name >= 0:
                self._error(f"{register.name} is written twice")
            seen.add(register.index)

    def _is_early(self, insn: MInsn, position: int) -> bool:
        if insn.role == ASM:
            return insn.early[position]
        return insn.insn is not None and insn.insn.operands[position].constraint == EARLY

    def _tied(self, insn: MInsn) -> None:
        if insn.role == ASM:
            for position, output in enumerate(insn.tied):
                if output >= 0 and _index(insn.args[position]) != _index(insn.args[output]):
                    self._error(f"operand {position} is not where operand {output} is")
            return
        if insn.insn is None:
            return
        for position, operand in enumerate(insn.insn.operands):
            if operand.constraint == TIED:
                if _index(insn.args[position]) != _index(insn.args[insn.insn.operand_index(operand.tied)]):
                    self._error(f"operand {position} is not where '{operand.tied}' is")

    def _address(self, state: State, old: Arg | None, now: Arg | None, reads: list[Register]) -> None:
        if isinstance(old, (VirtualArg, RegisterArg)):
            if not isinstance(now, RegisterArg):
                self._error("an address without a register")
                return
            self._expect(state, now.register, physical(old.register) if isinstance(old, RegisterArg) else old.number)
            reads.append(now.register)

    def _expect(self, state: State, register: Register, name: int) -> None:
        if name in state.get(register.index, NOTHING) or register is self.backend.target.zero:
            return
        held = ", ".join([_shown(other) for other in sorted(state.get(register.index, NOTHING))])
        self._error(f"{register.name} should hold {_shown(name)} and holds {held or 'nothing known'}")


def _shown(name: int) -> str:
    return f"%v{name}" if name >= 0 else f"register {PHYSICAL - name}"


def _number(arg: Arg) -> int:
    assert isinstance(arg, VirtualArg)
    return arg.number


def _index(arg: Arg) -> int:
    return arg.register.index if isinstance(arg, RegisterArg) else -1


def _spill_slot(arg: Arg | None) -> StackSlot | None:
    if isinstance(arg, MemoryArg) and isinstance(arg.base, SlotArg) and arg.displacement == 0:
        if arg.base.slot.kind == SPILL:
            return arg.base.slot
    return None


def _written(insn: MInsn) -> list[Register]:
    """All registers an allocated instruction changes."""
    found = list(insn.writes)
    if insn.insn is not None:
        found += insn.insn.implicit_writes
    for position, arg in enumerate(insn.args):
        if isinstance(arg, RegisterArg) and insn.accesses[position] & WRITE:
            found.append(arg.register)
    return found


def check_allocation(snapshot: Snapshot, mf: MFunction, backend: Backend) -> None:
    """Fails with all errors if the allocation is wrong: an internal error of the allocator."""
    errors = Checker(snapshot, mf, backend).run()
    assert not errors, "\n".join(errors)
