"""Statistics, the launcher's answers, what is shown and written. No test asserts how long anything takes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.measure import (
    MEGABYTE,
    Figures,
    MeasuringFailed,
    Sample,
    geometric_mean,
    in_rounds,
    measure_process,
    median,
    paired_ratio,
    parse_launch,
    shown,
    write_json,
)


def test_median_of_odd_and_even_counts() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5


def test_geometric_mean_of_inverse_ratios_is_the_inverse() -> None:
    ratios = [0.5, 4.0, 3.0]
    assert geometric_mean(ratios) * geometric_mean([1 / ratio for ratio in ratios]) == pytest.approx(1.0)
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)


def test_a_ratio_is_taken_within_rounds() -> None:
    # The second round was ten times slower for both: no round says anything but 2.
    assert paired_ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.1]) == pytest.approx(2.0)


def test_rounds_take_turns_and_reverse() -> None:
    order: list[str] = []

    def work(name: str) -> Sample:
        order.append(name)
        return Sample(1.0)

    taken = in_rounds({"a": lambda: work("a"), "b": lambda: work("b")}, 2)
    assert order == ["a", "b", "b", "a"]
    assert [len(samples) for samples in taken.values()] == [2, 2]


def test_launch_answers() -> None:
    assert parse_launch("0 1.5 2048\n", "", ["x"]) == Sample(1.5, 2048)
    assert parse_launch("1 1.5 2048\n", "", ["x"], (0, 1)) == Sample(1.5, 2048)
    with pytest.raises(MeasuringFailed, match="exit status 3: last words"):
        parse_launch("3 1.5 2048\n", "first\nlast words\n", ["x"])
    with pytest.raises(MeasuringFailed, match="cannot be started"):
        parse_launch("", "Traceback", ["x"])


def test_a_process_is_measured_with_its_descendants(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(200 << 20)'], check=True)"
    assert measure_process([sys.executable, "-c", script], folder=tmp_path).peak_bytes > 200 * MEGABYTE


def test_the_measuring_process_does_not_count(tmp_path: Path) -> None:
    held = bytearray(300 << 20)
    assert measure_process(["true"], folder=tmp_path).peak_bytes < 100 * MEGABYTE
    assert len(held)


def test_a_failing_process_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(MeasuringFailed, match="exit status 1"):
        measure_process(["false"], folder=tmp_path)
    with pytest.raises(MeasuringFailed, match="no-such-program"):
        measure_process(["no-such-program"], folder=tmp_path)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1,234,567"), ("gcc", "gcc"), (0.012345, "0.0123"), (12.345, "12.3"), (1234.5, "1,234"), (0.0, "0"),
     (float("nan"), "-")],
)  # fmt: skip
def test_three_digits_are_shown(value: str | float | int, text: str) -> None:
    assert shown(value) == text


def test_json_holds_rows_by_column(tmp_path: Path) -> None:
    figures = Figures("t", ("name", "seconds"))
    figures.add("a", 0.123456)
    write_json(tmp_path / "out.json", [figures])
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["results"] == [{"title": "t", "rows": [{"name": "a", "seconds": 0.123456}], "notes": []}]
    assert data["machine"]["cores"] >= 1


def test_processes_that_lose_their_parent_are_counted(tmp_path: Path) -> None:
    orphan = "import time; x = bytearray(200 << 20); time.sleep(1)"
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {orphan!r}])"
    assert measure_process([sys.executable, "-c", script], folder=tmp_path).peak_bytes > 200 * MEGABYTE
