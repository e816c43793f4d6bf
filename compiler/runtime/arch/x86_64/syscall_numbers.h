/* Linux's numbers for x86-64. */
#define SYS_read 0
#define SYS_write 1
#define SYS_exit 60
#define SYS_exit_group 231
#define SYS_kill 62
#define SYS_getpid 39
#define SYS_brk 12
