/* Mathematics on float. */
#define FLOAT float
#define PATTERN uint32_t
#define FRACTION 23
#define EXPONENT_ONES 255
#define BIAS 127
#define SIGN ((uint32_t)1 << 31)
#define NAME(base) base##f
#include "math_body.inc"
