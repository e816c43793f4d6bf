"""Declaration specifiers, tags and their member lists, initializers (C17 6.7.1 to 6.7.5, 6.7.9)."""

from __future__ import annotations

from typing import Final

from compiler.lex import tokens as tk
from compiler.parse.cursor import SyntaxProblem
from compiler.parse.declarators import DeclaratorParser
from compiler.sema import records
from compiler.sema.attributes import ParsedAttribute, apply_to_field, apply_to_record, apply_to_type
from compiler.sema.convert import is_bit_field, load
from compiler.sema.declarations import (
    AUTO_STORAGE,
    EXTERN_STORAGE,
    NONE,
    REGISTER_STORAGE,
    STATIC_STORAGE,
    TYPEDEF_STORAGE,
    Specifiers,
)
from compiler.sema.declarators import Declarator
from compiler.sema.initializers import Designator, RawInitializer, RawItem
from compiler.sema.scope import TYPEDEF
from compiler.syntax.expr import Expr, StringConstant
from compiler.types import ctypes
from compiler.types.ctypes import CType, EnumType, Field, FloatType, IntegerType, RecordType
from compiler.types.derive import is_complete, qualified, unqualified
from compiler.types.names import type_name

_STORAGE: Final[dict[int, int]] = {
    tk.K_TYPEDEF: TYPEDEF_STORAGE,
    tk.K_EXTERN: EXTERN_STORAGE,
    tk.K_STATIC: STATIC_STORAGE,
    tk.K_AUTO: AUTO_STORAGE,
    tk.K_REGISTER: REGISTER_STORAGE,
}
_STORAGE_NAMES: Final = ("", "typedef", "extern", "static", "auto", "register")
_QUALIFIERS: Final[dict[int, int]] = {
    tk.K_CONST: ctypes.CONST,
    tk.K_VOLATILE: ctypes.VOLATILE,
    tk.K_RESTRICT: ctypes.RESTRICT,
}

# Basic type words, counted in an int of one digit (base 4) each.
_VOID: Final = 4**0
_CHAR: Final = 4**1
_SHORT: Final = 4**2
_INT: Final = 4**3
_LONG: Final = 4**4
_FLOAT: Final = 4**5
_DOUBLE: Final = 4**6
_SIGNED: Final = 4**7
_UNSIGNED: Final = 4**8
_BOOL: Final = 4**9
_COMPLEX: Final = 4**10
_INT128: Final = 4**11
_OTHER_FLOAT: Final = 4**12
_WORDS: Final[dict[int, int]] = {
    tk.K_VOID: _VOID, tk.K_CHAR: _CHAR, tk.K_SHORT: _SHORT, tk.K_INT: _INT, tk.K_LONG: _LONG, tk.K_FLOAT: _FLOAT,
    tk.K_DOUBLE: _DOUBLE, tk.K_SIGNED: _SIGNED, tk.K_UNSIGNED: _UNSIGNED, tk.K_BOOL: _BOOL, tk.K_COMPLEX: _COMPLEX,
    tk.K_INT128: _INT128, tk.K_FLOAT16: _OTHER_FLOAT, tk.K_FLOAT32: _OTHER_FLOAT, tk.K_FLOAT64: _OTHER_FLOAT,
    tk.K_FLOAT128: _OTHER_FLOAT, tk.K_FLOAT32X: _OTHER_FLOAT, tk.K_FLOAT64X: _OTHER_FLOAT,
}  # fmt: skip

