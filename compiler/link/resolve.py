"""Symbol resolution: which objects take part in the link, and which definition each global name means.

A name's definition is the first strong one, else the first weak one, else the largest common. Archives are lazy: all
their indexes are known from the start, and a member joins when a strong undefined reference needs it, whatever the
order on the command line (so `--start-group` is implied). Of COMDAT groups with one signature the first is kept.
"""

from __future__ import annotations

from typing import Final, final

from compiler.link.align import settle_alignments
from compiler.link.options import LinkInput, LinkOptions
from compiler.machine.target import Target
from compiler.object.archive import Member, is_archive, read_archive
from compiler.object.model import (
    ABSOLUTE,
    COMMON,
    DEFINED,
    STB_GNU_UNIQUE,
    STB_LOCAL,
    STB_WEAK,
    STV_DEFAULT,
    UNDEFINED,
    ObjectFile,
    Section,
    Symbol,
)
from compiler.object.reader import FormatError, is_elf, read_object
from compiler.source.diagnostics import Sink


@final
class Resolution:
    """The objects of a link in order, and the definition of every global name.

    `definitions[name]` is the winning symbol: DEFINED, ABSOLUTE or COMMON, or UNDEFINED where nothing defines it.
    `discarded` are sections of duplicate groups.
    """

    def __init__(self) -> None:
        self.objects: list[ObjectFile] = []
        self.definitions: dict[str, Symbol] = {}
        self.owners: dict[Symbol, ObjectFile] = {}
        self.discarded: set[Section] = set()
        self.references: dict[str, ObjectFile] = {}  # first object that refers to an undefined name strongly
        self.owner_of_section: dict[Section, ObjectFile] = {}

    def resolve(self, symbol: Symbol) -> Symbol:
        """What a symbol of some object means in this link."""
        if symbol.binding == STB_LOCAL or not symbol.name:
            return symbol
        return self.definitions.get(symbol.name, symbol)


@final
class Resolver:
    def __init__(self, options: LinkOptions, target: Target, sink: Sink) -> None:
        self.options: Final = options
        self.target: Final = target
        self.sink: Final = sink
        self.result: Final = Resolution()
        self.lazy: dict[str, tuple[str, Member]] = {}  # name -> archive and member that would define it
        self.loaded: set[Member] = set()
        self.groups: set[str] = set()
        self.wanted: list[str] = []  # undefined names still to be looked for in archives

    def run(self, inputs: list[LinkInput]) -> Resolution:
        for name, value in self.options.defined.items():
            self.result.definitions[name] = Symbol(name, ABSOLUTE, value=value, binding=1)
        for name in (self.options.entry, *self.options.required):
            if name and name not in self.result.definitions:
                self._want(name)
        for link_input in inputs:
            try:
                self._input(link_input)
            except FormatError as error:
                self.sink.error(None, "{}", str(error))
        self._fetch()
        return self.result

    def _input(self, link_input: LinkInput) -> None:
        data = link_input.data
        archive = link_input.archive
        if archive is None and is_archive(data):
            archive = read_archive(data, link_input.name)
        if archive is not None:
            if link_input.whole:
                for member in archive.members:
                    self._load(member.take(f"{link_input.name}({member.name})"))
                return
            for name, member in archive.index.items():
                self.lazy.setdefault(name, (link_input.name, member))
        elif is_elf(data):
            self._load(read_object(data, link_input.name))
        else:
            raise FormatError(f"{link_input.name}: neither an object file nor an archive")

    def _want(self, name: str) -> None:
        self.wanted.append(name)

    def _fetch(self) -> None:
        """Members for undefined names, until none is wanted."""
        while self.wanted:
            name = self.wanted.pop(0)
            symbol = self.result.definitions.get(name)
            if symbol is not None and symbol.where != UNDEFINED:
                continue
            found = self.lazy.get(name)
            if found is None:
                continue
            archive, member = found
            if member in self.loaded:
                continue
            self.loaded.add(member)
            try:
                self._load(member.take(f"{archive}({member.name})"))
            except FormatError as error:
                self.sink.error(None, "{}", str(error))

    def _load(self, obj: ObjectFile) -> None:
        if obj.machine != self.target.elf.machine or obj.bits != self.target.elf.bits:
            raise FormatError(f"{obj.name}: is for another machine ({obj.machine}, {obj.bits} bits)")
        settle_alignments(obj, self.target)
        self._groups(obj)
        result = self.result
        result.objects.append(obj)
        for section in obj.sections:
            result.owner_of_section[section] = obj
        for symbol in obj.symbols:
            result.owners[symbol] = obj
            if symbol.binding != STB_LOCAL and symbol.name:
                self._global(obj, symbol)

    def _groups(self, obj: ObjectFile) -> None:
        for group in obj.groups:
            if not group.flags & 1:
                continue
            signature = group.signature.name
            if not signature and group.signature.section is not None:
                signature = group.signature.section.name
            if signature in self.groups:
                self.result.discarded.update(group.sections)
            else:
                self.groups.add(signature)

    def _global(self, obj: ObjectFile, symbol: Symbol) -> None:
        result = self.result
        if symbol.where == DEFINED and (symbol.section is None or symbol.section in result.discarded):
            symbol.where, symbol.section = UNDEFINED, None
        old = result.definitions.get(symbol.name)
        if symbol.where == UNDEFINED:
            if old is None or (old.where == UNDEFINED and old.binding == STB_WEAK and symbol.binding != STB_WEAK):
                result.definitions[symbol.name] = symbol
            if symbol.binding != STB_WEAK:
                result.references.setdefault(symbol.name, obj)
                if old is None or old.where == UNDEFINED:
                    self._want(symbol.name)
            return
        if old is None or old.where == UNDEFINED:
            if old is not None and symbol.visibility == STV_DEFAULT:
                symbol.visibility = old.visibility
            result.definitions[symbol.name] = symbol
            return
        self._choose(obj, old, symbol)

    def _choose(self, obj: ObjectFile, old: Symbol, new: Symbol) -> None:
        """Both define the name."""
        definitions = self.result.definitions
        if new.where == COMMON:
            if old.where == COMMON:
                if new.size > old.size:
                    definitions[new.name] = new
                    new.value = max(new.value, old.value)
                else:
                    old.value = max(new.value, old.value)
            elif old.binding == STB_WEAK:
                definitions[new.name] = new
            return
        if old.where == COMMON:
            if new.binding != STB_WEAK:
                definitions[new.name] = new
            return
        if new.binding == STB_WEAK or (new.binding == STB_GNU_UNIQUE and old.binding == STB_GNU_UNIQUE):
            return
        if old.binding == STB_WEAK:
            definitions[new.name] = new
            return
        if not self.options.allow_multiple_definition:
            first = self.result.owners.get(old)
            self.sink.error(
                None, "duplicate symbol '{}': defined in {} and again in {}", new.name,
                _place(first, old), _place(obj, new),
            )  # fmt: skip


def _place(obj: ObjectFile | None, symbol: Symbol) -> str:
    if obj is None:
        return "the command line"
    return f"{obj.name}:({symbol.section.name}+{symbol.value:#x})" if symbol.section is not None else obj.name
