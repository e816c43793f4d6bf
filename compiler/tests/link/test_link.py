"""The linker: resolution, layout, relocation and its refusals; executables run under QEMU where it is there."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from compiler.asm.unit import assemble_text
from compiler.link.link import LinkInput, LinkOptions, link
from compiler.object.archive import Member, write_archive
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.targets.riscv64.target import TARGET

EXIT = " li a7, 93\n ecall\n"
CROSS = "riscv64-linux-gnu-gcc"
LIBRARIES = Path("/usr/riscv64-linux-gnu/lib")

needs_qemu = pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
needs_cross = pytest.mark.skipif(
    shutil.which("qemu-riscv64") is None or shutil.which(CROSS) is None or not (LIBRARIES / "libc.a").exists(),
    reason="qemu-riscv64 and the riscv64 cross compiler are not installed",
)


def obj(text: str, name: str = "t.o") -> LinkInput:
    sink = Sink(SourceMap(), stream=io.StringIO(), show_caret=False)
    made = assemble_text(text, TARGET, sink, name)
    assert not sink.errors, [item.rendered for item in sink.diagnostics]
    return LinkInput(name, write_object(made))


def linked(*inputs: LinkInput, options: LinkOptions | None = None) -> bytes:
    sink = Sink(SourceMap(), stream=io.StringIO())
    data = link(list(inputs), options or LinkOptions(), TARGET, sink)
    assert not sink.errors, [item.text for item in sink.diagnostics]
    return data


def problems(*inputs: LinkInput, options: LinkOptions | None = None) -> list[str]:
    sink = Sink(SourceMap(), stream=io.StringIO())
    assert link(list(inputs), options or LinkOptions(), TARGET, sink) == b""
    return [item.text for item in sink.diagnostics]


def run(image: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    path = folder / "image"
    path.write_bytes(image)
    path.chmod(0o755)
    return subprocess.run(["qemu-riscv64", str(path)], capture_output=True, timeout=60, check=False)


def status(image: bytes, folder: Path) -> int:
    return run(image, folder).returncode


@needs_qemu
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([".globl _start\n_start: call f\n" + EXIT, ".globl f\nf: li a0, 41\n addi a0,a0,1\n ret\n"], 42),
        # absolute, pc-relative and data addresses of one object
        ([".globl _start\n_start: lui a0,%hi(v)\n lw a1,%lo(v)(a0)\n lw a2,v\n ld a3,p\n lw a3,0(a3)\n"
          " add a0,a1,a2\n add a0,a0,a3\n" + EXIT, ".data\n.globl v,p\nv: .word 7\np: .dword v\n"], 21),
        # common symbols merge, .bss is zero
        ([".comm c,4,4\n.globl _start\n_start: lw a0,c\n lw a1,d\n add a0,a0,a1\n" + EXIT,
          ".comm c,8,8\n.bss\n.globl d\nd: .zero 4\n"], 0),
        # weak: undefined is zero, a strong definition wins
        ([".weak w,n\n.globl _start\n_start: la a0,n\n snez a0,a0\n lw a1,w\n add a0,a0,a1\n" + EXIT,
          ".data\n.weak w\nw: .word 3\n", ".data\n.globl w\nw: .word 5\n"], 5),
        # the global offset table
        ([".globl _start\n_start: lga a0,v\n lw a0,0(a0)\n" + EXIT, ".data\n.globl v\nv: .word 9\n"], 9),
        # thread-local offsets, .tdata before .tbss
        ([".globl _start\n_start: lui a0,%tprel_hi(t)\n addi a0,a0,%tprel_lo(t)\n la.tls.ie a1,u\n slli a1,a1,4\n"
          " add a0,a0,a1\n" + EXIT,
          '.section .tbss,"awT",@nobits\n.globl u\n.zero 4\nu: .zero 4\n.section .tdata,"awT",@progbits\n.zero 8\n'
          ".globl t\nt: .word 1\n"], 8 + 16 * 16),
        # constructors in order of priority; bounds of sections named like identifiers
        ([".globl _start\n_start: la a0,__init_array_start\n la a1,__init_array_end\n sub a1,a1,a0\n lbu a0,0(a0)\n"
          " add a0,a0,a1\n la a1,__stop_mine\n la a2,__start_mine\n sub a1,a1,a2\n add a0,a0,a1\n" + EXIT,
          '.section .init_array,"aw"\n.dword 50\n.section .init_array.00010,"aw"\n.dword 60\n'
          '.section mine,"a"\n.zero 5\n'],
         60 + 16 + 5),
        # differences between sections
        ([".globl _start\n_start: lw a0,d\n la a1,d\n add a0,a0,a1\n jr a0\n.section .text.far,\"ax\"\nx: li a0,77\n"
          + EXIT + ".section .rodata\nd: .word x - d\n"], 77),
    ],
)  # fmt: skip
def test_programs(parts: list[str], expected: int, tmp_path: Path) -> None:
    image = linked(*[obj(text, f"{number}.o") for number, text in enumerate(parts)])
    assert status(image, tmp_path) == expected & 255


@pytest.mark.parametrize("address", [0x10000, 0x7FFFF000, 0x80000000, 0x123456789000])
def test_weak_symbol_that_is_not_defined_is_null_at_any_address(address: int) -> None:
    text = (
        ".weak n\n.globl _start\n_start: lla a0,n\n lla a1,n+24\n call n\n tail n\n"
        "1: auipc a2,%pcrel_hi(n)\n ld a3,%pcrel_lo(1b)(a2)\n"
    )
    image = linked(obj(text), options=LinkOptions(base_address=address))
    elf = ELFFile(io.BytesIO(image))
    code = elf.get_section_by_name(".text").data()
    words = [int.from_bytes(code[at : at + 4], "little") for at in range(0, len(code), 4)]
    # lui a0,0; addi a0,a0,0; the same with 24; lui ra,0; jalr ra,0(ra); lui t1,0; jr t1; lui a2,0; ld a3,0(a2)
    expected = [0x537, 0x50513, 0x5B7, 0x1858593, 0xB7, 0x80E7, 0x337, 0x30067, 0x637, 0x63683]
    assert words == expected, [hex(word) for word in words]


@needs_qemu
def test_alignment_padding_is_cut_to_what_is_needed(tmp_path: Path) -> None:
    text = (
        ".option relax\n.option rvc\n.globl _start\n_start: la a0, b\n andi a1, a0, 31\n bnez a1, bad\n"
        " j b\n nop\n.balign 32\nb: lw a0, t\n"
        + EXIT
        + "bad: li a0, 99\n"
        + EXIT
        + ".balign 8\n.data\n.word 0\nt: .word b - _start\n"
    )
    assert status(linked(obj(text)), tmp_path) == 32


def test_archives_are_lazy_and_in_any_order() -> None:
    start = obj(".globl _start\n_start: call f\n")
    members = [
        Member("f.o", obj(".globl f\nf: call g\n").data),
        Member("unused.o", obj(".globl u\nu: call nowhere\n").data),
    ]
    first = LinkInput("first.a", write_archive([Member("g.o", obj(".globl g\ng: ret\n").data)]))
    second = LinkInput("second.a", write_archive(members))
    assert linked(first, second, start)
    assert "nowhere" in problems(first, LinkInput("second.a", second.data, whole=True), start)[0]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([".globl _start\n_start: nop\n call missing\n"], "0.o:(.text+0x4): undefined reference to 'missing'"),
        ([".globl _start\n_start: ret\n", ".globl _start\n.zero 8\n_start: ret\n"],
         "duplicate symbol '_start': defined in 0.o:(.text+0x0) and again in 1.o:(.text+0x8)"),
        ([".globl main\nmain: ret\n"], "entry symbol '_start' is not defined"),
        ([".globl _start\n_start: j far\n.section .text.z,\"ax\"\n.zero 0x200000\nfar: ret\n"],
         "0.o:(.text+0x0): relocation R_RISCV_JAL against 'far' out of range: 2097156 is not in [-1048576, 1048575]"),
        ([".globl _start\n.type f,@gnu_indirect_function\n.globl f\nf: ret\n_start: call f\n"],
         "0.o:(.text+0x4): 'f' is an indirect function (IRELATIVE), which is not supported"),
        ([".globl _start\n_start: ret\n.data\n.byte 0\n.reloc .-1, R_RISCV_COPY, _start\n"],
         "0.o:(.data+0x0): relocation R_RISCV_COPY is not possible in a static executable"),
    ],
)  # fmt: skip
def test_errors_name_object_section_and_offset(parts: list[str], expected: str) -> None:
    assert problems(*[obj(text, f"{number}.o") for number, text in enumerate(parts)])[0] == expected


def test_inputs_that_are_no_objects_are_errors() -> None:
    good = obj(".globl _start\n_start: ret\n")
    assert problems(LinkInput("x.txt", b"hello"), good) == ["x.txt: neither an object file nor an archive"]
    assert problems() == ["no input files"]
    assert "x.o" in problems(LinkInput("x.o", good.data[:100]), good)[0]
    other = bytearray(good.data)
    other[18:20] = (62).to_bytes(2, "little")
    assert problems(LinkInput("y.o", bytes(other)))[0].startswith("y.o: is for another machine (62, 64 bits)")


def test_duplicate_groups_are_dropped_and_unreached_sections_collected() -> None:
    group = '.section .text.i,"axG",@progbits,i,comdat\n.weak i\ni: .zero 0x1000\n ret\n'
    start = '.globl _start\n_start: call i\n.section .text.unused,"ax"\n.globl unused\nunused: .zero 0x2000\n'
    once = linked(obj(start + group))
    twice = linked(obj(start + group), obj(group, "2.o"))
    assert len(twice) - len(once) < 0x800
    assert len(once) - len(linked(obj(start + group), options=LinkOptions(gc_sections=True))) >= 0x2000


def test_same_inputs_same_bytes() -> None:
    inputs = [obj(".globl _start\n_start: la a0,x\n lga a1,x\n.comm x,8,8\n.comm y,4,4\n")]
    assert linked(*inputs) == linked(*inputs)


C_PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
static __thread int tls = 5; int zero[100]; extern int helper(int, double);
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static const char *name(int x) { switch (x) { case 0: return "zero"; case 1: return "one"; case 2: return "two";
 case 3: return "three"; case 4: return "four"; case 5: return "five"; } return "many"; }
__attribute__((constructor)) static void early(void) { tls++; }
int main(int argc, char **argv) { int a[] = {5, 3, 9, 1}; qsort(a, 4, sizeof *a, compare);
 for (int i = 0; i < 4; i++) printf("%d %s %d\\n", a[i], name(a[i] + argc - 1), helper(a[i], 1.5 * i));
 printf("%d %lx %g\\n", tls + zero[argc], 0x123456789abcdef0ul * argc, atof("2.5") / 3); return 7; }
"""
C_HELPER = """
int helper(int x, double y) { int s = 0; for (int i = 0; i < x; i++) s += (int)(y * i) ^ (s << 3); return s % 1000; }
"""


