/* Conversions between binary128 and float, double, integers, under libgcc's names. */
#include "quad.h"

#ifdef PYCC_HAS_QUAD

quad __extendsftf2(float value);
quad __extenddftf2(double value);
float __trunctfsf2(quad value);
double __trunctfdf2(quad value);
int32_t __fixtfsi(quad value);
int64_t __fixtfdi(quad value);
uint32_t __fixunstfsi(quad value);
uint64_t __fixunstfdi(quad value);
quad __floatsitf(int32_t value);
quad __floatditf(int64_t value);
quad __floatunsitf(uint32_t value);
quad __floatunditf(uint64_t value);

/* --- narrower formats ------------------------------------------------------------------------------------------------ */

static quad widen(uint64_t pattern, int fraction, int exponent_bits) {
    struct parts parts;
    int ones = (1 << exponent_bits) - 1;
    uint64_t significand = pattern & (((uint64_t)1 << fraction) - 1);
    int exponent = (int)(pattern >> fraction) & ones;
    parts.negative = (int)(pattern >> (fraction + exponent_bits)) & 1;
    parts.significand.low = 0;
    parts.significand.high = 0;
    parts.exponent = 0;
    if (exponent == ones) {
        parts.kind = significand ? QUAD_NAN : QUAD_INFINITE;
    } else if (exponent == 0 && significand == 0) {
        parts.kind = QUAD_ZERO;
    } else {
        parts.kind = QUAD_FINITE;
        if (exponent == 0)
            exponent = 1;
        else
            significand |= (uint64_t)1 << fraction;
        parts.significand.low = significand;
        parts.significand = wide_shift_left(parts.significand, 112 + GUARD - fraction);
        parts.exponent = exponent - (ones >> 1) + QUAD_BIAS;
        normalize_parts(&parts);
    }
    return pack(parts);
}

/* Rounds to nearest, ties to even. */
static uint64_t narrow(quad value, int fraction, int exponent_bits) {
    struct parts parts = unpack(value);
    int ones = (1 << exponent_bits) - 1;
    int exponent = parts.exponent - QUAD_BIAS + (ones >> 1);
    uint64_t sign = (uint64_t)parts.negative << (fraction + exponent_bits);
    uint64_t kept;
    unsigned int cut;
    if (parts.kind == QUAD_NAN)
        return ((uint64_t)ones << 1 | 1) << (fraction - 1);
    if (parts.kind == QUAD_ZERO)
        return sign;
    if (parts.kind == QUAD_INFINITE || exponent >= ones)
        return sign | (uint64_t)ones << fraction;
    parts.significand = wide_shift_right_sticky(parts.significand, 112 - fraction);
    if (exponent <= 0) {
        parts.significand = wide_shift_right_sticky(parts.significand, 1 - exponent);
        exponent = 0;
    }
    kept = parts.significand.low >> GUARD;
    if (exponent > 0)
        kept &= ((uint64_t)1 << fraction) - 1;
    kept |= (uint64_t)exponent << fraction;
    cut = (unsigned int)parts.significand.low & 7;
    if (cut > 4 || (cut == 4 && (kept & 1)))
        kept++; /* a carry runs into the exponent, up to infinity */
    return sign | kept;
}

quad __extendsftf2(float value) {
    union {
        float value;
        uint32_t pattern;
    } word;
    word.value = value;
    return widen(word.pattern, 23, 8);
}

quad __extenddftf2(double value) {
    union {
        double value;
        uint64_t pattern;
    } word;
    word.value = value;
    return widen(word.pattern, 52, 11);
}

float __trunctfsf2(quad value) {
    union {
        float value;
        uint32_t pattern;
    } word;
    word.pattern = (uint32_t)narrow(value, 23, 8);
    return word.value;
}

double __trunctfdf2(quad value) {
    union {
        double value;
        uint64_t pattern;
    } word;
    word.pattern = narrow(value, 52, 11);
    return word.value;
}

/* --- integers --------------------------------------------------------------------------------------------------------- */

static quad from_magnitude(struct wide magnitude, int negative) {
    struct parts parts;
    parts.kind = QUAD_FINITE;
    parts.negative = negative;
    parts.significand = magnitude;
    parts.exponent = QUAD_BIAS + 112 + GUARD;
    if ((magnitude.low | magnitude.high) == 0) {
        parts.kind = QUAD_ZERO;
        return pack(parts);
    }
    normalize_parts(&parts);
    return pack(parts);
}

