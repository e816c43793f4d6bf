"""Rewrite rules on floats: equal for every value, signs of zero included, NaNs as a class."""

from __future__ import annotations

from typing import Final

from compiler.terms.ops import FABS, FADD, FCOPYSIGN, FEQ, FLE, FLT, FMUL, FNE, FNEG, FSUB, FUNORDERED, XOR
from compiler.terms.term import BOOL, Any, Lit, Rule, TypeVariable

F: Final = TypeVariable("F", 0, True)
x: Final = Any(0, "x", F)
y: Final = Any(1, "y", F)
TRUE: Final = Lit(1, BOOL)

SIGNS: Final = (
    Rule("fneg-fneg", FNEG(FNEG(x)), x),
    Rule("fabs-fabs", FABS(FABS(x)), FABS(x)),
    Rule("fabs-fneg", FABS(FNEG(x)), FABS(x)),
    Rule("fcopysign-self", FCOPYSIGN(x, x), x),
    Rule("fcopysign-fneg", FCOPYSIGN(FNEG(x), y), FCOPYSIGN(x, y)),
    Rule("fcopysign-fabs", FCOPYSIGN(FABS(x), y), FCOPYSIGN(x, y)),
    Rule("fsub-fneg", FSUB(x, FNEG(y)), FADD(x, y)),
    Rule("fadd-fneg", FADD(x, FNEG(y)), FSUB(x, y)),
    Rule("fmul-fneg-fneg", FMUL(FNEG(x), FNEG(y)), FMUL(x, y)),
)

COMPARISONS: Final = (
    Rule("not-feq", XOR(FEQ(x, y), TRUE), FNE(x, y)),
    Rule("not-fne", XOR(FNE(x, y), TRUE), FEQ(x, y)),
    Rule("feq-fneg-fneg", FEQ(FNEG(x), FNEG(y)), FEQ(x, y)),
    Rule("flt-fneg-fneg", FLT(FNEG(x), FNEG(y)), FLT(y, x)),
    Rule("fle-fneg-fneg", FLE(FNEG(x), FNEG(y)), FLE(y, x)),
    Rule("fne-self", FNE(x, x), FUNORDERED(x, x)),
    Rule("flt-self", FLT(x, x), Lit(0, BOOL)),
)

TABLES: Final = (SIGNS, COMPARISONS)
