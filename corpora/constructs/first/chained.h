#pragma once
static const char *first_header(void) { return "first"; }
#if __has_include_next("chained.h")
#include_next "chained.h"
#endif
#include "chained.h"
