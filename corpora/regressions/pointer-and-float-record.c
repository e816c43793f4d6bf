/* about: a record of a pointer and a float is passed and returned in integer registers: gcc takes "integer" of the
   hardware floating-point convention for an arithmetic type */
#include <stdio.h>

struct pointer_double { void *p; double d; };
struct double_pointer { double d[1]; void *p; } __attribute__((packed));
struct float_pointer { float f; char *p; };
struct long_double_pair { long l; double d; };
enum unit { INCH, METRE = 7 };
struct enum_float { enum unit unit; float f; };
struct bool_double { _Bool b; double d; };

struct pointer_double take_a(struct pointer_double a, double b, struct double_pointer c);
struct double_pointer take_b(struct double_pointer a, struct float_pointer b, int c);
struct float_pointer take_c(struct float_pointer a, struct long_double_pair b, struct enum_float c);
struct enum_float take_d(struct enum_float a, struct bool_double b, struct pointer_double c);

#ifndef CALLER
struct pointer_double take_a(struct pointer_double a, double b, struct double_pointer c)
{
    printf("a %d %g %g %g %d\n", *(int *)a.p, a.d, b, c.d[0], *(int *)c.p);
    return (struct pointer_double){ c.p, a.d + b };
}

struct double_pointer take_b(struct double_pointer a, struct float_pointer b, int c)
{
    printf("b %g %d %g %d %d\n", a.d[0], *(int *)a.p, b.f, *(int *)b.p, c);
    return (struct double_pointer){ { a.d[0] * 2 }, b.p };
}

struct float_pointer take_c(struct float_pointer a, struct long_double_pair b, struct enum_float c)
{
    printf("c %g %d %ld %g %d %g\n", a.f, *(int *)a.p, b.l, b.d, c.unit, c.f);
    return (struct float_pointer){ c.f, a.p };
}

struct enum_float take_d(struct enum_float a, struct bool_double b, struct pointer_double c)
{
    printf("d %d %g %d %g %d %g\n", a.unit, a.f, b.b, b.d, *(int *)c.p, c.d);
    return (struct enum_float){ INCH, a.f };
}
#endif

#ifndef CALLEE
int main(void)
{
    int x = 1, y = 2;
    struct pointer_double a = { &x, 1.5 };
    struct double_pointer b = { { 2.5 }, &y };
    struct float_pointer c = { 3.5f, (char *)&x };
    struct long_double_pair d = { 4, 4.5 };
    struct enum_float e = { METRE, 5.5f };
    struct bool_double f = { 1, 6.5 };
    a = take_a(a, 9.25, b);
    b = take_b(b, c, 77);
    c = take_c(c, d, e);
    e = take_d(e, f, a);
    printf("%d %g, %g %d, %g %d, %d %g\n", *(int *)a.p, a.d, b.d[0], *(int *)b.p, c.f, *(int *)c.p, e.unit, e.f);
    return 0;
}
#endif
