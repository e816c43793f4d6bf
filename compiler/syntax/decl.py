"""Declared entities and the translation unit.

File-scope entities carry an ordinal: a deferred function body resolves names as of its own. Linkage (inline,
gnu_inline,
alias, weak, asm labels) is decided when the whole unit is merged; `lower` reads the final fields here.
"""

from __future__ import annotations

from typing import Final, final

from compiler.syntax.expr import Expr
from compiler.syntax.stmt import Block
from compiler.types.ctypes import CType, Field

# Storage duration and linkage of a variable.
AUTOMATIC: Final = 0
STATIC: Final = 1
REGISTER: Final = 2  # as AUTOMATIC, address not taken (C17 6.7.1)
PARAMETER: Final = 3

NO_LINKAGE: Final = 0
INTERNAL: Final = 1
EXTERNAL: Final = 2


@final
class Attributes:
    """Those that reach beyond sema; empty strings, zeros and False where absent.

    The defaults stand in the class body, for most entities have none of them.
    """

    section: str = ""
    alias: str = ""
    visibility: str = ""
    weak: bool = False
    used: bool = False
    unused: bool = False
    noinline: bool = False
    always_inline: bool = False
    gnu_inline: bool = False
    noreturn: bool = False
    pure: bool = False
    const: bool = False
    cold: bool = False
    naked: bool = False
    returns_twice: bool = False
    common: int = -1  # 1 common, 0 nocommon, -1 not said
    constructor: int = -1  # priority, 65535 when none is given; -1: not one
    destructor: int = -1
    cleanup: Function | None = None
    error: str = ""
    warning: str = ""
    unavailable: str = ""
    tls_model: str = ""
    weakref: bool = False
    malloc: bool = False
    nothrow: bool = False
    leaf: bool = False
    flatten: bool = False
    hot: bool = False
    no_instrument: bool = False
    noclone: bool = False
    deprecated: str = ""  # the message, or "deprecated"
    format: tuple[str, int, int] | None = None
    nonnull: list[int] | None = None  # parameters from 1; an empty list means all pointers
    sentinel: int = -1
    warn_unused_result: bool = False
    artificial: bool = False
    no_reorder: bool = False
    noipa: bool = False
    optimize: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    patchable: tuple[int, int] = (-1, -1)
    ifunc: str = ""


class Entity:
    """Something an ordinary identifier names."""

    def __init__(self, name: str, type: CType, start: int, end: int) -> None:
        self.name = name
        self.type = type
        self.start = start
        self.end = end
        self.ordinal = 0
        self.linkage = NO_LINKAGE
        self.asm_name = ""  # asm("label"): the symbol's name
        self.attributes = Attributes()
        self.is_used = False


@final
class InitializerEntry:
    """One scalar (or whole record) stored at a byte offset of the object; `field` is set for bit-fields only.
    Entries come
    in offset order with overridden ones already dropped (side effects of dropped ones need not happen, C17 6.7.9p19
    note)."""

    def __init__(self, offset: int, type: CType, value: Expr, field: Field | None = None) -> None:
        self.offset: Final = offset
        self.type: Final = type
        self.value: Final = value
        self.field: Final = field


@final
class Initializer:
    """A flattened initializer: everything not mentioned is zero when `zero_rest`. A string for an array of
    characters is one entry
    whose value is a StringConstant (truncated or padded to the array's size by lower). Scalars: one entry at offset
    0. `is_repeated`: one and the same value node may stand in several entries; it is evaluated once (GNU ranges)."""

    def __init__(self, entries: list[InitializerEntry], zero_rest: bool, is_repeated: bool = False) -> None:
        self.entries: Final = entries
        self.zero_rest: Final = zero_rest
        self.is_repeated: Final = is_repeated


@final
class Variable(Entity):
    """An object. Block-scope statics have a unique `symbol` given by sema (`name.N`). `is_defined`: has a definition
    here
    (tentative ones count once merged); otherwise it is an extern reference. `id` is unique in the unit."""

    def __init__(self, name: str, type: CType, start: int, end: int, storage: int, id: int) -> None:
        super().__init__(name, type, start, end)
        self.storage = storage
        self.id: Final = id
        self.symbol = ""
        self.initializer: Initializer | None = None
        self.is_defined = False
        self.is_tentative = False
        self.completed_at = -1  # the block-scope declaration that alone gave the array its length
        self.is_thread_local = False
        self.align = 0  # _Alignas and attribute aligned, bytes; 0: the type's
        self.register_name = ""  # explicit register variable
        self.length: Expr | None = None  # hidden length variables of variable-length arrays: what they hold


@final
class Label:
    """A label of one function; `is_defined` once its Labeled statement was seen. `address_taken` by &&."""

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.is_defined = False
        self.address_taken = False


@final
class Function(Entity):
    """A function. `body` None: declared only, or deferred and never needed. Parameters are PARAMETER variables.

    `emit`: the definition must be emitted (external, or referenced, or used). `is_inline_only`: C99 inline definition
    without external definition: calls go to the external symbol unless inlined.
    """

    def __init__(self, name: str, type: CType, start: int, end: int) -> None:
        super().__init__(name, type, start, end)
        self.parameters: list[Variable] = []
        self.body: Block | None = None
        self.is_inline = False
        self.is_inline_only = False
        self.only_inline_declarations = True  # every file-scope declaration so far said `inline` and not `extern`
        self.definition_is_extern = False
        self.prototype_at = -1  # the latest declaration with a prototype
        self.emit = False
        self.labels: list[Label] = []
        self.parent: Function | None = None  # nested functions
        self.is_variadic = False
        self.align = 0  # attribute aligned, bytes; 0: the machine's


@final
class TopLevelAsm:
    def __init__(self, text: str, start: int, end: int) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end


@final
class Unit:
    """A translation unit after sema. `items` in source order: functions with bodies, all static-storage variables
    (block-scope ones included) and top-level asm; then `references`: entities used but not defined here."""

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.functions: list[Function] = []
        self.variables: list[Variable] = []
        self.asms: list[TopLevelAsm] = []
        self.items: list[Entity | TopLevelAsm] = []
        self.hidden_lengths: dict[int, Variable] = {}  # ArrayType.length_variable -> variable
