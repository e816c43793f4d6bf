"""Linux system calls for one single-threaded program: enough for a bare-metal runtime and for a static glibc.

Invariant: a program sees no file, no clock that moves and no random number, so its behaviour is a function of its
bytes. Unknown calls return -ENOSYS as Linux does and are remembered; a refused request for memory returns -ENOMEM and
is remembered. Numbers and structure layouts: Linux UAPI headers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Protocol

from emulators.image import PAGE, page_down, page_up
from emulators.limits import Limits
from emulators.outcome import How

EBADF, ENOMEM, EFAULT, EINVAL, ENOTTY, ENOENT, ENOSYS = 9, 12, 14, 22, 25, 2, 38
MASK = (1 << 64) - 1
MMAP_BASE = 0x3F00_0000_0000
MAP_FIXED = 0x10
MAP_ANONYMOUS = 0x20
MREMAP_MAYMOVE = 1
ARCH_SET_FS = 0x1002
S_IFIFO = 0o010000
FIXED_TIME = 1_000_000_000  # seconds; every run happens at this moment
PID = 1000
WRITE_CHUNK = 1 << 20


class Memory(Protocol):
    """What the kernel needs of the emulated machine's memory."""

    def read(self, address: int, size: int) -> bytes | None:
        """The bytes there, or None if not all of them are mapped."""

    def write(self, address: int, data: bytes) -> bool:
        """Write; False if not all of it is mapped."""

    def map(self, address: int, size: int) -> None:
        """Map zeroed pages, readable and writable, in place of what is there. Page-aligned."""

    def unmap(self, address: int, size: int) -> None:
        """Unmap what is mapped there. Page-aligned."""

    def protect(self, address: int, size: int, flags: int) -> None:
        """Set the protection of what is mapped there; `flags` as in mprotect(2). Page-aligned."""

    def set_thread_pointer(self, value: int) -> None:
        """Set the machine's thread pointer."""


class Ending(Exception):
    """Raised by a system call that ends the program."""

    def __init__(self, how: How, exit_code: int | None = None, signal: int | None = None) -> None:
        super().__init__(how)
        self.how = how
        self.exit_code = exit_code
        self.signal = signal


