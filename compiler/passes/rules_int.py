"""Rewrite rules on integers. `oracle/prove_rules` proves every row; first match in table order wins.

Constants stand to the right of commutative operations when a rule is tried; comparisons know only `lt` and `le`.
"""

from __future__ import annotations

from typing import Final

from compiler.terms.ops import (
    ADD,
    AND,
    ASHR,
    BITCAST,
    EQ,
    EXACT,
    LE_S,
    LE_U,
    LSHR,
    LT_S,
    LT_U,
    MUL,
    NE,
    OR,
    PTR_ADD,
    SDIV,
    SELECT,
    SEXT,
    SHL,
    SREM,
    SUB,
    TRUNC,
    UDIV,
    UREM,
    XOR,
    ZEXT,
)
from compiler.terms.term import (
    BOOL,
    BOTH,
    C_ADD,
    C_AND,
    C_LSHR,
    C_MUL,
    C_NEG,
    C_NOT,
    C_OR,
    C_SHL,
    C_SUB,
    C_TRUNC,
    C_XOR,
    EQUAL,
    FITS_SIGNED,
    FITS_UNSIGNED,
    IS_POW2,
    KNOWN_ZERO,
    LESS_UNSIGNED,
    LOG2,
    LOW_MASK,
    NOT,
    SIGN_BIT,
    WIDTH,
    Any,
    App,
    Const,
    Lit,
    Rule,
    T,
    Term,
    U,
    V,
)

x: Final = Any(0, "x")
y: Final = Any(1, "y")
z: Final = Any(2, "z")
c: Final = Const(3, "c")
d: Final = Const(4, "d")
p: Final = Any(5, "p", BOOL)
q: Final = Any(6, "q", BOOL)
wide: Final = Const(7, "wide", U)
ZERO: Final = Lit(0)
ONE: Final = Lit(1)
ONES: Final = Lit(-1)
TRUE: Final = Lit(1, BOOL)
FALSE: Final = Lit(0, BOOL)
NARROW: Final = WIDTH(Lit(0, T))
MIDDLE: Final = WIDTH(Lit(0, U))
RESULT: Final = WIDTH(Lit(0, V))


def not_(term: Term) -> App:
    return XOR(term, TRUE)


def in_width(term: Term) -> Term:
    """A shift amount that is not reduced."""
    return LESS_UNSIGNED(term, WIDTH(x))


def not_negative(term: Term) -> Term:
    return KNOWN_ZERO(term, SIGN_BIT(term))


IDENTITIES: Final = (
    Rule("add-zero", ADD(x, ZERO), x),
    Rule("sub-zero", SUB(x, ZERO), x),
    Rule("sub-self", SUB(x, x), ZERO),
    Rule("mul-zero", MUL(x, ZERO), ZERO),
    Rule("mul-one", MUL(x, ONE), x),
    Rule("mul-minus-one", MUL(x, ONES), SUB(ZERO, x)),
    Rule("and-self", AND(x, x), x),
    Rule("and-zero", AND(x, ZERO), ZERO),
    Rule("and-ones", AND(x, ONES), x),
    Rule("or-self", OR(x, x), x),
    Rule("or-zero", OR(x, ZERO), x),
    Rule("or-ones", OR(x, ONES), ONES),
    Rule("xor-self", XOR(x, x), ZERO),
    Rule("xor-zero", XOR(x, ZERO), x),
    Rule("shl-zero", SHL(x, ZERO), x),
    Rule("lshr-zero", LSHR(x, ZERO), x),
    Rule("ashr-zero", ASHR(x, ZERO), x),
    Rule("zero-shl", SHL(ZERO, x), ZERO),
    Rule("zero-lshr", LSHR(ZERO, x), ZERO),
    Rule("zero-ashr", ASHR(ZERO, x), ZERO),
    Rule("ones-ashr", ASHR(ONES, x), ONES),
    Rule("udiv-one", UDIV(x, ONE), x),
    Rule("sdiv-one", SDIV(x, ONE), x),
    Rule("urem-one", UREM(x, ONE), ZERO),
    Rule("srem-one", SREM(x, ONE), ZERO),
    Rule("srem-minus-one", SREM(x, ONES), ZERO),
    Rule("sdiv-minus-one", SDIV(x, ONES), SUB(ZERO, x)),
    Rule("ptr_add-zero", PTR_ADD(x, ZERO), x),
)

