/* String functions (C17 7.24) and a few of POSIX. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t strlen(const char *text) {
    const char *end = text;
    while (*end)
        end++;
    return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t limit) {
    size_t length = 0;
    while (length < limit && text[length])
        length++;
    return length;
}

char *stpcpy(char *restrict target, const char *restrict source) {
    while ((*target = *source)) {
        target++;
        source++;
    }
    return target;
}

char *strcpy(char *restrict target, const char *restrict source) {
    stpcpy(target, source);
    return target;
}

char *stpncpy(char *restrict target, const char *restrict source, size_t size) {
    char *end;
    while (size > 0 && *source) {
        *target++ = *source++;
        size--;
    }
    end = target;
    while (size > 0) {
        *target++ = 0;
        size--;
    }
    return end;
}

char *strncpy(char *restrict target, const char *restrict source, size_t size) {
    stpncpy(target, source, size);
    return target;
}

char *strcat(char *restrict target, const char *restrict source) {
    stpcpy(target + strlen(target), source);
    return target;
}

char *strncat(char *restrict target, const char *restrict source, size_t size) {
    char *end = target + strlen(target);
    while (size > 0 && *source) {
        *end++ = *source++;
        size--;
    }
    *end = 0;
    return target;
}

int strcmp(const char *left, const char *right) {
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return (unsigned char)*left - (unsigned char)*right;
}

int strncmp(const char *left, const char *right, size_t size) {
    for (; size > 0; size--, left++, right++) {
        if (*left != *right)
            return (unsigned char)*left - (unsigned char)*right;
        if (!*left)
            break;
    }
    return 0;
}

int strcoll(const char *left, const char *right) {
    return strcmp(left, right);
}

int strncasecmp(const char *left, const char *right, size_t size) {
    for (; size > 0; size--, left++, right++) {
        int difference = tolower((unsigned char)*left) - tolower((unsigned char)*right);
        if (difference != 0)
            return difference;
        if (!*left)
            break;
    }
    return 0;
}

int strcasecmp(const char *left, const char *right) {
    return strncasecmp(left, right, (size_t)-1);
}

char *strchr(const char *text, int character) {
    for (;; text++) {
        if (*text == (char)character)
            return (char *)text;
        if (!*text)
            return NULL;
    }
}

char *strrchr(const char *text, int character) {
    const char *found = NULL;
    for (;; text++) {
        if (*text == (char)character)
            found = text;
        if (!*text)
            return (char *)found;
    }
}

char *index(const char *text, int character) {
    return strchr(text, character);
}

char *rindex(const char *text, int character) {
    return strrchr(text, character);
}

char *strstr(const char *text, const char *part) {
    size_t length = strlen(part);
    for (;; text++) {
        if (strncmp(text, part, length) == 0)
            return (char *)text;
        if (!*text)
            return NULL;
    }
}

size_t strspn(const char *text, const char *accepted) {
    size_t length = 0;
    while (text[length] && strchr(accepted, text[length]))
        length++;
    return length;
}

size_t strcspn(const char *text, const char *rejected) {
    size_t length = 0;
    while (text[length] && !strchr(rejected, text[length]))
        length++;
    return length;
}

char *strpbrk(const char *text, const char *accepted) {
    text += strcspn(text, accepted);
    return *text ? (char *)text : NULL;
}

char *strtok(char *restrict text, const char *restrict separators) {
    static char *rest;
    if (!text)
        text = rest;
    if (!text)
        return NULL;
    text += strspn(text, separators);
    if (!*text) {
        rest = NULL;
        return NULL;
    }
    rest = strpbrk(text, separators);
    if (rest)
        *rest++ = 0;
    return text;
}

char *strndup(const char *text, size_t size) {
    size_t length = strnlen(text, size);
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

char *strdup(const char *text) {
    return strndup(text, strlen(text));
}

char *strerror(int number) {
    switch (number) {
    case 0:
        return "Success";
    case EINVAL:
        return "Invalid argument";
    case ENOMEM:
        return "Cannot allocate memory";
    case ENOENT:
        return "No such file or directory";
    case EBADF:
        return "Bad file descriptor";
    case EDOM:
        return "Numerical argument out of domain";
    case ERANGE:
        return "Numerical result out of range";
    case ENOSYS:
        return "Function not implemented";
    default:
        return "Unknown error";
    }
}

int ffsll(long long value) {
    int position;
    for (position = 1; position <= 64; position++)
        if ((unsigned long long)value >> (position - 1) & 1)
            return position;
    return 0;
}

int ffsl(long value) {
    return ffsll((long long)(unsigned long)value);
}

int ffs(int value) {
    return ffsll((long long)(unsigned int)value);
}
