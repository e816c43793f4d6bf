"""Initializers: from the brace tree that the parser read to a flat list of stores (C17 6.7.9, with GNU's extensions).

Invariant: entries end up in offset order, a later one for the same storage having replaced the earlier. A frame
stands for an aggregate whose elements are being initialised; braces open a fresh walk, elided braces push a frame onto
the current one.
"""

from __future__ import annotations

from typing import Final, final

from compiler.sema.constants import LabelDifference
from compiler.sema.context import Context
from compiler.sema.convert import INITIALIZING, Target, assign_convert, load
from compiler.sema.postfix import find_field
from compiler.syntax import expr
from compiler.syntax.decl import Initializer, InitializerEntry
from compiler.syntax.expr import Cast, CompoundLiteral, Expr, IntegerConstant, StringConstant
from compiler.types import ctypes
from compiler.types.conversions import is_compatible
from compiler.types.ctypes import (
    ERROR,
    ArrayType,
    CType,
    Field,
    IntegerType,
    RecordInfo,
    RecordType,
    VectorType,
)
from compiler.types.derive import is_complete, is_variable_length, unqualified
from compiler.types.names import type_name


@final
class Designator:
    """`.name`, `[low]` or `[low ... high]`."""

    def __init__(self, at: int, name: str, low: Expr | None, high: Expr | None) -> None:
        self.at: Final = at
        self.name: Final = name
        self.low: Final = low
        self.high: Final = high


@final
class RawInitializer:
    """What the parser read: an expression, or a brace list of (designators, value)."""

    def __init__(self, start: int) -> None:
        self.start: Final = start
        self.end = start
        self.value: Expr | None = None
        self.items: list[RawItem] | None = None


@final
class RawItem:
    def __init__(self, designators: list[Designator] | None, value: RawInitializer) -> None:
        self.designators: Final = designators
        self.value: Final = value


@final
class Frame:
    """An aggregate being filled. `count` is the number of its elements, -1 where the initializer decides."""

    def __init__(self, type: CType, offset: int, count: int, info: RecordInfo | None, element: CType | None) -> None:
        self.type: Final = type
        self.offset: Final = offset
        self.count: Final = count
        self.info: Final = info
        self.element: Final = element
        self.element_size = 0
        self.index = -1  # of the element initialised last
        self.highest = -1


@final
class _Position:
    """A subobject: where the next initializer goes. Under a range designator it is the last one, and `copies` has the
    distances to all of them, rising to 0."""

    def __init__(self, type: CType, offset: int, field: Field | None) -> None:
        self.type: Final = type
        self.offset: Final = offset
        self.field: Final = field
        self.copies: list[int] | None = None


