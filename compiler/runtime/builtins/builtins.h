/* What the helper library's files share. Helpers for 128-bit integers are written on their 64-bit halves, taken apart and
   put together through memory, since an operator on the whole type might be compiled into a call of the helper itself.
   All targets are little-endian. */
#ifndef PYCC_BUILTINS_H
#define PYCC_BUILTINS_H

#include <stdint.h>

#ifdef __SIZEOF_INT128__
typedef __int128 signed128;
typedef unsigned __int128 unsigned128;

struct halves {
    uint64_t low;
    uint64_t high;
};

union words {
    signed128 whole;
    unsigned128 pattern;
    struct halves half;
};
#endif

/* libgcc's interface. */
int __clzdi2(uint64_t value);
int __ctzdi2(uint64_t value);
int __clzsi2(uint32_t value);
int __ctzsi2(uint32_t value);
int __ffsdi2(uint64_t value);
int __ffssi2(uint32_t value);
int __clrsbdi2(int64_t value);
int __clrsbsi2(int32_t value);
int __popcountdi2(uint64_t value);
int __popcountsi2(uint32_t value);
int __paritydi2(uint64_t value);
int __paritysi2(uint32_t value);
uint32_t __bswapsi2(uint32_t value);
uint64_t __bswapdi2(uint64_t value);

#ifdef __SIZEOF_INT128__
int __clzti2(signed128 value);
int __ctzti2(signed128 value);
int __ffsti2(signed128 value);
int __clrsbti2(signed128 value);
int __popcountti2(signed128 value);
int __parityti2(signed128 value);
signed128 __multi3(signed128 left, signed128 right);
signed128 __divti3(signed128 left, signed128 right);
signed128 __modti3(signed128 left, signed128 right);
signed128 __divmodti4(signed128 left, signed128 right, signed128 *remainder);
unsigned128 __udivti3(unsigned128 left, unsigned128 right);
unsigned128 __umodti3(unsigned128 left, unsigned128 right);
unsigned128 __udivmodti4(unsigned128 left, unsigned128 right, unsigned128 *remainder);
signed128 __negti2(signed128 value);
signed128 __ashlti3(signed128 value, int amount);
signed128 __ashrti3(signed128 value, int amount);
signed128 __lshrti3(signed128 value, int amount);
int __cmpti2(signed128 left, signed128 right);
int __ucmpti2(unsigned128 left, unsigned128 right);
signed128 __fixsfti(float value);
signed128 __fixdfti(double value);
unsigned128 __fixunssfti(float value);
unsigned128 __fixunsdfti(double value);
float __floattisf(signed128 value);
double __floattidf(signed128 value);
float __floatuntisf(unsigned128 value);
double __floatuntidf(unsigned128 value);
#endif

/* Arithmetic that aborts on overflow (-ftrapv), and integer powers. */
int32_t __addvsi3(int32_t left, int32_t right);
int32_t __subvsi3(int32_t left, int32_t right);
int32_t __mulvsi3(int32_t left, int32_t right);
int32_t __negvsi2(int32_t value);
int32_t __absvsi2(int32_t value);
int64_t __addvdi3(int64_t left, int64_t right);
int64_t __subvdi3(int64_t left, int64_t right);
int64_t __mulvdi3(int64_t left, int64_t right);
int64_t __negvdi2(int64_t value);
int64_t __absvdi2(int64_t value);
float __powisf2(float base, int exponent);
double __powidf2(double base, int exponent);

#endif
