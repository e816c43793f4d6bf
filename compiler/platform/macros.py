"""Predefined macros: what `-dM -E` prints for an empty file, made as gcc 12.2 makes them.

Everything that follows from the data model is computed from it; the names that only one machine has stand in its
Platform. Floating-point limits are computed exactly from the format (C17 5.2.4.2.2) and printed with 36 digits.
"""

from __future__ import annotations

from typing import Final, final

from compiler.arith.formats import BINARY16, BINARY32, BINARY64, BINARY128, FloatFormat
from compiler.platform.language import C11, C17, C89, C94, C99, Language
from compiler.platform.platform import (
    INT_KIND,
    KIND_SPELLINGS,
    KIND_SUFFIXES,
    LLONG_KIND,
    LONG_KIND,
    SCHAR_KIND,
    SHORT_KIND,
    UCHAR_KIND,
    UINT_KIND,
    ULONG_KIND,
    USHORT_KIND,
    DataModel,
    Platform,
    is_unsigned_kind,
)

GNUC: Final = (12, 2, 0)
_VERSION_VALUES: Final[dict[int, str]] = {C94: "199409L", C99: "199901L", C11: "201112L", C17: "201710L"}
_FLOAT_DIGITS: Final = 36


@final
class MacroOptions:
    """The options that show in predefined macros. Levels of PIC and PIE are 0, 1 (-fpic) or 2 (-fPIC)."""

    def __init__(self) -> None:
        self.optimize = 0
        self.optimize_size = False
        self.inline = True  # -fno-inline does not show when not optimizing either
        self.pic = 0
        self.pie = 0
        self.hosted = True
        self.gnu89_inline = False
        self.finite_math_only = False
        self.fast_math = False
        self.math_errno = True
        self.signed_zeros = True
        self.trapping_math = True
        self.associative_math = False
        self.reciprocal_math = False
        self.single_precision_constant = False
        self.stack_protector = 0  # 1 -fstack-protector, 2 -all, 3 -strong
        self.pthread = False
        self.exceptions = False
        self.sanitize_address = False
        self.short_wchar = False


def predefined(platform: Platform, language: Language, options: MacroOptions) -> list[tuple[str, str]]:
    """(name with its parameter list, body) of all predefined macros that are not dynamic, in order of definition."""
    model = platform.model
    out: list[tuple[str, str]] = []
    _standard(out, language, options)
    _versions(out)
    _option_macros(out, language, options)
    _sizes(out, model)
    _integer_types(out, model)
    _float_limits(out, model, platform, options)
    _atomics(out, platform)
    _names(out, platform, language, options)
    return out


def _standard(out: list[tuple[str, str]], language: Language, options: MacroOptions) -> None:
    out.append(("__STDC__", "1"))
    if language.version != C89:
        out.append(("__STDC_VERSION__", _VERSION_VALUES.get(language.version, "202000L")))
    if language.version >= C11:
        out.append(("__STDC_UTF_16__", "1"))
        out.append(("__STDC_UTF_32__", "1"))
    out.append(("__STDC_HOSTED__", "1" if options.hosted else "0"))
    if not language.gnu:
        out.append(("__STRICT_ANSI__", "1"))


def _versions(out: list[tuple[str, str]]) -> None:
    out.append(("__GNUC__", str(GNUC[0])))
    out.append(("__GNUC_MINOR__", str(GNUC[1])))
    out.append(("__GNUC_PATCHLEVEL__", str(GNUC[2])))
    out.append(("__VERSION__", '"{}.{}.{}"'.format(*GNUC)))
    for index, order in enumerate(("RELAXED", "CONSUME", "ACQUIRE", "RELEASE", "ACQ_REL", "SEQ_CST")):
        out.append(("__ATOMIC_" + order, str((0, 1, 2, 3, 4, 5)[index])))
    out.append(("__GXX_ABI_VERSION", "1017"))
    out.append(("__PRAGMA_REDEFINE_EXTNAME", "1"))


