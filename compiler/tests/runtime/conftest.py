from __future__ import annotations

from pathlib import Path

import pytest

from compiler.tests.runtime.toolchain import TOOLCHAINS, Toolchain


@pytest.fixture(scope="session", params=TOOLCHAINS, ids=lambda toolchain: str(toolchain.arch_folder))
def toolchain(request: pytest.FixtureRequest) -> Toolchain:
    chosen = request.param
    assert isinstance(chosen, Toolchain)
    chosen.require()
    return chosen


@pytest.fixture(scope="session")
def runtime(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toolchain.build_runtime(tmp_path_factory.mktemp("runtime"))
