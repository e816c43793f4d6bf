/* %e %f %g %a, correctly rounded (nearest, ties to even) at any precision: the value's whole decimal expansion is
   computed on big integers, since mantissa * 2**-n is mantissa * 5**n with n decimal places. */
#include <float.h>
#include <string.h>
#include "internal.h"

/* The longest expansion is that of the least subnormal's largest odd multiple: 767 digits for binary64, 11564 for
   binary128, and less for the 80-bit format; the largest numbers have fewer. */
#if LDBL_MANT_DIG > 53
#define MAX_LIMBS 1300
#else
#define MAX_LIMBS 100
#endif
#define LIMB 1000000000u

/* 0.d1d2d3... * 10**point, without leading or trailing zero digits; count 0 is zero. */
struct decimal {
    int count;
    int point;
    char digits[MAX_LIMBS * 9];
};

struct big {
    int count;
    uint32_t limbs[MAX_LIMBS]; /* base 10**9, least significant first */
};

static void multiply_add(struct big *big, uint64_t factor, uint64_t carry) {
    int index;
    for (index = 0; index < big->count; index++) {
        uint64_t product = big->limbs[index] * factor + carry;
        carry = product / LIMB;
        big->limbs[index] = (uint32_t)(product - carry * LIMB);
    }
    while (carry != 0) {
        big->limbs[big->count++] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
}

static void to_decimal(struct decimal *result, const struct binary *value) {
    struct big big;
    int exponent = value->exponent;
    int places = 0;
    int index;
    int start = 0;
    big.count = 0;
    for (index = 3; index >= 0; index--)
        multiply_add(&big, (uint64_t)1 << 32, value->mantissa[index]);
    for (; exponent >= 32; exponent -= 32)
        multiply_add(&big, (uint64_t)1 << 32, 0);
    if (exponent > 0) {
        multiply_add(&big, (uint64_t)1 << exponent, 0);
    } else {
        places = -exponent;
        for (index = places; index >= 13; index -= 13)
            multiply_add(&big, 1220703125u, 0);
        for (; index > 0; index--)
            multiply_add(&big, 5, 0);
    }
    result->count = big.count * 9;
    for (index = 0; index < big.count; index++) {
        uint32_t limb = big.limbs[big.count - 1 - index];
        int digit;
        for (digit = 8; digit >= 0; digit--) {
            result->digits[index * 9 + digit] = (char)('0' + limb % 10);
            limb /= 10;
        }
    }
    while (start < result->count && result->digits[start] == '0')
        start++;
    result->count -= start;
    result->point = result->count - places;
    memmove(result->digits, result->digits + start, (size_t)result->count);
    while (result->count > 0 && result->digits[result->count - 1] == '0')
        result->count--;
    if (result->count == 0)
        result->point = 1; /* zero has the exponent 0 */
}

/* Rounds to the first `keep` digits, which may be none or fewer. */
static void round_decimal(struct decimal *decimal, long keep) {
    int up;
    int index;
    if (keep >= decimal->count)
        return;
    if (keep < 0) {
        decimal->count = 0;
        return;
    }
    up = decimal->digits[keep] > '5'
         || (decimal->digits[keep] == '5'
             && (decimal->count > keep + 1 || (keep > 0 && (decimal->digits[keep - 1] & 1))));
    index = (int)keep;
    if (up) {
        while (index > 0 && decimal->digits[index - 1] == '9')
            index--;
        if (index == 0) {
            decimal->digits[0] = '1';
            decimal->point++;
            index = 1;
        } else {
            decimal->digits[index - 1]++;
        }
    } else {
        while (index > 0 && decimal->digits[index - 1] == '0')
            index--;
    }
    decimal->count = index;
}

/* Digits first .. first + count - 1 of the expansion, which has zeros on both sides. */
static void emit_digits(struct sink *sink, const struct decimal *decimal, long first, long count) {
    long end = first + count;
    long known = end < decimal->count ? end : decimal->count;
    if (first < 0) {
        long zeros = -first < count ? -first : count;
        __pycc_pad(sink, '0', zeros);
        first += zeros;
    }
    if (first < known) {
        __pycc_emit(sink, decimal->digits + first, (size_t)(known - first));
        first = known;
    }
    __pycc_pad(sink, '0', end - first);
}

/* What surrounds the digits: padding, sign and the prefix of %a. */
struct frame {
    struct sink *sink;
    long padding;
    int left;
};

static struct frame open_frame(struct sink *sink, const struct specification *specification, const char *sign,
                               long length, int zeros_allowed) {
    struct frame frame;
    frame.sink = sink;
    frame.left = specification->left;
    frame.padding = specification->width - length - (long)strlen(sign);
    if (!frame.left && !(specification->zero && zeros_allowed))
        __pycc_pad(sink, ' ', frame.padding);
    __pycc_emit(sink, sign, strlen(sign));
    if (!frame.left && specification->zero && zeros_allowed)
        __pycc_pad(sink, '0', frame.padding);
    return frame;
}

static void close_frame(const struct frame *frame) {
    if (frame->left)
        __pycc_pad(frame->sink, ' ', frame->padding);
}

static void format_fixed(struct sink *sink, const struct specification *specification, const char *sign,
                         const struct decimal *decimal, long precision, int point) {
    long whole = decimal->point > 0 ? decimal->point : 1;
    struct frame frame = open_frame(sink, specification, sign, whole + point + precision, 1);
    emit_digits(sink, decimal, decimal->point - whole, whole);
    __pycc_emit(sink, ".", (size_t)point);
    emit_digits(sink, decimal, decimal->point, precision);
    close_frame(&frame);
}

/* A letter, a sign and at least `least` digits; returns the length. */
static int exponent_text(char *text, char letter, int exponent, int least) {
    char digits[8];
    int count = 0;
    int length = 0;
    text[length++] = letter;
    text[length++] = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    do {
        digits[count++] = (char)('0' + exponent % 10);
        exponent /= 10;
    } while (exponent > 0 || count < least);
    while (count > 0)
        text[length++] = digits[--count];
    return length;
}

static void format_scientific(struct sink *sink, const struct specification *specification, const char *sign,
                              const struct decimal *decimal, long precision, int point, char letter) {
    char exponent[12];
    int exponent_length = exponent_text(exponent, letter, decimal->point - 1, 2);
    struct frame frame = open_frame(sink, specification, sign, 1 + point + precision + exponent_length, 1);
    emit_digits(sink, decimal, 0, 1);
    __pycc_emit(sink, ".", (size_t)point);
    emit_digits(sink, decimal, 1, precision);
    __pycc_emit(sink, exponent, (size_t)exponent_length);
    close_frame(&frame);
}

static void format_general(struct sink *sink, const struct specification *specification, const char *sign,
                           struct decimal *decimal, long precision, char letter) {
    int exponent;
    if (precision == 0)
        precision = 1;
    round_decimal(decimal, precision);
    exponent = decimal->point - 1;
    if (precision > exponent && exponent >= -4) {
        precision -= 1 + exponent;
        if (!specification->alternate && precision > decimal->count - decimal->point)
            precision = decimal->count > decimal->point ? decimal->count - decimal->point : 0;
        format_fixed(sink, specification, sign, decimal, precision, specification->alternate || precision > 0);
        return;
    }
    precision -= 1;
    if (!specification->alternate && precision > decimal->count - 1)
        precision = decimal->count > 1 ? decimal->count - 1 : 0;
    format_scientific(sink, specification, sign, decimal, precision, specification->alternate || precision > 0, letter);
}

/* --- hexadecimal -------------------------------------------------------------------------------------------------- */

static int mantissa_digit(const struct binary *value, int position) {
    if (position < 0 || position >= 32)
        return 0;
    return (int)(value->mantissa[position / 8] >> (position % 8 * 4)) & 15;
}

/* The mantissa has a whole number of hexadecimal digits after its first, which holds its top bit (binary formats with a
   hidden bit) or its top four (the 80-bit format). */
static void format_hexadecimal(struct sink *sink, const struct specification *specification, const char *sign,
                               const struct binary *value, int upper) {
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    struct binary work = *value;
    int top = (value->mantissa_bits - 1) / 4; /* position of the first digit */
    int shown = top;
    int exponent = value->exponent + top * 4;
    int index;
    long precision = specification->precision;
    char prefix[4];
    char digits[40];
    char tail[12];
    int tail_length;
    int point;
    struct frame frame;
    if ((value->mantissa[0] | value->mantissa[1] | value->mantissa[2] | value->mantissa[3]) == 0)
        exponent = 0;
    if (precision >= 0 && precision < top) {
        int cut = top - (int)precision; /* digits to drop */
        int half = mantissa_digit(&work, cut - 1);
        int sticky = 0;
        int carry;
        for (index = 0; index < cut - 1; index++)
            sticky |= mantissa_digit(&work, index);
        carry = half > 8 || (half == 8 && (sticky || (mantissa_digit(&work, cut) & 1)));
        for (index = cut; index <= top && carry; index++) {
            int digit = mantissa_digit(&work, index) + 1;
            work.mantissa[index / 8] &= ~((uint32_t)15 << (index % 8 * 4));
            if (digit == 16 && index == top) {
                work.mantissa[index / 8] |= (uint32_t)1 << (index % 8 * 4);
                exponent += 4;
                break;
            }
            work.mantissa[index / 8] |= (uint32_t)(digit & 15) << (index % 8 * 4);
            carry = digit == 16;
        }
        shown = (int)precision;
    } else if (precision < 0) {
        while (shown > 0 && mantissa_digit(&work, top - shown) == 0)
            shown--;
        precision = shown;
    }
    for (index = 0; index <= shown; index++)
        digits[index] = alphabet[mantissa_digit(&work, top - index)];
    strcpy(prefix, sign);
    strcat(prefix, upper ? "0X" : "0x");
    tail_length = exponent_text(tail, upper ? 'P' : 'p', exponent, 1);
    point = precision > 0 || specification->alternate;
    frame = open_frame(sink, specification, prefix, 1 + point + precision + tail_length, 1);
    __pycc_emit(sink, digits, 1);
    __pycc_emit(sink, ".", (size_t)point);
    __pycc_emit(sink, digits + 1, (size_t)shown);
    __pycc_pad(sink, '0', precision - shown);
    __pycc_emit(sink, tail, (size_t)tail_length);
    close_frame(&frame);
}

void __pycc_format_float(struct sink *sink, const struct specification *specification, const struct binary *value) {
    char letter = specification->conversion;
    int upper = letter >= 'A' && letter <= 'Z';
    const char *sign = value->negative ? "-" : specification->plus ? "+" : specification->space ? " " : "";
    long precision = specification->precision < 0 ? 6 : specification->precision;
    struct decimal decimal;
    if (value->special) {
        const char *text = value->special == 1 ? (upper ? "INF" : "inf") : (upper ? "NAN" : "nan");
        struct frame frame = open_frame(sink, specification, sign, 3, 0);
        __pycc_emit(sink, text, 3);
        close_frame(&frame);
        return;
    }
    if (letter == 'a' || letter == 'A') {
        format_hexadecimal(sink, specification, sign, value, upper);
        return;
    }
    to_decimal(&decimal, value);
    if (letter == 'f' || letter == 'F') {
        round_decimal(&decimal, decimal.point + precision);
        format_fixed(sink, specification, sign, &decimal, precision, precision > 0 || specification->alternate);
    } else if (letter == 'e' || letter == 'E') {
        round_decimal(&decimal, 1 + precision);
        format_scientific(sink, specification, sign, &decimal, precision, precision > 0 || specification->alternate,
                          letter);
    } else {
        format_general(sink, specification, sign, &decimal, precision, upper ? 'E' : 'e');
    }
}

/* --- taking values apart ------------------------------------------------------------------------------------------ */

void __pycc_decompose_double(struct binary *result, double value) {
    uint64_t bits;
    uint64_t mantissa;
    int exponent;
    memcpy(&bits, &value, sizeof bits);
    exponent = (int)(bits >> 52) & 0x7ff;
    mantissa = bits & (((uint64_t)1 << 52) - 1);
    result->negative = (int)(bits >> 63);
    result->special = exponent == 0x7ff ? (mantissa == 0 ? 1 : 2) : 0;
    result->mantissa_bits = 53;
    if (exponent == 0)
        exponent = 1;
    else
        mantissa |= (uint64_t)1 << 52;
    result->exponent = exponent - 1023 - 52;
    result->mantissa[0] = (uint32_t)mantissa;
    result->mantissa[1] = (uint32_t)(mantissa >> 32);
    result->mantissa[2] = 0;
    result->mantissa[3] = 0;
}

void __pycc_decompose_long_double(struct binary *result, long double value) {
#if LDBL_MANT_DIG == 53
    __pycc_decompose_double(result, (double)value);
#else
    uint32_t words[4] = {0, 0, 0, 0};
    int exponent;
    int fraction;
    memcpy(words, &value, LDBL_MANT_DIG == 64 ? 10 : 16);
#if LDBL_MANT_DIG == 64
    exponent = (int)words[2] & 0x7fff;
    result->negative = (int)(words[2] >> 15) & 1;
    fraction = ((words[1] & 0x7fffffff) | words[0]) != 0;
    words[2] = 0;
#else
    exponent = (int)(words[3] >> 16) & 0x7fff;
    result->negative = (int)(words[3] >> 31);
    words[3] &= 0xffff;
    fraction = (words[0] | words[1] | words[2] | words[3]) != 0;
    if (exponent != 0)
        words[3] |= 0x10000;
#endif
    result->special = exponent == 0x7fff ? (fraction ? 2 : 1) : 0;
    result->mantissa_bits = LDBL_MANT_DIG;
    result->exponent = (exponent == 0 ? 1 : exponent) - 16383 - (LDBL_MANT_DIG - 1);
    memcpy(result->mantissa, words, sizeof words);
#endif
}
