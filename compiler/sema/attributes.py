"""GNU attributes: the table of known ones, and what those that matter do to declarations, types and fields.

The parser hands over names (without underscores around them) and parsed arguments. An unknown attribute is warned of,
as gcc does; a known one without effect here is accepted.
"""

from __future__ import annotations

from typing import Final, final

from compiler.sema.context import Context
from compiler.syntax.decl import INTERNAL, Attributes, Entity, Function, Variable
from compiler.syntax.expr import Expr, StringConstant
from compiler.types import ctypes
from compiler.types.ctypes import (
    CType,
    EnumType,
    Field,
    FloatType,
    FunctionType,
    IntegerType,
    PointerType,
    RecordType,
    VectorType,
)
from compiler.types.derive import pointer_to, qualified


@final
class AttributeArgument:
    """One argument: an identifier (also when it could be read as an expression), an expression, or neither for a
    type.
    """

    def __init__(self, identifier: str, value: Expr | None) -> None:
        self.identifier: Final = identifier
        self.value: Final = value


@final
class ParsedAttribute:
    def __init__(self, name: str, arguments: list[AttributeArgument], has_arguments: bool, at: int) -> None:
        self.name: Final = name
        self.arguments: Final = arguments
        self.has_arguments: Final = has_arguments
        self.at: Final = at


# Attributes that set a flag of the same name in `Attributes`.
_FLAGS: Final = frozenset((
    "weak", "used", "unused", "noinline", "always_inline", "gnu_inline", "noreturn", "pure", "const", "cold", "hot",
    "naked", "returns_twice", "malloc", "nothrow", "leaf", "flatten", "noclone", "warn_unused_result", "artificial",
    "no_reorder", "noipa",
))  # fmt: skip

# Accepted; what they say has no effect in this compiler.
_IGNORED: Final = frozenset((
    "format_arg", "access", "nonstring", "assume_aligned", "alloc_align", "returns_nonnull", "no_icf",
    "externally_visible", "no_sanitize", "no_sanitize_address", "no_sanitize_thread", "no_sanitize_undefined",
    "no_stack_protector", "stack_protect", "no_stack_limit", "no_address_safety_analysis", "symver", "simd", "copy",
    "designated_init", "bounded", "fn_spec", "tainted_args", "zero_call_used_regs", "no_split_stack", "optimize",
    "target", "target_clones", "tm_regparm", "warn_if_not_aligned", "noplt", "lower", "upper", "either", "unavailable",
    "no_profile_instrument_function", "noinit", "persistent", "retain", "may_alias", "nonnull", "noinline_call",
    "visibility_inlines", "btf_type_tag", "no_caller_saved_registers", "function_return", "indirect_branch",
    "fallthrough", "maybe_unused", "transaction_callable", "transaction_safe", "unused_result", "nocommon_symbol",
    "error_if_called", "no_vla", "scalar_storage_order", "cdecl", "mode", "vector_size", "transparent_union",
    "packed", "aligned", "deprecated", "patchable_function_entry", "no_instrument_function", "sentinel", "format",
    "alloc_size", "common", "nocommon", "section", "alias", "weakref", "visibility", "constructor", "destructor",
    "cleanup", "error", "warning", "tls_model", "ifunc", "noescape", "null_terminated_string_arg", "strub",
    "gcc_struct", "ms_struct", "interrupt", "ms_abi", "sysv_abi", "regparm", "hidden", "internal",
))  # fmt: skip


def integer_argument(cx: Context, attribute: ParsedAttribute, index: int) -> int | None:
    if index >= len(attribute.arguments):
        return None
    value = attribute.arguments[index].value
    if value is None:
        return None
    return cx.evaluator.constant_integer(value)


def string_argument(attribute: ParsedAttribute, index: int) -> str | None:
    if index >= len(attribute.arguments):
        return None
    value = attribute.arguments[index].value
    if isinstance(value, StringConstant):
        return value.data[:-1].decode("utf-8", "surrogateescape")
    return None


