"""Builtins that have a lowering of their own: bit counting, overflow arithmetic, varargs, atomics, frames, hints."""

from __future__ import annotations

from typing import Final

from compiler.ir.function import ORDER_NAMES, SEQ_CST, Memory, Value
from compiler.ir.types import I1, I32, Type, integer
from compiler.lower import lanes
from compiler.lower.calls import library_call, part_type, parts_to_record, parts_to_scalar
from compiler.lower.context import Context
from compiler.lower.lvalues import pointer_of
from compiler.lower.scalars import infinity_of, significand_bits
from compiler.platform.abi import DIRECT, REFERENCE
from compiler.platform.classify import classify
from compiler.syntax import expr
from compiler.terms import ops
from compiler.terms.ops import Op
from compiler.types import ctypes

_COUNTS: Final[dict[str, Op]] = {"clz": ops.CLZ, "ctz": ops.CTZ, "popcount": ops.POPCOUNT}
_OVERFLOW: Final[dict[str, int]] = {"add": expr.ADD, "sub": expr.SUB, "mul": expr.MUL}
_OVERFLOW_OPS: Final[dict[int, tuple[Op, Op]]] = {
    expr.ADD: (ops.ADD_OVERFLOW_S, ops.ADD_OVERFLOW_U),
    expr.SUB: (ops.SUB_OVERFLOW_S, ops.SUB_OVERFLOW_U),
    expr.MUL: (ops.MUL_OVERFLOW_S, ops.MUL_OVERFLOW_U),
}
_FLOAT_UNARY: Final[dict[str, Op]] = {"fabs": ops.FABS, "sqrt": ops.FSQRT}
_FLOAT_COMPARE: Final[dict[str, tuple[Op, bool]]] = {  # the op, operands exchanged
    "isgreater": (ops.FLT, True),
    "isgreaterequal": (ops.FLE, True),
    "isless": (ops.FLT, False),
    "islessequal": (ops.FLE, False),
    "isunordered": (ops.FUNORDERED, False),
}
JMP_BUF_BYTES: Final = 256  # of <setjmp.h>
_LIBRARY: Final[dict[str, str]] = {"memcpy": "memcpy", "memmove": "memmove", "memset": "memset", "memcmp": "memcmp"}


def builtin_call(cx: Context, node: expr.BuiltinCall) -> Value | None:
    """The value of a builtin, None for void ones. Unknown names are refused."""
    name = node.name
    simple = _simple(cx, node, name)
    if simple is not None:
        return simple
    if _statement_like(cx, node, name):
        return None
    if name.startswith(("__atomic_", "__sync_", "atomic_", "sync_")):
        return _atomic(cx, node, name.removeprefix("__"))
    if "_overflow" in name:
        return _overflow(cx, node, name)
    counted = _bit_count(cx, node, name)
    if counted is not None:
        return counted
    floating = _floating(cx, node, name)
    if floating is not None:
        return floating
    raise cx.unsupported(f"__builtin_{name}", node.start)


