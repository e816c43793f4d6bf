"""Memory operations as the machine has them: aligned words, block copies written out or called, atomics by loops."""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.legal import Legalizer
from compiler.ir.function import RELAXED, SEQ_CST, Memory, Operation, Value
from compiler.ir.types import I1, I8, I32, Type, integer
from compiler.terms import ops
from compiler.terms.ops import Op

_PLAIN: Final[dict[str, Op]] = {"add": ops.ADD, "sub": ops.SUB, "and": ops.AND, "or": ops.OR, "xor": ops.XOR}
INLINE_WORDS: Final = 16  # a larger block operation is a call


def legalize_memory(lg: Legalizer, operation: Operation) -> bool:
    """Rewrites what the machine cannot do in one access; true if it did."""
    if not isinstance(operation, Memory):
        return False
    op = operation.op
    if op is ops.COPY:
        _copy(lg, operation)
        return True
    if op is ops.FILL:
        _fill(lg, operation)
        return True
    if op is ops.ATOMIC_RMW and f"{operation.rmw}{operation.named.bits}" not in lg.backend.atomic_rows:
        _update_loop(lg, operation)
        return True
    if op is ops.ATOMIC_CMPXCHG and operation.named.bits < 32:
        _narrow_exchange(lg, operation)
        return True
    if operation.order and (op is ops.LOAD or op is ops.STORE):
        _ordered(lg, operation)
        return True
    if op is ops.LOAD or op is ops.STORE:
        size = operation.named.size
        if operation.align < size and not lg.backend.unaligned:
            _split(lg, operation, size)
            return True
    return False


def _ordered(lg: Legalizer, operation: Memory) -> None:
    """An atomic load or store as a plain one between fences (RISC-V manual, table "Mappings from C/C++ primitives")."""
    builder = lg.builder
    order = operation.order
    if operation.align < operation.named.size:
        raise lg.refuse("unaligned atomic access")
    address = lg.map(operation.args[0])
    if operation.op is ops.LOAD:
        if order == SEQ_CST:
            builder.fence(order)
        lg.replace(operation, builder.load(operation.named, address, operation.align, True))
        if order != RELAXED:
            builder.fence(order)
        return
    if order != RELAXED:
        builder.fence(order)
    builder.store(address, lg.map(operation.args[1]), operation.align, True)
    if order == SEQ_CST:
        builder.fence(order)


def _split(lg: Legalizer, operation: Memory, size: int) -> None:
    """An access less aligned than its size, in pieces as large as the alignment."""
    builder = lg.builder
    unit = operation.align
    base = lg.map(operation.args[0])
    type = operation.named
    whole = integer(max(type.bits, 32))
    piece_type = integer(unit * 8)
    if operation.op is ops.STORE:
        value = lg.map(operation.args[1])
        if type.is_float:
            value = builder.convert(ops.BITCAST, whole, value)
        elif type is not whole:
            value = builder.convert(ops.ZEXT, whole, value)
        for offset in range(0, size, unit):
            piece = value
            if offset:
                piece = builder.binary(ops.LSHR, value, builder.const(whole, offset * 8))
            piece = builder.convert(ops.TRUNC, piece_type, piece)
            builder.store(builder.offset(base, offset), piece, unit, operation.volatile)
        return
    total: Value | None = None
    for offset in range(0, size, unit):
        loaded: Value = builder.load(piece_type, builder.offset(base, offset), unit, operation.volatile)
        loaded = builder.convert(ops.ZEXT, whole, loaded)
        if offset:
            loaded = builder.binary(ops.SHL, loaded, builder.const(whole, offset * 8))
        total = loaded if total is None else builder.binary(ops.OR, total, loaded)
    assert total is not None
    if type.is_float:
        total = builder.convert(ops.BITCAST, type, total)
    elif type is not whole:
        total = builder.convert(ops.TRUNC, type, total)
    lg.replace(operation, total)


