"""The preprocessor's interface, and what needs no other compiler to be judged."""

from __future__ import annotations

import io
import os
import re
import subprocess
from pathlib import Path

import pytest

from compiler.lex.tokens import EOF, HASH, PRAGMA, PragmaToken, Token
from compiler.platform.data_model import riscv_lp64d
from compiler.platform.language import language
from compiler.preprocess.dependencies import make_rule, quote_for_make
from compiler.preprocess.include import HeaderCache
from compiler.preprocess.options import DEFINE, UNDEFINE, PreprocessorOptions
from compiler.preprocess.preprocessor import Preprocessor, preprocess
from compiler.preprocess.printing import print_tokens
from compiler.source.diagnostics import Fatal, Sink
from compiler.source.files import SourceMap
from compiler.tests.preprocess.reference import NATIVE, PLATFORMS, is_yardstick, options_for

PLATFORM = riscv_lp64d({})
native = pytest.mark.skipif(not is_yardstick(NATIVE), reason="gcc 12 for x86-64 is not installed")


class Run:
    """One preprocessing run of a text without predefined macros."""

    def __init__(self, text: str, options: PreprocessorOptions | None = None, path: str = "t.c") -> None:
        if options is None:
            options = PreprocessorOptions()
        options.undef_predefined = True
        self.source_map = SourceMap()
        self.stream = io.StringIO()
        self.sink = Sink(self.source_map, None, self.stream)
        self.tokens: list[Token] = []
        try:
            self.tokens = preprocess(path, options, PLATFORM, self.source_map, self.sink, text)
        except Fatal:
            assert self.sink.errors
        self.messages = [d.text for d in self.sink.diagnostics]

    def words(self) -> str:
        return " ".join(token.text for token in self.tokens[:-1])

    def printed(self, markers: bool = False) -> str:
        out = io.StringIO()
        print_tokens(self.tokens, self.source_map, out, markers)
        return out.getvalue()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # C17 6.10.3.3p4, 6.10.3.5
        ("#define hash_hash # ## #\n#define mkstr(a) # a\n#define in_between(a) mkstr(a)\n"
         "#define join(c, d) in_between(c hash_hash d)\njoin(x, y)", '"x ## y"'),
        ("#define t(x,y,z) x ## y ## z\nt(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,)",
         "123 , 45 , 67 , 89 , 10 , 11 , 12 ,"),
        ("#define x 3\n#define f(a) f(x * (a))\n#undef x\n#define x 2\n#define g f\n#define z z[0]\n"
         "f(y+1) + f(f(z))",
         "f ( 2 * ( y + 1 ) ) + f ( 2 * ( f ( 2 * ( z [ 0 ] ) ) ) )"),
        ("#define f(a) a*g\n#define g(a) f(a)\nf(2)(9)", "2 * 9 * g"),
        ("#define e(f,...) p(f, ## __VA_ARGS__)\ne(1) e(1,) e(1,2,3)", "p ( 1 ) p ( 1 , ) p ( 1 , 2 , 3 )"),
        ("#define F(a,...) f(0 __VA_OPT__(,) __VA_ARGS__)\nF(a,b) F() F(a,)", "f ( 0 , b ) f ( 0 ) f ( 0 )"),
        ("#if 1 ? 0 : 1\na\n#elif (2 || 1/0) && -1 > 0u && '\\377' > 0\nb\n#else\nc\n#endif", "b"),
        ("__LINE__ \\\n__LINE__\n#line 7\n__LINE__", "1 2 7"),
        ("__COUNTER__ __COUNTER__ __INCLUDE_LEVEL__ __FILE__", '0 1 0 "t.c"'),
        ("#define E\n#define s(x) #x\n#define xs(x) s(x)\nxs(-E a) xs(-E(a)) s( a  b )", '"- a" "-(a)" "a b"'),
    ],
)  # fmt: skip
def test_expansion(source: str, expected: str) -> None:
    run = Run(source + "\n")
    assert run.words() == expected and not run.messages


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("\n#error no  way\n", 2, "#error no way"),
        ("#if 1\n#else\n#else\n#endif\n", 3, "#else after #else"),
        ("#if 1\n\n", 1, "unterminated #if"),
        ("\n#endif\n", 2, "#endif without #if"),
        ("#include <nowhere.h>\n", 1, "nowhere.h: No such file or directory"),
        ("#define f(x,y)\n\nf(1)\n", 3, 'macro "f" requires 2 arguments, but only 1 given'),
        ("#define f(x)\n\nf(1,2)\n", 3, 'macro "f" passed 2 arguments, but takes just 1'),
        ("#define f(x)\n\nf(1,\n", 3, 'unterminated argument list invoking macro "f"'),
        ("#define c(a,b) a##b\nc(+,x)\n", 2, 'pasting "+" and "x" does not give a valid preprocessing token'),
        ("#define f(x) #y\n", 1, "'#' is not followed by a macro parameter"),
        ("#define f(x) x ##\n", 1, "'##' cannot appear at either end of a macro expansion"),
        ("#if 1/0\n#endif\n", 1, "division by zero in #if"),
        ("#if (1\n#endif\n", 1, "missing ')' in expression"),
        ("#if 1 2\n#endif\n", 1, 'missing binary operator before token "2"'),
        ("#pragma GCC poison bad\nbad\n", 2, 'attempt to use poisoned "bad"'),
        ("#assert machine(x)\n", 1, "#assert is not supported: assertions are a deprecated extension"),
        ("#unknown\n", 1, "invalid preprocessing directive #unknown"),
        ("#define X 1\n#define X 2\n", 2, '"X" redefined'),
        ("_Pragma(x)\n", 1, "_Pragma takes a parenthesized string literal"),
    ],
)  # fmt: skip
def test_errors(source: str, line: int, message: str) -> None:
    run = Run(source)
    first = run.sink.diagnostics[0]
    assert (first.line, first.text) == (line, message)


