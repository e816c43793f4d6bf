"""RISC-V registers with ABI names and DWARF numbers (psABI, "Register Convention"); control and status registers."""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import Register, RegisterClass

GPR: Final = RegisterClass("gpr", 64, number=0)
FPR: Final = RegisterClass("fpr", 64, is_float=True, number=1)

GPR_NAMES: Final = (
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
)  # fmt: skip
FPR_NAMES: Final = (
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
)  # fmt: skip


def _gprs() -> tuple[Register, ...]:
    return tuple([
        Register(name, number, GPR, 64, names=(f"x{number}", "fp") if number == 8 else (f"x{number}",), index=number)
        for number, name in enumerate(GPR_NAMES)
    ])


def _fprs() -> tuple[Register, ...]:
    return tuple([
        Register(name, number, FPR, 64, names=(f"f{number}",), index=32 + number)
        for number, name in enumerate(FPR_NAMES)
    ])


GPRS: Final = _gprs()
FPRS: Final = _fprs()
ZERO: Final = GPRS[0]
RA: Final = GPRS[1]
SP: Final = GPRS[2]
GP: Final = GPRS[3]
TP: Final = GPRS[4]
T0: Final = GPRS[5]
T1: Final = GPRS[6]
S0: Final = GPRS[8]
A0: Final = GPRS[10]

CALLEE_SAVED_GPRS: Final = tuple([GPRS[number] for number in (8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)])
CALLEE_SAVED_FPRS: Final = tuple([FPRS[number] for number in (8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)])
# Argument registers from the last to the first, then temporaries, then what a prologue would have to save. t0 and t1
# stay out: they serve parallel copies, far addresses and the long forms of pseudo-instructions.
ALLOCATABLE_GPRS: Final = tuple([
    GPRS[number] for number in (15, 14, 13, 12, 11, 10, 16, 17, 7, 28, 29, 30, 31, 8, 9, *range(18, 28))
])
ALLOCATABLE_FPRS: Final = tuple([
    FPRS[number] for number in (15, 14, 13, 12, 11, 10, 16, 17, *range(8), 28, 29, 30, 31, 8, 9, *range(18, 28))
])

DWARF_NUMBERS: Final[dict[str, int]] = {register.name: register.index for register in GPRS + FPRS}


def _csrs() -> dict[str, int]:
    csrs = {
        "fflags": 0x001, "frm": 0x002, "fcsr": 0x003, "seed": 0x015, "cycle": 0xC00, "time": 0xC01, "instret": 0xC02,
        "sstatus": 0x100, "sie": 0x104, "stvec": 0x105, "scounteren": 0x106, "senvcfg": 0x10A, "sscratch": 0x140,
        "sepc": 0x141, "scause": 0x142, "stval": 0x143, "sip": 0x144, "satp": 0x180, "scontext": 0x5A8,
        "hstatus": 0x600, "hedeleg": 0x602, "hideleg": 0x603, "hie": 0x604, "htimedelta": 0x605, "hcounteren": 0x606,
        "hgeie": 0x607, "henvcfg": 0x60A, "htval": 0x643, "hip": 0x644, "hvip": 0x645, "htinst": 0x64A,
        "hgatp": 0x680, "hgeip": 0xE12, "vsstatus": 0x200, "vsie": 0x204, "vstvec": 0x205, "vsscratch": 0x240,
        "vsepc": 0x241, "vscause": 0x242, "vstval": 0x243, "vsip": 0x244, "vsatp": 0x280,
        "mvendorid": 0xF11, "marchid": 0xF12, "mimpid": 0xF13, "mhartid": 0xF14, "mconfigptr": 0xF15,
        "mstatus": 0x300, "misa": 0x301, "medeleg": 0x302, "mideleg": 0x303, "mie": 0x304, "mtvec": 0x305,
        "mcounteren": 0x306, "menvcfg": 0x30A, "mcountinhibit": 0x320, "mscratch": 0x340, "mepc": 0x341,
        "mcause": 0x342, "mtval": 0x343, "mip": 0x344, "mtinst": 0x34A, "mtval2": 0x34B, "mseccfg": 0x747,
        "mcycle": 0xB00, "minstret": 0xB02, "tselect": 0x7A0, "tdata1": 0x7A1, "tdata2": 0x7A2, "tdata3": 0x7A3,
        "dcsr": 0x7B0, "dpc": 0x7B1, "dscratch0": 0x7B2, "dscratch1": 0x7B3, "stimecmp": 0x14D,
    }  # fmt: skip
    for number in range(3, 32):
        csrs[f"hpmcounter{number}"] = 0xC00 + number
        csrs[f"mhpmcounter{number}"] = 0xB00 + number
        csrs[f"mhpmevent{number}"] = 0x320 + number
    for number in range(0, 16, 2):
        csrs[f"pmpcfg{number}"] = 0x3A0 + number
    for number in range(64):
        csrs[f"pmpaddr{number}"] = 0x3B0 + number
    return csrs


CSRS: Final = _csrs()