def _pieces(size: int, align: int, word: int) -> list[tuple[int, int]]:
    """(offset, size) of the accesses that cover `size` bytes without crossing the alignment."""
    pieces: list[tuple[int, int]] = []
    offset = 0
    while offset < size:
        unit = min(align, word)
        while unit > size - offset or offset % unit:
            unit //= 2
        pieces.append((offset, unit))
        offset += unit
    return pieces


def _copy(lg: Legalizer, operation: Memory) -> None:
    builder = lg.builder
    destination = lg.map(operation.args[0])
    source = lg.map(operation.args[1])
    pieces = _pieces(operation.size, operation.align, lg.word.size)
    if len(pieces) > INLINE_WORDS:
        lg.library("memcpy", [destination, source, builder.const(lg.word, operation.size)], [lg.word])
        return
    # Source and destination may be the same object, never overlap otherwise: each piece is stored as soon as loaded.
    for offset, size in pieces:
        value = builder.load(integer(size * 8), builder.offset(source, offset), size, operation.volatile)
        builder.store(builder.offset(destination, offset), value, size, operation.volatile)


def _fill(lg: Legalizer, operation: Memory) -> None:
    builder = lg.builder
    destination = lg.map(operation.args[0])
    byte = lg.map(operation.args[1])
    pieces = _pieces(operation.size, operation.align, lg.word.size)
    if len(pieces) > INLINE_WORDS:
        wide = builder.convert(ops.ZEXT, I32, byte)
        full = builder.convert(ops.SEXT, lg.word, wide)
        lg.library("memset", [destination, full, builder.const(lg.word, operation.size)], [lg.word])
        return
    patterns: dict[int, Value] = {}
    for offset, size in pieces:
        if size not in patterns:
            patterns[size] = _pattern(lg, byte, integer(size * 8))
        builder.store(builder.offset(destination, offset), patterns[size], size, operation.volatile)