REASSOCIATION: Final = (
    Rule("sub-const", SUB(x, c), ADD(x, C_NEG(c))),
    Rule("add-add-const", ADD(ADD(x, c), d), ADD(x, C_ADD(c, d))),
    Rule("const-sub-add", ADD(SUB(c, x), d), SUB(C_ADD(c, d), x)),
    Rule("const-sub-of-add", SUB(c, ADD(x, d)), SUB(C_SUB(c, d), x)),
    Rule("const-sub-of-const-sub", SUB(c, SUB(d, x)), ADD(x, C_SUB(c, d))),
    Rule("add-sub-cancel", SUB(ADD(x, y), y), x),
    Rule("sub-add-cancel", ADD(SUB(x, y), y), x),
    Rule("sub-of-sub", SUB(x, SUB(x, y)), y),
    Rule("sub-sub-self", SUB(SUB(x, y), x), SUB(ZERO, y)),
    Rule("sub-of-add-self", SUB(x, ADD(x, y)), SUB(ZERO, y)),
    Rule("neg-sub", SUB(ZERO, SUB(x, y)), SUB(y, x)),
    Rule("add-neg", ADD(x, SUB(ZERO, y)), SUB(x, y)),
    Rule("sub-neg", SUB(x, SUB(ZERO, y)), ADD(x, y)),
    Rule("add-self", ADD(x, x), SHL(x, ONE), NOT(EQUAL(WIDTH(x), ONE))),
    Rule("mul-mul-const", MUL(MUL(x, c), d), MUL(x, C_MUL(c, d))),
    Rule("shl-mul-const", MUL(SHL(x, c), d), MUL(x, C_MUL(C_SHL(Lit(1, T), c), d))),
    Rule("neg-mul-const", MUL(SUB(ZERO, x), c), MUL(x, C_NEG(c))),
    Rule("and-and-const", AND(AND(x, c), d), AND(x, C_AND(c, d))),
    Rule("or-or-const", OR(OR(x, c), d), OR(x, C_OR(c, d))),
    Rule("xor-xor-const", XOR(XOR(x, c), d), XOR(x, C_XOR(c, d))),
    Rule("xor-cancel", XOR(XOR(x, y), y), x),
    Rule("and-absorbs", AND(x, OR(x, y)), x),
    Rule("or-absorbs", OR(x, AND(x, y)), x),
    Rule("and-of-or-const", AND(OR(x, c), d), AND(x, d), EQUAL(C_AND(c, d), ZERO)),
    Rule("and-not-self", AND(x, XOR(x, ONES)), ZERO),
    Rule("or-not-self", OR(x, XOR(x, ONES)), ONES),
    Rule("not-is-neg-minus-one", SUB(ONES, x), XOR(x, ONES)),
    Rule("neg-not", SUB(ZERO, XOR(x, ONES)), ADD(x, ONE)),
    Rule("ptr_add-ptr_add", PTR_ADD(PTR_ADD(x, c), d), PTR_ADD(x, C_ADD(c, d))),
)

