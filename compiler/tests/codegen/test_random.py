"""Random modules through allocation and the machine: what the interpreter says, and the checker of allocations agrees.

More seeds: `python -m compiler.tests.codegen.test_random FIRST END [BUDGET]`.
"""

from __future__ import annotations

import sys

import pytest

from compiler.ir.verifier import verify_module
from compiler.tests.codegen.execution import interpreted_output, machine_output
from compiler.tests.codegen.random_ir import random_module


def agrees(seed: int, functions: int, budget: int) -> bool:
    module = random_module(seed, functions, budget)
    assert verify_module(module) == []
    return interpreted_output(module) == machine_output(random_module(seed, functions, budget))


@pytest.mark.parametrize("seed", range(24))
def test_small_modules(seed: int) -> None:
    assert agrees(seed, 4, 50)


@pytest.mark.parametrize("seed", range(500, 504))
def test_large_functions(seed: int) -> None:
    assert agrees(seed, 2, 300)


# Each of these once showed a defect.
@pytest.mark.parametrize(
    "seed",
    [
        5,  # more float arguments than float registers
        7,  # two edges of a switch to one block
        85,  # a cycle of copies among values far from the stack pointer, in a function that moves it
    ],
)
def test_seeds_that_showed_defects(seed: int) -> None:
    assert agrees(seed, 4, 60)


def main() -> int:
    first, end = int(sys.argv[1]), int(sys.argv[2])
    budget = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    wrong = [seed for seed in range(first, end) if not agrees(seed, 4, budget)]
    print(f"{end - first} modules, wrong: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