static quad from_word(uint64_t magnitude, int negative) {
    struct wide value;
    value.low = magnitude;
    value.high = 0;
    return from_magnitude(value, negative);
}

quad __floatunditf(uint64_t value) {
    return from_word(value, 0);
}

quad __floatditf(int64_t value) {
    return from_word(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

quad __floatunsitf(uint32_t value) {
    return from_word(value, 0);
}

quad __floatsitf(int32_t value) {
    return __floatditf(value);
}

/* The truncated magnitude, all ones where it has more than 128 bits, and 0 for a NaN. */
static struct wide truncated(quad value, int *negative) {
    struct parts parts = unpack(value);
    struct wide result = {0, 0};
    int shift;
    *negative = parts.negative;
    if (parts.kind == QUAD_NAN || parts.kind == QUAD_ZERO)
        return result;
    shift = parts.exponent - (QUAD_BIAS + 112 + GUARD);
    if (parts.kind == QUAD_INFINITE || shift > 127 - 112 - GUARD) {
        result.low = ~(uint64_t)0;
        result.high = ~(uint64_t)0;
        return result;
    }
    result = parts.significand;
    if (shift >= 0)
        return wide_shift_left(result, shift);
    shift = -shift;
    if (shift >= 128) {
        result.low = 0;
        result.high = 0;
    } else if (shift >= 64) {
        result.low = result.high >> (shift - 64);
        result.high = 0;
    } else {
        result.low = result.low >> shift | result.high << (64 - shift);
        result.high >>= shift;
    }
    return result;
}

/* Out of range is undefined in C; these return the nearest end of the range, and 0 for a NaN. */
static uint64_t to_unsigned(quad value, uint64_t largest) {
    int negative;
    struct wide magnitude = truncated(value, &negative);
    if (negative)
        return 0;
    return magnitude.high != 0 || magnitude.low > largest ? largest : magnitude.low;
}

static int64_t to_signed(quad value, uint64_t largest) {
    int negative;
    struct wide magnitude = truncated(value, &negative);
    if (magnitude.high != 0 || magnitude.low > largest + (uint64_t)negative)
        magnitude.low = largest + (uint64_t)negative;
    return (int64_t)(negative ? 0 - magnitude.low : magnitude.low);
}

uint32_t __fixunstfsi(quad value) {
    return (uint32_t)to_unsigned(value, UINT32_MAX);
}

uint64_t __fixunstfdi(quad value) {
    return to_unsigned(value, UINT64_MAX);
}

int32_t __fixtfsi(quad value) {
    return (int32_t)to_signed(value, INT32_MAX);
}

int64_t __fixtfdi(quad value) {
    return to_signed(value, INT64_MAX);
}

#ifdef __SIZEOF_INT128__

quad __floattitf(signed128 value);
quad __floatuntitf(unsigned128 value);
signed128 __fixtfti(quad value);
unsigned128 __fixunstfti(quad value);

static struct wide negate(struct wide value) {
    struct wide zero = {0, 0};
    return wide_subtract(zero, value);
}

static struct wide wide_of(union words words) {
    struct wide value;
    value.low = words.half.low;
    value.high = words.half.high;
    return value;
}

static union words words_of(struct wide value) {
    union words words;
    words.half.low = value.low;
    words.half.high = value.high;
    return words;
}

quad __floattitf(signed128 value) {
    union words words;
    struct wide magnitude;
    int negative;
    words.whole = value;
    magnitude = wide_of(words);
    negative = (int)(magnitude.high >> 63);
    return from_magnitude(negative ? negate(magnitude) : magnitude, negative);
}

quad __floatuntitf(unsigned128 value) {
    union words words;
    words.pattern = value;
    return from_magnitude(wide_of(words), 0);
}

signed128 __fixtfti(quad value) {
    int negative;
    struct wide magnitude = truncated(value, &negative);
    if (magnitude.high >> 63) {
        magnitude.high = negative ? (uint64_t)1 << 63 : ~(uint64_t)0 >> 1;
        magnitude.low = negative ? 0 : ~(uint64_t)0;
    } else if (negative) {
        magnitude = negate(magnitude);
    }
    return words_of(magnitude).whole;
}

unsigned128 __fixunstfti(quad value) {
    int negative;
    struct wide magnitude = truncated(value, &negative);
    struct wide zero = {0, 0};
    return words_of(negative ? zero : magnitude).pattern;
}

#endif
#endif
