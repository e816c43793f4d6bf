"""One program under Unicorn, in this process.

Invariant: whatever the program does, `emulate` returns a `Run`, except when Unicorn itself crashes or needs more CPU
time than the parent allows: so it is called in a worker process only (`unicorn_runner`). Faults arrive as an error of
Unicorn or as an interrupt that is no system call; the faulting address comes from the invalid-memory hook.
"""

from __future__ import annotations

import importlib
import struct
import time
from typing import Any

import unicorn
import unicorn.unicorn_const as uc_const
import unicorn.x86_const as x86_const

from emulators.arch import ARCHES, Arch, Trap
from emulators.image import PAGE, PIE_BASE, Image, page_down, page_up
from emulators.limits import Limits
from emulators.outcome import How, Run
from emulators.syscalls import Ending, Kernel

STACK_TOP = 0x3FFF_F000_0000
NEVER = 0xFFFF_FFFF_FFFF_FFF0  # an address where no program can stand: the `until` of an endless emulation
NAME = b"program\0"

# auxv entries: Linux UAPI, linux/auxvec.h.
AT_NULL, AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_ENTRY = 0, 3, 4, 5, 6, 7, 9
AT_UID, AT_EUID, AT_GID, AT_EGID, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_EXECFN = (
    11,
    12,
    13,
    14,
    16,
    17,
    23,
    25,
    31,
)


