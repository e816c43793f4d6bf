"""User errors: gcc's wording, on gcc's line, and several of them in one file."""

from __future__ import annotations

import pytest

from compiler.tests.parse.support import parse

ERRORS: list[tuple[str, int, str]] = [
    ("int f(void) {\n  return x;\n}", 2, "'x' undeclared (first use in this function)"),
    ("int x = y;", 1, "'y' undeclared here (not in a function)"),
    ("int f(void) {\n  int a = 1\n  a++;\n  return a;\n}", 2, "expected ',' or ';' before 'a'"),
    ("int f(void) {\n  g()\n}", 2, "expected ';' before '}' token"),
    ("foo x;", 1, "unknown type name 'foo'"),
    ("struct s; struct s x;", 1, "storage size of 'x' isn't known"),
    ("struct s; int f(struct s *p) {\n  return p->x;\n}", 2, "invalid use of undefined type 'struct s'"),
    ("struct s { int a; } x; int y = 0; void f(void) { x.b = 1; }", 1, "'struct s' has no member named 'b'"),
    ("int a; int f(void) { return a.b; }", 1, "request for member 'b' in something not a structure or union"),
    ("int f(int a) { return *a; }", 1, "invalid type argument of unary '*' (have 'int')"),
    ("int f(int a) { return a[1]; }", 1, "subscripted value is neither array nor pointer nor vector"),
    ("int f(int a) { return a(1); }", 1, "called object 'a' is not a function or function pointer"),
    ("int g(int); int f(void) { return g(1, 2); }", 1, "too many arguments to function 'g'"),
    ("int g(int); int f(void) { return g(); }", 1, "too few arguments to function 'g'"),
    ("void f(void) { 1 = 2; }", 1, "lvalue required as left operand of assignment"),
    ("void f(void) { const int x = 1; x = 2; }", 1, "assignment of read-only variable 'x'"),
    ("void f(int a[2]) { int b[2]; b = a; }", 1, "assignment to expression with array type"),
    ("void f(int x) { &x++; }", 1, "lvalue required as unary '&' operand"),
    ("struct { int b : 3; } s; int *p = &s.b;", 1, "cannot take address of bit-field 'b'"),
    ("struct s { int x; } a; int f(void) { return a + 1; }", 1,
     "invalid operands to binary + (have 'struct s' and 'int')"),
    ("int *p, *q; int f(void) { return (int)(p + q); }", 1, "invalid operands to binary + (have 'int *' and 'int *')"),
    ("struct s { int x; } a; int f(void) { if (a) return 1; return 0; }", 1,
     "used struct type value where scalar is required"),
    ("void g(void); int f(void) { return g(); }", 1, "void value not ignored as it ought to be"),
    ("struct s { int x; } a; int i = 1; void f(void) { i = a; }", 1,
     "incompatible types when assigning to type 'int' from type 'struct s'"),
    ("int x; float x;", 1, "conflicting types for 'x'; have 'float'"),
    ("int f(int); int f(double);", 1, "conflicting types for 'f'; have 'int(double)'"),
    ("int f(void) { return 0; }\nint f(void) { return 1; }", 2, "redefinition of 'f'"),
    ("int x = 1;\nint x = 2;", 2, "redefinition of 'x'"),
    ("void f(void) {\n  int a;\n  int a;\n}", 3, "redeclaration of 'a' with no linkage"),
    ("int x; static int x;", 1, "static declaration of 'x' follows non-static declaration"),
    ("struct s { int a; };\nstruct s { int b; };", 2, "redefinition of 'struct s'"),
    ("struct s { int a; }; union s x;", 1, "'s' defined as wrong kind of tag"),
    ("enum e { A, B };\nenum f { A };", 2, "redeclaration of enumerator 'A'"),
    ("struct s { int a; int a; };", 1, "duplicate member 'a'"),
    ("struct s { int a : 33; };", 1, "width of 'a' exceeds its type"),
    ("struct s { int a : 0; };", 1, "zero width for bit-field 'a'"),
    ("struct s { int a[]; int b; };", 1, "flexible array member not at end of struct"),
    ("int a[-1];", 1, "size of array 'a' is negative"),
    ("int n; int a[n];", 1, "variably modified 'a' at file scope"),
    ("int a[2.0];", 1, "size of array 'a' has non-integer type"),
    ("void a[3];", 1, "declaration of 'a' as array of voids"),
    ("int f(void)[3];", 1, "'f' declared as function returning an array"),
    ("int f(void)(void);", 1, "'f' declared as function returning a function"),
    ("int f(int); int x = f(1);", 1, "initializer element is not constant"),
    ("struct s { int a; } x = 3;", 1, "invalid initializer"),
    ("int a[2] = { [2] = 1 };", 1, "array index in initializer exceeds array bounds"),
    ("struct s { int a; } x = { .b = 1 };", 1, "'struct s' has no member named 'b'"),
    ("void f(int x) { switch (x) { case 1:; case 1:; } }", 1, "duplicate case value"),
    ("void f(int x) { switch (x) { case 1 ... 4:; case 3:; } }", 1, "duplicate (or overlapping) case value"),
    ("void f(int x) { switch (x) { default:; default:; } }", 1, "multiple default labels in one switch"),
    ("void f(int x) { switch (x) { case x:; } }", 1, "case label does not reduce to an integer constant"),
    ("void f(void) { case 1:; }", 1, "case label not within a switch statement"),
    ("void f(void) { break; }", 1, "break statement not within loop or switch"),
    ("void f(void) { continue; }", 1, "continue statement not within a loop"),
    ("void f(void) {\n  goto out;\n}", 2, "label 'out' used but not defined"),
    ("void f(void) { a:; a:; }", 1, "duplicate label 'a'"),
    ("void f(int n) { goto in; { int a[n]; in:; a[0] = 1; } }", 1,
     "jump into scope of identifier with variably modified type"),
    ("_Static_assert(1 == 2, \"no\");", 1, "static assertion failed: \"no\""),
    ("int x = _Generic(1, char: 1);", 1, "'_Generic' selector of type 'int' is not compatible with any association"),
    ("int f(void) { return sizeof(struct nothing); }", 1,
     "invalid application of 'sizeof' to incomplete type 'struct nothing'"),
    ("int x = (struct s { int a; })1;", 1, "conversion to non-scalar type requested"),
    ("float f; int x; void g(void) { x = f % 2; }", 1, "invalid operands to binary % (have 'float' and 'int')"),
    ("signed unsigned x;", 1, "both 'signed' and 'unsigned' in declaration specifiers"),
    ("int char x;", 1, "two or more data types in declaration specifiers"),
    ("static extern int x;", 1, "multiple storage classes in declaration specifiers"),
    ("void f(void) { int g(void) { return 1; } }", 1, "nested functions are not supported: 'g'"),
    ("int f(int a, int a) { return a; }", 1, "redefinition of parameter 'a'"),
    ("void f(void) { register int x; int *p = &x; }", 1, "address of register variable 'x' requested"),
    ("int x = 08;", 1, "invalid digit \"8\" in octal constant"),
    ("int f(void) { return 1 + ; }", 1, "expected expression before ';' token"),
    ("int f(void) { if 1 return 2; }", 1, "expected '(' before numeric constant"),
    ("int f(void) {", 1, "expected declaration or statement at end of input"),
    ("}", 1, "expected identifier or '(' before '}' token"),
    ("void f(void) { asm(\"\" : \"r\"(1)); }", 1, "output operand constraint lacks '='"),
    ("__builtin_va_list v; void f(int a) { __builtin_va_start(v, a); }", 1,
     "'va_start' used in function with fixed arguments"),
    ("int f(void) { return __builtin_frobnicate(1); }", 1,
     "'__builtin_frobnicate' is not a supported built-in function"),
    ("void f(void) { goto a; ({ a: 0; }); }", 1, "jump into statement expression"),
    ("void f(int x) { switch (x) { case 1: ({\n case 2: 0; }); } }", 2, "switch jumps into statement expression"),
    ("void f(void) {\n for (typedef int T;;) ; }", 2,
     "declaration of non-variable 'T' in 'for' loop initial declaration"),
    ("void f(void) { asm volatile volatile (\"\"); }", 1, "duplicate 'asm' qualifier 'volatile'"),
    ("asm volatile (\"\");", 1, "expected '(' before 'volatile'"),
    ("struct s {\n struct s { int a; } x; };", 2, "nested redefinition of 'struct s'"),
    ("extern enum e v; int f(void) { return v; }", 1, "invalid use of incomplete type 'enum e'"),
    ("struct f { int n; int a[]; }; struct g { struct f f; } x = {{1, {2}}};", 1,
     "initialization of flexible array member in a nested context"),
    ("struct f { int n; int a[]; }; void g(void) { struct f x = {1, {2}}; }", 1,
     "non-static initialization of a flexible array member"),
    ("extern inline int f(void) { return 1; }\ninline int f(void) { return 2; }", 2, "redefinition of 'f'"),
    ("void f(a) int a; {}\nvoid f(void);", 2,
     "prototype for 'f' declares fewer arguments than previous old-style definition"),
    ("void f(int);\nvoid f(a) long a; {}", 2, "argument 'a' doesn't match prototype"),
    ("int a, b(void); void f(void) { __atomic_exchange(&a, &b, &a, 0); }", 1,
     "argument 2 of '__atomic_exchange' must not be a pointer to a function"),
    ("__attribute__((unavailable)) int a;\nint f(void) { return a; }", 2, "'a' is unavailable"),
    ("void f(void) __attribute__((alias(\"g\")));", 1, "'f' aliased to undefined symbol 'g'"),
    ("static void f(void) __attribute__((alias(\"f\")));", 1, "'f' is part of alias cycle"),
    ("int a[];\nvoid f(void) {\n extern int a[2]; }", 3,
     "type of array 'a' completed incompatibly with implicit initialization"),
    ("char *a[] = {[0x8000000000000000] = 0};", 1, "size of array is too large"),
    ("void f(void) { a: b:; static __int128 d = (long)&&a - (long)&&b; }", 1,
     "initializer element is not computable at load time"),
    ("void f(void) { if (1) {\n else\n ; }", 2, "expected '}' before 'else'"),
    ("nothing f(void) { return missing; }", 1, "'missing' undeclared (first use in this function)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "message"), ERRORS, ids=[message for _, _, message in ERRORS])
def test_error_is_reported_as_gcc_does(source: str, line: int, message: str) -> None:
    assert (line, message) in parse(source + "\n").errors()


WARNINGS: list[tuple[str, int, str]] = [
    ("int f(void) { return g(); }", 1, "implicit declaration of function 'g'"),
    ("x;", 1, "type defaults to 'int' in declaration of 'x'"),
    ("f(void) { return 0; }", 1, "return type defaults to 'int'"),
    ("int *p; int x; void f(void) {\n  p = x;\n}", 2,
     "assignment to 'int *' from 'int' makes pointer from integer without a cast"),
    ("int *p; int x; void f(void) { x = p; }", 1,
     "assignment to 'int' from 'int *' makes integer from pointer without a cast"),
    ("int *p; char *q; void f(void) { p = q; }", 1, "assignment to 'int *' from incompatible pointer type 'char *'"),
    ("const int *p; int *q; void f(void) { q = p; }", 1,
     "assignment discards 'const' qualifier from pointer target type"),
    ("void g(int *); void f(void) { g(1.0 > 0); }", 1,
     "passing argument 1 of 'g' makes pointer from integer without a cast"),
    ("int f(int x) { return x / 0; }", 1, "division by zero"),
    ("int f(int x) { return x << 32; }", 1, "left shift count >= width of type"),
    ("int a[] ;", 1, "array 'a' assumed to have one element"),
    ("int a[2] = { 1, 2, 3 };", 1, "excess elements in array initializer"),
    ("int a[][0] = { 1 };", 1, "excess elements in array initializer"),
    ("int a[2][0] = { 1 };", 1, "excess elements in array initializer"),
    ("struct { struct {} e[9]; int x; } a = { 1, 2 };", 1, "excess elements in struct initializer"),
    ("int x __attribute__((frobnicate));", 1, "'frobnicate' attribute directive ignored"),
    ("void f(void) { return 1; }", 1, "'return' with a value, in function returning void"),
    ("int f(void) { return printf(\"\"); }", 1, "incompatible implicit declaration of built-in function 'printf'"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "message"), WARNINGS, ids=[message for _, _, message in WARNINGS])
def test_warning_is_reported_as_gcc_does(source: str, line: int, message: str) -> None:
    parsed = parse(source + "\n")
    assert parsed.errors() == []
    assert (line, message) in parsed.warnings()


def test_several_errors_in_one_file_are_all_found() -> None:
    source = """int f(void) { return a; }
int g(int x) { x +; return x; }
struct s { int m; int m; };
int h(void) { int y = 1; return y.z; }
int ok(void) { return 0; }
"""
    parsed = parse(source)
    assert [line for line, _ in parsed.errors()] == [1, 2, 3, 4]
    assert parsed.function("ok").body is not None


def test_an_undeclared_name_is_reported_once_a_function() -> None:
    assert len(parse("int f(void) { return x + x; }\nint g(void) { return x; }\n").errors()) == 2


def test_gnu89_takes_implicit_int_and_functions_silently() -> None:
    parsed = parse("f(a) char a; { return g(a); }\n", standard="gnu89")
    assert parsed.errors() == []
    assert parsed.warnings() == [] or all("implicit" not in text for _, text in parsed.warnings())
