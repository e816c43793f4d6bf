/* about: structures, unions, enumerations: layout, packed and aligned in every place, #pragma pack, anonymous
   members, flexible and zero-length arrays */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#define LAYOUT(type) printf("%s: %zu %zu\n", #type, sizeof(type), _Alignof(type))
#define AT(type, member) printf("  %s %zu\n", #member, offsetof(type, member))
struct plain { char a; int b; char c; long d; char e; short f; };
struct __attribute__((packed)) packed_before { char a; int b; double c; };
struct packed_after { char a; int b; double c; } __attribute__((packed));
struct packed_member { char a; int b __attribute__((packed)); char c; long d __attribute__((__packed__)); short e; };
struct packed_declarator { char a; __attribute__((packed)) int b, c; short d; };
struct __attribute__((packed, aligned(4))) packed_aligned { char a; long b; char c; };
struct __attribute__((packed)) packed_with_aligned { char a; int b __attribute__((aligned(4))); char c;
    long d __attribute__((aligned(2))); };
struct aligned_member { char a; char b __attribute__((aligned(16))); _Alignas(8) char c; _Alignas(double) char d;
    _Alignas(0) char e; };
struct __attribute__((aligned)) most { char a; };
struct __attribute__((aligned(64))) line { int a; };
typedef int aligned_int __attribute__((aligned(16)));
typedef int __attribute__((aligned(2))) loose_int;
typedef struct { char a; long b; } __attribute__((packed)) packed_typedef;
typedef struct plain loose_plain __attribute__((aligned(2)));
struct uses { char a; aligned_int b; char c; loose_int d; char e; packed_typedef f; loose_plain g; };
struct inner_packed { char a; struct plain b; } __attribute__((packed));
struct outer { char a; struct packed_before b; short c; struct { char x; struct { short y; long z; }; }; union {
    int u; char v[7]; }; };
