"""Rewrites IR until selection has a rule for every operation: narrow and wide integers, bit counting, block memory,
varargs.

Invariant: afterwards integers in registers are i1 to the register's width, and values narrower than a register are kept
sign-extended in it (i1 as 0 or 1), so that comparisons need no extension. The meaning of the function is unchanged: the
interpreter may run it before and after.
"""

from __future__ import annotations

from typing import Final

from compiler.codegen import expand, wide
from compiler.codegen.edges import demote_into_indirect, split_critical_edges
from compiler.codegen.inline_asm import legalize_asm
from compiler.codegen.legal import Legalizer
from compiler.codegen.memory import legalize_memory
from compiler.codegen.switches import legalize_switch
from compiler.codegen.varargs import legalize_varargs
from compiler.ir.function import Block, Edge, Function, Operation, Parameter, Terminator, Value
from compiler.ir.order import ordered_blocks, reverse_postorder, successor_indices
from compiler.ir.types import I1, I32
from compiler.terms import ops
from compiler.terms.ops import Op

_DROPPED: Final = (ops.ASSUME, ops.CHECK, ops.DEBUG_VALUE, ops.LIFETIME_START, ops.LIFETIME_END, ops.VA_END)
_NARROW: Final = (
    ops.ADD, ops.SUB, ops.MUL, ops.SHL, ops.LSHR, ops.ASHR, ops.UDIV, ops.UREM, ops.SDIV, ops.SREM,
    ops.ADD_OVERFLOW_S, ops.ADD_OVERFLOW_U, ops.SUB_OVERFLOW_S, ops.SUB_OVERFLOW_U, ops.MUL_OVERFLOW_S,
    ops.MUL_OVERFLOW_U, ops.MULH_S, ops.MULH_U, ops.ROTL,
)  # fmt: skip
_SIGNED: Final = (
    ops.ASHR, ops.SDIV, ops.SREM, ops.ADD_OVERFLOW_S, ops.SUB_OVERFLOW_S, ops.MUL_OVERFLOW_S, ops.MULH_S,
)  # fmt: skip
_ORDERS: Final = (ops.LT_S, ops.LT_U, ops.LE_S, ops.LE_U)
_COUNTS: Final = (ops.CLZ, ops.CTZ, ops.POPCOUNT, ops.BSWAP)
_OVERFLOWS: Final = (
    ops.ADD_OVERFLOW_S, ops.ADD_OVERFLOW_U, ops.SUB_OVERFLOW_S, ops.SUB_OVERFLOW_U, ops.MUL_OVERFLOW_S,
    ops.MUL_OVERFLOW_U,
)  # fmt: skip

# How an integer operation is treated, by its number.
_PLAIN: Final = 0
_PROMOTED: Final = 1  # done at 32 bits when narrower
_WRITTEN_OUT: Final = 2  # at some widths


def _treatments() -> list[int]:
    table = [_PLAIN] * len(ops.OPS)
    for op in (*_NARROW, *_COUNTS):
        table[op.number] |= _PROMOTED
    for op in (*_OVERFLOWS, *_COUNTS, *_ORDERS, ops.ROTL, ops.MULH_S, ops.MULH_U, ops.FTOSI, ops.FTOUI):
        table[op.number] |= _WRITTEN_OUT
    return table


_TREATMENT: Final[list[int]] = _treatments()


def legalize(lg: Legalizer) -> None:
    """Rewrites `lg.function` in place. Blocks no edge reaches are dropped."""
    function = lg.function
    _keep_taken(function)
    blocks = ordered_blocks(function)
    function.blocks = list(blocks)
    for block in blocks:
        _parameters(lg, block)
    for block in blocks:
        operations = block.operations
        block.operations = []
        lg.builder.start(block)
        for operation in operations:
            lg.builder.loc = operation.loc
            _operation(lg, operation)
    split_critical_edges(function)
    demote_into_indirect(lg)


def _keep_taken(function: Function) -> None:
    """Blocks whose address is taken stay, as traps if nothing reaches them: their labels may stand in data."""
    reached = set(reverse_postorder(successor_indices(function)))
    for index, block in enumerate(function.blocks):
        if block.address_taken and index not in reached:
            block.parameters = []
            block.operations = [Terminator(ops.UNREACHABLE, function.number(), [], [])]


def _parameters(lg: Legalizer, block: Block) -> None:
    """Splits wide parameters of blocks in two; the function's own are parts already."""
    parameters: list[Parameter] = []
    for parameter in block.parameters:
        if parameter.type.bits <= lg.word.bits:
            parameters.append(parameter)
            continue
        low = Parameter(lg.word, lg.function.number())
        high = Parameter(lg.word, lg.function.number())
        lg.pairs[parameter.number] = (low, high)
        parameters += [low, high]
    block.parameters = parameters


