"""Runs a module of IR as machine code: through code generation, assembler and linker of pycc, under the emulator.

The module's `test_main` writes to the data object `out`, which the start code prints. The start code fills all
callee-saved registers and exits with status 1 if one of them, or the stack pointer, comes back changed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from compiler.asm.unit import assemble_items
from compiler.codegen.emit import EmitOptions, compile_module
from compiler.codegen.matcher import Rules
from compiler.driver.options import parse_command
from compiler.driver.runtime import runtime_archive
from compiler.driver.tables import Tables
from compiler.driver.targets import choose
from compiler.ir.host import Host
from compiler.ir.interpreter import RETURNED, Machine
from compiler.ir.module import Data, Module, ModuleAsm
from compiler.ir.parser import parse_module
from compiler.link.link import link
from compiler.link.options import LinkInput, LinkOptions
from compiler.object.writer import write_object
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap
from compiler.targets.riscv64.backend import make_backend
from compiler.targets.riscv64.target import TARGET
from emulators.limits import Limits
from emulators.outcome import How, Run
from emulators.unicorn_runner import UnicornPool

BACKEND: Final = make_backend(TARGET)
RULES: Final = Rules(BACKEND)
POOL: Final = UnicornPool()
LIMITS: Final = Limits(cpu_seconds=60.0, insns=0, output_bytes=16 << 20)


def _start_text(size: int) -> str:
    integers = [f"s{number}" for number in range(12)]
    floats = [f"fs{number}" for number in range(12)]
    lines = [".text", ".globl _start", "_start:", "la gp, saved_sp", "sd sp, 0(gp)"]
    for index, name in enumerate(integers):
        lines.append(f"li {name}, {0x1234567890 + index * 77}")
    for index, name in enumerate(floats):
        lines += [f"li t0, {0x4000000000000000 + index}", f"fmv.d.x {name}, t0"]
    lines += ["la tp, thread_block", "call test_main", "la t1, saved_sp", "ld t1, 0(t1)", "bne sp, t1, broken"]
    for index, name in enumerate(integers):
        lines += [f"li t0, {0x1234567890 + index * 77}", f"bne {name}, t0, broken"]
    for index, name in enumerate(floats):
        lines += [f"li t0, {0x4000000000000000 + index}", f"fmv.x.d t1, {name}", "bne t1, t0, broken"]
    lines += ["li s0, 0", "j print", "broken:", "li s0, 1", "print:"]
    lines += ["li a0, 1", "la a1, out", f"li a2, {size}", "li a7, 64", "ecall"]
    lines += ["mv a0, s0", "li a7, 93", "ecall"]
    lines += ["memcpy:", "add a2, a2, a0", "mv a5, a0", "1: bgeu a5, a2, 2f", "lb a4, 0(a1)", "sb a4, 0(a5)"]
    lines += ["addi a1, a1, 1", "addi a5, a5, 1", "j 1b", "2: ret"]
    lines += ["memset:", "add a2, a2, a0", "mv a5, a0", "1: bgeu a5, a2, 2f", "sb a1, 0(a5)", "addi a5, a5, 1"]
    lines += ["j 1b", "2: ret", ".globl memcpy", ".globl memset"]
    lines += [".bss", ".balign 16", "saved_sp: .skip 16", ".globl thread_block", "thread_block: .skip 4096"]
    return "\n".join(lines) + "\n"


@cache
def helpers() -> bytes:
    """128-bit division and quad arithmetic: a stranger's where the cross compiler is installed, else pycc's own."""
    if shutil.which("riscv64-linux-gnu-gcc") is None:
        command = parse_command(["-O1", "unused.c"])
        return runtime_archive(command, choose(TARGET.name, [], Tables()))
    path = subprocess.run(
        ["riscv64-linux-gnu-gcc", "-print-libgcc-file-name"], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    return Path(path).read_bytes()


def output_size(module: Module) -> int:
    for item in module.items:
        if isinstance(item, Data) and item.name == "out":
            return item.size
    raise AssertionError("no object named out")


def build(module: Module, check: bool = True) -> bytes:
    """The executable. The module's bodies are consumed."""
    module.items.append(ModuleAsm(_start_text(output_size(module))))
    sink = Sink(SourceMap())
    options = EmitOptions(check_allocation=check)
    items = compile_module(module, BACKEND, RULES, options)
    obj = assemble_items(items, TARGET, sink, "test.s")
    assert sink.errors == 0, [diagnostic.text for diagnostic in sink.diagnostics]
    inputs = [LinkInput("test.o", write_object(obj)), LinkInput("libgcc.a", helpers())]
    program = link(inputs, LinkOptions(), TARGET, sink)
    assert sink.errors == 0, [diagnostic.text for diagnostic in sink.diagnostics]
    return program


def emulate(program: bytes) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program"
        path.write_bytes(program)
        path.chmod(0o755)
        return POOL.run(path, TARGET.name, LIMITS)


def machine_output(module: Module, check: bool = True) -> bytes:
    """What the compiled module leaves in `out`; fails unless it ends well."""
    run = emulate(build(module, check))
    assert run.how is How.EXITED and run.exit_code == 0, run.describe()
    return run.stdout


def interpreted_output(module: Module) -> bytes:
    """What the interpreter leaves in `out`."""
    size = output_size(module)
    machine = Machine([module], Host())
    outcome = machine.run("test_main")
    assert outcome.kind == RETURNED, str(outcome)
    address = machine.symbol_address("out")
    return bytes(machine.memory[address : address + size])


def both(text: str) -> tuple[bytes, bytes]:
    """A text module as the interpreter and as the machine run it."""
    return interpreted_output(parse_module(text)), machine_output(parse_module(text))
