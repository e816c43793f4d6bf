"""Values of which some bits were never written: the class, as text that the interpreter's checks execute.

An `Unset` is an int that knows its unset bits. Every operator of translated code keeps what is exact for bits (and, or,
exclusive or, shifts, sums from the lowest unset bit upwards) and makes the rest unset as a whole, so a bit-field next
to one that was never written is not taken for unset. Deciding by one, or dividing by one, is undefined. It is text
because a subclass of int cannot be compiled.
"""

from __future__ import annotations

from typing import Final

UNSET: Final = """
class Unset(int):
    def __bool__(self): raise Undefined("branch on an uninitialised value")
    def __hash__(self): raise Undefined("branch on an uninitialised value")
    def __pos__(self): return self
    def __and__(self, other):
        bits = unset_of(other)
        kept = self.bits & bits | self.bits & int(other) | bits & int(self)
        return unset(int(self) & int(other), kept)
    __rand__ = __and__
    def __or__(self, other):
        bits = unset_of(other)
        kept = self.bits & bits | self.bits & ~int(other) | bits & ~int(self)
        return unset(int(self) | int(other), kept)
    __ror__ = __or__
    def __xor__(self, other): return unset(int(self) ^ int(other), self.bits | unset_of(other))
    __rxor__ = __xor__
    def __add__(self, other): return unset(int(self) + int(other), carried(self, other))
    __radd__ = __add__
    def __sub__(self, other): return unset(int(self) - int(other), carried(self, other))
    def __rsub__(self, other): return unset(int(other) - int(self), carried(self, other))
    def __mul__(self, other):
        if int(other) == 0 and not unset_of(other): return 0
        low = lowest(self.bits | unset_of(other))
        return unset(int(self) * int(other), -low)
    __rmul__ = __mul__
    def __lshift__(self, other):
        return unset(int(self) << int(other), -1 if unset_of(other) else self.bits << int(other))
    def __rlshift__(self, other): return unset(int(other) << int(self), -1)
    def __rshift__(self, other):
        return unset(int(self) >> int(other), -1 if unset_of(other) else self.bits >> int(other))
    def __rrshift__(self, other): return unset(int(other) >> int(self), -1)
    def __floordiv__(self, other): return unset(int(self) // int(other), -1)
    def __rfloordiv__(self, other): raise Undefined("division by an uninitialised value")
    def __mod__(self, other): return unset(int(self) % int(other), -1)
    def __rmod__(self, other): raise Undefined("division by an uninitialised value")
    def __eq__(self, other): return compared(self, other, int(self) == int(other))
    def __ne__(self, other): return compared(self, other, int(self) != int(other))
    def __lt__(self, other): return unset(int(int(self) < int(other)), 1)
    def __le__(self, other): return unset(int(int(self) <= int(other)), 1)
    def __gt__(self, other): return unset(int(int(self) > int(other)), 1)
    def __ge__(self, other): return unset(int(int(self) >= int(other)), 1)

def unset(value, bits):
    if not bits: return value
    made = Unset(value)
    made.bits = bits
    return made

def unset_of(value):
    return value.bits if isinstance(value, Unset) else 0

def lowest(bits): return bits & -bits

def carried(left, right):
    # Bits below the lowest bit that the other side may have stay as they are.
    bits = unset_of(left) | unset_of(right)
    other = right if isinstance(left, Unset) else left
    if isinstance(other, Unset): return -lowest(bits)
    step = lowest(int(other))
    if not step: return bits
    above = bits & -step
    return bits & (step - 1) | (-lowest(above) if above else 0)

def compared(left, right, result):
    # Known bits that differ decide, whatever the others are.
    known = ~(unset_of(left) | unset_of(right))
    return int(result) if (int(left) ^ int(right)) & known else unset(int(result), 1)
"""
