# The first instructions of a program. The kernel leaves the argument count and vectors at sp.
    .text
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    mv a0, sp
    andi sp, sp, -16
    li s0, 0
    li ra, 0
    call __pycc_start
    ebreak
    .size _start, .-_start
    .section .note.GNU-stack,"",@progbits
