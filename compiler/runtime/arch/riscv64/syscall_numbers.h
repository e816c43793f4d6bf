/* Linux's numbers for the generic table. */
#define SYS_read 63
#define SYS_write 64
#define SYS_exit 93
#define SYS_exit_group 94
#define SYS_kill 129
#define SYS_getpid 172
#define SYS_brk 214
/* A thread's variables start where its thread pointer points. */
#define THREAD_BLOCK_AT_POINTER 1
