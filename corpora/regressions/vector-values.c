/* about: GNU vectors: operators lane by lane, comparisons, subscripts, casts between equal sizes, passing and returning */
#include <stdarg.h>
#include <stdio.h>

typedef int v4si __attribute__((vector_size(16)));
typedef unsigned char v8qi __attribute__((vector_size(8)));
typedef float v2sf __attribute__((vector_size(8)));
typedef double v4df __attribute__((vector_size(32)));
typedef long long v2di __attribute__((vector_size(16)));
struct record { char c; v4si v; v2sf f; };
static v4si table[2] = { { 1, 2, 3 }, { -1 } };

__attribute__((noinline)) v4si add(v4si a, v4si b) { return a + b * 2; }
__attribute__((noinline)) v2sf subtract(v2sf a, float x, v2sf b) { return a - b * x; }
__attribute__((noinline)) v4df wide(v4df a, v4df b) { return a / b; }
__attribute__((noinline)) v8qi small(v8qi a, v8qi b) { return (a + b) >> 1; }
__attribute__((noinline)) struct record change(struct record r) { r.v[1] = r.c; r.f = -r.f; return r; }

static void show(const char *name, v4si v)
{
    printf("%s %d %d %d %d\n", name, v[0], v[1], v[2], v[3]);
}

__attribute__((noinline)) static void variadic(int count, ...)
{
    va_list list;
    va_start(list, count);
    show("va", va_arg(list, v4si));
    show("va", (v4si)va_arg(list, v2di));
    printf("%g\n", va_arg(list, v4df)[3]);
    va_end(list);
}

int main(void)
{
    v4si a = { 1, 2, 3, 4 }, b = { 10, 20, 30, 40 };
    v8qi bytes = { 250, 3, 255, 9 }, more = { 10, 20, 30, 40, 50 };
    v4df d = { 1, 2, 3, 4 };
    v2sf f = { 1.5f, 2.5f };
    struct record r = { 7, { 1, 2, 3, 4 }, { 5, 6 } };
    int i;
    show("add", a = add(a, b));
    a[2] = 7;
    i = 1;
    a[i] += a[3];
    show("subscript", a);
    show("less", a < b);
    show("equal", a == (v4si){ 21, 0, 7, 0 });
    a <<= 2;
    show("shift", a);
    show("not", ~-a % b);
    show("mixed", (a & 12) | (b ^ 3));
    show("divide", (table[0] - table[1]) / 2);
    f = subtract(f, 3, (v2sf){ 1, 2 });
    printf("%g %g %d\n", f[0], f[1], (f > 0)[0]);
    d = wide(d, d + 1);
    printf("%g %g\n", d[0], d[3]);
    bytes = small(bytes, more);
    for (i = 0; i < 8; i++)
        printf("%d ", bytes[i]);
    printf("%llx\n", (unsigned long long)bytes);
    r = change(r);
    show("record", r.v);
    printf("%g %g\n", r.f[0], r.f[1]);
    variadic(3, b, (v2di){ 5, 6 }, d);
    return 0;
}
