"""The procedure-call classifier's vocabulary: shapes in, locations out.

`lower` describes each parameter and the result by a `Shape`; the one classifier below walks a whole signature with the
tables of an `Abi` and returns, for every value, where its parts travel. `codegen` reads those locations and decides
nothing.
"""

from __future__ import annotations

from typing import Final, final

# How a value travels.
DIRECT: Final = 0  # in `parts`, each in a register or at a stack offset
REFERENCE: Final = 1  # the caller makes a copy and passes its address in the single part
MEMORY: Final = 2  # the bytes themselves lie on the stack at `stack_offset` (System V class MEMORY)
IGNORED: Final = 3  # empty: nothing travels


@final
class Leaf:
    """One scalar of a shape, at a byte offset. `is_signed` matters where narrow integers are widened by the caller,
    `is_pointer` where a convention calls only arithmetic types integers."""

    def __init__(
        self, is_float: bool, bits: int, offset: int, is_signed: bool = False, is_pointer: bool = False
    ) -> None:
        self.is_float: Final = is_float
        self.bits: Final = bits
        self.offset: Final = offset
        self.is_signed: Final = is_signed
        self.is_pointer: Final = is_pointer


@final
class Shape:
    """A C object type as the calling conventions see it: flattened scalar leaves in offset order; unions overlap.

    `size` and `align` in bytes. A scalar is a shape with one leaf and `is_aggregate` false.
    """

    def __init__(self, size: int, align: int, leaves: list[Leaf], is_aggregate: bool, has_union: bool = False) -> None:
        self.size: Final = size
        self.align: Final = align
        self.leaves: Final = leaves
        self.is_aggregate: Final = is_aggregate
        self.has_union: Final = has_union


@final
class Part:
    """One scalar on its way: IR type (is_float, bits), byte offset in the object, and a register name or a stack
    offset.

    `stack_offset` counts bytes from the first stack argument; it is used when `register` is empty. `extend` widens an
    integer narrower than a register: 0 no promise, 1 sign, 2 zero.
    """

    def __init__(
        self, is_float: bool, bits: int, offset: int, register: str, stack_offset: int = 0, extend: int = 0
    ) -> None:
        self.is_float: Final = is_float
        self.bits: Final = bits
        self.offset: Final = offset
        self.register: Final = register
        self.stack_offset: Final = stack_offset
        self.extend: Final = extend


@final
class Passing:
    """How one parameter or result travels: a way (DIRECT ...) and its parts in offset order."""

    def __init__(self, way: int, parts: list[Part], size: int, align: int, stack_offset: int = 0) -> None:
        self.way: Final = way
        self.parts: Final = parts
        self.size: Final = size
        self.align: Final = align
        self.stack_offset: Final = stack_offset


@final
class Signature:
    """A classified call: one `Passing` per parameter; `result` REFERENCE means a hidden first address (`sret`).

    The hidden address, when there is one, travels in `sret` (a Part). `stack_size` is the bytes of stack arguments,
    a multiple of the stack alignment. `named` parameters stand before the ellipsis. `vector_registers` counts the
    float registers used, for conventions that announce it.
    """

    def __init__(
        self,
        parameters: list[Passing],
        result: Passing,
        sret: Part | None,
        stack_size: int,
        variadic: bool,
        named: int,
        integer_used: int,
        float_used: int,
    ) -> None:
        self.parameters: Final = parameters
        self.result: Final = result
        self.sret: Final = sret
        self.stack_size: Final = stack_size
        self.variadic: Final = variadic
        self.named: Final = named
        self.integer_used: Final = integer_used
        self.float_used: Final = float_used
