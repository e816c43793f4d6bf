"""Seconds and peak memory of whole compiles, from C file to executable, beside gcc -O0 and -O2 on the same file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.builds import Warm, builds, cold, compiler_of, gcc_of
from bench.corpus import TARGET, Source
from bench.measure import (
    MEGABYTE,
    Figures,
    Sample,
    geometric_mean,
    in_rounds,
    median,
    paired_ratio,
    peak_of,
    seconds_of,
)
from oracle.compilers import CompileJob

LEVELS = ("-O0", "-O1")
STARTS = ("cold", "warm")


def measure(sources: list[Source], folder: Path, rounds: int) -> list[Figures]:
    """One row for each group of sources and way of compiling; gcc's own rows first."""
    figures = Figures(
        "whole compiles",
        ("programs", "compiler", "start", "seconds", "slowest", "to gcc -O0", "to gcc -O2", "peak MB", "peak to gcc"),
    )
    gcc = {compiler.options[0]: compiler for compiler in gcc_of(TARGET)}
    servers = {
        (build, level): Warm.start(compiler_of(build, TARGET, level)) for build in builds() for level in LEVELS
    }
    try:
        for group in dict.fromkeys(source.group for source in sources):
            members = [source for source in sources if source.group == group]
            taken: list[dict[str, list[Sample]]] = []
            for source in members:
                work: dict[str, Callable[[], Sample]] = {}
                job = CompileJob(source.path, folder / "program", folder, source.options)
                for level, reference in gcc.items():
                    work[f"gcc {level}|cold"] = partial(cold, reference, job)
                for (build, level), warm in servers.items():
                    work[f"pycc {level} {build}|cold"] = partial(cold, warm.compiler, job)
                    work[f"pycc {level} {build}|warm"] = partial(warm.compile, job)
                taken.append(in_rounds(work, rounds))
            size = sum(source.size for source in members) // len(members)
            add_rows(figures, f"{group}, {len(members)} of {size / 1000:.0f} KB", taken)
    finally:
        for warm in servers.values():
            warm.close()
    figures.notes += [
        "seconds: mean over the programs of the median CPU time; slowest: of one program; 'to': geometric mean over the"
        " programs of ratios within a round",
        "cold: a process of its own; warm: a fork of the compile server, as a campaign compiles (its peak counts"
        " what it shares with the server)",
    ]
    return [figures]


def add_rows(figures: Figures, label: str, taken: list[dict[str, list[Sample]]]) -> None:
    """The rows of one group; `taken` has an element for each program."""
    names = sorted(taken[0], key=lambda name: (not name.startswith("gcc"), name))
    for name in names:
        compiler, _, start = name.partition("|")
        seconds = [median(seconds_of(samples[name])) for samples in taken]
        peak = max(peak_of(samples[name]) for samples in taken)
        ratios = [ratio_to(taken, name, f"gcc {level}|cold") for level in ("-O0", "-O2")]
        reference = [peak_of(samples["gcc -O0|cold"]) for samples in taken if "gcc -O0|cold" in samples]
        figures.add(label, compiler, start, sum(seconds) / len(seconds), max(seconds), *ratios, peak / MEGABYTE,
                    peak / max(reference) if reference else float("nan"))


def ratio_to(taken: list[dict[str, list[Sample]]], name: str, reference: str) -> float:
    """How many times the reference's time; NaN where there is no reference."""
    if reference not in taken[0]:
        return float("nan")
    return geometric_mean(
        paired_ratio(seconds_of(samples[name]), seconds_of(samples[reference])) for samples in taken
    )
