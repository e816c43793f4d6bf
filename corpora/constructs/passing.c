/* about: structures of 1 to 64 bytes by value: arguments, results, variadic; with floating members, arrays, nested,
   packed, aligned */
#include <stdarg.h>
#include <stdio.h>
#define SIZE(n) struct s##n { unsigned char a[n]; }; \
    static struct s##n make##n(int seed) { struct s##n v; for (int i = 0; i < n; i++) v.a[i] = seed + i * 7; return v; } \
    static unsigned check##n(int x, struct s##n v, long y, struct s##n w) { unsigned h = x + y; for (int i = 0; i < n; i++) h = h * 31 + v.a[i] * 3 + w.a[i]; v.a[0] = 0; return h; } \
    static unsigned vary##n(int count, ...) { va_list l; va_start(l, count); unsigned h = 0; while (count--) { struct s##n v = va_arg(l, struct s##n); for (int i = 0; i < n; i++) h = h * 31 + v.a[i]; h += va_arg(l, int); } va_end(l); return h; } \
    static struct s##n swap##n(struct s##n v) { unsigned char t = v.a[0]; v.a[0] = v.a[n - 1]; v.a[n - 1] = t; return v; }
#define USE(n) { struct s##n v = make##n(n), w = swap##n(v); printf("%d: %u %u %d %d\n", n, check##n(1, v, 2, make##n(3)), vary##n(3, v, 4, w, 5, swap##n(w), 6), w.a[0], swap##n(make##n(9)).a[n / 2]); }
#define ALL(M) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15) M(16) M(17) M(18) M(19) M(20) M(23) M(24) M(25) M(31) M(32) M(33) M(40) M(47) M(48) M(49) M(63) M(64)
ALL(SIZE)
#define PAIR(M) M(ff, float, float) M(dd, double, double) M(fd, float, double) M(fi, float, int) M(if_, int, float) M(di, double, signed char) M(id, signed char, double) M(ci, char, int) M(ld, long, double) M(li, long, int) M(sh, short, short) \
    M(df, double, float) M(lf, long, float) M(uf, unsigned char, float) M(bf, _Bool, float) M(ll, long, long) M(sd, short, double) M(fl, float, long)
#define PAIRS(name, A, B) struct name { A a; B b; }; static struct name turn_##name(int i, struct name v, double d, struct name w) { w.a += v.a + i; w.b -= v.b * d; return w; } \
    static double many_##name(struct name a, struct name b, struct name c, struct name d, struct name e, struct name f, struct name g) { return a.a + b.b * 2. + c.a * 3. + d.b * 4. + e.a * 5. + f.b * 6. + g.a * 7.; } \
    static double vary_##name(int n, ...) { va_list l; va_start(l, n); double r = 0; while (n--) { struct name v = va_arg(l, struct name); r = r * 2 + v.a + v.b * .5; } va_end(l); return r; }
