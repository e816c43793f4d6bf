"""Rows, operands, encoder and decoder: what is refused as much as what is encoded."""

from __future__ import annotations

import pytest

from compiler.machine.decode import Decoder
from compiler.machine.encode import REFUSED, Fixup, encode, refusal
from compiler.machine.isa import (
    IMMEDIATE,
    REGISTER,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Operand,
    RegisterArg,
    SymbolArg,
    VirtualArg,
    parse_bits,
)
from compiler.machine.printer import print_insn
from compiler.targets.riscv64.registers import FPR, GPR
from compiler.targets.riscv64.target import TARGET
from compiler.terms.term import Any, App, Const, MetaApp, Term

A0, A1, SP = (RegisterArg(TARGET.register(name)) for name in ("a0", "a1", "sp"))
FA0 = RegisterArg(TARGET.register("fa0"))


def word(key: str, *args: Arg) -> int:
    return encode(TARGET.insn(key), list(args), [])


def test_field_notation() -> None:
    assert parse_bits("0110") == [("", 6, 4)]
    assert parse_bits("rd:5") == [("rd", 0, 5)]
    assert parse_bits("off[12|10:5]") == [("off", 12, 1), ("off", 5, 6)]
    assert parse_bits("mem.base:3") == [("mem.base", 0, 3)]


def test_scattered_immediates_reach_their_bits() -> None:
    # beq a0, a1, . + 2**n: each bit of the distance alone (RISC-V manual, B-type and J-type)
    places = {1: 8, 2: 9, 3: 10, 4: 11, 5: 25, 6: 26, 7: 27, 8: 28, 9: 29, 10: 30, 11: 7}
    base = word("beq", A0, A1, ImmediateArg(0))
    for bit, place in places.items():
        assert word("beq", A0, A1, ImmediateArg(1 << bit)) ^ base == 1 << place
    jump = word("j", ImmediateArg(0))
    assert word("j", ImmediateArg(1 << 11)) ^ jump == 1 << 20
    assert word("j", ImmediateArg(1 << 12)) ^ jump == 1 << 12
    assert word("j", ImmediateArg(-(1 << 20))) ^ jump == 1 << 31


def test_an_encoding_that_does_not_fill_its_row_is_an_assertion() -> None:
    rd = Operand("rd", REGISTER, GPR)
    with pytest.raises(AssertionError, match="31 bits"):
        Insn("bad", (rd,), "000000000000 00000 000 rd:4 0010011")
    with pytest.raises(AssertionError, match="no operand"):
        Insn("bad", (rd,), "000000000000 rs1:5 000 rd:5 0010011")


@pytest.mark.parametrize("value", [-2049, 2048, 4095, 1 << 40])
def test_immediates_are_never_masked(value: int) -> None:
    assert word("addi", A0, A1, ImmediateArg(value)) == REFUSED
    assert "must be in [-2048, 2047]" in refusal(TARGET.insn("addi"), [A0, A1, ImmediateArg(value)])


def test_extra_and_missing_operands_are_refused() -> None:
    assert word("add", A0, A1) == REFUSED
    assert word("add", A0, A1, SP, SP) == REFUSED
    assert "takes 3 operands, not 4" in refusal(TARGET.insn("add"), [A0, A1, SP, SP])


def test_registers_of_another_class_or_out_of_a_short_form_are_refused() -> None:
    assert word("add", A0, A1, FA0) == REFUSED
    assert word("fadd.d", FA0, FA0, A0, ImmediateArg(7)) == REFUSED
    assert word("c.sub", A0, A1) != REFUSED
    assert word("c.sub", A0, SP) == REFUSED  # three bits name s0 to a5


