/* about: an inline function that is always inlined needs no external definition */
#include <stdarg.h>
#include <stdio.h>

inline __attribute__((always_inline)) long sum(va_list list) { return va_arg(list, int) + va_arg(list, long); }
extern inline __attribute__((always_inline, gnu_inline)) int twice(int x) { return 2 * x; }

static long take(int n, ...)
{
    va_list list;
    va_start(list, n);
    long result = sum(list);
    va_end(list);
    return result;
}

int main(void)
{
    printf("%ld %d\n", take(2, 3, 4L), twice(21));
    return 0;
}
