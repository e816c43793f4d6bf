"""Compiles C or IR sources and has every register allocation proved right, whatever the programs would compute.

    python -m oracle.check_allocation [--level N]... [pycc options] FILE...

The proof is `compiler.codegen.check_allocation`: a dataflow over the allocated code, apart from the allocator.
Exit status 1 if an allocation is wrong or a source cannot be compiled.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LEVELS = ("0", "1", "2", "3")
SECONDS = 600.0


def check(source: Path, level: str, options: Sequence[str]) -> str:
    """Empty if all functions of the file pass, else what pycc says."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "compiler.driver.cli", f"-O{level}", "--check-allocation", *options]
        command += ["-c", str(source.resolve()), "-o", str(Path(folder) / "out.o")]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, cwd=Path(__file__).resolve().parents[1]
        )
    return "" if run.returncode == 0 else run.stderr.strip() or f"status {run.returncode}"


def main(arguments: list[str]) -> int:
    levels: list[str] = []
    options: list[str] = []
    sources: list[Path] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--level":
            levels.append(next(rest, ""))
        elif argument.startswith("-"):
            options.append(argument)
        else:
            sources.append(Path(argument))
    if not sources or not all(level in LEVELS for level in levels):
        print(__doc__, file=sys.stderr)
        return 2
    failed = 0
    for source in sources:
        for level in levels or ["0", "1"]:
            problem = check(source, level, options)
            failed += problem != ""
            print(f"{source} -O{level}: {problem or 'right'}")
    print(f"{failed} of {len(sources) * len(levels or ['0', '1'])} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
