/* Pointers, structs, recursion over a binary tree; a pool instead of malloc. */
int printf(const char *, ...);
struct node {
    struct node *left, *right;
    long key;
    short count;
};
static struct node pool[4000];
static int used;
static struct node *insert(struct node *tree, long key)
{
    if (!tree) {
        tree = &pool[used++];
        tree->key = key;
        tree->count = 1;
    } else if (key < tree->key)
        tree->left = insert(tree->left, key);
    else if (key > tree->key)
        tree->right = insert(tree->right, key);
    else
        tree->count++;
    return tree;
}
static long sum(const struct node *tree, int depth)
{
    return tree ? tree->key * tree->count + depth + sum(tree->left, depth + 1) + sum(tree->right, depth + 1) : 0;
}
int main(void)
{
    struct node *root = 0;
    unsigned seed = 3;
    for (int i = 0; i < 4000; i++) {
        seed = seed * 1664525u + 1013904223u;
        root = insert(root, seed >> 18);
    }
    printf("%ld\n", sum(root, 0));
    return 0;
}
