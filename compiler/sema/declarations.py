"""Declarations of objects, functions and typedefs: linkage, merging, tentative definitions (C17 6.2.2, 6.7, 6.9).

Invariant: an identifier with linkage has one entity in the unit, whatever its scopes (`Context.externals`); its type
is the composite of all its declarations seen so far.
"""

from __future__ import annotations

from typing import Final, final

from compiler.sema.attributes import ParsedAttribute, apply_to_entity, apply_to_type, apply_to_typedef
from compiler.sema.context import Context
from compiler.sema.declarators import Declarator, FunctionPiece
from compiler.sema.merging import agrees_with_old
from compiler.sema.scope import ENTITY, TYPEDEF, Symbol
from compiler.syntax import decl
from compiler.syntax.decl import (
    EXTERNAL,
    INTERNAL,
    NO_LINKAGE,
    Entity,
    Function,
    Variable,
)
from compiler.types import ctypes
from compiler.types.conversions import composite, is_compatible, is_same
from compiler.types.ctypes import (
    ERROR,
    FUNCTION,
    VOID,
    ArrayType,
    CType,
    FunctionType,
)
from compiler.types.derive import (
    innermost_element,
    is_complete,
    is_variable_length,
    is_variably_modified,
    named,
)
from compiler.types.names import type_name

# Storage-class specifiers.
NONE: Final = 0
TYPEDEF_STORAGE: Final = 1
EXTERN_STORAGE: Final = 2
STATIC_STORAGE: Final = 3
AUTO_STORAGE: Final = 4
REGISTER_STORAGE: Final = 5


@final
class Specifiers:
    """What the declaration specifiers say. `has_type` false: no type specifier was there (implicit int)."""

    def __init__(self, type: CType, start: int) -> None:
        self.type = type
        self.start = start
        self.storage = NONE
        self.is_inline = False
        self.is_noreturn = False
        self.is_thread_local = False
        self.is_auto_type = False
        self.align = 0
        self.attributes: list[ParsedAttribute] = []
        self.has_type = True
        self.declares_tag = False
        self.typedef_name = ""


def _previous(cx: Context, entity: Entity, is_definition: bool) -> None:
    word = "definition" if is_definition else "declaration"
    if entity.start >= 0:
        cx.note(entity.start, "previous {} of '{}' with type '{}'", word, entity.name, type_name(entity.type))


# --- typedefs ---


def declare_typedef(cx: Context, type: CType, declarator: Declarator, attributes: list[ParsedAttribute]) -> None:
    name = declarator.name
    at = declarator.at
    type = apply_to_type(cx, type, attributes)
    existing = cx.scopes.lookup_here(name)
    if existing is not None:
        if existing.kind != TYPEDEF:
            cx.error(at, "'{}' redeclared as different kind of symbol", name)
            if existing.ordinal >= 0:
                cx.note(existing.ordinal, "previous declaration of '{}' with type '{}'", name, type_name(existing.type))
            return
        if existing.type.kind != ERROR and type.kind != ERROR:
            if is_variably_modified(type) and is_variably_modified(existing.type):
                cx.error(at, "redefinition of typedef '{}' with variably modified type", name)
                return
            if not is_same(existing.type, type):
                cx.error(at, "conflicting types for '{}'; have '{}'", name, type_name(type))
                if existing.ordinal >= 0:
                    cx.note(
                        existing.ordinal, "previous declaration of '{}' with type '{}'", name, type_name(existing.type)
                    )
                return
        return
    if type.kind != ERROR:
        own = named(type, name)
        apply_to_typedef(cx, own, attributes, at)
        type = own
    cx.scopes.declare(Symbol(TYPEDEF, name, type, None, 0, at))


# --- objects ---


