"""Counted instructions against counts known by hand."""

from __future__ import annotations

from pathlib import Path

from emulators.counting import count_instructions, instruction_starts
from emulators.tests.programs import build, needs_riscv_gcc


def test_lengths_of_instructions() -> None:
    assert instruction_starts(bytes.fromhex("13050500" "0145" "73000000"), 2) == 3  # addi, c.li, ecall
    assert instruction_starts(bytes.fromhex("e0031faa" "c0035fd6"), 4) == 2
    assert instruction_starts(b"", 2) == 0


@needs_riscv_gcc
def test_a_loop_more_often_executes_its_body_more_often(tmp_path: Path) -> None:
    counts = []
    for turns in (1000, 1100, 1300):
        # Three instructions a turn, one of them compressed.
        loop = f"li a5, {turns}\\n1: nop\\n.option norvc\\naddi a5, a5, -1\\nbnez a5, 1b\\n.option rvc"
        program = f'int main(void) {{ __asm__ volatile("{loop}" ::: "a5"); return 0; }}'
        run = count_instructions(build(tmp_path, program), "riscv64")
        assert run.exit_code == 0 and run.insns is not None
        counts.append(run.insns)
    assert counts[1] - counts[0] == 300
    assert counts[2] - counts[0] == 900
