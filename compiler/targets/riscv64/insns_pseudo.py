"""Pseudo-instructions of the RISC-V assembler manual, and the long forms of branches.

They expand after allocation. In a template operand names stand for the arguments, `@0` for the address of the first
expanded instruction. A far branch jumps over a jump. A jump has no long form: that would need a scratch register.
"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import (
    ALIAS,
    BRANCH,
    CALL,
    IMMEDIATE,
    INTERNAL,
    LABEL,
    LOAD,
    REGISTER,
    REMATERIALISABLE,
    RETURN,
    STORE,
    TERMINATOR,
    Insn,
    Operand,
)
from compiler.targets.riscv64.operands import (
    LOW_I,
    any_number,
    any_symbol,
    branch_target,
    call_target,
    csr,
    fd,
    fs1,
    fs2,
    i12,
    jump_target,
    load_mem,
    rd,
    rs1,
    rs2,
    shift5,
    shift6,
    tprel_add,
    zimm,
)
from compiler.targets.riscv64.registers import FPR, GPR

far_target: Final = Operand("target", LABEL, low=1, relocations={"": "R_RISCV_JAL"})
temporary: Final = Operand("temporary", REGISTER, GPR, 64)
register: Final = Operand("reg", REGISTER, GPR, 64)
floating: Final = Operand("reg", REGISTER, FPR, 64)
any_offset: Final = Operand("imm", IMMEDIATE, low=-2048, high=2047, relocations=LOW_I)


def _alias(name: str, operands: tuple[Operand, ...], expands: str, **more: str) -> Insn:
    features = more.get("features", "")
    return Insn(name, operands, "", expands=expands, flags=ALIAS, key=more.get("key", name), features=features)


LI: Final = Insn("li", (rd, any_number), "", writes="rd", flags=REMATERIALISABLE)
LA: Final = Insn("la", (rd, any_symbol), "", writes="rd", flags=REMATERIALISABLE,
                 expands="auipc rd, %pcrel_hi(symbol); addi rd, rd, %pcrel_lo(@0)")
LLA: Final = Insn("lla", (rd, any_symbol), "", writes="rd", flags=REMATERIALISABLE,
                  expands="auipc rd, %pcrel_hi(symbol); addi rd, rd, %pcrel_lo(@0)")
LA_GOT: Final = Insn("lga", (rd, any_symbol), "", writes="rd", flags=REMATERIALISABLE,
                     expands="auipc rd, %got_pcrel_hi(symbol); ld rd, %pcrel_lo(@0)(rd)")
LA_TLS_IE: Final = Insn("la.tls.ie", (rd, any_symbol), "", writes="rd",
                        expands="auipc rd, %tls_ie_pcrel_hi(symbol); ld rd, %pcrel_lo(@0)(rd)")
LA_TLS_GD: Final = Insn("la.tls.gd", (rd, any_symbol), "", writes="rd",
                        expands="auipc rd, %tls_gd_pcrel_hi(symbol); addi rd, rd, %pcrel_lo(@0)")
ADD_TPREL: Final = Insn("add", (rd, rs1, rs2, tprel_add), "0000000 rs2:5 rs1:5 000 rd:5 0110011", writes="rd",
                        reads="rs1 rs2", key="add.tprel")
# `call` and `tail` hold one relocation for the pair of instructions.
CALL_FAR: Final = Insn("call", (call_target,),
                       "000000000000 00001 000 00001 1100111 00000000000000000000 00001 0010111", writes="ra",
                       flags=CALL)
CALL_LINK: Final = Insn("call", (rd, call_target),
                        "000000000000 rd:5 000 rd:5 1100111 00000000000000000000 rd:5 0010111",
                        writes="rd", flags=CALL, key="call.link")
TAIL: Final = Insn("tail", (call_target,), "000000000000 00110 000 00000 1100111 00000000000000000000 00110 0010111",
                   writes="t1", flags=TERMINATOR | RETURN)
JUMP_FAR: Final = Insn("jump", (call_target, temporary),
                       "000000000000 temporary:5 000 00000 1100111 00000000000000000000 temporary:5 0010111",
                       writes="temporary", flags=TERMINATOR)

NOP: Final = Insn("nop", (), "", expands="addi zero, zero, 0")
SEXT_W: Final = Insn("sext.w", (rd, rs1), "", writes="rd", reads="rs1", expands="addiw rd, rs1, 0", flags=ALIAS)

_INVERSE: Final = (("beq", "bne"), ("bne", "beq"), ("blt", "bge"), ("bge", "blt"), ("bltu", "bgeu"), ("bgeu", "bltu"))


def _branches() -> list[Insn]:
    rows: list[Insn] = []
    for name, inverse in _INVERSE:
        rows.append(Insn(f"{name}.far", (rs1, rs2, far_target), "", reads="rs1 rs2", flags=BRANCH | INTERNAL,
                         expands=f"{inverse} rs1, rs2, 8; jal zero, target"))
    for name, swapped in (("bgt", "blt"), ("ble", "bge"), ("bgtu", "bltu"), ("bleu", "bgeu")):
        rows.append(_alias(name, (rs1, rs2, branch_target), f"{swapped} rs2, rs1, target"))
    for name, full in (
        ("beqz", "beq rs1, zero"), ("bnez", "bne rs1, zero"), ("bltz", "blt rs1, zero"), ("bgez", "bge rs1, zero"),
        ("blez", "bge zero, rs1"), ("bgtz", "blt zero, rs1"),
    ):  # fmt: skip
        rows.append(_alias(name, (rs1, branch_target), f"{full}, target"))
    return rows


def _immediates() -> list[Insn]:
    """`add a0, a1, 5` for `addi`: binutils takes a number where the register form is named."""
    rows: list[Insn] = []
    for name in ("add", "and", "or", "xor", "slt", "sltu", "addw"):
        full = {"sltu": "sltiu", "addw": "addiw"}.get(name, name + "i")
        rows.append(_alias(name, (rd, rs1, i12), f"{full} rd, rs1, imm", key=name + ".immediate"))
    for name in ("sll", "srl", "sra"):
        rows.append(_alias(name, (rd, rs1, shift6), f"{name}i rd, rs1, shamt", key=name + ".immediate"))
        rows.append(_alias(name + "w", (rd, rs1, shift5), f"{name}iw rd, rs1, shamt", key=name + "w.immediate"))
    return rows


def _csr_rows() -> list[Insn]:
    rows = [
        _alias("csrr", (rd, csr), "csrrs rd, csr, zero", features="zicsr"),
        _alias("csrw", (csr, rs1), "csrrw zero, csr, rs1", features="zicsr"),
        _alias("csrs", (csr, rs1), "csrrs zero, csr, rs1", features="zicsr"),
        _alias("csrc", (csr, rs1), "csrrc zero, csr, rs1", features="zicsr"),
    ]
    for letter in ("w", "s", "c"):
        rows.append(_alias(f"csr{letter}i", (csr, zimm), f"csrr{letter}i zero, csr, zimm", features="zicsr"))
        rows.append(_alias(f"csr{letter}", (csr, zimm), f"csrr{letter}i zero, csr, zimm", key=f"csr{letter}.immediate",
                           features="zicsr"))
        rows.append(_alias(f"csrr{letter}", (rd, csr, zimm), f"csrr{letter}i rd, csr, zimm",
                           key=f"csrr{letter}.immediate", features="zicsr"))
    for name in ("cycle", "time", "instret"):
        rows.append(_alias("rd" + name, (rd,), f"csrrs rd, {name}, zero", features="zicsr"))
    for name, full in (("csr", "fcsr"), ("rm", "frm"), ("flags", "fflags")):
        rows.append(_alias("fr" + name, (rd,), f"csrrs rd, {full}, zero", features="f"))
        rows.append(_alias("fs" + name, (rs1,), f"csrrw zero, {full}, rs1", features="f"))
        rows.append(_alias("fs" + name, (rd, rs1), f"csrrw rd, {full}, rs1", key=f"fs{name}.swap", features="f"))
    for name, full in (("rm", "frm"), ("flags", "fflags")):
        rows.append(_alias(f"fs{name}i", (zimm,), f"csrrwi zero, {full}, zimm", features="f"))
        rows.append(_alias(f"fs{name}i", (rd, zimm), f"csrrwi rd, {full}, zimm", key=f"fs{name}i.swap", features="f"))
    rows.append(_alias("frsr", (rd,), "csrrs rd, fcsr, zero", features="f"))
    rows.append(_alias("fssr", (rs1,), "csrrw zero, fcsr, rs1", features="f"))
    return rows


def _floats() -> list[Insn]:
    rows: list[Insn] = []
    for letter, feature in (("s", "f"), ("d", "d")):
        if letter == "s":
            rows.append(_alias("fmv.s", (fd, fs1), "fsgnj.s fd, fs1, fs1", features=feature))
        rows.append(_alias(f"fneg.{letter}", (fd, fs1), f"fsgnjn.{letter} fd, fs1, fs1", features=feature))
        rows.append(_alias(f"fabs.{letter}", (fd, fs1), f"fsgnjx.{letter} fd, fs1, fs1", features=feature))
        rows.append(_alias(f"fgt.{letter}", (rd, fs1, fs2), f"flt.{letter} rd, fs2, fs1", features=feature))
        rows.append(_alias(f"fge.{letter}", (rd, fs1, fs2), f"fle.{letter} rd, fs2, fs1", features=feature))
    return rows


def _symbolic_memory() -> list[Insn]:
    """`lw a0, symbol` and `sw a0, symbol, t0`."""
    rows: list[Insn] = []
    for name in ("lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"):
        rows.append(Insn(name, (rd, any_symbol), "", writes="rd", reads="memory", flags=LOAD, key=name + ".symbol",
                         expands=f"auipc rd, %pcrel_hi(symbol); {name} rd, %pcrel_lo(@0)(rd)"))
    for name in ("sb", "sh", "sw", "sd"):
        rows.append(Insn(name, (register, any_symbol, temporary), "", writes="temporary", reads="reg", flags=STORE,
                         key=name + ".symbol",
                         expands=f"auipc temporary, %pcrel_hi(symbol); {name} reg, %pcrel_lo(@0)(temporary)"))
    for name in ("flw", "fld"):
        rows.append(Insn(name, (floating, any_symbol, temporary), "", writes="reg temporary", reads="memory",
                         flags=LOAD, key=name + ".symbol", features="f",
                         expands=f"auipc temporary, %pcrel_hi(symbol); {name} reg, %pcrel_lo(@0)(temporary)"))
    for name in ("fsw", "fsd"):
        rows.append(Insn(name, (floating, any_symbol, temporary), "", writes="temporary", reads="reg", flags=STORE,
                         key=name + ".symbol", features="f",
                         expands=f"auipc temporary, %pcrel_hi(symbol); {name} reg, %pcrel_lo(@0)(temporary)"))
    return rows


INSNS: Final = (
    LI, LA, LLA, LA_GOT, LA_TLS_IE, LA_TLS_GD, ADD_TPREL, CALL_FAR, CALL_LINK, TAIL, JUMP_FAR, NOP, SEXT_W,
    _alias("not", (rd, rs1), "xori rd, rs1, -1"),
    _alias("neg", (rd, rs1), "sub rd, zero, rs1"),
    _alias("negw", (rd, rs1), "subw rd, zero, rs1"),
    _alias("seqz", (rd, rs1), "sltiu rd, rs1, 1"),
    _alias("snez", (rd, rs1), "sltu rd, zero, rs1"),
    _alias("sltz", (rd, rs1), "slt rd, rs1, zero"),
    _alias("sgtz", (rd, rs1), "slt rd, zero, rs1"),
    _alias("sgt", (rd, rs1, rs2), "slt rd, rs2, rs1"),
    _alias("sgtu", (rd, rs1, rs2), "sltu rd, rs2, rs1"),
    _alias("zext.b", (rd, rs1), "andi rd, rs1, 255"),
    _alias("sext.b", (rd, rs1), "slli rd, rs1, 56; srai rd, rd, 56"),
    _alias("sext.h", (rd, rs1), "slli rd, rs1, 48; srai rd, rd, 48"),
    _alias("zext.h", (rd, rs1), "slli rd, rs1, 48; srli rd, rd, 48"),
    _alias("zext.w", (rd, rs1), "slli rd, rs1, 32; srli rd, rd, 32"),
    _alias("jal", (jump_target,), "jal ra, target", key="jal.plain"),
    _alias("jalr", (rs1,), "jalr ra, 0(rs1)", key="jalr.plain"),
    _alias("jalr", (load_mem,), "jalr ra, mem", key="jalr.mem"),
    _alias("jalr", (rd, rs1), "jalr rd, 0(rs1)", key="jalr.link"),
    _alias("jalr", (rd, rs1, any_offset), "jalr rd, imm(rs1)", key="jalr.three"),
    _alias("jr", (load_mem,), "jalr zero, mem", key="jr.mem"),
    _alias("jr", (rs1, any_offset), "jalr zero, imm(rs1)", key="jr.two"),
    _alias("sfence.vma", (), "sfence.vma zero, zero", key="sfence.vma.all"),
    _alias("sfence.vma", (rs1,), "sfence.vma rs1, zero", key="sfence.vma.one"),
    *_branches(), *_immediates(), *_csr_rows(), *_floats(), *_symbolic_memory(),
)  # fmt: skip