def alignment_argument(cx: Context, attribute: ParsedAttribute, at: int = -1) -> int:
    """Bytes asked for by aligned(n); the platform's maximum without an argument; 0 if it is wrong.
    `at`: what is declared with it."""
    if not attribute.arguments:
        return cx.platform.model.max_align
    if at < 0:
        at = attribute.at
    value = integer_argument(cx, attribute, 0)
    if value is None:
        cx.error(at, "requested alignment is not an integer constant")
        return 0
    if value <= 0 or value & (value - 1):
        if value != 0:
            cx.error(at, "requested alignment '{}' is not a positive power of 2", value)
        return 0
    if value > 1 << 28:
        cx.error(at, "requested alignment '{}' exceeds maximum {}", value, 1 << 28)
        return 0
    return value


def has(attributes: list[ParsedAttribute], name: str) -> bool:
    return any(attribute.name == name for attribute in attributes)


def apply_to_entity(cx: Context, entity: Entity, attributes: list[ParsedAttribute]) -> None:
    """Sets what a declaration's attributes say of its entity."""
    for attribute in attributes:
        _apply_one(cx, entity, attribute)


def _apply_one(cx: Context, entity: Entity, attribute: ParsedAttribute) -> None:
    name = attribute.name
    into = entity.attributes
    at = attribute.at
    if name in _FLAGS:
        _set_flag(cx, entity, into, name, at)
    elif name == "aligned":
        value = alignment_argument(cx, attribute, entity.start)
        if isinstance(entity, (Variable, Function)):
            entity.align = max(entity.align, value)
    elif name in ("section", "alias", "visibility", "error", "warning", "tls_model", "ifunc", "weakref"):
        text = string_argument(attribute, 0)
        if text is None:
            if name != "weakref":
                cx.error(at, "'{}' attribute argument not a string", name)
            else:
                into.weakref = True
            return
        _set_string(cx, entity, into, name, text, at)
    elif name == "constructor" or name == "destructor":
        priority = integer_argument(cx, attribute, 0)
        if name == "constructor":
            into.constructor = 65535 if priority is None else priority
        else:
            into.destructor = 65535 if priority is None else priority
    elif name == "cleanup":
        _cleanup(cx, entity, attribute)
    elif name == "common" or name == "nocommon":
        into.common = 1 if name == "common" else 0
    elif name == "unavailable":
        into.unavailable = string_argument(attribute, 0) or name
    elif name == "deprecated":
        into.deprecated = string_argument(attribute, 0) or name
    elif name == "no_instrument_function" or name == "no_profile_instrument_function":
        into.no_instrument = True
    elif name == "nonnull":
        into.nonnull = [integer_argument(cx, attribute, i) or 0 for i in range(len(attribute.arguments))]
    elif name == "format" and len(attribute.arguments) == 3:
        kind = attribute.arguments[0].identifier.strip("_")
        into.format = (kind, integer_argument(cx, attribute, 1) or 0, integer_argument(cx, attribute, 2) or 0)
    elif name == "sentinel":
        into.sentinel = integer_argument(cx, attribute, 0) or 0
    elif name == "optimize" or name == "target":
        texts = tuple([string_argument(attribute, i) or "" for i in range(len(attribute.arguments))])
        if name == "optimize":
            into.optimize += texts
        else:
            into.target += texts
    elif name == "patchable_function_entry":
        into.patchable = (integer_argument(cx, attribute, 0) or 0, integer_argument(cx, attribute, 1) or 0)
    elif name == "maybe_unused":
        into.unused = True
    elif name == "transparent_union" and isinstance(entity.type.bare, RecordType):
        entity.type.bare.info.transparent = True
    elif name not in _IGNORED:
        cx.warning("attributes", at, "'{}' attribute directive ignored", name)


def _set_flag(cx: Context, entity: Entity, into: Attributes, name: str, at: int) -> None:
    if name == "weak":
        if entity.linkage == INTERNAL:
            cx.error(at, "weak declaration of '{}' must be public", entity.name)
        into.weak = True
    elif name == "used":
        into.used = True
    elif name == "unused":
        into.unused = True
    elif name == "noinline":
        into.noinline = True
    elif name == "always_inline":
        into.always_inline = True
    elif name == "gnu_inline":
        into.gnu_inline = True
    elif name == "noreturn":
        into.noreturn = True
    elif name == "pure":
        into.pure = True
    elif name == "const":
        into.const = True
    elif name == "cold":
        into.cold = True
    elif name == "hot":
        into.hot = True
    elif name == "naked":
        into.naked = True
    elif name == "returns_twice":
        into.returns_twice = True
    elif name == "malloc":
        into.malloc = True
    elif name == "nothrow":
        into.nothrow = True
    elif name == "leaf":
        into.leaf = True
    elif name == "flatten":
        into.flatten = True
    elif name == "noclone":
        into.noclone = True
    elif name == "warn_unused_result":
        into.warn_unused_result = True
    elif name == "artificial":
        into.artificial = True
    elif name == "no_reorder":
        into.no_reorder = True
    else:
        assert name == "noipa", name
        into.noipa = True
        into.noinline = True
        into.noclone = True


