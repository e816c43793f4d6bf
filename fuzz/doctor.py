"""What the suite can use on this machine, and which package brings what is missing."""

from __future__ import annotations

import importlib.metadata

from fuzz.generators.csmith import include_folder
from oracle.compilers import Tool, doctor

# (distribution on PyPI, purpose)
PYTHON_PACKAGES = (
    ("unicorn", "runs programs of every target"),
    ("dask", "describes the work of a campaign"),
    ("distributed", "spreads the work of a campaign over processes and machines"),
    ("hypothesis", "drives the grammar in property tests"),
    ("pyelftools", "reads executables for the emulators"),
    ("click", "the command line"),
    ("rich", "live display and tables"),
    ("jinja2", "HTML reports"),
    ("z3-solver", "proves rewrite rules"),
    ("pexpect", "talks to emulated machines"),
)


def rows() -> list[Tool]:
    """Every tool and Python package, present or not."""
    tools = list(doctor())
    folder = include_folder()
    tools.append(Tool("csmith.h", "header of Csmith's programs", folder or "", ("libcsmith-dev",)))
    for name, purpose in PYTHON_PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        tools.append(Tool(name, purpose, version, (f"pip:{name}",)))
    return tools
