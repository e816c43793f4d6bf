"""What the driver asks of the preprocessor."""

from __future__ import annotations

from typing import Final, final

from compiler.platform.language import Language
from compiler.platform.macros import MacroOptions

# Actions of -D, -U, -include, -imacros; the command line's order matters within the first two.
DEFINE: Final = 0
UNDEFINE: Final = 1


@final
class PreprocessorOptions:
    """Plain data. Search directories are given as gcc takes them; those of the system come last."""

    def __init__(self, language: Language | None = None) -> None:
        self.language: Language = language if language is not None else Language()
        self.macro_options = MacroOptions()
        self.definitions: list[tuple[int, str]] = []  # (DEFINE, "NAME=body") or (UNDEFINE, "NAME")
        self.quote_directories: list[str] = []  # -iquote
        self.directories: list[str] = []  # -I
        self.isystem_directories: list[str] = []
        self.system_directories: list[str] = []  # compiled in; empty under -nostdinc
        self.after_directories: list[str] = []  # -idirafter
        self.includes: list[str] = []  # -include
        self.imacros: list[str] = []
        self.preinclude = "stdc-predef.h"  # read first if it is there, as gcc does when hosted; "" for none
        self.undef_predefined = False  # -undef
        self.preprocessed = False  # the input is a .i file
        self.attributes: frozenset[str] = frozenset()  # __has_attribute
        self.standard_attributes: dict[str, str] = {}  # __has_c_attribute: name to value
        self.builtins: frozenset[str] = frozenset()  # __has_builtin
        self.source_date_epoch: int | None = None  # seconds; None: the clock decides
        self.timestamp = 0  # for __TIMESTAMP__ where the input is no file
        self.max_include_depth = 200
        # -E only
        self.markers = False  # emit RAW_LINE tokens for file changes
        self.keep_pragmas = False  # hand on pragmas as they are written, do not expand macros in them
        self.keep_comments = False  # -C
        self.keep_definitions = False  # -dD
        self.names_only = False  # -dN
        self.keep_includes = False  # -dI
        self.main_name: str | None = None  # what __BASE_FILE__ and the markers call the input, if not its path
