#include <string.h>

#include "paths.h"

// Slicing by eight (Kounavis and Berry, 2005): table[k][b] is the checksum of byte b followed by k
// zero bytes, so eight bytes are folded with eight look-ups that do not wait for each other.
static uint32_t table[8][256];

static inline uint32_t times_x(uint32_t raw) {
    const uint32_t reflected_polynomial = 0x82f63b78;
    return (raw >> 1) ^ ((raw & 1) ? reflected_polynomial : 0);
}

void weir_crc32c_portable_prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) {
            value = times_x(value);
        }
        table[0][byte] = value;
    }
    for (int k = 1; k < 8; k++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = table[k - 1][byte];
            table[k][byte] = (before >> 8) ^ table[0][before & 0xff];
        }
    }
}

uint32_t weir_crc32c_portable(uint32_t raw, const uint8_t *data, size_t byte_count) {
    while (byte_count >= 8) {
        uint32_t low, high;
        memcpy(&low, data, 4);
        memcpy(&high, data + 4, 4);
        low ^= raw;
        raw = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff]
            ^ table[4][low >> 24] ^ table[3][high & 0xff] ^ table[2][(high >> 8) & 0xff]
            ^ table[1][(high >> 16) & 0xff] ^ table[0][high >> 24];
        data += 8;
        byte_count -= 8;
    }
    while (byte_count > 0) {
        raw = (raw >> 8) ^ table[0][(raw ^ *data) & 0xff];
        data += 1;
        byte_count -= 1;
    }
    return raw;
}

uint32_t weir_crc32c_portable_product(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    // The highest bit is that of x^0, and a zero bit after a checksum multiplies it by x.
    for (uint32_t bit = 0x80000000; bit != 0; bit >>= 1) {
        if (a & bit) {
            product ^= b;
        }
        b = times_x(b);
    }
    const uint8_t zeros[4] = {0};
    return times_x(weir_crc32c_portable(product, zeros, sizeof zeros));
}
