"""Terms: the one notation for op meanings, rewrite rules and selection rules.

A rule is data: the rewriter, the selector and the prover read the same rows. Every sub-term has a type variable, so
a rule that crosses widths (`trunc(zext(x))`) says which widths are equal; nothing is given the root's width by default.
Meta operations (`META`) compute on constants only and stand in `when` and on the constants of `after`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from compiler.terms.ops import Op


@final
class TypeVariable:
    """Stands for one IR type; `bits` fixes it (0: any width). The same variable is the same type throughout a rule."""

    def __init__(self, name: str, bits: int = 0, floating: bool = False) -> None:
        self.name: Final = name
        self.bits: Final = bits
        self.floating: Final = floating


T: Final = TypeVariable("T")
U: Final = TypeVariable("U")
V: Final = TypeVariable("V")
BOOL: Final = TypeVariable("BOOL", 1)


class Term:
    """A pattern or a replacement; `type` is None where the operation's signature already gives it."""

    def __init__(self, type: TypeVariable | None) -> None:
        self.type: Final = type


@final
class Any(Term):
    """Matches any value; the same slot must match the same value (constants: equal type and value)."""

    def __init__(self, slot: int, name: str, type: TypeVariable = T) -> None:
        super().__init__(type)
        self.slot: Final = slot
        self.name: Final = name


@final
class Const(Term):
    """Matches any integer constant; the same slot must match an equal one."""

    def __init__(self, slot: int, name: str, type: TypeVariable = T) -> None:
        super().__init__(type)
        self.slot: Final = slot
        self.name: Final = name


@final
class Lit(Term):
    """Matches, or builds, exactly this constant: taken modulo the width of its type, so `Lit(-1)` is all ones."""

    def __init__(self, value: int, type: TypeVariable | None = None) -> None:
        super().__init__(type)
        self.value: Final = value


@final
class App(Term):
    """An operation applied to terms; `type` is the type its mnemonic names (`zext.T`), `flags` must all be present."""

    def __init__(self, op: Op, args: tuple[Term, ...], type: TypeVariable | None = None, flags: int = 0) -> None:
        super().__init__(type)
        self.op: Final = op
        self.args: Final = args
        self.flags: Final = flags


@final
class Meta:
    """An operation on constants, for conditions and computed constants. Its meaning: `rewrite.match` and the prover."""

    def __init__(self, name: str, arity: int) -> None:
        self.name: Final = name
        self.arity: Final = arity

    def __call__(self, *args: Term) -> MetaApp:
        assert len(args) == self.arity, self.name
        return MetaApp(self, args)


@final
class MetaApp(Term):
    """A meta operation applied to constant terms (or, for fact queries such as KNOWN_ZERO, to `Any`)."""

    def __init__(self, meta: Meta, args: tuple[Term, ...]) -> None:
        super().__init__(None)
        self.meta: Final = meta
        self.args: Final = args


@final
class Rule:
    """`before` becomes `after` where `when` holds. First match in table order wins."""

    def __init__(self, name: str, before: App, after: Term, when: Term | None = None) -> None:
        self.name: Final = name
        self.before: Final = before
        self.after: Final = after
        self.when: Final = when


# Conditions and constant arithmetic. WIDTH(x) is the width in bits of its operand's type.
IS_POW2: Final = Meta("is_pow2", 1)
LOG2: Final = Meta("log2", 1)
WIDTH: Final = Meta("width", 1)
FITS_SIGNED: Final = Meta("fits_signed", 2)  # (constant, bits)
FITS_UNSIGNED: Final = Meta("fits_unsigned", 2)
KNOWN_ZERO: Final = Meta("known_zero", 2)  # (any, mask): every bit of mask is known to be zero
BOTH: Final = Meta("both", 2)
EITHER: Final = Meta("either", 2)
NOT: Final = Meta("not", 1)
LESS_UNSIGNED: Final = Meta("less_unsigned", 2)
EQUAL: Final = Meta("equal", 2)
C_ADD: Final = Meta("c_add", 2)
C_SUB: Final = Meta("c_sub", 2)
C_AND: Final = Meta("c_and", 2)
C_OR: Final = Meta("c_or", 2)
C_XOR: Final = Meta("c_xor", 2)
C_SHL: Final = Meta("c_shl", 2)
C_LSHR: Final = Meta("c_lshr", 2)
C_NEG: Final = Meta("c_neg", 1)
C_NOT: Final = Meta("c_not", 1)
C_MUL: Final = Meta("c_mul", 2)
C_TRUNC: Final = Meta("c_trunc", 1)  # the constant at the width where it stands, bits above dropped
SIGN_BIT: Final = Meta("sign_bit", 1)  # of its operand's type: only the top bit set
LOW_MASK: Final = Meta("low_mask", 1)  # a number of bits: that many ones at the bottom, at the width where it stands
