"""Findings and campaigns as static, self-contained HTML: no script, no font, no picture from elsewhere.

Invariant: whatever a program or a compiler printed is escaped; a page is written to a temporary name and then renamed,
so that a reader never sees half of one.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from oracle.store import Finding, Store
from reports.schema import Summary

TEMPLATES = Path(__file__).with_name("templates")
KEYWORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "return short signed sizeof static struct switch typedef union unsigned void volatile while "
    "_Bool _Generic __int128".split()
)
TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|(?P<directive>^[ \t]*#[^\n]*)|(?P<word>[A-Za-z_]\w*)|(?P<number>\b\d[\w.]*)",
    re.DOTALL | re.MULTILINE,
)
SHOWN_LINES = 4000
PROGRAM = "program.c"  # the file's name wherever it is compiled


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["c_code"] = highlight
    made.filters["when"] = when
    made.filters["shell"] = lambda words: shlex.join(str(word) for word in words)
    made.filters["duration"] = duration
    made.filters["without"] = without
    made.filters["local"] = local
    return made


def highlight(source: str) -> Markup:
    """C source as HTML with line numbers and coloured tokens; very long programs are cut, and say so."""
    lines = source.split("\n")
    cut = len(lines) - SHOWN_LINES
    if cut > 0:
        source = "\n".join(lines[:SHOWN_LINES])
    pieces: list[str] = []
    position = 0
    for found in TOKEN.finditer(source):
        pieces.append(str(escape(source[position : found.start()])))
        kind = found.lastgroup or ""
        text = found.group()
        if kind == "word":
            kind = "keyword" if text in KEYWORDS else ""
        # A span must not cross the line ends at which the text is split below.
        parts = [str(escape(part)) for part in text.split("\n")]
        pieces.append("\n".join(f'<span class="{kind}">{part}</span>' if kind else part for part in parts))
        position = found.end()
    pieces.append(str(escape(source[position:])))
    numbered = [f'<span class="line">{line}</span>' for line in "".join(pieces).split("\n")]
    if cut > 0:
        numbered.append(f'<span class="line"><em>{cut} more lines: see program.c</em></span>')
    return Markup("\n".join(numbered))


def when(timestamp: float) -> str:
    moment = datetime.datetime.fromtimestamp(timestamp, datetime.UTC)
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def without(title: str, outcome: str) -> str:
    """A title that stands beside its outcome."""
    return title.removeprefix(f"{outcome}: ")


def local(command: Sequence[object]) -> list[str]:
    """A command as it can be given beside program.c: the worker's folder is gone."""
    folders = {str(Path(str(word)).parent) + "/" for word in command if Path(str(word)).name == PROGRAM}
    words = [str(word) for word in command]
    for folder in folders - {"./", "//"}:
        words = [word.replace(folder, "") for word in words]
    return words


def duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def finding_folder(out: Path, finding_id: int) -> Path:
    return out / "findings" / str(finding_id)


def file_finding(store: Store, finding_id: int, out: Path) -> Path:
    """Write a finding as a folder: the program, its record and a page. Returns the folder."""
    finding = store.finding(finding_id)
    folder = finding_folder(out, finding_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PROGRAM).write_bytes(finding.program)
    write(folder / "record.json", json.dumps(dict(finding.record), indent=2, sort_keys=True) + "\n")
    write(folder / "index.html", render_finding(finding, out))
    return folder


def render_finding(finding: Finding, out: Path) -> str:
    """One finding's page; `out` is where its store is."""
    source = finding.program.decode("utf-8", "replace")
    template = environment().get_template("finding.html")
    return template.render(finding=finding, record=finding.record, source=source, out=str(out))


def render_campaign(summary: Summary, out: Path) -> Path:
    """Write a campaign's page and make it the index of the output folder. Returns the path of the index.

    Pages of findings that are there are written again: their sightings have become more.
    """
    for finding in summary.findings:
        page = finding_folder(out, finding.id) / "index.html"
        if page.exists():
            write(page, render_finding(finding, out))
    text = environment().get_template("campaign.html").render(summary=summary)
    write(out / f"campaign-{summary.campaign.id}.html", text)
    index = out / "index.html"
    write(index, text)
    return index
