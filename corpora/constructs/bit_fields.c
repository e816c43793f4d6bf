/* about: bit-fields: promotion, value of assignments, ++ and --, compound operations, all types, packing, unions,
   straddling */
#include <stdio.h>
#include <string.h>
#define TYPE(x) _Generic((x), int: "int", unsigned: "uint", long: "long", unsigned long: "ulong", long long: "llong", \
    unsigned long long: "ullong", double: "double", default: "other")
static void bytes(const char *name, const void *start, unsigned long size) {
    const unsigned char *at = start;
    printf("%s:", name);
    while (size--) printf(" %02x", *at++);
    printf("\n");
}
#define BYTES(x) bytes(#x, &(x), sizeof(x))
#define FRESH(x) memset(&(x), 0, sizeof(x))

struct widths { int s1 : 1, s5 : 5, s31 : 31, s32 : 32; unsigned u1 : 1, u5 : 5, u31 : 31, u32 : 32; };
struct longs { long long a : 1, b : 33, c : 40, d : 64;
    unsigned long long e : 1, f : 31, g : 32, h : 33, k : 63, m : 64; };
struct chars { char a : 3; signed char b : 5; unsigned char c : 7; short d : 9; unsigned short e : 13;
    _Bool f : 1, g : 1; char : 0; char h : 2; };
struct holes { int a : 3; int : 5; int b : 4; int : 0; int c : 2; unsigned : 17; unsigned d : 10; char e; long : 0;
    short f : 3; };
struct __attribute__((packed)) tight { char c; int a : 7; unsigned b : 30; long long d : 61; unsigned char e : 3;
    _Bool f : 1; int g : 25; };
struct around { char c; unsigned a : 17; unsigned b : 17; unsigned char d; unsigned long e : 50; unsigned char f : 6; };
enum small { LOW, HIGH = 3 };
enum negative { BELOW = -2, ABOVE = 1 };
struct enums { enum small a : 2; enum negative b : 2; enum small c : 5; };
union either { unsigned whole; int part : 5; struct { unsigned low : 12, high : 20; }; unsigned long long big : 40; };
struct __attribute__((aligned(16))) aligned { int a : 3; int b : 5 __attribute__((aligned(8)));
    int c : 30 __attribute__((packed)); };
#pragma pack(push, 1)
struct pragma { char c; int a : 10; unsigned b : 23; long d : 40; short e; };
#pragma pack(pop)
#pragma pack(push, 2)
struct pragma2 { char c; int a : 10; unsigned b : 23; long d : 40; int e; };
#pragma pack(pop)
struct nested { int a : 4; struct { unsigned b : 7; int : 3; unsigned c : 9; } in; int d : 28; };
struct volatiles { volatile unsigned a : 9; volatile int b : 20; };

static struct widths global = {-1, -16, 0x3fffffff, -7, 1, 31, 0x7fffffff, 0xfffffff0};
static struct tight packed = {'x', -64, 0x3fffffff, -1, 5, 1, -16777216};
static const struct longs wide = {-1, 1LL << 32, -5, -6, 1, 0x7fffffff, 0xffffffff, 0x1ffffffff, 0x7fffffffffffffff,
    ~0ull};

