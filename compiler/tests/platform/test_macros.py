"""Predefined macros against the installed gcc, and limits that the standard fixes."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

import pytest

from compiler.arith.formats import BINARY32
from compiler.platform.data_model import aarch64_lp64, riscv_lp64d, x86_64_lp64
from compiler.platform.language import language
from compiler.platform.macros import MacroOptions, float_limits, predefined, scientific
from compiler.platform.platform import Platform

COMPILERS: Final = (("riscv64-linux-gnu-gcc", riscv_lp64d({})), ("x86_64-linux-gnu-gcc", x86_64_lp64({})))


def defined_by_gcc(compiler: str, *options: str) -> set[str]:
    # -ffreestanding would change __STDC_HOSTED__; -nostdinc keeps <stdc-predef.h> out instead.
    command = [compiler, "-nostdinc", "-dM", "-E", "-xc", *options, "/dev/null"]
    return set(subprocess.run(command, text=True, capture_output=True, check=True).stdout.splitlines())


def defined_by_us(platform: Platform, standard: str, options: MacroOptions) -> set[str]:
    dialect = language(standard)
    assert dialect is not None
    return {"#define {} {}".format(name, body) for name, body in predefined(platform, dialect, options)}


@pytest.mark.parametrize("standard", ["gnu17", "c89", "iso9899:199409", "gnu89", "c99", "c11", "c2x"])
@pytest.mark.parametrize(("compiler", "platform"), COMPILERS)
def test_same_as_gcc(compiler: str, platform: Platform, standard: str) -> None:
    if shutil.which(compiler) is None or " 12." not in subprocess.getoutput(compiler + " --version"):
        pytest.skip("the yardstick is gcc 12, not installed as " + compiler)
    options = MacroOptions()
    options.pic = options.pie = 2
    expected = defined_by_gcc(compiler, "-std=" + standard, "-fPIE", "-O0")
    assert defined_by_us(platform, standard, options) == expected


@pytest.mark.parametrize(("compiler", "platform"), COMPILERS)
def test_same_as_gcc_optimizing(compiler: str, platform: Platform) -> None:
    if shutil.which(compiler) is None or " 12." not in subprocess.getoutput(compiler + " --version"):
        pytest.skip("the yardstick is gcc 12, not installed as " + compiler)
    options = MacroOptions()
    options.optimize = 2
    options.optimize_size = True
    options.pic = 1
    options.hosted = False
    options.signed_zeros = False
    options.math_errno = False
    flags = ("-Os", "-fpic", "-ffreestanding", "-fno-signed-zeros", "-fno-math-errno")
    assert defined_by_us(platform, "gnu11", options) == defined_by_gcc(compiler, "-std=gnu11", *flags)


def test_limits_of_single_precision() -> None:
    limits = dict(float_limits("FLT", BINARY32, "F", False))
    assert limits["__FLT_DIG__"] == "6"
    assert limits["__FLT_DECIMAL_DIG__"] == "9"
    assert limits["__FLT_MIN_EXP__"] == "(-125)"
    assert float(limits["__FLT_MAX__"][:-1]) == 2.0**128 - 2.0**104
    assert float(limits["__FLT_DENORM_MIN__"][:-1]) == 2.0**-149


def test_scientific_rounds_and_carries() -> None:
    assert scientific(2, 3, 4) == "6.667e-1"
    assert scientific(99999, 1, 3) == "1.00e+5"
    assert scientific(5, 2, 1) == "2.e+0"


def test_platforms_differ_where_their_abis_do() -> None:
    gnu = language("gnu17")
    assert gnu is not None
    arm = dict(predefined(aarch64_lp64({}), gnu, MacroOptions()))
    intel = dict(predefined(x86_64_lp64({}), gnu, MacroOptions()))
    assert (arm["__WCHAR_TYPE__"], intel["__WCHAR_TYPE__"]) == ("unsigned int", "int")
    assert arm["__LDBL_MANT_DIG__"] == "113" and intel["__LDBL_MANT_DIG__"] == "64"
    assert "__CHAR_UNSIGNED__" in arm and "__CHAR_UNSIGNED__" not in intel


def test_unknown_standards_are_refused() -> None:
    assert language("gnu42") is None and language("c") is None and language("gnu9899:1990") is None
    c99 = language("iso9899:1999")
    assert c99 is not None and c99.version == 1999 and not c99.gnu and c99.trigraphs
