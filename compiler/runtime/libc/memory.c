/* Memory functions. The compiler calls the first four itself, so none of them may be turned into a call of itself. */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define WORD sizeof(unsigned long)

/* Whole words when all addresses are aligned: the bytes are then copied eight at a time. */
void *memcpy(void *restrict target, const void *restrict source, size_t size) {
    unsigned char *to = target;
    const unsigned char *from = source;
    if ((((uintptr_t)to | (uintptr_t)from) & (WORD - 1)) == 0) {
        while (size >= WORD) {
            *(unsigned long *)to = *(const unsigned long *)from;
            to += WORD;
            from += WORD;
            size -= WORD;
        }
    }
    while (size > 0) {
        *to++ = *from++;
        size--;
    }
    return target;
}

void *mempcpy(void *restrict target, const void *restrict source, size_t size) {
    return (char *)memcpy(target, source, size) + size;
}

void *memmove(void *target, const void *source, size_t size) {
    unsigned char *to = target;
    const unsigned char *from = source;
    int aligned = (((uintptr_t)to | (uintptr_t)from) & (WORD - 1)) == 0;
    if ((uintptr_t)to - (uintptr_t)from >= size) {
        if (aligned) {
            while (size >= WORD) {
                *(unsigned long *)to = *(const unsigned long *)from;
                to += WORD;
                from += WORD;
                size -= WORD;
            }
        }
        while (size > 0) {
            *to++ = *from++;
            size--;
        }
    } else {
        while (size > 0 && !(aligned && size % WORD == 0)) {
            size--;
            to[size] = from[size];
        }
        while (size > 0) {
            size -= WORD;
            *(unsigned long *)(to + size) = *(const unsigned long *)(from + size);
        }
    }
    return target;
}

void *memset(void *target, int value, size_t size) {
    unsigned char *to = target;
    unsigned char byte = (unsigned char)value;
    if (((uintptr_t)to & (WORD - 1)) == 0) {
        unsigned long word = byte * (~0ul / 255);
        while (size >= WORD) {
            *(unsigned long *)to = word;
            to += WORD;
            size -= WORD;
        }
    }
    while (size > 0) {
        *to++ = byte;
        size--;
    }
    return target;
}

int memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *a = left;
    const unsigned char *b = right;
    size_t index;
    for (index = 0; index < size; index++)
        if (a[index] != b[index])
            return a[index] - b[index];
    return 0;
}

void *memchr(const void *data, int value, size_t size) {
    const unsigned char *place = data;
    for (; size > 0; size--, place++)
        if (*place == (unsigned char)value)
            return (void *)place;
    return NULL;
}

void *memccpy(void *restrict target, const void *restrict source, int value, size_t size) {
    unsigned char *to = target;
    const unsigned char *from = source;
    for (; size > 0; size--) {
        if ((*to++ = *from++) == (unsigned char)value)
            return to;
    }
    return NULL;
}

int bcmp(const void *left, const void *right, size_t size) {
    return memcmp(left, right, size);
}

void bcopy(const void *source, void *target, size_t size) {
    memmove(target, source, size);
}

void bzero(void *target, size_t size) {
    memset(target, 0, size);
}
