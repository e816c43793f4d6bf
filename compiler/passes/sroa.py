"""Splits stack objects into the pieces they are accessed by, so that `mem2reg` can take them (scalar replacement).

A slot qualifies if its address is only loaded from, stored to, copied and filled at constant offsets, in range,
neither volatile nor atomic. Overlapping accesses make one piece; copies are carried out piece by piece, so the pieces
of what is copied are taken over by both sides, and bytes that only copies touch are a piece of their own, which stays
in memory.
"""

from __future__ import annotations

from typing import Final, final

from compiler.analysis.alias import Place, place_of
from compiler.analysis.cfg import Cfg, remove_unreachable
from compiler.analysis.facts import Facts
from compiler.ir.builder import make
from compiler.ir.edit import make_const
from compiler.ir.function import Const, Function, Memory, Operation, Slot, Value
from compiler.ir.order import edges_of
from compiler.ir.types import VOID, Type
from compiler.passes.base import FunctionPass
from compiler.passes.counters import Counters
from compiler.passes.mem2reg import calls_returning_twice
from compiler.terms import ops
from compiler.terms.ops import Op

_LARGEST: Final = 512  # bytes of a slot
_PIECES: Final = 64
_FILLED: Final = 16  # bytes of a scalar that a fill may turn into a constant


@final
class _Piece:
    """Bytes `start` to `end` of a slot. `type` is what all its accesses have, None if they differ or there are none."""

    def __init__(self, start: int, end: int, type: Type | None) -> None:
        self.start: Final = start
        self.end: Final = end
        self.type: Final = type
        self.slot: Slot | None = None


@final
class _Candidate:
    def __init__(self, slot: Slot) -> None:
        self.slot: Final = slot
        self.types: Final[dict[int, dict[int, Type | None]]] = {}  # start: {end: type}
        self.copies: Final[list[tuple[int, int, _Candidate | None, int]]] = []  # start, size, other side, its start
        self.pieces: list[_Piece] = []

    def add(self, start: int, end: int, type: Type | None) -> bool:
        """Notes an access; whether that is news."""
        ends = self.types.setdefault(start, {})
        if end not in ends:
            ends[end] = type
            return True
        if ends[end] is not type and type is not None:
            if ends[end] is None:
                return False
            old = ends[end]
            if old is not None and old.bits * old.lanes != type.bits * type.lanes:
                ends[end] = None
        return False

    def settle(self) -> None:
        """Merges what overlaps into pieces."""
        self.pieces = []
        spans = [(start, end, kind) for start, ends in self.types.items() for end, kind in ends.items()]
        spans.sort(key=_span_order)
        for start, end, kind in spans:
            if self.pieces and start < self.pieces[-1].end:
                last = self.pieces.pop()
                self.pieces.append(_Piece(last.start, max(last.end, end), None))
            else:
                self.pieces.append(_Piece(start, end, kind))

    def inside(self, start: int, size: int) -> list[_Piece] | None:
        """The pieces within a range; None if one crosses its border."""
        found: list[_Piece] = []
        for piece in self.pieces:
            if piece.end <= start or piece.start >= start + size:
                continue
            if piece.start < start or piece.end > start + size:
                return None
            found.append(piece)
        return found


def _span_order(span: tuple[int, int, Type | None]) -> tuple[int, int]:
    return span[0], span[1]


@final
class Sroa(FunctionPass):
    """`sroa`."""

    def run(self, function: Function, facts: Facts, counters: Counters) -> bool:
        if calls_returning_twice(function):
            return False
        if remove_unreachable(function):
            facts.keep(0)
        candidates = _find(function)
        while candidates:
            _share_pieces(candidates)
            bad = [number for number, candidate in candidates.items() if not _is_good(candidate)]
            for number in bad:
                _forget(candidates, number)
            if not bad:
                break
        for number in list(candidates):
            candidate = candidates[number]
            if len(candidate.pieces) != 1:
                continue
            only = candidate.pieces[0]
            if only.start == 0 and (only.type is None or not candidate.copies):
                if only.end == candidate.slot.size or only.type is not None:
                    _forget(candidates, number)  # nothing to split: mem2reg takes it as it is, or cannot
        if not candidates or not counters.allow("sroa"):
            return False
        _Splitter(function, facts.pointer, candidates).run(facts.cfg())
        return True


def _find(function: Function) -> dict[int, _Candidate]:
    found: dict[int, _Candidate] = {}
    for operation in function.entry.operations:
        if isinstance(operation, Slot) and 0 < operation.size <= _LARGEST:
            found[operation.number] = _Candidate(operation)
    if not found:
        return found
    for block in function.blocks:
        for operation in block.operations:
            _note_uses(operation, found)
        for edge in edges_of(block):
            for value in edge.args:
                _discard(value, found)
    return found


