"""A small hand-written x86 row set for tests: flags, tied, fixed and memory operands in 16, 32 and 64-bit modes."""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import (
    BRANCH,
    FIXED,
    IMMEDIATE,
    LABEL,
    MEMORY,
    REGISTER,
    REGISTER_OR_MEMORY,
    RETURN,
    REX_FORBIDDEN,
    REX_NEEDED,
    TERMINATOR,
    TIED,
    VENDOR,
    Insn,
    Operand,
    Register,
    RegisterClass,
)
from compiler.machine.relocation import (
    ABSOLUTE,
    EITHER,
    NOTHING,
    PC_RELATIVE,
    SIGNED,
    UNSIGNED,
    RelocationKind,
    RelocationTable,
)
from compiler.machine.target import Access, ElfIdentity, Syntax, Target

GPR: Final = RegisterClass("gpr", 64, number=0)
FLAGS: Final = RegisterClass("flags", 64, number=1)
SEGMENT: Final = RegisterClass("segment", 16, number=2)
IP: Final = RegisterClass("ip", 64, number=3)

NAMES: Final = ("ax", "cx", "dx", "bx", "sp", "bp", "si", "di")


def _registers() -> list[Register]:
    registers: list[Register] = []
    for number in range(16):
        old = number < 8
        stem = NAMES[number] if old else f"r{number}"
        full = Register("r" + stem if old else stem, number, GPR, 64, index=number)
        registers.append(full)
        registers.append(Register("e" + stem if old else stem + "d", number, GPR, 32, parent=full))
        registers.append(Register(stem if old else stem + "w", number, GPR, 16, parent=full))
        if number < 4:
            registers.append(Register(stem[0] + "l", number, GPR, 8, parent=full))
            registers.append(Register(stem[0] + "h", number + 4, GPR, 8, parent=full, needs=REX_FORBIDDEN))
        else:
            needs = REX_NEEDED if old else 0
            registers.append(Register(stem + ("l" if old else "b"), number, GPR, 8, parent=full, needs=needs))
    registers.append(Register("flags", 0, FLAGS, 64, index=16))
    registers.append(Register("rip", 0, IP, 64, index=17))
    for number, name in enumerate(("es", "cs", "ss", "ds", "fs", "gs")):
        registers.append(Register(name, number, SEGMENT, 16, index=18 + number))
    return registers


REGISTERS: Final = tuple(_registers())
BY_NAME: Final = {register.name: register for register in REGISTERS}

ADDRESS: Final = {"": "R_X86_64_32S", "rip": "R_X86_64_PC32"}


def r(bits: int) -> Operand:
    return Operand("r", REGISTER, GPR, bits)


def rm(bits: int) -> Operand:
    return Operand("rm", REGISTER_OR_MEMORY, GPR, bits, index_class=GPR, relocations=ADDRESS)


def imm(bits: int, low: int, high: int, relocation: str = "", wraps: int = 0) -> Operand:
    relocations = {"": relocation} if relocation else {}
    return Operand("imm", IMMEDIATE, bits=bits, low=low, high=high, relocations=relocations, wraps=wraps)


def fixed(name: str, operand: str) -> Operand:
    register = BY_NAME[name]
    return Operand(operand, REGISTER, GPR, register.bits, constraint=FIXED, fixed=register)


i8: Final = imm(8, -128, 127)
mem: Final = Operand("m", MEMORY, GPR, index_class=GPR, relocations=ADDRESS)
near: Final = Operand("target", LABEL, low=1, relocations={"": "R_X86_64_PLT32", "plt": "R_X86_64_PLT32"})
short: Final = Operand("target", LABEL, low=1, relocations={"": "R_X86_64_PC8"})
near16: Final = Operand("target", LABEL, low=1, relocations={"": "R_X86_64_PC16"})
SIZES: Final = ((8, "b", "", (16, 32, 64)), (16, "w", "o16", (16, 32, 64)), (32, "l", "o32", (16, 32, 64)),
                (64, "q", "REX.W", (64,)))  # fmt: skip
FULL_LOW: Final = {8: -128, 16: -32768, 32: -(1 << 31), 64: -(1 << 31)}
FULL_HIGH: Final = {8: 255, 16: 65535, 32: (1 << 32) - 1, 64: (1 << 31) - 1}
IMMEDIATE_CODE: Final = {8: "ib", 16: "iw", 32: "id", 64: "id"}


def _row(name: str, key: str, operands: tuple[Operand, ...], encoding: str, writes: str, reads: str, suffix: str,
         modes: tuple[int, ...], flags: int = 0, longer: str = "") -> Insn:  # fmt: skip
    spellings = (name + suffix,) if suffix else ()
    return Insn(
        name,
        operands,
        encoding,
        writes=writes,
        reads=reads,
        modes=modes,
        key=key,
        notation=VENDOR,
        spellings=spellings,
        flags=flags,
        longer=longer,
    )


