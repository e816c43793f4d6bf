"""asm statements: operands become values, addresses and results; constraints are kept for `codegen` to check."""

from __future__ import annotations

from typing import Final

from compiler.ir.function import AsmOperand, Edge, Value
from compiler.ir.types import Type
from compiler.lower.context import Context, Place
from compiler.lower.control import label_info
from compiler.lower.lvalues import read, write
from compiler.syntax import decl, expr, stmt

_MEMORY_LETTERS: Final = "moVA<>Q"


def is_memory_only(constraint: str) -> bool:
    """Whether a constraint can be met by memory alone."""
    letters = [letter for letter in constraint if letter not in "=+&%,"]
    return bool(letters) and all(letter in _MEMORY_LETTERS for letter in letters)


def _register_of(node: expr.Expr) -> str:
    while isinstance(node, expr.Cast):
        node = node.operand
    if isinstance(node, expr.Name) and isinstance(node.entity, decl.Variable):
        return node.entity.register_name
    return ""


def _operand(source: stmt.AsmOperand, index: int, type: Type) -> AsmOperand:
    made = AsmOperand(source.constraint.lstrip("=+"), index, type, source.name)
    made.early_clobber = "&" in source.constraint
    made.commutes = "%" in source.constraint
    made.register = _register_of(source.expr)
    return made


def inline_asm(cx: Context, node: stmt.Asm) -> None:
    """An asm statement: outputs in memory pass their address, `+` operands gain a tied input."""
    builder = cx.builder
    if node.is_basic:
        builder.asm(node.template, [], [], [], [], [], True, True)
        return
    args: list[Value] = []
    results: list[Type] = []
    outputs: list[AsmOperand] = []
    inputs: list[AsmOperand] = []
    written: list[Place] = []
    tied: list[AsmOperand] = []
    for source in node.outputs:
        place = cx.place(source.expr)
        if is_memory_only(source.constraint) or cx.shapes.is_memory(source.expr.type):
            outputs.append(_operand(source, len(args), cx.pointer))
            outputs[-1].is_address = True
            args.append(place.address)
            continue
        type = cx.ir(source.expr.type)
        outputs.append(_operand(source, len(results), type))
        results.append(type)
        written.append(place)
        if source.constraint.startswith("+"):
            again = AsmOperand(str(len(outputs) - 1), len(args), type, "", len(outputs) - 1)
            args.append(read(cx, place, node.start))
            tied.append(again)
    for source in node.inputs:
        if is_memory_only(source.constraint) or cx.shapes.is_memory(source.expr.type):
            inner = source.expr
            while isinstance(inner, expr.Cast) and inner.kind == expr.LOAD:
                inner = inner.operand
            inputs.append(_operand(source, len(args), cx.pointer))
            inputs[-1].is_address = True
            args.append(cx.place(inner).address)
            continue
        value = cx.value(source.expr)
        made = _operand(source, len(args), value.type)
        digits = source.constraint.strip("%")
        if digits.isdigit():
            made = AsmOperand(made.constraint, made.value, value.type, source.name, int(digits))
        inputs.append(made)
        args.append(value)
    inputs.extend(tied)
    if node.labels:
        _asm_goto(cx, node, outputs, inputs, args, results, written)
        return
    volatile = node.is_volatile or not node.outputs
    asm = builder.asm(node.template, outputs, inputs, list(node.clobbers), args, results, volatile)
    for place, value in zip(written, asm.results, strict=True):
        write(cx, place, value, node.start)


def _asm_goto(
    cx: Context, node: stmt.Asm, outputs: list[AsmOperand], inputs: list[AsmOperand], args: list[Value],
    results: list[Type], written: list[Place],
) -> None:  # fmt: skip
    """Every edge gets a block of its own that takes the results and stores them."""
    builder = cx.builder
    after = cx.new_block("asm_after")
    targets = [after] + [label_info(cx, label).block for label in node.labels]
    landings = [cx.new_block("asm_edge") for _ in targets]
    names = [label.name for label in node.labels]
    edges = [Edge(landing, []) for landing in landings]
    builder.asm_goto(node.template, outputs, inputs, list(node.clobbers), args, results, names, edges)
    for landing, target in zip(landings, targets, strict=True):
        values: list[Value] = [builder.parameter(type, "", landing) for type in results]
        builder.start(landing)
        for place, value in zip(written, values, strict=True):
            write(cx, place, value, node.start)
        builder.jump(target)
    builder.start(after)
