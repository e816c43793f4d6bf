"""Directives: what they demand, and that nothing unknown is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from torture.expectations import ErrorLine, Expectation, expect, run_script
from torture.selectors import MACHINES, UnknownTarget, matches
from torture.tcl import TclError

RISCV, X86 = MACHINES["riscv64"], MACHINES["x86_64"]


def expected(folder: Path, text: str, level: str = "-O0", target: str = "riscv64") -> Expectation:
    path = folder / "test.c"
    path.write_text(text)
    return expect(path, MACHINES[target], level)


@pytest.mark.parametrize(
    ("selector", "riscv", "x86"),
    [
        ("lp64", True, True),
        ("ia32", False, False),
        ("*-*-*", True, True),
        ("i?86-*-* x86_64-*-*", False, True),
        ("{ ! { i?86-*-* x86_64-*-* } }", True, False),
        ("! int16", True, True),
        ("{ i?86-*-* x86_64-*-* } && ia32", False, False),
        ("{ i?86-*-* x86_64-*-* } && lp64", False, True),
        ("{ { riscv*-*-* && lp64 } || ia32 }", True, False),
        ("dfp", False, True),
        ("{ ! signed_char } && { unsigned_char }", True, False),
        ("{ target }", False, False),
    ],
)
def test_selectors(selector: str, riscv: bool, x86: bool) -> None:
    if selector == "{ target }":
        with pytest.raises(UnknownTarget, match="effective target 'target'"):
            matches(selector, RISCV)
        return
    assert (matches(selector, RISCV), matches(selector, X86)) == (riscv, x86)


def test_every_machine_answers_the_same_questions() -> None:
    asked = {name: machine.yes | machine.no for name, machine in MACHINES.items()}
    assert asked["riscv64"] == asked["aarch64"] == asked["x86_64"]
    assert all(not machine.yes & machine.no for machine in MACHINES.values())


def test_options(tmp_path: Path) -> None:
    text = """
    /* { dg-options { "-fwrapv" } } */
    /* { dg-options "-mno-mmx" { target { x86_64-*-* i?86-*-* } } } */
    /* { dg-additional-options "-fno-inline -w" { target lp64 } } */
    /* { dg-additional-options "-ia32" { target ia32 } } */"""
    assert expected(tmp_path, text).options == ["-fwrapv", "-fno-inline", "-w"]
    assert expected(tmp_path, text, target="x86_64").options == ["-mno-mmx", "-fno-inline", "-w"]


@pytest.mark.parametrize(
    ("directive", "reason"),
    [
        ('{ dg-skip-if "why" { riscv*-*-* } }', "skipped by the test itself: why"),
        ('{ dg-skip-if "why" { arm*-*-* } }', ""),
        ('{ dg-skip-if "why" { *-*-* } { "-O1" } { "" } }', "skipped by the test itself: why"),
        ('{ dg-skip-if "why" { *-*-* } { "-O2" } { "" } }', ""),
        ('{ dg-skip-if "why" { *-*-* } { "*" } { "-O1" } }', ""),
        ("{ dg-require-effective-target dfp }", "requires dfp"),
        ("{ dg-require-effective-target int128 }", ""),
        ("{ dg-require-effective-target warp_drive }", "no answer to effective target 'warp_drive'"),
        ("{ dg-do run { target ia32 } }", "not for this target:  target ia32 "),
        ("{ dg-do dance }", "no answer to dg-do dance"),
        ("{ dg-fancy-new thing }", "no answer to directive dg-fancy-new"),
        ("{ dg-options }", "directive not understood: dg-options without words"),
        ('{ dg-warning "x" }', ""),
    ],
)
def test_whether_a_test_runs(tmp_path: Path, directive: str, reason: str) -> None:
    assert expected(tmp_path, f"/* {directive} */", "-O1").not_run == reason


def test_error_lines(tmp_path: Path) -> None:
    text = """int a /* { dg-error "one" } */
/* { dg-error "two" "comment" { target *-*-* } .-1 } */
/* { dg-error "three" "" { target ia32 } } */
int c; /* { dg-line here } */
/* { dg-error "four" "" { target *-*-* } here } */
/* { dg-error "five" "" { target *-*-* } 99 } */
/* { dg-error "six" "" { xfail *-*-* } } */
/* { dg-error "an { unbalanced" "" { target *-*-* } 0 } */
/* { dg-error "seven" "" { target { ! lp64 } } } */ /* { dg-warning "x" } */
"""
    assert expected(tmp_path, text).errors == [
        ErrorLine(1, "one"),
        ErrorLine(1, "two"),
        ErrorLine(4, "four"),
        ErrorLine(99, "five"),
        ErrorLine(0, "an { unbalanced"),
    ]


def test_scripts() -> None:
    script = """
    load_lib target-supports.exp
    if {[istarget "riscv*-*-*"] && [check_effective_target_lp64]} {
        lappend additional_flags "-fno-ivopts" "-fno-gcse"
    }
    if { ! [check_effective_target_nonlocal_goto] } { return 1 }
    if [istarget "x86_64-*-*"] then { return 1 }
    return 0
    """
    assert run_script(script, RISCV, "-O0") == (["-fno-ivopts", "-fno-gcse"], False)
    assert run_script(script, X86, "-O0") == ([], True)


def test_scripts_for_one_level() -> None:
    script = """set torture_eval_before_compile {
        if {[string match {*-Og*} "$option"]} { continue }
    }
    return 0"""
    assert run_script(script, RISCV, "-O1") == ([], False)
    assert run_script(script, RISCV, "-Og") == ([], True)


def test_scripts_not_understood() -> None:
    with pytest.raises(TclError, match="command 'exec'"):
        run_script("exec rm x", RISCV, "-O0")


def test_scripts_stand_beside_their_test(tmp_path: Path) -> None:
    (tmp_path / "test.x").write_text('if [istarget "riscv64-*-*"] { return 1 }\nreturn 0\n')
    assert expected(tmp_path, "int x;").not_run == "test.x excludes this target"
    assert expected(tmp_path, "int x;", target="aarch64").not_run == ""
