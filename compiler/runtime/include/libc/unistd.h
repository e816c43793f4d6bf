#ifndef _PYCC_UNISTD_H
#define _PYCC_UNISTD_H
#include <stddef.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

ssize_t read(int, void *, size_t);
ssize_t write(int, const void *, size_t);
pid_t getpid(void);
void _exit(int) __attribute__((__noreturn__));
void *sbrk(long);

#endif
