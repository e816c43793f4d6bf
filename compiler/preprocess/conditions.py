"""`#if` expressions (C17 6.10.1): operator precedence with explicit stacks, in the platform's intmax_t.

Invariant: no recursion, so ten thousand parentheses cost ten thousand list entries. Operands that are not evaluated
(6.5.13, 6.5.14, 6.5.15) are computed without complaint, since their types still count.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith import ints
from compiler.lex import tokens as t
from compiler.lex.literals import parse_char, parse_number
from compiler.lex.tokens import CHAR, IDENT, OTHER, PP_NUMBER, PUNCT, STRING, Token
from compiler.platform.platform import DataModel, is_unsigned_kind
from compiler.source.diagnostics import Sink
from compiler.source.files import Span

# Binding strength of binary operators; those of one strength associate to the left, the conditional to the right.
_STRENGTH: Final[dict[int, int]] = {
    t.STAR: 13, t.SLASH: 13, t.PERCENT: 13, t.PLUS: 12, t.MINUS: 12, t.SHIFT_LEFT: 11, t.SHIFT_RIGHT: 11, t.LESS: 10,
    t.GREATER: 10, t.LESS_EQUAL: 10, t.GREATER_EQUAL: 10, t.EQUAL_EQUAL: 9, t.BANG_EQUAL: 9, t.AMP: 8, t.CARET: 7,
    t.PIPE: 6, t.AMP_AMP: 5, t.PIPE_PIPE: 4, t.QUESTION: 3, t.COLON: 2, t.COMMA: 1,
}  # fmt: skip
_UNARY: Final = 100  # added to a punctuator's id: its unary form
_UNARY_STRENGTH: Final = 14


class _Invalid(Exception):
    """The expression was reported as wrong."""


@final
class _Operator:
    """A pending operator; `skips` is whether it suspended evaluation of what follows it."""

    __slots__ = ("id", "skips", "strength", "token")

    def __init__(self, id: int, strength: int, token: Token) -> None:
        self.id = id
        self.strength = strength
        self.token = token
        self.skips = False


@final
class Condition:
    """Evaluates one expanded line, in which `defined` and its kin have become numbers."""

    def __init__(self, model: DataModel, sink: Sink, directive: Token) -> None:
        self.model = model
        self.bits: int = model.intmax_bits()
        self.sink = sink
        self.directive = directive
        self.values: list[int] = []  # patterns of self.bits bits
        self.unsigned: list[bool] = []
        self.operators: list[_Operator] = []
        self.skip = 0

    def evaluate(self, tokens: list[Token]) -> bool:
        """The truth of the expression; False after an error."""
        try:
            return self._evaluate(tokens) != 0
        except _Invalid:
            return False

    def _fail(self, span: Span, format: str, *args: object) -> _Invalid:
        self.sink.error(span, format, *args)
        return _Invalid()

    def _evaluate(self, tokens: list[Token]) -> int:
        if not tokens:
            raise self._fail(self.directive.span(), "#{} with no expression", self.directive.text)
        want_operand = True
        operators = self.operators
        for token in tokens:
            id = token.id if token.kind == PUNCT else 0
            if want_operand:
                if id == 0:
                    self._operand(token)
                    want_operand = False
                elif id == t.LPAREN:
                    operators.append(_Operator(id, 0, token))
                elif id == t.PLUS or id == t.MINUS or id == t.TILDE or id == t.BANG:
                    operators.append(_Operator(id + _UNARY, _UNARY_STRENGTH, token))
                else:
                    raise self._missing_operand(id, token)
                continue
            if id == t.RPAREN:
                self._reduce(0)
                if not operators:
                    raise self._fail(token.span(), "missing '(' in expression")
                operators.pop()
                continue
            strength = _STRENGTH.get(id, 0)
            if strength == 0:
                if id == t.EQUAL or id >= t.STAR_EQUAL or id == t.HASH:
                    raise self._fail(
                        token.span(), "token \"{}\" is not valid in preprocessor expressions", token.text
                    )
                raise self._fail(token.span(), "missing binary operator before token \"{}\"", token.text)
            # '?' leaves pending conditionals alone (they associate to the right), ':' completes all up to its '?'.
            self._reduce(4 if id == t.QUESTION else 1 if id == t.COLON else strength)
            self._push(id, strength, token)
            want_operand = True
        if want_operand:
            last = operators[-1].token
            if operators[-1].id == t.LPAREN:
                raise self._fail(last.span(), "missing expression between '(' and ')'")
            raise self._fail(last.span(), "operator '{}' has no right operand", last.text)
        self._reduce(0)
        if operators:
            raise self._fail(operators[-1].token.span(), "missing ')' in expression")
        assert len(self.values) == 1
        return self.values[0]

    def _missing_operand(self, id: int, token: Token) -> _Invalid:
        operators = self.operators
        if id == t.RPAREN:
            if operators and operators[-1].id == t.LPAREN:
                return self._fail(token.span(), "missing expression between '(' and ')'")
            if operators:
                last = operators[-1].token
                return self._fail(last.span(), "operator '{}' has no right operand", last.text)
            return self._fail(token.span(), "missing '(' in expression")
        if id in _STRENGTH:
            if operators and operators[-1].id != t.LPAREN:
                last = operators[-1].token
                return self._fail(last.span(), "operator '{}' has no right operand", last.text)
            return self._fail(token.span(), "operator '{}' has no left operand", token.text)
        return self._fail(token.span(), "token \"{}\" is not valid in preprocessor expressions", token.text)

    def _operand(self, token: Token) -> None:
        if token.kind == PP_NUMBER:
            number = parse_number(token.text)
            if number.error:
                raise self._fail(token.span(), "{}", number.error)
            if number.is_float:
                raise self._fail(token.span(), "floating constant in preprocessor expression")
            if number.imaginary:
                raise self._fail(token.span(), "imaginary number in preprocessor expression")
            value = number.value
            unsigned = number.unsigned
            if value >> self.bits:
                self.sink.warning("", token.span(), "integer constant is too large for its type")
                value = ints.wrap(value, self.bits)
            if not unsigned and value >> (self.bits - 1):
                if number.base == 10:
                    self.sink.warning("", token.span(), "integer constant is so large that it is unsigned")
                unsigned = True
        elif token.kind == CHAR:
            char = parse_char(token, self.model, None if self.skip else self.sink)
            value = ints.wrap(char.value, self.bits)
            # One plain character is as signed as `char` for gcc, though its type is int (C17 6.10.1p4 leaves it open).
            unsigned = is_unsigned_kind(char.kind) or (char.is_char and not self.model.char_signed)
        elif token.kind == IDENT:
            value = 0
            unsigned = False
            if not self.skip:
                self.sink.warning("undef", token.span(), "\"{}\" is not defined, evaluates to 0", token.text)
        elif token.kind == STRING:
            raise self._fail(token.span(), "token {} is not valid in preprocessor expressions", token.text)
        else:
            assert token.kind == OTHER or token.text, token
            raise self._fail(
                token.span(), "token \"{}\" is not valid in preprocessor expressions", token.text
            )
        self.values.append(value)
        self.unsigned.append(unsigned)

    def _push(self, id: int, strength: int, token: Token) -> None:
        """Put a binary operator down; the value of its left operand may suspend evaluation."""
        operator = _Operator(id, strength, token)
        left = self.values[-1]
        if id == t.COLON:
            if not self.operators or self.operators[-1].id != t.QUESTION:
                raise self._fail(token.span(), " ':' without preceding '?'")
            question = self.operators[-1]
            if question.skips:
                self.skip -= 1
            else:
                operator.skips = True
        elif id == t.AMP_AMP or id == t.QUESTION:
            operator.skips = left == 0
        elif id == t.PIPE_PIPE:
            operator.skips = left != 0
        if operator.skips:
            self.skip += 1
        self.operators.append(operator)

    def _reduce(self, strength: int) -> None:
        """Carry out pending operators that bind at least that strongly, down to an open parenthesis."""
        operators = self.operators
        while operators and operators[-1].id != t.LPAREN and operators[-1].strength >= strength:
            operator = operators[-1]
            if operator.id >= _UNARY:
                self._unary(operator.id - _UNARY)
            elif operator.id == t.QUESTION:
                if strength == 0:
                    raise self._fail(operator.token.span(), "'?' without following ':'")
                return  # only its ':' completes it
            elif operator.id == t.COLON:
                self._conditional(operator)
            else:
                self._binary(operator)
            operators.pop()

    def _unary(self, id: int) -> None:
        value = self.values[-1]
        if id == t.MINUS:
            self.values[-1] = ints.neg(value, self.bits)
        elif id == t.TILDE:
            self.values[-1] = ints.invert(value, self.bits)
        elif id == t.BANG:
            self.values[-1] = 0 if value else 1
            self.unsigned[-1] = False

    def _conditional(self, colon: _Operator) -> None:
        if colon.skips:
            self.skip -= 1
        question = self.operators[-2]
        assert question.id == t.QUESTION
        last = self.values.pop()
        middle = self.values.pop()
        condition = self.values[-1]
        last_unsigned = self.unsigned.pop()
        middle_unsigned = self.unsigned.pop()
        self.values[-1] = middle if condition else last
        self.unsigned[-1] = last_unsigned or middle_unsigned
        self.operators.pop(-2)

    def _binary(self, operator: _Operator) -> None:
        id = operator.id
        bits = self.bits
        right = self.values.pop()
        right_unsigned = self.unsigned.pop()
        left = self.values[-1]
        left_unsigned = self.unsigned[-1]
        either = left_unsigned or right_unsigned
        if operator.skips:
            self.skip -= 1
        result = 0
        unsigned = False
        if id == t.AMP_AMP:
            result = 1 if left and right else 0
        elif id == t.PIPE_PIPE:
            result = 1 if left or right else 0
        elif id == t.EQUAL_EQUAL:
            result = 1 if left == right else 0
        elif id == t.BANG_EQUAL:
            result = 1 if left != right else 0
        elif id == t.LESS or id == t.GREATER or id == t.LESS_EQUAL or id == t.GREATER_EQUAL:
            a = left if either else ints.to_signed(left, bits)
            b = right if either else ints.to_signed(right, bits)
            holds = a < b if id == t.LESS else a > b if id == t.GREATER else a <= b if id == t.LESS_EQUAL else a >= b
            result = 1 if holds else 0
        elif id == t.SHIFT_LEFT or id == t.SHIFT_RIGHT:
            amount = right if right_unsigned else ints.to_signed(right, bits)
            result = self._shift(left, amount if id == t.SHIFT_LEFT else -amount, left_unsigned)
            unsigned = left_unsigned
        elif id == t.COMMA:
            if not self.skip:
                self.sink.pedantic("", operator.token.span(), "comma operator in operand of #if")
            result = right
            unsigned = right_unsigned
        else:
            unsigned = either
            result = self._arithmetic(operator, left, right, either)
        self.values[-1] = result
        self.unsigned[-1] = unsigned

    def _shift(self, value: int, amount: int, unsigned: bool) -> int:
        """A negative amount shifts to the right; gcc defines all amounts here."""
        bits = self.bits
        if amount >= 0:
            return 0 if amount >= bits else ints.wrap(value << amount, bits)
        number = value if unsigned else ints.to_signed(value, bits)
        return ints.wrap(number >> min(-amount, bits), bits)

    def _arithmetic(self, operator: _Operator, left: int, right: int, unsigned: bool) -> int:
        id = operator.id
        bits = self.bits
        if id == t.PLUS:
            result = ints.add(left, right, bits)
            overflows = ints.add_overflows(left, right, bits, not unsigned)
        elif id == t.MINUS:
            result = ints.sub(left, right, bits)
            overflows = ints.sub_overflows(left, right, bits, not unsigned)
        elif id == t.STAR:
            result = ints.mul(left, right, bits)
            overflows = ints.mul_overflows(left, right, bits, not unsigned)
        elif id == t.SLASH or id == t.PERCENT:
            if right == 0:
                if self.skip:
                    return 0
                raise self._fail(operator.token.span(), "division by zero in #{}", self.directive.text)
            overflows = not unsigned and ints.sdiv_overflows(left, right, bits)
            if unsigned:
                result = left // right if id == t.SLASH else left % right
            else:
                a = ints.to_signed(left, bits)
                b = ints.to_signed(right, bits)
                quotient = ints.divide_truncating(a, b)
                result = ints.wrap(quotient if id == t.SLASH else a - b * quotient, bits)
        elif id == t.AMP:
            return left & right
        elif id == t.CARET:
            return left ^ right
        else:
            assert id == t.PIPE, operator.token
            return left | right
        if overflows and not unsigned and not self.skip:
            self.sink.pedantic("", operator.token.span(), "integer overflow in preprocessor expression")
        return result
