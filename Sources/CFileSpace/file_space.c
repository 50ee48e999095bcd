#define _GNU_SOURCE
#include "file_space.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

int weir_reserve_space(int descriptor, int64_t position, int64_t byte_count) {
#ifdef FALLOC_FL_KEEP_SIZE
    int result;
    do {
        result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, position, byte_count);
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
#else
    (void)descriptor, (void)position, (void)byte_count;
    return ENOTSUP;
#endif
}

// Not `const`: what is never written stays the system's one page of zeros, which no cache misses.
static char zeros[WEIR_MOST_ZEROS];

ssize_t weir_write_with_zeros(
    int descriptor, const void *bytes, size_t byte_count, size_t zero_count, int64_t position) {
    if (zero_count > sizeof zeros) {
        errno = EINVAL;
        return -1;
    }
    struct iovec parts[2] = {
        {.iov_base = (void *)bytes, .iov_len = byte_count},
        {.iov_base = zeros, .iov_len = zero_count},
    };
    return pwritev(descriptor, parts, 2, position);
}