def _simple(cx: Context, node: expr.BuiltinCall, name: str) -> Value | None:
    builder = cx.builder
    args = node.arguments
    if name == "va_arg":
        return va_arg(cx, node)
    if name == "trap_value":  # va_arg of a type that no argument has: the operand is evaluated, then it traps
        cx.effect(args[0])
        builder.effect(ops.TRAP, [])
        builder.unreachable()
        cx.dead()
        if cx.shapes.is_memory(node.type):
            return cx.temporary(node.type, "never").address
        return builder.const(cx.ir(node.type), 0)
    if name == "setjmp":
        return _builtin_setjmp(cx, args[0])
    if name == "complex" or name == "shuffle":
        return lanes.materialize(cx, node)
    if name in ("expect", "expect_with_probability"):
        value = cx.value(args[0])
        return builder.binary(ops.EXPECT, value, cx.value(args[1]))
    if name == "constant_p":
        if cx.shapes.is_memory(args[0].type):
            return builder.const(I32, 0)
        return cx.boolean(builder.unary(ops.IS_CONSTANT, cx.value(args[0])), cx.ir(node.type))
    if name in ("alloca", "alloca_with_align"):
        size = cx.resize(cx.value(args[0]), cx.pointer, False)
        return builder.effect(ops.ALLOCA, [size])
    if name == "frame_address" or name == "return_address":
        level = args[0]
        while isinstance(level, expr.Cast):
            level = level.operand
        if not isinstance(level, expr.IntegerConstant):
            raise cx.unsupported(f"__builtin_{name} of a variable level", node.start)
        if name == "frame_address":
            return builder.frame_address(level.value)
        # A caller's return address cannot be found without its frame's layout: null, as gcc gives for most machines.
        return builder.return_address(0) if level.value == 0 else cx.constant(0)
    if name in ("extract_return_addr", "assume_aligned", "launder"):
        value = cx.value(args[0])
        for rest in args[1:]:
            cx.effect(rest)
        return value
    if name.startswith("bswap"):
        return builder.unary(ops.BSWAP, cx.value(args[0]))
    if name in _LIBRARY:
        values = [cx.resize(cx.value(argument), cx.ir(argument.type), False) for argument in args]
        return library_call(cx, _LIBRARY[name], values, cx.ir(node.type))
    if name == "abs" or name == "labs" or name == "llabs":
        value = cx.value(args[0])
        negative = builder.compare(ops.LT_S, value, builder.const(value.type, 0))
        return builder.select(negative, builder.neg(value, ops.NSW), value)
    return None


def _statement_like(cx: Context, node: expr.BuiltinCall, name: str) -> bool:
    """Builtins of type void; true if `name` was one."""
    builder = cx.builder
    args = node.arguments
    if name == "unreachable":
        builder.unreachable()
        cx.dead()
    elif name == "trap":
        builder.effect(ops.TRAP, [])
        builder.unreachable()
        cx.dead()
    elif name == "longjmp":
        saved = builder.load(cx.pointer, cx.value(args[0]), cx.pointer.size)
        library_call(cx, "longjmp", [saved, builder.const(I32, 1)], None)
        builder.unreachable()
        cx.dead()
    elif name == "va_start":
        builder.effect(ops.VA_START, [va_list_address(cx, args[0])])
    elif name == "va_end":
        builder.effect(ops.VA_END, [va_list_address(cx, args[0])])
    elif name == "va_copy":
        destination = va_list_address(cx, args[0])
        builder.effect(ops.VA_COPY, [destination, va_list_address(cx, args[1])])
    elif name == "prefetch" or name == "clear_cache":
        for argument in args:
            cx.effect(argument)
    elif name in ("__sync_synchronize", "sync_synchronize"):
        builder.fence(SEQ_CST)
    elif name in ("__atomic_thread_fence", "atomic_thread_fence", "__atomic_signal_fence", "atomic_signal_fence"):
        builder.fence(_order(args[0]))
    else:
        return False
    return True


def _builtin_setjmp(cx: Context, buffer: expr.Expr) -> Value:
    """The buffer of five words is too small for what the library's setjmp keeps: that goes into this frame, which
    has to be alive at the jump, and the buffer gets its address."""
    builder = cx.builder
    place = builder.slot(JMP_BUF_BYTES, 16, "jump")
    builder.store(cx.value(buffer), place, cx.pointer.size)
    result = library_call(cx, "setjmp", [place], I32, returns_twice=True)
    assert result is not None
    return result


def va_list_address(cx: Context, node: expr.Expr) -> Value:
    """Where a va_list lies: it is an lvalue operand, or an array decayed to a pointer."""
    if isinstance(node, expr.Cast) and node.kind in (expr.LOAD, expr.DECAY) and node.operand.is_lvalue:
        return cx.place(node.operand).address
    if node.is_lvalue:
        return cx.place(node).address
    raise cx.unsupported("va_list that is no lvalue", node.start)


