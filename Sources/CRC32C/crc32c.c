#include "crc32c.h"

#include "paths.h"

typedef uint32_t (*raw_function)(uint32_t, const uint8_t *, size_t);

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

static raw_function chosen = weir_crc32c_portable;
static weir_crc32c_path chosen_path = WEIR_CRC32C_PORTABLE;

// Constructors run before any thread exists, so the choice needs no synchronisation later.
__attribute__((constructor)) static void choose(void) {
    weir_crc32c_portable_prepare();
    const weir_crc32c_path by_speed[] = {WEIR_CRC32C_AVX512, WEIR_CRC32C_SSE42, WEIR_CRC32C_ARMV8};
    for (size_t i = 0; i < sizeof by_speed / sizeof by_speed[0]; i++) {
        raw_function function = function_of(by_speed[i]);
        if (function) {
            chosen = function;
            chosen_path = by_speed[i];
            return;
        }
    }
}

uint32_t weir_crc32c(uint32_t crc, const void *data, size_t byte_count) {
    return ~chosen(~crc, data, byte_count);
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
