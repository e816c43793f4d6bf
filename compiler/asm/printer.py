"""`-S`: items as text that the platform's usual assembler accepts. Assembling the text gives what the items give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from compiler.asm import items as it
from compiler.asm.items import (
    Align,
    AsmText,
    Attribute,
    Cfi,
    Common,
    Data,
    Expression,
    File,
    Fill,
    Ident,
    InsnItem,
    Item,
    LabelItem,
    Leb128,
    Loc,
    Name,
    Number,
    Operation,
    Option,
    Org,
    Reloc,
    Section,
    Set,
    Size,
    SymbolAttribute,
    Value,
)
from compiler.machine.isa import INTERNAL
from compiler.machine.printer import print_insn, symbol_name
from compiler.machine.target import Target
from compiler.object.model import (
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_LINK_ORDER,
    SHF_MERGE,
    SHF_STRINGS,
    SHF_TLS,
    SHF_WRITE,
    SHT_FINI_ARRAY,
    SHT_INIT_ARRAY,
    SHT_NOBITS,
    SHT_NOTE,
    SHT_PREINIT_ARRAY,
    SHT_PROGBITS,
)

DIRECTIVES: Final = {1: ".byte", 2: ".2byte", 4: ".4byte", 8: ".8byte"}
FLAG_LETTERS: Final = (
    (SHF_ALLOC, "a"), (SHF_WRITE, "w"), (SHF_EXECINSTR, "x"), (SHF_MERGE, "M"), (SHF_STRINGS, "S"), (SHF_TLS, "T"),
    (SHF_LINK_ORDER, "o"),
)  # fmt: skip
TYPE_NAMES: Final = {
    SHT_PROGBITS: "@progbits", SHT_NOBITS: "@nobits", SHT_NOTE: "@note", SHT_INIT_ARRAY: "@init_array",
    SHT_FINI_ARRAY: "@fini_array", SHT_PREINIT_ARRAY: "@preinit_array",
}  # fmt: skip
ATTRIBUTES: Final = {
    it.GLOBAL: ".globl", it.WEAK: ".weak", it.LOCAL: ".local", it.HIDDEN: ".hidden", it.PROTECTED: ".protected",
    it.INTERNAL: ".internal", it.VARIANT_CC: ".variant_cc",
}  # fmt: skip
TYPES: Final = {
    it.FUNCTION: "@function", it.OBJECT: "@object", it.TLS_OBJECT: "@tls_object", it.NO_TYPE: "@notype",
    it.GNU_INDIRECT_FUNCTION: "@gnu_indirect_function", it.COMMON_OBJECT: "@common",
    it.GNU_UNIQUE: "@gnu_unique_object",
}  # fmt: skip


def print_items(items: Iterable[Item], target: Target) -> str:
    """The whole text, one item a line."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, InsnItem):
            if item.insn.flags & INTERNAL:
                for insn, args in target.expansions.expand(item.insn, item.args, "", target.features):
                    lines.append("\t" + print_insn(insn, args, target.syntax))
            else:
                lines.append("\t" + print_insn(item.insn, item.args, target.syntax))
        elif isinstance(item, LabelItem):
            lines.append(symbol_name(item.name) + ":")
        else:
            lines.append(_print(item))
    lines.append("")
    return "\n".join(lines)


def _print(item: Item) -> str:
    if isinstance(item, Data):
        return print_data(item.data)
    if isinstance(item, Value):
        return _value(item)
    if isinstance(item, Align):
        fill = "" if item.fill is None and not item.limit else f",{'' if item.fill is None else item.fill}"
        limit = f",{item.limit}" if item.limit else ""
        suffix = {1: "", 2: "w", 4: "l"}[item.width]
        return f"\t.balign{suffix}\t{item.alignment}{fill}{limit}"
    if isinstance(item, Section):
        return _section(item)
    if isinstance(item, SymbolAttribute):
        if item.attribute in TYPES:
            return f"\t.type\t{symbol_name(item.name)}, {TYPES[item.attribute]}"
        return f"\t{ATTRIBUTES[item.attribute]}\t{symbol_name(item.name)}"
    if isinstance(item, Size):
        name = symbol_name(item.name)
        return f"\t.size\t{name}, {print_expression(item.expression) if item.expression is not None else '.-' + name}"
    if isinstance(item, Cfi):
        return _cfi(item)
    if isinstance(item, Loc):
        return _loc(item)
    return _print_rare(item)