def declare_variable(
    cx: Context, specifiers: Specifiers, type: CType, declarator: Declarator, attributes: list[ParsedAttribute],
    has_initializer: bool,
) -> Variable | None:  # fmt: skip
    """Declares an object; None after an error. Its initializer, if any, is checked and set afterwards."""
    name = declarator.name
    at = declarator.at
    type = apply_to_type(cx, type, attributes)
    if type.kind == VOID and (specifiers.storage != EXTERN_STORAGE or has_initializer):
        cx.error(at, "variable or field '{}' declared void", name)
        type = cx.types.error
    at_file_scope = cx.scopes.depth == 0
    storage = specifiers.storage
    if at_file_scope and (storage == AUTO_STORAGE or (storage == REGISTER_STORAGE and not declarator.asm_name)):
        if storage == AUTO_STORAGE:
            cx.error(at, "file-scope declaration of '{}' specifies 'auto'", name)
        else:
            cx.error(at, "register name not specified for '{}'", name)
        storage = NONE
    if specifiers.is_inline:
        cx.warning("", at, "variable '{}' declared 'inline'", name)
    if at_file_scope or storage == EXTERN_STORAGE:
        if is_variable_length(type) and type.kind != ERROR:
            cx.error(at, "object with variably modified type must have no linkage")
            type = cx.types.error
        if storage == EXTERN_STORAGE and has_initializer:
            if at_file_scope:
                cx.warning("", at, "'{}' initialized and declared 'extern'", name)
            else:
                cx.error(at, "'{}' has both 'extern' and initializer", name)
        variable = _linked_variable(cx, specifiers, storage, type, declarator, has_initializer)
    else:
        variable = _local_variable(cx, specifiers, storage, type, declarator, has_initializer)
    if variable is None:
        return None
    if specifiers.align:
        if storage == REGISTER_STORAGE:
            cx.error(at, "alignment specified for 'register' object '{}'", name)
        elif is_complete(type) and not is_variable_length(type) and specifiers.align < cx.layout.align_of(type):
            cx.error(at, "'_Alignas' specifiers cannot reduce alignment of '{}'", name)
        else:
            variable.align = max(variable.align, specifiers.align)
    apply_to_entity(cx, variable, attributes)
    if declarator.asm_name:
        if variable.storage == decl.REGISTER or (at_file_scope and specifiers.storage == REGISTER_STORAGE):
            variable.register_name = declarator.asm_name.lstrip("%")
        elif variable.storage == decl.AUTOMATIC:
            cx.warning("", at, "ignoring 'asm' specifier for non-static local variable '{}'", name)
        else:
            variable.asm_name = declarator.asm_name
    return variable


def _linked_variable(
    cx: Context, specifiers: Specifiers, storage: int, type: CType, declarator: Declarator, has_initializer: bool
) -> Variable | None:
    """A file-scope object, or a block-scope `extern` one."""
    name = declarator.name
    at = declarator.at
    at_file_scope = cx.scopes.depth == 0
    here = cx.scopes.lookup_here(name)
    if here is not None and not (here.entity is not None and isinstance(here.entity, Variable)):
        _different_kind(cx, name, at, here)
        return None
    visible = cx.scopes.lookup(name)
    known = cx.externals.get(name)
    if here is not None and here.entity is not None and here.entity.linkage == NO_LINKAGE:
        cx.error(at, "extern declaration of '{}' follows declaration with no linkage", name)
        _previous(cx, here.entity, False)
        return None
    if known is not None and not isinstance(known, Variable):
        cx.error(at, "'{}' redeclared as different kind of symbol", name)
        _previous(cx, known, False)
        return None
    if known is not None and known.ordinal < 0 and cx.scopes.depth == 0:
        known.ordinal = at
    if storage == EXTERN_STORAGE:
        prior = visible.entity if visible is not None else None
        linkage = EXTERNAL
        if prior is not None and prior.linkage != NO_LINKAGE:
            linkage = prior.linkage
        elif known is not None and known.linkage == INTERNAL and visible is None:
            linkage = INTERNAL
    else:
        linkage = INTERNAL if storage == STATIC_STORAGE else EXTERNAL
    if known is None:
        variable = cx.new_variable(name, type, at, at + 1, decl.STATIC)
        variable.linkage = linkage
        variable.is_thread_local = specifiers.is_thread_local
        cx.externals[name] = variable
        cx.unit.variables.append(variable)
    else:
        assert isinstance(known, Variable)
        variable = known
        if not _merge_variable(cx, variable, type, at, linkage, storage, specifiers):
            return None
    if at_file_scope and storage != EXTERN_STORAGE and not has_initializer:
        variable.is_tentative = True
        if not variable.is_defined:
            variable.start = at
            variable.end = at + 1
        if linkage == INTERNAL and isinstance(type, ArrayType) and not is_complete(type):
            cx.pedantic("pedantic", at, "array size missing in '{}'", name)
    if here is None:
        cx.scopes.declare(Symbol(ENTITY, name, variable.type, variable, 0, at))
    return variable


