"""`asm.items` as text (`-S`): what it prints, this assembler and GNU's read back as the same items."""

from __future__ import annotations

from typing import Final

from compiler.asm import items as it
from compiler.asm.items import Expression, Item
from compiler.machine.printer import print_insn, symbol_name
from compiler.machine.target import Target

_BYTES_PER_LINE: Final = 48
_VALUES: Final[dict[int, str]] = {1: ".byte", 2: ".2byte", 4: ".4byte", 8: ".8byte"}
_ATTRIBUTES: Final[dict[int, str]] = {
    it.GLOBAL: ".globl", it.WEAK: ".weak", it.LOCAL: ".local", it.HIDDEN: ".hidden", it.PROTECTED: ".protected",
    it.INTERNAL: ".internal", it.VARIANT_CC: ".variant_cc",
}  # fmt: skip
_TYPES: Final[dict[int, str]] = {
    it.FUNCTION: "@function", it.OBJECT: "@object", it.TLS_OBJECT: "@tls_object", it.NO_TYPE: "@notype",
    it.GNU_INDIRECT_FUNCTION: "@gnu_indirect_function", it.COMMON_OBJECT: "@common",
    it.GNU_UNIQUE: "@gnu_unique_object",
}  # fmt: skip
# SHF_* by letter, and SHT_* by name (GNU as, `.section`).
_FLAG_LETTERS: Final = (
    (1, "w"), (2, "a"), (4, "x"), (0x10, "M"), (0x20, "S"), (0x80, "o"), (0x200, "G"), (0x400, "T"),
    (0x200000, "R"), (0x80000000, "e"),
)  # fmt: skip
_SECTION_TYPES: Final[dict[int, str]] = {
    1: "@progbits", 7: "@note", 8: "@nobits", 14: "@init_array", 15: "@fini_array", 16: "@preinit_array",
}  # fmt: skip


def print_items(items: list[Item], target: Target) -> str:
    """A whole assembly file."""
    lines: list[str] = []
    for item in items:
        _item(item, target, lines)
    lines.append("")
    return "\n".join(lines)


def _item(item: Item, target: Target, lines: list[str]) -> None:
    if isinstance(item, it.InsnItem):
        lines.append("\t" + print_insn(item.insn, item.args, target.syntax))
    elif isinstance(item, it.LabelItem):
        lines.append(symbol_name(item.name) + ":")
    elif isinstance(item, it.Data):
        _data(item.data, lines)
    elif isinstance(item, it.Value):
        lines.append(f"\t{_VALUES[item.size]}\t{_value(item)}")
    elif isinstance(item, it.Fill):
        count = str(item.count) if item.expression is None else expression_text(item.expression)
        is_zero = item.value == 0 and item.size == 1
        lines.append(f"\t.zero\t{count}" if is_zero else f"\t.fill\t{count},{item.size},{item.value}")
    elif isinstance(item, it.Section):
        lines.append("\t" + _section(item))
    elif isinstance(item, it.Align):
        lines.append("\t" + _align(item))
    elif isinstance(item, it.SymbolAttribute):
        name = symbol_name(item.name)
        directive = _ATTRIBUTES.get(item.attribute, "")
        lines.append(f"\t{directive}\t{name}" if directive else f"\t.type\t{name}, {_TYPES[item.attribute]}")
    elif isinstance(item, it.Size):
        name = symbol_name(item.name)
        size = f".-{name}" if item.expression is None else expression_text(item.expression)
        lines.append(f"\t.size\t{name}, {size}")
    elif isinstance(item, it.Common):
        directive = ".local" if item.is_local else ".globl"
        lines.append(f"\t{directive}\t{symbol_name(item.name)}")
        lines.append(f"\t.comm\t{symbol_name(item.name)},{item.size},{item.alignment}")
    elif isinstance(item, it.AsmText):
        lines.append("\t" + item.text if item.text and item.text[0] not in "\t " else item.text)
    else:
        _rare_item(item, lines)


