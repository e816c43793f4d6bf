"""The Target record: everything in which one instruction set differs from another, as data.

Invariant: all shared code (allocator, frame layout, assembler, linker) reads this record and never asks for a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from compiler.machine.expansion import Expander, Expansions
from compiler.machine.isa import Insn, Register, RegisterClass

if TYPE_CHECKING:
    from compiler.machine.relocation import RelocationKind, RelocationTable


class FeatureReader:
    """Reads an architecture string (`rv64gc`) as the set of features it stands for."""

    def read(self, text: str) -> frozenset[str] | None:
        raise NotImplementedError


@final
class FrameIdentity:
    """What call-frame information needs: DWARF's return column, factors, and the rules at a function's entry."""

    def __init__(
        self, return_column: int, code_factor: int, data_factor: int, cfa_register: int, cfa_offset: int,
        return_offset: int | None = None,
    ) -> None:  # fmt: skip
        self.return_column: Final = return_column
        self.code_factor: Final = code_factor
        self.data_factor: Final = data_factor
        self.cfa_register: Final = cfa_register
        self.cfa_offset: Final = cfa_offset
        self.return_offset: Final = return_offset  # where the return address was pushed, None if in a register


@final
class Access:
    """How values of one register class and width are loaded, stored and moved. A row takes (register, memory)."""

    def __init__(
        self, register_class: RegisterClass, bytes: int, load: Insn, store: Insn, load_unsigned: Insn | None = None
    ) -> None:
        self.register_class: Final = register_class
        self.bytes: Final = bytes
        self.load: Final = load  # sign-extends integers
        self.store: Final = store
        self.load_unsigned: Final = load_unsigned


@final
class ElfIdentity:
    """What the ELF header and symbol conventions say of a target.

    `flags` is e_flags, to which each feature in use adds its own. The thread pointer stands `thread_offset` bytes
    behind the start of the thread-local block (variant 1), or `thread_at_end`: at its end (variant 2). Symbols that
    begin with `local_symbol_prefix` stay out of the symbol table where nothing refers to them.
    """

    def __init__(
        self,
        machine: int,
        bits: int,
        is_rela: bool,
        flags: int = 0,
        feature_flags: dict[str, int] | None = None,
        page_size: int = 4096,
        base_address: int = 0x400000,
        thread_offset: int = 0,
        thread_at_end: bool = False,
        dynamic_thread_offset: int = 0,
        local_symbol_prefix: str = ".L",
        attributes_vendor: str = "",
    ) -> None:
        self.machine: Final = machine
        self.bits: Final = bits
        self.is_rela: Final = is_rela
        self.flags: Final = flags
        self.feature_flags: Final[dict[str, int]] = feature_flags if feature_flags is not None else {}
        self.page_size: Final = page_size
        self.base_address: Final = base_address
        self.thread_offset: Final = thread_offset
        self.thread_at_end: Final = thread_at_end
        self.dynamic_thread_offset: Final = dynamic_thread_offset  # subtracted from offsets that __tls_get_addr takes
        self.local_symbol_prefix: Final = local_symbol_prefix
        self.attributes_vendor: Final = attributes_vendor  # of the build-attributes section


@final
class Syntax:
    """Lexical habits of a target's assembly text."""

    def __init__(
        self,
        comment: str = "#",
        register_prefix: str = "",
        immediate_prefix: str = "",
        reversed_operands: bool = False,
        separator: str = ";",
        word_bytes: int = 4,
        align_is_power: bool = True,
        memory: str = "base",
    ) -> None:
        self.comment: Final = comment
        self.register_prefix: Final = register_prefix
        self.immediate_prefix: Final = immediate_prefix
        self.reversed_operands: Final = reversed_operands  # AT&T order: destination last
        self.separator: Final = separator
        self.word_bytes: Final = word_bytes  # of `.word`
        self.align_is_power: Final = align_is_power  # `.align 3` is 8 bytes
        self.memory: Final = memory