def _merge_variable(
    cx: Context, variable: Variable, type: CType, at: int, linkage: int, storage: int, specifiers: Specifiers
) -> bool:
    name = variable.name
    if type.kind != ERROR and variable.type.kind != ERROR:
        if not is_same(variable.type, type):
            if is_compatible(variable.type, type):
                cx.error(at, "conflicting type qualifiers for '{}'", name)
            else:
                cx.error(at, "conflicting types for '{}'; have '{}'", name, type_name(type))
            _previous(cx, variable, variable.is_defined)
            return False
        if cx.scopes.depth > 0 and not is_complete(variable.type) and is_complete(type):
            variable.completed_at = at
        elif cx.scopes.depth == 0 and is_complete(type):
            variable.completed_at = -1
        variable.type = composite(variable.type, type)
    if variable.linkage != linkage:
        if linkage == INTERNAL:
            cx.error(at, "static declaration of '{}' follows non-static declaration", name)
        else:
            cx.error(at, "non-static declaration of '{}' follows static declaration", name)
        _previous(cx, variable, variable.is_defined)
        return False
    if specifiers.is_thread_local != variable.is_thread_local:
        first = "thread-local" if specifiers.is_thread_local else "non-thread-local"
        second = "non-thread-local" if specifiers.is_thread_local else "thread-local"
        cx.error(at, "{} declaration of '{}' follows {} declaration", first, name, second)
        _previous(cx, variable, variable.is_defined)
        return False
    return True


def _different_kind(cx: Context, name: str, at: int, symbol: Symbol) -> None:
    cx.error(at, "'{}' redeclared as different kind of symbol", name)
    if symbol.entity is not None:
        _previous(cx, symbol.entity, False)
    elif symbol.ordinal >= 0:
        word = "declaration" if symbol.kind == TYPEDEF else "definition"
        cx.note(symbol.ordinal, "previous {} of '{}' with type '{}'", word, name, type_name(symbol.type))


def _local_variable(
    cx: Context, specifiers: Specifiers, storage: int, type: CType, declarator: Declarator, has_initializer: bool
) -> Variable | None:
    """A block-scope object without linkage."""
    name = declarator.name
    at = declarator.at
    here = cx.scopes.lookup_here(name)
    if here is not None:
        entity = here.entity
        if not isinstance(entity, Variable):
            _different_kind(cx, name, at, here)
        elif entity.storage == decl.PARAMETER:
            cx.error(at, "'{}' redeclared as different kind of symbol", name)
            _previous(cx, entity, True)
        else:
            if entity.linkage != NO_LINKAGE:
                cx.error(at, "declaration of '{}' with no linkage follows extern declaration", name)
            elif type.kind != ERROR and not is_same(entity.type, type):
                cx.error(at, "conflicting types for '{}'; have '{}'", name, type_name(type))
            else:
                cx.error(at, "redeclaration of '{}' with no linkage", name)
            _previous(cx, entity, entity.linkage == NO_LINKAGE)
        if entity is None or entity.linkage != NO_LINKAGE or not isinstance(entity, Variable):
            return None
    kind = decl.AUTOMATIC
    if storage == STATIC_STORAGE:
        kind = decl.STATIC
        if is_variable_length(type):
            cx.error(at, "storage size of '{}' isn't constant", name)
            type = cx.types.error
    elif storage == REGISTER_STORAGE:
        kind = decl.REGISTER
    if specifiers.is_thread_local and kind != decl.STATIC:
        cx.error(at, "function-scope '{}' implicitly auto and declared '_Thread_local'", name)
    variable = cx.new_variable(name, type, at, at + 1, kind)
    variable.is_thread_local = specifiers.is_thread_local
    variable.is_defined = True
    if kind == decl.STATIC:
        variable.symbol = cx.static_symbol(name)
        cx.unit.variables.append(variable)
        cx.unit.items.append(variable)
    if cx.function is not None and is_variably_modified(type):
        cx.function.vla_scopes.append(variable.id)
    if here is None:
        cx.scopes.declare(Symbol(ENTITY, name, type, variable, 0, at))
    return variable


def check_object_type(cx: Context, variable: Variable, at: int) -> None:
    """After the initializer: a block-scope object, or one defined with an initializer, needs a complete type."""
    type = variable.type
    if type.kind == ERROR or is_complete(type):
        return
    name = variable.name
    if variable.linkage != NO_LINKAGE and not variable.is_defined:
        return
    if type.kind == ctypes.ARRAY and is_complete(innermost_element(type)):
        cx.error(at, "array size missing in '{}'", name)
    elif variable.linkage != NO_LINKAGE:
        cx.error(at, "variable '{}' has initializer but incomplete type", name)
    else:
        cx.error(at, "storage size of '{}' isn't known", name)
    set_variable_type(cx, variable, cx.types.error)


def set_variable_type(cx: Context, variable: Variable, type: CType) -> None:
    """Updates the type (an array completed by its initializer) in the entity and in its visible symbol."""
    variable.type = type
    symbol = cx.scopes.ordinary.get(variable.name)
    if symbol is not None and symbol.entity is variable:
        symbol.type = type


