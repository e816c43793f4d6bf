"""The link step: what -Wl, and its kin say, which libraries take part, and the executable that comes out."""

from __future__ import annotations

import os
import sys
from typing import Final, final

from compiler.driver import output
from compiler.driver.options import LIBRARY, LINKER_OPTION, Command, Input, UsageError
from compiler.driver.runtime import LIBRARY_NAME, runtime_library
from compiler.driver.targets import Choice
from compiler.link.options import LinkInput, LinkOptions
from compiler.source.diagnostics import Fatal, Sink
from compiler.source.files import SourceMap

# Parts of the C library that have an archive of their own elsewhere; here one archive has everything.
_PART_OF_RUNTIME: Final = ("c", "m", "gcc", "gcc_eh", "pthread", "rt", "dl", "util")

# Linker options without effect: alone, or before "=value".
_IGNORED: Final = frozenset((
    "--start-group", "--end-group", "-(", "-)", "--as-needed", "--no-as-needed", "-static", "-Bstatic", "-dn",
    "--build-id", "--hash-style", "--no-gc-sections", "--no-relax", "--relax", "--fatal-warnings", "--warn-common",
    "--no-warn-rwx-segments", "--warn-rwx-segments", "--no-warn-mismatch", "--sort-section", "--sort-common",
    "-O0", "-O1", "-O2", "--no-undefined", "--warn-unresolved-symbols", "--eh-frame-hdr", "--no-eh-frame-hdr",
    "--discard-all", "--discard-locals", "-X", "-x", "-N", "-n", "--no-dynamic-linker", "--no-keep-memory", "-q",
    "--no-fatal-warnings", "--color-diagnostics", "--no-export-dynamic", "-E", "--export-dynamic", "-nostdlib",
))  # fmt: skip
_WITH_ARGUMENT: Final = ("-z", "-e", "--entry", "-u", "--undefined", "--defsym", "--section-start", "-m", "-Ttext")


@final
class LinkPlan:
    """The linker's command line, read."""

    def __init__(self, command: Command) -> None:
        self.entry = command.value("entry", "_start")
        self.base: int | None = None
        self.gc_sections = False
        self.strip_symbols = command.has("strip")
        self.strip_debug = False
        self.multiple = False
        self.defined: Final[dict[str, int]] = {}
        self.starts: Final[dict[str, int]] = {}
        self.required: Final[list[str]] = list(command.given("undefined"))
        self.whole = False
        self.waiting = ""  # an option whose argument is the next word

    def word(self, text: str) -> None:
        """One word of the linker's command line; raises UsageError."""
        if self.waiting:
            name = self.waiting
            self.waiting = ""
            self._with_argument(name, text)
            return
        name, equals, value = text.partition("=")
        if name in _WITH_ARGUMENT:
            if equals:
                self._with_argument(name, value)
            else:
                self.waiting = name
        elif text == "--gc-sections":
            self.gc_sections = True
        elif text in ("-s", "--strip-all"):
            self.strip_symbols = True
        elif text in ("-S", "--strip-debug"):
            self.strip_debug = True
        elif text == "--whole-archive":
            self.whole = True
        elif text == "--no-whole-archive":
            self.whole = False
        elif text == "--allow-multiple-definition":
            self.multiple = True
        elif name == "-Ttext-segment" or name == "--image-base":
            self.base = _number(value)
        elif name not in _IGNORED:
            raise UsageError(f"unrecognized option of the linker '{text}'")

    def _with_argument(self, name: str, value: str) -> None:
        if name in ("-e", "--entry"):
            self.entry = value
        elif name in ("-u", "--undefined"):
            self.required.append(value)
        elif name == "--defsym":
            symbol, _, number = value.partition("=")
            self.defined[symbol] = _number(number)
        elif name == "--section-start":
            section, _, number = value.partition("=")
            self.starts[section] = _number(number)
        elif name == "-Ttext":
            self.starts[".text"] = _number(value)
        elif name == "-z" and value == "muldefs":
            self.multiple = True

    def options(self) -> LinkOptions:
        if self.waiting:
            raise UsageError(f"missing argument to the linker's option '{self.waiting}'")
        return LinkOptions(
            entry=self.entry, base_address=self.base, gc_sections=self.gc_sections, strip_symbols=self.strip_symbols,
            strip_debug=self.strip_debug, defined=self.defined, required=tuple(self.required),
            allow_multiple_definition=self.multiple, section_starts=self.starts,
        )  # fmt: skip


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise UsageError(f"not a number: '{text}'") from None


def find_library(command: Command, name: str) -> str:
    """The path of libNAME.a along -L ("-l:FILE" is looked for under that very name), "" if it is nowhere."""
    file = name[1:] if name.startswith(":") else f"lib{name}.a"
    for folder in command.given("library-path"):
        path = os.path.join(folder, file)
        if os.path.isfile(path):
            return path
    return ""


def link_program(command: Command, choice: Choice, objects: dict[Input, LinkInput]) -> bytes | None:
    """Links the command's inputs in their order; `objects` has what was compiled, by input. None after errors."""
    from compiler.link.link import link
    from compiler.object.reader import FormatError

    plan = LinkPlan(command)
    inputs: list[LinkInput] = []
    for item in command.inputs:
        if item.kind == LINKER_OPTION:
            plan.word(item.text)
        elif item in objects:
            inputs.append(objects[item])
        elif item.kind == LIBRARY:
            path = find_library(command, item.text)
            if path:
                inputs.append(LinkInput(path, output.read_file(path), plan.whole))
            elif item.text not in _PART_OF_RUNTIME:
                raise UsageError(f"cannot find -l{item.text}")
        else:
            inputs.append(LinkInput(item.text, output.read_file(item.text), plan.whole))
    if not command.has("nostdlib"):
        if not command.has("nodefaultlibs"):
            inputs.append(LinkInput(LIBRARY_NAME, b"", archive=runtime_library(command, choice)))
        if not command.has("nostartfiles"):
            plan.required.append(plan.entry)
    sink = Sink(SourceMap(), stream=sys.stderr)
    try:
        data = link(inputs, plan.options(), choice.backend().target, sink)
    except FormatError as error:
        raise UsageError(str(error)) from None
    except Fatal:
        return None
    if sink.errors:
        sys.stderr.write("pycc: error: linking failed\n")
        return None
    return data
