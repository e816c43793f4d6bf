"""Linkage and attributes of entities in the IR's terms."""

from __future__ import annotations

from compiler.ir.function import GLOBAL, LOCAL, WEAK
from compiler.syntax import decl


def linkage_of(entity: decl.Entity) -> int:
    """GLOBAL, LOCAL or WEAK of a definition."""
    if entity.attributes.weak:
        return WEAK
    return GLOBAL if entity.linkage == decl.EXTERNAL else LOCAL


def function_attributes(source: decl.Function) -> list[str]:
    """The attributes that passes and code generation ask for, by GNU C's names."""
    given = source.attributes
    names: list[str] = []
    if source.is_inline:
        names.append("inline")
    for name, present in (
        ("noinline", given.noinline), ("always_inline", given.always_inline), ("noreturn", given.noreturn),
        ("cold", given.cold), ("naked", given.naked), ("returns_twice", given.returns_twice), ("pure", given.pure),
        ("const", given.const),
    ):  # fmt: skip
        if present:
            names.append(name)
    if given.constructor >= 0:
        names.append(f"constructor({given.constructor})")
    if given.destructor >= 0:
        names.append(f"destructor({given.destructor})")
    return names
