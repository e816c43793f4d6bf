"""Assembly text to bytes: directives, expressions, macros, relaxation and refusals."""

from __future__ import annotations

import pytest

from compiler.asm.unit import assemble_text
from compiler.object.model import ABSOLUTE, COMMON, DEFINED, STB_GLOBAL, STB_WEAK, UNDEFINED, ObjectFile
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.targets.riscv64.target import TARGET


def assemble(text: str) -> ObjectFile:
    sink = Sink(SourceMap(), show_caret=False)
    obj = assemble_text(text, TARGET, sink, "t.s")
    assert not sink.errors, [item.rendered for item in sink.diagnostics]
    return obj


def data_of(text: str, section: str = ".data") -> bytes:
    found = assemble(text if section == ".text" else f"{section}\n{text}").section(section)
    assert found is not None
    return bytes(found.data)


def words(text: str) -> list[int]:
    data = data_of(text, ".text")
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


def relocations(obj: ObjectFile, name: str) -> list[tuple[int, str, str, int]]:
    section = obj.section(name)
    assert section is not None
    found = []
    for item in section.relocations:
        symbol = "" if item.symbol is None else item.symbol.name or (item.symbol.section or section).name
        found.append((item.offset, TARGET.relocations.by_number[item.kind].name, symbol, item.addend))
    return found


def problems(text: str) -> list[str]:
    sink = Sink(SourceMap(), show_caret=False)
    assemble_text(text, TARGET, sink, "t.s")
    return [f"{item.line}: {item.text}" for item in sink.diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".byte 1, -1, 'a', '\\n'", "01ff610a"),
        (".half 0x1234; .word 1; .dword -2", "341201000000feffffffffffffff"),
        (".2byte 1\n.4byte 2\n.8byte 3", "0100020000000300000000000000"),
        ('.ascii "a\\tb\\101\\x41\\0", "c"\n.string "x"\n.asciz ""', "6109624141006378" + "0000"),
        (".zero 3; .skip 2, 7; .fill 2, 2, 0x102", "000000070702010201"),
        (".byte 1; .p2align 4,,3; .byte 2", "0102"),
        (".half " + "+".join(["3"] * 1000), "b80b"),
        (".uleb128 127, 128, 0x4000; .sleb128 -1, 63, 64, -65", "7f8001808001" + "7f3f" + "c000" + "bf7f"),
        (".float 1.5, -0.1; .double 1e300", "0000c03fcdccccbd9c7500883ce4377e"),
        (
            ".byte 2+3*4, 7&3|8, (1+2)<<3, ~0&0xf, !5, 10/3, -7%3, 1<2, 5==4",
            "0e" + "0b" + "18" + "0f" + "00" + "03" + "ff" + "ff" + "00",
        ),
    ],
)
def test_data(text: str, expected: str) -> None:
    assert data_of(text).hex() == expected


def test_alignment_and_fill() -> None:
    assert data_of(".byte 1; .align 2; .byte 2; .balign 4, 9; .byte 3").hex() == "010000000209090903"


def test_assignments_are_read_at_their_place() -> None:
    assert data_of("a = 3\n.equ b, a*2\n.byte b\na = 4\n.byte a, b").hex() == "060406"


def test_label_differences_across_fragments() -> None:
    text = "s: .byte 1\n.align 3\ne: .word e - s, . - s\n.skip e - s\n.byte . - e"
    assert data_of(text).hex() == "0100000000000000" + "08000000" + "0c000000" + "00" * 8 + "10"


def test_numeric_labels() -> None:
    assert words("1: j 1b; j 1f; 1: j 1b") == [0x0000006F, 0x0040006F, 0x0000006F]


def test_nops_align_code() -> None:
    assert words("ret; .align 4; ret") == [0x8067, 0x13, 0x13, 0x13, 0x8067]
    assert data_of(".option rvc; c.nop; .align 3; ret", ".text").hex() == "0100" + "0100" + "13000000" + "8280"


def test_compression_follows_the_option() -> None:
    assert data_of("addi sp,sp,-16; .option rvc; addi sp,sp,-16; .option norvc; ret", ".text").hex() == (
        "130101ff" + "4111" + "67800000"
    )


def test_branches_grow_only_as_far_as_needed() -> None:
    near = data_of(".option rvc; 1: .skip 250; beqz a0, 1b", ".text")
    middle = data_of(".option rvc; 1: .skip 300; beqz a0, 1b", ".text")
    far = data_of(".option rvc; 1: .skip 5000; beqz a0, 1b", ".text")
    assert [len(near) - 250, len(middle) - 300, len(far) - 5000] == [2, 4, 8]
    assert far[-8:-4].hex() == "63140500"  # bnez a0, .+8


