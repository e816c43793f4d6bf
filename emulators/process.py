"""Child processes under limits: CPU, memory, stack, output, file size, own folder, own process group, no network.

Invariant: when `execute` returns, no process of the child's group is left. CPU time decides hangs: the parent sleeps
for the CPU time that the group has left, looks at what it has used, and sleeps again, so that a fraction of a second
can be a limit (RLIMIT_CPU counts whole seconds and stands behind as a backstop). Limits are set by a shell in the
child before the program starts, because a Python `preexec_fn` is unsafe in the threaded processes that call this.
"""

from __future__ import annotations

import functools
import math
import os
import resource
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from emulators.limits import Limits


class Ended(StrEnum):
    """How a child process ended."""

    EXITED = "exited"
    SIGNAL = "signal"
    CPU_LIMIT = "cpu-limit"
    IDLE_LIMIT = "idle-limit"
    OUTPUT_LIMIT = "output-limit"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Execution:
    """The record of one child process. `exit_code` is set for EXITED, `signal` for SIGNAL."""

    ended: Ended
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_seconds: float = 0.0  # of the child and everything it waited for
    peak_bytes: int = 0
    detail: str = ""

    def describe(self) -> str:
        """One line."""
        if self.ended is Ended.EXITED:
            return f"exit status {self.exit_code}"
        if self.ended is Ended.SIGNAL:
            return f"killed by signal {self.signal}"
        return f"{self.ended}: {self.detail}" if self.detail else str(self.ended)


def execute(
    argv: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    network: bool = True,
) -> Execution:
    """Run `argv` in `folder` to its end or to a limit.

    `network=False` takes the network away where the kernel permits that (`network_can_be_removed`). Never raises for
    what the program does; a program that cannot be started gives NOT_STARTED.
    """
    if shutil.which(argv[0], path=(environment or os.environ).get("PATH", os.defpath)) is None:
        return Execution(Ended.NOT_STARTED, detail=f"cannot run '{argv[0]}'")
    prefix = () if network else network_removal()
    command = ["/bin/sh", "-c", _limit_script(limits), "sh", *prefix, *argv]
    stdin_file = _stdin_file(stdin)
    try:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdin=stdin_file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Execution(Ended.NOT_STARTED, detail=str(error))
    finally:
        os.close(stdin_file)
    assert child.stdout is not None and child.stderr is not None
    pid_file = os.pidfd_open(child.pid)
    watch = Watch(child.pid, pid_file, child.stdout.fileno(), child.stderr.fileno(), limits)
    try:
        watch.until_end()
    finally:
        watch.kill()
        usage = _reap(child)
        watch.drain()
        watch.close()
        os.close(pid_file)
        child.stdout.close()
        child.stderr.close()
    return watch.execution(usage)


def _limit_script(limits: Limits) -> str:
    """A shell script that limits itself and becomes its arguments. `ulimit` counts seconds, kilobytes and 512-byte
    blocks.
    """
    cpu = _clamp(resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds) + 2, 1)
    memory = _clamp(resource.RLIMIT_AS, limits.memory_bytes, 1024)
    stack = _clamp(resource.RLIMIT_STACK, limits.stack_bytes, 1024)
    files = _clamp(resource.RLIMIT_FSIZE, limits.file_bytes, 512)
    return f'ulimit -c 0; ulimit -t {cpu}; ulimit -v {memory}; ulimit -s {stack}; ulimit -f {files}; exec "$@"'


