"""The table of IR operations: names, type rules, effects and meanings, each stated once.

Signatures are written `operands -> results` with
    t    the type the mnemonic names first        u    the type it names second (conversions)
    p    the target's pointer integer             i1, i8, i32 ...   that type
    *    any number of further operands           nothing           none
so `zext` is `u -> t` and prints as `zext.i64.i32 %x`.

Operations are total where they can be: add wraps, shift amounts are taken modulo the width. Division by zero or with
overflow and out-of-range float to integer conversion are undefined and never folded. `meaning` defines an operation by
simpler ones (operands are `A`, `B`, `C` in order); operations without one are the kernel, which evaluator, prover and
known-bits analysis implement directly.
"""

from __future__ import annotations

from typing import Final, final

from compiler.terms.term import Any, App, Lit, Term, TypeVariable

# Effects, as bits.
READS: Final = 1  # memory or machine state
WRITES: Final = 2
CONTROL: Final = 4  # a terminator
UNDEFINED: Final = 8  # some operands make it undefined: not to be executed speculatively
PINNED: Final = 16  # neither removed nor duplicated though unused (asm volatile, stack_save ...)

# What `t` may be.
INT: Final = 1
FLOAT: Final = 2
SCALAR: Final = 3
NO_TYPE: Final = 0

# Flags on an operation: an `assume` at the operation (architecture, Operations are total).
NSW: Final = 1
NUW: Final = 2
EXACT: Final = 4
FLAG_NAMES: Final = ("nsw", "nuw", "exact")


@final
class Op:
    """An IR operation's definition; compare with `is`, never by name."""

    def __init__(
        self,
        name: str,
        signature: str,
        domain: int = NO_TYPE,
        effects: int = 0,
        commutes: bool = False,
        flags: int = 0,
        meaning: Term | None = None,
    ) -> None:
        self.name: Final = name
        self.signature: Final = signature
        left, _, right = signature.partition("->")
        self.operands: Final[tuple[str, ...]] = tuple(left.split())
        self.results: Final[tuple[str, ...]] = tuple(right.split())
        self.variadic: Final = "*" in self.operands
        self.domain: Final = domain
        self.effects: Final = effects
        self.commutes: Final = commutes
        self.flags: Final = flags
        self.meaning: Final = meaning
        self.two_types: Final = "u" in self.operands or "u" in self.results
        self.number = -1  # index in OPS; set once when the table is made

    @property
    def is_terminator(self) -> bool:
        return self.effects & CONTROL != 0

    @property
    def is_pure(self) -> bool:
        """No effect and defined for all operands: may be removed, duplicated and moved freely."""
        return self.effects == 0

    def __call__(self, *args: Term) -> App:
        return App(self, args)

    def at(self, type: TypeVariable, *args: Term) -> App:
        """As a call, naming the type variable of the result: `ZEXT.at(U, x)`."""
        return App(self, args, type)


A: Final = Any(0, "a")
B: Final = Any(1, "b")
C: Final = Any(2, "c")

# --- constants and addresses ------------------------------------------------------------------------------------
CONST: Final = Op("const", "-> t", SCALAR)  # Const.value: integers canonical unsigned; floats their bit pattern
SYMBOL: Final = Op("symbol", "-> p")  # address of a symbol plus addend
LABEL: Final = Op("label", "-> p")  # address of a block (&&label)
SLOT: Final = Op("slot", "-> p")  # a stack object; in the entry block only
PTR_ADD: Final = Op("ptr_add", "p p -> p")  # base, byte offset: `add`, but base names the object

# --- integers: kernel ---------------------------------------------------------------------------------------------
ADD: Final = Op("add", "t t -> t", INT, commutes=True, flags=NSW | NUW)
SUB: Final = Op("sub", "t t -> t", INT, flags=NSW | NUW)
MUL: Final = Op("mul", "t t -> t", INT, commutes=True, flags=NSW | NUW)
UDIV: Final = Op("udiv", "t t -> t", INT, UNDEFINED, flags=EXACT)
SDIV: Final = Op("sdiv", "t t -> t", INT, UNDEFINED, flags=EXACT)
UREM: Final = Op("urem", "t t -> t", INT, UNDEFINED)
SREM: Final = Op("srem", "t t -> t", INT, UNDEFINED)
AND: Final = Op("and", "t t -> t", INT, commutes=True)
OR: Final = Op("or", "t t -> t", INT, commutes=True)
XOR: Final = Op("xor", "t t -> t", INT, commutes=True)
SHL: Final = Op("shl", "t t -> t", INT, flags=NSW | NUW)  # amount modulo the width
LSHR: Final = Op("lshr", "t t -> t", INT, flags=EXACT)
ASHR: Final = Op("ashr", "t t -> t", INT, flags=EXACT)
EQ: Final = Op("eq", "t t -> i1", INT, commutes=True)
NE: Final = Op("ne", "t t -> i1", INT, commutes=True)
LT_S: Final = Op("lt.s", "t t -> i1", INT)
LT_U: Final = Op("lt.u", "t t -> i1", INT)
LE_S: Final = Op("le.s", "t t -> i1", INT)
LE_U: Final = Op("le.u", "t t -> i1", INT)
SELECT: Final = Op("select", "i1 t t -> t", SCALAR)
ZEXT: Final = Op("zext", "u -> t", INT)
SEXT: Final = Op("sext", "u -> t", INT)
TRUNC: Final = Op("trunc", "u -> t", INT)

