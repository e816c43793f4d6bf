"""From a laid-out unit to an object file: bytes of fragments, fixups resolved or turned into relocations, symbols."""

from __future__ import annotations

from typing import Final, Literal, final

from compiler.asm.assemble import Assembler
from compiler.asm.expressions import AsmError, Linear, evaluate
from compiler.asm.fragments import (
    AlignFragment,
    AsmSection,
    AsmSymbol,
    BranchFragment,
    DataFragment,
    FillFragment,
    Fragment,
    LebFragment,
    LineEntry,
    OrgFragment,
    PendingFixup,
    PendingValue,
)
from compiler.asm.frame_writer import FrameWriter
from compiler.asm.items import File
from compiler.asm.layout import lay_out
from compiler.asm.leb import leb128
from compiler.asm.line_table import line_program
from compiler.asm.tables import TableWriter
from compiler.machine import vendor
from compiler.machine.encode import REFUSED, Fixup, encode, refusal
from compiler.machine.isa import VENDOR, Arg, Insn, SymbolArg
from compiler.machine.relocation import ABSOLUTE, PC_RELATIVE, PCREL_LOW, SUBTRACT_FROM, RelocationKind
from compiler.object.model import (
    ABSOLUTE as ABSOLUTE_SYMBOL,
)
from compiler.object.model import (
    COMMON,
    DEFINED,
    SHF_GROUP,
    SHF_MERGE,
    SHF_STRINGS,
    SHT_NOBITS,
    SHT_PROGBITS,
    STB_GLOBAL,
    STB_LOCAL,
    STB_WEAK,
    STT_FILE,
    STT_SECTION,
    STV_DEFAULT,
    UNDEFINED,
    Group,
    ObjectFile,
    Relocation,
    Section,
    Symbol,
)

SHT_ATTRIBUTES: Final = 0x70000003


def finish(assembler: Assembler) -> ObjectFile:
    """The object; meaningless if the sink has errors."""
    assembler.flush_loc()
    return Finisher(assembler).run()


