"""What programs do beyond arithmetic, on the machine: against the interpreter where it knows, else a stated result."""

from __future__ import annotations

import pytest

from compiler.codegen.emit import EmitOptions, compile_module
from compiler.codegen.legal import Refused
from compiler.ir.builder import Builder
from compiler.ir.function import Function
from compiler.ir.module import Data, Module
from compiler.ir.parser import parse_module
from compiler.ir.types import I8
from compiler.tests.codegen.execution import BACKEND, RULES, both, interpreted_output, machine_output

HEAD = 'module "test"\ndata @out size 64, align 16\n'


def words(*values: int) -> bytes:
    return b"".join([(value & (1 << 64) - 1).to_bytes(8, "little") for value in values])


def agree(body: str) -> None:
    interpreted, machine = both(HEAD + body)
    assert any(interpreted), "nothing is computed: the test shows nothing"
    assert machine == interpreted


def gives(body: str, *values: int) -> None:
    assert machine_output(parse_module(HEAD + body)) == words(*values).ljust(64, b"\0")


def refusal(body: str) -> str:
    with pytest.raises(Refused) as refused:
        compile_module(parse_module(HEAD + body), BACKEND, RULES, EmitOptions())
    return str(refused.value)


# --- memory -----------------------------------------------------------------------------------------------------------


def blocks_module(is_copy: bool) -> Module:
    """Copies or fills of 0 to 40 bytes at every alignment, each in a row of `out` with a byte to spare at both ends."""
    module = Module("blocks", 64)
    function = Function("test_main")
    builder = Builder(function)
    source = builder.symbol("source")
    offset = 0
    for align in (1, 2, 4, 8):
        for size in (*range(20), 24, 31, 32, 33, 40, 130, 200):
            place = builder.symbol("out", offset + 8)
            if is_copy:
                builder.copy(place, builder.offset(source, 8), size, align)
            elif size & 1:
                builder.fill(place, builder.const(I8, size + 1), size, align)
            else:
                builder.fill(place, builder.load(I8, builder.offset(source, size), 1), size, align)
            offset += (size + 31) // 16 * 16
    builder.ret()
    module.items.append(function)
    content = Data("source", 0, 256, 16)
    content.content = bytes([(index * 7 + 1) & 255 for index in range(256)])
    module.items += [content, Data("out", 0, offset, 16)]
    return module


@pytest.mark.parametrize("is_copy", [True, False])
def test_block_operations_of_all_sizes_and_alignments(is_copy: bool) -> None:
    assert machine_output(blocks_module(is_copy)) == interpreted_output(blocks_module(is_copy))


def test_fields_of_frames_beyond_all_displacements() -> None:
    agree("""
func @test_main() {
entry:
  %huge = slot 1500000, align 8
  %near = slot 8, align 8
  %aligned = slot 40, align 4096
  %v = const.i64 77
  %far = const.i64 1400000
  %low = const.i64 2040
  %p = ptr_add %huge, %far
  %q = ptr_add %huge, %low
  store.i64 %p, %v, align 8
  store.i64 %q, %far, align 8
  store.i64 %near, %low, align 8
  store.i64 %aligned, %v, align 8
  %mask = const.i64 4095
  %in = and.i64 %aligned, %mask
  %a = load.i64 %p, align 8
  %b = load.i64 %q, align 8
  %c = load.i64 %near, align 8
  %s = add.i64 %a, %b
  %t = add.i64 %s, %c
  %u = add.i64 %t, %in
  %o = symbol @out
  store.i64 %o, %u, align 8
  return
}
""")


def test_thread_local_objects_stand_behind_the_thread_pointer() -> None:
    text = """
thread @counter
local data @other size 8, align 8, thread_local = "\\05\\00\\00\\00\\00\\00\\00\\00"
local data @counter size 8, align 8, thread_local
func @test_main() {
entry:
  %tp = read_register.i64 "tp"
  %c = symbol @counter
  %d = symbol @other
  %distance = sub.i64 %c, %tp
  %between = sub.i64 %c, %d
  %o = symbol @out
  store.i64 %o, %distance, align 8
  %eight = const.i64 8
  %p = ptr_add %o, %eight
  store.i64 %p, %between, align 8
  store.i64 %c, %eight, align 8
  return
}
"""
    gives(text.replace("thread @counter\n", "thread @counter\nthread @other\n"), 8, 8)


