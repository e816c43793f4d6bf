"""Which pycc this is: its version, and whether the compiled or the interpreted build is running.

Invariant: the answer is read off the module that runs, never off how the installation was meant.
"""

from __future__ import annotations

import sys
from typing import Final

VERSION: Final = "0.1.0"


def accelerated() -> bool:
    """Whether this very module runs as machine code (built with mypyc) rather than as plain Python."""
    return __file__.endswith((".so", ".pyd"))


def describe() -> str:
    """The line `pycc --version` prints."""
    build = "accelerated" if accelerated() else "pure Python"
    major, minor = sys.version_info[0], sys.version_info[1]
    return f"pycc {VERSION} ({build}, Python {major}.{minor})"
