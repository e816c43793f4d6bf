// int setjmp(jmp_buf), void longjmp(jmp_buf, int): x19-x30, sp, then d8-d15.
    .text
    .globl setjmp
    .globl _setjmp
    .type setjmp, %function
    .type _setjmp, %function
setjmp:
_setjmp:
    stp x19, x20, [x0, #0]
    stp x21, x22, [x0, #16]
    stp x23, x24, [x0, #32]
    stp x25, x26, [x0, #48]
    stp x27, x28, [x0, #64]
    stp x29, x30, [x0, #80]
    mov x2, sp
    str x2, [x0, #96]
    stp d8, d9, [x0, #112]
    stp d10, d11, [x0, #128]
    stp d12, d13, [x0, #144]
    stp d14, d15, [x0, #160]
    mov w0, #0
    ret
    .size setjmp, .-setjmp
    .size _setjmp, .-_setjmp

    .globl longjmp
    .globl _longjmp
    .type longjmp, %function
    .type _longjmp, %function
longjmp:
_longjmp:
    ldp x19, x20, [x0, #0]
    ldp x21, x22, [x0, #16]
    ldp x23, x24, [x0, #32]
    ldp x25, x26, [x0, #48]
    ldp x27, x28, [x0, #64]
    ldp x29, x30, [x0, #80]
    ldr x2, [x0, #96]
    mov sp, x2
    ldp d8, d9, [x0, #112]
    ldp d10, d11, [x0, #128]
    ldp d12, d13, [x0, #144]
    ldp d14, d15, [x0, #160]
    cmp w1, #0
    cinc w0, w1, eq
    ret
    .size longjmp, .-longjmp
    .size _longjmp, .-_longjmp
    .section .note.GNU-stack,"",%progbits
