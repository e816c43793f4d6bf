"""The checker of allocations sees what is wrong: allocated code is damaged on purpose, each damage is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compiler.codegen.check_allocation import Checker, Snapshot
from compiler.codegen.frequency import estimate
from compiler.codegen.legal import Legalizer
from compiler.codegen.legalize import legalize
from compiler.codegen.matcher import Selection
from compiler.codegen.mfunc import SPILL, MBlock, MFunction, MInsn, SlotArg
from compiler.codegen.regalloc import Allocator
from compiler.codegen.resolve import Resolver
from compiler.codegen.select import select_function
from compiler.ir.parser import parse_module
from compiler.machine.isa import ImmediateArg, MemoryArg, RegisterArg
from compiler.tests.codegen.execution import BACKEND, RULES

# Thirty values live across a call, so that some are spilled, constants are made again and two values change places.
SOURCE = "\n".join(
    [
        'module "m"',
        "func @f(i64 %a, i64 %b) -> i64 {",
        "entry:",
        "  %big = const.i64 123456789",
        *[f"  %x{index} = mul.i64 %a, %{'b' if index == 0 else 'x' + str(index - 1)}" for index in range(30)],
        "  %start = const.i64 5",
        "  jump loop(%start, %x0, %x1)",
        "loop(%n: i64, %p: i64, %q: i64):",
        *[f"  %k{index} = const.i64 {987654321 + index}" for index in range(14)],
        *[f"  %b{index} = mul.i64 %{'p' if index == 0 else 'b' + str(index - 1)}, %k{index}" for index in range(14)],
        "  %c = call @g(%n, %b13) -> i64",
        *[f"  %a{index} = mul.i64 %{'c' if index == 0 else 'a' + str(index - 1)}, %k{index}" for index in range(14)],
        "  %r = add.i64 %a13, %q",
        "  %one = const.i64 1",
        "  %left = sub.i64 %n, %one",
        "  %more = ne.i64 %left, %big",
        "  branch %more, loop(%left, %q, %p), done",
        "done:",
        *[f"  %s{index} = xor.i64 %x{index}, %{'r' if index == 0 else 's' + str(index - 1)}" for index in range(30)],
        "  return %s29",
        "}",
    ]
)


SWAP = """
module "m"
func @f(i64 %a, i64 %b, i64 %n) -> i64 {
entry:
  jump loop(%a, %b, %n)
loop(%p: i64, %q: i64, %i: i64):
  %one = const.i64 1
  %left = sub.i64 %i, %one
  %zero = const.i64 0
  %more = ne.i64 %left, %zero
  branch %more, loop(%q, %p, %left), done
done:
  %r = sub.i64 %p, %q
  return %r
}
"""


def allocated(source: str) -> tuple[Snapshot, MFunction]:
    function = parse_module(source).functions()[0]
    legalize(Legalizer(function, BACKEND))
    mf = select_function(Selection(function, BACKEND, RULES, {}, set()))
    estimate(mf)
    snapshot = Snapshot(mf)
    Resolver(mf, BACKEND, Allocator(mf, BACKEND).run()).run()
    return snapshot, mf


def errors(damage: Callable[[Snapshot, MFunction], None]) -> str:
    snapshot, mf = allocated(SWAP if damage is copies_one_after_the_other else SOURCE)
    damage(snapshot, mf)
    return "\n".join(Checker(snapshot, mf, BACKEND).run())


def inserted(snapshot: Snapshot, mf: MFunction) -> list[tuple[MBlock, MInsn]]:
    return [(block, insn) for block in mf.blocks for insn in block.insns if id(insn) not in snapshot.known]


def is_spill(insn: MInsn, store: bool) -> bool:
    if insn.insn is None or not (insn.insn.is_store if store else insn.insn.is_load):
        return False
    address = insn.args[1]
    return isinstance(address, MemoryArg) and isinstance(address.base, SlotArg) and address.base.slot.kind == SPILL


def no_damage(snapshot: Snapshot, mf: MFunction) -> None:
    assert any(is_spill(insn, True) for _, insn in inserted(snapshot, mf)), "nothing is spilled: the test shows nothing"


def forgotten_store(snapshot: Snapshot, mf: MFunction) -> None:
    block, insn = next((block, insn) for block, insn in inserted(snapshot, mf) if is_spill(insn, True))
    block.insns.remove(insn)


def wrong_slot(snapshot: Snapshot, mf: MFunction) -> None:
    loads = [insn for _, insn in inserted(snapshot, mf) if is_spill(insn, False)]
    addresses = [insn.args[1] for insn in loads]
    other = next(index for index, arg in enumerate(addresses) if slot_of(arg) != slot_of(addresses[0]))
    loads[0].args[1], loads[other].args[1] = addresses[other], addresses[0]


def slot_of(arg: object) -> int:
    assert isinstance(arg, MemoryArg) and isinstance(arg.base, SlotArg)
    return arg.base.slot.number


def copies_one_after_the_other(snapshot: Snapshot, mf: MFunction) -> None:
    """The swap on the way back, without the register that breaks the cycle."""
    scratch = BACKEND.scratch[0]
    for block, insn in inserted(snapshot, mf):
        if isinstance(insn.args[0], RegisterArg) and insn.args[0].register is scratch and not is_spill(insn, True):
            block.insns.remove(insn)
            return
    raise AssertionError("no cycle is broken")


def another_register(snapshot: Snapshot, mf: MFunction) -> None:
    for block in mf.blocks:
        for insn in block.insns:
            if insn.insn is not None and insn.insn.key == "xor" and id(insn) in snapshot.known:
                insn.args[1] = RegisterArg(BACKEND.target.register("t6"))
                return


def value_kept_where_the_call_destroys_it(snapshot: Snapshot, mf: MFunction) -> None:
    """The call is said to change everything."""
    for block in mf.blocks:
        for insn in block.insns:
            if insn.insn is not None and insn.insn.is_call:
                insn.writes = [*insn.writes, *BACKEND.target.callee_saved[0]]


def wrong_constant_made_again(snapshot: Snapshot, mf: MFunction) -> None:
    for _, insn in inserted(snapshot, mf):
        if insn.insn is not None and insn.insn.key == "li":
            insn.args[1] = ImmediateArg(4711)
            return
    raise AssertionError("nothing is made again")


def lost_instruction(snapshot: Snapshot, mf: MFunction) -> None:
    block = mf.blocks[-1]
    block.insns.remove(next(insn for insn in block.insns if id(insn) in snapshot.known))


def unsaved_register(snapshot: Snapshot, mf: MFunction) -> None:
    mf.used_callee_saved.clear()


def test_a_right_allocation_passes() -> None:
    assert errors(no_damage) == ""


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (forgotten_store, "should hold"),
        (wrong_slot, "should hold"),
        (copies_one_after_the_other, "should hold"),
        (another_register, "should hold"),
        (value_kept_where_the_call_destroys_it, "should hold"),
        (wrong_constant_made_again, "makes no known value"),
        (lost_instruction, "missing, doubled or in another order"),
        (unsaved_register, "is changed and not saved"),
    ],
)
def test_damage_is_seen(damage: Callable[[Snapshot, MFunction], None], message: str) -> None:
    assert message in errors(damage)
