"""Expressions of the GNU assembler: their text form and their value as `symbol - symbol + constant`.

Precedence as in the assembler's manual ("Infix Operators"): `* / % << >>`, then `| & ^ !`, then `+ - == != < > <= >=`,
then `&&`, then `||`. Arithmetic is on signed 64-bit numbers.
"""

from __future__ import annotations

from typing import Final, final

from compiler.asm.items import Expression, Name, Number, Operation

MAXIMUM_DEPTH: Final = 100

PRECEDENCE: Final[dict[str, int]] = {
    "||": 1, "&&": 2,
    "+": 3, "-": 3, "==": 3, "!=": 3, "<>": 3, "<": 3, ">": 3, "<=": 3, ">=": 3,
    "|": 4, "&": 4, "^": 4, "!": 4,
    "*": 5, "/": 5, "%": 5, "<<": 5, ">>": 5,
}  # fmt: skip

ESCAPES: Final[dict[str, int]] = {"b": 8, "f": 12, "n": 10, "r": 13, "t": 9, '"': 34, "\\": 92, "'": 39}


class AsmError(Exception):
    """A fault in assembly text; caught by the statement loop, which reports it at the statement."""


def signed64(value: int) -> int:
    value &= 0xFFFFFFFFFFFFFFFF
    return value - 0x10000000000000000 if value >> 63 else value


def is_name_start(character: str) -> bool:
    return character.isalpha() or character == "_" or character == "." or character == "$" or character > "\x7f"


def is_name_part(character: str) -> bool:
    return character.isalnum() or character == "_" or character == "." or character == "$" or character > "\x7f"


