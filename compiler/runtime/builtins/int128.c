/* 128-bit integer arithmetic on 64-bit halves. */
#include "builtins.h"

#ifdef __SIZEOF_INT128__

static unsigned128 join(uint64_t high, uint64_t low) {
    union words words;
    words.half.high = high;
    words.half.low = low;
    return words.pattern;
}

/* The schoolbook product of 32-bit digits. */
static struct halves multiply(uint64_t left, uint64_t right) {
    uint64_t left_low = left & 0xffffffffu;
    uint64_t left_high = left >> 32;
    uint64_t right_low = right & 0xffffffffu;
    uint64_t right_high = right >> 32;
    uint64_t low = left_low * right_low;
    uint64_t cross = left_high * right_low + (low >> 32);
    uint64_t middle = left_low * right_high + (cross & 0xffffffffu);
    struct halves result;
    result.low = middle << 32 | (low & 0xffffffffu);
    result.high = left_high * right_high + (cross >> 32) + (middle >> 32);
    return result;
}

signed128 __multi3(signed128 left, signed128 right) {
    union words a;
    union words b;
    union words result;
    a.whole = left;
    b.whole = right;
    result.half = multiply(a.half.low, b.half.low);
    result.half.high += a.half.low * b.half.high + a.half.high * b.half.low;
    return result.whole;
}

/* (high:low) / divisor where high < divisor, the divisor's top bit set: two steps of Knuth's algorithm D in base 2**32
   (TAOCP volume 2, 4.3.1). */
static uint64_t divide_normalized(uint64_t high, uint64_t low, uint64_t divisor, uint64_t *remainder) {
    uint64_t divisor_high = divisor >> 32;
    uint64_t divisor_low = divisor & 0xffffffffu;
    uint64_t result = 0;
    int step;
    for (step = 0; step < 2; step++) {
        uint64_t next = step == 0 ? low >> 32 : low & 0xffffffffu;
        uint64_t digit = high / divisor_high;
        uint64_t rest = high - digit * divisor_high;
        while (digit >> 32 || digit * divisor_low > (rest << 32 | next)) {
            digit--;
            rest += divisor_high;
            if (rest >> 32)
                break;
        }
        high = (high << 32 | next) - digit * divisor; /* modulo 2**64: the true value is below the divisor */
        result = result << 32 | digit;
    }
    *remainder = high;
    return result;
}

static struct halves shift_left(struct halves value, int amount) {
    if (amount >= 64) {
        value.high = value.low << (amount - 64);
        value.low = 0;
    } else if (amount > 0) {
        value.high = value.high << amount | value.low >> (64 - amount);
        value.low <<= amount;
    }
    return value;
}

static struct halves shift_right(struct halves value, int amount) {
    if (amount >= 64) {
        value.low = value.high >> (amount - 64);
        value.high = 0;
    } else if (amount > 0) {
        value.low = value.low >> amount | value.high << (64 - amount);
        value.high >>= amount;
    }
    return value;
}

static int less(struct halves left, struct halves right) {
    return left.high < right.high || (left.high == right.high && left.low < right.low);
}

static struct halves subtract(struct halves left, struct halves right) {
    struct halves result;
    result.low = left.low - right.low;
    result.high = left.high - right.high - (left.low < right.low);
    return result;
}

static struct halves divide_by_word(struct halves dividend, uint64_t divisor, struct halves *remainder) {
    int shift = __clzdi2(divisor);
    struct halves quotient;
    struct halves rest;
    uint64_t left;
    quotient.high = dividend.high / divisor;
    rest.high = dividend.high % divisor;
    rest.low = dividend.low;
    rest = shift_left(rest, shift);
    quotient.low = divide_normalized(rest.high, rest.low, divisor << shift, &left);
    remainder->low = left >> shift;
    remainder->high = 0;
    return quotient;
}

/* The divisor has more than 64 bits, so the quotient has fewer: it is estimated from the divisor's top 64 bits with an
   excess of at most one (Hacker's Delight, 9-5). */
