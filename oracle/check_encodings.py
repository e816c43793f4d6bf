"""Instruction rows × boundary operands, the just-illegal ones included, against an independent assembler.

Both assemblers get the same lines, one instruction each, with a label before each. Which lines they refuse is compared
first, the bytes of the lines that both accept then; objdump must know every instruction, and pycc's own decoder must
read every word back to a row that encodes to it. Answers of the reference are saved as goldens, so that a machine
without binutils still compares with them; `--update` makes them anew.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.elffile import ELFFile

from compiler.asm.unit import assemble_text
from compiler.machine.decode import Decoder
from compiler.machine.isa import (
    IMMEDIATE,
    INTERNAL,
    LABEL,
    MEMORY,
    REGISTER,
    REGISTER_OR_MEMORY,
    Arg,
    ImmediateArg,
    Insn,
    MemoryArg,
    Operand,
    Register,
    RegisterArg,
)
from compiler.machine.printer import print_insn
from compiler.machine.target import Target
from compiler.object.model import DEFINED
from compiler.source.diagnostics import Sink
from compiler.source.files import SourceMap

GOLDENS = Path(__file__).parent / "goldens"
ERROR_LINE = re.compile(r"^[^:\n]*:(\d+): (?:Error|Fatal error): (.*)$", re.MULTILINE)
CONSTANTS = (
    0, 1, -1, 2047, 2048, -2048, -2049, 0x7FF, 0x800, 0xFFF, 0x1000, 0x7FFFF7FF, 0x7FFFF800, 0x7FFFFFFF, 0x80000000,
    -0x80000000, -0x80000001, 0xFFFFFFFF, 0x100000000, 0x123456789ABCDEF0, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
    0xFFFFFFFFFFFFFFFF, 0x5555555555555555, 0xFFF0000000000000, 0x0000FFFF00000000, 0x800000000000, 1 << 62,
)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """An independent assembler. `prologue` puts it into the state that the target record describes; `wrap` surrounds a
    line that needs a feature which is off by default."""

    name: str
    assembler: tuple[str, ...]
    disassembler: tuple[str, ...]
    prologue: str
    wrap: dict[str, tuple[str, str]] = field(default_factory=dict)

    def available(self) -> bool:
        return shutil.which(self.assembler[0]) is not None and shutil.which(self.disassembler[0]) is not None


REFERENCES = {
    "riscv64": Reference(
        "riscv64",
        ("riscv64-linux-gnu-as", "-march=rv64imafd_zicsr_zifencei", "-mno-arch-attr"),
        ("riscv64-linux-gnu-objdump", "-d", "-w"),
        ".option norelax\n.text\n",
        {
            "c": (".option push; .option arch, +c; ", "; .option pop"),
            "zihintpause": (".option push; .option arch, +zihintpause; ", "; .option pop"),
        },
    )
}

# Differences that are meant, by the line's pattern, each with its reason.
KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "riscv64": (
        (r"^fcvt\.d\.(w|wu|s)\t.*,(rtz|rdn|rup|rmm|dyn)$", "binutils 2.40 knows no rounding mode of exact conversions"),
        (r"\.[+-]\d*[13579](;|$)", "binutils drops the last bit of an odd distance"),
        (r"^(j|jal)\t.*\.[+-]10485\d\d$", "binutils lets the distance of a jump wrap around"),
        (r"c\.(li|lui|slli|mv|add|addi)\tzero,", "hints are not offered as compressed instructions"),
        (r"c\.addi\t\w+,0;", "a hint"),
    ),
}


@dataclass
class Report:
    """What was compared; `ok` only if something was and nothing differs."""

    cases: int = 0
    accepted: int = 0
    refused: int = 0
    decoded: int = 0
    excused: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.accepted > 0 and self.refused > 0 and not self.differences


# --- enumeration ----------------------------------------------------------------------------------------------------


def candidates(operand: Operand, target: Target) -> list[Arg]:
    """Boundary arguments of one operand: legal ones first, then the just-illegal ones."""
    if operand.kind == REGISTER or operand.kind == REGISTER_OR_MEMORY:
        return registers(operand, target)
    if operand.kind == IMMEDIATE or operand.kind == LABEL:
        return [ImmediateArg(value) for value in numbers(operand)]
    assert operand.kind == MEMORY
    bases = [arg for arg in target.registers if arg.register_class is operand.register_class]
    legal = [base for base in bases if operand.registers is None or base.number in operand.registers]
    args: list[Arg] = [MemoryArg(RegisterArg(base), operand.low) for base in spread(legal)]
    args += [MemoryArg(RegisterArg(legal[-1]), value) for value in numbers(operand)]
    args += [MemoryArg(RegisterArg(base), operand.low) for base in bases if base not in legal]
    return args


def spread(items: Sequence[Register]) -> list[Register]:
    """The ends and some in between."""
    return [item for index, item in enumerate(items) if index in (0, 1, len(items) // 2, len(items) - 1)]


def registers(operand: Operand, target: Target) -> list[Arg]:
    legal = [register for register in target.registers if operand.accepts_register(register)]
    illegal = [
        register
        for register in target.registers
        if register.register_class is operand.register_class and register not in legal
    ]
    others = [register for register in target.registers if register.register_class is not operand.register_class]
    return [RegisterArg(register) for register in [*legal, *illegal, *others[:1]]]


def numbers(operand: Operand) -> list[int]:
    low, high, step = operand.low, operand.high, operand.multiple
    if low > high:
        return []
    if operand.bits == 64:
        return list(CONSTANTS)
    values = [low, low + step, 0, step, -step, high - step, high]
    pattern = 0x5555555555555555
    for mask in (pattern, pattern << 1):
        for bit in range(16):
            values.append(mask & high & -step & ~((1 << bit) - 1))
    bit = step
    while bit <= high:
        values += [bit, -bit]
        bit *= 2
    if operand.wraps:
        values += [(1 << operand.wraps) + low, (1 << operand.wraps) - 1, (1 << operand.wraps), high + 1]
    values += list(operand.excluded)
    values += [low - step, low - 1, high + step, high + 1]
    if step > 1:
        values += [low + 1, step // 2, high - 1]
    return list(dict.fromkeys(values))


def cases(target: Target, seed: int = 1) -> list[tuple[Insn, str]]:
    """Lines of assembly with the row that each was made from."""
    out: list[tuple[Insn, str]] = []
    seen: set[str] = set()
    for insn in target.insns:
        if insn.flags & INTERNAL:
            continue
        generator = random.Random(f"{seed} {insn.key}")  # of its own, so that rows may be added anywhere
        for args in combinations(insn, target, generator):
            line = print_insn(insn, args, target.syntax)
            if line not in seen:
                seen.add(line)
                out.append((insn, line))
    return out


def combinations(insn: Insn, target: Target, generator: random.Random) -> Iterable[list[Arg]]:
    """One operand at a time through all its candidates, the others at a legal one, and some mixtures."""
    columns: list[list[Arg]] = []
    for operand in insn.operands:
        column = candidates(operand, target)
        if not column:
            return  # symbols only: relocations are tested by linking
        columns.append(column)
    legal = [
        [arg for arg in column if operand.accepts(arg)] for column, operand in zip(columns, insn.operands, strict=True)
    ]
    base = [choices[len(choices) // 2] for choices in legal]
    yield base
    for index, column in enumerate(columns):
        for arg in column:
            yield [*base[:index], arg, *base[index + 1 :]]
    for _ in range(6 if columns else 0):
        yield [generator.choice(choices) for choices in legal]


def wrapped(insn: Insn, line: str, reference: Reference) -> str:
    for feature in insn.features:
        if feature in reference.wrap:
            before, after = reference.wrap[feature]
            return before + line + after
    return line


# --- both assemblers ------------------------------------------------------------------------------------------------


def source_of(lines: Sequence[str], reference: Reference) -> tuple[str, int]:
    """The whole text, and the number of its first case line."""
    body = "\n".join(f"c{number}: {line}" for number, line in enumerate(lines))
    return f"{reference.prologue}{body}\nc{len(lines)}:\n", reference.prologue.count("\n") + 1


def reference_refusals(lines: Sequence[str], reference: Reference, folder: Path) -> set[int]:
    """Numbers of lines that the reference refuses. Ranges are judged late, so it runs until it is content."""
    refused: set[int] = set()
    for _ in range(8):
        source, first = source_of(["" if n in refused else line for n, line in enumerate(lines)], reference)
        (folder / "r.s").write_text(source)
        run = subprocess.run(
            [*reference.assembler, "-o", str(folder / "r.o"), str(folder / "r.s")],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        found = {int(match.group(1)) - first for match in ERROR_LINE.finditer(run.stderr)}
        if run.returncode == 0 and not found:
            return refused
        if not found:
            raise RuntimeError(f"{reference.assembler[0]} failed: {run.stderr[:500]}")
        refused |= found
    raise RuntimeError(f"{reference.assembler[0]} keeps refusing lines")


def pycc_answers(lines: Sequence[str], target: Target, reference: Reference) -> dict[str, str | None]:
    """Bytes in hexadecimal, or None for a refusal, by line."""
    refused: set[int] = set()
    for _ in range(8):
        source, first = source_of(["" if n in refused else line for n, line in enumerate(lines)], reference)
        sink = Sink(SourceMap(), show_caret=False)
        obj = assemble_text(source, target, sink, "cases.s")
        if not sink.errors:
            text = obj.section(".text")
            assert text is not None
            labels = {symbol.name: symbol.value for symbol in obj.symbols if symbol.where == DEFINED}
            found = split(bytes(text.data), labels, len(lines))
            return {line: None if n in refused else found[n].hex() for n, line in enumerate(lines)}
        refused |= {diagnostic.line - first for diagnostic in sink.diagnostics}
    raise RuntimeError("pycc's assembler keeps refusing lines")


def split(data: bytes, labels: dict[str, int], count: int) -> list[bytes]:
    return [data[labels[f"c{number}"] : labels[f"c{number + 1}"]] for number in range(count)]


def reference_bytes(lines: Sequence[str], reference: Reference, folder: Path) -> list[bytes]:
    source, _ = source_of(lines, reference)
    (folder / "a.s").write_text(source)
    subprocess.run([*reference.assembler, "-o", str(folder / "a.o"), str(folder / "a.s")], check=True, timeout=120)
    with (folder / "a.o").open("rb") as file:
        elf = ELFFile(file)
        section = elf.get_section_by_name(".text")
        table = elf.get_section_by_name(".symtab")
        labels = {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}
        return split(section.data(), labels, len(lines))


def unknown_to_disassembler(reference: Reference, folder: Path, end: int) -> list[str]:
    """Lines of the disassembly before `end` that are no instruction; the object's bytes equal ours."""
    run = subprocess.run(
        [*reference.disassembler, str(folder / "a.o")], capture_output=True, text=True, timeout=120, check=True
    )
    bad = (".word", ".insn", ".2byte", ".4byte", ".short", "(bad)")
    unknown = [line for line in run.stdout.splitlines() if any(f"\t{word}" in line for word in bad)]
    return [line for line in unknown if int(line.partition(":")[0], 16) < end]


