"""`.macro`, `.rept`, `.irp`, `.irpc`: collecting bodies and substituting arguments. (GNU as manual, "Macro", "Irp")"""

from __future__ import annotations

from typing import Final, final

from compiler.asm.expressions import AsmError, is_name_part, is_name_start

MAXIMUM_DEPTH: Final = 100
MAXIMUM_LINES: Final = 5_000_000  # of all expansions together: a runaway .rept is an error, not a hang


@final
class Parameter:
    __slots__ = ("default", "is_required", "is_rest", "name")

    def __init__(self, name: str, default: str, is_required: bool, is_rest: bool) -> None:
        self.name: Final = name
        self.default: Final = default
        self.is_required: Final = is_required
        self.is_rest: Final = is_rest


@final
class Macro:
    __slots__ = ("lines", "name", "parameters")

    def __init__(self, name: str, parameters: list[Parameter], lines: list[str]) -> None:
        self.name: Final = name
        self.parameters: Final = parameters
        self.lines: Final = lines


def parse_parameters(text: str) -> list[Parameter]:
    """`a, b=5, c:req, d:vararg`, with commas or blanks between."""
    parameters: list[Parameter] = []
    pos, end = 0, len(text)
    while True:
        while pos < end and text[pos] in " \t,":
            pos += 1
        if pos >= end:
            return parameters
        start = pos
        while pos < end and text[pos] not in " \t,=:":
            pos += 1
        name = text[start:pos].lstrip("\\")
        is_required, is_rest, default = False, False, ""
        while pos < end and text[pos] in " \t":
            pos += 1
        if pos < end and text[pos] == ":":
            start = pos + 1
            pos = start
            while pos < end and text[pos] not in " \t,=":
                pos += 1
            kind = text[start:pos]
            if kind not in ("req", "vararg"):
                raise AsmError(f"unknown kind '{kind}' of macro parameter '{name}'")
            is_required, is_rest = kind == "req", kind == "vararg"
        while pos < end and text[pos] in " \t":
            pos += 1
        if pos < end and text[pos] == "=":
            default, pos = take_argument(text, pos + 1)
        parameters.append(Parameter(name, default, is_required, is_rest))


def take_argument(text: str, pos: int) -> tuple[str, int]:
    """One macro argument: up to a comma, or a blank that ends it; quotes are stripped, parentheses kept whole."""
    end = len(text)
    while pos < end and text[pos] in " \t":
        pos += 1
    if pos < end and text[pos] == '"':
        stop = pos + 1
        while stop < end and text[stop] != '"':
            stop += 2 if text[stop] == "\\" else 1
        return text[pos + 1 : stop], min(stop + 1, end)
    start, depth = pos, 0
    while pos < end:
        character = text[pos]
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == '"':
            pos += 1
            while pos < end and text[pos] != '"':
                pos += 2 if text[pos] == "\\" else 1
        elif character == "," and depth <= 0:
            break
        elif character in " \t" and depth <= 0:
            after = pos
            while after < end and text[after] in " \t":
                after += 1
            joined = (after < end and text[after] in "+-*/%&|^<>=!),") or (
                pos > start and text[pos - 1] in "+-*/&|^<>=!("
            )
            if not joined:
                break
            pos = after - 1
        pos += 1
    return text[start:pos].strip(), pos


def split_arguments(text: str) -> list[str]:
    """Arguments by comma or blank."""
    out: list[str] = []
    pos, end = 0, len(text.rstrip())
    text = text.rstrip()
    while pos < end:
        argument, pos = take_argument(text, pos)
        out.append(argument)
        while pos < end and text[pos] in " \t":
            pos += 1
        if pos < end and text[pos] == ",":
            pos += 1
            if pos >= end or not text[pos:].strip():
                out.append("")
    return out


def bind(macro: Macro, text: str) -> dict[str, str]:
    """Parameter values of one call, positional or `name=value`."""
    values: dict[str, str] = {}
    pos, index, end = 0, 0, len(text)
    names = {parameter.name for parameter in macro.parameters}
    while pos < end:
        while pos < end and text[pos] in " \t":
            pos += 1
        if pos >= end:
            break
        if index < len(macro.parameters) and macro.parameters[index].is_rest:
            values[macro.parameters[index].name] = text[pos:].strip()
            break
        equals = pos
        while equals < end and is_name_part(text[equals]):
            equals += 1
        if equals < end and text[equals] == "=" and text[pos:equals] in names and text[equals : equals + 2] != "==":
            value, after = take_argument(text, equals + 1)
            values[text[pos:equals]] = value
            pos = after
        else:
            if index >= len(macro.parameters):
                raise AsmError(f"too many arguments of macro '{macro.name}'")
            value, pos = take_argument(text, pos)
            if value:
                values[macro.parameters[index].name] = value
            index += 1
        while pos < end and text[pos] in " \t":
            pos += 1
        if pos < end and text[pos] == ",":
            pos += 1
    for parameter in macro.parameters:
        if parameter.name not in values:
            if parameter.is_required:
                raise AsmError(f"macro '{macro.name}' needs an argument for '{parameter.name}'")
            values[parameter.name] = parameter.default
    return values


def substitute(line: str, values: dict[str, str], serial: int) -> str:
    """`\\name` by its value, `\\()` by nothing, `\\@` by the number of the expansion."""
    if "\\" not in line:
        return line
    out: list[str] = []
    pos, end = 0, len(line)
    while pos < end:
        slash = line.find("\\", pos)
        if slash < 0 or slash + 1 >= end:
            out.append(line[pos:])
            break
        out.append(line[pos:slash])
        following = line[slash + 1]
        if following == "@":
            out.append(str(serial))
            pos = slash + 2
        elif line.startswith("()", slash + 1):
            pos = slash + 3
        elif is_name_start(following):
            stop = slash + 2
            while stop < end and is_name_part(line[stop]):
                stop += 1
            name = line[slash + 1 : stop]
            while name and name not in values:  # `\reg.w`: the longest parameter name wins
                name = name[:-1]
            if name:
                out.append(values[name])
                pos = slash + 1 + len(name)
            else:
                out.append(line[slash:stop])
                pos = stop
        else:
            out.append(line[slash : slash + 2])
            pos = slash + 2
    return "".join(out)
