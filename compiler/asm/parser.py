"""Assembly text to items: statements, labels, macros, conditions. One parser serves whole files and inline assembly.

Texts being read form an explicit stack (file, include, macro expansion, repetition), so nesting has a checked limit
and no recursion. (GNU as manual, "Syntax")
"""

from __future__ import annotations

from typing import Final, final

from compiler.asm import macros
from compiler.asm.assemble import Assembler, TextSource
from compiler.asm.directives import Directives
from compiler.asm.expressions import AsmError, Reader, is_name_part, is_name_start
from compiler.asm.items import InsnItem, LabelItem, Set
from compiler.asm.macros import Macro
from compiler.asm.operands import match_row, split_operands
from compiler.machine.encode import refusal
from compiler.machine.isa import Arg

CONDITIONS: Final = frozenset((
    "if", "ifdef", "ifndef", "ifnotdef", "ifeq", "ifne", "ifgt", "ifge", "iflt", "ifle", "ifb", "ifnb", "ifc", "ifnc",
    "ifeqs", "ifnes", "elseif", "else", "endif",
))  # fmt: skip
REPETITIONS: Final = ("rept", "irp", "irpc", "rep", "irep", "irepc")


@final
class Statement:
    __slots__ = ("loc", "text")

    def __init__(self, text: str, loc: int) -> None:
        self.text: Final = text
        self.loc: Final = loc


@final
class TextFrame:
    """A list of statements being executed. `conditions` is the depth of .if when it began."""

    __slots__ = ("conditions", "index", "is_macro", "statements")

    def __init__(self, statements: list[Statement], is_macro: bool, conditions: int) -> None:
        self.statements: Final = statements
        self.index = 0
        self.is_macro: Final = is_macro
        self.conditions: Final = conditions


@final
class Condition:
    __slots__ = ("active", "seen_else", "taken")

    def __init__(self, active: bool, taken: bool) -> None:
        self.active = active  # statements here are executed
        self.taken = taken  # some branch was, or none may be
        self.seen_else = False


def strip_block_comments(text: str) -> str:
    """`/* */` by a blank, newlines kept; strings are left alone."""
    if "/*" not in text:
        return text
    out: list[str] = []
    pos = 0
    while True:
        start = text.find("/*", pos)
        if start < 0:
            out.append(text[pos:])
            return "".join(out)
        quote = text.find('"', pos)
        if 0 <= quote < start:
            stop = quote + 1
            while stop < len(text) and text[stop] != '"' and text[stop] != "\n":
                stop += 2 if text[stop] == "\\" else 1
            out.append(text[pos : stop + 1])
            pos = stop + 1
            continue
        end = text.find("*/", start + 2)
        end = len(text) if end < 0 else end + 2
        out.append(text[pos:start])
        out.append(" " + "\n" * text.count("\n", start, end))
        pos = end


def split_statements(text: str, loc: int, follow: bool, comment: str, separator: str) -> list[Statement]:
    """Statements with their positions: `loc` plus the offset where `follow`, else `loc` for all."""
    statements: list[Statement] = []
    offset = 0
    for line in strip_block_comments(text).split("\n"):
        here = loc + offset if follow else loc
        offset += len(line) + 1
        if '"' not in line and "'" not in line:
            at = line.find(comment)
            body = line if at < 0 else line[:at]
            if separator not in body:
                body = body.strip()
                if body:
                    statements.append(Statement(body, here))
                continue
            for part in body.split(separator):
                part = part.strip()
                if part:
                    statements.append(Statement(part, here))
            continue
        for part in _split_quoted(line, comment, separator):
            statements.append(Statement(part, here))
    return statements


def _split_quoted(line: str, comment: str, separator: str) -> list[str]:
    parts: list[str] = []
    start, pos, end = 0, 0, len(line)
    while pos < end:
        character = line[pos]
        if character == '"':
            pos += 1
            while pos < end and line[pos] != '"':
                pos += 2 if line[pos] == "\\" else 1
        elif character == "'" and pos + 1 < end and not (pos and (line[pos - 1].isalnum())):
            pos += 2 if line[pos + 1] == "\\" else 1
        elif character == comment:
            line = line[:pos]
            break
        elif character == separator:
            part = line[start:pos].strip()
            if part:
                parts.append(part)
            start = pos + 1
        pos += 1
    part = line[start:].strip()
    if part:
        parts.append(part)
    return parts


