"""The C extension. `same_as` names the 32-bit instruction each row abbreviates; the assembler matches it backwards.

(The RISC-V Instruction Set Manual, volume I, chapter "C" Standard Extension)
"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import (
    BRANCH,
    CALL,
    FIXED,
    IMMEDIATE,
    INDIRECT,
    LABEL,
    LOAD,
    MEMORY,
    MOVE,
    REGISTER,
    RETURN,
    SIDE_EFFECT,
    STORE,
    TERMINATOR,
    Insn,
    Operand,
)
from compiler.targets.riscv64.registers import FPR, GPR, RA, SP

LOW: Final = tuple(range(8, 16))  # the registers that three bits can name
NOT_ZERO: Final = tuple(range(1, 32))
NOT_ZERO_OR_SP: Final = (1, *range(3, 32))

rdl: Final = Operand("rd", REGISTER, GPR, 64, registers=LOW)
rs1l: Final = Operand("rs1", REGISTER, GPR, 64, registers=LOW)
rs2l: Final = Operand("rs2", REGISTER, GPR, 64, registers=LOW)
fdl: Final = Operand("fd", REGISTER, FPR, 64, registers=LOW)
fs2l: Final = Operand("fs2", REGISTER, FPR, 64, registers=LOW)
rdn: Final = Operand("rd", REGISTER, GPR, 64, registers=NOT_ZERO)
rs1n: Final = Operand("rs1", REGISTER, GPR, 64, registers=NOT_ZERO)
rs2n: Final = Operand("rs2", REGISTER, GPR, 64, registers=NOT_ZERO)
rs2: Final = Operand("rs2", REGISTER, GPR, 64)
fd: Final = Operand("fd", REGISTER, FPR, 64)
fs2: Final = Operand("fs2", REGISTER, FPR, 64)
rd_lui: Final = Operand("rd", REGISTER, GPR, 64, registers=NOT_ZERO_OR_SP)
ra: Final = Operand("ra", REGISTER, GPR, 64, constraint=FIXED, fixed=RA)
sp: Final = Operand("sp", REGISTER, GPR, 64, constraint=FIXED, fixed=SP)

imm6: Final = Operand("imm", IMMEDIATE, bits=6, low=-32, high=31)
imm6_not_zero: Final = Operand("imm", IMMEDIATE, bits=6, low=-32, high=31, excluded=(0,))
imm_lui: Final = Operand("imm", IMMEDIATE, bits=6, low=-32, high=31, excluded=(0,), wraps=20)
imm_sp: Final = Operand("imm", IMMEDIATE, bits=10, low=-512, high=496, multiple=16, excluded=(0,))
imm_4spn: Final = Operand("imm", IMMEDIATE, bits=10, low=4, high=1020, multiple=4)
shamt: Final = Operand("shamt", IMMEDIATE, bits=6, low=1, high=63)
cb_target: Final = Operand(
    "target", LABEL, low=-256, high=254, multiple=2, relocations={"": "R_RISCV_RVC_BRANCH"}
)
cj_target: Final = Operand(
    "target", LABEL, low=-2048, high=2046, multiple=2, relocations={"": "R_RISCV_RVC_JUMP"}
)
mem_w: Final = Operand("mem", MEMORY, GPR, low=0, high=124, multiple=4, registers=LOW)
mem_d: Final = Operand("mem", MEMORY, GPR, low=0, high=248, multiple=8, registers=LOW)
sp_w: Final = Operand("mem", MEMORY, GPR, low=0, high=252, multiple=4, registers=(2,))
sp_d: Final = Operand("mem", MEMORY, GPR, low=0, high=504, multiple=8, registers=(2,))


def _row(
    name: str, operands: tuple[Operand, ...], encoding: str, same_as: str, writes: str = "", reads: str = "",
    flags: int = 0, features: str = "c", access: int = 0, key: str = "",
) -> Insn:  # fmt: skip
    return Insn(name, operands, encoding, writes=writes, reads=reads, flags=flags, features=features, same_as=same_as,
                access=access, key=key)


INSNS: Final = (
    _row("c.unimp", (), "0000000000000000", "", flags=SIDE_EFFECT | TERMINATOR),
    _row("c.addi4spn", (rdl, sp, imm_4spn), "000 imm[5:4|9:6|2|3] rd:3 00", "addi rd, sp, imm", "rd", "sp"),
    _row("c.fld", (fdl, mem_d), "001 mem[5:3] mem.base:3 mem[7:6] fd:3 00", "fld fd, mem", "fd", "mem", LOAD, "c d", 8),
    _row("c.lw", (rdl, mem_w), "010 mem[5:3] mem.base:3 mem[2|6] rd:3 00", "lw rd, mem", "rd", "mem", LOAD, access=4),
    _row("c.ld", (rdl, mem_d), "011 mem[5:3] mem.base:3 mem[7:6] rd:3 00", "ld rd, mem", "rd", "mem", LOAD, access=8),
    _row("c.fsd", (fs2l, mem_d), "101 mem[5:3] mem.base:3 mem[7:6] fs2:3 00", "fsd fs2, mem", "", "fs2 mem", STORE,
         "c d", 8),
    _row("c.sw", (rs2l, mem_w), "110 mem[5:3] mem.base:3 mem[2|6] rs2:3 00", "sw rs2, mem", "", "rs2 mem", STORE,
         access=4),
    _row("c.sd", (rs2l, mem_d), "111 mem[5:3] mem.base:3 mem[7:6] rs2:3 00", "sd rs2, mem", "", "rs2 mem", STORE,
         access=8),
    _row("c.nop", (), "0000000000000001", "addi zero, zero, 0"),
    _row("c.addi", (rdn, imm6_not_zero), "000 imm[5] rd:5 imm[4:0] 01", "addi rd, rd, imm", "rd", "rd"),
    _row("c.addiw", (rdn, imm6), "001 imm[5] rd:5 imm[4:0] 01", "addiw rd, rd, imm", "rd", "rd"),
    _row("c.li", (rdn, imm6), "010 imm[5] rd:5 imm[4:0] 01", "addi rd, zero, imm", "rd"),
    _row("c.addi16sp", (sp, imm_sp), "011 imm[9] 00010 imm[4|6|8:7|5] 01", "addi sp, sp, imm", "sp", "sp"),
    _row("c.lui", (rd_lui, imm_lui), "011 imm[5] rd:5 imm[4:0] 01", "lui rd, imm", "rd"),
    _row("c.srli", (rdl, shamt), "100 shamt[5] 00 rd:3 shamt[4:0] 01", "srli rd, rd, shamt", "rd", "rd"),
    _row("c.srai", (rdl, shamt), "100 shamt[5] 01 rd:3 shamt[4:0] 01", "srai rd, rd, shamt", "rd", "rd"),
    _row("c.andi", (rdl, imm6), "100 imm[5] 10 rd:3 imm[4:0] 01", "andi rd, rd, imm", "rd", "rd"),
    _row("c.sub", (rdl, rs2l), "100011 rd:3 00 rs2:3 01", "sub rd, rd, rs2", "rd", "rd rs2"),
    _row("c.xor", (rdl, rs2l), "100011 rd:3 01 rs2:3 01", "xor rd, rd, rs2; xor rd, rs2, rd", "rd", "rd rs2"),
    _row("c.or", (rdl, rs2l), "100011 rd:3 10 rs2:3 01", "or rd, rd, rs2; or rd, rs2, rd", "rd", "rd rs2"),
    _row("c.and", (rdl, rs2l), "100011 rd:3 11 rs2:3 01", "and rd, rd, rs2; and rd, rs2, rd", "rd", "rd rs2"),
    _row("c.subw", (rdl, rs2l), "100111 rd:3 00 rs2:3 01", "subw rd, rd, rs2", "rd", "rd rs2"),
    _row("c.addw", (rdl, rs2l), "100111 rd:3 01 rs2:3 01", "addw rd, rd, rs2; addw rd, rs2, rd", "rd", "rd rs2"),
    _row("c.j", (cj_target,), "101 target[11|4|9:8|10|6|7|3:1|5] 01", "j target; jal zero, target", "", "",
         TERMINATOR | BRANCH),
    _row("c.beqz", (rs1l, cb_target), "110 target[8|4:3] rs1:3 target[7:6|2:1|5] 01",
         "beq rs1, zero, target; beq zero, rs1, target", "", "rs1", BRANCH),
    _row("c.bnez", (rs1l, cb_target), "111 target[8|4:3] rs1:3 target[7:6|2:1|5] 01",
         "bne rs1, zero, target; bne zero, rs1, target", "", "rs1", BRANCH),
    _row("c.slli", (rdn, shamt), "000 shamt[5] rd:5 shamt[4:0] 10", "slli rd, rd, shamt", "rd", "rd"),
    _row("c.fldsp", (fd, sp_d), "001 mem[5] fd:5 mem[4:3|8:6] 10", "fld fd, mem", "fd", "mem", LOAD, "c d", 8),
    _row("c.lwsp", (rdn, sp_w), "010 mem[5] rd:5 mem[4:2|7:6] 10", "lw rd, mem", "rd", "mem", LOAD, access=4),
    _row("c.ldsp", (rdn, sp_d), "011 mem[5] rd:5 mem[4:3|8:6] 10", "ld rd, mem", "rd", "mem", LOAD, access=8),
    _row("c.jr", (rs1n,), "1000 rs1:5 00000 10", "jr rs1; jalr zero, 0(rs1)", "", "rs1", TERMINATOR | INDIRECT),
    _row("c.jr", (ra,), "1000 00001 00000 10", "ret", "", "ra", TERMINATOR | RETURN, key="c.jr.ra"),
    _row("c.mv", (rdn, rs2n), "1000 rd:5 rs2:5 10", "mv rd, rs2; addi rd, rs2, 0; add rd, zero, rs2; add rd, rs2, zero",
         "rd", "rs2", MOVE),
    _row("c.ebreak", (), "1001000000000010", "ebreak", flags=SIDE_EFFECT | TERMINATOR),
    _row("c.jalr", (rs1n,), "1001 rs1:5 00000 10", "jalr ra, 0(rs1)", "ra", "rs1", CALL | INDIRECT),
    _row("c.add", (rdn, rs2n), "1001 rd:5 rs2:5 10", "add rd, rd, rs2; add rd, rs2, rd", "rd", "rd rs2"),
    _row("c.fsdsp", (fs2, sp_d), "101 mem[5:3|8:6] fs2:5 10", "fsd fs2, mem", "", "fs2 mem", STORE, "c d", 8),
    _row("c.swsp", (rs2, sp_w), "110 mem[5:2|7:6] rs2:5 10", "sw rs2, mem", "", "rs2 mem", STORE, access=4),
    _row("c.sdsp", (rs2, sp_d), "111 mem[5:3|8:6] rs2:5 10", "sd rs2, mem", "", "rs2 mem", STORE, access=8),
)
