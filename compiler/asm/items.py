"""The one stream that code generation emits and `asm.assemble` consumes, in source order.

The text parser makes the same items, so there is one assembler. Symbols are names; a name that begins with the target's
local prefix (`.L`) never reaches the symbol table. `loc` is a position of the source map (`NO_POSITION` if none), used
for diagnostics only: line tables are made of `File` and `Loc` items.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import Arg, Insn

# `Item.kind`.
INSN: Final = 0
LABEL: Final = 1
ALIGN: Final = 2
DATA: Final = 3
VALUE: Final = 4
FILL: Final = 5
SECTION: Final = 6
SYMBOL_ATTRIBUTE: Final = 7
COMMON: Final = 8
ASM_TEXT: Final = 9
ORG: Final = 10
SET: Final = 11
FILE: Final = 12
LOC: Final = 13
CFI: Final = 14
LEB128: Final = 15
OPTION: Final = 16
SIZE: Final = 17
IDENT: Final = 18
RELOC: Final = 19
ATTRIBUTE: Final = 20


class Item:
    """One step of the assembly."""

    __slots__ = ("kind", "loc")

    def __init__(self, kind: int, loc: int = -1) -> None:
        self.kind: Final = kind
        self.loc: Final = loc


@final
class InsnItem(Item):
    """An instruction or pseudo-instruction; the number of arguments is the row's number of operands."""

    __slots__ = ("args", "insn")

    def __init__(self, insn: Insn, args: list[Arg], loc: int = -1) -> None:
        super().__init__(INSN, loc)
        self.insn: Final = insn
        self.args: Final = args


@final
class LabelItem(Item):
    """`name:`; names beginning with a digit are not allowed (the parser renames numeric labels)."""

    __slots__ = ("name",)

    def __init__(self, name: str, loc: int = -1) -> None:
        super().__init__(LABEL, loc)
        self.name: Final = name


@final
class Align(Item):
    """Pad to a multiple of `alignment` (bytes, a power of two): with nops in code where `fill` is None, else with the
    byte `fill`; nothing at all if more than `limit` bytes were needed (0: no limit). `width` is the fill's bytes."""

    __slots__ = ("alignment", "fill", "limit", "width")

    def __init__(self, alignment: int, fill: int | None = None, limit: int = 0, width: int = 1, loc: int = -1) -> None:
        super().__init__(ALIGN, loc)
        self.alignment: Final = alignment
        self.fill: Final = fill
        self.limit: Final = limit
        self.width: Final = width


@final
class Data(Item):
    __slots__ = ("data",)

    def __init__(self, data: bytes, loc: int = -1) -> None:
        super().__init__(DATA, loc)
        self.data: Final = data


class Expression:
    """An assembler expression. Leaves: `Number`, `Name`; inner nodes: `Operation`."""

    __slots__ = ()


@final
class Number(Expression):
    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value: Final = value


@final
class Name(Expression):
    """A symbol; "." is the address of the item that the expression stands in."""

    __slots__ = ("modifier", "name")

    def __init__(self, name: str, modifier: str = "") -> None:
        self.name: Final = name
        self.modifier: Final = modifier


