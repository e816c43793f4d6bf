/* Numbers, sorting and pseudo-random sequences (C17 7.22). */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int abs(int value) {
    return value < 0 ? -value : value;
}

long labs(long value) {
    return value < 0 ? -value : value;
}

long long llabs(long long value) {
    return value < 0 ? -value : value;
}

intmax_t imaxabs(intmax_t value) {
    return value < 0 ? -value : value;
}

div_t div(int left, int right) {
    div_t result;
    result.quot = left / right;
    result.rem = left % right;
    return result;
}

ldiv_t ldiv(long left, long right) {
    ldiv_t result;
    result.quot = left / right;
    result.rem = left % right;
    return result;
}

lldiv_t lldiv(long long left, long long right) {
    lldiv_t result;
    result.quot = left / right;
    result.rem = left % right;
    return result;
}

imaxdiv_t imaxdiv(intmax_t left, intmax_t right) {
    imaxdiv_t result;
    result.quot = left / right;
    result.rem = left % right;
    return result;
}

/* --- text to integer ----------------------------------------------------------------------------------------------- */

static int digit_value(char character) {
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'Z')
        return character - 'A' + 10;
    return 99;
}

/* The magnitude, at most `limit` (or `limit_negative` after a minus sign) with errno set when it was larger. */
static unsigned long long parse(const char *text, char **end, int base, unsigned long long limit,
                                unsigned long long limit_negative, int *negative) {
    const char *start = text;
    unsigned long long value = 0;
    int overflow = 0;
    int found = 0;
    *negative = 0;
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '-' || *text == '+')
        *negative = *text++ == '-';
    if (*negative)
        limit = limit_negative;
    if ((base == 0 || base == 16) && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && digit_value(text[2]) < 16) {
        text += 2;
        base = 16;
    } else if (base == 0) {
        base = *text == '0' ? 8 : 10;
    }
    if (base < 2 || base > 36) {
        errno = EINVAL;
        if (end)
            *end = (char *)start;
        return 0;
    }
    for (; digit_value(*text) < base; text++) {
        unsigned long long digit = (unsigned long long)digit_value(*text);
        found = 1;
        if (value > (limit - digit) / (unsigned long long)base)
            overflow = 1;
        else
            value = value * (unsigned long long)base + digit;
    }
    if (end)
        *end = (char *)(found ? text : start);
    if (overflow) {
        errno = ERANGE;
        return limit;
    }
    return value;
}

long long strtoll(const char *restrict text, char **restrict end, int base) {
    int negative;
    unsigned long long value = parse(text, end, base, LLONG_MAX, (unsigned long long)LLONG_MAX + 1, &negative);
    return (long long)(negative ? 0 - value : value);
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base) {
    int negative;
    unsigned long long value = parse(text, end, base, ULLONG_MAX, ULLONG_MAX, &negative);
    return negative && value != ULLONG_MAX ? 0 - value : value;
}

long strtol(const char *restrict text, char **restrict end, int base) {
    int negative;
    unsigned long long value = parse(text, end, base, LONG_MAX, (unsigned long long)LONG_MAX + 1, &negative);
    return (long)(negative ? 0 - value : value);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base) {
    int negative;
    unsigned long value = (unsigned long)parse(text, end, base, ULONG_MAX, ULONG_MAX, &negative);
    return negative && value != ULONG_MAX ? 0 - value : value;
}

intmax_t strtoimax(const char *restrict text, char **restrict end, int base) {
    return strtoll(text, end, base);
}

uintmax_t strtoumax(const char *restrict text, char **restrict end, int base) {
    return strtoull(text, end, base);
}

int atoi(const char *text) {
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text) {
    return strtol(text, NULL, 10);
}

long long atoll(const char *text) {
    return strtoll(text, NULL, 10);
}

/* --- sorting and searching ----------------------------------------------------------------------------------------- */

/* Merges the sorted halves [0, middle) and [middle, count); the left one is moved out of the way first. */
static void merge(char *base, size_t middle, size_t count, size_t size, char *room,
                  int (*compare)(const void *, const void *)) {
    char *left = room;
    char *left_end = room + middle * size;
    char *right = base + middle * size;
    char *right_end = base + count * size;
    memcpy(room, base, middle * size);
    while (left < left_end) {
        if (right < right_end && compare(left, right) > 0) {
            memmove(base, right, size);
            right += size;
        } else {
            memcpy(base, left, size);
            left += size;
        }
        base += size;
    }
}

static void sort(char *base, size_t count, size_t size, char *room, int (*compare)(const void *, const void *)) {
    size_t middle = count / 2;
    if (count < 2)
        return;
    sort(base, middle, size, room, compare);
    sort(base + middle * size, count - middle, size, room, compare);
    merge(base, middle, count, size, room, compare);
}

static void exchange(char *left, char *right, size_t size) {
    for (; size > 0; size--, left++, right++) {
        char saved = *left;
        *left = *right;
        *right = saved;
    }
}

/* Stable, as in glibc while there is memory for it: programs that order equal elements agree. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    char *room;
    size_t index;
    size_t place;
    if (count < 2 || size == 0)
        return;
    room = malloc(count / 2 * size);
    if (room) {
        sort(base, count, size, room, compare);
        free(room);
        return;
    }
    for (index = 1; index < count; index++) {
        for (place = index; place > 0; place--) {
            char *element = (char *)base + place * size;
            if (compare(element - size, element) <= 0)
                break;
            exchange(element - size, element, size);
        }
    }
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *)) {
    const char *low = base;
    while (count > 0) {
        const char *middle = low + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            low = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}

/* --- pseudo-random numbers ------------------------------------------------------------------------------------------ */

/* The additive feedback generator x**31 + x**3 + 1 seeded by a Lehmer sequence: the numbers of glibc's rand(). */
#define DEGREE 31
#define SEPARATION 3

static unsigned int history[DEGREE];
static int position = -1;

long random(void) {
    unsigned int value;
    if (position < 0)
        srandom(1);
    /* history[position] is the value DEGREE steps ago */
    value = history[position] + history[(position + DEGREE - SEPARATION) % DEGREE];
    history[position] = value;
    position = (position + 1) % DEGREE;
    return (long)(value >> 1);
}

void srandom(unsigned int seed) {
    int index;
    int value = seed == 0 ? 1 : (int)seed;
    history[0] = (unsigned int)value;
    for (index = 1; index < DEGREE; index++) {
        long product = 16807L * value % 2147483647;
        value = (int)(product < 0 ? product + 2147483647 : product);
        history[index] = (unsigned int)value;
    }
    position = SEPARATION;
    for (index = 0; index < 10 * DEGREE; index++)
        random();
}

int rand(void) {
    return (int)random();
}

void srand(unsigned int seed) {
    srandom(seed);
}
