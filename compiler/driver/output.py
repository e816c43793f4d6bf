"""Writing files: what failed half-way is removed, and a full disk is a message."""

from __future__ import annotations

import os
from typing import Final

from compiler.driver.options import UsageError

STANDARD_OUTPUT: Final = "-"


def write_bytes(path: str, data: bytes, executable: bool = False) -> None:
    """Writes a file ("-": standard output). Raises UsageError; nothing half-written stays behind."""
    if path == STANDARD_OUTPUT:
        write_standard_output(data)
        return
    regular = not os.path.exists(path) or os.path.isfile(path)
    try:
        if regular and executable and os.path.exists(path):
            os.unlink(path)  # it may be running
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o777 if executable else 0o666)
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}") from None
    try:
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)
    except OSError as error:
        if regular:
            remove(path)
        raise UsageError(f"error writing '{path}': {error.strerror}") from None


def write_text(path: str, text: str) -> None:
    write_bytes(path, text.encode("utf-8", "surrogateescape"))


def write_standard_output(data: bytes) -> None:
    try:
        _write_all(1, data)
    except OSError as error:
        raise UsageError(f"error writing to standard output: {error.strerror}") from None


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        written = os.write(descriptor, view)  # apart from the slice: mypyc evaluates a slice's lower bound twice
        view = view[written:]


def remove(path: str) -> None:
    """Removes a file that may be missing."""
    try:
        os.unlink(path)
    except OSError:
        return


def read_file(path: str) -> bytes:
    """A whole file ("-": standard input). Raises UsageError."""
    try:
        if path == STANDARD_OUTPUT:
            parts: list[bytes] = []
            while True:
                part = os.read(0, 1 << 16)
                if not part:
                    return b"".join(parts)
                parts.append(part)
        if os.path.isdir(path):
            raise UsageError(f"{path}: Is a directory")
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{path!r}: {error}") from None
