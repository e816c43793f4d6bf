"""Types as gcc prints them in diagnostics."""

from __future__ import annotations

from compiler.types import ctypes
from compiler.types.ctypes import (
    ArrayType,
    ComplexType,
    CType,
    EnumType,
    FloatType,
    FunctionType,
    IntegerType,
    PointerType,
    RecordType,
    VectorType,
)


def _qualifiers(bits: int) -> str:
    words: list[str] = []
    if bits & ctypes.CONST:
        words.append("const")
    if bits & ctypes.VOLATILE:
        words.append("volatile")
    if bits & ctypes.RESTRICT:
        words.append("restrict")
    if bits & ctypes.ATOMIC:
        words.append("_Atomic")
    return " ".join(words)


def _base(type: CType, use_typedefs: bool) -> str:
    """The name of a type that is no pointer, array or function."""
    name: str
    if use_typedefs and type.typedef_name:
        name = type.typedef_name
    elif isinstance(type, (IntegerType, FloatType)):
        name = type.name
    elif isinstance(type, RecordType):
        keyword = "union" if type.info.is_union else "struct"
        name = f"{keyword} {type.info.tag or '<anonymous>'}"
    elif isinstance(type, EnumType):
        name = f"enum {type.info.tag or '<anonymous>'}"
    elif isinstance(type, ComplexType):
        name = "_Complex " + _base(type.element, use_typedefs)
    elif isinstance(type, VectorType):
        name = f"__vector({type.lanes}) {_base(type.element, use_typedefs)}"
    elif type.kind == ctypes.VOID:
        name = "void"
    elif type.kind == ctypes.VA_LIST:
        name = "__builtin_va_list"
    elif type.kind == ctypes.NULLPTR:
        name = "nullptr_t"
    else:
        name = "<type-error>"
    words = _qualifiers(type.qualifiers)
    return f"{words} {name}" if words else name


def _declare(type: CType, inner: str, use_typedefs: bool) -> str:
    """The declaration of `inner` (a declarator, maybe empty) with this type."""
    while True:
        if use_typedefs and type.typedef_name:
            break
        if isinstance(type, PointerType):
            words = _qualifiers(type.qualifiers)
            if words and inner and inner[0] not in "[(":
                words += " "
            elif words and inner:
                words += " " if inner[0] == "*" else ""
            inner = f"* {words}{inner}" if words else f"*{inner}"
            target = type.target
            if isinstance(target, (ArrayType, FunctionType)) and not (use_typedefs and target.typedef_name):
                inner = f"({inner})"
            type = target
        elif isinstance(type, ArrayType):
            length = "" if type.length is None else str(type.length)
            if type.is_star or type.length_variable >= 0:
                length = "*"
            inner = f"{inner}[{length}]"
            type = type.element
        elif isinstance(type, FunctionType):
            inner = f"{inner}({_parameters(type)})"
            type = type.result
        else:
            break
    base = _base(type, use_typedefs)
    if not inner:
        return base
    if inner[0] == "[" or (inner[0] == "(" and inner[1:2] not in ("*", "(")):
        return base + inner
    return f"{base} {inner}"


def _parameters(type: FunctionType) -> str:
    if not type.has_prototype:
        return ""
    if not type.parameters:
        return "..." if type.variadic else "void"
    names = [_declare(parameter, "", True) for parameter in type.parameters]
    if type.variadic:
        names.append("...")
    return ", ".join(names)


def type_name(type: CType) -> str:
    """As in `const char *`, `int (*)(int)`, `struct point`."""
    return _declare(type, "", True)


def describe(type: CType) -> str:
    """Quoted, with what a typedef stands for: `'size_t' {aka 'long unsigned int'}`."""
    name = _declare(type, "", True)
    plain = _declare(type, "", False)
    if name == plain or (isinstance(type, RecordType) and not type.info.tag):
        return f"'{name}'"
    return f"'{name}' {{aka '{plain}'}}"


def declare(type: CType, name: str) -> str:
    """A declaration of `name`."""
    return _declare(type, name, True)
