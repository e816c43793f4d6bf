/* about: __int128: arithmetic, conversions from and to everything, shifts, comparison, calls, constants, in memory */
#include <stdio.h>
typedef __int128 i128;
typedef unsigned __int128 u128;
static void show(const char *name, u128 value) {
    printf("%s %016lx%016lx\n", name, (unsigned long)(value >> 64), (unsigned long)value); }
#define SHOW(x) show(#x, (u128)(x))
static u128 make(unsigned long high, unsigned long low) { return (u128)high << 64 | low; }
static volatile int zero, one = 1;
struct holder { char before; i128 value; char after; };
struct __attribute__((packed)) tight { char before; i128 value; char after; };
static i128 global = -5;
static u128 table[] = {1, -1, (u128)1 << 100, (i128)-1 << 70, (u128)-1 / 3, (u128)1.5e30, ~(u128)0 % 1000000007};
static i128 sum(int count, ...) {
    __builtin_va_list list; i128 total = 0;
    __builtin_va_start(list, count);
    while (count--) { total += __builtin_va_arg(list, i128); total *= __builtin_va_arg(list, int); }
    __builtin_va_end(list);
    return total;
}
static i128 many(char a, i128 b, char c, i128 d, int e, i128 f, i128 g, i128 h) {
    return a + b * 2 + c * 3 + d * 5 + e * 7 + f * 11 + g * 13 + h * 17; }
static struct holder pass(struct holder x) { x.value = -x.value; x.before++; return x; }
static u128 factorial(unsigned n) { return n ? n * factorial(n - 1) : 1; }
static void decimal(u128 x) { char text[48]; int at = 47; text[at] = 0; do text[--at] = '0' + (int)(x % 10);
    while (x /= 10); puts(text + at); }
int main(void) {
    u128 a = make(0x0123456789abcdef + zero, 0xfedcba9876543210),
        b = make(0xfedcba9876543210, 0xf123456789abcdef + zero);
    i128 s = (i128)b; unsigned long w = 0xdeadbeefcafebabe + zero;
    SHOW(a + b); SHOW(a - b); SHOW(b - a); SHOW(a * b); SHOW(a * w); SHOW(-a); SHOW(~a); SHOW(a & b); SHOW(a | b);
        SHOW(a ^ b);
    SHOW(b / a); SHOW(b % a); SHOW(a / w); SHOW(a % w); SHOW(s / 10); SHOW(s % 10); SHOW(s / (i128)a);
        SHOW(s % (i128)a); SHOW(s / -7); SHOW((i128)a / s);
    for (int n = 0; n < 128; n += 9) { show("shl", b << (n + zero)); show("shr", b >> (n + zero));
        show("sar", s >> (n + zero)); }
    SHOW(b << 64); SHOW(b >> 64); SHOW(s >> 64); SHOW(s >> 127); SHOW(b << 63); SHOW(b >> 65); SHOW((u128)1 << 127);
    printf("%d %d %d %d %d %d\n", a < b, (i128)a < s, a == b, a != b, a >= a, s <= s);
    printf("%d %d %d %d\n", !a, !(u128)zero, a && b, (_Bool)make(1, 0));
    if (make(1, 0)) printf("high word counts\n");
    printf("%d %d %ld %d\n", (int)b, (signed char)b, (long)(b >> 60), (unsigned short)a);
    SHOW((i128)(signed char)-1); SHOW((u128)-1); SHOW((u128)(unsigned)-1); SHOW((i128)w); SHOW((i128)(long)w);
        SHOW((u128)'a'); SHOW((i128)(one > zero));
    printf("%.10g %.10g %.10g %.6g %.6g\n", (double)a, (double)b, (double)s, (double)(float)b, (double)(float)s);
    SHOW((i128)1e20); SHOW((i128)-1e20); SHOW((u128)3.5e37); SHOW((i128)-1.9); SHOW((u128)1.0e10f);
        SHOW((i128)(one * -1e30)); SHOW((u128)(one * 2.5e38)); SHOW((i128)(float)(one * -3e20f));
    printf("%d %d\n", (double)((u128)1 << 127) == 0x1p127, (double)(((u128)1 << 100) + 1) == 0x1p100);
    printf("%d %d\n",
        (double)((((u128)1 << 53) + 1) << 40 | 1) == 0x1.00000000000008p93 || (double)((((u128)1 << 53) + 1) << 40 | 1) == 0x1.0000000000001p93, (float)(u128)-1 == 0x1p128f);
    global += 7; SHOW(global); global <<= 65; SHOW(global); global /= -3; SHOW(global); global++; SHOW(global);
        --global; SHOW(global); SHOW(global--); SHOW(global);
    for (unsigned k = 0; k < sizeof table / sizeof *table; k++) show("table", table[k]);
    SHOW(sum(3, (i128)1 << 90, 3, (i128)-4, 5, (i128)-1 << 60, -2));
    SHOW(many(1, 2, 3, -4, 5, (i128)6 << 70, -7, 8));
    struct holder h = pass((struct holder){1, (i128)1 << 90, 3}); SHOW(h.value);
        printf("%d %d %zu %zu %zu\n", h.before, h.after, sizeof h, sizeof(struct tight), _Alignof(struct holder));
    struct tight t = {1, -9, 2}; t.value *= 3; SHOW(t.value); t.value -= one; SHOW(t.value);
    SHOW(factorial(33)); decimal(factorial(34)); decimal(-1);
    SHOW(one ? a : (i128)w); SHOW(zero ? a : one); SHOW((a, b));
    int integer = 5; integer += a; printf("%d\n", integer); integer <<= (u128)3; printf("%d\n", integer);
    signed char byte = 1; byte -= (i128)1 << 80; printf("%d\n", byte); double real = 1; real += (i128)1 << 80;
        printf("%g\n", real);
    i128 from = 1; from += 2.5; SHOW(from); from *= -1.5f; SHOW(from);
    switch ((int)(a >> 120)) { case 1: printf("one\n"); break; default: printf("other\n"); }
    i128 array[3] = {[2] = -1}; array[1] = array[2] * 3; SHOW(array[0]); SHOW(array[1]); i128 *p = array + 2;
        SHOW(*p--); SHOW(*p);
    static _Bool flag; flag = (u128)1 << 64; printf("%d\n", flag);
    void *pointer = (void *)(unsigned long)make(5, 16); printf("%lu\n", (unsigned long)pointer);
    enum { FROM = (int)((i128)1 << 100 >> 98) }; printf("%d\n", FROM);
        _Static_assert(((u128)-1 >> 127) == 1, "wide constant");
    for (i128 k = ((i128)1 << 64) - 2; k < ((i128)1 << 64) + 2; k++) SHOW(k);
    return 0;
}
