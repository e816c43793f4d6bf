"""The command `pycc`: exit codes as gcc's (0, 1), 70 after an internal error, 130 after Ctrl-C.

The work runs in a thread of its own, because only a thread's stack can be given a size: deeply nested sources need one.
"""

from __future__ import annotations

import _thread
import gc
import os
import sys
from typing import TYPE_CHECKING, Final, final

from compiler.driver.options import Command, UsageError, parse_command
from compiler.driver.tables import Tables

if TYPE_CHECKING:
    from compiler.driver.steps import Steps

# Bytes of stack, tried in this order; under a limit of address space the first ones may be refused.
_STACKS: Final = (512 << 20, 128 << 20, 32 << 20)
_RECURSION: Final = 100_000
_INTERRUPTED: Final = 130


@final
class _Job:
    """The command's run in its thread."""

    def __init__(self, arguments: list[str], tables: Tables) -> None:
        self.arguments: Final = arguments
        self.tables: Final = tables
        self.code = 1
        self.done: Final = _thread.allocate_lock()
        self.done.acquire()

    def run(self) -> None:
        try:
            self.code = run(self.arguments, self.tables)
        except BaseException as error:  # of reporting itself; the process ends as soon as `done` is released
            from compiler.driver import crash

            self.code = crash.report(error, self.arguments, None, None)
        finally:
            self.done.release()


def main() -> None:
    """The console script; ends the process."""
    gc.disable()  # syntax trees and IR are freed with the process
    run_and_leave(sys.argv[1:], Tables())


def run_and_leave(arguments: list[str], tables: Tables) -> None:
    """Carries out one command and ends the process with its exit code."""
    job = _Job(arguments, tables)
    try:
        _start(job)
        job.done.acquire()
        code = job.code
    except KeyboardInterrupt:
        code = _INTERRUPTED
    _leave(code)


def _start(job: _Job) -> None:
    for size in _STACKS:
        try:
            _thread.stack_size(size)
            _thread.start_new_thread(job.run, ())
            return
        except (RuntimeError, ValueError, MemoryError):
            continue
    _thread.stack_size(0)
    job.run()


def _leave(code: int) -> None:
    """Ends at once: tearing down a heap of millions of objects takes longer than compiling a small file."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code if code else 1
    os._exit(code)


def _is_question(command: Command) -> bool:
    if command.has("question") or command.has("print-file-name") or command.has("print-prog-name"):
        return True
    return command.has("verbose") and not command.inputs


def run(arguments: list[str], tables: Tables) -> int:
    """Carries out one command line and returns the exit code. Mistakes and internal errors are told on stderr."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    steps: Steps | None = None
    words = arguments
    try:
        command = parse_command(arguments)
        words = command.words
        for text in command.errors:
            sys.stderr.write(f"pycc: error: {text}\n")
        if command.errors:
            return 1
        if _is_question(command):
            from compiler.driver.questions import answer

            return answer(command)
        from compiler.driver import targets
        from compiler.driver.steps import Steps

        steps = Steps(command, targets.choose(command.value("target", targets.DEFAULT), command.machine, tables))
        return steps.run()
    except UsageError as error:
        sys.stderr.write(f"pycc: fatal error: {error}\ncompilation terminated.\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except MemoryError:
        sys.stderr.write("pycc: fatal error: out of memory\ncompilation terminated.\n")
        return 1
    except RecursionError:
        sys.stderr.write("pycc: fatal error: the source is nested too deeply\ncompilation terminated.\n")
        return 1
    except Exception as error:  # anything else is a defect of pycc
        if steps is not None:
            return steps.internal_error(error)
        from compiler.driver import crash

        return crash.report(error, words, None, None)


if __name__ == "__main__":
    main()
