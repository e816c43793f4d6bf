"""Halves of one program agree when one convention made them, and a disagreement is seen. Needs a native gcc."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from fuzz.abi import AbiBench, kept_halves, run_abi
from fuzz.generators.abi import MOST_PARAMETERS, make_abi_program
from oracle.compilers import HOST, ROOT, references, subject
from oracle.kept import KeptProgram, kept_programs
from oracle.outcome import Outcome

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")


def test_the_same_seed_gives_the_same_halves_and_everything_is_covered() -> None:
    first, second = make_abi_program(3, 40), make_abi_program(3, 40)
    assert (first.header, first.caller, first.callee) == (second.header, second.caller, second.callee)
    coverage = sum((make_abi_program(seed, 40).coverage for seed in range(6)), first.coverage)
    for number in range(MOST_PARAMETERS + 1):
        assert coverage[f"signature: {number:2d} parameters"] > 0
    for label in ("packed", "bit-fields", "nested", "floats only", "integers and floats"):
        assert coverage[f"parameter: record, {label}"] > 5, label
        assert coverage[f"result: record, {label}"] > 0, label
    assert coverage["parameter: union"] > 5 and coverage["signature: variadic"] > 50


@needs_gcc
def test_two_levels_of_one_compiler_agree_in_both_directions() -> None:
    [reference] = references(HOST, ["gcc-O2"])
    directions, _ = run_abi(subject("gcc", HOST, "-O0"), reference, range(3))
    assert [(one.outcome, one.detail) for one in directions] == [(Outcome.OK, "")] * 6


@needs_gcc
def test_a_difference_between_the_halves_is_wrong_code() -> None:
    [reference] = references(HOST, ["gcc-O2"])
    program = make_abi_program(1)
    # The caller's constants change and the callee's do not: what a wrong convention looks like.
    planted = replace(program, caller=program.caller.replace(" = (unsigned", " = 1 + (unsigned"))
    assert planted.caller != program.caller
    bench = AbiBench(subject("gcc", HOST, "-O0"), reference)
    try:
        outcomes = [(one.outcome, "differs" in one.detail) for one in bench.judge(planted)]
    finally:
        bench.close()
    assert outcomes == [(Outcome.WRONG_CODE, True)] * 2


HALVES = [program for program in kept_programs(ROOT / "corpora" / "regressions") if program.has_halves]
CROSS = [one for one in references("riscv64") if one.name == "riscv64-gcc-O2"]


@pytest.mark.skipif(not CROSS, reason="the riscv64 cross gcc is not installed")
@pytest.mark.parametrize("level", ["-O0", "-O1"])
@pytest.mark.parametrize("kept", HALVES, ids=[program.name for program in HALVES])
def test_kept_halves_agree_with_the_reference(kept: KeptProgram, level: str) -> None:
    bench = AbiBench(subject("pycc", "riscv64", level), CROSS[0])
    try:
        found = bench.judge(kept_halves(kept))
    finally:
        bench.close()
    assert [(one.outcome, one.detail) for one in found] == [(Outcome.OK, "")] * 2
