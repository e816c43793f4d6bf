"""The command line as a table, and the record that parsing makes of it.

A row says how its option is spelled, whether an argument follows, and where it goes: a value, a list, or one of the few
places where order matters (definitions, warnings, inputs). What several rows set, the last one wins, as in gcc.
"""

from __future__ import annotations

import os
from typing import Final, final

from compiler.driver import switches

# How an argument is attached.
FLAG: Final = 0
JOINED: Final = 1  # -O2; may be empty
SEPARATE: Final = 2  # the next word
EITHER: Final = 3

# Where an option goes.
SET: Final = 0  # values[key] = value, or the argument
APPEND: Final = 1  # lists[key]
DEFINITION: Final = 2  # in order with the others of its kind
WARNING: Final = 3
SWITCH: Final = 4  # -f
MACHINE: Final = 5  # -m
INPUT: Final = 6  # takes part in the link at its place: -l, -Wl,
LANGUAGE: Final = 7  # -x, for the inputs that follow
DUMP: Final = 8  # -d letters
PASS_ON: Final = 9  # -Wp, and -Xpreprocessor: more options
IGNORE: Final = 10
REFUSE: Final = 11


@final
class Row:
    """`argument` names the argument in --help; rows without `help` are not shown there."""

    def __init__(
        self, name: str, form: int, action: int, key: str = "", value: str = "1", argument: str = "", help: str = ""
    ) -> None:
        self.name: Final = name
        self.form: Final = form
        self.action: Final = action
        self.key: Final = key
        self.value: Final = value
        self.argument: Final = argument
        self.help: Final = help


