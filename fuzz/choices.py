"""Where a generator's decisions come from: a seed, or Hypothesis.

Invariant: the same seed gives the same decisions on every Python version, host and PYTHONHASHSEED; so nothing here uses
`random`, `hash()` or the order of a set. The generator is splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

MASK_64: Final = (1 << 64) - 1
GOLDEN_GAMMA: Final = 0x9E3779B97F4A7C15


def scramble(state: int) -> int:
    """The finaliser of splitmix64: a bijection of 64-bit words whose output bits each depend on every input bit."""
    word = state & MASK_64
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK_64
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK_64
    return word ^ (word >> 31)


def derive_seed(*parts: int | str) -> int:
    """A 32-bit seed made from numbers and names alike everywhere; a unit's is made of (campaign, generator, index)."""
    state = 0x243F6A8885A308D3
    for part in parts:
        words = [part & MASK_64, part >> 64] if isinstance(part, int) else list(part.encode("utf-8"))
        for word in (*words, len(words)):
            state = scramble((state ^ word) + GOLDEN_GAMMA)
    return state & 0xFFFFFFFF


class Choices(ABC):
    """A source of decisions; all others are made from `below`."""

    @abstractmethod
    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1, all about equally likely where a seed drives; limit is at least 1."""

    def between(self, low: int, high: int) -> int:
        """A number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in about `percent` of 100 cases; shrinks towards False."""
        return self.below(100) >= 100 - percent

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[int, Item]]) -> Item:
        """One item, each as likely as its weight says."""
        ticket = self.below(sum(weight for weight, _ in items))
        for weight, item in items:
            ticket -= weight
            if ticket < 0:
                return item
        raise AssertionError("weights changed while being summed")

    def bits(self, width: int) -> int:
        """A number of `width` random bits, for widths past 64 too."""
        return self.below(1 << width)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """A copy in another order (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result


class SeededChoices(Choices):
    """Decisions from a seed of up to 64 bits."""

    def __init__(self, seed: int) -> None:
        self.state = scramble(seed + GOLDEN_GAMMA)

    def next_word(self) -> int:
        self.state = (self.state + GOLDEN_GAMMA) & MASK_64
        return scramble(self.state)

    def below(self, limit: int) -> int:
        if limit <= 0x1_0000_0000:
            # Multiply-shift: the bias is below limit / 2^64, far under what a campaign could notice.
            return (self.next_word() * limit) >> 64
        words = ((limit - 1).bit_length() + 63) // 64 + 1
        number = 0
        for _ in range(words):
            number = (number << 64) | self.next_word()
        return (number * limit) >> (64 * words)


class DrawnChoices(Choices):
    """Decisions that Hypothesis makes, so that its search and its shrinking act on them.

    `draw_below(limit)` draws an integer below the limit, for example
    `lambda limit: draw(strategies.integers(0, limit - 1))`.
    """

    def __init__(self, draw_below: Callable[[int], int]) -> None:
        self.draw_below = draw_below

    def below(self, limit: int) -> int:
        return self.draw_below(limit) if limit > 1 else 0
