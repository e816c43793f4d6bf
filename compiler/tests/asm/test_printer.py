"""`-S`: the text of a stream of items assembles to the bytes that the items themselves give."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.asm import items as it
from compiler.asm.items import Item, Name, Number, Operation
from compiler.asm.printer import print_items
from compiler.asm.unit import assemble_items, assemble_text
from compiler.machine.isa import Arg, ImmediateArg, MemoryArg, RegisterArg, SymbolArg
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.targets.riscv64.target import TARGET


def reg(name: str) -> RegisterArg:
    return RegisterArg(TARGET.register(name))


def insn(key: str, *args: Arg) -> it.InsnItem:
    return it.InsnItem(TARGET.insn(key), list(args))


def stream() -> list[Item]:
    difference = Operation("-", Name("end"), Name("main"))
    return [
        it.File("a b.c"), it.File("a b.c", 0, "dir"),
        it.File("a b.c", 1), it.Section(".text"), it.SymbolAttribute("main", it.GLOBAL),
        it.SymbolAttribute("main", it.FUNCTION), it.Align(4), it.LabelItem("main"), it.Cfi("startproc", []),
        it.Loc(1, 3, 7, 1), insn("addi", reg("sp"), reg("sp"), ImmediateArg(-16)), it.Cfi("def_cfa_offset", [16]),
        insn("sd", reg("ra"), MemoryArg(reg("sp"), 8)), it.Cfi("offset", [1, -8]),
        insn("li", reg("a0"), ImmediateArg(1 << 40)),
        insn("la", reg("a1"), SymbolArg("zero", 4)), insn("call", SymbolArg("other", 0, "plt")),
        insn("beq", reg("a0"), reg("zero"), SymbolArg(".Lout")),
        insn("fadd.d", reg("fa0"), reg("fa0"), reg("fa1"), ImmediateArg(7)),
        insn("fcvt.w.d", reg("a0"), reg("fa0"), ImmediateArg(1)), insn("fence", ImmediateArg(3), ImmediateArg(15)),
        insn("cmpxchg.w", reg("a0"), reg("a1"), reg("a2"), reg("a3"), MemoryArg(reg("a4"))),
        insn("csrrw", reg("a0"), ImmediateArg(0x300), reg("a1")), it.LabelItem(".Lout"), it.AsmText("nop; nop # text"),
        insn("ret"), it.Cfi("endproc", []), it.LabelItem("end"), it.Size("main"),
        it.Section(".rodata.str1.1", 0x32, 1, 1),
        it.Data(b'quote" back\\ \x01\xff\0'), it.Section(".data"), it.Data(bytes(5)),
        it.Value(8, "main", 4), it.Value(4, "end", 0, "main"), it.Value(2, "", -3),
        it.Value(4, "", expression=difference),
        it.Fill(3, 2, 0x1234), it.Leb128(Number(300), False), it.Set("alias", Name("main")), it.Common("common", 12, 8),
        it.Common("private", 3, 1, True), it.Section(".text.g", 6, 1, 0, "group"), insn("ebreak"), it.Ident("pycc"),
    ]  # fmt: skip


def sink() -> Sink:
    return Sink(SourceMap(), stream=io.StringIO(), show_caret=False)


def test_text_and_items_give_the_same_object() -> None:
    by_items, by_text = sink(), sink()
    direct = write_object(assemble_items(stream(), TARGET, by_items))
    text = print_items(stream(), TARGET)
    read = write_object(assemble_text(text, TARGET, by_text, "t.s"))
    assert [item.text for item in by_items.diagnostics + by_text.diagnostics] == []
    assert direct == read


@pytest.mark.skipif(shutil.which("riscv64-linux-gnu-as") is None, reason="binutils for riscv64 are not installed")
def test_the_usual_assembler_takes_the_text(tmp_path: Path) -> None:
    source = tmp_path / "t.s"
    source.write_text(print_items(stream(), TARGET))
    run = subprocess.run(
        ["riscv64-linux-gnu-as", "-march=rv64g", "-o", tmp_path / "t.o", source],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
