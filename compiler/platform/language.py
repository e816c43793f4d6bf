"""The C dialect chosen by `-std` and the options that change what the source means.

Plain data: the preprocessor, the parser and the predefined macros read it.
"""

from __future__ import annotations

from typing import Final, final

C89: Final = 1989
C94: Final = 1994
C99: Final = 1999
C11: Final = 2011
C17: Final = 2017
C23: Final = 2023

_VERSIONS: Final[dict[str, int]] = {
    "89": C89, "90": C89, "9899:1990": C89, "9899:199409": C94, "99": C99, "9x": C99, "9899:1999": C99,
    "9899:199x": C99, "11": C11, "1x": C11, "9899:2011": C11, "17": C17, "18": C17, "9899:2017": C17,
    "9899:2018": C17, "2x": C23, "23": C23,
}  # fmt: skip


@final
class Language:
    """`version` is the year of the standard, `gnu` whether GNU keywords and predefined names are on."""

    __slots__ = ("assembler", "dollars", "gnu", "gnu89_inline", "trigraphs", "version")

    def __init__(self, version: int = C17, gnu: bool = True, assembler: bool = False) -> None:
        self.version = version
        self.gnu = gnu
        self.trigraphs = not gnu
        self.assembler = assembler  # a .S file: `#` without a directive name is no error
        self.dollars = not assembler
        self.gnu89_inline = version < C99


def language(standard: str) -> Language | None:
    """The dialect of a `-std=` argument (`gnu17`, `c99`, `iso9899:1999` ...), None if there is no such one."""
    if standard.startswith("gnu"):
        version = _VERSIONS.get(standard[3:])
        return None if version is None or ":" in standard else Language(version, True)
    if standard.startswith("iso"):
        version = _VERSIONS.get(standard[3:])
        return None if version is None or ":" not in standard else Language(version, False)
    version = _VERSIONS.get(standard[1:]) if standard.startswith("c") else None
    return None if version is None or ":" in standard else Language(version, False)
