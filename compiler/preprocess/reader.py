"""The stack of open files: lines in, directives noticed, skipped groups skipped.

Invariant: `line[index:]` are the unread tokens of the current line of the innermost file; a directive's line never gets
there. A file is popped only between two top-level tokens, so a macro call cannot run over the end of a header.
"""

from __future__ import annotations

from typing import Final

from compiler.lex.clean import load_text
from compiler.lex.scanner import Dialect, Scanner
from compiler.lex.tokens import BOL, COMMENT, HASH, PUNCT, RAW_LINE, SpellingTable, Token, keywords
from compiler.platform.platform import Platform
from compiler.preprocess.expand import Expander
from compiler.preprocess.include import Found, Header, HeaderCache, LineRecord, SearchPath, directory_of
from compiler.preprocess.macros import Macro
from compiler.preprocess.options import PreprocessorOptions
from compiler.preprocess.state import (
    GUARD_CLOSED,
    GUARD_NONE,
    GUARD_OPEN,
    GUARD_POSSIBLE,
    Conditional,
    FileState,
)
from compiler.source.diagnostics import Sink
from compiler.source.files import EXTERN_C_FILE, NO_POSITION, SourceFile, SourceMap

ENTER: Final = 1  # flags of line markers
LEAVE: Final = 2
_OPENERS: Final = frozenset(("if", "ifdef", "ifndef"))
_MIDDLES: Final = frozenset(("elif", "else", "elifdef", "elifndef"))


