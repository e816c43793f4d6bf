"""RISC-V relocations (psABI, "Relocations"). Fields are instruction bits, most significant first; `_:n` stay."""

from __future__ import annotations

from typing import Final

from compiler.machine.relocation import (
    ABSOLUTE,
    ADD_TO,
    ALIGNMENT,
    DYNAMIC,
    GOT_PC_RELATIVE,
    NOTHING,
    PC_RELATIVE,
    PCREL_LOW,
    SIGNED,
    SUBTRACT_FROM,
    TLS_GD_PC_RELATIVE,
    TLS_GOT_PC_RELATIVE,
    TLS_OFFSET,
    RelocationKind,
    RelocationTable,
)

U_TYPE: Final = "v[31:12] _:12"
I_TYPE: Final = "v[11:0] _:20"
S_TYPE: Final = "v[11:5] _:13 v[4:0] _:7"
B_TYPE: Final = "v[12|10:5] _:13 v[4:1|11] _:7"
J_TYPE: Final = "v[20|10:1|11|19:12] _:12"
PAIR: Final = "u[11:0] _:20 v[31:12] _:12"  # auipc and the jalr behind it, as one little-endian word
CB_TYPE: Final = "_:3 v[8|4:3] _:3 v[7:6|2:1|5] _:2"
CJ_TYPE: Final = "_:3 v[11|4|9:8|10|6|7|3:1|5] _:2"

LUI: Final = 0x20  # the bit of the opcode that tells lui from auipc
HALF: Final = 0x800  # rounds so that the sign-extended low 12 bits come out right

