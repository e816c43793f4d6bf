"""Internal errors: a message, a folder with all that reproduces it, exit code 70. No traceback unless asked for."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING, Final

from compiler.driver import output
from compiler.driver.options import UsageError
from compiler.driver.version import describe

if TYPE_CHECKING:
    from compiler.driver.compile import Compiler
    from compiler.driver.frontend import Source

EXIT_CODE: Final = 70  # EX_SOFTWARE


def report(error: BaseException, words: list[str], compiler: Compiler | None, source: Source | None) -> int:
    """Tells of an internal error and saves what reproduces it; returns the exit code."""
    trace = "".join(traceback.format_exception(error))
    where = traceback.extract_tb(error.__traceback__)
    place = ""
    if where:
        last = where[-1]
        folder, file = os.path.split(last.filename)
        place = f" at {os.path.basename(folder)}/{file}:{last.lineno}"
    text = str(error)
    sys.stderr.write(f"pycc: internal error: {type(error).__name__}{': ' + text if text else ''}{place}\n")
    if os.environ.get("PYCC_TRACEBACK", "") == "1":
        sys.stderr.write(trace)
    try:
        folder = tempfile.mkdtemp(prefix="pycc-error-")
        command = "pycc " + " ".join([shlex.quote(word) for word in words])
        output.write_text(os.path.join(folder, "command.txt"), command + "\n")
        output.write_text(os.path.join(folder, "version.txt"), describe() + "\n")
        output.write_text(os.path.join(folder, "traceback.txt"), trace)
        if compiler is not None and source is not None:
            _save_source(folder, compiler, source)
    except (OSError, UsageError):
        sys.stderr.write("pycc: note: what reproduces it could not be saved\n")
    else:
        sys.stderr.write(f"pycc: note: this is a defect of pycc; what reproduces it is in {folder}\n")
    return EXIT_CODE


def _save_source(folder: str, compiler: Compiler, source: Source) -> None:
    """The source, preprocessed if that works, else as it is."""
    if source.language in ("c", "assembler-with-cpp"):
        compiler.stream = None
        try:
            text = compiler.preprocessed(source)
        except Exception:  # the preprocessor may be what failed
            text = None
        if text is not None:
            suffix = ".i" if source.language == "c" else ".s"
            output.write_text(os.path.join(folder, source.stem + suffix), text)
            return
    output.write_bytes(os.path.join(folder, os.path.basename(source.shown)), source.read())
