/* Bit counting and byte order under libgcc's names (GCC internals manual, "Integer library routines"). Nothing here uses
   the built-ins that the compiler may turn into calls of these functions. */
#include "builtins.h"

int __clzdi2(uint64_t value) {
    int count = 0;
    int step;
    for (step = 32; step > 0; step >>= 1) {
        if (!(value >> (64 - step))) {
            count += step;
            value <<= step;
        }
    }
    return value ? count : 64;
}

int __ctzdi2(uint64_t value) {
    return value ? 63 - __clzdi2(value & (0 - value)) : 64;
}

int __clzsi2(uint32_t value) {
    return __clzdi2(value) - 32;
}

int __ctzsi2(uint32_t value) {
    return value ? __ctzdi2(value) : 32;
}

int __clzti2(signed128 value) {
    union words words;
    words.whole = value;
    return words.half.high ? __clzdi2(words.half.high) : 64 + __clzdi2(words.half.low);
}

int __ctzti2(signed128 value) {
    union words words;
    words.whole = value;
    return words.half.low ? __ctzdi2(words.half.low) : 64 + __ctzdi2(words.half.high);
}

int __ffsdi2(uint64_t value) {
    return value ? __ctzdi2(value) + 1 : 0;
}

int __ffssi2(uint32_t value) {
    return __ffsdi2(value);
}

int __ffsti2(signed128 value) {
    union words words;
    words.whole = value;
    return words.half.low | words.half.high ? __ctzti2(value) + 1 : 0;
}

int __clrsbdi2(int64_t value) {
    uint64_t pattern = (uint64_t)(value < 0 ? ~value : value);
    return __clzdi2(pattern) - 1;
}

int __clrsbsi2(int32_t value) {
    return __clrsbdi2(value) - 32;
}

int __clrsbti2(signed128 value) {
    union words words;
    words.whole = value;
    if (words.half.high >> 63) {
        words.half.high = ~words.half.high;
        words.half.low = ~words.half.low;
    }
    return __clzti2(words.whole) - 1;
}

int __popcountdi2(uint64_t value) {
    value -= value >> 1 & 0x5555555555555555u;
    value = (value & 0x3333333333333333u) + (value >> 2 & 0x3333333333333333u);
    value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)(value * 0x0101010101010101u >> 56);
}

int __popcountsi2(uint32_t value) {
    return __popcountdi2(value);
}

int __popcountti2(signed128 value) {
    union words words;
    words.whole = value;
    return __popcountdi2(words.half.low) + __popcountdi2(words.half.high);
}

int __paritydi2(uint64_t value) {
    return __popcountdi2(value) & 1;
}

int __paritysi2(uint32_t value) {
    return __popcountdi2(value) & 1;
}

int __parityti2(signed128 value) {
    return __popcountti2(value) & 1;
}

uint32_t __bswapsi2(uint32_t value) {
    value = (value & 0x00ff00ffu) << 8 | (value >> 8 & 0x00ff00ffu);
    return value << 16 | value >> 16;
}

uint64_t __bswapdi2(uint64_t value) {
    return (uint64_t)__bswapsi2((uint32_t)value) << 32 | __bswapsi2((uint32_t)(value >> 32));
}
