#ifndef WEIR_CRC32C_H
#define WEIR_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720): the checksum of Kafka's record batches.
///
/// Every function is pure and may be called from any thread. `crc` is the checksum of the bytes before
/// `data` (0 when there are none), so a checksum over pieces is the same as one over the whole.

/// The ways to compute it. All give the same value; the tests hold them against each other.
typedef enum {
    /// Tables only: any machine.
    WEIR_CRC32C_PORTABLE = 0,
    /// x86-64: three interleaved SSE4.2 `crc32` streams, joined with PCLMULQDQ.
    WEIR_CRC32C_SSE42 = 1,
    /// x86-64: carry-less folding of 256 bytes a step with VPCLMULQDQ on 512-bit registers.
    WEIR_CRC32C_AVX512 = 2,
    /// arm64: three interleaved `crc32cx` streams, joined with PMULL.
    WEIR_CRC32C_ARMV8 = 3,
} weir_crc32c_path;

/// One more than the largest `weir_crc32c_path`.
enum { WEIR_CRC32C_PATH_COUNT = 4 };

/// The checksum by the fastest path of this machine, chosen once before `main`.
uint32_t weir_crc32c(uint32_t crc, const void *data, size_t byte_count);

/// The checksum of some bytes and `next_byte_count` more, from the checksums of both: so bytes that
/// have one of their own need not be read again. As `crc32_combine` of zlib.
uint32_t weir_crc32c_joined(uint32_t crc, uint32_t next, size_t next_byte_count);

/// The path that `weir_crc32c` uses.
weir_crc32c_path weir_crc32c_chosen_path(void);

/// Whether this build and this processor can run `path`.
bool weir_crc32c_is_available(weir_crc32c_path path);

/// The same by one path, for tests and measurements; `path` must be available.
uint32_t weir_crc32c_by(weir_crc32c_path path, uint32_t crc, const void *data, size_t byte_count);
uint32_t weir_crc32c_joined_by(
    weir_crc32c_path path, uint32_t crc, uint32_t next, size_t next_byte_count);

#endif
