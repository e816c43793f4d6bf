"""Tokens: kinds, the ids of punctuators and keywords, and the spelling table.

Invariant: a Token never changes once the scanner or the expander made it (macro expansion copies), so tokens may be
shared by caches and lists. `id` is unique over punctuators and keywords and 0 for everything else; alternative
spellings (`<:`, `__inline__`) share the id and keep their own `text`.
"""

from __future__ import annotations

from typing import Final, final

from compiler.source.files import Expansion, Span

# Kinds.
EOF: Final = 0
IDENT: Final = 1  # keywords too: `id` tells them apart
PP_NUMBER: Final = 2
CHAR: Final = 3  # with prefix and quotes
STRING: Final = 4
PUNCT: Final = 5
NEWLINE: Final = 6  # inside the preprocessor only
PRAGMA: Final = 7  # a whole pragma for the parser, a PragmaToken
OTHER: Final = 8  # a stray character; never valid for the parser
PADDING: Final = 9  # inside the expander only, as the next two
MACRO_ARG: Final = 10
HEADER_NAME: Final = 11
COMMENT: Final = 12  # -C only
RAW_LINE: Final = 13  # -E only: a line marker or a kept directive, `text` is the whole line
VA_OPT_GROUP: Final = 14  # in macro bodies: `__VA_OPT__(...)`
LIMIT: Final = 15  # inside the expander only: the end of an argument or a directive

KIND_NAMES: Final = (
    "EOF", "IDENT", "PP_NUMBER", "CHAR", "STRING", "PUNCT", "NEWLINE", "PRAGMA", "OTHER", "PADDING", "MACRO_ARG",
    "HEADER_NAME", "COMMENT", "RAW_LINE", "VA_OPT_GROUP", "LIMIT",
)  # fmt: skip

# Flags.
BOL: Final = 1  # first of its line
SPACE_BEFORE: Final = 2
NO_EXPAND: Final = 4  # C17 6.10.3.4p2: met inside its own expansion, never replaced again
PASTE_LEFT: Final = 8  # in macro bodies: `##` follows
STRINGIFY: Final = 16  # in macro bodies: a parameter after `#`
AVOID_PASTE: Final = 32  # a blank may be needed before it in -E output
HASH_PASTE: Final = 128  # a `##` that came by argument or pasting: not an operator
NO_FLAGS: Final = 0

# Punctuator ids.
LPAREN: Final = 1
RPAREN: Final = 2
LBRACKET: Final = 3
RBRACKET: Final = 4
LBRACE: Final = 5
RBRACE: Final = 6
DOT: Final = 7
ARROW: Final = 8
PLUS_PLUS: Final = 9
MINUS_MINUS: Final = 10
AMP: Final = 11
STAR: Final = 12
PLUS: Final = 13
MINUS: Final = 14
TILDE: Final = 15
BANG: Final = 16
SLASH: Final = 17
PERCENT: Final = 18
SHIFT_LEFT: Final = 19
SHIFT_RIGHT: Final = 20
LESS: Final = 21
GREATER: Final = 22
LESS_EQUAL: Final = 23
GREATER_EQUAL: Final = 24
EQUAL_EQUAL: Final = 25
BANG_EQUAL: Final = 26
CARET: Final = 27
PIPE: Final = 28
AMP_AMP: Final = 29
PIPE_PIPE: Final = 30
QUESTION: Final = 31
COLON: Final = 32
COLON_COLON: Final = 33
SEMICOLON: Final = 34
ELLIPSIS: Final = 35
EQUAL: Final = 36
STAR_EQUAL: Final = 37
SLASH_EQUAL: Final = 38
PERCENT_EQUAL: Final = 39
PLUS_EQUAL: Final = 40
MINUS_EQUAL: Final = 41
SHIFT_LEFT_EQUAL: Final = 42
SHIFT_RIGHT_EQUAL: Final = 43
AMP_EQUAL: Final = 44
CARET_EQUAL: Final = 45
PIPE_EQUAL: Final = 46
COMMA: Final = 47
HASH: Final = 48
HASH_HASH: Final = 49
LAST_PUNCTUATOR: Final = 49

