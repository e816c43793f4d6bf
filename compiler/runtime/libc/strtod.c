/* Text to floating point, correctly rounded: the text's value is a fraction of two big integers, and the quotient's bits
   come one by one, exactly as many as the result has. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

/* A tie between two doubles has at most 768 significant digits; what stands beyond only says "more than". */
#define MAX_DIGITS 800
#define MAX_LIMBS 256

struct natural {
    int count;
    uint32_t limbs[MAX_LIMBS]; /* least significant first, the last one not zero */
};

/* What a text says: digits * base**exponent, with base 10 or 2. */
struct number {
    struct natural digits;
    long exponent;
    int hexadecimal;
};

static void multiply_add(struct natural *number, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    int index;
    for (index = 0; index < number->count; index++) {
        carry += (uint64_t)number->limbs[index] * factor;
        number->limbs[index] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        number->limbs[number->count++] = (uint32_t)carry;
}

static void shift_left(struct natural *number, long amount) {
    int whole = (int)(amount / 32);
    int index;
    multiply_add(number, (uint32_t)1 << (amount % 32), 0);
    if (whole == 0 || number->count == 0)
        return;
    for (index = number->count - 1; index >= 0; index--)
        number->limbs[index + whole] = number->limbs[index];
    for (index = 0; index < whole; index++)
        number->limbs[index] = 0;
    number->count += whole;
}

static long bit_length(const struct natural *number) {
    long length = 32L * number->count;
    uint32_t top = number->count ? number->limbs[number->count - 1] : 0;
    if (number->count == 0)
        return 0;
    while (!(top >> 31)) {
        top <<= 1;
        length--;
    }
    return length;
}

static int compare(const struct natural *left, const struct natural *right) {
    int index;
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (index = left->count - 1; index >= 0; index--)
        if (left->limbs[index] != right->limbs[index])
            return left->limbs[index] < right->limbs[index] ? -1 : 1;
    return 0;
}

static void subtract(struct natural *left, const struct natural *right) {
    uint64_t borrow = 0;
    int index;
    for (index = 0; index < left->count; index++) {
        uint64_t part = index < right->count ? right->limbs[index] : 0;
        uint64_t difference = (uint64_t)left->limbs[index] - part - borrow;
        left->limbs[index] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    while (left->count > 0 && left->limbs[left->count - 1] == 0)
        left->count--;
}

static int digit_of(char character, int hexadecimal) {
    if (isdigit((unsigned char)character))
        return character - '0';
    if (hexadecimal && isxdigit((unsigned char)character))
        return tolower((unsigned char)character) - 'a' + 10;
    return -1;
}

static const char *parse_exponent(const char *text, char letter, long *exponent) {
    const char *place = text;
    long value = 0;
    int negative;
    if (tolower((unsigned char)*place) != letter)
        return text;
    place++;
    negative = *place == '-';
    if (*place == '-' || *place == '+')
        place++;
    if (!isdigit((unsigned char)*place))
        return text;
    for (; isdigit((unsigned char)*place); place++)
        if (value < 100000000)
            value = value * 10 + (*place - '0');
    *exponent += negative ? -value : value;
    return place;
}

/* Returns the end of the number, or NULL if there is none. */
static const char *parse(const char *text, struct number *number) {
    int base;
    int kept = 0;
    int found = 0;
    int after_point = 0;
    long step;
    number->hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X')
                          && (isxdigit((unsigned char)text[2])
                              || (text[2] == '.' && isxdigit((unsigned char)text[3])));
    number->exponent = 0;
    number->digits.count = 0;
    base = number->hexadecimal ? 16 : 10;
    step = number->hexadecimal ? 4 : 1;
    if (number->hexadecimal)
        text += 2;
    for (;; text++) {
        int digit = digit_of(*text, number->hexadecimal);
        if (digit < 0) {
            if (*text != '.' || after_point)
                break;
            after_point = 1;
            continue;
        }
        found = 1;
        if (kept < MAX_DIGITS) {
            if (number->digits.count == 0 && digit != 0)
                number->digits.limbs[number->digits.count++] = (uint32_t)digit;
            else
                multiply_add(&number->digits, (uint32_t)base, (uint32_t)digit);
            kept += number->digits.count != 0;
            number->exponent -= after_point ? step : 0;
        } else {
            if (digit != 0)
                number->digits.limbs[0] |= 1; /* an even last digit cannot be told from a tie otherwise */
            number->exponent += after_point ? 0 : step;
        }
    }
    if (!found)
        return NULL;
    return parse_exponent(text, number->hexadecimal ? 'p' : 'e', &number->exponent);
}

/* The nearest value with `precision` bits and exponents from `least` (of the least normal number) to `most`. */
static double round_number(struct number *number, int precision, int least, int most) {
    struct natural *over = &number->digits;
    struct natural under;
    long exponent = number->exponent;
    long top;
    long wanted;
    long index;
    uint64_t bits = 0;
    int order;
    if (over->count == 0)
        return 0;
    under.count = 1;
    under.limbs[0] = 1;
    if (!number->hexadecimal) {
        long digits = bit_length(over) * 3 / 10; /* a little less than the number of decimal digits */
        if (exponent + digits > 400)
            exponent = 100000000;
        else if (exponent + digits < -400)
            exponent = -100000000;
        else
            for (index = exponent < 0 ? -exponent : exponent; index > 0; index--)
                multiply_add(exponent < 0 ? &under : over, 5, 0);
    }
    top = bit_length(over) - bit_length(&under);
    if (top > 0)
        shift_left(&under, top);
    else
        shift_left(over, -top);
    if (compare(over, &under) < 0) {
        shift_left(over, 1);
        top--;
    }
    top += exponent;
    if (top > most) {
        errno = ERANGE;
        return HUGE_VAL;
    }
    wanted = top >= least ? precision : precision - (least - top);
    if (wanted < 0) {
        errno = ERANGE;
        return 0;
    }
    for (index = 0; index < wanted; index++) {
        bits <<= 1;
        if (compare(over, &under) >= 0) {
            subtract(over, &under);
            bits |= 1;
        }
        shift_left(over, 1);
    }
    order = compare(over, &under);
    if (order > 0 || (order == 0 && (bits & 1)))
        bits++;
    if (top < least && over->count != 0)
        errno = ERANGE;
    if (bits >> precision && top == most) {
        errno = ERANGE;
        return HUGE_VAL;
    }
    return ldexp((double)bits, (int)(top - wanted + 1));
}

static double convert(const char *text, char **end, int precision, int least, int most) {
    struct number number;
    const char *place = text;
    const char *stop;
    double value;
    int negative;
    while (isspace((unsigned char)*place))
        place++;
    negative = *place == '-';
    if (*place == '-' || *place == '+')
        place++;
    if (strncasecmp(place, "inf", 3) == 0) {
        stop = place + (strncasecmp(place, "infinity", 8) == 0 ? 8 : 3);
        value = HUGE_VAL;
    } else if (strncasecmp(place, "nan", 3) == 0) {
        stop = place + 3;
        value = NAN;
    } else {
        stop = parse(place, &number);
        value = stop ? round_number(&number, precision, least, most) : 0;
    }
    if (end)
        *end = (char *)(stop ? stop : text);
    return negative && stop ? -value : value;
}

double strtod(const char *restrict text, char **restrict end) {
    return convert(text, end, 53, -1022, 1023);
}

float strtof(const char *restrict text, char **restrict end) {
    return (float)convert(text, end, 24, -126, 127);
}

double atof(const char *text) {
    return strtod(text, NULL);
}
