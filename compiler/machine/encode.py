"""The encoder of fixed-width rows: operands checked by `Operand.accepts`, bits placed by the row's precomputed fields.

Invariant: nothing is masked into place. An argument that its operand refuses makes `encode` return REFUSED, and
`refusal` then says why.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import (
    ARG_IMMEDIATE,
    IMMEDIATE,
    LABEL,
    MEMORY,
    REGISTER,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Operand,
    RegisterArg,
    SymbolArg,
)

REFUSED: Final = -1


@final
class Fixup:
    """A symbol's value is to be put at `offset` bytes behind the start of the insn, as relocation `kind` says."""

    __slots__ = ("bias", "kind", "offset", "symbol")

    def __init__(self, offset: int, kind: str, symbol: SymbolArg, bias: int = 0) -> None:
        self.offset: Final = offset
        self.kind: Final = kind
        self.symbol: Final = symbol
        self.bias: Final = bias  # added to the addend (x86: distance from the field to the end of the insn, negated)


def encode(insn: Insn, args: list[Arg], fixups: list[Fixup]) -> int:
    """The word (little-endian, `insn.size` bytes), or REFUSED. Fixups of symbols are appended."""
    operands = insn.operands
    if len(args) != len(operands):
        return REFUSED
    word = insn.opcode
    for index in range(len(operands)):
        operand = operands[index]
        arg = args[index]
        if not operand.accepts(arg):
            return REFUSED
        if isinstance(arg, RegisterArg):
            value = arg.register.number
            for field in insn.operand_fields[index]:
                word |= (value >> field.low & field.mask) << field.shift
        elif isinstance(arg, ImmediateArg):
            value = arg.value
            for field in insn.operand_fields[index]:
                word |= (value >> field.low & field.mask) << field.shift
        elif isinstance(arg, MemoryArg):
            base = arg.base
            assert isinstance(base, RegisterArg), "a memory operand without a register reaches the encoder"
            symbol = arg.symbol
            if symbol is not None:
                if arg.displacement:
                    symbol = SymbolArg(symbol.symbol, symbol.addend + arg.displacement, symbol.modifier, symbol.minus)
                fixups.append(Fixup(0, operand.relocations[symbol.modifier], symbol))
            for field in insn.operand_fields[index]:
                if field.base:
                    word |= (base.register.number >> field.low & field.mask) << field.shift
                elif symbol is None:
                    word |= (arg.displacement >> field.low & field.mask) << field.shift
        else:
            assert isinstance(arg, SymbolArg), "a virtual register reaches the encoder"
            fixups.append(Fixup(0, operand.relocations[arg.modifier], arg))
    return word


def matches(insn: Insn, args: list[Arg]) -> bool:
    """Whether all arguments suit the row."""
    if len(args) != len(insn.operands):
        return False
    return all(operand.accepts(arg) for operand, arg in zip(insn.operands, args, strict=True))


def refusal(insn: Insn, args: list[Arg]) -> str:
    """Why the row does not take these arguments, for a diagnostic."""
    if len(args) != len(insn.operands):
        return f"'{insn.name}' takes {len(insn.operands)} operands, not {len(args)}"
    for operand, arg in zip(insn.operands, args, strict=True):
        if not operand.accepts(arg):
            return f"operand '{operand.name}' of '{insn.name}' {_expectation(operand, arg)}"
    return f"illegal operands of '{insn.name}'"


def _expectation(operand: Operand, arg: Arg) -> str:
    if operand.kind == REGISTER:
        assert operand.register_class is not None
        if operand.fixed is not None:
            return f"must be {operand.fixed.name}"
        limited = " of those that this form can name" if operand.registers is not None else ""
        return f"must be a register of class '{operand.register_class.name}'{limited}"
    if operand.kind == IMMEDIATE:
        if arg.form == ARG_IMMEDIATE:
            assert isinstance(arg, ImmediateArg)
            multiple = f" and a multiple of {operand.multiple}" if operand.multiple > 1 else ""
            return f"must be in [{operand.low}, {operand.high}]{multiple}, not {arg.value}"
        return "must be a number" + (" or a symbol with a fitting operator" if operand.relocations else "")
    if operand.kind == LABEL:
        return "must be a symbol" + ("" if "" in operand.relocations else " with a fitting operator")
    assert operand.kind >= MEMORY
    return f"must be a memory operand with an offset in [{operand.low}, {operand.high}]"
