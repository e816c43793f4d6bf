/* about: tentative definitions, linkage, storage, scopes, static locals, extern in blocks, register, initialisation
   order, thread storage */
#include <stdio.h>
int tentative; int tentative; extern int tentative; int tentative = 4; static int internal; static int internal;
    extern int internal; int never_given; int array_later[]; int array_later[3]; extern int sized[5];
    int sized[] = {1, 2, 3, 4, 5}; struct later; extern struct later object; struct later { int a, b; };
    struct later object = {1, 2}; const int constant = 5; static const char *const names[] = {"a", "b"};
    int only_tentative[2];
extern int with_value = 7; extern int defined_later; static int *pointer_to_later = &defined_later;
    int defined_later = 8;
static int counter(void) { static int n = 10; static int m; return n++ * 100 + m--; } static int other(void) {
    static int n = 20; { static int n = 30; n++; if (n > 31) return n; } return n++; } static int *address(void) {
    static int kept[3] = {7}; kept[1]++; return kept; } static int recursion(int n) { static int depth;
    int mine = ++depth; if (n) recursion(n - 1); return mine * 100 + depth; }
static int blocks(int x) { int r = x; { int x = r + 1; { extern int tentative; r += tentative; static int x = 100;
    r += x++; } r += x; } { int tentative = 9; r += tentative; { extern int tentative; r += tentative;
    } } for (int x = 0, y = 2; x < y; x++) { int x = 50; r += x; } r += x; if (1) { typedef long x; r += sizeof(x);
    } { struct later { char c; } l; enum { tentative = 3 }; r += sizeof l + tentative; } { struct later;
    struct later *p = 0; struct later { int q[3]; }; r += sizeof *p; } return r; }
static int (*forward)(int) = blocks; static int registers(register int a) { register int b = a;
    register struct later s = {b, 2}; register const char *p = "reg"; return s.a + s.b + p[1];
    } _Thread_local int per_thread = 6; static __thread int zero_thread; extern _Thread_local int per_thread;
    static int threads(void) { static _Thread_local int local = 1; return local++ + per_thread++ + zero_thread--; }
static int large_zero[10000], large_given[1000] = {[999] = 1};
    char a_char = 'c', *a_string = "string", an_array[] = "array", (*pointer_to_array)[6] = &an_array;
    static volatile int shared; static union { int i; char c[4]; } a_union = {0x01020304};
    static long first = 1, *second = &first, **third = &second; int f1(void), f2(void), (*f3)(void) = f1, v1 = 3;
    int f1(void) { return 1; } int f2(void) { return f1() + v1; } typedef int T; static int hides(void) { int T = 3;
    return T * 2; } static T T_used; unsigned static u_static = 3; int const long unsigned volatile mixed = 12;
    signed s_only = -1; long l_only = -2; static _Bool truth = 5; void *null_pointer = 0;
    char *end_of = an_array + sizeof an_array; extern int used_before; static int early_use(void) {
    return used_before; } int used_before = 44; inline static int odd_order(void) { return 2; } static struct { int x;
    } unnamed = {1}, unnamed2 = {2}; enum E { E1 = 5, E2 } an_enum = E2, *enum_pointer = &an_enum; struct S {
    struct S *s; struct Inner { int i; } in; } s_object = {&s_object, {4}}; struct Inner escaped = {9};
    static int prototype_scope(struct only_here { int a; } *p, int n, int v[n]);
    static int sum_sizes(int (*f)(int (*)(void), ...), T t);
int main(void) {
    printf("%d %d %d %d %zu %d %d %d\n", tentative, internal, never_given, array_later[2], sizeof sized / 4, sized[4],
        object.b, with_value); printf("%d %s %d %d\n", constant, names[1], *pointer_to_later, only_tentative[1]);
        for (int i = 0; i < 3; i++) { printf("%d %d ", counter(), other()); printf("%d ", address()[0]);
        printf("%d ", address()[1]); } printf("\n%d %d\n", recursion(3), recursion(2)); printf("%d ", blocks(1));
        printf("%d ", forward(2)); printf("%d ", registers(4)); printf("%d ", threads()); printf("%d\n", threads());
        printf("%d %d %c %s %s %c\n", large_zero[9999], large_given[999], a_char, a_string, an_array,
        (*pointer_to_array)[1]); shared++;
        printf("%d %x %ld %d %d %d\n", shared, a_union.i, **third, f3(), f2(), hides());
        printf("%d %d %lu %d %ld %d %d %d\n", T_used, u_static, mixed, s_only, l_only, truth, null_pointer == 0,
        (int)(end_of - an_array));
        printf("%d %d %d %d %d %d %d %d\n", early_use(), odd_order(), unnamed.x + unnamed2.x, *enum_pointer, E1,
        s_object.s->in.i, escaped.i, (int)sizeof(struct Inner)); static int in_main = sizeof(struct S);
        extern int defined_in_main_scope; printf("%d %d\n", in_main, defined_in_main_scope); return 0;
}
int defined_in_main_scope = 77;