def finish_file_variables(cx: Context) -> None:
    """At the end of the unit: tentative definitions become definitions (C17 6.9.2p2)."""
    for variable in cx.unit.variables:
        if variable.attributes.alias and variable.linkage != NO_LINKAGE and not variable.is_tentative:
            if not variable.is_defined:  # `extern` and an alias: a definition all the same
                cx.unit.items.append(variable)
            continue
        if variable.linkage == NO_LINKAGE or variable.is_defined or not variable.is_tentative:
            continue
        type = variable.type
        if variable.completed_at >= 0 and isinstance(type, ArrayType) and type.length != 1:
            text = "type of array '{}' completed incompatibly with implicit initialization"
            cx.error(variable.completed_at, text, variable.name)
        if isinstance(type, ArrayType) and type.length is None and is_complete(type.element):
            cx.warning("", variable.start, "array '{}' assumed to have one element", variable.name)
            variable.type = ArrayType(type.element, 1)
        elif type.kind != ERROR and not is_complete(type):
            cx.error(variable.start, "storage size of '{}' isn't known", variable.name)
            continue
        variable.is_defined = not variable.register_name
        if variable.is_defined:
            cx.unit.items.append(variable)


# --- functions ---


def declare_function(
    cx: Context, specifiers: Specifiers, type: CType, declarator: Declarator, attributes: list[ParsedAttribute],
    is_definition: bool,
) -> Function | None:  # fmt: skip
    """Declares a function, or begins its definition; None after an error that leaves no entity to go on with."""
    name = declarator.name
    at = declarator.at
    type = apply_to_type(cx, type, attributes)
    bare = type.bare
    assert isinstance(bare, FunctionType)
    at_file_scope = cx.scopes.depth == 0
    storage = specifiers.storage
    if (not at_file_scope and storage == STATIC_STORAGE) or storage in (AUTO_STORAGE, REGISTER_STORAGE):
        cx.error(at, "invalid storage class for function '{}'", name)
    here = cx.scopes.lookup_here(name)
    if here is not None and not isinstance(here.entity, Function):
        _different_kind(cx, name, at, here)
        return None
    known = cx.externals.get(name)
    if known is not None and not isinstance(known, Function):
        cx.error(at, "'{}' redeclared as different kind of symbol", name)
        _previous(cx, known, False)
        return None
    linkage = INTERNAL if storage == STATIC_STORAGE else EXTERNAL
    if known is not None and bare.has_prototype and not is_definition and not agrees_with_old(cx, known, bare, at):
        return None
    if known is None:
        function = Function(name, type, at, at + 1)
        function.ordinal = at
        function.linkage = linkage
        cx.externals[name] = function
        cx.unit.functions.append(function)
    else:
        function = known
        if not _merge_function(cx, function, type, at, linkage, is_definition):
            if not is_definition or function.body is not None:
                return None
            function.type = type
        if storage == STATIC_STORAGE:
            function.linkage = INTERNAL
        function.ordinal = min(function.ordinal, at)
    if is_definition:
        function.start = at
        function.end = at + 1
    if bare.has_prototype:
        function.prototype_at = at
    _note_inline(cx, specifiers, function, attributes, at_file_scope, is_definition)
    apply_to_entity(cx, function, attributes)
    if specifiers.is_noreturn:
        function.attributes.noreturn = True
    if declarator.asm_name:
        function.asm_name = declarator.asm_name
    final_type = function.type.bare
    if isinstance(final_type, FunctionType):
        function.is_variadic = final_type.variadic
    if here is None:
        cx.scopes.declare(Symbol(ENTITY, name, function.type, function, 0, at))
    else:
        here.type = function.type
    return function


def _merge_function(cx: Context, function: Function, type: CType, at: int, linkage: int, is_definition: bool) -> bool:
    name = function.name
    if not is_compatible(function.type, type):
        if _old_style_match(cx, function, type, is_definition):
            function.type = type
            return True
        if function.ordinal < 0:
            cx.warning("builtin-declaration-mismatch", at, "conflicting types for built-in function '{}'", name)
            function.type = type
            return True
        cx.error(at, "conflicting types for '{}'; have '{}'", name, type_name(type))
        _previous(cx, function, function.body is not None)
        return False
    replaces_inline = function.definition_is_extern and function.is_inline and is_definition
    if linkage == INTERNAL and function.linkage == EXTERNAL and function.ordinal >= 0 and not replaces_inline:
        cx.error(at, "static declaration of '{}' follows non-static declaration", name)
        _previous(cx, function, function.body is not None)
        return False
    function.type = composite(function.type, type)
    return True


