"""Calls, entry and exit of functions, and operations that concern the frame: parts travel where their signature
says."""

from __future__ import annotations

from compiler.codegen.matcher import Selection, copy_insn, refused
from compiler.codegen.mfunc import (
    CALL_SITE,
    ENTRY,
    EPILOGUE,
    INCOMING,
    OUTGOING,
    PROLOGUE,
    Copy,
    MBlock,
    MInsn,
    SlotArg,
)
from compiler.ir.function import Block, Call, Memory, Named, Operation, Terminator, Value
from compiler.ir.types import Type
from compiler.machine.isa import Arg, ImmediateArg, Insn, MemoryArg, Register, RegisterArg, RegisterClass, SymbolArg
from compiler.platform.abi import MEMORY, Part, Signature
from compiler.platform.classify import scalars
from compiler.terms import ops


def signature_of(sel: Selection, signature: Signature | None, args: list[Type], results: list[Type]) -> Signature:
    """The given signature, or that of plain scalars in order."""
    if signature is not None:
        return signature
    kinds = [(type.is_float, type.bits) for type in args]
    return scalars(sel.backend.abi, kinds, [(type.is_float, type.bits) for type in results])


def argument_parts(sel: Selection, signature: Signature) -> list[Part]:
    """Where each argument value travels, in the order of a call's arguments."""
    parts: list[Part] = []
    if signature.sret is not None:
        parts.append(signature.sret)
    for passing in signature.parameters:
        if passing.way == MEMORY:
            raise refused(sel, "argument passed in memory")
        parts += passing.parts
    return parts


def access_row(sel: Selection, register_class: RegisterClass, store: bool, bits: int = 64) -> Insn:
    """The row that loads or stores a register of a class."""
    for access in sel.backend.target.accesses:
        if access.register_class is register_class and access.bytes * 8 == bits:
            return access.store if store else access.load
    raise AssertionError(f"no access for {register_class.name}")


def incoming(sel: Selection, offset: int) -> MemoryArg:
    """A word `offset` bytes above the stack pointer on entry."""
    word = sel.backend.word.size
    return MemoryArg(SlotArg(sel.mf.new_slot(word, word, INCOMING, offset)))


def call(sel: Selection, operation: Call) -> list[MInsn]:
    """Stores stack arguments, moves the others at once, calls, and moves results out of their registers."""
    backend = sel.backend
    target = backend.target
    arguments = operation.arguments
    results = operation.results
    signature = signature_of(
        sel, operation.signature, [arg.type for arg in arguments], [result.type for result in results]
    )
    parts = argument_parts(sel, signature)
    assert len(parts) == len(arguments), f"call of {operation.callee}: {len(parts)} parts, {len(arguments)} arguments"
    insns: list[MInsn] = []
    moves: list[Copy] = []
    reads: list[Register] = []
    for part, value in zip(parts, arguments, strict=True):
        if part.register:
            register = target.register(part.register)
            source = sel.register(value)
            if value.type.is_float and not register.register_class.is_float:  # float registers ran out
                bits = sel.temporary(register.register_class)
                insns.append(MInsn(backend.bits_from_float, [bits, source]))
                source = bits
            moves.append(Copy(RegisterArg(register), source))
            reads.append(register)
            continue
        slot = sel.mf.new_slot(backend.word.size, backend.word.size, OUTGOING, part.stack_offset)
        row = access_row(sel, sel.class_of(value.type), True, value.type.bits if value.type.is_float else 64)
        insns.append(MInsn(row, [sel.register(value), MemoryArg(SlotArg(slot))]))
    sel.mf.outgoing_size = max(sel.mf.outgoing_size, signature.stack_size)
    sel.mf.has_calls = True
    if operation.callee:
        made = MInsn(backend.call, [SymbolArg(operation.callee)], CALL_SITE)
    else:
        made = MInsn(backend.call_indirect, indirect_args(sel, operation.args[0]), CALL_SITE)
    made.reads = reads
    made.writes = list(backend.caller_saved)
    if moves:
        insns.append(copy_insn(moves))
    insns.append(made)
    taken: list[Copy] = []
    for part, result in zip(signature.result.parts, results, strict=True):
        if result.number in sel.virtuals:
            taken.append(Copy(sel.virtual(result), RegisterArg(target.register(part.register))))
    if taken:
        insns.append(copy_insn(taken))
    return insns


