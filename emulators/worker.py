"""The Unicorn worker: reads jobs from standard input, writes one `Run` per job to standard output.

Invariant: one answer per job, in order; a job that this process cannot finish (a crash in Unicorn, too much CPU time)
ends the process, which the parent turns into an answer.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from emulators.arch import ARCHES
from emulators.image import ImageError, load_image
from emulators.messages import Job, receive, send
from emulators.outcome import How, Run

# Address space besides the program's own memory: Unicorn reserves a gigabyte for translated code per machine.
WORKER_BYTES = 6 << 30


def serve_one(job: Job) -> Run:
    """The answer to one job."""
    from emulators.unicorn_machine import emulate  # loads Unicorn, which only the worker needs

    arch = ARCHES[job.machine]
    try:
        image = load_image(job.executable, arch.name, arch.elf_machine, job.limits.memory_bytes)
    except ImageError as error:
        return Run(How.BAD_IMAGE, detail=str(error), emulator="unicorn")
    resource.setrlimit(resource.RLIMIT_AS, (WORKER_BYTES + job.limits.memory_bytes, resource.RLIM_INFINITY))
    try:
        return emulate(image, job.limits)
    except MemoryError:
        return Run(How.HARNESS_ERROR, detail="the worker ran out of memory", emulator="unicorn")


def main() -> int:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints by accident may get between the answers
    while True:
        job = receive(requests)
        if job is None:
            return 0
        assert isinstance(job, Job), job
        try:
            run = serve_one(job)
        except Exception as error:  # the parent must get an answer, and the cause with it
            run = Run(How.HARNESS_ERROR, detail=f"{type(error).__name__}: {error}", emulator="unicorn")
        send(answers, run)


if __name__ == "__main__":
    sys.exit(main())