def test_atomics_of_all_widths() -> None:
    lines = ["  %zero = const.i64 0", "  %acc0 = const.i64 1", "  %m = const.i64 31"]
    count = 0
    kinds = ("xchg", "add", "sub", "and", "or", "xor", "nand", "max.s", "max.u", "min.s", "min.u")
    for bits, value, offsets in (
        (8, 0x85, (0, 1, 3)), (16, 0x8123, (0, 2)), (32, 0x81234567, (4,)), (64, 0x8123456789ABCDEF, (8,)),
    ):  # fmt: skip
        for kind in (*kinds, "cmpxchg"):
            for offset in offsets:
                n = count
                place = f"align {bits // 8}, order seq_cst"
                lines += [f"  %p{n} = symbol @w + {offset}", f"  %v{n} = const.i{bits} {value}"]
                if kind == "cmpxchg":
                    lines += [
                        f"  %e{n} = load.i{bits} %p{n}, align {bits // 8}",
                        f"  %f{n}, %g{n} = atomic_cmpxchg.i{bits} %p{n}, %v{n}, %e{n}, {place}, failure relaxed",
                        f"  %r{n}, %k{n} = atomic_cmpxchg.i{bits} %p{n}, %e{n}, %v{n}, {place}, failure relaxed",
                        f"  %gg{n} = zext.i64.i1 %g{n}",
                        f"  %kk{n} = zext.i64.i1 %k{n}",
                        f"  %two{n} = add.i64 %gg{n}, %kk{n}",
                    ]
                else:
                    lines += [
                        f"  %r{n} = atomic_rmw.i{bits} {kind} %p{n}, %v{n}, {place}",
                        f"  %two{n} = add.i64 %zero, %zero",
                    ]  # fmt: skip
                wide = f"add.i64 %r{n}, %two{n}" if bits == 64 else f"zext.i64.i{bits} %r{n}"
                lines += [
                    f"  %z{n} = {wide}", f"  %s{n} = add.i64 %z{n}, %two{n}", f"  %h{n} = mul.i64 %acc{n}, %m",
                    f"  %acc{n + 1} = add.i64 %h{n}, %s{n}",
                ]  # fmt: skip
                count += 1
    lines += ["  %o = symbol @out", f"  store.i64 %o, %acc{count}, align 8", "  %ww = symbol @w"]
    lines += ["  %eight = const.i64 8", "  %oo = ptr_add %o, %eight", "  copy %oo, %ww, size 16, align 8", "  return"]
    agree('data @w size 16, align 8 = "abcdefghijklmnop"\nfunc @test_main() {\nentry:\n' + "\n".join(lines) + "\n}\n")


# --- calls ------------------------------------------------------------------------------------------------------------


def test_arguments_beyond_the_registers() -> None:
    parameters = ", ".join([f"i64 %a{index}, f64 %d{index}, f32 %f{index}" for index in range(9)])
    lines = ["  %s0 = const.i64 1", "  %m = const.i64 37"]
    for index in range(9):
        lines += [
            f"  %x{index} = bitcast.i64.f64 %d{index}", f"  %y{index} = bitcast.i32.f32 %f{index}",
            f"  %z{index} = zext.i64.i32 %y{index}", f"  %t{index} = add.i64 %x{index}, %z{index}",
            f"  %u{index} = add.i64 %t{index}, %a{index}", f"  %v{index} = mul.i64 %s{index}, %m",
            f"  %s{index + 1} = add.i64 %v{index}, %u{index}",
        ]  # fmt: skip
    lines.append("  return %s9")
    callee = f"func @many({parameters}) -> i64 {{\nentry:\n" + "\n".join(lines) + "\n}\n"
    made = "\n".join(
        [
            f"  %i{index} = const.i64 {index * 1000 + 1}\n  %e{index} = sitof.f64.i64 %i{index}\n"
            f"  %g{index} = sitof.f32.i64 %i{index}"
            for index in range(9)
        ]
    )
    args = ", ".join([f"%i{index}, %e{index}, %g{index}" for index in range(9)])
    call = f"  %r = call @many({args}) -> i64\n  %p = symbol @many\n  %q = call %p({args}) -> i64\n"
    end = "  %w = add.i64 %r, %q\n  %o = symbol @out\n  store.i64 %o, %w, align 8\n  return\n}\n"
    agree(callee + "func @test_main() {\nentry:\n" + made + "\n" + call + end)


