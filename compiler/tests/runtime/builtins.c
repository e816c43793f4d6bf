/* Reads "name a_high a_low b_high b_low" in hexadecimal, calls the helper of that name, prints its result. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "quad.h"

quad __addtf3(quad, quad);
quad __subtf3(quad, quad);
quad __multf3(quad, quad);
quad __divtf3(quad, quad);
quad __negtf2(quad);
int __eqtf2(quad, quad);
int __netf2(quad, quad);
int __lttf2(quad, quad);
int __letf2(quad, quad);
int __gttf2(quad, quad);
int __getf2(quad, quad);
int __unordtf2(quad, quad);
quad __extendsftf2(float);
quad __extenddftf2(double);
float __trunctfsf2(quad);
double __trunctfdf2(quad);
int32_t __fixtfsi(quad);
int64_t __fixtfdi(quad);
uint32_t __fixunstfsi(quad);
uint64_t __fixunstfdi(quad);
signed128 __fixtfti(quad);
unsigned128 __fixunstfti(quad);
quad __floatsitf(int32_t);
quad __floatditf(int64_t);
quad __floatunsitf(uint32_t);
quad __floatunditf(uint64_t);
quad __floattitf(signed128);
quad __floatuntitf(unsigned128);

#if __LDBL_MANT_DIG__ == 64
long double __floattixf(signed128);
long double __floatuntixf(unsigned128);
signed128 __fixxfti(long double);
unsigned128 __fixunsxfti(long double);
quad __extendxftf2(long double);
long double __trunctfxf2(quad);
#endif

union value {
    long double x;
    union words words;
    quad q;
    double d;
    float f;
};

static union value a, b, result;

static int is(const char *name, const char *wanted) {
    return strcmp(name, wanted) == 0;
}

#define WHOLE(name, expression) if (is(text, #name)) { result.words.whole = (expression); return 1; }
#define WORD(name, expression) if (is(text, #name)) { result.words.half.low = (uint64_t)(int64_t)(expression); return 1; }
#define QUAD(name, expression) if (is(text, #name)) { result.q = (expression); return 1; }

static int integers(const char *text) {
    signed128 x = a.words.whole, y = b.words.whole;
    uint64_t low = a.words.half.low;
    int amount = (int)b.words.half.low;
    WHOLE(__multi3, __multi3(x, y))
    WHOLE(__divti3, __divti3(x, y))
    WHOLE(__modti3, __modti3(x, y))
    WHOLE(__udivti3, (signed128)__udivti3((unsigned128)x, (unsigned128)y))
    WHOLE(__umodti3, (signed128)__umodti3((unsigned128)x, (unsigned128)y))
    WHOLE(__ashlti3, __ashlti3(x, amount))
    WHOLE(__lshrti3, __lshrti3(x, amount))
    WHOLE(__ashrti3, __ashrti3(x, amount))
    WHOLE(__negti2, __negti2(x))
    WORD(__cmpti2, __cmpti2(x, y))
    WORD(__ucmpti2, __ucmpti2((unsigned128)x, (unsigned128)y))
    WORD(__clzdi2, __clzdi2(low))
    WORD(__ctzdi2, __ctzdi2(low))
    WORD(__clzsi2, __clzsi2((uint32_t)low))
    WORD(__ctzsi2, __ctzsi2((uint32_t)low))
    WORD(__clzti2, __clzti2(x))
    WORD(__ctzti2, __ctzti2(x))
    WORD(__clrsbdi2, __clrsbdi2((int64_t)low))
    WORD(__clrsbsi2, __clrsbsi2((int32_t)low))
    WORD(__clrsbti2, __clrsbti2(x))
    WORD(__popcountdi2, __popcountdi2(low))
    WORD(__popcountsi2, __popcountsi2((uint32_t)low))
    WORD(__popcountti2, __popcountti2(x))
    WORD(__paritydi2, __paritydi2(low))
    WORD(__parityti2, __parityti2(x))
    WORD(__ffsdi2, __ffsdi2(low))
    WORD(__ffsti2, __ffsti2(x))
    WORD(__bswapdi2, __bswapdi2(low))
    WORD(__bswapsi2, __bswapsi2((uint32_t)low))
    return 0;
}

static int conversions(const char *text) {
    signed128 x = a.words.whole;
    if (is(text, "__floattidf")) { result.d = __floattidf(x); return 1; }
    if (is(text, "__floatuntidf")) { result.d = __floatuntidf((unsigned128)x); return 1; }
    if (is(text, "__floattisf")) { result.f = __floattisf(x); return 1; }
    if (is(text, "__floatuntisf")) { result.f = __floatuntisf((unsigned128)x); return 1; }
    if (is(text, "__trunctfsf2")) { result.f = __trunctfsf2(a.q); return 1; }
    if (is(text, "__trunctfdf2")) { result.d = __trunctfdf2(a.q); return 1; }
    WHOLE(__fixdfti, __fixdfti(a.d))
    WHOLE(__fixsfti, __fixsfti(a.f))
    WHOLE(__fixunsdfti, (signed128)__fixunsdfti(a.d))
    WHOLE(__fixunssfti, (signed128)__fixunssfti(a.f))
    WHOLE(__fixtfti, __fixtfti(a.q))
    WHOLE(__fixunstfti, (signed128)__fixunstfti(a.q))
    WORD(__fixtfsi, __fixtfsi(a.q))
    WORD(__fixtfdi, __fixtfdi(a.q))
    WORD(__fixunstfsi, (uint64_t)__fixunstfsi(a.q))
    WORD(__fixunstfdi, __fixunstfdi(a.q))
    return 0;
}

static int quads(const char *text) {
    uint64_t low = a.words.half.low;
    QUAD(__addtf3, __addtf3(a.q, b.q))
    QUAD(__subtf3, __subtf3(a.q, b.q))
    QUAD(__multf3, __multf3(a.q, b.q))
    QUAD(__divtf3, __divtf3(a.q, b.q))
    QUAD(__negtf2, __negtf2(a.q))
    QUAD(__extendsftf2, __extendsftf2(a.f))
    QUAD(__extenddftf2, __extenddftf2(a.d))
    QUAD(__floatsitf, __floatsitf((int32_t)low))
    QUAD(__floatditf, __floatditf((int64_t)low))
    QUAD(__floatunsitf, __floatunsitf((uint32_t)low))
    QUAD(__floatunditf, __floatunditf(low))
    QUAD(__floattitf, __floattitf(a.words.whole))
    QUAD(__floatuntitf, __floatuntitf(a.words.pattern))
    WORD(__eqtf2, __eqtf2(a.q, b.q))
    WORD(__netf2, __netf2(a.q, b.q))
    WORD(__lttf2, __lttf2(a.q, b.q))
    WORD(__letf2, __letf2(a.q, b.q))
    WORD(__gttf2, __gttf2(a.q, b.q))
    WORD(__getf2, __getf2(a.q, b.q))
    WORD(__unordtf2, __unordtf2(a.q, b.q))
    return 0;
}

#if __LDBL_MANT_DIG__ == 64
static int extended(const char *text) {
    if (is(text, "__floattixf")) { result.x = __floattixf(a.words.whole); result.words.half.high &= 0xffff; return 1; }
    if (is(text, "__floatuntixf")) { result.x = __floatuntixf(a.words.pattern); result.words.half.high &= 0xffff; return 1; }
    if (is(text, "__trunctfxf2")) { result.x = __trunctfxf2(a.q); result.words.half.high &= 0xffff; return 1; }
    WHOLE(__fixxfti, __fixxfti(a.x))
    WHOLE(__fixunsxfti, (signed128)__fixunsxfti(a.x))
    QUAD(__extendxftf2, __extendxftf2(a.x))
    return 0;
}
#else
static int extended(const char *text) {
    (void)text;
    return 0;
}
#endif

int main(void) {
    char line[200];
    while (fgets(line, sizeof line, stdin)) {
        char *place = strchr(line, ' ');
        *place++ = 0;
        a.words.half.high = strtoull(place, &place, 16);
        a.words.half.low = strtoull(place, &place, 16);
        b.words.half.high = strtoull(place, &place, 16);
        b.words.half.low = strtoull(place, &place, 16);
        result.words.half.high = 0;
        result.words.half.low = 0;
        if (!integers(line) && !conversions(line) && !quads(line) && !extended(line))
            printf("no such helper: %s\n", line);
        else
            printf("%016llx%016llx\n", (unsigned long long)result.words.half.high,
                   (unsigned long long)result.words.half.low);
    }
    return 0;
}
