"""Csmith 2.3 as a generator: option sets, a CPU limit, and detection of truncated output.

Invariant: the same option set and seed give the same program on every host; Csmith runs in a folder of its own because
it writes `platform.info` into the working directory. (Yang, Chen, Eide and Regehr, PLDI 2011; swarm testing after
Groce, Zhang, Eide, Chen and Regehr, ISSTA 2012.)
"""

from __future__ import annotations

import glob
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Final

from fuzz.choices import SeededChoices, derive_seed
from fuzz.generators.program import GeneratedProgram, Generator, GeneratorFailed

SMALL_FLAGS: Final = (
    "--max-funcs", "3", "--max-block-depth", "3", "--max-block-size", "3", "--max-expr-complexity", "5",
    "--max-array-dim", "2", "--max-array-len-per-dim", "5", "--max-struct-fields", "5", "--max-union-fields", "4",
    "--concise",
)  # fmt: skip
TINY_FLAGS: Final = (
    "--max-funcs", "1", "--max-block-depth", "2", "--max-block-size", "2", "--max-expr-complexity", "3",
    "--max-array-dim", "1", "--max-array-len-per-dim", "3", "--max-struct-fields", "3", "--max-union-fields", "3",
    "--concise",
)  # fmt: skip
# Features that Csmith can switch on or off without changing what its output needs from the host. `checksum`, `main`,
# `safe-math` and `argc` stay as they are: a program without them has nothing to compare or is undefined.
SWARM_FEATURES: Final = (
    "arrays", "bitfields", "comma-operators", "compound-assignment", "consts", "divs", "embedded-assigns",
    "pre-incr-operator", "pre-decr-operator", "post-incr-operator", "post-decr-operator", "unary-plus-operator",
    "jumps", "longlong", "int8", "uint8", "math64", "inline-function", "muls", "packed-struct", "pointers", "structs",
    "unions", "volatiles", "volatile-pointers", "const-pointers", "global-variables", "return-structs", "arg-structs",
    "return-unions", "arg-unions", "force-non-uniform-arrays",
)  # fmt: skip
OPTION_SETS: Final = ("small", "default", "tiny", "swarm")
PROGRAM_NAME: Final = "program.c"  # relative, for Csmith repeats its command line in a comment of the program
CPU_SECONDS: Final = 30
OUTPUT_BYTES: Final = 8 << 20


def swarm_flags(seed: int) -> tuple[str, ...]:
    """The random subset of features that a seed names, with sizes between those of `small` and the default."""
    choices = SeededChoices(derive_seed("csmith-swarm", seed))
    flags: list[str] = ["--concise"]
    for feature in SWARM_FEATURES:
        if choices.below(2):
            flags.append(f"--no-{feature}")  # all are on by default, and not each has a positive spelling
    for option, low, high in (
        ("--max-funcs", 1, 6), ("--max-block-depth", 1, 4), ("--max-block-size", 1, 4), ("--max-expr-complexity", 2, 8),
        ("--max-array-dim", 1, 3), ("--max-array-len-per-dim", 2, 8), ("--max-struct-fields", 2, 8),
        ("--max-union-fields", 2, 5), ("--max-pointer-depth", 1, 3), ("--inline-function-prob", 0, 100),
    ):  # fmt: skip
        flags += [option, str(choices.between(low, high))]
    return tuple(flags)


def option_flags(option_set: str, seed: int) -> tuple[str, ...]:
    if option_set == "small":
        return SMALL_FLAGS
    if option_set == "tiny":
        return TINY_FLAGS
    if option_set == "default":
        return ()
    assert option_set == "swarm", option_set
    return swarm_flags(seed)


def include_folder() -> str | None:
    """Where `csmith.h` stands (Debian: libcsmith-dev), or None."""
    candidates = [os.environ.get("CSMITH_INCLUDE", ""), "/usr/include/csmith", "/usr/local/include/csmith"]
    candidates += sorted(glob.glob("/usr/include/csmith-*")) + sorted(glob.glob("/usr/local/include/csmith-*"))
    for candidate in candidates:
        if candidate and os.path.exists(os.path.join(candidate, "csmith.h")):
            return candidate
    return None


def is_complete(source: str) -> bool:
    """Whether Csmith wrote the whole program: `main`, the checksum call, and nothing cut off behind it."""
    tail = source.rstrip()
    if tail.endswith("*/"):  # the statistics block, which --concise leaves out
        tail = tail[: tail.rfind("/*")].rstrip()
    start = tail.rfind("int main (")
    return start >= 0 and "platform_main_end(" in tail[start:] and tail.endswith("}")


def limit_csmith() -> None:
    """Runs in the child before exec: a generator that loops, or writes without end, is stopped by the kernel."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_csmith(executable: str, flags: Sequence[str], seed: int) -> str:
    """Csmith's output for a seed; raises GeneratorFailed with the reason."""
    with tempfile.TemporaryDirectory(prefix="pycc-csmith-") as folder:
        output = os.path.join(folder, PROGRAM_NAME)
        command = [executable, *flags, "--seed", str(seed), "--output", PROGRAM_NAME]
        try:
            finished = subprocess.run(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                preexec_fn=limit_csmith, timeout=CPU_SECONDS * 10, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise GeneratorFailed("csmith: no answer within the time limit") from None
        except OSError as error:
            raise GeneratorFailed(f"csmith: cannot start {executable}: {error.strerror}") from None
        if finished.returncode < 0:
            raise GeneratorFailed(f"csmith: killed by signal {-finished.returncode}")
        if finished.returncode != 0:
            lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
            raise GeneratorFailed(f"csmith: exit status {finished.returncode}: {lines[-1] if lines else 'no message'}")
        try:
            with open(output, encoding="utf-8", errors="replace") as file:
                source = file.read()
        except OSError as error:
            raise GeneratorFailed(f"csmith: wrote no program: {error.strerror}") from None
    if not is_complete(source):
        raise GeneratorFailed(f"csmith: truncated output ({len(source)} bytes)")
    return source


class CsmithGenerator(Generator):
    """Csmith with one of its option sets; `executable` may name another Csmith."""

    def __init__(self, option_set: str = "small", executable: str = "csmith") -> None:
        assert option_set in OPTION_SETS, option_set
        self.option_set = option_set
        self.name = f"csmith-{option_set}"
        self.executable = executable

    def missing(self) -> str | None:
        if shutil.which(self.executable) is None:
            return "csmith is not installed (Debian package csmith)"
        if include_folder() is None:
            return "csmith.h is not installed (Debian package libcsmith-dev)"
        return None

    def generate(self, seed: int) -> GeneratedProgram:
        folder = include_folder()
        if folder is None:
            raise GeneratorFailed("csmith: csmith.h not found (Debian package libcsmith-dev)")
        source = run_csmith(self.executable, option_flags(self.option_set, seed), seed)
        return GeneratedProgram(self.name, seed, source, None, (folder,), ("-w",))
