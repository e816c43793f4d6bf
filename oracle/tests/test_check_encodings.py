"""All RISC-V rows equal binutils, with and without it at hand; and a wrong row does not get through."""

from __future__ import annotations

import pytest

from compiler.machine.isa import Insn
from compiler.targets.riscv64 import operands, target
from compiler.targets.riscv64.target import TARGET
from oracle.check_encodings import REFERENCES, check, load_goldens

REFERENCE = REFERENCES["riscv64"]


def test_all_rows_equal_the_saved_answers() -> None:
    report = check(TARGET, REFERENCE, use_goldens=True)
    assert report.differences == []
    assert report.accepted > 20_000 and report.refused > 2_000 and report.ok


@pytest.mark.skipif(not REFERENCE.available(), reason="binutils for riscv64 are not installed")
def test_saved_answers_are_those_of_the_assembler() -> None:
    report = check(
        TARGET, REFERENCE, only=frozenset(("addi", "beq", "lui", "c.addi16sp", "fcvt.w.d", "amoadd.w", "li"))
    )
    assert report.differences == [] and report.ok
    assert load_goldens("riscv64")["mv\ta5,a6"] is not None


@pytest.mark.parametrize(
    "wrong",
    [
        Insn("sub", (operands.rd, operands.rs1, operands.rs2), "0000000 rs2:5 rs1:5 000 rd:5 0110011", writes="rd"),
        Insn("sub", (operands.rd, operands.rs1, operands.rs2), "0100000 rs1:5 rs2:5 000 rd:5 0110011", writes="rd"),
        Insn("slti", (operands.rd, operands.rs1, operands.u20), "imm[11:0] rs1:5 010 rd:5 0010011", writes="rd"),
        Insn("sd", (operands.rs2, operands.store_mem), "mem[11:5] rs2:5 mem.base:5 011 mem[5:1] 0100011", reads="rs2"),
    ],
    ids=["opcode", "operands swapped", "range too wide", "scattered immediate"],
)
def test_a_planted_wrong_row_is_caught(wrong: Insn) -> None:
    report = check(target.make_target(instead=(wrong,)), REFERENCE, use_goldens=True, only=frozenset((wrong.name,)))
    assert not report.ok
    assert any(wrong.name in difference for difference in report.differences)
