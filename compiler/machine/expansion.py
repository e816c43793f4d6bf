"""Templates of pseudo rows (`Insn.expands`) and of compressed rows (`Insn.same_as`), compiled once per target.

A template is assembly in terms of the row's operand names. Forwards it makes the real instructions of a pseudo row;
backwards it tells whether a full instruction is what a compressed row abbreviates, and with which arguments.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import (
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Register,
    RegisterArg,
    SymbolArg,
)


class Expander:
    """Writes a pseudo row as real rows where a template cannot (`li`)."""

    def expand(self, insn: Insn, args: list[Arg], features: frozenset[str]) -> list[tuple[Insn, list[Arg]]]:
        raise NotImplementedError


ANCHOR: Final = "@0"  # the address of the first instruction of an expansion

PARAMETER: Final = 0  # the argument as it is
CONSTANT: Final = 1
MODIFIED: Final = 2  # a symbol argument under a relocation operator
ANCHORED: Final = 3  # `%pcrel_lo(@0)`
ADDRESS: Final = 4  # a memory operand made of a displacement and a base


@final
class ArgTemplate:
    __slots__ = ("base", "constant", "displacement", "form", "modifier", "parameter")

    def __init__(
        self,
        form: int,
        parameter: int = -1,
        constant: Arg | None = None,
        modifier: str = "",
        displacement: ArgTemplate | None = None,
        base: ArgTemplate | None = None,
    ) -> None:
        self.form: Final = form
        self.parameter: Final = parameter
        self.constant: Final = constant
        self.modifier: Final = modifier
        self.displacement: Final = displacement
        self.base: Final = base

    def make(self, args: list[Arg], anchor: str) -> Arg:
        form = self.form
        if form == PARAMETER:
            return args[self.parameter]
        if form == CONSTANT:
            assert self.constant is not None
            return self.constant
        if form == ANCHORED:
            return SymbolArg(anchor, 0, self.modifier)
        if form == MODIFIED:
            symbol = args[self.parameter]
            assert isinstance(symbol, SymbolArg)
            return SymbolArg(symbol.symbol, symbol.addend, self.modifier, symbol.minus)
        assert form == ADDRESS and self.displacement is not None and self.base is not None
        displacement = self.displacement.make(args, anchor)
        base = self.base.make(args, anchor)
        if isinstance(displacement, SymbolArg):
            return MemoryArg(base, 0, displacement)
        assert isinstance(displacement, ImmediateArg)
        return MemoryArg(base, displacement.value)


@final
class InsnTemplate:
    __slots__ = ("args", "insn")

    def __init__(self, insn: Insn, args: list[ArgTemplate]) -> None:
        self.insn: Final = insn
        self.args: Final = args


def same_arg(left: Arg, right: Arg) -> bool:
    """Whether two arguments are the same register, number or symbol."""
    if isinstance(left, RegisterArg):
        return isinstance(right, RegisterArg) and left.register is right.register
    if isinstance(left, ImmediateArg):
        return isinstance(right, ImmediateArg) and left.value == right.value
    return left is right


@final
class Expansions:
    """All templates of one target."""

    __slots__ = ("anchored", "by_mnemonic", "compressed", "expanders", "full", "insns", "pseudo", "register_by_name")

    def __init__(
        self,
        insns: tuple[Insn, ...],
        by_mnemonic: dict[str, list[Insn]],
        register_by_name: dict[str, Register],
        expanders: dict[str, Expander],
    ) -> None:
        self.insns: Final = insns
        self.by_mnemonic: Final = by_mnemonic
        self.register_by_name: Final = register_by_name
        self.expanders: Final = expanders
        self.pseudo: Final[list[list[InsnTemplate]]] = [[] for _ in insns]  # by row number
        self.anchored: Final[list[bool]] = [False for _ in insns]  # uses the anchor
        # full row's number -> (compressed row, template of the full row's arguments)
        self.compressed: Final[list[list[tuple[Insn, InsnTemplate]]]] = [[] for _ in insns]
        self.full: Final[list[InsnTemplate | None]] = [None for _ in insns]  # what a compressed row abbreviates
        for insn in insns:
            if insn.expands:
                self.pseudo[insn.number] = self._compile(insn, insn.expands)
                self.anchored[insn.number] = ANCHOR in insn.expands
            if insn.same_as:
                templates = self._compile(insn, insn.same_as)
                self.full[insn.number] = templates[0]
                for template in templates:
                    self.compressed[template.insn.number].append((insn, template))

    def expand(
        self, insn: Insn, args: list[Arg], anchor: str, features: frozenset[str]
    ) -> list[tuple[Insn, list[Arg]]]:
        """The real instructions of a pseudo row; `anchor` names the first one's address where `anchored` is set."""
        templates = self.pseudo[insn.number]
        if not templates:
            return self.expanders[insn.key].expand(insn, args, features)
        return [(template.insn, [part.make(args, anchor) for part in template.args]) for template in templates]

    def compress(self, insn: Insn, args: list[Arg]) -> tuple[Insn, list[Arg]] | None:
        """The compressed row that means the same, with its arguments, or None. Features are the caller's matter."""
        for short, template in self.compressed[insn.number]:
            found = self._match(short, template, args)
            if found is not None:
                return short, found
        return None

    def _match(self, short: Insn, template: InsnTemplate, args: list[Arg]) -> list[Arg] | None:
        bound: list[Arg | None] = [None] * len(short.operands)
        for part, arg in zip(template.args, args, strict=True):
            if part.form == CONSTANT:
                assert part.constant is not None
                if not same_arg(part.constant, arg):
                    return None
            elif part.form == ADDRESS:  # `0(rs1)`
                assert part.base is not None and part.displacement is not None
                assert part.displacement.constant is not None
                if not isinstance(arg, MemoryArg) or arg.base is None or arg.symbol is not None:
                    return None
                if not same_arg(part.displacement.constant, ImmediateArg(arg.displacement)):
                    return None
                if not self._bind(short, bound, part.base.parameter, arg.base):
                    return None
            elif not self._bind(short, bound, part.parameter, arg):
                return None
        for index, operand in enumerate(short.operands):
            if operand.fixed is not None:
                bound[index] = RegisterArg(operand.fixed)
        return [arg for arg in bound if arg is not None]

    def _bind(self, short: Insn, bound: list[Arg | None], index: int, arg: Arg) -> bool:
        """A repeated operand must be the same argument each time."""
        before = bound[index]
        if before is not None:
            return same_arg(before, arg)
        if not short.operands[index].accepts(arg):
            return False
        bound[index] = arg
        return True

    def _compile(self, insn: Insn, text: str) -> list[InsnTemplate]:
        templates: list[InsnTemplate] = []
        for line in text.split(";"):
            name, _, rest = line.strip().partition(" ")
            parts = [self._argument(insn, part.strip()) for part in rest.split(",")] if rest else []
            templates.append(InsnTemplate(self._row(insn, name, parts), parts))
        return templates

    def _row(self, insn: Insn, name: str, parts: list[ArgTemplate]) -> Insn:
        """The row of a template's mnemonic: the first with this many operands; templates name real rows only."""
        for row in self.by_mnemonic[name]:
            if len(row.operands) == len(parts) and row.encoding and row is not insn:
                return row
            if len(row.operands) == len(parts) + 1 and row.operands and row.operands[-1].omitted is not None:
                parts.append(ArgTemplate(CONSTANT, constant=ImmediateArg(_omitted(row))))
                return row
        raise AssertionError(f"{insn.key}: no row '{name}' with {len(parts)} operands")

    def _argument(self, insn: Insn, text: str) -> ArgTemplate:
        if text.startswith("%"):
            modifier, _, inner = text[1:].partition("(")
            name, _, rest = inner.partition(")")
            if name == ANCHOR:
                symbol = ArgTemplate(ANCHORED, modifier=modifier)
            else:
                symbol = ArgTemplate(MODIFIED, insn.operand_index(name), modifier=modifier)
            if not rest:
                return symbol
            return ArgTemplate(ADDRESS, displacement=symbol, base=self._argument(insn, rest[1:-1]))
        if text.endswith(")"):
            displacement, _, base = text[:-1].partition("(")
            return ArgTemplate(
                ADDRESS, displacement=self._argument(insn, displacement), base=self._argument(insn, base)
            )
        for index, operand in enumerate(insn.operands):
            if operand.name == text:
                return ArgTemplate(PARAMETER, index)
        register = self.register_by_name.get(text)
        if register is not None:
            return ArgTemplate(CONSTANT, constant=RegisterArg(register))
        for row in self.insns:  # a named number, such as a CSR
            for operand in row.operands:
                if text in operand.names:
                    return ArgTemplate(CONSTANT, constant=ImmediateArg(operand.names[text]))
        return ArgTemplate(CONSTANT, constant=ImmediateArg(int(text, 0)))


def _omitted(row: Insn) -> int:
    value = row.operands[-1].omitted
    assert value is not None
    return value
