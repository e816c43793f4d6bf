/* Streams on the three standard descriptors. stdout is fully buffered and written out at exit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "internal.h"
#include "syscall_numbers.h"

static struct __pycc_file standard_input = {0, _IOFBF, 0, 0, EOF, 0, 0, 0, {0}};
static struct __pycc_file standard_output = {1, _IOFBF, 0, 0, EOF, 0, 0, 0, {0}};
static struct __pycc_file standard_error = {2, _IONBF, 0, 0, EOF, 0, 0, 0, {0}};

#undef stdin
#undef stdout
#undef stderr
FILE *stdin = &standard_input;
FILE *stdout = &standard_output;
FILE *stderr = &standard_error;

static long checked(long result) {
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

ssize_t write(int descriptor, const void *data, size_t size) {
    return checked(__pycc_syscall(SYS_write, descriptor, (long)data, (long)size, 0, 0, 0));
}

ssize_t read(int descriptor, void *data, size_t size) {
    return checked(__pycc_syscall(SYS_read, descriptor, (long)data, (long)size, 0, 0, 0));
}

static void write_all(FILE *stream, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(stream->descriptor, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            stream->failed = 1;
            return;
        }
        text += written;
        length -= (size_t)written;
    }
}

void __pycc_stream_flush(FILE *stream) {
    size_t used = stream->used;
    stream->used = 0;
    write_all(stream, stream->buffer, used);
}

/* Unbuffered streams collect as well; the caller flushes them at the end of the operation. */
void __pycc_stream_write(FILE *stream, const char *text, size_t length) {
    if (length > BUFSIZ - stream->used) {
        __pycc_stream_flush(stream);
        if (length > BUFSIZ) {
            write_all(stream, text, length);
            return;
        }
    }
    memcpy(stream->buffer + stream->used, text, length);
    stream->used += length;
}

static void end_operation(FILE *stream) {
    if (stream->buffering == _IONBF)
        __pycc_stream_flush(stream);
    else if (stream->buffering == _IOLBF && stream->used > 0 && memchr(stream->buffer, '\n', stream->used))
        __pycc_stream_flush(stream);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream) {
    if (size == 0 || count == 0)
        return 0;
    __pycc_stream_write(stream, data, size * count);
    end_operation(stream);
    return stream->failed ? 0 : count;
}

int fputc(int character, FILE *stream) {
    char text = (char)character;
    __pycc_stream_write(stream, &text, 1);
    end_operation(stream);
    return stream->failed ? EOF : (unsigned char)character;
}

int putc(int character, FILE *stream) {
    return fputc(character, stream);
}

int putchar(int character) {
    return fputc(character, stdout);
}

int fputs(const char *text, FILE *stream) {
    __pycc_stream_write(stream, text, strlen(text));
    end_operation(stream);
    return stream->failed ? EOF : 1;
}

int puts(const char *text) {
    __pycc_stream_write(stdout, text, strlen(text));
    __pycc_stream_write(stdout, "\n", 1);
    end_operation(stdout);
    return stdout->failed ? EOF : 1;
}

int fflush(FILE *stream) {
    if (!stream) {
        __pycc_stream_flush(&standard_output);
        __pycc_stream_flush(&standard_error);
        return 0;
    }
    __pycc_stream_flush(stream);
    return stream->failed ? EOF : 0;
}

int setvbuf(FILE *stream, char *buffer, int mode, size_t size) {
    (void)buffer; /* the stream's own buffer serves every mode */
    (void)size;
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)
        return -1;
    stream->buffering = mode;
    return 0;
}

void setbuf(FILE *stream, char *buffer) {
    setvbuf(stream, buffer, buffer ? _IOFBF : _IONBF, BUFSIZ);
}

int ferror(FILE *stream) {
    return stream->failed;
}

int feof(FILE *stream) {
    return stream->ended;
}

void clearerr(FILE *stream) {
    stream->failed = 0;
    stream->ended = 0;
}

