#ifndef _PYCC_ALLOCA_H
#define _PYCC_ALLOCA_H
#include <stddef.h>
#undef alloca
#define alloca(size) __builtin_alloca(size)
#endif
