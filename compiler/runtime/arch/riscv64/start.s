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

    .globl __pycc_set_thread_pointer
    .type __pycc_set_thread_pointer, @function
__pycc_set_thread_pointer:
    mv tp, a0
    ret
    .size __pycc_set_thread_pointer, .-__pycc_set_thread_pointer
    .section .note.GNU-stack,"",@progbits