def compile_both(folder: Path, options: list[str]) -> tuple[list[Path], list[Path]]:
    """The two files' objects by gcc, and by gcc -S and pycc's assembler."""
    theirs: list[Path] = []
    ours: list[Path] = []
    for name, text in (("main", C_PROGRAM), ("helper", C_HELPER)):
        source = folder / f"{name}.c"
        source.write_text(text)
        theirs.append(folder / f"{name}.gcc.o")
        subprocess.run([CROSS, *options, "-c", "-o", theirs[-1], source], check=True, timeout=60)
        assembly = folder / f"{name}.s"
        subprocess.run([CROSS, *options, "-S", "-o", assembly, source], check=True, timeout=60)
        ours.append(folder / f"{name}.pycc.o")
        ours[-1].write_bytes(obj(assembly.read_text(), f"{name}.s").data)
    return theirs, ours


def link_hosted(objects: list[Path]) -> bytes:
    folder = Path(subprocess.run([CROSS, "-print-libgcc-file-name"], check=True, capture_output=True, text=True,
                                 timeout=60).stdout.strip()).parent  # fmt: skip
    files = [LIBRARIES / "crt1.o", LIBRARIES / "crti.o", folder / "crtbeginT.o", *objects, LIBRARIES / "libc.a",
             folder / "libgcc.a", folder / "libgcc_eh.a", folder / "crtend.o", LIBRARIES / "crtn.o"]  # fmt: skip
    return linked(*[LinkInput(file.name, file.read_bytes()) for file in files])


