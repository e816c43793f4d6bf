/* about: built-in functions and attributes that headers and programs use: bits, overflow, memory, constants, alloca,
   cleanup, constructors, aliases */
#include <alloca.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static volatile unsigned u; static volatile unsigned long ul; static volatile int i;
static void bits(void) {
    unsigned long values[] = {1, 2, 3, 0x80, 0xff00, 0x80000000, 0xffffffff, 0x100000000, 0x8000000000000000, ~0ul,
        0x123456789abcdef0};
    for (int k = 0; k < 11; k++) { ul = values[k]; u = ul;
        printf("%d %d %d %d %d %d ", __builtin_clzl(ul), __builtin_ctzl(ul), __builtin_popcountl(ul),
        __builtin_parityl(ul), __builtin_ffsl(ul), __builtin_clrsbl(ul));
        if (u) printf("%d %d %d %d %d %d", __builtin_clz(u), __builtin_ctz(u), __builtin_popcount(u),
        __builtin_parity(u), __builtin_ffs(u), __builtin_clrsb(u));
        printf(" %x %x %lx\n", __builtin_bswap16(u), __builtin_bswap32(u), __builtin_bswap64(ul)); }
    printf("%d %d %d %d\n", __builtin_ffs(0), __builtin_ffsll(0), __builtin_popcountll(0), __builtin_clrsbll(0));
        enum { C = __builtin_clz(5) + __builtin_ctzll(8) * 100 + __builtin_popcount(255) * 1000 };
        static int table[__builtin_popcount(7)]; printf("%d %zu\n", C, sizeof table);
}
#define OVERFLOW(type, a, b) { type r; int o = __builtin_add_overflow(a, b, &r); printf(#type " %d %lld ", o, (long long)r); o = __builtin_sub_overflow(a, b, &r); printf("%d %lld ", o, (long long)r); o = __builtin_mul_overflow(a, b, &r); printf("%d %lld\n", o, (long long)r); }
static void overflows(void) { volatile int ia = INT_MAX, ib = 2, ic = -1; volatile long la = LONG_MIN, lb = -1;
    volatile unsigned ua = UINT_MAX; volatile unsigned long ulb = ULONG_MAX;
    OVERFLOW(int, ia, ib) OVERFLOW(unsigned, ia, ib) OVERFLOW(long, ia, ib) OVERFLOW(short, ia,
    ic) OVERFLOW(unsigned char, ib, ic) OVERFLOW(long, la, lb) OVERFLOW(unsigned long, la, lb) OVERFLOW(int, ua,
    ic) OVERFLOW(unsigned, ua, 1) OVERFLOW(long, ulb, lb) OVERFLOW(unsigned long, ulb, 2) OVERFLOW(signed char, ulb,
    ulb) OVERFLOW(int, la, ulb) OVERFLOW(unsigned long, ic, ib) long sum; int wide;
    printf("%d %d %d\n", __builtin_saddl_overflow(la, lb, &sum), __builtin_smul_overflow(ia, ib, &wide),
    __builtin_add_overflow_p(ia, ib, (short)0)); __int128 big; printf("%d ", __builtin_mul_overflow(la, ulb, &big));
    printf("%lx %lx\n", (long)(big >> 64), (long)big);
    printf("%d\n", __builtin_add_overflow((__int128)1 << 126, (__int128)1 << 126, &big)); }
struct pod { int a; char b; long c; };
static int choose_constant(int x) { return __builtin_choose_expr(sizeof(int) == 4, x + 1, "not used"); }
static __attribute__((noinline)) int object_size(char *p) {
    return __builtin_object_size(p, 0) == (unsigned long)-1 && __builtin_object_size(p, 2) == 0; }
static int unreachable(int x) { switch (x & 1) { case 0: return 5; case 1: return 6; } __builtin_unreachable(); }
static void memory(void) {
    char a[40] = "memory", b[40] = ""; __builtin_memcpy(b, a, 7); __builtin_memset(a, 'x', 3);
        __builtin_memmove(b + 1, b, 6);
        printf("%s %s %d %d %d\n", a, b, __builtin_memcmp(a, b, 3) > 0, __builtin_strcmp("a", "b") < 0,
        (int)__builtin_strlen(b));
        printf("%d %d %d\n", __builtin_abs(-5), (int)__builtin_labs(-6), __builtin_expect(i == 0, 1));
        printf("%d %d %d\n", __builtin_constant_p(5), __builtin_constant_p(i), __builtin_constant_p("text"));
        printf("%d %d\n", __builtin_types_compatible_p(int, const int), __builtin_types_compatible_p(int *,
        const int *)); printf("%d %d %d\n", choose_constant(4), object_size(0), unreachable(3));
        printf("%zu\n", __builtin_offsetof(struct pod, c)); struct pod p = {1, 2, 3}, q = p;
        printf("%d\n", __builtin_memcmp(&p.c, &q.c, 8)); char *s = alloca(10), *t = __builtin_alloca(20);
        strcpy(s, "alloca"); strcpy(t, s); printf("%s %d\n", t, ((unsigned long)s & 15) == 0);
        for (int k = 0; k < 100; k++) { char *each = alloca(k + 1); each[k] = k;
        if (k == 99) printf("%d\n", each[99]); } int *aligned = __builtin_assume_aligned(a, 4);
        printf("%d\n", aligned == (void *)a); __builtin_prefetch(a); void *frame = __builtin_frame_address(0);
        printf("%d\n", frame != 0); printf("%s\n", __builtin_strchr("find", 'n'));
        printf("%d\n", (int)__builtin_alloca_with_align(8, 64) & 0); }