def _discard(value: Value, found: dict[int, _Candidate]) -> None:
    number = place_of(value).base.number
    if number in found:
        _forget(found, number)


def _forget(found: dict[int, _Candidate], number: int) -> None:
    """Drops a candidate; for others it becomes memory like any."""
    gone = found.pop(number)
    for candidate in found.values():
        for index, (start, size, other, other_start) in enumerate(candidate.copies):
            if other is gone:
                candidate.copies[index] = (start, size, None, other_start)


def _note_uses(operation: Operation, found: dict[int, _Candidate]) -> None:
    op = operation.op
    if op is ops.PTR_ADD:
        _discard(operation.args[1], found)
        return  # judged where the sum is used
    if op in (ops.LIFETIME_START, ops.LIFETIME_END, ops.DEBUG_VALUE) and isinstance(operation.args[0], Slot):
        return
    accesses = isinstance(operation, Memory) and not operation.volatile and not operation.order
    if not isinstance(operation, Memory) or not accesses or op not in (ops.LOAD, ops.STORE, ops.COPY, ops.FILL):
        for value in operation.args:
            _discard(value, found)
        return
    size = operation.named.size if op is ops.LOAD or op is ops.STORE else operation.size
    place = place_of(operation.args[0])
    first = _fitting(place, size, found)
    if op is ops.LOAD:
        if first is not None:
            first.add(place.offset, place.offset + size, operation.named)
    elif op is ops.STORE:
        _discard(operation.args[1], found)
        first = found.get(place.base.number)
        if first is not None:
            first.add(place.offset, place.offset + size, operation.named)
    elif op is ops.FILL:
        if first is not None:
            first.copies.append((place.offset, size, None, 0))
    else:
        source = place_of(operation.args[1])
        second = _fitting(source, size, found)
        if first is not None:
            first = found.get(place.base.number)
        if first is not None and first is second:
            _forget(found, first.slot.number)
            return
        if first is not None:
            first.copies.append((place.offset, size, second, source.offset))
        if second is not None:
            second.copies.append((source.offset, size, first, place.offset))


def _fitting(place: Place, size: int, found: dict[int, _Candidate]) -> _Candidate | None:
    """The candidate accessed; one that is accessed out of range or at an unknown offset is none."""
    candidate = found.get(place.base.number)
    if candidate is None:
        return None
    if not place.exact or place.offset < 0 or place.offset + size > candidate.slot.size or size == 0:
        _forget(found, place.base.number)
        return None
    return candidate


def _share_pieces(candidates: dict[int, _Candidate]) -> None:
    """Both sides of a copy get the same pieces, gaps included, until nothing is new."""
    work = list(candidates.values())
    rounds = 0
    while work and rounds < 10_000:
        rounds += 1
        candidate = work.pop()
        candidate.settle()
        if len(candidate.pieces) > _PIECES:
            continue
        for start, size, other, other_start in candidate.copies:
            inside = candidate.inside(start, size)
            if inside is None:
                continue
            news = False
            position = start
            for piece in inside + [_Piece(start + size, start + size, None)]:
                if piece.start > position and candidate.add(position, piece.start, None):
                    news = True
                position = max(position, piece.end)
                if other is not None and piece.end > piece.start:
                    shift = other_start - start
                    if other.add(piece.start + shift, piece.end + shift, piece.type) and other not in work:
                        work.append(other)
            if news and candidate not in work:
                work.append(candidate)
    for candidate in candidates.values():
        candidate.settle()


def _is_good(candidate: _Candidate) -> bool:
    if len(candidate.pieces) > _PIECES:
        return False
    for start, size, other, other_start in candidate.copies:
        mine = candidate.inside(start, size)
        if mine is None:
            return False
        if other is not None:
            theirs = other.inside(other_start, size)
            if theirs is None or len(theirs) != len(mine):
                return False
            for left, right in zip(mine, theirs, strict=True):
                if left.start - start != right.start - other_start or left.end - start != right.end - other_start:
                    return False
    return True


