#ifndef WEIR_CRC32C_PATHS_H
#define WEIR_CRC32C_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Inside the target, checksums are "raw": without the inversion of the first and last value that the
// public functions apply.

void weir_crc32c_portable_prepare(void);
uint32_t weir_crc32c_portable(uint32_t raw, const uint8_t *data, size_t byte_count);
/// a·b·x^33 mod P.
uint32_t weir_crc32c_portable_product(uint32_t a, uint32_t b);

#if defined(__x86_64__)
bool weir_crc32c_has_sse42(void);
bool weir_crc32c_has_avx512(void);
uint32_t weir_crc32c_sse42(uint32_t raw, const uint8_t *data, size_t byte_count);
uint32_t weir_crc32c_avx512(uint32_t raw, const uint8_t *data, size_t byte_count);
uint32_t weir_crc32c_sse42_product(uint32_t a, uint32_t b);
#elif defined(__aarch64__)
bool weir_crc32c_has_armv8(void);
uint32_t weir_crc32c_armv8(uint32_t raw, const uint8_t *data, size_t byte_count);
uint32_t weir_crc32c_armv8_product(uint32_t a, uint32_t b);
#endif

// Joining streams. In the reflected representation, multiplying a raw checksum by
// x^(8n - 33) mod P without carries and feeding the 64-bit product to the `crc32` instruction
// (which itself multiplies by x^33) appends n zero bytes to what the checksum covers.
#define WEIR_APPEND_0_ZEROS 0xa9cdda0du
#define WEIR_APPEND_32_ZEROS 0xba4fc28eu
#define WEIR_APPEND_64_ZEROS 0x9e4addf8u
#define WEIR_APPEND_128_ZEROS 0x0d3b6092u
#define WEIR_APPEND_256_ZEROS 0xb9e02b86u
#define WEIR_APPEND_512_ZEROS 0xdd7e3b0cu
#define WEIR_APPEND_2048_ZEROS 0xa51b6135u
#define WEIR_APPEND_4096_ZEROS 0x82f89c77u

#endif
