"""What the tested machine is, as test selectors ask it: target triplets and effective targets.

Invariant: every question has an answer for every machine, or raises `UnknownTarget`, which counts the test as not
run; no unknown name is taken for yes or no. Extensions of the language (label values, nested functions, alloca ...)
count as supported: the suite asks for them, and a compiler without them fails. Meaning of the names: GCC internals
manual, "Effective-Target Keywords".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from torture.tcl import split_list


class UnknownTarget(Exception):
    """A selector names something that this suite has no answer for."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A target as the selectors see it."""

    name: str
    triplet: str
    yes: frozenset[str]
    no: frozenset[str]

    def is_target(self, pattern: str) -> bool:
        """Whether the triplet matches."""
        return fnmatchcase(self.triplet, pattern)

    def has(self, keyword: str) -> bool:
        """Whether an effective target holds. Raises UnknownTarget."""
        if keyword in self.yes:
            return True
        if keyword in self.no:
            return False
        raise UnknownTarget(f"effective target '{keyword}'")


_ALWAYS = frozenset(
    """
    int32 int32plus int16plus long_neq_int longlong64 double64 double64plus size32plus size20plus ptr32plus
    ptr_eq_long lp64 int128 stdint_types inttypes_types wchar 4byte_wchar_t alloca label_values indirect_jumps
    trampolines untyped_assembly nonlocal_goto return_address indirect_calls global_constructor init_priority
    named_sections c99_runtime fileio unwrapped mmap signal fenv hosted exceptions fpic pie static tls tls_native
    tls_runtime alias visibility gc_sections section_anchors large_double large_long_double float32 float64 float32x
    mempcpy stpcpy strndup sync_int_long sync_char_short cas_int cas_char lto pthread pthread_h posix_memalign
    natural_alignment_64 natural_alignment_32 large_initializer elf gas gld freorder string_merging ucn iconv symver
    comdat_group
    """.split()
)
_NEVER = frozenset(
    """
    int16 int8 llp64 ilp32 ia32 x32 freestanding newlib newlib_nano_io vxworks_kernel keeps_null_pointer_checks
    default_packed short_enums fixed_point mips16_attribute nvptx_softstack no_alignment_constraints avr_tiny
    simulator coldfire_fpu ti_c67x offload_nvptx offload_gcn run_expensive_tests sparc_v9 dll pe bfloat16 analyzer
    plugin fopenmp fopenacc
    """.split()
)
_DECIMAL = frozenset(("dfp", "dfprt", "dfp_bid", "hard_dfp"))
_X86 = frozenset(("avx", "sse", "sse2", "sse2_runtime", "avx_runtime", "mmx", "vect_int", "vect_cmdline_needed"))
_CHAR = frozenset(("unsigned_char", "signed_char"))


def _machine(name: str, triplet: str, yes: frozenset[str], char: str) -> Machine:
    answered = _DECIMAL | _X86
    return Machine(name, triplet, _ALWAYS | yes | {char}, _NEVER | (answered - yes) | (_CHAR - {char}))


MACHINES: dict[str, Machine] = {
    "riscv64": _machine("riscv64", "riscv64-unknown-linux-gnu", frozenset(), "unsigned_char"),
    "aarch64": _machine("aarch64", "aarch64-unknown-linux-gnu", frozenset(), "unsigned_char"),
    "x86_64": _machine("x86_64", "x86_64-pc-linux-gnu", _X86 | {"dfp", "dfprt", "dfp_bid"}, "signed_char"),
}


def matches(selector: str, machine: Machine) -> bool:
    """Whether a target selector holds: `lp64`, `i?86-*-* x86_64-*-*`, `{ ! int16 }`, `{ a && { b || c } }`."""
    words = split_list(selector)
    if not words:
        return False
    if words[0] == "!":
        return not matches(" ".join(_quoted(words[1:])), machine)
    for operator in ("||", "&&"):  # && binds closer
        if operator in words:
            at = words.index(operator)
            left = matches(" ".join(_quoted(words[:at])), machine)
            if left == (operator == "||"):
                return left
            return matches(" ".join(_quoted(words[at + 1 :])), machine)
    if len(words) == 1 and len(split_list(words[0])) == 1 and split_list(words[0])[0] == words[0]:
        return _atom(words[0], machine)
    return any(matches(word, machine) for word in words)


def _quoted(words: Sequence[str]) -> list[str]:
    """Words as list elements again."""
    return [f"{{{word}}}" if len(word.split()) != 1 else word for word in words]


def _atom(word: str, machine: Machine) -> bool:
    if "-" in word:
        return machine.is_target(word)
    if word in ("c", "c++"):
        return word == "c"
    return machine.has(word)
