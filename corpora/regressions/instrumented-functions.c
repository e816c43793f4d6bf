/* about: -finstrument-functions calls a function at every entry and exit */
/* options: -finstrument-functions */
#include <stdio.h>

#define PLAIN __attribute__((no_instrument_function))
static int depth;
void __cyg_profile_func_enter(void *function, void *site) PLAIN;
void __cyg_profile_func_exit(void *function, void *site) PLAIN;
static void tidy(int *value) { printf("tidy %d\n", *value); }

struct big { long values[4]; };
__attribute__((noinline)) static struct big leaf(int n)
{
    int kept __attribute__((cleanup(tidy))) = n;
    return (struct big){ { n, n + kept } };
}

__attribute__((noinline)) static long outer(int n)
{
    if (n > 3)
        return leaf(n).values[1];
    leaf(-n);
    return n;
}

PLAIN void __cyg_profile_func_enter(void *function, void *site)
{
    const char *name = function == (void *)leaf ? "leaf" : function == (void *)outer ? "outer" : "other";
    printf("%*senter %s %d\n", depth++, "", name, site != 0);
}

PLAIN void __cyg_profile_func_exit(void *function, void *site)
{
    printf("%*sexit %s\n", --depth, "", function == (void *)leaf ? "leaf" : function == (void *)outer ? "outer" : "other");
}

PLAIN int main(void)
{
    printf("%ld\n", outer(5) + outer(1));
    return 0;
}
