"""Data models as data: the type sizes that several targets share, and the platforms' front-end facts."""

from __future__ import annotations

from compiler.arith.formats import BINARY64, BINARY128, X87_80, FloatFormat
from compiler.platform.platform import (
    INT_KIND,
    LLONG_KIND,
    LONG_KIND,
    UINT_KIND,
    USHORT_KIND,
    VA_AAPCS64,
    VA_POINTER,
    VA_REGISTER_SAVE,
    DataModel,
    Platform,
)


def lp64(
    char_signed: bool,
    long_double: FloatFormat,
    long_double_size: int = 16,
    wchar_kind: int = INT_KIND,
    has_float128: bool = True,
    has_float16: bool = False,
) -> DataModel:
    """Long and pointers of 64 bits: every 64-bit Unix."""
    return DataModel(
        pointer_bits=64, int_bits=32, long_bits=64, char_signed=char_signed, long_double=long_double,
        long_double_size=long_double_size, long_double_align=long_double_size, wchar_kind=wchar_kind, max_align=16,
        has_float128=has_float128, has_float16=has_float16,
    )  # fmt: skip


def ilp32(
    char_signed: bool, long_double: FloatFormat = BINARY64, long_double_size: int = 8, wide_align: int = 8
) -> DataModel:
    """Int, long and pointers of 32 bits; `wide_align` is the alignment of 64-bit types inside structs."""
    return DataModel(
        pointer_bits=32, int_bits=32, long_bits=32, char_signed=char_signed, long_double=long_double,
        long_double_size=long_double_size, long_double_align=min(long_double_size, wide_align), wchar_kind=LONG_KIND,
        max_align=16, long_long_align=wide_align, double_align=wide_align, has_int128=False, has_float128=False,
        size_kind=UINT_KIND, ptrdiff_kind=INT_KIND, intmax_kind=LLONG_KIND, int64_kind=LLONG_KIND, fast_kind=INT_KIND,
    )  # fmt: skip


def riscv_lp64d(registers: dict[str, int], builtins: frozenset[str] = frozenset()) -> Platform:
    """rv64imafdc with the lp64d ABI, code model medany."""
    macros = [
        ("__riscv_arch_test", "1"), ("__riscv", "1"), ("__riscv_compressed", "1"), ("__riscv_atomic", "1"),
        ("__riscv_mul", "1"), ("__riscv_div", "1"), ("__riscv_muldiv", "1"), ("__riscv_xlen", "64"),
        ("__riscv_fdiv", "1"), ("__riscv_fsqrt", "1"), ("__riscv_flen", "64"), ("__riscv_float_abi_double", "1"),
        ("__riscv_cmodel_medany", "1"), ("__riscv_i", "2001000"), ("__riscv_c", "2000000"), ("__riscv_m", "2000000"),
        ("__riscv_a", "2001000"), ("__riscv_f", "2002000"), ("__riscv_d", "2002000"), ("__riscv_zicsr", "2000000"),
        ("__riscv_zifencei", "2000000"),
    ]  # fmt: skip
    pic = (("__riscv_cmodel_pic", "1"),)
    return Platform(
        lp64(False, BINARY128), macros, registers, builtins, VA_POINTER, 4, (4, 8), True, pic_macros=pic
    )


