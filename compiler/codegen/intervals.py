"""Live intervals with holes over machine functions in SSA form.

Instruction i of the function's block order has position 2i: it reads at 2i and writes at 2i + 1. Ranges are half
open. A
block's parameters are defined at its first position; edge arguments are read at the end of the block they leave.
Sources: Wimmer and Franz, Linear Scan Register Allocation on SSA Form (CGO 2010); Wimmer and Mössenböck, Optimized
Interval Splitting in a Linear Scan Register Allocator (VEE 2005).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, final

from compiler.codegen.mfunc import ASM, COPY, MBlock, MFunction, MInsn, VirtualInfo
from compiler.machine.isa import READ, WRITE, Arg, MemoryArg, Register, RegisterArg, VirtualArg

NEVER: Final = 1 << 60


@final
class Interval:
    """A value, or a part of one, with one location. `ends[i]` closes the range that `starts[i]` opens; both ascend.

    `uses` are the positions at which it must be in a register, ascending. `register` None after allocation means
    that the
    part lives in memory (or is made again). `parts` of the value's first interval lists all parts in order.
    """

    __slots__ = ("ends", "follows", "hint", "info", "parts", "register", "starts", "uses", "weight")

    def __init__(self, info: VirtualInfo) -> None:
        self.info: Final = info
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.uses: list[int] = []
        self.register: Register | None = None
        self.hint: Register | None = None
        self.follows: Interval | None = None  # a move between the two vanishes if they share a register
        self.parts: list[Interval] = [self]
        self.weight = 0.0

    @property
    def start(self) -> int:
        return self.starts[0]

    @property
    def end(self) -> int:
        return self.ends[-1]

    def covers(self, position: int) -> bool:
        index = bisect_right(self.starts, position) - 1
        return index >= 0 and position < self.ends[index]

    def meets(self, other: Interval) -> int:
        """The first position both cover, NEVER if none."""
        return first_meeting(self.starts, self.ends, other.starts, other.ends)

    def next_use(self, position: int) -> int:
        """The first use at or after a position, NEVER if none."""
        index = bisect_right(self.uses, position - 1)
        return self.uses[index] if index < len(self.uses) else NEVER


def first_meeting(starts: list[int], ends: list[int], other_starts: list[int], other_ends: list[int]) -> int:
    """The first position that two ascending lists of ranges share."""
    i = 0
    j = max(0, bisect_right(other_starts, starts[0]) - 1)
    while i < len(starts) and j < len(other_starts):
        low = max(starts[i], other_starts[j])
        if low < ends[i] and low < other_ends[j]:
            return low
        if ends[i] <= other_ends[j]:
            i += 1
        else:
            j += 1
    return NEVER


@final
class Fixed:
    """When a physical register is taken by instructions themselves."""

    __slots__ = ("ends", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []


@final
class Numbering:
    """Positions of blocks and instructions, liveness and intervals of one function."""

    def __init__(self, mf: MFunction) -> None:
        self.mf: Final = mf
        self.insns: list[MInsn] = []
        self.first: Final[list[int]] = []  # by block number: position of the first instruction
        self.last: Final[list[int]] = []  # by block number: the position behind the last instruction
        for block in mf.blocks:
            self.first.append(len(self.insns) * 2)
            self.insns += block.insns
            self.last.append(len(self.insns) * 2)
        self.live_in: Final[list[set[int]]] = live_in_sets(mf)
        self.intervals: Final[list[Interval | None]] = [None] * len(mf.virtuals)
        self.fixed: Final[dict[int, Fixed]] = {}  # by register index
        for number in range(len(mf.blocks) - 1, -1, -1):
            self._block(mf.blocks[number])
        self._finish()

    def _interval(self, number: int) -> Interval:
        found = self.intervals[number]
        if found is None:
            found = Interval(self.mf.virtuals[number])
            self.intervals[number] = found
        return found

    def _extend(self, number: int, start: int, end: int) -> None:
        """Adds a range; lists are built backwards and reversed at the end."""
        interval = self._interval(number)
        if interval.starts and end >= interval.starts[-1]:
            interval.starts[-1] = min(start, interval.starts[-1])
            interval.ends[-1] = max(end, interval.ends[-1])
        else:
            interval.starts.append(start)
            interval.ends.append(end)

    def _shorten(self, number: int, start: int) -> None:
        """The value is defined at `start`: what was live from the block's start begins here. A dead one gets one
        position."""
        interval = self._interval(number)
        if interval.starts and interval.ends[-1] > start:
            interval.starts[-1] = start
        else:
            interval.starts.append(start)
            interval.ends.append(start + 1)

    def _block(self, block: MBlock) -> None:
        first = self.first[block.number]
        last = self.last[block.number]
        live: set[int] = set()
        for edge in block.edges:
            live |= self.live_in[edge.target.number]
            for index, arg in enumerate(edge.args):
                live.add(arg.number)
                self._pair(edge.target.parameters[index].number, arg.number)
        intervals = self.intervals
        for number in live:
            interval = intervals[number]
            if interval is None:
                interval = self._interval(number)
            starts = interval.starts
            if starts and starts[-1] == last:
                starts[-1] = first  # goes on in the next block
            else:
                starts.append(first)
                interval.ends.append(last)
        taken: dict[int, int] = {}  # register index -> end of the range that a write will open
        frequency = block.frequency
        for offset in range(len(block.insns) - 1, -1, -1):
            self._insn(block.insns[offset], first + offset * 2, first, taken, frequency)
        for parameter in block.parameters:
            self._shorten(parameter.number, first)
        for index, end in taken.items():
            self._add_fixed(index, first, end)

    def _insn(self, insn: MInsn, at: int, first: int, taken: dict[int, int], frequency: float) -> None:
        if insn.role == COPY:
            for copy in insn.copies:
                self._write(copy.destination, at + 1, taken, frequency)
            for copy in insn.copies:
                self._read(copy.source, at, first, taken, frequency, True)
            for copy in insn.copies:
                self._suggest(copy.destination, copy.source)
            return
        for position, arg in enumerate(insn.args):
            access = insn.accesses[position] if position < len(insn.accesses) else 0
            if access & WRITE and not isinstance(arg, MemoryArg):
                early = insn.role == ASM and insn.early[position]
                if not early and insn.insn is not None:
                    early = insn.insn.operands[position].constraint == 3
                self._write(arg, at if early else at + 1, taken, frequency)
        for register in insn.writes:
            if insn.role == ASM:  # clobbers are written before all is read
                taken.pop(register.index, 0)
                self._add_fixed(register.index, at, at + 2)
            else:
                self._write_register(register, at + 1, taken)
        if insn.insn is not None:
            for register in insn.insn.implicit_writes:
                self._write_register(register, at + 1, taken)
        for position, arg in enumerate(insn.args):
            access = insn.accesses[position] if position < len(insn.accesses) else 0
            if isinstance(arg, MemoryArg):
                if arg.base is not None:
                    self._read(arg.base, at, first, taken, frequency, False)
                if arg.index is not None:
                    self._read(arg.index, at, first, taken, frequency, False)
            elif access & READ:
                self._read(arg, at, first, taken, frequency, False)
        for register in insn.reads:
            taken.setdefault(register.index, at + 1)
        if insn.insn is not None:
            for register in insn.insn.implicit_reads:
                taken.setdefault(register.index, at + 1)

    def _write(self, arg: Arg, at: int, taken: dict[int, int], frequency: float) -> None:
        if isinstance(arg, VirtualArg):
            self._shorten(arg.number, at)
            interval = self._interval(arg.number)
            interval.uses.append(at)
            interval.weight += frequency
        elif isinstance(arg, RegisterArg):
            self._write_register(arg.register, at, taken)

    def _write_register(self, register: Register, at: int, taken: dict[int, int]) -> None:
        self._add_fixed(register.index, at, taken.pop(register.index, at + 1))

    def _add_fixed(self, index: int, start: int, end: int) -> None:
        found = self.fixed.get(index)
        if found is None:
            found = Fixed()
            self.fixed[index] = found
        found.starts.append(start)
        found.ends.append(end)

    def _read(
        self, arg: Arg, at: int, first: int, taken: dict[int, int], frequency: float, copied: bool
    ) -> None:
        """A use at `at`. What a parallel copy reads may lie in memory."""
        if isinstance(arg, VirtualArg):
            self._extend(arg.number, first, at + 1)
            interval = self._interval(arg.number)
            interval.weight += frequency
            if not copied:
                interval.uses.append(at)
        elif isinstance(arg, RegisterArg):
            taken.setdefault(arg.register.index, at + 1)

    def _suggest(self, destination: Arg, source: Arg) -> None:
        """A move to or from a physical register would vanish there."""
        if isinstance(destination, RegisterArg) and isinstance(source, VirtualArg):
            self._interval(source.number).hint = destination.register
        elif isinstance(source, RegisterArg) and isinstance(destination, VirtualArg):
            interval = self._interval(destination.number)
            if interval.hint is None:
                interval.hint = source.register
        elif isinstance(source, VirtualArg) and isinstance(destination, VirtualArg):
            self._pair(destination.number, source.number)

    def _pair(self, number: int, other: int) -> None:
        """Two values that a move connects, the later one first."""
        interval = self._interval(number)
        partner = self._interval(other)
        if interval.follows is None:
            interval.follows = partner
        if partner.follows is None:
            partner.follows = interval

    def _finish(self) -> None:
        """Turns the lists round; they were built from the end."""
        for interval in self.intervals:
            if interval is not None:
                interval.starts.reverse()
                interval.ends.reverse()
                interval.uses.reverse()
        for fixed in self.fixed.values():
            order = sorted(range(len(fixed.starts)), key=fixed.starts.__getitem__)
            fixed.starts = [fixed.starts[index] for index in order]
            fixed.ends = [fixed.ends[index] for index in order]


def _arg_virtuals(insn: MInsn) -> tuple[list[int], list[int]]:
    """The virtual registers an instruction writes, and those it reads."""
    writes: list[int] = []
    reads: list[int] = []
    for copy in insn.copies:
        if isinstance(copy.destination, VirtualArg):
            writes.append(copy.destination.number)
        if isinstance(copy.source, VirtualArg):
            reads.append(copy.source.number)
    for position, arg in enumerate(insn.args):
        if isinstance(arg, VirtualArg):
            access = insn.accesses[position]
            if access & WRITE:
                writes.append(arg.number)
            if access & READ:
                reads.append(arg.number)
        elif isinstance(arg, MemoryArg):
            if isinstance(arg.base, VirtualArg):
                reads.append(arg.base.number)
            if isinstance(arg.index, VirtualArg):
                reads.append(arg.index.number)
    return writes, reads


def live_in_sets(mf: MFunction) -> list[set[int]]:
    """Virtual registers live into each block, parameters excluded. Only what crosses blocks enters the iteration."""
    count = len(mf.blocks)
    exposed: list[set[int]] = []
    defined: list[set[int]] = []
    for block in mf.blocks:
        written: set[int] = {parameter.number for parameter in block.parameters}
        read: set[int] = set()
        for insn in block.insns:
            writes, reads = _arg_virtuals(insn)
            for number in reads:
                if number not in written:
                    read.add(number)
            written.update(writes)
        for edge in block.edges:
            for arg in edge.args:
                if arg.number not in written:
                    read.add(arg.number)
        exposed.append(read)
        defined.append(written)
    live = [set(read) for read in exposed]
    changed = True
    while changed:
        changed = False
        for number in range(count - 1, -1, -1):
            current = live[number]
            size = len(current)
            for edge in mf.blocks[number].edges:
                incoming = live[edge.target.number]
                if incoming:
                    current |= incoming - defined[number]
            if len(current) != size:
                changed = True
    return live
