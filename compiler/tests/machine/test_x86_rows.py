"""The x86 row set through machine and asm, byte for byte what gas makes in 64, 32 and 16-bit mode.

Texts written by hand try the assembler; `test_every_row` takes each row of each mode through all kinds of arguments, as
text through both assemblers, as an item of the stream, and alone: gas may take another form of the same instruction, so
the bytes of the row itself are held against gas's by what objdump reads in them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from compiler.asm.items import InsnItem, Item, Section
from compiler.asm.unit import assemble_items, assemble_text
from compiler.machine import vendor
from compiler.machine.isa import (
    IMMEDIATE,
    LABEL,
    MEMORY,
    REGISTER,
    REGISTER_OR_MEMORY,
    REX_FORBIDDEN,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Operand,
    Register,
    RegisterArg,
)
from compiler.machine.printer import print_arg
from compiler.machine.target import Target
from compiler.object.model import DEFINED
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.tests.machine.x86_rows import make_target

COMMON = """
 add %al, %bl; add %ah, %bl; addb $5, (%si); add $-1, %cx; addw $300, %cx; add $300, %ax; add $0x12345678, %eax
 add $1, %eax; addl $0x1000, %ecx; sub %ecx, %edx; and %edx, %ecx; cmp $7, %bl; cmp $255, %al
 mov $5, %eax; mov $5, %cl; mov $-1, %bx; mov %ebx, %ecx; neg %esi; negw %di; shl $3, %edi; shl %cl, %bx
 imul %esi, %edi; popcnt %eax, %ebx; nop; ret
"""
ADDRESSES = """
 mov (%eax), %ecx; mov (%esp), %ecx; mov (%ebp), %ecx; mov 4(%ebp), %ecx; mov -128(%ebx), %ecx; mov 128(%ebx), %ecx
 mov (%eax,%ebx,4), %ecx; mov 8(%esp,%ebp,8), %cl; mov (%ebp,%esi), %dx;
 mov 0x1000(,%edi,2), %edx; mov %edx, %fs:4(%eax)
 lea -4(%edi,%edi), %esi; cmpl $-1, 5(%ecx)
"""
SIXTY_FOUR = """
 add %rax, %r15; add %r8d, %eax; add %r9b, %sil; add $5, %r10; add $1000, %r10; add $1000, %rax; and $-128, %rdx
 mov (%rax), %r12; mov (%r12), %rax; mov (%r13), %rax; mov 8(%r13,%r12,8), %r14w; mov 0x12345678, %eax; movl $1, (%rsp)
 mov %r15, %gs:0(%rax); mov x(%rip), %eax; movl $77, x+4(%rip); mov %eax, x(,%rbx,4);
 lea x(%rip), %rsi; cmpb $3, x(%rip)
 movabs $0x123456789abcdef, %rax; movabs $x, %r9; mov $x, %rax; push %rbp; push %r12; push %ax; imul %r9, %rbx
 shl $63, %rax; shl %cl, %r11; call f; call f@plt; jmp f; jne f; .quad x+5; .long x - .; mov 4(%eax), %r8
