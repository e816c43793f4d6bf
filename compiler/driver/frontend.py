"""What the command line means to the front end: its options, the preprocessor's runs, dependency rules."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Final, final

from compiler.driver import output
from compiler.driver.options import Command, UsageError
from compiler.driver.targets import Choice
from compiler.platform.language import Language, language
from compiler.platform.macros import MacroOptions
from compiler.platform.platform import Platform
from compiler.preprocess.include import directory_of
from compiler.preprocess.options import DEFINE, UNDEFINE, PreprocessorOptions
from compiler.preprocess.preprocessor import Preprocessor
from compiler.runtime import manifest
from compiler.source.diagnostics import Sink, WarningState
from compiler.source.files import SourceMap

if TYPE_CHECKING:
    from compiler.lex.tokens import Token
    from compiler.sema.context import Options

# C2x attributes and their values (C2x 6.10.1p9), as gcc 12 states them.
_STANDARD_ATTRIBUTES: Final[dict[str, str]] = {
    "deprecated": "201904L", "fallthrough": "201904L", "nodiscard": "202003L", "maybe_unused": "201904L",
}  # fmt: skip


@final
class Source:
    """An input of the compiler proper. `language` is one of options.LANGUAGES but "none"; `stem` names its outputs."""

    def __init__(self, path: str, language: str) -> None:
        self.path: Final = path
        self.language: Final = language
        base = os.path.basename(path) if path != "-" else "-"
        stem, _ = os.path.splitext(base)
        self.stem: Final = stem if stem else base
        self.data: bytes | None = None

    def read(self) -> bytes:
        """The file as it is; standard input is read once. Raises UsageError."""
        if self.data is None:
            self.data = output.read_file(self.path)
        return self.data

    @property
    def shown(self) -> str:
        return "<stdin>" if self.path == "-" else self.path


def language_of(command: Command, assembler: bool) -> Language:
    """The dialect of -std, with the switches that change it; raises UsageError."""
    made = language(command.value("std", "gnu17"))
    if made is None:
        raise UsageError(f"unrecognized command-line option '-std={command.value('std')}'")
    if assembler:
        made = Language(made.version, made.gnu, True)
    if command.has("trigraphs") or command.switch("trigraphs", False):
        made.trigraphs = True
    made.dollars = command.switch("dollars-in-identifiers", made.dollars)
    made.gnu89_inline = command.switch("gnu89-inline", made.gnu89_inline)
    return made


def platform_of(command: Command, choice: Choice) -> Platform:
    signed: bool | None = None
    if "signed-char" in command.switches:
        signed = command.switches["signed-char"]
    if "unsigned-char" in command.switches:
        signed = not command.switches["unsigned-char"]
    return choice.platform(signed, command.switch("short-wchar", False))


def warning_state(command: Command) -> WarningState:
    state = WarningState()
    for text in command.warnings:
        state.option(text)
    state.pedantic_errors = command.has("pedantic-errors")
    state.silent = command.has("no-warnings")
    return state


def _macro_options(command: Command) -> MacroOptions:
    made = MacroOptions()
    made.optimize = command.level
    made.optimize_size = command.optimize_size
    made.hosted = not command.freestanding
    made.inline = command.switch("inline", True)
    made.gnu89_inline = command.switch("gnu89-inline", False)
    fast = command.switch("fast-math", command.value("optimize") == "fast")
    made.fast_math = fast
    made.finite_math_only = command.switch("finite-math-only", fast)
    made.associative_math = command.switch("associative-math", fast)
    made.reciprocal_math = command.switch("reciprocal-math", fast)
    made.math_errno = command.switch("math-errno", not fast)
    made.signed_zeros = command.switch("signed-zeros", not fast)
    made.trapping_math = command.switch("trapping-math", not fast)
    made.single_precision_constant = command.switch("single-precision-constant", False)
    made.short_wchar = command.switch("short-wchar", False)
    made.pthread = command.has("pthread")
    made.pic = 2 if command.switch("PIC", False) or command.switch("PIE", False) else 0
    if not made.pic and (command.switch("pic", False) or command.switch("pie", False)):
        made.pic = 1
    made.pie = 2 if command.switch("PIE", False) else 1 if command.switch("pie", False) else 0
    return made


def preprocessor_options(command: Command, source: Source, printed: bool) -> PreprocessorOptions:
    """`printed`: the tokens are to be shown (-E), not parsed."""
    from compiler.sema.attributes import attribute_names
    from compiler.sema.builtins import builtin_names

    assembler = source.language == "assembler-with-cpp"
    made = PreprocessorOptions(language_of(command, assembler))
    made.macro_options = _macro_options(command)
    for kind, text in command.definitions:
        made.definitions.append((DEFINE if kind == "D" else UNDEFINE, text))
    if assembler:
        made.definitions.insert(0, (DEFINE, "__ASSEMBLER__=1"))
    made.quote_directories = command.given("iquote")
    made.directories = command.given("include")
    made.isystem_directories = command.given("isystem")
    made.after_directories = command.given("idirafter")
    if not command.has("nostdinc"):
        made.system_directories = [str(folder) for folder in manifest.include_folders(True)]
    made.includes = command.given("preinclude")
    made.imacros = command.given("imacros")
    made.undef_predefined = command.has("undef")
    made.preprocessed = source.language == "cpp-output" or command.switch("preprocessed", False)
    made.attributes = attribute_names()
    made.standard_attributes = _STANDARD_ATTRIBUTES
    made.builtins = builtin_names()
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        made.source_date_epoch = int(epoch)
    depth = command.switch_values.get("max-include-depth", "")
    if depth:
        made.max_include_depth = int(depth)
    if printed:
        only_macros = "M" in command.dumps
        made.markers = not only_macros
        made.keep_pragmas = True
        made.keep_comments = command.has("comments") and not only_macros
        made.keep_definitions = "D" in command.dumps
        made.names_only = "N" in command.dumps
        made.keep_includes = "I" in command.dumps
    return made


def sema_options(command: Command, made_language: Language) -> Options:
    from compiler.sema.context import Options

    made = Options(made_language)
    made.builtin_functions = command.switch("builtin", not command.freestanding)
    made.short_enums = command.switch("short-enums", False)
    made.unsigned_bit_fields = command.switch("unsigned-bitfields", not command.switch("signed-bitfields", True))
    made.optimize = command.level
    made.fast_math = command.switch("fast-math", False)
    pack = command.switch_values.get("pack-struct", "")
    if pack:
        made.pack = int(pack)
    elif command.switch("pack-struct", False):
        made.pack = 1
    return made


def prepare_macros(command: Command, choice: Choice) -> None:
    """Puts the predefined macros of C under the command's options into the tables."""
    source_map = SourceMap()
    made = Preprocessor(
        preprocessor_options(command, Source("", "c"), False), platform_of(command, choice), source_map,
        Sink(source_map), predefined=choice.tables.predefined,
    )  # fmt: skip
    made.start_text("", "\n")


