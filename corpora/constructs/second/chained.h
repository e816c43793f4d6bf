#ifndef CHAINED
#define CHAINED (__INCLUDE_LEVEL__ + 40)
static const char *second_header(void) { return "second"; }
#endif
