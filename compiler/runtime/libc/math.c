/* Mathematics on double, and what long double needs. */
#include <float.h>
#include "internal.h"

#define FLOAT double
#define PATTERN uint64_t
#define FRACTION 52
#define EXPONENT_ONES 2047
#define BIAS 1023
#define SIGN ((uint64_t)1 << 63)
#define NAME(base) base
#include "math_body.inc"

/* --- what long double needs ----------------------------------------------------------------------------------------- */

long double fabsl(long double value) {
    return __pycc_signbitl(value) ? -value : value;
}

int ilogbl(long double value) {
    int exponent = 0;
    int kind = __pycc_fpclassifyl(value);
    if (kind == FP_ZERO)
        return FP_ILOGB0;
    if (kind == FP_NAN)
        return FP_ILOGBNAN;
    if (kind == FP_INFINITE)
        return 0x7fffffff;
    value = fabsl(value);
    for (; value >= 0x1p64L; exponent += 64)
        value *= 0x1p-64L;
    for (; value < 1; exponent -= 64)
        value *= 0x1p64L;
    for (; value >= 2; exponent++)
        value /= 2;
    return exponent;
}

long double fmaxl(long double left, long double right) {
    if (left != left)
        return right;
    return right != right || left > right || (left == right && __pycc_signbitl(right)) ? left : right;
}

long double fminl(long double left, long double right) {
    if (left != left)
        return right;
    return right != right || left < right || (left == right && __pycc_signbitl(left)) ? left : right;
}

long double copysignl(long double value, long double sign) {
    return __pycc_signbitl(value) == __pycc_signbitl(sign) ? value : -value;
}

int __pycc_signbitl(long double value) {
    struct binary parts;
    __pycc_decompose_long_double(&parts, value);
    return parts.negative;
}

int __pycc_fpclassifyl(long double value) {
    struct binary parts;
    __pycc_decompose_long_double(&parts, value);
    if (parts.special)
        return parts.special == 1 ? FP_INFINITE : FP_NAN;
    if ((parts.mantissa[0] | parts.mantissa[1] | parts.mantissa[2] | parts.mantissa[3]) == 0)
        return FP_ZERO;
    return parts.mantissa[(LDBL_MANT_DIG - 1) / 32] >> ((LDBL_MANT_DIG - 1) % 32) & 1 ? FP_NORMAL : FP_SUBNORMAL;
}

int __pycc_isinfl(long double value) {
    if (__pycc_fpclassifyl(value) != FP_INFINITE)
        return 0;
    return __pycc_signbitl(value) ? -1 : 1;
}
