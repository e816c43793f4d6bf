"""`python -m compiler.driver.server WARM-UP`: carries out commands of pycc that are sent to it, each in a forked child.

Start-up (imports, tables of the target, reading the run-time library) is paid once: WARM-UP are the options whose
target and level are made ready. A command cannot change what the next one finds, because only children carry out
commands. Standard input is the connection, a stream socket. Every message is four bytes of length, most significant
first, and that many bytes of JSON.

    <- {"event": "ready"}
    -> {"argv": [...], "cwd": "...", "limits": {"cpu": s, "memory": bytes, "file": bytes, "stack": bytes}}
       with two descriptors attached (SCM_RIGHTS): standard output and standard error
    <- {"event": "started", "pid": n} with the child's pidfd attached; the child leads a session of its own
    <- {"event": "ended", "status": as of wait(2), "cpu": s, "peak": bytes, "server": bytes}
    or {"event": "refused", "detail": "..."} instead of both: nothing was started

The client may kill the child's group at any time. Invariant: a child is not reaped before its end is reported, nothing
of its group outlives it, and when the client goes, child and server go too.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import socket
import sys
from typing import Final, final

from compiler.driver import cli, frontend, runtime, targets
from compiler.driver.options import Command, UsageError, parse_command
from compiler.driver.tables import Tables

_LONGEST: Final = 64 << 20  # bytes of a message
_DESCRIPTORS: Final = 2


class Garbage(Exception):
    """What arrived is no request. Where the next one would begin is unknown if `lost`."""

    def __init__(self, detail: str, lost: bool) -> None:
        super().__init__(detail)
        self.detail: Final = detail
        self.lost: Final = lost


@final
class Request:
    """One command. `files` are standard output and standard error, closed by `close`."""

    def __init__(self, message: object, files: list[int]) -> None:
        if not isinstance(message, dict):
            raise Garbage("the request is no object", False)
        argv = message.get("argv")
        folder = message.get("cwd")
        limits = message.get("limits", {})
        if not isinstance(argv, list) or not all(isinstance(word, str) and "\0" not in word for word in argv):
            raise Garbage("'argv' is no list of words", False)
        if not isinstance(folder, str) or "\0" in folder:
            raise Garbage("'cwd' is no path", False)
        if not isinstance(limits, dict):
            raise Garbage("'limits' is no object", False)
        if len(files) != _DESCRIPTORS:
            raise Garbage("standard output and standard error are not attached", False)
        self.argv: Final[list[str]] = argv
        self.folder: Final = folder
        self.files: Final = files
        self.limits: Final[list[tuple[int, int]]] = [(resource.RLIMIT_CORE, 0)]
        for kind, name in (
            (resource.RLIMIT_CPU, "cpu"), (resource.RLIMIT_AS, "memory"), (resource.RLIMIT_FSIZE, "file"),
            (resource.RLIMIT_STACK, "stack"),
        ):  # fmt: skip
            value = limits.get(name)
            if isinstance(value, int) and 0 < value < 1 << 62:
                self.limits.append((kind, value))
            elif value is not None:
                raise Garbage(f"'{name}' is no limit", False)

    def apply_limits(self) -> None:
        """A limit can only be lowered, so one above the server's own means the server's own."""
        for kind, wanted in self.limits:
            hard = resource.getrlimit(kind)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(kind, (value, value))


@final
class Connection:
    """Messages over a stream socket."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel: Final = channel

    def receive(self) -> Request | None:
        """The next request; None when the client has gone. Raises Garbage, with no descriptor left open."""
        files: list[int] = []
        head = self._bytes(4, files)
        if head is None:
            _close(files)
            return None
        length = int.from_bytes(head, "big")
        if length > _LONGEST:
            _close(files)
            raise Garbage(f"a message of {length} bytes", True)
        body = self._bytes(length, files)
        if body is None:
            _close(files)
            return None
        try:
            return Request(json.loads(body), files)
        except Garbage:
            _close(files)
            raise
        except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, or brackets without end
            _close(files)
            raise Garbage(f"no JSON: {error}", False) from None

    def _bytes(self, count: int, files: list[int]) -> bytes | None:
        """Exactly so many bytes, None if the client goes first. Descriptors that come along are added to `files`."""
        parts: list[bytes] = []
        missing = count
        while missing:
            try:
                data, attached, _, _ = socket.recv_fds(self.channel, min(missing, 1 << 20), 8)
            except OSError:
                return None
            files.extend(attached)
            if not data:
                return None
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def send(self, message: dict[str, object], files: list[int]) -> bool:
        """False if the client has gone."""
        body = json.dumps(message).encode()
        data = len(body).to_bytes(4, "big") + body
        try:
            sent = socket.send_fds(self.channel, [data], files) if files else 0
            self.channel.sendall(data[sent:])
        except OSError:
            return False
        return True


