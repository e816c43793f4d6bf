"""The registry of targets: the only place that knows their names, and the only importer of `compiler.targets`.

Records are made when they are asked for: `-E` needs the front end's facts alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from compiler.driver.options import UsageError
from compiler.driver.tables import Tables
from compiler.platform import data_model
from compiler.platform.platform import DataModel, Platform

if TYPE_CHECKING:
    from compiler.codegen.backend import Backend
    from compiler.codegen.matcher import Rules

DEFAULT: Final = "riscv64"

# First component of a triple -> target.
_NAMES: Final[dict[str, str]] = {
    "riscv64": "riscv64", "riscv64gc": "riscv64", "aarch64": "aarch64", "arm64": "aarch64", "x86_64": "x86_64",
    "x86-64": "x86_64", "amd64": "x86_64",
}  # fmt: skip
_GENERATED: Final = ("riscv64",)

# -m options without effect, by target; a name ends in "=" where a value belongs to it.
_IGNORED: Final[dict[str, tuple[str, ...]]] = {
    "riscv64": (
        "tune=", "cpu=", "relax", "no-relax", "strict-align", "save-restore", "no-save-restore", "explicit-relocs",
        "no-explicit-relocs", "riscv-attribute", "no-riscv-attribute", "div", "no-div", "fdiv", "no-fdiv", "plt",
        "no-plt", "branch-cost=", "preferred-stack-boundary=", "small-data-limit=", "shorten-memrefs",
        "no-shorten-memrefs", "little-endian", "csr-check", "omit-leaf-frame-pointer", "no-omit-leaf-frame-pointer",
    ),
    "aarch64": ("arch=", "tune=", "cpu=", "little-endian", "strict-align", "no-strict-align", "cmodel="),
    "x86_64": ("arch=", "tune=", "64", "red-zone", "no-red-zone", "cmodel="),
}  # fmt: skip


@final
class Choice:
    """A target with the -m options given for it. `generates` is false where only the front end knows it."""

    def __init__(self, name: str, options: list[str], tables: Tables) -> None:
        self.tables: Final = tables
        self.name: Final = name
        self.triple: Final = name + "-linux-gnu"
        self.arch_folder: Final = name  # in compiler/runtime/arch
        self.generates: Final = name in _GENERATED
        self.features: frozenset[str] | None = None  # None: the target's own choice
        for text in options:
            self._option(text)

    def _option(self, text: str) -> None:
        key, equals, value = text.partition("=")
        if key + equals in _IGNORED[self.name]:
            return
        if self.generates and equals:
            if key == "arch":
                self.features = self._features(value)
                return
            if key == "abi" and value == "lp64d":
                return
            if key == "cmodel" and value in ("medany", "medlow"):
                return  # every address is made relative to the program counter
            if key in ("abi", "cmodel"):
                raise UsageError(f"'-m{text}' is not supported for {self.name}")
        raise UsageError(f"unrecognized command-line option '-m{text}'")

    def _features(self, architecture: str) -> frozenset[str]:
        from compiler.targets.riscv64.encoding import parse_architecture
        from compiler.targets.riscv64.target import FEATURES

        features = parse_architecture(architecture)
        if features is None:
            raise UsageError(f"'-march={architecture}': not an architecture of {self.name}")
        missing = sorted(FEATURES - {"zicsr", "zifencei"} - features)
        if missing:
            raise UsageError(f"'-march={architecture}': code is generated for rv64imafd and more; no '{missing[0]}'")
        return features | FEATURES

    def platform(self, char_signed: bool | None, short_wchar: bool) -> Platform:
        """The front end's facts, with what -f[un]signed-char and -fshort-wchar change."""
        registers: dict[str, int] = {}
        if self.name == "riscv64":
            from compiler.targets.riscv64.registers import FPRS, GPRS

            for register in GPRS + FPRS:
                for name in (register.name, *register.names):
                    registers[name] = register.index
            made = data_model.riscv_lp64d(registers)
        elif self.name == "aarch64":
            made = data_model.aarch64_lp64(registers)
        else:
            made = data_model.x86_64_lp64(registers)
        if char_signed is None and not short_wchar:
            return made
        return _with_model(made, data_model.with_changes(made.model, char_signed, short_wchar))

    def backend(self) -> Backend:
        """Everything that code generation, assembler and linker need."""
        if not self.generates:
            raise UsageError(f"{self.name} is not yet supported as a code generation target")
        key = self.key()
        made = self.tables.backends.get(key)
        if made is None:
            from compiler.targets.riscv64.backend import make_backend
            from compiler.targets.riscv64.target import FEATURES, make_target

            made = make_backend(make_target(FEATURES if self.features is None else self.features))
            self.tables.backends[key] = made
        return made

    def rules(self) -> Rules:
        """The selection rules of `backend()`, compiled."""
        key = self.key()
        made = self.tables.rules.get(key)
        if made is None:
            from compiler.codegen.matcher import Rules

            made = self.tables.rules[key] = Rules(self.backend())
        return made

    def key(self) -> str:
        """Equal for choices that have the same records."""
        return f"{self.name} {self.feature_text()}"

    def feature_text(self) -> str:
        """Names the code that is made: part of the key of cached libraries."""
        return "" if self.features is None else ",".join(sorted(self.features))


def _with_model(platform: Platform, model: DataModel) -> Platform:
    return Platform(
        model, platform.macros, platform.registers, platform.builtins, platform.va_list, platform.lock_free_bytes,
        platform.swap_bytes, platform.fast_fma, platform.segments, platform.pic_macros, platform.decimal_floats,
    )  # fmt: skip


def choose(spelling: str, options: list[str], tables: Tables) -> Choice:
    """The target of a `--target=` argument, a plain name or a triple, its records in `tables`; raises UsageError."""
    word = spelling.partition("-")[0] if spelling not in _NAMES else spelling
    name = _NAMES.get(word, "")
    if not name:
        raise UsageError(f"unknown target '{spelling}'; there are: riscv64, and for -E also aarch64, x86_64")
    return Choice(name, options, tables)


def ignored_machine_options() -> list[str]:
    names: set[str] = set()
    for options in _IGNORED.values():
        names.update(options)
    return ["-m" + name for name in sorted(names)]