def _set_string(cx: Context, entity: Entity, into: Attributes, name: str, text: str, at: int) -> None:
    if name == "section":
        if into.section and into.section != text:
            cx.error(entity.start, "section of '{}' conflicts with previous declaration", entity.name)
        into.section = text
    elif name == "alias":
        into.alias = text
    elif name == "weakref":
        into.weakref = True
        into.alias = text
    elif name == "ifunc":
        into.ifunc = text
    elif name == "visibility":
        if text not in ("default", "hidden", "protected", "internal"):
            cx.error(at, "'visibility' argument must be one of 'default', 'hidden', 'protected' or 'internal'")
        else:
            into.visibility = text
    elif name == "error":
        into.error = text
    elif name == "warning":
        into.warning = text
    else:
        assert name == "tls_model", name
        into.tls_model = text


def _cleanup(cx: Context, entity: Entity, attribute: ParsedAttribute) -> None:
    if not attribute.arguments or not attribute.arguments[0].identifier:
        cx.error(entity.start, "'cleanup' argument not an identifier")
        return
    name = attribute.arguments[0].identifier
    symbol = cx.scopes.lookup(name)
    function = symbol.entity if symbol is not None else None
    if not isinstance(function, Function):
        cx.error(entity.start, "'cleanup' argument not a function")
        return
    type = function.type.bare
    if isinstance(type, FunctionType) and type.has_prototype:
        if not type.parameters and not type.variadic:
            cx.error(entity.start, "too many arguments to function '{}'", name)
            return
        if len(type.parameters) > 1:
            cx.error(entity.start, "too few arguments to function '{}'", name)
            return
    cx.reference(function)
    entity.attributes.cleanup = function


def apply_to_type(cx: Context, type: CType, attributes: list[ParsedAttribute]) -> CType:
    """The type that the type-changing attributes of a declaration make of its type: mode and vector_size."""
    for attribute in attributes:
        if attribute.name == "vector_size":
            type = _vector_size(cx, type, attribute)
        elif attribute.name == "mode":
            type = _mode(cx, type, attribute)
    return type


def apply_to_typedef(cx: Context, type: CType, attributes: list[ParsedAttribute], at: int) -> None:
    """aligned(n) on a typedef: `type` is the typedef's own copy."""
    for attribute in attributes:
        if attribute.name == "aligned":
            value = alignment_argument(cx, attribute, at)
            if value:
                type.align = value
        elif attribute.name == "transparent_union" and isinstance(type.bare, RecordType):
            type.bare.info.transparent = True
        elif attribute.name not in _FLAGS and attribute.name not in _IGNORED:
            cx.warning("attributes", attribute.at, "'{}' attribute directive ignored", attribute.name)


def apply_to_record(cx: Context, type: RecordType, attributes: list[ParsedAttribute]) -> None:
    """packed, aligned, transparent_union and so on behind `struct` or behind its brace."""
    info = type.info
    for attribute in attributes:
        name = attribute.name
        if name == "packed":
            info.packed = True
        elif name == "aligned":
            info.aligned = max(info.aligned, alignment_argument(cx, attribute))
        elif name == "transparent_union":
            info.transparent = True
        elif name == "scalar_storage_order":
            if string_argument(attribute, 0) not in (None, "little-endian"):
                cx.error(attribute.at, "scalar_storage_order other than that of the target is not supported")
        elif name == "ms_struct":
            cx.error(attribute.at, "attribute 'ms_struct' is not supported")
        elif name not in _FLAGS and name not in _IGNORED:
            cx.warning("attributes", attribute.at, "'{}' attribute directive ignored", name)


