#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "paths.h"

bool weir_crc32c_has_sse42(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

bool weir_crc32c_has_avx512(void) {
    return weir_crc32c_has_sse42() && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("vpclmulqdq");
}

#define SSE42 __attribute__((target("sse4.2,pclmul")))
#define AVX512 __attribute__((target("sse4.2,pclmul,avx512f,avx512vl,vpclmulqdq")))

static inline uint64_t load64(const uint8_t *data) {
    uint64_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

static inline uint32_t load32(const uint8_t *data) {
    uint32_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

static inline uint16_t load16(const uint8_t *data) {
    uint16_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

SSE42 static inline uint32_t one_stream(uint32_t raw, const uint8_t *data, size_t byte_count) {
    uint64_t value = raw;
    for (; byte_count >= 8; data += 8, byte_count -= 8) {
        value = _mm_crc32_u64(value, load64(data));
    }
    uint32_t narrow = (uint32_t)value;
    if (byte_count & 4) {
        narrow = _mm_crc32_u32(narrow, load32(data));
        data += 4;
    }
    if (byte_count & 2) {
        narrow = _mm_crc32_u16(narrow, load16(data));
        data += 2;
    }
    return byte_count & 1 ? _mm_crc32_u8(narrow, *data) : narrow;
}

SSE42 uint32_t weir_crc32c_sse42_product(uint32_t a, uint32_t b) {
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)a), _mm_cvtsi32_si128((int)b), 0x00);
    return (uint32_t)_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

// `crc32` has a latency of three cycles and a throughput of one, hence three streams at a time.
SSE42 static inline uint32_t three_streams(
    uint32_t raw, const uint8_t *data, size_t stream_bytes, uint32_t append_one, uint32_t append_two
) {
    uint64_t first = raw, second = 0, third = 0;
    for (const uint8_t *end = data + stream_bytes; data < end; data += 8) {
        first = _mm_crc32_u64(first, load64(data));
        second = _mm_crc32_u64(second, load64(data + stream_bytes));
        third = _mm_crc32_u64(third, load64(data + 2 * stream_bytes));
    }
    __m128i first_moved = _mm_clmulepi64_si128(
        _mm_cvtsi64_si128((long long)first), _mm_cvtsi32_si128((int)append_two), 0x00);
    __m128i second_moved = _mm_clmulepi64_si128(
        _mm_cvtsi64_si128((long long)second), _mm_cvtsi32_si128((int)append_one), 0x00);
    __m128i product = _mm_xor_si128(first_moved, second_moved);
    return (uint32_t)(_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product)) ^ third);
}

SSE42 uint32_t weir_crc32c_sse42(uint32_t raw, const uint8_t *data, size_t byte_count) {
    for (; byte_count >= 3 * 2048; data += 3 * 2048, byte_count -= 3 * 2048) {
        raw = three_streams(raw, data, 2048, WEIR_APPEND_2048_ZEROS, WEIR_APPEND_4096_ZEROS);
    }
    for (; byte_count >= 3 * 256; data += 3 * 256, byte_count -= 3 * 256) {
        raw = three_streams(raw, data, 256, WEIR_APPEND_256_ZEROS, WEIR_APPEND_512_ZEROS);
    }
    // Values of records are short, and a consumer computes one checksum of each.
    for (; byte_count >= 3 * 64; data += 3 * 64, byte_count -= 3 * 64) {
        raw = three_streams(raw, data, 64, WEIR_APPEND_64_ZEROS, WEIR_APPEND_128_ZEROS);
    }
    for (; byte_count >= 3 * 32; data += 3 * 32, byte_count -= 3 * 32) {
        raw = three_streams(raw, data, 32, WEIR_APPEND_32_ZEROS, WEIR_APPEND_64_ZEROS);
    }
    return one_stream(raw, data, byte_count);
}

// Folding (Gopal et al., Intel, 2009): a 128-bit lane that stands D bits before another is added to it
// as low·(x^(D+63) mod P) + high·(x^(D-1) mod P), without carries. The constants are reflected and
// stand in the upper half of their 64-bit words.
AVX512 static inline __m512i folded(__m512i lanes, __m512i constants, __m512i next) {
    enum { exclusive_or_of_three = 0x96 };
    return _mm512_ternarylogic_epi64(
        _mm512_clmulepi64_epi128(lanes, constants, 0x00),
        _mm512_clmulepi64_epi128(lanes, constants, 0x11), next, exclusive_or_of_three);
}

AVX512 uint32_t weir_crc32c_avx512(uint32_t raw, const uint8_t *data, size_t byte_count) {
    if (byte_count < 128) {
        return one_stream(raw, data, byte_count);
    }
    const __m512i by_2048_bits = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x1426a81500000000, (long long)0xe9a5d8be00000000));
    const __m512i by_512_bits =
        _mm512_broadcast_i32x4(_mm_set_epi64x(0x75bba45b00000000, 0x1c19243b00000000));
    __m512i a = _mm512_xor_si512(
        _mm512_loadu_si512(data), _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)raw)));
    if (byte_count >= 512) {
        __m512i b = _mm512_loadu_si512(data + 64);
        __m512i c = _mm512_loadu_si512(data + 128);
        __m512i d = _mm512_loadu_si512(data + 192);
        data += 256;
        byte_count -= 256;
        for (; byte_count >= 256; data += 256, byte_count -= 256) {
            a = folded(a, by_2048_bits, _mm512_loadu_si512(data));
            b = folded(b, by_2048_bits, _mm512_loadu_si512(data + 64));
            c = folded(c, by_2048_bits, _mm512_loadu_si512(data + 128));
            d = folded(d, by_2048_bits, _mm512_loadu_si512(data + 192));
        }
        a = folded(a, by_512_bits, b);
        a = folded(a, by_512_bits, c);
        a = folded(a, by_512_bits, d);
    } else {
        data += 64;
        byte_count -= 64;
    }
    for (; byte_count >= 64; data += 64, byte_count -= 64) {
        a = folded(a, by_512_bits, _mm512_loadu_si512(data));
    }

    // Fold the first three lanes onto the last: 384, 256 and 128 bits before it.
    const __m512i onto_last = _mm512_set_epi64(
        0, 0, 0x3171d43000000000, 0x3743f7bd00000000, (long long)0xa2158b3400000000,
        0x33ccbbbc00000000, 0x6051243f00000000, (long long)0xa46ef4aa00000000);
    __m512i parts = _mm512_xor_si512(
        _mm512_clmulepi64_epi128(a, onto_last, 0x00), _mm512_clmulepi64_epi128(a, onto_last, 0x11));
    __m128i lane = _mm_xor_si128(
        _mm_xor_si128(_mm512_extracti32x4_epi32(parts, 0), _mm512_extracti32x4_epi32(parts, 1)),
        _mm_xor_si128(_mm512_extracti32x4_epi32(parts, 2), _mm512_extracti32x4_epi32(a, 3)));
    uint64_t reduced = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(lane));
    reduced = _mm_crc32_u64(reduced, (uint64_t)_mm_extract_epi64(lane, 1));
    return one_stream((uint32_t)reduced, data, byte_count);
}

#endif
