/* about: initialisers and compound literals: designators, ranges, overriding, brace elision, nested, strings,
   relocations, static and automatic, lifetimes */
#include <stdio.h>
#include <string.h>
static void ints(const char *name, const void *start, unsigned long size) { const int *at = start;
    printf("%s:", name); while (size >= sizeof(int)) printf(" %d", *at++), size -= sizeof(int); printf("\n"); }
#define INTS(x) ints(#x, &(x), sizeof(x))
struct point { int x, y; }; struct line { struct point a, b; int c[3]; }; struct deep { int before; union { int i;
    struct { short s, t; } p; float f; } u; struct line l[2]; int after; };
struct anonymous { int a; struct { int b; union { int c; float d; }; }; int e; struct point; int f; };
struct bits { int a : 4; int : 4; unsigned b : 8; int c : 16; int d; }; struct text { char s[4]; int n; char t[3][4]; };
static int g1[] = {1, [5] = 6, 7, [2] = 3, 4, [0] = 9}; static int g2[3][4] = {1, 2, 3, 4, 5, {6}, 7};
    static int g3[2][2][2] = {{1, 2, {3}}, {{4}, 5}}; static int g4[] = {[0 ... 3] = 7, [2 ... 5] = 8, 9, [4] = 1};
    static int g5[4][3] = {[1 ... 2] = {1, [2] = 3}, [3][1] = 4, [0] = {[0 ... 2] = 5}};
    static int g6[2][3][2] = {[0][1][1] = 5, 6, 7, [1] = {{1}, 2, 3, {4}}};
static struct line l1 = {1, 2, 3, 4, 5, 6, 7}, l2 = {{1}, {2}, 3}, l3 = {.b = {.y = 5}, 6, 7, .a.y = 8, 9},
    l4 = {.b.x = 1, 2, 3, .a = {4, 5}, .b = {6}}, l5 = {.c = {[1] = 2}, .c[2] = 3, .a = {1}, .a.y = 2}, l6[] = {1, 2,
    3, 4, 5, 6, 7, 8, 9, 10, [2].c[1] = 11, 12, 13, [1].b.y = 14, 15};