def test_stack_memory_of_run_time_size() -> None:
    agree("""
func @f(i64 %n, i64 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f, i64 %g, i64 %h, i64 %i) -> i64 {
entry:
  %fixed = slot 40, align 64
  %before = stack_save
  %p = alloca %n
  %q = alloca %n
  store.i64 %p, %h, align 8
  store.i64 %q, %i, align 8
  store.i64 %fixed, %a, align 8
  %zero = const.i64 0
  %again = ne.i64 %n, %zero
  branch %again, more, done
more:
  %sixteen = const.i64 16
  %less = sub.i64 %n, %sixteen
  %r = call @f(%less, %i, %b, %c, %d, %e, %f, %g, %a, %h) -> i64
  %x = load.i64 %p, align 8
  %y = load.i64 %q, align 8
  %z = load.i64 %fixed, align 8
  %three = const.i64 3
  %m = mul.i64 %r, %three
  %s = add.i64 %m, %x
  %t = mul.i64 %s, %three
  %u = add.i64 %t, %y
  %v = mul.i64 %u, %three
  %w = add.i64 %v, %z
  stack_restore %before
  return %w
done:
  return %h
}
func @test_main() {
entry:
  %n = const.i64 64
  %a = const.i64 1
  %b = const.i64 20
  %c = const.i64 300
  %r = call @f(%n, %a, %b, %c, %a, %b, %c, %a, %b, %c) -> i64
  %o = symbol @out
  store.i64 %o, %r, align 8
  return
}
""")


def test_where_a_function_returns_to() -> None:
    gives(
        """
func @f(i64 %deep) -> i64 {
entry:
  %zero = const.i64 0
  %more = ne.i64 %deep, %zero
  branch %more, down, up
down:
  %one = const.i64 1
  %less = sub.i64 %deep, %one
  %r = call @f(%less) -> i64
  %here = return_address
  %same = eq.i64 %here, %r
  %bit = zext.i64.i1 %same
  return %bit
up:
  %there = return_address
  return %there
}
func @test_main() {
entry:
  %two = const.i64 2
  %r = call @f(%two) -> i64
  %frame = frame_address
  %sp = read_register.i64 "sp"
  %above = le.u.i64 %sp, %frame
  %bit = zext.i64.i1 %above
  %o = symbol @out
  store.i64 %o, %r, align 8
  %eight = const.i64 8
  %p = ptr_add %o, %eight
  store.i64 %p, %bit, align 8
  return
}
""",
        0,
        1,
    )


# --- control ----------------------------------------------------------------------------------------------------------


def test_values_survive_a_computed_goto() -> None:
    agree("""
data @table size 16, align 8 = "" [0: 8 @test_main:a, 8: 8 @test_main:b]
func @test_main() {
entry:
  %o = symbol @out
  %zero = const.i64 0
  %one = const.i64 1
  %seven = const.i64 7
  %k = load.i64 %o, align 8
  %m = add.i64 %k, %seven
  jump dispatch(%zero, %m)
dispatch(%i: i64, %acc: i64):
  %t = symbol @table
  %c = and.i64 %i, %one
  %three = const.i64 3
  %off = shl.i64 %c, %three
  %p = ptr_add %t, %off
  %to = load.i64 %p, align 8
  %j = add.i64 %i, %one
  indirect %to, a, b
a:
  %x = mul.i64 %acc, %seven
  jump next(%x)
b:
  %y = add.i64 %acc, %j
  %limit = const.i64 20
  %on = lt.s.i64 %j, %limit
  branch %on, next(%y), end
next(%v: i64):
  jump dispatch(%j, %v)
end:
  store.i64 %o, %y, align 8
  return
}
""")