# C17 6.7.2p2: which sums of words name which type.
_BASIC: Final[dict[int, str]] = {
    _VOID: "void", _CHAR: "char", _SIGNED + _CHAR: "schar", _UNSIGNED + _CHAR: "uchar", _SHORT: "short",
    _SIGNED + _SHORT: "short", _SHORT + _INT: "short", _SIGNED + _SHORT + _INT: "short", _UNSIGNED + _SHORT: "ushort",
    _UNSIGNED + _SHORT + _INT: "ushort", _INT: "int", _SIGNED: "int", _SIGNED + _INT: "int", _UNSIGNED: "uint",
    _UNSIGNED + _INT: "uint", _LONG: "long", _SIGNED + _LONG: "long", _LONG + _INT: "long",
    _SIGNED + _LONG + _INT: "long", _UNSIGNED + _LONG: "ulong", _UNSIGNED + _LONG + _INT: "ulong",
    2 * _LONG: "llong", _SIGNED + 2 * _LONG: "llong", 2 * _LONG + _INT: "llong", _SIGNED + 2 * _LONG + _INT: "llong",
    _UNSIGNED + 2 * _LONG: "ullong", _UNSIGNED + 2 * _LONG + _INT: "ullong", _FLOAT: "float", _DOUBLE: "double",
    _LONG + _DOUBLE: "ldouble", _BOOL: "bool", _INT128: "int128", _SIGNED + _INT128: "int128",
    _UNSIGNED + _INT128: "uint128",
}  # fmt: skip


