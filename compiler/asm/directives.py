"""Directives that make data, symbols, sections and tables. Those that steer the text itself (macros, conditions) are
the parser's. (GNU as manual, "Pseudo Ops"; RISC-V assembler manual, "Pseudo Ops")"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, final

from compiler.asm import items as it
from compiler.asm.assemble import Assembler
from compiler.asm.expressions import AsmError, Reader
from compiler.asm.items import (
    Align,
    Attribute,
    Cfi,
    Common,
    Data,
    Expression,
    File,
    Fill,
    Ident,
    Item,
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
from compiler.object.model import (
    SHF_ALLOC,
    SHF_EXCLUDE,
    SHF_EXECINSTR,
    SHF_GNU_RETAIN,
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

DATA_SIZES: Final = {
    "byte": 1, "half": 2, "short": 2, "hword": 2, "word": 4, "long": 4, "int": 4, "dword": 8, "quad": 8, "xword": 8,
    "1byte": 1, "2byte": 2, "4byte": 4, "8byte": 8, "octa": 16, "value": 2,
}  # fmt: skip

SECTION_FLAGS: Final = {
    "a": SHF_ALLOC, "w": SHF_WRITE, "x": SHF_EXECINSTR, "M": SHF_MERGE, "S": SHF_STRINGS, "T": SHF_TLS,
    "e": SHF_EXCLUDE, "R": SHF_GNU_RETAIN, "o": SHF_LINK_ORDER, "G": 0, "?": 0, "l": 0x10000000,
}  # fmt: skip

SECTION_TYPES: Final = {
    "progbits": SHT_PROGBITS, "nobits": SHT_NOBITS, "note": SHT_NOTE, "init_array": SHT_INIT_ARRAY,
    "fini_array": SHT_FINI_ARRAY, "preinit_array": SHT_PREINIT_ARRAY, "unwind": 0x70000001,
}  # fmt: skip

SYMBOL_TYPES: Final = {
    "function": it.FUNCTION, "object": it.OBJECT, "tls_object": it.TLS_OBJECT, "notype": it.NO_TYPE,
    "gnu_indirect_function": it.GNU_INDIRECT_FUNCTION, "common": it.COMMON_OBJECT, "gnu_unique_object": it.GNU_UNIQUE,
    "STT_FUNC": it.FUNCTION, "STT_OBJECT": it.OBJECT, "STT_TLS": it.TLS_OBJECT, "STT_NOTYPE": it.NO_TYPE,
    "STT_GNU_IFUNC": it.GNU_INDIRECT_FUNCTION, "STT_COMMON": it.COMMON_OBJECT,
}  # fmt: skip

ATTRIBUTES: Final = {
    "globl": it.GLOBAL, "global": it.GLOBAL, "weak": it.WEAK, "local": it.LOCAL, "hidden": it.HIDDEN,
    "protected": it.PROTECTED, "internal": it.INTERNAL, "variant_cc": it.VARIANT_CC,
}  # fmt: skip


@final
class Directives:
    """Bound to one assembler; `run` knows whether a name is a directive of this file."""

    def __init__(self, assembler: Assembler) -> None:
        self.assembler: Final = assembler
        self.loc = -1
        self.table: Final[dict[str, Callable[[Reader, str], None]]] = {
            "section": self._section, "pushsection": self._section, "popsection": self._pop, "previous": self._previous,
            "subsection": self._subsection, "text": self._plain_section, "data": self._plain_section,
            "bss": self._plain_section, "align": self._align, "p2align": self._align, "balign": self._align,
            "p2alignw": self._align, "p2alignl": self._align, "balignw": self._align, "balignl": self._align,
            "ascii": self._string, "asciz": self._string, "string": self._string, "string8": self._string,
            "zero": self._skip, "skip": self._skip, "space": self._skip, "fill": self._fill, "org": self._org,
            "set": self._set, "equ": self._set, "equiv": self._set, "eqv": self._set, "size": self._size,
            "type": self._type, "comm": self._common, "common": self._common, "lcomm": self._common,
            "uleb128": self._leb128, "sleb128": self._leb128, "option": self._option, "attribute": self._attribute,
            "ident": self._ident, "file": self._file, "loc": self._loc, "weakref": self._weakref,
            "float": self._float, "single": self._float, "double": self._float, "reloc": self._reloc,
            "dtprelword": self._dtprel, "dtpreldword": self._dtprel, "incbin": self._incbin,
            "arch": self._arch, "symver": self._refuse, "insn": self._refuse, "nops": self._refuse,
        }  # fmt: skip
        for name in DATA_SIZES:
            self.table[name] = self._data
        for name in ATTRIBUTES:
            self.table[name] = self._symbol_attribute

    def run(self, name: str, reader: Reader, loc: int) -> bool:
        """Execute `.name`; False if it is no directive of this table."""
        self.loc = loc
        if name.startswith("cfi_"):
            self._cfi(reader, name[4:])
            return True
        handler = self.table.get(name)
        if handler is None:
            return False
        handler(reader, name)
        return True

    def _add(self, item: Item) -> None:
        self.assembler.add(item)

    def _number(self, reader: Reader, what: str) -> int:
        return self.assembler.absolute(reader.expression(), what)

    def _optional_number(self, reader: Reader, what: str) -> int | None:
        """A number behind a comma; the place may be left empty."""
        if not reader.take(","):
            return None
        if reader.at_end() or reader.skip() == ",":
            return None
        return self._number(reader, what)

    # -- sections --------------------------------------------------------------------------------------------------

    def _plain_section(self, reader: Reader, name: str) -> None:
        subsection = 0 if reader.at_end() else self._number(reader, "the subsection")
        reader.finish()
        self._add(Section("." + name, subsection=subsection, loc=self.loc))

    def _subsection(self, reader: Reader, name: str) -> None:
        self._add(Section("", subsection=self._number(reader, "the subsection"), loc=self.loc))
        reader.finish()

    def _pop(self, reader: Reader, name: str) -> None:
        reader.finish()
        self._add(Section("", action=it.POP, loc=self.loc))

    def _previous(self, reader: Reader, name: str) -> None:
        reader.finish()
        self._add(Section("", action=it.PREVIOUS, loc=self.loc))

    def _section(self, reader: Reader, directive: str) -> None:
        """`.section name, "flags", @type, entry size, group, comdat`."""
        name = self._section_name(reader)
        flags, type, entry_size, group, link, subsection = -1, -1, 0, "", "", 0
        if directive == "pushsection" and reader.take(","):
            if reader.skip() == '"':
                reader.pos -= 1
                while reader.text[reader.pos] != ",":
                    reader.pos -= 1
            else:
                subsection = self._number(reader, "the subsection")
        if reader.take(","):
            letters = reader.string().decode()
            flags = self._flags(letters)
            if reader.take(","):
                type = self._section_type(reader)
                if "M" in letters:
                    reader.expect(",")
                    entry_size = self._number(reader, "the entry size")
                if "o" in letters:
                    reader.expect(",")
                    link = reader.name()
                if "G" in letters:
                    reader.expect(",")
                    group = reader.name()
                    if reader.take(","):
                        if reader.name() != "comdat":
                            raise AsmError("'comdat' expected")
            if "?" in letters:
                group = self.assembler.section.group
        reader.finish()
        action = it.PUSH if directive == "pushsection" else it.SWITCH
        self._add(Section(name, flags, type, entry_size, group, action, subsection, link, self.loc))

    def _section_name(self, reader: Reader) -> str:
        if reader.skip() == '"':
            return reader.string().decode()
        start = reader.pos
        while reader.pos < reader.end and reader.text[reader.pos] not in ", \t":
            reader.pos += 1
        if start == reader.pos:
            raise AsmError("section name expected")
        return reader.text[start : reader.pos]

    def _flags(self, letters: str) -> int:
        if letters.isdigit() or letters.startswith("0x"):
            return int(letters, 0)
        flags = 0
        for letter in letters:
            if letter not in SECTION_FLAGS:
                raise AsmError(f"unknown section flag '{letter}'")
            flags |= SECTION_FLAGS[letter]
        return flags

    def _section_type(self, reader: Reader) -> int:
        if not reader.take("@") and not reader.take("%") and reader.skip() == '"':
            name = reader.string().decode()
        elif "0" <= reader.skip() <= "9":
            return self._number(reader, "the section type")
        else:
            name = reader.name()
        if name not in SECTION_TYPES:
            raise AsmError(f"unknown section type '{name}'")
        return SECTION_TYPES[name]

    # -- data ------------------------------------------------------------------------------------------------------

    def _data(self, reader: Reader, name: str) -> None:
        size = DATA_SIZES[name]
        if name == "word":
            size = self.assembler.target.syntax.word_bytes
        if reader.at_end():
            return
        while True:
            expression = reader.expression()
            if size > 8:
                value = self.assembler.absolute(expression, "the value")
                self._add(Data((value & ((1 << (8 * size)) - 1)).to_bytes(size, "little"), self.loc))
            else:
                self._add(Value(size, "", expression=expression, loc=self.loc))
            if not reader.take(","):
                break
        reader.finish()

    def _dtprel(self, reader: Reader, name: str) -> None:
        size = 4 if name == "dtprelword" else 8
        expression = reader.expression()
        reader.finish()
        self._add(Value(size, "", expression=_with_modifier(expression, "dtprel"), loc=self.loc))

    def _string(self, reader: Reader, name: str) -> None:
        out = bytearray()
        while not reader.at_end():
            out += reader.string()
            if name != "ascii":
                out.append(0)
            if not reader.take(",") and reader.skip() != '"':
                break
        reader.finish()
        self._add(Data(bytes(out), self.loc))

    def _float(self, reader: Reader, name: str) -> None:
        out = bytearray()
        while True:
            word = reader.word()
            try:
                value = float(word[2:] if word[:2] in ("0f", "0d", "0F", "0D") else word)
            except ValueError:
                raise AsmError(f"bad number '{word}'") from None
            try:
                out += struct.pack("<d" if name == "double" else "<f", value)
            except OverflowError:
                out += struct.pack("<f", float("inf") if value > 0 else float("-inf"))
            if not reader.take(","):
                break
        reader.finish()
        self._add(Data(bytes(out), self.loc))

    def _skip(self, reader: Reader, name: str) -> None:
        count = reader.expression()
        value = self._optional_number(reader, "the fill value")
        reader.finish()
        self._add(Fill(0, 1, value or 0, count, self.loc))

    def _fill(self, reader: Reader, name: str) -> None:
        count = reader.expression()
        size = self._optional_number(reader, "the size")
        value = self._optional_number(reader, "the value")
        reader.finish()
        width = 1 if size is None else size
        if not width >= 0:
            raise AsmError(f"bad size {width}")
        self._add(Fill(0, min(width, 8), value or 0, count, self.loc))

    def _org(self, reader: Reader, name: str) -> None:
        expression = reader.expression()
        value = self._optional_number(reader, "the fill value")
        reader.finish()
        self._add(Org(expression, value or 0, self.loc))

    def _align(self, reader: Reader, name: str) -> None:
        number = 0 if reader.at_end() else self._number(reader, "the alignment")
        fill = self._optional_number(reader, "the fill value")
        limit = self._optional_number(reader, "the limit")
        reader.finish()
        is_power = name.startswith("p2") or (name == "align" and self.assembler.target.syntax.align_is_power)
        if is_power:
            if not 0 <= number < 32:
                raise AsmError(f"alignment 2**{number} is too large")
            number = 1 << number
        width = 2 if name.endswith("w") else 4 if name.endswith("l") else 1
        self._add(Align(max(number, 1), fill, limit or 0, width, self.loc))

    def _leb128(self, reader: Reader, name: str) -> None:
        while True:
            self._add(Leb128(reader.expression(), name == "sleb128", self.loc))
            if not reader.take(","):
                break
        reader.finish()

    def _incbin(self, reader: Reader, name: str) -> None:
        path = reader.string().decode("utf-8", "surrogateescape")
        skip = self._optional_number(reader, "the offset")
        count = self._optional_number(reader, "the count")
        reader.finish()
        data = self.assembler.read_file(path)
        start = skip or 0
        self._add(Data(data[start : start + count] if count is not None else data[start:], self.loc))

    def _reloc(self, reader: Reader, name: str) -> None:
        offset = reader.expression()
        reader.expect(",")
        relocation = reader.name()
        expression = reader.expression() if reader.take(",") else None
        reader.finish()
        self._add(Reloc(offset, relocation, expression, self.loc))

    # -- symbols ---------------------------------------------------------------------------------------------------

    def _symbol_attribute(self, reader: Reader, name: str) -> None:
        attribute = ATTRIBUTES[name]
        while True:
            self._add(SymbolAttribute(reader.name(), attribute, self.loc))
            if not reader.take(","):
                break
        reader.finish()

    def _type(self, reader: Reader, name: str) -> None:
        symbol = reader.name()
        reader.take(",")
        if not reader.take("@") and not reader.take("%"):
            reader.take("#")
        kind = reader.name()
        reader.finish()
        if kind not in SYMBOL_TYPES:
            raise AsmError(f"unknown symbol type '{kind}'")
        if kind == "gnu_unique_object":
            self._add(SymbolAttribute(symbol, it.OBJECT, self.loc))
        self._add(SymbolAttribute(symbol, SYMBOL_TYPES[kind], self.loc))

    def _size(self, reader: Reader, name: str) -> None:
        symbol = reader.name()
        reader.expect(",")
        expression = reader.expression()
        reader.finish()
        self._add(Size(symbol, expression, self.loc))

    def _set(self, reader: Reader, name: str) -> None:
        symbol = reader.name()
        reader.expect(",")
        expression = reader.expression()
        reader.finish()
        self._add(Set(symbol, expression, name in ("equiv", "eqv"), self.loc))

    def _weakref(self, reader: Reader, name: str) -> None:
        alias = reader.name()
        reader.expect(",")
        target = reader.name()
        reader.finish()
        self._add(Set(alias, Name(target), loc=self.loc))
        if not self.assembler.symbol(target).is_defined and self.assembler.symbol(target).binding < 0:
            self._add(SymbolAttribute(target, it.WEAK, self.loc))

    def _common(self, reader: Reader, name: str) -> None:
        symbol = reader.name()
        reader.expect(",")
        size = self._number(reader, "the size")
        alignment = self._optional_number(reader, "the alignment")
        reader.finish()
        if alignment is None:
            alignment = 1
            while alignment < 16 and alignment * 2 <= size and name != "lcomm":
                alignment *= 2
        self._add(Common(symbol, size, alignment, name == "lcomm", self.loc))

    # -- options and tables ----------------------------------------------------------------------------------------

    def _option(self, reader: Reader, name: str) -> None:
        self._add(Option(reader.rest(), self.loc))

    def _arch(self, reader: Reader, name: str) -> None:
        self.assembler.set_architecture(reader.rest())

    def _attribute(self, reader: Reader, name: str) -> None:
        tags = self.assembler.target.attribute_tags
        if "0" <= reader.skip() <= "9":
            tag = self._number(reader, "the tag")
        else:
            tag_name = reader.name().lower().removeprefix("tag_riscv_")
            if tag_name not in tags:
                raise AsmError(f"unknown attribute '{tag_name}'")
            tag = tags[tag_name]
        reader.expect(",")
        if reader.skip() == '"':
            item = Attribute(tag, reader.string().decode(), loc=self.loc)
        else:
            item = Attribute(tag, "", self._number(reader, "the value"), self.loc)
        reader.finish()
        self._add(item)

    def _ident(self, reader: Reader, name: str) -> None:
        self._add(Ident(reader.string().decode("utf-8", "surrogateescape"), self.loc))
        reader.finish()

    def _file(self, reader: Reader, name: str) -> None:
        number = -1
        if reader.skip() != '"':
            number = self._number(reader, "the file's number")
        first = reader.string().decode("utf-8", "surrogateescape")
        directory, file = "", first
        if reader.skip() == '"':
            directory, file = first, reader.string().decode("utf-8", "surrogateescape")
        md5 = -1
        if number >= 0 and reader.peek_name() == "md5":
            reader.name()
            md5 = int(reader.word(), 16)
        reader.finish()
        self._add(File(file, number, directory, md5, self.loc))

    def _loc(self, reader: Reader, name: str) -> None:
        file = self._small(reader)
        line = self._small(reader)
        column = self._small(reader) if "0" <= reader.skip() <= "9" else 0
        is_stmt, prologue_end, discriminator, basic_block, view = -1, False, 0, False, ""
        while not reader.at_end():
            word = reader.name()
            if word == "is_stmt":
                is_stmt = self._small(reader)
            elif word == "discriminator":
                discriminator = self._small(reader)
            elif word == "view":
                view = reader.word()
            elif word == "prologue_end":
                prologue_end = True
            elif word == "basic_block":
                basic_block = True
            elif word == "isa":
                self._small(reader)
            elif word != "epilogue_begin":
                raise AsmError(f"unknown option '{word}' of .loc")
        if view and view not in ("0", "-0") and not view.isdigit():
            self._add(Set(view, Number(0), loc=self.loc))
        self._add(Loc(file, line, column, is_stmt, prologue_end, discriminator, basic_block, view, self.loc))

    def _small(self, reader: Reader) -> int:
        word = reader.word()
        if not word.isdigit():
            raise AsmError(f"number expected, not '{word}'")
        return int(word)

    def _register_number(self, reader: Reader) -> int:
        target = self.assembler.target
        reader.take("%")
        name = reader.peek_name()
        register = target.register_by_name.get(name)
        if register is not None:
            reader.pos += len(name)
            return target.dwarf_numbers[register.name]
        return self._number(reader, "the register")

    def _cfi(self, reader: Reader, operation: str) -> None:
        numbers: list[int] = []
        symbol = ""
        if operation == "startproc" or operation == "sections":
            symbol = reader.rest()
            reader.pos = reader.end
        elif operation in ("personality", "lsda"):
            numbers.append(self._number(reader, "the encoding"))
            if numbers[0] != 255:
                reader.expect(",")
                symbol = reader.name()
        elif operation in ("escape", "def_cfa_offset", "adjust_cfa_offset"):
            numbers.append(self._number(reader, "the value"))
            while reader.take(","):
                numbers.append(self._number(reader, "the value"))
        elif not reader.at_end():
            numbers.append(self._register_number(reader))
            while reader.take(","):
                numbers.append(
                    self._register_number(reader)
                    if operation in ("register", "restore", "undefined", "same_value")
                    else self._number(reader, "the offset")
                )
        reader.finish()
        if operation in ("restore", "undefined", "same_value"):
            for number in numbers:
                self._add(Cfi(operation, [number], loc=self.loc))
        else:
            self._add(Cfi(operation, numbers, symbol, self.loc))

    def _refuse(self, reader: Reader, name: str) -> None:
        raise AsmError(f"directive '.{name}' is not supported")


def _with_modifier(expression: Expression, modifier: str) -> Expression:
    if isinstance(expression, Name):
        return Name(expression.name, modifier)
    if isinstance(expression, Operation):
        return Operation(expression.operator, _with_modifier(expression.left, modifier), expression.right)
    return expression
