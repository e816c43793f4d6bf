"""Call-frame information: `.cfi_*` items to .eh_frame and .debug_frame. (DWARF 5 section 6.4; LSB "Exception Frames")

A function's rules are kept with labels; the bytes are made after relaxation, when distances are final.
"""

from __future__ import annotations

from typing import Final, final

from compiler.asm.expressions import AsmError
from compiler.asm.fragments import AsmSection, Fragment
from compiler.asm.items import Cfi
from compiler.machine.target import FrameIdentity

OMIT: Final = 0xFF

# Operations without distance: opcode and the kinds of their numbers (r register, u unsigned, s factored signed).
PLAIN: Final[dict[str, tuple[int, str]]] = {
    "def_cfa": (0x0C, "ru"), "def_cfa_register": (0x0D, "r"), "def_cfa_offset": (0x0E, "u"),
    "remember_state": (0x0A, ""), "restore_state": (0x0B, ""), "undefined": (0x07, "r"), "same_value": (0x08, "r"),
    "register": (0x09, "rr"), "window_save": (0x2D, ""), "negate_ra_state": (0x2D, ""), "val_offset": (0x14, "rs"),
}  # fmt: skip


@final
class FrameStep:
    __slots__ = ("fragment", "item", "offset")

    def __init__(self, fragment: Fragment, offset: int, item: Cfi) -> None:
        self.fragment: Final = fragment
        self.offset: Final = offset
        self.item: Final = item

    @property
    def address(self) -> int:
        return self.fragment.address + self.offset


@final
class FrameEntry:
    """One function: between `.cfi_startproc` and `.cfi_endproc`."""

    __slots__ = (
        "end", "is_signal", "is_simple", "lsda", "lsda_encoding", "personality", "personality_encoding",
        "return_column",
        "section", "start", "steps",
    )  # fmt: skip

    def __init__(self, section: AsmSection, start: FrameStep, is_simple: bool, return_column: int) -> None:
        self.section: Final = section
        self.start: Final = start
        self.end: FrameStep | None = None
        self.steps: list[FrameStep] = []
        self.is_simple: Final = is_simple
        self.is_signal = False
        self.personality = ""
        self.personality_encoding = OMIT
        self.lsda = ""
        self.lsda_encoding = OMIT
        self.return_column = return_column

    def key(self) -> str:
        """Functions with equal keys share a CIE."""
        return f"{self.personality} {self.personality_encoding} {self.lsda_encoding} {self.is_signal} " \
               f"{self.is_simple} {self.return_column}"  # fmt: skip


@final
class FrameTable:
    """All functions of a unit."""

    __slots__ = ("cfa_offset", "current", "debug", "eh", "entries", "frame")

    def __init__(self, frame: FrameIdentity | None) -> None:
        self.frame: Final = frame
        self.entries: list[FrameEntry] = []
        self.current: FrameEntry | None = None
        self.eh = True
        self.debug = False
        self.cfa_offset = 0

    def add(self, item: Cfi, section: AsmSection) -> None:
        operation = item.operation
        frame = self.frame
        if frame is None:
            raise AsmError("this target has no call-frame information")
        if operation == "sections":
            self.eh = ".eh_frame" in item.symbol
            self.debug = ".debug_frame" in item.symbol
            return
        step = FrameStep(section.current, len(section.current.data), item)
        if operation == "startproc":
            if self.current is not None:
                raise AsmError(".cfi_startproc within a function")
            self.current = FrameEntry(section, step, item.symbol == "simple", frame.return_column)
            self.cfa_offset = frame.cfa_offset
            return
        entry = self.current
        if entry is None:
            raise AsmError(f".cfi_{operation} outside of a function")
        if section is not entry.section:
            raise AsmError(f".cfi_{operation} in another section than its .cfi_startproc")
        if operation == "endproc":
            entry.end = step
            self.entries.append(entry)
            self.current = None
        elif operation == "signal_frame":
            entry.is_signal = True
        elif operation == "return_column":
            entry.return_column = item.numbers[0]
        elif operation == "personality":
            entry.personality_encoding, entry.personality = item.numbers[0], item.symbol
        elif operation == "lsda":
            entry.lsda_encoding, entry.lsda = item.numbers[0], item.symbol
        else:
            self._rule(entry, step, item)

    def _rule(self, entry: FrameEntry, step: FrameStep, item: Cfi) -> None:
        """Offsets relative to the CFA register's current distance are made absolute here."""
        operation, numbers = item.operation, item.numbers
        if operation == "adjust_cfa_offset":
            self.cfa_offset += numbers[0]
            item = Cfi("def_cfa_offset", [self.cfa_offset], loc=item.loc)
            step = FrameStep(step.fragment, step.offset, item)
        elif operation == "rel_offset":
            item = Cfi("offset", [numbers[0], numbers[1] - self.cfa_offset], loc=item.loc)
            step = FrameStep(step.fragment, step.offset, item)
        elif operation == "def_cfa":
            self.cfa_offset = numbers[1]
        elif operation == "def_cfa_offset":
            self.cfa_offset = numbers[0]
        elif operation not in PLAIN and operation not in ("offset", "restore", "escape"):
            raise AsmError(f"unknown directive '.cfi_{operation}'")
        entry.steps.append(step)

    def unfinished(self) -> FrameEntry | None:
        """A function whose `.cfi_endproc` is missing."""
        return self.current
