"""Memory operations as the machine has them: aligned words, block copies written out or called, atomics by loops."""

from __future__ import annotations

from typing import Final

from compiler.codegen.legal import Legalizer
from compiler.ir.function import RELAXED, SEQ_CST, Memory, Operation, Value
from compiler.ir.types import I8, I32, Type, integer
from compiler.terms import ops

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
    if op in (ops.ATOMIC_RMW, ops.ATOMIC_CMPXCHG) and operation.named.bits < 32:
        raise lg.refuse(f"{op.name} of {operation.named.name}")
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
    """Read, modify, compare and exchange until nobody interfered."""
    builder = lg.builder
    type = operation.named
    if type.bits < 32:
        raise lg.refuse(f"atomic {operation.rmw} of {type.name}")
    address = lg.map(operation.args[0])
    operand = lg.map(operation.args[1])
    if operation.rmw == "sub":
        negative = builder.binary(ops.SUB, builder.const(type, 0), operand)
        made = builder.atomic_rmw("add", address, negative, operation.align, operation.order, operation.volatile)
        lg.replace(operation, made)
        return
    again = builder.new_block("atomic_again")
    done = builder.new_block("atomic_done")
    first = builder.load(type, address, operation.align, operation.volatile)
    old = builder.parameter(type, "", again)
    builder.jump(again, [first])
    builder.start(again)
    assert operation.rmw == "nand", operation.rmw
    wanted = builder.invert(builder.binary(ops.AND, old, operand))
    exchanged = builder.atomic_cmpxchg(
        address, old, wanted, operation.align, operation.order or SEQ_CST, SEQ_CST, operation.volatile
    )
    retry = builder.new_block("atomic_retry")
    builder.branch(exchanged.extra[0], done, retry)
    builder.start(retry)
    builder.jump(again, [exchanged])
    builder.start(done)
    lg.replace(operation, old)