STRENGTH: Final = (
    Rule("mul-pow2", MUL(x, c), SHL(x, LOG2(c)), IS_POW2(c)),
    Rule("udiv-pow2", UDIV(x, c), LSHR(x, LOG2(c)), IS_POW2(c)),
    Rule("urem-pow2", UREM(x, c), AND(x, C_SUB(c, Lit(1, T))), IS_POW2(c)),
    Rule(
        "sdiv-exact-pow2",
        App(SDIV, (x, c), flags=EXACT),
        ASHR(x, LOG2(c)),
        BOTH(IS_POW2(c), LESS_UNSIGNED(c, SIGN_BIT(c))),
    ),
    Rule("sdiv-not-negative", SDIV(x, y), UDIV(x, y), BOTH(not_negative(x), not_negative(y))),
    Rule("srem-not-negative", SREM(x, y), UREM(x, y), BOTH(not_negative(x), not_negative(y))),
    Rule(
        "sdiv-pow2",
        SDIV(x, c),
        ASHR(ADD(x, LSHR(ASHR(x, C_SUB(WIDTH(c), ONE)), C_SUB(WIDTH(c), LOG2(c)))), LOG2(c)),
        BOTH(IS_POW2(c), BOTH(LESS_UNSIGNED(c, SIGN_BIT(c)), LESS_UNSIGNED(Lit(1, T), c))),
    ),
    Rule(
        "srem-pow2",
        SREM(x, c),
        SUB(
            x,
            AND(ADD(x, LSHR(ASHR(x, C_SUB(WIDTH(c), ONE)), C_SUB(WIDTH(c), LOG2(c)))), C_NEG(c)),
        ),
        BOTH(IS_POW2(c), BOTH(LESS_UNSIGNED(c, SIGN_BIT(c)), LESS_UNSIGNED(Lit(1, T), c))),
    ),
    Rule("ashr-not-negative", ASHR(x, y), LSHR(x, y), not_negative(x)),
)

SHIFTS: Final = (
    Rule("shl-reduce", SHL(x, c), SHL(x, C_AND(c, C_SUB(WIDTH(x), ONE))), NOT(in_width(c))),
    Rule("lshr-reduce", LSHR(x, c), LSHR(x, C_AND(c, C_SUB(WIDTH(x), ONE))), NOT(in_width(c))),
    Rule("ashr-reduce", ASHR(x, c), ASHR(x, C_AND(c, C_SUB(WIDTH(x), ONE))), NOT(in_width(c))),
    Rule(
        "shl-shl", SHL(SHL(x, c), d), SHL(x, C_ADD(c, d)),
        BOTH(BOTH(in_width(c), in_width(d)), BOTH(in_width(C_ADD(c, d)), NOT(LESS_UNSIGNED(C_ADD(c, d), c)))),
    ),
    Rule(
        "lshr-lshr", LSHR(LSHR(x, c), d), LSHR(x, C_ADD(c, d)),
        BOTH(BOTH(in_width(c), in_width(d)), BOTH(in_width(C_ADD(c, d)), NOT(LESS_UNSIGNED(C_ADD(c, d), c)))),
    ),
    Rule(
        "ashr-ashr", ASHR(ASHR(x, c), d), ASHR(x, C_ADD(c, d)),
        BOTH(BOTH(in_width(c), in_width(d)), BOTH(in_width(C_ADD(c, d)), NOT(LESS_UNSIGNED(C_ADD(c, d), c)))),
    ),
    Rule("lshr-shl", LSHR(SHL(x, c), c), AND(x, C_LSHR(Lit(-1, T), c))),
    Rule("shl-lshr", SHL(LSHR(x, c), c), AND(x, C_SHL(Lit(-1, T), c))),
    Rule("shl-ashr", SHL(ASHR(x, c), c), AND(x, C_SHL(Lit(-1, T), c))),
    Rule("lshr-of-and", LSHR(AND(x, c), d), AND(LSHR(x, d), C_LSHR(c, d))),
)  # fmt: skip

