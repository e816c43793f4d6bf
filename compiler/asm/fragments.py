"""What a section is made of while it is assembled: pieces of fixed bytes, and pieces that relaxation sizes."""

from __future__ import annotations

from typing import Final, final

from compiler.asm.items import VARIANT_CC, Expression, Loc
from compiler.asm.names import BINDINGS, TYPES, VISIBILITIES
from compiler.machine.isa import Arg, Insn, SymbolArg
from compiler.machine.relocation import RelocationKind
from compiler.object.model import STB_GLOBAL, STB_GNU_UNIQUE, STB_WEAK

DATA: Final = 0
BRANCH: Final = 1
ALIGN: Final = 2
FILL: Final = 3
ORG: Final = 4
LEB128: Final = 5


class Fragment:
    """`address` is the offset in the section, valid after a layout pass; `number` is the place in the section."""

    __slots__ = ("address", "kind", "number", "size")

    def __init__(self, kind: int) -> None:
        self.kind: Final = kind
        self.address = 0
        self.size = 0
        self.number = 0


@final
class PendingFixup:
    """A symbol's value to be put `offset` bytes into a data fragment."""

    __slots__ = ("bias", "kind", "loc", "offset", "symbol")

    def __init__(self, offset: int, kind: RelocationKind, symbol: SymbolArg, bias: int, loc: int) -> None:
        self.offset = offset
        self.kind: Final = kind
        self.symbol: Final = symbol
        self.bias: Final = bias
        self.loc: Final = loc


@final
class PendingValue:
    """`size` bytes of data that an expression gives; the expression waits for all labels to be placed."""

    __slots__ = ("expression", "loc", "offset", "size")

    def __init__(self, offset: int, size: int, expression: Expression, loc: int) -> None:
        self.offset: Final = offset
        self.size: Final = size
        self.expression: Final = expression
        self.loc: Final = loc


@final
class DataFragment(Fragment):
    __slots__ = ("data", "fixups", "values")

    def __init__(self) -> None:
        super().__init__(DATA)
        self.data = bytearray()
        self.fixups: list[PendingFixup] = []
        self.values: list[PendingValue] = []


@final
class BranchForm:
    """One way to write a branch: the instructions, and which of them and of its arguments is the target."""

    __slots__ = ("bias", "insns", "offset", "relocation", "size")

    def __init__(
        self, insns: list[tuple[Insn, list[Arg]]], size: int, offset: int, relocation: RelocationKind, bias: int = 0
    ) -> None:
        self.bias: Final = bias
        self.insns: Final = insns
        self.size: Final = size
        self.offset: Final = offset  # of the field that holds the target
        self.relocation: Final = relocation


@final
class BranchFragment(Fragment):
    """A branch to a label; `form` only ever moves to longer ones."""

    __slots__ = ("form", "forms", "loc", "target")

    def __init__(self, forms: list[BranchForm], target: SymbolArg, loc: int) -> None:
        super().__init__(BRANCH)
        self.forms: Final = forms
        self.form = 0
        self.target: Final = target
        self.loc: Final = loc
        self.size = forms[0].size


@final
class AlignFragment(Fragment):
    """`fill` None pads with the target's nops. `nop_size` is the smallest instruction at this place."""

    __slots__ = ("alignment", "fill", "limit", "nops", "width")

    def __init__(self, alignment: int, fill: int | None, limit: int, width: int, nops: tuple[bytes, ...]) -> None:
        super().__init__(ALIGN)
        self.alignment: Final = alignment
        self.fill: Final = fill
        self.limit: Final = limit
        self.width: Final = width
        self.nops: Final = nops


@final
class FillFragment(Fragment):
    __slots__ = ("count", "expression", "loc", "unit", "value")

    def __init__(self, expression: Expression | None, count: int, unit: int, value: int, loc: int) -> None:
        super().__init__(FILL)
        self.expression: Final = expression
        self.count = count
        self.unit: Final = unit
        self.value: Final = value
        self.loc: Final = loc


@final
class OrgFragment(Fragment):
    __slots__ = ("expression", "fill", "loc")

    def __init__(self, expression: Expression, fill: int, loc: int) -> None:
        super().__init__(ORG)
        self.expression: Final = expression
        self.fill: Final = fill
        self.loc: Final = loc


