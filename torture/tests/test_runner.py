"""Suites run for real: planted failures are counted, interrupted runs go on, two runs are compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora.fetch import corpus_folder
from corpora.manifest import load_manifest
from oracle.outcome import Outcome
from oracle.store import Result, Store
from torture.cli import main
from torture.errors import SELECTED, error_lines, select_invalid
from torture.report import make_report, write_report
from torture.runner import Settings, begin, carry_on
from torture.suites import SUITES, Judged, Suite, SuiteError, Test

GCC = "riscv64-linux-gnu-gcc"
pytestmark = pytest.mark.skipif(shutil.which(GCC) is None, reason=f"{GCC} is not installed")
CORPUS = corpus_folder(load_manifest()["gcc-torture"])
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="not fetched: python -m corpora.fetch gcc-torture")

PROGRAMS = {
    "good.c": ("int main(void) { return 0; }", Outcome.OK),
    "maths.c": (
        "#include <math.h>\nvolatile double x = 2; int main(void) { return sqrt(x) < 1.4 || sqrt(x) > 1.5; }",
        Outcome.OK,
    ),
    "prints.c": ('#include <stdio.h>\nint main(void) { puts("of no account"); return 0; }', Outcome.OK),
    "wrong.c": ("int main(void) { return 1; }", Outcome.WRONG_CODE),
    "aborts.c": ("void abort(void); int main(void) { abort(); }", Outcome.WRONG_CODE),
    "crashes.c": ("int main(void) { *(volatile int *)8 = 0; return 0; }", Outcome.WRONG_CODE),
    "hangs.c": ("int main(void) { for (;;) ; }", Outcome.RUN_TIMEOUT),
    "rejected.c": ("int main(void) { return nothing; }", Outcome.REJECTED_VALID),
    "unlinked.c": ("int nowhere(void); int main(void) { return nowhere(); }", Outcome.LINK_FAILED),
    "elsewhere.c": ("/* { dg-do run { target ia32 } } */\nint main(void) { return 0; }", Outcome.UNSUPPORTED),
    "option.c": ('/* { dg-options "-fno-such-option" } */\nint main(void) { return 0; }', Outcome.OK),
    "handler.c": (
        """#include <signal.h>
        #include <stdlib.h>
        static void handler(int number) { exit(0); }
        int main(void) { signal(SIGABRT, handler); abort(); }""",
        Outcome.OK,  # needs the second opinion: Unicorn's kernel delivers no signals
    ),
}

INVALID = {
    "line.c": ('int main(void) {\n return nothing; /* { dg-error "undeclared" } */\n}', Outcome.OK),
    "other.c": ('int main(void) { /* { dg-error "undeclared" } */\n return nothing;\n}', Outcome.MISDIAGNOSED),
    "valid.c": ('int main(void) { return 0; } /* { dg-error "nothing" } */', Outcome.ACCEPTED_INVALID),
}


def loader(programs: dict[str, tuple[str, Outcome]]) -> object:
    def load(root: Path) -> list[Test]:
        for name, (text, _) in programs.items():
            (root / name).write_text(text)
        return [Test(path.name, (path,), ("-w",), ("-lm",)) for path in sorted(root.glob("*.c"))]

    return load


@pytest.fixture
def suites(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, programs, judged in (("tiny", PROGRAMS, Judged.BY_EXIT), ("invalid", INVALID, Judged.BY_ERRORS)):
        suite = Suite(name, "planted failures", "", len(programs), loader(programs), judged)  # type: ignore[arg-type]
        monkeypatch.setitem(SUITES, name, suite)
    yield


def run(store: Store, root: Path, settings: Settings, heard: list[str] | None = None) -> dict[str, Result]:
    root.mkdir(exist_ok=True)
    campaign = begin(store, settings, root)
    carry_on(store, campaign, root, 2, lambda test, _: heard.append(test) if heard is not None else None)
    return {unit.unit.options: result for unit, result in store.results(campaign)}


TINY = Settings("tiny", "riscv64", "gcc", ("-O1",), cpu_seconds=1.0)


def test_every_test_has_its_outcome(suites: None, tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        results = run(store, tmp_path / "tests", TINY)
    assert {name: result.outcome for name, result in results.items()} == {
        name: outcome for name, (_, outcome) in PROGRAMS.items()
    }
    assert results["option.c"].detail == "without -fno-such-option"
    assert "signal 6" in results["aborts.c"].detail
    assert "ia32" in results["elsewhere.c"].detail


def test_invalid_programs(suites: None, tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        results = run(store, tmp_path / "tests", Settings("invalid", "riscv64", "gcc", ("-O0",)))
    assert {name: result.outcome for name, result in results.items()} == {
        name: outcome for name, (_, outcome) in INVALID.items()
    }
    assert results["other.c"].detail == "no error on line 1; errors on 2"


def test_a_compiler_that_crashes(suites: None, tmp_path: Path) -> None:
    """Probing fails too then, so that no option is passed; the crash is still what is reported."""
    crash = tmp_path / "crash-cc"
    crash.write_text("#!/bin/sh\necho 'crash-cc: internal error: lost' >&2\nexit 70\n")
    crash.chmod(0o755)
    with Store(tmp_path / "s") as store:
        results = run(store, tmp_path / "tests", Settings("tiny", "riscv64", str(crash), ("-O0",), only="*o*.c"))
        invalid = run(store, tmp_path / "tests2", Settings("invalid", "riscv64", str(crash), ("-O0",)))
    assert {result.outcome for result in results.values()} == {Outcome.ICE}
    assert {result.outcome for result in invalid.values()} == {Outcome.ICE}


def test_interrupted_and_resumed(suites: None, tmp_path: Path) -> None:
    root = tmp_path / "tests"
    root.mkdir()
    heard: list[str] = []

    def interrupt(test: str, results: Sequence[Result]) -> None:
        heard.append(test)
        if len(heard) == 3:
            raise KeyboardInterrupt

    with Store(tmp_path / "s") as store:
        campaign = begin(store, TINY, root)
        with pytest.raises(KeyboardInterrupt):
            carry_on(store, campaign, root, 1, interrupt)
        assert store.campaign(campaign).state == "interrupted"
        assert store.unit_counts(campaign) == (3, len(PROGRAMS))
        carry_on(store, campaign, root, 2, lambda test, _: heard.append(test))
        assert store.campaign(campaign).state == "done"
        assert sorted(heard) == sorted(PROGRAMS)


def test_two_runs_are_compared(suites: None, tmp_path: Path) -> None:
    settings = Settings("tiny", "riscv64", "gcc", ("-O1",), only="[gw]*.c", cpu_seconds=1.0)
    with Store(tmp_path / "s") as store:
        run(store, tmp_path / "tests", settings)
        store._connection.execute("UPDATE results SET outcome = 'ok' WHERE outcome = 'wrong-code'")
        store._connection.execute("UPDATE results SET outcome = 'ice' WHERE unit IN (SELECT min(id) FROM units)")
        run(store, tmp_path / "tests", settings)
        report = make_report(store, store.campaigns()[0].id)
        assert [row.test for row in report.worse] == ["wrong.c"]
        assert [row.test for row in report.better] == ["good.c"]
        page = write_report(store, report.campaign.id, tmp_path / "out").read_text()
    assert "1 worse, 1 better, of 2 results" in page
    assert "1 of 2 (50.0 %)" in page and "A part of the suite only" in page
    assert "expected status 0" in page


def test_a_damaged_suite_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gcc.c-torture" / "execute").mkdir(parents=True)
    with pytest.raises(SuiteError, match="has 0 tests"):
        SUITES["gcc-execute"].tests(tmp_path)


def test_error_lines_in_gnu_format() -> None:
    text = """In file included from a.c:1:
