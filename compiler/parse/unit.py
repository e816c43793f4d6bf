"""A translation unit: file-scope declarations, function definitions, deferred bodies (C17 6.9).

A `static inline` function's body in a header is skipped and parsed when something needs the function; it then sees
the file scope as of its own place (see sema.scope). Bodies are parsed at file scope only, after the unit's last
declaration, so no parser state has to be saved.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from typing import Final, final

from compiler.lex import tokens as tk
from compiler.lex.tokens import PragmaToken, Token
from compiler.parse.cursor import NESTING_LIMIT, SyntaxProblem
from compiler.parse.statements import StatementParser
from compiler.platform.platform import Platform
from compiler.sema.attributes import ParsedAttribute
from compiler.sema.context import Context, FunctionState, Options
from compiler.sema.convert import convert, load
from compiler.sema.declarations import (
    EXTERN_STORAGE,
    STATIC_STORAGE,
    TYPEDEF_STORAGE,
    Specifiers,
    check_function_definition,
    decide_inline,
    declare_function,
    finish_file_variables,
    finish_old_style,
)
from compiler.sema.declarators import Declarator, FunctionPiece, adjust_parameter, make_type
from compiler.sema.merging import check_against_prototype, check_aliases, promoted_parameter
from compiler.sema.scope import ENTITY, TYPEDEF, Symbol
from compiler.sema.statements import finish_labels
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap, expansion_pos
from compiler.syntax import decl
from compiler.syntax.decl import (
    Function,
    Initializer,
    InitializerEntry,
    TopLevelAsm,
    Unit,
    Variable,
)
from compiler.syntax.expr import Name
from compiler.syntax.stmt import DeclStmt
from compiler.types import ctypes
from compiler.types.conversions import is_self_promoting
from compiler.types.ctypes import CType, FunctionType

# Python frames that one level of nesting takes in the parser, and what later stages need above that.
_FRAMES_PER_LEVEL: Final = 14
_SPARE_FRAMES: Final = 20000


@final
class Pragmas:
    """What the pragmas among the tokens say at each place: #pragma pack and GCC visibility."""

    def __init__(self, pack: int) -> None:
        self.pack_places: Final[list[int]] = []
        self.pack_values: Final[list[int]] = []
        self.pack = pack
        self.initial: Final = pack
        self.stack: Final[list[tuple[str, int]]] = []
        self.visibility_places: Final[list[int]] = []
        self.visibility_values: Final[list[str]] = []
        self.visibility: Final[list[str]] = []
        self.weak: Final[list[tuple[str, str]]] = []

    def read(self, pragma: PragmaToken, place: int, sink: Sink) -> None:
        """A pragma that stands before the token number `place`."""
        words = [token.text for token in pragma.tokens]
        if not words:
            return
        if words[0] == "pack":
            self._pack(words[1:], pragma, sink)
            self.pack_places.append(place)
            self.pack_values.append(self.pack)
        elif words[:3] == ["GCC", "visibility", "push"] and len(words) >= 6:
            self.visibility.append(words[4])
            self._visibility_changed(place)
        elif words[:3] == ["GCC", "visibility", "pop"]:
            if self.visibility:
                self.visibility.pop()
            self._visibility_changed(place)
        elif words[0] == "weak" and len(words) >= 2:
            self.weak.append((words[1], words[3] if len(words) >= 4 else ""))

    def _visibility_changed(self, place: int) -> None:
        self.visibility_places.append(place)
        self.visibility_values.append(self.visibility[-1] if self.visibility else "")

    def _pack(self, words: list[str], pragma: PragmaToken, sink: Sink) -> None:
        """pack(), pack(n), pack(push[, id][, n]), pack(pop[, id][, n])"""
        if len(words) < 2 or words[0] != "(" or words[-1] != ")":
            sink.warning("pragmas", pragma.span(), "malformed '#pragma pack' - ignored")
            return
        items = [word for word in words[1:-1] if word != ","]
        value = -1
        name = ""
        action = ""
        for item in items:
            if item in ("push", "pop") and not action:
                action = item
            elif item[0].isdigit():
                value = int(item, 0) if item.isdigit() else -2
            else:
                name = item
        if value not in (-1, 0, 1, 2, 4, 8, 16):
            sink.warning("pragmas", pragma.span(), "alignment must be a small power of two, not {}", value)
            return
        if action == "push":
            self.stack.append((name, self.pack))
        elif action == "pop":
            self._pop(name, pragma, sink)
        elif value < 0:
            self.pack = self.initial
        if value >= 0:
            self.pack = value

    def _pop(self, name: str, pragma: PragmaToken, sink: Sink) -> None:
        if not self.stack:
            text = "#pragma pack (pop) encountered without matching #pragma pack (push)"
            sink.warning("pragmas", pragma.span(), text)
            return
        if name:
            for index in range(len(self.stack) - 1, -1, -1):
                if self.stack[index][0] == name:
                    self.pack = self.stack[index][1]
                    del self.stack[index:]
                    return
            return
        self.pack = self.stack.pop()[1]

    def pack_at(self, place: int) -> int:
        index = bisect_right(self.pack_places, place)
        return self.pack_values[index - 1] if index else self.initial

    def visibility_at(self, place: int) -> str:
        index = bisect_right(self.visibility_places, place)
        return self.visibility_values[index - 1] if index else ""


