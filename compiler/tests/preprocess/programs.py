"""Small sources whose -E output is compared with gcc's: valid ones, then erroneous and odd one-liners."""

from __future__ import annotations

from typing import Final

PROGRAMS: Final = (
    (
        "#define x 3\n"
        "#define f(a) f(x * (a))\n"
        "#undef x\n"
        "#define x 2\n"
        "#define g f\n"
        "#define z z[0]\n"
        "#define h g(~\n"
        "#define m(a) a(w)\n"
        "#define w 0,1\n"
        "#define t(a) a\n"
        "#define p() int\n"
        "#define q(x) x\n"
        "#define r(x,y) x ## y\n"
        "#define str(x) # x\n"
        "f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);\n"
        "g(x+(3,4)-w) | h 5) & m\n"
        "(f)^m(m);\n"
        "p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };\n"
        "char c[2][6] = { str(hello), str() };\n"
    ),
    (
        "#define str(s) # s\n"
        "#define xstr(s) str(s)\n"
        "#define debug(s, t) printf(\"x\" # s \"= %d, x\" # t \"= %s\", \\\n"
        " x ## s, x ## t)\n"
        "#define INCFILE(n) vers ## n\n"
        "#define glue(a, b) a ## b\n"
        "#define xglue(a, b) glue(a, b)\n"
        "#define HIGHLOW \"hello\"\n"
        "#define LOW LOW \", world\"\n"
        "debug(1, 2);\n"
        "fputs(str(strncmp(\"abc\\0d\", \"abc\", '\\4') // this goes away\n"
        " == 0) str(: @\\n), s);\n"
        "xstr(INCFILE(2).h)\n"
        "glue(HIGH, LOW);\n"
        "xglue(HIGH, LOW)\n"
    ),
    (
        "#define hash_hash # ## #\n"
        "#define mkstr(a) # a\n"
        "#define in_between(a) mkstr(a)\n"
        "#define join(c, d) in_between(c hash_hash d)\n"
        "char p[] = join(x, y);\n"
    ),
    (
        "#define t(x,y,z) x ## y ## z\n"
        "int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };\n"
    ),
    (
        "#define debug(...) fprintf(stderr, __VA_ARGS__)\n"
        "#define showlist(...) puts(#__VA_ARGS__)\n"
        "#define report(test, ...) ((test)?puts(#test): printf(__VA_ARGS__))\n"
        "debug(\"Flag\");\n"
        "debug(\"X = %d\\n\", x);\n"
        "showlist(The first, second, and third items.);\n"
        "report(x>y, \"x is %d but y is %d\", x, y);\n"
    ),
    (
        "#define F(a,...) f(0 __VA_OPT__(,) __VA_ARGS__)\n"
        "#define G(X, ...) f(0, X __VA_OPT__(,) __VA_ARGS__)\n"
        "#define SDEF(sname, ...) S sname __VA_OPT__(= { __VA_ARGS__ })\n"
        "#define EMP\n"
        "F(a, b, c) F() F(EMP) G(a, b, c) G(a, ) G(a) SDEF(foo); SDEF(bar, 1, 2);\n"
        "#define H2(X, Y, ...) __VA_OPT__(X ## Y,) __VA_ARGS__\n"
        "H2(a, b, c, d)\n"
        "#define H3(X, ...) #__VA_OPT__(X##X X##X)\n"
        "H3(, 0)\n"
        "#define H4(X, ...) __VA_OPT__(a X ## X) ## b\n"
        "H4(, 1)\n"
        "#define H5A(...) __VA_OPT__()/**/__VA_OPT__()\n"
        "#define H5B(X) a ## X ## b\n"
        "#define H5C(X) H5B(X)\n"
        "H5C(H5A())\n"
    ),
    (
        "#define e(f,...) fprintf(s, f, ## __VA_ARGS__)\n"
        "#define n(f,a...) f(a, ##a, x##a)\n"
        "#define o(a...) [x, ##a]\n"
        "e(1) e(1,) e(1,2) e(1,2,3) n(1) n(1,2) n(1,) o() o(1) o( ) e(1, e(2), e) \n"
        "#define E\n"
        " e(1,E) o(E) e(E)\n"
    ),
    (
        "#define f(a) a*g\n"
        "#define g(a) f(a)\n"
        "f(2)(9) f(2)\n"
        "(9) g(1)(2)(3)\n"
        "#define AA BB\n"
        "#define BB AA\n"
        "AA BB\n"
        "#define r(x) x r\n"
        "r(1)(2)(3)\n"
        "#define NIL(xxx) xxx\n"
        "#define G_0(arg) NIL(G_1)(arg)\n"
        "#define G_1(arg) NIL(arg)\n"
        "G_0(42)\n"
    ),
    (
        "#define EMPTY\n"
        "#define str(x) #x\n"
        "#define xstr(x) str(x)\n"
        "#define I(x) x\n"
        "xstr(- EMPTY foo) xstr(-EMPTY foo) xstr(-I(a)b) xstr(I( a )b) xstr(I(I(a) )EMPTY EMPTY -) xstr( a   b\\\n"
        " c /* d */ e) xstr(I()I() x I( ) y)\n"
        "#define sp(x) -x- x\n"
        "xstr(sp(EMPTY a)sp( a)) xstr(sp(I(EMPTY) a))\n"
    ),
    (
        "#if 0\n"
        "#elif 1\n"
        "a\n"
        "#elif 1/0\n"
        "b\n"
        "#else\n"
        "c\n"
        "#endif\n"
        "#if 1\n"
        "#elif\n"
        "#endif\n"
        "#ifndef X\n"
        "#if 0 && '\n"
        "#endif\n"
        "#else\n"
        "#endif\n"
        "#if 0\n"
        " don't /* x\n"
        "#endif\n"
        "*/ y\n"
        "#if 1\n"
        "#else garb\n"
        "#endif garb\n"
        "#endif\n"
    ),
    (
        "#if defined X || defined(__x86_64__)\n"
        "yes\n"
        "#endif\n"
        "#define D defined(__x86_64__)\n"
        "#if D\n"
        "y2\n"
        "#endif\n"
        "#if __has_include(<stdio.h>) && !__has_include(\"nope.h\") && __has_include ( <stdio.h> )\n"
        "y3\n"
        "#endif\n"
        "#define H <stdio.h>\n"
        "#if __has_include(H)\n"
        "y4\n"
        "#endif\n"
        "#if __has_attribute(packed) && __has_attribute(__packed__) && !__has_attribute(zork)\n"
        "y5\n"
        "#endif\n"
        "#ifdef __has_include\n"
        "y6\n"
        "#endif\n"
        "#if defined __has_attribute && defined(__has_builtin)\n"
        "y7 __has_builtin(__builtin_expect) __has_attribute(zork)\n"
        "#endif\n"
    ),
    (
        "# 33 \"foo.c\"\n"
        "__LINE__ __FILE__\n"
        "#line 44\n"
        "__LINE__ __FILE__\n"
        "#line 55 \"bar\\\\x.c\"\n"
        "__LINE__ __FILE__\n"
        "#define L 77\n"
        "#line L\n"
        "__LINE__\n"
        "#line 3000000000\n"
        "__LINE__\n"
    ),
    (
        "a\\\n"
        "b c\\  \n"
        "d ??= %: <: :> <% %> %:%: 1.e+3.4..5 0x1p+3 0xe+1 .5.. ... .. . -> ->* <<= >>= <<<= a+++++b %:define \n"
        "%: define DG 1\n"
        "DG\n"
        "#define foo%:%:bar\n"
    ),
    (
        "L'a' L\"b\" u8\"x\" u\"y\" U\"z\" u8'c' R\"x(a\n"
        "b\\n)\" )x\" LR\"(z)\" L x\"y\" u8R\"a(q)a\" 'a\"b' \"a'b\" '\\'' \"\\\"\" \n"
    ),
    (
        "#define f(x) <x>\n"
        "f\n"
        "(1) f /* c */ (2) f // d\n"
        " (3)\n"
        "f(\n"
        "\n"
        "4\n"
        "\n"
        ") f((a,b)) f([a,b]) f(,)\n"
    ),
    (
        "\"abc\n"
        "'d\n"
    ),
    (
        "#define f(x)\n"
        "f(\n"
    ),
    (
        "#ifdef 3\n"
        "#endif\n"
    ),
    (
        "#if\n"
        "#endif\n"
    ),
    (
        "#if 1 +\n"
        "#endif\n"
    ),
    (
        "#if (1\n"
        "#endif\n"
    ),
    (
        "#if 1\n"
        "#else\n"
        "#else\n"
        "#endif\n"
    ),
    (
        "#if 0\n"
        "#else\n"
        "#elif 1\n"
        "#endif\n"
    ),
    (
        "#pragma GCC poison foo\n"
        "foo\n"
        "#ifdef foo\n"
        "#endif\n"
    ),
    (
        "#undef __FILE__\n"
        "__FILE__ x\n"
    ),
    (
        "#define __LINE__ 4\n"
        "__LINE__\n"
    ),
    (
        "#\n"
        "# \n"
        "#/* */\n"
        "x\n"
    ),
    (
        "#define P _Pragma(\"p q\")\n"
        "a P b\n"
        "#define Q(x) x P x\n"
        "Q(1)\n"
        "#define DO(x) _Pragma(#x)\n"
        "DO(GCC diagnostic ignored \"-Wfoo\") y\n"
    ),
    (
        "#pragma push_macro(\"X\")\n"
        "#define X 1\n"
        "X\n"
        "#pragma pop_macro(\"X\")\n"
        "X\n"
        "#define X 2\n"
        "#pragma push_macro(\"X\")\n"
        "#undef X\n"
        "X\n"
        "#pragma pop_macro(\"X\")\n"
        "X\n"
    ),
    (
        "__COUNTER__ __COUNTER__ __INCLUDE_LEVEL__ __BASE_FILE__\n"
        "#if __COUNTER__ == 2\n"
        "ok\n"
        "#endif\n"
        "__COUNTER__\n"
        "#if __INCLUDE_LEVEL__ == 0\n"
        "level\n"
        "#endif\n"
    ),
    (
        "#define f(x,y) x y\n"
        "f(\n"
        "#if 1\n"
        "1,\n"
        "#else\n"
        "2,\n"
        "#endif\n"
        "#undef f\n"
        "3) f(1,2)\n"
    ),
    (
        "#include <stddef.h>\n"
        "#include <stddef.h>\n"
        "#include <limits.h>\n"
        "INT_MAX CHAR_BIT NULL\n"
        "#include_next <stdio.h>\n"
    ),
    (
        "#define g() x\n"
        "g() g( ) g(/**/) g(a)\n"
        "#define h(a,b)\n"
        "h(1) h() h(1,2,3) h(,)\n"
    ),
    (
        "#define str(x) #x\n"
        "str(\"a\\n\\\"b\\\\\") str('\\0' '\"') str(@\\) str(L\"x\\y\") str(\\) str(a\\\\)\n"
    ),
    (
        "#if 18446744073709551615 == -1\n"
        "a\n"
        "#endif\n"
        "#if -1 > 0u\n"
        "b\n"
        "#endif\n"
        "#if 0x7fffffffffffffff + 1 < 0\n"
        "c\n"
        "#endif\n"
        "#if (2 || 1/0) && !(0 && 1/0) && (1 ? 2 : 1/0)\n"
        "d\n"
        "#endif\n"
        "#if 1 == 1L && 'ab' == 24930 && L'a' == 97 && '\\377' < 0 && 07 == 7 && 0b11 == 3\n"
        "e\n"
        "#endif\n"
        "#if -5 / 2 == -2 && -5 % 2 == -1 && -1 >> 1 == -1 && 1 << 63 < 0 && 1 << 64 == 0\n"
        "f\n"
        "#endif\n"
        "#if 1 ? 0 : 1 ? 0 : 1\n"
        "#else\n"
        "g\n"
        "#endif\n"
        "#if (1, 2) == 2\n"
        "h\n"
        "#endif\n"
        "#if ~0u == 0xffffffffffffffff && !0 == 1 && - - 1 == 1\n"
        "i\n"
        "#endif\n"
    ),
    (
        "#define a a b\n"
        "#define b b a\n"
        "a b\n"
        "#define q(x) q x q(x)\n"
        "q(q(1))\n"
        "#define foo() bar\n"
        "#define bar() foo\n"
        "foo()()()()()\n"
        "foo ()() ()\n"
    ),
    (
        "#ident \"v1\"\n"
        "#sccs \"v2\"\n"
        "#warning careful\n"
        "#import <stddef.h>\n"
        "x\n"
    ),
    (
        "#define ZERO() 0\n"
        "#define CALL(f) f()\n"
        "CALL(ZERO) CALL(CALL)(ZERO)\n"
        "#define NOARGS() (a\n"
        "NOARGS())\n"
        "#define LP (\n"
        "#define fx(x) [x]\n"
        "fx LP 1) \n"
        "#define ID(x) x\n"
        "ID(fx LP 1)) ID(fx)(2) ID(ID(fx))(3) ID(fx (4))\n"
    ),
    (
        "#if 0\n"
        "#elifdef __x86_64__\n"
        "a\n"
        "#else\n"
        "b\n"
        "#endif\n"
        "#if 0\n"
        "#elifndef foo\n"
        "c\n"
        "#endif\n"
    ),
    (
        "__VA_ARGS__ __VA_OPT__(a)\n"
        "#define __VA_ARGS__ 1\n"
        "#define f(__VA_ARGS__) 1\n"
        "#define g(x) __VA_ARGS__\n"
    ),
    (
        "#define f(x, y...) x #y y\n"
        "f(1, 2, 3) f(1) f(1,)\n"
        "#define va(x, ...) x, ##__VA_ARGS__ end\n"
        "va(1) va(1,2)\n"
        "#define E\n"
        "va(E) va(E,E)\n"
    ),
    (
        "'' 'abcde' \"\" L''\n"
        "#if ''\n"
        "#endif\n"
        "#if 'abcde'\n"
        "#endif\n"
    ),
    (
        "#define a() b\n"
        "#define b() a\n"
        "#define c(x) x()()\n"
        "c(a) c(b)()\n"
        "#define OBJ f\n"
        "#define f(x) {x}\n"
        "OBJ (1) OBJ\n"
        "(2)\n"
        "OBJ\n"
        "#define unrelated\n"
        "(3)\n"
    ),
    (
        "a\r\n"
        "b\\\r\n"
        "c\r\n"
    ),
    (
        "#define X 1 \\\n"
        "  + 2 \\\n"
        "\n"
        "X __LINE__\n"
    ),
    (
        "// c\\\n"
        "d\n"
        "e\n"
    ),
    (
        "/* a *\\\n"
        "/ b\n"
    ),
    (
        "#define H(X,...) a ## __VA_OPT__(X##X b) c\n"
        "H(,1) H(2,1) H(,)\n"
    ),
    (
        "#define I(X,...) __VA_OPT__(a X) ## b\n"
        "I(,1) I(2,1)\n"
        "#define J(X,...) __VA_OPT__(a ## X) ## b\n"
        "J(,1) J(2,1)\n"
    ),
    (
        "#define K(X,...) a ## __VA_OPT__(X b) ## c\n"
        "K(,1)K(1,)K(1,2)\n"
    ),
    (
        "#define L(X,...) #__VA_OPT__( a X  b ) [__VA_OPT__()] # __VA_OPT__(X)\n"
        "L(1,2) L(1,) L(,1)\n"
    ),
    (
        "#define M(...) f(__VA_OPT__(__VA_ARGS__)__VA_OPT__(x)) __VA_OPT__((()))\n"
        "M() M(M(1)) M( )\n"
    ),
    (
        "#define c(x,y) x##y\n"
        "c(+,+) c(<,<=) c(-,>) c(.,5) c(1,e5) c(L,'a') c(L,\"s\") c(a,1) c(%:,%:) c(#,#) c(1,.) c(=,=) c(&,=)\n"
    ),
)

LINES: Final = (
    "\\u00e9x = $a$ + \xe9t\xe9 + @ ` \\ ;\n",
    "x /* unterminated\n",
    "f(\n",
    "#if 1\n",
    "#else\n",
    "#endif\n",
    "#foo\n",
    "#include\n",
    "#include <nope.h>\n",
    "#define\n",
    "#define 3\n",
    "#define f(\n",
    "#define f(a,\n",
    "#define f(a a)\n",
    "#define f(a,a)\n",
    "#define f(...,a)\n",
    "#define f(a) #b\n",
    "#define f ## a\n",
    "#define f(a) a ##\n",
    "#undef\n",
    "#ifdef\n",
    "#error foo bar\n",
    "#line\n",
    "#line foo\n",
    "#line 3 foo\n",
    "#elif 1\n",
    "# 5 \"x\" 9\n",
    "#define defined\n",
    "#elifdef X\n",
    "\ufeffx\n",
    "a\x00b\n",
    "x\\",
    "x\\\n",
    "a / b /= c /\n",
)