def _arithmetic(name: str, digit: int, writes: str, reads: str) -> list[Insn]:
    """The eight classic two-operand operations; the r/m operand is tied: read and written."""
    rows: list[Insn] = []
    for bits, suffix, prefix, modes in SIZES:
        wide = 0 if bits == 8 else 1
        first = Operand(
            "rm", REGISTER_OR_MEMORY, GPR, bits, index_class=GPR, relocations=ADDRESS, constraint=TIED, tied="rm"
        )
        accumulator = {8: "al", 16: "ax", 32: "eax", 64: "rax"}[bits]
        full = imm(bits, FULL_LOW[bits], FULL_HIGH[bits], "R_X86_64_32S" if bits == 64 else "")
        if bits > 8:
            rows.append(
                _row(name, f"{name}{bits}.rm.i8", (first, i8), f"{prefix} 83 /{digit} ib", writes, reads, suffix, modes)
            )
        if 8 < bits < 64:  # 65535 is -1 to a word, and as short
            high = imm(8, -128, -1, wraps=bits)
            rows.append(
                _row(
                    name, f"{name}{bits}.rm.u8", (first, high), f"{prefix} 83 /{digit} ib", writes, reads, suffix, modes
                )
            )
        rows.append(
            _row(
                name,
                f"{name}{bits}.a.i",
                (fixed(accumulator, "rm"), full),
                f"{prefix} {digit << 3 | 4 | wide:02X} {IMMEDIATE_CODE[bits]}",
                writes,
                reads,
                suffix,
                modes,
            )
        )
        rows.append(
            _row(
                name,
                f"{name}{bits}.rm.i",
                (first, full),
                f"{prefix} {0x80 | wide:02X} /{digit} {IMMEDIATE_CODE[bits]}",
                writes,
                reads,
                suffix,
                modes,
            )
        )
        rows.append(
            _row(
                name,
                f"{name}{bits}.rm.r",
                (first, r(bits)),
                f"{prefix} {digit << 3 | wide:02X} /r",
                writes,
                reads + " r",
                suffix,
                modes,
            )
        )
        rows.append(
            _row(
                name,
                f"{name}{bits}.r.rm",
                (r(bits), rm(bits)),
                f"{prefix} {digit << 3 | 2 | wide:02X} /r",
                writes.replace("rm", "r"),
                reads + " r",
                suffix,
                modes,
            )
        )
    return rows


def _moves() -> list[Insn]:
    rows: list[Insn] = []
    for bits, suffix, prefix, modes in SIZES:
        wide = 0 if bits == 8 else 1
        full = imm(bits, FULL_LOW[bits], FULL_HIGH[bits], "R_X86_64_32S" if bits == 64 else "")
        rows.append(
            _row(
                "mov",
                f"mov{bits}.rm.r",
                (rm(bits), r(bits)),
                f"{prefix} {0x88 | wide:02X} /r",
                "rm",
                "r",
                suffix,
                modes,
            )
        )
        rows.append(
            _row(
                "mov",
                f"mov{bits}.r.rm",
                (r(bits), rm(bits)),
                f"{prefix} {0x8A | wide:02X} /r",
                "r",
                "rm",
                suffix,
                modes,
            )
        )
        if bits < 64:
            rows.append(
                _row(
                    "mov",
                    f"mov{bits}.r.i",
                    (r(bits), full),
                    f"{prefix} {0xB8 if wide else 0xB0:02X}+r {IMMEDIATE_CODE[bits]}",
                    "r",
                    "",
                    suffix,
                    modes,
                )
            )
        rows.append(
            _row(
                "mov",
                f"mov{bits}.rm.i",
                (rm(bits), full),
                f"{prefix} {0xC6 | wide:02X} /0 {IMMEDIATE_CODE[bits]}",
                "rm",
                "",
                suffix,
                modes,
            )
        )
        if bits > 8:
            rows.append(_row("lea", f"lea{bits}", (r(bits), mem), f"{prefix} 8D /r", "r", "m", suffix, modes))
            rows.append(
                _row("imul", f"imul{bits}", (r(bits), rm(bits)), f"{prefix} 0F AF /r", "r flags", "r rm", suffix, modes)
            )
        rows.append(
            _row(
                "shl",
                f"shl{bits}.cl",
                (rm(bits), fixed("cl", "count")),
                f"{prefix} {0xD2 | wide:02X} /4",
                "rm flags",
                "rm count",
                suffix,
                modes,
            )
        )
        rows.append(
            _row(
                "shl",
                f"shl{bits}.i",
                (rm(bits), imm(8, 0, bits - 1 if bits > 32 else 31)),
                f"{prefix} {0xC0 | wide:02X} /4 ib",
                "rm flags",
                "rm",
                suffix,
                modes,
            )
        )
        rows.append(
            _row("neg", f"neg{bits}", (rm(bits),), f"{prefix} {0xF6 | wide:02X} /3", "rm flags", "rm", suffix, modes)
        )
    movabs = imm(64, -(1 << 63), (1 << 64) - 1, "R_X86_64_64")
    rows.append(_row("movabs", "movabs", (r(64), movabs), "REX.W B8+r iq", "r", "", "q", (64,)))
    rows.append(_row("popcnt", "popcnt32", (r(32), rm(32)), "o32 F3 0F B8 /r", "r flags", "rm", "", (16, 32, 64)))
    return rows