#define USEPAIR(name, A, B) { struct name v = {1, 3}, w = {5, 7}, r = turn_##name(2, v, 1.0, w); struct name (*p)(int, struct name, double, struct name) = turn_##name; struct name q = p(1, r, 2.0, w); \
    printf(#name " %g %g %g %g %g %g\n", (double)r.a, (double)r.b, (double)q.a, (double)q.b, many_##name(v, w, v, w, v, w, v), vary_##name(6, v, w, v, w, v, w)); }
PAIR(PAIRS)
struct inner { float x; }; struct wrapped { struct inner i; struct { double y; } o; }; struct arrayed { float v[2]; }; struct three { float v[3]; }; struct one_double { double v[1]; }; struct nested { struct { struct { int a; } b; } c; float d; };
struct with_empty { struct {} e; double d; }; struct with_zero { int z[0]; float f; }; union mixed { float f; int i; }; union doubles { double d; }; union wide { long l[2]; char c; }; struct __attribute__((packed)) packed { char c; double d; }; struct __attribute__((packed)) packed_int { char c; long l; short s; };
struct __attribute__((aligned(16))) aligned { long a; }; struct aligned_member { char c; _Alignas(16) int i; }; struct bits { int a : 3; unsigned b : 20; }; struct bits_float { float f; int b : 5; }; struct wide_bits { long a : 40; long b : 40; }; struct quad { __int128 q; }; struct quad_char { char c; __int128 q; };
static double w1(struct wrapped v) { return v.i.x + v.o.y; } static double w2(struct arrayed v, struct three t) { return v.v[0] + v.v[1] * 2 + t.v[0] * 3 + t.v[2]; } static struct one_double w3(struct one_double v) { v.v[0] *= 2; return v; } static double w4(struct nested v, struct with_empty e, struct with_zero z) { return v.c.b.a + v.d + e.d + z.f; }
static union mixed w5(union mixed m, union doubles d, union wide w) { m.f += d.d + w.l[0] + w.l[1]; return m; } static struct packed w6(struct packed p, struct packed_int q) { p.d += p.c + q.c + q.l + q.s; return p; }
static long w7(int a, struct aligned b, int c, struct aligned_member d, int e) { return a + b.a * 2 + c * 3 + d.i * 4 + d.c * 5 + e * 6; } static struct aligned w8(long x) { struct aligned r = {x}; return r; }
static struct bits w9(struct bits b, struct bits_float f, struct wide_bits w) { b.a += f.b; b.b += f.f + w.a - w.b; return b; } static __int128 w10(char c, struct quad q, char d, struct quad_char e) { return q.q * c + e.q * d + e.c; }
static int w11(int a, int b, int c, int d, int e, int f, int g, struct ll split, int after) { return a + b + c + d + e + f + g + split.a * 10 + split.b * 100 + after * 1000; }
static double w12(double a, double b, double c, double d, double e, double f, double g, struct dd split, double h, struct ff last) { return a + b + c + d + e + f + g + split.a * 2 + split.b * 3 + h * 4 + last.a * 5 + last.b * 6; }
static struct s40 w13(int a, struct s40 v, struct s40 *p) { v.a[0] += a; p->a[1] = 99; return v; }
static struct { struct s17 v; int n; } w14(int n) { typeof(w14(0)) r = {make17(n), n}; return r; }
int main(void) {
    ALL(USE) PAIR(USEPAIR)
    printf("%g %g %g %g\n", w1((struct wrapped){{1.5f}, {2.5}}), w2((struct arrayed){{1, 2}}, (struct three){{3, 4, 5}}), w3((struct one_double){{4.25}}).v[0], w4((struct nested){{{7}}, .5f}, (struct with_empty){{}, 2}, (struct with_zero){{}, 3}));
    printf("%g %g\n", w5((union mixed){1.5f}, (union doubles){2}, (union wide){{3, 4}}).f, w6((struct packed){1, 2.5}, (struct packed_int){3, 4, 5}).d); printf("%ld %ld\n", w7(1, (struct aligned){2}, 3, (struct aligned_member){4, 5}, 6), w8(77).a);
    struct bits b = w9((struct bits){1, 1000}, (struct bits_float){5, 1}, (struct wide_bits){100, 50}); printf("%d %d\n", b.a, b.b); printf("%ld\n", (long)(w10(3, (struct quad){(__int128)1 << 66}, 5, (struct quad_char){7, 9}) >> 3));
    printf("%d %g\n", w11(1, 2, 3, 4, 5, 6, 7, (struct ll){8, 9}, 10), w12(1, 2, 3, 4, 5, 6, 7, (struct dd){8, 9}, 10, (struct ff){11, 12})); struct s40 s = make40(1); struct s40 r = w13(5, s, &s); printf("%d %d %d %d\n", r.a[0], r.a[1], s.a[0], s.a[1]); s = w13(1, s, &s); printf("%d %d\n", s.a[0], s.a[1]); printf("%d %d\n", w14(3).n, w14(4).v.a[2]);
    return 0;
}
