"""The Target record of RISC-V 64, rv64imafdc with lp64d. (RISC-V ELF psABI)"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import Insn
from compiler.machine.target import Access, ElfIdentity, FrameIdentity, Syntax, Target
from compiler.targets.riscv64 import (
    insns_atomic,
    insns_compressed,
    insns_float,
    insns_integer,
    insns_multiply,
    insns_pseudo,
)
from compiler.targets.riscv64.encoding import ArchitectureReader, LoadImmediate
from compiler.targets.riscv64.registers import (
    ALLOCATABLE_FPRS,
    ALLOCATABLE_GPRS,
    CALLEE_SAVED_FPRS,
    CALLEE_SAVED_GPRS,
    DWARF_NUMBERS,
    FPR,
    FPRS,
    GPR,
    GPRS,
    RA,
    S0,
    SP,
    TP,
    ZERO,
)
from compiler.targets.riscv64.relocations import DATA_RELOCATIONS, RELOCATIONS

EM_RISCV: Final = 243
EF_RVC: Final = 1
EF_FLOAT_ABI_DOUBLE: Final = 4

FLOAT_BY_NAME: Final = {insn.key: insn for insn in insns_float.INSNS}

# `pause` and `zihintpause`, `zicsr` and `zifencei` are part of what binutils assumes for rv64g.
FEATURES: Final = frozenset(("i", "m", "a", "f", "d", "zicsr", "zifencei"))


def make_target(features: frozenset[str] = FEATURES, instead: tuple[Insn, ...] = ()) -> Target:
    """A fresh record. `features` with "c" lets the assembler compress. Rows of `instead` stand in for those with their
    keys: how a checker is shown a wrong table."""
    insns = (
        *insns_integer.INSNS,
        *insns_multiply.INSNS,
        *insns_atomic.INSNS,
        *insns_float.INSNS,
        *insns_compressed.INSNS,
        *insns_pseudo.INSNS,
    )
    for row in instead:
        insns = tuple([row if insn.key == row.key else insn for insn in insns])
    return Target(
        name="riscv64",
        elf=ElfIdentity(
            machine=EM_RISCV,
            bits=64,
            is_rela=True,
            flags=EF_FLOAT_ABI_DOUBLE,
            feature_flags={"c": EF_RVC},
            base_address=0x10000,
            dynamic_thread_offset=0x800,
            local_symbol_prefix=".L",
            attributes_vendor="riscv",
        ),
        syntax=Syntax(comment="#"),
        classes=(GPR, FPR),
        registers=GPRS + FPRS,
        insns=insns,
        relocations=RELOCATIONS,
        features=features,
        mode=64,
        allocation_order=(ALLOCATABLE_GPRS, ALLOCATABLE_FPRS),
        callee_saved=(CALLEE_SAVED_GPRS, CALLEE_SAVED_FPRS),
        stack_pointer=SP,
        frame_pointer=S0,
        return_address=RA,
        zero=ZERO,
        thread_pointer=TP,
        stack_alignment=16,
        accesses=(
            Access(GPR, 1, insns_integer.LB, insns_integer.SB, insns_integer.LBU),
            Access(GPR, 2, insns_integer.LH, insns_integer.SH, insns_integer.LHU),
            Access(GPR, 4, insns_integer.LW, insns_integer.SW, insns_integer.LWU),
            Access(GPR, 8, insns_integer.LD, insns_integer.SD),
            Access(FPR, 4, FLOAT_BY_NAME["flw"], FLOAT_BY_NAME["fsw"]),
            Access(FPR, 8, FLOAT_BY_NAME["fld"], FLOAT_BY_NAME["fsd"]),
        ),
        moves=(insns_integer.MV, insns_float.FMV_D),
        expanders={"li": LoadImmediate()},
        nops=(b"\x13\x00\x00\x00", b"\x01\x00"),
        dwarf_numbers=DWARF_NUMBERS,
        jump=insns_integer.J,
        data_relocations=DATA_RELOCATIONS,
        frame=FrameIdentity(return_column=1, code_factor=1, data_factor=-4, cfa_register=2, cfa_offset=0),
        feature_reader=ArchitectureReader(),
        attribute_tags={"stack_align": 4, "arch": 5, "unaligned_access": 6, "priv_spec": 8},
    )


TARGET: Final = make_target()
