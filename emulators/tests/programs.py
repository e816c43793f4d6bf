"""Small programs for the emulators, built by a real cross compiler without a C library."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

START = """
typedef unsigned long size_t;
static long call(long number, long a, long b, long c) {
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}
static void print(const char *text) { size_t n = 0; while (text[n]) n++; call(64, 1, (long)text, n); }
static void leave(int status) { call(93, status, 0, 0); __builtin_unreachable(); }
int main(void);
void start_c(void) { leave(main()); }
__asm__(".globl _start\\n_start:\\n"
        ".option push\\n.option norelax\\nla gp, __global_pointer$\\n.option pop\\nj start_c\\n");
"""

RISCV_GCC = "riscv64-linux-gnu-gcc"
needs_riscv_gcc = pytest.mark.skipif(shutil.which(RISCV_GCC) is None, reason=f"{RISCV_GCC} is not installed")
needs_qemu = pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")


def build(folder: Path, body: str, *options: str) -> Path:
    """A bare-metal riscv64 executable of `body`, which may use print(), leave() and call()."""
    source = folder / "program.c"
    source.write_text(START + body)
    executable = folder / "program"
    command = [RISCV_GCC, "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-builtin", "-w", *options]
    subprocess.run([*command, "-o", str(executable), str(source)], check=True, capture_output=True)
    return executable


def build_hosted(folder: Path, text: str, *options: str, linking: str = "-static") -> Path:
    """A riscv64 executable with glibc."""
    source = folder / "hosted.c"
    source.write_text(text)
    executable = folder / "hosted"
    command = [RISCV_GCC, "-O1", linking, "-w", *options, "-o", str(executable), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return executable
