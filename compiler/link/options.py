"""What a link is asked for, and its inputs."""

from __future__ import annotations

from typing import Final, final

from compiler.object.archive import Archive


@final
class LinkOptions:
    """`base_address` None takes the target's own. `defined` are symbols given on the command line (`--defsym`)."""

    def __init__(
        self,
        entry: str = "_start",
        base_address: int | None = None,
        gc_sections: bool = False,
        strip_symbols: bool = False,
        strip_debug: bool = False,
        defined: dict[str, int] | None = None,
        required: tuple[str, ...] = (),
        allow_multiple_definition: bool = False,
        section_starts: dict[str, int] | None = None,
        build_map: bool = False,
    ) -> None:
        self.entry: Final = entry
        self.base_address: Final = base_address
        self.gc_sections: Final = gc_sections
        self.strip_symbols: Final = strip_symbols
        self.strip_debug: Final = strip_debug
        self.defined: Final[dict[str, int]] = defined if defined is not None else {}
        self.required: Final = required  # `-u`: undefined symbols to start with
        self.allow_multiple_definition: Final = allow_multiple_definition
        self.section_starts: Final[dict[str, int]] = section_starts if section_starts is not None else {}
        self.build_map: Final = build_map


@final
class LinkInput:
    """A file by its contents: an object or an archive, which may have been read already. `whole`: all members of an
    archive (`--whole-archive`).
    """

    def __init__(self, name: str, data: bytes, whole: bool = False, archive: Archive | None = None) -> None:
        self.name: Final = name
        self.data: Final = data
        self.whole: Final = whole
        self.archive: Final = archive
