/* C17 7.23. */
#ifndef _PYCC_STDNORETURN_H
#define _PYCC_STDNORETURN_H
#define noreturn _Noreturn
#endif