def _print_rare(item: Item) -> str:
    if isinstance(item, AsmText):
        return f"#APP\n{item.text}\n#NO_APP"
    if isinstance(item, Fill):
        count = print_expression(item.expression) if item.expression is not None else str(item.count)
        return (
            f"\t.zero\t{count}" if item.size == 1 and not item.value else f"\t.fill\t{count},{item.size},{item.value}"
        )
    if isinstance(item, Common):
        name = symbol_name(item.name)
        local = f"\t.local\t{name}\n" if item.is_local else ""
        return f"{local}\t.comm\t{name},{item.size},{item.alignment}"
    if isinstance(item, Org):
        return f"\t.org\t{print_expression(item.expression)},{item.fill}"
    if isinstance(item, Set):
        name = ".equiv" if item.once else ".set"
        return f"\t{name}\t{symbol_name(item.name)}, {print_expression(item.expression)}"
    if isinstance(item, Leb128):
        return f"\t.{'s' if item.is_signed else 'u'}leb128\t{print_expression(item.expression)}"
    if isinstance(item, File):
        if item.number < 0:
            return f"\t.file\t{quoted(item.name)}"
        directory = quoted(item.directory) + " " if item.directory else ""
        md5 = f" md5 0x{item.md5:032x}" if item.md5 >= 0 else ""
        return f"\t.file\t{item.number} {directory}{quoted(item.name)}{md5}"
    if isinstance(item, Option):
        return f"\t.option\t{item.text}"
    if isinstance(item, Attribute):
        return f"\t.attribute\t{item.tag}, {quoted(item.text) if item.text else item.number}"
    if isinstance(item, Ident):
        return f"\t.ident\t{quoted(item.text)}"
    assert isinstance(item, Reloc), item.kind
    expression = f", {print_expression(item.expression)}" if item.expression is not None else ""
    return f"\t.reloc\t{print_expression(item.offset)}, {item.name}{expression}"


def print_expression(expression: Expression) -> str:
    if isinstance(expression, Number):
        return str(expression.value)
    if isinstance(expression, Name):
        return symbol_name(expression.name) + (f"@{expression.modifier}" if expression.modifier else "")
    assert isinstance(expression, Operation)
    if expression.right is None:
        return f"{expression.operator}({print_expression(expression.left)})"
    left = print_expression(expression.left)
    right = print_expression(expression.right)
    if isinstance(expression.left, Operation):
        left = f"({left})"
    if isinstance(expression.right, Operation):
        right = f"({right})"
    return f"{left}{expression.operator}{right}"


def quoted(text: str) -> str:
    return print_string(text.encode("utf-8", "surrogateescape"))


def print_string(data: bytes) -> str:
    out = ['"']
    for byte in data:
        if byte == 34 or byte == 92:
            out.append("\\" + chr(byte))
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    out.append('"')
    return "".join(out)


def print_data(data: bytes) -> str:
    if not data.strip(b"\0"):
        return f"\t.zero\t{len(data)}"
    lines: list[str] = []
    for start in range(0, len(data), 64):
        part = data[start : start + 64]
        if start + 64 >= len(data) and part.endswith(b"\0") and b"\0" not in part[:-1]:
            lines.append("\t.string\t" + print_string(part[:-1]))
        else:
            lines.append("\t.ascii\t" + print_string(part))
    return "\n".join(lines)


def _value(item: Value) -> str:
    if item.expression is not None:
        if isinstance(item.expression, Name) and item.expression.modifier == "dtprel":
            return f"\t{'.dtprelword' if item.size == 4 else '.dtpreldword'}\t{symbol_name(item.expression.name)}"
        text = print_expression(item.expression)
    else:
        text = symbol_name(item.symbol) if item.symbol else ""
        if item.addend or not text:
            text = f"{text}{item.addend:+d}" if text else str(item.addend)
        if item.minus:
            text += "-" + symbol_name(item.minus)
        if item.modifier == "dtprel":
            return f"\t{'.dtprelword' if item.size == 4 else '.dtpreldword'}\t{text}"
    return f"\t{DIRECTIVES[item.size]}\t{text}"


def _section(item: Section) -> str:
    if item.action == it.POP:
        return "\t.popsection"
    if item.action == it.PREVIOUS:
        return "\t.previous"
    directive = ".pushsection" if item.action == it.PUSH else ".section"
    if not item.name:
        return f"\t.subsection\t{item.subsection}"
    if item.name in (".text", ".data", ".bss") and item.flags < 0 and item.action == it.SWITCH:
        return f"\t{item.name}" + (f"\t{item.subsection}" if item.subsection else "")
    text = f"\t{directive}\t{symbol_name(item.name)}"
    if item.flags < 0:
        return text
    letters = "".join([letter for flag, letter in FLAG_LETTERS if item.flags & flag]) + ("G" if item.group else "")
    text += f',"{letters}",{TYPE_NAMES.get(item.type, "@progbits")}'
    if item.flags & SHF_MERGE:
        text += f",{item.entry_size}"
    if item.flags & SHF_LINK_ORDER:
        text += f",{symbol_name(item.link)}"
    if item.group:
        text += f",{symbol_name(item.group)},comdat"
    return text


def _cfi(item: Cfi) -> str:
    operation = item.operation
    parts = [str(number) for number in item.numbers]
    if operation == "escape":
        parts = [hex(number & 255) for number in item.numbers]
    if operation in ("personality", "lsda") and item.symbol:
        parts.append(symbol_name(item.symbol))
    elif item.symbol:
        parts.append(item.symbol)
    return f"\t.cfi_{operation}" + (" " + ", ".join(parts) if parts else "")


def _loc(item: Loc) -> str:
    text = f"\t.loc {item.file} {item.line} {item.column}"
    if item.basic_block:
        text += " basic_block"
    if item.prologue_end:
        text += " prologue_end"
    if item.is_stmt >= 0:
        text += f" is_stmt {item.is_stmt}"
    if item.discriminator:
        text += f" discriminator {item.discriminator}"
    return text
