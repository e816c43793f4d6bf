"""The compile server against processes of its own, and against clients that misbehave."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HELLO = '#include <stdio.h>\nint main(void) { printf("hello\\n"); return 0; }\n'
CSMITH = ("--max-funcs", "2", "--max-block-depth", "2", "--max-array-dim", "2", "--max-array-len-per-dim", "4")


class Client:
    """A server and the connection to it."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(300)
        with theirs:
            command = [sys.executable, "-m", "compiler.driver.server", *words]
            self.process = subprocess.Popen(command, stdin=theirs.fileno(), start_new_session=True)
        assert self.answer() == {"event": "ready"}

    def send(self, body: bytes, files: list[int]) -> None:
        socket.send_fds(self.channel, [len(body).to_bytes(4, "big") + body], files)

    def start(self, *argv: str, cwd: str = "", limits: dict[str, int] | None = None) -> dict[str, object]:
        """Output goes to the files `out` and `err` of the folder."""
        request = {"argv": argv, "cwd": cwd or str(self.folder), "limits": limits or {}}
        with open(self.folder / "out", "wb") as out, open(self.folder / "err", "wb") as err:
            self.send(json.dumps(request).encode(), [out.fileno(), err.fileno()])
        return self.answer()

    def run(self, *argv: str, limits: dict[str, int] | None = None) -> tuple[int, str]:
        """Exit code (negative: a signal) and standard error."""
        assert self.start(*argv, limits=limits)["event"] == "started"
        ended = self.answer()
        assert ended["event"] == "ended", ended
        status, peak = ended["status"], ended["peak"]
        assert isinstance(status, int) and isinstance(peak, int) and peak > 1 << 20
        return os.waitstatus_to_exitcode(status), (self.folder / "err").read_text()

    def answer(self) -> dict[str, object]:
        made = json.loads(self._bytes(int.from_bytes(self._bytes(4), "big")))
        assert isinstance(made, dict)
        return made

    def _bytes(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part, files, _, _ = socket.recv_fds(self.channel, count - len(data), 4)
            for file in files:
                os.close(file)
            assert part, "the server has gone"
            data += part
        return data

    def close(self) -> int:
        self.channel.close()
        return self.process.wait(60)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYCC_CACHE", str(cache))
        made = Client(tmp_path_factory.mktemp("served"), "--target=riscv64", "-O1")
        (made.folder / "hello.c").write_text(HELLO)
        yield made
        assert made.close() == 0


def alone(client: Client, cache: Path, *argv: str) -> tuple[int, str]:
    """The same command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "compiler.driver.cli", *argv], cwd=client.folder, capture_output=True, check=False,
        env={**os.environ, "PYCC_CACHE": str(cache)},
    )  # fmt: skip
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(shutil.which("csmith") is None, reason="csmith is not installed")
@pytest.mark.parametrize("first", range(0, 20, 5))
def test_objects_are_those_of_fresh_processes(client: Client, cache: Path, first: int) -> None:
    """Compiled twice by the server, with everything else that it compiles in between."""
    for seed in range(first, first + 5):
        source = client.folder / f"p{seed}.c"
        subprocess.run(["csmith", "--seed", str(seed), *CSMITH, "-o", str(source)], check=True, cwd=client.folder)
        argv = ["--target=riscv64", f"-O{seed % 2}", "-c", "-I/usr/include/csmith", source.name, "-o"]
        expected = alone(client, cache, *argv, "alone.o")
        assert client.run(*argv, "served.o") == expected
        assert client.run(*argv, "again.o") == expected
        data = (client.folder / "alone.o").read_bytes()
        assert (client.folder / "served.o").read_bytes() == data
        assert (client.folder / "again.o").read_bytes() == data


@pytest.mark.parametrize("options", [["-O1"], ["-O0"], ["-O1", "-std=c99", "-DX=1"], ["-O1", "-Wl,--whole-archive"]])
def test_programs_are_those_of_fresh_processes(client: Client, cache: Path, options: list[str]) -> None:
    argv = ["--target=riscv64", *options, "hello.c", "-o"]
    expected = alone(client, cache, *argv, "alone.exe")
    assert expected[0] == 0, expected
    assert client.run(*argv, "served.exe") == expected
    assert client.run(*argv, "again.exe") == expected
    data = (client.folder / "alone.exe").read_bytes()
    assert (client.folder / "served.exe").read_bytes() == data
    assert (client.folder / "again.exe").read_bytes() == data


def test_a_compile_imports_nothing_more(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.c").write_text(HELLO)
    script = (
        "import sys\nfrom compiler.driver import cli, server\n"
        "words = ['--target=riscv64', '-O1']\n"
        "tables = server.prepare(words)\nbefore = set(sys.modules)\n"
        "for stage in ['-E', '-S', '-c', '-O1']:\n"
        "    assert cli.run([*words, stage, '-o', 'made', 'hello.c'], tables) == 0\n"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith('compiler')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYCC_CACHE": str(cache)},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, b"[]"), done.stderr


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"argv": "x", "cwd": "/"}', b'{"argv": [1], "cwd": "/"}',
        b'{"argv": [], "cwd": null}', b'{"argv": [], "cwd": "/", "limits": {"cpu": "no"}}',
        b'{"argv": [], "cwd": "/", "limits": {"cpu": -1}}', b'{"argv": ["a\\u0000b"], "cwd": "/"}',
    ],
)  # fmt: skip
def test_garbage_is_refused_and_harmless(client: Client, body: bytes) -> None:
    with open(os.devnull, "wb") as null:
        client.send(body, [null.fileno(), null.fileno()])
    assert client.answer()["event"] == "refused"
    assert client.run("--version") == (0, "")


def test_missing_descriptors_are_refused(client: Client) -> None:
    client.channel.sendall(b"\0\0\0\x19" + b'{"argv": [], "cwd": "/"} ')
    assert client.answer()["event"] == "refused"
    assert client.run("--version") == (0, "")


def test_a_folder_that_is_gone_is_refused(client: Client) -> None:
    assert client.start("--version", cwd=str(client.folder / "gone"))["event"] == "refused"
    assert client.run("--version") == (0, "")


def test_a_full_disk_is_told(client: Client) -> None:
    code, text = client.run("--target=riscv64", "-c", "hello.c", "-o", "/dev/full")
    assert (code, "No space left on device" in text) == (1, True)


def test_limits_hold_in_the_child(client: Client) -> None:
    code, text = client.run("--target=riscv64", "-c", "hello.c", limits={"file": 64})
    assert (code, "File too large" in text) == (1, True)
    (client.folder / "large.c").write_text("int x[] = {" + "1, " * 100_000 + "};\n")
    code, text = client.run("--target=riscv64", "-c", "large.c", limits={"memory": 1 << 20})
    assert (code, "out of memory" in text) == (1, True), text
    assert client.run("--target=riscv64", "-c", "hello.c", limits={"cpu": 100}) == (0, "")


def test_a_killed_child_is_reported(client: Client) -> None:
    os.mkfifo(client.folder / "endless.c")
    pid = client.start("--target=riscv64", "-c", "endless.c")["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    assert client.answer()["status"] == signal.SIGKILL
    assert client.run("--version") == (0, "")


def test_the_child_goes_with_the_client(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCC_CACHE", str(cache))
    client = Client(tmp_path, "--target=riscv64")
    os.mkfifo(tmp_path / "endless.c")
    pid = client.start("--target=riscv64", "-c", "endless.c")["pid"]
    assert Path(f"/proc/{pid}").exists()
    assert client.close() == 0
    assert not Path(f"/proc/{pid}").exists()


def test_a_message_too_long_ends_the_connection(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCC_CACHE", str(cache))
    client = Client(tmp_path, "--target=riscv64")
    client.channel.sendall(b"\xff\xff\xff\xff")
    assert client.answer()["event"] == "refused"
    assert client.channel.recv(1) == b""
    assert client.close() == 0
