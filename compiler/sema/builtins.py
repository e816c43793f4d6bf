"""GNU builtin functions: the table of names and signatures, their checks, and the calls they become.

A builtin becomes a constant where it folds, a plain call of the library function that it names, or a BuiltinCall that
`lower` knows. An unknown `__builtin_` name is refused here.
Signature letters, result first: v void, b _Bool, i int, u unsigned, l long, L unsigned long, q long long, Q unsigned
long long, z size_t, h uint16, w uint32, x uint64, f float, d double, g long double, p void *, P const void *, s char *,
S const char *, a va_list, . variadic.
"""

from __future__ import annotations

from typing import Final

from compiler.sema import fold
from compiler.sema.atomics import call_atomic, is_atomic
from compiler.sema.context import Context
from compiler.sema.convert import (
    PASSING,
    Target,
    assign_convert,
    convert,
    default_promote,
    error_expr,
    load,
    promote,
)
from compiler.sema.postfix import call, callee_name
from compiler.sema.scope import ENTITY, Symbol
from compiler.syntax import expr
from compiler.syntax.decl import EXTERNAL, Function, Variable
from compiler.syntax.expr import BuiltinCall, Call, Expr, IntegerConstant, Name
from compiler.types import ctypes
from compiler.types.conversions import is_compatible
from compiler.types.ctypes import CType, FloatType, FunctionType, PointerType
from compiler.types.derive import is_complete, pointer_to, unqualified
from compiler.types.names import describe, type_name

# Library functions that gcc knows by name; `__builtin_name` is a call of `name`.
_LIBRARY: Final[dict[str, str]] = {
    "memcpy": "ppPz", "memmove": "ppPz", "memset": "ppiz", "memcmp": "iPPz", "memchr": "pPiz", "mempcpy": "ppPz",
    "strlen": "zS", "strcpy": "ssS", "strncpy": "ssSz", "strcat": "ssS", "strncat": "ssSz", "strcmp": "iSS",
    "strncmp": "iSSz", "strchr": "sSi", "strrchr": "sSi", "strstr": "sSS", "strspn": "zSS", "strcspn": "zSS",
    "strpbrk": "sSS", "stpcpy": "ssS", "stpncpy": "ssSz", "strdup": "sS", "strndup": "sSz", "index": "sSi",
    "rindex": "sSi", "bcmp": "iPPz", "bcopy": "vPpz", "bzero": "vpz", "strcasecmp": "iSS", "strncasecmp": "iSSz",
    "printf": "iS.", "sprintf": "isS.", "snprintf": "iszS.", "puts": "iS", "putchar": "ii", "vprintf": "iSa",
    "vsprintf": "isSa", "vsnprintf": "iszSa", "malloc": "pz", "calloc": "pzz", "realloc": "ppz", "free": "vp",
    "abort": "v", "exit": "vi", "_exit": "vi", "_Exit": "vi", "scanf": "iS.", "sscanf": "iSS.", "fprintf": "ipS.",
    "fputs": "iSp", "fputc": "iip", "fwrite": "zPzzp", "vfprintf": "ipSa", "aligned_alloc": "pzz",
    "posix_memalign": "ipzz", "isalpha": "ii", "isdigit": "ii", "isspace": "ii", "isupper": "ii", "islower": "ii",
    "isalnum": "ii", "isprint": "ii", "ispunct": "ii", "isxdigit": "ii", "toupper": "ii", "tolower": "ii",
    "isblank": "ii", "iscntrl": "ii", "isgraph": "ii", "isascii": "ii", "toascii": "ii", "fputc_unlocked": "iip",
    "printf_unlocked": "iS.", "putchar_unlocked": "ii", "puts_unlocked": "iS", "fprintf_unlocked": "ipS.",
    "setjmp": "ip", "longjmp": "vpi", "imaxabs": "ll",
}  # fmt: skip

# Library functions of one real argument, each also with suffix f and l.
_MATH_1: Final = (
    "floor", "ceil", "trunc", "rint", "nearbyint", "round", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "erf", "erfc", "tgamma", "lgamma", "asinh",
    "acosh", "atanh", "logb", "exp10", "pow10", "significand", "gamma", "roundeven", "j0", "j1", "y0", "y1",
)  # fmt: skip
_MATH_2: Final = (
    "pow", "atan2", "fmod", "fmin", "fmax", "hypot", "fdim", "remainder", "nextafter", "drem",
)  # fmt: skip
_MATH_TO_INT: Final[dict[str, str]] = {
    "lrint": "l", "lround": "l", "llrint": "q", "llround": "q", "ilogb": "i", "irint": "i", "iround": "i",
    "iceil": "i", "ifloor": "i", "lceil": "l", "lfloor": "l", "llceil": "q", "llfloor": "q",
}  # fmt: skip

