"""Calls, parameters and results: C values taken apart into the parts of their `Passing` and put together again."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Call, Value
from compiler.ir.types import F32, F64, Type, integer
from compiler.lower.context import Context, Place, entity_symbol, register_integer
from compiler.lower.lvalues import Pointer, bytes_of
from compiler.platform.abi import DIRECT, IGNORED, REFERENCE, Leaf, Part, Passing, Shape, Signature
from compiler.platform.classify import SIGN, Abi, classify
from compiler.syntax import decl, expr
from compiler.terms import ops
from compiler.types import ctypes
from compiler.types.ctypes import CType


def part_type(abi: Abi, part: Part) -> Type:
    """The IR type a part travels in: floats as they are, integers as wide as a register."""
    if part.is_float:
        return F32 if part.bits == 32 else F64
    return register_integer(abi)


def result_shape(cx: Context, type: CType) -> Shape | None:
    return None if type.kind == ctypes.VOID else cx.shapes.shape(type)


def scalar_to_parts(cx: Context, value: Value, passing: Passing) -> list[Value]:
    """A scalar as the values of its parts."""
    builder = cx.builder
    parts = passing.parts
    if parts[0].is_float:
        return [value]
    wide = register_integer(cx.abi)
    if value.type.is_float:
        value = builder.convert(ops.BITCAST, integer(value.type.bits), value)
    if len(parts) == 1:
        return [cx.resize(value, wide, parts[0].extend == SIGN)]
    values: list[Value] = []
    for part in parts:
        piece = value
        if part.offset:
            piece = builder.binary(ops.LSHR, value, builder.const(value.type, part.offset * 8))
        values.append(cx.resize(piece, wide, False))
    return values


def parts_to_scalar(cx: Context, values: list[Value], passing: Passing, type: Type) -> Value:
    """The inverse of `scalar_to_parts`."""
    builder = cx.builder
    if passing.parts[0].is_float:
        return values[0]
    whole = integer(type.bits)
    total = cx.resize(values[0], whole, False)
    for index in range(1, len(values)):
        high = cx.resize(values[index], whole, False)
        high = builder.binary(ops.SHL, high, builder.const(whole, passing.parts[index].offset * 8))
        total = builder.binary(ops.OR, total, high)
    return builder.convert(ops.BITCAST, type, total) if type.is_float else total


def record_to_parts(cx: Context, source: Pointer, type: CType, passing: Passing) -> list[Value]:
    """A record's bytes as the values of its parts; bytes past its end are never read."""
    size = cx.size(type)
    builder = cx.builder
    last = passing.parts[-1]
    if last.offset + last.bits // 8 > size:
        copy = cx.temporary(type, "parts")
        cx.copy_record(copy.address, source.value, type, min(copy.align, source.align))
        source = Pointer(copy.address, copy.align)
    values: list[Value] = []
    for part in passing.parts:
        address = builder.offset(source.value, part.offset)
        align = source.align
        if part.offset:
            align = min(align, part.offset & -part.offset)
        if part.is_float:
            values.append(builder.load(part_type(cx.abi, part), address, align))
        else:
            loaded = builder.load(integer(part.bits), address, align)
            values.append(cx.resize(loaded, register_integer(cx.abi), False))
    return values


def parts_to_record(cx: Context, values: list[Value], passing: Passing, place: Place) -> None:
    """Stores parts into an object that `temporary` made, so whole registers fit."""
    builder = cx.builder
    for part, value in zip(passing.parts, values, strict=True):
        address = builder.offset(place.address, part.offset)
        align = min(place.align, part.offset & -part.offset) if part.offset else place.align
        if not part.is_float:
            value = cx.resize(value, integer(part.bits), False)
        builder.store(address, value, align)


def argument_values(cx: Context, node: expr.Expr, passing: Passing) -> list[Value]:
    """Evaluates one argument into the values that travel."""
    if passing.way == IGNORED:
        cx.effect(node)
        return []
    if not cx.shapes.is_memory(node.type):
        return scalar_to_parts(cx, cx.value(node), passing)
    source = bytes_of(cx, node)
    if passing.way == DIRECT:
        return record_to_parts(cx, source, node.type, passing)
    if passing.way == REFERENCE:
        copy = cx.temporary(node.type, "by_reference")
        cx.copy_record(copy.address, source.value, node.type, min(copy.align, source.align))
        return [copy.address]
    return [source.value]


