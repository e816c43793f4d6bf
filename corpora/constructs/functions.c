/* about: functions: types and pointers, old definitions, variadic arguments of all kinds, inline, recursion,
   declarations in odd places */
#include <stdarg.h>
#include <stdio.h>
typedef int binary(int, int);
static binary add, *pointer = add;
static int add(int a, int b) { return a + b; }
static int multiply(int a, int b) { return a * b; }
static binary *choose(char c) { return c == '+' ? add : multiply; }
static int (*(*chooser(void))(char))(int, int) { return choose; }
static int apply(int f(int, int), int a, int b) { return f(a, b) + (*f)(a, b) + (**f)(a, b) + (&*f)(a, b); }
static int (*table[])(int, int) = {add, &multiply, *add, **multiply};
static int (*(*nested)(int (*)(int, int), int))[2]; static int pair[2];
static int (*make(int (*f)(int, int), int x))[2] { pair[0] = f(x, x); pair[1] = x; return &pair; }
int old_plain(a, b, c) char a; float b; unsigned short c; { a++; b *= 2; return a + (int)b + c; }
int old_implicit(a, b) { return a * b; }
int old_none() { return 42; }
int old_mixed(s, f, p, d) struct { int x, y; } s; int (*f)(); char p[]; double d; {
    return s.x + s.y + f() + p[1] + (int)d; }
static implicit_result(x) int x; { return x + 1; }
static int unprototyped();
static int unprototyped(a, b) long a; double b; { return a + b; }
inline int inline_only(int x) { return x + 1; }
extern inline int inline_extern(int x) { return x + 2; }
static inline int inline_static(int x) { static int calls; return x + ++calls; }
inline int inline_later(int x) { return x * 3; }
extern int inline_later(int x);
extern int inline_only(int);
static __attribute__((noinline)) int far(int x) { return x - 1; }
static inline __attribute__((always_inline)) int always(int x) { return x > 0 ? x * 2 : -x; }
_Noreturn void never(void);
struct point { int x, y; }; struct big { long a[5]; }; struct floats { float f; double d; }; struct empty {};
    union u { int i; double d; }; struct one { char c; } __attribute__((packed));
static long arguments(const char *kinds, ...) {
    va_list list, copy; va_start(list, kinds); va_copy(copy, list); long total = 0;
    for (const char *k = kinds; *k; k++) switch (*k) {
        case 'i': { int v = va_arg(list, int); printf("i%d ", v); total += v; break; }
        case 'l': { long v = va_arg(list, long); printf("l%ld ", v); total += v; break; }
        case 'd': { double v = va_arg(list, double); printf("d%g ", v); total += v; break; }
        case 's': { char *v = va_arg(list, char *); printf("s%s ", v); break; }
        case 'p': { struct point v = va_arg(list, struct point); printf("p%d,%d ", v.x, v.y); total += v.x; break; }
        case 'b': { struct big v = va_arg(list, struct big); printf("b%ld,%ld ", v.a[0], v.a[4]); total += v.a[2];
            break; }
        case 'f': { struct floats v = va_arg(list, struct floats); printf("f%g,%g ", v.f, v.d); break; }
        case 'e': { struct empty v = va_arg(list, struct empty); (void)v; printf("e "); break; }
        case 'u': { union u v = va_arg(list, union u); printf("u%g ", v.d); break; }
        case 'o': { struct one v = va_arg(list, struct one); printf("o%d ", v.c); break; }
        case 'w': { __int128 v = va_arg(list, __int128); printf("w%lx,%lx ", (long)(v >> 64), (long)v); break; }
        case 'L': { long double v = va_arg(list, long double); printf("L%g ", (double)v); break; }
        case 'F': { binary *v = va_arg(list, binary *); printf("F%d ", v(3, 4)); break; }
        case 'a': { int *v = va_arg(list, int *); printf("a%d ", v[1]); break; }
        case 'P': printf("P%d ", va_arg(list, struct point).y); break;
    }
    printf("| first %d\n", va_arg(copy, int)); va_end(copy); va_end(list); return total;
}
static int through(va_list list) { int a = va_arg(list, int); double d = va_arg(list, double); return a + (int)d; }
static int forwards(int n, ...) { va_list list; va_start(list, n); int r = 0; while (n--) r += through(list);
    va_end(list); return r; }
static int indirect(va_list *list) { return va_arg(*list, int); }
static int twice(int n, ...) { va_list list; va_start(list, n); int a = indirect(&list), b = indirect(&list);
    va_end(list); va_start(list, n); a += va_arg(list, int) * 10; va_end(list); return a * 100 + b; }
