"""Archives (`ar`): members in order, GNU's long names and symbol index. Thin archives are read through a loader."""

from __future__ import annotations

from typing import Final, final

from compiler.object.model import STB_LOCAL, UNDEFINED, ObjectFile
from compiler.object.reader import FormatError, is_elf, read_object

MAGIC: Final = b"!<arch>\n"
THIN_MAGIC: Final = b"!<thin>\n"
HEADER_SIZE: Final = 60


@final
class Member:
    """`offset` is the place of the header, which the index names."""

    __slots__ = ("data", "name", "offset", "prepared")

    def __init__(self, name: str, data: bytes, offset: int = 0) -> None:
        self.name: Final = name
        self.data: Final = data
        self.offset: Final = offset
        self.prepared: ObjectFile | None = None

    def prepare(self, name: str) -> None:
        """Parses the object ahead of `take`, for which `name` must be the same. Raises FormatError."""
        self.prepared = read_object(self.data, name)

    def take(self, name: str) -> ObjectFile:
        """The member as an object called `name`, the caller's own: a linker changes it. Raises FormatError."""
        prepared = self.prepared
        if prepared is None:
            return read_object(self.data, name)
        self.prepared = None
        return prepared


@final
class Archive:
    """Members, and for each symbol of the index the member that defines it (the first one wins)."""

    __slots__ = ("index", "members", "name")

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.members: list[Member] = []
        self.index: dict[str, Member] = {}


def is_archive(data: bytes) -> bool:
    return data[:8] == MAGIC


def read_archive(data: bytes, name: str = "") -> Archive:
    """All members; an archive without index gets one from its objects."""
    if data[:8] == THIN_MAGIC:
        raise FormatError(f"{name}: thin archives are not supported")
    if data[:8] != MAGIC:
        raise FormatError(f"{name}: not an archive")
    archive = Archive(name)
    long_names = b""
    index_data = b""
    index_width = 4
    position = 8
    while position + HEADER_SIZE <= len(data):
        header = data[position : position + HEADER_SIZE]
        if header[58:60] != b"`\n":
            raise FormatError(f"{name}: damaged member header at {position}")
        try:
            size = int(header[48:58])
        except ValueError:
            raise FormatError(f"{name}: damaged member size at {position}") from None
        start = position + HEADER_SIZE
        if start + size > len(data):
            raise FormatError(f"{name}: the member at {position} reaches past the end of the file")
        contents = data[start : start + size]
        raw = header[:16].rstrip(b" ")
        if raw == b"/" or raw == b"/SYM64/":
            index_data, index_width = contents, 4 if raw == b"/" else 8
        elif raw == b"//":
            long_names = contents
        else:
            archive.members.append(Member(_member_name(raw, long_names, name), contents, position))
        position = start + size + (size & 1)
    if index_data:
        _read_index(archive, index_data, index_width)
    else:
        for member in archive.members:
            for symbol in defined_symbols(member):
                archive.index.setdefault(symbol, member)
    return archive


def _member_name(raw: bytes, long_names: bytes, archive: str) -> str:
    if raw[:1] == b"/" and raw[1:].isdigit():
        start = int(raw[1:])
        end = long_names.find(b"/\n", start)
        if end < 0:
            raise FormatError(f"{archive}: damaged table of long names")
        return long_names[start:end].decode("utf-8", "surrogateescape")
    return raw.removesuffix(b"/").decode("utf-8", "surrogateescape")


def _read_index(archive: Archive, data: bytes, width: int) -> None:
    by_offset = {member.offset: member for member in archive.members}
    count = int.from_bytes(data[:width], "big")
    if width * (count + 1) > len(data):
        raise FormatError(f"{archive.name}: damaged symbol index")
    names = data[width * (count + 1) :].split(b"\0")
    for number in range(min(count, len(names))):
        at = width * (number + 1)
        member = by_offset.get(int.from_bytes(data[at : at + width], "big"))
        if member is not None:
            archive.index.setdefault(names[number].decode("utf-8", "surrogateescape"), member)


def defined_symbols(member: Member) -> list[str]:
    """The global definitions of an object member; none of any other member."""
    if not is_elf(member.data):
        return []
    obj = read_object(member.data, member.name)
    return [symbol.name for symbol in obj.symbols if symbol.binding != STB_LOCAL and symbol.where != UNDEFINED]


def write_archive(members: list[Member]) -> bytes:
    """An archive with symbol index; dates, owners and modes are constants, so equal members give equal bytes."""
    long_names = bytearray()
    headers: list[bytes] = []
    for member in members:
        encoded = member.name.encode("utf-8", "surrogateescape")
        if len(encoded) < 16:
            headers.append(encoded + b"/")
        else:
            headers.append(f"/{len(long_names)}".encode())
            long_names += encoded + b"/\n"
    symbols: list[tuple[str, int]] = []
    for number, member in enumerate(members):
        symbols.extend((name, number) for name in defined_symbols(member))
    names = b"".join([name.encode("utf-8", "surrogateescape") + b"\0" for name, _ in symbols])
    index_size = 4 + 4 * len(symbols) + len(names)
    position = 8
    if symbols:
        position += HEADER_SIZE + index_size + (index_size & 1)
    if long_names:
        position += HEADER_SIZE + len(long_names) + (len(long_names) & 1)
    offsets: list[int] = []
    for member in members:
        offsets.append(position)
        position += HEADER_SIZE + len(member.data) + (len(member.data) & 1)
    out = bytearray(MAGIC)
    if symbols:
        index = len(symbols).to_bytes(4, "big")
        index += b"".join([offsets[number].to_bytes(4, "big") for _, number in symbols]) + names
        _append(out, b"/", index)
    if long_names:
        _append(out, b"//", bytes(long_names))
    for header, member in zip(headers, members, strict=True):
        _append(out, header, member.data)
    return bytes(out)


def _append(out: bytearray, name: bytes, data: bytes) -> None:
    out += name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) + b"0".ljust(6) + b"100644".ljust(8)
    out += str(len(data)).encode().ljust(10) + b"`\n" + data
    if len(data) & 1:
        out += b"\n"
