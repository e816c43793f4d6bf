"""Which bits of an integer are certainly 0 or certainly 1, found by looking at what defines it.

Sound for every operand value; block parameters, loads and calls are unknown. Depth is bounded, so a query costs little;
answers are remembered while the function does not change under them (`forget` is for replaced values).
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Const, Operation, Slot, Value
from compiler.terms import ops

_DEPTH: Final = 6


@final
class Bits:
    """`zeros` and `ones` are disjoint masks of known bits."""

    def __init__(self, zeros: int, ones: int) -> None:
        self.zeros: Final = zeros
        self.ones: Final = ones


UNKNOWN: Final = Bits(0, 0)


@final
class KnownBits:
    def __init__(self) -> None:
        self._memo: Final[dict[int, Bits]] = {}

    def forget(self, value: Value) -> None:
        self._memo.pop(value.number, None)

    def of(self, value: Value, depth: int = _DEPTH) -> Bits:
        """What is known of an integer scalar; nothing of anything else."""
        type = value.type
        if isinstance(value, Const):
            if not type.is_integer or type.lanes > 1:
                return UNKNOWN
            return Bits(value.value ^ type.mask, value.value)
        if depth == 0 or not isinstance(value, Operation) or not type.is_integer or type.lanes > 1:
            return UNKNOWN
        found = self._memo.get(value.number)
        if found is None:
            found = self._compute(value, depth - 1)
            if depth == _DEPTH:
                self._memo[value.number] = found
        return found

    def _compute(self, operation: Operation, depth: int) -> Bits:
        op = operation.op
        mask = operation.type.mask
        bits = operation.type.bits
        if op is ops.AND or op is ops.OR or op is ops.XOR:
            return self._bitwise(operation, depth, mask)
        if op is ops.ADD or op is ops.PTR_ADD:
            left = self.of(operation.args[0], depth)
            right = self.of(operation.args[1], depth)
            return _sum(left, right, 0, mask)
        if op is ops.SUB:
            left = self.of(operation.args[0], depth)
            right = self.of(operation.args[1], depth)
            return _sum(left, Bits(right.ones, right.zeros), 1, mask)
        if op is ops.MUL:
            low = _trailing_ones(self.of(operation.args[0], depth).zeros) + _trailing_ones(
                self.of(operation.args[1], depth).zeros
            )
            return Bits(((1 << min(low, bits)) - 1) & mask, 0)
        if op is ops.SHL or op is ops.LSHR or op is ops.ASHR:
            return self._shift(operation, depth, bits, mask)
        if op is ops.ZEXT:
            inner = self.of(operation.args[0], depth)
            return Bits(inner.zeros | (mask ^ operation.second.mask), inner.ones)
        if op is ops.SEXT:
            inner = self.of(operation.args[0], depth)
            sign = 1 << (operation.second.bits - 1)
            high = mask ^ operation.second.mask
            return Bits(
                inner.zeros | (high if inner.zeros & sign else 0), inner.ones | (high if inner.ones & sign else 0)
            )
        if op is ops.TRUNC:
            inner = self.of(operation.args[0], depth)
            return Bits(inner.zeros & mask, inner.ones & mask)
        if op is ops.SELECT:
            left = self.of(operation.args[1], depth)
            right = self.of(operation.args[2], depth)
            return Bits(left.zeros & right.zeros, left.ones & right.ones)
        if op is ops.UREM or op is ops.UDIV:
            return self._divided(operation, depth, mask)
        if op is ops.CLZ or op is ops.CTZ or op is ops.POPCOUNT:
            return Bits(mask & ~((1 << bits.bit_length()) - 1), 0)
        if isinstance(operation, Slot):
            return Bits(operation.align - 1, 0)
        if op is ops.EXPECT:
            return self.of(operation.args[0], depth)
        return UNKNOWN

    def _bitwise(self, operation: Operation, depth: int, mask: int) -> Bits:
        left = self.of(operation.args[0], depth)
        right = self.of(operation.args[1], depth)
        if operation.op is ops.AND:
            return Bits(left.zeros | right.zeros, left.ones & right.ones)
        if operation.op is ops.OR:
            return Bits(left.zeros & right.zeros, left.ones | right.ones)
        known = (left.zeros | left.ones) & (right.zeros | right.ones)
        value = left.ones ^ right.ones
        return Bits(known & ~value & mask, known & value)

    def _shift(self, operation: Operation, depth: int, bits: int, mask: int) -> Bits:
        amount = operation.args[1]
        inner = self.of(operation.args[0], depth)
        sign = 1 << (bits - 1)
        if not isinstance(amount, Const):
            if operation.op is ops.LSHR:  # zeros at the top stay
                return Bits(_leading_ones_mask(inner.zeros, bits), 0)
            return UNKNOWN
        count = amount.value % bits
        if operation.op is ops.SHL:
            return Bits(((inner.zeros << count) | ((1 << count) - 1)) & mask, (inner.ones << count) & mask)
        high = mask ^ (mask >> count)
        if operation.op is ops.LSHR:
            return Bits((inner.zeros >> count) | high, inner.ones >> count)
        return Bits(
            (inner.zeros >> count) | (high if inner.zeros & sign else 0),
            (inner.ones >> count) | (high if inner.ones & sign else 0),
        )

    def _divided(self, operation: Operation, depth: int, mask: int) -> Bits:
        """A quotient is at most the dividend; a remainder too, and below the divisor."""
        dividend = self.of(operation.args[0], depth)
        largest = mask & ~dividend.zeros
        if operation.op is ops.UREM:
            divisor = mask & ~self.of(operation.args[1], depth).zeros
            largest = min(largest, max(divisor - 1, 0))
        return Bits(mask & ~((1 << largest.bit_length()) - 1), 0)


def _trailing_ones(value: int) -> int:
    return (~value & (value + 1)).bit_length() - 1


def _leading_ones_mask(value: int, bits: int) -> int:
    """The run of ones at the top of `value`, as a mask."""
    mask = (1 << bits) - 1
    holes = ~value & mask
    return mask & ~((1 << holes.bit_length()) - 1)


def _sum(left: Bits, right: Bits, carry: int, mask: int) -> Bits:
    """Known bits of left + right + carry: those where the least and the greatest sums carry alike."""
    least = left.ones + right.ones + carry
    greatest = (~left.zeros & mask) + (~right.zeros & mask) + carry
    carry_ones = (least ^ left.ones ^ right.ones) & mask
    carry_zeros = ~(greatest ^ (~left.zeros & mask) ^ (~right.zeros & mask)) & mask
    known = (left.zeros | left.ones) & (right.zeros | right.ones) & (carry_ones | carry_zeros)
    return Bits(~greatest & known & mask, least & known & mask)
