"""All state of all campaigns in one SQLite file (WAL mode).

Invariants: a work unit is unique by (campaign, generator, seed, options), so nothing is done twice; its results, findings and
reference votes are written in the one transaction that marks it done, so a campaign killed at any moment has either all or
none of them. One process writes results (the campaign); any number may read and look up votes.

A file that is no store, is corrupt or comes from a newer version raises `StoreError` with what to do; so does a full disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from oracle.compare import Vote
from oracle.outcome import Outcome

SCHEMA_VERSION = 1


class StoreError(Exception):
    """The store cannot be used; the message is for the user and says what to do."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What to generate: `options` is the generator's option set in its canonical text form."""

    generator: str
    seed: int
    options: str = ""


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit with its place in the store."""

    id: int
    campaign: str
    unit: Unit
    state: str  # "pending" or "done"
    program_hash: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What one subject made of one unit."""

    subject: str  # Compiler.name, such as pycc-O1
    outcome: Outcome
    detail: str = ""
    compile_cpu: float = 0.0  # seconds
    run_cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A failure to be filed. Findings with one signature are one finding with a count."""

    subject: str
    outcome: Outcome
    signature: str  # bucket: equal for what is taken to be the same bug
    title: str
    program: bytes
    record: Mapping[str, object]  # command lines, outputs, versions, options: JSON


@dataclass(frozen=True, slots=True)
class Finding:
    """A filed failure."""

    id: int
    campaign: str
    unit_id: int | None
    subject: str
    outcome: Outcome
    signature: str
    title: str
    program: bytes
    record: Mapping[str, object]
    occurrences: int
    state: str  # "open", "muted", "claimed", "closed"
    created: float


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign or suite run."""

    id: str
    kind: str  # "fuzz" or "torture"
    target: str
    settings: Mapping[str, object]  # everything needed to go on with it: JSON
    version: str  # of the subject
    state: str  # "running", "done", "interrupted"
    created: float
    updated: float


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a campaign's log."""

    at: float
    kind: str
    text: str


class Store:
    """An open store. Use as a context manager; not shared between threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the store at `path`. Raises StoreError."""
        raise NotImplementedError

    # campaigns
    def create_campaign(
        self, kind: str, target: str, settings: Mapping[str, object], version: str, *, campaign: str | None = None
    ) -> Campaign:
        """Begin a campaign; its id (short hex) is made here unless `campaign` gives one."""
        raise NotImplementedError

    def campaign(self, campaign: str) -> Campaign:
        """Look one up by id or unique prefix of an id; raises StoreError if there is none."""
        raise NotImplementedError

    def campaigns(self, kind: str | None = None) -> list[Campaign]:
        """All, newest first."""
        raise NotImplementedError

    def set_campaign_state(self, campaign: str, state: str) -> None:
        """Mark it "running", "done" or "interrupted"."""
        raise NotImplementedError

    # work
    def add_units(self, campaign: str, units: Iterable[Unit]) -> int:
        """Add units that are not there yet; how many were new."""
        raise NotImplementedError

    def pending_units(self, campaign: str, limit: int | None = None) -> list[StoredUnit]:
        """Units not done, in the order they were added."""
        raise NotImplementedError

    def unit(self, unit_id: int) -> StoredUnit:
        """Look one up; raises StoreError."""
        raise NotImplementedError

    def unit_counts(self, campaign: str) -> tuple[int, int]:
        """(done, all)."""
        raise NotImplementedError

    def finish_unit(
        self,
        unit_id: int,
        program_hash: str,
        results: Sequence[Result],
        *,
        votes: Mapping[str, Vote] | None = None,
        findings: Sequence[NewFinding] = (),
    ) -> list[int]:
        """Record everything about a unit and mark it done, in one transaction.

        Finishing a unit that is done changes nothing. Returns the ids of those findings whose signature was new in the store.
        """
        raise NotImplementedError

    def results(self, campaign: str) -> list[tuple[StoredUnit, Result]]:
        """Every result, in unit order."""
        raise NotImplementedError

    def outcome_counts(self, campaign: str) -> dict[str, dict[Outcome, int]]:
        """Per subject, how often each outcome occurred."""
        raise NotImplementedError

    # references
    def reference_votes(self, program_hash: str) -> dict[str, Vote]:
        """Cached votes by `Compiler.identity`."""
        raise NotImplementedError

    # findings
    def findings(self, campaign: str | None = None, state: str | None = None) -> list[Finding]:
        """Findings, newest first. Those of a campaign include older findings that it met again."""
        raise NotImplementedError

    def finding(self, finding_id: int) -> Finding:
        """Look one up; raises StoreError."""
        raise NotImplementedError

    def set_finding_state(self, finding_id: int, state: str) -> None:
        """Mark it "open", "muted", "claimed" or "closed"."""
        raise NotImplementedError

    # events
    def log(self, campaign: str, kind: str, text: str) -> None:
        """Append an event."""
        raise NotImplementedError

    def events(self, campaign: str, limit: int = 100) -> list[Event]:
        """The latest events, oldest first."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def salvage(path: Path, into: Path) -> dict[str, int]:
    """Copy every readable row of a damaged store at `path` into a new store `into`; rows saved per table."""
    raise NotImplementedError
