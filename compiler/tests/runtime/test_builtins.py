"""The helper library, compiled by gcc, against compiler.arith (which has its own oracles)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from compiler.arith import ints, soft
from compiler.arith.formats import BINARY32, BINARY64, BINARY128, X87_80, FloatFormat
from compiler.runtime import manifest
from compiler.tests.arith.exact import at_ordinal, ordinal
from compiler.tests.runtime.toolchain import Toolchain

Helper = Callable[[int, int], int | None]
LOW: Final = (1 << 64) - 1
WORD: Final = (1 << 32) - 1


def low_word(value: int | None) -> int | None:
    """A result the program printed as a 64-bit signed extension."""
    return None if value is None else value & LOW


def three_way(less: bool, equal: bool) -> int:
    return 0 if less else 1 if equal else 2


INTEGER: Final[dict[str, Helper]] = {
    "__multi3": lambda a, b: ints.mul(a, b, 128),
    "__divti3": lambda a, b: ints.sdiv(a, b, 128),
    "__modti3": lambda a, b: ints.srem(a, b, 128),
    "__udivti3": lambda a, b: ints.udiv(a, b, 128),
    "__umodti3": lambda a, b: ints.urem(a, b, 128),
    "__ashlti3": lambda a, b: ints.shl(a, b, 128) if b < 128 else None,
    "__lshrti3": lambda a, b: ints.lshr(a, b, 128) if b < 128 else None,
    "__ashrti3": lambda a, b: ints.ashr(a, b, 128) if b < 128 else None,
    "__negti2": lambda a, b: ints.neg(a, 128),
    "__cmpti2": lambda a, b: three_way(ints.slt(a, b, 128), a == b),
    "__ucmpti2": lambda a, b: three_way(a < b, a == b),
    "__clzdi2": lambda a, b: ints.clz(a & LOW, 64),
    "__ctzdi2": lambda a, b: ints.ctz(a & LOW, 64),
    "__clzsi2": lambda a, b: ints.clz(a & WORD, 32),
    "__ctzsi2": lambda a, b: ints.ctz(a & WORD, 32),
    "__clzti2": lambda a, b: ints.clz(a, 128),
    "__ctzti2": lambda a, b: ints.ctz(a, 128),
    "__clrsbdi2": lambda a, b: ints.clrsb(a & LOW, 64),
    "__clrsbsi2": lambda a, b: ints.clrsb(a & WORD, 32),
    "__clrsbti2": lambda a, b: ints.clrsb(a, 128),
    "__popcountdi2": lambda a, b: ints.popcount(a & LOW, 64),
    "__popcountsi2": lambda a, b: ints.popcount(a & WORD, 32),
    "__popcountti2": lambda a, b: ints.popcount(a, 128),
    "__paritydi2": lambda a, b: ints.parity(a & LOW, 64),
    "__parityti2": lambda a, b: ints.parity(a, 128),
    "__ffsdi2": lambda a, b: ints.ctz(a & LOW, 64) + 1 if a & LOW else 0,
    "__ffsti2": lambda a, b: ints.ctz(a, 128) + 1 if a else 0,
    "__bswapdi2": lambda a, b: ints.bswap(a & LOW, 64),
    "__bswapsi2": lambda a, b: ints.bswap(a & WORD, 32),
    "__floattidf": lambda a, b: soft.from_int(a, True, 128, BINARY64),
    "__floatuntidf": lambda a, b: soft.from_int(a, False, 128, BINARY64),
    "__floattisf": lambda a, b: soft.from_int(a, True, 128, BINARY32),
    "__floatuntisf": lambda a, b: soft.from_int(a, False, 128, BINARY32),
    "__floattitf": lambda a, b: soft.from_int(a, True, 128, BINARY128),
    "__floatuntitf": lambda a, b: soft.from_int(a, False, 128, BINARY128),
    "__floatsitf": lambda a, b: soft.from_int(a & WORD, True, 32, BINARY128),
    "__floatunsitf": lambda a, b: soft.from_int(a & WORD, False, 32, BINARY128),
    "__floatditf": lambda a, b: soft.from_int(a & LOW, True, 64, BINARY128),
    "__floatunditf": lambda a, b: soft.from_int(a & LOW, False, 64, BINARY128),
}


def order(a: int, b: int, unordered: int) -> int:
    """The sign of the helper's result, which is all that libgcc promises."""
    if soft.unordered(a, b, BINARY128):
        return unordered
    return 0 if soft.eq(a, b, BINARY128) else -1 if soft.lt(a, b, BINARY128) else 1