# Builtins that are nodes of their own, with a fixed signature.
_SPECIAL: Final[dict[str, str]] = {
    "clz": "iu", "clzl": "iL", "clzll": "iQ", "ctz": "iu", "ctzl": "iL", "ctzll": "iQ", "popcount": "iu",
    "popcountl": "iL", "popcountll": "iQ", "parity": "iu", "parityl": "iL", "parityll": "iQ", "ffs": "ii",
    "ffsl": "il", "ffsll": "iq", "clrsb": "ii", "clrsbl": "il", "clrsbll": "iq", "bswap16": "hh", "bswap32": "ww",
    "bswap64": "xx", "abs": "ii", "labs": "ll", "llabs": "qq", "expect": "lll", "expect_with_probability": "llld",
    "unreachable": "v", "trap": "v", "alloca": "pz", "alloca_with_align": "pzz", "alloca_with_align_and_max": "pzzz",
    "frame_address": "pu",
    "return_address": "pu", "extract_return_addr": "pp", "frob_return_addr": "pp", "prefetch": "vP.",
    "clear_cache": "vpp", "__clear_cache": "vpp", "fabs": "dd", "fabsf": "ff", "fabsl": "gg", "sqrt": "dd",
    "sqrtf": "ff", "sqrtl": "gg", "copysign": "ddd", "copysignf": "fff", "copysignl": "ggg", "fma": "dddd",
    "fmaf": "ffff", "fmal": "gggg", "assume_aligned": "pPz.", "huge_val": "d", "huge_valf": "f", "huge_vall": "g",
    "inf": "d", "inff": "f", "infl": "g", "nan": "dS", "nanf": "fS", "nanl": "gS", "nans": "dS", "nansf": "fS",
    "nansl": "gS", "object_size": "zPi", "dynamic_object_size": "zPi", "unwind_init": "v", "eh_return_data_regno": "ii",
    "stack_save": "p", "stack_restore": "vp", "isnanf": "if", "isnanl": "ig", "isinff": "if", "isinfl": "ig",
    "finite": "id", "finitef": "if", "finitel": "ig", "signbitf": "if", "signbitl": "ig", "dwarf_cfa": "p",
    "va_end": "va", "bswap128": "kk", "LINE": "i", "FUNCTION": "S", "FILE": "S",
    "ldexp": "ddi", "ldexpf": "ffi", "ldexpl": "ggi", "scalbn": "ddi", "scalbnf": "ffi", "scalbln": "ddl",
}  # fmt: skip

# Not the library's functions of these names: the buffer is five words, and a jump gives 1.
_JUMPS: Final[dict[str, str]] = {"setjmp": "ip", "longjmp": "vpi"}

# Checked one by one below.
_GENERIC: Final = frozenset((
    "constant_p", "va_start", "va_copy", "classify_type", "isgreater", "isgreaterequal", "isless", "islessequal",
    "islessgreater", "isunordered", "isnan", "isinf", "isinf_sign", "isfinite", "isnormal", "fpclassify", "signbit",
    "add_overflow", "sub_overflow", "mul_overflow", "add_overflow_p", "sub_overflow_p", "mul_overflow_p",
    "speculation_safe_value", "next_arg", "launder", "has_attribute", "issignaling", "va_arg_pack", "va_arg_pack_len",
    "apply", "apply_args", "return", "nonlocal_goto",
))  # fmt: skip

_UNSUPPORTED: Final = frozenset((
    "next_arg", "has_attribute", "issignaling", "apply", "apply_args", "return", "nonlocal_goto", "unwind_init",
    "dwarf_cfa", "eh_return_data_regno",
))  # fmt: skip

_TYPED_OVERFLOW: Final[dict[str, str]] = {
    "sadd": "i", "saddl": "l", "saddll": "q", "uadd": "u", "uaddl": "L", "uaddll": "Q", "ssub": "i", "ssubl": "l",
    "ssubll": "q", "usub": "u", "usubl": "L", "usubll": "Q", "smul": "i", "smull": "l", "smulll": "q", "umul": "u",
    "umull": "L", "umulll": "Q",
}  # fmt: skip

