/* about: all integer types: sizes, limits, usual arithmetic conversions, promotion, shifts, division, conversions */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TYPE(x) _Generic((x), _Bool: "bool", char: "char", signed char: "schar", unsigned char: "uchar", short: "short", \
    unsigned short: "ushort", int: "int", unsigned: "uint", long: "long", unsigned long: "ulong", long long: "llong", \
    unsigned long long: "ullong", __int128: "i128", unsigned __int128: "u128", float: "float", double: "double", \
    default: "other")

static signed char sc = -128;
static unsigned char uc = 200;
static short ss = -32768;
static unsigned short us = 65535;
static int i = INT_MIN;
static unsigned u = UINT_MAX;
static long l = LONG_MIN;
static unsigned long ul = ULONG_MAX;
static long long ll = LLONG_MIN;
static unsigned long long ull = ULLONG_MAX;
static _Bool b = 1;
static char c = (char)-1;

#define ROW(x) printf("%s: %s %s %s %s %s %s %s %s %s %s %s %s\n", #x, TYPE((x) + b), TYPE((x) + c), TYPE((x) + sc), \
    TYPE((x) + us), TYPE((x) + i), TYPE((x) + u), TYPE((x) + l), TYPE((x) + ul), TYPE((x) + ll), TYPE((x) + ull), \
    TYPE((x) + 1.0f), TYPE((x) + (__int128)1))

static void types(void) {
    ROW(b); ROW(c); ROW(sc); ROW(uc); ROW(ss); ROW(us); ROW(i); ROW(u); ROW(l); ROW(ul); ROW(ll); ROW(ull);
    ROW((__int128)1); ROW((unsigned __int128)1); ROW(1.0f); ROW(1.0);
    printf("%s %s %s %s %s\n", TYPE(sc << 1L), TYPE(1L << sc), TYPE(us >> 1ULL), TYPE(~uc), TYPE(-us));
    printf("%s %s %s %s\n", TYPE(+b), TYPE(!ull), TYPE(us ? sc : uc), TYPE(1 ? 1 : 2UL));
    printf("%s %s %s %s %s %s\n", TYPE('a'), TYPE(sizeof 1), TYPE(2147483647), TYPE(2147483648), TYPE(0x80000000),
        TYPE(0xffffffffffffffff));
    printf("%s %s %s %s %s\n", TYPE(037777777777), TYPE(0b11), TYPE(1u), TYPE(1lu), TYPE(1LLU));
    printf("%s %s %s\n", TYPE(9223372036854775807), TYPE(0x7fffffffffffffff), TYPE(01777777777777777777777));
    printf("%s %s\n", TYPE((char *)0 - (char *)0), TYPE((ptrdiff_t)0));
}

static void sizes(void) {
    printf("%zu %zu %zu %zu %zu %zu %zu %zu\n", sizeof(char), sizeof(short), sizeof(int), sizeof(long),
        sizeof(long long),
        sizeof(__int128), sizeof(_Bool), sizeof(void *));
    printf("%d %d %d %d %d %d %d %u %ld %lu\n", CHAR_MIN, CHAR_MAX, SCHAR_MIN, SHRT_MIN, SHRT_MAX, INT_MIN, INT_MAX,
        UINT_MAX,
        LONG_MIN, ULONG_MAX);
    printf("%zu %zu %zu %zu\n", sizeof(intmax_t), sizeof(int_fast16_t), sizeof(wchar_t), sizeof(max_align_t));
}

static void wrap(void) {
    unsigned char a = 250; a += 10; printf("%d", a);
    signed char d = 127; d++; printf(" %d", d);
    unsigned short e = 0; e--; printf(" %d", e);
    short f = -32768; f--; printf(" %d", f);
    unsigned g = 0; g--; printf(" %u", g);
    unsigned short h = 65535; unsigned k = (unsigned)h * h; printf(" %u\n", k);
    uc = 200; printf("%d %d %d %d\n", ~uc, (unsigned char)~uc, -uc, !uc);
    printf("%d %d %d\n", (signed char)us, (unsigned char)ss, (short)u);
    printf("%ld %lu %ld %lu\n", (long)u, (unsigned long)i, (long)i, (unsigned long)sc);
    printf("%d %d\n", (int)ull, (int)(ll >> 32));
    printf("%d %d %d %d\n", -1 < 1u, (long)-1 < 1u, -1L < 1ul, (signed char)-1 < (unsigned char)1);
    printf("%d %d %d\n", sc < uc, ss == us, (unsigned short)ss == 32768);
}