@final
class Operation(Expression):
    """`left operator right`, or `operator left` where right is None (operators `-`, `~`, `!`)."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression | None) -> None:
        self.operator: Final = operator
        self.left: Final = left
        self.right: Final = right


@final
class Value(Item):
    """`size` bytes holding `symbol + addend - minus` (either symbol may be ""). `modifier` names a relocation operator
    such as "dtprel"; `expression`, where present, is used instead of all of these."""

    __slots__ = ("addend", "expression", "minus", "modifier", "size", "symbol")

    def __init__(
        self,
        size: int,
        symbol: str,
        addend: int = 0,
        minus: str = "",
        modifier: str = "",
        expression: Expression | None = None,
        loc: int = -1,
    ) -> None:
        super().__init__(VALUE, loc)
        self.size: Final = size
        self.symbol: Final = symbol
        self.addend: Final = addend
        self.minus: Final = minus
        self.modifier: Final = modifier
        self.expression: Final = expression


@final
class Fill(Item):
    """`count` times the `size`-byte value `value`; a count may depend on label differences (`.skip`)."""

    __slots__ = ("count", "expression", "size", "value")

    def __init__(
        self, count: int, size: int = 1, value: int = 0, expression: Expression | None = None, loc: int = -1
    ) -> None:
        super().__init__(FILL, loc)
        self.count: Final = count
        self.size: Final = size
        self.value: Final = value
        self.expression: Final = expression  # the count, where it is not known yet


# What a `Section` item does with the section stack.
SWITCH: Final = 0
PUSH: Final = 1  # .pushsection
POP: Final = 2  # .popsection
PREVIOUS: Final = 3


@final
class Section(Item):
    """Go to a section, made at its first mention. `flags` and `type` are ELF's numbers (SHF_*, SHT_*); -1 keeps what
    the section has, or the default of a well-known name. `entry_size` counts for mergeable sections. `group` is the
    signature symbol of a COMDAT group, `link` the section that SHF_LINK_ORDER names."""

    __slots__ = ("action", "entry_size", "flags", "group", "link", "name", "subsection", "type")

    def __init__(
        self,
        name: str,
        flags: int = -1,
        type: int = -1,
        entry_size: int = 0,
        group: str = "",
        action: int = SWITCH,
        subsection: int = 0,
        link: str = "",
        loc: int = -1,
    ) -> None:
        super().__init__(SECTION, loc)
        self.name: Final = name
        self.flags: Final = flags
        self.type: Final = type
        self.entry_size: Final = entry_size
        self.group: Final = group
        self.action: Final = action
        self.subsection: Final = subsection
        self.link: Final = link


# Symbol attributes.
GLOBAL: Final = 0
WEAK: Final = 1
LOCAL: Final = 2
HIDDEN: Final = 3
PROTECTED: Final = 4
INTERNAL: Final = 5
FUNCTION: Final = 6
OBJECT: Final = 7
TLS_OBJECT: Final = 8
NO_TYPE: Final = 9
GNU_INDIRECT_FUNCTION: Final = 10
VARIANT_CC: Final = 11
COMMON_OBJECT: Final = 12
GNU_UNIQUE: Final = 13


@final
class SymbolAttribute(Item):
    """`.globl`, `.weak`, `.hidden`, `.type` ...: one attribute (GLOBAL ...) of one symbol."""

    __slots__ = ("attribute", "name")

    def __init__(self, name: str, attribute: int, loc: int = -1) -> None:
        super().__init__(SYMBOL_ATTRIBUTE, loc)
        self.name: Final = name
        self.attribute: Final = attribute


@final
class Size(Item):
    """`.size name, expression`; without an expression the size is `. - name`."""

    __slots__ = ("expression", "name")

    def __init__(self, name: str, expression: Expression | None = None, loc: int = -1) -> None:
        super().__init__(SIZE, loc)
        self.name: Final = name
        self.expression: Final = expression


@final
class Common(Item):
    """A common symbol (`is_local`: `.lcomm`, room in .bss)."""

    __slots__ = ("alignment", "is_local", "name", "size")

    def __init__(self, name: str, size: int, alignment: int, is_local: bool = False, loc: int = -1) -> None:
        super().__init__(COMMON, loc)
        self.name: Final = name
        self.size: Final = size
        self.alignment: Final = alignment
        self.is_local: Final = is_local


@final
class AsmText(Item):
    """Inline or top-level assembly with operands substituted; parsed when the assembler comes to it, so that symbols,
    macros and options flow from one to the next."""

    __slots__ = ("text",)

    def __init__(self, text: str, loc: int = -1) -> None:
        super().__init__(ASM_TEXT, loc)
        self.text: Final = text


@final
class Org(Item):
    """Advance to an offset of the section; going back is an error."""

    __slots__ = ("expression", "fill")

    def __init__(self, expression: Expression, fill: int = 0, loc: int = -1) -> None:
        super().__init__(ORG, loc)
        self.expression: Final = expression
        self.fill: Final = fill


@final
class Set(Item):
    """`.set name, expression`. `once`: an error if the name is defined already (`.equiv`)."""

    __slots__ = ("expression", "name", "once")

    def __init__(self, name: str, expression: Expression, once: bool = False, loc: int = -1) -> None:
        super().__init__(SET, loc)
        self.name: Final = name
        self.expression: Final = expression
        self.once: Final = once


@final
class Leb128(Item):
    __slots__ = ("expression", "is_signed")

    def __init__(self, expression: Expression, is_signed: bool, loc: int = -1) -> None:
        super().__init__(LEB128, loc)
        self.expression: Final = expression
        self.is_signed: Final = is_signed


@final
class File(Item):
    """`.file`: number 0 or more of the line table, or -1 for the name of the file symbol."""

    __slots__ = ("directory", "md5", "name", "number")

    def __init__(self, name: str, number: int = -1, directory: str = "", md5: int = -1, loc: int = -1) -> None:
        super().__init__(FILE, loc)
        self.name: Final = name
        self.number: Final = number
        self.directory: Final = directory
        self.md5: Final = md5


@final
class Loc(Item):
    """`.loc`: the next instruction belongs to this line. `is_stmt` -1 keeps the state."""

    __slots__ = ("basic_block", "column", "discriminator", "file", "is_stmt", "line", "prologue_end", "view")

    def __init__(
        self,
        file: int,
        line: int,
        column: int = 0,
        is_stmt: int = -1,
        prologue_end: bool = False,
        discriminator: int = 0,
        basic_block: bool = False,
        view: str = "",
        loc: int = -1,
    ) -> None:
        super().__init__(LOC, loc)
        self.file: Final = file
        self.line: Final = line
        self.column: Final = column
        self.is_stmt: Final = is_stmt
        self.prologue_end: Final = prologue_end
        self.discriminator: Final = discriminator
        self.basic_block: Final = basic_block
        self.view: Final = view


@final
class Cfi(Item):
    """A `.cfi_*` directive by its name without the prefix ("startproc", "def_cfa_offset", "offset", "escape" ...).

    Registers are DWARF numbers, offsets are bytes as the directive writes them; `symbol` serves personality and lsda;
    "sections" has the section names in `symbol`.
    """

    __slots__ = ("numbers", "operation", "symbol")

    def __init__(self, operation: str, numbers: list[int], symbol: str = "", loc: int = -1) -> None:
        super().__init__(CFI, loc)
        self.operation: Final = operation
        self.numbers: Final = numbers
        self.symbol: Final = symbol


@final
class Option(Item):
    """`.option`: "rvc", "norvc", "relax", "norelax", "push", "pop", "pic", "nopic", "arch, +c"; or `.attribute`."""

    __slots__ = ("text",)

    def __init__(self, text: str, loc: int = -1) -> None:
        super().__init__(OPTION, loc)
        self.text: Final = text


@final
class Ident(Item):
    """`.ident`: a string for .comment."""

    __slots__ = ("text",)

    def __init__(self, text: str, loc: int = -1) -> None:
        super().__init__(IDENT, loc)
        self.text: Final = text


@final
class Reloc(Item):
    """`.reloc offset, name, expression`: a relocation at an offset of the current section."""

    __slots__ = ("expression", "name", "offset")

    def __init__(self, offset: Expression, name: str, expression: Expression | None, loc: int = -1) -> None:
        super().__init__(RELOC, loc)
        self.offset: Final = offset
        self.name: Final = name
        self.expression: Final = expression


@final
class Attribute(Item):
    """`.attribute`: a tag of the build attributes with a string, or with a number where `text` is ""."""

    __slots__ = ("number", "tag", "text")

    def __init__(self, tag: int, text: str, number: int = 0, loc: int = -1) -> None:
        super().__init__(ATTRIBUTE, loc)
        self.tag: Final = tag
        self.text: Final = text
        self.number: Final = number
