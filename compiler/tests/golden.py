"""Golden tests of the IR: `.ir` files that say what to run and what text must come out.

    ; run: mem2reg, dce          passes in order; nothing after `run:` only reads and prints
    ; result: f(1, -2) = 3       before and after the passes the interpreter gives this (`undefined: division`, `trap`)
    func @f(i32 %x) -> i32 { ... }
    ; expect
    <the module's text afterwards>

A line of the input that ends in `; error: dominance` must have exactly that violation (or `syntax` for ParseError);
then nothing is run. The passes run once more over their result, which must not change it, unless `; not idempotent`
is said.

    python -m compiler.tests.golden --bless [file ...]      rewrites what stands behind `; expect`
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from compiler.ir.interpreter import run_module
from compiler.ir.module import Module
from compiler.ir.parser import ParseError, SourceMap, parse_module
from compiler.ir.printer import print_module
from compiler.ir.verifier import verify_module
from compiler.passes.pipeline import PipelineOptions, run_passes

ROOT = Path(__file__).resolve().parent
_EXPECT = "; expect\n"
_RESULT = re.compile(r"; result: ([\w.$]+)\(([^)]*)\) = (.*)")


class GoldenFailure(AssertionError):
    """A golden file's facts do not hold."""


def golden_files() -> list[Path]:
    """Every `.ir` file under the tests, in a fixed order."""
    return sorted(ROOT.rglob("*.ir"))


def directive(text: str, name: str) -> str | None:
    match = re.search(rf"^; {name}:(.*)$", text, re.M)
    return match.group(1).strip() if match else None


def expected_errors(text: str) -> list[tuple[int, str]]:
    """Line numbers and kinds of the violations the file announces."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = re.search(r"; error: (\w+(?:, \w+)*)\s*$", line)
        if match:
            found.extend((number, kind) for kind in match.group(1).split(", "))
    return sorted(found)


def found_errors(text: str) -> list[tuple[int, str]]:
    places = SourceMap()
    try:
        module = parse_module(text, places)
    except ParseError as error:
        return [(error.line, "syntax")]
    found: list[tuple[int, str]] = []
    for violation in verify_module(module):
        line = places.functions.get(violation.function, 0)
        if violation.block:
            line = places.blocks.get(f"{violation.function}:{violation.block}", line)
        if violation.operation is not None:
            line = places.operations[violation.function].get(violation.operation.number, line)
        found.append((line, violation.kind))
    return sorted(found)


def check_results(text: str, module: Module, when: str) -> None:
    for name, args, wanted in _RESULT.findall(text):
        function = next(item for item in module.functions() if item.name == name)
        given = [int(arg, 0) for arg in args.split(",") if arg.strip()]
        types = [parameter.type for parameter in function.entry.parameters]
        values = [value & ((1 << type.bits * type.lanes) - 1) for value, type in zip(given, types, strict=False)]
        outcome = run_module(module, name, values, 1_000_000)
        shown = str(outcome)
        if outcome.kind == "returned":
            masks = [(1 << type.bits * type.lanes) - 1 for type in function.result_types]
            shown = ", ".join(str(value) for value in outcome.values)
            parts = wanted.split(",") if wanted.strip() else []
            if all(re.fullmatch(r"\s*-?(0x[0-9a-f]+|\d+)\s*", part) for part in parts):
                wanted = ", ".join(str(int(part, 0) & mask) for part, mask in zip(parts, masks, strict=False))
        if shown != wanted.strip():
            raise GoldenFailure(f"{when}: {name}({args}) gives {shown}, not {wanted}")


def actual(text: str) -> str:
    """Runs the file's passes; the text behind `; expect`."""
    source = text.partition(_EXPECT)[0]
    module = parse_module(source)
    violations = verify_module(module)
    if violations:
        raise GoldenFailure("; ".join(str(item) for item in violations))
    check_results(source, module, "before")
    names = tuple(name.strip() for name in (directive(source, "run") or "").split(",") if name.strip())
    options = PipelineOptions(verify=True)
    run_passes(module, names, options)
    result = print_module(module)
    check_results(source, module, "after")
    if "; not idempotent" not in source:
        run_passes(module, names, options)
        again = print_module(module)
        if again != result:
            raise GoldenFailure(f"a second run changes the result:\n{again}")
    return result


def check(path: Path) -> None:
    """Raises GoldenFailure where the file does not hold."""
    text = path.read_text()
    errors = expected_errors(text)
    if errors:
        found = found_errors(text)
        if found != errors:
            raise GoldenFailure(f"expected {errors}, found {found}")
        return
    if _EXPECT not in text:
        raise GoldenFailure("no `; expect`; bless it first")
    result = actual(text)
    wanted = text.partition(_EXPECT)[2]
    if result != wanted:
        raise GoldenFailure(f"expected\n{wanted}\nfound\n{result}")


def bless(path: Path) -> bool:
    """Rewrites the expectation; whether that changed the file."""
    text = path.read_text()
    if expected_errors(text):
        return False
    source = text.partition(_EXPECT)[0]
    new = source.rstrip("\n") + "\n" + _EXPECT + actual(text)
    path.write_text(new)
    return new != text


def main(arguments: list[str]) -> int:
    blessing = "--bless" in arguments
    paths = [Path(name) for name in arguments if not name.startswith("-")] or golden_files()
    failures = 0
    for path in paths:
        try:
            if blessing:
                if bless(path):
                    print(f"blessed {path}")
            else:
                check(path)
        except (GoldenFailure, ParseError, AssertionError) as failure:
            failures += 1
            print(f"{path}: {failure}")
    print(f"{len(paths)} files, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
