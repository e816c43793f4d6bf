/* about: rounding a float by way of double; checked printf functions, whose results are used or not */
#include <stdio.h>

int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);

#include <stdarg.h>
int __printf_chk(int flag, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int result = vprintf(format, list);
    va_end(list);
    return result;
}
int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int result = vfprintf(stream, format, list);
    va_end(list);
    return result;
}

static int calls;
static FILE *stream(void) { calls++; return stdout; }
/* Of this program's own, so that no library is asked for: which one is called must not matter. */
double floor(double x) { return (double)(long long)x - (x < (double)(long long)x); }
float floorf(float x) { return (float)(long long)x - (x < (float)(long long)x); }
double ceil(double x) { return -floor(-x); }
float ceilf(float x) { return -floorf(-x); }

__attribute__((noinline)) static float down(float x) { return floor(x); }
__attribute__((noinline)) static double up(float x) { return ceil(x) + floor(x); }

int main(void)
{
    const char *text = "text";
    __printf_chk(1, "");
    __printf_chk(1, "x");
    __printf_chk(1, "line\n");
    __printf_chk(1, "no line");
    __printf_chk(1, "%s", "\n");
    __printf_chk(1, "%s\n", text);
    __printf_chk(1, "%c", 'c');
    __printf_chk(1, "%s", text);
    __printf_chk(1, "%d%%\n", 5);
    __fprintf_chk(stream(), 1, "");
    __fprintf_chk(stream(), 1, "y");
    __fprintf_chk(stream(), 1, "%s", text);
    __fprintf_chk(stream(), 1, "%c", '-');
    __fprintf_chk(stream(), 1, "%s\n", text);
    printf("%d %d\n", __printf_chk(1, "used\n"), calls);
    printf("%g %g %g\n", down(-1.5f), down(16777216.0f), up(2.25f));
    return 0;
}
