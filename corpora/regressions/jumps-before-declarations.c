/* about: a jump back to before a declaration ends the object's life: its storage is freed and its cleanup runs; so does a
   jump out of a loop's own declaration, while one inside a statement expression leaves the scopes around it alone */
#include <stdio.h>
#include <string.h>

static void *volatile escape;

static void show(int *value) { printf("cleanup %d\n", *value); }

static int many(void)
{
    int n = 0;
again:;
    int array[n % 1000 + 1];
    array[0] = 1;
    array[n % 1000] = 2;
    escape = array;
    n++;
    if (n < 200000)
        goto again;
    return n;
}

static int inner_label(void)
{
    int n = 0;
    if (0) {
    again:;
    }
    int array[n % 1000 + 1];
    array[n % 1000] = 2;
    escape = array;
    n++;
    if (n < 200000)
        goto again;
    return n;
}

static void cleanups(int n)
{
    int first __attribute__((cleanup(show))) = 1;
again:;
    int second __attribute__((cleanup(show))) = 2 + n;
    if (n-- > 0)
        goto again;
    for (int third __attribute__((cleanup(show))) = 10;; third++)
        if (third > 11)
            goto out;
        else {
            int fourth __attribute__((cleanup(show))) = 20;
            if (third > 10)
                continue;
        }
out:
    puts("out");
}

static int statement_expression(int n)
{
    char text[n];
    memset(text, 'x', n);
    int count = ({
        int i = 0;
        char more[n];
    next:
        memset(more, 'y', n);
        if (i++ < 3)
            goto next;
        i;
    });
    char last[n];
    memset(last, 'z', n);
    return count * 1000 + text[0] + text[n - 1];
}

int main(void)
{
    printf("%d %d\n", many(), inner_label());
    cleanups(2);
    printf("%d\n", statement_expression(300));
    return 0;
}
