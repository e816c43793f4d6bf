# long __pycc_syscall(long number, long a, long b, long c, long d, long e, long f)
    .text
    .globl __pycc_syscall
    .type __pycc_syscall, @function
__pycc_syscall:
    mv a7, a0
    mv a0, a1
    mv a1, a2
    mv a2, a3
    mv a3, a4
    mv a4, a5
    mv a5, a6
    ecall
    ret
    .size __pycc_syscall, .-__pycc_syscall
    .section .note.GNU-stack,"",@progbits