def apply_to_field(cx: Context, field: Field, attributes: list[ParsedAttribute]) -> None:
    for attribute in attributes:
        if attribute.name == "packed":
            field.packed = True
        elif attribute.name == "aligned":
            field.align = max(field.align, alignment_argument(cx, attribute))
        elif attribute.name not in _FLAGS and attribute.name not in _IGNORED:
            cx.warning("attributes", attribute.at, "'{}' attribute directive ignored", attribute.name)


def _vector_size(cx: Context, type: CType, attribute: ParsedAttribute) -> CType:
    """Replaces the innermost scalar by a vector of so many bytes."""
    size = integer_argument(cx, attribute, 0)
    if size is None or size <= 0:
        cx.error(attribute.at, "'vector_size' attribute argument value is not a positive integer constant")
        return type
    return _vectorize(cx, type, size, attribute.at)


def _vectorize(cx: Context, type: CType, size: int, at: int) -> CType:
    bare = type.bare
    if isinstance(bare, PointerType):
        return qualified(pointer_to(_vectorize(cx, bare.target, size, at)), type.qualifiers)
    if isinstance(bare, ctypes.ArrayType):
        return ctypes.ArrayType(
            _vectorize(cx, bare.element, size, at), bare.length, bare.length_variable, bare.is_star
        )
    if isinstance(bare, FunctionType):
        result = _vectorize(cx, bare.result, size, at)
        return FunctionType(result, bare.parameters, bare.variadic, bare.has_prototype)
    if not isinstance(bare, (IntegerType, FloatType)) or bare.kind == ctypes.BOOL:
        cx.error(at, "invalid vector type for attribute 'vector_size'")
        return type
    element = cx.layout.size_of(bare)
    if size % element:
        cx.error(at, "vector size not an integral multiple of component size")
        return type
    lanes = size // element
    if lanes & (lanes - 1):
        cx.error(at, "number of vector components {} not a power of two", lanes)
        return type
    return qualified(VectorType(bare, lanes), type.qualifiers)


_MODES: Final[dict[str, int]] = {"QI": 8, "HI": 16, "SI": 32, "DI": 64, "TI": 128, "byte": 8}


def _mode(cx: Context, type: CType, attribute: ParsedAttribute) -> CType:
    """mode(DI) and its kin: the integer or floating type of that machine mode."""
    name = attribute.arguments[0].identifier if attribute.arguments else ""
    name = name.strip("_")
    bits = _MODES.get(name, 0)
    if name in ("word", "pointer", "unwind_word"):
        bits = cx.platform.model.pointer_bits
    bare = type.bare
    if bits and bare.is_integer:
        signed = True
        if isinstance(bare, IntegerType):
            signed = bare.is_signed
        elif isinstance(bare, EnumType) and bare.info.underlying is not None:
            signed = bare.info.underlying.is_signed
        made = cx.types.integer_of_bits(bits, signed)
        if made is not None:
            return qualified(made, type.qualifiers)
    if bits and isinstance(bare, PointerType) and bits == cx.platform.model.pointer_bits:
        return type
    floats: dict[str, CType] = {"HF": cx.types.float16, "SF": cx.types.float, "DF": cx.types.double}
    if cx.types.long_double.format == "binary128":
        floats["TF"] = cx.types.long_double
    else:
        floats["TF"] = cx.types.float128
        floats["XF"] = cx.types.long_double
    made_float = floats.get(name)
    if made_float is not None and bare.kind == ctypes.FLOATING:
        return qualified(made_float, type.qualifiers)
    complexes: dict[str, FloatType] = {"SC": cx.types.float, "DC": cx.types.double, "TC": cx.types.long_double}
    element = complexes.get(name)
    if element is not None and bare.kind == ctypes.COMPLEX:
        return qualified(cx.types.complex_of(element), type.qualifiers)
    if name.startswith("V"):
        cx.error(attribute.at, "vector modes are not supported: use 'vector_size'")
        return type
    cx.error(attribute.at, "unable to emulate '{}'", name)
    return type


def attribute_names() -> frozenset[str]:
    """What `__has_attribute` affirms."""
    return _FLAGS | _IGNORED
