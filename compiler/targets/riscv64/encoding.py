"""What templates cannot say: how RISC-V makes a constant.

Low 12 bits by `addi`, the next 20 by `lui`, and the rest by shifting the upper part into place: the sequence that
binutils' `li` makes, so that both produce the same bytes.
"""

from __future__ import annotations

from typing import Final, final

from compiler.machine.expansion import Expander
from compiler.machine.isa import Arg, ImmediateArg, Insn, RegisterArg
from compiler.machine.target import FeatureReader
from compiler.targets.riscv64.insns_integer import ADDI, ADDIW, LUI, SLLI
from compiler.targets.riscv64.registers import ZERO

ZERO_ARG: Final = RegisterArg(ZERO)


def signed64(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def materialise(destination: RegisterArg, value: int) -> list[tuple[Insn, list[Arg]]]:
    """The shortest lui/addi/slli chain that binutils knows for a 64-bit constant, signed or unsigned."""
    value = signed64(value)
    if -2048 <= value < 2048:
        return [(ADDI, [destination, ZERO_ARG, ImmediateArg(value)])]
    return _load(destination, value)


def _load(destination: RegisterArg, value: int) -> list[tuple[Insn, list[Arg]]]:
    low = (value & 0xFFF) - ((value & 0x800) << 1)
    upper = signed64(value - low)
    out: list[tuple[Insn, list[Arg]]] = []
    if not -(1 << 31) <= value < 1 << 31:
        shift = 12
        while not upper >> shift & 1:
            shift += 1
        out.extend(_load(destination, upper >> shift))
        out.append((SLLI, [destination, destination, ImmediateArg(shift)]))
        if low:
            out.append((ADDI, [destination, destination, ImmediateArg(low)]))
        return out
    if upper:
        out.append((LUI, [destination, ImmediateArg(upper >> 12 & 0xFFFFF)]))
    if low or not upper:
        out.append((ADDIW, [destination, destination if upper else ZERO_ARG, ImmediateArg(low)]))
    return out


@final
class LoadImmediate(Expander):
    """`li`."""

    def expand(self, insn: Insn, args: list[Arg], features: frozenset[str]) -> list[tuple[Insn, list[Arg]]]:
        destination, number = args
        assert isinstance(destination, RegisterArg) and isinstance(number, ImmediateArg)
        return materialise(destination, number.value)


def parse_architecture(text: str) -> frozenset[str] | None:
    """`rv64imafdc_zicsr2p0` or `rv64gc` as features: letters and underscored names without versions. None if it is not
    an rv64 architecture."""
    features: set[str] = set()
    words = text.split("_")
    base = words[0]
    if not base.startswith("rv64"):
        return None
    index = 4
    while index < len(base):
        letter = base[index]
        index += 1
        while index < len(base) and (base[index].isdigit() or (base[index] == "p" and base[index - 1].isdigit())):
            index += 1
        if letter == "g":
            features |= {"i", "m", "a", "f", "d", "zicsr", "zifencei"}
        elif letter == "z":
            features.add(base[index - 1 :])
            break
        else:
            features.add(letter)
    for word in words[1:]:
        end = len(word)
        while end and (word[end - 1].isdigit() or (word[end - 1] == "p" and end < len(word))):
            end -= 1
        features.add(word[:end])
    if "f" in features or "d" in features:
        features |= {"f", "zicsr"}
    return frozenset(features)


@final
class ArchitectureReader(FeatureReader):
    def read(self, text: str) -> frozenset[str] | None:
        return parse_architecture(text)
