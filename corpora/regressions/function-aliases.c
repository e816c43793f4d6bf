/* about: aliases of functions: external, internal, weak, declared before and after their target. */
#include <stdio.h>
extern int before(int) __attribute__((alias("target")));
int target(int x) { return x * 2; }
int after(int) __attribute__((alias("target")));
static int internal(int) __attribute__((alias("target")));
int feeble(int) __attribute__((weak, alias("target")));
static int hidden(int x) { return x + 1; }
int of_hidden(int) __attribute__((alias("hidden"), visibility("hidden")));
int object = 7;
extern int same_object __attribute__((alias("object")));
static int (*table[])(int) = {before, after, internal, feeble, of_hidden};
int main(void) {
    for (int i = 0; i < 5; i++)
        printf("%d ", table[i](i + 1));
    same_object++;
    printf("%d %d %d %d %d %d\n", before(1), after(2), internal(3), feeble(4), of_hidden(5), object);
    return 0;
}
