/* about: complex numbers and vectors as parameters, results, members and variable arguments travel as gcc passes them */
#include <stdarg.h>
#include <stdio.h>

typedef int v2si __attribute__((vector_size(8)));
typedef int v4si __attribute__((vector_size(16)));
typedef float v2sf __attribute__((vector_size(8)));
typedef float v4sf __attribute__((vector_size(16)));
typedef double v4df __attribute__((vector_size(32)));
typedef char v4qi __attribute__((vector_size(4)));
typedef double v1df __attribute__((vector_size(8)));
struct one_complex { _Complex float z; };
struct complex_and_int { _Complex float z; int n; };
struct vector_only { v2sf v; };
struct vector_float { v1df v; float f; };
struct wide_vector { char c; v4si v; };

_Complex float take_cf(int a, _Complex float z, _Complex double w, float f);
_Complex double take_cd(_Complex double a, _Complex double b, _Complex double c, _Complex double d, _Complex double e);
_Complex long double take_cl(int n, _Complex long double a);
_Complex int take_ci(_Complex char a, _Complex short b, _Complex int c, _Complex long d);
v2si take_v2(int n, v2si a, v2sf b);
v4si take_v4(int n, v4si a, int m, v4sf b, v4si c, v4si d);
v4df take_wide(v4df a, int n);
v4qi take_small(v4qi a, v4qi b);
struct one_complex take_s1(struct one_complex a, struct complex_and_int b);
struct vector_float take_s2(struct vector_only a, struct vector_float b, struct wide_vector c);
void take_more(int n, ...);

#ifndef CALLER
_Complex float take_cf(int a, _Complex float z, _Complex double w, float f) { return a + z * f + w; }
_Complex double take_cd(_Complex double a, _Complex double b, _Complex double c, _Complex double d, _Complex double e)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e;
}
_Complex long double take_cl(int n, _Complex long double a) { return a * n; }
_Complex int take_ci(_Complex char a, _Complex short b, _Complex int c, _Complex long d) { return a + b * c - d; }
v2si take_v2(int n, v2si a, v2sf b) { a[1] += (int)b[0] + n; return a; }
v4si take_v4(int n, v4si a, int m, v4sf b, v4si c, v4si d) { a[0] = b[3]; return a + n * c - m * d; }
v4df take_wide(v4df a, int n) { a[n] = n; return a; }
v4qi take_small(v4qi a, v4qi b) { return a * b; }
struct one_complex take_s1(struct one_complex a, struct complex_and_int b) { a.z += b.z * b.n; return a; }
struct vector_float take_s2(struct vector_only a, struct vector_float b, struct wide_vector c)
{
    b.v[0] += a.v[1];
    b.f += c.v[2] + c.c;
    return b;
}
void take_more(int n, ...)
{
    va_list list;
    va_start(list, n);
    _Complex float z = va_arg(list, _Complex float);
    v4si v = va_arg(list, v4si);
    _Complex double w = va_arg(list, _Complex double);
    v4df d = va_arg(list, v4df);
    v2sf f = va_arg(list, v2sf);
    _Complex long double l = va_arg(list, _Complex long double);
    v4qi q = va_arg(list, v4qi);
    va_end(list);
    printf("%g %g %d %d %g %g %g %g %d\n", (double)__imag__ z, (double)__real__ z, v[0], v[3], (double)__imag__ w, d[2],
           (double)f[1], (double)__imag__ l, q[2]);
}
#endif

#ifndef CALLEE
int main(void)
{
    _Complex float cf = take_cf(1, 2 + 3.0if, 4 + 5.0i, 6);
    _Complex double cd = take_cd(1 + 1.0i, 2 + 3.0i, 4 + 5.0i, 6 + 7.0i, 8 + 9.0i);
    _Complex long double cl = take_cl(3, 1.5L + 2.5Li);
    _Complex int ci = take_ci(1 + 2i, 3 + 4i, 5 + 6i, 7 + 8i);
    v2si v2 = take_v2(1, (v2si){ 2, 3 }, (v2sf){ 4, 5 });
    v4si v4 = take_v4(1, (v4si){ 1, 2, 3, 4 }, 2, (v4sf){ 1, 2, 3, 4.5f }, (v4si){ 5, 6, 7, 8 }, (v4si){ 1, 1, 1, 9 });
    v4df wide = take_wide((v4df){ 5, 6, 7, 8 }, 2);
    v4qi small = take_small((v4qi){ 1, 2, 3, 4 }, (v4qi){ 5, 6, 7, 8 });
    struct one_complex s1 = take_s1((struct one_complex){ 1 + 2.0if }, (struct complex_and_int){ 3 + 4.0if, 5 });
    struct vector_float s2 = take_s2((struct vector_only){ { 1, 2 } }, (struct vector_float){ { 3 }, 4 },
                                     (struct wide_vector){ 5, { 6, 7, 8, 9 } });
    printf("%g %g %g %g %g %g\n", (double)__real__ cf, (double)__imag__ cf, __real__ cd, __imag__ cd,
           (double)__real__ cl, (double)__imag__ cl);
    printf("%d %d %d %d\n", __real__ ci, __imag__ ci, v2[0], v2[1]);
    printf("%d %d %d %d %g %g %d\n", v4[0], v4[1], v4[2], v4[3], wide[2], wide[3], small[3]);
    printf("%g %g %g %g\n", (double)__real__ s1.z, (double)__imag__ s1.z, s2.v[0], (double)s2.f);
    take_more(1, 1 + 2.0if, (v4si){ 1, 2, 3, 4 }, 5 + 6.0i, (v4df){ 1, 2, 3, 4 }, (v2sf){ 7, 8 }, 9 + 10.0Li,
              (v4qi){ 1, 2, 3, 4 });
    return 0;
}
#endif