def test_branch_to_another_file_takes_the_far_form() -> None:
    obj = assemble("beq a0, a1, elsewhere; j elsewhere")
    assert relocations(obj, ".text") == [
        (4, "R_RISCV_JAL", "elsewhere", 0), (8, "R_RISCV_JAL", "elsewhere", 0),
    ]  # fmt: skip


def test_li_materialises_any_constant() -> None:
    assert words("li a0, 5") == [0x00500513]
    assert words("li a0, 0x12345678") == [0x12345537, 0x6785051B]
    assert words("li a0, -1") == words("li a0, 0xffffffffffffffff")
    assert len(words("li a0, 0x123456789abcdef0")) == 8


def test_address_pairs_share_a_label() -> None:
    obj = assemble("la a0, x+8; sd a1, y, t0; call f; tail g@plt")
    found = relocations(obj, ".text")
    assert [item[1:] for item in found] == [
        ("R_RISCV_PCREL_HI20", "x", 8), ("R_RISCV_PCREL_LO12_I", ".L0 ", 0), ("R_RISCV_PCREL_HI20", "y", 0),
        ("R_RISCV_PCREL_LO12_S", ".L0 ", 0), ("R_RISCV_CALL_PLT", "f", 0), ("R_RISCV_CALL_PLT", "g", 0),
    ]  # fmt: skip


def test_thread_local_addressing() -> None:
    obj = assemble("lui a0, %tprel_hi(v); add a0, a0, tp, %tprel_add(v); lw a0, %tprel_lo(v)(a0)")
    assert [item[1] for item in relocations(obj, ".text")] == [
        "R_RISCV_TPREL_HI20", "R_RISCV_TPREL_ADD", "R_RISCV_TPREL_LO12_I",
    ]  # fmt: skip


def test_local_names_stay_out_of_the_symbol_table() -> None:
    obj = assemble(".data\n.Lx: .word 1\n.dword .Lx, out\nstatic: .byte 0\n.globl g\ng:\n")
    assert relocations(obj, ".data") == [(4, "R_RISCV_64", ".data", 0), (12, "R_RISCV_64", "out", 0)]
    assert {symbol.name for symbol in obj.symbols} == {"", "static", "g", "out"}


def test_symbol_attributes() -> None:
    obj = assemble(
        ".globl f\n.type f,@function\nf: ret\n.size f, .-f\n.weak w\n.hidden f\n.comm c, 12, 8\n.set k, 42\n"
        ".globl k\n.weak alias\n.set alias, f\n call w"
    )
    symbols = {symbol.name: symbol for symbol in obj.symbols if symbol.name}
    assert (symbols["f"].size, symbols["f"].type, symbols["f"].visibility, symbols["f"].where) == (4, 2, 2, DEFINED)
    assert (symbols["w"].binding, symbols["w"].where) == (STB_WEAK, UNDEFINED)
    assert (symbols["c"].where, symbols["c"].value, symbols["c"].size) == (COMMON, 8, 12)
    assert (symbols["k"].where, symbols["k"].value, symbols["k"].binding) == (ABSOLUTE, 42, STB_GLOBAL)
    assert (symbols["alias"].where, symbols["alias"].binding, symbols["alias"].type) == (DEFINED, STB_WEAK, 2)


def test_cross_section_difference_is_a_pair() -> None:
    obj = assemble(".text\n.Lt: nop\n.section .rodata\n.Ld: .word .Lt-.Ld\n")
    assert [item[:2] for item in relocations(obj, ".rodata")] == [(0, "R_RISCV_ADD32"), (0, "R_RISCV_SUB32")]


def test_relax_keeps_differences_symbolic() -> None:
    obj = assemble(".option relax\n call f\n.La: nop\n.align 4\n.Lb: nop\n.section .rodata\n.word .Lb-.La\n")
    text = [item[1] for item in relocations(obj, ".text")]
    assert text == ["R_RISCV_CALL_PLT", "R_RISCV_RELAX", "R_RISCV_ALIGN"]
    assert [item[1:3] for item in relocations(obj, ".rodata")] == [("R_RISCV_ADD32", ".Lb"), ("R_RISCV_SUB32", ".La")]


def test_section_stack_and_subsections() -> None:
    obj = assemble(
        '.data\n.byte 1\n.pushsection .x,"aw",@progbits\n.byte 9\n.popsection\n.byte 2\n.subsection 1\n.byte 4\n'
        '.previous\n.byte 3\n.section .y,"aMS",@progbits,1\n.string "a"\n'
    )
    contents = {section.name: bytes(section.data) for section in obj.sections}
    assert contents[".data"] == b"\1\2\3\4" and contents[".x"] == b"\x09"
    merged = obj.section(".y")
    assert merged is not None and merged.entry_size == 1 and merged.flags == 0x32


