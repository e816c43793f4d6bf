"""The store: nothing twice, nothing lost, and clear errors."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from emulators.outcome import Behaviour
from oracle.compare import Voice, Vote
from oracle.outcome import Outcome
from oracle.salvage import salvage
from oracle.store import NewFinding, Result, Store, StoreError, Unit

ROOT = Path(__file__).resolve().parents[2]
VOTE = Vote("gcc-O0", "gcc", Voice.FINISHED, Behaviour(0, b"checksum = 1\n"), cpu_seconds=0.5)


def finding(signature: str = "wrong-code:a") -> NewFinding:
    return NewFinding("pycc-O1", Outcome.WRONG_CODE, signature, "a title", b"int main", {"expected": "1"})


def filled(path: Path, number: int = 3) -> str:
    with Store(path) as store:
        campaign = store.create_campaign("fuzz", "riscv64", {"seed": 1}, "abc").id
        store.add_units(campaign, [Unit("csmith", seed, "small") for seed in range(number)])
        for unit in store.pending_units(campaign, number - 1):
            store.finish_unit(
                unit.id, f"hash{unit.id}", [Result("pycc-O1", Outcome.OK, "", 0.5, 0.25)], votes={"gcc:1": VOTE}
            )
    return campaign


def test_units_are_unique(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        campaign = store.create_campaign("fuzz", "riscv64", {}, "v").id
        units = [Unit("csmith", 1), Unit("csmith", 2), Unit("csmith", 1), Unit("grammar", 1), Unit("csmith", 1 << 80)]
        assert store.add_units(campaign, units) == 4
        assert store.add_units(campaign, units) == 0
        assert [stored.unit.seed for stored in store.pending_units(campaign)] == [1, 2, 1, 1 << 80]


def test_finished_units_stay_finished(tmp_path: Path) -> None:
    campaign = filled(tmp_path / "s")
    with Store(tmp_path / "s") as store:
        assert store.unit_counts(campaign) == (2, 3)
        assert [stored.unit.seed for stored in store.pending_units(campaign)] == [2]
        assert store.finish_unit(1, "other", [Result("pycc-O1", Outcome.ICE)]) == []
        assert store.outcome_counts(campaign) == {"pycc-O1": {Outcome.OK: 2}}
        assert store.results(campaign)[0][1] == Result("pycc-O1", Outcome.OK, "", 0.5, 0.25)


def test_reference_votes_are_kept(tmp_path: Path) -> None:
    filled(tmp_path / "s")
    with Store(tmp_path / "s", read_only=True) as store:
        assert store.reference_votes("hash1") == {"gcc:1": VOTE}
        assert store.reference_votes("hash9") == {}


def test_findings_of_one_signature_are_one(tmp_path: Path) -> None:
    campaign = filled(tmp_path / "s", 5)
    with Store(tmp_path / "s") as store:
        units = store.add_units(campaign, [Unit("csmith", seed) for seed in range(100, 103)])
        assert units == 3
        first, second, third, fourth = store.pending_units(campaign)
        failed = [Result("pycc-O1", Outcome.WRONG_CODE)]
        new = store.finish_unit(first.id, "h", failed, findings=[finding(), finding("other")])
        assert len(new) == 2
        assert store.finish_unit(second.id, "h", failed, findings=[finding()]) == []
        seen = [(one.signature, one.occurrences) for one in store.findings(campaign)]
        assert seen == [
            ("other", 1),
            ("wrong-code:a", 2),
        ]
        store.set_finding_state(new[0], "closed")
        assert store.finish_unit(third.id, "h", failed, findings=[finding()]) == new[:1]
        assert store.finding(new[0]).state == "open"
        store.set_finding_state(new[0], "muted")
        assert store.finish_unit(fourth.id, "h", failed, findings=[finding()]) == []
        assert [one.id for one in store.findings(state="muted")] == new[:1]
        assert store.finding(new[0]).record == {"expected": "1"}


def test_a_unit_is_recorded_wholly_or_not_at_all(tmp_path: Path) -> None:
    campaign = filled(tmp_path / "s")
    with Store(tmp_path / "s") as store:
        unit = store.pending_units(campaign)[0]
        twice = [Result("pycc-O1", Outcome.OK), Result("pycc-O1", Outcome.OK)]
        with pytest.raises(StoreError):
            store.finish_unit(unit.id, "h", twice, votes={"x": VOTE}, findings=[finding()])
        assert (store.unit_counts(campaign), store.findings(), store.reference_votes("h")) == ((2, 3), [], {})


def test_campaigns(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.create_campaign("fuzz", "riscv64", {"a": [1]}, "v", campaign="abc1")
        store.create_campaign("torture", "riscv64", {}, "v", campaign="abd2")
        assert store.campaign("abc").settings == {"a": [1]}
        with pytest.raises(StoreError, match="2 campaigns begin with 'ab'"):
            store.campaign("ab")
        with pytest.raises(StoreError, match="no campaign 'x%'"):
            store.campaign("x%")
        with pytest.raises(StoreError, match="exists already"):
            store.create_campaign("fuzz", "riscv64", {}, "v", campaign="abc1")
        store.set_campaign_state("abc1", "done")
        assert [(one.id, one.state) for one in store.campaigns()] == [("abd2", "running"), ("abc1", "done")]
        store.log("abc1", "progress", "one")
        store.log("abc1", "progress", "two")
        assert [event.text for event in store.events("abc1")] == ["one", "two"]


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """A process that dies by SIGKILL while it writes loses no finished unit and leaves no half-done one."""
    campaign = filled(tmp_path / "s", 200)
    script = f"""
