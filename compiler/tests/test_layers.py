"""Who may import whom, read off the syntax trees of all packages, and shown to catch planted violations.

Invariant: imports under TYPE_CHECKING, inside functions and by importlib count like any other. The table is the one of
docs/architecture.md: an arrow there is a direct entry here, and what stands left of it is allowed transitively.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIBLINGS = ("bench", "compiler", "corpora", "emulators", "fuzz", "oracle", "reducers", "reports", "torture")

# Direct arrows. A dotted name with three parts is one module that stands apart from its package.
ARROWS: dict[str, str] = {
    "compiler": "",
    "compiler.arith": "",
    "compiler.source": "arith",
    "compiler.platform": "arith",
    "compiler.terms": "arith",
    "compiler.lex": "source platform",
    "compiler.preprocess": "lex",
    "compiler.types": "source platform",
    "compiler.syntax": "types lex",
    "compiler.sema": "syntax",
    "compiler.parse": "preprocess sema",
    "compiler.ir": "source terms platform",
    "compiler.lower": "parse ir",
    "compiler.analysis": "ir",
    "compiler.rewrite": "analysis",
    "compiler.passes": "analysis rewrite",
    "compiler.machine": "terms platform",
    "compiler.object": "source machine",
    "compiler.asm.items": "source machine",
    "compiler.asm": "object asm.items",
    "compiler.codegen": "machine analysis rewrite asm.items",
    "compiler.targets": "codegen",
    "compiler.link": "asm machine",
    "compiler.binutils": "object",
    "compiler.runtime": "",
    "compiler.driver": "lower passes targets link runtime",
    "corpora": "",
    "emulators": "",
    "oracle": "compiler.driver compiler.binutils emulators corpora",
    "reducers": "compiler.driver",
    "reports": "oracle",
    "torture": "oracle corpora",
    "fuzz": "oracle reducers reports corpora",
    "bench": "fuzz",
}
# The accelerated build's own helpers, allowed to compiler/ where an ImportError is caught.
OPTIONAL = ("librt", "mypy_extensions")
# As a word of its own: a predefined macro such as __aarch64__ is C's spelling, not a target's name.
TARGET_NAME = re.compile(r"(?<![A-Za-z0-9_])(riscv64|aarch64|x86_64)(?![A-Za-z0-9_])")
# Where a target's name is data: the tables themselves, and the one registry that chooses among them.
NAMING_PLACES = ("compiler.targets", "compiler.driver")
LONG_FILE = 600


class Import:
    """One import: what it names, where, and whether it is for types only or has its ImportError caught."""

    def __init__(self, name: str, line: int, guarded: bool, typing: bool) -> None:
        self.name = name
        self.line = line
        self.guarded = guarded
        self.typing = typing


class Module:
    """A source file under its dotted name."""

    def __init__(self, root: Path, path: Path) -> None:
        parts = list(path.relative_to(root).with_suffix("").parts)
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text, str(path))
        self.imports: list[Import] | None = None

    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]


@cache
def modules(root: Path) -> dict[str, Module]:
    """Every module below the sibling packages of `root`, their tests left out."""
    found: dict[str, Module] = {}
    for sibling in SIBLINGS:
        for path in sorted((root / sibling).rglob("*.py")):
            if "tests" not in path.relative_to(root).parts:
                module = Module(root, path)
                found[module.name] = module
    return found


def layer(name: str) -> str:
    """The entry of ARROWS that a module or an imported name belongs to: the longest one that is a prefix of it."""
    candidates = [entry for entry in ARROWS if name == entry or name.startswith(entry + ".")]
    return max(candidates, key=len)


def allowed() -> dict[str, set[str]]:
    """For each layer, every layer that it may import, itself included."""
    full = {name: f"compiler.{name}" for name in (entry.removeprefix("compiler.") for entry in ARROWS)}
    closed: dict[str, set[str]] = {}

    def close(entry: str) -> set[str]:
        if entry not in closed:
            closed[entry] = {entry, "compiler"} if entry.startswith("compiler") else {entry}
            for direct in ARROWS[entry].split():
                closed[entry] |= close(direct if direct in ARROWS else full[direct])
        return closed[entry]

    for entry in ARROWS:
        close(entry)
    return closed


def imports(module: Module, known: dict[str, Module]) -> list[Import]:
    """All imports of a module with absolute names; `from p import m` names p.m where that is a module."""
    if module.imports is None:
        module.imports = []
        guarded: set[int] = set()
        typing: set[int] = set()
        for node in ast.walk(module.tree):  # outer nodes come before inner ones
            if isinstance(node, ast.Try) and any(catches_import(handler) for handler in node.handlers):
                guarded.update(id(inner) for inner in ast.walk(node))
            elif isinstance(node, ast.If) and is_type_checking(node.test):
                typing.update(id(inner) for inner in ast.walk(node))
            elif isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
                for name in imported_names(node, module, known):
                    module.imports.append(Import(name, node.lineno, id(node) in guarded, id(node) in typing))
    return module.imports


def imported_names(node: ast.Import | ast.ImportFrom | ast.Call, module: Module, known: dict[str, Module]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = module.package().split(".")
            base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
        inner = [f"{base}.{alias.name}" for alias in node.names]
        return [name if name in known else base for name in inner]
    if node.args and isinstance(node.args[0], ast.Constant):
        if ast.unparse(node.func) in ("importlib.import_module", "__import__"):
            return [str(node.args[0].value)]
    return []


def is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and ast.unparse(test).endswith("TYPE_CHECKING")


def catches_import(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and ast.unparse(handler.type) in ("ImportError", "ModuleNotFoundError")


def layer_violations(root: Path) -> list[str]:
    known = modules(root)
    permitted = allowed()
    found: list[str] = []
    for module in known.values():
        own = layer(module.name)
        for item in imports(module, known):
            top = item.name.split(".")[0]
            if top in SIBLINGS:
                if layer(item.name) not in permitted[own]:
                    found.append(f"{module.name}:{item.line}: {own} may not import {item.name}")
            elif module.name.split(".")[0] == "compiler" and top not in sys.stdlib_module_names:
                if top not in OPTIONAL or not item.guarded:
                    found.append(f"{module.name}:{item.line}: compiler may not import {item.name}")
    return found


def package_cycles(root: Path) -> list[list[str]]:
    """Packages (entries of ARROWS) that import each other by whatever means."""
    known = modules(root)
    edges: dict[str, set[str]] = {entry: set() for entry in ARROWS}
    for module in known.values():
        edges[layer(module.name)] |= {layer(item.name) for item in imports(module, known) if item.name in known}
    return cycles(edges)


def module_cycles(root: Path) -> list[list[str]]:
    """Modules that import each other as they run, lazily or not; types alone may be mutually recursive in a package."""
    known = modules(root)
    return cycles({
        name: {item.name for item in imports(module, known) if item.name in known and not item.typing}
        for name, module in known.items()
    })


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one node. (Tarjan, 1972)"""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def connect(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(edges[name]):
            if other not in index:
                connect(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == index[name]:
            at = stack.index(name)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in edges:
        if name not in index:
            connect(name)
    return groups


def docstrings(tree: ast.AST) -> set[int]:
    """The identities of constants that are docstrings."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def target_name_violations(root: Path) -> list[str]:
    """Modules of compiler/ that know a target by name, or compare the name of the target or platform they hold."""
    found: list[str] = []
    for module in modules(root).values():
        if not module.name.startswith("compiler") or module.name.startswith(NAMING_PLACES):
            continue
        prose = docstrings(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                if TARGET_NAME.search(node.value):
                    found.append(f"{module.name}:{node.lineno}: names a target: {node.value[:40]!r}")
            elif isinstance(node, ast.Compare):
                for side in [node.left, *node.comparators]:
                    named = isinstance(side, ast.Attribute) and side.attr == "name"
                    if named and ast.unparse(side).endswith(("target.name", "platform.name")):
                        found.append(f"{module.name}:{node.lineno}: compares {ast.unparse(side)}")
    return found


def long_files(root: Path) -> list[str]:
    found: list[str] = []
    for sibling in SIBLINGS:
        for path in sorted((root / sibling).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > LONG_FILE and not path.name.startswith("insns_"):
                found.append(f"{path.relative_to(root)}: {lines} lines")
    return found


def test_no_module_imports_against_the_layers() -> None:
    assert layer_violations(ROOT) == []


def test_no_packages_and_no_modules_import_each_other() -> None:
    assert package_cycles(ROOT) == []
    assert module_cycles(ROOT) == []


def test_nobody_knows_a_target_by_name() -> None:
    assert target_name_violations(ROOT) == []


def test_every_package_of_the_compiler_has_a_layer() -> None:
    folders = {f"compiler.{path.parent.name}" for path in (ROOT / "compiler").glob("*/__init__.py")}
    assert folders - {"compiler.tests"} <= set(ARROWS)


def test_files_that_want_splitting_are_reported() -> None:
    for line in long_files(ROOT):
        warnings.warn(f"over {LONG_FILE} lines: {line}", stacklevel=1)


def plant(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


LEGAL = {
    "compiler/__init__.py": "",
    "compiler/lex/scanner.py": "from compiler.source import spans\nimport re\n",
    "compiler/source/spans.py": '"""Nothing of riscv64 here."""\n',
    "compiler/asm/items.py": "from compiler.machine import isa\n",
    "compiler/asm/assemble.py": "from . import items\nfrom compiler.object.model import Section\n",
    "compiler/object/model.py": "try:\n    import librt\nexcept ImportError:\n    pass\n",
    "compiler/machine/isa.py": "",
    "compiler/codegen/emit.py": "from compiler.asm.items import Item\n",
    "compiler/driver/registry.py": "from compiler.targets.riscv64 import target\nNAMES = ('riscv64',)\n",
    "compiler/targets/riscv64/target.py": "NAME = 'riscv64'\n",
    "compiler/tests/lex/test_scanner.py": "import pytest\nimport fuzz.cli\n",
    "emulators/runner.py": "import unicorn\n",
    "fuzz/cli.py": "from oracle import store\nfrom compiler.lex.scanner import scan\n",
    "oracle/store.py": "",
}


def test_the_checks_accept_a_legal_tree(tmp_path: Path) -> None:
    plant(tmp_path, LEGAL)
    assert layer_violations(tmp_path) == []
    assert package_cycles(tmp_path) == []
    assert module_cycles(tmp_path) == []
    assert target_name_violations(tmp_path) == []


def test_planted_imports_are_caught(tmp_path: Path) -> None:
    planted = {
        "compiler/lex/a.py": "def late() -> None:\n    from compiler.ir import types\n",
        "compiler/preprocess/b.py": "if TYPE_CHECKING:\n    import compiler.parse.cursor\n",
        "compiler/codegen/c.py": "from compiler.asm import assemble\n",
        "compiler/codegen/d.py": "from ..passes import gvn\n",
        "compiler/link/e.py": "import importlib\nimportlib.import_module('compiler.targets.riscv64.target')\n",
        "compiler/arith/f.py": "import unicorn\n",
        "compiler/arith/g.py": "import librt\n",
        "compiler/driver/h.py": "import fuzz.cli\n",
        "emulators/i.py": "from compiler.object import elf\n",
        "oracle/j.py": "import fuzz\n",
        "reducers/k.py": "from oracle import store\n",
    }
    plant(tmp_path, LEGAL | planted)
    caught = {line.split(":")[0] for line in layer_violations(tmp_path)}
    assert caught == {name.removesuffix(".py").replace("/", ".") for name in planted}


def test_planted_cycles_are_caught(tmp_path: Path) -> None:
    plant(tmp_path, LEGAL | {
        "compiler/ir/one.py": "from .two import x\n",
        "compiler/ir/two.py": "def late() -> None:\n    from compiler.ir import three\n",
        "compiler/ir/three.py": "import compiler.ir.one\nif TYPE_CHECKING:\n    import compiler.ir.four\n",
        "compiler/ir/four.py": "import compiler.ir.three\n",
        "compiler/passes/gvn.py": "from compiler.analysis import cfg\n",
        "compiler/analysis/cfg.py": "if TYPE_CHECKING:\n    from compiler.passes import gvn\n",
    })
    assert module_cycles(tmp_path) == [["compiler.ir.one", "compiler.ir.three", "compiler.ir.two"]]
    assert package_cycles(tmp_path) == [["compiler.analysis", "compiler.passes"]]


def test_planted_target_names_are_caught(tmp_path: Path) -> None:
    plant(tmp_path, LEGAL | {
        "compiler/codegen/frame.py": "def f(target: object) -> bool:\n    return target.name == chosen\n",
        "compiler/asm/macros.py": "NAMES = ['elf64-x86_64']\n",
    })
    caught = {line.split(":")[0] for line in target_name_violations(tmp_path)}
    assert caught == {"compiler.codegen.frame", "compiler.asm.macros"}


def test_planted_long_files_are_reported(tmp_path: Path) -> None:
    plant(tmp_path, {"compiler/ir/long.py": "\n" * 601, "compiler/targets/t/insns_base.py": "\n" * 601})
    assert long_files(tmp_path) == ["compiler/ir/long.py: 601 lines"]
