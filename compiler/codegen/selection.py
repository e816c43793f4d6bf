"""Selection rules as rows: a pattern over IR operations and the instructions it becomes.

The template is assembly with these arguments:
    $name    the value, or the constant, that the pattern variable of that name matched
    $d $e    the operation's first and second result
    @name    a memory operand at the address that the variable matched; offsets and stack objects are folded into it
    #name    a number computed by `lets`
    %name    a temporary register, of the class its operand wants
    (%name) a memory operand at the address in a temporary
    :true :false   the blocks of a branch;   :table   the table of a switch
and registers and numbers as they are. Instructions are separated by `;`. An empty template says that the result is
in the
register of the variable named `same`. A rule fires only if every constant it binds is accepted by its operand.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.isa import IMMEDIATE, Arg, ImmediateArg, Insn, RegisterArg
from compiler.machine.target import Target
from compiler.terms.term import Any, App, Const, MetaApp, Term


@final
class Select:
    """A selection rule. First match in table order wins."""

    def __init__(
        self,
        name: str,
        pattern: App,
        template: str,
        when: Term | None = None,
        lets: tuple[tuple[str, Term], ...] = (),
        same: str = "",
    ) -> None:
        self.name: Final = name
        self.pattern: Final = pattern
        self.template: Final = template
        self.when: Final = when
        self.lets: Final = lets
        self.same: Final = same


# What a template argument stands for.
FIXED: Final = 0
VARIABLE: Final = 1
NUMBER: Final = 2  # a constant variable in an immediate's place
ADDRESS: Final = 3
LET: Final = 4
RESULT: Final = 5
TEMPORARY: Final = 6
TRUE: Final = 7
FALSE: Final = 8
TABLE: Final = 9
BASE: Final = 10


@final
class Piece:
    """One argument of a compiled template: its kind and a slot, result number, temporary number or fixed argument."""

    __slots__ = ("arg", "index", "kind")

    def __init__(self, kind: int, index: int, arg: Arg | None = None) -> None:
        self.kind: Final = kind
        self.index: Final = index
        self.arg: Final = arg


@final
class Step:
    """One instruction of a compiled template."""

    __slots__ = ("insn", "pieces")

    def __init__(self, insn: Insn, pieces: list[Piece]) -> None:
        self.insn: Final = insn
        self.pieces: Final = pieces


@final
class CompiledRule:
    """A rule ready to be tried: `slots` variables, `steps` instructions, `temporaries` registers between them.

    `immediates` lists (slot, insn, operand index) of constants that must be accepted; `same` is a slot or -1.
    """

    __slots__ = ("immediates", "lets", "rule", "same", "slots", "steps", "temporaries")

    def __init__(self, rule: Select, target: Target) -> None:
        names: dict[str, int] = {}
        collect_names(rule.pattern, names)
        self.rule: Final = rule
        self.slots: Final = max(names.values(), default=-1) + 1
        self.lets: Final = [value for _, value in rule.lets]
        self.steps: Final[list[Step]] = []
        self.immediates: Final[list[tuple[int, Insn, int]]] = []
        self.same: Final = names[rule.same] if rule.same else -1
        temporaries: dict[str, int] = {}
        lets = {name: index for index, (name, _) in enumerate(rule.lets)}
        for text in rule.template.split(";"):
            if text.strip():
                self._step(text.strip(), target, names, temporaries, lets)
        self.temporaries: Final = len(temporaries)

    def _step(
        self, text: str, target: Target, names: dict[str, int], temporaries: dict[str, int], lets: dict[str, int]
    ) -> None:
        key, _, rest = text.partition(" ")
        insn = target.insn(key)
        words = [word.strip() for word in rest.split(",")] if rest.strip() else []
        pieces: list[Piece] = []
        for position, operand in enumerate(insn.operands):
            if position >= len(words):
                assert operand.omitted is not None, f"{self.rule.name}: too few arguments for {key}"
                pieces.append(Piece(FIXED, 0, ImmediateArg(operand.omitted)))
                continue
            piece = self._piece(words[position], operand.kind == IMMEDIATE, target, names, temporaries, lets)
            if piece.kind == NUMBER:
                self.immediates.append((piece.index, insn, position))
            pieces.append(piece)
        assert len(words) <= len(insn.operands), f"{self.rule.name}: too many arguments for {key}"
        self.steps.append(Step(insn, pieces))

    def _piece(
        self, word: str, immediate: bool, target: Target, names: dict[str, int], temporaries: dict[str, int],
        lets: dict[str, int],
    ) -> Piece:  # fmt: skip
        mark = word[0]
        name = word[1:]
        if word == "$d" or word == "$e":
            return Piece(RESULT, 0 if word == "$d" else 1)
        if mark == "$":
            return Piece(NUMBER if immediate else VARIABLE, names[name])
        if mark == "@":
            return Piece(ADDRESS, names[name])
        if mark == "#":
            return Piece(LET, lets[name])
        if mark == "%":
            return Piece(TEMPORARY, temporaries.setdefault(name, len(temporaries)))
        if mark == "(":
            return Piece(BASE, temporaries.setdefault(word[2:-1], len(temporaries)))
        if word == ":table":
            return Piece(TABLE, 0)
        if word == ":true" or word == ":false":
            return Piece(TRUE if word == ":true" else FALSE, 0)
        register = target.register_by_name.get(word)
        if register is not None:
            return Piece(FIXED, 0, RegisterArg(register))
        return Piece(FIXED, 0, ImmediateArg(int(word, 0)))


def collect_names(pattern: Term, names: dict[str, int]) -> None:
    """Pattern variables by name; one name is one slot."""
    if isinstance(pattern, (Any, Const)):
        assert names.get(pattern.name, pattern.slot) == pattern.slot, pattern.name
        names[pattern.name] = pattern.slot
    elif isinstance(pattern, App):
        for arg in pattern.args:
            collect_names(arg, names)
    elif isinstance(pattern, MetaApp):
        raise AssertionError("a meta operation in a pattern")
