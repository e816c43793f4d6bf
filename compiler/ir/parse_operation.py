"""One operation of the text form: mnemonic with its types, operands, attributes, location."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.builder import make, result_type, set_results
from compiler.ir.function import (
    ORDER_NAMES,
    Asm,
    AsmOperand,
    Block,
    Call,
    Const,
    Edge,
    Function,
    LabelAddress,
    Memory,
    Named,
    Operation,
    Result,
    Slot,
    SymbolAddress,
    Terminator,
    Value,
)
from compiler.ir.parse_signature import parse_callee, parse_parameters, parse_results, parse_type
from compiler.ir.scan import MARK, NAME, NUMBER, STRING, SYMBOL, VALUE, Line
from compiler.ir.types import VOID, Type
from compiler.platform.abi import Signature
from compiler.terms import ops
from compiler.terms.ops import OP_BY_NAME, Op

MEMORY_OPS: Final = (ops.LOAD, ops.STORE, ops.COPY, ops.FILL, ops.ATOMIC_RMW, ops.ATOMIC_CMPXCHG, ops.FENCE)
NAMED_OPS: Final = (
    ops.READ_REGISTER, ops.WRITE_REGISTER, ops.CHECK, ops.DEBUG_VALUE, ops.FRAME_ADDRESS, ops.RETURN_ADDRESS,
    ops.VA_ARG,
)  # fmt: skip
RMW_NAMES: Final = ("xchg", "add", "sub", "and", "or", "xor", "nand", "max.s", "max.u", "min.s", "min.u")
_CALL_FLAGS: Final = ("variadic", "noreturn", "returns_twice", "reads_only", "no_memory", "tail")
_UNKNOWN: Final = Value(VOID, -1)
_MAX_DEPTH: Final = 100  # of inlined-at locations


@final
class Fixup:
    """`args[index]` is the value of that name."""

    def __init__(self, args: list[Value], index: int, name: str, line: int) -> None:
        self.args: Final = args
        self.index: Final = index
        self.name: Final = name
        self.line: Final = line


def split_mnemonic(line: Line, text: str) -> tuple[Op, Type, Type]:
    """The op and its types: `add_overflow.s.i32`."""
    parts = text.split(".")
    op = OP_BY_NAME.get(".".join(parts[:2])) if len(parts) > 1 else None
    rest = parts[2:]
    if op is None:
        op = OP_BY_NAME.get(parts[0])
        rest = parts[1:]
    if op is None:
        raise line.fail(f"no operation {parts[0]}")
    wanted = (0 if op.domain == ops.NO_TYPE else 1) + (1 if op.two_types else 0)
    if len(rest) != wanted:
        raise line.fail(f"{op.name} names {wanted} types")
    named = parse_type(line, rest[0]) if wanted else VOID
    second = parse_type(line, rest[1]) if wanted == 2 else VOID
    return op, named, second


@final
class OperationParser:
    """Makes operations of `function`; operands and blocks may come later in the text."""

    def __init__(self, function: Function, pointer: Type) -> None:
        self.function: Final = function
        self.pointer: Final = pointer
        self.fixups: Final[list[Fixup]] = []
        self.block_uses: Final[dict[str, int]] = {}
        self._blocks: Final[dict[str, Block]] = {}

    def block(self, name: str) -> Block:
        found = self._blocks.get(name)
        if found is None:
            found = self.function.new_block(name)
            self._blocks[name] = found
        return found

    def _target(self, line: Line) -> Block:
        name = line.take(NAME, "a block")
        self.block_uses.setdefault(name, line.number)
        return self.block(name)

    def _values(self, line: Line) -> list[Value]:
        """Values separated by commas; a comma before anything else is left."""
        args: list[Value] = []
        while line.kind == VALUE:
            self._value(line, args)
            if not (line.peek(",") and line.kinds[line.at + 1] == VALUE):
                break
            line.at += 1
        return args

    def _value(self, line: Line, args: list[Value]) -> None:
        self.fixups.append(Fixup(args, len(args), line.take(VALUE, "a value"), line.number))
        args.append(_UNKNOWN)

    def _listed(self, line: Line) -> list[Value]:
        """Values in parentheses."""
        line.expect("(")
        args = self._values(line)
        line.expect(")")
        return args

    def operation(self, line: Line) -> Operation:
        op, named, second = split_mnemonic(line, line.take(NAME, "an operation"))
        made = self._body(line, op, named, second)
        made.named = named
        made.second = second
        if op.domain == ops.NO_TYPE and op.results and op.results[0] == "p":
            made.named = made.type  # as the builder leaves it
        self._flags(line, made)
        if line.accept("!loc"):
            made.loc = self._location(line, 0)
        return made

    def _flags(self, line: Line, made: Operation) -> None:
        while line.accept(","):
            name = line.take(NAME, "a flag")
            if name not in ops.FLAG_NAMES:
                raise line.fail(f"unknown attribute '{name}'")
            made.flags |= 1 << ops.FLAG_NAMES.index(name)

    def _body(self, line: Line, op: Op, named: Type, second: Type) -> Operation:
        number = -1
        if op is ops.CONST:
            const = Const(op, named, number, [])
            value = line.number_token(None)
            if not -(1 << (named.bits - 1)) <= value < 1 << (named.bits * named.lanes):
                raise line.fail(f"{value} does not fit {named.name}")
            const.value = value & ((1 << (named.bits * named.lanes)) - 1)
            return const
        if op is ops.SYMBOL:
            symbol = SymbolAddress(op, self.pointer, number, [])
            symbol.symbol = line.take(SYMBOL, "a symbol")
            sign = 1 if line.accept("+") else -1 if line.accept("-") else 0
            symbol.addend = sign * line.number_token() if sign else 0
            return symbol
        if op is ops.LABEL:
            label = LabelAddress(op, self.pointer, number, [])
            label.block = self._target(line)
            label.block.address_taken = True
            return label
        if op is ops.SLOT:
            slot = Slot(op, self.pointer, number, [])
            slot.size = line.number_token()
            line.expect(",")
            line.expect("align")
            slot.align = line.number_token()
            return slot
        if op in MEMORY_OPS:
            return self._memory(line, op, named)
        if op is ops.CALL:
            return self._call(line)
        if op is ops.ASM or op is ops.ASM_GOTO:
            return self._asm(line, op)
        if op in NAMED_OPS:
            return self._named(line, op, named)
        if op.is_terminator:
            return self._terminator(line, op, named)
        return make(self.function, op, named, self._values(line), self.pointer, second)

    def _memory(self, line: Line, op: Op, named: Type) -> Memory:
        rmw = ""
        if op is ops.ATOMIC_RMW:
            rmw = line.take(NAME, "an operation")
            if rmw not in RMW_NAMES:
                raise line.fail(f"no atomic operation {rmw}")
        args = self._values(line)
        made = Memory(op, result_type(op, 0, named, VOID, self.pointer) if op.results else VOID, -1, args)
        for index in range(1, len(op.results)):
            made.extra.append(Result(result_type(op, index, named, VOID, self.pointer), -1, made, index))
        made.rmw = rmw
        first = not args
        while first or line.accept(","):
            if first and line.kind != NAME:
                break
            first = False
            self._memory_attribute(line, made)
        return made

    @staticmethod
    def _memory_attribute(line: Line, made: Memory) -> None:
        if line.accept("align"):
            made.align = line.number_token()
        elif line.accept("size"):
            made.size = line.number_token()
        elif line.accept("volatile"):
            made.volatile = True
        elif line.accept("tag"):
            made.tag = line.take(STRING, "a string")
        elif line.peek("order") or line.peek("failure"):
            what = line.take(NAME, "a word")
            order = line.take(NAME, "a memory order")
            if order not in ORDER_NAMES:
                raise line.fail(f"no memory order {order}")
            if what == "order":
                made.order = ORDER_NAMES.index(order)
            else:
                made.failure_order = ORDER_NAMES.index(order)
        else:
            raise line.fail(f"unknown attribute {line.found()}")

    def _named(self, line: Line, op: Op, named: Type) -> Named:
        text = ""
        if line.kind == STRING:
            text = line.take(STRING, "a string")
            if line.kind != VALUE and not line.accept(","):
                pass
        args = self._values(line)
        kind = result_type(op, 0, named, VOID, self.pointer) if op.results else VOID
        made = Named(op, kind, -1, args)
        made.text = text
        if line.peek("level") or (line.peek(",") and line.texts[line.at + 1] == "level"):
            line.accept(",")
            line.expect("level")
            made.level = line.number_token()
        return made

    def _call(self, line: Line) -> Call:
        callee, address = parse_callee(line)
        passed = parse_parameters(line, False)
        results = parse_results(line, passed)
        args: list[Value] = []
        if address:
            self.fixups.append(Fixup(args, 0, address, line.number))
            args.append(_UNKNOWN)
        for name in passed.names:
            self.fixups.append(Fixup(args, len(args), name, line.number))
            args.append(_UNKNOWN)
        made = Call(ops.CALL, VOID, -1, args)
        set_results(self.function, made, results.types)
        made.callee = callee
        while line.accept(","):
            flag = line.take(NAME, "an attribute")
            if flag not in _CALL_FLAGS:
                raise line.fail(f"unknown attribute '{flag}'")
            made.variadic = made.variadic or flag == "variadic"
            made.noreturn = made.noreturn or flag == "noreturn"
            made.returns_twice = made.returns_twice or flag == "returns_twice"
            made.reads_only = made.reads_only or flag == "reads_only"
            made.no_memory = made.no_memory or flag == "no_memory"
            made.tail = made.tail or flag == "tail"
        signature = results.signature
        if signature is not None:
            made.signature = Signature(
                signature.parameters, signature.result, signature.sret, signature.stack_size, made.variadic,
                signature.named, signature.integer_used, signature.float_used,
            )  # fmt: skip
        return made

    def _asm(self, line: Line, op: Op) -> Asm:
        template = line.take(STRING, "a string")
        made = Asm(op, VOID, -1, self._listed(line))
        made.template = template
        types: list[Type] = []
        if line.accept("->"):
            while True:
                types.append(parse_type(line, line.take(NAME, "a type")))
                if not line.accept(","):
                    break
        set_results(self.function, made, types)
        made.outputs = self._asm_operands(line) if line.accept("out") else []
        made.inputs = self._asm_operands(line) if line.accept("in") else []
        made.clobbers = self._strings(line) if line.accept("clobber") else []
        if op is ops.ASM_GOTO:
            made.labels = self._strings(line) if line.accept("labels") else []
            line.expect("edges")
            line.expect("(")
            made.edges = self._edges(line, False, made)
            line.expect(")")
        made.volatile = not line.accept("nonvolatile")
        made.basic = line.accept("basic")
        return made

    def _strings(self, line: Line) -> list[str]:
        line.expect("(")
        out: list[str] = []
        while not line.accept(")"):
            out.append(line.take(STRING, "a string"))
            if not line.peek(")"):
                line.expect(",")
        return out

    def _asm_operands(self, line: Line) -> list[AsmOperand]:
        line.expect("(")
        out: list[AsmOperand] = []
        while not line.accept(")"):
            constraint = line.take(STRING, "a constraint")
            type = parse_type(line, line.take(NAME, "a type"))
            value = line.number_token()
            name = line.take(STRING, "a name") if line.accept("name") else ""
            tied = line.number_token() if line.accept("tied") else -1
            operand = AsmOperand(constraint, value, type, name, tied)
            operand.early_clobber = line.accept("early")
            operand.commutes = line.accept("commutes")
            operand.register = line.take(STRING, "a register") if line.accept("register") else ""
            operand.is_address = line.accept("address")
            out.append(operand)
            if not line.peek(")"):
                line.expect(",")
        return out

    def _edge(self, line: Line) -> Edge:
        target = self._target(line)
        return Edge(target, self._listed(line) if line.peek("(") else [])

    def _edges(self, line: Line, cases: bool, made: Operation) -> list[Edge]:
        """Edges up to the end of the list; those of a switch behind the first carry their case."""
        edges: list[Edge] = []
        while line.kind == NAME or (cases and line.kind == NUMBER and edges):
            if cases and edges:
                assert isinstance(made, Terminator)
                value = line.number_token(None)
                line.expect(":")
                made.cases.append(value)
            edges.append(self._edge(line))
            follows = line.kinds[line.at + 1] if line.peek(",") else MARK
            if follows not in (NAME, NUMBER) or line.texts[line.at + 1] == "weights":
                break
            line.at += 1
        return edges

    def _terminator(self, line: Line, op: Op, named: Type) -> Terminator:
        args = self._values(line)
        made = Terminator(op, -1, args, [])
        if op is ops.RETURN or op is ops.UNREACHABLE:
            return made
        if args:
            line.expect(",") if line.peek(",") else None
        made.edges = self._edges(line, op is ops.SWITCH, made)
        if op is ops.SWITCH:
            for value in made.cases:
                if not -(1 << (named.bits - 1)) <= value < 1 << named.bits:
                    raise line.fail(f"{value} does not fit {named.name}")
            made.cases = [value & named.mask for value in made.cases]
        if line.peek(",") and line.texts[line.at + 1] == "weights":
            line.at += 2
            while line.kind == NUMBER:
                made.weights.append(line.number_token())
        return made

    def _location(self, line: Line, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise line.fail("locations nested too deeply")
        first = line.number_token(None)
        line.expect(":")
        column = line.number_token()
        scope = line.number_token() if line.accept("scope") else 0
        locations = self.function.locations
        if not line.accept("in"):
            return locations.add(first, column, scope)
        function = line.take(SYMBOL, "a symbol")
        line.expect("file")
        file = line.number_token()
        line.expect("line")
        first_line = line.number_token()
        line.expect("at")
        line.expect("(")
        outer = self._location(line, depth + 1)
        line.expect(")")
        return locations.add_inlined(first, column, scope, outer, function, file, first_line)