ROWS: Final[tuple[Row, ...]] = (
    # What to do.
    Row("-E", FLAG, SET, "stage", "E", help="preprocess only"),
    Row("-S", FLAG, SET, "stage", "S", help="compile to assembly"),
    Row("-c", FLAG, SET, "stage", "c", help="compile and assemble, do not link"),
    Row("-fsyntax-only", FLAG, SET, "stage", "syntax", help="check the source, write nothing"),
    Row("-o", EITHER, SET, "output", argument="FILE", help="where the output goes ('-' is standard output)"),
    Row("-x", EITHER, LANGUAGE, argument="LANGUAGE",
        help="of the inputs that follow: c, assembler, assembler-with-cpp, ir, none"),
    Row("--target=", JOINED, SET, "target", argument="TARGET", help="the machine to compile for: riscv64"),
    Row("--target", SEPARATE, SET, "target"),
    Row("-save-temps", FLAG, SET, "save-temps", "cwd", help="keep .i, .s and .o files"),
    Row("-save-temps=", JOINED, SET, "save-temps"),
    Row("--save-temps", FLAG, SET, "save-temps", "cwd"),
    Row("-pipe", FLAG, IGNORE),
    Row("-v", FLAG, SET, "verbose", help="show steps and search paths"),
    Row("-###", FLAG, SET, "dry-run", help="show steps, run nothing"),
    # The language.
    Row("-std=", JOINED, SET, "std", argument="STANDARD", help="c89 ... c2x, gnu89 ... gnu2x (default gnu17)"),
    Row("--std=", JOINED, SET, "std"),
    Row("-ansi", FLAG, SET, "std", "c89"),
    Row("-trigraphs", FLAG, SET, "trigraphs"),
    Row("-pthread", FLAG, SET, "pthread"),
    Row("-f", JOINED, SWITCH, argument="SWITCH", help="see --print-ignored-flags for those without effect"),
    Row("-m", JOINED, MACHINE, argument="OPTION", help="of the machine: -march=, -mabi=, -mcmodel= ..."),
    # The preprocessor.
    Row("-D", EITHER, DEFINITION, "D", argument="NAME[=BODY]", help="define a macro"),
    Row("-U", EITHER, DEFINITION, "U", argument="NAME", help="undefine a macro"),
    Row("-undef", FLAG, SET, "undef"),
    Row("-I", EITHER, APPEND, "include", argument="DIR", help="search here for headers"),
    Row("-iquote", EITHER, APPEND, "iquote"),
    Row("-isystem", EITHER, APPEND, "isystem"),
    Row("-idirafter", EITHER, APPEND, "idirafter"),
    Row("-include", EITHER, APPEND, "preinclude", argument="FILE", help="read this file first"),
    Row("-imacros", EITHER, APPEND, "imacros"),
    Row("-nostdinc", FLAG, SET, "nostdinc", help="no system headers"),
    Row("-M", FLAG, SET, "dependencies", "M", help="print a make rule, do not compile; -MM without system headers"),
    Row("-MM", FLAG, SET, "dependencies", "MM"),
    Row("-MD", FLAG, SET, "dependencies", "MD", help="write a make rule, too; -MMD without system headers"),
    Row("-MMD", FLAG, SET, "dependencies", "MMD"),
    Row("-MF", EITHER, SET, "dependency-file"),
    Row("-MT", EITHER, APPEND, "dependency-target"),
    Row("-MQ", EITHER, APPEND, "dependency-target-quoted"),
    Row("-MP", FLAG, SET, "dependency-phony"),
    Row("-MG", FLAG, REFUSE),
    Row("-P", FLAG, SET, "no-markers", help="-E without line markers"),
    Row("-C", FLAG, SET, "comments", help="-E keeps comments"),
    Row("-CC", FLAG, SET, "comments"),
    Row("-H", FLAG, IGNORE),
    Row("-d", JOINED, DUMP, argument="LETTERS", help="-dM lists macros after -E, -dD keeps their definitions"),
    Row("-Wp,", JOINED, PASS_ON),
    Row("-Xpreprocessor", SEPARATE, PASS_ON),
    # Diagnostics.
    Row("-W", JOINED, WARNING, argument="GROUP", help="-Wall, -Wextra, -Wno-GROUP, -Werror[=GROUP] ..."),
    Row("-w", FLAG, SET, "no-warnings"),
    Row("-pedantic", FLAG, WARNING, "pedantic"),
    Row("--pedantic", FLAG, WARNING, "pedantic"),
    Row("-Wpedantic", FLAG, WARNING, "pedantic"),
    Row("-pedantic-errors", FLAG, SET, "pedantic-errors"),
    Row("--pedantic-errors", FLAG, SET, "pedantic-errors"),
    # Optimization and debugging.
    Row("-O", JOINED, SET, "optimize", argument="LEVEL", help="0, 1, 2, 3, s, z, g or fast"),
    Row("-g", JOINED, IGNORE),
    Row("-p", FLAG, REFUSE),
    Row("-pg", FLAG, REFUSE),
    Row("--coverage", FLAG, REFUSE),
    Row("--param", SEPARATE, IGNORE),
    Row("--param=", JOINED, IGNORE),
    # The assembler and the linker.
    Row("-Wa,", JOINED, APPEND, "assembler"),
    Row("-Xassembler", SEPARATE, APPEND, "assembler"),
    Row("-Wl,", JOINED, INPUT, "linker", argument="OPTIONS", help="options of the linker, separated by commas"),
    Row("-Xlinker", SEPARATE, INPUT, "linker-word"),
    Row("-l", EITHER, INPUT, "library", argument="NAME", help="link libNAME.a"),
    Row("-L", EITHER, APPEND, "library-path", argument="DIR", help="search here for libraries"),
    Row("-T", EITHER, REFUSE),
    Row("-e", EITHER, SET, "entry"),
    Row("-u", EITHER, APPEND, "undefined"),
    Row("-z", EITHER, IGNORE),
    Row("-s", FLAG, SET, "strip"),
    Row("-static", FLAG, IGNORE),
    Row("--static", FLAG, IGNORE),
    Row("-no-pie", FLAG, IGNORE),
    Row("-static-libgcc", FLAG, IGNORE),
    Row("-rdynamic", FLAG, IGNORE),
    Row("-shared", FLAG, REFUSE),
    Row("-pie", FLAG, REFUSE),
    Row("-static-pie", FLAG, REFUSE),
    Row("-r", FLAG, REFUSE),
    Row("-nostdlib", FLAG, SET, "nostdlib", help="neither start-up code nor libraries"),
    Row("-nostartfiles", FLAG, SET, "nostartfiles"),
    Row("-nodefaultlibs", FLAG, SET, "nodefaultlibs"),
    Row("-nolibc", FLAG, SET, "nodefaultlibs"),
    # Questions.
    Row("--version", FLAG, SET, "question", "version", help="which pycc this is"),
    Row("--help", FLAG, SET, "question", "help"),
    Row("-dumpmachine", FLAG, SET, "question", "machine", help="print the target"),
    Row("-dumpversion", FLAG, SET, "question", "gcc-major", help="print the gcc version that macros show"),
    Row("-dumpfullversion", FLAG, SET, "question", "gcc-version"),
    Row("-print-file-name=", JOINED, SET, "print-file-name"),
    Row("-print-prog-name=", JOINED, SET, "print-prog-name"),
    Row("-print-libgcc-file-name", FLAG, SET, "question", "runtime"),
    Row("-print-search-dirs", FLAG, SET, "question", "search-dirs"),
    Row("-print-multiarch", FLAG, SET, "question", "machine"),
    Row("-print-sysroot", FLAG, SET, "question", "sysroot"),
    Row("--print-ignored-flags", FLAG, SET, "question", "ignored", help="which options are accepted without effect"),
    Row("--print-passes", FLAG, SET, "question", "passes", help="names for --dump-after and --disable-pass"),
    Row("--build-runtime", FLAG, SET, "question", "build-runtime", help="compile the run-time library now"),
    # pycc's own.
    Row("--emit=", JOINED, SET, "emit", argument="FORM", help="tokens, ir, asm or obj"),
    Row("--run-ir", FLAG, SET, "run-ir", help="interpret the program's IR instead of generating code"),
    Row("--check-undefined", FLAG, SET, "check-undefined", help="with --run-ir: name undefined behaviour"),
    Row("--verify-ir", FLAG, SET, "verify-ir", help="check the IR after every pass"),
    Row("--dump-after=", JOINED, APPEND, "dump-after", argument="PASS", help="print functions after a pass"),
    Row("--check-allocation", FLAG, SET, "check-allocation", help="prove every register allocation right"),
    Row("--disable-pass=", JOINED, APPEND, "disable-pass", argument="PASS"),
    Row("--opt-limit=", JOINED, SET, "opt-limit", argument="N", help="stop optimizing after the N-th change"),
    Row("--stats=", JOINED, SET, "stats", argument="json[=FILE]", help="counts and times of stages, passes and rules"),
)  # fmt: skip

