#include "crc32c.h"

#include "paths.h"

typedef uint32_t (*raw_function)(uint32_t, const uint8_t *, size_t);
typedef uint32_t (*product_function)(uint32_t, uint32_t);

static raw_function function_of(weir_crc32c_path path) {
    switch (path) {
#if defined(__x86_64__)
    case WEIR_CRC32C_SSE42:
        return weir_crc32c_has_sse42() ? weir_crc32c_sse42 : NULL;
    case WEIR_CRC32C_AVX512:
        return weir_crc32c_has_avx512() ? weir_crc32c_avx512 : NULL;
#elif defined(__aarch64__)
    case WEIR_CRC32C_ARMV8:
        return weir_crc32c_has_armv8() ? weir_crc32c_armv8 : NULL;
#endif
    case WEIR_CRC32C_PORTABLE:
        return weir_crc32c_portable;
    default:
        return NULL;
    }
}

static product_function product_of(weir_crc32c_path path) {
    switch (path) {
#if defined(__x86_64__)
    case WEIR_CRC32C_SSE42:
    case WEIR_CRC32C_AVX512:
        return weir_crc32c_sse42_product;
#elif defined(__aarch64__)
    case WEIR_CRC32C_ARMV8:
        return weir_crc32c_armv8_product;
#endif
    default:
        return weir_crc32c_portable_product;
    }
}

// append[n] is x^(8n - 33) mod P: a checksum's product with it covers n zero bytes more.
enum { APPEND_COUNT = 4096 };
static uint32_t append[APPEND_COUNT];

static void prepare_append(void) {
    const uint8_t zero = 0;
    append[0] = WEIR_APPEND_0_ZEROS;
    for (size_t n = 1; n < APPEND_COUNT; n++) {
        append[n] = weir_crc32c_portable(append[n - 1], &zero, 1);
    }
}

static uint32_t joined(product_function product, uint32_t crc, uint32_t next, size_t byte_count) {
    for (; byte_count >= APPEND_COUNT; byte_count -= APPEND_COUNT - 1) {
        crc = product(crc, append[APPEND_COUNT - 1]);
    }
    return product(crc, append[byte_count]) ^ next;
}

static raw_function chosen = weir_crc32c_portable;
static product_function chosen_product = weir_crc32c_portable_product;
static weir_crc32c_path chosen_path = WEIR_CRC32C_PORTABLE;

// Constructors run before any thread exists, so the choice needs no synchronisation later.
__attribute__((constructor)) static void choose(void) {
    weir_crc32c_portable_prepare();
    prepare_append();
    const weir_crc32c_path by_speed[] = {WEIR_CRC32C_AVX512, WEIR_CRC32C_SSE42, WEIR_CRC32C_ARMV8};
    for (size_t i = 0; i < sizeof by_speed / sizeof by_speed[0]; i++) {
        raw_function function = function_of(by_speed[i]);
        if (function) {
            chosen = function;
            chosen_product = product_of(by_speed[i]);
            chosen_path = by_speed[i];
            return;
        }
    }
}

uint32_t weir_crc32c(uint32_t crc, const void *data, size_t byte_count) {
    return ~chosen(~crc, data, byte_count);
}

uint32_t weir_crc32c_joined(uint32_t crc, uint32_t next, size_t next_byte_count) {
    return joined(chosen_product, crc, next, next_byte_count);
}

weir_crc32c_path weir_crc32c_chosen_path(void) {
    return chosen_path;
}

bool weir_crc32c_is_available(weir_crc32c_path path) {
    return function_of(path) != NULL;
}

uint32_t weir_crc32c_by(weir_crc32c_path path, uint32_t crc, const void *data, size_t byte_count) {
    return ~function_of(path)(~crc, data, byte_count);
}

uint32_t weir_crc32c_joined_by(
    weir_crc32c_path path, uint32_t crc, uint32_t next, size_t next_byte_count
) {
    return joined(product_of(path), crc, next, next_byte_count);
}
