/* Program start and end: _start (in arch/) hands over the stack the kernel made. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "internal.h"
#include "syscall_numbers.h"

int main(int, char **, char **);

/* The linker defines these around the constructors and destructors; without any they may be missing. */
extern void (*__init_array_start[])(int, char **, char **) __attribute__((__weak__, __visibility__("hidden")));
extern void (*__init_array_end[])(int, char **, char **) __attribute__((__weak__, __visibility__("hidden")));
extern void (*__fini_array_start[])(void) __attribute__((__weak__, __visibility__("hidden")));
extern void (*__fini_array_end[])(void) __attribute__((__weak__, __visibility__("hidden")));

#ifdef THREAD_BLOCK_AT_POINTER
/* The ELF header, which the linker places at the start of the image. */
extern const unsigned char __ehdr_start[] __attribute__((__weak__, __visibility__("hidden")));

enum { PROGRAM_HEADERS = 32, HEADER_SIZE = 54, HEADER_COUNT = 56 };          /* offsets in Elf64_Ehdr */
enum { ADDRESS = 16, FILE_SIZE = 32, MEMORY_SIZE = 40, ALIGNMENT = 48, TLS = 7 }; /* in Elf64_Phdr; PT_TLS */

/* The variables of the one thread: copied from the image to memory of their own. (ELF Handling for Thread-Local
   Storage, variant I; the block starts where the thread pointer points) */
static void start_thread(void) {
    const unsigned char *header = __ehdr_start;
    unsigned count;
    if (!header)
        return;
    count = *(const unsigned short *)(header + HEADER_COUNT);
    header += *(const unsigned long *)(header + PROGRAM_HEADERS);
    for (; count > 0; count--, header += *(const unsigned short *)(__ehdr_start + HEADER_SIZE)) {
        if (*(const unsigned *)header == TLS) {
            const unsigned char *from = (const unsigned char *)*(const unsigned long *)(header + ADDRESS);
            unsigned long filled = *(const unsigned long *)(header + FILE_SIZE);
            unsigned long size = *(const unsigned long *)(header + MEMORY_SIZE);
            unsigned long alignment = *(const unsigned long *)(header + ALIGNMENT);
            unsigned long mask = alignment > 16 ? alignment - 1 : 15;
            unsigned char *block;
            unsigned long index;
            block = (unsigned char *)(((unsigned long)__pycc_syscall(SYS_brk, 0, 0, 0, 0, 0, 0) + mask) & ~mask);
            if (__pycc_syscall(SYS_brk, (long)(block + size), 0, 0, 0, 0, 0) < (long)(block + size))
                abort();
            for (index = 0; index < size; index++)
                block[index] = index < filled ? from[index] : 0;
            __pycc_set_thread_pointer(block);
        }
    }
}
#endif

#define MAX_EXIT_HANDLERS 64

int errno;
char **environ;
static void (*exit_handlers[MAX_EXIT_HANDLERS])(void);
static int exit_handler_count;

void __pycc_start(long *stack) {
    int argument_count = (int)stack[0];
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + argument_count + 1;
    size_t count = (size_t)(__init_array_end - __init_array_start);
    size_t index;
    environ = environment;
#ifdef THREAD_BLOCK_AT_POINTER
    start_thread();
#endif
    for (index = 0; index < count; index++)
        __init_array_start[index](argument_count, arguments, environment);
    exit(main(argument_count, arguments, environment));
}

int atexit(void (*handler)(void)) {
    if (exit_handler_count == MAX_EXIT_HANDLERS)
        return -1;
    exit_handlers[exit_handler_count++] = handler;
    return 0;
}

void exit(int status) {
    size_t index;
    while (exit_handler_count > 0) {
        exit_handler_count--;
        exit_handlers[exit_handler_count]();
    }
    index = (size_t)(__fini_array_end - __fini_array_start);
    while (index > 0) {
        index--;
        __fini_array_start[index]();
    }
    fflush(NULL);
    _Exit(status);
}

void _Exit(int status) {
    __pycc_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
    for (;;)
        __pycc_syscall(SYS_exit, status, 0, 0, 0, 0, 0);
}

void _exit(int status) {
    _Exit(status);
}

void quick_exit(int status) {
    _Exit(status);
}

char *getenv(const char *name) {
    char **entry;
    for (entry = environ; entry && *entry; entry++) {
        const char *left = name;
        const char *right = *entry;
        while (*left && *left == *right) {
            left++;
            right++;
        }
        if (!*left && *right == '=')
            return (char *)right + 1;
    }
    return NULL;
}

/* --- signals ----------------------------------------------------------------------------------------------------- */

#define SIGNAL_COUNT 65

static __pycc_handler handlers[SIGNAL_COUNT];

__pycc_handler signal(int number, __pycc_handler handler) {
    __pycc_handler previous;
    if (number < 1 || number >= SIGNAL_COUNT || number == SIGKILL)
        return SIG_ERR;
    previous = handlers[number];
    handlers[number] = handler;
    return previous;
}

int raise(int number) {
    __pycc_handler handler;
    if (number < 1 || number >= SIGNAL_COUNT)
        return -1;
    handler = handlers[number];
    if (handler == SIG_IGN)
        return 0;
    if (handler != SIG_DFL) {
        handler(number);
        return 0;
    }
    return __pycc_syscall(SYS_kill, getpid(), number, 0, 0, 0, 0) < 0 ? -1 : 0;
}

/* Buffered output is not written, as in other libraries. */
void abort(void) {
    raise(SIGABRT);
    handlers[SIGABRT] = SIG_DFL;
    raise(SIGABRT);
    _Exit(128 + SIGABRT); /* where nothing delivers signals */
}

pid_t getpid(void) {
    return (pid_t)__pycc_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

void __assert_fail(const char *condition, const char *file, unsigned int line, const char *function) {
    fflush(stdout);
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, condition);
    abort();
}
