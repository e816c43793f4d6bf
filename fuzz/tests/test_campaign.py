"""Campaigns, end to end with real compilers: clean, with a broken subject, killed and resumed, interrupted."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.outcome import Behaviour
from fuzz.campaign import KIND
from fuzz.cli import STORE_NAME
from fuzz.executor import Bench
from fuzz.generators.grammar import GrammarGenerator
from fuzz.settings import Settings, SettingsError, parse_generators, settings_from_json, units
from oracle.compare import Voice, Vote
from oracle.compilers import HOST, ROOT
from oracle.outcome import Outcome
from oracle.store import Store

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
TARGET = HOST if HOST in ("x86_64", "aarch64", "riscv64") else "x86_64"
COMMAND = (sys.executable, "-m", "fuzz")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=False, env=ENVIRONMENT, cwd=ROOT, timeout=300
    )


def campaign_words(out: Path, programs: int, subject: str = "gcc") -> list[str]:
    return [
        "--target", TARGET, "--programs", str(programs), "--seed", "5eed", "--opt", "0", "--generator", "grammar",
        "--subject", subject, "--out", str(out), "--jobs", "2",
    ]  # fmt: skip


def table_of(text: str) -> list[str]:
    """The rows of the outcome table."""
    return [line for line in text.splitlines() if re.search(r"\d+/\d+ │", line)]


def test_units_follow_from_the_settings_alone() -> None:
    settings = Settings("riscv64", 7, parse_generators("grammar:5,csmith-small:2"), 0, ("-O0",), "pycc")
    planned = list(units(settings))
    assert [unit.generator for unit in planned].count("grammar") == 5 and len(planned) == 7
    assert planned == list(units(settings_from_json(json.loads(json.dumps(settings.as_json())))))
    assert len({(unit.generator, unit.seed) for unit in planned}) == 7
    for wrong in ("no-such", "grammar:0", "grammar,grammar", "grammar:3,csmith-small"):
        with pytest.raises(SettingsError):
            parse_generators(wrong)


def test_a_clean_campaign_exits_0_and_its_command_gives_the_same_table(tmp_path: Path) -> None:
    first = fuzz(*campaign_words(tmp_path / "a", 6))
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.count("PASS ") == 6 and "ok" in table_of(first.stdout)[0] and "6/6" in table_of(first.stdout)[0]
    again = re.search(r"the same table again: pycc-fuzz (.*)", first.stdout)
    assert again is not None
    second = fuzz(*again.group(1).split(), "--out", str(tmp_path / "b"))
    assert table_of(second.stdout) == table_of(first.stdout)
    with Store(tmp_path / "a" / STORE_NAME, read_only=True) as store:
        [campaign] = store.campaigns(KIND)
        shown = fuzz("status", campaign.id, "--out", str(tmp_path / "a"))
    assert table_of(shown.stdout) == table_of(first.stdout)
    assert "nothing found" in (tmp_path / "a" / "index.html").read_text()


@pytest.fixture
def broken_compiler(tmp_path: Path) -> Path:
    """gcc that takes every `>=` for `>`."""
    script = tmp_path / "broken-gcc"
    script.write_text(
        "#!/bin/sh\n"
        'for word in "$@"; do case "$word" in *.c) source="$word";; esac; done\n'
        'sed -i "s/ >= / > /g" "$source"\n'
        'exec gcc -ffp-contract=off "$@"\n'
    )
    script.chmod(0o755)
    return script


def test_a_broken_compiler_is_found(tmp_path: Path, broken_compiler: Path) -> None:
    out = tmp_path / "out"
    done = fuzz(*campaign_words(out, 12, str(broken_compiler)), "--log-format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message["event"] for message in messages] == ["start", *["unit"] * 12, "end"]
    found = {row["outcome"]: row["count"] for row in messages[-1]["outcomes"]}
    assert sum(found.values()) == 12 and found["wrong-code"] >= 1 and set(found) <= {"ok", "wrong-code"}
    [finding] = messages[-1]["findings"]  # one bucket for one level
    folder = out / "findings" / str(finding)
    assert "checksum" in (folder / "program.c").read_text()
    record = json.loads((folder / "record.json").read_text())
    assert record["expected"]["stdout"] != record["run"]["stdout"] and record["blame"] is None
    assert "wrong-code" in (folder / "index.html").read_text()
    replayed = fuzz("replay", str(finding), "--out", str(out))
    assert replayed.returncode == 1 and "still fails" in replayed.stdout


def take_interrupts() -> None:
    """As under a terminal, even where these tests run in the background, whose processes are started deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A campaign of so many programs, more than it will be given time for, in a process group of its own."""
    process = subprocess.Popen(
        [*COMMAND, *campaign_words(tmp_path / "out", request.param)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT, cwd=ROOT, start_new_session=True,
        preexec_fn=take_interrupts,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def wait_for_passes(process: subprocess.Popen[str], count: int) -> str:
    """Reads until so many programs have passed; returns what was read."""
    assert process.stdout is not None
    text = ""
    while text.count("PASS ") < count:
        line = process.stdout.readline()
        assert line, text
        text += line
    return text


def children_of(group: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("running", [60], indirect=True)
def test_a_killed_campaign_resumes_with_nothing_lost_or_done_twice(
    tmp_path: Path, running: subprocess.Popen[str]
) -> None:
    text = wait_for_passes(running, 3)
    identifier = text.split()[1].rstrip(":")
    running.send_signal(signal.SIGKILL)
    running.wait()
    with Store(tmp_path / "out" / STORE_NAME) as store:
        done, known = store.unit_counts(identifier)
        assert 3 <= done < known == 60
    for _ in range(100):
        if not children_of(running.pid):
            break
        time.sleep(0.3)
    assert children_of(running.pid) == []  # workers do not outlive their campaign
    resumed = fuzz("resume", identifier[:6], "--out", str(tmp_path / "out"), "--jobs", "2")
    assert resumed.returncode == 0, resumed.stdout
    assert resumed.stdout.count("PASS ") == 60 - done and "60/60" in table_of(resumed.stdout)[0]
    with Store(tmp_path / "out" / STORE_NAME) as store:
        results = store.results(identifier)
        assert len({unit.unit.seed for unit, _ in results}) == len(results) == 60
        assert {result.outcome for _, result in results} == {Outcome.OK}


@pytest.mark.parametrize("running", [2000], indirect=True)
def test_a_killed_worker_costs_nothing_and_ctrl_c_is_clean(tmp_path: Path, running: subprocess.Popen[str]) -> None:
    text = wait_for_passes(running, 2)
    workers = [pid for pid in children_of(running.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(workers[-1], signal.SIGKILL)
    text += wait_for_passes(running, 4)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
    rest, _ = running.communicate(timeout=120)
    text += rest
    assert "Traceback" not in text and "harness-error" not in text, text
    assert running.returncode == 2 and "go on with: pycc-fuzz resume" in text, text
    patience = time.monotonic() + 30  # compile servers end when they notice that their client is gone
    while children_of(running.pid) and time.monotonic() < patience:
        time.sleep(0.1)
    assert children_of(running.pid) == []
    with Store(tmp_path / "out" / STORE_NAME) as store:
        [campaign] = store.campaigns(KIND)
        done, known = store.unit_counts(campaign.id)
        assert campaign.state == "interrupted" and done < known <= 2000


def test_cached_votes_count_only_for_the_program_they_were_cast_on() -> None:
    generated = GrammarGenerator().generate(1)
    generated.expected = None  # so that references are asked
    settings = Settings(TARGET, 1, (("grammar", 1),), 1, ("-O0",), "gcc", references=("gcc-O2",))
    bench = Bench(settings)
    try:
        program, first = bench.judge(generated, {})
        [identity] = first.new_votes
        lie = Vote("gcc-O2", "gcc", Voice.FINISHED, Behaviour(0, b"a lie\n"))
        _, stale = bench.judge(generated, {identity: lie}, "hash of another program")
        _, cached = bench.judge(generated, {identity: lie}, program.hash)
    finally:
        bench.close()
    outcomes = [one.subjects[0].verdict.outcome for one in (first, stale, cached)]
    assert outcomes == [Outcome.OK, Outcome.OK, Outcome.WRONG_CODE]