COMPARISONS: Final = (
    Rule("eq-self", EQ(x, x), TRUE),
    Rule("ne-self", NE(x, x), FALSE),
    Rule("lt.s-self", LT_S(x, x), FALSE),
    Rule("lt.u-self", LT_U(x, x), FALSE),
    Rule("le.s-self", LE_S(x, x), TRUE),
    Rule("le.u-self", LE_U(x, x), TRUE),
    Rule("lt.u-zero", LT_U(x, ZERO), FALSE),
    Rule("zero-le.u", LE_U(ZERO, x), TRUE),
    Rule("le.u-ones", LE_U(x, ONES), TRUE),
    Rule("ones-lt.u", LT_U(ONES, x), FALSE),
    Rule("bool-eq-zero", EQ(p, FALSE), XOR(p, TRUE)),
    Rule("bool-eq-one", EQ(p, TRUE), p),
    Rule("bool-ne-zero", NE(p, FALSE), p),
    Rule("bool-ne-one", NE(p, TRUE), XOR(p, TRUE)),
    Rule("bool-ne", NE(p, q), XOR(p, q)),
    Rule("bool-lt.u", LT_U(p, q), AND(XOR(p, TRUE), q)),
    Rule("lt.u-one", LT_U(x, ONE), EQ(x, ZERO)),
    Rule("zero-lt.u", LT_U(ZERO, x), NE(x, ZERO)),
    Rule("le.u-zero", LE_U(x, ZERO), EQ(x, ZERO)),
    Rule("one-le.u", LE_U(ONE, x), NE(x, ZERO)),
    Rule("eq-add-const", EQ(ADD(x, c), d), EQ(x, C_SUB(d, c))),
    Rule("ne-add-const", NE(ADD(x, c), d), NE(x, C_SUB(d, c))),
    Rule("eq-const-sub", EQ(SUB(c, x), d), EQ(x, C_SUB(c, d))),
    Rule("ne-const-sub", NE(SUB(c, x), d), NE(x, C_SUB(c, d))),
    Rule("eq-sub-zero", EQ(SUB(x, y), ZERO), EQ(x, y)),
    Rule("ne-sub-zero", NE(SUB(x, y), ZERO), NE(x, y)),
    Rule("eq-xor-const", EQ(XOR(x, c), d), EQ(x, C_XOR(c, d))),
    Rule("ne-xor-const", NE(XOR(x, c), d), NE(x, C_XOR(c, d))),
    Rule("eq-xor-zero", EQ(XOR(x, y), ZERO), EQ(x, y)),
    Rule("ne-xor-zero", NE(XOR(x, y), ZERO), NE(x, y)),
    Rule("eq-add-same", EQ(ADD(x, y), ADD(x, z)), EQ(y, z)),
    Rule("ne-add-same", NE(ADD(x, y), ADD(x, z)), NE(y, z)),
    Rule("eq-add-self", EQ(ADD(x, y), x), EQ(y, ZERO)),
    Rule("ne-add-self", NE(ADD(x, y), x), NE(y, ZERO)),
    Rule("eq-ptr_add-same", EQ(PTR_ADD(x, y), PTR_ADD(x, z)), EQ(y, z)),
    Rule("eq-ptr_add-self", EQ(PTR_ADD(x, y), x), EQ(y, ZERO)),
    Rule("not-eq", not_(EQ(x, y)), NE(x, y)),
    Rule("not-ne", not_(NE(x, y)), EQ(x, y)),
    Rule("not-lt.s", not_(LT_S(x, y)), LE_S(y, x)),
    Rule("not-le.s", not_(LE_S(x, y)), LT_S(y, x)),
    Rule("not-lt.u", not_(LT_U(x, y)), LE_U(y, x)),
    Rule("not-le.u", not_(LE_U(x, y)), LT_U(y, x)),
    Rule("lt.s-not-negative", LT_S(x, y), LT_U(x, y), BOTH(not_negative(x), not_negative(y))),
    Rule("le.s-not-negative", LE_S(x, y), LE_U(x, y), BOTH(not_negative(x), not_negative(y))),
    Rule("eq-mask-pow2", EQ(AND(x, c), c), NE(AND(x, c), ZERO), IS_POW2(c)),
    Rule("ne-mask-pow2", NE(AND(x, c), c), EQ(AND(x, c), ZERO), IS_POW2(c)),
)

