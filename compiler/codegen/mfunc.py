"""Machine functions: instructions over virtual registers in SSA form, as selection makes them and allocation reads
them.

Invariants before allocation: every virtual register has one definition (an instruction's output, a block parameter or
a copy's destination) that dominates its uses; critical edges are split, so a block with several successors passes no
arguments and its successors have one predecessor. Physical registers occur only as fixed arguments, in copies and in an
instruction's implicit reads and writes, and are live only inside one block. Text form: `%v1 = addi %v0, 4`.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import ARG_OTHER, Arg, Insn, Register, RegisterClass, VirtualArg


@final
class SlotArg(Arg):
    """The address of a stack object plus a displacement, resolved by `frame` to a register and an offset."""

    __slots__ = ("slot",)

    def __init__(self, slot: StackSlot) -> None:
        super().__init__(ARG_OTHER)
        self.slot: Final = slot


@final
class BlockArg(Arg):
    """A branch target."""

    __slots__ = ("block",)

    def __init__(self, block: MBlock) -> None:
        super().__init__(ARG_OTHER)
        self.block: Final = block


# Where a stack slot lies.
LOCAL: Final = 0  # in the function's own frame
OUTGOING: Final = 1  # at `offset` from the stack pointer, in the area for stack arguments of calls
INCOMING: Final = 2  # at `offset` from the stack pointer on entry
SPILL: Final = 3  # as LOCAL, for a value the allocator keeps in memory


@final
class StackSlot:
    """`size` and `align` in bytes. `offset` is given for OUTGOING and INCOMING slots and computed by `frame` for
    LOCAL and SPILL."""

    __slots__ = ("align", "kind", "number", "offset", "size")

    def __init__(self, number: int, size: int, align: int, kind: int = LOCAL, offset: int = 0) -> None:
        self.number: Final = number
        self.size = size
        self.align = align
        self.kind: Final = kind
        self.offset = offset


@final
class Piece:
    """A part of an asm template: text, or with `place` >= 0 the argument of that index printed under a modifier."""

    __slots__ = ("modifier", "place", "text")

    def __init__(self, text: str, place: int, modifier: str) -> None:
        self.text: Final = text
        self.place: Final = place
        self.modifier: Final = modifier


# Roles of a machine instruction beyond its row.
PLAIN: Final = 0
COPY: Final = 1  # `copies`: parallel moves; insn is None
CALL_SITE: Final = 2  # a call: `reads` are argument registers, `writes` all registers it may change
ENTRY: Final = 3  # defines `writes` at the function's start (incoming argument registers)
ASM: Final = 4  # inline assembly: `template` with operands in `args`; accesses in `accesses`
PROLOGUE: Final = 5  # where the frame is set up; EPILOGUE: where it is taken down
EPILOGUE: Final = 6


@final
class Copy:
    """One move of a parallel copy; both sides are VirtualArg or RegisterArg of one class, `source` may be a
    rematerialisable
    value's register. All sources are read before any destination is written."""

    __slots__ = ("destination", "source")

    def __init__(self, destination: Arg, source: Arg) -> None:
        self.destination = destination
        self.source = source


@final
class MInsn:
    """One instruction. `reads` and `writes` are physical registers beyond the row's own implicit ones (per
    instance)."""

    __slots__ = (
        "accesses", "args", "busy", "copies", "early", "insn", "loc", "pieces", "reads", "role", "template", "tied",
        "writes",
    )  # fmt: skip

    def __init__(self, insn: Insn | None, args: list[Arg], role: int = PLAIN) -> None:
        self.insn: Final = insn
        self.args: list[Arg] = args
        self.role: Final = role
        self.reads: list[Register] = []
        self.writes: list[Register] = []
        self.copies: list[Copy] = []
        self.accesses: list[int] = insn.accesses if insn is not None else []  # isa.READ | isa.WRITE per argument
        self.early: list[bool] = []  # ASM: output written before inputs are read
        self.tied: list[int] = []  # ASM: index of the output an input shares its register with, or -1
        self.template = ""
        self.pieces: list[Piece] = []  # ASM: the template split at its operands
        self.loc = 0
        self.busy: Register | None = None  # a scratch register that holds a value across this instruction


@final
class MEdge:
    """An edge; `args` are VirtualArgs for the target's parameters."""

    __slots__ = ("args", "target")

    def __init__(self, target: MBlock, args: list[VirtualArg]) -> None:
        self.target = target
        self.args = args


@final
class MBlock:
    """Instructions end with the block's branches (PLAIN rows with a BlockArg, or a return). `frequency` is relative
    to the
    entry's 1.0. `label` is the symbol emitted when the block is a branch target."""

    __slots__ = ("address_taken", "edges", "frequency", "insns", "label", "loop_depth", "number", "parameters")

    def __init__(self, number: int, label: str) -> None:
        self.number = number  # index in MFunction.blocks
        self.label: Final = label
        self.parameters: list[VirtualArg] = []
        self.insns: list[MInsn] = []
        self.edges: list[MEdge] = []
        self.frequency = 1.0
        self.loop_depth = 0
        self.address_taken = False


@final
class JumpTable:
    """Distances from the table to blocks, as 32-bit words in read-only data."""

    __slots__ = ("label", "targets")

    def __init__(self, label: str, targets: list[MBlock]) -> None:
        self.label: Final = label
        self.targets = targets


@final
class VirtualInfo:
    """What is known of a virtual register: its class, the bits of it that count (a spill stores so many), and, when its
    value can be made again anywhere, the instruction that does (row and arguments without the output)."""

    __slots__ = ("bits", "hint", "remat", "remat_args", "virtual")

    def __init__(self, virtual: VirtualArg, bits: int) -> None:
        self.virtual: Final = virtual
        self.bits: Final = bits
        self.remat: Insn | None = None
        self.remat_args: list[Arg] = []  # the arguments, with the output's place taken by the register itself
        self.hint: Register | None = None


@final
class MFunction:
    """A function on its way from selection to emission. blocks[0] is the entry."""

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.blocks: list[MBlock] = []
        self.virtuals: list[VirtualInfo] = []
        self.slots: list[StackSlot] = []
        self.tables: list[JumpTable] = []
        self.outgoing_size = 0  # bytes of stack arguments of the largest call
        self.has_calls = False
        self.has_dynamic_stack = False  # alloca: slots are reached from the frame pointer
        self.needs_frame_pointer = False
        self.used_callee_saved: list[Register] = []  # filled by the allocator
        self.asm_numbers = 0

    def unique_number(self) -> int:
        """For `%=` in asm templates: unique in the function."""
        self.asm_numbers += 1
        return self.asm_numbers

    def new_virtual(self, register_class: RegisterClass, bits: int) -> VirtualArg:
        made = VirtualArg(len(self.virtuals), register_class)
        self.virtuals.append(VirtualInfo(made, bits))
        return made

    def new_slot(self, size: int, align: int, kind: int = LOCAL, offset: int = 0) -> StackSlot:
        made = StackSlot(len(self.slots), size, align, kind, offset)
        self.slots.append(made)
        return made