def indirect_args(sel: Selection, address: Value) -> list[Arg]:
    """The operands of the row that calls through a register."""
    args: list[Arg] = []
    for operand in sel.backend.call_indirect.operands:
        if operand.name == "rd":
            assert sel.backend.target.return_address is not None
            args.append(RegisterArg(sel.backend.target.return_address))
        elif operand.name == "mem":
            args.append(MemoryArg(sel.register(address)))
        else:
            args.append(sel.register(address))
    return args


def leave(sel: Selection, operation: Terminator) -> list[MInsn]:
    """Results into their registers, the frame taken down, return."""
    backend = sel.backend
    signature = signature_of(sel, sel.function.signature, [], sel.function.result_types)
    reads: list[Register] = []
    moves: list[Copy] = []
    for part, value in zip(signature.result.parts, operation.args, strict=True):
        register = backend.target.register(part.register)
        moves.append(Copy(RegisterArg(register), sel.register(value)))
        reads.append(register)
    epilogue = MInsn(None, [], EPILOGUE)
    epilogue.reads = list(reads)
    made = MInsn(backend.ret, [])
    made.reads = reads
    insns: list[MInsn] = [copy_insn(moves)] if moves else []
    return [*insns, epilogue, made]


def enter(sel: Selection, made: MBlock, block: Block) -> None:
    """What precedes the entry block's code: the frame, saved variadic registers, parameters out of their places."""
    backend = sel.backend
    target = backend.target
    function = sel.function
    signature = signature_of(sel, function.signature, [value.type for value in block.parameters], [])
    parts = argument_parts(sel, signature)
    assert len(parts) == len(block.parameters), f"{function.name}: parameters do not fit the signature"
    entry = MInsn(None, [], ENTRY)
    insns = [MInsn(None, [], PROLOGUE), entry]
    moves: list[Copy] = []
    loads: list[MInsn] = []
    if sel.return_address is not None:
        assert target.return_address is not None
        entry.writes.append(target.return_address)
        moves.append(Copy(sel.return_address, RegisterArg(target.return_address)))
    for part, value in zip(parts, block.parameters, strict=True):
        if part.register:
            register = target.register(part.register)
            entry.writes.append(register)
            if value.number not in sel.virtuals:
                continue
            if value.type.is_float and not register.register_class.is_float:
                bits = sel.temporary(register.register_class)
                moves.append(Copy(bits, RegisterArg(register)))
                loads.append(MInsn(backend.float_from_bits[value.type.bits], [sel.virtual(value), bits]))
            else:
                moves.append(Copy(sel.virtual(value), RegisterArg(register)))
        elif value.number in sel.virtuals:
            row = access_row(sel, sel.class_of(value.type), False, value.type.bits if value.type.is_float else 64)
            loads.append(MInsn(row, [sel.virtual(value), incoming(sel, part.stack_offset)]))
    if signature.variadic:
        insns += _save_variadic(sel, signature, entry)
    if moves:
        insns.append(copy_insn(moves))
    made.insns = insns + loads + made.insns


def _save_variadic(sel: Selection, signature: Signature, entry: MInsn) -> list[MInsn]:
    """Stores the argument registers that named parameters left, just below the stack arguments (psABI, Variadic)."""
    names = sel.backend.abi.integer_arguments
    size = sel.backend.word.size
    insns: list[MInsn] = []
    for index in range(signature.integer_used, len(names)):
        register = sel.backend.target.register(names[index])
        entry.writes.append(register)
        row = access_row(sel, register.register_class, True)
        insns.append(MInsn(row, [RegisterArg(register), incoming(sel, (index - len(names)) * size)]))
    return insns


def _variadic_offset(sel: Selection) -> int:
    """Of the first variable argument from the stack pointer on entry."""
    signature = signature_of(sel, sel.function.signature, [v.type for v in sel.function.entry.parameters], [])
    left = len(sel.backend.abi.integer_arguments) - signature.integer_used
    if left > 0:
        return -left * sel.backend.word.size
    used = 0
    for part in argument_parts(sel, signature):
        if not part.register:
            used = max(used, part.stack_offset + sel.backend.word.size)
    return used