LANGUAGES: Final = ("c", "c-header", "cpp-output", "assembler", "assembler-with-cpp", "ir", "none")

# Kinds of link inputs.
FILE: Final = 0
LIBRARY: Final = 1
LINKER_OPTION: Final = 2

_RESPONSE_DEPTH: Final = 50


@final
class Input:
    """A file with the language -x gave it ("" for none), a library, or an option of the linker, in their order."""

    def __init__(self, kind: int, text: str, language: str = "") -> None:
        self.kind: Final = kind
        self.text: Final = text
        self.language: Final = language


class UsageError(Exception):
    """A command line that cannot be carried out; the text is the message."""


@final
class Command:
    """A parsed command line. `switches` holds -f options that have an effect, `machine` the -m options in order."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.values: Final[dict[str, str]] = {}
        self.lists: Final[dict[str, list[str]]] = {}
        self.definitions: Final[list[tuple[str, str]]] = []  # ("D" or "U", text)
        self.warnings: Final[list[str]] = []
        self.switches: Final[dict[str, bool]] = {}
        self.switch_values: Final[dict[str, str]] = {}
        self.machine: Final[list[str]] = []
        self.inputs: Final[list[Input]] = []
        self.dumps = ""  # letters of -d
        self.language = ""  # -x, for the next input
        self.errors: Final[list[str]] = []

    def has(self, key: str) -> bool:
        return key in self.values

    def value(self, key: str, default: str = "") -> str:
        return self.values.get(key, default)

    def given(self, key: str) -> list[str]:
        return self.lists.get(key, [])

    def switch(self, name: str, default: bool) -> bool:
        return self.switches.get(name, default)

    @property
    def stage(self) -> str:
        """E, S, c, syntax, or "" for a link."""
        return self.values.get("stage", "")

    @property
    def level(self) -> int:
        """0 to 3. -Os and -Oz count as 2, -Og as 1."""
        text = self.values.get("optimize", "0")
        if text == "":
            return 1
        if text in ("s", "z"):
            return 2
        if text == "g":
            return 1
        if text == "fast":
            return 3
        return min(int(text), 3)

    @property
    def optimize_size(self) -> bool:
        return self.values.get("optimize", "") in ("s", "z")

    @property
    def freestanding(self) -> bool:
        return self.switch("freestanding", False) or not self.switch("hosted", True)


@final
class _Table:
    def __init__(self) -> None:
        self.exact: Final[dict[str, Row]] = {}
        self.joined: Final[dict[str, Row]] = {}
        self.longest = 0
        for row in ROWS:
            if row.form != JOINED:
                assert row.name not in self.exact, row.name
                self.exact[row.name] = row
            if row.form == JOINED or row.form == EITHER:
                assert row.name not in self.joined, row.name
                self.joined[row.name] = row
                self.longest = max(self.longest, len(row.name))

    def find(self, word: str) -> tuple[Row | None, bool]:
        """The row of an option and whether its argument is joined to it."""
        row = self.exact.get(word)
        if row is not None:
            return row, False
        for length in range(min(len(word), self.longest), 1, -1):
            row = self.joined.get(word[:length])
            if row is not None:
                return row, True
        return None, False


def split_words(text: str) -> list[str]:
    """The words of a response file: separated by blanks, with quotes and backslashes."""
    words: list[str] = []
    current = ""
    has_word = False
    quote = ""
    index = 0
    while index < len(text):
        character = text[index]
        index += 1
        if character == "\\" and index < len(text):
            current += text[index]
            has_word = True
            index += 1
        elif quote:
            if character == quote:
                quote = ""
            else:
                current += character
        elif character in "'\"":
            quote = character
            has_word = True
        elif character in " \t\n\r\f\v":
            if has_word:
                words.append(current)
            current = ""
            has_word = False
        else:
            current += character
            has_word = True
    if has_word:
        words.append(current)
    return words


def expand_responses(words: list[str], depth: int = 0) -> list[str]:
    """Replaces `@file` by the words of the file; one that cannot be read stays as it is, as in gcc."""
    out: list[str] = []
    for word in words:
        if len(word) > 1 and word[0] == "@":
            if depth > _RESPONSE_DEPTH:
                raise UsageError("response files are nested too deeply")
            try:
                with open(word[1:], "rb") as stream:
                    text = os.fsdecode(stream.read())
            except OSError:
                out.append(word)
                continue
            out.extend(expand_responses(split_words(text), depth + 1))
        else:
            out.append(word)
    return out


def parse_command(arguments: list[str]) -> Command:
    """Parses the words after the program's name. Mistakes are collected in `errors`."""
    command = Command()
    command.words = expand_responses(arguments)
    _parse_words(command, _Table(), command.words)
    _check(command)
    return command


