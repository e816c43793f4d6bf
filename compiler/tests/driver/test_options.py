"""Reading command lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.driver import options, switches
from compiler.driver.options import parse_command, split_words


def test_joined_and_separate_arguments_mean_the_same() -> None:
    joined = parse_command(["-Ione", "-DA=1", "-oout", "-lm", "a.c"])
    separate = parse_command(["-I", "one", "-D", "A=1", "-o", "out", "-l", "m", "a.c"])
    for command in (joined, separate):
        assert command.given("include") == ["one"]
        assert command.definitions == [("D", "A=1")]
        assert command.value("output") == "out"
        assert [(item.kind, item.text) for item in command.inputs] == [(options.LIBRARY, "m"), (options.FILE, "a.c")]
        assert not command.errors


def test_the_longest_spelling_wins() -> None:
    command = parse_command(["-include", "x.h", "-imacros", "y.h", "-isystemdir", "-static", "-std=c99", "a.c"])
    assert command.given("preinclude") == ["x.h"]
    assert command.given("imacros") == ["y.h"]
    assert command.given("isystem") == ["dir"]
    assert command.value("std") == "c99"
    assert not command.has("strip")


def test_definitions_and_undefinitions_keep_their_order() -> None:
    command = parse_command(["-UA", "-DA=2", "-U", "A"])
    assert command.definitions == [("U", "A"), ("D", "A=2"), ("U", "A")]


@pytest.mark.parametrize(
    ("words", "level", "size"),
    [([], 0, False), (["-O"], 1, False), (["-O2", "-O0"], 0, False), (["-Os"], 2, True), (["-Og"], 1, False),
     (["-O9"], 3, False), (["-Ofast"], 3, False)],
)  # fmt: skip
def test_the_last_level_counts(words: list[str], level: int, size: bool) -> None:
    command = parse_command(words)
    assert (command.level, command.optimize_size) == (level, size)


def test_language_holds_for_the_inputs_that_follow() -> None:
    command = parse_command(["a", "-xc", "b", "-x", "none", "c"])
    assert [item.language for item in command.inputs] == ["", "c", ""]


@pytest.mark.parametrize("word", ["-fnonsense", "-qqq", "--nonsense", "-dX", "-Wa b", "-x", "-o", "-I", "-O1x"])
def test_unknown_options_and_missing_arguments_are_errors(word: str) -> None:
    assert parse_command([word]).errors


@pytest.mark.parametrize("word", ["-shared", "-ftrapv", "-fsanitize=address", "-pg", "-T", "-fsplit-stack"])
def test_what_would_change_the_program_is_refused(word: str) -> None:
    errors = parse_command([word, "x"]).errors
    assert len(errors) == 1
    assert "not supported" in errors[0]


def test_refused_switches_may_be_turned_off() -> None:
    assert not parse_command(["-fno-trapv", "-fno-sanitize=all", "-fno-profile-arcs"]).errors


def test_switches_remember_the_last_setting() -> None:
    command = parse_command(["-fwrapv", "-fno-wrapv", "-fno-common", "-fcommon", "-fno-builtin-printf"])
    assert command.switches == {"wrapv": False, "common": True, "builtin": False}


def test_no_switch_stands_in_two_lists() -> None:
    assert not switches.EFFECTIVE & switches.IGNORED
    assert not switches.EFFECTIVE & switches.REFUSED
    assert not switches.IGNORED & switches.REFUSED
    assert all(not name.startswith("no-") for name in switches.EFFECTIVE | switches.IGNORED | switches.REFUSED)


def test_linker_words_stand_among_the_inputs() -> None:
    command = parse_command(["a.o", "-Wl,--whole-archive,-s", "b.a", "-Xlinker", "--gc-sections"])
    assert [item.text for item in command.inputs] == ["a.o", "--whole-archive", "-s", "b.a", "--gc-sections"]


def test_preprocessor_words_are_options() -> None:
    command = parse_command(["-Wp,-MD,deps.d", "-Wp,-DX=1"])
    assert command.value("dependencies") == "MD"
    assert command.value("dependency-file") == "deps.d"
    assert command.definitions == [("D", "X=1")]


def test_words_of_response_files() -> None:
    assert split_words("-D'A=\"x y\"'  -I\\ a \"\"\n") == ["-DA=\"x y\"", "-I a", ""]


def test_response_files_nest(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.write_text("-O1 a.c")
    outer = tmp_path / "outer"
    outer.write_text(f"-DX @{inner}")
    command = parse_command([f"@{outer}", "@missing"])
    assert command.words == ["-DX", "-O1", "a.c", "@missing"]


def test_a_response_file_that_names_itself_is_an_error(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.write_text(f"@{loop}")
    with pytest.raises(options.UsageError, match="nested too deeply"):
        parse_command([f"@{loop}"])


def test_every_row_is_reached_by_its_own_spelling() -> None:
    for row in options.ROWS:
        word = row.name + ("c" if row.form == options.JOINED and row.action != options.SWITCH else "")
        if row.action in (options.SWITCH, options.DUMP, options.MACHINE):
            continue
        command = parse_command([word, "c", "c"])
        assert not [text for text in command.errors if "unrecognized" in text], row.name
