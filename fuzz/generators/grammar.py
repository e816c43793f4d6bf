"""A grammar of C programs without undefined behaviour that computes its own expected output.

Invariant: the expected output comes from executing the program's tree here, with C's rules implemented independently
of `compiler`, so that it can be the reference where no other compiler is installed. The same decisions can come from a
seed or from Hypothesis.
"""

from __future__ import annotations

import re

from hypothesis import strategies

from fuzz.choices import Choices, DrawnChoices, SeededChoices, derive_seed
from fuzz.generators.c.context import Context, Makers, Options
from fuzz.generators.c.ctypes import (
    INT128,
    STANDARD,
    UINT128,
    ArrayType,
    CType,
    FloatType,
    IntType,
    PointerType,
    RecordType,
)
from fuzz.generators.c.expressions import Expression, helper_definition, helper_name
from fuzz.generators.c.initializers import Initializer
from fuzz.generators.c.lvalues import Variable
from fuzz.generators.c.machine import Exhausted, Machine
from fuzz.generators.c.make_expressions import arithmetic, condition, integer_expression, make_call
from fuzz.generators.c.make_functions import make_function
from fuzz.generators.c.make_groups import assign_fields, mixed_group, sweep
from fuzz.generators.c.make_initializers import make_initializer
from fuzz.generators.c.make_places import new_global
from fuzz.generators.c.make_statements import make_statement, qualify
from fuzz.generators.c.statements import INDENT, Declaration, Statement, observe_text
from fuzz.generators.program import GeneratedProgram, Generator, GeneratorFailed

STEP_LIMIT = 30_000
ATTEMPTS = 20

PRELUDE = """\
int printf(const char *format, ...);

static unsigned int checksum = 0x811c9dc5u;

static void mix(const char *name, unsigned long value) {
    checksum = (checksum ^ (unsigned int)value) * 0x01000193u;
    checksum = (checksum ^ (unsigned int)(value >> 32)) * 0x01000193u;
#ifdef TRACE
    printf("%s = %lx\\n", name, value);
#endif
}
"""
FLOAT_PRELUDE = """
static void mix_double(const char *name, double value) {
    union { double value; unsigned long image; } both;
    both.value = value;
    mix(name, value != value ? 0x7ff8000000000000ul : both.image);
}
"""


class GrammarMakers(Makers):
    """Ties the makers of the constructs together."""

    def arithmetic(self, context: Context, depth: int) -> Expression:
        return arithmetic(context, depth)

    def integer(self, context: Context, depth: int) -> Expression:
        return integer_expression(context, depth)

    def condition(self, context: Context, depth: int) -> Expression:
        return condition(context, depth)

    def call(self, context: Context, depth: int, key: str) -> Expression | None:
        return make_call(context, depth, key)

    def initializer(self, context: Context, ctype: CType, depth: int, static: bool, level: int) -> Initializer:
        return make_initializer(context, ctype, depth, static, level)

    def braced_initializer(self, context: Context, ctype: CType, depth: int) -> Initializer:
        return make_initializer(context, ctype, depth, False, context.level, braced=True)


class Program:
    """All parts of a program, before its text is fixed."""

    def __init__(self, context: Context, main: list[Statement], watched: list[Variable]) -> None:
        self.context = context
        self.main = main
        self.watched = watched  # what is added to the checksum at the end

    def run(self, trace: list[tuple[str, int]] | None = None) -> int:
        """Executes the program, which fixes its guards; returns the checksum."""
        machine = Machine(STEP_LIMIT)
        machine.trace = trace
        declarations = self.context.globals + self.context.statics
        for declaration in declarations:
            machine.globals[declaration.variable.index] = machine.allocate(declaration.variable.ctype.size)
        for declaration in declarations:
            declaration.initialise_static(machine)
        for statement in self.main:
            signal = statement.execute(machine)
            assert signal == 0, "control leaves main"
        for variable in self.watched:
            address = machine.frame.get(variable.index)
            found = machine.globals[variable.index] if address is None else address
            observe_object(machine, variable.name, found, variable.ctype)
        return machine.checksum

    def text(self) -> str:
        """The source, once `run` has fixed the guards."""
        context = self.context
        body: list[str] = []
        if context.apart:
            body.append(f"__thread char apart[{context.apart}] = {{1}};")
        for declaration in context.globals:
            body.append(f"{'' if declaration.variable.index % 3 else 'static '}{declaration.line()}")
        for function in context.functions:
            body += ["", f"{function.header()} {{"]
            function.body.emit_inner(body, 1)
            body.append("}")
        body += ["", "int main(void) {"]
        for statement in self.main:
            statement.emit(body, 1)
        for variable in self.watched:
            watch_lines(body, variable.name, variable.name, variable.ctype, 1)
        body += [f'{INDENT}printf("checksum = %x\\n", checksum);', f"{INDENT}return 0;", "}", ""]
        text = "\n".join(body)
        head: list[str] = []
        if "va_list" in text:
            head.append("#include <stdarg.h>\n")
        head.append(PRELUDE + (FLOAT_PRELUDE if "mix_double(" in text else ""))
        head += helper_lines(text, context.plain_char)
        head += context.enum_text()
        for record in context.records:
            head += record.definition()
        return "\n".join(head) + "\n" + text


HELPED = (*STANDARD[1:], INT128, UINT128)
HELPER_PATTERN = re.compile(r"\b(?:truncate|divide|remainder)_\w+")


