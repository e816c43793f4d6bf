"""Proves the optimizer's rewrite rules: for all operands and constants, under the rule's condition and flags, both
sides are equal, and the right side is defined where the left one is.

    python -m oracle.prove_rules [--widths 8,16,32,64] [--timeout MS] [--rule NAME]

Z3 decides each rule at each combination of widths, split into cases by constants that are powers of two or shift
amounts. What it cannot decide in time must be proved at 8 bits, is tried at 64 with a million random inputs and is
reported as `bounded`; which rules may be so is written in `bounded_rules.txt`, and any other fails the run. The meaning
of operations is written down here once more, apart from the evaluator: a mistake must be made twice to go unseen. NaNs
compare as a class.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any as Unknown  # z3 has no types

import z3

from compiler.passes import rules_float, rules_int
from compiler.terms import ops
from compiler.terms import term as terms
from compiler.terms.ops import Op
from compiler.terms.term import Any, App, Const, Lit, MetaApp, Rule, Term, TypeVariable
from oracle.rule_types import assignments, operand_widths, width_of
from oracle.rule_values import try_values

WIDTHS = (1, 8, 16, 32, 64, 128)
LIST = Path(__file__).parent / "bounded_rules.txt"
PROVED = "proved"
BOUNDED = "bounded"
FAILED = "failed"
_ALL_CASES = 10  # times the timeout of one, for all cases of a combination of widths together
_FLOAT_SORTS = {16: (5, 11), 32: (8, 24), 64: (11, 53)}


class Verdict:
    """`combinations` of widths were tried; `proved_at` is the widest type of those that were proved."""

    def __init__(self, rule: Rule, outcome: str, detail: str, combinations: int = 0, proved_at: int = 0) -> None:
        self.rule = rule
        self.outcome = outcome
        self.detail = detail
        self.combinations = combinations
        self.proved_at = proved_at


# --- Z3 --------------------------------------------------------------------------------------------------------------


class Encoder:
    """One rule at one assignment of widths."""

    def __init__(self, types_: dict[TypeVariable, int]) -> None:
        self.types = types_
        self.leaves: dict[int, Unknown] = {}
        self.defined: list[Unknown] = []

    def leaf(self, term: Any | Const) -> Unknown:
        assert term.type is not None
        if term.slot not in self.leaves:
            self.leaves[term.slot] = z3.BitVec(term.name, self.types[term.type])
        return self.leaves[term.slot]

    def value(self, term: Term, expected: int | None) -> Unknown:
        if isinstance(term, (Any, Const)):
            return self.leaf(term)
        if isinstance(term, App):
            return self.operation(term, expected)
        width = self.types[term.type] if term.type is not None else expected
        assert width is not None
        return as_bits(self.meta(term, width), width)

    def operation(self, term: App, expected: int | None) -> Unknown:
        named, second = operand_widths(term, self.types, expected)
        args = []
        for index, part in enumerate(term.args):
            kind = term.op.operands[index]
            args.append(self.value(part, 1 if kind == "i1" else second if kind == "u" else named))
        if term.op in _FLOAT_OPS:
            return float_meaning(term.op, args, named)
        self.defined.extend(definedness(term.op, term.flags, args, named))
        return meaning(term.op, args, named, second)

    def meta(self, term: Term, bits: int) -> Unknown:
        """A Python int where widths decide it, else a bit vector; conditions are z3 booleans or Python bools."""
        if isinstance(term, (Any, Const)):
            return self.leaf(term)
        if isinstance(term, Lit):
            width = self.types[term.type] if term.type is not None else bits
            return z3.BitVecVal(term.value, width) if width else term.value
        assert isinstance(term, MetaApp), term
        name = term.meta
        args = term.args
        if name is terms.WIDTH:
            return self.leaf_width(args[0])
        if name is terms.SIGN_BIT:
            width = self.leaf_width(args[0])
            return z3.BitVecVal(1 << (width - 1), width)
        if name is terms.KNOWN_ZERO:
            value = self.meta(args[0], 0)
            return (value & as_bits(self.meta(args[1], value.size()), value.size())) == 0
        if name is terms.BOTH:
            return z3.And(self.meta(args[0], 0), self.meta(args[1], 0))
        if name is terms.EITHER:
            return z3.Or(self.meta(args[0], 0), self.meta(args[1], 0))
        if name is terms.NOT:
            return z3.Not(self.meta(args[0], 0))
        if name is terms.LOW_MASK:
            return z3.BitVecVal((1 << self.meta(args[0], 0)) - 1, bits)
        if name is terms.C_TRUNC:
            value = self.meta(args[0], 0)
            return z3.Extract(bits - 1, 0, value) if bits < value.size() else z3.ZeroExt(bits - value.size(), value)
        left = self.meta(args[0], 0)
        if len(args) == 1:
            return unary_meta(name, left)
        right = self.meta(args[1], 0 if is_number(left) else left.size())
        if is_number(left) and not is_number(right):
            left = self.meta(args[0], right.size())
        return binary_meta(name, left, right, bits)

    def leaf_width(self, term: Term) -> int:
        assert term.type is not None
        return self.types[term.type]


def is_number(value: Unknown) -> bool:
    return isinstance(value, int)


def as_bits(value: Unknown, width: int) -> Unknown:
    return z3.BitVecVal(value, width) if is_number(value) else value


def unary_meta(name: terms.Meta, value: Unknown) -> Unknown:
    if name is terms.IS_POW2:
        return z3.And(value != 0, (value & (value - 1)) == 0)
    if name is terms.LOG2:
        width = value.size()
        result = z3.BitVecVal(0, width)
        for bit in range(1, width):
            result = z3.If(z3.Extract(bit, bit, value) == 1, z3.BitVecVal(bit, width), result)
        return result
    if name is terms.C_NEG:
        return -value
    assert name is terms.C_NOT, name.name
    return ~value


def binary_meta(name: terms.Meta, left: Unknown, right: Unknown, bits: int) -> Unknown:
    if name is terms.FITS_UNSIGNED:
        return True if right >= left.size() else z3.LShR(left, right) == 0
    if name is terms.FITS_SIGNED:
        if right >= left.size():
            return True
        return z3.SignExt(left.size() - right, z3.Extract(right - 1, 0, left)) == left
    if is_number(left) and is_number(right):
        if name is terms.LESS_UNSIGNED:
            return left < right
        if name is terms.EQUAL:
            return left == right
        if name is terms.C_SUB:
            return (left - right) & ((1 << bits) - 1)
        assert name is terms.C_ADD, name.name
        return (left + right) & ((1 << bits) - 1)
    width = right.size() if is_number(left) else left.size()
    if name is terms.LESS_UNSIGNED or name is terms.EQUAL:
        # As unbounded numbers: a width may not fit the constant's type.
        a = z3.BitVecVal(left, width + 9) if is_number(left) else z3.ZeroExt(9, left)
        b = z3.BitVecVal(right, width + 9) if is_number(right) else z3.ZeroExt(9, right)
        return z3.ULT(a, b) if name is terms.LESS_UNSIGNED else a == b
    left = as_bits(left, width)
    right = as_bits(right, width)
    if name is terms.C_ADD:
        return left + right
    if name is terms.C_SUB:
        return left - right
    if name is terms.C_MUL:
        return left * right
    if name is terms.C_AND:
        return left & right
    if name is terms.C_OR:
        return left | right
    if name is terms.C_XOR:
        return left ^ right
    if name is terms.C_SHL:
        return left << (right & (width - 1))
    assert name is terms.C_LSHR, name.name
    return z3.LShR(left, right & (width - 1))


def meaning(op: Op, args: list[Unknown], named: int, second: int) -> Unknown:
    """The operation's value; shift amounts modulo the width, which is a power of two."""
    a = args[0]
    b: Unknown = args[1] if len(args) > 1 else None
    if op is ops.SELECT:
        return z3.If(a == 1, b, args[2])
    if op in (ops.ADD, ops.PTR_ADD):
        return a + b
    if op is ops.SUB:
        return a - b
    if op is ops.MUL:
        return a * b
    if op is ops.UDIV:
        return z3.UDiv(a, b)
    if op is ops.SDIV:
        return a / b
    if op is ops.UREM:
        return z3.URem(a, b)
    if op is ops.SREM:
        return z3.SRem(a, b)
    if op is ops.AND:
        return a & b
    if op is ops.OR:
        return a | b
    if op is ops.XOR:
        return a ^ b
    if op is ops.SHL:
        return a << (b & (named - 1))
    if op is ops.LSHR:
        return z3.LShR(a, b & (named - 1))
    if op is ops.ASHR:
        return a >> (b & (named - 1))
    if op is ops.ZEXT:
        return z3.ZeroExt(named - second, a)
    if op is ops.SEXT:
        return z3.SignExt(named - second, a)
    if op is ops.TRUNC:
        return z3.Extract(named - 1, 0, a)
    if op is ops.BITCAST:
        return a
    return truth(comparison(op, a, b))