RELOCATIONS: Final = RelocationTable((
    RelocationKind("R_RISCV_NONE", 0, NOTHING, ""),
    RelocationKind("R_RISCV_32", 1, ABSOLUTE, "v:32"),
    RelocationKind("R_RISCV_64", 2, ABSOLUTE, "v:64"),
    RelocationKind("R_RISCV_RELATIVE", 3, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_COPY", 4, DYNAMIC, ""),
    RelocationKind("R_RISCV_JUMP_SLOT", 5, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_TLS_DTPMOD32", 6, DYNAMIC, "v:32"),
    RelocationKind("R_RISCV_TLS_DTPMOD64", 7, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_TLS_DTPREL32", 8, DYNAMIC, "v:32"),
    RelocationKind("R_RISCV_TLS_DTPREL64", 9, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_TLS_TPREL32", 10, DYNAMIC, "v:32"),
    RelocationKind("R_RISCV_TLS_TPREL64", 11, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_BRANCH", 16, PC_RELATIVE, B_TYPE, SIGNED, reach=13, multiple=2),
    RelocationKind("R_RISCV_JAL", 17, PC_RELATIVE, J_TYPE, SIGNED, reach=21, multiple=2),
    RelocationKind("R_RISCV_CALL", 18, PC_RELATIVE, PAIR, SIGNED, reach=32, bias=HALF, multiple=2, absolute_bits=LUI),
    RelocationKind("R_RISCV_CALL_PLT", 19, PC_RELATIVE, PAIR, SIGNED, reach=32, bias=HALF, multiple=2,
                   absolute_bits=LUI),
    RelocationKind("R_RISCV_GOT_HI20", 20, GOT_PC_RELATIVE, U_TYPE, SIGNED, reach=32, bias=HALF),
    RelocationKind("R_RISCV_TLS_GOT_HI20", 21, TLS_GOT_PC_RELATIVE, U_TYPE, SIGNED, reach=32, bias=HALF),
    RelocationKind("R_RISCV_TLS_GD_HI20", 22, TLS_GD_PC_RELATIVE, U_TYPE, SIGNED, reach=32, bias=HALF),
    RelocationKind("R_RISCV_PCREL_HI20", 23, PC_RELATIVE, U_TYPE, SIGNED, reach=32, bias=HALF, has_low=True,
                   absolute_bits=LUI),
    RelocationKind("R_RISCV_PCREL_LO12_I", 24, PCREL_LOW, I_TYPE),
    RelocationKind("R_RISCV_PCREL_LO12_S", 25, PCREL_LOW, S_TYPE),
    RelocationKind("R_RISCV_HI20", 26, ABSOLUTE, U_TYPE, SIGNED, reach=32, bias=HALF),
    RelocationKind("R_RISCV_LO12_I", 27, ABSOLUTE, I_TYPE),
    RelocationKind("R_RISCV_LO12_S", 28, ABSOLUTE, S_TYPE),
    RelocationKind("R_RISCV_TPREL_HI20", 29, TLS_OFFSET, U_TYPE, SIGNED, reach=32, bias=HALF),
    RelocationKind("R_RISCV_TPREL_LO12_I", 30, TLS_OFFSET, I_TYPE),
    RelocationKind("R_RISCV_TPREL_LO12_S", 31, TLS_OFFSET, S_TYPE),
    RelocationKind("R_RISCV_TPREL_ADD", 32, NOTHING, ""),
    RelocationKind("R_RISCV_ADD8", 33, ADD_TO, "v:8"),
    RelocationKind("R_RISCV_ADD16", 34, ADD_TO, "v:16"),
    RelocationKind("R_RISCV_ADD32", 35, ADD_TO, "v:32"),
    RelocationKind("R_RISCV_ADD64", 36, ADD_TO, "v:64"),
    RelocationKind("R_RISCV_SUB8", 37, SUBTRACT_FROM, "v:8"),
    RelocationKind("R_RISCV_SUB16", 38, SUBTRACT_FROM, "v:16"),
    RelocationKind("R_RISCV_SUB32", 39, SUBTRACT_FROM, "v:32"),
    RelocationKind("R_RISCV_SUB64", 40, SUBTRACT_FROM, "v:64"),
    RelocationKind("R_RISCV_ALIGN", 43, ALIGNMENT, ""),
    RelocationKind("R_RISCV_RVC_BRANCH", 44, PC_RELATIVE, CB_TYPE, SIGNED, reach=9, multiple=2),
    RelocationKind("R_RISCV_RVC_JUMP", 45, PC_RELATIVE, CJ_TYPE, SIGNED, reach=12, multiple=2),
    RelocationKind("R_RISCV_RELAX", 51, NOTHING, ""),
    RelocationKind("R_RISCV_SUB6", 52, SUBTRACT_FROM, "_:2 v:6"),
    RelocationKind("R_RISCV_SET6", 53, ABSOLUTE, "_:2 v:6"),
    RelocationKind("R_RISCV_SET8", 54, ABSOLUTE, "v:8"),
    RelocationKind("R_RISCV_SET16", 55, ABSOLUTE, "v:16"),
    RelocationKind("R_RISCV_SET32", 56, ABSOLUTE, "v:32"),
    RelocationKind("R_RISCV_32_PCREL", 57, PC_RELATIVE, "v:32", SIGNED),
    RelocationKind("R_RISCV_IRELATIVE", 58, DYNAMIC, "v:64"),
    RelocationKind("R_RISCV_PLT32", 59, PC_RELATIVE, "v:32", SIGNED),
    RelocationKind("R_RISCV_SET_ULEB128", 60, ABSOLUTE, "uleb128"),
    RelocationKind("R_RISCV_SUB_ULEB128", 61, SUBTRACT_FROM, "uleb128"),
))  # fmt: skip

# Sizes of data -> relocation; differences are a pair at one place.
DATA_RELOCATIONS: Final = {
    "4": "R_RISCV_32", "8": "R_RISCV_64",
    "add1": "R_RISCV_ADD8", "add2": "R_RISCV_ADD16", "add4": "R_RISCV_ADD32", "add8": "R_RISCV_ADD64",
    "sub1": "R_RISCV_SUB8", "sub2": "R_RISCV_SUB16", "sub4": "R_RISCV_SUB32", "sub8": "R_RISCV_SUB64",
    "set6": "R_RISCV_SET6", "sub6": "R_RISCV_SUB6", "set1": "R_RISCV_SET8", "set2": "R_RISCV_SET16",
    "set4": "R_RISCV_SET32", "pcrel4": "R_RISCV_32_PCREL", "plt4": "R_RISCV_PLT32",
    "dtprel4": "R_RISCV_TLS_DTPREL32", "dtprel8": "R_RISCV_TLS_DTPREL64",
    "align": "R_RISCV_ALIGN", "relax": "R_RISCV_RELAX",
}  # fmt: skip