EXTENDED: Final = (
    Rule("eq-zext", EQ(ZEXT.at(U, x), ZEXT.at(U, y)), EQ(x, y)),
    Rule("ne-zext", NE(ZEXT.at(U, x), ZEXT.at(U, y)), NE(x, y)),
    Rule("eq-sext", EQ(SEXT.at(U, x), SEXT.at(U, y)), EQ(x, y)),
    Rule("ne-sext", NE(SEXT.at(U, x), SEXT.at(U, y)), NE(x, y)),
    Rule("lt.u-zext", LT_U(ZEXT.at(U, x), ZEXT.at(U, y)), LT_U(x, y)),
    Rule("le.u-zext", LE_U(ZEXT.at(U, x), ZEXT.at(U, y)), LE_U(x, y)),
    Rule("lt.s-zext", LT_S(ZEXT.at(U, x), ZEXT.at(U, y)), LT_U(x, y)),
    Rule("le.s-zext", LE_S(ZEXT.at(U, x), ZEXT.at(U, y)), LE_U(x, y)),
    Rule("lt.s-sext", LT_S(SEXT.at(U, x), SEXT.at(U, y)), LT_S(x, y)),
    Rule("le.s-sext", LE_S(SEXT.at(U, x), SEXT.at(U, y)), LE_S(x, y)),
    Rule("eq-zext-const", EQ(ZEXT.at(U, x), wide), EQ(x, C_TRUNC(wide)), FITS_UNSIGNED(wide, WIDTH(x))),
    Rule("ne-zext-const", NE(ZEXT.at(U, x), wide), NE(x, C_TRUNC(wide)), FITS_UNSIGNED(wide, WIDTH(x))),
    Rule("eq-zext-never", EQ(ZEXT.at(U, x), wide), FALSE, NOT(FITS_UNSIGNED(wide, WIDTH(x)))),
    Rule("ne-zext-always", NE(ZEXT.at(U, x), wide), TRUE, NOT(FITS_UNSIGNED(wide, WIDTH(x)))),
    Rule("eq-sext-const", EQ(SEXT.at(U, x), wide), EQ(x, C_TRUNC(wide)), FITS_SIGNED(wide, WIDTH(x))),
    Rule("ne-sext-const", NE(SEXT.at(U, x), wide), NE(x, C_TRUNC(wide)), FITS_SIGNED(wide, WIDTH(x))),
    Rule("lt.u-zext-const", LT_U(ZEXT.at(U, x), wide), LT_U(x, C_TRUNC(wide)), FITS_UNSIGNED(wide, WIDTH(x))),
    Rule("lt.s-zext-const", LT_S(ZEXT.at(U, x), wide), LT_U(x, C_TRUNC(wide)), FITS_UNSIGNED(wide, WIDTH(x))),
    Rule("const-lt.s-zext", LT_S(wide, ZEXT.at(U, x)), LT_U(C_TRUNC(wide), x), FITS_UNSIGNED(wide, WIDTH(x))),
    Rule("lt.s-sext-const", LT_S(SEXT.at(U, x), wide), LT_S(x, C_TRUNC(wide)), FITS_SIGNED(wide, WIDTH(x))),
    Rule("const-lt.s-sext", LT_S(wide, SEXT.at(U, x)), LT_S(C_TRUNC(wide), x), FITS_SIGNED(wide, WIDTH(x))),
    Rule("bool-and-zext", AND(ZEXT.at(U, p), ZEXT.at(U, q)), ZEXT.at(U, AND(p, q))),
    Rule("bool-or-zext", OR(ZEXT.at(U, p), ZEXT.at(U, q)), ZEXT.at(U, OR(p, q))),
    Rule("bool-xor-zext", XOR(ZEXT.at(U, p), ZEXT.at(U, q)), ZEXT.at(U, XOR(p, q))),
    Rule("bool-zext-xor-one", XOR(ZEXT.at(U, p), Lit(1, U)), ZEXT.at(U, XOR(p, TRUE))),
)

