/* about: a call of a pure or const function whose result or argument travels in memory does touch that memory */
#include <stdio.h>

struct big { long a, b, c; };

__attribute__((pure, noinline)) static struct big make(long n) { return (struct big){ n, n + 1, n + 2 }; }
__attribute__((const, noinline)) static struct big make_const(long n) { return (struct big){ n, n * 2, n * 3 }; }
__attribute__((const, noinline)) static long sum(struct big value) { return value.a + value.b + value.c; }
__attribute__((pure, noinline)) static _Complex long double pair(int n) { return n + 1 + (n - 1) * 1.0i; }

int main(void)
{
    struct big first = make(5), second = make_const(7);
    long both = sum(first);
    first.a = 100;
    printf("%ld %ld %ld\n", first.c, second.c, both + sum(first));
    printf("%d %d\n", (int)__real__ pair(5), (int)__imag__ pair(5));
    return 0;
}
