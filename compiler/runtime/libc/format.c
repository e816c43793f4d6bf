/* The printf family's directives (C17 7.21.6.1). Where the standard leaves room, as for %p and null strings, the
   output is glibc's, so that programs can be compared with it. */
#include <limits.h>
#include <string.h>
#include "internal.h"

/* Length modifiers, in the order of the standard's list. */
enum { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_MAX, LENGTH_SIZE,
       LENGTH_PTRDIFF, LENGTH_LONG_DOUBLE };

/* A va_list may be an array type, which functions cannot take by reference; a structure of one can be. */
struct arguments {
    va_list list;
};

static intmax_t signed_argument(struct arguments *arguments, int length) {
    switch (length) {
    case LENGTH_CHAR:
        return (signed char)va_arg(arguments->list, int);
    case LENGTH_SHORT:
        return (short)va_arg(arguments->list, int);
    case LENGTH_LONG:
        return va_arg(arguments->list, long);
    case LENGTH_LONG_LONG:
        return va_arg(arguments->list, long long);
    case LENGTH_MAX:
        return va_arg(arguments->list, intmax_t);
    case LENGTH_SIZE:
    case LENGTH_PTRDIFF:
        return va_arg(arguments->list, ptrdiff_t);
    default:
        return va_arg(arguments->list, int);
    }
}

static uintmax_t unsigned_argument(struct arguments *arguments, int length) {
    switch (length) {
    case LENGTH_CHAR:
        return (unsigned char)va_arg(arguments->list, unsigned int);
    case LENGTH_SHORT:
        return (unsigned short)va_arg(arguments->list, unsigned int);
    case LENGTH_LONG:
        return va_arg(arguments->list, unsigned long);
    case LENGTH_LONG_LONG:
        return va_arg(arguments->list, unsigned long long);
    case LENGTH_MAX:
        return va_arg(arguments->list, uintmax_t);
    case LENGTH_SIZE:
    case LENGTH_PTRDIFF:
        return va_arg(arguments->list, size_t);
    default:
        return va_arg(arguments->list, unsigned int);
    }
}

static void store_count(struct arguments *arguments, int length, size_t count) {
    void *target = va_arg(arguments->list, void *);
    switch (length) {
    case LENGTH_CHAR:
        *(signed char *)target = (signed char)count;
        break;
    case LENGTH_SHORT:
        *(short *)target = (short)count;
        break;
    case LENGTH_INT:
        *(int *)target = (int)count;
        break;
    case LENGTH_LONG:
        *(long *)target = (long)count;
        break;
    case LENGTH_LONG_LONG:
        *(long long *)target = (long long)count;
        break;
    case LENGTH_MAX:
        *(intmax_t *)target = (intmax_t)count;
        break;
    default:
        *(size_t *)target = count;
        break;
    }
}

static void format_text(struct sink *sink, const struct specification *specification, const char *text, size_t length) {
    long padding = specification->width - (long)length;
    if (!specification->left)
        __pycc_pad(sink, ' ', padding);
    __pycc_emit(sink, text, length);
    if (specification->left)
        __pycc_pad(sink, ' ', padding);
}

static void format_integer(struct sink *sink, const struct specification *specification, const char *prefix,
                           uintmax_t value) {
    char digits[24]; /* 2**64 has 22 octal digits */
    const char *alphabet = specification->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned int base = specification->conversion == 'o' ? 8
                        : specification->conversion == 'x' || specification->conversion == 'X' ? 16 : 10;
    int start = (int)sizeof digits;
    size_t prefix_length = strlen(prefix);
    long count;
    long zeros;
    long padding;
    while (value != 0) {
        digits[--start] = alphabet[value % base];
        value /= base;
    }
    count = (long)sizeof digits - start;
    zeros = (specification->precision < 0 ? 1 : specification->precision) - count;
    if (specification->conversion == 'o' && specification->alternate && zeros <= 0)
        zeros = 1;
    if (zeros < 0)
        zeros = 0;
    padding = specification->width - (long)prefix_length - zeros - count;
    if (padding > 0 && specification->zero && !specification->left && specification->precision < 0) {
        zeros += padding;
        padding = 0;
    }
    if (!specification->left)
        __pycc_pad(sink, ' ', padding);
    __pycc_emit(sink, prefix, prefix_length);
    __pycc_pad(sink, '0', zeros);
    __pycc_emit(sink, digits + start, (size_t)count);
    if (specification->left)
        __pycc_pad(sink, ' ', padding);
}

static const char *parse_number(const char *format, int *result) {
    int value = 0;
    while (*format >= '0' && *format <= '9') {
        if (value < INT_MAX / 10 - 1)
            value = value * 10 + (*format - '0');
        format++;
    }
    *result = value;
    return format;
}

