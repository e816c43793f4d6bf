"""Prints the program of a seed: `python -m fuzz.generators grammar 42`."""

from __future__ import annotations

import sys

from fuzz.generators.program import GeneratorFailed
from fuzz.settings import GENERATORS, make_generator


def main() -> int:
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in GENERATORS or not sys.argv[2].isdecimal():
        print(f"usage: python -m fuzz.generators {{{','.join(GENERATORS)}}} SEED [TARGET]", file=sys.stderr)
        return 2
    target = sys.argv[3] if len(sys.argv) == 4 else "riscv64"
    try:
        program = make_generator(sys.argv[1], target).generate(int(sys.argv[2]))
    except GeneratorFailed as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.write(program.source)
    if program.expected is not None:
        sys.stderr.write(f"expected: {program.expected}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
