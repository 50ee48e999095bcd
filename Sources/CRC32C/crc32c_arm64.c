#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

#include "paths.h"

#if defined(__linux__)
#include <sys/auxv.h>

// The kernel's names for the two capabilities; spelt out because older headers lack them.
enum { CAPABILITY_PMULL = 1 << 4, CAPABILITY_CRC32 = 1 << 7 };

bool weir_crc32c_has_armv8(void) {
    const unsigned long wanted = CAPABILITY_PMULL | CAPABILITY_CRC32;
    return (getauxval(AT_HWCAP) & wanted) == wanted;
}
#else
// Apple's arm64 processors all have both.
bool weir_crc32c_has_armv8(void) {
    return true;
}
#endif

#if defined(__clang__)
#define ARMV8 __attribute__((target("crc,aes")))
#else
#define ARMV8 __attribute__((target("+crc+crypto")))
#endif

// Through instructions rather than <arm_acle.h>: clang's header declares the intrinsics only where the
// whole file is compiled for a processor that has them.
ARMV8 static inline uint32_t crc32cx(uint32_t raw, uint64_t value) {
    __asm__("crc32cx %w0, %w0, %x1" : "+r"(raw) : "r"(value));
    return raw;
}

ARMV8 static inline uint32_t crc32cb(uint32_t raw, uint8_t value) {
    __asm__("crc32cb %w0, %w0, %w1" : "+r"(raw) : "r"((uint32_t)value));
    return raw;
}

ARMV8 static inline uint64_t carryless_product(uint32_t a, uint32_t b) {
    return vgetq_lane_u64(vreinterpretq_u64_p128(vmull_p64((poly64_t)a, (poly64_t)b)), 0);
}

static inline uint64_t load64(const uint8_t *data) {
    uint64_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

ARMV8 uint32_t weir_crc32c_armv8_product(uint32_t a, uint32_t b) {
    return crc32cx(0, carryless_product(a, b));
}

ARMV8 static inline uint32_t three_streams(
    uint32_t raw, const uint8_t *data, size_t stream_bytes, uint32_t append_one, uint32_t append_two
) {
    uint32_t first = raw, second = 0, third = 0;
    for (const uint8_t *end = data + stream_bytes; data < end; data += 8) {
        first = crc32cx(first, load64(data));
        second = crc32cx(second, load64(data + stream_bytes));
        third = crc32cx(third, load64(data + 2 * stream_bytes));
    }
    uint64_t product = carryless_product(first, append_two) ^ carryless_product(second, append_one);
    return crc32cx(0, product) ^ third;
}

ARMV8 uint32_t weir_crc32c_armv8(uint32_t raw, const uint8_t *data, size_t byte_count) {
    for (; byte_count >= 3 * 2048; data += 3 * 2048, byte_count -= 3 * 2048) {
        raw = three_streams(raw, data, 2048, WEIR_APPEND_2048_ZEROS, WEIR_APPEND_4096_ZEROS);
    }
    for (; byte_count >= 3 * 256; data += 3 * 256, byte_count -= 3 * 256) {
        raw = three_streams(raw, data, 256, WEIR_APPEND_256_ZEROS, WEIR_APPEND_512_ZEROS);
    }
    for (; byte_count >= 8; data += 8, byte_count -= 8) {
        raw = crc32cx(raw, load64(data));
    }
    for (; byte_count > 0; data += 1, byte_count -= 1) {
        raw = crc32cb(raw, *data);
    }
    return raw;
}

#endif
