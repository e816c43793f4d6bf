/* about: __builtin_*_overflow of 128-bit operands of mixed signs, and of products of two unsigned words. */
#include <stdio.h>
typedef __int128 i128;
typedef unsigned __int128 u128;
static unsigned long sum;
static void show(int overflow, u128 r) { sum = ((sum * 31 + overflow) * 31 + (unsigned long)(r >> 64)) * 31 + (unsigned long)r; }
#define OP(name, type, a, b) { type r; int o = __builtin_##name##_overflow(a, b, &r); show(o, (u128)r); }
#define ALL(type, a, b) { OP(add, type, a, b) OP(sub, type, a, b) OP(mul, type, a, b) }
#define TYPES(a, b) { ALL(i128, a, b) ALL(u128, a, b) ALL(long, a, b) ALL(unsigned long, a, b) ALL(int, a, b) ALL(unsigned char, a, b) printf("%016lx\n", sum); }
int main(void) {
    volatile i128 s[] = {0, 1, -1, (i128)1 << 64, -((i128)1 << 64), (i128)(((u128)1 << 127) - 1), (i128)((u128)1 << 127)};
    volatile u128 u[] = {0, 1, 5, (u128)1 << 64, (u128)1 << 127, ~(u128)0};
    volatile unsigned long w[] = {0, 1, ~0ul, 1ul << 63};
    for (int i = 0; i < 7; i++) {
        for (int k = 0; k < 6; k++) { TYPES(s[i], u[k]) TYPES(u[k], s[i]) }
        for (int k = 0; k < 4; k++) TYPES(s[i], w[k])
        for (int k = 0; k < 7; k++) TYPES(s[i], s[k])
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++) { TYPES(w[i], w[k]) TYPES(w[i], (long)w[k]) }
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++) TYPES(u[i], u[k])
    return 0;
}
