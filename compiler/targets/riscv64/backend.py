"""RISC-V 64 for code generation: the lp64d convention, rules, and rows that calls and frames use."""

from __future__ import annotations

from typing import Final

from compiler.codegen.backend import Backend
from compiler.codegen.inline_asm import (
    ANYTHING,
    BARE_MEMORY,
    CONSTANT,
    FLOATING,
    GENERAL,
    IN_MEMORY,
    NUMBER,
    SYMBOLIC,
)
from compiler.machine.target import Target
from compiler.platform.classify import SIGN, Abi
from compiler.targets.riscv64.registers import FPRS, GPRS, RA, T0, T1
from compiler.targets.riscv64.select_rules import RULES

A_NAMES: Final = ("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7")
FA_NAMES: Final = ("fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7")

LP64D: Final = Abi(
    register_bytes=8,
    integer_arguments=A_NAMES,
    float_arguments=FA_NAMES,
    integer_results=("a0", "a1"),
    float_results=("fa0", "fa1"),
    float_bits=64,
    direct_limit=16,
    stack_align=16,
    two_leaf_floats=True,
    aligned_pairs=True,
    word_extension=SIGN,
    variadic_in_integer=True,
)

# ra, t0-t6, a0-a7; ft0-ft11, fa0-fa7 (psABI, "Register Convention").
CALLER_SAVED: Final = tuple(
    [RA]
    + [GPRS[number] for number in (5, 6, 7, *range(10, 18), 28, 29, 30, 31)]
    + [FPRS[number] for number in (*range(8), *range(10, 18), 28, 29, 30, 31)]
)
INVERSE: Final = {"beq": "bne", "bne": "beq", "blt": "bge", "bge": "blt", "bltu": "bgeu", "bgeu": "bltu"}
ATOMIC: Final = (
    ("xchg", "amoswap"), ("add", "amoadd"), ("and", "amoand"), ("or", "amoor"), ("xor", "amoxor"), ("max.s", "amomax"),
    ("min.s", "amomin"), ("max.u", "amomaxu"), ("min.u", "amominu"),
)  # fmt: skip


# GCC manual, "Machine Constraints", RISC-V; then the simple constraints.
ASM_CONSTRAINTS: Final[dict[str, tuple[int, int, int]]] = {
    "f": (FLOATING, 0, 0), "I": (NUMBER, -2048, 2047), "J": (NUMBER, 0, 0), "K": (NUMBER, 0, 31),
    "A": (BARE_MEMORY, 0, 0),
    "S": (SYMBOLIC, 0, 0), "r": (GENERAL, 0, 0), "p": (GENERAL, 0, 0), "m": (IN_MEMORY, 0, 0), "o": (IN_MEMORY, 0, 0),
    "V": (IN_MEMORY, 0, 0), "i": (CONSTANT, 0, 0), "n": (NUMBER, -(1 << 63), (1 << 64) - 1), "s": (SYMBOLIC, 0, 0),
    "g": (ANYTHING, 0, 0), "X": (ANYTHING, 0, 0),
}  # fmt: skip


def _loops() -> dict[str, tuple[str, ...]]:
    """Compare and exchange (RISC-V manual, "Load-Reserved/Store-Conditional Instructions")."""
    loops: dict[str, tuple[str, ...]] = {}
    for width in ("w", "d"):
        loops["cmpxchg." + width] = (
            "again:", f"lr.{width}.aqrl rd, mem", "bne rd, expected, :done", f"sc.{width}.rl temporary, desired, mem",
            "bne temporary, zero, :again", "done:",
        )  # fmt: skip
    return loops


LOOPS: Final = _loops()


def _atomic_rows() -> dict[str, str]:
    rows: dict[str, str] = {"cmpxchg32": "cmpxchg.w", "cmpxchg64": "cmpxchg.d"}
    for operation, name in ATOMIC:
        rows[operation + "32"] = name + ".w.aqrl"
        rows[operation + "64"] = name + ".d.aqrl"
    return rows


def make_backend(target: Target) -> Backend:
    """The code generator's record for a target that `make_target` made."""
    insn = target.insn
    return Backend(
        target=target,
        abi=LP64D,
        rules=RULES,
        scratch=(T0, T1),
        caller_saved=CALLER_SAVED,
        inverse=INVERSE,
        address_of=insn("lla"),
        thread_address_of=(
            "lui $1, %tprel_hi", "add.tprel $2, $1, tp, %tprel_add", "addi $d, $2, %tprel_lo",
        ),
        constant=insn("li"),
        add_immediate=insn("addi"),
        add=insn("add"),
        subtract=insn("sub"),
        align_down=insn("andi"),
        jump=insn("j"),
        jump_indirect=insn("jr"),
        call=insn("call"),
        call_indirect=insn("jalr"),
        ret=insn("ret"),
        trap=insn("ebreak"),
        float_from_bits={32: insn("fmv.w.x"), 64: insn("fmv.d.x")},
        bits_from_float=insn("fmv.x.d"),
        atomic_rows=_atomic_rows(),
        equal_rows=(insn("xor"), insn("sltiu")),
        base_pointer=GPRS[9],
        mask=insn("and"),
        unaligned=False,
        asm_constraints=ASM_CONSTRAINTS,
        loops=LOOPS,
    )  # fmt: skip
