"""One static HTML page of a suite's run, compared with the run before it.

Invariant: every count stands with its denominator, and every test that is not ok stands on the page with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from oracle.outcome import Outcome, is_ok
from oracle.store import Campaign, Store

TEMPLATES = Path(__file__).with_name("templates")
COMPARED = ("suite", "target", "compiler")  # runs that agree in these can be compared


@dataclass(frozen=True, slots=True)
class Row:
    """One test at one level."""

    test: str
    subject: str
    outcome: Outcome
    detail: str
    before: Outcome | None  # None if the run before did not have it

    @property
    def ok(self) -> bool:
        """Whether it passed."""
        return is_ok(self.outcome)

    @property
    def change(self) -> str:
        """ "worse", "better", or nothing, against the run before."""
        if self.before is None or is_ok(self.before) == self.ok:
            return ""
        return "better" if self.ok else "worse"


@dataclass(frozen=True, slots=True)
class Summary:
    """One level's counts."""

    subject: str
    passed: int
    total: int
    counts: dict[Outcome, int]

    @property
    def percent(self) -> float:
        """Share of passed tests; 0.0 of nothing."""
        return 100.0 * self.passed / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows. `missing` counts tests without a result, which count as failed in no summary."""

    campaign: Campaign
    before: Campaign | None
    rows: list[Row]
    summaries: list[Summary]
    missing: int

    @property
    def worse(self) -> list[Row]:
        """What passed before and fails now."""
        return [row for row in self.rows if row.change == "worse"]

    @property
    def better(self) -> list[Row]:
        """What failed before and passes now."""
        return [row for row in self.rows if row.change == "better"]


def run_before(store: Store, campaign: Campaign) -> Campaign | None:
    """The latest earlier run of the same suite with the same compiler and target that has results."""
    wanted = [campaign.settings[key] for key in COMPARED]
    earlier = False
    for other in store.campaigns("torture"):  # newest first
        if other.id == campaign.id:
            earlier = True
        elif earlier and [other.settings[key] for key in COMPARED] == wanted and store.unit_counts(other.id)[0]:
            return other
    return None


def make_report(store: Store, campaign_id: str) -> Report:
    """Collect the report of a campaign."""
    campaign = store.campaign(campaign_id)
    before = run_before(store, campaign)
    old: dict[tuple[str, str], Outcome] = {}
    if before is not None:
        old = {(unit.unit.options, result.subject): result.outcome for unit, result in store.results(before.id)}
    rows = []
    for unit, result in store.results(campaign.id):
        name = unit.unit.options
        rows.append(Row(name, result.subject, result.outcome, result.detail, old.get((name, result.subject))))
    summaries = []
    for subject, counts in store.outcome_counts(campaign.id).items():
        summaries.append(Summary(subject, counts.get(Outcome.OK, 0), sum(counts.values()), counts))
    done, total = store.unit_counts(campaign.id)
    return Report(campaign, before, rows, summaries, total - done)


def render(report: Report) -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("suite.html").render(report=report)


def write_report(store: Store, campaign_id: str, folder: Path) -> Path:
    """Write the page into `folder`; its path."""
    report = make_report(store, campaign_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report.campaign.settings['suite']}-{report.campaign.id}.html"
    path.write_text(render(report), encoding="utf-8")
    return path