def test_everything_goes_on_after_an_error() -> None:
    run = Run("#error a\n#error b\nint x;\n#if (\n#endif\ny\n")
    assert run.sink.errors == 3 and run.words() == "int x ; y"


@native
def test_diagnostics_stand_on_the_lines_of_gcc(tmp_path: Path) -> None:
    source = tmp_path / "t.c"
    source.write_text(
        "#define f(x,y) x y\n#warning w\n#define X 1\n#define X 2\n#undef X garbage\n#if 1 +\n#endif\n"
        "#ifdef 3\n#endif\nf(1)\nf(1,\n2,\n3)\n#line 0\n#pragma GCC poison q\nq\n#define c(a,b) a##b\nc(/,*)\n"
        "#else\n#if 'abcde'\n#endif x\n"
        "'unclosed\n#define g(a,a)\n#error e\n"
    )
    result = subprocess.run([NATIVE, "-E", str(source)], capture_output=True, text=True, check=False)
    shown = re.findall(r"t\.c:(\d+):(?:\d+:)? (error|warning):", result.stderr)
    expected = {(int(line), severity) for line, severity in shown}
    source_map = SourceMap()
    sink = Sink(source_map)
    preprocess(str(source), options_for(NATIVE), PLATFORMS[NATIVE], source_map, sink)
    found = {(d.line, ("note", "warning", "error")[d.severity]) for d in sink.diagnostics if d.severity}
    assert found == expected


def test_definitions_of_the_command_line() -> None:
    options = PreprocessorOptions()
    options.definitions = [(DEFINE, "A"), (DEFINE, "f(x)=[x]"), (DEFINE, "B=1=2"), (UNDEFINE, "A"), (DEFINE, "C=")]
    assert Run("A f(3) B C\n", options).words() == "A [ 3 ] 1 = 2"