def comparison(op: Op, a: Unknown, b: Unknown) -> Unknown:
    if op is ops.EQ:
        return a == b
    if op is ops.NE:
        return a != b
    if op is ops.LT_S:
        return a < b
    if op is ops.LE_S:
        return a <= b
    if op is ops.LT_U:
        return z3.ULT(a, b)
    assert op is ops.LE_U, f"no meaning for {op.name}"
    return z3.ULE(a, b)


def truth(condition: Unknown) -> Unknown:
    return z3.If(condition, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1))


def definedness(op: Op, flags: int, args: list[Unknown], named: int) -> list[Unknown]:
    """What must hold for the operation to be defined."""
    out = []
    if op in (ops.UDIV, ops.SDIV, ops.UREM, ops.SREM):
        out.append(args[1] != 0)
        if op in (ops.SDIV, ops.SREM):
            least = z3.BitVecVal(1 << (named - 1), named)
            out.append(z3.Not(z3.And(args[0] == least, args[1] == z3.BitVecVal(-1, named))))
    if flags & ops.EXACT:
        if op is ops.SDIV:
            out.append(z3.SRem(args[0], args[1]) == 0)
        else:
            assert op is ops.UDIV, op.name
            out.append(z3.URem(args[0], args[1]) == 0)
    assert flags & ~ops.EXACT == 0, "no rule uses other flags yet"
    return out


