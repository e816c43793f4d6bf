/* A boundary-tag heap: chunks lie side by side in memory taken from the system, each knows its own size and its
   predecessor's, free ones are in one list and never have a free neighbour. (Knuth, TAOCP volume 1, 2.5) */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "internal.h"
#include "syscall_numbers.h"

#define ALIGNMENT 16
#define GROWTH ((size_t)256 * 1024)
#define IN_USE ((size_t)1)

struct chunk {
    size_t previous_size; /* of the chunk before this one; 0 for the first of a region */
    size_t size_and_use;  /* header included, a multiple of ALIGNMENT; 0 size marks a region's end */
    struct chunk *next;   /* in the free list; a chunk in use has its contents here */
    struct chunk *previous;
};

#define HEADER offsetof(struct chunk, next)
#define LEAST sizeof(struct chunk)

static struct chunk free_list = {0, IN_USE, &free_list, &free_list};
static char *heap_end;

static size_t size_of(const struct chunk *chunk) {
    return chunk->size_and_use & ~IN_USE;
}

static struct chunk *after(struct chunk *chunk) {
    return (struct chunk *)((char *)chunk + size_of(chunk));
}

static struct chunk *chunk_of(void *memory) {
    return (struct chunk *)((char *)memory - HEADER);
}

static void unlink_chunk(struct chunk *chunk) {
    chunk->next->previous = chunk->previous;
    chunk->previous->next = chunk->next;
}

static void set_size(struct chunk *chunk, size_t size, size_t use) {
    chunk->size_and_use = size | use;
    after(chunk)->previous_size = size;
}

static void release(struct chunk *chunk) {
    size_t size = size_of(chunk);
    struct chunk *next = after(chunk);
    if (!(next->size_and_use & IN_USE)) {
        unlink_chunk(next);
        size += size_of(next);
    }
    if (chunk->previous_size != 0) {
        struct chunk *before = (struct chunk *)((char *)chunk - chunk->previous_size);
        if (!(before->size_and_use & IN_USE)) {
            unlink_chunk(before);
            size += size_of(before);
            chunk = before;
        }
    }
    set_size(chunk, size, 0);
    chunk->next = free_list.next;
    chunk->previous = &free_list;
    free_list.next->previous = chunk;
    free_list.next = chunk;
}

void *sbrk(long increment) {
    char *end = heap_end;
    if (!end)
        end = (char *)__pycc_syscall(SYS_brk, 0, 0, 0, 0, 0, 0);
    if ((intptr_t)end <= 0)
        return (void *)-1;
    heap_end = end;
    if (increment != 0) {
        char *wanted = end + increment;
        if ((char *)__pycc_syscall(SYS_brk, (long)wanted, 0, 0, 0, 0, 0) != wanted) {
            errno = ENOMEM;
            return (void *)-1;
        }
        heap_end = wanted;
    }
    return end;
}

/* A new region with one free chunk that holds `size` bytes; 0 if the system has no more memory. */
static int grow(size_t size) {
    size_t total = size + 2 * ALIGNMENT + HEADER;
    char *region;
    size_t skip;
    struct chunk *chunk;
    if (total < size || total > (size_t)PTRDIFF_MAX - GROWTH)
        return 0;
    total = (total + GROWTH - 1) / GROWTH * GROWTH;
    region = sbrk((long)total);
    if (region == (char *)-1)
        return 0;
    skip = (size_t)(-(uintptr_t)region & (ALIGNMENT - 1));
    chunk = (struct chunk *)(region + skip);
    chunk->previous_size = 0;
    size = (total - skip - HEADER) & ~(size_t)(ALIGNMENT - 1);
    set_size(chunk, size, IN_USE);
    after(chunk)->size_and_use = IN_USE;
    release(chunk);
    return 1;
}

/* Cuts what exceeds `size` off a chunk in use. */
static void trim(struct chunk *chunk, size_t size) {
    size_t surplus = size_of(chunk) - size;
    if (surplus >= LEAST) {
        set_size(chunk, size, IN_USE);
        set_size(after(chunk), surplus, IN_USE);
        release(after(chunk));
    }
}

void *malloc(size_t wanted) {
    size_t size = (wanted + HEADER + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    int attempt;
    if (wanted > (size_t)PTRDIFF_MAX - GROWTH) {
        errno = ENOMEM;
        return NULL;
    }
    if (size < LEAST)
        size = LEAST;
    for (attempt = 0; attempt < 2; attempt++) {
        struct chunk *chunk;
        for (chunk = free_list.next; chunk != &free_list; chunk = chunk->next) {
            if (size_of(chunk) >= size) {
                unlink_chunk(chunk);
                chunk->size_and_use |= IN_USE;
                trim(chunk, size);
                return (char *)chunk + HEADER;
            }
        }
        if (!grow(size))
            break;
    }
    errno = ENOMEM;
    return NULL;
}

void free(void *memory) {
    if (memory)
        release(chunk_of(memory));
}

void *calloc(size_t count, size_t size) {
    void *memory;
    if (size != 0 && count > (size_t)-1 / size) {
        errno = ENOMEM;
        return NULL;
    }
    memory = malloc(count * size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void *realloc(void *memory, size_t wanted) {
    size_t usable;
    void *moved;
    if (!memory)
        return malloc(wanted);
    if (wanted == 0) {
        free(memory);
        return NULL;
    }
    usable = size_of(chunk_of(memory)) - HEADER;
    if (wanted <= usable) {
        size_t size = (wanted + HEADER + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
        trim(chunk_of(memory), size < LEAST ? LEAST : size);
        return memory;
    }
    moved = malloc(wanted);
    if (moved) {
        memcpy(moved, memory, usable);
        free(memory);
    }
    return moved;
}

void *aligned_alloc(size_t alignment, size_t wanted) {
    char *memory;
    size_t skip;
    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || wanted > (size_t)PTRDIFF_MAX - alignment - LEAST) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment <= ALIGNMENT)
        return malloc(wanted);
    memory = malloc(wanted + alignment + LEAST);
    if (!memory)
        return NULL;
    skip = (size_t)(-(uintptr_t)memory & (alignment - 1));
    if (skip != 0) {
        struct chunk *chunk = chunk_of(memory);
        size_t size = size_of(chunk);
        if (skip < LEAST)
            skip += alignment; /* what is cut off in front must hold a chunk */
        set_size(chunk, skip, IN_USE);
        set_size(after(chunk), size - skip, IN_USE);
        memory += skip;
        release(chunk);
    }
    return memory;
}

int posix_memalign(void **result, size_t alignment, size_t wanted) {
    void *memory;
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    memory = aligned_alloc(alignment, wanted);
    if (!memory)
        return ENOMEM;
    *result = memory;
    return 0;
}
