"""Whether declarations of one function, and aliases with their targets, go together (C17 6.7.6.3p15, GNU aliases)."""

from __future__ import annotations

from compiler.sema.context import Context
from compiler.sema.declarators import FunctionPiece
from compiler.syntax.decl import NO_LINKAGE, Entity, Function, Variable
from compiler.types.conversions import is_compatible, promoted
from compiler.types.ctypes import ERROR, CType, FloatType, FunctionType
from compiler.types.derive import unqualified
from compiler.types.names import type_name


def check_aliases(cx: Context) -> None:
    """An alias needs a definition in this unit, itself or through other aliases (gcc manual, "alias")."""
    defined: set[str] = set()
    targets: dict[str, str] = {}
    entities: list[Entity] = [*cx.unit.functions, *cx.unit.variables]
    for entity in entities:
        name = entity.asm_name or entity.name
        if entity.attributes.alias:
            targets[name] = entity.attributes.alias
        elif isinstance(entity, Function):
            if entity.body is not None:
                defined.add(name)
        elif isinstance(entity, Variable) and entity.linkage != NO_LINKAGE and entity.is_defined:
            defined.add(name)
    for entity in entities:
        if not entity.attributes.alias or entity.attributes.weakref or entity.start < 0:
            continue
        name = entity.asm_name or entity.name
        seen = {name}
        target = entity.attributes.alias
        while target not in defined and target in targets and target not in seen:
            seen.add(target)
            target = targets[target]
        if target in seen:
            cx.error(entity.start, "'{}' is part of alias cycle", entity.name)
        elif target not in defined:
            cx.error(entity.start, "'{}' aliased to undefined symbol '{}'", entity.name, entity.attributes.alias)


def agrees_with_old(cx: Context, function: Function, type: FunctionType, at: int) -> bool:
    """C17 6.7.6.3p15: a prototype behind a K&R definition has its number of parameters, with the promoted types."""
    defined = function.type.bare
    if function.body is None or not isinstance(defined, FunctionType) or defined.has_prototype:
        return True
    name = function.name
    parameters = function.parameters
    if type.variadic:
        cx.error(at, "conflicting types for '{}'; have '{}'", name, type_name(type))
    elif len(type.parameters) != len(parameters):
        word = "more" if len(type.parameters) > len(parameters) else "fewer"
        cx.error(at, "prototype for '{}' declares {} arguments than previous old-style definition", name, word)
    else:
        for index, wanted in enumerate(type.parameters):
            given = parameters[index].type
            if ERROR in (wanted.kind, given.kind) or is_compatible(unqualified(wanted), unqualified(given)):
                continue
            cx.error(at, "prototype for '{}' declares argument {} with incompatible type", name, index + 1)
            _note_definition(cx, function)
            return False
        return True
    _note_definition(cx, function)
    return False


def check_against_prototype(cx: Context, function: Function, piece: FunctionPiece) -> None:
    """A K&R definition behind a prototype (C17 6.7.6.3p15). gcc reports the prototype as a second error."""
    type = function.type.bare
    place = function.prototype_at
    if place < 0 or not isinstance(type, FunctionType) or not type.has_prototype:
        return
    if len(type.parameters) != len(piece.parameters):
        cx.error(function.start, "number of arguments doesn't match prototype")
        cx.error(place, "prototype declaration")
        return
    for wanted, parameter in zip(type.parameters, piece.parameters, strict=True):
        if ERROR in (wanted.kind, parameter.type.kind):
            continue
        given = unqualified(parameter.type)
        if is_compatible(unqualified(wanted), given) or is_compatible(
            unqualified(wanted), promoted_parameter(cx, given) if given.is_arithmetic else given
        ):  # fmt: skip
            continue
        cx.error(parameter.start, "argument '{}' doesn't match prototype", parameter.name)
        cx.error(place, "prototype declaration")


def promoted_parameter(cx: Context, type: CType) -> CType:
    """How an argument of an unprototyped function arrives."""
    bare = unqualified(type).bare
    if isinstance(bare, FloatType):
        return cx.types.double if bare.name == "float" else bare
    return promoted(cx.types, bare)


def _note_definition(cx: Context, function: Function) -> None:
    cx.note(function.start, "previous definition of '{}' with type '{}'", function.name, type_name(function.type))