# --- goldens --------------------------------------------------------------------------------------------------------


def golden_path(name: str) -> Path:
    return GOLDENS / f"encodings_{name}.json.gz"


def save_goldens(name: str, answers: dict[str, str | None]) -> None:
    GOLDENS.mkdir(exist_ok=True)
    text = json.dumps(answers, indent=0, sort_keys=True)
    golden_path(name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def load_goldens(name: str) -> dict[str, str | None]:
    answers: dict[str, str | None] = json.loads(gzip.decompress(golden_path(name).read_bytes()))
    return answers


def ask_reference(lines: Sequence[str], reference: Reference) -> tuple[dict[str, str | None], list[str]]:
    """Bytes in hexadecimal, or None for a refusal, by line; and what the disassembler does not know."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        refused = reference_refusals(lines, reference, folder)
        accepted = [line for number, line in enumerate(lines) if number not in refused]
        found = reference_bytes(accepted, reference, folder)
        answers: dict[str, str | None] = dict.fromkeys(lines)
        answers.update({line: data.hex() for line, data in zip(accepted, found, strict=True)})
        return answers, unknown_to_disassembler(reference, folder, sum(map(len, found)))


# --- comparison -----------------------------------------------------------------------------------------------------


def check(
    target: Target,
    reference: Reference,
    use_goldens: bool = False,
    update: bool = False,
    only: frozenset[str] = frozenset(),
) -> Report:
    """Compare all rows of a target (`only`: of these mnemonics). Without the reference's programs the goldens answer;
    lines they lack are counted as differences."""
    report = Report()
    lines = [wrapped(insn, line, reference) for insn, line in cases(target) if not only or insn.name in only]
    report.cases = len(lines)
    if use_goldens or not reference.available():
        answers = load_goldens(reference.name)
        unknown: list[str] = []
    else:
        answers, unknown = ask_reference(lines, reference)
        if update:
            save_goldens(reference.name, answers)
    ours = pycc_answers(lines, target, reference)
    for line in lines:
        compare_line(report, line, ours[line], answers.get(line, "no golden"), reference)
    report.differences += [f"not known to the disassembler: {line.strip()}" for line in unknown]
    check_decoder(report, target, ours)
    return report


def compare_line(report: Report, line: str, ours: str | None, theirs: str | None, reference: Reference) -> None:
    if ours == theirs:
        if ours is None:
            report.refused += 1
        else:
            report.accepted += 1
        return
    for pattern, _ in KNOWN.get(reference.name, ()):
        if re.search(pattern, line):
            report.excused += 1
            return
    report.differences.append(f"{line!r}: pycc {ours or 'refuses'}, {reference.assembler[0]} {theirs or 'refuses'}")


def check_decoder(report: Report, target: Target, ours: dict[str, str | None]) -> None:
    """Every instruction of fixed width decodes (which includes encoding it again)."""
    decoder = Decoder(target)
    known: set[int] = set()
    for line, answer in ours.items():
        data = bytes.fromhex(answer or "")
        at = 0
        while at < len(data):
            size = 4 if data[at] & 3 == 3 else 2
            word = int.from_bytes(data[at : at + size], "little")
            if word not in known and decoder.decode(word, size) is None:
                report.differences.append(f"{line!r}: pycc does not decode {word:#x}")
            known.add(word)
            report.decoded += 1
            at += size


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="check_encodings", description=__doc__)
    parser.add_argument("--target", default="riscv64", choices=sorted(REFERENCES))
    parser.add_argument("--update", action="store_true", help="save the reference's answers as goldens")
    parser.add_argument("--goldens", action="store_true", help="compare with the goldens even if binutils is there")
    options = parser.parse_args(arguments)
    from compiler.targets.riscv64.target import TARGET

    report = check(TARGET, REFERENCES[options.target], options.goldens, options.update)
    for difference in report.differences:
        print(difference)
    print(
        f"{'PASS' if report.ok else 'ERROR'} {options.target}: {report.cases} lines, {report.accepted} equal bytes, "
        f"{report.refused} refused by both, {report.excused} known differences, {len(report.differences)} differences, "
        f"{report.decoded} instructions decoded"
    )
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