class Machine:
    """An emulated machine with a program in it."""

    def __init__(self, arch: Arch, image: Image, limits: Limits) -> None:
        self._arch = arch
        self._limits = limits
        # Any: Unicorn's Python binding carries no types.
        self._uc: Any = unicorn.Uc(_constant(arch.unicorn_arch), _constant(arch.unicorn_mode))
        self._registers: Any = importlib.import_module(f"unicorn.{arch.constants}")
        self._fault_address: int | None = None
        self._fault_text = ""
        self._ending: Ending | None = None
        mapped = self._load(image)
        stack_size = page_up(limits.stack_bytes)
        self.map(STACK_TOP - stack_size, stack_size)
        self._number = self._register(arch.call_number)
        self._arguments = [self._register(name) for name in arch.call_arguments]
        self._result = self._register(arch.call_result)
        # A loader puts the heap behind the image, but a position-independent image leaves room below for nothing else.
        self.kernel = Kernel(self, limits, image.end + PAGE, mapped, arch.stat_layout)
        self._start(image)
        self._hook()

    def _register(self, name: str) -> int:
        return int(getattr(self._registers, self._arch.prefix + name))

    # --- memory, as the kernel sees it ---

    def read(self, address: int, size: int) -> bytes | None:
        """See `syscalls.Memory`."""
        try:
            return bytes(self._uc.mem_read(address, size))
        except (unicorn.UcError, OverflowError):
            return None

    def write(self, address: int, data: bytes) -> bool:
        """See `syscalls.Memory`."""
        try:
            self._uc.mem_write(address, data)
        except (unicorn.UcError, OverflowError):
            return False
        return True

    def map(self, address: int, size: int) -> None:
        """See `syscalls.Memory`."""
        self.unmap(address, size)
        self._uc.mem_map(address, size, uc_const.UC_PROT_READ | uc_const.UC_PROT_WRITE)

    def unmap(self, address: int, size: int) -> None:
        """See `syscalls.Memory`."""
        for start, end in self._mapped_parts(address, size):
            self._uc.mem_unmap(start, end - start)

    def protect(self, address: int, size: int, flags: int) -> None:
        """See `syscalls.Memory`. PROT_READ, PROT_WRITE and PROT_EXEC have Unicorn's values."""
        for start, end in self._mapped_parts(address, size):
            self._uc.mem_protect(start, end - start, flags)

    def set_thread_pointer(self, value: int) -> None:
        """See `syscalls.Memory`."""
        self._uc.reg_write(self._register(self._arch.thread_pointer), value)

    def _mapped_parts(self, address: int, size: int) -> list[tuple[int, int]]:
        parts = []
        for first, last, _ in self._uc.mem_regions():
            start, end = max(first, address), min(last + 1, address + size)
            if start < end:
                parts.append((start, end))
        return parts

    # --- loading ---

    def _load(self, image: Image) -> int:
        """Map and fill the segments; a page shared by two gets the rights of both. Returns the bytes mapped."""
        pages: dict[int, int] = {}
        for segment in image.segments:
            rights = 0
            for elf_flag, right in ((4, 1), (2, 2), (1, 4)):  # PF_R, PF_W, PF_X to Unicorn's order
                rights |= right if segment.flags & elf_flag else 0
            for page in range(page_down(segment.address), page_up(segment.end), PAGE):
                pages[page] = pages.get(page, 0) | rights
        start = -1
        for page in sorted(pages):
            if start < 0:
                start = page
            if pages.get(page + PAGE) != pages[page]:
                self._uc.mem_map(start, page + PAGE - start, pages[page])
                start = -1
        for segment in image.segments:
            self._uc.mem_write(segment.address, segment.data)
        return len(pages) * PAGE

    def _start(self, image: Image) -> None:
        """The stack as Linux hands it to a new program: argc, argv, envp, auxv."""
        name = STACK_TOP - 64
        random = STACK_TOP - 48
        self._uc.mem_write(name, NAME)
        self._uc.mem_write(random, bytes(range(16)))
        auxiliary = (
            (AT_PHDR, image.program_headers),
            (AT_PHENT, image.program_header_size),
            (AT_PHNUM, image.program_header_count),
            (AT_PAGESZ, PAGE),
            (AT_BASE, 0),
            (AT_ENTRY, image.entry),
            (AT_UID, 0),
            (AT_EUID, 0),
            (AT_GID, 0),
            (AT_EGID, 0),
            (AT_HWCAP, 0),
            (AT_CLKTCK, 100),
            (AT_SECURE, 0),
            (AT_RANDOM, random),
            (AT_EXECFN, name),
            (AT_NULL, 0),
        )
        words = [1, name, 0, 0]
        for pair in auxiliary:
            words += pair
        stack = (name - 8 * len(words)) & -16
        self._uc.mem_write(stack, struct.pack(f"<{len(words)}Q", *words))
        self._uc.reg_write(self._register(self._arch.sp), stack)
        for register, value in self._arch.setup:
            self._uc.reg_write(self._register(register), value)

    # --- running ---

    def _hook(self) -> None:
        self._uc.hook_add(uc_const.UC_HOOK_INTR, self._on_interrupt)
        self._uc.hook_add(uc_const.UC_HOOK_MEM_INVALID, self._on_invalid_memory)
        if self._arch.trap is Trap.INSTRUCTION:
            self._uc.hook_add(uc_const.UC_HOOK_INSN, self._on_call, None, 1, 0, x86_const.UC_X86_INS_SYSCALL)

    def hook(self, kind: int, callback: Any) -> None:
        """Have Unicorn call `callback` as its documentation of this kind of hook says."""
        self._uc.hook_add(kind, callback)

    def _on_interrupt(self, uc: Any, number: int, _data: object) -> None:
        if self._arch.trap is Trap.INTERRUPT and number == self._arch.trap_number:
            self._on_call(uc, _data)
            return
        self._fault_text = dict(self._arch.interrupts).get(number, f"interrupt {number}")
        uc.emu_stop()

    def _on_invalid_memory(self, _uc: Any, access: int, address: int, size: int, _value: int, _data: object) -> bool:
        kinds = {
            uc_const.UC_MEM_READ_UNMAPPED: "read of unmapped memory",
            uc_const.UC_MEM_WRITE_UNMAPPED: "write to unmapped memory",
            uc_const.UC_MEM_FETCH_UNMAPPED: "jump to unmapped memory",
            uc_const.UC_MEM_READ_PROT: "read of protected memory",
            uc_const.UC_MEM_WRITE_PROT: "write to protected memory",
            uc_const.UC_MEM_FETCH_PROT: "jump to memory that is not code",
        }
        self._fault_address = address & (1 << 64) - 1
        self._fault_text = f"{kinds.get(access, 'invalid access')}, {size} bytes"
        return False

    def _on_call(self, uc: Any, _data: object) -> None:
        number = uc.reg_read(self._number)
        arguments = [uc.reg_read(register) for register in self._arguments]
        try:
            result = self.kernel.call(number, self._arch.calls.get(number), arguments)
        except Ending as ending:
            self._ending = ending
            uc.emu_stop()
            return
        uc.reg_write(self._result, result)

    def run(self, entry: int) -> Run:
        """Emulate from `entry` to an ending."""
        error = ""
        try:
            self._uc.emu_start(entry, NEVER, count=self._limits.insns)
        except unicorn.UcError as caught:
            error = str(caught)
        kernel = self.kernel
        stdout, stderr = bytes(kernel.stdout), bytes(kernel.stderr)
        pc = int(self._uc.reg_read(self._register(self._arch.pc)))
        ending = self._ending
        refused = self._refusal(ending)
        if refused is not None:
            code = ending.exit_code if ending is not None else None
            return Run(refused[0], code, stdout, stderr, self._fault_address, pc, detail=refused[1])
        if ending is not None:
            code = ending.exit_code
            return Run(ending.how, code, stdout, stderr, signal=ending.signal, pc=None if code is not None else pc)
        if error or self._fault_text:
            return Run(How.FAULT, None, stdout, stderr, self._fault_address, pc, detail=self._fault_text or error)
        return Run(How.INSTRUCTION_LIMIT, None, stdout, stderr, pc=pc, insns=self._limits.insns)

    def _refusal(self, ending: Ending | None) -> tuple[How, str] | None:
        """Whether the kernel refused something and the program did not get over it.

        Exit status 0 means it did; a limit on output or time says nothing about the refusal.
        """
        failed = ending is not None and (
            ending.how is How.SIGNAL or (ending.how is How.EXITED and ending.exit_code != 0)
        )
        if not failed and not self._fault_text:
            return None
        if self.kernel.refused_memory:
            return How.MEMORY_LIMIT, f"refused {self.kernel.refused_memory} bytes"
        if self.kernel.unknown_call is not None:
            return How.UNSUPPORTED_SYSCALL, f"system call {self.kernel.unknown_call}"
        return None


def _constant(name: str) -> int:
    return int(getattr(uc_const, name))


def emulate(image: Image, limits: Limits) -> Run:
    """Run `image` to its end or to a limit of memory, output or instructions (never of CPU time)."""
    assert image.end < STACK_TOP - limits.stack_bytes or image.end > PIE_BASE, hex(image.end)
    began = time.process_time()
    machine = Machine(ARCHES[image.machine], image, limits)
    run = machine.run(image.entry)
    return Run(
        run.how,
        run.exit_code,
        run.stdout,
        run.stderr,
        run.fault_address,
        run.pc,
        run.signal,
        run.insns,
        time.process_time() - began,
        run.detail,
        "unicorn",
    )
