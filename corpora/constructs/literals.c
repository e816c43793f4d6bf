/* about: string literals of all widths, concatenation, escapes, character constants, numbers */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
typedef uint16_t char16; typedef uint32_t char32;
static void show(const char *name, const void *start, unsigned long count, int width) {
    const unsigned char *at = start; printf("%s:", name); while (count--) { unsigned v = 0;
    for (int i = width; i--;) v = v << 8 | at[i]; printf(" %x", v); at += width; } printf("\n"); }
#define SHOW(x) show(#x, x, sizeof(x) / sizeof *(x), sizeof *(x))
#define TYPE(x) _Generic((x), int: "int", unsigned: "unsigned", unsigned short: "unsigned short", unsigned char: "unsigned char", char: "char", long: "long", unsigned long: "unsigned long", long long: "long long", unsigned long long: "unsigned long long", float: "float", double: "double", long double: "long double", default: "other")
static char a[] = "plain\n\t\\\"\'\?\a\b\f\v\r\e\0end", b[] = "\1\12\123\1234\x1\x12\xff\x41g" "\x1" "f",
    c[] = u8"é€😀\u00e9\U0001f600", d[] = "é€\u20ac";
    static wchar_t w[] = L"aé€😀\u20ac\xffff\x10ffff", w2[] = "narrow" L"wide" "again", w3[4] = L"abcd";
    static char16 u16[] = u"aé€😀\xffff", u16b[] = "x" u"\U00010000"; static char32 u32[] = U"aé😀\xffffffff";
    static char joined[] = "one" " two"
    " three" /* comment */ "\
 four", empty[] = "" "", nul[] = "\0" "1"; static const wchar_t *wp = L"pointer"; static wchar_t wides[][3] = {L"ab", {L"c"}, {L'd', 'e'}}; static char unbraced[3] = {"xy"}; static unsigned char uc[] = "\xfe"; static signed char sc[] = {"\xfe"};
#define STRING(x) #x
#define EXPAND(x) STRING(x)
int main(void) {
    SHOW(a); SHOW(b); SHOW(c); SHOW(d); SHOW(w); SHOW(w2); SHOW(w3); SHOW(u16); SHOW(u16b); SHOW(u32); SHOW(joined);
        SHOW(empty); SHOW(nul); SHOW(wides[1]);
        printf("%x %d %d %d %zu\n", (unsigned)wp[2], unbraced[2], uc[0], sc[0], sizeof wides);
    printf("%d %d %d %d %d %d\n", 'a', '\n', '\0', '\377', '\xff', '\'');
        printf("%x %x %x %x\n", 'ab', 'abc', 'abcd', '\1\2');
        printf("%x %x %x %x %x\n", L'é', u'€', U'😀', L'\xffffffff' < 0, (unsigned)L'\x80000000');
        printf("%d %d\n", '"', '\e');
        printf("%s %s %s %s %s\n", TYPE('a'), TYPE(L'a'), TYPE(u'a'), TYPE(U'a'), TYPE(*"a"));
        printf("%s %s %s %s\n", TYPE(*L"a"), TYPE(*u"a"), TYPE(*U"a"), TYPE(*u8"a"));
    printf("%s %s %s %s %s %s\n", TYPE(1), TYPE(1u), TYPE(1L), TYPE(1uL), TYPE(1ll), TYPE(1Ull));
        printf("%s %s %s %s %s\n", TYPE(4294967295), TYPE(0xffffffff), TYPE(0x100000000), TYPE(0xfffffffffU),
        TYPE(0x8000000000000000)); printf("%s %s %s %s\n", TYPE(1.), TYPE(1.f), TYPE(1.L), TYPE(0x1p0F));
        printf("%d %d %d %d\n", 0b1011, 0B11, 0777, 0XFf); printf("%g %g %g %g %g\n", .5, 5., 5e-1, 0x.8p0, 0x1.8P+1);
        printf("%c%c %c\n", "index"[1], 2["index"], *("xyz" + 1));
        printf("%zu %zu %zu\n", sizeof "a\0b", sizeof L"ab", sizeof u"a" "b");
        printf("%s\n", EXPAND("quo\"te" 'c' '\'' "\n" L"w")); printf("%d\n", "same" == "other");
        const char *p = "abc", *q = p + 3; printf("%d %d\n", *q, (int)(q - p));
        printf("%s %s\n", __func__, (const char *){"compound"}); for (const char *s = "loop"; *s; s++) putchar(*s);
        putchar('\n'); switch ("abc"[1]) { case 'b': puts("b"); } printf("%d\n", sizeof(__func__));
        char local[] = "local" "ised", exact[5] = "exact"; wchar_t wl[] = L"wé"; local[0]++;
        printf("%s %c %x %zu\n", local, exact[4], (unsigned)wl[1], sizeof wl); printf("%s\n", "percent % d" + 8);
        printf("%d\n", L'a' == 'a');
    return 0;
}
