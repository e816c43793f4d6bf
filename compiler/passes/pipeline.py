"""Which passes run, in which order, at which level: two tables, and what walks them.

A row names a pass and says what it preserves when it changed something. Function passes of a group run function by
function, so that a function's IR stays in the cache; module passes stand between groups.
"""

from __future__ import annotations

import time
from typing import Final, final

from compiler.analysis import facts as facts_of
from compiler.analysis.facts import Facts, ModuleFacts
from compiler.ir.function import Function
from compiler.ir.module import Module
from compiler.ir.printer import print_function
from compiler.ir.verifier import verify_function
from compiler.passes.base import FunctionPass, ModulePass
from compiler.passes.counters import Counters
from compiler.passes.dce import Dce
from compiler.passes.drop_unused import DropUnused
from compiler.passes.forward import Forward
from compiler.passes.gvn import Gvn
from compiler.passes.inline import Inline
from compiler.passes.is_constant import IsConstant
from compiler.passes.mem2reg import Mem2Reg
from compiler.passes.sccp import Sccp
from compiler.passes.simplify import Simplify
from compiler.passes.simplify_cfg import SimplifyCfg
from compiler.passes.sroa import Sroa


@final
class Row:
    """A function pass under its name."""

    def __init__(self, name: str, run: FunctionPass, preserves: int) -> None:
        self.name: Final = name
        self.run: Final = run
        self.preserves: Final = preserves


@final
class ModuleRow:
    def __init__(self, name: str, run: ModulePass) -> None:
        self.name: Final = name
        self.run: Final = run


ROWS: Final[tuple[Row, ...]] = (
    Row("sroa", Sroa(), facts_of.CFG),
    Row("mem2reg", Mem2Reg(), facts_of.CFG),
    Row("simplify", Simplify(), facts_of.CFG),
    Row("sccp", Sccp(), facts_of.CFG),
    Row("gvn", Gvn(), facts_of.CFG),
    Row("forward", Forward(), facts_of.CFG),
    Row("is_constant", IsConstant(), facts_of.CFG),
    Row("dce", Dce(), facts_of.NOTHING),
    Row("simplify_cfg", SimplifyCfg(), facts_of.NOTHING),
    Row("fold_branches", SimplifyCfg(minimal=True), facts_of.NOTHING),
)
MODULE_ROWS: Final[tuple[ModuleRow, ...]] = (
    ModuleRow("always_inline", Inline(forced_only=True)),
    ModuleRow("inline", Inline()),
    ModuleRow("drop_unused", DropUnused()),
)

# By level: names of passes; consecutive function passes form a group.
_SCALAR: Final = (
    ("sroa", "mem2reg", "simplify", "sccp", "simplify_cfg", "gvn")
    + ("forward", "simplify", "simplify_cfg", "dce")
)  # fmt: skip
_OPTIMIZED: Final = (
    ("mem2reg", "simplify", "simplify_cfg", "dce", "inline", "drop_unused")
    + _SCALAR
    + ("is_constant", "simplify", "sccp", "simplify_cfg", "gvn", "dce", "drop_unused")
)
LEVELS: Final[tuple[tuple[str, ...], ...]] = (
    ("always_inline", "is_constant", "fold_branches", "dce", "drop_unused"),
    _OPTIMIZED,
    _OPTIMIZED,
)


def row_named(name: str) -> Row | None:
    for row in ROWS:
        if row.name == name:
            return row
    return None


def module_row_named(name: str) -> ModuleRow | None:
    for row in MODULE_ROWS:
        if row.name == name:
            return row
    return None


def pass_names() -> list[str]:
    """All passes, for --dump-after and --disable-pass."""
    return [row.name for row in MODULE_ROWS] + [row.name for row in ROWS]


@final
class PipelineOptions:
    """`dump_after`: print functions after these passes into `dumps`. `verify`: stop with an assertion at the first pass
    that leaves an invalid function or a stale analysis."""

    def __init__(
        self,
        dump_after: list[str] | None = None,
        disabled: list[str] | None = None,
        opt_limit: int = -1,
        verify: bool = False,
        timed: bool = False,
    ) -> None:
        self.dump_after: Final = dump_after or []
        self.disabled: Final = disabled or []
        self.opt_limit: Final = opt_limit
        self.verify: Final = verify
        self.timed: Final = timed


@final
class Report:
    """What a run of the pipeline did: counts of changes by pass and rule, seconds by pass, dumps in order."""

    def __init__(self, counters: Counters) -> None:
        self.counters: Final = counters
        self.seconds: Final[dict[str, float]] = {}
        self.dumps: Final[list[str]] = []
        self.reads: Final[dict[str, list[str]]] = {}


def run_pipeline(module: Module, level: int, options: PipelineOptions | None = None) -> Report:
    """Runs the passes of the level (0 to 3) over the module."""
    return run_passes(module, LEVELS[min(level, len(LEVELS) - 1)], options)


def run_passes(module: Module, names: tuple[str, ...], options: PipelineOptions | None = None) -> Report:
    """Runs passes by name; KeyError for one that does not exist."""
    chosen = options or PipelineOptions()
    report = Report(Counters(chosen.opt_limit))
    module_facts = ModuleFacts(module)
    group: list[Row] = []
    for name in names:
        if name in chosen.disabled:
            continue
        row = row_named(name)
        if row is not None:
            group.append(row)
            continue
        module_row = module_row_named(name)
        if module_row is None:
            raise KeyError(name)
        _run_group(module_facts, group, chosen, report)
        group = []
        _run_module_row(module_facts, module_row, chosen, report)
    _run_group(module_facts, group, chosen, report)
    return report


def _run_module_row(module: ModuleFacts, row: ModuleRow, options: PipelineOptions, report: Report) -> None:
    started = time.process_time() if options.timed else 0.0
    changed = row.run.run(module, report.counters)
    if options.timed:
        report.seconds[row.name] = report.seconds.get(row.name, 0.0) + time.process_time() - started
    for function in changed:
        if options.verify:
            _check(function, module, row.name)
        if row.name in options.dump_after:
            report.dumps.append(f"; after {row.name}\n{print_function(function)}")


def _run_group(module: ModuleFacts, group: list[Row], options: PipelineOptions, report: Report) -> None:
    if not group:
        return
    for function in module.module.functions():
        facts = Facts(function, module)
        for row in group:
            started = time.process_time() if options.timed else 0.0
            if row.run.run(function, facts, report.counters):
                facts.keep(row.preserves)
            if options.timed:
                report.seconds[row.name] = report.seconds.get(row.name, 0.0) + time.process_time() - started
            if options.verify:
                _check(function, module, row.name)
                stale = facts.stale()
                assert not stale, f"{row.name} left {stale} stale in @{function.name}"
            if row.name in options.dump_after:
                report.dumps.append(f"; after {row.name}\n{print_function(function)}")
        report.reads.setdefault(function.name, []).extend(facts.reads)


def _check(function: Function, module: ModuleFacts, name: str) -> None:
    violations = verify_function(function, module.pointer)
    assert not violations, f"after {name}: " + "; ".join([str(item) for item in violations[:5]])