import os
from pathlib import Path
from oracle.store import *
store = Store(Path({str(tmp_path / "s")!r}))
unit = store.add_units({campaign!r}, [Unit("other", seed) for seed in range(500)])
for number, unit in enumerate(store.pending_units({campaign!r})):
    if number == 100:
        store._connection.execute("BEGIN IMMEDIATE")
        store._connection.execute("UPDATE units SET state = 'done'")
        os.kill(os.getpid(), 9)
    store.finish_unit(unit.id, "h", [Result("pycc-O1", Outcome.OK)])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == -9
    with Store(tmp_path / "s") as store:
        assert store.unit_counts(campaign) == (199 + 100, 700)
        assert store.outcome_counts(campaign)["pycc-O1"] == {Outcome.OK: 299}


class TestErrors:
    def test_no_store(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="no store at"):
            Store(tmp_path / "none", read_only=True)

    def test_not_a_database(self, tmp_path: Path) -> None:
        (tmp_path / "s").write_bytes(b"some text that is no database" * 100)
        with pytest.raises(StoreError, match="damaged"):
            Store(tmp_path / "s")

    def test_somebody_elses_database(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "s")
        connection.execute("CREATE TABLE bookmarks (url)")
        connection.close()
        with pytest.raises(StoreError, match="no store of this suite"):
            Store(tmp_path / "s")

    @pytest.mark.parametrize(("version", "message"), [(99, "use a newer pycc"), (1, "older schema version 1")])
    def test_another_schema(self, tmp_path: Path, version: int, message: str) -> None:
        filled(tmp_path / "s")
        connection = sqlite3.connect(tmp_path / "s")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        with pytest.raises(StoreError, match=message):
            Store(tmp_path / "s")

    def test_truncated_and_salvaged(self, tmp_path: Path) -> None:
        filled(tmp_path / "s", 3000)
        with sqlite3.connect(tmp_path / "s") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        size = (tmp_path / "s").stat().st_size
        os.truncate(tmp_path / "s", size * 2 // 3)
        with pytest.raises(StoreError, match="damaged"), Store(tmp_path / "s") as store:
            store.results(store.campaigns()[0].id)
        saved = salvage(tmp_path / "s", tmp_path / "new")
        assert saved["campaigns"] == 1 and saved["units"] > 100
        with Store(tmp_path / "new") as store:
            campaign = store.campaigns()[0].id
            done, total = store.unit_counts(campaign)
            assert total == saved["units"] and done > 0
            assert len(store.results(campaign)) == saved["results"]

    def test_nothing_to_salvage(self, tmp_path: Path) -> None:
        (tmp_path / "s").write_bytes(b"x" * 5000)
        with pytest.raises(StoreError, match="nothing in"):
            salvage(tmp_path / "s", tmp_path / "new")
        assert not (tmp_path / "new").exists()

    def test_full_disk(self, tmp_path: Path) -> None:
        """SQLite's page limit gives the error that a full disk gives."""
        with Store(tmp_path / "s") as store:
            campaign = store.create_campaign("fuzz", "riscv64", {}, "v").id
            pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
            store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
            with pytest.raises(StoreError, match="full; make room and resume"):
                store.add_units(campaign, [Unit("csmith", seed) for seed in range(10_000)])
            store._connection.execute("PRAGMA max_page_count = 100000")
            assert store.add_units(campaign, [Unit("csmith", 1)]) == 1

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_read_only_folder(self, tmp_path: Path) -> None:
        (tmp_path / "closed").mkdir(mode=0o500)
        with pytest.raises(StoreError, match="cannot"):
            Store(tmp_path / "closed" / "s")
