"""Linear scan over live intervals with splitting; never gives away a register an instruction needs for itself.

A value that does not keep a register everywhere is stored once, behind its definition, and its parts are reloaded (or
made again) where they are used. Intervals are taken in order of their starts; when no register is free for long enough
the one whose next use is farthest, weighted by how often it runs, gives way. Source: Wimmer and Mössenböck (VEE 2005).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from heapq import heapify, heappop, heappush
from typing import Final, final

from compiler.codegen.backend import Backend
from compiler.codegen.frame import reserved_registers
from compiler.codegen.intervals import NEVER, Fixed, Interval, Numbering, first_meeting
from compiler.codegen.mfunc import MFunction
from compiler.machine.isa import Register


@final
class Allocator:
    """Allocates one function. Afterwards every part of every interval has a register or is in memory."""

    def __init__(self, mf: MFunction, backend: Backend) -> None:
        self.mf: Final = mf
        self.backend: Final = backend
        self.numbering: Final = Numbering(mf)
        self.queue: list[tuple[int, int, Interval]] = []
        self.sequence = 0
        self.active: list[list[Interval]] = [[] for _ in backend.target.classes]
        self.inactive: list[list[Interval]] = [[] for _ in backend.target.classes]
        self.block_starts: Final[list[int]] = self.numbering.first
        self.used: Final[set[int]] = set()
        reserved = reserved_registers(mf, backend)
        self.order: Final[list[list[Register]]] = [
            [register for register in registers if register not in reserved]
            for registers in backend.target.allocation_order
        ]

    def run(self) -> Numbering:
        intervals = [interval for interval in self.numbering.intervals if interval is not None]
        for interval in intervals:
            self.queue.append((interval.start, self.sequence, interval))
            self.sequence += 1
        heapify(self.queue)
        while self.queue:
            position, _, current = heappop(self.queue)
            self._retire(current.info.virtual.register_class.number, position)
            if not self._try_free(current) and not self._try_blocked(current):
                raise AssertionError(f"{self.mf.name}: no register for %v{current.info.virtual.number}")
        for registers in self.backend.target.callee_saved:
            for register in registers:
                if register.index in self.used or register.index in self.numbering.fixed:
                    self.mf.used_callee_saved.append(register)
        return self.numbering

    def _retire(self, class_number: int, position: int) -> None:
        """Moves intervals between active and inactive, and drops those that ended."""
        active: list[Interval] = []
        inactive: list[Interval] = []
        for interval in self.active[class_number]:
            if interval.end <= position:
                continue
            (active if interval.covers(position) else inactive).append(interval)
        for interval in self.inactive[class_number]:
            if interval.end <= position:
                continue
            (active if interval.covers(position) else inactive).append(interval)
        self.active[class_number] = active
        self.inactive[class_number] = inactive

    def _fixed_meeting(self, register: Register, current: Interval) -> int:
        fixed = self.numbering.fixed.get(register.index)
        if fixed is None:
            return NEVER
        return meeting_with(fixed, current)

    def _assign(self, current: Interval, register: Register) -> None:
        current.register = register
        self.used.add(register.index)
        self.active[register.register_class.number].append(current)

    def _try_free(self, current: Interval) -> bool:
        """A register that is free from the interval's start, for all of it or at least up to a use."""
        class_number = current.info.virtual.register_class.number
        order = self.order[class_number]
        free: dict[int, int] = {}
        for interval in self.active[class_number]:
            assert interval.register is not None
            free[interval.register.index] = 0
        for interval in self.inactive[class_number]:
            assert interval.register is not None
            index = interval.register.index
            if free.get(index, NEVER):
                free[index] = min(free.get(index, NEVER), current.meets(interval))
        end = current.end
        best: Register | None = None
        best_until = 0
        hint = self._hint(current)
        if hint is not None and hint in order:
            until = min(free.get(hint.index, NEVER), self._fixed_meeting(hint, current))
            if until >= end:
                self._assign(current, hint)
                return True
            best = hint
            best_until = until
        for register in order:
            until = free.get(register.index, NEVER)
            if until <= best_until:
                continue
            until = min(until, self._fixed_meeting(register, current))
            if until >= end:
                self._assign(current, register)
                return True
            if until > best_until:
                best = register
                best_until = until
        # A part of the interval: worth it only if the part has uses beyond its start.
        first_use = current.next_use(current.start)
        if best is None or first_use >= best_until or best_until <= current.start:
            return False
        self._end_at(current, best_until)
        self._assign(current, best)
        return True

    def _end_at(self, current: Interval, limit: int) -> None:
        """Lets an interval keep its register up to `limit` at most; the rest is queued, or goes to memory where no
        instruction boundary lies between its start and the limit."""
        split = self._split_position(current, current.start + 1, limit)
        if split > current.next_use(current.start):
            self._split(current, split)
        else:
            self._spill_rest(current, limit)

    def _spill_rest(self, interval: Interval, position: int) -> None:
        """From `position` on, which may be inside an instruction, the value is in memory until its next use."""
        rest = split_interval(interval, position)
        if rest is None:
            return
        first_use = rest.next_use(rest.start)
        if first_use < NEVER:
            split = self._split_position(rest, rest.start + 1, first_use)
            assert split > rest.start, "use inside the instruction that takes the register"
            self._split(rest, split)
        rest.register = None

    def _hint(self, current: Interval) -> Register | None:
        if current.hint is not None:
            return current.hint
        follows = current.follows
        if follows is not None:
            last = follows.parts[-1] if follows.start < current.start else follows
            if last.register is not None:
                return last.register
            if follows.hint is not None:
                return follows.hint
        return current.info.hint

    def _try_blocked(self, current: Interval) -> bool:
        """Takes the register whose holder can best do without, or puts the interval itself into memory."""
        class_number = current.info.virtual.register_class.number
        order = self.order[class_number]
        start = current.start
        next_use: dict[int, int] = {}
        weight: dict[int, float] = {}
        pinned: set[int] = set()
        for interval in self.active[class_number]:
            assert interval.register is not None
            index = interval.register.index
            following = interval.next_use(start)
            next_use[index] = min(next_use.get(index, NEVER), following)
            weight[index] = max(weight.get(index, 0.0), density(interval))
            if interval.start == start or following <= start + 1 - (start & 1):
                pinned.add(index)  # needed by the very instruction
        for interval in self.inactive[class_number]:
            assert interval.register is not None
            index = interval.register.index
            if current.meets(interval) < NEVER:
                next_use[index] = min(next_use.get(index, NEVER), interval.next_use(start))
                weight[index] = max(weight.get(index, 0.0), density(interval))
        first_use = current.next_use(start)
        if first_use > start + 1:
            return self._to_memory(current, first_use)
        best: Register | None = None
        best_score = -1.0
        best_block = 0
        for register in order:
            index = register.index
            blocked = self._fixed_meeting(register, current)
            if index in pinned or blocked <= max(first_use, start):
                continue
            distance = float(min(next_use.get(index, NEVER), blocked, start + (1 << 20)) - start)
            score = distance / (1.0 + weight.get(index, 0.0))
            if score > best_score:
                best = register
                best_score = score
                best_block = blocked
        if best is None:
            return False
        if best_block < current.end:
            self._end_at(current, best_block)
        self._evict(best, current)
        self._assign(current, best)
        return True

    def _to_memory(self, current: Interval, first_use: int) -> bool:
        """The interval lives in memory until just before its first use."""
        if first_use < NEVER:
            split = self._split_position(current, current.start + 1, first_use)
            if split <= current.start:
                return False
            self._split(current, split)
        current.register = None
        return True

    def _evict(self, register: Register, current: Interval) -> None:
        """Ends the register's holders before `current`: their rest goes to memory and comes back at its next use."""
        class_number = register.register_class.number
        start = current.start
        kept: list[Interval] = []
        for interval in self.active[class_number]:
            if interval.register is register:
                self._spill_rest(interval, start)
            else:
                kept.append(interval)
        self.active[class_number] = kept
        kept = []
        for interval in self.inactive[class_number]:
            if interval.register is register and current.meets(interval) < NEVER:
                self._spill_rest(interval, start)
            else:
                kept.append(interval)
        self.inactive[class_number] = kept

    def _split_position(self, current: Interval, low: int, high: int) -> int:
        """An even position in [low, high] to split at: the latest block start in a colder block, else just before
        `high`."""
        latest = high & ~1
        if latest < low:
            return -1
        left = bisect_left(self.block_starts, low)
        right = bisect_right(self.block_starts, latest) - 1
        if right >= left:
            here = self.mf.blocks[bisect_right(self.block_starts, latest) - 1].frequency
            best = -1
            best_frequency = here
            for index in range(right, left - 1, -1):
                frequency = self.mf.blocks[index].frequency
                if frequency < best_frequency:
                    best = self.block_starts[index]
                    best_frequency = frequency
            if best >= low and best & 1 == 0:
                return best
        return latest

    def _split(self, interval: Interval, position: int) -> None:
        """Cuts an interval in two at an even position; the rest is queued."""
        rest = split_interval(interval, position)
        if rest is not None:
            heappush(self.queue, (rest.start, self.sequence, rest))
            self.sequence += 1


