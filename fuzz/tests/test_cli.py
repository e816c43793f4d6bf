"""Wrong usage, missing tools, damaged and missing stores: one clear line and exit status 2, never a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fuzz import cli
from fuzz.campaign import KIND
from fuzz.cli import STORE_NAME, main, summary_of, verdict_line
from fuzz.executor import crash_place
from fuzz.mutants import MutantError, choose, mutants, plant
from fuzz.settings import Settings
from oracle.outcome import Outcome
from oracle.store import Result, Unit


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "vax"], "vax"),
        (["--seed", "xyz"], "no hexadecimal number"),
        (["--opt", "7"], "no optimization level"),
        (["--opt", "1,1"], "twice"),
        (["--generator", "nonsense"], "no generator 'nonsense'"),
        (["--programs", "0"], "programs"),
        (["--programs", "3", "--generator", "grammar:3"], "exclude each other"),
        (["--generator", "grammar", "--subject", "no-such-compiler"], "no compiler 'no-such-compiler'"),
        (["--generator", "grammar", "--reference", "no-such"], "no reference compiler 'no-such'"),
        (["--generator", "grammar", "--compiler-root", "/nonexistent"], "no folder 'compiler'"),
        (["frobnicate"], "frobnicate"),
        (["resume", "abc"], "no store"),
        (["status"], "no store"),
        (["replay", "1"], "no store"),
        (["replay", "x"], "x"),
        (["mutants", "no-such-mutant"], "no mutant 'no-such-mutant'"),
    ],
)
def test_wrong_usage_is_said_in_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    shown = capsys.readouterr().err
    assert said in shown and "Traceback" not in shown
    assert not (tmp_path / "reports" / "out" / STORE_NAME).exists()


def test_a_damaged_store_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / STORE_NAME).write_bytes(b"this is no database" * 100)
    assert main(["status", "--out", str(tmp_path)]) == 2
    shown = capsys.readouterr().err
    assert STORE_NAME in shown and "Traceback" not in shown


def test_an_output_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    words = ["--generator", "grammar", "--programs", "1", "--reference", "none"]
    assert main([*words, "--out", str(tmp_path / "file" / "out")]) == 2
    assert "cannot make the folder" in capsys.readouterr().err


def test_an_unforeseen_defect_is_saved_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / STORE_NAME).write_bytes(b"")

    def defect(*_: object, **__: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(cli, "doctor_rows", defect)
    assert main(["doctor"]) == 2
    shown = capsys.readouterr().err
    saved = Path(shown.strip().rsplit(" ", 1)[1])
    assert "internal error" in shown and "planted" in saved.read_text()
    saved.unlink()


def test_without_csmith_and_references_the_embedded_default_is_left_and_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert cli.installed_generators("riscv64") == (("grammar", 0),)
    assert capsys.readouterr().err.count("programs come from the embedded grammar") == 1


def test_doctor_lists_tools_with_their_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "csmith" in shown and "libcsmith-dev" in shown and "qemu-user" in shown and "pip:unicorn" in shown


def test_crashes_are_put_into_buckets_by_exception_and_innermost_frame() -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/a/compiler/driver/cli.py", line 3, in main\n    run()\n'
        '  File "/a/compiler/passes/gvn.py", line 77, in number\n    assert x\nAssertionError: value 12\n'
    )
    assert crash_place(trace) == "AssertionError in gvn.py:number"
    assert crash_place(trace.replace("/a/", "/elsewhere/").replace("77", "78")) == crash_place(trace)
    gnu = "p.c:3:1: internal compiler error: in expand_call, at calls.cc:2890\n"
    assert crash_place(gnu) == "in expand_call, at calls.cc:_"
    assert crash_place("") == ""


@pytest.mark.skipif(shutil.which("patch") is None, reason="the command 'patch' is not installed")
def test_a_patch_that_has_drifted_is_not_planted(tmp_path: Path) -> None:
    (tmp_path / "tree" / "compiler").mkdir(parents=True)
    (tmp_path / "tree" / "compiler" / "fold.py").write_text("def fold(x):\n    return x + 1\n")
    patches = tmp_path / "patches"
    patches.mkdir()
    body = "--- a/compiler/fold.py\n+++ b/compiler/fold.py\n@@ -1,2 +1,2 @@\n def fold(x):\n"
    body += "-    return x + {}\n+    return x\n"
    head = "# about: adds nothing\n# area: folding\n# campaign: csmith-small -O0 -O1\n"
    (patches / "good.patch").write_text(head + body.format(1))
    (patches / "stale.patch").write_text(head + body.format(2))
    good, stale = mutants(patches)
    assert plant(good, tmp_path / "tree", tmp_path / "one") == ""
    assert (tmp_path / "one" / "compiler" / "fold.py").read_text() == "def fold(x):\n    return x\n"
    assert "FAILED" in plant(stale, tmp_path / "tree", tmp_path / "two")
    [chosen] = choose(["good"], patches)
    assert (chosen.about, chosen.area) == ("adds nothing", "folding")
    assert (chosen.generator, chosen.levels) == ("csmith-small", ("-O0", "-O1"))
    for old, new in ((head, ""), ("# area", "# place"), ("csmith-small", "csmith"), ("-O", "O")):
        (patches / "anonymous.patch").write_text(head.replace(old, new) + body.format(1))
        with pytest.raises(MutantError, match="anonymous"):
            mutants(patches)


def test_a_result_is_claimed_only_where_something_was_tested(tmp_path: Path) -> None:
    settings = Settings("riscv64", 1, (("grammar", 0),), 5, ("-O0", "-O1"), "pycc", no_references=True)
    with cli.open_store(tmp_path) as store:
        campaign = store.create_campaign(KIND, settings.target, settings.as_json(), "v").id
        assert verdict_line(summary_of(store, campaign)) == "result: no program was tested"
        store.add_units(campaign, [Unit("grammar", 1), Unit("grammar", 2)])
        first, second = store.pending_units(campaign)
        good = [Result("pycc-O0", Outcome.OK), Result("pycc-O1", Outcome.OK)]
        store.finish_unit(first.id, "h1", good)
        wanted = "result: nothing found; 1 of 1 programs did what they must at every level"
        assert verdict_line(summary_of(store, campaign)) == wanted
        store.finish_unit(second.id, "h2", [good[0], Result("pycc-O1", Outcome.HARNESS_ERROR)])
        assert "the suite itself failed" in verdict_line(summary_of(store, campaign))


def test_what_is_printed_for_copying_begins_as_the_user_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCC_FUZZ_COMMAND", "./run fuzz")
    settings = Settings("riscv64", 1, (("grammar", 3),), 0, ("-O0",), "pycc", no_references=True)
    with cli.open_store(tmp_path) as store:
        campaign = store.create_campaign(KIND, settings.target, settings.as_json(), "v").id
        assert summary_of(store, campaign).command.startswith("./run fuzz run --target riscv64 --seed 1 ")
