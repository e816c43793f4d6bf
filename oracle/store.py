"""All state of all campaigns in one SQLite file (WAL mode).

Invariants: a work unit is unique by (campaign, generator, seed, options), so nothing is done twice; its results,
findings and reference votes are written in the one transaction that marks it done, so a campaign killed at any moment
has either all or none of them. One process writes results (the campaign); any number may read and look up votes.

A file that is no store, is corrupt or comes from a newer version raises `StoreError` with what to do; so does a full
disk.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from emulators.outcome import Behaviour
from oracle.compare import Voice, Vote
from oracle.outcome import Outcome

SCHEMA_VERSION = 2
APPLICATION_ID = 0x70796363  # "pycc": marks the file as a store
BUSY_SECONDS = 60.0
SCHEMA = Path(__file__).with_name("schema.sql")
TABLES = ("campaigns", "units", "results", "timings", "reference_votes", "findings", "sightings", "events")
CAMPAIGN_STATES = ("running", "done", "interrupted")
FINDING_STATES = ("open", "muted", "claimed", "closed")


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
        self._path = path
        self._open = True
        if read_only and not path.is_file():
            raise StoreError(f"no store at '{path}'")
        try:
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            mode = "ro" if read_only else "rwc"
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot open the store '{path}': {error}") from None
        try:
            with self._translated():
                self._prepare(read_only)
        except StoreError:
            self.close()
            raise

    def _prepare(self, read_only: bool) -> None:
        connection = self._connection
        connection.execute("PRAGMA foreign_keys = ON")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and (application or tables):
            raise StoreError(f"'{self._path}' is a database, but no store of this suite; name another file")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the store '{self._path}' has schema version {version}, this program knows {SCHEMA_VERSION}; "
                "use a newer pycc or another file"
            )
        if 0 < version < SCHEMA_VERSION:
            raise StoreError(
                f"the store '{self._path}' has the older schema version {version} (this program writes "
                f"{SCHEMA_VERSION}); name another file, or go on with the pycc that wrote it"
            )
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: a crash of the program loses nothing
            if not version:
                with self._transaction():
                    if not connection.execute("PRAGMA user_version").fetchone()[0]:
                        for statement in SCHEMA.read_text().split(";\n"):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif not version:
            raise StoreError(f"the store '{self._path}' is empty")
        # Looks at the pages behind every table's first row: cheap, and finds a truncated file at once.
        for table in TABLES:
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """SQLite's errors as StoreError with what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(_advice(self._path, error)) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"the store '{self._path}' is damaged ({error}); move it away, or save what can be read with "
                f"`pycc-fuzz salvage {self._path} NEW`"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._translated():
            cursor = self._connection.execute(query, values)
            cursor.row_factory = sqlite3.Row
            rows: list[sqlite3.Row] = cursor.fetchall()
            return rows

    # --- campaigns ---

    def create_campaign(
        self, kind: str, target: str, settings: Mapping[str, object], version: str, *, campaign: str | None = None
    ) -> Campaign:
        """Begin a campaign; its id (short hex) is made here unless `campaign` gives one."""
        name = campaign or secrets.token_hex(4)
        now = time.time()
        try:
            with self._transaction() as connection:
                connection.execute(
                    "INSERT INTO campaigns VALUES (?, ?, ?, ?, ?, 'running', ?, ?)",
                    (name, kind, target, _json(settings), version, now, now),
                )
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise StoreError(f"campaign '{name}' exists already") from None
            raise
        return self.campaign(name)

    def campaign(self, campaign: str) -> Campaign:
        """Look one up by id or unique prefix of an id; raises StoreError if there is none."""
        rows = self._rows("SELECT * FROM campaigns WHERE id = ?", campaign)
        if not rows:
            rows = self._rows("SELECT * FROM campaigns WHERE substr(id, 1, ?) = ?", len(campaign), campaign)
        if len(rows) != 1 or not campaign:
            what = "no campaign" if not rows else f"{len(rows)} campaigns begin with"
            raise StoreError(f"{what} '{campaign}' in '{self._path}'")
        return _campaign(rows[0])

    def campaigns(self, kind: str | None = None) -> list[Campaign]:
        """All, newest first."""
        rows = self._rows(
            "SELECT * FROM campaigns WHERE ? IS NULL OR kind = ? ORDER BY created DESC, rowid DESC", kind, kind
        )
        return [_campaign(row) for row in rows]

    def set_campaign_state(self, campaign: str, state: str) -> None:
        """Mark it "running", "done" or "interrupted"."""
        assert state in CAMPAIGN_STATES, state
        with self._transaction() as connection:
            connection.execute(
                "UPDATE campaigns SET state = ?, updated = ? WHERE id = ?", (state, time.time(), campaign)
            )

    # --- work ---

    def add_units(self, campaign: str, units: Iterable[Unit]) -> int:
        """Add units that are not there yet; how many were new."""
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO units (campaign, generator, seed, options) VALUES (?, ?, ?, ?)",
                ((campaign, unit.generator, str(unit.seed), unit.options) for unit in units),
            )
            return connection.total_changes - before

    def pending_units(self, campaign: str, limit: int | None = None) -> list[StoredUnit]:
        """Units not done, in the order they were added."""
        rows = self._rows(
            "SELECT * FROM units WHERE campaign = ? AND state = 'pending' ORDER BY id LIMIT ?",
            campaign,
            -1 if limit is None else limit,
        )
        return [_unit(row) for row in rows]

    def unit(self, unit_id: int) -> StoredUnit:
        """Look one up; raises StoreError."""
        rows = self._rows("SELECT * FROM units WHERE id = ?", unit_id)
        if not rows:
            raise StoreError(f"no work unit {unit_id} in '{self._path}'")
        return _unit(rows[0])

    def unit_counts(self, campaign: str) -> tuple[int, int]:
        """(done, all)."""
        row = self._rows("SELECT count(*), sum(state = 'done') FROM units WHERE campaign = ?", campaign)[0]
        return int(row[1] or 0), int(row[0])

    def finish_unit(
        self,
        unit_id: int,
        program_hash: str,
        results: Sequence[Result],
        *,
        votes: Mapping[str, Vote] | None = None,
        findings: Sequence[NewFinding] = (),
        timings: Mapping[str, float] | None = None,
    ) -> list[int]:
        """Record everything about a unit and mark it done, in one transaction.

        `timings` are CPU seconds by phase, for what the results do not tell (generation, references).

        Finishing a unit that is done changes nothing. Returns the ids of those findings whose signature was new in the
        store. A finding that was closed and is met again is open again, and counts as new.
        """
        with self._transaction() as connection:
            row = connection.execute("SELECT state, campaign FROM units WHERE id = ?", (unit_id,)).fetchone()
            if row is None:
                raise StoreError(f"no work unit {unit_id} in '{self._path}'")
            if row[0] == "done":
                return []
            connection.execute(
                "UPDATE units SET state = 'done', program_hash = ? WHERE id = ?", (program_hash, unit_id)
            )
            connection.executemany(
                "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (unit_id, result.subject, str(result.outcome), result.detail, result.compile_cpu, result.run_cpu)
                    for result in results
                ],
            )
            connection.executemany(
                "INSERT INTO timings VALUES (?, ?, ?)",
                [(unit_id, phase, seconds) for phase, seconds in (timings or {}).items()],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO reference_votes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_vote_values(program_hash, identity, vote) for identity, vote in (votes or {}).items()],
            )
            new = []
            for finding in findings:
                finding_id, is_new = _file(connection, row[1], unit_id, finding)
                if is_new:
                    new.append(finding_id)
            connection.execute("UPDATE campaigns SET updated = ? WHERE id = ?", (time.time(), row[1]))
            return new

    def results(self, campaign: str) -> list[tuple[StoredUnit, Result]]:
        """Every result, in unit order."""
        rows = self._rows(
            "SELECT * FROM units JOIN results ON results.unit = units.id WHERE campaign = ? ORDER BY units.id, subject",
            campaign,
        )
        return [(_unit(row), _result(row)) for row in rows]

    def outcome_counts(self, campaign: str) -> dict[str, dict[Outcome, int]]:
        """Per subject, how often each outcome occurred."""
        rows = self._rows(
            "SELECT subject, outcome, count(*) FROM results JOIN units ON results.unit = units.id "
            "WHERE campaign = ? GROUP BY subject, outcome",
            campaign,
        )
        found: dict[str, dict[Outcome, int]] = {}
        for subject, outcome, number in rows:
            found.setdefault(subject, {})[Outcome(outcome)] = number
        return {
            subject: {outcome: counts[outcome] for outcome in Outcome if outcome in counts}
            for subject, counts in sorted(found.items())
        }

    def timings(self, campaign: str) -> dict[str, float]:
        """CPU seconds by phase, over all units; the subjects' compiles and runs included."""
        rows = self._rows(
            "SELECT phase, sum(cpu) FROM timings JOIN units ON timings.unit = units.id "
            "WHERE campaign = ? GROUP BY phase",
            campaign,
        )
        found = {str(phase): float(seconds) for phase, seconds in rows}
        row = self._rows(
            "SELECT sum(compile_cpu), sum(run_cpu) FROM results JOIN units ON results.unit = units.id "
            "WHERE campaign = ?",
            campaign,
        )[0]
        return {**found, "subject compile": float(row[0] or 0.0), "subject run": float(row[1] or 0.0)}

    def distinct_programs(self, campaign: str) -> int:
        """How many different programs the finished units gave."""
        query = "SELECT count(DISTINCT program_hash) FROM units WHERE campaign = ? AND program_hash != ''"
        return int(self._rows(query, campaign)[0][0])

    # --- references ---

    def known_hash(self, unit: Unit) -> str | None:
        """The program hash that an equal unit of any campaign gave, as a key to cached votes."""
        rows = self._rows(
            "SELECT program_hash FROM units WHERE generator = ? AND seed = ? AND options = ? AND state = 'done' "
            "AND program_hash != '' LIMIT 1",
            unit.generator,
            str(unit.seed),
            unit.options,
        )
        return None if not rows else str(rows[0][0])

    def reference_votes(self, program_hash: str) -> dict[str, Vote]:
        """Cached votes by `Compiler.identity`."""
        rows = self._rows("SELECT * FROM reference_votes WHERE program_hash = ?", program_hash)
        return {row["identity"]: _vote(row) for row in rows}

    # --- findings ---

    def findings(self, campaign: str | None = None, state: str | None = None) -> list[Finding]:
        """Findings, newest first. Those of a campaign include older findings that it met again."""
        rows = self._rows(
            "SELECT *, (SELECT count(*) FROM sightings WHERE finding = findings.id) AS occurrences FROM findings "
            "WHERE (? IS NULL OR id IN (SELECT finding FROM sightings JOIN units ON units.id = sightings.unit "
            "WHERE units.campaign = ?)) AND (? IS NULL OR state = ?) ORDER BY id DESC",
            campaign,
            campaign,
            state,
            state,
        )
        return [_finding(row) for row in rows]

    def finding(self, finding_id: int) -> Finding:
        """Look one up; raises StoreError."""
        rows = self._rows(
            "SELECT *, (SELECT count(*) FROM sightings WHERE finding = findings.id) AS occurrences FROM findings "
            "WHERE id = ?",
            finding_id,
        )
        if not rows:
            raise StoreError(f"no finding {finding_id} in '{self._path}'")
        return _finding(rows[0])

    def set_finding_state(self, finding_id: int, state: str) -> None:
        """Mark it "open", "muted", "claimed" or "closed"."""
        assert state in FINDING_STATES, state
        with self._transaction() as connection:
            connection.execute("UPDATE findings SET state = ? WHERE id = ?", (state, finding_id))

    # --- events ---

    def log(self, campaign: str, kind: str, text: str) -> None:
        """Append an event."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO events (campaign, at, kind, text) VALUES (?, ?, ?, ?)", (campaign, time.time(), kind, text)
            )

    def events(self, campaign: str, limit: int = 100) -> list[Event]:
        """The latest events, oldest first."""
        rows = self._rows("SELECT * FROM events WHERE campaign = ? ORDER BY id DESC LIMIT ?", campaign, limit)
        return [Event(row["at"], row["kind"], row["text"]) for row in reversed(rows)]

    def close(self) -> None:
        """Close the file."""
        if self._open:
            self._open = False
            self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _advice(path: Path, error: sqlite3.OperationalError) -> str:
    text = str(error)
    if "full" in text:
        return f"the disk that holds the store '{path}' is full; make room and resume: nothing finished is lost"
    if "locked" in text:
        return f"the store '{path}' is in use by another program for more than {BUSY_SECONDS:g} s"
    if "readonly" in text or "unable to open" in text:
        return f"cannot write the store '{path}': {text}"
    if "no such table" in text or "no such column" in text or "malformed" in text:
        return f"the store '{path}' is damaged ({text}); move it away, or salvage it"
    return f"the store '{path}' failed: {text}"


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True)


def _campaign(row: sqlite3.Row) -> Campaign:
    settings = json.loads(row["settings"])
    return Campaign(
        row["id"], row["kind"], row["target"], settings, row["version"], row["state"], row["created"], row["updated"]
    )


def _unit(row: sqlite3.Row) -> StoredUnit:
    unit = Unit(row["generator"], int(row["seed"]), row["options"])
    return StoredUnit(row["id"], row["campaign"], unit, row["state"], row["program_hash"])


def _result(row: sqlite3.Row) -> Result:
    return Result(row["subject"], Outcome(row["outcome"]), row["detail"], row["compile_cpu"], row["run_cpu"])


def _vote_values(program_hash: str, identity: str, vote: Vote) -> tuple[object, ...]:
    behaviour = vote.behaviour
    return (
        program_hash,
        identity,
        vote.reference,
        vote.family,
        str(vote.voice),
        None if behaviour is None else behaviour.exit_code,
        None if behaviour is None else behaviour.stdout,
        vote.detail,
        vote.cpu_seconds,
    )


def _vote(row: sqlite3.Row) -> Vote:
    behaviour = None if row["exit_code"] is None else Behaviour(row["exit_code"], bytes(row["stdout"]))
    return Vote(row["reference"], row["family"], Voice(row["voice"]), behaviour, row["detail"], row["cpu_seconds"])


def _finding(row: sqlite3.Row) -> Finding:
    return Finding(
        row["id"],
        row["campaign"],
        row["unit"],
        row["subject"],
        Outcome(row["outcome"]),
        row["signature"],
        row["title"],
        bytes(row["program"]),
        json.loads(row["record"]),
        row["occurrences"],
        row["state"],
        row["created"],
    )


def _file(connection: sqlite3.Connection, campaign: str, unit_id: int, finding: NewFinding) -> tuple[int, bool]:
    """File a finding or count it with the one of the same signature: (its id, whether it is news)."""
    row = connection.execute("SELECT id, state FROM findings WHERE signature = ?", (finding.signature,)).fetchone()
    if row is None:
        cursor = connection.execute(
            "INSERT INTO findings "
            "(campaign, unit, subject, outcome, signature, title, program, record, state, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)",
            (
                campaign,
                unit_id,
                finding.subject,
                str(finding.outcome),
                finding.signature,
                finding.title,
                finding.program,
                _json(finding.record),
                time.time(),
            ),
        )
        assert cursor.lastrowid is not None
        finding_id, is_new = cursor.lastrowid, True
    else:
        finding_id, is_new = row[0], row[1] == "closed"
        if is_new:
            connection.execute("UPDATE findings SET state = 'open' WHERE id = ?", (finding_id,))
    connection.execute("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?)", (finding_id, unit_id, finding.subject))
    return finding_id, is_new
