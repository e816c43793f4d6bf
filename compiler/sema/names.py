"""Names that are no ordinary declared identifiers: __func__, labels as values, undeclared ones."""

from __future__ import annotations

from compiler.sema.context import Context, LabelState
from compiler.sema.convert import error_expr
from compiler.sema.scope import ENTITY, Symbol
from compiler.syntax import decl
from compiler.syntax.decl import Initializer, InitializerEntry, Label
from compiler.syntax.expr import Expr, LabelAddress, Name, StringConstant
from compiler.types.ctypes import CONST, ArrayType
from compiler.types.derive import qualified


def function_name(cx: Context, spelling: str, at: int) -> Expr:
    """__func__ and its GNU kin: a static const char array made at its first use (C17 6.4.2.2)."""
    function = cx.function
    types = cx.types
    if function is None:
        cx.warning("", at, "'{}' is not defined outside of function scope", spelling)
        return StringConstant(ArrayType(types.char, 1), at, at + 1, b"\0")
    if function.func_name is None:
        data = function.function.name.encode("utf-8", "surrogateescape") + b"\0"
        type = ArrayType(qualified(types.char, CONST), len(data))
        variable = cx.new_variable("__func__", type, at, at + 1, decl.STATIC)
        variable.symbol = cx.static_symbol("__func__")
        variable.is_defined = True
        variable.is_used = True
        text = StringConstant(ArrayType(types.char, len(data)), at, at + 1, data)
        variable.initializer = Initializer([InitializerEntry(0, type, text)], True)
        cx.unit.variables.append(variable)
        cx.unit.items.append(variable)
        function.func_name = variable
    return Name(function.func_name.type, at, at + 1, function.func_name)


def find_label(cx: Context, name: str, at: int) -> LabelState | None:
    """The label of that name in the current function, made on first mention; local ones hide."""
    function = cx.function
    if function is None:
        return None
    for scope in reversed(function.local_labels):
        state = scope.get(name)
        if state is not None:
            return state
    state = function.labels.get(name)
    if state is None:
        state = LabelState(Label(name), at)
        function.labels[name] = state
        function.function.labels.append(state.label)
    return state


def label_address(cx: Context, name: str, at: int, end: int) -> Expr:
    """&&label (GNU)"""
    state = find_label(cx, name, at)
    if state is None:
        cx.error(at, "label '{}' referenced outside of any function", name)
        return error_expr(cx, at, end)
    state.is_used = True
    if not state.label.address_taken and not state.uses:
        state.address_at = at
    state.label.address_taken = True
    return LabelAddress(cx.types.void_pointer, at, end, state.label)


def undeclared(cx: Context, name: str, at: int) -> Expr:
    """Reported once per function; the name is then declared with the error type."""
    function = cx.function
    if function is None:
        cx.error(at, "'{}' undeclared here (not in a function)", name)
    elif name not in function.undeclared:
        function.undeclared[name] = True
        cx.error(at, "'{}' undeclared (first use in this function)", name)
        if len(function.undeclared) == 1:
            cx.note(at, "each undeclared identifier is reported only once for each function it appears in")
    if function is None:
        variable = cx.new_variable(name, cx.types.error, at, at + 1, decl.STATIC)
        cx.scopes.declare(Symbol(ENTITY, name, cx.types.error, variable, 0, at))
    return error_expr(cx, at, at + 1)