static void atomics(void) { int x = 5; long l = 1L << 40; unsigned c = 250;
    printf("%d ", __sync_fetch_and_add(&x, 3)); printf("%d ", __sync_add_and_fetch(&x, 2));
    printf("%d ", __atomic_load_n(&x, __ATOMIC_SEQ_CST)); __atomic_store_n(&x, 77, __ATOMIC_RELEASE);
    printf("%d ", __atomic_exchange_n(&x, 78, __ATOMIC_ACQ_REL));
    printf("%d ", __sync_bool_compare_and_swap(&x, 78, 79)); printf("%d\n", __sync_val_compare_and_swap(&x, 1, 2));
    int expected = 5;
    printf("%d ", __atomic_compare_exchange_n(&x, &expected, 80, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    printf("%d ", expected); printf("%ld ", __atomic_fetch_or(&l, 1, __ATOMIC_RELAXED));
    printf("%d ", __atomic_add_fetch(&c, 10, __ATOMIC_SEQ_CST)); printf("%d\n", __sync_fetch_and_xor(&c, 0xff));
    __sync_synchronize(); __atomic_thread_fence(__ATOMIC_SEQ_CST);
    printf("%d %d %ld\n", __sync_lock_test_and_set(&x, 0), c, l); }
static void leave(int *p) { printf("leave %d ", *p); } static void free_text(char **p) { printf("free %s\n", *p);
    free(*p); }
static int cleanups(int n) { __attribute__((cleanup(leave))) int a = n; for (int k = 0; k < 2; k++) {
    int b __attribute__((__cleanup__(leave))) = n * 10 + k; if (k == 1 && n == 1) break; if (n == 2) continue; } {
    int c __attribute__((cleanup(leave))) = 100; if (n == 3) goto out; if (n == 4) return a + c; } {
    char *s __attribute__((cleanup(free_text))) = strdup("text"); s[0] = 'T'; } a++; out: return a; }
static int built; __attribute__((constructor)) static void construct(void) { built += 1;
    } static void __attribute__((constructor(200))) early(void) { built = built * 10 + 5;
    } __attribute__((destructor)) static void destruct(void) { printf("destructor %d\n", built); }
int aliased(int x) { return x * 2; } int alias(int) __attribute__((alias("aliased")));
    extern int weak_missing(int) __attribute__((weak)); __attribute__((weak)) int weak_present(int x) { return x + 3;
    } int in_section __attribute__((section(".data.special"))) = 9; static int used __attribute__((used, unused));
    __attribute__((noinline, noclone, cold, nonnull)) static int attributed(int *p) { return *p;
    } __attribute__((const)) static int pure_function(int x) { return x * x;
    } int renamed(int) __asm__("renamed_symbol"); int renamed(int x) { return x - 1;
    } extern int by_symbol(int) __asm__("renamed_symbol"); __attribute__((visibility("hidden"))) int hidden = 3;
    typedef int may_alias __attribute__((may_alias)); typedef int mode_di __attribute__((mode(DI)));
    typedef unsigned mode_qi __attribute__((__mode__(__QI__))); union __attribute__((transparent_union)) either {
    int *i; float *f; }; static int transparent(union either e) { return *e.i;
    } static __attribute__((returns_twice)) int twice_returning(void) { return 1; }
int main(void) { bits(); overflows(); memory(); atomics(); for (int n = 0; n < 5; n++) printf("= %d\n", cleanups(n));
    printf("%d\n", built);
    printf("%d %d %d %d %d\n", alias(4), weak_missing == 0, weak_present(1), in_section, attributed(&hidden));
    printf("%d %d %d %zu %zu %d %d\n", pure_function(5), renamed(5), by_symbol(6), sizeof(mode_di), sizeof(mode_qi),
    transparent(&hidden), twice_returning()); float f = 1.5f;
    printf("%x %d\n", *(may_alias *)&f, transparent(&f) == *(may_alias *)&f);
    __extension__ int extended = __extension__ 5; printf("%d %s\n", extended, __PRETTY_FUNCTION__);
    switch (extended) { case 5: extended++; __attribute__((fallthrough)); case 6: extended++;
    } printf("%d\n", extended); return 0; }
