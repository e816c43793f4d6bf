"""Compilers as records: subjects under test and references that vote.

Invariant: a compiler is data. How its command line is built, what its crashes look like, which family it votes in,
where its executables run and which Debian package brings it are fields; nothing else in the suite knows a compiler's
name. References share no code with pycc. Which compilers exist is found by looking, never assumed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from emulators.limits import COMPILE_LIMITS, Limits
from emulators.process import Ended, Execution, execute

ROOT = Path(__file__).resolve().parents[1]
HOST = platform.machine()  # x86_64, aarch64, riscv64: the names used for targets
ICE_EXIT_CODE = 70  # sysexits.h EX_SOFTWARE: how pycc ends on an internal error

# Whether plain `char` is signed in the platform's ABI, for every target the suite knows.
CHAR_IS_SIGNED: dict[str, bool] = {"riscv64": False, "aarch64": False, "x86_64": True}
TARGETS = tuple(CHAR_IS_SIGNED)


class Kind(StrEnum):
    """Whether a compiler is tested or votes."""

    SUBJECT = "subject"
    REFERENCE = "reference"


class CompileStatus(StrEnum):
    """How one compile ended."""

    OK = "ok"
    REJECTED = "rejected"
    ICE = "ice"
    LINK_FAILED = "link-failed"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory-limit"
    OUTPUT_LIMIT = "output-limit"
    HARNESS_ERROR = "harness-error"


@dataclass(frozen=True, slots=True)
class CompileJob:
    """One program to compile and link. `folder` is the working directory; relative paths are resolved there."""

    source: Path
    output: Path
    folder: Path
    options: tuple[str, ...] = ()  # in front of the source: -I, -D, -std=
    more_sources: tuple[Path, ...] = ()
    libraries: tuple[str, ...] = ()  # behind the sources: -lm


@dataclass(frozen=True, slots=True)
class CompileResult:
    """What one compile gave; `executable` is set exactly when the status is OK."""

    status: CompileStatus
    executable: Path | None = None
    exit_code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    command: tuple[str, ...] = ()
    detail: str = ""

    def describe(self) -> str:
        """One line: the status and the line of the diagnostics that says most."""
        return f"{self.status}: {self.detail}" if self.detail else str(self.status)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a compiler says that it failed. Markers are looked for in its diagnostics, in lower case."""

    ice_exit_codes: frozenset[int] = frozenset()
    ice_markers: tuple[str, ...] = ("internal compiler error", "internal error", "traceback (most recent call last)")
    link_markers: tuple[str, ...] = (
        "undefined reference to",
        "ld returned",
        "ld.lld: error",
        "linker command failed",
    )
    memory_markers: tuple[str, ...] = ("out of memory", "memory exhausted", "cannot allocate memory", "memoryerror")


GNU = Dialect()
CLANG = Dialect(ice_markers=("please submit a bug report", "stack dump:", "fatal error: error in backend"))
PYCC = Dialect(
    ice_exit_codes=frozenset((ICE_EXIT_CODE,)),
    ice_markers=("pycc: internal error", "traceback (most recent", "no module named"),
)


@dataclass(frozen=True, slots=True)
class Compiler:
    """One compiler with one set of options.

    `target` is the instruction set whose C programs it compiles *for comparison*; `machine` is the one its
    executables run on. They differ for a native reference, valid wherever both are LP64 and no construct depends on
    the machine.
    """

    name: str
    kind: Kind
    family: str
    target: str
    machine: str
    argv: tuple[str, ...]
    options: tuple[str, ...] = ()
    version: str = ""
    dialect: Dialect = GNU
    environment: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default=COMPILE_LIMITS)
    server: tuple[str, ...] = ()  # starts a server that carries out its command lines; empty: it has none

    @property
    def identity(self) -> str:
        """Names compiler, version and options: equal identities give equal programs. Key of cached results."""
        text = "\0".join((self.family, self.target, self.machine, self.version, *self.options))
        return f"{self.name}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def command(self, job: CompileJob) -> list[str]:
        """The command line that compiles and links `job`."""
        sources = [str(job.source), *(str(source) for source in job.more_sources)]
        return [*self.argv, *self.options, *job.options, "-o", str(job.output), *sources, *job.libraries]

    def with_options(self, *options: str) -> Compiler:
        """The same compiler with more options behind its own."""
        return replace(self, options=self.options + options)


class CompileService(Protocol):
    """Something that compiles for one `Compiler`: a process per job, or a persistent server. Not shared between
    threads.
    """

    @property
    def compiler(self) -> Compiler:
        """Whose results these are."""

    def compile(self, job: CompileJob) -> CompileResult:
        """Compile one job; never raises for anything the compiler or the program does."""

    def close(self) -> None:
        """End any process that is kept."""


