"""What commands share within one process: records of targets, compiled selection rules, the run-time library's members.

Invariant: everything here is made once and only read afterwards, so that a command gives the same bytes whether its
process has carried out others before or not. A linker changes the objects it is given; `Member.take` therefore hands
out a parsed member once and parses it again for whoever asks next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from compiler.codegen.backend import Backend
    from compiler.codegen.matcher import Rules
    from compiler.object.archive import Archive
    from compiler.preprocess.macros import Macro


@final
class Tables:
    """Filled at first use, or ahead of it by `compiler.driver.server`."""

    def __init__(self) -> None:
        self.backends: Final[dict[str, Backend]] = {}  # by target and features
        self.rules: Final[dict[str, Rules]] = {}  # likewise
        self.predefined: Final[dict[str, list[Macro]]] = {}  # by what the preprocessor makes them of
        self.libraries: Final[dict[str, Archive]] = {}  # by target, features and level, as `runtime` names them
