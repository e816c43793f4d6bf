"""What all of semantic analysis shares: the unit being built, its types, scopes and diagnostics.

Token indices name places: every node's extent is in tokens, and `span` turns one into a place of the source.
"""

from __future__ import annotations

from typing import Final, final

from compiler.lex.tokens import Token
from compiler.platform.language import C99, Language
from compiler.platform.platform import Platform
from compiler.sema.constants import Evaluator
from compiler.sema.scope import Scopes
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap, Span
from compiler.syntax.decl import AUTOMATIC, Entity, Function, Label, Unit, Variable
from compiler.syntax.stmt import Switch
from compiler.types.basic import BasicTypes
from compiler.types.ctypes import CType
from compiler.types.derive import qualified
from compiler.types.layout import Layout


@final
class Options:
    """What the command line says to the front end behind the preprocessor."""

    def __init__(self, language: Language | None = None) -> None:
        self.language: Final = language if language is not None else Language()
        self.builtin_functions = True  # -fno-builtin, -ffreestanding: library names are ordinary
        self.short_enums = False
        self.lazy_bodies = True  # static inline functions of headers are parsed when they are referenced
        self.unsigned_bit_fields = False
        self.optimize = 0
        self.pack = 0  # -fpack-struct=
        self.fast_math = False

    @property
    def c99(self) -> bool:
        return self.language.version >= C99


@final
class SwitchState:
    """An open switch: the values seen so far, sorted by low end, for duplicate detection."""

    def __init__(self, node: Switch, type: CType) -> None:
        self.node: Final = node
        self.type: Final = type
        self.values: dict[int, int] = {}  # single values -> token of the label
        self.ranges: list[tuple[int, int, int]] = []
        self.jump_scope = 0


@final
class LabelState:
    """A label with what its checks need: where it was first used or defined, and the scopes of variably modified
    declarations open at its definition."""

    def __init__(self, label: Label, at: int) -> None:
        self.label: Final = label
        self.at: Final = at
        self.defined_at = -1
        self.vla_path: tuple[int, ...] = ()
        self.uses: list[tuple[int, tuple[int, ...]]] = []
        self.is_used = False
        self.address_at = -1  # where && first took it


@final
class FunctionState:
    """The function whose body is being parsed."""

    def __init__(self, function: Function, result: CType) -> None:
        self.function: Final = function
        self.result: Final = result
        self.labels: dict[str, LabelState] = {}
        self.local_labels: list[dict[str, LabelState]] = []
        self.switches: list[SwitchState] = []
        self.loop_depth = 0
        self.breakable_depth = 0
        self.hoisted: list[Variable] = []  # hidden variables of types inside expressions; declared on entry
        # What no jump enters: ids of variably modified declarations in scope, and -1 - the first token of each open
        # statement expression.
        self.vla_scopes: list[int] = []
        self.func_name: Variable | None = None  # __func__
        self.returns_value = False
        self.undeclared: dict[str, bool] = {}


@final
class Context:
    """One translation unit under analysis."""

    def __init__(
        self, tokens: list[Token], platform: Platform, options: Options, source_map: SourceMap, sink: Sink, name: str
    ) -> None:
        self.tokens: Final = tokens
        self.platform: Final = platform
        self.options: Final = options
        self.source_map: Final = source_map
        self.sink: Final = sink
        self.types: Final = BasicTypes(platform.model, platform.va_list)
        self.layout: Final = Layout(platform.model, platform.va_list)
        self.open_tags: Final[list[CType]] = []  # whose member lists are being read
        self.evaluator: Final = Evaluator(self.types, self.layout)
        self.scopes: Final = Scopes()
        self.unit: Final = Unit(name)
        self.externals: Final[dict[str, Entity]] = {}  # everything with linkage, by name
        self.function: FunctionState | None = None
        self.pending_lengths: list[Variable] = []  # made by declarators, not yet placed in a statement
        self.vla_lengths_are_stars = False  # inside a prototype that is no definition
        self.next_id = 0
        self.static_count: Final[dict[str, int]] = {}
        self.wanted: list[Function] = []  # functions referenced for the first time
        self.constant_depth = 0  # inside sizeof, typeof, _Generic's operand: nothing is evaluated there

    # --- diagnostics ------------------------------------------------------------------------------------------------

    def span(self, at: int) -> Span:
        return self.tokens[at if at < len(self.tokens) else -1].span()

    def error(self, at: int, format: str, *args: object) -> None:
        self.sink.error(self.span(at), format, *args)

    def warning(self, group: str, at: int, format: str, *args: object) -> bool:
        return self.sink.warning(group, self.span(at), format, *args)

    def pedantic(self, group: str, at: int, format: str, *args: object) -> bool:
        return self.sink.pedantic(group, self.span(at), format, *args)

    def note(self, at: int, format: str, *args: object) -> None:
        self.sink.note(self.span(at), format, *args)

    # --- making things ----------------------------------------------------------------------------------------------

    def new_variable(self, name: str, type: CType, start: int, end: int, storage: int) -> Variable:
        variable = Variable(name, type, start, end, storage, self.next_id)
        variable.ordinal = start
        self.next_id += 1
        return variable

    def new_length(self, at: int, end: int) -> Variable:
        """A hidden variable for the element count of a variable-length array, not yet placed."""
        variable = self.new_variable("", qualified(self.types.size, 0), at, end, AUTOMATIC)
        variable.is_defined = True
        self.unit.hidden_lengths[variable.id] = variable
        return variable

    def static_symbol(self, name: str) -> str:
        """A symbol for a block-scope static or hidden object, unique in the unit and the same in every run."""
        number = self.static_count.get(name, 0)
        self.static_count[name] = number + 1
        return f"{name}.{number}"

    def reference(self, entity: Entity) -> None:
        """The entity is needed: a deferred body is queued for parsing."""
        if not entity.is_used:
            entity.is_used = True
            if isinstance(entity, Function):
                self.wanted.append(entity)
