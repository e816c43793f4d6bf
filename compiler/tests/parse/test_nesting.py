"""Deep nesting is answered or refused with one clear error, and chains have no limit."""

from __future__ import annotations

import pytest

from compiler.source.diagnostics import Fatal
from compiler.tests.parse.support import parse

N = 10_000
TOO_DEEP = {
    "operands": "int f(int a) { return " + "(a + " * N + "1" + ")" * N + "; }",
    "prefix operators": "int f(int a) { return " + "- " * N + "a; }",
    "casts": "int f(int a) { return " + "(int)" * N + "a; }",
    "blocks": "void f(void) { " + "{" * N + "}" * N + " }",
    "initializer braces": "int x = " + "{" * N + "1" + "}" * N + ";",
    "struct levels": "struct {" * N + "int x;" + "} y;" * N,
    "statements": "void f(int a) { " + "if (a) " * N + "; }",
    "calls": "int f(int a) { return " + "f(" * N + "a" + ")" * N + "; }",
    "declarators": "int " + "(" * N + "x" + ")" * N + ";",
    "dimensions": "int x" + "[1]" * N + ";",
    "statement expressions": "int f(int a) { return " + "({" * N + "a;" + "});" * N + " }",
}
ACCEPTED = {
    "parentheses": "int x = " + "(" * N + "1" + ")" * N + ";",
    "else if": "int f(int a) { if (a == 0) return 1;"
    + "".join(f" else if (a == {i}) return {i};" for i in range(N // 5)) + " return 0; }",
    "additions": "int x = " + "+".join(["1"] * N) + ";",
    "commas": "int f(int a) { return " + ",".join(["a"] * N) + "; }",
    "assignments": "int f(int a) { return " + "=".join(["a"] * N) + "; }",
    "conditionals": "int f(int a) { return " + "".join(f"a == {i} ? {i} : " for i in range(N // 5)) + "0; }",
    "case labels": "int f(int a) { switch (a) {" + "".join(f"case {i}:" for i in range(N // 5))
    + " return 0; } return 1; }",
    "labels": "void f(void) { " + " ".join(f"l{i}:" for i in range(N // 5)) + " ; }",
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_DEEP)
def test_too_deep_nesting_is_refused(name: str) -> None:
    with pytest.raises(Fatal, match="nesting is too deep: more than 1000 levels"):
        parse(TOO_DEEP[name] + "\n")


@pytest.mark.parametrize("name", ACCEPTED)
def test_chains_of_any_length_are_accepted(name: str) -> None:
    assert parse(ACCEPTED[name] + "\n").errors() == []


@pytest.mark.parametrize(
    "source", ["int x = " + "(" * N, "}" * N, "{" * N, "int f() {" * 100, "(" * N, "\"" * 99, "@#$"]
)
def test_unbalanced_input_ends_in_errors(source: str) -> None:
    try:
        parsed = parse(source + "\n")
    except Fatal:
        return
    assert parsed.errors()
