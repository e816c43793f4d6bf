"""Addresses of fragments, and relaxation: passes over all sections until nothing grows any more.

Invariant: branches and LEB128 numbers never shrink between passes, so all but fills that count each other's bytes reach
a fixpoint; those are refused after MAXIMUM_PASSES.
"""

from __future__ import annotations

from typing import Final, final

from compiler.asm.assemble import Assembler
from compiler.asm.expressions import AsmError, Linear, evaluate
from compiler.asm.fragments import (
    AlignFragment,
    AsmSection,
    BranchFragment,
    DataFragment,
    FillFragment,
    Fragment,
    LebFragment,
    OrgFragment,
)
from compiler.asm.items import Expression
from compiler.asm.leb import leb128

MAXIMUM_PASSES: Final = 300
MAXIMUM_FILL: Final = 1 << 32


def lay_out(assembler: Assembler) -> bool:
    """Settle all sizes and addresses; False after an error."""
    for section in assembler.sections.values():
        section.gather()
    layout = Layout(assembler)
    for _ in range(MAXIMUM_PASSES):
        for section in assembler.sections.values():
            layout.place(section)
        if layout.failed:
            return False
        if not layout.relax():
            return not layout.failed
    assembler.error(-1, "the sizes of fills and alignments depend on each other")
    return False


@final
class Layout:
    __slots__ = ("assembler", "failed", "moved")

    def __init__(self, assembler: Assembler) -> None:
        self.assembler: Final = assembler
        self.failed = False
        self.moved = False

    def place(self, section: AsmSection) -> None:
        address = 0
        for fragment in section.fragments:
            if fragment.address != address:
                fragment.address = address
                self.moved = True
            if isinstance(fragment, DataFragment):
                fragment.size = len(fragment.data)
            elif not isinstance(fragment, (BranchFragment, LebFragment)):
                self._resize(section, fragment, address)
            address += fragment.size
        section.size = address

    def _resize(self, section: AsmSection, fragment: Fragment, address: int) -> None:
        if isinstance(fragment, AlignFragment):
            padding = -address & (fragment.alignment - 1)
            if fragment.limit and padding > fragment.limit:
                padding = 0
            if section.is_relaxed and fragment.fill is None and fragment.alignment > len(fragment.nops[-1]):
                padding = fragment.alignment - len(fragment.nops[-1])
            fragment.size = padding
        elif isinstance(fragment, FillFragment):
            if fragment.expression is not None:
                fragment.count = self._number(fragment.expression, fragment.loc, "count")
                if fragment.count < 0 or fragment.count * fragment.unit > MAXIMUM_FILL:
                    self._fail(fragment.loc, f"bad count {fragment.count}")
                    fragment.count = 0
            fragment.size = fragment.count * fragment.unit
        else:
            assert isinstance(fragment, OrgFragment)
            offset = self._offset(fragment.expression, section, fragment.loc)
            if offset < address and not self.moved:
                self._fail(fragment.loc, f".org goes back from {address} to {offset}")
            fragment.size = max(0, offset - address)

    def _fail(self, loc: int, text: str) -> None:
        if not self.failed:
            self.assembler.error(loc, text)
        self.failed = True

    def _number(self, expression: Expression, loc: int, what: str) -> int:
        try:
            return self.assembler.absolute(expression, what)
        except AsmError as error:
            self._fail(loc, str(error))
            return 0

    def _offset(self, expression: Expression, section: AsmSection, loc: int) -> int:
        """A number, or a label of this section."""
        try:
            value: Linear = evaluate(expression, self.assembler)
        except AsmError as error:
            self._fail(loc, str(error))
            return 0
        if value.symbol and not value.minus:
            symbol = self.assembler.symbols.get(value.symbol)
            if symbol is not None and symbol.section is section and symbol.fragment is not None:
                return symbol.address + value.constant
        if not value.is_absolute:
            self._fail(loc, ".org needs a number or a label of this section")
        return value.constant

    def relax(self) -> bool:
        """Lengthen what does not reach; whether anything changed since the last pass."""
        changed = self.moved
        self.moved = False
        for section in self.assembler.sections.values():
            if not section.varies:
                continue
            for fragment in section.fragments:
                if isinstance(fragment, BranchFragment):
                    if self._lengthen(section, fragment):
                        changed = True
                elif isinstance(fragment, LebFragment) and self._leb128(fragment):
                    changed = True
        return changed

    def _lengthen(self, section: AsmSection, fragment: BranchFragment) -> bool:
        before = fragment.form
        last = len(fragment.forms) - 1
        try:
            value = self.assembler.lookup(fragment.target.symbol)
        except AsmError as error:
            self._fail(fragment.loc, str(error))
            return False
        symbol = self.assembler.symbols.get(value.symbol)
        if symbol is None or symbol.section is not section or symbol.fragment is None or value.minus:
            # Another section or file: the form whose relocation reaches farthest.
            fragment.form = last
        else:
            distance = symbol.address + value.constant + fragment.target.addend - fragment.address
            while fragment.form < last:
                form = fragment.forms[fragment.form]
                if not form.relocation.problem(distance - form.offset + form.bias):
                    break
                fragment.form += 1
        fragment.size = fragment.forms[fragment.form].size
        return fragment.form != before

    def _leb128(self, fragment: LebFragment) -> bool:
        fragment.value = self._number(fragment.expression, fragment.loc, "the value of a LEB128 number")
        try:
            size = len(leb128(fragment.value, fragment.is_signed))
        except AsmError as error:
            self._fail(fragment.loc, str(error))
            return False
        if size <= fragment.size:
            return False
        fragment.size = size
        return True
