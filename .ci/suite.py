"""The steps of `./run test`: lint, types, native build, the suite on the native build, compiler/ as plain Python.

Every step runs, whatever came of those before it; the exit code is 0 only if all succeeded. The last line counts the
tests of both runs together, in pytest's form. PYCC_REQUIRE_NATIVE=1 makes a pure-only machine a failure,
PYCC_REQUIRE_TOOLS=1 a test that was skipped for want of a tool that ./run installs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NATIVE = ROOT / "build" / "native"
SUMMARY = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+|no tests ran)(?: in [\d.]+s.*)?\s*=*$")
LACKS_TOOL = re.compile(r"^SKIPPED .*\b(?<!-)(gcc|csmith|qemu-riscv64|riscv64-linux-gnu-\w+)\b.*not installed")
NOTHING_COLLECTED = 5


class Suite:
    """The steps taken so far: which failed, and how many tests ended how."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.counts: dict[str, int] = {}
        self.collected = False
        self.lacking = 0  # tests skipped for want of a tool

    def step(self, name: str, command: list[str]) -> bool:
        print(f"\n---- {name}", flush=True)
        good = subprocess.run(command, cwd=ROOT, check=False, stdin=subprocess.DEVNULL).returncode == 0
        if not good:
            self.failed.append(name)
        return good

    def tests(self, name: str, arguments: list[str], native: bool, may_be_empty: bool) -> None:
        """Runs pytest once, shows its output as it comes and adds its counts."""
        print(f"\n---- {name}", flush=True)
        environment = dict(os.environ, PYCC_EXPECT_NATIVE="1" if native else "0")
        environment.pop("PYCC_NATIVE_DIR", None)
        if native:
            environment["PYCC_NATIVE_DIR"] = str(NATIVE)
        command = [sys.executable, "-m", "pytest", *arguments]
        last = ""
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, errors="replace") as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                self.lacking += LACKS_TOOL.match(line) is not None
                if SUMMARY.match(line.strip()):
                    last = line
        for number, kind in re.findall(r"(\d+) ([a-z]+)", last.split(" in ")[0]):
            kind = "errors" if kind == "error" else kind
            self.counts[kind] = self.counts.get(kind, 0) + int(number)
        if process.returncode == NOTHING_COLLECTED and may_be_empty:
            return
        self.collected = True
        if process.returncode != 0 or not last:
            self.failed.append(name)


def workers(arguments: list[str]) -> list[str]:
    """-n 2 unless the caller chose a number of processes or a debugger."""
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
    return [] if chosen else ["-n", "2"]


def names_path(arguments: list[str]) -> bool:
    return any(not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists() for argument in arguments)


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    suite = Suite()
    suite.step("lint", [sys.executable, "-m", "ruff", "check", "."])
    suite.step("types", [sys.executable, "-m", "mypy", "--cache-dir", "build/mypy-cache-suite", "."])
    suite.step("native build", [sys.executable, "setup.py", "-q", "native"])
    native = (NATIVE / "complete").exists() and "native build" not in suite.failed
    extra = workers(arguments) + arguments
    subset = bool(arguments)
    if native:
        suite.tests("the suite, native build", extra, native=True, may_be_empty=subset)
        pure_paths = [] if names_path(arguments) else ["compiler"]
        suite.tests("compiler/, plain Python", [*extra, *pure_paths], native=False, may_be_empty=subset)
    else:
        if os.environ.get("PYCC_REQUIRE_NATIVE") == "1":
            suite.failed.append("a native build is required here")
        suite.tests("the suite, plain Python only", extra, native=False, may_be_empty=subset)
    if not suite.collected:
        suite.failed.append("no test was run")
    if os.environ.get("PYCC_REQUIRE_TOOLS") == "1" and suite.lacking:
        suite.failed.append("tests were skipped for want of a tool that must be there")
    print(f"\nsteps failed: {', '.join(suite.failed) or 'none'}")
    order = ["failed", "errors", "passed", "skipped", "xfailed", "warnings"]
    kinds = sorted(suite.counts, key=lambda kind: order.index(kind) if kind in order else len(order))
    words = [f"{suite.counts[kind]} {kind}" for kind in kinds] or ["no tests ran"]
    print(f"==== {', '.join(words)} in {time.monotonic() - started:.2f}s ====", flush=True)
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
