"""The record a target hands to code generation: its rows, its selection rules and its convention, all data."""

from __future__ import annotations

from typing import Final, final

from compiler.codegen.selection import Select
from compiler.ir.types import Type, integer
from compiler.machine.isa import Insn, Register
from compiler.machine.target import Target
from compiler.platform.classify import Abi


@final
class Backend:
    """`scratch` are general registers the allocator never gives away: for parallel copies, far offsets and long forms.

    `inverse` maps a conditional branch row's key to the row that branches in the opposite case. `address_of` is the row
    that makes a symbol's address, `constant` the one that makes any integer, `add_immediate` adds a number that its
    operand
    accepts, `add` two registers, `jump` goes to a block, `call`/`call_indirect`/`ret` are the rows of calls.
    `float_from_bits` gives, by width, the row from a general to a float register; `bits_from_float` moves a whole
    one back.
    `atomic_rows`: keys of rows by operation and width (`add32`, `cmpxchg64`). `equal_rows`: exclusive or, and a
    comparison of
    the difference with 1. `unaligned`: accesses need no alignment.
    """

    def __init__(
        self,
        target: Target,
        abi: Abi,
        rules: tuple[Select, ...],
        scratch: tuple[Register, ...],
        caller_saved: tuple[Register, ...],
        inverse: dict[str, str],
        address_of: Insn,
        thread_address_of: tuple[str, ...],
        constant: Insn,
        add_immediate: Insn,
        add: Insn,
        subtract: Insn,
        align_down: Insn,
        jump: Insn,
        jump_indirect: Insn,
        call: Insn,
        call_indirect: Insn,
        ret: Insn,
        trap: Insn,
        float_from_bits: dict[int, Insn],
        bits_from_float: Insn,
        atomic_rows: dict[str, str],
        equal_rows: tuple[Insn, Insn],
        base_pointer: Register,
        mask: Insn,
        unaligned: bool,
        asm_constraints: dict[str, tuple[int, int, int]],
        loops: dict[str, tuple[str, ...]],
    ) -> None:
        self.target: Final = target
        self.abi: Final = abi
        self.rules: Final = rules
        self.scratch: Final = scratch
        self.caller_saved: Final = caller_saved
        self.inverse: Final = inverse
        self.address_of: Final = address_of
        self.thread_address_of: Final = thread_address_of  # a template over $d and $s, as selection rules have it
        self.constant: Final = constant
        self.add_immediate: Final = add_immediate
        self.add: Final = add
        self.subtract: Final = subtract
        self.align_down: Final = align_down
        self.jump: Final = jump
        self.jump_indirect: Final = jump_indirect
        self.call: Final = call
        self.call_indirect: Final = call_indirect
        self.ret: Final = ret
        self.trap: Final = trap
        self.float_from_bits: Final = float_from_bits
        self.bits_from_float: Final = bits_from_float
        self.atomic_rows: Final = atomic_rows
        self.equal_rows: Final = equal_rows
        self.base_pointer: Final = base_pointer  # callee-saved; the allocator loses it where frames need it
        self.mask: Final = mask  # and of two registers
        self.unaligned: Final = unaligned
        self.asm_constraints: Final = asm_constraints  # letter -> (kind, lowest, highest), see `inline_asm`
        self.loops: Final = loops  # rows that are written out as loops, see `emit`
        self.word: Final[Type] = integer(target.pointer_bits)
