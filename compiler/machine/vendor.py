"""The encoder of rows in the vendor manual's notation: prefixes, REX, opcode, ModRM, SIB, displacement, immediates.

    REX.W 01 /r         o16 83 /0 ib         F3 0F B8 /r         B8+r id         E9 cd
`o16` and `o32` are the operand size, a 66 prefix where the mode's default differs. `/r`: the operand whose name begins
with "rm" or "m" is r/m, the other register operand is reg; `/0`-`/7` put a digit there. `+r` adds a register to the
opcode. `ib iw id iq` are the immediate operands in order, `cb cw cd` a target relative to the end of the instruction.
Modes are 16, 32 and 64 bits. (Intel SDM volume 2, chapter 2 and section 3.1.1)
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.encode import Fixup, refusal
from compiler.machine.isa import (
    FIXED,
    IMMEDIATE,
    LABEL,
    MEMORY,
    REGISTER,
    REGISTER_OR_MEMORY,
    REX_FORBIDDEN,
    REX_NEEDED,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    RegisterArg,
    SymbolArg,
)

SIZES: Final = {"ib": 1, "iw": 2, "id": 4, "iq": 8, "cb": 1, "cw": 2, "cd": 4}
LEGACY_PREFIXES: Final = ("66", "67", "F2", "F3", "F0", "2E", "36", "3E", "26", "64", "65")
SEGMENT_PREFIXES: Final = {"es": 0x26, "cs": 0x2E, "ss": 0x36, "ds": 0x3E, "fs": 0x64, "gs": 0x65}
# 16-bit addressing: encoding numbers of base and index (-1 none) -> r/m
SIXTEEN: Final = {
    (3, 6): 0, (3, 7): 1, (5, 6): 2, (5, 7): 3, (6, -1): 4, (7, -1): 5, (5, -1): 6, (3, -1): 7,
}  # fmt: skip


@final
class Pattern:
    """A compiled encoding."""

    __slots__ = ("digit", "has_modrm", "opcode", "operand_size", "plus_register", "prefixes", "tails", "wide")

    def __init__(self, notation: str) -> None:
        self.prefixes: Final[list[int]] = []
        self.opcode: Final[list[int]] = []
        self.tails: Final[list[str]] = []  # ib ... cd
        self.wide = False
        self.operand_size = 0
        self.has_modrm = False
        self.digit = -1
        self.plus_register = False
        for word in notation.split():
            self._word(word)

    def _word(self, word: str) -> None:
        if word == "REX.W":
            self.wide = True
        elif word in ("o16", "o32"):
            self.operand_size = int(word[1:])
        elif word == "/r":
            self.has_modrm = True
        elif word[0] == "/":
            self.has_modrm = True
            self.digit = int(word[1:])
        elif word in SIZES:
            self.tails.append(word)
        elif word in LEGACY_PREFIXES and not self.opcode and not self.wide:
            self.prefixes.append(int(word, 16))
        else:
            byte, plus, _ = word.partition("+")
            self.plus_register = bool(plus)
            self.opcode.append(int(byte, 16))


@final
class Encoding:
    """One instruction on its way into bytes."""

    __slots__ = ("fixups", "forbids_rex", "mode", "needs_rex", "out", "problem", "rex")

    def __init__(self, mode: int, fixups: list[Fixup]) -> None:
        self.mode: Final = mode
        self.out: Final = bytearray()
        self.fixups: Final = fixups
        self.rex = 0
        self.needs_rex = False
        self.forbids_rex = False
        self.problem = ""

    def note(self, arg: Arg) -> None:
        if isinstance(arg, RegisterArg):
            self.needs_rex = self.needs_rex or arg.register.needs == REX_NEEDED
            self.forbids_rex = self.forbids_rex or arg.register.needs == REX_FORBIDDEN


def encode(insn: Insn, args: list[Arg], mode: int, out: bytearray, fixups: list[Fixup]) -> str:
    """Append the bytes; "" or why the arguments are refused, with nothing appended then."""
    if len(args) != len(insn.operands):
        return refusal(insn, args)
    for operand, arg in zip(insn.operands, args, strict=True):
        if not operand.accepts(arg):
            return refusal(insn, args)
    pattern = Pattern(insn.encoding)
    made: list[Fixup] = []
    encoding = Encoding(mode, made)
    _encode(insn, args, pattern, encoding)
    if encoding.problem:
        return f"{encoding.problem} in '{insn.name}'"
    out += encoding.out
    fixups.extend(made)
    return ""


def _encode(insn: Insn, args: list[Arg], pattern: Pattern, encoding: Encoding) -> None:
    register, memory, immediates = _roles(insn, args, pattern, encoding)
    modrm = bytearray()
    displacement: SymbolArg | None = None
    displacement_at = -1
    rex = 8 if pattern.wide else 0
    opcode = bytearray(pattern.opcode)
    address_prefix = bytearray()
    if pattern.plus_register:
        assert isinstance(register, RegisterArg), insn.key
        opcode[-1] |= register.register.number & 7
        rex |= register.register.number >> 3
    elif pattern.has_modrm:
        assert memory is not None, insn.key
        reg = pattern.digit
        if reg < 0:
            assert isinstance(register, RegisterArg), insn.key
            reg = register.register.number
        rex |= (reg >> 3) << 2
        if isinstance(memory, RegisterArg):
            rex |= memory.register.number >> 3
            modrm.append(0xC0 | (reg & 7) << 3 | (memory.register.number & 7))
        else:
            assert isinstance(memory, MemoryArg)
            rex |= _address(memory, reg & 7, modrm, address_prefix, encoding)
            displacement = memory.symbol
            displacement_at = len(modrm) - (2 if _address_bits(memory, encoding.mode) == 16 else 4)
    if encoding.problem:
        return
    head = encoding.out
    head += address_prefix
    if pattern.operand_size and pattern.operand_size != (16 if encoding.mode == 16 else 32):
        head.append(0x66)
    head += bytes(pattern.prefixes)
    if rex or encoding.needs_rex:
        if encoding.mode != 64:
            encoding.problem = "a 64-bit register"
            return
        if encoding.forbids_rex:
            encoding.problem = "a high byte register beside one that needs REX"
            return
        head.append(0x40 | rex)
    head += opcode
    start = len(head)
    head += modrm
    total = len(head)
    for tail in pattern.tails:
        total += SIZES[tail]
    if displacement is not None and isinstance(memory, MemoryArg):
        place = start + displacement_at
        relative = _is_relative(memory)
        kinds = insn.operands[args.index(memory)].relocations
        modifier = displacement.modifier or ("rip" if relative else "")
        if modifier not in kinds:
            encoding.problem = f"a symbol with '{modifier}'"
            return
        symbol = SymbolArg(displacement.symbol, displacement.addend + memory.displacement, "", displacement.minus)
        encoding.fixups.append(Fixup(place, kinds[modifier], symbol, place - total if relative else 0))
    _tails(insn, args, pattern, immediates, encoding, total)


def _roles(
    insn: Insn, args: list[Arg], pattern: Pattern, encoding: Encoding
) -> tuple[Arg | None, Arg | None, list[int]]:
    """The reg operand, the r/m operand, and the numbers of those that follow the opcode."""
    register: Arg | None = None
    memory: Arg | None = None
    tails: list[int] = []
    for index, operand in enumerate(insn.operands):
        arg = args[index]
        encoding.note(arg)
        if operand.kind == IMMEDIATE or operand.kind == LABEL:
            if not operand.bits and operand.low == operand.high:
                continue  # a number that the opcode implies (`shl $1`)
            tails.append(index)
        elif operand.kind == MEMORY or operand.kind == REGISTER_OR_MEMORY or operand.name.startswith("rm"):
            memory = arg
        elif operand.constraint != FIXED:
            assert operand.kind == REGISTER
            register = arg
    return register, memory, tails


def _tails(insn: Insn, args: list[Arg], pattern: Pattern, indexes: list[int], encoding: Encoding, total: int) -> None:
    assert len(indexes) == len(pattern.tails), insn.key
    out = encoding.out
    for index, tail in zip(indexes, pattern.tails, strict=True):
        arg = args[index]
        size = SIZES[tail]
        if isinstance(arg, ImmediateArg):
            out += (arg.value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")
            continue
        assert isinstance(arg, SymbolArg)
        kind = insn.operands[index].relocations[arg.modifier]
        bias = len(out) - total if tail[0] == "c" else 0
        encoding.fixups.append(Fixup(len(out), kind, arg, bias))
        out += bytes(size)


def _is_relative(memory: MemoryArg) -> bool:
    return isinstance(memory.base, RegisterArg) and memory.base.register.register_class.name == "ip"


def _address_bits(memory: MemoryArg, mode: int) -> int:
    for part in (memory.base, memory.index):
        if isinstance(part, RegisterArg):
            return part.register.bits
    return mode


def _address(memory: MemoryArg, reg: int, out: bytearray, prefix: bytearray, encoding: Encoding) -> int:
    """ModRM, SIB and displacement; the REX bits that the registers need."""
    bits = _address_bits(memory, encoding.mode)
    if memory.segment is not None:
        prefix.append(SEGMENT_PREFIXES[memory.segment.name])
    if bits != encoding.mode:
        if (bits == 16 and encoding.mode == 64) or bits == 64:
            encoding.problem = f"a {bits}-bit address"
            return 0
        prefix.append(0x67)
    for part in (memory.base, memory.index):
        if isinstance(part, RegisterArg) and part.register.bits != bits:
            encoding.problem = "an address of registers of two widths"
            return 0
    if bits == 16:
        return _address16(memory, reg, out, encoding)
    base = memory.base.register.number if isinstance(memory.base, RegisterArg) else -1
    index = memory.index.register.number if isinstance(memory.index, RegisterArg) else -1
    displacement = memory.displacement
    if not -(1 << 31) <= displacement < 1 << (31 if bits == 64 else 32):
        encoding.problem = f"displacement {displacement}"
        return 0
    four = (displacement & 0xFFFFFFFF if memory.symbol is None else 0).to_bytes(4, "little")
    if _is_relative(memory):
        if index >= 0:
            encoding.problem = "an index beside the instruction pointer"
        out.append(reg << 3 | 5)
        out += four
        return 0
    if index == 4:
        encoding.problem = "the stack pointer as index"
        return 0
    scale = {1: 0, 2: 1, 4: 2, 8: 3}[memory.scale]
    if base < 0:
        if index < 0 and encoding.mode != 64:
            out.append(reg << 3 | 5)
        else:
            out += bytes((reg << 3 | 4, scale << 6 | (index & 7 if index >= 0 else 4) << 3 | 5))
        out += four
        return (index >> 3) << 1 if index >= 0 else 0
    if memory.symbol is not None or not -128 <= displacement < 128:
        mod, tail = 2, four
    elif displacement or base & 7 == 5:
        mod, tail = 1, bytes((displacement & 255,))
    else:
        mod, tail = 0, b""
    if index >= 0 or base & 7 == 4:
        out += bytes((mod << 6 | reg << 3 | 4, scale << 6 | (index & 7 if index >= 0 else 4) << 3 | (base & 7)))
    else:
        out.append(mod << 6 | reg << 3 | (base & 7))
    out += tail
    return base >> 3 | ((index >> 3) << 1 if index >= 0 else 0)


def _address16(memory: MemoryArg, reg: int, out: bytearray, encoding: Encoding) -> int:
    base = memory.base.register.number if isinstance(memory.base, RegisterArg) else -1
    index = memory.index.register.number if isinstance(memory.index, RegisterArg) else -1
    displacement = memory.displacement
    if not -(1 << 15) <= displacement < 1 << 16:
        encoding.problem = f"displacement {displacement}"
        return 0
    two = (displacement & 0xFFFF if memory.symbol is None else 0).to_bytes(2, "little")
    if base < 0 and index < 0:
        out.append(reg << 3 | 6)
        out += two
        return 0
    form = SIXTEEN.get((base, index), SIXTEEN.get((index, base), -1))
    if form < 0 or memory.scale != 1:
        encoding.problem = "an address that 16-bit code does not have"
        return 0
    signed = displacement - 0x10000 if displacement >= 0x8000 else displacement
    if memory.symbol is not None or not -128 <= signed < 128:
        out.append(0x80 | reg << 3 | form)
        out += two
    elif signed or form == 6:
        out += bytes((0x40 | reg << 3 | form, signed & 255))
    else:
        out.append(reg << 3 | form)
    return 0
