"""`python -m bench [WHAT...]`: measures and shows; see docs/benchmarks.md for how to read it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from bench import campaign, compile, corpus, frontend, kernels
from bench.builds import builds, gcc_of
from bench.measure import Figures, MeasuringFailed, machine, show, write_json

PARTS = ("frontend", "compile", "campaign", "kernels")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS), metavar="[PART]...")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Times that each is measured.")
@click.option("--sources", type=click.IntRange(1, 4), default=4, show_default=True, help="Programs of each size.")
@click.option("--programs", type=click.IntRange(1), default=60, show_default=True, help="Programs of the campaign.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True, help="Of the campaign.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write all figures here.")
def main(parts: tuple[str, ...], rounds: int, sources: int, programs: int, jobs: int, json_file: Path | None) -> None:
    """Measure pycc beside gcc. PART: frontend, compile, campaign, kernels; default: all."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    needs_csmith = set(parts or PARTS) & {"frontend", "compile", "campaign"}
    missing = corpus.csmith_missing() if needs_csmith else None
    if missing:
        raise click.ClickException(missing)
    if len(builds()) == 1:
        click.echo("note: there is no native build (python setup.py native): plain Python only", err=True)
    if not gcc_of(corpus.TARGET):
        click.echo(f"note: there is no gcc for {corpus.TARGET} (./run fuzz doctor): no ratios", err=True)
    console.print("  ".join(f"{name}: {value}" for name, value in machine().items()), highlight=False)
    results: list[Figures] = []
    folder = Path(tempfile.mkdtemp(prefix="pycc-bench-"))
    try:
        for part in PARTS:
            if parts and part not in parts:
                continue
            for figures in measured(part, folder, rounds, sources, programs, jobs):
                results.append(figures)
                show(console, figures)
    except MeasuringFailed as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if json_file and results:
            write_json(json_file, results)


def measured(part: str, folder: Path, rounds: int, sources: int, programs: int, jobs: int) -> list[Figures]:
    """One part's tables."""
    if part == "campaign":
        return campaign.measure(folder, programs, jobs)
    if part == "kernels":
        return kernels.measure(folder)
    found = [one for group in corpus.SEEDS for one in corpus.csmith_sources(folder, group, sources)]
    if part == "frontend":
        found += [corpus.header_source(folder, one.argv[0]) for one in gcc_of(corpus.TARGET)[:1]]
        return frontend.measure(found, folder, rounds)
    return compile.measure(found, folder, rounds)


if __name__ == "__main__":
    main()
