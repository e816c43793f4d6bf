"""Scopes and name spaces (C17 6.2.1, 6.2.3).

Invariant: `ordinary` and `tags` hold the innermost visible meaning of every name; a symbol remembers what it hides, and
leaving a scope restores that. A file-scope symbol's `ordinal` is the token at which it was declared: while a deferred
body is parsed, `limit` hides what was declared after it.
"""

from __future__ import annotations

from typing import Final, final

from compiler.syntax.decl import Entity
from compiler.types.ctypes import CType

TYPEDEF: Final = 0
ENUMERATOR: Final = 1
ENTITY: Final = 2

FILE_SCOPE: Final = 0
_NO_LIMIT: Final = 1 << 62


@final
class Symbol:
    """A meaning of an ordinary identifier. `value` is an enumerator's, `entity` is None for typedefs and
    enumerators.
    """

    __slots__ = ("depth", "entity", "kind", "name", "ordinal", "outer", "type", "value")

    def __init__(self, kind: int, name: str, type: CType, entity: Entity | None, value: int, ordinal: int) -> None:
        self.kind = kind
        self.name = name
        self.type = type
        self.entity = entity
        self.value = value
        self.ordinal = ordinal
        self.depth = 0
        self.outer: Symbol | None = None


@final
class Tag:
    """A meaning of a tag; `kind` is the type's (STRUCT, UNION, ENUM)."""

    __slots__ = ("depth", "kind", "name", "ordinal", "outer", "type")

    def __init__(self, kind: int, name: str, type: CType, ordinal: int) -> None:
        self.kind = kind
        self.name = name
        self.type = type
        self.ordinal = ordinal
        self.depth = 0
        self.outer: Tag | None = None


@final
class Scopes:
    """The stack of open scopes; depth 0 is the file's."""

    def __init__(self) -> None:
        self.ordinary: Final[dict[str, Symbol]] = {}
        self.tags: Final[dict[str, Tag]] = {}
        self.depth = FILE_SCOPE
        self.limit = _NO_LIMIT
        self.declared: Final[list[list[Symbol]]] = [[]]
        self.declared_tags: Final[list[list[Tag]]] = [[]]

    def enter(self) -> None:
        self.depth += 1
        self.declared.append([])
        self.declared_tags.append([])

    def leave(self) -> list[Symbol]:
        """Closes the innermost scope and hands back what was declared in it."""
        assert self.depth > FILE_SCOPE
        self.depth -= 1
        symbols = self.declared.pop()
        for index in range(len(symbols) - 1, -1, -1):
            symbol = symbols[index]
            if symbol.outer is None:
                del self.ordinary[symbol.name]
            else:
                self.ordinary[symbol.name] = symbol.outer
        tags = self.declared_tags.pop()
        for index in range(len(tags) - 1, -1, -1):
            tag = tags[index]
            if tag.outer is None:
                del self.tags[tag.name]
            else:
                self.tags[tag.name] = tag.outer
        return symbols

    def lookup(self, name: str) -> Symbol | None:
        symbol = self.ordinary.get(name)
        if symbol is not None and symbol.ordinal > self.limit and symbol.depth == FILE_SCOPE:
            return None
        return symbol

    def lookup_here(self, name: str) -> Symbol | None:
        """The meaning declared in the innermost scope itself."""
        symbol = self.ordinary.get(name)
        if symbol is not None and symbol.depth == self.depth:
            return symbol
        return None

    def declare(self, symbol: Symbol) -> None:
        symbol.depth = self.depth
        symbol.outer = self.ordinary.get(symbol.name)
        self.ordinary[symbol.name] = symbol
        self.declared[self.depth].append(symbol)

    def declare_in_file(self, symbol: Symbol) -> None:
        """At file scope whatever scope is open: an implicitly declared function of a deferred body, a builtin."""
        inner = self.ordinary.get(symbol.name)
        if inner is None or inner.depth == FILE_SCOPE:
            self.ordinary[symbol.name] = symbol
        else:
            while inner.outer is not None and inner.outer.depth != FILE_SCOPE:
                inner = inner.outer
            inner.outer = symbol

    def lookup_tag(self, name: str) -> Tag | None:
        tag = self.tags.get(name)
        if tag is not None and tag.ordinal > self.limit and tag.depth == FILE_SCOPE:
            return None
        return tag

    def lookup_tag_here(self, name: str) -> Tag | None:
        tag = self.tags.get(name)
        if tag is not None and tag.depth == self.depth:
            return tag
        return None

    def declare_tag(self, tag: Tag) -> None:
        tag.depth = self.depth
        tag.outer = self.tags.get(tag.name)
        self.tags[tag.name] = tag
        self.declared_tags[self.depth].append(tag)

    def begin_deferred(self, ordinal: int) -> None:
        """From here on the file scope looks as it did at that token."""
        assert self.depth == FILE_SCOPE
        self.limit = ordinal

    def end_deferred(self) -> None:
        self.limit = _NO_LIMIT