def special(sel: Selection, operation: Operation) -> list[MInsn]:
    """Operations of the frame, which no rule describes. Refuses what is left by name."""
    op = operation.op
    backend = sel.backend
    if op is ops.VA_START:
        address = sel.temporary(sel.gpr)
        place = sel.mf.new_slot(8, 8, INCOMING, _variadic_offset(sel))
        made = MInsn(backend.add_immediate, [address, SlotArg(place), ImmediateArg(0)])
        row = access_row(sel, sel.gpr, True)
        return [made, MInsn(row, [address, sel.memory(operation.args[0], row.operands[1])])]
    if op is ops.ALLOCA:
        return _alloca(sel, operation)
    if op is ops.STACK_SAVE:
        sel.mf.has_dynamic_stack = True
        return [copy_insn([Copy(sel.virtual(operation), sel.sp)])]
    if op is ops.STACK_RESTORE:
        sel.mf.has_dynamic_stack = True
        return [copy_insn([Copy(sel.sp, sel.register(operation.args[0]))])]
    if op is ops.TRAP:
        return [MInsn(backend.trap, [])]
    if op is ops.FRAME_ADDRESS and isinstance(operation, Named) and operation.level == 0:
        place = sel.mf.new_slot(0, 1, INCOMING, 0)
        return [MInsn(backend.add_immediate, [sel.virtual(operation), SlotArg(place), ImmediateArg(0)])]
    if op is ops.RETURN_ADDRESS and isinstance(operation, Named) and operation.level == 0:
        if sel.return_address is None:
            sel.return_address = sel.temporary(sel.gpr)
        return [copy_insn([Copy(sel.virtual(operation), sel.return_address)])]
    if op is ops.READ_REGISTER and isinstance(operation, Named):
        register = backend.target.register_by_name.get(operation.text)
        if register is not None:
            return [copy_insn([Copy(sel.virtual(operation), RegisterArg(register))])]
    if op is ops.ATOMIC_RMW or op is ops.ATOMIC_CMPXCHG:
        return _atomic(sel, operation)
    raise refused(sel, f"operation '{op.name}' of type {operation.named.name}")


def _alloca(sel: Selection, operation: Operation) -> list[MInsn]:
    """Lowers the stack pointer by the size rounded up; the memory begins above the area for stack arguments."""
    backend = sel.backend
    align = backend.target.stack_alignment
    sel.mf.has_dynamic_stack = True
    padded = sel.temporary(sel.gpr)
    rounded = sel.temporary(sel.gpr)
    if sel.dynamic_base is None:
        sel.dynamic_base = sel.mf.new_slot(0, 1, OUTGOING, -1)
    return [
        MInsn(backend.add_immediate, [padded, sel.register(operation.args[0]), ImmediateArg(align - 1)]),
        MInsn(backend.align_down, [rounded, padded, ImmediateArg(-align)]),
        MInsn(backend.subtract, [sel.sp, sel.sp, rounded]),
        MInsn(backend.add_immediate, [sel.virtual(operation), SlotArg(sel.dynamic_base), ImmediateArg(0)]),
    ]


def _atomic(sel: Selection, operation: Operation) -> list[MInsn]:
    """A read-modify-write row, or the loop that compares and exchanges."""
    assert isinstance(operation, Memory)
    kind = operation.rmw if operation.op is ops.ATOMIC_RMW else "cmpxchg"
    key = sel.backend.atomic_rows.get(f"{kind}{operation.named.bits}")
    if key is None:
        raise refused(sel, f"atomic {kind} of {operation.named.name}")
    row = sel.backend.target.insn(key)
    address = operation.args[0]
    if operation.op is ops.ATOMIC_RMW:
        return [
            MInsn(row, [sel.virtual(operation), sel.register(operation.args[1]), sel.memory(address, row.operands[2])])
        ]
    old = sel.virtual(operation)
    expected = sel.register(operation.args[1])
    args: list[Arg] = [old, sel.temporary(sel.gpr), expected, sel.register(operation.args[2])]
    args.append(sel.memory(address, row.operands[4]))
    insns = [MInsn(row, args)]
    succeeded = operation.extra[0]
    if succeeded.number in sel.virtuals:
        difference = sel.temporary(sel.gpr)
        exclusive, is_zero = sel.backend.equal_rows
        insns.append(MInsn(exclusive, [difference, old, expected]))
        insns.append(MInsn(is_zero, [sel.virtual(succeeded), difference, ImmediateArg(1)]))
    return insns
