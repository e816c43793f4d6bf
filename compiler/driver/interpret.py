"""--run-ir: the program's modules in the IR interpreter; its output and exit code become pycc's.

Library functions come from the interpreter's host, which has a handful of them; a program that needs more gets the
run-time library as further modules. What ends a run other than an exit is told on standard error, with the exit code a
shell would show for the signal of the like. Constructors run before main; the library runs destructors, at exit.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from compiler.driver import output
from compiler.ir import interpreter
from compiler.ir.host import Host, Unsupported
from compiler.ir.interpreter import Machine

if TYPE_CHECKING:
    from compiler.ir.module import Module

# Exit codes: SIGABRT, SIGSEGV and SIGXCPU as a shell shows them; the last two are pycc's own.
_CODES: Final[dict[str, int]] = {
    interpreter.TRAPPED: 134,
    interpreter.STACK_OVERFLOW: 139,
    interpreter.OUT_OF_STEPS: 152,
    interpreter.UNDEFINED: 3,
    interpreter.UNSUPPORTED: 4,
}


def missing_functions(modules: list[Module]) -> list[str]:
    """Symbols that are neither defined by the modules nor known to the host; `exit` where it has destructors to run."""
    host = Host()
    defined: set[str] = set()
    wanted: set[str] = set()
    for module in modules:
        defined.update([item.name for item in module.items])
        wanted.update(module.externals)
    missing = [name for name in sorted(wanted - defined) if not host.has(name)]
    for module in modules:
        for function in module.functions():
            if any(item.startswith("destructor") for item in function.attributes) and "exit" not in missing:
                missing.append("exit")
    return missing


def run_program(modules: list[Module], name: str, with_library: bool, checks: bool) -> int:
    """Calls main(1, {name}) and returns the exit code. `with_library`: the run-time library is among them, and its
    `exit` ends the program."""
    try:
        machine = Machine(modules, Host(), checks)
        index = machine.function_named("main")
    except Unsupported as stop:
        sys.stderr.write(f"pycc: run-ir: {stop.what}\n")
        return _CODES[interpreter.UNSUPPORTED]
    except KeyError:
        sys.stderr.write("pycc: error: undefined reference to 'main'\n")
        return 1
    arguments: list[int] = []
    count = max([machine.parameter_count(number) for number in [*machine.functions_with("constructor"), index]])
    if count:
        text = name.encode("utf-8", "surrogateescape") + b"\0"
        size = modules[0].pointer_bits // 8
        place = machine.allocate(len(text))
        at = machine.physical(place, len(text))
        machine.memory[at : at + len(text)] = text
        vector = machine.allocate(2 * size)
        machine.store(vector, place, size)
        arguments = [1, vector, vector + size]
    outcome = interpreter.Outcome(interpreter.RETURNED, 0, [], b"", "", 0)
    for number in [*machine.functions_with("constructor"), index]:
        outcome = machine.run_function(number, arguments[: machine.parameter_count(number)])
        if outcome.kind != interpreter.RETURNED:
            break
    if with_library and outcome.kind == interpreter.RETURNED:
        outcome = machine.run("exit", outcome.values[:1] or [0])
    output.write_standard_output(outcome.output)
    if outcome.kind == interpreter.EXITED:
        return outcome.code & 0xFF
    if outcome.kind == interpreter.RETURNED:
        return outcome.values[0] & 0xFF if outcome.values else 0
    sys.stderr.write(f"pycc: run-ir: {outcome}\n")
    return _CODES[outcome.kind]
