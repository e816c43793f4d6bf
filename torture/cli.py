"""`pycc-torture`: run published suites with pycc or any other compiler.

Exit status: 0 if the run is complete and nothing got worse (and `--require` is met), 1 if not, 2 if it could not be
done, 130 if interrupted. Every count is printed with its denominator; tests that cannot run here count as failed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from corpora.fetch import FetchError, fetch
from oracle.compilers import TARGETS
from oracle.outcome import format_counts, is_ok
from oracle.store import Result, Store, StoreError
from torture.report import make_report, write_report
from torture.runner import Settings, begin, carry_on
from torture.suites import SUITES, SuiteError

DEFAULT_OUT = Path("reports/out/torture")
USAGE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run published test suites with pycc or any other compiler."""


_out = click.option(
    "--out", type=click.Path(path_type=Path), default=DEFAULT_OUT, show_default=True, help="Folder of store and pages."
)
_jobs = click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Tests at a time.")
_require = click.option("--require", type=float, default=0.0, help="Fail if less than this percentage passes.")
_root = click.option(
    "--root", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Use the suite in this folder."
)


@main.command()
@click.argument("suite", type=click.Choice(sorted(SUITES)))
@click.option("--target", type=click.Choice(TARGETS), default="riscv64", show_default=True)
@click.option("--opt", default="0,1", show_default=True, help="Levels, such as 0,1 or 0,s.")
@click.option("--cc", "compiler", default="pycc", show_default=True, help="pycc, gcc, or any command line.")
@click.option("--sample", type=click.IntRange(min=1), default=1, help="Only every so many-th test.")
@click.option("--only", default="*", help="Only tests whose name matches this pattern.")
@click.option("--cpu-seconds", type=float, default=10.0, show_default=True, help="CPU limit of a test's program.")
@_jobs
@_out
@_require
@_root
def run(
    suite: str,
    target: str,
    opt: str,
    compiler: str,
    sample: int,
    only: str,
    cpu_seconds: float,
    jobs: int,
    out: Path,
    require: float,
    root: Path | None,
) -> None:
    """Run SUITE from its beginning."""
    levels = tuple(f"-O{level.strip()}" for level in opt.split(",") if level.strip())
    if not levels:
        raise click.UsageError("--opt names no level")
    settings = Settings(suite, target, compiler, levels, sample, only, cpu_seconds)
    with _store(out) as store:
        folder = _suite_folder(suite, root)
        try:
            campaign = begin(store, settings, folder)
        except (LookupError, SuiteError, StoreError) as error:
            _fail(str(error))
        sys.exit(_go_on(store, campaign, folder, jobs, out, require))


@main.command()
@click.argument("campaign")
@_jobs
@_out
@_require
@_root
def resume(campaign: str, jobs: int, out: Path, require: float, root: Path | None) -> None:
    """Go on with a run that was interrupted."""
    with _store(out) as store:
        try:
            record = store.campaign(campaign)
        except StoreError as error:
            _fail(str(error))
        folder = _suite_folder(str(record.settings["suite"]), root)
        sys.exit(_go_on(store, record.id, folder, jobs, out, require))


@main.command("list")
@_out
def list_runs(out: Path) -> None:
    """List the suites and the runs in the store."""
    for suite in SUITES.values():
        click.echo(f"{suite.name}: {suite.purpose} ({suite.count} tests)")
    if not (out / "store.sqlite").is_file():
        return
    with _store(out) as store:
        for campaign in store.campaigns("torture"):
            done, total = store.unit_counts(campaign.id)
            settings = Settings.from_json(campaign.settings)
            what = f"{settings.suite}  {settings.compiler}  {settings.target}  {','.join(settings.levels)}"
            click.echo(f"{campaign.id}  {campaign.state}  {done}/{total}  {what}")


@main.command()
@click.argument("campaign")
@_out
def report(campaign: str, out: Path) -> None:
    """Write a run's page again and print its counts."""
    with _store(out) as store:
        try:
            record = store.campaign(campaign)
        except StoreError as error:
            _fail(str(error))
        sys.exit(_conclude(store, record.id, out, 0.0))


def _store(out: Path) -> Store:
    try:
        return Store(out / "store.sqlite")
    except StoreError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    click.echo(f"pycc-torture: error: {message}", err=True)
    sys.exit(USAGE)


def _suite_folder(suite: str, root: Path | None) -> Path:
    if root is not None:
        return root
    try:
        return fetch(SUITES[suite].corpus)
    except FetchError as error:
        _fail(str(error))


def _go_on(store: Store, campaign: str, folder: Path, jobs: int, out: Path, require: float) -> int:
    done, total = store.unit_counts(campaign)
    click.echo(f"run {campaign}: {total - done} of {total} tests to do")
    live = sys.stdout.isatty()

    def progress(test: str, results: Sequence[Result]) -> None:
        nonlocal done
        done += 1
        for result in results:
            if not is_ok(result.outcome):
                click.echo(f"{result.outcome}: {test} [{result.subject}] {result.detail[:200]}")
        if live:
            click.echo(f"{done}/{total}\r", nl=False)

    try:
        carry_on(store, campaign, folder, jobs, progress)
    except KeyboardInterrupt:
        click.echo(f"interrupted; go on with: pycc-torture resume {campaign} --out {out}", err=True)
        return INTERRUPTED
    except (StoreError, SuiteError, LookupError) as error:
        click.echo(f"pycc-torture: error: {error}", err=True)
        return USAGE
    return _conclude(store, campaign, out, require)


def _conclude(store: Store, campaign: str, out: Path, require: float) -> int:
    """Write the page, print the counts, and say by the exit status whether all is well."""
    found = make_report(store, campaign)
    page = write_report(store, campaign, out)
    for summary in found.summaries:
        click.echo(f"{summary.subject}: {summary.percent:.1f} % passed: {format_counts(summary.counts)}")
    if found.before is not None:
        click.echo(f"against run {found.before.id}: {len(found.worse)} worse, {len(found.better)} better")
        for row in found.worse:
            click.echo(f"worse: {row.test} [{row.subject}] {row.before} -> {row.outcome}")
    if found.missing:
        click.echo(f"{found.missing} tests have no result")
    click.echo(f"page: {page}")
    short = [summary for summary in found.summaries if summary.percent < require]
    for summary in short:
        click.echo(f"{summary.subject}: below the required {require:g} %")
    return 1 if found.worse or found.missing or short or not found.summaries else 0


if __name__ == "__main__":
    main()
