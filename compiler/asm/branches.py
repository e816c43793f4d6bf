"""The forms a branch may take, shortest first; layout moves along them until the target is in reach."""

from __future__ import annotations

from compiler.asm.expressions import AsmError
from compiler.asm.fragments import BranchForm
from compiler.machine import vendor
from compiler.machine.encode import Fixup, refusal
from compiler.machine.isa import LABEL, Arg, Insn, SymbolArg
from compiler.machine.target import Target


def branch_target(args: list[Arg]) -> SymbolArg:
    target = args[-1]
    assert isinstance(target, SymbolArg)
    return target


def vendor_forms(target: Target, insn: Insn, args: list[Arg]) -> list[BranchForm]:
    """A jump and its longer rows, each encoded once to know its size; empty if it does not go to a symbol."""
    label = args[-1]
    forms: list[BranchForm] = []
    if not isinstance(label, SymbolArg) or not label.symbol:
        return forms
    row: Insn | None = insn
    while row is not None:
        fixups: list[Fixup] = []
        data = bytearray()
        if vendor.encode(row, args, target.mode, data, fixups):
            return []
        kind = target.relocations.by_name[fixups[0].kind]
        forms.append(BranchForm([(row, args)], len(data), fixups[0].offset, kind, fixups[0].bias))
        row = target.by_key[row.longer] if row.longer else None
    return forms


def branch_forms(
    target: Target, enabled: list[bool], compresses: bool, insn: Insn, args: list[Arg], features: frozenset[str]
) -> list[BranchForm]:
    """Compressed, full and far; empty where only one is possible, or the branch does not go to a symbol."""
    label = args[-1]
    forms: list[BranchForm] = []
    if not isinstance(label, SymbolArg) or not label.symbol:
        return forms
    expansions = target.expansions
    if insn.size == 2:  # written as such, yet out of reach perhaps
        forms.append(_form(target, [(insn, args)]))
        full = expansions.full[insn.number]
        if full is not None:
            insn, args = full.insn, [part.make(args, "") for part in full.args]
    elif compresses:
        short = expansions.compress(insn, args)
        if short is not None and enabled[short[0].number]:
            forms.append(_form(target, [short]))
    if not forms and not insn.longer:
        return forms
    forms.append(_form(target, [(insn, args)]))
    if insn.longer:
        forms.append(_form(target, expansions.expand(target.by_key[insn.longer], args, "", features)))
    return forms


def _form(target: Target, insns: list[tuple[Insn, list[Arg]]]) -> BranchForm:
    size, offset = 0, 0
    relocation = ""
    for insn, args in insns:
        if len(args) != len(insn.operands):
            raise AsmError(refusal(insn, args))
        for index, operand in enumerate(insn.operands):
            arg = args[index]
            if not operand.accepts(arg):
                raise AsmError(refusal(insn, args))
            if operand.kind == LABEL and isinstance(arg, SymbolArg):
                offset = size
                relocation = operand.relocations[arg.modifier]
        size += insn.size
    return BranchForm(insns, size, offset, target.relocations.by_name[relocation])
