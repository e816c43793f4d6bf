"""Operand text to argument objects, by the habits that `Syntax` states; the rows then judge the arguments.

A mnemonic may have several rows; the first whose operands all accept wins. An argument's text is read once per row
shape only where that matters: a name that is a CSR or a rounding mode in one row is a symbol in another.
"""

from __future__ import annotations

from compiler.asm.expressions import AsmError, Linear, Reader, Scope, evaluate
from compiler.asm.items import Name
from compiler.machine.isa import (
    IMMEDIATE,
    LABEL,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Operand,
    Register,
    RegisterArg,
    SymbolArg,
)
from compiler.machine.target import Target


def split_operands(text: str) -> list[str]:
    """At commas outside of parentheses, brackets and quotes."""
    text = text.strip()
    if not text:
        return []
    if "(" not in text and '"' not in text and "'" not in text:
        return [part.strip() for part in text.split(",")]
    parts: list[str] = []
    depth, start, index, end = 0, 0, 0, len(text)
    while index < end:
        character = text[index]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == '"':
            index += 1
            while index < end and text[index] != '"':
                index += 2 if text[index] == "\\" else 1
        elif character == "'" and index + 1 < end:
            index += 2 if text[index + 1] == "\\" else 1
        elif character == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
        index += 1
    parts.append(text[start:].strip())
    return parts


def to_arg(value: Linear, modifier: str) -> Arg:
    """A symbol or number; `%lo(5)` of a plain number stays a symbol argument without symbol."""
    if value.is_absolute and not modifier and not value.modifier:
        return ImmediateArg(value.constant)
    return SymbolArg(value.symbol, value.constant, modifier or value.modifier, value.minus)


def parse_base_operand(text: str, target: Target, reader: Reader, scope: Scope) -> Arg:
    """One operand of a `displacement(base)` assembly: register, number, symbol, `%operator(symbol)`, or memory."""
    register = target.register_by_name.get(text)
    if register is not None:
        return RegisterArg(register)
    reader.text, reader.pos, reader.end = text, 0, len(text)
    value: Arg = ImmediateArg(0)
    character = reader.skip()
    base = base_register(reader, target) if character == "(" else None
    if base is None:
        if character == "%":
            value = _modified(reader, scope)
        else:
            value = to_arg(evaluate(reader.expression(), scope), "")
        base = base_register(reader, target) if reader.skip() == "(" else None
        if base is None:
            reader.finish()
            return value
    reader.finish()
    if isinstance(value, SymbolArg):
        return MemoryArg(RegisterArg(base), 0, value)
    assert isinstance(value, ImmediateArg)
    return MemoryArg(RegisterArg(base), value.value)


def parse_att_operand(text: str, target: Target, reader: Reader, scope: Scope) -> Arg:
    """One operand in AT&T syntax: `%rax`, `$5`, `symbol`, `%fs:8(%rax,%rbx,4)`, `*%rax`."""
    reader.text, reader.pos, reader.end = text, 0, len(text)
    prefix = target.syntax.register_prefix
    reader.take("*")
    if reader.take(target.syntax.immediate_prefix):
        value = to_arg(evaluate(reader.expression(), scope), "")
        reader.finish()
        return value
    segment = None
    if reader.take(prefix):
        register = _register_named(reader, target)
        if not reader.take(":"):
            reader.finish()
            return RegisterArg(register)
        segment = register
    displacement = Linear(0)
    has_parentheses = reader.skip() == "(" and text[reader.pos + 1 :].lstrip().startswith((prefix, ","))
    if not has_parentheses:
        displacement = evaluate(reader.expression(), scope)
        has_parentheses = reader.skip() == "("
    base: Arg | None = None
    index: Arg | None = None
    scale = 1
    if has_parentheses:
        reader.expect("(")
        if reader.take(prefix):
            base = RegisterArg(_register_named(reader, target))
        if reader.take(","):
            reader.expect(prefix)
            index = RegisterArg(_register_named(reader, target))
            if reader.take(","):
                scale = evaluate(reader.expression(), scope).constant
        reader.expect(")")
    reader.finish()
    symbol = to_arg(displacement, "")
    if isinstance(symbol, SymbolArg):
        return MemoryArg(base, 0, symbol, index, scale, segment)
    return MemoryArg(base, displacement.constant, None, index, scale, segment)


def _register_named(reader: Reader, target: Target) -> Register:
    name = reader.name()
    register = target.register_by_name.get(name)
    if register is None:
        raise AsmError(f"unknown register '{name}'")
    return register


def _modified(reader: Reader, scope: Scope) -> Arg:
    """`%hi(symbol + 4)`; of a number it is computed here."""
    reader.pos += 1
    modifier = reader.name().lower()
    reader.expect("(")
    value = evaluate(reader.expression(), scope)
    reader.expect(")")
    if value.is_absolute and modifier == "hi":
        return ImmediateArg((value.constant + 0x800) >> 12 & 0xFFFFF)
    if value.is_absolute and modifier == "lo":
        return ImmediateArg((value.constant & 0xFFF) - ((value.constant & 0x800) << 1))
    return to_arg(value, modifier)


def base_register(reader: Reader, target: Target) -> Register | None:
    """`(register)` if that is what stands here; takes nothing otherwise."""
    start = reader.pos
    if reader.take("("):
        name = reader.peek_name()
        register = target.register_by_name.get(name)
        if register is not None:
            reader.pos += len(name)
            if reader.take(")"):
                return register
    reader.pos = start
    return None


def named_value(operand: Operand, text: str) -> Arg | None:
    """A rounding mode, fence set or CSR by its name."""
    if operand.kind == IMMEDIATE and operand.names:
        value = operand.names.get(text)
        if value is not None:
            return ImmediateArg(value)
    return None


def match_row(
    insn: Insn, texts: list[str], parsed: list[Arg | None], target: Target, reader: Reader, scope: Scope
) -> list[Arg] | None:
    """The row's arguments if all its operands accept the texts; `parsed` caches what does not depend on the row."""
    operands = insn.operands
    if len(texts) != len(operands):
        kept = len(texts)
        if kept > len(operands) or (kept and operands[kept - 1].omitted is not None):
            return None
        for operand in operands[kept:]:
            if operand.omitted is None:
                return None
    args: list[Arg] = []
    for index, operand in enumerate(operands):
        if index >= len(texts):
            assert operand.omitted is not None
            args.append(ImmediateArg(operand.omitted))
            continue
        arg = named_value(operand, texts[index])
        if arg is None:
            arg = parsed[index]
            if arg is None:
                if target.syntax.memory == "att":
                    arg = parse_att_operand(texts[index], target, reader, scope)
                else:
                    arg = parse_base_operand(texts[index], target, reader, scope)
                parsed[index] = arg
            if operand.kind == LABEL and isinstance(arg, ImmediateArg):  # a number is an absolute address in the text
                arg = SymbolArg("", arg.value)
            elif operand.kind == LABEL and isinstance(arg, RegisterArg) and not target.syntax.register_prefix:
                arg = SymbolArg(texts[index])  # a C object may be called `zero`
            elif operand.kind == LABEL and isinstance(arg, MemoryArg) and arg.base is None and arg.index is None:
                arg = arg.symbol if arg.symbol is not None else SymbolArg("", arg.displacement)
        if not operand.accepts(arg):
            return None
        args.append(arg)
    return args


def symbol_of(expression: object) -> str:
    """The name a plain symbol expression consists of, or ""."""
    return expression.name if isinstance(expression, Name) else ""


__all__ = ["AsmError", "base_register", "match_row", "parse_base_operand", "split_operands", "symbol_of", "to_arg"]
