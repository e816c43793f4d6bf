"""The verifier verified: failures planted in a subject are seen, each under its own name.

Subjects here are real commands: cross gcc behind a small shell script that plants the failure.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emulators.limits import COMPILE_LIMITS, MEGABYTE, Limits
from oracle.compare import Voice
from oracle.compilers import HOST, PYCC, Compiler, Kind, doctor, pycc, references, subject, zig_command
from oracle.execute import Executor
from oracle.judge import Judgement, Program, judge
from oracle.outcome import Outcome
from oracle.services import open_service

GCC = "riscv64-linux-gnu-gcc"
pytestmark = pytest.mark.skipif(shutil.which(GCC) is None, reason=f"{GCC} is not installed")

GOOD = Program(b"""
#include <stdio.h>
int main(void) {
    unsigned sum = 0;
    for (int i = 0; i < 1000; i++) sum = sum * 33 + i;
    printf("checksum = %X\\n", sum);
    return 0;
}
""")
LIMITS = Limits(cpu_seconds=1.0, insns=2_000_000, output_bytes=MEGABYTE)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with Executor() as one:
        yield one


def planted(folder: Path, script: str) -> Compiler:
    """A subject that is a shell script; `$@` are the compiler's arguments, `$GCC` is the real one."""
    path = folder / "planted-cc"
    path.write_text(f'#!/bin/sh\nGCC="{GCC} -static -w"\n{script}\n')
    path.chmod(0o755)
    limits = replace(COMPILE_LIMITS, cpu_seconds=2.0)
    return Compiler(
        "planted", Kind.SUBJECT, "planted", "riscv64", "riscv64", (str(path),), ("-O1",), "1", PYCC, limits=limits
    )


def judged(executor: Executor, folder: Path, tested: Compiler, program: Program = GOOD) -> Judgement:
    voters = references("riscv64", ["riscv64-gcc-O0"])
    return judge(
        program,
        subjects=[open_service(tested)],
        references=[open_service(voter) for voter in voters],
        executor=executor,
        folder=folder,
        limits=LIMITS,
    )


@pytest.mark.parametrize(
    ("script", "outcome", "detail"),
    [
        ('exec $GCC "$@"', Outcome.OK, ""),
        ('exec $GCC -include wrong.h "$@"', Outcome.WRONG_CODE, "checksum = 0"),
        ('exec $GCC -DUSE=main -include crash.h "$@"', Outcome.WRONG_CODE, "fault"),
        ('exec $GCC -include hang.h "$@"', Outcome.RUN_TIMEOUT, "limit"),
        ('exec $GCC -include flood.h "$@"', Outcome.WRONG_CODE, "output-limit"),
        ('echo "program.c:3: error: no thanks" >&2; exit 1', Outcome.REJECTED_VALID, "error: no thanks"),
        ('echo "pycc: internal error: lost a register" >&2; exit 70', Outcome.ICE, "lost a register"),
        ("exit 70", Outcome.ICE, "exit status 70"),
        ("kill -SEGV $$", Outcome.ICE, "signal 11"),
        ("exit 0", Outcome.ICE, "exit status 0"),  # claims success and writes nothing
        ("while :; do :; done", Outcome.COMPILE_TIMEOUT, "CPU"),
        ('exec $GCC -Dprintf=nowhere "$@"', Outcome.LINK_FAILED, "undefined reference"),
        ("yes error | head -c 100000000 >&2; exit 1", Outcome.ICE, "output-limit"),
        ('while [ "$1" != -o ]; do shift; done; echo "not an executable" > "$2"', Outcome.WRONG_CODE, "not an ELF"),
    ],
)
def test_planted_failure(executor: Executor, tmp_path: Path, script: str, outcome: Outcome, detail: str) -> None:
    start = "static void __attribute__((constructor)) plant(void) "
    (tmp_path / "wrong.h").write_text("#include <stdio.h>\n#define printf(f, x) (printf)(f, 0)\n")
    (tmp_path / "crash.h").write_text(start + "{ *(volatile int *)8 = 1; }\n")
    (tmp_path / "hang.h").write_text(start + "{ for (;;) ; }\n")
    (tmp_path / "flood.h").write_text(
        "#include <stdio.h>\n" + start + '{ for (;;) puts("flood flood flood flood"); }\n'
    )
    result = judged(executor, tmp_path, planted(tmp_path, script)).subjects[0]
    assert result.verdict.outcome is outcome, result.verdict
    assert detail in result.verdict.detail


BOTH_FAIL = [
    (b"int main(void) { return nothing; }", Outcome.REFERENCE_FAILED),
    (b"int main(void) { *(volatile int *)8 = 1; return 0; }", Outcome.REFERENCE_FAILED),
    (b"int main(void) { for (;;) ; }", Outcome.REFERENCE_TIMEOUT),
]