static struct halves divide_by_long(struct halves dividend, struct halves divisor, struct halves *remainder) {
    int shift = __clzdi2(divisor.high);
    uint64_t top = shift_left(divisor, shift).high;
    struct halves half = shift_right(dividend, 1);
    struct halves quotient;
    struct halves product;
    uint64_t rest;
    uint64_t estimate = divide_normalized(half.high, half.low, top, &rest);
    estimate = shift == 0 ? estimate >> 63 : estimate >> (63 - shift);
    if (estimate != 0)
        estimate--;
    product = multiply(estimate, divisor.low);
    product.high += estimate * divisor.high;
    *remainder = subtract(dividend, product);
    if (!less(*remainder, divisor)) {
        *remainder = subtract(*remainder, divisor);
        estimate++;
    }
    quotient.high = 0;
    quotient.low = estimate;
    return quotient;
}

static struct halves divide(struct halves dividend, struct halves divisor, struct halves *remainder) {
    if (divisor.high != 0)
        return divide_by_long(dividend, divisor, remainder);
    return divide_by_word(dividend, divisor.low, remainder);
}

unsigned128 __udivmodti4(unsigned128 left, unsigned128 right, unsigned128 *remainder) {
    union words a;
    union words b;
    union words quotient;
    union words rest;
    a.pattern = left;
    b.pattern = right;
    quotient.half = divide(a.half, b.half, &rest.half);
    if (remainder)
        *remainder = rest.pattern;
    return quotient.pattern;
}

unsigned128 __udivti3(unsigned128 left, unsigned128 right) {
    return __udivmodti4(left, right, 0);
}

unsigned128 __umodti3(unsigned128 left, unsigned128 right) {
    unsigned128 remainder;
    __udivmodti4(left, right, &remainder);
    return remainder;
}

static struct halves negate(struct halves value) {
    value.low = 0 - value.low;
    value.high = 0 - value.high - (value.low != 0);
    return value;
}

signed128 __divmodti4(signed128 left, signed128 right, signed128 *remainder) {
    union words a;
    union words b;
    union words quotient;
    union words rest;
    int left_negative;
    int right_negative;
    a.whole = left;
    b.whole = right;
    left_negative = (int)(a.half.high >> 63);
    right_negative = (int)(b.half.high >> 63);
    if (left_negative)
        a.half = negate(a.half);
    if (right_negative)
        b.half = negate(b.half);
    quotient.half = divide(a.half, b.half, &rest.half);
    if (left_negative != right_negative)
        quotient.half = negate(quotient.half);
    if (left_negative)
        rest.half = negate(rest.half);
    if (remainder)
        *remainder = rest.whole;
    return quotient.whole;
}

signed128 __divti3(signed128 left, signed128 right) {
    return __divmodti4(left, right, 0);
}

signed128 __modti3(signed128 left, signed128 right) {
    signed128 remainder;
    __divmodti4(left, right, &remainder);
    return remainder;
}

signed128 __negti2(signed128 value) {
    union words words;
    words.whole = value;
    words.half = negate(words.half);
    return words.whole;
}

signed128 __ashlti3(signed128 value, int amount) {
    union words words;
    words.whole = value;
    words.half = shift_left(words.half, amount);
    return words.whole;
}

signed128 __lshrti3(signed128 value, int amount) {
    union words words;
    words.whole = value;
    words.half = shift_right(words.half, amount);
    return words.whole;
}

signed128 __ashrti3(signed128 value, int amount) {
    union words words;
    words.whole = value;
    if (words.half.high >> 63) {
        words.half.high = ~words.half.high;
        words.half.low = ~words.half.low;
        words.half = shift_right(words.half, amount);
        words.half.high = ~words.half.high;
        words.half.low = ~words.half.low;
    } else {
        words.half = shift_right(words.half, amount);
    }
    return words.whole;
}

/* 0, 1 or 2 for less, equal, greater. */
int __ucmpti2(unsigned128 left, unsigned128 right) {
    union words a;
    union words b;
    a.pattern = left;
    b.pattern = right;
    return less(a.half, b.half) ? 0 : less(b.half, a.half) ? 2 : 1;
}

int __cmpti2(signed128 left, signed128 right) {
    union words a;
    union words b;
    a.whole = left;
    b.whole = right;
    a.half.high ^= (uint64_t)1 << 63;
    b.half.high ^= (uint64_t)1 << 63;
    return __ucmpti2(a.pattern, b.pattern);
}