_LIBRARY_SPECIALS: Final = frozenset((
    "abs", "labs", "llabs", "fabs", "fabsf", "fabsl", "sqrt", "sqrtf", "sqrtl", "copysign", "copysignf", "copysignl",
    "fma", "fmaf", "fmal", "ffs", "ffsl", "ffsll", "alloca", "ldexp", "ldexpf", "ldexpl", "scalbn", "scalbnf",
    "scalbln",
))  # fmt: skip
# Their types need a header's (FILE, jmp_buf), so an implicit declaration is `int name()`.
_NOT_IMPLICIT: Final = frozenset((
    "fprintf", "fputs", "fputc", "fwrite", "setjmp", "longjmp", "fputc_unlocked", "fprintf_unlocked", "_exit", "index",
    "rindex", "bcmp", "bcopy", "bzero",
))  # fmt: skip
# Plain calls of these need no library (without builtin_functions they do).
_INLINE: Final = frozenset((
    "abs", "labs", "llabs", "fabs", "fabsf", "fabsl", "copysign", "copysignf", "copysignl", "ffs", "ffsl", "ffsll",
    "alloca",
))  # fmt: skip
_CALLED: Final = frozenset(("ldexp", "ldexpf", "ldexpl", "scalbn", "scalbnf", "scalbln"))


def _letter(cx: Context, letter: str) -> CType:
    types = cx.types
    if letter == "i":
        return types.int
    table: dict[str, CType] = {
        "v": types.void, "b": types.boolean, "u": types.uint, "l": types.long, "L": types.ulong, "q": types.llong,
        "Q": types.ullong, "z": types.size, "h": types.ushort, "w": types.uint,
        "x": types.ulong if types.ulong.bits == 64 else types.ullong, "f": types.float, "d": types.double,
        "g": types.long_double, "p": types.void_pointer, "P": types.const_void_pointer, "s": types.char_pointer,
        "S": types.const_char_pointer, "a": types.va_list, "k": types.uint128,
    }  # fmt: skip
    return table[letter]


def _signature(cx: Context, text: str) -> FunctionType:
    variadic = text.endswith(".")
    letters = text.rstrip(".")
    parameters = [_letter(cx, letter) for letter in letters[1:]]
    return FunctionType(_letter(cx, letters[0]), parameters, variadic, True)


def _library_signature(name: str) -> str:
    """The signature of a library function gcc knows, or an empty string."""
    text = _LIBRARY.get(name, "")
    if text:
        return text
    for suffix, letter in (("", "d"), ("f", "f"), ("l", "g")):
        if name.endswith(suffix):
            base = name[: len(name) - len(suffix)]
            if base in _MATH_1:
                return letter + letter
            if base in _MATH_2:
                return letter * 3
            if base in _MATH_TO_INT:
                return _MATH_TO_INT[base] + letter
    return ""


def is_builtin(cx: Context, name: str) -> bool:
    """Whether the undeclared identifier belongs to the compiler."""
    if not name.startswith("__"):
        return False
    return name.startswith("__builtin_") or is_atomic(name)


def _plain(name: str) -> str:
    return name.removeprefix("__builtin_")


def implicit_library_function(cx: Context, name: str, at: int) -> Function | None:
    """An undeclared library function gets the type gcc knows, with a warning (C90 had it as int())."""
    if not cx.options.builtin_functions:
        return None
    text = _library_signature(name)
    if not text and name in _LIBRARY_SPECIALS:
        text = _SPECIAL[name]
    if not text or "a" in text or name in _NOT_IMPLICIT:
        return None
    if cx.options.c99:
        cx.warning("implicit-function-declaration", at, "implicit declaration of function '{}'", name)
    cx.warning("", at, "incompatible implicit declaration of built-in function '{}'", name)
    function = _library_function(cx, name, text, at)
    function.ordinal = at
    function.start = at
    cx.scopes.declare(Symbol(ENTITY, name, function.type, function, 0, at))
    return function


def _library_function(cx: Context, name: str, signature: str, at: int) -> Function:
    """The external function of that name, declared if it was not."""
    known = cx.externals.get(name)
    if isinstance(known, Function):
        return known
    function = Function(name, _signature(cx, signature), at, at + 1)
    function.ordinal = -1
    function.start = -1
    function.linkage = EXTERNAL
    function.only_inline_declarations = False
    cx.externals[name] = function
    cx.unit.functions.append(function)
    return function


