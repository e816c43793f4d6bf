"""What a campaign shows while it runs: a live table, one line per program, or JSON; and the table at the end.

Invariant: seeds are shown with ten digits; nothing is shown of a unit before the store has it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from fuzz.campaign import Watcher
from fuzz.executor import Report
from fuzz.settings import Settings
from oracle.outcome import Outcome, is_finding
from oracle.store import Store
from reports.render import file_finding
from reports.schema import Summary

STYLES = {"good": "green", "bad": "bold red", "doubtful": "yellow"}
LAST_LINES = 8


class Filing(Watcher):
    """Writes a folder for each new finding, then shows what its kind shows."""

    def __init__(self, store: Store, out: Path) -> None:
        self.store = store
        self.out = out

    def started(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        self.show_start(campaign, settings, done, total)

    def unit_done(self, report: Report, done: int, total: int, new_findings: list[int]) -> None:
        folders = [file_finding(self.store, finding, self.out) for finding in new_findings]
        self.show_unit(report, done, total, folders)

    def finished(self, campaign: str) -> None:
        self.show_end()

    def show_start(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        raise NotImplementedError

    def show_unit(self, report: Report, done: int, total: int, folders: Sequence[Path]) -> None:
        raise NotImplementedError

    def show_end(self) -> None:
        """Nothing, unless a kind has something to put away."""


def unit_line(report: Report) -> str:
    """`PASS 0123456789 grammar` or `ERROR 0123456789 grammar pycc-O1 wrong-code: ...`, on one line."""
    head = f"{report.unit.seed:010d} {report.unit.generator}"
    bad = [result for result in report.results if result.outcome is not Outcome.OK]
    if not bad:
        return f"PASS {head} {report.wall_seconds:.1f}s"
    word = "ERROR" if any(is_finding(one.outcome) or one.outcome is Outcome.HARNESS_ERROR for one in bad) else "NOTE"
    told: dict[tuple[str, str], list[str]] = {}
    for one in bad:
        told.setdefault((str(one.outcome), one.detail), []).append(one.subject)
    parts = [
        f"{'+'.join(subjects)} " + (detail if detail.startswith(outcome) else f"{outcome}: {detail}".removesuffix(": "))
        for (outcome, detail), subjects in told.items()
    ]
    return " ".join(f"{word} {head} {'; '.join(parts)}".split())


class Lines(Filing):
    """One line per program on standard output."""

    def show_start(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        of = f" of {total}" if total else ""
        print(f"campaign {campaign}: {settings.target}, {settings.subject}, {done}{of} programs done", flush=True)

    def show_unit(self, report: Report, done: int, total: int, folders: Sequence[Path]) -> None:
        print(unit_line(report), flush=True)
        for folder in folders:
            print(f"NEW {folder}", flush=True)


class JsonLines(Filing):
    """One JSON object per line on standard output."""

    def show_start(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        self.put({"event": "start", "campaign": campaign, "done": done, "total": total, "settings": settings.as_json()})

    def show_unit(self, report: Report, done: int, total: int, folders: Sequence[Path]) -> None:
        self.put(
            {
                "event": "unit",
                "done": done,
                "generator": report.unit.generator,
                "seed": report.unit.seed,
                "seconds": round(report.wall_seconds, 3),
                "results": [
                    {"subject": one.subject, "outcome": str(one.outcome), "detail": one.detail}
                    for one in report.results
                ],
                "new_findings": [str(folder) for folder in folders],
            }
        )

    def put(self, message: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(message, sort_keys=True) + "\n")
        sys.stdout.flush()


class Rich(Filing):
    """A live display: a bar, the outcomes so far, and the latest lines that are no passes."""

    def __init__(self, store: Store, out: Path, console: Console) -> None:
        super().__init__(store, out)
        self.console = console
        self.progress = Progress(
            TextColumn("[bold]{task.description}"), BarColumn(None), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console, expand=True,
        )  # fmt: skip
        self.counts: dict[str, dict[Outcome, int]] = {}
        self.lines: list[str] = []
        self.live = Live(console=console, refresh_per_second=4)
        self.task = self.progress.add_task("starting", total=None)

    def show_start(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        self.counts = {subject: dict(counts) for subject, counts in self.store.outcome_counts(campaign).items()}
        self.progress.update(self.task, description=f"campaign {campaign}", total=total or None, completed=done)
        self.live.start()
        self.live.update(self.picture())

    def show_unit(self, report: Report, done: int, total: int, folders: Sequence[Path]) -> None:
        for result in report.results:
            counts = self.counts.setdefault(result.subject, {})
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
        line = unit_line(report)
        if not line.startswith("PASS"):
            self.lines.append(line)
        self.lines += [f"NEW {folder}" for folder in folders]
        self.progress.update(self.task, completed=done)
        self.live.update(self.picture())

    def show_end(self) -> None:
        self.live.stop()

    def picture(self) -> Group:
        if not self.counts:
            waiting = "starting; before the first program, each version of pycc compiles its run-time library"
            return Group(self.progress, Text(waiting, style="dim"))
        table = Table(expand=False)
        table.add_column("subject")
        table.add_column("outcomes")
        for subject, counts in sorted(self.counts.items()):
            total = sum(counts.values())
            text = Text()
            for outcome in Outcome:
                if outcome in counts:
                    style = "green" if outcome is Outcome.OK else "bold red" if is_finding(outcome) else "yellow"
                    text.append(f"{outcome} {counts[outcome]}/{total}  ", style)
            table.add_row(subject, text)
        latest = Text("\n".join(self.lines[-LAST_LINES:]), overflow="ellipsis", no_wrap=True)
        return Group(self.progress, table, latest)


def show_summary(console: Console, summary: Summary) -> None:
    """The table at the end: every outcome's count with its denominator, and where the time went."""
    table = Table(title=f"campaign {summary.campaign.id} ({summary.campaign.target}, {summary.campaign.state})")
    for name in ("subject", "outcome"):
        table.add_column(name)
    for name in ("count", "share"):
        table.add_column(name, justify="right")
    for row in summary.outcomes:
        table.add_row(
            row.subject, Text(str(row.outcome), STYLES[row.kind]), f"{row.count}/{row.total}", f"{row.percent:.2f} %"
        )
    console.print(table)
    phases = Table(title="where the CPU time went")
    phases.add_column("phase")
    phases.add_column("seconds", justify="right")
    phases.add_column("share", justify="right")
    for phase in summary.phases:
        phases.add_row(phase.phase, f"{phase.seconds:.1f}", f"{phase.percent:.1f} %")
    console.print(phases)
    rate = summary.programs_per_hour_and_core
    of = f" of {summary.total}" if summary.total else ""
    console.print(
        f"{summary.done}{of} programs ({summary.distinct} different) in {summary.wall_seconds:.1f} s"
        + (f"; {rate:.0f} programs per hour and core" if rate is not None else ""),
        soft_wrap=True,
    )
    for finding in summary.findings:
        console.print(
            Text(f"finding {finding.id}: {finding.subject} {finding.title} ({finding.occurrences} sightings)"),
            soft_wrap=True,
        )
    if summary.done:
        console.print(Text(f"the same table again: {summary.command}"), soft_wrap=True)
