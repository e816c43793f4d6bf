"""The one classifier of parameters and results, driven by an `Abi` table.

Invariant: a `Signature` names every register and stack offset, so that caller and callee agree whatever compiled them.
In the IR every integer part is as wide as a register: the caller widens, the callee narrows; the `bits` of a part of
an aggregate say how much of it lies in memory. Source: RISC-V ELF psABI, "Integer
Calling Convention" and "Hardware Floating-point Calling Convention".
"""

from __future__ import annotations

from typing import Final, final

from compiler.platform.abi import DIRECT, IGNORED, REFERENCE, Leaf, Part, Passing, Shape, Signature

NO_EXTENSION: Final = 0
SIGN: Final = 1
ZERO: Final = 2


@final
class Abi:
    """A calling convention as data. Register tuples are in allocation order; sizes in bytes.

    `float_bits` is the widest float that travels in a float register (0: none does). `two_leaf_floats`: an aggregate of
    one or two scalar leaves of which one is a float travels by leaves (RISC-V). `aligned_pairs`: a variadic value
    with twice a
    register's alignment starts at an even register. `word_extension`: how a 32-bit integer is widened to the register
    (SIGN whatever its type, or NO_EXTENSION to go by its own signedness).
    """

    def __init__(
        self,
        register_bytes: int,
        integer_arguments: tuple[str, ...],
        float_arguments: tuple[str, ...],
        integer_results: tuple[str, ...],
        float_results: tuple[str, ...],
        float_bits: int,
        direct_limit: int,
        stack_align: int,
        two_leaf_floats: bool,
        aligned_pairs: bool,
        word_extension: int,
        variadic_in_integer: bool,
    ) -> None:
        self.register_bytes: Final = register_bytes
        self.integer_arguments: Final = integer_arguments
        self.float_arguments: Final = float_arguments
        self.integer_results: Final = integer_results
        self.float_results: Final = float_results
        self.float_bits: Final = float_bits
        self.direct_limit: Final = direct_limit
        self.stack_align: Final = stack_align
        self.two_leaf_floats: Final = two_leaf_floats
        self.aligned_pairs: Final = aligned_pairs
        self.word_extension: Final = word_extension
        self.variadic_in_integer: Final = variadic_in_integer


@final
class _State:
    """Registers and stack bytes used so far by one signature."""

    def __init__(self, integers: tuple[str, ...], floats: tuple[str, ...]) -> None:
        self.integers: Final = integers
        self.floats: Final = floats
        self.integer = 0
        self.floating = 0
        self.stack = 0


def extension(abi: Abi, leaf: Leaf) -> int:
    """How an integer leaf narrower than a register is widened: SIGN or ZERO, NO_EXTENSION at full width."""
    if leaf.is_float or leaf.bits >= abi.register_bytes * 8:
        return NO_EXTENSION
    if leaf.bits == 32 and abi.word_extension == SIGN:
        return SIGN
    return SIGN if leaf.is_signed else ZERO


def _float_leaves(abi: Abi, state: _State, shape: Shape) -> Passing | None:
    """The hardware floating-point convention, or None where it does not apply or registers lack."""
    leaves = shape.leaves
    if abi.float_bits == 0 or shape.has_union or len(leaves) > 2 or not leaves:
        return None
    if shape.is_aggregate and not abi.two_leaf_floats:
        return None
    floats = 0
    for leaf in leaves:
        if leaf.is_float:
            floats += 1
            if leaf.bits > abi.float_bits:
                return None
        elif leaf.bits > abi.register_bytes * 8 or leaf.is_pointer:
            return None  # gcc and clang call no pointer an integer here, though the psABI's text would let them
    integers = len(leaves) - floats
    if floats == 0 or state.floating + floats > len(state.floats) or state.integer + integers > len(state.integers):
        return None
    parts: list[Part] = []
    for leaf in leaves:
        if leaf.is_float:
            parts.append(Part(True, leaf.bits, leaf.offset, state.floats[state.floating]))
            state.floating += 1
        else:
            parts.append(Part(False, leaf.bits, leaf.offset, state.integers[state.integer], 0, extension(abi, leaf)))
            state.integer += 1
    return Passing(DIRECT, parts, shape.size, shape.align)


def _integer_part(abi: Abi, state: _State, offset: int, extend: int) -> Part:
    size = abi.register_bytes
    if state.integer < len(state.integers):
        part = Part(False, size * 8, offset, state.integers[state.integer], 0, extend)
        state.integer += 1
        return part
    part = Part(False, size * 8, offset, "", state.stack, extend)
    state.stack += size
    return part


def _pass(abi: Abi, state: _State, shape: Shape, variadic: bool) -> Passing:
    """Where one value travels; advances the state."""
    if shape.size == 0:
        return Passing(IGNORED, [], 0, shape.align)
    if not (variadic and abi.variadic_in_integer):
        by_leaves = _float_leaves(abi, state, shape)
        if by_leaves is not None:
            return by_leaves
    size = abi.register_bytes
    if shape.size > abi.direct_limit:
        return Passing(REFERENCE, [_integer_part(abi, state, 0, NO_EXTENSION)], shape.size, shape.align)
    extend = NO_EXTENSION
    if not shape.is_aggregate:
        extend = extension(abi, shape.leaves[0])
    if shape.size > size and shape.align > size:
        if variadic and abi.aligned_pairs and state.integer < len(state.integers):
            state.integer += state.integer & 1
        if state.integer >= len(state.integers):
            state.stack = (state.stack + shape.align - 1) // shape.align * shape.align
    parts: list[Part] = []
    for offset in range(0, shape.size, size):
        parts.append(_integer_part(abi, state, offset, extend))
    return Passing(DIRECT, parts, shape.size, shape.align)


def classify(abi: Abi, parameters: list[Shape], result: Shape | None, variadic: bool, named: int) -> Signature:
    """Classifies a whole call or definition. `result` None: void. `named` parameters stand before the ellipsis.

    A result that does not fit result registers is written through a hidden first address (`sret`).
    """
    results = _State(abi.integer_results, abi.float_results)
    state = _State(abi.integer_arguments, abi.float_arguments)
    sret: Part | None = None
    passing = Passing(IGNORED, [], 0, 1)
    if result is not None and result.size > 0:
        if result.size > abi.direct_limit:
            sret = _integer_part(abi, state, 0, NO_EXTENSION)
            passing = Passing(REFERENCE, [], result.size, result.align)
        else:
            passing = _pass(abi, results, result, False)
    placed = [_pass(abi, state, shape, variadic and index >= named) for index, shape in enumerate(parameters)]
    stack = (state.stack + abi.stack_align - 1) // abi.stack_align * abi.stack_align
    return Signature(placed, passing, sret, stack, variadic, named, state.integer, state.floating)


def scalars(abi: Abi, kinds: list[tuple[bool, int]], results: list[tuple[bool, int]]) -> Signature:
    """The signature of plain scalars given as (is_float, bits), for functions written without one and library calls."""
    shapes: list[Shape] = []
    for is_float, bits in kinds:
        size = max(1, bits // 8)
        shapes.append(Shape(size, size, [Leaf(is_float, bits, 0, True)], False))
    result: Shape | None = None
    if results:
        leaves: list[Leaf] = []
        offset = 0
        for is_float, bits in results:
            leaves.append(Leaf(is_float, bits, offset, True))
            offset += max(abi.register_bytes, bits // 8)
        result = Shape(
            offset if len(results) > 1 else max(1, results[0][1] // 8), abi.register_bytes, leaves, len(results) > 1
        )
    return classify(abi, shapes, result, False, len(shapes))
