/* What the files of this library share with each other and with no program. */
#ifndef PYCC_LIBC_INTERNAL_H
#define PYCC_LIBC_INTERNAL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The kernel's answer: a negative errno, or the result. Six arguments are always passed. */
long __pycc_syscall(long number, long a, long b, long c, long d, long e, long f);

/* In arch/, where THREAD_BLOCK_AT_POINTER is defined. */
void __pycc_set_thread_pointer(void *block);

struct __pycc_file {
    int descriptor;
    int buffering; /* _IOFBF, _IOLBF or _IONBF */
    int failed;
    int ended;
    int pushed_back; /* EOF, or the character ungetc() left */
    size_t used;     /* written characters that wait in the buffer */
    size_t read;     /* of the `filled` characters read ahead */
    size_t filled;
    char buffer[BUFSIZ];
};

/* Where formatted output goes: a stream, or the first `limit` places of an array. */
struct sink {
    FILE *stream;
    char *start;
    size_t limit;
    size_t count;
};

void __pycc_emit(struct sink *sink, const char *text, size_t length);
void __pycc_pad(struct sink *sink, char character, long count);
int __pycc_format(struct sink *sink, const char *format, va_list arguments);
void __pycc_stream_write(FILE *stream, const char *text, size_t length);
void __pycc_stream_flush(FILE *stream);

/* One conversion specification of the printf family (C17 7.21.6.1). */
struct specification {
    int left;
    int plus;
    int space;
    int alternate;
    int zero;
    int width;
    int precision; /* -1: none given */
    char conversion;
};

/* A binary floating value: mantissa * 2**exponent, unless special. */
struct binary {
    int negative;
    int special; /* 0 finite, 1 infinite, 2 not a number */
    int mantissa_bits;
    int exponent;
    uint32_t mantissa[4]; /* least significant first */
};

void __pycc_format_float(struct sink *sink, const struct specification *specification, const struct binary *value);
void __pycc_decompose_double(struct binary *result, double value);
void __pycc_decompose_long_double(struct binary *result, long double value);

#endif
