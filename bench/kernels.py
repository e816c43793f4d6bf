"""Speed of the code that pycc makes: instructions executed by small programs, beside gcc's, in Unicorn.

A count of instructions is exact and the same on every machine and day; it says nothing of what an instruction costs.
The programs call no library function but for printing one line, and every compiler's output is compared.
"""

from __future__ import annotations

from pathlib import Path

from bench.builds import builds, cold, compiler_of, gcc_of
from bench.corpus import TARGET
from bench.measure import Figures, MeasuringFailed, geometric_mean
from emulators.counting import count_instructions
from emulators.limits import Limits
from emulators.outcome import Behaviour
from oracle.compilers import CompileJob, Compiler

FOLDER = Path(__file__).resolve().parent / "kernels"
LIMITS = Limits(cpu_seconds=600.0, insns=0)


def kernels() -> list[Path]:
    """The programs, by name."""
    return sorted(FOLDER.glob("*.c"))


def contestants() -> dict[str, Compiler]:
    """pycc at both levels (which build made the code makes no difference to it), gcc at three."""
    made = {f"pycc {level}": compiler_of(builds()[-1], TARGET, level) for level in ("-O0", "-O1")}
    gcc = gcc_of(TARGET)
    if gcc:
        for level in ("-O0", "-O1", "-O2"):
            made[f"gcc {level}"] = gcc[0].with_options(level)
    return made


def measure(folder: Path) -> list[Figures]:
    """A row for each kernel, and the geometric means of the ratios."""
    compilers = contestants()
    references = [name for name in compilers if name.startswith("gcc")]
    figures = Figures(
        "instructions executed, in thousands",
        ("kernel", *compilers, *(f"pycc -O1 to {name}" for name in references)),
    )
    ratios: list[list[float]] = []
    for kernel in kernels():
        counts = counts_of(kernel, compilers, folder)
        row = [counts["pycc -O1"] / counts[name] for name in references]
        ratios.append(row)
        figures.add(kernel.stem, *(count / 1000 for count in counts.values()), *row)
    means = [geometric_mean(column) for column in zip(*ratios, strict=True)]
    figures.add("geometric mean", *([float("nan")] * len(compilers)), *means)
    return [figures]


def counts_of(kernel: Path, compilers: dict[str, Compiler], folder: Path) -> dict[str, int]:
    """Instructions by compiler; raises MeasuringFailed where outputs differ."""
    counts: dict[str, int] = {}
    expected: Behaviour | None = None
    for name, compiler in compilers.items():
        program = folder / "kernel"
        cold(compiler, CompileJob(kernel, program, folder))
        run = count_instructions(program, TARGET, LIMITS)
        if run.behaviour is None or run.insns is None:
            raise MeasuringFailed(f"{kernel.name} by {name}: {run.describe()}")
        expected = expected or run.behaviour
        if run.behaviour != expected:
            raise MeasuringFailed(f"{kernel.name}: {name} prints {run.stdout!r}, others {expected.stdout!r}")
        counts[name] = run.insns
    return counts
