"""From a module to `asm.items`: every function through the stages of code generation, data beside it, in source
order."""

from __future__ import annotations

from typing import Final, final

from compiler.asm import items
from compiler.asm.items import Item
from compiler.codegen.backend import Backend
from compiler.codegen.check_allocation import Snapshot, check_allocation
from compiler.codegen.frame import Frame
from compiler.codegen.frequency import estimate
from compiler.codegen.inline_asm import asm_text
from compiler.codegen.layout import lay_out
from compiler.codegen.legal import Legalizer
from compiler.codegen.legalize import legalize
from compiler.codegen.matcher import Rules, Selection, block_label
from compiler.codegen.mfunc import ASM, BlockArg, MFunction, MInsn
from compiler.codegen.print_mfunc import print_mfunction
from compiler.codegen.regalloc import Allocator
from compiler.codegen.resolve import Resolver
from compiler.codegen.select import select_function
from compiler.ir.function import COMMON, GLOBAL, LOCAL, WEAK, Definition, Function
from compiler.ir.module import Alias, Data, DataRelocation, Module, ModuleAsm
from compiler.machine.isa import Arg, Insn, RegisterArg, SymbolArg

# ELF section types and flags (System V gABI, "Sections").
SHT_PROGBITS: Final = 1
SHT_NOBITS: Final = 8
SHT_INIT_ARRAY: Final = 14
SHT_FINI_ARRAY: Final = 15
SHF_WRITE: Final = 1
SHF_ALLOC: Final = 2
SHF_EXECINSTR: Final = 4
SHF_TLS: Final = 0x400
DEFAULT_PRIORITY: Final = 65535
FUNCTION_ALIGN: Final = 4
TABLE_ENTRY: Final = 4  # bytes

_VISIBILITY: Final[dict[str, int]] = {
    "hidden": items.HIDDEN, "protected": items.PROTECTED, "internal": items.INTERNAL,
}  # fmt: skip


@final
class EmitOptions:
    """-ffunction-sections, -fdata-sections. `check_allocation` proves every allocation and fails loudly where one is
    wrong. `dump_after` names stages (select, regalloc, layout) whose text is appended to `dumped`. `fired` counts
    selection rules by name."""

    def __init__(
        self,
        function_sections: bool = False,
        data_sections: bool = False,
        check_allocation: bool = False,
        dump_after: tuple[str, ...] = (),
    ) -> None:
        self.function_sections: Final = function_sections
        self.data_sections: Final = data_sections
        self.check_allocation: Final = check_allocation
        self.dump_after: Final = dump_after
        self.dumped: Final[list[str]] = []
        self.fired: Final[dict[str, int]] = {}


def generate(
    function: Function, backend: Backend, rules: Rules, options: EmitOptions, thread_locals: set[str]
) -> MFunction:
    """All stages from IR to allocated machine code with its frame. The IR is consumed."""
    legalize(Legalizer(function, backend))
    mf = select_function(Selection(function, backend, rules, options.fired, thread_locals))
    _dump(mf, "select", options)
    estimate(mf)
    snapshot = Snapshot(mf) if options.check_allocation else None
    numbering = Allocator(mf, backend).run()
    Resolver(mf, backend, numbering).run()
    _dump(mf, "regalloc", options)
    if snapshot is not None:
        check_allocation(snapshot, mf, backend)
    Frame(mf, backend).lower()
    lay_out(mf, backend)
    _dump(mf, "layout", options)
    return mf


def _dump(mf: MFunction, stage: str, options: EmitOptions) -> None:
    if stage in options.dump_after:
        options.dumped.append(f"; after {stage}\n" + print_mfunction(mf))


def compile_module(module: Module, backend: Backend, rules: Rules, options: EmitOptions) -> list[Item]:
    """The unit's items. Raises `Refused` for what the backend does not know; the module's function bodies are
    consumed."""
    out: list[Item] = []
    if module.source_files:
        out.append(items.File(module.source_files[0]))
    _mark_labels(module)
    for definition in module.items:
        if isinstance(definition, Function):
            mf = generate(definition, backend, rules, options, module.thread_locals)
            _function(definition, mf, backend, out, options)
            definition.blocks = []  # free the IR: its lists form cycles
        elif isinstance(definition, Data):
            _data(definition, out, options)
        elif isinstance(definition, Alias):
            _alias(definition, out)
        else:
            assert isinstance(definition, ModuleAsm)
            out.append(items.Section(".text"))
            out.append(items.AsmText(definition.text))
    for name, linkage in module.externals.items():
        if linkage == WEAK:
            out.append(items.SymbolAttribute(name, items.WEAK))
    out.append(items.Section(".note.GNU-stack", 0, SHT_PROGBITS))
    return out


