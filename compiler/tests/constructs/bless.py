"""Write the `.expected` files anew from gcc: `python -m compiler.tests.constructs.bless [NAME ...]`.

A program is a `.c` file of this folder; its first comment may hold `options: ...`, taken by gcc and pycc alike. Its
output is accepted only if gcc gives the same at -O0 and at -O2: the cheapest sign that nothing in it is undefined.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from emulators.outcome import How
from oracle.execute import Executor

FOLDER = Path(__file__).parent
GCC = "riscv64-linux-gnu-gcc"
LEVELS = ("-O0", "-O2")
_OPTIONS = re.compile(r"/\*[^*]*\boptions: ([^*]*)\*/")


class Failed(Exception):
    """A program has no output that could be expected."""


def programs() -> list[Path]:
    """All programs of this folder, by name."""
    return sorted(FOLDER.glob("*.c"))


def options_of(program: Path) -> list[str]:
    """The options that the program's first comment asks for; `HERE` in them is this folder."""
    match = _OPTIONS.match(program.read_text(encoding="utf-8", errors="surrogateescape"))
    return match[1].replace("HERE", str(FOLDER)).split() if match else []


def expected_output(program: Path) -> str:
    """What the program must print."""
    return program.with_suffix(".expected").read_text(encoding="latin-1")


def gcc_output(program: Path, folder: Path, level: str) -> str:
    """What the program prints when compiled by gcc. Raises Failed unless it ends with status 0."""
    executable = folder / "program"
    options = ["-w", level, "-static", "-ffp-contract=off", *options_of(program)]
    command = [GCC, *options, str(program), "-o", str(executable), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise Failed(f"{program.name}: {done.stderr}")
    with Executor(folder=folder) as executor:
        run = executor.run(executable, "riscv64")
    if run.how is not How.EXITED or run.exit_code:
        raise Failed(f"{program.name} at {level}: {run.how}, exit status {run.exit_code}")
    return run.stdout.decode("latin-1")


def bless(program: Path) -> None:
    """Write one program's `.expected` file."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = {level: gcc_output(program, Path(folder), level) for level in LEVELS}
    if len(set(outputs.values())) > 1:
        raise Failed(f"{program.name}: gcc's output depends on its level")
    program.with_suffix(".expected").write_text(outputs[LEVELS[0]], encoding="latin-1")


def main(names: list[str]) -> int:
    """Bless the named programs, or all."""
    failed = 0
    for program in programs():
        if names and program.stem not in names:
            continue
        try:
            bless(program)
        except Failed as failure:
            failed += 1
            print(failure, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