static int after_many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, ...) { va_list l;
    va_start(l, j); int r = va_arg(l, int) + va_arg(l, int); double x = va_arg(l, double); va_end(l);
    return r + (int)x + j; }
static float floats(float a, double b, float c, int d, float e) { return a + b * c - d / e; }
static char narrow(char a, short b, _Bool c, unsigned char d) { return a + b + c + d; }
static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
static int even(int), odd(int);
static int odd(int n) { return n ? even(n - 1) : 0; }
static int even(int n) { return n ? odd(n - 1) : 1; }
static int modify(int a, int *b) { a = *b; *b = a + 1; { int a = 5; *b += a; } return a; }
static void nothing(void) { return; } static void gives_nothing(int x) { return x ? nothing() : (void)0; }
static int shadow(int shadow) { { extern int old_none(); shadow += old_none(); } return shadow; }
static const int *const qualified(const int *restrict const p, volatile int n) { n++; return p + n; }
int main(void) {
    int (*f)(int, int) = add; printf("%d %d %d %d\n", f(1, 2), (*f)(3, 4), (***f)(5, 6), pointer(7, 8));
        printf("%d %d\n", chooser()('+')(2, 3), (*(*chooser)())('*')(2, 3)); printf("%d\n", apply(multiply, 3, 4));
    for (int i = 0; i < 4; i++) printf("%d ", table[i](5, 6));
        printf("%zu %d %d\n", sizeof table / sizeof *table, table[0] == table[2], f != multiply); nested = make;
        printf("%d %d\n", (*nested(add, 6))[0], nested(multiply, 7)[0][1]);
    printf("%d %d %d %d %d\n", old_plain(255, 2.5, 65536 + 7), old_implicit(6, 7), old_none(), implicit_result(1),
        unprototyped(5L, 2.5));
    struct { int x, y; } s = {1, 2}; int (*no)() = old_none; printf("%d\n", ((int (*)())old_mixed)(s, no, "ab", 3.9));
        float single = 1.5f; char byte = 7; printf("%d\n", ((int (*)())old_plain)(byte, single, byte));
    printf("%d %d %d %d %d %d %d\n", inline_only(1), inline_extern(1), inline_static(1), inline_static(1),
        inline_later(2), far(1), always(-4)); int (*taken)(int) = inline_later;
        printf("%d %d\n", taken(5), (1 ? always : far)(6));
    printf("%ld\n", arguments("ildspbfuwLFaPoei", 1, -2L, 3.5, "four", (struct point){5, 6}, (struct big){{7, 8, 9,
        10, 11}}, (struct floats){1.5f, 2.5}, (union u){.d = 4.5}, (__int128)5 << 64 | 6, 7.5L, multiply, (int[]){8,
        9}, (struct point){10, 11}, (struct one){12}, (struct empty){}, 13));
    printf("%ld\n", arguments("iwiwdpbil", 1, (__int128)-1, 2, (__int128)3, 4.0f, (struct point){5, 6},
        (struct big){{1, 2, 3, 4, 5}}, 'c', 9L));
        printf("%ld\n", arguments("ffpi", (struct floats){1, 2}, (struct floats){3, 4}, (struct point){5, 6},
        (signed char)-7)); printf("%ld\n", arguments("iLiL", 1, 2.0L, 3, -4.5L));
    printf("%ld\n", arguments("pppppp", (struct point){1, 2}, (struct point){3, 4}, (struct point){5, 6},
        (struct point){7, 8}, (struct point){9, 10}, (struct point){11, 12}));
    printf("%d %d %d %d\n", forwards(2, 1, 2.5, 3, 4.5), twice(2, 3, 4), after_many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
        12, 13.5), forwards(0));
    printf("%g %d %d\n", floats(1, 2, 3, 4, 5), narrow(200, -1, 2, 300), fibonacci(15));
        printf("%d %d\n", even(10), odd(10)); int m = 3; printf("%d ", modify(0, &m)); printf("%d\n", m);
        gives_nothing(1); printf("%d %d\n", shadow(1), *qualified((int[]){1, 2, 3}, 1));
    int local(int, int); extern binary add; printf("%d %d\n", sizeof(add(1, 2)) == sizeof(int), local(4, 5));
        printf("%zu %zu\n", _Alignof(double), sizeof(binary *)); void *object = (void *)add;
        printf("%d\n", ((binary *)object)(8, 9)); printf("%s %s\n", __func__, __FUNCTION__);
    return 0;
}
int local(int a, int b) { return a - b; }
int inline_only(int x);
