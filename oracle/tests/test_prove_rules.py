"""The prover proves the optimizer's rules, and refutes wrong ones."""

from __future__ import annotations

import pytest

z3 = pytest.importorskip("z3", reason="z3-solver is not installed")

from compiler.passes.rules_int import c, d, x, y  # noqa: E402 (z3 first)
from compiler.terms.ops import ADD, AND, ASHR, LSHR, LT_S, MUL, SDIV, SHL, SUB, UDIV  # noqa: E402
from compiler.terms.term import BOOL, C_ADD, IS_POW2, LOG2, Lit, Rule  # noqa: E402
from oracle.prove_rules import (  # noqa: E402
    BOUNDED,
    FAILED,
    LIST,
    PROVED,
    Verdict,
    all_rules,
    compare_with_list,
    may_be_bounded,
    prove,
    sign_lemma,
)
from oracle.rule_values import try_values  # noqa: E402


def test_every_rule_holds_at_small_widths() -> None:
    verdicts = [prove(rule, (1, 8, 16), 5000) for rule in all_rules() if not rule.name.startswith("f")]
    assert [f"{verdict.rule.name}: {verdict.detail}" for verdict in verdicts if verdict.outcome == FAILED] == []
    assert sum(verdict.outcome == PROVED for verdict in verdicts) >= len(verdicts) - 4


WRONG = [
    Rule("other-constant", SUB(ADD(x, c), d), x),
    Rule("shift-past-the-width", SHL(SHL(x, c), d), SHL(x, C_ADD(c, d))),
    Rule("signed-power-of-two", SDIV(x, c), ASHR(x, LOG2(c)), IS_POW2(c)),
    Rule("overflow-ignored", LT_S(x, ADD(x, Lit(1))), Lit(1, BOOL)),
    Rule("sign-lost", ASHR(x, c), LSHR(x, c)),
]


@pytest.mark.parametrize("rule", WRONG, ids=lambda rule: rule.name)
def test_a_wrong_rule_is_refuted(rule: Rule) -> None:
    assert prove(rule, (8,), 5000).outcome == FAILED


def test_a_rule_may_not_make_something_undefined() -> None:
    rule = Rule("divides", AND(SHL(x, y), Lit(0)), AND(UDIV(x, y), Lit(0)))
    assert prove(rule, (8,), 5000).outcome == FAILED


def test_values_find_what_z3_would_not_decide() -> None:
    for rule in WRONG:
        assert try_values(rule, 8, 20_000) != ""


def test_an_undecided_rule_is_bounded_and_never_silently_passed() -> None:
    rule = Rule("same", UDIV(UDIV(x, y), y), UDIV(UDIV(x, y), y))
    assert prove(rule, (8,), 5000).outcome == PROVED
    hard = Rule("square", SUB(MUL(ADD(x, Lit(1)), ADD(x, Lit(1))), MUL(SUB(x, Lit(1)), SUB(x, Lit(1)))), SHL(x, Lit(2)))
    assert prove(hard, (64,), 1, 2000).outcome in (BOUNDED, PROVED)


def test_the_list_of_bounded_rules_is_compared_with() -> None:
    first, second = all_rules()[:2]
    verdicts = [Verdict(first, BOUNDED, ""), Verdict(second, PROVED, "")]
    assert compare_with_list(verdicts, [first.name]) == ([], [])
    assert compare_with_list(verdicts, [second.name, "gone"]) == ([first.name], [second.name, "gone"])
    assert set(may_be_bounded(LIST)) <= {rule.name for rule in all_rules()}


def test_turning_the_sign_bit_negates() -> None:
    for width in (16, 32, 64):
        solver = z3.Solver()
        solver.add(sign_lemma(width))
        assert solver.check() == z3.unsat
