/* about: _Generic, typeof, __auto_type, _Static_assert, _Alignas, _Alignof, qualifiers, composite types, typedef and
   tag name spaces */
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
_Static_assert(sizeof(int) == 4, "int"); _Static_assert(1);
    _Static_assert('a' + 1 == 'b' && (int)1.5 == 1, "concatenated " "text");
struct asserted { int a; _Static_assert(sizeof(long) == 8, "in a struct"); char b; };
#define KIND(x) _Generic((x), int: "int", unsigned: "unsigned", long: "long", unsigned long: "unsigned long", char: "char", signed char: "signed char", unsigned char: "unsigned char", short: "short", _Bool: "bool", float: "float", double: "double", long double: "long double", char *: "char *", const char *: "const char *", int *: "int *", const int *: "const int *", volatile int *: "volatile int *", int *const *: "int *const *", int **: "int **", void *: "void *", const void *: "const void *", int (*)(int): "int (*)(int)", int (*)[3]: "int (*)[3]", int (*)[4]: "int (*)[4]", const int (*)[3]: "const int (*)[3]", struct s: "struct s", struct s *: "struct s *", union u: "union u", default: "default")
#define TYPE(t) _Generic((t *)0, int *: "int", const int *: "const int", volatile int *: "volatile int", const volatile int *: "const volatile int", int **: "int *", int *const *: "int *const", int (*)[3]: "int[3]", int (*)(int): "int(int)", char *: "char", double *: "double", int (**)(int): "int (*)(int)", long *: "long", unsigned *: "unsigned", unsigned char *: "unsigned char", short *: "short", default: "default")
struct s { int a; const int b; int c : 3; unsigned char d : 2; const int *p; }; union u { int a; }; enum e { A };
    enum negative { B = -1 }; enum big { C = 1L << 40 };
typedef int integer, *pointer, array[3], function(int); typedef const array constant_array; typedef struct s s;
    static int f(int x) { return x; } static const struct s cs = {1, 2, 3, 1, 0}; static volatile const int vc = 5;
    extern int external[]; static int *restrict rp; static _Atomic int atomic_object = 3;
static int counter; static int effect(void) { return ++counter; }
static void generics(void) {
    const int ci = 1; volatile int vi = 2; char c = 'c'; int a[3]; const char *s = "s"; struct s st = {1, 2};
        const struct s *sp = &st; short sh = 1; int *const cp = 0; array arr; const array ca = {1}; enum e e = A;
        unsigned char uc = 1;
    printf("%s %s %s %s %s %s\n", KIND(ci), KIND(vi), KIND(c), KIND('c'), KIND((const int)1), KIND(sh));
        printf("%s %s %s %s %s %s\n", KIND(a), KIND(&a), KIND("s"), KIND(s), KIND(&ci), KIND(&vi));
        printf("%s %s %s %s %s\n", KIND(st), KIND(sp->a), KIND(&sp->a), KIND(st.b), KIND(&st.b));
        printf("%s %s %s %s %s\n", KIND(cp), KIND(&cp), KIND(f), KIND(&f), KIND(*f));
        printf("%s %s %s %s %s\n", KIND(e), KIND((enum negative)0), KIND(A), KIND(C), KIND((enum big)0));
        printf("%s %s %s %s\n", KIND(1.0f), KIND(1.0L), KIND(1 == 1), KIND((_Bool)1));
        printf("%s %s %s %s %s\n", KIND(arr), KIND(&arr), KIND(&ca), KIND(ca), KIND((void *)&ca));
        printf("%s %s %s %s\n", KIND(+c), KIND(c = 1), KIND(uc++), KIND((c, uc)));
        printf("%s %s\n", KIND(+st.c), KIND(st.d + 0));
        printf("%d %d\n", _Generic(effect(), int: 5, default: effect()), counter);
        printf("%d %d %d\n", _Generic(1, default: 1, int: 2), _Generic(1L, default: 3), _Generic((char)1, int: 1,
        char: _Generic(1.0, double: 7, float: 8))); _Generic(0, int: counter, default: c) = 9;
        printf("%d\n", counter); printf("%s\n", _Generic(&counter, const int *: "const", int *: "plain"));
        printf("%s %s\n", KIND((integer)1), KIND((pointer)0));
        printf("%s %s %s\n", KIND(0 ? (int *)0 : (const int *)0), KIND(0 ? &a : (int (*)[])0), KIND(sizeof 1));
        printf("%s %s\n", KIND((ptrdiff_t)0), KIND(L'a')); int vla[counter]; printf("%s\n", KIND(vla));
        printf("%d\n", _Generic(f, int (*)(int): f)(6)); typeof(_Generic(1, int: 1.5)) g = 2.5; printf("%g\n", g);
        printf("%s %s\n", KIND(({ c; })), KIND((const char)'x')); }
