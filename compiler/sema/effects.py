"""Whether evaluating an expression can be noticed."""

from __future__ import annotations

from typing import Final

from compiler.syntax import decl, expr
from compiler.types import ctypes

_NOTICED: Final = (
    "va_", "alloca", "__atomic_", "__sync_", "atomic_", "sync_", "memcpy", "memmove", "memset", "trap", "unreachable",
    "prefetch", "clear_cache", "longjmp", "setjmp",
)  # fmt: skip


def has_effects(node: expr.Expr) -> bool:
    """True for assignments, calls of anything not declared pure or const, volatile reads and statement expressions."""
    todo: list[expr.Expr] = [node]
    while todo:
        current = todo.pop()
        if isinstance(current, expr.Cast):
            if current.kind == expr.LOAD and current.operand.type.qualifiers & ctypes.VOLATILE:
                return True
            todo.append(current.operand)
        elif isinstance(current, (expr.Assign, expr.CompoundAssign, expr.StatementExpr)):
            return True
        elif isinstance(current, expr.Call):
            if not _is_pure(current.function):
                return True
            todo.extend(current.arguments)
        elif isinstance(current, expr.BuiltinCall):
            if current.name.startswith(_NOTICED) or current.name.endswith("_overflow"):
                return True
            todo.extend(current.arguments)
        elif isinstance(current, (expr.Binary, expr.Logical, expr.Comma)):
            todo.append(current.left)
            todo.append(current.right)
        elif isinstance(current, expr.Conditional):
            todo.append(current.condition)
            if current.then is not None:
                todo.append(current.then)
            todo.append(current.other)
        elif isinstance(current, (expr.Unary, expr.AddressOf)):
            todo.append(current.operand)
        elif isinstance(current, expr.Dereference):
            todo.append(current.pointer)
        elif isinstance(current, expr.Member):
            todo.append(current.base)
        elif isinstance(current, expr.VectorElement):
            todo.append(current.vector)
            todo.append(current.index)
        elif isinstance(current, expr.CompoundLiteral):
            initializer = current.variable.initializer
            if initializer is not None:
                todo.extend([entry.value for entry in initializer.entries])
        elif isinstance(current, expr.SizeofVariable) and current.operand is not None:
            todo.append(current.operand)
    return False


def _is_pure(function: expr.Expr) -> bool:
    while isinstance(function, expr.Cast):
        function = function.operand
    if not isinstance(function, expr.Name) or not isinstance(function.entity, decl.Function):
        return False
    return function.entity.attributes.pure or function.entity.attributes.const