@final
class DeferredBody:
    """A skipped body: where its brace is, and what the definition's declarator left for it."""

    def __init__(self, function: Function, piece: FunctionPiece, brace: int, ordinal: int) -> None:
        self.function: Final = function
        self.piece: Final = piece
        self.brace: Final = brace
        self.ordinal: Final = ordinal


@final
class UnitParser(StatementParser):
    def __init__(self, context: Context, tokens: list[Token], pragmas: Pragmas) -> None:
        super().__init__(context, tokens)
        self.pragmas: Final = pragmas
        self.deferred: Final[dict[str, DeferredBody]] = {}
        self.main_file: Final[int] = self._file_base(len(tokens) - 1)  # the last token stands in the main file

    def pack_at(self, pos: int) -> int:
        return self.pragmas.pack_at(pos)

    def _file_base(self, at: int) -> int:
        """Identifies the file in which a token stands outside of macros."""
        token = self.tokens[at]
        pos = expansion_pos(token.pos, token.origin)
        return self.cx.source_map.file_of(pos).base if pos >= 0 else -1

    def unit(self) -> None:
        while self.token.kind != tk.EOF:
            before = self.pos
            try:
                self._external_declaration()
            except SyntaxProblem:
                self._recover_at_file_scope(before)
        self._drain()
        finish_file_variables(self.cx)
        self._finish_unit()

    def _recover_at_file_scope(self, before: int) -> None:
        cx = self.cx
        while cx.scopes.depth > 0:
            cx.scopes.leave()
        cx.function = None
        cx.constant_depth = 0
        self.depth = 0
        del cx.pending_lengths[:]
        self.skip_declaration()
        if self.pos == before:
            self.advance()

    # --- declarations -----------------------------------------------------------------------------------------------

    def _external_declaration(self) -> None:
        cx = self.cx
        token = self.token
        id = token.id
        if id == tk.SEMICOLON:
            cx.pedantic("pedantic", self.pos, "ISO C does not allow extra ';' outside of a function")
            self.advance()
            return
        if id == tk.K_ASM:
            self._top_level_asm()
            return
        if id == tk.K_STATIC_ASSERT:
            self.static_assertion()
            return
        if id == tk.RBRACE or id == tk.RPAREN or (id == 0 and token.kind != tk.IDENT):
            raise self.syntax_error("expected identifier or '('")
        while self.token.id == tk.K_EXTENSION:
            self.advance()
        start = self.pos
        if self._unknown_type():
            cx.error(self.pos, "unknown type name '{}'", self.token.text)
            specifiers = Specifiers(cx.types.error, self.pos)
            self.advance()
        else:
            specifiers = self.specifiers(True)
        if self.token.id == tk.SEMICOLON:
            self.empty_declaration(specifiers)
            self.advance()
            return
        if self.pos == start and self.token.kind != tk.IDENT and self.token.id not in (tk.STAR, tk.LPAREN):
            raise self.syntax_error("expected identifier or '('")
        self._file_declarators(specifiers)

    def _unknown_type(self) -> bool:
        """`name name` or `name *name`, where the first is nothing known."""
        token = self.token
        if token.kind != tk.IDENT or token.id:
            return False
        symbol = self.cx.scopes.lookup(token.text)
        if symbol is not None and symbol.kind == TYPEDEF:
            return False
        following = self.tokens[self.pos + 1]
        if following.kind == tk.IDENT and following.id in (0, tk.K_CONST, tk.K_VOLATILE):
            return True
        return following.id == tk.STAR

    def _file_declarators(self, specifiers: Specifiers) -> None:
        cx = self.cx
        is_first = True
        while True:
            declarator = self.declarator(False, True)
            type = make_type(cx, specifiers.type, declarator)
            if is_first and self._is_definition(declarator, type):
                self._function_definition(specifiers, declarator, type)
                return
            del cx.pending_lengths[:]
            self.init_declarator(specifiers, declarator, type)
            is_first = False
            if not self.accept(tk.COMMA):
                break
            attributes: list[ParsedAttribute] = []
            self.attributes(attributes)
            if attributes:
                specifiers.attributes = specifiers.attributes + attributes
        if self.token.id == tk.SEMICOLON:
            self.advance()
            return
        self._expected_after_declarator([])

    def _is_definition(self, declarator: Declarator, type: CType) -> bool:
        if type.kind != ctypes.FUNCTION and not (type.kind == ctypes.ERROR and declarator.function_piece() is not None):
            return False
        if self.token.id == tk.LBRACE:
            return True
        piece = declarator.function_piece()
        if piece is None or piece.has_prototype:
            if self.token.id == tk.K_ATTRIBUTE:
                return self._attributes_then_brace()
            return False
        return bool(piece.identifiers) and self.starts_declaration() and self.token.id != tk.K_ATTRIBUTE

    def _attributes_then_brace(self) -> bool:
        at = self.pos
        ignored: list[ParsedAttribute] = []
        self.attributes(ignored)
        result = self.token.id == tk.LBRACE
        self.seek(at)
        return result

    def _top_level_asm(self) -> None:
        cx = self.cx
        start = self.pos
        self.advance()
        if self.token.id in (tk.K_VOLATILE, tk.K_INLINE, tk.K_GOTO, tk.K_CONST, tk.K_RESTRICT):
            # Outside of a function there are no qualifiers; gcc goes on behind them, too.
            cx.error(self.pos, "expected '(' before '{}'", self.token.text)
            self.advance()
        self.expect(tk.LPAREN, "(")
        text = self.asm_string()
        self.expect(tk.RPAREN, ")")
        self.expect_semicolon()
        node = TopLevelAsm(text, start, self.pos)
        cx.unit.asms.append(node)
        cx.unit.items.append(node)

    # --- function definitions ---------------------------------------------------------------------------------------

    def _function_definition(self, specifiers: Specifiers, declarator: Declarator, type: CType) -> None:
        cx = self.cx
        attributes = specifiers.attributes + declarator.attributes
        self.attributes(attributes)
        piece = declarator.function_piece()
        if piece is not None and specifiers.type.kind == ctypes.ERROR and self.token.id == tk.LBRACE:
            # The unknown result type has been reported; the body is read all the same, as of an int function.
            specifiers.type = cx.types.int
            type = make_type(cx, specifiers.type, declarator)
        if piece is None or type.kind != ctypes.FUNCTION:
            if type.kind == ctypes.FUNCTION:
                cx.error(declarator.at, "function '{}' is defined through a typedef", declarator.name)
            while self.token.id != tk.LBRACE and self.token.kind != tk.EOF:
                self.advance()
            self.skip_balanced()
            return
        if specifiers.storage == TYPEDEF_STORAGE:
            cx.error(declarator.at, "function definition declared 'typedef'")
        if not specifiers.has_type:
            cx.warning("implicit-int", declarator.at, "return type defaults to 'int'")
        del cx.pending_lengths[:]
        if piece.identifiers:
            self._old_style_declarations(piece)
        name = declarator.name
        known = cx.externals.get(name)
        if isinstance(known, Function) and (
            known.body is not None or name in self.deferred or known.attributes.weakref
        ):
            gnu = cx.options.language.gnu89_inline or known.attributes.gnu_inline
            gnu_extern = known.definition_is_extern and known.is_inline and gnu
            if gnu_extern and specifiers.is_inline and specifiers.storage == EXTERN_STORAGE:
                gnu_extern = False
            if not gnu_extern:
                cx.error(declarator.at, "redefinition of '{}'", name)
                cx.note(known.start, "previous definition of '{}' with type '{}'", name, "function")
                self._skip_body()
                return
            known.body = None
            known.definition_is_extern = False
            self.deferred.pop(name, None)
        function = declare_function(cx, specifiers, type, declarator, attributes, True)
        if function is None:
            self._skip_body()
            return
        if self.token.id != tk.LBRACE:
            raise self.missing("{")
        if not piece.has_prototype and isinstance(function.type.bare, FunctionType):
            # C17 6.9.1p7: an empty list in a definition says that there are no parameters; no prototype, though.
            function.is_variadic = function.is_variadic and bool(piece.identifiers)
        if not piece.has_prototype:
            check_against_prototype(cx, function, piece)
        visibility = self.pragmas.visibility_at(declarator.at)
        if visibility and not function.attributes.visibility:
            function.attributes.visibility = visibility
        if self._may_defer(specifiers, function):
            self.deferred[name] = DeferredBody(function, piece, self.pos, declarator.at)
            self.skip_balanced()
            return
        self._body(function, piece)

    def _skip_body(self) -> None:
        while self.token.id != tk.LBRACE and self.token.kind != tk.EOF:
            self.advance()
        self.skip_balanced()

    def _may_defer(self, specifiers: Specifiers, function: Function) -> bool:
        """An inline function of a header that is not emitted for its own sake and that nothing has needed so far."""
        attributes = function.attributes
        if not self.cx.options.lazy_bodies or not specifiers.is_inline:
            return False
        if specifiers.storage != STATIC_STORAGE and not (function.definition_is_extern and attributes.gnu_inline):
            return False
        if function.is_used or attributes.used or attributes.constructor >= 0 or attributes.destructor >= 0:
            return False
        return self._file_base(self.pos) != self.main_file

    def _body(self, function: Function, piece: FunctionPiece) -> None:
        """Parses the body at the cursor."""
        cx = self.cx
        bare = function.type.bare
        assert isinstance(bare, FunctionType)
        check_function_definition(cx, function, piece, function.start)
        state = FunctionState(function, bare.result)
        cx.function = state
        cx.sink.function = function.name
        cx.scopes.enter()
        for tag in piece.tags:
            cx.scopes.declare_tag(tag)
        prologue = list(piece.lengths)
        function.parameters = self._parameters_of(piece, bare, prologue)
        for symbol in piece.symbols:
            if symbol.entity is None or not isinstance(symbol.entity, Variable):
                again = Symbol(symbol.kind, symbol.name, symbol.type, symbol.entity, symbol.value, symbol.ordinal)
                cx.scopes.declare(again)
        try:
            body = self.block(False)
        finally:
            self.check_unused(cx.scopes.leave())
        finish_labels(cx, state.labels)
        prologue = state.hoisted + prologue
        if prologue:
            body.body.insert(0, DeclStmt(body.start, body.start + 1, prologue))
        function.body = body
        function.end = self.pos
        cx.unit.items.append(function)
        cx.function = None
        cx.sink.function = ""

    def _parameters_of(self, piece: FunctionPiece, type: FunctionType, prologue: list[Variable]) -> list[Variable]:
        """Declares the parameters; those of a K&R definition arrive promoted and are converted on entry."""
        cx = self.cx
        result: list[Variable] = []
        for variable in piece.parameters:
            if not piece.has_prototype and variable.type.kind != ctypes.ERROR and not is_self_promoting(variable.type):
                arriving = promoted_parameter(cx, variable.type)
                hidden = cx.new_variable("", arriving, variable.start, variable.end, decl.PARAMETER)
                hidden.is_defined = True
                value = load(cx, Name(arriving, variable.start, variable.end, hidden))
                value = convert(cx, value, variable.type.bare)
                variable.storage = decl.AUTOMATIC
                variable.initializer = Initializer([InitializerEntry(0, variable.type.bare, value)], False)
                variable.is_used = True
                prologue.append(variable)
                result.append(hidden)
            else:
                result.append(variable)
            if variable.name:
                cx.scopes.declare(Symbol(ENTITY, variable.name, variable.type, variable, 0, variable.start))
        return result

    def _old_style_declarations(self, piece: FunctionPiece) -> None:
        """The declaration list of a K&R definition (C17 6.9.1p6)."""
        cx = self.cx
        declared: dict[str, Variable] = {}
        names = [name for name, _ in piece.identifiers]
        cx.scopes.enter()
        mark = len(cx.pending_lengths)
        while self.token.id != tk.LBRACE and self.token.kind != tk.EOF:
            if not self.starts_declaration():
                raise self.syntax_error("expected declaration specifiers")
            specifiers = self.specifiers(True)
            while self.token.id != tk.SEMICOLON:
                declarator = self.declarator(False, True)
                type = adjust_parameter(cx, make_type(cx, specifiers.type, declarator, True), declarator)
                attributes: list[ParsedAttribute] = []
                self.attributes(attributes)
                name = declarator.name
                if name not in names:
                    cx.error(declarator.at, "declaration for parameter '{}' but no such parameter", name)
                elif name in declared:
                    cx.error(declarator.at, "redefinition of parameter '{}'", name)
                else:
                    variable = cx.new_variable(name, type, declarator.at, declarator.at + 1, decl.PARAMETER)
                    variable.is_defined = True
                    declared[name] = variable
                    cx.scopes.declare(Symbol(ENTITY, name, type, variable, 0, declarator.at))
                if not self.accept(tk.COMMA):
                    break
            self.expect_semicolon()
        piece.lengths = cx.pending_lengths[mark:]
        del cx.pending_lengths[mark:]
        piece.tags = list(cx.scopes.declared_tags[-1])
        cx.scopes.leave()
        finish_old_style(cx, piece, declared)

    # --- the end of the unit ----------------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Parses deferred bodies until nothing needed is left."""
        cx = self.cx
        for entity in (*cx.unit.functions, *cx.unit.variables):
            if entity.attributes.alias:
                target = cx.externals.get(entity.attributes.alias)
                if target is not None:
                    cx.reference(target)
        end = self.pos
        while cx.wanted:
            wanted = cx.wanted
            cx.wanted = []
            for function in wanted:
                body = self.deferred.pop(function.name, None)
                if body is None or body.function is not function:
                    continue
                self.seek(body.brace)
                cx.scopes.begin_deferred(body.ordinal)
                try:
                    self._body(function, body.piece)
                except SyntaxProblem:
                    self._recover_at_file_scope(self.pos)
                cx.scopes.end_deferred()
        self.seek(end)

    def _finish_unit(self) -> None:
        """Decides what is emitted and puts the items in source order."""
        cx = self.cx
        unit = cx.unit
        for name, alias in self.pragmas.weak:
            entity = cx.externals.get(name)
            if entity is not None:
                entity.attributes.weak = True
                if alias:
                    entity.attributes.alias = alias
        check_aliases(cx)
        for function in unit.functions:
            decide_inline(cx, function)
            if function.attributes.alias and function.body is None:
                unit.items.append(function)  # a definition all the same
            if function.linkage == decl.INTERNAL and function.is_used and function.body is None:
                if not function.attributes.alias and not function.attributes.weakref and function.start >= 0:
                    cx.warning("", function.start, "'{}' used but never defined", function.name)
        order = [(item.start, index) for index, item in enumerate(unit.items)]
        order.sort()
        unit.items = [unit.items[index] for _, index in order]