"""
FAR = "top: nop\n je top; jmp end; .skip 120; jne top; jmp top; .skip 10; end: jle end; ja top\n"
# Where gas takes an encoding that the row set leaves out.
KNOWN = (
    (r"^shl[bwlq] \$1, ", "a shift by one has a form without immediate"),
    (r"^mov[bwl] (%fs:)?\d+, %e?a[lx]$", "the accumulator is loaded from an absolute address without ModRM"),
    (r"^mov[bwl] %e?a[lx], (%fs:)?\d+$", "and stored to one"),
)
REFUSED_64 = (
    "add %ah, %sil", "add %ah, %r8b", "mov %eax, %rbx", "add $0x80000000, %rax", "shl $300, %rax", "shl %dl, %eax",
    "mov (%rax,%rsp), %ecx", "mov (%rax,%ebx), %ecx", "mov (%ax), %ecx", "add %eax", "add %eax, %eax, %eax",
    "mov (%rax,%rbx,3), %ecx", "push %eax", "lea %eax, %ebx", "addb $x, %al, %bl", "mov 0x80000000(%rax), %ecx",
)  # fmt: skip
REFUSED_32 = ("add %rax, %rbx", "mov %r8d, %eax", "mov %sil, %al", "movabs $1, %rax", "mov (%rax), %eax", "push %rax")


def _bytes(text: str, mode: int) -> tuple[bytes, list[str]]:
    sink = Sink(SourceMap(), show_caret=False)
    obj = assemble_text(text, make_target(mode), sink, "t.s")
    section = obj.section(".text")
    return bytes(section.data) if section is not None else b"", [item.text for item in sink.diagnostics]


def _gas(text: str, mode: int, folder: Path) -> Path:
    source = folder / "t.s"
    source.write_text(text)
    out = folder / "gas.o"
    flag = "--64" if mode == 64 else "--32"
    subprocess.run(["x86_64-linux-gnu-as", "-W", flag, "-o", str(out), str(source)], check=True, timeout=60)
    return out


def _dump(path: Path) -> list[str]:
    run = subprocess.run(
        ["x86_64-linux-gnu-objdump", "-s", "-r", "-j", ".text", str(path)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    lines = [line.split("  ")[0] for line in run.stdout.splitlines()[2:] if "file format" not in line]
    return sorted(lines)  # gas lists the relocations of relaxed jumps last


needs_gas = pytest.mark.skipif(shutil.which("x86_64-linux-gnu-as") is None, reason="x86-64 binutils are not installed")


@needs_gas
@pytest.mark.parametrize(
    ("mode", "text"),
    [
        (64, COMMON.replace("(%si)", "(%rsi)")), (64, ADDRESSES), (64, SIXTY_FOUR), (64, FAR),
        (32, COMMON.replace("(%si)", "(%esi)")), (32, ADDRESSES), (32, FAR),
        (16, COMMON + " mov (%bx,%si), %al; mov 300(%bp), %cx; mov (%bp), %cl; mov -1(%di), %eax; mov 0x1234, %cx\n"),
        (16, ADDRESSES), (16, FAR),
    ],
)  # fmt: skip
def test_bytes_and_relocations_equal_gas(mode: int, text: str, tmp_path: Path) -> None:
    gas = _gas(f".code{mode}\n{text}", mode, tmp_path)
    sink = Sink(SourceMap(), show_caret=False)
    obj = assemble_text(text, make_target(mode), sink, "t.s")
    assert not sink.errors, [item.text for item in sink.diagnostics]
    ours = tmp_path / "ours.o"
    ours.write_bytes(write_object(obj))
    assert _dump(ours) == _dump(gas)


@pytest.mark.parametrize(("mode", "text"), [(64, text) for text in REFUSED_64] + [(32, text) for text in REFUSED_32])
def test_illegal_operands_are_refused(mode: int, text: str) -> None:
    _, problems = _bytes(text, mode)
    assert len(problems) == 1, text


@needs_gas
@pytest.mark.parametrize(("mode", "text"), [(64, text) for text in REFUSED_64] + [(32, text) for text in REFUSED_32])
def test_gas_refuses_the_same(mode: int, text: str, tmp_path: Path) -> None:
    source = tmp_path / "t.s"
    source.write_text(f".code{mode}\n{text}\n")
    flag = "--64" if mode == 64 else "--32"
    run = subprocess.run(
        ["x86_64-linux-gnu-as", flag, "-o", "/dev/null", str(source)], capture_output=True, timeout=60, check=False
    )
    assert run.returncode != 0, text


def test_row_says_what_it_reads_and_writes() -> None:
    target = make_target(64)
    row = target.insn("add64.rm.r")
    assert [register.name for register in row.implicit_writes] == ["flags"]
    assert row.accesses == [3, 1]  # the tied operand is read and written
    assert target.insn("shl64.cl").operands[1].fixed is target.register("cl")
    assert target.insn("jne.short32").implicit_reads == [target.register("flags")]


# --- every row -------------------------------------------------------------------------------------------------------


def register_choices(operand: Operand, target: Target) -> list[Arg]:
    """The fixed one, or the first, old ones of all kinds, and where the mode has them new ones."""
    found: list[Arg] = []
    for register in target.registers:
        wanted = register.number in (0, 1, 3, 4, 5, 7, 8, 13, 15) and exists(register, target.mode)
        if wanted and operand.accepts_register(register):
            found.append(RegisterArg(register))
    return found


def exists(register: Register, mode: int) -> bool:
    """Whether the mode has the register: outside 64-bit mode there are no new ones, and no REX prefix."""
    return mode == 64 or (register.number < 8 and register.bits < 64 and (register.bits > 8 or _is_old_byte(register)))


def _is_old_byte(register: Register) -> bool:
    return register.needs == REX_FORBIDDEN or register.number < 4


def memory_choices(target: Target) -> list[Arg]:
    """Without a base, every base that has a form of its own, small and large displacements, indexes, a segment."""
    mode = target.mode
    names = {16: ("bx", "si", "bp", "di"), 32: ("eax", "esp", "ebp", "edi"), 64: ("rax", "rsp", "rbp", "r12", "r13")}
    index = RegisterArg(target.register({16: "si", 32: "ebx", 64: "r9"}[mode]))
    found: list[Arg] = [MemoryArg(None, 0x1234)]
    for name in names[mode]:
        base = RegisterArg(target.register(name))
        found += [MemoryArg(base, displacement) for displacement in (0, 127, -128, 128)]
    bases = ("bx", "bp") if mode == 16 else names[mode]
    for name, scale in product(bases, (1,) if mode == 16 else (1, 2, 4, 8)):
        found.append(MemoryArg(RegisterArg(target.register(name)), 3, index=index, scale=scale))
    if mode > 16:
        found.append(MemoryArg(None, 5, index=index, scale=4))
    found.append(MemoryArg(RegisterArg(target.register(names[mode][0])), 1, segment=target.register("fs")))
    return found


def choices(operand: Operand, target: Target) -> list[Arg]:
    if operand.kind == REGISTER:
        return register_choices(operand, target)
    if operand.kind == REGISTER_OR_MEMORY:
        return register_choices(operand, target) + memory_choices(target)
    if operand.kind == MEMORY:
        return memory_choices(target)
    assert operand.kind == IMMEDIATE, operand.name
    values = (operand.low, -1, 0, 1, 127, operand.high, (1 << operand.wraps) - 128, (1 << operand.wraps) - 1)
    return [ImmediateArg(value) for value in dict.fromkeys(values) if operand.accepts_value(value)]


def rows_of(target: Target) -> list[Insn]:
    return [insn for insn in target.insns if target.mode in insn.modes]


def argument_lists(insn: Insn, target: Target) -> list[list[Arg]]:
    """Each operand through all its choices with the first and the last of the others, where they go together."""
    columns = [choices(operand, target) for operand in insn.operands]
    found: list[list[Arg]] = [[column[0] for column in columns]]
    for index, column in enumerate(columns):
        for arg, end in product(column, (0, -1) if insn.operands[index].kind != REGISTER else (0,)):
            found.append([arg if other == index else columns[other][end] for other in range(len(columns))])
    return [args for args in found if encoded(insn, args, target.mode) is not None]


def encoded(insn: Insn, args: list[Arg], mode: int) -> bytes | None:
    out = bytearray()
    return None if vendor.encode(insn, args, mode, out, []) else bytes(out)


def text_of(insn: Insn, args: list[Arg], target: Target) -> str:
    """With the size's suffix: it says the size where no register does."""
    parts = [print_arg(arg, target.syntax, operand) for arg, operand in zip(args, insn.operands, strict=True)]
    return f"{insn.spellings[0] if insn.spellings else insn.name} {', '.join(reversed(parts))}"


