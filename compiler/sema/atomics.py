"""__sync_* and __atomic_* builtins: generic over the object's type (gcc manual, "__sync Builtins", "__atomic
Builtins").
"""

from __future__ import annotations

from typing import Final

from compiler.sema.context import Context
from compiler.sema.convert import PASSING, Target, assign_convert, convert, error_expr, load
from compiler.syntax.expr import BuiltinCall, Expr, IntegerConstant
from compiler.types import ctypes
from compiler.types.ctypes import CType, PointerType
from compiler.types.derive import is_complete, is_variable_length, pointer_to, unqualified

# What stands for each argument: p the object's address, v a value of its type, o a memory order, P the address of
# another object of the type, b a flag; the result: t the type, b _Bool, v void.
_SHAPES: Final[dict[str, str]] = {
    "__atomic_load_n": "tpo", "__atomic_load": "vpPo", "__atomic_store_n": "vpvo", "__atomic_store": "vpPo",
    "__atomic_exchange_n": "tpvo", "__atomic_exchange": "vpPPo", "__atomic_compare_exchange_n": "bpPvboo",
    "__atomic_compare_exchange": "bpPPboo", "__atomic_test_and_set": "bpo", "__atomic_clear": "vpo",
    "__atomic_thread_fence": "vo", "__atomic_signal_fence": "vo", "__sync_synchronize": "v",
    "__sync_val_compare_and_swap": "tpvv", "__sync_bool_compare_and_swap": "bpvv", "__sync_lock_test_and_set": "tpv",
    "__sync_lock_release": "vp",
}  # fmt: skip
_OPERATIONS: Final = ("add", "sub", "and", "or", "xor", "nand")
_LOCK_FREE: Final = ("__atomic_always_lock_free", "__atomic_is_lock_free")


def _shape(name: str) -> str:
    base = name
    for suffix in ("_1", "_2", "_4", "_8", "_16"):
        if base.endswith(suffix):
            base = base[: len(base) - len(suffix)]
    known = _SHAPES.get(base, "")
    if known:
        return known
    for operation in _OPERATIONS:
        if base in (f"__atomic_fetch_{operation}", f"__atomic_{operation}_fetch"):
            return "tpvo"
        if base in (f"__sync_fetch_and_{operation}", f"__sync_{operation}_and_fetch"):
            return "tpv"
    return ""


def is_atomic(name: str) -> bool:
    return name.startswith(("__atomic_", "__sync_")) and (name in _LOCK_FREE or _shape(name) != "")