_FLOAT_OPS = (
    ops.FADD, ops.FSUB, ops.FMUL, ops.FDIV, ops.FNEG, ops.FABS, ops.FCOPYSIGN, ops.FEQ, ops.FNE, ops.FLT, ops.FLE,
    ops.FUNORDERED,
)  # fmt: skip


def float_meaning(op: Op, args: list[Unknown], named: int) -> Unknown:
    """Signs are bit operations; arithmetic is on z3's floats, whose NaN is one value."""
    sign = z3.BitVecVal(1 << (named - 1), named)
    if op is ops.FNEG:
        return as_pattern(args[0]) ^ sign
    if op is ops.FABS:
        return as_pattern(args[0]) & ~sign
    if op is ops.FCOPYSIGN:
        return (as_pattern(args[0]) & ~sign) | (as_pattern(args[1]) & sign)
    sort = z3.FPSort(*_FLOAT_SORTS[named])
    a = as_float(args[0], sort)
    b = as_float(args[1], sort)
    mode = z3.RNE()
    if op is ops.FADD:
        return z3.fpAdd(mode, a, b)
    if op is ops.FSUB:
        return z3.fpSub(mode, a, b)
    if op is ops.FMUL:
        return z3.fpMul(mode, a, b)
    if op is ops.FDIV:
        return z3.fpDiv(mode, a, b)
    if op is ops.FEQ:
        return truth(z3.fpEQ(a, b))
    if op is ops.FNE:
        return truth(z3.Not(z3.fpEQ(a, b)))
    if op is ops.FLT:
        return truth(z3.fpLT(a, b))
    if op is ops.FLE:
        return truth(z3.fpLEQ(a, b))
    assert op is ops.FUNORDERED, op.name
    return truth(z3.Or(z3.fpIsNaN(a), z3.fpIsNaN(b)))


def as_float(value: Unknown, sort: Unknown) -> Unknown:
    """A pattern with its sign turned is the negated float: `sign_lemma`. So said, z3 need not look into the bits."""
    if not z3.is_bv(value):
        return value
    if z3.is_app_of(value, z3.Z3_OP_BXOR) and value.arg(1).eq(z3.BitVecVal(1 << (value.size() - 1), value.size())):
        return z3.fpNeg(as_float(value.arg(0), sort))
    return z3.fpBVToFP(value, sort)


def sign_lemma(width: int) -> Unknown:
    """Unsatisfiable if turning the sign bit negates every float of that width, NaNs as one class."""
    sort = z3.FPSort(*_FLOAT_SORTS[width])
    pattern = z3.BitVec("pattern", width)
    turned = z3.fpBVToFP(pattern ^ z3.BitVecVal(1 << (width - 1), width), sort)
    return turned != z3.fpNeg(z3.fpBVToFP(pattern, sort))


