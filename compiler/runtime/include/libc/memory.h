#ifndef _PYCC_MEMORY_H
#define _PYCC_MEMORY_H
#include <string.h>
#endif
