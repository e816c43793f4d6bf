/* about: float and double: conversions of all integers in both directions, comparisons with NaN, signed zeros,
   constants, compound operations */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
static void d(const char *name, double x) { union { double d; unsigned long u; } v = {x};
    printf("%s %016lx %.17g\n", name, v.u, x); }
static void f(const char *name, float x) { union { float f; unsigned u; } v = {x};
    printf("%s %08x %.9g\n", name, v.u, x); }
#define D(x) d(#x, x)
#define F(x) f(#x, x)
static volatile double zero = 0, nan_value, huge = 1e308, values[] = {0, -0.0, 1, -1, .5, -.5, .99999999999, 1.5,
    -1.5, 2.5, 127.9, -128.9, 255.9, 32767.9, 65535.5, 2147483647.0, -2147483648.0, 4294967295.0, 1e15, -1e15,
    9007199254740993.0};
static volatile float single[] = {0, -0.0f, 1, -1.75f, 16777217, 3.4e38f, 1e-45f, -1e-40f, 1.17549435e-38f, .1f};
static double table[] = {1, 1.5f, 'a', -1u, 1L << 60, 0x1p-3, .1 + .2, 1e400 - 0 > 1 ? 1 : 2, (float).1, (int)2.9,
    1 / 2, 1 / 2., 0x.8p1, 1e-400, 5e-324};
static float ftable[] = {1, .1, 1e39 > 1, 16777217, (double).1f, 0x1.fffffep127f, 1e-46f};
static int from_double[] = {(int)3.99, (int)-3.99, (char)65.5, (unsigned char)255.0, (_Bool).1, (short)-32768.9};
enum { CONSTANT = (int)1.5e3, OTHER = (int)(2.5 * 4) };
static float halves(float x) { return x / 2; } static double mixed(float a, int b, double c, long e) {
    return a * b + c * e; } static int truncate_int(double x) { return x; } static float narrow(double x) { return x; }
