/* Bytes, strided stores, counted loops. */
int printf(const char *, ...);
static unsigned char composite[60000];
int main(void)
{
    int count = 0;
    for (int i = 2; i < 60000; i++) {
        if (composite[i])
            continue;
        count++;
        for (int j = i + i; j < 60000; j += i)
            composite[j] = 1;
    }
    printf("%d\n", count);
    return 0;
}
