"""The bare-metal library against a hosted one: the same source, compiled for both, prints the same."""

from __future__ import annotations

import math
import random
import re
import shutil
import struct
import subprocess
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Final

import pytest

from compiler.runtime import manifest
from compiler.tests.runtime.toolchain import Toolchain

HERE: Final = Path(__file__).parent
HOSTED: Final = ("-O0", "-w", "-std=gnu11", "-fno-builtin")

INTEGER_VALUES: Final = "0 1 -1 7 42 -42 255 65535 -128 2147483647 -2147483648 9223372036854775807".split()
FLOAT_VALUES: Final = (
    "0.0 -0.0 1.0 0.5 1.5 2.5 0.125 9.5 99.5 9.9995 0.1 1e22 1e23 123456.0 1234567.0 0.0001 0.00001234 5e-324 "
    "1.7976931348623157e308 2.2250738585072014e-308 3.14159265358979 1e15 1e16 999999.5 0.99999999 (1.0/0.0) "
    "(-1.0/0.0) 6.02214076e23 -1e-5 1e-10 4.35 0.045"
).split()


def hosted_output(source: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    program = folder / "hosted"
    command = ["gcc", *HOSTED, "-o", str(program), str(source), "-lm"]
    subprocess.run(command, check=True, timeout=120)
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=60)


def test_library_prints_what_a_hosted_one_does(toolchain: Toolchain, runtime: Path, tmp_path: Path) -> None:
    expected = hosted_output(HERE / "libc.c", tmp_path, "first", "second argument")
    program = tmp_path / "bare"
    toolchain.link(runtime, HERE / "libc.c", program, "-fno-builtin")
    run = toolchain.run(program, "first", "second argument")
    assert run.stderr == ""
    for ours, theirs in zip(run.stdout.splitlines(), expected.stdout.splitlines(), strict=True):
        assert ours.replace("-nan", "nan") == theirs.replace("-nan", "nan")  # the sign is the processor's choice
    assert run.returncode == expected.returncode == 43


def random_directive(generator: random.Random) -> tuple[str, str]:
    """A conversion specification and its argument list in C."""
    flags = "".join(flag for flag in "-+ #0" if generator.random() < 0.25)
    width = generator.choice(("", "", "1", "8", "20", "*"))
    precision = generator.choice(("", "", ".", ".0", ".1", ".3", ".5", ".15", ".17", ".40", ".*"))
    arguments = []
    if width == "*":
        arguments.append(generator.choice(("12", "-12", "0")))
    if precision == ".*":
        arguments.append(generator.choice(("4", "0", "-1", "11")))
    kind = generator.choice("iffegas")
    if kind == "i":
        length = generator.choice(("", "hh", "h", "l", "ll", "j", "z", "t"))
        conversion = length + generator.choice("diuxXo")
        cast = {"l": "long", "ll": "long long", "j": "long", "z": "long", "t": "long"}.get(length, "int")
        arguments.append(f"({cast}){generator.choice(INTEGER_VALUES)}LL")
    elif kind == "s":
        conversion = generator.choice("sc")
        arguments.append('"some text"' if conversion == "s" else "'c'")
    else:
        conversion = generator.choice((kind, kind.upper()))
        arguments.append(generator.choice(FLOAT_VALUES))
    return f"%{flags}{width}{precision}{conversion}", ", ".join(arguments)


def test_printf_directives(toolchain: Toolchain, runtime: Path, tmp_path: Path) -> None:
    generator = random.Random(11)
    rows = [random_directive(generator) for _ in range(1500)]
    source = tmp_path / "directives.c"
    lines = [f'    printf("{index} [{text}]\\n", {arguments});' for index, (text, arguments) in enumerate(rows)]
    lines += [
        r'    printf("%p %p %s %d%%\n", (void *)0, (void *)0x1234, (char *)0, 5);',
        r'    { int n; long m; printf("abc%ndef%ln\n", &n, &m); printf("%d %ld\n", n, m); }',
        r'    { char t[8]; printf("%d %s\n", snprintf(t, sizeof t, "%s", "longer than that"), t); }',
        r'    printf("%.500f|%.1000e|%2000d|\n", 1e-300, 5e-324, 1);',
        r'    printf("%.0f %.0f %.0e %.0e %#.0f %#x %#o %g %g\n", 0.5, 1.5, 2.5e10, 3.5e10, 3.0, 0, 0, 1e5, 1e-5);',
    ]
    source.write_text("#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\n    return 0;\n}\n")
    expected = hosted_output(source, tmp_path)
    program = tmp_path / "bare"
    toolchain.link(runtime, source, program, "-O0", "-fno-builtin")
    run = toolchain.run(program)
    got, wanted = run.stdout.splitlines(), expected.stdout.splitlines()
    assert len(got) == len(wanted) > 1500
    for ours, theirs, row in zip(got, wanted, rows + [("", "")] * 10, strict=False):
        assert ours == theirs, row


LONG_DOUBLE: Final = r"""
#include <stdio.h>
int main(void) {
    long double third = 1.0L / 3, huge = __LDBL_MAX__, tiny = __LDBL_DENORM_MIN__;
    printf("%.40Lf %.30Le %Lg %La\n", third, third, third, third);
    printf("%.20Le %.20Le %Lf %La %La\n", huge, tiny, 123456789.0L, huge, 1.0L);
    printf("%Lg %Lg %.3La %.0Lf\n", 1 / 0.0L, -0.0L, 1.999L, 2.5L);
    return 0;
}
"""