@pytest.mark.parametrize(
    "cases",
    [
        [0, 1, 2, 3, 4, 5, 6, 7],  # a table
        [-3, -2, -1, 0, 1, 2, 3],  # two tables: below zero and above
        [1, 1000, 1000000, 2000000000, -5],  # comparisons
        [10, 11, 12, 13, 14, 15, 16, 100, 101, 102, 103, 104, 105, 5000],  # two tables and one comparison
        [0x7FFFFFFF, 0x7FFFFFFE, 0x7FFFFFFD, 0x7FFFFFFC, 0x7FFFFFFB, -0x80000000],  # at the ends of the type
    ],
)
@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_switches(cases: list[int], bits: int) -> None:
    wanted = sorted({case & (1 << bits) - 1 for case in cases})
    probes = sorted({value + near & (1 << bits) - 1 for value in wanted for near in (-1, 0, 1)})
    arms = "".join([f"c{index}:\n  %r{index} = const.i64 {index + 5}\n  jump join(%r{index})\n" for index in range(3)])
    edges = ", ".join(
        # One case in five goes to the join directly, with an argument.
        [f"{case}: " + (f"c{index % 3}" if index % 5 != 4 else "join(%k)") for index, case in enumerate(wanted)]
    )
    body = f"""
func @f(i{bits} %x, i64 %k) -> i64 {{
entry:
  switch.i{bits} %x, other, {edges}
{arms}other:
  %no = const.i64 -1
  jump join(%no)
join(%r: i64):
  return %r
}}
func @test_main() {{
entry:
  %m = const.i64 31
  %s0 = const.i64 1
"""
    for index, probe in enumerate(probes):
        body += f"  %x{index} = const.i{bits} {probe}\n  %r{index} = call @f(%x{index}, %m) -> i64\n"
        body += f"  %t{index} = mul.i64 %s{index}, %m\n  %s{index + 1} = add.i64 %t{index}, %r{index}\n"
    agree(body + f"  %o = symbol @out\n  store.i64 %o, %s{len(probes)}, align 8\n  return\n}}\n")


def test_a_taken_label_that_nothing_reaches_is_defined() -> None:
    gives(
        """
data @label size 8, align 8 = "" [0: 8 @test_main:lost]
func @test_main() {
entry:
  %o = symbol @out
  %one = const.i64 1
  store.i64 %o, %one, align 8
  return
lost:
  return
}
""",
        1,
    )


# --- inline assembly --------------------------------------------------------------------------------------------------


def test_operands_of_asm() -> None:
    gives(
        """
func @test_main() {
entry:
  %o = symbol @out
  %five = const.i64 5
  %big = const.i64 100000
  %zero = const.i64 0
  %sum = asm "add %0, %1, %[right]" (%five, %big) -> i64 out("r" i64 0) in("r" i64 0, "r" i64 1 name "right")
  store.i64 %o, %sum, align 8
  %more = asm "addi %0, %0, %2 # 100%%" (%sum, %five) -> i64 out("r" i64 0) in("0" i64 0 tied 0, "rI" i64 1)
  %e8 = const.i64 8
  %p8 = ptr_add %o, %e8
  asm "sd %1, %0; sd %z2, 8+%0" (%p8, %more, %zero) out("m" i64 0 address) in("r" i64 1, "rJ" i64 2) clobber("memory")
  %cut = asm "li %0, 0x1ffffffff" () -> i32 out("r" i32 0)
  %wide = sext.i64.i32 %cut
  %e24 = const.i64 24
  %p24 = ptr_add %o, %e24
  store.i64 %p24, %wide, align 8
  %sym = asm "lla %0, %1" (%p24) -> i64 out("r" i64 0) in("i" i64 0)
  %same = sub.i64 %sym, %p24
  %d = sitof.f64.i64 %five
  %root = asm "fadd.d %0, %1, %1" (%d) -> f64 out("f" f64 0) in("f" f64 0)
  %ten = ftosi.i64.f64 %root
  %t = add.i64 %same, %ten
  %e32 = const.i64 32
  %p32 = ptr_add %o, %e32
  store.i64 %p32, %t, align 8
  return
}
""",
        100005, 100010, 0, -1, 10,
    )  # fmt: skip


def test_registers_named_by_asm() -> None:
    gives(
        """
func @test_main() {
entry:
  %o = symbol @out
  %five = const.i64 5
  %six = const.i64 6
  %keep = load.i64 %o, align 8
  %r = asm "add a0, a7, t0; li a1, 9; li s3, 9; li ra, 9; li t1, 9" (%five, %six) -> i64 \
out("r" i64 0 register "a0") in("r" i64 0 register "a7", "r" i64 1 register "t0") clobber("a1", "s3", "ra", "t1", "cc")
  %s = add.i64 %r, %keep
  store.i64 %o, %s, align 8
  return
}
""",
        11,
    )