def header_tree(folder: Path) -> PreprocessorOptions:
    for name, text in {
        "a/x.h": "ax\n#include_next <x.h>\n", "b/x.h": "bx\n", "b/sub/y.h": '#include "z.h"\n', "b/sub/z.h": "subz\n",
        "z.h": "topz\n", "sys/s.h": "#define S 1\n'\n", "once.h": "#pragma once\nonce\n",
        "guard.h": "/* c */\n#ifndef G\n#define G\nguarded\n#endif\n", "each.h": "each X\n",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    options = PreprocessorOptions()
    options.directories = [str(folder / "a"), str(folder / "b"), str(folder)]
    options.isystem_directories = [str(folder / "sys")]
    return options


def test_search_order(tmp_path: Path) -> None:
    options = header_tree(tmp_path)
    run = Run('#include <x.h>\n#include "sub/y.h"\n#include <z.h>\n', options, str(tmp_path / "t.c"))
    assert run.words() == "ax bx subz topz" and not run.messages


def test_system_headers_warn_of_nothing(tmp_path: Path) -> None:
    assert not Run("#include <s.h>\n", header_tree(tmp_path)).messages


def test_headers_read_once(tmp_path: Path) -> None:
    source = '#include "once.h"\n#include "once.h"\n#import "z.h"\n#import "z.h"\n' + '#include "guard.h"\n' * 3
    run = Run(source, header_tree(tmp_path), str(tmp_path / "t.c"))
    assert run.words() == "once topz guarded"
    header = next(file for file in run.source_map.files if file.name.endswith("guard.h"))
    assert sum(file.name == header.name for file in run.source_map.files) == 1


def test_repeated_headers_come_from_the_cache(tmp_path: Path) -> None:
    source = "".join('#define X {}\n#include "each.h"\n#undef X\n'.format(n) for n in range(4))
    run = Run(source, header_tree(tmp_path), str(tmp_path / "t.c"))
    assert run.words() == "each 0 each 1 each 2 each 3"
    each = [token for token in run.tokens if token.text == "each"]
    assert each[1] is not each[0] and each[2] is each[1]  # lines are kept from the second inclusion on


def test_a_cache_serves_several_compilations(tmp_path: Path) -> None:
    options = header_tree(tmp_path)
    options.undef_predefined = True
    source_map = SourceMap()
    cache = HeaderCache(source_map, False)
    for word in ("one", "two"):
        sink = Sink(source_map)
        text = '#include "guard.h"\n#include "guard.h"\n' + word + "\n"
        tokens = preprocess(str(tmp_path / "t.c"), options, PLATFORM, source_map, sink, text, cache)
        assert [token.text for token in tokens[:-1]] == ["guarded", word]
    (tmp_path / "guard.h").write_text("changed\n")
    os.utime(tmp_path / "guard.h", ns=(1, 1))
    cache.forget_changed()
    text = '#include "guard.h"\n'
    tokens = preprocess(str(tmp_path / "t.c"), options, PLATFORM, source_map, Sink(source_map), text, cache)
    assert tokens[0].text == "changed"


def test_include_recursion_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "self.c"
    source.write_text('#include "self.c"\n')
    run = Run(source.read_text(), None, str(source))
    assert run.messages[-1].startswith("#include nested depth 201 exceeds maximum of 200")


def test_pragmas_reach_the_parser_as_one_token() -> None:
    run = Run(
        "#define N 4\na\n#pragma pack(push, N)\nb _Pragma(\"STDC FP_CONTRACT ON\") c\n"
        "#pragma GCC diagnostic push\n"
    )
    pragmas = [token for token in run.tokens if isinstance(token, PragmaToken)]
    assert [[part.text for part in token.tokens] for token in pragmas] == [
        ["pack", "(", "push", ",", "4", ")"], ["STDC", "FP_CONTRACT", "ON"],
    ]  # fmt: skip
    assert [token.kind == PRAGMA for token in run.tokens] == [False, True, False, True, False, False]


def test_diagnostic_pragmas_act_where_they_stand() -> None:
    run = Run(
        "#pragma GCC diagnostic push\n#pragma GCC diagnostic error \"-Wcpp\"\n#warning a\n#pragma GCC diagnostic pop\n"
        "#warning b\n#pragma GCC diagnostic ignored \"-Wcpp\"\n#warning c\n"
    )
    assert [(d.severity, d.text) for d in run.sink.diagnostics] == [(2, "#warning a"), (1, "#warning b")]


def test_dates_come_from_the_epoch() -> None:
    options = PreprocessorOptions()
    options.source_date_epoch = 86400 * 8
    assert Run("__DATE__ __TIME__\n", options).words() == '"Jan  9 1970" "00:00:00"'


def test_tokens_know_their_expansion() -> None:
    run = Run("#define A B\n#define B x y\nA\n")
    token = run.tokens[1]
    assert run.source_map.locate(token.pos) == ("t.c", 2, 13)
    assert token.origin is not None and token.origin.name == "B"
    outer = token.origin.parent
    assert outer is not None and outer.name == "A" and run.source_map.locate(outer.pos) == ("t.c", 3, 1)


def test_line_markers_as_input() -> None:
    options = PreprocessorOptions()
    options.preprocessed = True
    run = Run('# 1 "a.c"\nx\n# 1 "b.h" 1 3\ny\n# 2 "a.c" 2\nz __LINE__\n', options, "t.i")
    assert [run.source_map.locate(token.pos)[:2] for token in run.tokens[:3]] == [("a.c", 1), ("b.h", 1), ("a.c", 2)]
    assert run.source_map.in_system_header(run.tokens[1].pos) and run.words() == "x y z __LINE__"
    assert run.source_map.locate(run.source_map.include_stack(run.tokens[1].pos)[0])[:2] == ("a.c", 2)


def test_assembler_keeps_unknown_directives() -> None:
    dialect = language("gnu17")
    assert dialect is not None
    dialect.assembler = True
    run = Run("#define N 3\n# a comment, don't care\nmov #N, r1\n#foo\n", PreprocessorOptions(dialect), "t.S")
    assert not run.messages and run.tokens[0].id == HASH and "mov # 3 , r1" in run.words()


def test_printing_keeps_blanks_and_lines() -> None:
    run = Run("#define f(x) x\na  b\n\n  c(f(-)-1)\n#pragma foo bar(1)\nd\n")
    assert run.printed() == "a b\n  c(- -1)\n#pragma foo bar(1)\nd\n"


def test_comments_are_kept_on_request() -> None:
    options = PreprocessorOptions()
    options.keep_comments = True
    run = Run("/* a */ x // b\n#define M /* c */ 1\nM /* d */ y\n", options)
    assert run.words() == "/* a */ x // b 1 /* d */ y"


def test_reading_in_pieces() -> None:
    source_map = SourceMap()
    options = PreprocessorOptions()
    options.undef_predefined = True
    preprocessor = Preprocessor(options, PLATFORM, source_map, Sink(source_map))
    preprocessor.start_text("t.c", "a b c\n" * 20000)
    pieces = 0
    count = 0
    while True:
        piece: list[Token] = []
        more = preprocessor.read(piece)
        pieces += 1
        count += len(piece)
        if not more:
            break
    assert count == 60001 and pieces > 5 and piece[-1].kind == EOF


DEEP = 10_000


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("#if 1\n" * DEEP + "x\n" + "#endif\n" * DEEP, "x"),
        ("#if 0\n" + "#if 1\n" * DEEP + "#else\n" * DEEP + "#endif\n" * DEEP + "#endif\nx\n", "x"),
        ("#if " + "(" * DEEP + "1" + ")" * DEEP + "\nx\n#endif\n", "x"),
        ("#if " + "!" * DEEP + "1\nx\n#endif\n", "x"),
        ("#define f(x) y\nf(" + "(" * DEEP + ")" * DEEP + ")\n", "y"),
        ("#define f(x) x\n" + "f(" * 300 + "1" + ")" * 300 + "\n", "1"),
        ("".join("#define a{} a{}\n".format(n, n + 1) for n in range(DEEP)) + "a0\n", "a" + str(DEEP)),
        ("x" * 1_000_000 + "\n", "x" * 1_000_000),
        ("", ""),
    ],
)
def test_deep_and_long_sources(source: str, words: str) -> None:
    run = Run(source)
    assert run.words() == words and not run.messages