#define COMPARE(a, b) printf("%d%d%d%d%d%d ", (a) < (b), (a) <= (b), (a) > (b), (a) >= (b), (a) == (b), (a) != (b))
int main(void) {
    nan_value = zero / zero; double infinity = 1 / zero;
    for (unsigned k = 0; k < sizeof values / sizeof *values; k++) { double x = values[k];
        printf("%ld %d ", (long)x, (_Bool)x);
        if (x > -129 && x < 128) printf("%d ", (signed char)x);
            if (x > -1 && x < 256) printf("%d ", (unsigned char)x);
            if (x > -32769 && x < 32768) printf("%d ", (short)x);
            if (x > -1 && x < 65536) printf("%d ", (unsigned short)x);
        if (x >= -2147483648.0 && x < 2147483648.0) printf("%d ", (int)x);
            if (x > -1 && x < 4294967296.0) printf("%u ", (unsigned)x); if (x > -1) printf("%lu ", (unsigned long)x);
            printf("%d %d\n", !x, x ? 1 : 2); }
    D((double)(float)values[10]); D(values[20]); for (unsigned k = 0; k < sizeof single / sizeof *single; k++) {
        F(single[k]); D(single[k]); F(-single[k]);
        } for (unsigned k = 0; k < sizeof table / sizeof *table; k++) d("table", table[k]);
        for (unsigned k = 0; k < sizeof ftable / sizeof *ftable; k++) f("table", ftable[k]);
        for (unsigned k = 0; k < 6; k++) printf("%d ", from_double[k]); printf("%d %d\n", CONSTANT, OTHER);
    volatile signed char sc = -128; volatile unsigned char uc = 255; volatile short ss = -32768;
        volatile unsigned short us = 65535; volatile int i = INT_MIN + 1; volatile unsigned u = UINT_MAX;
        volatile long l = LONG_MAX; volatile unsigned long ul = ULONG_MAX; volatile _Bool b = 5;
    D(sc); D(uc); D(ss); D(us); D(i); D(u); D(l); D(ul); D(b); F(sc); F(uc); F(ss); F(us); F(i); F(u); F(l); F(ul);
        F(b); l = (1L << 53) + 1; D(l); l = (1L << 54) + 2; D(l); l += 4; D(l); l = (1L << 24) + 1; F(l);
        ul = 0x8000000000000401; D(ul); ul -= 1; D(ul); F(ul); ul = 0x8000008000000001; F(ul); i = 16777219; F(i);
    D(values[4] + 1); D(values[4] - 1e-20); D(.1 + .2); D(huge * 10); D(-huge * 10); D(huge * 10 - huge * 10);
        D(1 / infinity); D(-1 / infinity); D(5e-324 / 2); D(single[9] * single[9]); F(single[9] * single[9]);
        F(single[5] * 10); D((double)single[5] * 10); D(1 / 3.0); F(1 / 3.0f); D(1.0f / 3); D(1 / 3.f * 3.);
    COMPARE(nan_value, nan_value); COMPARE(nan_value, 1.); COMPARE(1., nan_value); COMPARE(zero, -zero);
        COMPARE(infinity, infinity); COMPARE(-infinity, infinity); COMPARE(1, 1.5f); COMPARE(2, values[4]);
        COMPARE((float)nan_value, 1); COMPARE(0.1f, 0.1); printf("\n");
    printf("%d %d %d %d %d\n", !(nan_value < 1), !(nan_value >= 1), nan_value ? 1 : 0, !nan_value, nan_value && 1);
        if (nan_value) printf("true "); while (zero) ; if (!(nan_value == nan_value)) printf("unequal ");
        if (-zero) printf("never"); for (double x = 0; x < 1; x += .25) printf("%g ", x); printf("\n");
    printf("%d %d %d\n", __builtin_isunordered(nan_value, 1), __builtin_isless(1., 2.),
        __builtin_isgreaterequal(nan_value, 1));
        printf("%d %d %d %d\n", __builtin_signbit(-zero) != 0, isnan(nan_value), isinf(-infinity) != 0,
        isfinite(huge)); D(__builtin_fabs(-2.5)); D(__builtin_inf()); F(__builtin_huge_valf());
        D(__builtin_copysign(3, -zero)); printf("%d\n", __builtin_isnan(__builtin_nan("")));
    double x = 1; x += 1; x *= 1.5f; x -= 'a'; x /= 2L; D(x); x++; D(x++); D(--x); D(-x); D(+x); D(x--); float y = .1;
        y += .2; F(y); y *= 3; F(y); y -= 1e-9; F(y); y++; F(y--); F(y); int n = 7; n *= 1.5; n -= .5;
        printf("%d ", n); n += 1e3f; printf("%d ", n); unsigned char c = 200; c *= 1.2; printf("%d ", c); c -= .5;
        printf("%d ", c); long m = 1L << 60; m += .5; printf("%ld ", m); m = 3; m /= .75f; printf("%ld ", m);
        _Bool bool_value = 1; bool_value -= .5; printf("%d ", bool_value); bool_value *= 0.; printf("%d\n", bool_value);
    D(halves(3)); D(mixed(1.5f, 2, 2.5, 3)); printf("%d\n", truncate_int(-7.9)); F(narrow(1e-50)); F(narrow(.1));
        F(narrow(1 + 1e-8));
        printf("%zu %zu %zu %zu %zu\n", sizeof(1.f + 1), sizeof(1.f * 1.), sizeof 1.f, sizeof(1.0),
        sizeof(1 ? 1.f : 2)); D(b ? 1 : 2.5); D(b ? 1.5f : 2L);
    D(0x1.8p1); D(0x1p-1074); D(0x.1p4); F(0x1.000001p0f); F(0x1.0000010000001p0f); D(1e23); D(8.5e22);
        D(123456789012345678901234567890.); D(2.2250738585072014e-308); D(2.2250738585072011e-308);
        D(1.7976931348623157e308); D(.000001); D(1.e5); D(1E+5); F(3.4028235e38f); F(1.4e-45f); F(16777216.5f);
        D(9007199254740993.); D(0.1e1L);
    printf("%d %d %g %g %g %g %d\n", FLT_DIG, DBL_MANT_DIG, (double)FLT_MAX, DBL_MAX, DBL_MIN, DBL_EPSILON,
        FLT_EVAL_METHOD); D(sqrt(2)); D(fabs(-1.5)); F(fabsf(-1.5f)); D(floor(-1.5)); D(__builtin_sqrt(zero + 2));
        printf("%d\n", (int)(unsigned)3e9 < 0);
    switch ((int)2.9) { case 2: printf("two\n"); break; default: printf("not two\n");
        } double array[3] = {1, 2}, *p = array; *p++ += 5; p[1] = p[0] * p[-1];
        printf("%g %g %g\n", array[0], array[1], array[2]); struct { float f; double d; } s = {1.1, 1.1};
        printf("%d %.9g\n", s.f == s.d, (s.f = s.d) + 0.); printf("%.9g %d\n", (double)(y = .1), (y = .1) == .1);
        int to = y = 3.7; printf("%d\n", to);
    return 0;
}