def function_designator(node: expr.Expr) -> decl.Function | None:
    """The function that a call's operand names directly, if it does."""
    while isinstance(node, expr.Cast) and node.kind in (expr.DECAY, expr.NO_OP):
        node = node.operand
    while isinstance(node, expr.Dereference):
        node = node.pointer
        while isinstance(node, expr.Cast) and node.kind == expr.DECAY:
            node = node.operand
    if isinstance(node, expr.Name) and isinstance(node.entity, decl.Function):
        return node.entity
    return None


@final
class Callee:
    """What is called: a symbol, or an address evaluated before the arguments."""

    def __init__(self, name: str, address: Value | None, function: decl.Function | None) -> None:
        self.name: Final = name
        self.address: Final = address
        self.function: Final = function


def call(cx: Context, node: expr.Call) -> Value | None:
    """A call; None when its type is void. A record result lies in a new object whose address is given."""
    function = function_designator(node.function)
    if function is not None:
        callee = Callee(entity_symbol(function), None, function)
    else:
        callee = Callee("", cx.value(node.function), None)
    pointer = node.function.type.bare
    assert isinstance(pointer, ctypes.PointerType)
    type = pointer.target.bare
    assert isinstance(type, ctypes.FunctionType)
    return emit_call(cx, callee, type, node.type, node.arguments)


def emit_call(
    cx: Context, callee: Callee, type: ctypes.FunctionType, result: CType, arguments: list[expr.Expr]
) -> Value | None:
    named = len(type.parameters) if type.has_prototype else len(arguments)
    shapes = [cx.shapes.shape(argument.type) for argument in arguments]
    signature = classify(cx.abi, shapes, result_shape(cx, result), type.variadic, named)
    values: list[Value] = []
    place: Place | None = None
    if signature.sret is not None or (cx.shapes.is_memory(result) if result.kind != ctypes.VOID else False):
        place = cx.temporary(result, "result")
    if signature.sret is not None:
        assert place is not None
        values.append(place.address)
    for argument, passing in zip(arguments, signature.parameters, strict=True):
        values.extend(argument_values(cx, argument, passing))
    made = _emit(cx, callee, values, signature, type.variadic)
    if result.kind == ctypes.VOID:
        return None
    passing = signature.result
    if place is not None:
        if passing.way == DIRECT:
            parts_to_record(cx, made.results, passing, place)
        return place.address
    return parts_to_scalar(cx, made.results, passing, cx.ir(result))


def _emit(cx: Context, callee: Callee, values: list[Value], signature: Signature, variadic: bool) -> Call:
    builder = cx.builder
    results = [part_type(cx.abi, part) for part in signature.result.parts] if signature.sret is None else []
    if callee.address is None:
        made = builder.call(callee.name, values, results, signature, variadic)
    else:
        made = builder.call_indirect(callee.address, values, results, signature, variadic)
    function = callee.function
    if function is not None:
        attributes = function.attributes
        made.noreturn = attributes.noreturn
        made.returns_twice = attributes.returns_twice or function.name in (
            "setjmp",
            "_setjmp",
            "sigsetjmp",
            "__sigsetjmp",
        )
        # A result in memory is written there, an argument passed by reference is read there, whatever C may say.
        by_reference = any(passing.way == REFERENCE for passing in signature.parameters)
        if signature.sret is None:
            made.reads_only = attributes.pure or (attributes.const and by_reference)
            made.no_memory = attributes.const and not by_reference
        if made.noreturn:
            builder.unreachable()
            cx.dead()
    return made


def library_call(
    cx: Context, name: str, arguments: list[Value], result: Type | None, returns_twice: bool = False
) -> Value | None:
    """A call of a run-time function with pointer-wide or smaller integer and float arguments."""
    shapes: list[Shape] = []
    for value in arguments:
        shapes.append(_scalar_shape(value.type))
    signature = classify(cx.abi, shapes, None if result is None else _scalar_shape(result), False, len(shapes))
    values: list[Value] = []
    for value, passing in zip(arguments, signature.parameters, strict=True):
        values.extend(scalar_to_parts(cx, value, passing))
    made = _emit(cx, Callee(name, None, None), values, signature, False)
    made.returns_twice = returns_twice
    return None if result is None else parts_to_scalar(cx, made.results, signature.result, result)


