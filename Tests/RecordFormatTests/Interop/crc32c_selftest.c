// Holds every CRC-32C path of the processor it runs on against the definition, bit by bit, and prints the
// number of each path that it found. Compiled for arm64 and run in an emulator by the tests.

#include <stdio.h>
#include <stdlib.h>

#include "crc32c.h"

static uint32_t model(uint32_t crc, const uint8_t *data, size_t byte_count) {
    crc = ~crc;
    for (; byte_count > 0; data++, byte_count--) {
        crc ^= *data;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static int compare(weir_crc32c_path path, uint32_t crc, const uint8_t *data, size_t byte_count) {
    if (weir_crc32c_by(path, crc, data, byte_count) == model(crc, data, byte_count)) return 1;
    printf("path %d is wrong for %zu bytes\n", path, byte_count);
    return 0;
}

int main(void) {
    static uint8_t data[100000];
    srand(1);
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(rand() >> 7);
    if (weir_crc32c(0, "123456789", 9) != 0xe3069283) return 1;
    for (int path = 0; path < WEIR_CRC32C_PATH_COUNT; path++) {
        if (!weir_crc32c_is_available(path)) continue;
        for (size_t start = 0; start < 9; start++) {
            for (size_t count = 0; count <= 800; count++) {
                if (!compare(path, 0x12345678, data + start, count)) return 1;
            }
        }
        for (size_t count = 6000; count <= sizeof data; count += 9397) {
            if (!compare(path, 0, data, count)) return 1;
        }
        printf("%d\n", path);
    }
    return 0;
}
