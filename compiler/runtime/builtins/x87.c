/* Conversions of the 80-bit format that its machine has no instruction for: 128-bit integers and binary128, under
   libgcc's names. Other targets have no such format and nothing is compiled here. */
#include "quad.h"

#if __LDBL_MANT_DIG__ == 64

typedef long double extended;

extended __floattixf(signed128 value);
extended __floatuntixf(unsigned128 value);
signed128 __fixxfti(extended value);
unsigned128 __fixunsxfti(extended value);
#ifdef PYCC_HAS_QUAD
quad __extendxftf2(extended value);
extended __trunctfxf2(quad value);
#endif

#define EXTENDED_BIAS 16383
#define EXTENDED_ONES 0x7fff

union extended_bits {
    extended value;
    struct {
        uint64_t significand;
        uint16_t sign_and_exponent;
    } bits;
};

static extended assemble_extended(int negative, int exponent, uint64_t significand) {
    union extended_bits word;
    word.bits.significand = significand;
    word.bits.sign_and_exponent = (uint16_t)(negative << 15 | exponent);
    return word.value;
}

static struct halves negate(struct halves value) {
    value.low = 0 - value.low;
    value.high = 0 - value.high - (value.low != 0);
    return value;
}

static extended from_magnitude(struct halves magnitude, int negative) {
    int shift;
    int exponent;
    if ((magnitude.low | magnitude.high) == 0)
        return assemble_extended(negative, 0, 0);
    shift = magnitude.high ? __clzdi2(magnitude.high) : 64 + __clzdi2(magnitude.low);
    exponent = EXTENDED_BIAS + 127 - shift;
    if (shift >= 64) {
        magnitude.high = magnitude.low << (shift - 64);
        magnitude.low = 0;
    } else if (shift > 0) {
        magnitude.high = magnitude.high << shift | magnitude.low >> (64 - shift);
        magnitude.low <<= shift;
    }
    if (magnitude.low > (uint64_t)1 << 63 || (magnitude.low == (uint64_t)1 << 63 && (magnitude.high & 1))) {
        magnitude.high++;
        if (magnitude.high == 0) {
            magnitude.high = (uint64_t)1 << 63;
            exponent++;
        }
    }
    return assemble_extended(negative, exponent, magnitude.high);
}

extended __floatuntixf(unsigned128 value) {
    union words words;
    words.pattern = value;
    return from_magnitude(words.half, 0);
}

extended __floattixf(signed128 value) {
    union words words;
    int negative;
    words.whole = value;
    negative = (int)(words.half.high >> 63);
    return from_magnitude(negative ? negate(words.half) : words.half, negative);
}

/* The truncated magnitude: all ones where it has more than 128 bits, and 0 for a NaN. */
static struct halves truncated(extended value, int *negative) {
    union extended_bits word;
    struct halves result = {0, 0};
    int exponent;
    word.value = value;
    *negative = word.bits.sign_and_exponent >> 15;
    exponent = (word.bits.sign_and_exponent & EXTENDED_ONES) - EXTENDED_BIAS;
    if (exponent < 0 || value != value)
        return result;
    if (exponent >= 128) {
        result.low = ~(uint64_t)0;
        result.high = ~(uint64_t)0;
    } else if (exponent < 64) {
        result.low = word.bits.significand >> (63 - exponent);
    } else {
        result.high = word.bits.significand >> (127 - exponent);
        result.low = exponent == 127 ? 0 : word.bits.significand << (exponent - 63);
    }
    return result;
}

unsigned128 __fixunsxfti(extended value) {
    union words words;
    int negative;
    words.half = truncated(value, &negative);
    if (negative) {
        words.half.low = 0;
        words.half.high = 0;
    }
    return words.pattern;
}

signed128 __fixxfti(extended value) {
    union words words;
    int negative;
    words.half = truncated(value, &negative);
    if (words.half.high >> 63) {
        words.half.high = negative ? (uint64_t)1 << 63 : ~(uint64_t)0 >> 1;
        words.half.low = negative ? 0 : ~(uint64_t)0;
    } else if (negative) {
        words.half = negate(words.half);
    }
    return words.whole;
}

#ifdef PYCC_HAS_QUAD

quad __extendxftf2(extended value) {
    union extended_bits word;
    struct parts parts;
    word.value = value;
    parts.negative = word.bits.sign_and_exponent >> 15;
    parts.exponent = word.bits.sign_and_exponent & EXTENDED_ONES;
    parts.significand.low = 0;
    parts.significand.high = word.bits.significand;
    parts.kind = QUAD_FINITE;
    if (value != value) {
        parts.kind = QUAD_NAN;
    } else if (parts.exponent == EXTENDED_ONES) {
        parts.kind = QUAD_INFINITE;
    } else if (word.bits.significand == 0) {
        parts.kind = QUAD_ZERO;
    } else {
        if (parts.exponent == 0)
            parts.exponent = 1;
        parts.exponent -= 127 - 112 - GUARD; /* the top bit stands at 127 */
        normalize_parts(&parts);
    }
    return pack(parts);
}

extended __trunctfxf2(quad value) {
    struct parts parts = unpack(value);
    struct wide significand;
    uint64_t half = (uint64_t)1 << 63;
    if (parts.kind == QUAD_NAN)
        return assemble_extended(0, EXTENDED_ONES, (uint64_t)3 << 62);
    if (parts.kind == QUAD_ZERO)
        return assemble_extended(parts.negative, 0, 0);
    if (parts.kind == QUAD_INFINITE)
        return assemble_extended(parts.negative, EXTENDED_ONES, half);
    significand = wide_shift_left(parts.significand, 127 - 112 - GUARD);
    if (parts.exponent <= 0) {
        significand = wide_shift_right_sticky(significand, 1 - parts.exponent);
        parts.exponent = 0;
    }
    if (significand.low > half || (significand.low == half && (significand.high & 1))) {
        significand.high++;
        if (significand.high == 0) {
            significand.high = half;
            parts.exponent++;
        }
    }
    if (parts.exponent == 0 && significand.high >> 63)
        parts.exponent = 1;
    if (parts.exponent >= EXTENDED_ONES)
        return assemble_extended(parts.negative, EXTENDED_ONES, half);
    return assemble_extended(parts.negative, parts.exponent, significand.high);
}

#endif
#else
typedef int no_extended_format; /* a translation unit must not be empty */
#endif
