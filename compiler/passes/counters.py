"""How often every pass and rule changed something, and the limit that cuts changes off (--opt-limit)."""

from __future__ import annotations

from typing import Final, final


@final
class Counters:
    """`limit` is the number of changes allowed in all, -1 for no limit."""

    def __init__(self, limit: int = -1) -> None:
        self.limit: Final = limit
        self.total = 0
        self.counts: Final[dict[str, int]] = {}

    def allow(self, name: str) -> bool:
        """To be asked before every change, and obeyed: counts it, or refuses it."""
        if self.limit >= 0 and self.total >= self.limit:
            return False
        self.total += 1
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    @property
    def exhausted(self) -> bool:
        return self.limit >= 0 and self.total >= self.limit