@needs_cross
@pytest.mark.parametrize("options", [["-O0", "-g"], ["-O2"], ["-O2", "-march=rv64g", "-fno-pie", "-mcmodel=medlow"]])
def test_objects_of_gcc_and_pycc_link_both_ways(options: list[str], tmp_path: Path) -> None:
    theirs, ours = compile_both(tmp_path, options)
    reference = tmp_path / "reference"
    subprocess.run([CROSS, "-static", "-o", reference, *theirs], check=True, timeout=60)
    expected = subprocess.run(["qemu-riscv64", reference], capture_output=True, timeout=60, check=False)
    assert expected.returncode == 7 and len(expected.stdout.splitlines()) == 5
    mixed = tmp_path / "mixed"
    subprocess.run([CROSS, "-static", "-o", mixed, ours[0], theirs[1]], check=True, timeout=60)
    by_gnu = subprocess.run(["qemu-riscv64", mixed], capture_output=True, timeout=60, check=False)
    assert (by_gnu.stdout, by_gnu.returncode) == (expected.stdout, 7)
    image = link_hosted([theirs[0], ours[1]])
    by_pycc = run(image, tmp_path)
    assert (by_pycc.stdout, by_pycc.returncode) == (expected.stdout, 7)
    noise = subprocess.run(["riscv64-linux-gnu-readelf", "-aW", tmp_path / "image"], capture_output=True, timeout=60,
                           check=True).stderr  # fmt: skip
    assert not noise
