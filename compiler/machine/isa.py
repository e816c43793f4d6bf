"""The instruction row: one record that assembler, selector, encoder, printer, allocator and prover share.

Invariants: a row is immutable once its `Target` is made; `Operand.accepts` is the one check of an argument, asked by
parser, selector and encoder alike; an encoding that does not fill its row exactly is an assertion when the table loads.

Encodings of fixed-width rows are written most significant bit first, as the architecture manuals draw them:
    0110011          literal bits
    rs1:5            the low 5 bits of operand `rs1`, i.e. rs1[4:0]
    off[12|10:5]     bits 12 and 10 to 5 of operand `off`, in this order
    mem.base:5       the base register of a memory operand; `mem[11:0]` are bits of its displacement
x86 rows keep the vendor manual's notation ("REX.W 01 /r", notation=VENDOR); `machine.vendor` compiles that.
"""

from __future__ import annotations

from typing import Final, final

from compiler.terms.term import Term

# --- registers ------------------------------------------------------------------------------------------------------


@final
class RegisterClass:
    """Registers that are interchangeable for values of a kind: `gpr`, `fpr`, `flags`. `bits` is their full width."""

    __slots__ = ("bits", "is_float", "name", "number")

    def __init__(self, name: str, bits: int, is_float: bool = False, number: int = 0) -> None:
        self.name: Final = name
        self.bits: Final = bits
        self.is_float: Final = is_float
        self.number: Final = number  # dense per target, for tables indexed by class


@final
class Register:
    """A physical register. `number` is what encodings hold, `index` is dense over the target's full registers.

    `parent` is the full register that a sub-register (x86 `eax`) is part of, None for a full one; sub-registers share
    their parent's index. `names` are further spellings (`x10`). `needs`: REX_FORBIDDEN or REX_NEEDED on x86-64.
    """

    __slots__ = ("bits", "index", "name", "names", "needs", "number", "parent", "register_class")

    def __init__(
        self,
        name: str,
        number: int,
        register_class: RegisterClass,
        bits: int,
        parent: Register | None = None,
        names: tuple[str, ...] = (),
        index: int = -1,
        needs: int = 0,
    ) -> None:
        self.name: Final = name
        self.number: Final = number
        self.register_class: Final = register_class
        self.bits: Final = bits
        self.parent: Final = parent
        self.names: Final = names
        self.index: Final[int] = index if parent is None else parent.index
        self.needs: Final = needs


REX_FORBIDDEN: Final = 1  # ah, bh, ch, dh
REX_NEEDED: Final = 2  # spl, bpl, sil, dil

# --- arguments ------------------------------------------------------------------------------------------------------

ARG_REGISTER: Final = 0
ARG_VIRTUAL: Final = 1
ARG_IMMEDIATE: Final = 2
ARG_SYMBOL: Final = 3
ARG_MEMORY: Final = 4
ARG_OTHER: Final = 5


class Arg:
    """What an instruction is given for one operand. Arguments are immutable and may be shared."""

    __slots__ = ("form",)

    def __init__(self, form: int) -> None:
        self.form: Final = form  # ARG_REGISTER ...


@final
class RegisterArg(Arg):
    __slots__ = ("register",)

    def __init__(self, register: Register) -> None:
        super().__init__(ARG_REGISTER)
        self.register: Final = register


@final
class VirtualArg(Arg):
    """A virtual register, before allocation; numbers are dense per function."""

    __slots__ = ("number", "register_class")

    def __init__(self, number: int, register_class: RegisterClass) -> None:
        super().__init__(ARG_VIRTUAL)
        self.number: Final = number
        self.register_class: Final = register_class


