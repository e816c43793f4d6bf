# ruff: noqa: E501 (lines of IR are as long as they are)
"""The interpreter: memory, calls, variable arguments, control flow, and how runs end."""

from __future__ import annotations

from compiler.ir.host import Host
from compiler.ir.interpreter import Machine, run_module
from compiler.ir.parser import parse_module


def outcome(text: str, *args: int, checks: bool = False, budget: int = 100_000) -> str:
    return str(run_module(parse_module(text), "f", list(args), budget, checks))


def body(lines: str, head: str = "func @f(i64 %x) -> i64") -> str:
    return head + " {\nentry:\n" + lines + "\n}\n"


def test_variable_arguments_with_and_without_signature() -> None:
    text = """
    func @sum(i32 %n, ...) -> i64 {
    entry:
      %ap = slot 8, align 8
      %copy = slot 8, align 8
      va_start %ap
      %a = va_arg.i32 %ap
      va_copy %copy, %ap
      %b = va_arg.f64 %ap
      %first = va_arg.i64 %ap, level 16
      %last = va_arg.i32 %ap
      %p = va_arg.i64 %ap
      %far = load.i64 %p, align 8
      %i = ftosi.i64.f64 %b
      %again = va_arg.f64 %copy
      %j = ftosi.i64.f64 %again
      va_end %ap
      %wa = sext.i64.i32 %a
      %wl = zext.i64.i32 %last
      %t = add.i64 %wa, %i
      %u = add.i64 %t, %wl
      %v = add.i64 %u, %j
      %w = add.i64 %v, %first
      %o = add.i64 %w, %far
      return %o
    }
    func @f(i64 %x) -> i64 {
    entry:
      %n = const.i32 3
      %a = const.i64 -1
      %d = const.i64 0x4024000000000000
      %hi = const.i64 100
      %s = slot 24, align 8
      store.i64 %s, %a, align 8
      %r = call @sum(i32 %n:a0, i64 %a:a1(i32), {i64 %d:a3} 8/8, {i64 %x:a4, i64 %hi:a5(i32)+8} 16/16, ref {i64 %s:a6} 24/8) -> i64:a0 abi(0, 1, 7, 0), variadic
      return %r
    }
    """
    assert outcome(text, 5) == "returned [123]"


def test_arguments_in_memory_are_copies_and_indirect_calls_check_their_number() -> None:
    text = """
    func @g(mem {i64 %p} 8/8) -> {i64:a0} 8/8 abi(16, 1, 0, 0) {
    entry:
      %nine = const.i64 9
      store.i64 %p, %nine, align 8
      return %nine
    }
    func @f(i64 %x) -> i64 {
    entry:
      %s = slot 8, align 8
      store.i64 %s, %x, align 8
      %g = symbol @g
      %r = call %g(mem {i64 %s} 8/8) -> i64:a0 abi(16, 1, 0, 0)
      %q = load.i64 %s, align 8
      return %q
    }
    """
    assert outcome(text, 5) == "returned [5]"
    assert outcome(
        text.replace("call %g(mem {i64 %s} 8/8)", "call %g()").replace(
            "abi(16, 1, 0, 0)\n      %q", "abi(16, 0, 0, 0)\n      %q"
        ),
        5,
    ).startswith("undefined: call of @g with 0 arguments")
    assert outcome(body("  %r = call %x() -> i64\n  return %r"), 64).startswith("undefined: call of address")


def test_computed_goto_asm_goto_and_empty_asm() -> None:
    text = """
    func @f(i64 %x) -> i64 {
    entry:
      %one = label a
      %two = label b
      %z = const.i64 0
      %c = eq.i64 %x, %z
      %t = select.i64 %c, %one, %two
      indirect %t, a, b
    a: address_taken
      %k = asm "" (%x) -> i64 out("=r" i64 0) in("0" i64 0 tied 0)
      %l = asm_goto "" (%k) -> i64 out("=r" i64 0) in("0" i64 0 tied 0) labels("b") edges(done, side)
    side(%s: i64):
      jump b
    b: address_taken
      %seven = const.i64 7
      return %seven
    done(%r: i64):
      return %r
    }
    """
    assert outcome(text, 0) == "returned [0]"
    assert outcome(text, 1) == "returned [7]"
    assert outcome(body('  asm "nop" ()\n  return %x'), 1) == "unsupported: asm"


def test_atomics_and_alloca() -> None:
    text = body("""
      %size = const.i64 100
      %save = stack_save
      %p = alloca %size
      store.i64 %p, %x, align 8
      %five = const.i64 5
      %old = atomic_rmw.i64 max.s %p, %five, align 8, order seq_cst
      %seen, %ok = atomic_cmpxchg.i64 %p, %five, %old, align 8, order seq_cst, failure relaxed
      %w = zext.i64.i1 %ok
      %now = load.i64 %p, align 8
      stack_restore %save
      %a = add.i64 %now, %w
      return %a""")
    assert outcome(text, 3) == "returned [4]"
    assert outcome(text, 9) == "returned [9]"


