"""The `-f` switches: which exist, which do something here, which are refused.

A switch that gcc has and that changes how fast code is but not what it means is accepted without effect; they are
listed by `--print-ignored-flags`. One that would change what the program does and that pycc cannot honour is refused by
name.
"""

from __future__ import annotations

from typing import Final

# Read by the driver. A switch not given has no entry in the command, so every reader states its own default.
EFFECTIVE: Final = frozenset((
    "wrapv", "common", "signed-char", "unsigned-char", "builtin", "freestanding", "hosted", "short-enums",
    "unsigned-bitfields", "signed-bitfields", "gnu89-inline", "dollars-in-identifiers", "short-wchar", "preprocessed",
    "diagnostics-show-caret", "fast-math", "finite-math-only", "associative-math", "reciprocal-math", "signed-zeros",
    "trapping-math", "math-errno", "single-precision-constant", "pic", "PIC", "pie", "PIE", "inline",
    "pack-struct", "trigraphs", "function-sections", "data-sections", "instrument-functions",
))  # fmt: skip

# `name=value`, read by the driver.
EFFECTIVE_VALUES: Final = ("max-errors", "max-include-depth", "pack-struct")

REFUSED: Final = frozenset((
    "trapv", "split-stack", "openmp", "openmp-simd", "openacc", "profile-arcs",
    "profile-generate", "profile-values", "test-coverage", "non-call-exceptions", "sanitize", "sanitize-coverage",
    "directives-only", "plan9-extensions", "ms-extensions", "leading-underscore", "short-double",
    "patchable-function-entry", "callgraph-info", "dump-ada-spec",
))  # fmt: skip

# Without effect, alone or with a value (`name=value`).
IGNORED: Final = frozenset((
    "strict-aliasing", "strict-overflow", "delete-null-pointer-checks", "omit-frame-pointer", "stack-protector",
    "stack-protector-all", "stack-protector-strong", "stack-protector-explicit", "stack-clash-protection",
    "stack-check", "cf-protection", "asynchronous-unwind-tables", "unwind-tables", "exceptions", "ident",
    "verbose-asm", "unit-at-a-time", "toplevel-reorder", "plt", "lto",
    "fat-lto-objects", "use-linker-plugin", "whole-program", "visibility", "semantic-interposition",
    "optimize-sibling-calls", "inline-functions", "inline-small-functions", "inline-functions-called-once",
    "early-inlining", "partial-inlining", "keep-inline-functions", "keep-static-functions", "keep-static-consts",
    "merge-constants", "merge-all-constants", "section-anchors", "zero-initialized-in-bss", "jump-tables",
    "bit-tests", "unroll-loops", "unroll-all-loops", "peel-loops", "split-loops", "unswitch-loops",
    "prefetch-loop-arrays", "rename-registers", "schedule-insns", "schedule-insns2",
    "reschedule-modulo-scheduled-loops", "modulo-sched", "thread-jumps", "crossjumping", "if-conversion",
    "if-conversion2", "reorder-blocks", "reorder-blocks-and-partition", "reorder-functions", "caller-saves",
    "combine-stack-adjustments", "conserve-stack", "defer-pop", "forward-propagate", "guess-branch-probability",
    "branch-probabilities", "branch-count-reg", "hoist-adjacent-loads", "isolate-erroneous-paths-dereference",
    "lifetime-dse", "live-range-shrinkage", "move-loop-invariants", "move-loop-stores", "peephole", "peephole2",
    "rerun-cse-after-loop", "web", "cprop-registers", "vect-cost-model", "align-functions", "align-labels",
    "align-loops", "align-jumps", "shrink-wrap", "shrink-wrap-separate", "split-wide-types",
    "split-ivs-in-unroller", "ssa-backprop", "ssa-phiopt", "stdarg-opt", "store-merging",
    "strict-volatile-bitfields", "sync-libcalls", "var-tracking", "var-tracking-assignments", "compare-elim",
    "devirtualize", "dce", "dse", "gcse", "auto-inc-dec", "code-hoisting", "allow-store-data-races", "fp-contract",
    "fp-int-builtin-inexact", "rounding-math", "signaling-nans", "unsafe-math-optimizations", "cx-limited-range",
    "cx-fortran-rules", "excess-precision", "float-store", "ffp-contract", "inline-limit", "max-stack-var-size",
    "permissive", "record-gcc-switches", "random-seed", "diagnostics-color", "diagnostics-show-option",
    "diagnostics-show-location", "diagnostics-format", "diagnostics-urls", "diagnostics-show-line-numbers",
    "diagnostics-show-labels", "diagnostics-generate-patch", "diagnostics-parseable-fixits",
    "diagnostics-column-unit", "diagnostics-column-origin", "diagnostics-minimum-margin-width", "show-column",
    "message-length", "tabstop", "debug-prefix-map", "file-prefix-map", "macro-prefix-map", "macro-backtrace-limit",
    "track-macro-expansion", "working-directory", "canonical-system-headers", "debug-types-section",
    "dwarf2-cfi-asm", "eliminate-unused-debug-types", "eliminate-unused-debug-symbols", "checking", "analyzer",
    "hardened", "harden-compares", "harden-conditional-branches", "trivial-auto-var-init", "zero-call-used-regs",
    "profile-use", "profile-correction", "auto-profile", "branch-target-load-optimize", "delayed-branch",
    "expensive-optimizations", "printf-return-value", "finite-loops", "aggressive-loop-optimizations",
    "version-loops-for-strides", "asm", "cond-mismatch", "extended-identifiers", "lax-vector-conversions",
    "stack-usage", "mem-report", "time-report", "report-bug", "compare-debug", "opt-info",
    "save-optimization-record", "dump-passes", "pch-deps", "pch-preprocess", "ext-numeric-literals",
    "implicit-none", "gnu-tm", "gnu-unique", "split-paths", "unconstrained-commons", "zee", "simd-cost-model",
    "selective-scheduling", "selective-scheduling2", "sel-sched-pipelining", "roundoff-check",
))  # fmt: skip

# Families of optimization switches.
IGNORED_PREFIXES: Final = (
    "tree-", "ipa-", "sched-", "sched2-", "gcse-", "cse-", "loop-", "ira-", "lra-", "graphite", "vect-",
    "profile-reorder", "stack-limit-", "callee-", "dbg-cnt", "dump-", "lto-", "no-sanitize",
)  # fmt: skip

UNKNOWN: Final = 0
EFFECT: Final = 1
NO_EFFECT: Final = 2
NOT_SUPPORTED: Final = 3
NOT_EFFECTIVE_WHEN_OFF: Final = 4  # a refused switch turned off


def classify(text: str) -> int:
    """What becomes of `-ftext` (UNKNOWN ...): `text` may begin with `no-` and end in `=value`."""
    name, equals, _ = text.partition("=")
    is_off = name.startswith("no-")
    if is_off:
        name = name[3:]
    if equals and not is_off and name in EFFECTIVE_VALUES:
        return EFFECT
    if not equals and name in EFFECTIVE:
        return EFFECT
    if name.startswith("builtin-") and is_off:
        return EFFECT
    if name in REFUSED:
        return NOT_EFFECTIVE_WHEN_OFF if is_off else NOT_SUPPORTED
    if name in IGNORED or name.startswith(IGNORED_PREFIXES):
        return NO_EFFECT
    return UNKNOWN


def ignored_switches() -> list[str]:
    """The list for --print-ignored-flags."""
    names = ["-f" + name for name in sorted(IGNORED)]
    return names + ["-f" + prefix + "*" for prefix in sorted(IGNORED_PREFIXES)]
