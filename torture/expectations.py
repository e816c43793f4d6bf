"""What a test's directives demand: its options, whether it runs here, which lines must be diagnosed.

Invariant: every directive is evaluated or listed in `_WITHOUT_EFFECT`; one that is neither makes the test not
runnable, with that as its reason, and so a failure. Meaning of the directives: GCC internals manual, "Directives used
within DejaGnu tests".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from torture.selectors import Machine, UnknownTarget, matches
from torture.tcl import TclError, closing_brace, commands, condition, split_list

# Warnings, notes, dump scans and time factors: this suite judges errors and behaviour.
_WITHOUT_EFFECT = frozenset(
    """
    dg-warning dg-bogus dg-message dg-note dg-prune-output dg-final dg-timeout dg-timeout-factor dg-xfail-if
    dg-xfail-run-if dg-begin-multiline-output dg-end-multiline-output dg-locus dg-regexp dg-excess-errors dg-output dg-
    remove-options dg-additional-files dg-set-compiler-env-var dg-set-target-env-var dg-keep-saved-temps
    """.split()
)
# Requirements that hold on every target here (ELF, GNU tools, unlimited stack).
_FULFILLED = frozenset(
    """
    dg-require-weak dg-require-alias dg-require-stack-size dg-require-visibility dg-require-named-sections
    dg-require-ascii-locale dg-require-profiling dg-require-ifunc dg-require-iconv dg-require-gc-sections dg-require-
    fileio dg-require-stack-check
    """.split()
)
_RUN_KINDS = ("run", "compile", "link", "assemble", "preprocess")


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A line on which an error must be reported (0: anywhere), and the regular expression its text should match."""

    line: int
    pattern: str


@dataclass(slots=True)
class Expectation:
    """The evaluated directives of one test for one machine and one set of options."""

    kind: str = "run"
    options: list[str] = field(default_factory=list)
    options_given: bool = False  # whether the test chose its options itself
    sources: list[str] = field(default_factory=list)  # further sources, relative to the test
    errors: list[ErrorLine] = field(default_factory=list)
    not_run: str = ""  # why the test does not run here; empty if it does


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive with its line number."""

    line: int
    name: str
    words: tuple[str, ...]


_BEGIN = re.compile(r"\{[ \t]+(dg-[-a-z]+)[ \t]")


def find_directives(text: str) -> list[Directive]:
    """The directives of a test, in order."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _BEGIN.search(line)
        if match is None:
            continue
        try:
            end = closing_brace(line, match.start())
        except TclError:  # an unbalanced brace in a pattern: DejaGnu takes everything up to the last brace
            end = line.rfind("}")
            if end <= match.end():
                continue
        found.append(Directive(number, match.group(1), tuple(split_list(line[match.end() : end]))))
    return found


def expect(path: Path, machine: Machine, level: str, kind: str = "run") -> Expectation:
    """The expectation of the test at `path` when compiled with the option `level`; `kind` is the suite's default."""
    text = path.read_text(encoding="latin-1")
    expectation = Expectation(kind=kind)
    lines: dict[str, int] = {}
    try:
        for directive in find_directives(text):
            _apply(expectation, directive, machine, level, lines)
        script = path.with_suffix(".x")
        if script.is_file():
            flags, skipped = run_script(script.read_text(encoding="latin-1"), machine, level)
            expectation.options += flags
            if skipped:
                expectation.not_run = f"{script.name} excludes this target"
    except UnknownTarget as unknown:
        expectation.not_run = f"no answer to {unknown}"
    except TclError as error:
        expectation.not_run = f"directive not understood: {error}"
    return expectation


def _apply(expectation: Expectation, directive: Directive, machine: Machine, level: str, lines: dict[str, int]) -> None:
    name, words = directive.name, directive.words
    if name in _WITHOUT_EFFECT or name in _FULFILLED:
        return
    if not words:
        raise TclError(f"{name} without words")
    if name == "dg-do":
        _apply_do(expectation, words, machine)
    elif name == "dg-options":
        if len(words) < 2 or _applies(words[1], machine):
            expectation.options = split_list(words[0])
            expectation.options_given = True
    elif name == "dg-additional-options":
        if len(words) < 2 or _applies(words[1], machine):
            expectation.options += split_list(words[0])
    elif name == "dg-additional-sources":
        if len(words) < 2 or _applies(words[1], machine):
            expectation.sources += words[0].split()
    elif name == "dg-add-options":
        if words[0] not in ("stack_size", "ieee", "c99_runtime"):  # none of which adds anything on these targets
            raise UnknownTarget(f"dg-add-options {words[0]}")
    elif name == "dg-require-effective-target":
        if len(words) < 2 or matches(words[1], machine):
            if not machine.has(words[0]):
                expectation.not_run = f"requires {words[0]}"
    elif name == "dg-skip-if":
        if _skips(words, machine, [level, *expectation.options]):
            expectation.not_run = f"skipped by the test itself: {words[0] or words[1]}"
    elif name == "dg-line":
        lines[words[0]] = directive.line
    elif name == "dg-error":
        _apply_error(expectation, directive, machine, lines)
    else:
        raise UnknownTarget(f"directive {name}")