def _split_pragmas(tokens: list[Token], pragmas: Pragmas, sink: Sink) -> list[Token]:
    """The tokens without pragmas, ended by EOF."""
    result: list[Token] = []
    for token in tokens:
        if token.kind == tk.PRAGMA:
            if isinstance(token, PragmaToken):
                pragmas.read(token, len(result), sink)
        else:
            result.append(token)
    if not result or result[-1].kind != tk.EOF:
        pos = result[-1].pos if result else -1
        result.append(Token(tk.EOF, "", pos, tk.BOL, None, 0))
    return result


def _declare_builtin_types(cx: Context) -> None:
    """Typedef names that gcc has from the start."""
    types = cx.types
    names: list[tuple[str, CType]] = [("__builtin_va_list", types.va_list)]
    if cx.platform.model.has_int128:
        names += [("__int128_t", types.int128), ("__uint128_t", types.uint128)]
    for name, type in names:
        cx.scopes.declare(Symbol(TYPEDEF, name, type, None, 0, -1))


def parse_unit(
    tokens: list[Token], platform: Platform, options: Options, source_map: SourceMap, sink: Sink
) -> Unit:
    """The typed AST of a preprocessed translation unit. Errors are in the sink; the unit is then not fit for lowering.

    Raises source.diagnostics.Fatal, reported, where nesting exceeds the limit. The caller runs it, and whatever walks
    the tree, on a stack deep enough for NESTING_LIMIT levels.
    """
    needed = NESTING_LIMIT * _FRAMES_PER_LEVEL + _SPARE_FRAMES
    if sys.getrecursionlimit() < needed:
        sys.setrecursionlimit(needed)
    pragmas = Pragmas(options.pack)
    clean = _split_pragmas(tokens, pragmas, sink)
    first = clean[0]
    name = source_map.locate(first.pos)[0] if first.pos >= 0 else ""
    context = Context(clean, platform, options, source_map, sink, name)
    parser = UnitParser(context, clean, pragmas)
    _declare_builtin_types(context)
    parser.unit()
    return context.unit

