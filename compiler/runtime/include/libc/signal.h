/* Handlers run when the program itself calls raise(); the system delivers nothing to them. */
#ifndef _PYCC_SIGNAL_H
#define _PYCC_SIGNAL_H

typedef int sig_atomic_t;
typedef void (*__pycc_handler)(int);
typedef __pycc_handler sighandler_t;

#define SIG_DFL ((__pycc_handler)0)
#define SIG_IGN ((__pycc_handler)1)
#define SIG_ERR ((__pycc_handler)-1)

#define SIGHUP 1
#define SIGINT 2
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15

__pycc_handler signal(int, __pycc_handler);
int raise(int);

#endif
