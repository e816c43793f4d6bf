"""Programs per hour and core of a short campaign, and where its time goes, by the campaign's own account in its store.

Besides the rate by the clock, which other work on the machine lowers, there is one by the CPU time of all processes of
the campaign. The reference is in the same campaign: what compiling and running by gcc cost beside pycc's.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.builds import NATIVE, builds
from bench.corpus import TARGET
from bench.measure import Figures, MeasuringFailed, Sample, measure_process
from fuzz.cli import STORE_NAME, summary_of
from oracle.compilers import ROOT
from oracle.store import Store
from reports.schema import Summary

SEED = "1"
GENERATORS = "csmith-small,grammar"


def run_campaign(build: str, programs: int, jobs: int, out: Path) -> tuple[Sample, Summary]:
    """A campaign of its own into `out`."""
    argv = [sys.executable, "-m", "fuzz.cli", "run", "--target", TARGET, "--seed", SEED, "--generator", GENERATORS,
            "--programs", str(programs), "--jobs", str(jobs), "--opt", "0,1", "--out", str(out), "--log-format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYCC_NATIVE_DIR", None)
    if build == "native":
        environment["PYCC_NATIVE_DIR"] = str(NATIVE)
    # 1: it found something, which is no failure of the measurement.
    sample = measure_process(argv, folder=out, environment=environment, accepted=(0, 1))
    store = Store(out / STORE_NAME, read_only=True)
    try:
        return sample, summary_of(store, store.campaigns()[0].id)
    finally:
        store.close()


def measure(folder: Path, programs: int, jobs: int) -> list[Figures]:
    """A table of rates and one of phases."""
    rates = Figures(
        "campaign",
        ("build", "programs", "findings", "wall s", "CPU s", "programs /hour/core", "programs /CPU hour", "peak MB"),
    )
    phases = Figures("where the campaign's CPU time goes", ("build", "phase", "seconds", "share %", "to gcc compile"))
    for build in builds():
        out = folder / f"campaign-{build}"
        out.mkdir()
        sample, summary = run_campaign(build, programs, jobs, out)
        if not summary.done:
            raise MeasuringFailed("the campaign tested nothing")
        rates.add(build, summary.done, len(summary.findings), summary.wall_seconds, sample.cpu_seconds,
                  summary.programs_per_hour_and_core or float("nan"), 3600.0 * summary.done / sample.cpu_seconds,
                  sample.peak_bytes / (1 << 20))
        add_phases(phases, build, summary, sample.cpu_seconds)
    rates.notes.append(f"seed {SEED}, {GENERATORS}, -O0 and -O1, {jobs} jobs; peak is the largest process's")
    phases.notes.append("the rest: start-up of workers, servers and library, the engine, the store, comparing")
    return [rates, phases]


def add_phases(figures: Figures, build: str, summary: Summary, cpu_seconds: float) -> None:
    """Each phase and the rest, in parts of the whole."""
    seconds = {row.phase: row.seconds for row in summary.phases}
    seconds["rest"] = max(0.0, cpu_seconds - sum(seconds.values()))
    reference = seconds.get("reference compile", 0.0)
    for phase, spent in seconds.items():
        figures.add(build, phase, spent, 100.0 * spent / cpu_seconds, spent / reference if reference else float("nan"))
