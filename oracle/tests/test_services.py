"""The persistent server against processes of its own: equal results, and a result whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emulators.limits import MEGABYTE, Limits
from oracle.compilers import ROOT, CompileJob, Compiler, CompileStatus, ProcessService, pycc, references
from oracle.services import ServerService, open_service

GOOD = '#include <stdio.h>\nint main(void) { printf("%d\\n", 42); return 0; }\n'

# Put in front of the driver's `run`: programs that make pycc misbehave, by the name of the source.
PLANTED = '''
def run(arguments: list[str], tables: Tables) -> int:
    """With planted defects."""
    import time
    if "crash.c" in arguments:
        os.kill(os.getpid(), 11)
    if "raise.c" in arguments:
        sys.stderr.write("Traceback (most recent call last):\\\\nAssertionError: planted\\\\n")
        return 70
    if "hang.c" in arguments:
        while True:
            pass
    if "wait.c" in arguments:
        time.sleep(3600)
    if "hog.c" in arguments:
        try:
            kept = bytearray(1 << 40)
        except MemoryError:
            sys.stderr.write("pycc: fatal error: out of memory\\\\n")
            return 1
    if "loud.c" in arguments:
        while True:
            os.write(2, b"x" * 65536)
    if "big.c" in arguments:
        with open("big", "wb") as stream:
            stream.write(b"x" * (1 << 22))
    if "slow.c" in arguments:
        open("reached", "wb").close()
        time.sleep(2)
    return sound_run(arguments, tables)
'''


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache of run-time libraries for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYCC_CACHE", os.environ.get("PYCC_TEST_CACHE", "") or str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, cache: None) -> Compiler:
    """A copy of pycc with defects."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copytree(ROOT / "compiler", root / "compiler", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    driver = root / "compiler" / "driver" / "cli.py"
    text = driver.read_text()
    assert text.count("\ndef run(arguments") == 1
    text = text.replace("\ndef run(arguments", PLANTED.replace("\\\\n", "\\n") + "\n\ndef sound_run(arguments")
    driver.write_text(text)
    return replace(pycc("riscv64", "-O0", root), limits=Limits(cpu_seconds=20, memory_bytes=2048 * MEGABYTE))


@pytest.fixture(scope="module")
def service(planted: Compiler) -> Iterator[ServerService]:
    made = ServerService(planted)
    yield made
    made.close()


def job(folder: Path, name: str, text: str = GOOD) -> CompileJob:
    (folder / name).write_text(text)
    return CompileJob(Path(name), Path("program.exe"), folder)


def pid_of(service: ServerService) -> int:
    assert service.server is not None, "the job was not done by a server"
    return service.server.pid


def test_pycc_has_a_server_and_references_have_none() -> None:
    assert isinstance(open_service(pycc("riscv64", "-O1")), ServerService)
    assert all(isinstance(open_service(one), ProcessService) for one in references("riscv64"))


def test_a_program_is_compiled_by_one_server_again_and_again(service: ServerService, tmp_path: Path) -> None:
    first = service.compile(job(tmp_path, "good.c"))
    assert first.status is CompileStatus.OK, first.stderr
    assert first.executable is not None and first.executable.read_bytes()[:4] == b"\x7fELF"
    server = pid_of(service)
    second = service.compile(job(tmp_path, "good.c"))
    assert (second.status, pid_of(service)) == (CompileStatus.OK, server)
    assert 0 < second.peak_bytes < 1 << 31


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("crash.c", CompileStatus.ICE), ("raise.c", CompileStatus.ICE), ("hog.c", CompileStatus.MEMORY_LIMIT),
        ("loud.c", CompileStatus.OUTPUT_LIMIT), ("wrong.c", CompileStatus.REJECTED),
        ("unlinked.c", CompileStatus.LINK_FAILED),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_as_by_a_process(
    service: ServerService, planted: Compiler, tmp_path: Path, name: str, status: CompileStatus
) -> None:
    text = {"wrong.c": "int x = ;\n", "unlinked.c": "int g(void); int main(void) { return g(); }\n"}.get(name, GOOD)
    alone = ProcessService(planted).compile(job(tmp_path, name, text))
    served = service.compile(job(tmp_path, name, text))
    assert pid_of(service) > 0
    assert alone.status is status, alone
    assert (served.status, served.exit_code, served.detail) == (status, alone.exit_code, alone.detail)
    assert (served.stdout, served.stderr) == (alone.stdout, alone.stderr)
    assert service.compile(job(tmp_path, "good.c")).status is CompileStatus.OK


