/* about: statement expressions, ?: with an omitted middle, comma, sizeof, offsetof, pointers, _Bool, evaluation of
   every operator for effect */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static int calls; static int call(int x) { calls++; return x; }
#define MAX(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define TYPE(x) _Generic((x), int: "int", unsigned: "uint", long: "long", char: "char", const char *: "const char *", char *: "char *", int *: "int *", const int *: "const int *", void *: "void *", const void *: "const void *", double: "double", float: "float", int (*)[3]: "int (*)[3]", _Bool: "bool", unsigned long: "ulong", default: "other")
struct s { int a, b; long c[3]; }; static struct s make(int a) { return (struct s){a, a + 1, {a + 2, a + 3, a + 4}}; }
static int with_return(int n) { int x = 1 + ({ if (n > 5) return 100; n * 2; }); return x; }
static int with_break(void) { int r = 0; for (int i = 0; i < 10; i++) {
    r += ({ if (i == 2) continue; if (i == 5) break; i * 10; });
    } while (({ r++; r < 200; })) r += ({ int t = 0; for (int j = 0; j < 3; j++) { if (j == 1) continue; t += j; } t; }); return r; }
static int with_goto(int n) { int r = ({ if (n) goto out; 5; }); return r; out: return -1; }
static int nested(int x) {
    return ({ int y = ({ int z = x + 1; ({ z * 2; }); }); y + ({ struct s s = make(y); s; }).c[1]; }); }
static struct s large(void) { return ({ struct s t = make(50); t.a++; t; }); }
static int with_switch(int n) {
    return ({ int r; switch (n) { case 1: r = ({ switch (n + 1) { case 2: r = 22; break; default: r = 0; } r; }); break; default: r = 9; } r; }); }
static void statement_expressions(void) {
    printf("%d %g %d\n", MAX(3, 4), MAX(1.5, 1), MAX(call(3), call(2))); printf("%d\n", calls);
        printf("%d %d %d %d %d\n", with_return(1), with_return(9), with_break(), with_goto(0), with_goto(1));
        printf("%d %d %d %ld\n", nested(1), with_switch(1), with_switch(2), large().c[2]);
    int i = 3; printf("%d ", ({ int i = 5; i++; i; })); printf("%d ", i); ({ i = 9; }); ({ ; }); ({});
        printf("%d %d\n", i, ({ i; i + 1; })); int a[] = {({ 1; }), ({ int k = i; k; })};
        printf("%d %d\n", a[1], a[({ 0; })]); ({ printf("void "); }); printf("%d\n", ({ char c = 300; c; }) == 44);
        const char *text = ({ "string"; }); printf("%s %zu\n", text, sizeof ({ "abc"; }));
        struct s *p = &(struct s){({ 7; })}; printf("%d %s\n", p->a, TYPE(({ (char)1; })));
        char buffer[({ enum { N = 4 }; N; })]; printf("%zu\n", sizeof buffer);
        if (({ int ok = i > 5; ok; })) printf("ok\n");
        printf("%d\n", ({ __label__ l; int k = 0; l: if (k++ < 5) goto l; k; }));
        int order = ({ i = 1; }) + ({ 2; }) * 3; printf("%d\n", order); *({ &i; }) = 44; printf("%d\n", i);
        ({ make(3); }).a; printf("%d\n", ({ p; })->b);
}
static void conditionals(void) {
    int zero = 0, five = 5; calls = 0;
        printf("%d %d %d %d\n", zero ?: 7, five ?: 7, call(3) ?: call(4), call(0) ?: call(8)); printf("%d\n", calls);
        char *null = 0; printf("%s %s\n", null ?: "none", "some" ?: null);
        printf("%g %d\n", 0.0 ?: 1.5, (five > 3) ?: 9); int n = 1; int r = n++ ?: 50; printf("%d %d\n", r, n);
        printf("%s %s %s\n", TYPE((char)1 ?: 2L), TYPE(five ?: 1u), TYPE(null ?: (void *)0)); _Bool b = 1;
        printf("%d\n", (b ?: 5) + 1);
    printf("%s %s %s %s %s\n", TYPE(1 ? (int *)0 : (void *)0), TYPE(1 ? (int *)0 : 0),
        TYPE(1 ? (const int *)0 : (int *)0), TYPE(1 ? (void *)1 : (const int *)0), TYPE(1 ? (char)1 : (char)2));
        printf("%s %s\n", TYPE(zero ? 1 : 2.f), TYPE(zero ? 'a' : 1u));
        struct s x = five ? make(1) : make(2), y = (zero ? x : make(9));
        printf("%d %ld %d\n", x.a, y.c[0], (five ? x : y).b); five > 4 ? call(1) : (void)0;
        (void)(zero ? printf("no") : printf("yes\n")); int v = zero ? 1 : five ? 2 : 3, *w = five ? &v : 0;
        *(five ? w : &zero) = 9; printf("%d\n", v); printf("%d\n", zero ? 1, 2 : 3);
        five = zero ? five : five == 5 ? 6 : 7; printf("%d\n", five);
}
static void commas(void) { int a = 1, b = (a++, a += 5, a * 2); printf("%d %d %d\n", a, b, (call(1), call(2)));
    for (int i = 0, j = 9; i < j; i += 2, j--) printf("%d%d ", i, j);
    printf("%zu %zu %s\n", sizeof((char)1, (short)2), sizeof(0, "abc"), TYPE((0, (char)1))); int c[2] = {(1, 2), 3};
    printf("%d %d\n", c[0], (make(1), make(2)).b); }
