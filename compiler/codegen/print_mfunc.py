"""Machine functions as text, in the grammar of textual IR: `%v1 = addi %v0, 4`.

Results stand in front of `=`; what an instruction reads or writes beyond its operands follows a semicolon.
"""

from __future__ import annotations

from compiler.codegen.mfunc import (
    CALL_SITE,
    COPY,
    ENTRY,
    EPILOGUE,
    INCOMING,
    OUTGOING,
    PROLOGUE,
    BlockArg,
    MBlock,
    MFunction,
    MInsn,
    SlotArg,
    StackSlot,
)
from compiler.machine.isa import WRITE, Arg, ImmediateArg, MemoryArg, RegisterArg, SymbolArg, VirtualArg


def print_mfunction(mf: MFunction) -> str:
    """One function; labels are those of the assembly."""
    lines = [f"mfunc @{mf.name} {{"]
    for slot in mf.slots:
        lines.append(f"  {_slot(slot)}: size {slot.size}, align {slot.align}")
    for block in mf.blocks:
        parameters = ", ".join([f"{_arg(virtual)}: {virtual.register_class.name}" for virtual in block.parameters])
        lines.append(f"{block.label}({parameters}):" if parameters else f"{block.label}:")
        for insn in block.insns:
            lines.append("  " + print_insn(insn))
        lines += _edges(block)
    lines.append("}")
    return "\n".join(lines) + "\n"


def _edges(block: MBlock) -> list[str]:
    lines: list[str] = []
    for edge in block.edges:
        if edge.args:
            args = ", ".join([_arg(arg) for arg in edge.args])
            lines.append(f"  ; to {edge.target.label}({args})")
    return lines


def print_insn(insn: MInsn) -> str:
    """One instruction without indentation."""
    if insn.role == COPY:
        targets = ", ".join([_arg(copy.destination) for copy in insn.copies])
        return f"{targets} = copy " + ", ".join([_arg(copy.source) for copy in insn.copies])
    outputs: list[str] = []
    inputs: list[str] = []
    for position, arg in enumerate(insn.args):
        access = insn.accesses[position] if position < len(insn.accesses) else 0
        if access & WRITE and not isinstance(arg, MemoryArg):
            outputs.append(_arg(arg))
            if access == WRITE:
                continue
        inputs.append(_arg(arg))
    text = f"{', '.join(outputs)} = {_name(insn)}" if outputs else _name(insn)
    if inputs:
        text += " " + ", ".join(inputs)
    if insn.reads:
        text += " ; reads " + " ".join([register.name for register in insn.reads])
    if insn.writes and insn.role != CALL_SITE:
        text += " ; writes " + " ".join([register.name for register in insn.writes])
    return text


def _name(insn: MInsn) -> str:
    if insn.insn is not None:
        return insn.insn.key
    if insn.role == ENTRY:
        return "entry"
    if insn.role == PROLOGUE:
        return "prologue"
    if insn.role == EPILOGUE:
        return "epilogue"
    return "asm " + repr(insn.template)


def _slot(slot: StackSlot) -> str:
    if slot.kind == INCOMING:
        return f"incoming{slot.offset:+d}"
    if slot.kind == OUTGOING:
        return f"outgoing{slot.offset:+d}"
    return f"slot{slot.number}"


def _arg(arg: Arg) -> str:
    if isinstance(arg, VirtualArg):
        return f"%v{arg.number}"
    if isinstance(arg, RegisterArg):
        return arg.register.name
    if isinstance(arg, ImmediateArg):
        return str(arg.value)
    if isinstance(arg, SymbolArg):
        text = f"@{arg.symbol}" + (f"{arg.addend:+d}" if arg.addend else "") + (f"-@{arg.minus}" if arg.minus else "")
        return f"%{arg.modifier}({text})" if arg.modifier else text
    if isinstance(arg, BlockArg):
        return arg.block.label
    if isinstance(arg, SlotArg):
        return _slot(arg.slot)
    assert isinstance(arg, MemoryArg)
    inside: list[str] = []
    if arg.symbol is not None:
        inside.append(_arg(arg.symbol))
    if arg.base is not None:
        inside.append(_arg(arg.base))
    if arg.index is not None:
        inside.append(_arg(arg.index) + (f" * {arg.scale}" if arg.scale != 1 else ""))
    if arg.displacement or not inside:
        inside.append(str(arg.displacement))
    return "[" + " + ".join(inside) + "]"