class Reader(Expander):
    """Expander with files below it."""

    def __init__(
        self,
        options: PreprocessorOptions,
        platform: Platform,
        source_map: SourceMap,
        sink: Sink,
        cache: HeaderCache | None = None,
        table: SpellingTable | None = None,
    ) -> None:
        language = options.language
        if table is None:
            table = SpellingTable(keywords(language.version, language.gnu, platform.segments))
        super().__init__(sink, source_map, table, Dialect(language))
        self.options = options
        self.language = language
        self.platform = platform
        self.cache: HeaderCache = cache if cache is not None else HeaderCache(source_map, language.trigraphs)
        self.search: SearchPath = SearchPath(options, self.cache)
        self.states: list[FileState] = []
        self.state: FileState | None = None
        self.standard_comma = not language.gnu
        self.out: list[Token] = []
        self.pushed_macros: dict[str, list[Macro | None]] = {}  # #pragma push_macro
        self.main_name = "<stdin>"
        self.main_pos = NO_POSITION
        # In order of first inclusion: the files that a dependency rule names, and whether they are system headers.
        self.dependencies: list[tuple[str, bool]] = []
        self.seen_dependencies: set[str] = set()

    # -- the file stack -----------------------------------------------------------------------------------------------

    def push_header(self, found: Found, included_at: int) -> bool:
        """Start reading a header; False if it has nothing more to say (guarded, or read once already)."""
        header = found.header
        self.note_dependency(header.path, found.system != 0)
        if header.once or (header.guard and header.guard in self.macros):
            return False
        header.inclusions += 1
        file = header.file
        if header.inclusions == 1:
            file.system = found.system
        file.included_at = included_at
        scanner = Scanner(file, self.table, self.dialect, self.sink)
        state = FileState(scanner, header, directory_of(header.path), found.index, file.system)
        if header.inclusions > 1:
            if header.lines is None:
                header.lines = {}
            state.lines = header.lines
        self._push(state)
        self.marker(1, file.name, ENTER, file.system)
        return True

    def push_text(self, name: str, text: str, directory: str, silent: bool) -> FileState:
        """Start reading a text that is no header."""
        file = load_text(self.source_map, name, text, self.language.trigraphs, self.sink)
        state = FileState(Scanner(file, self.table, self.dialect, self.sink), None, directory, -1, 0)
        state.silent = silent
        self._push(state)
        return state

    def push_silent(self, file: SourceFile) -> None:
        """Start reading a file that shows no line markers."""
        state = FileState(Scanner(file, self.table, self.dialect, self.sink), None, "", -1, 0)
        state.silent = True
        self._push(state)

    def push_main(self, header: Header) -> None:
        self.note_dependency(header.path, False)
        header.inclusions += 1
        header.file.included_at = NO_POSITION
        scanner = Scanner(header.file, self.table, self.dialect, self.sink)
        self._push(FileState(scanner, header, directory_of(header.path), -1, 0))

    def _push(self, state: FileState) -> None:
        state.scanner.keep_comments = self.options.keep_comments and not state.silent
        self.states.append(state)
        self.state = state
        self.line = []
        self.index = 0

    def pop_file(self) -> bool:
        """Leave the innermost file; False if none is left."""
        state = self.states.pop()
        for conditional in reversed(state.conditionals):
            token = conditional.token
            name = "else" if conditional.seen_else and token.text == "else" else token.text
            self.sink.error(token.span(), "unterminated #{}", name)
        header = state.header
        if header is not None and state.guard_state == GUARD_CLOSED:
            header.guard = state.guard
        self.line = []
        self.index = 0
        if not self.states:
            self.state = None
            return False
        self.state = self.states[-1]
        if not state.silent and not self.state.silent:
            file = self.state.scanner.file
            name, line, system = file.presumed(min(self.state.scanner.pos, len(file.text) - 1))
            self.marker(line, name, LEAVE, system)
        return True

    def note_dependency(self, path: str, system: bool) -> None:
        if path not in self.seen_dependencies:
            self.seen_dependencies.add(path)
            self.dependencies.append((path, system))

    def marker(self, line: int, name: str, flag: int, system: int) -> None:
        if self.options.markers:
            kind = " {}".format(flag) if flag else ""
            text = '# {} "{}"{}{}'.format(line, escape(name), kind, marker_flags(system))
            self.out.append(Token(RAW_LINE, text, line, BOL, None, 0))

    # -- lines --------------------------------------------------------------------------------------------------------

    def directive(self, tokens: list[Token]) -> bool:
        """Execute a directive, `tokens` with its `#`. True if the line is to be read as text after all; what is in
        `line` then is read."""
        raise NotImplementedError

    def fetch_line(self, for_parenthesis: bool) -> bool:
        while True:
            state = self.state
            if state is None:
                return False
            scanner = state.scanner
            offset = scanner.pos
            tokens: list[Token]
            record = state.lines.get(offset) if state.lines is not None else None
            if record is not None:
                tokens = record.tokens
                scanner.pos = record.next
            else:
                tokens = []
                if not scanner.scan_line(tokens):
                    self.line = []
                    self.index = 0
                    return False
                if state.lines is not None:
                    state.lines[offset] = LineRecord(tokens, scanner.pos)
            first = tokens[0]
            if first.kind == COMMENT:
                first = self._first_solid(tokens)
            if first.id == HASH and first.kind == PUNCT:
                if for_parenthesis:
                    scanner.pos = offset
                    self.line = []
                    self.index = 0
                    return False
                if first is not tokens[0]:
                    tokens = [token for token in tokens if token.kind != COMMENT]
                self.line = []
                self.index = 0
                if self.directive(tokens):
                    return True
                continue
            if state.guard_state != GUARD_OPEN:
                state.guard_state = GUARD_NONE
            self.line = tokens
            self.index = 0
            return True

    def _first_solid(self, tokens: list[Token]) -> Token:
        for token in tokens:
            if token.kind != COMMENT:
                return token
        return tokens[0]

    # -- conditionals -------------------------------------------------------------------------------------------------

    def open_conditional(self, token: Token, holds: bool, guard: str) -> None:
        state = self.state
        assert state is not None
        is_guard = False
        if state.guard_state == GUARD_POSSIBLE and guard and not state.conditionals:
            state.guard = guard
            state.guard_state = GUARD_OPEN
            is_guard = True
        elif state.guard_state != GUARD_OPEN:
            state.guard_state = GUARD_NONE
        state.conditionals.append(Conditional(token, holds, is_guard))
        if not holds:
            self.skip_group()

    def close_conditional(self) -> None:
        state = self.state
        assert state is not None
        conditional = state.conditionals.pop()
        if conditional.is_guard and state.guard_state == GUARD_OPEN:
            state.guard_state = GUARD_CLOSED

    def skip_group(self) -> None:
        """Skip to the directive that may end the group, and stop before it."""
        state = self.state
        assert state is not None
        scanner = state.scanner
        depth = 0
        while True:
            name = scanner.skip_to_directive()
            if name == "\n":
                return
            if name in _OPENERS:
                depth += 1
            elif depth == 0:
                if name == "endif" or name in _MIDDLES:
                    return
            elif name == "endif":
                depth -= 1
            scanner.next_line()


def escape(text: str) -> str:
    """A file name inside a string literal."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def marker_flags(system: int) -> str:
    """The flags of a line marker that say what kind of file follows."""
    return " 3 4" if system == EXTERN_C_FILE else " 3" if system else ""