class Kernel:
    """The state behind the system calls of one run."""

    def __init__(self, memory: Memory, limits: Limits, heap: int, mapped: int, stat_layout: str) -> None:
        """`heap` is where brk begins; `mapped` counts the bytes mapped already against the memory limit."""
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.refused_memory = 0  # bytes of the first refused request
        self.unknown_call: int | None = None  # number of the first unknown call
        self._memory = memory
        self._limits = limits
        self._heap_start = heap
        self._heap = heap
        self._mapped = mapped
        self._next_map = MMAP_BASE
        self._stat_layout = stat_layout
        self._areas: dict[int, int] = {}
        self._calls: dict[str, Callable[[list[int]], int]] = {
            "exit": self._exit,
            "exit_group": self._exit,
            "write": self._write,
            "writev": self._writev,
            "read": self._read,
            "close": self._close,
            "lseek": lambda _: -29,  # ESPIPE
            "fstat": lambda arguments: self._stat(arguments[0], arguments[1]),
            "newfstatat": self._fstatat,
            "ioctl": lambda _: -ENOTTY,
            "fcntl": lambda _: 0,
            "brk": self._brk,
            "mmap": self._mmap,
            "munmap": self._munmap,
            "mremap": self._mremap,
            "mprotect": self._mprotect,
            "madvise": lambda _: 0,
            "kill": lambda arguments: self._raise(arguments[1]),
            "tkill": lambda arguments: self._raise(arguments[1]),
            "tgkill": lambda arguments: self._raise(arguments[2]),
            "openat": lambda _: -ENOENT,
            "faccessat": lambda _: -ENOENT,
            "readlink": lambda _: -ENOENT,
            "readlinkat": lambda _: -ENOENT,
            "getcwd": self._getcwd,
            "uname": self._uname,
            "clock_gettime": lambda arguments: self._store(arguments[1], struct.pack("<qq", FIXED_TIME, 0)),
            "gettimeofday": lambda arguments: self._store(arguments[0], struct.pack("<qq", FIXED_TIME, 0)),
            "getrandom": lambda arguments: self._random(arguments),
            "getrlimit": lambda arguments: self._store(arguments[1], self._rlimit()),
            "prlimit64": self._prlimit,
            "rt_sigaction": lambda _: 0,
            "rt_sigprocmask": lambda _: 0,
            "sigaltstack": lambda _: 0,
            "futex": lambda _: 0,
            "set_tid_address": lambda _: PID,
            "set_robust_list": lambda _: 0,
            "rseq": lambda _: -ENOSYS,  # glibc goes on without
            "getpid": lambda _: PID,
            "gettid": lambda _: PID,
            "getppid": lambda _: 1,
            "getuid": lambda _: 0,
            "geteuid": lambda _: 0,
            "getgid": lambda _: 0,
            "getegid": lambda _: 0,
            "arch_prctl": self._arch_prctl,
        }

    def call(self, number: int, name: str | None, arguments: list[int]) -> int:
        """The result of one system call as an unsigned register value. Raises Ending."""
        if name is None:
            if self.unknown_call is None:
                self.unknown_call = number
            return -ENOSYS & MASK
        return self._calls[name](arguments) & MASK

    # --- ending ---

    def _exit(self, arguments: list[int]) -> int:
        raise Ending(How.EXITED, exit_code=arguments[0] & 0xFF)

    def _raise(self, number: int) -> int:
        if number == 0:
            return 0
        raise Ending(How.SIGNAL, signal=number)

    # --- files ---

    def _write(self, arguments: list[int]) -> int:
        file, address, size = arguments[0] & 0xFFFFFFFF, arguments[1], arguments[2]
        if file not in (1, 2):
            return -EBADF
        done = 0
        while done < size:
            data = self._memory.read(address + done, min(size - done, WRITE_CHUNK))
            if data is None:
                return done or -EFAULT
            self._print(file, data)
            done += len(data)
        return done

    def _print(self, file: int, data: bytes) -> None:
        room = self._limits.output_bytes - len(self.stdout) - len(self.stderr)
        (self.stdout if file == 1 else self.stderr).extend(data[:room])
        if len(data) > room:
            raise Ending(How.OUTPUT_LIMIT)

    def _writev(self, arguments: list[int]) -> int:
        file, address, count = arguments[0], arguments[1], arguments[2]
        if count > 1024:
            return -EINVAL
        vector = self._memory.read(address, 16 * count)
        if vector is None:
            return -EFAULT
        total = 0
        for base, size in struct.iter_unpack("<QQ", vector):
            written = self._write([file, base, size])
            if written < 0:
                return total or written
            total += written
        return total

    def _read(self, arguments: list[int]) -> int:
        return 0 if arguments[0] == 0 else -EBADF  # standard input is empty

    def _close(self, arguments: list[int]) -> int:
        return 0 if arguments[0] <= 2 else -EBADF

    def _stat(self, file: int, address: int) -> int:
        if file > 2:
            return -EBADF
        return self._store(address, stat_bytes(self._stat_layout))

    def _fstatat(self, arguments: list[int]) -> int:
        path = self._memory.read(arguments[1], 1)
        if path != b"\0":
            return -ENOENT if path is not None else -EFAULT
        return self._stat(arguments[0], arguments[2])

    def _getcwd(self, arguments: list[int]) -> int:
        if arguments[1] < 2:
            return -34  # ERANGE
        return 2 if self._memory.write(arguments[0], b"/\0") else -EFAULT

    # --- memory ---

    def _allow(self, size: int) -> bool:
        """Count `size` more bytes as mapped, or refuse."""
        if self._mapped + size > self._limits.memory_bytes:
            self.refused_memory = self.refused_memory or size
            return False
        self._mapped += size
        return True

    def _brk(self, arguments: list[int]) -> int:
        wanted = arguments[0]
        if wanted < self._heap_start:
            return self._heap
        old, new = page_up(self._heap), page_up(wanted)
        if new > old:
            if not self._allow(new - old):
                return self._heap
            self._memory.map(old, new - old)
        elif new < old:
            self._memory.unmap(new, old - new)
            self._mapped -= old - new
        self._heap = wanted
        return wanted

    def _mmap(self, arguments: list[int]) -> int:
        address, size, protection, flags = arguments[:4]
        if size == 0 or (flags & MAP_FIXED and address % PAGE):
            return -EINVAL
        if not flags & MAP_ANONYMOUS:
            return -EBADF
        size = page_up(size)
        if not self._allow(size):
            return -ENOMEM
        if flags & MAP_FIXED:
            if address + size > MMAP_BASE + (1 << 44) or address < PAGE:
                return -EINVAL
            self._memory.map(address, size)
        else:
            address = self._next_map
            self._next_map += size + PAGE  # an unmapped page between areas makes overruns trap
            self._memory.map(address, size)
        self._areas[address] = size
        if protection != 3:
            self._memory.protect(address, size, protection & 7)
        return address

    def _munmap(self, arguments: list[int]) -> int:
        address, size = arguments[0], page_up(arguments[1])
        if address % PAGE or size == 0:
            return -EINVAL
        self._memory.unmap(address, size)
        if self._areas.get(address) == size:  # a part given back stays counted: the count is an upper bound
            del self._areas[address]
            self._mapped -= size
        return 0

    def _mremap(self, arguments: list[int]) -> int:
        old, old_size, new_size, flags = arguments[0], page_up(arguments[1]), page_up(arguments[2]), arguments[3]
        if self._areas.get(old) != old_size or not flags & MREMAP_MAYMOVE or new_size == 0:
            return -ENOMEM
        if new_size <= old_size:
            return old
        moved = self._mmap([0, new_size, 3, MAP_ANONYMOUS])
        if moved < 0:
            return moved
        data = self._memory.read(old, old_size)
        if data is None or not self._memory.write(moved, data):
            return -EFAULT
        self._munmap([old, old_size])
        return moved

    def _mprotect(self, arguments: list[int]) -> int:
        address, size = arguments[0], page_up(arguments[1])
        if address % PAGE:
            return -EINVAL
        self._memory.protect(page_down(address), size, arguments[2] & 7)
        return 0

    # --- the rest ---

    def _store(self, address: int, data: bytes) -> int:
        return 0 if self._memory.write(address, data) else -EFAULT

    def _uname(self, arguments: list[int]) -> int:
        fields = (b"Linux", b"pycc", b"6.1.0", b"#1", b"machine", b"")
        return self._store(arguments[0], b"".join(field.ljust(65, b"\0") for field in fields))

    def _random(self, arguments: list[int]) -> int:
        size = min(arguments[1], 256)
        return size if self._memory.write(arguments[0], bytes(size)) else -EFAULT

    def _rlimit(self) -> bytes:
        return struct.pack("<QQ", self._limits.stack_bytes, self._limits.stack_bytes)

    def _prlimit(self, arguments: list[int]) -> int:
        return self._store(arguments[3], self._rlimit()) if arguments[3] else 0

    def _arch_prctl(self, arguments: list[int]) -> int:
        if arguments[0] != ARCH_SET_FS:
            return -EINVAL
        self._memory.set_thread_pointer(arguments[1])
        return 0


def stat_bytes(layout: str) -> bytes:
    """A `struct stat` that describes a pipe: what standard output is when another process reads it."""
    mode = S_IFIFO | 0o600
    if layout == "x86_64":
        # st_dev st_ino st_nlink st_mode uid gid pad rdev size blksize blocks, times, unused
        return struct.pack("<QQQIIIIQqqq", 1, 1, 1, mode, 0, 0, 0, 0, 0, PAGE, 0).ljust(144, b"\0")
    # st_dev st_ino st_mode st_nlink uid gid rdev pad size blksize pad blocks, times, unused
    return struct.pack("<QQIIIIQQqiiq", 1, 1, mode, 1, 0, 0, 0, 0, 0, PAGE, 0, 0).ljust(128, b"\0")