def helper_lines(text: str, plain_char: IntType) -> list[str]:
    """Definitions of the guard functions that the text calls."""
    used = set(HELPER_PATTERN.findall(text))
    lines: list[str] = []
    for kind in ("truncate", "divide", "remainder"):
        lines += [helper_definition(kind, ctype) for ctype in (*HELPED, plain_char) if helper_name(kind, ctype) in used]
    return lines


def observe_object(machine: Machine, name: str, address: int, ctype: CType) -> None:
    """Adds all scalars of an object, in the order of `watch_lines`."""
    if isinstance(ctype, ArrayType):
        for number in range(ctype.length):
            observe_object(machine, f"{name}[]", address + number * ctype.element.size, ctype.element)
    elif isinstance(ctype, RecordType):
        for field in ctype.named_fields[: 1 if ctype.is_union else None]:
            if field.width is None:
                observe_object(machine, f"{name}.{field.name}", address + field.offset, field.ctype)
            else:
                machine.observe(f"{name}.{field.name}", machine.load_field(address, field), field.ctype)
    elif isinstance(ctype, PointerType):
        if ctype.target.is_arithmetic:
            machine.observe(f"*{name}", machine.load(machine.load(address, ctype), ctype.target), ctype.target)
    else:
        machine.observe(name, machine.load(address, ctype), ctype)


def watch_lines(lines: list[str], name: str, place: str, ctype: CType, depth: int) -> None:
    """Statements that add all scalars of an object to the checksum; a union counts by its first member."""
    indent = INDENT * depth
    if isinstance(ctype, ArrayType):
        counter = f"k{depth}"
        lines.append(f"{indent}for (int {counter} = 0; {counter} < {ctype.length}; {counter}++) {{")
        watch_lines(lines, f"{name}[]", f"{place}[{counter}]", ctype.element, depth + 1)
        lines.append(indent + "}")
    elif isinstance(ctype, RecordType):
        for field in ctype.named_fields[: 1 if ctype.is_union else None]:
            watch_lines(lines, f"{name}.{field.name}", f"{place}.{field.name}", field.ctype, depth)
    elif isinstance(ctype, PointerType):
        if ctype.target.is_arithmetic:
            lines.append(indent + observe_text(f"*{name}", ctype.target, f"*{place}"))
    else:
        assert isinstance(ctype, (IntType, FloatType))
        lines.append(indent + observe_text(name, ctype, place))


def make_program(choices: Choices, options: Options) -> Program:
    context = Context(choices, options, GrammarMakers())
    if context.has("enums"):
        for _ in range(choices.below(3)):
            context.make_enum()
    if context.has("structs"):
        for _ in range(choices.below(4)):
            context.make_record()
    for _ in range(choices.between(2, 6)):
        variable = new_global(context, context.object_type())
        qualify(context, variable)
        if context.has("thread-local") and choices.below(4) == 0:
            # Its address is no constant. What stands before it makes offsets that take two instructions.
            variable.thread_local, variable.addressable = True, False
            context.apart = context.apart or choices.pick((40, 2040, 2500, 4090, 6500))
    if context.has("pointers"):
        for _ in range(choices.below(3)):
            new_global(context, PointerType(context.scalar()))
    if context.has("calls"):
        for _ in range(choices.between(1, options.functions)):
            make_function(context)
    context.cost = 0
    context.open_scope()
    main: list[Statement] = []
    for _ in range(choices.between(3, options.statements + 4)):
        main += make_statement(context, 3)
    if context.has("loops"):
        main += sweep(context, 3)
    if context.has("bit-fields"):
        main += assign_fields(context, 3)
    if context.has("conditional-groups"):
        main += mixed_group(context)
    own = [
        statement.variable
        for statement in main
        if isinstance(statement, Declaration) and statement.variable.index not in context.callees
    ]
    watched = [declaration.variable for declaration in context.globals] + own
    return Program(context, main, watched)


def finish(program: Program) -> tuple[str, str] | None:
    """(source, expected output), or None if the program runs too long."""
    try:
        checksum = program.run()
    except Exhausted:
        return None
    return program.text(), f"checksum = {checksum:x}\n"


class GrammarGenerator(Generator):
    """Programs from seeds."""

    name = "grammar"

    def __init__(self, options: Options | None = None) -> None:
        self.options = options if options is not None else Options()

    def missing(self) -> str | None:
        return None

    def generate(self, seed: int) -> GeneratedProgram:
        for attempt in range(ATTEMPTS):
            choices = SeededChoices(derive_seed("grammar", seed, attempt))
            made = finish(make_program(choices, self.options))
            if made is not None:
                flags = ("-fsigned-char" if self.options.char_signed else "-funsigned-char", "-ffp-contract=off", "-w")
                return GeneratedProgram(self.name, seed, made[0], made[1], (), flags)
        raise GeneratorFailed(f"grammar: {ATTEMPTS} programs in a row ran too long")


@strategies.composite
def programs(draw: strategies.DrawFn, options: Options | None = None) -> GeneratedProgram:
    """A Hypothesis strategy of the same programs; Hypothesis makes every decision."""
    choices = DrawnChoices(lambda limit: draw(strategies.integers(0, limit - 1)))
    chosen = options if options is not None else Options()
    made = finish(make_program(choices, chosen))
    while made is None:
        made = finish(make_program(choices, chosen))
    flags = ("-fsigned-char" if chosen.char_signed else "-funsigned-char", "-ffp-contract=off", "-w")
    return GeneratedProgram("grammar", 0, made[0], made[1], (), flags)
