"""Which service compiles for a compiler, and the one that asks a persistent server: there a compile costs a fork
instead of a start-up.

Invariant: every job gets a result, and the same one that a process of its own would give (apart from the time). A
server that does not start, dies, or does not answer is given up, and the job is carried out by `ProcessService`.
"""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from emulators.limits import MEGABYTE, Limits
from emulators.process import Execution, Usage, Watch
from oracle.compilers import CompileJob, Compiler, CompileResult, CompileService, ProcessService, classify

# A server forgets whatever its children did, so it lives long; it is replaced in case something grows after all.
COMPILES = 5000
GROWTH = 256 * MEGABYTE
# Servers that failed one after the other before no more is started from the same files.
FAILURES = 3
# Wall-clock seconds for an answer that needs no computation: only a server that is stopped or stuck takes so long.
ANSWER_SECONDS = 120.0
START_SECONDS = 600.0  # its library may have to be compiled first
CLOSE_SECONDS = 5.0  # for a server that is not stuck to notice


class ServerLost(Exception):
    """The server is gone or useless; what it was doing is not known."""


class Refused(Exception):
    """The server is there but started nothing: the folder is gone, or there is no room for a process."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One command that the server carried out, and what the server occupied afterwards."""

    execution: Execution
    server_bytes: int


class CompileServer:
    """One server process. Its methods raise ServerLost, after which only `close` may be called."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self._channel = ours
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=dict(environment),
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise ServerLost(str(error)) from None
        try:
            self._expect("ready", START_SECONDS)
        except ServerLost:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the server itself."""
        return self._process.pid

    def run(self, argv: list[str], folder: Path, limits: Limits) -> Ended:
        """Carry out one command of pycc (`argv` without the program's name) in `folder`. Raises Refused, too."""
        with ExitStack() as files:
            with ExitStack() as writers:
                out, out_writer = _pipe(files, writers)
                err, err_writer = _pipe(files, writers)
                self._send(_request(argv, folder, limits), [out_writer, err_writer])
            started, attached = self._receive(ANSWER_SECONDS)
            for file in attached:
                files.callback(os.close, file)
            pid = started.get("pid")
            if started.get("event") == "refused":
                raise Refused(str(started.get("detail", "")))
            if started.get("event") != "started" or not isinstance(pid, int) or len(attached) != 1:
                raise ServerLost(f"'started' was expected, not {started}")
            watch = Watch(pid, attached[0], out, err, limits)
            files.callback(watch.close)
            try:
                watch.until_end()
            finally:
                watch.kill()
            ended = self._expect("ended", ANSWER_SECONDS)
            watch.drain()
            usage = Usage(_integer(ended, "status"), _number(ended, "cpu"), _integer(ended, "peak"))
            return Ended(watch.execution(usage), _integer(ended, "server"))

    def close(self) -> None:
        """End the server, and with it what it is doing."""
        self._channel.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: dict[str, object], files: list[int]) -> None:
        body = json.dumps(message).encode()
        data = len(body).to_bytes(4, "big") + body
        try:
            self._channel.settimeout(ANSWER_SECONDS)
            sent = socket.send_fds(self._channel, [data], files)
            self._channel.sendall(data[sent:])
        except OSError as error:
            raise ServerLost(str(error)) from None

    def _expect(self, event: str, seconds: float) -> dict[str, object]:
        message, attached = self._receive(seconds)
        for file in attached:
            os.close(file)
        if message.get("event") != event:
            raise ServerLost(f"'{event}' was expected, not {message}")
        return message

    def _receive(self, seconds: float) -> tuple[dict[str, object], list[int]]:
        files: list[int] = []
        self._channel.settimeout(seconds)
        try:
            length = int.from_bytes(self._bytes(4, files), "big")
            message = json.loads(self._bytes(length, files))
        except (OSError, ValueError) as error:
            for file in files:
                os.close(file)
            raise ServerLost(str(error)) from None
        if not isinstance(message, dict):
            raise ServerLost("an answer is no object")
        return message, files

    def _bytes(self, count: int, files: list[int]) -> bytes:
        data = b""
        while len(data) < count:
            part, attached, _, _ = socket.recv_fds(self._channel, count - len(data), 4)
            files.extend(attached)
            if not part:
                raise ConnectionError("the server has gone")
            data += part
        return data