# --- integers: counted and composed -------------------------------------------------------------------------------
CLZ: Final = Op("clz", "t -> t", INT)  # the width itself for 0
CTZ: Final = Op("ctz", "t -> t", INT)
POPCOUNT: Final = Op("popcount", "t -> t", INT)
BSWAP: Final = Op("bswap", "t -> t", INT)  # widths of 16 bits and more
ROTL: Final = Op("rotl", "t t -> t", INT, meaning=OR(SHL(A, B), LSHR(A, SUB(Lit(0), B))))
MULH_U: Final = Op("mulh.u", "t t -> t", INT, commutes=True)  # the high half of the double-width product
MULH_S: Final = Op("mulh.s", "t t -> t", INT, commutes=True)
ADD_OVERFLOW_S: Final = Op("add_overflow.s", "t t -> t i1", INT)  # wrapped result, did it overflow
ADD_OVERFLOW_U: Final = Op("add_overflow.u", "t t -> t i1", INT)
SUB_OVERFLOW_S: Final = Op("sub_overflow.s", "t t -> t i1", INT)
SUB_OVERFLOW_U: Final = Op("sub_overflow.u", "t t -> t i1", INT)
MUL_OVERFLOW_S: Final = Op("mul_overflow.s", "t t -> t i1", INT)
MUL_OVERFLOW_U: Final = Op("mul_overflow.u", "t t -> t i1", INT)

# --- floats (IEC 60559, round to nearest even; NaNs compare as a class) -------------------------------------------
FADD: Final = Op("fadd", "t t -> t", FLOAT, commutes=True)
FSUB: Final = Op("fsub", "t t -> t", FLOAT)
FMUL: Final = Op("fmul", "t t -> t", FLOAT, commutes=True)
FDIV: Final = Op("fdiv", "t t -> t", FLOAT)
FSQRT: Final = Op("fsqrt", "t -> t", FLOAT)
FFMA: Final = Op("ffma", "t t t -> t", FLOAT)
FNEG: Final = Op("fneg", "t -> t", FLOAT)
FABS: Final = Op("fabs", "t -> t", FLOAT)
FCOPYSIGN: Final = Op("fcopysign", "t t -> t", FLOAT)
FEQ: Final = Op("feq", "t t -> i1", FLOAT, commutes=True)  # false when unordered
FNE: Final = Op("fne", "t t -> i1", FLOAT, commutes=True)  # true when unordered
FLT: Final = Op("flt", "t t -> i1", FLOAT)
FLE: Final = Op("fle", "t t -> i1", FLOAT)
FUNORDERED: Final = Op("funordered", "t t -> i1", FLOAT, commutes=True)
FCVT: Final = Op("fcvt", "u -> t", FLOAT)  # float to float
SITOF: Final = Op("sitof", "u -> t", FLOAT)
UITOF: Final = Op("uitof", "u -> t", FLOAT)
FTOSI: Final = Op("ftosi", "u -> t", INT, UNDEFINED)  # truncates; undefined out of range
FTOUI: Final = Op("ftoui", "u -> t", INT, UNDEFINED)
BITCAST: Final = Op("bitcast", "u -> t", SCALAR)  # equal widths

# --- vectors ------------------------------------------------------------------------------------------------------
SPLAT: Final = Op("splat", "u -> t", SCALAR)  # t has lanes, u is its element
EXTRACT: Final = Op("extract", "u i32 -> t", SCALAR)
INSERT: Final = Op("insert", "t u i32 -> t", SCALAR)
SHUFFLE: Final = Op("shuffle", "t t u -> t", SCALAR)  # u: lane numbers, modulo twice the lanes

# --- memory -------------------------------------------------------------------------------------------------------
LOAD: Final = Op("load", "p -> t", SCALAR, READS | UNDEFINED)
STORE: Final = Op("store", "p t ->", SCALAR, WRITES | UNDEFINED)
COPY: Final = Op("copy", "p p ->", NO_TYPE, READS | WRITES | UNDEFINED)  # destination, source; equal or disjoint
FILL: Final = Op("fill", "p i8 ->", NO_TYPE, WRITES | UNDEFINED)  # destination, byte
ATOMIC_RMW: Final = Op("atomic_rmw", "p t -> t", INT, READS | WRITES | UNDEFINED)  # the old value
ATOMIC_CMPXCHG: Final = Op("atomic_cmpxchg", "p t t -> t i1", INT, READS | WRITES | UNDEFINED)  # old, succeeded
FENCE: Final = Op("fence", "->", NO_TYPE, READS | WRITES)

