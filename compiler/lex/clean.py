"""Translation phases 1 and 2 (C17 5.1.1.2): bytes to text, trigraphs, line splices.

Invariant: clean text ends in a newline; a file without trigraphs and splices is its own clean text, at no cost.
Bytes that are no UTF-8 survive as surrogate escapes and are written back unchanged.
"""

from __future__ import annotations

from typing import Final

from compiler.source.diagnostics import Sink
from compiler.source.files import SourceFile, SourceMap, Span

_TRIGRAPHS: Final[dict[str, str]] = {
    "=": "#", "(": "[", "/": "\\", ")": "]", "'": "^", "<": "{", "!": "|", ">": "}", "-": "~",
}  # fmt: skip
_BLANKS: Final = " \t\v\f\r"


def decode(data: bytes) -> str:
    """Source bytes as text; a byte-order mark is dropped."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return data.decode("utf-8", "surrogateescape")


def load_text(source_map: SourceMap, name: str, text: str, trigraphs: bool, sink: Sink | None = None) -> SourceFile:
    """Give a text its place in the map and its clean form. `sink` hears of odd splices."""
    is_whole = text.endswith("\n")
    if not is_whole:
        text += "\n"
    file = source_map.add(name, text)
    if "\\\n" in text or "\\\r\n" in text or _blank_splice(text) or (trigraphs and "??" in text):
        _clean(file, text, trigraphs, is_whole, sink)
    return file


def _blank_splice(text: str) -> bool:
    """A backslash and a newline with blanks between them: gcc splices there too."""
    return any("\\" + blank in text for blank in _BLANKS)


def _clean(file: SourceFile, text: str, trigraphs: bool, is_whole: bool, sink: Sink | None) -> None:
    """`is_whole`: the last newline is the file's own; a backslash before an added one splices nothing."""
    parts: list[str] = []
    offsets: list[int] = []
    removed_totals: list[int] = []
    removed = 0
    copied = 0  # text before this offset is in `parts`
    clean_length = 0
    at = 0
    size = len(text)
    while True:
        slash = text.find("\\", at)
        question = text.find("??", at) if trigraphs else -1
        if slash < 0 and question < 0:
            break
        if question >= 0 and (slash < 0 or question < slash):
            replacement = _TRIGRAPHS.get(text[question + 2 : question + 3])
            if replacement is None:
                at = question + 1
                continue
            if replacement != "\\":
                parts.append(text[copied:question])
                parts.append(replacement)
                clean_length += question - copied + 1
                copied = at = question + 3
                removed += 2
                offsets.append(clean_length)
                removed_totals.append(removed)
                continue
            slash, width = question, 3
        else:
            width = 1
        stop = slash + width
        while stop < size and text[stop] in _BLANKS:
            stop += 1
        if text[stop] != "\n":
            if width == 3:
                parts.append(text[copied:slash])
                parts.append("\\")
                clean_length += slash - copied + 1
                copied = at = slash + 3
                removed += 2
                offsets.append(clean_length)
                removed_totals.append(removed)
                continue
            at = slash + 1
            continue
        if stop + 1 == size and not is_whole:
            break
        if stop > slash + width and text[slash + width : stop] != "\r" and sink is not None:
            span = Span(file.base + slash - removed, file.base + slash - removed + 1)
            sink.warning("", span, "backslash and newline separated by space")
        if stop + 1 == size:
            at = stop + 1  # at the end of the file the newline stays
            if sink is not None:
                span = Span(file.base + slash - removed, file.base + slash - removed + 1)
                sink.warning("", span, "backslash-newline at end of file")
            parts.append(text[copied:slash])
            clean_length += slash - copied
            copied = stop
            removed += stop - slash
        else:
            parts.append(text[copied:slash])
            clean_length += slash - copied
            copied = at = stop + 1
            removed += stop + 1 - slash
        offsets.append(clean_length)
        removed_totals.append(removed)
    parts.append(text[copied:])
    file.set_clean("".join(parts), offsets, removed_totals)


def restore(file: SourceFile, start: int, end: int) -> str:
    """The text on disk between two clean offsets, for raw strings."""
    if not file.splice_offsets:
        return file.text[start:end]
    return file.original[file.original_offset(start) : file.original_offset(end)]
