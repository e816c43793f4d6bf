"""Compare our -E with gcc's on many files: `python -m compiler.tests.preprocess.sweep COMPILER FILE-OR-FOLDER ...`.

Prints each difference and a count; `--csmith N` adds N Csmith programs. `--rate` prints tokens per second instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from compiler.tests.preprocess.reference import RISCV, difference, options_for, ours


def compare(job: tuple[str, str]) -> tuple[str, str]:
    path, compiler = job
    return path, difference(path, compiler, directories=("/usr/include/csmith",))


def files_of(arguments: list[str]) -> list[str]:
    found: list[str] = []
    for argument in arguments:
        path = Path(argument)
        found += sorted(str(header) for header in path.rglob("*.h")) if path.is_dir() else [argument]
    return found


def csmith_programs(folder: str, count: int) -> list[str]:
    paths: list[str] = []
    for seed in range(1, count + 1):
        path = os.path.join(folder, "csmith{}.c".format(seed))
        subprocess.run(["csmith", "-s", str(seed), "-o", path], check=True, cwd=folder, capture_output=True)
        paths.append(path)
    return paths


def rate(paths: list[str]) -> None:
    count = 0
    spent = 0.0
    options = options_for(RISCV, directories=("/usr/include/csmith",))
    for path in paths:
        start = time.process_time()
        count += len(ours(path, options, RISCV).tokens)
        spent += time.process_time() - start
    print("{} tokens, {:.2f} CPU s, {:.0f} tokens/s (printed as text)".format(count, spent, count / spent))


def main(arguments: list[str]) -> int:
    compiler, rest = arguments[0], arguments[1:]
    with tempfile.TemporaryDirectory() as folder:
        paths: list[str] = []
        if "--csmith" in rest:
            at = rest.index("--csmith")
            assert shutil.which("csmith"), "csmith is not installed"
            paths = csmith_programs(folder, int(rest[at + 1]))
            rest = rest[:at] + rest[at + 2 :]
        measure = "--rate" in rest
        paths += files_of([argument for argument in rest if argument != "--rate"])
        if measure:
            rate(paths)
            return 0
        different = 0
        with ProcessPoolExecutor() as pool:
            for path, problem in pool.map(compare, [(path, compiler) for path in paths], chunksize=8):
                if problem:
                    different += 1
                    print("{}: {}".format(path, problem))
    print("{} of {} files differ".format(different, len(paths)))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
