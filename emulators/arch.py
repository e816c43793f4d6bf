"""What differs between the emulated machines, as data.

Invariant: the emulator's code compares no machine's name; adding a machine is adding an `Arch` here. Unicorn's
constants are kept by name and resolved in the worker, so that the parent process need not load Unicorn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trap(StrEnum):
    """How a system call reaches a Unicorn hook."""

    INTERRUPT = "interrupt"  # as an interrupt with a number
    INSTRUCTION = "instruction"  # as an instruction hook


# Linux system call numbers that are the same on RISC-V, AArch64 and every later machine (asm-generic/unistd.h).
GENERIC_CALLS: dict[int, str] = {
    17: "getcwd",
    25: "fcntl",
    29: "ioctl",
    48: "faccessat",
    56: "openat",
    57: "close",
    62: "lseek",
    63: "read",
    64: "write",
    66: "writev",
    78: "readlinkat",
    79: "newfstatat",
    80: "fstat",
    93: "exit",
    94: "exit_group",
    96: "set_tid_address",
    98: "futex",
    99: "set_robust_list",
    113: "clock_gettime",
    129: "kill",
    130: "tkill",
    131: "tgkill",
    132: "sigaltstack",
    134: "rt_sigaction",
    135: "rt_sigprocmask",
    160: "uname",
    163: "getrlimit",
    169: "gettimeofday",
    172: "getpid",
    173: "getppid",
    174: "getuid",
    175: "geteuid",
    176: "getgid",
    177: "getegid",
    178: "gettid",
    214: "brk",
    215: "munmap",
    216: "mremap",
    222: "mmap",
    226: "mprotect",
    233: "madvise",
    261: "prlimit64",
    278: "getrandom",
    293: "rseq",
}

X86_64_CALLS: dict[int, str] = {
    0: "read",
    1: "write",
    3: "close",
    5: "fstat",
    8: "lseek",
    9: "mmap",
    10: "mprotect",
    11: "munmap",
    12: "brk",
    13: "rt_sigaction",
    14: "rt_sigprocmask",
    16: "ioctl",
    20: "writev",
    25: "mremap",
    28: "madvise",
    39: "getpid",
    60: "exit",
    62: "kill",
    63: "uname",
    72: "fcntl",
    79: "getcwd",
    89: "readlink",
    96: "gettimeofday",
    97: "getrlimit",
    102: "getuid",
    104: "getgid",
    107: "geteuid",
    108: "getegid",
    131: "sigaltstack",
    158: "arch_prctl",
    186: "gettid",
    200: "tkill",
    202: "futex",
    218: "set_tid_address",
    228: "clock_gettime",
    231: "exit_group",
    234: "tgkill",
    257: "openat",
    262: "newfstatat",
    267: "readlinkat",
    269: "faccessat",
    273: "set_robust_list",
    302: "prlimit64",
    318: "getrandom",
    334: "rseq",
}


@dataclass(frozen=True, slots=True)
class Arch:
    """One emulated machine. Register names are Unicorn's, without their `UC_..._REG_` prefix."""

    name: str  # the suite's target name
    elf_machine: str  # e_machine, as pyelftools spells it
    unicorn_arch: str  # UC_ARCH_...
    unicorn_mode: str  # UC_MODE_...
    constants: str  # the module of unicorn with the register constants
    prefix: str  # of those constants
    pc: str
    sp: str
    call_number: str
    call_arguments: tuple[str, ...]
    call_result: str
    trap: Trap
    trap_number: int  # for Trap.INTERRUPT
    calls: dict[int, str]
    stat_layout: str  # struct.pack format of struct stat: see `syscalls.stat_bytes`
    qemu_user: str
    thread_pointer: str  # written by arch_prctl; empty where programs set it themselves
    setup: tuple[tuple[str, int], ...] = ()  # registers written before the start
    interrupts: tuple[tuple[int, str], ...] = ()  # what other interrupt numbers mean
    shortest_insn: int = 0  # bytes; 2: others have 4, and the low two bits tell; 4: all have; 0: of any length


RISCV64 = Arch(
    name="riscv64",
    elf_machine="EM_RISCV",
    unicorn_arch="UC_ARCH_RISCV",
    unicorn_mode="UC_MODE_RISCV64",
    constants="riscv_const",
    prefix="UC_RISCV_REG_",
    pc="PC",
    sp="SP",
    call_number="A7",
    call_arguments=("A0", "A1", "A2", "A3", "A4", "A5"),
    call_result="A0",
    trap=Trap.INTERRUPT,
    trap_number=8,  # privileged specification, mcause: environment call from U-mode
    calls=GENERIC_CALLS,
    stat_layout="generic",
    qemu_user="qemu-riscv64",
    shortest_insn=2,
    thread_pointer="",
    setup=(("MSTATUS", 0x6000),),  # FS = dirty: floating point on
    interrupts=(
        (0, "instruction address misaligned"),
        (1, "instruction access fault"),
        (2, "illegal instruction"),
        (3, "breakpoint"),
        (4, "load address misaligned"),
        (5, "load access fault"),
        (6, "store address misaligned"),
        (7, "store access fault"),
        (12, "instruction page fault"),
        (13, "load page fault"),
        (15, "store page fault"),
    ),
)

AARCH64 = Arch(
    name="aarch64",
    elf_machine="EM_AARCH64",
    unicorn_arch="UC_ARCH_ARM64",
    unicorn_mode="UC_MODE_ARM",
    constants="arm64_const",
    prefix="UC_ARM64_REG_",
    pc="PC",
    sp="SP",
    call_number="X8",
    call_arguments=("X0", "X1", "X2", "X3", "X4", "X5"),
    call_result="X0",
    trap=Trap.INTERRUPT,
    trap_number=2,
    calls=GENERIC_CALLS,
    stat_layout="generic",
    qemu_user="qemu-aarch64",
    shortest_insn=4,
    thread_pointer="",
    interrupts=((1, "undefined instruction"), (3, "instruction abort"), (4, "data abort"), (7, "breakpoint")),
)

X86_64 = Arch(
    name="x86_64",
    elf_machine="EM_X86_64",
    unicorn_arch="UC_ARCH_X86",
    unicorn_mode="UC_MODE_64",
    constants="x86_const",
    prefix="UC_X86_REG_",
    pc="RIP",
    sp="RSP",
    call_number="RAX",
    call_arguments=("RDI", "RSI", "RDX", "R10", "R8", "R9"),
    call_result="RAX",
    trap=Trap.INSTRUCTION,
    trap_number=0,
    calls=X86_64_CALLS,
    stat_layout="x86_64",
    qemu_user="qemu-x86_64",
    thread_pointer="FS_BASE",
    interrupts=((0, "division error"), (3, "breakpoint"), (6, "undefined instruction"), (13, "general protection")),
)

ARCHES: dict[str, Arch] = {arch.name: arch for arch in (RISCV64, AARCH64, X86_64)}
