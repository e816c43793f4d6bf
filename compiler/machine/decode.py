"""The decoder of fixed-width rows: the same fields read backwards. x86 rows are not decoded here.

Invariant: a decoded instruction encodes to the same word; rows whose operands do not (excluded values, a register
repeated in two fields) are passed over for the next one in table order.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.encode import Fixup, encode
from compiler.machine.isa import BITS, MEMORY, REGISTER, Arg, ImmediateArg, Insn, MemoryArg, Operand, RegisterArg
from compiler.machine.target import Target


@final
class Decoded:
    """An instruction with its arguments; label operands are numbers, relative to the instruction."""

    __slots__ = ("args", "insn")

    def __init__(self, insn: Insn, args: list[Arg]) -> None:
        self.insn: Final = insn
        self.args: Final = args


@final
class Decoder:
    """Rows of one target by size and by mask."""

    __slots__ = ("masks", "target")

    def __init__(self, target: Target) -> None:
        self.target: Final = target
        # size -> mask -> opcode -> rows in table order
        self.masks: Final[dict[int, dict[int, dict[int, list[Insn]]]]] = {}
        for insn in target.insns:
            if insn.encoding and insn.notation == BITS:
                by_mask = self.masks.setdefault(insn.size, {})
                by_mask.setdefault(insn.mask, {}).setdefault(insn.opcode, []).append(insn)

    def decode(self, word: int, size: int) -> Decoded | None:
        """The first row in table order that means this word of `size` bytes, or None."""
        candidates: list[Insn] = []
        for mask, by_opcode in self.masks.get(size, {}).items():
            candidates.extend(by_opcode.get(word & mask, []))
        candidates.sort(key=_number)
        for insn in candidates:
            args = self._arguments(insn, word)
            if args is not None and encode(insn, args, _no_fixups()) == word:
                return Decoded(insn, args)
        return None

    def _arguments(self, insn: Insn, word: int) -> list[Arg] | None:
        args: list[Arg] = []
        for index, operand in enumerate(insn.operands):
            arg = self._argument(insn, index, operand, word)
            if arg is None:
                return None
            args.append(arg)
        return args

    def _argument(self, insn: Insn, index: int, operand: Operand, word: int) -> Arg | None:
        value, width, base, base_width = 0, 0, 0, 0
        for field in insn.operand_fields[index]:
            bits = word >> field.shift & field.mask
            if field.base:
                base |= bits << field.low
                base_width = max(base_width, field.low + field.width)
            else:
                value |= bits << field.low
                width = max(width, field.low + field.width)
        if operand.kind == REGISTER:
            if operand.fixed is not None:
                return RegisterArg(operand.fixed)
            return self._register(operand, value, width)
        if operand.low < 0 and width and value >> (width - 1):
            value -= 1 << width
        if operand.kind == MEMORY:
            register = self._register(operand, base, base_width)
            return MemoryArg(register, value) if register is not None else None
        if operand.wraps and value < 0:
            value += 1 << operand.wraps
        return ImmediateArg(value)

    def _register(self, operand: Operand, bits: int, width: int) -> RegisterArg | None:
        for register in self.target.registers:
            if register.register_class is operand.register_class and register.number & ((1 << width) - 1) == bits:
                if operand.registers is None or register.number in operand.registers:
                    return RegisterArg(register)
        return None


def _number(insn: Insn) -> int:
    return insn.number


def _no_fixups() -> list[Fixup]:
    return []