def _parse_words(command: Command, table: _Table, words: list[str]) -> None:
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if len(word) < 2 or word[0] != "-":
            command.inputs.append(Input(FILE, word, command.language))
            continue
        row, is_joined = table.find(word)
        if row is None:
            command.errors.append(f"unrecognized command-line option '{word}'")
            continue
        text = row.value
        if is_joined:
            text = word[len(row.name) :]
        elif row.form == SEPARATE or row.form == EITHER:
            if index == len(words):
                command.errors.append(f"missing argument to '{word}'")
                continue
            text = words[index]
            index += 1
        _apply(command, table, row, word, text)


def _apply(command: Command, table: _Table, row: Row, word: str, text: str) -> None:
    action = row.action
    if action == SET:
        command.values[row.key] = text
    elif action == APPEND:
        command.lists.setdefault(row.key, []).append(text)
    elif action == DEFINITION:
        command.definitions.append((row.key, text))
    elif action == WARNING:
        command.warnings.append(row.key if row.key else text)
    elif action == SWITCH:
        _switch(command, word, text)
    elif action == MACHINE:
        command.machine.append(text)
    elif action == INPUT:
        _link_input(command, row.key, text)
    elif action == LANGUAGE:
        if text not in LANGUAGES:
            command.errors.append(f"language {text} not recognized")
        command.language = "" if text == "none" else text
    elif action == DUMP:
        for letter in text:
            if letter not in "MDNIU":
                command.errors.append(f"unrecognized command-line option '{word}'")
                return
        command.dumps += text
    elif action == PASS_ON:
        _preprocessor_words(command, table, text.split(","))
    elif action == REFUSE:
        command.errors.append(f"'{row.name}' is not supported")
    else:
        assert action == IGNORE, word


