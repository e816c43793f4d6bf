#ifndef _PYCC_SETJMP_H
#define _PYCC_SETJMP_H

/* Room for what any target's calling convention preserves; the files arch/.../setjmp.s give the order. */
typedef unsigned long jmp_buf[32];
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf) __attribute__((__returns_twice__));
int _setjmp(jmp_buf) __attribute__((__returns_twice__));
void longjmp(jmp_buf, int) __attribute__((__noreturn__));
void _longjmp(jmp_buf, int) __attribute__((__noreturn__));
#define setjmp(environment) setjmp(environment)
#define sigsetjmp(environment, save_mask) setjmp(environment)
#define siglongjmp(environment, value) longjmp(environment, value)

#endif