def _edge(lg: Legalizer, edge: Edge) -> Edge:
    args: list[Value] = []
    for arg in edge.args:
        args += lg.words(arg)
    return Edge(edge.target, args)


def _operation(lg: Legalizer, operation: Operation) -> None:
    """One operation: dropped, rewritten, or kept with its operands replaced."""
    op = operation.op
    if op in _DROPPED:
        return
    if isinstance(operation, Terminator):
        _terminator(lg, operation)
        return
    if op is ops.EXPECT:
        lg.alias(operation, operation.args[0])
        return
    if op is ops.IS_CONSTANT:
        lg.replace(operation, lg.builder.const(I1, 0))
        return
    if operation.named.lanes > 1:
        raise lg.refuse("vector operation")
    if lg.is_wide(operation):
        wide.legalize_wide(lg, operation)
        return
    if legalize_memory(lg, operation) or legalize_varargs(lg, operation):
        return
    if op is ops.CALL:
        lg.keep(operation, wide_arguments=True)
        return
    if op is ops.ASM or op is ops.ASM_GOTO:
        legalize_asm(lg, operation)
        return
    if op is ops.RETURN_ADDRESS and lg.builder.block is not lg.function.blocks[0]:
        _hoist(lg, operation)
        return
    if operation.named.is_integer and _integer(lg, operation):
        return
    if operation.named.is_float or operation.second.is_float:
        if _float(lg, operation):
            return
    lg.keep(operation)


def _hoist(lg: Legalizer, operation: Operation) -> None:
    """The return address is read where the function begins, so that its register is free elsewhere."""
    entry = lg.function.blocks[0].operations
    position = 0
    while entry[position].op is ops.SLOT:
        position += 1
    entry.insert(position, operation)


def _integer(lg: Legalizer, operation: Operation) -> bool:
    """Integer arithmetic that has no instruction at its width."""
    op = operation.op
    what = _TREATMENT[op.number]
    if what == _PLAIN:
        return False
    type = operation.named
    if type.bits < 32 and what & _PROMOTED:
        _promote(lg, operation)
        return True
    if what == _PROMOTED:
        return False
    if op in _OVERFLOWS:
        args = [lg.map(arg) for arg in operation.args]
        result, bit = expand.overflow(lg, op, type, args[0], args[1])
        lg.replace(operation, result)
        lg.values[operation.extra[0].number] = bit
        return True
    value: Value | None = None
    args = [lg.map(arg) for arg in operation.args]
    if type is I1 and op in _ORDERS:
        value = _order_bits(lg, op, args[0], args[1])
    elif op is ops.ROTL:
        amount = lg.builder.binary(ops.SUB, lg.builder.const(type, 0), args[1])
        left = lg.builder.binary(ops.SHL, args[0], args[1])
        value = lg.builder.binary(ops.OR, left, lg.builder.binary(ops.LSHR, args[0], amount))
    elif op is ops.MULH_U or op is ops.MULH_S:
        if type.bits == lg.word.bits:
            return False
        extend = ops.ZEXT if op is ops.MULH_U else ops.SEXT
        left = lg.builder.convert(extend, lg.word, args[0])
        product = lg.builder.binary(ops.MUL, left, lg.builder.convert(extend, lg.word, args[1]))
        shifted = lg.builder.binary(ops.LSHR, product, lg.builder.const(lg.word, type.bits))
        value = lg.builder.convert(ops.TRUNC, type, shifted)
    elif op is ops.BSWAP:
        value = expand.byte_swap(lg, type, args[0])
    elif op is ops.POPCOUNT:
        value = expand.population(lg, type, args[0])
    elif op is ops.CLZ:
        value = expand.leading_zeros(lg, type, args[0])
    elif op is ops.CTZ:
        value = expand.trailing_zeros(lg, type, args[0])
    elif (op is ops.FTOSI or op is ops.FTOUI) and type.bits < 32:
        # What is out of the narrow type's range is undefined, so the wider conversion agrees where it counts.
        wider = lg.builder.convert(ops.FTOSI, I32, args[0])
        value = lg.builder.convert(ops.TRUNC, type, wider)
    if value is None:
        return False
    lg.replace(operation, value)
    return True


