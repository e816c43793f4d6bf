/* Shifts, masks and a table. */
int printf(const char *, ...);
static unsigned table[256];
static unsigned char text[20000];
int main(void)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned value = i;
        for (int k = 0; k < 8; k++)
            value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
        table[i] = value;
    }
    unsigned seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245u + 12345u;
        text[i] = (unsigned char)(seed >> 16);
    }
    unsigned crc = ~0u;
    for (int i = 0; i < 20000; i++)
        crc = table[(crc ^ text[i]) & 255] ^ crc >> 8;
    printf("%08x\n", ~crc);
    return 0;
}