def _apply_do(expectation: Expectation, words: tuple[str, ...], machine: Machine) -> None:
    if words[0] not in _RUN_KINDS:
        raise UnknownTarget(f"dg-do {words[0]}")
    if len(words) > 1 and not _applies(words[1], machine):
        expectation.not_run = f"not for this target: {words[1]}"
    expectation.kind = words[0]


def _applies(selector: str, machine: Machine) -> bool:
    """Whether `target SELECTOR [xfail SELECTOR]` holds; an expected failure must pass here all the same."""
    words = split_list(selector)
    if not words:
        return True
    if words[0] == "xfail":
        return True
    if words[0] != "target":
        raise TclError(f"selector '{selector}'")
    end = words.index("xfail") if "xfail" in words else len(words)
    return matches(" ".join(_quoted(words[1:end])), machine)


def _expected_to_fail(selector: str, machine: Machine) -> bool:
    """Whether the selector says that gcc itself is known not to do this."""
    words = split_list(selector)
    return "xfail" in words and matches(" ".join(_quoted(words[words.index("xfail") + 1 :])), machine)


def _quoted(words: list[str]) -> list[str]:
    return [f"{{{word}}}" if " " in word else word for word in words]


def _skips(words: tuple[str, ...], machine: Machine, options: list[str]) -> bool:
    """dg-skip-if comment selector [include-options [exclude-options]]: option patterns are globs over the options."""
    if not matches(words[1], machine):
        return False
    included = split_list(words[2]) if len(words) > 2 else ["*"]
    excluded = split_list(words[3]) if len(words) > 3 else []
    if not _any_option(included, options):
        return False
    return not _any_option([pattern for pattern in excluded if pattern], options)


def _any_option(patterns: list[str], options: list[str]) -> bool:
    if not patterns or "*" in patterns or "" in patterns:
        return bool(patterns)
    return any(option == pattern for pattern in patterns for option in options)


_RELATIVE = re.compile(r"\.([+-]\d+)$")


def _apply_error(expectation: Expectation, directive: Directive, machine: Machine, lines: dict[str, int]) -> None:
    """dg-error pattern [comment [selector [line]]]"""
    words = directive.words
    if len(words) > 2 and words[2] and (not _applies(words[2], machine) or _expected_to_fail(words[2], machine)):
        return
    line = directive.line
    if len(words) > 3:
        relative = _RELATIVE.match(words[3])
        if relative is not None:
            line += int(relative.group(1))
        elif words[3].isdigit():
            line = int(words[3])
        elif words[3] in lines:
            line = lines[words[3]]
        else:
            raise TclError(f"line '{words[3]}'")
    expectation.errors.append(ErrorLine(line, words[0]))


def run_script(text: str, machine: Machine, level: str) -> tuple[list[str], bool]:
    """Run the `.x` script of a test: the options it adds, and whether it excludes the test."""
    flags: list[str] = []
    skipped = _run(commands(text), machine, level, flags)
    return flags, bool(skipped)


def _run(script: list[list[str]], machine: Machine, level: str, flags: list[str]) -> int | None:
    """Run commands until `return`; its value, or None."""

    def ask(words: list[str]) -> bool:
        if words[0] == "istarget" and len(words) == 2:
            return machine.is_target(re.sub(r"\\(.)", r"\1", words[1]))
        if words[0].startswith("check_effective_target_") and len(words) == 1:
            return machine.has(words[0].removeprefix("check_effective_target_"))
        if words[:2] == ["string", "match"] and len(words) == 4 and words[3] == "$option":
            return words[2].strip("*") in level
        raise TclError(f"command '{' '.join(words)}'")

    for words in script:
        if words[0] == "return":
            return int(words[1]) if len(words) > 1 else 0
        if words[0] == "if":
            body = words[3] if words[2] == "then" else words[2]
            if len(words) > (4 if words[2] == "then" else 3):
                raise TclError("if with else")
            if condition(words[1], ask):
                value = _run(commands(body), machine, level, flags)
                if value is not None:
                    return value
        elif words[0] == "lappend" and words[1] == "additional_flags":
            flags += words[2:]
        elif words[0] == "set" and words[1] == "additional_flags":
            flags += split_list(words[2])
        elif words[0] == "set" and words[1] == "torture_eval_before_compile":
            if _run(commands(words[2]), machine, level, flags) is not None:
                return 1
        elif words[0] == "continue":
            return 1
        elif words[0] == "set" and words[1].startswith(("torture_execute_xfail", "torture_eval_before_execute")):
            pass  # an expected failure must pass here all the same
        elif words[0] not in ("load_lib", "global"):
            raise TclError(f"command '{words[0]}'")
    return None
