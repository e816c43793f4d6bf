"""Builds `compiler/` with mypyc where a C compiler and Python's headers are there, and plain Python elsewhere.

Only a missing C compiler, missing headers or PYCC_PURE=1 makes a pure build; anything that mypy, mypyc or the C
compiler rejects fails the build. Nothing is ever built into the source tree: a wheel is assembled in build/, an
editable install stays pure (its sources are what runs), and `python setup.py native` makes build/native, a copy of
`compiler/` with the extension modules beside the sources, put on the path by whoever wants it.

Invariant of build/native: it is a link to a folder that was finished before it was linked, and whose file `complete`
holds the hash of what it was built from. An equal hash means there is nothing to do.

Settings: PYCC_PURE=1, PYCC_OPT_LEVEL (C optimisation level, default 1), PYCC_BUILD_JOBS (parallel C compilations).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Command, Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
COMPILER = ROOT / "compiler"
BUILD = ROOT / "build"
NATIVE = BUILD / "native"
OPT_LEVEL = os.environ.get("PYCC_OPT_LEVEL", "1")
# Not code of the compiler: what they hold is data to it, or tests of it.
NOT_CODE = ("tests", "runtime")
# Tables: one huge expression each, evaluated once. As C they cost most of a build's time and memory and gain nothing.
TABLES = ("insns_*.py", "rules_*.py", "*_rules.py")


def compiler_files() -> list[Path]:
    """Every Python file of `compiler/` outside NOT_CODE, in a fixed order."""
    found = COMPILER.rglob("*.py")
    return sorted(path for path in found if not set(path.relative_to(COMPILER).parts[:-1]) & set(NOT_CODE))


def worth_compiling(path: Path) -> bool:
    """Whether the file gains from being an extension: an empty `__init__` does not, and `python -m` cannot run one."""
    if any(path.match(pattern) for pattern in TABLES):
        return False
    text = path.read_text(encoding="utf-8")
    if path.name == "__init__.py":
        return len(text.strip().splitlines()) > 4
    return '\nif __name__ == "__main__":\n' not in text


def sources() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in compiler_files() if worth_compiling(path)]


def why_pure() -> str:
    """Why a native build cannot or must not be made here; empty if it can."""
    if os.environ.get("PYCC_PURE", "") not in ("", "0"):
        return "PYCC_PURE is set"
    if sys.implementation.name != "cpython":
        return f"mypyc does not support {sys.implementation.name}"
    command = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()
    if shutil.which(command[0]) is None:
        return f"there is no C compiler ({command[0]})"
    headers = {sysconfig.get_path("include"), sysconfig.get_path("platinclude")}
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder, "probe.c")
        probe.write_text("#include <Python.h>\nint main(void) { return 0; }\n")
        includes = [f"-I{header}" for header in sorted(headers)]
        result = subprocess.run(
            [*command, *includes, "-c", str(probe), "-o", str(Path(folder, "probe.o"))],
            capture_output=True, text=True, check=False,
        )
    return "" if result.returncode == 0 else f"{command[0]} cannot compile against Python's headers (Python.h)"


def build_hash() -> str:
    """Changes whenever the native build could come out differently."""
    digest = hashlib.sha256()
    import mypy.version

    environment = (os.environ.get("CC", ""), os.environ.get("CFLAGS", ""), OPT_LEVEL)
    settings = (sys.version, sysconfig.get_platform(), mypy.version.__version__, environment)
    digest.update(repr(settings).encode())
    for path in [ROOT / "setup.py", ROOT / "pyproject.toml", *compiler_files()]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def extensions() -> list[Extension]:
    """The extension modules; mypy errors end the build with mypy's own messages."""
    from mypyc.build import mypycify

    target = BUILD / "mypyc"
    target.mkdir(parents=True, exist_ok=True)
    # --strict stands in pyproject.toml; the cache is its own because mypyc's has other options.
    found: list[Extension] = mypycify(
        ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(BUILD / "mypy-cache"), *sources()],
        opt_level=OPT_LEVEL, debug_level="0", multi_file=True, group_name="pycc", target_dir=str(target),
    )
    return found


