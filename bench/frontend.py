"""Tokens per second of lexing with preprocessing, and of parsing with semantic analysis, beside gcc on the same files.

pycc's time is its own account by stage (--stats=json, CPU time), taken in a child of the compile server, so start-up is
not in it. gcc's is that of `gcc -E` and `gcc -fsyntax-only`, start-up of a few milliseconds included; the second
contains the first, as the sum of pycc's stages does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bench.builds import Warm, builds, compiler_of, gcc_of
from bench.corpus import TARGET, Source
from bench.measure import Figures, Sample, in_rounds, measure_process, median, paired_ratio, seconds_of

STAGES = ("preprocess", "parse")


def stage_seconds(text: str) -> tuple[int, dict[str, float]]:
    """Tokens and seconds of both stages, from what --stats=json wrote."""
    data = json.loads(text)
    return int(data["tokens"]), {stage: float(data["seconds"][stage]) for stage in STAGES}


class StageClock:
    """Runs a source through the front end of one build again and again, and keeps each stage's time."""

    def __init__(self, warm: Warm, source: Source, folder: Path) -> None:
        self.warm = warm
        self.source = source
        self.folder = folder
        self.tokens = 0
        self.rounds: list[dict[str, float]] = []

    def __call__(self) -> Sample:
        statistics = self.folder / "stats.json"
        sample = self.warm.run(
            ["-fsyntax-only", f"--stats=json={statistics}", *self.source.options, str(self.source.path)], self.folder
        )
        self.tokens, seconds = stage_seconds(statistics.read_text(encoding="utf-8"))
        self.rounds.append(seconds)
        return sample


def measure(sources: list[Source], folder: Path, rounds: int) -> list[Figures]:
    """One row for each source and build."""
    figures = Figures(
        "front end, tokens per CPU second",
        ("source", "build", "bytes", "tokens", "lex+preprocess /s", "parse /s", "to gcc -E", "to gcc -fsyntax-only"),
    )
    gcc = gcc_of(TARGET)
    servers = {build: Warm.start(compiler_of(build, TARGET, "-O0")) for build in builds()}
    try:
        for source in sources:
            clocks = {build: StageClock(warm, source, folder) for build, warm in servers.items()}
            work: dict[str, Callable[[], Sample]] = dict(clocks)
            if gcc:
                work["-E"] = gcc_work(gcc[0].argv[0], "-E", source, folder)
                work["-fsyntax-only"] = gcc_work(gcc[0].argv[0], "-fsyntax-only", source, folder)
            taken = in_rounds(work, rounds)
            for build, clock in clocks.items():
                first = [one["preprocess"] for one in clock.rounds]
                second = [one["parse"] for one in clock.rounds]
                both = [one + other for one, other in zip(first, second, strict=True)]
                ratios = [float("nan"), float("nan")]
                if gcc:
                    ratios = [paired_ratio(first, seconds_of(taken["-E"])),
                              paired_ratio(both, seconds_of(taken["-fsyntax-only"]))]
                figures.add(source.name, build, source.size, clock.tokens, clock.tokens / median(first),
                            clock.tokens / median(second), *ratios)
    finally:
        for warm in servers.values():
            warm.close()
    figures.notes.append("tokens are those the parser receives; 'to': how many times gcc's CPU time, start-up included")
    return [figures]


def gcc_work(command: str, option: str, source: Source, folder: Path) -> Callable[[], Sample]:
    """gcc's front end on the same source."""
    argv = [command, option, "-o", "/dev/null", *source.options, str(source.path)]
    return lambda: measure_process(argv, folder=folder)