def test_an_early_output_shares_no_register_with_an_input() -> None:
    inputs = ", ".join([f'"r" i64 {index}' for index in range(12)])
    values = "\n".join([f"  %v{index} = const.i64 {1 << index}" for index in range(12)])
    adds = "; ".join([f"add %0, %0, %{index + 1}" for index in range(12)])
    args = ", ".join([f"%v{index}" for index in range(12)])
    gives(
        f"""
func @test_main() {{
entry:
{values}
  %r = asm "li %0, 0; {adds}" ({args}) -> i64 out("r" i64 0 early) in({inputs})
  %o = symbol @out
  store.i64 %o, %r, align 8
  return
}}
""",
        4095,
    )


def test_asm_goto_passes_its_outputs_along_every_edge() -> None:
    gives(
        """
func @test_main() {
entry:
  %o = symbol @out
  %three = const.i64 3
  jump again(%three)
again(%n: i64):
  %left = asm_goto "addi %0, %1, -1; beqz %0, %l[zero]; bnez %0, %l2" (%n) -> i32 out("r" i32 0 early) in("r" i64 0) \
labels("on", "zero") edges(never, side(%n), end(%three))
never(%x: i32):
  return
side(%y: i32, %old: i64):
  %wide = sext.i64.i32 %y
  %one = const.i64 1
  %sum = add.i64 %wide, %one
  %check = eq.i64 %sum, %old
  branch %check, again(%wide), fail
fail:
  return
end(%z: i32, %k: i64):
  %zz = sext.i64.i32 %z
  %r = add.i64 %zz, %k
  store.i64 %o, %r, align 8
  return
}
""",
        3,
    )


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('asm "x %0" (%a) in("i" i64 0)', "impossible constraint 'i'"),
        ('asm "x %0" (%a) in("I" i64 0)', "impossible constraint 'I'"),
        ('asm "x %0" (%a) in("Q" i64 0)', "constraint 'Q'"),
        ('asm "x %0" (%a) in("f" i64 0)', "constraint 'f' for a value of type i64"),
        ('asm "x %3" (%a) in("r" i64 0)', "operand number out of range"),
        ('asm "x %[no]" (%a) in("r" i64 0)', "undefined named operand 'no'"),
        ('asm "x" () clobber("q7")', "unknown register name 'q7'"),
        ('asm "x" (%a) in("r" i64 0 register "a1") clobber("a1")', "an operand in the clobbered register 'a1'"),
    ],
)
def test_asm_that_cannot_be_met_is_refused(statement: str, message: str) -> None:
    body = f"func @test_main(i64 %a) {{\nentry:\n  {statement}\n  return\n}}\n"
    assert message in refusal(body)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("%v = splat.i32x4.i32 %x", "vector"),
        ("%h = fcvt.f16.f32 %f", "half precision"),
        ("%q = fcvt.f80.f32 %f", "f80"),
    ],
)
def test_types_without_code_are_refused(lines: str, message: str) -> None:
    assert message in refusal(f"func @test_main(i32 %x, f32 %f) {{\nentry:\n  {lines}\n  return\n}}\n")


def test_machine_functions_print_as_text() -> None:
    body = "  %k = const.i64 5\n  %b = add.i64 %a, %k\n  return %b\n"
    module = parse_module('module "m"\nfunc @f(i64 %a) -> i64 {\nentry:\n' + body + "}\n")
    options = EmitOptions(dump_after=("select", "layout"))
    compile_module(module, BACKEND, RULES, options)
    assert options.dumped == [
        "; after select\nmfunc @f {\n.Lf.entry:\n  prologue\n  entry ; writes a0\n  %v1 = copy a0\n"
        "  %v0 = addi %v1, 5\n"
        "  a0 = copy %v0\n  epilogue ; reads a0\n  ret ; reads a0\n}\n",
        "; after layout\nmfunc @f {\n.Lf.entry:\n  a0 = addi a0, 5\n  ret ; reads a0\n}\n",
    ]
