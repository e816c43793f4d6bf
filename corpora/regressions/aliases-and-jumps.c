/* about: extern aliases of objects, __builtin_setjmp with its five words, static complex integers and vectors, shuffles,
   overflow into 128 bits, va_arg of a type that no argument has */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int object = 1;
extern int other __attribute__((alias("object")));
typedef unsigned int v4 __attribute__((vector_size(16)));
struct parts { _Complex unsigned short x; _Complex char y; };
struct parts parts = { 100 + 200i, (1 + 2i) * (3 - 1i) };
v4 vectors[] = { (v4){ 1, 2, 3 }, (v4){ 5, 6, 7, 8 } };
static void *buffer[5];

__attribute__((noinline)) static void jump(void) { __builtin_longjmp(buffer, 1); }

static int jumps(int n)
{
    volatile int count = n;
    if (__builtin_setjmp(buffer))
        return count + 100;
    count++;
    jump();
    return -1;
}

static va_list *leave(void) { printf("left\n"); exit(0); }
static void arguments(int n, ...)
{
    va_list list;
    va_start(list, n);
    printf("%g\n", (double)va_arg(*leave(), float));
    va_end(list);
}

int main(void)
{
    unsigned __int128 wide;
    __int128 narrow;
    other = 5;
    printf("%d %d\n", object, jumps(7));
    printf("%d %d %d %d\n", __real__ parts.x, __imag__ parts.x, __real__ parts.y, __imag__ parts.y);
    v4 v = __builtin_shuffle(vectors[0], vectors[1], (v4){ 7, 0, 4, 9 });
    printf("%u %u %u %u %u\n", v[0], v[1], v[2], v[3], __builtin_shuffle(v, v)[1]);
    int a = __builtin_mul_overflow((unsigned char)object, -16, &wide);
    int b = __builtin_mul_overflow((unsigned char)object, -16L, &narrow);
    printf("%d %d %d %d %d\n", a, b, (int)wide, (int)narrow, (int)(narrow >> 100));
    printf("%d %d\n", __builtin_isinf(1e300 * object) ? 1 : 0, (double)object > __builtin_inf());
    arguments(1, 2.0);
}
