"""Block order and branches: falls through where it can, inverts a branch that jumps over a jump, drops empty blocks.

Works after allocation. Chains of blocks are grown along the first edge that has not been placed (Pettis and Hansen,
Profile
Guided Code Positioning, PLDI 1990, with static frequencies).
"""

from __future__ import annotations

from typing import Final

from compiler.codegen.backend import Backend
from compiler.codegen.mfunc import BlockArg, MBlock, MFunction, MInsn
from compiler.machine.isa import BRANCH, TERMINATOR

LIMIT: Final = 64  # jumps followed through empty blocks


def lay_out(mf: MFunction, backend: Backend) -> None:
    """Orders the blocks and rewrites their last branches. Block numbers become positions again."""
    _thread(mf, backend)
    order = _chains(mf)
    for number, block in enumerate(order):
        block.number = number
    mf.blocks = order
    for number, block in enumerate(order):
        following = order[number + 1] if number + 1 < len(order) else None
        _finish(block, following, backend)


def _only_jump(block: MBlock, backend: Backend) -> MBlock | None:
    """The target of a block that does nothing but jump."""
    if len(block.insns) != 1 or block.address_taken:
        return None
    return _jump_target(block.insns[0], backend)


def _jump_target(insn: MInsn, backend: Backend) -> MBlock | None:
    if insn.insn is not backend.jump:
        return None
    arg = insn.args[-1]
    return arg.block if isinstance(arg, BlockArg) else None


def _thread(mf: MFunction, backend: Backend) -> None:
    """Branches to a block that only jumps go to where it jumps; then unreached blocks are dropped."""
    for block in mf.blocks:
        for insn in block.insns[-2:]:
            for index, arg in enumerate(insn.args):
                if isinstance(arg, BlockArg):
                    insn.args[index] = BlockArg(_final(arg.block, backend))
        for edge in block.edges:
            edge.target = _final(edge.target, backend)
    for table in mf.tables:
        table.targets = [_final(target, backend) for target in table.targets]
    reached: set[str] = {mf.blocks[0].label}
    todo = [mf.blocks[0]]
    for block in mf.blocks:
        if block.address_taken:
            todo.append(block)
            reached.add(block.label)
    while todo:
        for edge in todo.pop().edges:
            if edge.target.label not in reached:
                reached.add(edge.target.label)
                todo.append(edge.target)
    mf.blocks = [block for block in mf.blocks if block.label in reached]


def _final(block: MBlock, backend: Backend) -> MBlock:
    for _ in range(LIMIT):
        target = _only_jump(block, backend)
        if target is None or target is block:
            return block
        block = target
    return block


def _chains(mf: MFunction) -> list[MBlock]:
    """Each block is followed by a successor that has no place yet, the false side of a branch first."""
    placed: set[str] = set()
    order: list[MBlock] = []
    for first in mf.blocks:
        block: MBlock | None = first
        while block is not None and block.label not in placed:
            placed.add(block.label)
            order.append(block)
            following: MBlock | None = None
            for edge in reversed(block.edges):
                if edge.target.label in placed:
                    continue
                if following is None or edge.target.frequency > following.frequency:
                    following = edge.target
            block = following
    return order


def _finish(block: MBlock, following: MBlock | None, backend: Backend) -> None:
    insns = block.insns
    target = _jump_target(insns[-1], backend) if insns else None
    if target is None or following is None:
        return
    if target is following:
        insns.pop()
        if insns and _conditional(insns[-1]) is following:
            insns.pop()
        return
    if len(insns) < 2:
        return
    branch = insns[-2]
    if _conditional(branch) is not following:
        return
    assert branch.insn is not None
    inverse = backend.inverse.get(branch.insn.key)
    if inverse is None:
        return
    args = list(branch.args)
    for index, arg in enumerate(args):
        if isinstance(arg, BlockArg):
            args[index] = BlockArg(target)
    insns[-2:] = [MInsn(backend.target.insn(inverse), args)]


def _conditional(insn: MInsn) -> MBlock | None:
    """Where a conditional branch goes, None for anything else."""
    if insn.insn is None or not insn.insn.flags & BRANCH or insn.insn.flags & TERMINATOR:
        return None
    for arg in insn.args:
        if isinstance(arg, BlockArg):
            return arg.block
    return None
