"""The run-time library of a target, compiled by pycc itself once and kept as an archive in the cache.

The key is the compiler's version with the modification times and sizes of all its files, so that any change makes a new
archive; nothing is hashed by content. Processes that need it at the same time wait for the one that builds it, and an
archive appears under its name by an atomic rename only.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, Final

from compiler.driver.compile import Compiler
from compiler.driver.frontend import Source
from compiler.driver.options import Command, UsageError
from compiler.driver.targets import Choice
from compiler.driver.version import VERSION
from compiler.runtime import manifest

if TYPE_CHECKING:
    from compiler.ir.module import Module
    from compiler.object.archive import Archive

_KEPT: Final = 12  # archives in the cache; older ones are removed when a new one is made
LIBRARY_NAME: Final = "libpycc.a"  # in the linker's messages
_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def cache_folder() -> str:
    """PYCC_CACHE, or `pycc` in the user's cache folder; a private folder among temporary files if that is read-only."""
    candidates: list[str] = []
    own = os.environ.get("PYCC_CACHE", "")
    if own:
        candidates.append(own)
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(base):  # the specification: ignore relative ones
            base = os.path.join(os.path.expanduser("~"), ".cache")
        candidates.append(os.path.join(base, "pycc"))
    candidates.append(os.path.join(os.environ.get("TMPDIR", "/tmp"), f"pycc-cache-{os.getuid()}"))
    for folder in candidates:
        path = os.path.join(folder, "runtime")
        try:
            os.makedirs(path, mode=0o700, exist_ok=True)
            if os.stat(path).st_uid == os.getuid() and os.access(path, os.W_OK | os.X_OK):
                return path
        except OSError:
            continue
    return ""


def _stamp(folder: str, into: list[str]) -> None:
    """Paths, modification times and sizes of the compiler's files below `folder`; tests and byte code do not count."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=_entry_name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in ("tests", "__pycache__"):
                _stamp(entry.path, into)
        else:
            status = entry.stat()
            into.append(f"{entry.path[len(_PACKAGE) :]} {status.st_mtime_ns} {status.st_size}")


def _entry_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _key(choice: Choice, level: int) -> str:
    parts = [VERSION, choice.name, choice.feature_text(), str(level), _PACKAGE]
    _stamp(_PACKAGE, parts)
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def runtime_library(command: Command, choice: Choice) -> Archive:
    """The library, read; one that `prepare_library` read is not read again. Raises UsageError and FormatError."""
    from compiler.object.archive import read_archive

    known = choice.tables.libraries.get(_table_key(command, choice))
    return read_archive(runtime_archive(command, choice), LIBRARY_NAME) if known is None else known


def prepare_library(command: Command, choice: Choice) -> bool:
    """Reads the library with all its members into the tables if it is in the cache; whether it was there."""
    from compiler.object.archive import read_archive

    folder = cache_folder()
    data = _read(_archive_path(folder, choice, _level(command))) if folder else None
    if data is None:
        return False
    archive = read_archive(data, LIBRARY_NAME)
    for member in archive.members:
        member.prepare(f"{LIBRARY_NAME}({member.name})")
    choice.tables.libraries[_table_key(command, choice)] = archive
    return True


def _table_key(command: Command, choice: Choice) -> str:
    return f"{choice.key()} {_level(command)}"


def _level(command: Command) -> int:
    return 1 if command.level else 0


def _archive_path(folder: str, choice: Choice, level: int) -> str:
    return os.path.join(folder, f"{choice.name}-O{level}-{_key(choice, level)}.a")


def runtime_archive(command: Command, choice: Choice) -> bytes:
    """The library's archive. Raises UsageError if it cannot be built."""
    level = _level(command)
    folder = cache_folder()
    if not folder:
        return _build(choice, level)
    path = _archive_path(folder, choice, level)
    data = _read(path)
    if data is not None:
        return data
    lock = _lock(path + ".lock")
    try:
        data = _read(path)  # somebody else may have built it while we waited
        if data is None:
            data = _build(choice, level)
            _store(folder, path, data)
    finally:
        if lock >= 0:
            os.close(lock)
            _remove(path + ".lock")
    return data


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _lock(path: str) -> int:
    """A descriptor that holds the lock until it is closed or its process dies; -1 where there are no locks."""
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor
    except (ImportError, OSError):
        return -1


def _store(folder: str, path: str, data: bytes) -> None:
    """Puts the archive in its place; a cache that cannot be written costs time only."""
    import tempfile

    try:
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    except OSError:
        return
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        return
    _prune(folder)


def _prune(folder: str) -> None:
    archives: list[tuple[float, str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".a"):
                    archives.append((entry.stat().st_mtime, entry.path))
    except OSError:
        return
    archives.sort(reverse=True)
    for _, path in archives[_KEPT:]:
        _remove(path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _library_compiler(choice: Choice, level: int) -> Compiler:
    """The stages under the library's own options."""
    from compiler.driver.options import parse_command

    words = [f"--target={choice.name}", f"-O{level}", "-w", *manifest.FLAGS]
    words += [f"-I{path}" for path in manifest.private_include_folders(choice.arch_folder)]
    return Compiler(parse_command(words), choice)


def library_modules(choice: Choice) -> list[Module]:
    """The library's C files as IR, for the interpreter; weak, as in the archive. Raises UsageError."""
    from compiler.ir.function import GLOBAL, WEAK

    compiler = _library_compiler(choice, 1)
    modules: list[Module] = []
    for source in manifest.sources(choice.arch_folder):
        if source.suffix == ".c":
            module = compiler.checked_module(Source(str(source), "c"))
            if module is None:
                raise UsageError(f"the run-time library cannot be built: {source.name} does not compile")
            for item in module.items:
                if item.linkage == GLOBAL:
                    item.linkage = WEAK
            modules.append(module)
    return modules


def _build(choice: Choice, level: int) -> bytes:
    from compiler.object.archive import Member, write_archive

    try:
        sources = manifest.sources(choice.arch_folder)
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    compiler = _library_compiler(choice, level)
    members: list[Member] = []
    for source in sources:
        path = str(source)
        data = compiler.object_of(Source(path, "assembler" if path.endswith(".s") else "c"))
        if data is None:
            sys.stderr.flush()
            raise UsageError(f"the run-time library cannot be built: {source.name} does not compile")
        members.append(Member(source.stem + ".o", _weakened(data, source.name)))
    return write_archive(members)


def _weakened(data: bytes, name: str) -> bytes:
    """The object with weak definitions: a program may define what C does not reserve, such as `ffs` or `index`, and a
    member is needed for one function and brings all of its file's."""
    from compiler.object.model import STB_GLOBAL, STB_WEAK, UNDEFINED
    from compiler.object.reader import read_object
    from compiler.object.writer import write_object

    made = read_object(data, name)
    for symbol in made.symbols:
        if symbol.binding == STB_GLOBAL and symbol.where != UNDEFINED:
            symbol.binding = STB_WEAK
    return write_object(made)