def _order_bits(lg: Legalizer, op: Op, left: Value, right: Value) -> Value:
    """An order of two i1 in logic. Signed, a set bit is -1 and so below a clear one."""
    if op is ops.LT_S or op is ops.LE_S:
        left, right = right, left
    combine = ops.AND if op is ops.LT_S or op is ops.LT_U else ops.OR
    return lg.builder.binary(combine, lg.builder.invert(left), right)


def _promote(lg: Legalizer, operation: Operation) -> None:
    """An operation on i1, i8 or i16 done at 32 bits and cut again."""
    op = operation.op
    type = operation.named
    builder = lg.builder
    signed = op in _SIGNED
    args = [lg.map(arg) for arg in operation.args]
    mask = builder.const(I32, type.bits - 1)
    wider: list[Value] = [builder.convert(ops.SEXT if signed else ops.ZEXT, I32, arg) for arg in args]
    if op in (ops.SHL, ops.LSHR, ops.ASHR):
        wider[1] = builder.binary(ops.AND, wider[1], mask)
    elif op is ops.ROTL:
        amount = builder.binary(ops.AND, wider[1], mask)
        back = builder.binary(ops.AND, builder.binary(ops.SUB, builder.const(I32, 0), wider[1]), mask)
        left = builder.binary(ops.SHL, wider[0], amount)
        total = builder.binary(ops.OR, left, builder.binary(ops.LSHR, wider[0], back))
        lg.replace(operation, builder.convert(ops.TRUNC, type, total))
        return
    elif op in _COUNTS:
        lg.replace(operation, builder.convert(ops.TRUNC, type, expand.narrow_count(lg, op, type, wider[0])))
        return
    if op is ops.MULH_U or op is ops.MULH_S:
        product = builder.binary(ops.MUL, wider[0], wider[1])
        high = builder.binary(ops.LSHR, product, builder.const(I32, type.bits))
        lg.replace(operation, builder.convert(ops.TRUNC, type, high))
        return
    plain = _plain(op)
    result = builder.binary(plain, wider[0], wider[1])
    cut = builder.convert(ops.TRUNC, type, result)
    lg.replace(operation, cut)
    if op in _OVERFLOWS:
        again = builder.convert(ops.SEXT if signed else ops.ZEXT, I32, cut)
        lg.values[operation.extra[0].number] = builder.compare(ops.NE, again, result)


def _plain(op: Op) -> Op:
    """The wrapping operation of an overflow operation; any other is itself."""
    if op is ops.ADD_OVERFLOW_S or op is ops.ADD_OVERFLOW_U:
        return ops.ADD
    if op is ops.SUB_OVERFLOW_S or op is ops.SUB_OVERFLOW_U:
        return ops.SUB
    if op is ops.MUL_OVERFLOW_S or op is ops.MUL_OVERFLOW_U:
        return ops.MUL
    return op


def _float(lg: Legalizer, operation: Operation) -> bool:
    """Float operations that no machine has as one instruction."""
    op = operation.op
    builder = lg.builder
    if operation.named.bits == 16 or (operation.second.bits == 16 and operation.second.is_float):
        raise lg.refuse("half precision arithmetic")
    if op is ops.SITOF or op is ops.UITOF:
        if operation.second.bits >= 32:
            return False
        value = builder.convert(ops.SEXT if op is ops.SITOF else ops.ZEXT, I32, lg.map(operation.args[0]))
        lg.replace(operation, builder.convert(ops.SITOF, operation.named, value))
        return True
    if op is ops.FNE:
        equal = builder.compare(ops.FEQ, lg.map(operation.args[0]), lg.map(operation.args[1]))
        lg.replace(operation, builder.binary(ops.XOR, equal, builder.const(I1, 1)))
        return True
    if op is ops.FUNORDERED:
        left = lg.map(operation.args[0])
        right = lg.map(operation.args[1])
        both = builder.binary(ops.AND, builder.compare(ops.FEQ, left, left), builder.compare(ops.FEQ, right, right))
        lg.replace(operation, builder.binary(ops.XOR, both, builder.const(I1, 1)))
        return True
    if op is ops.SELECT:
        lg.replace(operation, expand.float_select(lg, operation))
        return True
    return False


# --- terminators --------------------------------------------------------------------------------------------------


def _terminator(lg: Legalizer, operation: Terminator) -> None:
    if operation.op is ops.SWITCH:
        edges = [_edge(lg, edge) for edge in operation.edges]
        legalize_switch(lg, operation, edges[0], edges[1:])
        return
    args: list[Value] = []
    for arg in operation.args:
        args += lg.words(arg)
    made = Terminator(operation.op, lg.function.number(), args, [_edge(lg, edge) for edge in operation.edges])
    made.named = operation.named
    made.weights = operation.weights
    lg.builder.append(made)
