"""The pipeline's switches: dumps that are test files, disabled passes, the limit, counts."""

from __future__ import annotations

import pytest

from compiler.ir.parser import parse_module
from compiler.ir.printer import print_module
from compiler.passes.pipeline import LEVELS, PipelineOptions, pass_names, run_passes, run_pipeline

TEXT = """
local func @g(i32 %x) -> i32 {
entry:
  %one = const.i32 1
  %y = add.i32 %x, %one
  return %y
}
func @f(i32 %x) -> i32 {
entry:
  %s = slot 4, align 4
  %y = call @g(%x) -> i32
  store.i32 %s, %y, align 4
  %z = load.i32 %s, align 4
  return %z
}
"""


def test_dumps_read_back() -> None:
    module = parse_module(TEXT)
    report = run_pipeline(module, 1, PipelineOptions(dump_after=["mem2reg", "inline"]))
    assert [dump.splitlines()[0] for dump in report.dumps].count("; after inline") == 1
    for dump in report.dumps:
        name, _, text = dump.partition("\n")
        assert name.startswith("; after ")
        assert print_module(parse_module(text)) == text


def test_disabled_passes_do_nothing_and_every_level_names_known_passes() -> None:
    for names in LEVELS:
        assert set(names) <= set(pass_names())
    module = parse_module(TEXT)
    report = run_pipeline(module, 1, PipelineOptions(disabled=["inline", "mem2reg", "forward"]))
    assert "call @g" in print_module(module)
    assert "slot 4" in print_module(module)
    assert not {"inline", "mem2reg", "forward.load"} & set(report.counters.counts)
    with pytest.raises(KeyError):
        run_passes(module, ("no_such_pass",))


def test_the_limit_counts_changes_exactly() -> None:
    total = run_pipeline(parse_module(TEXT), 1).counters.total
    assert total >= 4
    for limit in range(total + 1):
        assert run_pipeline(parse_module(TEXT), 1, PipelineOptions(opt_limit=limit)).counters.total == limit
    unchanged = parse_module(TEXT)
    run_pipeline(unchanged, 1, PipelineOptions(opt_limit=0))
    assert print_module(unchanged) == print_module(parse_module(TEXT))


def test_what_was_read_of_other_definitions_is_recorded() -> None:
    text = """
    data @t size 4, align 4, read_only = "\\07"
    func @f() -> i32 {
    entry:
      %p = symbol @t
      %v = load.i32 %p, align 4
      return %v
    }
    """
    report = run_pipeline(parse_module(text), 1)
    assert "data t" in report.reads["f"]