static void shifts(void) {
    volatile int n = 31, m = 63, z = 0;
    printf("%x %d %d %lx %ld\n", 1u << n, (int)(1u << n) >> n, -1 >> z, 1ul << m, LONG_MIN >> m);
    printf("%d %d %u %d\n", sc >> 3, uc >> 3, u >> n, (us << 8) >> 8);
    printf("%d %d\n", (char)0x80 >> 7, (signed char)0x80 >> 7);
    unsigned char x = 0x81; x <<= 1; printf("%d ", x); x >>= 1; printf("%d ", x);
    signed char y = -127; y >>= 1; printf("%d ", y); y = (signed char)(y << 2); printf("%d\n", y);
    printf("%lx %lx\n", 0x80000000u + 0L, (long)(int)0x80000000u);
}

static void division(void) {
    volatile int p = 7, q = -7, r = 2, s = -2;
    printf("%d %d %d %d %d %d %d %d\n", p / r, q / r, p / s, q / s, p % r, q % r, p % s, q % s);
    volatile unsigned pu = 7, qu = -7u;
    printf("%u %u %u %u\n", qu / pu, qu % pu, pu / qu, qu / r);
    volatile long lp = LONG_MIN, lr = 10;
    printf("%ld %ld %lu %lu\n", lp / lr, lp % lr, (unsigned long)lp / lr, (unsigned long)lp % lr);
    volatile signed char cp = -128, cr = -1;
    printf("%d %d %d\n", cp / cr, cp % cr, (signed char)(cp / cr));
    volatile unsigned char up = 255;
    printf("%d %d %d\n", up / cr, up % 7, up / 3u == 85);
    for (int k = -17; k <= 17; k += 5)
        printf("%d/%d/%d/%d/%d ", k / 3, k % 3, k / 8, k % 8, k / -5);
    printf("\n");
}

static void compound(void) {
    signed char a = 100; a += 100; printf("%d ", a);
    a *= 3; printf("%d ", a); a /= 3u; printf("%d ", a); a |= 0x1ff; printf("%d ", a); a ^= 0x55; printf("%d ", a);
        a %= 7; printf("%d\n", a);
    unsigned char d = 10; d *= 1.55; printf("%d ", d); d /= 0.3f; printf("%d ", d); d -= 1.5; printf("%d\n", d);
    unsigned short e = 1; e -= 2L; printf("%d ", e); e >>= 3; printf("%d ", e); e = -e; printf("%d\n", e);
    int f = 5; f <<= 2ll; printf("%d ", f); f -= 3000000000u; printf("%d ", f); f &= 0xffffffffffL; printf("%d\n", f);
    long g = 1; g += 1u - 2u; printf("%ld ", g); g = -1; g += 1u; printf("%ld ", g); g *= -1u; printf("%ld\n", g);
    int old = 5, new_value = old++ * 2 + --old; (void)new_value; printf("%d\n", old);
    unsigned char pre = 255; printf("%d %d ", ++pre, pre--); printf("%d\n", pre);
}

static int narrow_signed(signed char x) { return x; }
static int narrow_unsigned(unsigned short x) { return x; }
static signed char give_char(int x) { return x; }
static unsigned short give_short(int x) { return x; }
static _Bool give_bool(long x) { return x; }
static unsigned give_unsigned(long x) { return x; }

static void calls(void) {
    printf("%d %d %d %d %d %d %u\n", narrow_signed(300), narrow_unsigned(-1), give_char(200), give_short(-2),
        give_bool(256),
        give_bool(0x100000000L), give_unsigned(-1));
    printf("%ld %lu\n", (long)give_unsigned(-5), (unsigned long)narrow_signed(-5));
}

static void constants(void) {
    printf("%d %d %d %d\n", 010, 0x10, 0b10, 10);
    printf("%lld %llu %ld %lu\n", 9223372036854775807LL, 18446744073709551615ULL, 0x7fffffffffffffffL,
        0xffffffffffffffffUL);
    enum {
        A = -1 >> 1, B = 1u << 31 >> 31, C = (signed char)200, D = 7 / -2, E = -7 % 3, F = !0 + ~0, G = 1 ? 2 : 3 / 1,
        H = (int)2.99, I = sizeof(long) * 2, J = 'a' + 1, K = (unsigned char)-1, L = -1 < 0u };
    printf("%d %d %d %d %d %d %d %d %d %d %d %d\n", A, B, C, D, E, F, G, H, I, J, K, L);
    static const long table[] = {INT_MIN, -2147483647 - 1, 2147483648, -2147483648, 0xffffffff, -0xffffffff, ~0u,
        ~0ul, -1u, 1 - 2u, (char)255, 1LL << 40};
    for (unsigned k = 0; k < sizeof table / sizeof *table; k++) printf("%ld ", table[k]);
    printf("\n");
#if (-1 > 0u) && (2147483647 + 1 > 0) && (~0 == -1) && (-1 >> 1 == -1) && (0 ? 1/0 : 1) && ('\377' < 0 || 1) && (1 || 1/0)
    printf("directive arithmetic\n");
#endif
}

int main(void) {
    types(); sizes(); wrap(); shifts(); division(); compound(); calls(); constants();
    return 0;
}