def test_macros_repetition_and_conditions() -> None:
    text = """
.macro put first, rest:vararg
 .byte \\first
 .ifnb \\rest
 put \\rest
 .endif
.endm
.macro pair a=1 b:req
 .byte \\a, \\b, \\@
.endm
 put 1, 2, 3
 pair b=7
 pair 5 6
 .rept 2; .byte 0xee; .endr
 .irp x, 10, 11; .byte \\x; .endr
 .irpc c, 45; .byte 0\\c; .endr
 .if 2 > 1; .byte 1; .elseif 1; .byte 2; .else; .byte 3; .endif
 .ifdef nothing; .byte 9; .else; .byte 8; .endif
 .ifc a, a; .byte 6; .endif
"""
    assert data_of(text).hex() == "010203" + "010703" + "050604" + "eeee" + "0a0b" + "0405" + "01" + "08" + "06"


def test_call_frame_information_and_lines_are_made() -> None:
    obj = assemble(
        '.file 1 "a.c"\nf: .cfi_startproc\n.loc 1 3 5\naddi sp,sp,-16\n.cfi_def_cfa_offset 16\nsd ra,8(sp)\n'
        ".cfi_offset ra, -8\n.loc 1 4\nret\n.cfi_endproc\n"
    )
    frame = obj.section(".eh_frame")
    assert frame is not None and relocations(obj, ".eh_frame") == [(0x1C, "R_RISCV_32_PCREL", ".text", 0)]
    assert frame.data[0x2C - 7 :].hex().startswith("0044") or b"\x0e\x10" in frame.data
    lines = obj.section(".debug_line")
    assert lines is not None and b"a.c\0" in lines.data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo a0, a1", "1: unknown instruction 'foo'"),
        ("nop\naddi a0, a1, 4096", "2: operand 'imm' of 'addi' must be in [-2048, 2047], not 4096"),
        ("addi a0, a1", "1: illegal operands 'a0, a1' of 'addi'"),
        ("addi a0, a1, a2", "1: operand 'imm' of 'addi' must be a number or a symbol with a fitting operator"),
        ("x: nop\nx: nop", "2: symbol 'x' is already defined"),
        (".frobnicate 3", "1: unknown directive '.frobnicate'"),
        ("c.addi a0, 1", "1: 'c.addi' needs the extension c"),
        (".byte 1/0", "1: division by zero"),
        ("j 1b", "1: no earlier label '1:' for '1b'"),
        ("j 1f", "1: no later label '1:'"),
        (".skip undefined_thing", "1: count must be known here; 'undefined_thing' is not"),
        (".if 1\nnop", "1: end of file within .if"),
        (".endif", "1: .endif without .if"),
        (".macro m\nnop", "1: missing .endm"),
        (".macro m\nm\n.endm\nm", "4: macros or includes nested too deeply"),
        (".rept 100000000\nnop\n.endr", "1: repetition expands to too much text"),
        ('.ascii "abc', "1: unterminated string"),
        (".popsection", "1: .popsection without .pushsection"),
        (".cfi_def_cfa_offset 8", "1: .cfi_def_cfa_offset outside of a function"),
        (".word (((x+y", "1: ')' expected"),
        (".byte " + "(" * 500 + "1", "1: expression nested too deeply"),
        (".byte " + "x+" * 20000 + "1", "1: expression too long"),
        (".byte " + "-" * 20000 + "x", "1: expression nested too deeply"),
        (".set a, a+1", "1: symbol 'a' is defined by itself"),
        (".set a, b+1\n.set b, a\n.word b", "3: symbol 'b' is defined by itself"),
        (".balign 3", "1: alignment 3 is not a power of two"),
        ('.include "no/such/file"', "1: cannot read 'no/such/file'"),
        (".org 8\n.org 4", "2: .org goes back from 8 to 4"),
        ("j .+0x200000", "1: R_RISCV_JAL out of range: 2097152 is not in [-1048576, 1048575]"),
        (".insn r 0x33, 0, 0, a0, a1, a2", "1: directive '.insn' is not supported"),
    ],
)
def test_errors_name_line_and_reason(text: str, expected: str) -> None:
    assert problems(text)[0] == expected


def test_errors_do_not_stop_at_the_first() -> None:
    assert len(problems("foo\nnop\nbar\n.byte 1/0")) == 3


def test_same_text_same_bytes() -> None:
    text = 'la a0, x\n.data\ny: .dword x, y\n.section .z,"aw"\n.word 1\n.weak w\n call w'
    assert write_object(assemble(text)) == write_object(assemble(text))
