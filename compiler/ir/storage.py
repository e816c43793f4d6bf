"""The interpreter's memory: without checks one range of addresses, with checks objects that know their bounds.

Without checks an address is an index into the memory, and only what no machine has is refused. With checks every object
(a datum, a slot of one activation, an alloca, a block of the heap) has 4 GiB of addresses to itself, in whose middle it
lies; numbers are not used again. So an address says which object it was made from however it was computed, stored or
passed: provenance without a shadow. An access must lie within its object, which must be alive, and be aligned. Bytes
know which of their bits were written; what reads others gets an `Unset` value (see `unset`).

Host code reaches memory through `physical`, `read` and `word_at` alone. What may be an `Unset` is an `object` here:
where this is compiled, an int is a number and nothing else.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Final

from compiler.ir.function import Block, Function
from compiler.ir.host import Overflow, Trap, Undefined
from compiler.ir.translate import LOWEST, Names
from compiler.ir.unset import UNSET

_STACK_SIZE: Final = 8 << 20
_SHIFT: Final = 32  # an object's number above, a position below
_MIDDLE: Final = 1 << 31
_LOW: Final = 0xFFFF  # bits of the place in memory that addresses show: what the alignment is judged by


class Storage(Names):
    def __init__(self, checks: bool, memory_size: int) -> None:
        self.checks: Final = checks
        self.memory: Final = mmap.mmap(-1, memory_size)  # pages are zero, and real only once touched
        self.unset: Final = mmap.mmap(-1, memory_size if checks else 1)  # for each byte its bits that are unset
        self.objects: Final[dict[int, tuple[int, int, int]]] = {}  # number -> first address, place, size
        self.last_object = 0
        self.on_stack: Final[list[int]] = []  # objects of the stack, the innermost last
        self.stack_pointer: Final[list[int]] = [memory_size - 64]
        self.stack_limit: Final = memory_size - _STACK_SIZE
        self.heap = 0
        self.brk = 0
        self.heap_address = 0  # what the program sees of `heap`
        self.activations = 0  # of functions that call setjmp
        self.globals: Final[dict[str, object]] = {"Undefined": Undefined, "Trap": Trap}
        self.made_unset: Callable[[int, int], object] = _no_unset
        self.unset_bits: Callable[[object], int] = _no_unset_bits
        if checks:
            exec(compile(UNSET, "<unset>", "exec", 0, True), self.globals)
            made, bits = self.globals["unset"], self.globals["unset_of"]
            assert callable(made) and callable(bits)
            self.made_unset = made
            self.unset_bits = bits

    # --- objects -----------------------------------------------------------------------------------------------------

    def new_object(self, place: int, size: int) -> int:
        """The address of `size` bytes at `place` of the memory."""
        if not self.checks:
            return place
        self.last_object += 1
        address = (self.last_object << _SHIFT) + _MIDDLE + (place & _LOW)
        self.objects[self.last_object] = (address, place, size)
        return address

    def open(self, place: int, size: int) -> int:
        """A slot of the activation that begins: its address."""
        if place + size > len(self.memory):
            raise Overflow
        self.unset[place : place + size] = b"\xff" * size
        address = self.new_object(place, size)
        self.on_stack.append(self.last_object)
        return address

    def revive(self, address: int, size: int) -> None:
        """lifetime_start: the slot is an object again, and unset."""
        place = self.physical(address, 0)
        self.unset[place : place + size] = b"\xff" * size

    def expire(self, address: int, size: int) -> None:
        """lifetime_end: what was written is lost."""
        self.revive(address, size)

    def restore_stack(self, pointer: int) -> None:
        """The stack ends at `pointer`; objects below are gone."""
        self.stack_pointer[0] = pointer
        on_stack = self.on_stack
        while on_stack and self.objects[on_stack[-1]][1] < pointer:
            del self.objects[on_stack.pop()]

    def physical(self, address: int, size: int) -> int:
        """The place in memory of bytes that may be accessed."""
        if not self.checks:
            if address < LOWEST:
                raise Undefined("access through a null pointer")
            if address + size > len(self.memory):
                raise Undefined("access outside memory")
            return address
        found = self.objects.get(address >> _SHIFT)
        if found is not None and 0 <= address - found[0] <= found[2] - size:
            return found[1] + address - found[0]
        if address < LOWEST:
            raise Undefined("access through a null pointer")
        if found is None and 0 < address >> _SHIFT <= self.last_object:
            raise Undefined("access after the object's lifetime")
        raise Undefined("access outside an object")

    # --- accesses ----------------------------------------------------------------------------------------------------

    def word_at(self, address: int, size: int) -> int:
        """What is written at an address, for those to whom unset bits are as good as any."""
        place = self.physical(address, size)
        return int.from_bytes(self.memory[place : place + size], "little")

    def load(self, address: int, size: int) -> object:
        """An int, perhaps an `Unset`."""
        place = self.physical(address, size)
        value = int.from_bytes(self.memory[place : place + size], "little")
        if self.checks:
            bits = int.from_bytes(self.unset[place : place + size], "little")
            if bits:
                return self.made_unset(value, bits)
        return value

    def aligned(self, address: object, align: int) -> int:
        """With checks, before an access: the address, which must be known and a multiple of `align`."""
        if self.unset_bits(address):
            raise Undefined("access through an uninitialised pointer")
        assert isinstance(address, int)
        if address & (align - 1):
            self.physical(address, 0)  # what is worse is said first
            raise Undefined("misaligned access")
        return address

    def store(self, address: int, value: object, size: int) -> None:
        """Stores an int, perhaps an `Unset`."""
        bits = self.unset_bits(value) if self.checks else 0
        assert isinstance(value, int)
        place = self.physical(address, size)
        self.memory[place : place + size] = int(value).to_bytes(size, "little")
        if self.checks:
            self.unset[place : place + size] = (bits & ((1 << (8 * size)) - 1)).to_bytes(size, "little")

    def read(self, address: int, size: int) -> bytes:
        place = self.physical(address, size)
        return bytes(self.memory[place : place + size])

    def text_at(self, address: int) -> bytes:
        """A C string."""
        place = self.physical(address, 1)
        end = self.memory.find(b"\0", place)
        if end < 0:
            raise Undefined("a string without end")
        self.physical(address, end - place + 1)
        return bytes(self.memory[place:end])

    def copy(self, destination: int, source: int, size: int) -> None:
        """Copies what is unset, too: padding may be."""
        if size == 0:
            return
        to = self.physical(destination, size)
        origin = self.physical(source, size)
        self.memory[to : to + size] = self.memory[origin : origin + size]
        if self.checks:
            self.unset[to : to + size] = self.unset[origin : origin + size]

    def fill(self, destination: int, byte: object, size: int) -> None:
        """memset with an int, perhaps an `Unset`."""
        bits = self.unset_bits(byte) if self.checks else 0
        assert isinstance(byte, int)
        if size == 0:
            return
        place = self.physical(destination, size)
        self.memory[place : place + size] = bytes([int(byte)]) * size
        if self.checks:
            self.unset[place : place + size] = bytes([bits & 0xFF]) * size

    # --- heap and stack ----------------------------------------------------------------------------------------------

    def begin_heap(self, place: int) -> None:
        self.heap = place
        self.brk = place
        self.heap_address = self.new_object(place, self.stack_limit - place)

    def move_break(self, address: int) -> int:
        """The system call brk."""
        wanted = self.heap + address - self.heap_address
        if self.heap <= wanted <= self.stack_limit:
            self.brk = wanted
        return self.heap_address + self.brk - self.heap

    def allocate(self, size: int, align: int = 16, clear: bool = True) -> int:
        """Bytes of the heap, unset unless `clear`; 0 if there is no room."""
        place = (self.brk + align - 1) // align * align
        if size < 0 or place + size > self.stack_limit:
            return 0
        self.brk = place + size
        if self.checks and not clear:
            self.unset[place : place + size] = b"\xff" * size
        return self.new_object(place, size)

    def release(self, address: int) -> None:
        """free."""
        if address == 0 or not self.checks:
            return
        found = self.objects.get(address >> _SHIFT)
        if found is None or found[0] != address or not self.heap <= found[1] < self.stack_limit:
            raise Undefined("free of what is no block of the heap")
        del self.objects[address >> _SHIFT]

    def alloca(self, size: int) -> int:
        low = (self.stack_pointer[0] - size) // 16 * 16
        if low < self.stack_limit:
            raise Overflow
        self.stack_pointer[0] = low
        return self.open(low, size) if self.checks else low

    def copied(self, address: int, size: int) -> int:
        place = self.alloca(size)
        self.copy(place, address, size)
        return place

    def label_address(self, function: Function, block: Block) -> int:
        raise AssertionError("abstract")


def _no_unset(value: int, bits: int) -> object:
    raise AssertionError("without checks")


def _no_unset_bits(value: object) -> int:
    raise AssertionError("without checks")
