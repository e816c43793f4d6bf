/* about: switch in all forms, goto, computed goto, loops, Duff's device, labels in static tables, scopes */
#include <limits.h>
#include <stdio.h>
static int ranges(int x) { switch (x) { case INT_MIN ... -100: return 1; case -99 ... -1: return 2; case 0: return 3;
    case 1 ... 1: return 4; case 'a' ... 'z': return 5; case 1000 ... INT_MAX: return 6; default: return 7; } }
static int unsigned_ranges(unsigned x) { switch (x) { case 0 ... 5: return 1;
    case 0x80000000 ... 0xfffffffe: return 2; case -1: return 3; } return 4; }
static int wide(long x) { switch (x) { case 0x100000000: return 1; case 0x100000001 ... 0x1ffffffff: return 2;
    case -1: return 3; case LONG_MIN: return 4; case LONG_MAX: return 5; case 0: return 6;
    case 0x8000000000000001: return 7; default: return 8; } }
static int unsigned_wide(unsigned long x) { switch (x) { case ~0ul: return 1; case 1ul << 63: return 2;
    case 5 ... 7: return 3; default: return 0; case -5L ... -2L: return 4; } }
static int chars(char c) { switch (c) { case 'a': case 'b': return 1; case '\377': return 2; case 0: return 3;
    case -1: return 4; } return 5; }
static int signed_chars(signed char c) { switch (c) { case -1: return 1; case -128 ... -100: return 2;
    case 127: return 3; default: return 4; } }
static int shorts(unsigned short s) { switch (s) { case 65535: return 1; case 65536 - 2: return 2;
    case 0x8000 ... 0x8fff: return 3; } return 0; }
static int bools(_Bool b) { switch (b) { case 0: return 10; case 1: return 11; } return 12; }
static int fields(int n) { struct { unsigned a : 3; int b : 3; } s = {n, n}; int r = 0; switch (s.a) { case 7: r = 1;
    break; case 1: r = 2; } switch (s.b) { case -1: r += 10; break; case 1: r += 20; } return r; }
enum color { RED, GREEN = 5, BLUE = -1 }; static int enums(enum color c) { switch (c) { case RED: return 1;
    case GREEN: return 2; case BLUE: return 3; } return 4; }
static int through(int n) { int r = 0; switch (n) { default: r += 1; case 1: r += 10; case 2: r += 100; break;
    case 3: r += 1000; case 4:; } return r; }
static int dense(int n) { switch (n) { case 10: return 3; case 11: return 1; case 12: return 4; case 13: return 1;
    case 14: return 5; case 15: return 9; case 16: return 2; case 17: return 6; case 19: return 5; case 20: return 3;
    } return -1; }
static int sparse(int n) { switch (n) { case -1000000: return 1; case -1000: return 2; case 7: return 3;
    case 512: return 4; case 65536: return 5; case 1 << 30: return 6; } return 0; }
static void duff(char *to, const char *from, int count) { int n = (count + 7) / 8; switch (count % 8) { case 0: do {
    *to++ = *from++; case 7: *to++ = *from++; case 6: *to++ = *from++; case 5: *to++ = *from++;
    case 4: *to++ = *from++; case 3: *to++ = *from++; case 2: *to++ = *from++; case 1: *to++ = *from++;
    } while (--n > 0); } }
static int odd_shapes(int n) { int r = 0; switch (n) case 3: r = 3; switch (n) { r = 99; int hidden;
    case 1: hidden = 4; r += hidden; } switch (n) for (; r < 20;) { case 5: r += 7; continue; case 6: r += 100; break;
    } switch (n) {} switch (n) { if (0) { case 8: r += 50; } else { case 9: r += 60; } } switch (n) default: r++;
    return r; }
static int nested(int a, int b) { switch (a) { case 1: switch (b) { case 1: return 11; case 2: break;
    default: return 19; } return 12; case 2: while (1) { switch (b) { case 1: break; case 2: goto out;
    default: return 29; } return 21; } out: return 22; default: do { switch (b) { case 1: continue; } return 39;
    } while (0); return 31; } }
static int evaluations; static int once(void) { return ++evaluations; }
static int gotos(int n) { int i = 0, r = 0; goto middle; top: r += i; middle: if (i++ < n) goto top; { goto inside;
    r = 1000; inside: r++; } if (r > 50) { goto done; } r *= 2; done: return r; }
static int into(int n) { int r = 0; if (n > 5) goto in_if; if (n > 2) goto in_loop; if (0) { in_if: r = 100;
    } for (int i = 0; i < 3; i++) { r += i; if (0) { in_loop: i = 1; r += 10; } } { int x; goto skip; x = 5;
    skip: x = 7; r += x; } return r; }
static int interpreter(const unsigned char *code) {
    static void *const table[] = {&&stop, &&add, &&twice, &&minus, &&jump}; int a = 1; goto *table[*code++];
    add: a += *code++; goto *table[*code++]; twice: a *= 2; goto *table[*code++]; minus: a = -a; goto *table[*code++];
    jump: code += *code; goto *table[*code++]; stop: return a; }
