/* Wide strings (C17 7.29.4), without any conversion. */
#include <wchar.h>

size_t wcslen(const wchar_t *text) {
    const wchar_t *end = text;
    while (*end)
        end++;
    return (size_t)(end - text);
}

int wcsncmp(const wchar_t *left, const wchar_t *right, size_t size) {
    for (; size > 0; size--, left++, right++) {
        if (*left != *right)
            return *left < *right ? -1 : 1;
        if (!*left)
            break;
    }
    return 0;
}

int wcscmp(const wchar_t *left, const wchar_t *right) {
    return wcsncmp(left, right, (size_t)-1);
}

wchar_t *wcscpy(wchar_t *restrict target, const wchar_t *restrict source) {
    wmemcpy(target, source, wcslen(source) + 1);
    return target;
}

wchar_t *wcschr(const wchar_t *text, wchar_t character) {
    for (;; text++) {
        if (*text == character)
            return (wchar_t *)text;
        if (!*text)
            return NULL;
    }
}

wchar_t *wmemcpy(wchar_t *restrict target, const wchar_t *restrict source, size_t count) {
    size_t index;
    for (index = 0; index < count; index++)
        target[index] = source[index];
    return target;
}

wchar_t *wmemset(wchar_t *target, wchar_t value, size_t count) {
    size_t index;
    for (index = 0; index < count; index++)
        target[index] = value;
    return target;
}

int wmemcmp(const wchar_t *left, const wchar_t *right, size_t count) {
    size_t index;
    for (index = 0; index < count; index++)
        if (left[index] != right[index])
            return left[index] < right[index] ? -1 : 1;
    return 0;
}
