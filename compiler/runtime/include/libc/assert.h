/* C17 7.2: may be included again with another setting of NDEBUG. */
#include <stddef.h>
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) \
    ((condition) ? (void)0 : __assert_fail(#condition, __FILE__, __LINE__, __extension__ __FUNCTION__))
#endif

#ifndef _PYCC_ASSERT_H
#define _PYCC_ASSERT_H
void __assert_fail(const char *, const char *, unsigned int, const char *) __attribute__((__noreturn__));
#if defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L
#define static_assert _Static_assert
#endif
#endif
