/* C17 7.19. A libc that wants single names defines __need_NAME before including this file, any number of times. */

#if defined __need_size_t || defined __need_ptrdiff_t || defined __need_wchar_t || defined __need_NULL \
    || defined __need_wint_t
#define __pycc_stddef_some
#endif

#if !defined __pycc_stddef_some || defined __need_size_t
#ifndef _SIZE_T
#define _SIZE_T
typedef __SIZE_TYPE__ size_t;
#endif
#undef __need_size_t
#endif

#if !defined __pycc_stddef_some || defined __need_ptrdiff_t
#ifndef _PTRDIFF_T
#define _PTRDIFF_T
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#endif
#undef __need_ptrdiff_t
#endif

#if !defined __pycc_stddef_some || defined __need_wchar_t
#ifndef _WCHAR_T
#define _WCHAR_T
typedef __WCHAR_TYPE__ wchar_t;
#endif
#undef __need_wchar_t
#endif

#if defined __need_wint_t
#ifndef _WINT_T
#define _WINT_T
typedef __WINT_TYPE__ wint_t;
#endif
#undef __need_wint_t
#endif

#if !defined __pycc_stddef_some || defined __need_NULL
#undef NULL
#define NULL ((void *)0)
#undef __need_NULL
#endif

#if !defined __pycc_stddef_some && !defined _PYCC_STDDEF_H
#define _PYCC_STDDEF_H
#define offsetof(type, member) __builtin_offsetof(type, member)
#if !defined __STRICT_ANSI__ || (defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L)
typedef struct {
    long long __largest_integer __attribute__((__aligned__(__alignof__(long long))));
    long double __largest_float __attribute__((__aligned__(__alignof__(long double))));
} max_align_t;
#endif
#endif

#undef __pycc_stddef_some
