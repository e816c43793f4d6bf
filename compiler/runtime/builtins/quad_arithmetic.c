/* binary128 + - * / and the comparisons, under libgcc's names; rounded to nearest, NaN results canonical. */
#include "quad.h"

#ifdef PYCC_HAS_QUAD

quad __addtf3(quad left, quad right);
quad __subtf3(quad left, quad right);
quad __multf3(quad left, quad right);
quad __divtf3(quad left, quad right);
quad __negtf2(quad value);
int __eqtf2(quad left, quad right);
int __netf2(quad left, quad right);
int __lttf2(quad left, quad right);
int __letf2(quad left, quad right);
int __gttf2(quad left, quad right);
int __getf2(quad left, quad right);
int __unordtf2(quad left, quad right);

static quad add(struct parts a, struct parts b) {
    struct parts result;
    if (a.kind == QUAD_NAN || b.kind == QUAD_NAN)
        return quad_nan();
    if (a.kind == QUAD_INFINITE)
        return b.kind == QUAD_INFINITE && a.negative != b.negative ? quad_nan() : pack(a);
    if (b.kind == QUAD_INFINITE)
        return pack(b);
    if (a.kind == QUAD_ZERO) {
        if (b.kind == QUAD_ZERO)
            b.negative &= a.negative;
        return pack(b);
    }
    if (b.kind == QUAD_ZERO)
        return pack(a);
    if (a.exponent < b.exponent || (a.exponent == b.exponent && wide_less(a.significand, b.significand))) {
        struct parts saved = a;
        a = b;
        b = saved;
    }
    b.significand = wide_shift_right_sticky(b.significand, a.exponent - b.exponent);
    result = a;
    if (a.negative == b.negative) {
        result.significand = wide_add(a.significand, b.significand);
    } else {
        result.significand = wide_subtract(a.significand, b.significand);
        if ((result.significand.low | result.significand.high) == 0) {
            result.kind = QUAD_ZERO;
            result.negative = 0;
            return pack(result);
        }
    }
    normalize_parts(&result);
    return pack(result);
}

quad __addtf3(quad left, quad right) {
    return add(unpack(left), unpack(right));
}

quad __subtf3(quad left, quad right) {
    struct parts b = unpack(right);
    b.negative = !b.negative;
    return add(unpack(left), b);
}

/* The product of two 64-bit numbers. */
static struct wide product(uint64_t left, uint64_t right) {
    uint64_t left_low = left & 0xffffffffu;
    uint64_t left_high = left >> 32;
    uint64_t right_low = right & 0xffffffffu;
    uint64_t right_high = right >> 32;
    uint64_t low = left_low * right_low;
    uint64_t cross = left_high * right_low + (low >> 32);
    uint64_t middle = left_low * right_high + (cross & 0xffffffffu);
    struct wide result;
    result.low = middle << 32 | (low & 0xffffffffu);
    result.high = left_high * right_high + (cross >> 32) + (middle >> 32);
    return result;
}

quad __multf3(quad left, quad right) {
    struct parts a = unpack(left);
    struct parts b = unpack(right);
    struct wide low;
    struct wide middle;
    struct wide other;
    struct wide high;
    if (a.kind == QUAD_NAN || b.kind == QUAD_NAN)
        return quad_nan();
    a.negative ^= b.negative;
    if (a.kind == QUAD_INFINITE || b.kind == QUAD_INFINITE)
        return a.kind == QUAD_ZERO || b.kind == QUAD_ZERO ? quad_nan() : quad_infinity(a.negative);
    if (a.kind == QUAD_ZERO || b.kind == QUAD_ZERO)
        return assemble(a.negative, 0, 0);
    /* Both tops move to bit 127 and so the product's to 255 or 254; its upper half and a sticky bit are kept. */
    a.significand = wide_shift_left(a.significand, 127 - 112 - GUARD);
    b.significand = wide_shift_left(b.significand, 127 - 112 - GUARD);
    low = product(a.significand.low, b.significand.low);
    middle = product(a.significand.high, b.significand.low);
    other = product(a.significand.low, b.significand.high);
    high = product(a.significand.high, b.significand.high);
    low.high += middle.low;
    middle.high += low.high < middle.low;
    low.high += other.low;
    other.high += low.high < other.low;
    high.low += middle.high;
    high.high += high.low < middle.high;
    high.low += other.high;
    high.high += high.low < other.high;
    high.low |= (low.low | low.high) != 0;
    a.significand = high;
    a.exponent += b.exponent - QUAD_BIAS - (127 - 112 - GUARD) + 1;
    normalize_parts(&a);
    return pack(a);
}