def _mark_labels(module: Module) -> None:
    """Labels that data refer to are taken, whatever the code says."""
    taken: set[str] = set()
    for item in module.items:
        if isinstance(item, Data):
            for relocation in item.relocations:
                taken.update([name for name in (relocation.symbol, relocation.minus) if ":" in name])
    if taken:
        for function in module.functions():
            for block in function.blocks:
                block.address_taken = block.address_taken or f"{function.name}:{block.name}" in taken


def _binding(definition: Definition, out: list[Item]) -> None:
    if definition.linkage == WEAK:
        out.append(items.SymbolAttribute(definition.name, items.WEAK))
    elif definition.linkage == GLOBAL:
        out.append(items.SymbolAttribute(definition.name, items.GLOBAL))
    if definition.visibility:
        out.append(items.SymbolAttribute(definition.name, _VISIBILITY[definition.visibility]))


# --- functions ----------------------------------------------------------------------------------------------------


def _function(
    function: Function, mf: MFunction, backend: Backend, out: list[Item], options: EmitOptions
) -> None:
    if function.section:
        out.append(items.Section(function.section, SHF_ALLOC | SHF_EXECINSTR, SHT_PROGBITS))
    elif options.function_sections:
        out.append(items.Section(".text." + function.name, SHF_ALLOC | SHF_EXECINSTR, SHT_PROGBITS))
    else:
        out.append(items.Section(".text"))
    out.append(items.Align(max(FUNCTION_ALIGN, function.align)))
    _binding(function, out)
    out.append(items.SymbolAttribute(function.name, items.FUNCTION))
    out.append(items.LabelItem(function.name))
    wanted = _branch_targets(mf)
    for block in mf.blocks:
        if block.label in wanted or block.address_taken:
            out.append(items.LabelItem(block.label))
        for insn in block.insns:
            _insn(insn, backend, out)
    out.append(items.Size(function.name))
    _tables(function, mf, out, options)
    for attribute in function.attributes:
        _structor(function, attribute, out)


def _tables(function: Function, mf: MFunction, out: list[Item], options: EmitOptions) -> None:
    if not mf.tables:
        return
    section = ".rodata." + function.name if options.function_sections else ".rodata"
    out.append(items.Section(section, SHF_ALLOC, SHT_PROGBITS))
    out.append(items.Align(TABLE_ENTRY, 0))
    for table in mf.tables:
        out.append(items.LabelItem(table.label))
        for target in table.targets:
            out.append(items.Value(TABLE_ENTRY, target.label, 0, table.label))


def _branch_targets(mf: MFunction) -> set[str]:
    wanted: set[str] = {target.label for table in mf.tables for target in table.targets}
    for block in mf.blocks:
        for insn in block.insns:
            for arg in insn.args:
                if isinstance(arg, BlockArg):
                    wanted.add(arg.block.label)
    return wanted


def _insn(insn: MInsn, backend: Backend, out: list[Item]) -> None:
    if insn.insn is None:
        assert insn.role == ASM, "an instruction without a row"
        out.append(items.AsmText(asm_text(insn, backend.target)))
        return
    args: list[Arg] = []
    for arg in insn.args:
        args.append(SymbolArg(arg.block.label) if isinstance(arg, BlockArg) else arg)
    loop = backend.loops.get(insn.insn.key)
    if loop is None:
        out.append(items.InsnItem(insn.insn, args))
    else:
        _loop(loop, insn.insn, args, backend, out)


