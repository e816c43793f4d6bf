/* exp, log and pow, computed in long double, whose extra bits make all but a few results correctly rounded where it is
   wider than double; special cases after C17 F.10.3 and F.10.4. */
#include <float.h>
#include <math.h>

typedef long double wide;

#define LN2 0.693147180559945309417232121458176568075500134360255254120680L

/* e to the x of a moderate x, as `*scale` (a power of two) times the result. */
static wide exponential(wide x, int *scale) {
    int whole = (int)(x / LN2 + (x < 0 ? -0.5L : 0.5L));
    wide rest = (x - whole * LN2) / 16, term = 1, sum = 1;
    int n;
    for (n = 1; n < 24; n++) {
        term = term * rest / n;
        sum += term;
    }
    for (n = 0; n < 4; n++)
        sum *= sum;
    *scale = whole;
    return sum;
}

/* The logarithm of a positive finite number: that of its exponent, and 2 artanh((m - 1) / (m + 1)) of its mantissa. */
static wide logarithm(double x) {
    int exponent, n;
    wide mantissa = frexp(x, &exponent), ratio, square, term, sum = 0;
    if (mantissa < 0.70710678118654752440L) {
        mantissa *= 2;
        exponent--;
    }
    ratio = (mantissa - 1) / (mantissa + 1);
    square = ratio * ratio;
    term = ratio;
    for (n = 1; n < 48; n += 2) {
        sum += term / n;
        term *= square;
    }
    return 2 * sum + exponent * LN2;
}

/* A wide number between 1/2 and 2 times a power of two, rounded once. */
static double scaled(wide value, int scale) {
    int step;
    while (scale) {
        step = scale > 1000 ? 1000 : scale < -1000 ? -1000 : scale;
        value *= ldexp(1, step / 2);
        value *= ldexp(1, step - step / 2);
        scale -= step;
    }
    return (double)value;
}

double exp(double x) {
    int scale;
    wide value;
    if (x != x)
        return x;
    if (x > 800)
        return x > DBL_MAX ? x : DBL_MAX * DBL_MAX;
    if (x < -800)
        return x < -DBL_MAX ? 0 : DBL_MIN * DBL_MIN;
    value = exponential(x, &scale);
    return scaled(value, scale);
}

double log(double x) {
    if (x != x || x > DBL_MAX)
        return x;
    if (x == 0)
        return -1 / fabs(x);
    if (x < 0)
        return (x - x) / 0.0;
    return (double)logarithm(x);
}

static int is_odd(double value) {
    return fmod(value, 2) != 0 && trunc(value) == value;
}

double pow(double base, double exponent) {
    double size = fabs(base), result;
    wide value;
    int scale;
    if (exponent == 0 || base == 1)
        return 1;
    if (base != base || exponent != exponent)
        return base + exponent;
    if (exponent > DBL_MAX || exponent < -DBL_MAX) {
        if (size == 1)
            return 1;
        return (size > 1) == (exponent > 0) ? INFINITY : 0;
    }
    if (size == 0 || size > DBL_MAX) {
        result = (size == 0) == (exponent > 0) ? 0 : size == 0 ? 1 / size : INFINITY;
        return is_odd(exponent) ? copysign(result, base) : result;
    }
    if (base < 0 && trunc(exponent) != exponent)
        return (base - base) / 0.0;
    value = exponent * logarithm(size);
    if (value > 800)
        result = DBL_MAX * DBL_MAX;
    else if (value < -800)
        result = DBL_MIN * DBL_MIN;
    else {
        value = exponential(value, &scale);
        result = scaled(value, scale);
    }
    return base < 0 && is_odd(exponent) ? -result : result;
}

float expf(float x) {
    return (float)exp(x);
}

float logf(float x) {
    return (float)log(x);
}

float powf(float base, float exponent) {
    return (float)pow(base, exponent);
}
