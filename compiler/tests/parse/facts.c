/* Facts of types, conversions and constants that gcc (riscv64, -std=gnu17) and pycc must both accept. */
#define SAME(e, T) _Static_assert(__builtin_types_compatible_p(__typeof__(e), T), #e)
#define IS(e) _Static_assert((e), #e)

struct bits { unsigned u3 : 3; int s5 : 5; unsigned u32 : 32; unsigned long u40 : 40; _Bool b : 1; long l12 : 12; } bits;
char c; signed char sc; unsigned char uc; short s; unsigned short us; int i; unsigned u; long l; unsigned long ul;
long long ll; unsigned long long ull; float f; double d; long double ld; _Bool b; __int128 i128; unsigned __int128 u128;
enum small { A, B } e; enum negative { M = -1 } en; enum wide { W = 0x100000000 } ew; int *p; const int *cp; void *vp;
int a[3]; int aa[2][5]; int fn(int, char); char *str; const volatile int cvi; int (*fp)(int, char);

SAME(+c, int); SAME(+us, int); SAME(+bits.u3, int); SAME(+bits.u32, unsigned); SAME(+bits.b, int); SAME(+bits.l12, int);
SAME(c + c, int); SAME(u + l, long); SAME(u + i, unsigned); SAME(ul + ll, unsigned long long); SAME(l + ll, long long);
SAME(i + f, float); SAME(f + d, double); SAME(d + ld, long double); SAME(i128 + ul, __int128); SAME(u128 + i128, unsigned __int128);
SAME(s << l, int); SAME(l << s, long); SAME(i == l, int); SAME(!d, int); SAME(~uc, int); SAME(-u, unsigned);
SAME(1 ? c : s, int); SAME(1 ? p : 0, int *); SAME(1 ? p : vp, void *); SAME(1 ? cp : p, const int *);
SAME(1 ? (void *)0 : p, int *); SAME(&a, int (*)[3]); SAME(*aa, int [5]); SAME(&aa[1], int (*)[5]); SAME(aa[1] + 1, int *);
SAME(fn, int (int, char)); SAME(&fn, int (*)(int, char)); SAME(*fp, int (int, char)); SAME(fp(1, 2), int);
SAME(p - p, long); SAME(sizeof i, unsigned long); SAME('a', int); SAME(L'a', int); SAME(u'a', unsigned short);
SAME("abc", char [4]); SAME(u8"abc", char [4]); SAME(L"ab", int [3]); SAME(u"ab", unsigned short [3]);
SAME(1, int); SAME(0x80000000, unsigned); SAME(2147483648, long); SAME(0xffffffffffffffff, unsigned long); SAME(1ull, unsigned long long);
SAME(1.0f, float); SAME(1.0, double); SAME(1.0l, long double); SAME((c, s), short); SAME(e + 0, unsigned); SAME(A, int); SAME(en + 0, int);
SAME(ew + 0, unsigned long); SAME(cvi, int); SAME((char)i, char); SAME(i = l, int); SAME(c++, char); SAME(i += d, int);
SAME(__builtin_clz(1), int); SAME(__builtin_strlen("a"), unsigned long); SAME(__builtin_fabsf(1), float);