def density(interval: Interval) -> float:
    """How often per position a value is used: the cost of putting it into memory. Values made again are cheap."""
    length = interval.end - interval.start + 1
    value = interval.weight * 16.0 / length
    return value / 2 if interval.info.remat is not None else value


def meeting_with(fixed: Fixed, current: Interval) -> int:
    """The first position at which a fixed register is taken while the interval lives."""
    return first_meeting(current.starts, current.ends, fixed.starts, fixed.ends)


def split_interval(interval: Interval, position: int) -> Interval | None:
    """Cuts `interval` at `position`; returns the new later part, None if nothing lies behind."""
    if position >= interval.end:
        return None
    assert position > interval.start
    rest = Interval(interval.info)
    index = bisect_right(interval.starts, position - 1) - 1
    rest.starts = interval.starts[index + 1 :]
    rest.ends = interval.ends[index + 1 :]
    end = interval.ends[index]
    del interval.starts[index + 1 :]
    del interval.ends[index + 1 :]
    if end > position:
        interval.ends[index] = position
        rest.starts.insert(0, position)
        rest.ends.insert(0, end)
    use = bisect_left(interval.uses, position)
    rest.uses = interval.uses[use:]
    del interval.uses[use:]
    rest.weight = interval.weight
    rest.hint = interval.hint
    rest.follows = interval.follows
    rest.parts = interval.parts
    at = interval.parts.index(interval)
    interval.parts.insert(at + 1, rest)
    return rest
