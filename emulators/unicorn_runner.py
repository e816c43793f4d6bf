"""Unicorn in recycled child processes.

Invariant: nothing that an emulated program does can harm the calling process, and each `run` gives exactly one `Run`.
A worker is replaced after a number of runs (long-lived Unicorn processes leak), after a run that it did not survive,
and after one that used up its CPU time. A run that kills its worker is tried once more in a fresh one, since a worker
may have been damaged by its predecessor; twice is a harness error.
"""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from emulators.limits import RUN_LIMITS, Limits
from emulators.messages import Job, receive, send
from emulators.outcome import How, Run
from emulators.process import process_cpu_seconds

ROOT = Path(__file__).resolve().parents[1]
RUNS_PER_WORKER = 200
ANSWER_MARGIN = 0.25  # CPU seconds for loading an image and setting up the machine


class _Worker:
    """One child process that runs programs one after the other."""

    def __init__(self) -> None:
        path = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "emulators.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONSAFEPATH": "1"},
        )
        assert self._child.stdin is not None and self._child.stdout is not None
        self._requests = self._child.stdin
        self._answers = self._child.stdout
        self.runs = 0

    def run(self, job: Job) -> Run | None:
        """The answer, or None if the worker did not survive."""
        self.runs += 1
        try:
            send(self._requests, job)
        except OSError:
            return None
        began = process_cpu_seconds(self._child.pid)
        allowed = job.limits.cpu_seconds + ANSWER_MARGIN
        idle_deadline = time.monotonic() + job.limits.idle_seconds
        left = allowed
        while True:
            timeout = min(left, idle_deadline - time.monotonic())
            if select.select([self._answers], [], [], max(0.0, timeout))[0]:
                break
            left = allowed - (process_cpu_seconds(self._child.pid) - began)
            if left <= 0:
                return self._stopped(How.CPU_LIMIT, allowed - left)
            if time.monotonic() >= idle_deadline:
                return self._stopped(How.IDLE_LIMIT, allowed - left)
            left = max(left, 0.01)
        try:
            answer = receive(self._answers)
        except Exception:  # a damaged worker may send anything
            return None
        return answer if isinstance(answer, Run) else None

    def _stopped(self, how: How, used: float) -> Run:
        self.close()
        return Run(how, cpu_seconds=used, detail=f"after {used:.2f} CPU seconds", emulator="unicorn")

    @property
    def alive(self) -> bool:
        """Whether it can take another job."""
        return self._child.poll() is None

    def close(self) -> None:
        """End it."""
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        for pipe in (self._requests, self._answers):
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # an unsent job of a dead worker


class UnicornPool:
    """Up to `size` workers, started when needed; `run` may be called from several threads."""

    def __init__(self, size: int = 1, runs_per_worker: int = RUNS_PER_WORKER) -> None:
        assert size >= 1 and runs_per_worker >= 1
        self._runs_per_worker = runs_per_worker
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)  # a place without a worker yet
        self._size = size

    def run(self, executable: Path, machine: str, limits: Limits = RUN_LIMITS) -> Run:
        """Run `executable`; waits for a free worker. Never raises for what the program does."""
        job = Job(executable.resolve(), machine, limits)
        worker = self._idle.get()
        try:
            for _ in range(2):
                if worker is not None and (worker.runs >= self._runs_per_worker or not worker.alive):
                    worker.close()
                    worker = None
                if worker is None:
                    worker = _Worker()
                run = worker.run(job)
                if run is not None:
                    return run
                worker.close()
            return Run(How.HARNESS_ERROR, detail="the emulator crashed twice on this program", emulator="unicorn")
        except BaseException:
            # An interrupted exchange leaves an answer in the pipe that must not be taken for the next job's.
            if worker is not None:
                worker.close()
            worker = None
            raise
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all workers; runs in other threads must be over."""
        for _ in range(self._size):
            worker = self._idle.get()
            if worker is not None:
                worker.close()
        for _ in range(self._size):
            self._idle.put(None)

    def __enter__(self) -> UnicornPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