def call_atomic(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    if name in _LOCK_FREE:
        return _lock_free(cx, name, arguments, at, end)
    shape = _shape(name)
    wanted = len(shape) - 1
    # __sync_* takes a list of protected objects after its arguments, which is ignored.
    if len(arguments) < wanted or (len(arguments) > wanted and not name.startswith("__sync_")):
        cx.error(at, "too {} arguments to function '{}'", "few" if len(arguments) < wanted else "many", name)
        return error_expr(cx, at, end)
    type: CType = cx.types.void
    converted: list[Expr] = []
    for index in range(wanted):
        letter = shape[index + 1]
        value = load(cx, arguments[index])
        if value.type.kind == ctypes.ERROR:
            return error_expr(cx, at, end)
        if letter == "p":
            target = _object(cx, value, name, at)
            if target is None:
                return error_expr(cx, at, end)
            type = target
            if name in ("__atomic_test_and_set", "__atomic_clear"):
                # One byte is set or cleared, whatever the pointer points to (gcc manual).
                value = convert(cx, value, pointer_to(cx.types.uchar))
        elif letter == "o" and not value.type.is_integer:
            cx.error(value.start, "non-integer memory model argument {} of '{}'", index + 1, name)
            return error_expr(cx, at, end)
        elif letter == "o" or letter == "b":
            wanted_type = cx.types.int if letter == "o" else cx.types.boolean
            value = assign_convert(cx, value, wanted_type, value.start, Target(PASSING, name, index + 1))
        elif letter == "P":
            value = _pointer(cx, value, type, name, index)
        else:
            value = _value(cx, value, type, name, index)
        if value.type.kind == ctypes.ERROR:
            return error_expr(cx, at, end)
        converted.append(value)
    result = type if shape[0] == "t" else cx.types.boolean if shape[0] == "b" else cx.types.void
    return BuiltinCall(result, at, end, name, converted)


def _object(cx: Context, value: Expr, name: str, at: int) -> CType | None:
    """The unqualified type of the object an atomic builtin works on."""
    bare = value.type.bare
    if not isinstance(bare, PointerType):
        cx.error(at, "argument 1 of '{}' must be a pointer type", name)
        return None
    target = bare.target
    if name in ("__atomic_test_and_set", "__atomic_clear"):
        return cx.types.uchar
    if not _is_object_of_known_size(cx, target, name, 0, at):
        return None
    is_generic = name in ("__atomic_load", "__atomic_store", "__atomic_exchange", "__atomic_compare_exchange")
    if not is_generic and not target.is_integer and target.kind != ctypes.POINTER:
        cx.error(at, "operand type '{}' is incompatible with argument 1 of '{}'", "pointer", name)
        return None
    return unqualified(target)


def _is_object_of_known_size(cx: Context, target: CType, name: str, index: int, at: int) -> bool:
    if target.kind == ctypes.FUNCTION:
        cx.error(at, "argument {} of '{}' must not be a pointer to a function", index + 1, name)
    elif target.kind != ctypes.VOID and is_variable_length(target):
        cx.error(at, "argument {} of '{}' must be a pointer to a constant size type", index + 1, name)
    elif not is_complete(target):
        cx.error(at, "argument {} of '{}' must be a pointer to a complete type", index + 1, name)
    elif cx.layout.size_of(target) == 0:
        cx.error(at, "argument {} of '{}' must be a pointer to a nonzero size object", index + 1, name)
    else:
        return True
    return False


def _pointer(cx: Context, value: Expr, type: CType, name: str, index: int) -> Expr:
    bare = value.type.bare
    if not isinstance(bare, PointerType):
        cx.error(value.start, "argument {} of '{}' must be a pointer type", index + 1, name)
        return error_expr(cx, value.start, value.end)
    if bare.target.kind != ctypes.VOID and name.startswith("__atomic_") and not name.endswith("_n"):
        if not _is_object_of_known_size(cx, bare.target, name, index, value.start):
            return error_expr(cx, value.start, value.end)
        if cx.layout.size_of(bare.target) != cx.layout.size_of(type):
            cx.error(value.start, "size mismatch in argument {} of '{}'", index + 1, name)
            return error_expr(cx, value.start, value.end)
    if unqualified(bare.target).bare is type.bare:
        return value
    return convert(cx, value, pointer_to(type))


def _value(cx: Context, value: Expr, type: CType, name: str, index: int) -> Expr:
    if type.kind == ctypes.POINTER:
        if value.type.is_integer:
            return convert(cx, value, type)
        return assign_convert(cx, value, type, value.start, Target(PASSING, name, index + 1))
    if value.type.kind == ctypes.POINTER and type.is_integer:
        return convert(cx, value, type)
    return assign_convert(cx, value, type, value.start, Target(PASSING, name, index + 1))


def _lock_free(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    if len(arguments) != 2:
        cx.error(at, "too {} arguments to function '{}'", "few" if len(arguments) < 2 else "many", name)
        return error_expr(cx, at, end)
    size = cx.evaluator.constant_integer(load(cx, arguments[0]))
    if size is None:
        cx.error(at, "non-constant argument 1 in call to '{}'", name)
        return error_expr(cx, at, end)
    largest = cx.platform.model.pointer_bits // 8
    free = size in (1, 2, 4, 8, 16) and size <= largest
    return IntegerConstant(cx.types.boolean, at, end, 1 if free else 0)
