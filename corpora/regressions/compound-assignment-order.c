/* about: the right operand of a compound assignment is evaluated before the object is read, as gcc does */
#include <stdio.h>

static unsigned int x[2] = { 2, 2 };
static int *p, numbers[10];
static _Complex double z = 1;
static float f = 1;

static unsigned int change(void) { x[0] |= 128; return 1; }
static int move(void) { p++; return 2; }
static double add(void) { z += 10; f += 100; return 2; }

int main(void)
{
    x[0] |= change();
    p = numbers;
    p += move();
    z *= add();
    f *= add();
    printf("%u %d %g %g\n", x[0], (int)(p - numbers), (double)z, (double)f);
    return 0;
}
