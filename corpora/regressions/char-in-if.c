/* about: in #if one plain character is unsigned where char is, as gcc has it */
#include <stdio.h>

#if -1 < 'a'
#define PLAIN "signed"
#else
#define PLAIN "unsigned"
#endif
#if -1 < L'a'
#define WIDE "signed"
#else
#define WIDE "unsigned"
#endif
#if -1 < u'a'
#define SHORT "signed"
#else
#define SHORT "unsigned"
#endif
#if -1 < 'ab'
#define SEVERAL "signed"
#else
#define SEVERAL "unsigned"
#endif

int main(void)
{
    puts(PLAIN " " WIDE " " SHORT " " SEVERAL);
    return 0;
}