# Keyword ids.
K_AUTO: Final = 64
K_BREAK: Final = 65
K_CASE: Final = 66
K_CHAR: Final = 67
K_CONST: Final = 68
K_CONTINUE: Final = 69
K_DEFAULT: Final = 70
K_DO: Final = 71
K_DOUBLE: Final = 72
K_ELSE: Final = 73
K_ENUM: Final = 74
K_EXTERN: Final = 75
K_FLOAT: Final = 76
K_FOR: Final = 77
K_GOTO: Final = 78
K_IF: Final = 79
K_INT: Final = 80
K_LONG: Final = 81
K_REGISTER: Final = 82
K_RETURN: Final = 83
K_SHORT: Final = 84
K_SIGNED: Final = 85
K_SIZEOF: Final = 86
K_STATIC: Final = 87
K_STRUCT: Final = 88
K_SWITCH: Final = 89
K_TYPEDEF: Final = 90
K_UNION: Final = 91
K_UNSIGNED: Final = 92
K_VOID: Final = 93
K_VOLATILE: Final = 94
K_WHILE: Final = 95
K_INLINE: Final = 96
K_RESTRICT: Final = 97
K_BOOL: Final = 98
K_COMPLEX: Final = 99
K_IMAGINARY: Final = 100
K_ALIGNAS: Final = 101
K_ALIGNOF: Final = 102
K_ATOMIC: Final = 103
K_GENERIC: Final = 104
K_NORETURN: Final = 105
K_STATIC_ASSERT: Final = 106
K_THREAD_LOCAL: Final = 107
K_ASM: Final = 108
K_TYPEOF: Final = 109
K_TYPEOF_UNQUAL: Final = 110
K_ATTRIBUTE: Final = 111
K_EXTENSION: Final = 112
K_LABEL: Final = 113
K_AUTO_TYPE: Final = 114
K_REAL: Final = 115
K_IMAG: Final = 116
K_BUILTIN_VA_ARG: Final = 117
K_BUILTIN_OFFSETOF: Final = 118
K_BUILTIN_TYPES_COMPATIBLE_P: Final = 119
K_BUILTIN_CHOOSE_EXPR: Final = 120
K_BUILTIN_COMPLEX: Final = 121
K_BUILTIN_HAS_ATTRIBUTE: Final = 122
K_BUILTIN_CONVERTVECTOR: Final = 123
K_BUILTIN_SHUFFLE: Final = 124
K_BUILTIN_SHUFFLEVECTOR: Final = 125
K_BUILTIN_TGMATH: Final = 126
K_BUILTIN_CALL_WITH_STATIC_CHAIN: Final = 127
K_GNU_ALIGNOF: Final = 128
K_INT128: Final = 129
K_FLOAT16: Final = 130
K_FLOAT32: Final = 131
K_FLOAT64: Final = 132
K_FLOAT128: Final = 133
K_FLOAT32X: Final = 134
K_FLOAT64X: Final = 135
K_DECIMAL32: Final = 136
K_DECIMAL64: Final = 137
K_DECIMAL128: Final = 138
K_GNU_THREAD: Final = 139
K_FUNC: Final = 140
K_GNU_FUNCTION: Final = 141
K_PRETTY_FUNCTION: Final = 142
K_CONSTEXPR: Final = 143
K_NULLPTR: Final = 144
K_TRUE: Final = 145
K_FALSE: Final = 146
K_BITINT: Final = 147
K_SEG_FS: Final = 148
K_SEG_GS: Final = 149
K_BUILTIN_ASSOC_BARRIER: Final = 150
LAST_KEYWORD: Final = 150

PUNCTUATORS: Final[dict[str, int]] = {
    "(": LPAREN,
    ")": RPAREN,
    "[": LBRACKET,
    "]": RBRACKET,
    "{": LBRACE,
    "}": RBRACE,
    ".": DOT,
    "->": ARROW,
    "++": PLUS_PLUS,
    "--": MINUS_MINUS,
    "&": AMP,
    "*": STAR,
    "+": PLUS,
    "-": MINUS,
    "~": TILDE,
    "!": BANG,
    "/": SLASH,
    "%": PERCENT,
    "<<": SHIFT_LEFT,
    ">>": SHIFT_RIGHT,
    "<": LESS,
    ">": GREATER,
    "<=": LESS_EQUAL,
    ">=": GREATER_EQUAL,
    "==": EQUAL_EQUAL,
    "!=": BANG_EQUAL,
    "^": CARET,
    "|": PIPE,
    "&&": AMP_AMP,
    "||": PIPE_PIPE,
    "?": QUESTION,
    ":": COLON,
    "::": COLON_COLON,
    ";": SEMICOLON,
    "...": ELLIPSIS,
    "=": EQUAL,
    "*=": STAR_EQUAL,
    "/=": SLASH_EQUAL,
    "%=": PERCENT_EQUAL,
    "+=": PLUS_EQUAL,
    "-=": MINUS_EQUAL,
    "<<=": SHIFT_LEFT_EQUAL,
    ">>=": SHIFT_RIGHT_EQUAL,
    "&=": AMP_EQUAL,
    "^=": CARET_EQUAL,
    "|=": PIPE_EQUAL,
    ",": COMMA,
    "#": HASH,
    "##": HASH_HASH,
    "<:": LBRACKET,
    ":>": RBRACKET,
    "<%": LBRACE,
    "%>": RBRACE,
    "%:": HASH,
    "%:%:": HASH_HASH,
}

