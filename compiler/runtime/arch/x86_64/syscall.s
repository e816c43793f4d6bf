# long __pycc_syscall(long number, long a, long b, long c, long d, long e, long f)
    .text
    .globl __pycc_syscall
    .type __pycc_syscall, @function
__pycc_syscall:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
    .size __pycc_syscall, .-__pycc_syscall
    .section .note.GNU-stack,"",@progbits
