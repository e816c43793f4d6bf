"""Locations and the look of diagnostics."""

from __future__ import annotations

import io

import pytest

from compiler.source.diagnostics import AS_ERROR, IGNORED, Fatal, Sink, WarningState
from compiler.source.files import Expansion, SourceMap, Span, expansion_pos


def test_locate_across_files() -> None:
    source_map = SourceMap()
    first = source_map.add("a.c", "one\n\ttwo\n")
    second = source_map.add("b.h", "x\n")
    assert source_map.locate(first.base + 2) == ("a.c", 1, 3)
    assert source_map.locate(first.base + 5) == ("a.c", 2, 9)  # a tab reaches column 9
    assert source_map.locate(second.base) == ("b.h", 1, 1)
    assert source_map.line_text(first.base + 6) == "\ttwo"
    assert source_map.locate(-1)[0] == "<built-in>"


def test_line_markers_presume() -> None:
    source_map = SourceMap()
    file = source_map.add("a.i", "x\ny\nz\nw\n")
    file.add_marker(2, 100, "b.h", 1)
    file.add_marker(6, 7, "a.c", 0)
    assert [source_map.locate(offset)[:2] for offset in (0, 2, 4, 6)] == [
        ("a.i", 1), ("b.h", 100), ("b.h", 101), ("a.c", 7),
    ]  # fmt: skip
    assert source_map.in_system_header(4) and not source_map.in_system_header(6)


def test_random_access_equals_sequential() -> None:
    source_map = SourceMap()
    text = "".join("x" * (n % 7) + "\n" for n in range(200))
    file = source_map.add("a.c", text)
    forward = [source_map.line_of(offset) for offset in range(len(text))]
    assert forward == [text.count("\n", 0, offset) + 1 for offset in range(len(text))]
    assert [source_map.line_of(offset) for offset in reversed(range(len(text)))] == forward[::-1]
    assert file.physical_line(0) == 1


def render(state: WarningState | None = None) -> tuple[SourceMap, Sink, io.StringIO]:
    source_map = SourceMap()
    stream = io.StringIO()
    return source_map, Sink(source_map, state, stream), stream


def test_gnu_style() -> None:
    source_map, sink, stream = render()
    source_map.add("t.c", "int x = 1 +;\n")
    sink.error(Span(8, 11), "expected {} before '{}'", "expression", ";")
    assert stream.getvalue() == (
        "t.c:1:9: error: expected expression before ';'\n"
        "    1 | int x = 1 +;\n"
        "      |         ^~~\n"
    )  # fmt: skip


def test_includes_and_macros_are_traced() -> None:
    source_map, sink, stream = render()
    main = source_map.add("t.c", '#include "a.h"\nM\n')
    header = source_map.add("a.h", "#define M oops\n")
    header.included_at = main.base + 1
    origin = Expansion("M", main.base + 15, header.base + 8, None)
    sink.error(Span(header.base + 10, header.base + 14, origin), "bad")
    assert stream.getvalue() == (
        "In file included from t.c:1:\n"
        "a.h:1:11: error: bad\n    1 | #define M oops\n      |           ^~~~\n"
        "t.c:2:1: note: in expansion of macro 'M'\n    2 | M\n      | ^\n"
    )
    assert expansion_pos(header.base + 10, origin) == main.base + 15


def test_warning_groups() -> None:
    state = WarningState()
    for option in ("all", "no-unused-variable", "error=format", "shadow"):
        state.option(option)
    source_map, sink, _ = render(state)
    source_map.add("t.c", "x\n")
    span = Span(0, 1)
    assert not sink.warning("unused-variable", span, "no")
    assert sink.warning("unused-function", span, "yes")
    assert sink.warning("format", span, "error") and sink.errors == 1 and sink.warnings_as_errors == 1
    assert sink.warning("shadow", span, "yes") and not sink.warning("switch-enum", span, "off")
    assert sink.diagnostics[1].rendered.startswith("t.c:1:1: error: error [-Werror=format]\n")


def test_werror_and_w() -> None:
    state = WarningState()
    state.option("error")
    state.option("no-error=cpp")
    assert state.level("multichar") == AS_ERROR and state.level("cpp") != AS_ERROR
    state = WarningState()
    state.silent = True
    assert state.level("multichar") == IGNORED


def test_warnings_in_system_headers_are_silent() -> None:
    source_map, sink, _ = render()
    header = source_map.add("sys.h", "x\n")
    header.system = 1
    assert not sink.warning("", Span(0, 1), "no")
    sink.error(Span(0, 1), "errors are not")
    assert sink.errors == 1


def test_pragma_state_holds_from_its_position_on() -> None:
    source_map, sink, _ = render()
    main = source_map.add("t.c", "a b c d e f\n")
    header = source_map.add("t.h", "x y\n")
    header.included_at = main.base + 8
    sink.pragma_push(main.base + 2)
    sink.pragma_level(main.base + 2, "multichar", IGNORED)
    sink.pragma_pop(main.base + 4)
    sink.pragma_level(header.base + 2, "multichar", IGNORED)
    shown = [sink.warning("multichar", Span(pos, pos + 1), "w") for pos in (0, 3, 5, header.base, header.base + 2, 10)]
    assert shown == [True, False, True, True, False, False]


def test_error_limit_and_fatal() -> None:
    source_map = SourceMap()
    sink = Sink(source_map, None, io.StringIO(), max_errors=2)
    sink.error(None, "one")
    with pytest.raises(Fatal):
        sink.error(None, "two")
    with pytest.raises(Fatal, match="gone"):
        raise sink.fatal(None, "{}", "gone")