union any { char a; short b; int c; long d; double e; char f[9]; struct { char g; int h; } i; };
union __attribute__((packed)) packed_union { long a; char b[9]; };
union aligned_union { char a; int b __attribute__((aligned(32))); };
#pragma pack(1)
struct p1 { char a; int b; long c; struct plain d; int e __attribute__((aligned(4))); };
#pragma pack(push, 4)
struct p4 { char a; long b; short c; double d; _Alignas(16) char e; };
#pragma pack(push, name, 2)
struct p2 { char a; long b; char c; union { int d; char e; }; };
#pragma pack(pop, name)
struct p4again { char a; long b; };
#pragma pack(pop)
struct p1again { char a; long b; };
#pragma pack()
struct natural { char a; long b; };
_Pragma("pack(push, 2)") struct by_operator { char a; long b; }; _Pragma("pack(pop)")
struct flexible { char a; int count; short data[]; };
struct zero { int a; long data[0]; };
struct zero_inside { char a; int none[0]; char b; struct {} empty; char c; };
struct empty {};
union nothing {};
enum plain_enum { ZERO, ONE, TEN = 10, ELEVEN, BACK = -3, NEXT };
enum unsigned_enum { U0, UMAX = 0xffffffff };
enum long_enum { L0, LMAX = 0x100000000 };
enum negative_long { NL = -0x100000000, NH = 5 };
enum __attribute__((packed)) byte_enum { B0, B255 = 255 };
enum short_enum { S0 = -1, S255 = 255 } __attribute__((packed));
enum __attribute__((packed)) small_signed { M1 = -128, M2 = 127 };
struct with_enums { enum byte_enum a; enum short_enum b; enum small_signed c; enum plain_enum d; };
struct self { struct self *next; struct later *other; int value; };
struct later { struct self *back; };
static struct flexible global_flexible = {'f', 3, {1, 2, 3}};
static struct { int n; char text[]; } global_text = {4, "flexible"};
static struct zero global_zero = {5};
static struct outer global_outer = {'a', {'b', 1, 2.5}, 3, {4, {5, 6}}, {7}};
static void layouts(void) {
    LAYOUT(struct plain); AT(struct plain, b); AT(struct plain, d); AT(struct plain, f);
    LAYOUT(struct packed_before); AT(struct packed_before, c); LAYOUT(struct packed_after); AT(struct packed_after, c);
    LAYOUT(struct packed_member); AT(struct packed_member, b); AT(struct packed_member, c);
        AT(struct packed_member, d); AT(struct packed_member, e);
    LAYOUT(struct packed_declarator); AT(struct packed_declarator, b); AT(struct packed_declarator, c);
        AT(struct packed_declarator, d);
    LAYOUT(struct packed_aligned); AT(struct packed_aligned, b); LAYOUT(struct packed_with_aligned);
        AT(struct packed_with_aligned, b); AT(struct packed_with_aligned, d);
    LAYOUT(struct aligned_member); AT(struct aligned_member, b); AT(struct aligned_member, c);
        AT(struct aligned_member, d); AT(struct aligned_member, e);
    LAYOUT(struct most); LAYOUT(struct line); LAYOUT(aligned_int); LAYOUT(loose_int); LAYOUT(packed_typedef);
        LAYOUT(loose_plain);
    LAYOUT(struct uses); AT(struct uses, b); AT(struct uses, c); AT(struct uses, d); AT(struct uses, f);
        AT(struct uses, g);
    LAYOUT(struct inner_packed); AT(struct inner_packed, b); AT(struct inner_packed, b.d);
    LAYOUT(struct outer); AT(struct outer, b.c); AT(struct outer, c); AT(struct outer, x); AT(struct outer, y);
        AT(struct outer, z); AT(struct outer, v[3]);
    LAYOUT(union any); AT(union any, i.h); LAYOUT(union packed_union); LAYOUT(union aligned_union);
    LAYOUT(struct p1); AT(struct p1, c); AT(struct p1, d); AT(struct p1, e); LAYOUT(struct p4); AT(struct p4, b);
        AT(struct p4, d); AT(struct p4, e);
    LAYOUT(struct p2); AT(struct p2, b); AT(struct p2, d); LAYOUT(struct p4again); LAYOUT(struct p1again);
        LAYOUT(struct natural); LAYOUT(struct by_operator);
    LAYOUT(struct flexible); AT(struct flexible, data); AT(struct flexible, data[3]); LAYOUT(struct zero);
        AT(struct zero, data); LAYOUT(struct zero_inside); AT(struct zero_inside, none); AT(struct zero_inside, b);
        AT(struct zero_inside, c);
    printf("%zu %zu\n", sizeof(struct empty), sizeof(union nothing));
    LAYOUT(enum plain_enum); LAYOUT(enum unsigned_enum); LAYOUT(enum long_enum); LAYOUT(enum negative_long);
        LAYOUT(enum byte_enum); LAYOUT(enum short_enum); LAYOUT(enum small_signed); LAYOUT(struct with_enums);
        AT(struct with_enums, c);
}
static void enumerations(void) {
    printf("%d %d %d %d %d\n", ZERO, ELEVEN, BACK, NEXT, (enum plain_enum)-1 < 0);
    printf("%d %d %d\n", (enum unsigned_enum)-1 > 0, (enum long_enum)-1 > 0, (enum negative_long)-1 < 0);
    printf("%zu %zu %zu %ld %ld\n", sizeof UMAX, sizeof LMAX, sizeof L0, (long)LMAX, (long)NL);
    struct with_enums e = {B255, S255, M1, BACK}; printf("%d %d %d %d\n", e.a, e.b, e.c, e.d); e.a++; e.b = S0; e.c--;
        printf("%d %d %d\n", e.a, e.b, e.c);
    enum { LOCAL = ELEVEN + 1, ZERO = LOCAL * 2 } local = LOCAL; printf("%d %d\n", local, ZERO);
    enum plain_enum x = TEN; x = x + 1; x |= 0x100; printf("%d %d\n", x, x == 267);
}
static struct plain copy_plain(struct plain *p) { return *p; }
static void values(void) {
    struct plain p = {1, -2, 3, -4, 5, -6}, q = p, array[2] = {p, {.d = 9}}; q.d = 77; array[0] = array[1] = q;
        printf("%d %d %ld %ld %d\n", q.a, q.b, q.d, array[0].d, array[1].f);
    printf("%ld %d\n", copy_plain(&p).d, (p, q).c); p = p.a ? q : p; printf("%ld\n", p.d);
    struct packed_member m = {1, 0x12345678, 2, 0x123456789abcdef0, 3}; int *unaligned = &m.b;
        printf("%x %lx %d\n", m.b, m.d, m.e); *unaligned += 1; m.d >>= 4; m.d++; printf("%x %lx\n", m.b, m.d);
    struct packed_before f = {1, 2, 3.5}; f.c *= 2; f.b -= 3; printf("%d %g\n", f.b, f.c);
    struct inner_packed i = {1, p}; i.b.d += 5; struct plain back = i.b; printf("%ld %ld\n", i.b.d, back.d);
    global_outer.z += global_outer.y; global_outer.b.c += global_outer.u;
        printf("%ld %g %d %d\n", global_outer.z, global_outer.b.c, global_outer.v[0], global_outer.x);
    union any u; memset(&u, 0, sizeof u); u.e = 1.0; printf("%lx %x %d\n", u.d, u.c, u.f[7]); u.i.h = -1;
        printf("%lx\n", u.d); u.b = 0x1234; printf("%x %lx\n", u.a, u.d);
    union any v = {.e = 2.0}, w = {65}; printf("%lx %d\n", v.d, w.a); w = v; printf("%g\n", w.e);
    union { float f; unsigned u; } pun = {1.5f}; pun.u += 0x800000; printf("%g\n", pun.f);
    printf("%d %d %d\n", global_flexible.data[0], global_flexible.data[2], global_flexible.count);
        printf("%s %d\n", global_text.text, global_text.n);
    char room[64] __attribute__((aligned(8))); struct flexible *flexible = (void *)room; flexible->count = 4;
        for (int k = 0; k < 4; k++) flexible->data[k] = k * k; struct flexible head = *flexible;
        printf("%d %d %d\n", flexible->data[3], head.count, *(short *)(room + 8 + 4));
    struct zero *z = (void *)room; z->data[0] = 5; z->data[1] = 6; printf("%ld %d\n", z->data[1], global_zero.a);
    struct empty e1, e2 = {}, e3[4]; e1 = e2; (void)e1; printf("%zu\n", sizeof e3);
        struct zero_inside zi = {1, {}, 2, {}, 3}; printf("%d %d %d\n", zi.a, zi.b, zi.c);
    struct self a = {0, 0, 1}, b = {&a, &(struct later){&a}, 2};
        printf("%d %d %d\n", b.next->value, b.other->back->value, (&b)->other->back == b.next);
    struct line lines[2]; struct most most;
        printf("%d %d %d\n", (int)((unsigned long)lines & 63), (int)((char *)&lines[1] - (char *)lines),
        (int)((unsigned long)&most & 15));
    _Alignas(128) char aligned_local; static _Alignas(256) char aligned_static; aligned_int ai = 3;
        printf("%d %d %d\n", (int)((unsigned long)&aligned_local & 127), (int)((unsigned long)&aligned_static & 255),
        (int)((unsigned long)&ai & 15));
    struct packed_member array_of[3]; memset(array_of, 0x5a, sizeof array_of); array_of[1].b = array_of[2].d;
        printf("%x\n", array_of[1].b); long *far = &array_of[1].d; *far = -1;
        printf("%x %lx\n", array_of[1].e, array_of[1].d);
    struct { const char *name; int (*f)(const char *, ...); } table[] = {{"x", printf}, {"y", 0}};
        table[0].f("%s %d\n", table[0].name, table[1].f == 0);
}
int main(void) { layouts(); enumerations(); values(); return 0; }
