"""docs/tour.md tells the truth: every listing stands, to the letter, in what the command before it prints.

Form: the first listing is the program; before every other stands, in backquotes, the `pycc` command that prints it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOUR = (ROOT / "docs" / "tour.md").read_text()


def listings(text: str) -> list[tuple[str, str]]:
    """(command, listing) of every fenced listing; the first, the program itself, has no command.

    ValueError where no command stands between a listing and the one before it.
    """
    found: list[tuple[str, str]] = []
    pieces = re.split(r"^```\w*\n(.*?)^```\n", text, flags=re.MULTILINE | re.DOTALL)
    for before, listing in zip(pieces[::2], pieces[1::2], strict=False):
        commands = re.findall(r"`pycc ([^`]*tour\.c)`", before)
        if found and not commands:
            raise ValueError(f"no command before the listing that begins {listing[:40]!r}")
        found.append((commands[-1] if found else "", listing))
    return found


PROGRAM, *LISTINGS = listings(TOUR)


@pytest.mark.parametrize(("command", "listing"), LISTINGS, ids=[command for command, _ in LISTINGS])
def test_the_tour_shows_what_the_compiler_prints(command: str, listing: str, tmp_path: Path) -> None:
    (tmp_path / "tour.c").write_text(PROGRAM[1])
    arguments = [sys.executable, "-m", "compiler.driver.cli", "--target", "riscv64", *command.split()]
    ended = subprocess.run(
        arguments, cwd=tmp_path, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)}
    )
    assert listing in ended.stdout + ended.stderr


def test_the_tour_goes_through_all_stages_with_a_command_each() -> None:
    assert len(LISTINGS) >= 4
    assert {"--emit=ir", "--dump-after=mem2reg", "--dump-after=dce", "-S"} <= set(
        " ".join(command for command, _ in LISTINGS).split()
    )


def test_a_listing_without_a_command_is_seen() -> None:
    text = "```c\nint x;\n```\nbare\n```\nlisting\n```\n"
    with pytest.raises(ValueError, match="no command"):
        listings(text)
    assert listings(text.replace("bare", "`pycc -S tour.c`"))[1] == ("-S tour.c", "listing\n")