@final
class LebFragment(Fragment):
    __slots__ = ("expression", "is_signed", "loc", "value")

    def __init__(self, expression: Expression, is_signed: bool, loc: int) -> None:
        super().__init__(LEB128)
        self.expression: Final = expression
        self.is_signed: Final = is_signed
        self.loc: Final = loc
        self.value = 0
        self.size = 1


@final
class AsmSection:
    """A section being assembled. `subsections` hold their fragments; `fragments` is their concatenation at the end."""

    __slots__ = (
        "alignment", "current", "entry_size", "flags", "fragments", "group", "has_insns", "is_relaxed", "link", "name",
        "size", "subsection", "subsections", "type", "varies",
    )  # fmt: skip

    def __init__(self, name: str, type: int, flags: int, entry_size: int) -> None:
        self.name: Final = name
        self.type = type
        self.flags = flags
        self.entry_size = entry_size
        self.alignment = 1
        self.group = ""
        self.link = ""
        self.size = 0
        self.has_insns = False
        self.is_relaxed = False  # the linker may delete bytes: distances within are not final
        self.varies = False  # some fragment's size is not known yet
        self.current = DataFragment()
        self.subsection = 0
        self.subsections: dict[int, list[Fragment]] = {0: [self.current]}
        self.fragments: list[Fragment] = []

    def append(self, fragment: Fragment) -> None:
        """Add a sized fragment and start a data fragment behind it."""
        fragments = self.subsections[self.subsection]
        fragments.append(fragment)
        self.current = DataFragment()
        fragments.append(self.current)
        self.varies = True

    def switch(self, subsection: int) -> None:
        if subsection == self.subsection:
            return
        self.subsection = subsection
        fragments = self.subsections.get(subsection)
        if fragments is None:
            fragments = []
            self.subsections[subsection] = fragments
        self.current = DataFragment()
        fragments.append(self.current)

    def gather(self) -> None:
        """Join the subsections in the order of their numbers."""
        self.fragments = []
        for number in sorted(self.subsections):
            self.fragments.extend(self.subsections[number])
        for index, fragment in enumerate(self.fragments):
            fragment.number = index


@final
class AsmSymbol:
    """A name. Placed (`fragment` set), an expression (`.set`), common, or undefined."""

    __slots__ = (
        "binding", "common_alignment", "expression", "fragment", "is_common", "is_referenced", "loc", "name", "offset",
        "order", "section", "size", "size_expression", "type", "visibility",
    )  # fmt: skip

    def __init__(self, name: str, order: int) -> None:
        self.name: Final = name
        self.order: Final = order
        self.section: AsmSection | None = None
        self.fragment: Fragment | None = None
        self.offset = 0
        self.expression: Expression | None = None
        self.binding = -1  # STB_*, -1 while nothing was said
        self.type = 0
        self.visibility = 0
        self.size = 0
        self.size_expression: Expression | None = None
        self.is_common = False
        self.common_alignment = 0
        self.is_referenced = False  # by a relocation: keeps a local name in the symbol table
        self.loc = -1

    @property
    def is_defined(self) -> bool:
        return self.fragment is not None or self.expression is not None or self.is_common

    def set_attribute(self, attribute: int) -> None:
        """One of `items`' symbol attributes; a binding that says more than "global" stays."""
        if attribute in BINDINGS:
            binding = BINDINGS[attribute]
            if not (binding == STB_GLOBAL and self.binding in (STB_WEAK, STB_GNU_UNIQUE)):
                self.binding = binding
        elif attribute in VISIBILITIES:
            self.visibility = VISIBILITIES[attribute]
        elif attribute in TYPES:
            self.type = TYPES[attribute]
        else:
            assert attribute == VARIANT_CC, attribute

    @property
    def address(self) -> int:
        assert self.fragment is not None
        return self.fragment.address + self.offset


@final
class LineEntry:
    """A `.loc` that has met its instruction."""

    __slots__ = ("fragment", "loc", "offset", "section")

    def __init__(self, section: AsmSection, fragment: Fragment, offset: int, loc: Loc) -> None:
        self.section: Final = section
        self.fragment: Final = fragment
        self.offset: Final = offset
        self.loc: Final = loc

    @property
    def address(self) -> int:
        return self.fragment.address + self.offset