@final
class Target:
    """Made once per instruction set and mode by its package under `targets`; immutable afterwards.

    `insns` in table order: the parser tries the rows of a mnemonic in this order, the decoder too.
    `allocation_order` and `callee_saved` are by class number. `features` are on by default. `nops` are encodings that
    fill code, longest first. `select_rules`, `peephole_rules` and the rows codegen inserts are set by the package.
    """

    def __init__(
        self,
        name: str,
        elf: ElfIdentity,
        syntax: Syntax,
        classes: tuple[RegisterClass, ...],
        registers: tuple[Register, ...],
        insns: tuple[Insn, ...],
        relocations: RelocationTable,
        features: frozenset[str],
        mode: int,
        allocation_order: tuple[tuple[Register, ...], ...],
        callee_saved: tuple[tuple[Register, ...], ...],
        stack_pointer: Register,
        frame_pointer: Register,
        return_address: Register | None,
        zero: Register | None,
        thread_pointer: Register | None,
        stack_alignment: int,
        accesses: tuple[Access, ...],
        moves: tuple[Insn, ...],
        expanders: dict[str, Expander],
        nops: tuple[bytes, ...],
        dwarf_numbers: dict[str, int],
        jump: Insn,
        big_endian: bool = False,
        pointer_bits: int = 64,
        data_relocations: dict[str, str] | None = None,
        frame: FrameIdentity | None = None,
        feature_reader: FeatureReader | None = None,
        attribute_tags: dict[str, int] | None = None,
    ) -> None:
        self.name: Final = name
        self.elf: Final = elf
        self.syntax: Final = syntax
        self.classes: Final = classes
        self.registers: Final = registers
        self.insns: Final = insns
        self.relocations: Final = relocations
        self.features: Final = features
        self.mode: Final = mode
        self.allocation_order: Final = allocation_order
        self.callee_saved: Final = callee_saved
        self.stack_pointer: Final = stack_pointer
        self.frame_pointer: Final = frame_pointer
        self.return_address: Final = return_address
        self.zero: Final = zero
        self.thread_pointer: Final = thread_pointer
        self.stack_alignment: Final = stack_alignment
        self.accesses: Final = accesses
        self.moves: Final = moves  # by class number: (destination, source)
        self.expanders: Final = expanders
        self.nops: Final = nops
        self.dwarf_numbers: Final = dwarf_numbers
        self.jump: Final = jump
        self.big_endian: Final = big_endian
        self.pointer_bits: Final = pointer_bits
        # "8", "32", "add32", "sub32", "set6", "uleb" ... -> relocation names for data and label differences
        self.data_relocations: Final[dict[str, str]] = data_relocations if data_relocations is not None else {}
        self.frame: Final = frame
        self.feature_reader: Final = feature_reader
        self.attribute_tags: Final[dict[str, int]] = attribute_tags if attribute_tags is not None else {}
        self.register_by_name: Final[dict[str, Register]] = {}
        self.by_mnemonic: Final[dict[str, list[Insn]]] = {}
        self.by_key: Final[dict[str, Insn]] = {}
        self._index()
        self.expansions: Final = Expansions(insns, self.by_mnemonic, self.register_by_name, expanders)

    def _index(self) -> None:
        for register in self.registers:
            for name in (register.name, *register.names):
                assert name not in self.register_by_name, name
                self.register_by_name[name] = register
        for number, insn in enumerate(self.insns):
            assert insn.key not in self.by_key, f"two rows with the key '{insn.key}'"
            insn.number = number
            self.by_key[insn.key] = insn
            for name in (insn.name, *insn.spellings):
                self.by_mnemonic.setdefault(name, []).append(insn)
            insn.implicit_reads = self._implicit(insn, insn.read_names)
            insn.implicit_writes = self._implicit(insn, insn.write_names)
        for insn in self.insns:
            assert not insn.longer or insn.longer in self.by_key, insn.key
            for operand in insn.operands:
                for relocation in operand.relocations.values():
                    assert relocation in self.relocations.by_name, f"{insn.key}: {relocation}"

    def _implicit(self, insn: Insn, names: tuple[str, ...]) -> list[Register]:
        operands = [operand.name for operand in insn.operands]
        found: list[Register] = []
        for name in names:
            if name != "memory" and name not in operands:
                assert name in self.register_by_name, f"{insn.key}: '{name}' is neither operand nor register"
                found.append(self.register_by_name[name])
        return found

    def insn(self, key: str) -> Insn:
        """The row with this key; a missing one is an internal error."""
        return self.by_key[key]

    def register(self, name: str) -> Register:
        return self.register_by_name[name]

    def relocation(self, name: str) -> RelocationKind:
        return self.relocations.by_name[name]
