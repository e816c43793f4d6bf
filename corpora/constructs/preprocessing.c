/* about: the preprocessor at run time: chained headers, variadic macros, counters, pragmas, conditions */
/* options: -IHERE/first -IHERE/second -DGIVEN=7 -DEMPTY= -DFUNCTION(x)=((x)+1) -UGONE */
#include "chained.h"
#include <stdio.h>
#define STR(...) #__VA_ARGS__
#define XSTR(...) STR(__VA_ARGS__)
#define CAT(a, b) a##b
#define XCAT(a, b) CAT(a, b)
#define VARIADIC(format, ...) snprintf(buffer, sizeof buffer, format __VA_OPT__(,) __VA_ARGS__)
#define GNU(format, args...) snprintf(buffer, sizeof buffer, format, ##args)
#define OPTIONAL(x, ...) XSTR(x __VA_OPT__([__VA_ARGS__ | x])) "!"
#define COUNT(...) COUNT_(__VA_ARGS__ __VA_OPT__(,) 5, 4, 3, 2, 1, 0)
#define COUNT_(a, b, c, d, e, n, ...) n
#define PASTED(x, ...) XSTR(a##__VA_OPT__(x##x) b __VA_OPT__()c)
#define OBJECT FUNCTION_LIKE
#define FUNCTION_LIKE(x) <x>
#define SELF SELF + 1
#define PING(x) PONG(x) + 1
#define PONG(x) PING(x) + 2
#define f(a) f(x * (a))
#define ff(a) a*gg
#define gg(a) ff(a)
#define g f
#define x 3
#define z z[0]
#define t(a) a
#define p() int
#define q(a) a
#define r(a, b) a ## b
#define h g(~
#define m(a) a(w)
#define w 0, 1
#define EMPTY_ARGUMENT(a, b) [a|b]
#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
#define debug(s, u) printf("x" #s "= %d, x" #u "= %s\n", x##s, x##u)
#define LPAREN (
#define RPAREN )
#define F(x, y) x + y
#define ELLIP_FUNC(...) __VA_ARGS__
#define TWICE(a) a a
#define SPACES( a ) STR( a   b )
static char buffer[100];
#define SHOW(...) puts(XSTR(__VA_ARGS__))
_Pragma("GCC diagnostic ignored \"-Wall\"") static int after_pragma = 1;
#define PACK _Pragma("pack(push, 1)")
PACK struct packed { char c; int i; }; _Pragma("pack(pop)")
#if defined GIVEN && GIVEN == 7 && !defined(GONE) && defined EMPTY && FUNCTION(1) == 2 && !UNDEFINED_NAME
#define CONDITION 1
#elif 1 / 0
#error "not evaluated"
#else
#error "wrong branch"
#endif
#ifdef __has_include
#if __has_include("chained.h") && __has_include(<stdio.h>) && !__has_include("none.h")
#define INCLUDES "found"
#endif
#endif
#if 0
"unbalanced 'quotes
#error skipped
#if 1
#else
#endif
#elif (1 ? 2 : 3) == 2 && (-1 >> 1) < 0 && 0x7fffffffffffffff + 0u > 0 && 'a' == 97 && ~0u == 0xffffffffffffffff && (1, 2) == 2 && 10 % 3 == 1
#define ARITHMETIC "as it should be"
#endif
#ifndef NOT_THERE
# /* a null directive */
#
%:define DIGRAPH(a) %:a
#endif
#pragma GCC poison poisoned_name
#pragma unknown to all
#define REDEFINED 1
#undef REDEFINED
#define REDEFINED 2
#undef NEVER_DEFINED
#pragma push_macro("REDEFINED")
#undef REDEFINED
#define REDEFINED 3
static int pushed = REDEFINED;
#pragma pop_macro("REDEFINED")
static int first_count = __COUNTER__, second_count = __COUNTER__ + __COUNTER__ * 10;
static int XCAT(unique_, __COUNTER__) = 5, XCAT(unique_, __COUNTER__) = 6;
int main(void) {
    printf("%s %s %d\n", first_header(), second_header(), CHAINED);
    VARIADIC("plain"); puts(buffer); VARIADIC("%d %d", 1, 2); puts(buffer); GNU("gnu"); puts(buffer); GNU("%s %c", "a,b", 'c'); puts(buffer);
    puts(OPTIONAL(a)); puts(OPTIONAL(a, b, c)); puts(OPTIONAL(a, )); puts(PASTED(k)); puts(PASTED(k, 1)); printf("%d %d %d %d\n", COUNT(), COUNT(a), COUNT(a, b), COUNT((a, b), c, d));
    SHOW(OBJECT(1)); SHOW(OBJECT); SHOW(OBJECT (2)); SHOW(SELF); SHOW(PING(1)); SHOW(ff(2)(9)); SHOW(ff(2)(9)(4)); SHOW(f(y+1) + f(f(z)) % t(t(g)(0) + t)(1)); SHOW(g(x+(3,4)-w)); SHOW(p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) }); SHOW(EMPTY_ARGUMENT(,) EMPTY_ARGUMENT(a,) EMPTY_ARGUMENT( , b)); puts(join(x, y)); puts(STR(  "a\n"   'b\''  \t )); puts(SPACES(k)); SHOW(F LPAREN 1, 2 RPAREN); SHOW(ELLIP_FUNC(F, LPAREN, 1, 2, RPAREN)); SHOW(TWICE(F)(1, 2)); SHOW(CAT(1, e) + CAT(<, <=) CAT(L, "s") CAT(x, 1)); SHOW(t(t(t)(t))(2)); SHOW(t(F)(t(1), t(2)));
    printf("%d %d %d %s %s %s\n", CONDITION, GIVEN, FUNCTION(GIVEN), INCLUDES, ARITHMETIC, DIGRAPH(digraph)); printf("%zu %d %d %d\n", sizeof(struct packed), after_pragma, pushed, REDEFINED); printf("%d %d %d\n", first_count, second_count, unique_3 + unique_4 * 10);
    printf("%d %s\n", __LINE__, __FILE__[0] ? "file" : ""); printf("%d %d %d\n", __STDC__, __STDC_VERSION__ == 201710L, __STDC_HOSTED__); printf("%zu %zu %d\n", sizeof __DATE__, sizeof __TIME__, __INCLUDE_LEVEL__);
#line 1000 "renamed.c"
    printf("%d %s\n", __LINE__, __FILE__);
# 2000 "marked.c"
    printf("%d %s %s\n", __LINE__, __FILE__, __BASE_FILE__[0] ? "base" : "");
    int spliced\
_name = 1; printf("%d\n", splic\
ed_name); // a comment \
    that goes on; printf("not printed\n");
    printf("%d\n", 7 /*/ * // *//*/*/ - /**/ 2); puts("/* not a comment */ // nor this"); puts(STR(a/* gone */b)); puts(STR(1 .. 2 0x1.p-3e+4 1e+5.+x)); puts(STR(@ \ $)); int dollar$sign = 4, é = 5, \u00e8 = 6; printf("%d %d %d %d\n", dollar$sign, é, è, __CHAR_BIT__);
    SHOW(TWICE(
        several
#if 1
        lines
#endif
    )); int a<:2:> = <%1, 2%>; printf("%d\n", a<:1:>); printf("%s\n", EMPTY "concatenated" EMPTY " around" /**/); return 0;
}
