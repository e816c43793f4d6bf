"""Building and running programs on pycc's runtime with an installed gcc: natively, and by cross compiler and user-mode
emulation. The runtime archive is built once per session and toolchain."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from compiler.runtime import manifest

# gcc recognises copying loops even in freestanding code unless told otherwise; pycc does not.
GCC_FLAGS: Final = ("-O1", "-fno-tree-loop-distribute-patterns", "-fno-pic", "-fno-stack-protector", "-w")


class Toolchain:
    """A compiler whose programs this machine can run."""

    def __init__(self, arch_folder: str, prefix: str, emulator: str | None) -> None:
        self.arch_folder: Final = arch_folder
        self.compiler: Final = prefix + "gcc"
        self.archiver: Final = prefix + "ar"
        self.disassembler: Final = prefix + "objdump"
        self.emulator: Final = emulator

    def missing(self) -> str:
        """The first tool that is not installed; empty if all are."""
        tools = [self.compiler, self.archiver] + ([self.emulator] if self.emulator else [])
        return next((tool for tool in tools if shutil.which(tool) is None), "")

    def machine(self) -> str:
        """What the compiler says it compiles for."""
        return subprocess.run(
            [self.compiler, "-dumpmachine"], capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def predefined_macros(self) -> str:
        command = [self.compiler, "-dM", "-E", "-xc", "/dev/null"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    def disassemble(self, file: Path) -> str:
        """With relocations, since calls in objects have no destination yet."""
        command = [self.disassembler, "-dr", str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    def require(self) -> None:
        missing = self.missing()
        if missing:
            pytest.skip(f"{missing} is not installed")
        if not self.machine().startswith(self.arch_folder):
            pytest.skip(f"{self.compiler} does not compile for {self.arch_folder}")

    def include_flags(self) -> list[str]:
        return ["-nostdinc"] + [f"-isystem{folder}" for folder in manifest.include_folders(True)]

    def build_runtime(self, folder: Path) -> Path:
        return self.archive(folder, manifest.sources(self.arch_folder), "-O1")

    def archive(self, folder: Path, sources: Sequence[Path], level: str) -> Path:
        objects = []
        flags = [*manifest.FLAGS, *GCC_FLAGS, level, *self.include_flags()]
        flags += [f"-I{private}" for private in manifest.private_include_folders(self.arch_folder)]
        for index, source in enumerate(sources):
            objects.append(str(folder / f"{index}.o"))
            subprocess.run([self.compiler, *flags, "-c", "-o", objects[-1], str(source)], check=True, timeout=120)
        archive = folder / "libpycc.a"
        subprocess.run([self.archiver, "rcs", str(archive), *objects], check=True, timeout=60)
        return archive

    def link(self, runtime: Path, source: Path, program: Path, *flags: str) -> None:
        """Compiles one source against pycc's headers and links it with nothing but pycc's runtime."""
        subprocess.run(
            [self.compiler, *GCC_FLAGS, *self.include_flags(), *flags, "-nostdlib", "-static"]
            + ["-o", str(program), str(source), str(runtime)],
            check=True,
            timeout=120,
        )

    def run(self, program: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        command = ([self.emulator] if self.emulator else []) + [str(program), *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)


TOOLCHAINS: Final = (
    Toolchain("x86_64", "", None),
    Toolchain("riscv64", "riscv64-linux-gnu-", "qemu-riscv64"),
    Toolchain("aarch64", "aarch64-linux-gnu-", "qemu-aarch64"),
)
