"""The Csmith wrapper: deterministic, complete programs, named failures. Needs the real Csmith, as the suite does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fuzz.generators.csmith import CsmithGenerator, is_complete, swarm_flags
from fuzz.generators.program import GeneratorFailed

needs_csmith = pytest.mark.skipif(shutil.which("csmith") is None, reason="csmith is not installed")


@needs_csmith
@pytest.mark.parametrize("option_set", ["small", "tiny", "swarm"])
def test_the_same_seed_gives_the_same_program(option_set: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = CsmithGenerator(option_set)
    assert generator.missing() is None
    first = generator.generate(77)
    assert first.digest == CsmithGenerator(option_set).generate(77).digest
    assert first.digest != generator.generate(78).digest
    assert "csmith.h" in first.source and os.path.exists(os.path.join(first.include_folders[0], "csmith.h"))
    assert list(tmp_path.iterdir()) == []  # platform.info stays out of the working directory


@needs_csmith
def test_truncated_output_is_recognised() -> None:
    source = CsmithGenerator("small").generate(5).source
    assert is_complete(source)
    assert not any(is_complete(source[:length]) for length in range(0, len(source.rstrip()) - 1, 97))
    assert not is_complete("")


def test_failures_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "csmith.h").write_text("")
    monkeypatch.setenv("CSMITH_INCLUDE", str(tmp_path))

    def failing(body: str) -> str:
        script = tmp_path / "generator"
        script.write_text("#!/bin/sh\n" + body)
        script.chmod(0o755)
        with pytest.raises(GeneratorFailed) as caught:
            CsmithGenerator("small", str(script)).generate(1)
        return str(caught.value)

    assert failing("echo 'bad option' >&2; exit 3") == "csmith: exit status 3: bad option"
    assert failing("kill -SEGV $$") == "csmith: killed by signal 11"
    assert failing("exit 0").startswith("csmith: wrote no program")
    assert "csmith is not installed" in (CsmithGenerator("small", "no-such-csmith").missing() or "")


def test_swarm_flags_differ_between_seeds_and_keep_what_comparison_needs() -> None:
    assert len({swarm_flags(seed) for seed in range(50)}) == 50
    assert not any("checksum" in flag or "safe-math" in flag for seed in range(50) for flag in swarm_flags(seed))
