/* about: arrays: variable length in every place, several dimensions, sizeof and its side effects, parameters, jumps
   out of scope, pointers to arrays */
#include <stdio.h>
#include <string.h>
static int count;
static int next(void) { return ++count; }
static int sum(int n, const int a[n]) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }
static int trace(int rows, int columns, int a[rows][columns]) { int s = 0;
    for (int i = 0; i < rows && i < columns; i++) s += a[i][i]; return s + sizeof *a; }
static int star(int, int a[*][*]);
static int star(int n, int a[n][n + 1]) { return sizeof a[0] + a[1][0]; }
static int least(int a[static 3], int b[const], int c[static restrict const 2]) { return a[2] + b[0] + c[1]; }
static int effects(int n, int m, int a[n++], int b[][m++]) { return n * 1000 + m * 100 + sizeof *b; }
static int old(n, a) int n; int a[n][n]; { return sizeof a[0] + a[1][1]; }
static unsigned long depth(int n, char a[n][n * 2][n * 3]) { return sizeof *a * 100 + sizeof **a; }
static void one(int n) {
    int a[n]; for (int i = 0; i < n; i++) a[i] = i * i;
        printf("%d %zu %zu\n", sum(n, a), sizeof a, sizeof a / sizeof *a);
    char b[n + 1], *end = b + sizeof b; memset(b, 'x', sizeof b - 1); b[n] = 0; printf("%s %d\n", b, (int)(end - b));
    int size = n; long c[size]; size = 100; printf("%zu\n", sizeof c); c[n - 1] = 5; printf("%ld\n", c[n - 1]);
    struct { int x; char y; } d[n]; d[n - 1].x = 3; printf("%zu %d\n", sizeof d, d[n - 1].x);
    double e[n][2]; e[n - 1][1] = 2.5; printf("%zu %zu %g\n", sizeof e, sizeof e[0], *(*(e + n - 1) + 1));
    int *f[n]; f[0] = a; printf("%d %zu\n", f[0][1], sizeof f); int (*g)[n] = &a;
        printf("%zu %d %d\n", sizeof *g, (*g)[2], (int)((char *)(g + 1) - (char *)g));
}
static void two(int rows, int columns) {
    int a[rows][columns]; int k = 0; for (int i = 0; i < rows; i++) for (int j = 0; j < columns; j++) a[i][j] = k++;
    printf("%d %d %zu %zu\n", trace(rows, columns, a), a[rows - 1][columns - 1], sizeof a, sizeof a[0]);
    int (*p)[columns] = a; p++; printf("%d %d %ld\n", (*p)[0], p[1][2], (long)(&a[rows - 1] - p)); int *q = &a[1][1];
        printf("%d %ld\n", q[-1], (long)(q - a[0]));
    int b[2][rows][3][columns]; memset(b, 0, sizeof b); b[1][rows - 1][2][columns - 1] = 9;
        printf("%zu %zu %zu %zu %d\n", sizeof b, sizeof *b, sizeof **b, sizeof ***b, ((int *)b)[sizeof b / 4 - 1]);
    int (*r)[rows][3][columns] = b; r += 1; printf("%d\n", (*r)[rows - 1][2][columns - 1]);
        int (*s)[3][columns] = b[1] + 1; printf("%d %ld\n", s[rows - 2][2][columns - 1], (long)((char *)s - (char *)b));
    typedef int row_type[columns]; row_type row, *rp = &row, rs[2]; columns = 77;
        printf("%zu %zu %zu %zu\n", sizeof row, sizeof *rp, sizeof rs, sizeof(row_type)); rs[1][0] = 4;
        printf("%d\n", *rs[1]);
    typeof(a) twin; typeof(a[0]) twin_row; printf("%zu %zu\n", sizeof twin, sizeof twin_row);
}
static void side_effects(void) {
    int n = 3; printf("%zu ", sizeof(int[n++])); printf("%d ", n); printf("%zu ", sizeof(int(*)[n++]));
        printf("%d ", n == 4 || n == 5); int a[n]; n = 4; (void)sizeof(a[n++]); printf("%d ", n); int b[2][n];
        (void)sizeof b[n++]; printf("%zu\n", sizeof b[0]);
    count = 0; int c[next()], d[next()][next()]; printf("%zu %zu %d\n", sizeof c, sizeof d, count);
        printf("%zu %zu %d\n", sizeof d[0], sizeof(char[next()][next()]), count);
    typedef char text[next()]; text x, y; printf("%zu %zu %d\n", sizeof x, sizeof y, count);
        typedef text more[next()]; printf("%zu %d\n", sizeof(more), count);
    int i = 1; int (*p)[i++] = 0; printf("%d %zu\n", i, sizeof *p); printf("%zu\n", sizeof *(char(*)[i + 3])0);
        int e[i = 5]; printf("%d %zu\n", i, sizeof e); i = 2; int f[({ int t = i * 2; t + 1; })];
        printf("%zu\n", sizeof f);
    printf("%zu %zu\n", sizeof(int[2][next()]) / sizeof(int[next()]), _Alignof(int[n]));
}
static void loops(void) {
    void *first = 0; int same = 1; for (int i = 1; i < 6; i++) { char a[i * 16]; memset(a, i, sizeof a);
        if (i == 3) continue; if (i == 5) break; printf("%d%d ", a[0], (int)sizeof a); }
    printf("\n"); for (int i = 0; i < 1000; i++) { char big[100000 + (i & 1)]; big[i] = i; if (!first) first = big;
        if (i & 2) continue; same += big[i] & 1; } printf("%d\n", same);
    int n = 0; again:; { long a[n + 1]; a[n] = n; if (n++ < 500) { long inner[n * 100]; inner[0] = a[0]; goto again;
        } printf("%zu %ld\n", sizeof a, a[n - 1]); }
    for (int i = 0; i < 3; i++) { switch (i) { case 0: { char a[i + 1]; a[0] = 1; break; } default: { int b[i * 2];
        b[0] = i; printf("%zu ", sizeof b); if (i == 1) break; printf("last "); } } } printf("\n");
    int total = 0; for (int a[n - 497], i = 0; i < 2; i++) { a[i] = i + 1; total += a[i] + sizeof a;
        } printf("%d\n", total); while (n-- > 498) { char a[n]; a[n - 1] = 1; total += sizeof a; } printf("%d\n", total);
}
static int recursive(int n) { if (n == 0) return 0; int a[n]; a[n - 1] = n; int below = recursive(n - 1);
    return a[n - 1] + below; }
