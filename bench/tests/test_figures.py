"""What the parts make of what they measured."""

from __future__ import annotations

import math

import pytest

from bench.campaign import add_phases
from bench.compile import add_rows
from bench.frontend import stage_seconds
from bench.kernels import kernels
from bench.measure import Figures, Sample
from oracle.store import Campaign
from reports.schema import PhaseRow, Summary


def test_stages_of_statistics() -> None:
    text = '{"tokens": 10, "seconds": {"preprocess": 0.5, "parse": 1.5, "lower": 9.0}}'
    assert stage_seconds(text) == (10, {"preprocess": 0.5, "parse": 1.5})
    with pytest.raises(KeyError):
        stage_seconds('{"tokens": 10, "seconds": {}}')


def test_compile_rows_are_means_over_programs_and_ratios_within_rounds() -> None:
    figures = Figures("", tuple("abcdefghi"))
    gcc, ours = "gcc -O0|cold", "pycc -O0 pure|warm"
    first = {gcc: [Sample(1.0, 10), Sample(3.0, 10)], ours: [Sample(2.0, 30), Sample(6.0, 20)]}
    second = {gcc: [Sample(1.0, 10), Sample(1.0, 15)], ours: [Sample(8.0, 1), Sample(8.0, 1)]}
    add_rows(figures, "small", [first, second])
    assert [row[1] for row in figures.rows] == ["gcc -O0", "pycc -O0 pure"]
    label, _, start, seconds, slowest, to_plain, to_optimized, _, peak_ratio = figures.rows[1]
    assert (label, start, seconds, slowest, peak_ratio) == ("small", "warm", 6.0, 8.0, 2.0)
    assert to_plain == pytest.approx(4.0)
    assert isinstance(to_optimized, float) and math.isnan(to_optimized)


def test_phases_and_rest_make_the_whole() -> None:
    campaign = Campaign("id", "fuzz", "riscv64", {}, "v", "done", 0.0, 0.0)
    rows = (PhaseRow("reference compile", 2.0, 50.0), PhaseRow("subject compile", 2.0, 50.0))
    summary = Summary(campaign, 1, 1, 1, (), rows, (), 1.0, 1.0, "")
    figures = Figures("", tuple("abcde"))
    add_phases(figures, "pure", summary, 5.0)
    assert sum(float(row[3]) for row in figures.rows) == pytest.approx(100.0)
    assert figures.rows[-1][1:3] == ("rest", 1.0)


def test_every_kernel_is_named_for_the_table() -> None:
    assert len(kernels()) >= 6
