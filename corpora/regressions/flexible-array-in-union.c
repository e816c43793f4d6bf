/* about: a string initialises the flexible array of a structure inside a static union */
#include <stdio.h>

struct tail { int count; char text[]; };
union room { struct tail tail; char bytes[sizeof(struct tail) + 31]; };
static union room room = { { 2, "123456789012345678901234567890" } };

int main(void)
{
    printf("%d %s %zu\n", room.tail.count, room.tail.text, sizeof room);
    return 0;
}