def _clamp(kind: int, wanted: int, unit: int) -> int:
    """`wanted` in units, at most the hard limit this process has itself (a limit can only be lowered)."""
    hard = resource.getrlimit(kind)[1]
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return max(1, allowed // unit)


def _stdin_file(data: bytes) -> int:
    if not data:
        return os.open(os.devnull, os.O_RDONLY)
    file = os.memfd_create("stdin")
    with os.fdopen(os.dup(file), "wb") as writer:
        writer.write(data)
    os.lseek(file, 0, os.SEEK_SET)
    return file


@functools.cache
def network_removal() -> tuple[str, ...]:
    """The command prefix that takes the network away, or nothing where the kernel does not permit it."""
    if shutil.which("unshare") is None:
        return ()
    for prefix in (("unshare", "-n", "--"), ("unshare", "-r", "-n", "--")):
        try:
            done = subprocess.run([*prefix, "true"], capture_output=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return prefix
    return ()


def network_can_be_removed() -> bool:
    """Whether `execute(network=False)` has an effect here."""
    return bool(network_removal())


@dataclass(frozen=True, slots=True)
class Usage:
    """What the system says of a process that was waited for. `status` is that of wait(2)."""

    status: int
    cpu_seconds: float
    peak_bytes: int


def _reap(child: subprocess.Popen[bytes]) -> Usage:
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Usage(status, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


class Watch:
    """One running process, the leader of a session: collects what it prints, and decides when it has had enough.

    It need not be a child of this process. Whoever started it owns the descriptors, the pidfd among them, and calls
    `until_end`, `kill`, reaps, `drain`, `close`, `execution`.
    """

    def __init__(self, pid: int, pid_file: int, stdout: int, stderr: int, limits: Limits) -> None:
        self._pid = pid
        self._pid_file = pid_file
        self._limits = limits
        self._stdout = stdout
        self._stderr = stderr
        self._output: dict[int, bytearray] = {}
        self._printed = 0
        self._ended: Ended | None = None
        self._cpu_seen = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(pid_file, selectors.EVENT_READ)
        for file in (stdout, stderr):
            os.set_blocking(file, False)
            self._output[file] = bytearray()
            self._selector.register(file, selectors.EVENT_READ)

    def until_end(self) -> None:
        """Return when the child has ended by itself or has reached a limit."""
        now = time.monotonic()
        idle_deadline = now + self._limits.idle_seconds
        next_look = now + self._limits.cpu_seconds
        while True:
            timeout = max(0.0, min(idle_deadline, next_look) - time.monotonic())
            ready = [key.fd for key, _ in self._selector.select(timeout)]
            for file in ready:
                if file != self._pid_file and not self._read(file):
                    return
            if self._pid_file in ready:
                return
            now = time.monotonic()
            if now >= next_look:
                self._cpu_seen = group_cpu_seconds(self._pid)
                left = self._limits.cpu_seconds - self._cpu_seen
                if left <= 0:
                    self._ended = Ended.CPU_LIMIT
                    return
                next_look = now + max(left, 0.01)
            if now >= idle_deadline:
                self._ended = Ended.IDLE_LIMIT
                return

    def _read(self, file: int) -> bool:
        """Take what is there; False once the output limit is reached."""
        try:
            data = os.read(file, 1 << 16)
        except BlockingIOError:
            return True
        if not data:
            self._selector.unregister(file)
            return True
        room = self._limits.output_bytes - self._printed
        self._output[file] += data[: max(0, room)]
        self._printed += len(data)
        if self._printed > self._limits.output_bytes:
            self._ended = Ended.OUTPUT_LIMIT
            return False
        return True

    def kill(self) -> None:
        """End what is left of the session's first group. The leader must not be reaped before, so that its id is still
        its own.
        """
        try:
            os.killpg(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            signal.pidfd_send_signal(self._pid_file, signal.SIGKILL)  # it may not have made its group yet
        except ProcessLookupError:
            pass

    def drain(self) -> None:
        """Collect the last output, when all that could print has ended."""
        for file in (self._stdout, self._stderr):
            while self._ended is None and file in self._selector.get_map():
                before = self._printed
                if not self._read(file) or self._printed == before:
                    break

    def close(self) -> None:
        """Forget the descriptors."""
        self._selector.close()

    def execution(self, usage: Usage) -> Execution:
        """The record."""
        cpu = max(self._cpu_seen, usage.cpu_seconds)
        code = os.waitstatus_to_exitcode(usage.status)
        ended = self._ended or (Ended.EXITED if code >= 0 else Ended.SIGNAL)
        backstop = code in (-signal.SIGXCPU, -signal.SIGKILL) and cpu >= self._limits.cpu_seconds
        if ended is Ended.SIGNAL and backstop:
            ended = Ended.CPU_LIMIT
        return Execution(
            ended=ended,
            exit_code=code if ended is Ended.EXITED else None,
            signal=-code if ended is Ended.SIGNAL else None,
            stdout=bytes(self._output[self._stdout]),
            stderr=bytes(self._output[self._stderr]),
            cpu_seconds=cpu,
            peak_bytes=usage.peak_bytes,
            detail="" if ended in (Ended.EXITED, Ended.SIGNAL) else self._limit_text(ended),
        )

    def _limit_text(self, ended: Ended) -> str:
        if ended is Ended.CPU_LIMIT:
            return f"more than {self._limits.cpu_seconds:g} CPU seconds"
        if ended is Ended.IDLE_LIMIT:
            return f"not ended after {self._limits.idle_seconds:g} seconds"
        return f"more than {self._limits.output_bytes} bytes printed"


def process_cpu_seconds(pid: int) -> float:
    """CPU time of a process and the children it has waited for; 0.0 if it is gone."""
    fields = _stat_fields(str(pid))
    return _cpu_of(fields) if fields else 0.0


def group_cpu_seconds(leader: int) -> float:
    """CPU time of all processes of the session that `leader` began, those that have ended and been waited for
    included.
    """
    total = 0.0
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat_fields(name)
            if fields and int(fields[_SESSION]) == leader:
                total += _cpu_of(fields)
    return total


# proc(5), fields of /proc/PID/stat counted from the one behind the command name: state is 0.
_SESSION = 3
_UTIME = 11
_TICKS = os.sysconf("SC_CLK_TCK")


def _stat_fields(pid: str) -> list[str]:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_of(fields: Sequence[str]) -> float:
    return sum(int(field) for field in fields[_UTIME : _UTIME + 4]) / _TICKS