def _loop(lines: tuple[str, ...], row: Insn, args: list[Arg], backend: Backend, out: list[Item]) -> None:
    """Writes out a row that is a loop: lines of operand names, registers and numbers, `name:` and `:name` for
    labels."""
    serial = str(len(out))
    for line in lines:
        if line.endswith(":"):
            out.append(items.LabelItem(f".L{row.key}.{line[:-1]}{serial}"))
            continue
        key, _, rest = line.partition(" ")
        made: list[Arg] = []
        for word in [part.strip() for part in rest.split(",")]:
            if word[0] == ":":
                made.append(SymbolArg(f".L{row.key}.{word[1:]}{serial}"))
            elif word in backend.target.register_by_name:
                made.append(RegisterArg(backend.target.register(word)))
            else:
                made.append(args[row.operand_index(word)])
        out.append(items.InsnItem(backend.target.insn(key), made))


def _structor(function: Function, attribute: str, out: list[Item]) -> None:
    """constructor(N) and destructor(N): an entry in the array that start-up walks."""
    name, _, rest = attribute.partition("(")
    if name not in ("constructor", "destructor"):
        return
    priority = int(rest[:-1])
    section = ".init_array" if name == "constructor" else ".fini_array"
    if priority != DEFAULT_PRIORITY:
        section += f".{priority:05d}"
    kind = SHT_INIT_ARRAY if name == "constructor" else SHT_FINI_ARRAY
    out.append(items.Section(section, SHF_ALLOC | SHF_WRITE, kind))
    out.append(items.Align(8, 0))
    out.append(items.Value(8, function.name))


# --- data ---------------------------------------------------------------------------------------------------------


def _data(data: Data, out: list[Item], options: EmitOptions) -> None:
    if data.linkage == COMMON:
        out.append(items.Common(data.name, data.size, max(data.align, 1)))
        return
    is_zero = not data.content.strip(b"\0") and not data.relocations
    _data_section(data, is_zero, out, options)
    if data.align > 1:
        out.append(items.Align(data.align, 0))
    _binding(data, out)
    out.append(items.SymbolAttribute(data.name, items.TLS_OBJECT if data.thread_local else items.OBJECT))
    out.append(items.LabelItem(data.name))
    if is_zero:
        out.append(items.Fill(max(data.size, 1) if data.size else 0))
    else:
        _content(data, out)
    out.append(items.Size(data.name, items.Number(data.size)))


def _data_section(data: Data, is_zero: bool, out: list[Item], options: EmitOptions) -> None:
    flags = SHF_ALLOC
    if data.thread_local:
        name = ".tbss" if is_zero else ".tdata"
        flags |= SHF_WRITE | SHF_TLS
    elif data.read_only and not data.relocations:
        name = ".rodata"
        is_zero = False
    elif data.read_only:
        name = ".data.rel.ro"
        flags |= SHF_WRITE
        is_zero = False
    else:
        name = ".bss" if is_zero else ".data"
        flags |= SHF_WRITE
    kind = SHT_NOBITS if is_zero else SHT_PROGBITS
    if data.section:
        name = data.section
        kind = SHT_PROGBITS
        if data.read_only:
            flags &= ~SHF_WRITE
    elif options.data_sections:
        name += "." + data.name
    out.append(items.Section(name, flags, kind))


def _content(data: Data, out: list[Item]) -> None:
    """The bytes with the relocated words between them, and zeros up to the size."""
    position = 0
    for relocation in sorted(data.relocations, key=_offset):
        _bytes(data.content[position : relocation.offset], relocation.offset - position, out)
        out.append(
            items.Value(
                relocation.size, _symbol(relocation.symbol), relocation.addend, _symbol(relocation.minus)
            )
        )
        position = relocation.offset + relocation.size
    _bytes(data.content[position:], data.size - position, out)


def _offset(relocation: DataRelocation) -> int:
    return relocation.offset


def _symbol(name: str) -> str:
    """The assembler's name; `function:block` is a label inside a function."""
    if ":" in name:
        function, _, block = name.partition(":")
        return block_label(function, block)
    return name


def _bytes(content: bytes, size: int, out: list[Item]) -> None:
    if content:
        out.append(items.Data(content))
    if size > len(content):
        out.append(items.Fill(size - len(content)))


def _alias(alias: Alias, out: list[Item]) -> None:
    if alias.linkage != LOCAL:
        _binding(alias, out)
    out.append(items.Set(alias.name, items.Name(alias.target)))