class ParallelBuildExt(build_ext):
    """Compiles the many C files of one extension side by side, and keeps an object while its inputs are unchanged."""

    def build_extension(self, ext: Extension) -> None:
        compiler = self.compiler
        spawn_compile = compiler.compile
        headers = hashlib.sha256()
        for header in sorted(Path(BUILD / "mypyc").rglob("*.h")):
            headers.update(header.read_bytes())
        common = headers.hexdigest() + repr((ext.extra_compile_args, ext.define_macros, sys.version))

        def compile_one(source: str, **arguments: object) -> list[str]:
            key = hashlib.sha256(common.encode() + Path(source).read_bytes()).hexdigest()
            arguments["sources"] = [source]
            [name] = compiler.object_filenames([source], output_dir=str(arguments.get("output_dir") or ""))
            stamp = Path(name + ".key")
            if not (Path(name).exists() and stamp.exists() and stamp.read_text() == key):
                stamp.unlink(missing_ok=True)
                spawn_compile(**arguments)
                stamp.write_text(key)
            return [name]

        def compile_all(sources: list[str], **arguments: object) -> list[str]:
            jobs = int(os.environ.get("PYCC_BUILD_JOBS") or os.cpu_count() or 1)
            with ThreadPoolExecutor(jobs) as pool:
                done = list(pool.map(lambda source: compile_one(source, **arguments), sources))
            return [name for names in done for name in names]

        compiler.compile = compile_all
        try:
            super().build_extension(ext)
        finally:
            compiler.compile = spawn_compile


def _is_editable() -> bool:
    return any(argument in ("develop", "editable_wheel") for argument in sys.argv)


class Native(Command):
    """Makes build/native; says in one line what it did. Exit code 0 without building where only a pure build can be."""

    description = "build compiler/ with mypyc into build/native"
    user_options = [("drop-stale", None, "only remove the link to a build of other sources than these")]
    boolean_options = ["drop-stale"]

    def initialize_options(self) -> None:
        self.drop_stale = False

    def finalize_options(self) -> None:
        pass

    def run(self) -> None:
        reason = why_pure()
        if reason:
            NATIVE.unlink(missing_ok=True)
            print(f"native build: none, {reason}; pycc runs as plain Python")
            return
        # Whoever tests these sources must not be given a build of others meanwhile: none is better.
        if self.up_to_date() or self.drop_stale:
            return
        BUILD.mkdir(exist_ok=True)
        with open(BUILD / "native.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.up_to_date():
                self.build(build_hash())

    def up_to_date(self) -> bool:
        """Whether there is nothing to do; if there is, what was built before is no longer linked to afterwards."""
        complete = NATIVE / "complete"
        if complete.exists() and complete.read_text() == build_hash():
            print("native build: up to date")
            return True
        NATIVE.unlink(missing_ok=True)
        return False

    def build(self, wanted: str) -> None:
        stage = BUILD / f"native-{wanted[:16]}"
        shutil.rmtree(stage, ignore_errors=True)
        self.distribution.ext_modules = extensions()
        command = self.distribution.get_command_obj("build_ext")
        command.ensure_finalized()
        command.extensions = self.distribution.ext_modules
        command.build_lib, command.build_temp, command.inplace = str(stage), str(BUILD / "objects"), False
        command.run()
        shutil.copytree(COMPILER, stage / "compiler", dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("tests", "__pycache__", "*.so", "*.pyc"))
        if build_hash() != wanted:
            sys.exit("native build: compiler/ changed while it was being built; build again")
        (stage / "complete").write_text(wanted)
        link = BUILD / "native.link"
        link.unlink(missing_ok=True)
        link.symlink_to(stage.name)
        link.replace(NATIVE)
        for folder in BUILD.glob("native-*"):
            if folder != stage:
                shutil.rmtree(folder, ignore_errors=True)
        print(f"native build: built with mypyc at -O{OPT_LEVEL}")


def wheel_extensions() -> list[Extension]:
    """What a wheel carries: nothing for the commands that build no extension, and for an editable install."""
    commands = {"build", "build_ext", "bdist_wheel", "install"}
    if _is_editable() or not commands & set(sys.argv):
        return []
    reason = why_pure()
    if reason:
        print(f"pycc is installed as plain Python: {reason}", file=sys.stderr)
        return []
    return extensions()


setup(ext_modules=wheel_extensions(), cmdclass={"build_ext": ParallelBuildExt, "native": Native})