static void promotion(void) {
    struct widths w = global;
    struct longs v = wide;
    struct chars c = {-1, -1, 100, -200, 8000, 1, 0, 1};
    printf("%s %s %s %s %s %s\n", TYPE(w.s5 + 0), TYPE(+w.u5), TYPE(w.u31 + 0), TYPE(+w.u32), TYPE(w.u31 + w.u32),
        TYPE(-w.u1));
    printf("%s %s %s %s %s\n", TYPE(+c.a), TYPE(c.c << 1), TYPE(~c.e), TYPE(+c.f), TYPE(c.d * c.e));
    printf("%d %d %d %d\n", w.u5 - 32 < 0, w.u31 - 0x7fffffff - 1 < 0, w.u32 - 1 - w.u32 < 0, ~w.u1 < 0);
    printf("%d %d %d\n", -w.u5, w.u31 > -1, w.u32 > -1);
    printf("%ld %ld %ld\n", (long)-w.u32, (long)-w.u31, (long)~w.u5);
    printf("%lld %llu\n", (long long)v.b, (unsigned long long)v.k);
    printf("%d %d %d\n", v.e ? 1 : 2, v.a < 0, (int)(v.d + 1));
    printf("%zu %zu %zu %zu %zu\n", sizeof(struct widths), sizeof(struct longs), sizeof(struct chars),
        sizeof(struct holes), sizeof(struct tight));
    printf("%zu %zu %zu %zu %zu %zu %zu\n", sizeof(struct around), sizeof(struct enums), sizeof(union either),
        sizeof(struct aligned), sizeof(struct pragma), sizeof(struct pragma2), sizeof(struct nested));
    printf("%zu %zu %zu %zu\n", _Alignof(struct tight), _Alignof(struct aligned), _Alignof(struct pragma2),
        _Alignof(struct holes));
}
static void assignment(void) {
    struct widths w; FRESH(w);
    printf("%d ", w.s1 = 1); printf("%d ", w.s5 = 31); printf("%d ", w.s5 = 16); printf("%u ", w.u5 = 33);
        printf("%d ", w.s31 = 0x40000000); printf("%u\n", w.u31 = -1);
    int chain = w.s5 = w.u5 = 0x3a; printf("%d %d %d\n", chain, w.s5, w.u5);
    printf("%d %d %u\n", (w.s5 = 17) == 17, (w.u5 = 49) == 17, (w.u32 = -1L));
    struct longs v; FRESH(v);
    printf("%lld %lld ", (long long)(v.b = 1LL << 32), (long long)(v.c = 0x1ffffffffffLL));
        printf("%llu %llu\n", (unsigned long long)(v.k = -1), (unsigned long long)(v.h = 1ull << 33 | 5));
    struct chars c; FRESH(c);
    printf("%d %d %d %d\n", c.a = 5, c.f = 2, c.g = 0.5, c.f = 0); printf("%d %d\n", c.b = 17, c.c = 200);
    c.f = &c != 0; c.g = (void *)&c; printf("%d %d\n", c.f, c.g);
    w.s5 = 3.99; w.u5 = -0.5; printf("%d %d\n", w.s5, w.u5);
    w.u5 = 7; double d = w.u5 / 2.0; printf("%g %g\n", d, (float)w.u5);
    BYTES(w);
}
static void steps(void) {
    struct widths w; FRESH(w);
    w.s5 = 15; w.u5 = 31; w.u1 = 1; w.s1 = -1; w.u32 = -1; w.s31 = 0x3fffffff;
    printf("%d %d ", w.s5++, w.u5++); printf("%d %d\n", w.s5, w.u5);
    printf("%d %d ", --w.s5, --w.u5); printf("%d %d\n", w.s5--, w.u5--);
    printf("%d ", ++w.u1); printf("%d ", w.u1--); printf("%d ", w.u1); printf("%d ", w.s1++); printf("%d ", --w.s1);
        printf("%u %u\n", w.u32++, w.u32);
    printf("%d\n", ++w.s31);
    struct chars c; FRESH(c);
    printf("%d ", c.f++); printf("%d ", c.f++); printf("%d ", c.f--); printf("%d ", c.f--); printf("%d ", --c.f);
        printf("%d\n", c.f);
    struct longs v; FRESH(v);
    v.b = (1LL << 32) - 1; v.k--; v.h--; printf("%lld ", (long long)v.b++);
        printf("%lld %llu %llu\n", (long long)v.b, (unsigned long long)v.k, (unsigned long long)v.h);
    v.e++; v.e++; v.f--; v.g -= 2; printf("%d %u %u\n", (int)v.e, (unsigned)v.f, (unsigned)v.g);
    BYTES(v);
}
static void compound(void) {
    struct widths w; FRESH(w);
    printf("%d ", w.s5 += 20); printf("%d ", w.s5 *= 3); printf("%d ", w.s5 /= 2); printf("%d ", w.s5 <<= 3);
        printf("%d ", w.s5 |= 9); printf("%d ", w.s5 ^= 0xff); printf("%d ", w.s5 %= 4); printf("%d\n", w.s5 -= 40);
    printf("%u ", w.u5 -= 1); printf("%u ", w.u5 >>= 2); printf("%u ", w.u5 <<= 3); printf("%u ", w.u5 *= 5);
        printf("%u ", w.u5 ^= -1); printf("%u ", w.u5 /= 3); printf("%u ", w.u5 *= 1.5); printf("%u\n", w.u5 &= 6);
    printf("%u ", w.u32 -= 1); printf("%u ", w.u32 >>= 1); printf("%u\n", w.u32 *= w.u32);
    struct longs v; FRESH(v);
    v.b -= 5; v.c += v.b; v.c <<= 36; v.h |= ~0ull; v.h >>= 1; v.k = v.h * v.h;
        printf("%lld %lld %llu %llu\n", (long long)v.b, (long long)v.c, (unsigned long long)v.h, (unsigned long long)v.k);
    struct tight t = packed; t.a += 3; t.b -= 7; t.d ^= 0x123456789abcdef; t.e *= 3; t.f |= 2; t.g >>= 3;
    printf("%d %u %lld %d %d %d %c\n", t.a, t.b, (long long)t.d, t.e, t.f, t.g, t.c); BYTES(t); BYTES(packed);
}
static void layouts(void) {
    BYTES(global); bytes("wide", &wide, sizeof wide);
    struct holes h; FRESH(h); h.a = -1; h.b = -1; h.c = -1; h.d = -1; h.e = -1; h.f = -1; BYTES(h);
    struct around r; FRESH(r); r.a = 0x1ffff; BYTES(r); r.b = 0x15555; r.e = 0x3ffffffffffff; BYTES(r); r.f = 0x2a;
        r.d = 0xee; BYTES(r);
    struct enums e; FRESH(e); e.a = HIGH; e.b = BELOW; e.c = 17; printf("%d %d %d\n", e.a, e.b, e.c); BYTES(e);
    union either u; FRESH(u); u.big = 0xabcdef1234; printf("%x %d %x %x\n", u.whole, u.part, u.low, u.high);
        u.part = 9; u.high = 0x7654; BYTES(u);
    struct aligned a; FRESH(a); a.a = -1; a.b = -1; a.c = -1; BYTES(a);
    struct pragma p; FRESH(p); p.a = -1; p.b = 1; p.d = -2; p.e = 0x1234; BYTES(p);
    struct pragma2 q; FRESH(q); q.a = -1; q.b = 1; q.d = -2; q.e = 0x1234; BYTES(q);
    struct nested n; FRESH(n); n.a = -1; n.in.b = 0x55; n.in.c = 0x1ff; n.d = -2; BYTES(n);
    struct volatiles x; FRESH(x); x.a = 511; x.b = -1; x.a--; x.b++; printf("%d %d\n", x.a, x.b); BYTES(x);
    struct chars all; FRESH(all); all.a = -1; all.c = -1; all.e = -1; all.g = 1; all.h = 1; BYTES(all); all.d = -1;
        all.b = -1; BYTES(all);
}
static struct widths give(int n) { struct widths w = {0, n, n * 3, n * 5, n, n, n, n}; return w; }
static struct tight turn(struct tight t) { t.d = -t.d; t.g--; return t; }
static void passing(void) {
    struct widths w = give(-3); printf("%d %d %d %d %d %d %u\n", w.s5, w.s31, w.s32, w.u1, w.u5, w.u31, w.u32);
    printf("%d %u\n", give(9).s5, give(-1).u31);
    struct tight t = turn(packed); printf("%lld %d\n", (long long)t.d, t.g);
    struct widths array[3] = {[1] = {.u5 = 7, .s5 = -1}, [2].s31 = -9}; struct widths *p = array; p++;
        printf("%d %d %d\n", p->u5, p++->s5, p[0].s31 * 1);
    p->u5 = array[1].u5 = array[1].s5; printf("%d %d\n", array[2].u5, array[1].u5);
    int n = 0; array[n++].s5 += 3; array[n++].u5--; printf("%d %d %d\n", n, array[0].s5, array[1].u5);
    struct { unsigned a : 3; unsigned b : 3; } pair = {.b = 9 & 7, .a = 6}; pair.a = pair.b, pair.b = 6;
        printf("%d %d %d\n", pair.a, pair.b, pair.a ? pair.b : 0);
    switch (pair.b) { case 6: printf("six\n"); break; default: printf("not six\n"); }
    printf("%d %d\n", pair.a == 1 && pair.b, !pair.a);
    struct tight copy; copy = t; copy.b = copy.a = 5;
        printf("%d %d %d\n", memcmp(&copy, &t, sizeof t) != 0, copy.a, (int)copy.b);
}
int main(void) { promotion(); assignment(); steps(); compound(); layouts(); passing(); return 0; }