def va_arg(cx: Context, node: expr.BuiltinCall) -> Value:
    """The next argument of `operand_type`: its parts in order; `level` carries an alignment beyond a register's."""
    type = node.operand_type if node.operand_type is not None else node.type
    builder = cx.builder
    list_address = va_list_address(cx, node.arguments[0])
    shape = cx.shapes.shape(type)
    signature = classify(cx.abi, [shape], None, True, 0)
    passing = signature.parameters[0]
    is_memory = cx.shapes.is_memory(type)
    if passing.way == REFERENCE:
        address = builder.va_arg(cx.pointer, list_address)
        return address if is_memory else builder.load(cx.ir(type), address, cx.shapes.align(type))
    if passing.way != DIRECT:
        return cx.temporary(type, "empty").address
    values: list[Value] = []
    unit = cx.abi.register_bytes
    for index, part in enumerate(passing.parts):
        align = shape.align if index == 0 and shape.align > unit and shape.size > unit else 0
        values.append(builder.va_arg(part_type(cx.abi, part), list_address, align))
    if is_memory:
        place = cx.temporary(type, "va_arg")
        parts_to_record(cx, values, passing, place)
        return place.address
    return parts_to_scalar(cx, values, passing, cx.ir(type))


def _bit_count(cx: Context, node: expr.BuiltinCall, name: str) -> Value | None:
    builder = cx.builder
    base = name.removesuffix("imax").removesuffix("ll") if name.endswith(("ll", "imax")) else name.removesuffix("l")
    result = cx.ir(node.type)
    if base in _COUNTS:
        return cx.resize(builder.unary(_COUNTS[base], cx.value(node.arguments[0])), result, False)
    if base == "parity":
        count = builder.unary(ops.POPCOUNT, cx.value(node.arguments[0]))
        return cx.resize(builder.binary(ops.AND, count, builder.const(count.type, 1)), result, False)
    if base == "ffs":
        value = cx.value(node.arguments[0])
        position = builder.binary(ops.ADD, builder.unary(ops.CTZ, value), builder.const(value.type, 1))
        is_zero = builder.compare(ops.EQ, value, builder.const(value.type, 0))
        return cx.resize(builder.select(is_zero, builder.const(value.type, 0), position), result, False)
    if base == "clrsb":
        value = cx.value(node.arguments[0])
        sign = builder.binary(ops.ASHR, value, builder.const(value.type, value.type.bits - 1))
        folded = builder.binary(ops.XOR, value, sign)
        count = builder.unary(ops.CLZ, folded)
        return cx.resize(builder.binary(ops.SUB, count, builder.const(value.type, 1)), result, False)
    return None


def _overflow(cx: Context, node: expr.BuiltinCall, name: str) -> Value:
    """__builtin_{add,sub,mul}_overflow[_p] and the typed forms: exact arithmetic, then cut to the result's type.

    (gcc manual, "Integer Overflow Builtins"): operands as if of infinite precision.
    """
    builder = cx.builder
    kind = name.removeprefix("s").removeprefix("u") if name[0] in "su" and not name.startswith("sub_") else name
    op = _OVERFLOW[kind[:3]]
    left_node, right_node, result_node = node.arguments
    left = cx.value(left_node)
    right = cx.value(right_node)
    predicate = name.endswith("_p")
    if predicate:
        target_type = result_node.type
        cx.effect(result_node)
    else:
        pointee = result_node.type.bare
        assert isinstance(pointee, ctypes.PointerType)
        target_type = pointee.target
    to = cx.ir(target_type)
    to_signed = cx.shapes.is_signed(target_type)
    left_signed = cx.shapes.is_signed(left_node.type)
    right_signed = cx.shapes.is_signed(right_node.type)
    if left.type is to and right.type is to and left_signed == to_signed and right_signed == to_signed:
        made = builder.binary(_OVERFLOW_OPS[op][0 if to_signed else 1], left, right)
        value: Value = made
        overflow: Value = made.extra[0]
    else:
        needed = max(left.type.bits + (not left_signed), right.type.bits + (not right_signed)) + 1
        if op == expr.MUL:  # only a product of two unsigned operands needs a bit for its sign
            needed = left.type.bits + right.type.bits + (not left_signed and not right_signed)
        bits = 32
        while bits < max(needed, min(to.bits + 1, 128)):
            bits *= 2
        wide = integer(min(bits, 128))
        left = cx.resize(left, wide, left_signed)
        right = cx.resize(right, wide, right_signed)
        if bits > 128:
            low, high, lost = _exact(cx, op, left, left_signed, right, right_signed)
            value = cx.resize(low, to, True)
            again = cx.resize(value, wide, to_signed)
            sign = builder.binary(ops.ASHR, again, builder.const(wide, 127)) if to_signed else builder.const(wide, 0)
            overflow = builder.binary(ops.OR, builder.compare(ops.NE, again, low), builder.compare(ops.NE, sign, high))
            if lost is not None:
                overflow = builder.binary(ops.OR, overflow, lost)
            return _conclude_overflow(cx, node, target_type, None if predicate else result_node, value, overflow)
        made = builder.binary((ops.ADD, ops.SUB, ops.MUL)[op], left, right)
        value = cx.resize(made, to, True)
        if to is not wide:
            overflow = builder.compare(ops.NE, cx.resize(value, wide, to_signed), made)
        elif to_signed:
            overflow = builder.const(I1, 0)
        else:
            overflow = builder.compare(ops.LT_S, made, builder.const(wide, 0))
    return _conclude_overflow(cx, node, target_type, None if predicate else result_node, value, overflow)


