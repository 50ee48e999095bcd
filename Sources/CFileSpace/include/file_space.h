#ifndef WEIR_FILE_SPACE_H
#define WEIR_FILE_SPACE_H

#include <stdint.h>
#include <sys/types.h>

/// Takes disk space for `byte_count` bytes of a file at `position`, without changing its size. Returns 0, or
/// the error's number: ENOTSUP where the filesystem or the system cannot. Swift does not see `fallocate`.
int weir_reserve_space(int descriptor, int64_t position, int64_t byte_count);

/// The most zeros that `weir_write_with_zeros` writes.
enum { WEIR_MOST_ZEROS = 32 << 10 };

/// Writes `bytes` at `position` and `zero_count` zeros behind them, with one call of `pwritev`, and returns what
/// that returns. Here since Swift has no constant that is all one page of memory, as untouched zeros are.
ssize_t weir_write_with_zeros(
    int descriptor, const void *bytes, size_t byte_count, size_t zero_count, int64_t position);

#endif
