"""Calls of library functions for which a cheaper one does the same, as gcc replaces them when it optimizes.

Invariant: nothing is replaced unless the callee is the external function of that name and -fbuiltin holds; a printf is
replaced only where nobody looks at its result.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Value
from compiler.ir.types import F32, F64, I32
from compiler.lower.calls import function_designator, library_call
from compiler.lower.context import Context
from compiler.syntax import decl, expr
from compiler.terms import ops

# Exact in either format, so that float to float by way of double is the same.
_ROUNDING: Final = frozenset(("floor", "ceil", "trunc", "round", "rint", "nearbyint"))
# Where the stream (-1: standard output) and the format stand; whether a va_list follows.
_PRINTF: Final[dict[str, tuple[int, int, bool]]] = {
    "__printf_chk": (-1, 1, False),
    "__fprintf_chk": (0, 2, False),
    "__vprintf_chk": (-1, 1, True),
    "__vfprintf_chk": (0, 2, True),
}


def external_name(cx: Context, node: expr.Call) -> str:
    """The name of the external function that is called, or "" where it may not be replaced."""
    if cx.options.level == 0 or not cx.options.builtins:
        return ""
    function = function_designator(node.function)
    if function is None or function.linkage != decl.EXTERNAL or function.asm_name:
        return ""
    return function.name


def rounded_in_float(cx: Context, node: expr.Call) -> Value | None:
    """`floor((double)x)` of a float x by floorf, or None."""
    if len(node.arguments) != 1:
        return None
    argument = node.arguments[0]
    if not isinstance(argument, expr.Cast) or argument.kind != expr.FLOAT_TO_FLOAT:
        return None
    name = external_name(cx, node)
    if name not in _ROUNDING or cx.ir(argument.operand.type) is not F32 or cx.ir(node.type) is not F64:
        return None
    rounded = library_call(cx, name + "f", [cx.value(argument.operand)], F32)
    assert rounded is not None
    return cx.builder.convert(ops.FCVT, F64, rounded)


@final
class _Output:
    """Where a printf writes: a stream's value, or None for standard output."""

    def __init__(self, cx: Context, stream: Value | None) -> None:
        self.cx: Final = cx
        self.stream: Final = stream

    def character(self, value: Value) -> None:
        if self.stream is None:
            library_call(self.cx, "putchar", [value], I32)
        else:
            library_call(self.cx, "fputc", [value, self.stream], I32)

    def text(self, data: bytes) -> None:
        cx = self.cx
        if len(data) == 1:
            self.character(cx.builder.const(I32, data[0]))
        elif data and self.stream is None:
            library_call(cx, "puts", [cx.builder.symbol(cx.string_symbol(data[:-1] + b"\0", 1))], I32)
        elif data:
            assert self.stream is not None
            symbol = cx.builder.symbol(cx.string_symbol(data + b"\0", 1))
            library_call(cx, "fwrite", [symbol, cx.constant(1), cx.constant(len(data)), self.stream], cx.pointer)


def printed(cx: Context, node: expr.Call) -> bool:
    """Lowers a checked printf whose result is not used by a plainer function; false if there is none."""
    place = _PRINTF.get(external_name(cx, node)) if len(node.arguments) >= 2 else None
    if place is None or len(node.arguments) <= place[1]:
        return False
    stream, at, takes_list = place
    arguments = node.arguments
    text = _string(arguments[at])
    if text is None:
        return False
    rest = arguments[at + 1 :]
    shown: bytes | None = None
    if b"%" not in text:
        shown = text
    elif takes_list or len(rest) != 1:
        return False
    elif text == b"%s" and stream < 0:
        shown = _string(rest[0])
    if shown is not None:
        if stream < 0 and len(shown) > 1 and not shown.endswith(b"\n"):
            return False  # puts adds a line end
    elif not (text == b"%c" or (text == b"%s" and stream >= 0) or (text == b"%s\n" and stream < 0)):
        return False
    output = _Output(cx, cx.value(arguments[stream]) if stream >= 0 else None)
    for argument in arguments[:at]:
        if argument is not arguments[stream] or stream < 0:
            cx.effect(argument)
    if shown is not None:
        for argument in rest:
            cx.effect(argument)
        output.text(shown)
        return True
    value = cx.value(rest[0])
    if text == b"%c":
        output.character(value)
    elif output.stream is not None:
        library_call(cx, "fputs", [value, output.stream], I32)
    else:
        library_call(cx, "puts", [value], I32)
    return True


def _string(node: expr.Expr) -> bytes | None:
    """The text of a string constant up to its null."""
    while isinstance(node, expr.Cast) and node.kind in (expr.DECAY, expr.NO_OP):
        node = node.operand
    if not isinstance(node, expr.StringConstant):
        return None
    return node.data.split(b"\0")[0]
