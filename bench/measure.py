"""What all benchmarks share: measuring a process, repeating in pairs, statistics, and showing figures.

Invariants: time is CPU time of the measured process and all it waited for, never the clock on the wall, so that other
work on the machine disturbs little. A figure that is compared stands beside a reference's that was taken in the same
round, and a ratio is made of figures of one round before it is made of anything else: what slows a round slows both.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

LAUNCHER = Path(__file__).resolve().parent / "launch.py"
MEGABYTE = 1 << 20
TIME_LIMIT = 1800.0  # wall-clock seconds of one measured process: it hangs


class MeasuringFailed(Exception):
    """A measured program did not do its work; its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one piece of work took."""

    cpu_seconds: float
    peak_bytes: int = 0


@dataclass(slots=True)
class Figures:
    """A table of results: column names, and rows of text and numbers. `notes` say what the columns mean."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str | float | int, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str | float | int) -> None:
        """Append a row."""
        assert len(cells) == len(self.columns), (cells, self.columns)
        self.rows.append(cells)

    def as_json(self) -> dict[str, object]:
        """Rows as objects, numbers unrounded."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, "notes": self.notes}


def measure_process(
    argv: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None, accepted: Sequence[int] = (0,)
) -> Sample:
    """CPU time and peak memory of a process and its descendants; raises MeasuringFailed for another exit status."""
    command = [sys.executable, "-I", "-S", str(LAUNCHER), *argv]
    try:
        done = subprocess.run(
            command, cwd=folder, env=None if environment is None else dict(environment), capture_output=True,
            stdin=subprocess.DEVNULL, timeout=TIME_LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise MeasuringFailed(f"{argv[0]}: no end after {TIME_LIMIT:.0f} s") from None
    return parse_launch(done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), argv, accepted)


def parse_launch(answer: str, diagnostics: str, argv: Sequence[str], accepted: Sequence[int] = (0,)) -> Sample:
    """The launcher's line as a sample."""
    words = answer.split()
    if len(words) != 3:
        raise MeasuringFailed(f"{argv[0]}: cannot be started: {diagnostics.strip()[-300:]}")
    status, cpu, peak = int(words[0]), float(words[1]), int(words[2])
    if status not in accepted:
        raise MeasuringFailed(f"{' '.join(argv)[:200]}: exit status {status}: {telling(diagnostics)}")
    return Sample(cpu, peak)


def telling(diagnostics: str) -> str:
    """The first line with an error, else the last."""
    lines = [line.strip() for line in diagnostics.splitlines() if line.strip()] or ["no message"]
    return next((line for line in lines if "error" in line), lines[-1])


def in_rounds(work: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, list[Sample]]:
    """Each piece of work once a round, in turn; the n-th samples of all belong together."""
    taken: dict[str, list[Sample]] = {name: [] for name in work}
    for number in range(rounds):
        # Every other round backwards, so that a machine that slows down over a round favours nobody.
        for name in list(work) if number % 2 == 0 else list(work)[::-1]:
            taken[name].append(work[name]())
    return taken


# --- statistics -------------------------------------------------------------------------------------------------------


def median(values: Iterable[float]) -> float:
    """The middle, or the mean of the two in the middle."""
    ordered = sorted(values)
    assert ordered
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def geometric_mean(values: Iterable[float]) -> float:
    """The mean of ratios: that of the inverses is its inverse."""
    logarithms = [math.log(value) for value in values]
    assert logarithms
    return math.exp(sum(logarithms) / len(logarithms))


def paired_ratio(ours: Sequence[float], reference: Sequence[float]) -> float:
    """The median over rounds of ours to the reference's."""
    return median(our / other for our, other in zip(ours, reference, strict=True))


def seconds_of(samples: Iterable[Sample]) -> list[float]:
    """The CPU seconds."""
    return [sample.cpu_seconds for sample in samples]


def peak_of(samples: Iterable[Sample]) -> int:
    """The largest peak."""
    return max(sample.peak_bytes for sample in samples)


# --- showing ----------------------------------------------------------------------------------------------------------


def shown(value: str | float | int) -> str:
    """Three significant digits, and no exponent where people read it."""
    if isinstance(value, str | int):
        return f"{value:,}" if isinstance(value, int) else value
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def machine() -> dict[str, object]:
    """Whose figures these are."""
    name = ""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    load = os.getloadavg()[0]
    return {"processor": name, "cores": os.cpu_count() or 1, "load": load, "python": sys.version.split()[0]}


def show(console: Console, figures: Figures) -> None:
    """A table with its notes below."""
    table = Table(title=figures.title, title_justify="left")
    for number, name in enumerate(figures.columns):
        numeric = bool(figures.rows) and not isinstance(figures.rows[0][number], str)
        table.add_column(name, justify="right" if numeric else "left")
    for row in figures.rows:
        table.add_row(*(shown(cell) for cell in row))
    console.print(table)
    for note in figures.notes:
        console.print(f"  {note}", soft_wrap=True, highlight=False)
    console.print()


def write_json(path: Path, results: Sequence[Figures]) -> None:
    """All figures in one object, with the machine's description."""
    data = {"machine": machine(), "results": [figures.as_json() for figures in results]}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