@final
class Flattener:
    """Collects the entries of one object."""

    def __init__(self, cx: Context, is_static: bool) -> None:
        self.cx: Final = cx
        self.is_static: Final = is_static
        self.entries: list[InitializerEntry] = []
        self.end = 0  # no entry reaches past this offset
        self.active: dict[int, Field] = {}  # union offset * 64 + nesting -> the member initialised
        self.failed = False
        self.needs_sort = False
        self.whole_length = -1  # the element count the outermost array of unknown size got
        self.outermost: CType | None = None  # the type of the object itself
        self.is_repeated = False  # whether a value stands in several entries

    # --- entries ----------------------------------------------------------------------------------------------------

    def add(self, offset: int, type: CType, value: Expr, field: Field | None) -> None:
        if value.type.kind == ERROR:
            self.failed = True
            return
        size = self.cx.layout.size_of(type) if is_complete(type) else len(value.data) if isinstance(
            value, StringConstant) else 0  # fmt: skip
        if offset < self.end or (field is not None and offset < self.end + 1):
            self._clear(offset, size, field)
            self.needs_sort = True
        self.entries.append(InitializerEntry(offset, type, value, field))
        self.end = max(self.end, offset + max(size, 1))

    def _clear(self, offset: int, size: int, field: Field | None) -> None:
        """Drops what the new entry covers; parts of a larger earlier value stay, and are stored over."""
        kept: list[InitializerEntry] = []
        for entry in self.entries:
            if field is not None and field.bits >= 0:
                first = offset * 8 + field.bit_offset
                last = first + field.bits
            else:
                first = offset * 8
                last = first + size * 8
            start = entry.offset * 8
            if entry.field is not None and entry.field.bits >= 0:
                start += entry.field.bit_offset
                stop = start + entry.field.bits
            else:
                entry_size = self.cx.layout.size_of(entry.type) if is_complete(entry.type) else 0
                stop = start + entry_size * 8
            if not (first <= start and stop <= last and stop > start):
                kept.append(entry)
        if len(kept) != len(self.entries):
            self.entries = kept

    def clear_range(self, offset: int, size: int) -> None:
        """Drops everything inside a subobject that is initialised anew as a whole."""
        if offset >= self.end:
            return
        self.entries = [entry for entry in self.entries if not offset <= entry.offset < offset + max(size, 1)]
        self.needs_sort = True

    def choose_member(self, offset: int, depth: int, info: RecordInfo, field: Field) -> None:
        """Another member of a union: what was said of the former one is void."""
        key = offset * 4096 + depth
        previous = self.active.get(key)
        if previous is not None and previous is not field:
            self.clear_range(offset, info.size)
        self.active[key] = field

    # --- walking ----------------------------------------------------------------------------------------------------

    def object(self, type: CType, offset: int, raw: RawInitializer, field: Field | None, depth: int) -> None:
        """Initialises one object with an expression or a braced list."""
        if type.kind == ERROR:
            self.failed = True
            return
        if isinstance(type, ArrayType) and type.length is None and type is not self.outermost:
            if not self._flexible(type, raw):
                return
        if raw.items is not None:
            self._braced(type, offset, raw, field, depth)
            return
        value = raw.value
        assert value is not None
        if value.type.kind == ERROR:
            self.failed = True
            return
        if isinstance(type, ArrayType):
            self._array_from(type, offset, value, raw)
            return
        wanted = unqualified(type)
        if type.is_record and not (value.type.is_record and is_compatible(wanted, unqualified(value.type))):
            if not isinstance(type.bare, RecordType) or not type.bare.info.transparent:
                self.cx.error(raw.start, "invalid initializer")
                self.failed = True
                return
        self._expression(wanted, offset, value, field, raw.start)

    def _flexible(self, type: ArrayType, raw: RawInitializer) -> bool:
        """Whether a flexible array member gets these elements (GNU): a direct member of a static object may, and any
        in one from a string without braces."""
        if raw.items is not None and not raw.items:
            return False
        outer = self.outermost.bare if self.outermost is not None else None
        members = outer.info.fields if isinstance(outer, RecordType) else None
        is_direct = members is not None and len(members) > 0 and members[-1].type is type
        if not is_direct and raw.items is not None:
            self.cx.error(raw.start, "initialization of flexible array member in a nested context")
        elif not self.is_static:
            self.cx.error(raw.start, "non-static initialization of a flexible array member")
        else:
            return True
        self.failed = True
        return False

    def _expression(self, type: CType, offset: int, value: Expr, field: Field | None, at: int) -> None:
        if type.is_record and self.is_static and isinstance(value, CompoundLiteral):
            self._splice(value, offset)
            return
        if type.kind == ctypes.VECTOR and self.is_static:
            inner = value
            while isinstance(inner, Cast) and inner.kind in (expr.LOAD, expr.NO_OP):
                inner = inner.operand
            if isinstance(inner, CompoundLiteral) and is_compatible(unqualified(inner.type), unqualified(type)):
                self._splice(inner, offset)
                return
        value = assign_convert(self.cx, value, type, at, Target(INITIALIZING))
        if self.is_static and not isinstance(value, IntegerConstant) and value.type.kind != ERROR:
            constant = self.cx.evaluator.evaluate(value)
            if isinstance(constant, LabelDifference) and self.cx.layout.size_of(type) > 8:
                self.cx.error(at, "initializer element is not computable at load time")
                self.failed = True
                return
            if constant is None:
                self.cx.error(at, "initializer element is not constant")
                self.failed = True
                return
        self.add(offset, type, value, field)

    def _splice(self, literal: CompoundLiteral, offset: int) -> None:
        """A compound literal used as a static initializer (GNU): its stores, moved."""
        initializer = literal.variable.initializer
        if initializer is None:
            self.failed = True
            return
        self.is_repeated |= initializer.is_repeated
        if not is_variable_length(literal.type):
            self.clear_range(offset, self.cx.layout.size_of(literal.type))
        for entry in initializer.entries:
            self.add(offset + entry.offset, entry.type, entry.value, entry.field)

    def _array_from(self, type: ArrayType, offset: int, value: Expr, raw: RawInitializer) -> None:
        if isinstance(value, StringConstant) and self.fits_string(type, value):
            self._string(type, offset, value, raw.start)
        elif isinstance(value, CompoundLiteral) and is_compatible(type, value.type):
            length = value.type.bare
            assert isinstance(length, ArrayType)
            self.whole_length = length.length or 0
            if self.is_static:
                self._splice(value, offset)
            else:
                initializer = value.variable.initializer
                if initializer is not None:
                    self.is_repeated |= initializer.is_repeated
                    for entry in initializer.entries:
                        self.add(offset + entry.offset, entry.type, entry.value, entry.field)
        else:
            if isinstance(value, StringConstant) and type.element.is_integer:
                self.cx.error(raw.start, "array of inappropriate type initialized from string constant")
            else:
                self.cx.error(raw.start, "invalid initializer")
            self.failed = True

    def fits_string(self, type: ArrayType, value: StringConstant) -> bool:
        """C17 6.7.9p14, p15: any character array takes a plain string, others one of a compatible element type."""
        element = type.element.bare
        of = value.type.bare
        if not isinstance(element, IntegerType) or not isinstance(of, ArrayType):
            return False
        unit = of.element.bare
        assert isinstance(unit, IntegerType)
        if unit.rank == ctypes.RANK_CHAR:
            return element.rank == ctypes.RANK_CHAR
        return element.bits == unit.bits and is_compatible(element, unit)

    def _string(self, type: ArrayType, offset: int, value: StringConstant, at: int) -> None:
        size = self.cx.layout.size_of(type.element)
        count = len(value.data) // size
        if type.length is None:
            self.whole_length = count
            type = ArrayType(type.element, count)
        elif count - 1 > type.length:
            self.cx.warning("", at, "initializer-string for array of '{}' is too long", type_name(type.element))
        self.clear_range(offset, self.cx.layout.size_of(type))
        self.add(offset, type, value, None)

    def _braced(self, type: CType, offset: int, raw: RawInitializer, field: Field | None, depth: int) -> None:
        items = raw.items
        assert items is not None
        bare = type.bare
        if isinstance(bare, (ArrayType, RecordType, VectorType)):
            if isinstance(bare, ArrayType) and items and items[0].designators is None:
                value = items[0].value.value
                if isinstance(value, StringConstant) and self.fits_string(bare, value):
                    if len(items) > 1:
                        self.cx.warning("", items[1].value.start, "excess elements in array initializer")
                    self._string(bare, offset, value, items[0].value.start)
                    return
            if self.end > offset and is_complete(type) and not is_variable_length(type):
                self.clear_range(offset, self.cx.layout.size_of(type))
            self._list(type, offset, items, depth)
            return
        if not items:
            if self.cx.options.language.version < 2023:
                self.cx.error(raw.start, "empty scalar initializer")
                self.failed = True
            else:
                self.add(offset, unqualified(type), load(self.cx, IntegerConstant(
                    self.cx.types.int, raw.start, raw.end, 0)), field)  # fmt: skip
            return
        if items[0].designators is not None:
            self.cx.error(items[0].designators[0].at, "designator in initializer for scalar type '{}'", type_name(type))
            self.failed = True
            return
        if items[0].value.items is not None:
            self.cx.warning("", raw.start, "braces around scalar initializer")
        self.object(type, offset, items[0].value, field, depth + 1)
        if len(items) > 1:
            self.cx.warning("", items[1].value.start, "excess elements in scalar initializer")

    def frame(self, type: CType, offset: int) -> Frame:
        """A frame for an array, record or vector."""
        bare = type.bare
        if isinstance(bare, RecordType):
            info = bare.info
            return Frame(type, offset, len(info.fields or []), info, None)
        if isinstance(bare, ArrayType):
            count = -1 if bare.length is None else bare.length
            frame = Frame(type, offset, count, None, bare.element)
            frame.element_size = self.cx.layout.size_of(bare.element)
            return frame
        assert isinstance(bare, VectorType)
        frame = Frame(type, offset, bare.lanes, None, bare.element)
        frame.element_size = self.cx.layout.size_of(bare.element)
        return frame

    def _list(self, type: CType, offset: int, items: list[RawItem], depth: int) -> None:
        base = self.frame(type, offset)
        frames = [base]
        for item in items:
            value = item.value
            if item.designators is not None:
                del frames[1:]
                position = self._designate(frames, item.designators, depth)
                if position is None:
                    self.failed = True
                    continue
            else:
                position = self._advance(frames, depth)
                if position is None:
                    self._excess(type, value.start)
                    break
            if value.items is None:
                position = self._descend(frames, position, value, depth)
                if position is None:
                    continue
            self._store(position, value, depth + len(frames))
        if base.count < 0:
            self.whole_length = base.highest + 1

    def _excess(self, type: CType, at: int) -> None:
        word = "struct" if type.kind == ctypes.STRUCT else "union" if type.kind == ctypes.UNION else "array"
        if type.kind == ctypes.VECTOR:
            word = "vector"
        self.cx.warning("", at, "excess elements in {} initializer", word)

    def _store(self, position: _Position, value: RawInitializer, depth: int) -> None:
        copies = position.copies
        if copies is None:
            self.object(position.type, position.offset, value, position.field, depth)
            return
        # GNU C: what a range is initialised with is evaluated once.
        model = Flattener(self.cx, self.is_static)
        model.outermost = self.outermost
        model.object(position.type, 0, value, position.field, depth)
        if model.failed:
            self.failed = True
            return
        is_whole = position.field is None and not position.type.is_scalar and is_complete(position.type)
        for distance in copies:
            offset = position.offset + distance
            if is_whole:
                self.clear_range(offset, self.cx.layout.size_of(position.type))
            for entry in model.entries:
                self.add(offset + entry.offset, entry.type, entry.value, entry.field)
        self.is_repeated = True

    def _element(self, frame: Frame, index: int, depth: int) -> _Position:
        """The subobject number `index` of a frame."""
        frame.index = index
        frame.highest = max(frame.highest, index)
        info = frame.info
        if info is not None:
            assert info.fields is not None
            field = info.fields[index]
            if info.is_union:
                self.choose_member(frame.offset, depth, info, field)
            is_bits = field.bits >= 0
            return _Position(field.type, frame.offset + field.offset, field if is_bits else None)
        assert frame.element is not None
        return _Position(frame.element, frame.offset + index * frame.element_size, None)

    def _advance(self, frames: list[Frame], depth: int) -> _Position | None:
        """The next subobject, leaving frames that are full; None when the outermost is."""
        while True:
            frame = frames[-1]
            index = self._next_index(frame)
            if index >= 0:
                return self._element(frame, index, depth + len(frames))
            if len(frames) == 1:
                return None
            frames.pop()

    def _next_index(self, frame: Frame) -> int:
        """The index after the current one, unnamed bit-fields skipped; -1 at the end."""
        index = frame.index + 1
        info = frame.info
        if info is None:
            return index if frame.count < 0 or index < frame.count else -1
        if info.is_union and frame.index >= 0:
            return -1
        fields = info.fields
        assert fields is not None
        while index < frame.count:
            field = fields[index]
            if field.name or (field.bits < 0 and isinstance(field.type.bare, RecordType)):
                return index
            index += 1
        return -1

    def _descend(
        self, frames: list[Frame], position: _Position, value: RawInitializer, depth: int
    ) -> _Position | None:
        """Elided braces (C17 6.7.9p20): into the subobject until the expression fits. None if there is nothing in
        it.
        """
        source = value.value
        assert source is not None
        while True:
            type = position.type
            bare = type.bare
            if isinstance(bare, RecordType):
                if bare.info.fields is None:
                    return position
                if source.type.is_record and is_compatible(bare, unqualified(source.type)):
                    return position
            elif isinstance(bare, ArrayType):
                if isinstance(source, StringConstant) and self.fits_string(bare, source):
                    return position
            elif isinstance(bare, VectorType):
                if source.type.kind == ctypes.VECTOR:
                    return position
            else:
                return position
            frame = self.frame(type, position.offset)
            copies = position.copies
            frames.append(frame)
            index = self._next_index(frame)
            if index < 0:  # an empty aggregate takes nothing
                frames.pop()
                parent = frames[-1]
                if parent.element is not None:  # an array of empty elements takes nothing either
                    if parent.count < 0:
                        self._excess(frames[0].type, value.start)
                        return None
                    parent.index = parent.count - 1
                following = self._advance(frames, depth)
                if following is None:
                    self._excess(frames[0].type, value.start)
                    return None
                position = following
                continue
            position = self._element(frame, index, depth + len(frames))
            position.copies = copies

    def _designate(self, frames: list[Frame], designators: list[Designator], depth: int) -> _Position | None:
        """Follows `.a[3].b` from the outermost frame; the frames on the way stay for what follows."""
        position: _Position | None = None
        copies: list[int] | None = None
        for designator in designators:
            if position is not None:
                bare = position.type.bare
                if not isinstance(bare, (ArrayType, RecordType, VectorType)):
                    self._wrong_designator(designator, position.type)
                    return None
                frames.append(self.frame(position.type, position.offset))
            frame = frames[-1]
            if designator.name:
                position = self._designate_field(frames, frame, designator, depth)
            else:
                if frame.element is None:
                    self.cx.error(designator.at, "array index in non-array initializer")
                    return None
                low = self._index(designator.low, frame, designator.at)
                high = low if designator.high is None else self._index(designator.high, frame, designator.at)
                if low is None or high is None:
                    return None
                if high < low:
                    self.cx.error(designator.at, "empty index range in initializer")
                    return None
                # The elements that follow without a designator are those of the last subobject.
                position = self._element(frame, high, depth + len(frames))
                if high > low:
                    steps = [(index - high) * frame.element_size for index in range(low, high + 1)]
                    copies = [copy + step for copy in copies for step in steps] if copies is not None else steps
            if position is None:
                return None
        assert position is not None
        position.copies = copies
        return position

    def _wrong_designator(self, designator: Designator, type: CType) -> None:
        if designator.name:
            self.cx.error(designator.at, "field name not in record or union initializer")
        else:
            self.cx.error(designator.at, "array index in non-array initializer")

    def _designate_field(
        self, frames: list[Frame], frame: Frame, designator: Designator, depth: int
    ) -> _Position | None:
        if frame.info is None:
            self.cx.error(designator.at, "field name not in record or union initializer")
            return None
        path: list[Field] = []
        if not find_field(frame.info, designator.name, path):
            self.cx.error(
                designator.at, "'{}' has no member named '{}'", type_name(unqualified(frame.type)), designator.name
            )
            return None
        position: _Position | None = None
        for field in path:
            if position is not None:
                frame = self.frame(position.type, position.offset)
                frames.append(frame)
            assert frame.info is not None and frame.info.fields is not None
            position = self._element(frame, frame.info.fields.index(field), depth + len(frames))
        return position

    def _index(self, node: Expr | None, frame: Frame, at: int) -> int | None:
        if node is None or node.type.kind == ERROR:
            return None
        node = load(self.cx, node)
        value = self.cx.evaluator.constant_integer(node) if node.type.is_integer else None
        if value is None:
            if node.type.is_integer:
                self.cx.error(at, "nonconstant array index in initializer")
            else:
                self.cx.error(at, "array index in initializer not of integer type")
            return None
        if value < 0 or (frame.count >= 0 and value >= frame.count):
            self.cx.error(at, "array index in initializer exceeds array bounds")
            return None
        return value

    def finish(self, is_aggregate: bool) -> Initializer:
        entries = self.entries
        if self.needs_sort:
            keyed = [(entry.offset * 8 + (entry.field.bit_offset if entry.field is not None else 0), number)
                     for number, entry in enumerate(entries)]  # fmt: skip
            keyed.sort()
            entries = [entries[number] for _, number in keyed]
        return Initializer(entries, is_aggregate, self.is_repeated)


