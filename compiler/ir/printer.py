"""The text form of the IR, which `parser` reads back: parse(print(m)) prints the same text.

    local func @clamp(i32 %x:a0, ...) -> i32:a0 abi(0, 1, 1, 0), noinline {
    entry:
      %p = slot 16, align 8
      %3 = load.i32 %p, align 4, volatile, tag "int"    !loc 4:9
      branch %c, done(%3), other
    done(%r: i32):

Types stand on operations: `add.i32` the type `t` of the signature, `zext.i64.i32` also `u`. Values without a name, and
those whose name is not unique in the function, carry their number. A place after `:` is a register or `[stack offset]`;
`(i24)` after it the part's own type, `+8` its offset in the object, `sext`/`zext` its widening; aggregates are
`{parts} size/align`, by reference `ref`, on the stack `mem`, empty ones `none`.
`abi(stack size, named, integer registers used, float registers used)` ends a signature.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.debug import Locations
from compiler.ir.function import (
    COMMON,
    LOCAL,
    ORDER_NAMES,
    WEAK,
    Asm,
    AsmOperand,
    Block,
    Call,
    Const,
    Definition,
    Edge,
    Function,
    LabelAddress,
    Memory,
    Named,
    Operation,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.module import Alias, Data, Module, ModuleAsm
from compiler.ir.types import VOID, Type
from compiler.platform.abi import DIRECT, IGNORED, MEMORY, REFERENCE, Part, Passing, Signature
from compiler.terms import ops

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$")
WAY_NAMES: Final = {DIRECT: "", REFERENCE: "ref ", MEMORY: "mem ", IGNORED: "none "}
LINKAGE_NAMES: Final = {LOCAL: "local ", WEAK: "weak ", COMMON: "common "}


def quoted(text: str) -> str:
    """In double quotes; everything but printable ASCII as `\\xx` of its UTF-8 (lone bytes survive as surrogates)."""
    return quoted_bytes(text.encode("utf-8", "surrogateescape"))


def quoted_bytes(content: bytes) -> str:
    out: list[str] = []
    for byte in content:
        if byte == 0x22 or byte == 0x5C or byte < 0x20 or byte > 0x7E:
            out.append(f"\\{byte:02x}")
        else:
            out.append(chr(byte))
    return '"' + "".join(out) + '"'


def at_name(name: str) -> str:
    """`@name`, in quotes where it is not plain."""
    if name and all(letter in _PLAIN or letter == ":" for letter in name):
        return "@" + name
    return "@" + quoted(name)


def constant_text(type: Type, value: int) -> str:
    """Integers signed, floats and vectors in hexadecimal."""
    if type.kind != 0 or type.lanes > 1:
        return hex(value)
    if type.bits > 1 and value >> (type.bits - 1):
        value -= 1 << type.bits
    return str(value)


def part_type(part: Part) -> str:
    return ("f" if part.is_float else "i") + str(part.bits)


def _place(part: Part, shown: str) -> str:
    """What follows a value of type `shown` that travels as `part`."""
    text = ":" + (part.register if part.register else f"[{part.stack_offset}]")
    if part_type(part) != shown:
        text += f"({part_type(part)})"
    if part.offset:
        text += f"+{part.offset}"
    if part.extend:
        text += " sext" if part.extend == 1 else " zext"
    return text


def _is_simple(passing: Passing) -> bool:
    """One scalar that fills its object: the braces, size and alignment say nothing more."""
    if passing.way != DIRECT or len(passing.parts) != 1 or passing.stack_offset != 0:
        return False
    part = passing.parts[0]
    bytes = (part.bits + 7) // 8
    return part.offset == 0 and passing.size == bytes and passing.align == bytes


@final
class FunctionPrinter:
    """Prints one function; value names are made unique once, at the start."""

    def __init__(self, function: Function) -> None:
        self.function: Final = function
        self._names: Final[dict[int, str]] = {}
        taken: set[str] = set()
        for block in function.blocks:
            for parameter in block.parameters:
                self._name(parameter, taken)
            for operation in block.operations:
                if operation.type is not VOID:
                    self._name(operation, taken)
                    for extra in operation.extra:
                        self._name(extra, taken)

    def _name(self, value: Value, taken: set[str]) -> None:
        if not value.name:
            return
        name = value.name if all(letter in _PLAIN for letter in value.name) else ""
        if not name or name.isdigit():
            name = f"v.{value.number}"
        if name in taken:
            name = f"{name}.{value.number}"
        taken.add(name)
        self._names[value.number] = "%" + name

    def value(self, value: Value) -> str:
        return self._names.get(value.number) or f"%{value.number}"

    def values(self, values: list[Value]) -> str:
        return ", ".join([self.value(value) for value in values])

    def lines(self) -> list[str]:
        function = self.function
        out = [self._header() + " {"]
        for index, block in enumerate(function.blocks):
            out.append(self._block_header(block, index == 0))
            for operation in block.operations:
                out.append("  " + self.operation(operation))
        out.append("}")
        return out

    def _block_header(self, block: Block, is_entry: bool) -> str:
        text = block.name
        if block.parameters and not is_entry:
            text += "(" + ", ".join([f"{self.value(value)}: {value.type.name}" for value in block.parameters]) + ")"
        return text + (": address_taken" if block.address_taken else ":")

    def _header(self) -> str:
        function = self.function
        parameters: list[Value] = []
        if function.blocks:
            parameters = list(function.entry.parameters)
        inside = self._passed(parameters, function.signature, True)
        if function.variadic:
            inside.append("...")
        text = LINKAGE_NAMES.get(function.linkage, "") + f"func {at_name(function.name)}({', '.join(inside)})"
        text += self._results(function.result_types, function.signature)
        attributes = definition_attributes(function)
        attributes += [item if item.replace("_", "a").isalnum() else quoted(item) for item in function.attributes]
        if function.file:
            attributes.append(f"file {function.file}")
        if function.line:
            attributes.append(f"line {function.line}")
        return ", ".join([text] + attributes)

    def _passed(self, values: list[Value], signature: Signature | None, typed: bool) -> list[str]:
        """Parameters or arguments, with their places if there is a signature."""
        if signature is None:
            return [(value.type.name + " " if typed else "") + self.value(value) for value in values]
        position = 0
        out: list[str] = []
        if signature.sret is not None and values:
            out.append("sret " + self._part(values[0], signature.sret))
            position = 1
        for passing in signature.parameters:
            count = len(passing.parts) if passing.way in (DIRECT, REFERENCE) else 1 if passing.way == MEMORY else 0
            group = values[position : position + count]
            position += count
            parts = [
                self._part(value, passing.parts[index]) if index < len(passing.parts) else self._typed(value)
                for index, value in enumerate(group)
            ]
            out.append(self._passing(passing, parts))
        return out + [self._typed(value) for value in values[position:]]  # only where the verifier complains

    def _typed(self, value: Value) -> str:
        return f"{value.type.name} {self.value(value)}"

    def _part(self, value: Value, part: Part) -> str:
        return self._typed(value) + _place(part, value.type.name)

    @staticmethod
    def _passing(passing: Passing, parts: list[str]) -> str:
        if _is_simple(passing) and len(parts) == 1:
            return parts[0]
        stack = f" at {passing.stack_offset}" if passing.stack_offset else ""
        return f"{WAY_NAMES[passing.way]}{{{', '.join(parts)}}} {passing.size}/{passing.align}{stack}"

    def _results(self, types: list[Type], signature: Signature | None) -> str:
        if signature is None:
            return " -> " + ", ".join([type.name for type in types]) if types else ""
        result = signature.result
        parts: list[str] = []
        for index, part in enumerate(result.parts):
            shown = types[index].name if index < len(types) else part_type(part)
            parts.append(shown + _place(part, shown))
        text = self._passing(result, parts)
        return (
            f" -> {text} abi({signature.stack_size}, {signature.named}, "
            f"{signature.integer_used}, {signature.float_used})"
        )

    # --- operations ---------------------------------------------------------------------------------------------

    def operation(self, operation: Operation) -> str:
        text = ""
        if operation.type is not VOID:
            text = self.values(operation.results) + " = "
        text += operation.op.name
        if operation.op.domain != ops.NO_TYPE:
            text += "." + operation.named.name
        if operation.op.two_types:
            text += "." + operation.second.name
        head, attributes = self._payload(operation)
        for bit, name in enumerate(ops.FLAG_NAMES):
            if operation.flags >> bit & 1:
                attributes.append(name)
        body = ", ".join(([head] if head else []) + attributes)
        if body:
            text += " " + body
        if operation.loc:
            text += "  !loc " + location_text(self.function.locations, operation.loc)
        return text

    def _payload(self, operation: Operation) -> tuple[str, list[str]]:
        """Operands, and the attributes behind them."""
        args = self.values(operation.args)
        if isinstance(operation, Const):
            return constant_text(operation.type, operation.value), []
        if isinstance(operation, SymbolAddress):
            return at_name(operation.symbol) + addend_text(operation.addend), []
        if isinstance(operation, LabelAddress):
            assert operation.block is not None
            return operation.block.name, []
        if isinstance(operation, Slot):
            return str(operation.size), [f"align {operation.align}"]
        if isinstance(operation, Memory):
            return self._memory(operation, args)
        if isinstance(operation, Call):
            return self._call(operation)
        if isinstance(operation, Asm):
            return self._asm(operation), []
        if isinstance(operation, Terminator):
            return self._terminator(operation, args)
        if isinstance(operation, Named):
            parts = ([quoted(operation.text)] if operation.text else []) + ([args] if args else [])
            return ", ".join(parts), [f"level {operation.level}"] if operation.level else []
        return args, []

    @staticmethod
    def _memory(operation: Memory, args: str) -> tuple[str, list[str]]:
        out: list[str] = []
        if operation.op is ops.COPY or operation.op is ops.FILL:
            out.append(f"size {operation.size}")
        if operation.op is not ops.FENCE:
            out.append(f"align {operation.align}")
        if operation.volatile:
            out.append("volatile")
        if operation.order:
            out.append("order " + ORDER_NAMES[operation.order])
        if operation.failure_order:
            out.append("failure " + ORDER_NAMES[operation.failure_order])
        if operation.tag:
            out.append("tag " + quoted(operation.tag))
        return (operation.rmw + " " + args if operation.rmw else args), out

    def _call(self, call: Call) -> tuple[str, list[str]]:
        callee = at_name(call.callee) if call.callee else self.value(call.args[0])
        text = f"{callee}({', '.join(self._passed(call.arguments, call.signature, False))})"
        text += self._results([value.type for value in call.results], call.signature)
        out: list[str] = []
        for name, present in (
            ("variadic", call.variadic), ("noreturn", call.noreturn), ("returns_twice", call.returns_twice),
            ("reads_only", call.reads_only), ("no_memory", call.no_memory), ("tail", call.tail),
        ):  # fmt: skip
            if present:
                out.append(name)
        return text, out

    def _asm(self, operation: Asm) -> str:
        parts = [quoted(operation.template), f"({self.values(operation.args)})"]
        if operation.type is not VOID:
            parts.append("-> " + ", ".join([value.type.name for value in operation.results]))
        for word, operands in (("out", operation.outputs), ("in", operation.inputs)):
            if operands:
                parts.append(word + "(" + ", ".join([asm_operand_text(operand) for operand in operands]) + ")")
        if operation.clobbers:
            parts.append("clobber(" + ", ".join([quoted(name) for name in operation.clobbers]) + ")")
        if operation.labels:
            parts.append("labels(" + ", ".join([quoted(name) for name in operation.labels]) + ")")
        if operation.edges is not None:
            parts.append("edges(" + ", ".join([self._edge(edge) for edge in operation.edges]) + ")")
        if not operation.volatile:
            parts.append("nonvolatile")
        if operation.basic:
            parts.append("basic")
        return " ".join(parts)

    def _edge(self, edge: Edge) -> str:
        return edge.target.name + (f"({self.values(edge.args)})" if edge.args else "")

    def _terminator(self, operation: Terminator, args: str) -> tuple[str, list[str]]:
        parts = [args] if args else []
        for index, edge in enumerate(operation.edges):
            case = ""
            if operation.op is ops.SWITCH and 0 < index <= len(operation.cases):
                case = constant_text(operation.named, operation.cases[index - 1]) + ": "
            parts.append(case + self._edge(edge))
        if operation.weights:
            parts.append("weights " + " ".join([str(weight) for weight in operation.weights]))
        return ", ".join(parts), []


def addend_text(addend: int) -> str:
    return "" if addend == 0 else f" + {addend}" if addend > 0 else f" - {-addend}"


def asm_operand_text(operand: AsmOperand) -> str:
    parts = [quoted(operand.constraint), operand.type.name, str(operand.value)]
    if operand.name:
        parts.append("name " + quoted(operand.name))
    if operand.tied >= 0:
        parts.append(f"tied {operand.tied}")
    if operand.early_clobber:
        parts.append("early")
    if operand.commutes:
        parts.append("commutes")
    if operand.register:
        parts.append("register " + quoted(operand.register))
    if operand.is_address:
        parts.append("address")
    return " ".join(parts)


def location_text(locations: Locations, number: int) -> str:
    """`4:9`, `4:9 scope 2`, and for inlined code `4:9 in @callee file 1 line 10 at (7:3)`."""
    location = locations.items[number]
    text = f"{location.line}:{location.column}"
    if location.scope:
        text += f" scope {location.scope}"
    if location.inlined_at:
        text += f" in {at_name(location.function)} file {location.file} line {location.first_line}"
        text += f" at ({location_text(locations, location.inlined_at)})"
    return text


def definition_attributes(item: Definition) -> list[str]:
    out: list[str] = []
    if item.section:
        out.append("section " + quoted(item.section))
    if item.align:
        out.append(f"align {item.align}")
    if item.visibility:
        out.append(item.visibility)
    if item.used:
        out.append("used")
    return out


def _data_text(data: Data) -> str:
    parts = [f"{LINKAGE_NAMES.get(data.linkage, '')}data {at_name(data.name)} size {data.size}"]
    parts += definition_attributes(data)
    for name, present in (
        ("read_only", data.read_only), ("thread_local", data.thread_local), ("mergeable", data.mergeable_string),
    ):  # fmt: skip
        if present:
            parts.append(name)
    text = ", ".join(parts)
    if data.content or data.relocations:
        text += " = " + quoted_bytes(data.content)
    relocations: list[str] = []
    for item in data.relocations:
        minus = f" minus {at_name(item.minus)}" if item.minus else ""
        relocations.append(f"{item.offset}: {item.size} {at_name(item.symbol)}{addend_text(item.addend)}{minus}")
    return text + (" [" + ", ".join(relocations) + "]" if relocations else "")


def _alias_text(alias: Alias) -> str:
    parts = [f"{LINKAGE_NAMES.get(alias.linkage, '')}alias {at_name(alias.name)}"] + definition_attributes(alias)
    return ", ".join(parts) + f" = {at_name(alias.target)}"


def print_function(function: Function) -> str:
    return "\n".join(FunctionPrinter(function).lines()) + "\n"


def print_operation(function: Function, operation: Operation) -> str:
    """One line, for messages."""
    return FunctionPrinter(function).operation(operation)


def print_module(module: Module) -> str:
    """Header lines are left out where they say the default: no name, 64-bit pointers."""
    out: list[str] = []
    if module.name:
        out.append("module " + quoted(module.name))
    if module.pointer_bits != 64:
        out.append(f"pointer {module.pointer_bits}")
    out += ["source " + quoted(name) for name in module.source_files]
    for name, linkage in module.externals.items():
        out.append(f"extern {LINKAGE_NAMES.get(linkage, '')}{at_name(name)}")
    out += ["thread " + at_name(name) for name in sorted(module.thread_locals)]
    for item in module.items:
        if isinstance(item, Function):
            out += FunctionPrinter(item).lines()
        elif isinstance(item, Data):
            out.append(_data_text(item))
        elif isinstance(item, Alias):
            out.append(_alias_text(item))
        else:
            assert isinstance(item, ModuleAsm), item
            out.append("asm " + quoted(item.text))
    return "\n".join(out) + "\n"
