// The first instructions of a program. The kernel leaves the argument count and vectors at sp.
    .text
    .globl _start
    .type _start, %function
_start:
    mov x29, #0
    mov x30, #0
    mov x0, sp
    bl __pycc_start
    brk #0
    .size _start, .-_start
    .section .note.GNU-stack,"",%progbits