def as_pattern(value: Unknown) -> Unknown:
    return value if z3.is_bv(value) else z3.fpToIEEEBV(value)


def equal(left: Unknown, right: Unknown) -> Unknown:
    """Floats as classes: z3 compares them as values, all NaNs alike."""
    if z3.is_bv(left) and z3.is_bv(right):
        return left == right
    sort = right.sort() if z3.is_bv(left) else left.sort()
    return as_float(left, sort) == as_float(right, sort)


def obligation(rule: Rule, types_: dict[TypeVariable, int]) -> Unknown:
    """A formula that is unsatisfiable if the rule is right at these widths; None where its condition never holds."""
    encoder = Encoder(types_)
    before = encoder.value(rule.before, None)
    hypotheses = list(encoder.defined)
    if rule.when is not None:
        condition = z3.simplify(z3.And(encoder.meta(rule.when, 0)))
        if z3.is_false(condition):
            return None
        hypotheses.append(condition)
    encoder.defined = []
    width = width_of(rule.before, types_, None)
    after = encoder.value(rule.after, width)
    is_float = any(variable.floating for variable in types_) and width > 1
    if is_float and z3.is_bv(before) and z3.is_bv(after):
        sort = z3.FPSort(*_FLOAT_SORTS[width])
        same = z3.Or(before == after, as_float(before, sort) == as_float(after, sort))
    else:
        same = equal(before, after)
    return z3.And(*hypotheses, z3.Not(z3.And(same, *encoder.defined)))


def powers_in(term: Term | None) -> list[Const]:
    """Constants the condition says are powers of two."""
    if not isinstance(term, MetaApp):
        return []
    if term.meta is terms.IS_POW2 and isinstance(term.args[0], Const):
        return [term.args[0]]
    return [found for part in term.args for found in powers_in(part)] if term.meta is terms.BOTH else []


def shifts_in(term: Term) -> list[Const]:
    """Constants that are the amount of a shift."""
    if not isinstance(term, App):
        return []
    found = [found for part in term.args for found in shifts_in(part)]
    if term.op in (ops.SHL, ops.LSHR, ops.ASHR) and isinstance(term.args[1], Const):
        found.append(term.args[1])
    return found


def cases(rule: Rule, types_: dict[TypeVariable, int], formula: Unknown) -> list[Unknown]:
    """Formulas of which one is satisfiable if the given one is: split by a constant that is a power of two, which makes
    multiplications easy, or by a shift amount below the width, the rest being one case."""
    for constant in powers_in(rule.when):
        assert constant.type is not None
        width = types_[constant.type]
        leaf = z3.BitVec(constant.name, width)
        return [z3.substitute(formula, (leaf, z3.BitVecVal(1 << bit, width))) for bit in range(width)]
    for constant in shifts_in(rule.before):
        assert constant.type is not None
        width = types_[constant.type]
        leaf = z3.BitVec(constant.name, width)
        split = [z3.substitute(formula, (leaf, z3.BitVecVal(amount, width))) for amount in range(width)]
        return [*split, z3.And(formula, z3.UGE(leaf, z3.BitVecVal(width, width)))]
    return [formula]