static void types(void) {
    typeof(int) a = 1; typeof(a) *p = &a; typeof(*p) b = 2; __typeof__(int[3]) c = {1, 2, 3}; typeof(c) d;
        typeof(&c[0]) q = c; typeof(f) *fp = f; typeof(f(1)) r = fp(3); typeof("text") text = "TEXT";
        typeof(const int) k = 4; typeof(k) *kp = &k; __typeof(1 ? 1 : 2.0) real = 1.5; typeof(int *) x, y;
        typeof(c[0]) const z = 5; typeof(typeof(char *)) string = "s"; __auto_type automatic = 2.5f;
        const __auto_type ca = &c; __auto_type pointer_like = "abc"; extern typeof(f) g; typeof(effect()) none = 7;
        typeof(int (*)(int)) fp2 = fp; typeof(struct { int m; }) inner = {3}, inner2 = inner;
    printf("%zu %zu %zu %d %d %d\n", sizeof d, sizeof text, sizeof real, r, *kp, fp2(8));
        printf("%s %s %s %s %s\n", TYPE(typeof(k)), TYPE(typeof(&a)), TYPE(typeof(c)), TYPE(typeof(f)),
        TYPE(typeof(+k)));
        printf("%s %s %s %s\n", TYPE(typeof((k))), TYPE(typeof((char)1)), TYPE(typeof(1 ? k : k)),
        TYPE(typeof(*&vc)));
        printf("%zu %d %s %d %d %d\n", sizeof automatic, (*ca)[1], pointer_like, none, inner2.m, g(4)); x = y = q;
        printf("%d %d %s %d\n", *x, z, string, b); int n = 2; typeof(int[n++]) vla; typeof(vla) twin; n = 9;
        printf("%d %zu %zu\n", n, sizeof vla, sizeof twin); int other = 3; typeof(other++) unevaluated = 1;
        printf("%d %d\n", other, unevaluated); { typeof(a) a = 5; a++; printf("%d\n", a); } typedef typeof(n) n_type;
        n_type m = 4; { int n_type = 6; m += n_type; } printf("%d\n", m);
        for (typeof(m) i = 0; i < 2; i++) printf("%d", i); printf("\n"); struct { typeof(int (*)[3]) rows;
        } holder = {&c}; printf("%d\n", (*holder.rows)[2]); printf("%zu\n", sizeof(typeof(*(struct s *)0))); char *w;
        unsigned char u8 = 200; typeof(u8) wrapped = u8 + 100; printf("%d\n", wrapped); (void)w; }
int g(int x) { return x * 2; }
static void alignments(void) { alignas(32) char a; _Alignas(16) _Alignas(4) int b; _Alignas(long) char c[3];
    static _Alignas(64) int d; struct { char c; alignas(16) char x; } e; alignas(0) int zero;
    alignas(sizeof(long) * 2) int computed;
    printf("%d %d %d %d\n", (int)((size_t)&a % 32), (int)((size_t)&b % 16), (int)((size_t)c % 8),
    (int)((size_t)&d % 64));
    printf("%zu %zu %zu %zu %zu\n", _Alignof(int), alignof(char[7]), _Alignof(struct s), __alignof__(a),
    __alignof__(e));
    printf("%zu %zu %zu %zu\n", offsetof(typeof(e), x), __alignof__(d), __alignof__(e.x), _Alignof(max_align_t));
    printf("%d %d\n", (int)((size_t)&computed % 16), alignof(double) == __alignof(double));
    printf("%zu %zu %zu\n", _Alignof(long double), _Alignof(__int128), _Alignof(void *)); (void)zero; }
static void qualifiers(void) { const int c = 1; int volatile v = 2; int const *const p = &c;
    const volatile long cv = 3; int *volatile vp = (int *)&v; v = v + *p; v++; *vp += 5;
    char *restrict r = (char[]){"abc"}; struct { const int a; volatile int b; } s = {1, 2}, *sp = &s; sp->b += s.a;
    const struct s copy = cs; struct s plain = {.a = cs.a + copy.c};
    printf("%d %ld %s %d %d %d\n", v, cv, r + 1, s.b, plain.a, vc);
    const char *const names[] = {"a", "b"}, *const *np = names; printf("%s\n", *++np); int *q = (int *)&c;
    printf("%d\n", *(const int *)q); constant_array arr = {1, 2, 3}; const int *element = arr;
    printf("%d\n", element[2]); typedef int *ip; const ip cip = &plain.a; *cip = 7; printf("%d\n", plain.a);
    rp = &plain.a; *rp += 1; printf("%d %d\n", *rp, external[1]); atomic_object += 4; atomic_object++;
    _Atomic(long) al = 5; al *= 3; printf("%d %ld\n", atomic_object, al); register int reg = 4;
    auto int automatic = reg; const volatile unsigned char *bytes = (const volatile unsigned char *)"\xff";
    printf("%d %d\n", automatic, *bytes); long unsigned int long odd = -1; int static long sil = 4;
    short const signed int scsi = -3; printf("%d %ld %d\n", odd > 0, sil, scsi); }
int external[] = {1, 2};
struct tag { int tag; }; typedef struct tag tag; static int spaces(tag *tag) { struct tag other = *tag; enum tag2 {
    tag3 = 3 }; goto tag; tag: return tag->tag + other.tag + tag3; }
static int declarators(void) { int *(*(*a[2])(int))[3] = {0}; int (*(*b)(void))[2] = 0; char (*(*c[3])())[5];
    int ((d)) = 4, (*(e)) = &d, (*(*f)(int)) = 0; int (g)(int); (void)b;
    return sizeof a + sizeof *b() + sizeof(*(*c[0])()) + *e + (f == 0) + g(2) + sizeof(int *(*)[3]) + sizeof(char(*(*)(void))[7]); }
int main(void) { generics(); types(); alignments(); qualifiers();
    printf("%d %d\n", spaces(&(struct tag){4}), declarators()); return 0; }