@final
class NumericLabels:
    """`1:` may be defined again and again; `1b` is the last one before, `1f` the next."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}

    def define(self, number: int) -> str:
        count = self.counts.get(number, 0) + 1
        self.counts[number] = count
        return f".L{number}\x02{count}"

    def refer(self, number: int, forward: bool) -> str:
        count = self.counts.get(number, 0)
        if forward:
            return f".L{number}\x02{count + 1}"
        if not count:
            raise AsmError(f"no earlier label '{number}:' for '{number}b'")
        return f".L{number}\x02{count}"


@final
class Reader:
    """A cursor over one statement's text, shared by expression, operand and directive parsers."""

    __slots__ = ("depth", "end", "labels", "pos", "text")

    def __init__(self, text: str, pos: int, labels: NumericLabels) -> None:
        self.text = text
        self.pos = pos
        self.end = len(text)
        self.labels = labels
        self.depth = 0

    def skip(self) -> str:
        """Over blanks; the character there, "" at the end."""
        text, pos, end = self.text, self.pos, self.end
        while pos < end and (text[pos] == " " or text[pos] == "\t" or text[pos] == "\r"):
            pos += 1
        self.pos = pos
        return text[pos] if pos < end else ""

    def at_end(self) -> bool:
        return self.skip() == ""

    def take(self, literal: str) -> bool:
        self.skip()
        if self.text.startswith(literal, self.pos):
            self.pos += len(literal)
            return True
        return False

    def expect(self, literal: str) -> None:
        if not self.take(literal):
            raise AsmError(
                f"'{literal}' expected before '{self.rest()}'" if not self.at_end() else f"'{literal}' expected"
            )

    def rest(self) -> str:
        return self.text[self.pos :].strip()

    def finish(self) -> None:
        if not self.at_end():
            raise AsmError(f"junk at end of line: '{self.rest()}'")

    def peek_name(self) -> str:
        """The identifier that starts here, without taking it."""
        self.skip()
        text, pos = self.text, self.pos
        if pos >= self.end or not is_name_start(text[pos]):
            return ""
        end = pos + 1
        while end < self.end and is_name_part(text[end]):
            end += 1
        return text[pos:end]

    def name(self) -> str:
        """An identifier, plain or quoted."""
        if self.skip() == '"':
            return self.string().decode("utf-8", "surrogateescape")
        name = self.peek_name()
        if not name:
            raise AsmError(f"name expected before '{self.rest()}'" if not self.at_end() else "name expected")
        self.pos += len(name)
        return name

    def word(self) -> str:
        """Everything up to the next blank or comma."""
        self.skip()
        start = self.pos
        while self.pos < self.end and self.text[self.pos] not in ", \t":
            self.pos += 1
        return self.text[start : self.pos]

    def string(self) -> bytes:
        """A quoted string with escapes, as the bytes it stands for."""
        self.expect('"')
        out = bytearray()
        text, end = self.text, self.end
        while self.pos < end:
            character = text[self.pos]
            self.pos += 1
            if character == '"':
                return bytes(out)
            if character != "\\":
                out += character.encode("utf-8", "surrogateescape")
                continue
            out.append(self._escape())
        raise AsmError("unterminated string")

    def _escape(self) -> int:
        """The byte behind a backslash."""
        if self.pos >= self.end:
            raise AsmError("unterminated string")
        character = self.text[self.pos]
        self.pos += 1
        if character in ESCAPES:
            return ESCAPES[character]
        if character in "01234567":
            value = int(character)
            for _ in range(2):
                if self.pos < self.end and self.text[self.pos] in "01234567":
                    value = value * 8 + int(self.text[self.pos])
                    self.pos += 1
            return value & 255
        if character in "xX":
            start = self.pos
            while self.pos < self.end and self.text[self.pos] in "0123456789abcdefABCDEF":
                self.pos += 1
            return int(self.text[start : self.pos] or "0", 16) & 255
        return ord(character) & 255

    # -- expressions -----------------------------------------------------------------------------------------------

    def expression(self, minimum: int = 1) -> Expression:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            self.depth = 0
            raise AsmError("expression nested too deeply")
        left = self._unary()
        operators = 0
        while True:
            operator = self._operator()
            level = PRECEDENCE.get(operator, 0)
            if not operator or level < minimum:
                break
            self.pos += len(operator)
            right = self.expression(level + 1)
            if isinstance(left, Number) and isinstance(right, Number):
                left = Number(_binary(operator, left.value, right.value))
                continue
            operators += 1
            if operators > MAXIMUM_DEPTH:  # the tree leans to the left: as deep as the chain is long
                raise AsmError("expression too long")
            left = Operation(operator, left, right)
        self.depth -= 1
        return left

    def _operator(self) -> str:
        character = self.skip()
        if not character or character not in "+-*/%<>|&^!=":
            return ""
        two = self.text[self.pos : self.pos + 2]
        if two in PRECEDENCE:
            return two
        return character if character in PRECEDENCE else ""

    def _unary(self) -> Expression:
        operators: list[str] = []
        while True:
            character = self.skip()
            if character and character in "-~!+":
                if len(operators) > MAXIMUM_DEPTH:
                    raise AsmError("expression nested too deeply")
                operators.append(character)
                self.pos += 1
            else:
                break
        value = self._primary(character)
        for operator in reversed(operators):
            if operator != "+":
                value = (
                    Number(signed64(-value.value))
                    if operator == "-" and isinstance(value, Number)
                    else Operation(operator, value, None)
                )
        return value

    def _primary(self, character: str) -> Expression:
        if character == "(":
            self.pos += 1
            inner = self.expression()
            self.expect(")")
            return inner
        if character == "'":
            return Number(self._character())
        if "0" <= character <= "9" and character:
            return self._number()
        if character == '"' or (character and is_name_start(character)):
            name = self.name()
            modifier = ""
            if self.pos < self.end and self.text[self.pos] == "@":
                self.pos += 1
                modifier = self.name().lower()
            return Name(name, modifier)
        raise AsmError(f"expression expected before '{self.rest()}'" if character else "expression expected")

    def _character(self) -> int:
        self.pos += 1
        if self.pos >= self.end:
            raise AsmError("character expected")
        character = self.text[self.pos]
        self.pos += 1
        if character == "\\":
            value = self._escape()
        else:
            value = ord(character)
        if self.pos < self.end and self.text[self.pos] == "'":
            self.pos += 1
        return value

    def _number(self) -> Expression:
        text, start = self.text, self.pos
        end = start
        while end < self.end and (text[end].isalnum() or text[end] == "_"):
            end += 1
        word = text[start:end].lower()
        self.pos = end
        if len(word) > 1 and word[-1] in "bf" and word[:-1].isdigit() and not (word[0] == "0" and len(word) > 2):
            return Name(self.labels.refer(int(word[:-1]), word[-1] == "f"))
        word = word.rstrip("ul")
        try:
            if word.startswith("0x"):
                return Number(signed64(int(word[2:], 16)))
            if word.startswith("0b"):
                return Number(signed64(int(word[2:], 2)))
            if word.startswith("0") and len(word) > 1:
                return Number(signed64(int(word, 8)))
            return Number(signed64(int(word)))
        except ValueError:
            raise AsmError(f"bad number '{text[start:end]}'") from None


@final
class Linear:
    """`symbol - minus + constant`; empty names for absent symbols."""

    __slots__ = ("constant", "minus", "modifier", "symbol")

    def __init__(self, constant: int, symbol: str = "", minus: str = "", modifier: str = "") -> None:
        self.constant: Final = constant
        self.symbol: Final = symbol
        self.minus: Final = minus
        self.modifier: Final = modifier

    @property
    def is_absolute(self) -> bool:
        return not self.symbol and not self.minus


