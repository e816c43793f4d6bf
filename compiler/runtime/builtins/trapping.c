/* Arithmetic that aborts on overflow, and __builtin_powi. */
#include "builtins.h"

void abort(void);

int64_t __addvdi3(int64_t left, int64_t right) {
    uint64_t sum = (uint64_t)left + (uint64_t)right;
    if ((((uint64_t)left ^ sum) & ((uint64_t)right ^ sum)) >> 63)
        abort();
    return (int64_t)sum;
}

int64_t __subvdi3(int64_t left, int64_t right) {
    uint64_t difference = (uint64_t)left - (uint64_t)right;
    if ((((uint64_t)left ^ (uint64_t)right) & ((uint64_t)left ^ difference)) >> 63)
        abort();
    return (int64_t)difference;
}

int64_t __mulvdi3(int64_t left, int64_t right) {
    uint64_t product = (uint64_t)left * (uint64_t)right;
    if (left == -1 || right == -1) {
        if ((left == -1 ? right : left) == INT64_MIN)
            abort();
    } else if (right != 0 && (int64_t)product / right != left) {
        abort();
    }
    return (int64_t)product;
}

int64_t __negvdi2(int64_t value) {
    if (value == INT64_MIN)
        abort();
    return -value;
}

int64_t __absvdi2(int64_t value) {
    return value < 0 ? __negvdi2(value) : value;
}

static int32_t narrow(int64_t value) {
    if (value != (int32_t)value)
        abort();
    return (int32_t)value;
}

int32_t __addvsi3(int32_t left, int32_t right) {
    return narrow((int64_t)left + right);
}

int32_t __subvsi3(int32_t left, int32_t right) {
    return narrow((int64_t)left - right);
}

int32_t __mulvsi3(int32_t left, int32_t right) {
    return narrow((int64_t)left * right);
}

int32_t __negvsi2(int32_t value) {
    return narrow(-(int64_t)value);
}

int32_t __absvsi2(int32_t value) {
    return value < 0 ? __negvsi2(value) : value;
}

/* The multiplications are in libgcc's order, so that results agree to the last bit. */
double __powidf2(double base, int exponent) {
    unsigned int rest = exponent < 0 ? 0u - (unsigned int)exponent : (unsigned int)exponent;
    double result = rest & 1 ? base : 1;
    while (rest >>= 1) {
        base *= base;
        if (rest & 1)
            result *= base;
    }
    return exponent < 0 ? 1 / result : result;
}

float __powisf2(float base, int exponent) {
    unsigned int rest = exponent < 0 ? 0u - (unsigned int)exponent : (unsigned int)exponent;
    float result = rest & 1 ? base : 1;
    while (rest >>= 1) {
        base *= base;
        if (rest & 1)
            result *= base;
    }
    return exponent < 0 ? 1 / result : result;
}
