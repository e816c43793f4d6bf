/* A switch in a loop: how most interpreters spend their time. */
int printf(const char *, ...);
enum { PUSH, ADD, MULTIPLY, DUPLICATE, SWAP, DECREMENT, JUMP_UNLESS_ZERO, HALT };
static const int program[] = {PUSH, 1, PUSH, 20000, SWAP, PUSH, 3, MULTIPLY, PUSH, 7, ADD,
                              SWAP, DECREMENT, DUPLICATE, JUMP_UNLESS_ZERO, 4, HALT};
int main(void)
{
    unsigned stack[16];
    int top = 0, at = 0;
    for (;;) {
        unsigned kept;
        switch (program[at++]) {
        case PUSH: stack[top++] = (unsigned)program[at++]; break;
        case ADD: top--; stack[top - 1] += stack[top]; break;
        case MULTIPLY: top--; stack[top - 1] *= stack[top]; break;
        case DUPLICATE: stack[top] = stack[top - 1]; top++; break;
        case SWAP: kept = stack[top - 1]; stack[top - 1] = stack[top - 2]; stack[top - 2] = kept; break;
        case DECREMENT: stack[top - 1]--; break;
        case JUMP_UNLESS_ZERO: if (stack[--top]) at = program[at]; else at++; break;
        case HALT: printf("%u\n", stack[0]); return 0;
        }
    }
}
