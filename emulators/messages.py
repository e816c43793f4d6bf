"""What the caller and a Unicorn worker say to each other.

A message is a length (4 bytes, little-endian) and a pickle. Both ends are this program; the emulated program has no
way to either pipe.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from emulators.limits import Limits


@dataclass(frozen=True, slots=True)
class Job:
    """One program to be run."""

    executable: Path
    machine: str
    limits: Limits


def send(file: IO[bytes], message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    file.write(struct.pack("<I", len(data)) + data)
    file.flush()


def receive(file: IO[bytes]) -> object | None:
    """Read one message; None at the end of the stream."""
    header = file.read(4)
    if len(header) < 4:
        return None
    size = struct.unpack("<I", header)[0]
    data = file.read(size)
    if len(data) < size:
        return None
    message: object = pickle.loads(data)
    return message
