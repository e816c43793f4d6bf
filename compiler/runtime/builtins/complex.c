/* Products and quotients of complex numbers, under libgcc's names: (a + bi) op (c + di). */
#include <float.h>
#include "builtins.h"

#define PASTE_AGAIN(left, right) left##_##right
#define PASTE(left, right) PASTE_AGAIN(left, right)

float _Complex __mulsc3(float a, float b, float c, float d);
float _Complex __divsc3(float a, float b, float c, float d);
double _Complex __muldc3(double a, double b, double c, double d);
double _Complex __divdc3(double a, double b, double c, double d);

#define REAL float
#define REAL_NAME float
#define MULTIPLY __mulsc3
#define DIVIDE __divsc3
#define COPYSIGN __builtin_copysignf
#define WIDER double
#include "complex_body.inc"
#undef WIDER
#undef REAL
#undef REAL_NAME
#undef MULTIPLY
#undef DIVIDE
#undef COPYSIGN

#define REAL double
#define REAL_NAME double
#define MULTIPLY __muldc3
#define DIVIDE __divdc3
#define COPYSIGN __builtin_copysign
#define LARGEST DBL_MAX
#define SMALLEST DBL_MIN
#define EPSILON DBL_EPSILON
#include "complex_body.inc"
#undef REAL
#undef REAL_NAME
#undef MULTIPLY
#undef DIVIDE
#undef COPYSIGN
#undef LARGEST
#undef SMALLEST
#undef EPSILON

#if __LDBL_MANT_DIG__ == 113
long double _Complex __multc3(long double a, long double b, long double c, long double d);
long double _Complex __divtc3(long double a, long double b, long double c, long double d);
#define MULTIPLY __multc3
#define DIVIDE __divtc3
#elif __LDBL_MANT_DIG__ == 64
long double _Complex __mulxc3(long double a, long double b, long double c, long double d);
long double _Complex __divxc3(long double a, long double b, long double c, long double d);
#define MULTIPLY __mulxc3
#define DIVIDE __divxc3
#endif

#ifdef MULTIPLY
#define REAL long double
#define REAL_NAME long_double
#define COPYSIGN __builtin_copysignl
#define LARGEST LDBL_MAX
#define SMALLEST LDBL_MIN
#define EPSILON LDBL_EPSILON
#include "complex_body.inc"
#endif
