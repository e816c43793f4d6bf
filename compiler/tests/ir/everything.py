# ruff: noqa: E501 (lines of IR are as long as they are)
"""One text that has every operation of the table at least once."""

from __future__ import annotations

EVERYTHING = r"""
module "all"
source "a.c"
extern @printf
extern weak @maybe
thread @counter
data @y size 24, align 8, read_only = "abc\00" [8: 8 @g + 4, 16: 4 @f:target minus @f:third]
local data @counter size 4, align 4, thread_local
common data @buffer size 100, align 16
data @text size 4, section ".rodata.str", align 1, hidden, used, mergeable = "a\22\5c\00"
weak alias @z, hidden = @y
asm ".globl x\0a"
local func @f(sret i64 %p:a0, i32 %x:a1, {i64 %a:a2, f32 %b:fa0+8} 12/8, ref {i64 %c:a3} 32/8, mem {i64 %d} 24/8 at 16, none {} 0/1, i8 %e:[40] sext, ...) -> none {} 0/1 abi(48, 7, 4, 1), section ".t", noinline, "constructor(1)", line 10 {
entry:
  %s = slot 16, align 8
  %sym = symbol @y + 4
  %sym2 = symbol @y - 4
  %l = label target
  %q = ptr_add %s, %a
  %ai = add.i64 %a, %a, nsw, nuw
  %si = sub.i64 %a, %ai
  %mi = mul.i64 %a, %ai
  %one = const.i32 -1
  %ud = udiv.i32 %x, %one, exact
  %sd = sdiv.i32 %x, %one
  %ur = urem.i32 %x, %one
  %sr = srem.i32 %x, %one
  %an = and.i32 %x, %one
  %o = or.i32 %x, %one
  %xo = xor.i32 %x, %one
  %sh = shl.i32 %x, %one, nuw
  %ls = lshr.i32 %x, %one, exact
  %as = ashr.i32 %x, %one
  %c1 = eq.i32 %x, %one
  %c2 = ne.i32 %x, %one
  %c3 = lt.s.i32 %x, %one
  %c4 = lt.u.i32 %x, %one
  %c5 = le.s.i32 %x, %one
  %c6 = le.u.i32 %x, %one
  %se = select.i32 %c1, %x, %one
  %ze = zext.i64.i32 %x
  %sx = sext.i64.i32 %x
  %tr = trunc.i8.i32 %x
  %cl = clz.i32 %x
  %ct = ctz.i32 %x
  %pc = popcount.i32 %x
  %bs = bswap.i32 %x
  %ro = rotl.i32 %x, %one
  %mhu = mulh.u.i32 %x, %one
  %mhs = mulh.s.i32 %x, %one
  %v1, %f1 = add_overflow.s.i32 %x, %one
  %v2, %f2 = add_overflow.u.i32 %x, %one
  %v3, %f3 = sub_overflow.s.i32 %x, %one
  %v4, %f4 = sub_overflow.u.i32 %x, %one
  %v5, %f5 = mul_overflow.s.i32 %x, %one
  %v6, %f6 = mul_overflow.u.i32 %x, %one
  %fa = fadd.f32 %b, %b
  %fs = fsub.f32 %b, %fa
  %fm = fmul.f32 %b, %fa
  %fd = fdiv.f32 %b, %fa
  %fq = fsqrt.f32 %b
  %ff = ffma.f32 %b, %fa, %fs
  %fn = fneg.f32 %b
  %fb = fabs.f32 %b
  %fc = fcopysign.f32 %b, %fn
  %g1 = feq.f32 %b, %fa
  %g2 = fne.f32 %b, %fa
  %g3 = flt.f32 %b, %fa
  %g4 = fle.f32 %b, %fa
  %g5 = funordered.f32 %b, %fa
  %cv = fcvt.f64.f32 %b
  %k80 = fcvt.f80.f32 %b
  %k16 = const.f16 0x3c00
  %k128 = const.f128 0x3fff0000000000000000000000000000
  %si1 = sitof.f64.i32 %x
  %ui1 = uitof.f64.i32 %x
  %fi1 = ftosi.i32.f64 %cv
  %fu1 = ftoui.i32.f64 %cv
  %bc = bitcast.i32.f32 %b
  %zero = const.i32 0
  %vs = splat.i32x4.i32 %x
  %ve = extract.i32.i32x4 %vs, %zero
  %vi = insert.i32x4.i32 %vs, %one, %zero
  %lanes = const.i32x4 0x7000000010000000400000002
  %vf = shuffle.i32x4.i32x4 %vs, %vi, %lanes
  %vc = lt.s.i32x4 %vs, %vi
  %vsel = select.i32x4 %vc, %vs, %vi
  %vsel2 = select.i32x4 %c1, %vs, %vi
  %vo, %vof = add_overflow.s.i32x4 %vs, %vi
  %ld = load.i32 %s, align 4, volatile, order acquire, tag "int"
  store.i32 %s, %x, align 4, tag "int"
  copy %s, %p, size 16, align 8
  %byte = const.i8 0
  fill %s, %byte, size 16, align 8
  %old = atomic_rmw.i32 max.u %s, %x, align 4, order seq_cst
  %old2, %ok = atomic_cmpxchg.i32 %s, %x, %one, align 4, order acq_rel, failure relaxed
  fence order seq_cst
  %r = call @printf(i64 %p:a0, i32 %x:a1(i24)) -> i32:a0 abi(0, 1, 2, 0), variadic
  %r2, %r3 = call %p(%x, %b) -> i32, i64, noreturn, tail
  %r4, %r5 = call @two({i64 %a:a0, f32 %b:fa0+8} 12/8, ref {i64 %p:a1} 64/16) -> {i64:a0, f64:fa0+8} 16/8 abi(0, 2, 2, 1), reads_only
  call @g(), returns_twice, no_memory
  va_start %s
  %va = va_arg.i64 %s
  %vb = va_arg.i64 %s, level 16
  va_copy %s, %p
  va_end %s
  %save = stack_save
  %al = alloca %a
  stack_restore %save
  %sc = static_chain
  %fra = frame_address
  %rea = return_address level 1
  %sp = read_register.i64 "sp"
  write_register.i64 "x4", %sp
  %ax, %bx = asm "add %0\0a" (%x, %s) -> i32, i64 out("r" i32 0 name "out" early, "r" i64 1 register "a0") in("r" i32 0 tied 0 commutes, "m" i32 1 address) clobber("memory", "cc") nonvolatile
  asm "nop" () basic
  %ic = is_constant.i32 %x
  assume %c1
  %ex = expect.i32 %x, %one
  check "null", %c2
  debug_value.i32 "x", %x
  lifetime_start %s
  lifetime_end %s
  branch %c1, done(%x), other, weights 1 2  !loc 4:9 scope 2 in @callee file 1 line 10 at (7:3)
done(%dr: i32):
  %y2 = add.i32 %dr, %x  !loc 4:9
  switch.i32 %y2, other, 1: trapping, -2: done(%y2), weights 1 2 3
other:
  indirect %l, target, third
target: address_taken
  %ag = asm_goto "jmp %l1" (%x) -> i32 out("=r" i32 0) in("r" i32 0) labels("third") edges(fall, side)
fall(%w: i32):
  return
side(%w2: i32):
  jump done(%w2)
third: address_taken
  unreachable
trapping:
  trap
  unreachable
}
func @g() {
entry:
  return
}
"""