class ProcessService:
    """One child process per compile, under the compiler's limits."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._environment = {**os.environ, "LC_ALL": "C", **dict(compiler.environment)}

    @property
    def compiler(self) -> Compiler:
        """Whose results these are."""
        return self._compiler

    def compile(self, job: CompileJob) -> CompileResult:
        """Compile one job in a child process of its own."""
        command = self._compiler.command(job)
        output = job.folder / job.output
        output.unlink(missing_ok=True)  # a stale executable must never be taken for this compile's
        execution = execute(command, folder=job.folder, limits=self._compiler.limits, environment=self._environment)
        return classify(self._compiler.dialect, tuple(command), execution, output)

    def close(self) -> None:
        """Nothing is kept."""


def classify(dialect: Dialect, command: tuple[str, ...], execution: Execution, output: Path) -> CompileResult:
    """What a finished compiler process means. Success needs both exit status 0 and an executable."""
    diagnostics = execution.stderr.decode("utf-8", "replace")
    lowered = diagnostics.lower()
    status = _status(dialect, execution, lowered, output)
    detail = "" if status is CompileStatus.OK else _telling_line(diagnostics, dialect, status) or execution.describe()
    return CompileResult(
        status=status,
        executable=output if status is CompileStatus.OK else None,
        exit_code=execution.exit_code,
        stdout=execution.stdout,
        stderr=execution.stderr,
        cpu_seconds=execution.cpu_seconds,
        peak_bytes=execution.peak_bytes,
        command=command,
        detail=detail,
    )


def _status(dialect: Dialect, execution: Execution, lowered: str, output: Path) -> CompileStatus:
    if execution.ended in (Ended.CPU_LIMIT, Ended.IDLE_LIMIT):
        return CompileStatus.TIMEOUT
    if execution.ended is Ended.OUTPUT_LIMIT:
        return CompileStatus.OUTPUT_LIMIT
    if execution.ended is Ended.NOT_STARTED:
        return CompileStatus.HARNESS_ERROR
    if execution.ended is Ended.EXITED and execution.exit_code == 0:
        # Claiming success without writing the executable is the compiler's own fault.
        return CompileStatus.OK if output.is_file() else CompileStatus.ICE
    if _contains(lowered, dialect.memory_markers):
        return CompileStatus.MEMORY_LIMIT
    if execution.ended is Ended.SIGNAL or execution.exit_code in dialect.ice_exit_codes:
        return CompileStatus.ICE
    if _contains(lowered, dialect.ice_markers):
        return CompileStatus.ICE
    if _contains(lowered, dialect.link_markers):
        return CompileStatus.LINK_FAILED
    return CompileStatus.REJECTED


def _contains(text: str, markers: Iterable[str]) -> bool:
    return any(marker in text for marker in markers)


def _telling_line(diagnostics: str, dialect: Dialect, status: CompileStatus) -> str:
    """The first line that names the failure: the ICE line for a crash, else the first `error:`, else the last line."""
    lines = [line.strip() for line in diagnostics.splitlines() if line.strip()]
    if status is CompileStatus.ICE:
        for line in lines:
            if _contains(line.lower(), dialect.ice_markers) and "traceback" not in line.lower():
                return line
        return lines[-1] if lines else ""  # a traceback says most in its last line
    markers = dialect.link_markers if status is CompileStatus.LINK_FAILED else ("error:",)
    for line in lines:
        if _contains(line.lower(), markers):
            return line
    return lines[-1] if lines else ""


# --- the registry -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tool:
    """One external tool as `doctor` shows it; `version` is empty where it is missing."""

    name: str
    purpose: str
    version: str
    packages: tuple[str, ...]  # what brings it: Debian packages, or `pip:NAME`

    @property
    def present(self) -> bool:
        """Whether it was found."""
        return bool(self.version)


# Found by name on PATH: (command, purpose, Debian packages).
_COMMANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("gcc", "reference: native gcc, for programs that behave alike on every LP64 machine", ("gcc",)),
    ("clang", "reference: native clang", ("clang",)),
    ("riscv64-linux-gnu-gcc", "reference: gcc for riscv64", ("gcc-riscv64-linux-gnu",)),
    ("aarch64-linux-gnu-gcc", "reference: gcc for aarch64", ("gcc-aarch64-linux-gnu",)),
    ("qemu-riscv64", "runs riscv64 programs that Unicorn gives up on", ("qemu-user",)),
    ("qemu-aarch64", "runs aarch64 programs that Unicorn gives up on", ("qemu-user",)),
    ("csmith", "generator of random C programs", ("csmith", "libcsmith-dev")),
    ("tcc", "another compiler to test", ("tcc",)),
)


def doctor() -> list[Tool]:
    """Every external tool the suite can use, present or not."""
    tools = [Tool(name, purpose, version_of((name,)), packages) for name, purpose, packages in _COMMANDS]
    zig = zig_command()
    tools.append(
        Tool("zig cc", "reference: clang with musl for every target", version_of(zig, "version"), ("pip:ziglang",))
    )
    return tools


@functools.cache
def version_of(argv: tuple[str, ...], flag: str = "--version") -> str:
    """The first line that `argv --version` prints, or an empty string if it cannot be run."""
    if not argv or shutil.which(argv[0]) is None:
        return ""
    try:
        # In a folder of its own: Csmith leaves a file in the working directory even when only asked for its version.
        with tempfile.TemporaryDirectory(prefix="pycc-version-") as folder:
            done = subprocess.run(
                [*argv, flag], capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL, cwd=folder
            )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = (done.stdout or done.stderr).decode("utf-8", "replace").strip()
    return text.splitlines()[0] if text else "unknown version"


@functools.cache
def zig_command() -> tuple[str, ...]:
    """How zig is called here, or an empty tuple."""
    if importlib.util.find_spec("ziglang") is not None:
        return (sys.executable, "-m", "ziglang")
    found = shutil.which("zig")
    return (found,) if found else ()


# Contracting a*b+c to a fused operation is allowed to a compiler but makes results incomparable.
_COMPARABLE = ("-w", "-ffp-contract=off")


def references(target: str, names: Iterable[str] | None = None) -> list[Compiler]:
    """The reference compilers found here for `target`, best first; `names` selects by name (raises LookupError)."""
    found = [*_cross_gcc(target), *_native(target), *_zig(target)]
    if names is None:
        return found
    by_name = {compiler.name: compiler for compiler in found}
    selected = []
    for name in names:
        if name not in by_name:
            raise LookupError(
                f"no reference compiler '{name}' for {target} here; found: {', '.join(by_name) or 'none'}"
            )
        selected.append(by_name[name])
    return selected


def _cross_gcc(target: str) -> list[Compiler]:
    command = f"{target}-linux-gnu-gcc"
    version = version_of((command,))
    if not version or target == HOST:
        return []
    made = []
    for level in ("-O0", "-O2"):
        options = (level, "-static", *_COMPARABLE)
        name = f"{target}-gcc{level}"
        made.append(Compiler(name, Kind.REFERENCE, "gcc", target, target, (command,), options, version))
    return made


def _native(target: str) -> list[Compiler]:
    char = "-fsigned-char" if CHAR_IS_SIGNED[target] else "-funsigned-char"
    made = []
    for command, dialect in (("gcc", GNU), ("clang", CLANG)):
        version = version_of((command,))
        if version and HOST in CHAR_IS_SIGNED:
            for level in ("-O0", "-O2"):
                name = f"{command}{level}"
                options = (level, *_COMPARABLE, char)
                made.append(
                    Compiler(name, Kind.REFERENCE, command, target, HOST, (command,), options, version, dialect)
                )
    return made


def _zig(target: str) -> list[Compiler]:
    zig = zig_command()
    version = version_of(zig, "version") if zig else ""
    if not version:
        return []
    options = ("-target", f"{target}-linux-musl", "-static", "-O1", "-fno-sanitize=undefined", *_COMPARABLE)
    # It is clang behind another driver and C library: one voice with clang.
    return [Compiler(f"{target}-zig", Kind.REFERENCE, "clang", target, target, (*zig, "cc"), options, version, CLANG)]


def pycc(target: str, level: str, root: Path = ROOT) -> Compiler:
    """pycc as the subject, from the sources at `root` (a patched copy for the mutants).

    `level` is an option such as "-O1". Once the folder that the environment's PYCC_NATIVE_DIR names exists, the
    accelerated build in it is used, unless `root` is another tree than this one.
    """
    path = [str(root)]
    native = os.environ.get("PYCC_NATIVE_DIR", "")
    if native and root == ROOT:
        # It may not exist yet: a build beside the campaign puts it there whole, in one step, and is used from then on.
        path.insert(0, str(ROOT / native))
    # The safe path keeps the working directory, which may hold anything, off Python's path.
    environment: tuple[tuple[str, str], ...] = (("PYTHONPATH", os.pathsep.join(path)), ("PYTHONSAFEPATH", "1"))
    if root != ROOT:  # the run-time library of another tree stays with it: the cache keeps a few only
        environment = (*environment, ("PYCC_CACHE", str(root / ".cache")))
    return Compiler(
        name=f"pycc{level}",
        kind=Kind.SUBJECT,
        family="pycc",
        target=target,
        machine=target,
        argv=(sys.executable, "-m", "compiler.driver.cli"),
        options=("--target", target, level),
        version=tree_version(root / "compiler"),
        dialect=PYCC,
        environment=environment,
        server=(sys.executable, "-m", "compiler.driver.server"),
    )


def subject(command: str, target: str, level: str) -> Compiler:
    """Any compiler as the subject. `command` is `pycc`, or a command line such as `tcc -static` understood by a
    shell.

    Plain `gcc` with a foreign target means the cross compiler, linked statically. Raises LookupError if it is not
    found.
    """
    if command == "pycc":
        return pycc(target, level)
    words = tuple(shlex.split(command))
    if words == ("gcc",) and target != HOST:
        words = (f"{target}-linux-gnu-gcc", "-static")
    if not words or shutil.which(words[0]) is None:
        raise LookupError(f"no compiler '{command}' here")
    base = Path(words[0]).name
    family = "clang" if "clang" in base else "gcc" if "gcc" in base else base
    dialect = CLANG if family == "clang" else GNU
    name = base + level
    return Compiler(name, Kind.SUBJECT, family, target, target, words, (level,), version_of(words[:1]), dialect)


def tree_version(folder: Path) -> str:
    """A hash of every Python source and header under `folder`: names exactly what was tested."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".h", ".c", ".S") and path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