@final
class Parser(TextSource):
    """Reads text into one assembler."""

    def __init__(self, assembler: Assembler) -> None:
        self.assembler: Final = assembler
        self.directives: Final = Directives(assembler)
        self.macros: dict[str, Macro] = {}
        self.conditions: list[Condition] = []
        self.frames: list[TextFrame] = []
        self.serial = 0  # number of the macro expansion, for \@
        self.executed = 0
        self.reader: Final = Reader("", 0, assembler.labels)
        self.ended = False
        assembler.text_source = self

    def run_file(self, name: str, text: str) -> None:
        """A whole source file; positions point into it."""
        source = self.assembler.sink.source_map.add(name, text)
        self._run(text, source.base, True)
        if self.conditions:
            self.assembler.error(source.base, "end of file within .if")
            self.conditions = []

    def run_text(self, text: str, loc: int) -> None:
        """Inline assembly; all faults are reported at `loc`."""
        self._run(text, loc, False)

    def _run(self, text: str, loc: int, follow: bool) -> None:
        syntax = self.assembler.target.syntax
        floor = len(self.frames)
        self.push(split_statements(text, loc, follow, syntax.comment, syntax.separator), False)
        while len(self.frames) > floor:
            frame = self.frames[-1]
            if frame.index >= len(frame.statements) or self.ended:
                self.frames.pop()
                continue
            statement = frame.statements[frame.index]
            frame.index += 1
            try:
                self.statement(statement)
            except AsmError as error:
                self.assembler.error(statement.loc, str(error))
        self.ended = False

    def push(self, statements: list[Statement], is_macro: bool) -> None:
        if len(self.frames) >= macros.MAXIMUM_DEPTH:
            raise AsmError("macros or includes nested too deeply")
        self.executed += len(statements)
        if self.executed > macros.MAXIMUM_LINES:
            raise AsmError("macros expand to too much text")
        self.frames.append(TextFrame(statements, is_macro, len(self.conditions)))

    # -- statements ------------------------------------------------------------------------------------------------

    def statement(self, statement: Statement) -> None:
        text, loc = statement.text, statement.loc
        end = len(text)
        pos = 0
        while True:
            start = pos
            if start >= end:
                return
            first = text[start]
            if first == '"':
                text = self._quoted_label(text, start, loc)
                end, pos = len(text), 0
                continue
            if is_name_start(first) or first == "\\":
                pos = start + 1
                while pos < end and is_name_part(text[pos]):
                    pos += 1
            elif "0" <= first <= "9":
                pos = start
                while pos < end and "0" <= text[pos] <= "9":
                    pos += 1
                if pos >= end or text[pos] != ":":
                    raise AsmError(f"statement expected, not '{text[start:]}'")
            else:
                raise AsmError(f"statement expected, not '{text[start:]}'")
            word = text[start:pos]
            after = pos
            while after < end and (text[after] == " " or text[after] == "\t"):
                after += 1
            if after < end and text[after] == ":" and (after == pos or text[pos] in " \t"):
                if self.active():
                    name = self.assembler.labels.define(int(word)) if "0" <= first <= "9" else word
                    self.assembler.add(LabelItem(name, loc))
                pos = after + 1
                while pos < end and (text[pos] == " " or text[pos] == "\t"):
                    pos += 1
                continue
            break
        rest = text[after:]
        if rest.startswith("="):
            self._assign(word, rest, loc)
        elif first == "." and word[1:] in CONDITIONS:
            self._condition(word[1:], rest)
        elif self.active():
            self._command(word, rest, loc)

    def _quoted_label(self, text: str, start: int, loc: int) -> str:
        reader = Reader(text, start, self.assembler.labels)
        name = reader.name()
        if not reader.take(":"):
            raise AsmError(f"':' expected behind \"{name}\"")
        if self.active():
            self.assembler.add(LabelItem(name, loc))
        return reader.rest()

    def _assign(self, name: str, rest: str, loc: int) -> None:
        if not self.active():
            return
        once = rest.startswith("==")
        reader = self._reader(rest[2:] if once else rest[1:])
        expression = reader.expression()
        reader.finish()
        self.assembler.add(Set(name, expression, once, loc))

    def _reader(self, text: str) -> Reader:
        return Reader(text, 0, self.assembler.labels)

    def active(self) -> bool:
        return not self.conditions or self.conditions[-1].active

    def _command(self, word: str, rest: str, loc: int) -> None:
        macro = self.macros.get(word)
        if macro is not None:
            self._expand(macro, rest, loc)
        elif word[0] == ".":
            self._directive(word[1:], rest, loc)
        else:
            self.insn(word, rest, loc)

    def _directive(self, name: str, rest: str, loc: int) -> None:
        if name == "macro":
            self._macro(rest)
        elif name in REPETITIONS:
            self._repeat(name, rest, loc)
        elif name == "include":
            reader = self._reader(rest)
            path = reader.string().decode("utf-8", "surrogateescape")
            text = self.assembler.read_file(path).decode("utf-8", "surrogateescape")
            source = self.assembler.sink.source_map.add(path, text)
            syntax = self.assembler.target.syntax
            self.push(split_statements(text, source.base, True, syntax.comment, syntax.separator), False)
        elif name == "exitm":
            while self.frames and not self.frames[-1].is_macro:
                self.frames.pop()
            if not self.frames:
                raise AsmError(".exitm outside of a macro")
            del self.conditions[self.frames[-1].conditions :]
            self.frames.pop()
        elif name == "purgem":
            self.macros.pop(rest.strip(), None)
        elif name == "end":
            self.ended = True
        elif name in ("error", "err"):
            reader = self._reader(rest)
            raise AsmError(".err" if reader.at_end() else reader.string().decode())
        elif name in ("warning", "print"):
            text = self._reader(rest).string().decode("utf-8", "replace")
            self.assembler.warn(loc, text)
        elif name in ("endm", "endr"):
            raise AsmError(f".{name} without its beginning")
        elif name == "altmacro" or name == "noaltmacro":
            raise AsmError(f"directive '.{name}' is not supported")
        elif not self.directives.run(name, self._reader(rest), loc):
            if "." + name in self.assembler.target.by_mnemonic:
                self.insn("." + name, rest, loc)
            else:
                raise AsmError(f"unknown directive '.{name}'")

    # -- instructions ----------------------------------------------------------------------------------------------

    def insn(self, mnemonic: str, rest: str, loc: int) -> None:
        """The first row of the mnemonic that takes the operands and is enabled."""
        assembler = self.assembler
        rows = assembler.target.by_mnemonic.get(mnemonic)
        if rows is None:
            rows = assembler.target.by_mnemonic.get(mnemonic.lower())
            if rows is None:
                raise AsmError(f"unknown instruction '{mnemonic}'")
        texts = split_operands(rest)
        if assembler.target.syntax.reversed_operands:
            texts.reverse()
        parsed: list[Arg | None] = [None] * len(texts)
        disabled = None
        for row in rows:
            args = match_row(row, texts, parsed, assembler.target, self.reader, assembler)
            if args is not None:
                if assembler.enabled[row.number]:
                    assembler.add(InsnItem(row, args, loc))
                    return
                disabled = (row, args)
        if disabled is not None:
            assembler.add(InsnItem(disabled[0], disabled[1], loc))  # reports what it needs
            return
        arguments = [arg for arg in parsed if arg is not None]
        if len(arguments) == len(texts):
            for row in rows:
                if len(row.operands) == len(texts):
                    raise AsmError(refusal(row, arguments))
        raise AsmError(f"illegal operands '{rest.strip()}' of '{mnemonic}'")

    # -- conditions ------------------------------------------------------------------------------------------------

    def _condition(self, name: str, rest: str) -> None:
        if name == "endif":
            if not self.conditions:
                raise AsmError(".endif without .if")
            self.conditions.pop()
        elif name == "else" or name == "elseif":
            if not self.conditions or self.conditions[-1].seen_else:
                raise AsmError(f".{name} without .if")
            condition = self.conditions[-1]
            condition.seen_else = name == "else"
            condition.active = not condition.taken and (name == "else" or self._number(rest) != 0)
            condition.taken = condition.taken or condition.active
        elif not self.active():
            self.conditions.append(Condition(False, True))
        else:
            holds = False
            try:
                holds = self._holds(name, rest)
            finally:  # an .if that cannot be read still needs its .endif
                self.conditions.append(Condition(holds, holds))

    def _number(self, text: str) -> int:
        reader = self._reader(text)
        value = self.assembler.absolute(reader.expression(), "the condition")
        reader.finish()
        return value

    def _holds(self, name: str, rest: str) -> bool:
        if name in ("ifdef", "ifndef", "ifnotdef"):
            symbol = self.assembler.symbols.get(self._reader(rest).name())
            return (symbol is not None and symbol.is_defined) == (name == "ifdef")
        if name == "ifb" or name == "ifnb":
            return (not rest.strip()) == (name == "ifb")
        if name in ("ifc", "ifnc"):
            left, _, right = rest.partition(",")
            return (_unquote(left) == _unquote(right)) == (name == "ifc")
        if name in ("ifeqs", "ifnes"):
            reader = self._reader(rest)
            first = reader.string()
            reader.expect(",")
            return (first == reader.string()) == (name == "ifeqs")
        value = self._number(rest)
        if name == "ifeq":
            return value == 0
        if name == "ifgt":
            return value > 0
        if name == "ifge":
            return value >= 0
        if name == "iflt":
            return value < 0
        if name == "ifle":
            return value <= 0
        return value != 0

    # -- macros and repetitions ------------------------------------------------------------------------------------

    def _collect(self, begins: tuple[str, ...], end: str) -> list[Statement]:
        """Statements up to the matching end directive, which is consumed."""
        frame = self.frames[-1]
        depth = 1
        start = frame.index
        while frame.index < len(frame.statements):
            word = _first_word(frame.statements[frame.index].text)
            frame.index += 1
            if word.startswith(".") and word[1:] in begins:
                depth += 1
            elif word == end or (end == ".endm" and word == ".endmacro"):
                depth -= 1
                if depth == 0:
                    return frame.statements[start : frame.index - 1]
        raise AsmError(f"missing {end}")

    def _macro(self, rest: str) -> None:
        reader = self._reader(rest)
        name = reader.name()
        reader.take(",")
        parameters = macros.parse_parameters(reader.rest())
        body = self._collect(("macro",), ".endm")
        self.macros[name] = Macro(name, parameters, [statement.text for statement in body])

    def _expand(self, macro: Macro, rest: str, loc: int) -> None:
        values = macros.bind(macro, rest)
        serial = self.serial
        self.serial += 1
        self.push(self._substituted(macro.lines, values, serial, loc), True)

    def _substituted(self, lines: list[str], values: dict[str, str], serial: int, loc: int) -> list[Statement]:
        syntax = self.assembler.target.syntax
        out: list[Statement] = []
        for line in lines:
            text = macros.substitute(line, values, serial)
            if text is line:
                out.append(Statement(line, loc))
            else:  # an argument may bring a separator or a comment
                out.extend(split_statements(text, loc, False, syntax.comment, syntax.separator))
        return out

    def _repeat(self, name: str, rest: str, loc: int) -> None:
        body = [statement.text for statement in self._collect(REPETITIONS, ".endr")]
        if name in ("rept", "rep"):
            count = self._number(rest)
            if count * max(len(body), 1) > macros.MAXIMUM_LINES:
                raise AsmError("repetition expands to too much text")
            statements = [Statement(line, loc) for line in body]
            self.push(statements * max(count, 0), False)
            return
        parameter, _, values = rest.partition(",")
        words = values.strip()
        items = list(words.strip('"')) if name.startswith("irpc") else macros.split_arguments(words)
        parameter = parameter.strip().lstrip("\\")
        statements = []
        for item in items or [""]:
            statements.extend(self._substituted(body, {parameter: item}, self.serial, loc))
        self.push(statements, False)


def _first_word(text: str) -> str:
    """The directive's name, labels before it skipped."""
    for word in text.split():
        if not word.endswith(":"):
            return word
    return ""


def _unquote(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