def _preprocessor_words(command: Command, table: _Table, words: list[str]) -> None:
    """-Wp,: here -MD and -MMD take the file's name as an argument."""
    if len(words) == 2 and words[0] in ("-MD", "-MMD"):
        words = [words[0], "-MF", words[1]]
    _parse_words(command, table, words)


def _link_input(command: Command, key: str, text: str) -> None:
    if key == "library":
        command.inputs.append(Input(LIBRARY, text))
    elif key == "linker-word":
        command.inputs.append(Input(LINKER_OPTION, text))
    else:
        for part in text.split(","):
            command.inputs.append(Input(LINKER_OPTION, part))


def _switch(command: Command, word: str, text: str) -> None:
    kind = switches.classify(text)
    if kind == switches.UNKNOWN:
        command.errors.append(f"unrecognized command-line option '{word}'")
    elif kind == switches.NOT_SUPPORTED:
        command.errors.append(f"'{word}' is not supported")
    elif kind == switches.EFFECT:
        name, equals, value = text.partition("=")
        if equals:
            if not value.isdecimal():
                command.errors.append(f"argument to '-f{name}=' should be a non-negative integer")
            command.switch_values[name] = value
        elif name.startswith("no-builtin-"):
            command.switches["builtin"] = False
        elif name.startswith("no-"):
            command.switches[name[3:]] = False
        else:
            command.switches[name] = True


def _check(command: Command) -> None:
    """Arguments whose form is known without a target."""
    optimize = command.values.get("optimize", "")
    if optimize and optimize not in ("s", "z", "g", "fast") and not optimize.isdecimal():
        command.errors.append("argument to '-O' should be a non-negative integer, 'g', 's', 'z' or 'fast'")
    for text in command.warnings:
        name = text.removeprefix("no-").removeprefix("error=")
        for character in name:
            if not (character.isalnum() or character in "-=+_,"):
                command.errors.append(f"unrecognized command-line option '-W{text}'")
                break
    limit = command.values.get("opt-limit", "0")
    if not limit.isdecimal():
        command.errors.append("argument to '--opt-limit=' should be a non-negative integer")
    stats = command.values.get("stats", "json")
    if stats != "json" and not stats.startswith("json="):
        command.errors.append(f"unknown form of statistics '{stats}'")
    if command.values.get("emit", "ir") not in ("tokens", "ir", "asm", "obj"):
        command.errors.append("argument to '--emit=' should be tokens, ir, asm or obj")


def ignored_options() -> list[str]:
    """All options that are accepted without effect, machine options aside."""
    names = [row.name for row in ROWS if row.action == IGNORE]
    return sorted(names) + switches.ignored_switches()


def help_text() -> str:
    lines = ["Usage: pycc [options] file...", "Options:"]
    for row in ROWS:
        if not row.help:
            continue
        shown = row.name
        if row.argument:
            shown += row.argument if row.form == JOINED else " " + row.argument
        lines.append(f"  {shown:<26} {row.help}" if len(shown) <= 26 else f"  {shown}\n{'':<29}{row.help}")
    return "\n".join(lines) + "\n"
