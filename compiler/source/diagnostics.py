"""Diagnostics as data: the sink that everybody reports to, its `-W` state and the GNU-style renderer.

Invariant: an ordinary error never raises; only `fatal` (and the error that reaches `-fmax-errors`) raises `Fatal`,
which the driver catches. A diagnostic is rendered when it is reported, while the include stack is what it was.
`#pragma GCC diagnostic` is kept per file as a history, so a diagnostic found late (a lazily parsed body) still meets
the state that held at its position.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, TextIO, final

from compiler.source.files import NO_POSITION, Expansion, SourceMap, Span, expansion_pos

NOTE: Final = 0
WARNING: Final = 1
ERROR: Final = 2
FATAL: Final = 3

IGNORED: Final = 0
AS_WARNING: Final = 1
AS_ERROR: Final = 2

SEVERITY_NAMES: Final = ("note", "warning", "error", "fatal error")
CARET_LINE_LIMIT: Final = 4000  # a longer source line is not shown below its diagnostic
BACKTRACE_LIMIT: Final = 12

# Groups that are on unless -Wno-; all others are off until -W, -Wall, -Wextra or -pedantic turns them on.
DEFAULT_GROUPS: Final = frozenset((
    "address-of-packed-member", "attributes", "builtin-declaration-mismatch", "builtin-macro-redefined",
    "coverage-mismatch", "cpp", "deprecated", "deprecated-declarations", "designated-init",
    "discarded-array-qualifiers", "discarded-qualifiers", "div-by-zero", "duplicate-decl-specifier", "endif-labels",
    "enum-compare", "free-nonheap-object", "ignored-attributes", "implicit-function-declaration", "implicit-int",
    "incompatible-pointer-types", "inherited-variadic-ctor", "int-conversion", "int-to-pointer-cast",
    "invalid-memory-model", "literal-suffix", "long-long", "lto-type-mismatch", "main", "memset-transposed-args",
    "multichar", "normalized", "odr", "overflow", "overlength-strings", "override-init-side-effects",
    "packed-bitfield-compat", "pointer-compare", "pointer-to-int-cast", "pragmas", "return-local-addr",
    "return-mismatch", "scalar-storage-order", "shift-count-negative", "shift-count-overflow", "shift-overflow",
    "sizeof-array-argument", "sizeof-pointer-memaccess", "stringop-overflow", "switch-unreachable", "sync-nand",
    "unicode", "unknown-pragmas-gcc", "unsupported", "varargs", "variadic-macros", "vla-larger-than",
    "write-strings-default", "",
))  # fmt: skip

ALL_GROUPS: Final = (
    "address", "array-compare", "bool-compare", "bool-operation", "char-subscripts", "comment", "enum-compare",
    "format", "implicit", "implicit-function-declaration", "implicit-int", "init-self", "int-in-bool-context",
    "logical-not-parentheses", "main", "maybe-uninitialized", "memset-elt-size", "misleading-indentation",
    "missing-attributes", "multistatement-macros", "nonnull", "parentheses", "pointer-sign", "restrict",
    "return-type", "sequence-point", "sizeof-pointer-div", "strict-aliasing", "switch", "tautological-compare",
    "trigraphs", "uninitialized", "unknown-pragmas", "unused-function", "unused-label", "unused-value",
    "unused-variable", "unused-but-set-variable", "unused-const-variable", "volatile-register-var",
    "zero-length-bounds",
)  # fmt: skip

EXTRA_GROUPS: Final = (
    "cast-function-type", "clobbered", "empty-body", "expansion-to-defined", "ignored-qualifiers",
    "implicit-fallthrough", "missing-field-initializers", "missing-parameter-type", "old-style-declaration",
    "override-init", "shift-negative-value", "sign-compare", "string-compare", "type-limits", "unused-parameter",
    "unused-but-set-parameter",
)  # fmt: skip


UNUSED_GROUPS: Final = (
    "unused-function", "unused-label", "unused-value", "unused-variable", "unused-but-set-variable",
)  # fmt: skip


class Fatal(Exception):
    """Compilation cannot go on; the reason has been reported to the sink already."""


@final
class WarningState:
    """Which groups are ignored, warned of, or errors. Copied on change, so snapshots may be shared."""

    __slots__ = ("all_errors", "levels", "not_errors", "pedantic", "pedantic_errors", "silent", "system_headers")

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.all_errors = False
        self.not_errors: dict[str, bool] = {}
        self.pedantic = False
        self.pedantic_errors = False
        self.system_headers = False
        self.silent = False

    def copy(self) -> WarningState:
        state = WarningState()
        state.levels = dict(self.levels)
        state.all_errors = self.all_errors
        state.not_errors = dict(self.not_errors)
        state.pedantic = self.pedantic
        state.pedantic_errors = self.pedantic_errors
        state.system_headers = self.system_headers
        state.silent = self.silent
        return state

    def option(self, name: str) -> None:
        """One `-W` option without its `-W`: `unused`, `no-unused`, `error`, `error=format`, `no-error=format` ..."""
        if name == "error":
            self.all_errors = True
        elif name == "no-error":
            self.all_errors = False
        elif name.startswith("error="):
            self.levels[name[6:]] = AS_ERROR
            self.not_errors.pop(name[6:], None)
        elif name.startswith("no-error="):
            self.not_errors[name[9:]] = True
            if self.levels.get(name[9:], -1) == AS_ERROR:
                self.levels[name[9:]] = AS_WARNING
        elif name in ("all", "extra", "pedantic", "system-headers"):
            self._set(name, AS_WARNING)
        elif name.startswith("no-"):
            self._set(name[3:], IGNORED)
        else:
            self._set(name.split("=")[0], AS_WARNING)

    def _set(self, name: str, level: int) -> None:
        if name == "system-headers":
            self.system_headers = level != IGNORED
        elif name == "pedantic":
            self.pedantic = level != IGNORED
        elif name == "all" or name == "extra":
            for group in ALL_GROUPS if name == "all" else EXTRA_GROUPS:
                if group not in self.levels:  # -Wno-x before or after -Wall wins
                    self.levels[group] = level
        elif name == "unused":
            for group in UNUSED_GROUPS:
                self.levels[group] = level
        else:
            if level == AS_WARNING and self.levels.get(name, -1) == AS_ERROR:
                return  # -Werror=x -Wx keeps the error
            self.levels[name] = level

    def level(self, group: str) -> int:
        level = self.levels.get(group, -1)
        if level < 0:
            level = AS_WARNING if group in DEFAULT_GROUPS else IGNORED
        if self.silent and level == AS_WARNING:
            return IGNORED
        if level == AS_WARNING and self.all_errors and group not in self.not_errors:
            return AS_ERROR
        return level


@final
class Diagnostic:
    """One reported diagnostic. `group` is the name after `-W`, empty for errors and ungrouped warnings."""

    __slots__ = ("column", "file", "group", "line", "rendered", "severity", "span", "text")

    def __init__(
        self, severity: int, group: str, span: Span | None, text: str, file: str, line: int, column: int
    ) -> None:
        self.severity = severity
        self.group = group
        self.span = span
        self.text = text
        self.file = file
        self.line = line
        self.column = column
        self.rendered = ""


@final
class Sink:
    """Collects, counts and prints diagnostics. `stream` is None where only the records are wanted."""

    __slots__ = (
        "diagnostics",
        "errors",
        "function",
        "histories",
        "max_errors",
        "program",
        "show_caret",
        "shown_function",
        "shown_include",
        "source_map",
        "stack",
        "state",
        "stream",
        "warnings",
        "warnings_as_errors",
    )  # fmt: skip

    def __init__(
        self,
        source_map: SourceMap,
        state: WarningState | None = None,
        stream: TextIO | None = None,
        max_errors: int = 0,
        show_caret: bool = True,
        program: str = "pycc",
    ) -> None:
        self.source_map = source_map
        self.stream = stream
        self.state = state if state is not None else WarningState()
        self.diagnostics: list[Diagnostic] = []
        self.errors = 0
        self.warnings = 0
        self.warnings_as_errors = 0
        self.max_errors = max_errors
        self.show_caret = show_caret
        self.program = program
        # base of a file -> (offsets, states that hold from there on); absent: self.state as given by the options.
        self.histories: dict[int, tuple[list[int], list[WarningState]]] = {}
        self.stack: list[WarningState] = []
        self.function = ""  # of the body being parsed; shown as "In function 'f':" when it changes
        self.shown_function = ""
        self.shown_include = NO_POSITION

    # -- reporting -------------------------------------------------------------------------------------------------

    def error(self, span: Span | None, format: str, *args: object) -> None:
        self._report(ERROR, "", span, _fill(format, args))

    def warning(self, group: str, span: Span | None, format: str, *args: object) -> bool:
        """Whether it was shown: notes that belong to it are reported only then."""
        state = self.state_at(span)
        level = state.level(group)
        if level == IGNORED or (not state.system_headers and self._in_system_header(span)):
            return False
        if level == AS_ERROR:
            self._report(ERROR, group, span, _fill(format, args))
            self.warnings_as_errors += 1
        else:
            self._report(WARNING, group, span, _fill(format, args))
        return True

    def pedantic(self, group: str, span: Span | None, format: str, *args: object) -> bool:
        """A diagnostic that the standard requires but GNU C only gives under `-pedantic`."""
        state = self.state_at(span)
        if not (state.pedantic or state.pedantic_errors) or state.levels.get(group, -1) == IGNORED:
            return False
        if not state.system_headers and self._in_system_header(span):
            return False
        if state.silent and not state.pedantic_errors:
            return False
        severity = ERROR if state.pedantic_errors or state.all_errors else WARNING
        self._report(severity, group if group else "pedantic", span, _fill(format, args))
        return True

    def note(self, span: Span | None, format: str, *args: object) -> None:
        self._report(NOTE, "", span, _fill(format, args))

    def fatal(self, span: Span | None, format: str, *args: object) -> Fatal:
        """Report and hand back the exception: `raise sink.fatal(span, ...)`."""
        self._report(FATAL, "", span, _fill(format, args))
        if self.stream is not None:
            self.stream.write("compilation terminated.\n")
        return Fatal(self.diagnostics[-1].text)

    # -- warning state ---------------------------------------------------------------------------------------------

    def state_at(self, span: Span | None) -> WarningState:
        if not self.histories or span is None or span.pos < 0:
            return self.state
        pos = expansion_pos(span.pos, span.origin)
        return self._state_at_pos(pos)

    def _state_at_pos(self, pos: int) -> WarningState:
        for _ in range(1000):
            if pos < 0:
                break
            file = self.source_map.file_of(pos)
            history = self.histories.get(file.base)
            if history is not None:
                index = bisect_right(history[0], pos - file.base)
                if index:
                    return history[1][index - 1]
            pos = file.included_at
        return self.state

    def _set_state_at(self, pos: int, state: WarningState) -> None:
        file = self.source_map.file_of(pos)
        history = self.histories.get(file.base)
        if history is None:
            history = ([], [])
            self.histories[file.base] = history
        index = bisect_right(history[0], pos - file.base)
        history[0].insert(index, pos - file.base)
        history[1].insert(index, state)
        if file.included_at >= 0:  # what a header changes stays changed in its includer
            self._set_state_at(file.included_at + 1, state)

    def pragma_push(self, pos: int) -> None:
        """`#pragma GCC diagnostic push`."""
        self.stack.append(self._state_at_pos(pos))

    def pragma_pop(self, pos: int) -> bool:
        """`#pragma GCC diagnostic pop`; False if nothing was pushed (the option state is restored then)."""
        if self.stack:
            self._set_state_at(pos, self.stack.pop())
            return True
        self._set_state_at(pos, self.state)
        return False

    def pragma_level(self, pos: int, group: str, level: int) -> None:
        """`#pragma GCC diagnostic ignored|warning|error "-Wgroup"` at `pos`."""
        state = self._state_at_pos(pos).copy()
        state.levels[group] = level
        if level == AS_WARNING:
            state.not_errors[group] = True
        self._set_state_at(pos, state)

    # -- rendering -------------------------------------------------------------------------------------------------

    def _in_system_header(self, span: Span | None) -> bool:
        return span is not None and span.pos >= 0 and self.source_map.in_system_header(span.pos)

    def _report(self, severity: int, group: str, span: Span | None, text: str) -> None:
        if span is None or span.pos < 0:
            diagnostic = Diagnostic(severity, group, span, text, "", 0, 0)
        else:
            name, line, column = self.source_map.locate(span.pos)
            diagnostic = Diagnostic(severity, group, span, text, name, line, column)
        self.diagnostics.append(diagnostic)
        if severity == WARNING:
            self.warnings += 1
        elif severity >= ERROR:
            self.errors += 1
        diagnostic.rendered = self._render(diagnostic)
        if self.stream is not None:
            self.stream.write(diagnostic.rendered)
        if severity == ERROR and self.max_errors and self.errors >= self.max_errors:
            if self.stream is not None:
                self.stream.write(f"compilation terminated due to -fmax-errors={self.max_errors}.\n")
            raise Fatal("-fmax-errors")

    def _render(self, diagnostic: Diagnostic) -> str:
        lines: list[str] = []
        suffix = ""
        if diagnostic.group:
            suffix = " [-W{}{}]".format("error=" if diagnostic.severity == ERROR else "", diagnostic.group)
        label = SEVERITY_NAMES[diagnostic.severity]
        span = diagnostic.span
        if span is None or span.pos < 0:
            return f"{self.program}: {label}: {diagnostic.text}{suffix}\n"
        if diagnostic.severity != NOTE:
            self._render_includes(span.pos, lines)
            if self.function != self.shown_function:
                where = f"In function '{self.function}':" if self.function else "At top level:"
                lines.append(f"{diagnostic.file}: {where}")
                self.shown_function = self.function
        head = f"{diagnostic.file}:{diagnostic.line}:{diagnostic.column}: {label}: {diagnostic.text}{suffix}"
        lines.append(head)
        self._render_caret(span.pos, span.end, lines)
        if diagnostic.severity != NOTE:
            self._render_backtrace(span.origin, lines)
        return "\n".join(lines) + "\n"

    def _render_includes(self, pos: int, lines: list[str]) -> None:
        stack = self.source_map.include_stack(pos)
        innermost = stack[0] if stack else NO_POSITION
        if innermost == self.shown_include:
            return
        self.shown_include = innermost
        for index, include in enumerate(stack):
            name, line, _ = self.source_map.locate(include)
            lead = "In file included from" if index == 0 else "                 from"
            lines.append("{} {}:{}{}".format(lead, name, line, ":" if index + 1 == len(stack) else ","))

    def _render_backtrace(self, origin: Expansion | None, lines: list[str]) -> None:
        shown = 0
        while origin is not None and shown < BACKTRACE_LIMIT:
            name, line, column = self.source_map.locate(origin.pos)
            lines.append(f"{name}:{line}:{column}: note: in expansion of macro '{origin.name}'")
            self._render_caret(origin.pos, origin.pos + len(origin.name), lines)
            origin = origin.parent
            shown += 1

    def _render_caret(self, pos: int, end: int, lines: list[str]) -> None:
        if not self.show_caret or pos < 0:
            return
        file = self.source_map.file_of(pos)
        physical = file.physical_line(pos - file.base)
        text = file.line_text(physical)
        if len(text) > CARET_LINE_LIMIT or "\0" in text:
            return
        column = file.column(pos - file.base)
        text = text.expandtabs(8).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        width = max(1, min(end - pos, len(text) - column + 1))
        number = file.presumed(pos - file.base)[1]
        lines.append(f"{number:5} | {text}")
        lines.append("      | {}^{}".format(" " * (column - 1), "~" * (width - 1)))


def _fill(format: str, args: tuple[object, ...]) -> str:
    return format.format(*args) if args else format