def _pipe(readers: ExitStack, writers: ExitStack) -> tuple[int, int]:
    """A reading and a writing end, with who closes them."""
    reader, writer = os.pipe()
    readers.callback(os.close, reader)
    writers.callback(os.close, writer)
    return reader, writer


def _request(argv: list[str], folder: Path, limits: Limits) -> dict[str, object]:
    """The kernel's limits stand behind those that `Watch` decides; whole seconds, as there."""
    return {
        "argv": argv,
        "cwd": str(folder),
        "limits": {
            "cpu": math.ceil(limits.cpu_seconds) + 2,
            "memory": limits.memory_bytes,
            "file": limits.file_bytes,
            "stack": limits.stack_bytes,
        },
    }


def _integer(message: dict[str, object], name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int):
        raise ServerLost(f"no '{name}' in {message}")
    return value


def _number(message: dict[str, object], name: str) -> float:
    value = message.get(name)
    if not isinstance(value, int | float):
        raise ServerLost(f"no '{name}' in {message}")
    return float(value)


class ServerService:
    """Compiles with a server that is started at the first job, from the native build once that is complete."""

    def __init__(self, compiler: Compiler) -> None:
        assert compiler.server, compiler.name
        self._compiler = compiler
        self._alone = ProcessService(compiler)
        self._environment = {**os.environ, "LC_ALL": "C", **dict(compiler.environment)}
        self._server: CompileServer | None = None
        self._files: tuple[str, ...] = ()  # where the server's code is, links resolved
        self._compiles = 0
        self._first_bytes = 0
        self._failures = 0

    @property
    def compiler(self) -> Compiler:
        """Whose results these are."""
        return self._compiler

    @property
    def server(self) -> CompileServer | None:
        """The server that did the last job, None if a process of its own did."""
        return self._server

    def compile(self, job: CompileJob) -> CompileResult:
        """Compile one job in a child of the server, or in a process of its own where that fails."""
        command = self._compiler.command(job)
        output = job.folder / job.output
        try:
            server = self._ready_server()
            if server is not None:
                output.unlink(missing_ok=True)  # a stale executable must never be taken for this compile's
                ended = server.run(command[len(self._compiler.argv) :], job.folder, self._compiler.limits)
                self._account(ended)
                return classify(self._compiler.dialect, tuple(command), ended.execution, output)
        except Refused:
            pass
        except ServerLost:
            self._failures += 1
            self._stop()
        except BaseException:
            self._stop()  # whatever was interrupted, the next answer would be that to this job
            raise
        return self._alone.compile(job)

    def close(self) -> None:
        """End the server."""
        self._stop()

    def _ready_server(self) -> CompileServer | None:
        """The server, a new one where the old one is used up or its code is no longer what would be run; None where
        servers keep failing.
        """
        path = self._environment.get("PYTHONPATH", "").split(os.pathsep)
        files = tuple(os.path.realpath(entry) for entry in path if entry and os.path.exists(entry))
        if files != self._files:
            self._stop()
            self._failures = 0
            self._files = files
        if self._compiles >= COMPILES:
            self._stop()
        if self._server is None and self._failures < FAILURES:
            # Resolved, so that all its modules come from one build even if the link changes meanwhile.
            environment = {**self._environment, "PYTHONPATH": os.pathsep.join(files)}
            command = [*self._compiler.server, *self._compiler.options]
            self._server = CompileServer(command, environment)
        return self._server

    def _account(self, ended: Ended) -> None:
        self._failures = 0
        self._compiles += 1
        if not self._first_bytes:
            self._first_bytes = ended.server_bytes
        elif ended.server_bytes > self._first_bytes + GROWTH:
            self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None
        self._compiles = 0
        self._first_bytes = 0


def open_service(compiler: Compiler) -> CompileService:
    """The way to compile with `compiler`."""
    return ServerService(compiler) if compiler.server else ProcessService(compiler)
