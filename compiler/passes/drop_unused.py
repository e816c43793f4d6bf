"""Removes local functions and objects that nothing visible refers to: what inlining leaves behind.

Kept are global, weak and common symbols, what is marked used or stands in a named section, and all that those name.
"""

from __future__ import annotations

from typing import final

from compiler.analysis.callgraph import references
from compiler.analysis.facts import ModuleFacts
from compiler.ir.function import LOCAL, Definition, Function
from compiler.ir.module import ModuleAsm
from compiler.passes.base import ModulePass
from compiler.passes.counters import Counters


def _is_root(item: Definition) -> bool:
    if isinstance(item, ModuleAsm) or item.linkage != LOCAL or item.used or item.section:
        return True
    return isinstance(item, Function) and any(
        name.startswith(("constructor", "destructor", "used", "retain")) for name in item.attributes
    )


@final
class DropUnused(ModulePass):
    """`drop_unused`."""

    def run(self, module: ModuleFacts, counters: Counters) -> list[Function]:
        items = module.module.items
        by_name = {item.name: item for item in items if item.name}
        kept: set[str] = set()
        work = [item for item in items if _is_root(item)]
        kept.update(item.name for item in work)
        while work:
            for name in references(work.pop()):
                found = by_name.get(name)
                if found is not None and name not in kept:
                    kept.add(name)
                    work.append(found)
        unused = [item for item in items if item.name and item.name not in kept]
        for item in unused:
            if not counters.allow("drop_unused"):
                break
            module.functions.pop(item.name, None)
            module.data.pop(item.name, None)
            items.remove(item)
        return []