def decide(rule: Rule, types_: dict[TypeVariable, int], formula: Unknown, timeout: int) -> tuple[Unknown, Unknown]:
    """z3's answer and the model if there is one. Shifts are tried as a whole in a tenth of the time, then by cases."""
    attempts = [([formula], timeout)]
    if max(types_.values(), default=0) >= 32:
        split = cases(rule, types_, formula)
        attempts = [(split, timeout)] if powers_in(rule.when) else [([formula], timeout // 10), (split, timeout)]
    result: Unknown = z3.unknown
    deadline = time.monotonic() + _ALL_CASES * timeout / 1000
    for formulas, limit in attempts:
        for case in formulas:
            if time.monotonic() > deadline:
                return z3.unknown, None
            solver = z3.Solver()
            solver.set("timeout", limit)
            solver.add(case)
            result = solver.check()
            if result == z3.sat:
                return result, solver.model()
            if result != z3.unsat:
                break
        else:
            return result, None
    return result, None


def prove(rule: Rule, widths: tuple[int, ...], timeout: int, trials: int = 1_000_000) -> Verdict:
    """Proved, refuted with the counterexample, or bounded. `timeout` in milliseconds for each case of a combination of
    widths; `trials` random inputs at 64 bits where it is undecided."""
    undecided: list[str] = []
    tried = 0
    proved_at = 0
    small = True  # decided wherever no type is wider than 16 bits
    for types_ in assignments(rule, widths):
        formula = obligation(rule, types_)
        if formula is None:
            continue
        tried += 1
        shown = ",".join(f"{variable.name}={bits}" for variable, bits in types_.items())
        widest = max(types_.values(), default=0)
        result, model = decide(rule, types_, formula, timeout)
        if result == z3.sat:
            return Verdict(rule, FAILED, f"at {shown}: {model}", tried)
        if result == z3.unsat:
            proved_at = max(proved_at, widest)
        else:
            undecided.append(shown)
            small = small and widest > 16
    if tried == 0:
        return Verdict(rule, FAILED, "no widths at which it is well typed and may fire")
    if not undecided:
        return Verdict(rule, PROVED, "", tried, proved_at)
    where = "undecided at " + "; ".join(undecided)
    detail = try_values(rule, 8, None) or try_values(rule, 64, trials)
    if detail or not small:
        return Verdict(rule, FAILED, detail or where, tried, proved_at)
    return Verdict(rule, BOUNDED, where, tried, proved_at)


def all_rules() -> list[Rule]:
    return [rule for table in rules_int.TABLES + rules_float.TABLES for rule in table]


def may_be_bounded(path: Path) -> list[str]:
    """Names of the rules that the list has, one in a line; `#` begins a comment."""
    lines = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


def compare_with_list(verdicts: list[Verdict], listed: list[str]) -> tuple[list[str], list[str]]:
    """Rules that are bounded without standing on the list, which is a failure, and the list's superfluous ones."""
    bounded = [verdict.rule.name for verdict in verdicts if verdict.outcome == BOUNDED]
    tried = [verdict.rule.name for verdict in verdicts]
    known = [rule.name for rule in all_rules()]
    missing = [name for name in bounded if name not in listed]
    return missing, [name for name in listed if name not in bounded and (name in tried or name not in known)]


def report(verdicts: list[Verdict], seconds: float) -> None:
    """The table: how many rules are proved, by the widest type at which they are."""
    counts: dict[tuple[str, int], int] = {}
    for verdict in verdicts:
        key = (verdict.outcome, verdict.proved_at)
        counts[key] = counts.get(key, 0) + 1
    for (outcome, width), count in sorted(counts.items(), key=lambda item: item[0], reverse=True):
        print(f"{count:5} {outcome:8} widest type proved: i{width}" if width else f"{count:5} {outcome}")
    combinations = sum(verdict.combinations for verdict in verdicts)
    print(f"{len(verdicts)} rules at {combinations} combinations of widths in {seconds:.0f} s")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="prove_rules", description="Prove the optimizer's rewrite rules.")
    parser.add_argument("--widths", default=",".join(str(width) for width in WIDTHS))
    parser.add_argument(
        "--timeout",
        type=int,
        default=20_000,
        help="milliseconds for a case of a rule at widths; ten times that for all cases",
    )
    parser.add_argument("--verbose", action="store_true", help="a line for every rule")
    parser.add_argument("--rule", default="", help="only this rule")
    options = parser.parse_args(arguments)
    widths = tuple(int(text) for text in options.widths.split(","))
    start = time.monotonic()
    for width in _FLOAT_SORTS:
        solver = z3.Solver()
        solver.add(sign_lemma(width))
        if solver.check() != z3.unsat:
            print(f"failed: the sign lemma at {width} bits")
            return 1
    verdicts: list[Verdict] = []
    for rule in all_rules():
        if options.rule and rule.name != options.rule:
            continue
        before = time.monotonic()
        verdict = prove(rule, widths, options.timeout)
        verdicts.append(verdict)
        if verdict.outcome != PROVED or options.verbose:
            seconds = time.monotonic() - before
            print(f"{verdict.outcome}: {rule.name}: {verdict.detail or 'all'} ({seconds:.1f} s)", flush=True)
    missing, superfluous = compare_with_list(verdicts, may_be_bounded(LIST))
    for name in missing:
        print(f"bounded, and not in {LIST.name}: {name}")
    for name in superfluous if widths == WIDTHS else []:
        print(f"not bounded any more, in {LIST.name}: {name}")
    report(verdicts, time.monotonic() - start)
    failed = any(verdict.outcome == FAILED for verdict in verdicts)
    return 1 if failed or missing or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
