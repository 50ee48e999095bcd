#ifndef WEIR_FILE_SPACE_H
#define WEIR_FILE_SPACE_H

#include <stdint.h>

/// Takes disk space for `byte_count` bytes of a file at `position`, without changing its size. Returns 0, or
/// the error's number: ENOTSUP where the filesystem or the system cannot. Swift does not see `fallocate`.
int weir_reserve_space(int descriptor, int64_t position, int64_t byte_count);

#endif
