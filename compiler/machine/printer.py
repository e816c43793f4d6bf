"""Instructions as text that the platform's usual assembler accepts."""

from __future__ import annotations

from compiler.machine.isa import LABEL, Arg, ImmediateArg, Insn, MemoryArg, Operand, RegisterArg, SymbolArg, VirtualArg
from compiler.machine.target import Syntax


def print_insn(insn: Insn, args: list[Arg], syntax: Syntax) -> str:
    """One line without indentation: `addi\\ta0,a0,-1`."""
    shown = len(args)
    while shown and _is_omitted(insn.operands[shown - 1], args[shown - 1]):
        shown -= 1
    if shown and shown < len(args) and insn.operands[shown - 1].omitted is not None:
        shown = len(args)  # operands that may be left out may be so together only
    parts = [print_arg(args[index], syntax, insn.operands[index]) for index in range(shown)]
    if syntax.reversed_operands:
        parts.reverse()
    return f"{insn.name}\t{','.join(parts)}" if parts else insn.name


def _is_omitted(operand: Operand, arg: Arg) -> bool:
    return operand.omitted is not None and isinstance(arg, ImmediateArg) and arg.value == operand.omitted


def print_arg(arg: Arg, syntax: Syntax, operand: Operand | None = None) -> str:
    if isinstance(arg, RegisterArg):
        return syntax.register_prefix + arg.register.name
    if isinstance(arg, VirtualArg):
        return f"%{arg.register_class.name}{arg.number}"
    if isinstance(arg, ImmediateArg):
        if operand is not None and operand.kind == LABEL:
            return f".{arg.value:+d}"
        if operand is not None:
            for name, value in operand.names.items():
                if value == arg.value:
                    return name
        return f"{syntax.immediate_prefix}{arg.value}"
    if isinstance(arg, SymbolArg):
        return print_symbol(arg)
    assert isinstance(arg, MemoryArg), arg.form
    return print_memory(arg, syntax)


def print_symbol(arg: SymbolArg) -> str:
    text = symbol_name(arg.symbol) if arg.symbol else ""
    if arg.addend:
        text = f"{text}{arg.addend:+d}" if text else str(arg.addend)
    if arg.minus:
        text = f"{text}-{symbol_name(arg.minus)}"
    if arg.modifier == "plt":
        return text + "@plt"
    return f"%{arg.modifier}({text})" if arg.modifier else text


def symbol_name(name: str) -> str:
    """The name, quoted where it is not a plain identifier."""
    for character in name:
        if not (character.isalnum() or character in "_.$") and ord(character) < 128:
            return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return name


def print_memory(arg: MemoryArg, syntax: Syntax) -> str:
    if arg.symbol is not None:
        symbol = arg.symbol
        if arg.displacement:
            symbol = SymbolArg(symbol.symbol, symbol.addend + arg.displacement, symbol.modifier, symbol.minus)
        text = print_symbol(symbol)
    else:
        text = str(arg.displacement)
    inner = print_arg(arg.base, syntax) if arg.base is not None else ""
    if arg.index is not None:
        inner += f",{print_arg(arg.index, syntax)},{arg.scale}"
    if arg.segment is not None:
        text = f"{syntax.register_prefix}{arg.segment.name}:{text}"
    return f"{text}({inner})" if inner else text