static void sizes(void) {
    int a[3][5], n = 1; struct s s;
        printf("%zu %zu %zu %zu %zu\n", sizeof a, sizeof *a, sizeof a[0][0], sizeof &a, sizeof(a + 0));
        printf("%zu %zu %zu %d\n", sizeof(n++), sizeof(call(1)), sizeof(struct s[4]), n);
        printf("%zu %zu %zu %zu\n", sizeof "hello", sizeof 'a', sizeof(char), sizeof L"ab");
        printf("%zu %zu %zu\n", sizeof s.c, sizeof ((struct s *)0)->c[0], sizeof(((struct s *)0)->b));
        printf("%zu %zu %zu\n", sizeof(int (*)(void)), sizeof(void), sizeof(int[2]));
}
static void offsets(void) { struct t { char c; struct s s[3]; union { int i; struct { char d[10]; }; }; }; int k = 2;
    printf("%zu %zu %zu %zu %zu\n", offsetof(struct t, s), offsetof(struct t, s[1].c[2]), offsetof(struct t, d[3]),
    offsetof(struct t, s[k].b), (size_t)&((struct t *)0)->s[1].b); enum { E = offsetof(struct t, s[1]) };
    static char table[offsetof(struct t, i)]; printf("%d %zu\n", E, sizeof table); }
static void pointers(void) {
    int a[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, *p = a + 3, *q = &a[8];
        printf("%ld %ld ", (long)(q - p), (long)(p - q)); printf("%d ", *p++); printf("%d ", *++p);
        printf("%d ", (*p)++); printf("%d\n", --*p); printf("%d %d %d %d\n", p[-2], -1[p], *(q - 1), p < q); p += 2;
        p -= 1L; printf("%ld %d %d %d\n", (long)(p - a), p == a + 6, p > q, !p); char *c = (char *)a;
        c += sizeof(int) * 2; printf("%d %ld\n", *(int *)c, (long)((int *)c - a)); long big = 1;
        printf("%d %d\n", *(a + big), *(a + (unsigned char)2)); unsigned u = -1; printf("%d\n", *(p + (int)u));
        void *v = a; v++; v += 3; printf("%ld %d\n", (long)((char *)v - (char *)a), *(int *)v); int **pp = &p;
        **pp = 70; printf("%d %d\n", a[6], *&*&**pp); int (*row)[5] = (int (*)[5])a;
        printf("%d %ld %d\n", row[1][2], (long)(row + 1 - row), (int)((char *)(row + 1) - (char *)row));
        const char *s = "text"; while (*s) printf("%c.", *s++); printf("%d\n", s[-1]); intptr_t integer = (intptr_t)p;
        printf("%d %d\n", *(int *)integer, (void *)integer == p); uint8_t byte = (uint8_t)(uintptr_t)(void *)0x1ff;
        printf("%d\n", byte); printf("%d %d\n", &a[10] - &a[0] == 10, (a <= p) + (p != 0));
        struct s structs[3], *sp = structs; sp++->a = 5; (++sp)->b = 6;
        printf("%ld %d %d\n", (long)(sp - structs), structs[0].a, structs[2].b); int *null = 0;
        printf("%d %d\n", null == 0, (null ? *null : -1)); int i = 0; a[i] = i + 10; printf("%d\n", a[i++]);
}
static void bools(void) {
    _Bool a = 2, b = 0.1, c = (void *)&a != 0, d = -0.0; bool e = 256 == 256;
        printf("%d%d%d%d%d %zu\n", a, b, c, d, e, sizeof a); a += 5; printf("%d ", a); a -= 1; printf("%d ", a); a--;
        printf("%d ", a); a--; printf("%d ", a); a ^= 1; printf("%d ", a); a |= 4; printf("%d ", a); a &= 2;
        printf("%d ", a); a = !a; a *= 0.25; printf("%d ", a); a <<= 3; printf("%d ", a); a >>= 1; printf("%d ", a);
        a = ~a; printf("%d ", a); printf("%d\n", -a); _Bool f[3] = {5, 0, 'x'};
        printf("%d %d %s %s\n", f[0] + f[2], f[1], TYPE(f[0] + 0), TYPE(f[0])); int x = (_Bool)0x100;
        unsigned char y = (bool)0.5f; printf("%d %d %d\n", x, y, (_Bool)"literal"); struct { _Bool a : 1; bool b;
        } s = {4, 8}; printf("%d %d\n", s.a, s.b); s.a = s.b = 0; s.b = 1 << 20; s.a = 3.5;
        printf("%d %d\n", s.a, s.b); printf("%d %d %d\n", true, false, (bool)(true + true)); a = 1;
        printf("%d %d %d\n", ~a, a << 3, a == 1 && a != 2); volatile _Bool v = 3; v += v; printf("%d\n", v); }
static void effects(void) { int i = 5; i++ + 1; i--; -i; !i; ~i; i == 1; i ? i : 0; (void)i; +i; *&i; i, i;
    volatile int v = 3; v; (void)v; v++; int old = v--; printf("%d %d %d\n", i, v, old); int a, b, c; a = b = c = 4;
    a += b -= c *= 2; printf("%d %d %d\n", a, b, c); a = (b = 3) + 1; printf("%d %d\n", a, b);
    printf("%d\n", (a = 5, b = a + 1)); char ch = a = 300; printf("%d %d\n", ch, a); int x = 3;
    printf("%d\n", x++ * 0 + 7); unsigned u = 1; u = -u; u <<= u >> 31; printf("%u\n", u); struct s s, t;
    (s = t = make(4)).a; printf("%d %d\n", s.b, (s = make(6)).a); s.c[1] += s.c[0] *= 2;
    printf("%ld %ld\n", s.c[0], s.c[1]); make(1).a; (void)make(2); printf("%d\n", make(make(3).b).a);
    printf("%ld\n", make(5).c[1]); }
int main(void) { statement_expressions(); conditionals(); commas(); sizes(); offsets(); pointers(); bools();
    effects(); return 0; }