@pytest.mark.parametrize(
    ("name", "limits"),
    [("hang.c", Limits(cpu_seconds=0.5)), ("wait.c", Limits(idle_seconds=0.5))],
)
def test_hangs_end_at_a_limit(planted: Compiler, tmp_path: Path, name: str, limits: Limits) -> None:
    service = ServerService(replace(planted, limits=replace(limits, memory_bytes=2048 * MEGABYTE)))
    try:
        result = service.compile(job(tmp_path, name))
        assert result.status is CompileStatus.TIMEOUT
        server = pid_of(service)
        again = service.compile(job(tmp_path, name))
        assert (again.status, pid_of(service)) == (CompileStatus.TIMEOUT, server)
    finally:
        service.close()


def test_a_file_larger_than_permitted_ends_the_compile(planted: Compiler, tmp_path: Path) -> None:
    service = ServerService(replace(planted, limits=replace(planted.limits, file_bytes=1 << 20)))
    try:
        assert service.compile(job(tmp_path, "big.c")).status is CompileStatus.ICE
        assert pid_of(service) > 0
    finally:
        service.close()


def test_no_result_is_lost_when_the_server_is_killed(service: ServerService, tmp_path: Path) -> None:
    service.compile(job(tmp_path, "good.c"))
    server = pid_of(service)

    def kill() -> None:
        while not (tmp_path / "reached").exists():
            time.sleep(0.01)
        os.kill(server, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    result = service.compile(job(tmp_path, "slow.c"))
    killer.join()
    assert (result.status, service.server) == (CompileStatus.OK, None)
    assert service.compile(job(tmp_path, "good.c")).status is CompileStatus.OK
    assert pid_of(service) != server


def test_a_folder_that_is_gone_is_no_fault_of_the_server(service: ServerService, tmp_path: Path) -> None:
    service.compile(job(tmp_path, "good.c"))
    server = pid_of(service)
    gone = CompileJob(Path("good.c"), Path("program.exe"), tmp_path / "gone")
    assert service.compile(gone).status is CompileStatus.HARNESS_ERROR
    assert service.compile(job(tmp_path, "good.c")).status is CompileStatus.OK
    assert pid_of(service) == server


def test_closing_ends_the_server(planted: Compiler, tmp_path: Path) -> None:
    service = ServerService(planted)
    service.compile(job(tmp_path, "good.c"))
    server = pid_of(service)
    service.close()
    assert not Path(f"/proc/{server}").exists()


def test_the_server_ends_with_its_client(planted: Compiler, tmp_path: Path) -> None:
    """Even if the client is killed in the middle of a job, and the job with it."""
    job(tmp_path, "wait.c")
    script = (
        "import sys; from pathlib import Path; from oracle.compilers import *; from oracle.services import *\n"
        "from dataclasses import replace\n"
        f"planted = replace(pycc('riscv64', '-O0', Path({str(Path(planted.environment[0][1]))!r})))\n"
        "service = ServerService(planted); service._ready_server(); print(service.server.pid, flush=True)\n"
        f"service.compile(CompileJob(Path('wait.c'), Path('x'), Path({str(tmp_path)!r})))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT) as client:
        assert client.stdout is not None
        server = int(client.stdout.readline())
        children = Path(f"/proc/{server}/task/{server}/children")
        while not (found := children.read_text().split()):
            time.sleep(0.01)
        client.kill()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in (server, *found)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(Path(f"/proc/{pid}").exists() for pid in (server, *found))


def test_a_server_that_never_starts_is_given_up(tmp_path: Path) -> None:
    compiler = replace(pycc("riscv64", "-O0"), server=(sys.executable, "-c", "raise SystemExit(1)"))
    service = ServerService(compiler)
    text = "int x = ;\n"
    for _ in range(5):
        assert service.compile(job(tmp_path, "wrong.c", text)).status is CompileStatus.REJECTED
    assert service.server is None


def test_another_build_means_another_server(planted: Compiler, tmp_path: Path) -> None:
    """A build that appears under a path that was there before, as the native one does during a campaign."""
    root = planted.environment[0][1]
    link = tmp_path / "native"
    environment = (("PYTHONPATH", f"{link}{os.pathsep}{root}"), ("PYTHONSAFEPATH", "1"))
    service = ServerService(replace(planted, environment=environment))
    try:
        assert service.compile(job(tmp_path, "wrong.c", "int x = ;\n")).status is CompileStatus.REJECTED
        before = pid_of(service)
        link.symlink_to(root)
        assert service.compile(job(tmp_path, "wrong.c", "int x = ;\n")).status is CompileStatus.REJECTED
        assert pid_of(service) != before
    finally:
        service.close()