static struct deep d1 = {1, {2}, {{{3, 4}, {5, 6}, {7, 8, 9}}, {{10}}}, 11}, d2 = {1, .u.p = {2, 3}, .l[1].b.x = 4, 5,
    6, .after = 7, .before = 8}, d3 = {.u.f = 1.5f, 1, 2, 3, .l[0].c = {[2] = 9, [0 ... 1] = 4}, .u.i = 6}, d4 = {1,
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
static struct anonymous n1 = {1, 2, 3, 4}, n2 = {.b = 5, 6, 7, .d = 0, .e = 8}, n3 = {.c = 1, .a = 2, {3, {4}}, 5},
    n4 = {{1}, .e = 2, .f = 4};
static struct bits b1 = {1, 2, 3, 4}, b2 = {.c = -1, 7, .a = -2}, b3[2] = {5, 6, 7, 8, 9, 10};
    static struct text t1 = {"abcd", 5, "x", "yz", {'w'}}, t2 = {{"ab"}, .t[1] = "q", "rstu"}, t3 = {{[2] = 'c', 'd'},
    .t = {[1 ... 2] = "zz"}, .s[0] = 'a'};
static char s1[] = "a" "b\0c", s2[] = {"braced"}, s3[][5] = {"one", {"two"}, {116, 104, 114}, [4] = "five"},
    s4[10] = {[3] = 120, 121}, s5[5] = "";
static int target[4] = {10, 20, 30, 40};
    static int *r1 = &target[2], *r2 = target + 1, **r3 = &r1, *r4[] = {target, &target[3] - 1,
    [3] = (int *)((char *)target + 4)}; static const char *names[] = {"zero", [2] = "two" + 1, &"three"[2], 0};
    static struct { const char *n; int (*f)(const char *, ...); struct point *p;
    } r5[] = {{"x", printf, &(struct point){1, 2}}, {.p = (struct point[]){{3, 4}, {5, 6}} + 1}};
    static unsigned long r6 = (unsigned long)&target[1];
    static long r7 = (char *)&target[3] - (char *)&target[1], r8 = (long)&((struct line *)0)->c[1];
    static void *r9 = (void *)&l1.b.y, *r10 = (1 ? (void *)target : (void *)0);
static struct node { struct node *next; int v;
    } ring[3] = {{&ring[1], 1}, {ring + 2, 2}, {ring, 3}}, *head = &(struct node){&(struct node){0, 5}, 4};
static union { int a[3]; struct point p; char c;
    } u1 = {1, 2, 3}, u2 = {.p = {4, 5}}, u3 = {.p.y = 6, .p.x = 7}, u4[] = {1, 2, 3, 4}, u5 = {.a = {1}, .c = 'x'};
    static const struct point origin = {1, 2}; static int single = {5}, nested_single = {(7)};
    static double doubles[3] = {1, 2.5f, 'a'}; static char chars[] = {'a', 300, -1L, 65.9};
    static float floats[2] = {[1] = 1 / 3.};
    static long widths[] = {1u - 2, -1, 'a' - 'b', 0xffffffff, (unsigned char)300};
    static _Bool flags[] = {5, 0, .1, (_Bool)"x"}; static struct point *compound = &(struct point){7, 8};
    static int *array_literal = (int[]){1, 2, [4] = 5}; static struct {} nothing = {}; static struct { int a;
    struct {} b; int c; } around = {1, {}, 2}; static struct { int n; int a[]; } flexible = {3, {1, 2, 3}};
static struct point from_literal = (struct point){8, 9};
    static struct line parts = {(struct point){1, 2}, .c = {[1] = 3}}; static int vector[] = (int[]){4, 5, 6}; enum {
    N = 3 }; static int by_enum[] = {[N] = 1, [N - 2] = 2, ['\1' + 1] = 3};
    static int sized[sizeof(int[N]) / 4] = {[sizeof(char)] = 6};
static void statics(void) {
    INTS(g1); INTS(g2); INTS(g3); INTS(g4); INTS(g5); INTS(g6); INTS(l1); INTS(l2); INTS(l3); INTS(l4); INTS(l5);
        INTS(l6); INTS(d1); INTS(d2); INTS(d3); INTS(d4); INTS(n1); INTS(n2); INTS(n3); INTS(n4); INTS(b1); INTS(b2);
        INTS(b3); INTS(t1); INTS(t2); INTS(t3); INTS(u1); INTS(u2); INTS(u3); INTS(u4); INTS(u5.c);
    printf("%zu %zu %s %s %s %s %d %zu\n", sizeof s1, sizeof s2, s2, s3[0], s3[4], s4 + 3, s3[2][2], sizeof s3);
        printf("%d %d %d %d %d %d\n", *r1, *r2, **r3, *r4[1], *r4[3], r4[2] == 0);
        printf("%s %s %s %d\n", names[0], names[2], names[3], names[1] == names[4]);
        r5[0].f("%s %d %d\n", r5[0].n, r5[0].p->y, r5[1].p->x);
        printf("%d %ld %ld %d %d\n", *(int *)r6, r7, r8, *(int *)r9, *(int *)r10);
        printf("%d %d %d %d\n", ring[0].next->next->next->v, head->v, head->next->v, ring[2].next == ring);
    printf("%d %d %g %g %d %d %d %d %g\n", single, nested_single, doubles[1], doubles[2], chars[1], chars[2],
        chars[3], (int)sizeof chars, floats[1]); for (int i = 0; i < 5; i++) printf("%ld ", widths[i]);
        for (int i = 0; i < 4; i++) printf("%d ", flags[i]); compound->x++; array_literal[3] = 6;
        printf("%d %d %d %zu\n", compound->x, array_literal[3], array_literal[4], sizeof nothing); INTS(around);
        INTS(from_literal); INTS(parts); INTS(vector); INTS(by_enum); INTS(sized);
        printf("%d %d %d\n", flexible.a[2], origin.y, flexible.n);
}
static int calls; static int next(void) { return ++calls; }
static void automatics(int n) {
    int a[] = {n, n + 1, [5] = n * 2, [3] = n - 1, 77}; INTS(a); int b[3][2] = {n, {n + 1}, [2][1] = n}; INTS(b);
        struct line c = {n, .b = {.y = n}, {n, [2] = n}}; INTS(c); struct point p = {n, -n};
        struct line d = {p, {1}, .b = p, .c = {p.y}}; INTS(d);
        struct deep f = {n, {.p = {n, n}}, .l[1] = d, .after = n}; INTS(f);
        struct anonymous g = {.d = 0, .b = n, .e = 1, {n}}; g.d = n; INTS(g);
        struct bits h = {n, n, n, n}, h2 = {.b = n}; INTS(h); INTS(h2);
        struct text t = {"ab", n, {"c", "de", "fghi"}}, t2 = {.t = {[1] = {n, n}}}; INTS(t); INTS(t2);
    int ranges[10] = {[1 ... 4] = n, [3 ... 7] = n + 1, [9] = 3}; INTS(ranges);
        struct point many[5] = {[0 ... 4] = {.x = n, .y = 5}, [2] = {.y = 6}}; INTS(many); calls = 0;
        int evaluated[6] = {[0 ... 2] = next(), [3] = next()}; INTS(evaluated); printf("%d\n", calls);
        char s[8] = "abc", s2[] = {"defg"}, s3[2][4] = {{'x'}, "yyyy"};
        printf("%s %s %s %d %zu %c\n", s, s2, s3[0], s[7], sizeof s2, s3[1][3]); int zero[50] = {0}, empty[7] = {};
        for (int i = 0; i < 50; i++) if (zero[i] || empty[i % 7]) printf("not zero\n");
        struct point arrays[] = {p, {1, 2}, p, 3, 4}; INTS(arrays); union { int i; struct point p; double d;
        } u = {n}, u2 = {.p = p}, u3 = {.d = n}; printf("%d %d %g\n", u.i, u2.p.y, u3.d);
        int self = sizeof self, *to = &self, second = self + 1; printf("%d %d\n", *to, second);
        const int *q = (const int[]){n, n + 1, n + 2}; printf("%d\n", q[1]);
        struct line whole = l1, *lp = &whole, other = *lp; other.c[1] = n; INTS(other); struct { struct line l; int z;
        } outer = {l3, n}; INTS(outer); struct { int a; int v[2]; } elided[] = {1, 2, 3, 4, n, 6}; INTS(elided);
        _Bool flags2[] = {n, 0, n > 100}; printf("%d%d%d\n", flags2[0], flags2[1], flags2[2]);
        double reals[] = {n, n / 2., 1}; printf("%g %g\n", reals[0], reals[1]); long double wide = n;
        printf("%g\n", (double)wide); static int counted[] = {1, 2}; counted[0]++; printf("%d\n", counted[0]);
        struct line conditional = n ? l1 : l2; INTS(conditional); int scalar = {n}; printf("%d\n", scalar);
        int padded[16] = {1, 2, 3, [12] = n}; INTS(padded);
}
struct point global_compound(int n) { return (struct point){.y = n, .x = n + 1};
    } static int sum(const int *a, int n) { int r = 0; while (n--) r += *a++; return r;
    } static int by_value(struct line l, struct point *p) { l.a.x++; p->x += l.a.x; return p->x + l.c[2];
    } static const char *kind(int n) { return (const char *[]){"none", "one", "two"}[n]; }
static void literals(void) {
    printf("%d %d %d\n", sum((int[]){1, 2, 3}, 3), sum((int[10]){[9] = 5, [0] = 1}, 10), by_value((struct line){{1,
        2}, .c = {[2] = 4}}, &(struct point){5, 6})); printf("%d %s %s\n", global_compound(4).x, kind(1), kind(2));
        struct point *kept[3]; for (int i = 0; i < 3; i++) { kept[i] = &(struct point){i, i * 2}; kept[i]->y++;
        printf("%d %d ", kept[i]->x, kept[i]->y); } printf("\n"); int i = 0; again:; int *p = (int[]){i, i + 1};
        p[1] *= 2; printf("%d %d ", p[0], p[1]); if (++i < 3) goto again; printf("\n"); struct point assigned;
        assigned = (struct point){i}; printf("%d %d\n", assigned.x, assigned.y); (struct point){1, 2}.x;
        ((struct point){1, 2}).y = 5; (int){5}++; printf("%d %d\n", ++(int){6}, (int){7} + *&(int){8});
        char *text = (char[]){"literal"}; text[0] = 'L';
        printf("%s %zu %zu\n", text, sizeof (char[]){"abc"}, sizeof (int[]){1, 2, [7] = 3});
        struct line *l = &(struct line){.a = global_compound(1), .b = {i, i}};
        printf("%d %d %d\n", l->a.x, l->b.y, l->c[0]);
        struct point nested = ((struct line){.b = (struct point){i, (int){9}}}).b;
        printf("%d %d\n", nested.x, nested.y); union { int a; float f; } u = (typeof(u)){.f = 1}; printf("%x\n", u.a);
        printf("%d\n", (&(struct node){&(struct node){.v = 6}})->next->v);
        const struct point *constant = &(const struct point){3, 4}; printf("%d\n", constant->y);
        printf("%d %d\n", (struct point[]){{1, 2}, {3, 4}}[1].x, ((int[2][2]){1, 2, 3})[1][0]); int n = 0;
        int *effect = (int[]){n++, n + 0 * n}; (void)effect; printf("%d\n", n); swap: ; struct point a = {1, 2};
        a = (struct point){a.y, a.x}; printf("%d %d\n", a.x, a.y); int v[3] = {1, 2, 3}; struct { int *p;
        } holder = {v}; *(struct { int *p; }){v}.p = 9; printf("%d %d\n", v[0], *holder.p);
        for (int k = 0; k < 2; k++) { int fresh[3] = {k}; printf("%d%d%d ", fresh[0], fresh[1], fresh[2]);
        fresh[1] = fresh[2] = 8; } while (n < 3) { struct point *z = &(struct point){.x = n++};
        printf("%d%d ", z->x, z->y); z->y = 5; } printf("\n");
}
int main(void) { statics(); automatics(3); automatics(-2); literals(); return 0; }
