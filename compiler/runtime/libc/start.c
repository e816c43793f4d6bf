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