def helper_call(cx: Context, name: str, arguments: list[Value], place: Place) -> None:
    """A call of a run-time function that takes scalars; its result, of the type of `place`, is stored there."""
    shapes = [_scalar_shape(value.type) for value in arguments]
    signature = classify(cx.abi, shapes, cx.shapes.shape(place.type), False, len(shapes))
    values: list[Value] = [] if signature.sret is None else [place.address]
    for value, passing in zip(arguments, signature.parameters, strict=True):
        values.extend(scalar_to_parts(cx, value, passing))
    made = _emit(cx, Callee(name, None, None), values, signature, False)
    if signature.sret is None:
        parts_to_record(cx, made.results, signature.result, place)


def instrument(cx: Context, name: str) -> None:
    """-finstrument-functions: tells the function `name` which function is entered or left, and from where."""
    source = cx.source
    if cx.options.instrument and source is not None and not source.attributes.no_instrument:
        builder = cx.builder
        library_call(cx, name, [builder.symbol(cx.function.name), builder.return_address(0)], None)


def _scalar_shape(type: Type) -> Shape:
    size = max(1, type.bits // 8)
    return Shape(size, size, [Leaf(type.is_float, type.bits, 0, True)], False)


def return_values(cx: Context, node: expr.Expr, signature: Signature) -> list[Value]:
    """The scalars of `return node`; a record for `sret` is written through the hidden address."""
    if cx.shapes.is_memory(node.type):
        source = bytes_of(cx, node)
        if signature.sret is not None:
            assert cx.sret is not None
            cx.copy_record(cx.sret, source.value, node.type, min(source.align, cx.shapes.align(node.type)))
            return []
        if signature.result.way == IGNORED:
            return []
        return record_to_parts(cx, source, node.type, signature.result)
    return scalar_to_parts(cx, cx.value(node), signature.result)


def promoted(cx: Context, type: CType, model_int: Type) -> tuple[Type, bool]:
    """How a parameter without prototype arrives: its IR type after the default promotions, and whether it changed."""
    value = cx.ir(type)
    if value is F32:
        return F64, True
    if value.is_integer and value.bits < model_int.bits:
        return model_int, True
    return value, False


def enter_function(cx: Context, source: decl.Function, type: ctypes.FunctionType) -> Signature:
    """Makes the entry parameters and stores each C parameter into its slot."""
    builder = cx.builder
    shapes: list[Shape] = []
    arriving: list[tuple[Type, bool]] = []
    int_type = integer(cx.shapes.platform.model.int_bits)
    for parameter in source.parameters:
        shape = cx.shapes.shape(parameter.type)
        if not type.has_prototype and not shape.is_aggregate:
            kind, changed = promoted(cx, parameter.type, int_type)
            arriving.append((kind, changed))
            if changed:
                size = kind.size
                signed = cx.shapes.is_signed(parameter.type)
                shape = Shape(size, size, [Leaf(kind.is_float, kind.bits, 0, signed)], False)
        else:
            arriving.append((F64, False))
        shapes.append(shape)
    signature = classify(cx.abi, shapes, result_shape(cx, type.result), type.variadic, len(shapes))
    if signature.sret is not None:
        cx.sret = builder.parameter(cx.pointer, "sret")
    incoming: list[list[Value]] = []
    for passing in signature.parameters:
        values: list[Value] = []
        for part in passing.parts:
            values.append(builder.parameter(part_type(cx.abi, part) if passing.way == DIRECT else cx.pointer))
        incoming.append(values)
    for index, parameter in enumerate(source.parameters):
        _store_parameter(cx, parameter, signature.parameters[index], incoming[index], arriving[index])
    return signature


def _store_parameter(
    cx: Context, parameter: decl.Variable, passing: Passing, values: list[Value], arriving: tuple[Type, bool]
) -> None:
    if passing.way == REFERENCE and cx.shapes.is_memory(parameter.type):
        cx.slots[parameter.id] = values[0]  # the caller's copy is ours
        return
    place = cx.temporary(parameter.type, parameter.name)
    cx.slots[parameter.id] = place.address
    if passing.way == IGNORED:
        return
    if cx.shapes.is_memory(parameter.type):
        parts_to_record(cx, values, passing, place)
        return
    kind, changed = arriving
    type = cx.ir(parameter.type)
    if changed:
        value = parts_to_scalar(cx, values, passing, kind)
        value = cx.builder.convert(ops.FCVT, type, value) if type.is_float else cx.resize(value, type, False)
    else:
        value = parts_to_scalar(cx, values, passing, type)
    cx.builder.store(place.address, value, cx.shapes.align(parameter.type))