def _old_style_match(cx: Context, function: Function, type: CType, is_definition: bool) -> bool:
    """gcc lets an unprototyped declaration stand beside a prototype that promotes otherwise when it came implicitly."""
    return function.start < 0 and is_definition


def _note_inline(
    cx: Context, specifiers: Specifiers, function: Function, attributes: list[ParsedAttribute], at_file_scope: bool,
    is_definition: bool,
) -> None:  # fmt: skip
    """Collects what decides between inline definitions and external ones (C17 6.7.4p7; GNU89 the other way round)."""
    is_extern = specifiers.storage == EXTERN_STORAGE
    if specifiers.is_inline:
        function.is_inline = True
        if function.name == "main" and function.linkage == EXTERNAL:
            cx.warning("main", specifiers.start, "cannot inline function 'main'")
    if at_file_scope and (not specifiers.is_inline or is_extern):
        function.only_inline_declarations = False
    if is_definition and is_extern and specifiers.is_inline:
        function.definition_is_extern = True


def decide_inline(cx: Context, function: Function) -> None:
    """After the whole unit: which definitions are emitted."""
    if function.body is None:
        return
    if function.linkage == INTERNAL:
        attributes = function.attributes
        function.emit = function.is_used or attributes.used or bool(
            attributes.constructor >= 0 or attributes.destructor >= 0
        )
        return
    if function.is_inline:
        gnu = cx.options.language.gnu89_inline or function.attributes.gnu_inline
        if gnu:
            function.is_inline_only = function.definition_is_extern
        else:
            function.is_inline_only = function.only_inline_declarations
        if function.is_inline_only and function.attributes.always_inline and function.is_used:
            # It is never called out of line, so there may be no definition elsewhere: this unit keeps its own.
            function.linkage = INTERNAL
            function.emit = True
            return
    function.emit = not function.is_inline_only


def implicit_function(cx: Context, name: str, at: int) -> Function:
    """A call of an undeclared function: `int name()` at file scope (C90 6.3.2.2; a warning after C90)."""
    known = cx.externals.get(name)
    if isinstance(known, Function):
        # Declared in a scope that is closed: gcc takes that type.
        function = known
    else:
        function = Function(name, FunctionType(cx.types.int, [], False, False), at, at + 1)
        function.ordinal = at
        function.linkage = EXTERNAL
        function.only_inline_declarations = False
        cx.externals[name] = function
        cx.unit.functions.append(function)
    if cx.options.c99:
        cx.warning("implicit-function-declaration", at, "implicit declaration of function '{}'", name)
    cx.scopes.declare(Symbol(ENTITY, name, function.type, function, 0, at))
    return function


def old_style_parameter(cx: Context, name: str, at: int) -> Variable:
    """A name of a K&R list before its declaration is seen: int until then."""
    variable = cx.new_variable(name, cx.types.int, at, at + 1, decl.PARAMETER)
    variable.is_defined = True
    return variable


def finish_old_style(cx: Context, piece: FunctionPiece, declared: dict[str, Variable]) -> None:
    """Completes the parameters of a K&R definition (C17 6.9.1p6, p13)."""
    piece.parameters = []
    for name, at in piece.identifiers:
        variable = declared.get(name)
        if variable is None:
            cx.warning("implicit-int", at, "type of '{}' defaults to 'int'", name)
            variable = old_style_parameter(cx, name, at)
        piece.parameters.append(variable)


def check_function_definition(cx: Context, function: Function, piece: FunctionPiece, at: int) -> None:
    """Constraints on a definition's result and parameters (C17 6.9.1)."""
    type = function.type.bare
    assert isinstance(type, FunctionType)
    result = type.result
    if result.kind not in (VOID, ERROR) and not is_complete(result):
        cx.error(at, "return type is an incomplete type")
    for index, parameter in enumerate(piece.parameters):
        if not parameter.name:
            cx.pedantic("pedantic", parameter.start, "ISO C does not support omitting parameter names in function "
                        "definitions before C2X")  # fmt: skip
        if parameter.type.kind == VOID:
            cx.error(parameter.start, "parameter {} ('{}') has void type", index + 1, parameter.name)
            parameter.type = cx.types.error
        elif parameter.type.kind not in (ERROR, FUNCTION) and not is_complete(parameter.type):
            cx.error(parameter.start, "parameter {} ('{}') has incomplete type", index + 1, parameter.name)
            parameter.type = cx.types.error
    if function.name == "main" and function.linkage == EXTERNAL:
        if result.bare is not cx.types.int and result.kind != ERROR:
            cx.warning("main", at, "return type of 'main' is not 'int'")