int fileno(FILE *stream) {
    return stream->descriptor;
}

void perror(const char *text) {
    if (text && *text)
        fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s\n", strerror(errno));
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

int fgetc(FILE *stream) {
    int character = stream->pushed_back;
    if (character != EOF) {
        stream->pushed_back = EOF;
        return character;
    }
    if (stream->read == stream->filled) {
        ssize_t count = read(stream->descriptor, stream->buffer, BUFSIZ);
        if (count <= 0) {
            if (count < 0)
                stream->failed = 1;
            else
                stream->ended = 1;
            return EOF;
        }
        stream->read = 0;
        stream->filled = (size_t)count;
    }
    return (unsigned char)stream->buffer[stream->read++];
}

int getc(FILE *stream) {
    return fgetc(stream);
}

int getchar(void) {
    return fgetc(stdin);
}

int ungetc(int character, FILE *stream) {
    if (character == EOF || stream->pushed_back != EOF)
        return EOF;
    stream->pushed_back = (unsigned char)character;
    stream->ended = 0;
    return stream->pushed_back;
}

char *fgets(char *text, int size, FILE *stream) {
    int length = 0;
    while (length < size - 1) {
        int character = fgetc(stream);
        if (character == EOF)
            break;
        text[length++] = (char)character;
        if (character == '\n')
            break;
    }
    if (length == 0)
        return NULL;
    text[length] = 0;
    return text;
}

size_t fread(void *data, size_t size, size_t count, FILE *stream) {
    unsigned char *place = data;
    size_t total = size * count;
    size_t done = 0;
    while (done < total) {
        int character = fgetc(stream);
        if (character == EOF)
            break;
        place[done++] = (unsigned char)character;
    }
    return size == 0 ? 0 : done / size;
}

/* --- formatted output --------------------------------------------------------------------------------------------- */

void __pycc_emit(struct sink *sink, const char *text, size_t length) {
    if (sink->stream) {
        __pycc_stream_write(sink->stream, text, length);
    } else if (sink->count < sink->limit) {
        size_t room = sink->limit - sink->count;
        memcpy(sink->start + sink->count, text, length < room ? length : room);
    }
    sink->count += length;
}

void __pycc_pad(struct sink *sink, char character, long count) {
    while (count-- > 0)
        __pycc_emit(sink, &character, 1);
}

int vfprintf(FILE *stream, const char *format, va_list arguments) {
    struct sink sink = {stream, NULL, 0, 0};
    int count = __pycc_format(&sink, format, arguments);
    end_operation(stream);
    return stream->failed ? -1 : count;
}

int vsnprintf(char *text, size_t size, const char *format, va_list arguments) {
    struct sink sink = {NULL, text, size > 0 ? size - 1 : 0, 0};
    int count = __pycc_format(&sink, format, arguments);
    if (size > 0)
        text[sink.count < sink.limit ? sink.count : sink.limit] = 0;
    return count;
}

int vprintf(const char *format, va_list arguments) {
    return vfprintf(stdout, format, arguments);
}

int vsprintf(char *text, const char *format, va_list arguments) {
    return vsnprintf(text, (size_t)PTRDIFF_MAX, format, arguments);
}

int printf(const char *format, ...) {
    va_list arguments;
    int count;
    va_start(arguments, format);
    count = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return count;
}

int fprintf(FILE *stream, const char *format, ...) {
    va_list arguments;
    int count;
    va_start(arguments, format);
    count = vfprintf(stream, format, arguments);
    va_end(arguments);
    return count;
}

int sprintf(char *text, const char *format, ...) {
    va_list arguments;
    int count;
    va_start(arguments, format);
    count = vsnprintf(text, (size_t)PTRDIFF_MAX, format, arguments);
    va_end(arguments);
    return count;
}

int snprintf(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    int count;
    va_start(arguments, format);
    count = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return count;
}