class DeclarationParser(DeclaratorParser):
    def pack_at(self, pos: int) -> int:
        """What #pragma pack says at a token: bytes, 0 for nothing."""
        raise AssertionError("abstract")

    def static_assertion(self) -> None:
        """_Static_assert ( constant [, string] ) ; (C17 6.7.10)"""
        cx = self.cx
        at = self.pos
        self.advance()
        self.expect(tk.LPAREN, "(")
        node = load(cx, self.constant_expression())
        message = ""
        if self.accept(tk.COMMA):
            if self.token.kind != tk.STRING:
                raise self.syntax_error("expected string literal")
            text = self.string()
            assert isinstance(text, StringConstant)
            message = text.data[:-1].decode("utf-8", "replace")
        elif cx.options.language.version < 2023:
            cx.pedantic("pedantic", at, "ISO C11 does not support omitting the string in '_Static_assert'")
        self.expect(tk.RPAREN, ")")
        self.expect_semicolon()
        if node.type.kind == ctypes.ERROR:
            return
        if not node.type.is_integer:
            cx.error(at, "expression in static assertion is not an integer")
            return
        value = cx.evaluator.constant_integer(node)
        if value is None:
            cx.error(at, "expression in static assertion is not constant")
        elif value == 0:
            cx.error(at, 'static assertion failed: "{}"' if message else "static assertion failed", message)

    # --- specifiers -------------------------------------------------------------------------------------------------

    def starts_declaration(self) -> bool:
        """Whether the cursor is at declaration specifiers."""
        token = self.token
        if token.kind != tk.IDENT:
            return False
        id = token.id
        if id:
            if id in _STORAGE or id in (tk.K_INLINE, tk.K_NORETURN, tk.K_THREAD_LOCAL, tk.K_GNU_THREAD, tk.K_CONSTEXPR):
                return True
            return self.starts_type()
        symbol = self.cx.scopes.lookup(token.text)
        return symbol is not None and symbol.kind == TYPEDEF

    def specifiers(self, allow_storage: bool) -> Specifiers:
        """Declaration specifiers, or a specifier-qualifier-list without storage classes."""
        cx = self.cx
        result = Specifiers(cx.types.int, self.pos)
        words = 0
        other_float = 0
        named: CType | None = None
        qualifiers = 0
        while True:
            token = self.token
            if token.kind != tk.IDENT:
                break
            id = token.id
            if id == 0:
                if named is not None or words:
                    break
                symbol = cx.scopes.lookup(token.text)
                if symbol is None or symbol.kind != TYPEDEF:
                    break
                named = symbol.type
                result.typedef_name = token.text
                self.pos += 1
                self.token = self.tokens[self.pos]
                continue
            word = _WORDS.get(id, 0)
            if word:
                if named is not None:
                    cx.error(self.pos, "two or more data types in declaration specifiers")
                elif words // word % 4 == 3:
                    cx.error(self.pos, "'{0} {0} {0}' is too long for GCC", token.text)
                else:
                    words += word
                if word == _OTHER_FLOAT:
                    other_float = id
                self.advance()
                continue
            bit = _QUALIFIERS.get(id, 0)
            if bit:
                qualifiers |= bit
                self.advance()
            elif id in _STORAGE:
                if not allow_storage:
                    break
                self._storage_class(result, id)
            elif id in (tk.K_STRUCT, tk.K_UNION, tk.K_ENUM):
                at = self.pos
                tag = self._tag(result, id)
                if named is not None or words:
                    cx.error(at, "two or more data types in declaration specifiers")
                named = tag
            elif id == tk.K_ATTRIBUTE:
                self.attributes(result.attributes)
            elif id == tk.K_EXTENSION:
                self.advance()
            elif id == tk.K_TYPEOF or id == tk.K_TYPEOF_UNQUAL:
                named = self._typeof()
            elif id == tk.K_ATOMIC:
                if self.peek().id == tk.LPAREN:
                    self.advance()
                    named = self._atomic_type()
                    qualifiers |= ctypes.ATOMIC
                else:
                    qualifiers |= ctypes.ATOMIC
                    self.advance()
            elif id == tk.K_AUTO_TYPE:
                self.advance()
                result.is_auto_type = True
                named = cx.types.error
            elif id == tk.K_ALIGNAS:
                self._alignas(result)
            elif not self._function_or_unsupported(result, id, allow_storage):
                break
        self._finish(result, words, other_float, named, qualifiers)
        return result

    def _function_or_unsupported(self, result: Specifiers, id: int, allow_storage: bool) -> bool:
        """inline, _Noreturn, _Thread_local, and the type names that are refused; false if it is none of them."""
        cx = self.cx
        if id in (tk.K_INLINE, tk.K_NORETURN, tk.K_THREAD_LOCAL, tk.K_GNU_THREAD):
            if not allow_storage:
                return False
            if id == tk.K_INLINE:
                result.is_inline = True
            elif id == tk.K_NORETURN:
                result.is_noreturn = True
            else:
                result.is_thread_local = True
            self.advance()
            return True
        if id in (tk.K_DECIMAL32, tk.K_DECIMAL64, tk.K_DECIMAL128, tk.K_BITINT, tk.K_IMAGINARY, tk.K_CONSTEXPR):
            cx.error(self.pos, "'{}' is not supported", self.token.text)
            self.advance()
            if id == tk.K_BITINT and self.token.id == tk.LPAREN:
                self.skip_balanced()
            return True
        return False

    def _storage_class(self, result: Specifiers, id: int) -> None:
        storage = _STORAGE[id]
        if result.storage != NONE:
            if result.storage == storage:
                self.cx.error(self.pos, "duplicate '{}'", self.token.text)
            else:
                self.cx.error(self.pos, "multiple storage classes in declaration specifiers")
        result.storage = storage
        self.advance()

    def _finish(
        self, result: Specifiers, words: int, other_float: int, named: CType | None, qualifiers: int
    ) -> None:
        cx = self.cx
        if named is not None:
            type = named
            if words:
                cx.error(result.start, "two or more data types in declaration specifiers")
        elif words:
            type = self._basic(result, words, other_float)
        else:
            result.has_type = False
            type = cx.types.int
        if result.attributes:
            changing = [item for item in result.attributes if item.name in ("mode", "vector_size")]
            if changing:
                type = apply_to_type(cx, type, changing)
                result.attributes = [item for item in result.attributes if item not in changing]
        if qualifiers & ctypes.RESTRICT and type.kind not in (ctypes.POINTER, ctypes.ERROR):
            cx.error(result.start, "invalid use of 'restrict'")
            qualifiers &= ~ctypes.RESTRICT
        result.type = qualified(type, qualifiers)

    def _basic(self, result: Specifiers, words: int, other_float: int) -> CType:
        types = self.cx.types
        if words % (4 * _OTHER_FLOAT) >= _OTHER_FLOAT:
            table: dict[int, FloatType] = {
                tk.K_FLOAT16: types.float16, tk.K_FLOAT32: types.float32, tk.K_FLOAT64: types.float64,
                tk.K_FLOAT128: types.float128, tk.K_FLOAT32X: types.float32x, tk.K_FLOAT64X: types.float64x,
            }  # fmt: skip
            rest = words - _OTHER_FLOAT
            if rest == 0:
                return table[other_float]
            if rest == _COMPLEX:
                return types.complex_of(table[other_float])
            self._bad_words(result)
            return types.error
        if words >= _COMPLEX and words // _COMPLEX % 4 == 1:
            if words == _COMPLEX:
                return types.complex_of(types.double)
            element = self._basic(result, words - _COMPLEX, other_float)
            if isinstance(element, (FloatType, IntegerType)):
                return types.complex_of(element)
            return types.error
        name = _BASIC.get(words, "")
        if not name:
            self._bad_words(result)
            return types.error
        return types.by_name[name]

    def _bad_words(self, result: Specifiers) -> None:
        texts = [token.text for token in self.tokens[result.start : self.pos] if token.id in _WORDS]
        if "signed" in texts and "unsigned" in texts:
            self.cx.error(result.start, "both 'signed' and 'unsigned' in declaration specifiers")
        elif len(texts) >= 2 and "long" in texts and "short" in texts:
            self.cx.error(result.start, "both 'long' and 'short' in declaration specifiers")
        elif len(texts) >= 2 and any(text in ("signed", "unsigned", "short", "long") for text in texts):
            odd = [text for text in texts if text in ("signed", "unsigned", "short", "long")]
            other = [text for text in texts if text not in ("signed", "unsigned", "short", "long")]
            second = other[0] if other else odd[-1]
            self.cx.error(result.start, "both '{}' and '{}' in declaration specifiers", odd[0], second)
        else:
            self.cx.error(result.start, "two or more data types in declaration specifiers")

    def _typeof(self) -> CType:
        cx = self.cx
        drop = self.token.id == tk.K_TYPEOF_UNQUAL
        at = self.pos
        self.advance()
        if self.token.id != tk.LPAREN:
            raise self.missing("(")
        self.deepen()
        if self.next_starts_type():
            type = self._parenthesised_type()
        else:
            self.advance()
            mark = len(cx.pending_lengths)
            cx.constant_depth += 1
            node = self.expression()
            cx.constant_depth -= 1
            del cx.pending_lengths[mark:]
            self.expect(tk.RPAREN, ")")
            type = node.type
            if is_bit_field(node):
                cx.error(at, "'typeof' applied to a bit-field")
                type = cx.types.error
        self.depth -= 1
        return unqualified(type) if drop else type

    def _atomic_type(self) -> CType:
        cx = self.cx
        at = self.pos
        type = self._parenthesised_type()
        if type.kind in (ctypes.ARRAY, ctypes.FUNCTION):
            word = "array" if type.kind == ctypes.ARRAY else "function"
            cx.error(at, "'_Atomic'-qualified {} type", word)
            return cx.types.error
        if type.qualifiers:
            cx.error(at, "'_Atomic' applied to a qualified type")
        return type

    def _alignas(self, result: Specifiers) -> None:
        """_Alignas ( type or constant ) (C17 6.7.5)"""
        cx = self.cx
        at = self.pos
        self.advance()
        if self.token.id == tk.LPAREN and self.next_starts_type():
            type = self._parenthesised_type()
            if is_complete(type):
                result.align = max(result.align, cx.layout.align_of(type))
            elif type.kind != ctypes.ERROR:
                cx.error(at, "invalid application of '_Alignas' to incomplete type '{}'", type_name(type))
            return
        self.expect(tk.LPAREN, "(")
        node = load(cx, self.constant_expression())
        self.expect(tk.RPAREN, ")")
        if node.type.kind == ctypes.ERROR:
            return
        value = cx.evaluator.constant_integer(node) if node.type.is_integer else None
        if value is None:
            cx.error(at, "requested alignment is not an integer constant")
        elif value < 0 or value & (value - 1):
            cx.error(at, "requested alignment '{}' is not a positive power of 2", value)
        else:
            result.align = max(result.align, value)

    # --- tags -------------------------------------------------------------------------------------------------------

    def _tag(self, result: Specifiers, id: int) -> CType:
        """struct, union or enum, with or without a list."""
        cx = self.cx
        kind = ctypes.STRUCT if id == tk.K_STRUCT else ctypes.UNION if id == tk.K_UNION else ctypes.ENUM
        start = self.pos
        self.advance()
        attributes: list[ParsedAttribute] = []
        self.attributes(attributes)
        name = ""
        at = start
        if self.token.kind == tk.IDENT and self.token.id == 0:
            name = self.token.text
            at = self.pos
            self.advance()
        result.declares_tag = True
        if self.token.id == tk.LBRACE:
            type = records.define_tag(cx, kind, name, at)
            self.deepen()
            depth = len(cx.open_tags)
            cx.open_tags.append(type)
            if isinstance(type, EnumType):
                self._enumerators(type, attributes)
            else:
                assert isinstance(type, RecordType)
                self._members(type, attributes)
            del cx.open_tags[depth:]
            self.depth -= 1
            return type
        if not name:
            raise self.syntax_error("expected identifier or '{'")
        declares = self.token.id == tk.SEMICOLON and result.storage == NONE
        type = records.reference_tag(cx, kind, name, at, declares)
        if attributes and isinstance(type, RecordType) and not is_complete(type):
            apply_to_record(cx, type, attributes)
        return type

    def _members(self, type: RecordType, attributes: list[ParsedAttribute]) -> None:
        """{ member declarations }"""
        cx = self.cx
        builder = records.RecordBuilder(type)
        self.advance()
        while self.token.id != tk.RBRACE:
            if self.token.kind == tk.EOF:
                raise self.missing("}")
            if self.token.id == tk.SEMICOLON:
                cx.pedantic("pedantic", self.pos, "extra semicolon in struct or union specified")
                self.advance()
                continue
            try:
                if self.token.id == tk.K_STATIC_ASSERT:
                    self.static_assertion()
                else:
                    self._member_declaration(builder)
            except SyntaxProblem:
                self._skip_member()
        closing = self.pos
        self.advance()
        self.attributes(attributes)
        if not any(field.name or field.bits < 0 for field in builder.fields):
            cx.pedantic("pedantic", closing, "struct has no members")
        records.finish_record(cx, builder, attributes, self.pack_at(closing))

    def _skip_member(self) -> None:
        while self.token.kind != tk.EOF and self.token.id != tk.RBRACE:
            if self.token.id in (tk.LBRACE, tk.LPAREN, tk.LBRACKET):
                self.skip_balanced()
                continue
            is_end = self.token.id == tk.SEMICOLON
            self.advance()
            if is_end:
                return

    def _member_declaration(self, builder: records.RecordBuilder) -> None:
        cx = self.cx
        if not self.starts_type() and self.token.id != tk.K_EXTENSION:
            token = self.token
            if token.kind == tk.IDENT and token.id == 0:
                cx.error(self.pos, "unknown type name '{}'", token.text)
                raise SyntaxProblem(token.text)
            raise self.syntax_error("expected specifier-qualifier-list")
        specifiers = self.specifiers(False)
        if not specifiers.has_type:
            cx.error(self.pos, "expected specifier-qualifier-list {}", "here")
        if self.token.id == tk.SEMICOLON:
            self._anonymous_member(builder, specifiers)
            self.advance()
            return
        while True:
            attributes = list(specifiers.attributes)
            self.attributes(attributes)
            if self.token.id == tk.COLON:
                declarator = Declarator(self.pos, self.pos)
            else:
                declarator = self.declarator(False, True)
            width: Expr | None = None
            has_width = self.accept(tk.COLON)
            if has_width:
                width = self.constant_expression()
            attributes += declarator.attributes
            self.attributes(attributes)
            records.add_member(
                cx, builder, specifiers.type, declarator, width, attributes, specifiers.align, has_width
            )
            if not self.accept(tk.COMMA):
                break
        if self.token.id == tk.RBRACE:
            cx.warning("", self.pos - 1, "no semicolon at end of struct or union")
            return
        if self.token.id != tk.SEMICOLON:
            # gcc says this for any token that cannot follow a member.
            cx.error(self.pos - 1, "expected ':', ',', ';', '}}' or '__attribute__' {}", self._before())
            raise SyntaxProblem("member")
        self.advance()

    def _before(self) -> str:
        token = self.token
        return f"before '{token.text}'" + ("" if token.kind == tk.IDENT else " token")

    def _anonymous_member(self, builder: records.RecordBuilder, specifiers: Specifiers) -> None:
        """struct { ... }; inside a record (C17 6.7.2.1p13), or a declaration of nothing."""
        cx = self.cx
        type = specifiers.type
        bare = type.bare
        if isinstance(bare, RecordType) and (not bare.info.tag or specifiers.typedef_name):
            if not is_complete(bare):
                cx.error(specifiers.start, "field '<anonymous>' has incomplete type")
                return
            field = Field("", type)
            field.align = specifiers.align
            apply_to_field(cx, field, specifiers.attributes)
            records.append_field(cx, builder, field, specifiers.start)
            return
        if not isinstance(bare, EnumType) or not specifiers.declares_tag:
            cx.warning("", self.pos, "declaration does not declare anything")

    def _enumerators(self, type: EnumType, attributes: list[ParsedAttribute]) -> None:
        cx = self.cx
        builder = records.EnumBuilder(type)
        self.advance()
        if self.token.id == tk.RBRACE:
            cx.error(self.pos, "empty enum is invalid")
        while self.token.id != tk.RBRACE:
            at = self.pos
            name = self.expect_identifier()
            ignored: list[ParsedAttribute] = []
            self.attributes(ignored)
            value: Expr | None = None
            if self.accept(tk.EQUAL):
                value = self.constant_expression()
            records.add_enumerator(cx, builder, name, value, at)
            if not self.accept(tk.COMMA):
                break
        if self.token.id != tk.RBRACE:
            cx.error(self.pos, "expected ',' or '}}' {}", self._before())
            raise SyntaxProblem("enumerator")
        self.advance()
        self.attributes(attributes)
        records.finish_enum(cx, builder, attributes)

    # --- initializers -----------------------------------------------------------------------------------------------

    def initializer(self) -> RawInitializer:
        if self.token.id == tk.LBRACE:
            return self.braced_initializer()
        raw = RawInitializer(self.pos)
        raw.value = self.assignment()
        raw.end = self.pos
        return raw

    def braced_initializer(self) -> RawInitializer:
        raw = RawInitializer(self.pos)
        items: list[RawItem] = []
        raw.items = items
        if self.token.id == tk.LBRACE and self.peek().id == tk.RBRACE:
            self.cx.pedantic("pedantic", self.pos, "ISO C forbids empty initializer braces")
        self.advance()
        self.deepen()
        while self.token.id != tk.RBRACE:
            designators = self._designators()
            items.append(RawItem(designators, self.initializer()))
            if not self.accept(tk.COMMA):
                break
        self.depth -= 1
        if self.token.id != tk.RBRACE:
            raise self.missing("}")
        self.advance()
        raw.end = self.pos
        return raw

    def _designators(self) -> list[Designator] | None:
        """.a[1].b =, GNU's `a:` and `[1] value`."""
        token = self.token
        if token.id == 0:
            if token.kind == tk.IDENT and self.peek().id == tk.COLON:
                at = self.pos
                self.advance()
                self.advance()
                self.cx.pedantic("pedantic", at, "obsolete use of designated initializer with ':'")
                return [Designator(at, token.text, None, None)]
            return None
        if token.id != tk.DOT and token.id != tk.LBRACKET:
            return None
        result: list[Designator] = []
        while True:
            at = self.pos
            if self.accept(tk.DOT):
                result.append(Designator(at, self.expect_identifier(), None, None))
            elif self.accept(tk.LBRACKET):
                low = self.constant_expression()
                high: Expr | None = None
                if self.accept(tk.ELLIPSIS):
                    self.cx.pedantic("pedantic", at, "ISO C forbids specifying range of elements to initialize")
                    high = self.constant_expression()
                self.expect(tk.RBRACKET, "]")
                result.append(Designator(at, "", low, high))
            else:
                break
        if self.token.id == tk.EQUAL:
            self.advance()
        elif len(result) == 1 and not result[0].name:
            self.cx.pedantic("pedantic", self.pos, "obsolete use of designated initializer without '='")
        else:
            raise self.missing("=")
        return result