def _rare_item(item: Item, lines: list[str]) -> None:
    if isinstance(item, it.Set):
        lines.append(f"\t.set\t{symbol_name(item.name)}, {expression_text(item.expression)}")
    elif isinstance(item, it.File):
        lines.append(f"\t.file\t{quoted(item.name.encode('utf-8', 'surrogateescape'))}")
    elif isinstance(item, it.Ident):
        lines.append(f"\t.ident\t{quoted(item.text.encode('utf-8', 'surrogateescape'))}")
    elif isinstance(item, it.Option):
        lines.append(f"\t.option\t{item.text}")
    elif isinstance(item, it.Org):
        lines.append(f"\t.org\t{expression_text(item.expression)},{item.fill}")
    elif isinstance(item, it.Leb128):
        lines.append(f"\t{'.sleb128' if item.is_signed else '.uleb128'}\t{expression_text(item.expression)}")
    elif isinstance(item, it.Cfi):
        words = [str(number) for number in item.numbers]
        if item.symbol:
            words.append(item.symbol)
        lines.append(f"\t.cfi_{item.operation}\t{', '.join(words)}".rstrip())
    else:
        raise AssertionError(f"an item of kind {item.kind} has no text")


def quoted(data: bytes) -> str:
    """A string of the assembler: octal escapes for what is not printable."""
    parts: list[str] = ['"']
    for byte in data:
        if byte == 0x22 or byte == 0x5C:
            parts.append("\\" + chr(byte))
        elif 0x20 <= byte < 0x7F:
            parts.append(chr(byte))
        else:
            parts.append(f"\\{byte:03o}")
    parts.append('"')
    return "".join(parts)


def _data(data: bytes, lines: list[str]) -> None:
    for start in range(0, len(data), _BYTES_PER_LINE):
        lines.append("\t.ascii\t" + quoted(data[start : start + _BYTES_PER_LINE]))


def _value(item: it.Value) -> str:
    if item.expression is not None:
        return expression_text(item.expression)
    text = symbol_name(item.symbol) if item.symbol else ""
    if item.modifier:
        text = f"%{item.modifier}({text})"
    if item.addend or not text:
        text = f"{text}{item.addend:+d}" if text else str(item.addend)
    return f"{text}-{symbol_name(item.minus)}" if item.minus else text


def _section(item: it.Section) -> str:
    if item.action == it.POP:
        return ".popsection"
    if item.action == it.PREVIOUS:
        return ".previous"
    text = ".pushsection\t" if item.action == it.PUSH else ".section\t"
    text += symbol_name(item.name)
    if item.flags < 0 and item.type < 0:
        return text
    letters = "".join([letter for bit, letter in _FLAG_LETTERS if max(item.flags, 0) & bit])
    text += f',"{letters}"'
    if item.type >= 0:
        text += "," + _SECTION_TYPES.get(item.type, f"@{item.type:#x}")
    if "M" in letters:
        text += f",{item.entry_size}"
    if item.group:
        text += f",{symbol_name(item.group)},comdat"
    if item.link:
        text += f",{symbol_name(item.link)}"
    return text


def _align(item: it.Align) -> str:
    text = f".balign\t{item.alignment}"
    if item.fill is not None or item.limit:
        text += f",{item.fill if item.fill is not None else ''}"
    return text + (f",{item.limit}" if item.limit else "")


def expression_text(expression: Expression) -> str:
    if isinstance(expression, it.Number):
        return str(expression.value)
    if isinstance(expression, it.Name):
        text = symbol_name(expression.name)
        return f"%{expression.modifier}({text})" if expression.modifier else text
    assert isinstance(expression, it.Operation)
    if expression.right is None:
        return f"{expression.operator}({expression_text(expression.left)})"
    return f"({expression_text(expression.left)}{expression.operator}{expression_text(expression.right)})"