def _close(files: list[int]) -> None:
    for file in files:
        os.close(file)
    files.clear()


@final
class Server:
    """Serves one client, one command at a time."""

    def __init__(self, channel: socket.socket, tables: Tables) -> None:
        self.connection: Final = Connection(channel)
        self.descriptor: Final = channel.fileno()
        self.tables: Final = tables

    def serve(self) -> None:
        """Until the client goes."""
        if not self.connection.send({"event": "ready"}, []):
            return
        while True:
            try:
                request = self.connection.receive()
            except Garbage as garbage:
                if not self._refuse(garbage.detail) or garbage.lost:
                    return
                continue
            if request is None or not self._carry_out(request):
                return

    def _refuse(self, detail: str) -> bool:
        return self.connection.send({"event": "refused", "detail": detail}, [])

    def _carry_out(self, request: Request) -> bool:
        """Whether the client is still there afterwards."""
        try:
            os.chdir(request.folder)
            child = os.fork()
        except OSError as error:
            _close(request.files)
            return self._refuse(f"cannot start: {error}")
        if child == 0:
            self._become_command(request)
        _close(request.files)
        os.chdir("/")  # a folder that somebody works in cannot be unmounted
        watched = os.pidfd_open(child)
        try:
            alive = self.connection.send({"event": "started", "pid": child}, [watched])
            alive = alive and self._wait(watched)
        finally:
            try:
                os.killpg(child, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            try:
                signal.pidfd_send_signal(watched, signal.SIGKILL)  # it may not lead its group yet
            except ProcessLookupError:
                pass
            _, status, used = os.wait4(child, 0)
            os.close(watched)
        message: dict[str, object] = {
            "event": "ended", "status": status, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss << 10,
            "server": resident_bytes(),
        }  # fmt: skip
        return alive and self.connection.send(message, [])

    def _wait(self, watched: int) -> bool:
        """Until the child has ended; False if the client goes before."""
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        poll.register(self.descriptor, 0)  # hanging up is always reported
        while True:
            for descriptor, _ in poll.poll():
                return descriptor == watched

    def _become_command(self, request: Request) -> None:
        """In the child; does not return."""
        try:
            os.setsid()
            os.dup2(request.files[0], 1)
            os.dup2(request.files[1], 2)
            _close(request.files)
            os.close(self.descriptor)
            request.apply_limits()
            cli.run_and_leave(request.argv, self.tables)
        except BaseException as error:  # must not go on as a second server
            os.write(2, f"pycc: internal error: {type(error).__name__}: {error}\n".encode("utf-8", "replace"))
        finally:
            os._exit(70)


def resident_bytes() -> int:
    """What this process occupies now; 0 where that is not told."""
    try:
        with open("/proc/self/statm", "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def prepare(words: list[str]) -> Tables:
    """Imports all that a compile and link imports, and makes the tables of `words`' target and level. Raises UsageError
    for words that are no command's.
    """
    _import_stages()
    tables = Tables()
    command = parse_command(words)
    if command.errors:
        raise UsageError(command.errors[0])
    choice = targets.choose(command.value("target", targets.DEFAULT), command.machine, tables)
    if choice.generates:
        choice.rules()
        frontend.prepare_macros(command, choice)
        _prepare_library(command, choice)
    return tables


def _prepare_library(command: Command, choice: targets.Choice) -> None:
    """A library that is not in the cache is put there by a child, so that compiling it leaves nothing behind here.
    Where that fails, each command finds out and reports it.
    """
    if runtime.prepare_library(command, choice):
        return
    child = os.fork()
    if child == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1)
            os.dup2(null, 2)
            cli.run_and_leave([*command.words, "--build-runtime"], choice.tables)
        finally:
            os._exit(70)
    os.waitpid(child, 0)
    runtime.prepare_library(command, choice)


def _import_stages() -> None:
    """The modules that stages import when they are reached; a test compares this with what a compile finds missing."""
    import compiler.asm.printer
    import compiler.asm.unit
    import compiler.codegen.emit
    import compiler.codegen.legal
    import compiler.driver.crash
    import compiler.driver.linking
    import compiler.driver.steps
    import compiler.ir.printer
    import compiler.ir.verifier
    import compiler.link.link
    import compiler.lower.unit
    import compiler.object.writer
    import compiler.parse.unit
    import compiler.passes.pipeline
    import compiler.preprocess.dependencies
    import compiler.preprocess.printing  # noqa: F401  # used by those that find them loaded


def main() -> None:
    """Ends the process."""
    gc.disable()
    channel = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    try:
        tables = prepare(sys.argv[1:])
    except UsageError as error:
        sys.stderr.write(f"pycc: fatal error: {error}\n")
        os._exit(1)
    gc.collect()
    gc.freeze()  # children share these pages as long as nobody writes to them
    Server(channel, tables).serve()
    os._exit(0)


if __name__ == "__main__":
    main()
