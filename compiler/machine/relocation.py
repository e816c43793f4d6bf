"""Relocation kinds as rows, and the one routine that checks a value and puts it into its field.

Assembler (fixups within a section) and linker both work from these rows. S is the symbol's value, A the addend, P the
address of the place, V what the place holds, G the symbol's slot in the global offset table, TP the thread pointer's
offset origin. Bits of a field are written as in instruction rows: `v` is the value
with the row's bias, `u` the value without, `_:n` are bits left as they are.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import parse_bits

# Formulas.
NOTHING: Final = 0  # a marker (NONE, RELAX)
ABSOLUTE: Final = 1  # S + A
PC_RELATIVE: Final = 2  # S + A - P
ADD_TO: Final = 3  # V + S + A
SUBTRACT_FROM: Final = 4  # V - S - A
GOT_PC_RELATIVE: Final = 5  # G + A - P
PCREL_LOW: Final = 6  # the low part of the value of the HI20 relocation that stands at S
TLS_OFFSET: Final = 7  # S + A - TP
TLS_GOT_PC_RELATIVE: Final = 8  # slot holding S - TP, + A - P
TLS_GD_PC_RELATIVE: Final = 9
ALIGNMENT: Final = 10  # A bytes of padding stand here, of which the linker may delete
DYNAMIC: Final = 11  # only ever in linked files (COPY, JUMP_SLOT, RELATIVE)
GOT_ABSOLUTE: Final = 12  # G + A
SECTION_TLS: Final = 13  # offset within the module's thread-local block

SIGNED: Final = 0
UNSIGNED: Final = 1
EITHER: Final = 2  # anything whose low bits tell it apart: -2**(n-1) .. 2**n - 1
UNCHECKED: Final = 3


@final
class RelocationKind:
    """One row. `reach`: bits of value that must suffice, `bias` added, under `check`; `multiple`: a power of two.

    `field` is "" for markers, "uleb128" for values of variable length.
    """

    __slots__ = (
        "absolute_bits", "bias", "check", "clear", "formula", "has_low", "multiple", "name", "number", "pieces",
        "reach", "size", "uleb128",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        number: int,
        formula: int,
        field: str,
        check: int = UNCHECKED,
        reach: int = 0,
        bias: int = 0,
        multiple: int = 1,
        has_low: bool = False,
        absolute_bits: int = 0,
    ) -> None:
        # For PC_RELATIVE: these bits, set in the word, make the instruction take S + A instead. So a weak symbol that
        # is not defined is reached, whose address 0 may be out of reach.
        self.absolute_bits: Final = absolute_bits
        self.has_low: Final = has_low  # another relocation refers to this one: never resolved early
        self.name: Final = name
        self.number: Final = number
        self.formula: Final = formula
        self.check: Final = check
        self.bias: Final = bias
        self.multiple: Final = multiple
        self.uleb128: Final = field == "uleb128"
        self.pieces: Final[list[tuple[bool, int, int, int]]] = []  # biased, low bit of the value, mask, shift
        total = 0
        words = [] if self.uleb128 else [piece for word in field.split() for piece in parse_bits(word)]
        for _, _, width in words:
            total += width
        assert total in (0, 6, 8, 16, 32, 64), name
        self.size: Final = (total + 7) // 8  # bytes of the place that may change
        self.reach: Final = reach if reach else total
        clear = 0
        top = total
        for operand, low, width in words:
            top -= width
            if operand != "_":
                self.pieces.append((operand == "v", low, (1 << width) - 1, top))
                clear |= ((1 << width) - 1) << top
        self.clear: Final = clear

    def problem(self, value: int) -> str:
        """Why the value does not fit (to follow "relocation ..."), or ""."""
        if self.check == UNCHECKED:
            return ""
        biased = value + self.bias
        half = 1 << (self.reach - 1)
        if self.check == SIGNED and not -half <= biased < half:
            return f"out of range: {value} is not in [{-half - self.bias}, {half - 1 - self.bias}]"
        if self.check == UNSIGNED and not 0 <= biased < 2 * half:
            return f"out of range: {value} is not in [0, {2 * half - 1}]"
        if self.check == EITHER and not -half <= biased < 2 * half:
            return f"out of range: {value} is not in [{-half}, {2 * half - 1}]"
        if value & (self.multiple - 1):
            return f"misaligned: {value} is not a multiple of {self.multiple}"
        return ""

    def insert(self, word: int, value: int) -> int:
        """The word (little-endian, `size` bytes) with the value's bits in the field."""
        word &= ~self.clear
        for biased, low, mask, shift in self.pieces:
            word |= (((value + self.bias if biased else value) >> low) & mask) << shift
        return word


@final
class RelocationTable:
    """A target's relocation kinds, by name and by ELF number."""

    __slots__ = ("by_name", "by_number", "kinds")

    def __init__(self, kinds: tuple[RelocationKind, ...]) -> None:
        self.kinds: Final = kinds
        self.by_name: Final[dict[str, RelocationKind]] = {kind.name: kind for kind in kinds}
        self.by_number: Final[dict[int, RelocationKind]] = {kind.number: kind for kind in kinds}
        assert len(self.by_name) == len(kinds) == len(self.by_number)