h.h:3:4: error: in a header
a.c:7:1: warning: not an error
/some/where/a.c:9: error: no column
a.c:11:2: fatal error: x.h: No such file or directory
a.c: error: nowhere in particular
"""
    assert error_lines(text, "a.c") == {0, 9, 11}


@needs_corpus
def test_published_counts() -> None:
    for suite in SUITES.values():
        assert len(suite.tests(CORPUS)) == suite.count
    assert len(select_invalid(CORPUS / "gcc.dg")) == SELECTED


@needs_corpus
def test_command(tmp_path: Path) -> None:
    words = ["run", "gcc-execute", "--cc", "gcc", "--opt", "1", "--only", "2001011*.c", "--root", str(CORPUS)]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path), "--jobs", "2", "--require", "100"])
    assert done.exit_code == 0, done.output
    assert f"{GCC}-O1: 100.0 % passed: ok" in done.output
    assert list(tmp_path.glob("gcc-execute-*.html"))
    again = CliRunner().invoke(main, ["list", "--out", str(tmp_path)])
    assert "gcc-execute  gcc  riscv64  -O1" in again.output


def test_command_errors(tmp_path: Path) -> None:
    words = ["run", "gcc-execute", "--root", str(tmp_path), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, words).exit_code == 2
    assert CliRunner().invoke(main, [*words, "--cc", "no-such-cc"]).exit_code == 2
    done = CliRunner().invoke(main, ["resume", "ffff", "--out", str(tmp_path / "out")])
    assert (done.exit_code, "no campaign 'ffff'" in done.output) == (2, True)
