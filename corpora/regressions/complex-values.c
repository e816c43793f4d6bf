/* about: complex numbers: arithmetic of all element types, parts as lvalues, passing and returning, static initializers,
   infinities in products and quotients */
#include <stdarg.h>
#include <stdio.h>

_Complex double global = 1.5 + 2.0i;
static _Complex float table[2] = { 1, 2.0fi };
struct record { char c; _Complex float f; _Complex double d; };

__attribute__((noinline)) _Complex double multiply(_Complex double a, _Complex double b) { return a * b; }
__attribute__((noinline)) _Complex long double divide(_Complex long double a, _Complex long double b) { return a / b; }
__attribute__((noinline)) _Complex int integers(_Complex int a) { return a * a / (2 + 1i); }
__attribute__((noinline)) _Complex float floats(_Complex float a, float b) { return a / b - a * b; }
__attribute__((noinline)) _Complex char bytes(_Complex char a) { return a + a; }

static void show(const char *name, _Complex double value)
{
    printf("%s %g %g\n", name, __real__ value, __imag__ value);
}

__attribute__((noinline)) static void variadic(int count, ...)
{
    va_list list;
    va_start(list, count);
    show("va double", va_arg(list, _Complex double));
    show("va float", va_arg(list, _Complex float));
    show("va long double", va_arg(list, _Complex long double));
    va_end(list);
}

int main(void)
{
    _Complex double x = 3 - 4i, y;
    _Complex int q;
    struct record r = { 1, 2.0f + 3.0if, -1 }, s;
    show("product", y = multiply(global, x));
    show("old", x++);
    show("new", ++x);
    __imag__ x += 2.5;
    __real__ x = -__real__ x;
    show("parts", x);
    show("conjugate", ~x);
    printf("%d %d %d %d\n", x == y, x != y, !x, x && y);
    show("long double", divide(x, global));
    show("float", floats(table[1] + x, 3));
    q = integers(5 + 6i);
    printf("%d %d\n", __real__ q, __imag__ q);
    q = bytes(60 + 3i);
    printf("%d %d\n", __real__ q, __imag__ q);
    s = r;
    s.d *= s.f;
    show("record", s.d);
    variadic(3, x, (_Complex float)y, (_Complex long double)1i);
    show("conditional", __real__ x > 0 ? x : y);
    show("elvis", x ?: y);
    y = __builtin_inf() + 1i;
    show("infinite square", y * y);
    y = 1;
    show("by zero", y / (_Complex double)0);
    printf("%d %g %d\n", (int)(_Complex float)7, (double)x, (_Bool)1i);
    return 0;
}