/* Reads flags, width and precision; returns where the length modifier begins. */
static const char *parse_flags(const char *format, struct specification *specification, struct arguments *arguments) {
    for (;; format++) {
        if (*format == '-')
            specification->left = 1;
        else if (*format == '+')
            specification->plus = 1;
        else if (*format == ' ')
            specification->space = 1;
        else if (*format == '#')
            specification->alternate = 1;
        else if (*format == '0')
            specification->zero = 1;
        else if (*format != '\'')
            break;
    }
    if (*format == '*') {
        specification->width = va_arg(arguments->list, int);
        if (specification->width < 0) {
            specification->left = 1;
            specification->width = -specification->width;
        }
        format++;
    } else {
        format = parse_number(format, &specification->width);
    }
    if (*format == '.') {
        format++;
        if (*format == '*') {
            specification->precision = va_arg(arguments->list, int);
            if (specification->precision < 0)
                specification->precision = -1;
            format++;
        } else {
            format = parse_number(format, &specification->precision);
        }
    }
    return format;
}

static const char *parse_length(const char *format, int *length) {
    *length = LENGTH_INT;
    switch (*format) {
    case 'h':
        *length = format[1] == 'h' ? LENGTH_CHAR : LENGTH_SHORT;
        return format + (format[1] == 'h' ? 2 : 1);
    case 'l':
        *length = format[1] == 'l' ? LENGTH_LONG_LONG : LENGTH_LONG;
        return format + (format[1] == 'l' ? 2 : 1);
    case 'j':
        *length = LENGTH_MAX;
        return format + 1;
    case 'z':
        *length = LENGTH_SIZE;
        return format + 1;
    case 't':
        *length = LENGTH_PTRDIFF;
        return format + 1;
    case 'L':
        *length = LENGTH_LONG_DOUBLE;
        return format + 1;
    default:
        return format;
    }
}

static void format_string(struct sink *sink, struct specification *specification, const char *text) {
    size_t length;
    if (!text)
        text = specification->precision >= 0 && specification->precision < 6 ? "" : "(null)";
    if (specification->precision >= 0) {
        const char *end = memchr(text, 0, (size_t)specification->precision);
        length = end ? (size_t)(end - text) : (size_t)specification->precision;
    } else {
        length = strlen(text);
    }
    format_text(sink, specification, text, length);
}

static void format_signed(struct sink *sink, const struct specification *specification, intmax_t value) {
    const char *prefix = value < 0 ? "-" : specification->plus ? "+" : specification->space ? " " : "";
    format_integer(sink, specification, prefix, value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value);
}

static void format_unsigned(struct sink *sink, const struct specification *specification, uintmax_t value) {
    const char *prefix = "";
    if (specification->alternate && value != 0) {
        if (specification->conversion == 'x')
            prefix = "0x";
        else if (specification->conversion == 'X')
            prefix = "0X";
    }
    format_integer(sink, specification, prefix, value);
}

static void format_pointer(struct sink *sink, struct specification *specification, void *pointer) {
    if (!pointer) {
        format_text(sink, specification, "(nil)", 5);
        return;
    }
    specification->conversion = 'x';
    format_integer(sink, specification, specification->plus ? "+0x" : specification->space ? " 0x" : "0x",
                   (uintptr_t)pointer);
}

/* Returns 0 for a conversion that does not exist. */
static int convert(struct sink *sink, struct specification *specification, int length, struct arguments *arguments) {
    struct binary value;
    char character;
    switch (specification->conversion) {
    case 'd':
    case 'i':
        format_signed(sink, specification, signed_argument(arguments, length));
        return 1;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        format_unsigned(sink, specification, unsigned_argument(arguments, length));
        return 1;
    case 'c':
        character = (char)va_arg(arguments->list, int);
        format_text(sink, specification, &character, 1);
        return 1;
    case 's':
        format_string(sink, specification, va_arg(arguments->list, const char *));
        return 1;
    case 'p':
        format_pointer(sink, specification, va_arg(arguments->list, void *));
        return 1;
    case 'n':
        store_count(arguments, length, sink->count);
        return 1;
    case '%':
        __pycc_emit(sink, "%", 1);
        return 1;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        if (length == LENGTH_LONG_DOUBLE)
            __pycc_decompose_long_double(&value, va_arg(arguments->list, long double));
        else
            __pycc_decompose_double(&value, va_arg(arguments->list, double));
        __pycc_format_float(sink, specification, &value);
        return 1;
    default:
        return 0;
    }
}

int __pycc_format(struct sink *sink, const char *format, va_list list) {
    struct arguments arguments;
    va_copy(arguments.list, list);
    while (*format) {
        const char *start = format;
        struct specification specification;
        int length;
        while (*format && *format != '%')
            format++;
        __pycc_emit(sink, start, (size_t)(format - start));
        if (!*format)
            break;
        start = format;
        memset(&specification, 0, sizeof specification);
        specification.precision = -1;
        format = parse_flags(format + 1, &specification, &arguments);
        format = parse_length(format, &length);
        specification.conversion = *format;
        if (*format)
            format++;
        if (!convert(sink, &specification, length, &arguments))
            __pycc_emit(sink, start, (size_t)(format - start)); /* undefined; shown as it stands */
    }
    va_end(arguments.list);
    return sink->count > INT_MAX ? -1 : (int)sink->count;
}
