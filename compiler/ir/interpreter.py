"""Runs IR: any function of one or several modules, between any two passes. It says what a program means, not how fast.

Every function is turned into Python source by `translate` when it is first called. Memory is one range of places: page
0 refused, then static data, heap, stack (growing down); functions and labels have addresses above it. With `checks`
accesses outside an object or after its lifetime, through null or misaligned pointers, decisions by what was never
written and operations whose flags are false end the run as undefined, by name (see `storage`). Without them only what
the IR itself leaves undefined does. Slots are zero on entry.

What modules do not define is asked of a `Host`. Inline asm with a template is not understood (outcome `unsupported`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, final

from compiler.ir import evaluate as evaluator
from compiler.ir.function import COMMON, LOCAL, WEAK, Block, Definition, Function
from compiler.ir.host import Budget, Exited, Host, Jump, Overflow, Trap, Undefined, Unsupported
from compiler.ir.module import Alias, Data, Module
from compiler.ir.storage import Storage
from compiler.ir.translate import LOWEST, Translator
from compiler.ir.types import Type
from compiler.platform.abi import DIRECT, MEMORY, REFERENCE
from compiler.terms import ops
from compiler.terms.ops import Op

Group = tuple[int, int, int, int]  # way, number of values, size, alignment: see translate.argument_groups

# Kinds of outcome.
EXITED: Final = "exited"
RETURNED: Final = "returned"
UNDEFINED: Final = "undefined"
TRAPPED: Final = "trap"
OUT_OF_STEPS: Final = "budget"
STACK_OVERFLOW: Final = "stack-overflow"
UNSUPPORTED: Final = "unsupported"

_MEMORY_SIZE: Final = 64 << 20
_CODE_BASE: Final = 0x7000_0000  # function i is at _CODE_BASE + 16 * i, labels above
_LABEL_BASE: Final = 0x7800_0000
_DEPTH: Final = 50_000  # Python frames


@final
class Outcome:
    """How a run ended: `values` are the function's results (canonical), `detail` says what was undefined or
    unsupported."""

    def __init__(self, kind: str, code: int, values: list[int], output: bytes, detail: str, steps: int) -> None:
        self.kind: Final = kind
        self.code: Final = code
        self.values: Final = values
        self.output: Final = output
        self.detail: Final = detail
        self.steps: Final = steps

    def __str__(self) -> str:
        if self.kind == RETURNED:
            return f"returned {self.values}"
        return self.kind + (f" {self.code}" if self.kind == EXITED else f": {self.detail}" if self.detail else "")


@final
class _Unit:
    """A module and what its own names mean."""

    def __init__(self, module: Module) -> None:
        self.module: Final = module
        self.functions: Final[dict[str, int]] = {}
        self.addresses: Final[dict[str, int]] = {}
        self.replaceable: Final[set[str]] = set()  # weak and common: another unit's definition may win


@final
class Machine(Storage):
    """A loaded program. `run` may be called again: memory keeps what earlier runs left."""

    def __init__(
        self, modules: list[Module], host: Host, checks: bool = False, memory_size: int = _MEMORY_SIZE
    ) -> None:
        super().__init__(checks, memory_size)
        if checks and modules[0].pointer_bits != 64:
            raise Unsupported("checks where pointers have not 64 bits")
        self.host: Final = host
        self.registers: Final[dict[str, int]] = {}
        self.functions: Final[list[Function]] = []
        self.units: Final[list[_Unit]] = []
        self.word: Final = modules[0].pointer_bits // 8
        self.unit_of: Final[list[_Unit]] = []
        self.current: _Unit | None = None
        self.labels: Final[dict[str, int]] = {}
        self.global_functions: Final[dict[str, int]] = {}
        self.global_addresses: Final[dict[str, int]] = {}
        self.weak_names: Final[set[str]] = set()
        self.top = LOWEST
        self.steps: Final[list[int]] = [0]
        self.entries: Final[list[Callable[..., object]]] = []
        self.names: Final[dict[int, str]] = {}
        self.kept: Final[list[object]] = []  # keeps constants alive, so that their ids stay theirs
        view = memoryview(self.memory)
        self.globals.update({
            "R": self, "mem": self.memory, "w16": view.cast("H"), "w32": view.cast("I"), "w64": view.cast("Q"),
            "SP": self.stack_pointer, "N": self.steps, "STACK_LIMIT": self.stack_limit, "Undefined": Undefined,
            "Trap": Trap, "Budget": Budget, "Overflow": Overflow, "Unsupported": Unsupported,
            "Jump": Jump,
        })  # fmt: skip
        assert sys.byteorder == "little"
        for module in modules:
            self.load_definitions(module)
        for unit in self.units:
            self.load_aliases(unit)
        self.make_array("__init_array", self.functions_with("constructor"))
        self.make_array("__fini_array", self.functions_with("destructor"))
        self.begin_heap((self.top + 4095) // 4096 * 4096)
        for unit in self.units:
            self.load_contents(unit)

    # --- loading ------------------------------------------------------------------------------------------------

    def load_definitions(self, module: Module) -> None:
        unit = _Unit(module)
        self.units.append(unit)
        for item in module.items:
            if isinstance(item, Function):
                index = len(self.functions)
                self.functions.append(item)
                self.unit_of.append(unit)
                self.entries.append(_Stub(self, index).call)
                self.globals[f"f{index}"] = self.entries[index]
                unit.functions[item.name] = index
                unit.addresses[item.name] = _CODE_BASE + 16 * index
                if self.publish(item):
                    self.global_functions[item.name] = index
                    self.global_addresses[item.name] = unit.addresses[item.name]
            elif isinstance(item, Data):
                align = max(item.align, 1)
                place = (self.top + align - 1) // align * align
                self.top = place + item.size
                if self.top >= self.stack_limit:
                    raise Unsupported("static data larger than memory")
                address = self.new_object(place, item.size)
                unit.addresses[item.name] = address
                if self.publish(item):
                    self.global_addresses[item.name] = address

    def publish(self, item: Definition) -> bool:
        """Whether the definition is the one other modules see: strong ones win over weak and common."""
        if item.linkage == LOCAL:
            return False
        if item.linkage == WEAK or item.linkage == COMMON:
            self.units[-1].replaceable.add(item.name)
            if item.name in self.global_addresses:
                return False
            self.weak_names.add(item.name)
            return True
        known = item.name in self.global_addresses and item.name not in self.weak_names
        self.weak_names.discard(item.name)
        return not known

    def load_aliases(self, unit: _Unit) -> None:
        for item in unit.module.items:
            if isinstance(item, Alias):
                address = unit.addresses.get(item.target)
                if address is None:
                    raise Unsupported("an alias of an undefined symbol")
                unit.addresses[item.name] = address
                index = unit.functions.get(item.target, -1)
                if index >= 0:
                    unit.functions[item.name] = index
                if self.publish(item):
                    self.global_addresses[item.name] = address
                    if index >= 0:
                        self.global_functions[item.name] = index

    def load_contents(self, unit: _Unit) -> None:
        self.current = unit
        for item in unit.module.items:
            if not isinstance(item, Data):
                continue
            address = self.physical(unit.addresses[item.name], item.size)
            self.memory[address : address + len(item.content)] = item.content
            for relocation in item.relocations:
                value = self.target_address(relocation.symbol) + relocation.addend
                if relocation.minus:
                    value -= self.target_address(relocation.minus)
                size = relocation.size
                place = address + relocation.offset
                self.memory[place : place + size] = (value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")

    def target_address(self, name: str) -> int:
        """A symbol's, or a label's written `function:block`."""
        if ":" in name:
            return self.label_number(name)
        return self.symbol_address(name)

    # --- names for the translator -------------------------------------------------------------------------------

    def function_index(self, name: str) -> int:
        assert self.current is not None
        found = self.current.functions.get(name, -1)
        if found >= 0 and self.functions[found].linkage == WEAK:
            return self.global_functions.get(name, found)
        return found if found >= 0 else self.global_functions.get(name, -1)

    def parameter_count(self, index: int) -> int:
        return len(self.functions[index].entry.parameters)

    def is_variadic(self, index: int) -> bool:
        return self.functions[index].variadic

    def symbol_address(self, name: str) -> int:
        assert self.current is not None
        found = self.current.addresses.get(name)
        if found is not None and name not in self.current.replaceable:
            return found
        found = self.global_addresses.get(name, found)
        if found is not None:
            return found
        if self.current.module.externals.get(name, 0) == WEAK and not self.host.has(name):
            return 0
        if self.host.has(name):
            return _CODE_BASE + 16 * self.host_function(name)
        raise Unsupported(f"@{name} is not defined")

    def host_function(self, name: str) -> int:
        """A number for a function of the host whose address is taken."""
        found = self.global_functions.get(name, -1)
        if found < 0:
            found = len(self.functions)
            self.functions.append(Function(name))
            self.entries.append(_Stub(self, found).call)
            assert self.current is not None
            self.unit_of.append(self.current)
            self.global_functions[name] = found
        return found

    def label_number(self, name: str) -> int:
        found = self.labels.get(name, 0)
        if found == 0:
            found = _LABEL_BASE + 16 * (len(self.labels) + 1)
            self.labels[name] = found
        return found

    def label_address(self, function: Function, block: Block) -> int:
        return self.label_number(f"{function.name}:{block.name}")

    def constant(self, value: object) -> str:
        """Equal bytes share a name; other objects are known by identity."""
        if isinstance(value, bytes):
            name = f"Z{len(value)}"
            if any(value):
                name = f"k{len(self.kept)}"
        elif id(value) in self.names:
            return self.names[id(value)]
        else:
            name = f"k{len(self.kept)}"
            self.names[id(value)] = name
        self.kept.append(value)
        self.globals[name] = value
        return name

    # --- what generated code calls ------------------------------------------------------------------------------

    def translate(self, index: int) -> Callable[..., object]:
        """The Python function of program function `index`, which takes the stub's place."""
        function = self.functions[index]
        name = f"f{index}"
        if not function.blocks:
            raise Unsupported(f"@{function.name} is not defined")
        self.current = self.unit_of[index]
        text = Translator(function, self, self.checks).run(name)
        exec(compile(text, f"<@{function.name}>", "exec", 0, True), self.globals)
        made = self.globals[name]
        assert callable(made)
        self.entries[index] = made
        return made

    def evaluate(self, op: Op, named: Type, second: Type, args: list[int]) -> list[int]:
        results = evaluator.evaluate(op, named, second, [int(value) for value in args])
        if results is None:
            raise Undefined(op.name)
        return results

    def sdiv(self, left: int, right: int, bits: int) -> int:
        sign = 1 << (bits - 1)
        left = (int(left) ^ sign) - sign
        right = (int(right) ^ sign) - sign
        if right == 0:
            raise Undefined("division by zero")
        if right == -1 and left == -sign:
            raise Undefined("overflow in division")
        quotient = abs(left) // abs(right)
        return (quotient if (left < 0) == (right < 0) else -quotient) & ((1 << bits) - 1)

    def srem(self, left: int, right: int, bits: int) -> int:
        sign = 1 << (bits - 1)
        left = (int(left) ^ sign) - sign
        right = (int(right) ^ sign) - sign
        if right == 0:
            raise Undefined("division by zero")
        if right == -1 and left == -sign:
            raise Undefined("overflow in division")
        rest = abs(left) % abs(right)
        return (rest if left >= 0 else -rest) & ((1 << bits) - 1)

    def check_flags(self, number: int, flags: int, bits: int, args: list[int]) -> None:
        op = ops.OPS[number]
        if evaluator.violates(op, flags, bits, [int(value) for value in args]):
            raise Undefined("signed overflow" if flags & ops.NSW else f"{op.name} with a false flag")

    def combine(self, rmw: str, old: int, value: int, bits: int) -> int:
        """What atomic_rmw stores."""
        mask = (1 << bits) - 1
        sign = 1 << (bits - 1)
        old = int(old)
        value = int(value)
        if rmw == "add":
            return (old + value) & mask
        if rmw == "sub":
            return (old - value) & mask
        if rmw == "and":
            return old & value
        if rmw == "or":
            return old | value
        if rmw == "xor":
            return old ^ value
        if rmw == "nand":
            return ~(old & value) & mask
        if rmw == "max.u":
            return max(old, value)
        if rmw == "min.u":
            return min(old, value)
        if rmw == "max.s":
            return old if (old ^ sign) > (value ^ sign) else value
        if rmw == "min.s":
            return old if (old ^ sign) < (value ^ sign) else value
        assert rmw == "xchg", rmw
        return value

    # --- calls --------------------------------------------------------------------------------------------------

    def callee(self, address: int) -> int:
        index, rest = divmod(address - _CODE_BASE, 16)
        if rest or not 0 <= index < len(self.functions):
            raise Undefined(f"call of address {address:#x}")
        return index

    def call_host(self, name: str, args: list[int], result_bits: tuple[int, ...]) -> object:
        values = self.host.call(self, name, [int(value) for value in args])
        if not result_bits:
            return None
        masked = tuple([values & ((1 << bits) - 1) if index == 0 else 0 for index, bits in enumerate(result_bits)])
        return masked[0] if len(masked) == 1 else masked

    def call(self, index: int, args: list[int], groups: tuple[Group, ...], result_bits: tuple[int, ...]) -> object:
        """The general call: copies what travels in memory, and lays out the variable arguments."""
        function = self.functions[index]
        if not function.blocks:
            return self.call_host(function.name, args, result_bits)
        named = len(function.entry.parameters)
        if len(args) < named or (len(args) > named and not function.variadic):
            raise Undefined(f"call of @{function.name} with {len(args)} arguments")
        if len(function.result_types) < len(result_bits):
            raise Undefined(f"use of a result that @{function.name} does not give")
        saved = self.stack_pointer[0]
        given: list[int] = []
        position = 0
        rest: list[Group] = []
        for group in groups:
            if position >= named:
                rest.append(group)
                continue
            way, count, size, _ = group
            if way == DIRECT:
                given.extend(args[position : position + count])
            else:
                given.append(self.copied(args[position], size))
            position += count
        if function.variadic:
            given.append(self.lay_out(args[position:], rest))
        result = self.entries[index](*given)
        self.restore_stack(saved)
        return result

    def lay_out(self, args: list[int], groups: list[Group]) -> int:
        """The variable arguments as words side by side, what is aligned to more than a word and larger at a multiple
        of its alignment; a va_list is the address of the next word. (RISC-V ELF psABI, "Variadic Functions")"""
        word = self.word
        words: list[int] = []
        position = 0
        for way, count, size, align in groups:
            if way == MEMORY:
                raise Unsupported("a variable argument in memory")
            if way == DIRECT and align > word and size > word:
                words.extend([0] * (-len(words) % (align // word)))
            for value in args[position : position + count]:
                words.append(self.copied(value, size) if way == REFERENCE else value)
            position += count
        base = self.alloca(len(words) * word)
        for index, value in enumerate(words):
            self.store(base + index * word, value & ((1 << 8 * word) - 1), word)
        return base

    def next_argument(self, list_address: int, word: int, align: int) -> int:
        """The address of the next variable argument; the list moves on."""
        place = self.word_at(list_address, word)
        if align > word:
            place = (place + align - 1) // align * align
        self.store(list_address, place + word, word)
        self.physical(place, word)
        return place

    def new_activation(self) -> int:
        self.activations += 1
        return self.activations

    def set_jump(self, buffer: int, frame: int, place: int) -> None:
        word = self.word
        self.store(buffer, frame, word)
        self.store(buffer + word, place, word)
        self.store(buffer + 2 * word, self.stack_pointer[0], word)

    def long_jump(self, buffer: int, value: int) -> None:
        """Does not return. An activation that is gone is noticed where nothing catches the jump."""
        word = self.word
        low = self.stack_pointer[0]
        high = self.word_at(buffer + 2 * word, word)
        if not low <= high <= len(self.memory):
            raise Undefined("longjmp to a function that has returned")
        self.restore_stack(high)
        raise Jump(self.word_at(buffer, word), self.word_at(buffer + word, word), value & 0xFFFF_FFFF or 1)

    # --- running ------------------------------------------------------------------------------------------------

    def functions_with(self, attribute: str) -> list[int]:
        """Those with `constructor(N)` or `destructor(N)`, by N and in their order: as start-up code finds them."""
        found: list[tuple[int, int]] = []
        for index, function in enumerate(self.functions):
            for item in function.attributes:
                name, _, number = item.rstrip(")").partition("(")
                if name == attribute:
                    found.append((int(number), index))
        return [index for _, index in sorted(found)]

    def make_array(self, name: str, functions: list[int]) -> None:
        """What a linker puts between `name`_start and `name`_end: pointers to functions."""
        place = (self.top + 15) // 16 * 16
        self.top = place + len(functions) * self.word
        first = self.new_object(place, self.top - place)
        for symbol, address in ((name + "_start", first), (name + "_end", first + self.top - place)):
            if symbol not in self.global_addresses:
                self.global_addresses[symbol] = address
        for index, number in enumerate(functions):
            value = _CODE_BASE + 16 * number
            self.memory[place + index * self.word : place + (index + 1) * self.word] = value.to_bytes(
                self.word, "little"
            )

    def function_named(self, name: str) -> int:
        for unit in self.units:
            if name in unit.functions:
                return unit.functions[name]
        raise KeyError(name)

    def run(self, name: str, args: list[int] | None = None, budget: int = 1_000_000_000) -> Outcome:
        """Calls function `name` with canonical scalars; a step is about one operation."""
        return self.run_function(self.function_named(name), args, budget)

    def run_function(self, index: int, args: list[int] | None = None, budget: int = 1_000_000_000) -> Outcome:
        self.steps[0] = budget
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(_DEPTH)
        kind = RETURNED
        detail = ""
        code = 0
        values: list[int] = []
        saved = self.stack_pointer[0]
        try:
            values = _as_list(self.entries[index](*(args or [])))
        except Exited as exited:  # names of their own: mypyc gives a name the type of its first clause
            kind = EXITED
            code = exited.code
        except Undefined as undefined:
            kind = UNDEFINED
            detail = undefined.what
        except ZeroDivisionError:
            kind = UNDEFINED
            detail = "division by zero"
        except IndexError:
            kind = UNDEFINED
            detail = "access outside memory"
        except Jump:
            kind = UNDEFINED
            detail = "longjmp to a function that has returned"
        except Trap:
            kind = TRAPPED
        except Budget:
            kind = OUT_OF_STEPS
        except (Overflow, RecursionError):
            kind = STACK_OVERFLOW
        except Unsupported as unsupported:
            kind = UNSUPPORTED
            detail = unsupported.what
        finally:
            sys.setrecursionlimit(limit)
            self.restore_stack(saved)
        return Outcome(kind, code, values, bytes(self.host.output), detail, budget - self.steps[0])


def _as_list(result: object) -> list[int]:
    if result is None:
        return []
    if isinstance(result, tuple):
        return [int(value) for value in result]
    assert isinstance(result, int)
    return [int(result)]


@final
class _Stub:
    """Stands for a function until it is first called."""

    def __init__(self, machine: Machine, index: int) -> None:
        self.machine: Final = machine
        self.index: Final = index

    def call(self, *args: int) -> object:
        return self.machine.translate(self.index)(*args)


def run_module(
    module: Module, function: str, args: list[int] | None = None, budget: int = 1_000_000_000, checks: bool = False
) -> Outcome:
    """One function of one module with the standard host."""
    try:
        machine = Machine([module], Host(), checks)
    except Unsupported as stop:
        return Outcome(UNSUPPORTED, 0, [], b"", stop.what, 0)
    return machine.run(function, args, budget)
