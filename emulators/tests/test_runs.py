"""Every ending of a run, shown with a real program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulators.limits import MEGABYTE, Limits
from emulators.outcome import Behaviour, How
from emulators.qemu_user import run_natively, run_under_qemu
from emulators.tests.programs import build, build_hosted, needs_qemu, needs_riscv_gcc
from emulators.unicorn_runner import UnicornPool

SMALL = Limits(cpu_seconds=3.0, memory_bytes=64 * MEGABYTE, output_bytes=MEGABYTE, insns=3_000_000)


def workers() -> set[int]:
    """The Unicorn workers of this process."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended meanwhile
            if parent == os.getpid() and b"emulators.worker" in command:
                found.add(int(folder.name))
    return found


@pytest.fixture(scope="module")
def pool() -> Iterator[UnicornPool]:
    with UnicornPool() as one:
        yield one


@needs_riscv_gcc
class TestBareMetal:
    def test_output_and_exit_code(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, 'int main(void) { print("checksum = 1f\\n"); return 300; }'), "riscv64", SMALL)
        assert run.behaviour == Behaviour(300 & 0xFF, b"checksum = 1f\n")

    def test_floating_point_is_on(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "volatile double x = 2.5; int main(void) { return (int)(x * x * 4); }"
        assert pool.run(build(tmp_path, body), "riscv64", SMALL).exit_code == 25

    def test_standard_error_is_apart(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, 'int main(void) { call(64, 2, (long)"e", 1); return 0; }'), "riscv64", SMALL)
        assert (run.stdout, run.stderr) == (b"", b"e")

    def test_endless_loop(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, 'int main(void) { print("begun"); for (;;) ; }'), "riscv64", SMALL)
        assert (run.how, run.insns, run.stdout) == (How.INSTRUCTION_LIMIT, SMALL.insns, b"begun")
        assert run.timed_out and run.behaviour is None

    def test_endless_loop_without_instruction_budget(self, pool: UnicornPool, tmp_path: Path) -> None:
        limits = Limits(cpu_seconds=0.2, insns=0)
        run = pool.run(build(tmp_path, "int main(void) { for (;;) ; }"), "riscv64", limits)
        assert run.how is How.CPU_LIMIT
        assert run.cpu_seconds >= 0.2
        assert pool.run(build(tmp_path, "int main(void) { return 7; }"), "riscv64", SMALL).exit_code == 7

    def test_endless_recursion(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = """
        int deep(volatile int *above) { volatile int here[64]; here[0] = *above + 1; return deep(here) + here[0]; }
        int main(void) { volatile int zero = 0; return deep(&zero); }"""
        run = pool.run(build(tmp_path, body, "-O0"), "riscv64", SMALL)
        assert run.how is How.FAULT
        assert run.fault_address is not None and "write to unmapped" in run.detail

    def test_write_through_null(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, "int main(void) { *(volatile int *)16 = 1; return 0; }"), "riscv64", SMALL)
        assert (run.how, run.fault_address) == (How.FAULT, 16)

    def test_writes_everywhere(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = """
        int main(void) { for (unsigned long i = 1;; i++) *(volatile char *)(i * 0x9E3779B97F4A7C15u) = 1; }"""
        run = pool.run(build(tmp_path, body), "riscv64", SMALL)
        assert run.how is How.FAULT and run.fault_address == 0x9E3779B97F4A7C15

    def test_write_to_own_code(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, "int main(void) { *(volatile int *)main = 0; return 0; }"), "riscv64", SMALL)
        assert run.how is How.FAULT and "protected" in run.detail

    def test_jump_to_null(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "int (*volatile f)(void); int main(void) { return f(); }"
        run = pool.run(build(tmp_path, body), "riscv64", SMALL)
        assert (run.how, run.fault_address) == (How.FAULT, 0)

    def test_jump_to_data(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "int data[64] = {1}; int main(void) { return ((int (*)(void))data)(); }"
        assert pool.run(build(tmp_path, body), "riscv64", SMALL).how is How.FAULT

    def test_illegal_instruction(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, 'int main(void) { __asm__ volatile("unimp"); return 0; }'), "riscv64", SMALL)
        assert run.how is How.FAULT and run.pc is not None

    def test_breakpoint(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, 'int main(void) { __asm__ volatile("ebreak"); return 0; }'), "riscv64", SMALL)
        assert run.how is How.FAULT

    def test_prints_a_gigabyte(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "char big[65536]; int main(void) { for (int i = 0; i < 16384; i++) call(64, 1, (long)big, 65536); }"
        run = pool.run(build(tmp_path, body), "riscv64", SMALL)
        assert (run.how, len(run.stdout)) == (How.OUTPUT_LIMIT, SMALL.output_bytes)

    def test_prints_a_gigabyte_in_one_call(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "int main(void) { long p = 0x10000; call(64, 1, p, 1L << 60); return 4; }"
        run = pool.run(build(tmp_path, body), "riscv64", SMALL)
        assert run.how in (How.EXITED, How.OUTPUT_LIMIT)

    def test_wants_all_memory(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = """
        int main(void) {
            char *p = (char *)call(214, 0, 0, 0);
            for (;;) { p += 1 << 20; call(214, (long)p, 0, 0); p[-1] = 1; }
        }"""
        run = pool.run(build(tmp_path, body), "riscv64", SMALL)
        assert (run.how, "refused" in run.detail) == (How.MEMORY_LIMIT, True)

    def test_getting_over_refused_memory_is_no_failure(self, pool: UnicornPool, tmp_path: Path) -> None:
        body = "int main(void) { long p = call(214, 0, 0, 0); return call(214, p + (1L << 40), 0, 0) != p; }"
        assert pool.run(build(tmp_path, body), "riscv64", SMALL).behaviour == Behaviour(0, b"")

    def test_unknown_system_call(self, pool: UnicornPool, tmp_path: Path) -> None:
        run = pool.run(build(tmp_path, "int main(void) { return call(4321, 0, 0, 0) == -38; }"), "riscv64", SMALL)
        assert (run.how, run.detail) == (How.UNSUPPORTED_SYSCALL, "system call 4321")

    def test_runs_do_not_see_each_other(self, pool: UnicornPool, tmp_path: Path) -> None:
        program = build(tmp_path, "int count; int main(void) { return ++count; }")
        assert [pool.run(program, "riscv64", SMALL).exit_code for _ in range(3)] == [1, 1, 1]

    def test_workers_are_recycled(self, tmp_path: Path) -> None:
        program = build(tmp_path, "int main(void) { return 5; }")
        with UnicornPool(size=1, runs_per_worker=2) as small_pool:
            assert [small_pool.run(program, "riscv64", SMALL).exit_code for _ in range(5)] == [5] * 5

    def test_a_killed_worker_is_replaced(self, tmp_path: Path) -> None:
        program = build(tmp_path, "int main(void) { return 5; }")
        before = workers()
        with UnicornPool() as own:
            assert own.run(program, "riscv64", SMALL).exit_code == 5
            (pid,) = workers() - before
            os.kill(pid, signal.SIGKILL)
            assert own.run(program, "riscv64", SMALL).exit_code == 5

    def test_a_worker_that_cannot_start(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program = build(tmp_path, "int main(void) { return 5; }")
        monkeypatch.setattr(sys, "executable", "/bin/false")
        with UnicornPool() as own:
            assert own.run(program, "riscv64", SMALL).how is How.HARNESS_ERROR

    def test_several_threads(self, tmp_path: Path) -> None:
        programs = []
        for status in range(6):
            (tmp_path / str(status)).mkdir()
            programs.append(build(tmp_path / str(status), f"int main(void) {{ return {status}; }}"))
        with UnicornPool(size=2) as own, ThreadPoolExecutor(4) as threads:
            runs = list(threads.map(lambda program: own.run(program, "riscv64", SMALL), programs * 3))
        assert [run.exit_code for run in runs] == list(range(6)) * 3

    @needs_qemu
    @pytest.mark.parametrize(
        ("body", "how"),
        [
            ('int main(void) { print("x"); return 3; }', How.EXITED),
            ("int main(void) { for (;;) ; }", How.CPU_LIMIT),
            ("int main(void) { *(volatile int *)16 = 1; }", How.FAULT),
            ('int main(void) { __asm__ volatile("unimp"); }', How.FAULT),
            ('int main(void) { for (;;) print("0123456789abcdef0123456789abcdef"); }', How.OUTPUT_LIMIT),
        ],
    )
    def test_qemu_gives_the_same_record(self, tmp_path: Path, body: str, how: How) -> None:
        limits = Limits(cpu_seconds=0.5, output_bytes=10_000)
        assert run_under_qemu(build(tmp_path, body), "riscv64", limits).how is how


@needs_riscv_gcc
class TestHosted:
    def test_static_glibc(self, pool: UnicornPool, tmp_path: Path) -> None:
        text = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        int main(int argc, char **argv) {
            char *p = malloc(3000000); memset(p, 1, 3000000); p = realloc(p, 9000000);
            printf("%d %d %s %.3f %Lf\\n", argc, p[2999999], strerror(2), 1.5, 2.25L);
            return 9;
        }"""
        run = pool.run(build_hosted(tmp_path, text), "riscv64")
        assert run.behaviour == Behaviour(9, b"1 1 No such file or directory 1.500 2.250000\n")

    def test_abort_is_a_signal(self, pool: UnicornPool, tmp_path: Path) -> None:
        program = build_hosted(tmp_path, "#include <stdlib.h>\nint main(void) { abort(); }")
        run = pool.run(program, "riscv64")
        assert (run.how, run.signal, run.behaviour) == (How.SIGNAL, 6, None)

    def test_position_independent(self, pool: UnicornPool, tmp_path: Path) -> None:
        program = build(
            tmp_path, "int data = 6; int main(void) { return data; }", "-fPIE", "-Wl,-pie,--no-dynamic-linker"
        )
        assert pool.run(program, "riscv64").exit_code == 6


@pytest.mark.skipif(shutil.which("aarch64-linux-gnu-as") is None, reason="aarch64 binutils are not installed")
def test_aarch64(pool: UnicornPool, tmp_path: Path) -> None:
    (tmp_path / "a.s").write_text("""
    .globl _start
_start: fmov d0, #2.0
    fadd d0, d0, d0
    mov x0, #1
    adr x1, text
    mov x2, #3
    mov x8, #64
    svc #0
    fcvtzs x0, d0
    mov x8, #93
    svc #0
text: .ascii "hi\\n"
""")
    subprocess.run(["aarch64-linux-gnu-as", "-o", "a.o", "a.s"], cwd=tmp_path, check=True)
    subprocess.run(["aarch64-linux-gnu-ld", "-o", "a", "a.o"], cwd=tmp_path, check=True)
    assert pool.run(tmp_path / "a", "aarch64", SMALL).behaviour == Behaviour(4, b"hi\n")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
class TestNative:
    def build(self, folder: Path, text: str, *options: str) -> Path:
        (folder / "n.c").write_text(text)
        subprocess.run(["gcc", "-w", *options, "-o", "n", "n.c"], cwd=folder, check=True)
        return folder / "n"

    def test_exit(self, tmp_path: Path) -> None:
        program = self.build(tmp_path, '#include <stdio.h>\nint main(void) { puts("native"); return 2; }')
        assert run_natively(program).behaviour == Behaviour(2, b"native\n")

    def test_fraction_of_a_cpu_second(self, tmp_path: Path) -> None:
        run = run_natively(self.build(tmp_path, "int main(void) { for (;;) ; }"), Limits(cpu_seconds=0.25))
        assert run.how is How.CPU_LIMIT and run.cpu_seconds >= 0.25

    def test_fault_and_abort(self, tmp_path: Path) -> None:
        assert run_natively(self.build(tmp_path, "int main(void) { *(volatile int *)1 = 1; }")).how is How.FAULT
        aborting = self.build(tmp_path, "#include <stdlib.h>\nint main(void) { abort(); }")
        assert (run_natively(aborting).how, run_natively(aborting).signal) == (How.SIGNAL, 6)

    def test_memory_is_limited(self, tmp_path: Path) -> None:
        text = "#include <stdlib.h>\nint main(void) { return malloc(1L << 30) == 0 ? 3 : 4; }"
        assert run_natively(self.build(tmp_path, text), Limits(memory_bytes=100 * MEGABYTE)).exit_code == 3

    def test_output_is_limited(self, tmp_path: Path) -> None:
        text = '#include <stdio.h>\nint main(void) { for (;;) fwrite("0123456789", 10, 1, stdout); }'
        run = run_natively(self.build(tmp_path, text), Limits(output_bytes=12345))
        assert (run.how, len(run.stdout)) == (How.OUTPUT_LIMIT, 12345)

    def test_files_are_limited_and_left_in_a_folder_of_their_own(self, tmp_path: Path) -> None:
        text = """
        #include <stdio.h>
        int main(void) {
            FILE *file = fopen("left", "w");
            for (int i = 0; i < 10000; i++) fwrite("0123456789", 10, 1, file);
        }"""
        run = run_natively(self.build(tmp_path, text), Limits(file_bytes=4096), tmp_path)
        assert (run.how, run.signal) == (How.SIGNAL, 25)  # SIGXFSZ
        assert not list(tmp_path.glob("**/left"))

    def test_children_left_behind_are_ended(self, tmp_path: Path) -> None:
        text = '#include <unistd.h>\nint main(void) { if (!fork()) { sleep(600); } write(1, "x", 1); return 0; }'
        run = run_natively(self.build(tmp_path, text))
        assert run.behaviour == Behaviour(0, b"x")  # returns at once, although the child held the pipe open

    def test_waiting_for_nothing(self, tmp_path: Path) -> None:
        program = self.build(tmp_path, "#include <unistd.h>\nint main(void) { for (;;) pause(); }")
        assert run_natively(program, Limits(idle_seconds=0.3)).how is How.IDLE_LIMIT

    def test_no_network(self, tmp_path: Path) -> None:
        text = """
        #include <sys/socket.h>
        #include <netinet/in.h>
        int main(void) {
            struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = 9 }; where.sin_addr.s_addr = 0x01010101;
            return connect(socket(AF_INET, SOCK_DGRAM, 0), (void *)&where, sizeof where) ? 1 : 0;
        }"""
        from emulators.process import network_can_be_removed

        if not network_can_be_removed():
            pytest.skip("this kernel gives no network namespace")
        assert run_natively(self.build(tmp_path, text)).exit_code == 1

    def test_a_script_is_not_run(self, tmp_path: Path) -> None:
        script = tmp_path / "script"
        script.write_text("exit 0\n")
        script.chmod(0o755)
        assert run_natively(script).how is How.BAD_IMAGE

    def test_x86_64_under_unicorn(self, pool: UnicornPool, tmp_path: Path) -> None:
        text = '#include <stdio.h>\nint main(int c, char **v) { printf("%f %d\\n", c / 4.0, c); return 8; }'
        program = self.build(tmp_path, text, "-static")
        assert pool.run(program, "x86_64").behaviour == Behaviour(8, b"0.250000 1\n")

    def test_x86_64_division_by_zero(self, pool: UnicornPool, tmp_path: Path) -> None:
        program = self.build(tmp_path, "volatile int zero; int main(void) { return 7 / zero; }", "-static")
        assert pool.run(program, "x86_64").how is How.FAULT
