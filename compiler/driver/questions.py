"""Options that only ask: --version, -dumpmachine, -print-search-dirs ..."""

from __future__ import annotations

import os
import sys

from compiler.driver import linking, output, targets
from compiler.driver.options import Command, UsageError, help_text, ignored_options
from compiler.driver.runtime import cache_folder, runtime_archive
from compiler.driver.tables import Tables
from compiler.driver.version import VERSION, describe
from compiler.platform.macros import GNUC
from compiler.runtime import manifest


def answer(command: Command) -> int:
    """Prints the answer and returns the exit code."""
    choice = targets.choose(command.value("target", targets.DEFAULT), command.machine, Tables())
    if command.has("print-file-name"):
        text = _find(command, command.value("print-file-name"))
    elif command.has("print-prog-name"):
        text = command.value("print-prog-name")
    elif not command.has("question"):
        sys.stderr.write(f"{describe()}\nTarget: {choice.triple}\n")
        return 0
    else:
        text = _text(command, choice, command.value("question"))
    output.write_standard_output((text.rstrip("\n") + "\n").encode("utf-8", "surrogateescape"))
    return 0


def _text(command: Command, choice: targets.Choice, question: str) -> str:
    if question == "version":
        return describe()
    if question == "help":
        return help_text()
    if question == "machine":
        return choice.triple
    if question == "gcc-major":
        return str(GNUC[0])
    if question == "gcc-version":
        return ".".join([str(number) for number in GNUC])
    if question == "sysroot":
        return ""
    if question == "search-dirs":
        folders = [str(folder) for folder in manifest.include_folders(True)]
        libraries = [*command.given("library-path"), cache_folder()]
        return f"install: {manifest.ROOT}\nincludes: ={':'.join(folders)}\nlibraries: ={':'.join(libraries)}"
    if question == "ignored":
        return "\n".join(ignored_options() + targets.ignored_machine_options())
    if question == "passes":
        from compiler.passes.pipeline import pass_names

        return "\n".join(pass_names())
    if question == "build-runtime":
        size = len(runtime_archive(command, choice))
        return f"{size} bytes of run-time library for {choice.name} in {cache_folder()}"
    if question == "runtime":
        return "libpycc.a"
    raise UsageError(f"pycc {VERSION} has no answer to '{question}'")


def _find(command: Command, name: str) -> str:
    """The path of a library or header folder, or the name itself where there is no such file, as gcc has it."""
    if name == "include":
        return str(manifest.include_folders(False)[0])
    for folder in command.given("library-path"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return path
    if name.startswith("lib") and name.endswith(".a"):
        return linking.find_library(command, name[3:-2]) or name
    return name