QUAD: Final[dict[str, Helper]] = {
    "__addtf3": lambda a, b: soft.add(a, b, BINARY128),
    "__subtf3": lambda a, b: soft.sub(a, b, BINARY128),
    "__multf3": lambda a, b: soft.mul(a, b, BINARY128),
    "__divtf3": lambda a, b: soft.div(a, b, BINARY128),
    "__negtf2": lambda a, b: soft.neg(a, BINARY128),
    "__eqtf2": lambda a, b: low_word(order(a, b, 1)),
    "__netf2": lambda a, b: low_word(order(a, b, 1)),
    "__lttf2": lambda a, b: low_word(order(a, b, 1)),
    "__letf2": lambda a, b: low_word(order(a, b, 1)),
    "__gttf2": lambda a, b: low_word(order(a, b, -1)),
    "__getf2": lambda a, b: low_word(order(a, b, -1)),
    "__unordtf2": lambda a, b: int(soft.unordered(a, b, BINARY128)),
    "__trunctfsf2": lambda a, b: soft.convert(a, BINARY128, BINARY32),
    "__trunctfdf2": lambda a, b: soft.convert(a, BINARY128, BINARY64),
    "__fixtfsi": lambda a, b: sign_extended(soft.to_int(a, BINARY128, True, 32)),
    "__fixtfdi": lambda a, b: soft.to_int(a, BINARY128, True, 64),
    "__fixunstfsi": lambda a, b: soft.to_int(a, BINARY128, False, 32),
    "__fixunstfdi": lambda a, b: soft.to_int(a, BINARY128, False, 64),
    "__fixtfti": lambda a, b: soft.to_int(a, BINARY128, True, 128),
    "__fixunstfti": lambda a, b: soft.to_int(a, BINARY128, False, 128),
}
DOUBLE: Final[dict[str, Helper]] = {
    "__extenddftf2": lambda a, b: soft.convert(a, BINARY64, BINARY128),
    "__fixdfti": lambda a, b: soft.to_int(a, BINARY64, True, 128),
    "__fixunsdfti": lambda a, b: soft.to_int(a, BINARY64, False, 128),
}
SINGLE: Final[dict[str, Helper]] = {
    "__extendsftf2": lambda a, b: soft.convert(a, BINARY32, BINARY128),
    "__fixsfti": lambda a, b: soft.to_int(a, BINARY32, True, 128),
    "__fixunssfti": lambda a, b: soft.to_int(a, BINARY32, False, 128),
}
# Only where long double is the 80-bit format.
EXTENDED_INTEGER: Final[dict[str, Helper]] = {
    "__floattixf": lambda a, b: soft.from_int(a, True, 128, X87_80),
    "__floatuntixf": lambda a, b: soft.from_int(a, False, 128, X87_80),
}
EXTENDED_QUAD: Final[dict[str, Helper]] = {"__trunctfxf2": lambda a, b: soft.convert(a, BINARY128, X87_80)}
EXTENDED: Final[dict[str, Helper]] = {
    "__fixxfti": lambda a, b: soft.to_int(a, X87_80, True, 128),
    "__fixunsxfti": lambda a, b: soft.to_int(a, X87_80, False, 128),
    "__extendxftf2": lambda a, b: soft.convert(a, X87_80, BINARY128),
}


def sign_extended(value: int | None) -> int | None:
    return None if value is None else ints.sign_extend(value, 32, 64)


def random_integer(generator: random.Random) -> int:
    choice = generator.randrange(5)
    if choice == 0:
        return generator.choice((0, 1, 2, LOW, LOW + 1, 1 << 127, (1 << 127) - 1, (1 << 128) - 1, (1 << 128) - 2))
    value = generator.getrandbits(generator.randint(1, 128))
    if choice == 1:  # long runs of ones and zeros find missing carries
        value = (1 << generator.randint(1, 128)) - (1 << generator.randint(0, 127))
    return value & ((1 << 128) - 1)


