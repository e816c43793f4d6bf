"""What stands around an interpreted program: the exceptions that end it and the functions it does not define itself.

The system calls are those of Linux in the numbering RISC-V and AArch64 share; the C functions here are a handful for
programs without a library. Output is kept, up to a limit.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from compiler.ir.interpreter import Machine

_OUTPUT_LIMIT: Final = 16 << 20
_SYS_LSEEK: Final = 62
_SYS_READ: Final = 63
_SYS_WRITE: Final = 64
_SYS_EXIT: Final = 93
_SYS_EXIT_GROUP: Final = 94
_SYS_KILL: Final = 129
_SYS_GETPID: Final = 172
_SYS_BRK: Final = 214
_NOT_IMPLEMENTED: Final = -38


@final
class Exited(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code: Final = code


@final
class Undefined(Exception):
    """The program did something undefined; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what: Final = what


@final
class Trap(Exception):
    """`trap`, or abort."""


@final
class Budget(Exception):
    """The step budget is used up."""


@final
class Overflow(Exception):
    """The stack is used up."""


@final
class Jump(Exception):
    """longjmp: the activation `frame` goes on at its leaf `place` with `value`."""

    def __init__(self, frame: int, place: int, value: int) -> None:
        super().__init__(frame, place, value)
        self.frame: Final = frame
        self.place: Final = place
        self.value: Final = value


@final
class Unsupported(Exception):
    """Something the interpreter does not do; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what: Final = what


# A jmp_buf holds an activation's number, a place in it and the stack pointer; the names are those of the C libraries.
_SET_JUMP: Final = ("setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp")
_LONG_JUMP: Final = ("longjmp", "_longjmp", "siglongjmp")
_FUNCTIONS: Final = (
    "__pycc_syscall", "exit", "_Exit", "abort", "putchar", "puts", "malloc", "calloc", "free", "memcpy", "memmove",
    "memset", "strlen", "strcmp", "printf",
)  # fmt: skip


class Host:
    """May be extended by overriding `has` and `call`."""

    def __init__(self) -> None:
        self.output: Final = bytearray()

    def has(self, name: str) -> bool:
        return name in _FUNCTIONS or name in _SET_JUMP or name in _LONG_JUMP

    def call(self, machine: Machine, name: str, args: list[int]) -> int:
        """The first result; the machine masks it to its type."""
        if name == "__pycc_syscall":
            return self.system_call(machine, args)
        if name == "exit" or name == "_Exit":
            raise Exited(args[0] & 0xFF)
        if name == "abort":
            raise Trap
        if name == "putchar":
            self.write(bytes([args[0] & 0xFF]))
            return args[0] & 0xFF
        if name == "puts":
            self.write(machine.text_at(args[0]) + b"\n")
            return 0
        if name == "printf":
            return self.write(formatted(machine, machine.text_at(args[0]), args[1:]))
        if name == "malloc":
            return machine.allocate(args[0], clear=False)
        if name == "calloc":
            return machine.allocate(args[0] * args[1])
        if name == "free":
            machine.release(args[0])
            return 0
        if name == "memcpy" or name == "memmove":
            machine.copy(args[0], args[1], args[2])
            return args[0]
        if name == "memset":
            machine.fill(args[0], args[1] & 0xFF, args[2])
            return args[0]
        if name == "strlen":
            return len(machine.text_at(args[0]))
        if name == "strcmp":
            left = machine.text_at(args[0])
            right = machine.text_at(args[1])
            return 0 if left == right else 1 if left > right else -1
        if name in _LONG_JUMP:
            machine.long_jump(args[0], args[1])
        if name in _SET_JUMP:
            raise Unsupported(f"a call of @{name} through a pointer")
        raise Unsupported(f"@{name} is not defined")

    def write(self, content: bytes) -> int:
        if len(self.output) + len(content) > _OUTPUT_LIMIT:
            raise Unsupported("too much output")
        self.output.extend(content)
        return len(content)

    def system_call(self, machine: Machine, args: list[int]) -> int:
        number = args[0]
        if number == _SYS_WRITE:
            return self.write(machine.read(args[2], args[3]))
        if number == _SYS_EXIT or number == _SYS_EXIT_GROUP:
            raise Exited(args[1] & 0xFF)
        if number == _SYS_READ:
            return 0
        if number == _SYS_KILL:
            raise Trap
        if number == _SYS_GETPID:
            return 1
        if number == _SYS_BRK:
            return machine.move_break(args[1])
        return _NOT_IMPLEMENTED


def formatted(machine: Machine, form: bytes, args: list[int]) -> bytes:
    """The conversions of printf but %n and %a, with flags, width and precision."""
    out = bytearray()
    index = 0
    taken = 0
    while index < len(form):
        if form[index] != 0x25:
            out.append(form[index])
            index += 1
            continue
        index += 1
        flags = ""
        while index < len(form) and form[index] in b"-+ #0123456789.*":
            if form[index] == 0x2A and taken < len(args):
                given = args[taken] & 0xFFFF_FFFF
                taken += 1
                if given < 1 << 31:
                    flags += str(given)
                elif flags.endswith("."):  # a negative precision is none, a negative width means "-" (C17 7.21.6.1p5)
                    flags = flags[:-1]
                else:
                    flags += "-" + str((1 << 32) - given)
            else:
                flags += chr(form[index])
            index += 1
        start = index
        while index < len(form) and form[index] in b"hljzt":
            index += 1
        length = form[start:index]
        kind = chr(form[index]) if index < len(form) else ""
        index += 1
        if kind == "%":
            out.append(0x25)
            continue
        is_float = kind != "" and kind in "fFeEgG"
        if (kind not in ("d", "i", "u", "x", "X", "c", "s", "p") and not is_float) or taken >= len(args):
            raise Unsupported(f"printf conversion %{kind}")
        value = args[taken]
        taken += 1
        if is_float:
            out.extend(_float_text(kind, flags, value))
            continue
        out.extend(_converted(machine, kind, flags, length, value))
    return bytes(out)


def _float_text(kind: str, flags: str, bits: int) -> bytes:
    """A double by its bits. C and Python agree on these conversions but for the spelling of a negative NaN."""
    number: float = struct.unpack("<d", (bits & (1 << 64) - 1).to_bytes(8, "little"))[0]
    if number != number:
        kind, flags = "s", "".join([flag for flag in flags if flag not in "0+ #"]).partition(".")[0]
        return f"%{flags}{kind}".encode() % (b"-nan" if bits >> 63 else b"nan")
    if number in (math.inf, -math.inf):
        flags = flags.replace("0", "", 1) if flags.startswith("0") else flags
    return (f"%{flags}{kind}" % number).encode()


def _converted(machine: Machine, kind: str, flags: str, length: bytes, value: int) -> bytes:
    if kind == "s":
        return ("%" + flags + "s").encode() % machine.text_at(value)
    if kind == "c":
        return ("%" + flags + "c").encode() % (value & 0xFF)
    bits = 64 if length[:1] in (b"l", b"j", b"z", b"t") or kind == "p" else 32
    bits = 8 if length == b"hh" else 16 if length == b"h" else bits
    value &= (1 << bits) - 1
    if kind in ("d", "i") and value >> (bits - 1):
        value -= 1 << bits
    if kind == "p":
        kind = "x"
        flags = "#" + flags
    if kind == "u":
        kind = "d"
    return (f"%{flags}{kind}" % value).encode()
