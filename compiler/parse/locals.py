"""Block-scope declarations and init-declarators (C17 6.7, 6.8.2)."""

from __future__ import annotations

from compiler.lex import tokens as tk
from compiler.parse.cursor import SyntaxProblem
from compiler.parse.inline_asm import AsmParser
from compiler.sema.attributes import ParsedAttribute
from compiler.sema.convert import load
from compiler.sema.declarations import (
    AUTO_STORAGE,
    NONE,
    REGISTER_STORAGE,
    TYPEDEF_STORAGE,
    Specifiers,
    check_object_type,
    declare_function,
    declare_typedef,
    declare_variable,
    set_variable_type,
)
from compiler.sema.declarators import Declarator, make_type
from compiler.sema.initializers import RawInitializer, initialize
from compiler.syntax import decl
from compiler.syntax.decl import Variable
from compiler.syntax.stmt import Block, DeclStmt, Stmt
from compiler.types import ctypes
from compiler.types.ctypes import CType, EnumType, RecordType
from compiler.types.derive import is_variable_length
from compiler.types.names import type_name


class LocalParser(AsmParser):
    # --- declarations -----------------------------------------------------------------------------------------------

    def declaration(self, body: list[Stmt], block: Block) -> None:
        """A block-scope declaration, with its semicolon; appends what is done at run time to `body`."""
        cx = self.cx
        start = self.pos
        mark = len(cx.pending_lengths)
        while self.token.id == tk.K_EXTENSION:
            self.advance()
        if self.token.kind == tk.IDENT and self.token.id == 0 and not self.starts_declaration():
            cx.error(self.pos, "unknown type name '{}'", self.token.text)
            specifiers = Specifiers(cx.types.error, self.pos)
            self.advance()
        else:
            specifiers = self.specifiers(True)
        variables: list[Variable] = []
        if self.token.id == tk.SEMICOLON:
            self.empty_declaration(specifiers)
            self.advance()
        else:
            try:
                self._declarators(specifiers, variables, block, mark)
            finally:
                if variables:
                    body.append(DeclStmt(start, self.pos, variables))
                    variables = []
        self._flush_lengths(variables, mark)
        if variables:
            body.append(DeclStmt(start, self.pos, variables))

    def _flush_lengths(self, variables: list[Variable], mark: int) -> None:
        """Hidden lengths made since `mark` are computed here."""
        pending = self.cx.pending_lengths
        if len(pending) > mark:
            variables += pending[mark:]
            del pending[mark:]

    def empty_declaration(self, specifiers: Specifiers) -> None:
        """A declaration without declarators must declare a tag or enumerators (C17 6.7p2)."""
        cx = self.cx
        bare = specifiers.type.bare
        if specifiers.is_inline:
            cx.error(specifiers.start, "'inline' in empty declaration")
        if cx.scopes.depth == 0 and specifiers.storage in (AUTO_STORAGE, REGISTER_STORAGE):
            word = "auto" if specifiers.storage == AUTO_STORAGE else "register"
            cx.error(specifiers.start, "'{}' in file-scope empty declaration", word)
        if not specifiers.declares_tag:
            if specifiers.type.kind != ctypes.ERROR:
                if specifiers.has_type:
                    cx.warning("", specifiers.start, "useless type name in empty declaration")
                else:
                    cx.warning("", specifiers.start, "empty declaration")
        elif isinstance(bare, RecordType) and not bare.info.tag:
            cx.warning("", specifiers.start, "unnamed struct/union that defines no instances")
        elif specifiers.storage != NONE and isinstance(bare, (RecordType, EnumType)):
            cx.warning("", specifiers.start, "useless storage class specifier in empty declaration")

    def _declarators(self, specifiers: Specifiers, variables: list[Variable], block: Block, mark: int) -> None:
        cx = self.cx
        while True:
            declarator = self.declarator(False, True)
            type = make_type(cx, specifiers.type, declarator)
            self._flush_lengths(variables, mark)
            if self.token.id == tk.LBRACE and type.kind == ctypes.FUNCTION:
                cx.error(declarator.at, "nested functions are not supported: '{}'", declarator.name)
                self.skip_balanced()
                return
            variable = self.init_declarator(specifiers, declarator, type)
            if variable is not None and variable.linkage == decl.NO_LINKAGE:
                self._flush_lengths(variables, mark)
                variables.append(variable)
                if is_variable_length(variable.type):
                    block.has_variable_arrays = True
            if not self.accept(tk.COMMA):
                break
            attributes: list[ParsedAttribute] = []
            self.attributes(attributes)
            if attributes:
                specifiers.attributes = specifiers.attributes + attributes
        if self.token.id == tk.SEMICOLON:
            self.advance()
            return
        self._expected_after_declarator(variables)

    def _expected_after_declarator(self, variables: list[Variable]) -> None:
        """gcc's wording depends on whether an initializer was there."""
        if self.starts_declaration():
            problem = self.missing(";")
            if self.token.flags & tk.BOL:
                return
            raise problem
        if self.tokens[self.pos - 1].kind == tk.IDENT or self.tokens[self.pos - 1].id in (tk.RPAREN, tk.RBRACKET):
            previous = self.tokens[self.pos - 1]
            if previous.kind == tk.IDENT and previous.id == 0:
                self.cx.error(self.pos, "expected '=', ',', ';', 'asm' or '__attribute__' {}", self._before())
                if self.token.flags & tk.BOL:
                    return
                raise SyntaxProblem("declarator")
        self.cx.error(self.pos - 1, "expected ',' or ';' {}", self._before())
        if self.token.flags & tk.BOL:
            return
        raise SyntaxProblem("declarator")

    def init_declarator(self, specifiers: Specifiers, declarator: Declarator, type: CType) -> Variable | None:
        """Declares what a declarator names and reads its initializer; the variable, if it is one."""
        cx = self.cx
        declarator.asm_name = self.asm_label()
        attributes = specifiers.attributes + declarator.attributes
        self.attributes(attributes)
        name = declarator.name
        at = declarator.at
        if specifiers.is_auto_type:
            return self._auto_type(specifiers, declarator, attributes)
        if not specifiers.has_type and type.kind != ctypes.ERROR:
            cx.warning("implicit-int", at, "type defaults to 'int' in declaration of '{}'", name)
        if specifiers.storage == TYPEDEF_STORAGE:
            declare_typedef(cx, type, declarator, attributes)
            if self.token.id == tk.EQUAL:
                cx.error(at, "typedef '{}' is initialized (use '__typeof__' instead)", name)
                self.advance()
                self.initializer()
            return None
        if type.kind == ctypes.FUNCTION:
            declare_function(cx, specifiers, type, declarator, attributes, False)
            if self.token.id == tk.EQUAL:
                cx.error(at, "function '{}' is initialized like a variable", name)
                self.advance()
                self.initializer()
            return None
        has_initializer = self.token.id == tk.EQUAL
        variable = declare_variable(cx, specifiers, type, declarator, attributes, has_initializer)
        if has_initializer:
            self.advance()
            self._initializer_of(variable, at)
        if variable is not None:
            check_object_type(cx, variable, at)
            if attributes:
                self._late_attributes(variable)
        return variable

    def _late_attributes(self, variable: Variable) -> None:
        if variable.attributes.section and variable.storage != decl.STATIC:
            self.cx.error(variable.start, "section attribute cannot be specified for local variables")

    def _initializer_of(self, variable: Variable | None, at: int) -> None:
        cx = self.cx
        outer = cx.function
        is_static = variable is None or variable.storage == decl.STATIC
        if variable is not None and variable.linkage != decl.NO_LINKAGE:
            if variable.is_defined and variable.initializer is not None:
                cx.error(at, "redefinition of '{}'", variable.name)
                cx.note(variable.start, "previous definition of '{}' with type '{}'", variable.name,
                        type_name(variable.type))  # fmt: skip
            variable.start = at
            variable.end = at + 1
        raw: RawInitializer = self.initializer()
        cx.function = outer
        if variable is None:
            return
        if variable.linkage != decl.NO_LINKAGE:
            if not variable.is_defined:
                cx.unit.items.append(variable)
            variable.is_defined = True
        initializer, type = initialize(cx, variable.type, raw, is_static)
        if type is not variable.type:
            set_variable_type(cx, variable, type)
        variable.initializer = initializer

    def _auto_type(
        self, specifiers: Specifiers, declarator: Declarator, attributes: list[ParsedAttribute]
    ) -> Variable | None:
        """__auto_type name = value: (GNU)"""
        cx = self.cx
        if declarator.pieces:
            cx.error(declarator.at, "'__auto_type' may only be used with a plain identifier")
        if self.token.id != tk.EQUAL:
            cx.error(declarator.at, "declaration in '__auto_type' lacks initializer")
            return None
        self.advance()
        raw = RawInitializer(self.pos)
        raw.value = load(cx, self.assignment())
        raw.end = self.pos
        type = raw.value.type
        variable = declare_variable(cx, specifiers, type, declarator, attributes, True)
        if variable is None:
            return None
        initializer, _ = initialize(cx, variable.type, raw, variable.storage == decl.STATIC)
        variable.initializer = initializer
        variable.is_defined = True
        return variable