# --- calls, frames, varargs ---------------------------------------------------------------------------------------
CALL: Final = Op("call", "* -> *", NO_TYPE, READS | WRITES | UNDEFINED)
VA_START: Final = Op("va_start", "p ->", NO_TYPE, READS | WRITES)
VA_ARG: Final = Op("va_arg", "p -> t", SCALAR, READS | WRITES | UNDEFINED)
VA_COPY: Final = Op("va_copy", "p p ->", NO_TYPE, READS | WRITES | UNDEFINED)
VA_END: Final = Op("va_end", "p ->", NO_TYPE, WRITES)
ALLOCA: Final = Op("alloca", "p -> p", NO_TYPE, READS | WRITES)  # size in bytes
STACK_SAVE: Final = Op("stack_save", "-> p", NO_TYPE, READS | PINNED)
STACK_RESTORE: Final = Op("stack_restore", "p ->", NO_TYPE, WRITES)
STATIC_CHAIN: Final = Op("static_chain", "-> p", NO_TYPE, READS)
FRAME_ADDRESS: Final = Op("frame_address", "-> p", NO_TYPE, READS)
RETURN_ADDRESS: Final = Op("return_address", "-> p", NO_TYPE, READS)
READ_REGISTER: Final = Op("read_register", "-> t", SCALAR, READS | PINNED)
WRITE_REGISTER: Final = Op("write_register", "t ->", SCALAR, WRITES | PINNED)
ASM: Final = Op("asm", "* -> *", NO_TYPE, READS | WRITES | PINNED)

# --- facts and notes ----------------------------------------------------------------------------------------------
IS_CONSTANT: Final = Op("is_constant", "t -> i1", SCALAR)
ASSUME: Final = Op("assume", "i1 ->", NO_TYPE, WRITES)
EXPECT: Final = Op("expect", "t t -> t", INT)  # the first operand; the second is the likely value
CHECK: Final = Op("check", "i1 ->", NO_TYPE, WRITES | PINNED)  # undefined behaviour of the named kind unless true
TRAP: Final = Op("trap", "->", NO_TYPE, WRITES | PINNED)
DEBUG_VALUE: Final = Op("debug_value", "t ->", SCALAR, PINNED)
LIFETIME_START: Final = Op("lifetime_start", "p ->", NO_TYPE, WRITES)
LIFETIME_END: Final = Op("lifetime_end", "p ->", NO_TYPE, WRITES)

# --- terminators --------------------------------------------------------------------------------------------------
JUMP: Final = Op("jump", "->", NO_TYPE, CONTROL)
BRANCH: Final = Op("branch", "i1 ->", NO_TYPE, CONTROL)  # edges: true, false
SWITCH: Final = Op("switch", "t ->", INT, CONTROL)  # edges: default, then one per case value
RETURN: Final = Op("return", "* ->", NO_TYPE, CONTROL)
UNREACHABLE: Final = Op("unreachable", "->", NO_TYPE, CONTROL | UNDEFINED)
INDIRECT: Final = Op("indirect", "p ->", NO_TYPE, CONTROL | UNDEFINED)  # computed goto: edges to every taken label
ASM_GOTO: Final = Op("asm_goto", "* -> *", NO_TYPE, READS | WRITES | PINNED | CONTROL)  # edges: fall-through, labels


def _number(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    for index, op in enumerate(ops):
        op.number = index
    return ops


OPS: Final[tuple[Op, ...]] = _number(
    (
        CONST, SYMBOL, LABEL, SLOT, PTR_ADD,
        ADD, SUB, MUL, UDIV, SDIV, UREM, SREM, AND, OR, XOR, SHL, LSHR, ASHR,
        EQ, NE, LT_S, LT_U, LE_S, LE_U, SELECT, ZEXT, SEXT, TRUNC,
        CLZ, CTZ, POPCOUNT, BSWAP, ROTL, MULH_U, MULH_S,
        ADD_OVERFLOW_S, ADD_OVERFLOW_U, SUB_OVERFLOW_S, SUB_OVERFLOW_U, MUL_OVERFLOW_S, MUL_OVERFLOW_U,
        FADD, FSUB, FMUL, FDIV, FSQRT, FFMA, FNEG, FABS, FCOPYSIGN, FEQ, FNE, FLT, FLE, FUNORDERED,
        FCVT, SITOF, UITOF, FTOSI, FTOUI, BITCAST, SPLAT, EXTRACT, INSERT, SHUFFLE,
        LOAD, STORE, COPY, FILL, ATOMIC_RMW, ATOMIC_CMPXCHG, FENCE,
        CALL, VA_START, VA_ARG, VA_COPY, VA_END, ALLOCA, STACK_SAVE, STACK_RESTORE, STATIC_CHAIN,
        FRAME_ADDRESS, RETURN_ADDRESS, READ_REGISTER, WRITE_REGISTER, ASM,
        IS_CONSTANT, ASSUME, EXPECT, CHECK, TRAP, DEBUG_VALUE, LIFETIME_START, LIFETIME_END,
        JUMP, BRANCH, SWITCH, RETURN, UNREACHABLE, INDIRECT, ASM_GOTO,
    )
)  # fmt: skip
OP_BY_NAME: Final[dict[str, Op]] = {op.name: op for op in OPS}