def _conclude_overflow(
    cx: Context, node: expr.BuiltinCall, type: ctypes.CType, place: expr.Expr | None, value: Value, overflow: Value
) -> Value:
    """Stores the result, unless only the predicate is asked for."""
    if place is not None:
        builder = cx.builder
        pointer = pointer_of(cx, place)
        if type.kind == ctypes.BOOL:
            value = builder.binary(ops.AND, value, builder.const(value.type, 1))
        builder.store(pointer.value, value, pointer.align, pointer.volatile)
    return cx.boolean(overflow, cx.ir(node.type))


def _exact(
    cx: Context, op: int, left: Value, left_signed: bool, right: Value, right_signed: bool
) -> tuple[Value, Value, Value | None]:
    """Sum, difference or product of 128-bit operands as two words, with whether even those are too small."""
    builder = cx.builder
    wide = left.type
    zero = builder.const(wide, 0)
    top = builder.const(wide, wide.bits - 1)
    left_sign = builder.binary(ops.ASHR, left, top) if left_signed else zero
    right_sign = builder.binary(ops.ASHR, right, top) if right_signed else zero
    if op != expr.MUL:
        kind = ops.SUB if op == expr.SUB else ops.ADD
        low = builder.binary(kind, left, right)
        carry = builder.compare(ops.LT_U, left, right) if op == expr.SUB else builder.compare(ops.LT_U, low, left)
        high = builder.binary(kind, left_sign, right_sign)
        return low, builder.binary(kind, high, cx.resize(carry, wide, False)), None
    # (x ^ s) - s is -x where s is -1: the magnitudes are multiplied, and the sign is put back.
    magnitudes = [
        builder.binary(ops.SUB, builder.binary(ops.XOR, value, sign), sign)
        for value, sign in ((left, left_sign), (right, right_sign))
    ]
    product = builder.binary(_OVERFLOW_OPS[op][1], magnitudes[0], magnitudes[1])
    sign = builder.binary(ops.XOR, left_sign, right_sign)
    low = builder.binary(ops.SUB, builder.binary(ops.XOR, product, sign), sign)
    is_some = cx.resize(builder.compare(ops.NE, product, zero), wide, True)
    return low, builder.binary(ops.AND, sign, is_some), product.extra[0]


