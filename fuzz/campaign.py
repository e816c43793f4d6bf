"""The campaign engine: units out to workers through dask.distributed, reports back into the store.

Invariant: the store is the only state. A unit is pending or done with all its results; the campaign process alone
writes. So whatever is killed, a resumed campaign goes on with exactly the pending units. Units are submitted in order
and a campaign that ends by time lets those submitted finish, so that what was done is a prefix of what the settings
name.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

from fuzz.executor import Report, Task, failed, run_unit, subjects_of
from fuzz.settings import Settings, settings_from_json, total_programs, units
from oracle.outcome import Outcome
from oracle.store import Store, Unit

KIND = "fuzz"
BATCH = 64  # units added to the store at once where only the time ends the campaign
WORKER_DEATHS = 3  # how many workers one unit may take with it before it is reported as the suite's failure


class CampaignError(Exception):
    """The campaign cannot run; the message is for the user."""


class Watcher(ABC):
    """Told of what happens; shows it."""

    @abstractmethod
    def started(self, campaign: str, settings: Settings, done: int, total: int) -> None: ...

    @abstractmethod
    def unit_done(self, report: Report, done: int, total: int, new_findings: list[int]) -> None: ...

    @abstractmethod
    def finished(self, campaign: str) -> None: ...


class Quiet(Watcher):
    """Shows nothing."""

    def started(self, campaign: str, settings: Settings, done: int, total: int) -> None:
        pass

    def unit_done(self, report: Report, done: int, total: int, new_findings: list[int]) -> None:
        pass

    def finished(self, campaign: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the work is done: a scheduler's address, or processes of this machine."""

    jobs: int
    scheduler: str = ""


def begin(store: Store, settings: Settings) -> str:
    """Create a campaign in the store; returns its id. Raises LookupError if a compiler is missing."""
    version = subjects_of(settings)[0].version
    return store.create_campaign(KIND, settings.target, settings.as_json(), version).id


def stored_settings(store: Store, campaign: str) -> Settings:
    """The settings of a campaign in the store; raises SettingsError."""
    return settings_from_json(store.campaign(campaign).settings)


def run(store: Store, campaign: str, cluster: Cluster, watcher: Watcher, seconds: float | None = None) -> None:
    """Run a new or interrupted campaign until its programs are done or `seconds` have passed.

    On KeyboardInterrupt it is left "interrupted" in the store, and the exception goes on.
    """
    settings = stored_settings(store, campaign)
    total = total_programs(settings)
    if not total and seconds is None:
        raise CampaignError("a campaign needs an end: a number of programs, or a time")
    store.set_campaign_state(campaign, "running")
    done, _ = store.unit_counts(campaign)
    watcher.started(campaign, settings, done, total)
    began = time.monotonic()
    deadline = None if seconds is None else began + seconds
    state = "interrupted"
    try:
        with workers(cluster) as client:
            _drive(store, campaign, settings, client, cluster.jobs, watcher, deadline)
        finished, _ = store.unit_counts(campaign)
        # A campaign without a number of programs is complete when its time is over.
        state = "done" if not total or finished >= total else "interrupted"
    finally:
        watcher.finished(campaign)  # first, for the store may be the trouble
        store.log(campaign, "wall", f"{time.monotonic() - began:.3f} {cluster.jobs}")
        store.set_campaign_state(campaign, state)


def _drive(
    store: Store,
    campaign: str,
    settings: Settings,
    client: Any,  # distributed.Client: the package ships no types
    jobs: int,
    watcher: Watcher,
    deadline: float | None,
) -> None:
    from distributed import as_completed

    total = total_programs(settings)
    waiting = _pending(store, campaign, settings)
    in_flight: dict[Any, Task] = {}  # future -> task
    completed = as_completed()
    done, _ = store.unit_counts(campaign)

    def submit() -> bool:
        if deadline is not None and time.monotonic() >= deadline:
            return False
        task = next(waiting, None)
        if task is None:
            return False
        future = client.submit(run_unit, task, pure=False, key=f"{campaign}-{task.unit_id}-{os.getpid()}")
        in_flight[future] = task
        completed.add(future)
        return True

    # One unit waits at each worker, so that none idles; not more, for what is submitted is finished past the deadline.
    while len(in_flight) < 2 * jobs and submit():
        pass
    while in_flight:
        future = next(completed)
        task = in_flight.pop(future)
        report = _result(future, task)
        future.release()
        new = store.finish_unit(
            report.unit_id,
            report.program_hash,
            report.results,
            votes=report.votes,
            findings=report.findings,
            timings=report.timings,
        )
        done += 1
        watcher.unit_done(report, done, total, new)
        submit()


def _result(future: Any, task: Task) -> Report:
    """The worker's report, or one that says that no worker survived the unit."""
    try:
        report = future.result()
        assert isinstance(report, Report)
        return report
    except Exception as error:  # KilledWorker, a lost scheduler, an unpicklable report: all are the suite's failure
        return failed(
            task, Outcome.HARNESS_ERROR, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        )


def _pending(store: Store, campaign: str, settings: Settings) -> Iterator[Task]:
    """Tasks for all pending units in order; adds units to the store in batches as they are needed."""
    planned = units(settings)
    while True:
        # Batches that an earlier run added are added again without effect, then their pending units come out.
        batch = list(itertools.islice(planned, BATCH))
        if not batch:
            return
        store.add_units(campaign, batch)
        names = {(unit.generator, unit.seed, unit.options) for unit in batch}
        for stored in store.pending_units(campaign):
            unit = stored.unit
            if (unit.generator, unit.seed, unit.options) in names:
                yield _task(store, stored.id, unit, settings)


def _task(store: Store, unit_id: int, unit: Unit, settings: Settings) -> Task:
    known = store.known_hash(unit) or ""
    return Task(unit_id, unit, settings, known, store.reference_votes(known) if known else {})


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C reaches all processes of a terminal, but only the campaign should act on it. Threads that begin here, and
    the workers that these start and restart, keep SIGINT blocked; this thread takes it again at the end.
    """
    resource_tracker.ensure_running()  # unblocks signals in the thread that starts it, so it must be there before
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def workers(cluster: Cluster) -> Iterator[Any]:
    """A dask client, with a cluster of its own unless a scheduler is named."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise CampaignError(f"dask.distributed is not installed ({error}); pip install 'dask[distributed]'") from None
    for name in ("distributed", "distributed.nanny", "distributed.worker", "distributed.scheduler", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set(
        {
            "distributed.scheduler.allowed-failures": WORKER_DEATHS,
            "distributed.worker.daemon": False,  # workers start children of their own
            "distributed.admin.log-length": 0,
            "distributed.comm.timeouts.connect": "60s",
        }
    )
    own = None
    try:
        if cluster.scheduler:
            client = Client(cluster.scheduler, timeout="30s")
        else:
            with interrupts_held():
                own = LocalCluster(
                    n_workers=cluster.jobs,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # any free port: a second campaign must not warn of a taken one
                    memory_limit=0,
                    silence_logs=logging.CRITICAL,
                )
                client = Client(own)
    except (OSError, TimeoutError, ValueError) as error:
        where = f"the scheduler at '{cluster.scheduler}'" if cluster.scheduler else "worker processes"
        raise CampaignError(f"cannot reach {where}: {error}") from None
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=5)
        if own is not None:
            with contextlib.suppress(Exception):
                own.close(timeout=10)