def _option_macros(out: list[tuple[str, str]], language: Language, options: MacroOptions) -> None:
    if options.optimize_size:
        out.append(("__OPTIMIZE_SIZE__", "1"))
    if options.optimize or options.optimize_size:
        out.append(("__OPTIMIZE__", "1"))
    else:
        out.append(("__NO_INLINE__", "1"))
    if language.gnu89_inline or options.gnu89_inline:
        out.append(("__GNUC_GNU_INLINE__", "1"))
    else:
        out.append(("__GNUC_STDC_INLINE__", "1"))
    for flag, name in (
        (options.fast_math, "__FAST_MATH__"),
        (not options.math_errno, "__NO_MATH_ERRNO__"),
        (not options.signed_zeros, "__NO_SIGNED_ZEROS__"),
        (not options.trapping_math, "__NO_TRAPPING_MATH__"),
        (options.associative_math, "__ASSOCIATIVE_MATH__"),
        (options.reciprocal_math, "__RECIPROCAL_MATH__"),
        (options.exceptions, "__EXCEPTIONS"),
        (options.sanitize_address, "__SANITIZE_ADDRESS__"),
        (options.pthread, "_REENTRANT"),
    ):
        if flag:
            out.append((name, "1"))
    out.append(("__FINITE_MATH_ONLY__", "1" if options.finite_math_only else "0"))
    if options.stack_protector:
        names = ("", "__SSP__", "__SSP_ALL__", "__SSP_STRONG__")
        out.append((names[options.stack_protector], str(options.stack_protector)))
    if options.pic:
        out.append(("__pic__", str(options.pic)))
        out.append(("__PIC__", str(options.pic)))
    if options.pie:
        out.append(("__pie__", str(options.pie)))
        out.append(("__PIE__", str(options.pie)))