def gas_pieces(lines: list[str], mode: int, folder: Path) -> tuple[list[bytes], list[str]]:
    """For each line its bytes, and what objdump reads in them."""
    body = "".join(f"c{number}: {line}\n" for number, line in enumerate(lines))
    path = _gas(f".code{mode}\n{body}", mode, folder)
    machine = {16: "i8086", 32: "i386", 64: "i386:x86-64"}[mode]
    run = subprocess.run(
        ["x86_64-linux-gnu-objdump", "-d", "-w", "-z", "-m", machine, str(path)],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    data = [b""] * len(lines)
    texts = [""] * len(lines)
    number = -1
    for line in run.stdout.splitlines():
        label = re.match(r"[0-9a-f]+ <c(\d+)>:$", line)
        if label:
            number = int(label.group(1))
        elif number >= 0 and line.count("\t") >= 2:
            _, raw, text = line.split("\t", 2)
            data[number] += bytes.fromhex(raw)
            texts[number] += text.strip() + ";"
    return data, texts


def our_pieces(lines: list[str], target: Target) -> list[bytes]:
    sink = Sink(SourceMap(), show_caret=False)
    body = "".join(f"c{number}: {line}\n" for number, line in enumerate([*lines, ""]))
    obj = assemble_text(body, target, sink, "t.s")
    assert not sink.errors, [item.text for item in sink.diagnostics][:5]
    section = obj.section(".text")
    assert section is not None
    at = {symbol.name: symbol.value for symbol in obj.symbols if symbol.where == DEFINED}
    return [bytes(section.data[at[f"c{n}"] : at[f"c{n + 1}"]]) for n in range(len(lines))]


def _of_item(insn: Insn, args: list[Arg], target: Target) -> bytes:
    sink = Sink(SourceMap(), show_caret=False)
    items: list[Item] = [Section(".text"), InsnItem(insn, args)]
    section = assemble_items(items, target, sink).section(".text")
    assert section is not None and not sink.errors
    return bytes(section.data)


@needs_gas
@pytest.mark.parametrize("mode", [16, 32, 64])
def test_every_row(mode: int, tmp_path: Path) -> None:
    target = make_target(mode)
    rows = [row for row in rows_of(target) if not any(operand.kind == LABEL for operand in row.operands)]
    cases = [
        (row, args)
        for row in rows
        for args in argument_lists(row, target)
        if not any(re.search(pattern, text_of(row, args, target)) for pattern, _ in KNOWN)
    ]
    assert {row.key for row in rows} - {row.key for row, _ in cases} == set()
    assert len(cases) > 1200
    lines = [text_of(row, args, target) for row, args in cases]
    data, texts = gas_pieces(lines, mode, tmp_path)
    ours = our_pieces(lines, target)
    assert [line for line, mine, theirs in zip(lines, ours, data, strict=True) if mine != theirs] == []
    alone = [encoded(row, args, mode) or b"" for row, args in cases]
    for (row, args), given in list(zip(cases, alone, strict=True))[::7]:
        assert _of_item(row, args, target) == given, row.key
    _, readings = gas_pieces([".byte " + ",".join(map(str, given)) for given in alone], mode, tmp_path)
    wrong = [
        f"{row.key}: {given.hex()} is {read}, not {text}"
        for (row, _), given, read, text in zip(cases, alone, readings, texts, strict=True)
        if read != text
    ]
    assert wrong == []


@needs_gas
@pytest.mark.parametrize("mode", [16, 32, 64])
def test_every_branch_row(mode: int, tmp_path: Path) -> None:
    """Near and far, forward and backward: the short row and the long one that takes its place."""
    target = make_target(mode)
    rows = [row for row in rows_of(target) if any(operand.kind == LABEL for operand in row.operands)]
    assert len(rows) == 2 * 16 + 3
    lines: list[str] = []
    for name in dict.fromkeys(row.name for row in rows):
        lines += [f"1: {name} 1b; {name} 2f; 2: nop; {name} 3f; .skip 130; 3: {name} 1b"]
    data, _ = gas_pieces(lines, mode, tmp_path)
    ours = our_pieces(lines, target)
    assert [line for line, mine, theirs in zip(lines, ours, data, strict=True) if mine != theirs] == []
    by_key = {row.key: row for row in rows}
    for row in rows:
        if row.longer:
            assert by_key[row.longer].name == row.name


def test_row_sets_have_what_they_are_for() -> None:
    for mode in (16, 32, 64):
        operands = [operand for row in rows_of(make_target(mode)) for operand in row.operands]
        assert {REGISTER, IMMEDIATE, LABEL, MEMORY, REGISTER_OR_MEMORY} == {operand.kind for operand in operands}
        assert any(operand.fixed is not None for operand in operands) and any(operand.tied for operand in operands)
