"""GNU inline assembly: qualifiers, operands, clobbers, labels, parsed completely."""

from __future__ import annotations

from typing import Final

from compiler.lex import tokens as tk
from compiler.parse.declarations import DeclarationParser
from compiler.sema.convert import load, require_modifiable
from compiler.sema.statements import use_label
from compiler.syntax.expr import Assign, CompoundAssign, Expr
from compiler.syntax.stmt import Asm, AsmOperand
from compiler.types import ctypes

# Constraint letters that admit memory alone; modifiers are not letters of theirs.
_MEMORY: Final = frozenset("moVAQS<>")
_MODIFIERS: Final = frozenset("=+&%,*?!#^$")


def is_memory_only(constraint: str) -> bool:
    """Whether every alternative is a memory one, so that the operand is an object and no value."""
    letters = [letter for letter in constraint if letter not in _MODIFIERS]
    return bool(letters) and all(letter in _MEMORY for letter in letters)


class AsmParser(DeclarationParser):
    def asm_statement(self) -> Asm:
        """asm qualifiers ( template : outputs : inputs : clobbers : labels ) ;"""
        start = self.pos
        self.advance()
        seen: list[int] = []
        while True:
            id = self.token.id
            if id in (tk.K_CONST, tk.K_RESTRICT):
                self.cx.error(self.pos, "'{}' is not a valid 'asm' qualifier", self.token.text)
            elif id not in (tk.K_VOLATILE, tk.K_GOTO, tk.K_INLINE):
                break
            elif id in seen:
                self.cx.error(self.pos, "duplicate 'asm' qualifier '{}'", self.token.text)
            seen.append(id)
            self.advance()
        is_volatile = tk.K_VOLATILE in seen
        is_goto = tk.K_GOTO in seen
        self.expect(tk.LPAREN, "(")
        node = Asm(start, start, self.asm_string())
        node.is_volatile = is_volatile
        if self.token.id == tk.RPAREN:
            node.is_basic = True
            node.is_volatile = True  # a basic asm is volatile (gcc manual)
        else:
            self._operands(node, is_goto)
        self.expect(tk.RPAREN, ")")
        self.expect_semicolon()
        node.end = self.pos
        if not node.outputs and not node.is_basic:
            node.is_volatile = True  # without outputs an asm is volatile (gcc manual)
        return node

    def _section(self) -> bool:
        """Passes the colon in front of a section; `::` counts for two."""
        if self.token.id == tk.COLON_COLON:
            # Seen as one token: turn it into a single colon that is still there.
            self.half_colon = not self.half_colon
            if not self.half_colon:
                self.advance()
            return True
        return self.accept(tk.COLON)

    half_colon: bool = False

    def _operands(self, node: Asm, is_goto: bool) -> None:
        self.half_colon = False
        if not self._section():
            raise self.missing(")")
        if not self._ends_section():
            self._operand_list(node.outputs, True)
        if not self._section():
            return
        if not self._ends_section():
            self._operand_list(node.inputs, False)
        if not self._section():
            return
        if not self._ends_section():
            node.clobbers.append(self.asm_string())
            while self.accept(tk.COMMA):
                node.clobbers.append(self.asm_string())
        if not self._section():
            return
        if not is_goto:
            raise self.missing(")")
        while True:
            at = self.pos
            node.labels.append(use_label(self.cx, self.expect_identifier(), at))
            if not self.accept(tk.COMMA):
                return

    def _ends_section(self) -> bool:
        return self.token.id in (tk.COLON, tk.COLON_COLON, tk.RPAREN)

    def _operand_list(self, into: list[AsmOperand], is_output: bool) -> None:
        while True:
            into.append(self._operand(is_output))
            if not self.accept(tk.COMMA):
                return

    def _operand(self, is_output: bool) -> AsmOperand:
        cx = self.cx
        name = ""
        if self.accept(tk.LBRACKET):
            name = self.token.text
            if self.token.kind != tk.IDENT:
                raise self.syntax_error("expected identifier")
            self.advance()
            self.expect(tk.RBRACKET, "]")
        at = self.pos
        constraint = self.asm_string()
        self.expect(tk.LPAREN, "(")
        self.deepen()
        node: Expr = self.expression()
        self.depth -= 1
        self.expect(tk.RPAREN, ")")
        if is_output:
            if not constraint.startswith(("=", "+")):
                cx.error(at, "output operand constraint lacks '='")
            if node.type.kind != ctypes.ERROR:
                if not node.is_lvalue:
                    cx.error(at, "lvalue required in asm statement")
                elif node.type.kind != ctypes.ARRAY:
                    require_modifiable(cx, node, at, "assignment", "output operand")
        elif constraint.startswith(("=", "+")):
            cx.error(at, "input operand constraint contains '{}'", constraint[0])
        elif is_memory_only(constraint) and isinstance(node, (Assign, CompoundAssign)):
            cx.error(at, "memory input is not directly addressable")
        elif not (is_memory_only(constraint) and node.is_lvalue):
            node = load(cx, node)
            if node.type.kind == ctypes.VOID:
                cx.error(at, "invalid use of void expression")
        return AsmOperand(name, constraint, node)
