# The first instructions of a program. The kernel leaves the argument count and vectors at rsp.
    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call __pycc_start
    hlt
    .size _start, .-_start
    .section .note.GNU-stack,"",@progbits