@final
class Unit:
    """One source on its way through the front end."""

    def __init__(self, command: Command, choice: Choice, source: Source, sink: Sink, source_map: SourceMap) -> None:
        self.command: Final = command
        self.source: Final = source
        self.sink: Final = sink
        self.source_map: Final = source_map
        self.tables: Final = choice.tables
        self.platform: Final = platform_of(command, choice)
        self.dependencies: list[tuple[str, bool]] = []

    def _start(self, printed: bool) -> Preprocessor:
        options = preprocessor_options(self.command, self.source, printed)
        made = Preprocessor(options, self.platform, self.source_map, self.sink, predefined=self.tables.predefined)
        if self.source.path == "-":
            text = self.source.read().decode("utf-8", "surrogateescape")
            made.start_text("<stdin>", text, directory_of(""))
        else:
            made.start(self.source.path)
        return made

    def tokens(self) -> list[Token]:
        """All tokens for the parser."""
        preprocessor = self._start(False)
        out: list[Token] = []
        while preprocessor.read(out):
            pass
        self.dependencies = preprocessor.dependencies
        return out

    def text(self) -> str:
        """What -E prints."""
        from compiler.preprocess.printing import Printer

        preprocessor = self._start(True)
        stream = io.StringIO(newline="\n")
        if "M" in self.command.dumps:
            ignored: list[Token] = []
            while preprocessor.read(ignored):
                ignored.clear()
            stream.write("".join([line + "\n" for line in preprocessor.dump_macros()]))
        else:
            printer = Printer(stream, self.source_map, not self.command.has("no-markers"))
            piece: list[Token] = []
            while preprocessor.read(piece):
                printer.write(piece)
                piece = []
            printer.write(piece)
            printer.finish()
        self.dependencies = preprocessor.dependencies
        return stream.getvalue()


def write_dependencies(
    command: Command, source: Source, dependencies: list[tuple[str, bool]], object_path: str
) -> None:
    """The rule that -M and its kin ask for; `object_path` is "" where no object is written (-M, -E)."""
    from compiler.preprocess.dependencies import make_rule, quote_for_make

    mode = command.value("dependencies")
    targets = list(command.given("dependency-target"))
    for name in command.given("dependency-target-quoted"):
        targets.append(quote_for_make(name))
    if not targets:
        targets = [quote_for_make(object_path if object_path else source.stem + ".o")]
    rule = make_rule(targets, dependencies, mode in ("M", "MD"), command.has("dependency-phony"))
    path = command.value("dependency-file")
    if not path:
        if mode in ("M", "MM"):
            path = command.value("output", "-")
        elif command.has("output") and command.stage:
            path = os.path.splitext(command.value("output"))[0] + ".d"
        else:
            path = source.stem + ".d"
    output.write_text(path, rule)