class Scope:
    """What the evaluator asks about names."""

    def lookup(self, name: str) -> Linear:
        """A name's own definition (`.set`), or the name itself."""
        raise NotImplementedError

    def difference(self, left: str, right: str) -> int | None:
        """The distance between two labels where it is known already."""
        raise NotImplementedError


def evaluate(expression: Expression, scope: Scope, depth: int = 0) -> Linear:
    """The value of an expression; AsmError if it is not of the linear form."""
    if isinstance(expression, Number):
        return Linear(expression.value)
    if isinstance(expression, Name):
        value = scope.lookup(expression.name)
        if expression.modifier:
            return Linear(value.constant, value.symbol, value.minus, expression.modifier)
        return value
    assert isinstance(expression, Operation)
    if depth > MAXIMUM_DEPTH:
        raise AsmError("expression nested too deeply")
    left = evaluate(expression.left, scope, depth + 1)
    if expression.right is None:
        if expression.operator == "-" and left.symbol and not left.minus:
            return Linear(signed64(-left.constant), "", left.symbol)
        return Linear(_unary(expression.operator, _absolute(left, expression.operator)))
    right = evaluate(expression.right, scope, depth + 1)
    operator = expression.operator
    if operator == "+" or operator == "-":
        return _sum(left, right, operator == "-", scope)
    if left.symbol and right.symbol and operator in ("==", "!=", "<>", "<", ">", "<=", ">="):
        distance = scope.difference(left.symbol, right.symbol)
        if distance is not None and not left.minus and not right.minus:
            return Linear(_binary(operator, distance + left.constant, right.constant))
        if operator in ("==", "!=", "<>") and left.symbol == right.symbol:
            return Linear(_binary(operator, left.constant, right.constant))
    return Linear(_binary(operator, _absolute(left, operator), _absolute(right, operator)))


def _absolute(value: Linear, operator: str) -> int:
    if not value.is_absolute:
        raise AsmError(f"'{operator}' needs numbers, not '{value.symbol or value.minus}'")
    return value.constant


def _sum(left: Linear, right: Linear, subtract: bool, scope: Scope) -> Linear:
    constant = signed64(left.constant - right.constant if subtract else left.constant + right.constant)
    plus = [left.symbol] if left.symbol else []
    minus = [left.minus] if left.minus else []
    if right.symbol:
        (minus if subtract else plus).append(right.symbol)
    if right.minus:
        (plus if subtract else minus).append(right.minus)
    for first in list(plus):
        for second in list(minus):
            distance = 0 if first == second else scope.difference(first, second)
            if distance is not None and first in plus:
                plus.remove(first)
                minus.remove(second)
                constant = signed64(constant + distance)
    if len(plus) > 1 or len(minus) > 1:
        raise AsmError("expression too complex: more than one symbol is added or subtracted")
    return Linear(constant, plus[0] if plus else "", minus[0] if minus else "", left.modifier or right.modifier)


def _unary(operator: str, value: int) -> int:
    if operator == "-":
        return signed64(-value)
    if operator == "~":
        return ~value
    return 1 if value == 0 else 0


def _binary(operator: str, left: int, right: int) -> int:
    if operator == "+":
        return signed64(left + right)
    if operator == "-":
        return signed64(left - right)
    if operator == "*":
        return signed64(left * right)
    if operator == "/" or operator == "%":
        if right == 0:
            raise AsmError("division by zero")
        quotient = abs(left) // abs(right)
        if (left < 0) != (right < 0):
            quotient = -quotient
        return signed64(quotient if operator == "/" else left - quotient * right)
    if operator == "<<":
        return signed64(left << right) if 0 <= right < 64 else 0
    if operator == ">>":  # logical, as the assembler's offsets are unsigned when shifted
        return signed64((left & 0xFFFFFFFFFFFFFFFF) >> right) if 0 <= right < 64 else 0
    if operator == "&":
        return left & right
    if operator == "|":
        return left | right
    if operator == "^":
        return left ^ right
    if operator == "!":
        return left | ~right
    if operator == "&&":
        return 1 if left and right else 0
    if operator == "||":
        return 1 if left or right else 0
    return -1 if _compare(operator, left, right) else 0  # true is -1


def _compare(operator: str, left: int, right: int) -> bool:
    if operator == "==":
        return left == right
    if operator == "!=" or operator == "<>":
        return left != right
    if operator == "<":
        return left < right
    if operator == ">":
        return left > right
    if operator == "<=":
        return left <= right
    return left >= right


def mentions(expression: Expression, name: str) -> bool:
    """Whether the name occurs in the expression."""
    if isinstance(expression, Name):
        return expression.name == name
    if isinstance(expression, Operation):
        return mentions(expression.left, name) or (expression.right is not None and mentions(expression.right, name))
    return False