def test_how_runs_end() -> None:
    assert outcome(body("  trap\n  return %x"), 1) == "trap"
    assert outcome(body("  unreachable"), 1) == "undefined: unreachable"
    assert outcome("func @f() {\nentry:\n  jump a\na:\n  jump a\n}\n") == "budget"
    assert outcome(body("  %r = call @f(%x) -> i64\n  return %r"), 1, budget=10_000_000) == "stack-overflow"
    assert outcome(body("  %s = slot 4096, align 8\n  %r = call @f(%s) -> i64\n  return %r"), 1) == "stack-overflow"
    assert outcome(body("  %r = load.i32 %x, align 4\n  return %x"), 0) == "undefined: access through a null pointer"
    assert outcome(body("  %r = load.i64 %x, align 8\n  return %x"), 1 << 40) == "undefined: access outside memory"
    assert outcome(body("  %z = const.i1 0\n  assume %z\n  return %x"), 0) == "undefined: assume"
    assert outcome(body('  %z = const.i1 0\n  check "shift", %z\n  return %x'), 0) == "undefined: shift"
    assert outcome(body("  %r = call @nobody(%x) -> i64\n  return %r"), 0) == "unsupported: @nobody is not defined"


def test_checks_see_objects_and_flags() -> None:
    past = body(
        "  %s = slot 4, align 4\n  %k = const.i64 4\n  %p = ptr_add %s, %k\n  store.i32 %p, %v, align 4\n  return %x"
    )
    past = past.replace("  %s", "  %v = const.i32 1\n  %s", 1)
    assert outcome(past, 1) == "returned [1]"
    assert outcome(past, 1, checks=True) == "undefined: access outside an object"
    unset = body("  %s = slot 8, align 8\n  %r = load.i64 %s, align 8\n  return %r")
    assert outcome(unset, 1) == "returned [0]"
    assert outcome(unset, 1, checks=True) == "returned [0]"
    decided = unset.replace("return %r", "%c = eq.i64 %r, %x\n  branch %c, a, a\na:\n  return %x")
    assert outcome(decided, 1, checks=True) == "undefined: branch on an uninitialised value"
    gone = """
    func @g() -> i64 {
    entry:
      %s = slot 8, align 8
      return %s
    }
    func @f() -> i64 {
    entry:
      %p = call @g() -> i64
      store.i64 %p, %p, align 8
      return %p
    }
    """
    assert outcome(gone, checks=True) == "undefined: access after the object's lifetime"
    wraps = body("  %k = const.i64 1\n  %r = add.i64 %x, %k, nsw\n  return %r")
    assert outcome(wraps, (1 << 63) - 1) == f"returned [{1 << 63}]"
    assert outcome(wraps, (1 << 63) - 1, checks=True) == "undefined: signed overflow"


def test_two_modules_share_globals_and_keep_locals_apart() -> None:
    first = parse_module("""
    extern @twice
    local data @x size 8, align 8 = "\\05"
    func @f() -> i64 {
    entry:
      %p = symbol @x
      %v = load.i64 %p, align 8
      %r = call @twice(%v) -> i64
      return %r
    }
    """)
    second = parse_module("""
    local data @x size 8, align 8 = "\\07"
    weak func @f() -> i64 {
    entry:
      %z = const.i64 0
      return %z
    }
    func @twice(i64 %v) -> i64 {
    entry:
      %p = symbol @x
      %o = load.i64 %p, align 8
      %s = add.i64 %v, %v
      %r = add.i64 %s, %o
      return %r
    }
    """)
    assert str(Machine([first, second], Host()).run("f")) == "returned [17]"


def test_host_prints_and_exits() -> None:
    text = r"""
    local data @format size 16, align 1 = "%d %s %#lx\0a\00"
    local data @word size 3, align 1 = "hi\00"
    func @f(i64 %x) -> i64 {
    entry:
      %p = symbol @format
      %w = symbol @word
      %n = call @printf(%p, %x, %w, %x) -> i32, variadic
      %code = zext.i64.i32 %n
      call @exit(%code), noreturn
      unreachable
    }
    """
    found = run_module(parse_module(text), "f", [0xFFFFFFFF])
    assert (str(found), found.output) == ("exited 17", b"-1 hi 0xffffffff\n")


def test_deep_nesting_and_large_switches_translate() -> None:
    lines = ["func @f(i64 %x) -> i64 {", "entry:"]
    for index in range(300):  # each inside the true arm of the one before
        lines += [f"  %k{index} = const.i64 {index}", f"  %c{index} = ne.i64 %x, %k{index}"]
        lines += [f"  branch %c{index}, t{index}, e{index}", f"t{index}:"]
    lines += ["  return %x"]
    for index in range(300):
        lines += [f"e{index}:", f"  %r{index} = const.i64 {index + 1000}", f"  return %r{index}"]
    text = "\n".join([*lines, "}"])
    assert outcome(text, 299) == "returned [1299]"
    assert outcome(text, 300) == "returned [300]"
    cases = ", ".join(f"{3 * index}: b{index % 50}" for index in range(400))
    blocks = "".join(f"b{index}:\n  %k{index} = const.i64 {index}\n  return %k{index}\n" for index in range(50))
    switch = f"func @f(i64 %x) -> i64 {{\nentry:\n  switch.i64 %x, other, {cases}\n{blocks}other:\n  return %x\n}}\n"
    assert [outcome(switch, value) for value in (0, 3 * 399, 5)] == ["returned [0]", "returned [49]", "returned [5]"]
