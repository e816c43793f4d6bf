// long __pycc_syscall(long number, long a, long b, long c, long d, long e, long f)
    .text
    .globl __pycc_syscall
    .type __pycc_syscall, %function
__pycc_syscall:
    mov x8, x0
    mov x0, x1
    mov x1, x2
    mov x2, x3
    mov x3, x4
    mov x4, x5
    mov x5, x6
    svc #0
    ret
    .size __pycc_syscall, .-__pycc_syscall
    .section .note.GNU-stack,"",%progbits