/* --- conversions between 128-bit integers and float, double --------------------------------------------------------- */

/* The magnitude as a pattern with `fraction` stored bits, rounded to nearest, ties to even. */
static uint64_t round_to_pattern(struct halves magnitude, int fraction, int bias, int exponent_ones) {
    int length;
    int shift;
    uint64_t kept;
    int exponent;
    union words words;
    words.half = magnitude;
    if ((magnitude.low | magnitude.high) == 0)
        return 0;
    length = 128 - __clzti2(words.whole);
    exponent = bias + length - 1;
    shift = length - (fraction + 1);
    if (shift <= 0) {
        kept = shift_left(magnitude, -shift).low;
    } else {
        struct halves cut = shift_left(magnitude, 128 - shift); /* the bits below the kept ones, on top */
        uint64_t half = (uint64_t)1 << 63;
        kept = shift_right(magnitude, shift).low;
        if (cut.high > half || (cut.high == half && (cut.low != 0 || (kept & 1))))
            kept++;
        if (kept >> (fraction + 1)) {
            kept >>= 1;
            exponent++;
        }
    }
    if (exponent >= exponent_ones) /* only float overflows, from 2**128 - 2**103 on */
        return (uint64_t)exponent_ones << fraction;
    return (uint64_t)exponent << fraction | (kept & (((uint64_t)1 << fraction) - 1));
}

static double double_of(struct halves magnitude, int negative) {
    union {
        double value;
        uint64_t pattern;
    } result;
    result.pattern = round_to_pattern(magnitude, 52, 1023, 2047) | (uint64_t)negative << 63;
    return result.value;
}

static float float_of(struct halves magnitude, int negative) {
    union {
        float value;
        uint32_t pattern;
    } result;
    result.pattern = (uint32_t)(round_to_pattern(magnitude, 23, 127, 255) | (uint64_t)negative << 31);
    return result.value;
}

double __floatuntidf(unsigned128 value) {
    union words words;
    words.pattern = value;
    return double_of(words.half, 0);
}

double __floattidf(signed128 value) {
    union words words;
    int negative;
    words.whole = value;
    negative = (int)(words.half.high >> 63);
    return double_of(negative ? negate(words.half) : words.half, negative);
}

float __floatuntisf(unsigned128 value) {
    union words words;
    words.pattern = value;
    return float_of(words.half, 0);
}

float __floattisf(signed128 value) {
    union words words;
    int negative;
    words.whole = value;
    negative = (int)(words.half.high >> 63);
    return float_of(negative ? negate(words.half) : words.half, negative);
}

/* Out of range is undefined in C; the nearest end of the range is returned, and 0 for a NaN. */
static struct halves magnitude_of(double value, int *negative) {
    union {
        double value;
        uint64_t pattern;
    } bits;
    struct halves result;
    int exponent;
    bits.value = value;
    *negative = (int)(bits.pattern >> 63);
    exponent = (int)(bits.pattern >> 52) & 2047;
    result.low = 0;
    result.high = 0;
    if (exponent < 1023 || value != value)
        return result;
    if (exponent >= 1023 + 128) {
        result.low = ~(uint64_t)0;
        result.high = ~(uint64_t)0;
        return result;
    }
    result.low = (bits.pattern & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
    exponent -= 1023 + 52;
    return exponent >= 0 ? shift_left(result, exponent) : shift_right(result, -exponent);
}

unsigned128 __fixunsdfti(double value) {
    int negative;
    struct halves magnitude = magnitude_of(value, &negative);
    return negative ? join(0, 0) : join(magnitude.high, magnitude.low);
}

signed128 __fixdfti(double value) {
    int negative;
    struct halves magnitude = magnitude_of(value, &negative);
    union words words;
    if (magnitude.high >> 63) {
        magnitude.high = negative ? (uint64_t)1 << 63 : ~(uint64_t)0 >> 1;
        magnitude.low = negative ? 0 : ~(uint64_t)0;
    } else if (negative) {
        magnitude = negate(magnitude);
    }
    words.half = magnitude;
    return words.whole;
}

unsigned128 __fixunssfti(float value) {
    return __fixunsdfti(value);
}

signed128 __fixsfti(float value) {
    return __fixdfti(value);
}

#endif
