"""What reports show, as plain data read from the store.

Invariant: every count comes with its denominator, and every outcome of the closed list that occurred is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oracle.outcome import Outcome, is_finding
from oracle.store import Campaign, Finding, Store

PHASES = ("generation", "reference compile", "reference run", "subject compile", "subject run")


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome of one subject."""

    subject: str
    outcome: Outcome
    count: int
    total: int

    @property
    def percent(self) -> float:
        return 100.0 * self.count / self.total if self.total else 0.0

    @property
    def kind(self) -> str:
        """Which colour it gets: good, bad (a finding), or doubtful."""
        if self.outcome is Outcome.OK:
            return "good"
        return "bad" if is_finding(self.outcome) else "doubtful"


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """Where the CPU time went."""

    phase: str
    seconds: float
    percent: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A campaign's numbers. Rates are None where no time was measured."""

    campaign: Campaign
    done: int
    total: int  # 0 where only the time ends it
    distinct: int
    outcomes: tuple[OutcomeRow, ...]
    phases: tuple[PhaseRow, ...]
    findings: tuple[Finding, ...]
    wall_seconds: float
    core_seconds: float
    command: str

    @property
    def cpu_seconds(self) -> float:
        return sum(row.seconds for row in self.phases)

    @property
    def programs_per_hour_and_core(self) -> float | None:
        """Programs per hour of one core that the campaign had for itself, whether it used it or not."""
        return 3600.0 * self.done / self.core_seconds if self.core_seconds else None

    @property
    def clean(self) -> bool:
        return not self.findings and not any(row.kind == "bad" for row in self.outcomes)


def summarize(store: Store, campaign: str, command: str, total: int) -> Summary:
    """Read a campaign's numbers from the store."""
    done, _ = store.unit_counts(campaign)
    outcomes: list[OutcomeRow] = []
    for subject, counts in store.outcome_counts(campaign).items():
        of = sum(counts.values())
        outcomes += [OutcomeRow(subject, outcome, count, of) for outcome, count in counts.items()]
    walls, cores = 0.0, 0.0
    for event in store.events(campaign, 100_000):
        if event.kind == "wall":
            seconds, jobs = event.text.split()
            walls += float(seconds)
            cores += float(seconds) * int(jobs)
    return Summary(
        store.campaign(campaign), done, total, store.distinct_programs(campaign), tuple(outcomes),
        _phases(store.timings(campaign)), tuple(store.findings(campaign)), walls, cores, command,
    )  # fmt: skip


def _phases(timings: Mapping[str, float]) -> tuple[PhaseRow, ...]:
    total = sum(timings.values())
    rows = [(phase, timings.get(phase, 0.0)) for phase in PHASES]
    rows += [(phase, seconds) for phase, seconds in timings.items() if phase not in PHASES]
    return tuple(PhaseRow(phase, seconds, 100.0 * seconds / total if total else 0.0) for phase, seconds in rows)
