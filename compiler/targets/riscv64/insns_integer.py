"""RV64I with Zicsr and Zifencei. (The RISC-V Instruction Set Manual, volume I, chapters RV32I and RV64I)

In a meaning the variable with slot n is operand n; a branch's term is its condition.
"""

from __future__ import annotations

from typing import Final

from compiler.machine.isa import (
    BRANCH,
    CALL,
    INDIRECT,
    LOAD,
    MOVE,
    REMATERIALISABLE,
    RETURN,
    SIDE_EFFECT,
    STORE,
    TERMINATOR,
    Insn,
)
from compiler.targets.riscv64 import operands as o
from compiler.targets.riscv64.operands import (
    B,
    H,
    W,
    X,
    branch_target,
    c,
    c1,
    csr,
    i12,
    jump_target,
    load_mem,
    p20,
    pred,
    rd,
    rs1,
    rs2,
    shift5,
    shift6,
    store_mem,
    succ,
    u20,
    x,
    x0,
    y,
    zimm,
)
from compiler.terms import ops
from compiler.terms.ops import (
    ADD,
    AND,
    ASHR,
    EQ,
    LE_S,
    LE_U,
    LSHR,
    LT_S,
    LT_U,
    NE,
    OR,
    SEXT,
    SHL,
    SUB,
    TRUNC,
    XOR,
    ZEXT,
)
from compiler.terms.term import App, Lit, Term


def _w(term: Term) -> App:
    """The low 32 bits of a term, sign-extended: what the W instructions write."""
    return SEXT.at(X, term)


def _low(term: Term) -> App:
    return TRUNC.at(W, term)


LUI: Final = Insn("lui", (rd, u20), "imm:20 rd:5 0110111", writes="rd", flags=REMATERIALISABLE,
                  meaning=SEXT.at(X, _low(SHL(c1, Lit(12)))))
AUIPC: Final = Insn("auipc", (rd, p20), "imm:20 rd:5 0010111", writes="rd")

JAL: Final = Insn("jal", (rd, jump_target), "target[20|10:1|11|19:12] rd:5 1101111", writes="rd", flags=CALL)
JALR: Final = Insn("jalr", (rd, load_mem), "mem[11:0] mem.base:5 000 rd:5 1100111", writes="rd", reads="mem",
                   flags=CALL | INDIRECT)
JR: Final = Insn("jr", (rs1,), "000000000000 rs1:5 000 00000 1100111", reads="rs1", flags=TERMINATOR | INDIRECT)
RET: Final = Insn("ret", (), "00000000000000001 000 00000 1100111", reads="ra", flags=TERMINATOR | RETURN)
J: Final = Insn("j", (jump_target,), "target[20|10:1|11|19:12] 00000 1101111", flags=TERMINATOR | BRANCH)

BEQ: Final = Insn("beq", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 000 target[4:1|11] 1100011",
                  reads="rs1 rs2", meaning=EQ(x0, o.y1), flags=BRANCH, longer="beq.far")
BNE: Final = Insn("bne", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 001 target[4:1|11] 1100011",
                  reads="rs1 rs2", meaning=NE(x0, o.y1), flags=BRANCH, longer="bne.far")
BLT: Final = Insn("blt", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 100 target[4:1|11] 1100011",
                  reads="rs1 rs2", meaning=LT_S(x0, o.y1), flags=BRANCH, longer="blt.far")
BGE: Final = Insn("bge", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 101 target[4:1|11] 1100011",
                  reads="rs1 rs2", meaning=LE_S(o.y1, x0), flags=BRANCH, longer="bge.far")
BLTU: Final = Insn("bltu", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 110 target[4:1|11] 1100011",
                   reads="rs1 rs2", meaning=LT_U(x0, o.y1), flags=BRANCH, longer="bltu.far")
