/* about: ranges of elements: the value is evaluated once, ranges stand anywhere in a designator, what follows continues in the last. */
#include <stdio.h>
struct point { int x, y; };
struct deep { struct point p[3]; int bits : 5; union { int i; struct point q; } u; };
static struct point a[5] = {[0 ... 3].x = 1, 2}, b[4] = {[0 ... 1] = 3, 4, 5, [3] = {6, 7}};
static int c[3][4] = {[0 ... 2][1 ... 2] = 8, 9, [1][0] = 10}, d[2][3] = {[0 ... 1] = {1, [1 ... 2] = 5}};
static struct deep e[3] = {[0 ... 2].p[1 ... 2] = {11, 12}, [1 ... 2].bits = -3, {13}, [0].u.q = {14, 15}};
static char text[3][4] = {[0 ... 1] = "ab", "cde"};
static int calls;
static int next(void) { return ++calls; }
static struct point make(void) { calls += 10; return (struct point){calls, calls + 1}; }
static void show(const char *name, const int *at, unsigned long count) {
    printf("%s:", name);
    while (count--)
        printf(" %d", *at++);
    printf("\n");
}
#define SHOW(x) show(#x, (const int *)&x, sizeof x / sizeof(int))
int main(void) {
    SHOW(a); SHOW(b); SHOW(c); SHOW(d);
    for (int i = 0; i < 3; i++)
        printf("%d %d %d %d %d %s\n", e[i].p[0].x, e[i].p[2].y, e[i].bits, e[i].u.q.x, e[i].u.q.y, text[i]);
    int f[6] = {[0 ... 2] = next(), [3] = next()};
    SHOW(f);
    struct point g[4] = {[1 ... 3] = make(), [2].y = 5};
    printf("%d %d %d %d\n", g[0].x, g[1].x, g[3].y, calls);
    struct point h[4] = {[0 ... 2].x = next(), next(), [3] = {next()}};
    SHOW(h);
    struct point k[3] = {[0 ... 2] = {next(), ({ int t = next(); again: if (t < 0) goto again; t; })}};
    SHOW(k);
    struct deep l[2] = {[0 ... 1].p[0 ... 1].y = next(), [0 ... 1].bits = next()};
    printf("%d %d %d %d %d\n", l[0].p[1].y, l[1].p[0].y, l[1].p[1].y, l[0].bits, l[1].bits);
    return 0;
}