@final
class _Splitter:
    """Rewrites all accesses; the old slots go, with what computed addresses in them left to `dce`."""

    def __init__(self, function: Function, pointer: Type, candidates: dict[int, _Candidate]) -> None:
        self.function: Final = function
        self.pointer: Final = pointer
        self.candidates: Final = candidates
        self.out: list[Operation] = []
        self.loc = 0

    def run(self, cfg: Cfg) -> None:
        new_slots: list[Operation] = []
        for candidate in self.candidates.values():
            old = candidate.slot
            for piece in candidate.pieces:
                made = Slot(ops.SLOT, old.type, self.function.number(), [], VOID)
                made.size = piece.end - piece.start
                low = piece.start & -piece.start if piece.start else old.align
                made.align = min(old.align, low)
                made.name = f"{old.name}.{piece.start}" if old.name else ""
                made.loc = old.loc
                piece.slot = made
                new_slots.append(made)
        gone: set[int] = set(self.candidates)
        for block in cfg.order:  # definitions before uses
            self.out = []
            for operation in block.operations:
                if operation.number in gone:
                    continue
                if operation.op is ops.PTR_ADD and operation.args[0].number in gone:
                    gone.add(operation.number)  # every use is an access, which is rewritten
                    continue
                if operation.args and isinstance(operation, Memory):
                    self.loc = operation.loc
                    self.access(operation)
                elif operation.args and operation.args[0].number in gone:
                    continue  # lifetimes and notes
                else:
                    self.out.append(operation)
            block.operations = self.out
        entry = self.function.entry
        entry.operations[0:0] = new_slots

    def access(self, operation: Memory) -> None:
        place = place_of(operation.args[0])
        candidate = self.candidates.get(place.base.number)
        if operation.op is ops.COPY:
            self.copy(operation, place, candidate)
        elif candidate is None:
            self.out.append(operation)
        elif operation.op is ops.FILL:
            self.fill(operation, place, candidate)
        else:
            for piece in candidate.pieces:
                if piece.start <= place.offset < piece.end:
                    assert piece.slot is not None
                    operation.args[0] = self.at(piece.slot, place.offset - piece.start)
            self.out.append(operation)

    def at(self, base: Value, offset: int) -> Value:
        if offset == 0:
            return base
        const = make_const(self.function, self.pointer, offset, self.loc)
        made = make(self.function, ops.PTR_ADD, self.pointer, [base, const], self.pointer)
        made.loc = self.loc
        self.out.append(const)
        self.out.append(made)
        return made

    def plain(self, op: Op, type: Type, args: list[Value], align: int, size: int) -> Memory:
        made = Memory(op, type if op is ops.LOAD else VOID, self.function.number(), args)
        made.named = type
        made.align = align
        made.size = size
        made.loc = self.loc
        self.out.append(made)
        return made

    def fill(self, operation: Memory, place: Place, candidate: _Candidate) -> None:
        inside = candidate.inside(place.offset, operation.size)
        assert inside is not None
        byte = operation.args[1]
        for piece in inside:
            assert piece.slot is not None
            size = piece.end - piece.start
            if piece.type is not None and isinstance(byte, Const) and size <= _FILLED and piece.type.bits >= 8:
                pattern = int.from_bytes(bytes([byte.value]) * size, "little")
                const = make_const(self.function, piece.type, pattern, self.loc)
                self.out.append(const)
                self.plain(ops.STORE, piece.type, [piece.slot, const], piece.slot.align, 0)
            else:
                self.plain(ops.FILL, VOID, [piece.slot, byte], piece.slot.align, size)

    def copy(self, operation: Memory, place: Place, to: _Candidate | None) -> None:
        source = place_of(operation.args[1])
        from_ = self.candidates.get(source.base.number)
        if to is None and from_ is None:
            self.out.append(operation)
            return
        left = None if to is None else to.inside(place.offset, operation.size)
        right = None if from_ is None else from_.inside(source.offset, operation.size)
        count = len(left or right or [])
        for index in range(count):
            if left is not None:
                piece = left[index]
                delta = piece.start - place.offset
            else:
                assert right is not None
                piece = right[index]
                delta = piece.start - source.offset
            align = min(operation.align, delta & -delta) if delta else operation.align
            target: Value = self.at(operation.args[0], delta) if left is None else _slot_of(left[index])
            origin: Value = self.at(operation.args[1], delta) if right is None else _slot_of(right[index])
            size = piece.end - piece.start
            kind = piece.type
            if left is not None and right is not None and right[index].type is not None:
                kind = kind or right[index].type
            if kind is not None and kind.size == size and kind.bits >= 8:
                value = self.plain(ops.LOAD, kind, [origin], align if right is None else _align(origin), 0)
                self.plain(ops.STORE, kind, [target, value], align if left is None else _align(target), 0)
            else:
                near = align if left is None else _align(target)
                far = align if right is None else _align(origin)
                self.plain(ops.COPY, VOID, [target, origin], min(near, far), size)


def _slot_of(piece: _Piece) -> Slot:
    assert piece.slot is not None
    return piece.slot


def _align(value: Value) -> int:
    assert isinstance(value, Slot)
    return value.align