IS(-1 > 0u); IS(-1 < 0l); IS((unsigned char)300 == 44); IS((signed char)200 == -56); IS(-7 / 2 == -3); IS(-7 % 2 == -1);
IS((1u << 31) > 0); IS(~0u == 4294967295u); IS((_Bool)0.5 == 1); IS((int)3.99 == 3); IS((int)-3.99 == -3); IS((char)-1 == 255);
IS(sizeof(struct bits) == 16); IS(_Alignof(long double) == 16); IS(sizeof(long double) == 16); IS(sizeof a == 12);
IS(sizeof(enum wide) == 8); IS(1 ? 1 : 1 / 0); IS(0 || 1); IS(!(0 && (1 / 0))); IS(__builtin_offsetof(struct { char x; int y[4]; }, y[2]) == 12);
IS(0x1p-2 == 0.25); IS(1e3 == 1000); IS(0.1f != 0.1); IS((float)0.1 == 0.1f); IS(1.0 / 3 < 0.3334); IS((unsigned long)-1 == 0xfffffffffffffffful);
IS(__builtin_clz(1) == 31); IS(__builtin_ctzl(8) == 3); IS(__builtin_popcount(255) == 8); IS(__builtin_ffs(0) == 0);
IS(__builtin_bswap32(0x01020304) == 0x04030201); IS(__builtin_parity(7) == 1); IS(__builtin_constant_p(3)); IS(__builtin_constant_p("x"));
IS(__builtin_choose_expr(1, 5, (void)0) == 5); IS(_Generic(1, long: 0, int: 1, default: 2) == 1); IS(_Generic((char)1, int: 0, default: 1));
IS(_Generic("a", char *: 1, default: 0)); IS(_Generic(cvi, int: 1, default: 0)); IS((2 ?: 3) == 2); IS((0 ?: 3) == 3);
IS(sizeof(int[4][2]) == 32); IS(sizeof(*(char (*)[7])0) == 7); IS(sizeof(void) == 1); IS(__alignof__(double) == 8);
IS((__int128)1 << 100 > 0); IS(((unsigned __int128)1 << 127) / 3 > 0); IS((int)(unsigned char)-1 == 255); IS('\377' == 255); IS('\x41' == 65);
IS(__builtin_add_overflow_p(2147483647, 1, 0)); IS(!__builtin_add_overflow_p(2147483647, 1, 0l)); IS(__builtin_inf() > 1e300);
IS(sizeof(struct { int n; char tail[]; }) == 4); IS(sizeof(union { char c; short s[3]; }) == 6); IS(sizeof(struct {}) == 0);

struct s1 { int n; union { char small; long big; }; struct { int x, y; } in[2]; const char *name; unsigned b1 : 4, b2 : 6; char text[6]; double z; };
struct s1 v1 = { 1, { 'a' }, { { 2, 3 }, 4, 5 }, 0, 6, 7, "hello", 1.5 };
struct s1 v2 = { .in[1].y = 9, .in[0] = { .y = 4, 5 }, .big = 0x1122334455667788, .b2 = 33, .text = { [2] = 'q' }, .n = -1 };
int v3[] = { [5] = 1, 2, [2 ... 4] = 7, [0] = 3 };
int v4[2][3] = { 1, 2, 3, 4 };
int v5[][2] = { { 1 }, { 2, 3 }, 4 };
char v6[] = "abc", v7[5] = "xy", v8[] = { "braced" }, v9[3] = { 'a', 'b' };
union { char c; int n; double d; } v10 = { .d = 2.5 }, v11 = { 7 }, v12[2] = { { .n = 1 }, { .n = -1 } };
struct { char c; struct { short a, b; } s[2]; long l; } v13 = { 1, 2, 3, 4, 5, 6 }, v14 = { .s = { [1].b = 8 }, 9 };
struct { int n; int tail[]; } v15 = { 2, { 10, 20, 30 } };
long v16 = (long)(1.0e9 + 0.5), v17 = -7 / 2 * 3 + (1 << 10 | 5) - sizeof(v1);
float v18 = 0.1, v19 = 1 / 3.0; double v20 = -0.0, v21 = 1e-310, v22 = (float)1e10 / 3; long double v23 = 0.1L;
unsigned char v24 = 1000, v25 = -1; short v26 = 70000; _Bool v27 = 5, v28 = 0.25; int v29 = 1 ? 2 : 3, v30 = 'ab';
struct { unsigned x : 3; int y : 5; long z : 40; _Bool w : 1; } v31 = { 9, -3, 0x7fffffffff, 4 }, v32 = { .z = -2 };
int v33[2] = (int[]){ 4, 5 }; struct { int x, y; } v34 = { .y = 1, .x = 2 }; __int128 v35 = (__int128)-5 << 70;
struct { struct { int x, y; } a[3]; int z; } v36 = { .a[1] = { 1, 2 }, 3, .z = 4, .a[0].x = 5 };
int v37[4] = { 1, 2, 3, [0] = 9, 8 }; enum small v38 = B;
float _Complex v40 = 1.0f; double _Complex v41 = 2.0 + 3.0i;