quad __divtf3(quad left, quad right) {
    struct parts a = unpack(left);
    struct parts b = unpack(right);
    struct wide quotient = {0, 0};
    struct wide rest;
    int step;
    if (a.kind == QUAD_NAN || b.kind == QUAD_NAN)
        return quad_nan();
    a.negative ^= b.negative;
    if (a.kind == QUAD_INFINITE)
        return b.kind == QUAD_INFINITE ? quad_nan() : quad_infinity(a.negative);
    if (b.kind == QUAD_INFINITE || (a.kind == QUAD_ZERO && b.kind != QUAD_ZERO))
        return assemble(a.negative, 0, 0);
    if (b.kind == QUAD_ZERO)
        return a.kind == QUAD_ZERO ? quad_nan() : quad_infinity(a.negative);
    /* One quotient bit a step; the rest stays below twice the divisor. */
    rest = a.significand;
    for (step = 0; step <= 112 + GUARD; step++) {
        quotient = wide_shift_left(quotient, 1);
        if (!wide_less(rest, b.significand)) {
            rest = wide_subtract(rest, b.significand);
            quotient.low |= 1;
        }
        rest = wide_shift_left(rest, 1);
    }
    quotient = wide_shift_left(quotient, 1);
    quotient.low |= (rest.low | rest.high) != 0;
    a.significand = quotient;
    a.exponent += QUAD_BIAS - b.exponent - 1;
    normalize_parts(&a);
    return pack(a);
}

quad __negtf2(quad value) {
    union quad_bits word;
    word.value = value;
    word.bits.high ^= (uint64_t)1 << 63;
    return word.value;
}

/* --- comparisons ----------------------------------------------------------------------------------------------------- */

static int is_nan(struct wide bits) {
    uint64_t magnitude = bits.high << 1;
    uint64_t infinity = (uint64_t)QUAD_ONES << 49;
    return magnitude > infinity || (magnitude == infinity && bits.low != 0);
}

/* -1, 0 or 1; `unordered` if an operand is a NaN. */
static int compare(quad left, quad right, int unordered) {
    union quad_bits a;
    union quad_bits b;
    int negative;
    a.value = left;
    b.value = right;
    if (is_nan(a.bits) || is_nan(b.bits))
        return unordered;
    if ((a.bits.low | a.bits.high << 1 | b.bits.low | b.bits.high << 1) == 0)
        return 0;
    negative = (int)(a.bits.high >> 63);
    if (negative != (int)(b.bits.high >> 63))
        return negative ? -1 : 1;
    if (wide_less(a.bits, b.bits))
        return negative ? 1 : -1;
    if (wide_less(b.bits, a.bits))
        return negative ? -1 : 1;
    return 0;
}

int __eqtf2(quad left, quad right) {
    return compare(left, right, 1);
}

int __netf2(quad left, quad right) {
    return compare(left, right, 1);
}

int __lttf2(quad left, quad right) {
    return compare(left, right, 1);
}

int __letf2(quad left, quad right) {
    return compare(left, right, 1);
}

int __gttf2(quad left, quad right) {
    return compare(left, right, -1);
}

int __getf2(quad left, quad right) {
    return compare(left, right, -1);
}

int __unordtf2(quad left, quad right) {
    union quad_bits a;
    union quad_bits b;
    a.value = left;
    b.value = right;
    return is_nan(a.bits) || is_nan(b.bits);
}

#endif
