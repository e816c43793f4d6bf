"""The x86 row set through machine and asm, byte for byte what gas makes in 64, 32 and 16-bit mode."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from compiler.asm.unit import assemble_text
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
    subprocess.run(["x86_64-linux-gnu-as", flag, "-o", str(out), str(source)], check=True, timeout=60)
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
