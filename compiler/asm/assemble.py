"""The assembler: takes items in source order, lays sections out, relaxes branches and makes an object file.

Invariant: one `Assembler` owns a unit's state (symbols, `.set`, macros, options); generated items and the text of
inline assembly meet in it in source order. Relaxation starts with the shortest forms and only ever lengthens, so it
terminates. Errors are reported to the sink; an object with errors is not to be used.
"""

from __future__ import annotations

from typing import Final, Literal, final

from compiler.asm import items as it
from compiler.asm.branches import branch_forms, branch_target, vendor_forms
from compiler.asm.cfi import FrameTable
from compiler.asm.expressions import MAXIMUM_DEPTH, AsmError, Linear, NumericLabels, Scope, evaluate, mentions
from compiler.asm.fragments import (
    AlignFragment,
    AsmSection,
    AsmSymbol,
    BranchFragment,
    DataFragment,
    FillFragment,
    LebFragment,
    LineEntry,
    OrgFragment,
    PendingFixup,
    PendingValue,
)
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
from compiler.asm.leb import leb128
from compiler.asm.names import section_defaults
from compiler.machine import vendor
from compiler.machine.encode import REFUSED, Fixup, encode, refusal
from compiler.machine.isa import BRANCH, VENDOR, Arg, Insn
from compiler.machine.target import Target
from compiler.object.model import (
    SHF_EXECINSTR,
    SHF_STRINGS,
    SHF_TLS,
    STB_GLOBAL,
    STB_LOCAL,
    STT_NOTYPE,
    STT_OBJECT,
    STT_TLS,
)
from compiler.source.diagnostics import Sink
from compiler.source.files import Span


class TextSource:
    """Turns assembly text into calls of `Assembler.add`; the parser is one. Kept abstract so that the core does not
    depend on the syntax."""

    def run_text(self, text: str, loc: int) -> None:
        raise NotImplementedError