# Reserved in every dialect.
_C89_KEYWORDS: Final[dict[str, int]] = {
    "auto": K_AUTO,
    "break": K_BREAK,
    "case": K_CASE,
    "char": K_CHAR,
    "const": K_CONST,
    "continue": K_CONTINUE,
    "default": K_DEFAULT,
    "do": K_DO,
    "double": K_DOUBLE,
    "else": K_ELSE,
    "enum": K_ENUM,
    "extern": K_EXTERN,
    "float": K_FLOAT,
    "for": K_FOR,
    "goto": K_GOTO,
    "if": K_IF,
    "int": K_INT,
    "long": K_LONG,
    "register": K_REGISTER,
    "return": K_RETURN,
    "short": K_SHORT,
    "signed": K_SIGNED,
    "sizeof": K_SIZEOF,
    "static": K_STATIC,
    "struct": K_STRUCT,
    "switch": K_SWITCH,
    "typedef": K_TYPEDEF,
    "union": K_UNION,
    "unsigned": K_UNSIGNED,
    "void": K_VOID,
    "volatile": K_VOLATILE,
    "while": K_WHILE,
}
# Reserved names that gcc knows in every dialect.
_RESERVED_KEYWORDS: Final[dict[str, int]] = {
    "_Bool": K_BOOL,
    "_Complex": K_COMPLEX,
    "_Imaginary": K_IMAGINARY,
    "_Alignas": K_ALIGNAS,
    "_Alignof": K_ALIGNOF,
    "_Atomic": K_ATOMIC,
    "_Generic": K_GENERIC,
    "_Noreturn": K_NORETURN,
    "_Static_assert": K_STATIC_ASSERT,
    "_Thread_local": K_THREAD_LOCAL,
    "__attribute__": K_ATTRIBUTE,
    "__extension__": K_EXTENSION,
    "__label__": K_LABEL,
    "__auto_type": K_AUTO_TYPE,
    "__real__": K_REAL,
    "__imag__": K_IMAG,
    "__builtin_va_arg": K_BUILTIN_VA_ARG,
    "__builtin_offsetof": K_BUILTIN_OFFSETOF,
    "__builtin_types_compatible_p": K_BUILTIN_TYPES_COMPATIBLE_P,
    "__builtin_choose_expr": K_BUILTIN_CHOOSE_EXPR,
    "__builtin_complex": K_BUILTIN_COMPLEX,
    "__builtin_has_attribute": K_BUILTIN_HAS_ATTRIBUTE,
    "__builtin_convertvector": K_BUILTIN_CONVERTVECTOR,
    "__builtin_shuffle": K_BUILTIN_SHUFFLE,
    "__builtin_shufflevector": K_BUILTIN_SHUFFLEVECTOR,
    "__builtin_tgmath": K_BUILTIN_TGMATH,
    "__builtin_call_with_static_chain": K_BUILTIN_CALL_WITH_STATIC_CHAIN,
    "__builtin_assoc_barrier": K_BUILTIN_ASSOC_BARRIER,
    "__alignof__": K_GNU_ALIGNOF,
    "__int128": K_INT128,
    "_Float16": K_FLOAT16,
    "_Float32": K_FLOAT32,
    "_Float64": K_FLOAT64,
    "_Float128": K_FLOAT128,
    "_Float32x": K_FLOAT32X,
    "_Float64x": K_FLOAT64X,
    "_Decimal32": K_DECIMAL32,
    "_Decimal64": K_DECIMAL64,
    "_Decimal128": K_DECIMAL128,
    "__thread": K_GNU_THREAD,
    "__func__": K_FUNC,
    "__FUNCTION__": K_GNU_FUNCTION,
    "__PRETTY_FUNCTION__": K_PRETTY_FUNCTION,
    "_BitInt": K_BITINT,
    "__const": K_CONST,
    "__const__": K_CONST,
    "__volatile": K_VOLATILE,
    "__volatile__": K_VOLATILE,
    "__signed": K_SIGNED,
    "__signed__": K_SIGNED,
    "__inline": K_INLINE,
    "__inline__": K_INLINE,
    "__restrict": K_RESTRICT,
    "__restrict__": K_RESTRICT,
    "__asm": K_ASM,
    "__asm__": K_ASM,
    "__typeof": K_TYPEOF,
    "__typeof__": K_TYPEOF,
    "__typeof_unqual": K_TYPEOF_UNQUAL,
    "__typeof_unqual__": K_TYPEOF_UNQUAL,
    "__attribute": K_ATTRIBUTE,
    "__alignof": K_GNU_ALIGNOF,
    "__real": K_REAL,
    "__imag": K_IMAG,
    "__complex": K_COMPLEX,
    "__complex__": K_COMPLEX,
}

