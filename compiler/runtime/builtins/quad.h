/* IEEE binary128 in integer registers: the parts that arithmetic and conversions share. A finite value is
   (high:low) * 2**(exponent - QUAD_BIAS - 112 - 3): a significand of 113 bits with its top bit at 112 + 3, below which
   three more bits keep guard, round and sticky; the sticky bit is the "or" of everything lost. */
#ifndef PYCC_QUAD_H
#define PYCC_QUAD_H

#include "builtins.h"

#if __LDBL_MANT_DIG__ == 113
typedef long double quad;
#elif defined __SIZEOF_FLOAT128__
typedef __float128 quad;
#endif

#if __LDBL_MANT_DIG__ == 113 || defined __SIZEOF_FLOAT128__
#define PYCC_HAS_QUAD 1

#define QUAD_BIAS 16383
#define QUAD_ONES 0x7fff
#define GUARD 3
#define TOP_BIT ((uint64_t)1 << (112 + GUARD - 64))

enum { QUAD_ZERO, QUAD_FINITE, QUAD_INFINITE, QUAD_NAN };

struct wide {
    uint64_t low;
    uint64_t high;
};

union quad_bits {
    quad value;
    struct wide bits;
};

struct parts {
    int kind;
    int negative;
    int exponent; /* biased; not restricted to the format's range */
    struct wide significand;
};

static inline struct wide wide_shift_left(struct wide value, int amount) {
    if (amount >= 64) {
        value.high = value.low << (amount - 64);
        value.low = 0;
    } else if (amount > 0) {
        value.high = value.high << amount | value.low >> (64 - amount);
        value.low <<= amount;
    }
    return value;
}

/* The bits shifted out are joined into the last one. */
static inline struct wide wide_shift_right_sticky(struct wide value, int amount) {
    uint64_t lost = 0;
    if (amount >= 128) {
        lost = value.low | value.high;
        value.low = 0;
        value.high = 0;
    } else if (amount >= 64) {
        lost = value.low | (amount > 64 ? value.high << (128 - amount) : 0);
        value.low = value.high >> (amount - 64);
        value.high = 0;
    } else if (amount > 0) {
        lost = value.low << (64 - amount);
        value.low = value.low >> amount | value.high << (64 - amount);
        value.high >>= amount;
    }
    value.low |= lost != 0;
    return value;
}

static inline struct wide wide_add(struct wide left, struct wide right) {
    left.low += right.low;
    left.high += right.high + (left.low < right.low);
    return left;
}

static inline struct wide wide_subtract(struct wide left, struct wide right) {
    left.high = left.high - right.high - (left.low < right.low);
    left.low -= right.low;
    return left;
}

static inline int wide_less(struct wide left, struct wide right) {
    return left.high < right.high || (left.high == right.high && left.low < right.low);
}

static inline int wide_leading_zeros(struct wide value) {
    return value.high ? __clzdi2(value.high) : 64 + __clzdi2(value.low);
}

/* Puts a non-zero significand's top bit where it belongs. */
static inline void normalize_parts(struct parts *parts) {
    int shift = wide_leading_zeros(parts->significand) - (127 - 112 - GUARD);
    if (shift > 0)
        parts->significand = wide_shift_left(parts->significand, shift);
    else
        parts->significand = wide_shift_right_sticky(parts->significand, -shift);
    parts->exponent -= shift;
}

static inline struct parts unpack(quad value) {
    union quad_bits word;
    struct parts parts;
    word.value = value;
    parts.negative = (int)(word.bits.high >> 63);
    parts.exponent = (int)(word.bits.high >> 48) & QUAD_ONES;
    parts.significand.low = word.bits.low;
    parts.significand.high = word.bits.high & (((uint64_t)1 << 48) - 1);
    if (parts.exponent == QUAD_ONES) {
        parts.kind = parts.significand.low | parts.significand.high ? QUAD_NAN : QUAD_INFINITE;
        return parts;
    }
    if (parts.exponent == 0) {
        if ((parts.significand.low | parts.significand.high) == 0) {
            parts.kind = QUAD_ZERO;
            return parts;
        }
        parts.exponent = 1;
    } else {
        parts.significand.high |= (uint64_t)1 << 48;
    }
    parts.kind = QUAD_FINITE;
    parts.significand = wide_shift_left(parts.significand, GUARD);
    normalize_parts(&parts);
    return parts;
}

static inline quad assemble(int negative, uint64_t high, uint64_t low) {
    union quad_bits word;
    word.bits.high = high | (uint64_t)negative << 63;
    word.bits.low = low;
    return word.value;
}

static inline quad quad_nan(void) {
    return assemble(0, (uint64_t)0x7fff8 << 44, 0);
}

static inline quad quad_infinity(int negative) {
    return assemble(negative, (uint64_t)QUAD_ONES << 48, 0);
}

/* Rounds to nearest, ties to even. A finite value's significand must be normalized. */
static inline quad pack(struct parts parts) {
    struct wide value = parts.significand;
    unsigned int cut;
    if (parts.kind == QUAD_NAN)
        return quad_nan();
    if (parts.kind == QUAD_ZERO)
        return assemble(parts.negative, 0, 0);
    if (parts.kind == QUAD_INFINITE || parts.exponent >= QUAD_ONES)
        return quad_infinity(parts.negative);
    if (parts.exponent <= 0) {
        value = wide_shift_right_sticky(value, 1 - parts.exponent);
        parts.exponent = 0;
    } else {
        value.high &= ~TOP_BIT;
    }
    cut = (unsigned int)value.low & 7;
    value.low = value.low >> GUARD | value.high << (64 - GUARD);
    value.high = value.high >> GUARD | (uint64_t)parts.exponent << 48;
    if (cut > 4 || (cut == 4 && (value.low & 1))) {
        value.low++;
        value.high += value.low == 0; /* a carry out of the significand is the next exponent, up to infinity */
    }
    return assemble(parts.negative, value.high, value.low);
}

#endif
#endif