def builtin_name(cx: Context, name: str, at: int) -> Expr:
    """A builtin named without a call: its library function's name."""
    plain = _plain(name)
    text = _library_signature(plain)
    if not text and plain in _LIBRARY_SPECIALS:
        text = _SPECIAL[plain]
    if not text:
        if name.startswith("__builtin_") and plain not in _SPECIAL and plain not in _GENERIC:
            cx.error(at, "'{}' undeclared (first use in this function)", name)
        else:
            cx.error(at, "built-in function '{}' must be directly called", name)
        return error_expr(cx, at, at + 1)
    function = _library_function(cx, plain, text, at)
    cx.reference(function)
    return Name(function.type, at, at + 1, function)


def call_builtin(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    """A call of an undeclared identifier that is_builtin()."""
    if is_atomic(name):
        return call_atomic(cx, name, arguments, at, end)
    plain = _plain(name)
    if plain in _UNSUPPORTED:
        cx.error(at, "'{}' is not supported", name)
        return error_expr(cx, at, end)
    signature = _JUMPS.get(plain, "") or _SPECIAL.get(plain, "")
    if signature:
        converted = _convert_arguments(cx, name, _signature(cx, signature), arguments, at)
        if converted is None:
            return error_expr(cx, at, end)
        return _special(cx, plain, signature, converted, at, end)
    signature = _library_signature(plain)
    if signature:
        return _library(cx, plain, signature, arguments, at, end)
    if plain in _GENERIC:
        return _generic(cx, plain, name, arguments, at, end)
    if plain.endswith("_overflow") and plain[:-9] in _TYPED_OVERFLOW:
        letter = _TYPED_OVERFLOW[plain[:-9]]
        type = _letter(cx, letter)
        wanted = FunctionType(cx.types.boolean, [type, type, pointer_to(type)], False, True)
        converted = _convert_arguments(cx, name, wanted, arguments, at)
        if converted is None:
            return error_expr(cx, at, end)
        return BuiltinCall(cx.types.boolean, at, end, plain, converted)
    if plain.startswith("__") and plain.endswith("_chk"):
        return _checked(cx, plain, arguments, at, end)
    if plain in _COMPLEX_PARTS:
        return _complex_part(cx, plain, name, arguments, at, end)
    cx.error(at, "'{}' is not a supported built-in function", name)
    return error_expr(cx, at, end)


_COMPLEX_PARTS: Final[dict[str, tuple[int, str]]] = {
    "conj": (expr.CONJUGATE, "d"), "conjf": (expr.CONJUGATE, "f"), "conjl": (expr.CONJUGATE, "g"),
    "creal": (expr.REAL, "d"), "crealf": (expr.REAL, "f"), "creall": (expr.REAL, "g"),
    "cimag": (expr.IMAG, "d"), "cimagf": (expr.IMAG, "f"), "cimagl": (expr.IMAG, "g"),
}  # fmt: skip


def _complex_part(cx: Context, plain: str, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    """conj, creal and cimag are the operators ~, __real__ and __imag__ on a complex value."""
    if len(arguments) != 1:
        return wrong_count(cx, name, len(arguments), 1, at, end)
    op, letter = _COMPLEX_PARTS[plain]
    element = _letter(cx, letter)
    assert isinstance(element, FloatType)
    type = cx.types.complex_of(element)
    value = assign_convert(cx, arguments[0], type, arguments[0].start, Target(PASSING, name, 1))
    if value.type.kind == ctypes.ERROR:
        return value
    return expr.Unary(type if op == expr.CONJUGATE else element, at, end, op, value)


def _checked(cx: Context, plain: str, arguments: list[Expr], at: int, end: int) -> Expr:
    """__builtin___memcpy_chk and its kin: the plain function, the object size argument dropped."""
    base = plain[2:-4]
    signature = _library_signature(base)
    if not signature:
        cx.error(at, "'__builtin_{}' is not a supported built-in function", plain)
        return error_expr(cx, at, end)
    fixed = len(signature.rstrip(".")) - 1
    if base in ("sprintf", "vsprintf"):
        kept = arguments[:1] + arguments[3:]
    elif base in ("snprintf", "vsnprintf"):
        kept = arguments[:2] + arguments[4:]
    elif base in ("printf", "vprintf"):
        kept = arguments[1:]
    elif base in ("fprintf", "vfprintf"):
        kept = arguments[:1] + arguments[2:]
    else:
        kept = arguments[:fixed]
    return _library(cx, base, signature, kept, at, end)


def _library(cx: Context, plain: str, signature: str, arguments: list[Expr], at: int, end: int) -> Expr:
    folded = fold.library(cx, plain, [load(cx, argument) for argument in arguments], at, end)
    if folded is not None:
        return folded
    function = _library_function(cx, plain, signature, at)
    if cx.constant_depth == 0:
        cx.reference(function)
    return call(cx, Name(function.type, at, at + 1, function), arguments, at, end)


def library_call(cx: Context, node: Expr) -> Expr:
    """A plain call of a library function by its own name, folded where gcc folds it."""
    if not isinstance(node, Call) or not node.arguments:
        return node
    name = callee_name(node.function)
    if not cx.options.builtin_functions or (name not in fold.LIBRARY_NAMES and name not in _INLINE):
        return node
    known = cx.externals.get(name)
    if not isinstance(known, Function) or known.linkage != EXTERNAL or known.body is not None:
        return node
    if name in _INLINE:
        wanted = _signature(cx, _SPECIAL[name])
        if not is_compatible(wanted, known.type) or len(node.arguments) != len(wanted.parameters):
            return node
        arguments = [
            assign_convert(cx, argument, wanted.parameters[index], node.start, Target(PASSING, name, index + 1))
            for index, argument in enumerate(node.arguments)
        ]
        return _special(cx, name, _SPECIAL[name], arguments, node.start, node.end)
    folded = fold.library(cx, name, node.arguments, node.start, node.end)
    return folded if folded is not None else node


def _convert_arguments(
    cx: Context, name: str, type: FunctionType, arguments: list[Expr], at: int
) -> list[Expr] | None:
    count = len(type.parameters)
    if len(arguments) < count or (len(arguments) > count and not type.variadic):
        word = "few" if len(arguments) < count else "many"
        cx.error(at, "too {} arguments to function '{}'", word, name)
        return None
    result: list[Expr] = []
    ok = True
    for index, argument in enumerate(arguments):
        if index < count:
            wanted = type.parameters[index]
            if wanted.kind == ctypes.VA_LIST:
                value = _va_list(cx, argument, name)
            else:
                value = assign_convert(cx, argument, wanted, argument.start, Target(PASSING, name, index + 1))
        else:
            value = default_promote(cx, load(cx, argument))
        ok = ok and value.type.kind != ctypes.ERROR
        result.append(value)
    return result if ok else None


def _va_list(cx: Context, node: Expr, name: str) -> Expr:
    """A va_list operand: the lvalue itself, or a dereferenced pointer where va_list is an array."""
    type = node.type
    if type.kind == ctypes.ERROR:
        return node
    if type.kind == ctypes.VA_LIST:
        return node
    bare = type.bare
    if isinstance(bare, PointerType) and bare.target.kind == ctypes.VA_LIST and cx.types.va_list_is_array:
        return expr.Dereference(bare.target, node.start, node.end, load(cx, node))
    cx.error(node.start, "incompatible type for argument 1 of '{}'", name)
    return error_expr(cx, node.start, node.end)


def _special(cx: Context, plain: str, signature: str, arguments: list[Expr], at: int, end: int) -> Expr:
    result = _letter(cx, signature[0])
    folded = fold.special(cx, plain, result, arguments, at, end)
    if folded is not None:
        return folded
    if plain in ("nan", "nanf", "nanl", "nans", "nansf", "nansl") or plain in _CALLED:
        function = _library_function(cx, plain, signature, at)
        return call(cx, Name(function.type, at, at + 1, function), arguments, at, end)
    if plain == "alloca_with_align_and_max":
        return BuiltinCall(result, at, end, "alloca_with_align", arguments[:2])
    if plain in ("frame_address", "return_address") and not isinstance(arguments[0], IntegerConstant):
        level = cx.evaluator.constant_integer(arguments[0])
        if level is None:
            cx.error(at, "invalid argument to '__builtin_{}'", plain)
            return error_expr(cx, at, end)
        arguments = [IntegerConstant(cx.types.uint, at, end, level)]
    return BuiltinCall(result, at, end, plain.strip("_"), arguments)


def _generic(cx: Context, plain: str, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    types = cx.types
    count = len(arguments)
    if plain == "constant_p":
        if count != 1:
            return wrong_count(cx, name, count, 1, at, end)
        return fold.constant_p(cx, load(cx, arguments[0]), at, end)
    if plain == "va_start":
        return _va_start(cx, name, arguments, at, end)
    if plain == "va_copy":
        if count != 2:
            return wrong_count(cx, name, count, 2, at, end)
        lists = [_va_list(cx, argument, name) for argument in arguments]
        if any(item.type.kind == ctypes.ERROR for item in lists):
            return error_expr(cx, at, end)
        return BuiltinCall(types.void, at, end, plain, lists)
    if plain in ("add_overflow", "sub_overflow", "mul_overflow", "add_overflow_p", "sub_overflow_p", "mul_overflow_p"):
        return _overflow(cx, plain, name, arguments, at, end)
    if plain == "va_arg_pack" or plain == "va_arg_pack_len":
        # Legal in a function that is always inlined; lower refuses it anywhere else.
        return BuiltinCall(types.int, at, end, plain, [])
    if plain == "classify_type":
        if count != 1:
            return wrong_count(cx, name, count, 1, at, end)
        return IntegerConstant(types.int, at, end, _classify(load(cx, arguments[0]).type))
    if plain == "speculation_safe_value" or plain == "launder":
        if count < 1:
            return wrong_count(cx, name, count, 1, at, end)
        return promote(cx, load(cx, arguments[0]))
    return _floating(cx, plain, name, arguments, at, end)


def wrong_count(cx: Context, name: str, count: int, wanted: int, at: int, end: int) -> Expr:
    cx.error(at, "too {} arguments to function '{}'", "few" if count < wanted else "many", name)
    return error_expr(cx, at, end)


def _va_start(cx: Context, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    function = cx.function
    if len(arguments) < (2 if cx.options.language.version < 2023 else 1):
        return wrong_count(cx, name, len(arguments), 2, at, end)
    if function is None or not function.function.is_variadic:
        cx.error(at, "'va_start' used in function with fixed arguments")
        return error_expr(cx, at, end)
    target = _va_list(cx, arguments[0], name)
    if target.type.kind == ctypes.ERROR:
        return target
    if len(arguments) > 1:
        last = arguments[1]
        parameters = function.function.parameters
        entity = last.entity if isinstance(last, Name) else None
        if not isinstance(entity, Variable) or not parameters or parameters[-1] is not entity:
            cx.warning("varargs", at, "second parameter of 'va_start' not last named argument")
    return BuiltinCall(cx.types.void, at, end, "va_start", [target])


def va_arg(cx: Context, operand: Expr, type: CType, at: int, end: int) -> Expr:
    """__builtin_va_arg(list, type) (C17 7.16.1.1)"""
    target = _va_list(cx, operand, "va_arg")
    if target.type.kind == ctypes.ERROR or type.kind == ctypes.ERROR:
        if operand.type.kind != ctypes.ERROR and target.type.kind == ctypes.ERROR:
            pass  # reported by _va_list
        return error_expr(cx, at, end)
    if type.kind == ctypes.FUNCTION:
        cx.error(operand.end + 1, "second argument to 'va_arg' is a function type '{}'", type_name(type))
        return error_expr(cx, at, end)
    if not is_complete(type):
        cx.error(operand.end + 1, "second argument to 'va_arg' is of incomplete type '{}'", type_name(type))
        return error_expr(cx, at, end)
    bare = type.bare
    promoted_name = ""
    if isinstance(bare, FloatType) and bare.name == "float":
        promoted_name = "double"
    elif type.is_integer and type.kind != ctypes.ENUM and cx.layout.size_of(type) < cx.types.int.bits // 8:
        promoted_name = "int"
    if promoted_name:
        if cx.warning("", at, "{} is promoted to '{}' when passed through '...'", describe(type), promoted_name):
            cx.note(at, "if this code is reached, the program will abort")
        return BuiltinCall(unqualified(type), at, end, "trap_value", [target], type)
    return BuiltinCall(unqualified(type), at, end, "va_arg", [target], type)


def _overflow(cx: Context, plain: str, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    if len(arguments) != 3:
        return wrong_count(cx, name, len(arguments), 3, at, end)
    values = [load(cx, argument) for argument in arguments]
    for index, value in enumerate(values):
        if value.type.kind == ctypes.ERROR:
            return error_expr(cx, at, end)
        if index < 2 or plain.endswith("_p"):
            if not value.type.is_integer:
                text = "argument {} in call to function '{}' does not have integral type"
                cx.error(value.start, text, index + 1, name)
                return error_expr(cx, at, end)
        else:
            bare = value.type.bare
            target = bare.target if isinstance(bare, PointerType) else None
            if target is None or not target.is_integer or target.kind in (ctypes.BOOL, ctypes.ENUM):
                cx.error(
                    value.start, "argument 3 in call to function '{}' does not have pointer to integral type", name
                )
                return error_expr(cx, at, end)
            for bit, word in ((ctypes.CONST, "const"), (ctypes.ATOMIC, "_Atomic")):
                if target.qualifiers & bit:
                    text = "argument 3 in call to function '{}' has pointer to '{}' type"
                    cx.error(value.start, text, name, word)
                    return error_expr(cx, at, end)
    folded = fold.overflow_p(cx, plain, values, at, end)
    if folded is not None:
        return folded
    return BuiltinCall(cx.types.boolean, at, end, plain, values)


def _classify(type: CType) -> int:
    """gcc's enum type_class."""
    kind = type.kind
    table: dict[int, int] = {
        ctypes.VOID: 0, ctypes.INTEGER: 1, ctypes.ENUM: 1, ctypes.BOOL: 1, ctypes.POINTER: 5, ctypes.FLOATING: 8,
        ctypes.COMPLEX: 9, ctypes.FUNCTION: 10, ctypes.STRUCT: 12, ctypes.UNION: 13, ctypes.ARRAY: 14,
    }  # fmt: skip
    return table.get(kind, -1)


def _floating(cx: Context, plain: str, name: str, arguments: list[Expr], at: int, end: int) -> Expr:
    """Type-generic classification and comparison of floating values."""
    wanted = 6 if plain == "fpclassify" else 2 if plain.startswith(("isg", "isl", "isu")) else 1
    if len(arguments) != wanted:
        return wrong_count(cx, name, len(arguments), wanted, at, end)
    values = [load(cx, argument) for argument in arguments]
    for value in values:
        if value.type.kind == ctypes.ERROR:
            return error_expr(cx, at, end)
    subject = values[-1].type
    if plain == "fpclassify":
        return _fpclassify(cx, values, at, end)
    if wanted == 2:
        if not any(value.type.kind == ctypes.FLOATING for value in values):
            cx.error(at, "non-floating-point arguments in call to function '{}'", name)
            return error_expr(cx, at, end)
        common = _common_float(values)
        values = [convert(cx, value, common) for value in values]
    elif subject.kind != ctypes.FLOATING:
        cx.error(at, "non-floating-point argument in call to function '{}'", name)
        return error_expr(cx, at, end)
    folded = fold.special(cx, plain, cx.types.int, values, at, end)
    if folded is not None:
        return folded
    return BuiltinCall(cx.types.int, at, end, plain, values)


def _common_float(values: list[Expr]) -> CType:
    best: FloatType | None = None
    for value in values:
        bare = value.type.bare
        if isinstance(bare, FloatType) and (best is None or bare.rank > best.rank):
            best = bare
    assert best is not None
    return best


def _fpclassify(cx: Context, values: list[Expr], at: int, end: int) -> Expr:
    """(nan, infinite, normal, subnormal, zero, x) as conditionals over the elementary tests; x is evaluated once."""
    if values[5].type.kind != ctypes.FLOATING:
        cx.error(at, "non-floating-point argument in call to function '__builtin_fpclassify'")
        return error_expr(cx, at, end)
    classes = [convert(cx, value, cx.types.int) for value in values[:5]]
    return fold.classify(cx, classes, values[5], at, end)



def builtin_names() -> frozenset[str]:
    """What `__has_builtin` affirms."""
    plain = set(_LIBRARY) | set(_SPECIAL) | set(_GENERIC) | set(_TYPED_OVERFLOW)
    for suffix in ("", "f", "l"):
        for group in (_MATH_1, _MATH_2, tuple(_MATH_TO_INT)):
            plain.update([name + suffix for name in group])
    plain.update(("offsetof", "types_compatible_p", "choose_expr", "va_arg", "va_end", "complex"))
    return frozenset(["__builtin_" + name for name in plain - _UNSUPPORTED])
