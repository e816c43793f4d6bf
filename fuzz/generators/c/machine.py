"""The memory in which a generated program runs while it is being generated: objects of bytes, addressed by number.

Invariant: an address is (object number << 24) + offset, so that every access finds its object; little-endian, LP64. An
access outside its object is a defect of the generator and raises AssertionError.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from typing import Final

from fuzz.generators.c.arithmetic import Value, float_image, hash_bits
from fuzz.generators.c.ctypes import CType, Field, FloatType, IntType, PointerType

OFFSET_BITS: Final = 24
OFFSET_MASK: Final = (1 << OFFSET_BITS) - 1
NORMAL: Final = 0
BREAK: Final = 1
CONTINUE: Final = 2
RETURN: Final = 3
GOTO: Final = 4


class Exhausted(Exception):
    """The program takes more steps than a test should; the generator tries another one."""


class Runnable(ABC):
    """A function, as far as the machine is concerned."""

    @abstractmethod
    def run(self, machine: Machine, values: list[Value], unnamed: list[Value]) -> Value: ...


class Machine:
    """Objects, the current frame, and what a `return` or `goto` is carrying."""

    def __init__(self, step_limit: int) -> None:
        self.objects: dict[int, bytearray] = {}
        self.next_object = 1
        self.frame: dict[int, int] = {}  # variable index -> address, of the running function
        self.globals: dict[int, int] = {}
        self.functions: dict[int, Runnable] = {}  # address -> function
        self.strings: dict[str, int] = {}
        self.variadic: list[Value] = []  # the unnamed arguments of the running call
        self.cursors: dict[int, int] = {}  # va_list variable -> how many of them it has passed
        self.result: Value = 0
        self.target = ""
        self.steps_left = step_limit
        self.checksum = 0x811C9DC5
        self.trace: list[tuple[str, int]] | None = None  # what `-DTRACE` prints, where somebody wants it

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Exhausted

    def observe(self, name: str, value: Value, ctype: CType) -> None:
        """What `mix` does in the program: FNV-1a over the two halves."""
        image = hash_bits(value, ctype)
        if self.trace is not None:
            self.trace.append((name, image))
        self.checksum = ((self.checksum ^ (image & 0xFFFFFFFF)) * 0x01000193) & 0xFFFFFFFF
        self.checksum = ((self.checksum ^ (image >> 32)) * 0x01000193) & 0xFFFFFFFF

    def allocate(self, size: int) -> int:
        number = self.next_object
        self.next_object = number + 1
        self.objects[number] = bytearray(size)
        return number << OFFSET_BITS

    def release(self, address: int) -> None:
        del self.objects[address >> OFFSET_BITS]

    def read(self, address: int, size: int) -> bytes:
        memory = self.objects[address >> OFFSET_BITS]
        offset = address & OFFSET_MASK
        assert offset + size <= len(memory), "read outside an object"
        return bytes(memory[offset : offset + size])

    def write(self, address: int, data: bytes) -> None:
        memory = self.objects[address >> OFFSET_BITS]
        offset = address & OFFSET_MASK
        assert offset + len(data) <= len(memory), "write outside an object"
        memory[offset : offset + len(data)] = data

    def load(self, address: int, ctype: CType) -> Value:
        data = self.read(address, ctype.size)
        if isinstance(ctype, IntType):
            return int.from_bytes(data, "little", signed=ctype.signed)
        if isinstance(ctype, PointerType):
            return int.from_bytes(data, "little")
        if isinstance(ctype, FloatType):
            return struct.unpack("<f" if ctype.bits == 32 else "<d", data)[0]
        return data

    def store(self, address: int, ctype: CType, value: Value) -> None:
        if isinstance(ctype, (IntType, PointerType)):
            self.write(address, (value & ((1 << (ctype.size * 8)) - 1)).to_bytes(ctype.size, "little"))
        elif isinstance(ctype, FloatType):
            self.write(address, float_image(value, ctype))
        else:
            self.write(address, value)

    def load_field(self, address: int, field: Field) -> Value:
        """A member of the record at `address`, bit-fields included."""
        if field.width is None:
            return self.load(address + field.offset, field.ctype)
        first, last = field.bit_offset // 8, (field.bit_offset + field.width - 1) // 8
        word = int.from_bytes(self.read(address + first, last - first + 1), "little")
        value = (word >> (field.bit_offset - first * 8)) & ((1 << field.width) - 1)
        assert isinstance(field.ctype, IntType)
        if field.ctype.signed and value >> (field.width - 1):
            value -= 1 << field.width
        return value

    def store_field(self, address: int, field: Field, value: Value) -> None:
        if field.width is None:
            self.store(address + field.offset, field.ctype, value)
            return
        first, last = field.bit_offset // 8, (field.bit_offset + field.width - 1) // 8
        size = last - first + 1
        word = int.from_bytes(self.read(address + first, size), "little")
        low = field.bit_offset - first * 8
        mask = ((1 << field.width) - 1) << low
        word = (word & ~mask) | ((value << low) & mask)
        self.write(address + first, word.to_bytes(size, "little"))
