"""What can still be read of a damaged store.

Invariant: the damaged file is only read; the new store is consistent (no row whose campaign or unit is lost).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from oracle.store import TABLES, Store, StoreError


def salvage(path: Path, into: Path) -> dict[str, int]:
    """Copy every readable row of a damaged store at `path` into a new store `into`; rows saved per table.

    Rows are read by row id in both directions, so that a damaged page costs the rows on it and not those behind it.
    Rows whose campaign or unit is lost are dropped. Raises StoreError if nothing at all can be read, or `into`
    exists.
    """
    if into.exists():
        raise StoreError(f"'{into}' exists already")
    Store(into).close()
    saved: dict[str, int] = {}
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(into)
    try:
        source.execute("PRAGMA writable_schema = ON")  # makes SQLite read a file that is shorter than its header says
        for table in TABLES:
            with target:
                saved[table] = _salvage_table(source, target, table)
        with target:
            for table, column, owner in _OWNERS:
                cursor = target.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {owner})")
                saved[table] -= cursor.rowcount
    except sqlite3.Error as error:
        raise StoreError(f"cannot write '{into}': {error}") from error
    finally:
        source.close()
        target.close()
    if not any(saved.values()):
        into.unlink()
        raise StoreError(f"nothing in '{path}' can be read")
    return saved


_OWNERS = (
    ("units", "campaign", "campaigns"),
    ("events", "campaign", "campaigns"),
    ("results", "unit", "units"),
    ("sightings", "unit", "units"),
    ("timings", "unit", "units"),
    ("findings", "campaign", "campaigns"),
    ("sightings", "finding", "findings"),
)


def _salvage_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    seen: set[int] = set()
    for order in ("ASC", "DESC"):
        try:
            for row_id, *values in source.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid {order}"):
                if row_id in seen:
                    break  # the other direction came from here: everything between has been read
                seen.add(row_id)
                marks = ", ".join("?" * len(values))
                target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)
        except sqlite3.DatabaseError:
            continue  # what was read so far is kept; the other direction gets the rest
    return int(target.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