def _floating(cx: Context, node: expr.BuiltinCall, name: str) -> Value | None:
    builder = cx.builder
    args = node.arguments
    if name in _FLOAT_COMPARE:
        op, exchanged = _FLOAT_COMPARE[name]
        left = cx.value(args[0])
        right = cx.value(args[1])
        holds = builder.compare(op, right, left) if exchanged else builder.compare(op, left, right)
        return cx.boolean(holds, cx.ir(node.type))
    if name == "islessgreater":
        left = cx.value(args[0])
        right = cx.value(args[1])
        less = builder.compare(ops.FLT, left, right)
        return cx.boolean(builder.binary(ops.OR, less, builder.compare(ops.FLT, right, left)), cx.ir(node.type))
    base = name[:-1] if name[-1:] in "fl" and name != "isinf" else name
    if base in _FLOAT_UNARY:
        return builder.unary(_FLOAT_UNARY[base], cx.value(args[0]))
    if base == "copysign":
        left = cx.value(args[0])
        return builder.binary(ops.FCOPYSIGN, left, cx.value(args[1]))
    if base == "fma":
        return builder.emit(ops.FFMA, cx.ir(node.type), [cx.value(argument) for argument in args])
    if not args or cx.shapes.is_memory(args[0].type) or not cx.ir(args[0].type).is_float:
        return None
    result = cx.ir(node.type)
    value = cx.value(args[0])
    type = value.type
    bits = integer(type.bits)
    if base == "isnan":
        return cx.boolean(builder.compare(ops.FUNORDERED, value, value), result)
    if base == "signbit":
        pattern = builder.convert(ops.BITCAST, bits, value)
        return cx.boolean(builder.compare(ops.LT_S, pattern, builder.const(bits, 0)), result)
    infinity = builder.const(type, infinity_of(type))
    magnitude = builder.unary(ops.FABS, value)
    if base in ("isinf", "isinf_sign"):
        bit = cx.boolean(builder.compare(ops.FEQ, magnitude, infinity), result)
        if base == "isinf":
            return bit
        negative = builder.compare(ops.FLT, value, builder.const(type, 0))
        return builder.select(negative, builder.neg(bit), bit)
    if base == "isfinite" or base == "finite":
        return cx.boolean(builder.compare(ops.FLT, magnitude, infinity), result)
    if base == "isnormal":
        smallest = builder.const(type, 1 << significand_bits(type))
        low = builder.compare(ops.FLE, smallest, magnitude)
        return cx.boolean(builder.binary(ops.AND, low, builder.compare(ops.FLT, magnitude, infinity)), result)
    return None


# --- atomics
# --------------------------------------------------------------------------------------------------------------

_FETCH: Final = ("add", "sub", "and", "or", "xor", "nand")


def _order(node: expr.Expr) -> int:
    """The memory order argument: gcc's numbering is C11's, one below ours; a variable order is taken as the
    strongest."""
    while isinstance(node, expr.Cast):
        node = node.operand
    if isinstance(node, expr.IntegerConstant) and 0 <= node.value % 16 < len(ORDER_NAMES) - 1:
        return node.value % 16 + 1
    return SEQ_CST


