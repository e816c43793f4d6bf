/* about: the operand of __builtin_constant_p is not evaluated */
#include <stdio.h>

int undefined_function(void);
static int calls;
static volatile int seen;
static int count(void) { return ++calls; }

int main(void)
{
    int n = 3, m = 4;
    int a = __builtin_constant_p(n++);
    int b = __builtin_constant_p(count() + m);
    int c = __builtin_constant_p(({ m = 7; m; }));
    int d = __builtin_constant_p(n > 0 ? seen : n);
    int e = __builtin_constant_p(undefined_function());
    printf("%d %d %d %d %d; %d %d %d\n", a, b, c, d, e, n, m, calls);
    return 0;
}