_C99_KEYWORDS: Final[dict[str, int]] = {
    "restrict": K_RESTRICT,
}
# Not with -std=c*.
_GNU_KEYWORDS: Final[dict[str, int]] = {
    "asm": K_ASM,
    "typeof": K_TYPEOF,
}

_C23_KEYWORDS: Final[dict[str, int]] = {
    "alignas": K_ALIGNAS,
    "alignof": K_ALIGNOF,
    "bool": K_BOOL,
    "constexpr": K_CONSTEXPR,
    "false": K_FALSE,
    "nullptr": K_NULLPTR,
    "static_assert": K_STATIC_ASSERT,
    "thread_local": K_THREAD_LOCAL,
    "true": K_TRUE,
    "typeof": K_TYPEOF,
    "typeof_unqual": K_TYPEOF_UNQUAL,
}
# x86 named address spaces.
_SEGMENT_KEYWORDS: Final[dict[str, int]] = {
    "__seg_fs": K_SEG_FS,
    "__seg_gs": K_SEG_GS,
}


def keywords(version: int, gnu: bool, segments: bool = False) -> dict[str, int]:
    """Keyword spelling to id for `-std`: `version` is the year of the standard (1989 ... 2023)."""
    table = dict(_C89_KEYWORDS)
    table.update(_RESERVED_KEYWORDS)
    if version >= 1999:
        table.update(_C99_KEYWORDS)
    if version >= 1999 or gnu:
        table["inline"] = K_INLINE
    if gnu:
        table.update(_GNU_KEYWORDS)
    if version >= 2023:
        table.update(_C23_KEYWORDS)
    if segments:
        table.update(_SEGMENT_KEYWORDS)
    return table


@final
class Spelling:
    """An interned identifier: one string object for all its occurrences, and its keyword id or 0."""

    __slots__ = ("id", "text")

    def __init__(self, text: str, id: int) -> None:
        self.text = text
        self.id = id


@final
class SpellingTable:
    """Interned identifiers of one compilation, or of all compilations under one dialect in a compile server."""

    __slots__ = ("names",)

    def __init__(self, keyword_ids: dict[str, int]) -> None:
        self.names: dict[str, Spelling] = {text: Spelling(text, id) for text, id in keyword_ids.items()}

    def intern(self, text: str) -> Spelling:
        spelling = self.names.get(text)
        if spelling is None:
            spelling = Spelling(text, 0)
            self.names[text] = spelling
        return spelling


class Token:
    """A preprocessing token. `pos` is where it is spelled (in a macro's definition, if it came out of a macro)."""

    __slots__ = ("flags", "id", "kind", "origin", "pos", "text")

    def __init__(self, kind: int, text: str, pos: int, flags: int, origin: Expansion | None, id: int) -> None:
        self.kind = kind
        self.text = text
        self.pos = pos
        self.flags = flags
        self.origin = origin
        self.id = id

    def span(self) -> Span:
        return Span(self.pos, self.pos + len(self.text), self.origin)

    def __repr__(self) -> str:
        return f"<{KIND_NAMES[self.kind]} {self.text!r}>"


@final
class PragmaToken(Token):
    """A pragma the preprocessor does not execute itself: `tokens` are those after `#pragma`, without the newline."""

    __slots__ = ("tokens",)

    def __init__(self, pos: int, origin: Expansion | None, tokens: list[Token]) -> None:
        super().__init__(PRAGMA, "#pragma", pos, BOL, origin, 0)
        self.tokens = tokens