def initialize(
    cx: Context, type: CType, raw: RawInitializer, is_static: bool
) -> tuple[Initializer | None, CType]:
    """The initializer of an object of `type`, None after an error, and the type with its length known."""
    if type.kind == ERROR:
        return None, type
    if is_variable_length(type):
        if raw.items is None or raw.items:
            cx.error(raw.start, "variable-sized object may not be initialized")
            return None, type
        return None, type
    if not is_complete(type) and not (isinstance(type, ArrayType) and is_complete(type.element)):
        return None, type
    flattener = Flattener(cx, is_static)
    flattener.outermost = type
    flattener.object(type, 0, raw, None, 0)
    if isinstance(type, ArrayType) and type.length is None:
        length = flattener.whole_length
        if length * cx.layout.size_of(type.element) >= 1 << (cx.platform.model.pointer_bits - 1):
            cx.error(raw.end - 1, "size of array is too large")
            return None, cx.types.error
        if length >= 0:
            completed = ArrayType(type.element, length)
            completed.align = type.align
            type = completed
    if flattener.failed:
        return None, type
    is_aggregate = type.kind in (ctypes.ARRAY, ctypes.STRUCT, ctypes.UNION, ctypes.VECTOR)
    if is_aggregate and raw.items is None and not isinstance(raw.value, (StringConstant, CompoundLiteral)):
        is_aggregate = False
    return flattener.finish(is_aggregate), type