static int offsets(int n) { static const int table[] = {&&a - &&a, &&b - &&a, &&c - &&a}; goto *(&&a + table[n]);
    a: return 1; b: return 2; c: return 3; }
static int label_values(int n) { void *p = n & 1 ? &&odd : &&even; void *array[3] = {&&even, p, &&last}; struct {
    void *q; } s = {array[n % 3]}; int rounds = 0; goto *s.q; even: if (rounds++ > 2) return rounds;
    goto *array[rounds % 3]; odd: if (rounds++ > 3) return rounds + 10; goto *array[n % 2 ? 2 : 0];
    last: return 20 + rounds; }
static int local_labels(int n) { int r = 0; for (int i = 0; i < 2; i++) { __label__ again, out;
    again: if (r++ > n) goto out; goto again; out: r += 100; } return r; }
static int loops(void) { int r = 0, i, j; for (i = 0, j = 10; i < j; i++, j--) r += i * j; for (;;) {
    if (r++ % 7 == 0) break; } do r += 2; while (r % 5); while (r < 1000) { if (r & 1) { r += 3; continue; } r *= 2;
    } do { if (r > 5) continue; r = 0; } while (0); for (int i = 0, k = 5; i < k; i++) { int i = 3; r += i;
    } for (i = 0; i < 3; i++) for (j = 0; j < 3; j++) { if (j == 1) continue; if (i == 2) break; r += j; } do ;
    while (r++ < 0); for (struct { int n; } s = {0}; s.n < 3; s.n++) r += s.n; while (1) if (r++ % 3 == 0) break;
    else continue; return r; }
static int declarations(void) { int x = 1; { int x = x = 2; (void)x; { int y = x + 1, x = y; enum { x2 = 5 } z = x2;
    x += z; if (x) { struct x { int x; } s = {x}; x = s.x; } } } label: __attribute__((unused)); ; int y = x;
    if ((enum { in_if = 4 })y == in_if) return 0; for (int x = 0; x < 2; x++) { y += x; } x: y += x;
    typedef int x_type; { x_type x_type = 3; y += x_type; } return y; }
static int dangling(int a, int b) { if (a) if (b) return 1; else return 2; return 3; }
static int logical(int a) { int n = 0; (void)(a && n++); (void)(a || (n += 10));
    if (a > 1 && (n += 100) && a > 2 || (n += 1000)) n++; int r = !a || !!a && n;
    return n * 10 + r + (a ? n > 5 ? 1 : 2 : 3); }
int main(void) {
    int ints[] = {INT_MIN, -101, -100, -99, -1, 0, 1, 2, 'a', 'm', 'z', 'z' + 1, 999, 1000, INT_MAX};
        for (int i = 0; i < 15; i++) printf("%d%d%d ", ranges(ints[i]), unsigned_ranges(ints[i]),
        signed_chars(ints[i])); printf("\n");
    long longs[] = {0x100000000, 0x100000001, 0x1ffffffff, 0x200000000, -1, LONG_MIN, LONG_MAX, 0, 1, LONG_MIN + 1, 5,
        7, -5, -2}; for (int i = 0; i < 14; i++) printf("%d%d ", wide(longs[i]), unsigned_wide(longs[i])); printf("\n");
    for (int i = -3; i < 4; i++) printf("%d%d%d%d%d%d ", chars(i), signed_chars(i * 40), shorts(i), bools(i),
        fields(i), enums(i)); printf("%d %d\n", chars('b'), shorts(0x8123));
        for (int i = 0; i < 6; i++) printf("%d ", through(i)); for (int i = 8; i < 22; i++) printf("%d ", dense(i));
        printf("%d %d %d %d %d\n", dense(INT_MIN), sparse(-1000000), sparse(65536), sparse(1 << 30), sparse(6));
    for (int n = 1; n < 20; n++) { char to[32] = {0}; duff(to, "abcdefghijklmnopqrstuvwxyz", n); printf("%s ", to);
        } printf("\n"); for (int i = 0; i < 11; i++) printf("%d ", odd_shapes(i));
        for (int i = 0; i < 16; i++) printf("%d ", nested(i / 4, i % 4)); printf("\n"); switch (once()) {
        case 1: printf("once "); break; case 2: printf("twice "); } printf("%d\n", evaluations);
    for (int i = 0; i < 12; i++) printf("%d %d ", gotos(i), into(i));
        printf("\n%d %d\n", interpreter((unsigned char[]){1, 5, 2, 3, 2, 0}), interpreter((unsigned char[]){4, 3, 2,
        2, 1, 9, 2, 0})); for (int i = 0; i < 3; i++) printf("%d ", offsets(i));
        for (int i = 0; i < 9; i++) printf("%d ", label_values(i));
        printf("%d %d\n", local_labels(3), local_labels(300)); printf("%d %d\n", loops(), declarations());
        printf("%d %d %d %d %d %d %d\n", dangling(0, 0), dangling(1, 0), dangling(1, 1), logical(0), logical(1),
        logical(2), logical(3));
    return 0;
}
