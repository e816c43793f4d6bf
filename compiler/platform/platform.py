"""What the front end has to know about the machine that the program will run on.

A frozen record of plain data: no target's name is stored here and none may be compared anywhere. Targets assemble one
in `targets.T.target`; `data_model` has the values that several of them share.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith.formats import FloatFormat

# Integer types by rank, as `size_t` and its kin name theirs.
CHAR_KIND: Final = 0  # plain char; everything else comes in signed and unsigned
SCHAR_KIND: Final = 1
UCHAR_KIND: Final = 2
SHORT_KIND: Final = 3
USHORT_KIND: Final = 4
INT_KIND: Final = 5
UINT_KIND: Final = 6
LONG_KIND: Final = 7
ULONG_KIND: Final = 8
LLONG_KIND: Final = 9
ULLONG_KIND: Final = 10

# How `va_list` is made (its size and shape; the walk over it belongs to the ABI).
VA_POINTER: Final = 0  # a plain pointer
VA_REGISTER_SAVE: Final = 1  # System V x86-64: array of one struct
VA_AAPCS64: Final = 2  # AArch64: a struct of five fields

KIND_SPELLINGS: Final = (
    "char", "signed char", "unsigned char", "short int", "short unsigned int", "int", "unsigned int", "long int",
    "long unsigned int", "long long int", "long long unsigned int",
)  # fmt: skip
KIND_SUFFIXES: Final = ("", "", "", "", "", "", "U", "L", "UL", "LL", "ULL")


def is_unsigned_kind(kind: int) -> bool:
    return kind in (UCHAR_KIND, USHORT_KIND, UINT_KIND, ULONG_KIND, ULLONG_KIND)


@final
class DataModel:
    """Sizes and representations of the basic types. All `*_bits` are widths, alignments are in bytes.

    `wchar_kind`, `size_kind` ... are the integer types (INT_KIND ...) that these typedef names stand for.
    """

    def __init__(
        self,
        pointer_bits: int,
        int_bits: int,
        long_bits: int,
        char_signed: bool,
        long_double: FloatFormat,
        long_double_size: int,
        long_double_align: int,
        wchar_kind: int,
        max_align: int,
        big_endian: bool = False,
        long_long_align: int = 8,
        double_align: int = 8,
        has_int128: bool = True,
        has_float128: bool = True,
        has_float16: bool = False,
        size_kind: int = ULONG_KIND,
        ptrdiff_kind: int = LONG_KIND,
        intmax_kind: int = LONG_KIND,
        int64_kind: int = LONG_KIND,
        fast_kind: int = LONG_KIND,
        wint_kind: int = UINT_KIND,
    ) -> None:
        self.pointer_bits: Final = pointer_bits
        self.char_bits: Final = 8
        self.short_bits: Final = 16
        self.int_bits: Final = int_bits
        self.long_bits: Final = long_bits
        self.long_long_bits: Final = 64
        self.char_signed: Final = char_signed
        self.long_double: Final = long_double
        self.long_double_size: Final = long_double_size
        self.long_double_align: Final = long_double_align
        self.wchar_kind: Final = wchar_kind
        self.wint_kind: Final = wint_kind
        self.max_align: Final = max_align
        self.big_endian: Final = big_endian
        self.long_long_align: Final = long_long_align
        self.double_align: Final = double_align
        self.has_int128: Final = has_int128
        self.has_float128: Final = has_float128  # a 128-bit _Float128 and its constants
        self.has_float16: Final = has_float16
        self.size_kind: Final = size_kind
        self.ptrdiff_kind: Final = ptrdiff_kind
        self.intmax_kind: Final = intmax_kind
        self.int64_kind: Final = int64_kind
        self.fast_kind: Final = fast_kind  # int_fast16_t and int_fast32_t

    def kind_bits(self, kind: int) -> int:
        if kind <= UCHAR_KIND:
            return self.char_bits
        if kind <= USHORT_KIND:
            return self.short_bits
        if kind <= UINT_KIND:
            return self.int_bits
        if kind <= ULONG_KIND:
            return self.long_bits
        return self.long_long_bits

    def kind_signed(self, kind: int) -> bool:
        return self.char_signed if kind == CHAR_KIND else not is_unsigned_kind(kind)

    def wchar_bits(self) -> int:
        return self.kind_bits(self.wchar_kind)

    def intmax_bits(self) -> int:
        return self.kind_bits(self.intmax_kind)


@final
class Platform:
    """`macros`: predefined names that only this machine has, in the order of their definition; the names every
    machine has follow from `model` (see `macros.predefined`). `registers`: spelling to number as inline asm and
    register variables use them (the target says what a number means). `builtins`: names of machine builtins.
    """

    def __init__(
        self,
        model: DataModel,
        macros: list[tuple[str, str]],
        registers: dict[str, int],
        builtins: frozenset[str],
        va_list: int,
        lock_free_bytes: int,
        swap_bytes: tuple[int, ...],
        fast_fma: bool,
        segments: bool = False,
        pic_macros: tuple[tuple[str, str], ...] = (),
        decimal_floats: bool = False,
    ) -> None:
        self.model: Final = model
        self.macros: Final = macros
        self.registers: Final = registers
        self.builtins: Final = builtins
        self.va_list: Final = va_list
        self.lock_free_bytes: Final = lock_free_bytes  # narrower atomics are lock-free only sometimes
        self.swap_bytes: Final = swap_bytes  # sizes whose compare-and-swap the machine has
        self.fast_fma: Final = fast_fma
        self.segments: Final = segments  # __seg_fs, __seg_gs
        self.pic_macros: Final = pic_macros  # besides __pic__
        self.decimal_floats: Final = decimal_floats  # the names of <float.h> for them exist