def _pattern(lg: Legalizer, byte: Value, type: Type) -> Value:
    """The byte repeated over a word."""
    builder = lg.builder
    known = lg.constant_of(byte)
    if known is not None:
        return builder.const(type, known * ((1 << type.bits) // 255))
    if type is I8:
        return byte
    wide = builder.convert(ops.ZEXT, type, byte)
    if type.bits < 32:
        larger = builder.convert(ops.ZEXT, I32, byte)
        product = builder.binary(ops.MUL, larger, builder.const(I32, 0x101))
        return builder.convert(ops.TRUNC, type, product)
    return builder.binary(ops.MUL, wide, builder.const(type, (1 << type.bits) // 255))


def _update_loop(lg: Legalizer, operation: Memory) -> None:
    """Read, modify, compare and exchange until nobody interfered; narrow ones within the word around them."""
    builder = lg.builder
    type = operation.named
    address = lg.map(operation.args[0])
    operand = lg.map(operation.args[1])
    if operation.rmw == "sub" and type.bits >= 32:
        negative = builder.binary(ops.SUB, builder.const(type, 0), operand)
        made = builder.atomic_rmw("add", address, negative, operation.align, operation.order, operation.volatile)
        lg.replace(operation, made)
        return
    field: _Field | None = None
    whole = type
    if type.bits < 32:
        field = _Field(lg, address, type)
        address = field.address
        whole = I32
    again = builder.new_block("atomic_again")
    done = builder.new_block("atomic_done")
    first = builder.load(whole, address, whole.size, True)
    word = builder.parameter(whole, "", again)
    builder.jump(again, [first])
    builder.start(again)
    old: Value = word if field is None else field.extract(word)
    wanted = _combined(lg, operation.rmw, type, old, operand)
    if field is not None:
        wanted = field.insert(word, wanted)
    exchanged = builder.atomic_cmpxchg(
        address, word, wanted, whole.size, operation.order or SEQ_CST, SEQ_CST, operation.volatile
    )
    retry = builder.new_block("atomic_retry")
    builder.branch(exchanged.extra[0], done, retry)
    builder.start(retry)
    builder.jump(again, [exchanged])
    builder.start(done)
    lg.replace(operation, old)


def _combined(lg: Legalizer, rmw: str, type: Type, old: Value, operand: Value) -> Value:
    """What a read-modify-write stores, at 32 bits at least (a narrow result has anything above its width)."""
    builder = lg.builder
    if rmw == "xchg":
        return operand
    if rmw[:3] == "min" or rmw[:3] == "max":
        less = builder.compare(ops.LT_S if rmw[3:] == ".s" else ops.LT_U, old, operand)
        return builder.select(less, old, operand) if rmw[:3] == "min" else builder.select(less, operand, old)
    if type.bits < 32:
        old = builder.convert(ops.ZEXT, I32, old)
        operand = builder.convert(ops.ZEXT, I32, operand)
    if rmw == "nand":
        result: Value = builder.invert(builder.binary(ops.AND, old, operand))
    else:
        result = builder.binary(_PLAIN[rmw], old, operand)
    return builder.convert(ops.TRUNC, type, result) if type.bits < 32 else result


def _narrow_exchange(lg: Legalizer, operation: Memory) -> None:
    """Compares and exchanges a byte or two within their word; only a change of these is a failure."""
    builder = lg.builder
    type = operation.named
    field = _Field(lg, lg.map(operation.args[0]), type)
    expected = lg.map(operation.args[1])
    desired = lg.map(operation.args[2])
    again = builder.new_block("atomic_again")
    attempt = builder.new_block("atomic_try")
    retry = builder.new_block("atomic_retry")
    done = builder.new_block("atomic_done")
    word = builder.parameter(I32, "", again)
    result = builder.parameter(I1, "", done)
    first = builder.load(I32, field.address, I32.size, True)
    builder.jump(again, [first])
    builder.start(again)
    old = field.extract(word)
    builder.branch(builder.compare(ops.EQ, old, expected), attempt, done, [], [builder.const(I1, 0)])
    builder.start(attempt)
    exchanged = builder.atomic_cmpxchg(
        field.address, word, field.insert(word, desired), I32.size, SEQ_CST, SEQ_CST, operation.volatile
    )
    builder.branch(exchanged.extra[0], done, retry, [builder.const(I1, 1)], [])
    builder.start(retry)
    builder.jump(again, [exchanged])
    builder.start(done)
    lg.replace(operation, old)
    lg.values[operation.extra[0].number] = result


@final
class _Field:
    """A narrow integer within the aligned 32-bit word that holds it."""

    def __init__(self, lg: Legalizer, address: Value, type: Type) -> None:
        builder = lg.builder
        self.lg: Final = lg
        self.type: Final = type
        bits = builder.binary(ops.AND, address, builder.const(lg.word, 3))
        self.address: Final[Value] = builder.binary(ops.AND, address, builder.const(lg.word, -4))
        low = builder.convert(ops.TRUNC, I32, builder.binary(ops.SHL, bits, builder.const(lg.word, 3)))
        self.shift: Final[Value] = low
        self.mask: Final[Value] = builder.binary(ops.SHL, builder.const(I32, (1 << type.size * 8) - 1), low)

    def extract(self, word: Value) -> Value:
        builder = self.lg.builder
        return builder.convert(ops.TRUNC, self.type, builder.binary(ops.LSHR, word, self.shift))

    def insert(self, word: Value, value: Value) -> Value:
        """The word with the field replaced."""
        builder = self.lg.builder
        moved = builder.binary(ops.SHL, builder.convert(ops.ZEXT, I32, value), self.shift)
        kept = builder.binary(ops.AND, word, builder.invert(self.mask))
        return builder.binary(ops.OR, kept, builder.binary(ops.AND, moved, self.mask))