CONVERSIONS: Final = (
    Rule("trunc-zext-same", TRUNC.at(T, ZEXT.at(U, x)), x),
    Rule("trunc-sext-same", TRUNC.at(T, SEXT.at(U, x)), x),
    Rule("trunc-zext-narrower", TRUNC.at(V, ZEXT.at(U, x)), TRUNC.at(V, x), LESS_UNSIGNED(RESULT, NARROW)),
    Rule("trunc-zext-wider", TRUNC.at(V, ZEXT.at(U, x)), ZEXT.at(V, x), LESS_UNSIGNED(NARROW, RESULT)),
    Rule("trunc-sext-narrower", TRUNC.at(V, SEXT.at(U, x)), TRUNC.at(V, x), LESS_UNSIGNED(RESULT, NARROW)),
    Rule("trunc-sext-wider", TRUNC.at(V, SEXT.at(U, x)), SEXT.at(V, x), LESS_UNSIGNED(NARROW, RESULT)),
    Rule("trunc-trunc", TRUNC.at(V, TRUNC.at(U, x)), TRUNC.at(V, x)),
    Rule("zext-zext", ZEXT.at(V, ZEXT.at(U, x)), ZEXT.at(V, x)),
    Rule("sext-sext", SEXT.at(V, SEXT.at(U, x)), SEXT.at(V, x)),
    Rule("sext-zext", SEXT.at(V, ZEXT.at(U, x)), ZEXT.at(V, x)),
    Rule("zext-trunc", ZEXT.at(T, TRUNC.at(U, x)), AND(x, LOW_MASK(MIDDLE))),
    Rule("sext-not-negative", SEXT.at(U, x), ZEXT.at(U, x), not_negative(x)),
    Rule("trunc-and", TRUNC.at(U, AND(x, c)), TRUNC.at(U, x), EQUAL(C_AND(c, LOW_MASK(MIDDLE)), LOW_MASK(MIDDLE))),
    Rule("bitcast-back", BITCAST.at(T, BITCAST.at(U, x)), x),
)


def _narrowing() -> tuple[Rule, ...]:
    """The low bits of these depend on the low bits of their operands only: undoes C's integer promotions."""
    rules: list[Rule] = []
    for op in (ADD, SUB, MUL, AND, OR, XOR):
        for left in (ZEXT, SEXT):
            for right in (ZEXT, SEXT):
                if op.commutes and left is SEXT and right is ZEXT:
                    continue  # the other order
                before = TRUNC.at(T, op(left.at(U, x), right.at(U, y)))
                rules.append(Rule(f"narrow-{op.name}-{left.name}-{right.name}", before, op(x, y)))
            before = TRUNC.at(T, op(left.at(U, x), wide))
            rules.append(Rule(f"narrow-{op.name}-{left.name}-const", before, op(x, C_TRUNC(wide))))
    for extension in (ZEXT, SEXT):
        before = TRUNC.at(T, SUB(wide, extension.at(U, x)))
        rules.append(Rule(f"narrow-const-sub-{extension.name}", before, SUB(C_TRUNC(wide), x)))
        before = TRUNC.at(T, SHL(extension.at(U, x), wide))
        rules.append(Rule(f"narrow-shl-{extension.name}", before, SHL(x, C_TRUNC(wide)), LESS_UNSIGNED(wide, WIDTH(x))))
    return tuple(rules)


NARROWING: Final = _narrowing()

SELECTS: Final = (
    Rule("select-same", SELECT(p, x, x), x),
    Rule("select-true", SELECT(TRUE, x, y), x),
    Rule("select-false", SELECT(FALSE, x, y), y),
    Rule("select-bool-one-zero", SELECT(p, TRUE, FALSE), p),
    Rule("select-bool-zero-one", SELECT(p, FALSE, TRUE), XOR(p, TRUE)),
    Rule("select-not", SELECT(XOR(p, TRUE), x, y), SELECT(p, y, x)),
    Rule("select-bool-and", SELECT(p, q, FALSE), AND(p, q)),
    Rule("select-bool-or", SELECT(p, TRUE, q), OR(p, q)),
    Rule("select-one-zero", SELECT(p, Lit(1, T), Lit(0, T)), ZEXT.at(T, p), LESS_UNSIGNED(ONE, WIDTH(Lit(0, T)))),
    Rule("select-eq", SELECT(EQ(x, y), x, y), y),
    Rule("select-ne", SELECT(NE(x, y), x, y), x),
)

KNOWN: Final = (
    Rule("and-known", AND(x, c), x, KNOWN_ZERO(x, C_NOT(c))),
    Rule("and-known-zero", AND(x, c), ZERO, KNOWN_ZERO(x, c)),
    Rule("lt.s-zero-known", LT_S(x, ZERO), FALSE, not_negative(x)),
)

TABLES: Final = (
    IDENTITIES, KNOWN, REASSOCIATION, STRENGTH, SHIFTS, EXTENDED, COMPARISONS, CONVERSIONS, NARROWING, SELECTS,
)  # fmt: skip
