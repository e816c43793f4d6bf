/* Exercises the library's own functions; a hosted libc compiled from the same source must print the same. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

static int sign(int value) {
    return (value > 0) - (value < 0);
}

static void strings(void) {
    char buffer[64] = "hello";
    char *end;
    int length, offset;
    printf("%zu %zu %zu\n", strlen(""), strlen("abc"), strnlen("abcdef", 4));
    strcat(buffer, ", world");
    strncat(buffer, "!!!!", 2);
    puts(buffer);
    printf("%d %d %d\n", sign(strcmp("a", "b")), sign(strcmp("\xff", "a")), sign(strncmp("abc", "abd", 2)));
    printf("%s %s %s\n", strchr("hello", 'l'), strrchr("hello", 'l'), strstr("mississippi", "ssip"));
    printf("%d %d\n", strchr("hello", 'z') == NULL, *strchr("hello", 0));
    printf("%zu %zu %s\n", strspn("aabbc", "ab"), strcspn("hello", "xl"), strpbrk("hello", "lo"));
    strncpy(buffer, "ab", 5);
    printf("%d %d %c\n", buffer[2], buffer[4], buffer[5]);
    strcpy(buffer, "one two,,three");
    for (end = strtok(buffer, " ,"); end; end = strtok(NULL, " ,"))
        printf("[%s]", end);
    printf("\n%s %s\n", strdup("copy"), strndup("copies", 3));
    printf("%d %d\n", strcasecmp("HeLLo", "hEllO"), sign(strncasecmp("abX", "aby", 3)));
    printf("%d %d %d\n", ffs(0), ffs(12), ffsll(1LL << 40));
    for (length = 0; length < 16; length++)
        for (offset = 0; offset < 9; offset++) {
            unsigned char a[48], b[48];
            int i, total = 0;
            for (i = 0; i < 48; i++)
                a[i] = b[i] = (unsigned char)(i * 7 + 1);
            memmove(a + offset, a + 4, (size_t)length);
            memcpy(b + 24 + offset % 2, b + offset, (size_t)length);
            memset(b + offset, 0x1a5, (size_t)length);
            for (i = 0; i < 48; i++)
                total = total * 31 + a[i] + 3 * b[i];
            if (length % 6 == 5)
                printf("%x %d ", total, sign(memcmp(a, b, 48)));
        }
    printf("\n%d %d\n", memchr("abc", 'd', 3) == NULL, *(char *)memchr("abc", 'b', 3));
    printf("%zu %d\n", wcslen(L"wide"), sign(wcscmp(L"ab", L"ac")));
}

static void numbers(void) {
    const char *texts[] = {"0", "  -42xyz", "+7", "0x1fg", "0x", "077", "99999999999999999999", "-99999999999999999999",
                           "9223372036854775807", "-9223372036854775808", "zz", "", "-1"};
    int bases[] = {0, 10, 16, 36, 8};
    size_t i, j;
    char *end;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (j = 0; j < 5; j++) {
            errno = 0;
            printf("%ld ", strtol(texts[i], &end, bases[j]));
            printf("%d ", (int)(end - texts[i]));
            printf("%lu ", strtoul(texts[i], &end, bases[j]));
            printf("%d\n", errno);
        }
    printf("%d %ld %d %ld\n", atoi("-12"), atol("34"), abs(-5), labs(-6L));
    printf("%d %d %ld\n", div(-7, 2).quot, div(-7, 2).rem, ldiv(7, -2).quot);
    printf("%" PRId64 " %" PRIx32 " %" PRIu8 " %" PRIdPTR " %" PRIuMAX "\n", INT64_MIN, UINT32_MAX, (uint8_t)200,
           (intptr_t)-1, UINTMAX_MAX);
    srand(1);
    for (i = 0; i < 5; i++)
        printf("%d ", rand());
    srand(12345678);
    for (i = 0; i < 1000; i++)
        rand();
    printf("%d\n", rand());
    for (i = 0; i < 128; i++)
        printf("%d%d%d%d%d%d%d%d%d%d%d%c", !!isalnum(i), !!isalpha(i), !!isblank(i), !!iscntrl(i), !!isdigit(i),
               !!isgraph(i), !!ispunct(i), !!isspace(i), !!isupper(i), !!isxdigit(i), !!isprint(i),
               isprint(toupper(i)) ? toupper(i) : '.');
    printf("\n%d %u %ld %lu\n", INT_MIN, UINT_MAX, LONG_MIN, ULONG_MAX);
}

struct item {
    int key;
    int order;
};

static int by_key(const void *left, const void *right) {
    return ((const struct item *)left)->key - ((const struct item *)right)->key;
}

static void sorting(void) {
    struct item items[200], wanted = {7, 0}, *found;
    int i;
    srand(3);
    for (i = 0; i < 200; i++) {
        items[i].key = rand() % 20;
        items[i].order = i;
    }
    qsort(items, 200, sizeof items[0], by_key);
    for (i = 0; i < 200; i++)
        printf("%d.%d ", items[i].key, items[i].order);
    found = bsearch(&wanted, items, 200, sizeof items[0], by_key);
    printf("\n%d %d\n", found->key, bsearch(&(struct item){99, 0}, items, 200, sizeof items[0], by_key) == NULL);
}

static void memory(void) {
    void *blocks[100] = {0};
    size_t sizes[100] = {0};
    unsigned int state = 5;
    int step, errors = 0;
    for (step = 0; step < 20000; step++) {
        unsigned int slot, i;
        state = state * 1103515245u + 12345u;
        slot = (state >> 16) % 100;
        if (blocks[slot]) {
            for (i = 0; i < sizes[slot]; i++)
                errors += ((unsigned char *)blocks[slot])[i] != (unsigned char)(slot + i);
            if (state >> 30 == 1) {
                size_t size = (state >> 8) % 3000 + 1, kept = size < sizes[slot] ? size : sizes[slot];
                blocks[slot] = realloc(blocks[slot], size);
                for (i = 0; i < kept; i++)
                    errors += ((unsigned char *)blocks[slot])[i] != (unsigned char)(slot + i);
                sizes[slot] = size;
            } else {
                free(blocks[slot]);
                blocks[slot] = NULL;
                continue;
            }
        } else {
            sizes[slot] = (state >> 8) % 5000;
            if (state >> 31) {
                size_t alignment = (size_t)16 << (state >> 28) % 5;
                blocks[slot] = aligned_alloc(alignment, sizes[slot]);
                errors += (uintptr_t)blocks[slot] % alignment != 0;
            } else {
                blocks[slot] = calloc(sizes[slot] + 1, 1);
                for (i = 0; i < sizes[slot]; i++)
                    errors += ((unsigned char *)blocks[slot])[i] != 0;
            }
            errors += (uintptr_t)blocks[slot] % 16 != 0;
        }
        for (i = 0; i < sizes[slot]; i++)
            ((unsigned char *)blocks[slot])[i] = (unsigned char)(slot + i);
    }
    printf("errors %d\n", errors);
    printf("%d %d\n", malloc((size_t)PTRDIFF_MAX) == NULL, calloc((size_t)-1, 2) == NULL);
    printf("%d\n", malloc(50000000) != NULL);
}

static jmp_buf environment;

static void jump(int value) {
    longjmp(environment, value);
}

static double floating_state(double x) {
    volatile double a = x + 1, b = x * 2;
    int code = setjmp(environment);
    if (code < 3)
        jump(code + 1);
    printf("jumped %d\n", code);
    return a + b;
}

static volatile int caught;

static void handler(int number) {
    caught = number;
}

static void goodbye(void) {
    puts("goodbye");
}

static void control(void) {
    int code = setjmp(environment);
    atomic_int counter = 5;
    atomic_flag flag = ATOMIC_FLAG_INIT;
    int expected = 7;
    if (code == 0)
        jump(0);
    printf("code %d %.1f\n", code, floating_state(1.5));
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    printf("caught %d\n", caught);
    atomic_fetch_add(&counter, 2);
    printf("%d\n", atomic_load(&counter));
    printf("%d\n", atomic_compare_exchange_strong(&counter, &expected, 9));
    printf("%d\n", atomic_flag_test_and_set(&flag));
    printf("%d\n", atomic_flag_test_and_set(&flag));
    printf("%zu %d\n", offsetof(struct item, order), (int)sizeof(max_align_t));
    assert(counter == 9);
}

static void mathematics(void) {
    static const double samples[] = {0.0, -0.0, 0.3, -0.5, 0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 1e15, 4503599627370497.5, 1e300,
                                     -1e300, 5e-324, 2.2250738585072014e-308, INFINITY, -INFINITY, 1e-310, 123456.789};
    size_t i, j;
    for (i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        double x = samples[i], whole;
        int exponent;
        printf("%a %a %a %a %a ", fabs(x), floor(x), ceil(x), trunc(x), round(x));
        printf("%a %a %a ", rint(x), sqrt(fabs(x)), ldexp(x, -40));
        printf("%a ", frexp(x, &exponent));
        printf("%d ", isfinite(x) ? exponent : 0);
        printf("%a ", modf(x, &whole));
        printf("%a %a %d %d %d %d\n", whole, ldexp(x, 1000), !!signbit(x), isnan(x), !!isinf(x), fpclassify(x));
        printf("%a %a %a %a ", (double)floorf((float)x), (double)sqrtf((float)fabs(x)), (double)rintf((float)x),
               (double)ldexpf((float)x, -30));
        printf("%a %d\n", nextafter(x, 10.0), isnormal(x) != 0);
        for (j = 0; j < sizeof samples / sizeof samples[0]; j++) {
            double y = samples[j];
            if (y != 0 && isfinite(x))
                printf("%a %a ", fmod(x, y), (double)fmodf((float)x, (float)y == 0 ? 1.0f : (float)y));
            printf("%a %a %a %a\n", fmin(x, y) + 0.0, fmax(x, y) + 0.0, copysign(x, y), isinf(x) && isinf(y) ? 0 : fdim(x, y));
        }
    }
    for (i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        double x = samples[i];
        printf("%d %d %a %d ", ilogb(x), ilogbf((float)x), logb(x), ilogbl(x));
        printf("%.13g %.13g %.13g %.6g ", exp(x), exp(x / 1e3), x < 0 ? 0 : log(x), (double)expf((float)x));
        for (j = 0; j < sizeof samples / sizeof samples[0]; j++) {
            double power = pow(x, samples[j]);
            printf("%.13g %.6g ", isnan(power) ? 7 : power, (double)fmaxl(x, samples[j]) + (double)fminl(x, 1));
        }
        puts("");
    }
    printf("%.13g %.13g %.13g %.13g\n", pow(32, 1 / 3.0), pow(-2, 1023), pow(-2, -1074), pow(1.0000000001, 1e10));
    printf("%d %d %d\n", isnan(NAN), isnan(fmod(1, 0)) != 0, isnan(sqrt(-1)) != 0);
    printf("%ld %ld %ld\n", lround(2.5), lrint(2.5), lround(-2.5));
    {
        unsigned long long state = 88172645463325252ull;
        for (i = 0; i < 300; i++) {
            double x, y;
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            x = ldexp((double)(state >> 11), (int)(state % 200) - 150);
            y = ldexp((double)(state & 0xffffffffffff), (int)(state % 91) - 90);
            printf("%a %a %a\n", sqrt(x), fmod(x, y), (double)sqrtf((float)x));
        }
    }
}

int main(int argc, char **argv) {
    int i;
    atexit(goodbye);
    for (i = 1; i < argc; i++)
        printf("%s;", argv[i]);
    printf("%d %d\n", argc, argv[argc] == NULL);
    strings();
    numbers();
    sorting();
    memory();
    control();
    mathematics();
    return argc + 40;
}