@final
class ImmediateArg(Arg):
    """A number as assembly writes it: sign and scale are the operand's matter, never masked here."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        super().__init__(ARG_IMMEDIATE)
        self.value: Final = value


@final
class SymbolArg(Arg):
    """`symbol + addend - minus`. `modifier` is the relocation operator's name without decoration ("hi", "pcrel_lo",
    "plt"), "" for a plain reference; `minus` is the symbol subtracted, "" for none."""

    __slots__ = ("addend", "minus", "modifier", "symbol")

    def __init__(self, symbol: str, addend: int = 0, modifier: str = "", minus: str = "") -> None:
        super().__init__(ARG_SYMBOL)
        self.symbol: Final = symbol
        self.addend: Final = addend
        self.modifier: Final = modifier
        self.minus: Final = minus


@final
class MemoryArg(Arg):
    """`segment:[base + index * scale + displacement + symbol]`; base and index are register or virtual arguments.

    `bits` is the access width where the text states one, 0 otherwise; `address_bits` 0 means the mode's own. An x86-64
    `symbol(%rip)` has the instruction pointer as its base.
    """

    __slots__ = ("base", "bits", "displacement", "index", "scale", "segment", "symbol")

    def __init__(
        self,
        base: Arg | None,
        displacement: int = 0,
        symbol: SymbolArg | None = None,
        index: Arg | None = None,
        scale: int = 1,
        segment: Register | None = None,
        bits: int = 0,
    ) -> None:
        super().__init__(ARG_MEMORY)
        self.base: Final = base
        self.displacement: Final = displacement
        self.symbol: Final = symbol
        self.index: Final = index
        self.scale: Final = scale
        self.segment: Final = segment
        self.bits: Final = bits


# --- operands -------------------------------------------------------------------------------------------------------

REGISTER: Final = 0
IMMEDIATE: Final = 1
LABEL: Final = 2  # a code address, encoded relative to the insn (branches, calls); a number is the displacement itself
MEMORY: Final = 3
REGISTER_OR_MEMORY: Final = 4

# Constraints on a register operand; `fixed` names the register, `tied` the operand it equals.
ANY: Final = 0
FIXED: Final = 1
TIED: Final = 2
EARLY: Final = 3  # written before all operands are read: differs from every input


@final
class Operand:
    """What one operand of a row takes. Ranges are those of the assembly value, inclusive.

    `registers` restricts a register (or memory base) operand to encoding numbers, None takes the whole class.
    `multiple` is a power of two that immediates must be a multiple of. `excluded` values within the range are refused.
    `relocations` maps a SymbolArg's modifier to a relocation name; a symbol with another modifier is refused.
    `names` are spellings of immediates (rounding modes, CSRs); `omitted` is the value when the text leaves a last
    operand out, and such an operand is printed only where it differs.
    """

    __slots__ = (
        "bits", "constraint", "default", "excluded", "fixed", "high", "index_class", "kind", "low", "multiple", "name",
        "names", "omitted", "register_class", "registers", "relocations", "tied", "wraps",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        kind: int,
        register_class: RegisterClass | None = None,
        bits: int = 0,
        low: int = 0,
        high: int = 0,
        multiple: int = 1,
        excluded: tuple[int, ...] = (),
        wraps: int = 0,
        registers: tuple[int, ...] | None = None,
        constraint: int = ANY,
        fixed: Register | None = None,
        tied: str = "",
        relocations: dict[str, str] | None = None,
        names: dict[str, int] | None = None,
        omitted: int | None = None,
        index_class: RegisterClass | None = None,
    ) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self.register_class: Final = register_class
        self.bits: Final = bits  # width of the register or memory access, 0 where any
        self.low: Final = low
        self.high: Final = high
        self.multiple: Final = multiple
        self.excluded: Final = excluded
        self.wraps: Final = wraps  # negatives are written as value + 2**wraps (`c.lui` with 0xfffff); 0: as they are
        self.registers: Final = registers
        self.constraint: Final = constraint
        self.fixed: Final = fixed
        self.tied: Final = tied
        self.relocations: Final[dict[str, str]] = relocations if relocations is not None else {}
        self.names: Final[dict[str, int]] = names if names is not None else {}
        self.omitted: Final = omitted
        self.index_class: Final = index_class

    def accepts(self, arg: Arg) -> bool:
        """Whether the argument may stand here. Virtual registers are judged by class."""
        kind = self.kind
        if isinstance(arg, RegisterArg):
            return (kind == REGISTER or kind == REGISTER_OR_MEMORY) and self.accepts_register(arg.register)
        if isinstance(arg, VirtualArg):
            return (kind == REGISTER or kind == REGISTER_OR_MEMORY) and arg.register_class is self.register_class
        if isinstance(arg, ImmediateArg):
            return (kind == IMMEDIATE or kind == LABEL) and self.accepts_value(arg.value)
        if isinstance(arg, SymbolArg):
            return (kind == LABEL or kind == IMMEDIATE) and arg.modifier in self.relocations
        if isinstance(arg, MemoryArg):
            return (kind == MEMORY or kind == REGISTER_OR_MEMORY) and self.accepts_memory(arg)
        return False

    def accepts_register(self, register: Register) -> bool:
        if register.register_class is not self.register_class or (self.bits and register.bits != self.bits):
            return False
        if self.fixed is not None:
            return register is self.fixed
        return self.registers is None or register.number in self.registers

    def accepts_value(self, value: int) -> bool:
        """Whether a plain number may stand here (or be the displacement of a memory operand)."""
        if self.wraps:
            if value < 0:
                return False
            if value >= 1 << (self.wraps - 1):
                value -= 1 << self.wraps
        if not self.low <= value <= self.high:
            return False
        return value & (self.multiple - 1) == 0 and (not self.excluded or value not in self.excluded)

    def accepts_memory(self, arg: MemoryArg) -> bool:
        if self.bits and arg.bits and arg.bits != self.bits:
            return False
        if self.index_class is not None:  # a general address: x86's forms are checked by its encoder's tables
            return arg.scale == 1 or arg.scale == 2 or arg.scale == 4 or arg.scale == 8
        if arg.index is not None or arg.segment is not None:
            return False
        base = arg.base
        if isinstance(base, RegisterArg):
            if base.register.register_class is not self.register_class:
                return False
            if self.registers is not None and base.register.number not in self.registers:
                return False
        elif isinstance(base, VirtualArg):
            if base.register_class is not self.register_class:
                return False
        elif base is None or base.form != ARG_OTHER:
            return False
        if arg.symbol is not None:
            return arg.symbol.modifier in self.relocations
        return self.accepts_value(arg.displacement)


# --- rows -----------------------------------------------------------------------------------------------------------

# What kind of instruction it is, as bits of `Insn.flags`.
BRANCH: Final = 1  # may go to its LABEL operand
CALL: Final = 2
RETURN: Final = 4
TERMINATOR: Final = 8  # nothing falls through (jump, return, trap)
MOVE: Final = 16  # copies operand 1 to operand 0
LOAD: Final = 32
STORE: Final = 64
SIDE_EFFECT: Final = 128  # neither removed nor moved (CSR access, fence, ecall)
INDIRECT: Final = 256  # goes to an address in a register
ALIAS: Final = 512  # another spelling: accepted and printed, never selected or decoded
INTERNAL: Final = 2048  # not a mnemonic of the platform's assembler: printed as what it expands to
REMATERIALISABLE: Final = 1024  # depends on nothing but immediates

# How an encoding is written.
BITS: Final = 0
VENDOR: Final = 1  # x86 manuals

# Access of an operand by its row.
READ: Final = 1
WRITE: Final = 2


@final
class Field:
    """Bits of one operand on their way into the word: `(value >> low & mask) << shift`."""

    __slots__ = ("base", "low", "mask", "operand", "shift", "width")

    def __init__(self, operand: int, base: bool, low: int, width: int, shift: int) -> None:
        self.operand: Final = operand
        self.base: Final = base  # the base register of a memory operand instead of its displacement
        self.low: Final = low
        self.width: Final = width
        self.mask: Final = (1 << width) - 1
        self.shift: Final = shift


@final
class Insn:
    """One instruction, alias or pseudo-instruction.

    `encoding`: see the module's docstring; "" for a pseudo row, which `expands` (a template in assembly: operand
    names, register names, numbers, `%modifier(operand)`, insns separated by `;`, `@0` the address of the first).
    `same_as` is such a template on an encoded row, too: the longer instruction of equal meaning (compressed rows).
    `writes`, `reads`: operand names, register names, "flags", "memory", separated by spaces.
    `meaning`: one term for each written location in the order of `writes`; the variable with slot `i` is operand `i`,
    for a memory operand its address.
    `features`: names that must all be on; `modes`: widths of code (16 32 64) it exists in, empty for all.
    `longer`: name of the row, or pseudo row, that a branch out of reach is replaced by.
    `when`: a condition over operands beyond what each accepts (slots as in `meaning`), in terms of meta operations.
    `key` is unique among the rows of a target; the mnemonic unless several rows share it.
    """

    __slots__ = (
        "access", "accesses", "bits", "encoding", "expands", "features", "fields", "flags", "implicit_reads",
        "implicit_writes", "key", "longer", "mask", "meaning", "modes", "name", "notation", "number", "opcode",
        "operand_fields", "operands", "read_names", "reads_memory", "same_as", "size", "spellings",
        "when", "write_names", "writes_memory",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        operands: tuple[Operand, ...],
        encoding: str,
        writes: str = "",
        reads: str = "",
        meaning: Term | tuple[Term, ...] | None = None,
        flags: int = 0,
        features: str = "",
        modes: tuple[int, ...] = (),
        when: Term | None = None,
        longer: str = "",
        expands: str = "",
        same_as: str = "",
        spellings: tuple[str, ...] = (),
        access: int = 0,
        key: str = "",
        notation: int = BITS,
    ) -> None:
        self.name: Final = name
        self.notation: Final = notation
        self.key: Final = key if key else name
        self.operands: Final = operands
        self.encoding: Final = encoding
        self.write_names: Final[tuple[str, ...]] = tuple(writes.split())
        self.read_names: Final[tuple[str, ...]] = tuple(reads.split())
        self.meaning: Final[tuple[Term, ...]] = (
            () if meaning is None else meaning if isinstance(meaning, tuple) else (meaning,)
        )
        self.flags: Final = flags
        self.features: Final[tuple[str, ...]] = tuple(features.split())
        self.modes: Final = modes
        self.when: Final = when
        self.longer: Final = longer
        self.expands: Final = expands
        self.same_as: Final = same_as
        self.spellings: Final = spellings
        self.access: Final = access  # bytes of memory read or written, 0 if none or variable
        self.number = -1  # index in the target's table
        self.reads_memory: Final = flags & LOAD != 0 or "memory" in self.read_names
        self.writes_memory: Final = flags & STORE != 0 or "memory" in self.write_names
        self.accesses: Final[list[int]] = [self._access(operand) for operand in operands]  # READ | WRITE by operand
        self.implicit_reads: list[Register] = []  # filled when the target is made
        self.implicit_writes: list[Register] = []
        self.fields: list[Field] = []
        self.operand_fields: list[list[Field]] = [[] for _ in operands]
        self.opcode = 0
        self.mask = 0
        self.bits = 0
        self.size = 0  # bytes; 0 for pseudo rows and rows of variable length
        if encoding and notation == BITS:
            self._compile(encoding)

    def _access(self, operand: Operand) -> int:
        access = 0
        if operand.name in self.read_names:
            access |= READ
        if operand.name in self.write_names:
            access |= WRITE
        return access

    def operand_index(self, name: str) -> int:
        for index, operand in enumerate(self.operands):
            if operand.name == name:
                return index
        raise AssertionError(f"{self.key}: no operand '{name}'")

    def _compile(self, encoding: str) -> None:
        total = 0
        pieces: list[tuple[str, int, int]] = []  # operand ("" literal), low bit or value, width
        for word in encoding.split():
            for name, low, width in parse_bits(word):
                pieces.append((name, low, width))
                total += width
        assert total in (16, 32, 48, 64), f"{self.key}: encoding has {total} bits"
        self.bits = total
        self.size = total // 8
        top = total
        for name, low, width in pieces:
            top -= width
            if not name:
                self.opcode |= low << top
                self.mask |= ((1 << width) - 1) << top
                continue
            base = name.endswith(".base")
            index = self.operand_index(name[:-5] if base else name)
            field = Field(index, base, low, width, top)
            self.fields.append(field)
            self.operand_fields[index].append(field)

    @property
    def is_branch(self) -> bool:
        return self.flags & BRANCH != 0

    @property
    def is_call(self) -> bool:
        return self.flags & CALL != 0

    @property
    def is_return(self) -> bool:
        return self.flags & RETURN != 0

    @property
    def is_terminator(self) -> bool:
        return self.flags & TERMINATOR != 0

    @property
    def is_move(self) -> bool:
        return self.flags & MOVE != 0

    @property
    def is_load(self) -> bool:
        return self.flags & LOAD != 0

    @property
    def is_store(self) -> bool:
        return self.flags & STORE != 0

    @property
    def is_pseudo(self) -> bool:
        return not self.encoding


def parse_bits(word: str) -> list[tuple[str, int, int]]:
    """One word of an encoding as (operand name or "" for literal bits, low bit or literal value, width) pieces."""
    if word[0] in "01":
        return [("", int(word, 2), len(word))]
    name, colon, width = word.partition(":")
    if colon and "[" not in name:
        return [(name, 0, int(width))]
    name, bracket, ranges = word.partition("[")
    assert bracket and ranges.endswith("]"), word
    pieces: list[tuple[str, int, int]] = []
    for part in ranges[:-1].split("|"):
        high, colon, low = part.partition(":")
        bottom = int(low) if colon else int(high)
        pieces.append((name, bottom, int(high) - bottom + 1))
    return pieces
