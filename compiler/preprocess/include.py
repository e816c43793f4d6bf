"""Finding and reading headers: search chains as gcc builds them, and the per-header cache.

Invariant: a file is read and cleaned once for all its inclusions; its positions stay the same, so a header that is
included again costs no scanning (its token lines are kept from the second inclusion on) and one whose include guard is
defined costs a dictionary lookup.
"""

from __future__ import annotations

import os
from typing import Final, final

from compiler.lex.clean import decode, load_text
from compiler.lex.tokens import Token
from compiler.preprocess.options import PreprocessorOptions
from compiler.source.diagnostics import Sink
from compiler.source.files import EXTERN_C_FILE, USER_FILE, SourceFile, SourceMap

NOT_IN_CHAIN: Final = -1


@final
class LineRecord:
    """The tokens of a line and the offset of the line after it."""

    __slots__ = ("next", "tokens")

    def __init__(self, tokens: list[Token], next: int) -> None:
        self.tokens = tokens
        self.next = next


@final
class Header:
    """One file on disk. `guard`: the macro that makes it empty when defined; `lines`: token lines by offset."""

    __slots__ = ("file", "guard", "identity", "inclusions", "lines", "modified", "once", "path")

    def __init__(self, path: str, file: SourceFile, identity: tuple[int, int], modified: int) -> None:
        self.path = path
        self.file = file
        self.identity = identity  # device and inode
        self.modified = modified  # ns since the epoch
        self.guard = ""
        self.once = False
        self.inclusions = 0
        self.lines: dict[int, LineRecord] | None = None


@final
class Directory:
    __slots__ = ("path", "system")

    def __init__(self, path: str, system: int) -> None:
        self.path = path
        self.system = system


@final
class Found:
    """Where a header was found: `index` is its directory's place in the chain."""

    __slots__ = ("header", "index", "system")

    def __init__(self, header: Header, index: int, system: int) -> None:
        self.header = header
        self.index = index
        self.system = system


@final
class HeaderCache:
    """Headers by path. It belongs to one SourceMap; a compile server keeps both and calls `forget_changed` between
    two compilations."""

    __slots__ = ("headers", "missing", "source_map", "trigraphs")

    def __init__(self, source_map: SourceMap, trigraphs: bool) -> None:
        self.source_map = source_map
        self.trigraphs = trigraphs
        self.headers: dict[str, Header] = {}
        self.missing: set[str] = set()

    def open(self, path: str, sink: Sink) -> Header | None:
        """The file at `path`, None if there is none. A file that is there and cannot be read raises Fatal."""
        header = self.headers.get(path)
        if header is not None:
            return header
        if path in self.missing:
            return None
        try:
            with open(path, "rb") as stream:
                status = os.fstat(stream.fileno())
                data = stream.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
            self.missing.add(path)
            return None
        except OSError as error:
            raise sink.fatal(None, "{}: {}", path, error.strerror) from None
        file = load_text(self.source_map, path, decode(data), self.trigraphs, sink)
        header = Header(path, file, (status.st_dev, status.st_ino), status.st_mtime_ns)
        self.headers[path] = header
        return header

    def forget_changed(self) -> None:
        """Drop what changed on disk, and what was missing."""
        self.missing.clear()
        for path in list(self.headers):
            try:
                same = os.stat(path).st_mtime_ns == self.headers[path].modified
            except OSError:
                same = False
            if not same:
                del self.headers[path]


@final
class SearchPath:
    """The chain of directories: quote directories first, `bracket` is where `<...>` starts."""

    def __init__(self, options: PreprocessorOptions, cache: HeaderCache) -> None:
        self.cache = cache
        self.chain: list[Directory] = []
        system = options.isystem_directories + options.system_directories + options.after_directories
        seen_system = {os.path.realpath(path) for path in system if os.path.isdir(path)}
        quote = self._unique(options.quote_directories, USER_FILE, set())
        # A directory that is also a system one is searched there only (gcc removes the earlier -I).
        user = self._unique(options.directories, USER_FILE, set(seen_system))
        self.chain = quote + user + self._unique(system, EXTERN_C_FILE, set())
        self.bracket = len(quote)
        self.memo: dict[str, Found | None] = {}

    def _unique(self, paths: list[str], system: int, seen: set[str]) -> list[Directory]:
        kept: list[Directory] = []
        for path in paths:
            if os.path.isdir(path):
                real = os.path.realpath(path)
                if real not in seen:
                    seen.add(real)
                    kept.append(Directory(path, system))
        return kept

    def find(self, name: str, start: int, sink: Sink) -> Found | None:
        """Search the chain from index `start` on."""
        if name.startswith("/"):
            header = self.cache.open(name, sink)
            return None if header is None else Found(header, NOT_IN_CHAIN, USER_FILE)
        key = "{}:{}".format(start, name)
        if key in self.memo:
            return self.memo[key]
        found: Found | None = None
        for index in range(start, len(self.chain)):
            directory = self.chain[index]
            path = directory.path + "/" + name if not directory.path.endswith("/") else directory.path + name
            header = self.cache.open(path, sink)
            if header is not None:
                found = Found(header, index, directory.system)
                break
        self.memo[key] = found
        return found

    def find_beside(self, name: str, directory: str, system: int, sink: Sink) -> Found | None:
        """Look in the including file's own directory ("" or ending in a slash), then along the chain."""
        if not name.startswith("/"):
            header = self.cache.open(directory + name, sink)
            if header is not None:
                return Found(header, NOT_IN_CHAIN, system)
        return self.find(name, 0, sink)


def directory_of(path: str) -> str:
    """The directory part with its slash, "" for a bare name."""
    return path[: path.rfind("/") + 1]
