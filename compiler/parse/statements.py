"""Statements and block-scope declarations (C17 6.8).

`else if` chains and runs of labels are loops. Every statement inside another counts as one level of nesting.
"""

from __future__ import annotations

from compiler.lex import tokens as tk
from compiler.parse.cursor import SyntaxProblem
from compiler.parse.locals import LocalParser
from compiler.sema import statements as sema
from compiler.sema.attributes import ParsedAttribute
from compiler.sema.convert import condition, convert, error_expr, load
from compiler.sema.names import find_label
from compiler.sema.scope import ENUMERATOR, Symbol
from compiler.syntax import decl
from compiler.syntax.decl import Variable
from compiler.syntax.expr import Expr, StatementExpr
from compiler.syntax.stmt import (
    Block,
    Break,
    Case,
    ComputedGoto,
    Continue,
    DoWhile,
    Empty,
    ExprStmt,
    For,
    Goto,
    If,
    Labeled,
    Stmt,
    While,
)
from compiler.types import ctypes
from compiler.types.derive import unqualified


class StatementParser(LocalParser):
    in_if_block: bool = False

    # --- blocks -----------------------------------------------------------------------------------------------------

    def block(self, new_scope: bool) -> Block:
        """{ ... }; without `new_scope` the caller has opened one (a function's parameters share it)."""
        cx = self.cx
        function = cx.function
        assert function is not None
        start = self.pos
        self.expect(tk.LBRACE, "{")
        self.deepen()
        if new_scope:
            cx.scopes.enter()
        vla_mark = len(function.vla_scopes)
        result = Block(start, start, [])
        is_cut = False
        has_labels = self.token.id == tk.K_LABEL
        if has_labels:
            function.local_labels.append({})
            self._local_labels()
        while self.token.id != tk.RBRACE and self.token.kind != tk.EOF:
            if self.token.id == tk.K_ELSE and self.in_if_block:  # as gcc: a brace was forgotten, not an `if`
                cx.error(self.pos, "expected '}' before 'else'")
                is_cut = True
                break
            try:
                self._block_item(result)
            except SyntaxProblem:
                self._recover()
        if has_labels:
            sema.finish_labels(cx, function.local_labels.pop())
        if len(function.vla_scopes) > vla_mark:
            del function.vla_scopes[vla_mark:]
        if new_scope:
            self.check_unused(cx.scopes.leave())
        self.depth -= 1
        if self.token.kind == tk.EOF:
            cx.error(self.pos - 1, "expected declaration or statement at end of input")
            raise SyntaxProblem("end of input")
        if not is_cut:
            self.advance()
        result.end = self.pos
        return result

    def _recover(self) -> None:
        """After a syntax error in a block item: to the next one."""
        self.cx.constant_depth = 0
        before = self.pos
        self.skip_statement()
        if self.pos == before and self.token.id not in (tk.RBRACE,) and self.token.kind != tk.EOF:
            self.advance()

    def _local_labels(self) -> None:
        function = self.cx.function
        assert function is not None
        while self.accept(tk.K_LABEL):
            while True:
                at = self.pos
                sema.declare_local_label(self.cx, function, self.expect_identifier(), at)
                if not self.accept(tk.COMMA):
                    break
            self.expect_semicolon()

    def check_unused(self, symbols: list[Symbol]) -> None:
        """-Wunused-variable at the end of a scope."""
        for symbol in symbols:
            entity = symbol.entity
            if isinstance(entity, Variable) and not entity.is_used and entity.linkage == decl.NO_LINKAGE:
                if entity.storage != decl.PARAMETER and not entity.attributes.unused and entity.name:
                    if entity.attributes.cleanup is None:
                        self.cx.warning("unused-variable", entity.start, "unused variable '{}'", entity.name)

    def _block_item(self, block: Block) -> None:
        token = self.token
        if token.kind == tk.IDENT:
            id = token.id
            if id == 0:
                following = self.tokens[self.pos + 1]
                if following.id == tk.COLON:
                    self._labeled_items(block)
                    return
                if self.starts_declaration():
                    self.declaration(block.body, block)
                    return
                if self._is_unknown_type(following):
                    self.declaration(block.body, block)
                    return
            elif id in (tk.K_CASE, tk.K_DEFAULT):
                self._labeled_items(block)
                return
            elif id == tk.K_STATIC_ASSERT:
                self.static_assertion()
                return
            elif id == tk.K_EXTENSION:
                at = self.pos
                while self.token.id == tk.K_EXTENSION:
                    self.advance()
                is_declaration = self.starts_declaration()
                self.seek(at)
                if is_declaration:
                    self.declaration(block.body, block)
                    return
            elif id == tk.K_ATTRIBUTE:
                if self._attribute_statement():
                    return
                self.declaration(block.body, block)
                return
            elif self.starts_declaration():
                self.declaration(block.body, block)
                return
        block.body.append(self.statement())

    def _is_unknown_type(self, following: tk.Token) -> bool:
        """`name name`: a declaration with a type that is not known."""
        if following.kind != tk.IDENT or following.id:
            return False
        return self.cx.scopes.lookup(self.token.text) is None

    def _attribute_statement(self) -> bool:
        """__attribute__((fallthrough));"""
        at = self.pos
        attributes: list[ParsedAttribute] = []
        self.attributes(attributes)
        if self.token.id == tk.SEMICOLON:
            self.advance()
            return True
        self.seek(at)
        return False

    def _labeled_items(self, block: Block) -> None:
        """Labels and the statement they stand before; all but the last label get an empty body in the block itself."""
        while True:
            start = self.pos
            label = self._label()
            if self._at_label():
                self._set_body(label, Empty(self.pos, self.pos))
                label.end = self.pos
                block.body.append(label)
                continue
            token = self.token
            if token.id == tk.RBRACE:
                self.cx.error(self.pos - 1, "label at end of compound statement")
                body: Stmt = Empty(self.pos, self.pos)
            elif self.starts_declaration() or token.id == tk.K_STATIC_ASSERT:
                if self.cx.options.language.version < 2023:
                    self.cx.error(
                        self.pos, "a label can only be part of a statement and a declaration is not a statement"
                    )
                body = Empty(self.pos, self.pos)
            else:
                body = self.statement()
            self._set_body(label, body)
            label.end = self.pos
            label.start = start
            block.body.append(label)
            return

    def _at_label(self) -> bool:
        token = self.token
        if token.kind != tk.IDENT:
            return False
        if token.id:
            return token.id in (tk.K_CASE, tk.K_DEFAULT)
        return self.tokens[self.pos + 1].id == tk.COLON

    def _set_body(self, label: Stmt, body: Stmt) -> None:
        if isinstance(label, Case):
            label.body = body
        else:
            assert isinstance(label, Labeled)
            label.body = body

    def _label(self) -> Stmt:
        """One label with its colon; the body is set by the caller."""
        cx = self.cx
        at = self.pos
        token = self.token
        if token.id == 0:
            self.advance()
            self.advance()
            attributes: list[ParsedAttribute] = []
            if self.token.id == tk.K_ATTRIBUTE:
                place = self.pos
                self.attributes(attributes)
                if self.starts_declaration():
                    self.seek(place)
            label = sema.define_label(cx, token.text, at)
            if any(attribute.name in ("unused", "maybe_unused") for attribute in attributes):
                self._mark_used(token.text)
            return Labeled(at, self.pos, label)
        self.advance()
        case = Case(at, at)
        if token.id == tk.K_DEFAULT:
            if self.token.id != tk.COLON:
                raise self.missing(":")
            self.advance()
            sema.add_case(cx, case, None, None, at)
            return case
        low = self.constant_expression()
        high: Expr | None = None
        if self.accept(tk.ELLIPSIS):
            cx.pedantic("pedantic", at, "range expressions in switch statements are non-standard")
            high = self.constant_expression()
        if self.token.id != tk.COLON:
            self.cx.error(self.pos - 1, "expected ':' or '...' {}", self._before())
            raise SyntaxProblem(":")
        self.advance()
        sema.add_case(cx, case, low, high, at)
        return case

    def _mark_used(self, name: str) -> None:
        state = find_label(self.cx, name, self.pos)
        if state is not None:
            state.is_used = True

    # --- statements -------------------------------------------------------------------------------------------------

    def statement(self) -> Stmt:
        self.deepen()
        result = self._statement()
        self.depth -= 1
        return result

    def _statement(self) -> Stmt:
        token = self.token
        id = token.id
        at = self.pos
        if id == 0:
            if token.kind == tk.IDENT and self.tokens[at + 1].id == tk.COLON:
                return self._labeled_statement()
            return self._expression_statement()
        if id == tk.LBRACE:
            return self.block(True)
        if id == tk.SEMICOLON:
            self.advance()
            return Empty(at, self.pos)
        if id == tk.K_IF:
            return self._if()
        if id == tk.K_RETURN:
            return self._return()
        if id == tk.K_FOR:
            return self._for()
        if id == tk.K_WHILE:
            return self._while()
        if id == tk.K_DO:
            return self._do()
        if id == tk.K_BREAK or id == tk.K_CONTINUE:
            return self._break_or_continue(id)
        if id == tk.K_GOTO:
            return self._goto()
        if id == tk.K_SWITCH:
            return self._switch()
        if id == tk.K_CASE or id == tk.K_DEFAULT:
            return self._labeled_statement()
        if id == tk.K_ASM:
            return self.asm_statement()
        if id == tk.K_ELSE:
            self.cx.error(at, "'else' without a previous 'if'")
            raise SyntaxProblem("else")
        if id == tk.K_ATTRIBUTE and self._attribute_statement():
            return Empty(at, self.pos)
        if id != tk.K_EXTENSION and self.starts_declaration():
            raise self.syntax_error("expected expression")
        return self._expression_statement()

    def _labeled_statement(self) -> Stmt:
        """Labels where only one statement may stand: a block holds them."""
        holder = Block(self.pos, self.pos, [])
        self._labeled_items(holder)
        holder.end = self.pos
        return holder.body[0] if len(holder.body) == 1 else holder

    def _expression_statement(self) -> Stmt:
        at = self.pos
        node = self.expression()
        self.expect_semicolon()
        sema.check_unused_value(self.cx, node, at)
        return ExprStmt(at, self.pos, load(self.cx, node))

    def _controlling(self) -> Expr:
        """( condition )"""
        at = self.pos
        if self.token.id != tk.LPAREN:
            raise self.missing("(")
        self.advance()
        node = self.expression()
        self.expect(tk.RPAREN, ")")
        return condition(self.cx, node, at)

    def _if(self) -> Stmt:
        starts: list[int] = []
        conditions: list[Expr] = []
        thens: list[Stmt] = []
        other: Stmt | None = None
        while True:
            starts.append(self.pos)
            self.advance()
            conditions.append(self._controlling())
            outer = self.in_if_block
            self.in_if_block = True
            thens.append(self.statement())
            self.in_if_block = outer
            if not self.accept(tk.K_ELSE):
                break
            if self.token.id != tk.K_IF:
                other = self.statement()
                break
        for index in range(len(starts) - 1, -1, -1):
            other = If(starts[index], self.pos, conditions[index], thens[index], other)
        assert other is not None
        return other

    def _loop_body(self) -> Stmt:
        function = self.cx.function
        assert function is not None
        function.loop_depth += 1
        function.breakable_depth += 1
        try:
            return self.statement()
        finally:
            function.loop_depth -= 1
            function.breakable_depth -= 1

    def _while(self) -> Stmt:
        at = self.pos
        self.advance()
        test = self._controlling()
        body = self._loop_body()
        return While(at, self.pos, test, body)

    def _do(self) -> Stmt:
        at = self.pos
        self.advance()
        body = self._loop_body()
        if self.token.id != tk.K_WHILE:
            self.cx.error(self.pos, "expected 'while' {}", self._before())
            raise SyntaxProblem("while")
        self.advance()
        test = self._controlling()
        self.expect_semicolon()
        return DoWhile(at, self.pos, body, test)

    def _for(self) -> Stmt:
        cx = self.cx
        at = self.pos
        self.advance()
        self.expect(tk.LPAREN, "(")
        cx.scopes.enter()
        try:
            initial: Stmt | None = None
            if self.token.id == tk.SEMICOLON:
                self.advance()
            elif self.starts_declaration() or (self.token.id == tk.K_EXTENSION and self._after_extension_is_type()):
                holder = Block(at, at, [])
                start = self.pos
                self.declaration(holder.body, holder)
                self._check_for_declaration(start)
                initial = holder.body[0] if len(holder.body) == 1 else holder
            else:
                start = self.pos
                initial = ExprStmt(start, start, load(cx, self.expression()))
                initial.end = self.pos
                self.expect(tk.SEMICOLON, ";")
            test: Expr | None = None
            if self.token.id != tk.SEMICOLON:
                place = self.pos
                test = condition(cx, self.expression(), place)
            self.expect(tk.SEMICOLON, ";")
            step: Expr | None = None
            if self.token.id != tk.RPAREN:
                step = load(cx, self.expression())
            self.expect(tk.RPAREN, ")")
            body = self._loop_body()
        finally:
            self.check_unused(cx.scopes.leave())
        return For(at, self.pos, initial, test, step, body)

    def _check_for_declaration(self, start: int) -> None:
        """C17 6.8.5p3: the declaration part of a `for` declares objects of automatic or register storage only."""
        cx = self.cx
        for tag in cx.scopes.declared_tags[-1]:
            word = "enum" if tag.kind == ctypes.ENUM else "union" if tag.kind == ctypes.UNION else "struct"
            cx.error(tag.ordinal, "'{} {}' declared in 'for' loop initial declaration", word, tag.name)
        for symbol in cx.scopes.declared[-1]:
            entity = symbol.entity
            if symbol.kind == ENUMERATOR:
                continue
            if not isinstance(entity, Variable):
                cx.error(start, "declaration of non-variable '{}' in 'for' loop initial declaration", symbol.name)
            elif entity.linkage != decl.NO_LINKAGE:
                cx.error(start, "declaration of 'extern' variable '{}' in 'for' loop initial declaration", symbol.name)
            elif entity.storage == decl.STATIC:
                cx.error(start, "declaration of static variable '{}' in 'for' loop initial declaration", symbol.name)

    def _switch(self) -> Stmt:
        function = self.cx.function
        assert function is not None
        at = self.pos
        self.advance()
        if self.token.id != tk.LPAREN:
            raise self.missing("(")
        place = self.pos
        self.advance()
        node = self.expression()
        self.expect(tk.RPAREN, ")")
        state = sema.begin_switch(self.cx, node, at, place)
        function.breakable_depth += 1
        try:
            state.node.body = self.statement()
        finally:
            function.breakable_depth -= 1
            function.switches.pop()
        state.node.end = self.pos
        return state.node

    def _break_or_continue(self, id: int) -> Stmt:
        function = self.cx.function
        assert function is not None
        at = self.pos
        self.advance()
        self.expect_semicolon()
        if id == tk.K_BREAK:
            if function.breakable_depth == 0:
                self.cx.error(at, "break statement not within loop or switch")
                return Empty(at, self.pos)
            return Break(at, self.pos)
        if function.loop_depth == 0:
            self.cx.error(at, "continue statement not within a loop")
            return Empty(at, self.pos)
        return Continue(at, self.pos)

    def _goto(self) -> Stmt:
        cx = self.cx
        at = self.pos
        self.advance()
        if self.accept(tk.STAR):
            place = self.pos
            address = load(cx, self.expression())
            self.expect_semicolon()
            if address.type.kind not in (ctypes.POINTER, ctypes.ERROR):
                cx.error(place, "computed goto must be pointer type")
                address = error_expr(cx, at, self.pos)
            elif address.type.kind == ctypes.POINTER:
                address = convert(cx, address, cx.types.void_pointer)
            return ComputedGoto(at, self.pos, address)
        if self.token.kind != tk.IDENT:
            raise self.syntax_error("expected identifier or '*'")
        place = self.pos
        name = self.expect_identifier()
        self.expect_semicolon()
        return Goto(at, self.pos, sema.use_label(cx, name, place))

    def _return(self) -> Stmt:
        at = self.pos
        self.advance()
        value: Expr | None = None
        if self.token.id != tk.SEMICOLON:
            value = self.expression()
        self.expect_semicolon()
        return sema.return_statement(self.cx, value, at, self.pos)

    def statement_expression(self, start: int) -> Expr:
        """({ ... }): the parenthesis has been passed, the brace is at the cursor (GNU)."""
        cx = self.cx
        if cx.function is None:
            cx.error(start, "braced-group within expression allowed only inside a function")
            self.skip_balanced()
            self.expect(tk.RPAREN, ")")
            return error_expr(cx, start, self.pos)
        cx.pedantic("pedantic", start, "ISO C forbids braced-groups within expressions")
        outer_depth = cx.constant_depth
        closed = len(cx.function.vla_scopes)
        cx.function.vla_scopes.append(-1 - start)
        block = self.block(True)
        del cx.function.vla_scopes[closed:]
        cx.constant_depth = outer_depth
        self.expect(tk.RPAREN, ")")
        result: Expr | None = None
        if block.body:
            last = block.body[-1]
            if isinstance(last, ExprStmt):
                result = last.expr
                block.body.pop()
            elif isinstance(last, Labeled) and isinstance(last.body, ExprStmt):
                result = last.body.expr
                last.body = Empty(last.end, last.end)
        if result is None or result.type.kind == ctypes.VOID:
            if result is not None:
                block.body.append(ExprStmt(result.start, result.end, result))
            return StatementExpr(cx.types.void, start, self.pos, block, None)
        return StatementExpr(unqualified(result.type), start, self.pos, block, result)