CONDITIONS: Final = ("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g")


def _control() -> list[Insn]:
    rows: list[Insn] = []
    for number, condition in enumerate(CONDITIONS):
        for modes, far, code, mode in (((32, 64), near, "cd", "32"), ((16,), near16, "cw", "16")):
            long = f"j{condition}.near{mode}"
            rows.append(
                _row(
                    "j" + condition,
                    f"j{condition}.short{mode}",
                    (short,),
                    f"{0x70 | number:02X} cb",
                    "",
                    "flags",
                    "",
                    modes,
                    BRANCH,
                    longer=long,
                )
            )
            rows.append(
                _row("j" + condition, long, (far,), f"0F {0x80 | number:02X} {code}", "", "flags", "", modes, BRANCH)
            )
    for modes, far, code, mode in (((32, 64), near, "cd", "32"), ((16,), near16, "cw", "16")):
        rows.append(
            _row(
                "jmp",
                f"jmp.short{mode}",
                (short,),
                "EB cb",
                "",
                "",
                "",
                modes,
                BRANCH | TERMINATOR,
                longer=f"jmp.near{mode}",
            )
        )
        rows.append(_row("jmp", f"jmp.near{mode}", (far,), f"E9 {code}", "", "", "", modes, BRANCH | TERMINATOR))
        rows.append(_row("call", f"call.near{mode}", (far,), f"E8 {code}", "", "", "", modes))
    rows.append(_row("ret", "ret", (), "C3", "", "", "", (16, 32, 64), RETURN | TERMINATOR))
    rows.append(_row("nop", "nop", (), "90", "", "", "", (16, 32, 64)))
    rows.append(_row("push", "push64", (r(64),), "50+r", "", "r", "q", (64,)))
    rows.append(_row("push", "push32", (r(32),), "o32 50+r", "", "r", "l", (16, 32)))
    rows.append(_row("push", "push16", (r(16),), "o16 50+r", "", "r", "w", (16, 32, 64)))
    return rows


RELOCATIONS: Final = RelocationTable((
    RelocationKind("R_X86_64_NONE", 0, NOTHING, ""),
    RelocationKind("R_X86_64_64", 1, ABSOLUTE, "v:64"),
    RelocationKind("R_X86_64_PC32", 2, PC_RELATIVE, "v:32", SIGNED),
    RelocationKind("R_X86_64_PLT32", 4, PC_RELATIVE, "v:32", SIGNED),
    RelocationKind("R_X86_64_32", 10, ABSOLUTE, "v:32", UNSIGNED),
    RelocationKind("R_X86_64_32S", 11, ABSOLUTE, "v:32", SIGNED),
    RelocationKind("R_X86_64_16", 12, ABSOLUTE, "v:16", EITHER),
    RelocationKind("R_X86_64_PC16", 13, PC_RELATIVE, "v:16", SIGNED),
    RelocationKind("R_X86_64_8", 14, ABSOLUTE, "v:8", EITHER),
    RelocationKind("R_X86_64_PC8", 15, PC_RELATIVE, "v:8", SIGNED),
))  # fmt: skip


def make_target(mode: int) -> Target:
    insns = (
        *_arithmetic("add", 0, "rm flags", "rm"), *_arithmetic("sub", 5, "rm flags", "rm"),
        *_arithmetic("and", 4, "rm flags", "rm"), *_arithmetic("cmp", 7, "flags", "rm"), *_moves(), *_control(),
    )  # fmt: skip
    by_key = {insn.key: insn for insn in insns}
    load, store = by_key["mov32.r.rm"], by_key["mov32.rm.r"]
    return Target(
        name=f"x86-{mode}",
        elf=ElfIdentity(machine=62 if mode == 64 else 3, bits=64 if mode == 64 else 32, is_rela=mode == 64),
        syntax=Syntax(register_prefix="%", immediate_prefix="$", reversed_operands=True, word_bytes=2,
                      align_is_power=False, memory="att"),
        classes=(GPR, FLAGS, SEGMENT, IP),
        registers=REGISTERS,
        insns=insns,
        relocations=RELOCATIONS,
        features=frozenset(),
        mode=mode,
        allocation_order=((), (), (), ()),
        callee_saved=((), (), (), ()),
        stack_pointer=BY_NAME["rsp"],
        frame_pointer=BY_NAME["rbp"],
        return_address=None,
        zero=None,
        thread_pointer=None,
        stack_alignment=16,
        accesses=(Access(GPR, 4, load, store),),
        moves=(by_key["mov64.rm.r"],),
        expanders={},
        nops=(b"\x90",),
        dwarf_numbers={},
        jump=by_key["jmp.short32"],
        pointer_bits=64 if mode == 64 else 32,
        data_relocations={"1": "R_X86_64_8", "2": "R_X86_64_16", "4": "R_X86_64_32", "8": "R_X86_64_64",
                          "pcrel4": "R_X86_64_PC32"},
    )  # fmt: skip