@final
class Finisher(TableWriter):
    def __init__(self, assembler: Assembler) -> None:
        super().__init__(assembler.target)
        elf = assembler.target.elf
        flags = elf.flags
        for feature in sorted(assembler.features_used):
            flags |= elf.feature_flags.get(feature, 0)
        self.assembler: Final = assembler
        self.object: Final = ObjectFile(assembler.name, elf.machine, elf.bits, flags, elf.is_rela)
        self.sections: dict[AsmSection, Section] = {}
        self.section_symbols: dict[AsmSection, Symbol] = {}
        self.symbols: dict[str, Symbol] = {}
        self.order: Final[Literal["little", "big"]] = "big" if assembler.target.big_endian else "little"

    def run(self) -> ObjectFile:
        assembler = self.assembler
        unfinished = assembler.frames.unfinished()
        if unfinished is not None:
            assembler.error(unfinished.start.item.loc, ".cfi_startproc without .cfi_endproc")
        if not lay_out(assembler):
            return self.object
        for asm_section in assembler.sections.values():
            self._make_section(asm_section)
        self._file_symbols()
        for asm_section in self.sections:
            section_symbol = Symbol("", DEFINED, self.sections[asm_section], type=STT_SECTION)
            self.section_symbols[asm_section] = section_symbol
            self.sections[asm_section].symbol = section_symbol
            self.object.symbols.append(section_symbol)
        for asm_section, section in self.sections.items():
            self._emit(asm_section, section)
        self._extra_relocations()
        for section in self.object.sections:
            section.relocations.sort(key=_offset)  # stable: pairs at one place keep their order
        if assembler.lines:
            line_program(self, self.new_section(".debug_line", SHT_PROGBITS, 0, 1))
        if assembler.frames.entries and assembler.frames.eh:
            FrameWriter(self, assembler.frames.entries, True).run()
        if assembler.frames.entries and assembler.frames.debug:
            FrameWriter(self, assembler.frames.entries, False).run()
        self._comment()
        self._attributes()
        self._symbols()
        self._groups()
        return self.object

    # -- sections --------------------------------------------------------------------------------------------------

    def _make_section(self, asm_section: AsmSection) -> Section:
        section = Section(
            asm_section.name, asm_section.type, asm_section.flags, asm_section.alignment, asm_section.entry_size
        )
        section.size = asm_section.size
        self.sections[asm_section] = section
        self.object.sections.append(section)
        return section

    def new_section(self, name: str, type: int, flags: int, alignment: int, entry_size: int = 0) -> Section:
        """A section of the object that no source line named."""
        existing = self.object.section(name)
        if existing is not None:
            return existing
        section = Section(name, type, flags, alignment, entry_size)
        section.symbol = Symbol("", DEFINED, section, type=STT_SECTION)
        self.object.symbols.append(section.symbol)
        self.object.sections.append(section)
        return section

    def _emit(self, asm_section: AsmSection, section: Section) -> None:
        for fragment in asm_section.fragments:
            try:
                self._emit_fragment(asm_section, section, fragment)
            except AsmError as error:
                self.assembler.error(-1, str(error))
        if section.type == SHT_NOBITS:
            if any(section.data):
                self.assembler.error(-1, f"data in section '{section.name}', which holds none")
            section.data = bytearray()
        else:
            assert len(section.data) == asm_section.size, (section.name, len(section.data), asm_section.size)

    def _emit_fragment(self, asm_section: AsmSection, section: Section, fragment: Fragment) -> None:
        data = section.data
        if section.type == SHT_NOBITS and not isinstance(fragment, DataFragment):
            data += bytes(min(fragment.size, 1))
            return
        if isinstance(fragment, DataFragment):
            start = len(data)
            data += fragment.data
            for fixup in fragment.fixups:
                self._fixup(asm_section, section, start, fragment, fixup)
            for value in fragment.values:
                self._value(asm_section, section, start, fragment, value)
        elif isinstance(fragment, BranchFragment):
            self._branch(asm_section, section, fragment)
        elif isinstance(fragment, AlignFragment):
            if asm_section.is_relaxed and fragment.fill is None and fragment.size:
                kind = self.target.relocation(self.target.data_relocations["align"])
                section.relocations.append(Relocation(fragment.address, kind.number, None, fragment.size))
            data += padding(fragment.size, fragment.fill, fragment.width, fragment.nops)
        elif isinstance(fragment, FillFragment):
            unit = fragment.unit
            value_bytes = (fragment.value & ((1 << (8 * unit)) - 1)).to_bytes(unit, self.order) if unit else b""
            data += value_bytes * fragment.count
        elif isinstance(fragment, OrgFragment):
            data += bytes([fragment.fill & 255]) * fragment.size
        else:
            assert isinstance(fragment, LebFragment)
            data += leb128(fragment.value, fragment.is_signed, fragment.size)

    # -- values and fixups -----------------------------------------------------------------------------------------

    def _value(
        self, asm_section: AsmSection, section: Section, start: int, fragment: DataFragment, pending: PendingValue
    ) -> None:
        offset = fragment.address + pending.offset
        try:
            value = evaluate(pending.expression, self.assembler)
            self._place_value(asm_section, section, offset, pending, value)
        except AsmError as error:
            self.assembler.error(pending.loc, str(error))

    def _place_value(
        self, asm_section: AsmSection, section: Section, offset: int, pending: PendingValue, value: Linear
    ) -> None:
        size = pending.size
        names = self.target.data_relocations
        if value.is_absolute:
            bits = 8 * size
            if size < 8 and not -(1 << bits) < value.constant < 1 << bits:
                raise AsmError(f"value {value.constant} does not fit {size} bytes")
            section.data[offset : offset + size] = (value.constant & ((1 << bits) - 1)).to_bytes(size, self.order)
            return
        if value.modifier:
            name = names.get(f"{value.modifier}{size}", "")
            if not name or value.minus:
                raise AsmError(f"'@{value.modifier}' is not possible in {size} bytes")
            self._relocate(section, offset, self.target.relocation(name), value.symbol, value.constant, pending.loc)
            return
        if not value.minus:
            name = names.get(str(size), "")
            if not name:
                raise AsmError(f"no relocation for a symbol in {size} bytes")
            self._relocate(section, offset, self.target.relocation(name), value.symbol, value.constant, pending.loc)
            return
        self._difference(asm_section, section, offset, pending, value)

    def _difference(
        self, asm_section: AsmSection, section: Section, offset: int, pending: PendingValue, value: Linear
    ) -> None:
        """Of labels that are not both known: relative to this place, or a pair of relocations."""
        names = self.target.data_relocations
        size = pending.size
        minus = self.assembler.symbols.get(value.minus)
        if f"add{size}" in names:
            if value.symbol:
                add = self.target.relocation(names[f"add{size}"])
                self._relocate(section, offset, add, value.symbol, value.constant, pending.loc)
            else:
                word = value.constant & ((1 << (8 * size)) - 1)
                section.data[offset : offset + size] = word.to_bytes(size, self.order)
            subtract = self.target.relocation(names[f"sub{size}"])
            self._relocate(section, offset, subtract, value.minus, 0, pending.loc)
            return
        if minus is None or minus.section is not asm_section or minus.fragment is None or f"pcrel{size}" not in names:
            raise AsmError(f"the difference of '{value.symbol}' and '{value.minus}' is not known")
        kind = self.target.relocation(names[f"pcrel{size}"])
        self._relocate(section, offset, kind, value.symbol, value.constant + offset - minus.address, pending.loc)

    def _fixup(
        self, asm_section: AsmSection, section: Section, start: int, fragment: DataFragment, fixup: PendingFixup
    ) -> None:
        offset = fragment.address + fixup.offset
        try:
            self._resolve(asm_section, section, offset, fixup.kind, fixup.symbol, fixup.bias, fixup.loc)
        except AsmError as error:
            self.assembler.error(fixup.loc, str(error))

    def _resolve(
        self, asm_section: AsmSection, section: Section, offset: int, kind: RelocationKind, arg: SymbolArg, bias: int,
        loc: int,
    ) -> None:  # fmt: skip
        """Patch the place if the value is known now, else leave a relocation."""
        assembler = self.assembler
        value = self.target_of(arg.symbol) if arg.symbol else Linear(0)
        addend = value.constant + arg.addend + bias
        if arg.minus:
            distance = assembler.difference(value.symbol, arg.minus) if value.symbol else None
            if distance is None:
                raise AsmError(f"the difference of '{arg.symbol}' and '{arg.minus}' is not known")
            value = Linear(distance)
            addend = distance + arg.addend
        if not value.symbol:
            if kind.formula == ABSOLUTE:
                self.patch(section, offset, kind, addend - bias)
                return
            self._append(section, offset, kind, None, addend)
            return
        symbol = assembler.symbols.get(value.symbol)
        if (
            symbol is not None
            and kind.formula == PC_RELATIVE
            and not kind.has_low
            and symbol.section is asm_section
            and symbol.fragment is not None
            and symbol.binding <= STB_LOCAL
            and not asm_section.is_relaxed
        ):
            self.patch(section, offset, kind, symbol.address + addend - offset)
            return
        self._relocate(section, offset, kind, value.symbol, addend, loc)
        if assembler.relax and "relax" in self.target.data_relocations and asm_section.is_relaxed and kind.bias:
            relax = self.target.relocation(self.target.data_relocations["relax"])
            self._append(section, offset, relax, None, 0)

    def target_of(self, name: str) -> Linear:
        """What a name refers to: itself, or what `.set` made of it unless it is a symbol of its own in the object."""
        symbol = self.assembler.symbols.get(name)
        if symbol is not None and symbol.expression is not None and symbol.binding > STB_LOCAL:
            return Linear(0, name)
        return self.assembler.lookup(name)

    def patch(self, section: Section, offset: int, kind: RelocationKind, value: int) -> None:
        problem = kind.problem(value)
        if problem:
            raise AsmError(f"{kind.name} {problem}")
        size = kind.size
        word = int.from_bytes(section.data[offset : offset + size], "little")
        section.data[offset : offset + size] = kind.insert(word, value).to_bytes(size, "little")

    def _relocate(self, section: Section, offset: int, kind: RelocationKind, name: str, addend: int, loc: int) -> None:
        """A relocation against a name, which may be a local one: then against its section, where that is possible."""
        symbol = self.assembler.symbol(name)
        asm_section = symbol.section
        prefix = self.target.elf.local_symbol_prefix
        if (
            symbol.fragment is not None
            and asm_section is not None
            and symbol.binding <= STB_LOCAL
            and name.startswith(prefix)
            and not asm_section.flags & SHF_MERGE
            and not asm_section.is_relaxed
            and kind.formula != PCREL_LOW
            and kind.formula != SUBTRACT_FROM  # GNU ld adds the addend of a SUB, the psABI subtracts it: there is none
        ):
            self._append(section, offset, kind, self.section_symbols[asm_section], symbol.address + addend)
            return
        symbol.is_referenced = True
        if symbol.loc < 0:
            symbol.loc = loc  # where to say that it is missing
        self._append(section, offset, kind, self.object_symbol(symbol), addend)

    def _append(self, section: Section, offset: int, kind: RelocationKind, symbol: Symbol | None, addend: int) -> None:
        if not self.object.is_rela:
            self.patch(section, offset, kind, addend)  # REL: the addend lies in the place
        section.relocations.append(Relocation(offset, kind.number, symbol, addend))

    def add_relocation(self, section: Section, offset: int, name: str, symbol: Symbol | None, addend: int) -> None:
        """For tables made here (frames, lines)."""
        self._append(section, offset, self.target.relocation(name), symbol, addend)

    def _branch(self, asm_section: AsmSection, section: Section, fragment: BranchFragment) -> None:
        form = fragment.forms[fragment.form]
        start = len(section.data)
        for insn, args in form.insns:
            self._encode_branch(section, insn, args)
        assert len(section.data) - start == form.size
        try:
            self._resolve(
                asm_section, section, fragment.address + form.offset, form.relocation, fragment.target, form.bias,
                fragment.loc,
            )  # fmt: skip
        except AsmError as error:
            self.assembler.error(fragment.loc, str(error))

    def _encode_branch(self, section: Section, insn: Insn, args: list[Arg]) -> None:
        fixups: list[Fixup] = []
        if insn.notation == VENDOR:
            problem = vendor.encode(insn, args, self.target.mode, section.data, fixups)
            assert not problem, problem
            return
        word = encode(insn, args, fixups)
        assert word != REFUSED, refusal(insn, args)
        section.data += word.to_bytes(insn.size, "little")

    # -- symbols ---------------------------------------------------------------------------------------------------

    def object_symbol(self, symbol: AsmSymbol) -> Symbol:
        found = self.symbols.get(symbol.name)
        if found is None:
            found = Symbol(symbol.name)
            self.symbols[symbol.name] = found
        return found

    def named_symbol(self, name: str) -> Symbol:
        symbol = self.assembler.symbol(name)
        symbol.is_referenced = True
        return self.object_symbol(symbol)

    def report(self, loc: int, text: str) -> None:
        self.assembler.error(loc, text)

    def line_files(self) -> dict[int, File]:
        return self.assembler.line_files

    def line_entries(self) -> list[LineEntry]:
        return self.assembler.lines

    def section_symbol(self, asm_section: AsmSection) -> Symbol:
        return self.section_symbols[asm_section]

    def _file_symbols(self) -> None:
        for name in self.assembler.file_names:
            self.object.symbols.append(Symbol(name, ABSOLUTE_SYMBOL, type=STT_FILE))

    def _symbols(self) -> None:
        prefix = self.target.elf.local_symbol_prefix
        for name, symbol in self.assembler.symbols.items():
            is_temporary = name.startswith(prefix) and symbol.binding <= STB_LOCAL
            if is_temporary and not symbol.is_referenced:
                continue
            if name == "." or not (symbol.is_defined or symbol.is_referenced or symbol.binding >= 0):
                continue
            out = self.object_symbol(symbol)
            out.type = symbol.type
            out.visibility = symbol.visibility
            out.size = symbol.size
            if symbol.size_expression is not None:
                out.size = self._size(symbol)
            if not self._place_symbol(symbol, out):
                continue
            if out.where == UNDEFINED:
                if symbol.binding == STB_LOCAL:
                    self.assembler.error(symbol.loc, f"local symbol '{name}' is not defined")
                out.binding = STB_WEAK if symbol.binding == STB_WEAK else STB_GLOBAL
                if "\x02" in name:
                    self.assembler.error(symbol.loc, f"no later label '{name[2:].split(chr(2))[0]}:'")
                elif is_temporary:
                    self.assembler.error(symbol.loc, f"local label '{name}' is not defined")
            else:
                out.binding = symbol.binding if symbol.binding >= 0 else STB_LOCAL
            if "\x01" in name:
                out.name = prefix + "0 "
            self.object.symbols.append(out)

    def _place_symbol(self, symbol: AsmSymbol, out: Symbol) -> bool:
        """Where it is; False for a name that only stands for another, undefined one."""
        if symbol.fragment is not None:
            assert symbol.section is not None
            out.where, out.section, out.value = DEFINED, self.sections[symbol.section], symbol.address
        elif symbol.is_common:
            out.where, out.value = COMMON, symbol.common_alignment
        elif symbol.expression is not None:
            try:
                value = evaluate(symbol.expression, self.assembler)
            except AsmError as error:
                self.assembler.error(symbol.loc, str(error))
                return False
            if value.is_absolute:
                out.where, out.value = ABSOLUTE_SYMBOL, value.constant & 0xFFFFFFFFFFFFFFFF
                return True
            base = self.assembler.symbols.get(value.symbol)
            if base is None or base.fragment is None or base.section is None or value.minus:
                return symbol.is_referenced
            out.where, out.section, out.value = DEFINED, self.sections[base.section], base.address + value.constant
            if out.type == 0:
                out.type = base.type
            if out.size == 0:
                out.size = base.size if base.size_expression is None else self._size(base)
        return True

    def _size(self, symbol: AsmSymbol) -> int:
        assert symbol.size_expression is not None
        try:
            return self.assembler.absolute(symbol.size_expression, f"the size of '{symbol.name}'")
        except AsmError as error:
            value = self._relaxed_distance(symbol)
            if value is not None:
                return value
            self.assembler.error(symbol.loc, str(error))
            return 0

    def _relaxed_distance(self, symbol: AsmSymbol) -> int | None:
        """In a section that the linker may shrink, the size before that."""
        expression = symbol.size_expression
        assert expression is not None
        try:
            value = evaluate(expression, self.assembler)
        except AsmError:
            return None
        left = self.assembler.symbols.get(value.symbol)
        right = self.assembler.symbols.get(value.minus)
        if left is None or right is None or left.section is None or left.section is not right.section:
            return None
        return left.address - right.address + value.constant

    def _groups(self) -> None:
        groups: dict[str, Group] = {}
        for asm_section, section in self.sections.items():
            if asm_section.link:
                section.link = self.object.section(asm_section.link)
            if not asm_section.group:
                continue
            group = groups.get(asm_section.group)
            if group is None:
                signature = self.symbols.get(asm_section.group)
                if signature is None:
                    signature = Symbol(asm_section.group, UNDEFINED, binding=STB_LOCAL, visibility=STV_DEFAULT)
                    self.object.symbols.append(signature)
                group = Group(signature)
                groups[asm_section.group] = group
                self.object.groups.append(group)
            group.sections.append(section)
            section.group = group
            section.flags |= SHF_GROUP

    # -- further tables --------------------------------------------------------------------------------------------

    def _extra_relocations(self) -> None:
        for asm_section, where, name, expression, loc in self.assembler.reloc_items:
            try:
                kind = self.target.relocations.by_name.get(name)
                if kind is None:
                    raise AsmError(f"unknown relocation '{name}'")
                place = evaluate(where, self.assembler)
                offset = place.constant
                base = self.assembler.symbols.get(place.symbol)
                if base is not None and base.fragment is not None:
                    offset += base.address
                section = self.sections[asm_section]
                if expression is None:
                    self._append(section, offset, kind, None, 0)
                    continue
                value = evaluate(expression, self.assembler)
                if value.symbol:
                    self._relocate(section, offset, kind, value.symbol, value.constant, loc)
                else:
                    self._append(section, offset, kind, None, value.constant)
            except AsmError as error:
                self.assembler.error(loc, str(error))

    def _comment(self) -> None:
        if not self.assembler.idents:
            return
        section = self.new_section(".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, 1, 1)
        if not section.data:
            section.data += b"\0"
        for text in self.assembler.idents:
            section.data += text.encode("utf-8", "surrogateescape") + b"\0"
        section.size = len(section.data)

    def _attributes(self) -> None:
        """Build attributes in the layout of the generic ABI: 'A', vendor, the file's tags."""
        attributes = self.assembler.attributes
        if not attributes or not self.target.attribute_tags:
            return
        body = bytearray()
        for tag in sorted(attributes):
            body += leb128(tag, False)
            value = attributes[tag]
            body += leb128(value, False) if isinstance(value, int) else value.encode() + b"\0"
        vendor_name = self.target.elf.attributes_vendor.encode() + b"\0"
        file_part = b"\1" + (len(body) + 5).to_bytes(4, "little") + bytes(body)
        section = self.new_section("." + self.target.elf.attributes_vendor + ".attributes", SHT_ATTRIBUTES, 0, 1)
        section.data += b"A" + (len(vendor_name) + len(file_part) + 4).to_bytes(4, "little") + vendor_name + file_part
        section.size = len(section.data)


def _offset(relocation: Relocation) -> int:
    return relocation.offset


def padding(size: int, fill: int | None, width: int, nops: tuple[bytes, ...]) -> bytes:
    """Bytes of an alignment: whole nops, longest first, zeros before them where none fits."""
    if fill is not None:
        unit = (fill & ((1 << (8 * width)) - 1)).to_bytes(width, "little")
        rest = size % width
        return bytes(rest) + unit * (size // width)
    out = bytearray(size % len(nops[-1]))
    remaining = size - len(out)
    # Short nops first, so that the long ones end up aligned.
    tail = bytearray()
    for nop in nops:
        while remaining >= len(nop):
            tail[0:0] = nop
            remaining -= len(nop)
    return bytes(out + tail)