def test_long_double_directives(toolchain: Toolchain, runtime: Path, tmp_path: Path) -> None:
    """Against the target's own hosted library, since the format of long double is the target's."""
    source = tmp_path / "long_double.c"
    source.write_text(LONG_DOUBLE)
    hosted = tmp_path / "hosted"
    subprocess.run(
        [toolchain.compiler, *HOSTED, "-static", "-o", str(hosted), str(source)], check=True, timeout=120
    )
    bare = tmp_path / "bare"
    toolchain.link(runtime, source, bare, "-fno-builtin")
    assert toolchain.run(bare).stdout.splitlines() == toolchain.run(hosted).stdout.splitlines()


ENDINGS: Final = {
    "int main(void) { printf(\"kept\"); exit(7); }": ("kept", 7),
    "int main(void) { printf(\"lost\"); abort(); }": ("", -6),
    "int main(void) { fputs(\"now\", stderr); assert(2 < 1); return 0; }": ("", -6),
    "int main(void) { setvbuf(stdout, 0, _IONBF, 0); puts(\"direct\"); abort(); }": ("direct\n", -6),
    "__attribute__((constructor)) static void early(void) { puts(\"early\"); }\n"
    "__attribute__((destructor)) static void late(void) { puts(\"late\"); }\n"
    "int main(void) { puts(\"main\"); return 3; }": ("early\nmain\nlate\n", 3),
}


@pytest.mark.parametrize("number", range(len(ENDINGS)))
def test_endings(toolchain: Toolchain, runtime: Path, tmp_path: Path, number: int) -> None:
    body, (output, code) = list(ENDINGS.items())[number]
    source = tmp_path / "ending.c"
    source.write_text("#include <assert.h>\n#include <stdio.h>\n#include <stdlib.h>\n" + body + "\n")
    program = tmp_path / "ending"
    toolchain.link(runtime, source, program)
    run = toolchain.run(program)
    assert (run.stdout, run.returncode) == (output, code)
    if "assert(" in body:
        assert run.stderr.endswith("main: Assertion `2 < 1' failed.\n") and run.stderr.startswith("now")


def test_every_declared_function_is_defined(toolchain: Toolchain, runtime: Path) -> None:
    declared = set()
    folder = manifest.include_folders(True)[1]
    for header in folder.rglob("*.h"):
        text = re.sub(r"/\*.*?\*/|#define(?:.*\\\n)*.*", "", header.read_text())
        declared |= set(re.findall(r"^[a-z][\w ]*[ *](\w+)\(", text, flags=re.MULTILINE))
    command = ["nm", "--defined-only", str(runtime)]
    listing = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    defined = {line.split()[2] for line in listing.stdout.splitlines() if len(line.split()) == 3}
    assert len(declared) > 190
    assert declared - defined == set()


def random_number_text(generator: random.Random) -> str:
    choice = generator.randrange(6)
    digits = "".join(generator.choice("0123456789") for _ in range(generator.randint(1, 25)))
    if choice == 0:
        return f"{digits}.{digits}e{generator.randint(-345, 310)}"
    if choice == 1:
        return f"-0x{digits}.{digits}p{generator.randint(-1200, 1100)}"
    pattern = generator.getrandbits(63) if choice < 4 else generator.getrandbits(50)
    number = struct.unpack("<d", struct.pack("<Q", pattern))[0]
    if number != number or number == float("inf"):
        return "infinity" if generator.getrandbits(1) else "nan(5)"
    if choice == 2:
        return repr(number)
    # Exactly between two neighbours, or a digit off it.
    middle = (Decimal(number) + Decimal(math.nextafter(number, math.inf))) / 2
    return str(middle) if "E" in str(middle) else f"{middle}{generator.choice(('', '0', '1'))}"


STRTOD: Final = r"""
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    static char line[4000];
    while (fgets(line, sizeof line, stdin)) {
        char *end;
        errno = 0;
        printf("%a ", strtod(line, &end));
        printf("%d %d ", (int)(end - line), errno == ERANGE);
        printf("%a\n", (double)strtof(line, &end));
    }
    return 0;
}
"""


def test_text_to_double(toolchain: Toolchain, runtime: Path, tmp_path: Path) -> None:
    source = tmp_path / "strtod.c"
    source.write_text(STRTOD)
    generator = random.Random(3)
    with localcontext() as context:
        context.prec = 1200
        lines = [random_number_text(generator) for _ in range(600)]
    lines += ["", "x", "  +.5e1z", ".", "-.e1", "1e", "1e+", "0x", "0x.p1", "0x.8", "1e999999999999", "1e-999999999999"]
    lines += ["0e999", "0." + "0" * 900 + "1", "1" + "0" * 900 + "e-890", "9007199254740993" + "0" * 900 + "1e-901"]
    text = "\n".join(lines) + "\n"
    hosted = tmp_path / "hosted"
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    subprocess.run(["gcc", *HOSTED, "-o", str(hosted), str(source)], check=True, timeout=120)
    wanted = subprocess.run([str(hosted)], input=text, capture_output=True, text=True, check=True, timeout=60).stdout
    bare = tmp_path / "bare"
    toolchain.link(runtime, source, bare, "-fno-builtin")
    got = toolchain.run(bare, text=text).stdout
    for line, ours, theirs in zip(lines, got.splitlines(), wanted.splitlines(), strict=True):
        if "nan(" not in line:  # the n-char-sequence is not read
            assert ours == theirs, line