BGEU: Final = Insn("bgeu", (rs1, rs2, branch_target), "target[12|10:5] rs2:5 rs1:5 111 target[4:1|11] 1100011",
                   reads="rs1 rs2", meaning=LE_U(o.y1, x0), flags=BRANCH, longer="bgeu.far")

LB: Final = Insn("lb", (rd, load_mem), "mem[11:0] mem.base:5 000 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                 access=1, meaning=SEXT.at(X, ops.LOAD.at(B, x)))
LH: Final = Insn("lh", (rd, load_mem), "mem[11:0] mem.base:5 001 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                 access=2, meaning=SEXT.at(X, ops.LOAD.at(H, x)))
LW: Final = Insn("lw", (rd, load_mem), "mem[11:0] mem.base:5 010 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                 access=4, meaning=SEXT.at(X, ops.LOAD.at(W, x)))
LD: Final = Insn("ld", (rd, load_mem), "mem[11:0] mem.base:5 011 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                 access=8, meaning=ops.LOAD.at(X, x))
LBU: Final = Insn("lbu", (rd, load_mem), "mem[11:0] mem.base:5 100 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                  access=1, meaning=ZEXT.at(X, ops.LOAD.at(B, x)))
LHU: Final = Insn("lhu", (rd, load_mem), "mem[11:0] mem.base:5 101 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                  access=2, meaning=ZEXT.at(X, ops.LOAD.at(H, x)))
LWU: Final = Insn("lwu", (rd, load_mem), "mem[11:0] mem.base:5 110 rd:5 0000011", writes="rd", reads="mem", flags=LOAD,
                  access=4, meaning=ZEXT.at(X, ops.LOAD.at(W, x)))
SB: Final = Insn("sb", (rs2, store_mem), "mem[11:5] rs2:5 mem.base:5 000 mem[4:0] 0100011", reads="rs2 mem",
                 flags=STORE, access=1, meaning=ops.STORE(x, TRUNC.at(B, x0)))
SH: Final = Insn("sh", (rs2, store_mem), "mem[11:5] rs2:5 mem.base:5 001 mem[4:0] 0100011", reads="rs2 mem",
                 flags=STORE, access=2, meaning=ops.STORE(x, TRUNC.at(H, x0)))
SW: Final = Insn("sw", (rs2, store_mem), "mem[11:5] rs2:5 mem.base:5 010 mem[4:0] 0100011", reads="rs2 mem",
                 flags=STORE, access=4, meaning=ops.STORE(x, TRUNC.at(W, x0)))
SD: Final = Insn("sd", (rs2, store_mem), "mem[11:5] rs2:5 mem.base:5 011 mem[4:0] 0100011", reads="rs2 mem",
                 flags=STORE, access=8, meaning=ops.STORE(x, x0))

ADDI: Final = Insn("addi", (rd, rs1, i12), "imm:12 rs1:5 000 rd:5 0010011", writes="rd", reads="rs1", meaning=ADD(x, c))
SLTI: Final = Insn("slti", (rd, rs1, i12), "imm:12 rs1:5 010 rd:5 0010011", writes="rd", reads="rs1",
                   meaning=ZEXT.at(X, LT_S(x, c)))
SLTIU: Final = Insn("sltiu", (rd, rs1, i12), "imm:12 rs1:5 011 rd:5 0010011", writes="rd", reads="rs1",
                    meaning=ZEXT.at(X, LT_U(x, c)))
XORI: Final = Insn("xori", (rd, rs1, i12), "imm:12 rs1:5 100 rd:5 0010011", writes="rd", reads="rs1", meaning=XOR(x, c))
ORI: Final = Insn("ori", (rd, rs1, i12), "imm:12 rs1:5 110 rd:5 0010011", writes="rd", reads="rs1", meaning=OR(x, c))
ANDI: Final = Insn("andi", (rd, rs1, i12), "imm:12 rs1:5 111 rd:5 0010011", writes="rd", reads="rs1", meaning=AND(x, c))
SLLI: Final = Insn("slli", (rd, rs1, shift6), "000000 shamt:6 rs1:5 001 rd:5 0010011", writes="rd", reads="rs1",
                   meaning=SHL(x, c))
SRLI: Final = Insn("srli", (rd, rs1, shift6), "000000 shamt:6 rs1:5 101 rd:5 0010011", writes="rd", reads="rs1",
                   meaning=LSHR(x, c))
SRAI: Final = Insn("srai", (rd, rs1, shift6), "010000 shamt:6 rs1:5 101 rd:5 0010011", writes="rd", reads="rs1",
                   meaning=ASHR(x, c))
MV: Final = Insn("mv", (rd, rs1), "000000000000 rs1:5 000 rd:5 0010011", writes="rd", reads="rs1", meaning=x,
                 flags=MOVE, spellings=("move",))
ADDR: Final = Insn("add", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 000 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=ADD(x, y))
SUBR: Final = Insn("sub", (rd, rs1, rs2), "0100000 rs2:5 rs1:5 000 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=SUB(x, y))
SLL: Final = Insn("sll", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 001 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=SHL(x, y))
SLT: Final = Insn("slt", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 010 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=ZEXT.at(X, LT_S(x, y)))
SLTU: Final = Insn("sltu", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 011 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=ZEXT.at(X, LT_U(x, y)))
XORR: Final = Insn("xor", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 100 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=XOR(x, y))
SRL: Final = Insn("srl", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 101 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=LSHR(x, y))
SRA: Final = Insn("sra", (rd, rs1, rs2), "0100000 rs2:5 rs1:5 101 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=ASHR(x, y))
ORR: Final = Insn("or", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 110 rd:5 0110011", writes="rd", reads="rs1 rs2",
                  meaning=OR(x, y))
ANDR: Final = Insn("and", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 111 rd:5 0110011", writes="rd", reads="rs1 rs2",
                   meaning=AND(x, y))

ADDIW: Final = Insn("addiw", (rd, rs1, i12), "imm:12 rs1:5 000 rd:5 0011011", writes="rd", reads="rs1",
                    meaning=_w(ADD(_low(x), _low(c))))
SLLIW: Final = Insn("slliw", (rd, rs1, shift5), "0000000 shamt:5 rs1:5 001 rd:5 0011011", writes="rd", reads="rs1",
                    meaning=_w(SHL(_low(x), _low(c))))
SRLIW: Final = Insn("srliw", (rd, rs1, shift5), "0000000 shamt:5 rs1:5 101 rd:5 0011011", writes="rd", reads="rs1",
                    meaning=_w(LSHR(_low(x), _low(c))))
SRAIW: Final = Insn("sraiw", (rd, rs1, shift5), "0100000 shamt:5 rs1:5 101 rd:5 0011011", writes="rd", reads="rs1",
                    meaning=_w(ASHR(_low(x), _low(c))))
ADDW: Final = Insn("addw", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 000 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=_w(ADD(_low(x), _low(y))))
SUBW: Final = Insn("subw", (rd, rs1, rs2), "0100000 rs2:5 rs1:5 000 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=_w(SUB(_low(x), _low(y))))
SLLW: Final = Insn("sllw", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 001 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=_w(SHL(_low(x), _low(y))))
SRLW: Final = Insn("srlw", (rd, rs1, rs2), "0000000 rs2:5 rs1:5 101 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=_w(LSHR(_low(x), _low(y))))
SRAW: Final = Insn("sraw", (rd, rs1, rs2), "0100000 rs2:5 rs1:5 101 rd:5 0111011", writes="rd", reads="rs1 rs2",
                   meaning=_w(ASHR(_low(x), _low(y))))

FENCE_TSO: Final = Insn("fence.tso", (), "10000011001100000 000 00000 0001111", reads="memory", writes="memory",
                        flags=SIDE_EFFECT)
PAUSE: Final = Insn("pause", (), "00000001000000000 000 00000 0001111", flags=SIDE_EFFECT, features="zihintpause")
FENCE: Final = Insn("fence", (pred, succ), "0000 pred:4 succ:4 00000 000 00000 0001111", reads="memory",
                    writes="memory", flags=SIDE_EFFECT)
FENCE_I: Final = Insn("fence.i", (), "00000000000000000 001 00000 0001111", reads="memory", writes="memory",
                      flags=SIDE_EFFECT, features="zifencei")
ECALL: Final = Insn("ecall", (), "00000000000000000000000001110011", reads="memory", writes="memory",
                    flags=SIDE_EFFECT, spellings=("scall",))
EBREAK: Final = Insn("ebreak", (), "00000000000100000000000001110011", flags=SIDE_EFFECT | TERMINATOR,
                     spellings=("sbreak",))
UNIMP: Final = Insn("unimp", (), "11000000000000000001000001110011", flags=SIDE_EFFECT | TERMINATOR)
SRET: Final = Insn("sret", (), "00010000001000000000000001110011", flags=SIDE_EFFECT | TERMINATOR)
MRET: Final = Insn("mret", (), "00110000001000000000000001110011", flags=SIDE_EFFECT | TERMINATOR)
WFI: Final = Insn("wfi", (), "00010000010100000000000001110011", flags=SIDE_EFFECT)
SFENCE_VMA: Final = Insn("sfence.vma", (rs1, rs2), "0001001 rs2:5 rs1:5 000 00000 1110011", reads="rs1 rs2 memory",
                         writes="memory", flags=SIDE_EFFECT)

CSRRW: Final = Insn("csrrw", (rd, csr, rs1), "csr:12 rs1:5 001 rd:5 1110011", writes="rd", reads="rs1",
                    flags=SIDE_EFFECT, features="zicsr")
CSRRS: Final = Insn("csrrs", (rd, csr, rs1), "csr:12 rs1:5 010 rd:5 1110011", writes="rd", reads="rs1",
                    flags=SIDE_EFFECT, features="zicsr")
CSRRC: Final = Insn("csrrc", (rd, csr, rs1), "csr:12 rs1:5 011 rd:5 1110011", writes="rd", reads="rs1",
                    flags=SIDE_EFFECT, features="zicsr")
CSRRWI: Final = Insn("csrrwi", (rd, csr, zimm), "csr:12 zimm:5 101 rd:5 1110011", writes="rd",
                     flags=SIDE_EFFECT, features="zicsr")
CSRRSI: Final = Insn("csrrsi", (rd, csr, zimm), "csr:12 zimm:5 110 rd:5 1110011", writes="rd",
                     flags=SIDE_EFFECT, features="zicsr")
CSRRCI: Final = Insn("csrrci", (rd, csr, zimm), "csr:12 zimm:5 111 rd:5 1110011", writes="rd",
                     flags=SIDE_EFFECT, features="zicsr")

# `jr`, `ret` and `j` are rows of their own because their control flow differs from `jalr` and `jal`; they come first,
# so the disassembler and the compressor meet them first.
INSNS: Final = (
    LUI, AUIPC, J, JAL, RET, JR, JALR, BEQ, BNE, BLT, BGE, BLTU, BGEU,
    LB, LH, LW, LD, LBU, LHU, LWU, SB, SH, SW, SD,
    MV, ADDI, SLTI, SLTIU, XORI, ORI, ANDI, SLLI, SRLI, SRAI,
    ADDR, SUBR, SLL, SLT, SLTU, XORR, SRL, SRA, ORR, ANDR,
    ADDIW, SLLIW, SRLIW, SRAIW, ADDW, SUBW, SLLW, SRLW, SRAW,
    FENCE_TSO, PAUSE, FENCE, FENCE_I, ECALL, EBREAK, UNIMP, SRET, MRET, WFI, SFENCE_VMA,
    CSRRW, CSRRS, CSRRC, CSRRWI, CSRRSI, CSRRCI,
)  # fmt: skip