def _atomic(cx: Context, node: expr.BuiltinCall, name: str) -> Value | None:
    """__atomic_* and __sync_* on objects of 1, 2, 4 or 8 bytes (gcc manual, "__atomic Builtins", "__sync Builtins")."""
    args = node.arguments
    builder = cx.builder
    name = name.removeprefix("atomic_").removeprefix("sync_")
    is_sync = node.name.startswith(("sync_", "__sync_"))
    for size in ("_1", "_2", "_4", "_8", "_16"):
        name = name.removesuffix(size)
    pointer_type = args[0].type.bare
    if not isinstance(pointer_type, ctypes.PointerType):
        raise cx.unsupported(f"__{node.name}", node.start)
    target = pointer_type.target
    size_bytes = cx.size(target)
    if size_bytes not in (1, 2, 4, 8) or target.kind == ctypes.FLOATING:
        raise cx.unsupported(f"{node.name} on an object of {size_bytes} bytes", node.start)
    type = integer(size_bytes * 8)
    pointer = pointer_of(cx, args[0])
    address = pointer.value
    volatile = pointer.volatile
    if name in ("load_n", "load"):
        loaded = builder.load(type, address, size_bytes, volatile, _order(args[-1]))
        if name == "load_n":
            return loaded
        builder.store(cx.value(args[1]), loaded, 1)
        return None
    if name in ("store_n", "store", "clear", "lock_release"):
        if name == "store":
            value: Value = builder.load(type, cx.value(args[1]), 1)
        elif name == "store_n":
            value = cx.resize(cx.value(args[1]), type, False)
        else:
            value = builder.const(type, 0)
        builder.store(address, value, size_bytes, volatile, SEQ_CST if is_sync else _order(args[-1]))
        return None
    if name in ("exchange_n", "lock_test_and_set", "exchange"):
        order = SEQ_CST if is_sync else _order(args[-1])
        wanted: Value
        if name == "exchange":
            wanted = builder.load(type, cx.value(args[1]), 1)
        else:
            wanted = cx.resize(cx.value(args[1]), type, False)
        old = builder.atomic_rmw("xchg", address, wanted, size_bytes, order, volatile)
        if name == "exchange":
            builder.store(cx.value(args[2]), old, 1)
            return None
        return old
    if name == "test_and_set":
        old = builder.atomic_rmw("xchg", address, builder.const(type, 1), size_bytes, _order(args[-1]), volatile)
        return cx.boolean(builder.compare(ops.NE, old, builder.const(type, 0)), cx.ir(node.type))
    if "compare" in name:
        return _compare_exchange(cx, node, name, type, address, volatile)
    return _fetch(cx, node, name, type, address, volatile, is_sync)


def _compare_exchange(
    cx: Context, node: expr.BuiltinCall, name: str, type: Type, address: Value, volatile: bool
) -> Value:
    args = node.arguments
    builder = cx.builder
    size = type.size
    if name in ("val_compare_and_swap", "bool_compare_and_swap"):
        expected = cx.resize(cx.value(args[1]), type, False)
        desired = cx.resize(cx.value(args[2]), type, False)
        made = builder.atomic_cmpxchg(address, expected, desired, size, SEQ_CST, SEQ_CST, volatile)
        return made if name.startswith("val") else cx.boolean(made.extra[0], cx.ir(node.type))
    if name not in ("compare_exchange_n", "compare_exchange"):
        raise cx.unsupported(f"__{node.name}", node.start)
    expected_at = cx.value(args[1])
    if name == "compare_exchange_n":
        desired = cx.resize(cx.value(args[2]), type, False)
    else:
        desired = builder.load(type, cx.value(args[2]), 1)
    expected = builder.load(type, expected_at, size)
    made = builder.atomic_cmpxchg(address, expected, desired, size, _order(args[4]), _order(args[5]), volatile)
    failed = cx.new_block("exchange_failed")
    done = cx.new_block("exchange_done")
    builder.branch(made.extra[0], done, failed)
    builder.start(failed)
    builder.store(expected_at, made, size)
    builder.jump(done)
    builder.start(done)
    return cx.boolean(made.extra[0], cx.ir(node.type))


def _fetch(
    cx: Context, node: expr.BuiltinCall, name: str, type: Type, address: Value, volatile: bool, is_sync: bool
) -> Value:
    """fetch_add ... give the old value, add_fetch ... the new one."""
    builder = cx.builder
    words = name.split("_")
    if is_sync and len(words) == 3:
        del words[1]  # fetch_and_add, add_and_fetch
    returns_new = words[-1] == "fetch"
    operation = words[0] if returns_new or words[0] != "fetch" else words[1]
    if operation not in _FETCH or "fetch" not in words:
        raise cx.unsupported(f"__{node.name}", node.start)
    operand = cx.resize(cx.value(node.arguments[1]), type, cx.shapes.is_signed(node.arguments[1].type))
    order = SEQ_CST if is_sync else _order(node.arguments[-1])
    old: Memory = builder.atomic_rmw(operation, address, operand, type.size, order, volatile)
    if not returns_new:
        return old
    if operation == "nand":
        return builder.invert(builder.binary(ops.AND, old, operand))
    again: dict[str, Op] = {"add": ops.ADD, "sub": ops.SUB, "and": ops.AND, "or": ops.OR, "xor": ops.XOR}
    return builder.binary(again[operation], old, operand)