def test_misaligned_and_excluded_values_are_refused() -> None:
    assert word("beq", A0, A1, ImmediateArg(3)) == REFUSED
    assert word("c.addi16sp", SP, ImmediateArg(0)) == REFUSED
    assert word("c.addi16sp", SP, ImmediateArg(8)) == REFUSED
    assert word("c.addi16sp", SP, ImmediateArg(496)) == 0x617D
    assert word("fadd.d", FA0, FA0, FA0, ImmediateArg(5)) == REFUSED  # a reserved rounding mode


def test_symbols_need_an_operator_that_fits_the_field() -> None:
    fixups: list[Fixup] = []
    assert encode(TARGET.insn("addi"), [A0, A0, SymbolArg("x", 4, "lo")], fixups) != REFUSED
    assert [(fixup.kind, fixup.symbol.addend) for fixup in fixups] == [("R_RISCV_LO12_I", 4)]
    assert word("addi", A0, A0, SymbolArg("x")) == REFUSED
    assert word("addi", A0, A0, SymbolArg("x", 0, "hi")) == REFUSED
    assert word("sd", A0, MemoryArg(SP, 0, SymbolArg("x", 0, "lo"))) != REFUSED


def test_virtual_registers_are_judged_by_class() -> None:
    operand = TARGET.insn("add").operands[1]
    assert operand.accepts(VirtualArg(7, GPR))
    assert not operand.accepts(VirtualArg(7, FPR))


def test_wrapping_immediate_is_written_one_way() -> None:
    operand = Operand("imm", IMMEDIATE, low=-32, high=31, excluded=(0,), wraps=20)
    assert operand.accepts_value(0xFFFFF)
    assert not operand.accepts_value(-1)
    assert not operand.accepts_value(0xFFFDF)


@pytest.mark.parametrize(
    ("text_word", "size", "text"),
    [
        (0x00058513, 4, "mv\ta0,a1"), (0xFFF58513, 4, "addi\ta0,a1,-1"), (0x00008067, 4, "ret"),
        (0x0FF0000F, 4, "fence"), (0x02A5F553, 4, "fadd.d\tfa0,fa1,fa0"), (0x02A59553, 4, "fadd.d\tfa0,fa1,fa0,rtz"),
        (0x4505, 2, "c.li\ta0,1"), (0x61FD, 2, "c.lui\tgp,0x1f"),
    ],
)  # fmt: skip
def test_decoding(text_word: int, size: int, text: str) -> None:
    decoded = Decoder(TARGET).decode(text_word, size)
    assert decoded is not None
    assert print_insn(decoded.insn, decoded.args, TARGET.syntax).replace("31", "0x1f") == text


def test_words_that_no_row_means_do_not_decode() -> None:
    decoder = Decoder(TARGET)
    assert decoder.decode(0xFFFFFFFF, 4) is None
    assert decoder.decode(0x6105, 2) is not None  # c.addi16sp 32
    assert decoder.decode(0x6081, 2) is None  # c.lui with 0 is reserved


def test_meanings_name_operands_by_slot() -> None:
    """A variable's slot is an operand; there is one meaning for each written operand."""
    for insn in TARGET.insns:
        if insn.meaning and not insn.is_store and not insn.is_branch:
            assert len(insn.meaning) == len(insn.write_names), insn.key
        for meaning in insn.meaning:
            for slot, is_constant in variables(meaning):
                operand = insn.operands[slot]
                assert is_constant == (operand.kind == IMMEDIATE), insn.key


def variables(term: Term) -> list[tuple[int, bool]]:
    if isinstance(term, Any):
        return [(term.slot, False)]
    if isinstance(term, Const):
        return [(term.slot, True)]
    if isinstance(term, App | MetaApp):
        return [found for part in term.args for found in variables(part)]
    return []


def test_rows_read_and_write_what_they_name() -> None:
    call = TARGET.insn("call")
    assert [register.name for register in call.implicit_writes] == ["ra"]
    assert TARGET.insn("ret").implicit_reads == [TARGET.register("ra")]
    store = TARGET.insn("sd")
    assert store.writes_memory and not store.reads_memory and store.accesses == [1, 1]