@pytest.mark.parametrize(("text", "outcome"), BOTH_FAIL)
def test_both_failing_alike_is_not_ok(executor: Executor, tmp_path: Path, text: bytes, outcome: Outcome) -> None:
    result = judged(executor, tmp_path, planted(tmp_path, 'exec $GCC "$@"'), Program(text)).subjects[0]
    assert result.verdict.outcome is outcome


def test_the_first_timeout_ends_the_vote(executor: Executor, tmp_path: Path) -> None:
    services = [open_service(voter) for voter in references("riscv64")]
    hangs = Program(b"int main(void) { for (;;) ; }")
    result = judge(hangs, subjects=[], references=services, executor=executor, folder=tmp_path, limits=LIMITS)
    assert [vote.voice for vote in result.votes] == [Voice.TIMED_OUT]
    assert result.expected.outcome is Outcome.REFERENCE_TIMEOUT


def test_a_broken_harness_is_not_remembered(executor: Executor, tmp_path: Path) -> None:
    missing = replace(references("riscv64", ["riscv64-gcc-O0"])[0], argv=("/no/such/compiler",))
    result = judge(GOOD, subjects=[], references=[open_service(missing)], executor=executor, folder=tmp_path)
    assert result.new_votes == {} and result.votes[0].voice is Voice.FAILED


def test_a_stale_executable_is_not_run(executor: Executor, tmp_path: Path) -> None:
    tested = planted(tmp_path, 'exec $GCC "$@"')
    assert judged(executor, tmp_path, tested).subjects[0].verdict.outcome is Outcome.OK
    assert judged(executor, tmp_path, planted(tmp_path, "exit 0")).subjects[0].verdict.outcome is Outcome.ICE


def test_votes_come_from_the_cache(executor: Executor, tmp_path: Path) -> None:
    tested = planted(tmp_path, 'exec $GCC "$@"')
    first = judged(executor, tmp_path, tested)
    assert [vote.voice for vote in first.new_votes.values()] == [Voice.FINISHED]
    broken = [replace(voter, argv=("/bin/false",)) for voter in references("riscv64", ["riscv64-gcc-O0"])]
    again = judge(
        GOOD,
        subjects=[open_service(tested)],
        references=[open_service(voter) for voter in broken],
        executor=executor,
        folder=tmp_path,
        cached=first.new_votes,
    )
    assert again.new_votes == {} and again.subjects[0].verdict.outcome is Outcome.OK


def test_qemu_finishes_what_is_too_long_for_unicorn(executor: Executor, tmp_path: Path) -> None:
    if shutil.which("qemu-riscv64") is None:
        pytest.skip("qemu-riscv64 is not installed")
    text = b"int main(void) { volatile int x = 0; for (int i = 0; i < 8000000; i++) x++; return x == 8000000; }"
    service = open_service(references("riscv64", ["riscv64-gcc-O0"])[0])
    result = judge(Program(text), subjects=[], references=[service], executor=executor, folder=tmp_path)
    assert result.expected.behaviour is not None and result.expected.behaviour.exit_code == 1


def test_every_reference_here_agrees_on_a_program_about_char(executor: Executor, tmp_path: Path) -> None:
    """Plain char is unsigned on RISC-V: native references must be told."""
    text = b'#include <stdio.h>\nint main(void) { char c = -1; printf("%d %zu\\n", c, sizeof(long)); return 0; }'
    services = [open_service(voter) for voter in references("riscv64")]
    result = judge(Program(text), subjects=[], references=services, executor=executor, folder=tmp_path)
    assert {vote.behaviour.stdout for vote in result.votes if vote.behaviour} == {b"255 8\n"}
    assert all(vote.voice is Voice.FINISHED for vote in result.votes), result.votes


def test_identities_differ_by_options_and_version() -> None:
    first, second = references("riscv64")[:2]
    assert first.identity != second.identity
    assert replace(first, version="other").identity != first.identity
    assert first.with_options("-g").identity != first.identity


def test_registry() -> None:
    with pytest.raises(LookupError, match="no reference compiler 'icc' for riscv64"):
        references("riscv64", ["icc"])
    with pytest.raises(LookupError, match="no compiler 'no-such-cc -O'"):
        subject("no-such-cc -O", "riscv64", "-O0")
    assert subject("gcc", "riscv64", "-O0").argv == (GCC, "-static")
    assert subject(f"{sys.executable} -m x", HOST, "-O0").argv == (sys.executable, "-m", "x")
    tested = pycc("riscv64", "-O1")
    assert tested.kind is Kind.SUBJECT and 70 in tested.dialect.ice_exit_codes
    tools = {tool.name: tool for tool in doctor()}
    assert tools[GCC].present and tools[GCC].packages == ("gcc-riscv64-linux-gnu",)
    assert tools["zig cc"].present == bool(zig_command())