def _sizes(out: list[tuple[str, str]], model: DataModel) -> None:
    sizes = [
        ("INT", model.int_bits // 8), ("LONG", model.long_bits // 8), ("LONG_LONG", model.long_long_bits // 8),
        ("SHORT", model.short_bits // 8), ("FLOAT", 4), ("DOUBLE", 8), ("LONG_DOUBLE", model.long_double_size),
        ("SIZE_T", model.kind_bits(model.size_kind) // 8), ("WCHAR_T", model.wchar_bits() // 8),
        ("WINT_T", model.kind_bits(model.wint_kind) // 8), ("PTRDIFF_T", model.kind_bits(model.ptrdiff_kind) // 8),
        ("POINTER", model.pointer_bits // 8),
    ]  # fmt: skip
    if model.has_int128:
        sizes.append(("INT128", 16))
    for name, size in sizes:
        out.append(("__SIZEOF_{}__".format(name), str(size)))
    out.append(("__CHAR_BIT__", str(model.char_bits)))
    out.append(("__BIGGEST_ALIGNMENT__", str(model.max_align)))
    out.append(("__ORDER_LITTLE_ENDIAN__", "1234"))
    out.append(("__ORDER_BIG_ENDIAN__", "4321"))
    out.append(("__ORDER_PDP_ENDIAN__", "3412"))
    order = "__ORDER_BIG_ENDIAN__" if model.big_endian else "__ORDER_LITTLE_ENDIAN__"
    out.append(("__BYTE_ORDER__", order))
    out.append(("__FLOAT_WORD_ORDER__", order))
    if model.long_bits == 64 and model.pointer_bits == 64:
        out.append(("_LP64", "1"))
        out.append(("__LP64__", "1"))
    elif model.long_bits == 32 and model.pointer_bits == 32 and model.int_bits == 32:
        out.append(("_ILP32", "1"))
        out.append(("__ILP32__", "1"))
    if not model.char_signed:
        out.append(("__CHAR_UNSIGNED__", "1"))


def _max_value(model: DataModel, kind: int) -> str:
    bits = model.kind_bits(kind)
    digits = "{:x}".format((1 << bits if is_unsigned_kind(kind) else 1 << (bits - 1)) - 1)
    return "0x" + digits + KIND_SUFFIXES[kind]


def _integer_types(out: list[tuple[str, str]], model: DataModel) -> None:
    unsigned_of = {SCHAR_KIND: UCHAR_KIND, SHORT_KIND: USHORT_KIND, INT_KIND: UINT_KIND, LONG_KIND: ULONG_KIND}
    unsigned_of[LLONG_KIND] = LLONG_KIND + 1
    for name, kind in (("SCHAR", SCHAR_KIND), ("SHRT", SHORT_KIND), ("INT", INT_KIND), ("LONG", LONG_KIND),
                       ("LONG_LONG", LLONG_KIND)):  # fmt: skip
        out.append(("__{}_MAX__".format(name), _max_value(model, kind)))
        out.append(("__{}_WIDTH__".format(name), str(model.kind_bits(kind))))
    intptr_kind = model.ptrdiff_kind
    for name, kind in (("WCHAR", model.wchar_kind), ("WINT", model.wint_kind), ("SIZE", model.size_kind),
                       ("PTRDIFF", model.ptrdiff_kind), ("INTMAX", model.intmax_kind), ("INTPTR", intptr_kind),
                       ("SIG_ATOMIC", INT_KIND)):  # fmt: skip
        out.append(("__{}_TYPE__".format(name), KIND_SPELLINGS[kind]))
        out.append(("__{}_MAX__".format(name), _max_value(model, kind)))
        out.append(("__{}_WIDTH__".format(name), str(model.kind_bits(kind))))
        if name in ("WCHAR", "WINT", "SIG_ATOMIC"):
            least = "0" + KIND_SUFFIXES[kind] if is_unsigned_kind(kind) else "(-__{}_MAX__ - 1)".format(name)
            out.append(("__{}_MIN__".format(name), least))
    for name, kind in (("UINTMAX", unsigned_of[model.intmax_kind]), ("UINTPTR", unsigned_of[intptr_kind])):
        out.append(("__{}_TYPE__".format(name), KIND_SPELLINGS[kind]))
        out.append(("__{}_MAX__".format(name), _max_value(model, kind)))
    for name, kind in (("INTMAX", model.intmax_kind), ("UINTMAX", unsigned_of[model.intmax_kind])):
        out.append(("__{}_C(c)".format(name), "c ## " + KIND_SUFFIXES[kind]))
    out.append(("__CHAR16_TYPE__", KIND_SPELLINGS[USHORT_KIND]))
    out.append(("__CHAR32_TYPE__", KIND_SPELLINGS[UINT_KIND]))
    for bits, exact, fast in ((8, SCHAR_KIND, SCHAR_KIND), (16, SHORT_KIND, model.fast_kind),
                              (32, INT_KIND, model.fast_kind), (64, model.int64_kind, model.int64_kind)):  # fmt: skip
        for prefix, exact_kind, fast_kind in (("", exact, fast), ("U", unsigned_of[exact], unsigned_of[fast])):
            out.append(("__{}INT{}_TYPE__".format(prefix, bits), KIND_SPELLINGS[exact_kind]))
            out.append(("__{}INT{}_MAX__".format(prefix, bits), _max_value(model, exact_kind)))
            out.append(("__{}INT_LEAST{}_TYPE__".format(prefix, bits), KIND_SPELLINGS[exact_kind]))
            out.append(("__{}INT_LEAST{}_MAX__".format(prefix, bits), _max_value(model, exact_kind)))
            out.append(("__{}INT_FAST{}_TYPE__".format(prefix, bits), KIND_SPELLINGS[fast_kind]))
            out.append(("__{}INT_FAST{}_MAX__".format(prefix, bits), _max_value(model, fast_kind)))
            suffix = KIND_SUFFIXES[exact_kind]
            out.append(("__{}INT{}_C(c)".format(prefix, bits), "c ## " + suffix if suffix else "c"))
        out.append(("__INT_LEAST{}_WIDTH__".format(bits), str(model.kind_bits(exact))))
        out.append(("__INT_FAST{}_WIDTH__".format(bits), str(model.kind_bits(fast))))


def scientific(numerator: int, denominator: int, digits: int) -> str:
    """The positive fraction in decimal with `digits` significant digits, correctly rounded: `d.ddde-nn`."""
    exponent = (numerator.bit_length() - denominator.bit_length()) * 30103 // 100000
    while True:
        scale = digits - 1 - exponent
        top, bottom = (numerator * 10**scale, denominator) if scale >= 0 else (numerator, denominator * 10**-scale)
        quotient, remainder = divmod(top, bottom)
        if 2 * remainder > bottom or (2 * remainder == bottom and quotient & 1):
            quotient += 1
        text = str(quotient)
        if len(text) == digits:
            return "{}.{}e{}{}".format(text[0], text[1:], "+" if exponent >= 0 else "-", abs(exponent))
        exponent += len(text) - digits


def _digit_count(value: int) -> int:
    """How many decimal digits a positive integer has (str() refuses more than 4300)."""
    count = value.bit_length() * 30103 // 100000
    return count if 10**count > value else count + 1


def _decimal_digits(precision: int) -> int:
    """The least n such that n digits distinguish all values: ceil(1 + p log10 2)."""
    return _digit_count(1 << precision) + 1


def float_limits(prefix: str, float_format: FloatFormat, suffix: str, as_cast: bool) -> list[tuple[str, str]]:
    """The `<float.h>` values of one format; `as_cast` for double, whose values gcc writes as long double."""
    precision, emin, emax = float_format.precision, float_format.emin, float_format.emax
    largest = ((1 << precision) - 1) << (emax + 1 - precision) if emax + 1 >= precision else 0
    assert largest, "a format whose largest value is no integer"
    values = [
        ("MAX", scientific(largest, 1, _FLOAT_DIGITS)),
        ("NORM_MAX", scientific(largest, 1, _FLOAT_DIGITS)),
        ("MIN", scientific(1, 1 << -emin, _FLOAT_DIGITS)),
        ("EPSILON", scientific(1, 1 << (precision - 1), _FLOAT_DIGITS)),
        ("DENORM_MIN", scientific(1, 1 << (precision - 1 - emin), _FLOAT_DIGITS)),
    ]
    out = [
        ("MANT_DIG", str(precision)),
        ("DIG", str(_digit_count(1 << (precision - 1)) - 1)),
        ("MIN_EXP", "({})".format(emin + 1)),
        ("MIN_10_EXP", "({})".format(1 - _digit_count(1 << -emin))),
        ("MAX_EXP", str(emax + 1)),
        ("MAX_10_EXP", str(_digit_count(largest) - 1)),
        ("DECIMAL_DIG", str(_decimal_digits(precision))),
        ("HAS_DENORM", "1"),
        ("HAS_INFINITY", "1"),
        ("HAS_QUIET_NAN", "1"),
        ("IS_IEC_60559", "2"),
    ]
    for name, value in values:
        out.append((name, "((double){}L)".format(value) if as_cast else value + suffix))
    return [("__{}_{}__".format(prefix, name), value) for name, value in out]


def _float_limits(out: list[tuple[str, str]], model: DataModel, platform: Platform, options: MacroOptions) -> None:
    exact = options.signed_zeros and not options.single_precision_constant and not options.finite_math_only
    out.append(("__GCC_IEC_559", "2" if exact else "0"))
    out.append(("__GCC_IEC_559_COMPLEX", "2" if exact else "0"))
    out.append(("__FLT_EVAL_METHOD__", "0"))
    out.append(("__FLT_EVAL_METHOD_TS_18661_3__", "0"))
    out.append(("__DEC_EVAL_METHOD__", "2"))
    out.append(("__FLT_RADIX__", "2"))
    out.append(("__DECIMAL_DIG__", str(_decimal_digits(model.long_double.precision))))
    out.extend(float_limits("FLT", BINARY32, "F", False))
    out.extend(float_limits("DBL", BINARY64, "", True))
    out.extend(float_limits("LDBL", model.long_double, "L", False))
    if model.has_float16:
        out.extend(float_limits("FLT16", BINARY16, "F16", False))
    out.extend(float_limits("FLT32", BINARY32, "F32", False))
    out.extend(float_limits("FLT64", BINARY64, "F64", False))
    out.extend(float_limits("FLT32X", BINARY64, "F32x", False))
    if model.has_float128:
        out.extend(float_limits("FLT128", BINARY128, "F128", False))
    if model.long_double.precision > BINARY64.precision:
        out.extend(float_limits("FLT64X", model.long_double, "F64x", False))
    if platform.decimal_floats:
        for name, suffix, precision, low, high in (("32", "DF", 7, -94, 97), ("64", "DD", 16, -382, 385),
                                                   ("128", "DL", 34, -6142, 6145)):  # fmt: skip
            for field, value in (
                ("MANT_DIG", str(precision)), ("MIN_EXP", "({})".format(low)), ("MAX_EXP", str(high)),
                ("MAX", "9.{}E{}{}".format("9" * (precision - 1), high - 1, suffix)),
                ("MIN", "1E{}{}".format(low - 1, suffix)), ("EPSILON", "1E-{}{}".format(precision - 1, suffix)),
                ("SUBNORMAL_MIN", "0.{}1E{}{}".format("0" * (precision - 2), low - 1, suffix)),
            ):  # fmt: skip
                out.append(("__DEC{}_{}__".format(name, field), value))
    if platform.fast_fma:
        for name in ("", "F", "F32", "F64", "F32x"):
            out.append(("__FP_FAST_FMA" + name, "1"))


def _atomics(out: list[tuple[str, str]], platform: Platform) -> None:
    model = platform.model
    for name, bits in (("BOOL", 8), ("CHAR", 8), ("CHAR16_T", 16), ("CHAR32_T", 32), ("WCHAR_T", model.wchar_bits()),
                       ("SHORT", 16), ("INT", model.int_bits), ("LONG", model.long_bits), ("LLONG", 64),
                       ("POINTER", model.pointer_bits)):  # fmt: skip
        always = bits // 8 >= platform.lock_free_bytes and bits // 8 in platform.swap_bytes
        out.append(("__GCC_ATOMIC_{}_LOCK_FREE".format(name), "2" if always else "1"))
    out.append(("__GCC_ATOMIC_TEST_AND_SET_TRUEVAL", "1"))
    for size in platform.swap_bytes:
        out.append(("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_{}".format(size), "1"))


def _names(out: list[tuple[str, str]], platform: Platform, language: Language, options: MacroOptions) -> None:
    out.append(("__USER_LABEL_PREFIX__", ""))
    out.append(("__REGISTER_PREFIX__", ""))
    out.append(("__GNUC_EXECUTION_CHARSET_NAME", '"UTF-8"'))
    wide = '"UTF-{}{}E"'.format(platform.model.wchar_bits(), "B" if platform.model.big_endian else "L")
    out.append(("__GNUC_WIDE_EXECUTION_CHARSET_NAME", wide))
    out.extend(platform.macros)
    if options.pic:
        out.extend(platform.pic_macros)
    for name in ("__gnu_linux__", "__linux", "__linux__", "__unix", "__unix__"):
        out.append((name, "1"))
    if language.gnu:
        out.append(("linux", "1"))
        out.append(("unix", "1"))
    out.append(("__ELF__", "1"))
    if language.assembler:
        out.append(("__ASSEMBLER__", "1"))
