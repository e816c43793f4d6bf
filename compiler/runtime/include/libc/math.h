#ifndef _PYCC_MATH_H
#define _PYCC_MATH_H

#define HUGE_VAL __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define HUGE_VALL __builtin_huge_vall()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")

#define FP_ILOGB0 (-0x7fffffff - 1)
#define FP_ILOGBNAN (-0x7fffffff - 1)
#define FP_NAN 0
#define FP_INFINITE 1
#define FP_ZERO 2
#define FP_SUBNORMAL 3
#define FP_NORMAL 4

#define M_E 2.7182818284590452354
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_SQRT2 1.41421356237309504880

typedef float float_t;
typedef double double_t;

int __pycc_fpclassifyf(float);
int __pycc_fpclassify(double);
int __pycc_fpclassifyl(long double);
int __pycc_isinff(float);
int __pycc_isinf(double);
int __pycc_isinfl(long double);
int __pycc_signbitf(float);
int __pycc_signbit(double);
int __pycc_signbitl(long double);

#define __pycc_by_size(function, value) \
    (sizeof(value) == sizeof(float) ? function##f(value) \
     : sizeof(value) == sizeof(double) ? function(value) : function##l(value))
#define fpclassify(value) __pycc_by_size(__pycc_fpclassify, value)
#define signbit(value) __pycc_by_size(__pycc_signbit, value)
#define isnan(value) (fpclassify(value) == FP_NAN)
#define isinf(value) __pycc_by_size(__pycc_isinf, value)
#define isfinite(value) (fpclassify(value) > FP_INFINITE)
#define isnormal(value) (fpclassify(value) == FP_NORMAL)
#define isgreater(left, right) __builtin_isgreater(left, right)
#define isgreaterequal(left, right) __builtin_isgreaterequal(left, right)
#define isless(left, right) __builtin_isless(left, right)
#define islessequal(left, right) __builtin_islessequal(left, right)
#define islessgreater(left, right) __builtin_islessgreater(left, right)
#define isunordered(left, right) __builtin_isunordered(left, right)

double fabs(double);
float fabsf(float);
double sqrt(double);
float sqrtf(float);
double floor(double);
float floorf(float);
double ceil(double);
float ceilf(float);
double trunc(double);
float truncf(float);
double round(double);
float roundf(float);
double rint(double);
float rintf(float);
double nearbyint(double);
float nearbyintf(float);
double fmod(double, double);
float fmodf(float, float);
double copysign(double, double);
float copysignf(float, float);
double fmin(double, double);
float fminf(float, float);
double fmax(double, double);
float fmaxf(float, float);
double fdim(double, double);
float fdimf(float, float);
double exp(double);
float expf(float);
double log(double);
float logf(float);
double pow(double, double);
float powf(float, float);
int ilogb(double);
int ilogbf(float);
int ilogbl(long double);
double logb(double);
float logbf(float);
long double fmaxl(long double, long double);
long double fminl(long double, long double);
long double fabsl(long double);
long double copysignl(long double, long double);
double ldexp(double, int);
float ldexpf(float, int);
double scalbn(double, int);
float scalbnf(float, int);
double frexp(double, int *);
float frexpf(float, int *);
double modf(double, double *);
float modff(float, float *);
double nextafter(double, double);
float nextafterf(float, float);
double nan(const char *);
float nanf(const char *);
long lround(double);
long lroundf(float);
long long llround(double);
long long llroundf(float);
long lrint(double);
long lrintf(float);
long long llrint(double);
long long llrintf(float);

#endif