@final
class Assembler(Scope):
    """One unit's assembly. Call `add` for each item, then `asm.finish.finish`."""

    def __init__(self, target: Target, sink: Sink, name: str) -> None:
        self.target: Final = target
        self.sink: Final = sink
        self.name: Final = name
        self.expansions: Final = target.expansions
        self.symbols: dict[str, AsmSymbol] = {}
        self.sections: dict[str, AsmSection] = {}
        self.section_stack: list[tuple[AsmSection, int]] = []
        self.text_source: TextSource | None = None
        self.include_paths: list[str] = []
        self.labels: Final = NumericLabels()
        self.features: frozenset[str] = target.features
        self.features_used: set[str] = set(target.features)
        self.relax = False
        self.option_stack: list[tuple[frozenset[str], bool]] = []
        self.enabled: list[bool] = []
        self.compresses = False
        self.anchors = 0
        self.lookup_depth = 0
        self.file_names: list[str] = []  # of file symbols
        self.idents: list[str] = []
        self.attributes: dict[int, str | int] = {}
        self.line_files: dict[int, File] = {}
        self.lines: list[LineEntry] = []
        self.pending_loc: Loc | None = None
        self.frames: Final = FrameTable(target.frame)
        self.reloc_items: list[tuple[AsmSection, Expression, str, Expression | None, int]] = []
        self.section: AsmSection = self._section(".text", -1, -1, 0)
        self.previous: tuple[AsmSection, int] = (self.section, 0)
        self._enable()

    # -- the stream ------------------------------------------------------------------------------------------------

    def add(self, item: Item) -> None:
        """Take one item; a fault in it is reported at its `loc`."""
        try:
            self._dispatch(item)
        except AsmError as error:
            self.error(item.loc, str(error))

    def error(self, loc: int, text: str) -> None:
        self.sink.error(Span(loc, loc) if loc >= 0 else None, "{}", text)

    def warn(self, loc: int, text: str) -> None:
        self.sink.warning("", Span(loc, loc) if loc >= 0 else None, "{}", text)

    def read_file(self, name: str) -> bytes:
        """The contents of a file that the text names (`.include`, `.incbin`), looked for along `include_paths`."""
        for directory in ["", *self.include_paths]:
            path = f"{directory}/{name}" if directory else name
            try:
                with open(path, "rb") as file:
                    return file.read()
            except OSError:
                continue
        raise AsmError(f"cannot read '{name}'")

    def _dispatch(self, item: Item) -> None:
        if isinstance(item, InsnItem):
            self.insn(item.insn, item.args, item.loc)
        elif isinstance(item, LabelItem):
            self.define_label(item.name, item.loc)
        elif isinstance(item, Data):
            self.section.current.data += item.data
        elif isinstance(item, Value):
            self.value(item)
        elif isinstance(item, Loc):
            self.flush_loc()
            self.pending_loc = item
        elif isinstance(item, Cfi):
            self.frames.add(item, self.section)
        else:
            self._dispatch_rare(item)

    def _dispatch_rare(self, item: Item) -> None:
        if isinstance(item, Align):
            self.align(item)
        elif isinstance(item, Fill):
            self.fill(item)
        elif isinstance(item, Section):
            self.change_section(item)
        elif isinstance(item, SymbolAttribute):
            self.attribute(item)
        elif isinstance(item, Size):
            symbol = self.symbol(item.name)
            expression = item.expression
            if expression is None:
                expression = Operation("-", Name("."), Name(item.name))
            symbol.size_expression = self.pin(expression)
        elif isinstance(item, Common):
            self.common(item)
        elif isinstance(item, AsmText):
            assert self.text_source is not None, "no parser for inline assembly"
            self.text_source.run_text(item.text, item.loc)
        elif isinstance(item, Org):
            self.section.append(OrgFragment(self.pin(item.expression), item.fill, item.loc))
        elif isinstance(item, Set):
            self.set_symbol(item)
        elif isinstance(item, Leb128):
            self.leb128(item)
        elif isinstance(item, File):
            if item.number < 0:
                self.file_names.append(item.name)
            else:
                self.line_files[item.number] = item
        elif isinstance(item, Option):
            self.option(item.text)
        elif isinstance(item, Attribute):
            if item.text and item.tag == self.target.attribute_tags.get("arch", -1):
                self.set_architecture(item.text)
            self.attributes[item.tag] = item.text if item.text else item.number
        elif isinstance(item, Ident):
            self.idents.append(item.text)
        else:
            assert isinstance(item, Reloc), item.kind
            expression = self.pin(item.expression) if item.expression is not None else None
            self.reloc_items.append((self.section, self.pin(item.offset), item.name, expression, item.loc))

    # -- names and expressions -------------------------------------------------------------------------------------

    def symbol(self, name: str) -> AsmSymbol:
        symbol = self.symbols.get(name)
        if symbol is None:
            symbol = AsmSymbol(name, len(self.symbols))
            self.symbols[name] = symbol
        return symbol

    def lookup(self, name: str) -> Linear:
        symbol = self.symbols.get(name)
        if symbol is not None and symbol.expression is not None:
            if self.lookup_depth >= MAXIMUM_DEPTH:
                raise AsmError(f"symbol '{name}' is defined by itself")
            self.lookup_depth += 1
            try:
                return evaluate(symbol.expression, self)
            finally:
                self.lookup_depth -= 1
        if name == ".":
            return Linear(0, self.here())
        return Linear(0, name)

    def difference(self, left: str, right: str) -> int | None:
        """Known where both labels lie in one fragment, or with only fixed bytes between them."""
        first, second = self.symbols.get(left), self.symbols.get(right)
        if first is None or second is None or first.fragment is None or second.fragment is None:
            return None
        if first.section is not second.section:
            return None
        section = first.section
        assert section is not None
        if section.is_relaxed:
            return None
        if first.fragment is second.fragment:
            return first.offset - second.offset
        if section.fragments:  # laid out
            return first.address - second.address
        return self._fixed_distance(section, first, second)

    def _fixed_distance(self, section: AsmSection, first: AsmSymbol, second: AsmSymbol) -> int | None:
        for fragments in section.subsections.values():
            started = False
            distance = 0
            for fragment in fragments:
                if fragment is first.fragment or fragment is second.fragment:
                    if started:
                        forward = distance if fragment is first.fragment else -distance
                        return forward + first.offset - second.offset
                    started = True
                if started:
                    if isinstance(fragment, FillFragment) and fragment.expression is None:
                        distance += fragment.count * fragment.unit
                    elif isinstance(fragment, DataFragment):
                        distance += len(fragment.data)
                    else:
                        break
        return None

    def here(self) -> str:
        """A fresh local label at the current place."""
        self.anchors += 1
        name = f".L\x01{self.anchors}"
        symbol = self.symbol(name)
        symbol.section = self.section
        symbol.fragment = self.section.current
        symbol.offset = len(self.section.current.data)
        return name

    def pin(self, expression: Expression) -> Expression:
        """The expression with "." replaced by a label here, for evaluation later on."""
        if isinstance(expression, Name):
            return Name(self.here(), expression.modifier) if expression.name == "." else expression
        if isinstance(expression, Operation):
            right = self.pin(expression.right) if expression.right is not None else None
            return Operation(expression.operator, self.pin(expression.left), right)
        return expression

    def absolute(self, expression: Expression, what: str) -> int:
        value = evaluate(expression, self)
        if not value.is_absolute:
            raise AsmError(f"{what} must be known here; '{value.symbol or value.minus}' is not")
        return value.constant

    def define_label(self, name: str, loc: int) -> None:
        symbol = self.symbol(name)
        if symbol.is_defined:
            raise AsmError(f"symbol '{name}' is already defined")
        symbol.section = self.section
        symbol.fragment = self.section.current
        symbol.offset = len(self.section.current.data)
        symbol.loc = loc
        if self.section.flags & SHF_TLS and symbol.type == STT_NOTYPE:
            symbol.type = STT_TLS

    def set_symbol(self, item: Set) -> None:
        symbol = self.symbol(item.name)
        if symbol.fragment is not None or symbol.is_common or (item.once and symbol.expression is not None):
            raise AsmError(f"symbol '{item.name}' is already defined")
        expression = self.pin(item.expression)
        try:  # what can be computed now must be: `.set n, n+1`
            value = evaluate(expression, self)
            if value.is_absolute:
                expression = Number(value.constant)
            elif value.symbol == item.name or value.minus == item.name:
                raise AsmError(f"symbol '{item.name}' is defined by itself")
            elif not value.minus and not value.modifier:
                expression = Name(value.symbol)
                if value.constant:
                    expression = Operation("+", expression, Number(value.constant))
        except AsmError:
            if symbol.expression is not None or mentions(expression, item.name):
                raise
        symbol.expression = expression
        symbol.loc = item.loc

    def attribute(self, item: SymbolAttribute) -> None:
        self.symbol(item.name).set_attribute(item.attribute)

    def common(self, item: Common) -> None:
        symbol = self.symbol(item.name)
        if symbol.fragment is not None or symbol.expression is not None:
            raise AsmError(f"symbol '{item.name}' is already defined")
        if item.is_local or symbol.binding == STB_LOCAL:
            section, subsection = self.section, self.section.subsection
            self.section = self._section(".bss", -1, -1, 0)
            self.section.switch(0)
            self.align(Align(max(item.alignment, 1)))
            self.define_label(item.name, item.loc)
            self.section.append(FillFragment(None, item.size, 1, 0, item.loc))
            self.section = section
            section.switch(subsection)
        else:
            symbol.is_common = True
            symbol.common_alignment = max(item.alignment, symbol.common_alignment, 1)
            symbol.binding = STB_GLOBAL if symbol.binding < 0 else symbol.binding
        symbol.size = max(symbol.size, item.size)
        symbol.type = STT_OBJECT

    # -- sections --------------------------------------------------------------------------------------------------

    def _section(self, name: str, type: int, flags: int, entry_size: int, group: str = "") -> AsmSection:
        key = f"{name}\x00{group}" if group else name
        section = self.sections.get(key)
        if section is None:
            default_type, default_flags = section_defaults(name)
            section = AsmSection(
                name, type if type >= 0 else default_type, flags if flags >= 0 else default_flags, entry_size
            )
            if section.flags & SHF_STRINGS and not entry_size:
                section.entry_size = 1
            section.group = group
            self.sections[key] = section
        return section

    def change_section(self, item: Section) -> None:
        self.flush_loc()
        before = (self.section, self.section.subsection)
        if item.action == it.POP:
            if not self.section_stack:
                raise AsmError(".popsection without .pushsection")
            self.section, subsection = self.section_stack.pop()
            self.section.switch(subsection)
        elif item.action == it.PREVIOUS:
            self.section, subsection = self.previous
            self.section.switch(subsection)
        else:
            if item.action == it.PUSH:
                self.section_stack.append(before)
            section = self.section
            if item.name:
                section = self._section(item.name, item.type, item.flags, item.entry_size, item.group)
                if item.link:
                    section.link = item.link
            self.section = section
            section.switch(item.subsection)
        self.previous = before

    # -- options ---------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        features = self.features
        self.features_used |= features
        mode = self.target.mode
        self.enabled = [
            all(name in features for name in insn.features) and (not insn.modes or mode in insn.modes)
            for insn in self.target.insns
        ]
        self.compresses = "c" in features and any(self.expansions.compressed)

    def set_features(self, features: frozenset[str]) -> None:
        self.features = features
        self._enable()

    def set_architecture(self, text: str) -> None:
        """`.option arch, rv64imac`, `.attribute arch, "..."`: all features at once, by the target's own reading."""
        reader = self.target.feature_reader
        features = reader.read(text) if reader is not None else None
        if features is None:
            raise AsmError(f"unknown architecture '{text}'")
        self.set_features(features)

    def option(self, text: str) -> None:
        """`.option`; features of the target are switched by name."""
        words = text.replace(",", " ").split()
        name = words[0] if words else ""
        if name == "push":
            self.option_stack.append((self.features, self.relax))
        elif name == "pop":
            if not self.option_stack:
                raise AsmError(".option pop without .option push")
            self.features, self.relax = self.option_stack.pop()
            self._enable()
        elif name == "rvc" or name == "norvc":
            self.set_features(self.features | {"c"} if name == "rvc" else self.features - {"c"})
        elif name == "relax" or name == "norelax":
            self.relax = name == "relax" and "relax" in self.target.data_relocations
        elif name == "arch":
            for word in words[1:]:
                if word[0] in "+-":
                    change = frozenset((word[1:].rstrip("0123456789p"),))
                    self.set_features(self.features | change if word[0] == "+" else self.features - change)
                else:
                    self.set_architecture(word)
        elif name not in ("pic", "nopic"):
            raise AsmError(f"unknown option '{name}'")

    # -- data ------------------------------------------------------------------------------------------------------

    def value(self, item: Value) -> None:
        data = self.section.current.data
        expression = item.expression
        if expression is None:
            if not item.symbol and not item.minus:
                data += (item.addend & ((1 << (8 * item.size)) - 1)).to_bytes(item.size, self._order())
                return
            expression = Name(item.symbol, item.modifier) if item.symbol else Number(0)
            if item.addend:
                expression = Operation("+", expression, Number(item.addend))
            if item.minus:
                expression = Operation("-", expression, Name(item.minus))
        if isinstance(expression, Number):
            value = expression.value
            bits = 8 * item.size
            if bits < 64 and not -(1 << bits) < value < 1 << bits:
                self.warn(item.loc, f"value {value} truncated to {item.size} bytes")
            data += (value & ((1 << bits) - 1)).to_bytes(item.size, self._order())
            return
        self.section.current.values.append(PendingValue(len(data), item.size, self.pin(expression), item.loc))
        data += bytes(item.size)

    def _order(self) -> Literal["little", "big"]:
        return "big" if self.target.big_endian else "little"

    def align(self, item: Align) -> None:
        section = self.section
        if item.alignment & (item.alignment - 1) or item.alignment <= 0:
            raise AsmError(f"alignment {item.alignment} is not a power of two")
        section.alignment = max(section.alignment, item.alignment)
        fill = item.fill
        nops = self.target.nops
        if fill is None and not section.flags & SHF_EXECINSTR:
            fill = 0
        if fill is None and "c" not in self.features and self.expansions_compress():
            nops = nops[:1]
        section.append(AlignFragment(item.alignment, fill, item.limit, item.width, nops))
        if self.relax and fill is None and item.alignment > len(nops[-1]):
            section.is_relaxed = True

    def expansions_compress(self) -> bool:
        """Whether the target has short forms at all, so that their absence limits the nops."""
        return any(self.expansions.compressed)

    def fill(self, item: Fill) -> None:
        count = item.count
        expression = item.expression
        if expression is not None:
            value = evaluate(expression, self)
            if value.is_absolute:
                count = value.constant
                expression = None
        if expression is None:
            if count < 0:
                raise AsmError(f"negative count {count}")
            if count * item.size <= 4096:
                unit = (
                    (item.value & ((1 << (8 * item.size)) - 1)).to_bytes(item.size, self._order()) if item.size else b""
                )
                self.section.current.data += unit * count
                return
        pinned = self.pin(expression) if expression is not None else None
        self.section.append(FillFragment(pinned, count, item.size, item.value, item.loc))

    def leb128(self, item: Leb128) -> None:
        value = evaluate(item.expression, self)
        if value.is_absolute:
            self.section.current.data += leb128(value.constant, item.is_signed)
        else:
            self.section.append(LebFragment(self.pin(item.expression), item.is_signed, item.loc))

    # -- instructions ----------------------------------------------------------------------------------------------

    def flush_loc(self) -> None:
        """A `.loc` takes effect at the next instruction, or where the section is left."""
        if self.pending_loc is not None:
            loc = self.pending_loc
            self.pending_loc = None
            current = self.section.current
            self.lines.append(LineEntry(self.section, current, len(current.data), loc))

    def insn(self, insn: Insn, args: list[Arg], loc: int) -> None:
        if self.pending_loc is not None:
            self.flush_loc()
        self.section.has_insns = True
        if not self.enabled[insn.number]:
            raise AsmError(f"'{insn.name}' needs {self._needs(insn)}")
        if insn.notation == VENDOR:
            self._vendor_insn(insn, args, loc)
        elif insn.encoding:
            self._real_insn(insn, args, loc)
        else:
            self._pseudo_insn(insn, args, loc)

    def _needs(self, insn: Insn) -> str:
        missing = [name for name in insn.features if name not in self.features]
        return "the extension " + ", ".join(missing) if missing else f"another mode than {self.target.mode}-bit"

    def _pseudo_insn(self, insn: Insn, args: list[Arg], loc: int) -> None:
        for operand, arg in zip(insn.operands, args, strict=True):
            if not operand.accepts(arg):
                raise AsmError(refusal(insn, args))
        anchor = ""
        if self.expansions.anchored[insn.number]:
            anchor = self.here()
        for real, arguments in self.expansions.expand(insn, args, anchor, self.features):
            if real.encoding:
                self._real_insn(real, arguments, loc)
            else:
                self._pseudo_insn(real, arguments, loc)

    def _real_insn(self, insn: Insn, args: list[Arg], loc: int) -> None:
        if insn.flags & BRANCH:
            forms = branch_forms(
                self.target, self.enabled, self.compresses and not self.relax, insn, args, self.features
            )
            if forms:
                self.section.append(BranchFragment(forms, branch_target(args), loc))
                return
        if self.compresses and insn.size == 4:
            short = self.expansions.compress(insn, args)
            if short is not None and self.enabled[short[0].number] and not short[0].flags & BRANCH:
                insn, args = short
        fixups: list[Fixup] = []
        word = encode(insn, args, fixups)
        if word == REFUSED:
            raise AsmError(refusal(insn, args))
        current = self.section.current
        if fixups:
            for fixup in fixups:
                kind = self.target.relocations.by_name[fixup.kind]
                current.fixups.append(PendingFixup(len(current.data), kind, fixup.symbol, fixup.bias, loc))
            if self.relax:
                self.section.is_relaxed = True
        current.data += word.to_bytes(insn.size, "little")

    def _vendor_insn(self, insn: Insn, args: list[Arg], loc: int) -> None:
        fixups: list[Fixup] = []
        current = self.section.current
        if insn.longer:
            forms = vendor_forms(self.target, insn, args)
            if forms:
                self.section.append(BranchFragment(forms, branch_target(args), loc))
                return
        start = len(current.data)
        problem = vendor.encode(insn, args, self.target.mode, current.data, fixups)
        if problem:
            raise AsmError(problem)
        for fixup in fixups:
            kind = self.target.relocations.by_name[fixup.kind]
            current.fixups.append(PendingFixup(start + fixup.offset, kind, fixup.symbol, fixup.bias, loc))
