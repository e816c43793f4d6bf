"""From allocated intervals back to code: registers for virtual ones, moves where a value changes its place.

Moves stand where an interval was split inside a block, on edges whose ends disagree, for block parameters, and behind
the definition of a value that some part keeps in memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.intervals import Interval, Numbering
from compiler.codegen.mfunc import COPY, SPILL, MBlock, MFunction, MInsn, StackSlot
from compiler.codegen.parallel import Move, Place, sequence, store_insn
from compiler.machine.isa import READ, WRITE, Arg, MemoryArg, RegisterArg, VirtualArg


@final
class Resolver:
    """Rewrites one allocated function in place."""

    def __init__(self, mf: MFunction, backend: Backend, numbering: Numbering) -> None:
        self.mf: Final = mf
        self.backend: Final = backend
        self.numbering: Final = numbering
        self.slots: Final[dict[int, StackSlot]] = {}
        self.arriving: Final[list[list[tuple[int, Interval]]]] = [[] for _ in mf.blocks]
        self.before: Final[dict[int, list[Move]]] = {}  # moves in front of the instruction at a position

    def run(self) -> None:
        self._split_moves()
        self._arriving()
        outgoing: list[list[Move]] = [[] for _ in self.mf.blocks]
        entering: list[list[Move]] = [[] for _ in self.mf.blocks]
        for block in self.mf.blocks:
            for edge in block.edges:
                moves = self._edge_moves(block, edge.target, edge.args)
                if not moves:
                    continue
                if len(block.edges) == 1:
                    outgoing[block.number] += moves
                else:
                    entering[edge.target.number] += moves
        for block in self.mf.blocks:
            self._rewrite(block, entering[block.number], outgoing[block.number])

    # --- places ---------------------------------------------------------------------------------------------------

    def interval(self, number: int) -> Interval:
        found = self.numbering.intervals[number]
        assert found is not None, f"%v{number} is not live anywhere"
        return found

    def in_memory(self, interval: Interval) -> bool:
        """Whether some part of a value has no register."""
        return any(part.register is None for part in interval.parts)

    def slot(self, number: int) -> StackSlot:
        found = self.slots.get(number)
        if found is None:
            size = self.mf.virtuals[number].virtual.register_class.bits // 8
            found = self.mf.new_slot(size, size, SPILL)
            self.slots[number] = found
        return found

    def part_at(self, number: int, position: int) -> Interval:
        """The part of a value that covers a position (or begins or ends nearest before it)."""
        parts = self.interval(number).parts
        if len(parts) == 1:
            return parts[0]
        low = 0
        high = len(parts)
        while low < high:
            middle = (low + high) // 2
            if parts[middle].starts[0] <= position:
                low = middle + 1
            else:
                high = middle
        return parts[max(low - 1, 0)]

    def place(self, number: int, position: int) -> Place:
        part = self.part_at(number, position)
        return self.place_of(number, part)

    def place_of(self, number: int, part: Interval) -> Place:
        info = part.info
        register_class = info.virtual.register_class
        if part.register is not None:
            return Place(register_class, part.register, None)
        if info.remat is not None:
            return Place(register_class, None, None, info)
        return Place(register_class, None, self.slot(number))

    # --- moves ----------------------------------------------------------------------------------------------------

    def _split_moves(self) -> None:
        """Moves between parts that meet inside a block."""
        starts = self.numbering.first
        for number, interval in enumerate(self.numbering.intervals):
            if interval is None or len(interval.parts) == 1:
                continue
            parts = interval.parts
            for index in range(1, len(parts)):
                part = parts[index]
                earlier = parts[index - 1]
                position = part.start
                if earlier.end != position or part.register is None:
                    continue
                block = bisect_right(starts, position) - 1
                if starts[block] == position:
                    continue
                assert position & 1 == 0, "a reload inside an instruction"
                move = Move(self.place_of(number, part), self.place_of(number, earlier))
                self.before.setdefault(position, []).append(move)

    def _arriving(self) -> None:
        """Notes by block the values that enter it in a register and are elsewhere in other places; what enters in
        memory has been there since its definition."""
        starts = self.numbering.first
        for number, interval in enumerate(self.numbering.intervals):
            if interval is None or len(interval.parts) == 1:
                continue
            for part in interval.parts:
                if part.register is None:
                    continue
                for index, start in enumerate(part.starts):
                    end = part.ends[index]
                    block = bisect_left(starts, start)
                    while block < len(starts) and starts[block] < end:
                        if number in self.numbering.live_in[block]:
                            self.arriving[block].append((number, part))
                        block += 1

    def _edge_moves(self, block: MBlock, target: MBlock, args: list[VirtualArg]) -> list[Move]:
        """What an edge must move: values whose places differ at its ends, and arguments to parameters."""
        end = self.numbering.last[block.number] - 1
        start = self.numbering.first[target.number]
        moves: list[Move] = []
        for number, arriving in self.arriving[target.number]:
            part = self.part_at(number, end)
            if part.register is not arriving.register:
                moves.append(Move(self.place_of(number, arriving), self.place_of(number, part)))
        for parameter, arg in zip(target.parameters, args, strict=True):
            destination = self.place(parameter.number, start)
            if destination.register is None and destination.slot is None:
                raise AssertionError("a parameter cannot be made again")
            moves.append(Move(destination, self.place(arg.number, end)))
        return moves

    # --- rewriting ------------------------------------------------------------------------------------------------

    def _rewrite(self, block: MBlock, entering: list[Move], outgoing: list[Move]) -> None:
        out: list[MInsn] = sequence(entering, self.backend)
        position = self.numbering.first[block.number]
        for parameter in block.parameters:
            self._store_definition(parameter.number, position, out)
        last = len(block.insns) - 1
        for index, insn in enumerate(block.insns):
            moves = self.before.get(position)
            if moves is not None:
                out += sequence(moves, self.backend)
            if index == last and outgoing:
                out += sequence(outgoing, self.backend)
            self._insn(insn, position, out)
            position += 2
        block.insns = out

    def _store_definition(self, number: int, position: int, out: list[MInsn]) -> None:
        """Stores a value behind its definition if a part of it is in memory."""
        interval = self.interval(number)
        if interval.info.remat is not None or not self.in_memory(interval):
            return
        register = interval.register
        if register is not None and interval.covers(position):
            out.append(store_insn(self.backend, register, self.slot(number)))

    def _insn(self, insn: MInsn, position: int, out: list[MInsn]) -> None:
        if insn.role == COPY:
            moves: list[Move] = []
            for copy in insn.copies:
                destination = self._copy_place(copy.destination, position + 1)
                moves.append(Move(destination, self._copy_place(copy.source, position)))
            out.append(insn)  # stays as a mark of where values take new names
            out += sequence(moves, self.backend)
            for copy in insn.copies:
                if isinstance(copy.destination, VirtualArg):
                    self._store_definition(copy.destination.number, position + 1, out)
            return
        defined: list[int] = []
        for index, arg in enumerate(insn.args):
            if isinstance(arg, VirtualArg):
                access = insn.accesses[index]
                insn.args[index] = self._register(arg, position if access & READ else position + 1)
                if access & WRITE:
                    defined.append(arg.number)
            elif isinstance(arg, MemoryArg):
                insn.args[index] = self._memory(arg, position)
        out.append(insn)
        for number in defined:
            self._store_definition(number, position + 1, out)

    def _copy_place(self, arg: Arg, position: int) -> Place:
        if isinstance(arg, RegisterArg):
            return Place(arg.register.register_class, arg.register, None)
        assert isinstance(arg, VirtualArg)
        return self.place(arg.number, position)

    def _register(self, arg: VirtualArg, position: int) -> RegisterArg:
        part = self.part_at(arg.number, position)
        assert part.register is not None, f"%v{arg.number} has no register at {position}"
        return RegisterArg(part.register)

    def _memory(self, arg: MemoryArg, position: int) -> MemoryArg:
        base = arg.base
        index = arg.index
        if isinstance(base, VirtualArg):
            base = self._register(base, position)
        if isinstance(index, VirtualArg):
            index = self._register(index, position)
        if base is arg.base and index is arg.index:
            return arg
        return MemoryArg(base, arg.displacement, arg.symbol, index, arg.scale, arg.segment, arg.bits)
