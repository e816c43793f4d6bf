"""Pages are self-contained, escape what programs print, and show every count with its denominator."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from oracle.outcome import Outcome
from oracle.store import NewFinding, Result, Store, Unit
from reports.render import file_finding, highlight, local, render_campaign, without
from reports.schema import Summary, summarize

RECORD = {
    "target": "riscv64", "generator": "grammar", "seed": 42, "subject": "pycc-O1", "command": ["pycc", "a b.c"],
    "version": "v1", "program_options": ["-w"], "blame": None,
    "compile": {"status": "ok", "stderr": "<b>warning</b>", "cpu_seconds": 0.5},
    "run": {"how": "exited, status 0", "stdout": "checksum = 1\n"},
    "expected": {"exit_code": 0, "stdout": "checksum = 2 <script>alert(1)</script>\n"},
    "votes": [{"reference": "gcc-O0", "voice": "finished", "stdout": "2", "exit_code": 0, "detail": ""}],
}  # fmt: skip
PROGRAM = b'/* two\n   lines */\n#include <stdio.h>\nint main(void) { return "</pre><script>"[0] & 0x1f; }\n'


class Outline(HTMLParser):
    """Tags that are open, and anything that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe"):
            self.fetched.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def outline(path: Path) -> Outline:
    parser = Outline()
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    return parser


def campaign(store: Store) -> Summary:
    """Three programs, two of them under two subjects ok."""
    name = store.create_campaign("fuzz", "riscv64", {}, "v1").id
    store.add_units(name, [Unit("grammar", seed) for seed in range(3)])
    for number, unit in enumerate(store.pending_units(name)):
        bad = number == 2
        findings = [NewFinding("pycc-O1", Outcome.WRONG_CODE, "b", "wrong <code>", PROGRAM, RECORD)] if bad else []
        results = [
            Result("pycc-O0", Outcome.OK, "", 1.0, 0.5),
            Result("pycc-O1", Outcome.WRONG_CODE if bad else Outcome.OK, "", 2.0, 0.5),
        ]
        store.finish_unit(unit.id, f"h{number % 2}", results, findings=findings, timings={"generation": 1.0})
    store.log(name, "wall", "36.0 2")
    return summarize(store, name, "pycc-fuzz run --seed 1", 3)


def test_a_summary_counts_everything_with_its_denominator(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        summary = campaign(store)
    assert [(row.subject, str(row.outcome), row.count, row.total) for row in summary.outcomes] == [
        ("pycc-O0", "ok", 3, 3),
        ("pycc-O1", "ok", 2, 3),
        ("pycc-O1", "wrong-code", 1, 3),
    ]
    assert {row.phase: row.seconds for row in summary.phases if row.seconds} == {
        "generation": 3.0,
        "subject compile": 9.0,
        "subject run": 3.0,
    }
    assert summary.distinct == 2 and not summary.clean
    assert summary.programs_per_hour_and_core == 150.0  # 3 programs in 36 seconds of 2 cores


def test_pages_are_well_formed_and_fetch_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        summary = campaign(store)
        [finding] = summary.findings
        folder = file_finding(store, finding.id, tmp_path)
        index = render_campaign(summary, tmp_path)
    assert (folder / "program.c").read_bytes() == PROGRAM
    assert json.loads((folder / "record.json").read_text())["seed"] == 42
    for page in (folder / "index.html", index):
        found = outline(page)
        assert (found.fetched, found.wrong, found.open) == ([], [], []), page
    text = (folder / "index.html").read_text()
    assert "0000000042" in text and "&lt;script&gt;alert(1)" in text and "pycc &#39;a b.c&#39;" in text
    assert "1 / 3" in index.read_text() and f"findings/{finding.id}/index.html" in index.read_text()


def test_code_is_shown_by_lines_with_spans_that_end_where_the_line_ends() -> None:
    lines = str(highlight(PROGRAM.decode())).split("\n")
    assert len(lines) == 5
    assert all(line.count("<span") == line.count("</span>") for line in lines)
    assert '<span class="comment">   lines */</span>' in lines[1]
    assert '<span class="keyword">return</span>' in lines[3] and "&lt;/pre&gt;" in lines[3]
    assert "more lines" in str(highlight("int x;\n" * 5000))


def test_a_shown_command_can_be_given_beside_the_program() -> None:
    command = ["python", "-m", "compiler.driver.cli", "-I/usr/include", "-o", "/tmp/w/program.exe", "/tmp/w/program.c"]
    assert local(command) == [*command[:4], "-o", "program.exe", "program.c"]
    assert local(["pycc", "program.c"]) == ["pycc", "program.c"]


def test_a_title_beside_its_outcome_does_not_repeat_it() -> None:
    assert without("ice: AssertionError", "ice") == "AssertionError"
    assert without("AssertionError", "ice") == "AssertionError"
