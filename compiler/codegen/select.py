"""Instruction selection: every block is walked backwards, and each needed operation becomes the first rule that
matches.

Blocks are taken in reverse of a reverse postorder, so that all uses of a value are seen before its definition.
"""

from __future__ import annotations

from compiler.codegen import arguments, inline_asm
from compiler.codegen.matcher import Selection, block_label
from compiler.codegen.mfunc import BlockArg, MBlock, MEdge, MFunction, MInsn
from compiler.ir.function import Asm, Block, Call, Const, Memory, Operation, Terminator, Value
from compiler.ir.order import edges_of, ordered_blocks
from compiler.machine.isa import Arg, VirtualArg
from compiler.terms import ops
from compiler.terms.ops import WRITES


def select_function(sel: Selection) -> MFunction:
    """Selects the whole function."""
    function = sel.function
    blocks = ordered_blocks(function)
    for number, block in enumerate(blocks):
        made = MBlock(number, block_label(function.name, block.name))
        made.address_taken = block.address_taken
        sel.blocks[block.number] = made
        sel.mf.blocks.append(made)
        _prepare(sel, block)
    for block in reversed(blocks):
        _block(sel, block)
    arguments.enter(sel, sel.mf.blocks[0], blocks[0])
    return sel.mf


def _prepare(sel: Selection, block: Block) -> None:
    """Counts uses and numbers the memory writes of a block."""
    uses = sel.uses
    epoch = 0
    for operation in block.operations:
        sel.home[operation.number] = block.number
        sel.epoch[operation.number] = epoch
        effects = operation.op.effects
        if effects & WRITES or (isinstance(operation, Memory) and (operation.volatile or operation.order)):
            epoch += 1
        for arg in operation.args:
            uses[arg.number] = uses.get(arg.number, 0) + 1
    for edge in edges_of(block):
        for arg in edge.args:
            uses[arg.number] = uses.get(arg.number, 0) + 1


def _block(sel: Selection, block: Block) -> None:
    sel.block = block
    sel.out = []
    made = sel.blocks[block.number]
    operations = block.operations
    sel.before = []
    results = operations[-1].results
    seen: set[int] = set()
    for edge in edges_of(block):
        if not edge.args and not results:
            if edge.target.number in seen:
                continue  # a switch may have many cases for a target, and nothing to pass
            seen.add(edge.target.number)
        args = [sel.virtual(result) for result in results] + [_as_virtual(sel, arg) for arg in edge.args]
        made.edges.append(MEdge(sel.blocks[edge.target.number], args))
    edge_values = sel.before
    for index in range(len(operations) - 1, -1, -1):
        operation = operations[index]
        sel.before = []
        sel.at_epoch = sel.epoch[operation.number]
        insns = _operation(sel, operation)
        sel.out.extend(reversed(insns))
        sel.out.extend(reversed(sel.before))
        if index == len(operations) - 1:
            sel.out.extend(reversed(edge_values))
    sel.out.reverse()
    made.insns = sel.out
    if block is not sel.function.blocks[0]:
        made.parameters = [sel.virtual(parameter) for parameter in block.parameters]


def _as_virtual(sel: Selection, value: Value) -> VirtualArg:
    """An edge argument: a virtual register even for zero."""
    if isinstance(value, Const) and sel.home.get(value.number, -1) != sel.block.number:
        return sel.make_constant(value, None)
    if isinstance(value, Const):
        return sel.virtual(value)
    register = sel.register(value)
    assert isinstance(register, VirtualArg)
    return register


def _needed(sel: Selection, operation: Operation) -> bool:
    if operation.number in sel.virtuals:
        return True
    return any(result.number in sel.virtuals for result in operation.extra)


def _operation(sel: Selection, operation: Operation) -> list[MInsn]:
    """The instructions of one operation, in order; none if it was folded or nobody needs it."""
    op = operation.op
    if operation.number in sel.folded:
        return []
    if isinstance(operation, Const):
        if operation.number in sel.virtuals:
            sel.make_constant(operation, sel.virtuals[operation.number])
        return []
    if op is ops.SYMBOL or op is ops.SLOT or op is ops.LABEL:
        if operation.number in sel.virtuals:
            sel.make_address(operation, sel.virtuals[operation.number])
        return []
    if isinstance(operation, Terminator):
        return _terminator(sel, operation)
    if isinstance(operation, Asm):
        insns = inline_asm.select_asm(sel, operation)
        if operation.edges is not None:
            insns.append(jump_to(sel, operation.edges[0].target))
        return insns
    removable = op.effects & (WRITES | ops.PINNED) == 0 and not (
        isinstance(operation, Memory) and (operation.volatile or operation.order)
    )
    if removable and not _needed(sel, operation):
        return []
    if isinstance(operation, Call):
        return arguments.call(sel, operation)
    found = sel.match_rules(operation)
    if found is not None:
        return found
    return arguments.special(sel, operation)


def _terminator(sel: Selection, operation: Terminator) -> list[MInsn]:
    op = operation.op
    backend = sel.backend
    if op is ops.JUMP:
        return [jump_to(sel, operation.edges[0].target)]
    if op is ops.BRANCH:
        found = sel.match_rules(operation)
        assert found is not None, "no rule for branch"
        return [*found, jump_to(sel, operation.edges[1].target)]
    if op is ops.SWITCH:
        found = sel.match_rules(operation)
        assert found is not None, "no rule for switch"
        return found
    if op is ops.RETURN:
        return arguments.leave(sel, operation)
    if op is ops.INDIRECT:
        return [MInsn(backend.jump_indirect, [sel.register(operation.args[0])])]
    assert op is ops.UNREACHABLE, op.name
    return [MInsn(backend.trap, [])]


def jump_to(sel: Selection, block: Block) -> MInsn:
    jump = sel.backend.jump
    args: list[Arg] = []
    for operand in jump.operands[:-1]:
        assert operand.omitted is None
        args.append(sel.zero if sel.zero is not None else sel.sp)
    args.append(BlockArg(sel.blocks[block.number]))
    return MInsn(jump, args)

