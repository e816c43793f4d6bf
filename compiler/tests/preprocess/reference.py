"""Our -E beside gcc's: both outputs cut into tokens by a regular expression that shares nothing with our scanner."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
from typing import Final

from compiler.lex.tokens import Token
from compiler.platform.data_model import riscv_lp64d, x86_64_lp64
from compiler.platform.language import language
from compiler.platform.platform import Platform
from compiler.preprocess.options import PreprocessorOptions
from compiler.preprocess.preprocessor import preprocess
from compiler.preprocess.printing import print_tokens
from compiler.source.diagnostics import Fatal, Sink
from compiler.source.files import SourceMap

RISCV: Final = "riscv64-linux-gnu-gcc"
NATIVE: Final = "x86_64-linux-gnu-gcc"
PLATFORMS: Final[dict[str, Platform]] = {RISCV: riscv_lp64d({}), NATIVE: x86_64_lp64({})}
ATTRIBUTES: Final = frozenset(
    "access alias aligned alloc_align alloc_size always_inline artificial cleanup cold const constructor copy "
    "deprecated destructor error fallthrough flatten format gnu_inline hot leaf malloc may_alias mode noclone "
    "noinline nonnull nonstring noreturn nothrow packed pure returns_nonnull section symver transparent_union "
    "unused used vector_size visibility warn_unused_result warning weak".split()
)
BUILTINS: Final = frozenset(("__builtin_expect", "__builtin_add_overflow", "__builtin_object_size"))

_TOKEN: Final = re.compile(
    r"""\s+ | (?:u8|[LuU])?"(?:\\.|[^"\\\n])*" | (?:u8|[LuU])?'(?:\\.|[^'\\\n])*' | \.?[0-9](?:[eEpP][+-]|[\w.$])*
    | [^\W\d][\w$]* | \$[\w$]* | %:%: | \.\.\. | <<= | >>= | -> | \+\+ | -- | << | >> | [<>=!+\-*/%&^|]= | && | \|\|
    | \#\# | .""",
    re.S | re.X,
)


def tokens_of(output: str) -> list[str]:
    lines = [line for line in output.split("\n") if not re.match(r"# \d", line)]
    return [token for token in _TOKEN.findall("\n".join(lines)) if not token.isspace()]


def is_yardstick(compiler: str) -> bool:
    """Whether that gcc is installed in the version whose predefined macros ours repeat."""
    return shutil.which(compiler) is not None and " 12." in subprocess.getoutput(compiler + " --version")


@functools.cache
def system_directories(compiler: str) -> list[str]:
    command = [compiler, "-E", "-v", "-xc", "/dev/null"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    listed = shown.split("#include <...> search starts here:\n")[1].split("End of search list.")[0]
    return [line.strip() for line in listed.splitlines()]


def options_for(compiler: str, standard: str = "gnu17", directories: tuple[str, ...] = ()) -> PreprocessorOptions:
    dialect = language(standard)
    assert dialect is not None
    options = PreprocessorOptions(dialect)
    options.markers = options.keep_pragmas = True
    options.macro_options.pic = options.macro_options.pie = 2
    options.directories = list(directories)
    options.system_directories = system_directories(compiler)
    options.attributes = ATTRIBUTES
    options.builtins = BUILTINS
    return options


class Result:
    def __init__(self, tokens: list[Token], output: str, errors: int, messages: str) -> None:
        self.tokens = tokens
        self.output = output
        self.errors = errors
        self.messages = messages


def ours(path: str, options: PreprocessorOptions, compiler: str, text: str | None = None) -> Result:
    source_map = SourceMap()
    messages = io.StringIO()
    sink = Sink(source_map, None, messages)
    tokens: list[Token] = []
    output = io.StringIO()
    try:
        tokens = preprocess(path, options, PLATFORMS[compiler], source_map, sink, text)
        print_tokens(tokens, source_map, output)
    except Fatal:
        assert sink.errors
    return Result(tokens, output.getvalue(), sink.errors, messages.getvalue())


def theirs(
    path: str, compiler: str, standard: str = "gnu17", directories: tuple[str, ...] = ()
) -> tuple[str, int, str]:
    command = [compiler, "-E", "-xc", "-fPIE", "-std=" + standard, *("-I" + name for name in directories), path]
    result = subprocess.run(command, capture_output=True, check=False)
    return result.stdout.decode("utf-8", "surrogateescape"), result.returncode, result.stderr.decode()


def difference(path: str, compiler: str, standard: str = "gnu17", directories: tuple[str, ...] = ()) -> str:
    """Empty if both give the same tokens and the same verdict; otherwise what differs first."""
    mine = ours(path, options_for(compiler, standard, directories), compiler)
    output, status, messages = theirs(path, compiler, standard, directories)
    if "fatal error" in messages and "fatal error" in mine.messages:
        return ""
    left, right = tokens_of(mine.output), tokens_of(output)
    if left != right:
        pairs = zip(left, right, strict=False)
        at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
        around = slice(max(0, at - 4), at + 6)
        return "token {}: ours {} gcc {}\n{}\n{}".format(at, left[around], right[around], mine.messages, messages)
    if (mine.errors == 0) != (status == 0):
        return "verdict: ours {} gcc {}\n{}\n{}".format(mine.errors, status, mine.messages, messages)
    return ""
