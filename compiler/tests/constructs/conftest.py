"""The fixtures of the driver's tests."""

from __future__ import annotations

from compiler.tests.driver.conftest import cache, pycc, runner

__all__ = ["cache", "pycc", "runner"]
