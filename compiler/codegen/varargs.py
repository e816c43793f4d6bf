"""Variable arguments where `va_list` is a pointer to the next argument: registers were saved in front of the stack's.

Source: RISC-V ELF psABI, "Variadic Functions".
"""

from __future__ import annotations

from compiler.codegen.legal import Legalizer
from compiler.ir.function import Named, Operation, Value
from compiler.terms import ops


def legalize_varargs(lg: Legalizer, operation: Operation) -> bool:
    """va_arg and va_copy become loads and stores; va_start stays for selection, which knows the frame."""
    op = operation.op
    builder = lg.builder
    word = lg.word
    if op is ops.VA_COPY:
        source = builder.load(word, lg.map(operation.args[1]), word.size)
        builder.store(lg.map(operation.args[0]), source, word.size)
        return True
    if op is not ops.VA_ARG:
        return False
    assert isinstance(operation, Named)
    address = lg.map(operation.args[0])
    pointer: Value = builder.load(word, address, word.size)
    align = operation.level
    if align > word.size:
        pointer = builder.ptr_add(pointer, builder.const(word, align - 1))
        pointer = builder.binary(ops.AND, pointer, builder.const(word, -align))
    builder.store(address, builder.offset(pointer, word.size), word.size)
    lg.replace(operation, builder.load(operation.named, pointer, word.size))
    return True
