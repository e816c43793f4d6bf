"""Relocation rows: fields, rounding and refusals."""

from __future__ import annotations

import pytest

from compiler.targets.riscv64.relocations import RELOCATIONS


@pytest.mark.parametrize("value", [0, 1, 0x7FF, 0x800, -1, -0x800, -0x801, 0x12345678, -0x12345678, 0x7FFFF7FF])
def test_high_and_low_parts_add_up(value: int) -> None:
    high = RELOCATIONS.by_name["R_RISCV_HI20"].insert(0x37, value) >> 12
    for name, shift_high, shift_low in (("R_RISCV_LO12_I", 20, 20), ("R_RISCV_LO12_S", 25, 7)):
        word = RELOCATIONS.by_name[name].insert(0, value)
        low = word >> 20 if shift_high == shift_low else (word >> 25 << 5) | (word >> 7 & 31)
        signed = low - 4096 if low >= 2048 else low
        assert ((high << 12) + signed - value) & 0xFFFFFFFF == 0


@pytest.mark.parametrize("value", [0, 4, 0x7FE, 0x800, -0x800, -0x802, 0x7FFFF7FE])
def test_call_pair_holds_both_parts(value: int) -> None:
    word = RELOCATIONS.by_name["R_RISCV_CALL_PLT"].insert(0x000080E700000097, value)
    high, low = word >> 12 & 0xFFFFF, word >> 52
    assert word & 0xFFF == 0x97 and word >> 32 & 0xFFFFF == 0x080E7
    assert ((high << 12) + (low - 4096 if low >= 2048 else low) - value) & 0xFFFFFFFF == 0


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("R_RISCV_BRANCH", (-4096, 4094), (-4098, 4096, 1)),
        ("R_RISCV_JAL", (-(1 << 20), (1 << 20) - 2), (1 << 20, -(1 << 20) - 2, 3)),
        ("R_RISCV_RVC_BRANCH", (-256, 254), (256, -258)),
        ("R_RISCV_HI20", (0x7FFFF7FF, -(1 << 31) - 0x800), (0x7FFFF800, -(1 << 31) - 0x801)),
    ],
)
def test_reach(name: str, good: tuple[int, ...], bad: tuple[int, ...]) -> None:
    kind = RELOCATIONS.by_name[name]
    assert [kind.problem(value) for value in good] == ["" for _ in good]
    assert all(kind.problem(value) for value in bad)


def test_six_bit_fields_leave_the_others_alone() -> None:
    assert RELOCATIONS.by_name["R_RISCV_SET6"].insert(0xC0, 0x15) == 0xD5
