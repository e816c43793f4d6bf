/* Recursion, comparisons by a function pointer, swaps through pointers. */
int printf(const char *, ...);
static int values[3000];
static int ascending(const int *a, const int *b) { return (*a > *b) - (*a < *b); }
static void swap(int *a, int *b)
{
    int kept = *a;
    *a = *b;
    *b = kept;
}
static void sort(int *first, int count, int (*compare)(const int *, const int *))
{
    while (count > 1) {
        int pivot = first[count / 2], i = 0, j = count - 1;
        while (i <= j) {
            while (compare(&first[i], &pivot) < 0)
                i++;
            while (compare(&first[j], &pivot) > 0)
                j--;
            if (i <= j)
                swap(&first[i++], &first[j--]);
        }
        sort(first, j + 1, compare);
        first += i;
        count -= i;
    }
}
int main(void)
{
    unsigned seed = 7;
    for (int i = 0; i < 3000; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (int)(seed >> 8);
    }
    sort(values, 3000, ascending);
    unsigned hash = 0;
    for (int i = 0; i < 3000; i++)
        hash = hash * 31 + (unsigned)values[i];
    printf("%u\n", hash);
    return 0;
}
