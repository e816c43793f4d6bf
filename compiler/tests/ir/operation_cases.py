# ruff: noqa: E501 (a case is a line)
"""For every operation of the table: a function that the interpreter runs, and one that the verifier refuses.

Lines are separated by `;`. A body to run is that of `@f(i64 %x) -> i64`; one to refuse has the parameters `i64 %x, i32 %n,
f32 %s, i1 %c` and gets a `return %x` where it has no terminator. `missing` says what a table lacks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from compiler.terms import ops
from compiler.terms.ops import Op

PRELUDE = r"""
local data @word size 8, align 8 = "\05\00\00\00\00\00\00\07"
func @pair(i64 %a) -> i64, i64 {
entry:
  %b = add.i64 %a, %a
  return %a, %b
}
"""
VARIADIC = r"""
func @v(i64 %n, ...) -> i64 {
entry:
  %ap = slot 8, align 8
  %again = slot 8, align 8
  va_start %ap
  %a = va_arg.i32 %ap
  va_copy %again, %ap
  %b = va_arg.i64 %ap, level 16
  %c = va_arg.i64 %again, level 16
  va_end %ap
  %w = sext.i64.i32 %a
  %d = sub.i64 %b, %w
  %r = add.i64 %d, %c
  return %r
}
"""
CALL_V = "%k = const.i32 -3; %r = call @v(i64 %x:a0, i32 %k:a1, {i64 %x:a2, i64 %x:a3+8} 16/16) -> i64:a0 abi(0, 1, 4, 0), variadic; return %r"


class Case:
    """`run` with `x` ends as `expected` says; `refused` has a violation of `kind`. Either may be empty."""

    def __init__(self, op: str, run: str, x: int, expected: str | int, refused: str = "", kind: str = "", functions: str = "") -> None:  # fmt: skip
        self.op = op
        self.run = run
        self.x = x & ((1 << 64) - 1)
        self.expected = expected if isinstance(expected, str) else f"returned [{expected & ((1 << 64) - 1)}]"
        self.refused = refused
        self.kind = kind
        self.functions = functions

    def run_text(self) -> str:
        return PRELUDE + self.functions + "func @f(i64 %x) -> i64 {\nentry:\n" + _lines(self.run) + "}\n"

    def refused_text(self) -> str:
        body = _lines(self.refused)
        last = body.split("\n")[-2].split()[0]
        if last not in ("jump", "branch", "switch.i64", "return", "unreachable", "indirect") and "asm_goto" not in body:
            body += "  return %x\n"
        return "func @f(i64 %x, i32 %n, f32 %s, i1 %c) -> i64 {\nentry:\n" + body + "}\n"


def _lines(text: str) -> str:
    lines = [line.strip() for line in text.split(";")]
    return "".join([(line if line.endswith((":", "address_taken")) else "  " + line) + "\n" for line in lines if line])


def bits(number: float) -> int:
    return int.from_bytes(struct.pack("<d", number), "little")


NAN = 0x7FF8 << 48


def binary(op: str, x: int, k: int, expected: int) -> Case:
    return Case(op, f"%k = const.i64 {k}; %r = {op}.i64 %x, %k; return %r", x, expected, f"%r = {op}.i64 %x, %n", "types")


def compare(op: str, x: int, k: int, expected: int) -> Case:
    return Case(op, f"%k = const.i64 {k}; %c = {op}.i64 %x, %k; %r = zext.i64.i1 %c; return %r", x, expected, f"%r = {op}.i64 %x, %s", "types")


def unary(op: str, x: int, expected: int) -> Case:
    return Case(op, f"%r = {op}.i64 %x; return %r", x, expected, f"%r = {op}.i64 %n", "types")


def overflow(op: str, x: int, k: int, value: int) -> Case:
    """The value and 1 for the overflow are added."""
    run = f"%k = const.i64 {k}; %v, %o = {op}.i64 %x, %k; %w = zext.i64.i1 %o; %r = add.i64 %v, %w; return %r"
    return Case(op, run, x, value + 1, f"%v, %o = {op}.i64 %x, %c", "types")


def floats(op: str, operands: str, x: float, k: float, expected: float) -> Case:
    run = f"%d = bitcast.f64.i64 %x; %k = const.f64 {bits(k):#x}; %e = {op}.f64 {operands}; %r = bitcast.i64.f64 %e; return %r"
    return Case(op, run, bits(x), bits(expected), f"%r = {op}.f64 {', '.join(['%x'] * (operands.count(',') + 1))}", "types")


def float_compare(op: str, x: int, k: float, expected: int) -> Case:
    run = f"%d = bitcast.f64.i64 %x; %k = const.f64 {bits(k):#x}; %c = {op}.f64 %d, %k; %r = zext.i64.i1 %c; return %r"
    return Case(op, run, x, expected, f"%r = {op}.i64 %x, %x", "types")


CASES: tuple[Case, ...] = (
    Case("const", "%r = const.i64 -2; return %r", 0, -2, "%r = const.i64 5, nsw", "flags"),
    Case("symbol", "%p = symbol @word + 7; %b = load.i8 %p, align 1; %r = zext.i64.i8 %b; return %r", 0, 7, "%p = symbol @word, nsw", "flags"),
    Case("label", "%l = label there; indirect %l, there, other; there: address_taken; return %x; other: address_taken; trap; unreachable", 4, 4, "%l = label there, nsw; jump there; there: address_taken; return %x", "flags"),
    Case("slot", "%s = slot 8, align 8; store.i64 %s, %x, align 8; %r = load.i64 %s, align 8; return %r", 6, 6, "jump a; a:; %p = slot 8, align 8; return %x", "slot"),
    Case("slot", "", 0, "", "%p = slot 8, align 3", "payload"),
    Case("ptr_add", "%p = symbol @word; %q = ptr_add %p, %x; %b = load.i8 %q, align 1; %r = zext.i64.i8 %b; return %r", 7, 7, "%q = ptr_add %x, %n", "types"),
    binary("add", (1 << 63) + 3, (1 << 63) + 3, 6), binary("sub", 3, 5, -2), binary("mul", (1 << 33) + 1, (1 << 33) + 1, (1 << 34) + 1),
    binary("udiv", -1, 3, 0x5555555555555555), binary("sdiv", -7, 2, -3), binary("urem", -1, 10, 5), binary("srem", -7, 4, -3),
    *[Case(op, f"%k = const.i64 0; %r = {op}.i64 %x, %k; return %r", 1, "undefined: division by zero") for op in ("udiv", "sdiv", "urem", "srem")],
    *[Case(op, f"%k = const.i64 -1; %r = {op}.i64 %x, %k; return %r", 1 << 63, "undefined: overflow in division") for op in ("sdiv", "srem")],
    binary("and", 12, 10, 8), binary("or", 12, 10, 14), binary("xor", 12, 10, 6),
    binary("shl", 3, 65, 6), binary("lshr", -1, 63, 1), binary("ashr", -8, 1, -4),
    compare("eq", 5, 5, 1), compare("ne", 5, 5, 0), compare("lt.s", -1, 0, 1), compare("lt.u", -1, 0, 0),
    compare("le.s", -5, -5, 1), compare("le.u", 5, -1, 1),
    Case("select", "%c = ne.i64 %x, %x; %k = const.i64 9; %r = select.i64 %c, %x, %k; return %r", 1, 9, "%r = select.i64 %n, %x, %x", "types"),
    Case("zext", "%n = const.i8 -1; %r = zext.i64.i8 %n; return %r", 0, 255, "%r = zext.i32.i64 %x", "types"),
    Case("sext", "%n = const.i8 -1; %r = sext.i64.i8 %n; return %r", 0, -1, "%r = sext.i64.f32 %s", "types"),
    Case("trunc", "%n = trunc.i8.i64 %x; %r = zext.i64.i8 %n; return %r", 0x1234, 0x34, "%r = trunc.i64.i32 %n", "types"),
    unary("clz", 1, 63), unary("ctz", 8, 3), unary("popcount", -1, 64), unary("bswap", 1, 1 << 56),
    binary("rotl", (1 << 63) + 1, 1, 3), binary("mulh.u", -1, -1, -2), binary("mulh.s", -1, 1, -1),
    overflow("add_overflow.s", (1 << 63) - 1, 1, 1 << 63), overflow("add_overflow.u", -1, 3, 2),
    overflow("sub_overflow.s", 1 << 63, 1, (1 << 63) - 1), overflow("sub_overflow.u", 0, 3, -3),
    overflow("mul_overflow.s", 1 << 62, 4, 0), overflow("mul_overflow.u", 1 << 63, 6, 0),
    floats("fadd", "%d, %k", 1.5, 2.25, 3.75), floats("fsub", "%d, %k", 1.5, 2.25, -0.75), floats("fmul", "%d, %k", 1.5, 2.25, 3.375),
    floats("fdiv", "%d, %k", 1.5, 4.0, 0.375), floats("fsqrt", "%d", 2.25, 0.0, 1.5), floats("ffma", "%d, %k, %d", 1.5, 2.0, 4.5),
    floats("fneg", "%d", 0.0, 0.0, -0.0), floats("fabs", "%d", -3.5, 0.0, 3.5), floats("fcopysign", "%d, %k", 3.5, -0.0, -3.5),
    float_compare("feq", bits(0.0), -0.0, 1), float_compare("fne", NAN, 1.0, 1), float_compare("flt", bits(1.0), 2.0, 1),
    float_compare("fle", NAN, 1.0, 0), float_compare("funordered", NAN, 1.0, 1),
    Case("fcvt", "%d = bitcast.f64.i64 %x; %e = fcvt.f32.f64 %d; %b = bitcast.i32.f32 %e; %r = zext.i64.i32 %b; return %r", bits(1.5), 0x3FC00000, "%e = fcvt.f32.f32 %s", "types"),
    Case("sitof", "%e = sitof.f64.i64 %x; %r = bitcast.i64.f64 %e; return %r", -3, bits(-3.0), "%e = sitof.f64.f32 %s", "types"),
    Case("uitof", "%e = uitof.f64.i64 %x; %r = bitcast.i64.f64 %e; return %r", 1 << 63, bits(float(1 << 63)), "%e = uitof.f64.f32 %s", "types"),
    Case("ftosi", "%d = bitcast.f64.i64 %x; %r = ftosi.i64.f64 %d; return %r", bits(-2.75), -2, "%e = ftosi.i64.i32 %n", "types"),
    Case("ftosi", "%d = bitcast.f64.i64 %x; %r = ftosi.i64.f64 %d; return %r", NAN, "undefined: ftosi"),
    Case("ftoui", "%d = bitcast.f64.i64 %x; %r = ftoui.i64.f64 %d; return %r", bits(float(1 << 63)), 1 << 63, "%e = ftoui.i64.i32 %n", "types"),
    Case("ftoui", "%d = bitcast.f64.i64 %x; %r = ftoui.i64.f64 %d; return %r", bits(-1.0), "undefined: ftoui"),
    Case("bitcast", "%d = bitcast.f64.i64 %x; %r = bitcast.i64.f64 %d; return %r", NAN + 1, NAN + 1, "%d = bitcast.f64.i32 %n", "types"),
    Case("splat", "%v = splat.i64x2.i64 %x; %i = const.i32 1; %r = extract.i64.i64x2 %v, %i; return %r", 9, 9, "%v = splat.i64x2.i32 %n", "types"),
    Case("extract", "%v = const.i64x2 0x70000000000000005; %i = const.i32 1; %r = extract.i64.i64x2 %v, %i; return %r", 9, 7, "%r = extract.i64.i64 %x, %n", "types"),
    Case("insert", "%v = const.i64x2 0x70000000000000005; %i = const.i32 0; %w = insert.i64x2.i64 %v, %x, %i; %r = extract.i64.i64x2 %w, %i; return %r", 9, 9, "%v = splat.i64x2.i64 %x; %w = insert.i64x2.i64 %v, %x, %x", "types"),
    Case("shuffle", "%v = const.i64x2 0x70000000000000005; %w = splat.i64x2.i64 %x; %k = const.i32x2 0x300000001; %u = shuffle.i64x2.i32x2 %v, %w, %k; %i = const.i32 0; %j = const.i32 1; %a = extract.i64.i64x2 %u, %i; %b = extract.i64.i64x2 %u, %j; %r = mul.i64 %a, %b; return %r", 9, 63, "%v = splat.i64x2.i64 %x; %w = shuffle.i64x2.i64x2 %v, %v, %x", "types"),
    Case("load", "%p = symbol @word; %r = load.i64 %p, align 8; return %r", 0, 0x0700000000000005, "%r = load.i64 %n, align 8", "types"),
    Case("load", "%r = load.i64 %x, align 8; return %r", 0, "undefined: access through a null pointer", "%r = load.i64 %x, align 3", "memory"),
    Case("store", "%p = slot 2, align 2; %k = const.i8 -1; %z = const.i16 0; store.i16 %p, %z, align 2; store.i8 %p, %k, align 1; %h = load.i16 %p, align 2; %r = zext.i64.i16 %h; return %r", 0, 255, "store.i64 %x, %n, align 8", "types"),
    Case("copy", "%p = symbol @word; %s = slot 8, align 8; copy %s, %p, size 8, align 8; %r = load.i64 %s, align 8; return %r", 0, 0x0700000000000005, "copy %x, %n, size 8, align 8", "types"),
    Case("fill", "%b = const.i8 7; %s = slot 8, align 8; fill %s, %b, size 8, align 8; %r = load.i64 %s, align 8; return %r", 0, 0x0707070707070707, "fill %x, %n, size 8, align 8", "types"),
    Case("atomic_rmw", "%s = slot 8, align 8; store.i64 %s, %x, align 8; %o = atomic_rmw.i64 nand %s, %x, align 8, order seq_cst; %n = load.i64 %s, align 8; %r = xor.i64 %o, %n; return %r", 6, -1, "%o = atomic_rmw.i64 add %x, %x, align 8", "memory"),
    Case("atomic_cmpxchg", "%s = slot 8, align 8; store.i64 %s, %x, align 8; %k = const.i64 3; %o, %c = atomic_cmpxchg.i64 %s, %x, %k, align 8, order seq_cst, failure relaxed; %n = load.i64 %s, align 8; %w = zext.i64.i1 %c; %t = add.i64 %o, %n; %r = add.i64 %t, %w; return %r", 6, 10, "%o, %p = atomic_cmpxchg.i64 %x, %x, %n, align 8, order seq_cst", "types"),
    Case("fence", "fence order seq_cst; return %x", 2, 2, "fence", "memory"),
    Case("call", "%a, %b = call @pair(%x) -> i64, i64; %r = add.i64 %a, %b; return %r", 5, 15, "%r = call @g(i64 %x:a0, %x) -> i64:a0 abi(0, 1, 1, 0)", "call"),
    Case("call", "%p = symbol @pair; %a, %b = call %p(%x) -> i64, i64; %r = add.i64 %a, %b; return %r", 5, 15, "%r = call %n(%x) -> i64", "types"),
    Case("call", "%s = slot 8, align 8; store.i64 %s, %x, align 8; %r = call @own(mem {i64 %s} 8/8) -> i64:a0 abi(16, 1, 0, 0); %q = load.i64 %s, align 8; %t = add.i64 %r, %q; return %t", 5, 14, "", "", "func @own(mem {i64 %p} 8/8) -> {i64:a0} 8/8 abi(16, 1, 0, 0) {\nentry:\n  %nine = const.i64 9\n  store.i64 %p, %nine, align 8\n  return %nine\n}\n"),
    Case("va_start", CALL_V, 5, 13, "va_start %n", "types", VARIADIC), Case("va_arg", CALL_V, 5, 13, "%r = va_arg.i64 %x, level 12", "payload", VARIADIC),
    Case("va_arg", "", 0, "", "%r = va_arg.i128 %x", "types"), Case("va_arg", "", 0, "", "%r = va_arg.i64 %n", "types"),
    Case("va_copy", CALL_V, 5, 13, "va_copy %x, %n", "types", VARIADIC), Case("va_end", CALL_V, 5, 13, "va_end %n", "types", VARIADIC),
    Case("alloca", "%k = const.i64 24; %p = alloca %k; %q = alloca %k; store.i64 %p, %x, align 8; store.i64 %q, %k, align 8; %r = load.i64 %p, align 8; return %r", 6, 6, "%p = alloca %n", "types"),
    Case("stack_save", "%p = stack_save; %k = const.i64 64; %a = alloca %k; stack_restore %p; %q = stack_save; %c = eq.i64 %p, %q; %r = zext.i64.i1 %c; return %r", 6, 1, "%p = stack_save, nsw", "flags"),
    Case("stack_restore", "%p = stack_save; %k = const.i64 64; %a = alloca %k; %m = stack_save; stack_restore %p; %c = lt.u.i64 %m, %p; %r = zext.i64.i1 %c; return %r", 6, 1, "stack_restore %n", "types"),
    Case("static_chain", "%r = static_chain; return %r", 6, 0, "%p = static_chain, nuw", "flags"),
    Case("frame_address", "%s = slot 8, align 8; %p = frame_address; %c = le.u.i64 %p, %s; %r = zext.i64.i1 %c; return %r", 6, 1, "%p = frame_address, exact", "flags"),
    Case("return_address", "%r = return_address level 1; return %r", 6, 0, "%p = return_address, nsw", "flags"),
    Case("read_register", 'write_register.i64 "x4", %x; %r = read_register.i64 "x4"; return %r', 6, 6, '%p = read_register.i64 "x4", %x', "operands"),
    Case("write_register", 'write_register.i64 "x5", %x; %r = read_register.i64 "x5"; return %r', 6, 6, 'write_register.i64 "x4", %n', "types"),
    Case("asm", '%r, %q = asm "" (%x, %x) -> i64, i64 out("=r" i64 0, "=r" i64 1) in("0" i64 0 tied 0, "1" i64 1 tied 1) clobber("memory"); return %r', 6, 6, '%r = asm "" (%x) -> i64 out("=r" i64 1)', "payload"),
    Case("asm", 'asm "wfi" (); return %x', 6, "unsupported: asm", '%r = asm "" (%x) -> i64 out("=r" i32 0)', "types"),
    Case("is_constant", "%k = const.i64 3; %c = is_constant.i64 %k; %d = is_constant.i64 %x; %n = xor.i1 %c, %d; %r = zext.i64.i1 %n; return %r", 6, 1, "%r = is_constant.i64 %n", "types"),
    Case("assume", "%c = eq.i64 %x, %x; assume %c; return %x", 6, 6, "assume %n", "types"),
    Case("assume", "%c = ne.i64 %x, %x; assume %c; return %x", 6, "undefined: assume"),
    Case("expect", "%k = const.i64 3; %r = expect.i64 %x, %k; return %r", 6, 6, "%r = expect.i64 %x, %n", "types"),
    Case("check", '%c = eq.i64 %x, %x; check "bounds", %c; return %x', 6, 6, 'check "bounds", %n', "types"),
    Case("check", '%c = ne.i64 %x, %x; check "bounds", %c; return %x', 6, "undefined: bounds"),
    Case("trap", "trap; unreachable", 6, "trap", "trap, nsw", "flags"),
    Case("debug_value", 'debug_value.i64 "x", %x; return %x', 6, 6, 'debug_value.i64 "x", %n', "types"),
    Case("lifetime_start", "%s = slot 8, align 8; lifetime_start %s; store.i64 %s, %x, align 8; %r = load.i64 %s, align 8; return %r", 6, 6, "lifetime_start %n", "types"),
    Case("lifetime_end", "%s = slot 8, align 8; store.i64 %s, %x, align 8; lifetime_end %s; return %x", 6, 6, "lifetime_end %n", "types"),
    Case("jump", "jump a(%x); a(%y: i64):; return %y", 6, 6, "jump a; a(%y: i64):; return %y", "edge"),
    Case("branch", "%k = const.i64 6; %c = eq.i64 %x, %k; branch %c, a(%x), b; a(%y: i64):; return %y; b:; trap; unreachable", 6, 6, "branch %n, a, a; a:; return %x", "types"),
    Case("switch", "%k = const.i64 1; switch.i64 %x, a, -1: b(%k), 6: b(%x); a:; trap; unreachable; b(%y: i64):; return %y", -1, 1, "switch.i64 %x, a, 3: a, 3: a; a:; return %x", "switch"),
    Case("return", "return %x", 6, 6, "return %n", "return"),
    Case("unreachable", "unreachable", 6, "undefined: unreachable", "unreachable; return %x", "terminator"),
    Case("indirect", "%l = label b; %m = label a; indirect %l, a, b; a: address_taken; trap; unreachable; b: address_taken; return %x", 6, 6, "indirect %x, a; a:; return %x", "label"),
    Case("indirect", "indirect %x, a; a: address_taken; return %x", 6, "undefined: computed goto to no label"),
    Case("asm_goto", '%r = asm_goto "" (%x) -> i64 out("=r" i64 0) in("0" i64 0 tied 0) labels("b") edges(a, b); a(%y: i64):; return %y; b(%z: i64):; trap; unreachable', 6, 6, '%r = asm_goto "" (%x) -> i64 out("=r" i64 0) in("0" i64 0 tied 0) labels("b") edges(a, b); a(%y: i64):; return %y; b:; return %x', "edge"),
    Case("asm_goto", "", 0, "", 'asm_goto "" (%x) in("r" i64 0) labels("b") edges(a); a:; return %x', "payload"),
)  # fmt: skip


def missing(cases: Iterable[Case], table: Iterable[Op], printed: Iterable[str]) -> list[str]:
    """What operations of `table` lack: `printed` are the names in text that was printed and read back."""
    known = list(cases)
    run = {case.op for case in known if case.run}
    refused = {case.op for case in known if case.refused}
    texts = set(printed)
    complaints: list[str] = []
    for op in table:
        for name, wants in (("text that is printed and read", texts), ("function to run", run), ("refusal", refused)):
            if op.name not in wants:
                complaints.append(f"{op.name}: no {name}")
    names = {op.name for op in ops.OPS}
    return complaints + [f"{case.op}: no such operation" for case in known if case.op not in names]
