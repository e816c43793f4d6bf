"""Carries a command out: what becomes of each input, where outputs go, and the link at the end."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, final

from compiler.driver import frontend, output
from compiler.driver.compile import Compiler
from compiler.driver.frontend import Source
from compiler.driver.options import FILE, Command, Input, UsageError
from compiler.driver.targets import Choice
from compiler.driver.version import describe

if TYPE_CHECKING:
    from compiler.ir.module import Module
    from compiler.link.options import LinkInput

# Suffix -> language; everything else goes to the linker.
_SUFFIXES: Final[dict[str, str]] = {
    ".c": "c", ".h": "c-header", ".i": "cpp-output", ".s": "assembler", ".S": "assembler-with-cpp",
    ".sx": "assembler-with-cpp", ".ir": "ir",
}  # fmt: skip


def language_of_input(item: Input) -> str:
    """The language of a file that is compiled or assembled, "" for one that is linked as it is."""
    if item.kind != FILE:
        return ""
    if item.language:
        return item.language
    return _SUFFIXES.get(os.path.splitext(item.text)[1], "")


@final
class Steps:
    """One command. `run` returns the exit code; UsageError passes through."""

    def __init__(self, command: Command, choice: Choice) -> None:
        self.command: Final = command
        self.choice: Final = choice
        self.compiler: Final = Compiler(command, choice)
        self.current: Source | None = None
        self.written: Final[list[str]] = []  # while the current source is being compiled

    def run(self) -> int:
        command = self.command
        sources = self._sources()
        if not command.inputs:
            raise UsageError("no input files")
        if command.has("verbose") or command.has("dry-run"):
            self._show(sources)
            if command.has("dry-run"):
                return 0
        stage = self._stage()
        if command.has("check-undefined") and not command.has("run-ir"):
            raise UsageError("--check-undefined is for --run-ir")
        if command.has("run-ir"):
            return self._interpret(sources)
        if stage == "" or stage == "obj":
            code = self._build(sources, stage == "")
        else:
            code = self._translate(sources, stage)
        self._write_statistics()
        return code

    def _stage(self) -> str:
        """E, M, S, obj, syntax, tokens, ir, or "" for a link."""
        command = self.command
        if command.value("dependencies") in ("M", "MM") and command.stage != "syntax":
            return "M"
        if command.stage == "E" or command.stage == "syntax":
            return command.stage
        if command.has("emit"):
            return {"asm": "S"}.get(command.value("emit"), command.value("emit"))
        return "obj" if command.stage == "c" else command.stage

    def _sources(self) -> list[tuple[Input, Source]]:
        """The inputs that are compiled or assembled."""
        made: list[tuple[Input, Source]] = []
        for item in self.command.inputs:
            if item.kind != FILE:
                continue
            language = language_of_input(item)
            if item.text == "-" and not language:
                if self._stage() not in ("E", "M"):
                    raise UsageError("-E or -x required when input is from standard input")
                language = "c"
            if not language and self._stage() in ("E", "M"):
                language = "c"
            if language:
                made.append((item, Source(item.text, language)))
            elif not os.path.exists(item.text):
                raise UsageError(f"{item.text}: No such file or directory")
            elif self._stage() != "":
                sys.stderr.write(f"pycc: warning: {item.text}: linker input file unused because linking not done\n")
        return made

    # --- outputs of one source each ----------------------------------------------------------------------------------

    def _translate(self, sources: list[tuple[Input, Source]], stage: str) -> int:
        command = self.command
        if command.has("output") and len(sources) > 1 and stage != "M":
            raise UsageError("cannot specify '-o' with '-c', '-S' or '-E' with multiple files")
        for _, source in sources:
            self.current = source
            text: str | None = None
            path = command.value("output", "-")
            if stage in ("E", "M"):
                self._no_assembly(source)
                text = self.compiler.preprocessed(source)
            elif stage == "syntax":
                if source.language not in ("assembler", "assembler-with-cpp"):
                    self.compiler.check_syntax(source)
            elif stage == "tokens":
                text = self.compiler.token_text(source)
            elif stage == "ir":
                self._no_assembly(source)
                text = self.compiler.ir_text(source)
            else:
                assert stage == "S", stage
                self._no_assembly(source)
                text = self.compiler.assembly_of(source)
                path = command.value("output", source.stem + ".s")
            if command.has("dependencies") and not (self.compiler.failed and stage == "M"):
                frontend.write_dependencies(command, source, self.compiler.dependencies, "")
            if text is not None and stage != "M":
                output.write_text(path, text)
        return 1 if self.compiler.failed else 0

    @staticmethod
    def _no_assembly(source: Source) -> None:
        if source.language == "assembler":
            raise UsageError(f"{source.path}: assembly is not compiled")

    # --- objects and programs ----------------------------------------------------------------------------------------

    def _build(self, sources: list[tuple[Input, Source]], linked: bool) -> int:
        from compiler.link.options import LinkInput

        command = self.command
        if not linked and command.has("output") and len(sources) > 1:
            raise UsageError("cannot specify '-o' with '-c', '-S' or '-E' with multiple files")
        objects: dict[Input, LinkInput] = {}
        for item, source in sources:
            self.current = source
            if source.language == "c-header":
                raise UsageError(f"{source.path}: precompiled headers are not supported")
            data = self.compiler.object_of(source)
            path = source.stem + ".o"
            if not linked and command.has("output"):
                path = command.value("output")
            if command.has("dependencies") and source.language not in ("assembler", "ir"):
                frontend.write_dependencies(command, source, self.compiler.dependencies, "" if linked else path)
            if command.has("save-temps"):
                self._save_temporaries(source, data if linked else None)
            if data is None:
                continue
            if linked:
                objects[item] = LinkInput(path, data)
            else:
                output.write_bytes(path, data)
        self.current = None
        if self.compiler.failed:
            return 1
        return self._link(objects) if linked else 0

    def _link(self, objects: dict[Input, LinkInput]) -> int:
        from compiler.driver.linking import link_program

        data = link_program(self.command, self.choice, objects)
        if data is None:
            return 1
        self.compiler.statistics.lap("link")
        output.write_bytes(self.command.value("output", "a.out"), data, True)
        return 0

    def _save_temporaries(self, source: Source, data: bytes | None) -> None:
        """-save-temps: NAME.i, NAME.s and NAME.o; diagnostics of these second runs would repeat the first's."""
        stem = source.stem
        if self.command.value("save-temps") == "obj" and self.command.has("output"):
            stem = os.path.join(os.path.dirname(self.command.value("output")), stem)
        quiet = Compiler(self.command, self.choice)
        quiet.stream = None
        if source.language in ("c", "assembler-with-cpp"):
            text = quiet.preprocessed(source)
            if text is not None:
                output.write_text(stem + (".i" if source.language == "c" else ".s"), text)
        if source.language in ("c", "cpp-output", "ir"):
            text = quiet.assembly_of(source)
            if text is not None:
                output.write_text(stem + ".s", text)
        if data is not None:
            output.write_bytes(stem + ".o", data)

    # --- other ends --------------------------------------------------------------------------------------------------

    def _interpret(self, sources: list[tuple[Input, Source]]) -> int:
        from compiler.driver.interpret import missing_functions, run_program
        from compiler.driver.runtime import library_modules

        modules: list[Module] = []
        for _, source in sources:
            self.current = source
            self._no_assembly(source)
            module = self.compiler.checked_module(source)
            if module is not None:
                modules.append(module)
        if self.compiler.failed or not modules:
            return 1
        with_library = bool(missing_functions(modules)) and not self.command.has("nostdlib")
        if with_library:
            modules.extend(library_modules(self.choice))
        self._write_statistics()
        return run_program(modules, sources[0][1].stem, with_library, self.command.has("check-undefined"))

    def _write_statistics(self) -> None:
        text = self.command.value("stats")
        if not text:
            return
        made = self.compiler.statistics.json()
        _, equals, path = text.partition("=")
        if equals:
            output.write_text(path, made)
        else:
            sys.stderr.write(made)

    def _show(self, sources: list[tuple[Input, Source]]) -> None:
        """-v and -###: the steps as commands that would do each alone, and where headers are looked for."""
        lines = [describe(), f"Target: {self.choice.triple}"]
        import shlex

        linked = self._stage() == ""
        names = {source.path: source.stem + ".o" for _, source in sources}
        shared: list[str] = []
        linking: list[str] = ["pycc"]
        skip = False
        for word in self.command.words:
            if word not in ("-v", "-###"):
                linking.append(names.get(word, word))
                if skip or (linked and word.startswith("-o")):
                    skip = word == "-o" and not skip
                elif word not in names:
                    shared.append(word)
        for _, source in sources:
            words = ["pycc", *shared, *(["-c"] if linked else []), source.path]
            lines.append(" " + " ".join([shlex.quote(word) for word in words]))
        if linked:
            lines.append(" " + " ".join([shlex.quote(word) for word in linking]))
        if sources and not self.command.has("dry-run"):
            lines.extend(self._search_list(sources[0][1]))
        sys.stderr.write("\n".join(lines) + "\n")

    def _search_list(self, source: Source) -> list[str]:
        options = frontend.preprocessor_options(self.command, source, False)
        lines = ['#include "..." search starts here:']
        lines.extend([" " + path for path in options.quote_directories if os.path.isdir(path)])
        lines.append("#include <...> search starts here:")
        others = options.directories + options.isystem_directories + options.system_directories
        lines.extend([" " + path for path in others + options.after_directories if os.path.isdir(path)])
        lines.append("End of search list.")
        return lines

    def internal_error(self, error: BaseException) -> int:
        from compiler.driver import crash

        return crash.report(error, self.command.words, self.compiler, self.current)