def x86_64_lp64(registers: dict[str, int], builtins: frozenset[str] = frozenset()) -> Platform:
    """The System V psABI for x86-64 with its baseline of SSE2."""
    macros = [
        ("__SIZEOF_FLOAT80__", "16"), ("__SIZEOF_FLOAT128__", "16"), ("__GCC_ASM_FLAG_OUTPUTS__", "1"),
        ("__ATOMIC_HLE_ACQUIRE", "65536"), ("__ATOMIC_HLE_RELEASE", "131072"), ("__amd64", "1"), ("__amd64__", "1"),
        ("__x86_64", "1"), ("__x86_64__", "1"), ("__k8", "1"), ("__k8__", "1"), ("__code_model_small__", "1"),
        ("__MMX__", "1"), ("__SSE__", "1"), ("__SSE2__", "1"), ("__FXSR__", "1"), ("__SSE_MATH__", "1"),
        ("__SSE2_MATH__", "1"), ("__MMX_WITH_SSE__", "1"), ("__SEG_FS", "1"), ("__SEG_GS", "1"),
        ("__HAVE_SPECULATION_SAFE_VALUE", "1"), ("__GCC_CONSTRUCTIVE_SIZE", "64"), ("__GCC_DESTRUCTIVE_SIZE", "64"),
        ("__DECIMAL_BID_FORMAT__", "1"), ("__GCC_HAVE_DWARF2_CFI_ASM", "1"),
    ]  # fmt: skip
    model = lp64(True, X87_80, has_float16=True)
    return Platform(
        model, macros, registers, builtins, VA_REGISTER_SAVE, 1, (1, 2, 4, 8), False, segments=True,
        decimal_floats=True,
    )  # fmt: skip


def aarch64_lp64(registers: dict[str, int], builtins: frozenset[str] = frozenset()) -> Platform:
    """AAPCS64, little endian, Armv8-A with FP and Advanced SIMD."""
    macros = [
        ("__aarch64__", "1"), ("__ARM_64BIT_STATE", "1"), ("__ARM_ARCH_ISA_A64", "1"), ("__ARM_ALIGN_MAX_PWR", "28"),
        ("__ARM_ALIGN_MAX_STACK_PWR", "16"), ("__ARM_ARCH", "8"), ("__ARM_ARCH_8A", "1"), ("__ARM_ARCH_PROFILE", "65"),
        ("__ARM_FEATURE_CLZ", "1"), ("__ARM_FEATURE_IDIV", "1"), ("__ARM_FEATURE_NUMERIC_MAXMIN", "1"),
        ("__ARM_FEATURE_UNALIGNED", "1"), ("__ARM_PCS_AAPCS64", "1"), ("__ARM_SIZEOF_MINIMAL_ENUM", "4"),
        ("__ARM_SIZEOF_WCHAR_T", "4"), ("__AARCH64EL__", "1"), ("__ARM_FP", "14"), ("__ARM_FP16_ARGS", "1"),
        ("__ARM_FP16_FORMAT_IEEE", "1"), ("__ARM_FEATURE_FMA", "1"), ("__ARM_NEON", "1"),
        ("__AARCH64_CMODEL_SMALL__", "1"), ("__HAVE_SPECULATION_SAFE_VALUE", "1"), ("__GCC_ASM_FLAG_OUTPUTS__", "1"),
        ("__GCC_CONSTRUCTIVE_SIZE", "64"), ("__GCC_DESTRUCTIVE_SIZE", "256"),
    ]  # fmt: skip
    model = DataModel(
        pointer_bits=64, int_bits=32, long_bits=64, char_signed=False, long_double=BINARY128, long_double_size=16,
        long_double_align=16, wchar_kind=UINT_KIND, max_align=16, has_float16=True,
    )  # fmt: skip
    return Platform(model, macros, registers, builtins, VA_AAPCS64, 1, (1, 2, 4, 8), True)


def with_changes(model: DataModel, char_signed: bool | None = None, short_wchar: bool = False) -> DataModel:
    """The model under `-f[un]signed-char` (None: as the ABI has it) and `-fshort-wchar`."""
    return DataModel(
        model.pointer_bits, model.int_bits, model.long_bits, model.char_signed if char_signed is None else char_signed,
        model.long_double, model.long_double_size, model.long_double_align,
        USHORT_KIND if short_wchar else model.wchar_kind, model.max_align, model.big_endian, model.long_long_align,
        model.double_align, model.has_int128, model.has_float128, model.has_float16, model.size_kind,
        model.ptrdiff_kind, model.intmax_kind, model.int64_kind, model.fast_kind, model.wint_kind,
    )  # fmt: skip


__all__ = ["aarch64_lp64", "ilp32", "lp64", "riscv_lp64d", "with_changes", "x86_64_lp64"]