def test_binary_input_is_survived() -> None:
    data = bytes(range(256)) * 20
    run = Run(data.decode("utf-8", "surrogateescape"))
    assert "null character(s) ignored" in run.messages and run.tokens[-1].kind == EOF


def test_missing_and_unreadable_inputs(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "no.c", "No such file or directory"), (tmp_path, "Is a directory")):
        sink = Sink(SourceMap())
        with pytest.raises(Fatal):
            preprocess(str(path), PreprocessorOptions(), PLATFORM, sink.source_map, sink)
        assert sink.diagnostics[0].text == "{}: {}".format(path, message)


@native
@pytest.mark.parametrize("flag", ["-dM", "-dD"])
def test_dumps_equal_gcc(flag: str, tmp_path: Path) -> None:
    source = tmp_path / "t.c"
    source.write_text(
        "#define A(x, y...)  x #y ## x   #x\n#define B\n#define C  a  b\n"
        "#define D(...) __VA_OPT__(x ## y)\n#undef B\n"
        "#define F( a,b ) a##b\n#define G() -\n"
    )
    command = [NATIVE, "-E", flag, "-fPIE", "-std=gnu17", str(source)]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    options = options_for(NATIVE)
    source_map = SourceMap()
    sink = Sink(source_map)
    if flag == "-dM":
        preprocessor = Preprocessor(options, PLATFORMS[NATIVE], source_map, sink)
        preprocessor.start(str(source))
        while preprocessor.read([]):
            pass
        found = preprocessor.dump_macros()
    else:
        options.keep_definitions = True
        out = io.StringIO()
        print_tokens(preprocess(str(source), options, PLATFORMS[NATIVE], source_map, sink), source_map, out)
        found = out.getvalue().splitlines()
    assert {line for line in found if line[:2] in ("#d", "#u")} == {
        line for line in expected.splitlines() if line[:2] in ("#d", "#u")
    }


@native
@pytest.mark.parametrize("flag", ["-M", "-MM"])
def test_dependency_rules_equal_gcc(flag: str, tmp_path: Path) -> None:
    options = options_for(NATIVE, directories=(str(tmp_path),))
    (tmp_path / "a b$.h").write_text("#pragma once\n")
    source = tmp_path / "t.c"
    source.write_text('#include <stdio.h>\n#include "a b$.h"\n#include "a b$.h"\n#include <limits.h>\n')
    command = [NATIVE, flag, "-MP", "-MT", "x y", "-MQ", "p q", "-I" + str(tmp_path), str(source)]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    source_map = SourceMap()
    preprocessor = Preprocessor(options, PLATFORMS[NATIVE], source_map, Sink(source_map))
    preprocessor.start(str(source))
    while preprocessor.read([]):
        pass
    targets = ["x y", quote_for_make("p q")]
    rule = make_rule(targets, preprocessor.dependencies, with_system=flag == "-M", phony=True)
    assert rule.replace("\\\n", " ").split() == expected.replace("\\\n", " ").split()
