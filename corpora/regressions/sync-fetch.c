/* about: the older atomic operations: the old value and the new one, every operation, every width. */
#include <stdio.h>
#define EACH(type, M) { type v = 0x5a; M(type, add, 3) M(type, sub, 7) M(type, or, 0x21) M(type, and, 0x7e) M(type, xor, 0xff) M(type, nand, 0x3c) }
#define TRY(type, op, operand) { long old = __sync_fetch_and_##op(&v, operand), new = __sync_##op##_and_fetch(&v, operand); \
    printf(#type " " #op " %ld %ld %ld\n", old, new, (long)v); }
int main(void) {
    EACH(int, TRY)
    EACH(long, TRY)
    return 0;
}
