"""Passes keep what functions mean: the interpreter gives the same before and after, on random IR."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.ir.interpreter import Outcome, run_module
from compiler.ir.module import Module
from compiler.ir.parser import parse_module
from compiler.ir.printer import print_module
from compiler.ir.verifier import verify_module
from compiler.passes.pipeline import LEVELS, ROWS, PipelineOptions, run_passes
from compiler.tests.ir.generate import generate

INPUTS = ((0, 0), (1, 2), (0xFF, 0x80), (0x1234567, 0xFFFFFFFFFFFFFFFF))


def outcomes(module: Module) -> list[Outcome]:
    function = module.functions()[-1]
    masks = [parameter.type.mask for parameter in function.entry.parameters]
    found = []
    for given_ in INPUTS:
        args = [value & mask for value, mask in zip(given_, masks, strict=True)]
        found.append(run_module(module, function.name, args, 200_000))
    return found


def check(module: Module, names: tuple[str, ...]) -> None:
    assert verify_module(module) == []
    text = print_module(module)
    before = outcomes(module)
    run_passes(module, names, PipelineOptions(verify=True))
    after = outcomes(module)
    for old, new in zip(before, after, strict=True):
        if old.kind == "returned":
            assert (new.kind, new.values) == (old.kind, old.values), f"{names}\n{text}\n{print_module(module)}"


SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.parametrize("name", [row.name for row in ROWS] + ["inline"])
@SETTINGS
@given(st.integers(0, 1 << 30))
def test_one_pass(name: str, seed: int) -> None:
    check(generate(random.Random(seed)), (name,) if name in ("forward", "sroa") else ("mem2reg", name))


@pytest.mark.parametrize("level", range(len(LEVELS)))
@settings(parent=SETTINGS, max_examples=60)
@given(st.integers(0, 1 << 30))
def test_a_level(level: int, seed: int) -> None:
    check(generate(random.Random(seed), 80), LEVELS[level])


@SETTINGS
@given(st.integers(0, 1 << 30))
def test_the_text_form_keeps_the_meaning(seed: int) -> None:
    module = generate(random.Random(seed))
    text = print_module(module)
    again = parse_module(text)
    assert print_module(again) == text
    for old, new in zip(outcomes(module), outcomes(again), strict=True):
        assert str(old) == str(new)


def test_every_prefix_of_the_changes_keeps_the_meaning() -> None:
    """--opt-limit cuts off after any change: the halfway functions are right too."""
    seed = 11
    limit = 0
    while True:
        module = generate(random.Random(seed), 30)
        before = outcomes(module)
        report = run_passes(module, LEVELS[1], PipelineOptions(opt_limit=limit, verify=True))
        for old, new in zip(before, outcomes(module), strict=True):
            assert old.kind != "returned" or new.values == old.values, limit
        if report.counters.total < limit:
            break
        limit += 5
    assert limit > 40