static int early(int n) { { char a[n]; a[0] = 1; if (n > 3) return sizeof a; } char b[n * 2]; b[0] = 0;
    return sizeof b; }
static void fixed(void) {
    int a[2][3][4] = {{{1, 2}, {3}}, [1][2] = {9, 8, 7, 6}}; int (*p)[3][4] = a; int (*q)[4] = a[1];
        int (*whole)[2][3][4] = &a;
    printf("%d %d %d %d\n", p[1][2][3], q[2][0], (*whole)[0][1][0], *(*(*(a + 1) + 2) + 1));
        printf("%zu %zu %zu %d\n", sizeof *whole, sizeof *p, sizeof *q, 2[a[1][2]]);
    printf("%ld %ld %ld\n", (long)(&a[1][2][3] - &a[0][0][0]), (long)(q - a[0]),
        (long)((char *)(whole + 1) - (char *)whole));
    int b[] = {1, 2, 3, [9] = 10, 11}; printf("%zu %d %d\n", sizeof b / sizeof *b, b[8], b[10]);
        char c[] = "abc", d[3] = "abc", e[10] = "abc"; printf("%zu %c %d %d\n", sizeof c, d[2], e[3], e[9]);
    extern int unsized[]; printf("%d\n", unsized[2]); char table[][4] = {"abc", "de", ""};
        printf("%zu %s %d\n", sizeof table, table[1], table[2][3]); const char *names[] = {"x", [3] = "w", "v"};
        printf("%zu %s %d\n", sizeof names / 8, names[4], names[1] == 0);
    int zero[0]; printf("%zu %d\n", sizeof zero, (int)sizeof(struct { int a[0]; })); struct { int a[2][2];
        } s = {{{1, 2}, {3, 4}}}, t = s; t.a[1][0] = 7; printf("%d %d %d\n", s.a[1][0], t.a[1][0], t.a[0][1]);
    int *end = &b[11]; printf("%d %d\n", (int)(end - b), end[-1]); int i = 0; b[i++] = 50; b[i] = i[b] + i;
        printf("%d %d %d\n", b[0], b[1], i); long index = -1; printf("%d\n", (b + 3)[index]); unsigned char small = 3;
        printf("%d\n", *(small + b));
}
int unsized[] = {5, 6, 7};
int main(void) {
    one(5); two(3, 4); side_effects(); loops(); printf("%d %d %d\n", recursive(50), early(5), early(2)); fixed();
    int square[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, grid[2][3] = {{1}, {2}};
        printf("%d %d %d %d %d %lu\n", star(2, grid), least((int[]){1, 2, 3}, (int[]){10}, (int[]){100, 200}),
        effects(2, 3, 0, 0), old(3, square), trace(3, 3, square), depth(2, 0));
    return 0;
}
