"""The preprocessor as others use it: a source file in, tokens for the parser (or for -E) out.

`preprocess` gives all tokens at once; `Preprocessor.read` gives them in pieces, so that a file of any size can be
parsed without holding all its tokens. A missing header raises Fatal, which the sink has reported.
"""

from __future__ import annotations

import gc
import os
from typing import Final

from compiler.lex.clean import load_text
from compiler.lex.tokens import EOF, IDENT, SpellingTable, Token
from compiler.platform.macros import predefined
from compiler.platform.platform import Platform
from compiler.preprocess.directives import Directives, listed
from compiler.preprocess.include import Found, HeaderCache, directory_of
from compiler.preprocess.macros import Macro, spell_definition
from compiler.preprocess.options import DEFINE, PreprocessorOptions
from compiler.source.diagnostics import Sink
from compiler.source.files import NO_POSITION, SourceFile, SourceMap

PIECE: Final = 8192  # tokens


class Preprocessor(Directives):
    """One compilation's preprocessor. `start*` once, then `read` until it says False.

    `predefined` keeps the predefined macros, by what defines them, for the next compilation; it is used where the
    source map is new, since their tokens then have the same positions in both.
    """

    def __init__(
        self,
        options: PreprocessorOptions,
        platform: Platform,
        source_map: SourceMap,
        sink: Sink,
        cache: HeaderCache | None = None,
        table: SpellingTable | None = None,
        predefined: dict[str, list[Macro]] | None = None,
    ) -> None:
        super().__init__(options, platform, source_map, sink, cache, table)
        self.predefined = predefined
        self.predefined_file: SourceFile | None = None
        if not options.preprocessed and not options.undef_predefined and source_map.next_base == 0:
            text = self._predefined_text()
            self.predefined_file = load_text(source_map, "<built-in>", text, self.language.trigraphs, sink)
        self.finished = False
        self.prologue: list[Token] = self.out  # what comes before the first line: markers, -include files

    def start(self, path: str) -> None:
        """Begin with the file at `path`."""
        try:
            if os.path.isdir(path):
                raise self.sink.fatal(None, "{}: Is a directory", path)
            header = self.cache.open(path, self.sink)
        except (OSError, ValueError) as error:
            raise self.sink.fatal(None, "{}: {}", path, error) from None
        if header is None:
            raise self.sink.fatal(None, "{}: No such file or directory", path)
        self.main_name = self.options.main_name if self.options.main_name is not None else path
        self.note_dependency(path, False)
        self._prologue()
        self.marker(1, self.main_name, 0, 0)
        self.push_main(header)
        self.main_pos = header.file.base

    def start_text(self, name: str, text: str, directory: str = "") -> None:
        """Begin with a text; `directory` ("" or ending in a slash) is where its quoted includes are looked for."""
        self.main_name = name
        self._prologue()
        self.marker(1, name, 0, 0)
        self.main_pos = self.push_text(name, text, directory, False).scanner.base

    def _prologue(self) -> None:
        """Predefined macros, -D and -U, the implicit header, -imacros, -include: in gcc's order."""
        options = self.options
        self.marker(0, self.main_name, 0, 0)
        self.marker(0, "<built-in>", 0, 0)
        if not options.preprocessed:
            self.install_builtins()
            if not options.undef_predefined:
                self._define_predefined()
        self.marker(0, "<command-line>", 0, 0)
        lines: list[str] = []
        for action, text in options.definitions:
            if action == DEFINE:
                name, equals, body = text.partition("=")
                lines.append("#define {} {}\n".format(name, body if equals else "1"))
            else:
                lines.append("#undef {}\n".format(text))
        if lines:
            self._run_lines("<command-line>", "".join(lines))
        if options.preprocessed:
            return
        if options.preinclude and options.macro_options.hosted:
            found = self.search.find(options.preinclude, self.search.bracket, self.sink)
            if found is not None:
                self._run_header(found, self.out)
        for name in options.imacros:
            self._run_header(self._command_line_header(name), [])
        for name in options.includes:
            self._run_header(self._command_line_header(name), self.out)

    def _predefined_text(self) -> str:
        lines: list[str] = []
        for name, body in predefined(self.platform, self.language, self.options.macro_options):
            lines.append("#define {} {}\n".format(name, body))
        return "".join(lines)

    def _define_predefined(self) -> None:
        file = self.predefined_file
        if file is None:
            self.push_text("<built-in>", self._predefined_text(), "", True)
        else:
            made = self.predefined.get(self._predefined_key(file.text)) if self.predefined is not None else None
            if made is not None and not self.options.keep_definitions:
                for macro in made:
                    macro.expanding = False  # the compilation before may have ended within it
                    self.macros[macro.name] = macro
                return
            self.push_silent(file)
        before = set(self.macros)
        self._run_all(self.out)
        for macro in self.macros.values():
            macro.pos = NO_POSITION
        if file is not None and self.predefined is not None:
            new = [macro for macro in self.macros.values() if macro.name not in before]
            self.predefined[self._predefined_key(file.text)] = new

    def _predefined_key(self, text: str) -> str:
        """The text, and what its tokens depend on besides."""
        language = self.language
        words = (language.version, language.gnu, language.assembler, language.dollars, language.trigraphs)
        return "{} {}\n{}".format(words, self.platform.segments, text)

    def _run_lines(self, name: str, text: str) -> None:
        self.push_text(name, text, "", True)
        self._run_all(self.out)

    def _run_header(self, found: Found, out: list[Token]) -> None:
        outer = self.out
        self.out = out
        base = self.push_text("<command-line>", "\n", "", True)
        if self.push_header(found, base.scanner.base):
            self._run_all(out)
            name = self.states[-1].scanner.file.name if self.states else "<command-line>"
            self.marker(0, name, 2, 0)
        else:
            self.pop_file()
        self.out = outer

    def _run_all(self, out: list[Token]) -> None:
        while self._read(out, 1 << 62):
            pass

    def _command_line_header(self, name: str) -> Found:
        found = self.search.find_beside(name, "", 0, self.sink)
        if found is None:
            raise self.sink.fatal(None, "{}: No such file or directory", name)
        return found

    # -- the stream ---------------------------------------------------------------------------------------------------

    def read(self, out: list[Token]) -> bool:
        """Append the next piece of output, a few thousand tokens; False, with an EOF token appended, at the end."""
        if self.finished:
            return False
        out.extend(self.prologue)
        self.prologue = []
        self.out = out
        if self._read(out, len(out) + PIECE):
            return True
        self.finished = True
        end = self.source_map.next_base - 1 if self.main_pos < 0 else self.main_pos
        file = self.source_map.file_of(end)
        out.append(Token(EOF, "", file.base + len(file.text) - 1, 1, None, 0))
        return False

    def _read(self, out: list[Token], enough: int) -> bool:
        """The hot loop: tokens that are no macro names pass through untouched."""
        macros = self.macros
        while True:
            line = self.line
            index = self.index
            count = len(line)
            while index < count:
                token = line[index]
                index += 1
                if token.kind == IDENT:
                    macro = macros.get(token.text)
                    if macro is not None:
                        self.index = index
                        self.expand_name(token, macro, out)
                        line = self.line
                        index = self.index
                        count = len(line)
                        continue
                out.append(token)
            self.index = index
            if len(out) >= enough:
                return True
            if not self.fetch_line(False) and not self.pop_file():
                return False

    def dump_macros(self) -> list[str]:
        """`#define` lines of all macros, in order of definition (-dM)."""
        return ["#define " + spell_definition(macro) for macro in self.macros.values() if listed(macro)]


def preprocess(
    path: str,
    options: PreprocessorOptions,
    platform: Platform,
    source_map: SourceMap,
    sink: Sink,
    text: str | None = None,
    cache: HeaderCache | None = None,
) -> list[Token]:
    """All tokens of the file at `path`, or of `text` if it is given, then named `path`; the last one is EOF."""
    preprocessor = Preprocessor(options, platform, source_map, sink, cache)
    if text is None:
        preprocessor.start(path)
    else:
        preprocessor.start_text(path, text, directory_of(path))
    out: list[Token] = []
    enabled = gc.isenabled()
    gc.disable()  # no cycle is made here, and the collector would walk every token again and again
    try:
        while preprocessor.read(out):
            pass
    finally:
        if enabled:
            gc.enable()
    return out