def random_float(generator: random.Random, fmt: FloatFormat) -> int:
    top, step = ordinal(fmt.infinity, fmt), 1 << (fmt.precision - 1)
    one = ordinal(fmt.one, fmt)
    choice = generator.randrange(8)
    if choice == 0:
        bits = generator.choice((0, 1, fmt.infinity, fmt.nan, fmt.one, fmt.largest, fmt.smallest_normal))
    elif choice == 1:
        bits = at_ordinal(generator.randrange(top), fmt)
    elif choice == 2:
        bits = at_ordinal(generator.randrange(3 * step), fmt)
    elif choice == 3:
        bits = at_ordinal(top - 1 - generator.randrange(2 * step), fmt)
    elif choice == 4:
        bits = at_ordinal(one + generator.randrange(-2, 130) * step + generator.randrange(-2, 3), fmt)
    elif choice == 5:  # the edges of the narrower formats, where truncation meets subnormals and infinities
        low, high = (-1080, -1015) if fmt is BINARY128 else (-20, 20)
        exponent = generator.choice((generator.randrange(low, high), 1023, 127, -130)) if fmt is BINARY128 else 0
        bits = at_ordinal(one + exponent * step + generator.getrandbits(fmt.precision - 1), fmt)
    else:
        bits = at_ordinal(one + generator.randrange(-3 * step, 130 * step), fmt)
    return bits | (generator.getrandbits(1) * fmt.sign_mask)


def cases(generator: random.Random, rounds: int, with_extended: bool) -> list[tuple[str, int, int, int]]:
    result = []
    groups = [(INTEGER, None), (QUAD, BINARY128), (DOUBLE, BINARY64), (SINGLE, BINARY32)]
    if with_extended:
        groups += [(EXTENDED_INTEGER, None), (EXTENDED_QUAD, BINARY128), (EXTENDED, X87_80)]
    for table, fmt in groups:
        for name, helper in table.items():
            for _ in range(rounds):
                if fmt is None:
                    a, b = random_integer(generator), random_integer(generator)
                    if "sh" in name:
                        b = generator.randrange(128)
                else:
                    a, b = random_float(generator, fmt), random_float(generator, fmt)
                    if generator.randrange(4) == 0:
                        b = a ^ (generator.getrandbits(3) if generator.getrandbits(1) else fmt.sign_mask)
                expected = helper(a, b)
                if expected is not None:
                    result.append((name, a, b, expected))
    return result


def test_helpers_compute_what_arith_does(toolchain: Toolchain, runtime: Path, tmp_path: Path) -> None:
    program = tmp_path / "builtins"
    source = Path(__file__).with_name("builtins.c")
    toolchain.link(runtime, source, program, f"-I{manifest.ROOT / 'builtins'}")
    rows = cases(random.Random(7), 150, "__LDBL_MANT_DIG__ 64" in toolchain.predefined_macros())
    text = "".join(f"{name} {a >> 64:x} {a & LOW:x} {b >> 64:x} {b & LOW:x}\n" for name, a, b, _ in rows)
    run = toolchain.run(program, text=text)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) == len(rows)
    for line, (name, a, b, expected) in zip(lines, rows, strict=True):
        assert line == f"{expected:032x}", (name, hex(a), hex(b))


def test_no_helper_calls_itself(toolchain: Toolchain, tmp_path: Path) -> None:
    """A helper written with the operator it stands for would be compiled into a call of itself."""
    library = [path for path in manifest.libc_sources(toolchain.arch_folder) if path.name in ("memory.c", "stdlib.c")]
    for level in ("-O0", "-O2"):
        folder = tmp_path / level
        folder.mkdir()
        listing = toolchain.disassemble(toolchain.archive(folder, [*manifest.builtin_sources(), *library], level))
        functions = listing.split("\n\n")
        recursive = set()
        for function in functions:
            header = re.search(r"^[0-9a-f]+ <(\w+)>:", function, flags=re.MULTILINE)
            if header and re.search(rf"\b(?:call|jal|bl|jmp|j|b)\b.*<{header[1]}>", function):
                recursive.add(header[1])
            if header and re.search(rf"R_\w+\s+{header[1]}\b(?!\+)", function):
                recursive.add(header[1])
        assert len(functions) > 100
        assert recursive <= {"sort"}
        assert level == "-O2" or recursive == {"sort"}  # the merge sort shows that a recursion is seen
